"""The frozen example: to JSON and back, nothing forged gets in, every change changes what it says and no more."""

import json
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import example as also
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons import i18n
from lessons.example import LARGEST, MAX_DECIMALS, MAX_LAYERS, MAX_NEURONS, PRESETS, WORKED, Example, Model
from lessons.problem import Problem
from lessons.walk.updates import parameters, update_of
from mlp_core import NonFinite, Quantity, trace
from mlp_core.functions import ACTIVATIONS, LOSSES
from mlp_core.optimisers import OPTIMISERS

from ..strategies import ANY, JUNK, examples, forged, junk, shapes, written

CLASSIFIER = PRESETS["classifier"][1]
HOW_IT_LOOKS = {"decimals": 7, "notation": "matrix", "language": "zh"}


def after_updates(example: Example, count: int = 1) -> Example:
    for _ in range(count):
        update = update_of(example)
        example = example.updated(update.network, update.state)
    return example


def strict(text: str):
    """JSON as the standard has it: without NaN and Infinity."""
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def assert_comes_back(example: Example) -> None:
    text = example.to_json()
    strict(text)
    again = Example.from_json(text)
    assert again == example
    assert again.to_json() == text, "the same example is written differently the second time"


# --- to JSON and back ---


@settings(max_examples=30)
@given(examples(numbers=ANY, largest=MAX_NEURONS))
def test_json_and_back_is_the_identity(example):
    assert_comes_back(example)


@settings(max_examples=30)
@given(examples(updates=2))
def test_json_and_back_is_the_identity_after_updates(example):
    assert_comes_back(example)
    if example.updates:
        now, again = update_of(example), update_of(Example.from_json(example.to_json()))
        assert now.state.to_json() == again.state.to_json(), "the optimiser does not go on from where it was"


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_valid_example_whose_loss_falls(name):
    title, preset = PRESETS[name]
    assert title
    assert_comes_back(preset)
    after = after_updates(preset)
    assert after.trace.loss < preset.trace.loss, "the first update does not lower the loss"


def test_the_two_output_preset_is_the_example_that_textbooks_print():
    """M. Mazur, A Step by Step Backpropagation Example (2015): loss 0.298371109, and w5 after one update 0.35891648."""
    preset = PRESETS["two_outputs"][1]
    assert preset.trace.loss == pytest.approx(0.298371109, abs=5e-10)
    assert float(update_of(preset).network.layers[1].W[0, 0]) == pytest.approx(0.35891648, abs=5e-9)


# --- forged ---


def assert_refused_or_sound(text: str) -> None:
    """Problem and nothing else; and what is let in is an example like any other."""
    try:
        example = Example.from_json(text)
    except Problem as problem:
        assert problem.where
        assert problem.text()
        return
    for row in (example.x, example.y, *example.model.b, *(row for W in example.model.W for row in W)):
        assert isinstance(row, tuple), f"{row!r} stands where a row of numbers belongs"
        assert {type(value) for value in row} <= {int, float}, f"{row!r} is no row of numbers"
    assert all(type(value) is str for value in example.model.activations)
    assert example.trace.layers[-1].a.shape == (len(example.y),)
    assert_comes_back(example)
    with suppress(NonFinite):  # a forged memory may hold anything that is finite: the pages show this as a message
        update_of(example)


@settings(max_examples=100)
@given(forged(WORKED.to_json()))
def test_a_forged_example_is_refused_with_a_problem(text):
    assert_refused_or_sound(text)


@settings(max_examples=80)
@given(forged(after_updates(WORKED.with_(optimiser="Adam")).memory))
def test_a_forged_memory_is_refused_with_a_problem(memory):
    text = json.dumps(json.loads(WORKED.with_(optimiser="Adam").to_json()) | {"memory": memory, "updates": 1})
    assert_refused_or_sound(text)


CHANGED = WORKED.with_(optimiser="Adam", lr=0.3, bias_correction=False)


def data_of(example: Example) -> dict[str, Any]:
    return json.loads(example.to_json())


def within(data: Any, path: str) -> tuple[Any, Any]:
    """The place in the data where the part of that dotted path stands, and its key there."""
    *way, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    for key in way:
        data = data[key]
    return data, last


def paths(data: Any, before: str = "") -> list[str]:
    """The dotted path of every part of the data."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [one for key, part in pairs for one in (f"{before}{key}", *paths(part, f"{before}{key}."))]


PATHS = paths(data_of(CHANGED))


@pytest.mark.parametrize("path", PATHS)
def test_junk_in_place_of_any_part_is_refused_with_a_problem(path):
    for text in JUNK:
        data = data_of(CHANGED)
        place, key = within(data, path)
        place[key] = junk(text)
        assert_refused_or_sound(written(data))


ONE_BY_ONE = Example.of(W=(((1.0,),),), b=((0.5,),), x=(2.0,), y=(1.0,), activations=("sigmoid",))
NESTED = [
    {"model.samples.0.x": [[2.0]], "model.samples.0.y": [[1.0]]},
    {"model.samples.0.x": [[2.0]]},
    {"model.b": [[[0.5]]]},
    {"model.W": [[[[1.0]]]]},
    {"model.activations": {"0": "sigmoid"}},
]


@pytest.mark.parametrize("change", NESTED, ids=[" and ".join(change) for change in NESTED])
def test_numbers_nested_too_deep_are_refused_even_where_numpy_could_read_them(change):
    data = data_of(ONE_BY_ONE)
    for path, value in change.items():
        place, key = within(data, path)
        place[key] = value
    with pytest.raises(Problem):
        Example.from_json(json.dumps(data))


@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "1" + "0" * 400, "NaN", "Infinity", "1e7", "true", '"1"', "null", "[0.3]"]
)
@pytest.mark.parametrize("old", ["0.3, ", "2.0, ", "[1.0]", '"lr": 0.3'])
def test_what_is_no_usable_number_is_refused(number, old):
    """In b, x, y and the learning rate, as raw JSON text."""
    text = CHANGED.to_json()
    assert text.count(old) >= 1
    new = {"[1.0]": f"[{number}]", '"lr": 0.3': f'"lr": {number}'}.get(old, f"{number}, ")
    with pytest.raises(Problem):
        Example.from_json(text.replace(old, new, 1))


def test_every_truncation_is_refused():
    text = CLASSIFIER.to_json()
    for end in range(len(text)):
        with pytest.raises(Problem):
            Example.from_json(text[:end])


FIELDS = [path for path in PATHS if not path.rpartition(".")[2].isdigit()]


@pytest.mark.parametrize("path", [path for path in FIELDS if not path.startswith("settings.")])
def test_a_missing_field_is_refused(path):
    data = data_of(WORKED)
    place, key = within(data, path)
    del place[key]
    with pytest.raises(Problem, match="missing"):
        Example.from_json(json.dumps(data))


@pytest.mark.parametrize("path", FIELDS)
def test_an_unknown_field_is_refused(path):
    data = data_of(CHANGED)
    place, key = within(data, path)
    place[key.upper() + "_"] = place[key]
    with pytest.raises(Problem, match="unknown"):
        Example.from_json(json.dumps(data))


def test_a_file_of_a_newer_version_says_so():
    with pytest.raises(Problem, match="newer"):
        Example.from_json(json.dumps(data_of(WORKED) | {"version": 99}))


NO_EXAMPLES = [
    *("", " ", "null", "5", "true", "[]", "{}", '"{}"', "{", "}", "\x00", "\ud800", "[" * 100_000, "9" * 5000),
    *(b"{}", None, 5),
]


@pytest.mark.parametrize("text", NO_EXAMPLES, ids=[f"{str(text)[:8]!r}, {i}" for i, text in enumerate(NO_EXAMPLES)])
def test_what_is_no_saved_example_is_refused(text):
    with pytest.raises(Problem):
        Example.from_json(text)


ONE_INPUT = {"x": (1.0,), "W": (((1.0,), (1.0,)), ((0.5, 0.2),))}
MEMORY = after_updates(WORKED.with_(optimiser="Adam")).memory
WRONG = {  # what is wrong: the place that must be named, and the change that is refused
    "decimals above the most": ("decimals", {"decimals": MAX_DECIMALS + 1}),
    "negative decimals": ("decimals", {"decimals": -1}),
    "an unknown loss": ("loss", {"loss": "hinge"}),
    "an unknown optimiser": ("optimiser", {"optimiser": "Lion"}),
    "an unknown scope": ("scope", {"scope": "hidden"}),
    "an unknown notation": ("notation", {"notation": "mine"}),
    "an unknown language": ("language", {"language": "de"}),
    "a number of updates below 0": ("updates", {"updates": -1}),
    "a learning rate of 0": ("lr", {"lr": 0.0}),
    "a negative learning rate": ("lr", {"lr": -0.1}),
    "an epsilon below 0": ("eps", {"eps": -1e-8}),
    "a momentum of 1": ("momentum", {"momentum": 1.0}),
    "a negative rho": ("rho", {"rho": -0.1}),
    "a beta1 of 1": ("beta1", {"beta1": 1}),
    "a beta2 above 1": ("beta2", {"beta2": 1.1}),
    "text for a number": ("lr", {"lr": "fast"}),
    "a number for a switch": ("nesterov", {"nesterov": 1}),
    "a switch for a number": ("lr", {"lr": True}),
    "a fraction of a decimal": ("decimals", {"decimals": 2.5}),
    "a number for text": ("memory", {"memory": 0}),
    "nan": ("x", {"x": (2.0, float("nan"), -1.0)}),
    "an infinite target": ("y", {"y": (float("inf"),)}),
    "a number too large": ("b", {"b": ((0.3, 1e308), (0.1,))}),
    "no layer": ("network", {"W": (), "b": (), "activations": ()}),
    "too many layers": ("network", {"W": WORKED.model.W[:1] * 5, "b": WORKED.model.b[:1] * 5, "activations": ("tanh",) * 5}),
    "an empty layer": ("network", {"W": ((), ((),)), "b": ((), (0.1,))}),
    "too many neurons": ("network", {"x": (1.0,) * 9}),
    "a row too short": ("network", {"W": (((0.2, -0.5), (-0.3, 0.4, 0.2)), ((0.5, 0.2),))}),
    "a bias too many": ("network", {"b": ((0.3, -0.1, 0.0), (0.1,))}),
    "a step function": ("activation.1", {"activations": ("step", "sigmoid")}),
    "a softmax of one neuron": ("activation.2", {"activations": ("sigmoid", "softmax")}),
    "targets unlike outputs": ("y", {"y": (1.0, 0.0)}),
    "a loss that wants another output": ("activation.2", {"loss": "cross_entropy", "activations": ("tanh",) * 2}),
    "a target that the loss does not admit": ("y", {"loss": "binary_cross_entropy", "y": (1.5,)}),
    "a memory of nothing": ("memory", {"memory": "{}"}),
    "a memory of another optimiser": ("memory", {"memory": MEMORY, "optimiser": "SGD"}),
    "a memory of another network": ("memory", {"memory": MEMORY, "optimiser": "Adam"} | ONE_INPUT),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_problem_names_its_place_and_reads_as_a_sentence(what, language):
    where, changes = WRONG[what]
    with pytest.raises(Problem) as caught:
        WORKED.with_(**changes)
    problem = caught.value
    assert problem.where == where
    assert str(problem).startswith(f"{where}: ")
    sentence = problem.text()
    assert sentence.endswith("." if language == "en" else "。"), sentence
    assert not set("{}") & set(sentence), f"a place was not filled: {sentence}"


@pytest.mark.parametrize("value", [LARGEST + 1.0, -LARGEST - 0.5, 1e308])
def test_a_number_too_large_is_not_quoted_as_one_that_can_be_used(value):
    with pytest.raises(Problem) as caught:
        WORKED.with_(x=(value, 3.0, -1.0))
    assert float(caught.value.parts["value"]) == value


# --- changes ---


@pytest.mark.parametrize("sizes", [(3, 2, 1), (2, 3, 4, 2, 3), (1, 1)])
def test_with_number_changes_exactly_one_number(sizes):
    """Each in turn, the largest and a tiny value among them; nothing else of the example moves."""
    example, value = WORKED.remodelled(Model.resized, sizes).with_(lr=0.3, decimals=7), 0.123456789
    for quantity in example.derivation.given:
        for new in (value, -1e-12, float(LARGEST)):
            changed = example.remodelled(Model.with_number, quantity, new)
            expected = {q: new if q == quantity else example.trace[q] for q in example.derivation.given}
            assert {q: changed.trace[q] for q in expected} == expected, f"after a change of {quantity}"
            assert changed.with_model(example.model) == example


def test_an_example_is_never_changed_in_place():
    before = WORKED.to_json()
    WORKED.remodelled(Model.with_number, Quantity("W", 1, (2, 3)), 7.0)
    WORKED.remodelled(Model.resized, (5, 5, 5))
    after_updates(WORKED)
    assert WORKED.to_json() == before


UPDATED = after_updates(WORKED.with_(optimiser="Momentum"), 2)
FORGETS = {
    "a weight": lambda e: e.remodelled(Model.with_number, Quantity("W", 1, (1, 1)), 0.7),
    "a bias": lambda e: e.remodelled(Model.with_number, Quantity("b", 2, (1,)), 0.7),
    "an activation": lambda e: e.with_(activations=("tanh", "sigmoid")),
    "the loss": lambda e: e.remodelled(Model.with_loss, "half_squared_error"),
    "the optimiser": lambda e: e.with_(optimiser="Adam"),
    "the size": lambda e: e.remodelled(Model.resized, (3, 3, 1)),
    "random weights": lambda e: e.remodelled(Model.randomised, 1),
}
KEEPS = {
    "an input": lambda e: e.remodelled(Model.with_number, Quantity("x", 0, (1,)), 0.7),
    "a target": lambda e: e.remodelled(Model.with_number, Quantity("y", 2, (1,)), 0.7),
    "the learning rate": lambda e: e.with_(lr=0.5),
    "the scope": lambda e: e.with_(scope="output"),
    "how it looks": lambda e: e.with_(**HOW_IT_LOOKS),
}


@pytest.mark.parametrize("what", FORGETS)
def test_the_optimiser_forgets_when_what_it_works_on_changes(what):
    assert UPDATED.memory
    assert UPDATED.updates == 2
    changed = FORGETS[what](UPDATED)
    assert (changed.memory, changed.updates) == ("", 0)


@pytest.mark.parametrize("what", KEEPS)
def test_the_optimiser_remembers_when_something_else_changes(what):
    changed = KEEPS[what](UPDATED)
    assert (changed.memory, changed.updates) == (UPDATED.memory, 2)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_updates_are_counted_and_the_memory_is_that_of_the_optimiser(name):
    start = WORKED.with_(optimiser=name)
    network, state = start.network, None
    for _ in range(3):
        update = start.settings.named(name).step(network, trace(network, start.x, start.y), state)
        network, state = update.network, update.state
    after = after_updates(start, 3)
    assert after.updates == 3
    assert after.memory == state.to_json()
    assert all(np.array_equal(one.W, other.W) for one, other in zip(after.network.layers, network.layers, strict=True))


def test_many_updates_may_come_at_once_and_those_of_another_optimiser_leave_no_memory():
    adam = WORKED.with_(optimiser="Adam")
    update = update_of(after_updates(adam, 2))
    assert adam.updated(update.network, update.state, 3) == after_updates(adam, 3)
    other = WORKED.updated(update.network, update.state, 3)
    assert (other.model.W, other.model.b) == (after_updates(adam, 3).model.W, after_updates(adam, 3).model.b)
    assert (other.settings.optimiser, other.memory, other.updates) == ("SGD", "", 0)


@settings(max_examples=40)
@given(examples(), shapes())
@also(WORKED, (3, 8, 1)).via("a wider hidden layer")
def test_a_resized_example_keeps_what_fits(example, sizes):
    try:
        changed = example.remodelled(Model.resized, sizes)
    except Problem as problem:
        assert "softmax" in example.model.activations, f"{sizes} refused: {problem}"
        return
    assert changed.sizes == sizes
    assert changed.model.activations[-1] == example.model.activations[-1]
    assert changed.remodelled(Model.resized, sizes) == changed, "resizing to the same size again moved something"
    assert_comes_back(changed)
    n = min(len(changed.x), len(example.x))
    assert changed.x[:n] == example.x[:n]
    if len(sizes) == len(example.sizes):
        for q in parameters(changed):
            if q in example.derivation.given:
                assert changed.trace[q] == example.trace[q], f"{q} fits and yet was not kept"


@settings(max_examples=30)
@given(examples(), st.sampled_from(list(LOSSES)))
def test_another_loss_brings_the_output_it_wants_and_leaves_the_targets_alone(example, loss):
    if LOSSES[loss].wants == "softmax" and example.sizes[-1] == 1:
        with pytest.raises(Problem):
            example.remodelled(Model.with_loss, loss)
        return
    if not LOSSES[loss].admits(np.array(example.y)):
        with pytest.raises(Problem, match="targets"):
            example.remodelled(Model.with_loss, loss)
        return
    changed = example.remodelled(Model.with_loss, loss)
    assert changed.model.loss == loss
    assert (changed.model.W, changed.model.b, changed.x) == (example.model.W, example.model.b, example.x)
    assert changed.model.activations[:-1] == example.model.activations[:-1]
    assert changed.model.activations[-1] == (LOSSES[loss].wants or example.model.activations[-1])
    assert changed.y == example.y, "targets are a person's own"
    assert_comes_back(changed)


@pytest.mark.parametrize(
    ("loss", "y", "allowed"),
    [
        ("binary_cross_entropy", (5.0, 0.2), "numbers from 0 to 1"),
        ("binary_cross_entropy", (0.7, 0.1), ""),
        ("cross_entropy", (0.2, 0.9), "add up to 1"),
        ("cross_entropy", (0.25, 0.75), ""),
        ("half_squared_error", (1.5, -0.2), ""),
    ],
)
def test_a_loss_that_does_not_admit_the_targets_says_which_it_does(loss, y, allowed):
    example = WORKED.remodelled(Model.resized, (3, 2, 2)).with_(y=y)
    if not allowed:
        assert example.remodelled(Model.with_loss, loss).y == y
        return
    with pytest.raises(Problem, match=allowed) as caught:
        example.remodelled(Model.with_loss, loss)
    assert f"{y[0]:g}, {y[1]:g}" in caught.value.text()


@settings(max_examples=15)
@given(examples(largest=MAX_NEURONS), st.integers(0, 2**31 - 1))
def test_random_weights_follow_from_the_seed_alone(example, seed):
    changed = example.remodelled(Model.randomised, seed)
    assert changed == example.with_(lr=0.5, x=tuple(0.5 for _ in example.x)).remodelled(Model.randomised, seed).with_(
        lr=example.lr, x=example.x
    )
    assert (changed.x, changed.y, changed.sizes) == (example.x, example.y, example.sizes)
    for q in parameters(changed):
        value = changed.trace[q]
        assert 0.1 <= abs(value) <= 0.9, f"{q} = {value}"
        assert round(value, 1) == value, f"{q} = {value} has more than one decimal"


def test_different_seeds_give_different_weights():
    assert len({WORKED.remodelled(Model.randomised, seed).model.W for seed in range(50)}) == 50


@pytest.mark.parametrize("layers", range(1, MAX_LAYERS + 1))
def test_only_the_output_layer_is_updated_where_the_scope_says_so(layers):
    start = WORKED.with_(scope="output").remodelled(Model.resized, (3, *([2] * (layers - 1)), 1))
    after = after_updates(start)
    assert after.model.W[:-1] == start.model.W[:-1]
    assert after.model.b[:-1] == start.model.b[:-1]
    assert after.model.W[-1] != start.model.W[-1]
    assert after.model.b[-1] != start.model.b[-1]


def test_every_activation_that_has_a_slope_can_stand_in_a_hidden_layer():
    for name, record in ACTIVATIONS.items():
        if record.slope is None:
            with pytest.raises(Problem):
                WORKED.with_(activations=(name, "sigmoid"))
        else:
            assert WORKED.with_(activations=(name, "sigmoid")).network.layers[0].activation == name


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="'de'"):
        i18n.use("de")
    assert i18n.language() == "en"
