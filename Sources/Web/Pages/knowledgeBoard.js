// The supervisors' page of knowledge: articles, templates and incidents are written here, and what they lack is shown.
import { ask, get, post, segment } from './api.js';
import { announce, byId, h, later, said } from './dom.js';
import { caseNames, casesOfIncident } from './incidents.js';
import { keepTyped, namedFields } from './keptForms.js';
import { markdown } from './markdown.js';
import { person } from './people.js';
import { number, t } from './text.js';
import { dateTime } from './time.js';

/** Each kind's fields, and how they are typed. */
const fields = {
  articles: [
    ['title', 'line'], ['kind', ['faq', 'manual']], ['body', 'markdown'], ['answer', 'text'], ['tags', 'list'],
    ['queues', 'list'], ['products', 'list'], ['owner', 'line'], ['review', 'day']],
  templates: [['title', 'line'], ['text', 'text'], ['tags', 'list'], ['queues', 'list']],
  incidents: [
    ['title', 'line'], ['state', ['open', 'closed']], ['cause', 'text'], ['course', 'text'], ['solution', 'text'],
    ['cost', 'line'], ['currency', 'line'], ['queues', 'list'], ['lines', 'list'], ['tags', 'list'],
    ['products', 'list'], ['regions', 'list'], ['cases', 'numbers']],
};

/** What a line of a list says. */
const facts = {
  articles: (one) => [
    t(`knowledge.kind.${one.kind}`), one.queues.join(', '), one.tags.join(', '),
    one.review && t('knowledge.review', { day: one.review }),
    t('knowledge.counts', {
      used: number(one.used), helped: number(one.helped), not: number(one.not_helped) })],
  templates: (one) => [one.queues.join(', '), one.tags.join(', ')],
  incidents: (one) => [
    t(`knowledge.state.${one.state}`), dateTime(one.opened_at), one.closed_at && dateTime(one.closed_at),
    [...one.queues, ...one.lines, ...one.regions, ...one.products, ...one.tags].join(', ')],
};

/** Who writes here: what is typed is kept for nobody else. */
let author = null;

export async function knowledgeBoard(panel, session) {
  author = session.operator ?? null;
  let kind = 'articles';
  const problem = h('p', { class: 'problem', role: 'alert' }), body = h('div');
  const chosen = h('p', { class: 'buttons' });
  const search = later(250, () => load());
  const text = h('input', {
    type: 'search', 'aria-label': t('knowledge.search'), placeholder: t('knowledge.search'), oninput: () => search() });
  const isDeleted = h('input', { type: 'checkbox', onchange: () => load() });
  const filters = h('div', { class: 'filters' }, text,
    h('label', { class: 'choice' }, isDeleted, ' ', t('knowledge.deleted')),
    h('button', { type: 'button', class: 'primary', onclick: () => edit(kind, null, load) }, t('knowledge.new')));
  panel.replaceChildren(chosen, filters, problem, body);
  const choose = () => chosen.replaceChildren(...[...Object.keys(fields), 'report'].map((name) => h('button', {
    type: 'button', 'aria-pressed': String(kind === name), onclick: () => { kind = name; choose(); load(); } },
    t(`knowledge.${name}`))));
  const load = async () => {
    problem.textContent = '';
    filters.hidden = kind === 'report';
    const asked = kind;
    try {
      const made = kind === 'report'
        ? await report(load)
        : await list(kind, text.value.trim(), isDeleted.checked, session, load);
      if (asked === kind) body.replaceChildren(made);
    } catch (refusal) { problem.textContent = refusal.message; }
  };
  choose();
  await load();
}

async function list(kind, question, isDeleted, session, changed) {
  const q = question ? `&q=${segment(question)}` : '';
  const { items } = await get(`/v1/${kind}?limit=100${q}${isDeleted ? '&deleted=true' : ''}`);
  if (items.length === 0) return h('p', { class: 'quiet' }, t('items.none'));
  return h('ul', { class: 'message-list' }, items.map((one) => h('li', {
    'data-id': one.id, class: one.review_due ? 'is-late' : null },
    h('strong', {}, said(one.title)), ' ',
    h('span', { class: 'quiet' }, facts[kind](one).filter(Boolean).flatMap((part, i) => (i ? [' · ', part] : [part]))),
    ' ', kind === 'incidents' && casesOfIncident(one, session, { changed }), ' ', one.deleted_at
      ? h('button', { type: 'button', class: 'small', onclick: async () => {
        await post(`/v1/${kind}/${one.id}/undelete`, {});
        announce(t('knowledge.saved'));
        await changed();
      } }, t('knowledge.undelete'))
      : h('button', { type: 'button', class: 'small', onclick: () => edit(kind, one, changed) }, t('items.change')))));
}

// Writing.

const typed = {
  line: (value) => value.trim() || null,
  text: (value) => value,
  markdown: (value) => value,
  day: (value) => value || null,
  list: (value) => value.split(/[,、\n]/).map((part) => part.trim()).filter(Boolean),
  numbers: (value) => value.split(/[\s,、]+/).filter(Boolean).map(Number).filter(Number.isSafeInteger),
};

/** The dialog in which an entry is written; a new one where there is none, which begins with what is in `begun`. */
function edit(kind, one, changed, begun = {}) {
  const dialog = byId('dialog'), problem = h('p', { class: 'problem', role: 'alert' });
  const value = (name) => (Array.isArray(one?.[name]) ? one[name].join(', ') : one?.[name] ?? begun[name] ?? '');
  const input = (name, type) => {
    if (Array.isArray(type)) {
      return h('select', { name }, type.map((word) => h('option', {
        value: word, selected: word === one?.[name] }, t(`knowledge.${name}.${word}`))));
    }
    const long = type === 'text' || type === 'markdown';
    return h(long ? 'textarea' : 'input', {
      name, value: String(value(name)), required: name === 'title', rows: long ? 4 : null,
      type: long ? null : type === 'day' ? 'date' : 'text' });
  };
  const rows = fields[kind].map(([name, type]) => {
    const made = input(name, type), row = h('label', {}, h('span', {}, t(`knowledge.field.${name}`)), made);
    if (type === 'numbers') return [row, caseNames(made, typed.numbers)];
    if (type !== 'markdown') return row;
    const shown = h('div', { class: 'preview' });
    const draw = () => shown.replaceChildren(markdown(made.value));
    const soon = later(200, draw);
    for (const event of ['input', 'change']) made.addEventListener(event, soon);
    draw();
    return [row, shown];
  });
  const form = h('form', { class: 'case-form', onsubmit: async (event) => {
    event.preventDefault();
    const sent = {};
    for (const [name, type] of fields[kind]) {
      const text = form.elements[name].value;
      sent[name] = Array.isArray(type) ? text : typed[type](text);
      // An empty field of a new entry is left out.
      if (!one && (sent[name] === null || sent[name] === '')) delete sent[name];
    }
    try {
      if (one) await ask('PATCH', `/v1/${kind}/${one.id}`, sent, { 'If-Match': `"v${one.version}"` });
      else await post(`/v1/${kind}`, sent);
    } catch (refusal) {
      problem.textContent = refusal.status === 412 ? t('knowledge.changed') : refusal.message;
      return;
    }
    kept.done();
    dialog.close();
    announce(t('knowledge.saved'));
    await changed();
  } },
    h('h2', {}, one ? said(one.title) : t(`knowledge.new.${kind}`)), problem, rows,
    kind === 'templates' && hint(),
    h('p', { class: 'buttons' },
      h('button', { class: 'primary' }, t('case.save')),
      h('button', { type: 'button', onclick: () => dialog.close() }, t('cancel')),
      one && h('button', { type: 'button', onclick: async () => {
        try {
          await ask('DELETE', `/v1/${kind}/${one.id}`, undefined, { 'If-Match': `"v${one.version}"` });
        } catch (refusal) { problem.textContent = refusal.message; return; }
        dialog.close();
        announce(t('items.deleted'));
        await changed();
      } }, t('items.delete'))),
    one && story(kind, one, dialog, changed));
  const kept = keepTyped(author, `/v1/${kind}/${one?.id ?? ''}`, namedFields(form), null);
  form.querySelector('h2').after(kept.element);
  // Who closes the dialog wants it so.
  dialog.addEventListener('close', kept.done, { once: true });
  dialog.replaceChildren(form);
  dialog.showModal();
  form.elements.title.focus();
}

/** The fields that a template may have. */
function hint() {
  const line = h('p', { class: 'quiet' });
  get('/v1/templates/fields').then(({ items }) => {
    line.textContent = t('knowledge.fields', { fields: items.map((name) => `{{${name}}}`).join(' ') });
  }, () => {});
  return line;
}

/** The versions, any of which is put back. */
function story(kind, one, dialog, changed) {
  const all = h('ol', { class: 'timeline' });
  const box = h('details', { ontoggle: async () => {
    if (!box.open || all.childElementCount) return;
    try {
      const { items } = await get(`/v1/${kind}/${one.id}/history`);
      all.replaceChildren(...items.map((version) => h('li', {},
        h('time', { datetime: version.at }, dateTime(version.at)), ' ', person(version.by) || t('message.nobody'), ' ',
        h('span', { class: 'quiet' },
          version.changes.map((change) => t(`knowledge.field.${change.field}`)).join(', ')), ' ',
        version.version !== one.version && version.kind !== 'deleted' && h('button', {
          type: 'button', class: 'small', onclick: async () => {
            await post(`/v1/${kind}/${one.id}/restore`, { version: version.version });
            dialog.close();
            announce(t('knowledge.saved'));
            await changed();
          } }, t('knowledge.restore')))));
    } catch (refusal) { all.replaceChildren(h('li', { class: 'problem' }, refusal.message)); }
  } }, h('summary', {}, t('case.history')), all);
  return box;
}

// What is missing.

async function report(changed) {
  const found = await get('/v1/articles/report');
  const open = async (id) => edit('articles', await get(`/v1/articles/${id}`), changed);
  const line = (one, text) => h('li', { 'data-id': one.id },
    h('button', { type: 'button', class: 'link', onclick: () => open(one.id) }, said(one.title)), ' ',
    h('span', { class: 'quiet' }, text));
  const lists = [
    ['review_due', found.review_due.map((one) =>
      line(one, [one.review, one.owner].filter(Boolean).join(' · ')))],
    ['missing', found.missing.map((one) => h('li', {},
      h('button', {
        type: 'button', class: 'link', 'aria-label': t('knowledge.write', { text: one.text }),
        onclick: () => edit('articles', null, changed, { title: one.text }) }, said(one.text)),
      ' ', h('span', { class: 'quiet' }, number(one.count), ' · ', dateTime(one.last_at))))],
    ['unhelpful', found.unhelpful.map((one) => line(one, t('knowledge.counts', {
      used: number(one.used), helped: number(one.helped), not: number(one.not_helped) })))],
    ['unused', found.unused.map((one) =>
      line(one, one.last_used_at ? dateTime(one.last_used_at) : t('knowledge.never')))],
  ];
  return h('div', { class: 'board' }, lists.map(([name, items]) => h('section', {},
    h('h2', {}, t(`knowledge.report.${name}`), ' ', h('span', { class: 'tally' }, number(items.length))),
    items.length ? h('ul', { class: 'message-list' }, items) : h('p', { class: 'quiet' }, t('items.none')))));
}
