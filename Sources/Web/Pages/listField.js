// A field of several values: one a line; a value that has lines itself gets a field of its own, and stays whole.
import { h } from './dom.js';
import { t } from './text.js';

/**
 * What a list is edited by.
 *
 * @param name the field's name, which `readList` asks for.
 */
export function listField(name, label, values) {
  const id = `edit-${name}`;
  const lines = (more, text) => h('textarea', { ...more, name, rows: 2, value: text, 'data-lines': name });
  if (!values.some((value) => value.includes('\n')))
    return h('p', {}, h('label', { for: id }, label), lines({ id }, values.join('\n')));
  const whole = (value, place) => h('textarea', {
    name: `${name}.${place + 1}`, rows: value.split('\n').length, value, 'data-whole': name,
    'aria-label': t('list.part', { label, number: place + 1 }) });
  return h('div', { class: 'list-parts', role: 'group', 'aria-label': label },
    h('p', { class: 'quiet' }, label), values.map(whole),
    lines({ id, 'aria-label': t('list.more', { label }), placeholder: t('list.more', { label }) }, ''));
}

/** The values of a list in a form; empty ones are left out. */
export function readList(form, name) {
  const texts = (kind) => [...form.querySelectorAll(`[data-${kind}="${name}"]`)].map((field) => field.value);
  return [...texts('whole'), ...texts('lines').flatMap((text) => text.split('\n'))]
    .map((value) => value.trim()).filter(Boolean);
}
