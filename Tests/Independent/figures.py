"""The figures of metrics.md and the calls behind each, from the calls as they are told."""
import math

OUTCOMES = ("answered", "abandoned", "short_abandoned", "overflowed", "callback", "blocked", "unknown")


class Counted:
    """A visit or a call that a figure counts: when, and of which call."""

    def __init__(self, at, call, visit=None, amount=None):
        self.at, self.call, self.visit, self.amount = at, call, visit, amount


class Ledger:
    """Everything that is counted, by name; each entry with its moment."""

    def __init__(self, centre):
        self.centre = centre
        self.people = centre.operators()
        self.wraps = {}
        for operator in self.people.values():
            self.wraps.update(operator.wraps)

    def calls(self):
        return self.centre.calls.values()

    def handled(self, call, visit):
        """(when its handling ended, talk, hold, wrap-up), or None while it goes on."""
        legs = [leg for leg in call.story.legs if leg.visit is visit and leg.answered is not None]
        if visit.outcome != "answered" or any(leg.ended is None for leg in legs):
            return None
        if call.story.kept is visit and call.story.ended is None:
            return None
        ends = [self.wraps.get(id(leg), (leg.ended, leg.ended)) for leg in legs]
        if any(end > self.centre.now for _, end in ends):
            return None
        talk = sum(leg.talk_and_hold()[0] for leg in legs)
        hold = sum(leg.talk_and_hold()[1] for leg in legs)
        end = max((end for _, end in ends), default=visit.outcome_at)
        return end, talk, hold, sum(end - begin for begin, end in ends)

    def visits(self, scope, begin, end):
        """Lists of Counted by the name of what is counted, of a scope and a period."""
        found = {name: [] for name in OUTCOMES + (
            "offered", "waiting", "waiting_ringing", "waiting_vip", "handled", "transfers", "holds",
            "answered_timed", "answered_within", "abandoned_timed", "abandoned_within", "ended_timed",
            "known_number", "repeat", "not_queued")}

        def count(name, at, call, visit=None, amount=None):
            if begin <= at < end:
                found[name].append(Counted(at, call, visit, amount))

        for call in self.calls():
            story = call.story
            for visit in story.visits:
                if not scope.has(self.centre, call, visit):
                    continue
                threshold = self.centre.settings.threshold(visit.queue)
                count("offered", visit.start, call, visit)
                if visit.outcome is None:
                    count("waiting", visit.start, call, visit)
                    if any(leg.visit is visit for leg in story.ringers()):
                        count("waiting_ringing", visit.start, call, visit)
                    if self.centre.tier(call) == "vip":
                        count("waiting_vip", visit.start, call, visit)
                    continue
                count(visit.outcome, visit.outcome_at, call, visit)
                if not visit.partial:
                    count("ended_timed", visit.outcome_at, call, visit, visit.wait)
                if not visit.partial and visit.outcome == "answered":
                    count("answered_timed", visit.outcome_at, call, visit, visit.wait)
                    if visit.wait <= threshold:
                        count("answered_within", visit.outcome_at, call, visit)
                excluded = visit.outcome == "short_abandoned" and self.centre.settings.excludes_short(visit.queue)
                if not visit.partial and visit.outcome in ("abandoned", "short_abandoned") and not excluded:
                    count("abandoned_timed", visit.outcome_at, call, visit)
                    if visit.wait <= threshold:
                        count("abandoned_within", visit.outcome_at, call, visit)
                if visit.outcome == "answered":
                    for _ in range(visit.transfers):
                        count("transfers", visit.outcome_at, call, visit)
                    for _ in range(visit.holds):
                        count("holds", visit.outcome_at, call, visit)
                handled = self.handled(call, visit)
                if handled:
                    count("handled", handled[0], call, visit, handled[1:])
            if story.dialed is None and story.offered is not None and scope.has_call(self.centre, call):
                self.repeat(call, scope, count)
                if story.ended is not None and not story.visits:
                    count("not_queued", story.ended, call)
        return found

    def repeat(self, call, scope, count):
        number = self.centre.party(call)
        if number is None:
            return
        at = moment = call.story.offered
        if scope.kind == "queue":
            moment = next(visit.start for visit in call.story.visits if visit.queue == scope.name)
        count("known_number", moment, call)
        for other in self.calls():
            story = other.story
            if other is not call and story.dialed is None and story.offered is not None:
                if at - 86_400_000 <= story.offered < at and self.centre.party(other) == number:
                    count("repeat", moment, call)
                    return

    def queue_figures(self, scope, begin, end):
        found = self.visits(scope, begin, end)
        figures = {name: len(found[name]) for name in OUTCOMES + ("offered", "transfers", "holds")}
        # What waits, waits now: whatever the period it began in.
        now = self.visits(scope, 0, math.inf) if (begin, end) != (0, math.inf) else found
        figures["waiting"] = len(now["waiting"])
        waits = [counted.amount for counted in found["answered_timed"]]
        ended = [counted.amount for counted in found["ended_timed"]]
        figures["asa_ms"] = ratio(sum(waits), len(waits), whole=True)
        figures["average_wait_ms"] = ratio(sum(ended), len(ended), whole=True)
        figures["max_wait_ms"] = max(ended, default=None)
        for percent in (50, 90, 95, 99):
            figures[f"wait_p{percent}_ms"] = percentile(waits, percent)
        figures["abandon_rate"] = ratio(
            figures["abandoned"], figures["offered"] - figures["short_abandoned"] - figures["waiting"])
        figures["service_level"] = self.service_level(found, scope)
        handled = [counted.amount for counted in found["handled"]]
        for place, name in enumerate(("talk_ms", "hold_ms", "wrap_up_ms")):
            figures[name] = sum(amount[place] for amount in handled)
        figures["aht_ms"] = ratio(sum(sum(amount) for amount in handled), len(handled), whole=True)
        figures["repeat_rate"] = ratio(len(found["repeat"]), len(found["known_number"]))
        return figures, found, now

    def service_level(self, found, scope):
        a, a_t = len(found["answered_timed"]), len(found["answered_within"])
        b, b_t = len(found["abandoned_timed"]), len(found["abandoned_within"])
        short = [one for one in found["short_abandoned"] if not one.visit.partial]
        s = len(short)
        return {
            "negative": ratio(a_t, a + b), "ignore": ratio(a_t, a + b - b_t), "positive": ratio(a_t + b_t, a + b),
            "answered": ratio(a_t, a), "short": ratio(a_t + s, a + b)}

    # Operators

    def operator_figures(self, name, begin, end):
        operator = self.people[name]
        figures = {}
        spans = operator.spans()

        def time_in(*states):
            return sum(max(0, min(to, end) - max(since, begin)) for state, _, since, to in spans if state in states)

        for state, figure in (("talking", "talk_ms"), ("holding", "hold_ms"), ("wrap_up", "wrap_up_ms"),
                              ("paused", "paused_ms"), ("busy", "busy_ms")):
            figures[figure] = time_in(state)
        figures["logged_in_ms"] = sum(
            max(0, min(to, end) - max(since, begin)) for state, _, since, to in spans if state != "logged_out")
        figures["occupancy"] = ratio(
            time_in("talking", "holding", "wrap_up", "dialing"), figures["logged_in_ms"] - figures["paused_ms"])
        if spans:
            figures["state"], figures["reason"], figures["since"] = spans[-1][0], spans[-1][1], spans[-1][2]
        behind = {kind: [] for kind in ("answered", "unanswered", "transfers_out", "dialed", "reached")}
        for call, leg in operator.legs:
            inside = lambda at: at is not None and begin <= at < end
            if leg.dialed is None and not leg.retrieved and inside(leg.answered):
                behind["answered"].append(call.name)
            if leg.dialed is not None and inside(leg.dialed):
                behind["dialed"].append(call.name)
            if leg.dialed is not None and inside(leg.answered):
                behind["reached"].append(call.name)
            if leg.end == "unanswered" and inside(leg.ended):
                behind["unanswered"].append(call.name)
            if leg.end == "transferred" and inside(leg.ended):
                behind["transfers_out"].append(call.name)
        figures.update({kind: len(names) for kind, names in behind.items()})
        return figures, behind


class Scope:
    """What a set of figures is of: everything, or a queue, a tier, a line."""

    def __init__(self, kind="centre", name=None):
        self.kind, self.name = kind, name

    def has(self, centre, call, visit):
        return visit.queue == self.name if self.kind == "queue" else self.has_call(centre, call)

    def has_call(self, centre, call):
        story = call.story
        if self.kind == "queue":
            return any(visit.queue == self.name for visit in story.visits)
        if self.kind == "tier":
            return centre.tier(call) == self.name
        if self.kind == "line":
            return story.to == self.name
        return True


def ratio(above, below, whole=False):
    if below == 0:
        return None
    return (2 * above + below) // (2 * below) if whole else above / below


def percentile(values, percent):
    if not values:
        return None
    values = sorted(values)
    return values[max(0, math.ceil(percent / 100 * len(values)) - 1)]
