"""What people do with cases, promises and tasks: open, push on, hand over, claim, close; what supervisors do with
them."""
import json

from opening import HOUR_MS, MINUTE_MS
from plan import CUSTOMERS, OPERATORS, PHASES, PRIORITIES, SUPERVISORS
from casebook import Case
from desk import CHIEF
from times import rfc

# As many versions as requests and looks at the rules may make in one moment of the play. Milliseconds.
APART_MS = 1_000


class Work:
    def __init__(self, play):
        self.play, self.book, self.desks, self.rng = play, play.cases, play.desks, play.rng("work")
        self.serial = 0

    @property
    def now(self):
        return self.play.clock.ms

    def chance(self, share):
        return self.rng.random() < share

    # Reading: what the daemon did by itself is found in the versions

    def look(self, case):
        """The case as the daemon has it; the model is brought up to what rules did."""
        told = self.desks.get(f"/v1/cases/{case.id}")
        self.catch_up(case, told["version"])
        self.compare(case, told)
        return told

    def catch_up(self, case, version, own=None):
        """Brings the model up to a version. own(): what somebody did, which is one of the versions since; it says
        whether that changes anything. Whether it was found."""
        if version == case.version:
            return False
        found, where = False, f"case {case.id} ({case.title})"
        told = self.desks.get(f"/v1/cases/{case.id}/history?limit=100")["items"]
        for one in sorted((one for one in told if one["version"] > case.version), key=lambda one: one["version"]):
            at = self.play.millis(one["at"])
            if one["through"] == "rule":
                self.by_rule(case, one, at)
            elif own and not found:
                found = True
                if not own():
                    self.play.differ(case.kind, f"{where}: version {one['version']} changes nothing: {one}")
            else:
                self.play.differ(case.kind, f"{where}: nobody made version {one['version']}: {one}")
                case.version = one["version"]
        return found

    def by_rule(self, case, version, at):
        phase = next((one for one in version["changes"] if one["field"] == "phase"), None)
        if phase and phase["from"] == "closed":
            if case.may_open_again is None or case.may_open_again > at:
                self.play.differ("openings", f"case {case.id} was opened again at {rfc(at)}: {version}")
            self.play.played["openings"] += 1
            self.book.change(case, at, None, self.book.open_again)
            return
        if any(one["field"] == "waiting_since" for one in version["changes"]):
            since = self.book.waits_in_vain(case)
            if since is None or since > at:
                self.play.differ("went on", f"case {case.id} waits no longer at {rfc(at)}: {version}")
            self.play.played["went on"] += 1
            self.book.change(case, at, None, self.book.go_on, is_progress=False)
            return
        rule = self.book.firing(case, at)
        if rule is None:
            self.play.differ("escalations", f"case {case.id} fired a rule at {rfc(at)} that it should not: {version}")
            case.version += 1
            return
        before = case.priority, case.owner
        self.book.fire(case, rule, at)
        self.play.played["escalations"] += 1
        changed = {one["field"] for one in version["changes"]} - {"handover_to", "handover_note"}
        ours = {name for name, one, other in (("priority", before[0], case.priority), ("owner", before[1], case.owner))
                if one != other}
        if changed != ours:
            self.play.differ("escalations", f"case {case.id}: rule {rule['name']} changed {changed}, not {ours}")

    def compare(self, case, told):
        self.play.compared += 1
        self.adopt(case, told)
        ours = self.book.shown(case, self.now)
        wrong = {name: (told.get(name), value) for name, value in ours.items() if told.get(name) != value}
        if wrong:
            self.play.differ(case.kind, f"case {case.id} ({case.title}) at {rfc(self.now)}, daemon and model: {wrong}")
            # Once, and not at each look.
            case.version = told["version"]

    def adopt(self, case, told):
        """Versions that are made in one moment are a millisecond apart each: which is first, the daemon says."""
        made = self.play.millis(told["created_at"]) - case.created_at
        if made and abs(made) <= APART_MS:
            case.owner_since += made if case.owner_since == case.created_at else 0
            case.created_at += made
        moved = told["progress_at"] and self.play.millis(told["progress_at"]) - self.book.went_forward(case)
        if moved and abs(moved) <= APART_MS and case.progress_at:
            case.responded_at += moved if case.responded_at == case.progress_at else 0
            case.progress_at += moved
        ours = case.responded_at and case.responded_at - case.created_at
        if None not in (ours, told["response_ms"]) and abs(ours - told["response_ms"]) <= APART_MS:
            case.responded_at = case.created_at + told["response_ms"]

    # Writing

    def do(self, case, who, method, path, body=None, alter=None, status=200, hold=None):
        """One step of somebody with a case; whether it was done.

        alter: what is different then. hold: the claim afterwards, where the step is about that; it makes no version.
        """
        path = f"/v1/cases/{case.id}{path}"
        self.look(case)
        at, by = self.now, self.desks.known_as(who)
        own = (lambda: self.book.change(case, at, by, alter)) if alter else None
        answer = self.desks.write(who, method, path, body)
        if answer[0] is None:
            # It was done before the daemon died, or it was not; never half of it.
            told = self.desks.get(f"/v1/cases/{case.id}")
            if own and self.catch_up(case, told["version"], own):
                self.compare(case, told)
                return True
            answer = self.desks.ask(who, method, path, body)
        if not self.play.expect(case.kind, f"{who}: {method} {path} {body}", answer, status):
            self.look(case)
            return False
        if status >= 400:
            return False
        if hold:
            case.claim = hold[0]
        if own and answer[1]["version"] == case.version + 1:
            own()
        elif own and not self.catch_up(case, answer[1]["version"], own):
            if own():
                self.play.differ(case.kind, f"case {case.id}: {method} {path} {body} was answered, and is not there")
        elif not own:
            self.catch_up(case, answer[1]["version"])
        self.compare(case, answer[1])
        return True

    def claim(self, case, who):
        self.play.played["claims"] += self.do(case, who, "POST", "/claim", hold=[(who, self.now)])

    def race(self, case, two):
        self.look(case)
        found = self.desks.race([(who, "POST", f"/v1/cases/{case.id}/claim", None) for who in two])
        winner = self.play.winner(case.kind, f"case {case.id}", two, found)
        if winner:
            case.claim = (winner, self.now)
        self.look(case)

    # Opening

    def open(self, who, kind, customer, calls=(), owner="asker", **more):
        """A case or a promise with a title that no other one has."""
        self.serial += 1
        title = f"{kind} {self.serial}"
        body = dict(kind=kind, title=title, **more)
        if calls:
            body["calls"] = list(calls)
        if owner != "asker":
            body["owner"] = owner
        path = f"/v1/customers/{customer}/cases"
        answer = self.desks.write(who, "POST", path, body) if who != CHIEF else self.desks.ask(who, "POST", path, body)
        if answer[0] is None:
            there = [one for one in self.desks.pages(f"/v1/cases?customer={customer}&state=all&limit=1000")
                     if one["title"] == title]
            answer = (201, there[0]) if there else self.desks.ask(who, "POST", path, body)
        self.play.played[kind] += 1
        if not self.play.expect(kind, f"{who} opens {title}", answer, 201):
            return None
        person = self.desks.known_as(who) if who in OPERATORS else None
        case = Case(title, customer, kind, title, person if owner == "asker" else owner, self.now, person)
        case.calls = list(calls)
        case.due = more.get("due") and self.play.millis(more["due"])
        if more.get("due_in_ms"):
            case.due = self.book.opening.after(more["due_in_ms"], self.now)
        case.priority = more.get("priority", "normal")
        self.book.add(case, answer[1]["id"])
        # A rule may be quick.
        self.catch_up(case, answer[1]["version"])
        self.compare(case, answer[1])
        return case

    def promise_after(self, call, who):
        case = self.open(who, "promise", call.customer["id"], [call.name],
                         due_in_ms=self.rng.randrange(10 * MINUTE_MS, 9 * HOUR_MS))
        if case:
            self.play.begin(self.fate(case))

    def promise(self):
        who = self.rng.choice(OPERATORS)
        if self.chance(0.8):
            due = {"due_in_ms": self.rng.randrange(5 * MINUTE_MS, 12 * HOUR_MS)}
        else:
            due = {"due": rfc(self.now + self.rng.randrange(10 * MINUTE_MS, 40 * HOUR_MS))}
        case = self.open(who, "promise", self.rng.randrange(CUSTOMERS) + 1, **due)
        yield 1
        if case:
            yield from self.fate(case)

    def task(self):
        """What a colleague is to do, or whoever opens it."""
        who, more = self.rng.choice(OPERATORS), {}
        if self.chance(0.7):
            more["due_in_ms"] = self.rng.randrange(20 * MINUTE_MS, 15 * HOUR_MS)
        owner = self.rng.choice(OPERATORS) if self.chance(0.8) else "asker"
        case = self.open(who, "task", self.rng.randrange(CUSTOMERS) + 1, owner=owner, **more)
        yield 1
        if case and self.chance(0.8):
            yield self.rng.randrange(5 * MINUTE_MS, 20 * HOUR_MS)
            self.look(case)
            if case.is_open and case.owner:
                self.close(case, case.owner)

    def fate(self, case):
        """Kept in time, late, or not at all."""
        way, at = self.rng.random(), self.now
        yield 1
        if way < 0.65:
            yield self.rng.uniform(0.1, 0.98) * (case.due - at)
        elif way < 0.8:
            yield case.due - at + self.rng.randrange(MINUTE_MS, 20 * HOUR_MS)
        else:
            return
        self.look(case)
        # What is nobody's is closed by whoever has claimed it.
        who = case.owner or self.book.holder(case, self.now) or self.rng.choice(OPERATORS)
        if case.is_open:
            self.close(case, who)

    def case(self):
        """Opened by somebody, for the most part their own."""
        who, more = self.rng.choice(OPERATORS), {}
        if self.chance(0.4):
            more["due_in_ms"] = self.rng.randrange(HOUR_MS, 20 * HOUR_MS)
        if self.chance(0.3):
            more["priority"] = self.rng.choice(PRIORITIES)
        owner = "asker" if self.chance(0.7) else None
        self.open(who, "case", self.rng.randrange(CUSTOMERS) + 1, owner=owner, **more)
        yield 1

    # What an operator does between calls

    def shift(self, who, day):
        spans = self.book.opening.spans(day)
        while self.now < spans[-1][1]:
            yield self.rng.randrange(8 * MINUTE_MS, 30 * MINUTE_MS)
            self.step(who)

    def step(self, who):
        offered = [case for case in self.book.open_ones() if case.handover and case.handover["to"] == who]
        own = [case for case in self.book.open_ones() if case.owner == who and self.book.holder(case, self.now)
               in (None, who)]
        nobodys = [case for case in self.book.open_ones() if case.owner is None]
        way = self.rng.random()
        if offered and way < 0.7:
            self.answer_handover(self.rng.choice(offered), who)
        elif nobodys and way < 0.25:
            self.take_on(self.rng.choice(nobodys), who)
        elif way < 0.35:
            self.play.next_work(who)
        elif way < 0.4:
            self.trespass(who)
        elif way < 0.43:
            self.take_done_back(who)
        elif own:
            self.push_on(self.rng.choice(own), who)

    def push_on(self, case, who):
        self.look(case)
        if not case.is_open or case.owner != who:
            return
        way = self.rng.random()
        if case.kind != "case":
            if way < 0.2:
                self.hand_over(case, who)
            elif way < 0.3:
                due = self.now + self.rng.randrange(HOUR_MS, 30 * HOUR_MS)
                self.patch(case, who, {"due": rfc(due)}, due=due)
        elif way < 0.22:
            self.close(case, who)
        elif way < 0.35:
            self.hand_over(case, who)
        elif way < 0.45:
            waits = case.waiting_since is None
            self.patch(case, who, {"waiting": waits}, waiting_since=self.now if waits else None)
        elif way < 0.6 and case.phase != PHASES[-1]:
            phase = PHASES[PHASES.index(case.phase) + 1]
            self.patch(case, who, {"phase": phase}, phase=phase)
        elif way < 0.7:
            priority = self.rng.choice([one for one in PRIORITIES if one != case.priority])
            self.patch(case, who, {"priority": priority}, priority=priority)
        elif way < 0.8:
            step = f"step {case.version}"
            self.patch(case, who, {"next_step": step}, next_step=step)
        else:
            percent = min(100, (case.progress or 0) + 10)
            self.patch(case, who, {"progress": percent}, progress=percent)

    def take_done_back(self, who):
        """What is their own and was closed is to be done again: it was not finished."""
        done = [case for case in self.book.cases.values() if case.owner == who and not case.is_open]
        if not done:
            return
        case = max(done, key=lambda one: (one.closed_at, one.id))
        self.look(case)
        if case.owner == who and not case.is_open:
            self.play.played["done again"] += 1
            self.do(case, who, "POST", "/reopen", None, self.book.open_again)

    def patch(self, case, who, body, **fields):
        def alter(one):
            for name, value in fields.items():
                setattr(one, name, value)
        self.do(case, who, "PATCH", "", body, alter)

    def close(self, case, who):
        by = self.desks.known_as(who)
        if self.chance(0.5):
            self.do(case, who, "POST", "/close", None, self.book.close(by, self.now))
        else:
            self.do(case, who, "PATCH", "", {"phase": "closed"}, self.book.close(by, self.now))

    def hand_over(self, case, who):
        to = self.rng.choice([name for name in OPERATORS if name != who])
        offer = {"from": case.owner, "to": to, "note": f"note {case.version} for {to}", "at": self.now}
        self.play.played["handovers"] += 1
        self.do(case, who, "POST", "/handover", {"to": to, "note": offer["note"]},
                lambda one: setattr(one, "handover", offer))

    def answer_handover(self, case, who):
        """Accepted, declined, or taken back by the one who offered it."""
        self.look(case)
        if not case.is_open or not case.handover or case.handover["to"] != who:
            return
        way = self.rng.random()
        if way < 0.65:
            def accept(one):
                one.owner, one.handover = one.handover["to"], None
            self.do(case, who, "POST", "/accept", None, accept)
        elif way < 0.9 or case.handover["from"] is None:
            self.do(case, who, "POST", "/decline", None, lambda one: setattr(one, "handover", None))
        else:
            self.do(case, case.handover["from"], "POST", "/decline", None, lambda one: setattr(one, "handover", None))

    def take_on(self, case, who):
        """Of what nobody has: claimed, by two at once now and then, or made one's own."""
        self.look(case)
        if not case.is_open or case.owner is not None:
            return
        if self.book.holder(case, self.now) is None and self.chance(0.4):
            self.race(case, [who, self.rng.choice([name for name in OPERATORS if name != who])])
        elif self.book.holder(case, self.now) in (None, who):
            if self.chance(0.4):
                self.claim(case, who)
            else:
                self.patch(case, who, {"owner": who}, owner=who)

    def trespass(self, who):
        """A colleague's case is not for everybody to change, and what nobody hands over cannot be accepted."""
        others = [case for case in self.book.open_ones() if case.owner not in (None, who)]
        if not others:
            return
        case = self.rng.choice(others)
        self.look(case)
        if case.owner in (None, who) or not case.is_open or self.book.holder(case, self.now) == who:
            return
        if case.handover is None or case.handover["to"] != who:
            self.do(case, who, "POST", "/accept", status=409)
        self.do(case, who, "PATCH", "", {"progress": 99}, status=403)
        holder = self.book.holder(case, self.now)
        if holder:
            self.do(case, who, "POST", "/claim", status=409)

    # What supervisors do

    def supervise(self, who, day):
        spans = self.book.opening.spans(day)
        while self.now < spans[-1][1]:
            yield self.rng.randrange(20 * MINUTE_MS, 70 * MINUTE_MS)
            if self.chance(0.7):
                self.assign(who)
            else:
                self.free(who)

    def assign(self, who):
        """Many at once become somebody's."""
        cases = self.rng.sample(self.book.open_ones(), min(len(self.book.open_ones()), self.rng.randrange(1, 9)))
        to = self.rng.choice(OPERATORS + [None])
        for case in cases:
            self.look(case)
        if not cases:
            return
        body = {"cases": [case.id for case in cases], "owner": to}
        answer = self.desks.write(who, "POST", "/v1/cases/assign", body)
        if answer[0] is None:
            answer = self.desks.ask(who, "POST", "/v1/cases/assign", body)
        if not self.play.expect("case", f"{who} assigns {body}", answer, 200):
            return
        told = answer[1]
        for case in cases:
            def alter(one):
                one.owner = to
                if one.handover and one.handover["from"] != to:
                    one.handover = None
            at, by = self.now, self.desks.known_as(who)
            own = lambda case=case: self.book.change(case, at, by, alter)
            now = self.desks.get(f"/v1/cases/{case.id}")
            self.play.played["reassigned"] += case.owner != to
            if case.is_open and not self.catch_up(case, now["version"], own) and own():
                self.play.differ(case.kind, f"case {case.id} was assigned to {to}, and is not: {told}")
            if not case.is_open and case.id not in [one["id"] for one in told["failed"]]:
                self.play.differ(case.kind, f"case {case.id} is closed, and was assigned: {json.dumps(told)}")
            self.compare(case, now)

    def free(self, who):
        """A claim that somebody forgot."""
        held = [case for case in self.book.open_ones() if self.book.holder(case, self.now)]
        if held:
            self.do(self.rng.choice(held), who, "POST", "/release", hold=[None])

    # A day

    def begin_day(self, day, cases, promises, tasks):
        spans = self.book.opening.spans(day)
        if not spans:
            return
        for who in OPERATORS:
            self.play.begin_at(spans[0][0], self.shift(who, day))
        for who in SUPERVISORS:
            self.play.begin_at(spans[0][0], self.supervise(who, day))
        for begin in [self.case] * cases + [self.promise] * promises + [self.task] * tasks:
            process = begin()
            self.play.begin_at(self.rng.randrange(spans[0][0], spans[-1][1]), process)
