"""Practice: what a person is being asked and has typed (an Exercise), and what each of their actions makes of it.

An action is a function from an exercise to the next one and the attempts that count, and has no other effect; what it is
given by a page may be stale or forged, and then changes nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from mlp_core import Quantity

from ..answers import MAX_LENGTH, read
from ..example import MAX_SEED, WORKED, Example, Model
from ..i18n import mark
from ..problem import Problem
from .grading import judged
from .planted import Solution
from .progress import Attempt
from .questions import Question, askable
from .verdict import Verdict, VerdictKind


class Mode(StrEnum):
    """What is practised."""

    NEXT = "next"
    LAYER = "layer"
    WEIGHT = "weight"
    ERROR = "error"
    EXAM = "exam"


class Source(StrEnum):
    """Which numbers are asked."""

    CURRENT = "current"
    WORKED = "worked"
    RANDOM = "random"


MODES: dict[str, str] = {
    Mode.NEXT: mark("Next number"),
    Mode.LAYER: mark("A whole layer"),
    Mode.WEIGHT: mark("One weight"),
    Mode.ERROR: mark("Find the error"),
    Mode.EXAM: mark("Exam"),
}
SOURCES: dict[str, str] = {
    Source.CURRENT: mark("My network"),
    Source.WORKED: mark("The worked example"),
    Source.RANDOM: mark("New numbers"),
}
MAX_COUNT, MAX_MINUTES, HINTS = 50, 180, 3
MAX_QUESTIONS = 10_000  # more than the largest network has
_PLACE = re.compile(r"[\w.]{0,40}", re.ASCII)
YOUNGER = {"everything"}  # fields that what was kept before them lacks
_NONE = mark("There is no such exercise.")


@dataclass(frozen=True)
class Exercise:
    """What a person is being asked and has typed so far.

    everything: whether every number is asked, not only what is worth it; place: which part of a layer, or which weight; at: which
    question of a series; hints: how many have been asked for here; typed: address and text of each answer; picked: the line taken
    for the mistake, from 1, 0 before; count, minutes and started (seconds since 1970, 0 before) are an exam's. Problem at
    "practice" for what can be no exercise.
    """

    mode: Mode = Mode.NEXT
    source: Source = Source.CURRENT
    seed: int = 1
    place: str = ""
    at: int = 0
    hints: int = 0
    typed: tuple[tuple[str, str], ...] = ()
    picked: int = 0
    count: int = 10
    minutes: int = 10
    started: float = 0.0
    ended: bool = False
    everything: bool = False

    def __post_init__(self) -> None:
        if self.mode not in tuple(Mode) or self.source not in tuple(Source):
            raise Problem("practice", _NONE)
        object.__setattr__(self, "mode", Mode(self.mode))
        object.__setattr__(self, "source", Source(self.source))
        if not _whole(self.seed, 0, MAX_SEED):
            raise Problem("practice", mark("A seed is a whole number from 0 to {most}."), most=MAX_SEED)
        if not _whole(self.count, 1, MAX_COUNT):
            raise Problem("practice", mark("An exam has 1 to {most} questions."), most=MAX_COUNT)
        if not _whole(self.minutes, 1, MAX_MINUTES):
            raise Problem("practice", mark("An exam takes 1 to {most} minutes."), most=MAX_MINUTES)
        numbers = _whole(self.hints, 0, HINTS) and all(_whole(n, 0, MAX_QUESTIONS) for n in (self.at, self.picked))
        clock = type(self.started) in (int, float) and 0 <= self.started < 1e11
        place = isinstance(self.place, str) and _PLACE.fullmatch(self.place)
        switches = all(type(each) is bool for each in (self.ended, self.everything))
        if not (numbers and clock and place and switches and _typed(self.typed)):
            raise Problem("practice", _NONE)
        object.__setattr__(self, "started", float(self.started))

    def to_json(self) -> str:
        """As JSON text, in ASCII."""
        return json.dumps({field.name: getattr(self, field.name) for field in fields(self)}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Exercise:
        """The exercise of ``to_json``; Problem at "practice" for anything else."""
        try:
            data = json.loads(text)
        except (TypeError, ValueError, RecursionError):
            raise Problem("practice", _NONE) from None
        known = {field.name for field in fields(cls)}
        if not isinstance(data, dict) or not known - YOUNGER <= data.keys() <= known:
            raise Problem("practice", _NONE)
        typed = data["typed"]
        if not isinstance(typed, list) or not all(isinstance(pair, list) for pair in typed):
            raise Problem("practice", _NONE)
        return cls(**(data | {"typed": tuple(map(tuple, typed))}))

    def begun(self, **changes: Any) -> Exercise:
        """A fresh exercise with these choices, nothing typed yet."""
        fresh: dict[str, Any] = {"at": 0, "hints": 0, "typed": (), "picked": 0, "started": 0.0, "ended": False}
        return replace(self, **(fresh | changes))

    def again(self) -> Exercise:
        """The exercise with the next seed's numbers."""
        return self.begun(seed=self.seed + 1)

    def with_typed(self, texts: Mapping[str, str]) -> Exercise:
        """The exercise with these answers; an empty one takes an earlier one away."""
        every = {**dict(self.typed), **texts}
        return replace(self, typed=tuple((key, text) for key, text in every.items() if text.strip()))

    def at_question(self, at: int, count: int) -> Exercise:
        """The exercise at another of its ``count`` questions; past an end, at the last there."""
        return replace(self, at=max(0, min(at, count - 1)), hints=0)

    def hinted(self) -> Exercise:
        """The exercise with one more hint."""
        return replace(self, hints=min(HINTS, self.hints + 1))

    def example(self, current: Example) -> Example:
        """The numbers it is about, shown and updated as the current example is."""
        if self.source is Source.WORKED:
            return replace(WORKED, settings=current.settings, view=current.view)
        return current if self.source is Source.CURRENT else current.remodelled(Model.redrawn, self.seed)

    def touched(self) -> bool:
        """Whether a person has answered anything yet."""
        return bool(self.typed or self.picked)

    def time_left(self, now: float) -> float:
        """Seconds until an exam ends; 0 when it is over."""
        return max(0.0, self.started + 60 * self.minutes - now)

    def is_running(self) -> bool:
        """Whether an exam has begun and its verdicts are still to come."""
        return self.mode is Mode.EXAM and self.started > 0 and not self.ended


def _whole(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _typed(pairs: object) -> bool:
    """Whether these are addresses that can be asked, each once, with texts that can be typed."""
    if not isinstance(pairs, tuple) or len(pairs) > MAX_QUESTIONS:
        return False
    if not all(isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(part, str) for part in pair) for pair in pairs):
        return False
    try:
        known = all(askable(Quantity.parse(address)) for address, _text in pairs)
    except ValueError:
        return False
    return known and len(dict(pairs)) == len(pairs) and all(text.strip() and len(text) <= MAX_LENGTH for _address, text in pairs)


Outcome = tuple[Exercise, tuple[Attempt, ...]]


def answered(exercise: Exercise, texts: Mapping[str, Any], asked: Sequence[Question], now: float = 0.0) -> Outcome:
    """The person sends these texts, by address, for some of the questions asked; outside an exam each counts at once.

    Hints taken count for the first question that was still open, and end with it. Problem at "answer" for a text that is too
    long, and in an exam for one that is no number. ``now``: seconds since 1970.
    """
    addresses = {str(question.target) for question in asked}
    sent = {key: text for key, text in texts.items() if key in addresses and isinstance(text, str)}
    if exercise.mode is Mode.EXAM:
        return _entered(exercise, sent, asked, now)
    if exercise.mode is Mode.ERROR:
        return exercise, ()
    for text in sent.values():
        if len(text) > MAX_LENGTH:
            read(text)
    before = judged(asked, dict(exercise.typed))
    hinted = next((key for key in still_open(asked, before) if key in sent), "")
    after = exercise.with_typed(sent)
    verdicts = judged(asked, dict(after.typed))
    old = dict(exercise.typed)
    attempts = tuple(
        Attempt.of(verdicts[key], text, exercise.hints if key == hinted else 0)
        for key, text in sent.items()
        if text.strip() and text != old.get(key) and verdicts[key].final
    )
    solved = hinted in verdicts and verdicts[hinted].correct
    return (replace(after, hints=0) if solved else after), attempts


def still_open(asked: Sequence[Question], verdicts: Mapping[str, Verdict]) -> list[str]:
    """The addresses of the questions that are not answered rightly yet, in order."""
    keys = (str(question.target) for question in asked)
    return [key for key in keys if key not in verdicts or not verdicts[key].correct]


def picked(exercise: Exercise, n: int, solution: Solution) -> Outcome:
    """The person takes line ``n`` (from 1) of a solution for the wrong one; once it is found, nothing counts any more."""
    found = exercise.picked == solution.wrong + 1
    if exercise.mode is not Mode.ERROR or found or n == exercise.picked or not _whole(n, 1, len(solution.lines)):
        return exercise, ()
    kind = VerdictKind.RIGHT if n == solution.wrong + 1 else VerdictKind.UNKNOWN
    return replace(exercise, picked=n), (Attempt(str(solution.lines[n - 1].target), str(n), kind),)


def exam_started(exercise: Exercise, count: Any, minutes: Any, seed: Any, now: float) -> Exercise:
    """An exam of so many questions and minutes begins now; Problem where they are no numbers that an exam can have.

    ``seed`` draws the questions, and new numbers.
    """
    if exercise.mode is not Mode.EXAM or exercise.is_running():
        return exercise
    return exercise.begun(count=count, minutes=minutes, seed=seed, started=now)


def handed_in(exercise: Exercise, asked: Sequence[Question]) -> Outcome:
    """An exam that is running ends, and what was entered counts."""
    if not exercise.is_running():
        return exercise, ()
    typed = dict(exercise.typed)
    verdicts = judged(asked, typed, exam=True)
    attempts = tuple(Attempt.of(verdict, typed[key], 0) for key, verdict in verdicts.items() if verdict.final)
    return replace(exercise, ended=True), attempts


def on_time(exercise: Exercise, asked: Sequence[Question], now: float) -> Outcome:
    """An exam whose time is over, or that has no question left, is handed in; any other exercise is as it was."""
    over = exercise.time_left(now) == 0 or not still_unanswered(exercise, asked)
    return handed_in(exercise, asked) if over else (exercise, ())


def still_unanswered(exercise: Exercise, asked: Sequence[Question]) -> list[str]:
    """The addresses of the questions without an answer, in order."""
    typed = dict(exercise.typed)
    return [key for key in (str(question.target) for question in asked) if key not in typed]


def _entered(exercise: Exercise, sent: Mapping[str, str], asked: Sequence[Question], now: float) -> Outcome:
    """The exam with these answers, at its next question."""
    if not exercise.is_running() or exercise.time_left(now) == 0:
        return on_time(exercise, asked, now)
    for text in filter(str.strip, sent.values()):
        read(text)
    after = exercise.with_typed(sent).at_question(exercise.at + 1, len(asked))
    return on_time(after, asked, now)
