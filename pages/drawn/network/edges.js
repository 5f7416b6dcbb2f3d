// Draws the lines of a picture: edges with their arrows, and what joins the outputs to the loss.

import { put } from "../js/dom.js";
import { links, pieces, segment } from "./layout.js";
import { add, resize, show } from "../js/svg.js";
import { SMALLEST } from "../js/text.js";

export const DENSE = 48;
const ROUND = 14;

export const isLit = (state) => state === "target" || state === "input";

const at = (x, y) => `${x.toFixed(1)} ${y.toFixed(1)}`;
const lengthOf = ({ x1, y1, x2, y2 }) => Math.max(1e-6, Math.hypot(x2 - x1, y2 - y1));

// A line as a path, its corners rounded.
function pathOf(line) {
  const all = pieces(line);
  const corners = all.slice(1).map((after, i) => {
    const before = all[i], cut = Math.min(ROUND, lengthOf(before) / 2, lengthOf(after) / 2);
    const a = cut / lengthOf(before), b = cut / lengthOf(after);
    const from = at(after.x1 + (before.x1 - before.x2) * a, after.y1 + (before.y1 - before.y2) * a);
    const to = at(after.x1 + (after.x2 - after.x1) * b, after.y1 + (after.y2 - after.y1) * b);
    return `L${from}Q${at(after.x1, after.y1)} ${to}`;
  });
  return `M${at(line.x1, line.y1)}${corners.join("")}L${at(line.x2, line.y2)}`;
}

function drawEdge(view, edge, line, thick) {
  const item = view.edges.get(edge.id), lit = isLit(edge.state);
  const width = thick * (0.35 + 0.65 * edge.size) + (lit ? 1 : 0);
  const d = pathOf(line);
  const sign = edge.plain ? "plain" : edge.sign > 0 ? "positive" : edge.sign < 0 ? "negative" : "zero";
  const focused = view.focused === edge.id, hovered = view.hovered === edge.id;
  const cased = edge.state === "target" || edge.state === "selected" || focused;
  const style = edge.kind ? `--sign: var(--c-${edge.kind})` : null;
  const pointed = `${hovered ? "hovered" : ""} ${focused ? "focused" : ""}`;
  put(item.paint, { style, class: `edge ${sign} ${edge.state} ${pointed}` });
  put(item.line, { d, "stroke-width": width.toFixed(2) });
  put(item.hit, { d });
  show(item.casing, cased);
  show(item.clear, cased);
  if (cased) {
    put(item.casing, { d, "stroke-width": (width + (edge.state === "selected" && !focused ? 7.5 : 9.5)).toFixed(2) });
    put(item.clear, { d, "stroke-width": (width + 5).toFixed(2) });
  }
  drawDirection(item, line, lit && view.picture.direction, width);
}

function drawDirection(item, line, direction, width) {
  if (!direction) {
    item.arrow?.remove();
    item.pulse?.remove();
    item.arrow = item.pulse = null;
    return;
  }
  item.arrow ||= add(item.paint, "path", { class: "arrow" });
  item.pulse ||= add(item.paint, "path", { class: "pulse", pathLength: 100 });
  const turned = direction === "forward" ? line : {
    x1: line.x2, y1: line.y2, x2: line.x1, y2: line.y1, via: line.via?.toReversed(),
  };
  const { x1, y1, x2, y2 } = pieces(turned).at(-1);
  const long = Math.hypot(x2 - x1, y2 - y1), ux = (x2 - x1) / long, uy = (y2 - y1) / long;
  const size = 6 + width, half = 2.2 + width * 0.6, bx = x2 - ux * size, by = y2 - uy * size;
  put(item.arrow, { d: `M${x2} ${y2}L${bx - uy * half} ${by + ux * half}L${bx + uy * half} ${by - ux * half}Z` });
  put(item.pulse, { d: pathOf(turned), "stroke-width": (width + 1.5).toFixed(2) });
}

// Edges of a step lie over the others. only: the ids of those that are to be drawn, or all.
export function drawEdges(view, only) {
  const { picture, plan } = view, slim = picture.graph || plan.d.small === SMALLEST || picture.edges.length > DENSE;
  const thick = plan.d.rows === "dot" ? 2 : slim ? 3 : 4.5;
  const raised = [];
  for (const edge of picture.edges) {
    const item = view.edges.get(edge.id);
    if (!only || only.has(edge.id)) {
      item.track = segment(plan, picture, edge, false);
      drawEdge(view, edge, segment(plan, picture, edge, true), thick);
    }
    if (edge.state !== "idle" && edge.state !== "unknown") raised.push(item.paint);
  }
  const { paint } = view.layers, last = [...paint.children].slice(-raised.length);
  if (raised.some((g, i) => last[i] !== g)) paint.append(...raised);
}

export function drawLinks(view) {
  const { picture, plan } = view, lines = links(plan, picture);
  const outputs = picture.layers[picture.layers.length - 1].nodes;
  resize(view.links, lines.length, () => add(view.layers.paint, "path", { class: "link" }));
  lines.forEach(({ x1, y1, x2, y2 }, i) => put(view.links[i], {
    d: `M${x1} ${y1}L${x2} ${y2}`,
    class: `link ${isLit(outputs[i].state) && isLit(picture.loss.state) ? "lit" : ""}`,
  }));
}
