// Deleting a customer, and bringing one back: for supervisors. Erasing for good is another thing (`erase.js`).
import { ask, get, post } from './api.js';
import { askFirst } from './askFirst.js';
import { announce, h, said } from './dom.js';
import { person } from './people.js';
import { t } from './text.js';
import { dateTime } from './time.js';

/**
 * The button, and the question behind it; nothing for operators.
 *
 * @param done called when the customer is deleted.
 */
export function removal(record, session, done) {
  if (session.role === 'operator') return null;
  const act = () => ask('DELETE', `/v1/customers/${record.id}`, undefined, { 'If-Match': `"v${record.version}"` });
  const texts = {
    begin: t('removal'), sure: t('removal.sure', record), yes: t('removal.yes'), done: t('removal.done', record) };
  return askFirst('removal', texts, act, done);
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
          said(one.name), ' ', h('span', { class: 'quiet' }, dateTime(one.deleted_at), ' ', person(one.by)), ' ',
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
