"""Losses of two weights: expressions, and that of the network at the desk over two of its weights, each with its gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

import numpy as np

from mlp_core import Network, Quantity, Step, compute_graph, derive, trace
from mlp_core.engine import loss_of
from mlp_core.network import NonFinite

from ...example import Example
from ...example.model import Model
from ...i18n import mark
from ...walk.updates import parameters
from ...worked.descent import with_numbers
from .compiled import Compiled

NAMES = ("w1", "w2")
NETWORK = "network"
REACH = 6.0  # how far a surface of a network goes to each side of the weights
MOST_STEPS = 150  # of a pass that is compiled; a larger one is traced for each pair of weights
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


SURFACES: Mapping[str, Surface] = {
    "ravine": Surface(
        title=mark("Ravine"), text="L = 0.1*w1**2 + 10*w2**2", x=(-5, 2), y=(-2, 2), start=(-4, 1), minima=((0, 0),),
        rates={"SGD": 0.09, "Momentum": 0.03, "": 0.2}, power=1 / 3,
    ),
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
}  # fmt: skip


class Field(Protocol):
    """A loss of two weights, w of shape (2, n): losses (n,), and with slopes the gradient (2, n); inf or nan where there is
    none."""

    def __hash__(self) -> int: ...
    def losses(self, w: np.ndarray) -> np.ndarray: ...
    def slopes(self, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]: ...


class OfSteps:
    """The field of something that has Steps. pair: the two weights; loss: the result; slopes: the gradient; known: all else."""

    def __init__(
        self, steps: Iterable[Step], pair: Pair, loss: Quantity, slopes: Pair, known: Mapping[Quantity, float] | None = None
    ) -> None:
        every = tuple(steps)
        self.pair, self.known = pair, {q: np.float64(value) for q, value in (known or {}).items()}
        self.value, self.all = Compiled(every, [loss]), Compiled(every, [loss, *slopes])

    def losses(self, w: np.ndarray) -> np.ndarray:
        """Of each place."""
        [loss] = self._of(self.value, w)
        return loss

    def slopes(self, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Losses and gradients."""
        loss, *slopes = self._of(self.all, w)
        return loss, np.stack(slopes)

    def _of(self, compiled: Compiled, w: np.ndarray) -> list[np.ndarray]:
        with np.errstate(all="ignore"):
            found = compiled({**self.known, **dict(zip(self.pair, w, strict=True))})
        return [np.broadcast_to(value, w.shape[1:]) for value in found]  # what is the same everywhere, too


class OfPasses:
    """The field of a network whose Steps are many: pass by pass."""

    def __init__(self, model: Model, pair: Pair) -> None:
        self.network, self.data, self.pair = model.network, model.data, pair

    def _at(self, place: np.ndarray) -> Network:
        return with_numbers(self.network, dict(zip(self.pair, place.tolist(), strict=True)))

    def losses(self, w: np.ndarray) -> np.ndarray:
        """Of each place."""
        losses: np.ndarray = self._each(w, lambda network: [loss_of(network, *self.data)], 1)[0]
        return losses

    def slopes(self, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Losses and gradients."""

        def found(network: Network) -> list[float]:
            passed = trace(network, *self.data)
            return [passed.loss, *(passed[q] for q in slopes_of(self.pair))]

        loss, *slopes = self._each(w, found, 3)
        return loss, np.stack(slopes)

    def _each(self, w: np.ndarray, found: Callable[[Network], list[float]], count: int) -> np.ndarray:
        numbers = np.full((count, w.shape[1]), np.nan)
        for n, place in enumerate(w.T):
            with suppress(NonFinite):
                numbers[:, n] = found(self._at(place))
        return numbers


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
    """The weights of these addresses; those of the output layer where the network has no such, or they are one."""
    every = movable(example)
    usual = [*(q for q in every if q.layer == len(example.sizes) - 1), *every]
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
