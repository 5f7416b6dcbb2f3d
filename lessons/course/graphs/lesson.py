"""Computation graphs: an expression forward, and backward by local derivative times what comes from further on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from mlp_core import Quantity
from mlp_core.graph.parser import parse

from ...i18n import mark
from ...worked import Worked, expression
from ..lesson import Ask, Choose, Lesson, Prose, Row, Screen, Type, Walk
from ..setting import Setting, number, text

LARGEST = 1e6
LONGEST = 2000  # characters of an expression
NOTES, TWICE = "(x + y)*w", "(x + y)*x"


@dataclass(frozen=True)
class Graphs(Setting):
    """typed: an expression of one's own; values: of every name that occurred so far."""

    typed: str = "sigmoid(w*x + b)"
    values: tuple[tuple[str, float], ...] = (("x", 2.0), ("y", 3.0), ("w", 4.0), ("b", -7.0))

    def __post_init__(self) -> None:
        text("typed", self.typed, LONGEST)
        values = ((text("values", name, 40), number(name, value, -LARGEST, LARGEST)) for name, value in self.values)
        object.__setattr__(self, "values", tuple(values))


def worked(setting: Graphs, _example: object, typed: str = "") -> Worked:
    """An expression, one's own unless one is given; 1 for a name that has no value yet."""
    return expression(typed or setting.typed, dict(setting.values), missing=1.0)


def entered(setting: Graphs, quantity: Quantity, value: float, typed: str = "") -> Graphs:
    """Another value for a name of the expression."""
    name = parse(typed or setting.typed).names[quantity.index[0] - 1]
    return replace(setting, values=tuple((dict(setting.values) | {name: value}).items()))


def redrawn(setting: Graphs, seed: int) -> Graphs:
    """Every name gets a number from -5 to 5, not 0, in steps of a half."""
    draw = np.random.default_rng(seed)
    choices = [k / 2 for k in range(-10, 11) if k]
    return replace(setting, values=tuple((name, float(draw.choice(choices))) for name, _value in setting.values))


def _screen(key: str, *before: Prose | Row, typed: str = "") -> Screen:
    return Screen(
        key=key,
        parts=(*before, Walk(), Prose(section=f"{key}.after"), Ask(redrawn=True)),
        work=partial(worked, typed=typed),
        enter=partial(entered, typed=typed),
    )


LESSON = Lesson(
    number=4,
    minutes=30,
    setting=Graphs,
    redraw=redrawn,
    screens=(
        _screen("forward", Prose(section="forward"), typed=NOTES),
        _screen("twice", Prose(section="twice"), typed=TWICE),
        _screen(
            "own", Prose(section="own"), Row(parts=(Type(field="typed", label=mark("An expression"), most=LONGEST),))
        ),
        Screen(key="why", parts=(Prose(section="why"), Choose(section="why.ask", count=3, right=2))),
    ),
)
