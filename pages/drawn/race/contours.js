// A surface of side x side heights, from 0 to 1, from the top row by row: read, shaded, and cut at a level.

const HIGHEST = 0xffff, DIGITS = 4;

export function heightsOf({ heights }) {
  const found = new Float32Array(heights.length / DIGITS);
  for (let i = 0; i < found.length; i += 1) found[i] = Number.parseInt(heights.slice(DIGITS * i, DIGITS * (i + 1)), 16) / HIGHEST;
  return found;
}

// The height at (u, v), shares of the surface's width and height from the left and from the top, null outside.
export function heightAt(heights, side, u, v) {
  if (!(u >= 0 && u <= 1 && v >= 0 && v <= 1)) return null;
  const x = u * (side - 1), y = v * (side - 1), i = Math.min(Math.floor(x), side - 2), j = Math.min(Math.floor(y), side - 2);
  const at = (di, dj) => heights[(j + dj) * side + i + di], [p, q] = [x - i, y - j];
  return (at(0, 0) * (1 - p) + at(1, 0) * p) * (1 - q) + (at(0, 1) * (1 - p) + at(1, 1) * p) * q;
}

// The pieces of a contour, [[u, v], [u, v]] each.
export function contour(heights, side, level) {
  const pieces = [], n = side - 1;
  const cut = (i, j, k, l) => {
    const a = heights[j * side + i], b = heights[l * side + k];
    if (a < level === b < level) return null;
    const share = (level - a) / (b - a);
    return [(i + share * (k - i)) / n, (j + share * (l - j)) / n];
  };
  for (let j = 0; j < n; j += 1) {
    for (let i = 0; i < n; i += 1) {
      const [top, right, bottom, left] = [cut(i, j, i + 1, j), cut(i + 1, j, i + 1, j + 1), cut(i, j + 1, i + 1, j + 1), cut(i, j, i, j + 1)];
      const ends = [top, right, bottom, left].filter(Boolean);
      if (ends.length === 2) pieces.push(ends);
      else if (ends.length === 4) {
        const middle = (heights[j * side + i] + heights[j * side + i + 1] + heights[(j + 1) * side + i] + heights[(j + 1) * side + i + 1]) / 4;
        const joined = heights[j * side + i] < level === middle < level;
        pieces.push(...(joined ? [[top, right], [bottom, left]] : [[top, left], [bottom, right]]));
      }
    }
  }
  return pieces;
}

// Where the text of each contour stands: on its piece that is nearest to an upright line, and not on another one's.
export function labels(cuts, width, height, apart) {
  const placed = [];
  for (const { text, pieces } of cuts) {
    const spots = pieces.map(([a, b]) => [((a[0] + b[0]) / 2) * width, ((a[1] + b[1]) / 2) * height]);
    const free = spots.filter(([x, y]) => x > 24 && x < width - 24 && y > 12 && y < height - 12 && placed.every((other) => Math.hypot(x - other.x, y - other.y) > apart));
    const off = ([x, y]) => Math.abs(x - 0.86 * width) + 0.02 * y;
    const best = free.reduce((found, spot) => (found && off(found) <= off(spot) ? found : spot), null);
    if (best) placed.push({ text, x: best[0], y: best[1] });
  }
  return placed;
}

// The lower a place, the deeper its colour.
export function shade(canvas, heights, side, color) {
  Object.assign(canvas, { width: side, height: side });
  const pen = canvas.getContext("2d");
  pen.fillStyle = color;
  for (let i = 0; i < heights.length; i += 1) {
    pen.globalAlpha = 0.34 * (1 - heights[i]);
    pen.fillRect(i % side, Math.floor(i / side), 1, 1);
  }
}
