"""What the centre knows beside a call, and messages that are kept."""
import json
from centre import until
from supervisors import clean


def add(test, check, new_call):
    def write(house, kind, *fields):
        return json.loads(house.centre.run(kind, 'add', *fields, '--json'))['id']

    def nothing(house):
        """no article, template or incident is there"""
        house.quiet()
        for kind in ('articles', 'templates', 'incidents'):
            for one in house.centre.json(kind)['items']: house.centre.run(kind, 'delete', str(one['id']))

    @test
    def an_article_fits_the_note_and_goes_into_it(house):
        nothing(house)
        write(house, 'articles', 'title=エアコンの水漏れ', 'answer=点検を手配します。', 'queues=support',
              'body=## 手順\n\n1. **止める**\n2. <img src=x onerror=alert(1)>\n\n[説明](javascript:alert(1))'
              ' [外](https://example.com/a)')
        write(house, 'articles', 'title=請求書の再発行', 'body=経理に回します。')
        write(house, 'templates', 'title=お礼', 'text={{customer.name}} 様、{{case.title}}ありがとうございます。')
        desk, call = house.desk('101', language='en'), new_call()
        house.centre.talk(call, '09000000001', '101')
        desk.sees('.articles li', 'エアコンの水漏れ')
        desk.page.keyboard.press('Alt+n')
        desk.page.keyboard.type('請求書を無くした', delay=5)
        desk.sees('.articles li', '請求書の再発行')
        clean(desk, check, 'a call with articles')
        first = desk.page.locator('.articles li', has_text='エアコン')
        first.locator('summary').click()
        first.locator('.markdown ol li strong').wait_for()
        assert '<img' in first.locator('.markdown').inner_text(), 'HTML is text'
        check('no picture', 0, first.locator('.markdown img').count())
        check('one link', ['https://example.com/a'],
              [one.get_attribute('href') for one in first.locator('.markdown a').all()])
        clean(desk, check, 'an open article')
        desk.page.keyboard.press('Alt+i')
        until('the answer is in the note', lambda: desk.page.input_value('.note textarea').endswith('点検を手配します。'))
        until('the draft is saved', lambda: '点検を手配します。' in house.call(call)['note_draft'])
        first.locator('button', has_text='Yes').click()
        desk.sees('.articles', 'Thank you')
        until('it is counted', lambda: house.centre.json('articles', '--find', '水漏れ')['items'][0]['helped'] == 1)
        check('used', 1, house.centre.json('articles', '--find', '水漏れ')['items'][0]['used'])
        desk.page.select_option('.knowledge select', label='お礼')
        until('the template is filled in', lambda: '山田 太郎 様、ありがとう' in desk.page.input_value('.note textarea'))
        desk.sees('.knowledge [role=status]', 'case.title')
        # The same by keys: what is typed into the search finds it, and it goes in before any article.
        desk.page.fill('.note textarea', '')
        desk.page.keyboard.press('Alt+k')
        desk.page.keyboard.type('お礼', delay=5)
        desk.sees('.articles li', 'Template: お礼')
        desk.page.keyboard.press('Alt+i')
        until('it is filled in', lambda: '山田 太郎 様、ありがとう' in desk.page.input_value('.note textarea'))
        check('who types goes on in the note', 'TEXTAREA', desk.page.evaluate('document.activeElement.tagName'))
        desk.page.fill('.knowledge input', '')
        # What is searched for and not there is reported.
        desk.page.keyboard.press('Alt+k')
        desk.page.keyboard.type('保証の延長', delay=5)
        desk.sees('.knowledge [role=status]', '保証の延長')
        until('it is reported', lambda: json.loads(house.centre.run('articles', 'report', '--json'))['missing'])
        house.centre.push(dict(type='call.ended', call=call))
        check('problems', [], desk.problems)
        desk.end()

    @test
    def an_incident_stands_on_the_calls_that_it_concerns(house):
        nothing(house)
        desk, call = house.desk('101', language='en'), new_call()
        house.centre.talk(call, '09000000002', '101')
        desk.sees('.call.phase-answered')
        case = json.loads(house.centre.run('cases', 'open', '2', 'No light at all', 'owner=102', '--json'))['id']
        opened = write(house, 'incidents', 'title=停電', 'cause=落雷', 'queues=support', f'cases={case},987654')
        write(house, 'incidents', 'title=別の線', 'queues=sales')
        banner = desk.sees('.incident', '停電')
        check('one', 1, desk.page.locator('.incident').count())
        banner.locator('summary').click()
        assert '落雷' in banner.inner_text(), banner.inner_text()
        clean(desk, check, 'a call with an incident')
        # From the call to the incident, from that to a case of it, and back.
        banner.locator('button', has_text='Open the incident (Cases 2)').click()
        desk.sees('dialog li', '#987654 no longer kept')
        clean(desk, check, 'the dialog of an incident')
        desk.sees('dialog li', f'#{case} No light at all').locator('button').click()
        desk.sees('dialog h2', 'No light at all')
        desk.page.click('dialog button:has-text("Incident: 停電")')
        desk.sees('dialog h2', 'Incident: 停電')
        desk.page.click('dialog button.primary')
        chief = house.desk('900', language='en', path='/supervisor#knowledge')
        chief.page.click('#panel button:has-text("Incidents")')
        chief.sees('.message-list > li', '停電').locator('summary').click()
        chief.sees('.incident-cases li', 'No light at all')
        chief.page.locator('.message-list > li', has_text='停電').locator('button', has_text='Change').click()
        chief.sees('dialog [role=status] li', 'No light at all')
        chief.page.fill('dialog [name=cases]', '987654')
        chief.lacks('dialog [role=status] li', 'No light at all')
        clean(chief, check, 'the dialog in which an incident is written')
        chief.end()
        house.centre.run('cases', 'close', str(case))
        house.centre.run('incidents', 'change', str(opened), 'state=closed')
        desk.lacks('.incident', '停電')
        house.centre.push(dict(type='call.ended', call=call))
        desk.problems[:] = [p for p in desk.problems if '404' not in p]
        check('problems', [], desk.problems)
        desk.end()

    @test
    def supervisors_write_what_the_centre_knows(house):
        nothing(house)
        chief = house.desk('900', language='en', path='/supervisor#knowledge')
        chief.sees('#panel button', 'New').click()
        chief.page.fill('dialog [name=title]', '返品の手順')
        chief.page.fill('dialog [name=body]', '- 伝票\n- 箱')
        chief.sees('dialog .preview li', '伝票')
        clean(chief, check, 'the dialog of an article')
        chief.page.click('dialog button.primary')
        chief.sees('.message-list li', '返品の手順').locator('button', has_text='Change').click()
        chief.page.fill('dialog [name=owner]', '101')
        chief.page.click('dialog button.primary')
        until('it has an owner', lambda: house.centre.json('articles')['items'][0]['owner'] == '101')
        clean(chief, check, 'the list of articles')
        chief.page.click('#panel button:has-text("Templates")')
        chief.page.click('#panel button:has-text("New")')
        chief.sees('dialog', '{{customer.name}}')
        chief.page.fill('dialog [name=title]', 'x')
        chief.page.fill('dialog [name=text]', '{{customer.nmae}}')
        chief.page.click('dialog button.primary')
        chief.sees('dialog .problem', 'customer.nmae')
        chief.page.fill('dialog [name=text]', '{{customer.name}}')
        chief.page.click('dialog button.primary')
        chief.sees('.message-list li', 'x')
        chief.page.click('#panel button:has-text("What is missing")')
        chief.sees('.board h2', 'Review is due')
        clean(chief, check, 'what is missing')
        chief.problems[:] = [p for p in chief.problems if '400' not in p]
        check('problems', [], chief.problems)
        chief.end()

    @test
    def messages_are_kept_read_and_answered(house):
        house.quiet()
        for asked in house.centre.json('messages', '--waiting')['items']:
            house.centre.run('messages', 'answer', str(asked['id']), 'later', '--operator', '900')
        for sent in house.centre.json('messages', '--operator', '101', '--unread')['items']:
            house.centre.run('messages', 'read', str(sent['id']), '--operator', '101')
        one, chief = house.desk('101', language='en'), house.desk('900', language='en', path='/supervisor#messages')
        two = house.desk('900', language='en', path='/supervisor#operators')
        call = new_call()
        house.centre.talk(call, '09000000001', '101')
        one.sees('.phase-answered')
        one.page.keyboard.press('Alt+h')
        line = two.sees('#messages .message', 'I need help')
        chief.sees('#messages .message', 'I need help')
        line.locator('input').fill('I am coming')
        line.locator('form button').first.click()
        one.sees('#messages .message', 'I am coming')
        # The others see who answered.
        chief.sees('#messages .message', '(900) answered')
        one.sees('#message-box', 'Messages 1')
        one.page.click('#message-box')
        one.sees('dialog li.is-new', 'I am coming')
        clean(one, check, 'the messages of an operator')
        one.page.click('dialog button.primary')
        one.sees('#message-box', 'Messages 0')
        # The record has what was written about the customer.
        one.page.fill('#search input', '山田')
        one.sees('#found li button').click()
        one.sees('#record summary', 'Messages about the customer').click()
        one.sees('#record .message-list li', 'I need help')
        chief.page.reload()
        chief.sees('#panel', 'Nobody waits')
        clean(chief, check, 'the messages of supervisors')
        house.centre.push(dict(type='call.ended', call=call))
        for desk in (one, two, chief):
            check('problems', [], desk.problems)
            desk.end()
