#!/usr/bin/env python3
"""Flows of FreePBX and plain Asterisk that the bridge must follow: cases.py NAME ... | all | list

Recorded with the rights that docs/asterisk.md gives the bridge. live.py runs the same ones against the daemon."""
import os, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bed
from bed import *
from bed import _sipp
CASES = {}
def scen(f): CASES[f.__name__.replace('_', '-')] = f; return f
RUNS = []
class Run(bed.Run):
    """with the bridge's own user of the manager"""
    def __init__(self, name, **more):
        super().__init__(name, users=(('', USER + '-call'),), **more); RUNS.append(self)
def tidy():
    """nobody calls, nobody sits anywhere, no phone is left: the next flow begins with an empty PBX"""
    for r in RUNS:
        for p in r.recs + r.procs:
            if p.poll() is None: p.kill(); p.wait()
        r.ami.close()
    RUNS.clear()
    ami = Ami()
    def listed(action, event):
        ami.action(action); i = f'd{ami.n}'
        ami.wait(lambda e: e.get('ActionID') == i and e.get('EventList') == 'Complete')
        return [f for f in ami.lists.get(i, []) if f.get('Event') == event]
    ami.action('Events', EventMask='on')
    for f in listed('CoreShowChannels', 'CoreShowChannel'): ami.action('Hangup', Channel=f['Channel'])
    for f in listed('QueueStatus', 'QueueMember'): ami.action('QueueRemove', Queue=f['Queue'], Interface=f['Location'])
    ami.close()
def outside(r, ring_ms=1500, talk_ms=3600000, busy=None, port=5190, extra=''):
    """a phone behind the trunk"""
    xml = (tpl('agent_busy', RING_MS=ring_ms, CODE=busy[0], REASON=busy[1]) if busy
           else tpl('agent', RING_MS=ring_ms, TALK_MS=talk_ms, EXTRA=extra))
    p = _sipp('outside', xml, ['-p', str(port), '-mp', '31970', '-aa', '-default_behaviors', 'all,-bye'], r.name)
    r.procs.append(p); time.sleep(0.2)
REDIR = lambda code, to: (code, f'Moved Temporarily\nContact: <sip:{to}@127.0.0.1:5060>')
@scen
def k_ringgroup():
    r = Run('k-ringgroup', agi=False, title='ring group: Dial of two phones at once, 102 answers')
    r.agent('101', ring_ms=60000, login=False); r.agent('102', ring_ms=1500, login=False)
    r.done(r.caller('09055550001', ext='7000', talk_ms=5000)); r.finish()
@scen
def k_localgroup():
    r = Run('k-localgroup', agi=False,
            title='ring group by Local channels (FreePBX), 102 answers, 101 is logged in to a queue')
    r.agent('101', ring_ms=60000); r.agent('102', ring_ms=1500)
    r.done(r.caller('09055550002', ext='7001', talk_ms=5000)); r.finish()
@scen
def k_ringall():
    r = Run('k-ringall', agi=False, title='queue ringall with four members, 103 answers')
    for a in '101 102 104'.split(): r.agent(a, ring_ms=60000, queue='ringall')
    r.agent('103', ring_ms=1500, queue='ringall')
    r.done(r.caller('09055550003', ext='7002', talk_ms=5000))
    for a in '101 102 103 104'.split(): r.logout(a, queue='ringall')
    r.finish()
@scen
def k_hunt():
    r = Run('k-hunt', agi=False, title='hunt group: 101 rings 4 s, then 102 answers')
    r.agent('101', ring_ms=60000, login=False); r.agent('102', ring_ms=1000, login=False)
    r.done(r.caller('09055550004', ext='7003', talk_ms=8000)); r.finish()
@scen
def k_twodevices():
    r = Run('k-twodevices', agi=False,
            title='101 has two phones: the first refuses at once, the second rings on and answers after 4 s')
    r.agent('101', ring_ms=4000, login=True)
    xml = tpl('agent_busy', RING_MS=500, CODE='486', REASON='Busy Here')
    p = _sipp('agent101b', xml, ['-p', '5901', '-mp', '31990', '-aa', '-default_behaviors', 'all,-bye'], r.name)
    r.procs.append(p); time.sleep(0.2)
    register(r.name, '101', port=5901)
    r.done(r.caller('09055550005', ext='7004', talk_ms=6500)); register(r.name, '101', expires=0, port=5901); r.finish()
@scen
def k_forward():
    r = Run('k-forward', agi=False, title='101 forwards its calls by 302 to 103, who answers')
    r.agent('101', ring_ms=200, busy=REDIR('302', '103')); r.agent('103', ring_ms=1500)
    r.done(r.caller('09055550006', ext='7005', talk_ms=6000)); r.finish()
@scen
def k_forward_queue():
    r = Run('k-forward-queue', agi=False, title='queue member 101 forwards its calls by 302 to 103, who answers')
    r.agent('101', ring_ms=200, busy=REDIR('302', '103'), queue='ringall'); r.agent('103', ring_ms=1500, login=False)
    r.done(r.caller('09055550007', ext='7002', talk_ms=6000)); r.logout('101', queue='ringall'); r.finish()
@scen
def k_followme():
    r = Run('k-followme', agi=False, title='find me: Local channel, 101 rings 4 s, then 102 answers')
    r.agent('101', ring_ms=60000); r.agent('102', ring_ms=1000)
    r.done(r.caller('09055550008', ext='7006', talk_ms=8000)); r.finish()
@scen
def k_freepbx_queue():
    r = Run('k-freepbx-queue', agi=False,
            title='FreePBX queue: Local/101@from-queue/n, state hint:101@ext-local; 101 and 102 ring, 101 answers')
    for a, ms in (('101', 1500), ('102', 60000)):
        r.agent(a, ring_ms=ms, login=False)
        x = r.ami.action('QueueAdd', Queue='fpbx', Interface=f'Local/{a}@from-queue/n', MemberName=f'Operator {a}',
                         StateInterface=f'hint:{a}@ext-local', Penalty=0, Paused='false')
        r.mark(f'{a} {x.get("Message")}')
    r.done(r.caller('09055550009', ext='7007', talk_ms=5000))
    for a in ('101', '102'): r.logout(a, queue='fpbx', iface=f'Local/{a}@from-queue/n')
    r.finish()
@scen
def k_trunknumber():
    r = Run('k-trunknumber', agi=False, title='a call sent on to a mobile by a trunk whose name is a number (7771234)')
    xml = tpl('agent', RING_MS=1500, TALK_MS=3600000, EXTRA='')
    p = _sipp('agent7771234', xml, ['-p', '5191', '-mp', '31980', '-aa', '-default_behaviors', 'all,-bye'], r.name)
    r.procs.append(p); time.sleep(0.2)
    r.done(r.caller('09055550010', ext='7008', talk_ms=5000)); r.finish()
@scen
def k_pickup():
    r = Run('k-pickup', agi=False, title='queue call rings 101; 102 picks it up with *8101')
    r.agent('101', ring_ms=60000, queue='ringall'); r.agent('102', ring_ms=1000, queue='ringall')
    r.pause('102', True, 'x', queue='ringall')
    c = r.caller('09055550011', ext='7002', talk_ms=8000); r.wait_ev('AgentCalled'); time.sleep(1.5)
    r.mark('102 dials *8101'); p = r.dial('102', '*8101', talk_ms=60000)
    r.done(c); r.logout('101', queue='ringall'); r.logout('102', queue='ringall'); r.finish()
@scen
def k_pickup_direct():
    r = Run('k-pickup-direct', agi=False, title='a direct call rings 101; 102 picks it up with *8101')
    r.agent('101', ring_ms=60000); r.agent('102', ring_ms=1000)
    c = r.caller('09055550012', ext='7005', talk_ms=8000, ring_ms=60000); time.sleep(2)
    r.mark('102 dials *8101'); p = r.dial('102', '*8101', talk_ms=60000)
    r.done(c); r.finish()
@scen
def k_park():
    r = Run('k-park', agi=False, title='101 parks the caller (REFER to 700), 102 retrieves with 701 and talks')
    r.agent('101', ring_ms=500, extra=refer_extra(2000, '700', '101'), queue='ringall')
    r.agent('102', ring_ms=1000, login=False)
    c = r.caller('09055550013', ext='7002', talk_ms=12000); r.wait_ev('ParkedCall'); time.sleep(2)
    r.mark('102 dials 701'); p = r.dial('102', '701', talk_ms=60000)
    r.done(c); r.logout('101', queue='ringall'); r.finish()
@scen
def k_conf():
    r = Run('k-conf', agi=False, title='101 answers, sends the caller into conference 800 (REFER), then 102 dials in')
    r.agent('101', ring_ms=500, extra=refer_extra(2000, '800', '101'), queue='ringall')
    r.agent('102', ring_ms=1000, login=False)
    c = r.caller('09055550014', ext='7002', talk_ms=9000); r.wait_ev('BlindTransfer'); time.sleep(1)
    r.mark('102 dials 800'); p = r.dial('102', '800', talk_ms=60000)
    r.done(c); r.logout('101', queue='ringall'); r.finish()
@scen
def k_agentpool():
    r = Run('k-agentpool', agi=False,
            title='agent 1001 of the pool logs in from phone 101 (AgentLogin) and takes a queue call')
    r.agent('101', login=False)
    x = r.ami.action('QueueAdd', Queue='agentq', Interface='Local/1001@agentpool/n', MemberName='Pool One',
                     StateInterface='Agent:1001', Penalty=0, Paused='false')
    r.mark(str(x.get('Message')))
    p = r.dial('101', '*901001', talk_ms=30000); r.wait_ev('AgentLogin'); time.sleep(1)
    r.done(r.caller('09055550015', ext='7010', talk_ms=6000))
    r.logout('x', queue='agentq', iface='Local/1001@agentpool/n'); r.finish(settle=2)
@scen
def k_spy():
    r = Run('k-spy', agi=False, title='supervisor 104 listens in (ChanSpy) to 101')
    r.agent('101', ring_ms=500, queue='ringall'); r.agent('104', login=False)
    c = r.caller('09055550016', ext='7002', talk_ms=7000); r.wait_ev('AgentConnect'); time.sleep(1)
    p = r.dial('104', '*33101', talk_ms=2500); r.done(c); r.logout('101', queue='ringall'); r.finish()
@scen
def k_timeout_then_group():
    r = Run('k-timeout-then-group', agi=False, title='queue times out after 4 s, then Local/101 rings and answers')
    r.agent('101', ring_ms=1500); r.pause('101', True, 'x')
    r.done(r.caller('09055550017', ext='7011', talk_ms=10000)); r.finish()
@scen
def k_internal_queue():
    r = Run('k-internal-queue', agi=False, title='an operator (102) calls the queue from inside (6000); 101 answers')
    r.agent('101', ring_ms=1000); r.agent('102', login=False)
    p = r.dial('102', '6000', talk_ms=5000); r.done(p); r.finish()
@scen
def k_spaces():
    r = Run('k-spaces', agi=False, title='members with names with spaces, commas, Japanese; queue name as is')
    r.agent('101', ring_ms=1000, name='Sato, Jiro "Ace" 次郎')
    r.done(r.caller('09055550018', name='O\'Brien & Co <x>', ext='5002', talk_ms=4000)); r.finish()

@scen
def k_atxfer_refer():
    r = Run('k-atxfer-refer', agi=False, title='attended transfer by REFER/Replaces: 101 consults 103, then connects')
    r.agent('101', ring_ms=500, extra=atxfer_extra(2000, '103', '101')); r.agent('103', ring_ms=1000, login=False)
    r.done(r.caller('09055550019', ext='5002', talk_ms=10000)); r.finish()
@scen
def k_blind_queue():
    r = Run('k-blind-queue', agi=False, title='101 sends the caller to queue sales (REFER 6001), where 102 answers')
    r.agent('101', ring_ms=500, extra=refer_extra(2000, '6001', '101')); r.agent('102', ring_ms=1500, queue='sales')
    r.done(r.caller('09055550020', ext='5002', talk_ms=10000)); r.finish()
@scen
def k_blind():
    r = Run('k-blind', agi=False, title='101 sends the caller to 103 (REFER), 103 answers')
    r.agent('101', ring_ms=500, extra=refer_extra(2000, '103', '101')); r.agent('103', ring_ms=1500, login=False)
    r.done(r.caller('09055550021', ext='5002', talk_ms=10000)); r.finish()
@scen
def k_blind_out():
    r = Run('k-blind-out', agi=False,
            title='101 sends the caller to a mobile outside (REFER 09000000009), by the trunk')
    r.agent('101', ring_ms=500, extra=refer_extra(2000, '09000000009', '101'))
    xml = tpl('agent', RING_MS=1500, TALK_MS=3600000, EXTRA='')
    p = _sipp('agentout', xml, ['-p', '5190', '-mp', '31970', '-aa', '-default_behaviors', 'all,-bye'], r.name)
    r.procs.append(p); time.sleep(0.2)
    r.done(r.caller('09055550022', ext='5002', talk_ms=10000)); r.finish()

@scen
def k_atx_queue():
    r = Run('k-atx-queue', agi=False,
            title='101 consults queue sales (6001), where 102 answers, then 101 connects the caller (REFER/Replaces)')
    r.agent('101', ring_ms=500, extra=atxfer_extra(2000, '6001', '101', consult_ms=3000))
    r.agent('102', ring_ms=1000, queue='sales')
    r.done(r.caller('09055550023', ext='5002', talk_ms=12000)); r.finish()
@scen
def k_ring_two_calls():
    r = Run('k-ring-two', agi=False,
            title='ring group by Local channels where nobody answers: the caller gives up after 5 s')
    r.agent('101', ring_ms=60000); r.agent('102', ring_ms=60000)
    r.done(r.caller('09055550024', ext='7001', ring_ms=5000)); r.finish()

@scen
def k_redirect_waiting():
    r = Run('k-redirect-waiting', agi=False,
            title='a supervisor redirects a waiting caller (AMI Redirect) to 103, who answers')
    r.agent('101', ring_ms=60000, queue='ringall'); r.pause('101', True, 'x', queue='ringall')
    r.agent('103', ring_ms=1500, login=False)
    c = r.caller('09055550030', ext='7002', talk_ms=9000); e = r.wait_ev('QueueCallerJoin'); time.sleep(2)
    x = r.ami.action('Redirect', Channel=e['Channel'], Context='from-internal', Exten='103', Priority=1)
    r.mark('redirect ' + str(x.get('Message')))
    r.done(c); r.logout('101', queue='ringall'); r.finish()
@scen
def k_exit_key():
    r = Run('k-exit-key', agi=False, title='the waiting caller presses 1 and leaves the queue for a callback menu')
    r.agent('101', ring_ms=60000, queue='keyq'); r.pause('101', True, 'x', queue='keyq')
    c = r.caller('09055550031', ext='7012', talk_ms=9000); e = r.wait_ev('QueueCallerJoin'); time.sleep(2)
    x = r.ami.action('PlayDTMF', Channel=e['Channel'], Digit='1', Receive='true')
    r.mark('DTMF 1 ' + str(x.get('Message')))
    r.done(c); r.logout('101', queue='keyq'); r.finish()
@scen
def k_leave_empty():
    r = Run('k-leave-empty', agi=False,
            title='the last member pauses: the queue lets the caller go (leavewhenempty), who waits in support next '
                  'and is answered by 102')
    r.agent('101', ring_ms=60000, queue='emptyq'); r.agent('102', ring_ms=1000)
    c = r.caller('09055550032', ext='7013', talk_ms=9000); r.wait_ev('AgentCalled'); time.sleep(2)
    r.pause('101', True, 'x', queue='emptyq'); r.done(c); r.logout('101', queue='emptyq'); r.finish()

@scen
def k_exit_key_then_operator():
    r = Run('k-exit-key-then', agi=False,
            title='the waiting caller presses 2, leaves the queue and is put through to 103 by the dialplan')
    r.agent('101', ring_ms=60000, queue='keyq'); r.pause('101', True, 'x', queue='keyq')
    r.agent('103', ring_ms=1500, login=False)
    c = r.caller('09055550033', ext='7012', talk_ms=10000); e = r.wait_ev('QueueCallerJoin'); time.sleep(2)
    x = r.ami.action('PlayDTMF', Channel=e['Channel'], Digit='2', Receive='true')
    r.mark('DTMF 2 ' + str(x.get('Message')))
    r.done(c); r.logout('101', queue='keyq'); r.finish()

@scen
def k_local_blind():
    r = Run('k-local-blind', agi=False,
            title='queue member Local/101@agent-local/n; 101 sends the caller to 103 (REFER), 103 answers')
    r.agent('101', ring_ms=500, login=False, extra=refer_extra(2000, '103', '101'))
    r.login('101', iface='Local/101@agent-local/n', queue='sales'); r.agent('103', ring_ms=1500, login=False)
    r.done(r.caller('09055550040', ext='5005', talk_ms=10000))
    r.logout('101', queue='sales', iface='Local/101@agent-local/n'); r.finish()
@scen
def k_local_atx():
    r = Run('k-local-atx', agi=False,
            title='queue member Local/101@agent-local/n; 101 consults 103 and connects the caller (REFER/Replaces)')
    r.agent('101', ring_ms=500, login=False, extra=atxfer_extra(2000, '103', '101'))
    r.login('101', iface='Local/101@agent-local/n', queue='sales'); r.agent('103', ring_ms=1000, login=False)
    r.done(r.caller('09055550041', ext='5005', talk_ms=12000))
    r.logout('101', queue='sales', iface='Local/101@agent-local/n'); r.finish()
@scen
def k_local_noanswer():
    r = Run('k-local-noanswer', agi=False, title='queue of two Local members (/n): 101 refuses (busy), 102 answers')
    r.agent('101', ring_ms=300, busy=('486', 'Busy Here'), login=False); r.agent('102', ring_ms=1000, login=False)
    for a in ('101', '102'): r.login(a, iface=f'Local/{a}@agent-local/n', queue='ringall')
    r.done(r.caller('09055550042', ext='7002', talk_ms=7000))
    for a in ('101', '102'): r.logout(a, queue='ringall', iface=f'Local/{a}@agent-local/n')
    r.finish()
@scen
def k_local_hold():
    r = Run('k-local-hold', agi=False, title='queue member Local/101@agent-local/n holds the caller for 2 s')
    r.agent('101', ring_ms=500, login=False, extra=hold_extra(1500, 2000))
    r.login('101', iface='Local/101@agent-local/n', queue='sales')
    r.done(r.caller('09055550043', ext='5005', talk_ms=9000))
    r.logout('101', queue='sales', iface='Local/101@agent-local/n'); r.finish()

@scen
def k_park_timeout():
    r = Run('k-park-timeout', agi=False,
            title='101 parks the caller, nobody takes it off: after 6 s it comes back to 101, who answers again')
    r.agent('101', ring_ms=500, extra=refer_extra(2000, '700', '101'), queue='ringall')
    c = r.caller('09055550050', ext='7002', talk_ms=18000)
    r.done(c); r.logout('101', queue='ringall'); r.finish()
@scen
def k_semi_attended():
    r = Run('k-blind-noanswer', agi=False,
            title='101 sends the caller to 103 (REFER), 103 never answers: the caller gives up')
    r.agent('101', ring_ms=500, extra=refer_extra(2000, '103', '101')); r.agent('103', ring_ms=60000, login=False)
    r.done(r.caller('09055550051', ext='5002', talk_ms=9000)); r.finish()
@scen
def k_reject_then_voicemail():
    r = Run('k-direct-reject', agi=False,
            title='direct call to 101 who refuses (486), then the dialplan goes on to 102')
    r.agent('101', ring_ms=300, busy=('486', 'Busy Here'), login=False); r.agent('102', ring_ms=1000, login=False)
    r.done(r.caller('09055550052', ext='7003', talk_ms=5000)); r.finish()
@scen
def k_hold_direct():
    r = Run('k-hold-direct', agi=False, title='direct call: 101 holds for 2 s')
    r.agent('101', ring_ms=500, login=False, extra=hold_extra(1500, 2000))
    r.done(r.caller('09055550053', ext='7005', talk_ms=8000)); r.finish()


# ------------------------------------------------------------------------------------------- more
@scen
def k_localgroup_opt():
    r = Run('k-localgroup-opt', agi=False,
            title='ring group of Local channels without /n, which their bridge takes out of the way; 102 answers')
    r.agent('101', ring_ms=60000); r.agent('102', ring_ms=1500)
    r.done(r.caller('09055550060', ext='7016', talk_ms=5000)); r.finish()
@scen
def k_queue_opt():
    r = Run('k-queue-opt', agi=False,
            title='queue members Local/10x@agent-local without /n: 101 rings out, 102 answers')
    r.agent('101', ring_ms=60000, login=False); r.agent('102', ring_ms=1500, login=False)
    for a in ('101', '102'): r.login(a, iface=f'Local/{a}@agent-local', queue='optq')
    r.done(r.caller('09055550061', ext='7014', talk_ms=6000))
    for a in ('101', '102'): r.logout(a, queue='optq', iface=f'Local/{a}@agent-local')
    r.finish()
@scen
def k_queue_group():
    r = Run('k-queue-group', agi=False,
            title='a queue whose member is a ring group (Local/600@ringgroup/n): 101 and 102 ring, 102 answers')
    r.agent('101', ring_ms=60000, login=False); r.agent('102', ring_ms=1500, login=False)
    r.ami.action('QueueAdd', Queue='groupq', Interface='Local/600@ringgroup/n', MemberName='Group 600', Penalty=0,
                 Paused='false')
    r.done(r.caller('09055550062', ext='7015', talk_ms=6000))
    r.logout('600', queue='groupq', iface='Local/600@ringgroup/n'); r.finish()
@scen
def k_group_outside():
    r = Run('k-group-outside', agi=False, title='101 and a mobile ring at once; the mobile answers')
    r.agent('101', ring_ms=60000, login=False); outside(r)
    r.done(r.caller('09055550063', ext='7017', talk_ms=6000)); r.finish()
@scen
def k_atx_feature():
    r = Run('k-atx-feature', agi=False,
            title='101 consults 103 by the feature code and hangs up, which connects the caller (AMI Atxfer)')
    r.agent('101', ring_ms=500, talk_ms=6000); r.agent('103', ring_ms=1000, login=False)
    c = r.caller('09055550064', ext='5002', talk_ms=12000); e = r.wait_ev('AgentConnect'); time.sleep(1.5)
    x = r.ami.action('Atxfer', Channel=e['DestChannel'], Exten='103', Context='from-agents')
    r.mark('Atxfer ' + str(x.get('Message')))
    r.done(c); r.finish()
@scen
def k_atx_feature_local():
    r = Run('k-atx-feature-local', agi=False,
            title='queue member Local/101@agent-local/n consults 103 by the feature code and hangs up')
    r.agent('101', ring_ms=500, talk_ms=6000, login=False)
    r.login('101', iface='Local/101@agent-local/n', queue='sales'); r.agent('103', ring_ms=1000, login=False)
    c = r.caller('09055550065', ext='5005', talk_ms=12000); r.wait_ev('AgentConnect'); time.sleep(1.5)
    name = next(e['DestChannel'] for e in r.ami.events if e.get('Event') == 'DialEnd'
                and e.get('DestChannel', '').startswith('PJSIP/101') and e.get('DialStatus') == 'ANSWER')
    x = r.ami.action('Atxfer', Channel=name, Exten='103', Context='from-agents')
    r.mark('Atxfer ' + str(x.get('Message')))
    r.done(c); r.logout('101', queue='sales', iface='Local/101@agent-local/n'); r.finish()
@scen
def k_atx_abandoned():
    r = Run('k-atx-abandoned', agi=False, title='101 consults 103 (feature code); the caller gives up meanwhile')
    r.agent('101', ring_ms=500, talk_ms=9000); r.agent('103', ring_ms=1000, login=False)
    c = r.caller('09055550066', ext='5002', talk_ms=6000); e = r.wait_ev('AgentConnect'); time.sleep(1.5)
    r.ami.action('Atxfer', Channel=e['DestChannel'], Exten='103', Context='from-agents')
    r.done(c); time.sleep(2); r.finish()
@scen
def k_consult_back():
    r = Run('k-consult-back', agi=False,
            title='101 holds the caller, asks 103, comes back and talks on with the caller')
    r.agent('101', ring_ms=500, extra=hold_extra(1500, 4500)); r.agent('103', ring_ms=700, login=False)
    c = r.caller('09055550067', ext='5002', talk_ms=10000); r.wait_ev('Hold'); time.sleep(0.5)
    p = r.dial('101', '103', talk_ms=2000); r.done(p); r.done(c); r.finish()
@scen
def k_consult_queue():
    r = Run('k-consult-queue', agi=False,
            title='101 holds the caller, asks in queue sales, where 102 answers, and comes back')
    r.agent('101', ring_ms=500, extra=hold_extra(1500, 5000)); r.agent('102', ring_ms=700, queue='sales')
    c = r.caller('09055550068', ext='5002', talk_ms=10000); r.wait_ev('Hold'); time.sleep(0.5)
    p = r.dial('101', '6001', talk_ms=3000); r.done(p); r.done(c); r.logout('102', queue='sales'); r.finish()
@scen
def k_park_giveup():
    r = Run('k-park-giveup', agi=False, title='101 parks the caller, who gives up on the parking place')
    r.agent('101', ring_ms=500, extra=refer_extra(1500, '700', '101'), queue='ringall')
    r.done(r.caller('09055550069', ext='7002', talk_ms=6500)); r.logout('101', queue='ringall'); r.finish()
@scen
def k_queue_voicemail():
    r = Run('k-queue-voicemail', agi=False,
            title='a menu, 4 s in the queue, then a recording, after which the PBX hangs up')
    r.agent('101'); r.pause('101', True, 'x')
    r.done(r.caller('09055550070', ext='7018', talk_ms=30000)); r.finish()
@scen
def k_atx_semi():
    r = Run('k-atx-semi', agi=False,
            title='101 calls 103 and hands the caller over while 103 still rings (REFER/Replaces); 103 answers')
    r.agent('101', ring_ms=500, extra=semi_extra(1500, '103', '101')); r.agent('103', ring_ms=4000, login=False)
    r.done(r.caller('09055550071', ext='5002', talk_ms=12000)); r.finish()
@scen
def k_atx_queue_waiting():
    r = Run('k-atx-queue-waiting', agi=False,
            title='101 waits in queue sales (6002) and hands the caller over there; 102 comes back from a pause and '
                  'answers')
    r.agent('101', ring_ms=500, extra=atxfer_extra(1500, '6002', '101', consult_ms=1500))
    r.agent('102', ring_ms=1000, queue='sales'); r.pause('102', True, 'x', queue='sales')
    c = r.caller('09055550072', ext='5002', talk_ms=14000); r.wait_ev('AttendedTransfer'); time.sleep(1.5)
    r.pause('102', False, queue='sales')
    r.done(c); r.finish()
@scen
def k_atx_outside():
    r = Run('k-atx-outside', agi=False, title='101 consults a number outside and joins the two (REFER/Replaces)')
    r.agent('101', ring_ms=500, extra=atxfer_extra(1500, '09000000009', '101', consult_ms=2000))
    outside(r, ring_ms=800)
    r.done(r.caller('09055550073', ext='5002', talk_ms=12000)); r.finish()
@scen
def k_transfer_group():
    r = Run('k-transfer-group', agi=False,
            title='104 sends the caller to ring group 600 (REFER): 101 and 102 ring, 102 answers')
    r.agent('104', ring_ms=500, extra=refer_extra(1500, '600', '104')); r.agent('101', ring_ms=60000, login=False)
    r.agent('102', ring_ms=1500, login=False)
    r.done(r.caller('09055550074', ext='5002', talk_ms=12000)); r.finish()
@scen
def k_local_park():
    r = Run('k-local-park', agi=False,
            title='queue member Local/101@agent-local/n parks the caller (REFER 700), 102 takes it off with 701')
    r.agent('101', ring_ms=500, extra=refer_extra(1500, '700', '101'), login=False)
    r.login('101', iface='Local/101@agent-local/n', queue='sales'); r.agent('102', login=False)
    c = r.caller('09055550075', ext='5005', talk_ms=12000); r.wait_ev('ParkedCall'); time.sleep(2)
    r.dial('102', '701', talk_ms=60000); r.done(c); r.finish()
@scen
def k_pickup_group():
    r = Run('k-pickup-group', agi=False, title='a ring group rings 101 and 102; 104 takes the call with *8')
    r.agent('101', ring_ms=60000, login=False); r.agent('102', ring_ms=60000, login=False); r.agent('104', login=False)
    c = r.caller('09055550076', ext='7000', talk_ms=7000, ring_ms=60000); time.sleep(2)
    r.dial('104', '*8', talk_ms=60000); r.done(c); r.finish()
@scen
def k_pickup_local():
    r = Run('k-pickup-local', agi=False,
            title='FreePBX queue: Local/101@from-queue/n rings; 102 takes the call with **101')
    r.agent('101', ring_ms=60000, login=False); r.agent('102', login=False)
    r.ami.action('QueueAdd', Queue='fpbx', Interface='Local/101@from-queue/n', MemberName='Operator 101',
                 StateInterface='hint:101@ext-local', Penalty=0, Paused='false')
    c = r.caller('09055550077', ext='7007', talk_ms=8000); r.wait_ev('AgentCalled'); time.sleep(1.5)
    r.dial('102', '**101', talk_ms=60000); r.done(c); r.finish()
# outbound
@scen
def o_atx_feature():
    r = Run('o-atx-feature', agi=False, title='101 dials 909012345678, consults 103 by the feature code and hangs up')
    r.agent('101'); r.agent('103', ring_ms=700); outside(r, talk_ms=10000)
    p = r.dial('101', '909012345678', talk_ms=6500); time.sleep(3)
    name = next(e['Channel'] for e in r.ami.events if e.get('Event') == 'DialBegin'
                and e.get('Channel', '').startswith('PJSIP/101'))
    x = r.ami.action('Atxfer', Channel=name, Exten='103', Context='from-agents')
    r.mark('Atxfer ' + str(x.get('Message')))
    r.done(p); time.sleep(9); r.finish()
@scen
def o_answered():
    r = Run('o-answered', agi=False, title='101 dials 909012345678, the outside answers, 101 hangs up')
    r.agent('101'); outside(r); r.done(r.dial('101', '909012345678', talk_ms=4000)); r.finish()
@scen
def o_plain():
    r = Run('o-plain', agi=False, title='101 dials 0312345678 (plain dialplan), the outside answers and hangs up')
    r.agent('101'); outside(r, talk_ms=3000); r.done(r.dial('101', '0312345678', talk_ms=20000)); r.finish()
@scen
def o_busy():
    r = Run('o-busy', agi=False, title='101 dials 909012345678, which is busy')
    r.agent('101'); outside(r, ring_ms=300, busy=('486', 'Busy Here'))
    r.done(r.dial('101', '909012345678', talk_ms=4000)); r.finish()
@scen
def o_unanswered():
    r = Run('o-unanswered', agi=False, title='101 dials 909012345678, nobody answers, 101 gives up after 4 s')
    r.agent('101'); outside(r, ring_ms=60000); r.done(r.dial('101', '909012345678', ring_ms=4000)); r.finish()
@scen
def o_account():
    r = Run('o-account', agi=False, title='101 dials *77 4711 09012345678: an account code before the number')
    r.agent('101'); outside(r); r.done(r.dial('101', '*77471109012345678', talk_ms=3000)); r.finish()
@scen
def o_failover():
    r = Run('o-failover', agi=False, title='101 dials 809012345678: the first trunk has no line, the second takes it')
    r.agent('101'); outside(r); r.done(r.dial('101', '809012345678', talk_ms=3000)); r.finish()
@scen
def o_hold():
    r = Run('o-hold', agi=False, title='101 dials 909012345678; the outside holds 2 s')
    r.agent('101'); outside(r, extra=hold_extra(1500, 2000))
    r.done(r.dial('101', '909012345678', talk_ms=7000)); r.finish()
@scen
def o_click():
    r = Run('o-click', agi=False, title='click to dial: 101 rings first, then 09012345678 is dialled')
    r.agent('101', ring_ms=700, talk_ms=6000); outside(r)
    r.ami.action('Originate', Channel='PJSIP/101', Context='from-agents', Exten='909012345678', Priority=1,
                 CallerID='"909012345678" <101>', Async='true', Timeout=30000)
    time.sleep(9); r.finish()
@scen
def o_click_local():
    r = Run('o-click-local', agi=False,
            title='click to dial as FreePBX does it: Local/101@from-internal first, then 09012345678')
    r.agent('101', ring_ms=700, talk_ms=6000); outside(r)
    r.ami.action('Originate', Channel='Local/101@from-internal/n', Context='from-internal', Exten='909012345678',
                 Priority=1, CallerID='"909012345678" <101>', Async='true', Timeout=30000)
    time.sleep(9); r.finish()
@scen
def o_click_unanswered():
    r = Run('o-click-unanswered', agi=False, title='click to dial: 101 does not pick up its own phone')
    r.agent('101', ring_ms=60000); outside(r)
    r.ami.action('Originate', Channel='PJSIP/101', Context='from-agents', Exten='909012345678', Priority=1,
                 CallerID='"909012345678" <101>', Async='true', Timeout=3000)
    time.sleep(5); r.finish()
@scen
def o_transfer():
    r = Run('o-transfer', agi=False,
            title='101 dials 909012345678 and hands the answered call over to 103 (AMI BlindTransfer)')
    r.agent('101'); r.agent('103', ring_ms=1000); outside(r, talk_ms=6000)
    p = r.dial('101', '909012345678', talk_ms=12000); time.sleep(4)
    name = next(e['Channel'] for e in r.ami.events if e.get('Event') == 'DialBegin'
                and e.get('Channel', '').startswith('PJSIP/101'))
    x = r.ami.action('BlindTransfer', Channel=name, Context='from-agents', Exten='103'); r.mark(str(x.get('Message')))
    time.sleep(5); r.finish()
@scen
def o_internal():
    r = Run('o-internal', agi=False, title='101 calls 102, who answers; then 101 calls 103, who does not')
    r.agent('101'); r.agent('102', ring_ms=700); r.agent('103', ring_ms=60000)
    r.done(r.dial('101', '102', talk_ms=2500)); time.sleep(0.5); r.done(r.dial('101', '103', ring_ms=2500)); r.finish()

if __name__ == '__main__':
    a = sys.argv[1:] or ['list']
    if a == ['list']: print('\n'.join(CASES)); sys.exit()
    bad = 0
    for n in (CASES if a == ['all'] else a):
        t = time.time()
        try: CASES[n](); print(f'{n}: {time.time() - t:.1f} s', flush=True)
        except Exception as e: bad = 1; print(f'{n}: FAILED {type(e).__name__} {str(e)[:200]}', flush=True)
        tidy()
    sys.exit(bad)
