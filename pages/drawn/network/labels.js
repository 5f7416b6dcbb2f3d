// Where the values of edges stand: each slides along its own edge to where it covers no other, no ring, few edges.

import { ALL_LABELS, RING, pieces, segment } from "./layout.js";

const STAGGER = Array.from({ length: 37 }, (_, i) => 0.5 + 0.024 * Math.ceil(i / 2) * (i % 2 ? -1 : 1));
const COVERED = 20;

function overlaps(a, b, air) {
  return Math.abs(a.x - b.x) < (a.w + b.w) / 2 + air && Math.abs(a.y - b.y) < (a.h + b.h) / 2 + air;
}

function crosses({ x1, y1, x2, y2 }, box) {
  const steps = 8;
  for (let i = 0; i <= steps; i += 1) {
    const x = box.x - box.w / 2 + (box.w * i) / steps, t = (x - x1) / (x2 - x1);
    if (t > 0 && t < 1 && Math.abs(y1 + t * (y2 - y1) - box.y) < box.h / 2) return true;
  }
  return false;
}

const along = (line, t) => ({ x: line.x1 + t * (line.x2 - line.x1), y: line.y1 + t * (line.y2 - line.y1) });

function costOf(one, box, t, places, others) {
  let cost = Math.abs(t - 0.5);
  for (const [other, place] of places) if (other !== one && overlaps(box, place, 1)) cost += COVERED;
  for (const other of others) if (other !== one && crosses(other.line, box)) cost += 1;
  return cost;
}

function slide(wanted, others, size, { left, right, rings }, ringCost) {
  const places = new Map();
  for (let pass = 0, moved = true; moved && pass < 6; pass += 1) {
    moved = false;
    for (const one of wanted) {
      let best = null;
      for (const t of STAGGER) {
        const box = { ...along(one.line, t), ...size };
        if (box.x - size.w / 2 < left || box.x + size.w / 2 > right) continue;
        const ringed = rings.filter((ring) => overlaps(box, ring, 0)).length;
        const cost = costOf(one, box, t, places, others) + ringCost * ringed;
        if (!best || cost < best.cost - 1e-9) best = { ...box, cost };
      }
      const before = places.get(one);
      moved ||= best && (!before || before.x !== best.x || before.cost !== best.cost);
      if (best) places.set(one, best);
    }
  }
  return [...places].filter(([, box]) => box.cost < COVERED).map(([entry, box]) => ({ ...entry, box }));
}

// Where labels between two columns may stand, at most `most` away from the cards.
function channel({ layers }, plan, layer, all, most) {
  const { columns } = plan, [before, after] = [columns[layer], columns[layer + 1]];
  const isRing = (k, j) => all || layers[k].nodes[j].state === "target";
  const ringed = [layer, layer + 1].flatMap((k) => columns[k].spots.filter((spot, j) => isRing(k, j)));
  const rings = ringed.map((spot) => ({ x: spot.x, y: spot.y, w: spot.w + 2 * RING + 3, h: spot.h + 2 * RING + 3 }));
  const hold = plan.d.rows === "dot" ? plan.label / 2 + 9 : 0;
  const left = before.x + Math.max(before.wide / 2, hold), right = after.x - Math.max(after.wide / 2, hold);
  const air = Math.min(most, (right - left - plan.label) / 2 - 1);
  return { left: left + air, right: right - air, rings };
}

// The boxes of all values between two layers by id, or null where they would cover each other. Kept with the plan, as
// pointer and focus ask again and again.
const kept = new WeakMap();
function placesOfAll(picture, plan, layer, entries, size) {
  if (!kept.has(plan)) kept.set(plan, new Map());
  const known = kept.get(plan);
  if (known.has(layer)) return known.get(layer);
  for (const most of [18, -2]) {
    const places = slide(entries, entries, size, channel(picture, plan, layer, true, most), 2);
    if (places.length === entries.length) {
      known.set(layer, new Map(places.map(({ edge, box }) => [edge.id, box])));
      return known.get(layer);
    }
  }
  known.set(layer, null);
  return null;
}

// All values between two layers, at places that no state moves; where they would cover each other, those that are lit. Where
// columns are closer than a value is wide there is none: a line under the picture says what is pointed at.
function choose(picture, plan, layer, entries, size) {
  if (isNarrow(plan)) return [];
  const all = (picture.graph ? entries : picture.edges).length <= ALL_LABELS;
  const fixed = all && placesOfAll(picture, plan, layer, entries, size);
  if (fixed) return entries.map((entry) => ({ ...entry, box: fixed.get(entry.edge.id) }));
  const lit = entries.filter((entry) => entry.rank).sort((a, b) => b.rank - a.rank);
  const bounds = channel(picture, plan, layer, false, lit.length > 1 ? 4 : 18);
  return slide(lit, all ? entries : lit, size, bounds, COVERED);
}

// 3 pointed at, 2 target, 1 input or selected, 0 idle.
function rankOf({ id, state }, pointed) {
  return pointed.includes(id) ? 3 : { target: 2, input: 1, selected: 1 }[state] || 0;
}

// The edges that have values between two layers, by the first of these. In a graph all lines have a place for their value, before
// it is known, too; it is at the end of the line.
function gapsOf(picture, plan, pointed) {
  const gaps = new Map();
  for (const edge of picture.edges.filter(({ value, spoken }) => value || (picture.graph && spoken))) {
    const entry = { edge, rank: rankOf(edge, pointed), line: pieces(segment(plan, picture, edge, false)).at(-1) };
    const layer = edge.to[0] - 1;
    if (!gaps.has(layer)) gaps.set(layer, []);
    gaps.get(layer).push(entry);
  }
  return [...gaps].filter(([, entries]) => entries.some(({ edge }) => edge.value));
}

const sizeOf = (plan) => ({ w: plan.label, h: plan.d.small + 4 });
const isNarrow = (plan) => plan.d.rows !== "dot" && plan.gap < plan.label - 4;

// Whether the values of all edges have a place, none covering another.
export function placesFor(picture, plan) {
  const gaps = gapsOf(picture, plan, []);
  if (isNarrow(plan)) return gaps.length === 0;
  return gaps.every(([layer, entries]) => placesOfAll(picture, plan, layer, entries, sizeOf(plan)));
}

// The labels to show, each as {edge, rank, box}; `pointed` holds the ids that pointer and focus are on.
export function placeLabels(picture, plan, pointed) {
  const chosen = gapsOf(picture, plan, pointed).flatMap(([layer, entries]) => choose(picture, plan, layer, entries, sizeOf(plan)));
  return chosen.filter(({ edge }) => edge.value);
}
