"""The desk for eight hours: one large card and lines, the note in sight, and forms that outlive the session."""
import json
from centre import until
from supervisors import clean


def add(test, check, new_call):
    def in_sight(desk, *selectors):
        """whether all of it is inside the window, and nothing lies on it"""
        size = desk.page.viewport_size
        for selector in selectors:
            box = desk.sees(selector).bounding_box()
            where = (selector, box)
            assert box['x'] >= 0 and box['x'] + box['width'] <= size['width'], where
            assert box['y'] >= 0 and box['y'] + box['height'] <= size['height'], where
            on_top = desk.page.evaluate('''(selector) => {
                const place = document.querySelector(selector), { x, y, width, height } = place.getBoundingClientRect();
                const top = document.elementFromPoint(x + width / 2, y + height - 3);
                return place === top || place.contains(top); }''', selector)
            assert on_top, f'{selector} is covered'

    @test
    def the_numbers_stay_in_sight_on_small_screens(house):
        house.quiet()
        call = new_call()
        house.centre.talk(call, '09000000001', '101')
        for language, width, height in (('en', 390, 844), ('ja', 390, 844), ('en', 768, 700), ('ja', 900, 500)):
            desk = house.desk('101', language=language, width=width, height=height)
            desk.sees('article.call.phase-answered')
            desk.sees('#day')
            desk.page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
            until('it is scrolled', lambda: desk.page.evaluate('scrollY') > 0)
            in_sight(desk, '#work-counts', '#day')
            # They leave room for the page: what has the focus is not below them.
            share = desk.page.evaluate('document.querySelector("header").getBoundingClientRect().bottom') / height
            assert share < 0.2, (language, width, share)
            for place in ('.note textarea', '.dispositions input', '[data-key=open]'):
                desk.page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
                desk.page.locator(f'article {place}').first.focus()
                in_sight(desk, f'article {place}')
            desk.end()
        house.centre.push(dict(type='call.ended', call=call))

    @test
    def one_card_and_lines(house):
        house.quiet()
        desk = house.desk('101', language='en', width=1280, height=800)
        vip = house.centre.json('customers', 'find', '山田')['customers'][0]['id']
        desk.page.evaluate('''(id) => fetch(`/v1/customers/${id}`, { method: 'PATCH',
            headers: { 'Content-Type': 'application/json', 'If-Match': '*' }, body: JSON.stringify({ cautions: [
                '大きな声で話す', 'Complained of two colleagues: say sorry first, and do not put on hold',
                'Bills go to the head office alone'] }) })''', vip)
        for title in ('Send the offer', 'Ask the maker', 'Bring the filter', 'Look at the pipe'):
            house.centre.run('cases', 'open', str(vip), title, 'kind=promise', 'due=2026-01-01T09:00:00Z')
        calls = [new_call() for _ in range(4)]
        house.centre.talk(calls[0], '09000000001', '101')
        desk.sees('article.call.vip.phase-answered')
        in_sight(desk, 'article .note textarea', 'article .dispositions')
        desk.page.evaluate('scrollTo(0, 400)')
        in_sight(desk, 'article .note textarea', 'article .dispositions', '#work-counts')
        desk.page.evaluate('scrollTo(0, 0)')
        # A call that rings is a line, and waits for whoever talks.
        for n, call in enumerate(calls[1:], 2): house.centre.ring(call, f'0900000000{n}', '101')
        until('three lines', lambda: desk.page.locator('#call-lines .call-line').count() == 3)
        check('large cards', 1, desk.page.locator('article.call').count())
        in_sight(desk, 'article .note textarea', 'article .dispositions', '#call-lines')
        line = desk.page.locator('#call-lines .call-line', has_text='鈴木 花子')
        assert 'waiting' in line.inner_text() and 'Regular' in line.inner_text(), line.inner_text()
        check('one line', True, line.bounding_box()['height'] < 50)
        clean(desk, check, 'lines of calls')
        # By keys: the next line, and that one in hand; by its number; by a click.
        for _ in range(2): desk.page.keyboard.press('Alt+j')
        desk.page.keyboard.press('Alt+u')
        desk.page.keyboard.press('Alt+o')
        desk.sees('article.call h2', '鈴木 花子')
        check('in focus', True, desk.page.evaluate('document.activeElement.matches("article.call")'))
        desk.page.keyboard.press('Alt+1')
        desk.sees('article.call h2', '山田 太郎')
        line.click()
        desk.sees('article.call h2', '鈴木 花子')
        # Who answers talks with that one; the other is a line that says what is missing once it ended.
        house.centre.push(dict(type='call.ended', call=calls[0]))
        desk.sees('#call-lines .phase-ended .lack', 'No note')
        house.centre.push(dict(type='call.answered', call=calls[3], operator='101'))
        desk.sees('article.call.phase-answered', '佐藤')
        desk.sees('#call-lines .call-line', '山田 太郎').click()
        desk.page.fill('article textarea', 'said sorry')
        in_sight(desk, 'article [data-key=finish]')
        desk.page.click('[data-key=finish]')
        desk.sees('article.call.phase-answered', '佐藤')
        check('note', 'said sorry', house.call(calls[0])['notes'][-1]['text'])
        # Nobody who types loses the card: the other call waits as a line.
        desk.page.focus('article textarea')
        desk.page.keyboard.type('half a ')
        house.centre.push(dict(type='call.answered', call=calls[2], operator='101'))
        desk.sees('#call-lines .phase-answered')
        desk.page.keyboard.type('word')
        check('words', 'half a word', desk.page.input_value('article textarea'))
        house.quiet()
        for one in house.centre.json('cases', '--customer', str(vip))['items']:
            house.centre.run('cases', 'close', str(one['id']), '--parts', 'close')
        check('problems', [], desk.problems)
        desk.end()

    @test
    def what_is_typed_in_forms_outlives_the_session(house):
        house.quiet()
        desk = house.desk('102', language='en')
        who = desk.page.evaluate('''fetch("/v1/customers", { method: "POST", headers: {
            "Content-Type": "application/json" }, body: JSON.stringify({ name: "Kept Example",
            email: "kept@customer.example", cautions: ["first line\\nsecond line", "other"] }) })
            .then((answer) => answer.json())''')['id']
        case = json.loads(house.centre.run('cases', 'open', str(who), 'A long mail', 'owner=102', '--json'))['id']
        desk.sees('.work-cases li', 'A long mail').locator('[data-key=change]').click()
        desk.sees('dialog .replies summary').click()
        desk.sees('dialog [name=text]').fill('Half of an answer')
        desk.page.click('dialog summary:has-text("Hand over")')
        desk.page.fill('dialog [aria-label="What the colleague has to know"]', 'Knows the maker')
        # The session ends in the middle: the page shows the sign-in by itself.
        desk.loses_its_session()
        desk.page.click('dialog button:has-text("Offer it")')
        desk.page.fill('dialog [aria-label="Colleague (number or name)"]', '101')
        desk.page.click('dialog button:has-text("Offer it")')
        desk.sees('[name=password]')
        # To nobody else.
        desk.sign_in('101')
        desk.sees('#state:not(:empty)')
        desk.lacks('#kept li')
        desk.choose('#signout')
        desk.sees('[name=password]')
        desk.sign_in('102')
        mail = desk.sees('#kept li', 'Mail: A long mail')
        clean(desk, check, 'what is kept')
        desk.page.locator('#kept li', has_text='Handover').locator('button', has_text='Discard').click()
        desk.lacks('#kept li', 'Handover')
        mail.locator('button', has_text='Go on').click()
        desk.sees('dialog .replies .kept')
        check('the mail', 'Half of an answer', desk.page.input_value('dialog [name=text]'))
        desk.page.click('dialog .replies button:has-text("Send it to be approved")')
        desk.sees('dialog .replies li', 'Waits for approval')
        desk.page.keyboard.press('Escape')
        desk.lacks('#kept')
        # A value of several lines is edited as one.
        desk.page.fill('#search input', 'Kept')
        desk.sees('#found li button').click()
        desk.sees('#record button', 'Edit').click()
        check('whole', 'first line\nsecond line', desk.page.input_value('[name="cautions.1"]'))
        desk.page.fill('#edit-cautions', 'new one')
        desk.page.click('.editor button.primary')
        desk.sees('#record .cautions li', 'new one')
        found = desk.page.evaluate(f'fetch("/v1/customers/{who}").then((answer) => answer.json())')
        check('cautions', ['first line\nsecond line', 'other', 'new one'], found['cautions'])
        house.centre.run('cases', 'close', str(case))
        desk.problems[:] = [p for p in desk.problems if '401' not in p]
        check('problems', [], desk.problems)
        desk.end()
        house.kept.pop('101', None)
        house.kept.pop('102', None)
