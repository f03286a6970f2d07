// A note on a customer that belongs to no call. The text survives a redraw of the record, and a reload of the page.
import { post } from './api.js';
import { h } from './dom.js';
import { keep, kept, release } from './kept.js';
import { t } from './text.js';

/**
 * The form of the note.
 *
 * @param one the open record, which holds what is typed.
 * @param written called when the note was written.
 */
export function customerNote(one, author, written) {
  const { id, name } = one.record, path = `/v1/customers/${id}/notes`;
  one.note ??= { text: kept(author, path)?.text ?? '', ms: 0 };
  const { note } = one, status = h('span', { class: 'quiet', role: 'status' });
  const typed = () => {
    const at = performance.now();
    note.text = text.value;
    note.ms += Math.min(at - (note.since ?? at), 5000);
    note.since = at;
    if (!note.text) release(author, path);
    else keep(author, path, { text: note.text, about: { kind: 'note', customer: id, title: name } });
  };
  const text = h('textarea', { id: 'customer-note', rows: 2, maxlength: 4000, value: note.text, oninput: typed });
  const write = async () => {
    if (!text.value.trim()) return text.focus();
    try {
      await post(path, { text: text.value, seconds: Math.round(note.ms / 1000) });
    } catch (refusal) {
      status.textContent = t('note.unsaved', { why: refusal.message });
      return;
    }
    release(author, path);
    await written();
  };
  return h('details', { class: 'customer-note', open: note.text !== '' },
    h('summary', {}, t('customer.note')),
    h('label', { for: 'customer-note', class: 'hidden' }, t('customer.note')), text,
    h('p', { class: 'buttons' }, h('button', { type: 'button', onclick: write }, t('note.add')), status));
}
