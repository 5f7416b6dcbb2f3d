"""The desk: all that a person would miss after a reload, as one frozen value with its earlier ones, to JSON and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import isfinite
from typing import Any

from .course import LESSONS, Case, Lesson, Setting, Stand
from .example import WORKED, Example
from .i18n import mark
from .practice.exercise import Exercise
from .problem import Problem

VERSION = 1
MOST_EARLIER = 100  # values that undo goes back through
KEPT_EARLIER = 6_000  # characters of them that go to the browser; the latest come first
MOST_TEXT = 300_000  # characters of a desk
MOST_CHOICES, MOST_WORDS = 200, 200

Choice = bool | int | float | str | None | tuple[str, ...]
Settings = tuple[tuple[str, Setting], ...]

BROKEN = mark("What this browser had kept cannot be read any more, so the tutor begins afresh.")


@dataclass(frozen=True)
class Moment:
    """An example, the one it began with, to which Reset goes back, and what was changed in lessons."""

    example: Example
    start: Example
    settings: Settings

    @cached_property
    def written(self) -> tuple[str, int]:
        """As JSON text: the example, where it began if that is another, and what was changed in lessons if anything was; and
        how much room it takes."""
        texts = [each.to_json() for each in (self.example, self.start)[: 1 + (self.start != self.example)]]
        changed = {key: setting.to_data() for key, setting in self.settings}
        text = json.dumps([*texts, changed] if changed else texts, separators=(",", ":"))
        return text, sum(map(len, texts)) + (len(json.dumps(changed)) if changed else 0)


@dataclass(frozen=True)
class Desk:
    """What a person works on and where.

    example; start: what Reset goes back to; steps: page (in a lesson, lesson and screen) to the step (from 0) of its walk;
    parameter: the address looked at on Update; exercise; choices: what stands in the forms of the pages; lessons: where a
    person stands in those that were opened; past and future: what undo and redo bring back, the nearest last.
    """

    example: Example = WORKED
    start: Example = WORKED
    steps: tuple[tuple[str, int], ...] = ()
    parameter: str = ""
    exercise: Exercise = field(default_factory=Exercise)
    choices: tuple[tuple[str, Choice], ...] = ()
    lessons: tuple[tuple[str, Stand], ...] = ()
    past: tuple[Moment, ...] = ()
    future: tuple[Moment, ...] = ()
    _cases: dict[tuple[Lesson, str], Case] = field(default_factory=dict, init=False, repr=False, compare=False)

    def with_example(self, example: Example, start: Example | None = None) -> Desk:
        """The desk with another example, which undo takes back; ``start`` where it begins anew."""
        begun = self.start if start is None else start
        if (example, begun) == (self.example, self.start):
            return self
        return replace(self, example=example, start=begun, past=self.earlier(), future=())

    def _now(self) -> Moment:
        return Moment(self.example, self.start, tuple((key, stand.setting) for key, stand in self.lessons))

    def earlier(self) -> tuple[Moment, ...]:
        """What undo would bring back if the desk were changed now."""
        return (*self.past, self._now())[-MOST_EARLIER:]

    def stand(self, lesson: Lesson) -> Stand:
        """Where the person stands in a lesson."""
        return dict(self.lessons).get(lesson.key) or Stand.of(lesson)

    def case(self, lesson: Lesson, theme: str) -> Case:
        """A lesson with what stands on its screen, made once; theme: "light" or "dark"."""
        key = lesson, theme
        if key not in self._cases:
            stand = self.stand(lesson)
            self._cases[key] = Case(lesson, lesson.screen(stand.screen), stand.setting, self.example, theme)
        return self._cases[key]

    def with_stand(self, lesson: Lesson, stand: Stand) -> Desk:
        """The desk with the person elsewhere in a lesson; a change of its setting can be taken back."""
        changed = replace(self, lessons=tuple((dict(self.lessons) | {lesson.key: stand}).items()))
        if stand.setting == self.stand(lesson).setting:
            return changed
        return replace(changed, past=self.earlier(), future=())

    def with_language(self, language: str) -> Desk:
        """The desk in another language, which is no change to be taken back."""
        return replace(self, example=self.example.with_(language=language))

    def undone(self) -> Desk:
        """The desk before its last change, in the language it has now; itself where there is none."""
        if not self.past:
            return self
        *past, moment = self.past
        return self._back(moment, past=tuple(past), future=(*self.future, self._now()))

    def redone(self) -> Desk:
        """The desk with what was undone last done again; itself where there is nothing."""
        if not self.future:
            return self
        *future, moment = self.future
        return self._back(moment, past=(*self.past, self._now()), future=tuple(future))

    def _back(self, moment: Moment, **changes: Any) -> Desk:
        before = dict(moment.settings)
        lessons = tuple(
            (key, stand.with_setting(before[key] if key in before else LESSONS[key].setting()))
            for key, stand in self.lessons
            if key in LESSONS
        )
        there = replace(self, example=moment.example, start=moment.start, lessons=lessons, **changes)
        return there.with_language(self.example.view.language)

    def step(self, page: str) -> int:
        """At which step the walk of a page stands, from 0."""
        return dict(self.steps).get(page, 0)

    def with_step(self, page: str, step: int) -> Desk:
        """The desk with the walk of a page at another step."""
        return replace(self, steps=tuple((dict(self.steps) | {page: step}).items()))

    def choice(self, key: str, default: Any) -> Any:
        """What was chosen under that key."""
        return dict(self.choices).get(key, default)

    def with_choice(self, key: str, value: Choice) -> Desk:
        """The desk with something chosen in a form."""
        return replace(self, choices=tuple((dict(self.choices) | {key: value}).items()))

    def to_json(self) -> str:
        """As JSON text; of what undo goes back through, the latest that has room."""
        past, room = _written(self.past, KEPT_EARLIER)
        future, _room = _written(self.future, room)
        text = json.dumps(
            {
                "version": VERSION,
                "example": self.example.to_json(),
                "start": self.start.to_json() if self.start != self.example else None,
                "steps": dict(self.steps),
                "parameter": self.parameter,
                "exercise": self.exercise.to_json(),
                "choices": {key: list(value) if isinstance(value, tuple) else value for key, value in self.choices},
                "lessons": {key: stand.to_data() for key, stand in self.lessons},
            },
            separators=(",", ":"),
        )
        return f'{text[:-1]},"past":[{past}],"future":[{future}]}}'

    @classmethod
    def from_json(cls, text: Any) -> Desk:
        """The desk of ``to_json``; Problem at "kept" for anything else."""
        try:
            if not isinstance(text, str) or len(text) > MOST_TEXT:
                raise ValueError
            data = json.loads(text)
            if not isinstance(data, Mapping) or data.keys() | YOUNGER != _FIELDS or data["version"] != VERSION:
                raise ValueError
            example = Example.from_json(data["example"])
            return cls(
                example,
                example if data["start"] is None else Example.from_json(data["start"]),
                tuple((_word(page), _whole(step)) for page, step in _pairs(data["steps"])),
                _word(data["parameter"]),
                Exercise.from_json(data["exercise"]),
                tuple((_word(key), _choice(value)) for key, value in _pairs(data["choices"])),
                tuple(
                    (key, Stand.of_data(LESSONS[key], stand)) for key, stand in _pairs(data.get("lessons", {})) if key in LESSONS
                ),
                _moments(data["past"]),
                _moments(data["future"]),
            )
        except (ValueError, TypeError, KeyError, RecursionError):
            raise Problem("kept", BROKEN) from None


YOUNGER = {"lessons"}  # what a desk kept before them lacks
_FIELDS = {"version", "example", "start", "steps", "parameter", "exercise", "choices", "past", "future"} | YOUNGER


def _written(moments: tuple[Moment, ...], room: int) -> tuple[str, int]:
    """The latest of these moments whose text has room, the nearest last, between commas, and the room that is left."""
    found: list[str] = []
    for moment in reversed(moments):
        text, length = moment.written
        if length > room:
            break
        room -= length
        found.append(text)
    return ",".join(found[::-1]), room


def _moments(data: Any) -> tuple[Moment, ...]:
    if not isinstance(data, list) or len(data) > MOST_EARLIER:
        raise ValueError
    return tuple(map(_moment, data))


def _moment(data: Any) -> Moment:
    if not isinstance(data, list) or not 1 <= len(data) <= 3:
        raise ValueError
    settings = data[-1] if isinstance(data[-1], Mapping) else {}
    examples = [Example.from_json(text) for text in (data[:-1] if settings else data)]
    if len(examples) not in (1, 2):
        raise ValueError
    read = tuple((key, LESSONS[key].setting.of_data(value)) for key, value in settings.items() if key in LESSONS)
    return Moment(examples[0], examples[-1], read)


def _pairs(data: Any) -> list[tuple[Any, Any]]:
    if not isinstance(data, Mapping) or len(data) > MOST_CHOICES:
        raise ValueError
    return list(data.items())


def _word(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MOST_WORDS:
        raise ValueError
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= 10**6:
        raise ValueError
    return value


def _choice(value: Any) -> Choice:
    if isinstance(value, list):
        if len(value) > MOST_CHOICES:
            raise ValueError
        return tuple(map(_word, value))
    if isinstance(value, str):
        return _word(value)
    if value is None or isinstance(value, bool) or (isinstance(value, (int, float)) and isfinite(value)):
        return value
    raise ValueError
