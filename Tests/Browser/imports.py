"""Importing customers in the browser, by somebody who never opens a terminal."""
from pathlib import Path
from centre import PASSWORD, until
from supervisors import clean, picture

WORKBOOKS = Path(__file__).resolve().parents[1] / 'SpreadsheetTests/Workbooks'


def add(test, check):
    def of(house, name):
        return [one for one in house.centre.json('customers', 'find', name)['customers'] if one['name'] == name]

    @test
    def a_workbook_is_imported_and_undone(house):
        house.centre.run('account', 'set', '901', '--role', 'admin', '--name', '管理者', typed=PASSWORD + '\n')
        chief = house.desk('901', language='en', path='/supervisor#imports')
        chief.sees('#imports td', 'customers.csv')
        chief.page.set_input_files('input[type=file]', str(WORKBOOKS / 'customers.xlsx'))
        chief.sees('#preview td', 'Sample & <Co>')
        chief.sees('#panel', 'Sheet “顧客”')
        column = lambda heading: chief.page.locator(f'#preview select[aria-label="{heading}"]')
        check('known headings', ['external_id', 'name', 'kana', 'phone', 'phone2', 'email', ''],
              [column(one).input_value() for one in
               ['顧客番号', 'お名前', 'フリガナ', '携帯電話番号', 'ＴＥＬ', 'Eメール', '備考']])
        clean(chief, check, 'a file before its import')
        picture(chief, 'import-preview-en')
        # Somebody says that the remarks are cautions; the daemon reads the file again by that.
        column('備考').select_option('cautions')
        until('the choice counts', lambda: column('備考').input_value() == 'cautions')
        chief.page.click('button:has-text("Try it")')
        chief.sees('#report', 'Dry run: 3 rows; 3 would be new')
        check('a dry run changes nothing', [], of(house, '見本 花子'))
        chief.page.click('button:has-text("Begin the import")')
        chief.sees('#report', '3 rows: 3 new')
        chief.sees('#imports td', 'customers.xlsx')
        until('it is found', lambda: of(house, '見本 花子'))
        check('its caution', ['改行', 'あり 🍎'], of(house, '見本 花子')[0]['cautions'])
        picture(chief, 'import-report-en')
        undo = chief.page.locator('#imports button').first
        undo.click()
        undo.click()
        chief.sees('#imports td', 'Undone')
        until('it is gone', lambda: not of(house, '見本 花子'))
        # What is no list of customers is said so, in the reader's words.
        chief.page.set_input_files('input[type=file]', str(WORKBOOKS / 'doctype.xlsx'))
        chief.sees('#panel .problem', 'no workbook')
        chief.problems[:] = [p for p in chief.problems if '422' not in p]
        check('problems', [], chief.problems)
        chief.end()

    @test
    def only_an_administrator_imports(house):
        chief = house.desk('900', language='ja', path='/supervisor#imports')
        chief.sees('#tab-operators[aria-selected=true]')
        check('tabs', 0, chief.page.locator('#tab-imports').count())
        check('problems', [], chief.problems)
        chief.end()
