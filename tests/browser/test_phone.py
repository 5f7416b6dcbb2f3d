"""A phone 390 px wide: no page scrolls sideways, whatever the network; formulas scroll in boxes of their own."""

import pytest
from playwright.sync_api import expect

from lessons.example import WORKED, Model
from lessons.example.codes import pack
from mlp_core import Quantity
from tests.browser.tutor import PAGES, Tutor, close, everything

WIDTH = 390
# What sticks out of the page or the sidebar sideways and is in no box of its own that scrolls.
STICKS_OUT = """name => {
  const box = document.querySelector(`[data-testid="${name}"]`), edge = box.getBoundingClientRect(), found = [];
  const above = (node) => node.parentElement || node.getRootNode().host;
  const scrolls = (node) => ['auto', 'scroll'].includes(getComputedStyle(node).overflowX);
  const boxed = (node) => {
    for (let up = above(node); up && up !== box; up = above(up)) if (scrolls(up) && up.parentElement !== box) return true;
    return false;
  };
  const look = (root) => {
    for (const node of root.querySelectorAll('*')) {
      if (node.shadowRoot) look(node.shadowRoot);
      const { left, right, width, height } = node.getBoundingClientRect();
      if (!width || !height || (right <= edge.right + 1 && left >= edge.left - 1) || boxed(node)) continue;
      if (!node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
      found.push(`${node.tagName} from ${left} to ${right}, beyond ${edge.left} to ${edge.right}: `
        + `${node.className?.baseVal ?? node.className} ${node.textContent.slice(0, 60)}`);
    }
  };
  look(box);
  for (const outer of [document.documentElement, document.body, box, ...box.children])
    if (outer.scrollWidth > outer.clientWidth + 1 && getComputedStyle(outer).overflowX !== 'visible')
      found.push(`${outer.tagName} ${outer.dataset.testid} scrolls: ${outer.scrollWidth} > ${outer.clientWidth}`);
  return found;
}"""


def sticks_out(tutor: Tutor, box: str = "stMain") -> list[str]:
    return tutor.idle().page.evaluate(STICKS_OUT, box)


def sidebar(tutor: Tutor, open: bool) -> None:
    """Open or close the sidebar by its button."""
    name = "stExpandSidebarButton" if open else "stSidebarCollapseButton"
    button = tutor.page.get_by_test_id(name)
    (button if open else button.get_by_role("button")).click()
    expect(tutor.page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", str(not open).lower())


def turn_to(tutor: Tutor, page: str) -> None:
    """Go to a page by the navigation, which is in the sidebar here."""
    sidebar(tutor, True)
    tutor.link(page).click()
    expect(tutor.link(page)).to_have_attribute("aria-current", "page")
    if tutor.page.get_by_test_id("stSidebar").get_attribute("data-collapsed") == "false":
        sidebar(tutor, False)
    tutor.idle()


def worked(tutor: Tutor) -> None:
    """The worked example is there from the start."""


def deep(tutor: Tutor) -> None:
    """The preset with two hidden layers."""
    tutor.keyed("preset.deep").get_by_role("button").click()
    expect(tutor.element("n.3.1")).to_be_visible()


def large(tutor: Tutor) -> None:
    """Four layers of eight neurons on eight inputs, as a link brings it."""
    tutor.page.evaluate("code => { location.hash = 's=' + code; }", pack(WORKED.remodelled(Model.resized, (8,) * 5)))
    for k in range(5):
        expect(tutor.element(f"n.{k}.8")).to_be_attached()


@pytest.mark.parametrize(
    "network", [worked, pytest.param(deep, marks=pytest.mark.statistics), large], ids=lambda make: make.__name__
)
def test_nothing_scrolls_sideways(new_tutor, network):
    tutor = new_tutor(width=WIDTH).open("start")
    network(tutor.idle())
    assert sticks_out(tutor) == [], "start"
    for page in (page for page in PAGES if page != "start"):
        turn_to(tutor, page)
        assert sticks_out(tutor) == [], page
    sidebar(tutor, True)
    assert sticks_out(tutor.unfold("stSidebar"), "stSidebarContent") == []


def test_a_wide_formula_scrolls_in_its_own_box(new_tutor):
    tutor = new_tutor(width=WIDTH).open("start")
    large(tutor.idle())
    turn_to(tutor, "forward")
    scroll = "box => { box.scrollLeft = 1000; return box.scrollLeft; }"
    tutor.becomes(lambda: max(box.evaluate(scroll) for box in tutor.main.locator(".katex-display").all()) > 20, True)
    assert sticks_out(tutor) == []


def test_a_weight_can_be_changed_on_a_phone(new_tutor):
    tutor = new_tutor(width=WIDTH).open("loss")
    sidebar(tutor, True)
    tutor.enter("W.2.1.1", "0.9")
    sidebar(tutor, False)
    edited = WORKED.remodelled(Model.with_number, Quantity("W", 2, (1, 1)), 0.9)
    tutor.becomes(tutor.ledger, close(everything(edited, "forward", "loss")))
