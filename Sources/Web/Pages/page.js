// Parts of every page: words, language, colours, sign-out.
import { byId, h } from './dom.js';
import { chooseLanguage, fill, otherLanguage, t } from './text.js';

const themes = ['auto', 'light', 'dark', 'contrast'];

/** The colours that were chosen, before anything is drawn in others. */
function setTheme(name) {
  document.documentElement.dataset.theme = themes.includes(name) ? name : 'auto';
}
try { setTheme(localStorage.getItem('theme')); } catch { setTheme('auto'); }

export function setUpPage(session) {
  fill(document);
  const theme = byId('theme');
  if (theme) {
    theme.append(...themes.map((name) => h('option', { value: name }, t(`theme.${name}`))));
    theme.value = document.documentElement.dataset.theme;
    theme.addEventListener('change', () => {
      localStorage.setItem('theme', theme.value);
      setTheme(theme.value);
    });
  }
  const language = byId('language');
  if (language) {
    language.textContent = t('language.other');
    language.lang = otherLanguage();
    language.addEventListener('click', () => chooseLanguage(otherLanguage()));
  }
  const menu = byId('menu');
  if (menu) setUpMenu(menu);
  const who = byId('who');
  if (who) who.textContent = [session.operator, session.name].filter(Boolean).join(' ') || 'screenpop';
  const mayAll = session.role === 'supervisor' || session.role === 'admin';
  for (const id of ['to-supervisor', 'to-wall']) if (byId(id)) byId(id).hidden = !mayAll;
}

/** What is used once a day. It closes after a choice, by Escape, and where somebody goes on elsewhere. */
function setUpMenu(menu) {
  // Before the button does its work: a dialog that it opens gives the focus back to where it was, and that is seen.
  menu.addEventListener('click', (event) => {
    if (!event.target.closest('button')) return;
    menu.open = false;
    menu.firstElementChild.focus();
  }, true);
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    menu.firstElementChild.focus();
    event.stopPropagation();
  });
  addEventListener('pointerdown', (event) => { if (!menu.contains(event.target)) menu.open = false; });
  menu.addEventListener('focusout', (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
}
