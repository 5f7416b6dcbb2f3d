"""Losses of two weights: expressions, and that of the network at the desk over two of its weights, each with its gradient."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from mlp_core import Network, Quantity, Step, compute_graph, derive, trace
from mlp_core.engine import loss_of
from mlp_core.network import NonFinite

from ...example import Example
from ...example.model import Model
from ...i18n import mark
from ...problem import Problem
from ...walk.updates import parameters
from ...worked.descent import with_numbers
from .compiled import Compiled

NAMES = ("w1", "w2")
NETWORK = "network"
REACH = 6.0  # how far a surface of a network goes to each side of the weights
MOST_STEPS = 400  # of a pass that is compiled; a larger one is traced for each pair of weights
ALONE = mark("An update moves only one weight of this network. A race needs two: choose another loss, or add a neuron.")
Range = tuple[float, float]
Place = tuple[float, float]
Pair = tuple[Quantity, Quantity]


@dataclass(frozen=True, kw_only=True)
class Surface:
    """title: a message; text: the expression, empty for the network; x, y: what of it is seen; start; minima: the places of its
    least loss; rates: learning rates to begin with, of an optimiser by its name or, for "", of all others; power: of the share of
    the loss that colour and height stand for, so that the small losses are not all alike; relief: the same for the height."""

    title: str
    text: str = ""
    x: Range = (-1.0, 1.0)
    y: Range = (-1.0, 1.0)
    start: Place = (0.0, 0.0)
    minima: tuple[Place, ...] = ()
    rates: Mapping[str, float] = field(default_factory=dict)
    power: float = 1.0
    relief: float = 1.0

    def rate(self, optimiser: str) -> float:
        """The learning rate that an optimiser begins with."""
        return self.rates.get(optimiser, self.rates[""])


RAVINE, FALLING = "ravine", "falling"  # the same surface twice, the second where learning rates fall: they begin higher there
_RAVINE = Surface(
    title=mark("Ravine"), text="L = 0.1*w1**2 + 10*w2**2", x=(-5, 2), y=(-2, 2), start=(-4, 1), minima=((0, 0),),
    rates={"SGD": 0.09, "Momentum": 0.03, "": 0.2}, power=1 / 3,
)  # fmt: skip
SURFACES: Mapping[str, Surface] = {
    RAVINE: _RAVINE,
    "bowl": Surface(
        title=mark("Bowl"), text="L = (w1**2 + w2**2)/2", x=(-3, 3), y=(-2.4, 2.4), start=(-2.5, 1.5), minima=((0, 0),),
        rates={"SGD": 0.2, "Momentum": 0.05, "": 0.2}, power=0.5,
    ),
    "saddle": Surface(
        title=mark("Saddle"), text="L = w1**2/2 - w2**2/2 + w2**4/16", x=(-3, 3), y=(-3, 3), start=(-2.5, 0.01),
        minima=((0, -2), (0, 2)), rates={"SGD": 0.1, "Momentum": 0.03, "": 0.1},
    ),
    "beale": Surface(
        title=mark("Beale’s function"), text="L = (1.5 - w1 + w1*w2)**2 + (2.25 - w1 + w1*w2**2)**2 + (2.625 - w1 + w1*w2**3)**2",
        x=(-1, 4.5), y=(-2, 2), start=(1, 1.5), minima=((3, 0.5),), rates={"SGD": 0.01, "Momentum": 0.002, "": 0.1},
        power=0.25, relief=0.5,
    ),
    NETWORK: Surface(title=mark("The network’s own loss"), rates={"SGD": 2.0, "Momentum": 0.5, "": 0.3}),
    FALLING: replace(_RAVINE, rates={**_RAVINE.rates, "": 0.4}),
}  # fmt: skip


class Field(Protocol):
    """A loss of two weights: of many places, w of shape (2, n), the losses (n,); at one place the loss and the two numbers of its
    gradient. inf or nan where there is none, or ZeroDivisionError or OverflowError."""

    side: int  # places of its picture along an axis

    def __hash__(self) -> int: ...
    def losses(self, w: np.ndarray) -> np.ndarray: ...
    def at(self, place: Place) -> Sequence[float]: ...


class OfSteps:
    """The field of something that has Steps. pair: the two weights; loss: the result; slopes: the gradient; known: all else."""

    side = 41

    def __init__(
        self, steps: Iterable[Step], pair: Pair, loss: Quantity, slopes: Pair, known: Mapping[Quantity, float] | None = None
    ) -> None:
        every = tuple(steps)
        self._pair, self._known = pair, known or {}
        self._value, self._all = Compiled(every, [loss]), Compiled(every, [loss, *slopes])
        self._given = [self._known.get(q, 0.0) for q in self._all.given]
        self._places = [self._all.given.index(q) if q in self._all.given else -1 for q in pair]

    def losses(self, w: np.ndarray) -> np.ndarray:
        """Of each place."""
        known: dict[Quantity, Any] = {**self._known, **dict(zip(self._pair, w, strict=True))}
        with np.errstate(all="ignore"):
            [loss] = self._value([np.asarray(known[q]) for q in self._value.given])
        return np.broadcast_to(loss, w.shape[1:])  # where it is the same everywhere, too

    def at(self, place: Place) -> Sequence[float]:
        """Loss and gradient."""
        given = [*self._given, 0.0]  # the last for a weight of which nothing depends
        for n, number in zip(self._places, place, strict=True):
            given[n] = number
        return self._all(given[:-1])


class OfPasses:
    """The field of a network whose Steps are many: pass by pass, and fewer of them for a picture."""

    side = 25

    def __init__(self, model: Model, pair: Pair) -> None:
        self.network, self.data, self.pair, self.slopes = model.network, model.data, pair, slopes_of(pair)

    def _at(self, place: Sequence[float]) -> Network:
        return with_numbers(self.network, dict(zip(self.pair, place, strict=True)))

    def losses(self, w: np.ndarray) -> np.ndarray:
        """Of each place."""
        found = np.full(w.shape[1], np.nan)
        for n, place in enumerate(w.T.tolist()):
            with suppress(NonFinite):
                found[n] = loss_of(self._at(place), *self.data)
        return found

    def at(self, place: Place) -> Sequence[float]:
        """Loss and gradient."""
        try:
            passed = trace(self._at(place), *self.data)
        except NonFinite:
            return np.nan, np.nan, np.nan
        return passed.loss, *(passed[q] for q in self.slopes)


def slopes_of(pair: Pair) -> Pair:
    """The gradient of two weights or biases."""
    one, other = (q.beside(f"d{q.kind}") for q in pair)
    return one, other


def field_of(surface: str, example: Example, pair: Pair) -> Field:
    """The field of a surface; pair: the weights of that of the network."""
    return _network(example.model, pair) if surface == NETWORK else _expression(SURFACES[surface].text)


@lru_cache(maxsize=8)
def _expression(text: str) -> Field:
    graph = compute_graph(text, dict.fromkeys(NAMES, 1.0))
    one, other = (next(node.quantity for node in graph.nodes if node.name == name) for name in NAMES)
    slopes = one.beside("derivative"), other.beside("derivative")
    return OfSteps(graph.steps, (one, other), graph.nodes[-1].quantity, slopes)


@lru_cache(maxsize=16)
def _network(model: Model, pair: Pair) -> Field:
    passed = model.trace
    steps = derive(model.network, passed.batch)
    if model.network.regular or len(steps) > MOST_STEPS:
        return OfPasses(model, pair)
    return OfSteps(steps, pair, Quantity("C"), slopes_of(pair), {q: passed[q] for q in steps.given})


def movable(example: Example) -> tuple[Quantity, ...]:
    """The weights and biases that an update may move."""
    layers = example.model.network.layers
    return tuple(q for q in parameters(example) if q.kind not in layers[q.layer - 1].frozen)


def pair_of(example: Example, first: str, second: str) -> Pair:
    """The weights of these addresses; else the first weight of the first layer, and the first of the last layer.

    Problem for a network that has only one.
    """
    every = movable(example)
    if len(every) < 2:
        raise Problem("pair", ALONE)
    usual = [every[0], *(q for q in every if q.layer == len(example.sizes) - 1), *every]
    known = {str(q): q for q in every}
    one = known.get(first, usual[0])
    other = known.get(second, usual[1])
    return one, other if other != one else next(q for q in usual if q != one)


def extent(surface: str, example: Example, pair: Pair) -> tuple[Range, Range, Place]:
    """What of a surface is seen, and where one begins."""
    about = SURFACES[surface]
    if surface != NETWORK:
        return about.x, about.y, about.start
    one, other = (example.model.trace[q] for q in pair)
    return _around(one), _around(other), (one, other)


def _around(value: float) -> Range:
    middle = round(value)
    return middle - REACH, middle + REACH
