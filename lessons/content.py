"""The texts of a room: a folder ``texts`` with one Markdown file a language, cut into sections by ``## key``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Formatter

from .i18n import language

FOLDER = Path(__file__).parent


@cache
def sections(lesson: str, language: str) -> dict[str, str]:
    """key -> Markdown, of one lesson in one language."""
    text = (FOLDER / lesson / "texts" / f"{language}.md").read_text(encoding="utf-8")
    parts = (part.partition("\n") for part in text.split("\n## ")[1:])
    return {key.strip(): body.strip() for key, _, body in parts}


def text(lesson: str, key: str, **parts: str) -> str:
    """One section in the language in use, its {places} filled; KeyError for a section or place there is none of."""
    return sections(lesson, language())[key].format(**parts)


def places(template: str) -> set[str]:
    """The names of the {places} in a section."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}
