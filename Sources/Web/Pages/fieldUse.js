// Which fields operators read and write. Sums go to the daemon every few minutes, for the report of what notes cost;
// nothing waits for them.
import { post } from './api.js';

const every = 120_000, most = 100;
const sums = new Map();
let timer;

function add(field, queue, counts) {
  const key = JSON.stringify([queue ?? '', field]), sum = sums.get(key) ?? { field, queue: queue ?? '' };
  for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  sums.set(key, sum);
  timer ??= setTimeout(sendUses, every);
}

/** Sends what was seen since the last time. What does not arrive is sent with the next, unless it was refused. */
async function sendUses() {
  clearTimeout(timer);
  timer = undefined;
  const items = [...sums.values()].slice(0, most);
  sums.clear();
  if (items.length === 0) return;
  try { await post('/v1/field-uses', { items }); } catch (refusal) {
    if (!refusal.mayPass) return;
    for (const { field, queue, ...counts } of items) add(field, queue, counts);
  }
}
addEventListener('pagehide', sendUses);

const known = [
  'name', 'kana', 'company', 'tier', 'owner', 'phones', 'email', 'emails', 'line_id', 'address', 'external_id', 'tags',
  'cautions', 'preferences', 'persona', 'do_not_pair', 'do_not_call', 'status_reason'];
const isFilled = (value) => (Array.isArray(value) ? value.length > 0 : value != null && ![false, ''].includes(value));

/** The fields of a record or a card that have something in them. */
export const filledFields = (record) => [
  ...known.filter((name) => isFilled(record?.[name])),
  ...Object.entries(record?.custom ?? {}).filter(([, value]) => isFilled(value)).map(([name]) => `custom.${name}`)];

/** Fields stood before the operator, in a call of this queue where there is one. */
export function shown(fields, queue) { for (const field of fields) add(field, queue, { shown: 1 }); }

/** The operator opened what these fields are in. */
export function opened(fields, queue) { for (const field of fields) add(field, queue, { opened: 1 }); }

/** A field of the record was written, in so many milliseconds. */
export function written(field, ms) { add(field, '', { filled: 1, timed: 1, spent_ms: Math.round(ms) }); }

/** What a card shows to the operator who answered: the record, and what colleagues wrote. */
export function readCard(pop, own) {
  const byOthers = (entry) => (entry.operator ?? null) !== own;
  const notes = [...(pop.notes ?? []), ...(pop.history ?? []).filter((one) => one.summary)].some(byOthers);
  shown([...filledFields(pop.customer), ...(notes ? ['note'] : []),
    ...((pop.cases ?? []).length > 0 ? ['case'] : [])], pop.queue);
}

/**
 * Measures how long each field of a form is worked on: from one key to the next, pauses to listen left out.
 *
 * @param spent by name, milliseconds; it outlives a form that is drawn again.
 */
export function measure(form, spent) {
  let since;
  form.addEventListener('focusin', () => { since = performance.now(); });
  form.addEventListener('input', ({ target: { name } }) => {
    if (!name) return;
    const at = performance.now();
    spent[name] = (spent[name] ?? 0) + Math.min(at - (since ?? at), 5000);
    since = at;
  });
}
