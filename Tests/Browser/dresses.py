"""Every state of the desk, by people's measures: at a desk's screen, a large one, a tablet and a phone, in both
languages. Nothing is wider than the screen, axe finds nothing, a card says nothing twice, and the pictures are kept to
be looked at."""
import os
from centre import until
from inbox import send_mail
from work import at, fresh, open_case

SIZES = ((1280, 800), (1920, 1080), (768, 1024), (390, 844))
RULES = {'runOnly': ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}
# Texts of a card that are said more than once; what is a number, a mark or a key says little by itself.
TWICE = '''() => {
    const card = document.querySelector('article.call'), said = new Map();
    if (!card) return [];
    const walk = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const text = walk.currentNode.data.trim(), place = walk.currentNode.parentElement;
        if (text.length < 4 || /^[-\\d:.,/ +]+$/.test(text)) continue;
        if (place.closest('kbd, option, .history, .candidates') || !place.checkVisibility()) continue;
        said.set(text, (said.get(text) ?? 0) + 1);
    }
    return [...said].filter(([, count]) => count > 1).map(([text]) => text);
}'''


class Room:
    """A desk in one language, and what the phones do for each state of it."""
    def __init__(self, house, desk, new_call): self.house, self.desk, self.new_call = house, desk, new_call

    def push(self, *events): self.house.centre.push(*events)

    def ring(self, number):
        call = self.new_call()
        self.house.centre.ring(call, number, '101')
        return call

    def talk(self, number):
        call = self.new_call()
        self.house.centre.talk(call, number, '101')
        self.desk.sees('article.call.phase-answered')
        return call

    # Each brings the desk into a state, and waits until that is seen.

    def idle(self): self.desk.lacks('article.call')

    def idle_with_work(self):
        open_case(self.house, 1, 'Send the offer / 見積りを送る', 'owner=101', 'kind=promise', 'due=' + at(-1))
        open_case(self.house, 2, 'Leaks again / また漏れる', 'owner=101', 'priority=urgent', 'due=' + at(3))
        open_case(self.house, 4, 'Nobody has it / 担当なし')
        lost = self.new_call()
        self.push(dict(type='call.offered', call=lost, to='0300000000', queue='support', **{'from': '09000000002'}),
                  dict(type='call.queued', call=lost, queue='support'), dict(type='call.ended', call=lost, by='caller'))
        self.desk.sees('.work-due li')
        self.desk.sees('.work-callbacks li')

    def case_dialog(self):
        self.idle_with_work()
        self.desk.sees('.work-due li', 'Send the offer').locator('[data-key=change]').click()
        self.desk.sees('dialog[open] [name=title]')

    def rings(self): self.ring('09000000001'); self.desk.sees('article.call.vip')

    def rings_unknown(self): self.ring('09000000099'); self.desk.sees('article.call')

    def rings_withheld(self): self.ring('anonymous'); self.desk.sees('article.call')

    def candidates(self): self.ring('09000000004'); self.desk.sees('[data-key^=choose-], .candidates')

    def talks(self): self.talk('09000000001')

    def talks_and_lines(self):
        self.talk('09000000001')
        for number in ('09000000002', '09000000003', '09000000006'): self.ring(number)
        until('three lines', lambda: self.desk.page.locator('#call-lines .call-line').count() == 3)

    def on_hold(self):
        self.push(dict(type='call.held', call=self.talk('09000000002')))
        self.desk.sees('article.call .hold-mark')

    def after_call(self):
        call = self.talk('09000000002')
        self.push(dict(type='call.ended', call=call, by='caller'))
        self.desk.sees('article.call.phase-ended')

    def dialing(self):
        call = self.new_call()
        self.push(dict(type='call.dialed', call=call, operator='101', to='09000000002'))
        self.desk.sees('article.call')

    def record(self):
        self.talk('09000000001')
        self.desk.page.click('article.call [data-key=open]')
        self.desk.sees('#record h2')

    def found(self):
        self.desk.page.fill('#search [name=q]', '佐藤')
        self.desk.sees('#found li, #found button')

    def own_account(self):
        self.desk.choose('#account')
        self.desk.sees('#own-account form')

    def keys(self):
        self.desk.choose('#help')
        self.desk.sees('dialog[open]')

    def handover_offered(self):
        one = open_case(self.house, 2, 'The lid leaks / 蓋から漏れる', 'owner=102')
        self.house.centre.run('cases', 'handover', str(one), '101', '--note', 'Knows the maker')
        self.desk.sees('.work-handovers li')

    def reminder(self):
        open_case(self.house, 1, 'Bring the filter / フィルターを届ける', 'owner=101', 'kind=promise', 'due=' + at(0.1))
        self.desk.sees('.message.reminder', within=30)

    def inbox(self):
        send_mail(self.house, 'Dress Example', 'dress@else.example', 'A question / 質問', 'x' * 400)
        self.desk.sees('#inbox li', 'A question')

    def list(self):
        self.house.centre.run('customers', 'purchases', 'add', '1', 'product=Coffee', 'amount=99300', 'currency=JPY')
        self.house.centre.run('lists', 'create', 'dress', 'of=best', 'assigned_to=101', 'title=Win back / 掘り起こし')
        self.desk.sees('#lists .list-names li', 'Win back')
        self.desk.page.locator('#state').click()
        self.desk.page.keyboard.press('l')
        self.desk.sees('.list-current')

    def messages(self):
        self.talk('09000000002')
        self.desk.page.keyboard.press('Alt+h')
        waiting = until('it is asked', lambda: self.house.centre.json('messages', '--waiting')['items'])
        self.house.centre.run('messages', 'answer', str(waiting[0]['id']), '今行きます / Coming', '--operator', '900')
        self.desk.sees('#messages .message', 'Coming')

    def articles_and_incident(self):
        self.write('articles', 'title=水漏れの手順', 'answer=点検を手配します。', 'queues=support', 'body=1. 止める')
        self.write('incidents', 'title=停電', 'cause=落雷', 'queues=support')
        self.talk('09000000002')
        self.desk.sees('.articles li', '水漏れ').locator('summary').click()
        self.desk.sees('.incident', '停電').locator('summary').click()

    def mail_form(self):
        open_case(self.house, self.reached(), 'A long mail / 長いメール', 'owner=101')
        self.desk.sees('.work-cases li', 'A long mail').locator('[data-key=change]').click()
        self.desk.sees('dialog .replies summary').click()
        self.desk.sees('dialog [name=text]').fill('Half of an answer')

    def kept_forms(self):
        self.mail_form()
        self.desk.page.reload()
        self.desk.sees('#kept li')

    def required_disposition(self):
        call = self.new_call()
        self.house.centre.talk(call, '09000000002', '101', queue='strict')
        self.desk.sees('article.call.phase-answered')
        self.push(dict(type='call.ended', call=call, by='caller'))
        self.desk.sees('article.call.phase-ended')
        self.desk.page.keyboard.press('Alt+p')
        self.desk.sees('#actions .problem')

    def withdrawn(self):
        call = self.ring('09000000002')
        self.desk.sees('article.call')
        self.push(dict(type='call.unanswered', call=call, operator='101'),
                  dict(type='call.ringing', call=call, operator='102'))
        self.desk.lacks('article.call.phase-ringing')

    def lost_link(self):
        self.desk.context.set_offline(True)
        self.desk.page.evaluate("dispatchEvent(new Event('offline'))")
        self.house.centre.kill()
        self.desk.sees('#link:not([hidden])')

    def write(self, kind, *fields): self.house.centre.run(kind, 'add', *fields)

    def reached(self):
        """A customer to whom one can write."""
        return self.desk.page.evaluate('''fetch('/v1/customers', { method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ name: 'Reached Example', email: 'reached@customer.example' }) })
            .then((answer) => answer.json()).then(({ id }) => id)''')

    def back(self):
        """Until there is nothing again."""
        self.desk.end()
        if self.house.centre.process.poll() is not None: self.house.centre.start()
        fresh(self.house)
        for kind in ('articles', 'incidents'):
            for one in self.house.centre.json(kind)['items']: self.house.centre.run(kind, 'delete', str(one['id']))
        for one in self.house.centre.json('inbox')['items']: self.house.centre.run('inbox', 'dismiss', str(one['id']))
        if any(one['name'] == 'dress' for one in self.house.centre.json('lists')['items']):
            self.house.centre.run('lists', 'delete', 'dress')
        for one in self.house.centre.json('messages', '--operator', '101', '--unread')['items']:
            self.house.centre.run('messages', 'read', str(one['id']), '--operator', '101')


STATES = ('idle', 'idle_with_work', 'case_dialog', 'rings', 'rings_unknown', 'rings_withheld', 'candidates', 'talks',
          'talks_and_lines', 'on_hold', 'after_call', 'dialing', 'record', 'found', 'own_account', 'keys',
          'handover_offered', 'reminder', 'inbox', 'list', 'messages', 'articles_and_incident', 'mail_form',
          'kept_forms', 'required_disposition', 'withdrawn', 'lost_link')


def add(test, check, new_call, pictures, axe, short):
    def look_at_all(house, bad):
        for number, state in enumerate(STATES):
            # A fault is in most of the languages and sizes of a state: a short run has one language for each.
            for language in ('ja', 'en')[number % 2:number % 2 + 1] if short else ('ja', 'en'):
                fresh(house)
                desk = house.desk('101', language=language, theme='dark' if short and language == 'en' else 'light')
                room = Room(house, desk, new_call)
                getattr(room, state)()
                for text in desk.page.evaluate(TWICE): bad.append(f'{state}-{language}: twice on the card: {text}')
                for width, height in SIZES:
                    desk.page.set_viewport_size(dict(width=width, height=height))
                    where = f'state-{state}-{language}-{width}'
                    if desk.page.evaluate('document.documentElement.scrollWidth > innerWidth'):
                        bad.append(f'{where}: wider than the screen')
                    desk.page.screenshot(path=f'{pictures}/{where}.png', animations='disabled')
                    if width not in (1280, 390): continue
                    for found in axe.run(desk.page, options=RULES).response['violations']:
                        bad.append(f"{where}: {found['id']}: {found['nodes'][0]['html'][:150]} "
                                   f"{found['nodes'][0].get('failureSummary', '')[:200]}")
                # A call may end before its pop is answered for; a link that is lost is said by the browser, too.
                desk.problems[:] = [one for one in desk.problems if '404' not in one and '409' not in one]
                if desk.problems and state != 'lost_link': bad.append(f'{state}-{language}: {desk.problems}')
                room.back()

    @test
    def every_state_of_the_desk(house):
        os.makedirs(pictures, exist_ok=True)
        bad = []
        # A centre of its own: its cards have nothing that other tests left, and no case comes back with a call.
        house = type(house)(house.browser, more='[cases]\nreopen_within = "0s"\n')
        try: look_at_all(house, bad)
        finally: house.centre.end()
        assert not bad, '\n      ' + '\n      '.join(bad)
