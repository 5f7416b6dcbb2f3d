"""When two numbers count as the same: what floats round off, and what the digits of an answer leave open."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import Any

import numpy as np

from ..answers import Answer, read

NOISE = 1e-12  # relative: two numbers closer than this differ by the rounding of floats alone
TINY = 1e-290  # what is nearer to 0 is taken for 0: it may be beyond what can be typed
ENOUGH = 3  # significant digits by which a number can be told from others
NEARLY = 0.05  # relative: so far a number of fewer digits may lie from the one it is the rounding of


@dataclass(frozen=True)
class Tolerance:
    """What is right for a question.

    answer: the engine's number; from_screen: the same from the numbers on screen, which counts, too; noise: how far apart two
    numbers for this target may lie through the rounding of floats alone.
    """

    answer: float
    from_screen: float
    noise: float

    @classmethod
    def of(cls, answer: float, from_screen: float, magnitude: float) -> Tolerance:
        """``magnitude``: how large the terms are together that the answer is the sum of; not finite where it is unknown."""
        return cls(answer, from_screen, max(NOISE * abs(answer), NOISE * magnitude if isfinite(magnitude) else 0.0, TINY))

    def same(self, one: float, other: float) -> bool:
        """Whether two numbers are one and the same but for the rounding of floats."""
        return abs(one - other) <= max(self.noise, NOISE * min(abs(one), abs(other)))

    def within(self, typed: Answer, number: float) -> bool:
        """Whether a typed answer is this number at the digits it was given with."""
        return abs(typed.value - number) <= typed.tolerance + max(self.noise, NOISE * abs(typed.value))

    def agrees(self, typed: Answer, *numbers: float) -> bool:
        """Whether it is one of these numbers: exactly, or at its digits if they are enough, closing zeros typed or not."""
        return any(
            self.same(typed.value, n)
            or (typed.precise and self.within(typed, n))
            or (typed.literal and not typed.precise and _rounded(n) == typed.value != 0)
            for n in numbers
        )

    def accepts(self, typed: Answer) -> bool:
        """Whether a typed answer is right."""
        return self.agrees(typed, self.answer, self.from_screen)

    def is_exactly(self, typed: Answer) -> bool:
        """Whether it is right to the last digit that floats hold."""
        return self.same(typed.value, self.answer) or self.same(typed.value, self.from_screen)

    def may_become(self, typed: Answer) -> bool:
        """Whether it is about the answer, rounded to fewer digits than are enough; 0 never is."""
        if typed.precise or typed.value == 0 or not self.within(typed, self.answer):
            return False
        return abs(typed.value - self.answer) <= NEARLY * abs(self.answer)

    def is_one_digit_of(self, typed: Answer) -> bool:
        """Whether it is the answer rounded to a single significant digit."""
        return typed.literal and not typed.precise and _rounded(self.answer, 1) == typed.value != 0

    def is_right(self, value: float) -> bool:
        """Whether a person who writes down this number in full is right; a short one may be so by rounding."""
        short = float(f"{value:.12g}") == value and abs(value) > TINY
        return self.accepts(read(repr(value)) if short else Answer(value, 0.0, True))

    def may_be_right(self, value: float) -> bool:
        """Whether this number, written down, is the answer at its few digits: then it says nothing about rounding on the way."""
        return isfinite(value) and abs(value) > TINY and self.within(read(repr(value)), self.answer)

    def differs(self, values: Any) -> Any:
        """Of each number whether it is another than the answer; not so where it is none."""
        with np.errstate(all="ignore"):
            return np.isfinite(values) & (np.abs(values - self.answer) > self.noise)


def window(typed: Answer) -> float:
    """Half the width of what a typed number may stand for: at its digits, and at three where it may have closing zeros."""
    return min(typed.tolerance, _half_unit(typed.value)) if typed.literal else typed.tolerance


def _half_unit(value: float) -> float:
    """Half a unit of the last digit that is enough."""
    if not value:
        return 0.0
    return 0.5 * 10.0 ** (floor(log10(abs(value))) - ENOUGH + 1)


def _rounded(value: float, digits: int = ENOUGH) -> float:
    """A number to so many significant digits."""
    return float(f"{value:.{digits - 1}e}") if isfinite(value) else value
