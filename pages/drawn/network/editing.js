// The text field that opens over a number of the picture: Enter sends what is typed, Escape leaves it as it was.

import { make, put } from "../js/dom.js";

const WIDE = 116;

const editOf = ({ data }, row) => data.rows?.[row].edit || data.edit;

// Where a node or the bias under one stands.
function spotOf({ plan, picture, columns }, id) {
  for (const [i, column] of columns(picture).entries()) {
    for (const [j, node] of column.nodes.entries()) {
      const spot = plan.columns[i].spots[j];
      if (node.id === id) return spot;
      if (node.bias?.id === id) return spot.bias;
    }
  }
  return null;
}

// The middle of a row of a node.
const rowAt = (spot, data, row, { line }) => spot.y + (spot.sign || 0) / 2 + (row + 0.5 - data.rows.length / 2) * line;

// Of a node of which several rows can be changed, the one nearest to a height in the picture, or the first.
function pointedRow(view, data, y) {
  const rows = (data.rows || []).map((_row, i) => i).filter((i) => data.rows[i].edit), spot = spotOf(view, data.id);
  if (rows.length < 2 || y === undefined) return rows[0] || 0;
  const far = (row) => Math.abs(rowAt(spot, data, row, view.plan.d) - y);
  return rows.reduce((best, row) => (far(row) < far(best) ? row : best));
}

// Where the field over an element (over a row of it) stands, in pixels of the picture.
function placeOf(view, { data }, row) {
  const spot = spotOf(view, data.id);
  if (spot) return { x: spot.x, y: data.rows?.length > 2 ? rowAt(spot, data, row, view.plan.d) : spot.y };
  const { x1, y1, x2, y2 } = view.edges.get(data.id).track;
  return view.labels.get(data.id)?.box || { x: (x1 + x2) / 2, y: (y1 + y2) / 2 };
}

// open(element, words, y) puts the field over an element, of several numbers over the one at that height, or turns one that has but another value into that; type(text) gets
// "address=what was typed", why(id) the id of an element whose steps are asked for, where there are any.
export function editor(view, { type, why }) {
  const input = make("input", ""), button = make("button", "why", "?"), root = make("div", "field", input, button);
  let at = null;
  put(input, { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", inputmode: "text" });
  put(button, { type: "button" });
  root.hidden = true;

  const close = (back) => {
    const { g } = at.item;
    at = null;
    root.hidden = true;
    if (back) g.focus({ preventScroll: true });
  };
  const commit = (back) => {
    const edit = editOf(at.item, at.row), text = input.value.trim();
    if (text !== edit.text) type(`${edit.address}=${text}`); // first, as the server can be at work meanwhile
    close(back);
  };
  root.addEventListener("keydown", (event) => {
    event.stopPropagation(); // an arrow key is meant for the field, not for the walk
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key], next = at && at.row + way;
    if (way && at.item.data.rows?.[next]?.edit) {
      const { item, words } = at;
      event.preventDefault();
      commit(false);
      open(item, words, next);
    } else if (event.key === "Tab" && event.target === (event.shiftKey || button.hidden ? input : button)) {
      commit(true); // Tab leads on from the number: the field stands behind all of them
      if (event.shiftKey) event.preventDefault();
    } else if (event.key === "Escape") close(true);
    else if (event.key === "Enter" && event.target === input && !event.isComposing) commit(true);
  });
  root.addEventListener("focusout", (event) => {
    if (at && !root.contains(event.relatedTarget)) commit(false);
  });
  button.addEventListener("click", () => {
    const { id } = at.item.data;
    close(true);
    why(id);
  });

  const place = () => {
    const { scale, plan } = view, { x, y } = placeOf(view, at.item, at.row), size = Math.max(1, scale), half = WIDE / 2 * size;
    root.style.left = `${Math.min(Math.max(scale * x, half), Math.max(half, scale * plan.width - half))}px`;
    root.style.top = `${scale * y}px`;
    root.style.transform = `translate(-50%, -50%) scale(${size})`;
  };
  const open = (item, words, row) => {
    at = { item, words, row };
    put(input, { "aria-label": item.data.spoken.split(", ")[row].split(" = ")[0], title: words.hint });
    put(button, { "aria-label": words.why, title: words.why });
    button.hidden = !words.why;
    input.value = editOf(item, row).text;
    root.hidden = false;
    place();
    input.focus();
    input.select();
  };
  const openAt = (item, words, y) => {
    const row = pointedRow(view, item.data, y), { address, other } = editOf(item, row);
    if (other === undefined) open(item, words, row);
    else type(`${address}=${other}`);
  };
  return { root, open: openAt, place: () => at && place(), isOpen: () => Boolean(at) };
}
