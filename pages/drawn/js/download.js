// A button that posts a text to an address of the app and saves the answer as a file.

import { make, put, say } from "./dom.js";

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// The answer as a Blob; throws a sentence for the person where there is none.
async function ask({ address, body, unreachable }) {
  let answer;
  try {
    answer = await fetch(new URL(address, document.baseURI), { method: "POST", body });
    if (answer.ok) return await answer.blob();
  } catch {
    throw new Error(unreachable);
  }
  const plain = (answer.headers.get("content-type") || "").startsWith("text/plain");
  const text = plain ? (await answer.text().catch(() => "")).trim() : "";
  throw new Error(text || `${unreachable} (${answer.status})`);
}

async function press(view) {
  if (view.busy) return;
  const wanted = view.data;
  view.busy = true;
  fill(view, "");
  let fault = "";
  try {
    save(await ask(wanted), wanted.file_name);
  } catch (error) {
    fault = error.message;
  }
  view.busy = false;
  fill(view, fault);
}

function fill(view, fault) {
  const { button, alert, data, busy } = view;
  say(button, busy ? data.busy : data.label);
  put(button, { class: data.primary ? "primary" : "", "aria-disabled": busy ? "true" : null });
  say(alert, fault).hidden = !fault;
}

export default function open() {
  const button = make("button", ""), alert = make("p", "alert");
  const view = { root: make("div", "download", button, alert), button, alert, busy: false };
  put(button, { type: "button" });
  put(alert, { role: "alert" });
  button.addEventListener("click", () => press(view));
  view.update = ({ data }) => {
    view.data = data;
    fill(view, alert.textContent);
  };
  return view;
}
