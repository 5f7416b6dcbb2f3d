"""The race of optimisers in a browser: played, paused, stepped and scrubbed, started and set in it, opened as steps."""

import re

import pytest
from playwright.sync_api import Locator, expect

from lessons.course.optimisers import pictures
from lessons.course.optimisers.setting import Race
from lessons.example import WORKED
from tests.browser.tutor import Tutor, close, number

pytestmark = pytest.mark.thorough

# At how many places the first one is seen in each of six updates, looked at in every frame.
PLACES = """race => new Promise((done) => {
  const seen = {};
  const look = () => {
    const place = race.querySelector(".heads > g").getAttribute("transform");
    (seen[race.querySelector(".count").textContent] ||= new Set()).add(place);
    if (Object.keys(seen).length < 6) requestAnimationFrame(look);
    else done(Object.values(seen).map((places) => places.size));
  };
  look();
})"""


def opened(tutor: Tutor, screen: int = 1) -> Locator:
    """The race of a screen of the lesson."""
    tutor.open("learn", "?lesson=optimisers")
    for _screen in range(screen - 1):
        tutor.keyed("screen.on").get_by_role("button").click()
        tutor.idle()
    race = tutor.page.locator(".race")
    expect(race).to_be_visible()
    return race


def at(race: Locator) -> int:
    """The update at which it stands."""
    return int(race.locator(".count").inner_text().partition("/")[0])


def losses(race: Locator) -> list[float]:
    return [number(text) for text in race.locator(".state").all_inner_texts()]


def paths(**setting):
    made = Race(**setting)
    return pictures.paths_of(made, WORKED, made.surface, made.entries(made.surface))


def test_a_race_is_played_paused_stepped_and_scrubbed_without_the_server(new_tutor):
    tutor = new_tutor()
    race = opened(tutor)
    assert at(race) == 50 and losses(race) == close([path.losses[50] for path in paths().values()])
    tutor.page.route(re.compile("_stcore"), lambda route: route.abort())
    race.get_by_role("button", name="Play").click()
    expect(race.get_by_role("button", name="Pause")).to_be_visible()
    expect(race.locator(".count")).to_have_text(re.compile(r"^[3-9] / 50|^[12]\d / 50"))
    race.get_by_role("button", name="Pause").click()
    stands = at(race)
    assert 3 <= stands < 50
    tutor.page.wait_for_timeout(300)
    assert at(race) == stands, "it stands"
    race.get_by_role("slider", name="Update").fill("7")
    assert at(race) == 7 and losses(race) == close([path.losses[7] for path in paths().values()])
    race.get_by_role("button", name="One update on").click()
    assert at(race) == 8
    for _twice in range(2):
        race.get_by_role("button", name="One update back").click()
    assert at(race) == 6 and losses(race) == close([path.losses[6] for path in paths().values()])
    assert tutor.page.evaluate("document.querySelector('[data-testid=stApp]').dataset.testScriptState") == "notRunning"
    race.get_by_role("button", name="In relief").click()
    turned = race.get_by_role("slider", name="Turn the surface")
    before = turned.get_attribute("aria-valuenow")
    turned.press("ArrowRight")
    assert turned.get_attribute("aria-valuenow") != before
    assert tutor.faults() == []


def test_where_it_starts_and_who_races_how_is_set_in_the_race_and_undone(new_tutor):
    tutor = new_tutor()
    race = opened(tutor)
    rim = race.locator(".rim").bounding_box()
    tutor.page.mouse.click(rim["x"] + rim["width"] * 2 / 7, rim["y"] + rim["height"] * 0.875)
    expect(race.get_by_label("Starting point, w₁")).to_have_value("−3")
    expect(race.get_by_label("Starting point, w₂")).to_have_value("−1.5")
    tutor.idle()
    wanted = paths(starts=(("ravine", -3.0, -1.5),))
    tutor.becomes(lambda: losses(race), close([path.losses[50] for path in wanted.values()]))
    race.get_by_label("SGD: learning rate η").fill("0.2")
    race.get_by_label("SGD: learning rate η").press("Enter")
    expect(race.locator(".state").first).to_contain_text("diverged")
    expect(tutor.page.get_by_text("Diverged: SGD.")).to_be_visible()
    race.get_by_label("Momentum: momentum μ").fill("1")
    race.get_by_label("Momentum: momentum μ").press("Enter")
    expect(tutor.page.get_by_role("alert")).to_contain_text("below 1")
    race.get_by_role("checkbox", name="Adam: races").click()
    tutor.idle()
    expect(race.locator(".racer").nth(4).locator(".state")).to_have_text("")
    start = race.get_by_role("button", name=re.compile("^Starting point: "))
    start.press("ArrowUp")
    expect(race.get_by_label("Starting point, w₂")).to_have_value("−1.45")
    tutor.idle()
    for _change in range(4):
        tutor.page.get_by_role("button", name="Undo").click()
        tutor.idle()
    expect(race.get_by_label("Starting point, w₁")).to_have_value("−4")
    rate = race.get_by_label("SGD: learning rate η")
    expect(rate).to_have_value("0.09")
    for typed, told in (("abc", "not known"), ("1/0", "divides by 0")):
        rate.fill(typed)
        rate.press("Enter")
        expect(tutor.page.get_by_role("alert")).to_contain_text(told)
        expect(rate).to_have_value("0.09")
    rate.fill("1/4")
    rate.press("Enter")
    expect(rate).to_have_value("0.25")
    race.get_by_label("Starting point, w₁").fill("100")
    race.get_by_label("Starting point, w₁").press("Enter")
    expect(tutor.page.get_by_role("alert")).to_contain_text("from -5 to 2")
    assert tutor.faults() == []


def test_a_point_of_a_path_opens_the_steps_of_that_update(new_tutor):
    tutor = new_tutor()
    race = opened(tutor, 4)
    race.get_by_role("button", name="Momentum").click()
    tutor.idle()
    path = paths()["Momentum"]
    x, y = path.w[3]
    rim = race.locator(".rim").bounding_box()
    tutor.page.mouse.click(rim["x"] + (x + 5) / 7 * rim["width"], rim["y"] + (2 - y) / 4 * rim["height"])
    tutor.idle()
    assert at(race) == 3
    tutor.main.get_by_role("slider").last.press("End")  # that of the walk
    expect(tutor.page.get_by_text(re.compile("end up")).first).to_be_visible()
    shown = tutor.page.get_by_text(re.compile("^Value: ")).first
    tutor.becomes(lambda: number(shown.inner_text().split()[1].rstrip(".")), close(y))
    assert tutor.faults() == []


def test_whoever_wants_no_motion_gets_steps(new_tutor):
    tutor = new_tutor()
    tutor.page.emulate_media(reduced_motion="reduce")
    race = opened(tutor)
    race.get_by_role("button", name="Play").click()
    assert race.evaluate(PLACES) == [1] * 6, "a place for an update, none between"
