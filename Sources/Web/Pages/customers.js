// The customers: found as one types, several open at once, edited without losing anybody's change.
import { ask, get, post, segment } from './api.js';
import { caseLine, history, name } from './card.js';
import { belonging } from './company.js';
import { closing } from './caseParts.js';
import { caseDialog, refused } from './cases.js';
import { showCall } from './callList.js';
import { announce, byId, h, later, said } from './dom.js';
import { foundContacts } from './contactSearch.js';
import { CustomerEditor } from './customerEditor.js';
import { customText } from './customFields.js';
import { customerNote } from './customerNote.js';
import { dialButton } from './dial.js';
import { duplicates } from './duplicates.js';
import { filledFields, opened } from './fieldUse.js';
import { FilePanel } from './files.js';
import { ItemPanel, purchaseFacts } from './items.js';
import { MessagePanel } from './messages.js';
import { hasKept } from './keptForms.js';
import { person, tierMark } from './people.js';
import { accountText } from './personal.js';
import { lookAt, presenceLine } from './presence.js';
import { number, t } from './text.js';
import { Timeline } from './timeline.js';
import { versions } from './versions.js';
import { erase } from './erase.js';
import { deletedCustomers, removal } from './removal.js';

/** What a customer agreed to and what not, and whether to call at all. */
const consents = (record) => [
  record.do_not_call && t('field.do_not_call'),
  ...Object.entries(record.consent).map(([name, agreed]) => `${name}: ${t(`custom.${agreed}`)}`),
].filter(Boolean).join(', ');

export class Customers extends CustomerEditor {
  constructor(session) {
    super();
    this.session = session;
    this.open = new Map();
    this.shown = null;
    this.form = byId('search');
    this.found = byId('found');
    this.tabs = byId('tabs');
    this.record = byId('record');
    const search = later(120, () => this.search());
    this.form.q.addEventListener('input', () => search());
    this.form.q.addEventListener('keydown', (event) => {
      if (event.isComposing) return;
      if (event.key === 'ArrowDown') { event.preventDefault(); this.found.querySelector('button')?.focus(); }
      if (event.key === 'Escape') this.stopFinding();
    });
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      search.now();
      this.found.querySelector('button')?.click();
    });
    this.found.addEventListener('keydown', (event) => {
      const all = [...this.found.querySelectorAll('button')], i = all.indexOf(document.activeElement);
      if (event.key === 'ArrowDown') { event.preventDefault(); all[i + 1]?.focus(); }
      if (event.key === 'ArrowUp') { event.preventDefault(); (all[i - 1] ?? this.form.q).focus(); }
      if (event.key === 'Escape') { this.form.q.focus(); this.stopFinding(); }
    });
    this.draw();
  }

  // Finding.

  async search() {
    const q = this.form.q.value.trim();
    this.asked = q;
    if (!q) return this.found.replaceChildren();
    let answer, contacts;
    try {
      [answer, contacts] = await Promise.all([
        get(`/v1/customers?q=${segment(q)}&limit=12`), this.take ? null : get(`/v1/contacts?q=${segment(q)}&limit=6`)]);
    } catch (refusal) {
      return this.found.replaceChildren(h('p', { class: 'problem' }, refusal.message));
    }
    // An answer that was overtaken by the next letter is not shown.
    if (this.asked !== q) return;
    const { customers, matches } = answer;
    this.found.replaceChildren(
      h('p', { class: 'quiet', role: 'status' },
        matches ? t('search.matches', { count: number(matches) }) : t('search.none', { q })),
      h('ul', {}, customers.map((one) => h('li', {}, h('button', { type: 'button', onclick: () => this.pick(one) },
        name(one), ' ',
        one.company && said(one.company, 'span', { class: 'quiet' }), ' ',
        h('span', { class: 'quiet' }, one.phones?.[0]?.display ?? '', ' ', tierMark(one.tier)))))),
      !matches && h('button', {
        type: 'button',
        onclick: () => this.create({ name: /\d{4}/.test(q) ? '' : q, phone: /\d{4}/.test(q) ? q : '' }) },
        t('customer.new')) || '',
      foundContacts(contacts?.items ?? [], q, (id) => this.pick({ id })) || '');
  }

  /** Lets a customer be found for a call; `take` gets who was picked. */
  find(take) {
    this.take = take;
    this.form.classList.add('finding');
    this.form.q.focus();
    announce(t('search.attach'));
  }

  stopFinding() {
    this.take = null;
    this.form.classList.remove('finding');
    this.form.q.value = '';
    this.found.replaceChildren();
  }

  pick(one) {
    const take = this.take;
    this.stopFinding();
    take?.(one);
    this.show(one.id);
  }

  // Records.

  /** What an open customer is called. */
  nameOf(id) { return this.open.get(id)?.record.name ?? String(id); }

  async show(id) {
    this.shown = await this.load(id);
    opened(filledFields(this.open.get(this.shown)?.record));
    this.draw();
    this.tabs.querySelector('[aria-selected=true]')?.focus({ preventScroll: true });
  }

  /** @returns the id of the record: another one where the customer was merged. */
  async load(id) {
    try {
      const [{ json, etag }, { calls }] = await Promise.all([
        ask('GET', `/v1/customers/${id}`), get(`/v1/calls?customer=${id}&limit=100`)]);
      const old = this.open.get(json.id);
      // An edit that an earlier page could not save goes on.
      const isEditing = old?.isEditing ?? hasKept(this.session.operator ?? null, this.pathOf(json.id));
      this.open.set(json.id, { ...old, record: json, etag, calls, isEditing });
      // Who is a part of another customer is that one.
      if (json.id !== id) this.open.delete(id);
      if (this.shown === id) this.shown = json.id;
      return json.id;
    } catch (refusal) {
      // Somebody deleted it.
      if (refusal.status === 404 && this.open.delete(id) && this.shown === id)
        this.shown = [...this.open.keys()].at(-1) ?? null;
      announce(refusal.message);
    }
    return id;
  }

  /** Somebody changed a record: who only reads it sees the new one, who edits it is told. */
  async changed({ id, version }) {
    const one = this.open.get(id);
    if (!one) return;
    if (one.isEditing) {
      if (version !== one.record.version) {
        one.news = true;
        if (this.shown === id) this.record.querySelector('.news')?.removeAttribute('hidden');
      }
      return;
    }
    await this.load(id);
    if (this.shown === id || !this.open.has(id)) this.draw();
    for (const panel of one.panels ?? []) panel.refresh();
  }

  close(id) {
    this.open.delete(id);
    if (this.shown === id) this.shown = [...this.open.keys()].at(-1) ?? null;
    this.draw();
  }

  draw() {
    this.tabs.hidden = this.open.size === 0;
    this.tabs.replaceChildren(...[...this.open].map(([id, { record }]) => {
      const isShown = id === this.shown;
      return h('span', { class: 'tab', role: 'presentation' },
        h('button', {
          type: 'button', role: 'tab', id: `tab-${id}`,
          'aria-selected': String(isShown), 'aria-controls': 'record', tabindex: isShown ? 0 : -1,
          onclick: () => { this.shown = id; this.draw(); }, onkeydown: (event) => this.walk(event, id) },
          said(record.name)),
        h('button', {
          type: 'button', class: 'close', tabindex: -1, 'aria-hidden': 'true', onclick: () => this.close(id) }, '×'));
    }));
    const one = this.open.get(this.shown), focus = document.activeElement;
    this.noteShown(one ? this.shown : null);
    const typing = focus?.id === 'customer-note' ? focus.selectionEnd : null;
    this.record.setAttribute('role', one ? 'tabpanel' : 'presentation');
    if (one) this.record.setAttribute('aria-labelledby', `tab-${this.shown}`);
    else this.record.removeAttribute('aria-labelledby');
    this.record.replaceChildren(...(one
      ? [one.isEditing ? this.editor(one) : this.reader(one)]
      : [h('p', { class: 'quiet empty' }, t('customer.none')), deletedCustomers(this.session, (id) => this.show(id))])
      .filter(Boolean));
    if (this.presence) this.record.prepend(this.presence.line);
    // Who types a note while the record changes types on.
    const text = typing === null ? null : byId('customer-note');
    text?.focus({ preventScroll: true });
    text?.setSelectionRange(typing, typing);
    // Who types in a panel as well: it is the same element, which lost the focus when it was moved.
    if (typing === null && focus !== document.activeElement && this.record.contains(focus))
      focus.focus({ preventScroll: true });
  }

  /** Others who open the same record see that it is looked at here. */
  noteShown(id) {
    if (this.presence?.id === id) return;
    this.presence?.watch.stop();
    this.presence = null;
    if (id == null) return;
    const line = presenceLine();
    this.presence = { id, line, watch: lookAt('customer', id, line, { isShown: () => this.shown === id }) };
  }

  walk(event, id) {
    const all = [...this.open.keys()], i = all.indexOf(id);
    const next = { ArrowRight: all[i + 1], ArrowLeft: all[i - 1] }[event.key];
    if (event.key === 'Delete') return this.close(id);
    if (next === undefined) return;
    this.shown = next;
    this.draw();
    byId(`tab-${next}`).focus();
  }

  reader(one) {
    const { record } = one;
    const row = (label, value) => value && h('div', {}, h('dt', {}, label), h('dd', {}, value));
    return h('div', { class: 'record' },
      h('h2', {}, name(record)),
      record.cautions.length > 0 && h('ul', { class: 'cautions', 'aria-label': t('cautions') },
        record.cautions.map((text) => said(text, 'li'))),
      h('dl', {},
        row(t('field.tier'), tierMark(record.tier)),
        row(t('field.kind'), record.kind === 'company' && t('kind.company')),
        row(t('field.company'), record.company && said(record.company)),
        row(t('field.phones'), record.phones.length > 0 && record.phones.map((phone, i) =>
          [i ? h('br') : '', said(phone.display), ' ', this.dialButton(phone, record)])),
        row(t('field.email'), record.email && said([record.email, ...record.emails].join(', '))),
        row('LINE', record.line_id && said(record.line_id)),
        row(t('field.accounts'), record.accounts.length > 0 && said(record.accounts.map(accountText).join(', '))),
        row(t('field.address'), record.address && said(record.address, 'span', { class: 'lines' })),
        row(t('field.owner'), person(record.owner)),
        row(t('field.tags'), record.tags.length > 0
          && record.tags.map((tag) => [said(tag, 'span', { class: 'tag' }), ' '])),
        row(t('record.preferences'), record.preferences.length > 0 && said(record.preferences.join(', '))),
        row(t('record.persona'), record.persona.length > 0 && said(record.persona.join(', '))),
        row(t('field.consent'), consents(record)),
        Object.entries(record.custom).map(([key, value]) =>
          row(this.session.custom_fields[key] ?? key, customText(this.session.custom_field_rules?.[key], value))),
        row(t('field.status'), [t(`status.${record.status}`), record.status_reason].filter(Boolean).join(' · ')),
        purchaseFacts(record.purchases).map(([label, value]) => row(label, value))),
      belonging(one, (id) => this.show(id)),
      h('p', { class: 'buttons' },
        h('button', { type: 'button', onclick: () => {
          one.isEditing = true;
          this.draw();
          this.record.querySelector('input')?.focus();
        } }, t('customer.edit')),
        h('button', { type: 'button', onclick: () => this.close(record.id) }, t('close'))),
      this.cases(record),
      this.noteForm(one),
      record.history?.length > 0
        ? history(record.history, (contact) => this.opener(one, contact))
        : h('p', { class: 'quiet' }, t('history.none')),
      this.panels(one).map((panel) => panel.element),
      // What is seldom needed beside a call comes last.
      duplicates(record, this.session, () => this.load(record.id).then(() => this.draw()), (id) => this.show(id)),
      versions(record, this.session, () => this.load(record.id).then(() => this.draw())),
      removal(record, this.session, () => this.close(record.id)),
      erase(record, this.session, () => this.close(record.id)));
  }

  /** What is open with the customer; a case opens to be worked on. */
  cases(record) {
    const again = async () => {
      await this.load(record.id);
      this.draw();
      this.caseChanged?.();
    };
    const problem = h('p', { class: 'problem', role: 'alert' });
    const button = (key, work) => [' ', h('button', { type: 'button', class: 'small', onclick: work }, t(key))];
    return h('div', { class: 'cases' },
      h('h3', {}, t('cases'), button('case.new', () => caseDialog({ customer: record.id }, this.session, again))),
      problem,
      h('ul', {}, (record.cases ?? []).map((open) => caseLine(open,
        button('case.open', () => caseDialog(open, this.session, again)),
        button('case.close', () => closing(
          (parts) => post(`/v1/cases/${open.id}/close`, { parts }), problem, refused, async () => {
            announce(t('work.told.close'));
            await again();
          }))))));
  }

  /** What belongs to the customer. The panels outlive a redraw of the record, and what is typed in them. */
  panels(one) {
    const { id } = one.record, wrote = () => this.load(id).then(() => this.draw());
    one.panels ??= [
      ...['purchases', 'contracts', 'contacts', 'notes'].map((kind) => new ItemPanel(kind, id, this.session, wrote)),
      new FilePanel(id, this.session, wrote), new MessagePanel({ customer: id }, this.session), new Timeline(id)];
    return one.panels;
  }

  /** A call of one's own opens to its story, where more can be written of it. */
  opener({ calls, record }, contact) {
    const call = contact.channel === 'phone' && calls?.find((other) => other.offered_at === contact.at);
    if (!call) return null;
    const wrote = () => this.load(record.id).then(() => this.draw());
    return [' ', h('button', { type: 'button', class: 'small', onclick: () => showCall(call, wrote) }, t('call.open'))];
  }

  noteForm(one) {
    const { id } = one.record;
    return customerNote(one, this.session.operator ?? null, async () => {
      this.open.get(id).note = null;
      await this.load(id);
      this.draw();
      announce(t('note.written'));
    });
  }

  dialButton(phone, record = null) { return dialButton(this.session, phone, record); }

  /** A new record; `done` gets it once it is saved. */
  create({ name = '', phone = '', done } = {}) {
    this.stopFinding();
    const record = {
      id: 0, name: name || t('customer.new'), tags: [], cautions: [], do_not_pair: [], phones: [], custom: {},
      tier: 'regular' };
    this.open.set(0, { record, isEditing: true, done, draft: { name, phones: phone ? [phone] : [] } });
    this.shown = 0;
    this.draw();
    this.record.querySelector('input')?.focus();
  }
}
