// Erasing a customer from records, log and history: for an administrator, who is asked first.
import { post } from './api.js';
import { askFirst } from './askFirst.js';
import { t } from './text.js';

/**
 * The button, and the question behind it; nothing for anybody else.
 *
 * @param done called when the customer is erased.
 */
export function erase(record, session, done) {
  if (session.role !== 'admin') return null;
  const texts = {
    begin: t('erase'), sure: t('erase.sure', record), yes: t('erase.yes'), done: t('erase.done', record) };
  return askFirst('erase', texts, () => post(`/v1/customers/${record.id}/erase`, {}), done);
}
