"""The session: the desk a person works at, what went wrong where, and what is on show for the moment.

Everything a person enters comes through ``change``: what cannot be used leaves a Problem beside its place, and the last good
example stays.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Literal

import streamlit as st

from lessons import i18n
from lessons.course import LESSONS, Case, Lesson, look_of
from lessons.desk import Choice, Desk
from lessons.example import PRESETS, Example
from lessons.i18n import LANGUAGES, mark
from lessons.problem import Problem
from lessons.sheets import Settings
from lessons.style import Look
from lessons.walk.updates import updated
from lessons.worked import Worked
from pages.drawn.picks import HANDED

from .widgets import GROUPS, PAGE, SIDEBAR, bind, renew, said, stale

_DESK, _PROBLEMS, PICKED, _RUNS = "desk", "problems", "picked", "runs"
LIVE = "live"  # the key of the fragment that follows what a person changes
_WORKSHEETS, _ANEW, _PRESENT, _LESSON = "worksheets", "anew", "present", "lesson"


def begin() -> None:
    """Set up a new session, take the language from the address, and use it in this thread."""
    st.session_state.setdefault(_DESK, Desk())
    for name in (_PROBLEMS, _RUNS, HANDED):
        st.session_state.setdefault(name, {})
    st.session_state.setdefault(PICKED, "")
    _language_of_address()
    _presenting_by_address()
    i18n.use(example().view.language)


def _language_of_address() -> None:
    """``?lang=`` decides the language; a choice made on the page is written there, so a reload keeps it."""
    asked, current = st.query_params.get("lang"), example().view.language
    if asked is None:
        if current != "en":
            st.query_params["lang"] = current
    elif asked in LANGUAGES:
        solved("lang")
        if asked != current:
            put(desk().with_language(asked))
    else:
        template = mark("The address asks for the language “{value}”; there are: {choices}.")
        complain(Problem("lang", template, value=asked[:20], choices=tuple(LANGUAGES)))


def set_language(key: str) -> None:
    """The callback of the language switch."""
    language = said(key)
    if isinstance(language, str) and language in LANGUAGES:
        st.query_params["lang"] = language


# --- the desk ---


def desk() -> Desk:
    """What the person works at."""
    return st.session_state[_DESK]


def put(new: Desk) -> None:
    """Put another desk in its place."""
    st.session_state[_DESK] = new


def example() -> Example:
    """The example a person works on."""
    return desk().example


def lesson() -> Lesson | None:
    """The lesson that is open; None on every other page."""
    return LESSONS.get(st.session_state.get(_LESSON, ""))


def enter_lesson(key: str) -> None:
    """Open a lesson, or with an empty key none."""
    st.session_state[_LESSON] = key


def case() -> Case:
    """The open lesson with what stands on its screen."""
    opened = lesson()
    assert opened is not None
    return desk().case(opened, theme())


def worked() -> Worked:
    """What the page is about: what the lesson's screen works out, else, also where it cannot be worked out, the example."""
    if lesson():
        with suppress(Problem):
            return case().worked or example().worked
    return example().worked


def look() -> Look:
    """How its numbers are written, in the theme of the person's browser."""
    return look_at(worked())


def look_at(about: Worked) -> Look:
    """How the numbers of something else are written there."""
    opened = lesson()
    return look_of(about, example(), theme(), opened.notation if opened else "")


def change(where: str, make: Callable[[Example], Example], group: str = "") -> bool:
    """Put ``make(example)`` in the example's place, or leave its Problem at ``where``; True when it worked, and then all that
    was said of earlier ones is gone.

    ``group`` names the widgets (see ``follow``) in one of which a person made the change.
    """
    solved(where)
    old = example()
    try:
        new = make(old)
    except Problem as problem:
        complain(problem, where)
        return False
    forget_problems()
    if new != old:
        put(desk().with_example(new))
        if _chosen(old) != _chosen(new):
            rebuilt = old.sizes != new.sizes
            if rebuilt:
                anew()
            renew(*(each for each in (SIDEBAR, PAGE) if each != group or rebuilt))
    return True


def _chosen(example: Example) -> tuple[object, ...]:
    """What the widgets of sidebar and pages show; numbers are changed elsewhere."""
    model = example.model
    return example.sizes, model.activations, model.loss, model.conventions, example.settings, example.view


def commit(key: str, where: str, make: Callable[[Example, Any], Example]) -> None:
    """The callback of a widget: its value goes into the example; an empty one is a problem."""
    if stale(key) or key not in st.session_state:
        return
    value = st.session_state[key]

    def made(current: Example) -> Example:
        if value is None:
            raise Problem(where, mark("The cell was empty; the last number stays."))
        return make(current, value)

    change(where, made, key.partition(".")[0])


def load(new: Example, as_shown: bool = False) -> None:
    """Begin with another example. How it is shown stays as the person chose it, unless it is to look ``as_shown``."""
    shown = new if as_shown else replace(new, view=example().view)
    put(replace(desk().with_example(shown, shown), steps=()))
    _renewed()


def bring(where: str, make: Callable[[], Example], as_shown: bool = False) -> bool:
    """Begin with the example that ``make`` gives (see ``load``), or leave its Problem at ``where``; True when it worked."""
    solved(where)
    try:
        new = make()
    except Problem as problem:
        complain(problem, where)
        return False
    load(new, as_shown)
    return True


def load_preset(name: str) -> None:
    """Begin with a preset."""
    if name in PRESETS:
        load(PRESETS[name][1])


def reset() -> None:
    """Back to the example this one began with."""
    load(desk().start)


def afresh() -> None:
    """Begin as a new person does; what there was can be brought back by undo."""
    put(replace(Desk(), past=desk().earlier()).with_language(example().view.language))
    _renewed()


def undo() -> None:
    """Take the last change of the example back."""
    _turn_back(desk().undone())


def redo() -> None:
    """Do again what was taken back last."""
    _turn_back(desk().redone())


def _turn_back(to: Desk) -> None:
    if to is not desk():
        put(to)
        _renewed()


def _renewed() -> None:
    """Everything that follows from the example is drawn anew, and what was on show for the moment is gone."""
    anew()
    forget_problems()
    st.session_state[_RUNS].clear()
    st.session_state[PICKED] = ""
    renew(*GROUPS[:-1])


def apply_update() -> None:
    """Make the next update of the example as it is now, so that quick clicks all count, and begin its walk again."""
    if change("update", updated):
        put(replace(desk(), steps=()))


def choice(key: str, default: Any) -> dict[str, Any]:
    """What makes a page's widget remember its value, also after a reload; ``default`` is how it begins."""
    return {"key": bind(key, desk().choice(key, default)), "on_change": remember, "args": (key,)}


def remember(*keys: str) -> None:
    """Keep what the widgets of these keys say."""
    for key in keys:
        if key in st.session_state:
            value: Choice = st.session_state[key]
            put(desk().with_choice(key, tuple(value) if isinstance(value, list) else value))


# --- problems ---


def complain(problem: Problem, where: str = "") -> None:
    """Leave a Problem at a place, its own if none is named."""
    st.session_state[_PROBLEMS][where or problem.where] = problem


def solved(where: str) -> None:
    """There is no Problem at this place any more."""
    st.session_state[_PROBLEMS].pop(where, None)


def forget_problems() -> None:
    """What was said of numbers that could not be used is said no more."""
    st.session_state[_PROBLEMS].clear()


def problems(wheres: Iterable[str] | None = None) -> list[Problem]:
    """The problems at these places, or all of them."""
    found = st.session_state[_PROBLEMS]
    return list(found.values()) if wheres is None else [found[where] for where in wheres if where in found]


# --- what is on show ---


def anew() -> None:
    """Ask for the whole page, where a fragment alone would be drawn again."""
    st.session_state[_ANEW] = True


def asked_anew() -> bool:
    """Whether that was asked for just now."""
    return st.session_state.pop(_ANEW, False)


def follow_dials() -> None:
    """In a callback of something outside the live part of the page, which is drawn again, and no more unless the whole page was
    asked for."""
    if not st.session_state.get(_ANEW, False):
        st.rerun(LIVE)


def presenting() -> bool:
    """Whether the page is shown to a room (``?present=1``)."""
    return st.session_state.get(_PRESENT, False)


def present() -> None:
    """Show the page to a room, or no more."""
    st.session_state[_PRESENT] = not presenting()
    if not presenting():
        st.query_params.pop("present", None)
    anew()


def _presenting_by_address() -> None:
    """``?present=1`` begins it, and stands in the address as long as it lasts, from page to page."""
    if st.query_params.get("present") == "1":
        st.session_state[_PRESENT] = True
    elif presenting():
        st.query_params["present"] = "1"


def picked() -> str:
    """The id of the element a person picked in the picture, or empty."""
    return st.session_state[PICKED]


def pick(id: str) -> None:
    """Show the panel of this element; picking it again, or an empty id, closes it."""
    st.session_state[PICKED] = "" if id == st.session_state[PICKED] else id


def in_exam() -> bool:
    """Whether an exam is running: then nothing else is open, and the example stays as it is."""
    exercise = desk().exercise
    return exercise.is_running() and exercise.time_left(time.time()) > 0


# --- for the moment ---


def worksheets() -> Settings | None:
    """The settings of the last set of worksheets made in this session."""
    return st.session_state.get(_WORKSHEETS)


def keep_worksheets(settings: Settings) -> None:
    """Remember a set of worksheets in place of the one before."""
    st.session_state[_WORKSHEETS] = settings


def runs() -> dict[str, Any]:
    """The training runs on show, by optimiser; they live as long as the session."""
    return st.session_state[_RUNS]


def theme() -> Literal["light", "dark"]:
    """The theme of the person's browser."""
    return "dark" if st.context.theme.type == "dark" else "light"
