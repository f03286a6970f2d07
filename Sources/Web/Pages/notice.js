// A sound and a desktop notification for a new call.
import { byId } from './dom.js';
import { vipName } from './people.js';
import { callerName } from './text.js';

let audio;
/** Browsers play no sound before the first click or key. */
const wake = () => {
  audio ??= new AudioContext();
  if (audio.state === 'suspended') audio.resume();
};
addEventListener('pointerdown', wake);
addEventListener('keydown', wake);

/** One soft tone; for a VIP three that rise, so that the ear knows as well as the eye. */
function sound(isVIP) {
  document.documentElement.dataset.lastSound = isVIP ? 'vip' : 'call';
  if (!audio || audio.state !== 'running') return;
  for (const [i, pitch] of (isVIP ? [660, 830, 990] : [520]).entries()) {
    const tone = audio.createOscillator(), gain = audio.createGain(), at = audio.currentTime + i * 0.16;
    tone.frequency.value = pitch;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.12, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.3);
    tone.connect(gain).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.32);
  }
}

/** Says that a call has come: by sound, and on the desktop where the page is not seen. */
export function ring(pop) {
  sound(pop.vip);
  const who = callerName(pop);
  desktop(pop.vip ? `★ ${vipName(pop.customer?.tier)}: ${who}` : who, {
    body: pop.brief.join('\n'), tag: pop.pop, requireInteraction: pop.vip });
}

/** A notification on the desktop, where the page is not seen and the browser may show one. */
function desktop(text, more) {
  if (!document.hidden || !('Notification' in window) || Notification.permission !== 'granted') return;
  const note = new Notification(text, more);
  note.addEventListener('click', () => { window.focus(); note.close(); });
}

/** Where the page is not seen, a line of it is said on the desktop, and stands in the title until it is seen. */
export function notify(text, more) {
  if (!document.hidden) return;
  desktop(text, more);
  unseen = text;
  showTitle();
}

let ringing = null, unseen = null;

/** The title of the page: who rings, else what was said while the page was not seen. */
export function showTitle(who = ringing) {
  ringing = who;
  const first = ringing ? `☎ ${ringing}` : unseen && `⏰ ${unseen}`;
  document.title = [first, 'screenpop'].filter(Boolean).join(' — ');
}
document.addEventListener('visibilitychange', () => {
  if (document.hidden || !unseen) return;
  unseen = null;
  showTitle();
});

/** A button that asks the browser for permission, while it has not been asked. */
export function setUpBell(t) {
  const bell = byId('bell');
  if (!bell || !('Notification' in window)) return;
  const draw = () => {
    bell.hidden = Notification.permission !== 'default';
    bell.textContent = t('notify.allow');
  };
  bell.addEventListener('click', async () => { await Notification.requestPermission(); draw(); });
  draw();
}
