"""Numbers that open the list behind them, a due time while the centre is closed, and hours on a day with a change of
summer time."""
import datetime, json, os, re
from types import SimpleNamespace
from centre import Centre, Desk, until
from inbox import send_mail
from supervisors import clean
from work import at, fresh, open_case

PICTURES = os.environ.get('PICTURES')
PEOPLE = [('101', 'operator', '佐藤 一'), ('900', 'supervisor', '部長')]
WEEKDAYS = ('monday', 'tuesday', 'wednesday', 'thursday', 'friday')
OPEN = '[opening_hours]\n' + ''.join(f'{day} = ["09:00-17:00"]\n' for day in WEEKDAYS)


def tile(desk, name):
    return desk.page.locator('.figure', has_text=name).locator('.value').inner_text()


def offered(time, call, queue):
    """a caller of a queue log who gave up after ten seconds"""
    begin = int(time.timestamp())
    return (f'{begin}|{call}|{queue}|NONE|ENTERQUEUE||09000000002|1\n'
            f'{begin + 10}|{call}|{queue}|NONE|ABANDON|1|1|10\n')


def add(test, check, new_call):
    @test
    def promises_at_risk_are_a_number_and_a_list(house):
        fresh(house)
        open_case(house, 1, 'Late promise', 'owner=101', 'kind=promise', 'due=' + at(-1))
        for n in range(2): open_case(house, 1, f'Soon {n}', 'owner=101', 'kind=promise', 'due=' + at(0.2))
        open_case(house, 1, 'Late case', 'owner=101', 'due=' + at(-2))
        wall = house.desk('900', language='en', path='/wall')
        until('promises overdue', lambda: tile(wall, 'Promises overdue') == '1')
        check('at risk', '2', tile(wall, 'Promises at risk'))
        wall.page.click('.figure:has-text("Promises at risk")')
        wall.sees('.board li', 'Soon 1')
        check('what is listed', ['Soon 0', 'Soon 1'], wall.page.locator('.board li strong').all_inner_texts())
        check('the address', True, wall.page.url.endswith('#cases?kind=promise&delay=at_risk'))
        clean(wall, check, 'the board with its numbers')
        # The numbers of the header are in sight on each page, and open theirs.
        wall.page.click('#tab-workload')
        wall.sees('table.workload tr', '101')
        clean(wall, check, 'the workload with its numbers')
        wall.page.click('#promises a:has-text("Promises overdue 1")')
        wall.sees('.board li', 'Late promise')
        check('one promise', ['Late promise'], wall.page.locator('.board li strong').all_inner_texts())
        wall.page.click('.case-counts button[aria-label="All, Overdue: 2"]')
        wall.sees('.board li', 'Late case')
        check('both', 2, wall.page.locator('.board li').count())
        desk = house.desk('101', language='en')
        for text in ('Promises overdue 1', 'Promises at risk 2'): desk.sees('.work-tally', text)
        desk.sees('.work-due h3', 'Cases 1 · Promises 3')
        for one in (wall, desk):
            check('problems', [], one.problems)
            one.end()
        fresh(house)

    @test
    def the_header_of_the_desk_counts_what_is_stalled_and_what_is_nobodys(house):
        centre = Centre(PEOPLE, more='[cases]\nstalled_after = "1s"\n')
        try:
            centre.login(('101', '佐藤 一'))
            centre.run('cases', 'open', '1', 'Stands still', 'owner=101')
            for n in range(2): centre.run('cases', 'open', '2', f'Nobody {n}', 'kind=promise')
            desk = Desk(house.browser, centre, '101', language='en', width=1280, height=800)
            desk.sees('#unowned-count', "Nobody's 2")
            # Whether a case is stalled is asked for with the rest: once a minute, or when there is news.
            until('it is stalled', lambda: centre.json('cases', '--stalled')['items'])
            centre.run('cases', 'open', '2', 'Nobody 2', 'kind=promise')
            desk.sees('#stalled-count', 'Stalled 1')
            call = new_call()
            centre.talk(call, '09000000001', '101')
            desk.sees('.call')
            desk.page.click('#stalled-count')
            desk.sees('dialog li', 'Stands still')
            clean(desk, check, 'the list behind a number')
            desk.page.keyboard.press('Escape')
            desk.page.click('#unowned-count')
            until('what is nobody\'s', lambda: desk.page.locator('dialog li').count() == 3)
            desk.sees('dialog li', 'Nobody 1').locator('button', has_text='Take').click()
            desk.sees('dialog li:has-text("Nobody 1") button', 'Edit')
            desk.page.locator('dialog .buttons button', has_text='Close').click()
            desk.sees('.work-hand li', 'Nobody 1')
            check('problems', [], desk.problems)
            desk.end()
        finally: centre.end()

    @test
    def mails_that_wait_are_a_number_on_desk_and_wall(house):
        centre = Centre(PEOPLE + [('102', 'operator', '高橋')], more='[cases]\nmails_late_after = "1s"\n')
        one = SimpleNamespace(centre=centre)
        try:
            desk = Desk(house.browser, centre, '102', language='ja', width=1280, height=800)
            desk.sees('#work h2')
            for place in ('inbox', 'approval'):
                check(f'nothing waits: {place}', True, desk.page.locator(f'#{place}-count').is_hidden())
            for n in range(2): send_mail(one, f'Stranger {n}', f'stranger{n}@else.example', f'Question {n}')
            desk.sees('#inbox-count', '受信箱 2')
            who = json.loads(centre.run('customers', 'add', '--name', 'Answered', '--email', 'a@c.example', '--json'))
            made = centre.run('cases', 'open', str(who['id']), 'To answer', 'owner=102', '--json')
            status = desk.page.evaluate('''(id) => fetch(`/v1/cases/${id}/replies`, { method: "POST", headers: {
                "Content-Type": "application/json" }, body: '{"text":"Soon."}' }).then((answer) => answer.status)''',
                json.loads(made)['id'])
            check('it waits for approval', 201, status)
            until('all are late', lambda: all(mails['late'] == mails['open'] for mails in
                  centre.json('cases', 'counts')['mails'].values()))
            # News comes with a mail; late ones are marked, in the header and in the list.
            send_mail(one, 'Stranger 2', 'stranger2@else.example', 'Question 2')
            desk.sees('#inbox-count.late', '⚠ 受信箱 3')
            desk.sees('#inbox li', 'Question 0').locator('.mark-of-case.late', has_text='対応遅れ').wait_for()
            check('an operator approves nothing', True, desk.page.locator('#approval-count').is_hidden())
            clean(desk, check, 'the desk with late mails')
            check('one line', True, desk.page.evaluate('document.querySelector("header").offsetHeight < 80'))
            desk.page.click('#inbox-count')
            desk.sees('#inbox li:focus')
            if PICTURES: desk.page.screenshot(path=f'{PICTURES}/mails-waiting-desk-ja-1280.png')
            chief = Desk(house.browser, centre, '900', language='en', path='/', width=1280, height=800)
            chief.sees('#approval-count.late', '⚠ To approve 1')
            if PICTURES: chief.page.screenshot(path=f'{PICTURES}/mails-waiting-chief-en-1280.png')
            chief.page.click('#approval-count')
            chief.sees('#panel li', 'To answer').locator('.mark-of-case.late', has_text='Waits too long').wait_for()
            chief.sees('#promises a.late', 'Mails to approve 1')
            chief.page.click('#tab-workload')
            chief.sees('[data-mails=inbox]', 'Inbox 3')
            clean(chief, check, 'the workload with mails')
            if PICTURES: chief.page.screenshot(path=f'{PICTURES}/mails-waiting-workload-en-1280.png')
            wall = Desk(house.browser, centre, '900', language='en', path='/wall', width=1920, height=1080)
            until('the inbox', lambda: tile(wall, 'Inbox') == '3')
            check('to approve', '1', tile(wall, 'Mails to approve'))
            check('it is bad', 2, wall.page.locator('.figure.bad', has_text='⚠').locator('visible=true').filter(
                has_text=re.compile('Inbox|Mails')).count())
            clean(wall, check, 'the wall with mails')
            if PICTURES: wall.page.screenshot(path=f'{PICTURES}/mails-waiting-wall-en-1920.png')
            wall.page.click('.figure:has-text("Inbox")')
            wall.sees('#inbox li:focus')
            for one in (desk, chief, wall):
                check('problems', [], one.problems)
                one.end()
        finally: centre.end()

    @test
    def a_due_time_while_the_centre_is_closed_is_said_beside_the_field(house):
        centre = Centre(PEOPLE, zone='Europe/Berlin', more=OPEN)
        try:
            centre.login(('101', '佐藤 一'))
            centre.run('cases', 'open', '1', 'Parts', 'owner=101')
            # A Sunday in the winter after next, and the Monday behind it.
            year = datetime.date.today().year + 1
            sunday = next(day for n in range(7) if (day := datetime.date(year, 2, 10 + n)).weekday() == 6)
            monday = sunday + datetime.timedelta(days=1)
            for language, closed, opens, use in (
                    ('en', 'The centre is closed on', 'It opens next:', 'Use that time'),
                    ('ja', 'は休業日です', '次の営業開始：', 'その時刻にする')):
                desk = Desk(house.browser, centre, '101', language=language)
                desk.sees('#work li', 'Parts').locator('[data-key=change]').click()
                desk.page.fill('dialog form [name=due]', f'{monday}T17:00')
                desk.page.fill('dialog form [name=due]', f'{sunday}T10:00')
                hint = desk.sees('dialog .hint', closed)
                assert opens in hint.inner_text() and '09:00' in hint.inner_text(), hint.inner_text()
                clean(desk, check, 'the form with the hint')
                hint.locator('button', has_text=use).click()
                check('the next opening', f'{monday}T09:00', desk.page.input_value('dialog form [name=due]'))
                until('nothing is said any more', lambda: desk.page.inner_text('dialog form > .hint') == '')
                desk.page.fill('dialog form [name=due]', f'{monday}T17:01')
                until('after hours', lambda: '09:00' in desk.page.inner_text('dialog form > .hint'))
                check('problems', [], desk.problems)
                desk.end()
            check('nothing was saved', None, centre.json('cases', 'show', '1').get('due'))
        finally: centre.end()

    @test
    def the_week_before_is_found_by_the_clock_when_it_was_changed(house):
        """the clocks of Berlin were set on 30 March and 26 October 2025"""
        centre = Centre(PEOPLE, zone='Europe/Berlin')
        try:
            def utc(*when): return datetime.datetime(*when, tzinfo=datetime.timezone.utc)
            # Each at half past nine by the clock of Berlin, and in another queue one more.
            days = [(utc(2025, 3, 23, 8, 30), 4), (utc(2025, 3, 30, 7, 30), 2),
                    (utc(2025, 10, 19, 7, 30), 3), (utc(2025, 10, 26, 8, 30), 5)]
            with open(centre.folder + '/queue_log', 'w') as log:
                for day, count in days:
                    for n in range(count): log.write(offered(day, f'{day:%m%d}.{n}', 'support'))
                    log.write(offered(day + datetime.timedelta(minutes=5), f'{day:%m%d}.x', 'sales'))
            centre.run('import', centre.folder + '/queue_log', '--kind', 'queue-log', '--source', 'default')
            # Queues are known by what is offered today.
            for queue in ('support', 'sales'):
                call = new_call()
                centre.push(dict(type='call.offered', call=call, to='0300000000', queue=queue, **{'from': '0'}),
                            dict(type='call.queued', call=call, queue=queue),
                            dict(type='call.ended', call=call, by='caller'))
            chief = Desk(house.browser, centre, '900', language='en', path='/supervisor#reports')
            def hour_of(date, hours, wanted):
                """what the chart says of nine o'clock, once it is of that day with so many hours"""
                for name in ('to', 'from', 'to'): chief.page.fill(f'[name={name}]', date)
                place = chief.page.locator('figure .chart-place').first
                if not place.count(): return None
                said = []
                place.focus()
                while len(said) < 30:
                    chief.page.keyboard.press('ArrowRight')
                    text = chief.page.locator('.chart-values').first.inner_text()
                    if said and text == said[-1]: break
                    said.append(text)
                found = [text for text in said if '09:00' in text]
                return found[0] if len(said) == hours and len(found) == 1 and found[0].endswith(wanted) else None
            for queue, more in (('', 1), ('support', 0)):
                chief.page.select_option('[name=queue]', queue)
                for date, hours, now, before in (('2025-03-30', 23, 2, 4), ('2025-10-26', 25, 5, 3)):
                    wanted = f'a week before {before + more}'
                    text = until(f'{date} of {queue or "all"}: {wanted}', lambda: hour_of(date, hours, wanted))
                    assert f'offered {now + more},' in text, text
            clean(chief, check, 'a report of a queue')
            # Between two dates that are typed one after the other lie more hours than one answer has.
            check('problems', [], [p for p in chief.problems if '400' not in p])
            chief.end()
        finally: centre.end()
