// Draws a flow chart as SVG: boxes in the cells of a grid, arrows along the way that crosses least.

import { make, put, say } from "./dom.js";
import { add, writeLines } from "./svg.js";
import { wrap } from "./text.js";
import { watch } from "./theme.js";

const FLOW = {
  gapX: 46, gapY: 34, lane: 30, text: 13, leading: 17, padX: 12, padY: 9, widest: 230, point: 14, turn: 26,
};

// The boxes by id, each {node, lines, x, y, w, h} (its middle and size), and the height of the chart; laned: with a
// lane on the left for arrows that go up.
export function boxesOf(nodes, width, laned, widthOf) {
  const columns = Math.max(...nodes.map((node) => node.col)) + 1, left = laned ? FLOW.lane : 2;
  const wide = Math.min(FLOW.widest, (width - left - 4 - FLOW.gapX * (columns - 1)) / columns);
  const start = left + Math.max(0, (width - left - 4 - wide * columns - FLOW.gapX * (columns - 1)) / 2);
  const boxes = new Map(), rows = [];
  for (const node of nodes) {
    const pad = FLOW.padX + (node.shape === "box" ? 0 : 6);
    const lines = wrap(node.text, FLOW.text, wide - 2 * pad, widthOf);
    const high = lines.length * FLOW.leading + 2 * FLOW.padY + (node.shape === "decision" ? 6 : 0);
    rows[node.row] = Math.max(rows[node.row] || 0, high);
    boxes.set(node.id, { node, lines, w: wide, h: high, x: start + node.col * (wide + FLOW.gapX) + wide / 2, start });
  }
  const tops = [];
  let y = 10;
  for (let i = 0; i < rows.length; i += 1) { tops[i] = y; y += (rows[i] || 0) + FLOW.gapY; }
  for (const box of boxes.values()) box.y = tops[box.node.row] + rows[box.node.row] / 2;
  return { boxes, height: y - FLOW.gapY + 10 + (laned ? FLOW.turn : 0) };
}

const spot = (x, y) => ({ x, y });

// Candidate ways from one box to another, as corner points; the one that cuts the fewest boxes and corners is drawn.
function ways(a, b, lane) {
  const toward = Math.sign(b.x - a.x) || 1;
  const side = spot(a.x + (toward * a.w) / 2, a.y), entry = spot(b.x - (toward * b.w) / 2, b.y);
  const bottom = spot(a.x, a.y + a.h / 2), top = spot(b.x, b.y - b.h / 2), left = spot(a.x - a.w / 2, a.y);
  const home = spot(b.x - b.w / 2, b.y), middle = (side.x + entry.x) / 2, low = bottom.y + FLOW.turn, found = [];
  if (a.x === b.x && b.y > a.y) found.push([bottom, top]);
  if (a.x !== b.x && a.y === b.y) found.push([side, entry]);
  if (a.x !== b.x && b.y > a.y) found.push([side, spot(b.x, a.y), top], [bottom, spot(a.x, b.y), entry]);
  if (a.x !== b.x) found.push([side, spot(middle, a.y), spot(middle, b.y), entry]);
  found.push([left, spot(lane, a.y), spot(lane, b.y), home]);
  if (b.y < a.y) found.push([bottom, spot(a.x, low), spot(lane, low), spot(lane, b.y), home]);
  return found;
}

const length = (points) => points.slice(1).reduce(
  (sum, p, i) => sum + Math.abs(p.x - points[i].x) + Math.abs(p.y - points[i].y), 0,
);

function cuts(points, boxes) {
  let count = 0;
  for (let i = 1; i < points.length; i += 1) {
    const p = points[i - 1], q = points[i];
    for (const box of boxes) {
      const inX = Math.max(p.x, q.x) > box.x - box.w / 2 + 1 && Math.min(p.x, q.x) < box.x + box.w / 2 - 1;
      const inY = Math.max(p.y, q.y) > box.y - box.h / 2 + 1 && Math.min(p.y, q.y) < box.y + box.h / 2 - 1;
      if (inX && inY) count += 1;
    }
  }
  return count;
}

// The corner points of an arrow; one that goes under its box and up the lane is worth a detour.
export function route(edge, boxes) {
  const a = boxes.get(edge.from), b = boxes.get(edge.to), all = [...boxes.values()];
  const cost = (points) => 1e5 * cuts(points, all) + 60 * points.length + length(points) - 1000 * (points.length === 5);
  return ways(a, b, a.start - FLOW.lane / 2 - 3).sort((p, q) => cost(p) - cost(q))[0];
}

function pathThrough(points) {
  let d = `M${points[0].x} ${points[0].y}`;
  for (let i = 1; i < points.length - 1; i += 1) {
    const [p, q, r] = points.slice(i - 1, i + 2);
    const turn = Math.min(9, length([p, q]) / 2, length([q, r]) / 2);
    const off = (to) => ({ x: q.x + Math.sign(to.x - q.x) * turn, y: q.y + Math.sign(to.y - q.y) * turn });
    const into = off(p), out = off(r);
    d += `L${into.x} ${into.y}Q${q.x} ${q.y} ${out.x} ${out.y}`;
  }
  const end = points[points.length - 1], before = points[points.length - 2];
  const ux = Math.sign(end.x - before.x), uy = Math.sign(end.y - before.y);
  return { d: `${d}L${end.x - 3 * ux} ${end.y - 3 * uy}`, ux, uy, end };
}

function drawWay(svg, edge, points) {
  const lit = edge.state === "lit", g = add(svg, "g", { class: `way ${lit ? "lit" : ""}` });
  const { d, ux, uy, end } = pathThrough(points), s = lit ? 11 : 8, h = lit ? 6 : 4.2;
  add(g, "path", { class: "track", d });
  const bx = end.x - ux * s, by = end.y - uy * s;
  const head = `M${end.x} ${end.y}L${bx - uy * h} ${by + ux * h}L${bx + uy * h} ${by - ux * h}Z`;
  add(g, "path", { class: "head", d: head });
  if (!edge.text) return;
  const [p, q] = points, level = p.y === q.y, toward = Math.sign(q.x - p.x) || 1;
  const last = points.length === 2, x = level ? (last ? (p.x + q.x) / 2 - 3 * toward : p.x + toward * 5) : p.x + 8;
  const label = add(g, "text", {
    class: "on-way", x, y: level ? p.y - 6 : p.y + 20, "font-size": FLOW.text - 1,
    "text-anchor": !level ? "start" : last ? "middle" : toward > 0 ? "start" : "end",
  });
  say(label, edge.text);
}

function drawBox(svg, { node, lines, x, y, w, h }) {
  const lit = node.state === "lit", g = add(svg, "g", { class: `station of-${node.shape} ${lit ? "lit" : ""}` });
  const l = x - w / 2, r = x + w / 2, t = y - h / 2, b = y + h / 2, p = FLOW.point;
  if (node.shape === "decision") {
    add(g, "path", { class: "shape", d: `M${l} ${y}L${l + p} ${t}H${r - p}L${r} ${y}L${r - p} ${b}H${l + p}Z` });
  } else {
    const rx = node.shape === "end" ? Math.min(h / 2, 20) : 6;
    add(g, "rect", { class: "shape", x: l, y: t, width: w, height: h, rx });
  }
  const text = add(g, "text", { class: "inside", "text-anchor": "middle" });
  const first = y - ((lines.length - 1) * FLOW.leading) / 2 + FLOW.text * 0.35;
  writeLines(text, lines, { size: FLOW.text, leading: FLOW.leading, x, y: first });
  if (!lit) return;
  const cx = r - (node.shape === "decision" ? p : 8), cy = t;
  add(g, "circle", { class: "seal", cx, cy, r: 9 });
  add(g, "path", { class: "check", d: `M${cx - 4} ${cy + 0.5}l3 3l5.5 -6.5` });
}

// What a screen reader hears: every arrow, and which boxes are lit.
export function readFlow({ nodes, edges }) {
  const names = new Map(nodes.map((node) => [node.id, (node.state === "lit" ? "✓ " : "") + node.text]));
  const name = (id) => names.get(id);
  return edges.map((edge) => `${name(edge.from)} → ${edge.text ? `(${edge.text}) ` : ""}${name(edge.to)}`).join("; ");
}

function draw({ flow, svg }, width, widthOf) {
  const station = new Map(flow.nodes.map((node) => [node.id, node]));
  const upward = flow.edges.some((edge) => station.get(edge.to).row < station.get(edge.from).row);
  const { boxes, height } = boxesOf(flow.nodes, width, upward, widthOf);
  svg.replaceChildren();
  put(svg, { width, height, role: "img", "aria-label": flow.label, "aria-describedby": "flow-description" });
  say(add(svg, "desc", { id: "flow-description" }), readFlow(flow));
  const sorted = [...flow.edges].sort((a, b) => (a.state === "lit") - (b.state === "lit"));
  for (const edge of sorted) drawWay(svg, edge, route(edge, boxes));
  for (const box of boxes.values()) drawBox(svg, box);
}

export default function open() {
  const root = make("div", "flow"), view = { root, svg: add(root, "svg") };
  const { again, stop } = watch(root, (width, widthOf) => draw(view, width, widthOf));
  let drawn = "";
  view.update = ({ data: { flow } }) => {
    const key = JSON.stringify(flow);
    if (key === drawn) return;
    drawn = key;
    view.flow = flow;
    again();
  };
  view.close = stop;
  return view;
}
