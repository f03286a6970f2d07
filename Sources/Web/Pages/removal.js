// Deleting a customer, and bringing one back: for supervisors. Erasing for good is another thing (`erase.js`).
import { ask, get, post } from './api.js';
import { announce, h, said } from './dom.js';
import { t } from './text.js';
import { dateTime } from './time.js';

/**
 * The button, and the question behind it; nothing for operators.
 *
 * @param done called when the customer is deleted.
 */
export function removal(record, session, done) {
  if (session.role === 'operator') return null;
  const place = h('div', { class: 'removal' });
  const begin = h('button', {
    type: 'button', class: 'small', onclick: () => {
      place.replaceChildren(question(record, done, () => {
        place.replaceChildren(begin);
        begin.focus();
      }));
      place.querySelector('button').focus();
    } }, t('removal'));
  place.append(begin);
  return place;
}

function question(record, done, cancel) {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const yes = h('button', {
    type: 'button', onclick: async () => {
      yes.disabled = true;
      try {
        await ask('DELETE', `/v1/customers/${record.id}`, undefined, { 'If-Match': `"v${record.version}"` });
      } catch (refusal) {
        problem.textContent = refusal.message;
        yes.disabled = false;
        return;
      }
      announce(t('removal.done', { name: record.name }));
      done();
    } }, t('removal.yes'));
  return h('div', { role: 'alertdialog', 'aria-label': t('removal') },
    h('p', {}, t('removal.sure', { name: record.name })),
    h('p', { class: 'buttons' }, h('button', { type: 'button', onclick: cancel }, t('erase.no')), yes),
    problem);
}

/**
 * The deleted customers, asked for when it is opened; nothing for operators.
 *
 * @param back is told the id of one that is back.
 */
export function deletedCustomers(session, back) {
  if (session.role === 'operator') return null;
  const list = h('div', { role: 'status' });
  const details = h('details', { class: 'deleted-customers' }, h('summary', {}, t('removal.deleted')), list);
  const load = async () => {
    try {
      const { items } = await get('/v1/deleted-customers?limit=50');
      list.replaceChildren(items.length === 0
        ? h('p', { class: 'quiet' }, t('removal.none'))
        : h('ul', {}, items.map((one) => h('li', {},
          said(one.name), ' ', h('span', { class: 'quiet' }, dateTime(one.deleted_at), ' ', one.by ?? ''), ' ',
          h('button', { type: 'button', class: 'small', onclick: () => undelete(one) }, t('removal.back'))))));
    } catch (refusal) { list.replaceChildren(h('p', { class: 'problem' }, refusal.message)); }
  };
  const undelete = async (one) => {
    try { await post(`/v1/customers/${one.id}/undelete`, {}); } catch (refusal) {
      announce(refusal.message);
      return load();
    }
    announce(t('removal.isBack', { name: one.name }));
    back(one.id);
  };
  details.addEventListener('toggle', () => { if (details.open) load(); });
  return details;
}
