"""Steps: complete, ordered, closed under their inputs, and their formulas alone give the engine's numbers."""

import itertools

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings

from mlp_core import Layer, Network, NonFinite, Quantity, derive, trace

from .reference import Case, assert_close, evaluate_steps, given_numbers
from .strategies import build, cases


def expected_targets(case: Case) -> set[Quantity]:
    """Every quantity of forward, loss and backward of one sample, by kind, layer and index."""
    targets = {Quantity("C")}
    for number, (layer, name) in enumerate(zip(case.parameters, case.activations, strict=True), start=1):
        (n_out, n_in), kinds = layer["W"].shape, ["z", "a", "dC_da", "delta"]
        units = range(1, n_out + 1)
        slopes = itertools.product(units, units) if name == "softmax" else ((j,) for j in units)
        targets |= {Quantity(kind, number, (j,)) for kind in kinds for j in units}
        targets |= {Quantity("da_dz", number, index) for index in slopes}
        targets |= {Quantity("db", number, (j,)) for j in range(1, len(layer.get("b", ())) + 1)}
        targets |= {Quantity("dW", number, (j, i)) for j in units for i in range(1, n_in + 1)}
    return targets


@settings(max_examples=20)
@given(cases())
def test_formulas_alone_give_the_engines_numbers(case):
    """From x, y, W and b, each formula on the numbers of the formulas before it."""
    t = trace(build(case), case.x, case.y)
    steps = derive(build(case)).steps
    for row in range(min(2, len(case.x))):
        for quantity, number in evaluate_steps(steps, given_numbers(case, row)).items():
            assert_close(t.sample(row)[quantity], number, str(quantity))


@settings(max_examples=30)
@given(cases())
def test_steps_are_complete_ordered_and_closed(case):
    steps = derive(build(case)).steps
    targets = [step.target for step in steps]
    assert len(set(targets)) == len(targets), "a target is derived twice"
    assert set(targets) == expected_targets(case)
    known: set[Quantity] = set()
    for step in steps:
        for quantity in step.inputs:
            assert quantity.given or quantity in known, (
                f"{step.target} uses {quantity}, which no earlier step gives"
            )
        loose = step.formula.free_symbols - {quantity.symbol for quantity in step.inputs}
        assert not loose, f"the formula of {step.target} mentions {loose}, not among its inputs"
        known.add(step.target)
    used = {quantity for step in steps for quantity in step.inputs if quantity.given}
    assert used <= set(given_numbers(case)), "a step uses a parameter that the network does not have"


def test_the_number_of_steps_of_a_4_8_8_3_network():
    """5 numbers a neuron (z, a, dC/da, da/dz, delta) and its db, one dW a weight, and C: 6*19 + 120 + 1."""
    sizes = [4, 8, 8, 3]
    layers = [Layer(np.full((n, m), 0.1), np.zeros(n), "sigmoid") for m, n in itertools.pairwise(sizes)]
    assert len(derive(Network(layers, loss="squared_error")).steps) == 235


@pytest.mark.parametrize("output, loss", [("sigmoid", "binary_cross_entropy"), ("softmax", "cross_entropy")])
def test_the_fused_delta_is_a_minus_y(output, loss):
    network = Network([Layer(np.eye(2), None, output)], loss=loss)
    deltas = {step.target: step for step in derive(network).steps if step.target.kind == "delta"}
    for j in (1, 2):
        a, y = Quantity("a", 1, (j,)).symbol, Quantity("y", 1, (j,)).symbol
        assert sp.expand(deltas[Quantity("delta", 1, (j,))].formula - (a - y)) == 0


def test_other_deltas_are_a_product_of_named_factors():
    """Elementwise: dC/da times da/dz; softmax with another loss: a sum over its Jacobian."""
    squared = {"W": np.eye(2)}
    for output, count in (("tanh", 2), ("softmax", 4)):
        case = Case([squared], [output], "squared_error", "mean", np.ones((1, 2)), np.zeros((1, 2)))
        delta = next(step for step in derive(build(case)).steps if step.target == Quantity("delta", 1, (2,)))
        assert {quantity.kind for quantity in delta.inputs} == {"dC_da", "da_dz"} and len(delta.inputs) == count


def test_a_hidden_dC_da_is_the_sum_of_the_deltas_times_the_weights():
    layers = [Layer(np.ones((2, 3)), None, "tanh"), Layer(np.ones((2, 2)), None, "tanh")]
    steps = derive(Network(layers, loss="squared_error")).steps
    step = next(step for step in steps if step.target == Quantity("dC_da", 1, (2,)))
    terms = [Quantity("delta", 2, (j,)).symbol * Quantity("W", 2, (j, 2)).symbol for j in (1, 2)]
    assert sp.expand(step.formula - sum(terms)) == 0


def test_slope_of_relu_at_zero_is_zero_in_the_formula_too():
    case = Case([{"W": np.array([[1.0], [2.0]])}], ["relu"], "squared_error", "mean", np.zeros((1, 1)), np.ones((1, 2)))
    steps = derive(build(case)).steps
    slopes = [step.formula for step in steps if step.target.kind == "da_dz"]
    assert all(formula.has(sp.Piecewise) and not formula.has(sp.Heaviside) for formula in slopes)
    values = evaluate_steps(steps, given_numbers(case))
    assert values[Quantity("da_dz", 1, (1,))] == values[Quantity("delta", 1, (1,))] == 0.0


def test_leaky_relu_agrees_with_its_formula_at_zero():
    case = Case([{"W": np.array([[1.0]])}], ["leaky_relu"], "squared_error", "mean", np.zeros((1, 1)), np.ones((1, 1)))
    values = evaluate_steps(derive(build(case)).steps, given_numbers(case))
    assert trace(build(case), [0.0], [1.0])[Quantity("da_dz", 1, (1,))] == values[Quantity("da_dz", 1, (1,))]


def test_a_frozen_parameter_keeps_its_steps():
    layers = [[Layer([[0.5, 1.0]], [0.1], "tanh", frozen=frozen)] for frozen in ((), ("W", "b"))]
    free, frozen = (derive(Network(layer, loss="squared_error")).steps for layer in layers)
    assert [(s.target, s.formula) for s in free] == [(s.target, s.formula) for s in frozen]


def test_symbols_are_real_and_injective():
    """Every address of a network of 12-12-12 units, and the near misses (1, 11) and (11, 1), 1 and 11."""
    units = range(1, 13)
    quantities = [Quantity("C"), *(Quantity("x", 0, (i,)) for i in units)]
    for layer in (1, 2, 11, 12):
        for kind in ("y", "b", "z", "a", "dC_da", "da_dz", "delta", "db"):
            quantities += [Quantity(kind, layer, (j,)) for j in units]
        for kind in ("W", "dW", "da_dz"):
            quantities += [Quantity(kind, layer, index) for index in itertools.product(units, units)]
    symbols = [quantity.symbol for quantity in quantities]
    assert all(symbol.is_real for symbol in symbols)
    assert len(set(symbols)) == len(quantities), "two quantities share a symbol"
    assert len({symbol.name for symbol in symbols}) == len(quantities), "two symbols print alike"
    assert len({sp.latex(symbol) for symbol in symbols}) == len(quantities), "two symbols look alike in LaTeX"


def test_a_quantity_is_a_value():
    one = Quantity("W", 1, (1, 2))
    assert one == Quantity("W", 1, (1, 2)) and hash(one) == hash(Quantity("W", 1, (1, 2))) and one.symbol == one.symbol
    assert one != Quantity("W", 1, (2, 1)) and one != Quantity("dW", 1, (1, 2))
    with pytest.raises(AttributeError):
        one.layer = 2


def test_a_step_is_frozen_and_names_its_rule():
    step = derive(Network([Layer([[1.0]], [0.0], "sigmoid")], loss="squared_error")).steps[0]
    assert step.target == Quantity("z", 1, (1,)) and step.rule
    with pytest.raises(AttributeError):
        step.formula = sp.S.Zero


def test_a_step_activation_has_steps_up_to_the_loss_and_no_gradient():
    case = Case(
        [{"W": np.array([[1.0, 2.0]])}], ["step"], "squared_error", "mean", np.array([[1.0, -0.5]]), np.zeros((1, 1))
    )
    steps = derive(build(case)).steps
    assert [step.target.kind for step in steps] == ["z", "a", "C"]
    assert evaluate_steps(steps, given_numbers(case))[Quantity("a", 1, (1,))] == 1.0, "step(0) = 1, in the formula too"
    assert trace(build(case), case.x, case.y).layers[0].a[0, 0] == 1.0


def test_a_saturation_beyond_all_digits_is_refused_instead_of_computed_for_minutes():
    far = Network([Layer([[1.0]], [0.0], "sigmoid"), Layer([[1.0]], [0.0], "identity")])
    assert derive(far).evaluate(far, [5000.0], [0.0])[Quantity("a", 1, (1,))] < 1
    with pytest.raises(NonFinite, match=r"layer 1.*digits"):
        derive(far).evaluate(far, [1e6], [0.0])
    straight = Network([Layer([[1.0]], [0.0], "identity")])
    assert float(derive(straight).evaluate(straight, [1e6], [0.0])[Quantity("z", 1, (1,))]) == 1e6
