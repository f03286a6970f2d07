// The supervisors' board of cases: what is late, and all that is open by phase, owner or due time.
import { get } from './api.js';
import { assignMany, caseDialog, caseFacts, phaseName } from './cases.js';
import { queryOf } from './callList.js';
import { countOf, countTable, delays, kinds } from './caseCounts.js';
import { moreLine, readCases } from './caseRows.js';
import { h } from './dom.js';
import { number, t } from './text.js';
import { dateOf } from './time.js';

/** Interval of requests. Milliseconds. */
const every = 20_000;
/** Cards that are drawn at first, and with each "show more": a browser draws thousands, and not tens of thousands. */
const pageLength = 300;
let watch;

/** Columns of the board: a heading, and the cases below it. */
function columns(items, by, kind, session, called) {
  const groups = new Map();
  const add = (name, one) => groups.set(name, [...(groups.get(name) ?? []), one]);
  // Promises and tasks have no phase.
  const phases = by === 'phase' && !['promise', 'task'].includes(kind) ? session.case_phases : [];
  for (const phase of phases) groups.set(phaseName(phase), []);
  for (const one of items) {
    if (by === 'phase') add(one.phase ? phaseName(one.phase) : t('board.promise'), one);
    else if (by === 'owner') add(called(one.owner), one);
    else add(one.overdue ? t('work.overdue') : one.due ? dateOf(one.due) : t('board.undated'), one);
  }
  return [...groups];
}

/**
 * Draws the board, and draws it again while it is open.
 *
 * @param asked what of it is shown first: `kind` and `delay`.
 */
export async function caseBoard(panel, session, operators, asked) {
  clearInterval(watch);
  const known = (name, all) => (all.includes(asked.get(name)) ? asked.get(name) : '');
  let chosen = { kind: known('kind', kinds), delay: known('delay', delays) }, picked = new Set();
  const problem = h('p', { class: 'problem', role: 'status' });
  const counts = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('counts.title') });
  // It scrolls, also where no column has anything in it.
  const board = h('div', {
    class: 'board', tabindex: 0, role: 'region', 'aria-label': t('supervisor.cases') });
  const by = h('select', { name: 'by' }, ['phase', 'owner', 'due'].map((name) =>
    h('option', { value: name }, t(`board.by.${name}`))));
  const rest = h('div', {});
  /** How many are shown at least. */
  let length = pageLength;
  const giveTo = h('select', { 'aria-label': t('board.give') });
  const give = h('button', { type: 'button', onclick: async () => {
    problem.textContent = await assignMany([...picked], giveTo.value);
    picked = new Set();
    await load();
  } }, t('board.give'));
  /** Number and name of an owner. */
  const called = (id) => (id == null ? t('work.unowned')
    : [id, operators().find(([other]) => other === id)?.[1].name].filter(Boolean).join(' '));
  const card = (one) => h('li', { 'data-id': one.id, class: one.overdue || one.stalled ? 'is-late' : null },
    h('label', { class: 'choice' }, h('input', {
      type: 'checkbox', checked: picked.has(one.id), 'aria-label': one.title,
      onchange: (event) => { if (event.target.checked) picked.add(one.id); else picked.delete(one.id); tell(); } })),
    h('div', {}, caseFacts(one), h('br'), h('span', { class: 'quiet' }, called(one.owner)), ' ',
      h('button', { type: 'button', class: 'small', onclick: () => caseDialog(one, session, load) }, t('case.open'))));
  /** Marks all of a column, or none of it where all are marked. */
  const pickAll = (list) => {
    const areAll = list.every((one) => picked.has(one.id));
    return h('button', { type: 'button', class: 'small', onclick: async () => {
      for (const { id } of list) if (areAll) picked.delete(id); else picked.add(id);
      await load();
    } }, t(areAll ? 'board.unpick' : 'board.pick'));
  };
  /** The address names what is shown, so that it can be opened again and sent to somebody. */
  const choose = (one) => {
    chosen = one;
    length = pageLength;
    history.replaceState(null, '', ['#cases', queryOf(one)].filter(Boolean).join('?'));
    return load();
  };
  const tell = () => {
    give.disabled = picked.size === 0;
    give.textContent = picked.size ? `${t('board.give')} (${number(picked.size)})` : t('board.give');
  };
  const load = async () => {
    const { kind, delay } = chosen, filter = { kind, ...(delay ? { [delay]: 'true' } : {}) };
    const [{ items, next }, sums] = await Promise.all([readCases(filter, length), get('/v1/cases/counts')]);
    const isChosen = (one) => one.kind === chosen.kind && one.delay === chosen.delay;
    const hadFocus = counts.contains(document.activeElement) && counts !== document.activeElement;
    counts.replaceChildren(countTable(sums, (kind, delay, text, name) => h('button', {
      type: 'button', class: 'small', 'aria-pressed': String(isChosen({ kind, delay })), 'aria-label': name,
      onclick: () => choose({ kind, delay }) }, text)));
    if (hadFocus) counts.querySelector('[aria-pressed=true]').focus();
    // What is not read yet may belong to any column.
    const tally = (list) => (next === null ? number(list.length) : `${number(list.length)}+`);
    rest.replaceChildren(...(next === null ? [] : [moreLine(items.length, countOf(sums, kind, delay), () => {
      length = items.length + pageLength;
      return load();
    })]));
    const groups = columns(items, by.value, kind, session, called);
    board.replaceChildren(...groups.map(([name, list]) => h('section', {},
      h('h2', {}, name, ' ', h('span', { class: 'tally' }, tally(list)), ' ', list.length > 0 && pickAll(list)),
      h('ul', {}, list.map(card)))));
    if (!groups.some(([, list]) => list.length)) board.append(h('p', { class: 'quiet' }, t('cases.none')));
    const before = giveTo.value;
    giveTo.replaceChildren(...operators().map(([id, who]) =>
      h('option', { value: id }, [id, who.name].filter(Boolean).join(' '))));
    if (before) giveTo.value = before;
    tell();
  };
  panel.replaceChildren(counts,
    h('form', { class: 'filters', onsubmit: (event) => event.preventDefault(), onchange: (event) => {
      if (event.target === by) load();
    } }, h('label', {}, t('board.by'), by), h('span', { class: 'row' }, giveTo, give)),
    problem, rest, board);
  const isBusy = () => document.hidden || !panel.contains(board) || document.querySelector('dialog[open]')
    || (document.activeElement !== board && board.contains(document.activeElement));
  watch = setInterval(() => { if (!isBusy()) load().catch(() => {}); }, every);
  await load();
}
