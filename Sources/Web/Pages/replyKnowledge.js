// Templates and articles for a mail: found by what is typed, and put in where the cursor is, without the mouse.
import { get, post, segment } from './api.js';
import { h, later, said } from './dom.js';
import { markdown } from './markdown.js';
import { missingReport } from './missingArticles.js';
import { t } from './text.js';

/** Articles that are shown at once. */
const shownMax = 5;

/**
 * The search beside a mail's text. `keys` is for the form's `onkeydown`: Alt+K goes to the search, Alt+I puts in what
 * is open, or the first that was found.
 *
 * @param text the mail's text.
 * @param ofCase the case whose fields a template is filled with.
 */
export function replyKnowledge(text, ofCase) {
  const list = h('ul', { class: 'articles' }), status = h('p', { class: 'quiet', role: 'status' });
  let templates, found = [], asked;
  const insert = (written) => {
    text.setRangeText(written, text.selectionStart, text.selectionEnd, 'end');
    text.dispatchEvent(new Event('input'));
    text.focus();
  };
  const putTemplate = async ({ id }) => {
    try {
      const { text: written, missing } = await post(`/v1/templates/${id}/fill`, { case: ofCase });
      insert(written);
      status.textContent = missing.length
        ? t('reply.unfilled', { fields: missing.join(', ') }) : t('reply.filled');
    } catch (refusal) { status.textContent = refusal.message; }
  };
  const putArticle = (one) => {
    insert(one.answer ?? one.body);
    status.textContent = t('reply.inserted');
    post(`/v1/articles/${one.id}/use`, {}).catch(() => { /* It is in the mail. */ });
  };
  const line = ({ one, kind, body, put }, i) => h('li', {},
    h('details', {}, h('summary', {}, h('span', { class: 'kind' }, kind), ' ', said(one.title)), body()),
    h('button', { type: 'button', class: 'small insert', onclick: () => put(one) },
      t('reply.insert'), i === 0 && [' ', h('kbd', {}, 'Alt+I')]));
  const find = async () => {
    const q = search.value.trim(), mine = asked = {};
    report.cancel();
    if (!q) {
      found = [];
      return list.replaceChildren();
    }
    try {
      templates ??= (await get('/v1/templates?limit=1000')).items;
      const { items } = await get(`/v1/articles?q=${segment(q)}&limit=${shownMax}`);
      // A slower answer to an earlier question is not shown.
      if (mine !== asked) return;
      const isMeant = ({ title }) => title.toLowerCase().includes(q.toLowerCase());
      found = [
        ...templates.filter(isMeant).slice(0, shownMax).map((one) => ({
          one, kind: t('reply.kind.template'), put: putTemplate,
          body: () => said(one.text, 'p', { class: 'mail-text' }) })),
        ...items.map((one) => ({
          one, kind: t('reply.kind.article'), put: putArticle, body: () => markdown(one.body) }))];
    } catch (refusal) { status.textContent = refusal.message; return; }
    list.replaceChildren(...found.map(line));
    if (found.length === 0) report(q);
    status.textContent = found.length ? '' : t('reply.found.none', { q });
  };
  const soon = later(250, find), report = missingReport();
  const search = h('input', {
    type: 'search', autocomplete: 'off', maxlength: 60, 'aria-label': t('reply.search'), placeholder: t('reply.search'),
    oninput: () => {
      report.cancel();
      soon();
    },
    // Enter in the search sends no mail and saves no case.
    onkeydown: (event) => { if (event.key === 'Enter') { event.preventDefault(); soon.now(); } } });
  const keys = (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (event.code === 'KeyK') search.focus();
    else if (event.code === 'KeyI') {
      const rows = [...list.children], open = rows.findIndex((row) => row.querySelector('[open]'));
      const { one, put } = found[Math.max(0, open)] ?? {};
      put?.(one);
    } else return;
    event.preventDefault();
  };
  return {
    keys,
    element: h('div', { class: 'knowledge', role: 'group', 'aria-label': t('knowledge.title') },
      h('p', { class: 'row' }, search, h('kbd', {}, 'Alt+K')), list, status) };
}
