"""Wrong formulas that do not depend on the law. The docstring of each is the formula."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from .rule import Place, spoils


@spoils("affine", "activation", "slope", "delta", "fused", "weight_gradient", "bias_gradient", "batch_weight_gradient",
        "batch_bias_gradient", "loss_slope", "SGD", "Momentum",
        "RMSprop", "Adam", "apply", "perceptron_slope", "perceptron_update", page="start")  # fmt: skip
def neighbour(p: Place) -> Iterator[sp.Expr]:
    """z_1 = z_2: the right number of another place in the same layer"""
    for other in p.neighbours():
        yield other.symbol
