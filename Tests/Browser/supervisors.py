"""Calls that go out, who waits to be called back, and what is behind a number: on the supervisors' pages, the wall and
the desk."""
import json
from centre import until

PICTURES = None

def picture(desk, name):
    """to be looked at"""
    if not PICTURES: return
    for width, height in ((1280, 800), (390, 844)):
        desk.page.set_viewport_size(dict(width=width, height=height))
        desk.page.screenshot(path=f'{PICTURES}/{name}-{width}.png')
        assert not desk.page.evaluate('document.documentElement.scrollWidth > innerWidth'), \
            f'{name}: wider than the screen of {width}'
    desk.page.set_viewport_size(dict(width=1280, height=800))

def clean(desk, check, what):
    """axe finds nothing there"""
    from axe_playwright_python.sync_playwright import Axe
    rules = {'runOnly': ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}
    found = Axe().run(desk.page, options=rules).response['violations']
    check(f'axe: {what}', [], [f"{one['id']}: {one['nodes'][0]['html'][:150]}" for one in found])

def add(test, check, new_call, pictures):
    global PICTURES
    PICTURES = pictures

    def give_up(house, caller, queue='support', reason=None):
        call = new_call()
        house.centre.push(dict(type='call.offered', call=call, to='0300000000', queue=queue, **{'from': caller}),
                          dict(type='call.queued', call=call, queue=queue))
        if reason: house.centre.push(dict(type='call.dequeued', call=call, queue=queue, reason=reason))
        house.centre.push(dict(type='call.ended', call=call, by='caller'))
        return call

    def forget(house):
        """nobody waits to be called back"""
        for one in house.centre.json('callbacks')['callbacks']:
            house.centre.run('callbacks', 'done', one['from']['e164'])

    def dial(house, number, operator, is_reached):
        call = new_call()
        house.centre.push(dict(type='call.dialed', call=call, operator=operator, to=number))
        if is_reached: house.centre.push(dict(type='call.answered', call=call))
        house.centre.push(dict(type='call.ended', call=call, cause='normal' if is_reached else 'no answer'),
                          dict(type='operator.ready', operator=operator))
        return call

    @test
    def callbacks_are_taken_on_tried_and_ended(house):
        house.quiet()
        forget(house)
        give_up(house, '09000000002')
        give_up(house, '09012345688', reason='callback')
        one, two, chief = (house.desk('101', language='en'), house.desk('102', language='ja'),
                           house.desk('900', language='en', path='/supervisor#callbacks'))
        for desk in (one, two):
            until('the count is told', lambda: desk.page.inner_text('#callbacks .tally') == '2')
            desk.page.click('#callbacks summary')
        row = one.sees('#callbacks li', '090-1234-5688')
        assert 'Asked for it' in row.inner_text() and 'not tried yet' in row.inner_text(), row.inner_text()
        assert 'Gave up' in one.sees('#callbacks li', '鈴木 花子').inner_text()
        chief.sees('#callbacks tr', '090-1234-5688')
        picture(chief, 'callbacks-due-en')
        row.locator('[data-key=claim]').click()
        one.sees('#callbacks li.mine', '090-1234-5688')
        # A colleague whose list is a moment old is told who has it, and since when.
        two.sees('#callbacks li', '090-1234-5688').locator('[data-key=claim]').click()
        two.sees('#callbacks .problem', '(101) が')
        two.sees('#callbacks li', '(101)（')
        two.problems[:] = [p for p in two.problems if '409' not in p]
        picture(one, 'desk-callbacks-en')
        picture(two, 'desk-callbacks-ja')
        clean(one, check, 'the desk with its callbacks')
        # No answer is a try; what is typed stays where it is.
        note = one.page.locator('#callbacks li.mine input')
        note.fill('asked for a cale')
        dial(house, '09012345688', '101', False)
        one.page.evaluate('document.querySelector("#callbacks details").open = false')
        one.page.click('#callbacks summary')
        one.sees('#callbacks li.mine', 'tries: 1')
        check('what is typed stays', 'asked for a cale', note.input_value())
        # An answer ends it.
        dial(house, '09012345688', '101', True)
        one.page.evaluate('document.querySelector("#callbacks details").open = false')
        one.page.click('#callbacks summary')
        one.lacks('#callbacks li', '090-1234-5688')
        # A supervisor gives one to somebody, and takes it back.
        chief.page.select_option('[name=kind]', 'abandoned')
        row = chief.sees('#callbacks tr', '鈴木 花子')
        row.locator('select').select_option('102')
        chief.sees('#callbacks tr', '(102), since')
        chief.page.click('#callbacks [data-key=release]')
        chief.sees('#callbacks tr select')
        clean(chief, check, 'callbacks')
        chief.page.click('#callbacks td .link')
        chief.sees('dialog', 'Lost calls')
        chief.page.click('dialog button.primary')
        chief.page.select_option('[name=kind]', '')
        chief.page.select_option('[name=state]', 'done')
        row = chief.sees('#callbacks tr', '090-1234-5688')
        assert 'Asked for it' in row.inner_text() and 'tries: 2' in row.inner_text(), row.inner_text()
        picture(chief, 'callbacks-done-en')
        clean(chief, check, 'callbacks that are done')
        chief.page.select_option('[name=state]', 'due')
        chief.page.fill('#callbacks td input', 'sorted out')
        chief.page.click('#callbacks td .row button')
        chief.sees('.empty', 'Nobody waits')
        # A pop that is over when its words are asked for in another language is no fault of the page.
        one.problems[:] = [p for p in one.problems if '404' not in p]
        for desk in (one, two, chief):
            check('problems', [], desk.problems)
            desk.end()

    @test
    def calls_that_go_out_are_on_every_page(house):
        house.quiet()
        before = house.centre.json('stats')['centre']['outbound']
        lost, made = dial(house, '09000000002', '102', False), dial(house, '09000000001', '101', True)
        ringing = new_call()
        house.centre.push(dict(type='call.dialed', call=ringing, operator='101', to='09000000004'),
                          dict(type='operator.busy', operator='102', reason='internal'))
        wall = house.desk('900', path='/wall', language='en', width=1920, height=1080)
        tile = wall.sees('.figure', 'Dialed/reached')
        until('the tile counts them',
              lambda: tile.locator('.value').inner_text() == f"{before['dialed'] + 3}/{before['reached'] + 1}")
        wall.sees('#people .counts', 'Dialing 1')
        wall.sees('#people .counts', 'On another call 1')
        wall.sees('#people li.dialing', '101')
        check('on the phone', '2', wall.sees('.figure', 'On the phone').locator('.value').inner_text())
        if PICTURES: wall.page.screenshot(path=f'{PICTURES}/wall-outbound-en-1920.png')
        wall.end()
        chief = house.desk('900', path='/supervisor#calls', language='en')
        chief.page.select_option('[name=direction]', 'outbound')
        chief.page.select_option('[name=outcome]', 'not_reached')
        row = chief.sees('#panel tbody tr', '鈴木 花子')
        assert '↗ Out' in row.inner_text() and '090-0000-0002' in row.inner_text(), row.inner_text()
        row.locator('button').click()
        for text in ('dialed by 高橋 (102)', 'cause: no answer'): chief.sees('dialog', text)
        chief.page.click('dialog button.primary')
        picture(chief, 'calls-outbound-en')
        chief.page.click('#tab-operators')
        row = chief.sees('tr[data-operator="102"]', 'On another call')
        told = house.centre.json('stats')['operators']['102']['outbound']
        check('dialed and reached', [str(told['dialed']), str(told['reached'])],
              [row.locator('td').nth(i).inner_text() for i in (6, 7)])
        house.centre.push(dict(type='call.ended', call=ringing), dict(type='operator.free', operator='102'))
        check('problems', [], chief.problems)
        chief.end()

    def receipt(desk, number, close=True):
        """opens a number, and gives what its receipt says"""
        number.click()
        desk.sees('dialog .receipt-value, dialog .problem')
        told = dict(text=desk.page.inner_text('dialog'),
                    value=(desk.page.locator('dialog .receipt-value').first.inner_text()
                           if desk.page.locator('dialog .receipt-value').count() else None))
        if close: desk.page.click('dialog button.primary')
        return told

    @test
    def every_number_opens_its_receipt(house):
        """the wall, the operators and the reports: value, definition, period, and exactly as many calls"""
        house.quiet()
        for reason in (None, 'callback'): give_up(house, '09000000004', reason=reason)
        answered = new_call()
        house.centre.ring(answered, '09000000002', '101')
        house.centre.push(dict(type='call.answered', call=answered, operator='101'),
                          dict(type='call.ended', call=answered), dict(type='operator.ready', operator='101'))
        dial(house, '09000000001', '101', True)
        wall = house.desk('900', path='/wall', language='en', width=1920, height=1080)
        wall.sees('.figure .value')
        tiles, opened = wall.page.locator('.figure'), 0
        for i in range(tiles.count()):
            label = tiles.nth(i).locator('.label').inner_text()
            if any(word in label for word in ('Available', 'On the phone', 'Promises')): continue
            value = tiles.nth(i).locator('.value').inner_text()
            told = receipt(wall, tiles.nth(i))
            check(label, value.split('/')[0], told['value'])
            for text in ('Centre', 'Period', 'As of'): assert text in told['text'], (label, told['text'])
            opened += 1
        check('tiles', 8, opened)
        # What is divided shows its division, and each part as many calls as it says.
        tile = wall.sees('.figure', 'Service level')
        told = receipt(wall, tile, close=False)
        for text in ('A≤T', 'Threshold', '20 s', 'Reckoned', 'negative'): assert text in told['text'], told['text']
        level = house.centre.json('stats')['centre']['answered']
        part = wall.sees('dialog details', 'Answered within')
        part.locator('summary').click()
        wall.sees('dialog details[open] table')
        # A page of them at a time.
        check('calls of a part', min(level, 50), part.locator('tbody tr').count())
        clean(wall, check, 'a receipt')
        # A tile with two numbers opens both.
        outbound = house.centre.json('stats')['centre']['outbound']
        wall.page.click('dialog button.primary')
        receipt(wall, wall.sees('.figure', 'Dialed/reached'), close=False)
        wall.page.click('dialog p.buttons button')
        wall.sees('dialog h2', 'Reached')
        check('reached', str(outbound['reached']), wall.page.locator('dialog .receipt-value').inner_text())
        wall.page.click('dialog button.primary')
        receipt(wall, tile, close=False)
        part = wall.sees('dialog details', 'Answered within')
        part.locator('summary').click()
        wall.sees('dialog details[open] table')
        picture(wall, 'receipt-service-en')
        # From the receipt to a call's story, and back.
        part.locator('tbody button').first.click()
        wall.sees('dialog h3', 'What happened')
        wall.page.click('dialog form button:not(.primary)')
        wall.sees('dialog .receipt-value')
        check('the part is still open', True, wall.page.locator('dialog details[open] table').is_visible())
        wall.page.click('dialog button.primary')
        check('problems', [], wall.problems)
        wall.end()

        chief = house.desk('900', path='/supervisor', language='ja')
        row = chief.sees('tr[data-operator="101"]')
        buttons = row.locator('td button.link')
        until('the figures are there', lambda: buttons.count() >= 6)
        for i in range(buttons.count()):
            label = buttons.nth(i).get_attribute('aria-label')
            buttons.nth(i).click()
            chief.sees('dialog[open] h2')
            if '案件' not in label:
                chief.sees('dialog .receipt-value')
                # Occupancy is another one a moment later.
                if '稼働率' not in label:
                    check(label, buttons.nth(i).inner_text(), chief.page.locator('dialog .receipt-value').inner_text())
            chief.page.click('dialog button.primary')
        # Once: the panel is redrawn when its figures have come, and a choice made before that is lost.
        chief.page.click('#tab-reports')
        for by in ('queue', 'operator', 'tier', 'line'):
            chief.page.select_option('[name=by]', by)
            chief.page.select_option('[name=step]', '1d')
            chief.sees('#panel th', {'queue': 'キュー', 'operator': '不応答', 'tier': '区分', 'line': '着信番号'}[by])
            numbers = chief.page.locator('#panel tbody tr').first.locator('button.link:not(.mark)')
            assert numbers.count() >= 5, by
            for i in range(numbers.count()):
                told = receipt(chief, numbers.nth(i), close=False)
                label = numbers.nth(i).get_attribute('aria-label')
                if '稼働率' not in label: check(f'{by}: {label}', numbers.nth(i).inner_text(), told['value'])
                if by == 'operator' and i == 0: picture(chief, 'receipt-operator-ja')
                chief.page.click('dialog button.primary')
        check('problems', [], chief.problems)
        chief.end()

    @test
    def the_heat_map_shades_by_the_mean(house):
        """the mean of the days, and not their sum; an hour without a call has no shade"""
        desk = house.desk('900', language='en', path='/wall')
        heat = """async () => {
            const { heatMap, stepOf } = await import('/pages/chart.js');
            const cell = (weekday, hour, offered) => ({ weekday, hour, offered, days: 2 });
            const map = heatMap([cell(0, 9, 20), cell(1, 11, 2), cell(2, 15, 0)], ['Mo', 'Tu', 'We']);
            const row = (n) => [...map.querySelectorAll(`tbody tr:nth-child(${n}) td`)]
                .map((one) => [one.className, one.textContent]);
            return { head: map.querySelectorAll('thead th').length, first: row(1), second: row(2),
                empty: heatMap([cell(2, 15, 0)], ['Mo']), steps: [1, 7, 12, 60, 1000].map(stepOf) };
        }"""
        found, none = desk.page.evaluate(heat), ['number heat-0', '']
        check('hours from the first to the last with a call, and the day', 4, found['head'])
        check('the most', [['number heat-5', '10'], none, none], found['first'])
        check('a tenth of it', [none, none, ['number heat-1', '1']], found['second'])
        check('without a call there is none', None, found['empty'])
        check('steps of the axis', [1, 2, 5, 20, 200], found['steps'])
        check('problems', [], desk.problems)
        desk.end()

    @test
    def figures_that_may_be_wrong_are_marked(house):
        """a gap in the link and an outcome that nobody saw: a sign and its reason on the wall, the pages and the
        receipts"""
        house.quiet()
        lost = new_call()
        house.centre.push(dict(type='call.offered', call=lost, to='0300000000', queue='support', source='trunk',
                               **{'from': '09000000002'}),
                          dict(type='call.queued', call=lost, queue='support', source='trunk'),
                          dict(type='pbx.disconnected', source='trunk'), dict(type='pbx.connected', source='trunk'),
                          dict(type='pbx.snapshot', source='trunk', calls=[], operators=[]))
        for language, gap, unseen in (('en', 'The link to the PBX trunk was down', 'Some calls ended unseen'),
                                      ('ja', 'PBX trunk との接続が切れていました', '終わり方の分からない着信')):
            wall = house.desk('900', path='/wall', language=language, width=1920, height=1080)
            for text in (gap, unseen): wall.sees('#marks .marks li', text)
            tile = wall.sees('.figure', '⚑')
            told = receipt(wall, tile)
            assert gap in told['text'], told['text']
            if PICTURES: wall.page.screenshot(path=f'{PICTURES}/wall-marks-{language}-1920.png')
            clean(wall, check, f'marks on the wall, {language}')
            check('problems', [], wall.problems)
            wall.end()
        chief = house.desk('900', path='/supervisor', language='en')
        chief.sees('#marks .marks li', 'The link to the PBX trunk was down')
        chief.page.click('#tab-reports')
        chief.sees('#panel .marks li', 'The link to the PBX trunk was down')
        chief.page.locator('#panel td .mark').first.click()
        chief.sees('dialog .marks li', 'The link to the PBX trunk was down')
        chief.page.click('dialog button.primary')
        picture(chief, 'report-marks-en')
        clean(chief, check, 'marks on a report')
        check('problems', [], chief.problems)
        chief.end()
