"""screenpopd on each node: started, killed, stopped in its tracks, asked; with a clock that can be stepped."""
import http.client
import json
import mmap
import pathlib
import signal
import socket
import struct
import subprocess

import postgres
from network import Network, address, database_address
from processes import Ended, is_alive, start, wait_until

HTTP_PORT, LINK_PORT = 8790, 8791
SHIPPED = pathlib.Path(__file__).parents[2] / "config" / "cluster" / "screenpopd-cluster.toml"


class Clock:
    """A daemon's clock: the machine's and so many milliseconds, which may change while it runs."""

    def __init__(self, path):
        self.path = path
        path.write_bytes(bytes(8))
        with open(path, "r+b") as file:
            self.page = mmap.mmap(file.fileno(), 8)

    def step(self, ahead_ms):
        self.page[:8] = struct.pack("=q", ahead_ms * 1_000_000)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, seconds):
        super().__init__("daemon", timeout=seconds)
        self.unix_path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.unix_path)


class Node:
    """One screenpopd. `nodes` is empty for one that is alone, without a cluster. Without a clock of its own it has the
    machine's, and needs no library for it."""

    def __init__(self, number, nodes, programs, folder, configuration, has_tls=False, has_clock=True):
        self.number, self.name, self.programs, self.folder = number, f"n{number}", pathlib.Path(programs), folder
        self.is_alone = not nodes
        folder.mkdir()
        self.events, self.api, self.log = str(folder / "e.sock"), str(folder / "a.sock"), folder / "screenpopd.log"
        self.environment = {}
        if has_clock:
            self.clock = Clock(folder / "clock")
            # LD_PRELOAD takes no path with a space.
            library = folder / "clock.so"
            library.symlink_to((self.programs / "libClockShift.so").resolve())
            self.environment = {"LD_PRELOAD": str(library), "SCREENPOP_CLOCK_AHEAD": str(self.clock.path)}
        self.passwords = folder / "pgpass"
        postgres.write_passwords(self.passwords)
        text = configuration
        if nodes:
            secret = folder.parent / "cluster-secret"
            if not secret.exists():
                secret.write_text("5f0a37c1d2a94c1b8e0d6e1f4c7b2a90d3e8f6a1b5c4d7e2f9a8b7c6d5e4f3a2\n")
                secret.chmod(0o600)
            text += self.cluster(nodes, secret, has_tls)
        (folder / "screenpopd.toml").write_text(text, encoding="utf-8")
        self.process, self.is_frozen, self.begin = None, False, 0

    def cluster(self, nodes, secret, has_tls):
        """The part that is shipped, with this bed's addresses."""
        text = SHIPPED.read_text().replace("/etc/screenpop/cluster-secret", str(secret))
        text = text.replace('node = "a"', f'node = "{self.name}"')
        text = text.replace("10.0.0.1:8791", f"{address(self.number)}:{LINK_PORT}")
        for node in nodes:
            text = text.replace(f"10.0.0.{node}", database_address(node))
        return text if has_tls else text.replace("?sslmode=require", "?sslmode=disable")

    # Life

    def launch(self):
        """Without waiting until it is ready."""
        self.begin = self.log.stat().st_size if self.log.exists() else 0
        self.process = start(
            Network.inside(self.number) + [
                self.programs / "screenpopd", "--config", "screenpopd.toml", "--state-dir", "state",
                "--events-socket", "e.sock", "--api-socket", "a.sock", "--http", f"{address(self.number)}:{HTTP_PORT}"],
            self.log, self.environment | {"PGPASSFILE": str(self.passwords)}, self.folder)

    def start(self, seconds=60):
        self.launch()
        self.wait_ready(seconds)

    def wait_ready(self, seconds=60):
        wait_until(f"the start of {self.name}", self.is_ready, seconds)

    def is_ready(self):
        with open(self.log, "rb") as file:
            file.seek(self.begin)
            told = file.read()
        if any(line.startswith(b"ready") for line in told.splitlines()):
            return True
        if not self.is_alive():
            raise Ended("it has ended: " + told.decode(errors="replace")[-600:])
        return False

    def is_alive(self):
        return is_alive(self.process)

    def kill(self):
        if self.is_alive():
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        self.is_frozen = False

    def stop(self, seconds=30):
        if not self.is_alive():
            return
        self.thaw()
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"{self.name} does not end within {seconds} s of SIGTERM") from None
        if self.process.returncode != 0:
            raise RuntimeError(f"{self.name} ended with status {self.process.returncode} after SIGTERM")

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)
        self.is_frozen = True

    def thaw(self):
        if self.is_frozen:
            self.process.send_signal(signal.SIGCONT)
            self.is_frozen = False

    # Questions

    def ask(self, method, path, body=None, kind="application/json", seconds=20, headers=None):
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        connection = UnixConnection(self.api, seconds)
        try:
            connection.request(
                method, path, data, {"Content-Type": kind, "Accept-Language": "en"} | (headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read()
        except http.client.HTTPException as error:
            raise OSError(f"{self.name} {method} {path}: {error!r}") from None
        finally:
            connection.close()

    def get(self, path, seconds=20):
        status, text = self.ask("GET", path, seconds=seconds)
        if status != 200:
            raise RuntimeError(f"{self.name} GET {path}: {status} {text[:300].decode(errors='replace')}")
        return json.loads(text)

    def lines(self, path, seconds=120):
        status, text = self.ask("GET", path, seconds=seconds)
        if status != 200:
            raise RuntimeError(f"{self.name} GET {path}: {status}")
        return text.splitlines()

    def command(self, *arguments, seconds=30):
        """What `screenpop` prints."""
        done = subprocess.run([self.programs / "screenpop", "--api-socket", self.api, *arguments], text=True,
                              capture_output=True, timeout=seconds)
        if done.returncode != 0:
            raise RuntimeError(f"screenpop {' '.join(arguments)} at {self.name}: {done.stderr.strip()[-300:]}")
        return done.stdout.strip()


class Nodes:
    """All of them."""

    def __init__(self, nodes):
        self.all = nodes
        self.by_number = {node.number: node for node in nodes}

    def __iter__(self):
        return iter(self.all)

    def start(self):
        """One after the other: the first makes the tables, the others take their snapshots from it."""
        for node in self.all:
            node.start()

    def leader(self, but=(), seconds=1):
        """Its name, as the node says that is the leader itself; None while there is none. `but`: numbers not asked."""
        for node in self.all:
            if node.number in but:
                continue
            if node.is_alone:
                return node.name if node.is_alive() else None
            if not node.is_alive() or node.is_frozen:
                continue
            try:
                view = node.get("/v1/cluster", seconds)
            except (OSError, RuntimeError, ValueError):
                continue
            states = {one["node"]: one["state"] for one in view["nodes"]}
            if view["leader"] == node.name and states.get(node.name) == "leader":
                return node.name
        return None

    def are_whole(self):
        """Every node lives, sees the same leader, and has what the leader has."""
        leaders = set()
        for node in self.all:
            if not node.is_alive() or node.is_frozen:
                return False
            if node.is_alone:
                node.get("/v1/status", 2)
                continue
            view = node.get("/v1/cluster", 2)
            leaders.add(view["leader"])
            states = [one["state"] for one in view["nodes"]]
            lags = [one["lag_ms"] for one in view["nodes"]]
            if sorted(states) != ["follower"] * (len(self.all) - 1) + ["leader"]:
                return False
            if any(lag is None or lag > 1_000 for lag in lags):
                return False
        return self.all[0].is_alone or (len(leaders) == 1 and None not in leaders)

    def settle(self, seconds=60):
        wait_until("the nodes to be whole", self.are_whole, seconds, pause=0.2)

    def stop(self):
        for node in self.all:
            if node.is_alive():
                node.thaw()
                node.process.terminate()
        for node in self.all:
            if node.is_alive():
                try:
                    node.process.wait(10)
                except subprocess.TimeoutExpired:
                    node.kill()
