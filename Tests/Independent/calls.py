"""One call, told from its facts by the letter of metrics.md and protocol.md. Times are integer milliseconds."""


class Visit:
    def __init__(self, place, queue, start, partial):
        self.place, self.queue, self.start, self.partial = place, queue, start, partial
        self.outcome = self.outcome_at = None
        self.transfers = self.holds = 0

    def end(self, outcome, at):
        self.outcome, self.outcome_at = outcome, at

    @property
    def wait(self):
        return self.outcome_at - self.start


class Leg:
    """An operator's part in a call: from the ring or the dialing to the end of the talk."""

    def __init__(self, operator, visit, at):
        self.operator, self.visit, self.began = operator, visit, at
        self.rang = self.dialed = self.answered = self.ended = self.end = self.holding = None
        self.holds = []
        self.phones = set()
        self.retrieved = False      # taken off a parking place, which is no answer

    def stop(self, at, end):
        self.ended, self.end = at, end
        if self.holding is not None:
            self.holds.append((self.holding, at))
            self.holding = None

    def state(self, at):
        """talking, holding, ringing, dialing or None."""
        if at < self.began or (self.ended is not None and at >= self.ended):
            return None
        if self.answered is None or at < self.answered:
            return "dialing" if self.dialed is not None else "ringing"
        for begin, end in self.all_holds():
            if begin <= at and (end is None or at < end):
                return "holding"
        return "talking"

    def all_holds(self):
        return self.holds + ([(self.holding, None)] if self.holding is not None else [])

    def talk_and_hold(self):
        """Of a leg that has ended."""
        if self.answered is None:
            return 0, 0
        hold = sum(end - begin for begin, end in self.holds)
        return self.ended - self.answered - hold, hold


#: What may be seen first of a call without that its start was missed: it begins with one of these,
BEGINNINGS = ("call.offered", "call.queued", "call.dialed")
#: and these say nothing of a call that is not known.
SAY_NOTHING = ("call.identified", "call.unanswered", "call.held", "call.resumed", "call.dequeued")


class Story:
    """What the facts of a call amount to."""

    def __init__(self, facts):
        self.visits, self.legs = [], []
        self.offered = self.ended = self.dialed = self.reached = self.dialer = None
        self.queue_named = self.to = self.ended_by = self.cause = None
        self.blocked = self.parked = False
        self.kept = None            # the visit that a next operator continues
        self.free_since = None      # since when it is in no place, after it has left one
        # A call whose start was not seen is kept out of waits and service levels, with every visit.
        said = [fact["type"] for fact in facts if fact["type"] not in SAY_NOTHING]
        self.is_partial = bool(said) and said[0] not in BEGINNINGS
        self.unseen_end = False
        for fact in facts:
            self.begin = getattr(self, "begin", fact["t"])
            if self.ended is not None and fact["type"] != "call.answered":
                continue
            getattr(self, fact["type"].replace("call.", "on_").replace("pbx.", "on_"))(fact, fact["t"])

    # What is true now

    @property
    def waiting(self):
        return self.visits[-1] if self.visits and self.visits[-1].outcome is None else None

    def talkers(self):
        talkers = [leg for leg in self.legs if leg.ended is None and leg.answered is not None]
        return sorted(talkers, key=lambda leg: leg.answered)

    def ringers(self):
        return [leg for leg in self.legs if leg.ended is None and leg.answered is None and leg.dialed is None]

    def outcome(self):
        if self.dialed is not None:
            return "reached" if self.reached is not None else "not_reached" if self.ended is not None else None
        if any(visit.outcome == "answered" for visit in self.visits):
            return "answered"
        if self.visits:
            return self.visits[-1].outcome
        return "not_queued" if self.ended is not None else None

    def is_answered(self):
        return any(leg.answered is not None for leg in self.legs)

    # Steps

    def open_visit(self, queue, start, partial=False):
        self.visits.append(Visit(len(self.visits), queue, start, partial or self.is_partial))
        self.kept = self.free_since = None
        return self.visits[-1]

    def place_for_ring(self, at):
        """The visit that a ring or an answer at an operator belongs to."""
        if self.waiting:
            return self.waiting
        if self.kept:
            return self.kept
        if self.talkers() and self.visits:
            return self.visits[-1]
        if self.dialed is not None:
            return None
        if not self.visits and self.free_since is None and self.offered is not None:
            return self.open_visit(self.queue_named or "direct", self.offered)
        if self.free_since is not None:
            return self.open_visit("direct", self.free_since)
        return self.open_visit("direct", at, partial=True)

    def on_offered(self, fact, at):
        if self.offered is not None:
            return
        self.offered, self.to, self.queue_named = at, fact.get("to"), fact.get("queue")
        if fact.get("rejected"):
            visit = self.open_visit(self.queue_named or "direct", at)
            visit.end("blocked", at)
            self.blocked = True

    def on_dialed(self, fact, at):
        self.dialed, self.to, self.dialer = at, fact["to"], fact["operator"]
        leg = Leg(fact["operator"], None, at)
        leg.dialed = at
        self.legs.append(leg)

    def on_identified(self, fact, at):
        pass

    def on_queued(self, fact, at):
        waiting = self.waiting
        if waiting:
            if waiting.queue == fact["queue"]:
                return
            waiting.end("overflowed", at)
        for leg in self.legs:
            if leg.ended is None:
                leg.stop(at, "transferred")
        self.open_visit(fact["queue"], at)

    def on_ringing(self, fact, at):
        place = self.place_for_ring(at)
        for leg in self.legs:
            if leg.operator == fact["operator"] and leg.ended is None:
                leg.phones.add(fact.get("device"))
                return
        leg = Leg(fact["operator"], place, at)
        leg.rang = at
        leg.phones.add(fact.get("device"))
        self.legs.append(leg)

    def on_unanswered(self, fact, at):
        if fact.get("reason") != "elsewhere" and all(leg.operator != fact["operator"] for leg in self.legs):
            # The ring itself is not known yet.
            leg = Leg(fact["operator"], None, at)
            leg.stop(at, "unanswered")
            self.legs.append(leg)
            return
        for leg in self.ringers():
            if leg.operator == fact["operator"]:
                leg.phones.discard(fact.get("device"))
                if not leg.phones or fact.get("device") is None:
                    leg.stop(at, "elsewhere" if fact.get("reason") == "elsewhere" else "unanswered")

    def on_answered(self, fact, at):
        operator = fact.get("operator")
        if self.ended is not None:
            return
        if operator is None:
            for leg in self.legs:
                if leg.dialed is not None and leg.answered is None and leg.ended is None:
                    leg.answered = self.reached = at
            return
        place = self.place_for_ring(at)
        mine = [leg for leg in self.legs if leg.operator == operator and leg.ended is None]
        for leg in self.ringers():
            if leg.operator != operator:
                leg.stop(at, "elsewhere")
        if place and place.outcome is None:
            place.end("answered", at)
        if not mine:
            mine = [Leg(operator, place, at)]
            self.legs += mine
        if mine[0].answered is None:
            mine[0].answered = at
        self.kept = None

    def on_held(self, fact, at):
        # Of two who talk with it the one who came last.
        for leg in self.talkers()[-1:]:
            if leg.holding is None:
                leg.holding = at
                if leg.visit:
                    leg.visit.holds += 1

    def on_resumed(self, fact, at):
        for leg in self.talkers()[-1:]:
            if leg.holding is not None:
                leg.holds.append((leg.holding, at))
                leg.holding = None

    def on_parked(self, fact, at):
        for leg in self.talkers():
            leg.stop(at, "parked")
            self.kept = leg.visit
        self.parked = True

    def on_retrieved(self, fact, at):
        self.parked = False
        leg = Leg(fact["operator"], self.kept, at)
        leg.answered, leg.retrieved = at, True
        self.legs.append(leg)
        self.kept = None

    def on_transferred(self, fact, at):
        talkers, waiting = self.talkers(), self.waiting
        for leg in talkers:
            leg.stop(at, "transferred")
            if leg.visit:
                leg.visit.transfers += 1
                if fact.get("operator"):
                    self.kept = leg.visit
        if waiting:
            waiting.end("overflowed", at)
            for leg in self.ringers():
                leg.stop(at, "left")
        if not self.kept:
            self.free_since = at

    def on_dequeued(self, fact, at):
        waiting = self.waiting
        if not waiting:
            return
        waiting.end("callback" if fact.get("reason") == "callback" else "overflowed", at)
        for leg in self.ringers():
            leg.stop(at, "left")
        self.free_since = at

    def on_ended(self, fact, at, outcome=None):
        self.ended, self.ended_by, self.cause = at, fact.get("by"), fact.get("cause")
        waiting = self.waiting
        if waiting:
            short = fact.get("short_ms", 0).get(waiting.queue, 0) if fact.get("short_ms") else 0
            within = short and not waiting.partial and at - waiting.start <= short
            waiting.end(outcome or ("short_abandoned" if within else "abandoned"), at)
        for leg in self.legs:
            if leg.ended is None:
                leg.stop(at, "missing" if outcome else "ended")

    def on_missing(self, fact, at):
        self.unseen_end = True
        self.on_ended(fact, at, "unknown")
