// What belongs to a customer: purchases, contracts, contacts by hand, notes; listed, recorded, changed and put back.
import { ask, get, post } from './api.js';
import { announce, h, said } from './dom.js';
import { itemHistory } from './history.js';
import { keepTyped, namedFields } from './keptForms.js';
import { person } from './people.js';
import { money, number, t, word } from './text.js';
import { dateTime } from './time.js';

/** How something came in or went out. */
export const channels = ['visit', 'phone', 'email', 'letter', 'sms', 'line', 'fax', 'web'];

/** Each kind's fields: how they are typed, and which have to be there. */
const kinds = (session) => ({
  purchases: [
    { name: 'product', required: true }, { name: 'amount', decimal: true },
    { name: 'currency', like: lastCurrency(session) },
    { name: 'quantity', decimal: true }, { name: 'at', day: true }, { name: 'order' },
    { name: 'state', choices: session.purchase_states ?? [], group: 'purchase' },
  ],
  contracts: [
    { name: 'service', required: true }, { name: 'expires', day: true }, { name: 'starts', day: true },
    { name: 'signed', day: true }, { name: 'renews', day: true }, { name: 'amount', decimal: true },
    { name: 'currency', like: lastCurrency(session) },
  ],
  contacts: [
    { name: 'channel', choices: channels, group: 'channel' }, { name: 'summary', lines: true, required: true },
    { name: 'direction', choices: ['', 'outbound', 'inbound'], group: 'direction' },
  ],
  notes: [{ name: 'text', lines: true, required: true }],
  files: [{ name: 'name', required: true }],
});

/** The currency that was typed last at this browser, else the centre's. */
const lastCurrency = (session) => (typed) => {
  try {
    if (typed) localStorage.setItem('currency', typed);
    return localStorage.getItem('currency') ?? session.currency;
  } catch { return session.currency; }
};

/** A day as it is, a time as the centre's clocks show it. */
export const moment = (text) => (text?.length === 10 ? text : dateTime(text));

const lines = {
  purchases: (item) => [
    moment(item.at), said(item.product), item.quantity, money(item.amount, item.currency),
    word('purchase', item.state)],
  contracts: (item) => [
    said(item.service), money(item.amount, item.currency),
    item.expires && t('items.until', { day: moment(item.expires) })],
  contacts: (item) => [moment(item.at), word('channel', item.channel), person(item.operator), said(item.summary)],
  notes: (item) => [moment(item.at), person(item.operator), said(item.text, 'span', { class: 'lines' })],
};

/**
 * The panel of a kind in a customer's record. It is the same element in every redraw of the record, so that what is
 * typed in it stays.
 *
 * @param kind `purchases`, `contracts`, `contacts` or `notes`.
 * @param changed called when something was written.
 */
export class ItemPanel {
  constructor(kind, customer, session, changed) {
    this.kind = kind;
    this.customer = customer;
    this.author = session.operator ?? null;
    this.path = `/v1/customers/${customer}/${kind}`;
    this.fields = kinds(session)[kind];
    this.changed = changed;
    this.list = h('ol', { class: 'items' });
    this.more = h('p', { class: 'buttons' });
    this.place = h('div', {});
    this.status = h('p', { class: 'quiet', role: 'status' });
    this.element = h('details', { class: `item-panel ${kind}` },
      h('summary', {}, t(`items.${kind}`)), this.place, this.status, this.list, this.more);
    this.element.addEventListener('toggle', () => { if (this.element.open) this.refresh(); });
    this.draft(null);
  }

  async refresh() {
    if (!this.element.open) return;
    try {
      const { items, next } = await get(`${this.path}?limit=20`);
      this.list.replaceChildren(...items.map((item) => this.line(item)));
      this.show(next);
      if (items.length === 0) this.list.replaceChildren(h('li', { class: 'quiet' }, t('items.none')));
    } catch (refusal) { this.status.textContent = refusal.message; }
  }

  show(next) {
    this.more.replaceChildren(...(next ? [h('button', {
      type: 'button', class: 'small', onclick: async () => {
        const page = await get(`${this.path}?limit=20&after=${next}`);
        this.list.append(...page.items.map((item) => this.line(item)));
        this.show(page.next);
      } }, t('items.older'))] : []));
  }

  /** What a line says of an item. */
  parts(item) { return lines[this.kind](item); }

  line(item) {
    const parts = this.parts(item).filter((part) => part != null && part !== '');
    // A note of an earlier version of the daemon has no versions, and stays as it is.
    const buttons = item.version == null ? [] : [
      h('button', { type: 'button', class: 'small', onclick: () => this.draft(item) }, t('items.change')), ' ',
      h('button', { type: 'button', class: 'small', onclick: () => this.remove(item) }, t('items.delete'))];
    return h('li', {}, parts.map((part, i) => [i ? ' · ' : '', part]), ' ', buttons,
      item.version > 1 && itemHistory(this.path, item, () => this.refresh().then(() => this.changed())));
  }

  /** The form: empty for a new one, or with an item that is to be changed. */
  draft(item) {
    this.item = item;
    const form = h('form', { class: 'item-form', onsubmit: (event) => { event.preventDefault(); this.write(form); } },
      this.fields.map((field) => this.input(field, item)),
      h('p', { class: 'buttons' },
        h('button', { class: 'primary' }, t(item ? 'items.save' : `items.add.${this.kind}`)),
        item && h('button', { type: 'button', onclick: () => { this.typed.done(); this.draft(null); } }, t('cancel'))));
    this.typed = keepTyped(this.author, item ? `${this.path}/${item.id}` : this.path, namedFields(form), {
      kind: 'item', customer: this.customer, title: t(`items.${this.kind}`) });
    this.place.replaceChildren(this.typed.element, form);
    if (this.typed.isFilled) this.element.open = true;
    if (item) form.elements[0].focus();
  }

  input(field, item) {
    const id = `${this.kind}-${field.name}`, value = item ? item[field.name] ?? '' : field.like?.() ?? '';
    const common = { id, name: field.name, required: field.required ?? false };
    const made = field.choices
      ? h('select', common, field.choices.map((one) =>
        h('option', { value: one, selected: one === value }, one && word(field.group, one))))
      : field.lines
        ? h('textarea', { ...common, rows: 2, maxlength: 4000, value: String(value) })
        : h('input', {
          ...common, value: String(value), maxlength: 300, inputmode: field.decimal ? 'decimal' : null,
          placeholder: field.day ? '2026-11-26' : null });
    return h('p', {}, h('label', { for: id }, t(`items.field.${field.name}`)), made);
  }

  async write(form) {
    const body = {};
    for (const { name, decimal, like } of this.fields) {
      let value = form.elements[name].value.trim();
      if (decimal) value = value.replaceAll(',', '');
      if (like && value) like(value);
      // What is empty in a new one is left out; in a change it is emptied. Without an amount there is no currency.
      if (value !== '') body[name] = value === 'true' || value === 'false' ? value === 'true' : value;
      else if (this.item) body[name] = null;
    }
    if (!this.item && !body.amount) delete body.currency;
    try {
      if (this.item) {
        await ask('PATCH', `${this.path}/${this.item.id}`, body, { 'If-Match': `"v${this.item.version}"` });
      } else await post(this.path, body);
    } catch (refusal) {
      this.status.textContent = refusal.message;
      if (refusal.status === 412) this.refresh();
      return;
    }
    this.status.textContent = '';
    this.typed.done();
    announce(t('items.written'));
    this.draft(null);
    await this.refresh();
    this.changed();
  }

  async remove(item) {
    try {
      await ask('DELETE', `${this.path}/${item.id}`, undefined, { 'If-Match': `"v${item.version}"` });
    } catch (refusal) {
      this.status.textContent = refusal.message;
      return this.refresh();
    }
    this.status.replaceChildren(t('items.deleted'), ' ', h('button', {
      type: 'button', class: 'small', onclick: async () => {
        try {
          await post(`${this.path}/${item.id}/restore`, { version: item.version });
          this.status.textContent = '';
        } catch (refusal) { this.status.textContent = refusal.message; }
        await this.refresh();
        this.changed();
      } }, t('items.undo')));
    await this.refresh();
    this.changed();
  }
}

/** What a customer's purchases come to, as lines of the record; nothing without any. */
export function purchaseFacts(summary) {
  if (!summary?.count) return [];
  const count = t('purchases.times', { count: number(summary.count) });
  const totals = summary.totals.map((one) => money(one.amount, one.currency)).join(', ');
  return [
    [t('purchases.count'), [count, totals].filter(Boolean).join(' · ')],
    [t('purchases.last'), moment(summary.last_at)],
    [t('purchases.next'), summary.next_expected],
  ];
}
