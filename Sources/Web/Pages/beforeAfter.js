// Two periods side by side, before and after a measure: what came of calls and lists; each number opens its calls.
import { get } from './api.js';
import { queryOf } from './callList.js';
import { h, said } from './dom.js';
import { figureButton } from './receipt.js';
import { number, percent, t, word } from './text.js';
import { daysBefore, today } from './time.js';

const names = ['before_from', 'before_to', 'after_from', 'after_to'];
const code = (figure) => (figure.startsWith('disposition:') ? figure.slice('disposition:'.length) : null);
const label = (figure) => {
  const one = code(figure);
  return one === null ? t(`beforeAfter.figure.${figure}`) : `${t('disposition')}: ${word('disposition', one)}`;
};
const shown = (value, unit) => (unit === 'ratio' ? percent(value) : number(value));

/** With its sign; of ratios in points of a hundred. */
const difference = (value, unit) => {
  if (value == null) return '–';
  const sign = value > 0 ? '+' : value < 0 ? '−' : '±', size = Math.abs(value);
  return unit === 'ratio'
    ? t('beforeAfter.points', { count: `${sign}${number(Math.round(size * 1000) / 10)}` }) : `${sign}${number(size)}`;
};

export async function beforeAfterBoard(panel) {
  const place = h('div', {}), day = today();
  // The last two weeks, to begin with.
  const usual = [daysBefore(day, 14), daysBefore(day, 8), daysBefore(day, 7), daysBefore(day, 1)];
  const input = (name, i) => h('label', {}, t(`report.${i % 2 === 0 ? 'from' : 'to'}`),
    h('input', { type: 'date', name, value: usual[i], max: day, required: true }));
  const inputs = names.map(input);
  const group = (name, parts) => h('fieldset', { class: 'filters' }, h('legend', {}, t(`beforeAfter.${name}`)), parts);
  const form = h('form', {
    class: 'filters', onchange: () => load(), onsubmit: (event) => { event.preventDefault(); load(); } },
    group('before', inputs.slice(0, 2)), group('after', inputs.slice(2)),
    h('label', {}, t('report.by.queue'), h('input', { name: 'queue', maxlength: 128, size: 12 })));
  const load = async () => {
    if (!form.reportValidity()) return;
    const asked = Object.fromEntries([...names, 'queue'].map((name) => [name, form.elements[name].value.trim()]));
    try {
      const found = await get(`/v1/reports/before-after?${queryOf(asked)}`);
      place.replaceChildren(figures(found), results(found.lists));
    } catch (refusal) {
      place.replaceChildren(h('p', { class: 'problem', role: 'alert' }, refusal.message));
    }
  };
  panel.replaceChildren(h('p', { class: 'quiet' }, t('beforeAfter.text')), form, place);
  await load();
}

const heads = (...keys) => h('thead', {}, h('tr', {}, keys.map(([key, isNumber]) =>
  h('th', { scope: 'col', class: isNumber ? 'number' : null }, t(key)))));
const columns = [['beforeAfter.before', true], ['beforeAfter.after', true], ['beforeAfter.difference', true]];

function figures({ items, before, after, queue }) {
  const cell = (one, when, { from, to }) => {
    const value = one[when], share = one[`share_${when}`];
    const text = shown(value, one.unit) + (share == null ? '' : ` (${percent(share)})`);
    return h('td', { class: 'number' }, value == null ? text : figureButton(text, {
      label: label(one.figure), figure: one.figure, queue: queue ?? undefined, from, to }));
  };
  return h('section', {}, h('h2', {}, t('beforeAfter.calls')), h('div', { class: 'scroll' }, h('table', {},
    heads(['beforeAfter.figure'], ...columns),
    h('tbody', {}, items.map((one) => h('tr', {},
      h('th', { scope: 'row' }, said(label(one.figure))), cell(one, 'before', before), cell(one, 'after', after),
      h('td', { class: 'number' }, difference(one.difference, one.unit))))))));
}

function results(lists) {
  if (lists.length === 0) return '';
  return h('section', {}, h('h2', {}, t('beforeAfter.lists')), h('div', { class: 'scroll' }, h('table', {},
    heads(['supervisor.lists'], ['beforeAfter.result'], ...columns),
    h('tbody', {}, lists.map((one) => h('tr', {},
      h('th', { scope: 'row' }, said(one.list)), h('td', {}, word('list.result', one.result)),
      h('td', { class: 'number' }, number(one.before)), h('td', { class: 'number' }, number(one.after)),
      h('td', { class: 'number' }, difference(one.difference, 'count'))))))));
}
