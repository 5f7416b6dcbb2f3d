"""Several samples on the pages: added, chosen and removed in the sidebar, typed in the picture, and shown on every page."""

import pytest

from lessons.example import WORKED
from pages.session import learning, state

from ..app import (
    PAGES,
    callback,
    component,
    enter,
    errors,
    example_of,
    opened,
    press,
    run,
    type_in,
    unfolded,
    widget,
)


def test_samples_are_added_chosen_and_removed_in_the_sidebar():
    at = unfolded(WORKED, "forward")
    press(at, "more.samples")
    assert (len(example_of(at).model.samples), example_of(at).view.sample) == (2, 2)
    type_in(at, "x.0.1@2", "7")
    assert example_of(at).model.samples[1].x[0] == 7.0 and example_of(at).model.samples[0] == WORKED.model.samples[0]
    shown = component(at, "picture.forward")["layers"][0]["nodes"][0]
    assert (shown["rows"][0]["value"], shown["edit"]["address"]) == ("7", "x.0.1@2")
    type_in(at, "dW.1.1.1@1", "7")
    assert example_of(at).model.W == WORKED.model.W, "what is computed is not to be typed"
    enter(at, "selectbox", "edit.sample", "1")
    enter(at, "selectbox", "edit.reduction", "sum")
    assert (example_of(at).view.sample, example_of(at).model.reduction) == (1, "sum")
    press(at, "fewer.samples")
    assert [each.x[0] for each in example_of(at).model.samples] == [7.0]
    assert not errors(at)


def test_another_sample_is_chosen_beside_the_picture_and_walked_through():
    at = unfolded(WORKED.with_(samples=WORKED.model.samples * 3, reduction="sum"), "backward")
    enter(at, "selectbox", "page.sample", 3)
    assert example_of(at).view.sample == 3
    assert widget(at, "selectbox", "edit.sample").value == "3", "the settings follow"
    assert component(at, "stage.backward")["layers"][0]["nodes"][0]["edit"]["address"] == "x.0.1@3"


def test_a_lesson_puts_its_samples_at_the_desk_and_undo_brings_the_example_back():
    at = opened(WORKED.with_(lr=0.3), "learn", {"lesson": "batches"})
    with callback(at):
        learning.turn("desk")
    press(run(at), "take.example")
    assert len(example_of(at).model.samples) == 3 and at.success
    with callback(at):
        state.undo()
    assert example_of(run(at)) == WORKED.with_(lr=0.3) and widget(at, "button", "take.example")
    with callback(at):
        learning.turn("matrix")
    for _more in range(6):
        press(run(at), "press.matrix.Add a sample")
    assert any("take one away" in error.value for error in at.error)


@pytest.mark.parametrize("page", [page for page in PAGES if page != "notes"])
def test_every_page_opens_with_several_samples(page):
    several = WORKED.with_(samples=WORKED.model.samples * 3, sample=2, language="zh")
    assert not errors(unfolded(several, page))
