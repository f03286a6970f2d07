// The customers: found as one types, several open at once, edited without losing anybody's change.
import { ask, get, post, segment } from './api.js';
import { caseLine, history, name } from './card.js';
import { actOn, caseDialog } from './cases.js';
import { showCall } from './callList.js';
import { announce, byId, h, later, said } from './dom.js';
import { customInput, customText } from './customFields.js';
import { dialButton } from './dial.js';
import { duplicates, warning } from './duplicates.js';
import { FilePanel } from './files.js';
import { ItemPanel, purchaseFacts } from './items.js';
import { MessagePanel } from './messages.js';
import { keep, kept, release } from './kept.js';
import { number, t, word } from './text.js';
import { Timeline } from './timeline.js';
import { versions } from './versions.js';
import { erase } from './erase.js';
import { deletedCustomers, removal } from './removal.js';

const fields = [
  'name', 'kana', 'company', 'tier', 'owner', 'email', 'line_id', 'address', 'external_id', 'status_reason'];
const lists = ['emails', 'tags', 'cautions', 'preferences', 'persona', 'do_not_pair'];

/** What a customer agreed to and what not, and whether to call at all. */
const consents = (record) => [
  record.do_not_call && t('field.do_not_call'),
  ...Object.entries(record.consent).map(([name, agreed]) => `${name}: ${t(`custom.${agreed}`)}`),
].filter(Boolean).join(', ');

export class Customers {
  constructor(session) {
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
    let answer;
    try { answer = await get(`/v1/customers?q=${segment(q)}&limit=12`); } catch (refusal) {
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
        h('span', { class: 'quiet' }, one.phones?.[0]?.display ?? '', ' ', word('tier', one.tier)))))),
      !matches && h('button', {
        type: 'button',
        onclick: () => this.create({ name: /\d{4}/.test(q) ? '' : q, phone: /\d{4}/.test(q) ? q : '' }) },
        t('customer.new')) || '');
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

  async show(id) {
    this.shown = await this.load(id);
    this.draw();
    this.tabs.querySelector('[aria-selected=true]')?.focus({ preventScroll: true });
  }

  /** @returns the id of the record: another one where the customer was merged. */
  async load(id) {
    try {
      const [{ json, etag }, { calls }] = await Promise.all([
        ask('GET', `/v1/customers/${id}`), get(`/v1/calls?customer=${id}&limit=100`)]);
      const old = this.open.get(json.id);
      this.open.set(json.id, { ...old, record: json, etag, calls });
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
    const typing = focus?.id === 'customer-note' ? focus.selectionEnd : null;
    this.record.setAttribute('role', one ? 'tabpanel' : 'presentation');
    if (one) this.record.setAttribute('aria-labelledby', `tab-${this.shown}`);
    else this.record.removeAttribute('aria-labelledby');
    this.record.replaceChildren(...(one
      ? [one.isEditing ? this.editor(one) : this.reader(one)]
      : [h('p', { class: 'quiet empty' }, t('customer.none')), deletedCustomers(this.session, (id) => this.show(id))])
      .filter(Boolean));
    // Who types a note while the record changes types on.
    const text = typing === null ? null : byId('customer-note');
    text?.focus({ preventScroll: true });
    text?.setSelectionRange(typing, typing);
    // Who types in a panel as well: it is the same element, which lost the focus when it was moved.
    if (typing === null && focus !== document.activeElement && this.record.contains(focus))
      focus.focus({ preventScroll: true });
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
        row(t('field.tier'), word('tier', record.tier)),
        row(t('field.company'), record.company && said(record.company)),
        row(t('field.phones'), record.phones.length > 0 && record.phones.map((phone, i) =>
          [i ? h('br') : '', said(phone.display), ' ', this.dialButton(phone)])),
        row(t('field.email'), record.email && said([record.email, ...record.emails].join(', '))),
        row(t('field.address'), record.address && said(record.address, 'span', { class: 'lines' })),
        row(t('field.owner'), record.owner),
        row(t('field.tags'), record.tags.length > 0
          && record.tags.map((tag) => [said(tag, 'span', { class: 'tag' }), ' '])),
        row(t('record.preferences'), record.preferences.length > 0 && said(record.preferences.join(', '))),
        row(t('record.persona'), record.persona.length > 0 && said(record.persona.join(', '))),
        row(t('field.consent'), consents(record)),
        Object.entries(record.custom).map(([key, value]) =>
          row(this.session.custom_fields[key] ?? key, customText(this.session.custom_field_rules?.[key], value))),
        row(t('field.status'), [t(`status.${record.status}`), record.status_reason].filter(Boolean).join(' · ')),
        purchaseFacts(record.purchases).map(([label, value]) => row(label, value))),
      h('p', { class: 'buttons' },
        h('button', { type: 'button', onclick: () => {
          one.isEditing = true;
          this.draw();
          this.record.querySelector('input')?.focus();
        } }, t('customer.edit')),
        h('button', { type: 'button', onclick: () => this.close(record.id) }, t('close'))),
      versions(record, this.session, () => this.load(record.id).then(() => this.draw())),
      duplicates(record, this.session, () => this.load(record.id).then(() => this.draw()), (id) => this.show(id)),
      removal(record, this.session, () => this.close(record.id)),
      erase(record, this.session, () => this.close(record.id)),
      this.cases(record),
      this.noteForm(one),
      this.panels(one).map((panel) => panel.element),
      record.history?.length > 0
        ? history(record.history, (contact) => this.opener(one, contact))
        : h('p', { class: 'quiet' }, t('history.none')));
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
        button('case.close', async () => {
          problem.textContent = await actOn(open.id, 'close') ?? '';
          if (!problem.textContent) await again();
        })))));
  }

  /** What belongs to the customer. The panels outlive a redraw of the record, and what is typed in them. */
  panels(one) {
    const { id } = one.record, wrote = () => this.load(id).then(() => this.draw());
    one.panels ??= [
      ...['purchases', 'contracts', 'contacts', 'notes'].map((kind) => new ItemPanel(kind, id, this.session, wrote)),
      new FilePanel(id, this.session, wrote), new MessagePanel(id, this.session), new Timeline(id)];
    return one.panels;
  }

  /** A call of one's own opens to its story, where more can be written of it. */
  opener({ calls, record }, contact) {
    const call = contact.channel === 'phone' && calls?.find((other) => other.offered_at === contact.at);
    if (!call) return null;
    const wrote = () => this.load(record.id).then(() => this.draw());
    return [' ', h('button', { type: 'button', class: 'small', onclick: () => showCall(call, wrote) }, t('call.open'))];
  }

  /**
   * A note on the customer that belongs to no call. The text survives a redraw of the record, and a
   * reload of the page.
   */
  noteForm(one) {
    const { id } = one.record, path = `/v1/customers/${id}/notes`, author = this.session.operator ?? null;
    one.note ??= { text: kept(author, path)?.text ?? '', ms: 0 };
    const { note } = one, status = h('span', { class: 'quiet', role: 'status' });
    const typed = () => {
      const at = performance.now();
      note.text = text.value;
      note.ms += Math.min(at - (note.since ?? at), 5000);
      note.since = at;
      keep(author, path, { text: note.text });
    };
    const text = h('textarea', { id: 'customer-note', rows: 2, maxlength: 4000, value: note.text, oninput: typed });
    const write = async () => {
      if (!text.value.trim()) return text.focus();
      try {
        await post(path, { text: text.value, seconds: Math.round(note.ms / 1000) });
      } catch (refusal) {
        status.textContent = t('note.unsaved', { why: refusal.message });
        return;
      }
      release(author, path);
      this.open.get(id).note = null;
      await this.load(id);
      this.draw();
      announce(t('note.written'));
    };
    return h('details', { class: 'customer-note', open: note.text !== '' },
      h('summary', {}, t('customer.note')),
      h('label', { for: 'customer-note', class: 'hidden' }, t('customer.note')), text,
      h('p', { class: 'buttons' }, h('button', { type: 'button', onclick: write }, t('note.add')), status));
  }

  dialButton(phone) { return dialButton(this.session, phone); }

  /** Calls are routed by the tier: an operator changes none, and creates no VIP. */
  get mayChangeTiers() { return this.session.role !== 'operator'; }

  tiers(record) {
    return Object.entries(this.session.tiers)
      .filter(([, { vip }]) => record.id || this.mayChangeTiers || !vip).map(([tier]) => tier);
  }

  editor(one, problem) {
    const { record } = one;
    const value = (key) => one.draft?.[key] ?? record[key] ?? '';
    const input = (key) => {
      const id = `edit-${key}`;
      const control = key === 'tier'
        ? h('select', { id, name: key, disabled: record.id && !this.mayChangeTiers }, this.tiers(record).map((tier) =>
          h('option', { value: tier, selected: tier === (value(key) || 'regular') }, word('tier', tier))))
        : key === 'address' ? h('textarea', { id, name: key, rows: 2, value: String(value(key)), maxlength: 500 })
          : h('input', { id, name: key, value: String(value(key)), required: key === 'name', maxlength: 500 });
      return h('p', {}, h('label', { for: id }, t(`field.${key}`)), control);
    };
    const joined = (key) => (one.draft?.[key] ?? record[key] ?? []).join('\n');
    const area = (key) => h('p', {},
      h('label', { for: `edit-${key}` }, t(`field.${key}`)),
      h('textarea', { id: `edit-${key}`, name: key, rows: 2, value: joined(key) }));
    const form = h('form', {
      class: 'record editor', onsubmit: (event) => { event.preventDefault(); this.save(one, form); } },
      h('h2', {}, record.id ? t('customer.edit.title', { name: record.name }) : t('customer.new')),
      h('p', { class: 'news', role: 'alert', hidden: !one.news }, t('customer.news')),
      problem && h('p', { class: 'problem', role: 'alert' }, problem),
      one.theirs && this.conflict(one),
      fields.map(input),
      h('p', {},
        h('label', { for: 'edit-phones' }, t('field.phones')),
        h('textarea', {
          id: 'edit-phones', name: 'phones', rows: 2,
          value: (one.draft?.phones ?? (record.phones ?? []).map((phone) => phone.raw ?? phone.display)).join('\n') })),
      lists.map(area),
      h('p', {},
        h('label', { for: 'edit-do_not_call' }, t('field.do_not_call')),
        h('input', {
          id: 'edit-do_not_call', name: 'do_not_call', type: 'checkbox',
          checked: one.draft?.do_not_call ?? record.do_not_call ?? false })),
      Object.entries(this.session.custom_fields).map(([key, label]) => h('p', {},
        h('label', { for: `edit-custom-${key}` }, label),
        customInput(key, this.session.custom_field_rules?.[key],
          one.draft?.custom?.[key] ?? record.custom?.[key] ?? ''))),
      h('p', { class: 'buttons' },
        h('button', { class: 'primary' }, t('customer.save')),
        h('button', { type: 'button', onclick: () => {
          if (record.id) {
            one.isEditing = false;
            one.draft = one.theirs = one.news = null;
            this.load(record.id).then(() => this.draw());
          } else this.close(record.id);
        } }, t('cancel'))));
    form.querySelector('.buttons').before(warning(form, record, (id) => this.show(id)));
    return form;
  }

  /** Somebody else was faster: theirs and mine, field by field. */
  conflict(one) {
    const text = (value) => (Array.isArray(value) ? value.map((part) => part.display ?? part).join(', ')
      : typeof value === 'boolean' ? t(`custom.${value}`)
        : value && typeof value === 'object' ? JSON.stringify(value)
          : value ?? '');
    const keys = [...fields, 'phones', ...lists, 'do_not_call', 'custom'].filter((key) => one.asked.includes(key));
    return h('table', { class: 'conflict' },
      h('caption', {}, t('customer.conflict')),
      h('thead', {}, h('tr', {},
        h('td', {}),
        h('th', { scope: 'col' }, t('customer.theirs')),
        h('th', { scope: 'col' }, t('customer.yours')))),
      h('tbody', {}, keys.map((key) => h('tr', {},
        h('th', { scope: 'row' }, t(`field.${key}`)),
        said(text(one.theirs[key]), 'td'),
        said(text(one.yours[key]), 'td')))));
  }

  read(form) {
    const draft = { custom: {} };
    for (const key of fields) draft[key] = form.elements[key].value.trim() || null;
    for (const key of [...lists, 'phones'])
      draft[key] = form.elements[key].value.split('\n').map((line) => line.trim()).filter(Boolean);
    draft.do_not_call = form.elements.do_not_call.checked;
    for (const key of Object.keys(this.session.custom_fields)) draft.custom[key] = form.elements[`custom.${key}`].value;
    return draft;
  }

  /** Puts what only they changed into my draft; gives the fields that both of us changed, each otherwise. */
  merge(before, draft, theirs) {
    const parts = (record) => ({
      ...Object.fromEntries(fields.map((key) => [key, record[key] ?? null])),
      ...Object.fromEntries([...lists, 'phones'].map((key) =>
        [key, (record[key] ?? []).map((one) => one.raw ?? one.display ?? one)])),
      do_not_call: record.do_not_call ?? false,
    });
    const was = parts(before), mine = parts(draft), now = parts(theirs);
    const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
    const asked = [];
    for (const key of Object.keys(was)) {
      if (same(mine[key], was[key])) draft[key] = now[key];
      else if (!same(now[key], was[key]) && !same(now[key], mine[key])) asked.push(key);
    }
    for (const key of Object.keys(draft.custom)) {
      const [a, b, c] = [before, draft, theirs].map((record) => record.custom?.[key] ?? '');
      if (b === a) draft.custom[key] = c;
      else if (c !== a && c !== b && !asked.includes('custom')) asked.push('custom');
    }
    return asked;
  }

  async save(one, form, draft = this.read(form)) {
    one.draft = draft;
    try {
      const { record } = one;
      const { json, etag } = record.id
        ? await ask('PATCH', `/v1/customers/${record.id}`, draft, { 'If-Match': one.etag })
        : await ask('POST', '/v1/customers', draft);
      if (!record.id) this.open.delete(record.id);
      this.open.set(json.id, { record: json, etag });
      await this.load(json.id);
      this.shown = json.id;
      this.draw();
      announce(t('customer.saved'));
      one.done?.(json);
    } catch (refusal) {
      if (refusal.status === 412 && refusal.body?.theirs) {
        const { theirs } = refusal.body, asked = this.merge(one.record, draft, theirs);
        one.record = theirs;
        one.etag = `"v${theirs.version}"`;
        one.news = null;
        // What only one of the two touched needs no asking.
        if (asked.length === 0) return this.save(one, form, draft);
        one.theirs = theirs;
        one.yours = refusal.body.yours;
        one.asked = asked;
      }
      this.record.replaceChildren(this.editor(one, refusal.status === 412 ? null : refusal.message));
      announce(refusal.status === 412 ? t('customer.conflict') : refusal.message);
    }
  }

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
