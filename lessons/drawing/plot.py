"""Graphs of functions with points to be moved along them: tangent, secant, rise over run.

The points of a graph lie on the grid of its x, and what is moved keeps to that grid: so the browser shows the very values and
slopes given here, and counts only differences of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from math import isfinite, nan
from typing import Literal, TypedDict

import numpy as np

from mlp_core.writing.names import Name as Symbol

from ..i18n import gettext as _
from .axes import Axis, axis, steps
from .data import Name

MOST_POINTS = 400
Moved = Literal["at", "second", "mark"]


class Graph(TypedDict):
    """y = f(x) at x = (first + i) / per, and the slope there; None where there is none. ``kind`` colours it."""

    name: Name
    spoken: str
    kind: str
    y: list[float | None]
    slope: list[float | None]


class Plot(TypedDict):
    """Graphs over one x. The points "at" and "second" and the upright "mark" stand at the x with that index, or are None: there
    are none. They are on the graph of index ``on``; ``tangent``, ``triangle``: whether they are drawn.
    """

    label: str
    x: Axis
    y: Axis
    first: int
    graphs: list[Graph]
    on: int
    at: int | None
    second: int | None
    mark: int | None
    tangent: bool
    triangle: bool
    decimals: int
    words: Mapping[str, str]
    colors: Mapping[str, str]


Function = Callable[[float], float]


def graph(name: Symbol, f: Function, slope: Function, x: Axis, *, kind: str = "activation") -> Graph:
    """The graph of f over x; where f or its slope raises ValueError, ZeroDivisionError or OverflowError or is not finite, there
    is none. Raises ``ValueError`` where the grid of x has more than 400 places."""
    xs = places(x)
    if len(xs) > MOST_POINTS:
        raise ValueError(f"{len(xs)} points of a graph, and {MOST_POINTS} is the limit: take a coarser grid")
    with np.errstate(all="ignore"):
        ys, slopes = ([_value(each, x) for x in xs] for each in (f, slope))
    slopes = [None if y is None else each for y, each in zip(ys, slopes, strict=True)]
    return {"name": name.data(), "spoken": name.text(), "kind": kind, "y": ys, "slope": slopes}


def _value(f: Function, x: float) -> float | None:
    try:
        value = float(f(x))
    except (ValueError, ZeroDivisionError, OverflowError):
        value = nan
    return value + 0.0 if isfinite(value) and abs(value) < 1e7 else None


def places(x: Axis) -> list[float]:
    """The grid of an axis: each number the nearest there is to its decimals."""
    first, last = steps(x)
    return [k / x["per"] for k in range(first, last + 1)]


def plot(
    label: str,
    x: Axis,
    y: Axis,
    graphs: Sequence[Graph],
    *,
    on: int = 0,
    at: float | None = None,
    second: float | None = None,
    mark: float | None = None,
    tangent: bool = True,
    triangle: bool = False,
    decimals: int = 4,
    colors: Mapping[str, str],
) -> Plot:
    """The data for the component ``curve``; ``at``, ``second``, ``mark``: where the movable things stand, on the nearest place of
    the grid where the graph is. Raises ``ValueError`` for graphs over different x, or a graph without a point."""
    xs = places(x)
    if not graphs or any(len(each["y"]) != len(xs) for each in graphs):
        raise ValueError(f"graphs of {[len(each['y']) for each in graphs]} points over an x of {len(xs)}")
    there = [i for i, value in enumerate(graphs[on]["y"]) if value is not None]
    if not there:
        raise ValueError("the graph to move on has no point")

    def index(value: float | None, among: Sequence[int]) -> int | None:
        return None if value is None else min(among, key=lambda i: abs(xs[i] - value))

    return {
        "label": label, "x": x, "y": y, "first": steps(x)[0], "graphs": list(graphs), "on": on,
        "at": index(at, there), "second": index(second, there), "mark": index(mark, range(len(xs))),
        "tangent": tangent, "triangle": triangle, "decimals": decimals, "words": _words(), "colors": colors,
    }  # fmt: skip


def height(name: Symbol, graphs: Sequence[Graph], per: int = 10) -> Axis:
    """A y axis that holds these graphs whole."""
    values = [value for each in graphs for value in each["y"] if value is not None]
    low, high = min(values), max(values)
    air = 0.08 * (high - low) or 1.0
    return axis(name, low - air, high + air, per)


def _words() -> dict[str, str]:
    slope, secant = _("slope of the tangent"), _("slope of the secant")
    return {
        "at": _("Point"), "second": _("Second point"), "mark": _("Mark"), "slope": slope, "secant": secant,
        "slope_is": _("{word}:").format(word=slope), "secant_is": _("{word}:").format(word=secant),
        "met": _("The points have met: the secant has become the tangent."), "none": _("there is no tangent here"),
    }  # fmt: skip


def heard(sent: str, data: Plot) -> tuple[Moved, float] | None:
    """What a browser says was moved, and to which x; None for what cannot be moved there."""
    try:
        message = json.loads(sent) if len(sent) < 200 else None
    except (ValueError, RecursionError):
        return None
    there = {"at": data["at"], "second": data["second"], "mark": data["mark"]}
    match message:
        case [("at" | "second" | "mark") as name, [index]] if type(index) is int and there[name] is not None:
            xs, ys = places(data["x"]), data["graphs"][data["on"]]["y"]
            if 0 <= index < len(xs) and (name == "mark" or ys[index] is not None):
                return name, xs[index]
    return None


def slopes(data: Plot) -> tuple[float | None, float | None]:
    """The slope of the tangent and that of the secant (of the tangent, where the points have met), as the browser shows them."""
    it = data["graphs"][data["on"]]
    i, j = data["at"], data["second"]
    tangent = None if i is None else it["slope"][i]
    if i is None or j is None or i == j:
        return tangent, None if j is None else tangent
    y1, y2 = it["y"][i], it["y"][j]
    assert y1 is not None and y2 is not None
    return tangent, (y2 - y1) / ((j - i) / data["x"]["per"])
