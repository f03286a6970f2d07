// Open sessions as a table: one's own, and for administrators everybody's.
import { h, said } from './dom.js';
import { t } from './text.js';
import { dateTime } from './time.js';

/** @param end called with a session that is to end; nobody ends the own one here, but signs out. */
export function sessionTable(sessions, end, withNames = false) {
  const columns = [...(withNames ? ['who'] : []), 'opened', 'until', 'address', 'browser', 'end'];
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('session.title') },
    h('table', { class: 'sessions' },
      h('thead', {}, h('tr', {}, columns.map((name) => h('th', { scope: 'col' }, t(`session.${name}`))))),
      h('tbody', {}, sessions.map((one) => h('tr', { 'data-id': one.id },
        withNames && h('td', {}, said([one.operator ?? t('session.token'), one.name].filter(Boolean).join(' '))),
        h('td', {}, one.opened_at ? dateTime(one.opened_at) : ''),
        h('td', {}, dateTime(one.expires_at)),
        h('td', {}, one.address ?? ''),
        h('td', { title: one.agent }, said(browserName(one.agent))),
        h('td', {}, one.own
          ? h('span', { class: 'quiet' }, t('session.own'))
          : h('button', { type: 'button', class: 'small', onclick: () => end(one) }, t('session.end'))))))));
}

/** A word for what a browser calls itself; the whole of it is in the cell's title. */
function browserName(agent) {
  const names = [['Edg/', 'Edge'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']];
  const name = names.find(([mark]) => agent?.includes(mark))?.[1] ?? agent?.split(/[\s/]/)[0] ?? '';
  const system = ['Windows', 'Android', 'iPhone', 'Mac OS', 'Linux'].find((one) => agent?.includes(one));
  return [name, system].filter(Boolean).join(', ');
}
