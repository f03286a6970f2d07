// Erasing a customer from records, log and history: for an administrator, who is asked first.
import { post } from './api.js';
import { announce, h } from './dom.js';
import { t } from './text.js';

/**
 * The button, and the question behind it; nothing for anybody else.
 *
 * @param done called when the customer is erased.
 */
export function erase(record, session, done) {
  if (session.role !== 'admin') return null;
  const place = h('div', { class: 'erase' });
  const begin = h('button', {
    type: 'button', class: 'small', onclick: () => {
      place.replaceChildren(question(record, done, () => {
        place.replaceChildren(begin);
        begin.focus();
      }));
      place.querySelector('button').focus();
    } }, t('erase'));
  place.append(begin);
  return place;
}

function question(record, done, cancel) {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const yes = h('button', {
    type: 'button', onclick: async () => {
      yes.disabled = true;
      try {
        await post(`/v1/customers/${record.id}/erase`, {});
      } catch (refusal) {
        problem.textContent = refusal.message;
        yes.disabled = false;
        return;
      }
      announce(t('erase.done', { id: record.id }));
      done();
    } }, t('erase.yes'));
  return h('div', { role: 'alertdialog', 'aria-label': t('erase') },
    h('p', {}, t('erase.sure', { name: record.name })),
    h('p', { class: 'buttons' }, h('button', { type: 'button', onclick: cancel }, t('erase.no')), yes),
    problem);
}
