"""Wrong formulas of the loss. The docstring of each is the formula."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from mlp_core.functions import LOSSES, add, mul

from .rule import Place, minus, spoils

SQUARED = ("loss.squared_error", "loss.half_squared_error", "loss.mean_squared_error")
ENTROPIES = ("loss.binary_cross_entropy", "loss.cross_entropy")


@spoils(*SQUARED)
def square_left_out(p: Place) -> Iterator[sp.Expr]:
    """C = sum (a - y), or sum |a - y|"""
    yield p.formula.replace(lambda e: e.is_Pow and e.exp == 2, lambda e: e.base)
    yield p.formula.replace(lambda e: e.is_Pow and e.exp == 2, lambda e: sp.Abs(e.base))


@spoils(*SQUARED)
def sign_slip(p: Place) -> Iterator[sp.Expr]:
    """C = -sum (a - y)^2"""
    yield minus(p.formula)


@spoils(*SQUARED)
def loss_constant(p: Place) -> Iterator[sp.Expr]:
    """C = c sum (a - y)^2, with the c of another squared loss"""
    n, half = p.size(p.last), sp.Rational(1, 2)
    for factor in {
        "squared_error": [half, sp.Rational(1, n)],
        "half_squared_error": [sp.Integer(2), sp.Rational(2, n)],
        "mean_squared_error": [sp.Integer(n), sp.Rational(n, 2)],
    }[p.loss]:
        if factor != 1:
            yield mul(factor, p.formula)


@spoils(*ENTROPIES)
def minus_lost(p: Place) -> Iterator[sp.Expr]:
    """C = sum y ln a"""
    yield minus(p.formula)


@spoils("loss_slope.cross_entropy")
def minus_lost_in_slope(p: Place) -> Iterator[sp.Expr]:
    """dC/da = y / a"""
    yield minus(p.formula)


@spoils(*ENTROPIES)
def log_base_ten(p: Place) -> Iterator[sp.Expr]:
    """C = - sum y log10 a, or with log2"""
    yield p.formula / sp.log(10)
    yield p.formula / sp.log(2)


@spoils(*ENTROPIES)
def log_of_the_wrong_term(p: Place) -> Iterator[sp.Expr]:
    """C = - sum y ln (1 - a), or with output and target exchanged: - sum a ln y"""
    pairs = _pairs(p)
    yield p.formula.xreplace({a: 1 - a for a, _y in pairs})
    yield p.formula.xreplace({one: other for a, y in pairs for one, other in ((a, y), (y, a))})


@spoils("loss.cross_entropy")
def binary_for_categorical(p: Place) -> Iterator[sp.Expr]:
    """C = - sum (y ln a + (1 - y) ln (1 - a)), as if every output stood alone"""
    yield LOSSES["binary_cross_entropy"].expr(*zip(*_pairs(p), strict=True))


@spoils("loss_slope.cross_entropy")
def binary_for_categorical_slope(p: Place) -> Iterator[sp.Expr]:
    """dC/da = (a - y) / (a (1 - a))"""
    yield LOSSES["binary_cross_entropy"].slope_expr(p.own("a"), p.own("y"), p.size(p.last))


@spoils("loss.binary_cross_entropy")
def second_term_left_out(p: Place) -> Iterator[sp.Expr]:
    """C = - sum y ln a, without what a target of 0 adds"""
    yield LOSSES["cross_entropy"].expr(*zip(*_pairs(p), strict=True))


@spoils("loss_slope.binary_cross_entropy")
def second_term_left_out_of_slope(p: Place) -> Iterator[sp.Expr]:
    """dC/da = -y / a"""
    yield LOSSES["cross_entropy"].slope_expr(p.own("a"), p.own("y"), p.size(p.last))


@spoils("loss")
def one_output(p: Place) -> Iterator[sp.Expr]:
    """C = the part of one output alone, such as (a_i - y_i)^2"""
    n = p.size(p.last)
    for i in range(1, n + 1) if n > 1 else ():
        a = p.q("a", p.last, i)
        yield p.formula.xreplace({part: sp.Integer(0) for part in _parts(p.formula) if a not in part.free_symbols})


@spoils(*SQUARED)
def squared_sum(p: Place) -> Iterator[sp.Expr]:
    """C = (sum (a - y))^2"""
    squares = _parts(p.formula)
    if len(squares) > 1:
        whole = next(e for e in sp.preorder_traversal(p.formula) if e.is_Add and e.args[0] == squares[0])
        yield p.formula.xreplace({whole: sp.Pow(add(*(square.base for square in squares)), 2)})


def _pairs(p: Place) -> list[tuple[sp.Expr, sp.Expr]]:
    """Output and target of every neuron of the last layer."""
    return [(p.q("a", p.last, i), p.q("y", p.last, i)) for i in range(1, p.size(p.last) + 1)]


def _parts(formula: sp.Expr) -> list[sp.Expr]:
    """The terms of a loss, one an output, without the constant before their sum."""
    if formula.is_Mul and any(arg.is_Add for arg in formula.args) and formula.args[0].is_Rational:
        formula = next(arg for arg in formula.args if arg.is_Add)
    return list(formula.args) if formula.is_Add else [formula]
