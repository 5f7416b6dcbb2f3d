"""What an update changes, optimisers side by side, and the two curves: against mlp_core called by hand."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lessons.drawing.curves import activation_curve, curve_figure, loss_curve, telling_output
from lessons.example import PRESETS, WORKED, Example, Model
from lessons.style import Look
from lessons.walk.updates import (
    changes,
    is_frozen,
    new_of,
    parameters,
    saturated,
    side_by_side,
    steps_of,
    update_of,
    verdict,
)
from mlp_core import SGD, Adam, AdamW, Decay, Layer, Momentum, Network, Quantity, RMSprop, trace
from mlp_core.functions import ACTIVATIONS, LOSSES
from tests.mlp_core import reference

from ..strategies import examples
from ..strategies import saturated as far_out

# --- updates ---


def by_hand(example: Example) -> dict[str, object]:
    """The optimisers with the settings of the example, each setting in its place."""
    e = example.settings
    return {
        "SGD": SGD(e["lr"]),
        "Momentum": Momentum(e["lr"], e["momentum"], e["nesterov"], e["form"]),
        "RMSprop": RMSprop(e["lr"], e["rho"], e["eps"]),
        "Adam": Adam(
            e["lr"], e["beta1"], e["beta2"], e["eps"], e["bias_correction"], e["eps_inside_root"], e["eps_uncorrected"]
        ),
        "AdamW": AdamW(e["lr"], e["beta1"], e["beta2"], e["eps"], e["weight_decay"]),
    }


@settings(max_examples=20)
@given(examples(updates=2))
def test_optimisers_stand_side_by_side_from_the_same_point(example):
    """The chosen one goes on from what it remembers, the others begin; Adam also with its other bias correction."""
    found, ours = side_by_side(example), by_hand(example)
    *names, other = found
    assert names == list(ours)
    one = example.network, example.trace
    sequential, e = example.settings.sequential, example.settings
    decay = Decay(e.decay, e.decay_form)
    for name, optimiser in ours.items():
        state = example.state if name == example.settings.optimiser else None
        own = (sequential,) if name == "AdamW" else (sequential, decay)
        assert_same(found[name].network, optimiser.step(*one, state, *own).network, name)
    flipped = replace(ours["Adam"], bias_correction=not ours["Adam"].bias_correction)
    state = example.state if example.settings.optimiser == "Adam" else None
    assert_same(found[other].network, flipped.step(*one, state, sequential, decay).network, other)
    assert_same(found[example.settings.optimiser].network, update_of(example).network, "the chosen one")


def assert_same(one: Network, other: Network, what: str) -> None:
    for k, (this, that) in enumerate(zip(one.layers, other.layers, strict=True), 1):
        assert np.array_equal(this.W, that.W), f"{what}: W of layer {k}"
        assert np.array_equal(this.b, that.b), f"{what}: b of layer {k}"


@settings(max_examples=20)
@given(examples(updates=1))
def test_a_change_is_after_minus_before_for_every_number_of_the_forward_pass(example):
    update = update_of(example)
    after, rows = changes(example, update)
    by_hand = trace(update.network, example.x, example.y)
    penalty = [step.target for step in example.derivation if step.law in ("penalty", "penalised")]
    expected = {q for q in example.derivation.given if q.kind in ("W", "b")}
    expected |= {step.target for step in example.derivation if step.target.kind in ("z", "a", "C")}
    assert {row.quantity for row in rows} == expected | {*penalty}
    assert len(rows) == len(expected) + len(penalty)
    assert rows[-1].quantity == (penalty[-1] if penalty else Quantity("C"))
    for row in (row for row in rows if row.quantity not in penalty):
        assert row.before == example.trace[row.quantity]
        assert row.after == by_hand[row.quantity] == after[row.quantity]
        assert row.difference == by_hand[row.quantity] - example.trace[row.quantity]


@settings(max_examples=20)
@given(examples(updates=2), st.data())
def test_the_steps_of_a_parameter_lead_from_its_gradient_to_its_new_value(example, data):
    """SymPy evaluates the laws one after the other; what comes out must be what the optimiser has computed."""
    update = update_of(example)
    parameter = data.draw(st.sampled_from(parameters(example)))
    steps = steps_of(update, parameter)
    if is_frozen(example, parameter):
        assert not steps
        assert update[new_of(parameter)] == example.trace[parameter]
        return
    assert steps[-1].target == new_of(parameter)
    values: dict[Quantity, float] = {}
    for step in steps:
        given = {q: values[q] if q in values else update[q] for q in step.inputs}
        values[step.target] = float(step.evaluate(given))
        assert values[step.target] == pytest.approx(update[step.target], rel=1e-9, abs=1e-12), step.target


def test_parameters_come_layer_by_layer():
    assert [str(q) for q in parameters(WORKED)] == [
        *("W.1.1.1", "W.1.1.2", "W.1.1.3", "W.1.2.1", "W.1.2.2", "W.1.2.3", "b.1.1", "b.1.2"),
        *("W.2.1.1", "W.2.1.2", "b.2.1"),
    ]


def test_with_the_output_layer_only_everything_before_it_is_frozen():
    example = WORKED.remodelled(Model.resized, (3, 2, 2, 1)).with_(scope="output")
    assert {q.layer for q in parameters(example) if is_frozen(example, q)} == {1, 2}
    assert not any(is_frozen(example.with_(scope="all"), q) for q in parameters(example))


def judged(example: Example) -> tuple[bool, str]:
    """What is said of the example's next update."""
    update = update_of(example)
    look = Look.of("notes", "en", 4, "light", example.sizes)
    return verdict(example.trace, trace(update.network, example.x, example.y), look)


def test_a_good_update_is_called_one():
    for name, (_title, example) in PRESETS.items():
        assert judged(example) == (True, "The loss has become smaller: this update has worked."), name


def test_a_step_that_saturates_neurons_is_never_called_a_good_one():
    """On the worked example every loss is smaller and yet nothing is learnt any more; on the deep one the loss grows."""
    for lr in (100.0, 1000.0, 1e6):
        for name, then in (("worked", "smaller, but"), ("classifier", "smaller, but"), ("deep", "grown")):
            good, text = judged(PRESETS[name][1].with_(lr=lr))
            assert not good and then in text and "far too long" in text and "saturated" in text, (name, lr, text)
            assert ("gradients are nearly 0" in text) == (name != "deep"), (name, lr, text)
            assert "a^{" in text, f"{text} names no neuron"


def test_an_update_that_moves_nothing_says_why():
    network = update_of(WORKED.with_(lr=1e6)).network
    far = WORKED.with_model(WORKED.model.with_parameters_of(network))
    assert saturated(far.trace)
    assert "saturated" in judged(far)[1] and "not moved" in judged(far)[1]
    linear = {"W": (((1.0,),),), "b": ((0.0,),), "x": (1.0,), "y": (1.0,), "activations": ("identity",)}
    assert judged(Example.of(**linear)) == (False, "The loss has not moved: every gradient that counts is 0.")


# --- curves ---


def moved(example: Example, output: int, x: np.ndarray) -> np.ndarray:
    """The loss over one output, the others held, from formulas that share no line with mlp_core: (points,)."""
    a = np.tile(example.trace.layers[-1].a, (len(x), 1))
    a[:, output - 1] = x
    return reference.LOSSES[example.model.loss](a, np.tile(example.y, (len(x), 1)))


@settings(max_examples=30)
@given(examples(), st.data())
def test_the_loss_curve_is_the_loss_and_its_slope_the_first_factor(example, data):
    output = data.draw(st.integers(1, example.sizes[-1]))
    curve, t = loss_curve(example.trace, output), example.trace
    last = t.layers[-1].a  # near 0 or 1 the reference's log(1 - a) has lost the digits that the engine keeps
    assume(not LOSSES[example.model.loss].wants or (last.min() > 1e-5 and last.max() < 1 - 1e-5))
    a = Quantity("a", len(example.model.W), (output,))
    assert (curve.x_of, curve.y_of) == (a, Quantity("C"))
    assert curve.at == (t[a], t.loss)
    assert curve.slope == t[Quantity("dC_da", a.layer, a.index)]
    assert np.isfinite(curve.y).all()
    np.testing.assert_allclose(curve.y, moved(example, output, curve.x), rtol=1e-9, atol=1e-12)
    assert curve.x[0] <= curve.at[0] <= curve.x[-1], "the point lies outside its curve"


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("weight", [6.0, -6.0, 40.0, -40.0, 800.0])
def test_the_point_of_a_saturated_output_lies_on_its_curve(loss, weight):
    """At 40 the output is 0 or 1 to all digits, where a cross-entropy has no curve: near its end will do."""
    example = WORKED.remodelled(Model.resized, (1, 2)).remodelled(Model.with_loss, loss)
    example = example.with_(W=(((weight,), (-weight,)),), x=(1.0,))
    beyond = 0.01 if abs(weight) > 6 else 0.0
    for output in (1, 2):
        curve = loss_curve(example.trace, output)
        here, low, high = curve.at[0], curve.x[0], curve.x[-1]
        assert low - beyond <= here <= high + beyond, f"the point {here} lies outside {low} to {high}"
        assert np.isfinite(curve.y).all()


@settings(max_examples=30)
@given(examples(), st.data())
def test_the_activation_curve_is_the_activation_and_its_slope_the_local_derivative(example, data):
    layer = data.draw(st.integers(1, len(example.model.W)))
    neuron = data.draw(st.integers(1, example.sizes[layer]))
    curve, name = activation_curve(example.trace, layer, neuron), example.model.activations[layer - 1]
    assert (curve is None) == (name == "softmax")
    if curve is None:
        return
    z, a = (Quantity(kind, layer, (neuron,)) for kind in "za")
    assert (curve.x_of, curve.y_of) == (z, a)
    assert curve.at == (example.trace[z], example.trace[a])
    assert curve.slope == example.trace[Quantity("da_dz", layer, (neuron,))]
    assert curve.x[0] <= curve.at[0] <= curve.x[-1]
    leaky = np.where(curve.x > 0, curve.x, example.model.slope * curve.x)
    expected = leaky if name == "leaky_relu" else reference.ACTIVATIONS[name](curve.x)
    np.testing.assert_allclose(curve.y, expected, rtol=1e-9, atol=1e-12)


def bent(x: np.ndarray, y: np.ndarray, between: np.ndarray) -> float:
    """How far the straight line between two points is from the curve halfway, as a share of the figure's height."""
    return float(np.abs((y[1:] + y[:-1]) / 2 - between).max() / np.ptp(y))


@pytest.mark.parametrize("name", PRESETS)
def test_a_curve_is_drawn_so_closely_that_no_corner_shows(name):
    """And Plotly leaves out none of its points, as it does by itself."""
    example = PRESETS[name][1]
    look = Look.of("notes", "en", 4, "light", example.sizes)
    loss = loss_curve(example.trace, telling_output(example.trace))
    halfway = moved(example, loss.x_of.index[0], (loss.x[1:] + loss.x[:-1]) / 2)
    assert bent(loss.x, loss.y, halfway) < 1 / 300
    for activation, z in (("sigmoid", 0.3), ("tanh", 70.0), ("sigmoid", -70.0), ("softplus", 30.0), ("leaky_relu", 5.0)):
        t = trace(Network([Layer([[0.0]], [z], activation)], loss="squared_error"), [1.0], [1.0])
        found = activation_curve(t, 1, 1)
        halfway = reference.ACTIVATIONS[activation]((found.x[1:] + found.x[:-1]) / 2)
        assert bent(found.x, found.y, halfway) < 1 / 300, activation
    assert go.Figure(curve_figure(loss, look).data).data[0].line.simplify is False


def test_the_curve_of_the_loss_that_is_shown_first_is_not_a_flat_line():
    """The outputs of a classifier whose target is 0 leave its loss alone."""
    for name, output in (("worked", 1), ("two_outputs", 1), ("classifier", 2), ("deep", 1)):
        t = PRESETS[name][1].trace
        assert telling_output(t) == output, name
        assert np.ptp(loss_curve(t, output).y) > 0.1
    assert np.ptp(loss_curve(far_out().trace, telling_output(far_out().trace)).y) > 0.1


@pytest.mark.parametrize("x", [-70.0, 70.0])
def test_a_neuron_far_out_still_lies_on_its_curve(x):
    example = WORKED.remodelled(Model.resized, (1, 1, 1)).with_(W=(((1.0,),), ((1.0,),)), x=(x,))
    curve = activation_curve(example.trace, 1, 1)
    assert curve.x[0] <= curve.at[0] <= curve.x[-1]
    assert abs(curve.at[0]) > 60


@pytest.mark.parametrize("name", [name for name, record in ACTIVATIONS.items() if record.slope and record.elementwise])
@pytest.mark.parametrize("z", [-1.7e308, -1e300, -750.0, 750.0, 1e300, 1.7e308])
def test_a_curve_far_out_of_all_bounds_is_drawn_without_a_warning(name, z):
    t = trace(Network([Layer([[0.0]], [z], name), Layer([[0.0]], [0.0], "sigmoid")], loss="squared_error"), [1.0], [1.0])
    curve = activation_curve(t, 1, 1)
    assert np.isfinite(curve.x).all() and np.isfinite(curve.slope)


def test_the_step_function_has_no_curve_with_a_slope():
    network = Network([Layer([[1.0]], [0.0], "step")], loss="squared_error")
    assert ACTIVATIONS["step"].slope is None
    assert activation_curve(trace(network, [1], [1]), 1, 1) is None


@pytest.mark.parametrize("name", PRESETS)
def test_the_figure_draws_the_curve_its_tangent_and_the_point(name, language):
    example = PRESETS[name][1].with_(language=language)
    look = Look.of(example.view.notation, language, example.view.decimals, "dark", example.sizes)
    for curve in (loss_curve(example.trace, 1), activation_curve(example.trace, 1, 1)):
        line, tangent, point = go.Figure(curve_figure(curve, look).data).data
        np.testing.assert_array_equal(line.x, curve.x)
        np.testing.assert_array_equal(line.y, curve.y)
        assert (list(point.x), list(point.y)) == ([curve.at[0]], [curve.at[1]])
        rise = (tangent.y[1] - tangent.y[0]) / (tangent.x[1] - tangent.x[0])
        assert rise == pytest.approx(curve.slope)
        assert np.interp(curve.at[0], tangent.x, tangent.y) == pytest.approx(curve.at[1])
        assert look.value(curve.y_of, curve.at[1]) in point.hovertemplate


def test_the_figure_of_a_saturated_output_holds_only_finite_numbers():
    """a is exactly 1 and the target 0: the slope of the loss is infinite, and the page must still draw."""
    example = far_out()
    figure = go.Figure(curve_figure(loss_curve(example.trace, 1), Look.of("notes", "en", 4, "light", example.sizes)).data)
    for part in figure.data:
        assert np.isfinite(np.array(part.y, dtype=float)).all(), part
