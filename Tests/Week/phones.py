"""The telephone: shifts, calls in both directions, transfers, callers who give up, and callbacks."""
from opening import HOUR_MS, MINUTE_MS, start_of
from plan import DISPOSITIONS, OPERATORS, QUEUES, e164, home


class Phone:
    def __init__(self):
        self.in_use = self.logged_in = self.paused = False
        self.marked = 0     # when a pause began or ended last

    def free(self):
        return self.logged_in and not self.paused and not self.in_use


class Phones:
    def __init__(self, play):
        self.play, self.book, self.rng = play, play.calls, play.rng("phones")
        self.phones = {name: Phone() for name in OPERATORS}
        self.homes = {name: home(name) for name in OPERATORS}
        self.serial = 0

    def seconds(self, low, high):
        return self.rng.uniform(low, high) * 1000

    def chance(self, share):
        return self.rng.random() < share

    def say(self, what, call=None, **more):
        """An event of the PBX."""
        event = {"type": what} | ({"call": call.name} if call else {})
        reply = self.play.desks.push(event | {key: value for key, value in more.items() if value is not None})
        if not reply.get("ok"):
            self.play.differ("calls", f"refused: {event} {more} {reply}")
        return reply

    @property
    def now(self):
        return self.play.clock.ms

    # Shifts

    def shift(self, name, day):
        """From before the opening until the phone is put down after the closing."""
        phone, spans = self.phones[name], self.play.plan.opening.spans(day)
        end = spans[-1][1] + int(self.seconds(60, 600))
        self.say("operator.login", operator=name, name=f"Operator {name}", device=f"PJSIP/{name}",
                 queues=self.homes[name])
        phone.logged_in = True
        while self.now < end:
            yield self.seconds(600, 5400)
            if phone.in_use or not self.chance(0.5) or self.now >= end:
                continue
            phone.paused, phone.marked = True, self.now
            self.say("operator.paused", operator=name, reason=self.rng.choice(["lunch", "break"]))
            yield self.seconds(60, 1500)
            phone.paused, phone.marked = False, self.now
            self.say("operator.resumed", operator=name)
        while phone.in_use:
            yield self.seconds(20, 60)
        phone.logged_in = False
        self.say("operator.logout", operator=name)

    def free_operator(self, queue=None, but=()):
        free = [name for name in OPERATORS if name not in but and self.phones[name].free()
                and (queue is None or queue in self.homes[name])]
        return self.rng.choice(free) if free else None

    # Calls that come in

    def caller(self):
        """(number or None, customer or None)"""
        way = self.rng.random()
        if way < 0.7:
            customer = self.rng.choice(self.play.plan.customers[:-1])
            return self.rng.choice(customer["phones"]), customer
        return (self.rng.choice(self.play.plan.strangers), None) if way < 0.95 else (None, None)

    def inbound(self, name):
        queue, (number, customer) = self.rng.choice(list(QUEUES)), self.caller()
        call = self.book.offer(name, number, customer, queue, self.now)
        reply = self.say("call.offered", call, **{"from": number or "anonymous", "to": QUEUES[queue]["line"],
                                                  "queue": queue})
        told = (reply.get("customer") or {}).get("id")
        if told != (customer["id"] if customer else None):
            self.play.differ("calls", f"call {name}: the daemon says it is customer {told}, the model {customer}")
        yield self.seconds(0.5, 3)
        if self.chance(0.02):
            self.end(call)
            return
        yield from self.wait_in(call, queue)

    def wait_in(self, call, queue, depth=0):
        self.book.enter(call, queue, self.now)
        self.say("call.queued", call, queue=queue)
        patience = self.now + self.seconds(2, 12) if self.chance(0.2) else self.now + self.seconds(20, 240)
        while True:
            yield self.seconds(0.5, 5)
            if self.now >= patience:
                yield from self.lose_patience(call, queue, depth)
                return
            who = self.free_operator(queue) if self.chance(0.8) else None
            if who is None:
                continue
            answered = yield from self.ring(call, who)
            if answered is None:
                return
            if answered:
                yield from self.talk(call, who, depth)
                return

    def lose_patience(self, call, queue, depth):
        way = self.rng.random()
        if way < 0.45 or depth > 2:
            self.end(call)
        elif way < 0.6:
            self.book.leave(call, "overflowed", self.now)
            self.say("call.dequeued", call, queue=queue, reason="overflow")
            yield self.seconds(0.2, 2)
            other = self.rng.choice([one for one in QUEUES if one != queue])
            yield from self.wait_in(call, other, depth + 1)
        else:
            self.book.leave(call, "callback", self.now)
            self.say("call.dequeued", call, queue=queue, reason="callback")
            yield self.seconds(1, 6)
            self.end(call)

    def ring(self, call, who):
        """True when answered, False when not, None when the caller hung up."""
        self.phones[who].in_use = True
        self.say("call.ringing", call, operator=who)
        yield self.seconds(1, 12)
        way = self.rng.random()
        if way < 0.88:
            self.book.answer(call, who, self.now)
            self.say("call.answered", call, operator=who)
            return True
        self.phones[who].in_use = False
        if way < 0.97:
            call.unanswered.append((who, self.now))
            self.say("call.unanswered", call, operator=who, reason=self.rng.choice(["timeout", "busy", "rejected"]))
            return False
        self.end(call)
        return None

    def talk(self, call, who, depth):
        yield self.seconds(20, 300)
        if self.chance(0.2):
            call.visits[-1].holds += 1
            self.say("call.held", call)
            yield self.seconds(5, 60)
            self.say("call.resumed", call)
            yield self.seconds(5, 60)
        if self.chance(0.18) and depth < 2:
            yield from self.hand_on(call, who, depth)
            return
        self.end(call)
        self.phones[who].in_use = False
        self.play.begin(self.after_call(call, who), self.seconds(1, 40))

    def hand_on(self, call, who, depth):
        """To a colleague, who reads what was noted, or to another queue."""
        queue, other = call.visits[-1].queue, self.free_operator(but=(who,))
        text = f"handed on by {who}"
        if text not in call.notes:
            self.write(call, who, text, is_draft=True)
        self.book.hand_on(call, who, self.now)
        self.phones[who].in_use = False
        if other is None or self.chance(0.4):
            other = self.rng.choice([one for one in QUEUES if one != queue])
            self.say("call.transferred", call, queue=other, kind="blind")
            yield self.seconds(0.2, 2)
            yield from self.wait_in(call, other, depth + 1)
            return
        self.phones[other].in_use = True
        self.say("call.transferred", call, operator=other, kind=self.rng.choice(["blind", "attended"]))
        yield self.seconds(0.2, 1)
        self.say("call.ringing", call, operator=other)
        yield self.seconds(1, 8)
        self.book.answer(call, other, self.now)
        self.say("call.answered", call, operator=other)
        self.play.count_handover(call, who, other)
        yield from self.talk(call, other, depth + 1)

    def end(self, call):
        self.book.end(call, self.now)
        self.say("call.ended", call, by="caller")
        if call.customer and call.dialed is None:
            self.play.cases.call(call.customer["id"], call.offered, self.now)

    # After the call

    def after_call(self, call, who):
        """Notes and dispositions; where one is needed, nobody is ready without it."""
        yield 1
        queue = call.visits[-1].queue
        if QUEUES[queue]["needs"] and call.disposition is None and self.chance(0.3):
            self.refused_ready(call, who)
        if QUEUES[queue]["needs"] or self.chance(0.5):
            self.dispose(call, who)
        if self.chance(0.4) and f"handed on by {who}" not in call.notes:
            self.write(call, who, f"note by {who}")
        yield self.seconds(1, 8)
        if self.chance(0.15) and call.customer:
            self.play.work.promise_after(call, who)
        if self.phones[who].free() and self.chance(0.7):
            self.say("operator.ready", operator=who)

    def write(self, call, who, text, is_draft=False):
        answer = self.play.desks.ask(
            who, "POST", f"/v1/calls/{call.name}/note", {"text": text, "draft": is_draft})
        self.play.expect("notes", f"{text!r} of {call.name}", answer, 200)
        self.play.played["notes"] += 1
        call.notes.append(text)

    def dispose(self, call, who):
        code = self.rng.choice(DISPOSITIONS)
        answer = self.play.desks.write(who, "POST", f"/v1/calls/{call.name}/disposition", {"code": code})
        if answer[0] is None:
            # The newest one holds: to say it once more changes nothing.
            answer = self.play.desks.ask(who, "POST", f"/v1/calls/{call.name}/disposition", {"code": code})
        self.play.expect("dispositions", f"the disposition of {call.name} by {who}", answer, 200)
        self.play.played["dispositions"] += call.disposition is None
        call.disposition = code

    def refused_ready(self, call, who):
        """Only while it is that call's after-call work that goes on."""
        phone, limit = self.phones[who], call.ended + QUEUES[call.visits[-1].queue]["wrap"]
        if phone.free() and phone.marked < call.ended and self.now < limit and self.is_last(call, who):
            answer = self.play.desks.ask(who, "POST", f"/v1/operators/{who}/state", {"state": "ready"})
            self.play.expect("dispositions", f"{who} is ready without a disposition of {call.name}", answer, 409)

    def is_last(self, call, who):
        """It was that operator's call to the end, and no other was at the phone since."""
        return call.talks[-1][0] == who and not any(
            other is not call and other.ended is not None and other.ended >= call.ended
            and (other.dialer == who or any(name == who for name, _ in other.talks + other.unanswered))
            for other in self.book.calls.values())

    # Calls that go out

    def outbound(self, name, number=None, who=None):
        """An operator calls out; who waits to be called back was claimed before."""
        who = who or self.free_operator()
        if who is None or not self.phones[who].free():
            return
        if number is None:
            number, _ = self.caller()
            if number is None:
                return
        self.phones[who].in_use = True
        call = self.book.dial(name, number, self.play.plan.of_number(number), who, self.now)
        self.say("call.dialed", call, operator=who, to=number)
        yield self.seconds(3, 25)
        if self.chance(0.65):
            self.book.meet(call, self.now)
            self.say("call.answered", call)
            yield self.seconds(10, 200)
        self.end(call)
        self.phones[who].in_use = False

    def caller_back(self, day):
        """Callbacks are claimed, sometimes by two at once, called, given back, said to be done."""
        spans = self.play.plan.opening.spans(day)
        while self.now < spans[-1][1]:
            yield self.seconds(60, 260)
            free = [name for name in OPERATORS if self.phones[name].free()]
            numbers = [one for one in self.book.due if self.book.holder(one, self.now) is None]
            if len(free) < 2 or not numbers:
                continue
            number, who = self.rng.choice(numbers), self.rng.choice(free)
            if self.chance(0.3):
                who = self.race(number, self.rng.sample(free, 2))
            else:
                self.claim(number, who)
            if who and number in self.book.due:
                self.play.begin(self.see_to(number, who), self.seconds(10, 900))

    def path(self, number, what):
        return f"/v1/callbacks/{e164(number)}/{what}"

    def claim(self, number, who):
        answer = self.play.desks.write(who, "POST", self.path(number, "claim"))
        if answer[0] is None:
            answer = self.play.desks.ask(who, "POST", self.path(number, "claim"))
        self.play.expect("callbacks", f"{who} claims {number}", answer, 200)
        self.book.claim(number, who, self.now)

    def race(self, number, two):
        """Two claim it at once: one has it, and the other is told who."""
        found = self.play.desks.race([(who, "POST", self.path(number, "claim"), None) for who in two])
        winner = self.play.winner("callbacks", f"callback {number}", two, found)
        if winner:
            self.book.claim(number, winner, self.now)
        return winner

    def see_to(self, number, who):
        yield 1
        if number not in self.book.due or self.book.holder(number, self.now) != who:
            return
        way = self.rng.random()
        if way < 0.6 and self.phones[who].free():
            self.serial += 1
            yield from self.outbound(f"b{self.serial}", number, who)
        elif way < 0.75:
            answer = self.play.desks.ask(who, "POST", self.path(number, "release"))
            self.play.expect("callbacks", f"{who} releases {number}", answer, 200)
            self.book.release(number)
        elif way < 0.9:
            self.say_done(number, who)

    def say_done(self, number, who):
        body = {"from": "+" + e164(number), "note": "called from a mobile"}
        answer = self.play.desks.write(who, "POST", "/v1/callbacks/done", body)
        if answer[0] is None:
            # Where it is done already, nobody waits there any more.
            status, answer = self.play.desks.ask(who, "POST", "/v1/callbacks/done", body)
            answer = (204 if status == 404 else status), answer
        self.play.expect("callbacks", f"{who} says that {number} is done", answer, 204)
        self.book.reach(number, self.now)

    # A day

    def begin_day(self, day, calls, outbound):
        opening, first = self.play.plan.opening, start_of(day)
        spans = opening.spans(day)
        if not spans:
            # Nobody is there, and some call all the same.
            for _ in range(calls):
                self.serial += 1
                at = first + self.rng.randrange(8 * HOUR_MS, 20 * HOUR_MS)
                self.play.begin_at(at, self.inbound(f"c{self.serial}"))
            return
        for name in OPERATORS:
            self.play.begin_at(spans[0][0] - self.rng.randrange(10 * MINUTE_MS), self.shift(name, day))
        self.play.begin_at(spans[0][0], self.caller_back(day))
        last = spans[-1][1] - 5 * MINUTE_MS
        for place in range(calls + outbound):
            self.serial += 1
            process = self.inbound(f"c{self.serial}") if place < calls else self.outbound(f"o{self.serial}")
            self.play.begin_at(self.rng.randrange(spans[0][0], last), process)
