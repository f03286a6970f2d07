// The day in the header: who waits in the operator's queues, and the operator's own figures.
import { get, segment } from './api.js';
import { byId, h, put, spaced } from './dom.js';
import { clock, number, t } from './text.js';

/** Interval of requests. Milliseconds. */
const every = 5_000;

export class Day {
  constructor(session) {
    this.place = byId('day');
    if (!session.operator) return;
    this.path = `/v1/operators/${segment(session.operator)}/day`;
    // All desks hear of the same call; they ask at different times.
    this.refresh = spaced(300 + Math.random() * 700, () => this.load());
    setInterval(() => { if (!document.hidden) this.load(); }, every);
    setInterval(() => this.draw(), 1_000);
    this.load();
  }

  async load() {
    try { this.day = await get(this.path); } catch { return; /* It is asked for again. */ }
    this.at = performance.now();
    this.draw();
  }

  draw() {
    if (!this.day) return;
    const { waiting, longest_wait_ms: longest, answered, unanswered, average_handle_ms: average } = this.day;
    const wait = waiting > 0 && longest !== null
      ? ` (${t('day.longest', { time: clock(longest + performance.now() - this.at) })})` : '';
    const own = [
      t('day.answered', { count: number(answered) }), average !== null && t('day.average', { time: clock(average) }),
      t('day.missed', { count: number(unanswered) })].filter(Boolean);
    this.place.hidden = false;
    put(this.place,
      h('div', { class: waiting > 0 ? 'waits' : '' }, t('day.waiting', { count: number(waiting) }), wait),
      h('div', {}, own.join(' · ')));
  }
}
