"""Two programs of gradient descent at once, as arrays: all gradients first, and every layer updated before the layer below it.

A run of the engine keeps every number of every epoch, for which a changed number in a picture would wait; these keep the losses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from mlp_core import Network
from mlp_core.engine import samples
from mlp_core.functions import LOSSES, Activation

from ...drawing.program import Loop

Array = Any  # of NumPy; its first axis are the programs
RIGHT_AWAY = np.array([0.0, 1.0]).reshape(2, 1, 1)  # how much of an update the layer below it sees


class Descent(NamedTuple):
    """What a program came to: its losses before the first epoch and after each, why it stopped, and how many epochs had begun."""

    loss: tuple[float, ...]
    stopped_by: str
    epoch: int


@dataclass
class _Programs:
    """Both, with their parameters: W (2, n_out, n_in), b (2, 1, n_out), (2, 1, 1) for one that all share, or None."""

    network: Network
    x: Array
    y: Array
    rate: float

    def __post_init__(self) -> None:
        layers = self.network.layers
        self.W: list[Array] = [np.stack([layer.W, layer.W]) for layer in layers]
        self.b: list[Array] = [None if layer.b is None else np.stack([layer.b, layer.b])[:, None] for layer in layers]

    def losses(self) -> Array:
        """The loss of each, (2,), nan where a number overflows; its parameters are those of the next epoch from then on."""
        passed, a = [], self.x
        for layer, W, b in zip(self.network.layers, self.W, self.b, strict=True):
            z = a @ W.mT if b is None else a @ W.mT + b
            passed.append((a, z))
            a = layer.record.f(z)
        error, loss = layer.record.error(z, a, self.y), LOSSES[self.network.loss]
        each = loss.f(z, a, self.y, error)
        last = error if loss.wants else _signal(layer.record, loss.slope(z, a, self.y, error), z, a)
        mean = self.network.reduction == "mean"
        finite = self._back(passed, last / len(self.x) if mean else last)
        return np.where(finite, each.mean(axis=1) if mean else each.sum(axis=1), np.nan)

    def _back(self, passed: list[tuple[Array, Array]], delta: Array) -> Array:
        """The next parameters, from the last layer to the first; True for the program where everything is finite."""
        finite = np.ones(2, bool)
        for k in reversed(range(len(passed))):
            layer, (before, z), old = self.network.layers[k], passed[k], self.W[k]
            dW, db = delta.mT @ before, delta.sum(axis=1, keepdims=True)
            if "W" not in layer.frozen:
                self.W[k] = old - self.rate * dW
            if self.b[k] is not None and "b" not in layer.frozen:
                self.b[k] = self.b[k] - self.rate * (db.sum(axis=2, keepdims=True) if layer.biases == 1 else db)
            for array in (z, dW, db):
                finite &= np.isfinite(array).all(axis=(1, 2))
            if k:
                ahead = delta @ (old + RIGHT_AWAY * (self.W[k] - old))
                delta = _signal(self.network.layers[k - 1].record, ahead, passed[k - 1][1], before)
        return finite


def _signal(activation: Activation, dC_da: Array, z: Array, a: Array) -> Array:
    assert activation.slope is not None
    return activation.pull(dC_da, activation.slope(z, a))


def descents(network: Network, x: Any, y: Any, rate: float, loop: Loop) -> tuple[Descent, Descent]:
    """Both runs on all samples, of a network without batch normalisation and dropout: with all gradients first, as the engine's
    SGD, and with its sequential steps."""
    x, y = map(np.atleast_2d, samples(network, x, y))
    programs, done = _Programs(network, x, y, rate), dict[int, Descent]()
    with np.errstate(all="ignore"):
        losses = [programs.losses()]
        while len(done) < 2:
            for n in {0, 1} - done.keys():
                if why := _stops([float(each[n]) for each in losses[-2:]], len(losses) - 1, loop):
                    own = tuple(float(each[n]) for each in losses[: -1 if why == "diverged" else None])
                    done[n] = Descent(own, why, len(losses) - 1)
            losses.append(programs.losses())
    return done[0], done[1]


def _stops(last: list[float], epoch: int, loop: Loop) -> str:
    """Why a program ends with this epoch; empty where it goes on."""
    if not np.isfinite(last[-1]):
        return "diverged"
    if last[-1] < loop.loss_below:
        return "loss"
    if epoch and abs(last[-1] - last[-2]) < loop.change_below:
        return "change"
    return "epochs" if epoch >= loop.epochs else ""
