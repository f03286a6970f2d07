// After the sign-in: what was typed before and not sent, to be opened again or discarded.
import { announce, byId, h, said } from './dom.js';
import { keptTexts, release } from './kept.js';
import { t } from './text.js';
import { dateTime } from './time.js';

/**
 * Shows what an earlier page of this operator has kept.
 *
 * @param open by kind: opens the form that a text belongs to, which fills it in.
 */
export function offerKept(operator, open) {
  const place = byId('kept');
  const all = keptTexts(operator).filter(({ body }) => open[body?.about?.kind]);
  const draw = () => {
    // What was sent or discarded since is no longer offered.
    const keys = new Set(keptTexts(operator).map(({ path }) => path));
    const left = all.filter(({ path }) => keys.has(path));
    place.hidden = left.length === 0;
    if (left.length !== place.querySelectorAll('li').length) place.replaceChildren(
      h('h2', {}, t('kept.title')), h('ul', {}, left.map((one) => line(one))));
  };
  const line = ({ path, body: { about }, at }) => h('li', {},
    h('span', { class: 'kind' }, t(`kept.kind.${about.kind}`)), ' ', said(about.title ?? ''), ' ',
    h('time', { class: 'quiet' }, dateTime(new Date(at).toISOString())),
    h('span', { class: 'buttons' },
      h('button', { type: 'button', class: 'small primary', onclick: () => open[about.kind](about) }, t('kept.open')),
      h('button', { type: 'button', class: 'small', onclick: () => {
        release(operator, path);
        draw();
      } }, t('kept.discard'))));
  draw();
  if (!place.hidden) announce(t('kept.title'));
  addEventListener('kept', draw);
}
