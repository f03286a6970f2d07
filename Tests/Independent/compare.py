"""Holds what the daemon says against what the model says, and keeps what differs."""
import math
from collections import Counter
from datetime import datetime, timezone
from urllib.parse import urlencode

import callbacks
from figures import OUTCOMES, Ledger, Scope


def rfc(ms):
    return datetime.fromtimestamp(ms / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03}Z"


def millis(text):
    return None if text is None else round(datetime.fromisoformat(text).timestamp() * 1000)


# Figures of a queue, and the list that opens each: our name of what is counted, and the parts of a ratio.
COUNTS = OUTCOMES + ("offered", "transfers", "holds")
LISTS = COUNTS + ("handled", "known_number", "repeat", "answered_timed", "answered_within", "abandoned_timed",
                  "ended_timed", "not_queued")

KINDS = {"abandoned": "abandoned", "callback": "requested"}


def e164(number):
    return "81" + number[1:]


class Comparison:
    def __init__(self, daemon, centre):
        self.daemon, self.centre = daemon, centre
        self.compared, self.different = 0, []

    def same(self, what, theirs, ours, near=0.0):
        self.compared += 1
        if theirs == ours:
            return True
        if None not in (theirs, ours) and isinstance(theirs, (int, float)) and not isinstance(theirs, bool):
            if isinstance(ours, (int, float)) and abs(theirs - ours) <= max(near * abs(ours), 1e-9 if not near else 1):
                return True
        self.different.append(f"{what}: daemon {theirs!r}, model {ours!r}")
        return False

    def all(self, begin, end):
        self.ledger = Ledger(self.centre)
        period = {"from": rfc(begin), "to": rfc(end)}
        stats = self.daemon.get("/v1/stats?" + urlencode(period))
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
                self.same(f"{where} {figure}", "absent", value)
            else:
                near = 0.01 if "_p" in figure else 0
                self.same(f"{where} {figure}", theirs[figure], value, near)
        for figure in LISTS:
            counted = now["waiting"] if figure == "waiting" else found[figure]
            self.list(where, figure, [one.call.name for one in counted], dict(asked), begin, end)
        for figure in ("offered", "answered", "abandon_rate", "service_level", "aht_ms", "repeat_rate"):
            self.receipt(where, figure, asked, begin, end, found, now)

    def list(self, where, figure, ours, asked, begin, end):
        theirs = self.listed(dict(asked, figure=figure, **{"from": rfc(begin), "to": rfc(end)}))
        self.same_calls(f"{where} list of {figure}", [call["call"] for call in theirs], ours)

    def listed(self, query):
        calls, after = [], None
        while True:
            page = self.daemon.get("/v1/calls?" + urlencode(dict(query, limit=1000, **({"after": after} if after else {}))))
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
        query = dict(asked, receipt="true", figure=figure, lang="en", **{"from": rfc(begin), "to": rfc(end)})
        receipt = self.daemon.get("/v1/stats?" + urlencode(query))
        for part in receipt["parts"]:
            if part["figure"] in found:
                counted = now["waiting"] if part["figure"] == "waiting" else found[part["figure"]]
                ours = [one.call.name for one in counted]
                self.same_calls(f"{where} receipt of {figure}, {part['figure']}", part["calls"], ours)
                self.same(f"{where} receipt of {figure}, count of {part['figure']}", part["count"], len(ours))

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
        ours = sorted((e164(number), rfc(lost), rfc(at), at - lost)
                      for number, times in callbacks.reached(self.centre).items() for lost, at in times[-1:] if e164(number) not in due)
        for one in {number for number, *_ in theirs + ours}:
            self.same(f"reached callback {one}", [e for e in theirs if e[0] == one], [e for e in ours if e[0] == one])

    def callback(self, number, theirs, ours):
        where = f"callback {number}"
        self.same(f"{where} kind", theirs["kind"], ours.kind)
        self.same(f"{where} since", theirs["since"], rfc(ours.since))
        self.same(f"{where} queue", theirs["queue"], ours.lost[-1][3])
        self.same(f"{where} claimed_by", theirs["claimed_by"], ours.claimed_by)
        self.same(f"{where} calls", [(one["call"], one["at"], one["kind"], one["waited_ms"]) for one in theirs["calls"]],
                  [(call, rfc(at), KINDS[kind], wait) for at, kind, call, _, wait in ours.lost])
        self.same(f"{where} tries", [(one["call"], one["at"], one["operator"]) for one in theirs["tries"]],
                  [(call, rfc(at), who) for at, call, who, _ in ours.tries])

    def operator(self, name, theirs, begin, end):
        ours, behind = self.ledger.operator_figures(name, begin, end)
        where = f"operator {name} {rfc(begin)[11:16]}-{rfc(end)[11:16]}"
        for figure, value in ours.items():
            if figure in ("dialed", "reached"):
                self.same(f"{where} {figure}", theirs["outbound"][figure], value)
            elif figure == "since":
                self.same(f"{where} since", theirs["since"], rfc(value))
            else:
                self.same(f"{where} {figure}", theirs.get(figure, "absent"), value, near=1e-9 if figure == "occupancy" else 0)
        for figure, names in behind.items():
            self.list(where, figure, names, {"operator": name}, begin, end)
