// The form of a customer's record, and what is done when somebody else saved it meanwhile.
import { ask } from './api.js';
import { companyInput, companyRead } from './company.js';
import { customInput } from './customFields.js';
import { announce, h } from './dom.js';
import { warning } from './duplicates.js';
import { measure, written } from './fieldUse.js';
import { keepTyped, namedFields } from './keptForms.js';
import { listField, readList } from './listField.js';
import { personalInputs, personalRead } from './personal.js';
import { conflict, fields, lists, merge } from './recordMerge.js';
import { t, word } from './text.js';

/** `Customers` has the records that are open; this is how one of them is edited. */
export class CustomerEditor {
  /** Calls are routed by the tier: an operator changes none, and creates no VIP. */
  get mayChangeTiers() { return this.session.role !== 'operator'; }

  tiers(record) {
    return Object.entries(this.session.tiers)
      .filter(([, { vip }]) => record.id || this.mayChangeTiers || !vip).map(([tier]) => tier);
  }

  pathOf(id) { return id ? `/v1/customers/${id}` : '/v1/customers'; }

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
    const area = (key) => listField(key, t(`field.${key}`), one.draft?.[key] ?? record[key] ?? []);
    const form = h('form', {
      class: 'record editor', onsubmit: (event) => { event.preventDefault(); this.save(one, form); } },
      h('h2', {}, record.id ? t('customer.edit.title', { name: record.name }) : t('customer.new')),
      h('p', { class: 'news', role: 'alert', hidden: !one.news }, t('customer.news')),
      problem && h('p', { class: 'problem', role: 'alert' }, problem),
      one.theirs && conflict(one),
      fields.map(input),
      companyInput(record, one.draft),
      listField('phones', t('field.phones'),
        one.draft?.phones ?? (record.phones ?? []).map((phone) => phone.raw ?? phone.display)),
      lists.map(area),
      h('p', {},
        h('label', { for: 'edit-do_not_call' }, t('field.do_not_call')),
        h('input', {
          id: 'edit-do_not_call', name: 'do_not_call', type: 'checkbox',
          checked: one.draft?.do_not_call ?? record.do_not_call ?? false })),
      personalInputs(record, one.draft),
      Object.entries(this.session.custom_fields).map(([key, label]) => h('p', {},
        h('label', { for: `edit-custom-${key}` }, label),
        customInput(key, this.session.custom_field_rules?.[key],
          one.draft?.custom?.[key] ?? record.custom?.[key] ?? ''))),
      h('p', { class: 'buttons' },
        h('button', { class: 'primary' }, t('customer.save')),
        h('button', { type: 'button', onclick: () => {
          one.typed.done();
          if (record.id) {
            one.isEditing = false;
            one.draft = one.theirs = one.news = one.spent = null;
            this.load(record.id).then(() => this.draw());
          } else this.close(record.id);
        } }, t('cancel'))));
    one.spent ??= {};
    measure(form, one.spent);
    form.querySelector('.buttons').before(warning(form, record, (id) => this.show(id)));
    one.typed = keepTyped(this.session.operator ?? null, this.pathOf(record.id), namedFields(form), {
      kind: record.id ? 'customer' : 'newCustomer', customer: record.id, title: record.id ? record.name : '' });
    form.querySelector('h2').after(one.typed.element);
    return form;
  }

  read(form) {
    const draft = { custom: {} };
    for (const key of fields) draft[key] = form.elements[key].value.trim() || null;
    for (const key of [...lists, 'phones']) draft[key] = readList(form, key);
    draft.do_not_call = form.elements.do_not_call.checked;
    Object.assign(draft, companyRead(form), personalRead(form));
    for (const key of Object.keys(this.session.custom_fields)) draft.custom[key] = form.elements[`custom.${key}`].value;
    return draft;
  }

  async save(one, form, draft = this.read(form)) {
    one.draft = draft;
    try {
      const { record } = one;
      const { json, etag } = record.id
        ? await ask('PATCH', `/v1/customers/${record.id}`, draft, { 'If-Match': one.etag })
        : await ask('POST', '/v1/customers', draft);
      for (const [field, ms] of Object.entries(one.spent ?? {})) written(field, ms);
      one.typed?.done();
      if (!record.id) this.open.delete(record.id);
      this.open.set(json.id, { record: json, etag });
      await this.load(json.id);
      this.shown = json.id;
      this.draw();
      announce(t('customer.saved'));
      one.done?.(json);
    } catch (refusal) {
      if (refusal.status === 412 && refusal.body?.theirs) {
        const { theirs } = refusal.body, asked = merge(one.record, draft, theirs);
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
