"""How many digits stand on paper: whoever types a printed line into a calculator gets the number that is printed beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mlp_core import Quantity, Step
from mlp_core.writing.floats import evaluated
from mlp_core.writing.numbers import figures, significant

from ...worked import Values
from ..sheet import steady

LEAST, MOST = 3, 6  # significant digits of an answer
SPARE = 2  # digits that a number has more inside a calculation than as an answer
LONGEST = 15  # digits that a number may have
Texts = dict[Quantity, str]


@dataclass(frozen=True)
class Digits:
    """So many significant digits has an answer, and so many at least a number inside a calculation."""

    answer: int
    inside: int

    @classmethod
    def of(cls, decimals: int) -> Digits:
        """Those that go with the decimals on screen."""
        answer = min(max(decimals, LEAST), MOST)
        return cls(answer, answer + SPARE)

    def result(self, quantity: Quantity, value: float) -> str:
        """A number that is asked for, as plain text."""
        return figures(steady(quantity, value), self.answer)

    def given(self, quantity: Quantity, value: float) -> str:
        """A number that stands there from the beginning: as short as it is."""
        return written(quantity, value, LONGEST if quantity.family == "setting" else self.inside)

    def put_in(self, step: Step, values: Values) -> Texts:
        """The inputs of a step, with as many digits as its result needs to follow from them."""
        wanted = self.result(step.target, values[step.target])
        for digits in range(self.inside, LONGEST + 1):
            texts = {q: written(q, values[q], digits) for q in step.inputs}
            found = recomputed(step, texts)
            if found is not None and self.result(step.target, found) == wanted:
                break
        return texts

    def row(self, steps: Iterable[Step], values: Values) -> Texts:
        """Every number of a row in which each is computed from others of the row: all have the digits that follow from what
        is printed, the last one those of an answer."""
        steps = tuple(steps)
        for digits in range(self.inside, LONGEST + 1):
            texts, whole = self._row(steps, values, digits)
            if whole:
                break
        return texts

    def _row(self, steps: tuple[Step, ...], values: Values, digits: int) -> tuple[Texts, bool]:
        """The row with so many digits at most, and whether every number in it follows."""
        texts: Texts = {}
        whole = True
        for step in steps:
            for q in step.inputs:
                texts.setdefault(q, written(q, values[q], digits))
            exact, found = steady(step.target, values[step.target]), recomputed(step, texts)
            most = self.answer if step is steps[-1] else digits
            found = None if found is None else steady(step.target, found)
            follow = (n for n in range(most, self.answer - 1, -1) if found is not None and figures(found, n) == figures(exact, n))
            kept = next(follow, 0)
            whole = whole and kept > 0
            texts[step.target] = figures(exact, kept or self.answer)
        return texts, whole


def written(quantity: Quantity, value: float, digits: int) -> str:
    """A number as it stands inside a calculation: settings in full, what is exact without closing zeros."""
    if quantity.family == "setting":
        return significant(value, 10)
    return figures(steady(quantity, value), digits, short=True)


def recomputed(step: Step, texts: Mapping[Quantity, str]) -> float | None:
    """What the printed numbers give; None where floats give nothing."""
    try:
        return float(evaluated(step.formula, {q.symbol: float(texts[q]) for q in step.inputs}))
    except (ArithmeticError, ValueError):
        return None
