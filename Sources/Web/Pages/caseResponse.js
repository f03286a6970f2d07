// How soon something was done in the cases of a period, by kind, priority and owner; each number opens its cases.
import { caseDialog, caseFacts } from './cases.js';
import { caseDialogList } from './caseRows.js';
import { kindName } from './caseCounts.js';
import { h, said } from './dom.js';
import { clock, number, percent, t } from './text.js';

/** Times within which something should be done. Hours. */
export const limits = [1, 4, 8, 24];
const columns = ['opened', 'answered', 'nothing', 'average_ms', 'median_ms', 'p90_ms', 'within_rate'];
/** The column of a number that opens its cases, and which of them it counts. */
const opens = { opened: null, answered: true, nothing: false };

const value = (row, name) => {
  if (name === 'nothing') return number(row.opened - row.answered);
  if (name === 'within_rate') return percent(row.within_rate);
  if (name.endsWith('_ms')) return row[name] == null ? '–' : clock(row[name]);
  return number(row[name]);
};

/** The section for a period; `found` is the answer of the daemon. */
export function responseTimes(found, session) {
  const title = t('response.title'), hours = number(found.within_ms / 3_600_000);
  const heading = h('h2', {}, title);
  if (found.opened === 0) return h('section', {}, heading, h('p', { class: 'empty' }, t('response.none')));
  const period = { state: 'all', opened_from: found.from, opened_before: found.to };
  const heads = columns.map((name) =>
    (name === 'within_rate' ? t('response.within', { hours }) : t(`response.${name}`)));
  const cell = (row, filter, called) => columns.map((name, i) => {
    const text = value(row, name), count = name === 'nothing' ? row.opened - row.answered : row[name];
    const answered = opens[name], what = `${called} — ${heads[i]}`;
    return h('td', { class: 'number' }, !(name in opens) || !count || !filter ? text : h('button', {
      type: 'button', class: 'link', 'aria-label': `${what}: ${text}`, onclick: () => caseDialogList(
        what, { ...period, ...filter, ...(answered === null ? {} : { answered: String(answered) }) }, count,
        (one, again) => [
          ...caseFacts(one), one.response_ms != null
            && h('span', { class: 'quiet' }, ' · ', t('case.response', { time: clock(one.response_ms) })),
          ' ', h('button', { type: 'button', class: 'small', onclick: () => caseDialog(one, session, again) },
            t('case.open'))]) }, text));
  });
  const row = (called, one, filter) => h('tr', {}, h('th', { scope: 'row' }, said(called)), cell(one, filter, called));
  const table = (label, first, rows) => h('div', {
    class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label }, h('table', { class: 'response-times' },
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, first),
      heads.map((text) => h('th', { scope: 'col', class: 'number' }, text)))),
    h('tbody', {}, rows)));
  const priority = (name) => t(`case.priority.${name}`);
  return h('section', { id: 'response-times' }, heading, h('p', { class: 'quiet' }, t('response.text')),
    table(title, t('response.kind'), [
      row(t('counts.all'), found, {}), ...found.kinds.map((one) => row(kindName(one.kind), one, { kind: one.kind }))]),
    table(t('response.by_priority'), t('case.priority'), found.priorities.map((one) =>
      row(priority(one.priority), one, { priority: one.priority }))),
    table(t('response.by_owner'), t('workload.operator'), found.owners.map((one) => (one.owner == null
      ? row(t('work.unowned'), one, null)
      : row([one.owner, one.name].filter(Boolean).join(' '), one, { owner: one.owner })))));
}
