// Graphs of functions with points that are moved along them: tangent, secant, rise over run.

import { written } from "../js/decimals.js";
import { make, put, say } from "../js/dom.js";
import { add, show } from "../js/svg.js";
import { dress, family, watch } from "../js/theme.js";
import { drawAxes, frameOf, pathOf, toNumbers, toPixel } from "./axes.js";
import { segment } from "./geometry.js";
import { frameView, listen, nameNode, part, pointer, size, sweep, teller } from "./moving.js";
import { nearest, next, pieces, slopesOf, through, triangle, xAt } from "./slope.js";

const WIDEST = 560, TALL = 0.62, MOVED = ["mark", "second", "at"], LABEL = 14;

const indexOf = ({ plot, moved }, name) => moved.get(name) ?? plot[name];
const numberOf = ({ plot }, value) => (value === null ? "–" : written(value, plot.decimals));
const xText = (view, i) => written(xAt(view.plot, i), 3, true);
const isFree = (name) => name === "mark";

// ---- what is read and heard ----------------------------------------------------------------------------------------

function spoken(view, name) {
  const { plot } = view, { words } = plot, i = indexOf(view, name), graphs = isFree(name) ? plot.graphs : [plot.graphs[plot.on]];
  const values = graphs.map((graph) => `${graph.spoken} = ${numberOf(view, graph.y[i])}`);
  const { tangent, secant } = slopesOf(plot, indexOf(view, "at"), indexOf(view, "second"));
  const says = (word, value) => (value === null ? words.none : `${word} = ${numberOf(view, value)}`);
  if (name === "at" && plot.tangent) values.push(says(words.slope, tangent));
  if (name === "second") values.push(says(words.secant, secant));
  return [`${plot.x.spoken} = ${xText(view, i)}`, ...values].join(", ");
}

const row = (...content) => make("p", "row", ...content);

function valueRow(view, name) {
  const { plot } = view, i = indexOf(view, name), shown = row(make("span", `sample of-${name}`), nameNode(plot.x.name), ` = ${xText(view, i)}`);
  for (const graph of isFree(name) ? plot.graphs : [plot.graphs[plot.on]]) {
    shown.append(", ", nameNode(graph.name), ` = ${numberOf(view, graph.y[i])}`);
  }
  return shown;
}

function secantRow(view, i, j, slope) {
  const { plot } = view, { words } = plot, { y } = plot.graphs[plot.on];
  if (i === j) return row(words.met);
  const [rise, run] = [numberOf(view, y[j] - y[i]), written((j - i) / plot.x.per, 3, true)];
  return row(`${words.secant_is} Δ`, nameNode(plot.graphs[plot.on].name), " / Δ", nameNode(plot.x.name), ` = ${rise} / ${run} = `, make("b", "", numberOf(view, slope)));
}

// As many rows for the same things to move: nothing below goes up or down while they move.
function readOut(view) {
  const { plot, readout } = view, [i, j, mark] = ["at", "second", "mark"].map((name) => indexOf(view, name));
  const { tangent, secant } = slopesOf(plot, i, j), rows = [];
  if (i !== null) rows.push(valueRow(view, "at"));
  if (j !== null) rows.push(valueRow(view, "second"));
  if (i !== null && plot.tangent) rows.push(tangent === null ? row(plot.words.none) : row(`${plot.words.slope_is} `, make("b", "", numberOf(view, tangent))));
  if (i !== null && j !== null) rows.push(secantRow(view, i, j, secant));
  if (mark !== null) rows.push(valueRow(view, "mark"));
  const key = rows.map((each) => each.textContent).join("\n") + plot.label;
  if (readout.key === key) return;
  readout.key = key;
  readout.replaceChildren(...rows);
}

// ---- drawing -------------------------------------------------------------------------------------------------------

function drawGraphs(view) {
  const { frame, plot, layers } = view, layer = layers.graphs, key = JSON.stringify([frame, plot.graphs, plot.on]);
  if (layer.key === key) return;
  layer.key = key;
  layer.replaceChildren();
  const clip = add(layer, "clipPath", { id: "room" });
  add(clip, "rect", { x: frame.left, y: frame.top, width: frame.w, height: frame.h });
  plot.graphs.forEach((graph, k) => {
    const d = pieces(plot, graph).map((piece) => pathOf(piece.map((p) => toPixel(frame, p)))).join("");
    put(add(layer, "path", { class: `graph dash${k % 3}`, d: d || "M0 0", "clip-path": "url(#room)" }), { style: family(graph.kind) });
  });
}

function drawLines(view, i, j) {
  const { frame, plot, layers } = view, { y } = plot.graphs[plot.on], { tangent, secant } = slopesOf(plot, i, j);
  const line = (name, slope) => {
    const path = layers.lines.querySelector(`.${name}`) || add(layers.lines, "path", { class: name, "clip-path": "url(#room)" });
    const ends = slope !== null && segment(frame, through([xAt(plot, i), y[i]], slope));
    put(path, { d: ends ? pathOf(ends.map((p) => toPixel(frame, p))) : "M0 0" });
  };
  line("tangent", i !== null && plot.tangent ? tangent : null);
  line("secant", j !== null && i !== j ? secant : null);
}

function drawTriangle(view, i, j) {
  const { frame, plot, layers } = view, shape = plot.triangle && i !== null ? triangle(plot, i, j) : null;
  const path = layers.triangle.firstChild || add(layers.triangle, "path", { class: "region", "clip-path": "url(#room)" });
  const [run, rise] = [0, 1].map((k) => layers.labels.children[k] || add(layers.labels, "text", { class: "label" }));
  for (const each of [path, run, rise]) show(each, Boolean(shape));
  if (!shape) return;
  const [a, b, c] = shape.corners.map((p) => toPixel(frame, p)), wide = Math.abs(b[0] - a[0]), high = Math.abs(c[1] - b[1]);
  put(path, { d: pathOf([a, b, c], "Z") });
  const right = b[0] > a[0], text = `Δ${plot.graphs[plot.on].spoken} = ${numberOf(view, shape.rise)}`;
  const long = view.widthOf(text, LABEL), { left, w } = frame;
  put(say(run, `Δ${plot.x.spoken} = ${written(shape.run, 3, true)}`), {
    x: (a[0] + b[0]) / 2, y: Math.min(Math.max(a[1] + (c[1] > a[1] ? -7 : 18), frame.top + 14), frame.top + frame.h - 5), "text-anchor": "middle",
  });
  put(say(rise, text), {
    x: right ? Math.min(b[0] + 7, left + w - long - 4) : Math.max(b[0] - 7 - long, left + 4), y: Math.min(Math.max((b[1] + c[1]) / 2 + 5, frame.top + 14), frame.top + frame.h - 5),
  });
  show(run, wide > 24);
  show(rise, high > 12);
}

function fillThing(name) {
  return (g) => {
    if (isFree(name)) for (const each of ["hit", "focus", "line"]) add(g, "path", { class: each });
    else for (const [each, r] of [["reach", 20], ["focus", 13], ["grip", 8]]) add(g, "circle", { class: each, r });
  };
}

function drawThing(view, name) {
  const { frame, plot } = view, i = indexOf(view, name);
  if (i === null) return;
  const g = part(view, view.layers.things, name, fillThing(name)), value = plot.graphs[plot.on].y[i];
  const [x, y] = toPixel(frame, [xAt(plot, i), value ?? 0]), seen = Math.min(Math.max(y, frame.top), frame.top + frame.h);
  put(g, {
    class: `thing of-${name}`, role: "slider", tabindex: 0, "data-moves": "", "aria-label": plot.words[name], "aria-valuetext": spoken(view, name),
    "aria-valuemin": plot.x.low, "aria-valuemax": plot.x.high, "aria-valuenow": xAt(plot, i),
    transform: isFree(name) ? null : `translate(${x.toFixed(2)} ${seen.toFixed(2)})`,
  });
  if (isFree(name)) for (const path of g.children) put(path, { d: pathOf([[x, frame.top], [x, frame.top + frame.h]]) });
}

function draw(view) {
  const { plot, width, widthOf } = view;
  if (!plot || !width) return;
  view.frame = frameOf(plot, width, { most: WIDEST, tall: TALL }, widthOf);
  put(view.svg, { "aria-label": plot.label });
  size(view, width);
  drawAxes(view.layers.axes, view.frame, { x: plot.x.name, y: plot.y.name }, widthOf);
  const [i, j] = ["at", "second"].map((name) => indexOf(view, name));
  drawGraphs(view);
  drawTriangle(view, i, j);
  drawLines(view, i, j);
  MOVED.forEach((name) => drawThing(view, name));
  sweep(view);
  readOut(view);
}

// ---- moving --------------------------------------------------------------------------------------------------------

function change(view, name, i) {
  view.moved.set(name, i);
  draw(view);
}

const messageOf = (view, name) => [name, [indexOf(view, name)]];

export default function open() {
  const view = frameView("curve", [["axes", true], ["triangle", true], ["graphs", true], ["lines", true], ["labels", true], ["things"]]);
  teller(view);
  view.at = pointer(view, toNumbers);
  const { again, stop } = watch(view.root, (width, widthOf) => {
    Object.assign(view, { width, widthOf });
    draw(view);
  });
  listen(view, {
    hold: (name) => {
      view.start = { x: xAt(view.plot, indexOf(view, name)), before: view.moved.get(name) };
      return true;
    },
    move: (name, from, at) => {
      change(view, name, nearest(view.plot, view.start.x + at[0] - from[0], isFree(name)));
      if (view.tells) view.soon(messageOf(view, name));
    },
    put: (name) => view.tells && view.moved.has(name) && view.tell(messageOf(view, name)),
    back: (name) => {
      view.moved.delete(name);
      if (view.start.before !== undefined) view.moved.set(name, view.start.before);
      draw(view);
    },
    step: (name, [dx, dy]) => change(view, name, next(view.plot, indexOf(view, name), dx || dy, isFree(name))),
    tap: () => {}, remove: () => {}, enter: () => {}, look: () => {},
  });
  view.update = ({ data: { plot, tells, heard, live, present }, setStateValue }) => {
    Object.assign(view, { plot, tells, live, present, send: setStateValue });
    view.hear(heard, view.held());
    dress(view.root, plot.colors);
    again();
  };
  view.close = stop;
  return view;
}
