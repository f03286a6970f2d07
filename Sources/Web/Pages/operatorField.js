// A field for an operator: colleagues are known by their names, and requests have their numbers.
import { byId, h } from './dom.js';
import { operators } from './people.js';
import { t } from './text.js';

const listed = 'operator-names';

/** An input that offers the operators whose names are known; `attributes` are those of the input. */
export function operatorField(attributes) {
  byId(listed)?.remove();
  document.body.append(h('datalist', { id: listed }, operators().map(([id, name]) =>
    h('option', { value: id, label: `${name} (${id})` }))));
  return h('input', { maxlength: 32, autocomplete: 'off', ...attributes, list: listed });
}

/**
 * Whose number was typed, or whose name.
 *
 * @returns '' for an empty field, and null where the text is nobody's: a name that nobody has, or several have.
 */
export function operatorOf(field) {
  const text = field.value.trim(), known = operators();
  if (!text || known.some(([id]) => id === text)) return text;
  const same = known.filter(([id, name]) => name === text || `${name} (${id})` === text);
  if (same.length > 0) return same.length === 1 ? same[0][0] : null;
  // Who has no name yet is known to the daemon alone; numbers are of ASCII.
  return /^[!-~]+$/.test(text) ? text : null;
}

/** The operator of a field; null where it is nobody, which is said in `problem`. */
export function operatorIn(field, problem) {
  const found = operatorOf(field);
  if (found !== null) return found;
  problem.textContent = t('operator.unknown', { who: field.value.trim() });
  field.focus();
  return null;
}
