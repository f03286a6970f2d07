// One's own account: the second factor, the password, the sessions.
import { ask, get, segment } from './api.js';
import { announce, byId, h } from './dom.js';
import { setUpSecondFactor } from './secondFactor.js';
import { sessionTable } from './sessions.js';
import { number, t } from './text.js';
import { dateTime } from './time.js';

/** The button that opens it; who came in by a token has no account. */
export function setUpAccount(session) {
  const button = byId('account');
  if (!button) return;
  button.hidden = !session.operator;
  button.addEventListener('click', () => open());
}

async function open() {
  const dialog = byId('dialog');
  const show = async () => {
    let parts;
    try { parts = content(await get('/v1/account'), show); } catch (refusal) {
      parts = [h('p', { class: 'problem', role: 'alert' }, refusal.message)];
    }
    dialog.replaceChildren(
      h('h2', { tabindex: -1 }, t('account.title')), h('div', { id: 'own-account' }, parts),
      h('form', { method: 'dialog', class: 'buttons' }, h('button', { class: 'primary' }, t('close'))));
  };
  await show();
  if (!dialog.open) dialog.showModal();
  dialog.querySelector('h2').focus();
}

function content(account, again) {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const work = async (path) => {
    problem.textContent = '';
    try {
      await ask('DELETE', path);
      announce(t('session.ended'));
      await again();
    } catch (refusal) { problem.textContent = refusal.message; }
  };
  const others = account.sessions.filter((one) => !one.own);
  return [
    problem,
    h('section', { 'aria-label': t('factor.title') }, h('h3', {}, t('factor.title')),
      h('p', {}, factorText(account)),
      proofForm(account, t(account.second_factor_since ? 'factor.replace' : 'factor.begin'), null,
        (proof) => setUpSecondFactor(byId('own-account'), proof, again))),
    h('section', { 'aria-label': t('account.password') }, h('h3', {}, t('account.password')),
      h('p', { class: 'quiet' }, t('account.password.hint')),
      proofForm(account, t('account.password.set'), 'new-password', async (proof, password) => {
        await ask('PUT', '/v1/account/password', { ...proof, new_password: password });
        location.reload();
      })),
    h('section', {}, h('h3', {}, t('session.title')),
      sessionTable(account.sessions, (one) => work(`/v1/account/sessions/${segment(one.id)}`)),
      others.length > 0 && h('p', { class: 'buttons' },
        h('button', { type: 'button', onclick: () => work('/v1/account/sessions') }, t('session.end.others')))),
  ];
}

function factorText(account) {
  if (account.second_factor_since) {
    return t('factor.since', {
      at: dateTime(account.second_factor_since), left: number(account.recovery_codes_left) });
  }
  return t(account.second_factor_required ? 'factor.required' : 'factor.none');
}

/** A form that asks for the password again, and for a code where there is a second factor. */
function proofForm(account, label, newField, work) {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const field = (name, text, type, complete) => h('label', {}, h('span', {}, text),
    h('input', { name, type, autocomplete: complete, required: true }));
  const button = h('button', {}, label);
  return h('form', { class: 'proof', onsubmit: async (event) => {
    event.preventDefault();
    const form = event.target;
    problem.textContent = '';
    button.disabled = true;
    try {
      const proof = { password: form.password.value, ...(form.code ? { code: form.code.value } : {}) };
      await work(proof, newField ? form.elements[newField].value : undefined);
    } catch (error) { problem.textContent = error.message; }
    button.disabled = false;
  } },
  field('password', t('signin.password'), 'password', 'current-password'),
  account.second_factor_since && field('code', t('signin.code'), 'text', 'one-time-code'),
  newField && field(newField, t('account.password.new'), 'password', 'new-password'),
  button, problem);
}
