// Contacts and notes that have what is searched for, below the customers who have it.
import { h, said } from './dom.js';
import { t, word } from './text.js';
import { dateTime } from './time.js';

const before = 20, behind = 60;

/** The words around the match; the beginning of a text that has it in another spelling. */
function excerpt(text, q) {
  const line = text.replaceAll('\n', ' / '), at = Math.max(0, line.toLowerCase().indexOf(q.toLowerCase()));
  const from = Math.max(0, at - before), to = Math.min(line.length, at + q.length + behind);
  return (from > 0 ? '…' : '') + line.slice(from, to) + (to < line.length ? '…' : '');
}

const facts = (one) => [dateTime(one.at), word('channel', one.channel), one.operator_name ?? one.operator];

/** @param open gets the customer whose contact was picked. */
export function foundContacts(contacts, q, open) {
  if (contacts.length === 0) return null;
  return h('section', { 'aria-label': t('search.contacts') },
    h('h3', {}, t('search.contacts')),
    h('ul', {}, contacts.map((one) => h('li', {}, h('button', { type: 'button', onclick: () => open(one.customer) },
      said(one.customer_name), ' ',
      h('span', { class: 'quiet' }, facts(one).filter(Boolean).join(' · ')),
      h('br'), said(excerpt(one.summary, q), 'span', { class: 'lines' }))))));
}
