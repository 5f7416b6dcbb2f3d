"""A walk shown to a room: large, alone on the screen, led by keys; and values that wait for a guess."""

import re

import pytest
from playwright.sync_api import expect

from lessons.example import WORKED
from lessons.example.codes import pack
from lessons.example.model import Model
from tests.browser.tutor import Tutor, close

pytestmark = pytest.mark.thorough
BACKWARD = WORKED.derivation.phase("backward")
WIDE = 1920
# The height of a text as it is drawn, whatever scales it: font size times the scale of its picture.
DRAWN = """text => {
  const svg = text.closest('svg'), box = svg.getBoundingClientRect();
  return parseFloat(getComputedStyle(text).fontSize) * box.width / (svg.viewBox.baseVal.width || box.width);
}"""


def room(new_tutor) -> Tutor:
    """A lecture hall's projector."""
    tutor = new_tutor(width=WIDE)
    tutor.page.set_viewport_size({"width": WIDE, "height": 1080})
    return tutor


def test_the_last_row_can_read_it_and_nothing_else_is_there(new_tutor):
    tutor = room(new_tutor).open("backward", "?present=1")
    for hidden in ("stHeader", "stSidebar", "stPageLink"):
        assert not [box for box in tutor.page.get_by_test_id(hidden).all() if box.is_visible()], hidden
    labels = tutor.page.locator(".label text").evaluate_all(f"all => all.map({DRAWN})")
    assert len(labels) == 8 and min(labels) >= 24
    prose = tutor.main.get_by_text("Value:").evaluate_all("all => all.map(one => parseFloat(getComputedStyle(one).fontSize))")
    assert prose and min(prose) >= 28
    for _step in range(3):
        tutor.page.keyboard.press("ArrowRight")
        tutor.idle()
    for part in (".picture", ".ribbon"):
        box = tutor.page.locator(part).bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 1080 and box["x"] + box["width"] <= WIDE, part
    notes = "all => all.map(one => parseFloat(getComputedStyle(one).fontSize) * one.currentCSSZoom)"
    assert min(tutor.page.locator(".ribbon .note:not(:empty)").evaluate_all(notes)) >= 20
    tutor.leave()
    tutor.page.keyboard.press("Space")  # one press too many
    assert tutor.main.evaluate("main => main.scrollTop") == 0
    tutor.change("W.1.1.1").fill("0.4")
    tutor.field.press("Enter")
    expect(tutor.told).to_contain_text("0.2 → 0.4")


def test_the_last_row_can_read_larger_networks_too(new_tutor):
    example = WORKED.remodelled(Model.resized, (3, 4, 4, 2))
    tutor = room(new_tutor).open("backward", f"?present=1#s={pack(example)}")
    for _step in range(8):  # to a weight, as of so many only those of the step have their values
        tutor.idle().page.keyboard.press("ArrowRight")
    labels = tutor.idle().page.locator(".label text").evaluate_all(f"all => all.map({DRAWN})")
    assert labels and min(labels) >= 24


@pytest.mark.thorough
def test_a_remote_leads_on_from_page_to_page_and_p_ends_it(tutor):
    tutor.open("loss", "?present=1")
    for key, at in ("PageDown", 1), ("PageDown", 2), ("PageUp", 1):
        tutor.page.keyboard.press(key)
        expect(tutor.main.get_by_text(f"Step {at} of {len(BACKWARD)}", exact=True)).to_be_visible()
        tutor.idle()
    expect(tutor.page).to_have_url(re.compile(r"/backward\?.*present=1"))
    tutor.page.keyboard.press("p")
    expect(tutor.link("backward")).to_be_visible()
    expect(tutor.page).not_to_have_url(re.compile("present"))


def test_keys_lead_through_the_parameters_of_an_update_and_on(tutor):
    parameter = tutor.open("update", "?present=1").keyed("page.parameter").get_by_role("combobox")
    tutor.page.keyboard.press("ArrowLeft")
    expect(tutor.main.get_by_text(f"Step {len(BACKWARD)} of {len(BACKWARD)}", exact=True)).to_be_visible()
    tutor.idle()
    for key, shown in ("ArrowRight", "W⁽¹⁾₁,₁"), ("PageDown", "W⁽¹⁾₁,₂"):
        tutor.page.keyboard.press(key)
        expect(parameter).to_have_value(shown)
        tutor.idle()
    tutor.open("evaluate", "?present=1")
    for key, shown in ("ArrowLeft", "b⁽²⁾"), ("PageUp", "W⁽²⁾₂"), ("ArrowRight", "b⁽²⁾"):
        tutor.page.keyboard.press(key)
        expect(parameter).to_have_value(shown)
        tutor.idle()
    tutor.page.keyboard.press("PageDown")
    expect(tutor.page).to_have_url(re.compile("/evaluate"))


def test_a_key_after_a_click_in_the_row_is_meant_for_the_page(tutor):
    tutor.open("backward", "?present=1").main.get_by_role("button", name="Predict").click()
    expect(tutor.main.get_by_label("Your guess")).to_be_visible()
    tutor.page.keyboard.press("Space")  # reveals, and does not press the button again
    tutor.becomes(tutor.results, close([WORKED.trace[BACKWARD[0].target]]))
    expect(tutor.main.get_by_role("button", name="Predict")).to_have_attribute("aria-pressed", "true")


def test_a_value_waits_for_a_guess_or_for_the_space_bar(tutor):
    tutor.open("backward").main.get_by_role("button", name="Predict").click()
    guess = tutor.main.get_by_label("Your guess")
    expect(guess).to_be_visible()
    assert tutor.results() == []
    guess.fill("-0.4111")
    guess.press("Enter")
    expect(tutor.main.get_by_test_id("stAlert")).to_contain_text("Factor 2 lost")
    guess.fill("-0.8222")
    guess.press("Enter")
    expect(tutor.main.get_by_test_id("stAlert").filter(has_text="Right.")).to_be_visible()
    expect(tutor.main.get_by_test_id("stAlert")).to_have_count(1)  # that of the first guess may be there a moment longer
    tutor.becomes(tutor.results, close([WORKED.trace[BACKWARD[0].target]]))
    tutor.leave()
    tutor.page.keyboard.press("ArrowRight")
    expect(guess).to_have_value("")
    tutor.leave()
    tutor.page.keyboard.press("Space")
    tutor.becomes(tutor.results, close([WORKED.trace[BACKWARD[1].target]]))
    tutor.enter("W.2.1.1", "0.9")  # another number: the value waits again
    expect(guess).to_be_visible()
