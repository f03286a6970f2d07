// An incident as it is read: what happened, what to say, and the cases that it caused, each with a way to the other.
import { get } from './api.js';
import { missing } from './caseCalls.js';
import { caseDialog, marks } from './cases.js';
import { byId, h, later, said } from './dom.js';
import { markdown } from './markdown.js';
import { money, number, t } from './text.js';
import { dateTime } from './time.js';

/** Cases of one incident that are asked for. */
const casesMax = 50;

const nameOf = (one) => [`#${one.id} `, said(one.title), ' · ', said(one.customer_name), ' '];

/** Each case by its number, with what `draw` makes of it; one that is not there says so. */
const eachCase = (ids, draw) => Promise.all(ids.slice(0, casesMax).map(async (id) => {
  try { return h('li', { 'data-id': id }, draw(await get(`/v1/cases/${id}`))); } catch (refusal) {
    return h('li', { class: 'quiet', 'data-id': id }, `#${id} `, missing(refusal));
  }
}));

/** The cases of an incident, by title; each opens. Asked for when it is opened. */
export function casesOfIncident(incident, session, { isOpen = false, changed = () => {} } = {}) {
  if (incident.cases.length === 0) return null;
  const list = h('ul', { class: 'message-list' }), dialog = byId('dialog');
  const line = (one) => [
    nameOf(one), marks(one), one.closed_at && h('span', { class: 'quiet' }, t('case.phase.closed'), ' '),
    h('button', { type: 'button', class: 'small', onclick: () => {
      dialog.close();
      caseDialog(one, session, changed);
    } }, t('case.open'))];
  const load = async () => {
    if (!list.childElementCount) list.replaceChildren(...await eachCase(incident.cases, line));
  };
  const box = h('details', { class: 'incident-cases', open: isOpen, ontoggle: () => { if (box.open) load(); } },
    h('summary', {}, t('incident.cases'), ' ', h('span', { class: 'tally' }, number(incident.cases.length))), list);
  return box;
}

/** Says beside the numbers of cases that somebody types what these are about. */
export function caseNames(input, read) {
  const place = h('div', { class: 'quiet', role: 'status' });
  let asked;
  const look = async () => {
    const mine = asked = {}, lines = await eachCase(read(input.value), nameOf);
    if (mine === asked) place.replaceChildren(...(lines.length ? [h('ul', {}, lines)] : []));
  };
  input.addEventListener('input', later(400, look));
  if (input.value) look();
  return place;
}

/** What an incident says, with what came of it. */
export const incidentText = (one) => h('dl', { class: 'incident-text' }, ['cause', 'course', 'solution'].map((name) =>
  one[name] && [h('dt', {}, t(`incident.${name}`)), h('dd', {}, markdown(one[name]))]));

/** The dialog of an incident. */
export async function incidentDialog(id, session, changed) {
  const dialog = byId('dialog');
  let one, problem;
  try { one = await get(`/v1/incidents/${id}`); } catch (refusal) { problem = refusal.message; }
  dialog.replaceChildren(
    h('h2', { tabindex: -1 }, t('incident.open'), ' ', one && said(one.title)),
    ...(one ? [
      h('p', { class: 'quiet' }, [
        t(`knowledge.state.${one.state}`), dateTime(one.opened_at), one.closed_at && dateTime(one.closed_at),
        one.cost && `${t('knowledge.field.cost')}: ${money(one.cost, one.currency)}`].filter(Boolean).join(' · ')),
      incidentText(one), casesOfIncident(one, session, { isOpen: true, changed })]
      : [h('p', { class: 'problem', role: 'alert' }, problem)]).filter(Boolean),
    h('p', { class: 'buttons' },
      h('button', { type: 'button', class: 'primary', onclick: () => dialog.close() }, t('close'))));
  if (!dialog.open) dialog.showModal();
  dialog.querySelector('h2').focus();
}

/** The incidents that caused a case, each of which opens; the line stays hidden where there is none. */
export function incidentsOf(found, session, changed) {
  const line = h('p', { class: 'buttons', hidden: true }), dialog = byId('dialog');
  get(`/v1/incidents?case=${found.id}`).then(({ items }) => {
    line.replaceChildren(...items.map((one) => h('button', { type: 'button', class: 'small', onclick: () => {
      dialog.close();
      incidentDialog(one.id, session, changed);
    } }, t('incident.open'), ' ', said(one.title))));
    line.hidden = items.length === 0;
  }, () => { /* The case is worked on without it. */ });
  return line;
}
