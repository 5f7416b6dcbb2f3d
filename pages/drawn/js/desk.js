// Keeps the desk in this tab, and hands it to a server that does not have it yet: after a reload, on another process, after
// a restart. And the row of buttons above every page: undo, redo, copy a link, save, open.

import { make, put, say } from "./dom.js";
import { picker } from "./picks.js";

const KEY = "backprop-tutor";
const MARK = "#s=";
const TOLD = 8000; // milliseconds that a word stands beside the buttons
const PATIENCE = 5000; // for a page asked for, after which a link asks anew
const ICONS = { undo: "↶", redo: "↷", predict: "?", link: "↗", save: "⤓", open: "⤒", present: "▣" };

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function keep({ session, slots }) {
  const before = kept();
  const own = before && before.session === session ? before.slots : {};
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ session, slots: { ...own, ...slots } }));
  } catch {
    // A browser that keeps nothing: the tutor works, and a reload begins afresh.
  }
}

// The code of a link that was opened; it leaves the address, so that a reload goes on with what became of it.
function taken() {
  if (!location.hash.startsWith(MARK)) return null;
  const code = location.hash.slice(MARK.length);
  history.replaceState(history.state, "", location.pathname + location.search);
  return code;
}

// A server session that has not taken over what this tab kept is asked to, once. It answers with ``adopted``.
function settle(view) {
  const { data } = view;
  const link = taken(), stored = kept();
  const foreign = !data.adopted && stored && stored.session !== data.session;
  if (!foreign) keep(data);
  if (link === null && (!foreign || view.asked === data.session)) return;
  view.asked = data.session;
  view.count += 1;
  view.trigger("found", { count: view.count, session: data.session, slots: foreign ? stored.slots : null, link });
}

async function copy(view) {
  const { data, address } = view;
  address.value = location.origin + location.pathname + location.search + MARK + data.link.code;
  let word = data.words.copied;
  try {
    await navigator.clipboard.writeText(address.value);
  } catch {
    word = data.words.select;
    address.hidden = false;
    address.select();
  }
  tell(view, word);
}

function tell(view, text) {
  say(view.status, text);
  clearTimeout(view.timer);
  view.timer = setTimeout(() => { say(view.status, ""); view.address.hidden = true; }, TOLD);
}

async function read(view) {
  const [file] = view.input.files;
  if (!file) return;
  const text = file.size > view.data.most_bytes ? null : await file.text().catch(() => null);
  view.input.value = "";
  if (text === null) {
    tell(view, view.data.words.too_large);
    return;
  }
  view.count += 1;
  view.trigger("file", { count: view.count, text });
}

function save({ name, text }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function press(view, what) {
  if (view.data.can[what] === false) return;
  if (what === "open") view.input.click();
  else view.pick((_name, sent) => view.state("pressed", sent), what);
}

const isTyping = (event) => (
  event.composedPath()[0].closest?.("input:not([type=range]), textarea, [contenteditable=true]")
);

const isFree = (event) => event.composedPath()[0].matches("body, main");

function wanted({ data }, event) {
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) return key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" && "undo";
  if (key === "p") return "present";
  return (!event.key.startsWith("Arrow") || isFree(event)) && data.keys[event.key];
}

// Ctrl or Cmd with Z, Y or Shift and Z; P; a remote's keys. But not while a person types.
function onKey(view, event) {
  if (view.data.on.present && event.key === " " && isFree(event)) event.preventDefault(); // scrolls
  const what = !event.altKey && !event.repeat && wanted(view, event);
  if (!what || isTyping(event)) return;
  event.preventDefault();
  press(view, what);
}

// After a connection has come back, the page asks by itself: a server that was started again does not know the desk, and
// the person's next click would be lost on it.
function watch(view) {
  const app = document.querySelector('[data-testid="stApp"]'), name = "data-test-connection-state";
  let lost = false;
  const observer = new MutationObserver(() => {
    const connected = app.getAttribute(name) === "CONNECTED";
    if (connected && lost) view.state("awake", Date.now());
    lost = !connected;
  });
  if (app) observer.observe(app, { attributes: true, attributeFilter: [name] });
  return observer;
}

// Says once to each session whether the sidebar is open, since the server draws what is in it only then.
function aside(view) {
  const { session, aside: known } = view.data;
  const shown = document.querySelector('[data-testid="stSidebar"][data-collapsed="false"]') !== null;
  const word = `${session} ${shown}`;
  if (shown === known) view.aside = "";
  else if (word !== view.aside) {
    view.aside = word;
    press(view, shown ? "aside" : "no aside");
  }
}

function watchAside(view) {
  const observer = new MutationObserver(() => aside(view));
  observer.observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-collapsed"] });
  return observer;
}

function buttons(view) {
  return Object.entries(ICONS).map(([what, sign]) => {
    const icon = make("span", "icon", sign), word = make("span", "word"), button = make("button", "", icon, word);
    put(button, { type: "button" });
    put(icon, { "aria-hidden": "true" });
    button.addEventListener("click", (event) => {
      if (event.detail) button.blur(); // a key that comes after a click is meant for the page: Space reveals there
      press(view, what);
    });
    return [what, button, word];
  });
}

// Another page or screen of a lesson begins at its top. The row may have been made anew for it, so what was on show is not the
// row's to know.
let onShow = "";

function toTop({ page, screen }) {
  const shown = `${page} ${screen}`;
  if (onShow && onShow !== shown) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  onShow = shown;
}

// A lesson that was left came along in the address: what the server takes out of it is an entry of the history by itself.
function leaveLesson({ page }) {
  const address = new URL(location.href);
  if (page === "learn" || !address.searchParams.has("lesson")) return;
  address.searchParams.delete("lesson");
  history.replaceState(history.state, "", address);
}

let followed = ""; // the page whose link was followed by a key: there it has the focus again

// A link to be opened elsewhere is the browser's; here the server turns to the page, and the session goes along.
function onLink(view, event, name) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  followed = event.detail ? "" : name;
  event.preventDefault();
  if (turning?.from === view.data.page && isFresh(turning)) turning.to = name;
  else turn(view, name);
}

// The page asked for. Until its row is there a further link is only kept in mind: the server has left this page, and what
// came from it now would be taken for a wish to be on it.
let turning = null;
const isFresh = ({ at }) => Date.now() - at < PATIENCE;

function turn(view, name) {
  const { page } = view.data;
  turning = name === page ? null : { from: page, to: name, at: Date.now() };
  press(view, name);
}

function turnOn(view) {
  const { page } = view.data, asked = turning;
  if (!asked || page === asked.from) return;
  turning = null;
  if (page !== asked.to && isFresh(asked)) turn(view, asked.to);
}

function fillPages(view, nav) {
  const { pages, page, query } = view.data;
  const key = JSON.stringify([pages, page, query]);
  if (nav.key === key) return;
  nav.key = key;
  nav.replaceChildren(...pages.map(([name, title]) => {
    const link = make("a", "page", title), address = new URL((name === "start" ? "." : name) + query, document.baseURI).href;
    put(link, { href: address, "aria-current": name === page ? "page" : null });
    link.addEventListener("click", (event) => onLink(view, event, name));
    return link;
  }));
  const here = nav.querySelector("[aria-current]");
  here?.scrollIntoView({ block: "nearest", inline: "center" });
  if (followed === page) here?.focus({ preventScroll: true });
  followed = "";
}

export default function open() {
  const change = make("span", "what"), loss = make("span", "loss"), told = make("p", "told", change, loss);
  const nav = make("nav", "pages");
  const status = make("span", "status"), address = make("input", "address"), input = make("input", "");
  const view = { status, address, input, count: Date.now(), asked: null, pick: picker() };
  const drawn = buttons(view);
  view.root = make("div", "desk", nav, told, status, address, input, ...drawn.map(([, button]) => button));
  put(told, { "aria-live": "polite", "aria-atomic": "true" });
  put(status, { role: "status" });
  put(address, { type: "text", readonly: "", hidden: "" });
  put(input, { type: "file", accept: ".json", hidden: "", tabindex: "-1" });
  const keys = (event) => onKey(view, event), hash = () => settle(view);
  const resized = new ResizeObserver(([entry]) => view.root.style.setProperty("--room", `${entry.contentRect.width}px`));
  resized.observe(view.root);
  const observers = [watch(view), watchAside(view), resized];
  input.addEventListener("change", () => read(view));
  document.addEventListener("keydown", keys);
  window.addEventListener("hashchange", hash);
  view.update = ({ data, setTriggerValue, setStateValue }) => {
    Object.assign(view, { data, trigger: setTriggerValue, state: setStateValue });
    for (const [what, button, word] of drawn) {
      say(word, data.words[what]);
      put(button, {
        "aria-label": data.words[what], title: data.words[what], "aria-disabled": data.can[what] === false ? "true" : null,
        "aria-pressed": what in data.on ? String(data.on[what]) : null, hidden: what === "predict" && !(what in data.on),
      });
    }
    put(address, { "aria-label": data.words.link });
    put(document.documentElement, { lang: data.lang });
    document.documentElement.classList.toggle("presenting", data.on.present);
    put(view.root, { class: `desk ${data.on.present ? "presenting" : ""} ${data.screen ? "lesson" : ""}` });
    say(change, data.told?.refused || data.told?.what || "");
    put(change, { role: data.told?.refused ? "alert" : null });
    say(loss, data.told?.loss || "");
    fillPages(view, nav);
    toTop(data);
    leaveLesson(data);
    put(nav, { "aria-label": data.words.pages });
    for (const [asked, answer] of [[data.file, () => save(data.file)], [data.link, () => copy(view)]]) {
      if (!asked || view.answered === asked.count) continue;
      view.answered = asked.count;
      answer();
    }
    settle(view);
    aside(view);
    turnOn(view);
  };
  view.close = () => {
    for (const observer of observers) observer.disconnect();
    document.removeEventListener("keydown", keys);
    window.removeEventListener("hashchange", hash);
  };
  return view;
}
