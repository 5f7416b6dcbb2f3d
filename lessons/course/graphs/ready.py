"""Expressions to choose from, the setting of the lesson, and numbers drawn for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from mlp_core import ExpressionError, Quantity
from mlp_core.graph.operations import FUNCTIONS, INFIX, SEVERAL
from mlp_core.graph.parser import parse

from ...i18n import mark
from ...problem import Problem
from ...worked import Worked, expression
from ..setting import Setting, each_of, number, one_of, text

LARGEST = 1e6
LONGEST = 2000  # characters of an expression
NOTES, TWICE = "(x + y)*w", "(x + y)*x"
LONG = "h = sigmoid(u*x + c); a = sigmoid(v*h + d); (a - t)**2"
READY: dict[str, tuple[str, dict[str, float]]] = {
    mark("A neuron"): ("sigmoid(w*x + b)", {"w": 0.5, "x": 2.0, "b": -1.5}),
    mark("A squared error"): ("h = w*x + b; a = tanh(h); (a - y)**2", {"w": 0.5, "x": 2.0, "b": -1.5, "y": 1.0}),
    mark("A quotient"): ("(x*y + 1)/(x + y)", {"x": 2.0, "y": 3.0}),
    mark("The larger of two"): ("max(x*y, x + w)*y", {"x": 2.0, "y": 3.0, "w": 5.0}),
    mark("A long one"): (
        "log(1 + exp(-y*(w*x + b))) + w**2/4 + sqrt(x**2 + b**2)", {"w": 0.5, "x": 2.0, "b": -1.5, "y": 1.0},
    ),
}  # fmt: skip
"""Label to an expression and its numbers."""
LOCAL = (
    *(f"a {sign} b" for sign in (*INFIX, "**")),
    "-a",
    *(f"{each}(a, b)" if each in SEVERAL else f"{each}(a)" for each in FUNCTIONS),
)
"""Every operation on its own, as it is typed."""
REACH = 4.0  # how far an operand of one goes
PAIR = (1.5, 2.0)  # its operands at first
FIRST = {"x": 2.0, "y": 3.0, "w": 4.0, "b": -7.0, "u": 0.5, "c": -0.5, "v": -2.0, "d": 1.0}  # of names; of others 1
COUNTED = {"notes": NOTES, "long": LONG, "own": ""}
"""Whose passes are counted: empty for the expression of one's own."""
DRAWS, TAME = 30, 80  # draws until all numbers are easy to type; of graphs of up to so many numbers
EASY = (0.01, 1000.0)
RESTS = ("operation.relu", "operation.max", "operation.min", "operation.abs")


@dataclass(frozen=True)
class Graphs(Setting):
    """typed: an expression of one's own; values: of every name that occurred so far; local: the operation that is looked at;
    by: which of its operands moves; operands: of those operations whose numbers were changed; counted: whose passes are."""

    typed: str = READY["A neuron"][0]
    values: tuple[tuple[str, float], ...] = tuple(FIRST.items())
    local: str = "a ** b"
    by: int = 1
    operands: tuple[tuple[str, float, float], ...] = ()
    counted: str = "long"

    def __post_init__(self) -> None:
        self.check("typed", text, LONGEST)
        self.check("local", one_of, LOCAL)
        self.check("by", one_of, (1, 2))
        self.check("counted", one_of, tuple(COUNTED))
        self.check("values", each_of, _value)
        self.check("operands", each_of, _operands)

    def pair(self) -> tuple[float, float]:
        """The operands of the operation that is looked at."""
        return next(((a, b) for which, a, b in self.operands if which == self.local), PAIR)

    def with_operand(self, k: int, value: float) -> Graphs:
        """With another number for the first or the second of them."""
        a, b = self.pair()
        return self.with_pair(value, b) if k == 1 else self.with_pair(a, value)

    def with_pair(self, a: float, b: float) -> Graphs:
        """With other operands of it."""
        kept = tuple(each for each in self.operands if each[0] != self.local)
        return replace(self, operands=(*kept, (self.local, a, b)))


def _value(where: str, entry: Any) -> tuple[str, float]:
    name, value = entry
    return text(where, name, 40), number(name, value, -LARGEST, LARGEST)


def _operands(where: str, entry: Any) -> tuple[str, float, float]:
    which, a, b = entry
    return one_of(where, which, LOCAL), number("a", a, -REACH, REACH), number("b", b, -REACH, REACH)


def worked(setting: Graphs, _example: object, typed: str = "") -> Worked:
    """An expression, one's own unless one is given; 1 for a name that has no value yet."""
    return expression(typed or setting.typed, dict(setting.values), missing=1.0)


def of_operation(setting: Graphs, _example: object) -> Worked:
    """The operation that is looked at, with its operands alone."""
    return expression(setting.local, dict(zip("ab", setting.pair(), strict=True)))


def entered(setting: Graphs, quantity: Quantity, value: float, typed: str = "") -> Graphs:
    """Another value for a name of the expression."""
    name = parse(typed or setting.typed).names[quantity.index[0] - 1]
    return replace(setting, values=tuple((dict(setting.values) | {name: value}).items()))


def chosen(typed: str, values: dict[str, float], setting: Graphs, _example: object) -> Graphs:
    """An expression of those that are ready, with its numbers."""
    return replace(setting, typed=typed, values=tuple((dict(setting.values) | values).items()))


@lru_cache(maxsize=128)
def redrawn(setting: Graphs, seed: int) -> Graphs:
    """Other numbers, not 0, in steps of a half, of which everything has a value; where none are found, those there are."""
    names = tuple(dict.fromkeys((*dict(setting.values), *_names(setting.typed))))

    def made(numbers: Sequence[float]) -> Graphs:
        return replace(setting, values=tuple(zip(names, numbers, strict=True)))

    def every(numbers: Sequence[float]) -> list[Worked]:
        return [worked(made(numbers), None, typed) for typed in ("", NOTES, TWICE)]

    drawn = _drawn(every, len(names), seed)
    with_values = made(drawn) if drawn else setting
    pair = _drawn(lambda numbers: [of_operation(setting.with_pair(*numbers), None)], 2, seed)
    return with_values.with_pair(*pair) if pair else with_values


def _names(typed: str) -> tuple[str, ...]:
    try:
        return parse(typed).names
    except ExpressionError:
        return ()


def _drawn(work: Callable[[Sequence[float]], list[Worked]], count: int, seed: int) -> tuple[float, ...]:
    """The first numbers drawn of which every number that follows is easy to type, else the first that can be worked out."""
    possible: tuple[float, ...] = ()
    for numbers in _draws(count, seed):
        try:
            found = work(numbers)
        except Problem:
            continue
        if all(_easy(about) for about in found):
            return numbers
        possible = possible or numbers
    return possible


def _easy(about: Worked) -> bool:
    """Whether its numbers are of a usual size, and 0 only where something is dropped or rests."""
    steps = about.steps.steps
    if len(steps) > TAME:
        return True
    rests = any(step.rule in RESTS for step in steps)
    values = [abs(about.values[step.target]) for step in steps]
    return all(EASY[0] <= value <= EASY[1] or (rests and not value) for value in values)


def _draws(count: int, seed: int) -> Iterator[tuple[float, ...]]:
    """From -4 to 4, then from -2 to 2, then positive ones."""
    draw = np.random.default_rng(seed)
    for n in range(DRAWS):
        most = 4 if DRAWS // 3 <= n < 2 * DRAWS // 3 else 8
        least = 1 if n >= 2 * DRAWS // 3 else -most
        choices = [k / 2 for k in range(least, most + 1) if k]
        yield tuple(float(each) for each in draw.choice(choices, count))
