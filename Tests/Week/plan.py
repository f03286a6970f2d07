"""The made-up centre: its queues, people, customers, rules and days, and the configuration that says so."""
import random

from opening import HOUR_MS, MINUTE_MS, Opening, date_of, moment

QUEUES = {
    "support": dict(line="0312340001", short=5_000, wrap=30_000, needs=False),
    "sales": dict(line="0312340002", short=0, wrap=0, needs=False),
    "billing": dict(line="0312340003", short=8_000, wrap=60_000, needs=True),
    "returns": dict(line="0312340004", short=0, wrap=45_000, needs=False),
}
OPERATORS = [str(101 + place) for place in range(40)]
SUPERVISORS = ["900", "901"]
# Whose a case becomes that nobody took.
LEAD = "140"
TIERS = ["prospect", "regular", "regular", "vip"]
DISPOSITIONS = ["resolved", "complaint", "order", "callback"]
PHASES = ["受付", "調査", "提案", "契約"]
PRIORITIES = ["low", "normal", "high", "urgent"]
OWN_ADDRESS = "desk@centre.example"
CUSTOMERS, STRANGERS = 240, 160
# Not a customer of anybody's: the last one, for what the driver itself has to see done.
MARKER = CUSTOMERS + 1

CLAIM_MS = 30 * MINUTE_MS
STALLED_MS = 6 * HOUR_MS
REMIND_MS = 30 * MINUTE_MS
REOPEN_MS = 48 * HOUR_MS
THREAD_MS = 30 * 24 * HOUR_MS

# Thursday; the week has Saturday, Sunday and the holiday of Monday in it.
FIRST = moment(2026, 11, 19, 8, 30)
HOLIDAY = date_of("2026-11-23")
WEEK = {name: [("09:00", "12:30"), ("13:00", "18:00")] for name in
        ("monday", "tuesday", "wednesday", "thursday", "friday")} | {"saturday": [], "sunday": []}

# What happens with cases that wait, in the order in which it is looked at.
RULES = [
    dict(name="late", when="overdue", after=0, kind="promise", priority="urgent", owner=None),
    dict(name="stuck", when="no_progress", after=9 * HOUR_MS, kind="case", priority="high", owner=None),
    dict(name="nobody", when="unowned", after=4 * HOUR_MS, kind=None, priority=None, owner=LEAD),
    dict(name="silent", when="waiting", after=12 * HOUR_MS, kind="case", priority="low", owner=None),
]


def home(name):
    """The queues that an operator serves: ten operators in each, who help out in the next."""
    names, place = list(QUEUES), OPERATORS.index(name) % 4
    return [names[place], names[(place + 1) % 4]]


class Plan:
    def __init__(self, seed):
        rng = random.Random(f"people {seed}")
        self.opening = Opening(WEEK, [HOLIDAY])
        self.customers = []
        for place in range(CUSTOMERS):
            phones = [f"090{12340000 + place}"] + ([f"070{23450000 + place}"] if place % 5 == 0 else [])
            self.customers.append(dict(
                id=place + 1, external_id=f"W-{place:03}", name=f"見本 {place}番", phones=phones,
                email=f"c{place}@sample.example", tier=rng.choice(TIERS),
                owner=rng.choice(OPERATORS) if rng.random() < 0.7 else None))
        self.customers.append(dict(id=MARKER, external_id="W-marker", name="見本 印", phones=["0901111" + "2222"],
                                   email="marker@sample.example", tier="regular", owner=None))
        self.strangers = [f"080{43210000 + place}" for place in range(STRANGERS)]
        self.by_phone = {phone: one for one in self.customers for phone in one["phones"]}

    def of_number(self, number):
        return self.by_phone.get(number)

    def customers_file(self):
        lines = ["external_id,name,phone,phone2,email,tier,owner"]
        for one in self.customers:
            phones = (one["phones"] + [""])[:2]
            lines.append(",".join([one["external_id"], one["name"], *phones, one["email"], one["tier"],
                                   one["owner"] or ""]))
        return "\n".join(lines) + "\n"

    def configuration(self, folder):
        holidays = folder / "holidays.txt"
        holidays.write_text(self.opening.holiday_file(), encoding="utf-8")
        text = 'timezone = "Asia/Tokyo"\nregion = "JP"\n[pop]\nlanguage = "en"\n'
        text += f'[cases]\nphases = {quoted(PHASES)}\nstalled_after = "{STALLED_MS}ms"\n'
        text += f'remind_before = "{REMIND_MS}ms"\nclaim_limit = "{CLAIM_MS}ms"\nreopen_within = "{REOPEN_MS}ms"\n'
        text += f'[contacts]\nown_addresses = ["{OWN_ADDRESS}"]\n'
        text += self.opening.text(holidays)
        for code in DISPOSITIONS:
            text += (f'[[dispositions]]\ncode = "{code}"\nlabel = {{ ja = "{code}", en = "{code}" }}\n'
                     f'complaint = {str(code == "complaint").lower()}\n')
        for rule in RULES:
            text += f'[[escalation]]\nname = "{rule["name"]}"\nwhen = "{rule["when"]}"\nafter = "{rule["after"]}ms"\n'
            for key in ("kind", "priority", "owner"):
                if rule[key]:
                    text += f'{key} = "{rule[key]}"\n'
            text += "alarm = true\n"
        for name, queue in QUEUES.items():
            text += (f'[queues.{name}]\nshort_abandon = "{queue["short"]}ms"\nwrap_up_limit = "{queue["wrap"]}ms"\n'
                     f'disposition_required = {str(queue["needs"]).lower()}\n')
        return text


def quoted(names):
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def e164(number):
    return "81" + number[1:]
