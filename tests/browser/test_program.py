"""A program beside its picture in a real browser: by mouse, keys and touch what belongs together lights, without the server."""

import pytest
from playwright.sync_api import expect

from tests.browser.tutor import Tutor

PROGRAM = "?lesson=build"


def line(tutor: Tutor, array: str):
    """The line of the program that makes an array."""
    return tutor.page.locator("button.line").filter(has_text=f"{array} = ").first


def told(tutor: Tutor):
    """Where the steps of what is pointed at stand."""
    return tutor.page.locator(".told")


@pytest.mark.thorough
def test_lines_and_picture_light_each_other_in_the_browser_alone(new_tutor):
    tutor, sent = new_tutor(), []
    tutor.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    tutor.open("learn", PROGRAM).idle()
    before = len(sent)
    line(tutor, "delta1").hover()
    for id in ("n.1.1", "n.1.2"):
        expect(tutor.element(id).first).to_have_attribute("aria-current", "step")
    expect(told(tutor).locator(".step")).to_have_count(2)
    expect(line(tutor, "dC_da1")).to_contain_class("from")
    tutor.page.mouse.move(1, 1)
    line(tutor, "z1").focus()
    tutor.page.keyboard.press("ArrowDown")
    expect(line(tutor, "a1")).to_be_focused()
    expect(line(tutor, "a1")).to_contain_class("at")
    tutor.page.keyboard.press("Enter")
    expect(line(tutor, "a1")).to_have_attribute("aria-current", "true")
    tutor.element("n.2.1").first.hover()
    expect(line(tutor, "a2")).to_contain_class("at")
    expect(line(tutor, "a1")).not_to_contain_class("at")
    assert len(sent) == before, "nothing was asked of the server"


@pytest.mark.thorough
def test_a_number_changed_in_the_picture_changes_the_program(new_tutor):
    tutor = new_tutor().open("learn", PROGRAM)
    expect(line(tutor, "W2")).to_contain_text("[[0.5, 0.2]]")
    tutor.element("W.2.1.1").first.press("Enter")
    tutor.field.fill("0.75")
    tutor.field.press("Enter")
    expect(line(tutor, "W2")).to_contain_text("[[0.75, 0.2]]")
    expect(line(tutor, "W2")).to_contain_class("at")
