// A call that is not in hand, in one line: who, which tier, what it does, and how long.
import { h, said } from './dom.js';
import { tierMark } from './people.js';
import { clock, t } from './text.js';
import { since } from './time.js';

/** How long the caller waits, or has been talked with; empty for a call that is over, or is only dialed. */
export function timeOf({ pop, toldAt }) {
  if (pop.phase === 'ended' || pop.phase === 'dialing') return '';
  if (pop.phase === 'answered') return pop.answered_at ? clock(since(pop.answered_at)) : '';
  return `${t('waited')} ${clock(pop.waited_ms + performance.now() - toldAt)}`;
}

/** Since when the caller is on hold; empty when it is not. */
export const holdOf = ({ pop }) => (pop.held_since ? clock(since(pop.held_since)) : '');

/** What is missing of a call that ended, in words. */
export const lackOf = ({ pop, note }) =>
  (pop.phase === 'ended' ? note.lacks.map((what) => t(`lack.${what}`)).join(t('lack.and')) : '');

/**
 * Draws the line of a call, which is the same element as long as the call is on the desk.
 *
 * @param place its number on the desk, from 1.
 * @param pick what to do when it is picked.
 */
export function callLine(one, place, pick) {
  const { pop } = one, tier = pop.customer?.tier, lack = lackOf(one);
  one.line ??= h('li', {}, h('button', { type: 'button', class: 'call-pick', onclick: () => pick(one) }));
  one.line.className = `call call-line phase-${pop.phase}${pop.vip ? ' vip' : ''}`;
  one.line.dataset.pop = pop.pop;
  const now = () => holdOf(one) || timeOf(one), time = h('span', { class: 'time' }, now());
  one.tickLine = () => {
    const text = now();
    if (time.textContent !== text) time.textContent = text;
  };
  one.line.firstChild.replaceChildren(
    h('kbd', { 'aria-hidden': 'true' }, place < 10 ? `Alt+${place}` : '…'),
    h('span', { class: pop.held_since ? 'hold-mark' : 'phase-name' },
      pop.held_since ? t('hold.on') : t(`phase.${pop.phase}`)),
    h('span', { class: pop.vip ? 'vip-mark' : 'tier' }, tierMark(tier)),
    h('strong', { class: 'line-name' }, said(pop.customer?.name ?? pop.from.display ?? t(`from.${pop.from.kind}`))),
    ...(lack ? [h('span', { class: 'lack' }, lack)] : []),
    time);
  return one.line;
}
