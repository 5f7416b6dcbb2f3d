// Lines and points of a plane in its own numbers. A line {w: [w1, w2], c, per} is where w1 x + w2 y + c = 0; an axis {low,
// high, per} has the multiples of 1 / per for its grid. Nothing is drawn here.

const TINY = 1e-9; // as in lessons/drawing/plane.py
const STEPS = 10; // as many steps of the grid a line's w is long before it is moved, so that it turns finely enough
const SHORTEST = 0.12; // of a line within the plane, in widths of it

export const onGrid = (value, per) => Math.round(value * per) / per + 0;

export function snap(value, { low, high, per }) {
  const first = Math.ceil(low * per - 1e-9), last = Math.floor(high * per + 1e-9);
  return Math.min(Math.max(Math.round(value * per), first), last) / per + 0;
}

const valueAt = ({ w, c }, [x, y]) => w[0] * x + w[1] * y + c;

// The sign of w1 x + w2 y + c; what differs from 0 only by rounding is 0.
export function sideOf({ w, c }, [x, y]) {
  const terms = [w[0] * x, w[1] * y, c], total = terms[0] + terms[1] + terms[2];
  return Math.abs(total) <= TINY * terms.reduce((sum, each) => sum + Math.abs(each), 0) ? 0 : Math.sign(total);
}

// Whether a point of class `sign` lies in the region of its class, null where there is no region.
export function isRight({ lines, inside, zero }, point, sign) {
  if (!inside || !lines.length) return null;
  const sides = lines.map((line) => sideOf(line, point) || zero);
  if (sides.includes(0)) return false;
  return (inside[Number.parseInt(sides.map((side) => (side > 0 ? "1" : "0")).join(""), 2)] === "1") === (sign > 0);
}

const cornersOf = ({ x, y }) => [[x.low, y.low], [x.high, y.low], [x.high, y.high], [x.low, y.high]];

const crossing = (a, b, va, vb) => [0, 1].map((k) => a[k] + ((b[k] - a[k]) * va) / (va - vb));

// The part of a polygon where a line is positive or 0.
function clip(polygon, line) {
  const kept = [];
  polygon.forEach((a, i) => {
    const b = polygon[(i + 1) % polygon.length], va = valueAt(line, a), vb = valueAt(line, b);
    if (va >= 0) kept.push(a);
    if (va * vb < 0) kept.push(crossing(a, b, va, vb));
  });
  return kept;
}

const area = (polygon) => Math.abs(polygon.reduce((sum, [x, y], i) => {
  const [u, v] = polygon[(i + 1) % polygon.length];
  return sum + (x * v - u * y) / 2;
}, 0));

const opposite = ({ w, c }) => ({ w: [-w[0], -w[1]], c: -c });

// The polygons of the positive region within the box: `inside` as in the data, a digit for each combination of sides.
export function regions(box, lines, inside) {
  const least = 1e-9 * area(cornersOf(box)), found = [];
  [...inside].forEach((digit, i) => {
    if (digit !== "1") return;
    const polygon = lines.reduce((rest, line, k) => {
      const positive = (i >> (lines.length - 1 - k)) & 1;
      return clip(rest, positive ? line : opposite(line));
    }, cornersOf(box));
    if (polygon.length > 2 && area(polygon) > least) found.push(polygon);
  });
  return found;
}

// The ends of a line within the box, so that its positive side is on the left from the first to the second; null where
// nothing of it is there.
export function segment(box, line) {
  const corners = cornersOf(box), ends = [];
  corners.forEach((a, i) => {
    const b = corners[(i + 1) % 4], va = valueAt(line, a), vb = valueAt(line, b);
    if (va === 0) ends.push(a);
    if (va * vb < 0) ends.push(crossing(a, b, va, vb));
  });
  if (ends.length < 2 || (line.w[0] === 0 && line.w[1] === 0)) return null;
  const [a, b] = [ends[0], ends[ends.length - 1]];
  return line.w[0] * (a[1] - b[1]) + line.w[1] * (b[0] - a[0]) > 0 ? [a, b] : [b, a];
}

export function handles(box, line) {
  const ends = segment(box, line);
  if (!ends) return null;
  return [0.2, 0.8].map((t) => [0, 1].map((k) => ends[0][k] + t * (ends[1][k] - ends[0][k])));
}

// Whether enough of a line is within the box to take hold of it again.
export function isWithin(box, line) {
  const ends = segment(box, line);
  if (!ends) return false;
  const [u, v] = [box.x, box.y].map(({ low, high }, k) => (ends[1][k] - ends[0][k]) / (high - low));
  return Math.hypot(u, v) >= SHORTEST;
}

// How much longer w has to be: by a whole number, so that what is on the grid stays on it.
const factor = ({ w, per }) => Math.max(1, Math.ceil(STEPS / per / Math.hypot(...w) - 1e-9));

// A line moved along by (dx, dy), on its grid.
export function shifted(line, dx, dy) {
  const k = factor(line), w = line.w.map((each) => onGrid(k * each, line.per));
  return { ...line, w, c: onGrid(k * line.c - w[0] * dx - w[1] * dy, line.per) };
}

// A line through `fixed` and its other handle, number `which`, which has come to `at`: on its grid, w as long as it was.
export function turned(line, which, at, fixed) {
  const [a, b] = which === 0 ? [at, fixed] : [fixed, at], far = Math.hypot(b[0] - a[0], b[1] - a[1]);
  if (!far) return line;
  const long = (factor(line) * Math.hypot(...line.w)) / far;
  const w = [-(b[1] - a[1]) * long, (b[0] - a[0]) * long].map((each) => onGrid(each, line.per));
  if (!w[0] && !w[1]) return line;
  return { ...line, w, c: onGrid(-w[0] * fixed[0] - w[1] * fixed[1], line.per) };
}

const same = (one, other) => one.c === other.c && one.w[0] === other.w[0] && one.w[1] === other.w[1];

// What an arrow key does to a line (which: null) or to a handle of it: the least that is a change.
export function stepped(box, line, which, [dx, dy]) {
  const ends = handles(box, line);
  for (let k = 1; k <= 60; k += 1) {
    const [u, v] = [(k * dx) / box.x.per, (k * dy) / box.y.per];
    const next = which === null ? shifted(line, u, v)
      : turned(line, which, [ends[which][0] + u, ends[which][1] + v], ends[1 - which]);
    if (!same(next, line)) return isWithin(box, next) ? next : line;
  }
  return line;
}

// The cells of a raster that are positive, as [row, from, to] in cells.
export function runs({ cells, rows }) {
  const bits = [...rows].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, "0")).join(""), found = [];
  for (let row = 0; row < cells; row += 1) {
    for (const part of bits.slice(row * cells, (row + 1) * cells).matchAll(/1+/g)) {
      found.push([row, part.index, part.index + part[0].length]);
    }
  }
  return found;
}
