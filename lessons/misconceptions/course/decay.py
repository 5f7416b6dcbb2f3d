"""Wrong formulas of weight decay: penalty, gradient with it, decay beside the step. The docstring of each is the formula."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from mlp_core import Quantity
from mlp_core.functions import add, mul

from ..rule import Place, minus, spoils

IN_THE_LOSS = ("decay.l2", "decay.l2_half")
MOMENTS = ("Adam.m", "Adam.v")
RATE = Quantity("weight_decay").symbol


@spoils(*IN_THE_LOSS, "penalised")
def decay_sign(p: Place) -> Iterator[sp.Expr]:
    """g = dC/dW - lambda W, J = C - R"""
    first, *others = p.terms()
    yield add(first, *map(minus, others))


@spoils("apply.decayed")
def decay_sign_applied(p: Place) -> Iterator[sp.Expr]:
    """W_new = W + step + lr lambda W"""
    yield add(p.update("old"), p.update("step"), p.update("decay"))


@spoils(*IN_THE_LOSS, "penalised")
def decay_forgotten(p: Place) -> Iterator[sp.Expr]:
    """g = dC/dW, J = C"""
    yield p.terms()[0]


@spoils("apply.decayed")
def decay_forgotten_applied(p: Place) -> Iterator[sp.Expr]:
    """W_new = W + step"""
    yield add(p.update("old"), p.update("step"))


@spoils("decay.l2", "penalty.l2")
def decay_two_lost(p: Place) -> Iterator[sp.Expr]:
    """g = dC/dW + lambda W where the loss has lambda |W|^2, R = lambda/2 |W|^2"""
    yield _times(p, sp.Rational(1, 2))


@spoils("decay.l2_half", "penalty.l2_half")
def decay_half_lost(p: Place) -> Iterator[sp.Expr]:
    """g = dC/dW + 2 lambda W where the loss has lambda/2 |W|^2, R = lambda |W|^2"""
    yield _times(p, sp.Integer(2))


@spoils(*IN_THE_LOSS)
def decay_not_differentiated(p: Place) -> Iterator[sp.Expr]:
    """g = dC/dW + lambda W^2, or with lambda/2: the penalty itself"""
    gradient, penalty = p.terms()
    yield add(gradient, penalty * p.update("old") / 2)


@spoils("penalty.l2", "penalty.l2_half")
def penalty_square_left_out(p: Place) -> Iterator[sp.Expr]:
    """R = lambda/2 (W_1 + W_2 + ...), or the square of that sum"""
    weights = [q.symbol for q in p.step.inputs if q.kind == "W"]
    squares = add(*(sp.Pow(w, 2) for w in weights))
    factor = _factor(p)
    yield mul(factor, RATE, add(*weights))
    yield mul(factor, RATE, sp.Pow(add(*weights), 2, evaluate=False))
    yield mul(factor, RATE, sp.sqrt(squares))


@spoils("penalty.l2", "penalty.l2_half")
def decay_of_biases(p: Place) -> Iterator[sp.Expr]:
    """R = lambda/2 (|W|^2 + |b|^2)"""
    biases = [q.symbol for q in p.frame.quantities.values() if q.kind == "b"]
    squares = [sp.Pow(q.symbol, 2) for q in p.step.inputs if q.kind == "W"]
    if biases:
        yield mul(_factor(p), RATE, add(*squares, *(sp.Pow(b, 2) for b in biases)))


@spoils("SGD.step")
def decay_of_biases_stepped(p: Place) -> Iterator[sp.Expr]:
    """step of a bias = -lr (dC/db + lambda b)"""
    rules = {step.rule for step in p.frame.steps.values()}
    if p.step.target.parameter == "b" and rules.intersection(IN_THE_LOSS):
        twice = "decay.l2" in rules
        yield mul(-p.update("lr"), add(p.update("g"), mul(*([sp.Integer(2)] if twice else []), RATE, p.update("old"))))


@spoils("apply")
def decay_of_biases_applied(p: Place) -> Iterator[sp.Expr]:
    """b_new = b + step - lr lambda b, where weights decay beside their step"""
    beside = any(step.rule == "decay.decoupled" for step in p.frame.steps.values())
    if p.step.target.parameter == "b" and beside:
        yield add(p.update("old"), p.update("step"), mul(sp.Integer(-1), p.update("lr"), RATE, p.update("old")))


@spoils("penalty.l2", "penalty.l2_half")
def penalty_of_last_layer(p: Place) -> Iterator[sp.Expr]:
    """R = lambda/2 times the squares of the last layer's weights alone"""
    weights = [q for q in p.step.inputs if q.kind == "W"]
    last = max(q.layer for q in weights)
    if last > 1:
        yield mul(_factor(p), RATE, add(*(sp.Pow(q.symbol, 2) for q in weights if q.layer == last)))


@spoils("decay.decoupled")
def decay_without_rate(p: Place) -> Iterator[sp.Expr]:
    """D = lambda W, not times the learning rate"""
    yield mul(RATE, p.update("old"))


@spoils(*MOMENTS)
def decay_in_moments(p: Place) -> Iterator[sp.Expr]:
    """m = beta1 m_prev + (1 - beta1) (g + lambda W), and so for v, where weights decay beside the step"""
    gradient = p.update("g")
    if p.step.target.parameter == "W" and p.frame.computes("decay_W", p.layer):
        yield p.formula.xreplace({gradient: add(gradient, mul(RATE, p.update("old")))})


def _times(p: Place, factor: sp.Rational) -> sp.Expr:
    """The formula with its penalty, the whole of it or its last term, times a factor."""
    if p.step.law == "penalty":
        return factor * p.formula
    gradient, penalty = p.terms()
    return add(gradient, factor * penalty)


def _factor(p: Place) -> sp.Rational:
    """What stands before lambda in the penalty."""
    return sp.Rational(1, 2) if p.step.rule.endswith("half") else sp.Integer(1)
