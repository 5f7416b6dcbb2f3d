"""Where a person stands in a lesson: what they changed, the screen, their answers, and what is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..practice.exercise import Exercise
from ..problem import Problem
from .lesson import Choose, Lesson, Screen
from .setting import BROKEN, WHERE, Setting

MOST = 40  # screens of a lesson


@dataclass(frozen=True)
class Stand:
    """setting; screen: the key of the one on show; exercises: by screen; chosen: by section, the answer (from 1) taken of those
    offered there; done: the screens that are."""

    setting: Setting = field(default_factory=Setting)
    screen: str = ""
    exercises: tuple[tuple[str, Exercise], ...] = ()
    chosen: tuple[tuple[str, int], ...] = ()
    done: tuple[str, ...] = ()

    @classmethod
    def of(cls, lesson: Lesson) -> Stand:
        """At its beginning."""
        return cls(lesson.setting(), lesson.screens[0].key)

    def exercise(self) -> Exercise:
        """The questions of the screen on show."""
        return dict(self.exercises).get(self.screen) or Exercise()

    def with_exercise(self, exercise: Exercise) -> Stand:
        """With other answers on the screen on show."""
        return replace(self, exercises=tuple((dict(self.exercises) | {self.screen: exercise}).items()))

    def with_setting(self, setting: Setting, answers_stay: bool = False) -> Stand:
        """With another setting; what was answered about the one before begins again, unless it was about other numbers."""
        kept = tuple((key, each) for key, each in self.exercises if answers_stay or not each.typed)
        return self if setting == self.setting else replace(self, setting=setting, exercises=kept)

    def with_choice(self, section: str, answer: int) -> Stand:
        """With an answer taken of those that a section offers."""
        return replace(self, chosen=tuple((dict(self.chosen) | {section: answer}).items()))

    def with_done(self, screen: Screen) -> Stand:
        """With one screen more that is done."""
        return self if screen.key in self.done else replace(self, done=(*self.done, screen.key))

    def to_data(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        return {
            "setting": self.setting.to_data(),
            "screen": self.screen,
            "exercises": {key: exercise.to_json() for key, exercise in self.exercises},
            "chosen": dict(self.chosen),
            "done": list(self.done),
        }

    @classmethod
    def of_data(cls, lesson: Lesson, data: Any) -> Stand:
        """The stand of ``to_data``; screens that the lesson has no more are forgotten. Problem for anything else."""
        keys = {screen.key for screen in lesson.screens}
        offers = {part.section for screen in lesson.screens for part in screen.every() if isinstance(part, Choose)}
        try:
            if not isinstance(data, Mapping) or data.keys() != _FIELDS:
                raise ValueError
            parts = (data["exercises"], data["chosen"])
            if not all(isinstance(part, Mapping) and len(part) <= MOST for part in parts):
                raise ValueError
            return cls(
                lesson.setting.of_data(data["setting"]),
                lesson.screen(data["screen"]).key,
                tuple((key, Exercise.from_json(text)) for key, text in data["exercises"].items() if key in keys),
                tuple((key, _answer(value)) for key, value in data["chosen"].items() if key in offers),
                tuple(key for key in dict.fromkeys(data["done"]) if key in keys),
            )
        except (ValueError, TypeError) as error:
            raise error if isinstance(error, Problem) else Problem(WHERE, BROKEN) from None


_FIELDS = {"setting", "screen", "exercises", "chosen", "done"}


def _answer(value: Any) -> int:
    if type(value) is not int or not 1 <= value <= MOST:
        raise ValueError
    return value
