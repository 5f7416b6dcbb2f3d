"""The network of the lesson, 2-2-1: what a person sets in it, where the hidden layer puts the four points, how it is trained."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from mlp_core import Layer, Network, Quantity, Trace, Training, trace
from mlp_core.optimisers import Momentum

from ...i18n import mark
from ...problem import Problem
from ...worked import Worked, mlp
from ..setting import Setting, number, numbers, one_of, whole

POINTS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
TARGETS = (0, 1, 1, 0)
LARGEST, STEEPEST, STARTS = 100.0, 12, 999
ITERATIONS, EVERY, RATE, MOMENTUM, REACH, FAR = 300, 5, 1.0, 0.9, 2.0, 0.25
HIDDEN = {"sigmoid": mark("sigmoid"), "tanh": "tanh", "relu": "ReLU", "identity": mark("linear")}
WAYS = {"step": mark("step function"), "sigmoid": mark("sigmoid")}
PLACES = np.array(POINTS)
NAMES = {name: f"({name[0]}, {name[1]})" for name in ("00", "01", "10", "11")}
CORNER = mark("The four points of XOR have coordinates 0 and 1, and {value} is neither.")
FIXED = mark("The target belongs to the point: it is its XOR.")

Line = tuple[float, float, float]  # w1, w2 and the bias


@dataclass(frozen=True)
class Xor(Setting):
    """first, second, output: weights and bias of the three neurons; point: the one that goes through the network, in which
    activation; steep: what all weights are multiplied by; hidden, start, at: the trained network's activation, the seed of its
    first weights, and the iteration on show; rain: the line in the notes' table."""

    first: Line = (1.0, 0.0, -0.5)
    second: Line = (0.0, 1.0, -0.5)
    output: Line = (1.0, 1.0, -1.5)
    point: str = "01"
    activation: str = "step"
    steep: int = 4
    hidden: str = "sigmoid"
    start: int = 1
    at: int = 0
    rain: Line = (1.0, 1.0, -1.5)

    def __post_init__(self) -> None:
        self.check("first second output rain", numbers, 3, -LARGEST, LARGEST)
        self.check("point", one_of, tuple(NAMES))
        self.check("activation", one_of, tuple(WAYS))
        self.check("steep", whole, 1, STEEPEST)
        self.check("hidden", one_of, tuple(HIDDEN))
        self.check("start", whole, 1, STARTS)
        self.check("at", whole, 0, ITERATIONS)

    @property
    def place(self) -> int:
        """Which of the four points goes through the network, from 0."""
        return tuple(NAMES).index(self.point)


SOLVED: dict[str, Line] = {"first": (1.0, 1.0, -0.5), "second": (-1.0, -1.0, 1.5), "output": (1.0, 1.0, -1.5)}


def network(setting: Xor, hidden: str = "step", factor: float = 1.0) -> Network:
    """The network of the weights set by hand, all multiplied by ``factor``; its output is 1 or 0 where its hidden neurons are."""
    one, two, out = (factor * np.array(each) for each in (setting.first, setting.second, setting.output))
    layers = [
        Layer([one[:2], two[:2]], [one[2], two[2]], hidden),
        Layer([out[:2]], [out[2]], "step" if hidden == "step" else "sigmoid"),
    ]
    return Network(layers, "half_squared_error")


def passed(net: Network) -> Trace:
    """The four points through a network, as a batch."""
    return trace(net, POINTS, [[target] for target in TARGETS])


def says_one(net: Network, places: np.ndarray) -> np.ndarray:
    """Where its output is at least 1/2: places (n, 2) to (n,)."""
    return trace(net, places, np.zeros((len(places), 1))).layers[-1].a[:, 0] >= 0.5


def right(net: Network) -> int:
    """How many of the four points come out right."""
    return int((says_one(net, PLACES) == np.array(TARGETS)).sum())


def worked(setting: Xor, _example: object) -> Worked:
    """The chosen point through the network of the weights set by hand."""
    return mlp(network(setting, setting.activation), POINTS[setting.place], [TARGETS[setting.place]])


def entered(setting: Xor, quantity: Quantity, value: float) -> Xor:
    """A weight, a bias or a coordinate that was typed in the picture; Problem for a target, and for a point that is none."""
    where = str(quantity)
    if quantity.kind == "y":
        raise Problem(where, FIXED)
    if quantity.kind == "x":
        if value not in (0, 1):
            raise Problem(where, CORNER, value=value)
        digits = list(setting.point)
        digits[quantity.index[0] - 1] = str(int(value))
        return replace(setting, point="".join(digits))
    name = "output" if quantity.layer == 2 else ("first", "second")[quantity.index[0] - 1]
    line = list(getattr(setting, name))
    line[2 if quantity.kind == "b" else quantity.index[1] - 1] = number(where, value, -LARGEST, LARGEST)
    return setting.put(name, tuple(line))


def redrawn(setting: Xor, seed: int) -> Xor:
    """Other weights and biases from -2 to 2 in steps of a half, and another point."""
    draw = np.random.default_rng(seed)
    lines: dict[str, Any] = {name: tuple((draw.integers(-4, 5, 3) / 2).tolist()) for name in ("first", "second", "output")}
    return replace(setting, **lines, point=str(draw.choice([*NAMES])))


def folded_line(setting: Xor) -> Line:
    """The one line w1 x1 + w2 x2 + b = 0 that the three neurons are together when the hidden ones are linear."""
    *v, c = setting.output
    W = np.array([setting.first, setting.second])
    w1, w2, b = (np.array(v) @ W).tolist()
    return w1, w2, b + c


class Course(NamedTuple):
    """A training run: the network at first and after every ``EVERY`` iterations, and the loss before the first and after each."""

    networks: tuple[Network, ...]
    losses: tuple[float, ...]

    def at(self, iteration: int) -> Network:
        """The network nearest to an iteration, from below."""
        return self.networks[min(iteration // EVERY, len(self.networks) - 1)]


@lru_cache(maxsize=32)
def trained(hidden: str, start: int) -> Course:
    """Gradient descent with momentum on the mean squared error of all four points, from weights drawn with that seed."""
    training = beginning(hidden, start)
    networks = [training.network, *(training.network for iteration in training if iteration % EVERY == 0)]
    return Course(tuple(networks), tuple(training.losses))


def beginning(hidden: str, start: int) -> Training:
    """The training before its first iteration."""
    draw = np.random.default_rng(start)

    def drawn(*shape: int) -> np.ndarray:
        return np.round(draw.uniform(-REACH, REACH, shape), 1)

    net = Network(
        [Layer(drawn(2, 2), drawn(2), hidden), Layer(drawn(1, 2), drawn(1), "sigmoid")], "mean_squared_error"
    )
    return Training(net, POINTS, [[target] for target in TARGETS], Momentum(lr=RATE, momentum=MOMENTUM), ITERATIONS)


def line_of(layer: Layer, i: int = 0) -> Line:
    """The line on which a neuron's z is 0 (``i`` from 0)."""
    w1, w2 = layer.W[i].tolist()
    return w1, w2, 0.0 if layer.b is None else float(layer.b[i])
