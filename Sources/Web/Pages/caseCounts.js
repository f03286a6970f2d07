// Open cases, promises and tasks in numbers, by kind and by delay. Each number opens the list behind it.
import { get } from './api.js';
import { queryOf } from './callList.js';
import { h } from './dom.js';
import { mailCounts } from './mailCounts.js';
import { number, t } from './text.js';

export const kinds = ['case', 'promise', 'task'];
export const delays = ['overdue', 'at_risk', 'stalled', 'unowned', 'waiting'];
/** What is late, and not only to be known. */
const late = ['overdue', 'stalled', 'unowned'];

/** The page of the list behind a number; an empty kind or delay leaves it out. */
export const listOf = (kind, delay) => ['/supervisor#cases', queryOf({ kind, delay })].filter(Boolean).join('?');

/** A link to the list behind a number. */
export const linkTo = (kind, delay, text, name) => h('a', { href: listOf(kind, delay), 'aria-label': name }, text);

/** The number of a kind, or of all of them (`''`), and of a delay, or of all that is open (`''`). */
export const countOf = (counts, kind, delay) => (kind ? counts.by_kind[kind] : counts)[delay || 'open'];

/** Promises and tasks have a due time and no progress: none is stalled. */
const isMeant = (kind, delay) => delay !== 'stalled' || !kind || kind === 'case';

/** Of several of them. */
export const kindName = (kind) => ({
  case: t('workload.cases'), promise: t('workload.promises'), task: t('workload.tasks') })[kind] ?? t('counts.all');
const delayName = (delay) => t(delay ? `work.${delay}` : 'board.open');

/**
 * The numbers as a table.
 *
 * @param cell makes what opens the list, of kind, delay, the number as text, and what it is in words.
 * @param isNarrow whether the kinds are columns: for a place that is higher than wide, as a phone is.
 */
export function countTable(counts, cell, { isNarrow = matchMedia('(max-width: 40rem)').matches } = {}) {
  const allKinds = ['', ...kinds], allDelays = ['', ...delays];
  const [rows, columns] = isNarrow ? [allDelays, allKinds] : [allKinds, allDelays];
  const name = (one, isKind) => (isKind ? kindName(one) : delayName(one));
  const value = (kind, delay) => {
    const count = countOf(counts, kind, delay), isLate = count > 0 && late.includes(delay);
    if (!isMeant(kind, delay)) return h('td', { class: 'number' });
    const text = [isLate ? '⚠ ' : '', number(count)].join('');
    return h('td', { class: ['number', isLate && 'late', count === 0 && 'none'].filter(Boolean).join(' ') },
      cell(kind, delay, text, `${kindName(kind)}, ${delayName(delay)}: ${number(count)}`));
  };
  return h('table', { class: 'case-counts' },
    h('thead', {}, h('tr', {}, h('td'),
      columns.map((one) => h('th', { scope: 'col', class: 'number' }, name(one, isNarrow))))),
    h('tbody', {}, rows.map((row) => h('tr', {}, h('th', { scope: 'row' }, name(row, !isNarrow)),
      columns.map((column) => (isNarrow ? value(column, row) : value(row, column)))))));
}

/** Promises that are late, and those whose time comes soon: a customer waits for them. */
export const promiseCounts = (counts) => [
  { key: 'counts.promises_overdue', delay: 'overdue', level: 'bad' },
  { key: 'counts.promises_at_risk', delay: 'at_risk', level: 'warn' },
].map(({ key, delay, level }) => {
  const count = countOf(counts, 'promise', delay);
  return { key, delay, count, level: count ? level : 'good', href: listOf('promise', delay) };
});

/** Keeps these numbers in a place of a page's header, as links to their lists; those of mails while there are any. */
export function watchPromises(place, every) {
  const show = async () => {
    let counts;
    try { counts = await get('/v1/cases/counts'); } catch { return; /* It is asked for again. */ }
    place.hidden = false;
    const mails = mailCounts(counts.mails).filter(({ open }) => open > 0)
      .map((one) => ({ ...one, count: one.open, title: one.about }));
    place.replaceChildren(...[...promiseCounts(counts), ...mails].flatMap(
      ({ key, count, level, href, title = null }, i) => [i ? ' · ' : '',
        h('a', { href, title, class: count ? (level === 'bad' ? 'late' : 'soon') : null },
          level === 'bad' ? '⚠ ' : '', t(key), ' ', number(count))]));
  };
  setInterval(() => { if (!document.hidden && !place.contains(document.activeElement)) show(); }, every);
  return show();
}
