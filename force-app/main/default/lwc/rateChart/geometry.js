/**
 * @typedef {object} Range what the height of the chart stands for
 * @property {number} from
 * @property {number} to
 */

/**
 * Round tens around everything that is drawn, so that a line near its target can be told from it.
 * @param {readonly number[]} rates
 * @param {number} target
 * @param {boolean} startsAtZero
 * @returns {Range}
 */
export function rangeOf(rates, target, startsAtZero) {
  const all = [...rates, target];
  const tens = (/** @type {number} */ rate) => Math.round(rate * 1000) / 100;
  if (startsAtZero) {
    return { from: 0, to: Math.max(0.1, Math.ceil(tens(Math.max(...all))) / 10) };
  }
  const from = Math.floor(tens(Math.min(...all)));
  return { from: Math.max(0, from === 10 ? 9 : from - 1) / 10, to: 1 };
}

/**
 * @param {number} rate
 * @param {Range} range
 * @returns {number} 0 at the bottom to 100 at the top
 */
export function share(rate, { from, to }) {
  return Math.min(100, Math.max(0, ((rate - from) / (to - from)) * 100));
}

/**
 * The points of each line: days without a rate are gaps. A day alone is a line without length, which is drawn as a dot.
 * @param {readonly { day: string, rate: number | null }[]} points
 * @param {Range} range
 * @returns {{ key: string, points: string }[]} in a square of 100 by 100, y downwards
 */
export function drawLines(points, range) {
  const last = Math.max(1, points.length - 1);
  /** @type {{ key: string, places: string[] }[]} */
  const lines = [];
  let isOpen = false;
  points.forEach(({ day, rate }, index) => {
    if (rate === null) {
      isOpen = false;
      return;
    }
    if (!isOpen) {
      lines.push({ key: day, places: [] });
      isOpen = true;
    }
    const place = `${round((index / last) * 100)},${round(100 - share(rate, range))}`;
    lines.at(-1).places.push(place);
  });
  return lines.map(({ key, places }) => ({
    key,
    points: (places.length === 1 ? [...places, ...places] : places).join(' '),
  }));
}

function round(value) {
  return Math.round(value * 100) / 100;
}
