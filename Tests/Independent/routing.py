"""Where an offered call should go, by what is known at the moment it is read."""
import callbacks

VIP_WAIT_S = 20
BOOST = 5
CREDIT_MS, STEP_MS = 600_000, 30_000
RESERVATION_MS = 10_000
LAST_OPERATOR_MS = 30 * 86_400_000
RANKS = {"vip": 10}


class Router:
    def __init__(self, centre, veterans):
        self.centre, self.group = centre, veterans
        self.reserved = {}      # operator -> (call, until)

    def note(self, event):
        """A reservation ends when the phone of its call rings, and when the call is over or decided again."""
        kinds = ("call.ringing", "call.identified")
        if event["type"] in kinds or self.centre.calls[event["call"]].story.ended is not None:
            self.reserved = {who: one for who, one in self.reserved.items() if one[0] != event["call"]}

    def decide(self, call, queue, t, now):
        """(action, operator or group or queue, reason, priority, fallback)"""
        self.now, self.queue = now, queue
        customer = self.centre.customer(call)
        party = self.centre.party(call)
        tier = customer["tier"] if customer else None
        if party in self.centre.settings.blocked:
            return dict(action="reject", reason="blocked", priority=0)
        priority = RANKS.get(tier, 0)
        entry = callbacks.due(self.centre).get(party)
        if entry and t - entry.lost[-1][0] < CREDIT_MS:
            priority += 1 + entry.lost[-1][4] // STEP_MS
        vip, wanted = tier == "vip", False
        for who, reason in self.knowing(customer, call, t):
            wanted = True
            fit = self.fitness(who)
            if fit == "free" or (fit == "busy" and vip):
                route = dict(action="operator", operator=who, reason=reason, priority=priority)
                self.fall_back(route, who, vip)
                if fit == "free":
                    self.reserved[who] = (call.name, now + RESERVATION_MS)
                return route
            if fit == "busy":
                return dict(action="queue", queue=queue, reason="operator_unavailable", priority=priority + BOOST)
        if vip:
            members = self.veterans()
            if members:
                self.reserved[members[0]] = (call.name, now + RESERVATION_MS)
                return dict(action="group", group="veterans", operators=members, reason="veteran", priority=priority)
            return dict(action="queue", queue=queue, reason="vip_queue", priority=priority)
        reason = "anonymous" if party is None else "operator_unavailable" if wanted else "no_match"
        return dict(action="queue", queue=queue, reason=reason, priority=priority)

    def fall_back(self, route, who, vip):
        members = self.veterans(but=who) if vip else []
        if members:
            route["fallback"] = dict(action="group", group="veterans", operators=members)
        else:
            route["fallback"] = dict(action="queue", queue=self.queue)

    def knowing(self, customer, call, t):
        if not customer:
            return []
        known = []
        if customer["owner"]:
            known.append((customer["owner"], "assigned_operator"))
        last = self.last_operator(customer, call, t)
        if last and last != customer["owner"]:
            known.append((last, "last_operator"))
        return known

    def last_operator(self, customer, call, t):
        talks = []
        for other in self.centre.calls.values():
            if other is call or self.centre.customer(other) is not customer:
                continue
            answered = [leg for leg in other.story.legs if leg.answered is not None]
            if answered and t - answered[-1].answered <= LAST_OPERATOR_MS:
                line = None if other.story.dialed is not None else other.story.to
                talks.append((answered[-1].answered, answered[-1].operator, line))
        talks.sort(reverse=True)
        here = [talk for talk in talks if talk[2] and talk[2] == call.story.to]
        return (here or talks or [(0, None, None)])[0][1]

    def fitness(self, name):
        operator = self.centre.operator(name, self.now)
        if operator.begin is None:
            return "unfit"
        logged_in, pause, _ = operator.flags(self.now)
        logins = [mark for mark in operator.marks if mark["type"] == "operator.login"]
        queues = logins[-1].get("queues") if logins else None
        if not logged_in or pause is not None or (self.queue and queues and self.queue not in queues):
            return "unfit"
        if operator.state(self.now)[0] != "available":
            return "busy"
        return "busy" if self.reserved.get(name, (None, 0))[1] > self.now else "free"

    def veterans(self, but=None):
        found = []
        for name in self.group:
            fit = self.fitness(name) if name != but else "unfit"
            if fit == "free" or (fit == "busy" and but):
                since = self.centre.operator(name, self.now).spans()[-1][2]
                found.append((fit == "busy", since, name))
        return [name for _, _, name in sorted(found)]


def differences(theirs, ours):
    """What differs between the daemon's route and ours; what we do not say is not compared."""
    found = [key for key in ours if key != "fallback" and theirs.get(key) != ours[key]]
    if "fallback" in ours:
        found += ["fallback " + key for key in differences(theirs.get("fallback") or {}, ours["fallback"])]
    return found
