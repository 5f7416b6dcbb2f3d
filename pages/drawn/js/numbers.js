// Tables in which every given number is a text field, and a box into which a matrix can be pasted.
// (Data: lessons/drawing/data.py)

import { symbol } from "./chips.js";
import { make, offer, put, say } from "./dom.js";
import { picker } from "./picks.js";
import { dress, family } from "./theme.js";

const LONGEST = 20_001; // one more than Python reads, which says so
const MATRIX = /[\n\t;&[]/;

function heading(scope, { name, kind }, span = {}) {
  return put(make("th", "", make("span", "name", ...symbol(name))), { scope, style: family(kind), ...span });
}

// ---- cells -----------------------------------------------------------------------------------------------------------

// What was sent stays in its cell until the answer to it is there: answers to what was sent before know nothing of it.
function send(view, cell, text) {
  const { count } = view.pick(view.send, `enter\n${cell.address}\n${text}`);
  view.waiting.set(cell.address, { text, count });
  cell.shown = text;
}

function commit(view, cell) {
  const text = cell.input.value.trim();
  if (text !== cell.shown) send(view, cell, text);
}

function restore(view, cell) {
  const refused = cell.data.typed !== undefined || view.waiting.has(cell.address);
  cell.input.value = cell.data.text;
  if (refused) send(view, cell, cell.data.text);
}

function move(grid, cell, by) {
  const there = grid[cell.row + by]?.[cell.column];
  (there || cell).input.focus();
  (there || cell).input.select();
}

function newCell(view, grid, { address, label }, row, column) {
  const input = make("input", ""), cell = { input, address, row, column, shown: "" };
  put(input, {
    type: "text", "aria-label": label, autocomplete: "off", autocapitalize: "off", spellcheck: "false",
  });
  input.addEventListener("blur", () => commit(view, cell));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const by = { ArrowUp: -1, ArrowDown: 1, Enter: event.shiftKey ? -1 : 1 }[event.key];
    if (event.key === "Escape") restore(view, cell);
    if (by === undefined) return;
    event.preventDefault();
    commit(view, cell);
    move(grid, cell, by);
  });
  input.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text").trim();
    if (!MATRIX.test(text)) return;
    event.preventDefault();
    view.area.value = text;
    view.into.value = address.split(".").slice(0, /^[Wb]/.test(address) ? 2 : 1).join(".");
    paste(view);
  });
  view.cells.set(address, cell);
  return cell;
}

function fillCell(view, cell, data) {
  const { input, address } = cell, waits = view.waiting.get(address);
  const wanted = waits ? waits.text : data.typed ?? data.text;
  const typing = input.matches(":focus") && input.value.trim() !== cell.shown;
  if (!typing && input.value !== wanted) input.value = wanted;
  Object.assign(cell, { data, shown: wanted });
  const wrong = data.problem && !waits;
  put(input, {
    "aria-invalid": wrong ? "true" : null, "aria-describedby": wrong ? `why-${address}` : null,
    title: data.text.length > 9 ? data.text : null,
  });
}

// ---- tables ----------------------------------------------------------------------------------------------------------

function newTable(view, { title, arrays, rows }, key) {
  const deep = arrays.some(({ heads }) => heads.length), grid = [];
  const table = make("table", ""), top = table.createTHead(), body = table.createTBody();
  put(table.createCaption(), { id: `title-${key}` }).append(title);
  const first = top.insertRow(), both = { rowspan: deep ? 2 : null };
  first.append(put(make("td", ""), both), ...arrays.map(({ head, heads }) => (
    heads.length ? heading("colgroup", head, { colspan: heads.length }) : heading("col", head, both)
  )));
  if (deep) top.insertRow().append(...arrays.flatMap(({ heads }) => heads.map((head) => heading("col", head))));
  rows.forEach(({ head, cells }, i) => {
    const row = body.insertRow();
    row.append(heading("row", head));
    grid.push(cells.map((data, j) => newCell(view, grid, data, i, j)));
    for (const { input } of grid[i]) row.insertCell().append(input);
  });
  const ends = arrays.map(({ heads }) => heads.length || 1);
  for (const row of grid) ends.slice(0, -1).forEach((n) => row[n]?.input.parentElement.classList.add("apart"));
  const alerts = put(make("div", "alerts"), { role: "alert" });
  return { box: make("div", "box", make("div", "scroll", table), alerts), alerts };
}

function fillTable(view, { alerts }, { rows }) {
  const all = rows.flatMap(({ cells }) => cells);
  for (const data of all) fillCell(view, view.cells.get(data.address), data);
  const wrong = all.filter(({ address, problem }) => problem && !view.waiting.has(address));
  const key = JSON.stringify(wrong.map(({ address, problem }) => [address, problem]));
  if (alerts.key === key) return;
  alerts.key = key;
  alerts.replaceChildren(...wrong.map(({ address, problem }) => put(make("p", "alert", problem), { id: `why-${address}` })));
}

// Tables are made anew only when their headings change: a field keeps its focus.
function fillTables(view, tables) {
  const key = JSON.stringify(tables, (name, value) => (name === "text" || name === "typed" || name === "problem" ? null : value));
  if (view.key !== key) {
    view.key = key;
    view.cells = new Map();
    view.tables = tables.map((table, i) => newTable(view, table, i));
    view.held.replaceChildren(...view.tables.map(({ box }) => box));
  }
  tables.forEach((table, i) => fillTable(view, view.tables[i], table));
}

// ---- pasting ---------------------------------------------------------------------------------------------------------

function paste(view) {
  const text = view.area.value.slice(0, LONGEST);
  const { count } = view.pick(view.send, `paste\n${view.into.value}\n${text}`);
  view.pasted = { count, text: view.area.value };
  say(view.status, "");
}

function fillPaste(view, { into, problem }, words, heard) {
  const chosen = view.into.value;
  offer(view.into, into);
  view.into.value = into.some(({ value }) => value === chosen) ? chosen : "";
  for (const [part, word] of Object.entries({ title: view.title, hint: view.hint, into: view.label, put: view.button })) {
    say(word, words[part]);
  }
  say(view.alert, problem).hidden = !problem;
  put(view.area, { "aria-invalid": problem ? "true" : null });
  if (!view.pasted || view.pasted.count > heard) return;
  if (!problem && view.area.value === view.pasted.text) view.area.value = "";
  say(view.status, problem ? "" : words.done);
  view.pasted = null;
}

function newPaste(view) {
  const title = make("label", "title"), hint = make("p", "hint"), label = make("label", "");
  const area = make("textarea", ""), into = make("select", ""), button = make("button", "");
  const status = make("span", "status"), alert = make("p", "alert");
  put(title, { for: "area" });
  put(area, { id: "area", rows: 3, spellcheck: "false", autocapitalize: "off", "aria-describedby": "hint wrong" });
  put(hint, { id: "hint" });
  put(label, { for: "into" });
  put(into, { id: "into" });
  put(button, { type: "button" });
  put(status, { role: "status" });
  put(alert, { id: "wrong", role: "alert" });
  button.addEventListener("click", () => paste(view));
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) paste(view);
  });
  Object.assign(view, { title, hint, label, area, into, button, status, alert });
  const row = make("div", "row", label, into, button, status);
  return make("div", "paste", title, area, hint, row, alert);
}

export default function open() {
  const held = make("div", "tables"), root = make("div", "numbers", held);
  const view = { root, held, pick: picker(), waiting: new Map(), cells: new Map(), key: "" };
  root.append(newPaste(view));
  root.addEventListener("keydown", (event) => event.stopPropagation()); // keys are meant for the field, not for the walk
  view.update = ({ data: { numbers, heard }, setStateValue }) => {
    view.send = setStateValue;
    const count = view.pick.heard(heard);
    for (const [address, sent] of view.waiting) if (sent.count <= count) view.waiting.delete(address);
    dress(root, numbers.colors);
    fillTables(view, numbers.tables);
    fillPaste(view, numbers.paste, numbers.words, count);
  };
  return view;
}
