"""Gradient descent on all samples of a network with one input, a hidden layer of rectifiers and a linear output.

Number by number: so few are worked out sooner in Python than as arrays, and Training, which keeps every intermediate, takes over
thirty times as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

import numpy as np

from mlp_core import Network

Neuron = tuple[float, float, float]
"""A hidden neuron: its weight, its bias, and the output's weight for it."""


class Descent(NamedTuple):
    """losses: before the first update and after each, up to where one overflows; numbers: of the network at first and
    after every so many updates, the hidden neurons and the bias of the output."""

    begun: Network
    losses: tuple[float, ...]
    numbers: Sequence[tuple[Sequence[Neuron], float]]

    def network(self, k: int) -> Network:
        """The k-th of them that are kept, from 0."""
        neurons, bias = self.numbers[k]
        w, b, v = np.transpose(neurons)
        hidden, last = self.begun.layers
        return self.begun.updated([hidden.updated(w[:, None], b), last.updated(v[None, :], np.array([bias]))])


def descend(network: Network, x: np.ndarray, y: np.ndarray, rate: float, updates: int, every: int = 1) -> Descent:
    """From that network, whose loss is the mean of half squared errors; x, y: (batch, 1); every: which are kept."""
    hidden, last = network.layers
    assert hidden.b is not None and last.b is not None
    slope = hidden.slope if hidden.record.sloped else 0.0
    samples = list(zip(x[:, 0].tolist(), y[:, 0].tolist(), strict=True))
    neurons: list[Neuron] = list(zip(hidden.W[:, 0].tolist(), hidden.b.tolist(), last.W[0].tolist(), strict=True))
    bias, step = float(last.b[0]), rate / len(samples)
    losses, numbers = [], []
    for update in range(updates + 1):
        squares, passed = 0.0, []
        for at, wanted in samples:
            error, active = bias - wanted, []
            for w, b, v in neurons:
                z = w * at + b
                a, da_dz = (z, 1.0) if z > 0 else (slope * z, slope)
                active.append((a, da_dz))
                error += v * a
            squares += error * error
            passed.append((at, step * error, active))
        loss = squares / (2 * len(samples))
        if not isfinite(loss):
            break
        losses.append(loss)
        if update % every == 0:
            numbers.append((neurons, bias))
        neurons, bias = _updated(neurons, passed), bias - sum(error for _at, error, _active in passed)
    return Descent(network, tuple(losses), numbers)


def _updated(neurons: list[Neuron], passed: list[tuple[float, float, list[tuple[float, float]]]]) -> list[Neuron]:
    """passed: of every sample x, its error times the step, and a and its slope of every neuron."""
    new = []
    for k, (w, b, v) in enumerate(neurons):
        dw = db = dv = 0.0
        for at, error, active in passed:
            a, da_dz = active[k]
            delta = error * v * da_dz
            dw, db, dv = dw + delta * at, db + delta, dv + error * a
        new.append((w - dw, b - db, v - dv))
    return new
