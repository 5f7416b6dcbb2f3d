"""A phone 390 px wide: no page scrolls sideways, whatever the network; formulas are broken into lines."""

from playwright.sync_api import expect

from lessons.example import WORKED, Model
from lessons.example.codes import pack
from mlp_core import Quantity
from pages.places import PLACES
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
      if (node.closest('.katex-mathml')) continue;  // for who listens; nobody sees it
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
# The formulas of which a part can be seen only by scrolling.
CUT = """boxes => boxes.filter(box => box.scrollWidth > box.clientWidth + 1).map(
  box => box.querySelector('annotation').textContent)"""


def sticks_out(tutor: Tutor, box: str = "stMain") -> list[str]:
    return tutor.idle().page.evaluate(STICKS_OUT, box)


def turn_to(tutor: Tutor, page: str) -> None:
    """Go to a page by the row of pages above it."""
    link = tutor.page.get_by_role("navigation", name="Pages").get_by_role("link", name=PLACES[page][1], exact=True)
    link.click()
    expect(link.and_(tutor.page.locator("[aria-current]"))).to_be_visible()  # the row of the page before may still be there
    tutor.idle()


def large(tutor: Tutor) -> None:
    """Four layers of eight neurons on eight inputs, as a link brings it."""
    tutor.page.evaluate("code => { location.hash = 's=' + code; }", pack(WORKED.remodelled(Model.resized, (8,) * 5)))
    for k in range(5):
        expect(tutor.element(f"n.{k}.8")).to_be_attached()


def test_no_page_scrolls_sideways_and_a_weight_can_be_changed(new_tutor):
    tutor = new_tutor(width=WIDTH).open("start")
    for page in PAGES:
        turn_to(tutor, page)
        assert sticks_out(tutor) == [], page
    turn_to(tutor, "loss")
    assert sticks_out(tutor.unfold("stSidebar"), "stSidebarContent") == []
    tutor.settings(open=False).enter("W.2.1.1", "0.9")
    edited = WORKED.remodelled(Model.with_number, Quantity("W", 2, (1, 1)), 0.9)
    tutor.becomes(tutor.ledger, close(everything(edited, "forward", "loss")))


def test_the_largest_network_has_room(new_tutor):
    tutor = new_tutor(width=WIDTH).open("start")
    large(tutor.idle())
    assert sticks_out(tutor) == [], "start"
    for page in ("forward", "backward", "update", "evaluate"):
        turn_to(tutor, page)
        assert sticks_out(tutor) == [], page
        assert tutor.main.locator(".katex-display").evaluate_all(CUT) == [], page
