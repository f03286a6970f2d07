"""Cases at the desk: opened from a call, with their calls and their messages."""
from supervisors import clean, picture
from work import fresh


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
        desk.page.click('.followup button')
        desk.sees('.note [role=status]', 'Promise added')
        picture(desk, 'call-with-case-en')
        # In the record too the call in hand is linked; without the mark it is not.
        desk.page.click('.call [data-key=open]')
        desk.sees('#record button', 'Open a case').click()
        desk.page.fill('dialog [name=title]', 'Another matter')
        desk.page.uncheck('dialog [name=link]')
        desk.page.click('dialog button.primary')
        desk.sees('.work-hand li', 'Another matter')
        calls = {one['title']: one['calls'] for one in house.centre.json('cases', '--customer', '2')['items']}
        check('calls', {'The lid does not fit': [call], 'Send another lid': [call], 'Another matter': []}, calls)
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
