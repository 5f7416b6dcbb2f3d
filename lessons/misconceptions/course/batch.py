"""Wrong formulas of what a batch has together: its loss, its gradients. The docstring of each is the formula."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from mlp_core import Quantity
from mlp_core.functions import add, mul

from ..rule import Place, spoils

LAWS = ("batch_loss", "batch_weight_gradient", "batch_bias_gradient")
MEANS, SUMS = (tuple(f"{law}.{reduction}" for law in LAWS) for reduction in ("mean", "sum"))


@spoils(*MEANS)
def batch_mean_forgotten(p: Place) -> Iterator[sp.Expr]:
    """dC/dW = sum over the samples, where the loss is their mean"""
    yield add(*(q.symbol for q in p.step.inputs))


@spoils(*SUMS)
def batch_mean_taken(p: Place) -> Iterator[sp.Expr]:
    """dC/dW = sum over the samples / n, where the loss is their sum"""
    yield mul(sp.Rational(1, len(p.step.inputs)), p.formula)


@spoils(*MEANS)
def batch_divided_twice(p: Place) -> Iterator[sp.Expr]:
    """dC/dW = sum over the samples / n^2"""
    yield p.formula / len(p.step.inputs)


@spoils(*LAWS)
def batch_last_sample(p: Place) -> Iterator[sp.Expr]:
    """dC/dW = that of the last sample"""
    yield p.step.inputs[-1].symbol


@spoils("batch_bias_gradient.mean", "batch_bias_gradient.sum")
def batch_row_sum(p: Place) -> Iterator[sp.Expr]:
    """db_i = the sum over the neurons, of sample i: the rows of the matrix of deltas instead of its columns"""
    neurons, samples = range(1, p.size(p.layer) + 1), len(p.step.inputs)
    own = [Quantity(p.step.target.kind, p.layer, (m,), p.i) for m in neurons if p.i <= samples]
    if len(own) > 1 and all(q.symbol in p.frame.quantities for q in own):
        total = add(*(q.symbol for q in own))
        yield mul(sp.Rational(1, samples), total) if p.step.rule.endswith("mean") else total


@spoils("batch_bias_gradient.mean", "batch_bias_gradient.sum")
def axis_left_out(p: Place) -> Iterator[sp.Expr]:
    """db = the sum over the samples and over the neurons, one number for the whole layer"""
    kind, neurons = p.step.target.kind, range(1, p.size(p.layer) + 1)
    every = [Quantity(kind, p.layer, (m,), q.sample) for q in p.step.inputs for m in neurons]
    if len(every) > len(p.step.inputs) and all(q.symbol in p.frame.quantities for q in every):
        total = add(*(q.symbol for q in every))
        yield mul(sp.Rational(1, len(p.step.inputs)), total) if p.step.rule.endswith("mean") else total


@spoils(*MEANS)
def mean_of_entries(p: Place) -> Iterator[sp.Expr]:
    """dC/dW = sum over the samples / (samples times neurons), the mean of all entries of the array"""
    neurons = p.size(p.layer or p.last)
    if neurons > 1:
        yield p.formula / neurons


@spoils("batch_weight_gradient")
def transposed(p: Place) -> Iterator[sp.Expr]:
    """dC/dW_ij = what belongs to W_ji; only a square W has these weights"""
    turned = {q.symbol: Quantity(q.kind, q.layer, q.index[::-1], q.sample) for q in p.step.inputs}
    if p.i != p.j and p.size(p.layer) == p.size(p.layer - 1):
        yield p.formula.xreplace({symbol: q.symbol for symbol, q in turned.items()})
