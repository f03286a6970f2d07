// Records that may be of one customer: warned of while somebody types, merged after a look, taken apart again.
import { get, post, segment } from './api.js';
import { name } from './card.js';
import { announce, h, later, said } from './dom.js';
import { t } from './text.js';

export const reasons = (found) => found.reasons.map((reason) => t(`duplicate.${reason}`)).join(', ');

const who = (customer) => [name(customer), ' ',
  h('span', { class: 'quiet' }, [customer.phones[0]?.display, customer.company].filter(Boolean).join(' · '))];

/**
 * A warning below an editor's fields; asked for again as they change.
 *
 * @param record the one that is being edited; without an id when it is a new one.
 * @param open shows another customer.
 */
export function warning(form, record, open) {
  const place = h('div', { class: 'duplicates', role: 'status' });
  let asked = '';
  const look = later(400, async () => {
    const value = (key) => form.elements[key]?.value.trim() ?? '';
    const parts = {
      name: value('name'), kana: value('kana'), phone: value('phones').split('\n')[0].trim(), email: value('email'),
      account: value('line_id'), address: value('address'), company: value('company'), except: record.id ?? '' };
    const query = Object.entries(parts).filter(([, text]) => text !== '')
      .map(([key, text]) => `${key}=${segment(String(text))}`).join('&');
    if (query === asked) return;
    asked = query;
    let answer;
    try { answer = await get(`/v1/customers/duplicates?${query}&limit=5`); } catch { return; }
    // An answer that was overtaken by the next letter is not shown.
    if (asked !== query) return;
    place.replaceChildren(answer.items.length > 0 ? h('div', { class: 'news' },
      h('p', {}, t('duplicates.warning')),
      h('ul', {}, answer.items.map((found) => h('li', {}, who(found.customer), ' ', reasons(found), ' ',
        h('button', { type: 'button', class: 'small', onclick: () => open(found.customer.id) },
          t('customer.open')))))) : '');
  });
  form.addEventListener('input', () => look());
  return place;
}

/** Merges that were done on this page, by the record that stayed: they can be taken apart when it was drawn again. */
const merges = new Map();

/**
 * The other records that may be of this customer: asked for when it is opened.
 *
 * @param changed called when a record was merged or taken apart.
 * @param open shows another customer.
 */
export function duplicates(record, session, changed, open) {
  const list = h('div', { role: 'status' });
  const done = merges.get(record.id) ?? [];
  const details = h('details', { class: 'customer-duplicates' }, h('summary', {}, t('duplicates')),
    done.map((one) => h('p', {}, t('duplicates.merged', { name: one.name }), ' ',
      h('button', { type: 'button', class: 'small', onclick: () => apart(record, one, changed) }, t('undo')))), list);
  details.addEventListener('toggle', async () => {
    if (!details.open || list.hasChildNodes()) return;
    let answer;
    try { answer = await get(`/v1/customers/${record.id}/duplicates`); } catch (refusal) {
      list.replaceChildren(h('p', { class: 'problem' }, refusal.message));
      return;
    }
    list.replaceChildren(answer.items.length > 0
      ? h('ul', {}, answer.items.map((found) => line(found, record, session, changed, open)))
      : h('p', { class: 'quiet' }, t('duplicates.none')));
  });
  details.open = done.length > 0;
  return details;
}

function line(found, record, session, changed, open) {
  const { customer } = found, place = h('div', {});
  const mayMerge = session.role !== 'operator';
  return h('li', {}, who(customer), ' ', reasons(found), ' ',
    h('button', { type: 'button', class: 'small', onclick: () => open(customer.id) }, t('customer.open')), ' ',
    mayMerge && h('button', {
      type: 'button', class: 'small', onclick: () => merging(customer, record, session, place, changed) },
    t('duplicates.merge')),
    place);
}

/** A field's name as the page has it; of the centre's own fields their label. */
const fieldName = (field, session) => (field.startsWith('custom.')
  ? session.custom_fields[field.slice('custom.'.length)] ?? field : t(`field.${field}`));

/**
 * What a merge would do, before it is done.
 *
 * @param other becomes a part of the record.
 * @param place gets the preview, and the button that does it.
 * @param changed called when it was done.
 */
export async function merging(other, record, session, place, changed) {
  const path = `/v1/customers/${record.id}/merge`;
  let report;
  try { report = await post(`${path}?dry_run=true`, { other: other.id }); } catch (refusal) {
    return announce(refusal.message);
  }
  const moved = Object.entries(report.moved).filter(([, count]) => count > 0)
    .map(([kind, count]) => `${t(`duplicates.${kind}`)} ${count}`).join(', ');
  const merge = async () => {
    try { report = await post(path, { other: other.id }); } catch (refusal) { return announce(refusal.message); }
    announce(t('duplicates.merged', { name: other.name }));
    merges.set(record.id, [...(merges.get(record.id) ?? []), { merge: report.merge, name: other.name }]);
    await changed();
  };
  place.replaceChildren(h('div', { role: 'group', 'aria-label': t('duplicates.merge') },
    h('p', {}, t('duplicates.would', { other: other.name, name: record.name })),
    moved && h('p', {}, t('duplicates.moved', { what: moved })),
    report.dropped.length > 0 && h('ul', {}, report.dropped.map((choice) => h('li', {},
      fieldName(choice.field, session), ': ', said(`${choice.kept}`), ' ', h('del', {}, said(choice.dropped))))),
    h('p', { class: 'buttons' },
      h('button', { type: 'button', onclick: () => place.replaceChildren() }, t('cancel')),
      h('button', { type: 'button', class: 'primary', onclick: merge }, t('duplicates.merge')))));
}

async function apart(record, one, changed) {
  try { await post(`/v1/merges/${one.merge}/undo`, {}); } catch (refusal) { return announce(refusal.message); }
  merges.set(record.id, merges.get(record.id).filter((other) => other !== one));
  announce(t('duplicates.apart'));
  await changed();
}
