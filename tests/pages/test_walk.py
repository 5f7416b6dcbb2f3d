"""Stepping through forward, loss and backward: every way to a step, and the numbers there are those of the engine.

A number changed where it stands in the picture says what that did.
"""

import re

import pytest
from streamlit.testing.v1 import AppTest

from lessons.example import PRESETS, WORKED, Model
from mlp_core import Quantity, Step
from pages.places import WALKS
from pages.session import state

from . import app
from .app import (
    component,
    enter,
    example_of,
    formulas,
    go,
    ledger,
    number,
    opened,
    press,
    put_example,
    run,
    step_to,
    texts,
    told,
    type_in,
)


def step_label(at: AppTest) -> str:
    [label] = re.findall(r":small\[\*\*(Step .*?)\*\*\]", " ".join(part.value for part in at.main.markdown))
    return label


def target_of(at: AppTest, page: str) -> str:
    """The address of the quantity that the ledger marks as the target."""
    groups = component(at, f"ledger.{page}")["groups"]
    [target] = [chip["id"] for group in groups for chip in group["chips"] if chip["state"] == "target"]
    return target


def value_of(at: AppTest) -> str:
    found = re.findall(r"Value: (\S+)\. ", " ".join(part.value for part in at.main.markdown))
    assert len(found) == 1, f"values on the card: {found}"
    return found[0]


@pytest.mark.parametrize(
    ("name", "page", "decimals"), [("deep", "forward", 0), ("worked", "backward", 4), ("worked", "forward", 10)]
)
def test_next_goes_through_every_step_and_shows_its_value(name, page, decimals):
    example = PRESETS[name][1].with_(decimals=decimals)
    steps, at = example.derivation.phase(page), opened(example, page)
    for number_, step in enumerate(steps, 1):
        assert step_label(at) == f"Step {number_} of {len(steps)}"
        assert target_of(at, page) == str(step.target)
        app.assert_shows(value_of(at), example.trace[step.target], decimals)
        if number_ < len(steps):
            press(at, f"next.{page}")


@pytest.mark.parametrize("page", ["forward", "backward"])
def test_previous_slider_and_next_lead_to_the_same_steps(page):
    steps, at = WORKED.derivation.phase(page), opened(WORKED, page)
    step_to(at, page, 4)
    assert_at(at, page, steps, 4)
    press(at, f"previous.{page}")
    assert_at(at, page, steps, 3)
    press(at, f"next.{page}")
    assert_at(at, page, steps, 4)
    assert component(at, f"ribbon.{page}") is None or page == "backward"


def assert_at(at: AppTest, page: str, steps: tuple[Step, ...], place: int) -> None:
    """Label, slider, target and question all stand at this step."""
    assert step_label(at) == f"Step {place + 1} of {len(steps)}"
    slider = component(at, f"place.{page}")
    assert slider["at"] == place
    assert [name.partition(". ")[0] for name in slider["names"]] == [str(n) for n in range(1, len(steps) + 1)]
    assert target_of(at, page) == str(steps[place].target)


def test_the_walk_goes_on_from_page_to_page_and_back():
    at = opened(WORKED, "forward")
    assert app.widget(at, "button", "previous.forward").disabled, "there is nothing before the first step"
    step_to(at, "forward", 5)
    press(at, "next.forward")
    assert target_of(at, "loss") == "C"
    press(at, "next.loss")
    assert step_label(at) == "Step 1 of 20"
    press(at, "previous.backward")
    press(at, "previous.loss")
    assert step_label(at) == "Step 6 of 6"
    step_to(go(at, "backward"), "backward", 19)
    press(at, "next.backward")
    assert app.widget(at, "selectbox", "page.parameter"), "after the last gradient comes the update"
    assert step_label(go(at, "backward")) == "Step 20 of 20", "it stands where it was left"


def test_the_loss_is_one_step():
    at = opened(WORKED, "loss")
    assert target_of(at, "loss") == "C"
    app.assert_shows(value_of(at), WORKED.trace.loss, 4)
    assert step_label(at) == "Step 1 of 1"


def test_a_walk_stands_where_it_was_left():
    at = opened(WORKED, "forward")
    press(at, "next.forward")
    for page in ("backward", "check", "start"):
        go(at, page)
    assert step_label(go(at, "forward")) == "Step 2 of 6"
    assert step_label(go(at, "backward")).startswith("Step 1 ")


def test_a_walk_that_stood_beyond_the_end_of_a_smaller_network_stands_at_its_last_step():
    at = opened(WORKED, "backward")
    step_to(at, "backward", len(WORKED.derivation.phase("backward")) - 1)
    put_example(at, WORKED.remodelled(Model.resized, (1, 1)))
    run(at)
    assert step_label(at) == "Step 5 of 5"


@pytest.mark.parametrize("page", WALKS)
def test_what_is_not_computed_yet_is_a_question_mark_in_picture_and_ledger(page):
    at = opened(WORKED, page)
    first = WORKED.derivation.phase(page)[0]
    later = {step.target for step in WORKED.derivation.steps[WORKED.derivation.position(first.target) + 1 :]}
    for quantity, text in ledger(at, page).items():
        assert (text == "?") == (quantity in later), quantity
        assert text == "?" or number(text) == pytest.approx(WORKED.trace[quantity], abs=5.1e-5)
    rows = [
        row for layer in component(at, f"picture.{page}")["layers"] for node in layer["nodes"] for row in node["rows"]
    ]
    assert rows
    assert ("?" in {row["value"] for row in rows}) == (page != "loss")


def test_the_ledger_is_made_only_while_its_box_is_open():
    at = opened(WORKED, "backward")
    at.session_state["folds"] = {}
    run(at)
    assert step_label(at)
    assert component(at, "ledger.backward") is None


# --- what a changed number did ---


def test_a_typed_number_is_told_with_what_the_loss_did_until_it_is_undone():
    at = opened(WORKED, "forward")
    hint = {"what": "Click a number in the picture to change it.", "loss": ""}
    assert told(at) == hint
    type_in(at, "W.1.1.1", "0.7")
    changed = WORKED.remodelled(Model.with_number, Quantity("W", 1, (1, 1)), 0.7)
    name, before, arrow, after = told(at)["what"].rsplit(" ", 3)
    assert name and (before, arrow, after) == ("0.2", "→", "0.7")
    assert f"{WORKED.trace.loss:.4f} → {changed.trace.loss:.4f}" in told(at)["loss"]
    said = told(at)
    assert told(go(at, "check")) == said, "it stays beside the row of every page"
    with app.callback(at):
        state.undo()
    assert told(run(at)) == {}, "where nothing can be typed there is no hint"
    assert told(go(at, "loss")) == hint


# --- the panel of a picked element (a click in the picture sets what these tests set) ---


def pick(at: AppTest, id: str) -> AppTest:
    at.session_state["picked"] = id
    return run(at)


@pytest.mark.parametrize(("name", "page"), list(zip(PRESETS, (*WALKS, "backward"), strict=True)))
def test_every_element_of_the_picture_opens_its_panel(name, page):
    """Every element of the worked example, of the others a few of each layer."""
    example = PRESETS[name][1]
    at = opened(example, page)
    everything = {*example.derivation.given, *(step.target for step in example.derivation)}
    elements = sorted({example.worked.plan.element(quantity) for quantity in everything})
    for id in elements if example == WORKED else elements[::4]:
        pick(at, id)
        named = formulas(at)
        assert named, f"the panel of {id} is empty"
        assert app.widget(at, "button", "close.panel")
        assert sum(q in example.derivation for q in example.worked.plan.quantities(id)) <= len(named)
    press(at, "close.panel")
    assert target_of(at, page) == str(example.derivation.phase(page)[0].target)


def test_the_panel_shows_the_steps_of_a_neuron_forward_and_backward():
    at = pick(opened(WORKED, "forward"), "n.1.2")
    shown = formulas(at)
    for kind in ("z", "a", "dC_da", "da_dz", "delta"):
        value = f"{WORKED.trace[Quantity(kind, 1, (2,))]:.4f}"
        assert any(f"{{{value}}}}} " in formula for formula in shown), f"{kind} = {value} is in no formula"


def test_the_panel_of_a_setting_says_where_it_is_changed_and_not_that_the_picture_has_it():
    at = pick(opened(WORKED.with_(decay=0.25), "loss"), "weight_decay")
    [said] = [text for text in texts(at) if "is a setting" in text]
    assert r"\lambda" in said and "0.25" in said and not any("click it in the picture" in text for text in texts(at))
    assert len(formulas(at)) == 1 and app.widget(at, "button", "way.R")


def test_the_panel_leads_to_the_step_on_its_page():
    at = pick(opened(WORKED, "forward"), "n.1.2")
    press(at, "way.delta.1.2")
    assert target_of(at, "backward") == "delta.1.2"


def test_the_next_step_closes_the_panel():
    at = pick(opened(WORKED, "forward"), "n.1.2")
    press(at, "next.forward")
    assert not [button for button in at.button if button.key == "close.panel"]
    assert step_label(at) == "Step 2 of 6"


def test_an_element_that_this_network_does_not_have_opens_nothing():
    at = opened(WORKED, "backward")
    for id in ("n.9.1", "W.1.1", "nonsense", "C.1", "b.2.2"):
        assert step_label(pick(at, id)).startswith("Step 1 "), id


def test_a_picked_element_does_not_lock_the_start_page():
    at = pick(opened(WORKED, "forward"), "n.1.2")
    go(at, "start")
    assert at.title, "the start page sends the visitor away"


def test_the_start_page_begins_with_the_first_step():
    at = opened(WORKED, "forward")
    press(at, "next.forward")
    go(at, "start")
    [begin] = [button for button in at.main.button if button.label.startswith("Begin with the forward pass")]
    begin.click()
    run(at)
    assert step_label(at) == "Step 1 of 6"


# --- the numbers of the tables ---


@pytest.mark.parametrize("decimals", [0, 4, 10])
def test_the_check_shows_every_gradient_three_times(decimals):
    example = PRESETS["deep"][1].with_(decimals=decimals)
    gradients = app.named(example, [q for q in (step.target for step in example.derivation) if q.kind in ("dW", "db")])
    rows = app.table(opened(example, "check"), 5)
    assert sorted(row[0] for row in rows) == sorted(gradients)
    for name, engine, sympy, difference, disagreement in rows:
        value = example.trace[gradients[name]]
        app.assert_shows(engine, value, decimals)
        app.assert_shows(sympy, value, decimals)
        assert number(difference) == pytest.approx(value, rel=0.5, abs=0.51 * 10.0**-decimals + 1e-9)
        assert float(disagreement) < 1e-6


def test_the_language_of_the_page_is_told_to_the_browser():
    assert component(opened(WORKED), "row")["lang"] == "en"
    assert component(opened(WORKED.with_(language="zh")), "row")["lang"] == "zh-CN"


def test_the_notation_changes_letters_and_no_number():
    at = opened(WORKED, "backward")
    before, formula = ledger(at, "backward"), formulas(at)[0]
    enter(at, "selectbox", "edit.notation", "handout")
    assert ledger(at, "backward") == before
    assert formulas(at)[0] != formula
    assert example_of(at).trace.loss == WORKED.trace.loss
    assert any("∂E" in text for text in texts(at))


@pytest.mark.parametrize(("name", "page"), [("deep", "forward"), ("classifier", "backward")])
def test_every_local_derivative_unfolds_and_every_activation_shows_its_curve(name, page):
    """At one step of each rule."""
    example = PRESETS[name][1]
    at = app.unfolded(example, page)
    for place, step in {step.rule: (place, step) for place, step in enumerate(example.derivation.phase(page))}.values():
        step_to(at, page, place)
        curve = step.law in ("activation", "slope") and step.rule != "activation.softmax"
        unfolded = step.phase == "backward" and step.law not in ("delta", "fused")
        assert len(at.get("plotly_chart")) == curve, f"the curve at {step.target}"
        assert len(formulas(at)) == 1 + unfolded, f"the derivative at {step.target}"


def misprints(at: AppTest) -> list[str]:
    """The links to what is wrong in the notes, beside the menu's own."""
    return [part.proto.label for part in at.main.get("page_link") if "which is wrong" in part.proto.label]


def test_where_the_notes_print_a_wrong_number_its_step_says_so():
    """The fourth step of the worked example's backward pass is the gradient that the notes print as half of what it is."""
    steps = WORKED.derivation.phase("backward")
    wrong = [number for number, step in enumerate(steps, 1) if str(step.target) in ("dW.2.1.1", "dW.2.1.2")]
    at = opened(WORKED, "backward")
    for number_ in range(1, len(steps) + 1):
        step_to(at, "backward", number_ - 1)
        assert len(misprints(at)) == (number_ in wrong), number_
    step_to(at, "backward", wrong[0] - 1)
    [label] = misprints(at)
    assert "−0.0287" in label
    assert not misprints(type_in(at, "x.0.1", "5")), "these are not the numbers of the notes"


def test_the_update_of_the_notes_says_where_they_are_wrong():
    at = enter(opened(WORKED, "update"), "selectbox", "page.parameter", "W.2.1.1")
    [label] = misprints(at)
    assert "0.50287" in label
