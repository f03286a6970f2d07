// Two do not answer one customer at once: whoever begins a mail claims its case, and who comes second reads whose it
// is.
import { post } from './api.js';
import { announce, h } from './dom.js';
import { person } from './people.js';
import { t } from './text.js';
import { dateTime } from './time.js';

/** Who else has a case, or a mail in it that is not sent yet, as an answer or a refusal says it; null for nobody. */
const other = ({ claimed_by: by, claimed_at: at, reply }, author) =>
  (by && by !== author ? { by, at, isMail: reply != null } : null);

/** A mail of a colleague that is not sent yet. */
const unsentOf = (items, author) => items.findLast((one) =>
  !['sent', 'withdrawn'].includes(one.state) && one.operator && one.operator !== author);

/**
 * The claim of whoever writes a mail in a case.
 *
 * @param draft what the daemon says of a new mail, with who has the case.
 * @param items the mails of the case, newest first.
 * @param told is told whether somebody else has it.
 * @returns `element` says who has it, with the key that takes it over.
 */
export function replyClaim(found, draft, items, session, told) {
  const author = session.operator ?? null, hadIt = draft.claimed_by === author;
  const element = h('p', { class: 'problem', role: 'alert', hidden: true });
  let isAsked = false, isMine = false, takesOver = false;
  const show = (one) => {
    element.hidden = !one;
    told(one !== null);
    if (!one) return element.replaceChildren();
    const words = { by: person(one.by), at: dateTime(one.at) };
    return element.replaceChildren(one.isMail ? t('reply.unsent', words) : t('work.taken', words), ' ',
      h('button', { type: 'button', class: 'small', 'data-key': 'take-over', onclick: takeOver },
        t('reply.takeOver')));
  };
  const refused = (refusal) => {
    const one = other(refusal.body ?? {}, author);
    if (one) show(one);
    return one !== null;
  };
  const claim = async () => {
    // What is closed is nobody's work, and a program's session is nobody.
    if (found.closed_at || !author) return;
    await post(`/v1/cases/${found.id}/claim`, takesOver ? { take_over: true } : {});
    isMine = !hadIt;
  };
  async function takeOver() {
    takesOver = isAsked = true;
    try { await claim(); } catch (refusal) { return announce(refusal.message); }
    show(null);
    return announce(t('reply.told.takeOver'));
  }
  const mail = unsentOf(items, author);
  show(other(draft, author) ?? (mail ? { by: mail.operator, at: mail.created_at, isMail: true } : null));
  return {
    element, refused,
    get takesOver() { return takesOver; },
    /** Somebody types: the first key claims the case. */
    async begin() {
      if (isAsked || !element.hidden) return;
      isAsked = true;
      try { await claim(); } catch (refusal) { isAsked = refused(refusal); }
    },
    /** Whoever wrote nothing gives back what the first key claimed. A supervisor would give back anybody's. */
    end() {
      if (isMine && session.role === 'operator') post(`/v1/cases/${found.id}/release`, {}).catch(() => {});
    } };
}
