"""/notes as a person gets it: every figure as text, the filter, both languages."""

import re
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from lessons import content, i18n
from lessons.notes import errors
from lessons.notes import figures as notes
from lessons.style import Look
from pages.places import file_of

from .app import ASIDE, type_in, widget

ROUTER = Path(__file__).parents[2] / "pages" / "router.py"


@pytest.fixture(autouse=True)
def english_afterwards():
    yield
    i18n.use("en")


def page(language: str = "en") -> AppTest:
    i18n.use(language)  # AppTest names the options of a widget in this thread
    at = AppTest.from_file(ROUTER, default_timeout=30)
    at.query_params["lang"] = language
    at.session_state["folds"] = {ASIDE: True}
    at.run()
    at.switch_page(file_of("notes")).run()
    assert not at.exception
    return at


def html(at: AppTest) -> str:
    return "".join(element.proto.body for element in at.get("html"))


def rows(at: AppTest) -> list[list[str]]:
    """The cells of every table row on the page, as plain text."""
    bodies = re.findall(r"<tr>(<td.*?)</tr>", html(at))
    return [[re.sub(r"<[^>]+>", " ", cell).strip() for cell in re.findall(r"<td.*?</td>", body)] for body in bodies]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_all_fifty_figures_are_text_on_the_page(language):
    at = page(language)
    printed = [notes.printed(figure) for figure in notes.figures().values()]
    assert [row[1] for row in rows(at)] == printed and len(printed) == 50
    assert html(at).count("<li>") == sum(bool(figure.reason) for figure in notes.figures().values())
    assert "−0.8222 · 0.2421 · 0.2891 = <b>−0.0575</b>" in html(at)


def test_the_legend_counts_what_the_tables_show():
    at = page()
    legend = next(element.value for element in at.markdown if "**= exact**" in element.value)
    shown = [row[3] for row in rows(at)]
    assert dict(re.findall(r"\*\*(.+?)\*\* \((\d+)\)", legend)) == {word: str(shown.count(word)) for word in set(shown)}


@pytest.mark.parametrize("verdict", notes.VERDICTS)
def test_the_filter(verdict):
    at = page()
    at.segmented_control(key="notes.verdict").set_value(verdict).run()
    assert not at.exception
    assert [row[3] for row in rows(at)] == [notes.verdict(f) for f in notes.figures().values() if f.verdict == verdict]
    assert len(at.header) == len(notes.parts(verdict))


def exact_of_a2(at: AppTest) -> str:
    return rows(at)[list(notes.figures()).index("a2")][2]


def test_decimals_and_notation_of_the_sidebar_count_here():
    at = page()
    assert exact_of_a2(at) == "0.5889" and "<i>z</i><sup>(2)</sup>" in html(at)
    widget(at, "slider", "edit.decimals").set_value(8).run()
    assert exact_of_a2(at) == "0.58889851"
    widget(at, "selectbox", "edit.notation").set_value("matrix").run()
    assert '<i>P</i><span class="scripts"><sup>2</sup>' in html(at) and "<i>z</i><sup>(2)</sup>" not in html(at)


def test_another_network_leaves_the_notes_alone():
    at = page()
    before = rows(at)
    type_in(at, "x.0.1", "5")
    assert rows(at) == before


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_errors_that_are_no_figures_are_shown_note_by_note_with_their_places(language):
    at = page(language)
    at.segmented_control(key="notes.shown").set_value("claims").run()
    for note in errors.NOTES:
        at.segmented_control(key="notes.note").set_value(note).run()
        assert not at.exception
        shown, links = "\n".join(each.value for each in at.markdown), at.get("page_link")
        for error in errors.of_note(note):
            said, right = error.text(Look.of("notes", language, 4, "light", (3, 2, 1)))
            assert right in shown and all(line in shown for line in said.splitlines()), error.key
        wanted = [place for error in errors.of_note(note) for place in error.places]
        assert len(links) == len(wanted)
        queries = [parse_qs(link.proto.query_string) for link in links]
        for (lesson, screen), query in zip(wanted, queries, strict=True):
            assert query == ({"lesson": [lesson], "screen": [screen]} if lesson else {}), (lesson, screen)


def test_a_link_opens_a_lesson_at_its_screen():
    at = AppTest.from_file(ROUTER, default_timeout=30)
    at.query_params["lesson"], at.query_params["screen"] = "losses", "minus"
    at.switch_page(file_of("learn")).run()
    assert not at.exception
    assert "screen" not in at.query_params
    title = content.section("course/losses", "title.minus")
    assert any(title in each.value for each in at.markdown)


def test_the_chinese_page_is_chinese():
    text = " ".join(element.value for element in page("zh").markdown)
    assert "手算难免出错" in text and "Slips are normal" not in text
