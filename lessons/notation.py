"""The letters of four books for the same quantities. A student sees those of the notes in hand; nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from mlp_core.writing.names import NOTES, Notation

from .i18n import mark, pgettext, using

NOTATIONS: dict[str, Notation] = {
    notation.key: notation
    for notation in (
        NOTES,
        Notation(
            "handout",
            {"x": "X", "z": "a", "a": "z", "y": "t", "C": "E", "delta": "δ", "lr": "ι"},
            {"z": 1, "a": 1, "delta": 1},
            output="y",
        ),
        Notation(
            "matrix",
            {"x": "X", "z": "P", "a": "X", "y": "Y", "C": "ℒ", "lr": "α"},
            {"x": 0},
            sup="{}",
            output="y",
        ),
        Notation("classic", {"W": "w", "C": "C", "delta": "δ"}, sup="{}"),
    )
}
TITLES = {
    "notes": mark("Worked example: z, a, ∂C/∂z"),
    "handout": mark("Exam handout: a before z, δ, E"),
    "matrix": mark("Matrix notes: P, X, ℒ"),
    "classic": mark("Classic textbook: z, a, δ, w"),
}


@cache
def notation(key: str, language: str = "en") -> Notation:
    """The notation of that name, its words "new" and "old" in the language."""
    with using(language):
        words = {"new": pgettext("beside a symbol", "new"), "old": pgettext("beside a symbol", "old")}
    return replace(NOTATIONS[key], words=words)
