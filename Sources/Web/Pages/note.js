// What is written of a call: saved as it is typed, so that nothing is lost with the browser, and the next operator sees it.
import { post, segment } from './api.js';
import { h, later } from './dom.js';
import { t, word } from './text.js';
import { instant } from './time.js';

export class Note {
  constructor(pop, session) {
    this.session = session;
    this.path = `/v1/calls/${segment(pop.call)}`;
    this.source = `?source=${segment(pop.source)}`;
    this.customer = pop.customer?.id;
    this.saved = '';
    this.isTouched = false;
    this.disposition = null;
    const id = `note-${pop.pop}`;
    this.text = h('textarea', { id, rows: 3, maxlength: 4000, oninput: () => { this.isTouched = true; this.status.textContent = ''; this.save(); }, onblur: () => this.save.now() });
    this.status = h('span', { class: 'quiet', role: 'status' });
    this.save = later(400, () => this.flush());
    this.choices = session.dispositions.length ? this.dispositions(pop) : null;
    // A desk that is loaded anew in the middle goes on measuring.
    this.kept = `spent ${pop.source} ${pop.call}`;
    this.spent = JSON.parse(sessionStorage.getItem(this.kept)) ?? { note: 0, disposition: 0 };
    this.text.addEventListener('input', () => this.measure('note'));
    this.element = h('div', { class: 'note' }, h('label', { for: id }, t('note.label')), this.text, this.choices, this.followUp(pop), this.status);
  }

  dispositions(pop) {
    return h('fieldset', { class: 'dispositions' }, h('legend', {}, t('disposition'), this.session.disposition_required ? h('span', { class: 'quiet' }, ` ${t('required')}`) : null),
      this.session.dispositions.map((code) => h('label', { class: 'choice' },
        h('input', { type: 'radio', name: `disposition-${pop.pop}`, value: code, onfocus: () => { this.since = performance.now(); }, onchange: () => { this.disposition = code; this.isTouched = true; this.measure('disposition'); } }), ' ', word('disposition', code))));
  }

  /** "We call back by …": a promise that the next pop warns of when it is broken. */
  followUp(pop) {
    let began;
    const what = h('input', { type: 'text', onfocus: () => { began ??= performance.now(); }, maxlength: 200, 'aria-label': t('followup.what'), placeholder: t('followup.what') });
    const when = h('input', { type: 'datetime-local', 'aria-label': t('followup.when') });
    const add = async () => {
      if (!this.customer) return this.complain(t('followup.nobody'));
      if (!what.value.trim()) return what.focus();
      try {
        const due = when.value ? new Date(instant(when.value)).toISOString() : undefined;
        await post(`/v1/customers/${this.customer}/cases`, { kind: 'promise', title: what.value.trim(), due, spent_ms: began === undefined ? undefined : Math.round(performance.now() - began) });
        began = undefined;
        this.complain(t('followup.added'));
        what.value = when.value = '';
      } catch (refusal) { this.complain(refusal.message); }
    };
    return h('details', { class: 'followup' }, h('summary', {}, t('followup')), h('p', { class: 'row' }, what, when, h('button', { type: 'button', onclick: add }, t('followup.add'))));
  }

  /** What others wrote, and who it is now. What is being typed here stays. */
  take(pop) {
    this.customer = pop.customer?.id ?? this.customer;
    if (this.isTouched || pop.note_draft == null || document.activeElement === this.text) return;
    this.text.value = this.saved = pop.note_draft;
  }

  /** How long a field was worked on: from one key to the next, pauses to listen left out. */
  measure(field) {
    const now = performance.now();
    this.spent[field] += Math.min(Math.round(now - (this.since ?? now)), 5000);
    this.since = now;
    sessionStorage.setItem(this.kept, JSON.stringify(this.spent));
  }

  complain(text) { this.status.textContent = text; }

  /** Saves what is typed as a draft. */
  async flush() {
    const text = this.text.value;
    if (text === this.saved) return true;
    this.saved = text;
    try {
      await post(`${this.path}/note${this.source}`, { text, draft: true });
      if (this.text.value === text) this.status.textContent = t('note.saved');
      return true;
    } catch (refusal) {
      this.saved = null;
      this.status.textContent = t('note.unsaved', { why: refusal.message });
      if (refusal.status === 0 || refusal.status >= 500) setTimeout(() => this.save(), 2000);
      return false;
    }
  }

  /** The draft becomes a note; how the call came out is told. False when something is missing, or did not arrive. */
  async finish() {
    if (this.session.disposition_required && this.session.dispositions.length && !this.disposition) {
      this.complain(t('disposition.missing'));
      this.choices.querySelector('input').focus();
      return false;
    }
    try {
      this.save.cancel();
      if (this.text.value.trim()) await post(`${this.path}/note${this.source}`, { text: this.text.value, spent_ms: this.spent.note });
      if (this.disposition) await post(`${this.path}/disposition${this.source}`, { code: this.disposition, spent_ms: this.spent.disposition });
      this.saved = this.text.value;
      this.isTouched = false;
      this.spent = { note: 0, disposition: 0 };
      sessionStorage.removeItem(this.kept);
      return true;
    } catch (refusal) {
      this.complain(refusal.message);
      return false;
    }
  }
}
