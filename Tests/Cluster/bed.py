"""The bed: nodes, databases, proxy, screens and load, and the faults one after the other."""
import asyncio
import pathlib
import shutil
import tempfile
import time

import patroni_trio
import postgres
import proxy
from edits import Edits
from faults import NODE_FAULTS, Plan, Record
from forgetting import forget
from load import DESKS, Load
from network import Network, address
from nodes import HTTP_PORT, Node, Nodes
from pbx import Truth, now_ms
from processes import given_up
from screens import Screen
from verdict import Verdict

#: How long nodes, databases, pops and acknowledgements may take to be back after a fault. Seconds.
BACK_S = 60
#: Without a proxy: a desk on which nothing happens for so long looks elsewhere.
SILENCE_S = 1.2
#: A database that was away for less time says nothing of pops meanwhile. Milliseconds.
AWAY_MIN_MS = 2_500
#: So many desks have to have waited for a kind of fault to be judged by itself.
JUDGED_FROM = 20


class Bed:
    def __init__(self, options, say):
        self.options, self.say = options, say
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="screenpop-cluster.", dir=options.folder))
        self.folder.chmod(0o711)
        numbers = [1] if options.alone else [1, 2, 3]
        self.network = Network(numbers)
        self.truth, self.records = Truth(), []
        self.trio = None
        if not options.alone:
            trio = patroni_trio.Trio if options.form == "patroni" else postgres.Trio
            self.trio = trio(self.network, numbers, self.folder / "postgres")
        minutes = 2 + options.faults // 3
        self.load = Load(options.seed, self.truth, minutes, 15 * minutes)
        self.nodes = Nodes([
            Node(number, [] if options.alone else numbers, options.programs, self.folder / f"n{number}",
                 self.load.settings.configuration(), has_tls=options.form == "patroni") for number in numbers])
        self.load.take_nodes(self.nodes.all)
        self.edits = Edits(options.seed, self.nodes)
        self.proxy, self.screens, self.watching = None, [], []
        self.started_ms = self.ended_ms = 0

    # Up and down

    async def make(self):
        self.network.make()
        if self.trio:
            self.say("three PostgreSQL" + (" under Patroni" if self.options.form == "patroni" else ""))
            await asyncio.to_thread(self.trio.make)
        self.say("screenpopd")
        await asyncio.to_thread(self.nodes.start)
        first, settings = self.nodes.all[0], self.load.settings
        self.check(first.ask("POST", "/v1/customers/import", settings.customers_file().encode(), "text/csv"))
        for number in settings.blocked:
            self.check(first.ask("PUT", f"/v1/blocked-numbers/{number}", {}))
        self.edits.make(first)
        token = first.command("token", "create", "--role", "supervisor", "--name", "desks")
        await asyncio.to_thread(self.nodes.settle)
        doors, silence = [(address(node.number), HTTP_PORT) for node in self.nodes], SILENCE_S
        if self.options.proxy:
            self.proxy = proxy.Proxy(self.nodes, token, self.folder / "proxy")
            doors, silence = self.proxy.doors, None
        self.screens = [Screen(name, doors, token, place) for place, name in enumerate(DESKS)]
        self.watching = [asyncio.create_task(screen.run(silence)) for screen in self.screens]
        self.started_ms = now_ms()
        self.load.start()
        self.edits.start()
        began = time.monotonic()
        await self.until("a pop at every desk", lambda: all(screen.pops for screen in self.screens), 30)
        await asyncio.sleep(max(0.0, began + 3 - time.monotonic()))

    @staticmethod
    def check(answer):
        status, text = answer
        if status >= 300:
            raise RuntimeError(f"not taken: {status} {text[:300].decode(errors='replace')}")

    async def until(self, what, condition, seconds):
        deadline = time.monotonic() + seconds
        while not condition():
            self.raise_failures()
            if time.monotonic() > deadline:
                raise RuntimeError(f"{what} takes longer than {seconds} s")
            await asyncio.sleep(0.05)

    def raise_failures(self):
        """A task of ours that failed is a mistake of the bed's."""
        for task in self.tasks():
            if task.done() and not task.cancelled() and task.exception():
                raise task.exception()

    def tasks(self):
        return self.load.running + self.load.tasks + self.edits.tasks + self.watching

    async def down(self, keep):
        given_up.set()
        for screen in self.screens:
            screen.end()
        tasks = self.tasks()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.proxy:
            self.proxy.stop()
        self.nodes.stop()
        if self.trio:
            self.trio.stop()
            if keep:
                for node in self.trio.nodes:
                    shutil.rmtree(self.folder / "postgres" / f"pg{node}" / "data", ignore_errors=True)
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    # Faults

    async def play(self):
        plan = Plan(self, self.options.seed, self.options.only)
        for place in range(1, self.options.faults + 1):
            leader = await asyncio.to_thread(self.nodes.leader)
            fault = plan.next(leader)
            record = Record(fault, place)
            self.records.append(record)
            self.say(f"{place}/{self.options.faults} {fault.name} {fault.what}".rstrip())
            for screen in self.screens:
                screen.pops = screen.pops[-5:]
                record.served[screen.operator] = screen.served_by
            measuring = asyncio.create_task(self.measure(record))
            try:
                await fault.begin()
                await asyncio.sleep(max(0.0, record.at + fault.lasts_s - time.monotonic()))
                await fault.end()
                undone, record.is_undone = time.monotonic(), True
                if self.trio:
                    await asyncio.to_thread(self.trio.settle, BACK_S)
                await asyncio.to_thread(self.nodes.settle, BACK_S)
                record.whole_ms = ms(time.monotonic() - undone)
                await measuring
                self.note_silence(record)
            except RuntimeError as error:
                raise RuntimeError(f"after fault {place}, {fault.name} {fault.what}: {error}") from error
            finally:
                measuring.cancel()
            self.raise_failures()
            if self.truth.wrong:
                raise RuntimeError(f"after fault {place}, {fault.name} {fault.what}: {self.truth.wrong[0]}")
            await asyncio.sleep(plan.random.uniform(0.3, 1.0))

    def note_silence(self, record):
        """Of a database that was away for long enough that somebody could have noticed."""
        until = record.at + record.acknowledged_ms / 1000
        if record.is_database_away and record.acknowledged_ms >= AWAY_MIN_MS:
            record.silence_ms = {screen.operator: ms(screen.silence(record.at, until)) for screen in self.screens}

    async def measure(self, record):
        """How soon things are back: acknowledgements at every bridge, pops at every desk, a leader."""
        leading = asyncio.create_task(self.measure_leader(record)) if record.was_leader else None
        try:
            while time.monotonic() - record.at < BACK_S:
                now = time.monotonic()
                if record.acknowledged_ms is None and all(
                        bridge.newest >= record.at for bridge in self.load.bridges[1:]):
                    record.acknowledged_ms = ms(now - record.at)
                for screen in self.screens:
                    if screen.operator not in record.pops_ms:
                        at = screen.first_pop(record.at, self.load.rung)
                        if at is not None:
                            record.pops_ms[screen.operator] = ms(at - record.at)
                if (record.acknowledged_ms is not None and len(record.pops_ms) == len(self.screens)
                        and (leading is None or leading.done())):
                    return
                await asyncio.sleep(0.02)
            raise RuntimeError(
                f"{BACK_S} s after it not everything is back: acknowledged after {record.acknowledged_ms} ms, "
                f"pops at {len(record.pops_ms)} of {len(self.screens)} desks, a leader after {record.led_ms} ms")
        finally:
            if leading:
                leading.cancel()

    async def measure_leader(self, record):
        while not self.nodes.all[0].is_alone:
            # A node that is cut off may think that it leads still; once it is back it may.
            but = record.hits if not record.is_undone and len(record.hits) < len(self.nodes.all) else ()
            leader = await asyncio.to_thread(self.nodes.leader, but)
            if leader:
                record.led_ms, record.leader_after = ms(time.monotonic() - record.at), leader
                return
            await asyncio.sleep(0.05)

    # The end

    async def judge(self):
        self.say("the last calls end")
        await self.edits.end()
        await self.load.end(BACK_S)
        if self.trio:
            await asyncio.to_thread(self.trio.settle, BACK_S)
        await asyncio.to_thread(self.nodes.settle, BACK_S)
        last = max(self.truth.by_seq)
        await asyncio.to_thread(self.wait_for, last)
        # Calls that have ended are on disk within a second.
        await asyncio.sleep(2)
        self.ended_ms = now_ms()
        self.say("logs and figures are compared")
        verdict = Verdict(self.nodes, self.truth, self.load.settings, self.started_ms, self.ended_ms)
        await asyncio.to_thread(verdict.all)
        await asyncio.to_thread(self.edits.judge, verdict)
        self.pops_in_time(verdict)
        self.pops_go_on(verdict)
        await self.messages_everywhere(verdict)
        self.say("a customer is erased")
        await asyncio.to_thread(forget, self.nodes, self.trio, self.truth, verdict)
        return verdict

    async def messages_everywhere(self, verdict):
        """What one node is given for all desks is at every desk, whichever node serves it."""
        for node in self.nodes:
            text = f"through {node.name}"
            self.check(await asyncio.to_thread(node.ask, "POST", "/v1/messages", {"to": "all", "text": text}))
            try:
                await self.until(text, lambda: all(text in screen.messages for screen in self.screens), 10)
            except RuntimeError:
                verdict.say([f"the message {text} is not at the desk of {screen.operator}"
                             for screen in self.screens if text not in screen.messages])

    def wait_for(self, seq):
        """Until every node has what was acknowledged last."""
        for node in self.nodes:
            deadline = time.monotonic() + 30
            while (has := node.get("/v1/status")["committed_seq"]) < seq:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"{node.name} has {has} of {seq} entries half a minute after the last one")
                time.sleep(0.1)

    def pops_in_time(self, verdict):
        waits = [wait for record in self.records if record.name in NODE_FAULTS for wait in record.pops_ms.values()]
        if not waits or self.options.alone:
            return
        verdict.counts["pops_back_p95_ms"] = p95 = percentile(waits, 95)
        if p95 > self.options.pops_max_ms:
            verdict.say([f"pops are back after {p95} ms at 95 % of the desks, and not within "
                         f"{self.options.pops_max_ms} ms"])
        # Desks of nodes that did not fail come back sooner, and make the figure of all look well.
        for name in NODE_FAULTS:
            some = [record for record in self.records if record.name == name]
            for node in self.nodes:
                waits = [wait for record in some for wait in record.pops_of(node.name)]
                if len(waits) >= JUDGED_FROM and percentile(waits, 95) > self.options.pops_max_ms:
                    verdict.say([f"after {name}, pops are back after {percentile(waits, 95)} ms at 95 % of the desks "
                                 f"of {node.name}, and not within {self.options.pops_max_ms} ms"])

    def pops_go_on(self, verdict):
        """While the database is away: desks of followers come to the leader, and those of the leader notice nothing."""
        silences = [wait for record in self.records for wait in record.silence_ms.values()]
        if not silences:
            return
        verdict.counts["silence_p95_ms"] = p95 = percentile(silences, 95)
        if p95 > self.options.silence_max_ms:
            verdict.say([f"while the database is away, 95 % of the desks have a pop every {p95} ms, and not every "
                         f"{self.options.silence_max_ms} ms"])


def ms(seconds):
    return round(seconds * 1000)


def percentile(values, percent):
    values = sorted(values)
    return values[max(0, -(-len(values) * percent // 100) - 1)] if values else None
