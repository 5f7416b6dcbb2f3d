// The text field that opens over a number of the picture: Enter sends what is typed, Escape leaves it as it was.

import { make, put } from "../js/dom.js";

const WIDE = 116;

// The box {x, y, w, h} of an element, in pixels of the picture.
function boxOf({ plan, picture, columns, labels, edges }, id) {
  for (const [i, column] of columns(picture).entries()) {
    for (const [j, node] of column.nodes.entries()) {
      const spot = plan.columns[i].spots[j];
      if (node.id === id) return spot;
      if (node.bias?.id === id) return spot.bias;
    }
  }
  const { x1, y1, x2, y2 } = edges.get(id).track;
  return labels.get(id)?.box || { x: (x1 + x2) / 2, y: (y1 + y2) / 2, w: 0, h: 0 };
}

// open(element, svg) puts the field over an element; type(text) gets "address=what was typed", why(id) the id of an element
// whose steps are asked for.
export function editor(view, { type, why }) {
  const input = make("input", ""), button = make("button", "why", "?"), root = make("div", "field", input, button);
  let at = null;
  put(input, { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", inputmode: "text" });
  put(button, { type: "button" });
  root.hidden = true;

  const close = (back) => {
    const { g } = at;
    at = null;
    root.hidden = true;
    if (back) g.focus();
  };
  const commit = (back) => {
    const { edit } = at.data, text = input.value.trim();
    if (text !== edit.text) type(`${edit.address}=${text}`); // first, as the server can be at work meanwhile
    close(back);
  };
  root.addEventListener("keydown", (event) => {
    event.stopPropagation(); // an arrow key is meant for the field, not for the walk
    if (event.key === "Escape") close(true);
    else if (event.key === "Enter" && event.target === input && !event.isComposing) commit(true);
  });
  root.addEventListener("focusout", (event) => {
    if (at && !root.contains(event.relatedTarget)) commit(false);
  });
  button.addEventListener("click", () => {
    const { id } = at.data;
    close(true);
    why(id);
  });

  const place = () => {
    const { x, y } = boxOf(view, at.data.id), { scale, plan } = view, half = WIDE / 2;
    root.style.left = `${scale * Math.min(Math.max(x, half), Math.max(half, plan.width - half))}px`;
    root.style.top = `${scale * y}px`;
    root.style.transform = `translate(-50%, -50%) scale(${scale})`;
  };
  const open = (item, words) => {
    at = item;
    put(input, { "aria-label": item.data.spoken.split(" = ")[0], title: words.hint });
    put(button, { "aria-label": words.why, title: words.why });
    input.value = item.data.edit.text;
    root.hidden = false;
    place();
    input.focus();
    input.select();
  };
  return { root, open, place: () => at && place(), isOpen: () => Boolean(at) };
}
