// A button for what cannot be taken back easily, with a question behind it.
import { announce, h } from './dom.js';
import { t } from './text.js';

/**
 * @param word the key of the button's text; `WORD.sure`, `WORD.yes` and `WORD.done` are those of the question.
 * @param values what the texts say of the record.
 * @param act asks the server; what it throws is shown.
 * @param done called when it is done.
 */
export function askFirst(word, values, act, done) {
  const place = h('div', { class: word });
  const begin = h('button', {
    type: 'button', class: 'small', onclick: () => {
      place.replaceChildren(question(word, values, act, done, () => {
        place.replaceChildren(begin);
        begin.focus();
      }));
      place.querySelector('button').focus();
    } }, t(word));
  place.append(begin);
  return place;
}

function question(word, values, act, done, cancel) {
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
      announce(t(`${word}.done`, values));
      done();
    } }, t(`${word}.yes`));
  return h('div', { role: 'alertdialog', 'aria-label': t(word) },
    h('p', {}, t(`${word}.sure`, values)),
    h('p', { class: 'buttons' }, h('button', { type: 'button', onclick: cancel }, t('erase.no')), yes),
    problem);
}
