"""A customer's history: every contact, calls in both directions included, the newest first."""
from times import rfc


def of(centre, customer):
    found = []
    for call in centre.calls.values():
        story = call.story
        if centre.customer(call) is not customer:
            continue
        answered = [leg for leg in story.legs if leg.answered is not None]
        if story.ended is None:
            continue
        talks = [leg.talk_and_hold()[0] for leg in answered]
        start = story.offered if story.offered is not None else story.begin
        found.append((start, {
            "at": rfc(start), "channel": "phone", "direction": "inbound" if story.dialed is None else "outbound",
            "operator": answered[-1].operator if answered else story.dialer,
            "duration_ms": sum(talks) if talks else None,
            "outcome": story.outcome(), "line": story.to if story.dialed is None else None}))
    for at, event in centre.contacts:
        if event["from"] in (customer["phone"], customer["phone2"]):
            found.append((at, {"at": rfc(at), "channel": event["channel"], "direction": event["direction"],
                               "summary": event["summary"]}))
    return [entry for _, entry in sorted(found, key=lambda one: -one[0])]
