"""/update and /evaluate: what stands there is what mlp_core computes, once and again and again."""

import numpy as np
import pytest

from lessons.example import PRESETS, WORKED, Example, Model
from lessons.walk.updates import new_of, parameters, side_by_side
from mlp_core import SGD, Adam, AdamW, Momentum, Quantity, RMSprop, trace
from mlp_core.optimisers import OPTIMISERS

from . import app
from .app import component, enter, errors, example_of, go, named, number, opened, put_example, run, table

APPLY, RESET = "Apply and repeat", "evaluate.reset"


def apply(at):
    [found] = [button for button in at.main.button if button.label == APPLY]
    found.click()
    return run(at)


def by_hand(example: Example, count: int) -> tuple[list, str]:
    """The parameters after so many updates, and the optimiser's state, from mlp_core alone."""
    e = example.settings
    optimiser = {
        "SGD": SGD(e["lr"]),
        "Momentum": Momentum(e["lr"], e["momentum"], e["nesterov"]),
        "RMSprop": RMSprop(e["lr"], e["rho"], e["eps"]),
        "Adam": Adam(e["lr"], e["beta1"], e["beta2"], e["eps"], e["bias_correction"], e["eps_inside_root"]),
        "AdamW": AdamW(e["lr"], e["beta1"], e["beta2"], e["eps"], e["weight_decay"]),
    }[e.optimiser]
    network, state = example.network, None
    for _ in range(count):
        update = optimiser.step(network, trace(network, example.x, example.y), state)
        network, state = update.network, update.state
    return [(layer.W, layer.b) for layer in network.layers], state.to_json()


CASES = {name: {"optimiser": name} for name in OPTIMISERS}
CASES |= {
    "Nesterov": {"optimiser": "Momentum", "nesterov": True},
    "Adam without bias correction": {"optimiser": "Adam", "bias_correction": False},
    "Adam, epsilon inside": {"optimiser": "Adam", "eps_inside_root": True, "eps": 1e-3},
    "SGD, output only": {"optimiser": "SGD", "scope": "output"},
    "Adam, output only": {"optimiser": "Adam", "scope": "output"},
}


def test_apply_and_repeat_is_the_optimiser_again_and_again():
    at = opened(WORKED, "evaluate")
    for case, settings in CASES.items():
        example = PRESETS["deep"][1].with_(**settings)
        put_example(at, example)
        run(at)
        for count in (1, 2):
            apply(at)
            expected, state = by_hand(example, count)
            after = example_of(at)
            assert (after.updates, after.memory) == (count, state), case
            for k, (W, b) in enumerate(expected):
                assert np.array_equal(np.array(after.model.W[k]), W), f"{case}: W of layer {k + 1} after {count} updates"
                assert np.array_equal(np.array(after.model.b[k]), b), f"{case}: b of layer {k + 1} after {count} updates"
            if example.settings.scope == "output":
                assert (after.model.W[:-1], after.model.b[:-1]) == (example.model.W[:-1], example.model.b[:-1]), case
            assert any(part.value == f"Updates applied so far: {count}" for part in at.main.markdown), case
        app.press(at, RESET)
        assert example_of(at) == example, case


def test_what_was_applied_goes_on_after_other_pages():
    example = WORKED.with_(optimiser="Adam")
    at = apply(opened(example, "evaluate"))
    for page in ("forward", "update", "train", "check"):
        go(at, page)
    apply(go(at, "evaluate"))
    assert example_of(at).memory == by_hand(example, 2)[1]


@pytest.mark.parametrize(("name", "decimals"), [("worked", 0), ("classifier", 4), ("worked", 10)])
def test_every_number_before_after_and_their_difference(name, decimals):
    example = PRESETS[name][1].with_(decimals=decimals)
    after = trace(SGD(example.lr).step(example.network, example.trace).network, example.x, example.y)
    forward = [step.target for step in example.derivation if step.target.kind in ("z", "a", "C")]
    quantities = named(example, [*parameters(example), *forward])
    rows = table(opened(example, "evaluate"), 4)
    assert sorted(row[0] for row in rows) == sorted(quantities)
    for name_, old, new, difference in rows:
        quantity = quantities[name_]
        given = quantity.kind in ("W", "b")
        assert_given_or(given, old, example.trace[quantity], decimals)
        assert_given_or(given, new, after[quantity], decimals)
        app.assert_cell(difference, after[quantity] - example.trace[quantity], decimals)


def assert_given_or(given: bool, text: str, value: float, decimals: int) -> None:
    """A weight may stand without closing zeros; its number must still be right."""
    if given and (value == 0 or float(f"{value:.{decimals}f}")):
        allowed = 0.51 * max(10.0**-decimals, 10.0 ** (1 - max(decimals, 2)) * abs(value))
        assert abs(number(text) - value) <= allowed, f"{text} for {value}"
    else:
        app.assert_cell(text, value, decimals)


def test_a_number_that_is_nearly_0_says_so_under_the_table():
    example = PRESETS["deep"][1].with_(lr=1e-5)
    at = opened(example, "evaluate")
    differences = [row[3] for row in table(at, 4)]
    assert "≈ 0.0000" in differences and not any("e" in text for text in differences)
    assert any("≈ 0.0000 is not 0" in caption.value for caption in at.main.caption)
    assert not any("is not 0" in caption.value for caption in opened(WORKED, "evaluate").main.caption)


def test_the_loss_before_and_after_and_their_difference_come_first():
    at = opened(WORKED, "evaluate")
    before, after, difference = (metric.value for metric in at.main.metric)
    app.assert_shows(before, 0.169004433, 4)
    app.assert_shows(after, 0.162693683, 4)
    app.assert_shows(difference, -0.00631075, 4)
    loss = component(at, "picture.evaluate")["loss"]
    assert loss["rows"][-1]["value"] == after
    app.assert_shows(enter(at, "segmented_control", "page.scope", "output").main.metric[1].value, 0.163464224, 4)


@pytest.mark.parametrize(("form", "penalised"), [("l2_half", True), ("decoupled", False)])
def test_with_a_penalty_the_pages_say_which_loss_and_whose_gradient_they_show(form, penalised):
    example = WORKED.with_(decay=0.25, decay_form=form)
    at = opened(example, "evaluate")
    app.assert_shows(at.main.metric[0].value, example.worked.values[Quantity("C_decayed" if penalised else "C")], 4)
    assert any("with its penalty" in each.value for each in at.caption) == penalised
    assert any("without the penalty" in each.value for each in go(at, "update").caption) == penalised


def test_the_update_page_lists_every_parameter_by_every_optimiser():
    example = PRESETS["two_outputs"][1].with_(optimiser="Adam", decimals=6, biases=())
    every = side_by_side(example)
    rows = table(opened(example, "update"), 3 + len(every))
    quantities = named(example, parameters(example))
    assert sorted(row[0] for row in rows) == sorted(quantities)
    for name, old, gradient, *new in rows:
        quantity = quantities[name]
        assert number(old) == example.trace[quantity]
        app.assert_shows(gradient, example.trace[Quantity("d" + quantity.kind, quantity.layer, quantity.index)], 6)
        for text, update in zip(new, every.values(), strict=True):
            assert number(text) == pytest.approx(update[new_of(quantity)], abs=5.1e-7)


def test_the_steps_of_the_chosen_parameter_end_with_its_new_value():
    at = opened(WORKED, "update")
    for optimiser in OPTIMISERS:
        enter(at, "segmented_control", "page.optimiser", optimiser)
        enter(at, "selectbox", "page.parameter", "W.1.2.3")
        chosen = example_of(at)
        assert chosen == WORKED.with_(optimiser=optimiser)
        new = side_by_side(chosen)[optimiser][Quantity("W_new", 1, (2, 3))]
        assert f"{new:.4f}" in at.main.latex[-1].value, optimiser
    at = go(go(at, "check"), "update")
    assert app.widget(at, "selectbox", "page.parameter").value == "W.1.2.3", "the chosen parameter is forgotten"


def test_with_the_output_layer_only_a_hidden_weight_is_said_to_stay():
    at = enter(opened(WORKED, "update"), "segmented_control", "page.scope", "output")
    enter(at, "selectbox", "page.parameter", "W.1.1.1")
    assert at.main.info
    assert not at.main.latex
    rows = table(at, 9)
    unchanged = {row[0] for row in rows if row[3:] == ["unchanged"] * 6}
    assert unchanged == set(named(WORKED, [q for q in parameters(WORKED) if q.layer == 1]))


def test_the_chosen_parameter_is_forgotten_when_the_network_no_longer_has_it():
    at = enter(opened(WORKED, "update"), "selectbox", "page.parameter", "W.1.2.3")
    put_example(at, WORKED.remodelled(Model.resized, (1, 1)))
    run(at)
    assert app.widget(at, "selectbox", "page.parameter").value == "W.1.1.1"


def test_a_step_that_makes_the_loss_grow_is_called_too_long():
    at = opened(WORKED.with_(lr=1e6, activations=("identity", "identity")), "evaluate")
    before, after, _difference = (number(metric.value) for metric in at.main.metric)
    assert after > before
    [warning] = at.main.warning
    assert "learning rate" in warning.value


def test_a_step_that_saturates_the_network_is_no_success():
    [warning] = opened(WORKED.with_(lr=1000.0), "evaluate").main.warning
    assert "saturated" in warning.value and "far too long" in warning.value
    assert not opened(WORKED, "evaluate").main.warning


def test_an_update_beyond_what_can_be_edited_is_refused():
    start = WORKED.with_(lr=1e6, activations=("identity", "identity"))
    at = apply(apply(opened(start, "evaluate")))
    assert errors(at)
    assert abs(np.array(example_of(at).model.W[0])).max() <= 1e6


def test_parameters_that_overflow_are_told_with_their_layer():
    big = (1e6,) * 2
    start = Example.of(W=((big,) * 2,) * 4, b=(big,) * 4, x=big, y=(0.0,) * 2, activations=("identity",) * 4, lr=1e6)
    at = opened(start, "evaluate")
    [message] = errors(at)
    assert "overflow" in message
    assert "layer" in message
    for page in ("update", "train", "check"):
        go(at, page)


def test_a_learning_rate_of_zero_is_refused_beside_its_cell():
    at = enter(app.unfolded(WORKED, "update"), "number_input", "page.lr", 0.0)
    assert errors(at)
    assert example_of(at) == WORKED
    assert app.widget(at, "number_input", "page.lr").value == WORKED.lr
