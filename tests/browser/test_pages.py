"""Every page: by a cold link, without another host, and without an accessibility violation."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from lessons.example import WORKED
from tests.browser.tutor import PAGES, WALK, Tutor, close, everything, look, number

PICTURED = (*WALK, "start", "update", "evaluate")
TABLED = ("update", "evaluate", "check", "notes")


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
    """The page of that name, with its sidebar and navigation, and the numbers of the worked example."""
    expect(tutor.link(page)).to_have_attribute("aria-current", "page")
    for other in PAGES:
        expect(tutor.link(other)).to_be_visible()
    expect(tutor.main.get_by_role("heading").first).to_be_visible()
    if page in PICTURED:
        expect(tutor.main.locator(".picture svg").first).to_be_visible()
        if page != "evaluate":
            for q in WORKED.derivation.given:
                assert number(tutor.given(q)) == WORKED.trace[q], q
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
    assert tutor.errors == []


def test_an_unknown_page_leads_to_the_start_and_says_so(tutor):
    for path in ("no-such-page", "forward/xyz"):
        tutor.page.goto(f"{tutor.server.url}/{path}")
        expect(tutor.main.get_by_test_id("stAlert")).to_contain_text(path)
        stands(tutor.idle(), "start")
    tutor.turn_to("forward")
    assert "missing" not in tutor.page.url


# Streamlit's own, each by its rule and a part of the HTML it is found in.
STREAMLITS_OWN = {("presentation-role-conflict", 'data-testid="stFileUploaderDropzone"')}


def violations(tutor: Tutor, *rules: str) -> list[str]:
    """What axe-core finds wrong by these rules or all, but for what is Streamlit's own."""
    options = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else None
    found = Axe().run(tutor.idle().page, options=options).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for violation in found
        for node in violation["nodes"]
        if not any(violation["id"] == rule and part in node["html"] for rule, part in STREAMLITS_OWN)
    ]


def test_every_page_stands_axe_finds_nothing_and_no_other_host_is_asked(tutor):
    tutor.open("start")
    found = {}
    for page in PAGES:
        stands(tutor.turn_to(page), page)
        found[page] = violations(tutor.unfold("stMain"))
        assert tutor.main.locator(".bt-table .scripts").evaluate_all(OVER) == [], page
    assert {page: each for page, each in found.items() if each} == {}
    assert any(url.startswith("ws://127.0.0.1") for url in tutor.requests)
    assert tutor.outside() == []


def test_axe_finds_nothing_in_panel_message_and_results(new_tutor):
    tutor = new_tutor(scheme="dark").open("backward")
    tutor.click("n.1.1")
    expect(tutor.keyed("close.panel")).to_be_visible()
    tutor.enter("W.1.1.1", "")
    expect(tutor.told.get_by_role("alert")).to_be_visible()
    assert violations(tutor) == []
    tutor.turn_to("train").page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    expect(tutor.main.locator("table")).to_be_visible()
    assert violations(tutor) == []


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
    expect(tutor.main.locator(".katex-display math")).to_have_count(1)
    expect(tutor.main.get_by_role("figure")).to_have_accessible_name(re.compile(r"\w"))
