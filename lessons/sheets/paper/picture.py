"""The picture on a sheet: where each spot and line of a Plan stands, in cm from the top left corner."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from mlp_core import Quantity

from ...worked import Line, Plan, Spot

WIDTH, DENSE = (
    15.0,
    12,
)  # of the picture, in cm; beyond so many weights between two columns they stand in the table alone
PITCH, CLOSE = 1.5, 1.3  # cm from spot to spot, and where a column has more than five of them
UNDER = 0.64  # cm from a spot to the number under it
Place = tuple[float, float]


@dataclass(frozen=True)
class Circle:
    """A neuron, input or node: where it is, the quantity that names it, and what is given under and beside it."""

    x: float
    y: float
    quantity: Quantity
    under: tuple[Quantity, ...]
    beside: tuple[Quantity, ...]


@dataclass(frozen=True)
class Edge:
    """A connection: from where to where, its weight if it has one, and where its number stands (None among too many)."""

    start: Place
    end: Place
    label: Place | None
    weight: Quantity | None


@lru_cache(maxsize=16)
def drawing(plan: Plan) -> tuple[float, list[Circle], list[Edge]]:
    """The height of the picture, its circles and its connections; the targets of a loss stand beside the last column."""
    counts = [len(column.spots) for column in plan.columns]
    height = max(counts) * (PITCH if max(counts) <= 5 else CLOSE) + 0.4
    apart = (WIDTH - 3.0) / max(1, len(counts) - 1)
    columns = [[(1.2 + k * apart, (i + 0.5) * height / n) for i in range(n)] for k, n in enumerate(counts)]
    targets = tuple(q for spot in plan.targets for q in spot.quantities)
    circles = []
    for k, (column, places) in enumerate(zip(plan.columns, columns, strict=True)):
        for i, (spot, (x, y)) in enumerate(zip(column.spots, places, strict=True)):
            beside = targets[i : i + 1] if k == len(columns) - 1 else ()
            circles.append(Circle(x, y, spot.shown[-1], _under(spot), beside))
    edges: dict[Line, Edge] = {}
    groups: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for line in plan.lines:
        groups[line.start[0], line.end[0]].append(line)
    for (before, after), lines in groups.items():
        ends = [(columns[before][line.start[1] - 1], columns[after][line.end[1] - 1]) for line in lines]
        weights = [line.weight for line in lines]
        labels = _labels(ends, [*columns[before], *columns[after]]) if any(weights) else [None] * len(lines)
        for line, end, label, weight in zip(lines, ends, labels, weights, strict=True):
            edges[line] = Edge(*end, label if weight else None, weight)
    return height, circles, [edges[line] for line in plan.lines]


def _under(spot: Spot) -> tuple[Quantity, ...]:
    """What is given there: the number of an input, a bias."""
    own = spot.shown[-1:] if spot.family == "input" else ()
    return (*own, *(spot.bias.shown if spot.bias else ()))


def _labels(lines: list[tuple[Place, Place]], neurons: list[Place]) -> list[Place | None]:
    """Where the number of each line stands on it: apart from all other numbers, and then as far as can be from other lines."""
    if len(lines) > DENSE:
        return [None] * len(lines)
    found: list[Place | None] = []
    for (x, y), (to, end) in lines:

        def room(spot: Place) -> tuple[float, float]:
            numbers = [max(abs(spot[0] - one[0]) / 0.75, abs(spot[1] - one[1]) / 0.32) for one in found if one]
            numbers += [max(abs(spot[0] - a) / 1.1, abs(spot[1] - b - UNDER) / 0.36) for a, b in neurons]
            others = [abs(b + (d - b) * (spot[0] - a) / (c - a) - spot[1]) for (a, b), (c, d) in lines]
            return min([1.0, *numbers]), sorted([*others, 9.0])[1]  # the nearest of all is its own line

        along = [0.27 + 0.02 * n for n in range(24)]
        found.append(max(((x + (to - x) * part, y + (end - y) * part) for part in along), key=room))
    return found
