"""Mails that are written in a case, a second pair of eyes, and what supervisors look at: quality, charts, calls."""
import json
from centre import until
from supervisors import clean


def add(test, check, new_call):
    def case(house, customer, title, owner):
        return json.loads(house.centre.run('cases', 'open', str(customer), title, f'owner={owner}', '--json'))['id']

    @test
    def a_mail_is_written_looked_at_and_sent(house):
        house.quiet()
        desk = house.desk('102', language='en')
        desk.sees('#work h2')
        who = desk.page.evaluate('''fetch("/v1/customers", { method: "POST", headers: {
            "Content-Type": "application/json" }, body: JSON.stringify({
            name: "Mail Example", email: "mail@customer.example" }) }).then((answer) => answer.json())''')['id']
        one = case(house, who, 'A leak', '102')
        row = desk.sees('.work-cases li', 'A leak')
        row.locator('[data-key=change]').click()
        desk.sees('dialog .replies summary').click()
        check('the subject', 'A leak', desk.sees('dialog [name=subject]').input_value())
        desk.page.fill('dialog [name=text]', 'We come at ten.')
        clean(desk, check, 'the case with a mail')
        desk.page.click('dialog button:has-text("Send it to be approved")')
        desk.sees('dialog .replies li', 'Waits for approval')
        desk.page.keyboard.press('Escape')
        chief = house.desk('900', language='en', path='/supervisor#mails')
        chief.sees('#panel li', 'A leak').locator('input').fill('Say who comes.')
        clean(chief, check, 'the page of mails')
        chief.page.click('#panel button:has-text("Send back")')
        back = desk.sees('.work-replies li', 'Say who comes.')
        back.locator('button', has_text='Write it again').click()
        desk.page.fill('dialog [name=text]', 'Sato comes at ten.')
        desk.page.click('dialog button.primary')
        desk.lacks('.work-replies li', 'Say who comes.')
        chief.page.click('#tab-messages')
        chief.page.click('#tab-mails')
        row = chief.sees('#panel li', 'A leak')
        row.locator('summary').click()
        chief.sees('#panel .mail-text', 'Sato comes at ten.')
        chief.page.locator('#panel button', has_text='Approve').first.click()
        def sent(): return house.centre.json('replies', '--case', str(one))['items'][0]['state'] == 'sent'
        until('it is sent', sent)
        house.centre.run('cases', 'close', str(one))
        for page in (desk, chief):
            check('problems', [], page.problems)
            page.end()

    @test
    def supervisors_read_charts_and_open_what_is_missing(house):
        house.quiet()
        call = new_call()
        house.centre.talk(call, '09000000002', '101', queue='sales')
        house.centre.push(dict(type='call.ended', call=call), dict(type='operator.ready', operator='101'))
        chief = house.desk('900', language='ja', path='/supervisor#quality')
        row = chief.sees('#panel tr.lacks', 'sales')
        clean(chief, check, 'the quality of what is written')
        row.locator('td').nth(1).locator('button').click()
        chief.sees('dialog table td', '鈴木 花子')
        chief.page.click('dialog button.primary')
        chief.page.click('#tab-reports')
        chief.sees('#panel th', '応答率')
        chief.sees('.legend li', '1週間前の着信')
        chief.page.focus('.chart-place')
        chief.page.keyboard.press('End')
        chief.sees('.chart-values', '1週間前 0 件')
        clean(chief, check, 'the chart')
        chief.page.click('#tab-calls')
        chief.page.fill('[name=number]', '0002')
        chief.page.select_option('[name=lacking]', 'undocumented')
        chief.sees('#panel tbody tr', '鈴木 花子')
        chief.page.fill('[name=q]', 'nothing has this text')
        chief.sees('#panel p.quiet')
        clean(chief, check, 'the search for calls')
        check('problems', [], chief.problems)
        chief.end()
