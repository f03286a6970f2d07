// What the centre knows, beside a call: articles that fit it and the note as it is typed, templates, and incidents that
// go on.
import { get, post, segment } from './api.js';
import { announce, h, later, said } from './dom.js';
import { incidentDialog, incidentText } from './incidents.js';
import { markdown } from './markdown.js';
import { missingReport } from './missingArticles.js';
import { number, t } from './text.js';

/** Articles that are shown at once. */
const shownMax = 5;

let stock = null;

/** Whether there are articles, and the templates: asked once for all cards. */
function inStock() {
  stock ??= Promise.all([get('/v1/articles?limit=1'), get('/v1/templates?limit=1000')])
    .then(([articles, templates]) => ({ hasArticles: articles.items.length > 0, templates: templates.items }))
    .catch(() => {
      stock = null;
      return { hasArticles: false, templates: [] };
    });
  return stock;
}

/** Something was written: it is asked again. */
export function forgetStock() { stock = null; }

/** An article has a body, a template a text. */
const isTemplate = (one) => one.body === undefined;
const keyOf = (one) => `${isTemplate(one) ? 'template ' : ''}${one.id}.${one.version}`;

export class Knowledge {
  constructor(pop, note) {
    this.pop = pop;
    this.note = note;
    this.found = [];
    this.opened = new Map();
    this.told = new Set();
    this.banner = h('div', { class: 'incidents' });
    const id = `knowledge-${pop.pop}`;
    const search = later(250, () => this.refresh());
    this.report = missingReport();
    this.search = h('input', {
      type: 'search', id, autocomplete: 'off', maxlength: 60, placeholder: t('knowledge.search'), oninput: () => {
        this.report.cancel();
        search();
      } });
    this.templates = h('select', { 'aria-label': t('knowledge.template'), hidden: true, onchange: () => this.fill() });
    this.list = h('ul', { class: 'articles' });
    this.none = h('p', { class: 'quiet', role: 'status' });
    this.status = h('p', { class: 'quiet', role: 'status' });
    this.element = h('div', { class: 'knowledge', role: 'group', 'aria-label': t('knowledge.title'), hidden: true },
      h('p', { class: 'row' },
        h('label', { for: id, class: 'hidden' }, t('knowledge.search')), this.search, h('kbd', {}, 'Alt+K'),
        this.templates),
      this.none, this.list, this.status);
    this.later = later(250, () => this.refresh());
    note.whenSaved = () => this.later();
  }

  /** The pop as it is now; what fits is asked for when something else may fit. */
  take(pop) {
    const facts = JSON.stringify([pop.queue, pop.customer?.id, pop.phase === 'offered']);
    this.pop = pop;
    if (facts === this.facts) return;
    this.facts = facts;
    this.later();
  }

  async refresh() {
    const { pop } = this;
    const asked = this.asked = {};
    const { hasArticles, templates } = await inStock();
    const question = this.search.value.trim();
    const call = `call=${segment(pop.call)}&source=${segment(pop.source)}`;
    const q = question ? `&q=${segment(question)}` : '';
    let found;
    try {
      found = await Promise.all([
        get(`/v1/incidents?${call}`),
        hasArticles ? get(`/v1/articles?${call}&limit=${shownMax}${q}`) : { items: [] }]);
    } catch { return; /* It is asked again when something changes. */ }
    // A slower answer to an earlier question is not shown.
    if (asked !== this.asked) return;
    const [incidents, articles] = found;
    this.element.hidden = !hasArticles && templates.length === 0;
    this.drawIncidents(incidents.items);
    const fitting = this.drawTemplates(templates), words = question.toLowerCase();
    const meant = question ? fitting.filter(({ title }) => title.toLowerCase().includes(words)) : [];
    this.drawFound([...meant.slice(0, shownMax), ...articles.items], question);
  }

  // Incidents.

  drawIncidents(items) {
    const wanted = items.map((one) => `${one.id}.${one.version}`).join();
    if (wanted === this.incidents) return;
    this.incidents = wanted;
    this.banner.replaceChildren(...items.map((one) => h('details', { class: 'incident', 'data-id': one.id },
      h('summary', {}, h('strong', {}, t('incident.open')), ' ', said(one.title)),
      incidentText(one),
      h('button', { type: 'button', class: 'small', onclick: () => incidentDialog(one.id, this.note.session) },
        t('incident.show'), one.cases.length > 0 && ` (${t('incident.cases')} ${number(one.cases.length)})`))));
    for (const one of items) {
      if (this.told.has(one.id)) continue;
      this.told.add(one.id);
      announce(`${t('incident.open')}: ${one.title}`);
    }
  }

  // Templates.

  /** @returns those that fit the call. */
  drawTemplates(all) {
    const { queue } = this.pop;
    const fitting = all.filter((one) => one.queues.length === 0 || one.queues.includes(queue));
    this.templates.hidden = fitting.length === 0;
    if (document.activeElement === this.templates) return fitting;
    this.templates.replaceChildren(h('option', { value: '' }, t('knowledge.template')),
      ...fitting.map((one) => h('option', { value: one.id }, one.title)));
    return fitting;
  }

  fill() {
    const id = this.templates.value;
    this.templates.value = '';
    return id && this.putTemplate(id);
  }

  async putTemplate(id) {
    try {
      const { text, missing } = await post(
        `/v1/templates/${id}/fill`, { call: this.pop.call, source: this.pop.source });
      this.note.insert(text);
      this.status.textContent = missing.length
        ? t('knowledge.unfilled', { fields: missing.join(', ') })
        : t('knowledge.inserted');
    } catch (refusal) { this.status.textContent = refusal.message; }
  }

  // What was found: articles, and templates whose titles have the words of a search.

  drawFound(items, question) {
    this.report.cancel();
    this.none.textContent = question && items.length === 0 ? t('knowledge.none', { q: question }) : '';
    if (question && items.length === 0) this.report(question);
    const wanted = items.map(keyOf).join();
    this.found = items;
    if (wanted === this.drawn) return;
    this.drawn = wanted;
    const before = this.opened, focus = document.activeElement;
    this.opened = new Map();
    const lines = items.map((one, place) => {
      const key = keyOf(one), line = before.get(key) ?? (isTemplate(one) ? this.templateLine(one) : this.line(one));
      this.opened.set(key, line);
      line.querySelector('.first').hidden = place > 0;
      return line;
    });
    this.list.replaceChildren(...lines);
    // Who stands in an article that is still there stands in it afterwards.
    if (focus !== document.activeElement && this.list.contains(focus)) focus.focus({ preventScroll: true });
  }

  templateLine(one) {
    return h('li', { 'data-template': one.id },
      h('details', {}, h('summary', {}, h('span', { class: 'kind' }, t('reply.kind.template')), ' ', said(one.title)),
        said(one.text, 'p', { class: 'mail-text' })),
      this.inserting(one));
  }

  inserting(one) {
    return h('button', { type: 'button', class: 'small insert', onclick: () => this.insert(one) },
      t('knowledge.insert'), ' ', h('kbd', { class: 'first' }, 'Alt+I'));
  }

  line(one) {
    const rate = h('span', { class: 'row' });
    const answer = (helped) => h('button', {
      type: 'button', class: 'small', onclick: () => this.rate(one, helped, rate) },
      t(helped ? 'knowledge.yes' : 'knowledge.no'));
    rate.append(h('span', { class: 'quiet' }, t('knowledge.helped')), answer(true), answer(false));
    const body = h('details', { ontoggle: () => {
      if (body.open && !body.querySelector('.markdown')) body.querySelector('summary').after(markdown(one.body));
    } },
      h('summary', {}, said(one.title), ' ',
        one.kind === 'manual' && h('span', { class: 'kind' }, t('knowledge.manual'))),
      rate);
    return h('li', { 'data-id': one.id }, body, this.inserting(one));
  }

  /** What is open, or the best one, goes into the note. */
  insertCurrent() {
    const open = this.found.find((one) => this.opened.get(keyOf(one))?.querySelector('[open]'));
    const one = open ?? this.found[0];
    if (one) this.insert(one);
  }

  async insert(one) {
    if (isTemplate(one)) return this.putTemplate(one.id);
    this.note.insert(one.answer ?? one.body);
    this.status.textContent = t('knowledge.inserted');
    try { await post(`/v1/articles/${one.id}/use`, { call: this.pop.call }); } catch { /* It is in the note. */ }
  }

  async rate(one, helped, place) {
    try {
      await post(`/v1/articles/${one.id}/feedback`, { helped, call: this.pop.call });
      place.replaceChildren(h('span', { class: 'quiet', role: 'status' }, t('knowledge.thanks')));
    } catch (refusal) { this.status.textContent = refusal.message; }
  }

  /** The card goes: nothing is asked any more. */
  end() {
    this.later.cancel();
    this.report.cancel();
    this.asked = null;
    this.note.whenSaved = null;
  }

  focus() { if (!this.element.hidden) this.search.focus(); }
}
