// Who waits to be called back: the supervisors' page, and the list at the desk.
import { get, post, segment } from './api.js';
import { callDialog, phone, queryOf, showCall } from './callList.js';
import { announce, byId, h, put, said, spaced } from './dom.js';
import { act } from './keptActs.js';
import { keepTyped } from './keptForms.js';
import { person, tierMark } from './people.js';
import { lookAtRows } from './presence.js';
import { clock, number, t, word } from './text.js';
import { dateTime, since, todayBegan } from './time.js';

/** Interval of requests where the list is visible, and where only its count is. Milliseconds. */
const seenEvery = 10_000, countedEvery = 60_000;

const name = (one) => (one.customer ? said(one.customer.name) : phone(one.from));
const lost = (one) => t('callbacks.lost', {
  count: number(one.calls.length), waits: one.calls.map((call) => clock(call.waited_ms)).join(', ') });
const tried = (one) => {
  const last = one.tries.at(-1);
  return last
    ? t('callbacks.tried', { count: number(one.tries.length), by: person(last.operator), at: dateTime(last.at) })
    : t('callbacks.untried');
};
const claimed = (one) => (one.claimed_by
  ? t('callbacks.claimed', { by: person(one.claimed_by), at: dateTime(one.claimed_at) })
  : t('callbacks.free'));
const button = (key, label, work) =>
  h('button', { type: 'button', class: 'small', 'data-key': key, onclick: work }, label);

const noteForm = (id) => `/v1/callbacks/${id}/done`;

/** The field for what became of a callback: what is typed there outlives the session. */
export function callbackNote(one, author) {
  const note = h('input', {
    'aria-label': t('callbacks.note'), placeholder: t('callbacks.note'), maxlength: 500, 'data-key': 'note' });
  keepTyped(author, noteForm(one.id), { note }, {
    kind: 'callback', id: one.id, title: one.customer?.name ?? one.from.display });
  return note;
}

/** Says that somebody called back. */
export const callbackDone = (one, text, author) => act(author, noteForm(one.id), '/v1/callbacks/done', {
  from: one.from.e164, note: text || undefined, operator: author ?? undefined },
{ kind: 'callback', id: one.id, since: one.since, by: one.claimed_by ?? null });

/** What happened so far: the calls that were lost and those that were dialed. */
function story(one, mayOpen) {
  const open = (call) => mayOpen && call.call && button('story', t('call.open'), () => showCall(call));
  callDialog(h('h2', {}, name(one)),
    h('h3', {}, t('callbacks.calls')),
    h('ol', { class: 'timeline' }, one.calls.map((call) => h('li', {},
      h('time', { datetime: call.at }, dateTime(call.at)), ' ',
      t(`callbacks.kind.${call.kind}`), ' ',
      said(call.queue), ' ',
      t('callbacks.waited', { time: clock(call.waited_ms) }), ' ',
      open(call)))),
    h('h3', {}, t('callbacks.tries')),
    one.tries.length
      ? h('ol', { class: 'timeline' }, one.tries.map((call) => h('li', {},
        h('time', { datetime: call.at }, dateTime(call.at)), ' ',
        person(call.operator), ' ',
        word('outcome', call.reached_at ? 'reached' : 'not_reached'), ' ',
        open(call))))
      : h('p', {}, t('callbacks.untried')));
}

/** The list as the daemon has it, redrawn by the page that shows it. */
class Callbacks {
  constructor(session, draw) {
    this.session = session;
    this.draw = draw;
    this.all = [];
    this.problem = h('p', { class: 'problem', role: 'alert' });
  }

  async load(query = {}) {
    this.query = query;
    const { callbacks } = await get(`/v1/callbacks?${queryOf(query)}`);
    // The daemon returns the last 24 hours; only those of the centre's day are shown.
    this.all = query.state === 'done'
      ? callbacks.filter((one) => Date.parse(one.reached_at) >= todayBegan()).reverse()
      : callbacks;
    this.draw();
  }

  find(id) { return this.all.find((one) => one.id === id); }

  /** Changes a callback; a refusal shows who has claimed it, if that is the reason. */
  async act(id, what, body) {
    this.problem.textContent = '';
    try {
      const one = this.find(id);
      if (what === 'done' && one) await callbackDone(one, body.note, this.session.operator ?? null);
      else await post(`/v1/callbacks/${segment(id)}/${what}`, body);
      announce(t(`callbacks.told.${what}`));
    } catch (refusal) {
      await this.load(this.query).catch(() => {});
      const one = this.find(id);
      this.problem.textContent = refusal.status === 409 && one?.claimed_by
        ? t('callbacks.taken', { by: person(one.claimed_by), at: dateTime(one.claimed_at) })
        : refusal.status === 404 ? t('callbacks.gone') : refusal.message;
      return;
    }
    await this.load(this.query).catch((refusal) => { this.problem.textContent = refusal.message; });
  }

  done(id, note) { return this.act(id, 'done', { note }); }
}

/** Updates cells in place, so that a row with a text being typed stays. */
function keep(place, all, make, change) {
  const rows = new Map([...place.children].map((row) => [row.dataset.id, row]));
  let before = null;
  for (const one of all) {
    let row = rows.get(one.id);
    rows.delete(one.id);
    if (!row) {
      row = make(one);
      row.dataset.id = one.id;
    }
    const expected = before ? before.nextSibling : place.firstChild;
    if (row !== expected) place.insertBefore(row, expected);
    change(row, one);
    before = row;
  }
  for (const row of rows.values()) row.remove();
}

const repeat = (every, isWanted, work) =>
  setInterval(() => { if (isWanted() && !document.hidden) work().catch(() => {}); }, every);

// Supervisors.

const columns = {
  due: ['customer', 'callback', 'first', 'since', 'lost', 'tries', 'tier', 'owner', 'claim', 'done'],
  done: ['customer', 'callback', 'first', 'reached', 'took', 'lost', 'tries', 'tier', 'owner'],
};
let watch;

/** The supervisors' page: who waits, who has taken it on; and whom somebody reached today. */
export async function callbacks(panel, session, operators) {
  clearInterval(watch);
  const body = h('tbody'), head = h('tr'), empty = h('p', { class: 'empty' });
  const table = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('supervisor.callbacks') },
    h('table', { id: 'callbacks' }, h('thead', {}, head), body));
  const state = h('select', { name: 'state' },
    ['due', 'done'].map((one) => h('option', { value: one }, t(`callbacks.state.${one}`))));
  const kind = h('select', { name: 'kind' },
    h('option', { value: '' }, t('filter.all')),
    ['abandoned', 'requested'].map((one) => h('option', { value: one }, t(`callbacks.kind.${one}`))));
  const list = new Callbacks(session, () => {
    const isDone = state.value === 'done';
    put(head, columns[state.value].map((one) =>
      h('th', { scope: 'col', class: one === 'lost' ? 'number' : null }, t(`column.${one}`))));
    table.hidden = !list.all.length;
    empty.hidden = list.all.length > 0;
    empty.textContent = t(isDone ? 'callbacks.none.done' : 'callbacks.none');
    keep(body, list.all,
      (one) => h('tr', {}, columns[state.value].map((column) =>
        h('td', { class: column === 'lost' ? 'number' : null }, column === 'done' ? doneForm(one) : null))),
      (row, one) => columns[state.value].forEach((column, i) => {
        if (column !== 'done') put(row.cells[i], cell(column, one));
      }));
  });
  // The last cell, with the form, is not drawn again.
  lookAtRows(body, 'callback', ({ dataset }) => state.value === 'due' && dataset.id);
  const doneForm = (one) => {
    const note = callbackNote(one, session.operator ?? null);
    return h('span', { class: 'row' },
      note,
      h('button', { type: 'button', onclick: () => list.done(one.id, note.value) }, t('column.done')));
  };
  const cell = (column, one) => ({
    customer: () => [name(one), one.customer ? [h('br'), h('span', { class: 'quiet' }, phone(one.from))] : null],
    callback: () => t(`callbacks.kind.${one.kind}`),
    first: () => dateTime(one.since),
    since: () => clock(since(one.since)),
    reached: () => dateTime(one.reached_at),
    took: () => clock(one.recall_ms ?? 0),
    lost: () => h('button', {
      type: 'button', class: 'link', 'aria-label': lost(one), title: lost(one),
      onclick: () => story(list.find(one.id) ?? one, true) }, number(one.calls.length)),
    tries: () => (one.tries.length ? tried(one) : ''),
    tier: () => word('tier', one.tier),
    owner: () => person(one.customer?.owner),
    claim: () => (one.claimed_by
      ? [claimed(one), ' ', button('release', t('callbacks.release'), () => list.act(one.id, 'release', {}))]
      : giveTo(one)),
  }[column]());
  const giveTo = (one) => h('select', {
    'aria-label': `${t('callbacks.give')}: ${one.customer?.name ?? one.from.display}`,
    onchange: (event) => list.act(one.id, 'claim', { operator: event.target.value }) },
    h('option', { value: '', disabled: true, selected: true }, t('callbacks.give')),
    operators().map(([id, who]) => h('option', { value: id }, [id, who.name].filter(Boolean).join(' '))));
  const load = () => list.load({ state: state.value, kind: kind.value });
  const anew = () => {
    body.replaceChildren();
    load().catch((refusal) => { list.problem.textContent = refusal.message; });
  };
  panel.replaceChildren(
    h('form', { class: 'filters', onchange: anew, onsubmit: (event) => event.preventDefault() },
      h('label', {}, t('callbacks.state'), state),
      h('label', {}, t('column.callback'), kind)),
    list.problem, table, empty);
  // Cells without a change are not redrawn, so that an open menu or a typed note stays.
  watch = repeat(
    seenEvery, () => panel.contains(table) && !body.contains(document.activeElement?.closest?.('select')), load);
  await load();
}

// The desk.

/**
 * The list at the desk: claim a callback, and dial.
 *
 * @returns what has a `refresh`, for when callers came or went; nothing where there is no list.
 */
export function deskCallbacks(session, customers) {
  const place = byId('callbacks');
  if (!place || !session.operator) return null;
  const count = h('span', { class: 'tally' }), items = h('ul', { class: 'callbacks' });
  const empty = h('p', { class: 'quiet' }, t('callbacks.none'));
  lookAtRows(items, 'callback', ({ dataset }) => dataset.id);
  const list = new Callbacks(session, () => {
    put(count, number(list.all.length));
    empty.hidden = list.all.length > 0;
    // One's own first, then those that nobody has.
    const rank = (one) => (one.claimed_by === session.operator ? 0 : one.claimed_by ? 2 : 1);
    keep(items, [...list.all].sort((a, b) => rank(a) - rank(b)), make, change);
  });
  const make = (one) => {
    const note = callbackNote(one, session.operator);
    return h('li', {},
      h('div'),
      h('div', { class: 'buttons' }),
      h('div', { class: 'row', hidden: true },
        customers.dialButton({ display: one.from.display, customer: one.customer?.id }),
        note,
        button('done', t('column.done'), () => list.done(one.id, note.value))));
  };
  const change = (row, one) => {
    const [facts, actions, work] = row.children, isMine = one.claimed_by === session.operator;
    row.className = isMine ? 'mine' : '';
    put(facts,
      h('strong', {}, name(one)),
      one.customer ? [' ', h('span', { class: 'tier' }, tierMark(one.customer.tier))] : null, ' ',
      one.customer?.do_not_call ? [h('span', { class: 'mark-of-case late' }, t('field.do_not_call')), ' '] : null,
      h('span', { class: 'tag' }, t(`callbacks.kind.${one.kind}`)),
      h('br'),
      one.customer ? [phone(one.from), ' · '] : null,
      said(one.queue), ' · ', t('callbacks.since', { at: dateTime(one.since) }), ' · ', lost(one),
      h('br'),
      h('span', { class: 'quiet' }, tried(one), ' · ', claimed(one)));
    put(actions,
      one.customer ? button('open', t('customer.open'), () => customers.show(one.customer.id)) : null,
      !one.claimed_by ? button('claim', t('callbacks.claim'), () => list.act(one.id, 'claim', {}))
        : isMine ? button('release', t('callbacks.release'), () => list.act(one.id, 'release', {}))
          : null,
      button('story', t('callbacks.story'), () => story(list.find(one.id) ?? one, false)));
    work.hidden = !isMine;
  };
  const box = h('details', { ontoggle: () => { if (box.open) list.load(); } },
    h('summary', {}, t('supervisor.callbacks'), ' ', count),
    list.problem, items, empty);
  place.append(box);
  place.hidden = false;
  const load = () => list.load();
  repeat(seenEvery, () => box.open, load);
  repeat(countedEvery, () => !box.open, load);
  load().catch(() => {});
  // All desks are told at the same time; they ask at different ones.
  return { refresh: spaced(500 + Math.random() * 1500, () => { if (!document.hidden) load().catch(() => {}); }) };
}
