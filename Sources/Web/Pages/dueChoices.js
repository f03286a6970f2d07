// Beside a due time: the times that are promised most, each a press instead of twelve keys.
import { h } from './dom.js';
import { t } from './text.js';
import { daysBefore, localTime, now } from './time.js';

const hour = 3_600_000, minute = 60_000;

/** A day's morning by the centre's clock, `days` from today. */
const morning = (days) => `${daysBefore(localTime(now()).slice(0, 10), -days)}T10:00`;

/** Whole minutes, as the field has them; the next one, so that nothing is due sooner than was said. */
const inAnHour = () => localTime(Math.ceil((now() + hour) / minute) * minute).slice(0, 16);

/** Buttons that fill the field, by the centre's clock. */
export function dueChoices(field) {
  const choice = (words, value) => h('button', { type: 'button', class: 'small', onclick: () => {
    field.value = value();
    field.dispatchEvent(new Event('input', { bubbles: true }));
  } }, words);
  return h('span', { class: 'due-choices', role: 'group', 'aria-label': t('due.choices') },
    choice(t('due.hour'), inAnHour), choice(t('due.tomorrow'), () => morning(1)),
    choice(t('due.week'), () => morning(7)));
}
