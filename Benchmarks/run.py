#!/usr/bin/env python3
"""Measures screenpopd against the budgets of docs/architecture.md.

Ours runs in turn with floor.c, the least that a program doing this work can do, on the same machine in the same run,
driven by load.c; each figure is the median of the rounds. Programs come from BINDIR (.build/release). Progress goes to
stderr, the table to stdout."""
import argparse, contextlib, json, os, shutil, signal, socket, sqlite3, statistics, subprocess, sys, tempfile, time
import urllib.parse
from pathlib import Path

import month, pbx

HERE = Path(__file__).resolve().parent
BINDIR = Path(os.environ.get("BINDIR", HERE.parent / ".build/release")).resolve()
PORT, FLOOR_PORT = 18791, 18790
# A socket's path is short.
SOCKETS = Path(tempfile.mkdtemp(prefix="screenpop-"))

FIGURES = {
    "import": "customers imported per second",
    "memory": "resident memory, idle",
    "throughput": "events/s acknowledged, 4 connections x window 256",
    "single": "events/s acknowledged, one at a time",
    "latency2000": "ringing -> pop, 2,000 events/s, 50 streams",
    "latency10000": "ringing -> pop, 10,000 events/s, 50 streams",
    "lookup": "look-up of a caller",
    "search": "search as somebody types",
    "edit": "an edit of a record",
    "streams": "resident memory of an idle stream",
    "board": "GET /v1/stats, all of it, median",
    "recount": "figures recomputed from the visits themselves, of 1 million",
    "supervisors": "throughput with supervisors' streams open, of that without",
    "pbx": "a PBX's ring -> pop, by way of the bridge",
    "pbxmemory": "the bridge's memory after 100,000 calls, of that after 10,000",
    "month": "memory after a month of 300,000 calls in fast motion, of that in its middle",
    "restart": "start after kill -9, 1 million events since the checkpoint",
}


def say(text):
    print(text, file=sys.stderr, flush=True)


def memory_of(process):
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024


class Ours:
    """A screenpopd of its own, on a state directory of its own."""

    def __init__(self, work, state, **environment):
        self.state, self.events, self.api = state, SOCKETS / "ours.sock", SOCKETS / "api.sock"
        self.environment = environment
        self.errors = work / "screenpopd.log"

    def __enter__(self):
        began = time.monotonic()
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                [BINDIR / "screenpopd", "--state-dir", self.state, "--events-socket", self.events,
                 "--api-socket", self.api, "--http", f"127.0.0.1:{PORT}"],
                stderr=errors,
                env={k: v for k, v in os.environ.items() if not k.startswith("SCREENPOP")} | self.environment)
        while "ready:" not in self.errors.read_text():
            if self.process.poll() is not None:
                sys.exit(f"screenpopd ended: {self.errors.read_text()}")
            time.sleep(0.002)
        self.start_s = time.monotonic() - began
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGTERM)

    def stop(self, how):
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait()

    def command(self, *arguments):
        return subprocess.run(
            [BINDIR / "screenpop", *arguments], check=True, capture_output=True, text=True,
            env={**os.environ, "SCREENPOP_API_SOCKET": str(self.api)}).stdout

    def token(self):
        name = f"bench{time.monotonic_ns()}"
        return json.loads(self.command("token", "create", "--role", "supervisor", "--name", name, "--json"))["token"]


class Floor:
    def __init__(self, work):
        self.work, self.events = work, SOCKETS / "floor.sock"

    def __enter__(self):
        self.events.unlink(missing_ok=True)
        self.process = subprocess.Popen([self.work / "floor", self.work / "floor.db", self.events, str(FLOOR_PORT)],
                                        stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while True:
            with socket.socket(socket.AF_UNIX) as probe:
                try:
                    probe.connect(str(self.events))
                    return self
                except OSError:
                    if time.monotonic() > deadline:
                        sys.exit("floor does not listen")
                    time.sleep(0.01)

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def token(self):
        return "none"


class Bench:
    def __init__(self, work, customers, rounds):
        self.work, self.customers, self.rounds = work, customers, rounds
        self.template = work / "imported"
        self.rows = []

    def add(self, name, ours, floor, budget, unit, met, note=""):
        self.rows.append(dict(figure=name, ours=ours, floor=floor, ratio=ours / floor if floor else None, budget=budget,
                              unit=unit, met=met, note=note))
        say(f"  {FIGURES.get(name, name)}: {show(ours, unit)}{note}")

    def load(self, *arguments):
        return json.loads(subprocess.run([self.work / "load", *map(str, arguments)], check=True, capture_output=True,
                                         text=True).stdout)

    def fresh(self):
        """A daemon with the imported customers and no event yet."""
        return Ours(self.work, self.fresh_state())

    def fresh_state(self):
        state = self.work / "state"
        shutil.rmtree(state, ignore_errors=True)
        shutil.copytree(self.template, state)
        return state

    def prepare(self):
        compiler = next((c for c in ("cc", "gcc", "clang") if shutil.which(c)), None)
        if not compiler:
            sys.exit("No C compiler for floor.c and load.c: apt-get install gcc")
        for name, flags in (("floor", ["-lsqlite3"]), ("load", ["-pthread"])):
            subprocess.run([compiler, "-O2", "-w", HERE / f"{name}.c", "-o", self.work / name, *flags], check=True)
        say(f"making {self.customers:,} customers for the floor and as CSV")
        subprocess.run([sys.executable, HERE / "mkdb.py", str(self.customers), self.work / "floor.db"], check=True)
        subprocess.run([sys.executable, HERE / "mkdb.py", str(self.customers), self.work / "customers.csv", "--csv"],
                       check=True)

    def importing(self):
        say("importing them")
        with Ours(self.work, self.template) as ours:
            began = time.monotonic()
            ours.command("customers", "import", str(self.work / "customers.csv"))
            rate = self.customers / (time.monotonic() - began)
            # What follows is measured with the search's index complete.
            while self.indexed() < self.customers:
                time.sleep(0.5)
            say(f"  the search's index is complete after {time.monotonic() - began:.0f} s")
        self.add("import", rate, None, ">= 50,000/s", "/s", rate >= 50_000)

    def indexed(self):
        database = sqlite3.connect(f"file:{self.template}/customers.db?mode=ro", uri=True)
        try:
            return database.execute("SELECT watermark FROM search_state").fetchone()[0]
        finally:
            database.close()

    def search(self):
        """What somebody types, letter by letter: names, numbers, and what is nowhere."""
        typed = ["顧", "顧客", "顧客1", "顧客12", "顧客123456", "客5", "い", "090", "0901234", "09012345678", "1234567", "zzz"]
        took = {}
        with self.fresh() as ours:
            with socket.socket(socket.AF_UNIX) as api:
                api.connect(str(ours.api))
                answers = api.makefile("rb")
                for text in typed * 5:
                    began = time.perf_counter()
                    api.sendall(
                        f"GET /v1/customers?limit=12&q={urllib.parse.quote(text)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                    length = 0
                    while (line := answers.readline().strip()):
                        if line.lower().startswith(b"content-length:"):
                            length = int(line.split(b":")[1])
                    answers.read(length)
                    took.setdefault(text, []).append(time.perf_counter() - began)
        worst = max(statistics.median(times) for times in took.values()) * 1e3
        self.add("search", worst, None, "<= 100 ms", "ms", worst <= 100,
                 f", the slowest of {len(typed)}, among {self.customers:,}")

    def edit(self, count=500):
        """Edits of records, one after the other, as the desk makes them: PATCH with If-Match."""
        took = []
        with self.fresh() as ours:
            with socket.socket(socket.AF_UNIX) as api:
                api.connect(str(ours.api))
                answers = api.makefile("rb")

                def ask(method, path, body=b"", *fields):
                    head = [f"{method} {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *fields, "", ""]
                    api.sendall("\r\n".join(head).encode() + body)
                    status, length = answers.readline().split()[1], 0
                    while (line := answers.readline().strip()):
                        if line.lower().startswith(b"content-length:"):
                            length = int(line.split(b":")[1])
                    answer = answers.read(length)
                    if not status.startswith(b"2"):
                        sys.exit(f"{method} {path}: {answer.decode()}")
                    return json.loads(answer)

                found = ask("GET", "/v1/customers?limit=50&q=" + urllib.parse.quote("顧客1"))["customers"]
                versions = {one["id"]: one["version"] for one in found}
                for serial in range(count):
                    record = list(versions)[serial % len(versions)]
                    body = json.dumps({"name": f"顧客 {serial}"}).encode()
                    began = time.perf_counter()
                    answer = ask("PATCH", f"/v1/customers/{record}", body, "Content-Type: application/json",
                                 f'If-Match: "v{versions[record]}"')
                    took.append((time.perf_counter() - began) * 1e3)
                    versions[record] = answer["version"]
        took.sort()
        p50, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
        self.add("edit", p50, None, "<= 5 ms", "ms", p50 <= 5, f", p50, among {self.customers:,}")
        self.add("edit", p99, None, "", "ms", True, ", p99")

    def in_turn(self, what):
        """The medians of what `what` says of ours and of the floor, in turn."""
        ours, floor = [], []
        for _ in range(self.rounds):
            with self.fresh() as one:
                ours.append(what(one, PORT))
            with Floor(self.work) as one:
                floor.append(what(one, FLOOR_PORT))
        return ours, floor

    def memory(self):
        with self.fresh() as ours:
            time.sleep(2)
            bytes_ = memory_of(ours.process)
        self.add("memory", bytes_ / 1e6, None, "<= 60 MB", "MB", bytes_ <= 60e6)

    def throughput(self):
        ours, floor = self.in_turn(lambda one, _: self.load("throughput", one.events, 4, 100_000, 256)["events_per_s"])
        ours, floor = statistics.median(ours), statistics.median(floor)
        self.add("throughput", ours, floor, ">= 0.5 x", "/s", ours >= 0.5 * floor)

    def single(self):
        ours, floor = self.in_turn(lambda one, _: self.load("throughput", one.events, 1, 8_000, 1)["events_per_s"])
        ours, floor = statistics.median(ours), statistics.median(floor)
        self.add("single", ours, floor, ">= 0.8 x", "/s", ours >= 0.8 * floor)

    def latency(self, rate, p99_max):
        ours, floor = self.in_turn(
            lambda one, port: self.load("latency", one.events, "127.0.0.1", port, one.token(), rate, 5, 50))
        missed = sum(r["missed"] for r in ours)
        for key, times in (("p50_us", 2), ("p99_us", p99_max)):
            mine, least = (statistics.median(r[key] for r in runs) for runs in (ours, floor))
            name = f"latency{rate}"
            note = f", {missed} missed" if key == "p50_us" else ""
            self.rows.append(dict(
                figure=name, ours=mine, floor=least, ratio=mine / least,
                budget=f"<= {times} x" + (", none missed" if note else ""), unit="us",
                met=mine <= times * least and not (note and missed), note=f"{key[:3]}{note}"))
            say(f"  {FIGURES[name]}, {key[:3]}: {mine:,.0f} us, floor {least:,.0f} us{note}")

    def lookup(self):
        said = json.loads(subprocess.run(
            [BINDIR / "LookUpBenchmark", self.template, str(self.customers)],
            check=True, capture_output=True, text=True).stdout)
        if said["found"] < said["lookups"]:
            sys.exit(f"look-ups that found nobody: {said}")
        self.add("lookup", said["p50_us"], None, "<= 20 us", "us", said["p50_us"] <= 20, f" among {self.customers:,}")

    def streams(self, count=5_000):
        with self.fresh() as ours:
            token = ours.token()
            time.sleep(1)
            before, open_ = memory_of(ours.process), []
            for i in range(count):
                one = socket.create_connection(("127.0.0.1", PORT))
                one.sendall((f"GET /v1/stream?operator={i} HTTP/1.1\r\nHost: x\r\n"
                             f"Authorization: Bearer {token}\r\n\r\n").encode())
                open_.append(one)
            for one in open_:
                if b" 200 " not in one.recv(4096).split(b"\r\n")[0]:
                    sys.exit("a stream was refused")
            each = (memory_of(ours.process) - before) / count
            for one in open_:
                one.close()
        self.add("streams", each / 1e3, None, "<= 20 KB", "KB", each <= 20e3, f" of {count:,}")

    def board(self, queues=100, operators=1_000, requests=200):
        with self.fresh() as ours:
            with socket.socket(socket.AF_UNIX) as pbx:
                pbx.connect(str(ours.events))
                replies = pbx.makefile("rb")
                lines = [{"type": "operator.login", "operator": str(1_000 + i), "queues": [f"q{i % queues}"]}
                         for i in range(operators)]
                for i in range(20 * queues):
                    call, queue = f"board{i}", f"q{i % queues}"
                    lines.append({"type": "call.queued", "call": call, "queue": queue})
                    if i % 4:
                        lines.append({"type": "call.answered", "call": call, "operator": str(1_000 + i % operators)})
                for at in range(0, len(lines), 200):
                    pbx.sendall("".join(json.dumps(line) + "\n" for line in lines[at:at + 200]).encode())
                    for _ in lines[at:at + 200]:
                        replies.readline()
            with socket.socket(socket.AF_UNIX) as api:
                api.connect(str(ours.api))
                answers, took = api.makefile("rb"), []
                for _ in range(requests):
                    began = time.perf_counter()
                    api.sendall(b"GET /v1/stats HTTP/1.1\r\nHost: x\r\n\r\n")
                    length = 0
                    while (line := answers.readline().strip()):
                        if line.lower().startswith(b"content-length:"):
                            length = int(line.split(b":")[1])
                    answers.read(length)
                    took.append(time.perf_counter() - began)
        milliseconds = statistics.median(took) * 1e3
        self.add("board", milliseconds, None, "<= 2 ms", "ms", milliseconds <= 2,
                 f" of {queues} queues and {operators:,} operators, {length / 1e3:,.0f} KB")

    def supervisors(self, count=200):
        def rate(watching):
            with self.fresh() as ours:
                token, open_ = ours.token(), []
                for _ in range(watching):
                    one = socket.create_connection(("127.0.0.1", PORT))
                    one.sendall(
                        f"GET /v1/stats/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
                    open_.append(one)
                rate = self.load("throughput", ours.events, 4, 60_000, 256)["events_per_s"]
                for one in open_:
                    one.close()
                return rate
        pairs = [(rate(count), rate(0)) for _ in range(self.rounds)]
        share = statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)
        self.add("supervisors", share * 100, None, ">= 95 %", "%", share >= 0.95, f" with {count}")

    def recount(self, visits=1_000_000):
        with self.fresh() as ours:
            self.load("throughput", ours.events, 4, visits * 5 // 4, 256)
            # The history is written when calls leave it calm; asked before, the figures would wait for that.
            said = ours.command("report", "--recount", "--step", "1d", "--format", "json")
            began = time.monotonic()
            said = json.loads(ours.command("report", "--recount", "--step", "1d", "--format", "json"))
            took = time.monotonic() - began
            counted = sum(one["offered"] for one in said["intervals"])
        if counted != visits:
            sys.exit(f"{counted:,} visits counted of {visits:,}")
        self.add("recount", took, None, "<= 3 s", "s", took <= 3)

    def pbx(self):
        """The bridge, and in turn with it the script that many centres have instead."""
        ours, script = [], []
        python = pbx.python_with_the_packages()
        if not python:
            say("  without script.py: install panoramisk and aiohttp, and name that Python in PEER_PYTHON")
        for _ in range(self.rounds):
            with self.fresh() as one:
                bridge = pbx.Bridge(one, BINDIR / "screenpop-asterisk", self.work, PORT)
                ours.append(pbx.turn(bridge, self.customers, pbx.RATES))
            if python:
                peer = pbx.Script(python, self.work / "floor.db", FLOOR_PORT)
                script.append(pbx.turn(peer, self.customers, pbx.RATES))

        def median(runs, rate, what):
            return statistics.median(what(run[rate]) for run in runs) if runs else None

        for rate in pbx.RATES:
            missed = sum(run[rate]["missed"] for run in ours)
            for name, share, most in (("p50", 0.5, {100: 0.5, 300: 0.5}), ("p99", 0.99, {100: 2, 300: 2, 1_000: 10})):
                mine, theirs = (median(runs, rate, lambda r: pbx.percentile(r["latencies"], share))
                                for runs in (ours, script))
                budget = f"<= {most[rate]} ms" if rate in most else ""
                self.add("pbx", mine, theirs, budget, "ms", not missed and mine <= most.get(rate, mine),
                         f", {rate:,} calls/s, {name}, {missed} missed")
            mine, theirs = (median(runs, rate, lambda r: r["cpu"]) for runs in (ours, script))
            self.add("pbx", mine, theirs, "<= script" if script else "", "s", not script or mine <= theirs,
                     f", {rate:,} calls/s, CPU per 1,000 calls")
        last = max(pbx.RATES)
        mine, theirs = (median(runs, last, lambda r: sum(r["memory"])) for runs in (ours, script))
        self.add("pbx", mine, theirs, "", "MB", True, ", peak memory of all processes")

    def pbxmemory(self, calls=100_000):
        with self.fresh() as ours:
            bridge = pbx.Bridge(ours, BINDIR / "screenpop-asterisk", self.work, PORT)
            # The same rate twice would be one entry.
            found = pbx.turn(bridge, self.customers, {1_000: calls // 10, 1_001: calls - calls // 10})
        early, late = found[1_000]["memory"][1], found[1_001]["memory"][1]
        self.add("pbxmemory", late, None, f"<= {early * 1.1:.0f} MB", "MB", late <= early * 1.1)

    def month(self):
        library, clock = SOCKETS / "clock.so", month.Clock(SOCKETS / "clock")
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", month.CLOCK, "-o", library], check=True)

        @contextlib.contextmanager
        def start():
            self.fresh_state()
            with Ours(self.work, self.work / "state", LD_PRELOAD=str(library),
                      SCREENPOP_CLOCK_FILE=str(clock.path)) as ours:
                yield ours, clock

        nights = month.play(start, lambda ours, calls: self.load("throughput", ours.events, 4, calls * 5 // 4, 256),
                            lambda ours: memory_of(ours.process), say)
        # From the middle on: half a million ids of events are known at least, which takes until then to fill.
        middle, end = statistics.median(nights[12:17]), statistics.median(nights[-5:])
        self.add("month", end / middle * 100, None, "<= 110 %", "%", end <= 1.1 * middle,
                 f", {middle / 1e6:,.0f} and {end / 1e6:,.0f} MB")

    def restart(self):
        with self.fresh() as ours:
            self.load("throughput", ours.events, 4, 240_000, 256)
            ours.stop(signal.SIGKILL)
        with Ours(self.work, self.work / "state") as again:
            # What lies behind the newest checkpoint is read; how much that is depends on when it was made.
            self.add("restart", again.start_s, None, "<= 3 s", "s", again.start_s <= 3)


def show(value, unit):
    if value is None:
        return ""
    text = f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 3 else f"{value:.2f}"
    return text + (unit if unit == "/s" else f" {unit}")


def table(rows):
    head = ("figure", "ours", "floor", "ratio", "budget", "met")
    lines = [head]
    for r in rows:
        name = FIGURES[r["figure"]] + (f" ({r['note'].strip(' ,')})" if r["note"] else "")
        ratio = f"{r['ratio']:.2f}" if r["ratio"] else ""
        lines.append((name, show(r["ours"], r["unit"]), show(r["floor"], r["unit"]), ratio, r["budget"],
                      "yes" if r["met"] else "NO"))
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        print("  ".join(text.ljust(w) if i in (0, 4) else text.rjust(w)
                        for i, (text, w) in enumerate(zip(line, widths))).rstrip())


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("figures", nargs="*", metavar="figure",
                         help=f"what to measure: {', '.join(FIGURES)} (default: everything)")
    options.add_argument("--customers", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3, help="ours and the floor in turn, so many times (default: 3)")
    options.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    given = options.parse_args()
    unknown = set(given.figures) - set(FIGURES)
    if unknown:
        options.error(f"no such figure: {', '.join(unknown)}")
    wanted = set(given.figures) or set(FIGURES)
    programs = ["screenpopd", "screenpop"]
    if wanted & {"pbx", "pbxmemory"}:
        programs.append("screenpop-asterisk")
    if "lookup" in wanted:
        programs.append("LookUpBenchmark")
    for program in programs:
        if not (BINDIR / program).exists():
            sys.exit(f"{BINDIR / program} is missing: make bench builds it")
    build = HERE.parent / ".build"
    build.mkdir(exist_ok=True)
    # Beside what was built and not in /tmp, which may be memory that no commit waits for.
    with tempfile.TemporaryDirectory(prefix="bench-", dir=build) as work:
        bench = Bench(Path(work), given.customers, given.rounds)
        bench.prepare()
        bench.importing()
        parts = {
            "memory": bench.memory, "throughput": bench.throughput, "single": bench.single,
            "latency2000": lambda: bench.latency(2_000, 1), "latency10000": lambda: bench.latency(10_000, 2),
            "lookup": bench.lookup, "search": bench.search, "edit": bench.edit,
            "streams": bench.streams, "board": bench.board, "supervisors": bench.supervisors,
            "recount": bench.recount, "pbx": bench.pbx, "pbxmemory": bench.pbxmemory,
            "month": bench.month, "restart": bench.restart,
        }
        for name, part in parts.items():
            if not given.figures or name in given.figures:
                say(FIGURES[name])
                part()
        if given.json:
            print(json.dumps({"customers": given.customers, "rounds": given.rounds, "figures": bench.rows}, indent=2))
        else:
            print(f"\n{given.customers:,} customers, median of {given.rounds} rounds, {os.cpu_count()} cores\n")
            table(bench.rows)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        shutil.rmtree(SOCKETS, ignore_errors=True)
