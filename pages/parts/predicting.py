"""The card of a step whose value waits: what is asked, the law, a cell for the guess, and the verdict on it."""

from __future__ import annotations

import streamlit as st

from lessons.i18n import gettext as _
from lessons.practice.grading import grade
from lessons.practice.questions import Question
from lessons.practice.wording import prompt
from mlp_core import Step

from ..session import predicting, state
from .asking import told


def card(step: Step, top: str) -> None:
    """Under what stands at the top, ask for the value; a right guess, or one key, reveals it."""
    look, target, question = state.look(), step.target, _question(step)
    st.markdown(f"{top}\n## {prompt(question, look)}\n\n{question.hint(1, look)}")
    key = predicting.cell(target)
    with st.form("guess", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(_("Your guess"), key=key, max_chars=200, autocomplete="off")
        st.form_submit_button(_("Check"), on_click=_check, args=(step, key))
        st.form_submit_button(_("Reveal"), on_click=predicting.reveal, args=(target,), shortcut="Space")
    said(step)


def said(step: Step) -> None:
    """What is to be said of the guess, if there was one."""
    if text := predicting.guessed(step.target):
        told(grade(_question(step), text), state.look())


def _question(step: Step) -> Question:
    return Question(step, state.worked(), state.example().view.decimals)


def _check(step: Step, key: str) -> None:
    predicting.guess(step.target, key)
    if (text := predicting.guessed(step.target)) and grade(_question(step), text).correct:
        predicting.reveal(step.target)
