"""What notes cost, two periods side by side, duplicates and merges, and the search in notes."""
import json, os
from types import SimpleNamespace
from centre import until
from supervisors import clean


def add(test, check, new_call):
    @test
    def reports_of_what_notes_cost_and_of_what_changed(house):
        house.quiet()
        desk = house.desk('101', language='en')
        who = desk.page.evaluate('''fetch("/v1/customers", { method: "POST", headers: {
            "Content-Type": "application/json" }, body: JSON.stringify({
            name: "Cost Example", phones: ["090-0000-0077"] }) }).then((answer) => answer.json())''')['id']
        desk.page.evaluate(f'''fetch("/v1/customers/{who}/notes", {{ method: "POST", headers: {{
            "Content-Type": "application/json" }}, body: JSON.stringify({{
            text: "The hall pump leaks", seconds: 9 }}) }})''')
        call = new_call()
        house.centre.talk(call, '09000000077', '101')
        desk.sees('[data-pop] textarea').click()
        desk.page.keyboard.press('Alt+c')
        desk.sees('#record h2', 'Cost Example')
        desk.page.fill('#search [name=q]', 'pump lea')
        desk.sees('#found section li', 'The hall pump leaks').locator('button').click()
        house.centre.push(dict(type='call.ended', call=call), dict(type='operator.ready', operator='101'))
        check('problems', [], desk.problems)
        # What was read is sent when the page closes.
        desk.page.goto('about:blank')
        chief = house.desk('900', language='en', path='/supervisor#noteCost')
        chief.sees('#panel th', 'Note on a customer')
        def read():
            rows = json.loads(house.centre.run('report', 'note-cost', '--json'))['items']
            return any(one['field'] == 'phones' and one['opened'] > 0 for one in rows)
        until('the sums of what was read', read)
        clean(chief, check, 'what notes cost')
        chief.page.click('#tab-beforeAfter')
        chief.sees('#panel th', 'Answered calls')
        clean(chief, check, 'two periods')
        chief.page.click('#tab-merges')
        chief.sees('#panel h2', 'Records that may be of one customer')
        clean(chief, check, 'duplicates and merges')
        check('problems', [], chief.problems)
        chief.end()
        desk.end()

    @test
    def the_page_of_a_report_is_read_by_keys(house):
        house.quiet()
        call = new_call()
        house.centre.talk(call, '09000000002', '101')
        house.centre.push(dict(type='call.ended', call=call))
        path = house.centre.folder + '/report.html'
        with open(path, 'w') as f: f.write(house.centre.run('report', '--step', '1h', '--format', 'html'))
        desk = house.desk('900', language='en', path='/supervisor')
        page = desk.context.new_page()
        page.goto('file://' + path)
        said = lambda: page.locator('.steps span').evaluate_all('''(all) =>
            all.filter((one) => getComputedStyle(one).visibility === "visible").map((one) => one.textContent)''')
        check('nothing is chosen', [], said())
        # A stop for each chart; within one the arrows go from step to step.
        page.keyboard.press('Tab')
        [first] = said()
        assert 'offered' in first and 'answered' in first, first
        page.keyboard.press('ArrowRight')
        [second] = said()
        assert second != first, second
        page.keyboard.press('ArrowLeft')
        check('and back', [first], said())
        page.keyboard.press('Tab')
        [level] = said()
        assert 'offered' not in level, level
        page.locator('.steps').nth(2).locator('input').nth(3).hover()
        until('what is pointed at', lambda: any('p50' in one for one in said()))
        if os.environ.get('PICTURES'): page.screenshot(path=os.environ['PICTURES'] + '/report-page-en.png')
        clean(SimpleNamespace(page=page), check, 'the page of a report')
        desk.end()
