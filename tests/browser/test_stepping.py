"""Stepping through a walk by keys, buttons, slider and ledger, and asking elements of its picture for their steps."""

from math import nan

import pytest
from playwright.sync_api import expect

from lessons import i18n
from lessons.example import WORKED, Example, Model
from mlp_core import Quantity
from tests.browser.tutor import WALK, Tutor, close, everything, look

STEPS = {page: WORKED.derivation.phase(page) for page in WALK}
ELEMENTS = ("n.0.2", "n.1.2", "W.1.1.2", "b.1.1", "C")
AROUND = ("n.1.2", "n.2.1", "C", "n.1.1", "n.2.1", "n.1.2", "n.1.1")
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


@pytest.mark.parametrize(("lang", "words"), [("en", "Step {n} of 20: {what}"), ("zh", "第 {n}/20 步：{what}")])
def test_who_listens_hears_each_step_that_a_person_goes_to_and_nothing_else(tutor, lang, words):
    """Not a page that is opened or loaded anew, not a number that changes, and no value that waits until it is revealed."""
    example, heard = WORKED.with_(language=lang), tutor.page.locator(".stage .heard[aria-live=polite]")

    def said(n: int, known: bool = True, example: Example = example) -> str:
        target, shown = STEPS["backward"][n - 1].target, look(example)
        with i18n.using(lang):
            what = shown.spoken(target, example.trace[target]) if known else shown.words(target)
        return words.format(n=n, what=what)

    tutor.open("backward", f"?lang={lang}")
    expect(heard).to_have_text("")
    for key, n in ("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2):
        tutor.page.keyboard.press(key)
        expect(heard).to_have_text(said(n))
        tutor.idle()
    tutor.enter("W.2.1.1", "0.9")
    tutor.becomes(lambda: tutor.given("W.2.1.1"), "0.9")
    expect(heard).to_have_text(said(2))  # with the value from before: it was not said anew
    tutor.idle().page.reload()
    tutor.becomes(lambda: tutor.step()[0], 2)
    expect(heard).to_have_text("")
    edited = example.remodelled(Model.with_number, Quantity("W", 2, (1, 1)), 0.9)
    tutor.idle().go_to_step("End")
    expect(heard).to_have_text(said(20, example=edited))
    tutor.idle().page.locator(".desk button[aria-pressed]").first.click()
    tutor.idle().page.keyboard.press("ArrowLeft")
    expect(heard).to_have_text(said(19, known=False))
    tutor.idle().page.keyboard.press("Space")
    expect(heard).to_have_text(said(19, example=edited))


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


@pytest.mark.thorough
def test_next_pressed_twice_at_a_walks_end_on_a_slow_line_leads_one_page_on(slow_tutor):
    """The second press was made at that end, too, and leads past no page that was not seen."""
    tutor = slow_tutor.open("forward")
    tutor.go_to_step("End")
    tutor.becomes(tutor.step, (len(STEPS["forward"]),) * 2)
    tutor.leave()
    for _ in range(2):
        expect(tutor.link("forward")).to_have_attribute("aria-current", "page")
        tutor.page.keyboard.press("ArrowRight")
    expect(tutor.link("loss")).to_have_attribute("aria-current", "page")
    expect(tutor.idle().link("loss")).to_have_attribute("aria-current", "page")


def results(id: str) -> list[float]:
    """What the formulas of an element's panel come to: those of its quantities, and where a given one is used first."""
    derivation = WORKED.derivation
    users = {q: step.target for step in reversed(derivation.phase("forward", "loss")) for q in step.inputs}
    shown = [q if q in derivation else users[q] for q in WORKED.worked.plan.quantities(id)]
    return [WORKED.trace[q] for q in dict.fromkeys(shown)]


def look_at(tutor: Tutor, id: str) -> None:
    """Click an element; over a number that can be changed a field opens, with a way to its steps."""
    tutor.click(id)
    if id[0] in "Wby" or id.startswith("n.0."):
        tutor.page.get_by_role("button", name="Its steps").click()


def opens(tutor: Tutor, id: str) -> None:
    """The panel of this element is there, with its formulas and numbers."""
    expect(tutor.keyed("close.panel")).to_be_visible()
    tutor.becomes(tutor.results, close(results(id)))
    for quantity in WORKED.worked.plan.quantities(id):
        symbol = look(WORKED).symbol(quantity)
        assert any(symbol in latex for latex in tutor.main.locator("annotation").all_text_contents()), quantity


def test_a_click_opens_the_steps_of_an_element_and_the_last_of_many_counts(tutor):
    tutor.open("forward")
    for id in ELEMENTS:
        look_at(tutor, id)
        opens(tutor, id)
    for id in AROUND:
        tutor.click(id)
    opens(tutor, AROUND[-1])


def test_tab_reaches_every_element_enter_opens_its_steps_and_a_button_leads_back(tutor):
    tutor.open("backward")
    card = tutor.formulas()
    for id in ("n.2.1", "W.2.1.2", "b.2.1"):
        tutor.element(id).press("Enter")
        if id != "n.2.1":
            tutor.page.keyboard.press("Tab")
            tutor.page.keyboard.press("Enter")
        opens(tutor, id)
        tutor.keyed("close.panel").get_by_role("button").press("Enter")
        tutor.becomes(tutor.formulas, card)
    ids = tutor.page.locator("svg [data-id]").evaluate_all("all => all.map(one => one.dataset.id)")
    tutor.element(ids[0]).focus()
    for id in ids:
        expect(tutor.element(id)).to_be_focused()
        tutor.page.keyboard.press("Tab")


def test_an_element_of_the_start_page_leads_to_its_steps_and_the_panel_to_the_step_on_its_page(tutor):
    tutor.open("start").click("n.1.1")
    expect(tutor.link("forward")).to_have_attribute("aria-current", "page")
    opens(tutor, "n.1.1")
    look_at(tutor, "W.2.1.1")
    gradient = Quantity("dW", 2, (1, 1))
    tutor.keyed(f"way.{gradient}").get_by_role("button").click()
    expect(tutor.link("backward")).to_have_attribute("aria-current", "page")
    expect(tutor.chip(gradient)).to_have_attribute("aria-current", "step")
    tutor.becomes(tutor.results, close([WORKED.trace[gradient]]))


@pytest.mark.thorough
def test_quick_clicks_on_one_element_open_and_close_it_in_turn(tutor):
    tutor.open("forward")
    for _ in range(7):
        tutor.click("n.1.2")
    opens(tutor, "n.1.2")


def test_on_the_update_page_an_edge_chooses_its_parameter(tutor):
    tutor.open("update").click("W.2.1.2")
    new = WORKED.settings.named("SGD").step(WORKED.network, WORKED.trace)
    tutor.becomes(tutor.results, close([new[Quantity("step_W", 2, (1, 2))], new[Quantity("W_new", 2, (1, 2))]]))
