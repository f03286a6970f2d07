"""Holds what the daemon says against what the model says, and keeps what differs."""
from collections import Counter
from urllib.parse import urlencode

import callbacks
import history
from times import millis, rfc
from figures import OUTCOMES, Ledger, Scope


# Figures of a queue, and the list that opens each: our name of what is counted, and the parts of a ratio.
COUNTS = OUTCOMES + ("offered", "transfers", "holds")
LISTS = COUNTS + ("handled", "known_number", "repeat", "answered_timed", "answered_within", "abandoned_timed",
                  "ended_timed", "not_queued", "answered_calls", "documented", "dispositions", "complaints", "waiting",
                  "waiting_ringing", "waiting_vip")

RECEIPTS = ("offered", "answered", "abandon_rate", "service_level", "aht_ms", "repeat_rate", "complaint_rate",
            "documented_rate")
#: How many contacts a customer's record has at most.
HISTORY = 100
KINDS = {"abandoned": "abandoned", "callback": "requested"}


def e164(number):
    return "81" + number[1:]


class Comparison:
    def __init__(self, daemon, centre, random, share):
        """share: of the lists and receipts, those that are asked for; figures are all compared."""
        self.daemon, self.centre, self.random, self.share = daemon, centre, random, share
        self.compared, self.different = 0, []

    def same(self, what, theirs, ours, near=0.0):
        self.compared += 1
        if theirs == ours:
            return True
        if None not in (theirs, ours) and isinstance(theirs, (int, float)) and not isinstance(theirs, bool):
            allowed = max(near * ours, 1) if near == 0.01 else 1e-9
            if isinstance(ours, (int, float)) and abs(theirs - ours) <= allowed:
                return True
        self.different.append(f"{what}: daemon {theirs!r}, model {ours!r}")
        return False

    def all(self, begin, end):
        self.ledger = Ledger(self.centre)
        period = {"from": rfc(begin), "to": rfc(end)}
        stats = self.daemon.get("/v1/stats?" + urlencode(period))
        self.same(f"incomplete {rfc(begin)[11:16]}-{rfc(end)[11:16]}", stats["centre"]["incomplete"],
                  self.centre.is_incomplete(begin, end))
        self.one_period("", stats["centre"], Scope(), begin, end, {})
        for queue, figures in stats["queues"].items():
            self.one_period(f"queue {queue}", figures, Scope("queue", queue), begin, end, {"queue": queue})
        for tier, figures in stats["tiers"].items():
            self.one_period(f"tier {tier}", figures, Scope("tier", tier), begin, end, {"tier": tier})
        for name, figures in stats["operators"].items():
            self.operator(name, figures, begin, end)
        return stats

    def one_period(self, name, theirs, scope, begin, end, asked):
        ours, found, now = self.ledger.queue_figures(scope, begin, end)
        where = f"{name or 'centre'} {rfc(begin)[11:16]}-{rfc(end)[11:16]}"
        for figure, value in ours.items():
            if figure == "service_level":
                for variant, level in value.items():
                    self.same(f"{where} service_level.{variant}", theirs[figure][variant], level, near=1e-9)
            elif figure not in theirs:
                if asked is None and figure in ("waiting_ringing", "waiting_vip", "longest_wait_ms"):
                    continue
                self.same(f"{where} {figure}", "absent", value)
            else:
                near = 0.01 if "_p" in figure else 0
                self.same(f"{where} {figure}", theirs[figure], value, near)
        if asked is not None:
            self.due(where, theirs, scope, asked)
        for figure in LISTS if asked is not None else []:
            counted = now[figure] if figure.startswith("waiting") else found[figure]
            self.list(where, figure, [one.call.name for one in counted], dict(asked), begin, end)
        for figure in RECEIPTS if asked is not None else []:
            self.receipt(where, figure, asked, begin, end, found, now)

    def due(self, where, theirs, scope, asked):
        """Who is to be called back, by the newest loss of each."""
        entries = []
        for entry in self.ledger.due.values():
            _, _, call, queue, _ = entry.lost[-1]
            tier = self.centre.tier(self.centre.calls[call])
            if scope.kind == "centre" or scope.name == (queue if scope.kind == "queue" else tier):
                entries.append(entry)
        self.same(f"{where} callbacks_due", theirs["callbacks_due"], len(entries))
        if self.random.random() < self.share:
            query = dict(asked, receipt="true", figure="callbacks_due", lang="en")
            receipt = self.daemon.get("/v1/stats?" + urlencode(query))
            self.same(f"{where} receipt of callbacks_due", receipt["value"], len(entries))

    def list(self, where, figure, ours, asked, begin, end):
        if self.random.random() >= self.share:
            return
        theirs = self.listed(dict(asked, figure=figure, **{"from": rfc(begin), "to": rfc(end)}))
        self.same_calls(f"{where} list of {figure}", [call["call"] for call in theirs], ours)

    def listed(self, query):
        calls, after = [], None
        while True:
            more = {"after": after} if after else {}
            page = self.daemon.get("/v1/calls?" + urlencode(dict(query, limit=1000, **more)))
            calls += page["calls"]
            after = page["next"]
            if not after:
                return calls

    def same_calls(self, what, theirs, ours):
        theirs, ours = Counter(theirs), Counter(ours)
        self.compared += 1
        if theirs != ours:
            more, less = sorted((theirs - ours).elements()), sorted((ours - theirs).elements())
            self.different.append(f"{what}: only the daemon has {more}, only the model {less}")

    def receipt(self, where, figure, asked, begin, end, found, now):
        if self.random.random() >= self.share:
            return
        query = dict(asked, receipt="true", figure=figure, lang="en", **{"from": rfc(begin), "to": rfc(end)})
        receipt = self.daemon.get("/v1/stats?" + urlencode(query))
        for part in receipt["parts"]:
            if part["figure"] in found:
                counted = now["waiting"] if part["figure"] == "waiting" else found[part["figure"]]
                ours = [one.call.name for one in counted]
                self.same_calls(f"{where} receipt of {figure}, {part['figure']}", part["calls"], ours)
                self.same(f"{where} receipt of {figure}, count of {part['figure']}", part["count"], len(ours))

    def intervals(self, begin, end):
        """The same figures as history tells them."""
        for by in ("centre", "queue", "tier", "line", "operator"):
            answer = self.daemon.get("/v1/intervals?" + urlencode(
                {"from": rfc(begin), "to": rfc(end), "step": "15m", "by": by}))
            for row in answer["intervals"]:
                since, until = millis(row["from"]), millis(row["to"])
                if by == "operator":
                    self.operator(row["operator"], row, since, until, lists=False)
                else:
                    scope = Scope(by, row.get(by))
                    self.one_period(f"history of {by} {row.get(by, '')}", row, scope, since, until, None)

    def customers(self):
        for customer in self.centre.settings.customers:
            theirs = self.daemon.get(f"/v1/customers/{customer['id']}")["history"]
            ours = history.of(self.centre, customer)[:len(theirs)]
            for place, (one, other) in enumerate(zip(theirs, ours)):
                self.same(f"history of {customer['name']} {place}", {key: one[key] for key in other}, other)
            self.same(f"length of the history of {customer['name']}", len(theirs),
                      min(len(history.of(self.centre, customer)), HISTORY))

    def callbacks(self):
        """The list of callbacks, who was reached, and the figures that count them."""
        now = self.centre.now
        answer = self.daemon.get("/v1/callbacks")
        theirs = {entry["id"]: entry for entry in answer["callbacks"]}
        due = ours = {e164(number): entry for number, entry in callbacks.due(self.centre).items()}
        self.same_calls("list of callbacks", list(theirs), list(ours))
        for number in theirs.keys() & ours.keys():
            self.callback(number, theirs[number], ours[number])
        done = self.daemon.get("/v1/callbacks?state=done")["callbacks"]
        theirs = sorted((entry["id"], entry["since"], entry["reached_at"], entry["recall_ms"]) for entry in done)
        ours = sorted(
            (e164(number), rfc(lost), rfc(at), at - lost)
            for number, times in callbacks.reached(self.centre).items() for lost, at in times[-1:]
            if e164(number) not in due)
        for one in {number for number, *_ in theirs + ours}:
            self.same(f"reached callback {one}", [e for e in theirs if e[0] == one], [e for e in ours if e[0] == one])

    def callback(self, number, theirs, ours):
        where = f"callback {number}"
        self.same(f"{where} kind", theirs["kind"], ours.kind)
        self.same(f"{where} since", theirs["since"], rfc(ours.since))
        self.same(f"{where} queue", theirs["queue"], ours.lost[-1][3])
        self.same(f"{where} claimed_by", theirs["claimed_by"], ours.claimed_by)
        self.same(f"{where} calls",
                  [(one["call"], one["at"], one["kind"], one["waited_ms"]) for one in theirs["calls"]],
                  [(call, rfc(at), KINDS[kind], wait) for at, kind, call, _, wait in ours.lost])
        self.same(f"{where} tries", [(one["call"], one["at"], one["operator"]) for one in theirs["tries"]],
                  [(call, rfc(at), who) for at, call, who, _ in ours.tries])

    def operator(self, name, theirs, begin, end, lists=True):
        ours, behind = self.ledger.operator_figures(name, begin, end)
        where = f"operator {name} {rfc(begin)[11:16]}-{rfc(end)[11:16]}"
        for figure, value in ours.items():
            if figure in ("state", "reason", "since") and figure not in theirs:
                continue        # of a time past
            if figure == "since":
                self.same(f"{where} since", theirs["since"], rfc(value))
            else:
                near = 1e-9 if figure == "occupancy" else 0
                self.same(f"{where} {figure}", theirs.get(figure, "absent"), value, near)
        for figure, names in behind.items() if lists else []:
            self.list(where, figure, names, {"operator": name}, begin, end)
