"""The errors of the notes that are no figures: every one is there, is told with numbers by the engine, and has its place."""

import re

import pytest

from lessons import content
from lessons.course import LESSONS
from lessons.notes.errors import ERRORS, FACTS, NOTES, of_note
from lessons.style import Look
from pages.places import PLACES

BY_KEY = {error.key: error for error in ERRORS}
LISTED = {  # of the list of errors that came with the notes, from the third on: the first are figures
    2: {"smaller"}, 3: {"output_only"}, 4: {"umbrella"}, 5: {"vanishing"}, 6: {"cross_entropy"}, 7: {"xavier"}, 8: {"bernoulli"},
    9: {"elementwise"}, 10: {"batch_size", "summed", "first_layer", "noisy_test"}, 11: {"half"},
}  # fmt: skip
LATER = {"falls", "range", "rows", "circuits", "counted", "mean", "either", "stochastic"}  # which were found afterwards


def look(language: str = "en") -> Look:
    return Look.of("notes", language, 4, "light", (3, 2, 1))


def test_every_error_that_was_listed_has_its_entry_once():
    assert len(BY_KEY) == len(ERRORS)
    assert set().union(LATER, *LISTED.values()) <= BY_KEY.keys()
    assert [error for note in NOTES for error in of_note(note)] != [] and sum(len(of_note(note)) for note in NOTES) == len(ERRORS)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.key)
def test_its_place_exists(error):
    assert error.places
    for lesson, screen in error.places:
        if not lesson:
            assert screen in PLACES
        else:
            assert screen in [each.key for each in LESSONS[lesson].screens], (lesson, screen)


def test_it_is_told_in_both_languages_what_is_said_and_what_is_right(language):
    sections = {key for key in content.sections("notes", language) if key.startswith("error.")}
    assert sections == {f"error.{key}" for key in BY_KEY} and FACTS.keys() <= BY_KEY.keys()
    for error in ERRORS:
        said, right = error.text(look(language))
        assert said and right and "{" not in right and len(right) < 400, error.key


def test_their_numbers_are_those_of_the_engine():
    assert re.search(r"\b17\b.*\b9\b.*\b5\b", BY_KEY["smaller"].text(look())[1], re.DOTALL)
    assert all(figure in BY_KEY["output_only"].text(look())[1] for figure in ("0.1690", "0.1635", "0.1627"))
    assert "−0.0575" in BY_KEY["half"].text(look())[1] and "−0.0288" in BY_KEY["half"].text(look())[1]
    assert FACTS["batch_size"](look()) == {"n": 12, "size": 3, "batches": 3, "each": 4}
    facts = FACTS["cross_entropy"](look())
    assert float(facts["wrong"]) < float(facts["start"]) < float(facts["right"])
    assert FACTS["elementwise"](look())["rule"] == "0"
