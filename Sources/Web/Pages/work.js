// What an operator has to do: the first thing on an idle desk.
import { get, post } from './api.js';
import { callbackDone, callbackNote } from './callbacks.js';
import { phone } from './callList.js';
import { kindName, kinds } from './caseCounts.js';
import { caseList } from './caseList.js';
import { closing, undoClosing } from './caseParts.js';
import { actOn, caseDialog, caseFacts, declineNote, refused } from './cases.js';
import { announce, byId, h, later, put, said } from './dom.js';
import { mailCounts, showMailCount } from './mailCounts.js';
import { person, tierMark } from './people.js';
import { lookAtRows } from './presence.js';
import { Reminders } from './reminders.js';
import { replyRows } from './replies.js';
import { number, t } from './text.js';
import { dateTime } from './time.js';

/** Interval of requests beside those that the stream calls for. Milliseconds. */
const askedEvery = 60_000;
/** How often it is looked whether something is due soon. Milliseconds. */
const remindedEvery = 10_000;

/** How many of each kind, where there are several kinds. */
function byKind(list) {
  const parts = kinds.map((kind) => [kind, list.filter((one) => one.kind === kind).length]).filter(([, n]) => n);
  return parts.length > 1 && h('span', { class: 'quiet' },
    parts.map(([kind, n]) => `${kindName(kind)} ${number(n)}`).join(' · '));
}

export class Work {
  constructor(session, customers, lists) {
    this.session = session;
    this.customers = customers;
    this.lists = lists;
    this.place = byId('work');
    this.counts = byId('work-counts');
    /** Customers on the phone, by the pop's id. */
    this.calling = new Map();
    if (!session.operator) return;
    this.reminders = new Reminders(session.operator, (one) => this.open(one));
    this.problem = h('p', { class: 'problem', role: 'alert' });
    this.told = h('p', { class: 'quiet', role: 'status' });
    this.tally = h('span', { class: 'work-tally' });
    this.body = h('div', { class: 'work-lists' });
    lookAtRows(this.body, 'callback', ({ dataset: { id } }) => /^callback-(\d+)$/.exec(id)?.[1]);
    this.place.replaceChildren(
      h('header', {}, h('h2', {}, t('work.title')), this.tally, h('span', { class: 'spring' }),
        h('button', { type: 'button', class: 'primary', onclick: () => this.next() },
          t('work.next'), ' ', h('kbd', {}, 'W'))),
      this.problem, this.told, this.body);
    this.place.hidden = false;
    this.counts.addEventListener('click', () => { this.place.scrollIntoView(); this.place.focus(); });
    const listBehind = (id, key, filter) => byId(id).addEventListener('click', () =>
      caseList(t(key), filter, session, (customer) => customers.show(customer), () => this.load()));
    listBehind('stalled-count', 'work.mine.stalled', { owner: session.operator, stalled: true });
    listBehind('unowned-count', 'work.unowned', { unowned: true });
    // All desks are told at the same time; they ask at different ones.
    this.refresh = later(200 + Math.random() * 800, () => this.load());
    setInterval(() => { if (!document.hidden) this.load(); }, askedEvery);
    setInterval(() => this.remind(), remindedEvery);
    this.load();
  }

  async load() {
    if (!this.session.operator) return;
    try { this.work = await get('/v1/work'); } catch { return; /* It is asked for again. */ }
    this.draw();
    this.lists.show(this.work.lists);
    this.remind();
    this.whenLoaded?.();
  }

  /** Claims the next thing that nobody has, and opens it. */
  async next() {
    if (!this.session.operator) return;
    this.problem.textContent = '';
    let next;
    try { next = await post('/v1/work/next', {}); } catch (refusal) {
      this.problem.textContent = refusal.status === 404 ? t('work.none') : refusal.message;
      announce(this.problem.textContent);
      return;
    }
    await this.load();
    const customer = next.case?.customer ?? next.callback?.customer?.id;
    if (customer) await this.customers.show(customer);
    const id = next.case ? `case-${next.case.id}` : `callback-${next.callback.id}`;
    const row = this.body.querySelector(`[data-id="${CSS.escape(id)}"]`);
    row?.scrollIntoView({ block: 'nearest' });
    row?.focus();
    announce(t('work.picked', { what: next.case?.title ?? next.callback.from.display }));
  }

  /** A customer calls: what is open with it stands first while the call lasts. */
  calls(pop) {
    const id = pop.customer?.id;
    if (!id || !this.session.operator) return;
    if (pop.phase === 'ended') return this.callEnded(pop);
    if (this.calling.get(pop.pop) === id) return;
    this.calling.set(pop.pop, id);
    if (this.work) this.draw();
  }

  /** A call is over, or is somebody else's now. */
  callEnded({ pop }) { if (this.calling.delete(pop) && this.work) this.draw(); }

  /** What was missed may have ended calls; the pops of those that last come again. */
  callsMissed() { this.calling.clear(); }

  // Drawing.

  /** What I have to do for a customer: what was claimed last comes first, then what is due first. */
  itemsOf(customer) {
    if (!this.work || customer == null) return [];
    const { due, cases, callbacks } = this.work, me = this.session.operator, { entryInHand: entry } = this.lists;
    const item = (kind) => (one) => ({ id: `${kind}-${one.id ?? one.customer}`, kind, one });
    const claimedAt = ({ one }) => (one.claimed_by === me ? Date.parse(one.claimed_at) : 0);
    return [
      ...[...due, ...cases].filter((one) => one.customer === customer).map(item('case')),
      ...callbacks.filter((one) => one.customer?.id === customer && one.claimed_by === me).map(item('callback')),
      ...(entry?.customer === customer ? [entry].map(item('entry')) : []),
    ].sort((a, b) => claimedAt(b) - claimedAt(a));
  }

  draw() {
    this.whenDrawn?.();
    const { due, cases, callbacks, handovers, replies, counts } = this.work, me = this.session.operator;
    const all = [...due, ...cases];
    const isCalling = (customer) => [...this.calling.values()].includes(customer);
    const mine = (one) => one.claimed_by === me;
    const hand = [
      ...all.filter((one) => mine(one) || isCalling(one.customer)).map((one) => this.caseRow(one)),
      ...callbacks.filter((one) => mine(one) || isCalling(one.customer?.id)).map((one) => this.callbackRow(one))];
    const others = (list) => list.filter((one) => !mine(one) && !isCalling(one.customer?.id ?? one.customer));
    const rest = (list, row) => others(list).map((one) => row.call(this, one));
    const groups = [
      ['hand', hand], ['handovers', handovers.map((one) => this.handoverRow(one))],
      ['replies', replyRows(replies, this.session, () => this.load())],
      ['due', rest(due, this.caseRow)], ['callbacks', rest(callbacks, this.callbackRow)],
      ['cases', rest(cases, this.caseRow)]].filter(([, rows]) => rows.length);
    this.keepFocus(() => {
      this.body.replaceChildren(...groups.map(([name, rows]) => h('section', { class: `work-${name}` },
        h('h3', {}, t(`work.${name}`), ' ', h('span', { class: 'tally' }, number(rows.length)), ' ',
          byKind(others({ due, cases }[name] ?? []))),
        h('ul', {}, rows))));
      if (!groups.length) this.body.append(h('p', { class: 'quiet' }, t('work.nothing')));
    });
    const promises = counts.by_kind.promise;
    const tally = [
      counts.overdue > 0 && h('span', { class: 'late' }, t('work.count.overdue', { count: number(counts.overdue) })),
      promises.overdue > 0
        && h('span', { class: 'late' }, t('counts.promises_overdue'), ' ', number(promises.overdue)),
      promises.at_risk > 0
        && h('span', { class: 'soon' }, t('counts.promises_at_risk'), ' ', number(promises.at_risk)),
      h('span', {}, t('work.count.today', { count: number(counts.today) })),
      h('span', {}, t('work.count.callbacks', { count: number(counts.callbacks) })),
    ].filter(Boolean).flatMap((part, i) => (i ? [' · ', part] : [part]));
    put(this.tally, tally);
    // Always in sight, during calls as well.
    this.counts.hidden = false;
    put(this.counts,
      h('span', { class: counts.overdue ? 'late' : '' }, t('work.count.overdue', { count: number(counts.overdue) })),
      ' · ', t('work.count.today', { count: number(counts.today) }));
    for (const [id, key, count] of [
      ['stalled-count', 'work.count.stalled', counts.stalled],
      ['unowned-count', 'work.count.unowned', counts.unowned]]) {
      byId(id).hidden = count === 0;
      byId(id).textContent = t(key, { count: number(count) });
    }
    const mails = mailCounts(counts.mails);
    for (const place of ['inbox', 'approval']) {
      showMailCount(byId(`${place}-count`), mails.find(({ name }) => name === place));
    }
  }

  /** Whoever types or stands in a row does so after it is drawn again. */
  keepFocus(draw) {
    const focus = document.activeElement, row = this.body.contains(focus) ? focus.closest('[data-id]') : null;
    const typed = [...this.body.querySelectorAll('input')].map((input) =>
      [input.closest('[data-id]').dataset.id, input.value]);
    const { selectionStart } = focus ?? {}, key = focus?.dataset?.key;
    draw();
    const find = (id) => this.body.querySelector(`[data-id="${CSS.escape(id)}"]`);
    for (const [id, text] of typed) { const input = find(id)?.querySelector('input'); if (input) input.value = text; }
    if (!row) return;
    const again = find(row.dataset.id), target = key ? again?.querySelector(`[data-key="${key}"]`) : again;
    target?.focus({ preventScroll: true });
    if (target?.tagName === 'INPUT') target.setSelectionRange(selectionStart, selectionStart);
  }

  row(id, facts, ...actions) {
    return h('li', { 'data-id': id, tabindex: -1 }, h('div', {}, facts), h('div', { class: 'buttons' }, actions));
  }

  button(key, work, kind = 'small') {
    return h('button', { type: 'button', class: kind, 'data-key': key, onclick: work }, t(`work.${key}`));
  }

  caseRow(one) {
    const isMine = one.claimed_by === this.session.operator;
    return this.row(`case-${one.id}`, caseFacts(one),
      !one.claimed_by && this.button('claim', () => this.act(one.id, 'claim')),
      this.button('open', () => this.open(one)),
      this.button('change', () => caseDialog(one, this.session, () => this.load())),
      (isMine || one.owner === this.session.operator) && this.button('close', () => this.close(one)),
      isMine && this.button('release', () => this.act(one.id, 'release')));
  }

  handoverRow(one) {
    const { handover } = one, why = declineNote(one, this.session.operator);
    const settle = (what, body) => async () => {
      await this.act(one.id, what, body?.());
      if (!this.problem.textContent) why.done();
    };
    return this.row(`handover-${one.id}`,
      [...caseFacts(one), h('br'), t('work.handed', { from: person(handover.from) || t('work.unowned') }), ' ',
        handover.note && said(handover.note)],
      this.button('open', () => this.open(one)),
      this.button('accept', settle('accept'), 'small primary'),
      why.note, this.button('decline', settle('decline', why.body)));
  }

  callbackRow(one) {
    const isMine = one.claimed_by === this.session.operator;
    const note = callbackNote(one, this.session.operator);
    return this.row(`callback-${one.id}`,
      [h('span', { class: 'kind' }, t(`callbacks.kind.${one.kind}`)), ' ',
        h('strong', {}, one.customer ? said(one.customer.name) : phone(one.from)), ' ',
        one.customer && [h('span', { class: 'tier' }, tierMark(one.customer.tier)), ' '],
        h('br'), one.customer && [phone(one.from), ' · '], said(one.queue), ' · ',
        t('callbacks.since', { at: dateTime(one.since) })],
      isMine ? [
        this.customers.dialButton({ display: one.from.display, customer: one.customer?.id }), note,
        this.button('done', () => this.done(one, note.value)),
        this.button('release', () => this.actOnCallback(one, 'release'))]
        : this.button('claim', () => this.actOnCallback(one, 'claim')),
      one.customer && this.button('open', () => this.customers.show(one.customer.id)));
  }

  /** Goes to the note of a callback, where it is still in hand. */
  focusCallback(id) {
    const row = this.body.querySelector(`[data-id="${CSS.escape(`callback-${id}`)}"]`);
    const place = row?.querySelector('input') ?? row ?? this.place;
    place.scrollIntoView({ block: 'nearest' });
    place.focus();
  }

  // Doing.

  open(one) { return this.customers.show(one.customer); }

  async act(id, what, body = {}, problem = this.problem) {
    problem.textContent = await actOn(id, what, body) ?? '';
    await this.load();
  }

  /**
   * It is done; a wrong key is pressed easily, so that it can be taken back.
   *
   * @param problem where a question or a refusal stands; `told` is where it is taken back.
   */
  close(one, { problem, told } = this) {
    told.replaceChildren();
    return closing((parts) => post(`/v1/cases/${one.id}/close`, { parts }), problem, refused, async () => {
      told.replaceChildren(...undoClosing(one.id, one.title, () => this.load()));
      announce(t('work.told.close'));
      await this.load();
    });
  }

  async actOnCallback(one, what, problem = this.problem) {
    problem.textContent = '';
    try {
      await post(`/v1/callbacks/${one.id}/${what}`, {});
      announce(t(`callbacks.told.${what}`));
    } catch (refusal) { problem.textContent = refusal.message; }
    await this.load();
  }

  async done(one, note, problem = this.problem) {
    problem.textContent = '';
    try {
      await callbackDone(one, note, this.session.operator);
      announce(t('callbacks.told.done'));
    } catch (refusal) { problem.textContent = refusal.message; }
    await this.load();
  }

  /** Reminds once of what is due soon. */
  remind() { if (this.work) this.reminders.say([...this.work.due, ...this.work.cases]); }
}
