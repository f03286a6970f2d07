// An act with a note that met the end of the session: it is kept, and done after the sign-in where it still can be.
import { get, post, segment } from './api.js';
import { keep, keptTexts, release } from './kept.js';
import { dropTyped } from './keptForms.js';
import { now } from './time.js';

/** What tells acts from other texts that are kept. */
const actMark = 'act ';
/** What was done longer ago is not done by itself any more: its note waits in its form. Milliseconds: an hour. */
const doneWithin = 3_600_000;

/** Whether a thing is still as it was when the act was meant for it: what others did meanwhile is not undone. */
const isStill = {
  callback: async ({ id, since, by }) => (await get('/v1/callbacks')).callbacks.some((one) =>
    one.id === id && one.since === since && (one.claimed_by ?? null) === by),
  entry: async ({ list, customer, by }) => (await get(`/v1/lists/${segment(list)}/entries?limit=1000`)).items
    .some((one) => one.customer === customer && one.claimed_by === by),
};

/**
 * Sends an act.
 *
 * @param author the operator, as whom alone it is ever sent.
 * @param form the path by which `keepTyped` keeps its note.
 * @param thing what it is meant for: `{ kind, … }` of `isStill`.
 * @returns the daemon's answer; its refusal is thrown.
 */
export async function act(author, form, path, body, thing) {
  keep(author, actMark + form, { path, body, thing });
  let answer;
  try { answer = await post(path, body); } catch (refusal) {
    // Only the end of the session leaves it for later: of any other refusal the operator is told.
    if (refusal.status !== 401) release(author, actMark + form);
    throw refusal;
  }
  release(author, actMark + form);
  dropTyped(author, form);
  return answer;
}

/** Does what an earlier session of this operator could not; returns how much it was. */
export async function doKept(author) {
  let count = 0;
  for (const { path: key, body, at } of keptTexts(author)) {
    if (!key.startsWith(actMark)) continue;
    try {
      if (now() - at <= doneWithin && await isStill[body.thing.kind](body.thing)) {
        await post(body.path, body.body);
        dropTyped(author, key.slice(actMark.length));
        count += 1;
      }
      release(author, key);
    } catch (refusal) {
      if (!refusal.mayPass && refusal.status !== 401) release(author, key);
    }
  }
  return count;
}
