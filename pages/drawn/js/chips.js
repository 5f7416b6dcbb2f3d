// Rows of chips: the ledger of every quantity, and the chain rule as a ribbon (the contract is in components.py).

const SERIF = '"Latin Modern Math", "STIX Two Text", "Times New Roman", "Liberation Serif", serif';
const MARKS = {
  input: "▸", parameter: "■", preactivation: "○", activation: "●", loss: "◆", gradient: "▽",
  optimiser: "◇", setting: "□",
};
const ACCENTS = { hat: "\u0302", bar: "\u0304", tilde: "\u0303" };
const FEW = 40;
const DRAG = 6;

function make(tag, className, ...children) {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children);
  return node;
}

function put(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) node.removeAttribute(name);
    else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
}

function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
  node.hidden = !text;
}

const letters = (text) => make(/^[\d(),./]+$/.test(text) ? "span" : "i", "", text);

function symbol(name) {
  const held = ["sup", "sub"].filter((kind) => name[kind]).map((kind) => make("span", kind, letters(name[kind])));
  const base = letters(name.base + (ACCENTS[name.over] || ""));
  return held.length ? [base, make("span", held.length > 1 ? "scripts" : "script", ...held)] : [base];
}

function nameOf(name, stacked) {
  if (!name.num) return symbol(name);
  const over = make("span", "over", make("i", "", "∂"), ...symbol(name.num));
  const under = make("span", "under", make("i", "", "∂"), ...symbol(name.den));
  return stacked ? [make("span", "fraction", over, under)] : [over, make("span", "", "/"), under];
}

// ---- one chip ------------------------------------------------------------------------------------------------------

function newChip(view) {
  const chip = make("button", "chip");
  chip.type = "button";
  chip.parts = Object.fromEntries(["mark", "name", "value", "note"].map((part) => [part, make("span", part)]));
  chip.parts.mark.setAttribute("aria-hidden", "true");
  const { mark, name, value, note } = chip.parts;
  chip.append(make("span", "head", mark, name), value, note);
  let down = null;
  chip.addEventListener("pointerdown", (event) => { down = event; });
  chip.addEventListener("click", (event) => {
    const far = event.detail && down ? Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) : 0;
    if (far <= DRAG) view.pick(chip.dataset.id);
  });
  return chip;
}

function fillChip(view, chip, data) {
  const { mark, name, value, note } = chip.parts, key = JSON.stringify(data.name);
  if (chip.key !== key) {
    chip.key = key;
    name.replaceChildren(...nameOf(data.name, view.layout === "ribbon"));
  }
  say(mark, MARKS[data.kind] || "");
  say(value, data.value);
  say(note, data.note || "");
  put(chip, {
    "data-id": data.id, "aria-label": data.spoken, class: `chip ${data.state} ${data.value === "?" ? "open" : ""}`,
    "aria-current": data.state === "target" ? "step" : data.state === "selected" ? "true" : null,
    style: `--family: var(--c-${data.kind}, var(--st-text-color))`, disabled: view.pickable && data.id ? null : "",
  });
}

// Children keep their identity from one update to the next: same key, same element.
function reconcile(parent, list, keyOf, create, fill) {
  const old = parent.held || new Map(), next = new Map();
  list.forEach((data, i) => {
    let key = keyOf(data, i);
    while (next.has(key)) key += "'";
    const child = old.get(key) || create(data, i);
    next.set(key, child);
    fill(child, data, i);
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] || null);
  });
  for (const [key, child] of old) if (!next.has(key)) child.remove();
  parent.held = next;
}

// ---- ledger and ribbon ---------------------------------------------------------------------------------------------

function newGroup() {
  const count = make("span", "count"), title = make("span", ""), chips = make("div", "chips");
  const group = make("details", "group", make("summary", "", title, count), chips);
  group.parts = { title, count, chips };
  group.firstChild.addEventListener("click", () => { group.touched = true; });
  return group;
}

// All columns of a group are as wide as its longest chip: 8 px a digit, 9 px a letter, at the sizes of chips.css.
function letterCount(name) {
  if (name.num) return 3 + letterCount(name.num) + letterCount(name.den);
  return 1 + 0.55 * Math.max((name.sup || "").length, (name.sub || "").length);
}

function roomFor(chips) {
  const wide = chips.map((chip) => 9.5 * letterCount(chip.name) + 7.6 * chip.value.length);
  return Math.ceil(Math.max(0, ...wide) + 42);
}

function fillLedger(view, data) {
  const total = data.groups.reduce((sum, group) => sum + group.chips.length, 0);
  const aimed = data.groups.some((group) => group.chips.some((chip) => chip.state === "target"));
  reconcile(view.root, data.groups, (group, i) => `${i}`, newGroup, (details, group, i) => {
    const { title, count, chips } = details.parts;
    say(title, group.title);
    const known = group.chips.filter((chip) => chip.value !== "?").length;
    say(count, known < group.chips.length ? `${known} / ${group.chips.length}` : `${known}`);
    reconcile(chips, group.chips, (chip) => chip.id, () => newChip(view), (chip, one) => fillChip(view, chip, one));
    chips.style.setProperty("--room", `${roomFor(group.chips)}px`);
    const holds = group.chips.some((chip) => chip.state === "target");
    if (holds && !details.holds) Object.assign(details, { open: true, touched: false });
    else if (!details.touched) details.open = total <= FEW || holds || (!aimed && i === 0);
    details.holds = holds;
  });
}

function newCell(view) {
  const operator = make("span", "operator"), chip = newChip(view), cell = make("span", "cell", operator, chip);
  cell.parts = { operator, chip };
  return cell;
}

function fillRibbon(view, data) {
  const between = data.between === undefined ? "+" : data.between;
  const operator = (g, i) => (i ? data.separator : g ? between : "");
  const terms = data.groups.map(({ title, chips }, g) => (
    { title, cells: chips.map((chip, i) => ({ chip, operator: operator(g, i) })) }
  ));
  if (data.result) terms.push({ title: "", cells: [{ chip: data.result, operator: "=" }] });
  const create = () => {
    const title = make("span", "term-title"), cells = make("span", "cells"), term = make("span", "term", title, cells);
    term.parts = { title, cells };
    return term;
  };
  reconcile(view.root, terms, (term, i) => `${i}`, create, (element, term) => {
    const { title, cells } = element.parts;
    say(title, term.title || "");
    reconcile(cells, term.cells, (cell) => cell.chip.id, () => newCell(view), (cell, one) => {
      say(cell.parts.operator, one.operator);
      fillChip(view, cell.parts.chip, one.chip);
    });
  });
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

const pen = document.createElement("canvas").getContext("2d");

function isDark(root) {
  pen.fillStyle = getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "#fff";
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(pen.fillStyle.slice(i, i + 2), 16));
  return 0.3 * r + 0.59 * g + 0.11 * b < 128;
}

function dress({ root }, colors) {
  const dark = isDark(root);
  for (const [kind, color] of Object.entries(colors || {})) {
    root.style.setProperty(`--c-${kind}`, typeof color === "string" ? color : color[dark ? "dark" : "light"]);
  }
}

function open(parent) {
  const root = make("div", "");
  root.style.setProperty("--italic", `KaTeX_Math, ${SERIF}`);
  root.style.setProperty("--upright", `KaTeX_Main, ${SERIF}`);
  parent.appendChild(root);
  const view = { root, close: () => { root.remove(); views.delete(parent); } };
  view.pick = picker(view);
  views.set(parent, view);
  return view;
}

export default function ({ data, parentElement, setStateValue }) {
  if (!data || typeof data !== "object") throw new Error("chips: the data is not plain JSON (a NumPy number in it?)");
  const view = views.get(parentElement) || open(parentElement);
  const { chips, pickable } = data;
  if (view.layout !== chips.layout) {
    view.root.replaceChildren();
    view.root.held = new Map();
  }
  Object.assign(view, { layout: chips.layout, pickable, send: setStateValue });
  put(view.root, { class: chips.layout, role: "group", "aria-label": chips.label });
  dress(view, chips.colors);
  (chips.layout === "ribbon" ? fillRibbon : fillLedger)(view, chips);
  return view.close;
}
