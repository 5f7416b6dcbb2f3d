"""The course: a folder for each lesson, with ``lesson.py`` and its texts."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from .case import Case, heading, look_of, title, worked
from .lesson import Lesson, Screen
from .setting import Setting
from .stand import Stand

LESSONS: dict[str, Lesson] = {}


def enter(name: str, key: str) -> Lesson:
    """Add the lesson of that package, whose module ``lesson`` has it as LESSON, in its place by number."""
    LESSONS[key] = replace(import_module(f"{name}.lesson").LESSON, key=key)
    ordered = sorted(LESSONS.items(), key=lambda item: item[1].number)
    LESSONS.clear()
    LESSONS.update(ordered)
    return LESSONS[key]


for _module in iter_modules([str(Path(__file__).parent)]):
    if _module.ispkg:
        enter(f"{__name__}.{_module.name}", _module.name)

__all__ = [
    "LESSONS", "Case", "Lesson", "Screen", "Setting", "Stand", "enter", "heading", "look_of", "title", "worked",
]  # fmt: skip
