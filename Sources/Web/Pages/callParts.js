// What a call on the desk is made of: its card, its note, what is to be done for its customer, and what fits it.
import { get } from './api.js';
import { CallItems } from './callItems.js';
import { caseDialog } from './cases.js';
import { h } from './dom.js';
import { Knowledge } from './knowledge.js';
import { Note } from './note.js';

/** Open cases that a card lists. */
const casesMax = 20;

/** @param casesChanged is told when a case was opened from the note. */
export function newCall(pop, session, work, casesChanged) {
  const openCase = (customer, done) => caseDialog({ customer, call: pop.call }, session, () => {
    done();
    casesChanged();
  });
  const one = {
    pop,
    note: new Note(pop, session, openCase),
    items: new CallItems(work),
    element: h('article', { tabindex: '-1' }),
    top: h('div'),
    finish: h('div'),
    bottom: h('div') };
  one.knowledge = new Knowledge(pop, one.note);
  one.element.append(
    h('div', { class: 'call-facts' }, one.knowledge.banner, one.top, one.bottom),
    h('div', { class: 'call-work' }, one.note.element, one.finish, one.items.element, one.knowledge.element));
  one.element.dataset.pop = pop.pop;
  for (const kind of ['input', 'keydown'])
    one.element.addEventListener(kind, () => { one.typedAt = performance.now(); });
  return one;
}

/** Reads again what is open with the customers of calls: a pop has what was open when it was made. */
export const readCases = (all, draw) => Promise.all(all.map(async (one) => {
  const customer = one.pop.customer?.id, asked = one.casesAsked = {};
  if (customer == null) return;
  let items;
  try { ({ items } = await get(`/v1/cases?customer=${customer}&limit=${casesMax}`)); } catch {
    return; /* It is read again with the next change. */
  }
  // A slower answer to an earlier question is not shown.
  if (asked !== one.casesAsked) return;
  one.cases = { customer, items };
  draw(one);
}));

/** The customer's open cases that stand among the facts; what is the operator's own is worked on beside the note. */
export function casesOf({ pop, cases, items }) {
  const all = cases && cases.customer === pop.customer?.id ? cases.items : pop.cases;
  return all.filter((one) => !items.has(`case-${one.id}`));
}
