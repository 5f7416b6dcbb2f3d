// SVG elements: added, shown, framed and written into.

import { put, say } from "./dom.js";
import { fit, typeset } from "./text.js";

export function add(parent, tag, attributes = {}) {
  return put(parent.appendChild(document.createElementNS("http://www.w3.org/2000/svg", tag)), attributes);
}

export const show = (node, yes) => put(node, { display: yes ? null : "none" });

// A list with as many as are wanted: what can be removed goes, what is missing is made.
export function resize(list, length, create) {
  while (list.length > length) list.pop().remove();
  while (list.length < length) list.push(create());
}

// A rectangle around a spot {x, y, w, h} (its middle and size), larger by `grow` on each side.
export function frame(rect, spot, grow, radius) {
  put(rect, {
    x: (spot.x - spot.w / 2 - grow).toFixed(1), y: (spot.y - spot.h / 2 - grow).toFixed(1),
    width: (spot.w + 2 * grow).toFixed(1), height: (spot.h + 2 * grow).toFixed(1),
    rx: Math.max(0, radius + grow).toFixed(1),
  });
}

// Children are made anew only where what they show has changed.
function refill(text, content, fill) {
  const key = JSON.stringify(content);
  if (text.key === key) return;
  text.key = key;
  text.replaceChildren();
  fill();
}

export function writeName(text, name, { size, bare, x, y, anchor }, widthOf) {
  const { runs, width } = typeset(name, size, bare, widthOf);
  refill(text, runs, () => {
    for (const run of runs) {
      const span = add(text, "tspan", { dx: run.dx.toFixed(2), dy: run.dy.toFixed(2), "font-size": run.size });
      say(put(span, { class: run.italic ? "italic" : "upright" }), run.text);
    }
  });
  put(text, { x: (anchor === "middle" ? x - width / 2 : x).toFixed(1), y: y.toFixed(1) });
}

export function writeValue(text, value, { size, room, x, y }, widthOf) {
  const set = fit(value, size, room, widthOf);
  put(say(text, value), {
    x: x.toFixed(1), y: y.toFixed(1), "font-size": set.size.toFixed(1),
    textLength: set.squeezed && set.squeezed.toFixed(1), lengthAdjust: set.squeezed && "spacingAndGlyphs",
  });
}

export function writeLines(text, lines, { size, leading, x, y }) {
  refill(text, lines, () => lines.forEach((line) => say(add(text, "tspan"), line)));
  put(text, { "font-size": size });
  [...text.children].forEach((span, i) => put(span, { x: x.toFixed(1), y: (y + i * leading).toFixed(1) }));
}
