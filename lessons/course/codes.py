"""A lesson as text: what Save writes, and the code of a link; with the example where the lesson works on it."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from typing import Any

from ..example import Example
from ..example.codes import BROKEN
from ..i18n import mark
from ..problem import Problem
from . import LESSONS
from .lesson import Lesson
from .stand import Stand

SIGN = "L"  # that a link to a lesson begins with
MOST, LONGEST = 60_000, 8_000  # characters of a lesson as text, and of its code
NONE = mark("There is no such lesson.")
UNREAD = mark("This file holds no lesson that can be read.")


@dataclass(frozen=True)
class Opened:
    """What a link or file opens: a lesson, where in it, and an example, or None where it keeps to its own numbers."""

    lesson: Lesson
    stand: Stand
    example: Example | None


def to_json(lesson: Lesson, stand: Stand, example: Example, whole: bool = False) -> str:
    """Lesson, screen and setting as JSON text, and the example where the lesson works on it, or ``whole`` is asked for."""
    data: dict[str, Any] = {"lesson": lesson.key, "screen": stand.screen, "setting": stand.setting.to_data()}
    if lesson.of_example() or whole:
        data["example"] = example.to_json()
    return json.dumps(data, separators=(",", ":"))


def from_json(text: Any, where: str = "file") -> Opened:
    """What ``to_json`` wrote; Problem at ``where`` for anything else."""
    try:
        if not isinstance(text, str) or len(text) > MOST:
            raise ValueError
        data = json.loads(text)
        if not isinstance(data, dict) or not {"lesson", "screen", "setting"} <= data.keys():
            raise ValueError
        if data["lesson"] not in LESSONS:
            raise Problem(where, NONE)
        lesson = LESSONS[data["lesson"]]
        example = Example.from_json(data["example"]) if "example" in data else None
        stand = replace(Stand.of(lesson), screen=lesson.screen(data["screen"]).key)
        return Opened(lesson, stand.with_setting(lesson.setting.of_data(data["setting"])), example)
    except (ValueError, TypeError, RecursionError) as error:
        if isinstance(error, Problem):
            raise Problem(where, error.template, **error.parts) from None
        raise Problem(where, UNREAD) from None


def pack(lesson: Lesson, stand: Stand, example: Example) -> str:
    """The same as a code for an address, of letters, digits, "-" and "_"."""
    packed = zlib.compress(to_json(lesson, stand, example).encode(), 9)
    return SIGN + urlsafe_b64encode(packed).decode().rstrip("=")


def unpack(code: str) -> Opened:
    """What ``pack`` wrote; Problem at "link" for a code that is truncated, changed or too long."""
    if not code.startswith(SIGN) or len(code) > LONGEST:
        raise Problem("link", BROKEN)
    try:
        inflate = zlib.decompressobj()
        text = inflate.decompress(urlsafe_b64decode(code[1:] + "=" * (-len(code[1:]) % 4)), MOST)
        if not inflate.eof or inflate.unused_data:
            raise ValueError
        return from_json(text.decode(), "link")
    except (ValueError, zlib.error) as error:
        raise error if isinstance(error, Problem) and error.template == NONE else Problem("link", BROKEN) from None
