// Signing in: the number and the password go to the daemon, which answers with a cookie that no script can read.
import './page.js';
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
      body: JSON.stringify({ operator: form.operator.value.trim(), password: form.password.value }),
    });
    if (answer.ok) return location.reload();
    const seconds = Number(answer.headers.get('Retry-After'));
    if (answer.status === 429) problem.textContent = t('signin.wait', { seconds });
    else if (answer.status === 401) problem.textContent = t('signin.wrong');
    else problem.textContent = t('problem.server');
  } catch {
    problem.textContent = t('problem.link');
  }
  button.disabled = false;
  form.password.select();
});
// Sent by the browser itself, before anybody listened, it would be asked for as a page.
button.disabled = false;
