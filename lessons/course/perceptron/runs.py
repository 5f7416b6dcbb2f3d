"""Runs of the perceptron: where they end, where they begin to repeat themselves, and whether any line separates the samples."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from math import floor, hypot, sqrt
from typing import NamedTuple

import numpy as np

from mlp_core import Perceptron, perceptron
from mlp_core.writing.numbers import on_screen, significant

from ...i18n import gettext as _
from ...i18n import ngettext
from ...style import together

ROUNDS = (10, 40, 200)  # the next only where the one before has not been enough
Sample = tuple[float, ...]
"""The features of a sample, then its label."""


@lru_cache(maxsize=64)
def run(samples: tuple[Sample, ...], w: tuple[float, ...], c: float, lr: float, update: str) -> Perceptron:
    """Over these samples, at least one, until it ends, repeats itself or has gone through them as often as it may."""
    X, labels = [each[:-1] for each in samples], [each[-1] for each in samples]
    for rounds in ROUNDS:
        made = perceptron(X, labels, w, c, lr, rounds, update)
        if made.converged or repeat(made):
            break
    return made


@lru_cache(maxsize=64)
def repeat(made: Perceptron) -> tuple[int, int] | None:
    """The moments j < k, the first such, at which w and c are the same and the same samples come next; None if there are none.

    From k on everything is as it was from j on, so the run never ends.
    """
    seen: dict[tuple[float | tuple[int, ...], ...], int] = {}
    for k, (moment, moved) in enumerate(zip(made.history, made.moved, strict=False)):
        before = seen.setdefault((*moment.w.tolist(), moment.c, moved), k)
        if before < k:
            return before, k
    return None


def last(made: Perceptron) -> int:
    """The last moment worth showing: where it converged, or one time more around."""
    again = repeat(made)
    return min(2 * again[1] - again[0], len(made.moved)) if again else len(made.moved)


def separable(samples: tuple[Sample, ...]) -> bool:
    """Whether a straight line leaves the samples of each class, of two features each, on a side of their own.

    Two convex polygons that do not meet lie apart along a side of one of them, across it, or (where they are points or
    segments) along the way from one to the other.
    """
    points = np.array([each[:-1] for each in samples])
    above, below = (points[[each[-1] == label for each in samples]] for label in (1, -1))
    if not (len(above) and len(below)):
        return True
    ways = np.array([q - p for p, q in combinations(points, 2)])
    normals = np.concatenate([ways, ways[:, ::-1] * (1, -1)])
    one, other = above @ normals.T, below @ normals.T
    return bool(((one.min(0) > other.max(0)) | (one.max(0) < other.min(0))).any())


class Bound(NamedTuple):
    """R: the length of the longest sample, c's 1 among its features; gamma: how near the line that was found comes to one, in
    the same space; most: how many updates a run from w = 0, c = 0 can take at most."""

    R: float
    gamma: float
    most: int


def bound(made: Perceptron) -> Bound | None:
    """Novikoff's bound with the line that was found; None where none was. Where all misclassified samples are taken together,
    (R / gamma)^2 bounds the samples taken over their number, and so the updates by their number times as many."""
    if made.bound is None:
        return None
    R = max(hypot(*row, 1.0) for row in made.X.tolist())
    together = len(made.X) if made.update == "batch" else 1
    return Bound(R, R / sqrt(made.bound), floor(together * made.bound * (1 + 1e-9)))


def told(made: Perceptron) -> str:
    """How it ends, in a sentence."""
    n, again = len(made.moved), repeat(made)
    if made.converged and not n:
        return _("Every sample lies on its own side already: there is nothing to learn.")
    if made.converged:
        said = ngettext(
            "After {n} update every sample lies on its own side.",
            "After {n} updates every sample lies on its own side.",
            n,
        )
        return said.format(n=n)
    if again:
        said = _(
            "After update {k}, w and c are what they were after update {j}, and the same comes next: from there on everything "
            "repeats itself, and the run never ends."
        )
        return said.format(j=again[0], k=again[1])
    return _("Updates made: {n}, and no end so far.").format(n=n)


def told_own(made: Perceptron) -> str:
    """The same of points of two features, with the reason where no line separates them."""
    samples = tuple((*row, label) for row, label in zip(made.X.tolist(), made.labels.tolist(), strict=True))
    if made.converged or separable(samples):
        return told(made)
    return together(_("No straight line separates these points."), told(made))


def told_bound(made: Perceptron) -> str:
    """The bound beside the number of updates; empty where there is none."""
    found = bound(made)
    if found is None:
        return ""
    said = _("The bound with this line: R = {R} and γ = {gamma} allow at most {most} updates; it took {n}.")
    return said.format(R=_short(found.R), gamma=_short(found.gamma), most=found.most, n=len(made.moved))


def _short(value: float) -> str:
    return on_screen(significant(value, 4))
