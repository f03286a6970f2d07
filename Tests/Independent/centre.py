"""What is known of the whole centre: every fact that was taken, told anew whenever somebody asks."""
import callbacks
from calls import Story
from operators import Operator

DAY_MS = 86_400_000
QUARTER_MS = 900_000


# Of one moment, in which order things can have happened. The order of arrival does not count: a network changes it.
NATURAL = ["call.offered", "call.dialed", "call.identified", "call.dequeued", "call.transferred", "call.parked",
           "call.queued", "call.ringing", "call.unanswered", "call.answered", "call.retrieved", "call.held",
           "call.resumed", "pbx.missing", "call.ended"]


class Call:
    def __init__(self, name):
        self.name, self.facts, self.known, self.number = name, [], None, 0
        self.called = self.person = None
        self.written = []       # (what, body, when) of notes and dispositions

    def take(self, fact):
        self.facts.append(fact)
        self.facts.sort(key=lambda known: (known["t"], NATURAL.index(known["type"]), known["order"]))
        self.known = self.called = self.person = None

    @property
    def story(self):
        if self.known is None:
            self.known = Story(self.facts)
        return self.known

    def disposition(self):
        return next((body["code"] for what, body, _ in reversed(self.written) if what == "disposition"), None)

    def first(self, kind):
        return next((fact for fact in self.facts if fact["type"] == kind), None)


class Centre:
    def __init__(self, settings):
        """settings: queues, wrap-up limits, thresholds, customers by number: see scenario.Settings."""
        self.settings = settings
        self.calls, self.marks, self.order = {}, {}, 0
        self.reached_by_hand, self.claims, self.gaps, self.contacts = [], {}, [], []
        self.done = []          # (when, whom, by) of callbacks that an operator said are done
        self.now = 0

    # Taking facts

    def take(self, event, t, now):
        """One event, which happened at `t` and is read at `now`."""
        self.order += 1
        self.now = max(self.now, now)
        fact = dict(event, t=t, order=self.order, read=now)
        kind = event["type"].split(".")[0]
        if kind == "call":
            if event["type"] == "call.ended":
                fact["short_ms"] = self.settings.short_ms
            call = self.calls.setdefault(event["call"], Call(event["call"]))
            if not call.number:
                call.number = self.order
            call.take(fact)
        elif kind == "operator":
            self.mark(fact)
        elif event["type"] == "pbx.snapshot":
            self.snapshot(event, t)
        elif event["type"] in ("pbx.disconnected", "pbx.connected"):
            self.gaps.append((t, event["type"]))
        elif event["type"] == "touchpoint.recorded" and event.get("from"):
            self.reached_by_hand.append((event["from"], t))
            self.contacts.append((t, event))

    # What is done at a desk

    def desk(self, path, body, now):
        """The status that has to come, after it was taken."""
        self.now = max(self.now, now)
        what = path.split("/")[2:]
        if what[0] == "calls":
            call = self.calls.get(what[1])
            if call is None:
                return 404
            call.written.append((what[2], body, now))
            return 200
        number = "0" + (body["from"][3:] if what[1] == "done" else what[1][2:])
        entry = callbacks.due(self).get(number)
        if what[1] == "done":
            if entry is None:
                return 404
            self.reached_by_hand.append((number, now))
            self.done.append((now, self.owner_of(number), body["operator"]))
            return 204
        if entry is None:
            return 404
        if what[2] == "release":
            self.claims.setdefault(number, []).append((now, None))
            return 200
        if entry.claimed_by and entry.claimed_by != body["operator"]:
            return 409
        if not entry.claimed_by:
            self.claims.setdefault(number, []).append((now, body["operator"]))
        return 200

    def reject(self, call):
        """Our own answer to its offer."""
        call.first("call.offered")["rejected"] = True
        call.known = None

    def mark(self, fact):
        marks = self.marks.setdefault(fact["operator"], [])
        marks.append(fact)
        marks.sort(key=lambda known: (known["t"], known["order"]))

    def snapshot(self, event, t):
        alive = {item["call"] for item in event["calls"]}
        for call in self.calls.values():
            if call.story.ended is None and call.name not in alive and call.facts[0]["t"] < t:
                self.order += 1
                call.take({"type": "pbx.missing", "t": t, "order": self.order, "read": self.now})

    # Who is calling

    def party(self, call):
        if call.called is None:
            call.called = (self.find_party(call),)
        return call.called[0]

    def find_party(self, call):
        """The other party's number as written, or None when withheld or unknown."""
        identified = [fact for fact in call.facts if fact["type"] == "call.identified" and fact.get("from")]
        if identified:
            return identified[-1]["from"]
        dialed = call.first("call.dialed")
        if dialed:
            return dialed["to"]
        offered = call.first("call.offered")
        if offered and offered.get("presentation", "allowed") == "allowed" and offered["from"] != "anonymous":
            return offered["from"]
        return None

    def customer(self, call):
        if call.person is None:
            call.person = (self.find_customer(call),)
        return call.person[0]

    def find_customer(self, call):
        for fact in reversed(call.facts):
            if fact["type"] == "call.identified":
                for customer in self.settings.customers:
                    if any(fact.get(key) and fact[key] == customer.get(key) for key in ("external_id", "email")):
                        return customer
                    if fact.get("customer") and fact["customer"] == customer["id"]:
                        return customer
        number = self.party(call)
        return self.of_number(number)

    def of_number(self, number):
        return next((one for one in self.settings.customers if number in (one["phone"], one["phone2"])), None)

    def owner_of(self, number):
        """The customer that a number was last known to be: of the records, or because somebody said so in a call."""
        said = [(fact["order"], self.of_number(number) if fact["type"] != "call.identified" else self.customer(call))
                for call in self.calls.values() if self.party(call) == number
                for fact in call.facts if fact["type"] in ("call.offered", "call.dialed", "call.identified")]
        said = [(order, customer) for order, customer in said if customer]
        return max(said, key=lambda one: one[0])[1] if said else self.of_number(number)

    def is_incomplete(self, begin, end):
        """Whether the link to the PBX was down for some of the period."""
        since = None
        for at, kind in sorted(self.gaps) + [(self.now, "pbx.connected")]:
            if kind == "pbx.disconnected":
                since = at if since is None else since
            elif since is not None:
                if since < end and at >= begin:
                    return True
                since = None
        return False

    def tier(self, call):
        customer = self.customer(call)
        return customer["tier"] if customer else "unknown"

    # Operators

    def names(self):
        return sorted(set(self.marks) | {leg.operator for call in self.calls.values() for leg in call.story.legs})

    def operator(self, name, now=None):
        legs = [(call, leg) for call in self.calls.values() for leg in call.story.legs if leg.operator == name]
        return Operator(name, self.marks.get(name, []), legs, self.settings.wrap_up, self.now if now is None else now)

    def operators(self):
        return {name: self.operator(name) for name in self.names()}
