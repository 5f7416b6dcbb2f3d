"""A notation (see mlp_core.writing.names) with its words in a language."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from mlp_core.writing.names import NOTATIONS, Notation

from .i18n import pgettext, using


def notation(key: str, language: str = "en") -> Notation:
    """The notation of that name, its words "new" and "old" in the language."""
    return _worded(NOTATIONS[key], language)


@cache
def _worded(plain: Notation, language: str) -> Notation:
    with using(language):
        words = {"new": pgettext("beside a symbol", "new"), "old": pgettext("beside a symbol", "old")}
    return replace(plain, words=words)
