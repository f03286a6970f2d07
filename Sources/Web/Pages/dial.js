// A call from the operator's own phone, by a button beside a number. The desk asks first where a customer does not want
// to be called.
import { get, post, segment } from './api.js';
import { h } from './dom.js';
import { person } from './people.js';
import { t } from './text.js';
import { dateTime } from './time.js';

/**
 * The button and what becomes of the call; null for who has no phone.
 *
 * Where the number's customer waits to be called back, that callback is claimed first; one that a colleague has is said
 * before anybody is called twice.
 *
 * @param record whose number it is, where the button stands on a record.
 */
export function dialButton(session, phone, record = null) {
  const { operator } = session;
  if (!operator) return null;
  const status = h('span', { class: 'quiet', role: 'status' });
  const path = `/v1/operators/${segment(operator)}/dial`;
  let isWarned = false;
  const dial = async (button, override) => {
    button.disabled = true;
    const claim = record && !isWarned ? await claimCallback(operator, phone, record) : null;
    if (claim?.by) {
      isWarned = true;
      status.textContent = t('dial.taken', { by: person(claim.by), at: dateTime(claim.at) });
      button.disabled = false;
      return;
    }
    status.textContent = t('dial.ringing');
    try {
      // By the customer a number is found of which only the end is shown.
      const customer = record?.id ?? phone.customer ?? undefined;
      await post(path, { to: phone.display, customer, ...(override ? { override_do_not_call: true } : {}) });
      status.textContent = [t('dial.done'), claim && t('dial.claimed')].filter(Boolean).join(' ');
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

/**
 * Claims the callback of a customer, by the number that is called if it is one of several.
 *
 * @returns null where there is none; `{ by, at }` where a colleague has it.
 */
async function claimCallback(operator, phone, record) {
  let callbacks;
  try { ({ callbacks } = await get('/v1/callbacks')); } catch { return null; /* The call is not held up. */ }
  const own = callbacks.filter((one) => one.customer?.id === record.id || one.from.e164 === phone.e164);
  const one = own.find((other) => other.from.e164 === phone.e164) ?? own[0];
  if (!one) return null;
  if (one.claimed_by && one.claimed_by !== operator) return { by: one.claimed_by, at: one.claimed_at };
  try { await post(`/v1/callbacks/${segment(one.id)}/claim`, {}); } catch (refusal) {
    if (refusal.status !== 409) return null;
    // Somebody was quicker.
    const { callbacks: now } = await get('/v1/callbacks').catch(() => ({ callbacks: [] }));
    const other = now.find(({ id }) => id === one.id);
    return other?.claimed_by ? { by: other.claimed_by, at: other.claimed_at } : null;
  }
  return {};
}
