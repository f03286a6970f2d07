"""Desks: each follows its operator's stream, on whatever node lets it, and notes when something pops."""
import asyncio
import json
import time


class Screen:
    """One desk. `doors` are the addresses that it may go to: a proxy, or every node."""

    def __init__(self, operator, doors, token, place):
        self.operator, self.doors, self.token, self.at = operator, doors, token, place
        self.pops = []              # (when, call), by the monotonic clock
        self.messages = set()
        self.connections = 0
        self.served_by = None       # the node's name, while a stream of it is open and after
        self.last_id, self.retry_s = None, 1.0
        self.heard = time.monotonic()
        self.is_ended = False

    async def run(self, silence_s):
        """silence_s: without a byte for so long the desk goes elsewhere; None where a proxy cuts dead streams."""
        while not self.is_ended:
            host, port = self.doors[self.at % len(self.doors)]
            try:
                await self.follow(host, port, silence_s)
            except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, ValueError):
                pass
            self.at += 1
            # As the browser does, by what the daemon said; at once to another address.
            await asyncio.sleep(self.retry_s if len(self.doors) == 1 else 0.1)

    async def follow(self, host, port, silence_s):
        reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port), 1)
        try:
            back = f"Last-Event-ID: {self.last_id}\r\n" if self.last_id else ""
            writer.write((f"GET /v1/stream?operator={self.operator} HTTP/1.1\r\nHost: {host}\r\n"
                          f"Authorization: Bearer {self.token}\r\nAccept: text/event-stream\r\n{back}\r\n").encode())
            status = await asyncio.wait_for(reader.readline(), 2)
            if b" 200 " not in status:
                raise OSError(f"the stream of {self.operator}: {status!r}")
            chunked, served_by = False, f"n{host.rpartition('.')[2]}"
            while (line := await asyncio.wait_for(reader.readline(), 2)) not in (b"\r\n", b""):
                chunked = chunked or line.lower().startswith(b"transfer-encoding:") and b"chunked" in line.lower()
                name, _, value = line.partition(b":")
                if name.lower() == b"served-by":
                    served_by = value.strip().decode()
            self.served_by = served_by
            self.connections += 1
            await self.read(reader, chunked, silence_s)
        finally:
            writer.close()

    async def read(self, reader, chunked, silence_s):
        kept = b""
        while not self.is_ended:
            if chunked:
                head = await asyncio.wait_for(reader.readline(), silence_s)
                if not head.endswith(b"\n"):
                    return
                size = int(head.strip() or b"0", 16)
                if size == 0:
                    return
                piece = (await reader.readexactly(size + 2))[:-2]
            else:
                piece = await asyncio.wait_for(reader.read(65_536), silence_s)
                if not piece:
                    return
            self.heard = time.monotonic()
            *frames, kept = (kept + piece).replace(b"\r\n", b"\n").split(b"\n\n")
            for frame in frames:
                self.take(frame)

    def take(self, frame):
        event, data = "message", []
        for line in frame.split(b"\n"):
            name, _, value = line.partition(b":")
            value = value[1:] if value.startswith(b" ") else value
            if name == b"event":
                event = value.decode()
            elif name == b"data":
                data.append(value)
            elif name == b"id":
                self.last_id = value.decode()
            elif name == b"retry":
                self.retry_s = int(value) / 1000
        if event == "message" and data:
            self.messages.add(json.loads(b"\n".join(data))["text"])
        if event == "pop" and data:
            self.pops.append((time.monotonic(), json.loads(b"\n".join(data)).get("call")))

    def first_pop(self, after, rung):
        """When the first pop came of a call that rang after the fault; None when none came."""
        for at, call in self.pops:
            if at >= after and rung.get(call, 0) >= after:
                return at
        return None

    def silence(self, since, until):
        """The longest time without a pop. Seconds."""
        times = [since] + [at for at, _ in self.pops if since <= at <= until] + [until]
        return max(later - earlier for earlier, later in zip(times, times[1:]))

    def end(self):
        self.is_ended = True

