"""Picture and ledger as data: every element stands for quantities and back; what is not computed shows as ?"""

import json
from dataclasses import replace

import pytest
from hypothesis import example as also
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.drawing.ledger import ledger
from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.example import WORKED, Example, Model
from lessons.i18n import gettext
from lessons.style import Look
from lessons.worked import known
from mlp_core import Quantity, Step
from mlp_core.steps import Phase

from ..strategies import examples, saturated

MINUS = "\N{MINUS SIGN}"
PHASES = ("forward", "loss", "backward")
ROWS = {"forward": ("z", "a"), "loss": ("z", "a"), "backward": ("a", "delta")}


def look_of(example: Example) -> Look:
    return Look.of(example.view.notation, example.view.language, example.view.decimals, "light", example.sizes)


def scene_at(example: Example, step: Step, picked: str = "") -> Scene:
    return Scene.at(example.worked, look_of(example), step, picked)


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Example, Step, Scene]:
    """Any step of any example."""
    example = draw(examples(largest=3))
    step = draw(st.sampled_from(example.derivation.steps))
    return example, step, scene_at(example, step)


def nodes(data: dict) -> list[dict]:
    return [*(node for layer in data["layers"] for node in layer["nodes"]), data["loss"], *data["targets"]]


def elements(data: dict) -> dict[str, dict]:
    """Everything that can be picked, by its id."""
    parts = [*nodes(data), *data["edges"], *(node["bias"] for node in nodes(data) if node.get("bias"))]
    found = {part["id"]: part for part in parts}
    assert len(found) == len(parts), "two elements share an id"
    return found


def chips(data: dict) -> dict[str, dict]:
    parts = [chip for group in data["groups"] for chip in group["chips"]]
    found = {chip["id"]: chip for chip in parts}
    assert len(found) == len(parts), "two chips share an id"
    return found


def rows_of(node: dict, phase: str, example: Example) -> dict[Quantity, dict]:
    """The rows of a node by their quantities."""
    kind, *rest = node["id"].split(".")
    if kind == "C":
        return dict(zip(example.worked.plan.loss.shown, node["rows"], strict=True))
    if kind == "y":
        return dict(zip([Quantity.parse(node["id"])], node["rows"], strict=True))
    layer, i = map(int, rest)
    delta = "error" if example.model.error_sign == "minus" else "delta"
    kinds = [delta if kind == "delta" else kind for kind in ROWS[phase]] if layer else ("x",)
    return dict(zip([Quantity(kind, layer, (i,)) for kind in kinds], node["rows"], strict=True))


def assert_shows(text: str, value: float, example: Example) -> None:
    """The text is this number rounded to the decimals of the example."""
    read, digits = float(text.replace(MINUS, "-")), max(example.view.decimals, 2)
    allowed = 0.5000001 * max(10.0**-example.view.decimals, 10.0 ** (1 - digits) * abs(value))
    assert abs(read - value) <= allowed, f"{text} for {value}"


# --- ids ---


@settings(max_examples=30)
@given(examples(largest=8))
def test_elements_and_quantities_find_each_other(example):
    plan = example.worked.plan
    found = elements(picture(scene_at(example, example.derivation.steps[0])))
    covered: set[Quantity] = set()
    for id in found:
        parts = plan.quantities(id)
        assert parts, f"{id} stands for nothing"
        for quantity in parts:
            assert plan.element(quantity) == id, f"{quantity} of {id}"
            known(example.worked.values, quantity)
        covered |= set(parts)
    everything = {*example.derivation.given, *(step.target for step in example.derivation)}
    everything = {quantity for quantity in everything if quantity.family != "setting"}  # which is set elsewhere
    assert covered == everything
    assert {plan.element(quantity) for quantity in everything} == found.keys()


def test_a_neuron_of_a_softmax_holds_the_slopes_that_its_delta_needs():
    """By its own z, of every share: a column of the Jacobian."""
    example = WORKED.remodelled(Model.resized, (3, 2, 3)).with_(activations=("sigmoid", "softmax"))
    for i in range(1, 4):
        needed = example.derivation[Quantity("delta", 2, (i,))].inputs
        assert {q for q in needed if q.kind == "da_dz"} <= set(example.worked.plan.quantities(f"n.2.{i}"))


def test_absent_biases_are_not_there_a_shared_one_stands_once_and_fixed_ones_say_so():
    kinds = {"none": (), "shared": (0.5,), "fixed": (0.5, 0.25)}
    for kind, b in kinds.items():
        example = WORKED.with_(biases=(kind, "own"), b=(b, (0.1,)))
        scene = Scene.of(example.worked, replace(look_of(example), shared=example.model.shared), Phase.BACKWARD)
        hidden = [node["bias"] for node in picture(scene)["layers"][1]["nodes"] if "bias" in node]
        chips_of = {id: chip for id, chip in chips(ledger(scene)).items() if id.startswith(("b.1", "db.1"))}
        assert len(hidden) == len(b), kind
        assert len(chips_of) == 2 * len(b), kind
        assert all(("fixed" in bias["spoken"]) == (kind == "fixed") for bias in hidden)
        assert {id for id, chip in chips_of.items() if chip.get("note")} == ({"b.1.1", "b.1.2"} if kind == "fixed" else set())
        if kind == "shared":
            assert hidden[0]["name"] == {"base": "b", "sup": "(1)", "sub": ""}
            assert example.worked.plan.element(Quantity("db", 1, (1,))) == "b.1.1"


FORGED = [
    *("", ".", "C.1", "y.1.1", "y.2.2", "x.0.1", "z.1.1", "n", "n.", "n.1", "n.0", "n.0.0", "n.0.4", "n.1.3", "n.-1.1", "n.3.1"),
    *(
        "n.1.1.1",
        "b.0.1",
        "b.1.0",
        "b.1.3",
        "b.1.1.1",
        "W.0.1.1",
        "W.1.1",
        "W.1.3.1",
        "W.1.1.4",
        "W.1.1.1.1",
        "W.-1.1.1",
    ),
    *("n.1.x", "n.1.1e9", "n.1.²", "dW.1.1.1", "n.1." + "9" * 5000, "None", "\ud800", "n.١.١.١", "constructor"),
]


@pytest.mark.parametrize("id", FORGED, ids=[f"{id[:12]!r}, {i}" for i, id in enumerate(FORGED)])
def test_an_id_that_no_element_has_stands_for_nothing(id):
    assert WORKED.worked.plan.quantities(id) == ()


@settings(max_examples=60)
@given(st.text("nWbCxyz.0123456789-", max_size=10))
@also("W.1.2.3").via("an id that there is")
def test_an_id_stands_for_something_only_where_the_picture_has_it(id):
    known = elements(picture(scene_at(WORKED, WORKED.derivation.steps[0])))
    parts = WORKED.worked.plan.quantities(id)
    assert not parts or {WORKED.worked.plan.element(quantity) for quantity in parts} <= known.keys()
    assert id not in known or parts


# --- what is known ---


def assert_later_targets_are_question_marks(example: Example, step: Step, scene: Scene) -> None:
    derivation = example.derivation
    later = {one.target for one in derivation.steps[derivation.position(step.target) + 1 :]}
    shown = {Quantity.parse(id): chip for id, chip in chips(ledger(scene)).items()}
    assert step.target in shown
    for quantity, chip in shown.items():
        assert (chip["value"] == "?") == (quantity in later), f"{quantity} at the step of {step.target}"
        assert (chip["state"] == "unknown") == (quantity in later), quantity
    for node in nodes(picture(scene)):
        for quantity, row in rows_of(node, scene.phase, example).items():
            assert (row["value"] == "?") == (quantity in later), f"{quantity} at the step of {step.target}"


@settings(max_examples=30)
@given(scenes())
def test_at_a_step_exactly_the_targets_of_later_steps_are_question_marks(drawn):
    assert_later_targets_are_question_marks(*drawn)


def test_the_walk_through_the_worked_example_reveals_one_number_a_step():
    for step in WORKED.derivation:
        assert_later_targets_are_question_marks(WORKED, step, scene_at(WORKED, step))


@settings(max_examples=15)
@given(examples(largest=3))
def test_the_ledger_holds_every_quantity_up_to_its_phase(example):
    derivation = example.derivation
    for count, phase in enumerate(PHASES, 1):
        step = derivation.phase(phase)[0]
        expected = {one.target for one in derivation.phase(*PHASES[:count])}
        expected |= {q for q in derivation.given if q.kind != "y" or phase != "forward"}
        assert {Quantity.parse(id) for id in chips(ledger(scene_at(example, step)))} == expected


@settings(max_examples=20)
@given(examples(largest=3))
def test_every_number_is_that_of_the_trace_at_the_decimals(example):
    last = example.derivation.steps[-1]
    t = example.worked.values
    for id, chip in chips(ledger(scene_at(example, last))).items():
        assert_shows(chip["value"], t[Quantity.parse(id)], example)
        assert chip["spoken"].endswith(f"= {chip['value']}")
    for phase in PHASES:
        data = picture(scene_at(example, example.derivation.phase(phase)[-1]))
        for node in nodes(data):
            for quantity, row in rows_of(node, phase, example).items():
                if row["value"] != "?":
                    assert_shows(row["value"], t[quantity], example)
                    assert row["kind"] == quantity.family
            if "bias" in node:
                assert_shows(node["bias"]["value"], t[Quantity.parse(node["bias"]["id"])], example)
        for edge in data["edges"]:
            assert_shows(edge["value"], t[Quantity.parse(edge["id"])], example)


def test_a_factor_that_is_not_finite_shows_as_infinity_and_not_as_unknown():
    example = saturated()
    shown = chips(ledger(scene_at(example, example.derivation.steps[-1])))
    assert shown["dC_da.1.1"]["value"] == "∞"
    assert shown["dC_da.1.1"]["state"] == "idle"
    assert shown["delta.1.1"]["value"] == "1.0000"


# --- what is lit ---


@settings(max_examples=30)
@given(scenes())
def test_the_target_is_ringed_and_its_inputs_are_lit(drawn):
    example, step, scene = drawn
    data = picture(scene)
    element = example.worked.plan.element
    lit = {element(quantity) for quantity in step.inputs} - {element(step.target)}
    for id, part in elements(data).items():
        expected = "target" if id == element(step.target) else "input" if id in lit else None
        assert (part["state"] if part["state"] in ("target", "input") else None) == expected, f"{id} at {step.target}"
    assert data["direction"] == ("backward" if step.phase == "backward" else "forward")
    shown = chips(ledger(scene))
    assert [id for id, chip in shown.items() if chip["state"] == "target"] == [str(step.target)]
    assert {id for id, chip in shown.items() if chip["state"] == "input"} == {str(q) for q in step.inputs}


def test_a_picked_element_is_marked():
    step = WORKED.derivation[Quantity("z", 1, (1,))]
    for id in ("n.1.2", "W.2.1.1", "b.2.1", "C", "y.2.1"):
        states = {part: found["state"] for part, found in elements(picture(scene_at(WORKED, step, id))).items()}
        assert [part for part, state in states.items() if state == "selected"] == [id]


# --- edges, titles, plain data ---


@settings(max_examples=20)
@given(examples(largest=8))
def test_edges_go_where_their_weights_do_and_are_as_wide_as_they_are_large(example):
    data = picture(scene_at(example, example.derivation.steps[0]))
    largest = max(abs(w) for W in example.model.W for row in W for w in row) or 1.0
    for edge in data["edges"]:
        layer, i, j = map(int, edge["id"].split(".")[1:])
        weight = example.model.W[layer - 1][i - 1][j - 1]
        assert (edge["from"], edge["to"]) == ([layer - 1, j], [layer, i])
        assert edge["size"] == pytest.approx(abs(weight) / largest)
        assert edge["sign"] == (weight > 0) - (weight < 0)
    assert [len(layer["nodes"]) for layer in data["layers"]] == list(example.sizes)


@settings(max_examples=20)
@given(examples(largest=3), st.sampled_from(PHASES))
def test_picture_and_ledger_are_plain_json(example, phase):
    """Streamlit turns what is not plain JSON into one long string without a word."""
    scene = scene_at(example, example.derivation.phase(phase)[0])
    for data in (picture(scene), ledger(scene)):
        assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_titles_name_the_layers_in_the_language_in_use(language):
    example = WORKED.remodelled(Model.resized, (3, 2, 2, 1)).with_(language=language)
    titles = [layer["title"] for layer in picture(scene_at(example, example.derivation.steps[0]))["layers"]]
    assert titles[0] == gettext("Input")
    assert titles[1].startswith(gettext("Hidden {n}").format(n=1))
    assert titles[2].startswith(gettext("Hidden {n}").format(n=2))
    assert titles[3].startswith(gettext("Output"))
    assert all(gettext("sigmoid") in title for title in titles[1:])


def test_the_loss_stands_alone_and_below_it_one_target_for_each_output(language):
    example = WORKED.remodelled(Model.resized, (3, 2, 3)).with_(language=language)
    data = picture(scene_at(example, example.derivation.phase("loss")[0]))
    cost = Quantity("C")
    assert data["loss"]["spoken"] == look_of(example).spoken(cost, example.trace[cost])
    assert len(data["loss"]["rows"]) == 1
    assert [target["id"] for target in data["targets"]] == ["y.2.1", "y.2.2", "y.2.3"]


# --- what can be changed ---


@settings(max_examples=20)
@given(scenes())
def test_every_number_of_the_example_can_be_changed_where_it_stands_and_no_other(drawn):
    """Exactly, however it is rounded on the screen; what a screen reader hears begins with the words for its cell."""
    example, _step, scene = drawn
    data = picture(scene)
    editable = [part for part in elements(data).values() if "edit" in part]
    assert {part["edit"]["address"] for part in editable} == {str(q) for q in example.derivation.given if q.given}
    for part in editable:
        quantity = Quantity.parse(part["edit"]["address"])
        assert part["id"] == example.worked.plan.element(quantity)
        assert float(part["edit"]["text"]) == example.trace[quantity]
        assert part["spoken"].startswith(f"{scene.look.words(quantity)} = ")


def test_the_words_of_a_weight_say_between_which_neurons_it_stands():
    found = elements(picture(scene_at(WORKED, WORKED.derivation.steps[0])))
    assert found["W.1.1.1"]["spoken"] == "W layer 1 neuron 1 from 1 = 0.2"
    assert found["W.1.1.1"]["edit"] == {"address": "W.1.1.1", "text": "0.2"}
