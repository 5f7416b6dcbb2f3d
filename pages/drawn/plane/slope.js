// What a graph's points say: where they may stand, tangent and secant as lines, rise over run. Nothing is drawn here.

export const xAt = ({ first, x }, i) => (first + i) / x.per + 0;

// The place nearest to x where the graph has a point (any place, for a mark).
export function nearest(plot, x, free = false) {
  const { y } = plot.graphs[plot.on], wanted = Math.round(x * plot.x.per) - plot.first;
  const from = Math.min(Math.max(wanted, 0), y.length - 1);
  for (let k = 0; k < y.length; k += 1) {
    for (const i of [from + k, from - k]) if (i >= 0 && i < y.length && (free || y[i] !== null)) return i;
  }
  return from;
}

// The next place in a direction where the graph has a point; where there is none, the place itself.
export function next(plot, i, by, free = false) {
  const { y } = plot.graphs[plot.on];
  for (let k = i + by; k >= 0 && k < y.length; k += by) if (free || y[k] !== null) return k;
  return i;
}

// {tangent, secant}: their slopes; null where there is none. Where the points have met, the secant's is the tangent's.
export function slopesOf(plot, i, j) {
  const { y, slope } = plot.graphs[plot.on], tangent = i === null ? null : slope[i];
  if (i === null || j === null) return { tangent, secant: null };
  return { tangent, secant: i === j ? tangent : (y[j] - y[i]) / ((j - i) / plot.x.per) };
}

// The line {w, c} of this slope through a point.
export const through = ([x, y], slope) => ({ w: [slope, -1], c: y - slope * x });

// Rise over run as three points and the two lengths: between both points, or along the tangent over one step of the ticks.
export function triangle(plot, i, j) {
  const { y, slope } = plot.graphs[plot.on], [u, v] = [xAt(plot, i), y[i]];
  if (j !== null && j !== i) {
    return { corners: [[u, v], [xAt(plot, j), v], [xAt(plot, j), y[j]]], run: (j - i) / plot.x.per, rise: y[j] - v };
  }
  if (slope[i] === null || plot.x.ticks.length < 2) return null;
  const tick = plot.x.ticks[1][0] - plot.x.ticks[0][0], run = u + tick <= plot.x.high ? tick : -tick;
  return { corners: [[u, v], [u + run, v], [u + run, v + slope[i] * run]], run, rise: slope[i] * run };
}

// The pieces of a graph without gaps, as points.
export function pieces(plot, { y }) {
  const found = [[]];
  y.forEach((value, i) => {
    if (value === null) found.push([]);
    else found[found.length - 1].push([xAt(plot, i), value]);
  });
  return found.filter((piece) => piece.length);
}
