// The operator's desk: puts its parts together.
import { setUpAccount } from './account.js';
import { ask, follow, post, segment } from './api.js';
import { deskCallbacks } from './callbacks.js';
import { Calls } from './calls.js';
import { caseDialog } from './cases.js';
import { Customers } from './customers.js';
import { Day } from './day.js';
import { announce, byId, h, measure, measureHeader, said, spaced } from './dom.js';
import { Inbox } from './inbox.js';
import { sendKept } from './kept.js';
import { doKept } from './keptActs.js';
import { offerKept } from './keptOffers.js';
import { keys } from './keys.js';
import { WorkLists } from './lists.js';
import { Messages } from './messages.js';
import { setUpBell } from './notice.js';
import { setUpPage } from './page.js';
import { person } from './people.js';
import { Recent } from './recent.js';
import { State } from './state.js';
import { openReply } from './replies.js';
import { loadText, number, t } from './text.js';
import { openSession } from './time.js';
import { Work } from './work.js';

await loadText();
const session = await openSession();
setUpPage(session);
setUpBell(t);
setUpAccount(session);

const state = new State(session);
const customers = new Customers(session);
const recent = new Recent(session);
const lists = new WorkLists(session, customers);
const work = new Work(session, customers, lists);
const inbox = new Inbox(session, customers);
customers.caseChanged = () => work.load();
const messages = new Messages(session, customers);
const calls = new Calls(session, state, customers, recent, work);
work.whenDrawn = lists.whenDrawn = () => calls.drawItems();
work.whenLoaded = () => calls.readCases();
const day = new Day(session);
// After-call work does not end without a disposition that is required: it is asked for where the call is.
state.whenLacking = ({ call, source }) => {
  const one = [...calls.open.values()].find(({ pop }) => pop.call === call && pop.source === source);
  if (one && one !== calls.hand) calls.pick(one);
  one?.note.askDisposition();
};
const callbackList = deskCallbacks(session, customers);
const openCase = ({ id }) => caseDialog({ id }, session, () => work.load());
const openCustomer = ({ customer }) => customers.show(customer);
offerKept(session.operator ?? null, {
  case: openCase, handover: openCase, decline: openCase, reply: openCase, part: openCase,
  newCase: ({ customer, call }) => caseDialog({ customer, call }, session, () => work.load()),
  mail: ({ id }) => openReply(id, session, () => work.load()),
  item: openCustomer, note: openCustomer, customer: openCustomer,
  message: (about) => (about.case ? openCase({ id: about.case }) : openCustomer(about)),
  newCustomer: () => customers.create(),
  answer: () => messages.show(),
  callback: ({ id }) => work.focusCallback(id), entry: ({ list }) => lists.reopen(list),
});
doKept(session.operator ?? null).then((count) => {
  if (count === 0) return;
  announce(t('kept.done', { count: number(count) }));
  work.load();
});
sendKept(session.operator ?? null).then(() => recent.refresh());

const link = byId('link');
const showLink = (isUp) => {
  if (link.hidden === isUp) return;
  link.hidden = isUp;
  link.textContent = isUp ? '' : t('problem.link');
};

// All desks are told at the same time; they ask at different ones, and seldom.
const refreshBeside = spaced(1000 + Math.random() * 2000, () => { calls.refreshKnowledge(); messages.load(); });
const own = session.operator ? `?operator=${segment(session.operator)}` : '?operator=all';
follow(`/v1/stream${own}`, {
  pop: (pop) => { calls.show(pop, true); work.calls(pop); day.refresh?.(); },
  'pop.update': (pop) => { calls.show(pop, false); work.calls(pop); day.refresh?.(); },
  'pop.withdrawn': (gone) => { calls.withdraw(gone); work.callEnded(gone); day.refresh?.(); },
  operator: (one) => {
    if (one.operator !== session.operator) return;
    state.show(one);
    calls.stateChanged(one);
    day.refresh?.();
  },
  customer: (change) => customers.changed(change),
  alert: showAlert,
  message: showMessage,
  work: () => { work.refresh?.(); inbox.refresh(); callbackList?.refresh(); refreshBeside(); },
  reset: () => {
    calls.reset();
    work.callsMissed();
    work.load();
    callbackList?.refresh();
    inbox.load();
    messages.load();
  },
}, showLink);

/** A customer of one's own, or on the screen, has another tier or status now, or several have; other warnings are the
 * supervisors'. */
function showAlert(alert) {
  if (!['tier_changed', 'status_changed'].includes(alert.kind)) return;
  const text = alert.customer?.name ?? '';
  const line = h('p', { class: 'message' }, h('strong', {}, said(text)), ' ', said(alert.text),
    alert.customer && h('button', { type: 'button', class: 'small', onclick: () => customers.show(alert.customer.id) },
      t('customer.open')),
    h('button', { type: 'button', 'aria-label': t('close'), onclick: () => line.remove() }, '×'));
  byId('messages').append(line);
  announce([text, alert.text].filter(Boolean).join(': '));
}

function showMessage(message) {
  const text = t('message.from', { name: message.from_name ?? (person(message.from) || t('message.nobody')) });
  const line = h('p', { class: message.help ? 'message help' : 'message' },
    h('strong', {}, said(text)), ' ',
    said(message.text),
    h('button', { type: 'button', 'aria-label': t('close'), onclick: () => {
      line.remove();
      messages.read(message.id);
    } }, '×'));
  byId('messages').append(line);
  announce(`${text}: ${message.text}`);
  messages.load();
}

byId('signout').addEventListener('click', async () => {
  await calls.saveAll();
  await ask('DELETE', '/v1/session');
  location.reload();
});

keys([
  ['/', 'keys.search', () => byId('search').q.focus()],
  ['?', 'keys.help', null],
  ['1–9', 'keys.choose', (digit) => calls.choose(digit)],
  ['Alt+1–9', 'keys.call', (digit) => calls.focus(digit)],
  ['Alt+J', 'keys.nextLine', () => calls.walk(1)],
  ['Alt+U', 'keys.lastLine', () => calls.walk(-1)],
  ['Alt+O', 'keys.pickLine', () => calls.pickLine()],
  ['Alt+N', 'keys.note', () => calls.focusNote()],
  ['Alt+Enter', 'keys.finish', () => calls.finish()],
  ['Alt+K', 'keys.knowledge', () => calls.focusKnowledge()],
  ['Alt+I', 'keys.insert', () => calls.insertAnswer()],
  ['W', 'keys.work', () => work.next()],
  ['I', 'keys.inbox', () => inbox.focus()],
  ['L', 'keys.lists', () => lists.next()],
  ['N', 'keys.new', () => calls.newCustomer()],
  ['A', 'keys.attach', () => calls.attach()],
  ['U', 'keys.undo', () => calls.undo()],
  ['Alt+R', 'keys.ready', () => state.ready()],
  ['Alt+P', 'keys.pause', () => state.pauseOrResume()],
  ['Alt+H', 'keys.askHelp', () => calls.askHelp((call) =>
    post('/v1/messages', { to: 'supervisors', text: t('message.help'), call }))],
]);

measureHeader(byId('state').parentElement);
// Messages lie above the page: without room below it they would cover the last button of a form.
measure(byId('messages'), '--messages');

addEventListener('pagehide', () => calls.sendAll());
