// What was searched for and not there is reported to whoever writes the articles.
import { post } from './api.js';
import { later } from './dom.js';

/** A search that found nothing is reported when nobody has typed for so long. Milliseconds. */
const reportedAfter = 2000;

/** Reports a text once; it waits until whoever searches has stopped typing, however long that takes. */
export function missingReport() {
  const told = new Set();
  return later(reportedAfter, async (q) => {
    if (told.has(q)) return;
    told.add(q);
    try { await post('/v1/articles/missing', { q }); } catch { /* The report lacks one line. */ }
  }, Infinity);
}
