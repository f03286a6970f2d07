// The supervisors' messages: what they are asked and nobody has answered, and all that was written.
import { get } from './api.js';
import { h } from './dom.js';
import { messageFacts, reply } from './messages.js';
import { person } from './people.js';
import { number, t } from './text.js';
import { dateTime } from './time.js';

/** Interval of requests. Milliseconds. */
const every = 20_000;
let watch;

/** A form to answer what supervisors are asked; who answered, where somebody has. */
export function answerForm(one, session, done) {
  if (one.answered_at) {
    return h('span', { class: 'quiet', role: 'status' },
      t('messages.answered', { by: person(one.answered_by) || t('message.nobody'), at: dateTime(one.answered_at) }));
  }
  // Who has no number of its own cannot be named as the one who answers.
  return session.operator && one.from ? reply(one, done, session.operator) : null;
}

export async function messageBoard(panel, session) {
  clearInterval(watch);
  const waiting = h('section', { 'aria-label': t('messages.waiting') }), all = h('ul', { class: 'message-list' });
  const more = h('p', { class: 'buttons' });
  panel.replaceChildren(waiting, h('h2', {}, t('messages.all')), all, more);
  const line = (one) => h('li', { 'data-id': one.id }, messageFacts(one));
  const load = async () => {
    const [open, page] = await Promise.all([get('/v1/messages?waiting=true&limit=100'), get('/v1/messages?limit=50')]);
    waiting.replaceChildren(
      h('h2', {}, t('messages.waiting'), ' ', h('span', { class: 'tally' }, number(open.items.length))),
      open.items.length
        ? h('ul', { class: 'message-list' }, open.items.map((one) =>
          h('li', { 'data-id': one.id }, messageFacts(one), answerForm(one, session, load))))
        : h('p', { class: 'quiet' }, t('messages.waiting.none')));
    all.replaceChildren(...page.items.map(line));
    if (page.items.length === 0) all.replaceChildren(h('li', { class: 'quiet' }, t('messages.none')));
    show(page.next);
  };
  const show = (next) => more.replaceChildren(...(next ? [h('button', { type: 'button', onclick: async () => {
    const page = await get(`/v1/messages?limit=50&after=${next}`);
    all.append(...page.items.map(line));
    show(page.next);
  } }, t('filter.more'))] : []));
  // Whoever types an answer is not interrupted, and neither is who reads further down.
  const isBusy = () => document.hidden || !panel.contains(all) || waiting.contains(document.activeElement)
    || all.childElementCount > 50;
  watch = setInterval(() => { if (!isBusy()) load().catch(() => {}); }, every);
  await load();
}
