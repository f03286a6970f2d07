// Texts that have not reached the daemon yet: stored in the browser until they have, so that they survive a reload and
// the end of the session.
import { post } from './api.js';
import { now } from './time.js';

const prefix = 'typed ';
/** A text that could not be sent for this time is dropped. Milliseconds: a week. */
const keptMs = 7 * 86_400_000;

/** A browser that keeps nothing, as some do in private windows, still has the text in the page. */
const storage = (work) => { try { return work(localStorage); } catch { return null; } };

/** Keeps what is to be posted; `operator` is who typed it, and nobody else ever sends it. */
export function keep(operator, path, body) {
  storage((all) => all.setItem(`${prefix}${operator} ${path}`, JSON.stringify({ body, at: now() })));
}

/** Removes a text that has arrived or was discarded. */
export function release(operator, path) {
  storage((all) => all.removeItem(`${prefix}${operator} ${path}`));
  dispatchEvent(new Event('kept'));
}

/** What is kept for a path; null for nothing. */
export function kept(operator, path) {
  const text = storage((all) => all.getItem(`${prefix}${operator} ${path}`));
  try { return text ? JSON.parse(text).body : null; } catch { return null; }
}

/** All that is kept of one operator, oldest first; what is too old is removed. */
export function keptTexts(operator) {
  const mine = `${prefix}${operator} `, found = [];
  for (const key of storage((all) => Object.keys(all)) ?? []) {
    if (!key.startsWith(mine)) continue;
    let entry;
    try { entry = JSON.parse(storage((all) => all.getItem(key))); } catch { entry = null; }
    if (entry && now() - entry.at <= keptMs) found.push({ path: key.slice(mine.length), ...entry });
    else storage((all) => all.removeItem(key));
  }
  return found.sort((a, b) => a.at - b.at);
}

/** Sends what a page or a session before this one could not. */
export async function sendKept(operator) {
  const mine = `${prefix}${operator} `;
  const keys = storage((all) => Object.keys(all).filter((key) => key.startsWith(mine))) ?? [];
  for (const key of keys) {
    const path = key.slice(mine.length);
    // Other texts wait in their forms: they are sent when their author says so.
    if (!path.startsWith('/v1/calls/')) continue;
    let entry;
    try { entry = JSON.parse(storage((all) => all.getItem(key))); } catch { entry = null; }
    if (!entry || now() - entry.at > keptMs) { release(operator, path); continue; }
    try {
      await post(path, entry.body);
      release(operator, path);
    } catch { /* It stays for the next time. */ }
  }
}
