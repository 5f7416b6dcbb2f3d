"""The app in AppTest, as the tests drive it: open, go to a page, run, and read what is on the screen.

Components and charts are read from the data they are given; their callbacks do not fire here, but in tests/browser. What
they would do (a number typed in the picture, a move along the walk) is done in the session and the page is drawn.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from unittest.mock import patch

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Widget

from lessons import i18n
from lessons.desk import Desk
from lessons.example import Example
from lessons.locale import update
from lessons.practice.exercise import Exercise
from lessons.style import Look
from mlp_core import Quantity
from pages.parts import stepper
from pages.places import PLACES, file_of
from pages.session import numbers

ROUTER = Path(__file__).parents[2] / "pages" / "router.py"
PAGES = tuple(PLACES)
LEDGER, ASIDE = "open.ledger", "open.sidebar"
BOXES = (
    ASIDE, LEDGER, "open.numbers", "open.layers", "open.samples", "open.conventions", "open.update", "open.unfold", "open.curve",
)  # fmt: skip
MESSAGES = ("error", "info", "warning")
LABELLED = ("button", "expander", "selectbox", "slider", "number_input", "toggle")
MINUS = "\N{MINUS SIGN}"


def opened(
    example: Example | None = None, page: str = "start", query: dict[str, Any] | None = None, **session: Any
) -> AppTest:
    """A new session that begins on that page, its ledger and the sidebar open; with the example in it, if one is given, and with
    ``session``."""
    at = AppTest.from_file(ROUTER, default_timeout=60)
    if page != "start":  # before its first run AppTest takes a file's name for the page's address, which it is
        at.switch_page(file_of(page))
    at.session_state["folds"] = {ASIDE: True, LEDGER: True}
    for key, value in session.items():
        at.session_state[key] = value
    at.query_params.update(query or {})
    if example is not None:
        put_example(at, example)
    return run(at)


def go(at: AppTest, page: str) -> AppTest:
    """Go to a page and draw it."""
    return run(at.switch_page(file_of(page)))


def run(at: AppTest) -> AppTest:
    """Draw the page; whatever it raises fails the test.

    AppTest finds a choice again by the label it has now, so the labels must be asked for in the session's language.
    """
    i18n.use(example_of(at).view.language if "desk" in at.session_state else "en")
    try:
        at.run()
    finally:
        i18n.use("en")
    assert not at.exception, "\n".join(error.message for error in at.exception)
    return at


@functools.cache
def translated_strings() -> set[str]:
    """Every string of the interface whose Chinese is not its English."""
    every = {form for _context, text in update.strings() for form in update.forms(text)}
    with i18n.using("zh"):
        return {text for text in every if i18n.gettext(text) != text}


def unfolded(example: Example | None = None, page: str = "start", **session: Any) -> AppTest:
    """As ``opened``, with every box open that draws its inside only then; on every page, as after a click on each."""
    return opened(example, page, folds=dict.fromkeys(BOXES, True), **session)


def unfold_all(at: AppTest) -> AppTest:
    """Open every such box in a session that has begun."""
    at.session_state["folds"] = dict.fromkeys(BOXES, True)
    return run(at)


def press(at: AppTest, key: str) -> AppTest:
    """Press the button with that key."""
    widget(at, "button", key).click()
    return run(at)


def enter(at: AppTest, kind: str, key: str, value: Any) -> AppTest:
    """Give the widget of that kind and key a value."""
    widget(at, kind, key).set_value(value)
    return run(at)


@contextmanager
def callback(at: AppTest) -> Iterator[None]:
    """Where a callback of a component can be called: it finds and changes the session of the app."""
    before = at.session_state.to_dict()
    session = dict(before)
    with patch("streamlit.session_state", session):
        yield
    for key in before.keys() | session.keys():
        if key not in session:
            del at.session_state[key]
        elif key not in before or session[key] is not before[key]:
            at.session_state[key] = session[key]


def type_in(at: AppTest, address: str, text: str) -> AppTest:
    """Type a number where it stands in the picture."""
    with callback(at):
        numbers.enter(address, text)
    return run(at)


def step_to(at: AppTest, page: str, place: int) -> AppTest:
    """Move the slider under the picture of a walk to a step, from 0."""
    with callback(at):
        stepper._go(page, str(place))
    return run(at)


def widget(at: AppTest, kind: str, key: str) -> Widget:
    """The one widget of that kind and key; behind "~" a key says how often the app itself has changed its value."""
    found = [part for part in getattr(at, kind) if (part.key or "").partition("~")[0] == key]
    assert len(found) == 1, f"{len(found)} widgets {key}"
    return found[0]


def desk_of(at: AppTest) -> Desk:
    """The desk that the session holds."""
    return at.session_state["desk"] if "desk" in at.session_state else Desk()


def put_example(at: AppTest, example: Example) -> None:
    """Put an example into the session as the one a person began with."""
    at.session_state["desk"] = replace(desk_of(at), example=example, start=example)


def exercise_of(at: AppTest) -> Exercise:
    """The exercise that the session holds."""
    return desk_of(at).exercise


def put_exercise(at: AppTest, exercise: Exercise) -> None:
    """Put an exercise into the session."""
    at.session_state["desk"] = replace(desk_of(at), exercise=exercise)


def example_of(at: AppTest) -> Example:
    """The example that the session holds."""
    return desk_of(at).example


def component(at: AppTest, key: str) -> dict[str, Any]:
    """The data of the component with that key; of a walk, also of what its stage holds (picture, ribbon, place) and what is in
    its boxes (numbers, ledger; None of one that is folded)."""
    kind, _dot, page = key.partition(".")
    drawn = {part.key: part.proto.bytes for part in at.get("bidi_component")}
    if key in drawn:
        data = json.loads(drawn[key])
        return data.get("picture") or data
    if kind in ("numbers", "ledger"):
        return json.loads(drawn[f"folds.{page}"])["boxes"][kind]["held"]
    return json.loads(drawn[f"stage.{page}"])[kind]


def told(at: AppTest) -> dict[str, str]:
    """What the row above the page says of the last change: what and loss, or refused."""
    return component(at, "row")["told"] or {}


def formulas(at: AppTest) -> list[str]:
    """The LaTeX of the page: of step cards, then of all that is nothing but a formula."""
    text = "\n\n".join(part.value for part in at.main.markdown)
    halved = r" \\end\{aligned\}\n\$\$\s+\$\$\n\\begin\{aligned\} \\hphantom\{.*?\} &= "  # law, and what comes out
    text = re.sub(halved, r" \\\\[3pt] &= ", text)
    return re.findall(r"\$\$\n(.*?)\n\$\$", text, re.DOTALL) + [part.value for part in at.main.latex]


def ledger(at: AppTest, page: str) -> dict[Quantity, str]:
    """Quantity to its text in the ledger of a walk."""
    chips = [chip for group in component(at, f"ledger.{page}")["groups"] for chip in group["chips"]]
    return {Quantity.parse(chip["id"]): chip["value"] for chip in chips}


def table(at: AppTest, columns: int) -> list[list[str]]:
    """The rows of the one table with so many columns, cells as text."""
    found = []
    for html in at.main.get("html"):
        rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", html.proto.body)]
        if rows and len(rows[0]) == columns:
            found.append([[unescape(re.sub("<[^>]*>", "", cell)) for cell in row] for row in rows[1:]])
    assert len(found) == 1, f"{len(found)} tables with {columns} columns"
    return found[0]


def named(example: Example, quantities: Iterable[Quantity]) -> dict[str, Quantity]:
    """The quantities by their names as ``table`` reads them."""
    look = Look.of(example.view.notation, example.view.language, example.view.decimals, "light", example.sizes)
    return {re.sub("<[^>]*>", "", look.name(quantity).html()): quantity for quantity in quantities}


def number(text: str) -> float:
    """What a number on the screen says."""
    return float(text.replace(MINUS, "-"))


def assert_shows(text: str, value: float, decimals: int) -> None:
    """The text is the number rounded to the decimals, or in powers of ten where that would be 0 or very long."""
    plain = f"{value:.{decimals}f}"
    if value == 0 or (float(plain) != 0 and abs(value) < 1e7):
        assert text == (plain.removeprefix("-") if value == 0 else plain).replace("-", MINUS)
    else:
        assert "e" in text, f"{text} for {value}"
        assert abs(number(text) - value) <= 0.51 * abs(value) * 10.0 ** (1 - max(decimals, 2))


def assert_cell(text: str, value: float, decimals: int) -> None:
    """``assert_shows`` in a table, where a number that its decimals would show as 0 says that it is not."""
    if value and not float(f"{value:.{decimals}f}"):
        assert text == f"≈ {0:.{decimals}f}"
    else:
        assert_shows(text, value, decimals)


def texts(at: AppTest) -> list[str]:
    """Everything a person can read, in the page and in the sidebar."""
    found = [str(part.value) for kind in ("markdown", "caption", "latex", "title", *MESSAGES) for part in at.get(kind)]
    found += [f"{part.label} {part.value}" for part in at.metric]
    found += [str(part.label) for kind in LABELLED for part in at.get(kind)]
    found += [option for kind in ("selectbox", "button_group") for part in at.get(kind) for option in part.options]
    found += [part.proto.label for part in at.get("page_link")]
    found += [re.sub("<style>.*?</style>|<[^>]*>", " ", part.proto.body, flags=re.DOTALL) for part in at.get("html")]
    for part in at.get("bidi_component"):
        found += strings(json.loads(part.proto.bytes))
    return found


def strings(data: Any) -> list[str]:
    """The texts in the data of a component that are read, not ids or names of states."""
    if isinstance(data, dict):
        read = ("label", "title", "spoken", "note", "text", "description", "value", "what", "loss", "refused", "why", "hint")
        own = [value for key, value in data.items() if key in read and isinstance(value, str)]
        return own + [text for value in data.values() for text in strings(value) if isinstance(value, (dict, list))]
    return [text for part in data for text in strings(part)] if isinstance(data, list) else []


def errors(at: AppTest) -> list[str]:
    """The messages on the screen: those beside their place, and that of a refused number above the picture."""
    refused = told(at).get("refused")
    return [error.value for error in at.error] + ([refused] if refused else [])
