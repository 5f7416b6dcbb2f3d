"""The yardstick itself: autograd and complex steps agree on the reference model, and so does a calculation by hand."""

import numpy as np
from hypothesis import given, settings

from .reference import Case, assert_close, autodiff, autodiff_deltas, complex_step, forward, loss_of
from .strategies import cases


@settings(max_examples=40)
@given(cases())
def test_autograd_and_complex_step_agree(case):
    for number, (by_autograd, by_step) in enumerate(zip(autodiff(case), complex_step(case), strict=True), start=1):
        assert by_autograd.keys() == by_step.keys()
        for name in by_autograd:
            assert_close(by_autograd[name], by_step[name], f"d{name} of layer {number}", 1e-13)


def test_reference_by_hand():
    # z = 2*3 - 1*1 + 1 = 6, leaky_relu twice keeps it positive: a = (6, -0.06), C = (6 - 1)^2 + (-0.06)^2
    parameters = [{"W": np.array([[2.0, -1.0], [-2.0, 0.0]]), "b": np.array([1.0, 0.0])}]
    case = Case(parameters, ["leaky_relu"], "squared_error", "mean", np.array([[3.0, 1.0]]), np.array([[1.0, 0.0]]))
    z, a = forward(parameters, case.activations, case.x)[0]
    assert_close(z, [[6.0, -6.0]], "z")
    assert_close(a, [[6.0, -0.06]], "a")
    assert_close(loss_of(parameters, case), 25.0036, "loss")
    assert_close(autodiff_deltas(case)[0], [[10.0, -0.0012]], "delta")
    assert_close(autodiff(case)[0]["W"], [[30.0, 10.0], [-0.0036, -0.0012]], "dW")
