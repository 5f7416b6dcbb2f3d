"""Picture and sidebar: what is changed there changes everywhere, bad input leaves a message and the last good example."""

import tracemalloc
from itertools import product

import pytest
from streamlit.testing.v1 import AppTest

from lessons import i18n
from lessons.example import MAX_LAYERS, MAX_NEURONS, PRESETS, WORKED, Example, Model, trainable
from lessons.style import label_of
from mlp_core import Quantity
from mlp_core.functions import LOSSES
from pages.session import state

from . import app
from .app import (
    PAGES,
    component,
    enter,
    errors,
    example_of,
    go,
    ledger,
    opened,
    put_example,
    run,
    step_to,
    texts,
    told,
    type_in,
    unfolded,
)

CELLS = {"x.0.3": "x", "y.2.1": "y", "W.1.2.3": "W.1", "W.2.1.2": "W.2", "b.1.1": "b.1", "b.2.1": "b.2"}
CLASSIFIER = PRESETS["classifier"][1]


def button(at: AppTest, label: str) -> AppTest:
    """Press the button with that label in the sidebar."""
    [found] = [part for part in at.sidebar.button if part.label == label]
    found.click()
    return run(at)


def edits(at: AppTest, page: str) -> dict[str, tuple[str, str]]:
    """What can be changed in the picture of a walk: address to text and the words of its element."""
    data = component(at, f"picture.{page}")
    nodes = [node for layer in data["layers"] for node in layer["nodes"]]
    elements = [*nodes, *(node["bias"] for node in nodes if "bias" in node), *data["edges"], *data["targets"]]
    return {each["edit"]["address"]: (each["edit"]["text"], each["spoken"]) for each in elements if "edit" in each}


def sidebar_keys(at: AppTest) -> set[str]:
    """The keys of the widgets in the sidebar that follow the example."""
    kinds = ("number_input", "selectbox", "slider", "toggle")
    return {part.key for kind in kinds for part in at.sidebar.get(kind) if part.key.startswith("edit.")}


# --- good input ---


def test_a_typed_number_changes_everything_that_follows():
    """To a number that the picture shows rounded, so that no digit may be lost on the way."""
    at, changed, value = opened(WORKED, "backward"), WORKED, 0.123456789
    step_to(at, "backward", len(WORKED.derivation.phase("backward")) - 1)
    for cell in CELLS:
        quantity, before = Quantity.parse(cell), changed.trace.loss
        type_in(go(at, "backward"), cell, str(value))
        changed = changed.remodelled(Model.with_number, quantity, value)
        assert example_of(at) == changed, cell
        assert changed.trace.loss != before, cell
        for shown, text in ledger(at, "backward").items():
            assert app.number(text) == pytest.approx(changed.trace[shown], abs=5.1e-5), (cell, shown)
        loss = app.number(ledger(go(at, "loss"), "loss")[Quantity("C")])
        assert loss == pytest.approx(changed.trace.loss, abs=5.1e-5), cell
        assert edits(at, "loss")[cell][0] == str(value)
        assert not errors(at), cell


def test_every_number_can_be_typed_under_a_label_of_its_own():
    at = unfolded(CLASSIFIER, "backward")
    found = edits(at, "backward")
    assert {address: float(text) for address, (text, _spoken) in found.items()} == {
        str(quantity): CLASSIFIER.trace[quantity] for quantity in CLASSIFIER.derivation.given
    }
    labels = [part.label for part in at.sidebar.number_input]
    labels += [spoken.partition(" = ")[0] for _text, spoken in found.values()]
    assert len(set(labels)) == len(labels)


def test_a_typed_number_replaces_no_widget_of_the_sidebar():
    """What it draws anew is the walk alone; a widget that was replaced behind a person's back would say nothing any more."""
    at = unfolded(WORKED, "forward")
    before = sidebar_keys(at)
    assert before
    type_in(at, "W.1.1.1", "0.7")
    type_in(at, "W.1.1.1", "seven")
    assert sidebar_keys(at) == before
    enter(go(at, "start"), "radio", "start.preset", "deep")
    assert not sidebar_keys(at) & before


def test_undo_asks_for_the_whole_page_and_a_typed_number_does_not():
    at = opened(WORKED, "forward")
    with app.callback(at):
        app.numbers.enter("W.1.1.1", "0.7")
        assert not state.asked_anew()
        state.undo()
        assert example_of(at) == WORKED
        assert state.asked_anew()
        assert not state.asked_anew(), "once"


def test_every_activation_can_be_chosen_for_a_hidden_layer():
    at = unfolded(WORKED, "forward")
    for activation in trainable():
        enter(at, "selectbox", "edit.activation.1", activation)
        assert example_of(at) == WORKED.with_(activations=(activation, "sigmoid"))
        assert not errors(at), activation


def test_every_loss_can_be_chosen_and_brings_the_output_it_wants():
    two = WORKED.remodelled(Model.resized, (3, 2, 2))
    at = unfolded(two, "loss")
    for loss in LOSSES:
        put_example(at, two)
        enter(run(at), "selectbox", "edit.loss", loss)
        assert example_of(at) == two.remodelled(Model.with_loss, loss)
        assert not errors(at), loss
        assert app.widget(at, "selectbox", "edit.activation.2").value == example_of(at).model.activations[1]


def test_the_number_of_layers_can_be_chosen():
    at = unfolded(WORKED, "forward")
    for layers in (1, MAX_LAYERS, 3, 2):
        enter(at, "number_input", "edit.layers", layers)
        assert len(example_of(at).model.W) == layers
        assert (example_of(at).sizes[0], example_of(at).sizes[-1]) == (3, 1), layers
        assert len(component(at, "picture.forward")["layers"]) == layers + 1


def test_the_neurons_of_a_layer_can_be_chosen():
    at, expected = unfolded(WORKED, "backward"), WORKED
    for place, size in product(range(3), (MAX_NEURONS, 1)):
        sizes = tuple(size if k == place else n for k, n in enumerate(expected.sizes))
        enter(at, "number_input", f"edit.size.{place}", size)
        expected = expected.remodelled(Model.resized, sizes)
        assert example_of(at) == expected, sizes
        assert tuple(len(layer["nodes"]) for layer in component(at, "picture.backward")["layers"]) == sizes


SETTINGS = {"lr": 0.5, "momentum": 0.5, "rho": 0.5, "beta1": 0.5, "beta2": 0.5, "eps": 1e-3}
SWITCHES = ("nesterov", "bias_correction", "eps_inside_root")
OWNER = {"lr": "SGD", "momentum": "Momentum", "nesterov": "Momentum", "rho": "RMSprop"}


@pytest.mark.parametrize("place", ["edit", "page"])
def test_every_setting_can_be_changed_in_the_sidebar_and_on_the_update_page(place):
    at, other = unfolded(WORKED, "update"), {"edit": "page", "page": "edit"}[place]
    for name in (*SETTINGS, *SWITCHES):
        start = WORKED.with_(optimiser=OWNER.get(name, "Adam"))
        value = SETTINGS.get(name, not start.settings[name])
        kind = "number_input" if name in SETTINGS else "toggle"
        put_example(at, start)
        enter(run(at), kind, f"{place}.{name}", value)
        assert example_of(at) == start.with_(**{name: value}), name
        assert app.widget(at, kind, f"{other}.{name}").value == value, f"the two places do not agree on {name}"


def test_the_decimals_change_every_number_and_nothing_else():
    at = opened(WORKED, "forward")
    for decimals in (0, 10, 4):
        enter(at, "slider", "edit.decimals", decimals)
        assert example_of(at) == WORKED.with_(decimals=decimals)
        app.assert_shows(ledger(at, "forward")[Quantity("z", 1, (1,))], -0.9, decimals)


def test_what_was_changed_survives_every_page():
    at = unfolded(WORKED)
    type_in(at, "W.1.1.1", "0.7")
    enter(at, "selectbox", "edit.activation.1", "tanh")
    enter(at, "selectbox", "edit.notation", "classic")
    enter(at, "slider", "edit.decimals", 6)
    enter(at, "number_input", "edit.lr", 0.25)
    expected = WORKED.remodelled(Model.with_number, Quantity("W", 1, (1, 1)), 0.7).with_(
        activations=("tanh", "sigmoid"), notation="classic", decimals=6, lr=0.25
    )
    for page in PAGES:
        assert example_of(go(at, page)) == expected, page
        assert app.widget(at, "number_input", "edit.lr").value == 0.25, page
        assert app.widget(at, "selectbox", "edit.loss"), f"a box opened in the sidebar is closed on {page}"


# --- reset, random, presets ---


def test_reset_goes_back_to_the_beginning_and_takes_the_messages_along():
    at = unfolded(WORKED, "backward")
    type_in(at, "W.1.1.1", "0.7")
    enter(at, "slider", "edit.decimals", 6)
    step_to(at, "backward", 4)
    enter(at, "number_input", "edit.lr", 0.0)
    type_in(at, "W.1.1.2", "")
    assert len(errors(at)) == 2
    button(at, "Reset")
    assert example_of(at) == WORKED.with_(decimals=6), "numbers go back, how they are shown stays"
    assert not errors(at)
    assert component(at, "place.backward")["at"] == 0


def test_random_weights_follow_from_the_seed():
    seen, at = [], opened(WORKED, "forward")
    for seed in (7, 8, 7):
        enter(at, "number_input", "seed", seed)
        button(at, "Random weights")
        assert example_of(at) == WORKED.remodelled(Model.randomised, seed)
        seen.append(example_of(at))
    assert seen[0] == seen[2] != seen[1]
    button(at, "Reset")
    assert example_of(at) == WORKED


@pytest.mark.parametrize("seed", [-1, 2**31])
def test_a_seed_out_of_range_is_refused(seed):
    at = enter(opened(WORKED, "forward"), "number_input", "seed", seed)
    button(at, "Random weights")
    assert_refused(at, WORKED, "seed")


def test_a_preset_is_loaded_as_it_is_and_shown_as_before():
    at = opened(WORKED.with_(decimals=2, notation="matrix"))
    for name, (_title, preset) in PRESETS.items():
        enter(at, "radio", "start.preset", name)
        loaded = preset.with_(decimals=2, notation="matrix")
        assert example_of(at) == loaded, name
        assert app.widget(at, "radio", "start.preset").value == name, "the loaded one is not marked"
        type_in(at, "x.0.1", "0.9")
        assert app.widget(at, "radio", "start.preset").value is None, "a changed example is no preset"
        button(at, "Reset")
        assert example_of(at) == loaded, name


# --- bad input ---


def assert_refused(at: AppTest, before: Example, *words: str) -> None:
    """One message, with these words; the last good example stays, also on the next page."""
    assert example_of(at) == before
    assert len(set(errors(at))) == 1, f"messages: {errors(at)}"
    for word in words:
        assert word in errors(at)[0]
    assert example_of(go(at, "forward")) == before


UNUSABLE = {"": "Nothing was entered", "nan": "nan", "-inf": "inf", "1e308": "1e+308", "-1e7": "-1e+07", "1/0": "divides by 0"}


@pytest.mark.parametrize(("cell", "unusable"), [(cell, UNUSABLE if cell == "W.1.2.3" else ("", "1e308")) for cell in CELLS])
def test_what_is_no_usable_number_is_refused(cell, unusable):
    at = opened(WORKED, "loss")
    before = ledger(at, "loss"), edits(at, "loss")
    for text in unusable:
        type_in(at, cell, text)
        assert [told(at)["refused"]] == errors(at), text
        assert errors(at)[0].startswith(f"{label_of(Quantity.parse(cell))} stays as it was.")
        assert UNUSABLE[text] in errors(at)[0]
        assert (ledger(at, "loss"), edits(at, "loss")) == before, f"after {text}"
    assert_refused(at, WORKED)


def test_a_setting_refuses_what_its_optimiser_cannot_use():
    """A share is at least 0 and below 1, the learning rate is above 0, epsilon at least 0."""
    at = unfolded(WORKED, "update")
    for name in SETTINGS:
        start = WORKED.with_(optimiser=OWNER.get(name, "Adam"))
        put_example(at, start)
        run(at)
        edge = {"lr": 0.0, "eps": -1e-9}.get(name, 1.0)
        for value in (None, 1e308, -0.5, edge):
            enter(at, "number_input", f"edit.{name}", value)
            assert len(set(errors(at))) == 1, f"{name} = {value}: {errors(at)}"
            assert app.widget(at, "number_input", f"edit.{name}").value == start.settings[name], f"{name} after {value}"
        assert example_of(at) == start
        enter(at, "number_input", f"edit.{name}", 1.0 - edge)
        assert not errors(at), f"{name}: the other end of the range is allowed"
        assert example_of(at) == start.with_(**{name: 1.0 - edge})


@pytest.mark.parametrize("value", ["1.5", "-0.1"])
def test_a_target_outside_the_range_of_the_loss_is_refused(value):
    start = WORKED.remodelled(Model.with_loss, "binary_cross_entropy")
    at = type_in(opened(start, "loss"), "y.2.1", value)
    assert_refused(at, start, "from 0 to 1")


@pytest.mark.parametrize("value", ["0.5", "-1"])
def test_targets_that_do_not_add_up_to_one_are_refused(value):
    at = type_in(opened(CLASSIFIER, "loss"), "y.2.1", value)
    assert_refused(at, CLASSIFIER, "add up to 1")


def test_a_softmax_of_one_neuron_is_refused():
    at = enter(unfolded(WORKED, "forward"), "selectbox", "edit.activation.2", "softmax")
    assert app.widget(at, "selectbox", "edit.activation.2").value == "sigmoid"
    assert_refused(at, WORKED, "softmax", "one neuron")


def test_a_softmax_layer_cannot_be_reduced_to_one_neuron():
    at = enter(unfolded(CLASSIFIER, "forward"), "number_input", "edit.size.2", 1)
    assert app.widget(at, "number_input", "edit.size.2").value == 3
    assert_refused(at, CLASSIFIER, "softmax")


def test_cross_entropy_with_one_output_is_refused():
    at = enter(unfolded(WORKED, "forward"), "selectbox", "edit.loss", "cross_entropy")
    assert app.widget(at, "selectbox", "edit.loss").value == "squared_error"
    assert_refused(at, WORKED, "one neuron")


def test_an_output_that_the_loss_does_not_go_with_is_refused():
    start = WORKED.remodelled(Model.with_loss, "binary_cross_entropy")
    at = enter(unfolded(start, "forward"), "selectbox", "edit.activation.2", "tanh")
    assert_refused(at, start, "sigmoid")


OUT_OF_RANGE = {
    "edit.layers": (None, 9, 0, -1, 10**7), "edit.size.0": (10**7,), "edit.size.1": (None, 9, 0), "edit.size.2": (-1,),
}  # fmt: skip


@pytest.mark.parametrize("key", OUT_OF_RANGE)
def test_a_count_that_is_empty_or_out_of_range_is_refused(key):
    """Before anything of that size is made: a count typed by one student must not fill the memory of all."""
    at = unfolded(WORKED, "forward")
    for value in OUT_OF_RANGE[key]:
        if value == 10**7:
            tracemalloc.start()
        try:
            enter(at, "number_input", key, value)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert most < 50e6, f"{most / 1e6:.0f} MB were needed to say no"
        assert_refused(at, WORKED, "empty" if value is None else "")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_message_stands_in_the_language_in_use_and_goes_with_the_next_good_number(language):
    start = WORKED.with_(language=language)
    at = enter(unfolded(start, "forward"), "number_input", "edit.lr", None)
    type_in(at, "x.0.1", "1 2")
    with i18n.using(language):
        empty = i18n.gettext("The cell was empty; the last number stays.")
        stays = i18n.gettext("{cell} stays as it was. {reason}").format(cell="x 1", reason="")
    beside, above = errors(at)
    assert beside == empty
    assert above.startswith(stays)
    enter(at, "number_input", "edit.lr", 0.2)
    type_in(at, "x.0.1", "2.5")
    assert not errors(at)
    assert example_of(at) == start.remodelled(Model.with_number, Quantity("x", 0, (1,)), 2.5).with_(lr=0.2)


def test_the_row_tells_of_the_number_that_was_typed_last():
    """Not of one that was refused before it, whatever came of this one."""
    at = opened(WORKED, "forward")
    for address, words in (("x.0.1", "x 1 "), ("W.2.1.1", "W layer 2 neuron 1 from 1 "), ("x.0.1", "x 1 ")):
        assert told(type_in(at, address, ""))["refused"].startswith(words)
    type_in(at, "b.1.1", "0.5")
    assert told(at).keys() == {"what", "loss"}
    type_in(at, "W.2.1.1", "")
    with app.callback(at):
        state.undo()
    assert not errors(run(at))


def test_a_message_goes_with_the_next_good_number_anywhere_and_stays_behind_on_its_page():
    at = type_in(opened(WORKED, "forward"), "x.0.1", "1e308")
    assert errors(at)
    type_in(at, "W.2.1.1", "0.7")
    assert not errors(at)
    type_in(at, "x.0.1", "1e308")
    assert errors(at) and errors(run(at)), "a message stays until something is done about it"
    assert not errors(go(at, "backward")) and not errors(go(at, "forward"))


def test_a_loss_that_does_not_admit_the_target_is_refused_with_those_it_does():
    start = WORKED.with_(y=(5.0,))
    at = enter(unfolded(start, "loss"), "selectbox", "edit.loss", "binary_cross_entropy")
    assert app.widget(at, "selectbox", "edit.loss").value == "squared_error"
    assert edits(at, "loss")["y.2.1"][0] == "5"
    assert_refused(at, start, "numbers from 0 to 1", "not `5`")


# --- the language of the address ---


def test_the_address_chooses_the_language():
    at = opened(query={"lang": "zh"})
    assert example_of(at).view.language == "zh"
    assert component(at, "row")["lang"] == "zh-CN"
    assert example_of(go(at, "backward")).view.language == "zh"


FORGED = ["de", "", "EN", "../zh", "<script>alert(1)</script>", "{x}", "x" * 5000, "\x00", ["zh", "de"]]


@pytest.mark.parametrize("asked", FORGED, ids=[f"{str(asked)[:12]!r}" for asked in FORGED])
def test_a_forged_language_is_refused_with_a_short_message(asked):
    at = opened(query={"lang": asked})
    assert example_of(at) == WORKED
    [message] = errors(at)
    assert "zh" in message
    assert len(message) < 200
    assert "{" not in message.replace("{x}", "")


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
