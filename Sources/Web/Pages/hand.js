// Which of the calls is the large card: the one that was picked, the one talking, the one ringing, the one to finish.

/** The less, the sooner it is in hand. */
function rank({ pop, done }) {
  if (pop.phase === 'answered') return pop.held_since ? 1 : 0;
  const place = { dialing: 2, ringing: 3, transferred: 3, offered: 4 }[pop.phase];
  return place ?? (done ? 6 : 5);
}

/**
 * The call that is in hand.
 *
 * @param all calls, oldest first; `turn` of each grows with every beginning of talk.
 * @param hand the one that is in hand now, which stays among equals.
 * @param picked the one that the operator chose, which goes before all.
 */
export function inHand(all, hand, picked) {
  if (all.includes(picked)) return picked;
  const best = Math.min(...all.map(rank)), equals = all.filter((one) => rank(one) === best);
  // Who resumes a call, or answers another one, talks with that caller now.
  if (best === 0) return equals.reduce((last, one) => ((one.turn ?? 0) > (last.turn ?? 0) ? one : last));
  if (equals.includes(hand)) return hand;
  return (best >= 5 ? equals.at(-1) : equals[0]) ?? null;
}

let current = () => null;

/** Says which call is in hand, for what is written of its customer elsewhere on the desk. */
export const knowHand = (look) => { current = look; };

/** The pop in hand, if it is this customer's; null otherwise. */
export function callOf(customer) {
  const pop = current();
  return pop?.customer?.id === customer ? pop : null;
}

/** Whether a key or a click was a moment ago in a text of this call: it is not taken away from who types. */
export function isTypedIn(one, now, patience) {
  const field = document.activeElement;
  return one !== null && one.element.contains(field) && field.matches('textarea, input:not([type=radio])')
    && now - (one.typedAt ?? -Infinity) < patience;
}
