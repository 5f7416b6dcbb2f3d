"""A classifier with dropout on the inputs of both layers, as note 002's has it: right, and with what the note does otherwise.

The functions are run, and their sources are what the lesson shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from .classifier import CLASSES, Array, Curves, loss, softmax

INPUTS, HIDDEN, TRAIN, TEST, EPOCHS, BATCH, RATE = 8, 24, 30, 150, 40, 10, 0.5
DRAWN = 20_000  # numbers of a mask, whose mean is measured


def mask(shape: tuple[int, ...], p: float, draw: np.random.Generator) -> Array:
    return draw.binomial(1, 1 - p, shape) / (1 - p)


def mask_by_p(shape: tuple[int, ...], p: float, draw: np.random.Generator) -> Array:
    return draw.binomial(1, p, shape) / (1 - p)


def final(W: list[Array], b: list[Array], X: Array, p: float) -> Array:
    hidden = np.tanh(W[0] @ X + b[0])
    return softmax(W[1] @ hidden + b[1])


def final_scaled(W: list[Array], b: list[Array], X: Array, p: float) -> Array:
    hidden = np.tanh(W[0] / (1 - p) @ X + b[0])
    return softmax(W[1] @ hidden + b[1])


def measured(W: list[Array], b: list[Array], X: Array, p: float, draw: np.random.Generator) -> Array:
    return final(W, b, X, p)


def measured_dropped(W: list[Array], b: list[Array], X: Array, p: float, draw: np.random.Generator) -> Array:
    hidden = np.tanh(W[0] @ (X * mask(X.shape, p, draw)) + b[0])
    return softmax(W[1] @ (hidden * mask(hidden.shape, p, draw)) + b[1])


@dataclass(frozen=True)
class Parts:
    """The functions that a program consists of; measured: the forward pass of which an epoch's losses are."""

    mask: Callable[[tuple[int, ...], float, np.random.Generator], Array] = mask
    final: Callable[[list[Array], list[Array], Array, float], Array] = final
    measured: Callable[[list[Array], list[Array], Array, float, np.random.Generator], Array] = measured


RIGHT = Parts()
FLAWS: dict[str, Parts] = {
    "scaled": replace(RIGHT, final=final_scaled, measured=lambda W, b, X, p, draw: final_scaled(W, b, X, p)),
    "bernoulli": replace(RIGHT, mask=mask_by_p),
    "noisy": replace(RIGHT, measured=measured_dropped),
}


@lru_cache(maxsize=1)
def data() -> tuple[Array, Array, Array, Array]:
    """As few samples to train that a network learns them by heart: two inputs tell of the class, the others are noise."""
    draw = np.random.default_rng(5)
    middles = np.zeros((INPUTS, CLASSES))
    middles[:2] = [[0.0, 1.3, -1.3], [1.4, -0.8, -0.8]]

    def drawn(n: int) -> tuple[Array, Array]:
        which = np.arange(n) % CLASSES
        return middles[:, which] + draw.normal(0, 1, (INPUTS, n)), np.eye(CLASSES)[which].T

    return (*drawn(TRAIN), *drawn(TEST))


@lru_cache(maxsize=128)
def run(flaw: str, p: float, seed: int) -> Curves:
    """The program with this flaw ("" for none) and a probability p of dropping; ``right`` is that of its final forward pass."""
    parts, draw, noise = FLAWS.get(flaw, RIGHT), np.random.default_rng(seed), np.random.default_rng(seed + 1)
    X, Y, X_test, Y_test = data()
    W = [draw.normal(0, 0.4, (HIDDEN, INPUTS)), draw.normal(0, 0.2, (CLASSES, HIDDEN))]
    b = [np.zeros((HIDDEN, 1)), np.zeros((CLASSES, 1))]

    def losses_now() -> tuple[float, float]:
        one, other = (float(loss(t, parts.measured(W, b, x, p, noise))) for x, t in ((X, Y), (X_test, Y_test)))
        return one, other

    losses = [losses_now()]
    for _epoch in range(EPOCHS):
        order = draw.permutation(TRAIN)
        for at in range(0, TRAIN, BATCH):
            x, t = X[:, order[at : at + BATCH]], Y[:, order[at : at + BATCH]]
            inputs = x * parts.mask(x.shape, p, draw)
            hidden = np.tanh(W[0] @ inputs + b[0])
            kept = parts.mask(hidden.shape, p, draw)
            error = softmax(W[1] @ (hidden * kept) + b[1]) - t
            error_hidden = (W[1].T @ error) * kept * (1 - hidden**2)
            W[1] = W[1] - RATE * error @ (hidden * kept).T / BATCH
            b[1] = b[1] - RATE * error.mean(axis=1, keepdims=True)
            W[0] = W[0] - RATE * error_hidden @ inputs.T / BATCH
            b[0] = b[0] - RATE * error_hidden.mean(axis=1, keepdims=True)
        losses.append(losses_now())
    guessed = parts.final(W, b, X_test, p).argmax(axis=0)
    train, test = zip(*losses, strict=True)
    return Curves(train, test, float(np.mean(guessed == Y_test.argmax(axis=0))), TRAIN // BATCH)


@lru_cache(maxsize=64)
def mean_of_mask(flaw: str, p: float) -> float:
    """The mean of many numbers of the mask: by what an input is multiplied on average."""
    made = FLAWS.get(flaw, RIGHT).mask((DRAWN,), p, np.random.default_rng(0))
    return float(made.mean())
