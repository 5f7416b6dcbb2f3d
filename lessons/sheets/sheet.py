"""A sheet: the Steps of a Worked, line by line, with what is left blank."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from mlp_core import Quantity, Step
from mlp_core.steps import Phase
from mlp_core.writing.long import is_long

from ..worked import Worked
from .parts import part, sections


@dataclass(frozen=True)
class Line:
    """One Step on a sheet: its value is printed, or left blank for the student."""

    step: Step
    value: float
    blank: bool


@dataclass(frozen=True, eq=False)
class Sheet:
    """What is worked out on a sheet, and per phase its lines in the order in which they are worked out.

    number: of the variant, from 1; code: what brings it back, empty where nothing does; subject: what it is about, one line.
    """

    worked: Worked
    sections: tuple[tuple[Phase, tuple[Line, ...]], ...]
    number: int = 1
    code: str = ""
    subject: str = ""

    @classmethod
    def of(
        cls,
        worked: Worked,
        blank: Collection[str] | None = None,
        number: int = 1,
        code: str = "",
        subject: str = "",
        factors: bool = False,
    ) -> Sheet:
        """The sheet of anything worked, up to the last phase in which a kind is ``blank``; None leaves every value blank.

        The value of a longer sum than a card writes out is always given.

        factors: also those of a delta that is computed without them.

        NonFinite where a value is not finite.
        """
        lines = tuple(
            (phase, tuple(_line(step, worked, blank is None or part(step.target) in blank) for step in steps))
            for phase, steps in sections(worked.steps, blank, factors)
        )
        return cls(worked, lines, number, code, subject)


def _line(step: Step, worked: Worked, blank: bool) -> Line:
    return Line(step, steady(step.target, worked.values[step.target]), blank and not is_long(step.formula))


def steady(quantity: Quantity, value: float) -> float:
    """The value without the last bits, in which processors differ: 12 significant digits, and of a sum of small given
    numbers 12 decimals, so that what cancels is 0."""
    if quantity.kind == "z" or quantity.updated:
        value = round(value, 12)
    return float(f"{value:.11e}")
