"""Interface strings: ``_("English text")`` in the language in use, from the gettext catalogues in locale/."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

LANGUAGES = {"en": "English", "zh": "中文"}
_language: ContextVar[str] = ContextVar("language", default="en")


def use(language: str) -> None:
    """Use this language from here on in this thread; ValueError for one there is no catalogue of."""
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}; known: {', '.join(LANGUAGES)}")
    _language.set(language)


@contextmanager
def using(language: str) -> Iterator[None]:
    """Use this language inside a ``with`` block; ValueError as for ``use``."""
    before = _language.get()
    use(language)
    try:
        yield
    finally:
        use(before)


def language() -> str:
    """The language in use: en or zh."""
    return _language.get()


@cache
def catalogue(language: str) -> dict[str, str]:
    """English text to its translation."""
    with (Path(__file__).parent / "locale" / f"{language}.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id and message.string}


def gettext(text: str) -> str:
    """The text in the language in use."""
    return text if language() == "en" else catalogue(language()).get(text, text)


_ = gettext


def mark(text: str) -> str:
    """The text itself: marks a string for the catalogue that is translated later, where it is shown."""
    return text
