// The list behind a number in the desk's header: in a dialog, so that a call in hand stays where it is.
import { get } from './api.js';
import { queryOf } from './callList.js';
import { actOn, caseDialog, caseFacts } from './cases.js';
import { byId, h } from './dom.js';
import { number, t } from './text.js';

/**
 * @param title what is listed.
 * @param filter of `GET /v1/cases`.
 * @param show opens the record of a case's customer.
 * @param changed is told when one was claimed or written.
 */
export async function caseList(title, filter, session, show, changed) {
  const dialog = byId('dialog'), me = session.operator;
  const problem = h('p', { class: 'problem', role: 'alert' }), tally = h('span', { class: 'tally' });
  const list = h('ul', { class: 'message-list' });
  const load = async () => {
    let items;
    try { ({ items } = await get(`/v1/cases?${queryOf({ ...filter, limit: 200 })}`)); } catch (refusal) {
      problem.textContent = refusal.message;
      return;
    }
    tally.textContent = number(items.length);
    list.replaceChildren(...items.map(row));
    if (items.length === 0) list.replaceChildren(h('li', { class: 'quiet' }, t('cases.none')));
  };
  const button = (key, work) => h('button', { type: 'button', class: 'small', onclick: work }, t(`work.${key}`));
  const row = (one) => h('li', { 'data-id': one.id, class: one.overdue || one.stalled ? 'is-late' : null },
    caseFacts(one), h('div', { class: 'buttons' },
      !one.claimed_by && button('claim', async () => {
        problem.textContent = await actOn(one.id, 'claim') ?? '';
        await load();
        changed();
      }),
      button('open', () => { dialog.close(); show(one.customer); }),
      // Of what is nobody's, only who has it changes it.
      (one.owner === me || one.claimed_by === me) && button('change', () => {
        dialog.close();
        caseDialog(one, session, changed);
      })));
  dialog.replaceChildren(
    h('h2', { tabindex: -1 }, title, ' ', tally), problem, list,
    h('p', { class: 'buttons' }, h('button', { type: 'button', onclick: () => dialog.close() }, t('close'))));
  await load();
  if (!dialog.open) dialog.showModal();
  dialog.querySelector('h2').focus();
}
