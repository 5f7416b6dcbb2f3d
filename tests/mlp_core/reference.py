"""A second model, written from the textbook formulas and sharing no line with mlp_core.

`loss_of` is a plain function of the weights. HIPS autograd differentiates it (`autodiff`), and because it is analytic
on each side of a kink, so does a complex step (`complex_step`). Rows are samples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import numpy as np
import sympy as sp
from autograd import grad

from mlp_core import Quantity

Parameters = list[dict[str, Any]]  # a layer is {"W": (n_out, n_in), "b": (n_out,) or (1,)}, "b" absent without bias


def _softmax(z):
    e = anp.exp(z - anp.max(anp.real(z), axis=-1, keepdims=True))
    return e / anp.sum(e, axis=-1, keepdims=True)


ACTIVATIONS: dict[str, Callable] = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
    "tanh": anp.tanh,
    "relu": lambda z: anp.where(anp.real(z) > 0, z, 0 * z),
    "leaky_relu": lambda z: anp.where(anp.real(z) > 0, z, 0.01 * z),
    "softplus": lambda z: anp.log(1 + anp.exp(z)),
    "softmax": _softmax,
}

LOSSES: dict[str, Callable] = {  # (batch, n), (batch, n) -> (batch,)
    "squared_error": lambda a, y: anp.sum((a - y) ** 2, axis=-1),
    "half_squared_error": lambda a, y: anp.sum((a - y) ** 2, axis=-1) / 2,
    "mean_squared_error": lambda a, y: anp.sum((a - y) ** 2, axis=-1) / y.shape[-1],
    "binary_cross_entropy": lambda a, y: -anp.sum(y * anp.log(a) + (1 - y) * anp.log(1 - a), axis=-1),
    "cross_entropy": lambda a, y: -anp.sum(y * anp.log(a), axis=-1),
}


@dataclass(frozen=True, eq=False)
class Case:
    """One network as plain data: `x` is (batch, n_in), `y` is (batch, n_out), whatever shape the engine is given."""

    parameters: Parameters
    activations: Sequence[str]
    loss: str
    reduction: str
    x: np.ndarray
    y: np.ndarray


def forward(parameters: Parameters, activations: Sequence[str], x) -> list[tuple[Any, Any]]:
    """(z, a) of every layer, each (batch, n)."""
    values, a = [], x
    for layer, name in zip(parameters, activations, strict=True):
        z = anp.dot(a, layer["W"].T)
        if "b" in layer:
            z = z + layer["b"]
        a = ACTIVATIONS[name](z)
        values.append((z, a))
    return values


def loss_of(parameters: Parameters, case: Case):
    """The reduced loss as a function of the weights."""
    each = LOSSES[case.loss](forward(parameters, case.activations, case.x)[-1][1], case.y)
    return anp.mean(each) if case.reduction == "mean" else anp.sum(each)


def autodiff(case: Case) -> Parameters:
    """Gradients of the reduced loss by reverse-mode automatic differentiation, shaped like the parameters."""
    return grad(loss_of)(case.parameters, case)


def autodiff_deltas(case: Case) -> list[np.ndarray]:
    """dC/dz of every layer, (batch, n): the gradient with respect to a zero that is added to z."""

    def shifted(shifts):
        a = case.x
        for layer, name, shift in zip(case.parameters, case.activations, shifts, strict=True):
            a = ACTIVATIONS[name](anp.dot(a, layer["W"].T) + layer.get("b", 0.0) + shift)
        each = LOSSES[case.loss](a, case.y)
        return anp.mean(each) if case.reduction == "mean" else anp.sum(each)

    return grad(shifted)([np.zeros((len(case.x), len(layer["W"]))) for layer in case.parameters])


def complex_step(case: Case, h: float = 1e-30) -> Parameters:
    """Gradients as Im f(w + ih) / h: no difference is taken, so they are right to rounding."""
    gradients = []
    for number, layer in enumerate(case.parameters):
        gradients.append({})
        for name, values in layer.items():
            out = np.empty_like(values)
            for index in np.ndindex(values.shape):
                moved: Parameters = [dict(each) for each in case.parameters]
                moved[number][name] = values.astype(complex)
                moved[number][name][index] += 1j * h
                out[index] = np.imag(loss_of(moved, case)) / h
            gradients[-1][name] = out
    return gradients


def evaluate_steps(steps: Sequence, given: Mapping[Quantity, float], digits: int = 30) -> dict[Quantity, float]:
    """Every target's number, chained through the formulas alone from the `given` numbers, with `digits` digits."""
    known = {quantity.symbol: sp.Float(float(value), digits) for quantity, value in given.items()}
    values = {}
    for step in steps:
        used = {quantity.symbol: known[quantity.symbol] for quantity in step.inputs}
        number = sp.N(step.formula.xreplace(used), digits)
        assert number.is_Float or number.is_Integer, f"{step.target} = {step.formula} comes to {number}"
        known[step.target.symbol] = number
        values[step.target] = float(number)
    return values


def given_numbers(case: Case, row: int = 0) -> dict[Quantity, float]:
    """x, y, W and b of one sample by their addresses: all that the Steps may start from."""
    last = len(case.parameters)
    given = {Quantity("x", 0, (i,)): v for i, v in enumerate(case.x[row], start=1)}
    given |= {Quantity("y", last, (i,)): v for i, v in enumerate(case.y[row], start=1)}
    for number, layer in enumerate(case.parameters, start=1):
        for name, values in layer.items():
            given |= {Quantity(name, number, tuple(k + 1 for k in i)): values[i] for i in np.ndindex(values.shape)}
    return given


def assert_close(actual: Any, expected: Any, what: str, tolerance: float = 1e-10) -> None:
    """Equal shapes, and equal numbers to `tolerance` of the largest entry (or of 1, where all are smaller).

    1e-10 is 4e5 roundings of a double: the sums of these small networks stay far below it and a wrong term far above.
    """
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape, f"{what}: shape {actual.shape}, expected {expected.shape}"
    worst = np.max(abs(actual - expected), initial=0.0)
    allowed = tolerance * max(1.0, np.max(abs(expected), initial=0.0))
    assert worst <= allowed, f"{what}: off by {worst:.3g} (allowed {allowed:.3g})\nactual {actual}\nexpected {expected}"
