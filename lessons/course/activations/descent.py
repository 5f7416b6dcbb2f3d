"""Gradient descent on all samples of a network with one input, a hidden layer of rectifiers and a linear output, as array
products alone: Training keeps every intermediate of every update, and takes twelve times as long for that."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

import numpy as np

from mlp_core import Network


class Descent(NamedTuple):
    """losses: before the first update and after each, up to where one overflows; numbers: of the network at first and
    after every so many updates, weights over biases of the hidden neurons (2, n), and weights and bias of the output (n + 1,)."""

    begun: Network
    losses: tuple[float, ...]
    numbers: Sequence[tuple[np.ndarray, np.ndarray]]

    def network(self, k: int) -> Network:
        """The k-th of them that are kept, from 0."""
        (W, b), out = self.numbers[k]
        hidden, last = self.begun.layers
        return self.begun.updated([hidden.updated(W[:, None], b), last.updated(out[None, :-1], out[-1:])])


@np.errstate(all="ignore")  # what overflows ends it
def descend(network: Network, x: np.ndarray, y: np.ndarray, rate: float, updates: int, every: int = 1) -> Descent:
    """From that network, whose loss is the mean of half squared errors; x, y: (batch, 1); every: which are kept."""
    hidden, last = network.layers
    assert hidden.b is not None and last.b is not None
    slope = hidden.slope if hidden.record.sloped else 0.0
    inputs, wanted = np.column_stack([x, np.ones(len(x))]), y[:, 0]
    own, out = np.vstack([hidden.W[:, 0], hidden.b]), np.append(last.W[0], last.b)
    seen = np.ones((len(x), hidden.n_out + 1))  # what the output sees: the activations, and 1 for its bias
    activations, step = seen[:, :-1], rate / len(x)
    losses, numbers = [], []
    for update in range(updates + 1):
        z = inputs.dot(own)
        slopes = np.where(z > 0, 1.0, slope)
        np.multiply(z, slopes, out=activations)
        error = seen.dot(out) - wanted
        loss = float(error.dot(error)) / (2 * len(x))
        if not isfinite(loss):
            break
        losses.append(loss)
        if update % every == 0:
            numbers.append((own, out))
        error *= step
        own, out = own - inputs.T.dot(slopes * error[:, None] * out[:-1]), out - error.dot(seen)
    return Descent(network, tuple(losses), numbers)
