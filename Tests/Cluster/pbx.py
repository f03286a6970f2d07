"""Bridges that push events as protocol.md says, and remember what was acknowledged.

A bridge keeps each event until it is acknowledged. It sends without waiting for replies; what is answered `unavailable`
it sends again a second later. When the connection closes it connects again, as the node closes it when another one
leads. When that fails, or nothing is answered for a while though something is owed, it goes to the next node. It then
sends everything again that is not acknowledged, in the old order.
"""
import asyncio
import collections
import json
import sys
import pathlib
import time

sys.path.append(str(pathlib.Path(__file__).parents[1] / "Independent"))
from times import rfc  # noqa: E402

IN_FLIGHT_MAX = 256
#: Without a reply for so long, though one is owed, a node is taken for dead. A live one says `unavailable` after 1 s.
SILENCE_S = 1.3
#: With nothing but `unavailable` for so long the next node is tried.
REFUSED_S = 0.2
AGAIN_S = 1.0
BUFFER = 1 << 20


def now_ms():
    return int(time.time() * 1000)


class Said:
    """An event that a PBX said, until it is acknowledged and after."""
    __slots__ = ("line", "fields", "t", "serial", "reply", "refused", "acknowledged", "said_at")

    def __init__(self, fields, t, serial):
        self.fields, self.t, self.serial = fields, t, serial
        self.line = json.dumps(dict(fields, time=rfc(t)), ensure_ascii=False).encode() + b"\n"
        self.reply = self.acknowledged = None
        self.refused, self.said_at = 0, time.monotonic()


class Truth:
    """All that was acknowledged, by every node, and what must never be."""

    def __init__(self):
        self.by_seq = {}            # seq -> (source, id)
        self.by_id = {}             # (source, id) -> seq
        self.events = {}            # (source, id) -> Said
        self.routes = {}            # (source, id) -> the route that was acknowledged
        self.wrong, self.acknowledged, self.refused, self.last = [], 0, 0, time.monotonic()
        self.gaps = []              # (from, to) without any acknowledgement, of half a second and more

    def take(self, said, reply, node):
        source, name = said.fields["source"], said.fields["id"]
        seq, now = reply["seq"], time.monotonic()
        known = self.by_seq.setdefault(seq, (source, name))
        if known != (source, name):
            self.wrong.append(
                f"two answers for place {seq}: {known[1]} of {known[0]}, and by {node} {name} of {source}")
        earlier = self.by_id.setdefault((source, name), seq)
        if earlier != seq:
            self.wrong.append(f"{name} of {source} has place {earlier}, and by {node} {seq}")
        self.events.setdefault((source, name), said)
        if "route" in reply:
            route = self.routes.setdefault((source, name), reply["route"])
            if route != reply["route"]:
                self.wrong.append(f"{name} of {source} was routed {route}, and by {node} {reply['route']}")
        if now - self.last > 0.5:
            self.gaps.append((self.last, now))
        self.last = now
        self.acknowledged += 1


class Bridge:
    def __init__(self, source, nodes, home, truth):
        self.source, self.nodes, self.at, self.truth = source, list(nodes), home, truth
        self.serial = 0
        self.open = collections.OrderedDict()   # serial -> Said, until acknowledged
        self.unsent = collections.deque()
        self.wake = asyncio.Event()
        self.moves, self.is_ended = 0, False
        self.newest = 0.0       # when the newest event was said that is acknowledged

    def say(self, fields, t=None):
        """`fields` with an id of its own; the time is now unless it is given."""
        self.serial += 1
        fields = dict(fields, source=self.source)
        fields.setdefault("id", f"{self.source}-{self.serial}")
        said = Said(fields, now_ms() if t is None else t, self.serial)
        self.open[said.serial] = said
        self.unsent.append(said)
        self.wake.set()
        return said

    async def run(self):
        while not self.is_ended:
            node = self.nodes[self.at % len(self.nodes)]
            try:
                reader, writer = await asyncio.wait_for(asyncio.open_unix_connection(node.events, limit=BUFFER), 1)
            except (OSError, asyncio.TimeoutError):
                self.at += 1
                await asyncio.sleep(0.05)
                continue
            connection, began = Connection(self, node, reader, writer), time.monotonic()
            try:
                await connection.run()
            finally:
                writer.close()
            if connection.is_useless or time.monotonic() - began < 0.2:
                self.at += 1
                self.moves += 1
            await asyncio.sleep(0.02)

    async def drain(self, seconds):
        """Until everything is acknowledged."""
        deadline = time.monotonic() + seconds
        while self.open:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{len(self.open)} events of {self.source} are not acknowledged within {seconds} s; "
                                   f"the first is {next(iter(self.open.values())).fields}")
            await asyncio.sleep(0.05)

    def end(self):
        self.is_ended = True
        self.wake.set()


class Connection:
    """One connection of a bridge to a node."""

    def __init__(self, bridge, node, reader, writer):
        self.bridge, self.node, self.reader, self.writer = bridge, node, reader, writer
        self.owed = collections.deque()
        self.again = collections.deque()        # (when, Said) that was answered unavailable
        self.heard = self.accepted = time.monotonic()
        self.is_useless = False     # nothing is answered, or nothing is accepted

    async def run(self):
        bridge = self.bridge
        bridge.unsent = collections.deque(bridge.open.values())
        tasks = [asyncio.create_task(self.write()), asyncio.create_task(self.read())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(result, Exception) and not isinstance(result, OSError):
                    raise result

    def next_to_send(self):
        now = time.monotonic()
        if self.again and self.again[0][0] <= now:
            return self.again.popleft()[1]
        return self.bridge.unsent.popleft() if self.bridge.unsent else None

    async def write(self):
        bridge = self.bridge
        while not bridge.is_ended:
            lines = []
            while len(self.owed) < IN_FLIGHT_MAX:
                said = self.next_to_send()
                if said is None:
                    break
                if said.acknowledged is not None:
                    continue
                if not self.owed:
                    self.heard = time.monotonic()
                self.owed.append(said)
                lines.append(said.line)
            if lines:
                self.writer.write(b"".join(lines))
                await self.writer.drain()
            now = time.monotonic()
            if self.owed and now - self.heard > SILENCE_S or self.again and now - self.accepted > REFUSED_S:
                self.is_useless = True
                return
            bridge.wake.clear()
            if not bridge.unsent or len(self.owed) >= IN_FLIGHT_MAX:
                try:
                    await asyncio.wait_for(bridge.wake.wait(), 0.1)
                except asyncio.TimeoutError:
                    pass

    async def read(self):
        truth = self.bridge.truth
        while True:
            line = await self.reader.readline()
            if not line.endswith(b"\n"):
                return
            self.heard = time.monotonic()
            reply = json.loads(line)
            if not self.owed:
                if reply.get("ok") is False:
                    return                      # said before the node closes
                truth.wrong.append(f"{self.node.name} says {reply} though nothing was asked")
                return
            said = self.owed.popleft()
            self.bridge.wake.set()
            if reply.get("ok"):
                if reply.get("id") != said.fields["id"]:
                    truth.wrong.append(f"{self.node.name} answers {said.fields['id']} with {reply}")
                    return
                self.accepted = self.heard
                said.reply, said.acknowledged = reply, self.heard
                self.bridge.newest = max(self.bridge.newest, said.said_at)
                self.bridge.open.pop(said.serial, None)
                truth.take(said, reply, self.node.name)
            elif reply["error"]["code"] == "unavailable":
                said.refused += 1
                truth.refused += 1
                self.again.append((self.heard + AGAIN_S, said))
            else:
                truth.wrong.append(f"{self.node.name} refuses {said.fields}: {reply}")
                said.acknowledged = self.heard
                self.bridge.open.pop(said.serial, None)
