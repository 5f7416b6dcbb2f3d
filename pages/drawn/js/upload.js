// A file chooser that reads a text file in the browser and hands name and text to Python; nothing is uploaded.

import { make, put, say } from "./dom.js";

async function take(view, file) {
  const { data } = view;
  say(view.file, file.name);
  const text = file.size > data.most_bytes ? null : await file.text().catch(() => null);
  say(view.alert, text === null ? data.too_large : "");
  view.alert.hidden = text !== null;
  view.count += 1;
  if (text !== null) view.send("file", { count: view.count, name: file.name, text });
}

// The browser keeps the chosen file in the input and says nothing when it is chosen again: so the input is emptied.
function listen(view) {
  const { root, input } = view;
  const hot = (yes) => root.classList.toggle("hot", yes);
  input.addEventListener("change", () => {
    const [file] = input.files;
    if (file) take(view, file);
    input.value = "";
  });
  root.addEventListener("dragover", (event) => { event.preventDefault(); hot(true); });
  root.addEventListener("dragleave", () => hot(false));
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    hot(false);
    const [file] = event.dataTransfer.files;
    if (file) take(view, file);
  });
}

export default function open() {
  const label = make("label", "title"), input = make("input", ""), button = make("label", "button");
  const file = make("span", "file"), alert = make("p", "alert");
  const root = make("div", "upload", label, make("div", "row", input, button, file), alert);
  put(input, { type: "file", id: "file" });
  for (const each of [label, button]) put(each, { for: "file" });
  put(alert, { role: "alert", hidden: "" });
  const view = { root, input, file, alert, count: 0 };
  listen(view);
  view.update = ({ data, setTriggerValue }) => {
    Object.assign(view, { data, send: setTriggerValue });
    say(label, data.label);
    say(button, data.button);
    put(input, { accept: data.accept });
  };
  return view;
}
