"""A lesson of the course as a page: one screen at a time, each of its parts drawn as what it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lessons import content
from lessons.course import LESSONS, Case, codes, heading, title
from lessons.course.lesson import (
    Ask,
    Beside,
    Choose,
    Drawn,
    Files,
    Part,
    Paste,
    Pick,
    Picture,
    Press,
    Prose,
    Row,
    Slide,
    Take,
    Tick,
    Type,
    Walk,
)
from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.exports import LESSON as FILES
from lessons.i18n import gettext as _
from lessons.i18n import language, mark, ngettext
from lessons.practice.exercise import MODES, Exercise, Mode
from lessons.problem import Problem
from pages.places import PLACES

from ..drawn.components import download, editable_picture
from ..session import browser, learning, practice, state, widgets
from . import asking, drawing, taking
from .beside import beside
from .editor import messages
from .guard import guarded
from .show import onward
from .stepper import Tour, all_quantities, key_of, stage_and_card

WAYS = {Mode.NEXT: MODES[Mode.NEXT], Mode.LAYER: mark("All at once"), Mode.ERROR: MODES[Mode.ERROR]}


def lesson() -> None:
    """The screen on show. What follows the setting is a fragment: a changed number redraws nothing below it, and no dials."""
    case = state.case()
    if not state.presenting():
        _top(case)
    places: list[DeltaGenerator] = []
    for _run, apart in case.runs:
        places += [st.container()] if apart else []
        for part in apart:
            draw: Callable[..., None] = _dials if isinstance(part, Row) else _opening if part is _first_text(case) else _draw
            guarded(partial(draw, part, case))
    _live(places)
    for part in case.still():
        guarded(partial(_draw, part, case))
    if case.screen.walks():
        guarded(partial(_take_along, case))
    _onward(case)


@st.fragment(key=state.LIVE)
def _live(places: list[DeltaGenerator]) -> None:
    state.begin()
    if state.asked_anew():
        st.rerun()
    guarded(partial(_screen, places))


def _screen(places: list[DeltaGenerator]) -> None:
    """What stands above dials goes into a place there; what was wrong with one is told below it."""
    case = state.case()
    above: tuple[Part, ...] = ()
    for n, (run, apart) in enumerate(case.runs):
        with places[n] if apart else nullcontext():
            if n == 0:
                guarded(partial(_heading, case, run))
            _told_of(above)
            for part in run if n else ():
                guarded(partial(_draw, part, case))
        above = apart
    _told_of(above)


def _told_of(apart: tuple[Part, ...]) -> None:
    for part in apart:
        if isinstance(part, Row | Paste):
            messages(*(_names(part) if isinstance(part, Row) else [asking.PRINTED]))


def _first_text(case: Case) -> Prose | None:
    """The text under the title where it stands apart, with the title."""
    live, apart = case.runs[0]
    return apart[0] if not live and apart and isinstance(apart[0], Prose) else None


def _opening(text: Prose | None, case: Case) -> None:
    """The title, and a text in one piece with it, since each costs a message."""
    st.markdown("\n\n".join([f"## {case.title()}", *([case.text(text.section)] if text else [])]))


def _heading(case: Case, live: tuple[Part, ...]) -> None:
    """The row of buttons, the title unless it stands apart, and the first parts."""
    impossible = _impossible(case)
    walk = next((part for part in case.screen.every() if isinstance(part, Walk)), None)
    tour = _tour(case, walk) if walk and not impossible and case.worked else None
    browser.row("learn", walked=partial(key_of, tour) if tour else None)
    if not _first_text(case):
        first = live[0] if live and isinstance(live[0], Prose) and not impossible else None
        _opening(first, case)
        live = live[1:] if first else live
    if impossible:
        st.error(impossible)
    for part in live:
        guarded(partial(_draw, part, case))


def _top(case: Case) -> None:
    """Which lesson it is, where it stands in the notes, and its screens."""
    lesson = case.lesson
    minutes = ngettext("{n} minute", "{n} minutes", lesson.minutes).format(n=lesson.minutes)
    where = _("in the notes: {place}").format(place=content.section(f"course/{lesson.key}", "notes"))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{heading(lesson)}** · :small[{minutes} · {where}]", width="content")
        st.button(_("All lessons"), key="lessons.top", type="tertiary", on_click=learning.leave)
    done = learning.stand().done
    names = {
        screen.key: f"{'✓' if screen.key in done else n} {title(lesson, screen)}" for n, screen in enumerate(lesson.screens, 1)
    }
    key = widgets.bind("screen", case.screen.key)
    st.segmented_control(
        _("Screens"), list(names), format_func=lambda each: names[each], key=key, required=True, label_visibility="collapsed",
        on_change=_turned, args=(key,),
    )  # fmt: skip


def _turned(key: str) -> None:
    chosen = widgets.said(key)
    if isinstance(chosen, str):
        learning.turn(chosen)


def _take_along(case: Case) -> None:
    """What the screen works out, as files."""
    with st.expander(_("Take it along"), **widgets.fold(learning.TAKEN, False)) as box:
        if not box.open:
            return
        body = codes.to_json(case.lesson, learning.stand(), case.example, whole=True)
        with st.container(horizontal=True):
            for kind, export in FILES.items():
                download(
                    _(export.title), address=f"make/{kind}?lang={language()}", body=body, key=kind,
                    file_name=f"backprop-{case.lesson.key}-{case.screen.key}{export.ending}",
                )  # fmt: skip


def _onward(case: Case) -> None:
    """Back and on to the screens beside this one; after the last, to the next lesson."""
    keys = [screen.key for screen in case.lesson.screens]
    at = keys.index(case.screen.key)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.button(
            "◀ " + _("Previous screen"), key="screen.back", disabled=at == 0, on_click=learning.turn, args=(keys[at - 1],)
        )
        if at < len(keys) - 1:
            done = not case.screen.to_solve() or case.screen.key in learning.stand().done
            kind: Literal["primary", "secondary"] = "primary" if done else "secondary"
            st.button(_("Next screen") + " ▶", key="screen.on", type=kind, on_click=learning.turn, args=(keys[at + 1],))
        else:
            following = [key for key, lesson in LESSONS.items() if lesson.number > case.lesson.number]
            if following:
                label = heading(LESSONS[following[0]]) + " ▶"
                st.button(label, key="lesson.on", on_click=learning.go_to, args=(following[0],))
            else:
                st.button(_("All lessons") + " ▶", key="lesson.on", on_click=learning.leave)


def _draw(part: Part, case: Case) -> None:
    try:
        _DRAW[type(part)](part, case)
    except Problem as problem:
        if problem.text() != _impossible(case):  # which is told once, above
            st.error(problem.text())


def _impossible(case: Case) -> str:
    """Why what the screen is about cannot be worked out; empty where it can."""
    try:
        _worked = case.worked
    except Problem as problem:
        return problem.text()
    return ""


def _prose(part: Prose, case: Case) -> None:
    st.markdown(case.text(part.section))


def _row(part: Row, case: Case) -> None:
    _dials(part, case)
    messages(*_names(part))


def _names(part: Row) -> list[str]:
    return [each.label if isinstance(each, Press) else each.field for each in part.parts]


def _dials(part: Row, case: Case) -> None:
    if len(part.parts) == 1:
        _DIALS[type(part.parts[0])](part.parts[0], case)
    else:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for each in part.parts:
                _DIALS[type(each)](each, case)


def _key(field: str, case: Case) -> str:
    return widgets.follow(f"{widgets.PAGE}.{case.lesson.key}.{field}", getattr(case.setting, field))


def _slide(part: Slide, case: Case) -> None:
    most = part.most(case.setting) if callable(part.most) else part.most
    if most <= part.least:
        return
    key = _key(part.field, case)
    st.slider(
        _(part.label), part.least, most, step=part.step, key=key, on_change=learning.commit, args=(key, part.field), width=260,
    )  # fmt: skip


def _pick(part: Pick, case: Case) -> None:
    key = _key(part.field, case)
    st.segmented_control(
        _(part.label), list(part.options), format_func=lambda each: _(part.options[each]), key=key, required=True,
        on_change=learning.commit, args=(key, part.field),
    )  # fmt: skip


def _tick(part: Tick, case: Case) -> None:
    key = widgets.follow(f"{widgets.PAGE}.{case.lesson.key}.{part.field}", list(getattr(case.setting, part.field)))
    st.pills(
        _(part.label), list(part.options), format_func=lambda each: _(part.options[each]), selection_mode="multi", key=key,
        on_change=learning.commit, args=(key, part.field),
    )  # fmt: skip


def _type(part: Type, case: Case) -> None:
    field = st.text_input if part.lines == 1 else partial(st.text_area, height=24 * part.lines + 32)
    key = _key(part.field, case)
    for problem in state.problems([part.field]):  # what was typed stays, to be mended
        widgets.bind(key, problem.parts.get("typed", getattr(case.setting, part.field)))
    field(_(part.label), key=key, max_chars=part.most, on_change=learning.commit, args=(key, part.field))


def _press(part: Press, case: Case) -> None:
    st.button(
        _(part.label), key=f"press.{case.screen.key}.{part.label}", type="primary" if part.main else "secondary",
        on_click=learning.press, args=(part.label, part.act),
    )  # fmt: skip


def _tour(case: Case, part: Walk) -> Tour:
    assert case.worked is not None
    return Tour(f"{case.lesson.key}.{case.screen.key}", case.worked, case.steps(part), learning.enter)


def _walk(part: Walk, case: Case) -> None:
    tour = _tour(case, part)
    stage_and_card(tour)
    all_quantities(tour)


def _picture(part: Picture, case: Case) -> None:
    assert case.worked is not None
    scene = Scene.of(case.worked, case.look, part.phase)
    editable_picture(
        picture(scene), key=f"picture.{case.screen.key}", on_type=learning.enter, read=widgets.widget, present=state.presenting()
    )


def _ask(part: Ask, case: Case) -> None:
    """The questions in one of three ways, and other numbers for them."""
    exercise = practice.exercise()
    questions = case.questions(part, exercise.seed)
    if not questions:
        return
    with st.container(border=True, key="ask"):
        others = part.redrawn and case.lesson.redraw is not None
        with st.container(horizontal=True, vertical_alignment="center") if others else nullcontext():
            key = widgets.bind("ask.mode", str(exercise.mode))
            st.segmented_control(
                _("What to practise"), list(WAYS), format_func=lambda way: _(WAYS[way]), key=key, required=True,
                on_change=_way, args=(key,), label_visibility="collapsed",
            )  # fmt: skip
            if others:
                st.button(_("Other numbers"), key="again", on_click=practice.practise, args=(Exercise.again,))
        ask = {Mode.LAYER: asking.many, Mode.ERROR: asking.mistake}.get(exercise.mode, asking.one)
        ask(questions, state.look_at(questions[0].worked))


def _paste(_part: Paste, case: Case) -> None:
    asking.printed(case.questions(case.screen.ask(), practice.exercise().seed))


def _way(key: str) -> None:
    way = widgets.said(key)
    if way in WAYS:
        practice.practise(lambda exercise: exercise.begun(mode=way))


def _choose(part: Choose, case: Case) -> None:
    """Answers to choose from, and what is said of the one that was taken."""
    if part.when and not part.when(case.setting):
        return
    taken = dict(learning.stand().chosen).get(part.section, 0)
    with st.container(border=True):
        st.markdown(case.text(part.section))
        for n in range(1, part.count + 1):
            kind: Literal["primary", "secondary"] = "primary" if n == taken else "secondary"
            st.button(
                case.text(f"{part.section}.{n}"), key=f"choose.{part.section}.{n}", type=kind, on_click=learning.choose,
                args=(part.section, n),
            )  # fmt: skip
        if 1 <= taken <= part.count:
            box = st.success if taken == part.right else st.warning
            box(case.text(f"{part.section}.told.{taken}"))


def _take(part: Take, case: Case) -> None:
    """The button, and once its example stands at the desk the ways to where one works on it."""
    if case.example.model != part.make(case.setting).model:
        st.button(_(part.label), key="take.example", type="primary", on_click=_taken, args=(part,))
        return
    st.success(_("They are the example now. “Undo” brings back what was there before."))
    with st.container(horizontal=True):
        for page in ("forward", "practice", "worksheet"):
            onward(page, _(PLACES[page][1]))


def _taken(part: Take) -> None:
    state.load(part.make(learning.stand().setting))


def _files(_part: Files, _case: Case) -> None:
    taking.of_example()


def _beside(part: Beside, case: Case) -> None:
    every, own = case.screen.every(), part.every()
    with beside(f"{every.index(own[0])}-{every.index(own[-1])}", *part.widths):
        for parts in (part.left, part.right):
            alone = len(parts) == 1 and _is_one(parts[0])
            with nullcontext() if alone else st.container():
                for each in parts:
                    _draw(each, case)


def _is_one(part: Part) -> bool:
    """Whether a part is always one element, which needs no other around."""
    return isinstance(part, (Prose, Picture)) or (isinstance(part, Drawn) and part.kind not in drawing.TELLING)


_DIALS: dict[type, Callable[[Any, Case], None]] = {Slide: _slide, Pick: _pick, Tick: _tick, Type: _type, Press: _press}
_DRAW: dict[type, Callable[[Any, Case], None]] = {
    Prose: _prose, Row: _row, Walk: _walk, Picture: _picture, Ask: _ask, Paste: _paste, Choose: _choose, Take: _take,
    Files: _files, Drawn: drawing.drawn, Beside: _beside,
}  # fmt: skip
