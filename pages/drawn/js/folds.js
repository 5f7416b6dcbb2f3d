// The boxes below a walk, folded at first: all numbers in tables, and every quantity so far. (Data: lessons/drawing/data.py)

import openChips from "./chips.js";
import { make, put, say } from "./dom.js";
import openNumbers from "./numbers.js";
import { picker } from "./picks.js";

// What is in each box, and the name under which its picks are sent.
const HELD = { numbers: [openNumbers, "typed"], ledger: [openChips, "picked"] };

// The box that a key has just opened or closed. The page draws all boxes in another place while one is open: there the keyboard
// goes on.
let pressed = "";

function newFold(view, name) {
  const [openContent, sends] = HELD[name], content = openContent(), title = make("span", "");
  const held = make("div", "held", content.root), summary = make("summary", "", title);
  const details = make("details", "fold", summary, held);
  put(details, { "data-name": name });
  summary.addEventListener("click", (event) => {
    if (event.detail) summary.blur(); // a key that comes after a click is meant for the page
    pressed = event.detail ? "" : name;
    view.sent = view.pick((_name, picks) => view.send("folded", picks), `${name} ${details.open ? "closed" : "open"}`).count;
  });
  summary.addEventListener("keydown", (event) => {
    if (event.key === " " || event.key === "Enter") event.stopPropagation(); // they fold the box, and mean nothing to the walk
  });
  return { details, summary, title, held, content, sends };
}

function fill(view, fold, { title, held }, { typed }) {
  say(fold.title, title);
  if (!view.sent) fold.details.open = held !== null;
  fold.held.hidden = held === null;
  if (held === null) return;
  const setStateValue = (_name, picks) => view.send(fold.sends, picks);
  fold.content.update({ data: { numbers: held, chips: held, heard: typed, pickable: true }, setStateValue });
}

export default function open() {
  const view = { root: make("div", "folds"), pick: picker(), folds: {}, sent: 0 };
  view.update = ({ data: { boxes, heard }, setStateValue }) => {
    view.send = setStateValue;
    // Whether a box is open the browser knows first: answers to what came before a click know nothing of it.
    if (view.sent <= view.pick.heard(heard.folded)) view.sent = 0;
    for (const [name, box] of Object.entries(boxes)) {
      if (!view.folds[name]) {
        view.folds[name] = newFold(view, name);
        view.root.append(view.folds[name].details);
        if (pressed === name) view.folds[name].summary.focus({ preventScroll: true });
      }
      fill(view, view.folds[name], box, heard);
    }
    if (!view.sent) pressed = "";
  };
  return view;
}
