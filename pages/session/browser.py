"""What the browser tab keeps of the session, and gives back to a server that does not have it; links and files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from secrets import token_hex
from typing import Any

import streamlit as st

from lessons.course import codes as course
from lessons.desk import BROKEN, Desk
from lessons.example import Example
from lessons.example.codes import pack, unpack
from lessons.i18n import LANGUAGES, mark
from lessons.i18n import gettext as _
from lessons.practice.progress import Progress
from lessons.problem import Problem
from lessons.walk.consequence import Consequence, consequence, effect
from pages.drawn.components import desk as drawn
from pages.places import PLACES, WALKS

from . import learning, place, practice, predicting, state
from .widgets import ASIDE, GROUPS, bind, refold, renew, unfolded, widget

_ID, _ADOPTED, _ASKED = "id", "adopted", "asked"
KEY = "row"
MOST_BYTES = 200_000  # of a saved example
CLOSED = ("undo", "redo", "predict", "link", "save", "open", "present")  # while an exam runs
EXAM = mark("An exam is running: hand it in first, or wait until its time is over.")
NOTICES = ("kept", "link", "file", "lang")


def row(page: str, walked: Callable[[str], None] | None = None) -> None:
    """The row of buttons above a page, and on a phone the pages, to which all lessons lead back; what the tab keeps goes with it.

    ``walked`` gets what a key or button asks of a walk: next, previous, predict. Keys lead on after the walks, too.
    """
    exam = state.in_exam()
    here, own = state.desk(), st.session_state.get(_ID)
    if own is None:
        own = st.session_state[_ID] = token_hex(8)
    slots = {"desk": here.to_json()}
    if page == "practice" or not st.session_state.get(_ADOPTED):
        slots["progress"] = practice.progress().to_json()
    data = {
        "session": own,
        "adopted": st.session_state.get(_ADOPTED, False),
        "slots": slots,
        "link": _answer("link", lambda: {"code": _code(page, here)}),
        "told": _told(page, here),
        "lang": LANGUAGES[here.example.view.language].tag,
        "page": page,
        "screen": learning.stand().screen if state.lesson() else "",
        "pages": [] if state.presenting() else [[name, _(title)] for name, (_folder, title) in PLACES.items()],
        "query": f"?lang={here.example.view.language}" if "lang" in st.query_params else "",
        "can": dict.fromkeys(CLOSED, False) if exam else {"undo": bool(here.past), "redo": bool(here.future)},
        "aside": unfolded(ASIDE),
        "keys": _keys(page, walked is not None),
        "on": {"present": state.presenting()} | ({"predict": predicting.is_on()} if walked else {}),
        "words": {
            "undo": _("Undo"), "redo": _("Redo"), "link": _("Copy link"), "save": _("Save"), "open": _("Open file"),
            "pages": _("Pages"), "predict": _("Predict"), "present": _("Present"),
            "copied": _("The link is copied: whoever opens it sees what you see now."),
            "select": _("Copy the marked address: whoever opens it sees what you see now."),
            "too_large": _("This file is too large for a saved example."),
        },
        "most_bytes": MOST_BYTES,
        "file": _answer("save", lambda: _file(here)),
    }  # fmt: skip
    for problem in state.problems(NOTICES):
        st.error(problem.text())
    drawn(data, key=KEY, on_press=partial(_pressed, walked or place.leading(page)), on_file=_opened, on_found=_found, read=widget)


def _keys(page: str, walked: bool) -> dict[str, str]:
    """What keys ask for while the page is shown to a room: those of a remote, and arrows where no button has them."""
    if not state.presenting():
        return {}
    arrows = {"ArrowRight": "next", "ArrowLeft": "previous"} if place.leading(page) else {}
    return {"PageDown": "next", "PageUp": "previous"} | arrows if walked or arrows else {}


def _told(page: str, here: Desk) -> dict[str, str] | None:
    """What the last change did, or on a page where numbers can be changed that they can."""
    problems = state.problems()
    numbers = state.problems(map(str, state.worked().given)) if problems else []
    refused = [problem for problem in problems if problem in numbers]  # the latest last
    if refused:
        return {"refused": refused[-1].plain()}
    found = _effect(here) if here.past else None
    if found is not None:
        return {"what": found.what, "loss": found.loss}
    if page in WALKS or (state.lesson() and state.case().screen.pictured() and state.worked().editable):
        return {"what": _("Click a number in the picture to change it."), "loss": ""}
    return None


def _effect(here: Desk) -> Consequence | None:
    """What the last change did to what the page is about."""
    before = here.past[-1]
    lesson = state.lesson()
    if lesson is None:
        return consequence(before.example, here.example, state.look())
    case = state.case()
    if not case.screen.pictured():
        return None
    earlier = replace(case, example=before.example, setting=dict(before.settings).get(lesson.key) or lesson.setting())
    try:
        return effect(earlier.worked, case.worked, case.look) if earlier.worked and case.worked else None
    except Problem:
        return None


def _pressed(walked: Callable[[str], None] | None, what: str) -> None:
    if what in PLACES:
        if what == "learn":
            learning.leave()
        place.turn(what)
        return
    if state.in_exam():
        return
    match what:
        case "present":
            state.present()
        case "undo":
            state.undo()
        case "redo":
            state.redo()
        case "aside" | "no aside":
            refold(ASIDE, what == "aside")
            state.anew()
        case "link" | "save":
            st.session_state[_ASKED] = what
        case _ if walked:
            walked(what)


def _answer(what: str, make: Callable[[], dict[str, str]]) -> dict[str, str] | None:
    """What the person has just asked for, made only then: a link to the largest network takes 40 ms."""
    if st.session_state.get(_ASKED) != what:
        return None
    del st.session_state[_ASKED]
    return make() | {"count": token_hex(4)}


def _code(page: str, here: Desk) -> str:
    """The code of a link to what stands on the page."""
    lesson = state.lesson()
    if lesson:
        return course.pack(lesson, here.stand(lesson), here.example)
    return pack(here.example, "" if page == "learn" else page, here.step(page))


def _file(here: Desk) -> dict[str, str]:
    """The file of the open lesson, else of the example, and what it is called."""
    lesson = state.lesson()
    if lesson:
        return {"name": f"backprop-{lesson.key}.json", "text": course.to_json(lesson, here.stand(lesson), here.example)}
    return {"name": f"backprop-{'-'.join(map(str, here.example.sizes))}.json", "text": here.example.to_json()}


def _opened(text: str) -> None:
    """Begin with the example of a file, or go on in the lesson of one."""
    state.solved("file")
    try:
        if state.in_exam():
            raise Problem("file", EXAM)
        if '"lesson"' in text[:40]:
            _learn(course.from_json(text))
        else:
            _begin_with(Example.from_json(text))
    except Problem as problem:
        state.complain(problem, "file")


def _found(slots: dict[str, Any] | None, link: str | None) -> None:
    """Take over what the tab has kept, unless this session is further already, then open the link that brought the person."""
    state.anew()
    if slots is not None and not st.session_state.get(_ADOPTED):
        _adopt(slots)
    st.session_state[_ADOPTED] = True
    if link is not None:
        state.solved("link")
        try:
            if state.in_exam():
                raise Problem("link", EXAM)
            if link.startswith(course.SIGN):
                _learn(course.unpack(link))
                return
            opened = unpack(link)
        except Problem as problem:
            state.complain(problem, "link")
            return
        _begin_with(opened.example)
        if opened.page:
            place.put(opened.page, opened.step)


def _learn(opened: course.Opened) -> None:
    """Go on in a lesson as a link or a file has it; what was done in it before stays done."""
    if opened.example:
        _begin_with(opened.example)
    done = state.desk().stand(opened.lesson).done
    state.put(state.desk().with_stand(opened.lesson, replace(opened.stand, done=done)))
    st.query_params[learning.PARAMETER] = opened.lesson.key
    renew(*GROUPS)


def _adopt(slots: dict[str, Any]) -> None:
    try:
        desk = Desk.from_json(slots.get("desk"))
        progress = Progress.from_json(slots["progress"]) if slots.get("progress") else Progress()
    except Problem:
        state.complain(Problem("kept", BROKEN))
        return
    state.put(desk)
    learning.turn_again()
    for key, value in desk.choices:
        bind(key, list(value) if isinstance(value, tuple) else value)
    practice.keep(progress)
    renew(*GROUPS)


def _begin_with(example: Example) -> None:
    """Begin with an example as it was shown; its language is that of the address from here on."""
    state.load(example, as_shown=True)
    if st.query_params.get("lang", "en") != example.view.language:
        st.query_params["lang"] = example.view.language
