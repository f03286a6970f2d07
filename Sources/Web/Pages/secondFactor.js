// Setting up a second factor: the secret, its first code, the recovery codes. The page to sign in uses it too.
import { h } from './dom.js';
import { language, t } from './text.js';

/** Sends a request; an error has the daemon's sentence. */
async function send(path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Accept-Language': language() },
      body: JSON.stringify(body),
    });
  } catch { throw new Error(t('problem.link')); }
  const json = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(json?.detail ?? t('problem.server'));
  return json;
}

/**
 * Draws the steps into an element.
 * @param proof what shows whose account it is: { password, code }
 * @param done called when the recovery codes were noted
 */
export async function setUpSecondFactor(place, proof, done) {
  const made = await send('/v1/account/second-factor', proof);
  const problem = h('p', { class: 'problem', role: 'alert' });
  const code = h('input', {
    name: 'code', inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: 7, required: true });
  const button = h('button', { class: 'primary' }, t('factor.confirm'));
  const form = h('form', { class: 'factor', onsubmit: async (event) => {
    event.preventDefault();
    problem.textContent = '';
    button.disabled = true;
    try {
      const answer = await send('/v1/account/second-factor/confirm', { code: code.value });
      showRecoveryCodes(place, answer.recovery_codes, done);
    } catch (error) { problem.textContent = error.message; }
    button.disabled = false;
    code.select();
  } },
  h('p', {}, t('factor.how')),
  h('p', {}, h('code', { id: 'factor-secret', translate: 'no' }, made.secret)),
  h('p', {}, h('a', { id: 'factor-uri', href: made.uri }, t('factor.open'))),
  h('label', {}, h('span', {}, t('factor.code')), code),
  problem, h('p', { class: 'buttons' }, button));
  place.replaceChildren(h('h2', { tabindex: -1 }, t('factor.setup')), form);
  code.focus();
}

function showRecoveryCodes(place, codes, done) {
  place.replaceChildren(
    h('h2', { tabindex: -1 }, t('factor.recovery')),
    h('p', {}, t('factor.recovery.how')),
    h('ol', { id: 'recovery-codes', translate: 'no' }, codes.map((one) => h('li', {}, h('code', {}, one)))),
    h('p', { class: 'buttons' },
      h('button', { type: 'button', class: 'primary', onclick: done }, t('factor.recovery.noted'))));
  place.querySelector('h2').focus();
}
