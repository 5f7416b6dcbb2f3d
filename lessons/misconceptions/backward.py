"""Wrong formulas of the backward pass: slopes, deltas, gradients. The docstring of each is the formula."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from mlp_core import Quantity
from mlp_core.functions import ACTIVATIONS, add, mul

from .rule import Place, exchanged, minus, spoils

GRADIENTS = ("weight_gradient", "bias_gradient")
TWO = ("loss_slope.squared_error", "loss_slope.mean_squared_error")  # the losses whose derivative brings a 2

# The slope of the loss


@spoils(*TWO)
def factor_two_lost(p: Place) -> Iterator[sp.Expr]:
    """dC/da = a - y"""
    yield p.formula / 2


@spoils("delta", *GRADIENTS)
def factor_two_lost_on_the_way(p: Place) -> Iterator[sp.Expr]:
    """delta = (a - y) f'(z), and what is made of it"""
    if _brings_two(p):
        yield p.formula / 2


@spoils(*TWO)
def factor_two_twice(p: Place) -> Iterator[sp.Expr]:
    """dC/da = 4 (a - y)"""
    yield p.formula * 2


@spoils("delta", *GRADIENTS)
def factor_two_twice_on_the_way(p: Place) -> Iterator[sp.Expr]:
    """delta = 2 dC/da f'(z), and what is made of it"""
    if _brings_two(p):
        yield p.formula * 2


@spoils("loss_slope.half_squared_error", "fused")
def factor_two_added(p: Place) -> Iterator[sp.Expr]:
    """dC/da = 2 (a - y), where the loss has a half in front or no square"""
    yield p.formula * 2


@spoils("loss_slope", "fused")
def difference_reversed(p: Place) -> Iterator[sp.Expr]:
    """dC/da = 2 (y - a)"""
    if p.step.rule != "loss_slope.cross_entropy":  # whose minus is no difference's
        yield minus(p.formula)


@spoils("delta", *GRADIENTS)
def difference_reversed_on_the_way(p: Place) -> Iterator[sp.Expr]:
    """delta = -dC/da f'(z), and what is made of it"""
    if p.layer == p.last:
        yield minus(p.formula)


@spoils("loss_slope.mean_squared_error")
def mean_left_out(p: Place) -> Iterator[sp.Expr]:
    """dC/da = 2 (a - y), not divided by the number of outputs"""
    if p.size(p.last) > 1:
        yield p.formula * p.size(p.last)


@spoils("loss_slope")
def not_differentiated(p: Place) -> Iterator[sp.Expr]:
    """dC/da = C"""
    yield p.q("C")


@spoils("loss_slope.binary_cross_entropy", "loss_slope.cross_entropy")
def fused_too_early(p: Place) -> Iterator[sp.Expr]:
    """dC/da = a - y"""
    yield p.own("a") - p.own("y")


@spoils("fused")
def slope_in_fused(p: Place) -> Iterator[sp.Expr]:
    """delta = (a - y) a (1 - a)"""
    yield mul(p.formula, p.own("a"), 1 - p.own("a"))


@spoils("fused", "loss_slope.squared_error", "loss_slope.half_squared_error")
def target_left_out(p: Place) -> Iterator[sp.Expr]:
    """dC/da = 2 a"""
    yield p.formula.xreplace({p.own("y"): sp.Integer(0)})


@spoils("loss_slope.cross_entropy")
def target_left_out_of_quotient(p: Place) -> Iterator[sp.Expr]:
    """dC/da = -1 / a, for every output"""
    yield -1 / p.own("a")


# The slope of the activation


@spoils("slope")
def slope_at_a(p: Place) -> Iterator[sp.Expr]:
    """da/dz = f'(a)"""
    yield p.slope(p.own("a"))


@spoils("delta")
def slope_at_a_on_the_way(p: Place) -> Iterator[sp.Expr]:
    """delta = dC/da f'(a)"""
    if _elementwise(p):
        yield mul(p.own("dC_da"), p.slope(p.own("a")))


@spoils("slope.sigmoid", "slope.tanh", "jacobian")
def slope_plus(p: Place) -> Iterator[sp.Expr]:
    """da/dz = a (1 + a); for tanh 1 + a^2, for two neurons of a softmax a_i a_j"""
    a = p.own("a")
    if p.i != p.j:
        yield minus(p.formula)
    else:
        yield 1 + a**2 if p.activation == "tanh" else a * (1 + a)


@spoils("slope.tanh")
def square_left_out(p: Place) -> Iterator[sp.Expr]:
    """da/dz = 1 - a"""
    yield 1 - p.own("a")


@spoils("slope.sigmoid")
def factor_dropped(p: Place) -> Iterator[sp.Expr]:
    """da/dz = a, or 1 - a"""
    yield p.own("a")
    yield 1 - p.own("a")


@spoils("slope")
def wrong_activation(p: Place) -> Iterator[sp.Expr]:
    """da/dz = g'(z), with the activation g that is taken for f"""
    if p.lookalike and p.lookalike.slope_expr and p.activation != "identity":
        yield p.lookalike.slope_expr(p.own("z"), p.own("a"))


@spoils("slope", share=0.5)
def slope_is_one(p: Place) -> Iterator[sp.Expr]:
    """da/dz = 1"""
    yield sp.Integer(1)


@spoils("jacobian")
def softmax_elementwise(p: Place) -> Iterator[sp.Expr]:
    """da_i/dz_j = 0, or a_i (1 - a_i), for two different neurons"""
    if p.i != p.j:
        yield sp.Integer(0)
        yield mul(p.own("a"), 1 - p.own("a"))


@spoils("delta.jacobian")
def softmax_elementwise_on_the_way(p: Place) -> Iterator[sp.Expr]:
    """delta_i = dC/da_i da_i/dz_i, without the other outputs"""
    yield mul(p.own("dC_da"), p.q("da_dz", p.layer, p.i, p.i))


@spoils("jacobian")
def jacobian_case(p: Place) -> Iterator[sp.Expr]:
    """da_i/dz_i = -a_i a_i, and for two neurons a_i (1 - a_j)"""
    i, j = p.q("a", p.layer, p.i), p.q("a", p.layer, p.j)
    yield -i * i if p.i == p.j else i * (1 - j)


# The chain rule


@spoils("delta")
def slope_left_out(p: Place) -> Iterator[sp.Expr]:
    """delta = dC/da"""
    yield p.own("dC_da")


@spoils("paths", share=0.3)
def slope_left_out_ahead(p: Place) -> Iterator[sp.Expr]:
    """dC/da = sum_m dC/da_m W_mi, without the slopes of the layer ahead"""
    if paths := p.paths(p.weights_from(p.i), "dC_da"):
        yield add(*paths)


@spoils(*GRADIENTS, share=0.5)
def slope_left_out_on_the_way(p: Place) -> Iterator[sp.Expr]:
    """dC/dW = dC/da a, dC/db = dC/da"""
    if "weight_gradient.fused" not in p.laws and not p.normalises(p.layer) and p.frame.computes("dC_da", p.layer):
        yield from p.swapped("delta", lambda d: p.q("dC_da", d.layer, *d.index))


@spoils("delta")
def slope_twice(p: Place) -> Iterator[sp.Expr]:
    """delta = dC/da f'(z) f'(z)"""
    if _elementwise(p):
        yield mul(p.formula, p.own("da_dz"))


@spoils("delta", "weight_gradient")
def factors_added(p: Place) -> Iterator[sp.Expr]:
    """delta = dC/da + f'(z), dC/dW = delta + a"""
    if p.formula.is_Mul:
        yield add(*p.formula.args)


@spoils("paths", "delta", *GRADIENTS)
def upstream_weight_left_out(p: Place) -> Iterator[sp.Expr]:
    """dC/da = sum_m delta_m, and what is made of it"""
    yield from _built_on(p, p.paths(lambda m: sp.Integer(1)))


@spoils("paths", "delta")
def one_path(p: Place) -> Iterator[sp.Expr]:
    """dC/da = delta_m W_mi for one m alone, and the delta made of it"""
    terms = p.paths(p.weights_from(p.i))
    for term in terms if len(terms) > 1 else ():
        yield from _built_on(p, [term])


@spoils("paths", "delta", *GRADIENTS)
def updated_weights(p: Place) -> Iterator[sp.Expr]:
    """dC/da = sum_m delta_m W_new_mi, and what is made of it; only where a weight ahead is updated, the others may be held"""

    def weight(m: int) -> sp.Symbol:
        new = Quantity("W_new", p.layer + 1, (m, p.i))
        return (new if new in p.frame.steps else new.beside("W")).symbol

    ahead = (q for q in p.frame.steps if (q.kind, q.layer) == ("W_new", p.layer + 1))
    if not p.step.target.again and any(q.index[1] == p.i for q in ahead):
        yield from _built_on(p, p.paths(weight))


@spoils("paths_again", "delta_again", "weight_gradient_again", "bias_gradient_again")
def old_weights(p: Place) -> Iterator[sp.Expr]:
    """what the weights before the update give, as in the pass; or those with error signals that are computed once more"""
    target = p.step.target
    yield target.beside(target.again).symbol
    if "paths" in p.laws:
        yield add(*p.paths(lambda m: Quantity("W", p.layer + 1, (m, p.i)).symbol))


@spoils("paths", "delta")
def transposed(p: Place) -> Iterator[sp.Expr]:
    """dC/da = sum_m delta_m W_im, and the delta made of it; only a square W has these weights"""
    if p.layer < p.last and p.size(p.layer) == p.size(p.layer + 1) > 1:
        yield from _built_on(p, p.paths(lambda m: p.q("W", p.layer + 1, p.i, m)))


@spoils("paths", "delta")
def wrong_neuron(p: Place) -> Iterator[sp.Expr]:
    """dC/da = sum_m delta_m W_mk, with the weights from another neuron k, and the delta made of it"""
    for other in p.others():
        yield from _built_on(p, p.paths(p.weights_from(other)))


@spoils("paths")
def weights_swapped(p: Place) -> Iterator[sp.Expr]:
    """dC/da = delta_1 W_2i + delta_2 W_1i, two of its weights exchanged"""
    yield from exchanged(p)


@spoils("paths")
def activation_instead_of_weight(p: Place) -> Iterator[sp.Expr]:
    """dC/da = sum_m delta_m a"""
    yield add(*p.paths(lambda m: p.own("a")))


@spoils("weight_gradient")
def own_activation(p: Place) -> Iterator[sp.Expr]:
    """dC/dW_ij = delta_i a_i"""
    yield mul(p.own("delta"), p.own("a"))


@spoils("weight_gradient")
def last_factor_left_out(p: Place) -> Iterator[sp.Expr]:
    """dC/dW = delta"""
    yield p.own("delta")


@spoils("weight_gradient")
def weight_instead_of_activation(p: Place) -> Iterator[sp.Expr]:
    """dC/dW = delta W"""
    yield mul(p.own("delta"), p.q("W", p.layer, p.i, p.j))


@spoils("weight_gradient")
def gradient_transposed(p: Place) -> Iterator[sp.Expr]:
    """dC/dW_ij = delta_j a_i, the product of arrays the wrong way round; only a square W has these weights"""
    if p.i != p.j and p.size(p.layer) == p.size(p.layer - 1):
        yield mul(p.q("delta", p.layer, p.j), p.passed_on(p.layer - 1, p.i))


@spoils("bias_gradient")
def bias_gradient_zero(p: Place) -> Iterator[sp.Expr]:
    """dC/db = 0"""
    yield sp.Integer(0)


@spoils("bias_gradient")
def bias_gradient_is_bias(p: Place) -> Iterator[sp.Expr]:
    """dC/db = b, or delta b"""
    yield p.own("b")
    yield mul(p.formula, p.own("b"))


@spoils("bias_gradient")
def bias_has_input(p: Place) -> Iterator[sp.Expr]:
    """dC/db = delta a_j"""
    for j in range(1, p.size(p.layer - 1) + 1):
        yield mul(p.formula, p.passed_on(p.layer - 1, j))


@spoils("delta", *GRADIENTS)
def sign_slip(p: Place) -> Iterator[sp.Expr]:
    """delta, dC/dW or dC/db with the other sign, in a hidden layer"""
    if p.layer < p.last:
        yield minus(p.formula)


def _elementwise(p: Place) -> bool:
    """Whether a delta is dC/da times one slope."""
    return p.formula.is_Mul and any(q.kind == "da_dz" for q in p.step.inputs)


def _brings_two(p: Place) -> bool:
    return p.layer == p.last and p.loss in ("squared_error", "mean_squared_error")


def _built_on(p: Place, terms: list[sp.Expr]) -> Iterator[sp.Expr]:
    """What becomes of the target when dC/da of its hidden neuron is the sum of ``terms``; nothing without terms."""
    if not terms:
        return
    if "paths" in p.laws:
        yield add(*terms)
    elif ACTIVATIONS[p.activation].elementwise and not p.normalises(p.layer) and not p.drops(p.layer):
        delta = mul(add(*terms), p.own("da_dz"))
        yield mul(delta, p.passed_on(p.layer - 1, p.j)) if "weight_gradient" in p.laws else delta
