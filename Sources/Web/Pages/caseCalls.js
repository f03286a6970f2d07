// The calls of a case: listed, opened, linked and taken out.
import { get, segment } from './api.js';
import { showCall } from './callList.js';
import { announce, h, said } from './dom.js';
import { callOf } from './hand.js';
import { person } from './people.js';
import { clock, number, t, word } from './text.js';
import { dateTime } from './time.js';

/** Past calls of the customer that are known here; older ones of the case are asked for one by one. */
const knownMax = 100;

/** Why a linked thing cannot be shown. */
export const missing = (refusal) => t(refusal.status === 404 ? 'case.link.gone' : 'case.link.hidden');

/** The customer's past calls by their ids, newest first; the timeline has those of all operators. */
async function callsOfCustomer(customer) {
  const { items } = await get(`/v1/customers/${customer}/timeline?channel=phone&limit=${knownMax}`);
  return new Map(items.filter(({ kind }) => kind === 'call').map((one) => [one.call, one]));
}

/** A call that the timeline does not have: one that goes on, or is older. */
async function oneCall(id) {
  const one = await get(`/v1/calls/${segment(id)}`);
  return {
    at: one.offered_at, direction: one.direction, operator: one.operator, outcome: one.outcome,
    duration_ms: one.talk_ms, summary: one.notes.at(-1)?.text };
}

/** When, in which direction, by whom, and how it came out. */
const facts = (one) => [
  word('direction', one.direction), one.operator_name ?? person(one.operator),
  one.outcome && word('outcome', one.outcome), one.duration_ms > 0 && clock(one.duration_ms),
].filter(Boolean).join(' · ');

/**
 * The list of a case's calls, and the choice of another one. The call in hand is offered first.
 *
 * @param write changes the case: `write({ calls })`; `found` is as it was written afterwards.
 */
export function callsOf(found, session, write) {
  const list = h('ul', { class: 'message-list' }), problem = h('p', { class: 'problem', role: 'alert' });
  const tally = h('span', { class: 'tally' }, number(found.calls.length));
  const title = h('summary', {}, t('case.calls'), ' ', tally);
  const another = h('select', { 'aria-label': t('case.calls.another') });
  const adding = h('p', { class: 'row' }, another, h('button', {
    type: 'button', onclick: () => change([...found.calls, another.value], 'case.calls.linked') },
  t('case.calls.link')));
  const change = async (calls, told) => {
    problem.textContent = '';
    try { await write({ calls }); } catch (refusal) {
      problem.textContent = refusal.status === 412 ? t('case.changed') : refusal.message;
      return;
    }
    announce(t(told));
    title.focus();
    await load();
  };
  const open = (id) => async () => {
    try { await showCall(await get(`/v1/calls/${segment(id)}`)); } catch (refusal) {
      problem.textContent = missing(refusal);
    }
  };
  const mayOpen = (one) => one && (session.role !== 'operator' || one.operator === session.operator);
  const row = async (id, known) => {
    let one = known.get(id), why;
    try { one ??= await oneCall(id); } catch (refusal) { why = `${id} ${missing(refusal)}`; }
    return h('li', { 'data-call': id },
      one && [h('time', { datetime: one.at }, dateTime(one.at)), ' '], h('span', { class: 'quiet' }, why ?? facts(one)),
      ' ', one?.summary && said(one.summary, 'p', { class: 'lines' }),
      h('span', { class: 'buttons' },
        mayOpen(one) && h('button', { type: 'button', class: 'small', onclick: open(id) }, t('call.open')),
        h('button', { type: 'button', class: 'small', onclick: () =>
          change(found.calls.filter((other) => other !== id), 'case.calls.unlinked') }, t('case.calls.unlink'))));
  };
  const load = async () => {
    let known;
    try { known = await callsOfCustomer(found.customer); } catch (refusal) {
      problem.textContent = refusal.message;
      return;
    }
    const hand = callOf(found.customer), offered = new Map(hand ? [[hand.call, t('case.calls.hand')]] : []);
    for (const [id, one] of known) {
      if (id !== hand?.call) offered.set(id, `${dateTime(one.at)} ${facts(one)}`);
    }
    for (const id of found.calls) offered.delete(id);
    another.replaceChildren(...[...offered].map(([id, text]) => h('option', { value: id }, text)));
    adding.hidden = offered.size === 0;
    tally.textContent = number(found.calls.length);
    list.replaceChildren(...await Promise.all(found.calls.map((id) => row(id, known))));
    if (found.calls.length === 0) list.replaceChildren(h('li', { class: 'quiet' }, t('cases.none')));
  };
  const box = h('details', { class: 'case-calls', ontoggle: () => { if (box.open) load(); } },
    title, list, problem, adding);
  return box;
}
