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
    Picture,
    Prose,
    Row,
    Take,
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
from .folds import unfolded
from .guard import guarded
from .show import onward
from .stepper import Tour, all_quantities, key_of, stage_and_card

Within = dict[Part, list[DeltaGenerator]]  # the places of what follows a typed number in parts that stand apart
WAYS = {Mode.NEXT: MODES[Mode.NEXT], Mode.LAYER: mark("All at once"), Mode.ERROR: MODES[Mode.ERROR]}
_WHOLE = {Mode.LAYER: asking.many, Mode.ERROR: asking.mistake}  # those in which all on show follows a typed number


def lesson() -> None:
    """The screen on show. What follows the setting is a fragment: a changed number redraws nothing below it, and no dials."""
    case = state.case()
    if not state.presenting():
        _top(case)
    places: list[DeltaGenerator] = []
    within: Within = {}
    for _run, apart in case.runs:
        places += [st.container()] if apart else []
        for part in apart:
            guarded(partial(_apart, part, case, within))
    _live(places, within)
    if not unfolded():  # then a number has nothing to change in the box, and need not draw it
        guarded(partial(_quantities, case))
    for part in case.still():
        guarded(partial(_draw, part, case))
    if case.screen.walks():
        guarded(partial(_take_along, case))
    _onward(case)


@st.fragment(key=state.LIVE)
def _live(places: list[DeltaGenerator], within: Within) -> None:
    state.begin()
    if state.asked_anew():
        st.rerun()
    guarded(partial(_screen, places, within))


def _screen(places: list[DeltaGenerator], within: Within) -> None:
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
        for part in filter(within.get, apart):
            guarded(partial(_draw, part, case, partial(_posed if isinstance(part, Ask) else _live_side, places=within[part])))
        above = apart
    _told_of(above)
    if unfolded():
        guarded(partial(_quantities, case))


def _apart(part: Part, case: Case, within: Within) -> None:
    """Draw a part that stands apart; what in it follows a typed number gets places there."""
    match part:
        case Row():
            drawing.dials(part, case)
        case Ask():
            _draw(part, case, partial(_ask, places=within.setdefault(part, [])))
        case Beside():
            _draw(part, case, partial(_beside, places=within.setdefault(part, [])))
        case Prose() if part is _first_text(case):
            _opening(part, case)
        case _:
            _draw(part, case)


def _told_of(apart: tuple[Part, ...]) -> None:
    for part in apart:
        for each in part.every() if isinstance(part, Beside) else [part]:
            if isinstance(each, Row | Paste):
                messages(*(drawing.names(each) if isinstance(each, Row) else [asking.PRINTED]))


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
    tour = None if impossible else _tour(case)
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


def _draw(part: Part, case: Case, draw: Callable[[Any, Case], None] | None = None) -> None:
    try:
        (draw or _DRAW[type(part)])(part, case)
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
    drawing.dials(part, case)
    messages(*drawing.names(part))


def _tour(case: Case) -> Tour | None:
    """What is walked through on the screen; None where nothing is."""
    walk = next((part for part in case.screen.every() if isinstance(part, Walk)), None)
    if walk is None or case.worked is None:
        return None
    return Tour(f"{case.lesson.key}.{case.screen.key}", case.worked, case.steps(walk), learning.enter)


def _walk(_part: Walk, case: Case) -> None:
    tour = _tour(case)
    assert tour is not None
    stage_and_card(tour)


def _quantities(case: Case) -> None:
    """The box with every number so far, below all that follows the setting."""
    if not _impossible(case) and (tour := _tour(case)):
        all_quantities(tour)


def _picture(part: Picture, case: Case) -> None:
    assert case.worked is not None
    scene = Scene.of(case.worked, case.look, part.phase)
    editable_picture(
        picture(scene), key=f"picture.{case.screen.key}", on_type=learning.enter, read=widgets.widget, present=state.presenting()
    )


def _ask(part: Ask, case: Case, places: list[DeltaGenerator] | None = None) -> None:
    """The questions in one of three ways, and other numbers for them. places: a list that gets the places of what follows a typed
    number, which ``_posed`` draws there then."""
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
        look = state.look_at(questions[0].worked)
        if exercise.mode not in _WHOLE:
            asking.one(questions, look, places)
        elif places is None:
            _WHOLE[exercise.mode](questions, look)
        else:
            places.append(st.container())


def _posed(part: Ask, case: Case, places: list[DeltaGenerator]) -> None:
    exercise = practice.exercise()
    questions = case.questions(part, exercise.seed)
    if not places or not questions:
        return
    look = state.look_at(questions[0].worked)
    if exercise.mode in _WHOLE:
        with places[0]:
            _WHOLE[exercise.mode](questions, look)
    else:
        asking.posed(questions, look, places)


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


def _beside(part: Beside, case: Case, places: list[DeltaGenerator] | None = None) -> None:
    """A part that is one element stands there by itself; what could not be done in it is told below the two. places: a list that
    gets the place of a side that follows a typed number, which ``_live_side`` draws there then."""
    every, own = case.screen.every(), part.every()
    with beside(f"{every.index(own[0])}-{every.index(own[-1])}", *part.widths):
        below: list[Drawn] = []
        for side in (part.left, part.right):
            if places is not None:
                still, place = side in case.still_sides(part), st.container()
                with place:
                    for each in side if still else ():
                        _apart(each, case, {})
                places += [] if still else [place]
            elif len(side) == 1 and isinstance(side[0], Drawn):
                _draw(side[0], case, drawing.alone)
                below.append(side[0])
            else:
                with nullcontext() if len(side) == 1 and isinstance(side[0], Prose | Picture) else st.container():
                    for each in side:
                        _draw(each, case)
        for drawn in below:
            drawing.told(drawn, case)


def _live_side(part: Beside, case: Case, places: list[DeltaGenerator]) -> None:
    side = part.right if part.left in case.still_sides(part) else part.left
    with places[0]:
        for each in side:
            _draw(each, case)


_DRAW: dict[type, Callable[[Any, Case], None]] = {
    Prose: _prose, Row: _row, Walk: _walk, Picture: _picture, Ask: _ask, Paste: _paste, Choose: _choose, Take: _take,
    Files: _files, Drawn: drawing.drawn, Beside: _beside,
}  # fmt: skip
