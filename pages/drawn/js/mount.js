// What every component's inline script calls: loads its module and its styles once, then draws the latest data.

const latest = new WeakMap();
const sheets = new Map();

async function fetchSheet(name) {
  const answer = await fetch(new URL(`./${name}.css`, import.meta.url));
  if (!answer.ok) throw new Error(`${name}.css: ${answer.status}`);
  return new CSSStyleSheet().replace(await answer.text());
}

function sheet(name) {
  if (!sheets.has(name)) sheets.set(name, fetchSheet(name).catch((error) => { sheets.delete(name); throw error; }));
  return sheets.get(name);
}

// Streamlit calls again at every change, also while the first call still loads. Then the newest data is drawn, and the
// calls before it draw nothing and clean nothing up.
export default async function mount(name, args) {
  const place = args.parentElement;
  latest.set(place, args);
  const isLatest = () => latest.get(place) === args;
  const [{ default: draw }, styles] = await Promise.all([import(`./${name}.js`), sheet(name)]);
  if (!isLatest()) return undefined;
  place.adoptedStyleSheets = [styles];
  const close = draw(args);
  return () => {
    if (isLatest()) close();
  };
}
