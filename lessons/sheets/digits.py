"""Settings on paper: numbers of few digits, so that they can be worked with and fit into a code."""

from __future__ import annotations

from decimal import Decimal

from mlp_core.optimisers import OPTIMISERS

from ..example import Settings
from ..i18n import mark
from ..problem import Problem

NONE = "none"  # in place of an optimiser, where a sheet has no update
FIGURES, SMALLEST, LARGEST = 6, -12, 6  # so many digits, times 10 to a power from ... to ...


def digits_of(name: str, value: float) -> tuple[int, int]:
    """A setting as digits and power of ten; Problem at its name where these are too long."""
    _sign, digits, power = Decimal(repr(float(value))).normalize().as_tuple()
    if len(digits) > FIGURES or not isinstance(power, int) or not SMALLEST <= power <= LARGEST:
        raise Problem(name, mark("On a worksheet {name} has up to {most} digits."), name=name, most=FIGURES)
    return int("".join(map(str, digits))), power


def check_digits(update: Settings) -> None:
    """Raise Problem at a setting of the chosen optimiser, or of weight decay, that has too many digits."""
    digits_of("decay", update.decay)
    for name, about in OPTIMISERS[update.optimiser].settings().items():
        if about.is_number:
            digits_of(name, update[name])
