"""A classifier in the manner of note 002, samples as columns: right, and with what the note's program does otherwise.

The functions are run, and their sources are what the lesson shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

Array = Any  # of NumPy, whose sums and products mypy takes for anything
CLASSES, TRAIN, TEST, HIDDEN, EPOCHS = 3, 48, 120, 8, 20
SHIFT = 1e-6


def loss(Y: Array, y: Array) -> Array:
    return -np.mean(np.sum(Y * np.log(y), axis=0))


def slope(Y: Array, y: Array) -> Array:
    return -Y / y


def loss_without_minus(Y: Array, y: Array) -> Array:
    return np.mean(np.sum(Y * np.log(y), axis=0))


def slope_without_minus(Y: Array, y: Array) -> Array:
    return Y / y


def through_softmax(dy: Array, y: Array) -> Array:
    return y * (dy - np.sum(dy * y, axis=0))


def through_softmax_elementwise(dy: Array, y: Array) -> Array:
    return y * (dy - dy * y)


def batches(order: Array, batch_size: int) -> list[Array]:
    return [order[i : i + batch_size] for i in range(0, len(order), batch_size)]


def so_many_batches(order: Array, batch_size: int) -> list[Array]:
    return [order[i::batch_size] for i in range(batch_size)]


def gradients(X: Array, error: Array) -> tuple[Array, Array]:
    return error @ X.T / X.shape[1], error.mean(axis=1, keepdims=True)


def gradients_summed(X: Array, error: Array) -> tuple[Array, Array]:
    return error @ X.T, error.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class Parts:
    """The functions that a program consists of."""

    loss: Callable[[Array, Array], Array] = loss
    slope: Callable[[Array, Array], Array] = slope
    through_softmax: Callable[[Array, Array], Array] = through_softmax
    batches: Callable[[Array, int], list[Array]] = batches
    gradients: Callable[[Array, Array], tuple[Array, Array]] = gradients


RIGHT = Parts()
FLAWS: dict[str, Parts] = {
    "minus": replace(RIGHT, loss=loss_without_minus, slope=slope_without_minus),
    "softmax": replace(RIGHT, through_softmax=through_softmax_elementwise),
    "size": replace(RIGHT, batches=so_many_batches),
    "summed": replace(RIGHT, gradients=gradients_summed),
}


@dataclass(frozen=True)
class Curves:
    """What a run came to.

    train, test: the losses before it and after every epoch, of the training and of other samples, as the program itself measures
    them, for as long as they are finite; right: how many of the others it puts into the right class at the end, from 0 to 1;
    updates: of an epoch; check: how far its first gradients are from the differences of its own loss, the largest of all weights.
    """

    train: tuple[float, ...]
    test: tuple[float, ...]
    right: float
    updates: int = 0
    check: float = 0.0


@lru_cache(maxsize=1)
def data() -> tuple[Array, Array, Array, Array]:
    """Points of three classes around three middles, (2, n), with the classes as columns of 0 and 1, (3, n): to train, to test."""
    draw = np.random.default_rng(2)
    middles = np.array([[0.0, 1.6, -1.6], [1.7, -0.9, -0.9]])

    def drawn(n: int) -> tuple[Array, Array]:
        which = np.arange(n) % CLASSES
        return middles[:, which] + draw.normal(0, 0.9, (2, n)), np.eye(CLASSES)[which].T

    return (*drawn(TRAIN), *drawn(TEST))


def softmax(P: Array) -> Array:
    E = np.exp(P - P.max(axis=0))
    return E / E.sum(axis=0)


class Net:
    """The weights and biases of both layers, drawn at the beginning."""

    def __init__(self, draw: np.random.Generator) -> None:
        self.W = [draw.normal(0, 0.7, (HIDDEN, 2)), draw.normal(0, 0.35, (CLASSES, HIDDEN))]
        self.b = [np.zeros((HIDDEN, 1)), np.zeros((CLASSES, 1))]

    def forward(self, X: Array) -> tuple[Array, Array]:
        """What the hidden layer and the output give for the columns of X."""
        hidden = np.tanh(self.W[0] @ X + self.b[0])
        return hidden, softmax(self.W[1] @ hidden + self.b[1])

    def backward(self, parts: Parts, X: Array, Y: Array) -> list[tuple[Array, Array]]:
        """The gradients of W and b of both layers, by these parts."""
        hidden, y = self.forward(X)
        error = parts.through_softmax(parts.slope(Y, y), y)
        error_hidden = (self.W[1].T @ error) * (1 - hidden**2)
        return [parts.gradients(X, error_hidden), parts.gradients(hidden, error)]


@lru_cache(maxsize=128)
def run(flaw: str, batch_size: int, rate: float, seed: int) -> Curves:
    """The program with this flaw ("" for none): EPOCHS epochs from weights and in an order that the seed fixes."""
    parts, draw = FLAWS.get(flaw, RIGHT), np.random.default_rng(seed)
    X, Y, X_test, Y_test = data()
    net = Net(draw)
    check, losses, updates = _check(parts, net, X, Y), [_losses(parts, net)], 0
    with np.errstate(all="ignore"):
        for _epoch in range(EPOCHS):
            before, every = ([*net.W], [*net.b]), parts.batches(draw.permutation(TRAIN), batch_size)
            updates = len(every)
            for chosen in every:
                for k, (dW, db) in enumerate(net.backward(parts, X[:, chosen], Y[:, chosen])):
                    net.W[k], net.b[k] = net.W[k] - rate * dW, net.b[k] - rate * db
            losses.append(_losses(parts, net))
            if not np.all(np.isfinite(losses[-1])):
                losses.pop()
                net.W, net.b = before
                break
        guessed = net.forward(X_test)[1].argmax(axis=0)
    train, test = zip(*losses, strict=True)
    return Curves(train, test, float(np.mean(guessed == Y_test.argmax(axis=0))), updates, check)


def _losses(parts: Parts, net: Net) -> tuple[float, float]:
    X, Y, X_test, Y_test = data()
    return float(parts.loss(Y, net.forward(X)[1])), float(parts.loss(Y_test, net.forward(X_test)[1]))


def _check(parts: Parts, net: Net, X: Array, Y: Array) -> float:
    """The largest distance of a gradient of the last layer's weights from the difference quotient of the program's loss."""
    dW, W, worst = net.backward(parts, X, Y)[1][0], net.W[1], 0.0
    for place in np.ndindex(*W.shape):
        old, moved = W[place], []
        for sign in (1, -1):
            W[place] = old + sign * SHIFT
            moved.append(float(parts.loss(Y, net.forward(X)[1])))
        W[place] = old
        worst = max(worst, abs(float(dW[place]) - (moved[0] - moved[1]) / (2 * SHIFT)))
    return worst
