#!/usr/bin/env python3
"""More call flows than scen.py has: more.py NAME ... | all | list"""
import os, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import scen
from bed import *
S = {}
def flow(f): S[f.__name__.replace('_', '-')] = f; return f

@flow
def queue_timeout():
    r = Run('queue-timeout', title='5006: the queue gives up after 5 s, the dialplan hangs up')
    r.agent('101'); r.pause('101', True, 'lunch')
    r.done(r.caller('09021110001', ext='5006', talk_ms=20000)); r.finish()

@flow
def hold():
    r = Run('hold', title='101 puts the caller on hold after 1.5 s for 2 s')
    r.agent('101', ring_ms=500, extra=hold_extra(1500, 2000))
    r.done(r.caller('09021110002', talk_ms=7000)); r.finish()

@flow
def attended_transfer_refer():
    r = Run('attended-transfer-refer', title='101 holds, calls 103, and joins the two by REFER with Replaces')
    r.agent('101', ring_ms=500, extra=atxfer_extra(1500, '103', '101', 2000)); r.agent('103', ring_ms=1000, login=False)
    r.done(r.caller('09021110003', talk_ms=10000)); r.finish()

@flow
def redirect():
    r = Run('redirect', title='AMI Redirect of the caller from 101 to 103')
    r.agent('101', ring_ms=500); r.agent('103', ring_ms=1000, login=False)
    c = r.caller('09021110004', talk_ms=9000)
    e = r.wait_ev('AgentConnect'); time.sleep(2)
    x = r.ami.action('Redirect', Channel=e['Channel'], Context='xfer', Exten='103', Priority='1')
    r.mark(f'Redirect: {x.get("Response")}')
    r.done(c); r.finish()

@flow
def blind_transfer_ami():
    r = Run('blind-transfer-ami', title='AMI BlindTransfer by 101 to 103')
    r.agent('101', ring_ms=500); r.agent('103', ring_ms=1000, login=False)
    c = r.caller('09021110005', talk_ms=9000)
    e = r.wait_ev('AgentConnect'); time.sleep(2)
    x = r.ami.action('BlindTransfer', Channel=e['DestChannel'], Context='xfer', Exten='103')
    r.mark(f'BlindTransfer: {x.get("Response")}')
    r.done(c); r.finish()

@flow
def internal():
    r = Run('internal', agi=False, title='101 calls 102; then a number outside that nobody answers')
    r.agent('102', ring_ms=500, login=False); r.agent('101', ring_ms=500, reg=True, login=True)
    r.done(r.dial('101', '102', talk_ms=2000)); time.sleep(0.5)
    r.done(r.dial('101', '0312345678', talk_ms=2000)); r.finish()

@flow
def several_waiting():
    r = Run('several-waiting',
            title='three wait, the second gives up, then 101 comes back from the pause and takes the first and '
                  'the third')
    r.agent('101', ring_ms=500, talk_ms=2000); r.pause('101', True, 'lunch')
    a = r.caller('09021110011', talk_ms=60000); time.sleep(0.7)
    b = r.caller('09021110012', talk_ms=3500); time.sleep(0.7)
    c = r.caller('09021110013', talk_ms=60000)
    r.done(b); time.sleep(0.5); r.pause('101', False)
    r.done(a, c); r.finish()

@flow
def two_queues():
    r = Run('two-queues', title='101 in support and sales, 102 in sales: one call each')
    r.agent('101', ring_ms=500, talk_ms=2500); r.login('101', queue='sales')
    r.agent('102', ring_ms=500, talk_ms=2500, queue='sales')
    a = r.caller('09021110021', talk_ms=60000); time.sleep(1.5)
    b = r.caller('09021110022', ext='5005', talk_ms=60000)
    r.done(a, b)
    r.pause('101', True, 'lunch', queue='sales'); time.sleep(0.3); r.pause('101', False, queue='sales'); r.finish()

@flow
def phone_dead():
    r = Run('phone-dead',
            title='104 is registered and logged in, but its phone answers nothing; the caller gives up after 7 s')
    register(r.name, '104'); r.login('104')
    r.done(r.caller('09021110031', ext='5002', talk_ms=7000))
    r.logout('104'); register(r.name, '104', expires=0); r.finish()

@flow
def feature_codes():
    r = Run('feature-codes', agi=False, title='101 dials *45 login, *47 pause, *48 unpause, *46 logout')
    r.agent('101', login=False)
    for code in ('*45', '*47', '*48', '*46'):
        r.mark(f'101 dials {code}'); r.done(r.dial('101', code, talk_ms=5000)); time.sleep(0.5)
    r.finish()

@flow
def cancel_while_ringing():
    r = Run('cancel-while-ringing', title='5001: the caller gives up (CANCEL) while 101 rings')
    r.agent('101', ring_ms=60000)
    r.done(r.caller('09021110041', ext='5001', ring_ms=3000)); r.finish()

@flow
def bye_while_ringing():
    r = Run('bye-while-ringing', title='5000: the caller gives up (BYE) while 101 rings')
    r.agent('101', ring_ms=60000)
    r.done(r.caller('09021110042', talk_ms=3000)); r.finish()

@flow
def transfer_unanswered():
    r = Run('transfer-unanswered', title='101 hands on to 103 by REFER, who does not answer; the caller gives up')
    r.agent('101', ring_ms=500, extra=refer_extra(1500, '103', '101')); r.agent('103', ring_ms=60000, login=False)
    r.done(r.caller('09021110043', talk_ms=7000)); r.finish()

@flow
def transfer_to_other_queue():
    r = Run('transfer-to-other-queue',
            title='101 of support sends the caller to the queue sales by REFER to 6001; 102 answers there')
    r.agent('101', ring_ms=500, extra=refer_extra(1500, '6001', '101')); r.agent('102', ring_ms=1000, queue='sales')
    r.done(r.caller('09021110044', talk_ms=9000)); r.finish()

@flow
def transfer_to_busy():
    r = Run('transfer-to-busy', title='101 hands on to 103 by REFER, who refuses (486)')
    r.agent('101', ring_ms=500, extra=refer_extra(1500, '103', '101'))
    r.agent('103', ring_ms=300, busy=('486', 'Busy Here'), login=False)
    r.done(r.caller('09021110045', talk_ms=7000)); r.finish()

@flow
def direct():
    r = Run('direct', agi=False, title='a caller from outside dials 101 directly, without a queue')
    r.agent('101', ring_ms=1000)
    r.done(r.caller('09021110046', ext='101', talk_ms=3000)); r.finish()

@flow
def direct_unanswered():
    r = Run('direct-unanswered', agi=False,
            title='a caller from outside dials 101 directly and gives up while it rings')
    r.agent('101', ring_ms=60000)
    r.done(r.caller('09021110047', ext='101', ring_ms=3000)); r.finish()

@flow
def restart_with_calls():
    scen.restart('restart-with-calls', 'calls',
                 'clean stop (SIGTERM) while one caller talks to 101 and one waits; then start')

if __name__ == '__main__':
    a = sys.argv[1:] or ['list']
    if a == ['list']: print('\n'.join(S)); sys.exit()
    bad = 0
    for n in (S if a == ['all'] else a):
        t = time.time()
        try: S[n](); print(f'{n}: {time.time() - t:.1f} s', flush=True)
        except Exception as e: bad = 1; print(f'{n}: FAILED {type(e).__name__} {e}', flush=True)
    sys.exit(bad)
