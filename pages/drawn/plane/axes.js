// A frame with two axes: where numbers stand in it, in pixels, with grid lines, ticks and names.

import { put, say } from "../js/dom.js";
import { add, writeName } from "../js/svg.js";

const TEXT = 13, NAME = 17, RIGHT = 18, TOP = 26, BOTTOM = 46;

// The frame of axes {x, y} (y null: of a line of numbers) in a page's width: at most `most` wide, `tall` times as high.
export function frameOf({ x, y }, width, { most, tall }, widthOf) {
  const left = y ? 12 + Math.max(14, ...y.ticks.map(([, text]) => widthOf(text, TEXT))) : RIGHT;
  const w = Math.max(80, Math.min(width - left - RIGHT, most)), h = y ? w * tall : 76, top = y ? TOP : 12;
  return { x, y: y || { low: -1, high: 1, per: 1, ticks: [] }, flat: !y, left, top, w, h, width: left + w + RIGHT, height: top + h + BOTTOM };
}

export const toPixel = ({ x, y, left, top, w, h }, [u, v]) => [
  left + ((u - x.low) / (x.high - x.low)) * w, top + ((y.high - v) / (y.high - y.low)) * h,
];

export const toNumbers = ({ x, y, left, top, w, h }, [px, py]) => [
  x.low + ((px - left) / w) * (x.high - x.low), y.high - ((py - top) / h) * (y.high - y.low),
];

export const pathOf = (points, closed = "") => `M${points.map((p) => p.map((each) => each.toFixed(2)).join(" ")).join("L")}${closed}`;

// Ticks that would run into each other are left out, every second and so on.
function sparse(ticks, room, widthOf) {
  const widest = Math.max(0, ...ticks.map(([, text]) => widthOf(text, TEXT))) + 8;
  const every = Math.ceil((widest * ticks.length) / room) || 1, zero = Math.max(0, ticks.findIndex(([at]) => at === 0));
  return ticks.filter((_tick, i) => (i - zero) % every === 0);
}

const rule = (layer, a, b, zero) => add(layer, "path", { class: zero ? "zero" : "grid", d: pathOf([a, b]) });

// Made anew only where something of it has changed.
export function drawAxes(layer, frame, names, widthOf) {
  const key = JSON.stringify([frame, names]), { x, y, left, top, w, h, flat } = frame;
  if (layer.key === key) return;
  layer.key = key;
  layer.replaceChildren();
  const across = x.ticks.map(([at]) => [toPixel(frame, [at, y.low]), toPixel(frame, [at, y.high]), at === 0]);
  const up = (flat ? [[0, ""]] : y.ticks).map(([at]) => [toPixel(frame, [x.low, at]), toPixel(frame, [x.high, at]), at === 0]);
  [...across, ...up].sort((a, b) => a[2] - b[2]).forEach(([a, b, zero]) => rule(layer, a, b, zero));
  add(layer, "rect", { class: "rim", x: left, y: top, width: w, height: h });
  const tick = (text, px, py, anchor) => say(add(layer, "text", { class: "tick", x: px, y: py, "text-anchor": anchor, "font-size": TEXT }), text);
  for (const [at, text] of sparse(x.ticks, w, widthOf)) tick(text, toPixel(frame, [at, 0])[0], top + h + 17, "middle");
  for (const [at, text] of y.ticks) tick(text, left - 6, toPixel(frame, [0, at])[1] + 4.5, "end");
  const title = (name, px, py) => writeName(
    put(add(layer, "text"), { class: "name" }), name, { size: NAME, bare: false, x: px, y: py, anchor: "middle" }, widthOf,
  );
  title(names.x, left + w - 4, top + h + 40);
  if (names.y) title(names.y, left + 2, top - 9);
}
