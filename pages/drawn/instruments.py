"""What a lesson gives to move: a plane with points and lines, the graph of a function, a race of optimisers, a program.

What arrives is validated by their data (``plane.py``, ``plot.py``, ``race.py`` in ``lessons/drawing``) before a handler gets
it.
"""

from collections.abc import Callable, Mapping

import streamlit as st

from lessons.drawing import plane as planes
from lessons.drawing import plot as plots
from lessons.drawing import race as races
from lessons.drawing.plane import Plane
from lessons.drawing.plot import Plot
from lessons.drawing.program import Listing
from lessons.drawing.race import Race
from lessons.i18n import gettext as _

from .files import loader
from .picks import Read, draw, picks, typed

_plane = st.components.v2.component("backprop_plane", js=loader("plane", "axes", "plane"))
_curve = st.components.v2.component("backprop_curve", js=loader("curve", "axes", "curve"))
_race = st.components.v2.component("backprop_race", js=loader("race", "axes", "race"))
_code = st.components.v2.component("backprop_code", js=loader("code", "picture", "chips", "code"))

OnLine = Callable[[str, tuple[float, float, float]], object]
OnPoint = Callable[[str, tuple[float, float]], object]
OnAdd = Callable[[tuple[float, float]], object]


def plane(
    data: Plane,
    *,
    key: str,
    read: Read,
    on_line: OnLine | None = None,
    on_point: OnPoint | None = None,
    on_add: OnAdd | None = None,
    on_remove: Callable[[str], object] | None = None,
    live: bool = False,
    present: bool = False,
) -> None:
    """Draw a plane whose lines and points are moved by mouse, touch or keys.

    When something is released (with ``live`` also on the way, a few times a second) a handler gets it, before the script runs:
    ``on_line`` id and (w1, w2, c), ``on_point`` id and (x, y), ``on_add`` (x, y), ``on_remove`` id. Several can come at once, so
    that an id may be of a point that the one before has removed. ``read`` as in ``network_picture``.
    """

    def arrived(sent: str) -> None:
        event = planes.heard(sent, data)
        if event is None:
            return
        what, id, numbers = event
        if what == "line" and on_line:
            w1, w2, c = numbers
            on_line(id, (w1, w2, c))
        elif what == "remove" and on_remove:
            on_remove(id)
        elif what in ("point", "add"):
            x, y = numbers
            if what == "point" and on_point:
                on_point(id, (x, y))
            elif what == "add" and on_add:
                on_add((x, y))

    can = {"line": on_line, "point": on_point, "add": on_add, "remove": on_remove}
    draw(
        _plane,
        key,
        {"plane": data, "can": {name: bool(handler) for name, handler in can.items()}, **_told(key, read, live, present)},
        **picks(key, read, picked=arrived),
    )


def curve(
    data: Plot,
    *,
    key: str,
    read: Read,
    on_move: Callable[[str, float], object] | None = None,
    live: bool = False,
    present: bool = False,
) -> None:
    """Draw graphs with points to be moved along them; ``on_move`` gets "at", "second" or "mark" and its x, when it is released
    and with ``live`` on the way. Without it they still move, for the eye alone."""

    def arrived(sent: str) -> None:
        moved = plots.heard(sent, data)
        if moved and on_move:
            on_move(*moved)

    told = _told(key, read, live, present)
    draw(_curve, key, {"plot": data, "tells": bool(on_move), **told}, **picks(key, read, picked=arrived))


def race(data: Race, *, key: str, read: Read, on: Mapping[str, Callable[..., object]], present: bool = False) -> None:
    """Draw a race of optimisers, which is played in the browser.

    on: what a person can do, each with its handler, called before the script runs: "start" (x, y), "open" (id, update), "run"
    (id, 1 or 0), "set" (id, name, number), "typed" (id, name, text), "place" (0 or 1, text, x, y, low, high), "pair" (address,
    address).
    """

    def arrived(sent: str) -> None:
        event = races.heard(sent, data)
        if event and event.what in on:
            on[event.what](*filter(None, (event.id, event.name)), *event.values)

    can = {name: name in on for name in ("start", "open", "run", "set", "pair")}
    told = _told(key, read, False, present)
    draw(_race, key, {"race": data, "can": can, **told}, **picks(key, read, picked=arrived))


def code(
    data: Listing,
    *,
    key: str,
    read: Read,
    on_type: Callable[[str, str], object] | None = None,
    present: bool = False,
) -> None:
    """Draw a program beside the picture of what it computes; what is pointed at lights up in the browser alone.

    ``on_type`` gets address and text of every number that was typed in the picture, once and in order; without it none can be.
    """

    editing = {"why": _("Its steps"), "hint": _("Enter changes it, Escape leaves it")} if on_type else None
    heard = picks(key, read, typed=typed(on_type)) if on_type else {}
    draw(_code, key, {"code": data, "editing": editing, "present": present}, **heard)


def _told(key: str, read: Read, live: bool, present: bool) -> dict[str, object]:
    """``heard``: the last that had come when this was drawn, so that the browser goes on showing what came later."""
    last = (read(key) or {}).get("picked")
    heard = {name: last.get(name) for name in ("view", "count")} if isinstance(last, dict) else None
    return {"heard": heard, "live": live, "present": present}
