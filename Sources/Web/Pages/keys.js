// Keys. Single ones act where nobody is typing; those with Alt act everywhere.
import { byId, h } from './dom.js';
import { t } from './text.js';

/** Opens the record of who is calling: of the call in which somebody types, else of the first that has one. */
function openCaller() {
  const here = document.activeElement?.closest?.('[data-pop]')?.querySelector('[data-key=open]');
  const all = [...document.querySelectorAll('[data-pop] [data-key=open]')];
  (here ?? all.find((button) => button.offsetParent !== null))?.click();
}

/** @param list of [key as it is shown, what it does in words, what to do]; `?` shows the list. */
export function keys(list) {
  list = [...list, ['Alt+C', 'keys.record', openCaller]];
  const dialog = byId('dialog');
  const show = () => {
    dialog.replaceChildren(
      h('h2', {}, t('keys.title')),
      h('dl', { class: 'keys' }, list.map(([key, text]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, t(text))])),
      h('form', { method: 'dialog' }, h('button', { class: 'primary' }, t('close'))));
    dialog.showModal();
  };
  byId('help').addEventListener('click', show);
  addEventListener('keydown', (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || dialog.open) return;
    const typing = event.target.closest?.('input, textarea, select, [contenteditable]');
    if (typing && !event.altKey) {
      if (event.key === 'Escape') typing.blur();
      return;
    }
    // On a keyboard where Alt writes other letters, the key itself counts.
    const key = event.altKey ? event.code.replace(/^(Key|Digit)/, '') : event.key;
    const digit = /^[1-9]$/.test(key) ? Number(key) : null;
    for (const [name, , work] of list) {
      const wanted = name.replace('Alt+', '');
      if (name.startsWith('Alt+') !== event.altKey) continue;
      const isIt = wanted === '1–9' ? digit !== null : wanted.toLowerCase() === key.toLowerCase();
      if (!isIt) continue;
      event.preventDefault();
      return work ? work(digit) : show();
    }
  });
}
