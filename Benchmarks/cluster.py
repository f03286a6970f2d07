#!/usr/bin/env python3
"""Measures a cluster against its budgets: three screenpopd on three PostgreSQL, in network namespaces of this machine.

A single daemon in the same network, driven by the same load.c, is measured first: what the leader is compared with. It
needs root, PostgreSQL 15 and iproute2. Programs come from BINDIR (.build/release). Progress goes to stderr, the table
to stdout. Where it cannot run it says so and ends with status 77."""
import argparse, json, os, shutil, statistics, subprocess, sys, tempfile, time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "Tests" / "Cluster"))
import postgres, sandbox  # noqa: E402
from network import Network, address  # noqa: E402
from nodes import HTTP_PORT, Node, Nodes  # noqa: E402

BINDIR = Path(os.environ.get("BINDIR", HERE.parent / ".build/release")).resolve()
RATE, STREAMS, SECONDS = 500, 50, 5
EDITS = 300


def say(text):
    print(text, file=sys.stderr, flush=True)


def share(values, percent):
    values = sorted(values)
    return values[min(len(values) - 1, len(values) * percent // 100)]


class Bench:
    def __init__(self, work, rounds, take_overs):
        self.work, self.rounds, self.take_overs = work, rounds, take_overs
        self.rows = []

    def add(self, figure, value, unit, budget, met):
        self.rows.append(dict(figure=figure, value=value, unit=unit, budget=budget, met=met))
        say(f"  {figure}: {value:,.2f} {unit}")

    def prepare(self):
        compiler = next((one for one in ("cc", "gcc", "clang") if shutil.which(one)), None)
        if not compiler:
            sys.exit("No C compiler for load.c: apt-get install gcc")
        subprocess.run([compiler, "-O2", "-w", HERE / "load.c", "-o", self.work / "load", "-pthread"], check=True)
        self.network = Network([1, 2, 3])
        self.network.make()

    def load(self, *arguments):
        done = subprocess.run([self.work / "load", *map(str, arguments)], text=True, capture_output=True, timeout=600)
        if done.returncode:
            raise RuntimeError(f"load {arguments[0]}: {done.stderr.strip() or done.stdout.strip()}")
        return json.loads(done.stdout)

    # What is measured

    def pops(self, events, screens):
        """From the bridge's node to the streams of another, or the same: the medians of p50 and p99. Milliseconds."""
        runs = []
        for _ in range(self.rounds):
            token = screens.command("token", "create", "--role", "supervisor", "--name", f"b{time.monotonic_ns()}")
            runs.append(self.load("latency", events.events, address(screens.number), HTTP_PORT, token, RATE, SECONDS,
                                  STREAMS))
        missed = sum(run["missed"] for run in runs)
        if missed:
            say(f"  {missed} pops were missed")
        return tuple(statistics.median(run[key] for run in runs) / 1e3 for key in ("p50_us", "p99_us"))

    def appended(self, node):
        return statistics.median(
            self.load("throughput", node.events, 4, 40_000, 256)["events_per_s"] for _ in range(self.rounds))

    @staticmethod
    def edits(node):
        """How long edits of a record take, one after the other. Milliseconds: p50 and p99."""
        status, text = node.ask("POST", "/v1/customers", {"name": "Edited"})
        if status != 201:
            raise RuntimeError(f"{node.name} makes no record: {status} {text[:300]}")
        record, took = json.loads(text), []
        for serial in range(EDITS):
            began = time.perf_counter()
            status, text = node.ask("PATCH", f"/v1/customers/{record['id']}", {"name": f"Edited {serial}"},
                                    headers={"If-Match": f'"v{record["version"]}"'})
            took.append((time.perf_counter() - began) * 1e3)
            if status != 200:
                raise RuntimeError(f"{node.name} edits no record: {status} {text[:300]}")
            record = json.loads(text)
        return share(took, 50), share(took, 99)

    def take_over(self, nodes):
        """From the leader's kill -9 until another node leads, in milliseconds, one after the other."""
        took = []
        for place in range(self.take_overs):
            leader = next(node for node in nodes if node.name == nodes.leader())
            began = time.monotonic()
            leader.kill()
            while not nodes.leader(but=(leader.number,)):
                if time.monotonic() - began > 30:
                    raise RuntimeError("half a minute after its leader no node leads")
                time.sleep(0.01)
            took.append((time.monotonic() - began) * 1e3)
            say(f"  {place + 1}/{self.take_overs}: {took[-1]:,.0f} ms")
            leader.start()
            nodes.settle()
        return took

    # A run

    def run(self):
        self.prepare()
        say("a single daemon")
        alone = Node(1, [], BINDIR, self.work / "alone", "", has_clock=False)
        alone.start()
        try:
            single50, single99 = self.pops(alone, alone)
            self.add("ringing → pop, a single daemon, p50", single50, "ms", "", None)
            self.add("the same, p99", single99, "ms", "", None)
            self.edited("an edit of a record, a single daemon", alone)
        finally:
            alone.stop()
        say("three PostgreSQL")
        trio = postgres.Trio(self.network, [1, 2, 3], self.work / "postgres")
        nodes = Nodes([Node(number, [1, 2, 3], BINDIR, self.work / f"n{number}", "", has_clock=False)
                       for number in (1, 2, 3)])
        try:
            trio.make()
            say("three screenpopd")
            nodes.start()
            nodes.settle()
            leader = next(node for node in nodes if node.name == nodes.leader())
            follower = next(node for node in nodes if node is not leader)
            p50, p99 = self.pops(leader, leader)
            self.add("ringing → pop, leader, p50", p50, "ms", "≤ 1.2 × single", p50 <= 1.2 * single50)
            self.add("the same, p99", p99, "ms", "", None)
            p50, p99 = self.pops(leader, follower)
            self.add("ringing → pop, follower, p50", p50, "ms", "≤ 5 ms", p50 <= 5)
            self.add("the same, p99", p99, "ms", "", None)
            self.add("appended events/s, 4 × window 256", self.appended(leader), "/s", "", None)
            self.edited("an edit of a record, leader", leader)
            self.edited("an edit of a record, through a follower", follower)
            took = self.take_over(nodes)
            self.add("take-over, median", share(took, 50), "ms", "", None)
            self.add("take-over, p95", share(took, 95), "ms", "≤ 2,000 ms", share(took, 95) <= 2_000)
        finally:
            nodes.stop()
            trio.stop()

    def edited(self, figure, node):
        p50, p99 = self.edits(node)
        budget = "≤ 5 ms" if node.is_alone else ""
        self.add(f"{figure}, p50", p50, "ms", budget, p50 <= 5 if budget else None)
        self.add("the same, p99", p99, "ms", "", None)


def table(rows):
    """In the layout of docs/decisions/0017-measured.md."""
    print("| Figure | ours | budget | met |\n|---|---|---|---|")
    for row in rows:
        value = f"{row['value']:,.0f}" if row["value"] >= 100 else f"{row['value']:.2f}"
        value += row["unit"] if row["unit"] == "/s" else f" {row['unit']}"
        met = "" if row["met"] is None else "yes" if row["met"] else "no"
        print(f"| {row['figure']} | {value} | {row['budget']} | {met} |")


def measure(given):
    # On a disk: /tmp may be memory, which no commit waits for.
    work = Path(tempfile.mkdtemp(prefix="screenpop-bench.", dir=given.folder))
    work.chmod(0o711)
    bench = Bench(work, given.rounds, given.take_overs)
    try:
        bench.run()
    except RuntimeError as error:
        print(f"{error}; the logs are in {work}", file=sys.stderr)
        return 1
    shutil.rmtree(work, ignore_errors=True)
    if given.json:
        print(json.dumps({"rounds": given.rounds, "figures": bench.rows}, indent=2, ensure_ascii=False))
    else:
        print(f"\nA cluster of three nodes on one machine, {RATE} events/s, {STREAMS} streams, median of "
              f"{given.rounds} rounds, {os.cpu_count()} cores\n")
        table(bench.rows)
    return 0


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=3, help="of each figure (default: 3)")
    options.add_argument("--take-overs", type=int, default=5, help="times the leader is killed (default: 5)")
    options.add_argument("--folder", default="/var/tmp", help="where to make the temporary folder: on a disk")
    options.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    given = options.parse_args()
    for program in ("screenpopd", "screenpop"):
        if not (BINDIR / program).exists():
            sys.exit(f"{BINDIR / program} is missing: make bench builds it")
    if not postgres.PROGRAMS.exists():
        print("Left out: PostgreSQL 15 is missing: apt-get install postgresql-15", file=sys.stderr)
        return 77
    return sandbox.run_apart(lambda: measure(given))


if __name__ == "__main__":
    sys.exit(main())
