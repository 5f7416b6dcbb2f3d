// Draws a network as SVG: one element per id, kept from one update to the next. (Data: lessons/drawing/data.py)

import { make, put, say } from "../js/dom.js";
import { arrange } from "./arrange.js";
import { DENSE, drawEdges, drawLinks, isLit } from "./edges.js";
import { editor } from "./editing.js";
import { placeLabels } from "./labels.js";
import { DOT, RING, columnsOf, pieces, reserve, shapeOf } from "./layout.js";
import { room } from "./zoom.js";
import { picker } from "../js/picks.js";
import { listen } from "./pointing.js";
import { add, frame, resize, show, writeLines, writeName, writeValue } from "../js/svg.js";
import { stacked, typeset } from "../js/text.js";
import { dress, family, watch } from "../js/theme.js";

const PROJECTOR = 1920, READABLE = 24.3 / PROJECTOR, SMALLER = [0.92, 0.84, 0.76, 0.7], LARGEST = 13;

const currentOf = (state) => (state === "target" ? "step" : state === "selected" ? "true" : null);
const valueClass = (value) => `value ${value === "?" ? "open" : ""}`;

// ---- its elements --------------------------------------------------------------------------------------------------

function newNode(view, id) {
  const g = add(view.layers.nodes, "g", { "data-id": id, "data-part": "node" });
  const rect = (name) => add(g, "rect", { class: name }), text = (name) => add(g, "text", { class: name });
  const item = { g, part: "node", ring: rect("ring"), focus: rect("focus"), box: rect("box") };
  item.corners = add(g, "path", { class: "corners" });
  item.rule = add(g, "line", { class: "rule" });
  item.band = add(g, "line", { class: "rule" });
  item.sign = text("sign");
  item.rows = [];
  item.newRow = () => {
    const parts = { tint: rect("tint"), name: text("name"), value: text("value") };
    return { ...parts, remove: () => Object.values(parts).forEach((part) => part.remove()) };
  };
  return item;
}

function newBias(view, id) {
  const g = add(view.layers.biases, "g", { "data-id": id, "data-part": "bias" });
  const rect = (name) => add(g, "rect", { class: name }), text = (name) => add(g, "text", { class: name });
  const stem = add(g, "line", { class: "stem" });
  return {
    g, part: "bias", stem, ring: rect("ring"), focus: rect("focus"), reach: rect("reach"), box: rect("box"),
    name: text("name"), value: text("value"),
  };
}

function newEdge(view, id) {
  const paint = add(view.layers.paint, "g");
  const g = add(view.layers.hits, "g", { "data-id": id, "data-part": "edge" });
  const stroke = (name) => add(paint, "path", { class: name });
  const item = { g, part: "edge", paint, casing: stroke("casing"), clear: stroke("clear"), line: stroke("line") };
  item.hit = add(g, "path", { class: "hit" });
  return item;
}

function newLabel(view) {
  const g = add(view.layers.labels, "g"), plate = add(g, "rect", { class: "plate" });
  return { g, plate, text: add(g, "text", { "text-anchor": "middle" }) };
}

function keep(map, wanted, create) {
  for (const [id, item] of map) {
    if (wanted.has(id)) continue;
    item.g.remove();
    item.paint?.remove();
    map.delete(id);
  }
  for (const id of wanted) if (!map.has(id)) map.set(id, create(id));
}

// Tab order is document order: neurons, then biases, then edges, each in the order of the data.
function sync(view, map, layer, list, create) {
  keep(map, new Set(list.map((data) => data.id)), (id) => create(view, id));
  list.forEach((data, i) => {
    const item = map.get(data.id), { g } = item;
    if (layer.children[i] !== g) layer.insertBefore(g, layer.children[i] || null);
    item.data = data;
    const picked = (view.pickable || Boolean(view.words && data.edit)) && Boolean(data.spoken);
    put(g, {
      role: picked ? "button" : data.spoken ? "img" : null, tabindex: picked ? "0" : null,
      "aria-label": data.spoken || null, "aria-hidden": data.spoken ? null : "true",
      "aria-current": currentOf(data.state), class: `${item.part} ${data.state}`,
    });
  });
}

function syncAll(view) {
  const { picture, layers } = view, nodes = columnsOf(picture).flatMap((column) => column.nodes);
  sync(view, view.nodes, layers.nodes, nodes, newNode);
  sync(view, view.biases, layers.biases, nodes.flatMap((node) => node.bias || []), newBias);
  sync(view, view.edges, layers.hits, picture.edges, newEdge);
}

function drawn({ nodes, biases, edges }) {
  return [nodes, biases, edges].flatMap((map) => [...map.values()].map((item) => item.data));
}

// ---- neurons and biases --------------------------------------------------------------------------------------------

function drawNode(view, node, spot, { input, loss }) {
  const { d } = view.plan, item = view.nodes.get(node.id), dot = d.rows === "dot";
  const radius = dot ? DOT / 2 : input || loss ? 5 : d.rows === "line" && !d.bare ? 16 : 11;
  put(item.g, { style: family(node.kind) });
  item.g.classList.toggle("loss", Boolean(loss));
  item.g.classList.toggle("dot", dot);
  item.g.classList.toggle("off", Boolean(node.off));
  frame(item.box, spot, 0, radius);
  frame(item.ring, spot, RING, radius);
  frame(item.focus, spot, RING + 3, radius);
  drawCorners(item.corners, spot, node.state === "selected");
  const two = node.rows.length === 2 && !dot, half = spot.w / 2 - d.padX, middle = rowsTop(node, spot, d) + d.line;
  show(item.rule, two);
  if (two) put(item.rule, { x1: spot.x - half, x2: spot.x + half, y1: middle, y2: middle });
  drawSign(item, node, spot, d, view.widthOf);
  resize(item.rows, dot ? 2 : node.rows.length, item.newRow);
  item.rows.forEach((parts, i) => (dot ? drawDotRow : drawRow)(view, parts, node, i, spot));
}

// Where the first row of a node begins: rows are in the middle of what the sign leaves.
const rowsTop = (node, spot, d) => spot.y + (spot.sign || 0) / 2 - (node.rows.length * d.line) / 2;

// What a node of a graph does, over its rows.
function drawSign({ sign, band }, node, spot, d, widthOf) {
  show(sign, Boolean(spot.sign));
  show(band, Boolean(spot.sign));
  if (!spot.sign) return;
  const y = spot.y - spot.h / 2 + spot.sign, size = d.value + 2;
  put(band, { x1: spot.x - spot.w / 2, x2: spot.x + spot.w / 2, y1: y, y2: y });
  put(sign, { "text-anchor": "middle" });
  writeValue(sign, node.sign, { size, room: spot.w - 2 * d.padX, x: spot.x, y: y - spot.sign / 2 + size * 0.34 }, widthOf);
}

function drawCorners(path, spot, yes) {
  show(path, yes);
  if (!yes) return;
  const w = spot.w / 2 + RING, h = spot.h / 2 + RING, l = Math.min(12, spot.h / 3);
  const corner = (sx, sy) => `M${spot.x + sx * (w - l)} ${spot.y + sy * h}H${spot.x + sx * w}V${spot.y + sy * (h - l)}`;
  put(path, { d: corner(-1, -1) + corner(1, -1) + corner(1, 1) + corner(-1, 1) });
}

function drawRow({ plan: { d }, widthOf }, parts, node, i, spot) {
  const row = node.rows[i];
  for (const part of [parts.tint, parts.name, parts.value]) show(part, Boolean(row));
  if (!row) return;
  const top = rowsTop(node, spot, d) + i * d.line, middle = top + d.line / 2;
  const left = spot.x - spot.w / 2, right = spot.x + spot.w / 2, stack = d.rows === "stack";
  put(parts.name, { style: family(row.kind) });
  put(parts.tint, { style: family(row.kind), class: `tint ${row.state || ""}` });
  put(parts.tint, { x: left + 4, y: top + 1, width: spot.w - 8, height: d.line - 2, rx: 6 });
  put(parts.value, { "text-anchor": stack ? "middle" : "end", class: `${valueClass(row.value)} ${row.state || ""}` });
  const name = { size: d.name, bare: d.bare }, value = { size: d.value };
  if (stack) {
    const lines = stacked(row.name, d, widthOf);
    Object.assign(name, { x: spot.x, y: top + lines.name, anchor: "middle" });
    Object.assign(value, { x: spot.x, y: top + lines.value, room: spot.w - 6 });
  } else {
    const spare = spot.w - 2 * d.padX - typeset(row.name, d.name, d.bare, widthOf).width - 3;
    Object.assign(name, { x: left + d.padX, y: middle + d.name * 0.28, anchor: "start" });
    Object.assign(value, { x: right - d.padX, y: middle + d.value * 0.34, room: spare });
  }
  writeName(parts.name, row.name, name, widthOf);
  writeValue(parts.value, row.value, value, widthOf);
}

// In a dot there is room for a question mark only; the latest value stands under it, where the columns are close under
// lit neurons only.
function drawDotRow({ plan, widthOf }, parts, node, i, spot) {
  const { d } = plan, known = node.rows.filter((row) => row.value !== "?"), wide = plan.gap + DOT - 6;
  const row = known.find((one) => one.state === "target") || known[known.length - 1];
  const roomy = wide > 2 * plan.label, calls = row && (roomy || isLit(node.state) || node.state === "selected");
  const text = i === 0 ? (row ? "" : "?") : calls ? row.value : "";
  show(parts.tint, false);
  show(parts.name, Boolean(text && i && roomy));
  show(parts.value, Boolean(text));
  if (!text) return;
  const size = d.name + 1, letter = i && roomy ? typeset(row.name, size, true, widthOf).width + 5 : 0;
  const y = i ? spot.y + DOT / 2 + RING + 8 : spot.y + 4, strong = isLit(node.state) ? "strong" : "";
  put(parts.value, { "text-anchor": "middle", class: i ? `value under ${strong}` : "value open" });
  writeValue(parts.value, text, { size: d.value, room: wide - letter, x: spot.x + letter / 2, y }, widthOf);
  if (!letter) return;
  put(parts.name, { style: family(row.kind) });
  const x = spot.x - (widthOf(text, d.value) + letter) / 2;
  writeName(parts.name, row.name, { size, bare: true, x, y, anchor: "start" }, widthOf);
}

function drawBias(view, bias, spot) {
  const { plan: { d, number }, widthOf } = view, item = view.biases.get(bias.id);
  const place = spot.bias, { x, y, w, h } = place;
  const dot = d.rows === "dot", radius = dot ? 2 : h / 2;
  put(item.g, { style: family(bias.kind || "parameter") });
  item.g.classList.toggle("dot", dot);
  frame(item.box, place, 0, radius);
  frame(item.ring, place, 3, radius);
  frame(item.focus, place, 6, radius);
  frame(item.reach, { ...place, w: Math.max(24, w), h: h + 4 }, 0, 0);
  const [y1, y2] = dot ? [y, spot.y - spot.h / 2] : [spot.y + spot.h / 2, y - h / 2];
  put(item.stem, { x1: x, x2: x, y1, y2 });
  show(item.name, place.name > 0);
  show(item.value, !dot);
  if (dot) return;
  const left = x - (place.name + Math.min(number, widthOf(bias.value, d.small))) / 2;
  const bare = d.bare || d.rows !== "line";
  put(item.value, { "text-anchor": "start", class: valueClass(bias.value) });
  writeName(item.name, bias.name, { size: d.small + 1, bare, x: left, y: y + d.small * 0.3, anchor: "start" }, widthOf);
  const value = { size: d.small, room: number + 2, x: left + place.name, y: y + d.small * 0.35 };
  writeValue(item.value, bias.value, value, widthOf);
}

function drawLabels(view) {
  const { plan, widthOf } = view, { small } = plan.d;
  const places = placeLabels(view.picture, plan, [view.focused, view.hovered]);
  keep(view.labels, new Set(places.map(({ edge }) => edge.id)), () => newLabel(view));
  for (const { edge, rank, box } of places) {
    const label = view.labels.get(edge.id), { g, plate, text } = label;
    label.box = box;
    put(g, { "data-edge": edge.id, class: `label ${edge.state} ${rank ? "strong" : ""}` });
    const w = Math.min(box.w, widthOf(edge.value, small) + 8);
    frame(plate, { ...box, w }, edge.state === "target" ? 2 : 0, box.h / 2);
    put(text, { class: valueClass(edge.value) });
    writeValue(text, edge.value, { size: small, room: box.w - 2, x: box.x, y: box.y + small * 0.35 }, widthOf);
  }
}

// ---- the whole -----------------------------------------------------------------------------------------------------

function drawTitles(view) {
  const { titles, title: size, leading, columns } = view.plan;
  resize(view.titles, titles.length, () => add(view.layers.titles, "text", { class: "title" }));
  titles.forEach((lines, i) => writeLines(view.titles[i], lines, { size, leading, x: columns[i].x, y: size + 1 }));
}

// Where the gaps are too narrow for values, a line under the picture says what is pointed at.
function drawReadout(view) {
  const { plan, picture } = view, narrow = !picture.graph && (plan.d.rows === "dot" || plan.gap < plan.label), data = drawn(view);
  view.readout.hidden = !narrow;
  if (!narrow) return;
  const told = [view.hovered, view.focused].map((id) => id && data.find((one) => one.id === id)).find(Boolean)
    || data.find((one) => one.state === "target") || data.find((one) => one.state === "selected");
  say(view.readout, told ? told.spoken : "");
}

// What pointer and focus are on, and what they have left; everything where the picture is new.
function drawPointed(view, fresh) {
  const before = view.pointed || [];
  view.pointed = [view.hovered, view.focused];
  drawEdges(view, fresh ? null : new Set([...before, ...view.pointed]));
  drawLabels(view);
  drawReadout(view);
}

// Shown to a room, values on edges are at least so much of the window wide, so that the last row can read them.
function scaled(view, width, widthOf, readable) {
  const least = (small) => (view.present ? Math.max(1, (window.innerWidth * readable) / small) : 1);
  const at = (scale) => arrange(view.picture, width / scale, view.room, widthOf, view.tall / scale);
  const first = least(LARGEST), plan = at(first), scale = least(plan.d.small);
  return { scale, plan: scale === first ? plan : at(scale) };
}

// A network that would be higher than what there is room for is shown a little smaller, if all of it can be seen then; but not
// on a projector, where the last row could not read it.
function fitted(view, width, widthOf) {
  const found = scaled(view, width, widthOf, READABLE), fits = ({ scale, plan }) => plan.height <= view.tall / scale;
  if (!view.present || view.picture.graph || fits(found) || window.innerWidth >= PROJECTOR) return found;
  return SMALLER.map((part) => scaled(view, width, widthOf, part * READABLE)).find(fits) || found;
}

// A plan is kept for as long as all is as before that it depends on, and with it what was found for it, such as the places of
// labels.
function planned(view, width, widthOf) {
  const key = JSON.stringify([shapeOf(view.picture), view.room, width, view.tall, view.present && window.innerWidth]);
  if (view.kept?.key !== key || view.kept.widthOf !== widthOf) view.kept = { key, widthOf, ...fitted(view, width, widthOf) };
  return view.kept;
}

function draw(view, width, widthOf) {
  const { picture } = view;
  view.room = reserve(view.room, picture);
  view.widthOf = widthOf;
  const { scale: shown, plan } = planned(view, width, widthOf);
  const scale = shown * view.box.zoom(plan.width * shown, plan.height * shown, width);
  Object.assign(view, { scale, plan });
  syncAll(view);
  const classes = {
    pointing: drawn(view).some((data) => isLit(data.state)), dense: picture.edges.length > DENSE,
    pickable: view.pickable || Boolean(view.words), graph: picture.graph,
  };
  put(view.svg, {
    width: picture.graph ? Math.ceil(plan.width * scale - 0.01) : width, height: Math.ceil(plan.height * scale - 0.01), role: "group",
    viewBox: scale === 1 ? null : `0 0 ${plan.width} ${plan.height}`, "aria-label": picture.label,
    class: Object.keys(classes).filter((name) => classes[name]).join(" "),
  });
  drawTitles(view);
  columnsOf(picture).forEach((column, i) => column.nodes.forEach((node, j) => {
    const spot = plan.columns[i].spots[j];
    drawNode(view, node, spot, { input: i === 0 || (column.loss && j > 0), loss: column.loss && j === 0 });
    if (node.bias) drawBias(view, node.bias, spot);
  }));
  drawLinks(view);
  drawPointed(view, true);
  view.box.follow(targetOf(view), scale);
}

// The middle of what the step is about, in pixels of the picture.
function targetOf(view) {
  const { picture, plan } = view, columns = columnsOf(picture);
  for (const [i, { nodes }] of columns.entries()) {
    const j = nodes.findIndex((node) => node.state === "target");
    if (j >= 0) return { id: nodes[j].id, ...plan.columns[i].spots[j] };
  }
  const edge = picture.edges.find(({ state }) => state === "target");
  if (!edge) return null;
  const { x1, y1, x2, y2 } = pieces(view.edges.get(edge.id).track).at(-1);
  return { id: edge.id, x: (x1 + x2) / 2, y: (y1 + y2) / 2, w: plan.label, h: plan.label };
}

function newView() {
  const root = make("div", "picture"), sheet = make("div", "sheet"), svg = add(sheet, "svg"), readout = make("p", "readout");
  const box = room(root, sheet);
  root.append(put(readout, { "aria-hidden": "true" }));
  const layer = (name, hidden) => add(svg, "g", { class: name, "aria-hidden": hidden });
  const layers = {
    titles: layer("titles", null), paint: layer("paint", "true"), nodes: layer("nodes", null),
    biases: layer("biases", null), hits: layer("hits", null), labels: layer("labels", "true"),
  };
  return {
    root, sheet, box, svg, readout, layers, nodes: new Map(), biases: new Map(), edges: new Map(), labels: new Map(), links: [],
    titles: [], room: {}, tall: Infinity, focused: null, hovered: null,
  };
}

// A click opens the field over what can be changed here, and picks anything else. onPoint(id, taken): what is pointed at, or
// taken by a click.
function act(view, id, y) {
  const item = [view.nodes, view.biases, view.edges].map((map) => map.get(id)).find(Boolean);
  view.onPoint?.(id, true);
  if (view.words && item?.data.edit) view.field.open(item, view.words, y);
  else if (view.pickable) view.ask(id);
}

export default function open() {
  const view = newView(), pick = picker(), type = picker();
  const { again, stop } = watch(view.root, (width, widthOf) => {
    draw(view, width, widthOf);
    view.field.place();
  });
  view.columns = columnsOf;
  view.ask = (id) => pick(view.send, id);
  view.field = editor(view, { type: (text) => type((_name, sent) => view.send("typed", sent), text), why: view.ask });
  view.sheet.append(view.field.root);
  view.box.again = again;
  listen(view, (id, y) => act(view, id, y), () => {
    if (view.plan) drawPointed(view);
    view.onPoint?.(view.hovered || view.focused, false);
  });
  // What it is to be no higher than, in pixels.
  view.fit = (tall) => {
    view.tall = tall;
    again();
  };
  view.update = ({ data, setStateValue }) => {
    Object.assign(view, { picture: data.picture, pickable: data.pickable, words: data.words, send: setStateValue });
    view.present = Boolean(data.present);
    view.box.say(data.picture, view.present);
    dress(view.root, data.picture.colors);
    again();
  };
  view.close = stop;
  return view;
}
