"""Plane, line of numbers and graph in a browser: dragged, moved by keys, points put and taken away, and each told once."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

from tests.browser.conftest import serving
from tests.browser.tutor import Server, Tutor

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def instruments() -> Iterator[Server]:
    with serving("tests/browser/instruments/app.py") as running:
        yield running


@pytest.fixture
def open_at(new_tutor, instruments):
    def opened(**given) -> Tutor:
        tutor = new_tutor(at=instruments, **given)
        tutor.page.goto(instruments.url)
        expect(tutor.page.locator(".curve [data-key=at]")).to_be_visible()
        tutor.idle()
        return tutor

    return opened


def told(tab: Tutor) -> list[str]:
    """What the server was told, in order."""
    tab.idle()
    return [text.removeprefix("told: ") for text in tab.page.get_by_text(re.compile("^told:")).all_inner_texts()]


def part(tab: Tutor, instrument: int, key: str) -> Locator:
    return tab.page.locator(".plane, .curve").nth(instrument).locator(f"[data-key='{key}']")


def drag(tab: Tutor, grip: Locator, dx: float, dy: float, drop: bool = True) -> None:
    box = grip.bounding_box()
    assert box
    x, y, mouse = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, tab.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + dx / 2, y + dy / 2)
    mouse.move(x + dx, y + dy)
    if drop:
        mouse.up()


def place(tab: Tutor, x: float, y: float) -> tuple[float, float]:
    """Where a place of the plane is on the screen."""
    box = tab.page.locator(".plane").first.locator(".rim").bounding_box()
    assert box
    return box["x"] + (x + 0.5) / 2 * box["width"], box["y"] + (1.5 - y) / 2 * box["height"]


def test_what_is_dragged_is_redrawn_at_once_and_told_once_when_it_is_let_go(open_at):
    tab = open_at()
    unit = place(tab, 1, 0)[0] - place(tab, 0, 0)[0]
    score = tab.page.locator(".plane").first.locator(".row").nth(1)
    expect(score).to_have_text("3 of 4 on their right side")
    grip = part(tab, 0, "turn1 a")
    drag(tab, grip, -0.5 * unit, -0.2 * unit, drop=False)
    expect(part(tab, 0, "line a")).not_to_have_attribute("aria-label", re.compile(r"1 x₁ \+ 1 x₂ − 1.5"))
    assert told(tab) == [], "the browser has drawn it alone"
    shown = part(tab, 0, "line a").get_attribute("aria-label")
    tab.page.mouse.up()
    (line,) = told(tab)
    w1, w2, c = map(float, re.findall(r"-?\d+\.\d+", line))
    assert f"{w1:g} x₁" in shown and f"{w2:g} x₂" in shown and f"{abs(c):g} = 0" in shown
    assert part(tab, 0, "line a").get_attribute("aria-label") == shown
    right = score.inner_text().removesuffix(" on their right side")
    expect(tab.page.get_by_text("right: ")).to_have_text(f"right: {right}")
    drag(tab, part(tab, 0, "point A"), 0.5 * unit, -0.25 * unit)
    assert told(tab)[1:] == ["point A (0.5, 0.25)"]
    tab.page.mouse.click(*place(tab, 0.7, -0.3))
    assert told(tab)[2:] == ["add (0.7, -0.3)"]
    tab.page.mouse.dblclick(*place(tab, 0.7, -0.3))
    assert told(tab)[3:] == ["remove P3"]
    drag(tab, part(tab, 1, "line t"), 10_000, 0)
    assert len(told(tab)) == 4, "a threshold out of the picture could not be taken hold of again"


def test_keys_do_all_that_a_mouse_does(open_at):
    tab = open_at()
    point = part(tab, 0, "point B")
    point.focus()
    tab.page.keyboard.press("ArrowUp")
    tab.page.keyboard.press("Shift+ArrowRight")
    assert told(tab) == ["point B (1.0, 0.05)", "point B (1.25, 0.05)"]
    expect(point).to_have_attribute("aria-label", "Point B (1.25, 0.05), class −1, right side")
    expect(tab.page.locator(".plane").first.locator(".aloud")).to_have_text("Point B (1.25, 0.05), class −1, right side")
    tab.page.keyboard.press("Enter")
    tab.page.keyboard.press("Delete")
    assert told(tab)[2:] == ["remove B"]
    expect(point).to_have_count(0)
    part(tab, 0, "free").focus()
    tab.page.keyboard.press("ArrowLeft")
    tab.page.keyboard.press("Enter")
    assert told(tab)[3:] == ["add (0.45, 0.5)"]
    part(tab, 0, "line a").focus()
    tab.page.keyboard.press("ArrowUp")
    assert told(tab)[4:] == ["line a (1.0, 1.0, -1.6)"]
    part(tab, 1, "line t").focus()
    tab.page.keyboard.press("ArrowRight")
    assert told(tab)[5:] == ["threshold (1.0, 0.0, -1.1)"]
    part(tab, 2, "second").focus()
    tab.page.keyboard.press("ArrowLeft")
    assert told(tab)[6:] == ["second 1.95"]
    rows = tab.page.locator(".curve .row")
    tangent, secant = tab.page.get_by_text("slopes: ").inner_text().split()[1:]
    expect(rows.nth(2)).to_have_text(f"slope of the tangent: {tangent}")
    expect(rows.nth(3)).to_contain_text(re.compile(f"= {re.escape(secant)}$"))
    drag(tab, part(tab, 2, "second"), -900, 0)
    assert told(tab)[7:] == ["second -3.0"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_all_fits_and_axe_finds_nothing(open_at, scheme):
    tab = open_at(width=390, scheme=scheme)
    assert tab.page.evaluate("document.documentElement.scrollWidth <= 390")
    found = Axe().run(tab.page).response["violations"]
    ours = [node for each in found for node in each["nodes"] if isinstance(node["target"][0], list)]
    assert not ours, "in the components' shadow roots"
