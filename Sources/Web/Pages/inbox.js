// Mails and messages of people whom no record knows: one key attaches each to a customer, or creates one.
import { get, post } from './api.js';
import { announce, byId, h, later, put, said } from './dom.js';
import { person } from './people.js';
import { lookAt, presenceLine } from './presence.js';
import { number, t, word } from './text.js';
import { dateTime } from './time.js';

/** Interval of requests beside those that the stream calls for. Milliseconds. */
const askedEvery = 60_000;
const shownMax = 20;
/** How much of a long text is in the list before it is opened. Characters. */
const textMax = 300;

export class Inbox {
  constructor(session, customers) {
    this.session = session;
    this.customers = customers;
    this.place = byId('inbox');
    this.problem = h('p', { class: 'problem', role: 'alert' });
    this.tally = h('span', { class: 'tally' });
    this.body = h('ul', {});
    this.place.replaceChildren(
      h('header', {}, h('h2', {}, t('inbox.title'), ' ', this.tally), h('span', { class: 'spring' }),
        h('kbd', {}, 'I')),
      this.problem, h('div', { class: 'work-lists' }, this.body));
    // All desks are told at the same time; they ask at different ones.
    // Who has an item in focus looks at it.
    this.presence = null;
    this.body.addEventListener('focusin', (event) => this.look(event.target.closest('li')));
    this.refresh = later(200 + Math.random() * 800, () => this.load());
    setInterval(() => { if (!document.hidden) this.load(); }, askedEvery);
    byId('inbox-count').addEventListener('click', () => this.focus());
    this.load().then(() => { if (location.hash === '#inbox') this.focus(); });
  }

  async load() {
    let answer;
    try { answer = await get(`/v1/inbox?limit=${shownMax}`); } catch { return; /* It is asked for again. */ }
    this.place.hidden = answer.items.length === 0;
    put(this.tally, number(answer.open));
    const { activeElement } = document, row = this.body.contains(activeElement) ? activeElement.closest('li') : null;
    const key = activeElement?.dataset?.key;
    this.body.replaceChildren(...answer.items.map((one) => this.row(one)));
    if (!row) return;
    const again = this.find(row.dataset.id) ?? this.body.querySelector('li');
    (key ? again?.querySelector(`[data-key="${key}"]`) ?? again : again)?.focus({ preventScroll: true });
  }

  /** Others who have the same item in focus see it. */
  look(row) {
    const id = row?.dataset.id;
    if (!id) return;
    const facts = row.firstElementChild;
    if (this.presence?.id === id && !this.presence.watch.isOver) return facts.prepend(this.presence.line);
    this.presence?.watch.stop();
    const line = presenceLine();
    facts.prepend(line);
    this.presence = { id, line, watch: lookAt('inbox', Number(id), line) };
  }

  find(id) { return this.body.querySelector(`[data-id="${CSS.escape(id)}"]`); }

  /** The key that goes to the first item. */
  focus() {
    const first = this.body.querySelector('li');
    if (!first) { announce(t('inbox.empty')); return; }
    first.scrollIntoView({ block: 'nearest' });
    first.focus();
  }

  row(one) {
    const long = one.text.length > textMax, text = said(long ? `${one.text.slice(0, textMax)}…` : one.text, 'p', {
      class: 'inbox-text' });
    const candidate = one.candidates[0], shown = this.customers.shown;
    // The customer who is open beside the list is whom the operator has looked up for it.
    const other = shown && !one.candidates.some(({ id }) => id === shown) ? shown : null;
    const attach = (id, label, name, first) => h('button', {
      type: 'button', class: first ? 'small primary' : 'small', 'data-key': `attach-${id}`,
      onclick: () => this.act(one, 'attach', { customer: id }) },
    t(label, { name }), first && [' ', h('kbd', {}, 'A')]);
    const create = () => this.act(one, 'attach', { create: { name: one.name ?? one.address ?? t('inbox.nameless') } });
    const keys = {
      a: () => {
        const id = candidate?.id ?? this.customers.shown;
        if (id) this.act(one, 'attach', { customer: id }); else this.fail(t('inbox.whom'));
      },
      c: create, d: () => this.act(one, 'dismiss', {}), t: () => this.claim(one) };
    const isMine = one.claimed_by && one.claimed_by === this.session.operator;
    return h('li', {
      'data-id': one.id, tabindex: 0,
      onkeydown: (event) => {
        const work = keys[event.key.toLowerCase()];
        if (!work || event.target.closest('input') || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        // The keys of the desk are for the call.
        event.stopPropagation();
        work();
      } },
    h('div', {},
      h('span', { class: 'kind' }, t(`inbox.kind.${one.kind}`)), ' ',
      one.late && [h('span', { class: 'mark-of-case late' }, t('mails.late')), ' '],
      h('strong', {}, said(one.name ?? one.address)), ' ',
      one.name && one.address && h('span', { class: 'quiet' }, said(one.address)), ' ',
      h('span', { class: 'quiet' }, word('channel', one.channel), ' · ', dateTime(one.at)),
      one.claimed_by && h('p', { class: isMine ? 'quiet' : 'taken' },
        t('work.claimed', { by: person(one.claimed_by), at: dateTime(one.claimed_at) })),
      one.subject && h('p', {}, h('b', {}, said(one.subject))), text,
      long && h('button', { type: 'button', class: 'small', onclick: (event) => {
        text.textContent = one.text;
        event.target.remove();
      } }, t('inbox.more')),
      one.attachments.length > 0 && h('p', { class: 'quiet' },
        one.attachments.map(({ name, type }) => said(name ?? type)).flatMap((name, i) => (i ? [', ', name] : [name])))),
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'small', 'data-key': 'claim', onclick: keys.t },
        t(isMine ? 'inbox.release' : 'inbox.claim'), ' ', h('kbd', {}, 'T')),
      one.candidates.map(({ id, name }, i) => attach(id, 'inbox.attach', name, i === 0)),
      other && attach(other, 'inbox.attachOpen', this.customers.nameOf(other), !candidate),
      h('button', { type: 'button', class: 'small', 'data-key': 'create', onclick: create },
        t('inbox.create'), ' ', h('kbd', {}, 'C')),
      h('button', { type: 'button', class: 'small', 'data-key': 'dismiss', onclick: keys.d },
        t('inbox.dismiss'), ' ', h('kbd', {}, 'D'))));
  }

  fail(text) {
    this.problem.textContent = text;
    announce(text);
  }

  /** Takes it, so that nobody else does; or gives it back. */
  async claim(one) {
    this.problem.textContent = '';
    const what = one.claimed_by && one.claimed_by === this.session.operator ? 'release' : 'claim';
    try {
      await post(`/v1/inbox/${one.id}/${what}`, {});
      announce(t(`inbox.told.${what}`));
    } catch (refusal) { this.fail(this.refused(refusal)); }
    return this.load();
  }

  /** Who has it, where that is the reason. */
  refused(refusal) {
    return refusal.status === 409 && refusal.body?.claimed_by
      ? t('work.taken', { by: person(refusal.body.claimed_by), at: dateTime(refusal.body.claimed_at) })
      : refusal.message;
  }

  async act(one, what, body) {
    this.problem.textContent = '';
    let done;
    try { done = await post(`/v1/inbox/${one.id}/${what}`, body); } catch (refusal) {
      this.fail(this.refused(refusal));
      return this.load();
    }
    if (done.customer) await this.customers.show(done.customer);
    this.offerUndo(one, what);
    return this.load();
  }

  /** A line that takes it back, as a wrong key is pressed easily. */
  offerUndo(one, what) {
    const text = t(`inbox.told.${what}`, { who: one.name ?? one.address ?? '' });
    const line = h('p', { class: 'message' }, said(text), ' ',
      h('button', { type: 'button', class: 'small', onclick: async () => {
        try { await post(`/v1/inbox/${one.id}/reopen`, {}); } catch (refusal) { this.fail(refusal.message); }
        line.remove();
        await this.load();
      } }, t('inbox.undo')),
      h('button', { type: 'button', 'aria-label': t('close'), onclick: () => line.remove() }, '×'));
    byId('messages').append(line);
    announce(text);
  }
}
