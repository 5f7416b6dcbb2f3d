"""Find the error: a worked solution with one planted mistake."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np

from mlp_core import Quantity

from ..i18n import gettext as _
from ..i18n import mark
from ..misconceptions import CATALOGUE, ROUNDED
from ..problem import Problem
from ..style import Look, together
from .questions import Question
from .wording import usual_look

PRINTED = ("factor_two_lost", "division_left_out", "minus_lost")  # slips that the notes make themselves


@dataclass(frozen=True, eq=False)
class Solution:
    """A worked solution with one mistake: its lines, their values, which line is wrong (from 0), and by which misconception."""

    lines: tuple[Question, ...]
    values: dict[Quantity, float]
    wrong: int
    name: str

    def told(self, look: Look) -> str:
        """What the mistake is and what is right, as Markdown, in the language in use; nobody present has made it."""
        line, misconception = self.lines[self.wrong], CATALOGUE[self.name]
        target = f"${look.symbol(line.target)}$"
        said = _("Found: **{title}**. Right is {target} = {value}.").format(
            title=misconception.title, target=target, value=look.value(line.target, line.answer)
        )
        remedy = misconception.remedy(target, line.step)
        return together(said, remedy) if remedy else said

    @property
    def page(self) -> str:
        """The page that explains it."""
        return CATALOGUE[self.name].page(self.lines[self.wrong].step)


def planted(seed: int, lines: tuple[Question, ...]) -> Solution:
    """The solution with a mistake that the seed fixes; what follows from it is worked out from it, as in life.

    Problem where no mistake can be seen at the decimals shown.
    """
    random = np.random.default_rng((seed, 2))
    choices = [(i, name) for i, line in enumerate(lines) for name in line.misconceptions if _shows(line, name)]
    printed = [(i, name) for i, name in choices if name in PRINTED]
    if printed and random.random() < 0.4:
        choices = printed
    for i in random.permutation(len(choices)):
        at, name = choices[i]
        changed = _carried_on(lines, at, lines[at].wrong(name))
        if all(map(isfinite, changed.values())):
            values = {line.target: changed.get(line.target, line.answer) for line in lines}
            return Solution(lines, values, at, name)
    raise Problem("practice", mark("In this network no mistake can be seen; take other numbers."))


def _carried_on(lines: tuple[Question, ...], at: int, wrong: float | None) -> dict[Quantity, float]:
    """What becomes of the lines from ``at`` on, when its number is ``wrong`` and the others are worked out rightly."""
    assert wrong is not None
    changed = {lines[at].target: wrong}
    for line in lines[at + 1 :]:
        if changed.keys() & set(line.step.inputs):
            changed[line.target] = line.compiled.numbers({**line.inputs, **changed})[0]
    return changed


def _shows(line: Question, name: str) -> bool:
    """Whether this slip can be seen in the number as it is shown."""
    wrong = line.wrong(name)
    look = usual_look(line, "en")
    return (
        name != ROUNDED
        and wrong is not None
        and abs(wrong - line.answer) > 0.02 * abs(line.answer)
        and look.value(line.target, wrong) != look.value(line.target, line.answer)
    )
