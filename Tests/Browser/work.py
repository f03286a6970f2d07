"""What an operator has to do: picked, handed over, reminded of; and the supervisors' board of cases."""
import datetime, json
from centre import DAEMON_CLOCK, until
from supervisors import clean


def at(hours):
    """so far ahead of the daemon's clock"""
    then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours, seconds=DAEMON_CLOCK)
    return then.strftime('%Y-%m-%dT%H:%M:%SZ')


def fresh(house):
    """nothing is open, and nobody waits to be called back"""
    house.quiet()
    for one in house.centre.json('callbacks')['callbacks']:
        house.centre.run('callbacks', 'done', one['from']['e164'])
    for one in house.centre.json('cases', '--limit', '1000')['items']:
        house.centre.run('cases', 'close', str(one['id']), '--parts', 'close')


def open_case(house, customer, title, *fields):
    made = house.centre.run('cases', 'open', str(customer), title, *fields, '--json')
    return json.loads(made)['id']


def add(test, check, new_call):
    @test
    def the_next_thing_is_taken_by_one(house):
        fresh(house)
        open_case(house, 1, 'Invoice', 'owner=101', 'kind=promise', 'due=' + at(-1))
        for n in range(2): open_case(house, 2, f'Nobody {n}', 'priority=high')
        one, two = house.desk('101', language='en'), house.desk('102', language='ja')
        one.sees('.work-due li', 'Invoice')
        one.sees('#work-counts', 'Overdue 1')
        two.sees('#unowned-count', '担当なし 2')
        clean(one, check, 'the desk with its work')
        one.page.locator('#state').click()
        one.page.keyboard.press('w')
        one.sees('.work-hand li', 'Invoice')
        one.sees('#record h2', '山田 太郎')
        # Both at once: each has another one.
        for desk in (one, two): desk.page.keyboard.press('w')
        one.sees('.work-hand li', 'Nobody')
        two.sees('.work-hand li', 'Nobody')
        mine, theirs = (desk.page.inner_text('.work-hand li:has-text("Nobody") strong') for desk in (one, two))
        assert mine != theirs, mine
        # A call of the customer brings what is open with it to the front.
        call, later = new_call(), open_case(house, 2, 'Later', 'owner=101')
        one.sees('.work-cases li', 'Later')
        house.centre.talk(call, '09000000002', '101')
        one.sees('.work-hand li', 'Later')
        one.sees('#work-counts', 'Overdue 1')
        house.centre.push(dict(type='call.ended', call=call))
        one.sees('.work-cases li', 'Later')
        house.centre.run('cases', 'close', str(later))
        one.lacks('.work-lists li', 'Later')
        one.page.locator('.work-hand li', has_text='Invoice').locator('[data-key=close]').click()
        one.lacks('.work-lists li', 'Invoice')
        one.sees('#work-counts', 'Overdue 0')
        for desk in (one, two):
            desk.problems[:] = [p for p in desk.problems if '404' not in p]
            check('problems', [], desk.problems)
            desk.end()

    @test
    def a_call_of_a_customer_opens_what_is_to_be_done(house):
        fresh(house)
        one = house.desk('101', language='en')
        house.centre.run('cases', 'claim', str(open_case(house, 2, 'Pump leaks', 'owner=101', 'next_step=Ask')),
                         '--operator', '101')
        open_case(house, 2, 'Send the catalogue', 'owner=101', 'kind=promise', 'due=' + at(1))
        open_case(house, 1, 'Of somebody else', 'owner=101')
        one.sees('.work-cases li', 'Of somebody else')
        call = new_call()
        house.centre.ring(call, '09000000002', '101')
        one.page.keyboard.press('Alt+n')
        one.page.keyboard.type('Drips')
        # What was claimed last is open, and nothing takes the focus.
        claimed = one.sees('.call-items li', 'Pump leaks')
        one.sees('.call-items li', 'Next step: Ask')
        one.sees('.call-items li:not(:has([open]))', 'Send the catalogue')
        check('items', 2, one.page.locator('.call-items li').count())
        check('among the facts', 0, one.page.locator('.call .cases').count())
        house.centre.push(dict(type='call.answered', call=call, operator='101'))
        one.page.keyboard.type(' again')
        # A case that is opened meanwhile is on the card, whoever has it.
        one.page.click('.call [data-key=new-case]')
        one.page.fill('dialog [name=title]', 'For a colleague')
        one.page.fill('dialog [name=owner]', '102')
        one.page.click('dialog button.primary')
        one.sees('.call .cases li', 'For a colleague')
        check('typed', 'Drips again', one.page.input_value('.call textarea'))
        clean(one, check, 'a call with what is to be done')
        claimed.locator('[data-key=close]').click()
        one.sees('.call-items', 'Done: Pump leaks').locator('button', has_text='Undo').click()
        one.sees('.call-items li', 'Pump leaks')
        # A desk that is opened during the call shows the same.
        two = house.desk('101', language='ja')
        two.sees('.call .cases li', 'For a colleague')
        two.sees('.call-items li:not(:has([open]))', '案件： Pump leaks')
        two.end()
        house.centre.push(dict(type='call.ended', call=call))
        house.quiet()
        # A callback, and an entry of a list: the call goes out to them.
        lost, dialed, listed = new_call(), new_call(), new_call()
        house.centre.push(dict(type='call.offered', call=lost, queue='support', to='0300000000',
                               **{'from': '09000000001'}),
                          dict(type='call.queued', call=lost, queue='support'),
                          dict(type='call.ended', call=lost, cause='caller_hangup'))
        row = one.sees('.work-callbacks li', '山田 太郎')
        row.locator('[data-key=claim]').click()
        one.sees('.work-hand li', '山田 太郎')
        house.centre.push(dict(type='call.dialed', call=dialed, operator='101', to='09000000001'))
        one.sees('.call-items li:has([open])', 'Callback: Gave up').locator('input').fill('No answer twice')
        one.sees('.call-items li', 'Of somebody else')
        one.page.click('.call-items [data-key=done]')
        one.lacks('.call-items li', 'Callback:')
        house.centre.push(dict(type='call.ended', call=dialed))
        house.quiet()
        house.centre.run('lists', 'create', 'again', 'q=鈴木', 'assigned_to=101', 'title=Once more')
        one.sees('#lists .list-names li', 'Once more').locator('button').click()
        one.sees('.list-current', '鈴木 花子')
        # It is in hand after a reload, too.
        one.page.reload()
        one.sees('.list-current', '鈴木 花子')
        house.centre.push(dict(type='call.dialed', call=listed, operator='101', to='09000000002'))
        entry = one.sees('.call-items li:has([open])', 'List: Once more')
        entry.locator('input').fill('Wants tea')
        entry.locator('button', has_text='Not reached').click()
        one.lacks('.call-items li', 'List:')
        check('worked off', 'Wants tea', house.centre.json('lists', 'show', 'again', '--done')['items'][0]['note'])
        house.centre.push(dict(type='call.ended', call=listed))
        house.centre.run('lists', 'delete', 'again')
        # A pop may be gone when it is asked how its call ended.
        one.problems[:] = [p for p in one.problems if '404' not in p]
        check('problems', [], one.problems)
        one.end()

    @test
    def what_is_due_soon_is_said_once(house):
        fresh(house)
        desk = house.desk('101', language='en')
        open_case(house, 1, 'Bring the filter', 'owner=101', 'kind=promise', 'due=' + at(0.1))
        open_case(house, 2, 'Next week', 'owner=101', 'kind=promise', 'due=' + at(7 * 24))
        open_case(house, 2, 'Somebody else', 'owner=102', 'kind=promise', 'due=' + at(0.1))
        line = desk.sees('.message.reminder', 'Due soon: Bring the filter', within=30)
        clean(desk, check, 'a reminder')
        line.locator('button', has_text='Customer').click()
        desk.sees('#record h2', '山田 太郎')
        # The list is looked at again with each change: it is not said twice, and nothing of others or of later is.
        open_case(house, 1, 'Another', 'owner=101', 'kind=promise', 'due=' + at(8 * 24))
        desk.sees('.work-cases li', 'Another')
        check('reminders', 0, desk.page.locator('.message.reminder').count())
        # Nor after a reload; what is due at another time is said, also to who looks elsewhere.
        desk.page.reload()
        desk.sees('.work-due li', 'Bring the filter')
        desk.page.evaluate('''() => {
          Object.defineProperty(document, 'hidden', { get: () => window.isAway ?? true });
          window.told = [];
          window.Notification = class extends EventTarget { static permission = 'granted'; \
constructor(title, more) { super(); window.told.push(title); } close() {} };
        }''')
        open_case(house, 2, 'Call the maker', 'owner=101', 'kind=promise', 'due=' + at(0.1))
        desk.sees('.message.reminder', 'Due soon: Call the maker', within=30)
        check('reminders', 1, desk.page.locator('.message.reminder').count())
        [told] = desk.page.evaluate('window.told')
        assert told.startswith('Due soon: Call the maker'), told
        assert desk.page.title().startswith('⏰ Due soon: Call the maker'), desk.page.title()
        desk.page.evaluate('''() => {
          window.isAway = false;
          document.dispatchEvent(new Event('visibilitychange'));
        }''')
        check('once it is seen', 'screenpop', desk.page.title())
        check('problems', [], desk.problems)
        desk.end()

    @test
    def a_case_is_worked_on_and_handed_over(house):
        fresh(house)
        one, two = house.desk('101', language='en'), house.desk('102', language='en')
        one.page.fill('#search input', '鈴木')
        one.sees('#found li button').click()
        one.sees('#record button', 'Open a case').click()
        one.page.fill('dialog [name=title]', 'Leaks again')
        one.page.select_option('dialog [name=priority]', 'urgent')
        clean(one, check, 'the dialog of a case')
        one.page.click('dialog button.primary')
        one.sees('.work-cases li', 'Leaks again')
        row = one.page.locator('.work-cases li', has_text='Leaks again')
        row.locator('[data-key=change]').click()
        one.sees('dialog [name=phase]').select_option('調査')
        one.page.fill('dialog [name=progress]', '40')
        one.page.fill('dialog [name=next_step]', 'Ask the maker')
        check('how it came is not known', '', one.page.input_value('dialog [name=came_by]'))
        one.page.select_option('dialog [name=came_by]', 'visit')
        check('whom a complaint is about is asked of complaints', False,
              one.page.is_visible('dialog [name=complaint_about]'))
        one.page.check('dialog [name=complaint]')
        one.page.fill('dialog [name=complaint_about]', '105')
        one.page.click('dialog button.primary')
        one.sees('.work-cases li', 'Being examined · 40 % · came by Visit · Ask the maker')
        one.sees('.work-cases li .mark-of-case', 'Complaint')
        row.locator('[data-key=change]').click()
        one.page.click('dialog summary:has-text("Hand over")')
        to = one.page.locator('dialog [aria-label="Colleague (number or name)"]')
        # A name that nobody has would leave the case with nobody.
        to.fill('佐々木')
        one.page.click('dialog button:has-text("Offer it")')
        one.sees('dialog .problem', 'No operator is called 佐々木')
        to.fill(one.page.evaluate("fetch('/v1/session').then((a) => a.json()).then((s) => s.operator_names['102'])"))
        one.page.fill('dialog [aria-label="What the colleague has to know"]', 'Knows the maker')
        one.page.click('dialog button:has-text("Offer it")')
        two.sees('#messages .message', 'Leaks again')
        two.sees('.work-handovers li', 'Knows the maker')
        two.page.click('.work-handovers [data-key=accept]')
        two.sees('.work-cases li', 'Leaks again')
        one.lacks('.work-lists li', 'Leaks again')
        chief = house.desk('900', language='en', path='/supervisor#cases')
        chief.sees('.board section:has(h2:has-text("Being examined")) li', 'came by Visit')
        chief.page.select_option('[name=by]', 'owner')
        chief.sees('.board section:has(h2:has-text("102")) li', 'Leaks again').locator('input').check()
        chief.page.select_option('select[aria-label="Give to"]', '101')
        chief.page.click('.filters button')
        chief.sees('.board section:has(h2:has-text("101")) li', 'Leaks again')
        clean(chief, check, 'the board of cases')
        one.sees('.work-cases li', 'Leaks again')
        for desk in (one, two, chief):
            check('problems', [], desk.problems)
            desk.end()

    @test
    def a_list_is_worked_off_by_keys(house):
        fresh(house)
        # More than what other tests have sold.
        for customer, amount in ((1, 99300), (2, 99200)):
            house.centre.run('customers', 'purchases', 'add', str(customer), 'product=Coffee', f'amount={amount}',
                             'currency=JPY')
        house.centre.run('lists', 'create', 'winback', 'of=best', 'assigned_to=101', 'title=Win back')
        one = house.desk('101', language='en')
        one.sees('#lists .list-names li', 'Win back')
        one.page.locator('#state').click()
        one.page.keyboard.press('l')
        one.sees('.list-current', '1 purchase, 99300 JPY')
        one.sees('#record h2', '山田 太郎')
        clean(one, check, 'the desk with a list')
        one.page.fill('.list-current input', 'Buys again')
        one.page.locator('.list-current').focus()
        one.page.keyboard.press('1')
        one.sees('.list-current', '鈴木 花子')
        check('the note of the next one', '', one.page.input_value('.list-current input'))
        one.page.click('.list-current [data-release]')
        one.lacks('.list-current', '鈴木 花子')
        chief = house.desk('900', language='en', path='/supervisor#lists')
        row = chief.sees('tr[data-list=winback]', 'Reached 1')
        clean(chief, check, 'the page of lists')
        row.locator('button', has_text='Open').click()
        chief.sees('dialog .list-entries li', '鈴木 花子')
        chief.page.check('dialog input[type=checkbox]')
        chief.sees('dialog .list-entries li', 'Buys again')
        chief.page.click('dialog button.primary')
        chief.page.click('button:has-text("New list")')
        chief.page.fill('dialog [name=name]', 'vips')
        chief.page.fill('dialog [name=title]', 'All VIPs')
        chief.page.fill('dialog [name=tier]', 'vip')
        clean(chief, check, 'the dialog of a list')
        chief.page.click('dialog button.primary')
        made = chief.sees('tr[data-list=vips]', 'All VIPs').locator('button', has_text='Delete')
        made.click()
        chief.sees('tr[data-list=vips]', 'Really delete?').locator('[data-sure]').click()
        chief.lacks('tr[data-list=vips]')
        house.centre.run('lists', 'delete', 'winback')
        for desk in (one, chief):
            check('problems', [], desk.problems)
            desk.end()

    @test
    def a_refresh_is_not_put_off_for_ever(house):
        desk = house.desk('101', language='en')
        # Called every 10 ms, without a pause of 50 ms in half a second.
        count = desk.page.evaluate('''async () => {
          const { later } = await import('/pages/dom.js');
          let count = 0;
          const soon = later(50, () => { count += 1; }, 120), again = setInterval(soon, 10);
          await new Promise((end) => { setTimeout(end, 500); });
          clearInterval(again);
          return count;
        }''')
        check('it ran meanwhile', True, count >= 2)
        check('and not at every call', True, count <= 6)
        check('problems', [], desk.problems)
        desk.end()
