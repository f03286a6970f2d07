"""What goes wrong, and how it is put right again. Each fault is one class; all are chosen by a seeded random."""
import asyncio
import random
import time

from network import address, database_address


class Fault:
    """`hits` are the numbers of the daemons that cannot serve while it lasts."""
    name = ""
    #: How often it is chosen.
    weight = 1
    #: How long it lasts. Seconds.
    lasts = (0.5, 4.0)
    #: The database alone is away: every node lives, and pops have to go on.
    is_database_away = False

    def __init__(self, bed, rng, leader):
        self.bed, self.rng = bed, rng
        self.leader = next((node for node in bed.nodes if node.name == leader), bed.nodes.all[0])
        self.hits, self.what = [], ""
        self.lasts_s = rng.uniform(*self.lasts)
        self.choose()

    @classmethod
    def fits(cls, bed):
        return bed.trio is not None

    def choose(self):
        """Whom it hits. Everything random is drawn here, so that a run can be repeated."""

    def any_node(self):
        """The leader half of the time."""
        others = [node for node in self.bed.nodes if node is not self.leader]
        return self.leader if not others or self.rng.random() < 0.5 else self.rng.choice(others)

    def call(self, node):
        return f"{node.name}{' (leader)' if node is self.leader else ''}"

    async def begin(self):
        raise NotImplementedError

    async def end(self):
        pass


class Kill(Fault):
    name, weight = "kill -9", 5

    @classmethod
    def fits(cls, bed):
        return True

    def choose(self):
        self.node = self.any_node()
        self.hits, self.what = [self.node.number], self.call(self.node)

    async def begin(self):
        self.node.kill()

    async def end(self):
        await asyncio.to_thread(self.node.start)


class Stop(Kill):
    """A clean stop and start, as an upgrade makes."""
    name, weight, lasts = "SIGTERM", 1, (0.1, 1.0)

    async def begin(self):
        self.node.process.terminate()

    async def end(self):
        await asyncio.to_thread(self.node.stop)
        await asyncio.to_thread(self.node.start)


class Freeze(Kill):
    name, weight, lasts = "SIGSTOP", 4, (0.3, 6.0)

    async def begin(self):
        self.node.freeze()

    async def end(self):
        self.node.thaw()


class Unplug(Fault):
    """A node's cable: daemon, database and bridge are alone with each other."""
    name, weight, lasts = "unplugged", 3, (0.5, 6.0)

    def choose(self):
        self.node = self.any_node()
        self.hits, self.what = [self.node.number], self.call(self.node)
        self.replaces = self.node.number == self.bed.trio.primary
        if self.replaces:
            # A leader cannot be followed by another before there is a database again.
            self.name = "unplugged with the primary"

    async def begin(self):
        self.bed.network.unplug(self.node.number)
        if self.replaces:
            await asyncio.to_thread(self.bed.trio.replace_primary)

    async def end(self):
        self.bed.network.plug(self.node.number)
        if self.replaces:
            await asyncio.to_thread(self.bed.trio.bring_back, self.node.number)


class CutFromDatabase(Fault):
    """A node reaches everybody but the primary."""
    name, weight, lasts = "cut from the database", 2, (0.5, 6.0)

    def choose(self):
        away = [node for node in self.bed.nodes if node.number != self.bed.trio.primary]
        self.node = self.leader if self.leader in away and self.rng.random() < 0.5 else self.rng.choice(away)
        self.to, self.what = database_address(self.bed.trio.primary), self.call(self.node)

    async def begin(self):
        self.bed.network.lose(self.node.number, self.to)

    async def end(self):
        self.bed.network.find(self.node.number, self.to)


class CutBetweenNodes(Fault):
    """Two nodes lose what one sends to the other, or both."""
    name, weight, lasts = "cut between nodes", 2, (0.5, 6.0)

    def choose(self):
        one, other = self.rng.sample(self.bed.nodes.all, 2)
        self.lost = [(one.number, address(other.number))]
        self.what = f"{self.call(one)} → {self.call(other)}"
        if self.rng.random() < 0.5:
            self.lost.append((other.number, address(one.number)))
            self.what = self.what.replace("→", "↔")

    async def begin(self):
        for node, to in self.lost:
            self.bed.network.lose(node, to)

    async def end(self):
        for node, to in self.lost:
            self.bed.network.find(node, to)


class ClockStep(Fault):
    name, weight, lasts = "clock step", 2, (1.0, 4.0)

    @classmethod
    def fits(cls, bed):
        return True

    def choose(self):
        self.node = self.any_node()
        self.ahead_ms = self.rng.choice([-1, 1]) * self.rng.choice([300, 1_500, 3_000])
        self.what = f"{self.call(self.node)} {self.ahead_ms:+} ms"

    async def begin(self):
        self.node.clock.step(self.ahead_ms)

    async def end(self):
        self.node.clock.step(0)


class KillPrimary(Fault):
    """The primary with all its processes; a standby is promoted, the old primary becomes a standby."""
    name, weight, lasts = "primary killed", 3, (0.5, 2.0)
    is_database_away = True

    def choose(self):
        self.what = f"at n{self.bed.trio.primary}"

    async def begin(self):
        self.old = self.bed.trio.kill_primary()
        await asyncio.to_thread(self.bed.trio.replace_primary)

    async def end(self):
        await asyncio.to_thread(self.bed.trio.bring_back, self.old)


class FreezePrimary(Fault):
    """The primary answers nothing for a while, and nobody takes its place: connections stay, and nothing comes back."""
    name, weight, lasts = "primary stopped", 2, (6.0, 9.0)
    is_database_away = True

    @classmethod
    def fits(cls, bed):
        return bed.trio is not None and bed.options.form == "plain"

    def choose(self):
        self.what = f"at n{self.bed.trio.primary}"

    async def begin(self):
        self.server = self.bed.trio.servers[self.bed.trio.primary]
        self.server.freeze()

    async def end(self):
        self.server.thaw()


class KillStandby(Fault):
    name, weight, lasts = "standby killed", 1, (0.5, 4.0)

    def choose(self):
        self.node = self.rng.choice([node for node in self.bed.trio.nodes if node != self.bed.trio.primary])
        self.what = f"at n{self.node}"

    async def begin(self):
        self.bed.trio.kill_standby(self.node)

    async def end(self):
        await asyncio.to_thread(self.bed.trio.bring_back, self.node)


class Restart(Fault):
    """Every daemon at once."""
    name, weight, lasts = "all daemons killed", 1, (0.1, 1.0)

    @classmethod
    def fits(cls, bed):
        return len(bed.nodes.all) > 1

    def choose(self):
        self.hits = [node.number for node in self.bed.nodes]

    async def begin(self):
        for node in self.bed.nodes:
            node.kill()

    async def end(self):
        for node in self.bed.nodes:
            node.launch()
        for node in self.bed.nodes:
            await asyncio.to_thread(node.wait_ready)


class KillWithPrimary(Fault):
    """The leader while the primary is being replaced."""
    name, weight, lasts = "leader and primary killed", 1, (0.5, 2.0)

    def choose(self):
        self.hits = [self.leader.number]
        self.what = f"{self.leader.name}, primary at n{self.bed.trio.primary}"

    async def begin(self):
        self.old = self.bed.trio.kill_primary()
        self.leader.kill()
        await asyncio.to_thread(self.bed.trio.replace_primary)

    async def end(self):
        await asyncio.to_thread(self.bed.trio.bring_back, self.old)
        await asyncio.to_thread(self.leader.start)


KINDS = [Kill, Stop, Freeze, Unplug, CutFromDatabase, CutBetweenNodes, ClockStep, KillPrimary, FreezePrimary,
         KillStandby, Restart, KillWithPrimary]
#: Those after which pops have to be back at every desk within two seconds: a node cannot serve, and others can.
NODE_FAULTS = (Kill.name, Stop.name, Freeze.name, Unplug.name)


class Plan:
    """Which fault comes next. Each kind comes once before the first comes again by its weight."""

    def __init__(self, bed, seed, only):
        self.bed, self.random = bed, random.Random(f"faults {seed}")
        self.kinds = [kind for kind in KINDS if kind.fits(bed) and (not only or kind.__name__ in only)]
        self.first = self.kinds[:]
        self.random.shuffle(self.first)

    def next(self, leader):
        kind = self.first.pop() if self.first else self.random.choices(
            self.kinds, [kind.weight for kind in self.kinds])[0]
        return kind(self.bed, self.random, leader)


class Record:
    """What became of a fault."""

    def __init__(self, fault, place):
        self.place, self.name, self.what, self.hits = place, fault.name, fault.what, fault.hits
        self.was_leader = fault.leader.number in fault.hits
        self.at, self.clock = time.monotonic(), time.time()
        self.acknowledged_ms = self.led_ms = self.whole_ms = None
        self.pops_ms, self.is_undone = {}, False
        #: Which node served each desk before, and the longest time without a pop while the database was away.
        self.served, self.silence_ms = {}, {}
        self.is_database_away = fault.is_database_away
        self.leader_before, self.leader_after = fault.leader.name, None

    def told(self):
        return {"fault": self.place, "kind": self.name, "what": self.what, "nodes": self.hits,
                "leader_before": self.leader_before, "leader_after": self.leader_after,
                "acknowledged_ms": self.acknowledged_ms, "leader_ms": self.led_ms, "whole_ms": self.whole_ms,
                "pops_ms": self.pops_ms, "served_by": self.served, "silence_ms": self.silence_ms}

    def pops_of(self, node):
        """How long the desks that this node served waited for a pop."""
        return [wait for operator, wait in self.pops_ms.items() if self.served.get(operator) == node]

    def pops_of_hit(self, are_hit):
        """The same of the desks of the nodes that it hit, or of the other ones."""
        hit = {f"n{number}" for number in self.hits}
        return [wait for operator, wait in self.pops_ms.items() if (self.served.get(operator) in hit) == are_hit]
