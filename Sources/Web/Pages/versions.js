// The versions of a customer: who changed what, when, through what; and putting one back.
import { ask, get } from './api.js';
import { announce, h, said } from './dom.js';
import { person } from './people.js';
import { t, word } from './text.js';
import { dateTime } from './time.js';

/**
 * What was changed in a record: asked for when it is opened.
 *
 * @param put called when a version was put back.
 */
export function versions(record, session, put) {
  const list = h('div', { class: 'versions', role: 'status' });
  const details = h('details', { class: 'customer-versions' },
    h('summary', {}, t('versions')), list);
  details.addEventListener('toggle', () => {
    if (details.open && !list.hasChildNodes()) load(record, session, list, put, null);
  });
  return details;
}

async function load(record, session, list, put, after) {
  let answer;
  try {
    answer = await get(`/v1/customers/${record.id}/history?limit=20${after ? `&after=${after}` : ''}`);
  } catch (refusal) {
    list.replaceChildren(h('p', { class: 'problem' }, refusal.message));
    return;
  }
  list.querySelector('.more')?.remove();
  if (!after && answer.items.length === 0) list.append(h('p', { class: 'quiet' }, t('versions.none')));
  list.append(h('ol', {}, answer.items.map((version) => line(version, record, session, put))));
  if (answer.next) {
    list.append(h('button', {
      type: 'button', class: 'more small', onclick: () => load(record, session, list, put, answer.next) },
    t('versions.older')));
  }
}

function line(version, record, session, put) {
  const mayPutBack = version.kind !== 'deleted' && version.version !== record.version;
  return h('li', {},
    h('p', {}, h('strong', {}, `v${version.version}`), ' ', dateTime(version.at), ' ',
      person(version.by) || t('versions.program'), ' · ', word('through', version.through), ' · ',
      word('version', version.kind), ' ',
      mayPutBack && h('button', {
        type: 'button', class: 'small', onclick: () => restore(version, record, put) }, t('versions.restore'))),
    version.changes.length > 0 && h('ul', {}, version.changes.map((change) => h('li', {},
      label(change.field, session), ': ', value(change.field, change.from), ' → ',
      value(change.field, change.to)))));
}

function label(field, session) {
  if (field.startsWith('custom.')) return session.custom_fields[field.slice(7)] ?? field.slice(7);
  return t(`field.${field}`);
}

function value(field, one) {
  const text = Array.isArray(one) ? one.join(', ') : field === 'tier' && one ? word('tier', one) : one;
  return text ? said(text) : '–';
}

async function restore(version, record, put) {
  try {
    await ask('POST', `/v1/customers/${record.id}/restore`, { version: version.version },
      { 'If-Match': `"v${record.version}"` });
  } catch (refusal) {
    announce(refusal.message);
    return;
  }
  announce(t('versions.restored', { version: version.version }));
  await put();
}
