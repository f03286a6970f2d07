// The supervisors' view of what was written of calls: by operator and by queue; each number opens its calls.
import { get } from './api.js';
import { queryOf } from './callList.js';
import { h, said } from './dom.js';
import { figureButton } from './receipt.js';
import { number, percent, t } from './text.js';
import { today } from './time.js';

const columns = [
  ['answered_calls', (row) => number(row.answered_calls)],
  ['undocumented', (row) => number(row.undocumented)],
  ['without_disposition', (row) => number(row.without_disposition)],
  ['documented_rate', (row) => percent(row.documented_rate)],
  ['complaint_rate', (row) => percent(row.complaint_rate)],
];

export async function qualityBoard(panel) {
  const place = h('div', {});
  const day = (name) => h('label', {}, t(`report.${name}`),
    h('input', { type: 'date', name, value: today(), max: today(), required: true }));
  const form = h('form', {
    class: 'filters', onchange: () => load(), onsubmit: (event) => { event.preventDefault(); load(); } },
    day('from'), day('to'));
  const load = async () => {
    const { from, to } = form.elements;
    from.max = to.max = today();
    if (!form.reportValidity()) return;
    try {
      const found = await get(`/v1/quality?${queryOf({ from: from.value, to: to.value })}`);
      place.replaceChildren(
        h('p', { class: 'quiet' }, t('quality.text')),
        table(found.operators, 'operator', found), table(found.queues, 'queue', found));
    } catch (refusal) {
      place.replaceChildren(h('p', { class: 'problem', role: 'alert' }, refusal.message));
    }
  };
  panel.replaceChildren(form, place);
  await load();
}

function table(rows, by, { from, to }) {
  const title = t(`quality.by.${by}`);
  if (rows.length === 0) return h('section', {}, h('h2', {}, title), h('p', { class: 'empty' }, t('quality.none')));
  const open = (row, figure, value) => (value === percent(null) ? value : figureButton(value, {
    label: `${t(`counted.${figure}`)} — ${row[by]}`, figure, [by]: row[by], from, to }));
  return h('section', {}, h('h2', {}, title),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': title }, h('table', {},
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t(`report.by.${by}`)),
        columns.map(([name]) => h('th', { scope: 'col', class: 'number' }, t(`quality.${name}`))))),
      h('tbody', {}, rows.map((row) => h('tr', { class: row.undocumented > 0 ? 'lacks' : null },
        h('th', { scope: 'row' }, said([row[by], row.name].filter(Boolean).join(' '))),
        columns.map(([name, value]) => h('td', { class: 'number' }, open(row, name, value(row))))))))));
}
