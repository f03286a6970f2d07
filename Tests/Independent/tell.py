"""Tells what happened, as the model has it and as the daemon does: for whoever looks for the cause of a difference."""
from times import rfc

INNER = ("t", "order", "read", "short_ms", "call", "id", "time")


def clock(ms):
    return rfc(ms)[11:23] if ms is not None else "-"


def everything(run, name):
    """By the name of a call, a number as callers write it, or an operator."""
    for known in run.centre.calls.values():
        if known.name == name or run.centre.party(known) == name:
            call(run, known)
    if name in run.centre.marks:
        operator(run, name)
    for at, event in run.centre.contacts:
        if event["from"] == name:
            print("  contact", clock(at), event)
    for number, at in run.centre.reached_by_hand:
        if number == name:
            print("  reached", clock(at))


def call(run, known):
    story = known.story
    print(known.name)
    for fact in known.facts:
        print("  fact   ", clock(fact["t"]), clock(fact["read"]), {key: fact[key] for key in fact if key not in INNER})
    told = run.daemon.get(f"/v1/calls/{known.name}")
    print("  routed ", told["routing"] and told["routing"]["text"])
    others = [other for other in run.centre.calls.values() if run.centre.party(other) == run.centre.party(known)]
    print("  calls of this number:", ", ".join(
        f"{other.name} {clock(other.story.begin)} {other.story.outcome()}" for other in others))
    for visit in story.visits:
        print("  model  ", visit.queue, clock(visit.start), visit.outcome, clock(visit.outcome_at), visit.transfers,
              visit.holds, "partial" if visit.partial else "")
    for visit in told["visits"]:
        print("  daemon ", {key: value for key, value in visit.items() if value})
    for leg in story.legs:
        print("  model  ", leg.operator, leg.visit and leg.visit.place, clock(leg.began), clock(leg.answered),
              clock(leg.ended), leg.end, leg.talk_and_hold() if leg.ended is not None else "")
    for leg in told["legs"]:
        print("  daemon ", {key: value for key, value in leg.items() if value})


def operator(run, name):
    for mark in run.centre.marks[name]:
        print("  mark   ", clock(mark["t"]), clock(mark["read"]), mark["type"], mark.get("reason"))
    for state, reason, begin, end in run.centre.operator(name).spans():
        print("  model  ", clock(begin), clock(end), state, reason)
    for known in run.centre.calls.values():
        for leg in known.story.legs:
            if leg.operator == name:
                print("  leg    ", clock(leg.began), clock(leg.answered), clock(leg.ended), known.name, leg.end)
