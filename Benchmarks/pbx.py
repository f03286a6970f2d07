"""From the PBX to the screen: a simulated manager, the bridge, screenpopd, and a client that receives all pops.

The manager writes the frames of one answered queue call as Asterisk 22 wrote them, with new ids for each call, over 20
operators. The latency is the time from the write that holds the phone's ring to the pop's bytes at the client. A script
of the kind that many centres write themselves (script.py: panoramisk, SQLite, aiohttp) is measured in turn, where its
packages are installed (PEER_PYTHON names a Python that has them)."""
import gc, hashlib, json, multiprocessing, os, re, select, socket, subprocess, sys, time
from pathlib import Path

HERE = Path(__file__).resolve().parent
RECORDING = HERE.parent / "Tests/Recordings/answered.ami"
USER, SECRET, OPERATORS = "bench", "bench-secret", 20
# Calls a second, and how many.
RATES = {20: 200, 100: 1_500, 300: 3_000, 1_000: 5_000}
# What a backlog may take after the last call, in seconds.
DRAIN = 20


def templates():
    """The join, the ring, the answer and the end: four pieces of a call, as they come within some milliseconds each."""
    frames = RECORDING.read_bytes().split(b"\r\n\r\n")
    frames = [f for f in frames if re.search(rb"^Privilege: .*\b(call|agent)\b", f, re.M)]
    frames = [f for f in frames if not re.match(rb"Event: (VarSet|Newexten|TestEvent|RTCP|AGIExec)", f)]

    def place(*words):
        return next(i for i, frame in enumerate(frames) if all(word in frame for word in words))

    cuts = [place(b"Event: Newchannel", b"PJSIP/trunk"), place(b"Event: Newchannel", b"Channel: PJSIP/101"),
            place(b"Event: Newstate", b"Channel: PJSIP/101", b"Desc: Up"), place(b"Event: HangupRequest"),
            place(b"Event: QueueMemberRemoved")]
    pieces = []
    for begin, end in zip(cuts, cuts[1:]):
        piece = b"\r\n\r\n".join(frames[begin:end]) + b"\r\n\r\n"
        piece = re.sub(rb"Timestamp: .*\r\n", b"", piece)
        piece = re.sub(rb"(Privilege: .*\r\n)", rb"\1Timestamp: @TIME@\r\n", piece)
        for old, new in ((b"1795388533.0", b"@CALL@"), (b"1795388534.1", b"@LEG@"),
                         (b"PJSIP/trunk-00000000", b"PJSIP/trunk-@A@"),
                         (b"PJSIP/101-00000001", b"PJSIP/101-@B@"), (b"09012345678", b"@FROM@")):
            piece = piece.replace(old, new)
        piece = re.sub(rb"(BridgeUniqueid: )\S+", rb"\1@BRIDGE@", piece)
        pieces.append(re.sub(rb"(?<=[/ ])101(?=[-\r]|$)", b"@OPERATOR@", piece))
    return pieces


def call(pieces, number, epoch, customers):
    """The pieces of one call; its number is in its id."""
    values = ((b"@CALL@", b"%d.%d" % (epoch, 2 * number)), (b"@LEG@", b"%d.%d" % (epoch, 2 * number + 1)),
              (b"@A@", b"%08x" % (2 * number)), (b"@B@", b"%08x" % (2 * number + 1)),
              (b"@FROM@", b"090%08d" % (number * 7919 % customers)),
              (b"@BRIDGE@", b"00000000-0000-4000-8000-%012x" % number),
              (b"@OPERATOR@", b"%d" % (101 + number % OPERATORS)))
    made = []
    for piece in pieces:
        for old, new in values:
            piece = piece.replace(old, new)
        made.append(piece)
    return made


def answer(action, nonce):
    """What Asterisk says to an action: the members of one queue, and no call that is alive."""
    about = f'ActionID: {action["actionid"]}\r\n' if "actionid" in action else ""
    name, good = action.get("action", "").lower(), "Response: Success\r\n" + about
    if name == "challenge":
        return good + f"Challenge: {nonce}\r\n\r\n"
    if name == "login":
        key = hashlib.md5((nonce + SECRET).encode()).hexdigest()
        if action.get("secret") != SECRET and action.get("key", "").lower() != key:
            return f"Response: Error\r\n{about}Message: Authentication failed\r\n\r\n"
        return good + "Message: Authentication accepted\r\n\r\n" \
            "Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 100\r\n\r\n"
    done = {"queuestatus": "QueueStatusComplete", "status": "StatusComplete",
            "coreshowchannels": "CoreShowChannelsComplete"}.get(name)
    if not done:
        return good + "Message: done\r\n\r\n"
    members = range(101, 101 + OPERATORS) if name == "queuestatus" else ()
    items = "".join(
        f"Event: QueueMember\r\n{about}Queue: support\r\nName: Agent {m}\r\nLocation: PJSIP/{m}\r\n"
        f"StateInterface: PJSIP/{m}\r\nMembership: dynamic\r\nPenalty: 0\r\nStatus: 1\r\nPaused: 0\r\n\r\n"
        for m in members)
    return good + f"EventList: start\r\n\r\n{items}Event: {done}\r\n{about}EventList: Complete\r\n\r\n"


def manager(listener, orders, customers):
    """Plays what it is ordered: (calls a second, how many, the first number). Tells when each ring was written."""
    gc.disable()
    pieces, nonce = templates(), str(time.time_ns())[-9:]
    client, _ = listener.accept()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.setblocking(False)
    out, read, plan, at, rung, until = bytearray(b"Asterisk Call Manager/11.0.0\r\n"), b"", [], 0, {}, 0

    def flush():
        if out:
            try:
                del out[:client.send(out)]
            except BlockingIOError:
                pass

    while True:
        flush()
        now = time.monotonic()
        if plan and at == len(plan) and (not out or now > until):
            orders.send(rung)
            plan = []
        wait = max(0, plan[at][0] - now) if at < len(plan) else 0.05
        ready, _, _ = select.select([client, orders], [client] if out else [], [], wait)
        if orders in ready:
            rate, count, first = orders.recv()
            # A call takes as long as it is one of twenty operators' turn.
            began, length, epoch = time.monotonic() + 0.5 + count / 4_000, OPERATORS / rate, int(time.time())
            plan, at, rung = [], 0, {}
            for i in range(count):
                parts = zip((0, 0.2, 0.5, 0.9), call(pieces, first + i, epoch, customers))
                for part, (share, piece) in enumerate(parts):
                    plan.append((began + i / rate + share * length, first + i if part == 1 else None, piece))
            plan.sort(key=lambda entry: entry[0])
            until = plan[-1][0] + DRAIN
            continue
        if client in ready:
            try:
                new = client.recv(65_536)
            except BlockingIOError:
                continue
            if not new:
                return
            read += new
            while b"\r\n\r\n" in read:
                action, read = read.split(b"\r\n\r\n", 1)
                headers = (line.partition(":") for line in action.decode().split("\r\n"))
                out += answer({name.strip().lower(): value.strip() for name, _, value in headers}, nonce).encode()
        while at < len(plan) and plan[at][0] <= time.monotonic():
            _, ring, piece = plan[at]
            at += 1
            if ring is not None:
                rung[ring] = time.monotonic()
            out += piece.replace(b"@TIME@", b"%.6f" % time.time())
            flush()


class Bridge:
    """screenpop-asterisk between the manager and a screenpopd."""

    name, pop = "screenpop", re.compile(rb'"call":"\d+\.(\d+)[^"]*","phase":"ringing"')

    def __init__(self, ours, program, work, port):
        self.ours, self.program, self.work, self.port = ours, program, work, port

    def start(self, manager_port):
        folder = self.work / f"bridge-{time.monotonic_ns()}"
        folder.mkdir()
        (folder / "bridge.toml").write_text(f'spool_dir = "{folder}"\n')
        (folder / "secret").write_text(SECRET)
        (folder / "secret").chmod(0o600)
        with open(folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                [self.program, "--config", folder / "bridge.toml", "--events-socket", self.ours.events,
                 "--ami", f"127.0.0.1:{manager_port}", "--user", USER, "--secret-file", folder / "secret", "--agi", ""],
                stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while self.operators() < OPERATORS:
            if time.monotonic() > deadline:
                sys.exit(f"the bridge finds no operators: {(folder / 'log').read_text()}")
            time.sleep(0.1)
        time.sleep(1)
        return [self.ours.process.pid, self.process.pid]

    def operators(self):
        """Who is logged in."""
        found = json.loads(self.ours.command("stats", "--json"))["operators"].values()
        return sum(one["state"] != "logged_out" for one in found)

    def screen(self):
        screen = socket.create_connection(("127.0.0.1", self.port), 5)
        screen.sendall(f"GET /v1/stream?operator=all HTTP/1.1\r\nHost: x\r\n"
                       f"Authorization: Bearer {self.ours.token()}\r\n\r\n".encode())
        return screen

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Script:
    """script.py in the place of both."""

    name, pop = "script", re.compile(rb'data: \{"call": "\d+\.(\d+)"')

    def __init__(self, python, database, port):
        self.python, self.database, self.port = python, database, port

    def start(self, manager_port):
        self.process = subprocess.Popen(
            [self.python, HERE / "script.py", str(manager_port), USER, SECRET, self.database, str(self.port)],
            stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    sys.exit("script.py does not listen")
                time.sleep(0.05)
        time.sleep(1)
        return [self.process.pid]

    def screen(self):
        screen = socket.create_connection(("127.0.0.1", self.port), 5)
        screen.sendall(b"GET /stream?operator=all HTTP/1.1\r\nHost: x\r\n\r\n")
        return screen

    def stop(self):
        self.process.kill()
        self.process.wait()


def python_with_the_packages():
    """A Python that has panoramisk and aiohttp; None without one."""
    for python in filter(None, (os.environ.get("PEER_PYTHON"), sys.executable)):
        if subprocess.run([python, "-c", "import panoramisk, aiohttp"], capture_output=True).returncode == 0:
            return python


def cpu_s(pids):
    """Seconds of CPU that the processes have taken."""
    ticks = sum(sum(map(int, Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13])) for pid in pids)
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_mb(pid):
    return int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


def percentile(values, share):
    """Milliseconds."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1e3 if values else float("inf")


def turn(system, customers, rates, first=1):
    """Plays calls at each rate. Returns for each rate: latencies in seconds, calls without a pop, CPU seconds per 1,000
    calls, peak MB of each process."""
    listener = socket.create_server(("127.0.0.1", 0))
    here, there = multiprocessing.Pipe()
    player = multiprocessing.Process(target=manager, args=(listener, there, customers), daemon=True)
    player.start()
    found = {}
    try:
        pids = system.start(listener.getsockname()[1])
        screen = system.screen()
        screen.setblocking(False)
        # Connections and caches are warm after the first hundred.
        for rate, count in [(50, 100), *rates.items()]:
            gc.collect()
            gc.disable()
            before, got, read, rung = cpu_s(pids), {}, b"", None
            here.send((rate, count, first))
            heard = time.monotonic()
            while len(got) < count or rung is None:
                ready, _, _ = select.select([screen] + ([here] if rung is None else []), [], [], 0.2)
                now = time.monotonic()
                if here in ready:
                    rung, heard = here.recv(), now
                if screen in ready:
                    new = screen.recv(1 << 20)
                    if not new:
                        sys.exit(f"{system.name} closed the screen's connection")
                    read, end = read + new, 0
                    for pop in system.pop.finditer(read):
                        number, end = int(pop[1]) // 2, pop.end()
                        if got.setdefault(number, now) == now:
                            heard = now
                    read = read[max(end, len(read) - 4_096):]
                if rung is not None and now - heard > 3:
                    break
            time.sleep(0.3)
            gc.enable()
            latencies = [got[number] - at for number, at in rung.items() if number in got]
            found[rate] = dict(latencies=latencies, missed=count - len(latencies),
                               cpu=(cpu_s(pids) - before) * 1_000 / count, memory=[peak_mb(pid) for pid in pids])
            first += count
        del found[50]
        screen.close()
    finally:
        player.terminate()
        player.join()
        listener.close()
        system.stop()
    return found
