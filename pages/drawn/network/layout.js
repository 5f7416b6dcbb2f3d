// Where the elements of a network stand, in pixels: it follows from the structure and the width alone, so that a new
// value only fills its place. No element is made here; widthOf(text, size, ...) measures texts.

import { typeset, wrap } from "../js/text.js";
import { lay } from "./graph.js";

export const RING = 5;
export const DOT = 26;
export const ALL_LABELS = 24;
const MARGIN = 10;
const WIDEST_GAP = 190;
const BELOW = RING + 6;
export const BOTTOM = RING + 4;

// How a neuron is written, from roomy to dense; the first that fits is taken. rows: name and value in a `line`, the
// name over the value (`stack`), or a `dot`, values under lit neurons only; bare: names without their layer, which the
// title of the column says. Then, in pixels: size of values, of names, of edge values and titles (small); height of a row and of a bias; padding of a card; least gap
// between columns, and between cards; gap in label widths where all edges have labels; greatest height.
export const DENSITIES = [
  ["line", false, 16, 18, 13, 28, 28, 15, 7, 110, 24, 2.0, 560],
  ["line", false, 14, 16, 12, 24, 25, 11, 4, 84, 14, 2.0, 560],
  ["stack", false, 15, 16, 12, 44, 21, 9, 6, 70, 18, 1.6, 560],
  ["stack", false, 13, 15, 12, 41, 19, 6, 5, 54, 16, 1.3, 560],
  ["line", true, 13, 14, 12, 19, 18, 8, 4, 58, 12, 1.2, 640],
  ["line", true, 12, 13, 11, 17, 17, 6, 3, 44, 10, 1.0, 640],
  ["stack", false, 12, 14, 11, 38, 18, 5, 4, 36, 16, 0, 700],
  ["stack", true, 12, 13, 11, 34, 18, 4, 3, 32, 16, 0, 700],
  ["stack", true, 11, 12, 11, 31, 17, 3, 2, 10, 12, 0, 700],
  ["stack", true, 11, 12, 11, 30, 17, 3, 2, 10, 6, 0, 700],
  ["dot", true, 11, 11, 11, 0, 9, 0, 0, 0, 4, 0, Infinity],
].map(([rows, bare, value, name, small, line, bias, padX, padY, gapX, gapY, air, tall]) => (
  { rows, bare, value, name, small, line, bias, padX, padY, gapX, gapY, air, tall }
));

// The columns of a picture: its layers, and the loss with the targets below it in one of its own.
export function columnsOf({ layers, loss, targets }) {
  return loss ? [...layers, { title: loss.title || "", nodes: [loss, ...targets], loss: true }] : layers;
}

// ---- the room that is kept for numbers -----------------------------------------------------------------------------

const decimalsOf = (value) => (/\.(\d+)/.exec(value) || ["", ""])[1].length;

// How many characters numbers get: a sign, one digit and the decimals, so that a number coming up moves nothing; weights
// and biases as many as the longest of them. A much longer number widens all for good. `before` is what this returned for
// the picture before, or {}.
export function reserve(before, { edges, decimals, ...picture }) {
  const nodes = columnsOf(picture).flatMap((column) => column.nodes);
  const weights = [...edges, ...nodes.flatMap((node) => node.bias || [])].map((one) => one.value);
  const values = [...weights, ...nodes.flatMap((node) => node.rows.map((row) => row.value))];
  const seen = Math.max(before.seen || 4, ...values.map(decimalsOf));
  const usual = (decimals === undefined ? seen : decimals) + 3;
  const kept = before.usual === usual ? before.characters : usual;
  const longest = Math.max(...values.map((value) => value.length));
  return {
    seen, usual, characters: longest > kept + 1 ? Math.min(longest, 14) : kept,
    weights: picture.graph ? usual : Math.min(usual, Math.max(before.weights || 4, ...weights.map((value) => value.length))),
  };
}

// ---- columns, cards and biases -------------------------------------------------------------------------------------

function measureColumn(column, d, numberOf, widthOf) {
  const names = column.nodes.flatMap((node) => node.rows.map((row) => row.name));
  const rows = Math.max(...column.nodes.map((node) => node.rows.length));
  const name = Math.max(...names.map((one) => typeset(one, d.name, d.bare, widthOf).width));
  const value = numberOf(d.value);
  if (d.rows === "dot") return { wide: DOT, high: DOT };
  const sign = Math.max(0, ...column.nodes.map((node) => (node.sign ? widthOf(node.sign, d.value + 2, { weight: 650 }) : 0)));
  const inside = d.rows === "stack" ? Math.max(name, value) : name + d.name * 0.7 + value;
  return { wide: Math.ceil(2 * d.padX + Math.max(inside, sign)), high: rows * d.line + 2 * d.padY };
}

// The room of a bias's name with the gap behind it; in the densest style a bias is told by its place alone.
const biasName = (bias, d, widthOf) => (
  d.value < 12 ? 0 : typeset(bias.name, d.small + 1, d.bare || d.rows !== "line", widthOf).width + 6
);
const biasWidth = (name, number, d) => Math.max(d.bias, name + number + 2 * Math.min(8, d.padX + 3));

function widestBias({ nodes }, d, number, widthOf) {
  const biases = d.rows === "dot" ? [] : nodes.flatMap((node) => node.bias || []);
  return Math.max(0, ...biases.map((bias) => biasWidth(biasName(bias, d, widthOf), number, d)));
}

export function measure(columns, width, room, d, widthOf) {
  const numberOf = (size) => widthOf("0", size) * (room.characters - 0.6);
  const sizes = columns.map((column) => measureColumn(column, d, numberOf, widthOf));
  const sum = sizes.reduce((total, size) => total + size.wide, 0);
  const gap = Math.min(WIDEST_GAP, (width - 2 * MARGIN - sum) / (sizes.length - 1));
  const label = widthOf("0", d.small) * (room.weights - 0.5) + 4;
  const number = widthOf("0", d.small) * (room.weights - 0.4);
  const biases = columns.map((column) => widestBias(column, d, number, widthOf));
  const apart = biases.map((wide, i) => (i ? gap + (sizes[i].wide + sizes[i - 1].wide - wide - biases[i - 1]) / 2 : gap));
  return { d, sizes, gap, number, label, apart: Math.min(...apart), ...headed(columns, sizes, gap, d, widthOf) };
}

// A title of two parts, "Hidden · tanh", breaks between them first.
function titleLines(title, size, room, widthOf) {
  const whole = wrap(title, size, room, widthOf, 600);
  return whole.length < 2 ? whole : title.split(" · ").flatMap((part) => wrap(part, size, room, widthOf, 600));
}

// The titles of the columns, and where the cards under them begin.
function headed(columns, sizes, gap, d, widthOf) {
  const title = d.small + (d.rows === "line" && !d.bare ? 1 : 0), leading = title + 4;
  const titles = columns.map((column, i) => (
    titleLines(column.title || "", title, sizes[i].wide + Math.min(gap, 120) - 8, widthOf)
  ));
  const lines = Math.max(...titles.map((each) => each.length));
  return { titles, title, leading, top: (lines ? lines * leading + Math.min(12, d.gapY + 2) : 2) + RING + 3 };
}

// The rows of all columns stand level, as far apart as the highest card needs, or where they are `spread` as `limit` allows.
// Where that makes them higher than `limit`, the columns of lower cards move together, as far as their own cards allow. halves:
// from the middle to the first and last card of each; up, down: from there to where all of it ends.
export function stack(columns, { sizes, d }, limit, spread = false) {
  const dot = d.rows === "dot";
  const ends = columns.map(({ nodes }, i) => {
    const biased = nodes.some((node) => node.bias), half = sizes[i].high / 2, count = nodes.length;
    const up = half + (dot && biased ? d.bias + RING + 2 : 0);
    return { up, down: half + (dot ? d.value + 4 : biased ? d.bias + BELOW : 0), count };
  });
  const own = ends.map(({ up, down }) => d.gapY + up + down);
  const at = (pitch) => {
    const halves = ends.map(({ count }, i) => ((count - 1) / 2) * Math.max(own[i], pitch));
    const reach = (end) => Math.max(...halves.map((half, i) => half + ends[i][end]));
    return { halves, up: reach("up"), down: reach("down") };
  };
  const fits = ({ up, down }) => up + down <= limit;
  let low = Math.min(...own), high = spread ? limit : Math.max(...own);
  if (fits(at(high))) return at(high);
  for (let halved = 0; halved < 10; halved += 1) {
    const middle = (low + high) / 2;
    [low, high] = fits(at(middle)) ? [middle, high] : [low, middle];
  }
  return at(low);
}

function biasOf(bias, spot, { d, number }, widthOf) {
  const above = spot.y - spot.h / 2 - RING - 2 - d.bias / 2;
  if (d.rows === "dot") return { x: spot.x, y: above, w: d.bias, h: d.bias, name: 0 };
  const name = biasName(bias, d, widthOf), w = biasWidth(name, number, d);
  return { x: spot.x, y: spot.y + spot.h / 2 + BELOW + d.bias / 2, w, h: d.bias, name };
}

export function place(columns, width, plan, widthOf) {
  const { sizes, gap, halves, top } = plan, middle = top + plan.up;
  const total = sizes.reduce((sum, size) => sum + size.wide, 0) + gap * (sizes.length - 1);
  let left = (width - total) / 2;
  const placed = sizes.map(({ wide, high }, i) => {
    const x = left + wide / 2, { nodes } = columns[i];
    left += wide + gap;
    const spots = nodes.map((node, j) => {
      const spot = { x, y: middle + (nodes.length > 1 ? ((2 * j) / (nodes.length - 1) - 1) * halves[i] : 0), w: wide, h: high };
      return node.bias ? { ...spot, bias: biasOf(node.bias, spot, plan, widthOf) } : spot;
    });
    return { x, wide, spots };
  });
  return { ...plan, columns: placed, width, height: Math.ceil(middle + plan.down + BOTTOM) };
}

// ---- a graph -------------------------------------------------------------------------------------------------------

const SIGN = 8; // pixels more than its letters that the line of a sign is high
const LANE = 12;

// A card for each node as high as it needs, where graph.js wants it; lanes: where lines pass a column; ports: where they end.
function placeGraph(picture, columns, plan, widthOf) {
  const { d, sizes, gap } = plan;
  const heights = columns.map(({ nodes }) => nodes.map((node) => (
    node.rows.length * d.line + 2 * d.padY + (node.sign ? d.value + SIGN : 0)
  )));
  const ends = picture.loss ? picture.layers.at(-1).nodes.map((_node, i) => (
    { from: [columns.length - 2, i + 1], to: [columns.length - 1, 1] }
  )) : [];
  const laid = lay(heights, [...picture.edges, ...ends], { gap: d.gapY + RING, lane: LANE });
  const placed = place(columns, plan.width, { ...plan, ...stack(columns, plan, Infinity) }, widthOf), { top } = plan;
  let left = MARGIN + RING;
  placed.columns = sizes.map(({ wide }, i) => {
    const x = left + wide / 2;
    left += wide + gap;
    const spots = columns[i].nodes.map(({ sign }, j) => (
      { x, y: top + laid.ys[i][j], w: wide, h: heights[i][j], sign: sign ? d.value + SIGN : 0 }
    ));
    return { x, wide, spots };
  });
  const lanes = Object.fromEntries(Object.entries(laid.lanes).map(([id, ys]) => [id, ys.map((y) => top + y)]));
  return { ...placed, lanes, ports: laid.ports, height: Math.ceil(top + laid.height + BOTTOM) };
}

// The roomiest style in which a graph fits the width; where none does, one that can be read, as wide as it gets.
export function arrangeGraph(picture, width, room, widthOf) {
  const columns = columnsOf(picture), across = width - 2 * RING;
  const styles = DENSITIES.filter(({ rows, bare }) => rows !== "dot" && !(bare && rows === "line"));
  for (const d of styles.slice(0, 4)) {
    const plan = measure(columns, across, room, d, widthOf);
    if (plan.gap >= Math.max(48, plan.label + 18)) {
      const spare = Math.min(plan.gap, 130);
      const wide = plan.sizes.reduce((sum, size) => sum + size.wide, 0) + spare * (columns.length - 1) + 2 * (MARGIN + RING);
      return placeGraph(picture, columns, { ...plan, gap: columns.length > 1 ? spare : 0, width: Math.min(wide, width) }, widthOf);
    }
  }
  const plan = measure(columns, across, room, styles[3], widthOf), gap = plan.label + 22;
  const wide = plan.sizes.reduce((sum, size) => sum + size.wide, 0) + gap * (columns.length - 1) + 2 * (MARGIN + RING);
  return placeGraph(picture, columns, { ...plan, gap, width: Math.ceil(wide) }, widthOf);
}

// All that a plan depends on but room and fonts; what changes from step to step is not in it. In a graph a value has its place
// before it is known.
export const shapeOf = ({ graph, edges, ...picture }) => JSON.stringify([
  columnsOf(picture).map(({ title, nodes }) => [title, nodes.map(({ sign, rows, bias }) => (
    [sign, bias?.name, rows.map(({ name }) => name)]
  ))]), edges.map(({ id, from, to, value }) => [id, from, to, Boolean(graph || value)]),
]);

// ---- edges ---------------------------------------------------------------------------------------------------------

// Ports spread along the sides of two cards.
const port = (spot, index, count) => (index - (count + 1) / 2) * Math.min(7, (spot.h - 16) / Math.max(1, count - 1));

// The line from one spot to another, each with `air` around it: between two cards at their ports, or between two rims.
function between({ d }, a, b, portA, portB) {
  if (d.rows !== "dot") {
    return { x1: a.x + a.w / 2 + a.air, y1: a.y + portA, x2: b.x - b.w / 2 - b.air, y2: b.y + portB };
  }
  const long = Math.hypot(b.x - a.x, b.y - a.y), ux = (b.x - a.x) / long, uy = (b.y - a.y) / long;
  const start = DOT / 2 + a.air, end = DOT / 2 + b.air;
  return { x1: a.x + ux * start, y1: a.y + uy * start, x2: b.x - ux * end, y2: b.y - uy * end };
}

const airOf = (node, ringed) => (ringed && node.state === "target" ? RING + 2 : 0);

// The line of an edge, in a graph with the points `via` between its ends; ringed: it keeps clear of the ring around a target.
export function segment(plan, { layers, graph }, edge, ringed) {
  const [fromLayer, fromIndex] = edge.from, [toLayer, toIndex] = edge.to;
  const from = layers[fromLayer].nodes, to = layers[toLayer].nodes;
  const a = plan.columns[fromLayer].spots[fromIndex - 1], b = plan.columns[toLayer].spots[toIndex - 1];
  const start = { ...a, air: 1 + airOf(from[fromIndex - 1], ringed) };
  const end = { ...b, air: 2 + airOf(to[toIndex - 1], ringed) };
  if (graph) return { ...between(plan, start, end, 0, plan.ports[edge.id]), via: passing(plan, edge) };
  return between(plan, start, end, port(a, toIndex, to.length), port(b, fromIndex, from.length));
}

// The points at which a line enters and leaves the columns that it passes.
function passing({ lanes, columns }, { from: [layer, index], to: [end] }) {
  const ys = (lanes[`${layer}.${index}`] || []).slice(0, end - layer - 1);
  return ys.flatMap((y, k) => {
    const { x, wide } = columns[layer + 1 + k];
    return [{ x: x - wide / 2, y }, { x: x + wide / 2, y }];
  });
}

// The straight pieces of a line.
export function pieces({ x1, y1, x2, y2, via = [] }) {
  const points = [{ x: x1, y: y1 }, ...via, { x: x2, y: y2 }];
  return points.slice(1).map((b, i) => ({ x1: points[i].x, y1: points[i].y, x2: b.x, y2: b.y }));
}

// The lines from the outputs to the loss, none where there is no loss.
export function links(plan, { layers, loss }) {
  if (!loss) return [];
  const outputs = plan.columns[layers.length - 1].spots, end = plan.columns[layers.length].spots[0];
  return outputs.map((spot, i) => (
    between(plan, { ...spot, air: 1 }, { ...end, air: 2 + airOf(loss, true) }, 0, port(end, i + 1, outputs.length))
  ));
}

// How far a point is from a line.
export const distance = (line, x, y) => Math.min(...pieces(line).map((piece) => fromPiece(piece, x, y)));

function fromPiece({ x1, y1, x2, y2 }, x, y) {
  const dx = x2 - x1, dy = y2 - y1, t = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - x1 - t * dx, y - y1 - t * dy);
}
