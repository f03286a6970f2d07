// The calls behind a figure, and the story of one.
import { get, segment } from './api.js';
import { byId, h, said } from './dom.js';
import { noteForm } from './story.js';
import { clock, t, word } from './text.js';
import { dateTime, toTheSecond } from './time.js';

export const who = (call) => said(call.customer?.name ?? call.from.display ?? t(`from.${call.from.kind}`));
const duration = (ms) => (ms == null ? '' : clock(ms));

/** A table of calls; each opens its story. */
export function callTable(calls, open) {
  if (!calls.length) return h('p', { class: 'quiet' }, t('filter.none'));
  const head = ['time', 'customer', 'queue', 'outcome', 'operator', 'wait', 'talk'];
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('calls.title') }, h('table', {},
    h('thead', {}, h('tr', {}, head.map((name) => h('th', { scope: 'col', class: name === 'wait' || name === 'talk' ? 'number' : null }, t(`column.${name}`))), h('td', {}))),
    h('tbody', {}, calls.map((call) => h('tr', {},
      h('td', {}, dateTime(call.offered_at)), h('td', {}, who(call)), h('td', {}, said(call.queue)), h('td', {}, call.outcome ? word('outcome', call.outcome) : call.state === 'ended' ? '' : word('call.state', call.state)), h('td', {}, call.operator ?? ''),
      h('td', { class: 'number' }, duration(call.wait_ms)), h('td', { class: 'number' }, duration(call.talk_ms)),
      h('td', {}, h('button', { type: 'button', class: 'small', onclick: () => open(call) }, t('call.open'))))))));
}

export function queryOf(values) {
  return Object.entries(values).filter(([, value]) => value !== '' && value != null && value !== false).map(([key, value]) => `${key}=${segment(value)}`).join('&');
}

/** Opens the calls behind a number. */
export async function showCalls(title, query) {
  const { calls } = await get(`/v1/calls?${queryOf({ ...query, limit: 100 })}`);
  show(h('h2', {}, title), callTable(calls, showCall));
}

/**
 * One call: what happened, why it went where it went, and what is written of it. `wrote` is told when somebody writes
 * more.
 */
export async function showCall(call, wrote = () => {}) {
  const whole = await get(`/v1/calls/${segment(call.call)}?source=${segment(call.source)}`);
  show(h('h2', {}, who(whole), ' ', h('span', { class: 'quiet' }, dateTime(whole.offered_at), ' ', word('outcome', whole.outcome))),
    h('h3', {}, t('call.timeline')),
    h('ol', { class: 'timeline' }, whole.timeline.map((one) => h('li', {}, h('time', { datetime: one.at, class: 'time' }, toTheSecond(one.at)), ' ',
      step(one)))),
    whole.routing && [h('h3', {}, t('call.routing')), h('ol', { class: 'timeline' }, whole.routing.steps.map((step) => said(step.text, 'li')))],
    h('h3', {}, t('call.notes')),
    whole.notes.length > 0 && h('ul', { class: 'notes' }, whole.notes.map((note) =>
      h('li', {}, h('span', { class: 'quiet' }, note.operator ?? '', ' '), said(note.text), unfinished(note)))),
    await noteForm(whole, () => { wrote(); showCall(call, wrote); }));
}

const unfinished = (note) => note.state === 'unfinished' && h('span', { class: 'lack' }, ' ', t('lack.finish'));

/** One line of a call's story. */
function step(one) {
  const values = { operator: one.operator ?? '', queue: one.queue ?? '', slot: one.slot ?? '' };
  const more = [one.device, one.cause].filter(Boolean).join(' · ');
  return [t(`what.${one.reason === 'elsewhere' ? 'elsewhere' : one.what}`, values),
    one.text ? [' ', said(one.text)] : null, one.code ? [' ', word('disposition', one.code)] : null, unfinished(one),
    more ? h('span', { class: 'quiet' }, ' ', more) : null,
    one.spent_ms ? h('span', { class: 'quiet' }, ' ', t('call.spent', { time: clock(one.spent_ms) })) : null];
}

function show(...parts) {
  const dialog = byId('dialog');
  dialog.replaceChildren(...parts.flat(2).filter(Boolean), h('form', { method: 'dialog' }, h('button', { class: 'primary' }, t('close'))));
  if (!dialog.open) dialog.showModal();
}
