#!/usr/bin/env python3
"""Days and times on the pages are the centre's: at six hours of the day, in browsers of three zones, some with a wrong
clock.

hours.py [HH:MM ...]   BINDIR: where the programs are, .build/debug; PICTURES: where screenshots go, none without"""
import datetime, os, re, sys, time, traceback, zoneinfo
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from centre import *
from playwright.sync_api import sync_playwright

PEOPLE = [('101', 'operator', '佐藤 一'), ('900', 'supervisor', '部長')]
# The time of day for the daemon, UTC; the centre's zone and when its day begins; by how much the browser's clock is
# wrong, in hours.
HOURS = [('00:10', 'Asia/Tokyo', '00:00', 0), ('03:30', 'America/St_Johns', '00:00', 7),
         ('08:30', 'America/New_York', '05:00', 0), ('14:50', 'Asia/Tokyo', '00:00', -30),
         ('15:10', 'Asia/Tokyo', '00:00', 0), ('21:40', 'Europe/Berlin', '22:30', 0.1)]
ZONES = ['America/Los_Angeles', 'UTC', 'Pacific/Auckland']
day = datetime.timedelta(days=1)


def check(what, wanted, found): assert wanted == found, f'{what}: {found!r}, expected {wanted!r}'
def within(what, text, least, most):
    """that a duration such as 1:02 is not hours off"""
    shown = seconds(text)
    assert least <= shown <= most, f'{what}: {text!r} is not between {least} and {most} s'
def seconds(text):
    return sum(int(part) * 60 ** i for i, part in enumerate(reversed(re.search(r'\d+(:\d\d)+', text)[0].split(':'))))


class Hour:
    """A daemon at some hour, and what its centre's clock shows."""
    def __init__(self, playwright, utc, zone, day_start, wrong):
        hour, minute = map(int, utc.split(':'))
        now = int(time.time())
        self.shift, self.wrong = (hour * 60 + minute) * 60 - now % 86400, int(wrong * 3600)
        self.zone, self.day_start = zoneinfo.ZoneInfo(zone), day_start
        self.centre = Centre(PEOPLE, zone, day_start, clock=self.shift)
        self.browser = chromium(playwright, self.shift + self.wrong)
        self.kept, self.calls = {}, 0

    def now(self): return datetime.datetime.fromtimestamp(time.time() + self.shift, self.zone)
    def today(self):
        now = self.now()
        return (now if f'{now:%H:%M}' >= self.day_start else now - day).date()
    def at(self, text): return datetime.datetime.fromisoformat(text).astimezone(self.zone)

    def desk(self, who, zone, path='/'):
        more = dict(timezone_id=zone, storage_state=self.kept[who]) if who in self.kept else dict(timezone_id=zone)
        desk = Desk(self.browser, self.centre, None if who in self.kept else who, language='en', path=path, **more)
        desk.sees('#state:not(:empty), #figures, #panel:not(:empty)')
        self.kept.setdefault(who, desk.context.storage_state())
        return desk

    def call(self, *more, caller='09000000002'):
        self.calls += 1
        call = f'h{self.calls}'
        self.centre.push(dict(type='call.offered', call=call, to='0300000000', queue='support', **{'from': caller}),
                         dict(type='call.queued', call=call, queue='support'),
                         *[dict(call=call, **one) for one in more])
        return call

    def end(self):
        self.browser.close()
        self.centre.end()


def supervisor(hour, zone, gone):
    """the reports, the calls behind them, and the lists"""
    offered = hour.at(hour.centre.json('explain', gone)['offered_at'])
    desk = hour.desk('900', zone, '/supervisor#reports')
    desk.sees('.bars')
    for name in ('from', 'to'):
        field = desk.page.locator(f'[name={name}]')
        check(name, str(hour.today()), field.input_value())
        check(f'the last day of {name}', str(hour.today()), field.get_attribute('max'))
    is_told = desk.page.locator('#zone').is_visible()
    here = hour.now().astimezone(zoneinfo.ZoneInfo(zone)).utcoffset()
    check('whose time it is', here != hour.now().utcoffset(), is_told)
    row = desk.sees('#panel tbody tr')
    check('hour', f'{offered:%H}:00', row.locator('td').first.inner_text().split()[-1].replace(':30', ':00'))
    desk.page.select_option('[name=step]', '1d')
    until('the day',
          lambda: desk.page.locator('#panel tbody td').first.inner_text() == f'{hour.today():%b} {hour.today().day}')
    row.locator('button').first.click()
    desk.sees('dialog table')
    times = [cell.inner_text() for cell in desk.page.locator('dialog tbody td:first-child').all()]
    assert f'{offered:%H:%M}' in times, (times, offered)
    desk.page.locator('dialog tbody tr').last.locator('button').click()
    desk.sees('dialog .timeline time', f'{offered:%H:%M:%S}')
    desk.page.click('dialog button.primary')
    picture(desk, f'reports-{hour.now():%H%M}-{zone}')
    desk.page.click('#tab-calls')
    desk.sees('#panel td', f'{offered:%H:%M}')
    picture(desk, f'calls-{hour.now():%H%M}-{zone}')
    desk.page.click('#tab-callbacks')
    desk.sees('#panel td', f'{offered:%H:%M}')
    desk.page.click('#tab-operators')
    # Only the minutes of this test have passed.
    within('state', desk.sees('tr[data-operator="101"] td:nth-child(4)', ':').inner_text(), 0, 300)
    check('problems', [], desk.problems)
    desk.end()


def wall(hour, zone):
    waiting = hour.call()
    desk = hour.desk('900', zone, '/wall')
    before = f'{hour.now():%H:%M}'
    shown = desk.sees('#clock', ':').inner_text()
    assert shown in (before, f'{hour.now():%H:%M}'), (shown, before)
    within('waiting', desk.sees('#calls td.number', ':').inner_text(), 0, 60)
    within('state', desk.sees('#people .time', ':').inner_text(), 0, 300)
    hour.centre.push(dict(type='call.ended', call=waiting))
    check('problems', [], desk.problems)
    desk.end()


def operator(hour, zone):
    """after-call work counts down by the daemon's clock, and a promise is for the centre's time"""
    # A card shows five promises: each zone has a customer of its own.
    caller = f'0900000000{[2, 6, 1][ZONES.index(zone)]}'
    call = hour.call(dict(type='call.ringing', operator='101'), dict(type='call.answered', operator='101'),
                     caller=caller)
    desk = hour.desk('101', zone)
    desk.sees('.phase-answered')
    hour.centre.push(dict(type='call.ended', call=call, by='caller'))
    within('what is left', desk.sees('#state .time', 'left').inner_text(), 30, 60)
    desk.page.click('.followup summary')
    for title, due in (('kept', hour.today() + 2 * day), ('broken', hour.today() - day)):
        desk.page.fill('.followup input[type=text]', f'{title} in {zone}')
        desk.page.fill('.followup input[type=datetime-local]', f'{due}T09:00')
        desk.page.click('.followup [data-key=add]')
        until('it is added', lambda: desk.page.input_value('.followup input[type=text]') == '')
    customer = hour.centre.json('explain', call)['customer']['id']
    dues = {one['title']: hour.at(one['due']) for one in hour.centre.json('customers', 'show', str(customer))['cases']}
    for title, due in (('kept', hour.today() + 2 * day), ('broken', hour.today() - day)):
        check(f'due {title}', f'{due} 09:00', f'{dues[f"{title} in {zone}"]:%Y-%m-%d %H:%M}')
    desk.page.keyboard.press('Alt+Enter')
    desk.sees('#state', 'Available')
    again = hour.call(dict(type='call.ringing', operator='101'), caller=caller)
    for title, is_late in (('kept', False), ('broken', True)):
        line = desk.sees('.call-items li', f'{title} in {zone}')
        assert '09:00' in line.inner_text(), line.inner_text()
        check(f'{title} is late', is_late, line.locator('.mark-of-case', has_text='Overdue').count() == 1)
    within('waited', desk.sees('.call .phase .time', ':').inner_text(), 0, 30)
    hour.centre.push(dict(type='call.ended', call=again), dict(type='operator.ready', operator='101'))
    check('problems', [], desk.problems)
    desk.end()


def clocks_that_are_changed(hour):
    """the moments of days on which clocks are put forward and back, as the daemon reckons them"""
    desk = hour.desk('900', 'UTC', '/supervisor')
    texts = [f'2026-{month:02}-{d:02}T{at}' for month in (3, 10, 11) for d in range(1, 32) if (month, d) != (11, 31)
             for at in ('00:00', '01:30', '02:30', '03:30')]
    found = desk.page.evaluate(
        'async (texts) => { const { instant } = await import("/pages/time.js"); return texts.map(instant); }', texts)
    for text, moment in zip(texts, found):
        wall = datetime.datetime.fromisoformat(text).replace(tzinfo=hour.zone)
        wanted = wall.timestamp()
        # A time that the clock jumps over: the moment of the jump.
        if datetime.datetime.fromtimestamp(wanted, hour.zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
            shown = (datetime.datetime.fromtimestamp(moment / 1000, hour.zone),
                     datetime.datetime.fromtimestamp(moment / 1000 - 1, hour.zone))
            assert shown[0].utcoffset() != shown[1].utcoffset(), (text, shown)
        else: check(text, wanted * 1000, moment)
    desk.end()


def picture(desk, name):
    if os.environ.get('PICTURES'): desk.page.screenshot(path=f"{os.environ['PICTURES']}/{name.replace('/', '-')}.png")


if __name__ == '__main__':
    failed = []
    if os.environ.get('PICTURES'): os.makedirs(os.environ['PICTURES'], exist_ok=True)
    with sync_playwright() as playwright:
        for one in [one for one in HOURS if not sys.argv[1:] or one[0] in sys.argv[1:]]:
            began, hour = time.monotonic(), Hour(playwright, *one)
            try:
                hour.centre.login(('101', '佐藤 一'))
                gone = hour.call(dict(type='call.ended', by='caller'))
                for zone in ZONES:
                    for part in (lambda: supervisor(hour, zone, gone), lambda: wall(hour, zone),
                                 lambda: operator(hour, zone)):
                        part()
                clocks_that_are_changed(hour)
                print(f'ok    {one[0]} UTC, the centre in {one[1]} ({time.monotonic() - began:.0f} s)', flush=True)
            except Exception as e:
                failed.append(one[0])
                print(f'FAIL  {one[0]} UTC, the centre in {one[1]}, the browser in {zone}: {e}', flush=True)
                if not isinstance(e, AssertionError) or not str(e): traceback.print_exc()
            finally: hour.end()
    print(f'{len(failed)} hours failed: {", ".join(failed)}' if failed
          else 'The pages show the centre\'s days and times at every hour.')
    sys.exit(1 if failed else 0)
