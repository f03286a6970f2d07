// The operator's state and its buttons: shows the state of the daemon, which the PBX has confirmed.
import { ask, segment } from './api.js';
import { announce, byId, h } from './dom.js';
import { clock, t, word } from './text.js';
import { now, since as timeSince } from './time.js';

export class State {
  constructor(session) {
    this.session = session;
    this.now = { state: 'logged_out', since: null };
    this.line = byId('state');
    this.actions = byId('actions');
    if (!session.operator) return;
    setInterval(() => this.tick(), 500);
    this.draw();
  }

  /** The state as the daemon tells it. */
  show(one) {
    this.now = one;
    this.draw();
  }

  get isPaused() { return this.now.state === 'paused'; }
  get isWrappingUp() { return this.now.state === 'wrap_up'; }

  tick() {
    const { state, since, reason, wrap_up_ends_at: ends } = this.now;
    if (!this.name) return;
    // Rounded up; the daemon's clock is known to some milliseconds, which must not make a second more.
    const left = ends ? Date.parse(ends) - now() + 900 : null;
    const time = left !== null ? t('state.left', { time: clock(left) }) : since ? clock(timeSince(since)) : '';
    if (this.time.textContent !== time) this.time.textContent = time;
    this.line.dataset.state = state;
  }

  draw() {
    const { state, reason } = this.now;
    const why = reason ? ` (${word('pause', reason)})` : '';
    this.name = h('span', {}, t(`state.${state}`) + why);
    this.time = h('span', { class: 'time', 'aria-hidden': 'true' });
    this.line.replaceChildren(this.name, ' ', this.time);
    const button = (label, work, primary) =>
      h('button', { type: 'button', class: primary ? 'primary' : null, onclick: work }, label);
    const actions = [];
    if (state === 'logged_out') actions.push(button(t('state.login'), () => this.set('logged_in'), true));
    else {
      if (state === 'wrap_up') actions.push(button(t('state.ready'), () => this.ready(), true));
      if (state === 'paused') actions.push(button(t('state.resume'), () => this.set('resumed'), true));
      else {
        const reasons = h('select', {
          'aria-label': t('state.pause'), onchange: (event) => this.set('paused', event.target.value || undefined) },
          h('option', { value: '', disabled: true, selected: true }, t('state.pause')),
          this.session.pause_reasons.map((reason) => h('option', { value: reason }, word('pause', reason))));
        actions.push(reasons);
      }
      actions.push(button(t('state.logout'), () => this.set('logged_out')));
    }
    this.problem = h('span', { class: 'problem', role: 'alert' });
    this.actions.replaceChildren(...actions, this.problem);
    this.tick();
  }

  ready() { if (this.isWrappingUp) return this.set('ready'); }
  pauseOrResume() { return this.set(this.isPaused ? 'resumed' : 'paused'); }

  async set(state, reason) {
    if (!this.session.operator) return;
    for (const one of this.actions.children) one.disabled = true;
    try {
      const { json } = await ask('POST', `/v1/operators/${segment(this.session.operator)}/state`, { state, reason });
      this.show({ ...this.now, ...json });
      const told = t(`pbx.${json.pbx}`);
      if (json.pbx === 'not_asked') this.problem.textContent = told;
      announce(`${t(`state.${json.state ?? 'logged_out'}`)}. ${told}`);
    } catch (refusal) {
      this.draw();
      const lacking = refusal.body?.needs_disposition;
      this.problem.textContent = lacking ? t('disposition.missing') : refusal.message;
      if (lacking) this.whenLacking?.(lacking);
    }
  }
}
