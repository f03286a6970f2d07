"""Holds what the daemon says against the books, and makes the account of the week."""
import http.client
import json
import time
from urllib.parse import urlencode

from callbook import OUTCOMES
from casework import APART_MS
from opening import DAY_MS, day_of, start_of
from plan import OPERATORS, QUEUES, TIERS, e164
from times import millis, rfc

FIGURES = OUTCOMES + ("offered", "waiting", "transfers", "holds", "callbacks_due", "dispositions")


class Audit:
    def __init__(self, play):
        self.play, self.desks = play, play.desks

    @property
    def now(self):
        return self.play.clock.ms

    def same(self, kind, what, theirs, ours):
        self.play.compared += 1
        if theirs == ours:
            return True
        if isinstance(theirs, dict) and isinstance(ours, dict):
            theirs, ours = ({key: one.get(key) for key in theirs.keys() | ours.keys()
                             if theirs.get(key) != ours.get(key)} for one in (theirs, ours))
        self.play.differ(kind, f"{what} at {rfc(self.now)}: daemon {theirs}, model {ours}")
        return False

    def same_set(self, kind, what, theirs, ours):
        """Lists in any order; nothing may be in one of them twice."""
        self.play.compared += 1
        theirs, ours = list(theirs), list(ours)
        twice = {one for one in theirs if theirs.count(one) > 1} if len(set(theirs)) < len(theirs) else set()
        more, less = set(theirs) - set(ours), set(ours) - set(theirs)
        if twice or more or less:
            self.play.differ(kind, f"{what} at {rfc(self.now)}: only the daemon has {sorted(more)}, only the model "
                                   f"{sorted(less)}, twice {sorted(twice)}")

    # What is compared now and then, while everything goes on

    def everything_open(self):
        self.cases()
        self.callbacks()
        self.work()
        self.inbox()
        self.figures(day_of(self.now))

    def cases(self):
        """Every case and promise, open and closed; what a rule had to do is done."""
        book, work = self.play.cases, self.play.work
        told = {one["id"]: one for one in self.desks.pages("/v1/cases?state=all&limit=1000")}
        self.same_set("case", "the list of cases", told, book.cases)
        for number in told.keys() & book.cases.keys():
            case = book.cases[number]
            work.catch_up(case, told[number]["version"])
            work.compare(case, told[number])
            if book.waits_in_vain(case):
                self.play.differ("went on", f"case {number} waits for its customer, who called")
            rule = book.firing(case, self.now)
            if rule:
                self.play.differ("escalations", f"case {number} has not fired {rule['name']} by {rfc(self.now)}")
        for customer in book.of:
            case = book.to_open_again(customer, self.now)
            if case:
                self.play.differ("openings", f"case {case.id} was not opened again by {rfc(self.now)}")
        open_ones = book.open_ones()
        counts = self.desks.get("/v1/cases/counts")
        ours = {kind: book.tally([one for one in open_ones if one.kind == kind], self.now)
                for kind in ("case", "promise", "task")}
        self.same("case", "counts of cases by kind", counts["by_kind"], ours)
        self.same("case", "counts of cases", {key: counts[key] for key in ours["case"]},
                  {key: sum(one[key] for one in ours.values()) for key in ours["case"]})
        owners = {}
        for one in open_ones:
            if one.owner:
                owners[one.owner] = owners.get(one.owner, 0) + 1
        self.same("case", "cases by owner", counts["by_owner"], owners)

    def callbacks(self):
        book = self.play.calls
        told = {one["id"]: one for one in self.desks.get("/v1/callbacks")["callbacks"]}
        self.same_set("callbacks", "the list of callbacks", told, [e164(number) for number in book.due])
        for number, entry in book.due.items():
            one = told.get(e164(number))
            if one:
                self.same("callbacks", f"callback {number}", {
                    "kind": one["kind"], "since": one["since"], "claimed_by": one["claimed_by"],
                    "calls": [(lost["call"], lost["kind"], lost["queue"], lost["waited_ms"]) for lost in one["calls"]],
                    "tries": [(made["call"], made["operator"]) for made in one["tries"]]}, {
                    "kind": entry.lost[-1][1], "since": rfc(entry.since), "claimed_by": book.holder(number, self.now),
                    "calls": [(call, kind, queue, wait) for _, kind, call, queue, wait, _ in entry.lost],
                    "tries": [(call, who) for _, call, who in entry.tries]})
        done = self.desks.get("/v1/callbacks?state=done")["callbacks"]
        self.same_set("callbacks", "callbacks that were done",
                      [(one["id"], one["since"], one["reached_at"], one["recall_ms"]) for one in done],
                      [(number, rfc(since), rfc(at), at - since) for number, since, at in book.done_lately(self.now)])

    def work(self):
        for who in OPERATORS:
            self.same("lists", f"the work of {who}", self.play.list.told(who), self.play.list.expected(who))
        self.workload()

    def workload(self):
        told, book = self.desks.get("/v1/workload"), self.play.cases
        did = self.play.calls.operator_figures(start_of(day_of(self.now)), self.now + 1)
        rows = {row["operator"]: row for row in told["operators"]}
        holders = [self.play.calls.holder(number, self.now) for number in self.play.calls.due]
        mails = self.play.post.holders(self.now)
        for who in OPERATORS:
            row = rows.get(who)
            if row is None:
                self.play.differ("lists", f"the workload of {who} is not there at {rfc(self.now)}")
                continue
            ours = book.workload(who, self.now)
            one = did.get(who, {})
            ours |= {"answered": one.get("answered", 0), "dialed": one.get("dialed", 0),
                     "callbacks": holders.count(who), "mails": mails.count(who)}
            self.same("lists", f"the workload of {who}", {key: row[key] for key in ours}, ours)
        ours = book.workload(None, self.now)
        self.same("lists", "the workload of nobody", {key: told["unowned"][key] for key in ours}, ours)

    def inbox(self):
        ours = [mail.item for mail in self.play.post.mails.values() if mail.state == "open"]
        told = self.desks.get("/v1/inbox?limit=1")["open"]
        self.same("mails", "how many are in the inbox", told, len(ours))

    # Figures

    def figures(self, day):
        """Of one day: the centre, each queue, each tier, each operator."""
        begin = start_of(day)
        end = min(begin + DAY_MS, self.now // 900_000 * 900_000 + 900_000)
        if begin >= end:
            return
        stats = self.desks.get("/v1/stats?" + urlencode({"from": rfc(begin), "to": rfc(end)}))
        self.set_of(f"figures of {day}", stats["centre"], self.play.calls.figures(begin, end))
        for queue in QUEUES:
            if queue in stats["queues"]:
                self.set_of(f"figures of {queue}, {day}", stats["queues"][queue],
                            self.play.calls.figures(begin, end, queue=queue))
        for tier in set(TIERS) | {"unknown"}:
            if tier in stats["tiers"]:
                self.set_of(f"figures of {tier}, {day}", stats["tiers"][tier],
                            self.play.calls.figures(begin, end, tier=tier))
        for who, ours in self.play.calls.operator_figures(begin, end).items():
            told = stats["operators"].get(who, {})
            theirs = {key: told.get(key) for key in ("answered", "unanswered", "transfers_out")}
            outbound = told.get("outbound", {})
            theirs |= {key: outbound.get(key) for key in ("dialed", "reached")}
            self.same("figures", f"figures of operator {who}, {day}", theirs, ours)

    def set_of(self, what, told, ours):
        self.same("figures", what, {key: told[key] for key in FIGURES}, {key: ours[key] for key in FIGURES})

    def kept_figures(self, day):
        """The same of a day that is over, as history has them."""
        begin = start_of(day)
        for by, keys in (("centre", [None]), ("queue", QUEUES), ("tier", sorted(set(TIERS) | {"unknown"}))):
            rows = self.desks.get("/v1/intervals?" + urlencode({
                "from": rfc(begin), "to": rfc(begin + DAY_MS), "step": "1d", "by": by}))["intervals"]
            for key in keys:
                row = next((one for one in rows if one.get(by) == key), {})
                ours = self.play.calls.figures(begin, begin + DAY_MS, **({by: key} if key else {}))
                names = [name for name in FIGURES if name != "callbacks_due"]
                self.same("figures", f"kept figures of {key or 'the centre'}, {day}",
                          {name: row.get(name) or 0 for name in names if name != "waiting"} | {
                              "dispositions": row.get("dispositions") or {}},
                          {name: ours[name] for name in names if name != "waiting"})

    # The account at the end

    def account(self, days):
        for day in days:
            self.kept_figures(day)
        self.calls()
        self.owners()
        self.messages()
        self.told_late()
        self.mails()
        status, replay = self.desks.daemon.ask("POST", "/v1/log/replay")
        self.same("figures", "a replay of the log is what is alive", replay.get("equal") or replay, True)

    def calls(self):
        """Every call once, with its outcome, its disposition, and each note once."""
        book = self.play.calls.calls
        found = self.desks.pages(f"/v1/calls?from={rfc(self.play.first)}&limit=1000", "calls")
        self.same_set("calls", "the list of calls", [one["call"] for one in found], book)
        for one in found:
            call = book.get(one["call"])
            if call is None:
                continue
            ours = {"outcome": call.outcome, "disposition": call.disposition, "ended": call.ended is not None}
            theirs = {"outcome": one["outcome"], "disposition": one["disposition"],
                      "ended": one["ended_at"] is not None}
            self.same("calls", f"call {call.name}", theirs, ours)
            if call.notes:
                notes = self.desks.get(f"/v1/calls/{call.name}")["notes"]
                self.same("notes", f"notes of call {call.name}", sorted(note["text"] for note in notes),
                          sorted(call.notes))

    def owners(self):
        """Each case with everybody whose it was, in order."""
        for case in self.play.cases.cases.values():
            told = self.desks.get(f"/v1/cases/{case.id}")
            self.same("handovers", f"the owners of case {case.id}",
                      [(one["owner"], one["by"], one["note"]) for one in told["owners"]],
                      [(who, by, note) for who, _, by, note in case.owners])
            for one, (_, since, _, _) in zip(told["owners"], case.owners):
                if not 0 <= millis(one["since"]) - since <= APART_MS:
                    self.play.differ("handovers", f"case {case.id} was {one['owner']}'s since {one['since']}, says the "
                                                  f"daemon; the model: {rfc(since)}")

    def messages(self):
        """Supervisors were told of each escalation, once."""
        lines, names = [], {"late", "stuck", "nobody", "silent"}
        for one in self.desks.pages("/v1/messages?limit=1000"):
            name = one["text"].split(":")[0]
            if one["case"] and one["to"] == "supervisors" and name in names:
                lines.append((one["case"], name))
        ours = [(case.id, name) for case in self.play.cases.cases.values() for name in case.firings]
        self.same("escalations", "lines for supervisors", sorted(lines), sorted(ours))

    def told_late(self):
        """Whatever was late was told to those who follow the log, once for each due time."""
        told = [(one["case"], one["due"]) for one in self.late_events()]
        ours = [(case.id, rfc(case.due)) for case in self.play.cases.open_ones()
                if case.due is not None and case.due < self.play.settled_at]
        self.play.compared += len(told)
        if len(set(told)) < len(told):
            self.play.differ("late", f"told twice: {sorted(one for one in set(told) if told.count(one) > 1)}")
        ever = {(case.id, rfc(due)) for case in self.play.cases.cases.values() for due in case.dues}
        if set(told) - ever:
            self.play.differ("late", f"was never due then: {sorted(set(told) - ever)}")
        if set(ours) - set(told):
            self.play.differ("late", f"never told: {sorted(set(ours) - set(told))}")
        self.play.played["late"] = len(told)

    def late_events(self):
        """From the stream, up to the one of the last marker."""
        line = http.client.HTTPConnection("127.0.0.1", self.desks.port, timeout=20)
        line.request("GET", "/v1/events/stream?after=0&type=case.late", headers=self.desks.parts("900", None)[1])
        answer, found = line.getresponse(), []
        # The stream sends a comment every 15 s, so that a read of it alone does not end.
        deadline = time.monotonic() + 20
        while not found or found[-1]["case"] != self.play.marker.id:
            text = answer.readline() if time.monotonic() < deadline else b""
            if not text:
                self.play.differ("late", "the stream of events does not come to the end of what was late")
                break
            if text.startswith(b"data:"):
                found.append(json.loads(text[5:]))
        line.close()
        return found

    def mails(self):
        """Every mail in one place: on one record and in the case of the model, or in the inbox."""
        places = {}
        post = self.play.post
        for customer in sorted(post.owners):
            for one in self.desks.pages(f"/v1/customers/{customer}/contacts?limit=500"):
                name = one["summary"].rsplit("text of ", 1)[-1].split(".")[0]
                places.setdefault(name, []).append((customer, one["id"]))
        items = {}
        for one in self.desks.pages("/v1/inbox?state=all&limit=500"):
            items.setdefault(one["text"].split("text of ", 1)[-1].split(".")[0], []).append((one["id"], one["state"]))
        inside = {}
        for case in self.play.cases.cases.values():
            for contact in self.desks.get(f"/v1/cases/{case.id}")["contacts"]:
                inside.setdefault(contact, []).append(case.id)
        for mail in post.mails.values():
            at = [(mail.customer, mail.contact)] if mail.contact else []
            self.same("mails", f"records that {mail.name} is on", places.get(mail.name, []), at)
            self.same("mails", f"cases that {mail.name} is in", inside.get(mail.contact, []),
                      [mail.case] if mail.case else [])
            item = [(mail.item, mail.state)] if mail.item else []
            self.same("mails", f"items of the inbox for {mail.name}", items.get(mail.name, []), item)
        self.same_set("mails", "mails on records", places, [one.name for one in post.mails.values() if one.contact])
        self.same_set("mails", "mails in the inbox", items, [one.name for one in post.mails.values() if one.item])
