// The centre's time: its zone, its day, and the daemon's clock. The browser's clock and zone may be different ones.
import { get } from './api.js';
import { byId } from './dom.js';
import { learnPeople } from './people.js';
import { language, learn, t } from './text.js';

const dayMs = 86_400_000;
/** Interval after which the daemon's clock is requested again. Milliseconds. */
const trustedMs = 900_000;

let zone = 'UTC';
/** When the centre's day begins, `HH:MM`. */
let dayStart = '00:00';
/** Offset from the browser's monotonic clock to the daemon's time. Milliseconds. */
let difference = Date.now() - performance.now();
/** How far the browser's two clocks were apart then: it changes when the computer slept, or when its clock was set. */
let skew = 0, askedAt = 0;
let formats = new Map();

/** Who is signed in and what the centre has configured; from here on times are the centre's. */
export async function openSession() {
  const sent = performance.now();
  const session = await get('/v1/session');
  setTime(session, sent);
  learn('disposition', session.disposition_labels);
  learn('custom_field', fieldLabels(session.custom_fields));
  learnPeople(session);
  const shift = -new Date().getTimezoneOffset() * 60_000;
  // A user in another time zone sees whose times these are.
  if (byId('zone') && offset(now()) !== shift) {
    byId('zone').textContent = t('zone', { zone });
    byId('zone').hidden = false;
  }
  setInterval(check, 60_000);
  document.addEventListener('visibilitychange', check);
  return session;
}

/** The centre's own fields have one name for all languages. */
const fieldLabels = (fields = {}) =>
  Object.fromEntries(Object.entries(fields).map(([key, label]) => [key, { ja: label, en: label }]));

/** The daemon's answer was made between the question and its first byte: half of that time is the best guess. */
function setTime({ timezone, day_start: start, now: told }, sent) {
  const received = performance.now();
  // The browser knows when it sent and got it: a page that is busy with its start asks late, and reads late.
  const timed = performance.getEntriesByType('resource').findLast((one) => one.name.endsWith('/v1/session'));
  const isThis = timed?.requestStart >= sent && timed.responseStart > 0;
  difference = Date.parse(told) - (isThis ? timed.requestStart + timed.responseStart : sent + received) / 2;
  skew = Date.now() - received;
  askedAt = received;
  dayStart = start;
  if (timezone === zone) return;
  formats = new Map();
  // A browser that is older than the zone's name shows UTC, and says so.
  try { zone = new Intl.DateTimeFormat('en', { timeZone: timezone }) && timezone; } catch { zone = 'UTC'; }
}

/** Asks for the time again when the steady clock may be off: after sleep, a set clock, or a long time. */
async function check() {
  const at = performance.now();
  if (document.hidden || (Math.abs(Date.now() - at - skew) < 1000 && at - askedAt < trustedMs)) return;
  try {
    const answer = await fetch('/v1/session');
    if (!answer.ok) return;
    const session = await answer.json();
    setTime(session, at);
    learnPeople(session);
  } catch { /* The next look is in a minute. */ }
}

/** The daemon's time, whatever the browser's clock shows. Milliseconds since 1970. */
export const now = () => performance.now() + difference;

/** How long ago a time of the daemon's was. Milliseconds. */
export const since = (text) => now() - Date.parse(text);

/** Made once for each way to write: they are slow to make, and a table has hundreds of times. */
function format(options, locale = language()) {
  const key = locale + JSON.stringify(options);
  if (!formats.has(key))
    formats.set(key, new Intl.DateTimeFormat(locale, { ...options, hourCycle: 'h23', timeZone: zone }));
  return formats.get(key);
}

const numbers = {
  calendar: 'gregory',
  year: 'numeric', month: '2-digit', day: '2-digit',
  hour: '2-digit', minute: '2-digit', second: '2-digit' };

/** What the centre's clock shows, `2026-11-26T09:05:00`. */
function shown(at) {
  const parts = {};
  for (const { type, value } of format(numbers, 'en').formatToParts(at)) parts[type] = value;
  return `${parts.year.padStart(4, '0')}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}`;
}

/** What the centre's clock shows, as a field of a form has it: `2026-11-26T09:05:00`. */
export const localTime = (at) => shown(at);

/** How far the centre's clock is ahead of UTC. Milliseconds. */
const offset = (at) => Date.parse(`${shown(at)}Z`) - Math.floor(at / 1000) * 1000;

/**
 * When the centre's clock shows a time, `2026-11-26T09:05`: the first time where it shows it twice, the moment it
 * jumps over it.
 */
export function instant(text) {
  const clock = Date.parse(`${text}Z`);
  const before = offset(clock - dayMs), after = offset(clock + dayMs);
  if (offset(clock - before) === before) return clock - before;
  if (offset(clock - after) === after) return clock - after;
  let early = clock - after, late = clock - before;
  while (late - early > 1000) {
    const middle = Math.floor((early + late) / 2000) * 1000;
    if (offset(middle) === before) early = middle; else late = middle;
  }
  return late;
}

/** The date of the centre's day, `2026-11-26`: what "today" is in figures and reports. */
export function today() {
  const at = now(), noon = Date.parse(`${shown(at).slice(0, 10)}T12:00Z`);
  const date = (days) => new Date(noon + days * dayMs).toISOString().slice(0, 10);
  const begins = (days) => instant(`${date(days)}T${dayStart}`);
  return at < begins(0) ? date(-1) : at < begins(1) ? date(0) : date(1);
}

/** The day so many days before another, `2026-11-19`. */
export const daysBefore = (day, count) =>
  new Date(Date.parse(`${day}T12:00Z`) - count * dayMs).toISOString().slice(0, 10);

/** When a day of the centre's begins, as the daemon is asked for it. */
export const beginOf = (day) => new Date(instant(`${day}T${dayStart}`)).toISOString();

/**
 * What the centre's clock shows a week after a time of the daemon's, as a name: days with a change of summer time have
 * 23 or 25 hours, and the hours of two days are still found by it.
 */
export function weekAfter(text) {
  const at = shown(Date.parse(text));
  return daysBefore(at.slice(0, 10), -7) + at.slice(10);
}

/** The weekday, 0 for Monday, and the hour of a time of the daemon's by the centre's clock. */
export function weekHour(text) {
  const at = shown(Date.parse(text));
  return { weekday: (new Date(`${at.slice(0, 10)}T12:00Z`).getUTCDay() + 6) % 7, hour: Number(at.slice(11, 13)) };
}

/** The names of the weekdays, Monday first. */
export function weekdays() {
  // The third of January 2000 was a Monday.
  const names = new Intl.DateTimeFormat(language(), { weekday: 'short', timeZone: 'UTC' });
  return Array.from({ length: 7 }, (_, i) => names.format(Date.UTC(2000, 0, 3 + i, 12)));
}

/** When the centre's day began. Milliseconds since 1970. */
export const todayBegan = () => instant(`${today()}T${dayStart}`);

/** `09:05` by the centre's clock. */
export const timeOfDay = (at) => format({ hour: '2-digit', minute: '2-digit' }).format(at);

/** `09:05:07` by the centre's clock, of a time of the daemon's. */
export const toTheSecond = (text) => format({ timeStyle: 'medium' }).format(Date.parse(text));

/** The date of a time of the daemon's, with the year where it is another than now. */
export function dateOf(text) {
  const at = Date.parse(text), year = shown(at).slice(0, 4) === shown(now()).slice(0, 4) ? {} : { year: 'numeric' };
  return format({ ...year, month: 'short', day: 'numeric' }).format(at);
}

/**
 * A time of the daemon's by the centre's clock, with the date where it is another than now, and the year where that
 * is.
 */
export function dateTime(text) {
  if (!text) return '';
  const at = Date.parse(text);
  return shown(at).slice(0, 10) === shown(now()).slice(0, 10) ? timeOfDay(at) : `${dateOf(text)} ${timeOfDay(at)}`;
}
