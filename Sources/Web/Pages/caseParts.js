// The promises and tasks of a case: listed, added, done, and asked about when the case is closed.
import { get, post } from './api.js';
import { announce, h, said } from './dom.js';
import { keepTyped } from './keptForms.js';
import { openingHint } from './openingHint.js';
import { operatorField, operatorIn } from './operatorField.js';
import { person } from './people.js';
import { number, t } from './text.js';
import { dateTime, instant } from './time.js';

/**
 * Closes something. A case with open promises or tasks asks first what becomes of them, in `place`.
 *
 * @param send sends the request: with `close` or `keep`, or with nothing at first.
 * @param place where the question stands, or why it was refused.
 * @param explain a refusal in words.
 * @param done is called once it is closed.
 */
export async function closing(send, place, explain, done) {
  const attempt = async (parts) => {
    place.replaceChildren();
    try { await send(parts); } catch (refusal) {
      const open = refusal.status === 409 ? refusal.body?.open_parts : null;
      if (!open) { place.textContent = explain(refusal); return; }
      place.replaceChildren(question(open, attempt, () => place.replaceChildren()));
      place.querySelector('button').focus();
      return;
    }
    await done();
  };
  await attempt();
}

function question(open, attempt, cancel) {
  const button = (key, work) => h('button', { type: 'button', class: 'small', onclick: work }, t(key));
  return h('span', { class: 'parts-question', role: 'group', 'aria-label': t('case.parts') },
    t('case.parts.ask', { count: number(open.length), titles: open.map(({ title }) => title).join(', ') }), ' ',
    h('span', { class: 'buttons' },
      button('case.parts.close', () => attempt('close')), button('case.parts.keep', () => attempt('keep')),
      button('cancel', cancel)));
}

/** A line that takes a closing back. */
export const undoClosing = (id, title, changed) => [
  t('work.doneNow', { what: title }), ' ',
  h('button', { type: 'button', class: 'small', onclick: async (event) => {
    const line = event.target.parentElement;
    try { await post(`/v1/cases/${id}/reopen`, {}); } catch (refusal) { line.textContent = refusal.message; return; }
    line.replaceChildren();
    announce(t('work.told.reopen'));
    await changed();
  } }, t('inbox.undo'))];

/**
 * The list of a case's parts, and the form for another one.
 *
 * @param changed is told when one was added, done or undone.
 */
export function partsOf(found, session, changed) {
  const list = h('ul', { class: 'message-list' }), problem = h('p', { class: 'problem', role: 'alert' });
  const tally = h('span', { class: 'tally' }, number(found.open_parts));
  const act = (one, verb) => async () => {
    problem.textContent = '';
    try { await post(`/v1/cases/${one.id}/${verb}`, {}); } catch (refusal) { problem.textContent = refusal.message; }
    announce(t(`work.told.${verb}`));
    await load();
    changed();
  };
  const row = (one) => h('li', { 'data-id': one.id, class: one.overdue ? 'is-late' : null },
    h('span', { class: 'kind' }, t(`case.${one.kind}`)), ' ',
    said(one.title, one.closed_at ? 's' : 'span'), ' ',
    h('span', { class: 'quiet' }, [
      one.due && t('case.due', { when: dateTime(one.due) }), person(one.owner) || t('work.unowned'),
      one.closed_at && t('case.phase.closed')].filter(Boolean).join(' · ')), ' ',
    h('button', { type: 'button', class: 'small', onclick: act(one, one.closed_at ? 'reopen' : 'close') },
      t(one.closed_at ? 'inbox.undo' : 'work.close')));
  const load = async () => {
    try {
      const { items } = await get(`/v1/cases?case=${found.id}&state=all&limit=100`);
      list.replaceChildren(...items.map(row));
      tally.textContent = number(items.filter((one) => !one.closed_at).length);
      if (items.length === 0) list.replaceChildren(h('li', { class: 'quiet' }, t('cases.none')));
    } catch (refusal) { problem.textContent = refusal.message; }
  };
  const form = found.closed_at ? null : adding(found, session, problem, async () => { await load(); changed(); });
  const box = h('details', {
    class: 'case-parts', open: found.open_parts > 0 || form?.isFilled, ontoggle: () => { if (box.open) load(); } },
  h('summary', {}, t('case.parts'), ' ', tally), list, problem, form?.elements);
  return box;
}

function adding(found, session, problem, added) {
  const field = {
    kind: h('select', { 'aria-label': t('case.kind') }, ['promise', 'task'].map((kind) =>
      h('option', { value: kind }, t(`case.kind.${kind}`)))),
    title: h('input', { 'aria-label': t('case.title'), placeholder: t('case.title'), maxlength: 200 }),
    due: h('input', { type: 'datetime-local', 'aria-label': t('followup.when') }),
    owner: operatorField({ 'aria-label': t('case.for'), placeholder: t('case.for') }),
  };
  const typed = keepTyped(session.operator ?? null, `/v1/cases/${found.id}/parts`, field, {
    kind: 'part', id: found.id, title: found.title });
  const hours = openingHint(field.due);
  const add = async () => {
    if (!field.title.value.trim()) return field.title.focus();
    problem.textContent = '';
    const owner = operatorIn(field.owner, problem);
    if (owner === null) return;
    try {
      await post('/v1/cases', {
        case: found.id, kind: field.kind.value, title: field.title.value.trim(),
        due: field.due.value ? new Date(instant(field.due.value)).toISOString() : undefined,
        owner: owner || undefined });
    } catch (refusal) { problem.textContent = refusal.message; return; }
    typed.done();
    for (const name of ['title', 'due', 'owner']) field[name].value = '';
    hours.look();
    announce(t('case.saved'));
    await added();
  };
  // Enter adds the part; it does not save the case.
  const keys = (event) => {
    if (event.key !== 'Enter' || event.target.tagName === 'BUTTON') return;
    event.preventDefault();
    add();
  };
  return {
    isFilled: typed.isFilled,
    elements: [typed.element, h('p', { class: 'row', onkeydown: keys }, field.kind, field.title, field.due, field.owner,
      h('button', { type: 'button', onclick: add }, t('case.parts.add')), hours.element)],
  };
}
