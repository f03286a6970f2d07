// Signing in: the number and the password go to the daemon, which answers with a cookie that no script can read.
import { byId } from './dom.js';
import './page.js';
import { setUpSecondFactor } from './secondFactor.js';
import { chooseLanguage, fill, language, loadText, otherLanguage, t } from './text.js';

await loadText();
fill(document);

const form = document.getElementById('form');
const problem = document.getElementById('problem');
const button = form.querySelector('button');
const switcher = document.getElementById('language');
switcher.textContent = t('language.other');
switcher.lang = otherLanguage();
switcher.addEventListener('click', () => chooseLanguage(otherLanguage()));
document.title = `${t('signin.do')} — screenpop`;

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  problem.textContent = '';
  button.disabled = true;
  try {
    const answer = await fetch('/v1/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Accept-Language': language() },
      body: JSON.stringify({
        operator: form.operator.value.trim(), password: form.password.value,
        ...(form.code.value ? { code: form.code.value } : {}) }),
    });
    if (answer.status === 202) return await enrol();
    if (answer.ok) return location.reload();
    const seconds = Number(answer.headers.get('Retry-After'));
    const factor = answer.status === 401 ? (await answer.json().catch(() => null))?.second_factor : null;
    if (factor) {
      askForCode(factor);
    } else if (answer.status === 429) problem.textContent = t('signin.wait', { seconds });
    else if (answer.status === 401) problem.textContent = t('signin.wrong');
    else problem.textContent = t('problem.server');
  } catch {
    problem.textContent = t('problem.link');
  }
  button.disabled = false;
  const field = byId('code').hidden ? form.password : form.code;
  field.focus();
  field.select();
});

/** The password is right, and the account has a second factor. */
function askForCode(why) {
  byId('code').hidden = false;
  form.code.required = true;
  problem.textContent = why === 'needed' ? '' : t(`signin.code.${why}`);
}

/** The role needs a second factor, and the account has none: it is set up before anything else. */
async function enrol() {
  const place = byId('factor');
  try {
    await setUpSecondFactor(place, { password: form.password.value }, () => location.reload());
    form.password.value = '';
    form.hidden = true;
    place.hidden = false;
    place.querySelector('input').focus();
  } catch (error) {
    problem.textContent = error.message;
    button.disabled = false;
  }
}
// Sent by the browser itself, before anybody listened, it would be asked for as a page.
button.disabled = false;
