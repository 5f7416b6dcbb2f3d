"""Wrong slopes of an activation, and slopes that are lost between layers. The docstring of each is the formula."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import sympy as sp

from mlp_core.functions import add, mul

from ..rule import Place, spoils

MOST_WAYS = 64  # through the layers between


@spoils("slope.relu", "slope.leaky_relu")
def corner_has_slope(p: Place) -> Iterator[sp.Expr]:
    """da/dz = 1 at z = 0, or half way between the slopes of both sides, where that of the negative side is taken"""
    z, low = p.own("z"), p.formula.args[-1][0]
    yield sp.Piecewise((sp.Integer(1), z >= 0), (low, True))
    yield sp.Piecewise((sp.Integer(1), z > 0), ((1 + low) / 2, z >= 0), (low, True))


@spoils("slope", share=0.5)
def function_instead(p: Place) -> Iterator[sp.Expr]:
    """da/dz = a"""
    if p.activation != "sigmoid":  # there a is one of the two factors of the slope
        yield p.own("a")


@spoils("slope.sigmoid")
def greatest_slope(p: Place) -> Iterator[sp.Expr]:
    """da/dz = 1/4, as at z = 0"""
    yield p.slope(sp.Integer(0)).doit()


@spoils("paths")
def slopes_between(p: Place) -> Iterator[sp.Expr]:
    """dC/da = delta of the last layer times the weights on the way, without the slopes of the layers between"""
    between = [p.size(k) for k in range(p.layer + 1, p.last)]
    if len(between) < 2 or prod(between) * p.size(p.last) > MOST_WAYS:
        return
    back = [p.q("delta", p.last, m) for m in range(1, p.size(p.last) + 1)]
    for k in range(p.last, p.layer + 1, -1):
        back = [_sum(p, back, k, j) for j in range(1, p.size(k - 1) + 1)]
    yield _sum(p, back, p.layer + 1, p.i)


def _sum(p: Place, back: list[sp.Expr], layer: int, j: int) -> sp.Expr:
    return add(*(mul(each, p.q("W", layer, m, j)) for m, each in enumerate(back, 1)))
