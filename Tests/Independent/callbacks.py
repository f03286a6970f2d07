"""Who waits to be called back, by number: callers who gave up or asked for it, and were not reached since."""


class Entry:
    def __init__(self, number):
        self.number = number
        self.lost, self.tries, self.claimed_by = [], [], None

    @property
    def since(self):
        return self.lost[0][0]

    @property
    def kind(self):
        return "requested" if self.lost[-1][1] == "callback" else "abandoned"


def moments(centre):
    """number -> (lost, reached, dialed), each in the order of time."""
    found = {}
    for call in centre.calls.values():
        number = centre.party(call)
        if number is None or call.story.blocked:
            continue
        lost, reached, dialed = found.setdefault(number, ([], [], []))
        story = call.story
        if story.dialed is not None:
            dialed.append((story.dialed, call.name, story.dialer, story.reached))
            if story.reached is not None:
                reached.append(story.reached)
        for visit in story.visits:
            if visit.outcome == "answered":
                reached.append(visit.outcome_at)
            elif visit.outcome in ("abandoned", "callback"):
                lost.append((visit.outcome_at, visit.outcome, call.name, visit.queue, visit.wait))
    for number, (lost, reached, _) in found.items():
        # A call to another number of the customer, or another contact with the customer, reaches them too.
        customer = centre.owner_of(number)
        if customer:
            reached += [call.story.reached for call in centre.calls.values()
                        if call.story.reached is not None and centre.customer(call) is customer]
            reached += [at for at, event in centre.contacts if centre.of_number(event["from"]) is customer]
    for number, at in centre.reached_by_hand:
        found.setdefault(number, ([], [], []))[1].append(at)
    return found


def due(centre):
    """The entries of those who wait, by number."""
    entries = {}
    for number, (lost, reached, dialed) in moments(centre).items():
        last = max(reached, default=0)
        lost = sorted(one for one in lost if one[0] > last)
        if lost:
            entry = entries[number] = Entry(number)
            entry.lost = lost
            held = [one for one in centre.claims.get(number, []) if one[0] >= lost[0][0]]
            entry.claimed_by = held[-1][1] if held else None
            entry.tries = sorted(one for one in dialed if one[0] >= lost[0][0])
    return entries


def reached(centre):
    """number -> [(first lost, reached at)] of everybody who was reached after having been lost."""
    done = {}
    for number, (lost, times, _) in moments(centre).items():
        before = 0
        for at in sorted(times):
            waits = [one for one in lost if before < one[0] <= at]
            if waits:
                done.setdefault(number, []).append((min(waits)[0], at))
            before = at
    return done
