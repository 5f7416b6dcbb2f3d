"""The course: its front page, and with ``?lesson=`` in the address a lesson, with ``&screen=`` at one of its screens."""

import streamlit as st

from lessons import content
from lessons.course import LESSONS, Lesson, heading, title
from lessons.i18n import gettext as _
from lessons.i18n import ngettext
from pages.parts import lesson as drawn
from pages.session import browser, learning, state


def front() -> None:
    """Every lesson: what it enables, how long it takes, what is done."""
    browser.row("learn")
    st.title(_("From the derivative to a program of your own"))
    st.markdown(_("The same pictures, steps and questions as in the walk, from the beginning. Each lesson takes one sitting."))
    with st.container(key="cards"):
        for lesson in LESSONS.values():
            _entry(lesson)


def _entry(lesson: Lesson) -> None:
    done, all_ = len(state.desk().stand(lesson).done), sum(screen.to_solve() for screen in lesson.screens)
    minutes = ngettext("{n} minute", "{n} minutes", lesson.minutes).format(n=lesson.minutes)
    finished = "✓ " if done == all_ else ""
    goal = _("**You will be able to** {what}").format(what=content.section(f"course/{lesson.key}", "goal"))
    told = _("done: {n} of {all}").format(n=done, all=all_)
    with st.container(border=True, height="stretch", vertical_alignment="distribute"):
        st.markdown(f"## {finished}{heading(lesson)}\n\n{goal}")
        row = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
        row.markdown(f":small[{minutes} · {told}]", width="content")
        row.button(
            _("Begin") if not done else _("Go on"), key=f"learn.{lesson.key}", help=title(lesson),
            type="primary" if 0 < done < all_ else "secondary", on_click=learning.go_to, args=(lesson.key,),
        )  # fmt: skip


if state.lesson():
    learning.turn_by_address()
    drawn.lesson()
else:
    front()
