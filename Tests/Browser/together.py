"""Several people at one thing: who looks at it, who has it, and many things given away at once."""
import json
from centre import until
from inbox import send_mail
from supervisors import clean, picture
from work import fresh, open_case


def add(test, check, new_call):
    def person(house, name):
        """a customer with an address, to whom a mail can be written"""
        made = house.centre.run('customers', 'add', '--name', name, '--email', 'together@customer.example', '--json')
        return json.loads(made)['id']

    def refusals_are_no_fault(desk, status):
        desk.problems[:] = [p for p in desk.problems if status not in p]

    @test
    def many_cases_are_given_away_at_once(house):
        fresh(house)
        for n in range(3): open_case(house, 2, f'Leak {n}', 'owner=102', 'due=2026-01-01T09:00:00Z')
        open_case(house, 2, 'Call back', 'owner=102', 'kind=promise', 'due=2026-01-01T09:00:00Z')
        open_case(house, 1, 'Nobody does it')
        house.centre.run('cases', 'change', str(open_case(house, 1, 'The offer', 'owner=101')), 'progress=40')
        one = house.desk('101', language='en')
        one.sees('.work-cases li', 'The offer')
        chief = house.desk('900', language='en', path='/supervisor#workload')
        row = chief.sees('#panel tbody tr', '102')
        assert '3 Overdue 3' in ' '.join(row.inner_text().split()), row.inner_text()
        chief.sees('#panel tbody tr', "Nobody's")
        picture(chief, 'workload-en')
        row.locator('button').click()
        chief.sees('.workload-detail h2', '102')
        check("the heading is in focus", True,
              chief.page.evaluate("document.activeElement.matches('.workload-detail h2')"))
        check('what 102 has', 4, chief.page.locator('.workload-cases li').count())
        give = chief.page.locator('.workload-detail button.primary')
        check('nothing is chosen', True, give.is_disabled())
        chief.page.click('.workload-detail h2 button')
        check('how many', 'Give to (4)', give.inner_text())
        # A mark is taken off again, and a case is done meanwhile: both stay as they are, and the supervisor is told.
        chief.page.locator('.workload-cases li', has_text='Leak 0').locator('input').uncheck()
        check('one less', 'Give to (3)', give.inner_text())
        for case in house.centre.json('cases', '--customer', '2')['items']:
            if case['title'] == 'Leak 1': house.centre.run('cases', 'close', str(case['id']))
        chief.page.select_option('.workload-detail select', '101')
        picture(chief, 'workload-chosen-en')
        clean(chief, check, 'the page of workload')
        give.click()
        told = chief.sees('.workload-detail .problem', '2 given to').inner_text()
        assert '(101)' in told and '1 could not be given' in told and 'closed' in told, told
        check('what is left', ['Leak 0'], [
            text for text in chief.page.locator('.workload-cases li strong').all_inner_texts()])
        until('the table is drawn again', lambda: '1 Overdue 1' in ' '.join(chief.page.locator(
            'table.workload tbody tr', has_text='102').inner_text().split()))
        # Who has them now sees them, and is told in one line, in the centre's language.
        one.sees('.work-due li', 'Leak 2')
        one.sees('.work-due li', 'Call back')
        one.sees('#messages .message', '案件・約束 2 件の担当になりました')
        # What nobody has is given away in the same way.
        chief.page.locator('#panel tbody tr', has_text="Nobody's").locator('button').click()
        chief.sees('.workload-cases li', 'Nobody does it').locator('input').check()
        chief.page.select_option('.workload-detail select', '101')
        give = chief.page.locator('.workload-detail button.primary')
        give.click()
        chief.sees('.workload-detail .problem', '1 given to')
        chief.lacks('#panel tbody tr', "Nobody's")
        chief.end()
        chief = house.desk('900', language='ja', path='/supervisor#workload')
        chief.sees('#panel tbody tr', '101').locator('button').click()
        chief.sees('.workload-cases li', 'Leak 2').locator('input').check()
        picture(chief, 'workload-ja')
        for desk in (one, chief):
            check('problems', [], desk.problems)
            desk.end()

    @test
    def two_who_look_at_one_thing_see_each_other(house):
        fresh(house)
        who = person(house, 'Seen Together')
        open_case(house, who, 'A mail to write', 'owner=102')
        one, two = house.desk('101', language='en'), house.desk('102', language='ja')
        for desk in (one, two):
            desk.page.fill('#search input', 'Seen Together')
            desk.sees('#found li button').click()
            desk.sees('#record h2', 'Seen Together')
        # Who comes second sees it at once; who was there first is told within seconds.
        two.sees('#record .presence', '佐藤 一')
        one.sees('#record .presence', '高橋 looks at this', within=25)
        picture(one, 'presence-record-en')
        picture(two, 'presence-record-ja')
        clean(one, check, 'a record that two look at')
        # The case too, and who writes a mail there.
        two.sees('.work-cases li', 'A mail to write').locator('[data-key=change]').click()
        two.sees('dialog .replies summary').click()
        two.sees('dialog [name=text]').fill('Half of a mail')
        one.page.locator('#record li', has_text='A mail to write').locator('button').first.click()
        one.sees('dialog .presence', '高橋', within=25)
        one.sees('dialog .presence .is-writing', '高橋 writes a mail here', within=25)
        two.sees('dialog .presence', '佐藤 一', within=25)
        picture(one, 'presence-case-en')
        picture(two, 'presence-case-ja')
        clean(one, check, 'a case that two look at')
        # Nobody is said to look who went.
        two.page.keyboard.press('Escape')
        one.lacks('dialog .presence', '高橋', within=25)
        # A page that is left says so.
        two.page.goto('about:blank')
        one.page.keyboard.press('Escape')
        one.lacks('#record .presence', '高橋', within=20)
        two.end()
        check('problems', [], one.problems)
        one.end()
        house.kept.pop('102', None)

    @test
    def one_writes_a_mail_in_a_case(house):
        fresh(house)
        who = person(house, 'Answered Once')
        case = open_case(house, who, 'Nobody has answered')
        one, two = house.desk('101', language='en'), house.desk('102', language='ja')
        def open_mails(desk):
            desk.page.fill('#search input', 'Answered Once')
            desk.sees('#found li button').click()
            desk.sees('#record li', 'Nobody has answered').locator('button').first.click()
            desk.sees('dialog .replies summary').click()
            desk.sees('dialog .reply-form [name=text]')
        def holder(): return house.centre.json('cases', 'show', str(case))['claimed_by']
        for desk in (one, two): open_mails(desk)
        # Whoever looks only, has nothing; the first key claims the case.
        check('nobody has it', None, holder())
        one.page.fill('dialog [name=text]', 'We come at ten.')
        until('the first key claims it', lambda: holder() == '101')
        # The other, whose page is older, reads it at the first key. What was typed stays.
        two.page.fill('dialog .reply-form [name=text]', 'We come at noon.')
        two.sees('dialog .reply-form .problem', '佐藤 一 (101)')
        send = two.page.locator('dialog .reply-form .primary')
        check('the second cannot send', True, send.is_disabled())
        picture(two, 'mail-taken-ja')
        clean(two, check, 'a case in which a colleague writes')
        # Whoever erases what was begun gives the case back.
        one.page.fill('dialog [name=text]', '')
        one.page.keyboard.press('Escape')
        until('it is nobody\'s', lambda: holder() is None)
        open_mails(one)
        one.page.fill('dialog [name=text]', 'We come at ten.')
        until('it is claimed again', lambda: holder() == '101')
        one.page.click('dialog .reply-form .primary')
        one.sees('dialog .replies li', 'Nobody has answered')
        # On purpose, it is written all the same, and the colleague is told.
        two.page.click('dialog .reply-form [data-key=take-over]')
        until('it is the other\'s', lambda: holder() == '102')
        one.sees('#messages .message', '102 が引き継ぎました')
        two.lacks('dialog .reply-form .problem:not([hidden])')
        check('the text is there', 'We come at noon.', two.page.input_value('dialog .reply-form [name=text]'))
        send.click()
        two.sees('dialog .replies li', '承認待ち')
        # Whoever opens it now reads it before the first key.
        one.page.keyboard.press('Escape')
        open_mails(one)
        one.sees('dialog .reply-form .problem', '高橋')
        picture(one, 'mail-taken-en')
        for desk in (one, two):
            refusals_are_no_fault(desk, '409')
            check('problems', [], desk.problems)
            desk.end()
        for mail in house.centre.json('replies', '--case', str(case))['items']:
            if mail['state'] != 'sent': house.centre.run('replies', 'withdraw', str(mail['id']))

    @test
    def a_mail_of_the_inbox_is_claimed_by_one(house):
        house.quiet()
        for item in house.centre.json('inbox')['items']: house.centre.run('inbox', 'dismiss', str(item['id']))
        send_mail(house, 'Two Hands', 'hands@else.example', 'Whose is it')
        one, two = house.desk('101', language='en'), house.desk('102', language='ja')
        names = {'101': '佐藤 一 (101)', '102': '高橋 (102)'}
        desks = {'101': one, '102': two}
        for desk in (one, two):
            desk.sees('#inbox li', 'Whose is it')
            desk.page.locator('#state').click()
            desk.page.keyboard.press('i')
        # Both at once: the lists are those of before.
        for desk in (one, two): desk.page.keyboard.press('t')
        def holder():
            [item] = house.centre.json('inbox')['items']
            return item['claimed_by']
        until('somebody has it', holder)
        mine = holder()
        theirs = '102' if mine == '101' else '101'
        winner, loser = desks[mine], desks[theirs]
        loser.sees('#inbox .problem', names[mine])
        loser.sees('#inbox li .taken', names[mine])
        check('the winner is told of no problem', '', winner.page.inner_text('#inbox .problem'))
        winner.sees('#inbox li [data-key=claim]', 'Give back' if mine == '101' else '戻す')
        picture(loser, f'inbox-taken-{"en" if theirs == "101" else "ja"}')
        picture(winner, f'inbox-mine-{"en" if mine == "101" else "ja"}')
        clean(loser, check, 'an inbox where a colleague has the mail')
        # What the other key would do is refused with the same words, and nothing is made.
        loser.page.locator('#inbox li').focus()
        loser.page.evaluate('document.querySelector("#inbox .problem").textContent = ""')
        loser.page.keyboard.press('c')
        loser.sees('#inbox .problem', names[mine])
        check('nobody was made', [], house.centre.json('customers', 'find', 'Two Hands')['customers'])
        check('still', mine, holder())
        # Given back it is anybody's again, and the one who was late has it.
        winner.page.locator('#inbox li [data-key=claim]').click()
        until('it is nobody\'s', lambda: holder() is None)
        loser.lacks('#inbox li .taken')
        loser.page.locator('#inbox li [data-key=claim]').click()
        until('the other has it', lambda: holder() == theirs)
        winner.sees('#inbox li .taken', names[theirs])
        loser.page.locator('#inbox li [data-key=dismiss]').click()
        loser.lacks('#inbox li', 'Whose is it')
        winner.lacks('#inbox li', 'Whose is it')
        for desk in (one, two):
            refusals_are_no_fault(desk, '409')
            check('problems', [], desk.problems)
            desk.end()

    @test
    def notes_of_callbacks_and_lists_outlive_the_session(house):
        fresh(house)
        call = new_call()
        house.centre.push(dict(type='call.offered', call=call, to='0300000000', queue='support',
                               **{'from': '09012345699'}),
                          dict(type='call.queued', call=call, queue='support'),
                          dict(type='call.ended', call=call, by='caller'))
        house.centre.run('customers', 'purchases', 'add', '1', 'product=Coffee', 'amount=99800', 'currency=JPY')
        house.centre.run('lists', 'create', 'again', 'of=best', 'assigned_to=102', 'title=Call again')
        desk = house.desk('102', language='en')
        desk.sees('.work-callbacks [data-key=claim]').click()
        note = desk.sees('.work-hand li input')
        note.fill('wants the bill agai')
        desk.sees('[data-list=again]').click()
        desk.sees('.list-current', '山田 太郎').locator('input').fill('away until Mond')
        # The session ends while both are typed; any request meets the end.
        desk.context.clear_cookies()
        desk.page.evaluate('fetch("/v1/session").then(() => location.reload())')
        desk.sees('[name=password]')
        # To nobody else.
        desk.sign_in('101')
        desk.sees('#state:not(:empty)')
        desk.lacks('#kept li')
        desk.choose('#signout')
        desk.sees('[name=password]')
        desk.sign_in('102')
        desk.sees('#kept li', 'Note on a callback')
        picture(desk, 'kept-notes-en')
        clean(desk, check, 'notes that are kept')
        desk.page.locator('#kept li', has_text='Remark in a list').locator('button', has_text='Go on').click()
        desk.sees('.list-current input')
        until('the remark', lambda: desk.page.input_value('.list-current input') == 'away until Mond')
        desk.page.locator('#kept li', has_text='Note on a callback').locator('button', has_text='Go on').click()
        until('the note', lambda: desk.page.input_value('.work-hand li input') == 'wants the bill agai')
        check('in focus', True, desk.page.evaluate('document.activeElement.matches(".work-hand li input")'))
        # Now it ends at the press: what was finished is sent after the sign-in, each once.
        note.fill('wants the bill again')
        desk.page.fill('.list-current input', 'away until Monday')
        desk.loses_its_session()
        desk.page.locator('.list-current [data-result]').first.click()
        desk.sees('[name=password]')
        desk.sign_in('102')
        entry = lambda: [one for one in house.centre.json('lists', 'show', 'again', '--done')['items']
                         if one['customer'] == 1]
        until('the result arrives', entry)
        check('with its remark', 'away until Monday', entry()[0]['note'])
        desk.lacks('#kept li', 'Remark in a list')
        until('the note is there', lambda: desk.page.input_value('.work-hand li input') == 'wants the bill again')
        desk.loses_its_session()
        desk.page.locator('.work-hand li [data-key=done]').click()
        desk.sees('[name=password]')
        check('not yet', 1, len(house.centre.json('callbacks')['callbacks']))
        desk.sign_in('102')
        until('it is done', lambda: not house.centre.json('callbacks')['callbacks'])
        desk.lacks('.work-hand li')
        desk.lacks('#kept')
        until('nothing is left in the browser', lambda: desk.page.evaluate(
            'Object.keys(localStorage).filter((key) => key.startsWith("typed ")).length') == 0)
        house.centre.run('lists', 'delete', 'again')
        refusals_are_no_fault(desk, '401')
        check('problems', [], desk.problems)
        desk.end()
        house.kept.pop('101', None)
        house.kept.pop('102', None)

    @test
    def a_required_disposition_is_asked_before_a_pause(house):
        house.quiet()
        desk, call = house.desk('101', language='en'), new_call()
        house.centre.talk(call, '09000000002', '101', queue='strict')
        desk.sees('.phase-answered')
        house.centre.push(dict(type='call.ended', call=call, by='caller'))
        desk.sees('#state', 'After-call work')
        desk.page.keyboard.press('Alt+p')
        desk.sees('#actions .problem', 'Choose how the call came out')
        desk.sees('.note [role=status]', 'Choose how the call came out')
        check('the choice has the focus', True, desk.page.evaluate('document.activeElement.matches("[type=radio]")'))
        desk.sees('#state', 'After-call work')
        picture(desk, 'disposition-missing-en')
        desk.page.keyboard.press('Space')
        until('it is said', lambda: house.call(call)['disposition'] == 'resolved')
        desk.page.keyboard.press('Alt+p')
        desk.sees('#state', 'Paused')
        desk.page.keyboard.press('Alt+p')
        desk.sees('#state', 'Available')
        refusals_are_no_fault(desk, '409')
        check('problems', [], desk.problems)
        desk.end()

    @test
    def promises_and_tasks_belong_to_a_case(house):
        fresh(house)
        case = open_case(house, 2, 'The pipe leaks', 'owner=101')
        one, two = house.desk('101', language='en'), house.desk('102', language='ja')
        # A promise that is made while the customer calls names its case.
        call = new_call()
        house.centre.talk(call, '09000000002', '101')
        one.sees('.phase-answered')
        one.page.click('.followup summary')
        one.sees('.followup select').select_option(str(case))
        one.page.fill('.followup input[type=text]', 'Call when the plumber comes')
        one.page.click('.followup [data-key=add]')
        one.sees('.note [role=status]', 'Promise added')
        house.centre.push(dict(type='call.ended', call=call), dict(type='operator.ready', operator='101'))
        # It is in the case, and a task for a colleague beside it.
        row = one.sees('.work-cases li', 'The pipe leaks')
        one.sees('.work-cases li', 'Promises and tasks open: 1')
        row.locator('[data-key=change]').click()
        one.sees('dialog .case-parts li', 'Call when the plumber comes')
        one.page.select_option('dialog .case-parts select', 'task')
        one.page.fill('dialog .case-parts [aria-label="Subject"]', 'Ask the plumber')
        one.page.fill('dialog .case-parts [aria-label^="For whom"]', '102')
        picture(one, 'case-parts-en')
        clean(one, check, 'a case with its promises and tasks')
        one.page.keyboard.press('Enter')
        one.sees('dialog .case-parts li', 'Ask the plumber')
        one.page.keyboard.press('Escape')
        # The colleague is told, does it, and takes that back.
        two.sees('#messages .message', 'Ask the plumber')
        two.sees('.work-cases li', 'Ask the plumber').locator('[data-key=close]').click()
        two.lacks('.work-lists li', 'Ask the plumber')
        undo = two.sees('#work [role=status] button')
        picture(two, 'task-done-ja')
        undo.click()
        two.sees('.work-cases li', 'Ask the plumber').locator('[data-key=change]').click()
        two.sees('dialog h2', 'Ask the plumber')
        picture(two, 'task-ja')
        two.page.locator('dialog button', has_text=f'案件 {case}').click()
        two.sees('dialog h2', 'The pipe leaks')
        picture(two, 'case-parts-ja')
        two.page.keyboard.press('Escape')
        # Closing the case says what is open, and closes nothing silently.
        one.sees('.work-cases li', 'Promises and tasks open: 2').locator('[data-key=close]').click()
        asked = one.sees('#work .parts-question')
        assert 'Ask the plumber' in asked.inner_text() and 'plumber comes' in asked.inner_text(), asked.inner_text()
        picture(one, 'case-closing-en')
        clean(one, check, 'what becomes of open promises')
        asked.locator('button', has_text='Cancel').click()
        one.lacks('.parts-question')
        check('what is open', 2, house.centre.json('cases', 'show', str(case))['open_parts'])
        # The task is the colleague's: it stays open; the case is closed in its dialog.
        one.sees('.work-cases li', 'The pipe leaks').locator('[data-key=change]').click()
        one.sees('dialog [name=phase]').select_option('closed')
        one.page.click('dialog button.primary')
        one.sees('dialog .parts-question button', 'Leave them open').click()
        one.lacks('.work-lists li', 'The pipe leaks')
        two.sees('.work-cases li', 'Ask the plumber')
        # A task of a customer alone.
        one.page.fill('#search input', '鈴木')
        one.sees('#found li button').click()
        one.sees('#record button', 'Open a case').click()
        one.page.select_option('dialog [name=kind]', 'task')
        check('a task has no phase', False, one.page.is_visible('dialog [name=phase]'))
        one.page.fill('dialog [name=title]', 'Send the leaflet')
        picture(one, 'new-task-en')
        one.page.click('dialog button.primary')
        one.sees('.work-cases li', 'Send the leaflet')
        one.sees('#record li', 'Task: Send the leaflet')
        fresh(house)
        for desk in (one, two):
            refusals_are_no_fault(desk, '409')
            check('problems', [], desk.problems)
            desk.end()

    @test
    def a_case_and_an_entry_are_claimed_by_one(house):
        fresh(house)
        one, two = house.desk('101', language='en'), house.desk('102', language='ja')
        # What the second one sends comes after what the first one does.
        held = []
        two.page.route('**/claim', lambda route: held.append(route))
        case = open_case(house, 2, 'Whose case is it')
        for desk in (one, two):
            desk.page.click('#unowned-count')
            desk.sees('dialog li', 'Whose case is it')
        two.sees('dialog li', 'Whose case is it').locator('button', has_text='取る').click()
        until('the second one is on its way', lambda: two.page.evaluate('0') == 0 and held)
        one.sees('dialog li', 'Whose case is it').locator('button', has_text='Take').click()
        one.sees('.work-hand li', 'Whose case is it')
        held.pop().continue_()
        two.sees('dialog .problem', '佐藤 一 (101)')
        two.sees('dialog li', '佐藤 一 (101)')
        check('who has it', '101', house.centre.json('cases', 'show', str(case))['claimed_by'])
        clean(two, check, 'a case that a colleague has taken')
        check('the winner is told of no problem', '', one.page.inner_text('dialog .problem'))
        for desk in (one, two): desk.page.keyboard.press('Escape')
        house.centre.run('cases', 'close', str(case))
        # The same of an entry of a list; the first list of both has nobody.
        for name, question in (('a-none', 'q=Nobody-has-this'), ('b-one', 'q=鈴木')):
            house.centre.run('lists', 'create', name, question, 'assigned_to=101,102', f'title={name}')
        for desk in (one, two):
            desk.sees('#lists .list-names li >> nth=1', 'b-one')
            check('the first list', True, 'a-none' in desk.page.inner_text('#lists .list-names li >> nth=0'))
            desk.page.locator('#state').click()
        two.page.keyboard.press('l')
        until('the second one is on its way', lambda: two.page.evaluate('0') == 0 and held)
        one.page.keyboard.press('l')
        one.sees('.list-current', '鈴木 花子')
        held.pop().continue_()
        two.sees('#lists .problem', '佐藤 一 (101)')
        two.sees('#lists .list-entries li', '佐藤 一 (101)')
        check('nothing is in hand', 0, two.page.locator('.list-current').count())
        # Where the list that is open is worked off, `L` goes on to the other one.
        one.page.click('.list-current [data-release]')
        one.sees('#lists .list-names li', 'a-none').locator('button').click()
        one.sees('#lists .problem', 'Nobody waits')
        one.page.locator('#state').click()
        one.page.keyboard.press('l')
        one.sees('.list-current', '鈴木 花子')
        for name in ('a-none', 'b-one'): house.centre.run('lists', 'delete', name)
        for desk in (one, two):
            refusals_are_no_fault(desk, '409')
            check('problems', [], desk.problems)
            desk.end()
