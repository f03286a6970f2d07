"""A week of a centre with 40 operators, played into a real screenpopd that is killed now and then: calls, callbacks,
mails, cases, promises and tasks. In the end every one of them is where the books of the play say, once.

  week.py                     seven days, 3,000 things
  week.py --short             one day, 300 things, within a minute
  week.py --seed 7            another week
"""
import argparse
import pathlib
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "Independent")]
from audit import Audit  # noqa: E402
from callbook import CallBook  # noqa: E402
from casebook import CaseBook  # noqa: E402
from casework import Work  # noqa: E402
from clockwork import Clockwork  # noqa: E402
from daemon import Clock  # noqa: E402
from desk import CHIEF, Desks  # noqa: E402
from opening import HOUR_MS, MINUTE_MS, day_of, start_of  # noqa: E402
from phones import Phones  # noqa: E402
from plan import CLAIM_MS, FIRST, LEAD, MARKER, OPERATORS, SUPERVISORS, Plan  # noqa: E402
from post import Post  # noqa: E402
from times import millis, rfc  # noqa: E402
from worklist import WorkList  # noqa: E402

# Calls that ended are on disk within a second, in which many minutes pass here.
FLUSH_MS = 5 * MINUTE_MS
# How long the daemon may take to look at its rules. Seconds of the machine's.
PATIENCE_S = 60
# Shares of what is played: calls in, calls out, mails, cases, promises, tasks.
SHARES = (0.45, 0.08, 0.2, 0.1, 0.12, 0.05)


class Play:
    """Everything that the parts of the play share."""

    millis = staticmethod(millis)

    def __init__(self, options):
        self.seed, self.first = options.seed, FIRST
        self.plan = Plan(self.seed)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="week-", dir=options.folder))
        self.clock, self.clockwork = Clock(self.folder / "clock", FIRST), Clockwork(FIRST)
        self.desks = Desks(options.programs, self.folder, self.clock, self.plan.configuration(self.folder), self.seed,
                           options.kills)
        self.played, self.different, self.compared = Counter(), [], 0
        self.flushed, self.settled_at, self.marker, self.inbox_claims = FIRST, FIRST, None, {}
        self.calls, self.cases = CallBook(self.plan, CLAIM_MS), CaseBook(self.plan)
        self.work, self.phones, self.post = Work(self), Phones(self), Post(self)
        self.list, self.audit = WorkList(self), Audit(self)

    def rng(self, name):
        return random.Random(f"{name} {self.seed}")

    def begin(self, process, after=0):
        self.clockwork.begin(process, after)

    def begin_at(self, when, process):
        self.clockwork.at(max(when, self.clockwork.now + 1), process)

    # What parts report

    def differ(self, kind, text):
        self.different.append((kind, text))
        print(f"  {kind}: {text}", flush=True)
        if len(self.different) > 200:
            raise SystemExit("more than 200 differences")

    def expect(self, kind, what, answer, wanted):
        """Whether a status is the one that has to come."""
        self.compared += 1
        wanted = wanted if isinstance(wanted, tuple) else (wanted,)
        if answer[0] in wanted:
            return True
        self.differ(kind, f"{what} at {rfc(self.clock.ms)}: {answer[0]} {answer[1]}, not {wanted}")
        return False

    def winner(self, kind, what, two, found):
        """Of two who claimed at once: one has it, and the other was told who."""
        self.played["claims"] += 1
        self.compared += 1
        won = [who for who, (status, _) in zip(two, found) if status == 200]
        lost = [answer for status, answer in found if status == 409]
        if len(won) == 1 and len(lost) == 1 and won[0] in lost[0]["detail"]:
            return won[0]
        self.differ("claims", f"{two} claim {what} at once at {rfc(self.clock.ms)}: {found}")
        return won[0] if won else None

    def count_handover(self, call, who, to):
        self.played["transfers"] += 1

    def next_work(self, who):
        self.list.pick(who)

    # Time

    def step_to(self, ms):
        if ms > self.flushed + FLUSH_MS:
            self.flush()
            self.flushed = ms
        self.clock.set(ms)

    def flush(self):
        self.desks.get("/v1/customers/1/notes")

    def prepare(self):
        self.desks.start()
        status, answer = self.desks.daemon.ask(
            "POST", "/v1/customers/import", self.plan.customers_file().encode(), "text/csv")
        assert status in (200, 201), answer
        self.desks.enrol(OPERATORS, SUPERVISORS)

    def play(self, days, things):
        """Day after day; in between, and while it goes on, everything is compared."""
        open_days = [day for day in days if self.plan.opening.is_day(day)]
        for day in days:
            self.begin_day(day, len(open_days), len(days) - len(open_days), things)
            for hour in (11, 14, 18):
                self.until(start_of(day) + hour * HOUR_MS - MINUTE_MS)
                if self.plan.opening.is_open(self.clock.ms):
                    self.settle()
            self.until(start_of(day + timedelta(days=1)) - 1)
            print(f"{day}: {sum(self.played.values())} things played, {self.desks.killed} kills, "
                  f"{self.compared} comparisons, {len(self.different)} differ, {time.monotonic() - BEGAN:.0f} s",
                  flush=True)

    def begin_day(self, day, opened, closed, things):
        """The greater part when somebody is there; mails and some calls come on the other days too."""
        calls, outbound, mails, cases, promises, tasks = (round(things * share) for share in SHARES)
        if not self.plan.opening.is_day(day):
            self.phones.begin_day(day, calls // 100, 0)
            self.post.begin_day(day, mails // 30)
            return
        self.phones.begin_day(day, (calls - closed * (calls // 100)) // opened, outbound // opened)
        self.post.begin_day(day, (mails - closed * (mails // 30)) // opened)
        self.work.begin_day(day, cases // opened, promises // opened, tasks // opened)

    def until(self, ms):
        self.clockwork.run(ms, self.step_to)
        self.step_to(ms)

    def settle(self):
        """Waits until the daemon has looked at its rules at this moment, which the newest promise shows, as it is late
        already and the last one that is looked at. Then everything is compared."""
        self.flush()
        self.step_to(self.clock.ms + 1_000)
        self.marker = self.work.open(CHIEF, "promise", MARKER, owner=LEAD, due=rfc(self.clock.ms - 1))
        deadline = time.monotonic() + PATIENCE_S
        while self.desks.get(f"/v1/cases/{self.marker.id}")["version"] == 1:
            if time.monotonic() > deadline:
                self.differ("escalations", f"no rule was looked at for {PATIENCE_S} s")
                break
            time.sleep(0.05)
        self.settled_at = self.clock.ms
        self.audit.everything_open()
        self.work.do(self.marker, CHIEF, "POST", "/close", None, self.cases.close(None, self.clock.ms))

    def finish(self, days):
        """Everything is at rest: the daemon is killed once more, and then everything has to be there."""
        while not self.plan.opening.is_open(self.clock.ms):
            self.until(self.plan.opening.next_open(self.clock.ms) + 20 * MINUTE_MS)
        self.desks.kill()
        self.settle()
        self.desks.kill()
        self.audit.account(days)

    # The account

    def table(self):
        wrong, cases = Counter(kind for kind, _ in self.different), self.cases.cases.values()
        by_kind = {kind: [case for case in cases if case.kind == kind] for kind in ("case", "promise", "task")}
        calls = self.calls.calls.values()
        mails = self.post.mails.values()
        lost = len(self.calls.done) + len(self.calls.due)
        rows = [("calls", len(calls), sum(call.ended is not None for call in calls),
                 sum(call.ended is None for call in calls)),
                ("callbacks", lost, len(self.calls.done), len(self.calls.due)),
                ("mails", len(mails), sum(mail.state != "open" for mail in mails),
                 sum(mail.state == "open" for mail in mails))]
        for kind, name in (("case", "cases"), ("promise", "promises"), ("task", "tasks")):
            rows.append((name, len(by_kind[kind]), sum(not case.is_open for case in by_kind[kind]),
                         sum(case.is_open for case in by_kind[kind])))
            wrong[name] += wrong.pop(kind, 0)
        for kind in ("handovers", "transfers", "claims", "reassigned", "escalations", "openings", "went on",
                     "done again", "late", "notes", "dispositions", "new customers", "lists", "figures"):
            rows.append((kind, self.played[kind] or "", "", ""))
        print(f"{'kind':14}{'played':>8}{'closed':>8}{'open':>8}{'differences':>13}")
        for name, *counts in rows:
            print(f"{name:14}" + "".join(f"{count:>8}" for count in counts) + f"{wrong.pop(name, 0):>13}")
        for name, count in wrong.items():
            print(f"{name:14}{'':24}{count:>13}")
        promises = by_kind["promise"]
        kept = sum(not one.is_open and one.closed_at <= one.due for one in promises)
        late = sum(not one.is_open and one.closed_at > one.due for one in promises)
        broken = sum(self.cases.is_overdue(one, self.clock.ms) for one in promises)
        print(f"promises: {kept} kept, {late} late, {broken} broken, {len(promises) - kept - late - broken} open")


BEGAN = time.monotonic()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help="one day, 300 things")
    parser.add_argument("--days", type=int, help="so many days, from the Thursday on")
    parser.add_argument("--things", type=int, help="calls, mails, cases and promises in all")
    parser.add_argument("--kills", type=int, default=400,
                        help="of so many events and requests one is in the middle when the daemon is killed; 0: none")
    parser.add_argument("--programs", default=".build/debug", help="where screenpopd and screenpop are")
    parser.add_argument("--folder", help="where to make the state directory")
    parser.add_argument("--keep", action="store_true", help="keep the state directory")
    options = parser.parse_args()
    options.programs = pathlib.Path(options.programs).resolve()
    count = options.days or (1 if options.short else 7)
    things = options.things or (300 if options.short else 3_000)
    days = [day_of(FIRST) + timedelta(days=place) for place in range(count)]
    play = Play(options)
    try:
        play.prepare()
        play.play(days, things)
        play.finish(days)
    finally:
        play.desks.stop()
        if options.keep:
            print("kept:", play.folder)
        else:
            shutil.rmtree(play.folder)
    play.table()
    print(f"seed {options.seed}: {play.desks.killed} kills, {play.desks.asked} requests, {play.compared} comparisons, "
          f"{len(play.different)} differ, {time.monotonic() - BEGAN:.0f} s")
    if play.different:
        again = f"week.py --seed {options.seed} --days {count} --things {things} --kills {options.kills}"
        print(f"to play it again: {again}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
