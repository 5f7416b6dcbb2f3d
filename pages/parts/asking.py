"""Asking and answering: one number at a time, many at once, a mistake to find, an exam."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import streamlit as st

from lessons import i18n
from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.example import Example
from lessons.i18n import gettext as _
from lessons.misconceptions import CATALOGUE
from lessons.practice.answers import read
from lessons.practice.exercise import Exercise, judged, part_title, parts, planted, questions_of, weights
from lessons.practice.grading import Verdict
from lessons.practice.progress import Attempt
from lessons.practice.questions import Question
from lessons.problem import quoted
from lessons.style import Look
from lessons.walk.card import laws, numbers_put_in
from lessons.worked import known
from mlp_core import Quantity
from mlp_core.steps import Phase
from pages.places import file_of

from ..drawn.components import network_picture
from ..session import state
from .show import cell, head, table

BOXES = {"right": st.success, "carried": st.success, "slip": st.error, "coarse": st.error, "unknown": st.error}
MARKS = {"right": "✓", "carried": "✓", "digits": "…", "close": "≈", "nonsense": "?"}
LINE = "line"


def told(verdict: Verdict, look: Look) -> None:
    """The verdict in words, and where to read on."""
    BOXES.get(verdict.kind, st.warning)(verdict.message(i18n.language(), look))
    if verdict.page:
        read_on(verdict.page)


def read_on(page: str, before: str = "") -> None:
    """The link to the page that explains a misconception."""
    label = _("Look at it on the page “{page}”").format(page=_(page.capitalize()))
    st.page_link(file_of(page), label=f"{before}{label} →", width="content")


def hints(question: Question, taken: int, look: Look) -> None:
    """The hints asked for so far, and a button for the next."""
    for rung in range(1, taken + 1):
        st.markdown(question.hint(rung, look))
    if taken < 3:
        names = [_("Hint: the law"), _("Hint: with the numbers"), _("Show the value")]
        st.button(names[taken], key="hint", on_click=state.practise, args=(_one_more_hint,))


def _one_more_hint(exercise: Exercise) -> Exercise:
    return replace(exercise, hints=min(3, exercise.hints + 1))


def one(asked: Sequence[Question], example: Example, look: Look) -> None:
    """One question after the other, each with the picture of what is known when it is asked."""
    exercise = state.exercise()
    at = min(exercise.at, len(asked) - 1)
    question = asked[at]
    verdict = judged(asked, dict(exercise.typed)).get(str(question.target))
    solved = verdict is not None and verdict.correct
    left, right = st.columns([11, 9], gap="medium")
    with left:
        network_picture(picture(_scene(question, example, look, solved)), key="picture.practice")
    with right, st.container(border=True):
        _turning(at, len(asked), solved)
        st.markdown(f"## {question.prompt(look)}")
        if verdict and solved:
            told(verdict, look)
            return
        _cell_of(question, "next")
        if verdict:
            told(verdict, look)
        hints(question, exercise.hints, look)


def _cell_of(question: Question, mode: str) -> None:
    """The cell for one answer; Enter sends it."""
    key = state.cell(str(question.target))
    with st.form(f"form.{key}", border=False):
        label = _("Your answer: a number, a fraction, or arithmetic such as 0.5-0.1*(-0.0575)")
        st.text_input(label, key=key, max_chars=200, autocomplete="off")
        st.form_submit_button(_("Check") if mode == "next" else _("Enter"), type="primary", on_click=_send, args=([question],))


def _send(asked: Sequence[Question]) -> None:
    """Take what was typed for these questions; outside an exam it counts at once."""
    exercise = state.exercise()
    texts = {str(q.target): state.widget(state.cell(str(q.target))) or "" for q in asked}
    if exercise.mode == "exam":
        state.practise(lambda old: _entered(old, texts))
        return
    before, hinted = dict(exercise.typed), _open(asked, judged(asked, dict(exercise.typed)))[:1]
    state.practise(lambda old: old.with_typed(texts))
    everything = questions_of(exercise.example(state.example()))
    verdicts = judged(everything, dict(state.exercise().typed))
    for key, text in texts.items():
        if text.strip() and text != before.get(key) and verdicts[key].final:
            taken = exercise.hints if key in [str(q.target) for q in hinted] else 0
            state.record(Attempt.of(verdicts[key], text, taken))
    if hinted and not _open(hinted, verdicts):
        state.practise(lambda old: replace(old, hints=0))


def _entered(exercise: Exercise, texts: dict[str, str]) -> Exercise:
    """The exam with these answers, at its next question; what is no number at all raises its Problem instead."""
    for text in filter(str.strip, texts.values()):
        read(text)
    return exercise.with_typed(texts).at_question(exercise.at + 1)


def _open(asked: Sequence[Question], verdicts: dict[str, Verdict]) -> list[Question]:
    """The questions that are not answered rightly yet."""
    return [q for q in asked if not (str(q.target) in verdicts and verdicts[str(q.target)].correct)]


def _turning(at: int, count: int, solved: bool = False) -> None:
    """Back, where we are, and on, which stands out once the question is solved."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.button("◀ " + _("Previous"), key="back", disabled=at == 0, on_click=_turn, args=(at - 1,))
        st.markdown("**" + _("Question {n} of {all}").format(n=at + 1, all=count) + "**", width="content")
        kind: Literal["primary", "secondary"] = "primary" if solved else "secondary"
        st.button(_("Next") + " ▶", key="on", disabled=at == count - 1, on_click=_turn, args=(at + 1,), type=kind)


def _turn(at: int) -> None:
    state.practise(lambda exercise: exercise.at_question(at))


def _scene(question: Question, example: Example, look: Look, solved: bool) -> Scene:
    """The picture when this is asked: what comes before it is known, itself once it is solved; the target is ringed."""
    derivation = example.derivation
    targets = [step.target for step in derivation]
    if question.target in targets:
        done = targets[: targets.index(question.target) + solved]
        step = question.step
        return Scene(example.worked, look, step.phase, frozenset(done), question.target, step.inputs)
    layer, index = question.target.layer, question.target.index
    parameter = Quantity("W" if len(index) == 2 else "b", layer, index)
    return Scene(example.worked, look, Phase.BACKWARD, frozenset(targets), parameter)


def place(example: Example, look: Look) -> None:
    """Which part of a layer, or which weight."""
    exercise, every = state.exercise(), questions_of(example)
    if exercise.mode == "layer":
        found = parts(every)
        names = {key: part_title(key, members, look) for key, members in found.items()}
        label = _("Part")
    else:
        names = {id: look.name(Quantity.parse(id)).text() for id in weights(every)}
        label = _("Weight or bias")
    chosen = exercise.place if exercise.place in names else next(iter(names))
    key = state.bind("practice.place", chosen)
    st.selectbox(label, list(names), format_func=lambda id: names[id], key=key, on_change=_placed, args=(key,), width=360)


def _placed(key: str) -> None:
    state.practise(lambda exercise: exercise.begun(place=state.widget(key)))


def many(asked: Sequence[Question], look: Look) -> None:
    """A sheet of blanks, checked together; later ones may be worked out from the person's own earlier ones."""
    exercise = state.exercise()
    verdicts = judged(asked, dict(exercise.typed))
    with st.form("sheet", border=True):
        with st.container(horizontal=True):
            for question in asked:
                st.text_input(
                    look.name(question.target).text(), key=state.cell(str(question.target)), max_chars=200, width=150,
                    autocomplete="off",
                )  # fmt: skip
        st.form_submit_button(_("Check all"), type="primary", on_click=_send, args=(list(asked),))
    if verdicts:
        _results(asked, verdicts, look)
    open_ = _open(asked, verdicts)
    if not open_:
        st.success(_("All right."))
    else:
        st.caption(_("Hints are about {name}.").format(name=look.name(open_[0].target).text()))
        hints(open_[0], exercise.hints, look)


def _results(asked: Sequence[Question], verdicts: dict[str, Verdict], look: Look, exact: bool = False) -> None:
    """A line an answer: the quantity, what was typed, the mark; below, a word on each that is not simply right."""
    typed, rows = dict(state.exercise().typed), []
    for question in asked:
        key = str(question.target)
        verdict = verdicts.get(key)
        mark = MARKS.get(verdict.kind, "✗") if verdict else "–"
        note = " · ".join(CATALOGUE[name].title for name in verdict.candidates) if verdict else ""
        row = [head(look.html(question.target)), cell(typed.get(key, "–")), cell(mark, "mark"), cell(note, "wide")]
        rows.append([*row, cell(look.value(question.target, question.answer))] if exact else row)
    titles = [_("Quantity"), _("Your answer"), _("Verdict"), _("Slip")]
    table(_("Your answers"), [*titles, _("Exact")] if exact else titles, rows)
    for question in asked:
        verdict = verdicts.get(str(question.target))
        if verdict and verdict.kind != "right":
            st.markdown(f"**${look.symbol(question.target)}$**")
            told(verdict, look)


def mistake(asked: tuple[Question, ...], look: Look) -> None:
    """A worked solution of which one line is wrong; the rest is worked out from it."""
    exercise = state.exercise()
    solution = planted(exercise, asked)
    st.markdown(_("One line of this solution does not follow from the numbers above it. Press its number."))
    values = {q: v for line in asked for q, v in line.inputs.items()} | solution.values
    picked = int(dict(exercise.typed).get(LINE, "0"))
    for n, line in enumerate(asked, 1):
        sides = [laws(line.step, look)[0], numbers_put_in(line.step, line.worked.with_values(values), look)]
        shown = [side for side in sides if side] + [look.number(line.target, solution.values[line.target])]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                str(n), key=f"line.{n}", on_click=_pick_line, args=(n, solution.wrong + 1, line), width=56,
                type="primary" if n == picked else "secondary", help=_("This line is wrong"),
                disabled=picked == solution.wrong + 1,
            )  # fmt: skip
            with st.container(width="stretch"):
                st.latex(rf"{look.symbol(line.target)} = " + " = ".join(shown))
        if n == picked:
            _line_told(n, solution.wrong + 1, solution.name, line, look)


def _pick_line(n: int, wrong: int, line: Question) -> None:
    if str(n) != dict(state.exercise().typed).get(LINE):
        state.practise(lambda exercise: exercise.with_typed({LINE: str(n)}))
        state.record(Attempt(str(line.target), str(n), "right" if n == wrong else "unknown"))


def _line_told(n: int, wrong: int, name: str, line: Question, look: Look) -> None:
    if n != wrong:
        st.warning(_("Line {n} does follow from the numbers above it. Look again.").format(n=n))
        return
    target = f"${look.symbol(line.target)}$"
    right = known(line.values, line.target)
    assert right is not None
    st.success(_("Found. Right is {target} = {value}.").format(target=target, value=look.value(line.target, right)))
    verdict = Verdict("slip", line, candidates=(name,))
    st.markdown(verdict.message(i18n.language(), look))
    read_on(verdict.page)


def exam(asked: tuple[Question, ...], look: Look) -> None:
    """So many questions in so many minutes; the verdicts come at the end."""
    exercise = state.exercise()
    if not exercise.started:
        _exam_settings(exercise)
        return
    if exercise.is_over(time.time(), len(asked)):
        _exam_result(asked, look)
        return
    _clock()
    done = dict(exercise.typed)
    st.progress(len(done) / len(asked), text=_("{n} of {all} answered").format(n=len(done), all=len(asked)))
    at = min(exercise.at, len(asked) - 1)
    question = asked[at]
    with st.container(border=True):
        _turning(at, len(asked))
        st.markdown(f"## {question.prompt(look)}")
        if str(question.target) in done:
            st.caption(_("Entered: {text}").format(text=quoted(done[str(question.target)])))
        _cell_of(question, "exam")
    st.button(_("Hand in"), key="hand.in", on_click=_hand_in)


def _exam_settings(exercise: Exercise) -> None:
    with st.form("exam", border=True):
        with st.container(horizontal=True):
            st.number_input(_("Questions"), value=exercise.count, step=1, key="exam.count", width=150)
            st.number_input(_("Minutes"), value=exercise.minutes, step=1, key="exam.minutes", width=150)
        st.form_submit_button(_("Start the exam"), type="primary", on_click=_start_exam)
    st.caption(_("The verdicts come with the last answer or when the time is over; until then every answer can be changed."))


def _start_exam() -> None:
    count, minutes = state.widget("exam.count") or 0, state.widget("exam.minutes") or 0
    state.practise(lambda exercise: exercise.begun(count=count, minutes=minutes, started=time.time()))


@st.fragment(run_every=1.0)
def _clock() -> None:
    state.begin()  # a fragment runs on its own, where nobody has chosen the language yet
    left = state.exercise().time_left(time.time())
    st.markdown("**" + _("Time left: {time}").format(time=f"{int(left) // 60}:{int(left) % 60:02d}") + "**")
    if left == 0:
        st.rerun()


def _hand_in() -> None:
    state.practise(lambda exercise: replace(exercise, ended=True))


def _exam_result(asked: tuple[Question, ...], look: Look) -> None:
    exercise = state.exercise()
    verdicts = judged(asked, dict(exercise.typed))
    if state.seen("exam", exercise.started) != exercise.started:
        for key, verdict in verdicts.items():
            if verdict.final:
                state.record(Attempt.of(verdict, dict(exercise.typed)[key], 0))
        state.practise(lambda old: replace(old, ended=True))
    right = sum(verdict.correct for verdict in verdicts.values())
    st.markdown("## " + _("{right} of {all} right").format(right=right, all=len(asked)))
    _results(asked, verdicts, look, exact=True)
