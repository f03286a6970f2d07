// The centre's own fields of a customer: how they are shown, and by what they are edited.
import { h, said } from './dom.js';
import { t } from './text.js';

/** The value of a field as people read it. */
export function customText(rule, value) {
  if (rule?.type === 'yes_no' && value) return t(`custom.${value}`);
  return said(value);
}

/** What a field is edited by: a list where there are choices, and a text otherwise. */
export function customInput(key, rule, value) {
  const common = { id: `edit-custom-${key}`, name: `custom.${key}`, required: rule?.required ?? false };
  if (rule?.type === 'choice' || rule?.type === 'yes_no') {
    const known = rule.type === 'choice' ? rule.choices : ['true', 'false'];
    // What an earlier configuration allowed stays until somebody changes it.
    const all = ['', ...known, ...(value && !known.includes(value) ? [value] : [])];
    return h('select', common, all.map((one) => h('option', { value: one, selected: one === value },
      rule.type === 'yes_no' && known.includes(one) ? t(`custom.${one}`) : one)));
  }
  if (rule?.type === 'date') return h('input', { ...common, value, placeholder: '2026-11-26', inputmode: 'numeric' });
  if (rule?.type === 'number') return h('input', { ...common, value, inputmode: 'decimal' });
  // A line of its own has no room for several, and would join them at the next save.
  if (value.includes('\n')) return h('textarea', { ...common, value, rows: value.split('\n').length });
  return h('input', { ...common, value });
}
