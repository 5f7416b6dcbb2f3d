// What is beside and below the picture of a race: playing, who races and with which settings, where the race begins.

import { written } from "../js/decimals.js";
import { make, offer, put, say } from "../js/dom.js";
import { add } from "../js/svg.js";
import { nameNode } from "../plane/moving.js";
import { both, stateOf } from "./paths.js";

const SPEEDS = [0.5, 1, 2, 4];
const ICONS = { play: "M5 3L17 10L5 17Z", pause: "M4 3H8V17H4ZM12 3H16V17H12Z", back: "M4 3H7V17H4ZM17 3L8 10L17 17Z", on: "M13 3H16V17H13ZM3 3L12 10L3 17Z" };
export const SHAPES = [
  "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0Z", "M-5.5 -5.5H5.5V5.5H-5.5Z", "M0 -7L7 5.5H-7Z", "M0 -7.5L7.5 0L0 7.5L-7.5 0Z", "M0 7L7 -5.5H-7Z",
  "M-6.5 -2.3H-2.3V-6.5H2.3V-2.3H6.5V2.3H2.3V6.5H-2.3V2.3H-6.5Z", "M0 -7L6.7 -2.2L4.1 5.7H-4.1L-6.7 -2.2Z",
];
export const shapeOf = (n) => SHAPES[n % SHAPES.length];

const numberIn = (text) => {
  const plain = text.trim().replaceAll("−", "-").replace(",", ".");
  return plain && Number.isFinite(Number(plain)) ? Number(plain) : null;
};

function button(name, act) {
  const node = put(make("button", name), { type: "button" });
  node.addEventListener("click", act);
  return node;
}

function icon(name) {
  const svg = add(document.createElement("span"), "svg", { width: 20, height: 20, viewBox: "0 0 20 20", "aria-hidden": "true" });
  add(svg, "path", { d: ICONS[name] });
  return svg;
}

// A field for a number; enter(number) when another one was typed, enter(text) for what is none by itself.
function field(className, enter) {
  const node = put(make("input", className), { type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false" });
  node.addEventListener("change", () => {
    const value = numberIn(node.value);
    const text = node.value.trim();
    if (value === null) node.value = node.given;
    if (text) enter(value ?? text);
  });
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter") node.blur();
    if (event.key === "Escape") node.value = node.given;
  });
  return node;
}

// Not while somebody types there.
function fill(node, text) {
  node.given = text;
  if (node.getRootNode().activeElement !== node) node.value = text;
}

// The parts of a list by their keys: those not wanted any more go, those missing are made.
function keep(list, parts, keys, create) {
  for (const [key, { root }] of parts) {
    if (keys.includes(key)) continue;
    root.remove();
    parts.delete(key);
  }
  for (const key of keys) {
    if (parts.has(key)) continue;
    parts.set(key, create(key));
    list.append(parts.get(key).root);
  }
}

export function openControls(acts) {
  const root = put(make("div", "controls"), { role: "group" });
  const back = button("icon", acts.back), play = button("play", acts.play), on = button("icon", acts.on);
  const range = put(make("input", "range"), { type: "range", min: 0, step: 1 }), count = make("output", "count");
  const speed = make("select", "speed"), views = ["flat", "relief"].map((name) => button("view", () => acts.look(name)));
  back.append(icon("back"));
  on.append(icon("on"));
  const still = icon("play"), moving = icon("pause"), word = make("span");
  play.append(still, moving, word);
  offer(speed, SPEEDS.map((each) => ({ value: each, text: `×${each}` })));
  speed.value = "1";
  range.addEventListener("input", () => acts.scrub(Number(range.value)));
  speed.addEventListener("change", () => acts.speed(Number(speed.value)));
  root.append(back, play, on, range, count, speed, ...views);
  return {
    root,
    draw({ race: { words, updates, label }, playing, look }, k, told) {
      put(root, { "aria-label": label });
      put(back, { "aria-label": words.back });
      put(on, { "aria-label": words.on });
      say(word, playing ? words.pause : words.play);
      still.style.display = playing ? "none" : "";
      moving.style.display = playing ? "" : "none";
      put(range, { max: updates, "aria-label": words.update, "aria-valuetext": told });
      if (Number(range.value) !== k) range.value = k;
      say(count, `${k} / ${updates}`);
      put(speed, { "aria-label": words.speed });
      views.forEach((node, i) => put(say(node, [words.flat, words.relief][i]), { "aria-pressed": String(look === ["flat", "relief"][i]) }));
    },
  };
}

function openRow(acts, id) {
  const root = make("li", "racer"), box = put(make("input"), { type: "checkbox" }), swatch = make("span", "swatch");
  const svg = add(swatch, "svg", { width: 40, height: 18, viewBox: "0 0 40 18", "aria-hidden": "true" });
  const line = add(svg, "path", { class: "sample", d: "M2 9H38" }), mark = add(svg, "path", { class: "mark", transform: "translate(20 9)" });
  const name = button("who", () => acts.open(id)), knobs = make("span", "knobs"), state = make("output", "state"), fields = new Map();
  box.addEventListener("change", () => acts.run(id, box.checked));
  root.append(box, swatch, name, state, knobs);
  return {
    root,
    draw(view, racer) {
      const { race: { words, opened }, can } = view;
      root.style.setProperty("--own", racer.color);
      root.classList.toggle("rests", !racer.runs);
      root.classList.toggle("opened", opened[0] === id);
      box.checked = racer.runs;
      put(box, { "aria-label": both(words, racer.title, words.runs) });
      box.style.display = can.run ? "" : "none";
      put(line, { "stroke-dasharray": racer.dash });
      put(mark, { d: shapeOf(racer.shape) });
      say(name, racer.title);
      name.disabled = !can.open || (!racer.runs && can.run);
      put(name, { title: can.open ? words.path.replace("{name}", racer.title) : null });
      const shown = can.set ? racer.knobs : [];
      keep(knobs, fields, shown.map((knob) => knob.name), (key) => {
        const input = field("number", (value) => acts.set(id, key, value)), letter = make("i");
        return { root: make("label", "knob", letter, input), letter, input };
      });
      for (const knob of shown) {
        const { letter, input } = fields.get(knob.name);
        say(letter, knob.letter);
        fill(put(input, { "aria-label": both(words, racer.title, `${knob.spoken} ${knob.letter}`) }), knob.value);
      }
    },
    tick(view, racer, k) {
      const { race: { words, decimals } } = view, { runs, loss, lost, out } = stateOf(view.race, racer, k);
      const text = !runs ? "" : lost ? words.lost.replace("{n}", lost) : written(loss, decimals) + (out ? ` (${words.outside})` : "");
      say(state, text);
    },
  };
}

export function openPanel(acts) {
  const root = make("div", "panel"), head = make("p", "head"), list = make("ul", "racers"), start = make("p", "starts"), axes = make("p", "axes");
  const [title, loss] = [make("span"), make("span")], startWord = make("span", "word"), rows = new Map();
  const places = [0, 1].map((i) => field("number", (value) => acts.place(i, value))), names = [0, 1].map(() => make("span"));
  const selects = [0, 1].map((i) => {
    const node = make("select");
    node.addEventListener("change", () => acts.pair(i, node.value));
    return node;
  });
  head.append(title, loss);
  start.append(startWord, ...places.map((node, i) => make("label", "knob", names[i], node)));
  axes.append(...selects.map((node) => make("label", "knob", make("span", "word"), node)));
  root.append(head, list, start, axes);
  return {
    root,
    draw(view, spoken, digits) {
      const { race } = view, { words, racers, x, y, pair, choices } = race;
      say(title, words.racers);
      say(loss, words.loss);
      keep(list, rows, racers.map((racer) => racer.id), (id) => openRow(acts, id));
      for (const racer of racers) rows.get(racer.id).draw(view, racer);
      say(startWord, words.start);
      start.style.display = view.can.start ? "" : "none";
      [x, y].forEach((axis, i) => {
        if (names[i].key !== axis.spoken) {
          names[i].key = axis.spoken;
          names[i].replaceChildren(nameNode(axis.name));
        }
        put(places[i], { "aria-label": words.start_of.replace("{name}", axis.spoken) });
        fill(places[i], written(view.startAt()[i], digits, true));
      });
      axes.style.display = pair.length && view.can.pair ? "" : "none";
      selects.forEach((node, i) => {
        say(node.previousSibling, [words.across, words.upwards][i]);
        put(node, { "aria-label": both(words, words.axes, [words.across, words.upwards][i]) });
        offer(node, choices);
        if (pair.length) node.value = pair[i];
      });
    },
    tick(view, k) {
      for (const racer of view.race.racers) rows.get(racer.id)?.tick(view, racer, k);
    },
  };
}
