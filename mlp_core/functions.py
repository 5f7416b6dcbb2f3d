"""Activations and losses: one record each, in one table each. Adding one is one entry here.

Every record holds its formula twice, for NumPy and for SymPy, and its derivative in the form a textbook prints; the
tests and the page that unfolds a derivative let SymPy differentiate the formula and confirm that the two are equal.
For NumPy a derivative is written so that it keeps its digits where the activation saturates: a sigmoid's is
f(z) f(-z), not a (1 - a), which cancels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import sympy as sp

Array = np.ndarray
Record = TypeVar("Record")
LEAK = 0.01


def add(*terms: sp.Expr) -> sp.Expr:
    """A sum in the order given (SymPy would sort it)."""
    return sp.Add(*terms, evaluate=False) if len(terms) > 1 else terms[0]


def mul(*factors: sp.Expr) -> sp.Expr:
    """A product in the order given (SymPy would sort it and multiply numbers into brackets)."""
    return sp.Mul(*factors, evaluate=False) if len(factors) > 1 else factors[0]


@dataclass(frozen=True)
class Activation:
    """An elementwise activation a = f(z).

    ``f(z)`` and ``slope(z, a)`` take and give arrays of any shape; ``expr(z)`` and ``slope_expr(z, a)`` the same in SymPy.
    ``slope`` is None for a function without a useful derivative.
    """

    name: str
    latex: str
    f: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array] | None
    expr: Callable[[sp.Expr], sp.Expr]
    slope_expr: Callable[[sp.Expr, sp.Expr], sp.Expr] | None
    elementwise: bool = True

    def formula(self, z: Sequence[sp.Expr], i: int) -> sp.Expr:
        """a_i in the symbols of the layer's z (``i`` from 0)."""
        return self.expr(z[i])

    def slope_formula(self, z: Sequence[sp.Expr], a: Sequence[sp.Expr], i: int, j: int) -> sp.Expr:
        """da_i/dz_j in the symbols of the layer's z and a (``i``, ``j`` from 0)."""
        assert self.slope_expr is not None
        return self.slope_expr(z[i], a[i])

    def pull(self, dC_da: Array, da_dz: Array) -> Array:
        """delta from dC/da: (..., n) and (..., n) to (..., n)."""
        return dC_da * da_dz


@dataclass(frozen=True)
class Softmax(Activation):
    """a_i = exp(z_i) / sum exp(z_k): every output depends on every z, so the slope is a Jacobian (..., n, n)."""

    elementwise: bool = False

    def formula(self, z: Sequence[sp.Expr], i: int) -> sp.Expr:
        return mul(sp.exp(z[i]), sp.Pow(add(*map(sp.exp, z)), -1, evaluate=False))

    def slope_formula(self, z: Sequence[sp.Expr], a: Sequence[sp.Expr], i: int, j: int) -> sp.Expr:
        return mul(a[i], add(sp.Integer(1), -a[i])) if i == j else mul(sp.Integer(-1), a[i], a[j])

    def pull(self, dC_da: Array, da_dz: Array) -> Array:
        return np.einsum("...i,...ij->...j", dC_da, da_dz)


def _sigmoid(z: Array) -> Array:
    return np.reciprocal(1.0 + np.exp(-z))  # exp may overflow to inf: the quotient is then the right 0


def _squared(d: Array) -> Array:
    return np.vecdot(d, d)  # the sum of squares over the outputs


def _softmax(z: Array) -> Array:
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _softmax_slope(z: Array, a: Array) -> Array:
    return a[..., :, None] * (np.eye(a.shape[-1], dtype=a.dtype) - a[..., None, :])


def _sigmoid_expr(z: sp.Expr) -> sp.Expr:
    return sp.Pow(add(sp.Integer(1), sp.exp(-z)), -1, evaluate=False)


def _cases(positive: sp.Expr, otherwise: sp.Expr, condition: sp.Expr) -> sp.Expr:
    return sp.Piecewise((positive, condition), (otherwise, True))


_ONE, _TWO = sp.Integer(1), sp.Integer(2)

ACTIVATIONS: dict[str, Activation] = {
    record.name: record
    for record in (
        Activation(
            "identity", r"\mathrm{id}", lambda z: z, lambda z, a: np.ones_like(z), lambda z: z, lambda z, a: _ONE
        ),
        Activation(
            "sigmoid",
            r"\sigma",
            _sigmoid,
            lambda z, a: a * np.reciprocal(1.0 + np.exp(z)),
            _sigmoid_expr,
            lambda z, a: mul(a, add(_ONE, -a)),
        ),
        Activation(
            "tanh", r"\tanh", np.tanh, lambda z, a: np.cosh(z) ** -2, sp.tanh, lambda z, a: add(_ONE, -sp.Pow(a, 2))
        ),
        Activation(
            "relu",
            r"\mathrm{ReLU}",
            lambda z: np.maximum(z, 0),
            lambda z, a: (z > 0).astype(z.dtype),
            lambda z: _cases(z, sp.Integer(0), z > 0),
            lambda z, a: _cases(_ONE, sp.Integer(0), z > 0),
        ),
        Activation(
            "leaky_relu",
            r"\mathrm{LReLU}",
            lambda z: np.where(z > 0, z, LEAK * z),
            lambda z, a: np.where(z > 0, 1.0, LEAK).astype(z.dtype),
            lambda z: _cases(z, sp.Rational(1, 100) * z, z > 0),
            lambda z, a: _cases(_ONE, sp.Rational(1, 100), z > 0),
        ),
        Activation(
            "softplus",
            r"\mathrm{softplus}",
            lambda z: np.logaddexp(0, z),
            lambda z, a: _sigmoid(z),
            lambda z: sp.log(add(_ONE, sp.exp(z))),
            lambda z, a: _sigmoid_expr(z),
        ),
        Softmax("softmax", r"\mathrm{softmax}", _softmax, _softmax_slope, sp.exp, lambda z, a: a),
        Activation(
            "step",
            r"\mathrm{step}",
            lambda z: (z >= 0).astype(z.dtype),
            None,
            lambda z: _cases(_ONE, sp.Integer(0), z >= 0),
            None,
        ),
    )
}


@dataclass(frozen=True)
class Loss:
    """The loss of one sample, C(a, y), over its n outputs.

    ``f(z, a, y)`` maps (..., n) to (...); the cross-entropies use z, which keeps them finite when a saturates.
    ``slope(a, y)`` is dC/da, (..., n). ``expr(a, y)`` and ``slope_expr(a_i, y_i, n)`` are the same in SymPy.
    ``wants`` names the only output activation it goes with (delta is then the fused a - y), or is empty.
    ``admits(y)`` is True where a target is allowed; ``range`` says in words what it allows.
    """

    name: str
    f: Callable[[Array, Array, Array], Array]
    slope: Callable[[Array, Array], Array]
    expr: Callable[[Sequence[sp.Expr], Sequence[sp.Expr]], sp.Expr]
    slope_expr: Callable[[sp.Expr, sp.Expr, int], sp.Expr]
    wants: str = ""
    admits: Callable[[Array], bool] = lambda y: True
    range: str = "any number"


def _cross_entropy(z: Array, a: Array, y: Array) -> Array:
    shifted = z - z.max(axis=-1, keepdims=True)
    e = np.exp(shifted)
    np.put_along_axis(
        e, z.argmax(axis=-1)[..., None], 0, axis=-1
    )  # the largest term is exactly 1: log1p keeps the rest
    return (y * (np.log1p(e.sum(axis=-1, keepdims=True)) - shifted)).sum(axis=-1)


def _squares(a: Sequence[sp.Expr], y: Sequence[sp.Expr]) -> sp.Expr:
    return add(*(sp.Pow(add(ai, -yi), 2, evaluate=False) for ai, yi in zip(a, y, strict=True)))


def _binary_terms(a: Sequence[sp.Expr], y: Sequence[sp.Expr]) -> sp.Expr:
    return add(
        *(
            mul(sp.Integer(-1), add(mul(yi, sp.log(ai)), mul(add(_ONE, -yi), sp.log(add(_ONE, -ai)))))
            for ai, yi in zip(a, y, strict=True)
        )
    )


LOSSES: dict[str, Loss] = {
    record.name: record
    for record in (
        Loss(
            "squared_error",
            lambda z, a, y: _squared(a - y),
            lambda a, y: 2.0 * (a - y),
            _squares,
            lambda a, y, n: mul(_TWO, add(a, -y)),
        ),
        Loss(
            "half_squared_error",
            lambda z, a, y: 0.5 * _squared(a - y),
            lambda a, y: a - y,
            lambda a, y: mul(sp.Rational(1, 2), _squares(a, y)),
            lambda a, y, n: add(a, -y),
        ),
        Loss(
            "mean_squared_error",
            lambda z, a, y: _squared(a - y) / a.shape[-1],
            lambda a, y: (a - y) * (2.0 / a.shape[-1]),
            lambda a, y: mul(sp.Rational(1, len(a)), _squares(a, y)) if len(a) > 1 else _squares(a, y),
            lambda a, y, n: mul(sp.Rational(2, n), add(a, -y)) if n != 2 else add(a, -y),
        ),
        Loss(
            "binary_cross_entropy",
            lambda z, a, y: (y * np.logaddexp(0, -z) + (1.0 - y) * np.logaddexp(0, z)).sum(axis=-1),
            lambda a, y: (a - y) / (a * (1.0 - a)),
            _binary_terms,
            lambda a, y, n: mul(add(a, -y), sp.Pow(mul(a, add(_ONE, -a)), -1, evaluate=False)),
            wants="sigmoid",
            admits=lambda y: bool(((y >= 0) & (y <= 1)).all()),
            range="numbers from 0 to 1",
        ),
        Loss(
            "cross_entropy",
            _cross_entropy,
            lambda a, y: -y / a,
            lambda a, y: add(*(mul(sp.Integer(-1), yi, sp.log(ai)) for ai, yi in zip(a, y, strict=True))),
            lambda a, y, n: mul(sp.Integer(-1), mul(y, sp.Pow(a, -1))),
            wants="softmax",
            admits=lambda y: bool((y >= 0).all() and np.allclose(y.sum(axis=-1), 1, rtol=0, atol=1e-6)),
            range="numbers from 0 on that add up to 1",
        ),
    )
}


def lookup(table: dict[str, Record], name: object, what: str) -> Record:
    """The record of that name, or a ValueError that lists the names there are."""
    if not isinstance(name, str) or name not in table:
        raise ValueError(f"unknown {what} {name!r}; known: {', '.join(table)}")
    return table[name]
