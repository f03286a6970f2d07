"""What an operator has to do, in order: the list as it must be, and the next thing of it that somebody picks."""
from opening import next_midnight
from plan import PRIORITIES, e164

NEVER = 1 << 62


def case_key(case, book, now):
    """The place of a case in the order: what is late or urgent, callbacks, what is due today, the rest."""
    due, urgency = case.due if case.due is not None else NEVER, -PRIORITIES.index(case.priority)
    tail = [book.went_forward(case), 1 if case.kind == "promise" else 2, case.id]
    if due < now or (case.priority == "urgent" and case.waiting_since is None):
        return [0, due, urgency, 1] + tail
    if due < next_midnight(now):
        return [2, due, urgency, 1] + tail
    return [3, urgency, due, 1] + tail


def recall_key(number, entry):
    normal = -PRIORITIES.index("normal")
    return [1, 0 if entry.lost[-1][5] == "vip" else 1, normal, entry.since, 0, int(e164(number))]


def may_be_picked(case, book, now):
    return case.waiting_since is None or case_key(case, book, now)[0] == 0


class WorkList:
    def __init__(self, play):
        self.play = play

    def cases(self, who):
        """Open ones that somebody owns, or has claimed, in order."""
        book, now = self.play.cases, self.play.clock.ms
        own = [case for case in book.open_ones() if case.owner == who or book.holder(case, now) == who]
        return sorted(own, key=lambda case: case_key(case, book, now))

    def callbacks(self, who):
        book, now = self.play.calls, self.play.clock.ms
        numbers = [number for number in book.due if book.holder(number, now) in (None, who)]
        return sorted(numbers, key=lambda number: recall_key(number, book.due[number]))

    def expected(self, who):
        book, now = self.play.cases, self.play.clock.ms
        cases, end = self.cases(who), next_midnight(now)
        due = [case for case in cases if case.due is not None and case.due < end]
        overdue = sum(case.due < now for case in due)
        own = [case for case in book.open_ones() if case.owner == who]
        numbers = self.callbacks(who)
        handed = [case.id for case in book.open_ones() if case.handover and case.handover["to"] == who]
        return {
            "handovers": sorted(handed), "due": [case.id for case in due],
            "cases": [case.id for case in cases if case not in due], "callbacks": [e164(one) for one in numbers],
            "overdue": overdue, "today": len(due) - overdue, "count of callbacks": len(numbers),
            "stalled": sum(book.is_stalled(case, now) for case in own),
            "waiting": sum(case.waiting_since is not None for case in own),
            "unowned": sum(case.owner is None for case in book.open_ones()), "open": len(own)}

    def told(self, who):
        answer = self.play.desks.get(f"/v1/work?operator={who}")
        counts = answer["counts"]
        return {
            "handovers": sorted(one["id"] for one in answer["handovers"]), "due": [one["id"] for one in answer["due"]],
            "cases": [one["id"] for one in answer["cases"]], "callbacks": [one["id"] for one in answer["callbacks"]],
            "overdue": counts["overdue"], "today": counts["today"], "count of callbacks": counts["callbacks"],
            "stalled": counts["stalled"], "waiting": counts["waiting"], "unowned": counts["unowned"],
            "open": counts["open"]}

    # The next thing

    def pick(self, who):
        """Asks for the next thing, now and then at the same moment as a colleague: nobody gets what another has."""
        rng = self.play.work.rng
        two = [who, rng.choice([name for name in self.play.phones.phones if name != who])]
        if rng.random() < 0.5:
            found = self.play.desks.race([(name, "POST", "/v1/work/next", None) for name in two])
        else:
            two, found = [who], [self.play.desks.ask(who, "POST", "/v1/work/next")]
        for name, (status, answer) in zip(two, found):
            if status == 404 and len(two) == 1:
                self.nothing(name)
            elif status == 200:
                self.picked(name, answer, is_alone=len(two) == 1)
            elif status != 404:
                self.play.differ("claims", f"the next thing for {name}: {status} {answer}")

    def first(self, who):
        """What is first among what somebody may pick: ("callback", number) or ("case", id)."""
        book, now = self.play.cases, self.play.clock.ms
        keys = [(case_key(case, book, now), ("case", case.id)) for case in book.open_ones()
                if case.owner in (who, None) and book.holder(case, now) is None and may_be_picked(case, book, now)]
        keys += [(recall_key(number, self.play.calls.due[number]), ("callback", e164(number)))
                 for number in self.callbacks(who) if self.play.calls.holder(number, now) is None]
        return min(keys, default=(None, None))[1]

    def settled_first(self, who, found):
        """The same, where a rule may have changed what seems to be first."""
        for _ in range(20):
            first = self.first(who)
            if first is None or first == found or first[0] == "callback":
                return first
            case = self.play.cases.cases[first[1]]
            version = case.version
            self.play.work.look(case)
            if case.version == version:
                return first
        return first

    def nothing(self, who):
        first = self.settled_first(who, None)
        if first:
            self.play.differ("claims", f"there is nothing for {who}, says the daemon; the model has {first}")

    def picked(self, who, answer, is_alone):
        now, self.play.played["claims"] = self.play.clock.ms, self.play.played["claims"] + 1
        if answer["case"]:
            case = self.play.cases.cases.get(answer["case"]["id"])
            self.play.work.catch_up(case, answer["case"]["version"])
            found = ("case", case.id)
            holder, is_there = self.play.cases.holder(case, now), case.is_open and case.owner in (None, who)
        else:
            found = ("callback", answer["callback"]["id"])
            number = "0" + found[1][2:]
            holder, is_there = self.play.calls.holder(number, now), number in self.play.calls.due
        first = self.settled_first(who, found) if is_alone else None
        if holder or not is_there:
            self.play.differ("claims", f"{who} was given {found}, which {holder or 'nobody'} has, open: {is_there}")
        elif is_alone and found != first:
            self.play.differ("claims", f"{who} was given {found} at {now}, before {first}")
        if found[0] == "case":
            case.claim = (who, now)
            self.play.work.compare(case, answer["case"])
        elif is_there:
            self.play.calls.claim(number, who, now)
