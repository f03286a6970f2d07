"""Mails of people whom no record knows: attached, created, dismissed and taken back, each with one key."""
from supervisors import clean

MAIL = '''From: "{name}" <{address}>
To: support@shop.example
Subject: {subject}
Message-ID: <{number}@browser.example>
Content-Type: text/plain; charset=utf-8

{text}
'''


sent = [0]


def send_mail(house, name, address, subject, text='Text.'):
    sent[0] += 1
    house.centre.run('contact', 'mail', typed=MAIL.format(
        name=name, address=address, subject=subject, text=text, number=sent[0]))


def add(test, check):
    @test
    def the_inbox_is_worked_off_with_keys(house):
        house.quiet()
        send_mail(house, 'Newcomer', 'newcomer@else.example', 'First question', 'x' * 400)
        one, two = house.desk('101', language='en'), house.desk('102', language='ja')
        one.sees('#inbox li', 'First question')
        two.sees('#inbox h2', '受信箱')
        clean(one, check, 'the desk with its inbox')
        # What comes later is there without a reload.
        send_mail(house, '<b>Bold</b>', 'bold@else.example', 'Second question')
        one.sees('#inbox li', '<b>Bold</b>')
        # Nobody is open: the key says whom to look for.
        one.page.locator('#state').click()
        one.page.keyboard.press('i')
        check('the first item has the focus', True, one.page.evaluate('document.activeElement.matches("#inbox li")'))
        one.page.keyboard.press('a')
        one.sees('#inbox .problem', 'Open the customer')
        # C creates, and the record opens.
        one.page.keyboard.press('c')
        one.sees('#record h2', '<b>Bold</b>')
        one.lacks('#inbox li', 'Second question')
        two.lacks('#inbox li', 'Second question')
        one.sees('#inbox li button', 'Attach to the open customer (<b>Bold</b>)')
        # A attaches to the customer who is open now; the undo puts it back.
        one.page.locator('#state').click()
        one.page.keyboard.press('i')
        one.page.keyboard.press('a')
        one.lacks('#inbox li', 'First question')
        one.page.locator('#messages .message', has_text='Newcomer').locator('button', has_text='Undo').click()
        one.sees('#inbox li', 'First question')
        one.page.locator('#inbox li', has_text='First question').locator('[data-key=dismiss]').click()
        one.lacks('#inbox li', 'First question')
        for desk in (one, two):
            check('problems', [], desk.problems)
            desk.end()
