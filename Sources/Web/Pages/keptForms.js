// Forms whose typed text outlives the session and the page: it is kept in this browser, as notes are, until it is sent
// or discarded, and it is in the form again when that is opened.
import { h } from './dom.js';
import { keep, kept, release } from './kept.js';
import { t } from './text.js';

/** What tells forms from texts that are sent by themselves. */
const formMark = 'form ';

const read = (field) => (field.type === 'checkbox' ? field.checked : field.value);

function write(field, value) {
  if (field.type === 'checkbox') field.checked = value; else field.value = value;
  field.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Whether something is kept of a form. */
export const hasKept = (author, path) => kept(author, formMark + path) !== null;

/** Forgets what is kept of a form, because it was sent. */
export const dropTyped = (author, path) => release(author, formMark + path);

/** The fields of a form that have a name. */
export const namedFields = (form) =>
  Object.fromEntries([...form.elements].filter(({ name }) => name).map((field) => [field.name, field]));

/**
 * Keeps what is typed in fields, and fills in what was typed before.
 *
 * Only what the operator changed is kept: what somebody else changes meanwhile is not undone by a text of yesterday.
 *
 * @param author the operator, to whom alone it is offered.
 * @param path names the form: one text is kept for each.
 * @param fields by name.
 * @param about by what the desk offers it after the sign-in: `{ kind, title, … }`; null for what is not offered.
 * @returns `element`, which says that something is from before; `isFilled`; and `done`, for when it was sent.
 */
export function keepTyped(author, path, fields, about) {
  const key = formMark + path, before = kept(author, key)?.fields ?? {};
  const initial = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, read(field)]));
  const names = Object.keys(fields).filter((name) => name in before && before[name] !== initial[name]);
  const element = h('p', { class: 'kept', role: 'status', hidden: names.length === 0 }, t('kept.back'), ' ',
    h('button', { type: 'button', class: 'small', onclick: () => {
      for (const [name, value] of Object.entries(initial)) write(fields[name], value);
      done();
    } }, t('kept.discard')));
  const done = () => {
    element.hidden = true;
    release(author, key);
  };
  const typed = () => {
    // A form that is drawn again with what was typed has that as its beginning, and it is kept all the same.
    const changed = Object.entries(fields).filter(([name, field]) =>
      read(field) !== initial[name] || before[name] === initial[name]);
    if (changed.length === 0) return done();
    keep(author, key, { fields: Object.fromEntries(changed.map(([name, field]) => [name, read(field)])), about });
  };
  for (const name of names) write(fields[name], before[name]);
  for (const field of Object.values(fields)) {
    field.addEventListener('input', typed);
    field.addEventListener('change', typed);
  }
  return { element, isFilled: names.length > 0, done };
}
