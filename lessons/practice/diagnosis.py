"""Diagnosis: the wrong numbers that misconceptions give for a question, and which of them a typed number is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from mlp_core import Quantity

from ..answers import Answer
from ..misconceptions import CATALOGUE, ROUNDED

if TYPE_CHECKING:
    from .questions import Question

COARSE = (2, 1, 3)  # decimals that people round to on the way, the likeliest first
Numbers = Mapping[Quantity, float]


@dataclass(frozen=True)
class Reading:
    """A wrong number, the misconception that gives it, and whether it is that one's likeliest."""

    name: str
    value: float
    first: bool


def readings(question: Question) -> list[Reading]:
    """Every wrong number there is for a question from exact inputs, and from those rounded on the way."""
    coarse = [question.rounded(decimals) for decimals in COARSE if decimals < question.decimals]
    found = [question.compiled.numbers(values)[0] for values in coarse]
    rounded = ((ROUNDED, value) for value in found if not question.tolerance.may_be_right(value))
    return [*slips(question, question.inputs), *_ranked(question, rounded)]


def slips(question: Question, values: Numbers) -> list[Reading]:
    """What each wrong formula gives with these numbers put in; only what is finite and not right."""
    names = (slip.name for slip in question.compiled.slips)
    return _ranked(question, zip(names, question.compiled.numbers(values)[1:], strict=True))


def likeliest(found: Iterable[Reading]) -> dict[str, float]:
    """The number that each misconception gives first, in the order of the catalogue."""
    first = {reading.name: reading.value for reading in found if reading.first}
    return {name: first[name] for name in CATALOGUE if name in first}


def explained(question: Question, typed: Answer) -> tuple[str, ...]:
    """The misconceptions that give just the number that was typed."""
    return _matching(question, Answer(typed.value, 0.0, typed.literal), [question.readings])


def explained_at_its_digits(question: Question, typed: Answer, carried: Iterable[Numbers]) -> tuple[str, ...]:
    """The misconceptions that give a number with these digits; ``carried``: inputs with the person's own numbers in place."""
    return _matching(question, typed, _ways(question, carried))


def explained_loosely(question: Question, typed: Answer) -> tuple[str, ...]:
    """The misconceptions whose likeliest number this is, with a last digit that may be cut off or rounded on the way."""
    loose = Answer(typed.value, 2 * typed.tolerance, typed.literal)
    return _matching(question, loose, [[reading for reading in question.readings if reading.first]])


def _ranked(question: Question, named: Iterable[tuple[str, float]]) -> list[Reading]:
    found: list[Reading] = []
    names = set()
    for name, value in named:
        if isfinite(value) and not question.tolerance.is_right(value):
            found.append(Reading(name, value, name not in names))
            names.add(name)
    return found


def _ways(question: Question, carried: Iterable[Numbers]) -> Iterator[list[Reading]]:
    """Wrong numbers, the likeliest first: from exact inputs, from the person's own, from those on screen, from coarse ones."""
    yield question.readings
    for values in (*carried, question.shown):
        yield slips(question, values)
    yield [reading for reading in slips(question, question.rounded(3)) if reading.first]


def _matching(question: Question, typed: Answer, ways: Iterable[list[Reading]]) -> tuple[str, ...]:
    """The misconceptions that give this number, by the first way that any does; their likeliest forms count first."""
    for way in ways:
        close = [reading for reading in way if question.tolerance.within(typed, reading.value)]
        names = {reading.name for reading in close if reading.first} or {reading.name for reading in close}
        if names:
            return tuple(name for name in CATALOGUE if name in names)
    return ()
