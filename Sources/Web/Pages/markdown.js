// Markdown as elements: headings, lists, quotes, code, emphasis and links. Whatever else stands in it is text; HTML is
// shown as it was typed.
import { h } from './dom.js';

/** A link leaves for a web or mail address, and for nothing else. */
const target = (text) => {
  try {
    const url = new URL(text);
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null;
  } catch { return null; }
};

const marks = /(`[^`\n]+`)|\*\*([^*\n]+)\*\*|\*([^*\s][^*\n]*)\*|\[([^\]\n]+)\]\(([^()\s]+)\)/;

/** A line with what is emphasised in it. */
function inline(text) {
  const made = [];
  let rest = text;
  for (let found = marks.exec(rest); found; found = marks.exec(rest)) {
    const [whole, code, strong, weak, label, address] = found;
    if (found.index) made.push(rest.slice(0, found.index));
    if (code) made.push(h('code', {}, code.slice(1, -1)));
    else if (strong) made.push(h('strong', {}, inline(strong)));
    else if (weak) made.push(h('em', {}, inline(weak)));
    else {
      const href = target(address);
      made.push(href ? h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, label) : whole);
    }
    rest = rest.slice(found.index + whole.length);
  }
  if (rest) made.push(rest);
  return made;
}

/** Lines with breaks between them. */
const broken = (lines) => lines.flatMap((line, i) => (i ? [h('br'), ...inline(line)] : inline(line)));

const kinds = [
  ['heading', /^#{1,6}\s+(.*)$/], ['bullet', /^\s*[-*+]\s+(.*)$/], ['number', /^\s*\d{1,4}[.)]\s+(.*)$/],
  ['quote', /^>\s?(.*)$/],
];

const kindOf = (line) => {
  for (const [kind, pattern] of kinds) {
    const found = pattern.exec(line);
    if (found) return [kind, found[1]];
  }
  return [line.trim() ? 'text' : 'empty', line];
};

/** A text as elements. */
export function markdown(text) {
  const root = h('div', { class: 'markdown', dir: 'auto' }), lines = text.split('\n');
  for (let i = 0; i < lines.length;) {
    if (/^\s*```/.test(lines[i])) {
      const end = lines.findIndex((line, n) => n > i && /^\s*```\s*$/.test(line));
      const last = end < 0 ? lines.length : end;
      root.append(h('pre', {}, h('code', {}, lines.slice(i + 1, last).join('\n'))));
      i = last + 1;
      continue;
    }
    const [kind] = kindOf(lines[i]), part = [];
    for (; i < lines.length && kindOf(lines[i])[0] === kind && !/^\s*```/.test(lines[i]); i += 1) {
      part.push(kindOf(lines[i])[1]);
    }
    if (kind === 'heading') for (const line of part) root.append(h('p', {}, h('strong', {}, inline(line))));
    else if (kind === 'bullet') root.append(h('ul', {}, part.map((line) => h('li', {}, inline(line)))));
    else if (kind === 'number') root.append(h('ol', {}, part.map((line) => h('li', {}, inline(line)))));
    else if (kind === 'quote') root.append(h('blockquote', {}, h('p', {}, broken(part))));
    else if (kind === 'text') root.append(h('p', {}, broken(part)));
  }
  return root;
}
