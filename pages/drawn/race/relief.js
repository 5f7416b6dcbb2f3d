// The surface in relief, seen from a side that can be chosen, with the paths on it.

import { heightAt } from "./contours.js";

const TILT = 0.62, RISE = 0.62;

// From shares (u, v) and a height to pixels, and how far away that is.
function projector({ width, height, turn }) {
  const [c, s] = [Math.cos(turn), Math.sin(turn)], scale = Math.min(width / 1.5, height / (1.42 * Math.sin(TILT) + RISE * Math.cos(TILT)));
  return (u, v, h) => {
    const x = u - 0.5, y = 0.5 - v, across = x * c - y * s, away = x * s + y * c;
    return [width / 2 + scale * across, height / 2 - scale * (away * Math.sin(TILT) + (h - 0.5) * RISE * Math.cos(TILT)), away];
  };
}

function faces({ heights, side, rise }, project) {
  const found = [], n = side - 1;
  for (let j = 0; j < n; j += 1) {
    for (let i = 0; i < n; i += 1) {
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]].map(([k, l]) => project(k / n, l / n, heights[l * side + k] ** rise));
      found.push({ corners, away: corners.reduce((sum, corner) => sum + corner[2], 0), height: heights[j * side + i] });
    }
  }
  return found.sort((a, b) => b.away - a.away);
}

function trace(pen, points) {
  pen.beginPath();
  points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
}

// The surface alone, kept by what it depends on.
function ground(view, given) {
  const key = JSON.stringify([given.width, given.height, given.turn, given.ink, given.paper, given.deep, given.key]);
  if (view.ground?.key === key) return view.ground.canvas;
  const canvas = document.createElement("canvas"), pen = sized(canvas, given);
  for (const { corners, height } of faces(given, projector(given))) {
    trace(pen, corners);
    pen.closePath();
    [pen.fillStyle, pen.globalAlpha] = [given.paper, 1];
    pen.fill();
    [pen.fillStyle, pen.globalAlpha] = [given.deep, 0.1 + 0.5 * (1 - height)];
    pen.fill();
    [pen.strokeStyle, pen.globalAlpha, pen.lineWidth] = [given.ink, 0.16, 0.6];
    pen.stroke();
  }
  view.ground = { key, canvas };
  return canvas;
}

function sized(canvas, { width, height, dots }) {
  Object.assign(canvas, { width: Math.round(width * dots), height: Math.round(height * dots) });
  const pen = canvas.getContext("2d");
  pen.scale(dots, dots);
  pen.lineJoin = "round";
  return pen;
}

// given: width, height, turn, heights, side, rise, ink, paper, deep, dots; names of the axes; paths [{points: [[u, v]], color, dash, shape}].
export function drawRelief(view, canvas, given) {
  const under = ground(view, given), pen = sized(canvas, given), project = projector(given);
  pen.drawImage(under, 0, 0, given.width, given.height);
  const on = ([u, v]) => {
    const height = heightAt(given.heights, given.side, u, v);
    return height === null ? null : project(u, v, height ** given.rise + 0.012);
  };
  for (const { points, color, dash, shape } of given.paths) {
    const seen = points.map(on), last = seen.findLast(Boolean);
    for (const [style, wide, dashes] of [[given.paper, 5, []], [color, 2.5, dash]]) {
      Object.assign(pen, { strokeStyle: style, lineWidth: wide, globalAlpha: 1 });
      pen.setLineDash(dashes);
      pen.beginPath();
      seen.forEach((point, i) => point && (i && seen[i - 1] ? pen.lineTo(point[0], point[1]) : pen.moveTo(point[0], point[1])));
      pen.stroke();
    }
    pen.setLineDash([]);
    if (!last) continue;
    const mark = new Path2D();
    mark.addPath(new Path2D(shape), new DOMMatrix([1, 0, 0, 1, last[0], last[1]]));
    Object.assign(pen, { fillStyle: color, strokeStyle: given.paper, lineWidth: 4 });
    for (const act of ["stroke", "fill"]) pen[act](mark);
  }
  Object.assign(pen, { fillStyle: given.ink, font: `italic 17px ${given.font}`, textAlign: "center" });
  for (const [text, u, v] of [[given.names[0], 0.5, 1.07], [given.names[1], 1.07, 0.5]]) {
    const [x, y] = project(u, v, 0);
    pen.fillText(text, x, y + 6);
  }
}
