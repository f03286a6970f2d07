"""HAProxy before the three nodes, by the configuration that is shipped."""
import pathlib
import re
import shutil
import socket
import subprocess

from network import address
from nodes import HTTP_PORT
from processes import is_alive, start, wait_until

SHIPPED = pathlib.Path(__file__).parents[2] / "config" / "cluster" / "haproxy.cfg"
PORT = 8800


def is_there():
    return shutil.which("haproxy", path="/usr/sbin:/usr/bin:/usr/local/sbin") is not None


class Proxy:
    def __init__(self, nodes, token, folder):
        folder.mkdir()
        self.log, path = folder / "haproxy.log", folder / "haproxy.cfg"
        text = SHIPPED.read_text()
        for place, node in enumerate(nodes, 1):
            text = text.replace(f"10.0.0.{place}:8790", f"{address(node.number)}:{HTTP_PORT}")
        text = re.sub(r"^( *server .*10\.0\.0\..*)$", "", text, flags=re.M)
        text = re.sub(r"bind [^\n]*", f"bind 127.0.0.1:{PORT}", text)
        text = text.replace("PROXY-TOKEN", token)
        # By the nodes' names here, and told to the desks: which node serves which.
        for place, node in zip("abc", nodes):
            text = re.sub(rf"^( *server) {place} ", rf"\1 {node.name} ", text, flags=re.M)
        text = text.replace("backend nodes\n", "backend nodes\n    http-response set-header Served-By %s\n")
        text = re.sub(r"^ *(log|option httplog|user|group|chroot|stats socket)[^\n]*\n", "", text, flags=re.M)
        path.write_text(text)
        done = subprocess.run(["haproxy", "-c", "-f", str(path)], capture_output=True, text=True)
        if done.returncode != 0 or "WARNING" in done.stderr:
            raise RuntimeError("HAProxy does not take the configuration: " + done.stderr + done.stdout)
        self.process = start(["haproxy", "-db", "-f", path], self.log)
        self.doors = [("127.0.0.1", PORT)]
        wait_until("the start of HAProxy", self.is_listening, 10)

    def is_listening(self):
        if not is_alive(self.process):
            raise RuntimeError("it has ended: " + self.log.read_text()[-300:])
        with socket.create_connection(self.doors[0], 1):
            return True

    def stop(self):
        self.process.terminate()
        self.process.wait(5)


