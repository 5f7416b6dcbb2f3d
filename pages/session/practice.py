"""The session's part of practice: the exercise at the desk, the answers' cells, and the progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from lessons.practice.exercise import Exercise
from lessons.practice.progress import Attempt, Progress
from lessons.practice.series import Questions, asked
from lessons.problem import Problem

from . import learning, state
from .widgets import ANSWER, once, renew

_PROGRESS = "progress"


def exercise() -> Exercise:
    """What the person is being asked: on the screen of a lesson, else on the practice page."""
    return learning.stand().exercise() if state.lesson() else state.desk().exercise


def questions(exercise: Exercise) -> Questions:
    """The questions of an exercise, here."""
    if state.lesson():
        case = state.case()
        return case.questions(case.screen.ask(), exercise.seed)
    return asked(exercise, exercise.example(state.example()))


def practise(make: Callable[[Exercise], Exercise]) -> None:
    """Put ``make(exercise)`` in the exercise's place, or leave its Problem at "practice"; a fresh one gets fresh cells."""
    state.solved("practice")
    old = exercise()
    try:
        new = make(old)
    except Problem as problem:
        state.complain(problem, "practice")
        return
    if state.lesson():
        learning.put(learning.stand().with_exercise(new))
    else:
        state.put(replace(state.desk(), exercise=new))
    if old.typed and not new.typed:
        renew(ANSWER)


def cell(name: str) -> str:
    """The key of a widget for an answer, which says what was typed there when a person comes back to it.

    It is a new one for every exercise, so that what was typed before is gone.
    """
    return once(f"{ANSWER}.{name}", dict(exercise().typed).get(name, ""))


def progress() -> Progress:
    """What the person has practised."""
    return st.session_state.setdefault(_PROGRESS, Progress())


def record(*attempts: Attempt) -> None:
    """Add answers to the progress."""
    for attempt in attempts:
        keep(progress().with_(attempt))


def keep(progress: Progress) -> None:
    """Put another progress in its place."""
    st.session_state[_PROGRESS] = progress


def restore_progress(text: str) -> bool:
    """Take the progress from a saved file, or leave its Problem at "progress"; True when it worked."""
    state.solved("progress")
    try:
        keep(Progress.from_json(text))
    except Problem as problem:
        state.complain(problem, "progress")
        return False
    return True
