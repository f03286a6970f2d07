// The lists that an operator works through: the next entry, what came of it, and the customer beside it.
import { get, post, segment } from './api.js';
import { refused } from './cases.js';
import { announce, byId, h, put, said } from './dom.js';
import { act } from './keptActs.js';
import { keepTyped } from './keptForms.js';
import { isOwn, person, tierMark } from './people.js';
import { money, number, t, word } from './text.js';
import { dateTime } from './time.js';

/** Entries that are asked for at a time. */
const page = 25;

/** What an entry is about, in two lines. */
export function entryFacts(one) {
  const facts = [
    ...one.reasons.map((reason) => said(reason.text)),
    one.owner && t('lists.owner', { who: person(one.owner) }),
    one.purchases > 0 && !one.reasons.some(({ kind }) => kind === 'best')
      && t('lists.spent', { count: number(one.purchases), sum: money(one.spent, one.currency) }),
    one.last_contact && t('lists.last_contact', { when: dateTime(one.last_contact) }),
    one.claimed_by && !isOwn(one.claimed_by)
      && t('work.claimed', { by: person(one.claimed_by), at: dateTime(one.claimed_at) }),
  ].filter(Boolean);
  return [
    h('strong', {}, said(one.customer_name)), ' ', h('span', { class: 'tier' }, tierMark(one.tier)),
    one.do_not_call && [' ', h('span', { class: 'mark-of-case late' }, t('field.do_not_call'))],
    h('br'), facts.flatMap((fact, i) => (i ? [' · ', fact] : [fact]))];
}

/** What came of an entry, in words. */
export const resultName = (code) => word('list.result', code);

/** The field for what came of an entry: what is typed there outlives the session. */
export function entryNote(lists, one) {
  const note = h('input', {
    'aria-label': t('lists.note'), placeholder: t('lists.note'), maxlength: 500, 'data-key': 'note' });
  keepTyped(lists.session.operator, lists.path(one, 'result'), { note }, {
    kind: 'entry', list: lists.opened, title: one.customer_name });
  return note;
}

export class WorkLists {
  constructor(session, customers) {
    this.session = session;
    this.customers = customers;
    this.lists = [];
    /** The name of the list that is open. */
    this.opened = null;
    this.entries = [];
    if (!session.operator) return;
    this.place = byId('lists');
    this.problem = h('p', { class: 'problem', role: 'alert' });
    this.body = h('div', { class: 'work-lists' });
    this.place.replaceChildren(
      h('header', {}, h('h2', {}, t('lists.mine')), h('span', { class: 'spring' }),
        h('button', { type: 'button', onclick: () => this.next() }, t('lists.next'), ' ', h('kbd', {}, 'L'))),
      this.problem, this.body);
    this.place.addEventListener('keydown', (event) => this.key(event));
  }

  /** Those that are assigned to the operator, as `/v1/work` has them. */
  show(lists) {
    if (!this.place) return;
    this.lists = lists;
    this.place.hidden = lists.length === 0;
    if (!lists.some((list) => list.name === this.opened)) this.opened = null;
    this.draw();
    if (!this.isLookedFor) this.findMine();
  }

  /** An entry that was claimed before the page was loaded is in hand still. */
  async findMine() {
    this.isLookedFor = true;
    for (const { name } of this.lists.filter(({ claimed }) => claimed > 0)) {
      let items;
      try { ({ items } = await get(`/v1/lists/${segment(name)}/entries?limit=${page}`)); } catch { return; }
      // Somebody may have opened a list meanwhile.
      if (this.opened) return;
      if (!items.some((one) => one.claimed_by === this.session.operator)) continue;
      this.opened = name;
      this.entries = items;
      return this.draw();
    }
  }

  /** Opens a list at the entry in hand, where a note is still typed. */
  async reopen(name) {
    try { await this.load(name); } catch (refusal) { this.problem.textContent = refusal.message; }
    (this.body.querySelector('[data-current] input') ?? this.place).focus();
  }

  get list() { return this.lists.find((list) => list.name === this.opened); }
  /** My entry with its list: the title, and what can come of it. */
  get entryInHand() {
    const { list, mine } = this;
    return list && mine && { ...mine, list: list.name, list_title: list.title, codes: Object.keys(list.results) };
  }

  get mine() { return this.entries.find((one) => one.claimed_by === this.session.operator); }

  async load(name) {
    this.opened = name;
    const { items } = await get(`/v1/lists/${segment(name)}/entries?limit=${page}`);
    this.entries = items;
    this.draw();
  }

  /** Claims the next entry of the list that is open, else of the next list that has one, and shows its customer. */
  async next(name) {
    if (!this.place || this.lists.length === 0) return announce(t('lists.none'));
    this.problem.textContent = this.taken = '';
    const first = name ?? this.opened, rest = name ? [] : this.lists.map((list) => list.name);
    try {
      let one = null;
      for (const list of new Set([first, ...rest])) {
        if (list) one = await this.claimNext(list);
        if (one) break;
      }
      if (!one) {
        this.draw();
        this.problem.textContent = this.taken || t('lists.empty');
        return announce(this.problem.textContent);
      }
      this.draw();
      await this.customers.show(one.customer);
      this.body.querySelector('[data-current]')?.focus();
      announce(t('work.picked', { what: one.customer_name }));
    } catch (refusal) { this.problem.textContent = refusal.message; }
  }

  /** My entry of a list, else the next one that nobody has; null without any. */
  async claimNext(name) {
    await this.load(name);
    if (this.mine) return this.mine;
    for (const free of this.entries.filter((entry) => !entry.claimed_by)) {
      const one = await this.claim(free);
      if (one) return one;
    }
    return null;
  }

  /** The entry as it is now; null when somebody else was first, and the list says who. */
  async claim(entry) {
    const change = (changed) => { this.entries = this.entries.map((one) => (one === entry ? changed : one)); };
    try {
      const claimed = await post(this.path(entry, 'claim'), {});
      change(claimed);
      return claimed;
    } catch (refusal) {
      if (refusal.status !== 409 && refusal.status !== 404) throw refusal;
      const { claimed_by, claimed_at } = refusal.body ?? {};
      if (claimed_by) {
        this.taken = refused(refusal);
        change({ ...entry, claimed_by, claimed_at });
      }
      return null;
    }
  }

  path(entry, verb) { return `/v1/lists/${segment(this.opened)}/entries/${entry.customer}/${verb}`; }

  /**
   * Says what came of the entry in hand, and goes on with the next one.
   *
   * @param from `note`, the field, and `problem`, where a refusal stands; beside a call nothing `goesOn`.
   */
  async result(entry, code, { note, problem = this.problem, goesOn = true } = {}) {
    problem.textContent = '';
    const text = (note ?? this.body.querySelector('[data-current] input'))?.value.trim();
    try {
      const path = this.path(entry, 'result');
      await act(this.session.operator, path, path, { result: code, note: text || undefined }, {
        kind: 'entry', list: this.opened, customer: entry.customer, by: this.session.operator });
    } catch (refusal) {
      problem.textContent = refusal.message;
      return;
    }
    announce(t('lists.told', { what: entry.customer_name, result: resultName(code) }));
    await (goesOn ? this.next(this.opened) : this.load(this.opened));
  }

  async release(entry, problem = this.problem) {
    problem.textContent = '';
    try { await post(this.path(entry, 'release'), {}); } catch (refusal) { problem.textContent = refusal.message; }
    announce(t('work.told.release'));
    await this.load(this.opened);
  }

  /** Digits say what came of the entry that has the focus. */
  key(event) {
    const row = event.target.closest('[data-current]');
    if (!row || event.target.tagName === 'INPUT' || event.altKey || event.ctrlKey || event.metaKey) return;
    const code = Object.keys(this.list?.results ?? {})[Number(event.key) - 1];
    if (!code || !this.mine) return;
    event.preventDefault();
    event.stopPropagation();
    this.result(this.mine, code);
  }

  draw() {
    this.whenDrawn?.();
    const note = this.body.querySelector('[data-current] input'), typed = note?.value;
    const whose = note?.closest('[data-current]').dataset.current;
    const hadFocus = note && document.activeElement === note;
    const one = this.list && this.mine;
    put(this.body,
      h('ul', { class: 'list-names' }, this.lists.map((list) => h('li', {},
        h('div', {}, h('strong', {}, said(list.title)), ' ',
          t('lists.counts', { open: number(list.open) + (list.more ? '+' : ''), done: number(list.done) })),
        h('button', { type: 'button', class: 'small', 'data-list': list.name }, t('lists.open'))))),
      one && this.current(one),
      this.list && h('ol', { class: 'list-entries' }, this.entries.filter((entry) => entry !== one).slice(0, 8)
        .map((entry) => h('li', {}, h('div', {}, entryFacts(entry)),
          h('button', { type: 'button', class: 'small', 'data-customer': entry.customer }, t('work.open'))))));
    for (const button of this.body.querySelectorAll('[data-list]'))
      button.onclick = () => this.next(button.dataset.list);
    for (const button of this.body.querySelectorAll('[data-customer]'))
      button.onclick = () => this.customers.show(Number(button.dataset.customer));
    for (const button of this.body.querySelectorAll('[data-result]'))
      button.onclick = () => this.result(one, button.dataset.result);
    const back = this.body.querySelector('[data-release]');
    if (back) back.onclick = () => this.release(one);
    const again = this.body.querySelector('[data-current] input');
    // What is typed belongs to one entry.
    const isSame = again && whose === again.closest('[data-current]').dataset.current;
    if (isSame && typed && again !== note) again.value = typed;
    if (isSame && hadFocus) again.focus({ preventScroll: true });
  }

  /** The entry in hand, with what can come of it. */
  current(one) {
    const codes = Object.keys(this.list.results);
    const note = entryNote(this, one);
    const attributes = {
      class: 'list-current', 'data-current': one.customer, tabindex: -1, role: 'group',
      'aria-label': one.customer_name };
    return h('div', attributes,
      h('div', {}, entryFacts(one)),
      h('p', { class: 'row' }, note),
      h('p', { class: 'buttons' },
        codes.map((code, i) => h('button', { type: 'button', class: 'small', 'data-result': code },
          h('kbd', {}, String(i + 1)), ' ', resultName(code))),
        h('button', { type: 'button', class: 'small', 'data-release': '' }, t('work.release'))));
  }
}
