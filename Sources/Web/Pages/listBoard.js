// The supervisors' page of lists: how far each is worked through, who is in it, making and assigning one.
import { ask, get, post, segment } from './api.js';
import { callDialog, queryOf } from './callList.js';
import { announce, byId, h, said } from './dom.js';
import { listHistory, restoreButton } from './history.js';
import { keepTyped } from './keptForms.js';
import { entryFacts, resultName } from './lists.js';
import { number, percent, t, word } from './text.js';
import { dateTime } from './time.js';

const kinds = ['dormant', 'expiring', 'overdue_purchase', 'at_risk', 'best'];
const orders = ['last_contact', 'spend', 'frequency'];
const states = ['new', 'active', 'dormant'];

/** Who writes here: what is typed is kept for nobody else. */
let author = null;

/** Draws the page. */
export async function listBoard(panel, session) {
  author = session.operator ?? null;
  const problem = h('p', { class: 'problem', role: 'alert' });
  const body = h('tbody'), behind = h('p', { class: 'quiet', role: 'status' });
  panel.replaceChildren(
    h('p', { class: 'buttons' },
      h('button', { type: 'button', class: 'primary', onclick: () => listDialog(null, load) }, t('lists.new'))),
    problem,
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('supervisor.lists') }, h('table', {},
      h('thead', {}, h('tr', {}, ['title', 'open', 'claimed', 'done', 'results', 'assigned', 'actions'].map((name) =>
        h('th', { scope: 'col' }, t(`lists.column.${name}`))))),
      body)),
    behind);
  async function load() {
    const answer = await get('/v1/lists?limit=1000');
    body.replaceChildren(...answer.items.map((list) => row(list, load, problem)));
    behind.textContent = answer.behind > 0 ? t('lists.behind', { count: number(answer.behind) }) : '';
  }
  await load();
}

function row(list, load, problem) {
  const results = Object.entries(list.results).filter(([, count]) => count > 0)
    .map(([code, count]) => `${resultName(code)} ${number(count)}`).join(', ');
  const remove = async (event) => {
    problem.textContent = '';
    // The second press does it: what was worked off goes with the list.
    if (!event.target.dataset.sure) {
      event.target.dataset.sure = 'true';
      event.target.textContent = t('lists.sure');
      return;
    }
    try { await ask('DELETE', `/v1/lists/${segment(list.name)}`); } catch (refusal) {
      problem.textContent = refusal.message;
      return;
    }
    announce(t('lists.deleted', { what: list.title }));
    problem.replaceChildren(t('lists.deleted', { what: list.title }), ' ',
      restoreButton(`/v1/lists/${segment(list.name)}`, list, null, () => {
        problem.textContent = '';
        return load();
      }));
    await load();
  };
  return h('tr', { 'data-list': list.name },
    h('th', { scope: 'row' }, said(list.title)),
    h('td', { class: 'number' }, number(list.open) + (list.more ? '+' : '')),
    h('td', { class: 'number' }, number(list.claimed)),
    h('td', { class: 'number' }, number(list.done)),
    h('td', {}, results),
    h('td', {}, list.assigned_to.join(', ')),
    h('td', { class: 'buttons' },
      h('button', { type: 'button', class: 'small', onclick: () => entriesDialog(list) }, t('lists.open')),
      h('button', { type: 'button', class: 'small', onclick: () => commonDialog(list) }, t('lists.common')),
      h('a', { class: 'small', href: `/v1/lists/${segment(list.name)}/entries?format=csv`, download: '' }, 'CSV'),
      list.kind === 'saved' && h('button', {
        type: 'button', class: 'small', onclick: () => listDialog(list, load) }, t('work.change')),
      list.kind === 'saved' && h('button', {
        type: 'button', class: 'small', onclick: () => historyDialog(list, load) }, t('versions')),
      list.kind === 'saved' && h('button', { type: 'button', class: 'small', onclick: remove }, t('lists.delete'))));
}

/** Who changed a list, and putting a version back. */
function historyDialog(list, load) {
  const history = listHistory(list, async () => {
    byId('dialog').close();
    await load();
  });
  callDialog(h('h2', {}, said(list.title)), history);
  history.open = true;
}

/** Who is in a list, page by page; those who are worked off too. */
function entriesDialog(list) {
  const items = h('ol', { class: 'list-entries' }), more = h('p');
  const done = h('input', { type: 'checkbox', onchange: () => load() });
  const load = async (after) => {
    let page;
    try {
      page = await get(`/v1/lists/${segment(list.name)}/entries?${queryOf({ limit: 50, done: done.checked, after })}`);
    } catch (refusal) { return items.replaceChildren(h('li', { class: 'problem' }, refusal.message)); }
    const rows = page.items.map((one) => h('li', {}, h('div', {}, entryFacts(one), one.result && [
      h('br'), h('strong', {}, resultName(one.result)), ' ',
      [one.worked_by, dateTime(one.worked_at)].filter(Boolean).join(' · '), ' ', one.note && said(one.note)])));
    if (after) items.append(...rows); else items.replaceChildren(...rows);
    if (!items.childElementCount) items.append(h('li', { class: 'quiet' }, t('lists.empty')));
    more.replaceChildren(page.next
      ? h('button', { type: 'button', onclick: () => load(page.next) }, t('lists.more')) : '');
  };
  callDialog(h('h2', {}, said(list.title)),
    h('label', { class: 'choice' }, done, ' ', t('lists.done')), items, more);
  load();
}

/** Values whose share differs most from that of the other customers. */
async function commonDialog(list) {
  let found;
  try { found = await get(`/v1/lists/${segment(list.name)}/common`); } catch (refusal) {
    return announce(refusal.message);
  }
  const field = (name) => (name.startsWith('custom.') ? word('custom_field', name.slice(7)) : t(`lists.field.${name}`));
  const value = (one) => (one.field === 'tier' ? word('tier', one.value) : said(one.value));
  callDialog(h('h2', {}, t('lists.common'), ' — ', said(list.title)),
    h('p', { class: 'quiet' }, t(found.sampled ? 'lists.sampled' : 'lists.compared', {
      size: number(found.size), rest: number(found.rest_size) })),
    found.items.length === 0 ? h('p', { class: 'quiet' }, t('lists.nothing')) : h('table', {},
      h('thead', {}, h('tr', {}, ['field', 'value', 'list', 'rest'].map((name) =>
        h('th', { scope: 'col' }, t(`lists.common.${name}`))))),
      h('tbody', {}, found.items.map((one) => h('tr', {},
        h('td', {}, field(one.field)),
        h('td', {}, value(one)),
        h('td', { class: 'number' }, `${number(one.count)} (${percent(one.share)})`),
        h('td', { class: 'number' }, `${number(one.rest_count)} (${percent(one.rest_share)})`))))));
}

/** The dialog of a saved list; of a new one where there is none. */
function listDialog(list, changed) {
  const dialog = byId('dialog'), problem = h('p', { class: 'problem', role: 'alert' });
  const text = (name, attributes = {}) =>
    h('input', { name, value: list?.[name] ?? '', maxlength: 128, ...attributes });
  const choice = (name, values, label) => h('select', { name },
    h('option', { value: '' }, t('filter.all')),
    values.map((one) => h('option', { value: one, selected: list?.[name] === one }, label(one))));
  const field = {
    name: text('name', { required: true, pattern: '[a-z0-9_\\-]{1,64}', disabled: list !== null }),
    title: text('title', { required: true }),
    of: choice('of', kinds, (one) => t(`lists.of.${one}`)),
    sort: choice('sort', orders, (one) => t(`lists.sort.${one}`)),
    tier: text('tier'), tag: text('tag'), owner: text('owner'),
    status: choice('status', states, (one) => t(`status.${one}`)),
    q: text('q'), min_spent: text('min_spent', { inputmode: 'decimal' }),
    days: text('days', { type: 'number', min: 0, max: 3650 }),
    assigned_to: h('input', { name: 'assigned_to', value: list?.assigned_to.join(', ') ?? '' }),
  };
  const body = () => Object.fromEntries(Object.entries(field)
    .filter(([name]) => name !== 'name' || !list)
    .map(([name, input]) => {
      const value = input.value.trim();
      if (name === 'assigned_to') return [name, value.split(',').map((who) => who.trim()).filter(Boolean)];
      if (name === 'days') return [name, value === '' ? null : Number(value)];
      return [name, value === '' ? null : value];
    }));
  const save = async (event) => {
    event.preventDefault();
    problem.textContent = '';
    try {
      if (list) await ask('PATCH', `/v1/lists/${segment(list.name)}`, body(), { 'If-Match': `"v${list.version}"` });
      else await post('/v1/lists', body());
    } catch (refusal) {
      problem.textContent = refusal.status === 412 ? t('case.changed') : refusal.message;
      return;
    }
    dialog.close();
    announce(t('case.saved'));
    await changed();
  };
  const labelled = (name) => h('label', {}, h('span', {}, t(`lists.field.${name}`)), field[name]);
  const typed = keepTyped(author, list ? `/v1/lists/${segment(list.name)}` : '/v1/lists', field, null);
  dialog.addEventListener('close', typed.done, { once: true });
  // Only dormant customers have an order of their own.
  const columns = Object.fromEntries(Object.keys(field).map((name) => [name, labelled(name)]));
  const showSort = () => {
    columns.sort.hidden = field.of.value !== 'dormant';
    if (columns.sort.hidden) field.sort.value = '';
  };
  field.of.addEventListener('change', showSort);
  showSort();
  dialog.replaceChildren(h('form', { class: 'case-form', onsubmit: save },
    h('h2', {}, list ? said(list.title) : t('lists.new')), typed.element, problem,
    h('div', { class: 'columns' }, Object.values(columns)),
    h('p', { class: 'buttons' },
      h('button', { class: 'primary' }, t('case.save')),
      h('button', { type: 'button', onclick: () => dialog.close() }, t('close')))));
  dialog.showModal();
  (list ? field.title : field.name).focus();
}
