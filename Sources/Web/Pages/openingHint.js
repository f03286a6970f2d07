// Beside a due time: that the centre is closed then, and when it opens next, before anything is saved.
import { get } from './api.js';
import { h, later } from './dom.js';
import { t } from './text.js';
import { dateOf, dateTime, daysBefore, instant, localTime } from './time.js';

/** So far ahead the next opening is looked for. Days. */
const daysMax = 60;
let hints = 0;

/**
 * Watches a field of a time by the centre's clock.
 *
 * @returns `element`, which stands beside the field and says nothing while the centre is open then; and `look`, for
 * when something else than a hand has changed the field.
 */
export function openingHint(field) {
  const element = h('span', { class: 'hint', role: 'status', id: `opening-hint-${hints += 1}` });
  field.setAttribute('aria-describedby', element.id);
  const look = async () => {
    const { value } = field;
    const found = value ? await closedAt(value).catch(() => null) : null;
    if (field.value !== value) return;
    element.replaceChildren(...(found ? words(field, found) : []));
  };
  const soon = later(250, look);
  field.addEventListener('input', soon);
  field.addEventListener('change', soon);
  look();
  return { element, look };
}

/** Whether a time that was typed is on a day without open hours, and when the next are; null when it is in them. */
async function closedAt(typed) {
  const at = instant(typed), day = typed.slice(0, 10);
  const answer = await get(`/v1/opening-hours?from=${daysBefore(day, 1)}&to=${daysBefore(day, -daysMax)}`);
  if (answer.always_open) return null;
  const parts = answer.days.flatMap(({ open }) => open)
    .map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) }));
  // What is due when the centre closes is done while it is open.
  if (parts.some(({ from, to }) => from <= at && at <= to)) return null;
  return {
    at, isDay: answer.days.some((one) => one.day === day && one.open.length === 0),
    next: parts.find(({ from }) => from > at)?.from };
}

function words(field, { at, isDay, next }) {
  const day = dateOf(new Date(at).toISOString());
  const said = isDay ? t('hours.closed.day', { day }) : t('hours.closed.time');
  if (!next) return ['⚠ ', said];
  return ['⚠ ', said, ' ', t('hours.next', { next: dateTime(new Date(next).toISOString()) }), ' ',
    h('button', { type: 'button', class: 'small', onclick: () => {
      field.value = localTime(next).slice(0, 16);
      field.dispatchEvent(new Event('input', { bubbles: true }));
      field.focus();
    } }, t('hours.use'))];
}
