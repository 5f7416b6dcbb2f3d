"""Stepping through a walk by keys, buttons, slider, list and ledger; what is not computed yet is a question mark."""

from math import nan

import pytest
from playwright.sync_api import expect

from lessons.example import WORKED
from mlp_core import Quantity
from tests.browser.tutor import WALK, close, everything

STEPS = {page: WORKED.derivation.phase(page) for page in WALK}
BEFORE = {"forward": ("forward",), "backward": ("forward", "loss", "backward")}


def revealed(page: str, at: int) -> dict[str, float]:
    """The ledger at a step (from 1): what comes after it is not known. The target of a forward pass does not matter yet."""
    hidden = {str(step.target) for step in STEPS[page][at:]}
    shown = everything(WORKED, *BEFORE[page])
    return {id: nan if id in hidden else v for id, v in shown.items() if page != "forward" or not id.startswith("y")}


@pytest.mark.parametrize("page", ["forward", "backward"])
def test_arrow_keys_step_and_reveal_one_number_at_a_time(tutor, page):
    tutor.open(page)
    count = len(STEPS[page])
    for key, at in ("", 1), ("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("ArrowLeft", 1):
        if key:
            tutor.page.keyboard.press(key)
        tutor.becomes(tutor.step, (at, count))
        tutor.becomes(tutor.ledger, close(revealed(page, at)))
        expect(tutor.chip(STEPS[page][at - 1].target)).to_have_attribute("aria-current", "step")
        tutor.becomes(tutor.results, close([WORKED.trace[STEPS[page][at - 1].target]]))


def test_quick_arrow_keys_lead_on_and_never_back(tutor):
    """Streamlit passes presses that come while it draws on as one, so not all need count; but none may be undone."""
    tutor.open("backward")
    places = []
    for _ in range(9):
        tutor.page.keyboard.press("ArrowRight")
        tutor.page.wait_for_timeout(150)
        places.append(tutor.step()[0])
    last = tutor.idle().step()[0]
    assert [*places, last] == sorted([*places, last])
    assert 3 < last <= 10


def test_the_picture_has_question_marks_for_what_comes_and_arrow_keys_belong_to_the_input_with_the_focus(tutor):
    tutor.open("forward")
    known = [q.target for q in STEPS["forward"][:1]]
    wanted = {
        f"n.{k}.{i}/{place}": WORKED.trace[Quantity(kind, k, (i,))] if Quantity(kind, k, (i,)) in known else nan
        for k, i in ((1, 1), (1, 2), (2, 1))
        for place, kind in enumerate("za")
    }
    tutor.becomes(lambda: {id: v for id, v in tutor.picture().items() if id in wanted}, close(wanted))
    expect(tutor.element("n.2.1").locator("text.value")).to_have_text(["?", "?"])
    tutor.change("W.1.1.1")
    tutor.page.keyboard.press("ArrowRight")
    tutor.idle()
    assert tutor.step() == (1, len(STEPS["forward"]))
    tutor.leave()
    tutor.page.keyboard.press("ArrowRight")
    tutor.becomes(tutor.step, (2, len(STEPS["forward"])))


def test_slider_and_ledger_lead_to_any_step(tutor):
    tutor.open("backward").go_to_step("ArrowRight")
    tutor.becomes(tutor.step, (2, len(STEPS["backward"])))
    tutor.idle().becomes(tutor.ledger, close(revealed("backward", 2)))
    assert tutor.step()[0] == 2
    tutor.go_to_step("End")
    tutor.becomes(tutor.ledger, close(revealed("backward", len(STEPS["backward"]))))
    target = STEPS["backward"][-3].target
    tutor.chip(target).click()
    tutor.becomes(tutor.step, (len(STEPS["backward"]) - 2, len(STEPS["backward"])))
    tutor.becomes(tutor.results, close([WORKED.trace[target]]))


def test_buttons_step_and_the_place_is_kept_across_pages(tutor):
    tutor.open("forward")
    for at in (2, 3):
        tutor.keyed("next.forward").get_by_role("button").click()
        tutor.becomes(tutor.step, (at, len(STEPS["forward"])))
    tutor.keyed("previous.forward").get_by_role("button").click()
    tutor.becomes(tutor.step, (2, len(STEPS["forward"])))
    tutor.turn_to("check").turn_to("forward")
    tutor.becomes(tutor.ledger, close(revealed("forward", 2)))


def test_the_walk_goes_on_from_page_to_page(tutor):
    tutor.open("forward").go_to_step("End")
    tutor.becomes(tutor.step, (len(STEPS["forward"]),) * 2)
    for key, page in (
        ("ArrowRight", "loss"),
        ("ArrowRight", "backward"),
        ("ArrowLeft", "loss"),
        ("ArrowLeft", "forward"),
    ):
        tutor.leave()
        tutor.page.keyboard.press(key)
        expect(tutor.link(page)).to_have_attribute("aria-current", "page")
    tutor.becomes(tutor.step, (len(STEPS["forward"]),) * 2)
