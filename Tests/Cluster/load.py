"""What happens on the PBXs while nodes fail: the made-up day of Tests/Independent, faster, and desks that ring often.

Every event goes out at its time, whatever the nodes do. The day has transfers, parking, late and doubled events; the
desks show how soon pops are back.
"""
import asyncio
import pathlib
import random
import sys
import time

sys.path.append(str(pathlib.Path(__file__).parents[1] / "Independent"))
import scenario  # noqa: E402
from pbx import Bridge, now_ms  # noqa: E402

PACE = 6
#: Of a desk: seconds between two rings.
RING_EVERY_S = 0.3
QUEUES = {
    "support": dict(threshold=4_000, short=1_000, wrap=5_000, exclude=False),
    "sales": dict(threshold=2_000, short=0, wrap=0, exclude=False),
    "billing": dict(threshold=5_000, short=1_500, wrap=9_000, exclude=True),
    "desk": dict(threshold=1_000, short=0, wrap=0, exclude=False),
}
DESKS = [str(201 + place) for place in range(6)]


class Load:
    def __init__(self, seed, truth, minutes, calls):
        self.random = random.Random(f"load {seed}")
        self.truth, self.nodes = truth, []
        self.day = scenario.Scenario(seed, 0, minutes, calls, PACE, QUEUES)
        self.settings = self.day.settings
        self.seen = set()           # operators of the day who did something
        self.rung = {}              # call -> when its phone rang, by the monotonic clock
        self.day_bridge, self.bridges = None, []
        self.is_ending = False
        self.tasks, self.running = [], []

    def take_nodes(self, nodes):
        """A bridge for the day, and one for the desks beside each node."""
        self.nodes = nodes
        self.day_bridge = Bridge("pbx1", nodes, 0, self.truth)
        self.bridges = [self.day_bridge] + [
            Bridge(f"pbx{2 + home}", nodes, home, self.truth) for home in range(len(nodes))]

    def start(self):
        self.running = [asyncio.create_task(bridge.run()) for bridge in self.bridges]
        self.tasks = [asyncio.create_task(self.play_day(now_ms()))]
        self.tasks += [asyncio.create_task(self.desk(name, self.bridges[1 + place % len(self.nodes)]))
                       for place, name in enumerate(DESKS)]

    def said(self):
        return sum(bridge.serial for bridge in self.bridges)

    def waiting(self):
        return sum(len(bridge.open) for bridge in self.bridges)

    async def play_day(self, start):
        arrivals = [(at + start, t + start, event) for at, _, t, event in self.day.run() if event["type"] != "desk"]
        for place, (at, t, event) in enumerate(arrivals):
            while (pause := at - now_ms()) > 0 and not self.is_ending:
                await asyncio.sleep(min(pause, 200) / 1000)
            if self.is_ending:
                # What has happened and is still on its way.
                end = now_ms()
                for at, t, event in arrivals[place:]:
                    if t <= end and event["type"] != "pbx.snapshot":
                        self.say(event, t)
                return
            self.say(event, t)

    def say(self, event, t):
        if event.get("operator"):
            self.seen.add(event["operator"])
        self.day_bridge.say(event, t)

    async def desk(self, name, bridge):
        bridge.say({"type": "operator.login", "operator": name, "name": f"Desk {name}", "device": f"PJSIP/{name}"})
        serial = 0
        while not self.is_ending:
            serial += 1
            began = time.monotonic()
            await self.ring(f"d{name}-{serial}", name, bridge)
            await asyncio.sleep(max(0.01, RING_EVERY_S * self.random.uniform(0.8, 1.2) + began - time.monotonic()))
        await asyncio.sleep(0.01)
        bridge.say({"type": "operator.logout", "operator": name})

    async def ring(self, call, name, bridge):
        pause = lambda: asyncio.sleep(self.random.uniform(0.015, 0.05))
        bridge.say({"type": "call.offered", "call": call, "from": "anonymous", "to": "0312340007", "queue": "desk"})
        bridge.say({"type": "call.queued", "call": call, "queue": "desk"})
        await asyncio.sleep(0.005)
        self.rung[call] = time.monotonic()
        bridge.say({"type": "call.ringing", "call": call, "operator": name, "device": f"PJSIP/{name}"})
        await pause()
        way = self.random.random()
        if way < 0.1:
            bridge.say({"type": "call.unanswered", "call": call, "operator": name, "reason": "timeout"})
            await pause()
        else:
            bridge.say({"type": "call.answered", "call": call, "operator": name})
            await pause()
            if way < 0.2:
                bridge.say({"type": "call.held", "call": call})
                await pause()
                bridge.say({"type": "call.resumed", "call": call})
                await pause()
        bridge.say({"type": "call.ended", "call": call, "by": "caller"})

    async def end(self, seconds):
        """No new calls; what is open has ended unseen; everybody leaves; everything is acknowledged."""
        self.is_ending = True
        await asyncio.gather(*self.tasks)
        for bridge in self.bridges:
            await bridge.drain(seconds)
        await asyncio.sleep(0.01)
        self.day_bridge.say({"type": "pbx.snapshot", "calls": [], "operators": []})
        await asyncio.sleep(0.01)
        for name in sorted(self.seen):
            self.day_bridge.say({"type": "operator.logout", "operator": name})
        await self.day_bridge.drain(seconds)
        for bridge in self.bridges:
            bridge.end()
        await asyncio.gather(*self.running)
