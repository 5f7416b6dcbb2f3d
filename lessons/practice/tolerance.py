"""When two numbers count as the same: what floats round off, and what the digits of an answer leave open."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from ..answers import Answer, read

NOISE = 1e-12  # relative: two numbers closer than this differ by the rounding of floats alone
TINY = 1e-290  # what is nearer to 0 is taken for 0: it may be beyond what can be typed


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
        """Whether it is one of these numbers: exactly, or at its digits if they are three or more."""
        return any(self.same(typed.value, n) or (typed.precise and self.within(typed, n)) for n in numbers)

    def accepts(self, typed: Answer) -> bool:
        """Whether a typed answer is right."""
        return self.agrees(typed, self.answer, self.from_screen)

    def is_right(self, value: float) -> bool:
        """Whether a person who writes down this number in full is right; a short one may be so by rounding."""
        short = float(f"{value:.12g}") == value and abs(value) > TINY
        return self.accepts(read(repr(value)) if short else Answer(value, 0.0, True))

    def may_be_right(self, value: float) -> bool:
        """Whether this number, written down, is the answer at its few digits: then it says nothing about rounding on the way."""
        return isfinite(value) and abs(value) > TINY and self.within(read(repr(value)), self.answer)
