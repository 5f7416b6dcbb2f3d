"""Random networks in numbers, with a sample and an optimiser that has made some updates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lessons.example import MAX_LAYERS, trainable
from mlp_core import SGD, Adam, Layer, Momentum, Network, Optimiser, RMSprop, State, trace
from mlp_core.functions import LOSSES


@dataclass(frozen=True, eq=False)
class Instance:
    """A network with a sample and an optimiser that has made some updates; ``state`` is None before the first."""

    network: Network
    x: np.ndarray
    y: np.ndarray
    optimiser: Optimiser
    state: State | None


def instances(rng: np.random.Generator, count: int) -> Iterator[Instance]:
    """So many networks of one random shape, activations, loss and optimiser, with other numbers each.

    1 to 4 layers of 1 to 3 neurons, biases (of a neuron or of the layer) and frozen hidden parameters or not, any convention of
    the error term's sign and of the optimiser; every other network is in mid-course.
    Numbers are of one decimal, as one computes with by hand, or any, and now and then so large that an output saturates.
    """
    loss = str(rng.choice(list(LOSSES)))
    hidden = rng.choice(trainable(), rng.integers(0, MAX_LAYERS)).tolist()
    activations = [*hidden, LOSSES[loss].wants or str(rng.choice(trainable()))]
    sizes = [int(rng.integers(1, 4)), *(int(rng.integers(2 if f == "softmax" else 1, 4)) for f in activations)]
    biases = [(0, 1, n)[rng.choice(3, p=(0.1, 0.1, 0.8))] for n in sizes[1:]]
    error_sign = int(rng.choice([1, 1, 1, -1]))
    frozen = (("W", "b"), ("W",), ("b",), (), (), ())[rng.integers(6)]
    optimiser = _optimiser(rng)
    for k in range(count):
        draw = _nice if rng.random() < 0.6 else _any
        scale = 8 if rng.random() < 0.05 else 1
        layers = [
            Layer(
                scale * draw(rng, n_out, n_in),
                draw(rng, bias) if bias else None,
                activation,
                frozen if layer < len(activations) else (),
            )
            for layer, ((n_in, n_out), activation, bias) in enumerate(
                zip(pairwise(sizes), activations, biases, strict=True), 1
            )
        ]
        network, x, state = Network(layers, loss, error_sign=error_sign), 3 * draw(rng, sizes[0]), None
        y = _targets(rng, loss, sizes[-1])
        for _ in range(rng.integers(1, 4) if k % 2 else 0):
            update = optimiser.step(network, trace(network, x, y), state)
            network, state = update.network, update.state
        yield Instance(network, x, y, optimiser, state)


def _optimiser(rng: np.random.Generator) -> Optimiser:
    lr, eps, kept = (float(rng.choice(values)) for values in ((0.01, 0.1, 0.5), (1e-8, 1e-3, 0.1), (0.5, 0.9)))
    one, other, third = rng.random(3) < 0.5
    form = str(rng.choice(["lr_inside", "lr_outside", "average"]))
    adam = Adam(lr, kept, 0.99, eps, one, other and not third, eps_uncorrected=third)
    makers = (SGD(lr), Momentum(lr, kept, one, form=form), RMSprop(lr, kept, eps), adam)
    return makers[rng.integers(4)]


def _nice(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.integers(1, 10, shape) / 10 * rng.choice([-1, 1], shape)


def _any(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.normal(size=shape)


def _targets(rng: np.random.Generator, loss: str, n: int) -> np.ndarray:
    if loss == "cross_entropy":
        return np.eye(n)[rng.integers(n)]
    whole = loss == "binary_cross_entropy" or rng.random() < 0.5
    return rng.integers(0, 2, n).astype(float) if whole else rng.random(n)
