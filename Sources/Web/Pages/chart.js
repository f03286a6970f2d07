// A chart that can be read: axes with units, a legend, and the values of each time by pointer and by keys.
import { h } from './dom.js';
import { number, percent, t } from './text.js';

/** The picture's size, and the room for the axes. */
const size = { width: 960, height: 300, left: 56, right: 12, top: 26, bottom: 44 };
/** The room of a letter below the axis, so that no word stands in another. */
const letter = 14;

const svg = (tag, attributes, ...children) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [key, value] of Object.entries(attributes)) if (value != null) element.setAttribute(key, value);
  element.append(...children.filter((child) => child != null));
  return element;
};

/** A round step, so that at most five lines make up the axis. */
export function stepOf(most) {
  const raw = Math.max(1, most) / 5, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= raw);
  return Math.max(1, step);
}

/**
 * Bars of what was offered, with what was abandoned in them, and a line of the week before.
 *
 * @param points `{ label, offered, abandoned, before }` in the order of time; `before` is null where nothing is known.
 * @param unit what the words below the axis are: `report.axis.hour` and the like.
 */
export function barChart(points, { title, unit }) {
  const { width, height, left, right, top, bottom } = size;
  const hasBefore = points.some((point) => point.before != null);
  const most = Math.max(...points.flatMap((point) => [point.offered, point.before ?? 0]), 1);
  const step = stepOf(most), highest = Math.ceil(most / step) * step;
  const slot = (width - left - right) / points.length, foot = height - bottom;
  const y = (value) => foot - (value / highest) * (foot - top), x = (i) => left + slot * i;
  const lines = [];
  for (let value = 0; value <= highest; value += step) {
    lines.push(
      svg('line', { class: 'grid', x1: left, x2: width - right, y1: y(value), y2: y(value) }),
      svg('text', { class: 'tick', x: left - 8, y: y(value) + 5, 'text-anchor': 'end' }, number(value)));
  }
  const room = (Math.max(...points.map((point) => point.label.length)) + 1) * letter;
  const every = Math.ceil(room / slot);
  const words = points.map((point, i) => (i % every ? null : svg('text', {
    class: 'tick', x: x(i) + slot / 2, y: foot + 18, 'text-anchor': 'middle' }, point.label)));
  const bar = (name, i, value) => (value ? svg('rect', {
    class: name, x: x(i) + slot * 0.12, width: slot * 0.76, y: y(value), height: foot - y(value) }) : null);
  const line = hasBefore ? svg('polyline', {
    class: 'before', points: points.map((point, i) => (point.before == null
      ? ''
      : `${x(i) + slot / 2},${y(point.before)}`)).join(' ').trim() }) : null;
  const cursor = svg('rect', {
    class: 'cursor', x: left, y: top, width: slot, height: foot - top, visibility: 'hidden' });
  const picture = svg('svg', { class: 'bars chart', viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    ...lines,
    ...points.flatMap((point, i) => [bar('offered', i, point.offered), bar('lost', i, point.abandoned)]),
    line, ...words, cursor,
    svg('text', { class: 'unit', x: left, y: 14, 'text-anchor': 'start' }, t('report.axis.calls')),
    svg('text', { class: 'unit', x: width - right, y: height - 4, 'text-anchor': 'end' }, t(unit)));
  const { place, values } = explored({
    picture, title, count: points.length, slotAt: (inside) => Math.floor((inside - left) / slot), width,
    mark: (i) => { cursor.setAttribute('x', x(i)); cursor.setAttribute('visibility', 'visible'); },
    text: (i) => {
      const { name, label, offered, abandoned, before } = points[i];
      return t(before == null ? 'report.chart.value' : 'report.chart.compared', {
        time: name ?? label, offered: number(offered), abandoned: number(abandoned),
        before: before == null ? '' : number(before) });
    } });
  return h('figure', {},
    legend([['offered', 'figure.offered'], ['lost', 'figure.abandoned'],
      ...(hasBefore ? [['before', 'report.before']] : [])]),
    place, values, h('figcaption', { class: 'quiet' }, title));
}

const legend = (all) => h('ul', { class: 'legend' }, all.map(([name, key]) =>
  h('li', {}, h('span', { class: `swatch ${name}`, 'aria-hidden': 'true' }), t(key))));

/** A picture whose values are read by pointer and by keys, and the line that says them. */
function explored({ picture, title, count, slotAt, width, mark, text }) {
  const values = h('p', { class: 'chart-values', role: 'status' }, t('report.chart.keys'));
  let at = -1;
  const show = (i) => {
    if (i < 0 || i >= count || i === at) return;
    at = i;
    mark(i);
    values.textContent = text(i);
  };
  const place = h('div', {
    class: 'chart-place', tabindex: 0, role: 'group', 'aria-label': title, onkeydown: (event) => {
      const to = { ArrowRight: at + 1, ArrowLeft: Math.max(0, at - 1), Home: 0, End: count - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      show(Math.min(to, count - 1));
    }, onpointermove: (event) => {
      const box = picture.getBoundingClientRect();
      show(slotAt(((event.clientX - box.left) / box.width) * width));
    } }, picture);
  return { place, values };
}

/** The shares that the axis names. */
const shares = [0, 0.25, 0.5, 0.75, 1];
const lineSize = { width: 960, height: 240, left: 64, right: 12, top: 26, bottom: 44 };

/**
 * A share over the day, as a line that is broken where nothing is known, with the line of what is aimed at.
 *
 * @param points `{ label, value, isHour }` in the order of time; `value` is 0 to 1, or null.
 * @param target 0 to 1.
 */
export function shareChart(points, { title, target, unit }) {
  const { width, height, left, right, top, bottom } = lineSize;
  const slot = (width - left - right) / Math.max(points.length, 1), foot = height - bottom;
  const y = (value) => foot - value * (foot - top), x = (i) => left + slot * i;
  const lines = shares.flatMap((value) => [
    svg('line', { class: 'grid', x1: left, x2: width - right, y1: y(value), y2: y(value) }),
    svg('text', { class: 'tick', x: left - 8, y: y(value) + 5, 'text-anchor': 'end' }, percent(value))]);
  // Full hours are named, as many as have room.
  const hours = points.map((point, i) => ({ ...point, i })).filter((point) => point.isHour);
  const room = Math.ceil((6 * letter) / Math.max(1, slot * (points.length / Math.max(1, hours.length))));
  const words = hours.filter((_, n) => n % room === 0).map(({ label, i }) => svg('text', {
    class: 'tick', x: x(i), y: foot + 18, 'text-anchor': 'middle' }, label));
  const ticks = hours.map(({ i }) => svg('line', { class: 'grid', x1: x(i), x2: x(i), y1: foot, y2: foot + 5 }));
  // A single interval is a short line, and no point that nobody sees.
  const d = points.map(({ value }, i) => (value == null ? ''
    : `${i && points[i - 1].value != null ? 'L' : 'M'}${x(i)} ${y(value)}h${slot * 0.9}`)).join('');
  const cursor = svg('rect', {
    class: 'cursor', x: left, y: top, width: slot, height: foot - top, visibility: 'hidden' });
  const picture = svg('svg', { class: 'bars chart shares', viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    ...lines, ...ticks,
    svg('path', { class: 'target', d: `M${left} ${y(target)}H${width - right}` }),
    d ? svg('path', { class: 'share', d }) : null, ...words, cursor,
    svg('text', { class: 'unit', x: left, y: 14, 'text-anchor': 'start' }, t(unit)),
    svg('text', { class: 'unit', x: width - right, y: height - 4, 'text-anchor': 'end' }, t('report.axis.hour')));
  const { place, values } = explored({
    picture, title, count: points.length, slotAt: (inside) => Math.floor((inside - left) / slot), width,
    mark: (i) => { cursor.setAttribute('x', x(i)); cursor.setAttribute('visibility', 'visible'); },
    text: (i) => t('wall.curve.value', {
      time: points[i].label, value: percent(points[i].value), target: percent(target) }) });
  return h('figure', {}, legend([['offered', 'figure.service'], ['before', 'wall.curve.target']]),
    place, values, h('figcaption', { class: 'quiet' }, title));
}

/** Shades of the heat map: few enough to be told apart. */
const shades = 5;

/**
 * Calls by weekday and hour as a table in shades, each with its number.
 *
 * @param cells `{ weekday, hour, offered, days }`: weekday 0 is Monday, and `offered` a sum over so many days.
 * @param weekdays their names, Monday first.
 */
export function heatMap(cells, weekdays) {
  const mean = (cell) => (cell?.days ? cell.offered / cell.days : null);
  const find = (weekday, hour) => cells.find((cell) => cell.weekday === weekday && cell.hour === hour);
  const most = Math.max(...cells.map((cell) => mean(cell) ?? 0), 0);
  const busy = cells.filter((cell) => cell.offered > 0).map((cell) => cell.hour);
  if (busy.length === 0) return null;
  const first = Math.min(...busy), last = Math.max(...busy);
  const hours = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const shade = (value) => (value ? Math.max(1, Math.ceil((value / most) * shades)) : 0);
  const shown = (value) => (value == null ? '' : number(Math.round(value * 10) / 10));
  return h('figure', {},
    h('h3', {}, t('report.heat')),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('report.heat') },
      h('table', { class: 'heat' },
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('report.heat.day')),
          hours.map((hour) => h('th', { scope: 'col', class: 'number' }, t('report.heat.hour', { hour }))))),
        h('tbody', {}, weekdays.map((name, weekday) => h('tr', {}, h('th', { scope: 'row' }, name),
          hours.map((hour) => {
            const value = mean(find(weekday, hour));
            return h('td', { class: `number heat-${shade(value)}` }, shown(value));
          })))))),
    h('figcaption', { class: 'quiet' }, t('report.heat.text')));
}
