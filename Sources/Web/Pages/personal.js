// What a record has besides: accounts at services, and what the customer agreed to.
import { h } from './dom.js';
import { t } from './text.js';

/** An account as a line of text. */
export const accountText = ({ service, id }) => `${service}:${id}`;

/** `instagram:hanako` a line; a line without a colon is an account at nothing that is known. */
const accounts = (text) => text.split('\n').map((line) => line.trim()).filter(Boolean).map((line) => {
  const place = line.indexOf(':');
  return place < 0 ? { service: 'other', id: line }
    : { service: line.slice(0, place).trim(), id: line.slice(place + 1).trim() };
});

const sorted = (object) => Object.fromEntries(
  Object.entries(object ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));

const answers = ['', 'true', 'false'];

/** A line of the consents: its name and the answer; without an answer there is none. */
const consentLine = (name, agreed) => h('span', { class: 'consent' },
  h('input', { class: 'consent-name', value: name, 'aria-label': t('consent.name'), placeholder: t('consent.name') }),
  ' ',
  h('select', { class: 'consent-answer', 'aria-label': t('field.consent') }, answers.map((one) =>
    h('option', { value: one, selected: one === String(agreed) }, one ? t(`custom.${one}`) : '–'))));

/** The fields of the editor. */
export function personalInputs(record, draft) {
  const lines = Object.entries(draft?.consent ?? record.consent ?? {}).map(([name, agreed]) =>
    consentLine(name, agreed));
  const consents = h('div', { id: 'edit-consent', role: 'group', 'aria-label': t('field.consent') },
    lines, consentLine('', ''));
  return [
    h('p', {},
      h('label', { for: 'edit-accounts' }, t('accounts.lines')),
      h('textarea', {
        id: 'edit-accounts', name: 'accounts', rows: 2, placeholder: 'instagram:hanako',
        value: (draft?.accounts ?? record.accounts ?? []).map(accountText).join('\n') })),
    h('div', { class: 'consents' }, h('p', { class: 'quiet' }, t('field.consent')), consents,
      h('button', { type: 'button', class: 'small', onclick: () => {
        const line = consentLine('', '');
        consents.append(line);
        line.querySelector('input').focus();
      } }, t('consent.add'))),
  ];
}

/** What the form says of them. */
export function personalRead(form) {
  const consent = {};
  for (const line of form.querySelectorAll('.consent')) {
    const name = line.querySelector('.consent-name').value.trim();
    const answer = line.querySelector('.consent-answer').value;
    if (name && answer) consent[name] = answer === 'true';
  }
  return { accounts: accounts(form.elements.accounts.value), consent: sorted(consent) };
}

export const personalParts = (record) => ({
  accounts: (record.accounts ?? []).map(({ service, id }) => ({ service, id })), consent: sorted(record.consent) });

/** A field of a record that is no text, for a table of what two people wrote. */
export function personalText(key, value) {
  if (key === 'accounts') return (value ?? []).map(accountText).join(', ');
  if (key === 'consent')
    return Object.entries(value ?? {}).map(([name, agreed]) => `${name}: ${t(`custom.${agreed}`)}`).join(', ');
  if (key === 'kind') return t(`kind.${value ?? 'person'}`);
  return null;
}
