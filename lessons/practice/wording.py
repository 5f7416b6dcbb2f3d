"""How a question is put: what is asked, in words, the numbers it takes, and three hints. Markdown with LaTeX."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from mlp_core import Quantity

from .. import content, i18n
from ..i18n import gettext as _
from ..style import Look
from ..walk.card import aligned, card, laws, numbers_put_in, place
from ..worked import Worked

if TYPE_CHECKING:
    from .questions import Question


def usual_look(question: Question, lang: str) -> Look:
    """How a question is written where no page says otherwise."""
    worked = question.worked
    several, normalised = bool(worked.batch), worked.normalised
    return Look.of("notes", lang, question.decimals, "light", worked.sizes, worked.names, worked.shared, several, normalised)


def text(question: Question, lang: str) -> str:
    """The question in a language: what is asked, and the numbers it takes."""
    with i18n.using(lang):
        return prompt(question, usual_look(question, lang))


def prompt(question: Question, look: Look, inputs: bool = True) -> str:
    """``text`` in the language in use, written as ``look`` says."""
    step, texts = question.step, question.worked.texts
    line = content.text(*place(step, texts), target=f"${look.symbol(step.target)}$").partition("\n")[0]
    if not inputs or not step.inputs:
        return line
    return line + "\n\n" + _having(step.inputs, question.worked, look)


def given(questions: Sequence[Question], look: Look) -> tuple[str, int]:
    """The numbers that these questions together take and do not ask, as Markdown, and how many they are."""
    targets = {question.target for question in questions}
    taken = dict.fromkeys(q for question in questions for q in question.step.inputs if q not in targets)
    return (_having(taken, questions[0].worked, look) if taken else ""), len(taken)


def _having(quantities: Iterable[Quantity], worked: Worked, look: Look) -> str:
    numbers = (f"${look.symbol(q)} = {look.number(q, worked.values[q])}$" for q in quantities)
    return _("You have: {numbers}").format(numbers=", ".join(numbers))


def hint(question: Question, rung: int, look: Look) -> str:
    """Hint 1: the law; 2: the law with the numbers; 3: the value and why. ValueError for any other."""
    step, worked = question.step, question.worked
    left = look.symbol(step.target)
    if rung == 1:
        return _display(aligned(left, laws(step, look, worked)))
    if rung == 2:
        return _display(aligned(left, [numbers_put_in(step, worked, look) or laws(step, look)[-1]]))
    if rung == 3:
        value = look.number(step.target, question.answer)
        return _display(aligned(left, [value])) + f"\n\n{card(step, worked, look).why}"
    raise ValueError(f"there are hints 1, 2 and 3, not {rung}")


def _display(latex: str) -> str:
    """A formula as Markdown on lines of its own: there it scrolls in its own box, in a line of text it would stick out."""
    return f"$$\n{latex}\n$$"
