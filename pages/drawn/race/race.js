// Optimisers that race on the loss of two weights: played, stepped and scrubbed here, and the server told what was changed.

import { written } from "../js/decimals.js";
import { make, put, say } from "../js/dom.js";
import { add, show } from "../js/svg.js";
import { dress, watch } from "../js/theme.js";
import { drawAxes, frameOf, pathOf, toNumbers, toPixel } from "../plane/axes.js";
import { snap } from "../plane/geometry.js";
import { frameView, listen, nameNode, part, pointer, size, sweep, teller } from "../plane/moving.js";
import { contour, heightsOf, labels, shade } from "./contours.js";
import { openControls, openPanel, shapeOf } from "./panel.js";
import { both, isOut, lengthOf, nearest, placeAt, placeOf, stateOf, wayTo } from "./paths.js";
import { drawRelief } from "./relief.js";

const WIDE = 700, PANEL = 400, WIDEST = 620, PACE = 8, FARTHEST = 20000, TURN = -0.6, APART = 30, NEAR = 14, START_DIGITS = 4;

const stopsMoving = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const inks = (view) => ["--c-parameter", "--st-text-color", "--st-background-color"].map((name) => getComputedStyle(view.root).getPropertyValue(name).trim());
const updateOf = (view) => Math.floor(view.now + 1e-9);
const runners = (view) => view.race.racers.filter((racer) => racer.runs);
const snapped = ({ race: { x, y } }, [u, v]) => [snap(u, x), snap(v, y)];

// A pixel, not so far away that lines to it are no longer drawn well.
function pixel(view, place) {
  return toPixel(view.frame, place).map((each) => Math.min(Math.max(each, -FARTHEST), FARTHEST));
}

function atRim(view, place) {
  const { left, top, w, h } = view.frame, [x, y] = pixel(view, place);
  return [Math.min(Math.max(x, left), left + w), Math.min(Math.max(y, top), top + h)];
}

// ---- what is read and heard ----------------------------------------------------------------------------------------

const coordinates = ({ race: { x, y, decimals } }, [u, v]) => `${x.spoken} = ${written(u, decimals)}, ${y.spoken} = ${written(v, decimals)}`;

function standing(view) {
  const { race } = view, { words, decimals } = race, k = updateOf(view);
  const told = runners(view).map((racer) => {
    const { loss, lost, out } = stateOf(race, racer, k);
    return both(words, racer.title, `${lost ? words.lost.replace("{n}", lost) : written(loss, decimals)}${out && !lost ? `, ${words.outside}` : ""}`);
  });
  return [words.at.replace("{n}", k).replace("{all}", race.updates), ...told].join("; ");
}

// Two rows, so that nothing below moves: where the racer is that is looked at, and who is out of the picture.
function readOut(view) {
  const { race, readout } = view, { words, opened } = race, k = updateOf(view);
  const racer = runners(view).find(({ id }) => id === opened[0]) || runners(view)[0];
  const at = racer && Math.min(k, lengthOf(racer));
  const first = racer ? words.nth.replace("{name}", racer.title).replace("{n}", at) : "", [u, v] = racer ? placeOf(racer, at) : [0, 0];
  const away = runners(view).filter((each) => stateOf(race, each, k).out).map(({ title }) => title).join(", ");
  const second = away ? words.away.replace("{names}", away) : view.can.start ? words.hint : "";
  const key = JSON.stringify([first, second, u, v]);
  if (readout.key === key) return;
  readout.key = key;
  const number = (value) => written(value, race.decimals);
  const row = racer ? [`${first} `, nameNode(race.x.name), ` = ${number(u)}, `, nameNode(race.y.name), ` = ${number(v)}, ${words.loss} ${number(racer.losses[at])}`] : [];
  readout.replaceChildren(make("p", "row", ...row), make("p", "row active", second));
}

// ---- drawing -------------------------------------------------------------------------------------------------------

function drawGround(view) {
  const { frame, race, layers, heat } = view, { relief, minima } = race, [deep] = inks(view), key = JSON.stringify([frame, relief, minima, deep]);
  if (view.groundKey === key) return;
  view.groundKey = key;
  view.heights = heightsOf(relief);
  shade(heat, view.heights, relief.side, deep);
  const { left, top, w, h, width, height } = frame;
  Object.assign(heat.style, { left: `${(100 * left) / width}%`, top: `${(100 * top) / height}%`, width: `${(100 * w) / width}%`, height: `${(100 * h) / height}%` });
  const px = ([u, v]) => [left + u * w, top + v * h], cuts = relief.levels.map(([level, text]) => ({ text, pieces: contour(view.heights, relief.side, level) }));
  layers.contours.replaceChildren();
  for (const { pieces } of cuts) add(layers.contours, "path", { class: "contour", d: pieces.map((piece) => pathOf(piece.map(px))).join("") || "M0 0" });
  for (const { text, x, y } of labels(cuts, w, h, APART)) {
    say(add(layers.contours, "text", { class: "level", x: left + x, y: top + y + 4, "text-anchor": "middle" }), text);
  }
  for (const place of minima) {
    const [x, y] = toPixel(frame, place);
    add(layers.contours, "path", { class: "least", d: "M-6 0H6M0 -6V6", transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` });
  }
  put(view.clip, { x: left, y: top, width: w, height: h });
}

function drawPaths(view) {
  const { race, layers } = view;
  for (const racer of race.racers) {
    const g = part(view, layers.trails, `trail ${racer.id}`, (made) => {
      for (const name of ["ghost", "under", "trail"]) add(made, "path", { class: name, "clip-path": "url(#seen)" });
    });
    g.style.setProperty("--own", racer.color);
    show(g, racer.runs);
    put(g.children[0], { d: racer.runs ? pathOf(wayTo(racer, lengthOf(racer)).map((place) => pixel(view, place))) : "M0 0" });
    put(g.children[2], { "stroke-dasharray": racer.dash });
    const head = part(view, layers.heads, `head ${racer.id}`, (made) => {
      for (const name of ["clear", "mark"]) add(made, "path", { class: name });
    });
    head.style.setProperty("--own", racer.color);
    show(head, racer.runs);
  }
  drawOpened(view);
}

// The places of the racer whose update is looked at, and its step.
function drawOpened(view) {
  const { race: { opened, racers }, layers } = view, racer = racers.find(({ id, runs }) => runs && id === opened[0]);
  const g = part(view, layers.dots, "opened", (made) => {
    add(made, "path", { class: "dots", "clip-path": "url(#seen)" });
    add(made, "path", { class: "step", "clip-path": "url(#seen)" });
  });
  show(g, Boolean(racer));
  if (!racer) return;
  g.style.setProperty("--own", racer.color);
  const last = lengthOf(racer), n = opened[1];
  const dot = (place) => pixel(view, place).map((each) => each.toFixed(1)).join(" ");
  put(g.children[0], { d: Array.from({ length: last + 1 }, (_each, k) => `M${dot(placeOf(racer, k))}h0`).join("") });
  put(g.children[1], { d: last ? pathOf([placeOf(racer, n - 1), placeOf(racer, n)].map((place) => pixel(view, place))) : "M0 0" });
}

function drawStart(view) {
  const { race, layers } = view, moves = view.can.start, [x, y] = toPixel(view.frame, view.startAt());
  const g = part(view, layers.start, "start", (made) => {
    for (const [name, r] of [["reach", 20], ["focus", 14]]) add(made, "circle", { class: name, r });
    for (const name of ["clear", "flag"]) add(made, "path", { class: name, d: "M-7 -7L7 7M-7 7L7 -7" });
  });
  put(g, {
    class: "start", role: moves ? "button" : "img", tabindex: moves ? 0 : null, "data-moves": moves ? "" : null,
    transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`, "aria-label": both(race.words, race.words.start, coordinates(view, view.startAt())),
  });
}

// All that changes while it is played.
function tick(view) {
  const { race, now, look } = view, shown = stopsMoving() ? updateOf(view) : now, k = updateOf(view);
  if (look === "flat") {
    for (const racer of runners(view)) {
      const way = pathOf(wayTo(racer, shown).map((place) => pixel(view, place))), { children } = view.parts.get(`trail ${racer.id}`);
      put(children[1], { d: way });
      put(children[2], { d: way });
      const head = view.parts.get(`head ${racer.id}`), place = placeAt(racer, shown), [x, y] = atRim(view, place);
      const away = isOut(race, place), lost = stateOf(race, racer, k).lost;
      put(head, { class: away ? "away" : lost ? "lost" : "", transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})${away ? " scale(.7)" : ""}` });
      for (const path of head.children) put(path, { d: shapeOf(racer.shape) });
    }
    const [, n] = race.opened, [, step] = view.parts.get("opened").children;
    show(step, n === k || n === race.at); // while the race stands there, or where it is what the screen is about
  } else raise(view, shown);
  view.controls.draw(view, k, standing(view));
  view.panel.tick(view, k);
  readOut(view);
}

function raise(view, shown) {
  const { race, frame, turn, heights } = view, [deep, ink, paper] = inks(view), { x, y } = race;
  const share = ([u, v]) => [(u - x.low) / (x.high - x.low), (y.high - v) / (y.high - y.low)];
  const scale = view.svg.getAttribute("width") / frame.width;
  drawRelief(view, view.canvas, {
    width: frame.width, height: frame.height, turn, heights, side: race.relief.side, rise: race.relief.rise, key: race.relief.heights,
    ink, paper, deep, dots: Math.min(3, (window.devicePixelRatio || 1) * scale), font: getComputedStyle(view.root).fontFamily, names: [x.spoken, y.spoken],
    paths: runners(view).map((racer) => ({ points: wayTo(racer, shown).map(share), color: racer.color, shape: shapeOf(racer.shape), dash: racer.dash ? racer.dash.split(",").map(Number.parseFloat) : [] })),
  });
}

function draw(view) {
  const { race, width, widthOf } = view;
  if (!race || !width) return;
  const wide = width >= WIDE, room = wide ? width - PANEL : width;
  view.root.classList.toggle("wide", wide);
  view.frame = frameOf(race, room, { most: WIDEST, tall: race.tall }, widthOf);
  put(view.svg, { "aria-label": race.label, class: view.can.start ? "places" : "" });
  size(view, room);
  const flat = view.look === "flat";
  Object.assign(view.canvas.style, { width: `${view.svg.getAttribute("width")}px`, height: `${view.svg.getAttribute("height")}px`, display: flat ? "none" : "block" });
  view.svg.style.display = flat ? "" : "none";
  view.heat.style.display = flat ? "" : "none";
  put(view.canvas, { "aria-label": both(race.words, race.words.relief, race.words.turn), "aria-valuenow": degrees(view), "aria-valuetext": `${degrees(view)}°` });
  drawGround(view);
  drawAxes(view.layers.axes, view.frame, { x: race.x.name, y: race.y.name }, widthOf);
  drawPaths(view);
  drawStart(view);
  sweep(view);
  view.panel.draw(view, coordinates, START_DIGITS);
  tick(view);
}

const degrees = ({ turn }) => ((Math.round((turn * 180) / Math.PI) % 360) + 360) % 360;

// ---- playing -------------------------------------------------------------------------------------------------------

function pause(view) {
  cancelAnimationFrame(view.timer);
  if (view.playing) view.speak(standing(view));
  view.playing = false;
}

function play(view) {
  if (view.playing) {
    pause(view);
    tick(view);
    return;
  }
  if (view.now >= view.race.updates) view.now = 0;
  view.playing = true;
  let before = null;
  const next = (time) => {
    if (!view.playing) return;
    view.now = Math.min(view.now + ((time - (before ?? time)) / 1000) * PACE * view.speed, view.race.updates);
    before = time;
    if (view.now >= view.race.updates) pause(view);
    tick(view);
    view.timer = requestAnimationFrame(next);
  };
  view.timer = requestAnimationFrame(next);
  tick(view);
}

function scrub(view, k) {
  pause(view);
  view.now = Math.min(Math.max(k, 0), view.race.updates);
  tick(view);
}

// ---- changing ------------------------------------------------------------------------------------------------------

function startAt(view, place, typed = false) {
  if (!view.can.start || isOut(view.race, place)) return false;
  const spot = typed ? place : snapped(view, place);
  view.moved.set("start", spot);
  draw(view);
  view.tell(["start", spot, typed]);
  return true;
}

function openUpdate(view, racer, k) {
  if (!view.can.open) return;
  if (!racer.runs) view.tell(["open", racer.id, Math.max(k, 1)]); // its path comes with the answer
  if (lengthOf(racer) < 1) return;
  const n = Math.min(Math.max(k, 1), lengthOf(racer));
  view.race.opened = [racer.id, n];
  scrub(view, n);
  draw(view);
  view.tell(["open", racer.id, n]);
}

// A tap near a path opens the update whose place is nearest, anywhere else it puts the start there.
function tapped(view, at) {
  const spot = toPixel(view.frame, at);
  const found = runners(view).map((racer) => [racer, ...nearest(racer, (place) => pixel(view, place), spot)]).sort((a, b) => a[2] - b[2])[0];
  if (view.can.open && found && found[2] <= NEAR) openUpdate(view, found[0], found[1]);
  else startAt(view, at);
}

function turnBy(view, angle) {
  view.turn += angle;
  draw(view);
}

function listenToTurns(view) {
  let from = null;
  const { canvas } = view;
  canvas.addEventListener("pointerdown", (event) => {
    from = event.clientX;
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (from === null) return;
    turnBy(view, (from - event.clientX) / 120);
    from = event.clientX;
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { from = null; });
  canvas.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: 1, ArrowRight: -1 }[event.key];
    if (!way) return;
    turnBy(view, way * 0.15);
    event.preventDefault();
    event.stopPropagation();
  });
}

function openView() {
  const view = frameView("race", [["contours", true], ["axes", true], ["trails", true], ["dots", true], ["heads", true], ["start"]]);
  Object.assign(view, { now: null, playing: false, speed: 1, look: "flat", turn: TURN, timer: 0 });
  view.heat = put(make("canvas", "heat"), { "aria-hidden": "true" });
  view.canvas = put(make("canvas", "relief"), { role: "slider", tabindex: 0, "aria-valuemin": 0, "aria-valuemax": 359 });
  view.clip = add(add(add(view.svg, "defs"), "clipPath", { id: "seen" }), "rect");
  return view;
}

export default function open() {
  const view = openView();
  teller(view);
  view.at = pointer(view, toNumbers);
  view.controls = openControls({
    play: () => play(view), back: () => scrub(view, Math.ceil(view.now) - 1), on: () => scrub(view, updateOf(view) + 1), scrub: (k) => scrub(view, k),
    speed: (speed) => { view.speed = speed; },
    look: (look) => {
      view.look = look;
      draw(view);
    },
  });
  const racerOf = (id) => view.race.racers.find((racer) => racer.id === id);
  view.panel = openPanel({
    open: (id) => openUpdate(view, racerOf(id), updateOf(view)), run: (id, runs) => view.tell(["run", id, runs]), 
    set: (id, name, value) => view.tell([typeof value === "string" ? "typed" : "set", id, name, value]),
    place: (i, value) => {
      const place = [...view.startAt()];
      place[i] = value;
      if (typeof value === "number" && startAt(view, place, true)) return;
      draw(view);
      view.tell(["place", i, String(value)]); // which is read, or told why not
    },
    pair: (i, value) => view.tell(["pair", ...(i ? [view.race.pair[0], value] : [value, view.race.pair[1]])]),
  });
  view.startAt = () => view.moved.get("start") || view.race.start;
  view.root.prepend(make("div", "board", view.controls.root, make("div", "stage", view.heat, view.svg, view.canvas), view.readout), view.panel.root);
  // An arrow key is meant for the field, not for the walk.
  view.root.addEventListener("keydown", (event) => event.target.matches("input, select") && event.stopPropagation());
  listenToTurns(view);
  const { again, stop } = watch(view.root, (width, widthOf) => {
    Object.assign(view, { width, widthOf });
    draw(view);
  });
  listen(view, {
    hold: (key) => {
      view.before = view.moved.get("start");
      return key === "start" && Boolean(view.can.start);
    },
    move: (_key, _from, place) => {
      view.moved.set("start", snapped(view, place));
      draw(view);
    },
    put: () => view.moved.has("start") && view.tell(["start", view.moved.get("start"), false]),
    back: () => {
      view.moved.delete("start");
      if (view.before) view.moved.set("start", view.before);
      draw(view);
    },
    step: (_key, [dx, dy]) => {
      const { x, y } = view.race, [u, v] = view.startAt();
      view.moved.set("start", snapped(view, [u + dx / x.per, v + dy / y.per]));
      draw(view);
      view.speak(coordinates(view, view.startAt()));
    },
    tap: (place) => tapped(view, place), remove: () => {}, enter: () => {}, look: () => {},
  });
  view.update = ({ data: { race, can, heard, live, present }, setStateValue }) => {
    Object.assign(view, { race, can, live, present, send: setStateValue, now: Math.min(view.now ?? race.at, race.updates) });
    view.hear(heard, view.held());
    dress(view.root, race.colors);
    again();
  };
  view.close = () => {
    pause(view);
    stop();
  };
  return view;
}
