"""The session's part of a lesson: its setting, its screen, its answers, and what is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from lessons.answers import read
from lessons.course import LESSONS, Case, Stand
from lessons.course.setting import Setting
from lessons.example import Example
from lessons.practice.grading import judged
from lessons.problem import Problem
from mlp_core import Quantity

from . import numbers, state
from .widgets import ANSWER, PAGE, SIDEBAR, renew, said, unfolded

PARAMETER = "lesson"  # of the address
_ASKED = "asked_screen"
TAKEN = "open.take"  # the box of files below a screen, which hold its numbers


def opened_by_address() -> str:
    """The lesson that the address names, empty where it names none."""
    key = st.query_params.get(PARAMETER, "")
    return key if key in LESSONS else ""


def go_to(key: str) -> None:
    """Open a lesson; it stands in the address from here on."""
    if key in LESSONS:
        st.query_params[PARAMETER] = key
        state.anew()


def leave() -> None:
    """Back to all lessons."""
    st.query_params.pop(PARAMETER, None)
    state.anew()


def stand() -> Stand:
    """Where the person stands in the open lesson."""
    lesson = state.lesson()
    assert lesson is not None
    return state.desk().stand(lesson)


def put(new: Stand) -> None:
    """Put another stand in its place."""
    lesson = state.lesson()
    if lesson is not None:
        state.put(state.desk().with_stand(lesson, new))


def change(where: str, make: Callable[[Any], Setting], group: str = "", typed: bool = False) -> bool:
    """Put ``make(setting)`` in the setting's place, or leave its Problem at ``where``; True when it worked.

    ``group`` names the widgets in one of which a person made the change; ``typed``: whether it is a number of the picture, all of
    which the questions below have anew.
    """
    state.solved(where)
    if state.lesson() is None:
        return False
    case = state.case()
    try:
        new = make(case.setting)
        if new != case.setting:
            _tried(case, new)
    except Problem as problem:
        state.complain(problem, where)
        return False
    state.forget_problems()
    apart = case.asks_apart()
    others = apart and not typed and _asked_about(case, case.setting) != _asked_about(case, new)
    stay = apart and not others  # what is asked below is as it was, and is not drawn anew
    put(stand().with_setting(new, answers_stay=stay))
    if others or not case.stays(new, where) or unfolded(TAKEN):
        state.anew()
    dials = (PAGE,) if case.moves(new, case.screen.fields()) else ()  # those that show what they did stay
    renew(*(() if stay else (ANSWER,)), *(each for each in (SIDEBAR, *dials) if each != group))
    return True


def _asked_about(case: Case, setting: Setting) -> object:
    try:
        return replace(case, setting=setting).asks_about(case.screen.ask())
    except Problem:
        return None


def _tried(case: Case, setting: Setting) -> None:
    """Problem where what is on the screen cannot be worked out of this setting."""
    _worked = replace(case, setting=setting).worked


def commit(key: str, field: str) -> None:
    """The callback of a widget: its value goes into a field of the setting; a Problem keeps it among its parts, as ``typed``."""
    value = said(key)
    if value is None:
        return
    if not change(field, lambda setting: replace(setting, **{field: value}), PAGE):
        for problem in state.problems([field]):
            state.complain(Problem(problem.where, problem.template, **{**problem.parts, "typed": value}), field)
        state.anew()  # the dial goes back
    state.follow_dials()


def press(label: str, make: Callable[[Any, Example], Any]) -> None:
    """The callback of a button: ``make`` gives the next setting."""
    change(label, lambda setting: make(setting, state.example()))
    state.follow_dials()


def enter(address: str, text: str) -> bool:
    """Put what was typed for a number in the picture into the setting, or into the example where it is one of its; True when it
    worked. What is no address of such a number counts as nothing."""
    case = state.case()
    if case.screen.enter is None:
        exercise = stand().exercise()
        if case.screen.asks() and not case.asks_apart() and (exercise.touched() or exercise.hints):
            state.anew()  # answers are judged by the new numbers, and hints are of these
        return numbers.enter(address, text)
    try:
        quantity = Quantity.parse(address)
    except ValueError:
        return False
    about, put_in = case.worked, case.screen.enter
    if about is None or quantity not in about.given:
        return False

    def made(setting: Any) -> Setting:
        try:
            return put_in(setting, quantity, read(text).value)
        except Problem as problem:
            cell = partial(case.look.words, quantity)  # in the language in which it is read
            raise Problem(address, numbers.STAYS, cell=cell, reason=problem, typed=text) from None

    return change(address, made, typed=True)


def turn_by_address() -> None:
    """Turn to the screen that a link names; it stays in mind for a desk that the tab may still hand over."""
    lesson, asked = state.lesson(), st.query_params.pop("screen", "")
    if lesson and asked in [screen.key for screen in lesson.screens]:
        st.session_state[_ASKED] = asked
        turn(asked)


def turn_again() -> None:
    """Turn there at another desk."""
    if asked := st.session_state.get(_ASKED):
        turn(asked)


def turn(key: str) -> None:
    """Go to another screen."""
    lesson = state.lesson()
    if lesson is not None:
        put(replace(stand(), screen=lesson.screen(key).key))
        renew(ANSWER)
        state.anew()


def choose(section: str, answer: int) -> None:
    """Take one of the answers that a section offers."""
    put(stand().with_choice(section, answer))
    look_whether_done()


def look_whether_done() -> None:
    """Count the screen as done once enough of what it asks was answered rightly."""
    case, exercise = state.case(), stand().exercise()
    questions = case.questions(case.screen.ask(), exercise.seed) if case.screen.asks() else ()
    right = sum(verdict.correct for verdict in judged(questions, dict(exercise.typed)).values())
    if case.screen.solved(right, len(questions), dict(stand().chosen)):
        put(stand().with_done(case.screen))


