"""What the desk asks of hands: keys and seconds from the ring to a finished note, from an idle desk to the next
callback. The keys are held here, so that none is added without a word; the seconds are shown."""
import time
from work import fresh


class Hands:
    """Presses keys, counts them, and measures how long the desk takes. The words of a note are not counted."""
    def __init__(self, desk):
        self.desk, self.keys, self.began = desk, 0, time.monotonic()

    def press(self, *keys):
        for key in keys:
            self.desk.page.keyboard.press(key)
            self.keys += 1

    def words(self, text): self.desk.page.keyboard.type(text)

    def seconds(self): return time.monotonic() - self.began


def add(test, check, new_call):
    @test
    def a_call_is_finished_with_few_keys(house):
        fresh(house)
        desk, call = house.desk('101', language='en'), new_call()
        hands = Hands(desk)
        # Of nobody, whose call opens no case again: that would be the next thing of the test behind this.
        house.centre.ring(call, '09000000077', '101')
        desk.sees('.phase-ringing', '090-0000-0077')
        seen = hands.seconds()
        house.centre.push(dict(type='call.answered', call=call, operator='101'))
        desk.sees('.phase-answered', '090-0000-0077')
        # While they talk: what is typed stays when the call ends.
        hands.press('Alt+n')
        hands.words('asked for the invoice')
        house.centre.push(dict(type='call.ended', call=call, by='caller'))
        desk.sees('#state', 'After-call work')
        # The outcome is the next field.
        hands.press('Tab', 'Space')
        hands.press('Alt+Enter')
        desk.sees('#state', 'Available')
        desk.lacks('.call')
        told = house.call(call)
        check('note', 'asked for the invoice', told['notes'][-1]['text'])
        assert told['disposition'], told
        check('keys from the ring to a finished note', 4, hands.keys)
        print(f'      {hands.keys} keys beside the words, {hands.seconds():.1f} s; who calls was seen in {seen:.1f} s')
        check('problems', [], desk.problems)
        desk.end()

    @test
    def the_next_callback_is_a_key_away(house):
        fresh(house)
        desk, call = house.desk('101', language='en'), new_call()
        house.centre.push(dict(type='call.offered', call=call, to='0300000000', **{'from': '09000000001'}),
                          dict(type='call.queued', call=call, queue='support'),
                          dict(type='call.dequeued', call=call, queue='support', reason='callback'),
                          dict(type='call.ended', call=call, by='caller'))
        # It is there without being asked for, and is nobody's although the call had popped here.
        desk.sees('.work-callbacks li', '山田 太郎')
        desk.sees('#callbacks .tally', '1')
        desk.page.locator('#state').click()
        hands = Hands(desk)
        hands.press('w')
        desk.sees('.work-hand li', '山田 太郎')
        desk.sees('#record h2', '山田 太郎')
        check('keys from an idle desk to the next callback', 1, hands.keys)
        print(f'      {hands.keys} key, {hands.seconds():.1f} s')
        # The call ended before its pop was answered for.
        desk.problems[:] = [p for p in desk.problems if '404' not in p]
        check('problems', [], desk.problems)
        desk.end()
