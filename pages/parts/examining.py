"""The exam, as it is drawn: how long it is, one question after the other against the clock, and the verdicts at its end."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace

import streamlit as st

from lessons import i18n
from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.exports import posted
from lessons.i18n import gettext as _
from lessons.practice.exercise import Exercise, exam_started, handed_in, on_time, still_unanswered
from lessons.practice.grading import judged
from lessons.practice.questions import Question
from lessons.practice.series import Questions
from lessons.practice.wording import prompt
from lessons.problem import quoted
from lessons.style import Look

from ..drawn.components import download, network_picture
from ..session import practice, state, widgets
from .asking import act, cell_of, results, scene_of, turning

DRAWN = 100_000  # a seed is drawn below this, so that it can be written down


def exam(series: Questions, look: Look) -> None:
    """So many questions in so many minutes; the verdicts come at the end."""
    act(lambda exercise, series: on_time(exercise, series, time.time()))
    exercise = practice.exercise()
    if not exercise.started:
        _settings(exercise)
        return
    if exercise.ended:
        _result(series, look)
        return
    _clock()
    done = dict(exercise.typed)
    answers = len(series) - len(still_unanswered(exercise, series))
    st.progress(answers / len(series), text=_("{n} of {all} answered").format(n=answers, all=len(series)))
    at = min(exercise.at, len(series) - 1)
    question = series[at]
    left, right = st.columns([11, 9], gap="medium")
    with left:
        network_picture(picture(_scene(question, look)), key="picture.exam")
    with right, st.container(border=True):
        turning(at, len(series))
        st.markdown(f"## {prompt(question, look)}")
        if str(question.target) in done:
            st.caption(_("Entered: {text}").format(text=quoted(done[str(question.target)])))
        cell_of(question, _("Enter"))
    st.button(_("Hand in"), key="hand.in", on_click=act, args=(handed_in,))


def _scene(question: Question, look: Look) -> Scene:
    """The picture of an exam's question: what it takes is known, and nothing else that is computed."""
    scene = scene_of(question, look, solved=False)
    return replace(scene, revealed=frozenset(question.step.inputs))


def _settings(exercise: Exercise) -> None:
    with st.form("exam", border=True):
        with st.container(horizontal=True):
            st.number_input(_("Questions"), value=exercise.count, step=1, key="exam.count", width=150)
            st.number_input(_("Minutes"), value=exercise.minutes, step=1, key="exam.minutes", width=150)
            st.number_input(_("Seed"), value=None, step=1, key="exam.seed", width=150, placeholder=_("drawn"))
        st.form_submit_button(_("Start the exam"), type="primary", on_click=_start)
    st.caption(_("The verdicts come with the last answer or when the time is over; until then every answer can be changed."))
    st.caption(
        _("Everybody draws questions of their own; who gives the same seed gets the same. ")
        + _("While it runs, all other pages are closed.")
    )


def _start() -> None:
    count, minutes = widgets.said("exam.count") or 0, widgets.said("exam.minutes") or 0
    seed = widgets.said("exam.seed")
    drawn = secrets.randbelow(DRAWN) if seed is None else seed
    practice.practise(lambda exercise: exam_started(exercise, count, minutes, drawn, time.time()))


@st.fragment(run_every=1.0)
def _clock() -> None:
    state.begin()  # a fragment runs on its own, where nobody has chosen the language yet
    left = practice.exercise().time_left(time.time())
    st.markdown("**" + _("Time left: {time}").format(time=f"{int(left) // 60}:{int(left) % 60:02d}") + "**")
    if left == 0:
        st.rerun()


def _result(series: Questions, look: Look) -> None:
    verdicts = judged(series, dict(practice.exercise().typed), exam=True)
    right = sum(verdict.correct for verdict in verdicts.values())
    st.markdown("## " + _("{right} of {all} right").format(right=right, all=len(series)))
    exercise = practice.exercise()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_("Exam {seed}").format(seed=exercise.seed), width="content")
        download(
            _("Save the exam as a sheet"), address=f"make/exam?lang={i18n.language()}", key="exam.save",
            body=posted(exercise, state.example()), file_name=f"backprop-exam-{exercise.seed}.html",
        )  # fmt: skip
    results(series, verdicts, look, exact=True)
