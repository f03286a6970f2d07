#!/usr/bin/env python3
"""The desk, the wall and the supervisors' pages in a real Chromium: from the event on the socket to the pixels.

desk.py [test ...]   BINDIR: where the programs are, .build/debug; PICTURES: where screenshots go"""
import base64, hmac, json, os, re, sys, time, traceback
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from centre import *
import cases, counts, delays, dresses, effort, imports, inbox, knowledge, layout, replies, reports, supervisors
import together, work
from playwright.sync_api import sync_playwright
from axe_playwright_python.sync_playwright import Axe

PAGES = HERE + '/../../Sources/Web/Pages'
PICTURES = os.environ.get('PICTURES', '.build/browser/pictures')
PEOPLE = [('101', 'operator', '佐藤 一'), ('102', 'operator', '高橋'), ('900', 'supervisor', '部長')]
# SHORT=1 is what `make test` has time for: half of the dresses, and a quarter of a day's pops.
SHORT = os.environ.get('SHORT') == '1'
TESTS = {}
def test(f): TESTS[f.__name__.replace('_', '-')] = f; return f

class House:
    """One daemon and one browser for all tests; who has signed in once need not again."""
    def __init__(self, browser, more=''):
        self.browser, self.centre, self.kept = browser, Centre(PEOPLE, more=more), {}
    def desk(self, operator, **more):
        if operator not in self.kept:
            first = Desk(self.browser, self.centre, operator)
            first.sees('#state')
            self.kept[operator] = first.context.storage_state()
            first.end()
        desk = Desk(self.browser, self.centre, None, **more, storage_state=self.kept[operator])
        desk.sees('#state:not(:empty), #figures, #panel:not(:empty)')
        return desk
    def quiet(self):
        """no call is alive, and everybody is there and free"""
        for call in self.centre.json('calls', '--open')['calls']:
            self.centre.push(dict(type='call.ended', call=call['call'], source=call['source']))
        self.centre.login(('101', '佐藤 一'), ('102', '高橋'), ('103', '伊藤'))
        for one in ('101', '102', '103'):
            self.centre.push(dict(type='operator.resumed', operator=one), dict(type='operator.ready', operator=one))
    def call(self, call): return json.loads(self.centre.run('explain', call, '--json'))

def check(what, wanted, found): assert wanted == found, f'{what}: {found!r}, expected {wanted!r}'
counter = [0]
def new_call(): counter[0] += 1; return f'b{counter[0]}'

@test
def signing_in(house):
    desk = Desk(house.browser, house.centre, None, language='en')
    until('the title', lambda: desk.page.title() == 'Sign in — screenpop')
    desk.sign_in('101', 'wrong')
    desk.sees('#problem', 'wrong')
    desk.sign_in('101')
    desk.sees('#state')
    [cookie] = desk.context.cookies()
    check('cookie', (True, 'Strict'), (cookie['httpOnly'], cookie['sameSite']))
    check('seen by scripts', '', desk.page.evaluate('document.cookie'))
    desk.page.reload()
    desk.sees('#state')
    desk.choose('#signout')
    desk.sees('[name=password]')
    check('after signing out', 401, desk.page.evaluate('fetch("/v1/session").then(a => a.status)'))
    # What a browser reports of refusals it was told of is no fault of the page.
    desk.problems[:] = [p for p in desk.problems if '401' not in p]
    check('problems', [], desk.problems)
    desk.end()

def authenticator_code(letters, ahead=0):
    """RFC 6238, as an authenticator computes it."""
    secret = base64.b32decode(letters.replace(' ', ''))
    mac = hmac.digest(secret, (int(time.time() + DAEMON_CLOCK) // 30 + ahead).to_bytes(8, 'big'), 'sha1')
    at = mac[-1] & 15
    return f'{(int.from_bytes(mac[at:at + 4], "big") & 0x7fffffff) % 1_000_000:06}'

@test
def a_second_factor_from_setting_it_up_to_its_removal(house):
    house.centre.run('account', 'set', '150', '--name', '二段階', typed=PASSWORD + '\n')
    desk = Desk(house.browser, house.centre, '150', language='en')
    desk.sees('#state')
    desk.choose('#account')
    form = desk.page.locator('#own-account form').first
    form.locator('[name=password]').fill(PASSWORD)
    form.locator('button').click()
    letters = desk.sees('#factor-secret').inner_text()
    assert letters.replace(' ', '') in desk.page.get_attribute('#factor-uri', 'href')
    desk.page.fill('#own-account [name=code]', authenticator_code(letters))
    desk.page.click('#own-account button.primary')
    desk.sees('#recovery-codes')
    check('recovery codes', 10, desk.page.locator('#recovery-codes li').count())
    desk.page.locator('#own-account button.primary').click()
    desk.sees('#own-account', 'In force since')
    check('sessions', 1, desk.page.locator('#own-account .sessions tbody tr').count())
    desk.page.locator('#dialog form.buttons button').last.click()
    desk.choose('#signout')
    desk.sees('[name=password]')
    desk.sign_in('150')
    desk.sees('[name=code]')
    desk.page.fill('[name=code]', authenticator_code(letters, ahead=1))
    desk.page.click('button.primary')
    desk.sees('#state')
    house.centre.run('account', 'reset-second-factor', '150')
    # Not by the page: it goes to the sign-in as soon as it finds out.
    check('signed out', 401, desk.context.request.get(house.centre.url + '/v1/session').status)
    house.centre.run('account', 'remove', '150')
    desk.end()

@test
def a_password_is_in_no_address(house):
    # Who is quicker than the page's script sends nothing: the browser by itself would ask for an address with it.
    context = house.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(house.centre.url + '/')
    page.fill('[name=operator]', '101')
    page.fill('[name=password]', 'a secret')
    page.press('[name=password]', 'Enter')
    check('the button waits for the script', True, page.locator('button.primary').is_disabled())
    check('the method', 'post', page.get_attribute('#form', 'method'))
    check('the address', house.centre.url + '/', page.url)
    context.close()

@test
def guessing_is_slowed_down(house):
    desk = Desk(house.browser, house.centre, None, language='en')
    # A try counts from when it came: where a password takes seconds to check, the first pause is over before the next.
    for tries in range(1, 10):
        desk.sign_in('777', 'guess')
        if 'wrong' not in desk.sees('#problem', re.compile('wrong|Try again in')).inner_text(): break
        desk.page.evaluate('document.getElementById("problem").textContent = ""')
    assert tries > 5, tries
    desk.sees('#problem', 'Try again in')
    # Somebody else at the same machine is not kept out.
    desk.sign_in('102')
    desk.sees('#state')
    desk.end()

@test
def a_vip_call_from_ring_to_the_second_desk(house):
    house.quiet()
    one, two, call = house.desk('101'), house.desk('102'), new_call()
    one.page.fill('#search input', 'すず')
    one.page.focus('#search input')
    house.centre.ring(call, '09000000001', '101')
    card = one.sees('.call.vip')
    for text in ('優良顧客', '山田 太郎', 'ヤマダ タロウ', '山田商事', '大きな声で話す', 'support', '090-0000-0001', '担当'):
        assert text in card.inner_text(), (text, card.inner_text())
    check('sound', 'vip', one.page.evaluate('document.documentElement.dataset.lastSound'))
    assert '山田 太郎' in one.page.title(), one.page.title()
    check('focus stays', 'q', one.page.evaluate('document.activeElement.name'))
    check('typed stays', 'すず', one.page.input_value('#search input'))
    until('a screen reader is told', lambda: '山田 太郎' in one.page.inner_text('#say'))
    check('only there', 0, two.page.locator('.call').count())
    until('seen', lambda: not [a for a in house.centre.json('calls', '--open')['calls'] if a['call'] != call])
    house.centre.push(dict(type='call.answered', call=call, operator='101'))
    one.sees('.phase-answered')
    one.page.keyboard.press('Alt+n')
    one.page.keyboard.type('契約更新の件、金曜に', delay=5)
    until('the draft is saved', lambda: house.call(call)['note_draft'] == '契約更新の件、金曜に')
    # A pop that changes takes neither the cursor nor the words.
    house.centre.push(dict(type='call.held', call=call), dict(type='call.resumed', call=call))
    one.page.keyboard.type('半')
    check('words', '契約更新の件、金曜に半', one.page.input_value('.note textarea'))
    until('half a word is saved', lambda: house.call(call)['note_draft'].endswith('半'))
    house.centre.push(dict(type='call.transferred', call=call, operator='102', kind='blind'))
    card = two.sees('.call.phase-transferred')
    assert '101' in card.inner_text() and '大きな声で話す' in card.inner_text()
    assert '契約更新の件、金曜に半' in two.sees('.call .noted').inner_text(), 'the note at the next desk'
    check('room for a note of their own', '', two.page.input_value('.note textarea'))
    one.sees('.call.phase-ended')
    for desk in (one, two):
        check('problems', [], desk.problems)
        desk.end()

@test
def a_pop_speaks_the_language_of_its_reader(house):
    """the centre's is Japanese; this operator's browser is English"""
    house.quiet()
    desk, call = house.desk('101', language='en'), new_call()
    house.centre.ring(call, '09000000001', '101')
    desk.sees('.call .vip-sign', 'VIP')
    desk.sees('.call .brief', 'looked after by')
    house.centre.push(dict(type='call.answered', call=call, operator='101'))
    desk.sees('.phase-answered')
    desk.sees('.call .brief', 'looked after by')
    house.centre.push(dict(type='call.ended', call=call, by='caller'))
    desk.sees('.phase-ended .brief', 'looked after by')
    check('problems', [], desk.problems)
    desk.end()

@test
def after_call_work(house):
    house.quiet()
    desk, call = house.desk('101', language='en'), new_call()
    house.centre.ring(call, '09000000002', '101')
    house.centre.push(dict(type='call.answered', call=call, operator='101'))
    desk.sees('.phase-answered')
    desk.page.focus('.note textarea')
    desk.page.keyboard.type('asked for the invoice', delay=20)
    house.centre.push(dict(type='call.ended', call=call, by='caller'))
    desk.sees('#state', 'After-call work')
    desk.sees('#state .time', 'left')
    # A desk that was closed finds its call and its words again.
    until('the draft is saved', lambda: house.call(call)['note_draft'] == 'asked for the invoice')
    desk.page.reload()
    desk.sees('.call.phase-ended', '鈴木 花子')
    check('words', 'asked for the invoice', desk.page.input_value('.note textarea'))
    desk.page.check('input[value=callback]')
    desk.page.click('.followup summary')
    desk.page.fill('.followup input[type=text]', 'send the invoice')
    desk.page.fill('.followup input[type=datetime-local]', '2020-01-01T09:00')
    desk.page.click('.followup [data-key=add]')
    desk.sees('.note [role=status]', 'Promise added')
    desk.page.keyboard.press('Alt+Enter')
    desk.sees('#state', 'Available')
    desk.lacks('.call')
    told = house.call(call)
    check('note', 'asked for the invoice', told['notes'][-1]['text'])
    assert 300 <= told['notes'][-1]['spent_ms'] <= 10_000, told['notes'][-1]
    check('disposition', 'callback', told['disposition'])
    # The promise is broken: the next pop warns of it.
    house.centre.ring(new_call(), '09000000002', '101')
    card = desk.sees('.call .cases .late')
    assert 'send the invoice' in card.inner_text() and 'overdue' in card.inner_text()
    check('problems', [], desk.problems)
    desk.end()

@test
def who_is_calling_is_chosen_with_one_key(house):
    house.quiet()
    desk, call = house.desk('101'), new_call()
    house.centre.ring(call, '09000000004', '101')
    desk.sees('.candidates', '佐藤')
    before = desk.page.inner_text('.call h2')
    other = '佐藤 二郎' if '一郎' in before else '佐藤 一郎'
    desk.page.keyboard.press('1')
    desk.sees('.call h2', other)
    # Nobody we know: a new record, with the number, and the call is theirs.
    unknown = new_call()
    house.centre.push(dict(type='call.ended', call=call))
    desk.lacks('.call .candidates')
    house.centre.ring(unknown, '09000000009', '101')
    desk.sees('.call', '090-0000-0009')
    desk.page.keyboard.press('n')
    check('number', '090-0000-0009', desk.page.input_value('#edit-phones'))
    desk.page.fill('#edit-name', '新田 新')
    desk.page.click('.editor button.primary')
    desk.sees('.call h2', '新田 新')
    # Or somebody we know by another number.
    house.centre.push(dict(type='call.ended', call=unknown))
    third = new_call()
    house.centre.ring(third, '09000000099', '101')
    desk.sees('.call', '090-0000-0099')
    desk.page.keyboard.press('a')
    desk.page.keyboard.type('スズキ')
    desk.sees('#found button', '鈴木 花子').click()
    desk.sees('.call h2', '鈴木 花子')
    check('problems', [], desk.problems)
    desk.end()

@test
def a_word_to_who_looks_elsewhere(house):
    house.quiet()
    desk = house.desk('101', language='en')
    desk.page.evaluate('''() => {
      Object.defineProperty(document, 'hidden', { get: () => true });
      window.told = [];
      window.Notification = class extends EventTarget { static permission = 'granted'; \
constructor(title, more) { super(); window.told.push([title, more.tag]); } close() {} };
    }''')
    house.centre.ring(new_call(), '09000000001', '101')
    desk.sees('.call.vip')
    [[title, _]] = desk.page.evaluate('window.told')
    assert title == '★ VIP: 山田 太郎', title
    assert desk.page.title().startswith('☎ 山田 太郎'), desk.page.title()
    desk.end()

@test
def the_daemon_is_killed_and_comes_back(house):
    house.quiet()
    desk, call = house.desk('101', language='en'), new_call()
    house.centre.ring(call, '09000000001', '101')
    house.centre.push(dict(type='call.answered', call=call, operator='101'))
    desk.sees('.phase-answered')
    house.centre.kill()
    desk.sees('#link', 'Connection lost')
    desk.page.fill('.note textarea', 'typed while nobody listened')
    desk.sees('.note [role=status]', 'Not saved')
    house.centre.start()
    # While the desk was away another call came.
    second = new_call()
    house.centre.ring(second, '09000000002', '101')
    desk.lacks('#link')
    desk.sees('.call', '鈴木 花子')
    until('the words arrive', lambda: house.call(call)['note_draft'] == 'typed while nobody listened')
    check('words stay', 'typed while nobody listened', desk.page.locator('.call.vip textarea').input_value())
    house.centre.push(dict(type='call.ended', call=second))
    desk.lacks('.call', '鈴木 花子')
    assert all('ERR_CONNECTION' in p or 'Failed to load' in p or 'net::' in p for p in desk.problems), desk.problems
    desk.end()

def notes(house, call): return [(one['operator'], one['text'], one['state']) for one in house.call(call)['notes']]

@test
def what_was_typed_becomes_a_note_in_every_way(house):
    """the limit, the next call, a closed card, a sign-out, a closed browser: nobody presses a button"""
    def talking(text, queue):
        house.quiet()
        desk, call = house.desk('101', language='en'), new_call()
        house.centre.talk(call, '09000000002', '101', queue=queue)
        desk.sees('.phase-answered')
        desk.page.focus('.call textarea')
        desk.page.keyboard.type(text)
        return desk, call
    def end(call): house.centre.push(dict(type='call.ended', call=call, by='caller'))
    def kept(what, call, text):
        until(f'{what}: the note is there', lambda: notes(house, call) == [('101', text, 'unfinished')])
    desk, call = talking('the limit passed', 'short')
    end(call)
    desk.sees('.phase-ended [role=status]', 'is a note now')
    kept('limit', call, 'the limit passed')
    # It is typed on, and finished, as one note.
    desk.page.fill('.call textarea', 'the limit passed, but I had more to say')
    kept('typed on', call, 'the limit passed, but I had more to say')
    desk.page.click('[data-key=finish]')
    desk.lacks('.call')
    until('one note', lambda: notes(house, call) == [('101', 'the limit passed, but I had more to say', 'finished')])
    check('problems', [], desk.problems)
    desk.end()
    desk, call = talking('the next call came', 'support')
    end(call)
    desk.sees('.phase-ended')
    following = new_call()
    house.centre.ring(following, '09000000001', '101')
    desk.sees('.phase-ringing')
    kept('next call', call, 'the next call came')
    desk.end()
    desk, call = talking('the card was closed', 'short')
    end(call)
    desk.sees('.phase-ended')
    desk.page.click('[data-key=close]')
    desk.lacks('.call')
    kept('closed card', call, 'the card was closed')
    desk.end()
    desk, call = talking('the browser was closed', 'short')
    desk.page.close()
    end(call)
    kept('closed browser', call, 'the browser was closed')
    desk.end()
    desk, call = talking('signed out', 'short')
    end(call)
    desk.choose('#signout')
    desk.sees('[name=password]')
    kept('sign-out', call, 'signed out')
    desk.end()
    house.kept.pop('101')

@test
def unfinished_notes_are_found_and_finished_later(house):
    house.quiet()
    call, silent = new_call(), new_call()
    house.centre.talk(call, '09000000002', '102', queue='short')
    desk = house.desk('102', language='en')
    desk.page.fill('.call textarea', 'wants two\nof them')
    until('the draft is saved', lambda: house.call(call)['note_draft'])
    house.centre.push(dict(type='call.ended', call=call))
    house.centre.talk(silent, '09000000001', '102', queue='short')
    house.centre.push(dict(type='call.ended', call=silent))
    desk.end()
    desk = house.desk('102', language='en')
    desk.sees('#recent .count', 'unfinished')
    desk.page.click('#recent summary')
    line = desk.sees('#recent .lacks', 'wants two')
    line.get_by_text('Finish as it is').click()
    desk.lacks('#recent .lacks', 'wants two')
    check('finished', [('102', 'wants two\nof them', 'finished')], notes(house, call))
    # Once its after-call work is over.
    desk.sees(f'#recent .lacks[data-call="{silent}"]', 'No note').get_by_text('Write').click()
    desk.page.fill('dialog textarea', 'a word days later')
    desk.page.click('dialog >> text=Write the note')
    desk.sees('dialog .notes', 'a word days later')
    desk.page.keyboard.press('Escape')
    desk.lacks(f'#recent .lacks[data-call="{silent}"]')
    check('written', [('102', 'a word days later', 'finished')], notes(house, silent))
    check('problems', [], desk.problems)
    desk.end()

@test
def a_number_is_attached_and_taken_away_again(house):
    house.quiet()
    desk, call = house.desk('101', language='en'), new_call()
    def phones(name):
        return [one['display'] for one in house.centre.json('customers', 'find', name)['customers'][0]['phones']]
    house.centre.talk(call, '09000000123', '101')
    desk.sees('.call', '090-0000-0123')
    def attach(text, name):
        desk.page.keyboard.press('a')
        desk.page.keyboard.type(text)
        desk.sees('#found button', name).click()
        desk.sees('.call h2', name)
    attach('花子', '鈴木 花子')
    desk.sees('.attached', 'the number is stored')
    check('stored', True, '090-0000-0123' in phones('花子'))
    desk.page.keyboard.press('u')
    desk.lacks('.attached')
    desk.sees('.call h2', '090-0000-0123')
    check('gone again', False, '090-0000-0123' in phones('花子'))
    attach('タロウ', '山田 太郎')
    desk.sees('.attached')
    house.centre.push(dict(type='call.ended', call=call))
    # After its end as well, until the card is closed.
    desk.sees('.phase-ended')
    desk.page.keyboard.press('u')
    desk.sees('.phase-ended h2', '090-0000-0123')
    attach('花子', '鈴木 花子')
    desk.sees('.attached')
    desk.page.click('[data-key=finish]')
    desk.lacks('.call')
    again = new_call()
    house.centre.ring(again, '09000000123', '101')
    desk.sees('.call h2', '鈴木 花子')
    check('problems', [], desk.problems)
    desk.end()

@test
def a_choice_can_be_changed_until_the_card_is_closed(house):
    house.quiet()
    desk, call = house.desk('101', language='en'), new_call()
    house.centre.talk(call, '09000000004', '101')
    desk.sees('.who', 'is a guess')
    first = desk.page.inner_text('.candidates .chosen')
    desk.page.keyboard.press('1')
    desk.sees('.who', 'can be changed')
    other = desk.page.inner_text('.candidates .chosen')
    assert first[2:] != other[2:] and other.startswith('✓'), (first, other)
    house.centre.push(dict(type='call.ended', call=call))
    desk.sees('.phase-ended .candidates')
    def history(id):
        return [one for one in desk.page.evaluate(f'fetch("/v1/customers/{id}").then(a => a.json())')['history']
                if one['channel'] == 'phone']
    ids = {one['name']: one['id'] for one in house.centre.json('customers', 'find', '佐藤')['customers']}
    wrong, right = [ids[name] for name in sorted(ids, key=lambda name: name in first)]
    before = {id: len(history(id)) for id in (wrong, right)}
    desk.page.keyboard.press('1')
    until('the first again', lambda: first[2:] in desk.page.inner_text('.candidates .chosen'))
    until('the record follows', lambda: house.call(call)['customer']['id'] == right)
    until('on one history alone',
          lambda: len(history(wrong)) + len(history(right)) <= sum(before.values()) + 1
          and len(history(wrong)) <= before[wrong])
    check('problems', [], desk.problems)
    desk.end()

@test
def a_proxys_page_instead_of_an_answer(house):
    """HTML is no answer of the daemon's: the note is sent again"""
    house.quiet()
    desk, call = house.desk('101', language='en'), new_call()
    house.centre.talk(call, '09000000002', '101')
    desk.sees('.phase-answered')
    left = [502, 200]
    def answer(route):
        if left: route.fulfill(status=left.pop(0), content_type='text/html', body='<html><h1>Bad Gateway</h1></html>')
        else: route.continue_()
    desk.page.route('**/note?*', answer)
    desk.page.fill('.call textarea', 'through a proxy')
    desk.sees('.call [role=status]', 'Not saved')
    desk.sees('.call [role=status]', 'Saved as you type')
    check('it arrives', 'through a proxy', house.call(call)['note_draft'])
    check('all were answered', [], left)
    assert not [p for p in desk.problems if 'SyntaxError' in p or 'JSON' in p], desk.problems
    # A disposition that fails once does not write the note twice.
    house.centre.push(dict(type='call.ended', call=call))
    desk.sees('.phase-ended')
    fails = [True, True]
    desk.page.route('**/disposition?*', lambda route: route.abort() if fails and fails.pop() else route.continue_())
    desk.page.check('input[value=resolved]')
    desk.page.click('[data-key=finish]')
    until('it is refused twice', lambda: desk.page.evaluate('true') and not fails)
    desk.page.click('[data-key=finish]')
    desk.lacks('.call')
    check('one note', [('101', 'through a proxy', 'finished')], notes(house, call))
    check('disposition', 'resolved', house.call(call)['disposition'])
    desk.end()

@test
def a_session_that_ends_loses_no_word(house):
    house.quiet()
    desk, call = house.desk('102', language='en'), new_call()
    house.centre.talk(call, '09000000002', '102')
    desk.sees('.phase-answered')
    # The session ends between the typing and the sending: any other request that meets the end shows the sign-in too.
    ends = [True]
    def end(route):
        if not ends: return route.continue_()
        ends.clear(); desk.context.clear_cookies(); route.abort()
    desk.page.route('**/note?*', end)
    desk.page.fill('.call textarea', 'typed past the end')
    desk.sees('[name=password]')
    # Nobody else sends it.
    desk.sign_in('101')
    desk.sees('#state:not(:empty)')
    check('not yet', None, house.call(call)['note_draft'])
    desk.choose('#signout')
    desk.sees('[name=password]')
    desk.sign_in('102')
    desk.sees('.phase-answered')
    until('it arrives', lambda: house.call(call)['note_draft'] == 'typed past the end')
    until('nothing is left in the browser',
          lambda: desk.page.evaluate('Object.keys(localStorage).filter(key => key.startsWith("typed ")).length') == 0)
    desk.end()
    house.kept.pop('101', None); house.kept.pop('102', None)

@test
def a_call_that_ended_while_the_link_was_lost(house):
    house.quiet()
    desk, call, quiet = house.desk('101', language='en'), new_call(), new_call()
    house.centre.talk(call, '09000000002', '101')
    desk.sees('.phase-answered')
    desk.page.fill('.call textarea', 'before the gap')
    until('the draft is saved', lambda: house.call(call)['note_draft'] == 'before the gap')
    desk.page.route('**/v1/stream**', lambda route: route.abort())
    house.centre.kill()
    house.centre.start()
    house.centre.push(dict(type='call.ended', call=call))
    desk.page.unroute('**/v1/stream**')
    desk.sees('.phase-ended', '鈴木 花子', within=30)
    desk.page.fill('.call textarea', 'before the gap, and after')
    desk.page.click('[data-key=finish]')
    desk.lacks('.call')
    check('note', [('101', 'before the gap, and after', 'finished')], notes(house, call))
    desk.end()

@test
def notes_on_a_customer(house):
    house.quiet()
    desk = house.desk('101', language='en')
    desk.page.keyboard.press('/')
    desk.page.keyboard.type('花子')
    desk.sees('#found button', '鈴木').click()
    desk.page.click('.customer-note summary')
    desk.page.fill('#customer-note', 'moves in May\n<b>new</b> address then')
    # What is typed outlives the page.
    desk.page.reload()
    desk.sees('#state:not(:empty)')
    desk.page.keyboard.press('/')
    desk.page.keyboard.type('花子')
    desk.sees('#found button', '鈴木').click()
    desk.sees('#customer-note')
    check('still typed', 'moves in May\n<b>new</b> address then', desk.page.input_value('#customer-note'))
    desk.page.click('.customer-note >> text=Write the note')
    desk.sees('.history li', 'moves in May')
    check('the form is empty', '', desk.page.input_value('#customer-note'))
    id = desk.page.evaluate('fetch("/v1/customers?q=花子").then(a => a.json())')['customers'][0]['id']
    [note] = desk.page.evaluate(f'fetch("/v1/customers/{id}/notes").then(a => a.json())')['items']
    check('by whom', ('101', 'moves in May\n<b>new</b> address then'), (note['operator'], note['text']))
    # An address of several lines stays one.
    desk.page.click('#record >> text=Edit')
    desk.page.fill('#edit-address', '1-2-3 Chuo\nTokyo')
    desk.page.click('.editor button.primary')
    desk.sees('#record .lines', 'Chuo')
    check('lines', '1-2-3 Chuo\nTokyo',
          desk.page.evaluate(f'fetch("/v1/customers/{id}").then(a => a.json())')['address'])
    desk.page.click('#record >> text=Edit')
    check('in the form', '1-2-3 Chuo\nTokyo', desk.page.input_value('#edit-address'))
    check('problems', [], desk.problems)
    desk.end()

@test
def a_person_and_a_company(house):
    house.quiet()
    desk = house.desk('101', language='en')

    def create(body):
        return desk.page.evaluate("""body => fetch('/v1/customers', { method: 'POST', body: JSON.stringify(body),
            headers: { 'Content-Type': 'application/json' } }).then(a => a.json())""", body)['id']

    def read(id): return desk.page.evaluate(f'fetch("/v1/customers/{id}").then(a => a.json())')

    company, person = create({'name': '法人 見本', 'kind': 'company'}), create({'name': '個人 見本'})
    desk.page.keyboard.press('/')
    desk.page.keyboard.type('個人 見本')
    desk.sees('#found button', '個人 見本').click()
    desk.page.click('#record >> text=Edit')
    desk.page.fill('#edit-company_id', '法人')
    desk.sees('.found-companies button', '法人 見本').click()
    desk.page.fill('#edit-accounts', 'instagram:hanako\nx: sample ')
    desk.page.fill('#edit-consent .consent-name', 'newsletter')
    desk.page.select_option('#edit-consent .consent-answer', 'false')
    desk.page.check('#edit-do_not_call')
    desk.page.fill('#edit-persona', 'collector')
    desk.page.click('.editor button.primary')
    desk.sees('#record .company', '法人 見本')
    desk.sees('#record', 'instagram:hanako, x:sample'); desk.sees('#record', 'newsletter: no')
    now = read(person)
    check('kept', (company, {'newsletter': False}, True, ['collector'], 'person'),
          tuple(now[key] for key in ('company_id', 'consent', 'do_not_call', 'persona', 'kind')))
    # A second edit that touches none of them leaves them.
    desk.page.click('#record >> text=Edit')
    desk.page.fill('#edit-kana', 'コジン')
    desk.page.click('.editor button.primary')
    desk.sees('#record h2', 'コジン')
    later = read(person)
    keys = ('company_id', 'accounts', 'consent', 'do_not_call', 'persona')
    check('still', [now[key] for key in keys], [later[key] for key in keys])
    # From the company to its persons and back.
    desk.page.click('#record .company')
    desk.sees('#record .person', '個人 見本').click()
    desk.sees('#record .company', '法人 見本')
    check('problems', [], desk.problems)
    desk.end()

@test
def a_record_begins_with_what_a_call_needs(house):
    house.quiet()
    desk = house.desk('101', language='ja')
    desk.page.fill('#search input', '山田')
    desk.sees('#found li button').click()
    desk.sees('#record .customer-versions')
    desk.page.evaluate("""fetch('/v1/customers/1/notes', { method: 'POST', body: '{"text":"prefers mornings"}',
        headers: { 'Content-Type': 'application/json' } })""")
    desk.sees('#record .history li', 'prefers mornings')
    parts = ['.cases', '.history', '.purchases', '.customer-versions']
    check('the order', parts, sorted(parts, key=lambda one: desk.page.evaluate(
        'selector => document.querySelector(`#record ${selector}`).getBoundingClientRect().top', one)))
    # A form longer than the screen shows how it is saved.
    desk.page.click('#record button:has-text("編集")')
    box = desk.sees('.editor button.primary').bounding_box()
    check('in sight', True, 0 <= box['y'] <= 900 - box['height'])
    # A refusal says in the reader's language of what kind it is.
    said = desk.page.evaluate("""import('/pages/api.js').then(({ get }) => get('/v1/customers/999999'))
        .catch((refusal) => refusal.message)""")
    check('in Japanese', True, said.startswith('見つかりません。') and '999999' in said)
    desk.problems[:] = [p for p in desk.problems if '404' not in p]
    check('problems', [], desk.problems)
    desk.end()

@test
def a_promise_for_tomorrow_takes_a_press(house):
    house.quiet()
    desk = house.desk('101', language='ja')
    house.centre.talk(new_call(), '09000000002', '101')
    desk.sees('.call')
    desk.page.click('.followup summary')
    desk.page.click('.due-choices button:has-text("明日 10:00")')
    tomorrow = desk.page.evaluate("""import('/pages/time.js')
        .then(({ daysBefore, localTime, now }) => daysBefore(localTime(now()).slice(0, 10), -1))""")
    check('the time', f'{tomorrow}T10:00', desk.page.input_value('.followup [type=datetime-local]'))
    check('problems', [], desk.problems)
    desk.end()

@test
def a_call_meant_for_a_colleague_says_so(house):
    house.quiet()
    one, two = house.desk('101', language='en'), house.desk('102', language='en')
    call = new_call()
    house.centre.ring(call, '09000000001', '101')
    one.sees('.call .reason', 'you look after this customer')
    house.centre.push(dict(type='call.unanswered', call=call, operator='101'),
                      dict(type='call.ringing', call=call, operator='102'))
    two.sees('.call .reason', 'goes to who looks after the customer')
    # The call may go before its pop is answered for.
    one.problems[:] = [p for p in one.problems if '404' not in p]
    for desk in (one, two):
        check('problems', [], desk.problems)
        desk.end()

@test
def purchases_and_visits(house):
    house.quiet()
    desk = house.desk('101', language='en')
    id = desk.page.evaluate("""fetch('/v1/customers', { method: 'POST', body: '{"name":"購入 例"}',
        headers: { 'Content-Type': 'application/json' } }).then(a => a.json())""")['id']
    desk.page.keyboard.press('/')
    desk.page.keyboard.type('購入')
    desk.sees('#found button', '購入 例').click()
    desk.sees('#record .record')

    def items(kind):
        return desk.page.evaluate(f'fetch("/v1/customers/{id}/{kind}").then(a => a.json())')['items']

    # A purchase with three fields, a visit with two.
    desk.page.click('.purchases > summary')
    desk.page.fill('#purchases-product', 'Coffee machine')
    desk.page.fill('#purchases-amount', '12,800')
    check('the currency of the centre', 'JPY', desk.page.input_value('#purchases-currency'))
    desk.page.keyboard.press('Enter')
    desk.sees('.purchases .items li', '¥12,800')
    [bought] = items('purchases')
    check('the amount', ('12800', 'JPY', 'ordered'), (bought['amount'], bought['currency'], bought['state']))
    desk.page.click('.contacts > summary')
    desk.page.fill('#contacts-summary', 'It leaks; a seal is worn.')
    # Somebody else's change of the record takes nothing away from who types.
    desk.page.evaluate(f"""fetch('/v1/customers/{id}/notes', {{ method: 'POST', body: '{{"text":"moves"}}',
        headers: {{ 'Content-Type': 'application/json' }} }})""")
    desk.sees('.history li', 'moves')
    check('still typed', 'It leaks; a seal is worn.', desk.page.input_value('#contacts-summary'))
    desk.page.click('.contacts form button.primary')
    desk.sees('.contacts .items li', 'a seal is worn')
    check('by whom', ('101', 'visit'), tuple(items('contacts')[0][k] for k in ('operator', 'channel')))
    # Changed, deleted and brought back.
    desk.page.click('.purchases .items >> text=Change')
    desk.page.select_option('#purchases-state', 'shipped')
    desk.page.click('.purchases form button.primary')
    desk.sees('.purchases .items li', 'shipped')
    desk.page.click('.purchases .items >> text=Delete')
    desk.sees('.purchases .items li', 'Nothing is recorded yet')
    desk.page.click('.purchases >> text=Undo')
    desk.sees('.purchases .items li', 'shipped')
    # A picture, drawn; a page, which is only saved; renamed, deleted and brought back.
    desk.page.click('.files > summary')
    gif = bytes.fromhex('47494638396101000100800000ff00000000002c00000000010001000002024401003b')
    desk.page.set_input_files('#files-choose', [
        dict(name='玄関.gif', mimeType='image/gif', buffer=gif),
        dict(name='page.png', mimeType='image/png', buffer=b'<html><script>alert(1)</script></html>')])
    desk.sees('.files .items li', '玄関.gif'); desk.sees('.files .items li', 'page.png')
    until('the picture is drawn',
          lambda: desk.page.evaluate("document.querySelector('.files .items img')?.naturalWidth") == 1)
    check('pictures', 1, desk.page.locator('.files .items img').count())
    desk.page.locator('.files .items li', has_text='page.png').get_by_text('Change').click()
    desk.page.fill('#files-name', 'page.html')
    desk.page.click('.files form button.primary')
    desk.sees('.files .items li', 'page.html')
    desk.page.locator('.files .items li', has_text='page.html').get_by_text('Delete').click()
    desk.page.locator('.files .items li', has_text='page.html').wait_for(state='detached')
    desk.page.click('.files >> text=Undo')
    desk.sees('.files .items li', 'page.html')
    # All of it in one list, searched.
    desk.page.click('.timeline > summary')
    desk.sees('.timeline .items li', 'Coffee machine')
    desk.page.fill('.timeline input', 'seal')
    desk.sees('.timeline .items li', 'a seal is worn')
    desk.page.locator('.timeline .items li', has_text='Coffee machine').wait_for(state='detached')
    check('problems', [], desk.problems)
    desk.end()

@test
def calling_out(house):
    house.quiet()
    desk, call = house.desk('101', language='en'), new_call()
    house.centre.push(dict(type='call.dialed', call=call, operator='101', to='09000000001'))
    card = desk.sees('.call.phase-dialing')
    for text in ('You are calling', '山田 太郎', 'Dialed', '大きな声で話す'): assert text in card.inner_text(), card.inner_text()
    assert 'waiting' not in card.inner_text()
    check('no bell for a call of one\'s own', None,
          desk.page.evaluate('document.documentElement.dataset.lastSound ?? null'))
    desk.sees('#state', 'Dialing')
    house.centre.push(dict(type='call.ended', call=call, cause='17'))
    desk.sees('.call.phase-ended')
    desk.page.fill('.call textarea', 'nobody there')
    desk.page.click('[data-key=finish]')
    desk.lacks('.call')
    check('note', [('101', 'nobody there', 'finished')], notes(house, call))
    reached = new_call()
    house.centre.push(dict(type='call.dialed', call=reached, operator='101', to='09000000001'),
                      dict(type='call.answered', call=reached))
    desk.sees('.call.phase-answered')
    house.centre.push(dict(type='call.ended', call=reached))
    desk.sees('.call.phase-ended')
    house.centre.push(dict(type='operator.busy', operator='101'))
    desk.sees('#state', 'On another call')
    house.centre.push(dict(type='operator.free', operator='101'))
    desk.page.click('#recent summary')
    desk.sees('#recent', 'Called, not reached')
    check('problems', [], desk.problems)
    desk.end()

@test
def two_editors(house):
    one, two = house.desk('101', language='en'), house.desk('102', language='en')
    for desk in (one, two):
        desk.page.keyboard.press('/')
        desk.page.keyboard.type('花子')
        desk.sees('#found button', '鈴木').click()
        desk.sees('#record h2', '鈴木 花子')
    one.page.click('#record >> text=Edit')
    one.page.fill('#edit-company', 'Mine Ltd')
    two.page.click('#record >> text=Edit')
    two.page.fill('#edit-company', 'Theirs Ltd')
    two.page.click('.editor button.primary')
    two.sees('#record', 'Theirs Ltd')
    one.sees('.news', 'Somebody has just changed')
    one.page.click('.editor button.primary')
    table = one.sees('.conflict')
    assert 'Theirs Ltd' in table.inner_text() and 'Mine Ltd' in table.inner_text()
    check('mine is still typed', 'Mine Ltd', one.page.input_value('#edit-company'))
    one.page.click('.editor button.primary')
    one.sees('#record dd', 'Mine Ltd')
    # What only one of them touched is kept of both, without asking.
    one.page.click('#record >> text=Edit')
    two.page.click('#record >> text=Edit')
    one.page.fill('#edit-kana', 'スズキ ハナ')
    two.page.fill('#edit-owner', '102')
    two.page.check('#edit-do_not_call')
    two.page.click('.editor button.primary')
    two.sees('#record dd', '102')
    one.page.click('.editor button.primary')
    one.sees('#record dd', '102')
    one.sees('#record rt', 'スズキ ハナ')
    customer = house.centre.json('customers', 'find', 'スズキ ハナ')['customers'][0]
    check('do not call', True, one.page.evaluate(
        'id => fetch(`/v1/customers/${id}`).then(a => a.json())', customer['id'])['do_not_call'])
    # Who only reads it sees the change without asking.
    two.sees('#record dd', 'Mine Ltd')
    # Several lines stay several lines when something else is changed.
    custom = """([id, body]) => fetch(`/v1/customers/${id}`, { method: 'PATCH', body: JSON.stringify(body), headers: {
        'Content-Type': 'application/json', 'If-Match': '*' } }).then(a => a.json()).then(a => a.custom.contract_no)"""
    check('stored', 'A\nB', one.page.evaluate(custom, [customer['id'], dict(custom=dict(contract_no='A\nB'))]))
    two.sees('#record dd', 'A')
    two.page.click('#record >> text=Edit')
    two.page.fill('#edit-company', 'Last Ltd')
    two.page.click('.editor button.primary')
    two.sees('#record dd', 'Last Ltd')
    check('kept', 'A\nB', two.page.evaluate(custom, [customer['id'], {}]))
    for desk in (one, two):
        desk.problems[:] = [p for p in desk.problems if '412' not in p]
        check('problems', [], desk.problems)
        desk.end()

@test
def what_was_changed_is_seen_and_put_back(house):
    desk = house.desk('101', language='en')
    desk.page.keyboard.press('/')
    desk.page.keyboard.type('花子')
    desk.sees('#found button', '鈴木').click()
    desk.page.click('#record >> text=Edit')
    desk.page.fill('#edit-company', 'Before Ltd')
    desk.page.click('.editor button.primary')
    desk.sees('#record dd', 'Before Ltd')
    desk.page.click('#record >> text=Edit')
    desk.page.fill('#edit-company', 'After <b>Ltd</b>')
    desk.page.click('.editor button.primary')
    desk.sees('#record dd', 'After <b>Ltd</b>')
    desk.page.click('.customer-versions summary')
    newest = desk.sees('.versions ol > li')
    text = newest.inner_text()
    for part in ('101', 'desk', 'changed', 'Company', 'Before Ltd', 'After <b>Ltd</b>'): assert part in text, text
    check('the newest version is what is there', 0, newest.locator('button').count())
    desk.page.screenshot(path=f'{PICTURES}/versions.png', full_page=True)
    found = Axe().run(desk.page)
    check('accessible', [], [one['id'] for one in found.response['violations']])
    # What it was before is put back, as a version that says so.
    desk.page.click('.versions ol > li:nth-child(2) button')
    desk.sees('#record dd', 'Before Ltd')
    desk.page.click('.customer-versions summary')
    assert 'After <b>Ltd</b>' in desk.sees('.versions ol > li').inner_text()
    check('problems', [], desk.problems)
    desk.end()

@test
def deleted_and_brought_back_at_the_desk(house):
    desk = house.desk('900', language='en')
    id = desk.page.evaluate("""fetch('/v1/customers', { method: 'POST', body: '{"name":"削除 例"}',
        headers: { 'Content-Type': 'application/json' } }).then(a => a.json())""")['id']
    desk.page.evaluate("""async ([id]) => {
        const send = (method, path, body) => fetch(`/v1/customers/${id}/notes${path}`, {
            method, body, headers: { 'Content-Type': 'application/json' } }).then((a) => a.json());
        const { id: note } = await send('POST', '', '{"text":"First words"}');
        await send('PATCH', `/${note}`, '{"text":"Other words"}');
    }""", [id])
    desk.page.keyboard.press('/')
    desk.page.keyboard.type('削除')
    desk.sees('#found button', '削除 例').click()
    # What a note was is put back.
    desk.page.click('.notes > summary')
    desk.sees('.notes .items > li', 'Other words')
    desk.page.click('.notes .record-history > summary')
    desk.page.click('.notes .record-history li:nth-child(2) button')
    desk.sees('.notes .items > li', 'First words')
    # The customer goes when it is confirmed, and comes back.
    desk.page.click('.removal button')
    desk.page.click('.removal button:has-text("Keep")')
    desk.page.click('.removal button')
    desk.page.click('.removal [role=alertdialog] button:text-is("Delete")')
    desk.sees('#record', 'Deleted customers')
    desk.page.click('.deleted-customers > summary')
    desk.sees('.deleted-customers li', '削除 例').locator('button').click()
    desk.sees('#record h2', '削除 例')
    # A desk that is told of the change asks for a customer who is not there any more.
    check('problems', [], [one for one in desk.problems if '404' not in one])
    desk.end()

@test
def states_and_words_between_desks(house):
    house.quiet()
    desk, chief = house.desk('101', language='en'), house.desk('900', language='en', path='/supervisor')
    desk.page.select_option('#actions select', 'lunch')
    desk.sees('#state', 'Paused (Lunch)')
    desk.sees('#actions .problem', 'The PBX was not asked')
    chief.sees('tr[data-operator="101"]', 'Paused (Lunch)')
    desk.page.keyboard.press('Alt+p')
    desk.sees('#state', 'Available')
    chief.page.select_option('tr[data-operator="102"] select', 'paused')
    chief.sees('tr[data-operator="102"]', 'Paused')
    chief.page.click('tr[data-operator="101"] >> text=Message')
    chief.page.fill('#message-text', 'Team meeting at <b>five</b>')
    chief.page.click('dialog button.primary')
    desk.sees('.message', 'Team meeting at <b>five</b>')
    call = new_call()
    house.centre.ring(call, '09000000001', '101')
    desk.sees('.call')
    desk.page.keyboard.press('Alt+h')
    chief.sees('.message', 'I need help')
    chief.page.click('.message >> text=Open')
    chief.sees('dialog h2', '山田 太郎')
    assert 'rang at 佐藤 一 (101)' in chief.page.inner_text('dialog'), chief.page.inner_text('dialog')
    for page in (desk, chief):
        check('problems', [], page.problems)
        page.end()

@test
def messages_cover_no_button(house):
    house.quiet()
    desk, chief = house.desk('101', language='en', height=800), house.desk('900', language='en', path='/supervisor')
    house.centre.ring(new_call(), '09000000088', '101')
    desk.sees('.call')
    for i in range(9):
        chief.page.click('tr[data-operator="101"] >> text=Message')
        chief.page.fill('#message-text', f'Word {i}: the meeting of this afternoon begins half an hour later than said')
        chief.page.click('dialog button.primary')
        desk.sees('.message', f'Word {i}')
    desk.page.keyboard.press('n')
    desk.sees('.editor button.primary')
    for size in ((1280, 800), (768, 1024), (390, 844)):
        desk.page.set_viewport_size(dict(width=size[0], height=size[1]))
        for one in ('.editor button.primary', '.call textarea'):
            until(f'{one} can be clicked at {size}', lambda: desk.page.evaluate('''(one) => {
              const found = document.querySelector(one);
              found.scrollIntoView({ block: 'end' });
              const { left, right, top, bottom } = found.getBoundingClientRect();
              return found.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
            }''', one))
    for _ in range(9): desk.page.locator('.message button').first.click()
    desk.lacks('.message')
    for page in (desk, chief):
        check('problems', [], page.problems)
        page.end()

@test
def five_waiting_calls_on_the_wall(house):
    house.quiet()
    calls = [new_call() for _ in range(5)]
    for i, call in enumerate(calls):
        caller = ['09000000002', '09000000004', '09000000001', '09000000003', '09000000077'][i]
        house.centre.push(dict(type='call.offered', call=call, to='0300000000', queue='support', **{'from': caller}),
                          dict(type='call.queued', call=call, queue='support'))
    wall = house.desk('900', path='/wall', language='en', width=1920, height=1080)
    until('five wait', lambda: wall.page.locator('.figure').first.locator('.value').inner_text() == '5')
    until('they are listed', lambda: wall.page.locator('#calls tr').count() == 5)
    assert 'VIP' in wall.page.locator('#calls tr').first.inner_text(), 'VIPs come first'
    assert '<img' in wall.page.inner_text('#calls')
    wall.page.locator('.figure').first.click()
    check('the number opens its calls', 5, wall.sees('dialog table') and wall.page.locator('dialog tbody tr').count())
    wall.page.locator('dialog tbody button').first.click()
    wall.sees('dialog h3', 'Why it went there')
    wall.page.click('dialog button.primary')
    # Updates do not create the tiles again.
    wall.page.evaluate('document.querySelector(".figure").marked = true')
    house.centre.push(dict(type='call.ended', call=calls[0]))
    until('four wait', lambda: wall.page.locator('.figure').first.locator('.value').inner_text() == '4')
    check('the same tile', True, wall.page.evaluate('document.querySelector(".figure").marked'))
    # Queues with different times are not told by one of them.
    other = new_call()
    house.centre.push(dict(type='call.offered', call=other, to='0300000000', queue='sales', **{'from': None}),
                      dict(type='call.queued', call=other, queue='sales'), dict(type='call.ended', call=other))
    wall.sees('.figure', "within each queue's time")
    wall.end()
    for queue, seconds in ('support', 20), ('sales', 5):
        wall = house.desk('900', path=f'/wall?queue={queue}', language='en')
        wall.sees('.figure', f'within {seconds} s')
        check('problems', [], wall.problems)
        wall.end()

@test
def reports_open_to_their_calls(house):
    house.quiet()
    gone = new_call()
    house.centre.push(dict(type='call.offered', call=gone, to='0300000000', queue='sales', **{'from': '09000000002'}),
                      dict(type='call.queued', call=gone, queue='sales'),
                      dict(type='call.ended', call=gone, by='caller'))
    desk = house.desk('900', path='/supervisor#reports', language='en')
    desk.sees('.bars')
    desk.page.select_option('[name=by]', 'queue')
    desk.page.select_option('[name=step]', '1d')
    row = desk.sees('#panel tbody tr', 'sales')
    day = house.centre.json('stats')['queues']['sales']
    check('offered and abandoned', [str(day['offered']), str(day['abandoned'])],
          [row.locator('td').nth(i).inner_text() for i in (2, 4)])
    row.locator('td').nth(4).locator('button').click()
    check('the calls behind it', day['abandoned'],
          desk.sees('dialog table') and desk.page.locator('dialog tbody tr').count())
    desk.page.click('dialog button.primary')
    with desk.page.expect_download() as file: desk.page.click('text=CSV')
    assert 'sales' in open(file.value.path(), encoding='utf-8-sig').read()
    desk.page.select_option('[name=by]', 'operator')
    desk.sees('#panel th', 'Occupancy')
    check('problems', [], desk.problems)
    desk.end()

@test
def an_operator_sees_no_wall(house):
    desk = house.desk('101')
    check('wall', True, desk.page.goto(house.centre.url + '/wall') and desk.sees('[name=password]').is_visible())
    check('figures', 403, desk.page.evaluate('fetch("/v1/stats").then(a => a.status)'))
    check("another's pops", 403, desk.page.evaluate('fetch("/v1/stream?operator=102").then(a => a.status)'))
    desk.end()

@test
def what_others_wrote_is_only_text(house):
    house.quiet()
    desk = house.desk('101', width=390, height=844)
    for caller in ('09000000003', '09000000006'):
        call = new_call()
        house.centre.ring(call, caller, '101')
        desk.sees('.call')
        desk.page.click('[data-key=open]')
        desk.page.wait_for_selector('#record h2')
        check('fits', True, desk.page.evaluate('document.documentElement.scrollWidth <= innerWidth'))
        check('images', 0, desk.page.locator('img').count())
        house.centre.push(dict(type='call.ended', call=call))
        desk.lacks('.call')
    check('problems', [], desk.problems)
    desk.end()

@test
def what_a_crm_says_comes_later(house):
    """the part of a card that a look-up fills; what the daemon sends is tried by LookupTests"""
    desk = house.desk('101', language='en')
    source = dict(lookup='crm', label='Our CRM', state='pending', at=None, age_ms=None, old=False, fields=[], url=None)
    found = dict(state='found', at='2026-11-20T01:00:00Z', fields=[dict(label='会社', value='<b>例示</b>')])
    draw = """async (source) => {
        const { card } = await import('/pages/card.js'), div = () => document.createElement('div');
        const pop = { pop: '1', phase: 'ringing', direction: 'inbound', waited_ms: 0, from: { display: '090' },
          alerts: [], brief: [], cases: [], candidates: [], history: [],
          outside: { complete: false, sources: [source] } };
        const one = { pop, element: div(), top: div(), bottom: div(), toldAt: performance.now() };
        card(one, {});
        return one.top.querySelector('.outside').textContent;
    }"""
    for change, text in [
            ({}, 'Our CRM asking…'), (dict(state='late'), 'Our CRM no answer yet'),
            (dict(state='failed'), 'Our CRM cannot be asked now'), (dict(state='not_found'), 'Our CRM not known there'),
            (found, 'Our CRM会社<b>例示</b>')]:
        check(change, text, desk.page.evaluate(draw, {**source, **change}))
    old = desk.page.evaluate(draw, {**source, **found, 'old': True})
    assert 'may be out of date' in old and old.endswith('会社<b>例示</b>'), old
    desk.end()

@test
def keys_and_words(house):
    desk = house.desk('101', language='en')
    # The menu closes by Escape, by a click beside it and after a choice.
    for leave in (lambda: desk.page.keyboard.press('Escape'), lambda: desk.page.mouse.click(300, 500),
                  lambda: desk.page.click('#help')):
        desk.page.click('#menu summary')
        desk.sees('#signout')
        leave()
        desk.lacks('#signout')
    desk.sees('dialog h2', 'Keys')
    desk.page.keyboard.press('Escape')
    check('the focus is back', True, desk.page.evaluate('document.activeElement.matches("#menu summary")'))
    # All colours are there by the arrow keys.
    desk.page.click('#menu summary')
    desk.page.focus('#theme')
    for _ in range(3): desk.page.keyboard.press('ArrowDown')
    check('colours', 'contrast', desk.page.get_attribute('html', 'data-theme'))
    desk.page.keyboard.press('Escape')
    # It is in sight where the header has several lines.
    for width in (390, 480, 640, 800, 1280):
        desk.page.set_viewport_size(dict(width=width, height=800))
        desk.page.click('#menu summary')
        box = desk.page.locator('#menu > div').bounding_box()
        assert box['x'] >= 0 and box['x'] + box['width'] <= width, (width, box)
        desk.page.keyboard.press('Escape')
    desk.page.keyboard.press('?')
    desk.sees('dialog h2', 'Keys')
    for key in ('Alt+N', 'Alt+Enter', 'Alt+P'): assert key in desk.page.inner_text('dialog')
    desk.page.keyboard.press('Escape')
    schemas = desk.page.evaluate('fetch("/v1/openapi.json").then(a => a.json())')['components']['schemas']
    desk.choose('#language')
    desk.sees('#search input[placeholder*="氏名"]')
    desk.end()
    ja, en = (json.load(open(f'{PAGES}/{name}.json')) for name in ('ja', 'en'))
    check('keys of the two languages', set(ja), set(en))
    holes = {key for key in ja if set(re.findall(r'\{\w+\}', ja[key])) != set(re.findall(r'\{\w+\}', en[key]))}
    check('words with other holes', set(), holes)
    def words_of(*path):
        found = schemas
        for step in path: found = found[step]
        return [word for word in found['enum'] if word]
    sets = {'call.state': words_of('Call', 'properties', 'state'), 'state': words_of('OperatorState'),
            'outcome': words_of('VisitOutcome'), 'phase': words_of('Pop', 'properties', 'phase'),
            'withdrawn': words_of('PopWithdrawn', 'properties', 'reason'), 'reason': words_of('RouteReason'),
            'from': words_of('CallerNumber', 'properties', 'kind'),
            'what': words_of('TimelineStep', 'properties', 'what'), 'case': words_of('OpenCase', 'properties', 'kind'),
            'status': words_of('Customer', 'properties', 'status')}
    check('what the daemon says and no language has words for', set(),
          {f'{group}.{one}' for group, all in sets.items() for one in all} - set(en))
    code = ''.join(open(f'{PAGES}/{name}').read() for name in os.listdir(PAGES) if name.endswith(('.js', '.html')))
    used = (set(re.findall(r"""\bt\('([\w.]+)'""", code))
            | set(re.findall(r'data-(?:text|label|placeholder)="([\w.]+)"', code))
            | set(re.findall(r"'(keys\.\w+)'", code)))
    check('words that are missing', set(), used - set(en))
    starts = set(re.findall(r"`([\w.]+)\.\$\{", code)) | set(re.findall(r"word\('([\w.]+)'", code))
    starts |= {start for start in re.findall(r"'(report\.\w+)'", code)}
    unused = {key for key in en if key not in used and key.rsplit('.', 1)[0] not in starts and f"'{key}'" not in code}
    check('words that nobody says', set(), unused)

@test
def nothing_from_elsewhere_and_not_much(house):
    desk = Desk(house.browser, house.centre, None, storage_state=house.desk('101').context.storage_state())
    sizes, hosts = [], set()
    def note(response):
        hosts.add(response.url.split('/')[2])
        if 'stream' not in response.url:
            try: sizes.append(len(response.body()))
            except Exception: pass
    desk.page.on('response', note)
    answer = desk.page.goto(house.centre.url + '/')
    desk.sees('#state:not(:empty)')
    policy = answer.headers['content-security-policy']
    assert "default-src 'none'" in policy and 'unsafe' not in policy, policy
    check('hosts', {f'127.0.0.1:{house.centre.port}'}, hosts)
    assert sum(sizes) <= 100_000, f'{sum(sizes)} bytes'
    desk.end()

@test
def memory_is_flat_over_a_day(house):
    """800 pops, as in eight hours of 100 an hour"""
    house.quiet()
    desk = house.desk('101')
    tools = desk.context.new_cdp_session(desk.page)
    def used():
        tools.send('HeapProfiler.collectGarbage')
        return tools.send('Runtime.getHeapUsage')['usedSize']
    def calls(n):
        for _ in range(n):
            call = new_call()
            house.centre.ring(call, '09000000001', '101')
            house.centre.push(dict(type='call.answered', call=call, operator='101'), dict(type='call.ended', call=call),
                              dict(type='operator.ready', operator='101'))
        until('all are shown',
              lambda: desk.page.evaluate('performance.getEntriesByName("pop").length') >= counter[0] - first)
    first = counter[0]
    calls(100)
    before, cards = used(), desk.page.locator('.call').count()
    more = 200 if SHORT else 700
    calls(more)
    time.sleep(0.5)
    after = used()
    assert desk.page.locator('.call').count() <= max(cards, 6)
    # At a pace that people have: how soon a pop is on the screen.
    desk.page.evaluate('performance.clearMeasures()')
    first = counter[0]
    for _ in range(30): calls(1); time.sleep(0.15)
    times = sorted(desk.page.evaluate('performance.getEntriesByName("pop").map(one => one.duration)'))
    print(f'    heap {before / 1e6:.1f} MB, after {more} more pops {after / 1e6:.1f} MB; a pop is painted in '
          f'{times[len(times) // 2]:.0f} ms at the median, {times[-1]:.0f} ms at most')
    assert after - before < (1_500_000 if SHORT else 3_000_000), f'{before} before, {after} after'
    check('problems', [], desk.problems)
    desk.end()

supervisors.add(test, check, new_call, os.environ.get('PICTURES'))
work.add(test, check, new_call)
layout.add(test, check, new_call)
effort.add(test, check, new_call)
imports.add(test, check)
inbox.add(test, check)
knowledge.add(test, check, new_call)
replies.add(test, check, new_call)
reports.add(test, check, new_call)
together.add(test, check, new_call)
cases.add(test, check, new_call)
counts.add(test, check, new_call)
delays.add(test, check, new_call)
dresses.add(test, check, new_call, PICTURES, Axe(), SHORT)

@test
def every_page_in_every_dress(house):
    """axe finds nothing, nothing is wider than the screen; the pictures are kept to be looked at"""
    os.makedirs(PICTURES, exist_ok=True)
    house.quiet()
    house.centre.ring(new_call(), '09000000001', '101')
    house.centre.ring(new_call(), '09000000004', '101')
    gone = new_call()
    house.centre.push(dict(type='call.offered', call=gone, to='0300000000', queue='support', **{'from': '09000000002'}),
                      dict(type='call.queued', call=gone, queue='support'),
                      dict(type='call.ended', call=gone, by='caller'))
    house.centre.push(dict(type='call.offered', call=new_call(), to='0300000000', queue='support',
                           **{'from': '09000000002'}),
                      dict(type='call.queued', call=f'b{counter[0]}', queue='support'))
    house.centre.run('account', 'set', '901', '--role', 'admin', '--name', '管理者', typed=PASSWORD + '\n')
    # A password that is set ends sessions.
    house.kept.pop('901', None)
    axe, bad = Axe(), []
    rules = {'runOnly': ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}
    pages = [('signin', None, '/'), ('desk', '101', '/'), ('wall', '900', '/wall'), ('operators', '900', '/supervisor'),
             ('calls', '900', '/supervisor#calls'), ('callbacks', '900', '/supervisor#callbacks'),
             ('cases', '900', '/supervisor#cases'), ('workload', '900', '/supervisor#workload'),
             ('escalations', '900', '/supervisor#escalations'),
             ('lists', '900', '/supervisor#lists'),
             ('knowledge', '900', '/supervisor#knowledge'), ('messages', '900', '/supervisor#messages'),
             ('reports', '900', '/supervisor#reports'), ('mails', '900', '/supervisor#mails'),
             ('quality', '900', '/supervisor#quality'), ('note-cost', '900', '/supervisor#noteCost'),
             ('before-after', '900', '/supervisor#beforeAfter'), ('merges', '900', '/supervisor#merges'),
             ('imports', '901', '/supervisor#imports'), ('sessions', '901', '/supervisor#sessions')]
    dresses = [(language, theme) for language in ('ja', 'en') for theme in ('light', 'dark', 'contrast')]
    # Each language and each theme once: faults of a page are in most of its dresses.
    if SHORT: dresses = [('ja', 'light'), ('en', 'dark'), ('ja', 'contrast')]
    for language, theme in dresses:
        for name, who, path in pages:
            desk = (house.desk(who, language=language, theme=theme, path=path) if who
                    else Desk(house.browser, house.centre, None, language=language, theme=theme))
            if name == 'desk':
                desk.sees('.call.vip'); desk.page.click('.call.vip [data-key=open]'); desk.sees('#record h2')
            if name == 'signin': desk.sees('button.primary:not(:empty)')
            if name in ('calls', 'callbacks', 'workload', 'lists', 'reports'): desk.sees('#panel table')
            if name in ('knowledge', 'messages', 'mails', 'quality'):
                desk.sees('#panel .message-list, #panel p.quiet')
            if name == 'cases': desk.sees('.board section')
            if name == 'wall': desk.sees('#curve svg'); desk.sees('#calls table')
            for width, height in ((1920, 1080), (1280, 800), (768, 1024), (390, 844)):
                if theme == 'contrast' and width != 1280: continue
                desk.page.set_viewport_size(dict(width=width, height=height))
                where = f'{name}-{language}-{theme}-{width}'
                if desk.page.evaluate('document.documentElement.scrollWidth > innerWidth'):
                    bad.append(f'{where}: wider than the screen')
                desk.page.screenshot(path=f'{PICTURES}/{where}.png')
                if width in (1280, 390):
                    for violation in axe.run(desk.page, options=rules).response['violations']:
                        bad.append(f"{where}: {violation['id']}: {violation['nodes'][0]['html'][:150]} "
                                   f"{violation['nodes'][0].get('failureSummary', '')[:200]}")
            # Text twice as large, as half the screen.
            if theme == 'light':
                desk.page.set_viewport_size(dict(width=1280, height=900))
                desk.page.evaluate('document.documentElement.style.fontSize = "200%"')
                if desk.page.evaluate('document.documentElement.scrollWidth > innerWidth'):
                    bad.append(f'{name}-{language}: wider than the screen at 200 %')
            if desk.problems: bad.append(f'{name}-{language}: {desk.problems}')
            desk.end()
    assert not bad, '\n      ' + '\n      '.join(bad)

if __name__ == '__main__':
    failed = []
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        house = House(browser)
        try:
            for name in sys.argv[1:] or TESTS:
                began = time.monotonic()
                try:
                    TESTS[name](house)
                    print(f'ok    {name} ({time.monotonic() - began:.0f} s)', flush=True)
                except Exception as e:
                    failed.append(name)
                    print(f'FAIL  {name}: {e}', flush=True)
                    if not isinstance(e, AssertionError): traceback.print_exc()
                    for context in browser.contexts: context.close()
        finally: house.centre.end()
        browser.close()
    print(f'{len(failed)} failed: {", ".join(failed)}' if failed
          else 'The desk, the wall and the supervisors\' pages are as they should be.')
    sys.exit(1 if failed else 0)
