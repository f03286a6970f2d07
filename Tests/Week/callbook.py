"""What must be known of the calls in the end: written down as the play lets them happen, never asked of the daemon."""
from plan import QUEUES, e164

OUTCOMES = ("answered", "abandoned", "short_abandoned", "overflowed", "callback", "unknown", "blocked")


class Visit:
    def __init__(self, queue, start):
        self.queue, self.start, self.outcome, self.at = queue, start, None, None
        self.transfers = self.holds = 0

    def end(self, outcome, at):
        self.outcome, self.at = outcome, at


class Call:
    def __init__(self, name, number, customer, queue=None, dialer=None):
        self.name, self.number, self.customer, self.queue, self.dialer = name, number, customer, queue, dialer
        self.tier = customer["tier"] if customer else "unknown"
        self.offered = self.ended = self.dialed = self.reached = self.disposition = None
        self.visits, self.notes = [], []
        self.talks, self.unanswered, self.transfers_out = [], [], []      # (operator, when)

    @property
    def outcome(self):
        if self.dialed is not None:
            return "reached" if self.reached is not None else "not_reached" if self.ended is not None else None
        if any(visit.outcome == "answered" for visit in self.visits):
            return "answered"
        if self.visits:
            return self.visits[-1].outcome
        return "not_queued" if self.ended is not None else None

    @property
    def begun(self):
        return self.offered if self.dialed is None else self.dialed


class Recall:
    """Somebody who waits to be called back."""

    def __init__(self):
        self.lost, self.tries, self.claim = [], [], None

    @property
    def since(self):
        return self.lost[0][0]


class CallBook:
    def __init__(self, plan, claim_ms):
        self.plan, self.claim_ms = plan, claim_ms
        self.calls, self.due, self.done = {}, {}, []

    # The life of a call, in the order of time

    def offer(self, name, number, customer, queue, at):
        call = self.calls[name] = Call(name, number, customer, queue)
        call.offered = at
        return call

    def dial(self, name, number, customer, who, at):
        call = self.calls[name] = Call(name, number, customer, dialer=who)
        call.dialed = at
        if number in self.due:
            self.due[number].tries.append((at, name, who))
        return call

    def enter(self, call, queue, at):
        call.visits.append(Visit(queue, at))

    def leave(self, call, how, at):
        """Out of the queue: overflowed, or with the promise to be called back."""
        visit = call.visits[-1]
        visit.end(how, at)
        if how == "callback":
            self.lose(call, visit, "requested")

    def answer(self, call, who, at):
        visit = call.visits[-1]
        if visit.outcome is None:
            visit.end("answered", at)
            self.reach(call.number, at)
        call.talks.append((who, at))

    def meet(self, call, at):
        """The far end of a dialed call answers."""
        call.reached = at
        self.reach(call.number, at)
        for number in call.customer["phones"] if call.customer else []:
            self.reach(number, at)

    def hand_on(self, call, who, at):
        call.visits[-1].transfers += 1
        call.transfers_out.append((who, at))

    def end(self, call, at):
        call.ended = at
        if call.dialed is None and call.visits and call.visits[-1].outcome is None:
            visit = call.visits[-1]
            if at - visit.start <= QUEUES[visit.queue]["short"]:
                visit.end("short_abandoned", at)
            else:
                visit.end("abandoned", at)
                self.lose(call, visit, "abandoned")

    # Who waits to be called back

    def lose(self, call, visit, kind):
        if call.number is not None:
            entry = self.due.setdefault(call.number, Recall())
            entry.lost.append((visit.at, kind, call.name, visit.queue, visit.at - visit.start, call.tier))

    def reach(self, number, at):
        entry = self.due.pop(number, None)
        if entry:
            self.done.append((number, entry.since, at))

    def holder(self, number, now):
        """Whose the callback is now: a claim falls back after a time."""
        claim = self.due[number].claim if number in self.due else None
        return claim[0] if claim and now - claim[1] < self.claim_ms else None

    def claim(self, number, who, now):
        if self.holder(number, now) is None:
            self.due[number].claim = (who, now)

    def release(self, number):
        self.due[number].claim = None

    def done_lately(self, now):
        """(number, first lost, reached) of a day, of each number the newest, where nothing is due since."""
        newest = {}
        for number, since, at in self.done:
            newest[number] = (number, since, at)
        return sorted((e164(number), since, at) for number, since, at in newest.values()
                      if at > now - 86_400_000 and number not in self.due)

    # Figures

    def figures(self, begin, end, queue=None, tier=None):
        """The counts of visits of a period, by name."""
        found = dict.fromkeys(OUTCOMES + ("offered", "waiting", "transfers", "holds"), 0)
        codes = {}
        for call in self.calls.values():
            if tier not in (None, call.tier):
                continue
            for visit in call.visits:
                if queue not in (None, visit.queue):
                    continue
                found["offered"] += begin <= visit.start < end
                found["waiting"] += visit.outcome is None
                if visit.outcome and begin <= visit.at < end:
                    found[visit.outcome] += 1
                    if visit.outcome == "answered":
                        found["transfers"] += visit.transfers
                        found["holds"] += visit.holds
            first = min((visit.at for visit in call.visits if visit.outcome == "answered"
                         and queue in (None, visit.queue)), default=None)
            if first is not None and begin <= first < end and call.disposition:
                codes[call.disposition] = codes.get(call.disposition, 0) + 1
        found["dispositions"] = codes
        found["callbacks_due"] = sum(
            1 for entry in self.due.values()
            if queue in (None, entry.lost[-1][3]) and tier in (None, entry.lost[-1][5]))
        return found

    def operator_figures(self, begin, end):
        """name -> counts of what each operator did in a period."""
        found = {}

        def count(who, what, at):
            one = found.setdefault(who, dict(answered=0, unanswered=0, transfers_out=0, dialed=0, reached=0))
            one[what] += at is not None and begin <= at < end

        for call in self.calls.values():
            for who, at in call.talks:
                count(who, "answered", at)
            for who, at in call.unanswered:
                count(who, "unanswered", at)
            for who, at in call.transfers_out:
                count(who, "transfers_out", at)
            if call.dialer:
                count(call.dialer, "dialed", call.dialed)
                count(call.dialer, "reached", call.reached)
        return found
