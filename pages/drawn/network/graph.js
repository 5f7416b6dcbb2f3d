// Where the nodes of a computation graph stand: near what they are joined to, none on another, and lines that pass a column in
// lanes between its nodes. All lines from one node share its lanes. After Sugiyama: order by barycentres, then places.

const SWEEPS = 6;

const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

function join(a, b) {
  a.right.push(b);
  b.left.push(a);
}

// The columns' items, nodes first, then lanes, each with what it is joined to at its left and right.
function itemsOf(heights, edges, lane) {
  const columns = heights.map((column) => column.map((high) => ({ high, left: [], right: [], y: 0 })));
  const lanes = new Map();
  for (const edge of edges) {
    const [start, i] = edge.from, [end, j] = edge.to, id = `${start}.${i}`;
    const chain = lanes.get(id) || lanes.set(id, []).get(id);
    let last = chain[end - start - 2];
    while (chain.length < end - start - 1) {
      const before = chain.at(-1) || columns[start][i - 1];
      last = { high: lane, lane: true, left: [], right: [], y: 0 };
      columns[start + 1 + chain.length].push(last);
      chain.push(last);
      join(before, last);
    }
    join(end - start > 1 ? last : columns[start][i - 1], columns[end][j - 1]);
  }
  return { columns, lanes };
}

function rank(items) {
  items.forEach((item, k) => { item.rank = (k + 0.5) / items.length; });
}

function sort(items, side) {
  const wanted = new Map(items.map((item) => [item, item[side].length ? mean(item[side].map((other) => other.rank)) : item.rank]));
  items.sort((a, b) => wanted.get(a) - wanted.get(b));
  rank(items);
}

// Items in the order of the middles of what they are joined to; what is joined to nothing keeps its place.
function order(columns) {
  columns.forEach(rank);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    if (sweep % 2) columns.forEach((items) => sort(items, "left"));
    else columns.toReversed().forEach((items) => sort(items, "right"));
  }
}

// As near to the wanted places as can be (least squares) with the distances kept: the pools of isotonic regression.
function settle(items, wanted, gap) {
  let at = 0;
  const before = items.map((item, k) => {
    const other = items[k - 1];
    if (k) at += (item.high + other.high) / 2 + (item.lane && other.lane ? 0 : item.lane || other.lane ? gap / 2 : gap);
    return at;
  });
  const pools = [];
  items.forEach((_item, k) => {
    let pool = { sum: wanted[k] - before[k], count: 1 };
    while (pools.length && pools.at(-1).sum / pools.at(-1).count >= pool.sum / pool.count) {
      const last = pools.pop();
      pool = { sum: pool.sum + last.sum, count: pool.count + last.count };
    }
    pools.push(pool);
  });
  let k = 0;
  for (const { sum, count } of pools) {
    for (let n = 0; n < count; n += 1, k += 1) items[k].y = before[k] + sum / count;
  }
}

function spread(columns, gap) {
  for (const items of columns) settle(items, items.map(() => 0), gap);
  for (let sweep = 0; sweep < 2 * SWEEPS; sweep += 1) {
    const sides = sweep >= 2 * SWEEPS - 2 ? ["left", "right"] : [sweep % 2 ? "left" : "right"];
    for (const items of sweep % 2 ? columns : columns.toReversed()) {
      const near = items.map((item) => sides.flatMap((side) => item[side].map((other) => other.y)));
      settle(items, items.map((item, i) => (near[i].length ? mean(near[i]) : item.y)), gap);
    }
  }
}

// Where the lines that lead to one node end at its side, from its middle, in the order in which they come.
function portsOf(edges, columns, lanes) {
  const ports = {}, into = new Map();
  for (const edge of edges) {
    const key = edge.to.join(".");
    if (!into.has(key)) into.set(key, []);
    const [start, i] = edge.from, far = edge.to[0] - start - 2;
    const from = far < 0 ? columns.nodes[start][i - 1] : lanes.get(`${start}.${i}`)[far];
    into.get(key).push({ edge, y: from.y, high: columns.nodes[edge.to[0]][edge.to[1] - 1].high });
  }
  for (const lines of into.values()) {
    lines.sort((a, b) => a.y - b.y);
    const step = Math.min(28, (lines[0].high - 16) / Math.max(1, lines.length - 1));
    lines.forEach(({ edge }, k) => { if (edge.id) ports[edge.id] = (k - (lines.length - 1) / 2) * step; });
  }
  return ports;
}

// heights: of the nodes of each column; edges: {id, from, to} as in the picture; gap between nodes, lane: height of a lane.
// Gives ys (the middle of each node, from 0 on), lanes ("column.index" of a node: the places of its lines in the columns after
// it), ports (by edge), and the height of the whole.
export function lay(heights, edges, { gap, lane }) {
  const { columns, lanes } = itemsOf(heights, edges, lane);
  const nodes = columns.map((items, c) => items.slice(0, heights[c].length));
  order(columns);
  spread(columns, gap);
  const all = columns.flat(), top = Math.min(...all.map(({ y, high }) => y - high / 2));
  const bottom = Math.max(...all.map(({ y, high }) => y + high / 2));
  return {
    ys: nodes.map((items) => items.map(({ y }) => y - top)), height: bottom - top,
    lanes: Object.fromEntries([...lanes].map(([id, chain]) => [id, chain.map(({ y }) => y - top)])),
    ports: portsOf(edges, { nodes }, lanes),
  };
}
