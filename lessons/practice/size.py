"""What can be said of a wrong number by its size alone: twice, half, the other sign, ten times, nearly right."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from ..answers import Answer
from ..i18n import gettext as _

if TYPE_CHECKING:
    from .questions import Question

ALIKE, NEAR = 0.005, 0.02  # relative: a number that is twice the right one may be rounded; a nearly right one was, on the way


class Size(StrEnum):
    """How a wrong number stands to the right one."""

    ZERO = "zero"
    SIGN = "sign"
    HALF = "half"
    TWICE = "twice"
    TEN = "ten"
    TENTH = "tenth"
    HALF_SIGN = "half, other sign"
    TWICE_SIGN = "twice, other sign"
    NEAR = "near"


FACTORS = {
    Size.SIGN: -1.0, Size.HALF: 0.5, Size.TWICE: 2.0, Size.TEN: 10.0, Size.TENTH: 0.1, Size.HALF_SIGN: -0.5,
    Size.TWICE_SIGN: -2.0,
}  # fmt: skip


def size_of(question: Question, typed: Answer) -> Size | None:
    """How the typed number stands to the right one, where that says something."""
    if typed.value == 0 and question.answer:
        return Size.ZERO
    base = question.base or 0.0  # of a parameter that is updated, it is the step that says something
    right, value = question.answer - base, typed.value - base
    if abs(right) <= question.tolerance.noise or (base and typed.tolerance > NEAR * abs(right)):
        return None
    for size, factor in FACTORS.items():
        if abs(value - factor * right) <= max(ALIKE * abs(factor * right), typed.tolerance if base else 0.0):
            return size
    return Size.NEAR if abs(value - right) <= NEAR * abs(right) else None


def told(size: Size, target: str, step: bool = False) -> str:
    """What to tell the person; ``target``: the name of what was asked; ``step``: it is said of the step that was added to it."""
    said = _of_the_step(size) if step and size not in (Size.ZERO, Size.NEAR) else _of_the_number(size)
    return said.format(target=target)


def _of_the_number(size: Size) -> str:
    return {
        Size.ZERO: _("{target} is not 0; a small number can be written in powers of ten, as in 4e-5."),
        Size.SIGN: _("The size is right, the sign is not: count the minus signs."),
        Size.HALF: _("You have half of {target}: a factor 2 is missing."),
        Size.TWICE: _("You have twice {target}: a factor 2 too many."),
        Size.TEN: _("You have ten times {target}: look where the decimal point stands, and at a factor such as 0.1."),
        Size.TENTH: _("You have a tenth of {target}: look where the decimal point stands, and at a factor such as 0.1."),
        Size.HALF_SIGN: _("You have half of {target}, with the other sign: a factor 2 and a minus sign went astray."),
        Size.TWICE_SIGN: _("You have twice {target}, with the other sign: a factor 2 and a minus sign went astray."),
        Size.NEAR: _(
            "Nearly, but not quite: did you round on the way? Keep all the digits you have and round only the result."
        ),
    }[size]


def _of_the_step(size: Size) -> str:
    return {
        Size.SIGN: _("The step that you added has the right size and the wrong sign: count the minus signs."),
        Size.HALF: _("The step that you added is half of the right one: a factor 2 is missing."),
        Size.TWICE: _("The step that you added is twice the right one: a factor 2 too many."),
        Size.TEN: _(
            "The step that you added is ten times the right one: look at the learning rate and where decimal points stand."
        ),
        Size.TENTH: _(
            "The step that you added is a tenth of the right one: look at the learning rate and where decimal points stand."
        ),
        Size.HALF_SIGN: _(
            "The step that you added is half of the right one, with the other sign: a factor 2 and a minus sign went astray."
        ),
        Size.TWICE_SIGN: _(
            "The step that you added is twice the right one, with the other sign: a factor 2 and a minus sign went astray."
        ),
    }[size]
