"""A customer is erased through a follower: nothing of it is left on any node or in the database; no figure moves."""
import json
from urllib.parse import urlencode

from processes import wait_until
from verdict import Verdict, rfc

#: Seconds until every node is done. A state has to be in a checkpoint first.
DONE_S = 90


def forget(nodes, trio, truth, verdict):
    """Says in `verdict` what is wrong."""
    words, customer = chosen(nodes, truth, verdict.settings)
    leader = nodes.leader()
    follower = next((node for node in nodes if node.name != leader), nodes.all[0])
    period = urlencode({"from": rfc(verdict.begin), "to": rfc(verdict.end)})

    def figures():
        return {node.name: Verdict.timeless(node.get(f"/v1/stats?{period}")) for node in nodes}

    before = figures()
    if not all(left(nodes, trio, words[:1]).values()):
        verdict.say(["the customer to erase is not everywhere before: this says nothing"])
        return
    status, text = follower.ask("POST", f"/v1/customers/{customer}/erase", {"reason": "bed"}, seconds=60)
    if status not in (200, 202):
        verdict.say([f"{follower.name} erases nobody: {status} {text[:300].decode(errors='replace')}"])
        return
    try:
        wait_until("the erase at every node", lambda: not any(left(nodes, trio, words).values()), DONE_S, pause=0.5)
    except RuntimeError:
        verdict.say([f"{DONE_S} s after an erase {what} has {found}"
                     for what, found in left(nodes, trio, words).items() if found])
    after = figures()
    verdict.say([f"an erase changed figures of {name}: {Verdict.different(before[name], after[name])}"
                 for name in before if before[name] != after[name]])
    verdict.counts["calls_of_the_erased"] = json.loads(text)["erased"]["calls"]
    if not verdict.counts["calls_of_the_erased"]:
        verdict.say(["the erased customer had no calls: this says nothing"])


def chosen(nodes, truth, settings):
    """Somebody whose numbers nobody else has, with most calls: what to look for, and the id."""
    def numbers(one):
        return [one[key] for key in ("phone", "phone2") if one[key]]

    owners = {}
    for one in settings.customers:
        for number in numbers(one):
            owners.setdefault(number, []).append(one)
    calls = {}
    for said in truth.events.values():
        if said.fields["type"] == "call.offered":
            calls[said.fields["from"]] = calls.get(said.fields["from"], 0) + 1
    alone = [one for one in settings.customers if all(len(owners[number]) == 1 for number in numbers(one))]
    one = max(alone, key=lambda one: sum(calls.get(number, 0) for number in numbers(one)))
    found = nodes.all[0].get("/v1/customers?" + urlencode({"phone": one["phone"]}))["customers"]
    # Without the 0 in front: as numbers stand in the log in both forms.
    return [one["name"]] + [number.lstrip("0") for number in numbers(one)], found[0]["id"]


def left(nodes, trio, words):
    """Which of the words are where."""
    found = {}
    for node in nodes:
        found[node.name] = sorted({
            f"{word} in {file.name}" for file in (node.folder / "state").iterdir()
            if file.is_file() and not file.name.endswith("-shm")
            for data in [file.read_bytes()] for word in words if word.encode() in data})
    if trio:
        server = trio.servers[trio.primary]
        found["the database"] = [
            f"{word} in {rows} rows" for word in words if (rows := int(server.ask(
                "SELECT count(*) FROM screenpop_burst WHERE position(convert_to("
                f"'{word}', 'UTF8') IN entries) > 0", "screenpop", seconds=30)))]
    return found
