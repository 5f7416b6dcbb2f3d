// The stage of a walk: the picture in which numbers are changed, the chain rule under it, a slider over the steps.

import openChips from "./chips.js";
import { make, put, say } from "./dom.js";
import { picker } from "./picks.js";
import openPicture from "../network/picture.js";

function openSlider() {
  const slider = make("input", "steps"), told = make("span", "at"), root = make("label", "place", slider, told);
  const view = { root, pick: picker() };
  put(slider, { type: "range", min: 1, step: 1 });
  put(told, { "aria-hidden": "true" });
  slider.addEventListener("keydown", (event) => event.stopPropagation()); // its arrow keys are not those of the walk, too
  slider.addEventListener("input", () => say(told, view.names[slider.value - 1]));
  slider.addEventListener("change", () => view.pick(view.send, String(slider.value - 1)));
  view.update = ({ label, at, names }, send) => {
    Object.assign(view, { names, send: (_name, sent) => send("gone", sent) });
    put(slider, { max: names.length, "aria-label": label, "aria-valuetext": names[at] });
    slider.value = at + 1;
    say(told, names[at]);
    root.hidden = names.length < 2;
  };
  return view;
}

// Tells who listens which step a person has gone to; a page that is opened, or a number that changes, is no step.
function openSteps() {
  const root = put(make("p", "heard"), { "aria-live": "polite" });
  let before = Infinity;
  const update = ({ spoken, moves }) => {
    if (moves > before) say(root, spoken);
    before = moves;
  };
  return { root, update };
}

// The style sheet says how high the picture may be for all of it to be seen at once: what is measured is as high as that, or 0
// where a page is scrolled anyway.
function openRoom(picture) {
  const room = make("div", "room");
  const observer = new ResizeObserver(([entry]) => picture.fit(entry.contentRect.height || Infinity));
  observer.observe(room);
  return { root: room, close: () => observer.disconnect() };
}

export default function open() {
  const picture = openPicture(), ribbon = openChips(), slider = openSlider(), steps = openSteps();
  const room = openRoom(picture);
  const root = make("div", "stage", picture.root, ribbon.root, slider.root, steps.root, room.root);
  const update = ({ data, setStateValue }) => {
    root.classList.toggle("present", data.present);
    root.classList.toggle("chained", data.chained);
    picture.update({ data, setStateValue });
    ribbon.root.hidden = !data.ribbon;
    if (data.ribbon) {
      const ask = (_name, sent) => setStateValue("asked", sent);
      ribbon.update({ data: { chips: data.ribbon, pickable: true }, setStateValue: ask });
    }
    slider.update(data.place, setStateValue);
    steps.update(data.place);
  };
  const close = () => {
    room.close();
    picture.close();
  };
  return { root, update, close };
}
