// One call, at a glance: who, what to beware of, what happened last, and why here.
import { cardLines } from './cardLines.js';
import { h, said } from './dom.js';
import { casesOf } from './callParts.js';
import { holdOf, lackOf, timeOf } from './callLine.js';
import { isOwn, person, tierMark, vipName } from './people.js';
import { callerName, clock, t, word } from './text.js';
import { dateTime, now } from './time.js';

/** Draws a call's card above and below its note, which stays where it is: nothing that is being typed is touched. */
export function card(one, act) {
  const { pop, element, top, bottom } = one;
  const isOver = pop.phase === 'ended', isOutbound = pop.direction === 'outbound', open = casesOf(one);
  const id = `who-${pop.pop}`, lack = h('span', { class: 'lack' });
  element.className = `call phase-${pop.phase}${pop.vip ? ' vip' : ''}${one.done ? ' done' : ''}`;
  element.setAttribute('aria-labelledby', id);
  // Nobody waits for an operator who calls out.
  const clockOf = h('span', { class: 'time' }), holdClock = h('span', { class: 'time' });
  const hasClock = !isOver && !(isOutbound && pop.phase === 'dialing');
  one.tick = () => {
    const text = hasClock ? timeOf(one) : '';
    if (clockOf.textContent !== text) clockOf.textContent = text;
    const hold = holdOf(one);
    if (holdClock.textContent !== hold) holdClock.textContent = hold;
    const missing = isOver && one.note ? lackOf(one) : '';
    if (lack.textContent !== missing) lack.textContent = missing;
  };
  one.tick();
  top.replaceChildren(...present([
    h('header', {},
      pop.vip && h('p', { class: 'vip-sign' },
        h('span', { 'aria-hidden': 'true' }, '★ '), vipName(pop.customer?.tier),
        h('span', { 'aria-hidden': 'true' }, ' ★')),
      h('p', { class: 'phase' }, h('span', { class: 'phase-name' }, t(`phase.${pop.phase}`)), ' ',
        hasClock && clockOf,
        pop.held_since && [' ', h('span', { class: 'hold-mark' }, t('hold.on'), ' ', holdClock)],
        hasClock && pop.answered_at && !pop.held_since && pop.hold_ms >= 1000
          && h('span', { class: 'held' }, ' ', t('hold.before', { time: clock(pop.hold_ms) })),
        pop.transferred_from
          && h('span', { class: 'from-whom' }, ' ', t('transferred.from', { who: person(pop.transferred_from) }))),
      h('h2', { id }, pop.customer ? name(pop.customer) : said(callerName(pop))),
      h('p', { class: 'facts' }, facts(pop)),
      one.withdrawn && h('p', { class: 'withdrawn' }, one.withdrawn)),
    (pop.customer?.cautions ?? []).length > 0 && h('ul', { class: 'cautions', 'aria-label': t('cautions') },
      pop.customer.cautions.map((text) => said(text, 'li'))),
    alerts(pop).length > 0 && h('ul', { class: 'alerts', 'aria-label': t('alerts') },
      alerts(pop).map((alert) => h('li', { class: `alert-${alert.kind}` }, said(alert.text)))),
    brief(pop).length > 0 && h('ul', { class: 'brief', 'aria-label': t('brief') },
      brief(pop).map((text) => said(text, 'li'))),
    ...cardLines(lines(pop)),
    pop.outside && h('div', { class: 'outside' }, pop.outside.sources.map(outside)),
    who(one, act),
    open.length > 0 && cases(open, act),
    h('p', { class: 'buttons' },
      pop.customer && button('open', t('customer.open'), () => act.openCustomer(pop.customer.id)),
      pop.url && h('a', { class: 'button', href: pop.url, target: '_blank', rel: 'noopener noreferrer' }, t('crm')),
      !isOver && button('help', t('message.askHelp'), act.help),
      isOver && button('close', t('calls.close'), act.close)),
  ]));
  one.finish?.replaceChildren(...present([
    isOver && h('p', { class: 'finish' },
      button('finish', t(one.done ? 'note.finishLater' : 'note.finish'), act.finish, 'primary'),
      h('kbd', {}, 'Alt+Enter'), lack),
  ]));
  bottom.replaceChildren(...present([
    pop.history.length > 0 && history(pop.history, () => null, brief(pop)),
  ]));
}

/** Nothing is said twice: what stands among the cautions or the lines is no alert beside them. */
function alerts(pop) {
  const kinds = new Set((pop.card ?? []).map((one) => (one.kind === 'complaint' ? 'complained_before' : one.kind)));
  // The title of the card says already that a number is withheld.
  if (!pop.customer && pop.from.kind === 'withheld') kinds.add('anonymous');
  return pop.alerts.filter((alert) =>
    !(alert.kind === 'caution' && pop.customer?.cautions.length) && !kinds.has(alert.kind));
}

/** What the name, the facts, the cautions and the alerts say already is left out. */
function brief(pop) {
  const { customer } = pop, cautions = customer?.cautions ?? [];
  const all = pop.brief.filter((text) =>
    !cautions.some((one) => text.includes(one)) && !pop.alerts.some((alert) => alert.text === text));
  if (!customer || all.length === 0) return all;
  const tier = word('tier', customer.tier).toLowerCase();
  const isSaid = (part) => part === customer.company
    || (tier !== '' && part.toLowerCase().startsWith(tier) && part.length <= tier.length + ' customer'.length);
  const [standing, ...rest] = all;
  const left = standing.split(/( · |・)/).filter((_, i) => i % 2 === 0).filter((part) => !isSaid(part));
  return [left.join(' · '), ...rest].filter(Boolean);
}

/** A promise stands among the cases, or in what is to be done, where it can be opened. */
const lines = (pop) => (pop.card ?? []).filter(({ kind, text }) =>
  !(kind === 'promise_broken' && pop.cases.some((one) => text.includes(one.title))));

/** What a CRM says: it comes after the pop, and says how old it is. */
function outside(source) {
  const isAnswer = source.state === 'found' || source.state === 'not_found';
  const notes = [
    source.state !== 'found' && t(`outside.${source.state}`),
    source.old && t('outside.old', { when: dateTime(source.at) }),
  ].filter(Boolean).join(' · ');
  return h('section', { class: `outside-${source.state}${source.old ? ' old' : ''}`, 'aria-label': source.label },
    h('h3', {}, said(source.label), notes && h('span', { class: 'quiet', role: 'status' }, ' ', notes)),
    isAnswer && source.fields.length > 0 && h('dl', {}, source.fields.map((field) => [
      h('dt', {}, said(field.label)), h('dd', {}, said(field.value))])),
    source.url && h('a', { href: source.url, target: '_blank', rel: 'noopener noreferrer' }, t('crm')));
}

const present = (list) => list.filter(Boolean);

const button = (key, label, work, kind) =>
  h('button', { type: 'button', 'data-key': key, class: kind, onclick: work }, label);

/** A name with its reading above it. */
export function name(customer) {
  if (!customer.kana) return said(customer.name);
  return h('ruby', {}, said(customer.name), h('rp', {}, '('), h('rt', {}, said(customer.kana)), h('rp', {}, ')'));
}

/** Why here. A call that was meant for a colleague says so: it may ring at another desk all the same. */
function reason(pop) {
  const others = pop.reason === 'assigned_operator' && pop.customer?.owner && !isOwn(pop.customer.owner);
  if (others) return t('reason.owner');
  const last = pop.history.find(({ channel, operator }) => channel === 'phone' && operator)?.operator;
  return pop.reason === 'last_operator' && last && !isOwn(last) ? t('reason.last') : word('reason', pop.reason);
}

function facts(pop) {
  const { customer } = pop, isDialed = pop.direction === 'outbound';
  const parts = [
    customer?.company && said(customer.company),
    // The sign of a VIP says it already.
    customer && !pop.vip && h('span', { class: 'tier' }, tierMark(customer.tier)),
    customer && !isDialed && (pop.from.display ? said(pop.from.display) : t(`from.${pop.from.kind}`)),
    isDialed && h('span', {}, t('dialed'), ' ', said(pop.from.display || pop.to)),
    pop.from.place && said(pop.from.place),
    pop.queue && h('span', {}, t('queue'), ' ', said(pop.queue)),
    pop.to && !isDialed && h('span', {}, t('line'), ' ', said(pop.to)),
    pop.reason && h('span', { class: 'reason' }, reason(pop)),
  ].filter(Boolean);
  return parts.flatMap((part, i) => (i ? [h('span', { class: 'dot', 'aria-hidden': 'true' }, ' · '), part] : [part]));
}

/**
 * Several may have this number; a caller who is nobody yet is made somebody, or found. What was chosen can be changed.
 */
function who({ pop, attached }, act) {
  const line = (customer) => [name(customer), customer.company ? [' ', said(customer.company)] : null];
  const options = pop.candidates.slice(0, 9).map((customer, i) =>
    h('li', {}, h('button', {
      type: 'button', 'data-key': `choose-${customer.id}`, onclick: () => act.choose(customer.id) },
      h('kbd', {}, String(i + 1)), ' ', line(customer))));
  const mayAttach = pop.phase !== 'offered';
  return h('div', { class: 'who' },
    attached && h('p', { class: 'attached', role: 'status' },
      t(attached.stored ? 'customer.attached.stored' : 'customer.attached', { name: attached.name }), ' ',
      button('undo', [t('undo'), ' ', h('kbd', {}, 'U')], act.undo)),
    pop.customer && options.length > 0 && [h('p', {}, t(pop.identified ? 'candidates.chosen' : 'candidates.guess')),
      h('ul', { class: 'candidates' },
        h('li', { class: 'chosen', 'aria-current': 'true' },
          h('span', { 'aria-hidden': 'true' }, pop.identified ? '✓ ' : '? '), line(pop.customer)), options)],
    !pop.customer && mayAttach && h('p', { class: 'buttons' },
      button('new', [t('customer.new'), ' ', h('kbd', {}, 'N')], act.newCustomer),
      button('attach', [t('customer.attach'), ' ', h('kbd', {}, 'A')], act.attach)),
    pop.customer && !attached && mayAttach && h('p', { class: 'buttons' },
      button('attach', [t('customer.other'), ' ', h('kbd', {}, 'A')], act.attach, 'small')));
}

function cases(open, act) {
  return h('div', { class: 'cases' }, h('h3', {}, t('cases')), h('ul', {}, open.map((one) =>
    caseLine(one, ' ', h('button', {
      type: 'button', class: 'small', 'data-key': `case-${one.id}`, onclick: () => act.openCase(one) },
      t('case.open'))))));
}

export function caseLine(one, ...more) {
  const late = one.due && Date.parse(one.due) < now();
  return h('li', { class: late ? 'late' : null },
    h('span', { class: 'kind' }, t(`case.${one.kind}`)), ' ',
    said(one.title),
    one.due && h('span', { class: 'due' }, ' ',
      late ? t('case.late', { when: dateTime(one.due) }) : t('case.due', { when: dateTime(one.due) })),
    one.owner && h('span', { class: 'quiet' }, ' ', t('case.owner', { who: person(one.owner) })),
    more);
}

/**
 * @param more what goes behind a contact, such as a button that opens it.
 * @param above what is said already, and not again.
 */
export function history(list, more = () => null, above = []) {
  const isSaid = (text) => above.some((one) => one.includes(text));
  return h('details', { class: 'history', open: true }, h('summary', {}, t('history')),
    h('ol', {}, list.map((contact) => h('li', {},
      h('time', { datetime: contact.at }, dateTime(contact.at)), ' ',
      h('span', { class: 'quiet' },
        [word('channel', contact.channel), person(contact.operator)].filter(Boolean).join(' · ')),
      contact.outcome && contact.outcome !== 'answered'
        ? h('span', { class: 'quiet' }, ' ', word('outcome', contact.outcome))
        : null,
      more(contact),
      contact.summary && !isSaid(contact.summary) ? said(contact.summary, 'p') : null))));
}
