"""Three ways to one gradient: the engine, SymPy and finite differences, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .engine import loss_of, trace
from .network import BatchNorm, Layer, Network, expect
from .quantity import Quantity
from .steps import derive

_TINY = 1e-290  # what is smaller has lost digits to underflow
_NOISE = 32 * float(np.finfo(float).eps)  # of the rounding in one loss, relative


@dataclass(frozen=True)
class Row:
    """One parameter's gradient: by the engine, by SymPy, by central differences, and by how much the last may be off."""

    target: Quantity
    engine: float
    sympy: float
    difference: float
    uncertainty: float

    @property
    def size(self) -> float:
        """How large the gradient is."""
        return max(abs(self.engine), abs(self.sympy))

    @property
    def resolved(self) -> bool:
        """Whether differences can see this gradient at all: beside a large loss a small one is lost in its rounding."""
        return not self.size or self.uncertainty <= 0.1 * self.size

    @property
    def disagreement(self) -> float:
        """The largest distance between two of the three, relative to their size; of the differences, what is beyond their
        uncertainty."""
        ways = (self.engine, self.sympy)
        off = max(0.0, *(abs(self.difference - way) - self.uncertainty for way in ways))
        return max(abs(self.engine - self.sympy), off) / max(self.size, _TINY)


@dataclass(frozen=True, eq=False)
class Check:
    """The comparison for every parameter; ``largest`` is the largest disagreement, relative to the size of its row."""

    rows: tuple[Row, ...]

    @property
    def largest(self) -> float:
        """The largest disagreement of all rows, relative."""
        return max(row.disagreement for row in self.rows)

    def _repr_html_(self) -> str:
        rows = [
            (r.target, f"{r.engine:.12g}", f"{r.sympy:.12g}", f"{r.difference:.12g}" if r.resolved else "too small for them",
             f"{r.disagreement:.1e}")
            for r in self.rows
        ]  # fmt: skip
        body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
        names = ("gradient", "engine", "SymPy", "differences", "disagreement")
        head = f"<tr>{''.join(f'<th>{name}</th>' for name in names)}</tr>"
        return f"<table><caption>largest disagreement {self.largest:.2g}</caption>{head}{body}</table>"


def check_gradients(network: Network, x: Any, y: Any) -> Check:
    """Compare the gradient of every parameter; x (n_in,) or (batch, n_in), y to match.

    SymPy evaluates the Steps to 30 digits or more; over a batch its per-sample gradients are reduced as the network says.
    Differences are central, of the forward pass alone, so they say nothing where a ReLU sits exactly at its kink, and little
    of a gradient that is small beside the loss; each row says how far they can be trusted.
    All three work in float64, whatever the network's precision. Raises ValueError as ``trace`` does, and for a network with
    a step function, which has no gradient.
    """
    expect(network, Network, "network")
    exact = Network(
        [
            Layer(
                layer.W.tolist(), None if layer.b is None else layer.b.tolist(), layer.activation, slope=layer.slope,
                batch_norm=_exact(layer.batch_norm),
            )
            for layer in network.layers
        ],
        network.loss,
        network.reduction,
    )
    result = trace(exact, x, y)
    result.layers[0].dW  # noqa: B018  (raises where there is no gradient)
    symbolic = _by_sympy(exact, result.x, result.y)
    return Check(
        tuple(Row(q, result[q], symbolic[q], *central_difference(exact, result.x, result.y, q)) for q in symbolic)
    )


def _exact(norm: BatchNorm | None) -> BatchNorm | None:
    """In float64."""
    if norm is None:
        return None
    gamma, beta, mean, var = (a.tolist() for a in (norm.gamma, norm.beta, norm.running_mean, norm.running_var))
    return BatchNorm(gamma, beta, norm.eps, norm.momentum, mean, var)


def _by_sympy(network: Network, x: np.ndarray, y: np.ndarray) -> dict[Quantity, float]:
    derivation = derive(network)
    pairs = list(zip(np.atleast_2d(x), np.atleast_2d(y), strict=True))
    runs = [derivation.evaluate(network, *pair) for pair in pairs]
    share = len(pairs) if network.reduction == "mean" else 1
    targets = sorted((s.target for s in derivation if s.target.is_gradient), key=lambda q: q.layer)
    return {q: float(sum(values[q] for values in runs) / share) for q in targets}


def central_difference(network: Network, x: Any, y: Any, target: Quantity) -> tuple[float, float]:
    """The gradient of a parameter by moving it a little to both sides, refined once (Richardson), and its uncertainty.

    The uncertainty is how far the refined number is from the one of steps twice as long, and the rounding of the losses.
    """
    layer, name = network.layers[target.layer - 1], target.parameter
    value = float(getattr(layer if name in ("W", "b") else layer.batch_norm, name)[tuple(i - 1 for i in target.index)])
    h = 2e-3 * max(1.0, abs(value))
    largest = 0.0

    def slope(h: float) -> float:
        nonlocal largest
        up, down = (loss_of(moved(network, target, value + s * h), x, y) for s in (1, -1))
        largest = max(largest, abs(up), abs(down))
        return (up - down) / (2 * h)

    wide, middle, narrow = slope(h), slope(h / 2), slope(h / 4)
    refined, before = (4 * narrow - middle) / 3, (4 * middle - wide) / 3
    return refined, abs(refined - before) + _NOISE * largest / h


def moved(network: Network, target: Quantity, value: float) -> Network:
    """The network with the parameter of that address, or of that gradient, set to ``value``."""
    layer, layers = network.layers[target.layer - 1], list(network.layers)
    if target.parameter not in ("W", "b"):
        vector = getattr(layer.batch_norm, target.parameter).copy()
        vector[target.index[0] - 1] = value
        layers[target.layer - 1] = layer.updated(layer.W, layer.b, {target.parameter: vector})
        return network.updated(layers)
    W, b = layer.W.copy(), None if layer.b is None else layer.b.copy()
    changed = W if target.parameter == "W" else b
    assert changed is not None
    changed[tuple(i - 1 for i in target.index)] = value
    layers[target.layer - 1] = layer.updated(W, b)
    return network.updated(layers)
