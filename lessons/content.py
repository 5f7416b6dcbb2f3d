"""The texts of a room: in it or in its folder ``texts`` one Markdown file a language, cut into sections by ``## key``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Formatter

from .i18n import language

FOLDER = Path(__file__).parent
_roots = [FOLDER]


def enter(root: Path) -> None:
    """Take sections also from ``root/lesson/texts/language.md`` or ``root/lesson/language.md``, in front of those there are."""
    _roots.append(root)
    sections.cache_clear()
    filled.cache_clear()


def leave(root: Path) -> None:
    """Undo ``enter``."""
    _roots.remove(root)
    sections.cache_clear()
    filled.cache_clear()


@cache
def sections(lesson: str, language: str) -> dict[str, str]:
    """key -> Markdown, of what one lesson has in one language; empty where it has no text in it."""
    found: dict[str, str] = {}
    for file in (root / lesson / folder / f"{language}.md" for root in _roots for folder in ("texts", ".")):
        if file.is_file():
            parts = (part.partition("\n") for part in file.read_text(encoding="utf-8").split("\n## ")[1:])
            found |= {key.strip(): body.strip() for key, _, body in parts}
    return found


def section(lesson: str, key: str) -> str:
    """One section as it is written, in the language in use, or in English where that has none; KeyError where neither has."""
    own = sections(lesson, language())
    return own[key] if key in own else sections(lesson, "en")[key]


def text(lesson: str, key: str, **parts: str) -> str:
    """One section, its {places} filled; KeyError for a section or place there is none of."""
    return section(lesson, key).format(**parts)


def places(template: str) -> set[str]:
    """The names of the {places} in a section."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@cache
def filled(lesson: str) -> frozenset[str]:
    """The keys of those sections of a lesson that have {places}."""
    return frozenset(key for key, template in sections(lesson, "en").items() if places(template))
