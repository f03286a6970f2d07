"""An independent simulation: a day of a call centre is played into a real screenpopd that is killed at random, and
everything it says of it is held against a model that was written from the contract alone.

  simulate.py --seed 7            one seed; prints what differed
  simulate.py --seeds 1-40        many
"""
import argparse
import pathlib
import random
import shutil
import sys
import tempfile
import time
from datetime import datetime, timezone

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import routing  # noqa: E402
import tell  # noqa: E402
from centre import QUARTER_MS, Centre  # noqa: E402
from compare import Comparison  # noqa: E402
from daemon import Clock, Daemon  # noqa: E402
from scenario import VETERANS, Scenario  # noqa: E402
from times import rfc  # noqa: E402

START = int(datetime(2026, 11, 20, 2, 3, tzinfo=timezone.utc).timestamp() * 1000)

SETTLE_MS = 300_000


class Run:
    def __init__(self, seed, options):
        self.seed, self.options = seed, options
        self.random = random.Random(f"run {seed}")
        self.scenario = Scenario(seed, START, options.minutes, options.calls)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sim-", dir=options.folder))
        self.clock = Clock(self.folder / "clock", START)
        self.daemon = Daemon(
            options.programs, self.folder, options.port, self.clock, self.scenario.settings.configuration())
        self.centre = Centre(self.scenario.settings)
        self.comparison = Comparison(self.daemon, self.centre, random.Random(f"lists {seed}"), options.lists)
        self.router = routing.Router(self.centre, VETERANS)
        self.settled = START
        self.kills, self.taken, self.told = 0, set(), {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.daemon.stop()
        if not self.options.keep:
            shutil.rmtree(self.folder)

    def prepare(self):
        self.daemon.start()
        settings = self.scenario.settings
        status, answer = self.daemon.ask("POST", "/v1/customers/import", settings.customers_file().encode(), "text/csv")
        assert status in (200, 201), answer
        for number in settings.blocked:
            status, answer = self.daemon.ask("PUT", f"/v1/blocked-numbers/{number}", {})
            assert status < 300, answer

    def play(self):
        for arrival, _, t, event in self.scenario.run():
            if arrival > self.settled + SETTLE_MS:
                self.settle()
            self.clock.set(arrival)
            if event["type"] == "desk":
                self.desk(event["path"], event["body"])
                continue
            if self.random.random() < self.options.checks:
                self.check(self.random.choice([0, 0, 1, 2]))
            event = dict(event, time=rfc(t))
            reply = self.push(event)
            if not reply.get("ok"):
                self.comparison.different.append(f"refused: {event} {reply}")
                continue
            new = event["id"] not in self.taken
            self.taken.add(event["id"])
            self.comparison.same(f"duplicate of {event['id']}", reply.get("duplicate", False) and not new, not new)
            if new:
                self.learn(event, t, arrival, reply)

    def desk(self, path, body):
        """What an operator does at the desk; the model says whether it is allowed."""
        status, answer = self.daemon.ask("POST", path, body)
        ours = self.centre.desk(path, body, self.clock.ms)
        self.comparison.same(f"{path} {body} at {rfc(self.clock.ms)[11:23]}", status, ours)

    def learn(self, event, t, arrival, reply):
        """The model takes the event, and decides of an offer what the daemon had to say."""
        self.centre.take(event, t, arrival)
        if not event["type"].startswith("call."):
            return
        call = self.centre.calls[event["call"]]
        self.router.note(event)
        identified = event["type"] == "call.identified" and "route" in reply
        if identified:
            self.comparison.same(f"route of {call.name}, though it was answered", call.story.is_answered(), False)
        if event["type"] == "call.offered" or identified:
            waiting = call.story.waiting
            queue = waiting.queue if identified and waiting else call.story.queue_named
            route = self.router.decide(call, queue, t, arrival)
            wrong = routing.differences(reply["route"], route)
            self.comparison.same(f"route of {call.name} at {rfc(arrival)[11:23]} {wrong}", reply["route"],
                                 reply["route"] if not wrong else route)
            self.told[call.name] = reply["route"]
            if route["action"] == "reject":
                self.centre.reject(call)

    def settle(self):
        """Waits until ended calls are on disk, as they are within a second: here many minutes pass in one."""
        self.daemon.get("/v1/customers/1/notes")
        self.settled = self.clock.ms

    def push(self, event):
        while True:
            killed = self.random.random() < self.options.kills
            self.daemon.send([event])
            if not killed:
                return self.daemon.reply()
            time.sleep(self.random.random() * 0.002)
            self.daemon.kill()
            self.kills += 1
            self.daemon.start()
            self.settle()

    def check(self, quarters=None):
        """Everything there is, of today and of each quarter of an hour; or of so many quarters before now."""
        self.centre.now = self.clock.ms
        now, first = self.clock.ms, START // QUARTER_MS * QUARTER_MS
        present = now // QUARTER_MS * QUARTER_MS
        for name, route in self.told.items() if quarters is None else []:
            kept = self.daemon.get(f"/v1/calls/{name}")["routing"]["route"]
            self.comparison.same(f"reasoning kept of {name}", kept, route)
        status, replay = self.daemon.ask("POST", "/v1/log/replay")
        self.comparison.same("a replay of the log is what is alive", replay.get("equal") or replay, True)
        self.comparison.callbacks()
        if quarters is None:
            for name in self.options.call:
                tell.everything(self, name)
            self.comparison.all(first, present + QUARTER_MS)
            self.comparison.intervals(first, present + QUARTER_MS)
            for begin in range(first, now, QUARTER_MS):
                self.comparison.all(begin, begin + QUARTER_MS)
            self.comparison.customers()
        else:
            self.comparison.all(max(first, present - quarters * QUARTER_MS), present + QUARTER_MS)
        if self.comparison.different and self.options.call:
            # At the first difference, while it is there.
            print("at", rfc(now))
            for name in self.options.call:
                tell.everything(self, name)
            print("\n".join(self.comparison.different))
            raise SystemExit(1)


def simulate(seed, options):
    with Run(seed, options) as run:
        run.prepare()
        run.play()
        run.clock.set(run.clock.ms + 200_000)
        run.centre.now = run.clock.ms
        run.check()
        print(f"seed {seed}: {len(run.centre.calls)} calls, {run.kills} kills, {run.comparison.compared} comparisons, "
              f"{len(run.comparison.different)} differ", flush=True)
        for line in run.comparison.different[:options.show]:
            print("  " + line)
        return not run.comparison.different


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--seeds", default="1-5", help="from-to")
    parser.add_argument("--programs", default=".build/debug", help="where screenpopd is")
    parser.add_argument("--calls", type=int, default=60)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--kills", type=float, default=0.005, help="chance of a kill -9 at each event")
    parser.add_argument("--checks", type=float, default=0.005, help="chance of a comparison before each event")
    parser.add_argument("--lists", type=float, default=0.15, help="share of the lists and receipts that are compared")
    parser.add_argument("--port", type=int, default=0, help="of the daemon's HTTP; 0: one that is free")
    parser.add_argument("--folder", help="where to make the state directories")
    parser.add_argument("--keep", action="store_true", help="keep the state directory")
    parser.add_argument("--show", type=int, default=30, help="how many differences to print")
    parser.add_argument("--call", action="append", default=[],
                        help="a call, an operator or a number to tell, as the model and as the daemon have it")
    options = parser.parse_args()
    options.programs = pathlib.Path(options.programs).resolve()
    if options.seed is not None:
        seeds = [options.seed]
    else:
        first, last = options.seeds.split("-")
        seeds = range(int(first), int(last) + 1)
    failed = [seed for seed in seeds if not simulate(seed, options)]
    if failed:
        print(f"differences in the seeds {failed}; one by hand: simulate.py --seed {failed[0]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
