"""Networks trained with and without batch normalisation, over several seeds and learning rates at once: all of one depth, one
activation and one scheme of first weights go through the same arrays, a network in each row."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mlp_core import initialise
from mlp_core.functions import ACTIVATIONS

SEEDS, RATES, UPDATES = 5, (0.5, 2.0, 8.0), 60
WIDTH, COUNT, EPS = 8, 24, 1e-5
NEVER = UPDATES + 1  # updates that a goal would take which is not reached
GOAL = 0.2  # of the loss at the start
Array = np.ndarray


class Runs(NamedTuple):
    """losses: (rates, seeds, updates + 1), before every update and at the end, inf from where a run overflows; best: which of the
    rates has the lowest loss at the end, by its median over the seeds; faded: (seeds,), how large the gradient of the first
    layer's weights is at the start, as a share of the last's, mean absolute values."""

    losses: Array
    best: int
    faded: Array

    @property
    def median(self) -> Array:
        """The losses with the best rate, the median over the seeds."""
        found: Array = np.median(self.losses[self.best], axis=0)
        return found

    @property
    def updates(self) -> int:
        """After how many updates the median is at the goal and stays there; ``NEVER`` where it does not."""
        above = np.flatnonzero(self.median > GOAL * self.median[0])
        return int(above[-1]) + 1 if above[-1] < UPDATES else NEVER


@lru_cache(maxsize=1)
def data() -> tuple[Array, Array]:
    """Inputs (COUNT, 2), standardised, and targets (COUNT, 1): whether both inputs have the same sign."""
    x = np.random.default_rng(10).uniform(-1, 1, (COUNT, 2))
    y = (x[:, :1] * x[:, 1:] > 0).astype(float)
    return (x - x.mean(axis=0)) / x.std(axis=0), y


@lru_cache(maxsize=64)
def runs(start: str, activation: str, depth: int, norm: bool) -> Runs:
    """The training of ``depth`` hidden layers, with batch normalisation in each of them or in none; of the last layer a sigmoid
    with cross-entropy. For the same seed networks begin with the same weights and see the same samples."""
    sizes, kinds = (2, *[WIDTH] * depth, 1), [*[activation] * depth, "sigmoid"]
    made = [initialise(sizes, kinds, start, seed, "binary_cross_entropy").layers for seed in range(1, SEEDS + 1)]
    many = len(RATES) * SEEDS
    W = [np.tile(np.stack([layers[k].W for layers in made]), (len(RATES), 1, 1)) for k in range(depth + 1)]
    b = [np.zeros((many, 1, size)) for size in sizes[1:]]
    gamma = [np.ones((many, 1, WIDTH)) for _ in range(depth)]
    beta = [np.zeros((many, 1, WIDTH)) for _ in range(depth)]
    rate = np.repeat(RATES, SEEDS)[:, None, None]
    losses, faded = [], np.ones(SEEDS)
    with np.errstate(all="ignore"):
        for update in range(UPDATES + 1):
            loss, steps = _pass(W, b, gamma, beta, activation, norm)
            losses.append(loss)
            if update == 0:
                first, last = (np.abs(steps[0][k][:SEEDS]).mean(axis=(1, 2)) for k in (0, -1))
                faded = first / last
            for parameters, gradients in zip((W, b, gamma, beta), steps, strict=True):
                for parameter, gradient in zip(parameters, gradients, strict=True):
                    parameter -= rate * gradient
    found = np.stack(losses, axis=-1).reshape(len(RATES), SEEDS, -1)
    found = np.where(np.isfinite(found), found, np.inf)
    found.setflags(write=False)
    return Runs(found, int(np.argmin(np.median(found[:, :, -1], axis=1))), faded)


def _pass(
    W: list[Array], b: list[Array], gamma: list[Array], beta: list[Array], activation: str, norm: bool
) -> tuple[Array, tuple[list[Array], list[Array], list[Array], list[Array]]]:
    """The loss of every network, (many,), and its gradients by W, b, gamma and beta; the last two are empty without."""
    record = ACTIVATIONS[activation]
    assert record.slope
    x, y = data()
    a: list[Array] = [np.broadcast_to(x, (len(W[0]), *x.shape))]
    kept = []
    for k in range(len(gamma)):
        z = a[-1] @ W[k].swapaxes(1, 2) + b[k]
        hat, scale = z, z
        if norm:
            away = z - z.mean(axis=1, keepdims=True)
            scale = 1 / np.sqrt((away * away).mean(axis=1, keepdims=True) + EPS)
            hat = away * scale
        u = gamma[k] * hat + beta[k] if norm else z
        a.append(record.f(u))
        kept.append((u, hat, scale))
    z = a[-1] @ W[-1].swapaxes(1, 2) + b[-1]
    loss = (np.logaddexp(0, z) - y * z).mean(axis=(1, 2))
    dz = (1 / (1 + np.exp(-z)) - y) / len(y)
    dW, db = [dz.swapaxes(1, 2) @ a[-1]], [dz.sum(axis=1, keepdims=True)]
    dgamma: list[Array] = []
    dbeta: list[Array] = []
    for k in reversed(range(len(gamma))):
        u, hat, scale = kept[k]
        dz = dz @ W[k + 1] * record.slope(u, a[k + 1])
        if norm:
            dbeta.insert(0, dz.sum(axis=1, keepdims=True))
            dgamma.insert(0, (dz * hat).sum(axis=1, keepdims=True))
            dz = gamma[k] * scale * (dz - dbeta[0] / len(y) - hat * dgamma[0] / len(y))
        dW.insert(0, dz.swapaxes(1, 2) @ a[k])
        db.insert(0, dz.sum(axis=1, keepdims=True))
    without = [np.zeros((1, 1, 1)) for _ in gamma]
    return loss, (dW, db, dgamma or without, dbeta or without)
