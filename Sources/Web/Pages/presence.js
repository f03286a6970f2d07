// Who looks at the same thing now: said to the daemon every few seconds, and shown while others do.
import { post } from './api.js';
import { byId, h, put } from './dom.js';
import { t } from './text.js';
import { dateTime } from './time.js';

/** How often the page says what it shows. Milliseconds; the daemon forgets after thirty seconds. */
const saidEvery = 10_000;

/** The line that says who else is there; it stands wherever the thing is shown. */
export const presenceLine = () => h('p', { class: 'presence', role: 'status', hidden: true });

/**
 * Says that this page shows something, until it shows it no more or `stop` is called.
 *
 * @param kind `customer`, `case`, `inbox` or `callback`.
 * @param line where others are shown.
 * @param isShown whether the page shows the thing still: as long as the line stands in it.
 * @param isWriting whether a mail is being written there.
 * @returns `{ stop, isOver }`.
 */
export function lookAt(kind, id, line, { isShown = () => line.isConnected, isWriting = () => false } = {}) {
  let timer = null, isOver = false, failures = 0;
  const stop = () => {
    if (isOver) return;
    isOver = true;
    clearInterval(timer);
    line.hidden = true;
    removeEventListener('pagehide', stop);
    post('/v1/presence/leave', { kind, id }).catch(() => {});
  };
  const say = async () => {
    // A tab that nobody sees is nobody who looks.
    if (isOver || document.hidden) return;
    let others;
    try { ({ others } = await post('/v1/presence', { kind, id, writing: isWriting() })); } catch (refusal) {
      // A program's session has nobody who looks.
      failures += 1;
      if (!refusal.mayPass && failures > 2) stop();
      return;
    }
    failures = 0;
    if (isOver) return;
    put(line, others.map((one) => h('span', { class: one.writing ? 'is-writing' : null },
      t(one.writing ? 'presence.writes' : 'presence.looks', { who: one.name ?? one.operator, at: dateTime(one.since) }),
      ' ')));
    line.hidden = others.length === 0;
  };
  addEventListener('pagehide', stop);
  // The first is said once the line stands in the page.
  setTimeout(say);
  timer = setInterval(() => { if (isShown()) say(); else stop(); }, saidEvery);
  return { stop, get isOver() { return isOver; } };
}

/**
 * Whoever has the focus in a row of a list, or in a dialog that was opened there, looks at its thing. Others who do are
 * named at the row's end, which the list keeps when it draws a row again.
 *
 * @param idOf the id of a row's thing; nothing where it is of another kind.
 */
export function lookAtRows(list, kind, idOf) {
  let seen = null;
  const isShown = () => seen.line.isConnected
    && (seen.line.closest('li, tr').contains(document.activeElement) || byId('dialog').open);
  list.addEventListener('focusin', ({ target }) => {
    const row = target.closest('li, tr'), id = row && idOf(row);
    if (!id) return;
    if (seen?.id !== id || seen.watch.isOver) {
      seen?.watch.stop();
      seen?.line.remove();
      const line = presenceLine();
      seen = { id, line };
      seen.watch = lookAt(kind, Number(id), line, { isShown });
    }
    // Of a table's row it is the last cell.
    const place = row.cells ? row.lastElementChild : row;
    if (seen.line.parentElement !== place) place.append(seen.line);
  });
}
