"""Axes, and the grid that what is dragged keeps to: whole numbers over ``per``, so that no digit is left over."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor, isfinite, log10
from typing import TypedDict

from mlp_core.writing.names import Name as Symbol
from mlp_core.writing.numbers import on_screen, significant

from .data import Name

GRIDS = (1, 2, 4, 5, 8, 10, 20, 40, 50, 100, 200, 500, 1000)


class Axis(TypedDict):
    """From ``low`` to ``high``; what is dragged along it goes in steps of 1 / ``per``; ``ticks``: place and text each."""

    name: Name
    spoken: str
    low: float
    high: float
    per: int
    ticks: list[tuple[float, str]]


def axis(name: Symbol, low: float, high: float, per: int = 10, most: int = 7) -> Axis:
    """An axis with at most ``most`` ticks, at round numbers. Raises ``ValueError`` for an empty range or an unknown grid."""
    if not (isfinite(low) and isfinite(high) and low < high) or per not in GRIDS:
        raise ValueError(f"no axis from {low} to {high} in steps of 1/{per}")
    return {
        "name": name.data(), "spoken": name.text(), "low": float(low), "high": float(high), "per": per,
        "ticks": _ticks(low, high, most),
    }  # fmt: skip


def around(name: Symbol, values: Iterable[float], per: int = 10, air: float = 0.15, least: float = 2.0) -> Axis:
    """An axis that holds all these finite values with some air, from one whole step of the grid to another."""
    values = list(values) or [0.0]
    low, high = min(values), max(values)
    room = max(air * (high - low), (least - (high - low)) / 2, 1 / per)
    return axis(name, floor((low - room) * per) / per, ceil((high + room) * per) / per, per)


def _ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    power = 10.0 ** floor(log10((high - low) / most))
    step = next(power * k for k in (1, 2, 5, 10, 20) if (high - low) / (power * k) <= most - 1)
    digits = max(0, -floor(log10(step * 1.000001)))
    places = (round(k * step, digits) + 0.0 for k in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1))
    return [(place, on_screen(significant(place, 6))) for place in places]


def steps(grid: Axis) -> tuple[int, int]:
    """The first and the last place of the grid within the axis, as multiples of 1 / per."""
    return ceil(grid["low"] * grid["per"] - 1e-9), floor(grid["high"] * grid["per"] + 1e-9)


def snapped(value: float, grid: Axis) -> float:
    """The place on the grid that is nearest, within the axis."""
    first, last = steps(grid)
    return min(max(round(value * grid["per"]), first), last) / grid["per"] + 0.0


def on_grid(value: float, per: int) -> float:
    """The nearest multiple of 1 / per."""
    return round(value * per) / per + 0.0


def numbers(sent: object, count: int) -> tuple[float, ...] | None:
    """So many finite numbers as a browser sent them, else None."""
    if not isinstance(sent, list) or len(sent) != count:
        return None
    if not all(type(each) in (int, float) and abs(each) < 1e15 for each in sent):
        return None
    return tuple(map(float, sent))
