// Fonts and colours: the families that formulas are set in, a custom property per kind, and a ruler for texts.

const SERIF = '"Latin Modern Math", "STIX Two Text", "Times New Roman", "Liberation Serif", serif';
export const ITALIC = `KaTeX_Math, ${SERIF}`;
export const UPRIGHT = `KaTeX_Main, ${SERIF}`;

const KNOWN = 2000; // texts whose width a ruler remembers
const dressed = new WeakMap();

// Data names kinds; styles look colours up as var(--c-<kind>) and fonts as var(--italic), var(--upright).
export function dress(root, colors) {
  const key = JSON.stringify(colors);
  if (dressed.get(root) === key) return;
  dressed.set(root, key);
  root.style.setProperty("--italic", ITALIC);
  root.style.setProperty("--upright", UPRIGHT);
  for (const [kind, color] of Object.entries(colors)) root.style.setProperty(`--c-${kind}`, color);
}

export const family = (kind) => `--family: var(--c-${kind}, var(--st-text-color))`;

// widthOf(text, size): the width of a text in pixels, in the font of the page if no other family is named. What a family
// lacks comes from another one, and from which depends on the page's language.
export function ruler(root) {
  const pen = document.createElement("canvas").getContext("2d"), body = getComputedStyle(root).fontFamily;
  const known = new Map();
  pen.lang = document.documentElement.lang;
  return (text, size, { family: named = body, italic = false, weight = 500 } = {}) => {
    const font = `${italic ? "italic " : ""}${weight} ${size}px ${named}`, key = `${font}\n${text}`;
    if (!known.has(key)) {
      if (known.size > KNOWN) known.clear();
      pen.font = font;
      known.set(key, pen.measureText(text).width);
    }
    return known.get(key);
  };
}

// Calls redraw(width, widthOf) whenever the width of root, in whole pixels, or the loaded fonts change, and at again(). The
// ruler is kept, as to ask for a font makes the browser work out the styles of the whole page.
export function watch(root, redraw) {
  let width = 0, widthOf = null, language = "";
  const again = () => {
    width = width || Math.floor(root.clientWidth);
    if (width < 40) return;
    const { lang } = document.documentElement;
    if (!widthOf || language !== lang) [widthOf, language] = [ruler(root), lang];
    redraw(width, widthOf);
  };
  const observer = new ResizeObserver(([entry]) => {
    const now = Math.floor(entry.contentRect.width);
    if (now === width) return;
    width = now;
    again();
  });
  observer.observe(root);
  const loaded = () => {
    widthOf = null;
    again();
  };
  document.fonts.addEventListener("loadingdone", loaded);
  const stop = () => {
    observer.disconnect();
    document.fonts.removeEventListener("loadingdone", loaded);
  };
  return { again, stop };
}
