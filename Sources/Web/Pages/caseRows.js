// The cases behind a number, page by page: what is not read yet is said, and a button reads it.
import { get } from './api.js';
import { queryOf } from './callList.js';
import { byId, h } from './dom.js';
import { number, t } from './text.js';

const pageLength = 100;

/** The most that one request answers. */
const requestMax = 1000;

/**
 * Reads a list of cases from its beginning.
 *
 * @param filter of `GET /v1/cases`.
 * @param length how many are wanted at least; there are fewer only where the list ends.
 * @returns `items`, and `next`, which is null where the list ends.
 */
export async function readCases(filter, length, after = null) {
  const items = [];
  let next = after;
  do {
    const limit = Math.min(length - items.length, requestMax);
    const page = await get(`/v1/cases?${queryOf({ ...filter, limit, after: next })}`);
    items.push(...page.items);
    next = page.next;
  } while (next !== null && items.length < length);
  return { items, next };
}

/** "100 of 20,000 are shown", with the button for more; empty where all are. */
export function moreLine(shown, count, more) {
  return h('p', { class: 'row more-cases' },
    h('span', { role: 'status' }, t('cases.shown', { shown: number(shown), count: number(Math.max(shown, count)) })),
    h('button', { type: 'button', onclick: more }, t('cases.more')));
}

/**
 * A dialog with the cases behind a number.
 *
 * @param count the number, as it was counted.
 * @param line draws one; its second argument opens this dialog again.
 */
export async function caseDialogList(title, filter, count, line) {
  const dialog = byId('dialog');
  let shown = 0, next = null;
  const problem = h('p', { class: 'problem', role: 'alert' }), place = h('div', {});
  const list = h('ul', { class: 'workload-cases' });
  const again = () => caseDialogList(title, filter, count, line);
  const read = async () => {
    let page;
    try { page = await readCases(filter, pageLength, next); } catch (refusal) {
      problem.textContent = refusal.message;
      return;
    }
    shown += page.items.length;
    ({ next } = page);
    list.append(...page.items.map((one) => h('li', { 'data-id': one.id }, h('div', {}, line(one, again)))));
    place.replaceChildren(...(next === null ? [] : [moreLine(shown, count, read)]));
    if (shown === 0) place.replaceChildren(h('p', { class: 'quiet' }, t('cases.none')));
  };
  dialog.replaceChildren(
    h('h2', { tabindex: -1 }, title, ' ', h('span', { class: 'tally' }, number(count))), problem, list, place,
    h('p', { class: 'buttons' }, h('button', {
      type: 'button', class: 'primary', onclick: () => dialog.close() }, t('close'))));
  await read();
  if (!dialog.open) dialog.showModal();
  dialog.querySelector('h2').focus();
}
