// Records that may be of one customer, to be merged after a look, and merges that were done, each of which can be taken
// apart again.
import { get, post } from './api.js';
import { name } from './card.js';
import { merging, reasons } from './duplicates.js';
import { announce, h, said } from './dom.js';
import { person } from './people.js';
import { number, t } from './text.js';
import { dateTime } from './time.js';

const page = 30;

export async function mergeBoard(panel, session) {
  const pairs = h('section', {}), done = h('section', {});
  panel.replaceChildren(pairs, done);
  const load = () => Promise.all([loadPairs(pairs, session, load), loadMerges(done, load)]);
  await load();
}

/** A list that is asked for page by page; `more` asks for the next one. */
async function fill(place, title, text, path, draw) {
  const list = h('ul', { class: 'items' }), more = h('p', { class: 'buttons' });
  const head = h('h2', {}, title);
  place.replaceChildren(head, h('p', { class: 'quiet' }, text), list, more);
  const load = async (after) => {
    let found;
    try { found = await get(`${path}?limit=${page}${after ? `&after=${after}` : ''}`); } catch (refusal) {
      more.replaceChildren(h('span', { class: 'problem', role: 'alert' }, refusal.message));
      return;
    }
    if (found.total !== undefined) head.textContent = `${title} (${number(found.total)})`;
    list.append(...found.items.map(draw));
    if (list.childElementCount === 0) list.append(h('li', { class: 'quiet' }, t('items.none')));
    more.replaceChildren(found.next
      ? h('button', { type: 'button', class: 'small', onclick: () => load(found.next) }, t('mergeBoard.more')) : '');
  };
  await load('');
}

const loadPairs = (place, session, changed) => fill(
  place, t('mergeBoard.pairs'), t('mergeBoard.pairs.text'), '/v1/duplicates', (pair) => {
    const [first, second] = pair.customers, preview = h('div', {});
    // What is kept is the record that stays: either may be it.
    const into = (stays, goes) => h('button', {
      type: 'button', class: 'small', onclick: () => merging(goes, stays, session, preview, changed) },
    t('mergeBoard.into', { number: stays.id }));
    return h('li', {},
      side(first), ' ', side(second), ' ', h('span', { class: 'quiet' }, reasons(pair)), ' ',
      into(first, second), ' ', into(second, first), preview);
  });

const side = (customer) => h('span', { class: 'side' }, h('span', { class: 'quiet' }, `${customer.id} `),
  name(customer), ' ', h('span', { class: 'quiet' },
    [customer.phones[0]?.display, customer.company, customer.address].filter(Boolean).join(' · ')));

const loadMerges = (place, changed) => fill(
  place, t('mergeBoard.done'), t('mergeBoard.done.text'), '/v1/merges', (one) => h('li', {},
    h('time', { datetime: one.at }, dateTime(one.at)), ' ',
    said(t('mergeBoard.line', {
      other: one.other_name ?? one.other, name: one.customer_name ?? one.customer, by: person(one.by) || '–' })), ' ',
    one.undone_at
      ? h('span', { class: 'quiet' },
        t('mergeBoard.undone', { time: dateTime(one.undone_at), by: person(one.undone_by) || '–' }))
      : h('button', { type: 'button', class: 'small', onclick: () => apart(one.id, changed) },
        t('mergeBoard.apart'))));

async function apart(id, changed) {
  try { await post(`/v1/merges/${id}/undo`, {}); } catch (refusal) { return announce(refusal.message); }
  announce(t('duplicates.apart'));
  await changed();
}
