// Creates elements; strings are inserted as text, never as HTML.

/** An element with attributes, handlers (`onclick`) and children; `null` and `false` are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value == null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className = value;
    else if (name === 'value') element.value = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(3).filter((child) => child != null && child !== false));
  return element;
}

/** A foreign text in isolation: right-to-left writing does not reverse its surroundings. */
export const said = (text, tag = 'span', attributes = {}) => h(tag, { dir: 'auto', ...attributes }, text ?? '');

/** Replaces the children unless they are equal, so that nothing flickers. */
export function put(element, ...children) {
  const made = h(element.tagName, {}, ...children);
  if (made.innerHTML !== element.innerHTML) element.replaceChildren(...made.childNodes);
}

export const byId = (id) => document.getElementById(id);

/** Keeps the height of an element as a property of styles: what is laid out beside it leaves that room. */
export const measure = (element, property) => new ResizeObserver(() => {
  document.documentElement.style.setProperty(property, `${element.offsetHeight}px`);
}).observe(element);

/**
 * Keeps the height of the header that stays in sight as `--header`: what is below begins there, however many lines it
 * has. `--header-gone` is what scrolls away on a narrow page: all above the numbers.
 */
export function measureHeader(header) {
  const numbers = [...header.querySelectorAll('.work-counts, .day')], isNarrow = matchMedia('(max-width: 60rem)');
  const observer = new ResizeObserver(() => {
    const isSticky = getComputedStyle(header).position === 'sticky', { style } = document.documentElement;
    const tops = numbers.filter((one) => one.offsetParent).map((one) => one.offsetTop);
    const gone = isSticky && isNarrow.matches && tops.length ? Math.max(0, Math.min(...tops) - 8) : 0;
    style.setProperty('--header-gone', `${gone}px`);
    style.setProperty('--header', `${isSticky ? header.offsetHeight - gone : 0}px`);
  });
  for (const one of [header, ...numbers]) observer.observe(one);
}

/**
 * Debounce: calls `work` after so many milliseconds without another call, and at the latest `latest` milliseconds after
 * the first one: calls that never stop do not put it off for ever.
 */
export function later(ms, work, latest = 3_000) {
  let timer, first;
  const run = (...values) => {
    const at = performance.now();
    if (timer === undefined) first = at;
    clearTimeout(timer);
    const wait = Math.max(0, Math.min(ms, first + Math.max(ms, latest) - at));
    timer = setTimeout(() => { timer = undefined; work(...values); }, wait);
  };
  run.cancel = () => { clearTimeout(timer); timer = undefined; };
  run.now = (...values) => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    work(...values);
  };
  return run;
}

/** Throttle: calls `work` so many milliseconds after the first call, and not again before the next one. */
export function spaced(ms, work) {
  let timer;
  return () => {
    timer ??= setTimeout(() => { timer = undefined; work(); }, ms);
  };
}

/** Says something to a screen reader, and in the line for it. */
export function announce(text) {
  const line = byId('say');
  line.textContent = '';
  requestAnimationFrame(() => { line.textContent = text; });
}
