"""A plane, or a line of numbers, with points of two classes and straight lines that divide it, all to be moved.

What the browser shows while something is dragged follows from this data alone: a line's half-plane, the points that lie on
the right side. It keeps to the same rules as ``side`` and ``verdicts``, so that a text of the server says the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, NotRequired, TypedDict

import numpy as np

from mlp_core.writing.names import Name as Symbol

from ..i18n import gettext as _
from .axes import Axis, numbers, on_grid, snapped
from .data import Name

Class = Literal[-1, 1]
MOST_LINES, MOST_POINTS, CELLS = 3, 60, 48
TINY = 1e-9  # how near 0 a sum lies, for its terms, that is 0 but for rounding


class Point(TypedDict):
    """``sign``: its class. ``verdict``: whether it is classified right, where the browser cannot know it by the lines."""

    id: str
    x: float
    y: float
    sign: Class
    name: str
    fixed: bool
    verdict: NotRequired[bool]


class Line(TypedDict):
    """w1 x + w2 y + c = 0; moved, its numbers go in steps of 1 / ``per``."""

    id: str
    w: tuple[float, float]
    c: float
    name: Name
    spoken: str
    per: int
    fixed: bool


class Raster(TypedDict):
    """Where a network says 1: rows of cells from the top, a hexadecimal digit for four cells, the leftmost its highest."""

    cells: int
    rows: str


class Plane(TypedDict):
    """``y`` None: a line of numbers. ``inside``: for every combination of sides of the lines, counted with the first line as the
    highest binary digit, whether it is the positive region ("0001": where both are positive), empty for none. ``judge``:
    points are marked right or wrong by their region. ``zero``: on which side a point on a line is, 0 for neither, which is wrong.
    ``adds``: the class of the point that a click adds, 0 for none. ``decimals``: those of a line's numbers.
    """

    label: str
    x: Axis
    y: Axis | None
    points: list[Point]
    lines: list[Line]
    inside: str
    judge: bool
    zero: Literal[-1, 0, 1]
    raster: Raster | None
    adds: Literal[-1, 0, 1]
    removes: bool
    decimals: int
    words: Mapping[str, str]
    colors: Mapping[str, str]


def point(
    id: str,
    x: float,
    y: float = 0.0,
    *,
    sign: Class,
    name: str = "",
    fixed: bool = False,
    verdict: bool | None = None,
) -> Point:
    """A point; on a line of numbers without ``y``."""
    made: Point = {"id": id, "x": float(x), "y": float(y), "sign": sign, "name": name, "fixed": fixed}
    return made if verdict is None else {**made, "verdict": verdict}


def line(
    id: str, w: Sequence[float], c: float, *, name: Symbol | None = None, per: int = 10, fixed: bool = False
) -> Line:
    """A line; of one weight on a line of numbers. Without a direction (w = 0) it is not drawn, and its side is that of c."""
    w1, w2 = (*map(float, w), 0.0)[:2]
    shown = name or Symbol()
    return {
        "id": id, "w": (w1, w2), "c": float(c), "name": shown.data(), "spoken": shown.text(), "per": per, "fixed": fixed,
    }  # fmt: skip


def plane(
    label: str,
    x: Axis,
    y: Axis | None = None,
    *,
    points: Sequence[Point] = (),
    lines: Sequence[Line] = (),
    inside: str | None = None,
    judge: bool = False,
    zero: Literal[-1, 0, 1] = 0,
    raster: Raster | None = None,
    adds: Literal[-1, 0, 1] = 0,
    removes: bool = False,
    decimals: int = 4,
    classes: tuple[str, str] | None = None,
    colors: Mapping[str, str],
) -> Plane:
    """The data for the component ``plane``. ``inside`` is where all lines are positive, unless it is given; ``classes``: what the
    negative and the positive class are called.

    Raises ``ValueError`` for two things of one id, a point outside the axes, too many lines or points, an ``inside`` of the wrong
    length.
    """
    if inside is None:
        inside = "1".zfill(2 ** len(lines)) if lines and raster is None else ""
    ids = [each["id"] for each in (*points, *lines)]
    outside = [p["id"] for p in points if not _within(p["x"], x) or (y and not _within(p["y"], y))]
    if len(set(ids)) < len(ids) or outside:
        raise ValueError(f"ids twice in {ids}, or points outside the axes: {outside}")
    if len(lines) > MOST_LINES or len(points) > MOST_POINTS or len(inside) not in (0, 2 ** len(lines)):
        raise ValueError(f"{len(points)} points, {len(lines)} lines, and {inside!r} for their sides")
    return {
        "label": label, "x": x, "y": y, "points": list(points), "lines": list(lines), "inside": inside, "judge": judge,
        "zero": zero, "raster": raster, "adds": adds, "removes": removes, "decimals": decimals,
        "words": _words(classes), "colors": colors,
    }  # fmt: skip


def _words(classes: tuple[str, str] | None) -> dict[str, str]:
    negative, positive = classes or (_("class −1"), _("class 1"))
    return {
        "positive": positive, "negative": negative, "right": _("right side"), "wrong": _("wrong side"), "point": _("Point"),
        "line": _("Line"), "threshold": _("Threshold"), "turn": _("Turn the line"), "end": _("end"),
        "free": _("Free place: arrow keys move the cross, Enter puts a point there"), "removed": _("removed"),
        "nowhere": _("no line within the picture"), "score": _("{n} of {all} on their right side"),
    }  # fmt: skip


def _within(value: float, grid: Axis) -> bool:
    return grid["low"] <= value <= grid["high"]


def raster(says_one: Callable[[np.ndarray], np.ndarray], x: Axis, y: Axis, cells: int = CELLS) -> Raster:
    """Where a network says 1. ``says_one`` gets the middles of cells x cells cells, shape (cells ** 2, 2), and returns as many
    truth values; cells is a multiple of 4."""
    half = 0.5 / cells
    across, down = np.linspace(half, 1 - half, cells), np.linspace(1 - half, half, cells)
    u, v = np.meshgrid(across, down)
    ends = np.array([[axis["low"], axis["high"] - axis["low"]] for axis in (x, y)])
    places = np.column_stack([u.ravel(), v.ravel()]) * ends[:, 1] + ends[:, 0]
    bits = np.asarray(says_one(places), dtype=bool).reshape(cells * cells // 4, 4)
    return {"cells": cells, "rows": "".join(f"{digit:x}" for digit in (bits @ [8, 4, 2, 1]).tolist())}


def side(w: Sequence[float], c: float, x: float, y: float = 0.0) -> Literal[-1, 0, 1]:
    """The sign of w1 x + w2 y + c; what differs from 0 only by rounding is 0."""
    terms = [w[0] * x, (w[1] if len(w) > 1 else 0.0) * y, c]
    total = sum(terms)
    if abs(total) <= TINY * sum(map(abs, terms)):
        return 0
    return 1 if total > 0 else -1


def verdicts(data: Plane) -> dict[str, bool]:
    """Whether each point lies in the region of its class, by its id; as the browser marks it."""
    found = {}
    for p in data["points"]:
        sides = [side(each["w"], each["c"], p["x"], p["y"]) or data["zero"] for each in data["lines"]]
        if "verdict" in p:
            found[p["id"]] = p["verdict"]
        elif data["inside"] and sides:
            at = int("".join("1" if each > 0 else "0" for each in sides), 2)
            found[p["id"]] = 0 not in sides and (data["inside"][at] == "1") == (p["sign"] > 0)
    return found


class Event(NamedTuple):
    """What a person did: "line" (numbers w1, w2, c), "point" (its place), "add" (a place), or "remove"."""

    what: str
    id: str
    numbers: tuple[float, ...]


def heard(sent: str, data: Plane) -> Event | None:
    """What a browser says that a person did in this plane, on the grid; None for what nobody can do in it."""
    match _parsed(sent):
        case ["line", str(id), values]:
            return _line_moved(id, numbers(values, 3), data)
        case ["point", str(id), values]:
            found = next((p for p in data["points"] if p["id"] == id and not p["fixed"]), None)
            place = _place(numbers(values, 2), data)
            return Event("point", id, place) if found and place else None
        case ["add", values]:
            place = _place(numbers(values, 2), data)
            room = data["adds"] and len(data["points"]) < MOST_POINTS
            return Event("add", "", place) if room and place else None
        case ["remove", str(id)]:
            found = next((p for p in data["points"] if p["id"] == id and not p["fixed"]), None)
            return Event("remove", id, ()) if found and data["removes"] else None
    return None


def _parsed(sent: str) -> Any:
    try:
        return json.loads(sent) if len(sent) < 500 else None
    except (ValueError, RecursionError):
        return None


def _place(values: tuple[float, ...] | None, data: Plane) -> tuple[float, ...] | None:
    if values is None or not _within(values[0], data["x"]) or (data["y"] and not _within(values[1], data["y"])):
        return None
    return snapped(values[0], data["x"]), snapped(values[1], data["y"]) if data["y"] else 0.0


def _line_moved(id: str, values: tuple[float, ...] | None, data: Plane) -> Event | None:
    found = next((each for each in data["lines"] if each["id"] == id and not each["fixed"]), None)
    if found is None or values is None:
        return None
    w1, w2, c = (on_grid(each, found["per"]) for each in values)
    if data["y"] is None:
        w2 = 0.0
    xs, ys = ((grid["low"], grid["high"]) if grid else (0.0,) for grid in (data["x"], data["y"]))
    corners = [w1 * x + w2 * y + c for x in xs for y in ys]
    crosses = (w1 or w2) and min(corners) <= 0 <= max(corners)
    return Event("line", id, (w1, w2, c)) if crosses else None
