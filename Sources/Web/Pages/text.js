// The words of the interface, in the language of the reader; numbers by its customs.
let words = {};
let chosen = 'ja';
/** By group and code. */
const centreWords = new Map();

const kept = () => {
  try { return localStorage.getItem('language'); } catch { return null; }
};

/** Loads the words: of the language that was chosen, else of the browser's first that there is. */
export async function loadText() {
  const wished = [kept(), ...navigator.languages].filter(Boolean).map((name) => name.slice(0, 2));
  chosen = wished.find((name) => name === 'ja' || name === 'en') ?? 'ja';
  words = await (await fetch(`/pages/${chosen}.json`)).json();
  document.documentElement.lang = chosen;
}

export const language = () => chosen;
export const otherLanguage = () => (chosen === 'ja' ? 'en' : 'ja');

export function chooseLanguage(name) {
  localStorage.setItem('language', name);
  location.reload();
}

/** The words of a key, with {names} filled in. */
export function t(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The words of a code: those of the centre, those that we know, or the code itself. */
export const word = (group, code) => centreWords.get(`${group}.${code}`) ?? words[`${group}.${code}`] ?? code ?? '';

/** Takes the centre's own words of codes: `{ code: { ja, en } }`. */
export function learn(group, labels) {
  for (const [code, label] of Object.entries(labels ?? {}))
    if (label[chosen]) centreWords.set(`${group}.${code}`, label[chosen]);
}

/** What whoever calls is named by: the name, else the number, else that there is none. */
export const callerName = ({ customer, from }) => customer?.name ?? (from.display || t(`from.${from.kind}`));

/** Fills every element that names its words. */
export function fill(root) {
  for (const one of root.querySelectorAll('[data-text]')) one.textContent = t(one.dataset.text);
  for (const one of root.querySelectorAll('[data-label]')) one.setAttribute('aria-label', t(one.dataset.label));
  for (const one of root.querySelectorAll('[data-placeholder]')) one.placeholder = t(one.dataset.placeholder);
}

/** 0:07, 12:30, 1:02:03. */
export function clock(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, '0');
  const h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

export const number = (value) => new Intl.NumberFormat(chosen).format(value);
/** An amount with its currency, by the reader's customs. No decimal that was typed is rounded away. */
export function money(amount, currency) {
  if (amount == null || amount === '') return '';
  const digits = String(amount).split('.')[1]?.length ?? 0;
  if (!currency) return String(amount);
  const format = new Intl.NumberFormat(chosen, { style: 'currency', currency, minimumFractionDigits: digits });
  // A text keeps all digits of a number that is longer than a double.
  return format.format(String(amount));
}

export const percent = (value) => (value == null
  ? '–'
  : new Intl.NumberFormat(chosen, { style: 'percent', maximumFractionDigits: 1 }).format(value));
