// The figures of days, weeks and months, as a chart and a table; each number opens its calls.
import { get } from './api.js';
import { queryOf } from './callList.js';
import { barChart, heatMap } from './chart.js';
import { h, said } from './dom.js';
import { figureButton, markList, markSign } from './receipt.js';
import { clock, number, percent, t, word } from './text.js';
import {
  dateOf, dateTime, daysBefore, localTime, timeOfDay, today, weekAfter, weekHour, weekdays } from './time.js';

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
  ['answerRate', (row) => percent(row.offered ? row.answered / row.offered : null), null],
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

/** @param queues the names of those that are known. */
export async function reports(panel, queues) {
  const choice = (name, values, group, chosen) => h('label', {},
    t(`report.${name}`),
    h('select', { name }, values.map((value) =>
      h('option', { value, selected: value === chosen }, t(`${group}.${value}`)))));
  const day = (name) => h('label', {},
    t(`report.${name}`),
    h('input', { type: 'date', name, value: today(), max: today(), required: true }));
  const place = h('div', { class: 'report' }), csv = h('a', { class: 'button', download: true }, 'CSV');
  const load = async () => {
    const { from, to, by, step, queue } = form.elements;
    // Operators' times are of no queue.
    queue.disabled = by.value === 'operator';
    // A page that is open when the centre's day ends may ask for the new one.
    from.max = to.max = today();
    if (!form.reportValidity()) return;
    const asked = { from: from.value, to: to.value, by: by.value, step: step.value };
    if (!queue.disabled && queue.value) asked.queue = queue.value;
    csv.href = `/v1/intervals?${queryOf({ ...asked, format: 'csv' })}`;
    try {
      // The picture is of the centre or of a queue, whatever the table is by; the hours of a year are too many for one
      // answer.
      const whole = { ...asked, by: 'centre' }, long = Date.parse(to.value) - Date.parse(from.value) > 370 * 86_400_000;
      const isComparable = ['15m', '1h', '1d'].includes(step.value);
      const ask = (query) => get(`/v1/intervals?${queryOf(query)}`);
      const [found, picture, before, hours] = await Promise.all([
        ask(asked), by.value === 'centre' ? null : ask(whole),
        isComparable ? ask({ ...whole, from: daysBefore(from.value, 7), to: daysBefore(to.value, 7) }) : null,
        from.value === to.value || long ? null : ask({ ...whole, step: '1h' })]);
      place.replaceChildren(...draw(found, {
        picture: (picture ?? found).intervals, before: before?.intervals, hours: hours?.intervals,
        queue: asked.queue }));
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
    h('label', {}, t('report.by.queue'), h('select', { name: 'queue' }, h('option', { value: '' }, t('filter.all')),
      queues.map((name) => h('option', { value: name }, name)))),
    csv);
  panel.replaceChildren(form, place);
  await load();
}

function draw({ intervals, by, step }, { picture, before, hours, queue }) {
  const isOperators = by === 'operator';
  const columns = isOperators ? ofOperators : by === 'centre' && !queue ? [...ofVisits, ...ofOutbound] : ofVisits;
  const rows = intervals.filter((row) => row.answered || row.outbound?.dialed
    || (isOperators ? row.logged_in_ms : row.offered || row.marks?.length));
  if (!rows.length) return [h('p', { class: 'empty' }, t('report.none'))];
  const marks = marksOf(rows);
  const name = (row) => (by === 'tier' ? word('tier', row[by]) : row[by]);
  const open = (row, column, value, figure) => (!value || !figure || value === percent(null)
    ? value
    : figureButton(value, {
      label: [t(`figure.${column}`), by === 'queue' ? null : queue, by === 'centre' ? null : name(row)]
        .filter(Boolean).join(' — '),
      figure,
      from: row.from,
      to: row.to,
      ...(queue ? { queue } : {}),
      ...(by === 'centre' ? {} : { [by]: row[by] }) }));
  const when = ['1d', '1w', '1mo'].includes(step) ? dateOf : dateTime;
  return [
    chart(picture, before, step),
    (hours && heat(hours)) ?? '',
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

/** Offered and abandoned of each interval, beside those of the week before. */
function chart(intervals, before, step) {
  const sums = sumsOf(intervals), earlier = weekBefore(before);
  const when = ['1d', '1w', '1mo'].includes(step) ? dateOf : (from) => timeOfDay(Date.parse(from));
  const oneDay = sums.length === 0 || dateOf(sums[0].from) === dateOf(sums[sums.length - 1].from);
  const points = sums.map((sum) => ({
    ...sum, label: oneDay || when === dateOf ? when(sum.from) : dateTime(sum.from),
    name: when === dateOf ? dateOf(sum.from) : dateTime(sum.from), before: earlier(sum.from) }));
  const total = (name) => sums.reduce((sum, one) => sum + one[name], 0);
  const title = t('report.chart', {
    offered: number(total('offered')), abandoned: number(total('abandoned')),
    most: number(Math.max(...sums.map((sum) => sum.offered), 0)) });
  const unit = when === dateOf ? 'report.axis.day' : 'report.axis.hour';
  return barChart(points, { title, unit });
}

/** What was offered and abandoned at each time, in order. */
function sumsOf(intervals) {
  const sums = new Map();
  for (const row of intervals) {
    const sum = sums.get(row.from) ?? { from: row.from, offered: 0, abandoned: 0 };
    sum.offered += row.offered;
    sum.abandoned += row.abandoned;
    sums.set(row.from, sum);
  }
  return [...sums.values()].sort((a, b) => Date.parse(a.from) - Date.parse(b.from));
}

/**
 * What was offered a week before a time, by the centre's clock; null where nothing is known. An hour that the clock
 * shows twice has two, in their order.
 */
function weekBefore(intervals) {
  const known = new Map(), used = new Map();
  for (const sum of sumsOf(intervals ?? [])) {
    const at = weekAfter(sum.from);
    known.set(at, [...(known.get(at) ?? []), sum]);
  }
  return (from) => {
    const at = localTime(Date.parse(from)), nth = used.get(at) ?? 0;
    used.set(at, nth + 1);
    return known.get(at)?.[nth]?.offered ?? null;
  };
}

/** Calls by weekday and hour; nothing for a single day. */
function heat(hours) {
  const cells = new Map(), days = new Set();
  for (const row of hours) {
    const { weekday, hour } = weekHour(row.from), key = weekday * 24 + hour;
    const cell = cells.get(key) ?? { weekday, hour, offered: 0, dates: new Set() };
    cell.offered += row.offered;
    // An hour that the clock shows twice is one hour of one day.
    const date = localTime(Date.parse(row.from)).slice(0, 10);
    cell.dates.add(date);
    cells.set(key, cell);
    days.add(date);
  }
  const means = [...cells.values()].map((cell) => ({ ...cell, days: cell.dates.size }));
  return days.size > 1 ? heatMap(means, weekdays()) : null;
}
