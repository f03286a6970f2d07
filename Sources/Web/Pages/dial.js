// A call from the operator's own phone, by a button beside a number. The desk asks first where a customer does not want
// to be called.
import { post, segment } from './api.js';
import { h } from './dom.js';
import { t } from './text.js';

/** The button and what becomes of the call; nothing for who has no phone. */
export function dialButton(session, phone) {
  if (!session.operator) return null;
  const status = h('span', { class: 'quiet', role: 'status' });
  const path = `/v1/operators/${segment(session.operator)}/dial`;
  const dial = async (button, override) => {
    button.disabled = true;
    status.textContent = t('dial.ringing');
    try {
      await post(path, { to: phone.display, ...(override ? { override_do_not_call: true } : {}) });
      status.textContent = t('dial.done');
    } catch (refusal) {
      if (refusal.body?.do_not_call) ask(button); else status.textContent = refusal.message;
    }
    button.disabled = false;
  };
  const ask = (button) => {
    const yes = h('button', { type: 'button', class: 'small', onclick: () => dial(button, true) }, t('dial.anyway'));
    const no = h('button', { type: 'button', class: 'small', onclick: () => {
      status.textContent = '';
      button.focus();
    } }, t('cancel'));
    status.replaceChildren(h('strong', {}, t('dial.doNotCall')), ' ', no, ' ', yes);
    no.focus();
  };
  return [
    h('button', {
      type: 'button', class: 'small', onclick: (event) => dial(event.target, false),
      'aria-label': t('dial.to', { number: phone.display }) }, t('dial')), ' ',
    status];
}
