// Dragging by mouse, touch and pen, moving by arrow keys, and telling the server what has come of it.

import { make, put, say } from "../js/dom.js";
import { picker } from "../js/picks.js";
import { add } from "../js/svg.js";

const FAR = 4, HOLD = 650, TWICE = 400, SOON = 150;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const FASTER = 5;

// A view {root, svg, layers, readout, ...} of an instrument: a picture with its layers, what is read under it, and a line
// that only a screen reader hears.
export function frameView(className, layers) {
  const root = make("div", className), svg = put(add(root, "svg"), { role: "group" }), readout = make("div", "readout");
  const aloud = put(make("p", "aloud"), { "aria-live": "polite" });
  root.append(put(readout, { "aria-hidden": "true" }), aloud);
  const made = layers.map(([name, hidden]) => [name, add(svg, "g", { class: name, "aria-hidden": hidden ? "true" : null })]);
  return { root, svg, readout, layers: Object.fromEntries(made), parts: new Map(), speak: (text) => say(aloud, text) };
}

// The element of a key such as "point a", made where there is none yet; sweep() takes away those not asked for since.
export function part(view, layer, key, fill) {
  if (!view.parts.has(key)) {
    const g = add(layer, "g", { "data-key": key });
    fill(g);
    view.parts.set(key, g);
  }
  const g = view.parts.get(key);
  g.drawn = view.round;
  return g;
}

export function sweep(view) {
  for (const [key, g] of view.parts) {
    if (g.drawn === view.round) continue;
    view.parts.delete(key);
    g.remove();
  }
  view.round = (view.round || 0) + 1;
}

// What was moved here stands over what the server says until it has heard of it: view.moved by key. tell(key, message)
// sends, soon() does so at most every SOON milliseconds.
export function teller(view) {
  const pick = picker();
  let sent = 0, told = "", last = 0;
  view.moved = new Map();
  view.tell = (message) => {
    const text = JSON.stringify(message);
    if (text === told) return;
    [told, last] = [text, performance.now()];
    sent = pick(view.send, text).count;
  };
  view.soon = (message) => view.live && performance.now() - last >= SOON && view.tell(message);
  view.hear = (heard, held) => {
    if (pick.heard(heard) < sent) return;
    told = "";
    for (const key of view.moved.keys()) if (key !== held) view.moved.delete(key);
  };
}

const keyOf = (event) => event.target.closest?.("[data-key]")?.dataset.key ?? null;

// acts: hold(key) -> may it be moved, and then move(key, from, at) in numbers of the frame as the pointer goes, put(key) when
// it is released, back(key) when it is not to be; tap(at) of a free place; step(key, [dx, dy]) for a key; remove(key).
export function listen(view, acts) {
  const { root, svg } = view;
  let drag = null, tapped = null, stepping = null, timer = 0;

  const forget = () => { clearTimeout(timer); drag = null; put(svg, { "data-drag": null }); };
  const remove = (key) => { forget(); acts.remove(key); };
  view.held = () => drag?.key ?? stepping;

  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || drag) return;
    const key = keyOf(event), holds = key !== null && acts.hold(key);
    drag = { key: holds ? key : null, over: key, pointer: event.pointerId, from: view.at(event), x: event.clientX, y: event.clientY, far: false };
    if (!holds) return;
    svg.setPointerCapture(event.pointerId);
    put(svg, { "data-drag": "" });
    if (event.pointerType === "touch") timer = setTimeout(() => drag && !drag.far && remove(key), HOLD);
  });
  svg.addEventListener("pointermove", (event) => {
    if (drag?.pointer !== event.pointerId) return;
    drag.far ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > FAR;
    if (drag.key !== null && drag.far) acts.move(drag.key, drag.from, view.at(event));
  });
  svg.addEventListener("pointerup", (event) => {
    if (drag?.pointer !== event.pointerId) return;
    const { key, over, far, from } = drag, again = tapped?.over === over && event.timeStamp - tapped.time < TWICE;
    forget();
    if (far) {
      if (key !== null) acts.put(key);
      return;
    }
    tapped = { over, time: event.timeStamp };
    if (over === null && !again) acts.tap(from);
    else if (key !== null && again) remove(key);
  });
  const leave = () => {
    const key = drag?.key ?? null;
    forget();
    if (key !== null) acts.back(key);
  };
  svg.addEventListener("pointercancel", leave);
  svg.addEventListener("contextmenu", (event) => drag && event.preventDefault());

  const rest = () => {
    const key = stepping;
    stepping = null;
    if (key !== null) acts.put(key);
  };
  svg.addEventListener("keydown", (event) => {
    const key = keyOf(event), arrow = ARROWS[event.key];
    if (key === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && drag) leave();
    else if (arrow) {
      stepping = key;
      for (let k = 0; k < (event.shiftKey ? FASTER : 1); k += 1) acts.step(key, arrow);
    } else if (event.key === "Delete" || event.key === "Backspace") acts.remove(key);
    else if (event.key === "Enter" || event.key === " ") acts.enter(key);
    else return;
    event.preventDefault();
    event.stopPropagation(); // an arrow key is meant for what is moved, not for the walk
  });
  svg.addEventListener("keyup", (event) => event.key in ARROWS && rest());
  // At the root, since Chromium lets an SVG element that listens for it take the focus itself.
  root.addEventListener("focusout", rest);
  // Later, as an element that is taken away while all is drawn loses the focus in the middle of it.
  const look = (key) => queueMicrotask(() => acts.look(key));
  root.addEventListener("focusin", (event) => look(keyOf(event)));
  root.addEventListener("focusout", () => look(null));
}

// In numbers of the frame, where a pointer is.
export const pointer = (view, toNumbers) => (event) => {
  const box = view.svg.getBoundingClientRect(), { frame } = view;
  return toNumbers(frame, [((event.clientX - box.left) * frame.width) / box.width, ((event.clientY - box.top) * frame.height) / box.height]);
};

// The picture's size on the screen: as laid out, and to a room as large as the window allows.
export function size(view, width) {
  const { frame } = view, room = view.present ? Math.min(width / frame.width, (0.7 * window.innerHeight) / frame.height, 4) : 1;
  const scale = Math.max(1, room);
  put(view.svg, {
    width: (frame.width * scale).toFixed(1), height: (frame.height * scale).toFixed(1), viewBox: `0 0 ${frame.width.toFixed(1)} ${frame.height.toFixed(1)}`,
  });
  view.root.style.setProperty("--scale", scale.toFixed(2));
}

// A name as formulas set it, in HTML.
export function nameNode({ base, sup, sub }) {
  const node = make("i", "", base);
  if (sub) node.append(make("sub", "", sub));
  if (sup) node.append(make("sup", "", sup));
  return node;
}
