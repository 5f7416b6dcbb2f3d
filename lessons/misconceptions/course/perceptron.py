"""Wrong formulas of a perceptron: scores, classes, loss, gradients, update. The docstring of each is the formula."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import sympy as sp

from mlp_core import Quantity
from mlp_core.functions import add, mul

from ..rule import Place, minus, one_reversed, spoils

D = Quantity("D")
SLOPES = ("perceptron_slope.weight", "perceptron_slope.offset")


@spoils("score")
def bias_left_out(p: Place) -> Iterator[sp.Expr]:
    """z = w x, without c"""
    yield add(*p.terms()[:-1])


@spoils("score")
def weights_swapped(p: Place) -> Iterator[sp.Expr]:
    """z = w_2 x_1 + w_1 x_2 + c, two of its weights exchanged"""
    weights = [q.symbol for q in p.step.inputs if q.kind == "weight"]
    for one, other in combinations(weights, 2):
        yield p.formula.xreplace({one: other, other: one})


@spoils("score", "perceptron_loss", "perceptron_slope")
def sign_slip(p: Place) -> Iterator[sp.Expr]:
    """z = w x - c, D = sum y z, dD/dw = sum y x; or one term with the other sign"""
    if p.step.law != "score":
        yield -p.formula
    if p.formula.is_Add:
        yield from one_reversed(p)


@spoils("class")
def zero_for_minus_one(p: Place) -> Iterator[sp.Expr]:
    """class = 1 where z > 0, else 0"""
    yield sp.Piecewise((1, _score(p) > 0), (0, True))


@spoils("class")
def score_instead_of_class(p: Place) -> Iterator[sp.Expr]:
    """class = z"""
    yield _score(p)


@spoils("class")
def side_for_the_line(p: Place) -> Iterator[sp.Expr]:
    """class = 1 where z >= 0, else -1; or 1 where z > 0, else -1"""
    yield sp.Piecewise((1, _score(p) >= 0), (-1, True))
    yield sp.Piecewise((1, _score(p) > 0), (-1, True))


@spoils("missed", *SLOPES)
def line_not_missed(p: Place) -> Iterator[sp.Expr]:
    """misclassified where y z < 0, so that a sample on the line has no part in the sum"""
    if p.step.law == "missed":
        yield _if_beyond(p, p.i, sp.Integer(1))
    else:
        yield add(*(_if_beyond(p, y.index[0], term) for y, term in zip(_labels(p), p.terms(), strict=True)))


@spoils("missed")
def hits_counted(p: Place) -> Iterator[sp.Expr]:
    """misclassified where y z > 0"""
    (one, condition), (other, _always) = p.formula.args
    yield sp.Piecewise((other, condition), (one, True))


@spoils("perceptron_loss", *SLOPES)
def labels_ignored(p: Place) -> Iterator[sp.Expr]:
    """D = -sum z, dD/dw = -sum x"""
    yield p.formula.xreplace({y.symbol: sp.Integer(1) for y in _labels(p)})


@spoils("perceptron_loss", *SLOPES)
def all_samples(p: Place) -> Iterator[sp.Expr]:
    """the sum over all samples; or, where each sample is learned by itself, over all that are misclassified"""
    every = [q for q in p.frame.quantities.values() if q.kind == "label"]
    missed = [q for q in p.frame.steps[D].inputs if q.kind == "label"]
    for counted in (every, missed):
        if len(counted) > len(_labels(p)):
            yield add(*(_term(p, y) for y in counted))


@spoils("perceptron_slope.weight")
def last_factor_left_out(p: Place) -> Iterator[sp.Expr]:
    """dD/dw = -sum y"""
    yield add(*(-y.symbol for y in _labels(p)))


@spoils("perceptron_slope.offset")
def bias_has_input(p: Place) -> Iterator[sp.Expr]:
    """dD/dc = -sum y x_j"""
    for weight in [q for q in p.frame.steps if q.kind == "slope_weight"]:
        yield p.frame.steps[weight].formula


@spoils("perceptron_slope.offset")
def bias_gradient_zero(p: Place) -> Iterator[sp.Expr]:
    """dD/dc = 0"""
    yield sp.Integer(0)


@spoils("perceptron_update")
def ascent(p: Place) -> Iterator[sp.Expr]:
    """w_new = w + lr dD/dw"""
    old, lr, slope = _taken(p)
    yield add(old, mul(lr, slope))


@spoils("perceptron_update")
def lr_missing(p: Place) -> Iterator[sp.Expr]:
    """w_new = w - dD/dw"""
    old, _lr, slope = _taken(p)
    yield add(old, minus(slope))


@spoils("perceptron_update")
def old_left_out(p: Place) -> Iterator[sp.Expr]:
    """w_new = -lr dD/dw"""
    _old, lr, slope = _taken(p)
    yield mul(sp.Integer(-1), lr, slope)


@spoils("perceptron_update")
def weight_unchanged(p: Place) -> Iterator[sp.Expr]:
    """w_new = w"""
    if p.step.target.parameter == "weight":
        yield _taken(p)[0]


@spoils("perceptron_update")
def bias_unchanged(p: Place) -> Iterator[sp.Expr]:
    """c_new = c"""
    if p.step.target.parameter == "offset":
        yield _taken(p)[0]


def _taken(p: Place) -> tuple[sp.Symbol, sp.Symbol, sp.Symbol]:
    """The old parameter, the learning rate and the gradient."""
    old, lr, slope = (q.symbol for q in p.step.inputs)
    return old, lr, slope


def _labels(p: Place) -> list[Quantity]:
    """The labels that are in the sum, in its order."""
    return [q for q in p.step.inputs if q.kind == "label"]


def _score(p: Place, i: int = 0) -> sp.Symbol:
    return p.q("score", 0, i or p.i)


def _if_beyond(p: Place, i: int, counted: sp.Expr) -> sp.Expr:
    """``counted`` where sample i lies beyond the line, 0 on the line and on its own side."""
    beyond = sp.Lt(mul(p.q("label", 0, i), _score(p, i)), 0, evaluate=False)
    return sp.Piecewise((counted, beyond), (sp.Integer(0), True))


def _term(p: Place, label: Quantity) -> sp.Expr:
    """What a sample is in the sum."""
    i = label.index[0]
    if p.step.law == "perceptron_loss":
        return mul(sp.Integer(-1), label.symbol, _score(p, i))
    if p.step.target.kind == "slope_offset":
        return -label.symbol
    feature = Quantity("point", 0, (i, *p.step.target.index))
    return mul(sp.Integer(-1), label.symbol, feature.symbol)
