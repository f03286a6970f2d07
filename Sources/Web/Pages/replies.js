// Mails that are written in a case: writing one beside the case, what became of them, and the supervisors' view.
import { ask, get, post } from './api.js';
import { announce, byId, h, said } from './dom.js';
import { hasKept, keepTyped } from './keptForms.js';
import { person } from './people.js';
import { replyClaim } from './replyClaim.js';
import { replyKnowledge } from './replyKnowledge.js';
import { number, t } from './text.js';
import { dateTime } from './time.js';

/** Interval of requests. Milliseconds. */
const every = 20_000;
/** Mails that are shown at once. */
const shownMax = 50;
let watch;

/** What has to happen with a mail in this state, by whoever wrote it. */
const stepsOf = {
  waiting: ['withdraw'], returned: ['withdraw'], queued: ['withdraw'], failed: ['resend', 'withdraw'],
  unknown: ['sent', 'resend', 'withdraw'] };
const mayBeChanged = ['waiting', 'returned', 'failed'];

/** Does something with a mail that was seen; returns the problem in words, or null. */
async function act(one, what, body = {}) {
  try {
    await ask('POST', `/v1/replies/${one.id}/${what}`, body, { 'If-Match': `"v${one.version}"` });
    announce(t(`reply.told.${what}`));
    return null;
  } catch (refusal) { return refusal.status === 412 ? t('reply.changed') : refusal.message; }
}

/** What a mail says, to whom, and where it is. */
function replyFacts(one) {
  const facts = [
    t('reply.to', { to: one.to }), one.operator && t('reply.by', { by: person(one.operator) }),
    dateTime(one.created_at),
    one.tries > 0 && t('reply.tries', { count: number(one.tries) }),
    one.state === 'queued' && one.next_try && t('reply.next', { when: dateTime(one.next_try) }),
    one.sent_at && t('reply.sent_at', { when: dateTime(one.sent_at) })].filter(Boolean);
  const isLate = ['unknown', 'failed', 'returned'].includes(one.state);
  return [
    h('span', { class: `mark-of-case ${isLate ? 'late' : ''}` }, t(`reply.state.${one.state}`)), ' ',
    one.late && [h('span', { class: 'mark-of-case late' }, t('mails.late')), ' '],
    h('strong', {}, said(one.subject)), h('br'), said(one.customer_name ?? ''), facts.flatMap((fact) => [' · ', fact]),
    one.review_note && h('p', { class: 'problem' }, `${person(one.reviewed_by)}: `, said(one.review_note)),
    one.state === 'unknown' && h('p', { class: 'problem' }, t('reply.unknown')),
    one.problem && h('p', { class: 'quiet' }, said(one.problem)),
    h('details', {}, h('summary', {}, t('reply.text')), said(one.text, 'p', { class: 'mail-text' }))];
}

/** A mail with what can be done about it. `changed` is told when something was done. */
function replyRow(one, session, changed) {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const isOwn = !session.operator || session.role !== 'operator' || session.operator === one.operator;
  const run = (what, body) => async () => {
    problem.textContent = await act(one, what, body?.()) ?? '';
    if (!problem.textContent) await changed();
  };
  const button = (what, work, kind = 'small') =>
    h('button', { type: 'button', class: kind, onclick: work }, t(`reply.${what}`));
  const isLookedAt = one.state === 'waiting' && session.role !== 'operator' && session.operator !== one.operator;
  const note = h('input', { maxlength: 300, 'aria-label': t('reply.note'), placeholder: t('reply.note') });
  const typed = isLookedAt && keepTyped(session.operator ?? null, `/v1/replies/${one.id}/return`, { note }, null);
  const back = async () => {
    if (!note.value.trim()) return note.focus();
    await run('return', () => ({ note: note.value.trim() }))();
    if (!problem.textContent) typed.done();
  };
  return h('li', { 'data-id': `reply-${one.id}`, tabindex: -1 },
    h('div', {}, replyFacts(one), problem),
    h('div', { class: 'buttons' },
      isLookedAt && [button('approve', run('approve'), 'small primary'), note, button('return', back)],
      isOwn && mayBeChanged.includes(one.state)
        && button('change', () => changeDialog(one, session, changed)),
      isOwn && (stepsOf[one.state] ?? []).map((what) => button(what, run(what)))));
}

/** The rows of an operator's mails that need it, for the list of its work. */
export const replyRows = (items, session, changed) => items.map((one) => replyRow(one, session, changed));

/** Opens a mail that is to be written again, by its id. */
export async function openReply(id, session, changed) {
  try { changeDialog(await get(`/v1/replies/${id}`), session, changed); } catch (refusal) { announce(refusal.message); }
}

/** Writes a mail again. */
function changeDialog(one, session, changed) {
  const dialog = byId('dialog'), problem = h('p', { class: 'problem', role: 'alert' });
  const subject = h('input', { name: 'subject', maxlength: 300, required: true, value: one.subject });
  const text = h('textarea', { name: 'text', rows: 12, required: true });
  text.value = one.text;
  const knowledge = replyKnowledge(text, one.case);
  const typed = keepTyped(session.operator ?? null, `/v1/replies/${one.id}`, { subject, text }, {
    kind: 'mail', id: one.id, title: one.subject });
  dialog.replaceChildren(h('form', { class: 'case-form', onkeydown: knowledge.keys, onsubmit: async (event) => {
    event.preventDefault();
    try {
      await ask('PATCH', `/v1/replies/${one.id}`, { subject: subject.value, text: text.value },
        { 'If-Match': `"v${one.version}"` });
    } catch (refusal) {
      problem.textContent = refusal.status === 412 ? t('reply.changed') : refusal.message;
      return;
    }
    typed.done();
    dialog.close();
    announce(t('reply.told.change'));
    await changed();
  } },
    h('h2', {}, t('reply.change')), h('p', { class: 'quiet' }, t('reply.to', { to: one.to })),
    one.review_note && h('p', { class: 'problem' }, said(one.review_note)),
    typed.element,
    h('label', {}, h('span', {}, t('reply.subject')), subject),
    h('label', {}, h('span', {}, t('reply.text')), text),
    knowledge.element, problem,
    h('p', { class: 'buttons' },
      h('button', { class: 'primary' }, t('reply.send')),
      h('button', { type: 'button', onclick: () => { typed.done(); dialog.close(); } }, t('cancel')))));
  if (!dialog.open) dialog.showModal();
  text.focus();
}

const pathOf = (found) => `/v1/cases/${found.id}/replies`;

/** The mails of a case, with the form for a new one; asked for when it is opened. */
export function repliesOf(found, session) {
  const place = h('div'), author = session.operator ?? null;
  const load = async () => {
    try {
      const [{ items, draft }, templates] = await Promise.all([
        get(`${pathOf(found)}?limit=${shownMax}`), get('/v1/templates?limit=1000')]);
      place.replaceChildren(
        draft ? form(found, draft, items, templates.items, load, session) : h('p', { class: 'quiet' }, t('reply.off')),
        items.length > 0 && h('ul', { class: 'message-list' }, replyRows(items, session, load)) || '');
    } catch (refusal) { place.replaceChildren(h('p', { class: 'problem' }, refusal.message)); }
  };
  const box = h('details', { class: 'replies', open: hasKept(author, pathOf(found)), ontoggle: () => {
    if (box.open && !place.childElementCount) load();
  } }, h('summary', {}, t('reply.title')), place);
  return box;
}

function form(found, draft, items, templates, load, session) {
  const author = session.operator ?? null;
  const problem = h('p', { class: 'problem', role: 'alert' }), status = h('p', { class: 'quiet', role: 'status' });
  if (draft.to.length === 0) return h('p', { class: 'quiet' }, t('reply.nobody'));
  const to = h('select', { name: 'to' }, draft.to.map((address) => h('option', { value: address }, address)));
  const subject = h('input', { name: 'subject', maxlength: 300, value: draft.subject });
  const text = h('textarea', { name: 'text', rows: 8 }), knowledge = replyKnowledge(text, found.id);
  const typed = keepTyped(author, pathOf(found), { subject, text }, {
    kind: 'reply', id: found.id, title: found.title });
  const template = h('select', { onchange: async () => {
    const id = template.value;
    template.value = '';
    if (!id) return;
    try {
      const filled = await post(`/v1/templates/${id}/fill`, { case: found.id });
      text.setRangeText(filled.text, text.selectionStart, text.selectionEnd, 'end');
      text.dispatchEvent(new Event('input'));
      status.textContent = filled.missing.length
        ? t('reply.unfilled', { fields: filled.missing.join(', ') })
        : t('reply.filled');
      text.focus();
    } catch (refusal) { problem.textContent = refusal.message; }
  } }, h('option', { value: '' }, '…'), templates.map((one) => h('option', { value: one.id }, one.title)));
  let isSent = false;
  const send = h('button', { type: 'button', class: 'primary', onclick: async () => {
    problem.textContent = '';
    if (!text.value.trim()) return text.focus();
    send.disabled = true;
    try {
      const made = await post(pathOf(found), {
        to: to.value, subject: subject.value, text: text.value, take_over: writing.takesOver });
      isSent = true;
      typed.done();
      announce(t(made.state === 'waiting' ? 'reply.told.waits' : 'reply.told.goes'));
      await load();
    } catch (refusal) {
      send.disabled = false;
      if (!writing.refused(refusal)) problem.textContent = refusal.message;
    }
  } }, t(draft.needs_approval ? 'reply.submit' : 'reply.send'));
  const writing = replyClaim(found, draft, items, session, (isTaken) => { send.disabled = isTaken; });
  const begin = () => { if (text.value.trim()) writing.begin(); };
  text.addEventListener('input', begin);
  begin();
  byId('dialog').addEventListener('close', () => { if (!isSent && !text.value.trim()) writing.end(); },
    { once: true });
  return h('div', {
    class: 'case-form reply-form', role: 'group', 'aria-label': t('reply.title'), onkeydown: knowledge.keys },
    h('div', { class: 'columns' },
      h('label', {}, h('span', {}, t('reply.recipient')), to),
      h('label', {}, h('span', {}, t('reply.subject')), subject),
      templates.length > 0 && h('label', {}, h('span', {}, t('knowledge.template')), template)),
    h('label', {}, h('span', {}, t('reply.text')), text),
    writing.element, knowledge.element, typed.element,
    draft.needs_approval && h('p', { class: 'quiet' }, t('reply.approval')),
    problem, status, h('p', { class: 'buttons' }, send));
}

/** The supervisors' page: what waits for them, what went wrong, and all mails. */
export async function replyBoard(panel, session) {
  clearInterval(watch);
  const parts = [['waiting', 'waiting'], ['trouble', 'unknown,failed'], ['way', 'queued,sending,returned']]
    .map(([name, states]) => ({ name, states, place: h('section', { 'aria-label': t(`reply.board.${name}`) }) }));
  const all = h('ul', { class: 'message-list' });
  panel.replaceChildren(...parts.map((part) => part.place), h('h2', {}, t('reply.board.all')), all);
  const load = async () => {
    const [whole, ...pages] = await Promise.all([
      get(`/v1/replies?limit=${shownMax}`),
      ...parts.map((part) => get(`/v1/replies?state=${part.states}&limit=${shownMax}`))]);
    parts.forEach(({ name, place }, i) => {
      const { items } = pages[i];
      place.replaceChildren(
        h('h2', {}, t(`reply.board.${name}`), ' ', h('span', { class: 'tally' }, number(items.length))),
        items.length
          ? h('ul', { class: 'message-list' }, replyRows(items, session, load))
          : h('p', { class: 'quiet' }, t('reply.none')));
    });
    all.replaceChildren(...whole.items.map((one) => h('li', { 'data-id': one.id }, replyFacts(one))));
    if (whole.items.length === 0) all.replaceChildren(h('li', { class: 'quiet' }, t('reply.none')));
  };
  // Whoever types a note or reads a mail is not interrupted.
  const isBusy = () => document.hidden || !panel.contains(all) || document.querySelector('dialog[open]')
    || panel.contains(document.activeElement) || panel.querySelector('details[open]');
  watch = setInterval(() => { if (!isBusy()) load().catch(() => {}); }, every);
  await load();
}
