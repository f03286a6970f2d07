// A note on an ended call, in the call's timeline.
import { get } from './api.js';
import { h } from './dom.js';
import { Note } from './note.js';
import { t } from './text.js';

let session;

/** A form to write of a call as GET gave it; `done` is told when a note is written. */
export async function noteForm(call, done = () => {}) {
  session ??= await get('/v1/session');
  const note = new Note({ ...call, pop: `story-${call.number}` }, session);
  note.element.querySelector('label').textContent = t('note.more');
  note.take({ ...call, notes: [...call.notes, ...call.drafts].filter((one) => note.isOwn(one)) });
  note.show(call.disposition);
  const finish = async () => {
    if (!(await note.finish())) return;
    note.text.value = '';
    note.complain(t('note.written'));
    done();
  };
  const button = h('button', { type: 'button', onclick: finish }, t('note.add'));
  return h('div', { class: 'story-note' }, note.element, h('p', { class: 'buttons' }, button));
}
