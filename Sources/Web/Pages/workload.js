// The supervisors' page of who has how much, from which cases and promises are given to others.
import { get } from './api.js';
import { countTable, linkTo } from './caseCounts.js';
import { moreLine, readCases } from './caseRows.js';
import { assignMany, caseDialog, caseFacts } from './cases.js';
import { announce, h } from './dom.js';
import { ago, mailLines } from './mailCounts.js';
import { number, t } from './text.js';
import { dateTime } from './time.js';

/** Interval of requests. Milliseconds. */
const every = 20_000;
/** Lines of somebody's work that are shown at first, and with each "show more". */
const pageLength = 300;
const columns = [
  'operator', 'state', 'today', 'cases', 'stalled', 'promises', 'tasks', 'callbacks', 'mails', 'idle', 'progress'];
const numbers = ['today', 'cases', 'stalled', 'promises', 'tasks', 'callbacks', 'mails', 'idle', 'progress'];
let watch;

/** What of them needs somebody, below their number. */
const marks = (overdue, atRisk, today) => {
  const all = [
    overdue > 0 && h('span', { class: 'late' }, t('work.count.overdue', { count: number(overdue) })),
    atRisk > 0 && h('span', { class: 'soon' }, t('work.count.at_risk', { count: number(atRisk) })),
    today > 0 && h('span', {}, t('work.count.today', { count: number(today) }))].filter(Boolean);
  return all.length > 0
    && [h('br'), h('span', { class: 'marks-of' }, all.flatMap((one, i) => (i ? [' ', one] : [one])))];
};

/** One line of the table. */
function line(one, pick) {
  const isNobody = one.operator == null, name = [one.operator, one.name].filter(Boolean).join(' ');
  const cell = {
    operator: () => h('button', {
      type: 'button', class: 'link', onclick: () => pick(one), 'aria-label': t('workload.open', {
        who: isNobody ? t('work.unowned') : name }) }, isNobody ? t('work.unowned') : name),
    state: () => (one.state ? t(`state.${one.state}`) : ''),
    today: () => (isNobody ? '' : t('workload.calls', { answered: number(one.answered), dialed: number(one.dialed) })),
    cases: () => [number(one.cases), marks(one.cases_overdue, one.cases_at_risk)],
    stalled: () => (one.stalled ? number(one.stalled) : ''),
    promises: () => [
      number(one.promises), marks(one.promises_overdue, one.promises_at_risk, one.promises_due)],
    tasks: () => (one.tasks ? [number(one.tasks), marks(one.tasks_overdue, one.tasks_at_risk)] : ''),
    callbacks: () => (one.callbacks ? number(one.callbacks) : ''),
    mails: () => (one.mails ? number(one.mails) : ''),
    idle: () => h('span', { title: one.idle_since ? dateTime(one.idle_since) : null }, ago(one.idle_since)),
    progress: () => h('span', { title: one.progress_at ? dateTime(one.progress_at) : null }, ago(one.progress_at)),
  };
  return h('tr', {}, columns.map((name) =>
    h(name === 'operator' ? 'th' : 'td', {
      scope: name === 'operator' ? 'row' : null, class: numbers.includes(name) ? 'number' : null }, cell[name]())));
}

/** Draws the page, and draws it again while it is open. */
export async function workloadBoard(panel, session, operators) {
  clearInterval(watch);
  const body = h('tbody'), detail = h('section', { class: 'workload-detail', hidden: true });
  const table = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('supervisor.workload') },
    h('table', { class: 'workload' },
      h('thead', {}, h('tr', {}, columns.map((name) =>
        h('th', { scope: 'col', class: numbers.includes(name) ? 'number' : null }, t(`workload.${name}`))))),
      body));
  const sums = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('counts.title') });
  let shown, length = pageLength;
  const load = async () => {
    const [answer, counts] = await Promise.all([get('/v1/workload'), get('/v1/cases/counts')]);
    sums.replaceChildren(countTable(counts, linkTo), ...mailLines(counts.mails));
    const rows = [...answer.operators];
    const nobodys = answer.unowned;
    if (nobodys.cases + nobodys.promises + nobodys.tasks > 0) rows.push({ operator: null, ...nobodys });
    body.replaceChildren(...rows.map((one) => line(one, pick)));
    if (rows.length === 0)
      body.replaceChildren(h('tr', {}, h('td', { colspan: columns.length, class: 'quiet' }, t('cases.none'))));
  };
  const pick = async (one) => {
    shown = one;
    length = pageLength;
    await draw();
    detail.scrollIntoView({ block: 'nearest' });
    detail.querySelector('h2')?.focus();
  };
  /** What one of them has, to be given to somebody else. */
  const draw = async (report = '') => {
    const filter = shown.operator == null ? { unowned: 'true' } : { owner: shown.operator };
    const picked = new Set();
    const { items, next } = await readCases(filter, length);
    const count = next === null ? items.length : shown.cases + shown.promises + shown.tasks;
    const problem = h('p', { class: 'problem', role: 'status' }, report);
    const to = h('select', { 'aria-label': t('board.give') }, operators()
      .filter(([id]) => id !== shown.operator)
      .map(([id, who]) => h('option', { value: id }, [id, who.name].filter(Boolean).join(' '))));
    const give = h('button', { type: 'button', class: 'primary', disabled: true, onclick: async () => {
      give.disabled = true;
      const told = await assignMany([...picked], to.value);
      announce(told);
      await load();
      await draw(told);
    } });
    const tell = () => {
      give.disabled = picked.size === 0 || !to.value;
      give.textContent = picked.size ? `${t('board.give')} (${number(picked.size)})` : t('board.give');
    };
    const boxes = items.map((one) => h('input', {
      type: 'checkbox', 'aria-label': one.title, onchange: (event) => {
        if (event.target.checked) picked.add(one.id); else picked.delete(one.id);
        tell();
      } }));
    const all = h('button', { type: 'button', class: 'small', onclick: () => {
      const areAll = picked.size === items.length;
      items.forEach(({ id }, i) => {
        boxes[i].checked = !areAll;
        if (areAll) picked.delete(id); else picked.add(id);
      });
      all.textContent = t(areAll ? 'board.pick' : 'board.unpick');
      tell();
    } }, t('board.pick'));
    const who = shown.operator == null ? t('work.unowned') : [shown.operator, shown.name].filter(Boolean).join(' ');
    detail.replaceChildren(
      h('h2', { tabindex: -1 }, who, ' ', h('span', { class: 'tally' }, number(count)), ' ',
        items.length > 0 && all),
      h('p', { class: 'row' }, to, give), problem,
      next !== null && moreLine(items.length, count, () => {
        length = items.length + pageLength;
        return draw();
      }),
      items.length
        ? h('ul', { class: 'workload-cases' }, items.map((one, i) => h('li', { 'data-id': one.id },
          h('label', { class: 'choice' }, boxes[i]),
          h('div', {}, caseFacts(one), ' ', h('button', {
            type: 'button', class: 'small', onclick: () => caseDialog(one, session, () => draw()) },
          t('case.open'))))))
        : h('p', { class: 'quiet' }, t('cases.none')));
    detail.hidden = false;
    tell();
  };
  panel.replaceChildren(sums, h('p', { class: 'quiet' }, t('workload.about')), table, detail);
  // Whoever marks cases is not interrupted: only the table is drawn again.
  const isBusy = () => document.hidden || !panel.contains(table)
    || [sums, table].some((one) => one !== document.activeElement && one.contains(document.activeElement));
  watch = setInterval(() => { if (!isBusy()) load().catch(() => {}); }, every);
  await load();
}
