"""Slips that travel: what every slip makes of a number when it is made anywhere on the way there and the rest is right.

A candidate is a slip with the place where it is made. All candidates of a number are evaluated in one pass over the steps that
lead to it: at each step an array holds what every candidate has there, and the entries of those that are made there are
overwritten with what the wrong formula gives.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from mlp_core import Quantity

from ..worked import Values

if TYPE_CHECKING:
    from .frame import Compiled, Frame

EARLIER, ALIKE, LATER_FORM, BOTH = 0.2, 0.3, 0.3, 0.05  # how likely, beside the likeliest form of a slip made at the number asked
PAIRED = 36  # slips of which two may be made at once: the commonest
MOST = 1000  # slips that a number is looked for among: the likeliest; of a large network's, chance explains the others as well
Rounding = Callable[[Quantity, Any], Any]


@dataclass(frozen=True)
class Made:
    """A slip where it is made: at one step, or alike in all ``places`` of a layer or of every layer.

    ``form``: which of its formulas there, from 0; the same slip in any of them.
    """

    name: str
    places: tuple[Quantity, ...]
    form: int = field(default=0, compare=False)

    @property
    def origin(self) -> Quantity:
        """Where it was made first."""
        return self.places[0]


@dataclass(frozen=True)
class Candidate:
    """One slip, or two at once, and how likely that is compared with the commonest slip at the number asked.

    ``later``: a form of the slip that is not its likeliest there, such as another neuron's weights than the next one's.
    """

    made: tuple[Made, ...]
    prior: float
    later: bool = False

    @property
    def origin(self) -> Quantity:
        """Where the first of them was made."""
        return self.made[0].origin

    def here(self, target: Quantity) -> bool:
        """Whether it is one slip, made at this number itself."""
        return len(self.made) == 1 and self.origin == target

    def made_in(self, places: Collection[Quantity]) -> bool:
        """Whether one of its slips is made at one of these places."""
        return any(place in places for made in self.made for place in made.places)

    def and_(self, other: Made, likely: float) -> Candidate:
        """The two at once."""
        return Candidate((*self.made, other), BOTH * self.prior * likely, self.later)


@dataclass(frozen=True)
class _Column:
    """A candidate and the wrong formulas that it takes, by the position of their step."""

    candidate: Candidate
    formulas: Mapping[int, int]


@dataclass(frozen=True)
class _Overwritten:
    """What is overwritten at a step: ``columns`` that make their first slip there, with the ``which``-th of ``slips``, from exact
    numbers; and the columns of slips made ``later``, from whatever these have there."""

    slips: tuple[int, ...]
    columns: np.ndarray
    which: np.ndarray
    later: Mapping[int, np.ndarray]

    @classmethod
    def of(cls, first: list[tuple[int, int]], later: Mapping[int, list[int]]) -> _Overwritten:
        slips = tuple(dict.fromkeys(slip for _column, slip in first))
        columns = np.array([column for column, _slip in first], dtype=int)
        which = np.array([slips.index(slip) for _column, slip in first], dtype=int)
        return cls(slips, columns, which, {slip: np.array(numbers) for slip, numbers in later.items()})

    def __bool__(self) -> bool:
        return bool(len(self.columns) or self.later)


class _Taken:
    """The inputs of a step at some columns, each taken when it is asked for."""

    def __init__(self, inputs: Sequence[Any], columns: np.ndarray) -> None:
        self.inputs, self.columns = inputs, columns

    def __getitem__(self, i: int) -> Any:
        value = self.inputs[i]
        return value[self.columns] if np.ndim(value) else value


class Chain:
    """All steps that lead to ``target``, that one last, and all candidates; for one shape, whatever the numbers."""

    def __init__(self, frame: Frame, target: Quantity) -> None:
        self.steps = tuple(frame.compiled(q) for q in _ancestors(frame, target))
        self._place: dict[Quantity, int] = {}
        self._takes = [[self._place.setdefault(q, len(self._place)) for q in step.inputs] for step in self.steps]
        self._makes = [self._place.setdefault(step.step.target, len(self._place)) for step in self.steps]
        columns = _likeliest([*self._singles(), *self._alike()])
        columns += self._pairs(columns)
        self._columns = len(columns)
        self._overwritten = self._by_step(columns)
        scaled = list(self._scaled(columns))
        self._scaled_from = np.array([n for n, _factor, _candidate in scaled], dtype=int)
        self._factors = np.array([factor for _n, factor, _candidate in scaled])
        self.candidates = (*(column.candidate for column in columns), *(candidate for *_both, candidate in scaled))
        self.priors = np.array([candidate.prior for candidate in self.candidates])

    def before(self, targets: Iterable[Quantity]) -> set[Quantity]:
        """All that these are computed from on the way, themselves among it."""
        inputs = {step.step.target: step.step.inputs for step in self.steps}
        found: set[Quantity] = set()
        waiting = [q for q in targets if q in inputs]
        while waiting:
            q = waiting.pop()
            if q not in found:
                found.add(q)
                waiting += [other for other in inputs[q] if other in inputs]
        return found

    def numbers(self, values: Values, rounding: Rounding | None = None) -> np.ndarray:
        """What each candidate has at the target, inf or nan where it has nothing there.

        values: the right number of everything; with ``rounding`` each is rounded when it has been computed, as who copies
        numbers from the screen does.
        """
        v: list[Any] = [np.float64(values[q]) for q in self._place]
        if rounding:
            v = [rounding(q, value) for q, value in zip(self._place, v, strict=True)]
        with np.errstate(all="ignore"):
            for step, takes, makes, overwritten in zip(
                self.steps, self._takes, self._makes, self._overwritten, strict=True
            ):
                v[makes] = self._computed(step, [v[i] for i in takes], v[makes], overwritten, rounding)
        found: np.ndarray = v[self._makes[-1]]
        numbers = found[1:] if np.ndim(found) else np.full(self._columns, found)
        with np.errstate(all="ignore"):
            return np.concatenate([numbers, self._factors * numbers[self._scaled_from]])

    def _computed(
        self, step: Compiled, inputs: list[Any], right: Any, overwritten: _Overwritten, rounding: Rounding | None
    ) -> Any:
        """The array of a step; what no candidate has touched is ``right``. Entry 0 is of no candidate."""
        found = step.right(inputs)
        if np.ndim(found):
            if rounding:
                found = rounding(step.step.target, found)
            found = np.where(found == found[0], right, found)
            found[0] = right
        elif overwritten:
            found = np.full(self._columns + 1, right)
        else:
            return right
        if len(overwritten.columns):
            exact = [float(value[0] if np.ndim(value) else value) for value in inputs]
            wrong = [step.wrong_at(slip, exact) for slip in overwritten.slips]
            found[overwritten.columns] = np.array(wrong, dtype=float)[overwritten.which]
        for slip, columns in overwritten.later.items():
            found[columns] = step.wrong[slip](_Taken(inputs, columns))
        return rounding(step.step.target, found) if rounding else found

    def _by_step(self, columns: Sequence[_Column]) -> list[_Overwritten]:
        first: list[list[tuple[int, int]]] = [[] for _ in self.steps]
        later: list[dict[int, list[int]]] = [{} for _ in self.steps]
        for n, column in enumerate(columns, 1):
            for at, slip in column.formulas.items():
                if at == min(column.formulas):
                    first[at].append((n, slip))
                else:
                    later[at].setdefault(slip, []).append(n)
        return [_Overwritten.of(*both) for both in zip(first, later, strict=True)]

    def _singles(self) -> Iterator[_Column]:
        for at, step in enumerate(self.steps):
            place = 1.0 if at == len(self.steps) - 1 else EARLIER
            for n, slip in enumerate(step.slips):
                prior = place * slip.likely * (1 if slip.first else LATER_FORM)
                made = Made(slip.name, (step.step.target,), slip.form)
                yield _Column(Candidate((made,), prior, not slip.first), {at: n})

    def _alike(self) -> Iterator[_Column]:
        """The likeliest form of a slip, in all neurons of a layer, and in all layers."""
        groups: dict[tuple[Any, ...], dict[int, int]] = {}
        for at, step in enumerate(self.steps):
            for n, slip in enumerate(step.slips):
                if slip.first:
                    law = slip.name, step.step.law, step.step.target.kind
                    groups.setdefault((*law, step.step.target.layer), {})[at] = n
                    groups.setdefault(law, {})[at] = n
        for formulas in dict.fromkeys(tuple(group.items()) for group in groups.values() if len(group) > 1):
            slip = self.steps[formulas[0][0]].slips[formulas[0][1]]
            places = tuple(self.steps[at].step.target for at, _slip in formulas)
            yield _Column(Candidate((Made(slip.name, places),), ALIKE * slip.likely), dict(formulas))

    def _scaled(self, columns: Sequence[_Column]) -> Iterator[tuple[int, float, Candidate]]:
        """Two slips at the number asked, of which one only multiplies: the column of the other, the factor, and the candidate."""
        last = self.steps[-1]
        here = [(n, c.candidate) for n, c in enumerate(columns) if c.candidate.here(last.step.target)]
        for slip, factor in last.scalings.items():
            made, likely = Made(last.slips[slip].name, (last.step.target,), last.slips[slip].form), last.slips[slip].likely
            for n, candidate in here:
                if candidate.made[0].name != made.name and last.slips[slip].first:
                    yield n, factor, candidate.and_(made, likely)

    def _pairs(self, columns: Iterable[_Column]) -> Iterator[_Column]:
        """Two of the commonest slips, not at the same step."""
        likely = sorted((c for c in columns if not c.candidate.later), key=lambda c: -c.candidate.prior)[:PAIRED]
        for one, other in combinations(likely, 2):
            first, second = sorted((one, other), key=lambda column: min(column.formulas))
            names = {made.name for column in (one, other) for made in column.candidate.made}
            if len(names) == 2 and not one.formulas.keys() & other.formulas.keys():
                prior = BOTH * one.candidate.prior * other.candidate.prior
                made = (*first.candidate.made, *second.candidate.made)
                yield _Column(Candidate(made, prior), {**one.formulas, **other.formulas})


def _likeliest(columns: list[_Column]) -> list[_Column]:
    """The likeliest of them, in their order; of slips that are as likely, those made nearer to the number asked."""
    if len(columns) <= MOST:
        return columns
    ranked = sorted(columns, key=lambda column: (-column.candidate.prior, -max(column.formulas)))
    kept = set(map(id, ranked[:MOST]))
    return [column for column in columns if id(column) in kept]


def _ancestors(frame: Frame, target: Quantity) -> list[Quantity]:
    """What is computed on the way to ``target``, in order, itself last."""
    needed, waiting = set(), [target]
    while waiting:
        q = waiting.pop()
        if q in frame.steps and q not in needed:
            needed.add(q)
            waiting += frame.steps[q].inputs
    return [q for q in frame.steps if q in needed]
