"""What a page is for is seen without scrolling, on a laptop's 1280 x 720 with the sidebar closed; on a phone no choice hides."""

import re

import pytest
from playwright.sync_api import Locator, expect

from lessons.example import PRESETS
from tests.browser.tutor import Tutor

WIDTH, HEIGHT = 1280, 720
SCREENS = (1366, 768), (1440, 900), (1920, 1080), (WIDTH, HEIGHT)
TOPS = "nodes => nodes.map(node => node.getBoundingClientRect().top)"
EDGES = "nodes => nodes.map(node => node.getBoundingClientRect()).map(box => [box.left, box.top, box.right, box.bottom])"

pytestmark = pytest.mark.thorough
CHOOSE = "(slider, n) => { slider.value = n; slider.dispatchEvent(new Event('change')); }"
MIDDLES = """nodes => nodes.map(node => node.getBoundingClientRect())
  .map(box => [Math.round((box.left + box.right) / 2), Math.round((box.top + box.bottom) / 2)])"""


def laptop(tutor: Tutor, page: str) -> Tutor:
    """The page on a laptop, its sidebar closed."""
    tutor.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    tutor.open(page)
    sidebar = tutor.page.get_by_test_id("stSidebar")
    if sidebar.get_attribute("data-collapsed") == "false":
        sidebar.hover()
        tutor.page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
        expect(sidebar).to_have_attribute("data-collapsed", "true")
    return tutor.idle()


def in_sight(tutor: Tutor, places: Locator) -> bool:
    """Whether all of these are there, and whole within the window."""
    width, height = tutor.page.viewport_size.values()
    boxes = places.evaluate_all(EDGES)
    return bool(boxes) and all(
        left >= 0 and top >= 0 and right <= width and bottom <= height for left, top, right, bottom in boxes
    )


def test_a_step_is_seen_whole_and_nothing_moves_when_a_number_changes(tutor):
    """Picture, chain rule, slider and card of every step of the backward pass."""
    laptop(tutor, "backward")
    for _step in range(4):
        tutor.page.keyboard.press("ArrowRight")
        tutor.idle()
    parts = tutor.page.locator(".picture svg, .ribbon, .steps, [data-testid=stMarkdown]:has(.katex-display)")
    assert in_sight(tutor, parts)
    elements = tutor.page.locator("svg [data-id], .ribbon [data-id], .katex-display")
    before = elements.evaluate_all(MIDDLES)
    tutor.enter("W.1.2.3", "-0.987654")
    expect(tutor.told).to_contain_text("→ −0.9877")
    assert tutor.idle() and elements.evaluate_all(MIDDLES) == before


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_moves_on_a_phone_when_a_number_changes_or_cannot_be_used(new_tutor, lang):
    tutor = new_tutor(width=390).open("backward", f"?lang={lang}")
    parts = tutor.page.locator(".desk button:not([hidden]), .picture")
    before = parts.evaluate_all(TOPS)
    typed = {"0.9": "→ 0.9", "-123456.789": "→ −123456.789", "x" * 20: "x" * 20, "1e308": "1e+308", "0.5": "→ 0.5"}
    for text, told in typed.items():
        tutor.enter("W.2.1.1", text)
        expect(tutor.told).to_contain_text(told)
        assert tutor.idle() and parts.evaluate_all(TOPS) == before, text


@pytest.mark.parametrize("preset", ["two_outputs", "deep", "classifier"])
def test_every_example_is_seen_whole_also_when_it_is_shown_to_a_room(tutor, preset):
    """The step with most factors, and the one with most lines on its card, on the screens that lecture rooms have."""
    laptop(tutor, "start")
    title, example = PRESETS[preset]
    tutor.keyed("start.preset").get_by_text(re.match(r"[\d-]+", title)[0]).click()
    tutor.idle().turn_to("backward")
    steps = example.derivation.phase("backward")
    longest = max(range(len(steps)), key=lambda n: len(steps[n].inputs))
    first_weight = next(n for n, step in enumerate(steps) if str(step.target).startswith("dW."))
    parts = tutor.page.locator(".picture svg, .ribbon, .steps, .st-key-walked [data-testid=stMarkdown]")
    for presented in False, True:
        for n in longest, first_weight:
            tutor.page.locator(".steps").evaluate(CHOOSE, n + 1)
            expect(tutor.main.get_by_text(f"Step {n + 1} of {len(steps)}", exact=True)).to_be_visible()
            for width, height in SCREENS:
                tutor.page.set_viewport_size({"width": width, "height": height})
                assert in_sight(tutor.idle(), parts), (presented, n + 1, width)
        if not presented:
            tutor.main.get_by_role("button", name="Present").click()
            expect(tutor.main.get_by_role("button", name="Present")).to_have_attribute("aria-pressed", "true")


def test_a_network_that_is_made_low_keeps_the_values_of_its_edges_where_they_are(tutor):
    laptop(tutor, "start")
    tutor.keyed("start.preset").get_by_text("2-3-3").click()
    tutor.idle().turn_to("backward")
    labels, elements = tutor.page.locator(".label"), tutor.page.locator("svg [data-id]")
    expect(labels).to_have_count(15)
    before = elements.evaluate_all(MIDDLES)
    tutor.enter("W.1.2.1", "-0.987654")
    expect(tutor.told).to_contain_text("→ −0.9877")
    assert tutor.idle() and elements.evaluate_all(MIDDLES) == before
    expect(labels).to_have_count(15)


def test_evaluate_shows_the_loss_first_and_what_an_update_changes(tutor):
    laptop(tutor, "evaluate")
    metrics = tutor.main.get_by_test_id("stMetricValue")
    expect(metrics).to_have_text(["0.1690", "0.1627", "−0.0063"])
    assert in_sight(tutor, metrics)
    assert in_sight(tutor, tutor.main.get_by_role("radio", name="output layer only"))
    assert in_sight(tutor, tutor.main.get_by_role("button", name="Apply and repeat"))
    tutor.main.get_by_role("radio", name="output layer only").click()
    expect(metrics.nth(1)).to_have_text("0.1635")


def test_train_shows_curve_results_and_end_together(tutor):
    laptop(tutor, "train")
    for name in ("Momentum", "RMSprop", "Adam"):
        tutor.keyed("train.optimisers").get_by_role("button", name=name, exact=True).click()
    tutor.page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    expect(tutor.main.locator("table tbody tr")).to_have_count(4, timeout=30_000)
    tutor.idle()
    assert in_sight(tutor, tutor.main.locator(".js-plotly-plot"))
    assert in_sight(tutor, tutor.main.locator("table td:last-child"))


def test_choices_and_cells_stand_in_line(tutor):
    for page, keys in (("update", ("page.optimiser~0", "page.parameter~0")), ("worksheet", ("sheet.seed", "sheet.paper"))):
        laptop(tutor, page)
        labels = [tutor.keyed(key).get_by_test_id("stWidgetLabel") for key in keys]
        tops = [label.evaluate_all(EDGES)[0][1] for label in labels]
        assert abs(tops[0] - tops[1]) < 2, f"{page}: {tops}"


def test_no_example_moves_under_the_mouse_when_one_is_chosen(tutor):
    laptop(tutor, "start")
    places = tutor.keyed("start.preset").locator("label")
    before = places.evaluate_all(EDGES)
    for name in ("2-3-3", "2-3-2-1"):
        choice = tutor.main.get_by_role("radio", name=name)
        tutor.keyed("start.preset").get_by_text(name).click()
        expect(choice).to_be_checked()
        assert tutor.idle() and places.evaluate_all(EDGES) == before, name


def test_on_a_phone_every_mode_of_practice_is_in_sight(new_tutor):
    tutor = new_tutor(width=390).open("practice")
    modes = tutor.keyed("practice.mode").get_by_role("radio")
    expect(modes).to_have_count(5)
    assert in_sight(tutor, modes)
