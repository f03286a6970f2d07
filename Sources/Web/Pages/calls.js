// The calls on the screen: the one in hand is a large card, every other one is a line. A new call takes neither the
// focus nor the words of who types.
import { get, post, segment } from './api.js';
import { CallLine } from './callLine.js';
import { newCall, readCases } from './callParts.js';
import { card } from './card.js';
import { caseDialog } from './cases.js';
import { announce, byId, h } from './dom.js';
import { inHand, isTypedIn, knowHand } from './hand.js';
import { forgetStock } from './knowledge.js';
import { ring, showTitle } from './notice.js';
import { person } from './people.js';
import { callerName, language, t } from './text.js';
import { now } from './time.js';

/** Maximum of calls on the desk; the oldest that ended and is written of is removed first. */
const keptMax = 6;
/** The same, for those that lack a required disposition. */
const lackingMax = 20;
/** For so long after the last key a call that rings waits as a line while a text is typed. Milliseconds. */
const patienceOfRing = 15_000;
/** The same for a call that was answered, or is the only one left. Milliseconds. */
const patienceOfTalk = 4_000;
/** Single keys do nothing for so long after a card was exchanged under somebody's hands. Milliseconds. */
const quietAfterChange = 3_000;

export class Calls {
  constructor(session, state, customers, recent, work) {
    this.session = session;
    this.work = work;
    this.state = state;
    this.customers = customers;
    this.recent = recent;
    this.place = byId('calls');
    this.open = new Map();
    this.hand = this.picked = null;
    this.turns = 0;
    this.slots = [];
    this.lines = h('ul', { id: 'call-lines', 'aria-label': t('calls.others'), hidden: true });
    this.empty = h('div', { class: 'empty' },
      h('p', {}, t('calls.none')),
      h('p', { class: 'quiet' }, t('calls.none.hint')));
    this.place.append(this.empty, this.lines);
    knowHand(() => this.hand?.pop ?? null);
    setInterval(() => this.tick(), 1000);
  }

  /** A pop, or a new state of one. */
  show(pop, isNew) {
    const received = performance.now();
    let one = this.open.get(pop.pop);
    const isKnown = one !== undefined, isOver = one?.pop.phase === 'ended';
    const talked = one?.pop.phase === 'answered' && !one.pop.held_since;
    if (!isKnown) {
      one = newCall(pop, this.session, this.work, () => this.work.load());
      one.element.addEventListener('keydown', (event) => {
        if (performance.now() < one.quietUntil && !event.altKey && event.target === one.element)
          event.stopPropagation();
      });
      this.open.set(pop.pop, one);
      // What ended goes from hand when the next call comes, however it came there.
      if (this.picked?.pop.phase === 'ended') this.picked = null;
    }
    one.pop = pop;
    if (pop.phase === 'answered' && !pop.held_since && !talked) {
      one.turn = ++this.turns;
      this.picked = null;
    }
    // The waiting time is that of the message.
    one.toldAt = received;
    // It rings again, after the call counted as ended.
    if (pop.phase !== 'ended') one.withdrawn = one.done = null;
    one.note.take(pop);
    one.knowledge.take(pop);
    one.items.take(pop);
    this.draw(one);
    this.translate(one);
    if (isNew && !isKnown) this.arrive(one, received);
    // A desk that is opened during a call was told nothing of the cases that were opened before.
    if (!isKnown && pop.answered_at) this.readCases([one]);
    if (pop.phase === 'ended') {
      // The state may arrive before the pop.
      if (!isOver) one.wasWrappingUp = this.state.isWrappingUp;
      this.recent.refresh();
    }
    this.tidy();
  }

  /**
   * Pops come in the language that is configured for the operator; who reads another one gets theirs a moment later.
   */
  async translate(one) {
    const { pop } = one;
    if (!this.session.language || this.session.language === language()) return;
    // While it is asked, its words are those of before.
    if (one.words) { Object.assign(pop, one.words); this.draw(one); }
    try {
      const { brief, alerts } = await get(`/v1/pops/${segment(pop.pop)}`);
      one.words = { brief, alerts };
      if (one.pop !== pop) return;
      Object.assign(pop, one.words);
      this.draw(one);
    } catch { /* Gone meanwhile. */ }
  }

  arrive(one, received) {
    const { pop } = one;
    const isDialed = pop.phase === 'dialing';
    if (!isDialed) ring(pop);
    announce(t(isDialed ? 'calls.dialing' : pop.vip ? 'calls.arrived.vip' : 'calls.arrived', { who: this.name(pop) }));
    this.see(one);
    // The time from the message to the pixels, for measurements.
    requestAnimationFrame(() =>
      setTimeout(() => { performance.measure('pop', { start: received, end: performance.now() }); }));
  }

  /** Reports the pop as seen, unless it is gone by then. */
  see(one) {
    if (document.hidden) return document.addEventListener('visibilitychange', () => this.see(one), { once: true });
    setTimeout(() => {
      if (this.open.has(one.pop.pop) && one.pop.phase !== 'ended')
        post(`/v1/pops/${segment(one.pop.pop)}/seen`).catch(() => {});
    }, 300);
  }

  name(pop) { return callerName(pop); }

  draw(one) {
    // A button that had the focus gets it again when the card is redrawn.
    const key = one.element.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    card(one, {
      choose: (customer) => this.identify(one, customer),
      newCustomer: () => this.customers.create({
        phone: one.pop.from.display, done: (made) => this.identify(one, made.id) }),
      attach: () => this.customers.find((found) => this.attachTo(one, found)),
      undo: () => this.undo(one),
      openCustomer: (id) => this.customers.show(id),
      openCase: (open) => caseDialog(open, this.session, () => this.work.load()),
      finish: () => this.finish(one),
      close: () => this.drop(one),
      help: () => this.askHelp((call) =>
        post('/v1/messages', { to: 'supervisors', text: t('message.help'), call }), one),
    });
    if (key) one.element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
    this.arrange();
    this.title();
  }

  /** Lays out the call in hand, and the lines of the others. Who is typing is not interrupted. */
  arrange(isAsked = false) {
    const all = [...this.open.values()], next = inHand(all, this.hand, this.picked) ?? null;
    const patience = next?.pop.phase === 'ringing' ? patienceOfRing : patienceOfTalk;
    if (next !== this.hand && (isAsked || !isTypedIn(this.hand, performance.now(), patience))) this.exchange(next);
    const others = all.filter((one) => one !== this.hand);
    const marked = this.marked;
    others.forEach((one, i) => {
      this.slots[i] ??= new CallLine((picked) => this.pick(picked));
      this.slots[i].show(one, all.indexOf(one) + 1);
      if (!this.slots[i].element.isConnected) this.lines.append(this.slots[i].element);
    });
    for (const slot of this.slots.slice(others.length)) slot.clear();
    const place = others.indexOf(marked);
    if (place >= 0 && !this.slots[place].isMarked) this.slots[place].button.focus({ preventScroll: true });
    this.lines.hidden = others.length === 0;
    document.documentElement.style.setProperty('--call-lines', `${this.lines.offsetHeight}px`);
  }

  /** The call whose line has the focus. */
  get marked() { return this.slots.find((slot) => slot.one && slot.isMarked)?.one ?? null; }

  /** Puts another call on the large card. */
  exchange(next) {
    const last = this.hand, hadFocus = last?.element.contains(document.activeElement);
    last?.element.remove();
    this.hand = next;
    if (!next) return;
    this.place.prepend(next.element);
    if (!hadFocus) return;
    next.quietUntil = performance.now() + quietAfterChange;
    next.element.focus({ preventScroll: true });
  }

  /** The operator chooses which call is in hand. */
  pick(one) {
    if (!one) return;
    this.picked = one;
    this.arrange(true);
    one.element.scrollIntoView({ block: 'nearest' });
    one.element.focus({ preventScroll: true });
    announce(`${t(`phase.${one.pop.phase}`)}: ${this.name(one.pop)}`);
  }

  title() {
    const ringing = [...this.open.values()].filter((one) =>
      ['offered', 'ringing', 'transferred'].includes(one.pop.phase));
    showTitle(ringing.length ? this.name(ringing.at(-1).pop) : null);
    this.empty.hidden = this.open.size > 0;
  }

  tick() {
    this.hand?.tick?.();
    for (const slot of this.slots) if (slot.one) slot.tick();
    // Who has stopped typing gets the call that waited for it.
    if (inHand([...this.open.values()], this.hand, this.picked) !== this.hand) this.arrange();
  }

  /** Identifies the caller, or reverts that; returns the daemon's response, null for a refusal. */
  async tell(one, body) {
    try {
      const whole = await post(`/v1/calls/${segment(one.pop.call)}/identify?source=${segment(one.pop.source)}`, body);
      // The stream sends no more events of an ended call.
      if (one.pop.phase === 'ended') this.show(await get(`/v1/pops/${segment(one.pop.pop)}`), false);
      return whole;
    } catch (refusal) {
      one.note.complain(refusal.message);
      return null;
    }
  }

  async identify(one, customer) {
    if (one.attached) await this.undo(one);
    if (await this.tell(one, { customer })) announce(t('calls.identified'));
  }

  /** An unknown number becomes one of the customer's: the next call from it is known. */
  async attachTo(one, found) {
    if (one.attached) await this.undo(one);
    const whole = await this.tell(one, { customer: found.id, store_number: !one.pop.customer });
    if (!whole) return;
    one.attached = { name: found.name, stored: whole.number_stored };
    this.draw(one);
    announce(t(whole.number_stored ? 'customer.attached.stored' : 'customer.attached', { name: found.name }));
  }

  /** The attachment was wrong: the number goes from the customer, and the caller is who the number says. */
  async undo(one = this.current) {
    if (!one?.attached) return;
    if (!(await this.tell(one, { undo: true, forget_number: one.attached.stored }))) return;
    one.attached = null;
    this.draw(one);
    announce(t('customer.detached'));
  }

  /** The pop is withdrawn: who has typed something keeps it, everybody else is told why, and the card goes. */
  withdraw(gone) {
    const one = this.open.get(gone.pop);
    if (!one) return;
    const why = t(`withdrawn.${gone.reason}`, { by: person(gone.by) });
    announce(why);
    if (one.note.isTouched) {
      one.pop = { ...one.pop, phase: 'ended' };
      one.withdrawn = why;
      return this.draw(one);
    }
    this.drop(one);
  }

  drop(one) {
    one.note.save.now();
    one.knowledge.end();
    const hadFocus = one.element.contains(document.activeElement) || this.marked === one;
    one.element.remove();
    this.open.delete(one.pop.pop);
    if (this.picked === one) this.picked = null;
    if (this.hand === one) this.hand = null;
    this.arrange();
    if (hadFocus) this.place.focus({ preventScroll: true });
    this.title();
  }

  /** Calls that are over and lack nothing go when there is no room; what is required is not forgotten. */
  tidy() {
    const over = [...this.open.values()].filter((one) =>
      one !== this.hand && one.pop.phase === 'ended' && (one.done || !one.note.isTouched));
    const whole = over.filter((one) => !one.note.lacks.includes('disposition'));
    while (this.open.size > keptMax && whole.length) this.drop(whole.shift());
    const left = over.filter((one) => this.open.has(one.pop.pop));
    while (this.open.size > lackingMax && left.length) this.drop(left.shift());
  }

  /**
   * The stream sends `reset`, and then the live pops. For each other card the daemon is asked how its call ended.
   */
  async reset() {
    for (const one of [...this.open.values()].filter((other) => other.pop.phase !== 'ended')) {
      try {
        const pop = await get(`/v1/pops/${segment(one.pop.pop)}`);
        if (pop.phase === 'ended' && this.open.get(pop.pop) === one) this.show(pop, false);
      } catch (refusal) {
        if (refusal.status === 404) this.withdraw({ pop: one.pop.pop, reason: 'gap' });
      }
    }
    this.recent.refresh();
  }

  /** After-call work that ended by itself: its card can go once nothing is typed there. */
  stateChanged(now) {
    if (now.state === 'wrap_up') this.restore(); else this.recent.refresh();
    for (const one of [...this.open.values()]) {
      if (one.pop.phase !== 'ended') continue;
      const isDone = one.done || (now.state !== 'wrap_up' && one.wasWrappingUp);
      one.wasWrappingUp = now.state === 'wrap_up';
      if (isDone === one.done) continue;
      one.done = isDone;
      if (isDone && one.note.isTouched) one.note.complain(t('note.unfinished'));
      this.draw(one);
    }
  }

  /** Restores the card of a call in after-call work after the desk was closed. */
  async restore() {
    if (this.open.size || !this.session.operator) return;
    // The daemon keeps a call that has ended for a quarter of an hour.
    const from = new Date(now() - 3_600_000).toISOString();
    const { calls } = await get(`/v1/calls?operator=${segment(this.session.operator)}&from=${from}&limit=1`);
    const call = calls[0];
    if (!call || this.open.size) return;
    try {
      const pop = await get(`/v1/pops/${segment(`${call.number}.${this.session.operator}`)}`);
      if (pop.phase === 'ended' && !this.open.size) this.show(pop, false);
    } catch { /* The call is another's. */ }
  }

  /** After-call work is done: what was written is kept, and the operator is ready. */
  async finish(one = this.hand?.pop.phase === 'ended' ? this.hand : this.lastEnded) {
    if (!one) return this.state.ready();
    if (!(await one.note.finish())) {
      // What is missing is asked for where it can be seen.
      if (one !== this.hand) this.pick(one);
      return;
    }
    // After-call work that is going on may be another call's.
    const { done } = one;
    this.drop(one);
    this.recent.refresh();
    if (!done) await this.state.ready();
  }

  get lastEnded() {
    const ended = [...this.open.values()].filter((one) => one.pop.phase === 'ended');
    return ended.filter((one) => !one.done).at(-1) ?? ended.at(-1);
  }

  async saveAll() {
    await Promise.all([...this.open.values()].map((one) => one.note.flush()));
  }

  /** The page closes: unsaved texts are sent without waiting for the response. */
  sendAll() { for (const one of this.open.values()) one.note.sendNow(); }

  // Keys.

  get current() { return this.hand; }
  choose(digit) {
    const customer = this.current?.pop.candidates[digit - 1];
    if (customer) this.identify(this.current, customer.id);
  }
  focus(digit) { this.pick([...this.open.values()][digit - 1]); }
  /** The line after or before the one that is marked; the first, or the last. */
  walk(step) {
    const all = [...this.lines.querySelectorAll('.call-pick')];
    const i = all.indexOf(document.activeElement), from = i < 0 && step < 0 ? 0 : i;
    all.at((from + step) % (all.length || 1))?.focus();
  }
  /** The line that is marked comes in hand; without one, the call that is next. */
  pickLine() {
    const others = [...this.open.values()].filter((one) => one !== this.hand);
    this.pick(this.marked ?? inHand(others, null, null));
  }
  focusNote() { this.current?.note.text.focus(); }
  /** Something was written that may fit, or an incident began or ended. */
  refreshKnowledge() {
    forgetStock();
    for (const one of this.open.values()) one.knowledge.refresh();
  }
  /** What the operator has to do changed: the cards show what is their customers'. */
  drawItems() {
    for (const one of this.open.values()) if (one.items.draw()) this.draw(one);
  }
  /** Cases may have been opened, or closed, here or elsewhere. */
  readCases(all = [...this.open.values()].filter((one) => one === this.hand || one.pop.phase !== 'ended')) {
    return readCases(all, (one) => this.draw(one));
  }
  focusKnowledge() { this.current?.knowledge.focus(); }
  insertAnswer() { this.current?.knowledge.insertCurrent(); }
  newCustomer() {
    if (this.current && !this.current.pop.customer) this.current.element.querySelector('[data-key=new]')?.click();
  }
  attach() { this.current?.element.querySelector('[data-key=attach]')?.click(); }
  async askHelp(send, one = this.current) {
    try {
      const { shown } = await send(one?.pop.call);
      announce(t(shown ? 'message.help.sent' : 'message.help.nobody'));
      if (one) one.note.complain(t(shown ? 'message.help.sent' : 'message.help.nobody'));
    } catch (refusal) { one?.note.complain(refusal.message); }
  }
}
