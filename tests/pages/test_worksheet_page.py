"""The worksheet page: what a teacher presses, gets and is told; and the way back from a code."""

import re
import sys
from dataclasses import replace
from io import BytesIO
from urllib.parse import unquote

import pytest
from pypdf import PdfReader

from lessons.example import PRESETS, WORKED
from lessons.queue import Queue
from lessons.sheets import Kind, Settings, code_of, instance, making, shelf
from lessons.sheets.making import Making, whole

from .app import component, enter, errors, example_of, go, opened, press, texts


@pytest.fixture(autouse=True)
def own_shelf(tmp_path, monkeypatch):
    """A shelf of the test's own."""
    monkeypatch.setattr(shelf, "folder", lambda: tmp_path)


@pytest.fixture
def at_once(monkeypatch):
    """Sets that are a word and are made at once."""
    command = (sys.executable, "-S", "-c", "print('sheets')")
    monkeypatch.setattr(making, "whole", lambda kind, settings: replace(whole(kind, settings), command=command))


def sheets(at):
    """The settings of the set that the session holds, and the PDFs that its buttons ask for, by kind."""
    made = {}
    for kind in Kind:
        asked = component(at, f"sheet.{kind}")
        assert asked["address"].startswith(f"make/{kind}")
        assert Settings.from_json(asked["body"]) == at.session_state["worksheets"]
        with Making(whole(kind, Settings.from_json(asked["body"]))) as one:
            assert not one.moves()  # it was made, and is there for every process
            made[kind] = one.made
    return at.session_state["worksheets"], made


def test_one_press_makes_the_sheets_and_their_keys():
    at = enter(opened(page="worksheet"), "number_input", "sheet.variants", 2)
    press(at, "sheet.make")
    settings, made = sheets(at)
    assert settings.variants == 2
    for kind, title in {Kind.SHEET: "by hand: sheet", Kind.KEY: "Key to sheet", Kind.ANSWERS: "Answers to sheet"}.items():
        text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(made[kind])).pages)
        assert all(f"{title} {n}" in text for n in (1, 2))
        assert kind is not Kind.SHEET or ("Key" not in text and "Answers" not in text), "the students' file has no answers"
    labels = [component(at, f"sheet.{kind}")["label"] for kind in Kind]
    assert labels == ["2 sheets", "2 keys", "2 answer tables"]


def test_a_line_that_is_too_long_is_a_sentence(monkeypatch, at_once):
    monkeypatch.setattr(making, "SETS", Queue(1, longest=1))
    tickets = [making.SETS.ticket(), making.SETS.ticket()]
    at = press(enter(opened(page="worksheet"), "number_input", "sheet.variants", 1), "sheet.make")
    assert errors(at) == ["1 people are waiting already. Try again in a few minutes."]
    for ticket in tickets:
        ticket.leave()
    assert errors(press(at, "sheet.make")) == []


def test_the_first_sheet_is_a_picture_with_a_text():
    at = opened(page="worksheet")
    [html] = [part.proto.body for part in at.get("html") if "<img" in part.proto.body]
    assert re.search(r'src="make/preview\?lang=en&amp;settings=[^"]+" alt="The first sheet"', html)
    asked = unquote(html.partition("settings=")[2].partition('"')[0])
    assert Settings.from_json(asked).sizes == WORKED.sizes


def test_the_sheets_follow_the_sidebar(at_once):
    example = PRESETS["classifier"][1].with_(optimiser="Adam", notation="classic", decimals=3, language="zh")
    at = press(enter(opened(example, "worksheet"), "number_input", "sheet.variants", 1), "sheet.make")
    settings, _made = sheets(at)
    wanted = (example.sizes, example.model.activations, example.model.loss, "Adam", "classic", 3, "zh")
    had = (settings.sizes, settings.activations, settings.loss, settings.optimiser)
    assert (*had, settings.view.notation, settings.view.decimals, settings.view.language) == wanted


def test_what_was_made_with_other_settings_is_said_to_be_old(at_once):
    at = press(enter(opened(page="worksheet"), "number_input", "sheet.variants", 1), "sheet.make")
    assert not any("earlier settings" in text for text in texts(at))
    enter(at, "number_input", "sheet.seed", 2)
    assert any("earlier settings" in text for text in texts(at))


def test_a_sheet_ends_with_the_last_phase_that_has_a_blank(at_once):
    at = opened(page="worksheet")
    for kind in ("step", "new"):
        enter(at, "checkbox", f"sheet.blank.{kind}", False)
    enter(at, "number_input", "sheet.variants", 1)
    press(at, "sheet.make")
    assert [phase for phase, _steps in sheets(at)[0].sections] == ["forward", "loss", "backward"]


def test_an_impossible_number_of_variants_or_seed_gets_a_message():
    at = opened(page="worksheet")
    for value in (0, -1, 101):
        enter(at, "number_input", "sheet.variants", value)
        assert errors(at) == ["The number of variants goes from 1 to 100."], value
    enter(at, "number_input", "sheet.variants", 1)
    for value in (-1, 10**9):
        enter(at, "number_input", "sheet.seed", value)
        assert errors(at) == ["A seed is a whole number from 0 to 99999."], value


def test_nothing_to_fill_in_gets_a_message():
    at = opened(page="worksheet")
    for box in [box.key for box in at.checkbox]:
        enter(at, "checkbox", box, False)
    assert errors(at) == ["Nothing is left to fill in: choose at least one kind of value."]


def test_a_code_brings_the_numbers_back():
    settings = Settings.of(PRESETS["deep"][1], seed=7)
    at = enter(opened(page="worksheet"), "text_input", "sheet.code", code_of(settings, 12).lower())
    wanted, found = instance(settings, 12), example_of(at)
    assert found.model == wanted.model
    assert errors(at) == []
    assert example_of(go(at, "forward")).sizes == (2, 3, 2, 1)


def test_a_wrong_code_gets_a_message_and_changes_nothing():
    at = opened(page="worksheet")
    for code in ("nonsense", "0000-0000", "€", "1547-27HM-06Q4-NN"):
        enter(at, "text_input", "sheet.code", code)
        assert errors(at) == ["This is not the code of a worksheet. Compare it with the sheet, sign by sign."], code
        assert example_of(at) == WORKED, code


def test_in_chinese():
    at = opened(WORKED.with_(language="zh"), "worksheet")
    assert any("每个座位一份" in text for text in texts(at))
