"""What happens on the PBX: a made-up day, seeded. Nothing here knows what the daemon makes of it."""
import heapq
import random

QUEUES = {
    "support": dict(threshold=20_000, short=5_000, wrap=30_000, exclude=False),
    "sales": dict(threshold=10_000, short=0, wrap=0, exclude=False),
    "billing": dict(threshold=30_000, short=8_000, wrap=90_000, exclude=True),
}
LINES = {"support": "0312340001", "sales": "0312340002", "billing": "0312340003", None: "0312340009"}
OPERATORS = ["101", "102", "103", "104", "105", "106"]
VETERANS = ["103", "104"]
DISPOSITIONS = ["resolved", "complaint", "damage", "order"]
COMPLAINTS = ["complaint", "damage"]
TIERS = ["prospect", "regular", "vip"]


class Settings:
    """What the configuration and the customers' file say, for the model."""

    def __init__(self, rng, queues=QUEUES):
        self.queues = queues
        self.customers, self.blocked = [], []
        self.short_ms = {name: queue["short"] for name, queue in queues.items()}
        for place in range(14):
            self.customers.append(dict(
                id=place + 1, external_id=f"S-{place:03}", name=f"見本 {place}番", phone=f"090{12340000 + place}",
                phone2=f"070{23450000 + place}", tier=rng.choice(TIERS), owner=rng.choice(OPERATORS + [""] * 4),
                email=f"c{place}@sample.example"))
        self.strangers = [f"080{43210000 + place}" for place in range(8)]
        self.blocked = ["07012345678"]
        self.complaints = COMPLAINTS

    def wrap_up(self, queue):
        return self.queues.get(queue, {"wrap": 30_000})["wrap"]

    def threshold(self, queue):
        return self.queues.get(queue, {"threshold": 20_000})["threshold"]

    def excludes_short(self, queue):
        return self.queues.get(queue, {"exclude": False})["exclude"]

    def configuration(self):
        text = 'timezone = "Asia/Tokyo"\nregion = "JP"\n[pop]\nlanguage = "en"\n'
        for code in DISPOSITIONS:
            text += (f'[[dispositions]]\ncode = "{code}"\nlabel = {{ ja = "{code}", en = "{code}" }}\n'
                     f'complaint = {str(code in COMPLAINTS).lower()}\n')
        for name, queue in self.queues.items():
            text += (f'[queues.{name}]\nservice_level_threshold = "{queue["threshold"]}ms"\n'
                     f'short_abandon = "{queue["short"]}ms"\nwrap_up_limit = "{queue["wrap"]}ms"\n'
                     f'exclude_short_abandons = {str(queue["exclude"]).lower()}\n')
        return text + f"[groups.veterans]\noperators = {VETERANS}\n".replace("'", '"')

    def customers_file(self):
        keys = ["external_id", "name", "phone", "phone2", "email", "tier", "owner"]
        return "\n".join([",".join(keys)] + [",".join(c[key] for key in keys) for c in self.customers]) + "\n"


class Phone:
    """What the PBX knows of an operator."""

    def __init__(self):
        self.in_use = self.logged_in = self.paused = False

    def free(self):
        return self.logged_in and not self.paused and not self.in_use


class Scenario:
    """`happenings` are (when it arrives, what) in the order of arrival; what is an event with its time `t`."""

    def __init__(self, seed, start, minutes, calls, pace=1, queues=QUEUES):
        """pace: so many times as fast as people are."""
        self.rng, self.pace = random.Random(seed), pace
        self.settings = Settings(self.rng, queues)
        self.now, self.start, self.calls = start, start, calls
        self.queue, self.serial, self.happened = [], 0, []
        self.phones = {name: Phone() for name in OPERATORS}
        self.lost = []
        self.end = start + minutes * 60_000
        for name in OPERATORS:
            self.begin(self.shift(name), self.rng.randrange(0, 20_000))
        for place in range(calls):
            self.begin(self.inbound(f"c{place}"), self.rng.randrange(5_000, minutes * 60_000))
        self.begin(self.caller_back())
        self.begin(self.link())
        for place in range(calls // 5):
            self.begin(self.outbound(f"o{place}"), self.rng.randrange(60_000, minutes * 60_000))

    # The clockwork: processes are generators that yield how long they wait.

    def begin(self, process, after=0):
        self.serial += 1
        heapq.heappush(self.queue, (self.now + after, self.serial, process))

    def run(self):
        while self.queue:
            self.now, _, process = heapq.heappop(self.queue)
            try:
                pause = next(process)
            except StopIteration:
                continue
            self.begin(process, max(1, int(pause)))
        return self.arrivals()

    def emit(self, what, call=None, **attributes):
        if what == "call.offered" and self.chance(0.04) or what == "call.ended" and self.chance(0.03):
            return      # nobody saw it
        event = {"type": what}
        if call:
            event["call"] = call
        event.update({key: value for key, value in attributes.items() if value is not None})
        self.happened.append((self.now, event))

    def ask(self, path, **body):
        """Somebody at a desk: over HTTP, by the daemon's own clock."""
        self.happened.append((self.now, {"type": "desk", "path": path, "body": body}))

    def arrivals(self):
        """Some events come late, some twice."""
        arrivals = []
        for place, (t, event) in enumerate(self.happened):
            if event["type"] == "desk":
                arrivals.append((t, place, t, event))
                continue
            late = self.rng.random()
            longest = 1 if late < 0.93 else 3_000 if late < 0.97 else 120_000
            if event["type"].startswith("pbx"):
                longest = 1
            delay, event = self.rng.randrange(longest), dict(event, id=f"e{place}")
            arrivals.append((t + delay, place, t, event))
            if self.rng.random() < 0.03:
                arrivals.append((t + delay + self.rng.randrange(1, 60_000), place + 0.5, t, event))
        return sorted(arrivals, key=lambda arrival: arrival[:2])

    def between(self, low, high):
        return self.rng.uniform(low, high) * 1000 / self.pace

    def chance(self, share):
        return self.rng.random() < share

    # Operators

    def shift(self, name):
        phone = self.phones[name]
        queues = self.rng.choice([None, None, ["support", "sales"], ["billing"]])
        self.emit("operator.login", operator=name, name=f"Operator {name}", device=f"PJSIP/{name}", queues=queues)
        phone.logged_in = True
        while self.now < self.end:
            yield self.between(30, 600)
            kind = self.rng.choice(["pause", "busy", "logout", "none", "none"])
            if phone.in_use and (kind == "busy" or self.chance(0.7)):
                continue
            if kind == "pause":
                phone.paused = True
                self.emit("operator.paused", operator=name, reason=self.rng.choice(["lunch", "break", None]))
                yield self.between(10, 200)
                phone.paused = False
                self.emit("operator.resumed", operator=name)
            elif kind == "busy":
                phone.in_use = True
                self.emit("operator.busy", operator=name, reason="internal")
                yield self.between(5, 90)
                phone.in_use = False
                self.emit("operator.free", operator=name)
            elif kind == "logout":
                phone.logged_in = False
                self.emit("operator.logout", operator=name)
                yield self.between(20, 300)
                phone.logged_in = True
                self.emit("operator.login", operator=name, device=f"PJSIP/{name}", queues=queues)

    def free_operator(self, but=None):
        free = [name for name in OPERATORS if name != but and self.phones[name].free()]
        return self.rng.choice(free) if free else None

    def after_call(self, call, name):
        """Some write of the call, some say that they are ready before the limit does."""
        if self.chance(0.4):
            yield self.between(0.5, 50)
            way = self.rng.random()
            if way < 0.6:
                self.ask(f"/v1/calls/{call}/disposition", code=self.rng.choice(DISPOSITIONS), operator=name)
            if way > 0.4:
                self.ask(f"/v1/calls/{call}/note", text=f"note of {name}", operator=name)
            if way > 0.9:
                yield self.between(60, 1800)
                self.ask(f"/v1/calls/{call}/disposition", code=self.rng.choice(DISPOSITIONS), operator=name)
        if self.chance(0.3):
            yield self.between(1, 40)
            if not self.phones[name].in_use and self.phones[name].logged_in:
                self.emit("operator.ready", operator=name)

    # Calls

    def caller(self):
        kind = self.rng.random()
        if kind < 0.55:
            return self.rng.choice(self.settings.customers)[self.rng.choice(["phone", "phone", "phone2"])]
        if kind < 0.9:
            return self.rng.choice(self.settings.strangers)
        return "anonymous" if kind < 0.96 else self.settings.blocked[0]

    def inbound(self, call):
        queue = self.rng.choice(list(QUEUES))
        caller = self.caller()
        self.emit("call.offered", call, **{"from": caller, "to": LINES[queue], "queue": queue})
        yield self.between(0.2, 3)
        if caller == self.settings.blocked[0]:
            self.emit("call.ended", call, by="system", cause="rejected")
            return
        if self.chance(0.05):
            self.emit("call.ended", call, by="caller")
            return
        if self.chance(0.12):
            # Straight to an operator; a queue may take it up after that.
            name = self.free_operator()
            if name:
                answered = yield from self.ring(call, name)
                if answered is None:
                    return
                if answered:
                    yield from self.talk(call, name, caller)
                    return
                yield self.between(0.1, 2)
        yield from self.wait_in(call, queue, caller)

    def wait_in(self, call, queue, caller, depth=0):
        self.emit("call.queued", call, queue=queue)
        patience = self.now + self.between(2, 120)
        asked = self.chance(0.2) and not depth and not caller.startswith("09")
        while True:
            yield self.between(0.3, 6)
            if asked:
                asked = False
                who = self.rng.choice(self.settings.customers)
                key = self.rng.choice(["external_id", "email", "customer"])
                self.emit("call.identified", call, **{key: who["id"] if key == "customer" else who[key]})
            name = self.free_operator()
            if self.now >= patience or (name is None and self.chance(0.05)):
                way = self.rng.random()
                if way < 0.6 or depth > 2:
                    self.emit("call.ended", call, by="caller")
                elif way < 0.75:
                    other = self.rng.choice([one for one in QUEUES if one != queue])
                    self.emit("call.dequeued", call, queue=queue, reason="overflow")
                    yield self.between(0.1, 2)
                    yield from self.wait_in(call, other, caller, depth + 1)
                elif way < 0.85:
                    self.emit("call.dequeued", call, queue=queue, reason="callback")
                    yield self.between(1, 5)
                    self.emit("call.ended", call, by="caller")
                else:
                    why = self.rng.choice(["timeout", "key", "voicemail"])
                    self.emit("call.dequeued", call, queue=queue, reason=why)
                    yield self.between(1, 20)
                    name = self.free_operator()
                    if name and self.chance(0.5):
                        answered = yield from self.ring(call, name)
                        if answered:
                            yield from self.talk(call, name, caller, depth + 1)
                        if answered is not False:
                            return
                        yield self.between(0.1, 3)
                    self.emit("call.ended", call, by="caller")
                return
            if name is None:
                continue
            answered = yield from self.ring(call, name)
            if answered is None:
                return
            if answered:
                yield from self.talk(call, name, caller, depth)
                return

    def ring(self, call, name):
        """True when answered, None when the caller hung up."""
        phone = self.phones[name]
        phone.in_use = True
        way = self.rng.random()
        if way < 0.1:
            return (yield from self.two_phones(call, name))
        if way < 0.25:
            other = self.free_operator(name)
            if other:
                return (yield from self.two_operators(call, name, other))
        if way < 0.28:
            # The PBX says nothing of the ring.
            self.emit("call.answered", call, operator=name)
            return True
        self.emit("call.ringing", call, operator=name)
        yield self.between(1, 15)
        what = self.rng.random()
        if what < 0.75:
            self.emit("call.answered", call, operator=name)
            return True
        phone.in_use = False
        if what < 0.93:
            self.emit("call.unanswered", call, operator=name, reason=self.rng.choice(["timeout", "busy", "rejected"]))
            return False
        self.emit("call.ended", call, by="caller")
        return None

    def two_phones(self, call, name):
        desk, mobile = f"PJSIP/{name}", f"PJSIP/{name}-mobile"
        self.emit("call.ringing", call, operator=name, device=desk)
        yield self.between(0.1, 1)
        self.emit("call.ringing", call, operator=name, device=mobile)
        yield self.between(1, 8)
        self.emit("call.unanswered", call, operator=name, device=desk, reason="rejected")
        yield self.between(0.5, 8)
        if self.chance(0.6):
            self.emit("call.answered", call, operator=name)
            return True
        self.phones[name].in_use = False
        self.emit("call.unanswered", call, operator=name, device=mobile, reason="timeout")
        return False

    def two_operators(self, call, first, second):
        """Both ring; the second takes it, or nobody does. The caller of this goes on with `first`: they swap."""
        self.phones[second].in_use = True
        self.emit("call.ringing", call, operator=second)
        self.emit("call.ringing", call, operator=first)
        yield self.between(1, 12)
        self.phones[second].in_use = False
        if self.chance(0.7):
            self.emit("call.answered", call, operator=first)
            if self.chance(0.7):
                yield self.between(0.005, 0.3)
                self.emit("call.unanswered", call, operator=second, reason="elsewhere")
            return True
        self.emit("call.unanswered", call, operator=second, reason="timeout")
        self.emit("call.unanswered", call, operator=first, reason="timeout")
        self.phones[first].in_use = False
        return False

    def talk(self, call, name, caller, depth=0):
        yield self.between(3, 120)
        while self.chance(0.25):
            self.emit("call.held", call)
            # A second call may come to the phone meanwhile.
            self.phones[name].in_use = not self.chance(0.3)
            yield self.between(2, 40)
            self.emit("call.resumed", call)
            yield self.between(2, 40)
        if self.chance(0.3) and depth < 3:
            yield from self.rng.choice([self.hand_on, self.hand_on, self.park, self.consult])(call, name, caller, depth)
            return
        self.emit("call.ended", call, by=self.rng.choice(["caller", "operator"]))
        self.phones[name].in_use = False
        self.begin(self.after_call(call, name))

    def park(self, call, name, caller, depth):
        self.emit("call.parked", call, operator=name, slot="701")
        self.phones[name].in_use = False
        self.begin(self.after_call(call, name))
        yield self.between(2, 90)
        taker = self.free_operator()
        if taker and self.chance(0.8):
            self.phones[taker].in_use = True
            self.emit("call.retrieved", call, operator=taker)
            yield from self.talk(call, taker, caller, depth + 1)
        else:
            self.emit("call.ended", call, by="caller")

    def consult(self, call, name, caller, depth):
        """An attended transfer: the colleague's phone is busy with the consultation, then has the call."""
        other = self.free_operator(name)
        if other is None:
            yield from self.hand_on(call, name, caller, depth)
            return
        self.phones[other].in_use = True
        self.emit("call.held", call)
        self.emit("operator.busy", operator=other, reason="consultation")
        yield self.between(2, 30)
        if self.chance(0.7):
            self.emit("operator.free", operator=other)
            self.emit("call.transferred", call, operator=other, kind="attended")
            self.emit("call.answered", call, operator=other)
            self.phones[name].in_use = False
            self.begin(self.after_call(call, name))
            yield from self.talk(call, other, caller, depth + 1)
            return
        self.emit("operator.free", operator=other)
        self.phones[other].in_use = False
        yield self.between(0.1, 2)
        self.emit("call.resumed", call)
        yield from self.talk(call, name, caller, depth + 1)

    def hand_on(self, call, name, caller, depth):
        way = self.rng.choice(["operator", "queue", "outside"])
        self.phones[name].in_use = False
        self.begin(self.after_call(call, name))
        if way == "queue":
            queue = self.rng.choice(list(QUEUES))
            self.emit("call.transferred", call, queue=queue, kind="blind")
            yield self.between(0.1, 2)
            yield from self.wait_in(call, queue, caller, depth + 1)
        elif way == "operator" and self.free_operator(name):
            other = self.free_operator(name)
            self.phones[other].in_use = True
            self.emit("call.transferred", call, operator=other, kind="blind")
            yield self.between(0.1, 1)
            answered = yield from self.ring(call, other)
            if answered:
                yield from self.talk(call, other, caller, depth + 1)
            elif answered is False:
                yield self.between(0.1, 5)
                self.emit("call.ended", call, by="caller")
        else:
            self.emit("call.transferred", call, to="0399990000", kind="blind")
            yield self.between(5, 60)
            self.emit("call.ended", call, by="caller")

    def link(self):
        """The bridge loses its PBX now and then. At the end it says that nothing is alive: some ends were not seen."""
        while self.now < self.end:
            yield self.between(300, 3000)
            self.emit("pbx.disconnected")
            yield self.between(1, 120)
            self.emit("pbx.connected")
        yield 1_200_000
        self.emit("pbx.snapshot", calls=[], operators=[])

    def caller_back(self):
        """Operators take callbacks on, give them back, say that they are done; contacts on other channels."""
        while self.now < self.end:
            yield self.between(20, 300)
            number = self.caller()
            if number == "anonymous":
                continue
            name = self.rng.choice(OPERATORS)
            way = self.rng.random()
            if way < 0.4:
                self.ask(f"/v1/callbacks/81{number[1:]}/claim", operator=name)
            elif way < 0.55:
                self.ask(f"/v1/callbacks/81{number[1:]}/release")
            elif way < 0.65:
                self.ask("/v1/callbacks/done", **{"from": "+81" + number[1:], "operator": name})
            else:
                self.emit("touchpoint.recorded", **{
                    "from": number, "channel": self.rng.choice(["email", "line", "visit"]), "summary": "見本",
                    "direction": self.rng.choice(["inbound", "outbound"])})

    def outbound(self, call):
        name = self.free_operator()
        if name is None:
            return
        self.phones[name].in_use = True
        known = [one[key] for one in self.settings.customers for key in ("phone", "phone2")]
        to = self.rng.choice(self.settings.strangers + known)
        self.emit("call.dialed", call, operator=name, to=to)
        yield self.between(2, 25)
        if self.chance(0.6):
            self.emit("call.answered", call)
            yield self.between(5, 90)
            if self.chance(0.2):
                self.emit("call.held", call)
                yield self.between(5, 20)
                self.emit("call.resumed", call)
                yield self.between(5, 20)
            self.emit("call.ended", call, by=self.rng.choice(["caller", "operator"]), cause="normal clearing")
        else:
            self.emit("call.ended", call, by="system", cause=self.rng.choice(["busy", "no answer"]))
        self.phones[name].in_use = False
