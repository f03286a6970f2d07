// The rules about cases that wait for too long, in words, and how often each would have fired, with the cases behind.
import { get } from './api.js';
import { queryOf } from './callList.js';
import { caseDialog, caseFacts, phaseName } from './cases.js';
import { h, said } from './dom.js';
import { person } from './people.js';
import { number, t } from './text.js';
import { dateTime } from './time.js';

const conditions = ['no_progress', 'overdue', 'unowned', 'waiting'];
/** Firings whose cases are read at once. */
const pageLength = 20;
const hour = 3_600_000;

/** A duration as somebody says it; it is counted in opening hours. */
const lasting = (ms) => {
  const days = ms / (24 * hour), hours = ms / hour;
  if (ms > 0 && Number.isInteger(days)) return t('rule.days', { count: number(days) });
  return Number.isInteger(hours) ? t('rule.hours', { count: number(hours) })
    : t('rule.minutes', { count: number(Math.round(ms / 60_000)) });
};

/** What a rule waits for. */
const cause = (rule) => [
  rule.kind && t(`case.kind.${rule.kind}`), rule.phase && phaseName(rule.phase),
  t(`rule.when.${rule.when}`, { time: lasting(rule.after_ms) })].filter(Boolean).join(' · ');

/** What it does then. */
const effects = (rule) => [
  rule.priority && t('rule.priority', { priority: t(`case.priority.${rule.priority}`) }),
  rule.owner && t('rule.owner', { who: person(rule.owner) }),
  rule.alarm && t('rule.alarm'), rule.webhook && t('rule.webhook')].filter(Boolean).join(' · ');

/** The cases behind a count, newest first; they are read when somebody asks for them. */
function firings(one, session) {
  const list = h('ul', { class: 'workload-cases' }), place = h('div', {});
  let shown = 0;
  const more = h('button', { type: 'button', onclick: () => read() }, t('cases.more'));
  const read = async () => {
    const page = one.firings.slice(shown, shown + pageLength);
    shown += page.length;
    const cases = await Promise.all(page.map(({ case: id }) => get(`/v1/cases/${id}`).catch((refusal) => refusal)));
    list.append(...page.map(({ at, case: id }, i) => h('li', { 'data-id': id }, h('div', {},
      h('time', { datetime: at }, dateTime(at)), ' ',
      ...cases[i] instanceof Error ? [h('span', { class: 'problem' }, cases[i].message)] : [...caseFacts(cases[i]), ' ',
        h('button', { type: 'button', class: 'small', onclick: () => caseDialog({ id }, session, () => {}) },
          t('case.open'))]))));
    place.replaceChildren(shown < one.firings.length ? more
      : one.fired > one.firings.length
        ? h('p', { class: 'quiet' }, t('cases.shown', { shown: number(shown), count: number(one.fired) })) : '');
  };
  const box = h('details', { ontoggle: () => { if (box.open && shown === 0) read(); } },
    h('summary', {}, t('rule.cases')), list, place);
  return box;
}

const row = (one, session, days) => h('li', { 'data-rule': one.name },
  h('h2', {}, said(one.name), ' ',
    h('span', { class: 'tally' }, t('rule.fired', { count: number(one.fired), days: number(days) }))),
  h('p', {}, cause(one), effects(one) && [' → ', effects(one)]),
  one.fired > 0 && firings(one, session));

export async function escalationBoard(panel, session) {
  const place = h('div', { role: 'status' });
  const days = h('select', { name: 'days' }, [7, 30, 90, 365].map((count) =>
    h('option', { value: count, selected: count === 90 }, t('rule.last', { count: number(count) }))));
  const when = h('select', { name: 'when' }, h('option', { value: '' }, t('rule.configured')),
    conditions.map((name) => h('option', { value: name }, t(`rule.try.${name}`))));
  const after = h('input', { type: 'number', name: 'after', min: 0, max: 8760, value: 24, required: true });
  const kind = h('select', { name: 'kind' }, h('option', { value: '' }, t('counts.all')),
    ['case', 'promise', 'task'].map((name) => h('option', { value: name }, t(`case.kind.${name}`))));
  const own = h('span', { class: 'row', hidden: true }, h('label', {}, t('rule.after'), after),
    h('label', {}, t('response.kind'), kind));
  let asked = 0;
  const load = async () => {
    own.hidden = !when.value;
    if (!form.reportValidity()) return;
    const turn = asked += 1, chosen = Number(days.value);
    // A year of cases takes seconds.
    place.replaceChildren(h('p', { class: 'quiet' }, t('rule.looking', { count: number(chosen) })));
    const rule = when.value
      ? { name: t(`rule.try.${when.value}`), when: when.value, after_ms: after.value * hour, kind: kind.value } : {};
    let found;
    try { found = await get(`/v1/escalations/try?${queryOf({ days: chosen, ...rule })}`); } catch (refusal) {
      if (turn === asked) place.replaceChildren(h('p', { class: 'problem', role: 'alert' }, refusal.message));
      return;
    }
    if (turn !== asked) return;
    place.replaceChildren(
      h('p', { class: 'quiet' }, t('rule.looked', { count: number(found.cases) })),
      found.items.length === 0 ? h('p', { class: 'empty' }, t('rule.none'))
        : h('ul', { class: 'message-list rules' }, found.items.map((one) => row(one, session, chosen))));
  };
  const form = h('form', {
    class: 'filters', onchange: () => load(), onsubmit: (event) => { event.preventDefault(); load(); } },
  h('label', {}, t('rule.period'), days), h('label', {}, t('rule.which'), when), own);
  panel.replaceChildren(h('p', { class: 'quiet' }, t('rule.text')), form, place);
  await load();
}
