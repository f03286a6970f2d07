// A button for what cannot be taken back easily, with a question behind it.
import { announce, h } from './dom.js';
import { t } from './text.js';

/**
 * @param name the class of the button's place.
 * @param texts `begin` of the button, `sure` and `yes` of the question, and `done`, which is announced.
 * @param act asks the server; what it throws is shown.
 * @param done called when it is done.
 */
export function askFirst(name, texts, act, done) {
  const place = h('div', { class: name });
  const begin = h('button', {
    type: 'button', class: 'small', onclick: () => {
      place.replaceChildren(question(texts, act, done, () => {
        place.replaceChildren(begin);
        begin.focus();
      }));
      place.querySelector('button').focus();
    } }, texts.begin);
  place.append(begin);
  return place;
}

function question(texts, act, done, cancel) {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const yes = h('button', {
    type: 'button', onclick: async () => {
      yes.disabled = true;
      try {
        await act();
      } catch (refusal) {
        problem.textContent = refusal.message;
        yes.disabled = false;
        return;
      }
      announce(texts.done);
      done();
    } }, texts.yes);
  return h('div', { role: 'alertdialog', 'aria-label': texts.begin },
    h('p', {}, texts.sure),
    h('p', { class: 'buttons' }, h('button', { type: 'button', onclick: cancel }, t('erase.no')), yes),
    problem);
}
