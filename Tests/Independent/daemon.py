"""A real screenpopd as a process, by a clock of ours: started, killed, started again, asked."""
import http.client
import json
import mmap
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import time

sys.path.append(str(pathlib.Path(__file__).parents[1] / "OpenAPI"))
import answers  # noqa: E402


class Clock:
    """The daemon's clock: it stands still at a millisecond until it is set."""

    def __init__(self, path, ms):
        self.path = path
        path.write_bytes(struct.pack("=q", ms * 1_000_000))
        with open(path, "r+b") as file:
            self.page = mmap.mmap(file.fileno(), 8)
        self.ms = ms

    def set(self, ms):
        self.ms = max(self.ms, ms)
        self.page[:8] = struct.pack("=q", self.ms * 1_000_000)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("daemon", timeout=60)
        self.unix_path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(self.unix_path)


class Daemon:
    def __init__(self, programs, folder, port, clock, configuration):
        self.programs, self.folder, self.port, self.clock = pathlib.Path(programs), folder, port, clock
        (folder / "c.toml").write_text(configuration, encoding="utf-8")
        self.events, self.api = str(folder / "e.sock"), str(folder / "a.sock")
        self.process = self.socket = self.replies = self.http = None

    def start(self):
        # LD_PRELOAD takes no path with a space.
        library = self.folder / "clock.so"
        if not library.exists():
            library.symlink_to((self.programs / "libClockShift.so").resolve())
        environment = dict(os.environ, LD_PRELOAD=str(library), SCREENPOP_CLOCK_FILE=str(self.clock.path))
        log = self.folder / "log"
        with open(log, "ab") as file:
            begin = file.tell()
            self.process = subprocess.Popen(
                [self.programs / "screenpopd", "--config", "c.toml", "--state-dir", "state",
                 "--events-socket", "e.sock", "--api-socket", "a.sock", "--http", f"127.0.0.1:{self.port}"],
                cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        deadline = time.monotonic() + 60
        while True:
            told = log.read_bytes()[begin:]
            if any(line.startswith(b"ready") for line in told.splitlines()):
                break
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the daemon does not start: " + told.decode(errors="replace")[-2000:])
            time.sleep(0.01)
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(self.events)
        self.replies = self.socket.makefile("rb")
        self.http = UnixConnection(self.api)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.drop()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        self.drop()

    def drop(self):
        for thing in (self.replies, self.socket, self.http):
            if thing:
                thing.close()
        self.replies = self.socket = self.http = None

    def send(self, events):
        self.socket.sendall(b"".join(json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in events))

    def reply(self):
        """The next reply, None when the daemon is gone."""
        try:
            line = self.replies.readline()
        except ConnectionError:
            return None
        return json.loads(line) if line.endswith(b"\n") else None

    def ask(self, method, path, body=None, kind="application/json"):
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        headers = {"Content-Type": kind, "Accept-Language": "en"}
        try:
            self.http.request(method, path, data, headers)
            answer = self.http.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError):
            self.http.close()
            self.http.request(method, path, data, headers)
            answer = self.http.getresponse()
        text = answer.read()
        answers.keep(method, path, answer.status, answer.getheader("Content-Type"), text)
        lines = [json.loads(line) for line in text.splitlines() if line.strip()]
        return answer.status, (lines[-1] if lines else None)

    def get(self, path):
        status, answer = self.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"GET {path}: {status} {answer}")
        return answer
