// All that happened with a customer, on every channel, newest first; filtered and searched.
import { get, segment } from './api.js';
import { h, later, said } from './dom.js';
import { opened } from './fieldUse.js';
import { moment } from './items.js';
import { clock, t, word } from './text.js';

const channels = [
  '', 'phone', 'email', 'visit', 'letter', 'line', 'sms', 'web', 'fax', 'note', 'purchase', 'contract', 'list'];

/** The panel of a customer's timeline: asked for when it is opened. */
export class Timeline {
  constructor(customer) {
    this.path = `/v1/customers/${customer}/timeline`;
    this.list = h('ol', { class: 'items' });
    this.more = h('p', { class: 'buttons' });
    const search = later(200, () => this.refresh());
    this.channel = h('select', { 'aria-label': t('timeline.channel'), onchange: () => this.refresh() },
      channels.map((one) => h('option', { value: one }, one ? word('channel', one) : t('timeline.all'))));
    this.text = h('input', {
      type: 'search', 'aria-label': t('timeline.find'), placeholder: t('timeline.find'), maxlength: 300,
      oninput: () => search() });
    this.element = h('details', { class: 'item-panel timeline' },
      h('summary', {}, t('timeline')), h('p', { class: 'item-form' }, this.channel, this.text), this.list, this.more);
    this.element.addEventListener('toggle', () => {
      if (!this.element.open) return;
      opened(['note', 'customer_note']);
      this.refresh();
    });
  }

  async refresh() {
    if (!this.element.open) return;
    // A slower answer to an earlier question is not shown.
    const asked = this.asked = {};
    const page = await this.page('');
    if (asked !== this.asked || !page) return;
    this.list.replaceChildren(...page.items.map(line));
    if (page.items.length === 0) this.list.replaceChildren(h('li', { class: 'quiet' }, t('items.none')));
    this.show(page.next, asked);
  }

  show(next, asked) {
    this.more.replaceChildren(...(next ? [h('button', {
      type: 'button', class: 'small', onclick: async () => {
        const page = await this.page(`&after=${next}`);
        if (asked !== this.asked || !page) return;
        this.list.append(...page.items.map(line));
        this.show(page.next, asked);
      } }, t('items.older'))] : []));
  }

  async page(after) {
    try {
      const channel = this.channel.value && `&channel=${this.channel.value}`;
      const text = this.text.value.trim() && `&q=${segment(this.text.value.trim())}`;
      return await get(`${this.path}?limit=30${channel}${text}${after}`);
    } catch (refusal) {
      this.list.replaceChildren(h('li', { class: 'problem' }, refusal.message));
      return null;
    }
  }
}

function outcome(entry) {
  if (entry.kind === 'purchase') return word('purchase', entry.outcome);
  if (entry.kind === 'contract') return word('contract', entry.outcome);
  if (entry.kind === 'list') return word('list.result', entry.outcome);
  return entry.outcome === 'answered' ? null : entry.outcome && word('outcome', entry.outcome);
}

function line(entry) {
  const facts = [
    word('channel', entry.channel), entry.direction && word('direction', entry.direction),
    entry.operator_name ?? entry.operator,
    entry.duration_ms != null && entry.kind !== 'note' && clock(entry.duration_ms),
    outcome(entry),
  ];
  return h('li', {},
    h('time', { datetime: entry.at }, moment(entry.at)), ' ',
    h('span', { class: 'quiet' }, facts.filter(Boolean).join(' · ')),
    entry.summary && said(entry.summary, 'p', { class: 'lines' }));
}
