// A call that is not in hand, in one line: who, which tier, what it does, and how long.
import { h, said } from './dom.js';
import { tierMark } from './people.js';
import { callerName, clock, t } from './text.js';
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
 * A line, which shows one call after the other: browsers keep buttons that were removed, and a day has hundreds of
 * calls.
 */
export class CallLine {
  /** @param pick what to do with the call when its line is picked. */
  constructor(pick) {
    this.button = h('button', { type: 'button', class: 'call-pick', onclick: () => pick(this.one) });
    this.element = h('li', {}, this.button);
    this.time = h('span', { class: 'time' });
  }

  get isMarked() { return document.activeElement === this.button; }

  /** @param place the call's number on the desk, from 1. */
  show(one, place) {
    const { pop } = one, tier = pop.customer?.tier, lack = lackOf(one);
    this.one = one;
    this.element.className = `call call-line phase-${pop.phase}${pop.vip ? ' vip' : ''}`;
    this.element.dataset.pop = pop.pop;
    this.button.replaceChildren(
      h('kbd', { 'aria-hidden': 'true' }, place < 10 ? `Alt+${place}` : '…'),
      h('span', { class: pop.held_since ? 'hold-mark' : 'phase-name' },
        pop.held_since ? t('hold.on') : t(`phase.${pop.phase}`)),
      h('span', { class: pop.vip ? 'vip-mark' : 'tier' }, tierMark(tier)),
      h('strong', { class: 'line-name' }, said(callerName(pop))),
      ...(lack ? [h('span', { class: 'lack' }, lack)] : []),
      this.time);
    this.tick();
  }

  /** It shows nothing, and keeps nothing. */
  clear() {
    this.one = null;
    this.button.replaceChildren();
    this.element.remove();
  }

  tick() {
    const text = holdOf(this.one) || timeOf(this.one);
    if (this.time.textContent !== text) this.time.textContent = text;
  }
}
