// The figures of days, weeks and months, as a chart and a table; each number opens its calls.
import { get } from './api.js';
import { queryOf } from './callList.js';
import { h, said } from './dom.js';
import { figureButton, markList, markSign } from './receipt.js';
import { clock, number, percent, t, word } from './text.js';
import { dateOf, dateTime, today } from './time.js';

const steps = ['15m', '1h', '1d', '1w', '1mo'];
const groups = ['centre', 'queue', 'operator', 'tier', 'line'];
/** Reasons that stand above the table; the rest are at their rows. */
const marksMax = 5;
const duration = (ms) => (ms == null ? '' : clock(ms));
const level = (row) => row.service_level[row.service_level.variant];

/** What a table shows: a heading, the value of a row, and the figure whose receipt it opens; null where it has none. */
const ofVisits = [
  ['offered', (row) => number(row.offered), 'offered'],
  ['answered', (row) => number(row.answered), 'answered'],
  ['abandoned', (row) => number(row.abandoned), 'abandoned'],
  ['service', (row) => percent(level(row)), 'service_level'],
  ['abandonRate', (row) => percent(row.abandon_rate), 'abandon_rate'],
  ['asa', (row) => duration(row.asa_ms), 'asa_ms'],
  ['longest', (row) => duration(row.max_wait_ms), 'max_wait_ms'],
  ['handle', (row) => duration(row.aht_ms), 'aht_ms'],
  ['complaintRate', (row) => percent(row.complaint_rate), 'complaint_rate'],
];
const ofOutbound = [
  ['dialed', (row) => number(row.outbound.dialed), 'dialed'],
  ['reached', (row) => number(row.outbound.reached), 'reached'],
  ['talkOut', (row) => duration(row.outbound.talk_ms), 'outbound_talk_ms'],
];
const ofOperators = [
  ['answered', (row) => number(row.answered), 'answered'],
  ['unanswered', (row) => number(row.unanswered), 'unanswered'],
  ['talk', (row) => duration(row.talk_ms), 'talk_ms'],
  ['hold', (row) => duration(row.hold_ms), 'hold_ms'],
  ['wrapUp', (row) => duration(row.wrap_up_ms), 'wrap_up_ms'],
  ['paused', (row) => duration(row.paused_ms), 'paused_ms'],
  ['occupancy', (row) => percent(row.occupancy), 'occupancy'],
  ...ofOutbound,
];

export async function reports(panel) {
  const choice = (name, values, group, chosen) => h('label', {},
    t(`report.${name}`),
    h('select', { name }, values.map((value) =>
      h('option', { value, selected: value === chosen }, t(`${group}.${value}`)))));
  const day = (name) => h('label', {},
    t(`report.${name}`),
    h('input', { type: 'date', name, value: today(), max: today(), required: true }));
  const place = h('div', { class: 'report' }), csv = h('a', { class: 'button', download: true }, 'CSV');
  const load = async () => {
    const { from, to, by, step } = form.elements;
    // A page that is open when the centre's day ends may ask for the new one.
    from.max = to.max = today();
    if (!form.reportValidity()) return;
    const asked = { from: from.value, to: to.value, by: by.value, step: step.value };
    csv.href = `/v1/intervals?${queryOf({ ...asked, format: 'csv' })}`;
    try {
      place.replaceChildren(...draw(await get(`/v1/intervals?${queryOf(asked)}`)));
    } catch (refusal) {
      place.replaceChildren(h('p', { class: 'problem', role: 'alert' }, refusal.message));
    }
  };
  const form = h('form', {
    class: 'filters', onchange: load, onsubmit: (event) => { event.preventDefault(); load(); } },
    day('from'),
    day('to'),
    choice('by', groups, 'report.by', 'centre'),
    choice('step', steps, 'report.step', '1h'),
    csv);
  panel.replaceChildren(form, place);
  await load();
}

function draw({ intervals, by, step }) {
  const isOperators = by === 'operator';
  const columns = isOperators ? ofOperators : by === 'centre' ? [...ofVisits, ...ofOutbound] : ofVisits;
  const rows = intervals.filter((row) => row.answered || row.outbound?.dialed
    || (isOperators ? row.logged_in_ms : row.offered || row.marks?.length));
  if (!rows.length) return [h('p', { class: 'empty' }, t('report.none'))];
  const marks = marksOf(rows);
  const name = (row) => (by === 'tier' ? word('tier', row[by]) : row[by]);
  const open = (row, column, value, figure) => (!value || value === percent(null)
    ? value
    : figureButton(value, {
      label: [t(`figure.${column}`), by === 'centre' ? null : name(row)].filter(Boolean).join(' — '),
      figure,
      from: row.from,
      to: row.to,
      ...(by === 'centre' ? {} : { [by]: row[by] }) }));
  const when = ['1d', '1w', '1mo'].includes(step) ? dateOf : dateTime;
  return [
    isOperators ? '' : chart(intervals),
    rows.length < intervals.length ? h('p', { class: 'quiet' }, t('report.quiet')) : '',
    markList(marks.slice(0, marksMax)) ?? '',
    marks.length > marksMax
      ? h('p', { class: 'quiet' }, t('mark.more', { count: number(marks.length - marksMax) }))
      : '',
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('supervisor.reports') }, h('table', {},
      h('thead', {}, h('tr', {},
        h('th', { scope: 'col' }, t('column.time')),
        by === 'centre' ? null : h('th', { scope: 'col' }, t(`report.by.${by}`)),
        columns.map(([column]) => h('th', { scope: 'col', class: 'number' }, t(`figure.${column}`))))),
      h('tbody', {}, rows.map((row) => h('tr', {},
        h('td', {}, when(row.from), ' ', markSign(row.marks)),
        by === 'centre' ? null : h('td', {}, said(name(row))),
        columns.map(([column, value, figure]) =>
          h('td', { class: 'number' }, open(row, column, value(row), figure)))))))),
  ];
}

/** The reasons of all rows, each once. */
function marksOf(rows) {
  const all = new Map();
  for (const mark of rows.flatMap((row) => row.marks ?? []))
    all.set([mark.kind, mark.source, mark.from].join(' '), mark);
  return [...all.values()];
}

/** Offered and abandoned of each interval, side by side where there are several of one time. */
function chart(intervals) {
  const sums = new Map();
  for (const row of intervals) {
    const sum = sums.get(row.from) ?? { offered: 0, abandoned: 0 };
    sums.set(row.from, { offered: sum.offered + row.offered, abandoned: sum.abandoned + row.abandoned });
  }
  const all = [...sums.values()], most = Math.max(1, ...all.map((sum) => sum.offered));
  const svg = (tag, attributes, ...children) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const total = all.reduce((sum, one) => (
    { offered: sum.offered + one.offered, abandoned: sum.abandoned + one.abandoned }));
  const text = t('report.chart', {
    offered: number(total.offered), abandoned: number(total.abandoned), most: number(most) });
  return h('figure', {},
    svg('svg', {
      class: 'bars', viewBox: `0 0 ${all.length} 100`, preserveAspectRatio: 'none', role: 'img', 'aria-label': text },
      ...all.flatMap((sum, i) => [['offered', sum.offered], ['lost', sum.abandoned]]
        .filter(([, count]) => count)
        .map(([name, count]) => svg('rect', {
          class: name, x: i + 0.1, width: 0.8, y: 100 - (count / most) * 100, height: (count / most) * 100 })))),
    h('figcaption', { class: 'quiet' }, text));
}
