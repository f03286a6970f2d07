// For administrators: who is signed in, and accounts with a second factor.
import { ask, get, segment } from './api.js';
import { announce, h, said } from './dom.js';
import { sessionTable } from './sessions.js';
import { t } from './text.js';
import { dateTime } from './time.js';

export async function sessionBoard(panel) {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const open = h('section');
  const factors = h('section', { 'aria-label': t('factor.title') });
  panel.replaceChildren(problem, open, factors);
  const work = async (path, text) => {
    problem.textContent = '';
    try {
      await ask('DELETE', path);
      announce(text);
      await load();
    } catch (refusal) { problem.textContent = refusal.message; }
  };
  let shown = [];
  const draw = (next) => open.replaceChildren(
    h('h2', {}, t('session.title')),
    sessionTable(shown, (one) => work(`/v1/sessions/${segment(one.id)}`, t('session.ended')), true),
    h('p', { class: 'buttons' }, next && h('button', { type: 'button', onclick: () => add(next) }, t('filter.more'))));
  const add = async (after) => {
    const page = await get(`/v1/sessions?limit=100${after ? `&after=${segment(after)}` : ''}`);
    shown = after ? [...shown, ...page.items] : page.items;
    draw(page.next);
  };
  const load = async () => {
    await add();
    const { accounts } = await get('/v1/accounts');
    const with2 = accounts.filter((one) => one.second_factor_since);
    factors.replaceChildren(
      h('h2', {}, t('factor.title')),
      with2.length === 0 ? h('p', { class: 'quiet' }, t('factor.nobody')) : h('ul', { class: 'factors' },
        with2.map((one) => h('li', { 'data-operator': one.operator },
          said([one.operator, one.name].filter(Boolean).join(' ')), ' ',
          h('span', { class: 'quiet' }, dateTime(one.second_factor_since)), ' ',
          h('button', { type: 'button', class: 'small', onclick: () => {
            if (confirm(t('factor.reset.sure', { who: one.operator })))
              work(`/v1/accounts/${segment(one.operator)}/second-factor`, t('factor.reset.done'));
          } }, t('factor.reset'))))));
  };
  await load();
}
