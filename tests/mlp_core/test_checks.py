"""check_gradients says how far the three ways are apart, relative to each gradient, and where differences see nothing."""

from dataclasses import replace

import pytest

from mlp_core import Layer, Network, check_gradients
from mlp_core.functions import ACTIVATIONS


def saturated(logit: float) -> Network:
    return Network([Layer([[logit]], [0.0], "sigmoid")], loss="binary_cross_entropy")


def test_a_cancellation_is_flagged(monkeypatch):
    """a - y at a = 1 - 9e-14 has three right digits: beside 1 a small thing, beside the gradient a large one."""
    assert check_gradients(saturated(30.0), [1.0], [1.0]).largest < 1e-12
    record = replace(ACTIVATIONS["sigmoid"], error=lambda z, a, y: a - y)
    monkeypatch.setitem(ACTIVATIONS, "sigmoid", record)
    assert check_gradients(saturated(30.0), [1.0], [1.0]).largest > 1e-4


def test_what_differences_cannot_see_is_said():
    small = Network([Layer([[30.0], [0.0]], [0.0, 0.0], "sigmoid")], loss="squared_error")
    rows = {str(row.target): row for row in check_gradients(small, [1.0], [1.0, 10.0]).rows}
    assert 0 < rows["dW.1.1.1"].size < 1e-20
    assert not rows["dW.1.1.1"].resolved, "the loss is 90: nothing below 1e-10 shows in its differences"
    assert rows["dW.1.2.1"].resolved
    assert all(row.disagreement < 1e-9 for row in rows.values())
    assert "too small" in check_gradients(small, [1.0], [1.0, 10.0])._repr_html_()


def test_a_wrong_small_gradient_is_flagged_though_differences_cannot_see_it(monkeypatch):
    record = ACTIVATIONS["sigmoid"]
    monkeypatch.setitem(ACTIVATIONS, "sigmoid", replace(record, slope=lambda z, a: 2 * record.slope(z, a)))
    small = Network([Layer([[30.0], [0.0]], [0.0, 0.0], "sigmoid")], loss="squared_error")
    rows = {str(row.target): row for row in check_gradients(small, [1.0], [1.0, 10.0]).rows}
    assert not rows["dW.1.1.1"].resolved
    assert rows["dW.1.1.1"].disagreement == pytest.approx(0.5)


@pytest.mark.parametrize("logit", [-800.0, -745.0, -720.0, 37.0, 720.0, 745.0, 800.0])
def test_underflow_is_no_disagreement(logit):
    assert check_gradients(saturated(logit), [1.0], [float(logit > 0)]).largest < 1e-9


def test_a_gradient_of_zero_agrees():
    dead = Network([Layer([[-1.0]], [0.0], "relu")], loss="squared_error")
    assert check_gradients(dead, [1.0], [1.0]).largest == 0
