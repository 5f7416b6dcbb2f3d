"""The session, and the only module that touches it: one frozen example, where each walk stands, what went wrong where.

Everything a person enters comes through ``change``: what cannot be used leaves a Problem beside its place, and the last good
example stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Literal

import streamlit as st

from lessons import i18n
from lessons.example import PRESETS, WORKED, Example
from lessons.i18n import LANGUAGES, mark
from lessons.practice.exercise import Exercise
from lessons.practice.progress import Attempt, Progress
from lessons.problem import Problem
from lessons.sheets import Settings
from lessons.style import Look
from lessons.walk.updates import updated
from mlp_core import Quantity

_EXAMPLE, _START, _PROBLEMS, _STEPS = "example", "start", "problems", "steps"
_PICKED, _VISIT, _TURN, _PARAMETER, _RUNS = "picked", "visit", "turn", "parameter", "runs"
_GENERATIONS, _FOLDS, _SEEN = "generations", "folds", "seen"
_EXERCISE, _PROGRESS, _WORKSHEETS = "exercise", "progress", "worksheets"
SIDEBAR, PAGE, SLIDER, JUMP, ANSWER = "edit", "page", "slider", "jump", "answer"  # groups of widgets: how their keys begin
LAST = 10**6  # a step beyond any walk's end, which `position` brings back to the last


def begin() -> None:
    """Set up a new session, take the language from the address, and use it in this thread."""
    st.session_state.setdefault(_EXAMPLE, WORKED)
    st.session_state.setdefault(_START, WORKED)
    for name in (_PROBLEMS, _STEPS, _RUNS, _GENERATIONS, _FOLDS, _SEEN):
        st.session_state.setdefault(name, {})
    st.session_state.setdefault(_PICKED, "")
    st.session_state.setdefault(_EXERCISE, Exercise())
    st.session_state.setdefault(_PROGRESS, Progress())
    _language_of_address()
    i18n.use(example().view.language)


def _language_of_address() -> None:
    """``?lang=`` decides the language; a choice made on the page is written there, so a reload keeps it."""
    asked, current = st.query_params.get("lang"), example().view.language
    if asked is None:
        if current != "en":
            st.query_params["lang"] = current
    elif asked in LANGUAGES:
        st.session_state[_PROBLEMS].pop("lang", None)
        if asked != current:
            st.session_state[_EXAMPLE] = example().with_(language=asked)
    else:
        problem = Problem(
            "lang",
            mark("The address asks for the language “{value}”; there are: {choices}."),
            value=asked[:20],
            choices=tuple(LANGUAGES),
        )
        st.session_state[_PROBLEMS]["lang"] = problem


def set_language(key: str) -> None:
    """The callback of the language switch."""
    st.query_params["lang"] = st.session_state[key]


def example() -> Example:
    """The example a person works on."""
    return st.session_state[_EXAMPLE]


def look() -> Look:
    """How it is written, in the theme of the person's browser."""
    shown = example()
    return Look.of(shown.view.notation, shown.view.language, shown.view.decimals, theme(), shown.sizes)


def change(where: str, make: Callable[[Example], Example], group: str = "") -> bool:
    """Put ``make(example)`` in the example's place, or leave its Problem at ``where``; True when it worked.

    ``group`` names the widgets (see ``follow``) in one of which a person made the change.
    """
    st.session_state[_PROBLEMS].pop(where, None)
    old = example()
    try:
        new = st.session_state[_EXAMPLE] = make(old)
    except Problem as problem:
        st.session_state[_PROBLEMS][where] = problem
        return False
    if new is not old:
        rebuilt = _shape(old) != _shape(new)
        _renew(*(each for each in (SIDEBAR, PAGE) if each != group or rebuilt))
    return True


def _shape(example: Example) -> tuple[object, ...]:
    return (example.sizes, example.model.activations, example.model.loss)


def commit(key: str, where: str, make: Callable[[Example, Any], Example]) -> None:
    """The callback of a widget: its value goes into the example; an empty one is a problem."""
    if stale(key):
        return
    value = st.session_state[key]

    def made(current: Example) -> Example:
        if value is None:
            raise Problem(where, mark("The cell was empty; the last number stays."))
        return make(current, value)

    change(where, made, key.partition(".")[0])


def bind(key: str, value: Any) -> str:
    """Make the widget of that key show ``value``; returns the key.

    In every run, even where nothing changed: a browser that has not drawn the widget yet when the next run comes would
    take the widget's own default, an empty cell, for the person's wish.
    """
    st.session_state[key] = value
    return key


def follow(key: str, value: Any) -> str:
    """``bind`` for a widget whose value the app changes by itself, too; what stands before the dot of its key is its group.

    A click that a browser sends before it has drawn such a change still carries the old values of all widgets. So a change
    by the app makes new widgets of a group, and what the old ones say counts no more. The widget that a person is using is
    never replaced: its own change renews only the other groups.
    """
    return bind(f"{key}~{st.session_state[_GENERATIONS].get(key.partition('.')[0], 0)}", value)


def stale(key: str) -> bool:
    """Whether this is the key of a widget that has been replaced: what it says arrives late, and counts no more."""
    name, _mark, generation = key.partition("~")
    return generation != "" and int(generation) != st.session_state[_GENERATIONS].get(name.partition(".")[0], 0)


def said(key: str) -> Any:
    """What the widget of that key says, for its callback; None where it says nothing, or has been replaced."""
    return None if stale(key) else st.session_state.get(key)


def _renew(*groups: str) -> None:
    for group in groups:
        st.session_state[_GENERATIONS][group] = st.session_state[_GENERATIONS].get(group, 0) + 1


def fold(key: str, expanded: bool) -> dict[str, Any]:
    """What makes an expander remember on every page whether it is open; ``expanded`` is how it begins."""
    return {"key": bind(key, st.session_state[_FOLDS].get(key, expanded)), "on_change": _folded, "args": (key,)}


def _folded(key: str) -> None:
    st.session_state[_FOLDS][key] = st.session_state[key]


def widget(key: str) -> Any:
    """What the widget or component of that key holds, None while there is none."""
    return st.session_state.get(key)


def problems(wheres: Iterable[str] | None = None) -> list[Problem]:
    """The problems at these places, or all of them."""
    found = st.session_state[_PROBLEMS]
    return list(found.values()) if wheres is None else [found[where] for where in wheres if where in found]


def load(new: Example) -> None:
    """Begin with another example; how it is shown stays as the person chose it."""
    old = example()
    shown = replace(new, view=old.view)
    st.session_state[_EXAMPLE] = st.session_state[_START] = shown
    st.session_state[_PROBLEMS].clear()
    st.session_state[_STEPS].clear()
    st.session_state[_RUNS].clear()
    st.session_state[_PICKED] = ""
    _renew(SIDEBAR, PAGE, SLIDER, JUMP)


def bring(where: str, make: Callable[[], Example]) -> bool:
    """Begin with the example that ``make`` gives, or leave its Problem at ``where``; True when it worked."""
    st.session_state[_PROBLEMS].pop(where, None)
    try:
        new = make()
    except Problem as problem:
        st.session_state[_PROBLEMS][where] = problem
        return False
    load(new)
    return True


def load_preset(name: str) -> None:
    """Begin with a preset."""
    load(PRESETS[name][1])


def reset() -> None:
    """Back to the example this one began with."""
    load(st.session_state[_START])


def apply_update() -> None:
    """Make the next update of the example as it is now, so that quick clicks all count, and begin its walk again."""
    if change("update", updated):
        st.session_state[_STEPS].clear()
        _renew(SLIDER, JUMP)


def position(page: str, count: int) -> int:
    """At which step (from 0) the walk of a page stands."""
    return max(0, min(st.session_state[_STEPS].get(page, 0), count - 1))


def go(page: str, position: int, group: str = "") -> None:
    """Move the walk of a page to a step, which also closes the panel of a picked element; ``group`` as for ``change``."""
    st.session_state[_STEPS][page] = position
    st.session_state[_PICKED] = ""
    _renew(*(each for each in (SLIDER, JUMP) if each != group))


def move(page: str, by: int, count: int, beyond: str) -> None:
    """Move on or back from where the walk stands now, so that quick presses all count; past an end, to the page beyond."""
    there = position(page, count) + by
    if not 0 <= there < count and beyond:
        st.session_state[_TURN] = beyond
        st.session_state[_STEPS][beyond] = 0 if by > 0 else LAST
    go(page, max(0, min(there, count - 1)))


def turned() -> str:
    """The page that a move went on to just now, or empty."""
    return st.session_state.pop(_TURN, "")


def picked() -> str:
    """The id of the element a person picked in the picture, or empty."""
    return st.session_state[_PICKED]


def pick(id: str) -> None:
    """Show the panel of this element; picking it again, or an empty id, closes it."""
    st.session_state[_PICKED] = "" if id == st.session_state[_PICKED] else id


def visit(id: str) -> None:
    """Pick an element on a page that has no panel of its own: the page then goes on to one that has."""
    st.session_state[_PICKED], st.session_state[_VISIT] = id, True


def visited() -> bool:
    """Whether such a pick was made just now."""
    return st.session_state.pop(_VISIT, False)


def parameter(choices: list[Quantity], first: int) -> int:
    """Which of these parameters a person looks at; the one at ``first`` until one is chosen."""
    chosen = st.session_state.get(_PARAMETER)
    return choices.index(chosen) if chosen in choices else first


def choose_parameter(id: str, choices: list[Quantity], group: str = "") -> None:
    """Look at the parameter of this picture element; a neuron stands for its bias, what has no parameter for nothing."""
    address = id.replace("n.", "b.", 1) if id.startswith("n.") else id
    found = [q for q in choices if str(q) == address]
    if found:
        st.session_state[_PARAMETER] = found[0]
        if group != PAGE:
            _renew(PAGE)


def runs() -> dict[str, Any]:
    """The training runs on show, by optimiser; they live as long as the session."""
    return st.session_state[_RUNS]


def exercise() -> Exercise:
    """What the person is being asked on the practice page."""
    return st.session_state[_EXERCISE]


def practise(make: Callable[[Exercise], Exercise]) -> None:
    """Put ``make(exercise)`` in the exercise's place, or leave its Problem at "practice"; a fresh one gets fresh cells."""
    st.session_state[_PROBLEMS].pop("practice", None)
    old = exercise()
    try:
        new = st.session_state[_EXERCISE] = make(old)
    except Problem as problem:
        st.session_state[_PROBLEMS]["practice"] = problem
        return
    if old.typed and not new.typed:
        _renew(ANSWER)


def cell(name: str) -> str:
    """The key of a widget for an answer, which says what was typed there when a person comes back to it.

    It is a new one for every exercise, so that what was typed before is gone.
    """
    key = f"{ANSWER}.{name}~{st.session_state[_GENERATIONS].get(ANSWER, 0)}"
    st.session_state.setdefault(key, dict(exercise().typed).get(name, ""))
    return key


def progress() -> Progress:
    """What the person has practised in this session."""
    return st.session_state[_PROGRESS]


def record(attempt: Attempt) -> None:
    """Add an answer to the progress."""
    st.session_state[_PROGRESS] = progress().with_(attempt)


def restore_progress(text: str) -> bool:
    """Take the progress from a saved file, or leave its Problem at "progress"; True when it worked."""
    st.session_state[_PROBLEMS].pop("progress", None)
    try:
        st.session_state[_PROGRESS] = Progress.from_json(text)
    except Problem as problem:
        st.session_state[_PROBLEMS]["progress"] = problem
        return False
    return True


def worksheets() -> Settings | None:
    """The settings of the last set of worksheets made in this session."""
    return st.session_state.get(_WORKSHEETS)


def keep_worksheets(settings: Settings) -> None:
    """Remember a set of worksheets in place of the one before."""
    st.session_state[_WORKSHEETS] = settings


def seen(key: str, value: Any) -> Any:
    """What was given under this key the last time, None the first time."""
    remembered = st.session_state[_SEEN]
    before, remembered[key] = remembered.get(key), value
    return before


def theme() -> Literal["light", "dark"]:
    """The theme of the person's browser."""
    return "dark" if st.context.theme.type == "dark" else "light"
