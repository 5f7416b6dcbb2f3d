"""What a person can change in the lesson on the perceptron, and the runs that follow from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Self

from mlp_core import Perceptron
from mlp_core.perceptron import UPDATES

from ...drawing.axes import on_grid
from ...i18n import mark
from ...problem import Problem
from ..setting import BROKEN, Setting, number, numbers, one_of, whole
from . import runs

LARGEST, HAND, EDGE, LAST, MOST = 100.0, 5.0, 4.0, 10**6, 20
LEAST_RATE, MOST_RATE = 0.125, 1.0
ENDS = (-8.0, 4.0)  # of z, where gradients are compared
PER = 20  # of its grid
CORNERS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
XOR, UMBRELLA = (-1, 1, 1, -1), (-1, -1, 1, -1)
LABEL = mark("A label is 1 or -1.")
TAKEN = mark("There is a point there already.")
FULL = mark("There is room for {most} points here.")
Own = tuple[int, float, float, int]
"""A point of one's own: its number, which it keeps, its place, its label."""


@dataclass(frozen=True)
class Perceptrons(Setting):
    """x, labels, w, c, lr: the notes' samples and where they begin; update: of every run, "each" or "batch".

    begin, rate, at: (w, c) where the run of several updates begins, its learning rate, and the update on show; own, adds,
    own_at: points of one's own, the class of the next, the update on show; start, xor_at: (w1, w2, c) where XOR begins, and the
    update on show; w1, w2, offset: set by hand for the umbrella table; z: the score at which gradients are compared.
    """

    x: tuple[float, ...] = (2.0, -1.0, 0.5)
    labels: tuple[int, ...] = (1, -1, -1)
    w: float = 0.5
    c: float = -1.0
    lr: float = 0.1
    update: str = "each"
    begin: tuple[float, ...] = (-0.5, 0.25)
    rate: float = 0.25
    at: int = 0
    own: tuple[Own, ...] = (
        (1, -0.5, -2.5, 1), (2, -1.0, 1.0, 1), (3, -2.5, 0.5, -1), (4, -2.5, 1.5, -1), (5, 1.0, 2.5, 1), (6, -3.0, 0.0, -1),
    )  # fmt: skip
    adds: int = 1
    own_at: int = LAST
    start: tuple[float, ...] = (0.0, 0.0, 0.0)
    xor_at: int = 0
    w1: float = 1.0
    w2: float = 1.0
    offset: float = -0.5
    z: float = -4.0

    def __post_init__(self) -> None:
        self.check("x", numbers, 3, -LARGEST, LARGEST)
        self.check("labels", _labels)
        self.check("w c", number, -LARGEST, LARGEST)
        self.check("lr", number, 0.001, 10)
        self.check("update", one_of, UPDATES)
        self.check("begin", numbers, 2, -LARGEST, LARGEST)
        self.check("rate", number, LEAST_RATE, MOST_RATE)
        self.check("own", _own)
        self.check("adds", one_of, (1, -1))
        self.check("start", numbers, 3, -HAND, HAND)
        self.check("w1 w2 offset", number, -HAND, HAND)
        self.check("z", number, *ENDS)
        object.__setattr__(self, "z", on_grid(self.z, PER))
        self.check("at", _update_of, self.several())
        self.check("own_at", _update_of, self.own_run())
        self.check("xor_at", _update_of, self.xor())

    def first(self) -> Perceptron:
        """The notes' three samples from where they begin."""
        return self._three(self.w, self.c, self.lr)

    def several(self) -> Perceptron:
        """The three samples from further away."""
        w, c = self.begin
        return self._three(w, c, self.rate)

    def _three(self, w: float, c: float, lr: float) -> Perceptron:
        return runs.run(tuple(zip(self.x, self.labels, strict=True)), (w,), c, lr, self.update)

    def own_run(self) -> Perceptron | None:
        """Points of one's own, from 0; None while there are none."""
        return runs.run(tuple(point[1:] for point in self.own), (0.0, 0.0), 0.0, 1.0, self.update) if self.own else None

    def xor(self) -> Perceptron:
        """The corners with the labels of XOR."""
        return _corners(XOR, self.start, 1.0, self.update)

    def umbrella(self) -> Perceptron:
        """The corners with the labels of the umbrella table, from what was set by hand."""
        return _corners(UMBRELLA, self.hand(), 0.25, self.update)

    def hand(self) -> tuple[float, float, float]:
        """w1, w2 and c as they were set by hand."""
        return self.w1, self.w2, self.offset

    def with_hand(self, w1: float, w2: float, c: float) -> Self:
        """With others."""
        return replace(self, w1=w1, w2=w2, offset=c)

    def learnt(self) -> Self:
        """With what learning makes of those set by hand; where that leaves the sliders, of 0."""
        made = self.umbrella()
        w, c = made.w.tolist(), made.c
        return (
            self.with_hand(0.0, 0.0, 0.0).learnt() if max(map(abs, (*w, c))) > HAND else self.with_hand(w[0], w[1], c)
        )


def _corners(labels: tuple[int, ...], start: tuple[float, ...], lr: float, update: str) -> Perceptron:
    samples = tuple((*corner, label) for corner, label in zip(CORNERS, labels, strict=True))
    return runs.run(samples, start[:2], start[2], lr, update)


def _update_of(where: str, value: Any, made: Perceptron | None) -> int:
    """After how many updates: at most as many as there are."""
    return min(whole(where, value, 0, LAST), runs.last(made) if made else 0)


def _labels(where: str, values: Any) -> tuple[int, ...]:
    if not isinstance(values, tuple) or len(values) != 3:
        raise Problem(where, BROKEN)
    return tuple(label(value) for value in values)


def label(value: Any) -> int:
    """1 or -1; Problem for anything else."""
    if isinstance(value, bool) or value not in (1, -1):
        raise Problem("labels", LABEL)
    return int(value)


def _own(where: str, points: Any) -> tuple[Own, ...]:
    if not isinstance(points, tuple) or len(points) > MOST:
        raise Problem(where, FULL, most=MOST)
    found = tuple(
        (whole(where, id, 1, LAST), number(where, x1, -EDGE, EDGE), number(where, x2, -EDGE, EDGE), label(y))
        for id, x1, x2, y in points
    )
    if any(a[0] >= b[0] for a, b in pairwise(found)):
        raise Problem(where, BROKEN)
    if len({point[1:3] for point in found}) < len(found):
        raise Problem(where, TAKEN)
    return found
