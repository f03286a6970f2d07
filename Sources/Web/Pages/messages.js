// Messages between desks, as they are kept: how many are unread, all of them, and those about a customer.
import { get, post } from './api.js';
import { announce, byId, h, said } from './dom.js';
import { keepTyped } from './keptForms.js';
import { person } from './people.js';
import { number, t } from './text.js';
import { dateTime } from './time.js';

/** Messages that are shown at once. */
const pageLength = 50;

/** From whom to whom, when, and what became of it. */
export function messageFacts(one) {
  const from = one.from_name ?? (person(one.from) || t('message.nobody'));
  const to = one.to === 'all' || one.to === 'supervisors' ? t(`messages.to.${one.to}`) : person(one.to);
  return [
    h('time', { datetime: one.at }, dateTime(one.at)), ' ',
    h('span', { class: 'quiet' }, said(from), ' → ', to), ' ',
    one.customer_name && [h('span', { class: 'tag' }, said(one.customer_name)), ' '],
    said(one.text, 'p', { class: 'lines' }),
    one.answered_at && h('p', { class: 'quiet' },
      t('messages.answered', { by: person(one.answered_by) || t('message.nobody'), at: dateTime(one.answered_at) })),
    one.read_by.length > 0 && h('p', { class: 'quiet' },
      t('messages.readBy', { who: one.read_by.map((reading) => person(reading.operator)).join(', ') })),
  ];
}

/** The desk's own messages, behind a button that says how many are unread. */
export class Messages {
  constructor(session, customers) {
    this.session = session;
    this.customers = customers;
    this.button = byId('message-box');
    this.unread = 0;
    if (!session.operator) return;
    this.button.addEventListener('click', () => this.show());
    this.load();
  }

  async load() {
    if (!this.session.operator) return;
    try { ({ unread: this.unread } = await get('/v1/messages?unread=true&limit=1')); } catch { return; }
    this.button.hidden = false;
    this.button.textContent = t('messages.count', { count: number(this.unread) });
    this.button.classList.toggle('late', this.unread > 0);
  }

  /** Says that a message was read; one of the daemon's own has no id. */
  async read(id) {
    if (!id || !this.session.operator) return;
    try { await post(`/v1/messages/${id}/read`, {}); } catch { return; /* It stays unread. */ }
    await this.load();
  }

  /** All messages; those that were unread are marked, and read from now on. */
  async show() {
    const dialog = byId('dialog');
    let items;
    try { ({ items } = await get(`/v1/messages?limit=${pageLength}`)); } catch (refusal) {
      return announce(refusal.message);
    }
    const me = this.session.operator;
    const isNew = (one) => !one.read_at && one.from !== me;
    const line = (one) => h('li', { 'data-id': one.id, class: isNew(one) ? 'is-new' : null },
      isNew(one) && [h('strong', {}, t('messages.new')), ' '], messageFacts(one),
      h('p', { class: 'buttons' },
        one.customer && h('button', { type: 'button', class: 'small', onclick: () => {
          dialog.close();
          this.customers.show(one.customer);
        } }, t('customer.open'))),
      one.to === me && one.from && !one.answered_at && reply(one, () => {}, me));
    dialog.replaceChildren(
      h('h2', {}, t('message.title')),
      items.length
        ? h('ul', { class: 'message-list' }, items.map(line))
        : h('p', { class: 'quiet' }, t('messages.none')),
      h('form', { method: 'dialog', class: 'buttons' }, h('button', { class: 'primary' }, t('close'))));
    dialog.showModal();
    for (const one of items.filter(isNew)) {
      try { await post(`/v1/messages/${one.id}/read`, {}); } catch { /* It stays unread. */ }
    }
    await this.load();
  }
}

/**
 * A line in which a message is answered.
 *
 * @param author the operator for whom an answer is kept until it is sent; without one it is not kept.
 */
export function reply(one, done = () => {}, author = null) {
  const text = h('input', {
    'aria-label': t('messages.answer'), placeholder: t('messages.answer'), maxlength: 300, required: true });
  const status = h('span', { class: 'quiet', role: 'status' });
  const typed = author && keepTyped(author, `/v1/messages/${one.id}/answer`, { text }, {
    kind: 'answer', title: one.text });
  const form = h('form', { class: 'row', onsubmit: async (event) => {
    event.preventDefault();
    if (!text.value.trim()) return text.focus();
    try {
      await post(`/v1/messages/${one.id}/answer`, { text: text.value });
      typed?.done();
      form.replaceChildren(h('span', { class: 'quiet', role: 'status' }, t('message.sent')));
      done();
    } catch (refusal) {
      // Somebody was faster: who it was is in the answer.
      status.textContent = refusal.status === 409 && refusal.body?.answered_by
        ? t('messages.answered', { by: person(refusal.body.answered_by), at: dateTime(refusal.body.answered_at) })
        : refusal.message;
    }
  } }, text, h('button', { class: 'small' }, t('messages.send')), status, typed?.element);
  return form;
}

/**
 * The messages about a customer, in the record, or in a case: the same element in every redraw.
 *
 * @param about `customer` or `case`, by its id.
 */
export class MessagePanel {
  constructor(about, session) {
    const [[kind, id]] = Object.entries(about);
    this.path = `/v1/messages?${kind}=${id}&limit=${pageLength}`;
    this.list = h('ul', { class: 'message-list' });
    this.status = h('p', { class: 'quiet', role: 'status' });
    const mayAll = session.role !== 'operator';
    const text = h('input', {
      'aria-label': t('message.text'), placeholder: t('message.text'), maxlength: 300, required: true });
    const to = mayAll && h('input', {
      'aria-label': t('messages.recipient'), placeholder: t('messages.recipient'), maxlength: 32, size: 8 });
    const form = h('form', { class: 'row', onsubmit: async (event) => {
      event.preventDefault();
      if (!text.value.trim()) return text.focus();
      try {
        await post('/v1/messages', { to: to?.value?.trim() || 'supervisors', text: text.value, ...about });
        text.value = '';
        typed.done();
        this.status.textContent = t('message.sent');
        await this.refresh();
      } catch (refusal) { this.status.textContent = refusal.message; }
    } }, to, text, h('button', { class: 'small' }, t(mayAll ? 'message.send' : 'messages.ask')));
    const typed = keepTyped(
      session.operator ?? null, `/v1/messages?${kind}=${id}`, { text, ...(to ? { to } : {}) },
      { kind: 'message', ...about, title: '' });
    this.element = h('details', { class: 'item-panel messages', open: typed.isFilled },
      h('summary', {}, t(kind === 'case' ? 'messages.ofCase' : 'messages.ofCustomer')), typed.element, form,
      this.status, this.list);
    this.element.addEventListener('toggle', () => { if (this.element.open) this.refresh(); });
  }

  async refresh() {
    if (!this.element.open) return;
    try {
      const { items } = await get(this.path);
      this.list.replaceChildren(...items.map((one) => h('li', { 'data-id': one.id }, messageFacts(one))));
      if (items.length === 0) this.list.replaceChildren(h('li', { class: 'quiet' }, t('items.none')));
    } catch (refusal) { this.status.textContent = refusal.message; }
  }
}
