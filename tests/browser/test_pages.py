"""Every page: by a cold link, without an accessibility violation, on a phone 390 px wide too, whatever the network."""

import re

import pytest
from playwright.sync_api import expect

from lessons.example import WORKED, Model
from lessons.example.codes import pack
from mlp_core import Quantity
from pages.places import PLACES
from tests.browser.audit import PHONE, sticks_out, sticks_out_on_a_phone, violations
from tests.browser.tutor import PAGES, TOURS, WALK, Tutor, close, everything, look, spot

PICTURED = (*WALK, "start", "update", "evaluate")
TABLED = ("update", "evaluate", "check", "notes")
# The formulas of which a part can be seen only by scrolling.
CUT = """boxes => boxes.filter(box => box.scrollWidth > box.clientWidth + 1).map(
  box => box.querySelector('annotation').textContent)"""

# Names of a table in which the raised part lies over the lowered one.
OVER = """all => all.filter(each => {
  const tops = [...each.children].map(part => {
    const text = document.createRange();
    text.selectNodeContents(part);
    return text.getBoundingClientRect().top;
  });
  return tops[1] - tops[0] < 5;
}).map(each => each.textContent)"""


def stands(tutor: Tutor, page: str) -> None:
    """The page of that name, with the numbers of the worked example."""
    expect(tutor.link(page)).to_have_attribute("aria-current", "page")
    expect(tutor.main.get_by_role("heading").first).to_be_visible()
    if page in PICTURED:
        expect(tutor.main.locator(".picture svg").first).to_be_visible()
        if page != "evaluate":
            picture = tutor.picture()
            for q in WORKED.derivation.given:
                assert picture[f"{spot(q)}/0"] == WORKED.trace[q], q
    if page in WALK:
        expect(tutor.main.get_by_role("button", name="Next")).to_be_visible()
    if page in TABLED:
        expect(tutor.main.locator("table").first).to_be_visible()
    if page == "train":
        expect(tutor.page.get_by_test_id("stFormSubmitButton")).to_be_visible()


def test_the_first_visitor_of_a_fresh_server_gets_the_page_asked_for(fresh_server, new_tutor):
    tutor = new_tutor(at=fresh_server)
    for page in ("backward", "practice", "worksheet"):  # one of each folder, by an address and not from within
        stands(tutor.open(page), page)
        expect(tutor.page).to_have_title(f"{PLACES[page][1]} · Backprop Tutor")
        expect(tutor.page.locator("link[rel~=icon]")).to_have_attribute("href", re.compile("^data:image"))
        for other in PAGES:
            expect(tutor.link(other)).to_be_visible()
    assert tutor.errors == []
    assert any(url.startswith("ws://127.0.0.1") for url in tutor.requests), "what is asked of a host is heard"


def test_an_unknown_page_leads_to_the_start_and_says_so(tutor):
    for path in ("no-such-page", "forward/xyz"):
        tutor.page.goto(f"{tutor.server.url}/{path}")
        expect(tutor.main.get_by_test_id("stAlert")).to_contain_text(path)
        stands(tutor.idle(), "start")
    tutor.turn_to("forward")
    assert "missing" not in tutor.page.url


@pytest.mark.long
@pytest.mark.parametrize("pages", TOURS, ids="-".join)
def test_every_page_stands_and_fits_a_phone_and_axe_finds_nothing(tutor, pages):
    tutor.open()
    found = {}
    for page in pages:
        stands(tutor.turn_to(page), page)
        found[page] = violations(tutor.unfold("stMain")) + sticks_out_on_a_phone(tutor)
        assert tutor.main.locator(".bt-table .scripts").evaluate_all(OVER) == [], page
    assert {page: each for page, each in found.items() if each} == {}


def test_a_screen_reader_finds_every_number_by_its_name(tutor):
    tutor.open("backward").go_to_step("End")
    tutor.becomes(tutor.ledger, close(everything(WORKED, "forward", "loss", "backward")))
    folded = tutor.page.locator(".ledger details:not([open]) > summary")
    while folded.count():
        folded.first.click()
    ledger = tutor.page.get_by_role("group", name=tutor.page.locator(".ledger").get_attribute("aria-label"))
    for q in [*WORKED.derivation.given, *(step.target for step in WORKED.derivation)]:
        name = look(WORKED).spoken(q, WORKED.trace[q])
        expect(ledger.get_by_role("button", name=name, exact=True)).to_be_visible()


def test_what_a_card_and_a_curve_state_is_text(tutor):
    tutor.open("loss")
    loss = f"{WORKED.trace.loss:.4f}"
    expect(tutor.main.locator("p:not(:has(.katex))").filter(has_text=loss)).to_be_visible()
    expect(tutor.main.locator(".katex-display math")).to_have_count(2)  # the law, and below it what comes out
    equals = tutor.main.locator(".katex-display .mrel").evaluate_all("all => all.map(one => one.getBoundingClientRect().left)")
    assert len(equals) == 3 and max(equals) - min(equals) < 0.5, f"the signs stand at {equals}"
    expect(tutor.main.get_by_role("figure")).to_have_accessible_name(re.compile(r"\w"))


def turn_to(tutor: Tutor, page: str) -> None:
    """Go to a page by the row of pages above it."""
    link = tutor.page.get_by_role("navigation", name="Pages").get_by_role("link", name=PLACES[page][1], exact=True)
    link.click()
    expect(link.and_(tutor.page.locator("[aria-current]"))).to_be_visible()  # the row of the page before may still be there
    tutor.idle()


@pytest.mark.thorough
def test_the_largest_network_has_room_on_a_phone_and_a_weight_can_be_changed(new_tutor):
    """Four layers of eight neurons on eight inputs, as a link brings it."""
    tutor = new_tutor(width=PHONE).open()
    largest = WORKED.remodelled(Model.resized, (8,) * 5)
    tutor.page.evaluate("code => { location.hash = 's=' + code; }", pack(largest))
    for k in range(5):
        expect(tutor.element(f"n.{k}.8")).to_be_attached()
    assert sticks_out(tutor) == [], "start"
    for page in ("backward", "update", "evaluate", "forward"):
        turn_to(tutor, page)
        assert sticks_out(tutor) == [], page
        assert tutor.main.locator(".katex-display").evaluate_all(CUT) == [], page
    assert sticks_out(tutor.unfold("stSidebar"), "stSidebarContent") == []
    tutor.settings(open=False).enter("W.2.1.1", "0.9")
    edited = largest.remodelled(Model.with_number, Quantity("W", 2, (1, 1)), 0.9)
    tutor.becomes(lambda: tutor.ledger()["W.2.1.1"], close(edited.trace[Quantity("W", 2, (1, 1))]))
