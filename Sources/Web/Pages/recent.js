// My last calls: what is not finished of them is found here, and finished later.
import { get, post, segment } from './api.js';
import { showCall, who } from './callList.js';
import { byId, h, later, said } from './dom.js';
import { t, word } from './text.js';
import { dateTime, now } from './time.js';

const shownMax = 20;
/** Calls that were imported are newer entries than those of today, and older calls. */
const shownDays = 7;

export class Recent {
  constructor(session) {
    this.session = session;
    this.place = byId('recent');
    this.refresh = later(300, () => this.load());
  }

  async load() {
    const { operator } = this.session;
    if (!operator) return;
    const from = new Date(now() - shownDays * 86_400_000).toISOString();
    try {
      const [unfinished, last] = await Promise.all([
        get(`/v1/operators/${segment(operator)}/unfinished?limit=${shownMax}`),
        get(`/v1/calls?operator=${segment(operator)}&from=${from}&limit=${shownMax}`)]);
      this.draw(unfinished.calls, last.calls);
    } catch { /* It is asked for again with the next call. */ }
  }

  draw(unfinished, last) {
    const open = this.place.querySelector('details')?.open ?? false;
    const numbers = new Set(unfinished.map((call) => call.number));
    const done = last.filter((call) => call.state === 'ended' && !numbers.has(call.number));
    this.place.hidden = unfinished.length + done.length === 0;
    const list = h('ol', { class: 'recent' }, [...unfinished, ...done].map((call) => this.line(call)));
    const text = t('recent.unfinished', { count: unfinished.length });
    const count = unfinished.length > 0 && h('span', { class: 'count' }, text);
    this.place.replaceChildren(h('details', { open }, h('summary', {}, t('recent.title'), ' ', count), list));
  }

  line(call) {
    const at = call.offered_at;
    const problem = h('span', { class: 'problem', role: 'alert' });
    const finish = async () => {
      try {
        const { text } = call.unfinished;
        await post(`/v1/calls/${segment(call.call)}/note?source=${segment(call.source)}`, { text, whole: true });
        await this.load();
      } catch (refusal) { problem.textContent = refusal.message; }
    };
    return h('li', { class: call.lack ? 'lacks' : null, 'data-call': call.call },
      h('time', { datetime: at }, dateTime(at)), ' ', who(call), ' ',
      h('span', { class: 'quiet' }, word('outcome', call.outcome)), ' ',
      call.lack && h('span', { class: 'lack' }, t(`lack.${call.lack}`)), ' ',
      call.unfinished && h('button', { type: 'button', class: 'small', onclick: finish }, t('recent.finish')), ' ',
      h('button', { type: 'button', class: 'small', onclick: () => showCall(call, () => this.refresh()) },
        t(call.lack ? 'recent.write' : 'call.open')),
      call.unfinished && said(call.unfinished.text, 'p'), problem);
  }
}
