// Two edits of one record: what only one of the two changed is kept of both, and the rest is asked.
import { companyParts } from './company.js';
import { h, said } from './dom.js';
import { personalParts, personalText } from './personal.js';
import { t } from './text.js';

/** The fields of a record that are one text, and those that are lists. */
export const fields = [
  'name', 'kana', 'company', 'tier', 'owner', 'email', 'line_id', 'address', 'external_id', 'status_reason'];
export const lists = ['emails', 'tags', 'cautions', 'preferences', 'persona', 'do_not_pair'];

/** Puts what only they changed into my draft; gives the fields that both of us changed, each otherwise. */
export function merge(before, draft, theirs) {
  const parts = (record) => ({
    ...Object.fromEntries(fields.map((key) => [key, record[key] ?? null])),
    ...Object.fromEntries([...lists, 'phones'].map((key) =>
      [key, (record[key] ?? []).map((one) => one.raw ?? one.display ?? one)])),
    do_not_call: record.do_not_call ?? false, ...companyParts(record), ...personalParts(record),
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

/** Somebody else was faster: theirs and mine, field by field. */
export function conflict(one) {
  const text = (value) => (Array.isArray(value) ? value.map((part) => part.display ?? part).join(', ')
    : typeof value === 'boolean' ? t(`custom.${value}`)
      : value && typeof value === 'object' ? JSON.stringify(value)
        : value ?? '');
  const more = Object.keys({ ...companyParts({}), ...personalParts({}) });
  const keys = [...fields, 'phones', ...lists, 'do_not_call', ...more, 'custom']
    .filter((key) => one.asked.includes(key));
  return h('table', { class: 'conflict' },
    h('caption', {}, t('customer.conflict')),
    h('thead', {}, h('tr', {},
      h('td', {}),
      h('th', { scope: 'col' }, t('customer.theirs')),
      h('th', { scope: 'col' }, t('customer.yours')))),
    h('tbody', {}, keys.map((key) => h('tr', {},
      h('th', { scope: 'row' }, t(`field.${key}`)),
      said(personalText(key, one.theirs[key]) ?? text(one.theirs[key]), 'td'),
      said(personalText(key, one.yours[key]) ?? text(one.yours[key]), 'td')))));
}
