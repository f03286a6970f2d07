// Reminders of what is due soon. Each is said once in this browser, also where the page is not seen.
import { announce, byId, h, said } from './dom.js';
import { notify } from './notice.js';
import { t } from './text.js';
import { dateTime, now } from './time.js';

export class Reminders {
  /** @param open shows what a reminder is about. */
  constructor(operator, open) {
    this.key = `reminded ${operator}`;
    this.open = open;
    /** What was said, by item and due time, with when it is due: after that nothing is said of it. */
    this.told = {};
  }

  say(items) {
    // The daemon counts open time: what is due first thing tomorrow is said before the centre closes.
    const isTime = ({ due, remind_at }) => now() >= Date.parse(remind_at ?? due) && now() <= Date.parse(due);
    const soon = items.filter((one) => one.due && isTime(one));
    if (soon.length === 0) return;
    this.read();
    for (const one of soon) {
      const mark = `${one.id} ${one.due}`;
      if (mark in this.told) continue;
      this.told[mark] = Date.parse(one.due);
      this.show(one);
    }
    this.write();
  }

  show(one) {
    const text = t('work.reminder', { what: one.title, when: dateTime(one.due) });
    const line = h('p', { class: 'message reminder' }, said(text), ' ',
      h('button', { type: 'button', onclick: () => { this.open(one); line.remove(); } }, t('work.open')),
      h('button', { type: 'button', 'aria-label': t('close'), onclick: () => line.remove() }, '×'));
    byId('messages').append(line);
    announce(text);
    notify(text, { body: one.customer_name, tag: `reminder ${one.id}` });
  }

  /** Another page of this browser may have said it, or this one before it was loaded again. */
  read() {
    try {
      for (const [mark, due] of Object.entries(JSON.parse(localStorage.getItem(this.key)) ?? {}))
        if (due >= now()) this.told[mark] = due;
    } catch { /* A browser that keeps nothing says it once a page. */ }
  }

  write() {
    // A page may be open for weeks.
    this.told = Object.fromEntries(Object.entries(this.told).filter(([, due]) => due >= now()));
    try { localStorage.setItem(this.key, JSON.stringify(this.told)); } catch { /* The same. */ }
  }
}
