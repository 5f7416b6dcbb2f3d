"""The sidebar: every cell changes its number everywhere, bad input leaves a message and the last good example."""

import tracemalloc

import pytest
from streamlit.testing.v1 import AppTest

from lessons import i18n
from lessons.example import MAX_LAYERS, MAX_NEURONS, PRESETS, WORKED, Example, Model, trainable
from mlp_core import Quantity
from mlp_core.functions import LOSSES

from . import app
from .app import PAGES, component, enter, errors, example_of, go, ledger, opened, press, run, texts, unfold_all

CELLS = {"x.0.3": "x", "y.2.1": "y", "W.1.2.3": "W.1", "W.2.1.2": "W.2", "b.1.1": "b.1", "b.2.1": "b.2"}
CLASSIFIER = PRESETS["classifier"][1]


def button(at: AppTest, label: str) -> AppTest:
    """Press the button with that label in the sidebar."""
    [found] = [part for part in at.sidebar.button if part.label == label]
    found.click()
    return run(at)


# --- good input ---


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_changes_its_number_and_everything_that_follows(cell):
    """To a number that the cell shows rounded, so that no digit may be lost on the way."""
    quantity, value = Quantity.parse(cell), 0.123456789
    at = enter(opened(WORKED, "backward"), "number_input", f"edit.{cell}", value)
    changed = WORKED.remodelled(Model.with_number, quantity, value)
    assert example_of(at) == changed
    assert changed.trace.loss != WORKED.trace.loss
    last = len(changed.derivation.phase("backward"))
    enter(at, "slider", "slider.backward", last)
    for shown, text in ledger(at, "backward").items():
        assert app.number(text) == pytest.approx(changed.trace[shown], abs=5.1e-5), shown
    assert app.number(ledger(go(at, "loss"), "loss")[Quantity("C")]) == pytest.approx(changed.trace.loss, abs=5.1e-5)
    assert app.widget(at, "number_input", f"edit.{cell}").value == value
    assert not errors(at)


def test_every_cell_has_a_label_of_its_own():
    at = unfold_all(opened(CLASSIFIER))
    labels = [part.label for part in at.sidebar.number_input]
    assert len(set(labels)) == len(labels)


def test_cells_show_the_numbers_of_the_example():
    at = unfold_all(opened(CLASSIFIER))
    for quantity in CLASSIFIER.derivation.given:
        assert app.widget(at, "number_input", f"edit.{quantity}").value == CLASSIFIER.trace[quantity], quantity


@pytest.mark.parametrize("activation", trainable())
def test_every_activation_can_be_chosen_for_a_hidden_layer(activation):
    at = unfold_all(opened(WORKED, "forward"))
    enter(at, "selectbox", "edit.activation.1", activation)
    assert example_of(at) == WORKED.with_(activations=(activation, "sigmoid"))
    assert not errors(at)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_can_be_chosen_and_brings_the_output_it_wants(loss):
    two = WORKED.remodelled(Model.resized, (3, 2, 2))
    at = enter(unfold_all(opened(two, "loss")), "selectbox", "edit.loss", loss)
    assert example_of(at) == two.remodelled(Model.with_loss, loss)
    assert not errors(at)
    assert app.widget(at, "selectbox", "edit.activation.2").value == example_of(at).model.activations[1]


@pytest.mark.parametrize("layers", range(1, MAX_LAYERS + 1))
def test_the_number_of_layers_can_be_chosen(layers):
    at = enter(unfold_all(opened(WORKED, "forward")), "number_input", "edit.layers", layers)
    assert len(example_of(at).model.W) == layers
    assert example_of(at).sizes[0] == 3
    assert example_of(at).sizes[-1] == 1
    assert len(component(at, "picture.forward")["layers"]) == layers + 1


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("size", [1, MAX_NEURONS])
def test_the_neurons_of_a_layer_can_be_chosen(place, size):
    at = enter(unfold_all(opened(WORKED, "backward")), "number_input", f"edit.size.{place}", size)
    expected = list(WORKED.sizes)
    expected[place] = size
    assert example_of(at) == WORKED.remodelled(Model.resized, tuple(expected))
    drawn = component(at, "picture.backward")["layers"]
    assert [len(layer["nodes"]) for layer in drawn] == expected


SETTINGS = {"lr": 0.5, "momentum": 0.5, "rho": 0.5, "beta1": 0.5, "beta2": 0.5, "eps": 1e-3}
SWITCHES = ("nesterov", "bias_correction", "eps_inside_root")
OWNER = {"lr": "SGD", "momentum": "Momentum", "nesterov": "Momentum", "rho": "RMSprop"}


@pytest.mark.parametrize("place", ["edit", "page"])
@pytest.mark.parametrize("name", [*SETTINGS, *SWITCHES])
def test_every_setting_can_be_changed_in_the_sidebar_and_on_the_update_page(name, place):
    start = WORKED.with_(optimiser=OWNER.get(name, "Adam"))
    value = SETTINGS.get(name, not start.settings[name])
    kind = "number_input" if name in SETTINGS else "toggle"
    at = enter(unfold_all(opened(start, "update")), kind, f"{place}.{name}", value)
    assert example_of(at) == start.with_(**{name: value})
    other = {"edit": "page", "page": "edit"}[place]
    assert app.widget(at, kind, f"{other}.{name}").value == value, "the two places do not agree"


def test_the_decimals_change_every_number_and_nothing_else():
    at = opened(WORKED, "forward")
    for decimals in (0, 10, 4):
        enter(at, "slider", "edit.decimals", decimals)
        assert example_of(at) == WORKED.with_(decimals=decimals)
        app.assert_shows(ledger(at, "forward")[Quantity("z", 1, (1,))], -0.9, decimals)


def test_what_was_changed_survives_every_page():
    at = unfold_all(opened(WORKED))
    enter(at, "number_input", "edit.W.1.1.1", 0.7)
    enter(at, "selectbox", "edit.activation.1", "tanh")
    enter(at, "selectbox", "edit.notation", "classic")
    enter(at, "slider", "edit.decimals", 6)
    enter(at, "number_input", "edit.lr", 0.25)
    expected = WORKED.remodelled(Model.with_number, Quantity("W", 1, (1, 1)), 0.7).with_(
        activations=("tanh", "sigmoid"), notation="classic", decimals=6, lr=0.25
    )
    for page in (*PAGES, *reversed(PAGES)):
        assert example_of(go(at, page)) == expected, page
        assert app.widget(at, "number_input", "edit.W.1.1.1").value == 0.7, page


# --- reset, random, presets ---


def test_reset_goes_back_to_the_beginning_and_takes_the_messages_along():
    at = unfold_all(opened(WORKED, "backward"))
    enter(at, "number_input", "edit.W.1.1.1", 0.7)
    enter(at, "number_input", "edit.lr", 0.0)
    enter(at, "slider", "edit.decimals", 6)
    enter(at, "slider", "slider.backward", 5)
    assert errors(at)
    button(at, "Reset")
    assert example_of(at) == WORKED.with_(decimals=6), "numbers go back, how they are shown stays"
    assert not errors(at)
    assert app.widget(at, "slider", "slider.backward").value == 1


def test_random_weights_follow_from_the_seed():
    seen = []
    for seed in (7, 7, 8):
        at = enter(opened(WORKED, "forward"), "number_input", "seed", seed)
        button(at, "Random weights")
        assert example_of(at) == WORKED.remodelled(Model.randomised, seed)
        seen.append(example_of(at))
    assert seen[0] == seen[1] != seen[2]
    button(at, "Reset")
    assert example_of(at) == WORKED


@pytest.mark.parametrize("seed", [-1, 2**31])
def test_a_seed_out_of_range_is_refused(seed):
    at = enter(opened(WORKED, "forward"), "number_input", "seed", seed)
    button(at, "Random weights")
    assert_refused(at, WORKED, "seed")


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_loaded_as_it_is_and_shown_as_before(name):
    at = opened(WORKED.with_(decimals=2, notation="matrix"))
    press(at, f"preset.{name}")
    loaded = PRESETS[name][1].with_(decimals=2, notation="matrix")
    assert example_of(at) == loaded
    enter(at, "number_input", "edit.x.0.1", 0.9)
    button(at, "Reset")
    assert example_of(at) == loaded


# --- bad input ---


def assert_refused(at: AppTest, before: Example, *words: str) -> None:
    """One message, with these words; the last good example stays, also on the next page."""
    assert example_of(at) == before
    assert len(set(errors(at))) == 1, f"messages: {errors(at)}"
    for word in words:
        assert word in errors(at)[0]
    assert example_of(go(at, "forward")) == before


UNUSABLE = {None: "empty", float("nan"): "", float("inf"): "", -float("inf"): "", 1e308: "1e+308", -1e7: "-1e+07"}


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_refuses_what_is_no_usable_number(cell):
    """Streamlit itself already takes nan and inf for an empty cell, so the message then may say so."""
    at = opened(WORKED, "loss")
    before = ledger(at, "loss")
    for value, word in UNUSABLE.items():
        enter(at, "number_input", f"edit.{cell}", value)
        assert len(errors(at)) == 1, f"{value}: {errors(at)}"
        assert word in errors(at)[0]
        assert app.widget(at, "number_input", f"edit.{cell}").value == WORKED.trace[Quantity.parse(cell)], (
            f"after {value}"
        )
        assert ledger(at, "loss") == before, f"after {value}"
    assert_refused(at, WORKED)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_refuses_what_its_optimiser_cannot_use(name):
    """A share is at least 0 and below 1, learning rate and epsilon are above 0."""
    start = WORKED.with_(optimiser=OWNER.get(name, "Adam"))
    at = unfold_all(opened(start, "update"))
    edge = 0.0 if name in ("lr", "eps") else 1.0
    for value in (None, float("nan"), float("inf"), 1e308, -0.5, edge):
        enter(at, "number_input", f"edit.{name}", value)
        assert len(set(errors(at))) == 1, f"{value}: {errors(at)}"
        assert app.widget(at, "number_input", f"edit.{name}").value == start.settings[name], f"after {value}"
    assert example_of(at) == start
    enter(at, "number_input", f"edit.{name}", 1.0 - edge)
    assert not errors(at), "the other end of the range is allowed"
    assert example_of(at) == start.with_(**{name: 1.0 - edge})


@pytest.mark.parametrize("value", [1.5, -0.1])
def test_a_target_outside_the_range_of_the_loss_is_refused(value):
    start = WORKED.remodelled(Model.with_loss, "binary_cross_entropy")
    at = enter(opened(start, "loss"), "number_input", "edit.y.2.1", value)
    assert_refused(at, start, "from 0 to 1")


@pytest.mark.parametrize("value", [0.5, -1.0])
def test_targets_that_do_not_add_up_to_one_are_refused(value):
    at = enter(opened(CLASSIFIER, "loss"), "number_input", "edit.y.2.1", value)
    assert_refused(at, CLASSIFIER, "add up to 1")


def test_a_softmax_of_one_neuron_is_refused():
    at = enter(unfold_all(opened(WORKED, "forward")), "selectbox", "edit.activation.2", "softmax")
    assert app.widget(at, "selectbox", "edit.activation.2").value == "sigmoid"
    assert_refused(at, WORKED, "softmax", "one neuron")


def test_a_softmax_layer_cannot_be_reduced_to_one_neuron():
    at = enter(unfold_all(opened(CLASSIFIER, "forward")), "number_input", "edit.size.2", 1)
    assert app.widget(at, "number_input", "edit.size.2").value == 3
    assert_refused(at, CLASSIFIER, "softmax")


def test_cross_entropy_with_one_output_is_refused():
    at = enter(unfold_all(opened(WORKED, "forward")), "selectbox", "edit.loss", "cross_entropy")
    assert app.widget(at, "selectbox", "edit.loss").value == "squared_error"
    assert_refused(at, WORKED, "one neuron")


def test_an_output_that_the_loss_does_not_go_with_is_refused():
    start = WORKED.remodelled(Model.with_loss, "binary_cross_entropy")
    at = enter(unfold_all(opened(start, "forward")), "selectbox", "edit.activation.2", "tanh")
    assert_refused(at, start, "sigmoid")


@pytest.mark.parametrize("key", ["edit.layers", "edit.size.0", "edit.size.1", "edit.size.2"])
def test_an_empty_count_is_refused(key):
    at = enter(unfold_all(opened(WORKED, "forward")), "number_input", key, None)
    assert_refused(at, WORKED, "empty")


OUT_OF_RANGE = [("edit.layers", 9), ("edit.layers", 0), ("edit.layers", -1), ("edit.layers", 10**7)]
OUT_OF_RANGE += [("edit.size.1", 9), ("edit.size.1", 0), ("edit.size.2", -1), ("edit.size.0", 10**7)]


@pytest.mark.parametrize(("key", "value"), OUT_OF_RANGE)
def test_a_count_out_of_range_is_refused(key, value):
    """Before anything of that size is made: a count typed by one student must not fill the memory of all."""
    at = unfold_all(opened(WORKED, "forward"))
    tracemalloc.start()
    try:
        enter(at, "number_input", key, value)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 50e6, f"{most / 1e6:.0f} MB were needed to say no"
    assert_refused(at, WORKED)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_message_stands_in_the_language_in_use_and_goes_with_the_next_good_number(language):
    start = WORKED.with_(language=language)
    at = enter(opened(start, "forward"), "number_input", "edit.x.0.1", None)
    i18n.use(language)
    expected = i18n.gettext("The cell was empty; the last number stays.")
    i18n.use("en")
    assert errors(at) == [expected]
    enter(at, "number_input", "edit.x.0.1", 2.5)
    assert not errors(at)
    assert example_of(at) == start.remodelled(Model.with_number, Quantity("x", 0, (1,)), 2.5)


def test_two_bad_cells_have_two_messages():
    at = enter(opened(WORKED, "forward"), "number_input", "edit.x.0.1", None)
    enter(at, "number_input", "edit.W.2.1.1", 1e308)
    assert len(errors(at)) == 2


# --- the language of the address ---


def test_the_address_chooses_the_language():
    at = opened(query={"lang": "zh"})
    assert example_of(at).view.language == "zh"
    assert component(at, "page_language")["lang"] == "zh-CN"
    for page in PAGES:
        assert example_of(go(at, page)).view.language == "zh", page


FORGED = [
    "de",
    "",
    "EN",
    "zh-CN",
    "../zh",
    "<script>alert(1)</script>",
    "{x}",
    "x" * 5000,
    "\x00",
    ["zh", "de"],
    ["de", "fr"],
]


@pytest.mark.parametrize("asked", FORGED, ids=[f"{str(asked)[:12]!r}" for asked in FORGED])
def test_a_forged_language_is_refused_with_a_short_message(asked):
    at = opened(query={"lang": asked})
    assert example_of(at) == WORKED
    [message] = errors(at)
    assert "zh" in message
    assert len(message) < 200
    assert "{" not in message.replace("{x}", "")
    assert example_of(go(at, "backward")) == WORKED


def test_the_last_of_several_languages_counts():
    """As for every parameter of an address in Streamlit."""
    at = opened(query={"lang": ["de", "zh"]})
    assert example_of(at).view.language == "zh"
    assert not errors(at)


def test_other_parameters_of_the_address_are_left_alone():
    at = opened(query={"example": "%7B", "lang": "en", "utm": "1"})
    assert example_of(at) == WORKED
    assert not errors(at)


def test_the_language_switch_translates_the_page_and_writes_the_address():
    at = opened(WORKED, "backward")
    english = texts(at)
    enter(at, "segmented_control", "lang", "zh")
    assert example_of(at) == WORKED.with_(language="zh")
    assert at.query_params["lang"] == "zh"
    assert texts(at) != english
    enter(at, "segmented_control", "lang", "en")
    assert texts(at) == english


def test_a_forged_language_is_forgotten_when_one_is_chosen():
    at = opened(query={"lang": "de"})
    assert errors(at)
    enter(at, "segmented_control", "lang", "zh")
    assert not errors(at)
    assert example_of(at).view.language == "zh"


def test_a_box_opened_in_the_sidebar_stays_open_on_every_page():
    at = unfold_all(opened(WORKED))
    for page in PAGES:
        assert app.widget(go(at, page), "selectbox", "edit.loss")
