// The calls behind a figure, and the timeline of one.
import { get, segment } from './api.js';
import { byId, h, said } from './dom.js';
import { opened } from './fieldUse.js';
import { person } from './people.js';
import { noteForm } from './story.js';
import { callerName, clock, t, word } from './text.js';
import { dateTime, toTheSecond } from './time.js';

/** A number on one line; what a PBX sent instead of one is only text. */
export const phone = (from) => (from.kind === 'number'
  ? h('span', {}, from.display)
  : said(from.display || t(`from.${from.kind}`)));
export const who = (call) => said(callerName(call));
const duration = (ms) => (ms == null ? '' : clock(ms));
const columns = ['time', 'direction', 'customer', 'number', 'queue', 'outcome', 'operator', 'wait', 'talk'];
const ofNumbers = ['wait', 'talk'];

/** The direction of a call: an arrow and the word. */
const direction = (call) => (call.direction === 'outbound'
  ? `↗ ${t('direction.outbound')}`
  : `↘ ${t('direction.inbound')}`);

/** How it ended, or what it does now. */
const ending = (call) => (call.outcome ? word('outcome', call.outcome)
  : call.state === 'ended' ? ''
    : word('call.state', call.state));

/** A table of calls; each opens its timeline. A line behind a figure shows the visit that is counted. */
export function callTable(calls, open) {
  if (!calls.length) return h('p', { class: 'quiet' }, t('filter.none'));
  const cell = (call, name) => ({
    time: () => dateTime(call.counted_at ?? call.offered_at),
    direction: () => direction(call),
    customer: () => who(call),
    number: () => (call.customer ? phone(call.from) : ''),
    queue: () => said(call.visit?.queue ?? call.queue),
    outcome: () => (call.visit?.outcome ? word('outcome', call.visit.outcome) : ending(call)),
    operator: () => person(call.operator),
    wait: () => (call.direction === 'outbound' ? '' : duration(call.visit?.wait_ms ?? call.wait_ms)),
    talk: () => duration(call.talk_ms),
  }[name]());
  const place = (name) => (ofNumbers.includes(name) ? 'number' : null);
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('calls.title') }, h('table', {},
    h('thead', {}, h('tr', {},
      columns.map((name) => h('th', { scope: 'col', class: place(name) }, t(`column.${name}`))),
      h('td', {}))),
    h('tbody', {}, calls.map((call) => h('tr', {},
      columns.map((name) => h('td', { class: place(name) }, cell(call, name))),
      h('td', {}, h('button', { type: 'button', class: 'small', onclick: () => open(call) }, t('call.open'))))))));
}

export function queryOf(values) {
  return Object.entries(values)
    .filter(([, value]) => value !== '' && value != null && value !== false)
    .map(([key, value]) => `${key}=${segment(value)}`)
    .join('&');
}

/**
 * One call: what happened, why it went where it went, and what is written of it. `wrote` is told when somebody writes
 * more.
 */
export async function showCall(call, wrote = () => {}) { callDialog(...await story(call, wrote)); }

async function story(call, wrote) {
  const whole = await get(`/v1/calls/${segment(call.call)}?source=${segment(call.source)}`);
  opened([...(whole.notes.length > 0 ? ['note'] : []), ...(whole.disposition ? ['disposition'] : [])], whole.queue);
  const before = whole.routing_before ?? [];
  const again = async () => { wrote(); redrawDialog(...await story(call, wrote)); };
  return [
    h('h2', {}, who(whole), ' ', h('span', { class: 'quiet' }, dateTime(whole.offered_at), ' ', ending(whole))),
    h('p', { class: 'quiet' },
      [direction(whole), whole.from.display, whole.to, whole.cause && t('call.cause', { cause: whole.cause })]
        .filter(Boolean)
        .flatMap((one, i) => [i ? ' · ' : '', said(one)])),
    h('h3', {}, t('call.timeline')),
    h('ol', { class: 'timeline' }, whole.timeline.map((one) => h('li', {},
      h('time', { datetime: one.at, class: 'time' }, toTheSecond(one.at)), ' ',
      step(one)))),
    before.map((one) => reasoning(one, 'call.routing.before')),
    whole.routing && reasoning(whole.routing, before.length ? 'call.routing.after' : 'call.routing'),
    h('h3', {}, t('call.notes')),
    whole.notes.length > 0 && h('ul', { class: 'notes' }, whole.notes.map((note) =>
      h('li', {}, h('span', { class: 'quiet' }, person(note.operator), ' '), said(note.text), unfinished(note)))),
    await noteForm(whole, again),
  ];
}

const unfinished = (note) =>
  note.state === 'unfinished' && h('span', { class: 'lack' }, ' ', t('lack.finish'));

/** One line of a call's timeline. */
function step(one) {
  const isElsewhere = one.reason === 'elsewhere';
  const values = { operator: person(one.operator), queue: one.queue ?? '', slot: one.slot ?? '' };
  const more = [one.device, one.to, isElsewhere ? null : one.reason, one.cause].filter(Boolean).join(' · ');
  return [t(`what.${isElsewhere ? 'elsewhere' : one.what}`, values),
    one.text ? [' ', said(one.text)] : null, one.code ? [' ', word('disposition', one.code)] : null, unfinished(one),
    more ? h('span', { class: 'quiet' }, ' ', said(more)) : null,
    one.spent_ms ? h('span', { class: 'quiet' }, ' ', t('call.spent', { time: clock(one.spent_ms) })) : null];
}

const reasoning = (routing, title) => [
  h('h3', {}, t(title), routing.at && h('span', { class: 'quiet' }, ' ', toTheSecond(routing.at))),
  h('ol', { class: 'timeline' }, routing.steps.map((one) => said(one.text, 'li')))];

/** The dialog's content before the current one; null when there was none. */
let previous = null;

/** A dialog with these parts; opened from another one it leads back there. */
export function callDialog(...parts) {
  const dialog = byId('dialog');
  previous = dialog.open ? { nodes: [...dialog.childNodes], previous } : null;
  redrawDialog(...parts);
}

/** The same dialog with other parts. */
function redrawDialog(...parts) {
  const dialog = byId('dialog'), focus = () => dialog.querySelector('h2')?.focus();
  const goBack = () => {
    const { nodes } = previous;
    previous = previous.previous;
    dialog.replaceChildren(...nodes);
    focus();
  };
  const back = previous && h('button', { type: 'button', onclick: goBack }, t('back'));
  dialog.replaceChildren(
    ...parts.flat(4).filter(Boolean),
    h('form', { method: 'dialog', class: 'buttons' }, back, h('button', { class: 'primary' }, t('close'))));
  dialog.querySelector('h2')?.setAttribute('tabindex', '-1');
  if (!dialog.open) dialog.showModal();
  focus();
}
