// The list of calls with everything that it can be looked for by.
import { get } from './api.js';
import { callTable, queryOf, showCall } from './callList.js';
import { h, later } from './dom.js';
import { t, word } from './text.js';
import { beginOf, daysBefore, today } from './time.js';

const outcomes = [
  'answered', 'abandoned', 'short_abandoned', 'overflowed', 'callback', 'blocked', 'unknown', 'not_queued', 'reached',
  'not_reached'];
/** What may be missing of an answered call. */
const lacks = ['undocumented', 'without_disposition'];

export async function callSearch(panel, session, stats) {
  const choice = (label, name, values, words) => h('label', {}, t(label), h('select', { name },
    h('option', { value: '' }, t('filter.all')), values.map((value) => h('option', { value }, words(value)))));
  const typed = (label, name, size, more = {}) =>
    h('label', {}, t(label), h('input', { name, size, maxlength: 100, autocomplete: 'off', ...more }));
  const date = (name) => h('label', {}, t(`report.${name}`), h('input', {
    type: 'date', name, value: today(), max: today() }));
  const same = (name) => name;
  const form = h('form', {
    class: 'filters', onchange: () => load(), onsubmit: (event) => { event.preventDefault(); load(); },
    oninput: (event) => { if (event.target.matches('[type=search]')) soon(); } },
    date('from'), date('to'),
    choice('filter.queue', 'queue', Object.keys(stats?.queues ?? {}).sort(), same),
    choice('filter.outcome', 'outcome', outcomes, (one) => word('outcome', one)),
    choice('column.direction', 'direction', ['inbound', 'outbound'], (one) => t(`direction.${one}`)),
    choice('report.by.tier', 'tier', Object.keys(stats?.tiers ?? {}).sort(), (one) => word('tier', one)),
    choice('filter.disposition', 'disposition', session.dispositions ?? [], (one) => word('disposition', one)),
    choice('filter.lacking', 'lacking', lacks, (one) => t(`counted.${one}`)),
    typed('filter.operator', 'operator', 6),
    typed('report.by.line', 'line', 12),
    typed('filter.number', 'number', 12, { type: 'search', inputmode: 'tel' }),
    typed('filter.text', 'q', 16, { type: 'search' }),
    h('button', { type: 'button', onclick: () => {
      form.reset();
      load();
    } }, t('filter.clear')));
  const problem = h('p', { class: 'problem', role: 'alert' });
  const list = h('div'), more = h('p');
  panel.replaceChildren(form, problem, list, more);
  let found = [], asked = null;
  const query = () => {
    const value = (name) => form.elements[name].value.trim();
    const digits = value('number').replace(/\D/g, '');
    return {
      from: value('from') && beginOf(value('from')), to: value('to') && beginOf(daysBefore(value('to'), -1)),
      queue: value('queue'), outcome: value('lacking') ? '' : value('outcome'), figure: value('lacking'),
      direction: value('direction'), tier: value('tier'), disposition: value('disposition'),
      operator: value('operator'), line: value('line'), number: digits.length > 1 ? digits : '', q: value('q') };
  };
  const load = async (after) => {
    const mine = asked = {};
    problem.textContent = '';
    let page;
    try { page = await get(`/v1/calls?${queryOf({ ...query(), after, limit: 50 })}`); } catch (refusal) {
      problem.textContent = refusal.message;
      return;
    }
    // A slower answer to an earlier question is not shown.
    if (mine !== asked) return;
    found = after ? [...found, ...page.calls] : page.calls;
    list.replaceChildren(callTable(found, showCall));
    more.replaceChildren(page.next
      ? h('button', { type: 'button', onclick: () => load(page.next) }, t('filter.more'))
      : '');
  };
  const soon = later(300, () => load());
  await load();
}
