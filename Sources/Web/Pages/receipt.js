// The receipt of a figure: definition, computation, period, marks, and the calls behind it.
import { get } from './api.js';
import { callDialog, callTable, queryOf, showCall } from './callList.js';
import { h, said } from './dom.js';
import { clock, number, percent, t, word } from './text.js';
import { dateTime } from './time.js';

/** Calls of one part that are shown at once. */
const pageLength = 50;

const shown = (value, unit) => (value == null ? '–'
  : unit === 'ratio' ? percent(value)
    : unit === 'ms' ? clock(value)
      : number(value));
const period = (from, to) => `${dateTime(from)} – ${dateTime(to)}`;

/** A reason why figures may be wrong, in the reader's language. */
const reason = (mark) => t(`mark.${mark.kind}`, {
  source: mark.source ?? '',
  time: mark.to ? period(mark.from, mark.to) : t('mark.since', { at: dateTime(mark.from) }) });

/** The marks of some figures as a list, each with a sign and its reason; nothing where there are none. */
export const markList = (marks) => (marks?.length
  ? h('ul', { class: 'marks', 'aria-label': t('mark.title') }, marks.map((mark) =>
    h('li', {}, h('span', { 'aria-hidden': 'true' }, '⚑ '), said(reason(mark)))))
  : null);

/** A sign beside a number that opens the reasons. */
export const markSign = (marks) => (marks?.length
  ? h('button', {
    type: 'button', class: 'link mark', title: marks.map(reason).join('\n'), 'aria-label': t('mark.open'),
    onclick: () => callDialog(h('h2', {}, t('mark.title')), markList(marks)) }, '⚑')
  : null);

/**
 * A number that opens its receipt.
 * @param asked { figure, label, queue | tier | line | operator, from, to }; without a period it is today's.
 */
export const figureButton = (value, asked) => h('button', {
  type: 'button', class: 'link', 'aria-label': `${asked.label}: ${value}`, onclick: () => showReceipt(asked) }, value);

/** Opens the receipt of a figure; `also` are those of others that stand in the same place, each { figure, label }. */
export async function showReceipt({ label, also = [], ...asked }) {
  let receipt;
  try { receipt = await get(`/v1/stats?${queryOf({ receipt: true, ...asked })}`); } catch (refusal) {
    return callDialog(h('h2', {}, label), h('p', { class: 'problem', role: 'alert' }, refusal.message));
  }
  const { scope, unit } = receipt;
  const whose = Object.entries(scope)
    .map(([key, name]) => `${t(`report.by.${key}`)} ${key === 'tier' ? word('tier', name) : name}`)
    .join(', ') || t('report.by.centre');
  const facts = [
    [t('receipt.whose'), said(whose)],
    [t('receipt.period'), period(receipt.from, receipt.to)],
    [t('receipt.at'), dateTime(receipt.at)],
    receipt.variant && [t('receipt.variant'), t(`variant.${receipt.variant}`)],
    receipt.threshold_ms != null
      && [t('receipt.threshold'), t('receipt.seconds', { seconds: number(receipt.threshold_ms / 1000) })],
    receipt.denominator != null && [t('receipt.reckoned'), reckoned(receipt)],
  ].filter(Boolean);
  callDialog(
    h('h2', {}, label),
    h('p', { class: 'receipt-value' }, shown(receipt.value, unit)),
    said(receipt.definition, 'p'),
    markList(receipt.marks),
    h('dl', { class: 'facts-list' }, facts.map(([name, value]) =>
      h('div', {}, h('dt', {}, name), h('dd', {}, value)))),
    also.length > 0 && h('p', { class: 'buttons' }, also.map((other) =>
      h('button', { type: 'button', onclick: () => showReceipt({ ...asked, ...other }) }, other.label))),
    receipt.parts.map((part) => callsOf(part, receipt)));
}

/** The division with its numbers: what is above the line, what is below it, and what comes of it. */
function reckoned({ numerator, denominator, unit, value, parts }) {
  const side = (name, number) => {
    const terms = parts.filter((part) => part.of === name);
    const sum = terms
      .map((part, i) => `${part.sign < 0 ? '− ' : i ? '+ ' : ''}${part.ms == null ? part.count : clock(part.ms)}`)
      .join(' ');
    return terms.length > 1 ? `(${sum})` : number;
  };
  const isTime = unit === 'ms' || parts.some((part) => part.ms != null);
  return `${side('numerator', isTime ? clock(numerator) : number(numerator))} / ${
    side('denominator', number(denominator))} = ${shown(value, unit)}`;
}

/** The calls of one part, a page at a time; each opens its story. */
function callsOf(part, receipt) {
  const title = `${part.sign < 0 ? '− ' : ''}${t(`counted.${part.figure}`)}: ${number(part.count)}${
    part.ms == null ? '' : ` (${clock(part.ms)})`}`;
  if (!part.count) return h('p', { class: 'quiet' }, title);
  const place = h('div'), more = h('p', { role: 'status' });
  let found = [];
  const load = async (after) => {
    // What is so now is so whenever it began.
    const bounds = receipt.parts.length === 1 && part.figure.startsWith('waiting')
      ? {}
      : { from: receipt.from, to: receipt.to };
    try {
      const page = await linesOf(part, { ...receipt.scope, ...bounds, after });
      found = [...found, ...page.calls];
      place.replaceChildren(callTable(found, showCall));
      more.replaceChildren(page.next
        ? h('button', { type: 'button', onclick: () => load(page.next) }, t('filter.more'))
        : '');
    } catch (refusal) { more.textContent = refusal.message; }
  };
  const box = h('details', {
    class: 'part', open: receipt.parts.length === 1, ontoggle: () => { if (box.open && !found.length) load(); } },
    h('summary', {}, title), place, more);
  return box;
}

/** The lines of a list of calls; of callbacks the newest call of each caller who waits. */
async function linesOf(part, query) {
  if (part.figure !== 'callbacks_due')
    return get(`/v1/calls?${queryOf({ ...query, figure: part.figure, limit: pageLength })}`);
  const ids = part.calls.slice(0, pageLength);
  const calls = await Promise.all(ids.map((id) => get(`/v1/calls/${encodeURIComponent(id)}`).catch(() => null)));
  return { calls: calls.filter(Boolean), next: null };
}
