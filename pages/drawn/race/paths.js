// Paths: where a racer is after so many updates, also between two of them.

// "SGD: 0.1809", as the language has it.
export const both = ({ of }, name, what) => of.replace("{name}", name).replace("{what}", what);

export const lengthOf = ({ losses }) => losses.length - 1;

export const placeOf = ({ places }, k) => [places[2 * k], places[2 * k + 1]];

export const isOut = ({ x, y }, [u, v]) => u < x.low || u > x.high || v < y.low || v > y.high;

// Where it is, a share of a step on; null for one that does not run.
export function placeAt(racer, at) {
  const last = lengthOf(racer);
  if (last < 0) return null;
  const k = Math.min(Math.floor(at), last), here = placeOf(racer, k), share = k < last ? at - k : 0;
  if (!share) return here;
  const there = placeOf(racer, k + 1);
  return here.map((each, i) => each + share * (there[i] - each));
}

// Its way until then, as places.
export function wayTo(racer, at) {
  const last = lengthOf(racer), k = Math.min(Math.floor(at), last), way = [];
  for (let i = 0; i <= k; i += 1) way.push(placeOf(racer, i));
  if (k >= 0 && k < last && at > k) way.push(placeAt(racer, at));
  return way;
}

// What there is to say of it at update k: its loss, or that it has diverged, or left the picture.
export function stateOf(race, racer, k) {
  const last = lengthOf(racer);
  if (last < 0) return { runs: false };
  return { runs: true, loss: racer.losses[Math.min(k, last)], lost: racer.lost && k > last ? last + 1 : 0, out: isOut(race, placeOf(racer, Math.min(k, last))) };
}

// The place after an update, of those a racer comes to, that is nearest to a pixel: [k, distance].
export function nearest(racer, toPixel, [px, py]) {
  let best = [0, Infinity];
  for (let k = 0; k <= lengthOf(racer); k += 1) {
    const [x, y] = toPixel(placeOf(racer, k)), away = Math.hypot(x - px, y - py);
    if (away < best[1]) best = [k, away];
  }
  return best;
}
