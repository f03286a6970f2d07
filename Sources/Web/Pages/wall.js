// The wall: a board for a screen on the wall, readable from five metres.
import { follow, get } from './api.js';
import { phone, queryOf, showCall } from './callList.js';
import { countTable, linkTo, promiseCounts } from './caseCounts.js';
import { shareChart } from './chart.js';
import { byId, h, put, said } from './dom.js';
import { ago, mailCounts } from './mailCounts.js';
import { setUpPage } from './page.js';
import { markList, showReceipt } from './receipt.js';
import { clock, loadText, number, percent, t, word } from './text.js';
import { now, openSession, since, timeOfDay } from './time.js';

await loadText();
const session = await openSession();
setUpPage(session);
document.title = `${t('wall.title')} — screenpop`;

/** How long each queue is shown in rotation. Milliseconds. */
const turnMs = 15000;
/** Operators in these states are on the phone. */
const engaged = ['ringing', 'dialing', 'talking', 'holding', 'busy'];

/** Cases, promises and tasks that need somebody; null until it is known. */
let work = null;
async function cases() {
  work = await get('/v1/cases/counts');
  put(byId('cases'), countTable(work, linkTo, { isNarrow: true }));
  draw();
}

/** How many are in each state, in the order of the day. */
const states = ['available', ...engaged, 'wrap_up', 'paused'];
const counted = (people) => states
  .map((state) => [state, people.filter(([, who]) => who.state === state).length])
  .filter(([, count]) => count)
  .map(([state, count]) => `${t(`state.${state}`)} ${number(count)}`)
  .join(' · ');

/**
 * What is alarming in a queue, as it is configured; a centre that configured nothing is told what most hold for good.
 */
const limits = (queue) => {
  const { default: all, queues } = session.thresholds, one = queues[queue] ?? all;
  return {
    waiting: one.waiting,
    longest: one.longest_wait_ms,
    service: one.service_level ?? 0.8,
    abandons: one.abandon_rate ?? 0.1 };
};

let stats = null, open = [], alarms = [], curve = null, statsAt = 0, turn = 0;
const chosen = byId('queue');
const wanted = new URLSearchParams(location.search).get('queue') ?? '';

const queueNow = () => {
  if (chosen.value !== '*') return chosen.value;
  const all = ['', ...Object.keys(stats?.queues ?? {}).sort()];
  return all[turn % all.length];
};

function drawQueues() {
  const names = Object.keys(stats.queues).sort(), before = chosen.value || wanted;
  const wished = ['', ...names, '*'];
  if (chosen.options.length === wished.length) return;
  chosen.replaceChildren(
    h('option', { value: '' }, t('wall.all')),
    ...names.map((name) => h('option', { value: name }, name)),
    h('option', { value: '*' }, t('wall.rotate')));
  chosen.value = wished.includes(before) ? before : '';
}

/** @param open the address of a page, or the figure whose receipt is shown. */
function figure(id, label, value, level, open, marks) {
  // What is not well, or not certain, has a shape, too, for those who see no colours.
  const sign = ({ warn: '▲ ', bad: '⚠ ' }[level] ?? '') + (marks?.length ? '⚑ ' : '');
  return { id, label: sign + label, title: label, value, level, open };
}

/** The tiles are made once; what they say is changed in place. */
function drawFigures(list) {
  const place = byId('figures');
  if (place.children.length !== list.length) {
    place.replaceChildren(...list.map(() => h('button', { type: 'button', class: 'figure' },
      h('span', { class: 'label' }), h('span', { class: 'value' }))));
  }
  list.forEach((one, i) => {
    const tile = place.children[i], [label, value] = tile.children;
    if (label.textContent !== one.label) label.textContent = one.label;
    if (value.textContent !== one.value) value.textContent = one.value;
    const name = `figure ${one.level ?? ''}`.trim();
    if (tile.className !== name) tile.className = name;
    tile.onclick = typeof one.open === 'string'
      ? () => location.assign(one.open)
      : () => showReceipt({ label: one.title, ...one.open });
  });
}

/** Within how long callers of a queue, or of all of them, are to be answered: each time once. Milliseconds. */
function thresholdsOf(queue) {
  const sets = stats.queues[queue] ? [stats.queues[queue]] : Object.values(stats.queues);
  return [...new Set((sets.length ? sets : [stats.centre]).map((set) => set.service_level.threshold_ms))];
}

/** Queues that differ are told together by no one time. */
const within = (thresholds) => (thresholds.length === 1
  ? t('wall.within', { seconds: thresholds[0] / 1000 }) : t('wall.within.own'));

function draw() {
  if (!stats) return;
  const queue = queueNow(), one = stats.queues[queue] ?? stats.centre;
  const passed = one.waiting ? performance.now() - statsAt : 0;
  byId('title').textContent = queue || t('wall.all');
  const level = one.service_level[one.service_level.variant];
  const thresholds = thresholdsOf(queue);
  const limit = limits(queue);
  const longest = one.longest_wait_ms ? one.longest_wait_ms + passed : 0;
  const people = Object.entries(stats.operators).filter(([, who]) => who.state !== 'logged_out'
    && (!queue || !who.queues || who.queues.includes(queue)));
  const free = people.filter(([, who]) => who.state === 'available').length;
  const of = queue ? { queue } : {};
  drawFigures([
    figure('waiting', t('wall.waiting'), number(one.waiting),
      one.waiting === 0 ? 'good' : one.waiting >= (limit.waiting ?? free + 1) ? 'bad' : 'warn',
      { ...of, figure: 'waiting' }),
    figure('longest', t('wall.longest'), clock(longest),
      longest === 0 ? 'good' : longest > (limit.longest ?? Math.min(...thresholds)) ? 'bad' : 'warn',
      { ...of, figure: 'longest_wait_ms' }),
    figure('service', `${t('wall.service')} ${within(thresholds)}`, percent(level),
      level == null ? '' : level < limit.service ? 'bad' : level < limit.service + 0.1 ? 'warn' : 'good',
      { ...of, figure: 'service_level' }, one.marks),
    figure('offered', t('wall.offered'), number(one.offered), '', { ...of, figure: 'offered' }, one.marks),
    figure('answered', t('wall.answered'), number(one.answered), '', { ...of, figure: 'answered' }, one.marks),
    figure('abandoned', t('wall.abandoned'), number(one.abandoned), one.abandon_rate > limit.abandons ? 'bad' : '',
      { ...of, figure: 'abandoned' }, one.marks),
    figure('free', t('wall.free'), `${number(free)}/${number(people.length)}`,
      people.length > 0 && free === 0 ? 'warn' : 'good', '/supervisor#operators'),
    figure('engaged', t('wall.engaged'), number(people.filter(([, who]) => engaged.includes(who.state)).length), '',
      '/supervisor#operators'),
    // A dialed call is in no queue: these are the centre's.
    figure('outbound', t('wall.outbound'),
      `${number(stats.centre.outbound.dialed)}/${number(stats.centre.outbound.reached)}`, '',
      { figure: 'dialed', label: t('figure.dialed'), also: [{ figure: 'reached', label: t('figure.reached') }] },
      stats.centre.marks),
    figure('callbacks', t('wall.callbacks'), number(stats.centre.callbacks_due),
      stats.centre.callbacks_due ? 'warn' : 'good', { figure: 'callbacks_due' }),
    ...(work ? promiseCounts(work) : []).map(({ key, delay, count, level, href }) =>
      figure(`promises-${delay}`, t(key), number(count), level, href)),
    // Only while some wait: a row of their own takes room from what is below.
    ...mailCounts(work?.mails).filter((mails) => mails.open > 0).map(({ name, key, open: count, level, href }) => {
      const oldest = ago(work.mails[name].oldest_at);
      return figure(`mails-${name}`, `${t(key)} ${oldest}`, number(count), level, href);
    }),
  ]);
  const isVIP = (call) => session.tiers[call.customer?.tier]?.vip === true;
  const waiting = open
    .filter((call) => call.waiting_since && (!queue || call.queue === queue))
    .sort((a, b) => isVIP(b) - isVIP(a) || Date.parse(a.waiting_since) - Date.parse(b.waiting_since))
    .slice(0, 12);
  put(byId('calls'), waiting.length
    ? h('table', {}, h('tbody', {}, waiting.map((call) => h('tr', {},
      h('td', { class: 'narrow' },
        isVIP(call) ? h('span', { class: 'vip-mark' }, `★ ${word('tier', call.customer.tier)}`) : ''),
      h('td', {}, h('button', { type: 'button', class: 'link', onclick: () => showCall(call) },
        call.customer ? said(call.customer.name) : phone(call.from))),
      h('td', { class: 'narrow' }, said(call.queue)),
      h('td', { class: 'number' }, clock(since(call.waiting_since)))))))
    : h('p', { class: 'quiet' }, t('wall.nobody')));
  put(byId('people'), people.length
    ? [
      h('p', { class: 'quiet counts' }, counted(people)),
      h('ul', { class: 'people' }, people
        .sort(([a], [b]) => a.localeCompare(b, undefined, { numeric: true }))
        .map(([id, who]) => h('li', { class: who.state },
          h('strong', {}, id), ' ',
          said(who.name ?? ''),
          h('br'),
          t(`state.${who.state}`), ' ',
          h('span', { class: 'time' }, who.since ? clock(since(who.since)) : ''))))]
    : h('p', { class: 'quiet' }, t('wall.empty')));
  put(byId('alarms'), alarms
    .filter((alarm) => !queue || alarm.queue === queue)
    .map((alarm) => h('li', {}, `⚠ ${alarm.text}`)));
  put(byId('marks'), markList(one.marks));
  byId('clock').textContent = timeOfDay(now());
}

/** The service level of each interval, as a line over the day. */
async function drawCurve() {
  const queue = queueNow();
  const { intervals } = await get(`/v1/intervals?${queryOf({ step: '15m', by: 'centre', queue })}`);
  const target = limits(queue).service;
  const points = intervals.map((one) => one.service_level[one.service_level.variant]);
  const last = points.findLast((value) => value != null) ?? null;
  // Whoever reads the values goes on reading.
  if (byId('curve').contains(document.activeElement)) return;
  byId('curve').replaceChildren(shareChart(
    intervals.map((one, i) => {
      const label = timeOfDay(Date.parse(one.from));
      return { label, value: points[i], isHour: label.endsWith(':00') };
    }),
    { title: t('wall.curve.text', { last: percent(last), target: percent(target) }), target, unit: 'figure.service' }));
}

async function look() {
  try {
    open = (await get('/v1/calls?open=true&limit=500')).calls;
    alarms = (await get('/v1/alarms')).alarms;
  } catch { /* The line for the link says so. */ }
  draw();
}

follow('/v1/stats/stream', { stats: (told) => {
  stats = told;
  statsAt = performance.now();
  drawQueues();
  draw();
} }, (isUp) => {
  const link = byId('link');
  link.hidden = isUp;
  link.textContent = isUp ? '' : t('problem.link');
});

const every = (ms, work) => { work(); setInterval(work, ms); };
every(2000, look);
every(15_000, () => cases().catch(() => {}));
every(60000, () => drawCurve().catch(() => {}));
setInterval(draw, 1000);
setInterval(() => { turn += 1; if (chosen.value === '*') { draw(); drawCurve().catch(() => {}); } }, turnMs);
chosen.addEventListener('change', () => { draw(); drawCurve().catch(() => {}); });
byId('fullscreen').addEventListener('click', () => (document.fullscreenElement
  ? document.exitFullscreen()
  : document.documentElement.requestFullscreen()));
