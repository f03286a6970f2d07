// Persons and companies: what a customer is, whose company a person belongs to, and who belongs to a company.
import { get, segment } from './api.js';
import { name } from './card.js';
import { h, later, said } from './dom.js';
import { number, t } from './text.js';

const personsShown = 50;

/** What a customer is, and where it belongs: a part of the record that is asked for once. */
export function belonging(one, open) {
  const { id, kind, company_id } = one.record, key = `${kind} ${company_id ?? ''}`;
  if (one.belonging?.key === key) return one.belonging.element;
  const element = h('div', { class: 'belonging', role: 'status' });
  one.belonging = { key, element };
  if (company_id) companyLine(element, company_id, open);
  if (kind === 'company') persons(element, id, open);
  return element;
}

async function companyLine(element, id, open) {
  const link = (text) => h('p', {}, t('field.company_id'), ': ',
    h('button', { type: 'button', class: 'small company', onclick: () => open(id) }, text));
  try { element.replaceChildren(link(said((await get(`/v1/customers/${id}`)).name))); } catch {
    // A company that was deleted: its number is all there is.
    element.replaceChildren(h('p', {}, t('field.company_id'), ': ', String(id)));
  }
}

async function persons(element, id, open) {
  let answer;
  try { answer = await get(`/v1/customers?company=${id}&limit=${personsShown}`); } catch (refusal) {
    element.replaceChildren(h('p', { class: 'problem' }, refusal.message));
    return;
  }
  element.replaceChildren(
    h('h3', {}, t('company.persons'), ' ', h('span', { class: 'quiet' }, number(answer.matches))),
    answer.matches > 0
      ? h('ul', {}, answer.customers.map((person) => h('li', {},
        h('button', { type: 'button', class: 'small person', onclick: () => open(person.id) }, name(person)), ' ',
        h('span', { class: 'quiet' }, person.phones[0]?.display ?? ''))))
      : h('p', { class: 'quiet' }, t('company.nobody')));
}

/** Choosing person or company and, for a person, the company. */
export function companyInput(record, draft) {
  const kind = draft?.kind ?? record.kind ?? 'person';
  const chosen = h('input', {
    type: 'hidden', name: 'company_id', value: String(draft?.company_id ?? record.company_id ?? '') });
  const shown = h('span', { role: 'status' }), found = h('ul', { class: 'found-companies' });
  const search = h('input', { id: 'edit-company_id', autocomplete: 'off', placeholder: t('company.find') });
  const choose = (company) => {
    chosen.value = String(company?.id ?? '');
    search.value = '';
    found.replaceChildren();
    shown.replaceChildren(...company ? [said(company.name), ' ',
      h('button', { type: 'button', class: 'small', onclick: () => choose(null) }, t('company.remove'))] : []);
  };
  const look = later(200, async () => {
    const q = search.value.trim();
    if (!q) return found.replaceChildren();
    let answer;
    try { answer = await get(`/v1/customers?q=${segment(q)}&limit=50`); } catch { return; }
    // An answer that was overtaken by the next letter is not shown.
    if (q !== search.value.trim()) return;
    const companies = answer.customers.filter((one) => one.kind === 'company' && one.id !== record.id).slice(0, 8);
    found.replaceChildren(...companies.length > 0
      ? companies.map((company) => h('li', {},
        h('button', { type: 'button', class: 'small', onclick: () => choose(company) }, said(company.name))))
      : [h('li', { class: 'quiet' }, t('company.none'))]);
  });
  search.addEventListener('input', () => look());
  if (chosen.value) {
    shown.textContent = chosen.value;
    get(`/v1/customers/${chosen.value}`).then(choose, () => {});
  }
  const place = h('p', { hidden: kind === 'company' },
    h('label', { for: 'edit-company_id' }, t('field.company_id')), chosen, shown, search, found);
  const select = h('select', {
    id: 'edit-kind', name: 'kind', onchange: () => { place.hidden = select.value === 'company'; } },
  ['person', 'company'].map((one) => h('option', { value: one, selected: one === kind }, t(`kind.${one}`))));
  return [h('p', {}, h('label', { for: 'edit-kind' }, t('field.kind')), select), place];
}

/** What the form says of it. A company belongs to none. */
export const companyRead = (form) => {
  const kind = form.elements.kind.value, id = Number(form.elements.company_id.value);
  return { kind, company_id: kind === 'person' && id ? id : null };
};

export const companyParts = (record) => ({ kind: record.kind ?? 'person', company_id: record.company_id ?? null });
