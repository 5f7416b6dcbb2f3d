// How names and values are set: which letters, how large, how far apart. Nothing is drawn here; widthOf(text, size,
// {family, italic, weight}) measures.

import { ITALIC, UPRIGHT } from "./theme.js";

export const SMALLEST = 11;

// Digits, brackets and ∂ are of the upright family, which has them; letters are italic.
export const isUpright = (text) => /^[\d()[\],./∂]+$/.test(text);
const hangs = (text) => /[[\],]/.test(text);

const small = (size) => Math.max(SMALLEST, size * 0.68);

function runsOf(name, size, bare) {
  if (name.num) {
    return [{ text: "∂" }, ...runsOf(name.num, size, bare), { text: "/" }, { text: "∂" }, ...runsOf(name.den, size, bare)];
  }
  const brackets = name.sup && !bare && name.sub.includes("["); // above each other: each is as high as its type is large
  const runs = [{ text: name.base }], apart = brackets ? Math.max(0, small(size) / size - 0.66) / 2 : 0;
  if (name.sup && !bare) runs.push({ text: name.sup, raise: -0.42 - apart });
  if (name.sub) runs.push({ text: name.sub, raise: 0.24 + apart });
  return runs;
}

// The runs of a name, each with its offset from the end of the one before, the width of the whole, and how far it reaches below
// its line; bare: without the layer above it. Superscript and subscript both start where their letter ends, as TeX sets them.
export function typeset(name, size, bare, widthOf) {
  let cursor = 0, letterEnd = 0, end = 0, baseline = 0, low = 0;
  const runs = runsOf(name, size, bare).map(({ text, raise = 0 }) => {
    const italic = !isUpright(text);
    const runSize = raise ? small(size) : size;
    const start = raise ? letterEnd + size * 0.04 : end;
    const run = { text, italic, size: runSize, dx: start - cursor, dy: raise * size - baseline };
    cursor = start + widthOf(text, runSize, { family: italic ? ITALIC : UPRIGHT, italic, weight: 400 });
    if (!raise) letterEnd = cursor;
    end = Math.max(end, cursor);
    baseline = raise * size;
    low = Math.max(low, baseline + (hangs(text) ? runSize * 0.3 : 0));
    return run;
  });
  return { runs, width: end, low };
}

// In a row with the name over the value, the lines of both, from its top: a name that hangs low makes room for the value.
export function stacked(name, { name: size, value, line, bare }, widthOf) {
  const below = line - 5, { low } = typeset(name, size, bare, widthOf);
  return { name: Math.min(size + 2, below - value * 0.72 - 1 - low), value: below };
}

// A value too long for its room is set smaller, then narrower (to the width `squeezed`); never cut.
export function fit(value, size, room, widthOf) {
  const width = Math.max(1, room), natural = widthOf(value, size);
  const fitted = Math.min(size, Math.max(SMALLEST, (size * width) / natural));
  return { size: fitted, squeezed: (natural * fitted) / size > width + 1 ? width : null };
}

// Lines no wider than room, broken between words, or between any two Chinese characters; none begins with what closes a
// phrase or ends with an opening bracket.
export function wrap(text, size, room, widthOf, weight = 500) {
  const words = text.match(/（?(?:[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef]+)[、。，：；？！）]*|\s+/g) || [];
  const lines = [""];
  for (const word of words) {
    const longer = lines[lines.length - 1] + word;
    if (lines[lines.length - 1].trim() && widthOf(longer.trim(), size, { weight }) > room) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => line.trim()).filter(Boolean);
}
