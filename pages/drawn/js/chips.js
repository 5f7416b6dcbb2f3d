// Rows of chips: the ledger of every quantity, and the chain rule as a ribbon. (Data: lessons/drawing/data.py)

import { make, put, say } from "./dom.js";
import { onClick, picker } from "./picks.js";
import { isUpright } from "./text.js";
import { dress, family } from "./theme.js";

const MARKS = {
  input: "▸", parameter: "■", preactivation: "○", activation: "●", loss: "◆", gradient: "▽",
  optimiser: "◇", setting: "□",
};
const FEW = 40;
const LONG = 6; // chips of a ribbon, from which it is set smaller

// What has no text takes no room.
function tell(node, text) {
  say(node, text).hidden = !text;
}

const letters = (text) => make(isUpright(text) ? "span" : "i", "", text);

export function symbol(name) {
  const held = ["sup", "sub"].filter((kind) => name[kind]).map((kind) => make("span", kind, letters(name[kind])));
  const base = letters(name.base);
  return held.length ? [base, make("span", held.length > 1 ? "scripts" : "script", ...held)] : [base];
}

export function nameOf(name, stacked) {
  if (!name.num) return symbol(name);
  const over = make("span", "over", letters("∂"), ...symbol(name.num));
  const under = make("span", "under", letters("∂"), ...symbol(name.den));
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
  onClick(chip, () => view.pick(view.send, chip.dataset.id));
  return chip;
}

function fillChip(view, chip, data) {
  const { mark, name, value, note } = chip.parts, key = JSON.stringify([data.name, data.same, data.note]);
  if (chip.key !== key) {
    chip.key = key;
    name.replaceChildren(...nameOf(data.name, view.layout === "ribbon"));
    note.replaceChildren(...(data.same ? [make("span", "same", "= ", ...nameOf(data.same)), " · "] : []), data.note || "");
    note.hidden = !data.note;
    name.hidden = !data.name.num && !data.name.base;
  }
  tell(mark, MARKS[data.kind] || "");
  tell(value, data.value);
  put(chip, {
    "data-id": data.id, "aria-label": data.spoken, class: `chip ${data.state} ${data.value === "?" ? "open" : ""}`,
    "aria-current": data.state === "target" ? "step" : data.state === "selected" ? "true" : null,
    style: family(data.kind), disabled: view.pickable && data.id ? null : "",
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

// The columns of a ledger are as wide as its longest name and any number of so many decimals: what becomes known or changes
// moves nothing; a longer number widens them for good. 8 px a digit, 9 px a letter, at the sizes of chips.css.
function letterCount(name) {
  if (name.num) return 3 + letterCount(name.num) + letterCount(name.den);
  return 1 + 0.55 * Math.max((name.sup || "").length, (name.sub || "").length);
}

export function columnRoom(before, { groups, decimals }) {
  const chips = groups.flatMap((group) => group.chips);
  const usual = decimals + 3, longest = Math.max(usual, ...chips.map((chip) => chip.value.length));
  const characters = Math.max(before.usual === usual ? before.characters : 0, longest);
  const longestName = Math.max(0, ...chips.map((chip) => letterCount(chip.name)));
  return { usual, characters, wide: Math.ceil(9.5 * longestName + 7.6 * characters + 42) };
}

function fillLedger(view, data) {
  const total = data.groups.reduce((sum, group) => sum + group.chips.length, 0);
  view.room = columnRoom(view.room, data);
  view.root.style.setProperty("--room", `${view.room.wide}px`);
  const aimed = data.groups.some((group) => group.chips.some((chip) => chip.state === "target"));
  reconcile(view.root, data.groups, (group, i) => `${i}`, newGroup, (details, group, i) => {
    const { title, count, chips } = details.parts;
    tell(title, group.title);
    const known = group.chips.filter((chip) => chip.value !== "?").length;
    tell(count, known < group.chips.length ? `${known} / ${group.chips.length}` : `${known}`);
    reconcile(chips, group.chips, (chip) => chip.id, () => newChip(view), (chip, one) => fillChip(view, chip, one));
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

function newTerm() {
  const title = make("span", "term-title"), cells = make("span", "cells"), term = make("span", "term", title, cells);
  term.parts = { title, cells };
  return term;
}

function fillRibbon(view, data) {
  const first = data.common ? `${data.separator} (` : "";
  const operator = (g, i) => (i ? data.separator : g ? "+" : first);
  const terms = data.groups.map(({ title, chips }, g) => (
    { title, cells: chips.map((chip, i) => ({ chip, operator: operator(g, i) })) }
  ));
  if (data.common) terms.unshift({ title: "", cells: [{ chip: data.common, operator: "" }] });
  if (data.result) terms.push({ title: "", cells: [{ chip: data.result, operator: data.common ? ") =" : "=" }] });
  reconcile(view.root, terms, (term, i) => `${i}`, newTerm, (element, term) => {
    const { title, cells } = element.parts;
    tell(title, term.title || "");
    reconcile(cells, term.cells, (cell) => cell.chip.id, () => newCell(view), (cell, one) => {
      tell(cell.parts.operator, one.operator);
      fillChip(view, cell.parts.chip, one.chip);
    });
  });
}

const isLong = ({ layout, groups }) => layout === "ribbon" && groups.flatMap((group) => group.chips).length >= LONG;

export default function open() {
  const view = { root: make("div", ""), pick: picker(), room: {} };
  view.update = ({ data: { chips, pickable }, setStateValue }) => {
    if (view.layout !== chips.layout) {
      view.root.replaceChildren();
      view.root.held = new Map();
    }
    Object.assign(view, { layout: chips.layout, pickable, send: setStateValue });
    put(view.root, { class: `${chips.layout} ${isLong(chips) ? "long" : ""}`, role: "group", "aria-label": chips.label });
    dress(view.root, chips.colors);
    (chips.layout === "ribbon" ? fillRibbon : fillLedger)(view, chips);
  };
  return view;
}
