"""The mails of the week: of customers and of people nobody knows, and what becomes of the inbox."""
import re
from email.message import EmailMessage
from email.utils import format_datetime
from datetime import datetime, timezone

from casebook import Case
from desk import MAILS
from opening import DAY_MS, HOUR_MS, MINUTE_MS, start_of
from plan import CLAIM_MS, CUSTOMERS, OPERATORS, OWN_ADDRESS, REOPEN_MS, THREAD_MS
from times import rfc


class Mail:
    def __init__(self, name, address, subject, at, thread=(), kind="message", is_ours=False):
        self.name, self.address, self.subject, self.at = name, address, subject, at
        self.thread, self.kind, self.is_ours = list(thread), kind, is_ours
        self.text = f"text of {name}."
        # Where it must be: a customer's record and perhaps a case; or an item of the inbox.
        self.customer = self.case = self.contact = self.item = None
        self.state = None       # record, open, attached, dismissed, ignored

    @property
    def topic(self):
        return re.sub(r"^(re: |fwd: )+", "", self.subject.lower())

    @property
    def is_a_wish(self):
        """Somebody has to do something."""
        return self.kind == "message" and not self.is_ours

    def body(self):
        sender = OWN_ADDRESS if self.is_ours else self.address
        to = self.address if self.is_ours else OWN_ADDRESS
        return {"from": {"address": sender, "name": "見本"}, "to": [{"address": to}], "subject": self.subject,
                "message_id": f"{self.name}@week.example", "text": self.text, "kind": self.kind, "date": rfc(self.at),
                "references": [f"{name}@week.example" for name in self.thread]}

    def bytes(self):
        """The same as it comes from a mail server."""
        message, body = EmailMessage(), self.body()
        message["From"], message["To"] = body["from"]["address"], body["to"][0]["address"]
        message["Subject"] = self.subject
        message["Message-ID"] = f"<{body['message_id']}>"
        message["Date"] = format_datetime(datetime.fromtimestamp(self.at / 1000, timezone.utc))
        if self.thread:
            message["References"] = " ".join(f"<{one}>" for one in body["references"])
        message.set_content(self.text)
        return message.as_bytes()


class Post:
    def __init__(self, play):
        self.play, self.book, self.desks, self.rng = play, play.cases, play.desks, play.rng("post")
        self.mails, self.serial, self.strangers = {}, 0, 0
        self.whose = {one["email"]: one["id"] for one in play.plan.customers}
        self.owners = {one["id"]: one["owner"] for one in play.plan.customers}

    @property
    def now(self):
        return self.play.clock.ms

    def chance(self, share):
        return self.rng.random() < share

    # Writing mails

    def mail(self):
        """One that comes in, or goes out; its text is found nowhere else."""
        self.serial += 1
        name, way = f"m{self.serial}", self.rng.random()
        known = [mail for mail in self.mails.values() if mail.state in ("record", "attached") and not mail.is_ours]
        if way < 0.25 and known:
            before = self.rng.choice(known)
            mail = Mail(name, before.address, f"Re: {before.subject}", self.now, before.thread + [before.name])
        elif way < 0.32 and known:
            before = self.rng.choice(known)
            mail = Mail(name, before.address, f"Fwd: {before.subject}", self.now)
        elif way < 0.37 and known:
            before = self.rng.choice(known)
            mail = Mail(name, before.address, f"Re: {before.subject}", self.now, [before.name], is_ours=True)
        elif way < 0.42 and known:
            before = self.rng.choice(known)
            mail = Mail(name, before.address, "Out of office", self.now, [before.name], kind="automatic")
        elif way < 0.68:
            if self.strangers == 0 or self.chance(0.6):
                self.strangers += 1
            address = f"s{self.rng.randrange(max(0, self.strangers - 6), self.strangers)}@stranger.example"
            mail = Mail(name, address, f"Question {name}", self.now)
        else:
            address = f"c{self.rng.randrange(CUSTOMERS)}@sample.example"
            mail = Mail(name, address, f"Order {name}", self.now)
        yield 1
        mail.at = self.now
        self.send(mail)
        if self.chance(0.04):
            # A mail server that heard no answer sends it again.
            yield self.rng.randrange(2 * MINUTE_MS, 20 * HOUR_MS)
            answer = self.desks.ask(MAILS, "POST", "/v1/contacts/mail", mail.body())
            if self.play.expect("mails", f"{mail.name} once more", answer, 200):
                self.same(mail, "outcome", answer[1]["outcome"], "ignored" if mail.state == "ignored" else "known")

    def send(self, mail):
        self.play.played["mails"] += 1
        self.mails[mail.name] = mail
        self.refresh(self.whose.get(mail.address))
        is_piped = mail.kind == "message" and self.serial % 25 == 0
        if is_piped:
            mail.at = mail.at // 1000 * 1000
            answer = self.desks.pipe(mail.bytes())
        else:
            answer = self.desks.write(MAILS, "POST", "/v1/contacts/mail", mail.body())
        is_again = answer[0] is None
        if is_again:
            answer = self.desks.ask(MAILS, "POST", "/v1/contacts/mail", mail.body())
        customer = self.whose.get(mail.address)
        if not self.play.expect("mails", mail.name, answer, (200, 201)):
            return
        told = answer[1]
        if customer is None:
            self.to_inbox(mail, told, is_again)
            return
        self.same(mail, "outcome", told["outcome"], ("recorded", "known") if is_again else "recorded")
        if self.same(mail, "records", [one["customer"] for one in told["contacts"]], [customer]):
            self.on_record(mail, customer, told["contacts"][0])

    def to_inbox(self, mail, told, is_again):
        waits = any(one.address == mail.address and one.state == "open" for one in self.mails.values())
        if mail.is_ours and not waits:
            mail.state = "ignored"
            self.same(mail, "outcome", told["outcome"], "ignored")
            return
        mail.state, mail.item = "open", told["inbox"]
        self.same(mail, "outcome", told["outcome"], ("inbox", "known") if is_again else "inbox")
        if self.chance(0.85):
            self.play.begin(self.handle(mail), self.rng.randrange(5 * MINUTE_MS, 20 * HOUR_MS))

    def same(self, mail, what, theirs, ours):
        self.play.compared += 1
        if theirs == ours or (isinstance(ours, tuple) and theirs in ours):
            return True
        self.play.differ("mails", f"{what} of {mail.name} ({mail.kind}, to or from {mail.address}): "
                                  f"daemon {theirs}, model {ours}")
        return False

    def refresh(self, customer):
        """Which closed cases of a customer a rule has opened again, before that matters."""
        for case in self.book.of.get(customer, []):
            if case.may_open_again is not None:
                self.play.work.look(case)

    # On a record

    def on_record(self, mail, customer, place):
        """place: what the daemon says of it. The model says which case it has to be in."""
        mail.customer, mail.contact = customer, place["contact"]
        mail.state = mail.state and "attached" or "record"
        case = self.case_of(mail, customer)
        if case is None and mail.is_a_wish:
            self.same(mail, "case is new", place["case"] is not None and place["case"] not in self.book.cases, True)
            case = Case(mail.name, customer, "case", mail.subject, self.owners[customer], self.now, None)
            case.came_by, case.contacts = "email", [mail.contact]
            self.play.played["case"] += 1
            self.book.add(case, place["case"])
        elif case is None:
            self.same(mail, "case", place["case"], None)
        else:
            self.same(mail, "case", place["case"], case.id)
            self.join(mail, case)
        mail.case = case and case.id
        if mail.is_a_wish:
            self.book.touch(customer, mail.at, self.now)
        if case:
            self.play.work.look(case)

    def case_of(self, mail, customer):
        """The case that it belongs to: of its thread, else of its subject; None where there is none."""
        mine = [one for one in self.mails.values() if one.customer == customer and one.case and one is not mail]
        named = [one.case for name in reversed(mail.thread) for one in mine if one.name == name]
        if mail.kind == "message":
            about = [one for one in mine if one.topic == mail.topic and one.at >= mail.at - THREAD_MS]
            named += [max(about, key=lambda one: one.at).case] if about else []
        for number in named:
            case = self.book.cases[number]
            if case.is_open:
                return case
            if mail.is_a_wish and self.now - case.closed_at <= REOPEN_MS:
                return case
        return None

    def join(self, mail, case):
        """What a mail does with a case that is there; a rule may have done something in between."""
        def alter(one):
            self.play.played["openings"] += not one.is_open
            self.book.open_again(one)
            one.contacts = one.contacts + [mail.contact]
            if mail.is_a_wish:
                one.waiting_since = None

        told = self.desks.get(f"/v1/cases/{case.id}")
        at = self.now

        def own():
            goes_forward = mail.kind == "message" and (mail.is_ours or not case.is_open)
            return self.book.change(case, at, None, alter, goes_forward)

        if not self.play.work.catch_up(case, told["version"], own):
            self.play.differ("mails", f"{mail.name} is not in case {case.id}")

    # The inbox

    def handle(self, mail):
        """Claimed, by two at once now and then, and attached to somebody, to a new customer, or dismissed."""
        yield 1
        while not self.book.opening.is_open(self.now):
            yield 20 * MINUTE_MS
        if mail.state != "open":
            return
        who = self.rng.choice(OPERATORS)
        path = f"/v1/inbox/{mail.item}"
        if self.chance(0.4):
            two = self.rng.sample(OPERATORS, 2)
            found = self.desks.race([(name, "POST", path + "/claim", None) for name in two])
            who = self.play.winner("mails", f"item {mail.item}", two, found)
        else:
            answer = self.desks.ask(who, "POST", path + "/claim")
            self.play.expect("mails", f"{who} claims item {mail.item}", answer, 200)
        self.play.inbox_claims[mail.item] = (who, self.now)
        yield self.rng.randrange(MINUTE_MS, 20 * MINUTE_MS)
        if mail.state != "open" or who is None:
            return
        way = self.rng.random()
        if way < 0.2:
            self.dismiss(mail, who, path)
        elif way < 0.6:
            self.attach(mail, who, path, {"customer": self.rng.randrange(CUSTOMERS) + 1})
        else:
            self.attach(mail, who, path, {"create": {"name": f"新規 {mail.item}"}})

    def dismiss(self, mail, who, path):
        answer = self.desks.write(who, "POST", path + "/dismiss")
        if answer[0] is None:
            answer = self.desks.ask(who, "POST", path + "/dismiss")
        if self.play.expect("mails", f"{who} dismisses {mail.name}", answer, 200):
            mail.state = "dismissed"
            self.same(mail, "state", answer[1]["state"], "dismissed")

    def attach(self, mail, who, path, target):
        """What else waits from the same address comes with it, in the order in which it was written."""
        others = [one for one in self.mails.values()
                  if one.address == mail.address and one.state == "open" and one is not mail]
        self.refresh(target.get("customer"))
        answer = self.desks.write(who, "POST", path + "/attach", target)
        if answer[0] is None:
            item = self.desks.get(path)
            answer = 200, item
            if item["state"] != "attached":
                answer = self.desks.ask(who, "POST", path + "/attach", target)
        if not self.play.expect("mails", f"{who} attaches {mail.name} to {target}", answer, 200):
            return
        told = answer[1]
        if "customer" in target:
            self.same(mail, "customer", told["customer"], target["customer"])
        else:
            self.play.played["new customers"] += 1
            self.same(mail, "customer is new", told["customer"] in self.owners, False)
            self.owners[told["customer"]] = None
        self.whose[mail.address] = told["customer"]
        if "others" in told:
            self.same(mail, "others", sorted(told["others"]), sorted(one.item for one in others))
        for one in sorted(others + [mail], key=lambda one: (one.at, one.item)):
            item = self.desks.get(f"/v1/inbox/{one.item}")
            if self.same(one, "state and customer", (item["state"], item["customer"]), ("attached", told["customer"])):
                self.on_record(one, told["customer"], item)

    def begin_day(self, day, mails):
        """Mails come at any hour, most of them when the centre is open."""
        first = start_of(day)
        for _ in range(mails):
            at = self.rng.randrange(9 * HOUR_MS, 18 * HOUR_MS) if self.chance(0.8) else self.rng.randrange(DAY_MS)
            self.play.begin_at(max(first + at, self.now + self.rng.randrange(HOUR_MS)), self.mail())

    def holders(self, now):
        """Who works on which open item now."""
        claims = {mail.item: self.play.inbox_claims.get(mail.item) for mail in self.mails.values()
                  if mail.state == "open"}
        return [claim[0] for claim in claims.values() if claim and now - claim[1] < CLAIM_MS]
