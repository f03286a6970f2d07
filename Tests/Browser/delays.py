"""What supervisors see of cases that wait: more than fit on a board, response times of a period, rules and what they
would have done; and the articles that nobody has written yet."""
from centre import Centre, Desk, until
from supervisors import clean, picture
from work import at, fresh, open_case

PEOPLE = [('101', 'operator', '佐藤 一'), ('900', 'supervisor', '部長')]
RULES = '''
[[escalation]]
name = "late promises"
when = "overdue"
kind = "promise"
after = "1h"
priority = "urgent"
owner = "101"

[[escalation]]
name = "nobody's"
when = "unowned"
after = "2d"
alarm = true
'''


def many(desk, count, owner):
    """opens so many cases, by the session of the page"""
    desk.page.evaluate("""async ([count, owner]) => {
        const { post } = await import('/pages/api.js');
        for (let n = 0; n < count; n += 10)
            await Promise.all(Array.from({ length: 10 }, (_, i) =>
                post('/v1/cases', { customer: 1, title: `Case ${n + i}`, owner })));
    }""", [count, owner])


def add(test, check, new_call):
    @test
    def a_board_of_many_cases_says_how_many_there_are(house):
        fresh(house)
        chief = house.desk('900', language='en', path='/supervisor#messages')
        many(chief, 310, '101')
        open_case(house, 1, 'Pressing', 'owner=101', 'due=' + at(1))
        chief.page.click('#tab-cases')
        chief.sees('.more-cases', '300 of 311 are shown')
        check('cards', 300, chief.page.locator('.board li').count())
        check('the most pressing is among them', 1, chief.page.locator('.board li', has_text='Pressing').count())
        check('a column says that it may have more', True, chief.page.inner_text('.board .tally').endswith('+'))
        picture(chief, 'board-of-many-en')
        clean(chief, check, 'a board of many cases')
        chief.page.click('.more-cases button')
        chief.lacks('#panel .more-cases')
        check('all cards', 311, chief.page.locator('.board li').count())
        # Of one operator too, and in the list of operators.
        chief.page.click('#tab-workload')
        chief.sees('table.workload tr', '101').locator('button.link').first.click()
        chief.sees('.workload-detail .tally', '311')
        chief.sees('.workload-detail .more-cases', '300 of 311 are shown')
        chief.page.click('#tab-operators')
        chief.sees('#operators [aria-label="Open cases: 311"]').click()
        chief.sees('dialog .more-cases', '100 of 311 are shown')
        check('elements are drawn', False, 'object' in chief.page.inner_text('dialog'))
        chief.page.click('dialog .more-cases button')
        chief.sees('dialog .more-cases', '200 of 311 are shown')
        chief.page.keyboard.press('Escape')
        # More than one request gives away.
        said = chief.page.evaluate("""async () => {
            const { get } = await import('/pages/api.js'), { assignMany } = await import('/pages/cases.js');
            const { items } = await get('/v1/cases?limit=1000');
            const ids = items.map(({ id }) => id);
            return assignMany([...ids, ...ids.map((id) => id + 1000000)], '102');
        }""")
        check('what was given', True, '311' in said)
        chief.page.evaluate("""async () => {
            const { get, post } = await import('/pages/api.js');
            for (const { id } of (await get('/v1/cases?limit=1000')).items) await post(`/v1/cases/${id}/close`, {});
        }""")
        check('problems', [], chief.problems)
        chief.end()
        fresh(house)

    @test
    def response_times_open_their_cases(house):
        centre = Centre(PEOPLE)
        try:
            one, two = (int(centre.json('cases', 'open', '1', name, f'owner={who}')['id'])
                        for name, who in (('Answered', '101'), ('Left alone', '101')))
            centre.run('cases', 'change', str(one), 'progress=50')
            for language, title, nothing in (('ja', '案件の初動時間', '未対応'),
                                             ('en', 'Response time of cases', 'Nothing done')):
                chief = Desk(house.browser, centre, '900', language=language, path='/supervisor#quality')
                chief.sees('#response-times h2', title)
                row = chief.page.locator('#response-times tbody tr').first
                check('counts', ['2', '1', '1'], row.locator('td').all_inner_texts()[:3])
                picture(chief, f'response-times-{language}')
                clean(chief, check, 'response times')
                row.locator(f'button[aria-label*="{nothing}"]').click()
                chief.sees('dialog li', 'Left alone')
                check('no other', 1, chief.page.locator('dialog li').count())
                check('elements are drawn', False, 'object' in chief.page.inner_text('dialog'))
                chief.page.keyboard.press('Escape')
                chief.page.select_option('[name=within]', str(3_600_000))
                chief.sees('#response-times th', {'ja': '1時間以内', 'en': 'Within 1 h'}[language])
                check('problems', [], chief.problems)
                chief.end()
        finally: centre.end()

    @test
    def rules_say_what_they_would_have_done(house):
        centre = Centre(PEOPLE, more=RULES)
        try:
            late = centre.json('cases', 'open', '1', 'Call back', 'owner=101', 'kind=promise', 'due=' + at(-3))['id']
            for language, text, count in (('ja', 'お客様との約束 · 期限を1時間過ぎたとき', '過去90日で1回'),
                                          ('en', 'overdue for 1 h → priority becomes Urgent', '1 times in 90 days')):
                chief = Desk(house.browser, centre, '900', language=language, path='/supervisor#escalations')
                chief.sees('.rules li', text)
                chief.sees('.rules li .tally', count)
                chief.page.click('.rules summary')
                chief.sees(f'.rules li[data-id="{late}"]', 'Call back')
                check('elements are drawn', False, 'object' in chief.page.inner_text('#panel'))
                picture(chief, f'escalations-{language}')
                clean(chief, check, 'the rules')
                # Another one is tried without being in force.
                chief.page.select_option('[name=when]', 'overdue')
                chief.page.fill('[name=after]', '2')
                chief.page.keyboard.press('Tab')
                until('one rule is left', lambda: chief.page.locator('.rules > li').count() == 1)
                chief.page.fill('[name=after]', '10')
                chief.page.keyboard.press('Tab')
                until('nothing is so late', lambda: chief.page.locator('.rules details').count() == 0)
                check('problems', [], chief.problems)
                chief.end()
        finally: centre.end()

    @test
    def a_search_without_result_begins_an_article(house):
        desk = house.desk('900', language='en', path='/supervisor#knowledge')
        desk.page.evaluate("""import('/pages/api.js').then(({ post }) =>
            post('/v1/articles/missing', { q: 'glass lid' }))""")
        desk.page.locator('#panel button[aria-pressed]').last.click()
        desk.sees('#panel button[aria-label="Write an article about glass lid"]').click()
        check('the title', 'glass lid', desk.page.input_value('dialog [name=title]'))
        desk.page.fill('dialog [name=title]', 'Where a glass lid is bought')
        desk.page.click('dialog button.primary')
        desk.lacks('#panel button', 'glass lid')
        check('problems', [], desk.problems)
        desk.end()
