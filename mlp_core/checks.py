"""Three ways to one gradient: the engine, SymPy and finite differences, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .engine import loss_of, trace
from .network import Layer, Network
from .quantity import Quantity
from .steps import derive


@dataclass(frozen=True)
class Row:
    """One parameter's gradient: by the engine, by SymPy, by central differences."""

    target: Quantity
    engine: float
    sympy: float
    difference: float

    @property
    def disagreement(self) -> float:
        """The largest distance between two of the three, relative to their size where that is above 1."""
        values = (self.engine, self.sympy, self.difference)
        return (max(values) - min(values)) / max(1.0, *map(abs, values))


@dataclass(frozen=True, eq=False)
class Check:
    """The comparison for every parameter; ``largest`` is the largest disagreement."""

    rows: tuple[Row, ...]

    @property
    def largest(self) -> float:
        """The largest disagreement of all rows."""
        return max(row.disagreement for row in self.rows)

    def _repr_html_(self) -> str:
        body = "".join(
            f"<tr><td>{r.target}</td><td>{r.engine:.12g}</td><td>{r.sympy:.12g}</td><td>{r.difference:.12g}</td></tr>"
            for r in self.rows
        )
        head = "<tr><th>gradient</th><th>engine</th><th>SymPy</th><th>differences</th></tr>"
        return f"<table><caption>largest disagreement {self.largest:.2g}</caption>{head}{body}</table>"


def check_gradients(network: Network, x: Any, y: Any) -> Check:
    """Compare dW and db of every parameter; x (n_in,) or (batch, n_in), y to match.

    SymPy evaluates the Steps to 30 digits or more; over a batch its per-sample gradients are reduced as the network says.
    Differences are central, of the forward pass alone, so they say nothing where a ReLU sits exactly at its kink.
    All three work in float64, whatever the network's precision. Raises ValueError as ``trace`` does, and for a network with
    a step function, which has no gradient.
    """
    exact = Network(
        [
            Layer(layer.W.tolist(), None if layer.b is None else layer.b.tolist(), layer.activation)
            for layer in network.layers
        ],
        network.loss,
        network.reduction,
    )
    result = trace(exact, x, y)
    result.layers[0].dW  # noqa: B018  (raises where there is no gradient)
    symbolic = _by_sympy(exact, result.x, result.y)
    return Check(
        tuple(Row(q, result[q], symbolic[q], central_difference(exact, result.x, result.y, q)) for q in symbolic)
    )


def _by_sympy(network: Network, x: np.ndarray, y: np.ndarray) -> dict[Quantity, float]:
    derivation = derive(network)
    pairs = list(zip(np.atleast_2d(x), np.atleast_2d(y), strict=True))
    runs = [derivation.evaluate(network, *pair) for pair in pairs]
    share = len(pairs) if network.reduction == "mean" else 1
    targets = sorted((s.target for s in derivation if s.target.is_gradient), key=lambda q: q.layer)
    return {q: float(sum(values[q] for values in runs) / share) for q in targets}


def central_difference(network: Network, x: Any, y: Any, target: Quantity) -> float:
    """dC/dW or dC/db by moving that parameter a little to both sides, refined once (Richardson): error of order h^4."""
    value = float(getattr(network.layers[target.layer - 1], target.parameter)[tuple(i - 1 for i in target.index)])
    h = 1e-3 * max(1.0, abs(value))

    def slope(h: float) -> float:
        up, down = (loss_of(_moved(network, target, value + s * h), x, y) for s in (1, -1))
        return (up - down) / (2 * h)

    return (4 * slope(h / 2) - slope(h)) / 3


def _moved(network: Network, target: Quantity, value: float) -> Network:
    """The network with one parameter set to ``value``."""
    layer = network.layers[target.layer - 1]
    W, b = layer.W.copy(), None if layer.b is None else layer.b.copy()
    changed = W if target.parameter == "W" else b
    assert changed is not None
    changed[tuple(i - 1 for i in target.index)] = value
    layers = list(network.layers)
    layers[target.layer - 1] = layer.updated(W, b)
    return network.updated(layers)
