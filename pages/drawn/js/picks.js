// Picking an element: by a click that is no drag, by Enter or Space; every pick reaches Python once and in order.

const RECENT = 16;
const DRAG = 8;

// Streamlit keeps only the last of the values that come while a script runs: so each pick carries those before it. A pick
// returns what it sent; heard(sent) is how many of this picker's had come when Python has heard that.
export function picker() {
  const view = Math.random().toString(36).slice(2);
  let ids = [], count = 0;
  const pick = (send, id) => {
    ids = [...ids, id].slice(-RECENT);
    count += 1;
    send("picked", { view, count, ids });
    return { view, count };
  };
  pick.heard = (sent) => (sent?.view === view ? sent.count : 0);
  return pick;
}

// take(event) for every click, but not where the pointer has marked some text on the way.
export function onClick(element, take) {
  let down = null;
  element.addEventListener("pointerdown", (event) => { down = event; });
  element.addEventListener("click", (event) => {
    const far = event.detail && down ? Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) : 0;
    if (far <= DRAG) take(event);
  });
}

// take(event) for Enter and Space, which an SVG element does not take for a click by itself.
export function onKey(element, take) {
  element.addEventListener("keydown", (event) => {
    if (event.repeat || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    take(event);
  });
}
