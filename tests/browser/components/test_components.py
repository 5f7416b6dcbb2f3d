"""The components alone, on the page of components/: what they save and read, and that no text is taken for HTML.

And in the app: they are fetched once, and of data that overtakes itself the last is drawn.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import serving
from tests.browser.tutor import Server, Tutor

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def components() -> Iterator[Server]:
    with serving("tests/browser/components/app.py") as running:
        yield running


@pytest.fixture
def tab(new_tutor, components) -> Tutor:
    tutor = new_tutor(at=components)
    tutor.page.goto(components.url)
    expect(tutor.page.locator("svg [data-id='n.2.1']")).to_be_visible()
    return tutor


def test_a_download_saves_the_answer_any_number_of_times_and_no_text_is_taken_for_html(tab):
    assert tab.page.locator("svg, .ledger").get_by_text("<img src=x").count() > 20
    assert tab.page.locator("img[src=x]").count() == 0
    assert tab.page.title() != "caught"
    for _time in range(2):
        with tab.page.expect_download() as download:
            tab.page.get_by_role("button", name="Save", exact=True).press("Enter")
        assert download.value.suggested_filename == "answer.txt"
        assert download.value.path().read_text("utf-8") == "got: µ"


def test_a_download_says_what_it_waits_for_what_the_server_refuses_and_that_nobody_answers(tab):
    button = tab.page.get_by_role("button", name="Save the other")
    button.click()
    expect(tab.page.get_by_role("alert")).to_have_text("Too many at once <b>now</b>.")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    held: list[Route] = []
    tab.page.route("**/made/refuse", lambda route: held.append(route))
    tab.page.get_by_role("button", name="Save the other").click()
    waiting = tab.page.get_by_role("button", name="Asking …")
    expect(waiting).to_have_attribute("aria-disabled", "true")
    waiting.click(force=True)
    held[0].abort()
    expect(tab.page.get_by_role("alert")).to_have_text("The server gave no answer: try again in a moment.")
    assert len(held) == 1
    tab.errors.clear()  # the browser reports both answers


def test_every_file_chosen_arrives_once_and_none_too_large(tab):
    choose = tab.page.get_by_label("Open an example")
    sent = [("a.txt", "eins"), ("a.txt", "eins"), ("b.txt", "π")]
    for count, (name, text) in enumerate(sent, 1):
        choose.set_input_files({"name": name, "mimeType": "text/plain", "buffer": text.encode()})
        expect(tab.page.get_by_test_id("stText").first).to_have_text(f"{count} files")
    expect(tab.page.get_by_test_id("stText")).to_have_text(["3 files", *(f"{name}: {text}" for name, text in sent)])
    choose.set_input_files({"name": "big.txt", "mimeType": "text/plain", "buffer": b"x" * 21})
    expect(tab.page.get_by_role("alert")).to_have_text("At most 20 bytes.")
    expect(tab.page.get_by_test_id("stText").first).to_have_text("3 files")


def test_of_data_that_overtakes_itself_the_last_is_drawn_once(tutor):
    """The module is slow to come, meanwhile the walk goes on: one picture, of the last step."""
    held: list[Route] = []
    tutor.page.route(re.compile(r"/drawn/\w+/network/picture\.js$"), lambda route: held.append(route))
    tutor.page.goto(f"{tutor.server.url}/forward")
    tutor.open_ledger()
    for at in (2, 3):
        tutor.keyed("next.forward").get_by_role("button").click()
        expect(tutor.main.get_by_text(f"Step {at} of 6")).to_be_visible()
        expect(tutor.page.locator(".ledger [data-id] .value", has_text="?")).to_have_count(6 - at)
    assert tutor.page.locator("svg [data-id]").count() == 0
    held[0].continue_()
    expect(tutor.element("n.1.1")).to_have_attribute("aria-current", "step")
    expect(tutor.page.locator(".picture")).to_have_count(1)
    tutor.keyed("next.forward").get_by_role("button").click()
    expect(tutor.page.locator(".picture")).to_have_count(1)
    expect(tutor.element("n.1.2")).to_have_attribute("aria-current", "step")


def test_components_are_fetched_once(tutor):
    tutor.open("forward")
    for _time in range(3):
        tutor.keyed("next.forward").get_by_role("button").click()
        tutor.idle()
    tutor.turn_to("backward")
    fetched = [url for url in tutor.requests if "/drawn/" in url]
    assert len(fetched) == len(set(fetched)) > 4
