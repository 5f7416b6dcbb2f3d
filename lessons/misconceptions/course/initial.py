"""Wrong formulas of a layer's first weights and of what follows from them. The docstring of each is the formula.

r is the limit of a uniform distribution, s the standard deviation of a normal one, m the number of inputs, n that of neurons.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from mlp_core.functions import mul
from mlp_core.initialisation import N_IN, N_OUT, SCALE, SCHEMES, WEIGHT_VARIANCE

from ..rule import Place, spoils

M, N = N_IN.symbol, N_OUT.symbol
HALF = sp.Rational(1, 2)


@spoils("initial_scale")
def one_count_for_both(p: Place) -> Iterator[sp.Expr]:
    """r = sqrt(6 / m) or sqrt(6 / n) for sqrt(6 / (m + n))"""
    yield from _root(p, {M + N: M})
    yield from _root(p, {M + N: N})


@spoils("initial_scale")
def counts_exchanged(p: Place) -> Iterator[sp.Expr]:
    """r = sqrt(6 / n) for sqrt(6 / m)"""
    if _square(p).free_symbols == {M}:
        yield from _root(p, {M: N})


@spoils("initial_sum", "initial_signal")
def counts_exchanged_in_sum(p: Place) -> Iterator[sp.Expr]:
    """n s^2 q for m s^2 q, or the other way round"""
    yield p.formula.xreplace({M: N, N: M})


@spoils("initial_scale")
def both_counts_for_one(p: Place) -> Iterator[sp.Expr]:
    """r = sqrt(6 / (m + n)) for sqrt(6 / m)"""
    if _square(p).free_symbols == {M}:
        yield from _root(p, {M: M + N})


@spoils("initial_scale")
def limit_and_deviation(p: Place) -> Iterator[sp.Expr]:
    """r = sqrt(2 / (m + n)) or s = sqrt(6 / (m + n)), sqrt 3 forgotten or put in where it does not belong"""
    factor = {"uniform": sp.Rational(1, 3), "normal": sp.Integer(3)}.get(_distribution(p))
    if factor:
        yield from _root(p, {}, factor)


@spoils("initial_variance.uniform")
def limit_taken_for_deviation(p: Place) -> Iterator[sp.Expr]:
    """s^2 = r^2"""
    yield sp.Pow(SCALE.symbol, 2)


@spoils("initial_scale")
def variance_for_scale(p: Place) -> Iterator[sp.Expr]:
    """r = 6 / (m + n), s = 2 / (m + n); or r = 2 / (m + n)"""
    if _square(p).free_symbols:
        yield _square(p)
        if _distribution(p) == "uniform":
            yield _square(p) / 3


@spoils("initial_scale")
def variance_two_lost(p: Place) -> Iterator[sp.Expr]:
    """r = sqrt(3 / m), s = sqrt(1 / m)"""
    yield from _root(p, {}, HALF)


@spoils("initial_variance.uniform", "initial_variance.normal")
def square_left_out(p: Place) -> Iterator[sp.Expr]:
    """s^2 = r / 3, s^2 = s"""
    yield p.formula.xreplace({sp.Pow(SCALE.symbol, 2): SCALE.symbol})


@spoils("initial_variance.uniform")
def limit_taken_for_width(p: Place) -> Iterator[sp.Expr]:
    """s^2 = r^2 / 12"""
    yield sp.Pow(SCALE.symbol, 2) / 12


@spoils("initial_sum", "initial_signal")
def count_left_out(p: Place) -> Iterator[sp.Expr]:
    """s^2 q, without the number of terms"""
    _count, *others = p.formula.args
    yield mul(*others)


@spoils("initial_sum", "initial_signal")
def deviations_added(p: Place) -> Iterator[sp.Expr]:
    """m^2 s^2 q: (m s)^2 q, standard deviations added up in place of variances"""
    count, *others = p.formula.args
    yield mul(sp.Pow(count, 2), *others)


@spoils("initial_sum", "initial_signal")
def deviation_for_variance(p: Place) -> Iterator[sp.Expr]:
    """m s q"""
    yield p.formula.xreplace({WEIGHT_VARIANCE.symbol: sp.sqrt(WEIGHT_VARIANCE.symbol)})


def _distribution(p: Place) -> str:
    scheme = SCHEMES.get(p.step.rule.partition(".")[2])
    return scheme.distribution if scheme else ""


def _square(p: Place) -> sp.Expr:
    """The right formula squared."""
    return p.formula.base if p.formula.is_Pow and p.formula.exp == HALF else sp.Pow(p.formula, 2)


def _root(p: Place, put: dict[sp.Expr, sp.Expr], factor: sp.Expr = sp.S.One) -> Iterator[sp.Expr]:
    """The right formula with something else under its root; nothing where the counts do not enter it."""
    wrong = _square(p).xreplace(put) * factor
    if _square(p).free_symbols and wrong != _square(p):
        yield sp.Pow(wrong, HALF, evaluate=False)
