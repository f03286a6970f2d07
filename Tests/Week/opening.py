"""When the centre is open: parts of days of Japan's clock, which has no summer time. Milliseconds."""
from datetime import date, datetime, timedelta, timezone

JST = timezone(timedelta(hours=9))
HOUR_MS, DAY_MS, MINUTE_MS = 3_600_000, 86_400_000, 60_000
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def moment(year, month, day, hour=0, minute=0):
    return int(datetime(year, month, day, hour, minute, tzinfo=JST).timestamp() * 1000)


def day_of(ms):
    """The date of a moment by the centre's clock."""
    return datetime.fromtimestamp(ms / 1000, JST).date()


def start_of(day):
    return moment(day.year, day.month, day.day)


def next_midnight(ms):
    return start_of(day_of(ms)) + DAY_MS


class Opening:
    def __init__(self, week, holidays):
        """week: by the name of the day, [("09:00", "12:30"), …]. holidays: dates on which nobody is there."""
        self.week = {name: [(minutes(begin), minutes(end)) for begin, end in parts] for name, parts in week.items()}
        self.holidays = set(holidays)

    def is_day(self, day):
        return bool(self.spans(day))

    def spans(self, day):
        """The open parts of a date, in order."""
        if day in self.holidays:
            return []
        first = start_of(day)
        return [(first + begin * MINUTE_MS, first + end * MINUTE_MS) for begin, end in self.week[DAYS[day.weekday()]]]

    def is_open(self, ms):
        return any(begin <= ms < end for begin, end in self.spans(day_of(ms)))

    def next_open(self, ms):
        day = day_of(ms)
        while True:
            for begin, end in self.spans(day):
                if end > ms:
                    return max(begin, ms)
            day += timedelta(days=1)

    def after(self, duration, ms):
        """The first moment by which the centre was open for so long."""
        if duration <= 0:
            return ms
        day = day_of(ms)
        while True:
            for begin, end in self.spans(day):
                if end <= ms:
                    continue
                begin = max(begin, ms)
                if duration <= end - begin:
                    return begin + duration
                duration -= end - begin
            day += timedelta(days=1)

    def before(self, duration, ms):
        """The last moment since which it was open for so long."""
        if duration <= 0:
            return ms
        day = day_of(ms)
        while True:
            for begin, end in reversed(self.spans(day)):
                if begin >= ms:
                    continue
                end = min(end, ms)
                if duration <= end - begin:
                    return end - duration
                duration -= end - begin
            day -= timedelta(days=1)

    def firing(self, duration, ms):
        """When a rule fires: not while nobody is there."""
        return self.next_open(ms) if duration <= 0 else self.after(duration, ms)

    def text(self, path):
        """As the configuration has it."""
        lines = "[opening_hours]\n"
        for name in DAYS:
            parts = ", ".join(f'"{clock(begin)}-{clock(end)}"' for begin, end in self.week[name])
            lines += f"{name} = [{parts}]\n"
        return lines + f'holidays = "{path}"\n'

    def holiday_file(self):
        return "".join(f"{day.isoformat()} 祝日\n" for day in sorted(self.holidays))


def minutes(text):
    hours, rest = text.split(":")
    return int(hours) * 60 + int(rest)


def clock(of_day):
    return f"{of_day // 60:02}:{of_day % 60:02}"


def date_of(text):
    return date.fromisoformat(text)
