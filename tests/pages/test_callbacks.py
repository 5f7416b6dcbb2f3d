"""No value of a widget is trusted (R1): what no list has, or comes from a widget that is gone, changes and breaks nothing.

And a part of a page that cannot be drawn takes no other with it.
"""

from __future__ import annotations

from typing import Any
from unittest.mock import PropertyMock, patch

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1.element_tree import Selectbox

from lessons.example import PRESETS
from mlp_core import Quantity
from pages.drawn.picks import HANDED, picks
from pages.parts import editor, folds, stepper
from pages.session import numbers, place, predicting, state, widgets

from . import app
from .app import PAGES, component, desk_of, opened, run

DEEP = PRESETS["deep"][1]


def sent(id: str, **value: Any) -> WidgetState:
    """What a browser says of a widget."""
    return WidgetState(id=id, **value)


@pytest.mark.parametrize("page", PAGES)
def test_a_label_that_no_list_has_changes_nothing(page):
    """As sent by a click on a page that the browser has not drawn anew yet; the sidebar's lists take turns over the pages."""
    at = app.unfolded(DEEP, page)
    before, aside = desk_of(at), at.sidebar.selectbox
    for box in [*at.main.selectbox, aside[PAGES.index(page) % len(aside)]]:
        for label in ("1. ∂C₀/∂a⁽²⁾", "", "![](//host/x.png)"):
            with patch.object(Selectbox, "_widget_state", new_callable=PropertyMock) as said:
                said.return_value = sent(box.id, string_value=label)
                run(at)
            assert app.errors(at) == [], (box.label, label)
            assert desk_of(at).example == before.example, (box.label, label)
    run(at)
    assert app.errors(at) == [] and desk_of(at).example == before.example
    assert at.sidebar.slider, "the sidebar is gone"


@pytest.mark.parametrize(("end", "places"), [(0, ("-5", "", "1.5", "next", "1e9", "²")), (-1, ("1000000", "9" * 5000))])
def test_a_place_that_no_slider_has_leads_nowhere_or_to_the_end_of_the_walk(end, places):
    at = opened(DEEP, "forward")
    with app.callback(at):
        for place in places:
            stepper._go("forward", place)
    shown = component(run(at), "place.forward")
    assert shown["at"] == end % len(shown["names"])


ODD = [None, "", "gone", -1, 10**9, 0.5, True, [], ["x"], {"a": 1}, object()]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: type(odd).__name__ + repr(odd)[:8])
def test_callbacks_take_whatever_a_widget_says(odd):
    """In a session of its own, with the odd value under every key that a callback reads."""
    session: dict[str, Any] = {}
    with patch("streamlit.session_state", session), patch("streamlit.query_params", {}):
        state.begin()
        before = state.desk()
        for key in ("page.parameter~0", "lang", "open.layers"):
            session[key] = odd
        numbers.enter("W.1.1.1", odd)
        numbers.enter(odd, "0.5")
        if isinstance(odd, str):  # what a component sends is handed on only where it is text
            tour = stepper.tour_of("forward")
            for call, about in ((stepper._go, "forward"), (stepper._ask, tour), (stepper.key_of, tour)):
                call(about, odd)
                assert 0 <= place.position("forward", 20) < 20
        target = state.example().derivation.steps[0].target
        for key in (predicting.cell(target), "guess~gone"):
            session[key] = odd
            predicting.guess(target, key)
            assert predicting.guessed(target) in ("", odd)
        state.set_language("lang")
        place.choose_parameter(odd if isinstance(odd, str) else None, [Quantity("W", 1, (1, 1))])
        state.load_preset(odd if isinstance(odd, str) else "")
        widgets._folded("open.layers")
        for field in ("decimals", "notation", "optimiser", "scope", "lr", "loss"):
            session[f"edit.{field}~0"] = odd
            editor._commit(f"edit.{field}~0", field)
            editor._commit("edit.gone~0", field)
        assert state.example().model == before.example.model
        assert state.example().view.notation in ("notes",)


def test_a_page_that_cannot_be_drawn_leaves_the_sidebar_and_a_way_out():
    at = opened(DEEP, "backward")
    with patch("lessons.drawing.ledger.ledger", side_effect=RuntimeError("broken")), patch.object(
        folds, "ledger", side_effect=RuntimeError("broken")
    ):
        at.run()
    assert not at.exception
    assert [error.value for error in at.main.error] == [
        "This part of the page could not be drawn. Undo the last change, or begin afresh."
    ]
    assert at.sidebar.slider, "the sidebar is gone"
    [way_out] = [button for button in at.main.button if button.label == "Begin afresh"]
    way_out.click()
    run(at)
    assert desk_of(at).past, "what there was can be brought back"
    assert app.errors(at) == []


def test_what_was_pressed_on_one_page_is_not_pressed_again_on_the_next():
    """Streamlit forgets there what a component has sent, the component does not."""
    pressed: list[str] = []
    session: dict[str, Any] = {HANDED: {}}
    for count, names in (1, ["undo"]), (2, ["undo", "evaluate"]), (3, ["undo", "evaluate", "undo"]):
        session.pop("row", None)
        [handler] = picks("row", session.get, pressed=pressed.append).values()
        session["row"] = {"pressed": {"view": "one", "count": count, "ids": names}}
        handler()
        handler()
    assert pressed == ["undo", "evaluate", "undo"]
