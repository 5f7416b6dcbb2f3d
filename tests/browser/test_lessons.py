"""Lessons in a real browser: every screen in Chinese, dark, wide and on a phone; what a reload, a link and Back do."""

import re

import pytest
from playwright.sync_api import expect

from lessons.course import LESSONS
from tests.browser.audit import MAIN, sticks_out_on_a_phone, violations
from tests.browser.test_language import english
from tests.browser.tutor import Tutor

OFTEN = ("graphs",)  # a lesson with most kinds of parts
TYPED = "exp(u)*v + u"


def begin(tutor: Tutor, lesson: str) -> None:
    """From the front page of the course into a lesson."""
    tutor.keyed(f"learn.{lesson}").get_by_role("button").click()
    expect(tutor.keyed("screen.back")).to_be_visible()
    tutor.idle()


def on(tutor: Tutor) -> None:
    """To the next screen of a lesson."""
    tutor.keyed("screen.on").get_by_role("button").click()
    tutor.idle()


@pytest.mark.long
@pytest.mark.parametrize("key", [pytest.param(key, marks=() if key in OFTEN else pytest.mark.thorough) for key in LESSONS])
def test_every_screen_is_chinese_stands_axe_in_the_dark_and_fits_a_phone(new_tutor, key):
    tutor, found = new_tutor(scheme="dark").open("learn", "?lang=zh"), {}
    begin(tutor, key)
    for n, screen in enumerate(LESSONS[key].screens):
        if n:
            on(tutor)
        found[screen.key] = [*english(tutor), *violations(tutor, within=MAIN), *sticks_out_on_a_phone(tutor)]
    assert {screen: each for screen, each in found.items() if each} == {}


def test_a_lesson_stays_after_a_reload_and_a_link_opens_it_elsewhere(new_tutor):
    tutor = new_tutor().open("learn", "?lesson=graphs")
    for _screen in range(3):
        on(tutor)
    cell = tutor.main.get_by_role("textbox", name="An expression")
    cell.fill(TYPED)
    cell.press("Enter")
    expect(tutor.element("operation.3").first).to_be_attached()
    tutor.idle().go_to_step("End")
    tutor.becomes(lambda: tutor.step()[0] == tutor.step()[1], True)
    tutor.page.reload()
    tutor.idle()
    expect(tutor.main.get_by_role("textbox", name="An expression")).to_have_value(TYPED)
    assert tutor.step()[0] == tutor.step()[1]
    tutor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tutor.page.get_by_role("button", name="Copy link").click()
    tutor.becomes(lambda: "#s=L" in tutor.page.evaluate("navigator.clipboard.readText()"), True)
    link = tutor.page.evaluate("navigator.clipboard.readText()")
    other = new_tutor(width=1100)
    other.page.goto(link)
    expect(other.main.get_by_role("textbox", name="An expression")).to_have_value(TYPED)


def test_back_leads_from_a_lesson_to_the_front_page_and_a_changed_number_is_told(tutor):
    tutor.open("learn")
    begin(tutor, "graphs")
    expect(tutor.page).to_have_url(re.compile("lesson=graphs"))
    tutor.element("variable.1").first.press("Enter")
    tutor.field.fill("1/2")
    tutor.field.press("Enter")
    expect(tutor.told).to_contain_text("x 2 → 0.5")
    expect(tutor.told).to_contain_text("20.0000 → 14.0000")
    tutor.page.go_back()
    expect(tutor.keyed("learn.graphs")).to_be_visible()
    tutor.page.go_forward()
    expect(tutor.keyed("screen.back")).to_be_visible()


def at_its_top(tutor: Tutor) -> None:
    """The page is not scrolled."""
    tutor.becomes(lambda: tutor.main.evaluate("main => main.scrollTop"), 0)


def test_every_screen_begins_at_its_top_and_the_link_to_the_course_leads_out_of_a_lesson(tutor):
    tutor.page.set_viewport_size({"width": 1280, "height": 720})
    begin(tutor.open("learn"), "perceptron")  # below the fold
    at_its_top(tutor)
    for _screen in range(2):
        on(tutor)
        at_its_top(tutor)
    tutor.main.evaluate("main => main.scrollTo(0, 300)")
    tutor.turn_to("learn")
    expect(tutor.keyed("learn.perceptron")).to_be_visible()
    at_its_top(tutor)


SEEN = "box => box.scrollWidth <= box.clientWidth + 1 && box.scrollHeight <= box.clientHeight + 1"


def test_a_small_graph_is_seen_whole_and_a_large_one_follows_the_step(new_tutor):
    tutor = new_tutor(width=390).open("learn", "?lesson=graphs")
    box = tutor.page.locator(".box-of-picture").first
    assert box.evaluate(SEEN)
    tutor.main.get_by_role("radio", name="Your network as a graph").click()
    tutor.idle()
    assert not box.evaluate(SEEN)
    tutor.go_to_step("End")
    tutor.idle()
    ring = tutor.page.locator(".box-of-picture .node.target").first
    tutor.becomes(lambda: inside(ring.bounding_box(), box.bounding_box()), True)
    tutor.page.get_by_role("button", name="Fit").first.click()
    assert box.evaluate(SEEN)
    tutor.page.get_by_role("button", name="Larger").first.click()
    ring.press("Enter")
    tutor.field.fill("0.75")
    tutor.field.press("Enter")
    expect(tutor.told).to_contain_text("0.75")


def inside(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether a box lies in another."""
    sides = (("x", "width"), ("y", "height"))
    return all(other[at] <= one[at] and one[at] + one[size] <= other[at] + other[size] for at, size in sides)


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
    tutor.open("learn", "?lesson=build").idle()
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
    tutor = new_tutor().open("learn", "?lesson=build")
    expect(line(tutor, "W2")).to_contain_text("[[0.5, 0.2]]")
    tutor.element("W.2.1.1").first.press("Enter")
    tutor.field.fill("0.75")
    tutor.field.press("Enter")
    expect(line(tutor, "W2")).to_contain_text("[[0.75, 0.2]]")
    expect(line(tutor, "W2")).to_contain_class("at")


@pytest.mark.thorough
def test_a_link_leads_to_its_screen_also_in_a_tab_that_keeps_a_desk(tutor):
    tutor.open("learn", "?lesson=batches").open("learn", "?lesson=batches&screen=desk")
    expect(tutor.main.get_by_role("heading", name="In the walk")).to_be_visible()
