// The note of a call. It is saved as a draft while it is typed, and the daemon turns the draft into a note however the
// after-call work ends.
import { get, post, segment } from './api.js';
import { h, later, said } from './dom.js';
import { dueChoices } from './dueChoices.js';
import { readCard } from './fieldUse.js';
import { keep, release } from './kept.js';
import { keepTyped } from './keptForms.js';
import { openingHint } from './openingHint.js';
import { person } from './people.js';
import { t, word } from './text.js';
import { instant } from './time.js';

export class Note {
  /** @param openCase opens a case of a customer with this call, and says when it did; there is no button without it. */
  constructor(pop, session, openCase = null) {
    this.session = session;
    this.openCase = openCase;
    this.call = pop.call;
    this.author = session.operator ?? null;
    this.path = `/v1/calls/${segment(pop.call)}`;
    this.source = `?source=${segment(pop.source)}`;
    this.notePath = `${this.path}/note${this.source}`;
    this.customer = pop.customer?.id;
    this.saved = '';
    this.noted = null;
    this.isTouched = false;
    this.disposition = this.savedDisposition = null;
    this.sending = Promise.resolve(true);
    const id = `note-${pop.pop}`;
    this.text = h('textarea', {
      id, rows: 3, maxlength: 4000, oninput: () => this.typed(), onblur: () => this.save.now() });
    this.status = h('span', { class: 'quiet', role: 'status' });
    this.save = later(400, () => this.flush());
    this.others = h('ul', { class: 'noted', 'aria-label': t('note.others'), hidden: true });
    const { disposition_queues: only = {}, disposition_required_in: needs = {} } = session;
    this.codes = session.dispositions.filter((code) => !only[code] || only[code].includes(pop.queue));
    this.needsCode = (needs[pop.queue] ?? session.disposition_required) && this.codes.length > 0;
    this.choices = this.codes.length ? this.dispositions(pop) : null;
    // After a reload in the middle of a note the measured time continues.
    this.kept = `spent ${pop.source} ${pop.call}`;
    this.spent = JSON.parse(sessionStorage.getItem(this.kept)) ?? { note: 0, disposition: 0 };
    this.element = h('div', { class: 'note' },
      this.others, h('label', { for: id }, t('note.label')), this.text, this.choices,
      h('div', { class: 'followups' }, this.followUp(), openCase && this.newCase()), this.status);
  }

  dispositions(pop) {
    const choice = (code) => h('label', { class: 'choice' },
      h('input', { type: 'radio', name: `disposition-${pop.pop}`, value: code,
        onfocus: () => { this.since = performance.now(); }, onchange: () => this.choose(code) }),
      ' ', word('disposition', code));
    return h('fieldset', { class: 'dispositions' },
      h('legend', {}, t('disposition'),
        this.needsCode ? h('span', { class: 'quiet' }, ` ${t('required')}`) : null),
      this.codes.map(choice));
  }

  /** "We call back by …": a promise that the next pop warns of when it is broken. */
  followUp() {
    let began;
    const what = h('input', {
      type: 'text', onfocus: () => { began ??= performance.now(); }, maxlength: 200,
      'aria-label': t('followup.what'), placeholder: t('followup.what') });
    const when = h('input', { type: 'datetime-local', 'aria-label': t('followup.when') });
    const hours = openingHint(when);
    // Of which case it is, where the customer has any that are open.
    const of = h('select', { 'aria-label': t('followup.of'), hidden: true });
    const offer = async () => {
      if (!this.customer) return;
      let items;
      try {
        ({ items } = await get(`/v1/cases?customer=${this.customer}&kind=case&limit=50`));
      } catch { return; /* A promise needs no case. */ }
      const chosen = of.value;
      of.replaceChildren(h('option', { value: '' }, t('followup.noCase')), ...items.map((one) =>
        h('option', { value: String(one.id) }, t('followup.ofCase', { title: one.title }))));
      of.value = items.some(({ id }) => String(id) === chosen) ? chosen : '';
      of.hidden = items.length === 0;
    };
    const add = async () => {
      if (!this.customer) return this.complain(t('followup.nobody'));
      if (!what.value.trim()) return what.focus();
      try {
        const due = when.value ? new Date(instant(when.value)).toISOString() : undefined;
        const spent = began === undefined ? undefined : Math.round(performance.now() - began);
        const ofCase = of.value ? Number(of.value) : undefined;
        const promise = {
          kind: 'promise', title: what.value.trim(), due, spent_ms: spent, case: ofCase, calls: [this.call] };
        await post(`/v1/customers/${this.customer}/cases`, promise);
        began = undefined;
        typed.done();
        this.complain(t('followup.added'));
        what.value = when.value = '';
        hours.look();
      } catch (refusal) { this.complain(refusal.message); }
    };
    const typed = keepTyped(this.author, `${this.path}/promise${this.source}`, { what, when }, null);
    const box = h('details', {
      class: 'followup', open: typed.isFilled, ontoggle: () => { if (box.open) offer(); } },
    h('summary', {}, t('followup')),
    h('p', { class: 'row' }, what, when, dueChoices(when), of,
      h('button', { type: 'button', 'data-key': 'add', onclick: add }, t('followup.add')), hours.element));
    return box;
  }

  /** What is not finished with the call becomes a case. */
  newCase() {
    const open = () => (this.customer
      ? this.openCase(this.customer, () => this.complain(t('case.saved')))
      : this.complain(t('followup.nobody')));
    return h('button', { type: 'button', class: 'small', 'data-key': 'new-case', onclick: open }, t('case.new'));
  }

  /** A note that this author has not finished; only one is typed on here. */
  isOwn(note) { return note.state !== 'finished' && (note.operator ?? null) === this.author; }

  /** What others wrote, and who it is now. What is being typed here stays. */
  take(pop) {
    this.customer = pop.customer?.id ?? this.customer;
    if (pop.phase === 'answered' && !this.isRead) {
      this.isRead = true;
      readCard(pop, this.author);
    }
    const notes = pop.notes ?? [];
    const others = notes.filter((note) => !this.isOwn(note) && note.text !== this.noted);
    this.others.hidden = others.length === 0;
    const typing = (note) => (note.state === 'draft' ? ` ${t('note.typing')}` : '');
    const author = (note) => (person(note.operator) || t('message.nobody')) + typing(note);
    this.others.replaceChildren(...others.map((note) =>
      h('li', {}, h('span', { class: 'quiet' }, author(note), ' '), said(note.text))));
    if (this.isTouched || document.activeElement === this.text) return;
    const own = notes.filter((note) => this.isOwn(note));
    if (own.length === 0) return;
    this.text.value = this.saved = own.map((note) => note.text).join('\n');
    if (own.some((note) => note.state === 'unfinished')) this.complain(t('note.unfinished'));
  }

  /** What the call lacks, by the words of `lack.`: a note that is not finished, any word, a required disposition. */
  get lacks() {
    const text = this.text.value.trim(), isFinished = this.noted !== null && this.text.value === this.noted;
    const nothing = !text && !this.savedDisposition && !isFinished;
    return [
      text && !isFinished && 'finish', nothing && 'note', this.needsCode && !this.savedDisposition && 'disposition',
    ].filter(Boolean);
  }

  typed() {
    this.isTouched = true;
    this.noted = null;
    this.status.textContent = '';
    this.measure('note');
    keep(this.author, this.notePath, this.draft);
    this.save();
  }

  /** How the call is known to have come out. */
  show(disposition) {
    if (!disposition) return;
    this.disposition = this.savedDisposition = disposition;
    const choice = this.choices?.querySelector(`[value="${CSS.escape(disposition)}"]`);
    if (choice) choice.checked = true;
  }

  /** Said at once: who is interrupted before the note is done has said it all the same. */
  choose(code) {
    this.disposition = code;
    this.isTouched = true;
    this.measure('disposition');
    this.saveDisposition().catch((refusal) => this.complain(t('note.unsaved', { why: refusal.message })));
  }

  async saveDisposition() {
    const code = this.disposition;
    if (!code || code === this.savedDisposition) return;
    await post(`${this.path}/disposition${this.source}`, { code, spent_ms: this.spent.disposition });
    this.savedDisposition = code;
    this.spent.disposition = 0;
  }

  /** How long a field was worked on: from one key to the next, pauses to listen left out. */
  measure(field) {
    const now = performance.now();
    this.spent[field] += Math.min(Math.round(now - (this.since ?? now)), 5000);
    this.since = now;
    sessionStorage.setItem(this.kept, JSON.stringify(this.spent));
  }

  complain(text) { this.status.textContent = text; }

  /** Puts a text where the cursor is, on lines of its own. */
  insert(text) {
    const { value, selectionStart: from, selectionEnd: to } = this.text;
    const before = from > 0 && value[from - 1] !== '\n' ? '\n' : '';
    this.text.setRangeText(before + text, from, to, 'end');
    this.text.focus({ preventScroll: true });
    this.typed();
  }

  get draft() { return { text: this.text.value, draft: true, whole: true, spent_ms: this.spent.note }; }

  /** Saves what is typed as a draft, after what is on its way: drafts do not overtake each other. */
  flush() {
    this.sending = this.sending.then(() => this.send());
    return this.sending;
  }

  async send() {
    const text = this.text.value;
    if (text === this.saved || text === this.noted) return true;
    try {
      await post(this.notePath, this.draft);
      this.saved = text;
      if (this.text.value === text) {
        release(this.author, this.notePath);
        this.status.textContent = t('note.saved');
        this.whenSaved?.();
      }
      return true;
    } catch (refusal) {
      this.status.textContent = t('note.unsaved', { why: refusal.message });
      if (refusal.mayPass) setTimeout(() => this.save(), 2000);
      return false;
    }
  }

  /** The page closes: sends without waiting. */
  sendNow() {
    const text = this.text.value;
    if (text !== this.saved && text !== this.noted) post(this.notePath, this.draft).catch(() => {});
  }

  askDisposition() {
    this.complain(t('disposition.missing'));
    this.choices?.querySelector('input').focus();
  }

  /** The draft becomes a note; how the call came out is told. False when something is missing, or did not arrive. */
  async finish() {
    if (this.needsCode && !this.disposition) {
      this.askDisposition();
      return false;
    }
    this.save.cancel();
    const text = this.text.value;
    const finished = this.sending.then(async () => {
      try {
        // Said before the note is: what arrived of the two is not sent again when the other did not.
        await this.saveDisposition();
        if (text.trim() && text !== this.noted) {
          await post(this.notePath, { text, whole: true, spent_ms: this.spent.note });
          this.noted = text;
        } else if (!text.trim() && this.saved) {
          await post(this.notePath, { ...this.draft, text: '' });
        }
      } catch (refusal) {
        this.complain(refusal.message);
        return false;
      }
      this.saved = text;
      this.isTouched = false;
      this.spent = { note: 0, disposition: 0 };
      sessionStorage.removeItem(this.kept);
      release(this.author, this.notePath);
      return true;
    });
    this.sending = finished.then(() => true);
    return finished;
  }
}
