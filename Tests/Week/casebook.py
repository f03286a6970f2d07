"""What must be known of the cases and promises in the end, and of the mails that are in them."""
from opening import next_midnight
from plan import CLAIM_MS, PHASES, PRIORITIES, REMIND_MS, REOPEN_MS, RULES, STALLED_MS
from times import rfc


class Case:
    def __init__(self, key, customer, kind, title, owner, at, by):
        self.key, self.id = key, None
        self.customer, self.kind, self.title, self.owner, self.created_at, self.created_by = (
            customer, kind, title, owner, at, by)
        self.phase = PHASES[0] if kind == "case" else None
        self.progress = self.due = self.next_step = self.waiting_since = self.handover = self.came_by = None
        self.priority, self.reopened, self.version, self.contacts, self.calls = "normal", 0, 1, [], []
        self.closed_at = self.closed_by = self.progress_at = self.responded_at = self.claim = None
        self.owner_since, self.fired = at, {}
        self.owners = [(owner, at, by, None)]       # (who, since when, through whom, what the one before wrote)
        self.may_open_again = None      # since when the rule about it may open it again
        self.firings = []       # names of the rules that it fired
        self.dues = set()       # every moment that it was due at

    @property
    def is_open(self):
        return self.closed_at is None

    def work(self):
        """What counts as going forward when it is another one."""
        return (self.phase, self.progress, self.next_step, self.waiting_since, self.closed_at, self.closed_by,
                self.reopened, tuple(self.contacts), tuple(self.calls))


class CaseBook:
    def __init__(self, plan):
        self.plan, self.opening = plan, plan.opening
        self.cases = {}         # by id
        self.of, self.inbound = {}, {}      # by customer: its cases; when it was in touch last
        self.called = {}        # by customer: when it called, and when that was known, for each call

    def add(self, case, number):
        case.id = number
        self.cases[number] = case
        self.note_due(case)
        self.of.setdefault(case.customer, []).append(case)
        self.weigh(case.customer, case.created_at)

    # Changes. Each is a function of the case as it is, made at a moment by somebody.

    def change(self, case, at, by, alter, is_progress=True):
        """Whether anything was different: then it is a version."""
        before, work = self.state(case), case.work()
        owner, handover = case.owner, case.handover
        alter(case)
        if self.state(case) == before:
            return False
        self.note_due(case)
        if case.owner != owner:
            case.owner_since = at
            note = handover["note"] if handover and handover["to"] == case.owner else None
            case.owners.append((case.owner, at, by, note))
        if case.owner != owner or not case.is_open:
            case.claim = None
        if is_progress and case.work() != work:
            case.progress_at = at
            case.responded_at = case.responded_at or at
        case.version += 1
        self.weigh(case.customer, at)
        return True

    @staticmethod
    def note_due(case):
        if case.due is not None:
            case.dues.add(case.due)

    @staticmethod
    def state(case):
        return (case.title, case.owner, case.due, case.priority, str(case.handover), str(case.fired), case.work())

    @staticmethod
    def close(by, at):
        def alter(case):
            if case.is_open:
                case.closed_at, case.closed_by = at, by
                case.waiting_since = case.handover = None
        return alter

    @staticmethod
    def open_again(case):
        if not case.is_open:
            case.closed_at = case.closed_by = None
            case.reopened += 1

    # What the daemon does by itself

    def since(self, case, rule):
        """Since when it is as the rule says; None when it is not."""
        if not case.is_open or rule["kind"] not in (None, case.kind):
            return None
        if rule["when"] == "no_progress":
            return self.went_forward(case) if case.waiting_since is None else None
        if rule["when"] == "overdue":
            return case.due
        if rule["when"] == "unowned":
            return case.owner_since if case.owner is None else None
        return case.waiting_since

    def firing(self, case, now):
        """The first rule that it has to have fired by now; None without any."""
        for rule in RULES:
            since = self.since(case, rule)
            if since is None or case.fired.get(rule["name"]) == since:
                continue
            if self.opening.firing(rule["after"], since) <= now:
                return rule
        return None

    def fire(self, case, rule, at):
        def alter(case):
            case.fired[rule["name"]] = self.since(case, rule)
            if rule["priority"] and PRIORITIES.index(rule["priority"]) > PRIORITIES.index(case.priority):
                case.priority = rule["priority"]
            if rule["owner"]:
                case.owner, case.handover = rule["owner"], None
        case.firings.append(rule["name"])
        self.change(case, at, None, alter)

    @staticmethod
    def go_on(case):
        """A case waits no longer, as its customer has called."""
        case.waiting_since = None

    def waits_in_vain(self, case):
        """Since when it is known that the customer of a case that waits has called; None when it has not."""
        if not case.is_open or case.waiting_since is None:
            return None
        since = [known for at, known in self.called.get(case.customer, []) if at > case.waiting_since]
        return min(since, default=None)

    def call(self, customer, at, now):
        """A customer called, and that is known now."""
        self.called.setdefault(customer, []).append((at, now))
        self.touch(customer, at, now)

    def touch(self, customer, at, now):
        """A customer was in touch, and it is known now."""
        self.inbound[customer] = max(self.inbound.get(customer, 0), at)
        self.weigh(customer, now)

    def weigh(self, customer, now):
        """Keeps since when a closed case may open again because its customer was in touch."""
        found = self.to_open_again(customer, now)
        for case in self.of.get(customer, []):
            if case.is_open:
                case.may_open_again = None
        if found and found.may_open_again is None:
            found.may_open_again = now

    def to_open_again(self, customer, now):
        cases = [case for case in self.of.get(customer, []) if case.kind == "case"]
        if not cases or any(case.is_open for case in cases):
            return None
        last = max(cases, key=lambda case: (case.closed_at, case.id))
        is_late = now - last.closed_at >= REOPEN_MS
        return None if is_late or self.inbound.get(customer, 0) <= last.closed_at else last

    # How it is judged

    @staticmethod
    def went_forward(case):
        return case.progress_at or case.created_at

    @staticmethod
    def holder(case, now):
        return case.claim[0] if case.claim and now - case.claim[1] < CLAIM_MS else None

    @staticmethod
    def is_overdue(case, now):
        return case.is_open and case.due is not None and case.due < now

    def is_at_risk(self, case, now):
        return case.is_open and case.due is not None and now <= case.due < self.opening.after(REMIND_MS, now)

    def is_stalled(self, case, now):
        return (case.is_open and case.kind == "case" and case.waiting_since is None
                and self.went_forward(case) < self.opening.before(STALLED_MS, now))

    def shown(self, case, now):
        """As the interface has it."""
        holder = self.holder(case, now)
        return {
            "id": case.id, "customer": case.customer, "kind": case.kind, "title": case.title,
            "phase": case.phase if case.is_open else "closed", "progress": case.progress, "priority": case.priority,
            "owner": case.owner, "due": time(case.due), "next_step": case.next_step, "came_by": case.came_by,
            "waiting": case.waiting_since is not None, "waiting_since": time(case.waiting_since),
            "contacts": case.contacts, "calls": case.calls,
            "handover": case.handover and dict(case.handover, at=time(case.handover["at"])),
            "reopened": case.reopened, "closed_at": time(case.closed_at), "closed_by": case.closed_by,
            "overdue": self.is_overdue(case, now), "at_risk": self.is_at_risk(case, now),
            "stalled": self.is_stalled(case, now),
            "remind_at": time(self.opening.before(REMIND_MS, case.due)) if case.is_open and case.due else None,
            "progress_at": time(self.went_forward(case)),
            "response_ms": case.responded_at and case.responded_at - case.created_at,
            "claimed_by": holder, "claimed_at": time(case.claim[1]) if holder else None,
            "created_at": time(case.created_at), "created_by": case.created_by, "version": case.version}

    def open_ones(self):
        return [case for case in self.cases.values() if case.is_open]

    def tally(self, cases, now):
        """How many of them are open and how many have which delay."""
        return {
            "open": len(cases), "overdue": sum(self.is_overdue(one, now) for one in cases),
            "at_risk": sum(self.is_at_risk(one, now) for one in cases),
            "stalled": sum(self.is_stalled(one, now) for one in cases),
            "unowned": sum(one.owner is None for one in cases),
            "waiting": sum(one.waiting_since is not None for one in cases)}

    def workload(self, owner, now):
        """What one operator, or nobody, has open."""
        own = [case for case in self.open_ones() if case.owner == owner]
        cases = [case for case in own if case.kind == "case"]
        promises = [case for case in own if case.kind == "promise"]
        tasks = [case for case in own if case.kind == "task"]
        idle = [self.went_forward(case) for case in cases if case.waiting_since is None]
        late = [self.is_overdue(case, now) for case in cases].count(True)
        return {
            "cases": len(cases), "cases_overdue": late, "promises": len(promises),
            "promises_due": sum(case.due is not None and now <= case.due < next_midnight(now) for case in promises),
            "promises_overdue": sum(self.is_overdue(case, now) for case in promises),
            "tasks": len(tasks), "tasks_overdue": sum(self.is_overdue(case, now) for case in tasks),
            "promises_at_risk": sum(self.is_at_risk(case, now) for case in promises),
            "cases_at_risk": sum(self.is_at_risk(case, now) for case in cases),
            "stalled": sum(self.is_stalled(case, now) for case in cases),
            "progress_at": time(max((self.went_forward(case) for case in own), default=None)),
            "idle_since": time(min(idle, default=None))}


def time(ms):
    return None if ms is None else rfc(ms)
