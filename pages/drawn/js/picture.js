// The network picture and the flow chart, drawn in place from plain data (the contract is in components.py).
// Positions follow from the structure and the width alone, in real pixels; a new value only fills its place.

const NS = "http://www.w3.org/2000/svg";
const SERIF = '"Latin Modern Math", "STIX Two Text", "Times New Roman", "Liberation Serif", serif';
const ITALIC = `KaTeX_Math, ${SERIF}`;
const UPRIGHT = `KaTeX_Main, ${SERIF}`;
const SMALLEST = 11;
const ALL_LABELS = 12;
const DENSE = 48;
const RING = 5;
const MARGIN = 10;
const WIDEST_GAP = 190;
const DRAG = 8;
const REACH = 9;
const DOT = 26;
const BELOW = RING + 6;

// How a neuron is written, from roomy to dense; the first that fits is taken. rows: name and value in a `line`, the
// name over the value (`stack`), or a `dot`, values under lit neurons only; bare: no indices. Then, in pixels: size of
// values, of names, of edge values and titles (small); height of a row and of a bias; padding of a card; least gap
// between columns, and between cards; gap in label widths where all edges have labels; greatest height.
const DENSITIES = [
  ["line", false, 16, 18, 13, 28, 28, 15, 7, 110, 24, 2.0, 560],
  ["line", false, 14, 16, 12, 24, 25, 11, 4, 84, 14, 2.0, 560],
  ["stack", false, 15, 16, 12, 44, 21, 9, 6, 70, 18, 1.6, 560],
  ["stack", false, 13, 15, 12, 41, 19, 6, 5, 54, 16, 1.3, 560],
  ["line", true, 13, 14, 12, 19, 18, 8, 4, 58, 12, 1.2, 640],
  ["line", true, 12, 13, 11, 17, 17, 6, 3, 44, 10, 1.0, 640],
  ["stack", false, 12, 14, 11, 38, 18, 5, 4, 36, 16, 0, 700],
  ["stack", true, 12, 13, 11, 34, 18, 4, 3, 32, 16, 0, 700],
  ["dot", false, 11, 11, 11, 0, 9, 0, 0, 0, 4, 0, Infinity],
].map(([rows, bare, value, name, small, line, bias, padX, padY, gapX, gapY, air, tall]) => (
  { rows, bare, value, name, small, line, bias, padX, padY, gapX, gapY, air, tall }
));

const isLit = (state) => state === "target" || state === "input";
const currentOf = (state) => (state === "target" ? "step" : state === "selected" ? "true" : null);

function put(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) node.removeAttribute(name);
    else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
  }
  return node;
}

function add(parent, tag, attributes = {}) {
  return put(parent.appendChild(document.createElementNS(NS, tag)), attributes);
}

const show = (node, yes) => put(node, { display: yes ? null : "none" });

// ---- type ----------------------------------------------------------------------------------------------------------

const pen = document.createElement("canvas").getContext("2d");
let bodyFont = "sans-serif";

function widthOf(text, size, { family = bodyFont, italic = false, weight = 500 } = {}) {
  pen.font = `${italic ? "italic " : ""}${weight} ${size}px ${family}`;
  return pen.measureText(text).width;
}

const ACCENTS = { hat: "\u0302", bar: "\u0304", tilde: "\u0303" };

function runsOf(name, bare) {
  if (name.num) {
    return [{ text: "∂" }, ...runsOf(name.num, bare), { text: "/" }, { text: "∂" }, ...runsOf(name.den, bare)];
  }
  const runs = [{ text: name.base + (ACCENTS[name.over] || "") }];
  if (name.sup && !bare) runs.push({ text: name.sup, raise: -0.42 });
  if (name.sub && !bare) runs.push({ text: name.sub, raise: 0.24 });
  return runs;
}

// Superscript and subscript both start where their letter ends, as TeX sets them.
function typeset(name, size, bare = false) {
  let cursor = 0, letterEnd = 0, end = 0, baseline = 0;
  const runs = runsOf(name, bare).map(({ text, raise = 0 }) => {
    const italic = !/^[\d(),./]+$/.test(text);
    const runSize = raise ? Math.max(SMALLEST, size * 0.68) : size;
    const start = raise ? letterEnd + size * 0.04 : end;
    const run = { text, italic, size: runSize, dx: start - cursor, dy: raise * size - baseline };
    cursor = start + widthOf(text, runSize, { family: italic ? ITALIC : UPRIGHT, italic, weight: 400 });
    if (!raise) letterEnd = cursor;
    end = Math.max(end, cursor);
    baseline = raise * size;
    return run;
  });
  return { runs, width: end };
}

function writeName(text, name, size, bare, x, y, anchor) {
  const { runs, width } = typeset(name, size, bare);
  const key = JSON.stringify(runs);
  if (text.key !== key) {
    text.key = key;
    text.replaceChildren();
    for (const run of runs) {
      const span = add(text, "tspan", { dx: run.dx.toFixed(2), dy: run.dy.toFixed(2), "font-size": run.size });
      span.setAttribute("class", run.italic ? "italic" : "upright");
      span.textContent = run.text;
    }
  }
  put(text, { x: (anchor === "middle" ? x - width / 2 : x).toFixed(1), y: y.toFixed(1) });
  return width;
}

// A value too long for its place is set smaller, then narrower; never cut.
function writeValue(text, value, size, left, x, y) {
  const room = Math.max(1, left);
  if (text.textContent !== value) text.textContent = value;
  const natural = widthOf(value, size);
  const fitted = Math.min(size, Math.max(SMALLEST, (size * room) / natural));
  const squeezed = (natural * fitted) / size > room + 1;
  put(text, {
    x: x.toFixed(1), y: y.toFixed(1), "font-size": fitted.toFixed(1),
    textLength: squeezed ? room.toFixed(1) : null, lengthAdjust: squeezed ? "spacingAndGlyphs" : null,
  });
}

function wrap(text, size, room, weight = 500) {
  const words = text.match(/[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef]+|\s+/g) || [];
  const lines = [""];
  for (const word of words) {
    const longer = lines[lines.length - 1] + word;
    if (lines[lines.length - 1].trim() && widthOf(longer.trim(), size, { weight }) > room) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => line.trim()).filter(Boolean);
}

function writeLines(text, lines, size, leading, x, y) {
  const key = JSON.stringify([lines, size]);
  if (text.key !== key) {
    text.key = key;
    text.replaceChildren();
    for (const line of lines) add(text, "tspan").textContent = line;
  }
  put(text, { "font-size": size });
  [...text.children].forEach((span, i) => put(span, { x: x.toFixed(1), y: (y + i * leading).toFixed(1) }));
}

// ---- the picture: its elements, one per id, kept from one update to the next ----------------------------------------

function newView(parent) {
  const root = document.createElement("div");
  root.className = "picture";
  root.style.setProperty("--italic", ITALIC);
  root.style.setProperty("--upright", UPRIGHT);
  parent.appendChild(root);
  const svg = add(root, "svg");
  const layer = (name, attributes) => add(svg, "g", { class: name, ...attributes });
  const view = { root, svg, width: 0, items: new Map(), edges: new Map(), labels: new Map(), links: [], titles: [] };
  const hidden = { "aria-hidden": "true" };
  view.layers = {
    titles: layer("titles"), paint: layer("paint", hidden), nodes: layer("nodes"), biases: layer("biases"),
    hits: layer("hits"), labels: layer("labels", hidden),
  };
  view.readout = document.createElement("p");
  view.readout.className = "readout";
  view.readout.setAttribute("aria-hidden", "true");
  root.appendChild(view.readout);
  listen(view);
  return view;
}

function button(layer, id, part) {
  const g = add(layer, "g", { "data-id": id, "data-part": part });
  return g;
}

function newNode(view, id) {
  const g = button(view.layers.nodes, id, "node");
  const item = { g, part: "node", ring: add(g, "rect", { class: "ring" }), focus: add(g, "rect", { class: "focus" }) };
  item.box = add(g, "rect", { class: "box" });
  item.corners = add(g, "path", { class: "corners" });
  item.rule = add(g, "line", { class: "rule" });
  item.rows = [0, 1].map(() => ({
    tint: add(g, "rect", { class: "tint" }),
    name: add(g, "text", { class: "name" }),
    value: add(g, "text", { class: "value" }),
  }));
  return item;
}

function newBias(view, id) {
  const g = button(view.layers.biases, id, "bias");
  const item = { g, part: "bias", stem: add(g, "line", { class: "stem" }), ring: add(g, "rect", { class: "ring" }) };
  item.focus = add(g, "rect", { class: "focus" });
  item.reach = add(g, "rect", { class: "reach" });
  item.box = add(g, "rect", { class: "box" });
  item.name = add(g, "text", { class: "name" });
  item.value = add(g, "text", { class: "value" });
  return item;
}

function newEdge(view, id) {
  const paint = add(view.layers.paint, "g");
  const g = button(view.layers.hits, id, "edge");
  const stroke = (name) => add(paint, "path", { class: name });
  const item = { g, part: "edge", paint, casing: stroke("casing"), clear: stroke("clear"), line: stroke("line") };
  item.hit = add(g, "path", { class: "hit" });
  return item;
}

function keep(map, wanted, make) {
  for (const [id, item] of map) {
    if (wanted.has(id)) continue;
    item.g.remove();
    if (item.paint) item.paint.remove();
    map.delete(id);
  }
  for (const id of wanted) if (!map.has(id)) map.set(id, make(id));
}

// Tab order is document order: neurons, then biases, then edges, each in the order of the data.
function inOrder(layer, items) {
  items.forEach((item, i) => {
    if (layer.children[i] !== item.g) layer.insertBefore(item.g, layer.children[i] || null);
  });
}

function columnsOf(picture) {
  const loss = picture.loss ? [{ title: picture.loss.title || "", nodes: [picture.loss], loss: true }] : [];
  return [...picture.layers, ...loss];
}

function sync(view) {
  const { picture, columns } = view;
  const nodes = columns.flatMap((column) => column.nodes);
  const biases = nodes.flatMap((node) => (node.bias ? [node.bias] : []));
  if (!view.biases) view.biases = new Map();
  keep(view.items, new Set(nodes.map((node) => node.id)), (id) => newNode(view, id));
  keep(view.biases, new Set(biases.map((bias) => bias.id)), (id) => newBias(view, id));
  keep(view.edges, new Set(picture.edges.map((edge) => edge.id)), (id) => newEdge(view, id));
  inOrder(view.layers.nodes, nodes.map((node) => view.items.get(node.id)));
  inOrder(view.layers.biases, biases.map((bias) => view.biases.get(bias.id)));
  inOrder(view.layers.hits, picture.edges.map((edge) => view.edges.get(edge.id)));
  const entries = [[nodes, view.items], [biases, view.biases], [picture.edges, view.edges]];
  for (const [list, map] of entries) for (const data of list) announce(view, map.get(data.id), data);
}

function announce(view, item, data) {
  const { g } = item;
  item.data = data;
  const pickable = view.pickable;
  put(g, {
    role: pickable ? "button" : "img", tabindex: pickable ? "0" : null, "aria-label": data.spoken,
    "aria-current": currentOf(data.state), class: `${item.part} ${data.state}`,
  });
}

// ---- the picture: where things stand -------------------------------------------------------------------------------

const decimalsOf = (value) => (/\.(\d+)/.exec(value) || ["", ""])[1].length;

// Places are reserved for a sign, one digit and the decimals, so that a number coming up moves nothing; a much longer
// number widens them once and for all.
function reserve(view) {
  const { picture } = view, values = picture.edges.map((edge) => edge.value);
  for (const node of view.columns.flatMap((column) => column.nodes)) {
    values.push(...node.rows.map((row) => row.value), ...(node.bias ? [node.bias.value] : []));
  }
  if (picture.decimals === undefined) view.seen = Math.max(view.seen || 4, ...values.map(decimalsOf));
  const usual = (picture.decimals === undefined ? view.seen : picture.decimals) + 3;
  if (view.usual !== usual) Object.assign(view, { usual, characters: usual });
  const lengths = picture.edges.map((edge) => edge.value.length);
  view.weights = Math.min(usual, Math.max(view.weights || 4, ...lengths));
  const longest = Math.max(...values.map((value) => value.length));
  if (longest > view.characters + 1) view.characters = Math.min(longest, 14);
  return (size) => widthOf("0", size) * (view.characters - 0.6);
}

function measureColumn(column, d, room) {
  const names = column.nodes.flatMap((node) => node.rows.map((row) => row.name));
  const rows = Math.max(...column.nodes.map((node) => node.rows.length));
  const name = Math.max(...names.map((one) => typeset(one, d.name, d.bare).width));
  const value = room(d.value);
  if (d.rows === "dot") return { wide: DOT, high: DOT, name, value };
  const wide = 2 * d.padX + (d.rows === "stack" ? Math.max(name, value) : name + d.name * 0.7 + value);
  return { wide: Math.ceil(wide), high: rows * d.line + 2 * d.padY, name, value };
}

function measure(view, d, room) {
  const sizes = view.columns.map((column) => measureColumn(column, d, room));
  const sum = sizes.reduce((total, size) => total + size.wide, 0);
  const gap = Math.min(WIDEST_GAP, (view.width - 2 * MARGIN - sum) / (sizes.length - 1));
  const dot = d.rows === "dot";
  const around = view.columns.map((column) => {
    const biased = column.nodes.some((node) => node.bias);
    return { above: dot && biased ? d.bias + RING + 2 : 0, below: dot ? d.value + 4 : biased ? d.bias + BELOW : 0 };
  });
  const pitch = d.gapY + Math.max(...sizes.map((size, i) => size.high + around[i].above + around[i].below));
  const half = view.columns.map((column) => ((column.nodes.length - 1) * pitch) / 2);
  const up = Math.max(...sizes.map((size, i) => half[i] + size.high / 2 + around[i].above));
  const down = Math.max(...sizes.map((size, i) => half[i] + size.high / 2 + around[i].below));
  const label = widthOf("0", d.small) * (view.weights - 0.5) + 4;
  return { d, sizes, gap, pitch, up, down, room, label };
}

function arrange(view) {
  const room = reserve(view);
  let plan;
  for (const d of DENSITIES) {
    plan = measure(view, d, room);
    const labels = view.picture.edges.length <= ALL_LABELS ? plan.label * d.air : 0;
    if (plan.gap >= Math.max(d.gapX, labels) && plan.up + plan.down <= d.tall) break;
  }
  placeColumns(view, plan);
  return plan;
}

// A title of two parts, "Hidden · tanh", breaks between them first.
function titleLines(title, size, room) {
  const whole = wrap(title, size, room, 600);
  return whole.length < 2 ? whole : title.split(" · ").flatMap((part) => wrap(part, size, room, 600));
}

function placeColumns(view, plan) {
  const { sizes, gap, d } = plan;
  const total = sizes.reduce((sum, size) => sum + size.wide, 0) + gap * (sizes.length - 1);
  plan.title = d.small + (d.rows === "line" && !d.bare ? 1 : 0);
  const titleRooms = sizes.map((size) => size.wide + Math.min(gap, 120) - 8);
  plan.titles = view.columns.map((column, i) => titleLines(column.title || "", plan.title, titleRooms[i]));
  const lines = Math.max(...plan.titles.map((title) => title.length));
  plan.top = lines ? lines * (plan.title + 4) + 12 : 2;
  const middle = plan.top + RING + 3 + plan.up;
  plan.bottom = middle + plan.down + RING + 4;
  let left = (view.width - total) / 2;
  plan.columns = sizes.map((size, i) => {
    const x = left + size.wide / 2;
    left += size.wide + gap;
    const count = view.columns[i].nodes.length;
    const spots = view.columns[i].nodes.map((node, j) => ({
      x, y: middle + (j - (count - 1) / 2) * plan.pitch, w: size.wide, h: size.high,
    }));
    return { x, ...size, spots };
  });
}

// The ends of an edge: ports spread along the sides of two cards, or the rims of two dots; `air` keeps rings free.
function segment(plan, edge, layers, air) {
  const [fromLayer, fromIndex] = edge.from, [toLayer, toIndex] = edge.to;
  const a = plan.columns[fromLayer].spots[fromIndex - 1], b = plan.columns[toLayer].spots[toIndex - 1];
  const ends = [port(a, toIndex, layers[toLayer].nodes.length), port(b, fromIndex, layers[fromLayer].nodes.length)];
  const ringed = (layer, index) => (air && layers[layer].nodes[index - 1].state === "target" ? RING + 2 : 0);
  const start = { ...a, air: 1 + ringed(fromLayer, fromIndex) }, end = { ...b, air: 2 + ringed(toLayer, toIndex) };
  return between(plan, start, end, ...ends);
}

const port = (spot, index, count) => (index - (count + 1) / 2) * Math.min(7, (spot.h - 16) / Math.max(1, count - 1));

function between(plan, a, b, portA, portB) {
  if (plan.d.rows !== "dot") return {
    x1: a.x + a.w / 2 + a.air, y1: a.y + portA, x2: b.x - b.w / 2 - b.air, y2: b.y + portB,
  };
  const long = Math.hypot(b.x - a.x, b.y - a.y), ux = (b.x - a.x) / long, uy = (b.y - a.y) / long;
  const start = DOT / 2 + a.air, end = DOT / 2 + b.air;
  return { x1: a.x + ux * start, y1: a.y + uy * start, x2: b.x - ux * end, y2: b.y - uy * end };
}

// ---- the picture: drawing ------------------------------------------------------------------------------------------

function frame(rect, spot, grow, radius) {
  put(rect, {
    x: (spot.x - spot.w / 2 - grow).toFixed(1), y: (spot.y - spot.h / 2 - grow).toFixed(1),
    width: (spot.w + 2 * grow).toFixed(1), height: (spot.h + 2 * grow).toFixed(1),
    rx: Math.max(0, radius + grow).toFixed(1),
  });
}

const family = (kind) => `--family: var(--c-${kind}, var(--st-text-color))`;

function drawNode(item, node, spot, plan, { input, loss }) {
  const { d } = plan;
  const dot = d.rows === "dot";
  const radius = dot ? DOT / 2 : input || loss ? 5 : d.rows === "line" && !d.bare ? 16 : 11;
  put(item.g, { style: family(node.kind) });
  item.g.classList.toggle("loss", Boolean(loss));
  item.g.classList.toggle("dot", dot);
  frame(item.box, spot, 0, radius);
  frame(item.ring, spot, RING, radius);
  frame(item.focus, spot, RING + 3, radius);
  drawCorners(item.corners, spot, node.state === "selected");
  const two = node.rows.length > 1 && !dot;
  show(item.rule, two);
  const half = spot.w / 2 - d.padX;
  if (two) put(item.rule, { x1: spot.x - half, x2: spot.x + half, y1: spot.y, y2: spot.y });
  item.rows.forEach((parts, i) => (dot ? drawDotRow : drawRow)(parts, node, i, spot, plan));
}

function drawCorners(path, spot, yes) {
  show(path, yes);
  if (!yes) return;
  const g = RING, w = spot.w / 2 + g, h = spot.h / 2 + g, l = Math.min(12, spot.h / 3);
  const corner = (sx, sy) => `M${spot.x + sx * (w - l)} ${spot.y + sy * h}H${spot.x + sx * w}V${spot.y + sy * (h - l)}`;
  put(path, { d: corner(-1, -1) + corner(1, -1) + corner(1, 1) + corner(-1, 1) });
}

function drawRow(parts, node, i, spot, plan) {
  const { d } = plan, row = node.rows[i];
  for (const part of Object.values(parts)) show(part, Boolean(row));
  if (!row) return;
  const top = spot.y - (node.rows.length * d.line) / 2 + i * d.line;
  const left = spot.x - spot.w / 2, right = spot.x + spot.w / 2;
  const room = d.rows === "stack" ? spot.w - 6 : spot.w - 2 * d.padX - typeset(row.name, d.name, d.bare).width - 3;
  dressRow(parts, row);
  put(parts.tint, { x: left + 4, y: top + 1, width: spot.w - 8, height: d.line - 2, rx: 6 });
  put(parts.value, { "text-anchor": d.rows === "stack" ? "middle" : "end" });
  if (d.rows === "stack") {
    writeName(parts.name, row.name, d.name, d.bare, spot.x, top + d.name + 2, "middle");
    writeValue(parts.value, row.value, d.value, room, spot.x, top + d.line - 5);
  } else {
    const baseline = top + d.line / 2;
    writeName(parts.name, row.name, d.name, d.bare, left + d.padX, baseline + d.name * 0.28, "start");
    writeValue(parts.value, row.value, d.value, room, right - d.padX, baseline + d.value * 0.34);
  }
}

function dressRow(parts, row) {
  const known = row.value !== "?";
  put(parts.name, { style: family(row.kind) });
  put(parts.tint, { style: family(row.kind), class: `tint ${row.state || ""}` });
  put(parts.value, { class: `value ${known ? "" : "open"} ${row.state || ""}` });
}

// In a dot there is room for a question mark only; the latest value stands under it, where the columns are close under
// lit neurons only.
function drawDotRow(parts, node, i, spot, plan) {
  const { d } = plan, known = node.rows.filter((row) => row.value !== "?"), room = plan.gap + DOT - 6;
  const row = known.find((one) => one.state === "target") || known[known.length - 1];
  const roomy = room > 2 * plan.label, calls = row && (roomy || isLit(node.state) || node.state === "selected");
  const text = i === 0 ? (row ? "" : "?") : calls ? row.value : "";
  show(parts.tint, false);
  show(parts.name, Boolean(text && i && roomy));
  show(parts.value, Boolean(text));
  if (!text) return;
  const letter = i && roomy ? typeset(row.name, d.name + 1, true).width + 5 : 0;
  const y = i ? spot.y + DOT / 2 + RING + 8 : spot.y + 4, strong = isLit(node.state) ? "strong" : "";
  put(parts.value, { "text-anchor": "middle", class: i ? `value under ${strong}` : "value open" });
  writeValue(parts.value, text, d.value, room - letter, spot.x + letter / 2, y);
  if (!letter) return;
  put(parts.name, { style: family(row.kind) });
  writeName(parts.name, row.name, d.name + 1, true, spot.x - (widthOf(text, d.value) + letter) / 2, y, "start");
}

function drawBias(item, bias, spot, plan) {
  const { d } = plan, dot = d.rows === "dot", terse = d.bare || d.rows !== "line";
  put(item.g, { style: family("parameter") });
  item.g.classList.toggle("dot", dot);
  const name = dot ? 0 : typeset(bias.name, d.small + 1, terse).width;
  const room = dot ? 0 : plan.room(d.small);
  const w = dot ? d.bias : Math.max(d.bias, name + 6 + room + 16);
  const above = spot.y - spot.h / 2 - RING - 2 - d.bias / 2, under = spot.y + spot.h / 2 + BELOW + d.bias / 2;
  const place = { x: spot.x, y: dot ? above : under, w, h: d.bias };
  const radius = dot ? 2 : d.bias / 2;
  frame(item.box, place, 0, radius);
  frame(item.ring, place, 3, radius);
  frame(item.focus, place, 6, radius);
  frame(item.reach, { ...place, w: Math.max(24, w), h: d.bias + 4 }, 0, 0);
  const [y1, y2] = dot ? [above, spot.y - spot.h / 2] : [spot.y + spot.h / 2, under - d.bias / 2];
  put(item.stem, { x1: spot.x, x2: spot.x, y1, y2 });
  for (const part of [item.name, item.value]) show(part, !dot);
  if (dot) return;
  const left = place.x - (name + 6 + Math.min(room, widthOf(bias.value, d.small))) / 2;
  put(item.value, { "text-anchor": "start", class: `value ${bias.value === "?" ? "open" : ""}` });
  writeName(item.name, bias.name, d.small + 1, terse, left, place.y + d.small * 0.3, "start");
  writeValue(item.value, bias.value, d.small, room + 2, left + name + 6, place.y + d.small * 0.35);
}

function drawEdge(view, item, edge, line, thick) {
  const lit = isLit(edge.state), width = thick * (0.35 + 0.65 * edge.size) + (lit ? 1 : 0);
  const d = `M${line.x1.toFixed(1)} ${line.y1.toFixed(1)}L${line.x2.toFixed(1)} ${line.y2.toFixed(1)}`;
  const sign = edge.sign > 0 ? "positive" : edge.sign < 0 ? "negative" : "zero";
  const focused = view.focused === edge.id, hovered = view.hovered === edge.id;
  const cased = edge.state === "target" || edge.state === "selected" || focused;
  const style = edge.kind ? `--sign: var(--c-${edge.kind})` : null;
  put(item.paint, { style, class: `edge ${sign} ${edge.state} ${hovered ? "hovered" : ""} ${focused ? "focused" : ""}` });
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
    if (item.arrow) item.arrow.remove();
    if (item.pulse) item.pulse.remove();
    item.arrow = item.pulse = null;
    return;
  }
  if (!item.arrow) {
    item.arrow = add(item.paint, "path", { class: "arrow" });
    item.pulse = add(item.paint, "path", { class: "pulse", pathLength: 100 });
  }
  const { x1, y1, x2, y2 } = direction === "forward" ? line : { x1: line.x2, y1: line.y2, x2: line.x1, y2: line.y1 };
  const long = Math.hypot(x2 - x1, y2 - y1), ux = (x2 - x1) / long, uy = (y2 - y1) / long;
  const size = 6 + width, half = 2.2 + width * 0.6, bx = x2 - ux * size, by = y2 - uy * size;
  put(item.arrow, { d: `M${x2} ${y2}L${bx - uy * half} ${by + ux * half}L${bx + uy * half} ${by - ux * half}Z` });
  put(item.pulse, { d: `M${x1} ${y1}L${x2} ${y2}`, "stroke-width": (width + 1.5).toFixed(2) });
}

function drawLinks(view, plan) {
  const { picture } = view, outputs = picture.loss ? plan.columns[picture.layers.length - 1].spots : [];
  while (view.links.length > outputs.length) view.links.pop().remove();
  while (view.links.length < outputs.length) view.links.push(add(view.layers.paint, "path", { class: "link" }));
  outputs.forEach((spot, i) => {
    const end = plan.columns[plan.columns.length - 1].spots[0];
    const ring = picture.loss.state === "target" ? RING + 2 : 0;
    const line = between(plan, { ...spot, air: 1 }, { ...end, air: 2 + ring }, 0, port(end, i + 1, outputs.length));
    const node = picture.layers[picture.layers.length - 1].nodes[i];
    put(view.links[i], {
      d: `M${line.x1} ${line.y1}L${line.x2} ${line.y2}`,
      class: `link ${isLit(node.state) && isLit(picture.loss.state) ? "lit" : ""}`,
    });
  });
}

function drawTitles(view, plan) {
  const { columns } = view;
  while (view.titles.length > columns.length) view.titles.pop().remove();
  while (view.titles.length < columns.length) view.titles.push(add(view.layers.titles, "text", { class: "title" }));
  columns.forEach((column, i) => {
    writeLines(view.titles[i], plan.titles[i], plan.title, plan.title + 4, plan.columns[i].x, plan.title + 1);
  });
}

// ---- the picture: values on edges ----------------------------------------------------------------------------------

function overlaps(a, b, air) {
  return Math.abs(a.x - b.x) < (a.w + b.w) / 2 + air && Math.abs(a.y - b.y) < (a.h + b.h) / 2 + air;
}

function crosses({ x1, y1, x2, y2 }, box) {
  const steps = 8;
  for (let i = 0; i <= steps; i += 1) {
    const x = box.x - box.w / 2 + (box.w * i) / steps, t = (x - x1) / (x2 - x1);
    if (t > 0 && t < 1 && Math.abs(y1 + t * (y2 - y1) - box.y) < box.h / 2) return true;
  }
  return false;
}

const STAGGER = Array.from({ length: 25 }, (_, i) => 0.5 + 0.03 * Math.ceil(i / 2) * (i % 2 ? -1 : 1));
const COVERED = 20;

const along = (line, t) => ({ x: line.x1 + t * (line.x2 - line.x1), y: line.y1 + t * (line.y2 - line.y1) });

function costOf(one, box, t, places, others) {
  let cost = Math.abs(t - 0.5);
  for (const [other, place] of places) if (other !== one && overlaps(box, place, 1)) cost += COVERED;
  for (const other of others) if (other !== one && crosses(other.line, box)) cost += 1;
  return cost;
}

// Every label slides along its own edge to the place that covers no other label, no ring and few other edges.
function slide(wanted, others, size, { left, right, rings }, ringCost) {
  const places = new Map();
  for (let pass = 0; pass < 4; pass += 1) {
    for (const one of wanted) {
      let best = null;
      for (const t of STAGGER) {
        const box = { ...along(one.line, t), ...size };
        if (box.x - size.w / 2 < left || box.x + size.w / 2 > right) continue;
        const ringed = rings.filter((ring) => overlaps(box, ring, 0)).length;
        const cost = costOf(one, box, t, places, others) + ringCost * ringed;
        if (!best || cost < best.cost - 1e-9) best = { ...box, cost };
      }
      if (best) places.set(one, best);
    }
  }
  return [...places].filter(([, box]) => box.cost < COVERED).map(([entry, box]) => ({ ...entry, box }));
}

// 3 pointed at, 2 target, 1 input or selected, 0 idle.
function rankOf(view, { id, state }) {
  if (id === view.focused || id === view.hovered) return 3;
  return { target: 2, input: 1, selected: 1 }[state] || 0;
}

function labelsOf(view, plan) {
  const { edges } = view.picture, all = edges.length <= ALL_LABELS;
  const gaps = new Map();
  for (const edge of edges) {
    const entry = { edge, rank: rankOf(view, edge), line: view.edges.get(edge.id).track };
    if (!gaps.has(edge.from[0])) gaps.set(edge.from[0], []);
    gaps.get(edge.from[0]).push(entry);
  }
  const size = { w: plan.label, h: plan.d.small + 4 };
  return [...gaps].flatMap(([layer, entries]) => choose(view, plan, layer, entries, size, all));
}

function channel({ picture }, plan, layer, all, most) {
  const { columns } = plan, [before, after] = [columns[layer], columns[layer + 1]];
  const isRing = (k, j) => all || picture.layers[k].nodes[j].state === "target";
  const ringed = [layer, layer + 1].flatMap((k) => columns[k].spots.filter((spot, j) => isRing(k, j)));
  const rings = ringed.map((spot) => ({ x: spot.x, y: spot.y, w: spot.w + 2 * RING + 3, h: spot.h + 2 * RING + 3 }));
  const hold = plan.d.rows === "dot" ? plan.label / 2 + 9 : 0;
  const left = before.x + Math.max(before.wide / 2, hold), right = after.x - Math.max(after.wide / 2, hold);
  const air = Math.min(most, (right - left - plan.label) / 2 - 1);
  return { left: left + air, right: right - air, rings };
}

// All values between two layers, at places that no state moves; where they would cover each other, those that are lit.
function choose(view, plan, layer, entries, size, all) {
  if (all) {
    for (const most of [18, -2]) {
      const places = slide(entries, entries, size, channel(view, plan, layer, true, most), 2);
      if (places.length === entries.length) return places;
    }
  }
  const lit = entries.filter((entry) => entry.rank).sort((a, b) => b.rank - a.rank);
  const bounds = channel(view, plan, layer, false, lit.length > 1 ? 4 : 18);
  return slide(lit, all ? entries : lit, size, bounds, COVERED);
}

function drawLabels(view, plan) {
  const places = labelsOf(view, plan), wanted = new Set(places.map(({ edge }) => edge.id));
  keep(view.labels, wanted, () => {
    const g = add(view.layers.labels, "g");
    const plate = add(g, "rect", { class: "plate" });
    return { g, plate, text: add(g, "text", { class: "value", "text-anchor": "middle" }) };
  });
  for (const { edge, rank, box } of places) {
    const { g, plate, text } = view.labels.get(edge.id), { small } = plan.d;
    put(g, { class: `label ${edge.state} ${rank ? "strong" : ""}` });
    const wide = Math.min(box.w, widthOf(edge.value, small) + 8);
    frame(plate, { ...box, w: wide }, edge.state === "target" ? 2 : 0, box.h / 2);
    put(text, { class: `value ${edge.value === "?" ? "open" : ""}` });
    writeValue(text, edge.value, small, box.w - 2, box.x, box.y + small * 0.35);
  }
}

function drawn(view) {
  return [view.items, view.biases, view.edges].flatMap((map) => [...map.values()].map((item) => item.data));
}

// Where the gaps are too narrow for values, a line under the picture says what is pointed at.
function drawReadout(view, plan) {
  const narrow = plan.d.rows === "dot" || plan.gap < plan.label;
  view.readout.hidden = !narrow;
  if (!narrow) return;
  const data = drawn(view);
  const told = [view.hovered, view.focused].map((id) => id && data.find((one) => one.id === id)).find(Boolean)
    || data.find((one) => one.state === "target") || data.find((one) => one.state === "selected");
  const text = told ? told.spoken : "";
  if (view.readout.textContent !== text) view.readout.textContent = text;
}

function drawEdges(view, plan) {
  const { picture } = view, slim = plan.d.small === SMALLEST || picture.edges.length > DENSE;
  const thick = plan.d.rows === "dot" ? 2 : slim ? 3 : 4.5;
  const raised = [];
  for (const edge of picture.edges) {
    const item = view.edges.get(edge.id);
    item.track = segment(plan, edge, picture.layers, false);
    drawEdge(view, item, edge, segment(plan, edge, picture.layers, true), thick);
    if (edge.state !== "idle" && edge.state !== "unknown") raised.push(item.paint);
  }
  const { paint } = view.layers, last = [...paint.children].slice(-raised.length);
  if (raised.some((g, i) => last[i] !== g)) paint.append(...raised);
}

function draw(view) {
  const { picture, columns } = view;
  const plan = arrange(view);
  view.plan = plan;
  put(view.svg, { width: view.width, height: Math.ceil(plan.bottom), role: "group", "aria-label": picture.label });
  const classes = {
    pointing: drawn(view).some((data) => isLit(data.state)),
    dense: picture.edges.length > DENSE,
    pickable: view.pickable,
  };
  put(view.svg, { class: Object.keys(classes).filter((name) => classes[name]).join(" ") });
  drawTitles(view, plan);
  columns.forEach((column, i) => column.nodes.forEach((node, j) => {
    const spot = plan.columns[i].spots[j];
    drawNode(view.items.get(node.id), node, spot, plan, { input: i === 0, loss: column.loss });
    if (node.bias) drawBias(view.biases.get(node.bias.id), node.bias, spot, plan);
  }));
  drawLinks(view, plan);
  drawEdges(view, plan);
  drawLabels(view, plan);
  drawReadout(view, plan);
}

function redrawEdges(view) {
  if (!view.plan) return;
  drawEdges(view, view.plan);
  drawLabels(view, view.plan);
  drawReadout(view, view.plan);
}

// ---- the picture: pointing and picking -----------------------------------------------------------------------------

function distance({ x1, y1, x2, y2 }, x, y) {
  const dx = x2 - x1, dy = y2 - y1, t = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - x1 - t * dx, y - y1 - t * dy);
}

// Hit lines of neighbouring edges overlap, so the pointer takes the nearest edge, not the topmost.
function nearestEdge(view, event, own) {
  const box = view.svg.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
  let best = null, least = REACH;
  for (const [id, item] of view.edges) {
    const far = distance(item.track, x, y) - (id === own ? 0.5 : 0);
    if (far < least) [best, least] = [id, far];
  }
  return best;
}

function pointedAt(view, event) {
  const own = event.target.closest ? event.target.closest("[data-id]") : null;
  if (own && own.dataset.part !== "edge") return own.dataset.id;
  return nearestEdge(view, event, own && own.dataset.id);
}

function listen(view) {
  const { svg } = view;
  let down = null;
  svg.addEventListener("pointerdown", (event) => { down = event; });
  svg.addEventListener("click", (event) => {
    const own = event.target.closest("[data-id]");
    const far = event.detail && down ? Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) : 0;
    const id = event.detail ? pointedAt(view, event) : own && own.dataset.id;
    if (id && far <= DRAG) view.pick(id);
  });
  svg.addEventListener("keydown", (event) => {
    const own = event.target.closest("[data-id]");
    if (!own || event.repeat || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    view.pick(own.dataset.id);
  });
  const point = (id) => {
    if (view.hovered === id) return;
    view.hovered = id;
    put(svg, { "data-over": id ? "" : null });
    redrawEdges(view);
  };
  svg.addEventListener("pointermove", (event) => event.pointerType === "mouse" && point(pointedAt(view, event)));
  svg.addEventListener("pointerleave", () => point(null));
  const focus = (id) => { view.focused = id; redrawEdges(view); };
  svg.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && focus(event.target.dataset.id));
  svg.addEventListener("focusout", () => focus(null));
}

// ---- the flow chart ------------------------------------------------------------------------------------------------

const FLOW = {
  gapX: 46, gapY: 34, lane: 30, text: 13, leading: 17, padX: 12, padY: 9, widest: 230, point: 14, turn: 26,
};

function flowBoxes(nodes, width, laned) {
  const columns = Math.max(...nodes.map((node) => node.col)) + 1, left = laned ? FLOW.lane : 2;
  const wide = Math.min(FLOW.widest, (width - left - 4 - FLOW.gapX * (columns - 1)) / columns);
  const start = left + Math.max(0, (width - left - 4 - wide * columns - FLOW.gapX * (columns - 1)) / 2);
  const boxes = new Map(), rows = [];
  for (const node of nodes) {
    const pad = FLOW.padX + (node.shape === "box" ? 0 : 6);
    const lines = wrap(node.text, FLOW.text, wide - 2 * pad);
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

// Candidate ways from one box to another, as corner points; the one that cuts the fewest boxes and corners is drawn.
function ways(a, b, lane) {
  const spot = (x, y) => ({ x, y }), toward = Math.sign(b.x - a.x) || 1;
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

function route(edge, boxes) {
  const a = boxes.get(edge.from), b = boxes.get(edge.to), all = [...boxes.values()];
  const around = (points) => points.length === 5;
  const cost = (points) => 1e5 * cuts(points, all) + 60 * points.length + length(points) - 1000 * around(points);
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

function drawFlowEdge(svg, edge, points) {
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
  label.textContent = edge.text;
}

function drawFlowBox(svg, { node, lines, x, y, w, h }) {
  const lit = node.state === "lit", g = add(svg, "g", { class: `station of-${node.shape} ${lit ? "lit" : ""}` });
  const l = x - w / 2, r = x + w / 2, t = y - h / 2, b = y + h / 2, p = FLOW.point;
  if (node.shape === "decision") {
    add(g, "path", { class: "shape", d: `M${l} ${y}L${l + p} ${t}H${r - p}L${r} ${y}L${r - p} ${b}H${l + p}Z` });
  } else {
    const rx = node.shape === "end" ? Math.min(h / 2, 20) : 6;
    add(g, "rect", { class: "shape", x: l, y: t, width: w, height: h, rx });
  }
  const text = add(g, "text", { class: "inside", "text-anchor": "middle" });
  writeLines(text, lines, FLOW.text, FLOW.leading, x, y - ((lines.length - 1) * FLOW.leading) / 2 + FLOW.text * 0.35);
  if (!lit) return;
  const cx = r - (node.shape === "decision" ? p : 8), cy = t;
  add(g, "circle", { class: "seal", cx, cy, r: 9 });
  add(g, "path", { class: "check", d: `M${cx - 4} ${cy + 0.5}l3 3l5.5 -6.5` });
}

function readFlow({ nodes, edges, description }) {
  if (description) return description;
  const names = new Map(nodes.map((node) => [node.id, (node.state === "lit" ? "✓ " : "") + node.text]));
  const name = (id) => names.get(id);
  return edges.map((edge) => `${name(edge.from)} → ${edge.text ? `(${edge.text}) ` : ""}${name(edge.to)}`).join("; ");
}

function drawFlow(view) {
  const { flow, svg, width } = view, key = JSON.stringify([flow, width, bodyFont]);
  if (view.key === key) return;
  view.key = key;
  const station = new Map(flow.nodes.map((node) => [node.id, node]));
  const upward = flow.edges.some((edge) => station.get(edge.to).row < station.get(edge.from).row);
  const { boxes, height } = flowBoxes(flow.nodes, width, upward);
  svg.replaceChildren();
  const spoken = { role: "img", "aria-label": flow.label, "aria-describedby": "flow-description" };
  put(svg, { width, height, class: "flow", ...spoken });
  add(svg, "desc", { id: "flow-description" }).textContent = readFlow(flow);
  const sorted = [...flow.edges].sort((a, b) => (a.state === "lit") - (b.state === "lit"));
  for (const edge of sorted) drawFlowEdge(svg, edge, route(edge, boxes));
  for (const box of boxes.values()) drawFlowBox(svg, box);
}

// ---- one view per place in the page; Streamlit calls the default export again at every change -----------------------

const views = new WeakMap();
const RECENT = 16;

// Streamlit keeps only the last of the values that come while a script runs: so each pick carries those before it.
function picker(view) {
  const mark = Math.random().toString(36).slice(2);
  let ids = [], count = 0;
  return (id) => {
    ids = [...ids, id].slice(-RECENT);
    count += 1;
    if (view.pickable) view.send("picked", { view: mark, count, ids });
  };
}

function isDark(root) {
  pen.fillStyle = getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "#fff";
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(pen.fillStyle.slice(i, i + 2), 16));
  return 0.3 * r + 0.59 * g + 0.11 * b < 128;
}

function dress(view, colors) {
  const dark = isDark(view.root);
  view.root.classList.toggle("dark", dark);
  for (const [kind, color] of Object.entries(colors || {})) {
    view.root.style.setProperty(`--c-${kind}`, typeof color === "string" ? color : color[dark ? "dark" : "light"]);
  }
}

function refresh(view) {
  if (view.width < 40) return;
  bodyFont = getComputedStyle(view.root).fontFamily;
  if (view.flow) drawFlow(view);
  else {
    sync(view);
    draw(view);
  }
}

function open(parent) {
  const view = newView(parent);
  view.observer = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (width === view.width) return;
    view.width = width;
    refresh(view);
  });
  view.observer.observe(view.root);
  const fonts = () => { view.key = null; refresh(view); };
  document.fonts.addEventListener("loadingdone", fonts);
  view.close = () => {
    view.observer.disconnect();
    document.fonts.removeEventListener("loadingdone", fonts);
    view.root.remove();
    views.delete(parent);
  };
  view.pick = picker(view);
  views.set(parent, view);
  return view;
}

export default function ({ data, parentElement, setStateValue }) {
  if (!data || typeof data !== "object") throw new Error("picture: the data is not plain JSON (a NumPy number in it?)");
  const view = views.get(parentElement) || open(parentElement);
  view.send = setStateValue;
  view.pickable = Boolean(data.pickable);
  view.flow = data.flow;
  view.picture = data.picture;
  view.columns = data.picture && columnsOf(data.picture);
  dress(view, (data.picture || data.flow).colors);
  view.width = view.width || Math.floor(view.root.clientWidth);
  refresh(view);
  return view.close;
}
