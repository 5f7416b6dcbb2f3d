"""One term a concept in every language, what it means, and what must not stand for it: the data is in concepts.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..i18n import language


@dataclass(frozen=True)
class Entry:
    """A concept in one language. meaning: a sentence that goes on from "the term:"; allowed: phrases that hold a banned
    word and are right all the same."""

    term: str
    meaning: str
    banned: tuple[str, ...]
    allowed: tuple[str, ...] = ()

    def misuses(self, text: str) -> list[str]:
        """The banned words in a text; of a script with spaces only whole words count, whatever their case."""
        for phrase in self.allowed:
            text = text.replace(phrase, "")
        return [word for word in self.banned if _pattern(word).search(text)]


@cache
def _pattern(word: str) -> re.Pattern[str]:
    whole = rf"(?<![\w-]){re.escape(word)}(?![\w-])" if word.isascii() else re.escape(word)
    return re.compile(whole, re.IGNORECASE)


@cache
def concepts() -> dict[str, dict[str, Entry]]:
    """Concept -> language -> entry."""
    with Path(__file__).with_name("concepts.toml").open("rb") as file:
        return {
            concept: {key: _entry(**column) for key, column in columns.items()}
            for concept, columns in tomllib.load(file).items()
        }


def _entry(term: str, meaning: str, banned: list[str], allowed: list[str] | None = None) -> Entry:
    return Entry(term, meaning, tuple(banned), tuple(allowed or ()))


def entry(concept: str) -> Entry:
    """The concept in the language in use, or in English where that has none; KeyError for a concept there is none of."""
    columns = concepts()[concept]
    return columns.get(language(), columns["en"])


def misuses(text: str, language: str) -> Iterator[tuple[str, str]]:
    """What is banned in that language and stands in a text, each with the term to take instead."""
    for columns in concepts().values():
        if found := columns.get(language):
            yield from ((word, found.term) for word in found.misuses(text))
