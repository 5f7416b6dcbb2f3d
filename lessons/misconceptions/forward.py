"""Wrong formulas of the forward pass: z and a. The docstring of each is the formula."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from mlp_core.functions import ACTIVATIONS, add

from .rule import Place, exchanged, one_reversed, spoils


@spoils("affine")
def bias_left_out(p: Place) -> Iterator[sp.Expr]:
    """z = W a, without b"""
    if p.step.inputs[-1].kind == "b":
        yield add(*p.formula.args[:-1])


@spoils("affine")
def transposed(p: Place) -> Iterator[sp.Expr]:
    """z_i = sum_j W_ji a_j + b_i; only a square W has these weights"""
    if p.size(p.layer) == p.size(p.layer - 1) > 1:
        yield from p.swapped("W", lambda w: p.q("W", w.layer, *reversed(w.index)))


@spoils("affine")
def wrong_neuron(p: Place) -> Iterator[sp.Expr]:
    """z_i = sum_j W_mj a_j + b_i, with the weights of another neuron m"""
    for m in p.others():
        yield p.formula.xreplace({w.symbol: p.q("W", w.layer, m, w.index[1]) for w in p.step.inputs if w.kind == "W"})


@spoils("affine")
def weights_swapped(p: Place) -> Iterator[sp.Expr]:
    """z = w_2 a_1 + w_1 a_2 + b, two of its weights exchanged"""
    yield from exchanged(p)


@spoils("affine", "weight_gradient")
def input_instead_of_activation(p: Place) -> Iterator[sp.Expr]:
    """x_j where a_j belongs: z = W x + b, dC/dW = delta x"""
    yield from p.swapped("a", lambda a: p.q("x", 0, *a.index) if a.index[0] <= p.size(0) else None)


@spoils("affine", "loss", "loss_slope", "fused", "slope", "jacobian", "weight_gradient")
def z_instead_of_a(p: Place) -> Iterator[sp.Expr]:
    """z_j where a_j belongs: z = W z + b, C = (z - y)^2, dC/dW = delta z"""
    yield from p.swapped("a", lambda a: p.q("z", a.layer, *a.index))


@spoils("affine", "paths", "delta.jacobian")
def sign_slip(p: Place) -> Iterator[sp.Expr]:
    """One term of the sum with the other sign: w1 a1 - w2 a2 + b"""
    yield from one_reversed(p)


@spoils("activation")
def activation_left_out(p: Place) -> Iterator[sp.Expr]:
    """a = z"""
    yield p.own("z")


@spoils("activation.sigmoid", "activation.softplus", "activation.softmax")
def exponent_sign(p: Place) -> Iterator[sp.Expr]:
    """a = f(-z)"""
    yield from p.swapped("z", lambda z: -z.symbol)


@spoils("activation")
def wrong_activation(p: Place) -> Iterator[sp.Expr]:
    """a = g(z), with the activation g that is taken for f"""
    if p.lookalike:
        yield p.lookalike.expr(p.own("z"))


@spoils("activation")
def derivative_instead(p: Place) -> Iterator[sp.Expr]:
    """a = f'(z)"""
    record = ACTIVATIONS[p.activation]
    if record.slope and record.elementwise and p.activation != "identity":
        yield p.slope(p.own("z"))


@spoils("activation.softmax")
def not_normalised(p: Place) -> Iterator[sp.Expr]:
    """a_i = exp(z_i), not divided by the sum"""
    yield sp.exp(p.own("z"))


@spoils("activation.softmax")
def exponentials_left_out(p: Place) -> Iterator[sp.Expr]:
    """a_i = z_i / sum z"""
    yield p.own("z") / add(*(q.symbol for q in p.step.inputs))
