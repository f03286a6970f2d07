// The supervisors' view of what was written of calls: by operator and by queue; each number opens its calls.
import { get } from './api.js';
import { queryOf, showCall } from './callList.js';
import { limits, responseTimes } from './caseResponse.js';
import { h, said } from './dom.js';
import { figureButton } from './receipt.js';
import { number, percent, t } from './text.js';
import { dateTime, today } from './time.js';

const columns = [
  ['answered_calls', (row) => number(row.answered_calls)],
  ['undocumented', (row) => number(row.undocumented)],
  ['without_disposition', (row) => number(row.without_disposition)],
  ['documented_rate', (row) => percent(row.documented_rate)],
  ['complaint_rate', (row) => percent(row.complaint_rate)],
];

export async function qualityBoard(panel, session) {
  const place = h('div', {});
  const day = (name) => h('label', {}, t(`report.${name}`),
    h('input', { type: 'date', name, value: today(), max: today(), required: true }));
  const form = h('form', {
    class: 'filters', onchange: () => load(), onsubmit: (event) => { event.preventDefault(); load(); } },
    day('from'), day('to'), h('label', {}, t('response.limit'), h('select', { name: 'within' },
      limits.map((hours) => h('option', { value: hours * 3_600_000, selected: hours === 4 },
        t('response.hours', { hours: number(hours) }))))));
  const load = async () => {
    const { from, to, within } = form.elements;
    from.max = to.max = today();
    if (!form.reportValidity()) return;
    try {
      const asked = queryOf({ from: from.value, to: to.value });
      const [found, handed, responses] = await Promise.all([
        get(`/v1/quality?${asked}`), get(`/v1/quality/handovers?${asked}`),
        get(`/v1/quality/case-response?${asked}&${queryOf({ within_ms: within.value })}`)]);
      place.replaceChildren(
        h('p', { class: 'quiet' }, t('quality.text')),
        table(found.operators, 'operator', found), table(found.queues, 'queue', found), handovers(handed),
        responseTimes(responses, session));
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

const ofHandovers = ['handovers', 'identified_again', 'notes_rewritten', 'asked_again_rate'];

/** How often a customer was asked again after a transfer, and in which calls. */
function handovers(found) {
  const title = t('handover.title'), heading = h('h2', {}, title);
  if (found.handovers === 0) return h('section', {}, heading, h('p', { class: 'empty' }, t('handover.none')));
  const cells = (row) => ofHandovers.map((name) => h('td', { class: 'number' },
    name === 'asked_again_rate' ? percent(row[name]) : number(row[name])));
  const called = (id) => {
    const row = found.operators.find(({ operator }) => operator === id);
    return [id, row?.name].filter(Boolean).join(' ');
  };
  const what = (one) => [
    one.identified_again && t('handover.identified_again'), one.note_rewritten && t('handover.notes_rewritten'),
  ].filter(Boolean).join(' · ');
  const scroll = (label, ...parts) => h('div', {
    class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label }, h('table', {}, parts));
  return h('section', {}, heading, h('p', { class: 'quiet' }, t('handover.text')),
    scroll(title,
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('handover.operator')),
        ofHandovers.map((name) => h('th', { scope: 'col', class: 'number' }, t(`handover.${name}`))))),
      h('tbody', {},
        h('tr', {}, h('th', { scope: 'row' }, t('handover.all')), cells(found)),
        found.operators.map((row) => h('tr', { class: row.asked_again > 0 ? 'lacks' : null },
          h('th', { scope: 'row' }, said(called(row.operator))), cells(row))))),
    h('h3', {}, t('handover.calls')),
    found.calls.length === 0 ? h('p', { class: 'quiet' }, t('handover.calls.none'))
      : scroll(t('handover.calls'),
        h('thead', {}, h('tr', {}, ['at', 'operator', 'to', 'what'].map((name) =>
          h('th', { scope: 'col' }, t(`handover.${name}`))), h('td', {}))),
        h('tbody', {}, found.calls.map((one) => h('tr', {},
          h('td', {}, dateTime(one.at)), h('td', {}, called(one.from)), h('td', {}, called(one.to)),
          h('td', {}, what(one)),
          h('td', {}, h('button', { type: 'button', class: 'small', onclick: () => showCall(one) },
            t('call.open'))))))));
}
