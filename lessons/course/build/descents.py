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
TOGETHER = 10  # epochs, after which it is seen how they went


class Descent(NamedTuple):
    """What a program came to: its losses before the first epoch and after each, why it stopped, and how many epochs had begun."""

    loss: tuple[float, ...]
    stopped_by: str
    epoch: int


@dataclass
class _Programs:
    """Both, with their parameters: of every layer (2, n_out, n_in + 1), W and as the last column b, which is 0 where it has
    none.

    inputs: of every layer, with a last column of 1; sums, gradients: of every layer and of each of the epochs made together.
    """

    network: Network
    x: Array
    y: Array
    rate: float

    def __post_init__(self) -> None:
        layers = self.network.layers
        self.records, self.loss = [layer.record for layer in layers], LOSSES[self.network.loss]
        self.mean = self.network.reduction == "mean"
        self.parameters = [_joined(layer.W, 0 if layer.b is None else layer.b) for layer in layers]
        rates = [{name: 0 if name in layer.frozen else self.rate for name in ("W", "b")} for layer in layers]
        self.rates = [
            _joined(np.full_like(layer.W, rate["W"]), rate["b"] if layer.biases else 0)
            for layer, rate in zip(layers, rates, strict=True)
        ]
        hidden = [np.empty((len(self.y), layer.n_out), self.y.dtype) for layer in layers[:-1]]
        self.inputs = [_joined(numbers, 1) for numbers in (self.x, *hidden)]
        self.sums = [np.empty((TOGETHER, 2, len(self.y), layer.n_out), self.y.dtype) for layer in layers]
        self.gradients = [np.empty((TOGETHER, *rates.shape), self.y.dtype) for rates in self.rates]

    def epoch(self, n: int) -> None:
        """The n-th of those together: both once forward and back; the parameters are then those of the next epoch."""
        for k, record in enumerate(self.records):
            z = np.matmul(self.inputs[k], self.parameters[k].mT, out=self.sums[k][n])
            a = record.f(z)
            if k + 1 < len(self.records):
                self.inputs[k + 1][..., :-1] = a
        error = record.error(z, a, self.y)
        last = error if self.loss.wants else _signal(record, self.loss.slope(z, a, self.y, error), z, a)
        self._back(n, last / len(self.y) if self.mean else last)

    def _back(self, n: int, delta: Array) -> None:
        """The gradients and the next parameters, from the last layer to the first."""
        for k in reversed(range(len(self.records))):
            before, old = self.inputs[k], self.parameters[k]
            gradient = np.matmul(delta.mT, before, out=self.gradients[k][n])
            if self.network.layers[k].biases == 1 < gradient.shape[1]:
                gradient[..., -1:] = gradient[..., -1:].sum(axis=1, keepdims=True)
            self.parameters[k] = new = old - self.rates[k] * gradient
            if k:
                old[1] = new[1]  # the second program goes back through what it has updated
                delta = _signal(self.records[k - 1], delta @ old[..., :-1], self.sums[k - 1][n], before[..., :-1])

    def losses(self) -> Array:
        """The losses of the epochs together, (TOGETHER, 2), nan where a number overflows."""
        z = self.sums[-1]
        a = self.records[-1].f(z)
        every = self.loss.f(z, a, self.y, self.records[-1].error(z, a, self.y))
        found = every.mean(axis=-1) if self.mean else every.sum(axis=-1)
        for array in (*self.sums, *self.gradients):
            found[~np.isfinite(array).all(axis=(-2, -1))] = np.nan
        return found


def _joined(numbers: Array, last: Array) -> Array:
    """An array (m, n) with a last column, of its own for each program: (2, m, n + 1)."""
    made = np.empty((2, len(numbers), numbers.shape[1] + 1), numbers.dtype)
    made[..., :-1], made[..., -1] = numbers, last
    return made


def _signal(activation: Activation, dC_da: Array, z: Array, a: Array) -> Array:
    assert activation.slope is not None
    return activation.pull(dC_da, activation.slope(z, a))


def descents(network: Network, x: Any, y: Any, rate: float, loop: Loop) -> tuple[Descent, Descent]:
    """Both runs on all samples, of a network without batch normalisation and dropout: with all gradients first, as the engine's
    SGD, and with its sequential steps."""
    x, y = map(np.atleast_2d, samples(network, x, y))
    programs, done, losses = _Programs(network, x, y, rate), dict[int, Descent](), list[list[float]]()
    with np.errstate(all="ignore"):
        while len(done) < 2:
            begun = len(losses)
            for n in range(TOGETHER):
                programs.epoch(n)
            losses += programs.losses().tolist()
            for epoch in range(begun, len(losses)):
                for n in {0, 1} - done.keys():
                    if why := _stops([each[n] for each in losses[max(0, epoch - 1) : epoch + 1]], epoch, loop):
                        own = tuple(each[n] for each in losses[: epoch + (why != "diverged")])
                        done[n] = Descent(own, why, epoch)
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
