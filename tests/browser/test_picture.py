"""A click or Enter on an element of the picture opens the steps of its quantities, forward and backward."""

from playwright.sync_api import expect

from lessons.example import WORKED
from mlp_core import Quantity
from tests.browser.tutor import Tutor, close, look

ELEMENTS = ("n.0.2", "n.1.2", "W.1.1.2", "b.1.1", "C")
AROUND = ("n.1.2", "n.2.1", "C", "n.1.1", "n.2.1", "n.1.2", "n.1.1")


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


def test_quick_clicks_on_one_element_open_and_close_it_in_turn(tutor):
    tutor.open("forward")
    for _ in range(7):
        tutor.click("n.1.2")
    opens(tutor, "n.1.2")


def test_on_the_update_page_an_edge_chooses_its_parameter(tutor):
    tutor.open("update").click("W.2.1.2")
    new = WORKED.settings.named("SGD").step(WORKED.network, WORKED.trace)
    tutor.becomes(tutor.results, close([new[Quantity("step_W", 2, (1, 2))], new[Quantity("W_new", 2, (1, 2))]]))
