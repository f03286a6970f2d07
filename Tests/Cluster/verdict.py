"""What is held against each other at the end: every node's log and figures, what was acknowledged, and the model."""
import json
import pathlib
import random
import sys
from urllib.parse import urlencode

sys.path.append(str(pathlib.Path(__file__).parents[1] / "Independent"))
from centre import QUARTER_MS, Centre  # noqa: E402
from compare import Comparison  # noqa: E402
from times import rfc  # noqa: E402

#: How many differences of one kind are told.
TOLD_MAX = 10


class Verdict:
    def __init__(self, nodes, truth, settings, started_ms, ended_ms):
        self.nodes, self.truth, self.settings = nodes, truth, settings
        self.begin = started_ms // QUARTER_MS * QUARTER_MS
        self.end = (ended_ms // QUARTER_MS + 1) * QUARTER_MS
        self.ended_ms = ended_ms
        self.wrong, self.counts = [], {}

    def say(self, texts):
        self.wrong += texts[:TOLD_MAX]
        if len(texts) > TOLD_MAX:
            self.wrong.append(f"… and {len(texts) - TOLD_MAX} more of that kind")

    def all(self, lists=0.05):
        self.say(self.truth.wrong)
        self.order_of_acknowledgement()
        logs = {node.name: node.lines("/v1/log") for node in self.nodes}
        for name, lines in logs.items():
            self.log(name, lines)
        self.alike("the log", {name: lines for name, lines in logs.items()})
        self.figures(lists)
        self.replayed()
        self.doctor()

    def acknowledged(self):
        """(seq, source, id) in the log's order."""
        return sorted((seq, source, name) for (source, name), seq in self.truth.by_id.items())

    # The log

    def order_of_acknowledgement(self):
        """A source's events have their places in the order in which it sent them. An event that a node refused, as it
        could not keep more, is sent again behind others: that is told and no error."""
        last, late, texts = {}, 0, []
        for seq, source, name in self.acknowledged():
            said = self.truth.events[source, name]
            before = last.get(source)
            if before is not None and said.serial < before.serial:
                if said.refused:
                    late += 1
                    continue
                texts.append(f"{name} of {source} stands behind {before.fields['id']}, which was sent later")
            last[source] = said
        self.counts["behind_as_refused"] = late
        self.say(texts)

    def log(self, node, lines):
        """Every acknowledged event is there once, in the order of the places that were acknowledged."""
        expected = [(source, name) for _, source, name in self.acknowledged()]
        known, found, twice = set(expected), [], []
        seen = set()
        for line in lines:
            fields = json.loads(line)
            key = (fields.get("source"), fields.get("id"))
            if key not in known:
                if key in self.truth.events or str(key[0]).startswith("pbx"):
                    twice.append(f"{node}: {key[1]} of {key[0]} is in the log, and nobody acknowledged it")
                continue
            if key in seen:
                twice.append(f"{node}: {key[1]} of {key[0]} is in the log twice")
            seen.add(key)
            found.append(key)
        self.say(twice)
        self.say([f"{node}: {name} of {source}, acknowledged as {self.truth.by_id[source, name]}, is not in the log"
                  for source, name in expected if (source, name) not in seen])
        if not twice and len(found) == len(expected):
            self.say([f"{node}: place {place} of our events has {theirs} and not {ours}"
                      for place, (theirs, ours) in enumerate(zip(found, expected)) if theirs != ours])
        self.counts["in_the_log"] = len(found)

    def alike(self, what, by_node):
        """The first node's against each other's."""
        (first, one), *others = by_node.items()
        for name, other in others:
            if one == other:
                continue
            if isinstance(one, list):
                place = next((i for i, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
                self.say([f"{what} of {first} ({len(one)}) and of {name} ({len(other)}) differ from line {place + 1} "
                          f"on: {one[place:place + 1]} and {other[place:place + 1]}"])
            else:
                self.say([f"{what} differs: {first} {self.different(one, other)} {name}"])

    @staticmethod
    def different(one, other, path=""):
        """The first member that differs."""
        if isinstance(one, dict) and isinstance(other, dict):
            for key in sorted(set(one) | set(other)):
                if one.get(key) != other.get(key):
                    return Verdict.different(one.get(key), other.get(key), f"{path}.{key}")
        return f"{path[1:]} is {one!r} and {other!r} of"

    # Figures

    def model(self):
        """The independent model, told what was acknowledged in the log's order."""
        centre = Centre(self.settings)
        for _, source, name in self.acknowledged():
            said = self.truth.events[source, name]
            centre.take(said.fields, said.t, said.t)
            if said.fields["type"] == "call.offered" and said.fields["from"] in self.settings.blocked:
                centre.reject(centre.calls[said.fields["call"]])
        return centre

    def figures(self, lists):
        centre = self.model()
        self.counts["calls"] = len(centre.calls)
        centre.now = self.ended_ms
        period = urlencode({"from": rfc(self.begin), "to": rfc(self.end)})
        self.alike("stats", {node.name: self.timeless(node.get(f"/v1/stats?{period}")) for node in self.nodes})
        steps = urlencode({"from": rfc(self.begin), "to": rfc(self.end), "step": "15m", "by": "queue"})
        self.alike("intervals", {node.name: self.timeless(node.get(f"/v1/intervals?{steps}")) for node in self.nodes})
        self.alike("what `screenpop stats --json` says", {
            node.name: self.timeless(json.loads(node.command("stats", "--json"))) for node in self.nodes})
        compared = 0
        for node in self.nodes:
            comparison = Comparison(node, centre, random.Random(node.name), lists)
            comparison.all(self.begin, self.end)
            comparison.customers()
            compared += comparison.compared
            self.say([f"{node.name}: {text}" for text in comparison.different])
        self.counts["figures_compared"] = compared

    @staticmethod
    def timeless(answer):
        """Without what depends on when somebody asked."""
        if isinstance(answer, dict):
            return {key: Verdict.timeless(value) for key, value in answer.items()
                    if key not in ("at", "to", "longest_wait_ms", "callbacks_oldest_ms")}
        return [Verdict.timeless(value) for value in answer] if isinstance(answer, list) else answer

    def replayed(self):
        """By the leader alone: the others send it what is no GET."""
        node = next(iter(self.nodes))
        status, text = node.ask("POST", "/v1/log/replay", seconds=600)
        answer = json.loads(text)
        if status != 200 or answer.get("equal") is not True:
            self.say([f"{node.name}: a replay of the log is not what is alive: {text[:600].decode()}"])

    def doctor(self):
        """Nothing is wrong any more, as the nodes see it themselves; and the command line says who leads."""
        leaders = {}
        for node in self.nodes:
            findings = node.get("/v1/doctor")["findings"]
            self.say([f"{node.name}: the doctor says: {one['what']}" for one in findings
                      if one["severity"] == "problem"])
            if not node.is_alone:
                leaders[node.name] = json.loads(node.command("cluster", "--json"))["leader"]
        if leaders:
            self.alike("who leads", leaders)
