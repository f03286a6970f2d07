// Erasing a customer from records, log and history: for an administrator, who is asked first.
import { post } from './api.js';
import { askFirst } from './askFirst.js';

/**
 * The button, and the question behind it; nothing for anybody else.
 *
 * @param done called when the customer is erased.
 */
export function erase(record, session, done) {
  if (session.role !== 'admin') return null;
  return askFirst('erase', record, () => post(`/v1/customers/${record.id}/erase`, {}), done);
}
