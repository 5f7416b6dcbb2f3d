"""A number typed where it stands goes into the example as every change does; what cannot be used changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lessons.example import PRESETS, WORKED, Example, Model
from lessons.style import label_of
from mlp_core import Quantity

from .app import component, desk_of, example_of, put_example, run

CELLS = {"W.1.2.3": "W", "b.2.1": "b", "x.0.3": "x", "y.2.1": "y"}


def typing() -> None:
    """A page where a number is entered, or a matrix pasted, as a component's callback does it; with all numbers below."""
    import streamlit as st

    from pages.parts.stepper import all_quantities, tour_of
    from pages.session import numbers, state

    state.begin()
    entered, pasted = st.session_state.pop("entered", None), st.session_state.pop("pasted", None)
    st.session_state["worked"] = (entered and numbers.enter(*entered)) or (pasted and numbers.paste(*pasted))
    st.session_state["said"] = [(problem.where, problem.text()) for problem in state.problems()]
    st.fragment(all_quantities)(tour_of("forward"), given=True)


@pytest.fixture
def page() -> AppTest:
    """That page, with the worked example."""
    at = AppTest.from_function(typing, default_timeout=60)
    put_example(at, WORKED)
    return run(at)


def entered(at: AppTest, address: Any, text: Any) -> list[tuple[str, str]]:
    """What is said after this was entered: place and sentence."""
    at.session_state["entered"] = (address, text)
    run(at)
    return at.session_state["said"]


def with_number(example: Example, address: str, value: float) -> Example:
    return example.remodelled(Model.with_number, Quantity.parse(address), value)


TYPED = [("1/3", 1 / 3), ("0,5", 0.5), ("1.2e-3", 1.2e-3), (" −0.25 ", -0.25), ("０．５", 0.5)]


@pytest.mark.parametrize(("text", "value"), TYPED)
def test_a_number_is_entered_as_an_answer_is_typed(page, text, value):
    for address in CELLS:
        expected = with_number(example_of(page), address, value)
        assert entered(page, address, text) == []
        assert page.session_state["worked"]
        assert example_of(page) == expected
    assert len(desk_of(page).past) == len(CELLS)


@pytest.mark.parametrize("text", ["", "abc", "1 2", "1e999", "10^7", "x" * 10_000, "![](//host)", "1/0"])
def test_what_is_no_number_leaves_a_sentence_and_the_last_good_number(page, text):
    for address in CELLS:
        [(where, sentence)] = entered(page, address, text)
        assert where == address
        assert sentence.startswith(label_of(Quantity.parse(address)))
        assert len(sentence) < 300
        assert not page.session_state["worked"]
        assert example_of(page) == WORKED
        assert entered(page, address, "0.5") == []
        put_example(page, WORKED)


def test_a_target_that_the_loss_does_not_take_is_refused_with_its_range(page):
    put_example(page, WORKED.remodelled(Model.with_loss, "binary_cross_entropy"))
    [(where, sentence)] = entered(page, "y.2.1", "1.5")
    assert where == "y.2.1"
    assert "from 0 to 1" in sentence


FORGED = [
    "", "W", "W.9.1.1", "W.1.1", "W.1.1.4", "z.1.1", "C", "lr", "dW.1.1.1", "W.1.0.1", "y.1.1", "x.1.1", "W.1.-1.1", None, 5,
    [],
]  # fmt: skip


@pytest.mark.parametrize("address", FORGED)
def test_what_is_no_number_of_the_example_counts_as_nothing(page, address):
    assert entered(page, address, "0.5") == []
    assert not page.session_state["worked"]
    assert example_of(page) == WORKED


@pytest.mark.parametrize("text", [None, 0.5, ["0.5"], {"text": "0.5"}])
def test_what_is_no_text_counts_as_nothing(page, text):
    assert entered(page, "W.1.1.1", text) == []
    assert example_of(page) == WORKED


def test_every_number_of_the_largest_network_can_be_entered(page):
    deep = PRESETS["deep"][1]
    put_example(page, deep)
    for quantity in deep.derivation.given:
        expected = with_number(example_of(page), str(quantity), 0.125)
        assert entered(page, str(quantity), "1/8") == []
        assert example_of(page) == expected


def pasted(at: AppTest, where: Any, text: Any) -> list[tuple[str, str]]:
    """What is said after this was pasted."""
    at.session_state["pasted"] = (where, text)
    run(at)
    return at.session_state["said"]


def test_a_matrix_is_pasted_and_what_is_none_leaves_a_sentence(page):
    assert pasted(page, "W.1", "1 2 3\n4 5 6") == []
    changed = WORKED.with_(W=(((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)), WORKED.model.W[1]))
    assert example_of(page) == changed
    for where, text in (("W.1", "1 2"), ("W.1", "abc"), ("W.9", "1"), ("lr", "1"), ("", "1 2 3 4"), ("x", "[" * 10_000)):
        [(place, _sentence)] = pasted(page, where, text)
        assert place == "paste"
        assert example_of(page) == changed
    assert pasted(page, "", "x = 1/2, 3, 4") == []
    assert example_of(page).x == (0.5, 3.0, 4.0)


def test_all_numbers_cost_nothing_while_they_are_folded_and_one_component_when_not(page):
    assert component(page, "numbers.forward") is None
    page.session_state["folds"] = {"open.numbers": True}
    entered(page, "W.1.2.3", "abc")
    assert len(page.get("bidi_component")) == 1
    rows = [row for table in component(page, "numbers.forward")["tables"] for row in table["rows"]]
    [refused] = [cell for row in rows for cell in row["cells"] if "typed" in cell]
    assert (refused["address"], refused["typed"]) == ("W.1.2.3", "abc")
    assert component(page, "folds.forward")["heard"] == {}
