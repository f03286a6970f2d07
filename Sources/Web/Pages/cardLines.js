// What a card says of a customer: the lines that rules chose, and in a place of their own the centre's fields.
import { h, said } from './dom.js';
import { t } from './text.js';

/** A line says why it is there to whoever points at it, or reaches it by the keyboard. */
const line = (one) => h('li', { class: `line-${one.kind}` },
  h('span', { tabindex: 0, title: one.reason, 'aria-description': one.reason }, said(one.text)));

/** The parts of the card; none without lines. */
export function cardLines(lines = []) {
  const chosen = lines.filter((one) => one.kind !== 'field'), fields = lines.filter((one) => one.kind === 'field');
  return [
    chosen.length > 0 && h('ul', { class: 'lines', 'aria-label': t('card') }, chosen.map(line)),
    fields.length > 0 && h('ul', { class: 'lines fields', 'aria-label': t('card.fields') }, fields.map(line)),
  ].filter(Boolean);
}
