// Who is who: operators are shown by their names, and tiers as the configuration has them.
import { t, word } from './text.js';

let names = {}, tiers = {}, own = null;

/** Takes what the session knows: operators' names by id, and the tiers. */
export function learnPeople(session) {
  names = session.operator_names ?? {};
  tiers = session.tiers ?? {};
  own = session.operator ?? null;
}

/** An operator's name with the number, which tells two of one name apart; the number alone where no name is known. */
export const person = (id) => (id && names[id] ? `${names[id]} (${id})` : id ?? '');

/** Whether an operator is the one who is signed in. */
export const isOwn = (id) => id != null && id === own;

/** The operators whose names are known, as pairs of number and name. */
export const operators = () => Object.entries(names);

/** Whether customers of a tier are VIPs by the configuration. */
export const isVIP = (tier) => tiers[tier]?.vip === true;

/** What a VIP's sign says: a tier of the centre's own has its own name. */
export const vipName = (tier) => (!tier || tier === 'vip' ? t('vip') : word('tier', tier));

/** A tier in a line; the star of a VIP is no colour alone. */
export const tierMark = (tier) => (tier ? `${isVIP(tier) ? '★ ' : ''}${word('tier', tier)}` : '');
