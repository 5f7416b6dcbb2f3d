// The room of a picture that can be larger than the page has place for: it scrolls, is made larger and smaller, and keeps what the
// step is about in sight.

import { make, put, say } from "../js/dom.js";

const STEP = 1.25, LEAST = 0.15, MOST = 3, AIR = 24;
const SMALL = 0.65; // what need not be made smaller than this to be seen whole is shown whole at first

const out = (at, size, from, wide) => at - size / 2 - AIR < from || at + size / 2 + AIR > from + wide;

// A scrolling box in root around the sheet. say(picture, present) before it is drawn, zoom(...) while, follow(spot) after it;
// `again` is called when it is to be drawn once more.
export function room(root, sheet) {
  const box = make("div", "box-of-picture", sheet), bar = make("div", "zoom");
  const button = (name, sign, act) => {
    const made = make("button", name, sign);
    made.addEventListener("click", act);
    bar.append(put(made, { type: "button" }));
    return made;
  };
  root.append(box, bar);
  const view = { factor: 1, whole: 1, own: false, seen: null, again: () => {} };

  // Larger or smaller around a point of the box.
  const resize = (factor, x = box.clientWidth / 2, y = box.clientHeight / 2) => {
    const before = view.factor, left = (box.scrollLeft + x) / before, top = (box.scrollTop + y) / before;
    view.factor = Math.min(MOST, Math.max(Math.min(LEAST, view.whole), factor));
    view.own = true;
    view.again();
    box.scrollTo({ left: left * view.factor - x, top: top * view.factor - y, behavior: "instant" });
  };
  const fit = () => resize(view.whole);
  const buttons = {
    smaller: button("smaller", "−", () => resize(view.factor / STEP)),
    fit: button("fit", "", fit),
    larger: button("larger", "+", () => resize(view.factor * STEP)),
  };
  box.addEventListener("wheel", (event) => {
    if (!event.ctrlKey || bar.hidden) return;
    event.preventDefault();
    const { left, top } = box.getBoundingClientRect();
    resize(view.factor * Math.exp(-event.deltaY / 300), event.clientX - left, event.clientY - top);
  }, { passive: false });
  box.addEventListener("keydown", (event) => {
    if (event.target !== box || bar.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = { "+": () => resize(view.factor * STEP), "-": () => resize(view.factor / STEP), 0: fit }[event.key];
    if (act) act();
    if (act || event.key.startsWith("Arrow")) event.stopPropagation(); // arrow keys scroll here, and are not those of the walk
  });

  return Object.assign(view, {
    say({ graph, label, words }, present) {
      root.classList.toggle("roomy", Boolean(graph));
      root.classList.toggle("shown", Boolean(present));
      if (label !== view.label) view.own = false;
      view.label = label;
      view.graph = graph;
      if (!graph) return;
      say(buttons.fit, words.fit);
      for (const name of ["smaller", "larger"]) put(buttons[name], { "aria-label": words[name], title: words[name] });
    },
    // What a picture is multiplied by that would be `wide` and `high`, in a place of this width.
    zoom(wide, high, width) {
      if (!view.graph) return 1;
      const tallest = parseFloat(getComputedStyle(box).maxHeight) || Infinity;
      view.whole = Math.min(1, width / wide, tallest / high);
      if (!view.own) view.factor = view.whole < SMALL ? 1 : view.whole;
      return view.factor;
    },
    // Bring a spot {id, x, y, w, h} of the drawn picture into sight, where it is a new one.
    follow(spot, scale) {
      // A network is as wide as its room; and to ask makes the browser lay out the whole page.
      const over = view.graph && (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1);
      bar.hidden = !view.graph || !(over || view.factor !== 1);
      put(box, !bar.hidden
        ? { tabindex: "0", role: "group", "aria-label": view.label } : { tabindex: null, role: null, "aria-label": null });
      if (!spot || !over || view.seen === spot.id) {
        view.seen = spot && spot.id;
        return;
      }
      view.seen = spot.id;
      const away = out(spot.x * scale, spot.w * scale, box.scrollLeft, box.clientWidth)
        || out(spot.y * scale, spot.h * scale, box.scrollTop, box.clientHeight);
      if (away) box.scrollTo({ left: spot.x * scale - box.clientWidth / 2, top: spot.y * scale - box.clientHeight / 2 });
    },
  });
}
