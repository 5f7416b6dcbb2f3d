// A program beside the picture of what it computes: pointing at a line lights what it sets and takes, pointing at an element of
// the picture lights its lines; below stand the steps of what is pointed at. (Data: lessons/drawing/program.py)

import { make, put, say } from "../js/dom.js";
import { nameOf } from "../js/chips.js";
import { dress } from "../js/theme.js";
import openPicture from "../network/picture.js";

const TOKEN = /[A-Za-z_]\w*(?:\.\w+)*|"[^"]*"|#.*|\d[\w.]*|[^\w"#]+/g;
const NEGATIVE = /^[-−]/;

const bare = (array) => array.replace(/_each$/, "");

// ---- the program ---------------------------------------------------------------------------------------------------

function token(text, kinds) {
  const kind = kinds[bare(text)];
  if (kind) return put(make("span", "array", text), { style: `color: var(--c-${kind})` });
  return text.startsWith("#") ? make("span", "comment", text) : text;
}

function newLine(view, line, n) {
  const number = put(make("span", "number", String(n)), { "aria-hidden": "true" });
  const code = make("code", "", ...(line.text.match(TOKEN) || []).map((text) => token(text, view.data.kinds)));
  if (line.role === "code") put(code, { lang: "en" });
  const points = Boolean(line.steps || line.own);
  const row = make(points ? "button" : "div", `line ${line.blank ? "blank" : ""}`, number, code);
  if (points) put(row, { type: "button", "data-id": line.id });
  return row;
}

function fillProgram(view) {
  const { lines, kinds } = view.data, key = JSON.stringify([lines.map(({ text, blank }) => [text, blank]), kinds]);
  if (view.key === key) return;
  view.key = key;
  const held = view.box.scrollTop, first = lines.findIndex((line) => line.blank), moved = first !== view.first;
  view.rows = lines.map((line, i) => newLine(view, line, i + 1));
  view.box.replaceChildren(...view.rows);
  view.box.scrollTop = held;
  view.first = first;
  if (moved && first >= 0) requestAnimationFrame(() => bring(view, lines[Math.min(first + 3, lines.length - 1)]));
  view.pinned = null;
  const own = view.rows.filter((row) => row.dataset.id);
  rove(view, own.find((row) => row.dataset.id === view.at) || own[0]);
}

// One line of the program can be reached by Tab, the others from there by the arrow keys.
function rove(view, row, focus = false) {
  if (!row) return;
  for (const each of view.rows) if (each.dataset.id) put(each, { tabindex: each === row ? "0" : "-1" });
  view.at = row.dataset.id;
  if (focus) row.focus();
}

function arrows(view, event) {
  const rows = view.rows.filter((row) => row.dataset.id), at = rows.findIndex((row) => row.dataset.id === view.at);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  event.stopPropagation(); // the arrow keys of the page are its own
  if (to === undefined) return;
  event.preventDefault();
  rove(view, rows[Math.max(0, Math.min(rows.length - 1, to))], true);
}

// ---- what is pointed at ----------------------------------------------------------------------------------------------

// A line, an element of the picture, or nothing: hovered before focused before taken by a click.
function pointed(view) {
  const found = [view.hovered, view.over, view.focused, view.pinned].find(Boolean);
  return found && (found.element || view.data.lines.some(({ id }) => id === found.line)) ? found : null;
}

function lit(view, found) {
  const lines = view.data.lines;
  if (!found) return { at: [], from: [], sets: [], uses: [], steps: [], own: [] };
  if (found.element) {
    const at = lines.filter((line) => line.sets?.includes(found.element));
    const here = ([, element]) => element === found.element;
    return {
      at, from: lines.filter((line) => line.uses?.includes(found.element)), sets: [found.element], uses: [],
      steps: at.flatMap((line) => (line.steps || []).filter(here)), own: at.flatMap((line) => (line.own || []).filter(here)),
    };
  }
  const line = lines.find(({ id }) => id === found.line), taken = new Set((line.steps || []).flatMap(([, , parts]) => addresses(parts)));
  const makes = (other) => [...(other.steps || []), ...(other.own || [])].some(([address]) => taken.has(address));
  return {
    at: [line], from: lines.filter((other) => other !== line && makes(other)), sets: line.sets || [], uses: line.uses || [],
    steps: line.steps || [], own: line.own || [], line,
  };
}

const addresses = (parts) => parts.filter((_part, i) => i % 2);

function stated(item, { sets, uses }) {
  const state = sets.includes(item.id) ? "target" : uses.includes(item.id) ? "input" : item.state === "unknown" ? "unknown" : "idle";
  return { ...item, state };
}

// The picture with these elements lit, and of a neuron the rows of what the line computes and takes.
function lighted(picture, found, told) {
  const names = (list) => new Set(list.map((address) => JSON.stringify(told[address].name)));
  const { steps = [] } = found.line || {};
  const made = names(steps.map(([address]) => address)), taken = names(steps.flatMap(([, , parts]) => addresses(parts)));
  const stateOf = (name) => (made.has(name) ? "target" : taken.has(name) ? "input" : undefined);
  const row = (each) => ({ ...each, state: stateOf(JSON.stringify(each.name)) });
  const node = (one) => (
    { ...stated(one, found), rows: one.rows.map(row), ...(one.bias ? { bias: stated(one.bias, found) } : {}) }
  );
  return {
    ...picture, layers: picture.layers.map((layer) => ({ ...layer, nodes: layer.nodes.map(node) })),
    loss: picture.loss && node(picture.loss), targets: picture.targets.map(node),
    edges: picture.edges.map((edge) => stated(edge, found)),
  };
}

function light(view) {
  const found = pointed(view), what = lit(view, found), key = JSON.stringify(found);
  view.rows.forEach((row) => {
    const own = row.dataset.id;
    row.classList.toggle("at", what.at.some(({ id }) => id === own));
    row.classList.toggle("from", what.from.some(({ id }) => id === own));
    if (own) put(row, { "aria-current": view.pinned?.line === own ? "true" : null });
  });
  if (view.lit === key) return;
  view.lit = key;
  if (what.line?.phase) view.phase = what.line.phase === "backward" || what.line.phase === "update" ? "backward" : "forward";
  const picture = { ...view.data.picture, ...(view.phase === "backward" ? view.data.backward : {}) };
  drawPicture(view, lighted(picture, what, view.data.told));
  tell(view, what);
  if (found?.element) bring(view, what.at[what.at.length - 1]);
}

function drawPicture(view, picture) {
  const { editing, present, send } = view, hear = (name, sent) => name === "typed" && send(name, sent);
  view.picture.update({ data: { picture, pickable: true, words: editing, present }, setStateValue: hear });
}

// Into sight, without moving the page.
function bring(view, line) {
  const row = line && view.rows.find((each) => each.dataset.id === line.id), { box } = view;
  if (!row) return;
  const top = row.offsetTop - box.offsetTop, below = top + row.offsetHeight - box.clientHeight;
  if (top < box.scrollTop) box.scrollTop = top - 8;
  else if (below > box.scrollTop) box.scrollTop = below + 8;
}

// ---- the steps -------------------------------------------------------------------------------------------------------

const symbolOf = ({ name, kind }) => put(make("span", "symbol", ...nameOf(name)), { style: `color: var(--c-${kind})` });

function numberOf({ value, kind }, before, after) {
  const brackets = NEGATIVE.test(value) && (/[^\s(]\s*$/.test(before) || /^[²^]/.test(after));
  return put(make("span", "put-in", brackets ? `(${value})` : value), { style: `color: var(--c-${kind})` });
}

function side(view, parts, put_in) {
  return parts.map((part, i) => {
    if (i % 2 === 0) return part;
    return put_in ? numberOf(view.data.told[part], parts[i - 1], parts[i + 1]) : symbolOf(view.data.told[part]);
  });
}

function newStep(view, [address, , parts]) {
  const own = view.data.told[address], known = own.value !== "?" && addresses(parts).every((each) => view.data.told[each].value !== "?");
  const row = make("p", "step", symbolOf(own), " = ", make("span", "side", ...side(view, parts, false)));
  const single = parts.length === 3 && !parts[0] && !parts[2];
  if (known && !single) row.append(" = ", make("span", "side", ...side(view, parts, true)));
  if (own.value !== "?") row.append(" = ", make("strong", "", own.value));
  return row;
}

function tell(view, { steps, own }) {
  const { words, told } = view.data;
  const given = own.map(([address]) => make("p", "step", symbolOf(told[address]), " = ", make("strong", "", told[address].value)));
  const rows = [...given, ...steps.map((step) => newStep(view, step))];
  view.told.replaceChildren(...(rows.length ? rows : [make("p", "hint", words.point)]));
  view.told.scrollTop = 0;
}

// ---- the whole -------------------------------------------------------------------------------------------------------

async function copy(view) {
  const { words, copied } = view.data;
  const done = await (navigator.clipboard?.writeText(copied) ?? Promise.reject(new Error())).then(() => true, () => false);
  if (!done) getSelection().selectAllChildren(view.box);
  say(view.status, done ? words.copied : words.marked);
}

const lineAt = (event) => event.target.closest?.("[data-id]")?.dataset.id;

function listen(view) {
  const { box } = view;
  const point = (name, line) => { view[name] = line ? { line } : null; light(view); };
  box.addEventListener("pointermove", (event) => event.pointerType === "mouse" && point("hovered", lineAt(event)));
  box.addEventListener("pointerleave", () => point("hovered", null));
  box.addEventListener("focusin", (event) => {
    rove(view, event.target.closest("[data-id]"));
    if (event.target.matches(":focus-visible")) point("focused", lineAt(event));
  });
  box.addEventListener("focusout", () => point("focused", null));
  box.addEventListener("keydown", (event) => arrows(view, event));
  box.addEventListener("click", (event) => {
    const row = event.target.closest("[data-id]");
    if (!row) return;
    rove(view, row);
    view.pinned = view.pinned?.line === row.dataset.id ? null : { line: row.dataset.id };
    light(view);
  });
  view.picture.onPoint = (id, taken) => {
    view[taken ? "pinned" : "over"] = id ? { element: id } : null;
    light(view);
  };
}

export default function open() {
  const picture = openPicture(), box = make("div", "lines"), told = make("div", "told");
  const button = put(make("button", "copy"), { type: "button" }), status = put(make("span", "status"), { role: "status" });
  const program = make("div", "program", make("div", "tools", status, button), box);
  const root = make("div", "code", program, make("div", "beside", told, picture.root));
  const view = { root, box, told, picture, status, rows: [], first: -1, phase: "forward" };
  put(told, { "aria-live": "polite", tabindex: "0", role: "region" });
  button.addEventListener("click", () => copy(view));
  listen(view);
  view.update = ({ data: { code, editing, present }, setStateValue }) => {
    Object.assign(view, { data: code, editing, present, send: setStateValue, lit: null });
    put(box, { role: "group", "aria-label": code.label });
    put(told, { "aria-label": code.words.steps });
    say(button, code.words.copy);
    say(status, "");
    root.classList.toggle("present", present);
    dress(root, code.colors);
    fillProgram(view);
    light(view);
  };
  view.close = picture.close;
  return view;
}
