// What every component's inline script calls: brings its styles once, then has the latest data drawn.

// A component's module makes views {root, update(args), close()} by its default export: one for each place in the page,
// kept from one update to the next.
const views = new WeakMap();
const latest = new WeakMap();
const sheets = new Map();

async function fetchSheet(name) {
  const answer = await fetch(new URL(`../css/${name}.css`, import.meta.url));
  if (!answer.ok) throw new Error(`${name}.css: ${answer.status}`);
  return new CSSStyleSheet().replace(await answer.text());
}

function sheet(name) {
  if (!sheets.has(name)) sheets.set(name, fetchSheet(name).catch((error) => { sheets.delete(name); throw error; }));
  return sheets.get(name);
}

function open(place, make, styles) {
  const view = make();
  place.adoptedStyleSheets = styles;
  place.append(view.root);
  views.set(place, view);
  return view;
}

function close(place) {
  const view = views.get(place);
  view.close?.();
  view.root.remove();
  views.delete(place);
}

// Streamlit calls again at every change, also while the first call still waits for its styles. Then the newest data is
// drawn, and the calls before it draw nothing and clean nothing up.
export default async function mount(names, component, given) {
  const { parentElement: place } = given;
  const args = { ...given, data: JSON.parse(new TextDecoder().decode(given.data)) };
  latest.set(place, args);
  const isLatest = () => latest.get(place) === args;
  const styles = await Promise.all(names.map(sheet));
  if (!isLatest()) return undefined;
  (views.get(place) || open(place, component.default, styles)).update(args);
  return () => {
    if (isLatest()) close(place);
  };
}
