// The form of a customer's record, and what is done when somebody else saved it meanwhile.
import { ask } from './api.js';
import { customInput } from './customFields.js';
import { announce, h, said } from './dom.js';
import { warning } from './duplicates.js';
import { t, word } from './text.js';
const fields = [
  'name', 'kana', 'company', 'tier', 'owner', 'email', 'line_id', 'address', 'external_id', 'status_reason'];
const lists = ['emails', 'tags', 'cautions', 'preferences', 'persona', 'do_not_pair'];

/** `Customers` has the records that are open; this is how one of them is edited. */
export class CustomerEditor {
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
}
