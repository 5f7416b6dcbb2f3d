"""Practice: what a person is being asked (an Exercise), how answers depend on each other, and a solution with a mistake in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import isfinite
from typing import Any

import numpy as np

from mlp_core import NonFinite, Quantity
from mlp_core.steps import Phase

from ..example import MAX_SEED, WORKED, Example, Model
from ..i18n import gettext as _
from ..i18n import mark
from ..misconceptions import ROUNDED
from ..problem import Problem
from ..style import Look, name_of
from ..walk.updates import TOO_LONG
from .grading import Verdict, grade
from .questions import Question, questions

MODES = {
    "next": mark("Next number"),
    "layer": mark("A whole layer"),
    "weight": mark("One weight"),
    "error": mark("Find the error"),
    "exam": mark("Exam"),
}
SOURCES = {"current": mark("My network"), "worked": mark("The worked example"), "random": mark("New numbers")}
PRINTED = ("factor_two_lost", "division_left_out", "minus_lost")  # slips that the notes make themselves
MAX_COUNT, MAX_MINUTES = 50, 180


@dataclass(frozen=True)
class Exercise:
    """What a person is being asked and has typed so far.

    place: which part of a layer, or which weight; at: which question of a series; hints: how many have been asked for here;
    typed: address (or "line" for a mistake found) and text; count, minutes and started (seconds since 1970, 0 before) are
    an exam's.
    """

    mode: str = "next"
    source: str = "current"
    seed: int = 1
    place: str = ""
    at: int = 0
    hints: int = 0
    typed: tuple[tuple[str, str], ...] = ()
    count: int = 10
    minutes: int = 10
    started: float = 0.0
    ended: bool = False

    def __post_init__(self) -> None:
        if self.mode not in MODES or self.source not in SOURCES:
            raise Problem("practice", mark("There is no such exercise."))
        if type(self.seed) is not int or not 0 <= self.seed <= MAX_SEED:
            raise Problem("practice", mark("A seed is a whole number from 0 to {most}."), most=MAX_SEED)
        if not 1 <= self.count <= MAX_COUNT:
            raise Problem("practice", mark("An exam has 1 to {most} questions."), most=MAX_COUNT)
        if not 1 <= self.minutes <= MAX_MINUTES:
            raise Problem("practice", mark("An exam takes 1 to {most} minutes."), most=MAX_MINUTES)

    def begun(self, **changes: Any) -> Exercise:
        """A fresh exercise with these choices, nothing typed yet."""
        fresh: dict[str, Any] = {"at": 0, "hints": 0, "typed": (), "started": 0.0, "ended": False}
        return replace(self, **(fresh | changes))

    def with_typed(self, texts: Mapping[str, str]) -> Exercise:
        """The exercise with these answers; an empty one takes an earlier one away."""
        every = {**dict(self.typed), **texts}
        return replace(self, typed=tuple((key, text) for key, text in every.items() if text.strip()))

    def at_question(self, at: int) -> Exercise:
        """The exercise at another question of its series."""
        return replace(self, at=at, hints=0)

    def example(self, current: Example) -> Example:
        """The numbers it is about, shown and updated as the current example is."""
        if self.source == "worked":
            return replace(WORKED, settings=current.settings, view=current.view)
        return current if self.source == "current" else current.remodelled(Model.redrawn, self.seed)

    def time_left(self, now: float) -> float:
        """Seconds until an exam ends; 0 when it is over."""
        return max(0.0, self.started + 60 * self.minutes - now)

    def is_running(self) -> bool:
        """Whether an exam has begun and its verdicts are still to come."""
        return self.mode == "exam" and self.started > 0 and not self.ended

    def is_over(self, now: float, questions: int) -> bool:
        """Whether a running exam of so many questions has ended: by its time, its last answer, or its person."""
        return self.ended or self.time_left(now) == 0 or len(self.typed) >= questions


@lru_cache(maxsize=128)
def questions_of(example: Example) -> tuple[Question, ...]:
    """Every question about an example, update included; Problem where the update overflows."""
    try:
        return questions(
            example.network, example.x, example.y, example.optimiser, state=example.state, decimals=example.view.decimals
        )
    except NonFinite as error:
        raise Problem("update", TOO_LONG, n=error.layer) from None


def asked(exercise: Exercise, example: Example) -> tuple[Question, ...]:
    """The questions of an exercise, in order; for a mistake to be found, the lines of the solution."""
    every = questions_of(example)
    if exercise.mode == "layer":
        found = parts(every)
        return found.get(exercise.place) or next(iter(found.values()))
    if exercise.mode in ("weight", "error"):
        names = weights(every)
        if exercise.mode == "weight":
            place = exercise.place if exercise.place in names else names[0]
            return trail(every, place, (Phase.BACKWARD, Phase.UPDATE))
        return trail(every, _drawn_weight(exercise, names), tuple(Phase))
    if exercise.mode == "exam":
        order = np.random.default_rng(exercise.seed).permutation(len(every))
        return tuple(every[i] for i in order[: exercise.count])
    return every


def parts(every: Iterable[Question]) -> dict[str, tuple[Question, ...]]:
    """The blanks of whole layers: forward and backward by layer, an update by layer and law."""
    found: dict[str, tuple[Question, ...]] = {}
    for question in every:
        step, target = question.step, question.target
        if step.phase is not Phase.LOSS:
            detail = [target.slot or "new"] if step.phase is Phase.UPDATE else []
            key = ".".join([step.phase, str(target.layer), *detail])
            found[key] = (*found.get(key, ()), question)
    return found


def part_title(key: str, members: tuple[Question, ...], look: Look) -> str:
    """What a part is called: its layer, its phase, and the first of its quantities."""
    phase, layer, *_detail = key.split(".")
    first = look.name(members[0].target).text()
    return _("Layer {n}: {phase}, from {name}").format(n=layer, phase=name_of(phase), name=first)


def weights(every: Iterable[Question]) -> list[str]:
    """The addresses of the parameters that an update changes, the output layer's weights first."""
    new = [q.target for q in every if q.target.updated]
    new.sort(key=lambda q: (-q.layer, q.kind, q.index))
    return [str(q.beside(q.parameter)) for q in new]


def trail(every: Iterable[Question], weight: str, phases: tuple[Phase, ...]) -> tuple[Question, ...]:
    """All that the new value of a weight is computed from, within these phases, in order."""
    by_target = {question.target: question for question in every}
    parameter = Quantity.parse(weight)
    needed: set[Quantity] = set()
    open_ = [parameter.beside(f"{parameter.kind}_new")]
    while open_:
        target = open_.pop()
        if target in by_target and target not in needed:
            needed.add(target)
            open_ += by_target[target].step.inputs
    return tuple(q for target, q in by_target.items() if target in needed and q.step.phase in phases)


def judged(asked: Iterable[Question], typed: Mapping[str, str]) -> dict[str, Verdict]:
    """The verdict on every answer, by address; each may be built on the person's own earlier ones."""
    verdicts: dict[str, Verdict] = {}
    own: dict[Quantity, float] = {}
    for question in asked:
        key = str(question.target)
        if key in typed:
            verdict = verdicts[key] = grade(question, typed[key], own)
            if verdict.final and verdict.value is not None:
                own[question.target] = verdict.value
    return verdicts


@dataclass(frozen=True, eq=False)
class Solution:
    """A worked solution with one mistake: its lines and their values, which line is wrong, and by which misconception."""

    lines: tuple[Question, ...]
    values: dict[Quantity, float]
    wrong: int
    name: str


def planted(exercise: Exercise, lines: tuple[Question, ...]) -> Solution:
    """The solution with a mistake that the exercise's seed fixes; what follows from it is worked out from it, as in life."""
    random = np.random.default_rng((exercise.seed, 2))
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
    look = line.look("en")
    return (
        name != ROUNDED
        and wrong is not None
        and abs(wrong - line.answer) > 0.02 * abs(line.answer)
        and look.value(line.target, wrong) != look.value(line.target, line.answer)
    )


def _drawn_weight(exercise: Exercise, names: list[str]) -> str:
    return names[int(np.random.default_rng((exercise.seed, 3)).integers(len(names)))]
