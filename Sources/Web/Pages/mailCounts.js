// Mails that wait for somebody in numbers: those of unknown senders, and those that a supervisor has to approve.
import { h } from './dom.js';
import { clock, number, t } from './text.js';
import { dateTime, since } from './time.js';

/** How long ago, in days where it is that long. */
export function ago(at) {
  if (!at) return '';
  const ms = since(at), days = Math.floor(ms / 86_400_000);
  return days > 0 ? t('workload.days', { count: number(days) }) : clock(ms);
}

/** What they are called, and where they are looked at. */
const places = [
  { name: 'inbox', key: 'mails.inbox', short: 'mails.inbox', href: '/#inbox' },
  { name: 'approval', key: 'mails.approval', short: 'mails.approval.short', href: '/supervisor#mails' }];

/**
 * The numbers, each with how well it is: late ones are bad.
 *
 * @param mails `mails` of an answer; what is null there may not be done by whoever asks.
 */
export const mailCounts = (mails) => places.filter(({ name }) => mails?.[name])
  .map(({ name, key, short, href }) => {
    const { open, late, oldest_at: oldest } = mails[name];
    const about = [
      late > 0 && t('mails.late.count', { count: number(late) }),
      oldest && t('mails.oldest', { time: ago(oldest), at: dateTime(oldest) })].filter(Boolean).join(' · ');
    const level = late ? 'bad' : open ? 'warn' : 'good';
    return { name, key, short, open, late, href, about, level };
  });

/** One number in a page's header; hidden while it is 0. */
export function showMailCount(place, one) {
  place.hidden = !one?.open;
  if (place.hidden) return;
  place.classList.toggle('late', one.late > 0);
  place.title = one.about;
  place.replaceChildren(one.late > 0 ? '⚠ ' : '', t(one.short), ' ', number(one.open),
    h('span', { class: 'hidden' }, ` ${one.about}`));
}

/** The numbers with what is to be known of them, as links to the mails. */
export const mailLines = (mails) => mailCounts(mails).map(({ name, key, open, late, href, about }) =>
  h('p', { class: `mail-count ${late ? 'late' : ''}`, 'data-mails': name },
    h('a', { href }, late ? '⚠ ' : '', t(key), ' ', number(open)), about && ` · ${about}`));
