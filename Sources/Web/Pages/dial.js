// A call from the operator's own phone to a number.
import { post, segment } from './api.js';
import { h } from './dom.js';
import { t } from './text.js';

/** The button that rings the operator's phone and connects it, with what became of it; null for who has no phone. */
export function dialButton(operator, phone) {
  if (!operator) return null;
  const status = h('span', { class: 'quiet', role: 'status' });
  const dial = async (event) => {
    event.target.disabled = true;
    status.textContent = t('dial.ringing');
    try {
      await post(`/v1/operators/${segment(operator)}/dial`, { to: phone.display });
      status.textContent = t('dial.done');
    } catch (refusal) { status.textContent = refusal.message; }
    event.target.disabled = false;
  };
  return [
    h('button', {
      type: 'button', class: 'small', onclick: dial, 'aria-label': t('dial.to', { number: phone.display }) },
      t('dial')), ' ',
    status];
}
