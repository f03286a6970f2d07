"""A month in fast motion: what the daemon's memory is at the end of each of its days.

The daemon runs by a clock that this module sets, as Tests/ClockShift shows it. Calls come in ten bursts a day; then the
night passes, in which the clock alone can let go of what the day has left."""
import os, struct, time
from pathlib import Path

CLOCK = Path(__file__).resolve().parent.parent / "Tests/ClockShift/clock_shift.c"
HOUR = 3_600
DAYS, BURSTS, CALLS = 30, 10, 1_000


class Clock:
    """The time of day that the daemon is shown; it stands still between two settings."""

    def __init__(self, path):
        self.path, self.now = path, int(time.time()) // 86_400 * 86_400
        self.set(self.now)

    def set(self, seconds):
        self.now = seconds
        # In place: the daemon has the file's page mapped.
        with open(self.path, "r+b" if self.path.exists() else "wb") as file:
            file.write(struct.pack("=q", seconds * 1_000_000_000))


def settled(memory, patience_s=20):
    """The memory, once it has stopped falling for two seconds."""
    least, since, end = memory(), time.monotonic(), time.monotonic() + patience_s
    while time.monotonic() < min(since + 2, end):
        time.sleep(0.1)
        now = memory()
        if now < least * 0.99:
            least, since = now, time.monotonic()
    return least


def play(start, load, memory, say):
    """Bytes at the end of each day.

    start: begins a daemon with these variables in its environment, and returns it as a context; load: sends so many
    calls to it; memory: the bytes that it has."""
    nights = []
    with start() as (daemon, clock):
        for day in range(DAYS):
            morning = clock.now + 8 * HOUR
            for burst in range(BURSTS):
                clock.set(morning + burst * HOUR)
                load(daemon, CALLS)
            clock.set(morning + 16 * HOUR)
            nights.append(settled(lambda: memory(daemon)))
            if day % 5 == 4:
                say(f"  day {day + 1}: {nights[-1] / 1e6:,.0f} MB")
    return nights
