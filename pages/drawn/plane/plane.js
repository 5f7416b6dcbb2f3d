// A plane with points of two classes and lines that divide it: moved here, and the server told when they are let go.

import { written } from "../js/decimals.js";
import { make, put, say } from "../js/dom.js";
import { add, show, writeName } from "../js/svg.js";
import { dress, watch } from "../js/theme.js";
import { drawAxes, frameOf, pathOf, toNumbers, toPixel } from "./axes.js";
import { handles, isRight, isWithin, regions, runs, segment, shifted, snap, stepped, turned } from "./geometry.js";
import { frameView, listen, nameNode, part, pointer, size, sweep, teller } from "./moving.js";

const WIDEST = 400, LINE_WIDEST = 560, ARROW = 30, NAME = 17;
const SHAPES = { positive: "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0 -14 0Z", negative: "M-6 -6H6V6H-6Z" };
const TICK = "M-4.5 .5l3 3.5l6 -7.5", CROSS = "M-4 -4L4 4M-4 4L4 -4";

const linesOf = ({ plane, moved }) => plane.lines.map((line) => ({ ...line, ...moved.get(`line ${line.id}`) }));
const placeOf = ({ moved }, { id, x, y }) => moved.get(`point ${id}`) || [x, y];
const idOf = (key) => key.slice(key.indexOf(" ") + 1);
const canMove = ({ can, plane }, { fixed }) => !fixed && (can.point || (can.remove && plane.removes));
const subject = (key) => key && key.replace(/^turn\d/, "line");
const digitsOf = ({ per }) => [0, 1, 2, 3].find((digits) => 10 ** digits % per === 0);
const round = (value, axis) => written(value, digitsOf(axis), true);

// ---- what is read and heard ----------------------------------------------------------------------------------------

const coordinates = ({ plane: { x, y } }, [u, v]) => (
  y ? `(${round(u, x)}, ${round(v, y)})` : `${x.spoken} = ${round(u, x)}`
);

// The terms of a line's sum: [sign, number, name], signs apart from their numbers.
function termsOf({ plane: { x, y, decimals } }, { w, c }) {
  const terms = [[w[0], x.name, x.spoken], ...(y ? [[w[1], y.name, y.spoken]] : []), [c, null, ""]];
  return terms.map(([value, name, spoken], i) => {
    const sign = value < 0 ? "−" : i ? "+" : "";
    return { sign: i && sign ? ` ${sign} ` : sign, text: written(Math.abs(value), decimals, true), name, spoken };
  });
}

const sumOf = (view, line) => `${termsOf(view, line).map(({ sign, text, spoken }) => `${sign}${text} ${spoken}`.trimEnd()).join("")} = 0`;

function lineLabel(view, line) {
  const { words, y } = view.plane;
  return `${y ? words.line : words.threshold} ${line.spoken}: ${sumOf(view, line)}`.replace(" :", ":");
}

function pointLabel(view, point, right) {
  const { words } = view.plane, told = right === null ? "" : `, ${right ? words.right : words.wrong}`;
  const name = `${words.point} ${point.name}`.trim();
  return `${name} ${coordinates(view, placeOf(view, point))}, ${point.sign > 0 ? words.positive : words.negative}${told}`;
}

// Rows under the picture, as many for the same lines: nothing below moves while something is dragged.
function readOut(view, lines, verdicts) {
  const { plane, readout } = view, known = verdicts.filter((right) => right !== null);
  const active = /^(point|free)/.test(view.active) && view.parts.get(view.active)?.getAttribute("aria-label");
  const score = plane.words.score.replace("{n}", known.filter(Boolean).length).replace("{all}", known.length);
  const key = JSON.stringify([lines, score, active, plane.decimals, plane.judge]);
  if (readout.key === key) return;
  readout.key = key;
  readout.replaceChildren(...lines.map((line, i) => {
    const row = make("p", `row dash${i}`, make("span", "sample"));
    if (line.spoken) row.append(nameNode(line.name), ": ");
    for (const { sign, text, name } of termsOf(view, line)) row.append(sign, text, ...(name ? [" ", nameNode(name)] : []));
    row.append(" = 0", segment(view.frame, line) ? "" : ` (${plane.words.nowhere})`);
    return row;
  }));
  if (plane.judge) readout.append(make("p", "row", known.length ? score : ""));
  if (plane.adds || plane.points.some((point) => canMove(view, point))) readout.append(make("p", "row active", active || ""));
}

// ---- drawing -------------------------------------------------------------------------------------------------------

function drawRegions(view, lines) {
  const { frame, plane, layers } = view, { raster } = plane, px = (p) => toPixel(frame, p);
  const none = lines.some(({ w, c }) => !w[0] && !w[1] && !c) && plane.zero < 1; // no place is on its positive side
  let d = (none ? [] : regions(frame, lines, plane.inside)).map((polygon) => pathOf(polygon.map(px), "Z")).join("");
  if (raster) {
    const w = frame.w / raster.cells, h = frame.h / raster.cells;
    d += runs(raster).map(([row, from, to]) => (
      `M${(frame.left + from * w).toFixed(1)} ${(frame.top + row * h).toFixed(1)}h${((to - from) * w).toFixed(1)}v${(h + 0.5).toFixed(1)}h${((from - to) * w).toFixed(1)}Z`
    )).join("");
  }
  put(layers.shade.firstChild || add(layers.shade, "path", { class: "region" }), { d: d || "M0 0" });
}

function fillLine(g) {
  for (const name of ["hit", "focus", "line", "arrow", "head"]) add(g, "path", { class: name });
  add(g, "text", { class: "name" });
}

function drawLine(view, line, i) {
  const { frame, plane } = view, g = part(view, view.layers.lines, `line ${line.id}`, fillLine);
  const ends = segment(frame, line), moves = view.can.line && !line.fixed && ends, flat = frame.flat;
  put(g, {
    class: `of-line dash${i}`, tabindex: moves ? 0 : null, role: moves && flat ? "slider" : moves ? "button" : "img", "data-moves": moves ? "" : null,
    "aria-label": lineLabel(view, line) + (ends ? "" : `, ${plane.words.nowhere}`),
  });
  const at = flat && ends ? ends[0][0] : null;
  put(g, {
    "aria-valuemin": moves && flat ? plane.x.low : null, "aria-valuemax": moves && flat ? plane.x.high : null,
    "aria-valuenow": moves && flat ? at : null, "aria-valuetext": moves && flat ? `${plane.x.spoken} = ${written(at, plane.decimals, true)}` : null,
  });
  show(g, Boolean(ends));
  if (!ends) return;
  const [a, b] = ends.map((p) => toPixel(frame, p)), far = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
  const n = [(b[1] - a[1]) / far, (a[0] - b[0]) / far], middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const along = (p, t) => [p[0] + t * n[0], p[1] + t * n[1]], tip = along(middle, ARROW), neck = along(middle, ARROW - 9);
  const [hit, focus, shown, arrow, head, name] = g.children;
  for (const path of [hit, focus, shown]) put(path, { d: pathOf([a, b]) });
  put(arrow, { d: pathOf([middle, neck]) });
  put(head, { d: pathOf([tip, [neck[0] - 5 * n[1], neck[1] + 5 * n[0]], [neck[0] + 5 * n[1], neck[1] - 5 * n[0]]], "Z") });
  const label = along([0, 1].map((k) => a[k] + 0.9 * (b[k] - a[k])), -15);
  if (line.spoken) writeName(name, line.name, { size: NAME, bare: false, x: label[0], y: label[1] + 5, anchor: "middle" }, view.widthOf);
  if (moves && !flat) drawHandles(view, line);
}

function drawHandles(view, line) {
  const { words } = view.plane;
  handles(view.frame, line).forEach((place, which) => {
    const g = part(view, view.layers.handles, `turn${which} ${line.id}`, (made) => {
      for (const [name, r] of [["reach", 17], ["focus", 12], ["grip", 7]]) add(made, "circle", { class: name, r });
    });
    const [x, y] = toPixel(view.frame, place);
    put(g, {
      class: "handle", role: "button", tabindex: 0, "data-moves": "", transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
      "aria-label": `${words.turn} ${line.spoken}, ${words.end} ${which + 1}: ${sumOf(view, line)}`.replace(" ,", ","),
    });
  });
}

function fillPoint(g) {
  for (const [name, r] of [["reach", 18], ["focus", 16], ["ring", 12]]) add(g, "circle", { class: name, r });
  for (const name of ["clear", "shape", "verdict"]) add(g, "path", { class: name });
  add(g, "text", { class: "label" });
}

function drawPoint(view, point, right) {
  const { frame } = view, g = part(view, view.layers.points, `point ${point.id}`, fillPoint);
  const [x, y] = toPixel(frame, placeOf(view, point)), kind = point.sign > 0 ? "positive" : "negative";
  const acts = canMove(view, point);
  put(g, {
    class: `point ${kind} ${right === null ? "" : right ? "right" : "wrong"}`, transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
    role: acts ? "button" : "img", tabindex: acts ? 0 : null, "data-moves": acts ? "" : null, "aria-label": pointLabel(view, point, right),
  });
  const [, , , clear, shape, verdict, label] = g.children, flip = x > frame.left + frame.w - 44 ? -1 : 1;
  for (const path of [clear, shape]) put(path, { d: SHAPES[kind] });
  put(verdict, { d: right === null ? "M0 0" : right ? TICK : CROSS, transform: `translate(${14 * flip} -14)` });
  put(say(label, point.name), { x: 12 * flip, y: 19, "text-anchor": flip > 0 ? "start" : "end" });
}

// The cross that puts a point where it is, for keys; it is seen only while it has the focus.
function drawCross(view) {
  if (!view.plane.adds || !view.can.add) return;
  const { frame, plane } = view, g = part(view, view.layers.free, "free", (made) => add(made, "path", { d: "M-12 0H12M0 -12V12" }));
  view.cross = [snap(view.cross?.[0] ?? (plane.x.low + plane.x.high) / 2, plane.x), plane.y ? snap(view.cross?.[1] ?? (plane.y.low + plane.y.high) / 2, plane.y) : 0];
  const [x, y] = toPixel(frame, view.cross);
  put(g, {
    class: "cross", role: "button", tabindex: 0, transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
    "aria-label": `${plane.words.free} ${coordinates(view, view.cross)}`,
  });
}

function draw(view) {
  const { plane, width, widthOf } = view;
  if (!plane || !width) return;
  view.frame = frameOf(plane, width, { most: plane.y ? WIDEST : LINE_WIDEST, tall: 1 }, widthOf);
  put(view.svg, { "aria-label": plane.label, class: plane.adds && view.can.add ? "adds" : "" });
  size(view, width);
  const { frame } = view, lines = linesOf(view);
  drawAxes(view.layers.axes, frame, { x: plane.x.name, y: plane.y && plane.y.name }, widthOf);
  drawRegions(view, lines);
  lines.forEach((line, i) => drawLine(view, line, i));
  const verdicts = plane.points.map((point) => {
    const right = point.verdict ?? (plane.judge ? isRight({ lines, inside: plane.inside, zero: plane.zero }, placeOf(view, point), point.sign) : null);
    drawPoint(view, point, right);
    return right;
  });
  drawCross(view);
  sweep(view);
  readOut(view, lines, verdicts);
}

// ---- moving --------------------------------------------------------------------------------------------------------

const find = (list, key) => list.find(({ id }) => id === idOf(key));

function messageOf(view, key) {
  const line = key.startsWith("point") ? null : find(linesOf(view), key), point = find(view.plane.points, key);
  if (line) return ["line", line.id, [...line.w, line.c]];
  return point ? ["point", point.id, placeOf(view, point)] : null;
}

function change(view, key, value) {
  view.moved.set(subject(key), value);
  draw(view);
}

function keepLine(view, key, line) {
  if (isWithin(view.frame, line)) change(view, key, { w: line.w, c: line.c });
}

function move(view, key, from, at) {
  const { plane, start } = view, [dx, dy] = [at[0] - from[0], at[1] - from[1]];
  if (key.startsWith("point")) {
    if (!view.can.point) return;
    change(view, key, [snap(start.place[0] + dx, plane.x), plane.y ? snap(start.place[1] + dy, plane.y) : 0]);
  } else if (key.startsWith("line")) keepLine(view, key, shifted(start.line, dx, plane.y ? dy : 0));
  else {
    const which = Number(key[4]), grip = start.ends[which];
    keepLine(view, key, turned(start.line, which, [grip[0] + dx, grip[1] + dy], start.ends[1 - which]));
  }
  const message = messageOf(view, key);
  if (message) view.soon(message);
}

function step(view, key, [dx, dy]) {
  const { plane, frame } = view, grid = { x: plane.x, y: plane.y || frame.y };
  const moveBy = ([u, v]) => [snap(u + dx / grid.x.per, grid.x), plane.y ? snap(v + dy / grid.y.per, grid.y) : 0];
  if (key === "free") view.cross = moveBy(view.cross);
  else if (key.startsWith("point") && view.can.point) {
    const point = find(plane.points, key);
    if (point && !point.fixed) view.moved.set(key, moveBy(placeOf(view, point)));
  } else if (!key.startsWith("point")) {
    const line = find(linesOf(view), key), which = key.startsWith("turn") ? Number(key[4]) : null;
    if (line && view.can.line && !line.fixed) {
      const { w, c } = stepped({ ...frame, ...grid }, line, which, plane.y ? [dx, dy] : [dx || dy, 0]);
      view.moved.set(subject(key), { w, c });
    }
  }
  draw(view);
}

// Takes hold of what may be moved, and keeps how it was.
function hold(view, key) {
  const line = key.startsWith("point") ? null : find(linesOf(view), key), point = key.startsWith("point") ? find(view.plane.points, key) : null;
  if (!view.parts.get(key)?.hasAttribute("data-moves")) return false;
  view.start = {
    line, ends: line && handles(view.frame, line), place: point && placeOf(view, point), before: view.moved.get(subject(key)),
  };
  view.active = key;
  draw(view);
  return true;
}

function letGo(view, key) {
  const message = messageOf(view, key);
  if (!message || !view.moved.has(subject(key)) || !view.parts.has(key)) return;
  view.tell(message);
  view.speak(view.parts.get(key).getAttribute("aria-label"));
}

function goBack(view, key) {
  if (view.start.before) view.moved.set(subject(key), view.start.before);
  else view.moved.delete(subject(key));
  draw(view);
}

function remove(view, key) {
  const point = key.startsWith("point") && find(view.plane.points, key);
  if (!point || point.fixed || !view.plane.removes || !view.can.remove) return;
  const g = view.parts.get(key), next = g.nextElementSibling || g.previousElementSibling || view.parts.get("free");
  if (g.getRootNode().activeElement === g) next?.focus();
  view.moved.delete(key);
  view.tell(["remove", point.id]);
  view.speak(`${view.plane.words.point} ${point.name} ${coordinates(view, placeOf(view, point))}: ${view.plane.words.removed}`);
}

function addPoint(view, at) {
  const { plane, frame } = view;
  if (!plane.adds || !view.can.add) return;
  const inside = at[0] >= plane.x.low && at[0] <= plane.x.high && at[1] >= frame.y.low && at[1] <= frame.y.high;
  if (!inside) return;
  const place = [snap(at[0], plane.x), plane.y ? snap(at[1], plane.y) : 0];
  view.tell(["add", place]);
  view.speak(`${plane.words.point} ${coordinates(view, place)}, ${plane.adds > 0 ? plane.words.positive : plane.words.negative}`);
}

export default function open() {
  const view = frameView("plane", [["shade", true], ["axes", true], ["free"], ["lines"], ["handles"], ["points"]]);
  teller(view);
  view.at = pointer(view, toNumbers);
  const { again, stop } = watch(view.root, (width, widthOf) => {
    Object.assign(view, { width, widthOf });
    draw(view);
  });
  listen(view, {
    hold: (key) => hold(view, key), move: (...all) => move(view, ...all), put: (key) => letGo(view, key), back: (key) => goBack(view, key),
    tap: (at) => addPoint(view, at), step: (...all) => step(view, ...all), remove: (key) => remove(view, key),
    enter: (key) => key === "free" && addPoint(view, view.cross),
    look: (key) => {
      view.active = key;
      draw(view);
    },
  });
  view.update = ({ data: { plane, can, heard, live, present }, setStateValue }) => {
    Object.assign(view, { plane, can, live, present, send: setStateValue });
    view.hear(heard, subject(view.held()));
    dress(view.root, plane.colors);
    again();
  };
  view.close = stop;
  return view;
}
