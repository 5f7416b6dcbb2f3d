"""What a verdict says of slips and of digits: about this number, this step and this network, as Markdown with LaTeX."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING

from mlp_core.writing.numbers import on_screen, significant

from ..answers import Answer
from ..i18n import gettext as _
from ..misconceptions import CATALOGUE, Candidate, Made
from ..style import Look, together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .questions import Question

MANY = 3  # places that are named one by one


def slips(question: Question, explanations: Sequence[Candidate], look: Look) -> str:
    """What each of the slips is, where it was made and what to do instead."""
    explanations = explanations[:MANY]
    told = [_one(question, candidate.made[0], look) for candidate in explanations if len(candidate.made) == 1]
    told += [_two(question, candidate, look) for candidate in explanations if len(candidate.made) > 1]
    if len(told) == 1:
        return told[0]
    return _("More than one slip gives this number:") + "\n" + "\n".join(f"- {one}" for one in told)


def too_few(question: Question, typed: Answer | None, other: Candidate | None, look: Look) -> str:
    """Why so few digits do not do: what else the number could be."""
    ask = _("Give more digits.")
    if typed and other:
        made = other.made[0]
        title = CATALOGUE[made.name].title
        number = on_screen(significant(question.wrong_of(other), 6))
        where = "" if made.origin == question.target else _(", made at {place}").format(place=_places(made, look))
        why = _("At these digits your number could also be {number}, which comes from a slip: **{title}**{made}.")
        ask = _("Give at least {n} significant digits.").format(n=_telling_digits(question, question.wrong_of(other)))
        return together(why.format(number=number, title=title, made=where), ask)
    if typed and typed.value:
        low, high = typed.value - typed.tolerance, typed.value + typed.tolerance
        why = _("So few digits stand for every number from {low} to {high}, so that it cannot be told how yours came about.")
        said = why.format(low=on_screen(significant(low, 6)), high=on_screen(significant(high, 6)))
        return together(said, _("Give at least three significant digits."))
    if typed:
        return _("Rounded, this is 0, but the number is not 0. Write it in powers of ten, as in 4.1e-5.")
    return ask


def unknown(question: Question, look: Look) -> str:
    """What to say where nothing is known; the law is left to the hints."""
    first = _("Not right, and I do not recognise how this number comes about.")
    names = ", ".join(f"${look.symbol(q)}$" for q in question.step.inputs)
    if not names:
        return first
    return together(first, _("It is made of {names} alone: check first which numbers you put in for these.").format(names=names))


def _one(question: Question, made: Made, look: Look) -> str:
    step = question.worked.step(made.origin)
    title, message = CATALOGUE[made.name].told(f"${look.symbol(made.origin)}$", step)
    if made.places == (question.target,):
        return _("**{title}.** {message}").format(title=title, message=message)
    said = _("**{title}**, at {place}; from there on you computed rightly. {message}")
    return said.format(title=title, place=_places(made, look), message=message)


def _two(question: Question, candidate: Candidate, look: Look) -> str:
    parts = []
    for made in candidate.made:
        title = CATALOGUE[made.name].title
        here = made.places == (question.target,)
        named = _("**{title}**") if here else _("**{title}** at {place}")
        parts.append(named.format(title=title, place=_places(made, look)))
    one, other = parts
    return _("Two slips at once give this number: {one}, and {other}. Mend one after the other.").format(one=one, other=other)


def _places(made: Made, look: Look) -> str:
    """Where a slip was made: one place, or several."""
    names = [f"${look.symbol(q)}$" for q in made.places]
    if len(names) <= MANY:
        return ", ".join(names)
    return _("{first} to {last} alike").format(first=names[0], last=names[-1])


def _telling_digits(question: Question, other: float) -> int:
    """How many significant digits tell the right number from another."""
    apart = abs(question.answer - other)
    size = max(abs(question.answer), abs(other))
    return max(4, min(12, floor(log10(size)) - floor(log10(apart)) + 1)) if apart else 12
