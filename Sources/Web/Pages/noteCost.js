// What notes cost: how long operators write in each field, how often, and how often it is read afterwards.
import { get } from './api.js';
import { queryOf } from './callList.js';
import { h, said } from './dom.js';
import { clock, number, percent, t, word } from './text.js';
import { daysBefore, today } from './time.js';

const groups = ['field', 'day', 'queue', 'operator'];
const one = (value) => (value == null ? '–' : number(Math.round(value * 10) / 10));
const time = (ms) => (ms == null ? '–' : clock(ms));
const columns = [
  ['filled', (row) => number(row.filled)],
  ['unknown', (row) => number(row.unknown)],
  ['average', (row) => (row.average_ms == null ? '–' : t('noteCost.seconds', { count: one(row.average_ms / 1000) }))],
  ['spent', (row) => time(row.spent_ms)],
  ['share', (row) => percent(row.share)],
  ['shown', (row) => number(row.shown)],
  ['opened', (row) => number(row.opened)],
  ['reads', (row) => one(row.reads_per_filled)],
];

/** What a field is called: the centre's own by their labels. */
function nameOf(field, session) {
  if (field.startsWith('custom.')) return session.custom_fields?.[field.slice(7)] ?? field.slice(7);
  const own = t(`noteCost.field.${field}`);
  // Labels of forms say how to type as well: "(one a line)".
  return own === `noteCost.field.${field}` ? word('field', field).replace(/\s*[(（].*$/, '') : own;
}

export async function noteCostBoard(panel, session) {
  const place = h('div', {}), csv = h('a', { class: 'button', download: true }, 'CSV');
  const day = (name, value) => h('label', {}, t(`report.${name}`),
    h('input', { type: 'date', name, value, max: today(), required: true }));
  const form = h('form', {
    class: 'filters', onchange: () => load(), onsubmit: (event) => { event.preventDefault(); load(); } },
    day('from', daysBefore(today(), 6)), day('to', today()),
    h('label', {}, t('report.by'),
      h('select', { name: 'by' }, groups.map((name) => h('option', { value: name }, t(`noteCost.by.${name}`))))),
    csv);
  const load = async () => {
    const { from, to, by } = form.elements;
    from.max = to.max = today();
    if (!form.reportValidity()) return;
    const asked = { from: from.value, to: to.value, by: by.value };
    csv.href = `/v1/reports/note-cost?${queryOf({ ...asked, format: 'csv' })}`;
    try {
      const found = await get(`/v1/reports/note-cost?${queryOf(asked)}`);
      place.replaceChildren(
        h('p', { class: 'quiet' }, t('noteCost.text')), costly(found.items, session), table(found, session));
    } catch (refusal) {
      place.replaceChildren(h('p', { class: 'problem', role: 'alert' }, refusal.message));
    }
  };
  panel.replaceChildren(form, place);
  await load();
}

/** The fields that cost much and help little, by name. */
function costly(rows, session) {
  const names = [...new Set(rows.filter((row) => row.costly).map((row) => nameOf(row.field, session)))];
  return names.length > 0
    ? h('p', { class: 'message' }, t('noteCost.costly', { fields: names.join(t('noteCost.comma')) })) : '';
}

function table({ items, by }, session) {
  if (items.length === 0) return h('p', { class: 'empty' }, t('noteCost.none'));
  const part = by === 'field' ? [] : [by];
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('supervisor.noteCost') },
    h('table', {},
      h('thead', {}, h('tr', {},
        [...part, 'field'].map((name) => h('th', { scope: 'col' }, t(`noteCost.by.${name}`))),
        columns.map(([name]) => h('th', { scope: 'col', class: 'number' }, t(`noteCost.${name}`))))),
      h('tbody', {}, items.map((row) => h('tr', { class: row.costly ? 'lacks' : null },
        part.map((name) => h('td', {}, said(row[name] ?? '–'))),
        h('th', { scope: 'row' }, said(nameOf(row.field, session))),
        columns.map(([, value]) => h('td', { class: 'number' }, value(row))))))));
}
