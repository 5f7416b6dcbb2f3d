"""Hypothesis strategies: random networks as plain data (`reference.Case`), and the same as mlp_core objects."""

from __future__ import annotations

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlp_core import Layer, Network

from .reference import ACTIVATIONS, LOSSES, Case, forward

KINKED = ("relu", "leaky_relu")
OUTPUTS = {loss: list(ACTIVATIONS) for loss in LOSSES}
OUTPUTS |= {"binary_cross_entropy": ["sigmoid"], "cross_entropy": ["softmax"]}
REDUCTIONS = ("mean", "sum")


def numbers(shape: tuple[int, ...], limit: int = 96) -> st.SearchStrategy[np.ndarray]:
    """Float64 arrays of multiples of 1/64, up to 1.5 by default: exact in binary, and nothing saturates."""
    return arrays(np.float64, shape, elements=st.integers(-limit, limit).map(lambda k: k / 64), fill=st.nothing())


@st.composite
def targets(draw: st.DrawFn, loss: str, shape: tuple[int, int]) -> np.ndarray:
    """Targets the loss allows: probabilities, rows that sum to 1, or any number."""
    if loss == "binary_cross_entropy":
        return abs(draw(numbers(shape, limit=64)))
    if loss == "cross_entropy":
        parts = draw(arrays(np.float64, shape, elements=st.integers(0, 8).map(float), fill=st.nothing()))
        parts[:, 0] += parts.sum(axis=1) == 0
        return parts / parts.sum(axis=1, keepdims=True)
    return draw(numbers(shape))


@st.composite
def cases(draw: st.DrawFn, max_depth: int = 4, max_width: int = 5, max_batch: int = 4) -> Case:
    """Any depth, widths, activations, biases, loss, reduction and batch; no pre-activation within 1e-6 of a kink.

    At a kink the slope is a convention (test_steps holds ReLU's); beside it rounding decides which side is taken.
    """
    loss = draw(st.sampled_from(list(LOSSES)))
    hidden = [draw(st.sampled_from(list(ACTIVATIONS))) for _ in range(draw(st.integers(0, max_depth - 1)))]
    activations = [*hidden, draw(st.sampled_from(OUTPUTS[loss]))]
    n_in, parameters = draw(st.integers(1, max_width)), []
    sizes = [n_in]
    for name in activations:
        sizes.append(draw(st.integers(2 if name == "softmax" else 1, max_width)))
        layer = {"W": draw(numbers((sizes[-1], sizes[-2])))}
        if biases := draw(st.sampled_from((0, 1, sizes[-1], sizes[-1]))):  # none, one that all share, one each
            layer["b"] = draw(numbers((biases,)))
        parameters.append(layer)
    batch = draw(st.integers(1, max_batch))
    x, y = draw(numbers((batch, n_in))), draw(targets(loss, (batch, sizes[-1])))
    case = Case(parameters, activations, loss, draw(st.sampled_from(REDUCTIONS)), x, y)
    assume(distance_to_kinks(case) > 1e-6)
    return case


def distance_to_kinks(case: Case) -> float:
    """The smallest |z| in front of a ReLU or leaky ReLU; infinite where there is none."""
    values = zip(forward(case.parameters, case.activations, case.x), case.activations, strict=True)
    return min((float(np.min(abs(z))) for (z, _), name in values if name in KINKED), default=np.inf)


def build(case: Case, parameters: list | None = None) -> Network:
    """The case (or other parameters in its place) as a Network."""
    pairs = zip(parameters or case.parameters, case.activations, strict=True)
    layers = [Layer(values["W"], values.get("b"), name) for values, name in pairs]
    return Network(layers, loss=case.loss, reduction=case.reduction)
