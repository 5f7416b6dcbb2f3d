"""Which questions an exercise asks, in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from functools import lru_cache

import numpy as np

from mlp_core import NonFinite, Quantity
from mlp_core.steps import Phase
from mlp_core.writing.long import is_long

from ..example import Example
from ..i18n import gettext as _
from ..misconceptions import CATALOGUE
from ..style import Look, name_of
from ..walk.updates import impossible, worked_update
from .exercise import Exercise, Mode
from .questions import Question, questions_about

Questions = tuple[Question, ...]
ALIKE, DRAWS = 2, 30


def questions_of(example: Example) -> Questions:
    """Every question about an example, update included; Problem where the update overflows."""
    return _questions_of(example, example.worked.key, example.optimiser.key, tuple(CATALOGUE.values()))


@lru_cache(maxsize=128)
def _questions_of(example: Example, *records: Hashable) -> Questions:
    """``records``: what the example's names stand for, and the misconceptions that the questions know."""
    try:
        return questions_about(worked_update(example), example.view.decimals)
    except NonFinite as error:
        raise impossible(error) from None


def asked(exercise: Exercise, example: Example) -> Questions:
    """The questions of an exercise about an example."""
    return asked_of(exercise, questions_of(example))


def asked_of(exercise: Exercise, every: Questions) -> Questions:
    """Of all questions about something worked, those of an exercise, in order; for a mistake to be found, the lines of the
    solution."""
    match exercise.mode:
        case Mode.NEXT:
            return every if exercise.everything else worth_asking(every)
        case Mode.LAYER:
            found = parts(every)
            return found.get(exercise.place) or next(iter(found.values()), ())
        case Mode.WEIGHT:
            names = weights(every)
            place = exercise.place if exercise.place in names else next(iter(names), "")
            return trail(every, place, (Phase.BACKWARD, Phase.UPDATE))
        case Mode.ERROR:
            return trail(every, _drawn(weights(every), exercise.seed), tuple(Phase))
        case Mode.EXAM:
            computed = tuple(question for question in worth_asking(every) if not question.step.formula.is_Symbol)
            return apart(computed, exercise.seed, exercise.count)


def worth_asking(every: Questions) -> Questions:
    """Of questions that are alike no more than two, and in a network none about a number from which nothing else is computed, and
    none that is a longer sum than a formula writes out.

    Alike: by the same law in the same layer; of an update, for one weight of the last and of the first layer and one bias, and
    where there are no layers for one parameter of each kind.
    """
    used = {quantity for question in every for quantity in question.step.inputs}
    updated = _updated_ones(every)
    counted: Counter[tuple[str, str, int]] = Counter()
    found = []
    for question in every:
        step, target = question.step, question.target
        if step.phase is Phase.UPDATE and not target.again:
            if target.beside(target.parameter) in updated:
                found.append(question)
            continue
        goal = target.is_gradient or step.phase is Phase.LOSS or not question.worked.sizes
        if goal or target in used:
            alike = step.rule, target.kind, target.layer
            counted[alike] += 1
            if counted[alike] <= ALIKE and not is_long(step.formula):
                found.append(question)
    return tuple(found)


def _updated_ones(every: Questions) -> set[Quantity]:
    """A weight of the last layer that is updated and one of the first, and a bias of the last; else the first of each kind."""
    parameters = [Quantity.parse(address) for address in weights(every)]
    if not all(q.layer for q in parameters):
        return set({q.kind: q for q in reversed(parameters)}.values())
    weights_, biases = ([q for q in parameters if q.kind == kind] for kind in ("W", "b"))
    first = min((q.layer for q in weights_), default=0)
    return {*weights_[:1], *[q for q in weights_ if q.layer == first][:1], *biases[:1]}


@lru_cache(maxsize=64)
def apart(every: Questions, seed: int, count: int) -> Questions:
    """So many, or as many as can be found, of which none says what another asks, in an order that the seed fixes."""
    inputs = [frozenset(question.step.inputs) for question in every]
    tells = [
        {j for j, other in enumerate(every) if other.target in inputs[i] or one.target in inputs[j]}
        for i, one in enumerate(every)
    ]
    longest: list[int] = []
    for draw in range(DRAWS):
        found: list[int] = []
        for i in np.random.default_rng((seed, 4, draw)).permutation(len(every)).tolist():
            if tells[i].isdisjoint(found):
                found.append(i)
        longest = max(longest, found, key=len)
        if len(longest) >= count:
            break
    return tuple(every[i] for i in longest[:count])


def parts(every: Iterable[Question]) -> dict[str, Questions]:
    """The blanks of whole layers: forward and backward by layer, an update by layer and law; else the blanks of phases."""
    found: dict[str, Questions] = {}
    for question in every:
        step, target = question.step, question.target
        if step.phase is not Phase.LOSS:
            made = target.slot or (target.kind if target.again else "new")
            detail = [made] if step.phase is Phase.UPDATE else []
            key = ".".join([step.phase, str(target.layer), *detail])
            found[key] = (*found.get(key, ()), question)
    return found


def part_title(key: str, members: Questions, look: Look) -> str:
    """What a part is called: its layer, if it has one, its phase, and the first of its quantities."""
    phase, layer, *_detail = key.split(".")
    first = look.name(members[0].target).text()
    if layer == "0":
        return _("{phase}, from {name}").format(phase=name_of(phase), name=first)
    return _("Layer {n}: {phase}, from {name}").format(n=layer, phase=name_of(phase), name=first)


def weights(every: Iterable[Question]) -> list[str]:
    """What all else is computed for: the parameters that an update changes, the output layer's weights first; where nothing is
    updated, and nothing in layers, the numbers from which no other is computed."""
    every = tuple(every)
    new = [q.target for q in every if q.target.updated]
    new.sort(key=lambda q: (-q.layer, q.kind, q.index))
    if new or any(q.target.layer for q in every):
        return [str(q.beside(q.parameter)) for q in new]
    used = {quantity for question in every for quantity in question.step.inputs}
    return [str(q.target) for q in every if q.target not in used and q.step.phase is Phase.BACKWARD]


def places(exercise: Exercise, example: Example, look: Look) -> dict[str, str]:
    """What there is to choose from about an example."""
    return places_of(exercise, questions_of(example), look) if exercise.mode in (Mode.LAYER, Mode.WEIGHT) else {}


def places_of(exercise: Exercise, every: Questions, look: Look) -> dict[str, str]:
    """What there is to choose from: the parts or the weights, each with its title; empty where nothing is chosen."""
    if exercise.mode is Mode.LAYER:
        return {key: part_title(key, members, look) for key, members in parts(every).items()}
    if exercise.mode is Mode.WEIGHT:
        return {address: look.name(Quantity.parse(address)).text() for address in weights(every)}
    return {}


def trail(every: Iterable[Question], weight: str, phases: tuple[Phase, ...]) -> Questions:
    """All that the new value of a weight (or what is no parameter) is computed from, within these phases, in order."""
    by_target = {question.target: question for question in every}
    goal = Quantity.parse(weight) if weight else None
    needed: set[Quantity] = set()
    open_ = [goal.beside(f"{goal.kind}_new") if goal.parameter else goal] if goal else []
    while open_:
        target = open_.pop()
        if target in by_target and target not in needed:
            needed.add(target)
            open_ += by_target[target].step.inputs
    return tuple(q for target, q in by_target.items() if target in needed and q.step.phase in phases)


def _drawn(names: list[str], seed: int) -> str:
    return "" if not names else names[int(np.random.default_rng((seed, 3)).integers(len(names)))]
