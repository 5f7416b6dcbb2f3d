"""What a person moves in the lesson, and what each of its screens works out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from mlp_core import Quantity
from mlp_core.graph.parser import parse

from ...worked import Worked, expression
from ..setting import Setting, number, one_of, whole
from .functions import FUNCTIONS

PER = 20  # steps of whatever is moved along a curve, to 1
REACH = 2.5  # of x, where the slope is looked at
TOOTHIEST = 4  # the largest ratio of two wheels
TURNS = 2.0
LARGEST = 1e4
BASES = (1.5, 4.0)
BOUNDS: dict[str, tuple[float, float]] = {
    "at": (-REACH, REACH), "second": (-REACH, REACH), "px": (-2.0, 2.0), "py": (-2.0, 2.0), "turn": (0.0, TURNS),
    "cx": (-LARGEST, LARGEST), "cy": (-LARGEST, LARGEST), "cw": (-LARGEST, LARGEST), "base": BASES, "ex": (-3.0, 2.0),
    "ew": (-5.0, 5.0), "lx": (1 / PER, 5.0), "lw": (1 / PER, 100.0), "sx": (-6.0, 6.0),
}  # fmt: skip


@dataclass(frozen=True)
class Slopes(Setting):
    """f: the function whose slope is looked at, from the point ``at`` to ``second``; px, py: the two knobs of z = x² y;
    first, then: the ratios of the wheels, turn: how far the first is turned; cx, cy, cw: of (x + y) w; base: of the power, ex:
    the point on it, and with ew that of exp(w x); lx: the point on ln, with lw that of ln(w x); sx: that on the sigmoid."""

    f: str = "square"
    at: float = 0.5
    second: float = 2.0
    px: float = 1.0
    py: float = 1.5
    first: int = 2
    then: int = 3
    turn: float = 0.0
    cx: float = 2.0
    cy: float = 3.0
    cw: float = 4.0
    base: float = 2.0
    ex: float = 1.0
    ew: float = 2.0
    lx: float = 2.0
    lw: float = 3.0
    sx: float = 1.0

    def __post_init__(self) -> None:
        self.check("f", one_of, tuple(FUNCTIONS))
        self.check("first then", whole, 1, TOOTHIEST)
        for name, bounds in BOUNDS.items():
            self.check(name, number, *bounds)


def moved(setting: Slopes, name: str, x: float, fields: Mapping[str, str]) -> Slopes:
    """A point of a graph has been moved to x; ``fields``: the field of each that can be. Another is nothing."""
    return setting.put(fields[name], x) if name in fields else setting


def to(**fields: str) -> Mapping[str, Any]:
    """For ``Drawn``: the point of that name moves that field."""
    return {"move": partial(moved, fields=fields)}


# ---- what is worked out ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sum:
    """An expression of the lesson; names: the field of the setting that each of its names stands for."""

    typed: str
    names: Mapping[str, str]

    def worked(self, setting: Slopes, _example: object) -> Worked:
        """At the numbers of the setting."""
        typed = self.typed or FUNCTIONS[setting.f].typed
        return expression(typed, {name: getattr(setting, field) for name, field in self.names.items()})

    def entered(self, setting: Slopes, quantity: Quantity, value: float) -> Slopes:
        """Another number for one of its names."""
        typed = self.typed or FUNCTIONS[setting.f].typed
        return setting.put(self.names[parse(typed).names[quantity.index[0] - 1]], value)


SLOPE = Sum("", {"x": "at"})
PARTIAL = Sum("x**2*y", {"x": "px", "y": "py"})
CHAIN = Sum("(x + y)*w", {"x": "cx", "y": "cy", "w": "cw"})
EXP = Sum("exp(w*x)", {"w": "ew", "x": "ex"})
LOG = Sum("log(w*x)", {"w": "lw", "x": "lx"})
LOGISTIC = Sum("sigmoid(x)", {"x": "sx"})


def redrawn(setting: Slopes, seed: int) -> Slopes:
    """Other numbers, none of them 0, in halves; those of a power and of a logarithm that are easily written."""
    draw = np.random.default_rng(seed)

    def one(*choices: float) -> float:
        return float(draw.choice(choices))

    def halves(most: float, but: float = 0.0) -> float:
        return one(*(k / 2 for k in range(-int(2 * most), int(2 * most) + 1) if k and k / 2 != but))

    x = halves(5)  # and its sum with y not 0
    return replace(
        setting, at=halves(REACH), px=halves(2), py=halves(2), cx=x, cy=halves(5, but=-x), cw=halves(5), ex=one(-1, -0.5, 0.5, 1),
        ew=one(-2, -1, 2, 3), lx=one(0.5, 2, 4, 5), lw=one(2, 3, 4, 5), sx=halves(3),
    )  # fmt: skip
