// Importing customers, or what belongs to them, from a file, for an administrator: what the headings are, a dry run,
// the import, and undoing one.
import { get, post, Refusal } from './api.js';
import { announce, h, said } from './dom.js';
import { language, number, t } from './text.js';
import { dateTime } from './time.js';

const kinds = ['customers', 'purchases', 'contracts', 'contacts', 'notes'];

/** Draws the page: choosing a file, and the imports so far. */
export async function imports(panel) {
  const work = h('div'), past = h('div');
  const kind = h('select', { id: 'import-kind', onchange: () => begin() },
    kinds.map((one) => h('option', { value: one }, t(`import.kind.${one}`))));
  const file = h('input', { type: 'file', accept: '.csv,.tsv,.txt,.xlsx,.jsonl', onchange: () => begin() });
  panel.replaceChildren(
    h('h2', {}, t('import.file')),
    h('p', { class: 'quiet' }, t('import.help')),
    h('form', { class: 'filters', onsubmit: (event) => event.preventDefault() },
      h('label', {}, t('import.kind'), kind), h('label', {}, t('import.choose'), file)),
    work, h('h2', {}, t('import.past')), past,
    h('h2', {}, t('import.export')),
    h('ul', {}, kinds.map((one) => h('li', {},
      h('a', { href: `/v1/customers/export?kind=${one}`, download: `${one}.csv` }, t(`import.kind.${one}`)), ' ',
      h('a', {
        href: `/v1/customers/export?kind=${one}&format=jsonl`, download: `${one}.jsonl`, class: 'quiet',
        'aria-label': `${t(`import.kind.${one}`)} ${t('import.lines')}` }, t('import.lines'))))));
  const begin = async () => {
    work.replaceChildren();
    if (file.files[0]) await fileForm(work, file.files[0], kind.value, load);
  };
  const load = async () => past.replaceChildren(pastImports((await get('/v1/imports?limit=50')).items, load));
  await load();
}

const query = (values) => new URLSearchParams(
  Object.entries(values).filter(([, value]) => value !== undefined)).toString();

/** Sends the file; hands on each line of the answer. */
async function send(path, file, line) {
  let answer;
  try {
    answer = await fetch(path, { method: 'POST', headers: { 'Accept-Language': language() }, body: file });
  } catch { throw new Refusal(0, { detail: t('problem.link') }); }
  if (answer.status === 401) location.reload();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    text += value ?? '';
    if (line && answer.ok) {
      const lines = text.split('\n');
      text = lines.pop();
      lines.filter(Boolean).forEach((one) => line(JSON.parse(one)));
    }
    if (done) break;
  }
  let json = null;
  try { json = text ? JSON.parse(text) : null; } catch { throw new Refusal(502, null); }
  if (!answer.ok) throw new Refusal(answer.status, json);
  return json;
}

/** The first rows with a choice above each column, and what can be done with them. */
async function fileForm(place, file, kind, done) {
  const said = {}, problem = h('p', { class: 'problem', role: 'alert' }), table = h('div');
  let remembered = true;
  const progress = h('progress', { max: 1, hidden: true, 'aria-label': t('import.progress') });
  const report = h('div', { role: 'status' });
  const run = (isDryRun) => async () => {
    problem.textContent = '';
    report.replaceChildren();
    progress.hidden = false;
    progress.removeAttribute('value');
    buttons.forEach((one) => { one.disabled = true; });
    try {
      const path = `/v1/imports?${query({ ...asked(), dry_run: String(isDryRun), file: file.name })}`;
      await send(path, file, (line) => {
        if (line.progress) progress.value = line.progress.bytes / Math.max(1, line.progress.bytes_total);
        if (line.error) problem.textContent = line.error.detail;
        if (line.report) report.replaceChildren(reportOf(line.report));
      });
      if (!isDryRun && !problem.textContent) announce(t('import.done'));
    } catch (refusal) { problem.textContent = refusal.message; }
    progress.hidden = true;
    buttons.forEach((one) => { one.disabled = false; });
    if (!isDryRun) await done();
  };
  const buttons = [
    h('button', { type: 'button', onclick: run(true) }, t('import.try')),
    h('button', { type: 'button', class: 'primary', onclick: run(false) }, t('import.begin'))];
  const asked = () => ({
    kind, map: Object.keys(said).length ? JSON.stringify(said) : undefined,
    remembered: remembered ? undefined : 'false' });
  const load = async () => {
    problem.textContent = '';
    try {
      const preview = await send(`/v1/imports/preview?${query(asked())}`, file);
      table.replaceChildren(
        previewTable(preview, (heading, column) => { said[heading] = column; load(); }),
        preview.mapped_by === null ? '' : h('p', { id: 'remembered' },
          t('import.remembered', { id: preview.mapped_by }), ' ',
          h('button', { type: 'button', class: 'small', onclick: () => { remembered = false; load(); } },
            t('import.forget'))));
      problem.textContent = preview.problem ?? '';
    } catch (refusal) { problem.textContent = refusal.message; }
  };
  place.replaceChildren(table, problem, h('p', { class: 'buttons' }, buttons), progress, report);
  await load();
}

function previewTable(preview, choose) {
  const what = preview.sheet ? t('import.sheet', { name: preview.sheet }) : preview.encoding;
  const choice = ({ heading, column, from }) => {
    const name = (one) => t(`import.column.${one}`);
    const select = h('select', { 'aria-label': heading, onchange: () => choose(heading, select.value) },
      h('option', { value: '' }, t('import.leave')),
      preview.known_columns.map((one) => h('option', { value: one }, name(one))),
      preview.custom_fields.map((one) => h('option', { value: one }, one)));
    select.value = column ?? '';
    return [select, from === 'remembered' && h('span', { class: 'quiet' }, t('import.from.remembered'))];
  };
  return h('div', {},
    h('p', { class: 'quiet' }, t('import.first', { count: number(preview.rows.length) }), ' ', said(what)),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('import.file') },
      h('table', { id: 'preview' },
        h('thead', {},
          h('tr', {}, preview.columns.map((one) => h('th', { scope: 'col' }, said(one.heading)))),
          h('tr', {}, preview.columns.map((one) => h('td', {}, one.heading ? choice(one) : '')))),
        h('tbody', {}, preview.rows.map((row) => h('tr', {}, row.map((cell) => h('td', {}, said(cell)))))))));
}

function reportOf(report) {
  const problems = [...report.errors, ...report.warnings].slice(0, 50);
  const left = report.errors.length + report.errors_left_out + report.warnings.length + report.warnings_left_out
    - problems.length;
  return h('div', { id: 'report' },
    h('p', {}, h('strong', {}, t(report.dry_run ? 'import.would' : 'import.did', {
      rows: number(report.rows),
      created: number(report.created),
      updated: number(report.updated),
      unchanged: number(report.unchanged),
      rejected: number(report.rejected) }))),
    report.unknown_columns.length > 0
      && h('p', {}, t('import.unknown'), ' ', said(report.unknown_columns.join(', '))),
    problems.length > 0 && h('ul', {}, problems.map((one) =>
      h('li', {}, t('import.line', { line: one.line }), ' ',
        said([one.column, one.message].filter(Boolean).join(': '))))),
    left > 0 && h('p', { class: 'quiet' }, t('import.more', { count: number(left) })));
}

function pastImports(items, done) {
  if (!items.length) return h('p', { class: 'quiet' }, t('import.none'));
  const problem = h('p', { class: 'problem', role: 'alert' });
  const undo = (one) => {
    const button = h('button', { type: 'button', class: 'small', onclick: async () => {
      // The second press does it.
      if (button.dataset.sure !== 'yes') {
        button.dataset.sure = 'yes';
        button.textContent = t('import.sure');
        return;
      }
      button.disabled = true;
      try {
        const undone = await post(`/v1/imports/${one.id}/undo`, {});
        announce(t('import.undone', { deleted: number(undone.deleted), restored: number(undone.restored) }));
        await done();
      } catch (refusal) {
        problem.textContent = refusal.message;
        button.disabled = false;
      }
    } }, t('import.undo'));
    return button;
  };
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('import.past') },
    problem,
    h('table', { id: 'imports' },
      h('thead', {}, h('tr', {}, ['when', 'kind', 'name', 'rows', 'created', 'updated', 'undo'].map((name) =>
        h('th', { scope: 'col' }, t(`import.head.${name}`))))),
      h('tbody', {}, items.map((one) => h('tr', { 'data-id': one.id },
        h('td', {}, dateTime(one.started_at)), h('td', {}, t(`import.kind.${one.kind}`)),
        h('td', {}, said(one.file ?? '')), h('td', {}, number(one.rows)),
        h('td', {}, number(one.created)), h('td', {}, number(one.updated)),
        h('td', {}, one.undone_at ? t('import.was_undone', { when: dateTime(one.undone_at) }) : undo(one)))))));
}
