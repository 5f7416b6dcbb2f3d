"""What a person would miss is not lost: reloads, servers that end, deep links, tabs beside each other; links, files, undo."""

from __future__ import annotations

import json
import re
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import expect

from lessons.example import WORKED, Example, Model
from mlp_core import Quantity
from tests.browser.conftest import serving
from tests.browser.tutor import Server, Tutor, close
from tests.server.conftest import free_port
from tests.server.conftest import serving as two_workers

WEIGHT, VALUE = Quantity("W", 2, (1, 1)), 0.9
EDITED = WORKED.remodelled(Model.with_number, WEIGHT, VALUE)


def edited(tutor: Tutor) -> Tutor:
    """A person who has changed a weight and stands at the third step of Backward."""
    tutor.open("backward").enter(WEIGHT, str(VALUE))
    for at in 2, 3:
        tutor.main.get_by_role("button", name="Next").click()
        tutor.becomes(lambda: tutor.step()[0], at)
    return tutor.idle()


def assert_weight(tutor: Tutor, text: str) -> None:
    """What the picture says of the weight."""
    expect(tutor.element(str(WEIGHT))).to_have_attribute("aria-label", re.compile(f" = {text.replace('-', '−')}$"))


def assert_goes_on(tutor: Tutor) -> None:
    """The same numbers at the same step of the same page."""
    expect(tutor.link("backward")).to_have_attribute("aria-current", "page")
    assert_weight(tutor, str(VALUE))
    tutor.becomes(lambda: tutor.step()[0], 3)
    tutor.becomes(lambda: tutor.ledger()["z.2.1"], close(EDITED.trace[Quantity("z", 2, (1,))]))


def button(tutor: Tutor, name: str):
    return tutor.main.get_by_role("button", name=name, exact=True)


def test_a_reload_goes_on_with_everything_and_keys_undo_and_redo(tutor):
    edited(tutor)
    tutor.choose("edit.notation", "Classic textbook: z, a, δ, w")
    tutor.idle().page.reload()
    assert_goes_on(tutor)
    expect(tutor.keyed("edit.notation").get_by_role("combobox")).to_have_value("Classic textbook: z, a, δ, w")
    button(tutor, "Undo").click()
    expect(tutor.keyed("edit.notation").get_by_role("combobox")).to_have_value("Worked example: z, a, ∂C/∂z")
    tutor.leave()
    for keys, value in ("Control+z", "0.5"), ("Control+Shift+z", str(VALUE)), ("Control+z", "0.5"), ("Control+y", str(VALUE)):
        tutor.page.keyboard.press(keys)
        assert_weight(tutor, value)
        tutor.idle()
    tutor.change(WEIGHT).fill("0.1")
    tutor.page.keyboard.press("Control+z")  # which belongs to the field here
    tutor.field.press("Escape")
    assert_weight(tutor, str(VALUE))
    expect(button(tutor, "Redo")).not_to_have_attribute("aria-disabled", "true")


@pytest.mark.long
def test_a_server_that_is_killed_and_started_again_goes_on_without_a_reload(new_tutor, server):
    port = free_port()
    with serving(port=port) as first:
        tutor = edited(new_tutor(at=first))
        session = tutor.session()
        first.process.kill()
        first.process.wait()
    with serving(port=port):
        tutor.becomes(lambda: tutor.session() != session, True, seconds=60)
        assert_goes_on(tutor.idle())
        button(tutor, "Undo").click()
        assert_weight(tutor, "0.5")
        button(tutor, "Redo").click()
        assert_goes_on(tutor)
        tutor.away(server)


@pytest.mark.long
@pytest.mark.thorough
def test_killed_workers_behind_one_port_lose_nobodys_numbers(new_tutor, server, tmp_path):
    """Under uvicorn with two workers both are killed, so the one with the tab's connection, too; uvicorn starts others."""
    with two_workers(tmp_path, "--workers", "2") as two:
        here = Server(two.url, two.log, two.process)
        tutor = edited(new_tutor(at=here))
        session, workers = tutor.session(), psutil.Process(two.process.pid).children()
        served = [each for each in workers if "spawn_main" in " ".join(each.cmdline())]
        assert len(served) == 2
        for each in served:
            each.kill()
        tutor.becomes(lambda: tutor.session() != session, True, seconds=60)
        assert_goes_on(tutor.idle())
        tutor.main.get_by_role("button", name="Next").click()
        tutor.becomes(lambda: tutor.step()[0], 4)
        tutor.away(server)


def test_deep_links_in_the_same_tab_and_back_and_forward_keep_the_numbers(tutor):
    edited(tutor).open("forward")
    assert_weight(tutor, str(VALUE))
    tutor.open("backward")
    assert_goes_on(tutor)
    tutor.turn_to("loss")
    tutor.page.go_back()
    assert_goes_on(tutor)
    tutor.page.go_forward()
    expect(tutor.link("loss")).to_have_attribute("aria-current", "page")
    assert_weight(tutor, str(VALUE))
    tutor.page.goto("about:blank")
    tutor.page.go_back()
    assert_weight(tutor, str(VALUE))


def test_a_page_turned_is_one_entry_of_the_browsers_history(new_tutor):
    tutor = new_tutor(unused=True).open("forward", "?lang=zh")  # a browser counts to 50
    before = tutor.page.evaluate("history.length")
    tutor.link("loss").press("Enter")
    expect(tutor.page).to_have_url(re.compile(r"/loss\?lang=zh$"))
    expect(tutor.link("loss")).to_be_focused()
    expect(tutor.link("update")).to_have_attribute("href", re.compile(r"/update\?lang=zh$"))  # for another tab
    assert tutor.page.evaluate("history.length") == before + 1


def test_a_page_turned_from_a_lesson_is_one_entry_too_and_back_is_its_screen(new_tutor):
    tutor = new_tutor(unused=True).open("learn", "?lang=zh&lesson=graphs")
    before = tutor.page.evaluate("history.length")
    tutor.turn_to("loss")
    expect(tutor.page).to_have_url(re.compile(r"/loss\?lang=zh$"))
    assert tutor.page.evaluate("history.length") == before + 1
    tutor.page.go_back()
    expect(tutor.keyed("screen.back")).to_be_visible()
    expect(tutor.page).to_have_url(re.compile("/learn.*lesson=graphs"))
    tutor.idle().turn_to("loss").turn_to("learn")
    expect(tutor.keyed("learn.graphs")).to_be_visible()


def test_settings_are_there_while_the_sidebar_is_open_on_every_page_and_after_a_reload(tutor):
    """The server draws them only then."""
    tutor.open("forward")
    boxes = tutor.page.get_by_test_id("stSidebar").get_by_test_id("stExpander")
    expect(boxes).to_have_count(0)
    tutor.settings().link("loss").click()
    expect(tutor.link("loss")).to_have_attribute("aria-current", "page")
    assert boxes.count() > 2
    tutor.settings(open=False).settings()
    tutor.page.reload()
    tutor.settings(open=False).settings().setting("decimals").press("ArrowRight")
    expect(tutor.main.get_by_text(f"{WORKED.trace.loss:.5f}").first).to_be_visible()


@pytest.mark.thorough
def test_of_two_links_on_a_slow_line_the_last_counts(slow_tutor):
    """The second is followed on the page that the server has left already."""
    tutor = slow_tutor.open("update")
    tutor.link("loss").click()
    tutor.page.wait_for_timeout(300)
    expect(tutor.link("update")).to_have_attribute("aria-current", "page")
    tutor.link("check").click()
    expect(tutor.link("check")).to_have_attribute("aria-current", "page")
    tutor.idle()


@pytest.mark.thorough
def test_two_tabs_do_not_disturb_each_other(tutor):
    edited(tutor)
    other = Tutor(tutor.page.context.new_page(), tutor.server).open("backward")
    assert_weight(other, "0.5")
    other.enter(WEIGHT, "-0.3")
    other.idle().page.reload()
    assert_weight(other, "-0.3")
    tutor.page.reload()
    assert_goes_on(tutor)
    assert other.faults() == []


def copied(tutor: Tutor) -> str:
    """The link that is on the clipboard after a press of the button."""
    tutor.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=tutor.server.url)
    button(tutor, "Copy link").click()
    expect(tutor.main.get_by_role("status")).to_contain_text("copied")
    return str(tutor.page.evaluate("navigator.clipboard.readText()"))


def test_a_link_opens_the_same_in_another_browser(new_tutor):
    here, there = edited(new_tutor()), new_tutor()
    address = copied(here)
    assert len(address) <= 400
    there.page.goto(address)
    assert_goes_on(there)
    there.becomes(lambda: "#" in there.page.url, False)
    there.enter(WEIGHT, "0.7")
    there.idle().page.reload()
    assert_weight(there, "0.7")
    there.page.goto(address)  # the link once more, in the tab that has gone on: the link counts
    assert_weight(there, str(VALUE))
    button(there, "Undo").click()
    assert_weight(there, "0.7")


SPOILT = (lambda code: code[:-9], lambda code: "x" + code, lambda code: code * 40)


@pytest.mark.thorough
def test_a_broken_link_is_a_sentence_and_the_example_stays(tutor):
    edited(tutor)
    start, code = copied(tutor).split("#s=")
    for spoil in SPOILT:
        for given, messages in (spoil(code), 1), (code, 0):
            tutor.page.evaluate("code => { location.hash = 's=' + code; }", given)
            expect(tutor.main.get_by_test_id("stAlert")).to_have_count(messages)
            assert_goes_on(tutor)
            assert start in tutor.page.url


def test_an_example_is_saved_as_a_file_and_opened_again(new_tutor, tmp_path):
    here, there = edited(new_tutor()), new_tutor().open("start")
    with here.page.expect_download() as download:
        button(here, "Save").click()
    path = tmp_path / "example.json"
    download.value.save_as(path)
    assert Example.from_json(path.read_text("utf-8")) == EDITED
    choose_file(there, path)
    assert_weight(there, str(VALUE))
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"version": 99}), "utf-8")
    choose_file(there, path)
    expect(there.main.get_by_test_id("stAlert")).to_contain_text("newer version")
    assert_weight(there, str(VALUE))


def choose_file(tutor: Tutor, path: Path) -> None:
    with tutor.page.expect_file_chooser() as chooser:
        button(tutor, "Open file").click()
    chooser.value.set_files(path)


def test_an_exam_goes_on_after_a_reload_and_its_clock_has_run_on(tutor):
    tutor.open("practice")
    tutor.main.get_by_role("radio", name="Exam", exact=True).click()
    button(tutor, "Start the exam").click()
    cell = tutor.main.get_by_role("textbox")
    cell.fill("0.25")
    cell.press("Enter")
    expect(tutor.main.get_by_text("1 of 10 answered")).to_be_visible()
    before = seconds_left(tutor)
    tutor.page.wait_for_timeout(2000)
    tutor.page.reload()
    expect(tutor.main.get_by_text("1 of 10 answered")).to_be_visible()
    assert 0 < seconds_left(tutor) < before


def seconds_left(tutor: Tutor) -> int:
    clock = tutor.main.get_by_text(re.compile("Time left: "))
    expect(clock).to_be_visible()
    minutes, seconds = clock.inner_text().split()[-1].split(":")
    return 60 * int(minutes) + int(seconds)


def test_answers_and_progress_are_there_after_a_reload(tutor):
    tutor.open("practice")
    cell = tutor.main.get_by_role("textbox")
    cell.fill("-0.9")
    cell.press("Enter")
    expect(tutor.main.get_by_text("1 of 1 answer right")).to_be_visible()
    tutor.idle().page.reload()
    expect(tutor.main.get_by_text("1 of 1 answer right")).to_be_visible()
    expect(tutor.main.get_by_text("Right. Exactly")).to_be_visible()


def test_a_click_before_the_redraw_after_a_change_of_notation_breaks_nothing(tutor):
    """On a slow line the label of a list is still that of the old notation when the next click is sent (R1)."""
    tutor.open("forward")
    session = tutor.page.context.new_cdp_session(tutor.page)
    session.send("Network.enable")
    slow = {"offline": False, "latency": 150, "downloadThroughput": -1, "uploadThroughput": -1}
    session.send("Network.emulateNetworkConditions", slow)
    tutor.choose("edit.notation", "Matrix notes: P, X, ℒ")
    tutor.main.get_by_role("button", name="Next").click()
    tutor.idle()
    expect(tutor.element(str(WEIGHT))).to_be_attached()
    at = tutor.step()[0]
    tutor.main.get_by_role("button", name="Next").click()
    tutor.becomes(lambda: tutor.step()[0], at + 1)
