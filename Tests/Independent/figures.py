"""The figures of metrics.md and the calls behind each, from the calls as they are told."""
import math

import callbacks

OUTCOMES = ("answered", "abandoned", "short_abandoned", "overflowed", "callback", "blocked", "unknown")


NAMES = OUTCOMES + (
    "offered", "waiting", "waiting_ringing", "waiting_vip", "handled", "transfers", "holds", "answered_timed",
    "answered_within", "abandoned_timed", "abandoned_within", "ended_timed", "known_number", "repeat", "not_queued",
    "answered_calls", "documented", "dispositions", "complaints")


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
        self.offers = {}
        for call in self.calls():
            if call.story.dialed is None and call.story.offered is not None:
                self.offers.setdefault(centre.party(call), []).append(call.story.offered)
        self.counted, self.due = {}, callbacks.due(centre)
        self.count_all()

    def calls(self):
        return self.centre.calls.values()

    def handled(self, call, visit):
        """(when its handling ended, talk, hold, wrap-up), or None while it goes on."""
        legs = [leg for leg in call.story.legs if leg.visit is visit and leg.answered is not None]
        if visit.outcome != "answered" or any(leg.ended is None for leg in legs):
            return None
        ends = [self.wraps.get(id(leg), (leg.ended, leg.ended)) for leg in legs]
        if any(end > self.centre.now for _, end in ends):
            return None
        talk = sum(leg.talk_and_hold()[0] for leg in legs)
        hold = sum(leg.talk_and_hold()[1] for leg in legs)
        end = max((end for _, end in ends), default=visit.outcome_at)
        return end, talk, hold, sum(end - begin for begin, end in ends)

    def count_all(self):
        """Everything that is counted, once: scope -> name -> what is counted, at its moment."""
        for call in self.calls():
            scopes = [("centre", None), ("tier", self.centre.tier(call)), ("line", call.story.to or "")]
            for visit in call.story.visits:
                self.count_visit(call, visit, scopes + [("queue", visit.queue)])
            self.count_call(call, scopes)

    def count(self, scopes, name, at, call, visit=None, amount=None):
        for scope in scopes:
            names = self.counted.setdefault(scope, {})
            names.setdefault(name, []).append(Counted(at, call, visit, amount))

    def count_visit(self, call, visit, scopes):
        def count(name, at, amount=None):
            self.count(scopes, name, at, call, visit, amount)

        count("offered", visit.start)
        if visit.outcome is None:
            count("waiting", visit.start)
            if any(leg.visit is visit for leg in call.story.ringers()):
                count("waiting_ringing", visit.start)
            if self.centre.tier(call) == "vip":
                count("waiting_vip", visit.start)
            return
        count(visit.outcome, visit.outcome_at)
        if not visit.partial:
            self.count_wait(visit, count)
        if visit.outcome == "answered":
            for _ in range(visit.transfers):
                count("transfers", visit.outcome_at)
            for _ in range(visit.holds):
                count("holds", visit.outcome_at)
        handled = self.handled(call, visit)
        if handled:
            count("handled", handled[0], handled[1:])

    def count_wait(self, visit, count):
        """Of a visit whose start was seen."""
        within = visit.wait <= self.centre.settings.threshold(visit.queue)
        count("ended_timed", visit.outcome_at, visit.wait)
        if visit.outcome == "answered":
            count("answered_timed", visit.outcome_at, visit.wait)
            if within:
                count("answered_within", visit.outcome_at)
        excluded = visit.outcome == "short_abandoned" and self.centre.settings.excludes_short(visit.queue)
        if visit.outcome in ("abandoned", "short_abandoned") and not excluded:
            count("abandoned_timed", visit.outcome_at)
            if within:
                count("abandoned_within", visit.outcome_at)

    def count_call(self, call, scopes):
        story = call.story
        queues = {}
        for visit in story.visits:
            queues.setdefault(visit.queue, visit.start)
        answered = {}
        for visit in story.visits:
            if visit.outcome == "answered":
                answered.setdefault(("queue", visit.queue), visit.outcome_at)
        if answered:
            answered.update({scope: min(answered.values()) for scope in scopes})
        for scope, at in answered.items():
            for name in written_of(call, self.centre.settings.complaints):
                self.count([scope], name, at, call)
        if story.dialed is not None:
            return
        if story.ended is not None and not story.visits:
            self.count(scopes, "not_queued", story.ended, call)
        if self.centre.party(call) is not None and story.offered is not None:
            moments = [(scope, story.offered) for scope in scopes]
            for scope, at in moments + [(("queue", queue), at) for queue, at in queues.items()]:
                self.count([scope], "known_number", at, call)
                if self.is_repeat(call):
                    self.count([scope], "repeat", at, call)

    def is_repeat(self, call):
        at = call.story.offered
        return any(at - 86_400_000 <= other < at for other in self.offers[self.centre.party(call)])

    def within(self, scope, begin, end):
        """Lists of Counted by the name of what is counted, of a scope and a period."""
        counted = self.counted.get((scope.kind, scope.name), {})
        return {name: [one for one in counted.get(name, []) if begin <= one.at < end] for name in NAMES}

    def queue_figures(self, scope, begin, end):
        found = self.within(scope, begin, end)
        figures = {name: len(found[name]) for name in OUTCOMES + ("offered", "transfers", "holds")}
        # What waits, waits now: whatever the period it began in.
        now = self.within(scope, 0, math.inf) if (begin, end) != (0, math.inf) else found
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
        figures.update(written_figures(found))
        figures["waiting_ringing"] = len(now["waiting_ringing"])
        figures["waiting_vip"] = len(now["waiting_vip"])
        figures["longest_wait_ms"] = max((self.centre.now - one.at for one in now["waiting"]), default=0)
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
        spans = operator.told()

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
        self.written_by(operator, begin, end, figures, behind)
        figures["outbound"] = {
            "dialed": figures.pop("dialed"), "reached": figures.pop("reached"),
            "talk_ms": sum(leg.talk_and_hold()[0] for _, leg in operator.legs
                           if leg.dialed is not None and leg.ended is not None and begin <= leg.ended < end),
            "dialing_ms": time_in("dialing")}
        return figures, behind

    def written_by(self, operator, begin, end, figures, behind):
        found = {name: [] for name in WRITTEN}
        first = {}
        for call, leg in operator.legs:
            if leg.answered is not None and leg.visit:
                known = first.setdefault(call.name, (leg.answered, call))
                first[call.name] = min(known, (leg.answered, call), key=lambda one: one[0])
        for at, call in first.values():
            if begin <= at < end:
                for name in written_of(call, self.centre.settings.complaints):
                    found[name].append(Counted(at, call))
        figures.update(written_figures(found))
        behind.update({name: [one.call.name for one in counted] for name, counted in found.items()})


WRITTEN = ("answered_calls", "documented", "dispositions", "complaints")


def written_of(call, complaints):
    """Which of the figures of what operators write an answered call is in."""
    code = call.disposition()
    names = ["answered_calls"]
    if call.written:
        names.append("documented")
    if code:
        names.append("dispositions")
    if code in complaints:
        names.append("complaints")
    return names


def written_figures(found):
    codes = {}
    for one in found["dispositions"]:
        codes[one.call.disposition()] = codes.get(one.call.disposition(), 0) + 1
    return {
        "dispositions": codes, "complaint_rate": ratio(len(found["complaints"]), len(found["dispositions"])),
        "documented_rate": ratio(len(found["documented"]), len(found["answered_calls"]))}


class Scope:
    """What a set of figures is of: everything, or a queue, a tier, a line."""

    def __init__(self, kind="centre", name=None):
        self.kind, self.name = kind, name


def ratio(above, below, whole=False):
    if below == 0:
        return None
    return (2 * above + below) // (2 * below) if whole else above / below


def percentile(values, percent):
    if not values:
        return None
    values = sorted(values)
    return values[max(0, math.ceil(percent / 100 * len(values)) - 1)]
