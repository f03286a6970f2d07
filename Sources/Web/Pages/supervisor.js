// The supervisor's pages: operators, calls, callbacks.
import { setUpAccount } from './account.js';
import { ask, follow, get, post, segment } from './api.js';
import { showCall } from './callList.js';
import { beforeAfterBoard } from './beforeAfter.js';
import { callSearch } from './callSearch.js';
import { callbacks } from './callbacks.js';
import { caseBoard } from './caseBoard.js';
import { watchPromises } from './caseCounts.js';
import { caseDialogList } from './caseRows.js';
import { caseDialog, caseFacts } from './cases.js';
import { announce, byId, h, measure, put, said, spaced } from './dom.js';
import { escalationBoard } from './escalationBoard.js';
import { doKept } from './keptActs.js';
import { keepTyped } from './keptForms.js';
import { knowledgeBoard } from './knowledgeBoard.js';
import { answerForm, messageBoard } from './messageBoard.js';
import { listBoard } from './listBoard.js';
import { setUpPage } from './page.js';
import { imports } from './imports.js';
import { mergeBoard } from './mergeBoard.js';
import { noteCostBoard } from './noteCost.js';
import { qualityBoard } from './quality.js';
import { replyBoard } from './replies.js';
import { figureButton, markList } from './receipt.js';
import { reports } from './reports.js';
import { sessionBoard } from './sessionBoard.js';
import { workloadBoard } from './workload.js';
import { clock, loadText, number, percent, t, word } from './text.js';
import { dateTime, openSession, since as timeSince } from './time.js';

await loadText();
const session = await openSession();
setUpPage(session);
setUpAccount(session);
document.title = `${t('supervisor.title')} — screenpop`;
const panel = byId('panel');
let stats = null, cases = {}, shown = null;

const people = () => Object.entries(stats?.operators ?? {})
  .sort(([a], [b]) => a.localeCompare(b, undefined, { numeric: true }));
const pages = {
  operators, calls: () => callSearch(panel, session, stats), callbacks: () => callbacks(panel, session, people),
  cases: (asked) => caseBoard(panel, session, people, asked), workload: () => workloadBoard(panel, session, people),
  escalations: () => escalationBoard(panel, session), lists: () => listBoard(panel, session),
  knowledge: () => knowledgeBoard(panel, session), messages: () => messageBoard(panel, session),
  mails: () => replyBoard(panel, session), quality: () => qualityBoard(panel, session),
  reports: () => reports(panel, Object.keys(stats?.queues ?? {}).sort()),
  noteCost: () => noteCostBoard(panel, session), merges: () => mergeBoard(panel, session),
  beforeAfter: () => beforeAfterBoard(panel),
  ...(session.role === 'admin'
    ? { imports: () => imports(panel), sessions: () => sessionBoard(panel) } : {}) };
byId('tabs').append(...Object.keys(pages).map((name) => h('button', {
  type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': 'panel', onclick: () => open(name) },
  t(`supervisor.${name}`))));
byId('tabs').addEventListener('keydown', (event) => {
  const names = Object.keys(pages), i = names.indexOf(shown),
    next = { ArrowRight: names[i + 1], ArrowLeft: names[i - 1] }[event.key];
  if (next) { open(next); byId(`tab-${next}`).focus(); }
});
addEventListener('hashchange', () => open(location.hash.slice(1)));
byId('signout').addEventListener('click', async () => { await ask('DELETE', '/v1/session'); location.reload(); });

/** Opens a page by its name; `cases?kind=promise` has what it begins with. */
function open(place) {
  const [name, asked = ''] = place.split('?');
  shown = name in pages ? name : 'operators';
  const hash = asked && shown === name ? place : shown;
  if (location.hash.slice(1) !== hash) history.replaceState(null, '', `#${hash}`);
  for (const tab of byId('tabs').children) {
    const isShown = tab.id === `tab-${shown}`;
    tab.setAttribute('aria-selected', String(isShown));
    tab.tabIndex = isShown ? 0 : -1;
  }
  panel.setAttribute('aria-labelledby', `tab-${shown}`);
  panel.replaceChildren();
  pages[shown](new URLSearchParams(asked));
}

// Operators.

async function operators() {
  const body = h('tbody');
  panel.replaceChildren(
    h('p', { class: 'buttons' },
      h('button', { type: 'button', onclick: () => write('all') }, t('message.all')),
      h('span', { id: 'problem', class: 'problem', role: 'alert' })),
    h('div', { id: 'marks' }),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('supervisor.operators') },
      h('table', { id: 'operators' },
        h('thead', {}, h('tr', {},
          [
            'operator', 'name', 'state', 'since', 'answered', 'unanswered', 'dialed', 'reached', 'handle', 'occupancy',
            'cases', 'queues', 'set'
          ].map((name) => h('th', { scope: 'col' }, t(`column.${name}`))))),
        body)));
  cases = (await get('/v1/cases/counts')).by_owner;
  drawOperators();
}

/** Rows stay where they are and only what they say changes: a menu that is open stays open. */
function drawOperators() {
  const body = byId('operators')?.tBodies[0];
  if (!stats || !body) return;
  put(byId('marks'), markList(stats.centre.marks));
  for (const [id, one] of people()) {
    let row = [...body.rows].find((row) => row.dataset.operator === id);
    if (!row) {
      row = h('tr', {}, Array.from({ length: 12 }, () => h('td')), h('td', {}, controls(id)));
      row.dataset.operator = id;
      body.append(row);
    }
    const since = one.since ? clock(timeSince(one.since)) : '';
    const open = (figure, column, value) =>
      figureButton(value, { label: `${t(`column.${column}`)} — ${id}`, figure, operator: id });
    const values = [
      h('strong', {}, id),
      said(one.name ?? ''),
      t(`state.${one.state}`) + (one.reason ? ` (${word('pause', one.reason)})` : ''),
      since,
      open('answered', 'answered', number(one.answered)),
      open('unanswered', 'unanswered', number(one.unanswered)),
      open('dialed', 'dialed', number(one.outbound.dialed)),
      open('reached', 'reached', number(one.outbound.reached)),
      one.average_handle_ms == null ? '' : open('average_handle_ms', 'handle', clock(one.average_handle_ms)),
      one.occupancy == null ? percent(null) : open('occupancy', 'occupancy', percent(one.occupancy)),
      caseButton(id),
      (one.queues ?? []).join(', ') || t('filter.all')];
    values.forEach((value, i) => put(row.cells[i], value));
  }
}

/** How many cases are open, which opens them. */
function caseButton(id) {
  const open = cases[id] ?? 0, what = t('column.cases');
  return h('button', {
    type: 'button', class: 'link', 'aria-label': `${what}: ${open}`,
    onclick: () => caseDialogList(`${what} — ${id}`, { owner: id }, open, (one, again) => [
      ...caseFacts(one), ' ', h('button', { type: 'button', class: 'small',
        onclick: () => caseDialog(one, session, again) }, t('case.open'))]) },
  number(open));
}

function controls(id) {
  const states = ['paused', 'resumed', 'ready', 'logged_out', 'logged_in'];
  const words = {
    paused: t('state.pause'),
    resumed: t('state.resume'),
    ready: t('state.ready'),
    logged_out: t('state.logout'),
    logged_in: t('state.login') };
  const choice = h('select', { 'aria-label': `${t('column.set')}: ${id}`, onchange: async () => {
    const state = choice.value;
    choice.value = '';
    try {
      const { json } = await ask('POST', `/v1/operators/${segment(id)}/state`, { state });
      byId('problem').textContent = json.pbx === 'not_asked' ? `${id}: ${t('pbx.not_asked')}` : '';
      announce(`${id}: ${t(`state.${json.state ?? 'logged_out'}`)}`);
    } catch (refusal) { byId('problem').textContent = `${id}: ${refusal.message}`; }
  } }, h('option', { value: '' }, '…'), states.map((state) => h('option', { value: state }, words[state])));
  return h('span', { class: 'buttons' },
    choice,
    h('button', { type: 'button', onclick: () => write(id), 'aria-label': `${t('message.write')}: ${id}` },
      t('message.write')));
}

function write(to) {
  const text = h('textarea', { id: 'message-text', rows: 3, maxlength: 300, required: true });
  const status = h('p', { role: 'status' });
  const typed = keepTyped(session.operator ?? null, `/v1/messages?to=${to}`, { text }, null);
  const dialog = byId('dialog');
  // Who closes the dialog wants it so; the end of a session closes none.
  dialog.addEventListener('close', typed.done, { once: true });
  dialog.replaceChildren(
    h('h2', {}, to === 'all' ? t('message.all') : `${t('message.write')}: ${to}`),
    h('form', { onsubmit: async (event) => {
      event.preventDefault();
      try {
        const { shown } = await post('/v1/messages', { to, text: text.value });
        dialog.close();
        announce(t(shown ? 'message.sent' : 'message.unseen'));
        byId('problem').textContent = shown ? '' : t('message.unseen');
      } catch (refusal) { status.textContent = refusal.message; }
    } },
      h('label', { for: 'message-text' }, t('message.text')),
      text,
      typed.element,
      status,
      h('p', { class: 'buttons' },
        h('button', { class: 'primary' }, t('message.send')),
        h('button', { type: 'button', onclick: () => dialog.close() }, t('cancel')))));
  dialog.showModal();
}

// Messages.

function showMessage(message) {
  const from = t('message.from', { name: message.from_name ?? message.from ?? t('message.nobody') });
  const line = h('p', { class: 'message help' },
    h('strong', {}, said(`${message.from ?? ''} ${from}`)), ' ',
    said(message.text),
    message.call && h('button', { type: 'button', onclick: async () => showCall({
      call: message.call, source: (await get(`/v1/calls/${segment(message.call)}`)).source }) }, t('call.open')),
    message.help && message.id && answerForm(message, session),
    h('button', { type: 'button', 'aria-label': t('close'), onclick: () => line.remove() }, '×'));
  line.dataset.message = message.id ?? '';
  byId('messages').append(line);
  announce(`${from}: ${message.text}`);
}

/** What a colleague has answered meanwhile is said in its line. */
const showAnswers = spaced(500, async () => {
  const lines = [...byId('messages').querySelectorAll('.message[data-message]:not([data-message=""])')]
    .filter((line) => line.querySelector('form'));
  if (lines.length === 0) return;
  let items;
  try { ({ items } = await get('/v1/messages?limit=200')); } catch { return; /* It is asked for again. */ }
  for (const line of lines) {
    const one = items.find((other) => String(other.id) === line.dataset.message);
    if (one?.answered_at) line.querySelector('form').replaceWith(answerForm(one, session));
  }
});

const link = (isUp) => { byId('link').hidden = isUp; byId('link').textContent = isUp ? '' : t('problem.link'); };
follow('/v1/stats/stream', { stats: (now) => {
  const isFirst = !stats;
  stats = now;
  if (isFirst) open(location.hash.slice(1)); else if (shown === 'operators') drawOperators();
} }, link);
follow(`/v1/stream?operator=${segment(session.operator ?? 'all')}`, { message: showMessage, work: showAnswers }, link);
setInterval(() => { if (shown === 'operators') drawOperators(); }, 1000);
doKept(session.operator ?? null).then((count) => {
  if (count > 0) announce(t('kept.done', { count: number(count) }));
});

watchPromises(byId('promises'), 20_000);

// Messages lie above the page: what is below them can be scrolled into sight.
measure(byId('messages'), '--messages');
