"""Activations and losses: one record each, in one table each. Adding one is one call of ``enter``.

Every record holds its formula twice, for NumPy and for SymPy, and its derivative in the form a textbook prints; the
tests and the page that unfolds a derivative let SymPy differentiate the formula and confirm that the two are equal.
For NumPy what cancels where an activation saturates is written so that it keeps its digits: a sigmoid's slope is
f(z) f(-z), not a (1 - a), and its distance from a target is made of both of them, not of a - y.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Any, TypeVar

import numpy as np
import sympy as sp

Array = np.ndarray[Any, np.dtype[Any]]
Record = TypeVar("Record")
LEAK = 0.01


def add(*terms: sp.Expr) -> sp.Expr:
    """A sum in the order given (SymPy would sort it)."""
    return sp.Add(*terms, evaluate=False) if len(terms) > 1 else terms[0]


def mul(*factors: sp.Expr) -> sp.Expr:
    """A product in the order given (SymPy would sort it and multiply numbers into brackets)."""
    return sp.Mul(*factors, evaluate=False) if len(factors) > 1 else factors[0]


@dataclass(frozen=True, eq=False, kw_only=True)
class Activation:
    """An elementwise activation a = f(z).

    name: in code and files; title: for people, in English; latex: in formulas. ``f(z)`` and ``slope(z, a)`` take and give
    arrays of any shape; ``expr(z)`` and ``slope_expr(z, a)`` the same in SymPy. ``slope`` is None for a function without a
    useful derivative. ``error(z, a, y)`` is a - y, (..., n), to full precision where ``f`` saturates. lookalike: the name
    of the activation that is taken for it by mistake, if any; range: the least and the greatest output; sloped: gives the same
    activation with another slope of its negative side, for one that has such a slope to set.
    """

    name: str
    title: str
    latex: str
    f: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array] | None
    expr: Callable[[sp.Expr], sp.Expr]
    slope_expr: Callable[[sp.Expr, sp.Expr], sp.Expr] | None
    error: Callable[[Array, Array, Array], Array] = lambda z, a, y: a - y
    elementwise: bool = True
    lookalike: str = ""
    range: tuple[float, float] = (-inf, inf)
    sloped: Callable[[float], Activation] | None = None

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


@dataclass(frozen=True, eq=False, kw_only=True)
class Softmax(Activation):
    """a_i = exp(z_i) / sum exp(z_k): every output depends on every z, so the slope is a Jacobian (..., n, n)."""

    elementwise: bool = False

    def formula(self, z: Sequence[sp.Expr], i: int) -> sp.Expr:
        return mul(sp.exp(z[i]), sp.Pow(add(*map(sp.exp, z)), -1, evaluate=False))

    def slope_formula(self, z: Sequence[sp.Expr], a: Sequence[sp.Expr], i: int, j: int) -> sp.Expr:
        return mul(a[i], add(sp.Integer(1), -a[i])) if i == j else mul(sp.Integer(-1), a[i], a[j])

    def pull(self, dC_da: Array, da_dz: Array) -> Array:
        delta: Array = np.einsum("...i,...ij->...j", dC_da, da_dz)
        return delta


def _sigmoid(z: Array) -> Array:
    return np.reciprocal(1.0 + np.exp(-z))  # exp may overflow to inf: the quotient is then the right 0


def _sigmoid_slope(z: Array, a: Array) -> Array:
    return a / (1.0 + np.exp(z))


def _reaches(a: Array, most: float = 0.9) -> bool:
    """Whether some output is so near to 1 that 1 - a loses digits."""
    return bool(a.item(a.argmax()) > most)


def _sigmoid_error(z: Array, a: Array, y: Array) -> Array:
    if not _reaches(a):
        return a - y
    return (1.0 - y) * a - y / (1.0 + np.exp(z))  # (1 - y) a - y (1 - a)


def _tanh_error(z: Array, a: Array, y: Array) -> Array:
    if not (_reaches(a) or _reaches(-a)):
        return a - y
    above = (1.0 - y) - 2.0 * _sigmoid(-2.0 * z)  # with 1 - a, or 1 + a, where that is the small one
    below = 2.0 * _sigmoid(2.0 * z) - (1.0 + y)
    return np.where(z > 0.5, above, np.where(z < -0.5, below, a - y))


def _softmax(z: Array) -> Array:
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    a: Array = e / e.sum(axis=-1, keepdims=True)
    return a


def _softmax_rest(a: Array) -> Array:
    """1 - a: where a is above 1/2, the sum of the others."""
    most = a > 0.5
    return np.where(most, np.where(most, 0.0, a).sum(axis=-1, keepdims=True), 1.0 - a).astype(a.dtype)


def _softmax_error(z: Array, a: Array, y: Array) -> Array:
    if not _reaches(a):
        return a - y
    return np.where(a > 0.5, (1.0 - y) - _softmax_rest(a), a - y)


def _softmax_slope(z: Array, a: Array) -> Array:
    slope = -a[..., :, None] * a[..., None, :]
    every = np.arange(a.shape[-1])
    slope[..., every, every] = a * _softmax_rest(a)
    return slope


def _sigmoid_expr(z: sp.Expr) -> sp.Expr:
    return sp.Pow(add(sp.Integer(1), sp.exp(-z)), -1, evaluate=False)


def _cases(positive: sp.Expr, otherwise: sp.Expr, condition: sp.Expr) -> sp.Expr:
    return sp.Piecewise((positive, condition), (otherwise, True))


_ONE, _TWO = sp.Integer(1), sp.Integer(2)

ACTIVATIONS: dict[str, Activation] = {}
LOSSES: dict[str, Loss] = {}


@dataclass(frozen=True, eq=False, kw_only=True)
class Loss:
    """The loss of one sample, C(a, y), over its n outputs.

    name: in code and files; title: for people, in English. ``f(z, a, y, d)`` maps (..., n) to (...), where d is a - y to full
    precision; the cross-entropies use z, which keeps them finite when a saturates. ``slope(z, a, y, d)`` is dC/da, (..., n).
    ``term(a, y, n)`` is what one of n outputs adds to the loss, (m,) for m values of a and its target y. ``expr(a, y)`` and
    ``slope_expr(a_i, y_i, n)`` are f and slope in SymPy. ``wants`` names the only output activation it goes with (delta is
    then the fused a - y), or is empty. ``admits(y)`` is True where a target is allowed; ``range`` says in words what it allows.
    """

    name: str
    title: str
    f: Callable[[Array, Array, Array, Array], Array]
    slope: Callable[[Array, Array, Array, Array], Array]
    term: Callable[[Array, float, int], Array]
    expr: Callable[[Sequence[sp.Expr], Sequence[sp.Expr]], sp.Expr]
    slope_expr: Callable[[sp.Expr, sp.Expr, int], sp.Expr]
    wants: str = ""
    admits: Callable[[Array], bool] = lambda y: True
    range: str = "any number"

    @property
    def parted(self) -> bool:
        """Whether the targets are parts of a whole, as the outputs of its activation are."""
        return bool(self.wants) and not ACTIVATIONS[self.wants].elementwise


def enter(record: Activation | Loss) -> None:
    """Add an activation or a loss: from then on networks, Steps and menus know it. ValueError where its name is taken, or
    where it speaks of an activation that there is not."""
    table: dict[str, Any] = ACTIVATIONS if isinstance(record, Activation) else LOSSES
    if record.name in table:
        raise ValueError(f"there is a record {record.name} already")
    if isinstance(record, Loss) and record.wants:
        lookup(ACTIVATIONS, record.wants, "activation")
    table[record.name] = record


def leave(record: Activation | Loss) -> None:
    """Take away what ``enter`` added."""
    table: dict[str, Any] = ACTIVATIONS if isinstance(record, Activation) else LOSSES
    del table[record.name]


def activation_of(name: str, slope: float = LEAK) -> Activation:
    """The record of an activation; ``slope`` is that of its negative side, where it has one to set."""
    record = ACTIVATIONS[name]
    return record.sloped(slope) if record.sloped and slope != LEAK else record


def lookup(table: dict[str, Record], name: object, what: str) -> Record:
    """The record of that name, or a ValueError that lists the names there are."""
    if not isinstance(name, str) or name not in table:
        raise ValueError(f"unknown {what} {str(name)[:60]!r}; known: {', '.join(table)}")
    return table[name]


enter(
    Activation(
        name="identity",
        title="linear",
        latex=r"\mathrm{id}",
        f=lambda z: z,
        slope=lambda z, a: np.ones_like(z),
        expr=lambda z: z,
        slope_expr=lambda z, a: _ONE,
        lookalike="sigmoid",
    )
)
enter(
    Activation(
        name="sigmoid",
        title="sigmoid",
        latex=r"\sigma",
        f=_sigmoid,
        slope=_sigmoid_slope,
        expr=_sigmoid_expr,
        slope_expr=lambda z, a: mul(a, add(_ONE, -a)),
        error=_sigmoid_error,
        lookalike="tanh",
        range=(0, 1),
    )
)
enter(
    Activation(
        name="tanh",
        title="tanh",
        latex=r"\tanh",
        f=np.tanh,
        slope=lambda z, a: np.cosh(z) ** -2,
        expr=sp.tanh,
        slope_expr=lambda z, a: add(_ONE, -sp.Pow(a, 2)),
        error=_tanh_error,
        lookalike="sigmoid",
        range=(-1, 1),
    )
)
enter(
    Activation(
        name="relu",
        title="ReLU",
        latex=r"\mathrm{ReLU}",
        f=lambda z: np.maximum(z, 0),
        slope=lambda z, a: (z > 0).astype(z.dtype),
        expr=lambda z: _cases(z, sp.Integer(0), z > 0),
        slope_expr=lambda z, a: _cases(_ONE, sp.Integer(0), z > 0),
        lookalike="leaky_relu",
        range=(0, inf),
    )
)


@lru_cache(maxsize=256)
def _leaky_relu(slope: float) -> Activation:
    """With another slope below 0 than the usual one; the same record for the same slope."""
    exact = sp.Rational(repr(slope))
    return Activation(
        name="leaky_relu",
        title="leaky ReLU",
        latex=r"\mathrm{LReLU}",
        f=lambda z: np.where(z > 0, z, slope * z),
        slope=lambda z, a: np.where(z > 0, 1.0, slope).astype(z.dtype),
        expr=lambda z: _cases(z, exact * z, z > 0),
        slope_expr=lambda z, a: _cases(_ONE, exact, z > 0),
        lookalike="relu",
        sloped=_leaky_relu,
    )


enter(_leaky_relu(LEAK))
enter(
    Activation(
        name="softplus",
        title="softplus",
        latex=r"\mathrm{softplus}",
        f=lambda z: np.logaddexp(0, z),
        slope=lambda z, a: _sigmoid(z),
        expr=lambda z: sp.log(add(_ONE, sp.exp(z))),
        slope_expr=lambda z, a: _sigmoid_expr(z),
        lookalike="relu",
        range=(0, inf),
    )
)
enter(
    Softmax(
        name="softmax",
        title="softmax",
        latex=r"\mathrm{softmax}",
        f=_softmax,
        slope=_softmax_slope,
        expr=sp.exp,
        slope_expr=lambda z, a: a,
        error=_softmax_error,
        lookalike="sigmoid",
        range=(0, 1),
    )
)
enter(
    Activation(
        name="step",
        title="step function",
        latex=r"\mathrm{step}",
        f=lambda z: (z >= 0).astype(z.dtype),
        slope=None,
        expr=lambda z: _cases(_ONE, sp.Integer(0), z >= 0),
        slope_expr=None,
        range=(0, 1),
    )
)


def _squared(d: Array) -> Array:
    total: Array = np.vecdot(d, d)  # the sum of squares over the outputs
    return total


def _cross_entropy(z: Array, a: Array, y: Array, d: Array) -> Array:
    shifted = z - z.max(axis=-1, keepdims=True)
    e = np.exp(shifted)
    np.put_along_axis(e, z.argmax(axis=-1)[..., None], 0, axis=-1)  # the largest term is 1: log1p keeps the rest
    total: Array = (y * (np.log1p(e.sum(axis=-1, keepdims=True)) - shifted)).sum(axis=-1)
    return total


def _times_log(weight: float, value: Array) -> Array:
    return weight * np.log(value) if weight else np.zeros_like(value)


def _squares(a: Sequence[sp.Expr], y: Sequence[sp.Expr]) -> sp.Expr:
    return add(*(sp.Pow(add(ai, -yi), 2, evaluate=False) for ai, yi in zip(a, y, strict=True)))


def _binary_terms(a: Sequence[sp.Expr], y: Sequence[sp.Expr]) -> sp.Expr:
    return add(
        *(
            mul(sp.Integer(-1), add(mul(yi, sp.log(ai)), mul(add(_ONE, -yi), sp.log(add(_ONE, -ai)))))
            for ai, yi in zip(a, y, strict=True)
        )
    )


enter(
    Loss(
        name="squared_error",
        title="squared error",
        f=lambda z, a, y, d: _squared(d),
        slope=lambda z, a, y, d: 2.0 * d,
        term=lambda a, y, n: (a - y) ** 2,
        expr=_squares,
        slope_expr=lambda a, y, n: mul(_TWO, add(a, -y)),
    )
)
enter(
    Loss(
        name="half_squared_error",
        title="half squared error",
        f=lambda z, a, y, d: 0.5 * _squared(d),
        slope=lambda z, a, y, d: d,
        term=lambda a, y, n: 0.5 * (a - y) ** 2,
        expr=lambda a, y: mul(sp.Rational(1, 2), _squares(a, y)),
        slope_expr=lambda a, y, n: add(a, -y),
    )
)
enter(
    Loss(
        name="mean_squared_error",
        title="mean squared error",
        f=lambda z, a, y, d: _squared(d) / d.shape[-1],
        slope=lambda z, a, y, d: d * (2.0 / d.shape[-1]),
        term=lambda a, y, n: (a - y) ** 2 / n,
        expr=lambda a, y: mul(sp.Rational(1, len(a)), _squares(a, y)) if len(a) > 1 else _squares(a, y),
        slope_expr=lambda a, y, n: mul(sp.Rational(2, n), add(a, -y)) if n != 2 else add(a, -y),
    )
)
enter(
    Loss(
        name="binary_cross_entropy",
        title="binary cross-entropy",
        f=lambda z, a, y, d: (y * np.logaddexp(0, -z) + (1.0 - y) * np.logaddexp(0, z)).sum(axis=-1),
        slope=lambda z, a, y, d: d / _sigmoid_slope(z, a),
        term=lambda a, y, n: -(_times_log(y, a) + _times_log(1 - y, 1 - a)),
        expr=_binary_terms,
        slope_expr=lambda a, y, n: mul(add(a, -y), sp.Pow(mul(a, add(_ONE, -a)), -1, evaluate=False)),
        wants="sigmoid",
        admits=lambda y: bool(((y >= 0) & (y <= 1)).all()),
        range="numbers from 0 to 1",
    )
)
enter(
    Loss(
        name="cross_entropy",
        title="cross-entropy",
        f=_cross_entropy,
        slope=lambda z, a, y, d: -y / a,
        term=lambda a, y, n: -_times_log(y, a),
        expr=lambda a, y: add(*(mul(sp.Integer(-1), yi, sp.log(ai)) for ai, yi in zip(a, y, strict=True))),
        slope_expr=lambda a, y, n: mul(sp.Integer(-1), mul(y, sp.Pow(a, -1))),
        wants="softmax",
        admits=lambda y: bool((y >= 0).all() and np.allclose(y.sum(axis=-1), 1, rtol=0, atol=1e-6)),
        range="numbers from 0 on that add up to 1",
    )
)
