// What the pointer or the focus is on in a picture, and what a click or a key there picks.

import { put } from "../js/dom.js";
import { distance } from "./layout.js";
import { onClick, onKey } from "../js/picks.js";

const REACH = 9;

// Hit lines of neighbouring edges overlap, so the pointer takes the nearest edge, not the topmost.
function nearestEdge(view, event, own) {
  const box = view.svg.getBoundingClientRect(), { scale } = view;
  const x = (event.clientX - box.left) / scale, y = (event.clientY - box.top) / scale;
  let best = null, least = REACH;
  for (const [id, item] of view.edges) {
    const far = distance(item.track, x, y) - (id === own ? 0.5 : 0);
    if (far < least) [best, least] = [id, far];
  }
  return best;
}

const idAt = (event) => event.target.closest("[data-id]")?.dataset.id;

function pointedAt(view, event) {
  const label = event.target.closest("[data-edge]");
  if (label) return label.dataset.edge;
  const own = event.target.closest("[data-id]");
  if (own && own.dataset.part !== "edge") return own.dataset.id;
  return nearestEdge(view, event, own && own.dataset.id);
}

// Calls pick(id) for clicks and keys, and moved() when view.hovered or view.focused has changed.
export function listen(view, pick, moved) {
  const { svg } = view;
  const take = (id, y) => id && pick(id, y);
  const down = (event) => (event.clientY - svg.getBoundingClientRect().top) / view.scale;
  onClick(svg, (event) => (event.detail ? take(pointedAt(view, event), down(event)) : take(idAt(event))));
  onKey(svg, (event) => take(idAt(event)));
  const point = (id) => {
    if (view.hovered === id) return;
    view.hovered = id;
    put(svg, { "data-over": id ? "" : null });
    moved();
  };
  svg.addEventListener("pointermove", (event) => event.pointerType === "mouse" && point(pointedAt(view, event)));
  svg.addEventListener("pointerleave", () => point(null));
  const focus = (id) => { view.focused = id; moved(); };
  svg.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && focus(event.target.dataset.id));
  svg.addEventListener("focusout", () => focus(null));
}
