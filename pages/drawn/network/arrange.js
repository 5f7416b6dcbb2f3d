// How a network is written and how far its rows are apart, so that it fits the width and, where it can, the height of a window.

import { placesFor } from "./labels.js";
import { ALL_LABELS, BOTTOM, DENSITIES, arrangeGraph, columnsOf, measure, place, stack } from "./layout.js";

// The roomiest style that fits the width, and is no higher than its table says nor, with its titles, than `tall`; `least` is
// what is made of a higher one: it stays within its table. `written` is asked of a plan whether all that is to be read has a
// place in it; where it has not, its rows are spread before another style is taken.
function styled(columns, width, room, widthOf, { labelled, tall, least, written }) {
  let plan;
  for (const d of DENSITIES) {
    const measured = measure(columns, width, room, d, widthOf);
    const limit = Math.min(d.tall, Math.floor(tall) - measured.top - BOTTOM), labels = labelled ? measured.label * d.air : 0;
    const wide = measured.gap >= Math.max(d.gapX, labels) && measured.apart >= 4;
    for (const spread of written ? [false, true] : [false]) {
      const stacked = stack(columns, measured, limit, spread);
      plan = place(columns, width, { ...measured, ...stacked }, widthOf);
      const high = stacked.up + stacked.down > (least ? d.tall : limit);
      if (wide && !high && (!written || written(plan))) return plan;
    }
  }
  return written ? null : plan;
}

// The plan of a picture: columns with x, wide and a spot {x, y, w, h} (middle and size) for each node, its bias in the
// spot; the density d; number and label: the room of a number at a bias and on an edge. `room` is of reserve. It is no higher
// than `tall` where its values can all be written then, with room for longer ones if there is any, so that none moves others
// when it comes; and else as low as the style allows that it would have.
export function arrange(picture, width, room, widthOf, tall = Infinity) {
  if (picture.graph) return arrangeGraph(picture, width, room, widthOf);
  const columns = columnsOf(picture), labelled = picture.edges.length <= ALL_LABELS;
  const as = (own, more) => styled(columns, width, own, widthOf, { labelled, tall, ...more });
  if (tall === Infinity) return as(room, {});
  const written = (plan) => plan.d.rows !== "dot" && (!labelled || placesFor(picture, plan));
  return as({ ...room, weights: room.usual }, { written }) || as(room, { written }) || as(room, { least: true });
}
