// A case: its line in a list, and the dialog in which it is worked on.
import { ask, get, post, segment } from './api.js';
import { callsOf, missing } from './caseCalls.js';
import { closing, partsOf } from './caseParts.js';
import { announce, byId, h, said } from './dom.js';
import { dueChoices } from './dueChoices.js';
import { restoreButton } from './history.js';
import { callOf } from './hand.js';
import { incidentsOf } from './incidents.js';
import { channels } from './items.js';
import { keepTyped } from './keptForms.js';
import { MessagePanel } from './messages.js';
import { openingHint } from './openingHint.js';
import { operatorField, operatorIn } from './operatorField.js';
import { person } from './people.js';
import { lookAt, presenceLine } from './presence.js';
import { repliesOf } from './replies.js';
import { clock, number, t, word } from './text.js';
import { dateTime, instant, localTime, since } from './time.js';

const priorities = ['low', 'normal', 'high', 'urgent'];

/** How a case came in: the channels, and what a program named otherwise. */
function cameBy(current) {
  const all = ['', ...channels], list = all.includes(current) ? all : [...all, current];
  return h('select', { name: 'came_by' }, list.map((one) =>
    h('option', { value: one, selected: one === current }, one && word('channel', one))));
}

/** The name of a phase: the four that are shipped are known in both languages. */
export const phaseName = (phase) => (phase ? word('case.phase', phase) : '');

/** Why a case needs somebody, in words that are no colour alone. */
export function marks(one) {
  const list = [
    one.overdue && ['late', t('work.overdue')], one.at_risk && ['risk', t('work.at_risk')],
    one.complaint && ['late', t('case.complaint.mark')],
    one.stalled && ['late', t('work.stalled')], one.waiting && ['', t('work.waiting')],
    !one.owner && !one.closed_at && ['', t('work.unowned')],
    one.open_parts > 0 && ['', t('case.parts.open', { count: number(one.open_parts) })],
    ['high', 'urgent'].includes(one.priority) && ['', t(`case.priority.${one.priority}`)],
  ].filter(Boolean);
  return list.map(([kind, text]) => [h('span', { class: `mark-of-case ${kind}` }, text), ' ']);
}

/** What a case is about, in two lines. */
export function caseFacts(one) {
  const facts = [
    one.due && t('case.due', { when: dateTime(one.due) }), one.phase && phaseName(one.phase),
    one.progress != null && `${one.progress} %`,
    one.came_by && t('case.cameBy', { channel: word('channel', one.came_by) }), one.next_step && said(one.next_step),
    one.claimed_by && t('work.claimed', { by: person(one.claimed_by), at: dateTime(one.claimed_at) }),
  ].filter(Boolean);
  return [
    h('span', { class: 'kind' }, t(`case.${one.kind}`)), ' ', h('strong', {}, said(one.title)), ' ', marks(one),
    h('br'), said(one.customer_name), facts.flatMap((fact) => [' · ', fact])];
}

/** The newest refusal of a claim names who has it. */
export const refused = (refusal) => (refusal.status === 409 && refusal.body?.claimed_by
  ? t('work.taken', { by: person(refusal.body.claimed_by), at: dateTime(refusal.body.claimed_at) })
  : refusal.message);

/** Does something with a case; returns the problem in words, or null. */
export async function actOn(id, what, body = {}) {
  try {
    await post(`/v1/cases/${id}/${what}`, body);
    announce(t(`work.told.${what}`));
    return null;
  } catch (refusal) { return refused(refusal); }
}

/** Cases that one request gives away. */
const assignMax = 500;

/** Gives many to somebody; returns what came of it, in a sentence. */
export async function assignMany(ids, owner) {
  const told = { assigned: [], unchanged: [], failed: [] };
  let problem = '';
  for (let i = 0; i < ids.length && !problem; i += assignMax) {
    try {
      const part = await post('/v1/cases/assign', { cases: ids.slice(i, i + assignMax), owner });
      for (const name of Object.keys(told)) told[name].push(...part[name]);
    } catch (refusal) { problem = refusal.message; }
  }
  const parts = [
    ['assign.done', told.assigned.length, ''], ['assign.unchanged', told.unchanged.length, ''],
    ['assign.failed', told.failed.length, [...new Set(told.failed.map((one) => one.detail))].join(' ')]];
  return [...parts.filter(([, count]) => count > 0)
    .map(([key, count, why]) => t(key, { count: number(count), to: person(owner), why })), problem].join(' ').trim();
}

const labelled = (text, input) => h('label', {}, h('span', {}, text), input);

/**
 * The dialog of a case; of a new one where there is no id.
 *
 * @param one `{ id }`, or `{ customer }` for a new one, with the `call` that it came by; without one it is the call in
 *   hand, if that is the customer's.
 * @param changed is told when it was written.
 */
export async function caseDialog(one, session, changed) {
  const dialog = byId('dialog'), call = one.id ? null : one.call ?? callOf(one.customer)?.call ?? null;
  let found = null, etag = null;
  if (one.id) {
    try { ({ json: found, etag } = await ask('GET', `/v1/cases/${one.id}`)); } catch (refusal) {
      return announce(refusal.message);
    }
  }
  const problem = h('p', { class: 'problem', role: 'alert' }), presence = presenceLine();
  const phases = session.case_phases ?? [];
  const field = {
    kind: h('select', { name: 'kind' }, ['case', 'promise', 'task'].map((kind) =>
      h('option', { value: kind, selected: kind === (found?.kind ?? 'case') }, t(`case.kind.${kind}`)))),
    owner: operatorField({ name: 'owner', value: '' }),
    title: h('input', { name: 'title', maxlength: 200, required: true, value: found?.title ?? '' }),
    phase: h('select', { name: 'phase' }, [...phases, 'closed'].map((phase) =>
      h('option', { value: phase, selected: phase === (found?.phase ?? phases[0]) }, phaseName(phase)))),
    progress: h('input', {
      name: 'progress', type: 'number', min: 0, max: 100, step: 5, value: found?.progress ?? '' }),
    // What is opened during a call came by it.
    came_by: cameBy(found ? found.came_by ?? '' : call ? 'phone' : ''),
    priority: h('select', { name: 'priority' }, priorities.map((name) =>
      h('option', { value: name, selected: name === (found?.priority ?? 'normal') }, t(`case.priority.${name}`)))),
    due: h('input', {
      name: 'due', type: 'datetime-local', value: found?.due ? localTime(Date.parse(found.due)).slice(0, 16) : '' }),
    next_step: h('input', { name: 'next_step', maxlength: 200, value: found?.next_step ?? '' }),
    waiting: h('input', { name: 'waiting', type: 'checkbox', checked: found?.waiting ?? false }),
    complaint: h('input', { name: 'complaint', type: 'checkbox', checked: found?.complaint ?? false }),
    link: h('input', { name: 'link', type: 'checkbox', checked: call !== null }),
    about: h('input', { name: 'complaint_about', maxlength: 32, value: found?.complaint_about ?? '' }),
  };
  const about = labelled(t('case.complaint_about'), field.about);
  // A promise and a task are a line with a due time.
  const ofCase = [
    labelled(t('case.phase'), field.phase), labelled(t('case.progress'), field.progress),
    labelled(t('case.field.came_by'), field.came_by),
    h('label', { class: 'choice' }, field.complaint, ' ', t('case.complaint'))];
  const isCase = () => field.kind.value === 'case';
  const showFields = () => {
    for (const one of ofCase) one.hidden = !isCase();
    about.hidden = !isCase() || !field.complaint.checked;
  };
  for (const one of [field.kind, field.complaint]) one.addEventListener('change', showFields);
  const author = session.operator ?? null;
  const typed = keepTyped(author, found ? `/v1/cases/${found.id}` : `/v1/customers/${one.customer}/cases`, field, {
    kind: found ? 'case' : 'newCase', id: found?.id, customer: one.customer, call, title: found?.title ?? '' });
  // Who closes the dialog wants it so: what a session's end leaves is offered again.
  dialog.addEventListener('close', typed.done, { once: true });
  showFields();
  const hours = openingHint(field.due);
  const body = (owner) => {
    const sent = {
      title: field.title.value.trim(),
      priority: field.priority.value,
      due: field.due.value ? new Date(instant(field.due.value)).toISOString() : null,
      next_step: field.next_step.value.trim() || null,
      waiting: field.waiting.checked };
    if (!found) {
      sent.kind = field.kind.value;
      if (owner) sent.owner = owner;
      if (call && field.link.checked) sent.calls = [call];
    }
    if (!isCase()) return sent;
    return {
      ...sent, phase: field.phase.value, came_by: field.came_by.value || null, complaint: field.complaint.checked,
      complaint_about: field.complaint.checked ? field.about.value.trim() || null : null,
      progress: field.progress.value === '' ? null : Number(field.progress.value) };
  };
  // What is linked meanwhile is a version of its own, which saving goes on from.
  const write = async (part) => {
    const answer = await ask('PATCH', `/v1/cases/${found.id}`, part, { 'If-Match': etag });
    ({ etag } = answer);
    Object.assign(found, answer.json);
    changed();
  };
  const save = async (event) => {
    event.preventDefault();
    const owner = operatorIn(field.owner, problem);
    if (owner === null) return;
    await closing((parts) => (found
      ? ask('PATCH', `/v1/cases/${found.id}`, { ...body(owner), parts }, { 'If-Match': etag })
      : post('/v1/cases', { customer: one.customer, ...body(owner) })), problem,
    (refusal) => (refusal.status === 412 ? t('case.changed') : refusal.message), () => {
      dialog.close();
      announce(t('case.saved'));
      changed();
    });
  };
  dialog.replaceChildren(h('form', { class: 'case-form', onsubmit: save },
    h('h2', {}, found ? [t(`case.${found.kind}`), ' ', said(found.title)] : t('case.new')),
    found && h('p', { class: 'quiet' }, said(found.customer_name), ' · ', who(found, found.owner)),
    found && presence,
    found && facts(found),
    found?.case && h('p', {}, h('button', { type: 'button', class: 'small', onclick: () => {
      dialog.close();
      caseDialog({ id: found.case }, session, changed);
    } }, t('case.ofCase', { id: found.case }))),
    found?.kind === 'case' && incidentsOf(found, session, changed),
    typed.element, problem,
    !found && labelled(t('case.kind'), field.kind),
    labelled(t('case.title'), field.title),
    h('div', { class: 'columns' },
      ofCase[0], ofCase[1], ofCase[2],
      labelled(t('case.priority'), field.priority),
      h('div', {}, labelled(t('followup.when'), field.due), dueChoices(field.due))),
    hours.element,
    !found && labelled(t('case.for'), field.owner),
    labelled(t('case.next_step'), field.next_step),
    h('label', { class: 'choice' }, field.waiting, ' ', t('case.waiting')),
    ofCase[3], about,
    call && h('label', { class: 'choice' }, field.link, ' ', t('case.linkCall')),
    h('p', { class: 'buttons' },
      h('button', { class: 'primary' }, t('case.save')),
      h('button', { type: 'button', onclick: () => dialog.close() }, t('close'))),
    found && !found.closed_at && handover(found, author, dialog, problem, changed),
    found?.kind === 'case' && partsOf(found, session, changed),
    found && owners(found),
    found && callsOf(found, session, write),
    found && links(found),
    found && story(found, () => { dialog.close(); changed(); })),
    // Outside of the form: a key that saves the case is none that sends a message or a mail.
    ...(found ? [new MessagePanel({ case: found.id }, session).element] : []),
    ...(found?.kind === 'case' ? [repliesOf(found, session)] : []));
  if (found) {
    const isWriting = () => [...dialog.querySelectorAll('.reply-form textarea')].some((text) => text.value.trim());
    const watch = lookAt('case', found.id, presence, { isShown: () => dialog.open, isWriting });
    dialog.addEventListener('close', watch.stop, { once: true });
  }
  dialog.showModal();
  field.title.focus();
}

/** What somebody is called, with the number; nobody where there is none. */
const who = (found, id) => (id == null ? t('work.unowned')
  : found.names?.[id] ? `${found.names[id]} (${id})` : person(id));

/** How it went so far, in a line. */
function facts(found) {
  const by = (id) => (id == null ? t('message.nobody') : who(found, id));
  return h('p', { class: 'case-facts' }, [
    t('case.created', { at: dateTime(found.created_at), by: by(found.created_by) }),
    found.response_ms != null ? t('case.response', { time: clock(found.response_ms) })
      : !found.closed_at && found.kind === 'case'
        && t('case.response.none', { time: clock(since(found.created_at)) }),
    found.claimed_by && t('work.claimed', { by: who(found, found.claimed_by), at: dateTime(found.claimed_at) }),
    found.closed_at && t('case.closedAt', { at: dateTime(found.closed_at), by: by(found.closed_by) }),
  ].filter(Boolean).flatMap((text, i) => (i ? [' · ', text] : [text])), ' ',
  found.reopened > 0
    && h('span', { class: 'mark-of-case late' }, t('case.reopened', { count: number(found.reopened) })));
}

/** Who had it and who has it, with what each wrote for the next. */
function owners(found) {
  const list = found.owners ?? [];
  if (list.length < 2 && !list.some((one) => one.note)) return null;
  return h('details', { open: list.length > 1 }, h('summary', {}, t('case.owners')),
    h('ol', { class: 'timeline' }, list.map((one) => h('li', {},
      h('time', { datetime: one.since }, dateTime(one.since)), ' ', h('strong', {}, who(found, one.owner)),
      one.by && one.by !== one.owner && h('span', { class: 'quiet' }, ` (${who(found, one.by)})`),
      one.note && [h('br'), said(one.note)]))));
}

/** The contacts that belong to it, and what was promised to its customer; asked for when it is opened. */
function links(found) {
  const contacts = found.contacts ?? [];
  const part = (title, count, load) => {
    const list = h('ul', { class: 'message-list' });
    const box = h('details', { ontoggle: async () => {
      if (!box.open || list.childElementCount) return;
      try { list.replaceChildren(...await load()); } catch (refusal) {
        list.replaceChildren(h('li', { class: 'problem' }, refusal.message));
      }
      if (!list.childElementCount) list.replaceChildren(h('li', { class: 'quiet' }, t('cases.none')));
    } }, h('summary', {}, t(title), count != null && [' ', h('span', { class: 'tally' }, number(count))]), list);
    return box;
  };
  const contactRow = async (id) => {
    try {
      const one = await get(`/v1/customers/${found.customer}/contacts/${id}`);
      return h('li', {}, h('time', { datetime: one.at }, dateTime(one.at)), ' ',
        one.direction === 'outbound' ? '↗' : '↘', ' ', h('span', { class: 'kind' }, word('channel', one.channel)), ' ',
        said(one.summary));
    } catch (refusal) { return h('li', { class: 'quiet' }, `${id} `, missing(refusal)); }
  };
  return [
    contacts.length > 0 && part('case.mails', contacts.length, () => Promise.all(contacts.map(contactRow))),
    part('case.promises', null, async () => {
      const { items } = await get(`/v1/cases?customer=${found.customer}&kind=promise&state=all&limit=50`);
      const others = items.filter((other) => other.id !== found.id && other.case !== found.id);
      return others.map((one) => h('li', {}, said(one.title), ' ', marks(one),
        h('span', { class: 'quiet' }, [
          one.due && t('case.due', { when: dateTime(one.due) }), person(one.owner) || t('work.unowned'),
          one.closed_at && t('case.phase.closed')].filter(Boolean).join(' · '))));
    }),
  ];
}

/** The field for why a handover is declined: what is typed there outlives the session. */
export function declineNote(one, author) {
  const note = h('input', {
    'aria-label': t('case.decline.note'), placeholder: t('case.decline.note'), maxlength: 500, 'data-key': 'note' });
  const typed = keepTyped(author, `/v1/cases/${one.id}/decline`, { note }, {
    kind: 'decline', id: one.id, title: one.title });
  return { note, body: () => ({ note: note.value.trim() || undefined }), done: typed.done };
}

/** Accepts or declines what a colleague offers. */
function answer(found, author, dialog, problem, changed) {
  const why = declineNote(found, author);
  const button = (what) => h('button', { type: 'button', class: 'small', onclick: async () => {
    problem.textContent = await actOn(found.id, what, what === 'decline' ? why.body() : {}) ?? '';
    if (!problem.textContent) { why.done(); dialog.close(); changed(); }
  } }, t(`work.${what}`));
  return h('p', { class: 'row' }, button('accept'), why.note, button('decline'));
}

/** Gives it to a colleague, who accepts. */
function handover(found, author, dialog, problem, changed) {
  if (found.handover && found.handover.to === author) return answer(found, author, dialog, problem, changed);
  if (found.handover) {
    return h('p', { class: 'quiet' }, t('case.handover.open', { to: who(found, found.handover.to) }), ' ',
      h('button', { type: 'button', class: 'small', onclick: async () => {
        problem.textContent = await actOn(found.id, 'decline') ?? '';
        if (!problem.textContent) { dialog.close(); changed(); }
      } }, t('case.handover.back')));
  }
  const to = operatorField({ 'aria-label': t('case.handover.to'), placeholder: t('case.handover.to') });
  const note = h('input', {
    'aria-label': t('case.handover.note'), placeholder: t('case.handover.note'), maxlength: 500 });
  const typed = keepTyped(author, `/v1/cases/${found.id}/handover`, { to, note }, {
    kind: 'handover', id: found.id, title: found.title });
  return h('details', { open: typed.isFilled }, h('summary', {}, t('case.handover')), typed.element,
    h('p', { class: 'row' }, to, note, h('button', { type: 'button', onclick: async () => {
      problem.textContent = '';
      if (!to.value.trim()) return to.focus();
      const colleague = operatorIn(to, problem);
      if (colleague === null) return;
      const body = { to: colleague, note: note.value.trim() || undefined };
      problem.textContent = await actOn(found.id, 'handover', body) ?? '';
      if (!problem.textContent) { typed.done(); dialog.close(); changed(); }
    } }, t('case.handover.offer'))));
}

/** What was changed, by whom; asked for when it is opened. */
function story(found, put) {
  const list = h('ol', { class: 'timeline' });
  const box = h('details', { ontoggle: async () => {
    if (!box.open || list.childElementCount) return;
    try {
      const { items } = await get(`/v1/cases/${segment(found.id)}/history`);
      list.replaceChildren(...items.map((version) => h('li', {},
        h('time', { datetime: version.at }, dateTime(version.at)), ' ',
        version.by == null ? t('message.nobody') : who(found, version.by), ' ',
        h('span', { class: 'quiet' }, version.changes.map((change) =>
          `${t(`case.field.${change.field}`)}: ${shown(change.from)} → ${shown(change.to)}`).join('; ')), ' ',
        version.version !== found.version
          && restoreButton(`/v1/cases/${segment(found.id)}`, version, found.version, put))));
    } catch (refusal) { list.replaceChildren(h('li', { class: 'problem' }, refusal.message)); }
  } }, h('summary', {}, t('case.history')), list);
  return box;
}

const shown = (value) => (value == null ? '–' : /^\d{4}-\d\d-\d\dT/.test(value) ? dateTime(value) : value);
