"""Lesson 5: counts that are true of the network's own steps, laws that its numbers obey, boxes that fit."""

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from lessons.course.layers import counting, forms
from lessons.course.layers.lesson import Layers, worked
from lessons.style import Look
from mlp_core import Quantity
from mlp_core.steps import Phase

SIZES = [(1, 2, 3, 1), (2, 2, 3, 1), (3, 4, 2, 3), (4, 1, 4, 2), (5, 3, 2, 2)]
SETTINGS = [Layers(depth=depth, inputs=i, hidden=h, outputs=o) for depth, i, h, o in SIZES]


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_the_rule_counts_what_the_steps_ask_for(setting):
    steps = worked(setting, None).steps
    assert counting.of_steps(steps.phase(Phase.BACKWARD)) == counting.backpropagation(setting.sizes)
    affine = [step for step in steps.phase(Phase.FORWARD) if step.law == "affine"]
    assert counting.of_steps(affine) == counting.forward(setting.sizes)


def test_paths_are_counted_as_a_sum_over_all_of_them_written_out():
    sizes = (2, 3, 2, 2)
    total = 0
    for k in range(1, 4):
        for _weight in range(sizes[k] * sizes[k - 1]):
            for path in np.ndindex(*sizes[k + 1 :]):
                factors = [sp.Symbol(f"{name}{n}") for name in "ws" for n in range(len(path))]
                total += counting.multiplications(sp.Mul(sp.Symbol("e"), sp.Symbol("x"), *factors, evaluate=False))
    assert counting.by_paths(sizes) == total


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_without_the_half_every_gradient_is_twice_as_large(setting):
    half, whole = worked(setting, None), worked(replace(setting, half=False), None)
    for step in half.steps.phase(Phase.BACKWARD):
        if step.target.kind in ("delta", "dW"):
            assert whole.values[step.target] == pytest.approx(2 * half.values[step.target], rel=1e-12), step.target


def test_a_typed_number_stays_through_a_change_of_the_sizes():
    setting = Layers(own=(("W.1.1.1", 0.123),))
    for depth in (1, 2, 5):
        assert worked(Layers(depth=depth, own=setting.own), None).values[Quantity("W", 1, (1, 1))] == 0.123


def test_boxes_fit_where_matrices_can_be_multiplied():
    look = Look.of("handout", "en", 4, "light", (2, 3, 1))
    for one in ((2, 3), (3, 2), (1, 1)):
        for other in ((3, 1), (2, 2), (1, 4)):
            shown = forms.boxes(("A", *one, "parameter"), ("B", *other, "input"), look)
            try:
                fits = bool((np.ones(one) @ np.ones(other)).size)
            except ValueError:
                fits = False
            assert ("they fit" in shown) == fits, (one, other)
