// What the operator has to do for the customer on the phone, beside the note: the item that was claimed last is open.
import { callbackNote } from './callbacks.js';
import { phone } from './callList.js';
import { caseDialog, marks, phaseName } from './cases.js';
import { h, said } from './dom.js';
import { entryFacts, entryNote, resultName } from './lists.js';
import { t, word } from './text.js';
import { dateTime } from './time.js';

/** Facts in a line; what is not there is left out. */
const line = (...parts) => h('p', { class: 'quiet' },
  parts.filter(Boolean).flatMap((part, i) => (i ? [' · ', part] : [part])));

export class CallItems {
  constructor(work) {
    this.work = work;
    this.rows = new Map();
    this.title = h('h3', {}, t('call.items'));
    this.problem = h('p', { class: 'problem', role: 'alert' });
    this.told = h('p', { class: 'quiet', role: 'status' });
    this.list = h('ul');
    this.element = h('section', { class: 'call-items', 'aria-label': t('call.items'), hidden: true },
      this.title, this.problem, this.told, this.list);
  }

  /** The customer may be another one now. */
  take(pop) {
    const customer = pop.customer?.id ?? null;
    if (customer !== this.customer) {
      this.customer = customer;
      this.problem.replaceChildren();
      this.told.replaceChildren();
    }
    this.draw();
  }

  has(id) { return this.rows.has(id); }

  /**
   * Draws what changed; nothing takes the focus, and what is typed in an item stays.
   *
   * @returns whether there are other items than before.
   */
  draw() {
    const items = this.work.itemsOf(this.customer), before = this.rows;
    this.rows = new Map(items.map((item, place) => [item.id, this.row(item, before.get(item.id), place === 0)]));
    const focus = document.activeElement, { id } = focus.closest?.('.call-items [data-id]')?.dataset ?? {};
    const { key } = focus.dataset ?? {}, hadFocus = this.list.contains(focus);
    const rows = [...this.rows.values()].map(({ element }) => element);
    if (rows.length !== this.list.children.length || rows.some((row, i) => row !== this.list.children[i]))
      this.list.replaceChildren(...rows);
    if (hadFocus && focus !== document.activeElement) {
      const row = this.rows.get(id)?.element;
      row?.querySelector(key ? `[data-key="${CSS.escape(key)}"]` : 'summary')?.focus({ preventScroll: true });
    }
    this.title.hidden = rows.length === 0;
    this.element.hidden = rows.length === 0 && !this.told.hasChildNodes() && !this.problem.hasChildNodes();
    return before.size !== this.rows.size || [...before.keys()].some((one) => !this.rows.has(one));
  }

  row(item, last, isFirst) {
    const facts = JSON.stringify(item.one);
    if (last?.facts === facts) return last;
    const made = { case: () => this.case(item.one), callback: () => this.callback(item.one),
      entry: () => this.entry(item.one) }[item.kind]();
    const isOpen = last ? last.element.firstChild.open : isFirst;
    const element = h('li', { 'data-id': item.id }, h('details', { open: isOpen },
      h('summary', {}, made.title), made.facts, h('div', { class: 'buttons' }, made.work)));
    const typed = last?.element.querySelector('input')?.value, input = element.querySelector('input');
    if (typed && input) input.value = typed;
    return { facts, element };
  }

  button(key, work, label = t(`work.${key}`)) {
    return h('button', { type: 'button', class: 'small', 'data-key': key, onclick: work }, label);
  }

  case(one) {
    const { work } = this, places = { problem: this.problem, told: this.told };
    return {
      title: [h('span', { class: 'kind' }, t(`case.${one.kind}`)), ' ', said(one.title), ' ', marks(one),
        one.due && h('span', { class: 'quiet' },
          t(one.overdue ? 'case.late' : 'case.due', { when: dateTime(one.due) }))],
      facts: [
        one.phase && line(phaseName(one.phase), one.progress != null && `${one.progress} %`,
          one.came_by && t('case.cameBy', { channel: word('channel', one.came_by) })),
        one.next_step && h('p', {}, t('case.next_step'), ': ', said(one.next_step))],
      work: [
        this.button('change', () => caseDialog(one, work.session, () => work.load())),
        this.button('close', () => work.close(one, places)),
        one.claimed_by === work.session.operator
          && this.button('release', () => work.act(one.id, 'release', {}, this.problem))],
    };
  }

  callback(one) {
    const { work } = this, note = callbackNote(one, work.session.operator);
    return {
      title: [h('span', { class: 'kind' }, t('callbacks.item')), ' ', t(`callbacks.kind.${one.kind}`)],
      facts: line(phone(one.from), said(one.queue), t('callbacks.since', { at: dateTime(one.since) })),
      work: [note,
        this.button('done', () => work.done(one, note.value, this.problem)),
        this.button('release', () => work.actOnCallback(one, 'release', this.problem))],
    };
  }

  entry(one) {
    const { lists } = this.work, note = entryNote(lists, one);
    return {
      title: [h('span', { class: 'kind' }, t('lists.entry')), ' ', said(one.list_title)],
      facts: h('p', {}, entryFacts(one)),
      work: [note,
        one.codes.map((code) => this.button(`result-${code}`, () =>
          lists.result(one, code, { note, problem: this.problem, goesOn: false }), resultName(code))),
        this.button('release', () => lists.release(one, this.problem))],
    };
  }
}
