"""What operators did: a function of what they and their phones told, and of their calls."""
import bisect


class Operator:
    """The life of one operator until `now`."""

    def __init__(self, name, marks, legs, limits, now):
        """marks: facts in order; legs: (call, leg) of this operator; limits: queue -> wrap-up limit in ms."""
        self.name, self.now = name, now
        self.marks = [mark for mark in marks if mark["t"] <= now]
        self.legs = sorted((pair for pair in legs if pair[1].began <= now), key=lambda pair: pair[1].began)
        first = [mark["t"] for mark in self.marks[:1]] + [leg.began for _, leg in self.legs[:1]]
        self.begin = min(first) if first else None
        self.begins = [leg.began for _, leg in self.legs]
        self.times = [mark["t"] for mark in self.marks]
        self.after = self.flags_after_marks()
        self.calls = Spans((leg.began, leg.ended, leg) for _, leg in self.legs)
        self.wraps, self.known = {}, None
        self.work_after_calls(limits)
        self.wrapped = Spans((begin, end, None) for begin, end in self.wraps.values())

    def in_call(self, at):
        states = {leg.state(at) for leg in self.calls.at(at)}
        return next((state for state in ("talking", "holding", "dialing", "ringing") if state in states), None)

    def flags(self, at):
        """(logged in, reason of the pause or None, reason of being busy or None), as told until `at`."""
        told = bisect.bisect_right(self.times, at)
        if told:
            return self.after[told - 1]
        return self.begin is not None and at >= self.begin, None, None

    def flags_after_marks(self):
        """What `flags` are after each mark."""
        logged_in, pause, busy, after = True, None, None, []
        for mark in self.marks:
            kind = mark["type"].split(".")[1]
            if kind == "login":
                logged_in = True
            elif kind == "logout":
                logged_in, pause, busy = None, None, None
            elif kind == "paused":
                pause = mark.get("reason") or ""
            elif kind == "resumed":
                pause = None
            elif kind == "busy":
                busy = mark.get("reason") or ""
            elif kind == "free":
                busy = None
            after.append((logged_in, pause, busy))
        return after

    def work_after_calls(self, limits):
        for call, leg in self.legs:
            if leg.ended is None or leg.answered is None or leg.visit is None or leg.ended > self.now:
                continue
            limit, begin = limits(leg.visit.queue), leg.ended
            logged_in, pause, _ = self.flags(begin)
            # Nobody saw when a call that was found missing had ended.
            if leg.end == "missing" or self.in_call(begin) or not logged_in or pause is not None:
                limit = 0
            end = begin + limit
            for mark in self.marks:
                if mark["t"] >= begin and mark["type"] in ("operator.ready", "operator.paused", "operator.logout"):
                    end = min(end, mark["t"])
            later = bisect.bisect_left(self.begins, begin)
            if later < len(self.begins):
                end = min(end, self.begins[later])
            self.wraps[id(leg)] = (begin, end)

    def state(self, at):
        """(state, reason)"""
        call = self.in_call(at)
        if call:
            return call, None
        logged_in, pause, busy = self.flags(at)
        if not logged_in:
            return "logged_out", None
        if busy is not None:
            return "busy", busy or None
        if pause is not None:
            return "paused", pause or None
        if any(True for _ in self.wrapped.at(at)):
            return "wrap_up", None
        return "available", None

    def edges(self):
        edges = {self.begin, self.now} | {mark["t"] for mark in self.marks}
        for _, leg in self.legs:
            edges |= {leg.began, leg.answered, leg.ended} | {edge for hold in leg.all_holds() for edge in hold}
        for begin, end in self.wraps.values():
            edges |= {begin, end}
        return sorted(edge for edge in edges if edge is not None and edge <= self.now)

    def told(self):
        """The spans, once."""
        if self.known is None:
            self.known = self.spans()
        return self.known

    def spans(self):
        """[(state, reason, from, to)], the last one to now."""
        if self.begin is None:
            return []
        spans = []
        edges = self.edges()
        for begin, end in zip(edges, edges[1:] + [None]):
            if begin < self.begin:
                continue
            state = self.state(begin)
            if spans and spans[-1][0] == state:
                continue
            spans.append((state, begin))
        ends = [begin for _, begin in spans[1:]] + [self.now]
        return [(state[0], state[1], begin, end) for (state, begin), end in zip(spans, ends)]


class Spans:
    """(begin, end or None, what), asked which of them a moment is in: a day has thousands, and few at once."""

    def __init__(self, spans):
        spans = sorted(spans, key=lambda span: span[0])
        self.open = [span for span in spans if span[1] is None]
        self.closed = [span for span in spans if span[1] is not None]
        self.begins = [span[0] for span in self.closed]
        self.latest = []
        for _, end, _ in self.closed:
            self.latest.append(max(end, self.latest[-1]) if self.latest else end)

    def at(self, moment):
        for begin, _, what in self.open:
            if begin <= moment:
                yield what
        place = bisect.bisect_right(self.begins, moment) - 1
        while place >= 0 and self.latest[place] > moment:
            if self.closed[place][1] > moment:
                yield self.closed[place][2]
            place -= 1
