"""Diagnosis: the wrong numbers that misconceptions give for a question, and which of them a typed number is.

A number is named as a slip's only where chance would not explain it as well: by the share of numbers of its size that are the
number of a slip at least as likely, at the digits typed. So of random numbers no more than that share is ever named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from math import isfinite, log
from typing import TYPE_CHECKING

import numpy as np

from mlp_core import Quantity

from ..answers import Answer
from ..misconceptions import CATALOGUE, ROUNDED, Candidate, Made
from .size import NEAR
from .tolerance import NOISE, window

if TYPE_CHECKING:
    from .questions import Question

COARSE = (2, 1, 3)  # decimals that people round to on the way, the likeliest first
NAMED = 3  # slips that are named together where one number fits several; those made at the number asked are named all
LIKELY = 0.3  # how likely a slip is that a right number is told from
FACTOR = 4.0  # wrong numbers by chance lie within this factor of the size of the right one, log-uniformly, of either sign
FAR = 0.25  # how much rarer they are beyond
BUDGET, AT, STEEPER = 0.06, 4e-4, 0.45  # of random numbers so many are named at that relative width, four digits; by its power
ROUGH = 0.005  # relative: so far from a slip's number one may come by rounding to three digits on the way
ROUNDING = 1.0  # how likely it is that a number within NEAR of the right one was rounded on the way, beside the commonest slip
UNLIKELY = 0.02  # how much less likely a slip is on the way to a number that the person has got right
BESIDE, EARLIER = 0.12, 0.075  # the same of numbers beside the old one, where a step is added: of slips made there, and before
NEIGHBOUR = "neighbour"
Numbers = Mapping[Quantity, float]


@dataclass(frozen=True)
class Reading:
    """A wrong number, the misconception that gives it, and whether it is that one's likeliest."""

    name: str
    value: float
    first: bool


@dataclass(frozen=True, eq=False)
class Wrong:
    """Wrong numbers of a question: ``candidates[i]`` gives ``values[i]`` and is as likely as ``priors[i]``."""

    candidates: Sequence[Candidate]
    values: np.ndarray
    priors: np.ndarray

    @classmethod
    def of(cls, question: Question, candidates: Sequence[Candidate], values: np.ndarray, priors: np.ndarray) -> Wrong:
        """Those of them that have a number there, and not the right one."""
        keep = question.tolerance.differs(values)
        return cls(list(compress(candidates, keep)), values[keep], priors[keep])

    def is_later_form(self, i: int) -> bool:
        """Whether the i-th is a form of a slip of which there is a likelier one at the same place, with another number."""
        return self.candidates[i].later and self.candidates[i].made in self._first_forms

    @cached_property
    def _first_forms(self) -> frozenset[tuple[Made, ...]]:
        return frozenset(each.made for each in self.candidates if len(each.made) == 1 and not each.later)

    @cached_property
    def single(self) -> Wrong:
        """Those of one slip alone."""
        keep = np.array([len(candidate.made) == 1 for candidate in self.candidates], dtype=bool)
        return Wrong(list(compress(self.candidates, keep)), self.values[keep], self.priors[keep])


def readings(question: Question) -> list[Reading]:
    """Every wrong number there is for a question from exact inputs, and from those rounded on the way."""
    return [*slips(question, question.inputs), *_ranked(question, _rounded(question))]


def slips(question: Question, values: Numbers) -> list[Reading]:
    """What each wrong formula gives with these numbers put in; only what is finite and not right."""
    names = (slip.name for slip in question.compiled.slips)
    return _ranked(question, zip(names, question.compiled.numbers(values)[1:], strict=True))


def likeliest(found: Iterable[Reading]) -> dict[str, float]:
    """The number that each misconception gives first, in the order of the catalogue."""
    first = {reading.name: reading.value for reading in found if reading.first}
    return {name: first[name] for name in CATALOGUE if name in first}


def wrong_numbers(question: Question, from_screen: bool = False) -> Wrong:
    """What every slip on the way gives; ``from_screen`` with every number on the way rounded as it is shown."""
    chain = question.chain
    values = chain.numbers(question.exact, question.rounding if from_screen else None)
    rounded = [value for _name, value in _rounded(question)]
    likely = CATALOGUE[ROUNDED].commonness
    more = [Candidate((Made(ROUNDED, (question.target,)),), likely / n) for n in range(1, len(rounded) + 1)]
    priors = np.concatenate([chain.priors, [candidate.prior for candidate in more]])
    return Wrong.of(question, [*chain.candidates, *more], np.concatenate([values, rounded]), priors)


def explained(
    question: Question, typed: Answer, carried: Iterable[Numbers] = (), known: Iterable[Quantity] = ()
) -> tuple[Candidate, ...]:
    """The slips that give a typed number, the likeliest first.

    carried: inputs with the person's own numbers in place; known: what the person has got right already, so that a slip is
    hardly made on the way there.
    """
    settled = question.chain.before(known)
    for way in _ways(question, typed, carried):
        found = _named(question, typed, way, settled)
        if found:
            return found
    return ()


def confused(question: Question, typed: Answer) -> Candidate | None:
    """The slip whose number a right one, at these digits, cannot be told from; None if only unlikely ones are.

    One that could not be told from it on screen either is none.
    """
    wrong, half = question.wrong_numbers.single, window(typed) if typed.precise else typed.tolerance
    half = min(half, abs(question.answer - typed.value) + question.tolerance.noise)  # no farther from it than the right one
    near = (np.abs(wrong.values - typed.value) <= half) & (wrong.priors >= LIKELY)
    on_screen, rounded = question.on_screen.value, question.rounding(question.target, wrong.values)
    seen = np.flatnonzero(near & (rounded != on_screen)).tolist()
    told = [i for i in seen if wrong.candidates[i].made[0].name not in (ROUNDED, NEIGHBOUR)]
    return wrong.candidates[min(told, key=lambda i: abs(wrong.values[i] - typed.value))] if told else None


@dataclass(frozen=True, eq=False)
class _Way:
    """How a number may have come about, how near it must then be, and which share of the false names that may cost."""

    wrong: Wrong
    half: float
    budget: float


def _ways(question: Question, typed: Answer, carried: Iterable[Numbers]) -> Iterator[_Way]:
    """One slip: from exact numbers, from the person's own, from those on screen, from ones rounded on the way; then two."""
    half = window(typed)
    if not typed.literal:  # what arithmetic gives is known to all digits
        yield _Way(question.wrong_numbers.single, NOISE * abs(typed.value), 1.0)
    if typed.precise or typed.literal:
        yield _Way(question.wrong_numbers.single, half, 0.55)
        slips = question.compiled.slips
        local = [Candidate((Made(slip.name, (question.target,), slip.form),), slip.likely, not slip.first) for slip in slips]
        for values in carried:
            numbers = np.array(question.compiled.numbers(values)[1:], dtype=float)
            priors = np.array([candidate.prior for candidate in local], dtype=float)
            yield _Way(Wrong.of(question, local, numbers, priors), half, 1.0)
    if typed.precise:
        yield _Way(question.wrong_from_screen.single, half, 0.15)
        rough = max(2 * half, ROUGH * abs(typed.value - (question.base or 0.0)))
        yield _Way(question.wrong_numbers.single, rough, 0.15)
        yield _Way(question.wrong_numbers, half, 0.15)


def _named(question: Question, typed: Answer, way: _Way, settled: Collection[Quantity]) -> tuple[Candidate, ...]:
    """The candidates that give this number; none where chance explains it as well."""
    wrong = way.wrong
    near = np.abs(wrong.values - typed.value) <= way.half + question.tolerance.noise

    def likely(i: int) -> float:
        return float(wrong.priors[i]) * (UNLIKELY if wrong.candidates[i].made_in(settled) else 1.0)

    found = sorted(np.flatnonzero(near).tolist(), key=lambda i: (-likely(i), -i))
    if not found or not _beats_chance(question, typed, way, wrong.candidates[found[0]]):
        return ()
    single = [i for i in found if len(wrong.candidates[i].made) == 1]
    here = [i for i in single if wrong.candidates[i].here(question.target)]
    if any(not wrong.is_later_form(i) for i in here):
        later = {i for i in here if wrong.is_later_form(i)}
        single = [i for i in single if i not in later]
    by_name: dict[str, Candidate] = {}
    for i in single or found[:1]:
        candidate = wrong.candidates[i]
        known = by_name.setdefault(candidate.made[0].name, candidate)
        if candidate.here(question.target) and not known.here(question.target):
            by_name[candidate.made[0].name] = candidate
    return tuple(c for n, c in enumerate(by_name.values()) if n < NAMED or c.here(question.target))


def _beats_chance(question: Question, typed: Answer, way: _Way, candidate: Candidate) -> bool:
    """Whether fewer random numbers are as near to one of the slips at least as likely than the budget allows."""
    value, half, base = typed.value, way.half, question.base
    likely = way.wrong.values[way.wrong.priors >= candidate.prior * (1 - 1e-9)]
    if not value:
        return True
    width = 2 * window(typed) / abs(value)
    if _share(likely, value, 2 * half / abs(value), question.answer) > way.budget * BUDGET * (width / AT) ** STEEPER:
        return False
    if candidate.made[0].name != ROUNDED and _may_be_rounded(question, value, half, candidate.prior):
        return False
    beside = value - (base or 0.0)
    if base is None or abs(beside) <= half:
        return True
    share = _share(likely - base, beside, 2 * half / abs(beside), question.answer - base)
    return share <= (BESIDE if candidate.here(question.target) else EARLIER)


def _may_be_rounded(question: Question, value: float, half: float, prior: float) -> bool:
    """Whether a number so near to the right one was rather rounded on the way."""
    size = abs(question.answer - (question.base or 0.0))
    if abs(value - question.answer) > NEAR * size or not size:
        return False
    return prior < ROUNDING * half / (NEAR * size)


def _share(values: np.ndarray, value: float, width: float, right: float) -> float:
    """The share of numbers of about the size of ``value`` that lie within ``width``, relative, of one of ``values``.

    Where that is not the size of the ``right`` number, chance hardly leads there.
    """
    if not value or not width:
        return 0.0
    sizes = np.abs(values)
    near = (sizes >= abs(value) / FACTOR) & (sizes <= FACTOR * abs(value))
    covered = 0.0
    for side in (values > 0, values < 0):
        logs = np.sort(np.log(sizes[near & side]))
        if len(logs):
            covered += width + float(np.minimum(np.diff(logs), width).sum())
    expected = abs(right) / FACTOR <= abs(value) <= FACTOR * abs(right)
    return covered / (4 * log(FACTOR)) * (1 if expected else FAR)


def _rounded(question: Question) -> list[tuple[str, float]]:
    """What rounding on the way gives, where it does not give what is right at its digits."""
    coarse = [question.rounded(decimals) for decimals in COARSE if decimals < question.decimals]
    found = [question.compiled.numbers(values)[0] for values in coarse]
    return [(ROUNDED, value) for value in found if not question.tolerance.may_be_right(value)]


def _ranked(question: Question, named: Iterable[tuple[str, float]]) -> list[Reading]:
    found: list[Reading] = []
    names = set()
    for name, value in named:
        if isfinite(value) and not question.tolerance.is_right(value):
            found.append(Reading(name, value, name not in names))
            names.add(name)
    return found
