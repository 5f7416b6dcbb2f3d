"""Asking and answering, as it is drawn: one number at a time, many at once, a mistake to find."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lessons import i18n
from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.example import Example
from lessons.i18n import gettext as _
from lessons.misconceptions import CATALOGUE
from lessons.practice.exercise import (
    HINTS,
    Exercise,
    Mode,
    Outcome,
    answered,
    picked,
    still_open,
)
from lessons.practice.grading import judged
from lessons.practice.planted import Solution, planted
from lessons.practice.printed import LONGEST, answers, arrays_of
from lessons.practice.printed import WHERE as PRINTED
from lessons.practice.progress import Attempt
from lessons.practice.questions import Question
from lessons.practice.series import Questions, places
from lessons.practice.verdict import Verdict, VerdictKind
from lessons.practice.wording import given, prompt
from lessons.problem import Problem
from lessons.style import Look
from lessons.walk.card import aligned, laws, numbers_put_in
from pages.places import PLACES, file_of

from ..drawn.components import network_picture
from ..session import learning, practice, state, widgets
from . import slip
from .beside import beside
from .show import cell, head, table

MARKS = {
    VerdictKind.RIGHT: "✓", VerdictKind.CARRIED: "✓", VerdictKind.SHORT: "✓", VerdictKind.DIGITS: "…",
    VerdictKind.CLOSE: "≈", VerdictKind.NONSENSE: "?",
}  # fmt: skip
MOST_GIVEN = 12  # numbers that stand in sight beside a sheet of blanks
WRONG = (VerdictKind.SLIP, VerdictKind.SIZE, VerdictKind.COARSE, VerdictKind.UNKNOWN)


def act(action: Callable[[Exercise, Questions], Outcome]) -> None:
    """Let an action make the next exercise of this one and the questions it asks, and count what it counts."""
    counted: list[Attempt] = []

    def made(exercise: Exercise) -> Exercise:
        after, attempts = action(exercise, practice.questions(exercise))
        counted.extend(attempts)
        return after

    practice.practise(made)
    for attempt in counted:
        practice.record(attempt)
    if counted and state.lesson():
        learning.look_whether_done()


def told(verdict: Verdict, look: Look) -> None:
    """The verdict in words, and where to read on."""
    box = st.success if verdict.correct else st.error if verdict.kind in WRONG else st.warning
    box(verdict.message(i18n.language(), look))
    _look_at_slip(verdict)


def _look_at_slip(verdict: Verdict) -> None:
    """The way to the step where a slip was made; where the example on the desk has no such step, to the page about it."""
    name, origin, question = verdict.misconception, verdict.origin, verdict.question
    if not (name and origin):
        return
    key = f"slip.{question.target}"
    if state.lesson():
        slip.here(name, origin, verdict.form, question.worked, state.look_at(question.worked), key)
    elif not slip.way_to(name, origin, verdict.form, key):
        read_on(verdict.page)


def read_on(page: str, before: str = "") -> None:
    """The link to the page that explains a misconception."""
    if page not in PLACES:
        st.markdown(before)
        return
    label = _("Look at it on the page “{page}”").format(page=_(PLACES[page][1]))
    st.page_link(file_of(page), label=f"{before}{label} →", width="content")


def hints(question: Question, taken: int, look: Look) -> None:
    """The hints asked for so far, and a button for the next."""
    for rung in range(1, taken + 1):
        st.markdown(question.hint(rung, look))
    if taken < HINTS:
        names = [_("Hint: the law"), _("Hint: with the numbers"), _("Show the value")]
        st.button(names[taken], key="hint", on_click=practice.practise, args=(Exercise.hinted,))


def one(series: Questions, look: Look, places: list[DeltaGenerator] | None = None) -> None:
    """One question after the other, each with the picture of what is known when it is asked.

    places: a list that gets the places of picture and question, which ``posed`` draws there then.
    """
    at, verdict = _on_show(series)
    question, solved = series[at], verdict is not None and verdict.correct
    picture_and_question = _posed(question, solved, look)
    with beside("ask", 11, 9):
        _here(picture_and_question[0], places)
        with st.container(border=True):
            turning(at, len(series), solved)
            _here(picture_and_question[1], places)
            if verdict and solved:
                told(verdict, look)
                return
            cell_of(question, _("Check"))
            if verdict:
                told(verdict, look)
            hints(question, practice.exercise().hints, look)


def posed(series: Questions, look: Look, places: list[DeltaGenerator]) -> None:
    """Draw picture and question of ``one`` in their places: all of it that has the numbers of its network, as long as there is
    no answer and no hint."""
    at, verdict = _on_show(series)
    for place, draw in zip(places, _posed(series[at], verdict is not None and verdict.correct, look), strict=True):
        with place:
            draw()


def _on_show(series: Questions) -> tuple[int, Verdict | None]:
    """Which of the questions is asked, and what its answer is worth, if there is one."""
    exercise = practice.exercise()
    at = min(exercise.at, len(series) - 1)
    return at, judged(series, dict(exercise.typed)).get(str(series[at].target))


def _posed(question: Question, solved: bool, look: Look) -> tuple[Callable[[], object], Callable[[], object]]:
    return (
        lambda: network_picture(picture(scene_of(question, look, solved)), key="picture.practice"),
        lambda: st.markdown(f"## {prompt(question, look)}"),
    )


def _here(draw: Callable[[], object], places: list[DeltaGenerator] | None) -> None:
    if places is None:
        draw()
    else:
        places.append(st.container())


def cell_of(question: Question, button: str) -> None:
    """The cell for one answer; Enter sends it."""
    address = str(question.target)
    key = practice.cell(address)
    with st.form(f"form.{key}", border=False):
        label = _("Your answer: a number, a fraction, or arithmetic such as 0.5-0.1*(-0.0575)")
        st.text_input(label, key=key, max_chars=200, autocomplete="off")
        st.form_submit_button(button, type="primary", on_click=_send, args=([address],))


def _send(addresses: Sequence[str]) -> None:
    """Take what was typed for these questions."""
    if _pastes():
        state.solved(PRINTED)
    texts = {address: widgets.said(practice.cell(address)) for address in addresses}
    act(lambda exercise, series: answered(exercise, texts, series, time.time()))


def turning(at: int, count: int, solved: bool = False) -> None:
    """Back, where we are, and on, which stands out once the question is solved."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.button("◀ " + _("Previous question"), key="back", disabled=at == 0, on_click=_turn, args=(at - 1, count))
        st.markdown("**" + _("Question {n} of {all}").format(n=at + 1, all=count) + "**", width="content")
        kind: Literal["primary", "secondary"] = "primary" if solved else "secondary"
        st.button(
            _("Next question") + " ▶", key="on", disabled=at == count - 1, on_click=_turn, args=(at + 1, count), type=kind
        )  # fmt: skip


def _turn(at: int, count: int) -> None:
    practice.practise(lambda exercise: exercise.at_question(at, count))


def scene_of(question: Question, look: Look, solved: bool) -> Scene:
    """The picture when this is asked: what comes before it is known, itself once it is solved; the target is ringed."""
    return Scene.at(question.worked, look, question.step, waits=not solved)


def place(example: Example, look: Look) -> None:
    """Which part of a layer, or which weight."""
    exercise = practice.exercise()
    names = places(exercise, example, look)
    label = _("Part") if exercise.mode is Mode.LAYER else _("Weight or bias")
    chosen = exercise.place if exercise.place in names else next(iter(names))
    key = widgets.bind("practice.place", chosen)
    st.selectbox(
        label, list(names), format_func=lambda id: names[id], key=key, on_change=_placed, args=(key, tuple(names)), width=360
    )  # fmt: skip


def _placed(key: str, choices: Sequence[str]) -> None:
    chosen = widgets.said(key)
    if chosen in choices:
        practice.practise(lambda exercise: exercise.begun(place=chosen))


def many(series: Questions, look: Look) -> None:
    """A sheet of blanks, checked together, beside what is given; later ones may be worked out from one's own earlier ones."""
    exercise = practice.exercise()
    verdicts = {} if _unreadable() else judged(series, dict(exercise.typed))
    by_address = {str(question.target): question for question in series}
    open_ = still_open(series, verdicts)
    left, right = st.columns([11, 9], gap="medium")
    with left:
        first = by_address[open_[0]] if open_ else series[-1]
        network_picture(picture(scene_of(first, look, not open_)), key="picture.practice")
    with right:
        _given(series, look)
        _blanks(by_address, look)
    if verdicts:
        results(series, verdicts, look)
    if not open_:
        st.success(_("All right."))
    else:
        st.caption(_("Hints are about {name}.").format(name=f"${look.symbol(first.target)}$"))
        hints(first, exercise.hints, look)


def _given(series: Questions, look: Look) -> None:
    """What the questions take and do not ask; many numbers are folded, as the picture has most of them."""
    numbers, count = given(series, look)
    if count > MOST_GIVEN:
        with st.expander(_("The numbers you have")):
            st.markdown(numbers)
    elif count:
        st.markdown(numbers)


def _blanks(by_address: dict[str, Question], look: Look) -> None:
    with st.form("sheet", border=True):
        with st.container(horizontal=True):
            for address, question in by_address.items():
                label = look.name(question.target).text()
                st.text_input(label, key=practice.cell(address), max_chars=200, width=150, autocomplete="off")
        st.form_submit_button(_("Check all"), type="primary", on_click=_send, args=(list(by_address),))


def printed(series: Questions) -> None:
    """A cell for what a person's own program printed: its numbers are the answers."""
    names = ", ".join(arrays_of(series))
    with st.form("printed", border=False):
        key = widgets.once(PRINTED, "")
        label = _("What your own program prints for {names}").format(names=names)
        st.text_area(label, key=key, height=104, max_chars=LONGEST)
        st.form_submit_button(_("Check the output"), type="primary", on_click=_printed, args=(key,))


def _pastes() -> bool:
    """Whether an output can be pasted here."""
    return state.lesson() is not None and state.case().screen.pastes()


def _unreadable() -> bool:
    """Whether the last one was none, so that no verdict is about it."""
    return _pastes() and bool(state.problems([PRINTED]))


def _printed(key: str) -> None:
    """Take the numbers of a program's output for answers, all of which stand on one sheet then."""
    text = widgets.said(key)
    if not isinstance(text, str):
        return
    state.solved(PRINTED)
    try:
        texts = answers(text, practice.questions(practice.exercise()))
    except Problem as problem:
        state.complain(problem, PRINTED)
        return
    act(lambda exercise, series: answered(replace(exercise, mode=Mode.LAYER), texts, series, time.time()))
    widgets.renew(widgets.ANSWER, PRINTED)


def results(series: Questions, verdicts: dict[str, Verdict], look: Look, exact: bool = False) -> None:
    """A line an answer: the quantity, what was typed, the mark; below, a word on each that is not simply right."""
    typed, rows = dict(practice.exercise().typed), []
    for question in series:
        key = str(question.target)
        verdict = verdicts.get(key)
        mark = MARKS.get(verdict.kind, "✗") if verdict else "–"
        note = " · ".join(CATALOGUE[name].title for name in verdict.candidates) if verdict else ""
        row = [head(look.html(question.target)), cell(typed.get(key, "–")), cell(mark, "mark"), cell(note, "wide")]
        rows.append([*row, cell(look.value(question.target, question.answer))] if exact else row)
    titles = [_("Quantity"), _("Your answer"), _("Verdict"), _("Slip")]
    table(_("Your answers"), [*titles, _("Exact")] if exact else titles, rows)
    for question in series:
        verdict = verdicts.get(str(question.target))
        if verdict and verdict.kind is not VerdictKind.RIGHT:
            st.markdown(f"**${look.symbol(question.target)}$**")
            told(verdict, look)


def mistake(series: Questions, look: Look) -> None:
    """A worked solution of which one line is wrong; the rest is worked out from it."""
    exercise = practice.exercise()
    solution = planted(exercise.seed, series)
    st.markdown(_("One line of this solution does not follow from the numbers above it. Press its number."))
    values = {q: v for line in series for q, v in line.inputs.items()} | solution.values
    found = exercise.picked == solution.wrong + 1
    for n, line in enumerate(series, 1):
        sides = [laws(line.step, look)[0], numbers_put_in(line.step, line.worked.with_values(values), look)]
        shown = [side for side in sides if side] + [look.number(line.target, solution.values[line.target])]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                str(n), key=f"line.{n}", on_click=act, args=(partial(_picked, n),),
                width=56, type="primary" if n == exercise.picked else "secondary", help=_("This line is wrong"),
                disabled=found,
            )  # fmt: skip
            with st.container(width="stretch"):
                st.latex(aligned(look.symbol(line.target), shown))
        if n == exercise.picked:
            _line_told(n, solution, look)


def _picked(n: int, exercise: Exercise, series: Questions) -> Outcome:
    return picked(exercise, n, planted(exercise.seed, series))


def _line_told(n: int, solution: Solution, look: Look) -> None:
    if n != solution.wrong + 1:
        st.warning(_("Line {n} does follow from the numbers above it. Look again.").format(n=n))
        return
    st.success(solution.told(look))
    if not state.lesson():
        read_on(solution.page)
