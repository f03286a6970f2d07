// The versions of what belongs to a customer, of cases and of lists: who changed what, and putting one back.
import { ask, get } from './api.js';
import { announce, h, said } from './dom.js';
import { person } from './people.js';
import { t, word } from './text.js';
import { dateTime } from './time.js';

/**
 * What was changed: asked for when it is opened.
 *
 * @param path of the record, such as `/v1/lists/winback`.
 * @param version that it has now; putting that back would change nothing.
 * @param label names a field.
 * @param put called when a version was put back.
 */
function recordHistory({ path, version, label, put }) {
  const list = h('div', { class: 'versions', role: 'status' });
  const details = h('details', { class: 'record-history' }, h('summary', {}, t('versions')), list);
  const load = async (after) => {
    let answer;
    try { answer = await get(`${path}/history?limit=20${after ? `&after=${after}` : ''}`); } catch (refusal) {
      list.replaceChildren(h('p', { class: 'problem' }, refusal.message));
      return;
    }
    list.querySelector('.more')?.remove();
    if (!after && answer.items.length === 0) list.append(h('p', { class: 'quiet' }, t('versions.none')));
    list.append(h('ol', {}, answer.items.map((one) => line(one, one.version !== version && restorer(one)))));
    if (answer.next) {
      list.append(h('button', { type: 'button', class: 'more small', onclick: () => load(answer.next) },
        t('versions.older')));
    }
  };
  const restorer = (one) => restoreButton(path, one, version, put);
  const line = (one, button) => h('li', {},
    h('p', {}, h('strong', {}, `v${one.version}`), ' ', dateTime(one.at), ' ',
      person(one.by) || t('versions.program'), ' · ', word('through', one.through), ' ',
      one.kind && word('version', one.kind), ' ', button),
    one.changes.length > 0 && h('ul', {}, one.changes.map((change) => h('li', {},
      label(change.field), ': ', shown(change.from), ' → ', shown(change.to)))));
  details.addEventListener('toggle', () => { if (details.open && !list.hasChildNodes()) load(null); });
  return details;
}

/** A button that puts a version back; nothing for one that deleted the record. */
export function restoreButton(path, one, version, put) {
  if (one.kind === 'deleted') return null;
  return h('button', {
    type: 'button', class: 'small', onclick: async (event) => {
      event.target.disabled = true;
      try {
        await ask('POST', `${path}/restore`, { version: one.version },
          version == null ? {} : { 'If-Match': `"v${version}"` });
      } catch (refusal) {
        event.target.disabled = false;
        announce(refusal.message);
        return;
      }
      announce(t('versions.restored', { version: one.version }));
      await put();
    } }, t('versions.restore'));
}

/** The versions of a purchase, a contract, a contact, a note or a file. */
export const itemHistory = (path, item, put) => recordHistory({
  path: `${path}/${item.id}`, version: item.version, put,
  label: (field) => word('items.field', field) });

/** The versions of a saved list. */
export const listHistory = (list, put) => recordHistory({
  path: `/v1/lists/${encodeURIComponent(list.name)}`, version: list.version, put,
  label: (field) => word('lists.field', field) });

const shown = (value) => {
  if (value == null || value === '') return '–';
  return said(/^\d{4}-\d\d-\d\dT/.test(value) ? dateTime(value) : String(value));
};
