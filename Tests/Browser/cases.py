"""Cases at the desk: opened from a call, with their calls and their messages."""
import json
from centre import until
from supervisors import clean, picture
from work import fresh, open_case


def bring(desk, part):
    """a part of the dialog into sight"""
    desk.page.evaluate('(part) => document.querySelector(`dialog ${part}`).scrollIntoView({ block: "start" })', part)


def add(test, check, new_call):
    @test
    def a_case_and_a_promise_come_from_the_call(house):
        fresh(house)
        desk, call = house.desk('101', language='en'), new_call()
        house.centre.talk(call, '09000000002', '101')
        desk.sees('.phase-answered', '鈴木 花子')
        desk.sees('.note [data-key=new-case]', 'Open a case').click()
        desk.page.fill('dialog [name=title]', 'The lid does not fit')
        check('the call is linked unless one says no', True, desk.page.is_checked('dialog [name=link]'))
        picture(desk, 'case-of-call-en')
        clean(desk, check, 'a new case of a call')
        desk.page.click('dialog button.primary')
        desk.sees('.note [role=status]', 'Saved.')
        desk.sees('.work-hand li', 'The lid does not fit')
        desk.page.click('.followup summary')
        desk.page.fill('.followup input[type=text]', 'Send another lid')
        desk.page.click('.followup [data-key=add]')
        desk.sees('.note [role=status]', 'Promise added')
        picture(desk, 'call-with-case-en')
        # In the record too the call in hand is linked; without the mark it is not.
        desk.page.click('.call [data-key=open]')
        desk.sees('#record button', 'Open a case').click()
        desk.page.fill('dialog [name=title]', 'Another matter')
        desk.page.uncheck('dialog [name=link]')
        desk.page.click('dialog button.primary')
        desk.sees('.work-hand li', 'Another matter')
        # A rule opens an earlier case of a customer who calls again.
        wanted = {'The lid does not fit': [call], 'Send another lid': [call], 'Another matter': []}
        calls = {one['title']: one['calls'] for one in house.centre.json('cases', '--customer', '2')['items']}
        check('calls', wanted, {title: calls[title] for title in wanted})
        # Who is nobody yet has no case.
        house.centre.push(dict(type='call.ended', call=call), dict(type='operator.ready', operator='101'))
        unknown = new_call()
        house.centre.talk(unknown, '09012345611', '101')
        desk.sees('.phase-answered', '090-1234-5611')
        desk.page.click('.phase-answered .note [data-key=new-case]')
        desk.sees('.phase-answered .note [role=status]', 'Say first who the caller is.')
        house.centre.push(dict(type='call.ended', call=unknown))
        check('problems', [], desk.problems)
        desk.end()
        ja = house.desk('101', language='ja')
        ja.sees('.call .note [data-key=new-case]')
        picture(ja, 'call-with-case-ja')
        ja.end()
        fresh(house)

    @test
    def calls_are_linked_with_a_case_and_taken_out(house):
        fresh(house)
        one, first, other, hand = house.desk('101', language='en'), new_call(), new_call(), new_call()
        for call, who in ((first, '101'), (other, '102')):
            house.centre.talk(call, '09000000001', who)
            house.centre.push(dict(type='call.ended', call=call, by='caller'),
                              dict(type='operator.ready', operator=who))
        house.centre.run('note', first, 'The lid is too small', '--operator', '101')
        case = open_case(house, 1, 'A lid', 'owner=101')
        one.page.evaluate('''([path, call]) => fetch(path, { method: "PATCH", headers: {
            "Content-Type": "application/json" }, body: JSON.stringify({ calls: [call] }) })''',
                          [f'/v1/cases/{case}', other])
        house.centre.talk(hand, '09000000001', '101')
        one.sees('.phase-answered')
        one.sees('.work-hand li', 'A lid').locator('[data-key=change]').click()
        one.sees('dialog .case-calls summary', '1').click()
        row = one.sees('dialog .case-calls li', '高橋')
        assert 'In · 高橋 · answered' in row.inner_text(), row.inner_text()
        check('it is not one of 101', 0, row.locator('button', has_text='Open').count())
        offered = one.page.locator('dialog .case-calls option')
        check('the call in hand is offered first', 'The call in hand', offered.first.inner_text())
        check('the one that is linked is not offered', False,
              other in [option.get_attribute('value') for option in offered.all()])
        one.page.fill('dialog [name=next_step]', 'Measure it')
        one.page.click('dialog .case-calls button:has-text("Link it")')
        one.sees(f'dialog .case-calls li[data-call={hand}]')
        one.page.select_option('dialog .case-calls select', first)
        one.page.click('dialog .case-calls button:has-text("Link it")')
        one.sees('dialog .case-calls li', 'The lid is too small')
        bring(one, '.case-calls')
        picture(one, 'case-calls-en')
        clean(one, check, 'the calls of a case')
        one.page.locator('dialog .case-calls li', has_text='高橋').locator('button', has_text='Take it out').click()
        one.lacks('dialog .case-calls li', '高橋')
        # What was typed meanwhile is saved on top of it.
        one.page.click('dialog button.primary')
        one.sees('.work-hand li', 'Measure it')
        check('calls', [hand, first], house.centre.json('cases', 'show', str(case))['calls'])
        house.centre.push(dict(type='call.ended', call=hand))
        # The first call ended before its pop was answered for.
        one.problems[:] = [p for p in one.problems if '404' not in p]
        check('problems', [], one.problems)
        one.end()
        ja = house.desk('101', language='ja')
        ja.sees('.work-lists li', 'A lid').locator('[data-key=change]').click()
        ja.sees('dialog .case-calls summary', '2').click()
        ja.sees('dialog .case-calls li', 'The lid is too small')
        bring(ja, '.case-calls')
        picture(ja, 'case-calls-ja')
        ja.end()
        fresh(house)

    @test
    def messages_of_a_case_stand_in_it(house):
        fresh(house)
        case = open_case(house, 2, 'Whose lid', 'owner=101')
        one, chief = house.desk('101', language='en'), house.desk('900', language='ja', path='/supervisor#cases')
        one.sees('.work-cases li', 'Whose lid').locator('[data-key=change]').click()
        one.sees('dialog summary', 'Messages about this case').click()
        one.sees('dialog .messages li', 'Nothing is recorded yet.')
        one.page.fill('dialog .messages input', 'May I send two?')
        one.page.keyboard.press('Enter')
        one.sees('dialog .messages li', 'May I send two?')
        # A supervisor reads it in the case, and answers there.
        chief.sees('#panel li', 'Whose lid').locator('button').click()
        chief.sees('dialog .messages summary').click()
        chief.sees('dialog .messages li', 'May I send two?')
        chief.page.fill('dialog .messages input >> nth=0', '101')
        chief.page.fill('dialog .messages input >> nth=1', 'Send three.')
        chief.page.keyboard.press('Enter')
        chief.sees('dialog .messages li', 'Send three.')
        texts = chief.page.locator('dialog .messages li').all_inner_texts()
        assert 'Send three.' in texts[0] and 'May I send two?' in texts[1], texts
        assert '101' in texts[0] and '佐藤 一' in texts[1], texts
        bring(chief, '.messages')
        picture(chief, 'case-messages-ja')
        one.sees('#messages .message', 'Send three.')
        one.page.keyboard.press('Escape')
        one.page.locator('#messages .message button').click()
        one.sees('.work-cases li', 'Whose lid').locator('[data-key=change]').click()
        one.sees('dialog .messages summary').click()
        one.sees('dialog .messages li', 'Send three.')
        bring(one, '.messages')
        picture(one, 'case-messages-en')
        clean(one, check, 'the messages of a case')
        for desk in (one, chief):
            check('problems', [], desk.problems)
            desk.end()
        fresh(house)

    @test
    def a_handover_is_declined_with_a_word(house):
        fresh(house)
        # Nobody's case: who offers it is not its owner, and is told all the same.
        case = open_case(house, 2, 'Nobody wants it')
        one, two = house.desk('101', language='en'), house.desk('102', language='ja')
        one.page.fill('#search input', '鈴木')
        one.sees('#found li button').click()
        one.page.locator('#record li', has_text='Nobody wants it').locator('button', has_text='Open').click()
        one.page.click('dialog summary:has-text("Hand over")')
        one.page.fill('dialog [aria-label="Colleague (number or name)"]', '102')
        one.page.click('dialog button:has-text("Offer it")')
        row = two.sees('.work-handovers li', 'Nobody wants it')
        assert '担当なし' in row.inner_text() and '[object' not in row.inner_text(), row.inner_text()
        row.locator('input').fill('明日から休みです')
        picture(two, 'handover-decline-ja')
        clean(two, check, 'a handover that is answered')
        # A list that is drawn again keeps what is typed.
        open_case(house, 1, 'Meanwhile', 'owner=102')
        two.sees('.work-cases li', 'Meanwhile')
        check('typed', '明日から休みです', row.locator('input').input_value())
        row.locator('[data-key=decline]').click()
        two.lacks('.work-handovers')
        one.sees('#messages .message', 'Nobody wants it: 明日から休みです')
        check('it stays nobody\'s', None, house.centre.json('cases', 'show', str(case))['owner'])
        # In the case as well.
        house.centre.run('cases', 'handover', str(case), '102')
        two.sees('.work-handovers li', 'Nobody wants it')
        two.page.fill('#search input', '鈴木')
        two.sees('#found li button').click()
        two.page.locator('#record li', has_text='Nobody wants it').locator('button', has_text='開く').click()
        two.sees('dialog button', '引き受ける')
        picture(two, 'handover-in-case-ja')
        two.page.locator('dialog button', has_text='引き受ける').click()
        two.sees('.work-cases li', 'Nobody wants it')
        for desk in (one, two):
            check('problems', [], desk.problems)
            desk.end()
        fresh(house)

    @test
    def two_who_look_at_one_callback_see_each_other(house):
        fresh(house)
        call = new_call()
        house.centre.push(dict(type='call.offered', call=call, to='0300000000', queue='support',
                               **{'from': '09012345622'}),
                          dict(type='call.queued', call=call, queue='support'),
                          dict(type='call.ended', call=call, by='caller'))
        one, two = house.desk('101', language='en'), house.desk('102', language='ja')
        one.sees('.work-callbacks li', '090-1234-5622').focus()
        two.page.click('#callbacks summary')
        row = two.sees('#callbacks li', '090-1234-5622')
        row.locator('[data-key=story]').focus()
        two.sees('#callbacks .presence', '佐藤 一')
        one.sees('.work-callbacks .presence', '高橋 looks at this', within=25)
        picture(one, 'presence-callback-en')
        picture(two, 'presence-callback-ja')
        clean(one, check, 'a callback that two look at')
        # Drawn again, and with the story open, it is looked at still.
        # So does a supervisor who stands in the row, and is seen there.
        chief = house.desk('900', language='en', path='/supervisor#callbacks')
        chief.sees('#callbacks tr', '090-1234-5622').locator('input').focus()
        chief.sees('#callbacks tr .presence', '高橋 looks at this', within=25)
        one.sees('.work-callbacks .presence', '部長', within=25)
        clean(chief, check, 'a callback that three look at')
        check('problems', [], chief.problems)
        chief.end()
        row.locator('[data-key=story]').click()
        two.sees('dialog h2')
        one.sees('.work-callbacks .presence', '高橋', within=25)
        two.page.keyboard.press('Escape')
        # Who goes elsewhere looks at it no more.
        two.page.focus('#search input')
        one.lacks('.work-callbacks .presence', '高橋', within=25)
        for desk in (one, two):
            check('problems', [], desk.problems)
            desk.end()
        fresh(house)

    @test
    def a_mail_is_written_from_what_is_known_by_keys(house):
        fresh(house)
        for kind in ('articles', 'templates'):
            for one in house.centre.json(kind)['items']: house.centre.run(kind, 'delete', str(one['id']))
        house.centre.run('articles', 'add', 'title=Descaling', 'answer=Use citric acid.', 'body=Long **text**')
        house.centre.run('articles', 'add', 'title=Descaling by hand', 'body=By hand.')
        house.centre.run('templates', 'add', 'title=Greeting', 'text=Dear {{customer.name}}, {{case.title}}:\n')
        made = house.centre.run('customers', 'add', '--name', 'Mail Keys', '--email', 'keys@customer.example', '--json')
        case = open_case(house, json.loads(made)['id'], 'The kettle', 'owner=102')
        desk = house.desk('102', language='en')
        desk.sees('.work-cases li', 'The kettle').locator('[data-key=change]').click()
        desk.sees('dialog .replies summary').click()
        desk.sees('dialog [name=text]').focus()
        keys, text = desk.page.keyboard, lambda: desk.page.input_value('dialog [name=text]')
        keys.press('Alt+k')
        keys.type('greet')
        desk.sees('dialog .articles li', 'Template: Greeting')
        keys.press('Alt+i')
        until('the template is filled in', lambda: text() == 'Dear Mail Keys, The kettle:\n')
        check('the cursor is in the mail', True, desk.page.evaluate('document.activeElement.name === "text"'))
        keys.press('Alt+k')
        keys.press('Control+a')
        keys.type('descaling')
        desk.sees('dialog .articles li', 'Article: Descaling')
        until('both', lambda: desk.page.locator('dialog .articles li').count() == 2)
        bring(desk, '.reply-form .knowledge')
        picture(desk, 'reply-knowledge-en')
        clean(desk, check, 'a mail with what is known')
        # The open one goes in; Enter in the search sends nothing.
        other = desk.page.locator('dialog .articles li').nth(1)
        wanted = 'By hand.' if 'by hand' in other.inner_text() else 'Use citric acid.'
        other.locator('summary').focus()
        keys.press('Enter')
        keys.press('Alt+i')
        until('the article is there', lambda: text() == f'Dear Mail Keys, The kettle:\n{wanted}')
        keys.press('Alt+k')
        keys.press('Control+a')
        keys.type('warranty')
        keys.press('Enter')
        desk.sees('dialog .knowledge [role=status]', 'No template and no article has “warranty”.')
        check('nothing was sent', [], house.centre.json('replies', '--case', str(case))['items'])
        until('it is reported', lambda: 'warranty' in str(house.centre.json('articles', 'report')['missing']))
        desk.page.click('dialog button:has-text("Send it to be approved")')
        desk.sees('dialog .replies li', 'Waits for approval').locator('button', has_text='Write it again').click()
        desk.sees('dialog h2', 'Write it again')
        keys.press('Alt+k')
        keys.type('greet')
        desk.sees('dialog .articles li', 'Greeting')
        keys.press('Alt+i')
        until('here as well', lambda: text().count('Dear Mail Keys') == 2)
        desk.page.click('dialog button.primary')
        desk.lacks('dialog[open]')
        check('problems', [], desk.problems)
        desk.end()
        ja = house.desk('102', language='ja')
        # Whoever writes a mail has claimed its case.
        ja.sees('.work-hand li', 'The kettle').locator('[data-key=change]').click()
        ja.sees('dialog .replies summary').click()
        ja.sees('dialog .knowledge input').fill('desc')
        ja.sees('dialog .articles li', '記事：')
        bring(ja, '.reply-form .knowledge')
        picture(ja, 'reply-knowledge-ja')
        ja.end()
        fresh(house)
