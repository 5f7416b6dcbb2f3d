"""How SymPy gets the local derivative of a backward step."""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from .network import Network
from .quantity import Quantity
from .steps import Shape, Step, of_sample


def unfold(network: Network, step: Step) -> tuple[sp.Expr, list[sp.Expr], sp.Symbol] | None:
    """How SymPy gets the local derivative of a backward step: a function, the forms of its derivative, and the variable.

    The activation for a slope, the loss for dC/da, the affine sum for a gradient or a path. SymPy differentiates the
    function, the last form is what the step uses, and SymPy confirms that the two are equal (ArithmeticError when not).
    None for a step that has no local derivative of its own.
    """
    local = _local(network, step)
    if local is None:
        return None
    function, variable, written = local
    derivative = sp.diff(function.doit(), variable)
    if not _equal(derivative, written[0]):
        raise ArithmeticError(f"{step.target}: SymPy gives {derivative}, the step says {written[0]}")
    forms = [derivative]
    for form in written:
        if str(form) != str(forms[-1]):
            forms.append(form)
    return function, forms, variable


def _local(network: Network, step: Step) -> tuple[sp.Expr, sp.Symbol, list[sp.Expr]] | None:
    """The function, the variable, and how the step writes the derivative: first in symbols of the function alone."""
    k, index, s = step.target.layer, step.target.index, step.target.sample
    derivation = of_sample(Shape.of(network), s)
    if step.law == "loss_slope":
        return derivation[Quantity("C", sample=s)].formula, Quantity("a", k, index, s).symbol, [step.formula]
    if step.law in ("slope", "jacobian"):
        record, i, j = network.layers[k - 1].record, index[0] - 1, index[-1] - 1
        z = [Quantity("z", k, (m,), s).symbol for m in range(1, network.sizes[k] + 1)]
        in_place = record.slope_formula(z, [record.formula(z, m) for m in range(len(z))], i, j)
        return record.formula(z, i), z[j], [in_place, step.formula]
    if step.law in ("weight_gradient", "bias_gradient"):
        parameter = step.target.beside(step.target.parameter)
        source = step.inputs[1].symbol if parameter.kind == "W" else sp.Integer(1)
        return derivation[Quantity("z", k, index[:1], s)].formula, parameter.symbol, [source]
    if step.law == "paths":
        weight = step.inputs[1]
        return (
            derivation[Quantity("z", k + 1, weight.index[:1], s)].formula,
            Quantity("a", k, index, s).symbol,
            [weight.symbol],
        )
    return None


@lru_cache(maxsize=256)
def _equal(one: sp.Expr, other: sp.Expr) -> bool:
    return bool(sp.simplify((one - other).doit()) == 0)
