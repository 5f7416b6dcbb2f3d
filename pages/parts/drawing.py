"""What a screen of a lesson draws: each kind of drawing, and what a person does in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from lessons.course import Case
from lessons.course.lesson import Drawn
from lessons.i18n import gettext as _

from ..drawn.instruments import code as program
from ..drawn.instruments import curve as plot
from ..drawn.instruments import plane
from ..drawn.instruments import race as track
from ..session import learning, state, widgets
from .editor import messages
from .show import curve, table

TELLING = ("plane", "curve", "race")  # kinds below which it may stand that something could not be done


def drawn(part: Drawn, case: Case) -> None:
    """Draw it as its kind is drawn."""
    _KINDS[part.kind](part, case, f"drawn.{case.lesson.key}.{case.screen.key}.{part.label}")


def _chart(part: Drawn, case: Case, key: str) -> None:
    curve(part.data(case), key, _(part.label))


def _table(part: Drawn, case: Case, _key: str) -> None:
    titles, rows = part.data(case)
    table(_(part.label), titles, rows)


def _latex(part: Drawn, case: Case, _key: str) -> None:
    st.latex(part.data(case))


def _html(part: Drawn, case: Case, _key: str) -> None:
    st.html(part.data(case))


def _plane(part: Drawn, case: Case, key: str) -> None:
    told: dict[str, Any] = {f"on_{name}": partial(_changed, key, made) for name, made in part.changed.items()}
    plane(part.data(case), key=key, read=widgets.widget, present=state.presenting(), **told)
    messages(key)


def _curve(part: Drawn, case: Case, key: str) -> None:
    moved = part.changed.get("move")
    on_move = partial(_changed, key, moved) if moved else None
    plot(part.data(case), key=key, read=widgets.widget, on_move=on_move, present=state.presenting())
    messages(key)


def _race(part: Drawn, case: Case, key: str) -> None:
    on = {name: partial(_changed, key, made) for name, made in part.changed.items()}
    track(part.data(case), key=key, read=widgets.widget, on=on, present=state.presenting())
    messages(key)


def _code(part: Drawn, case: Case, key: str) -> None:
    program(part.data(case), key=key, read=widgets.widget, on_type=learning.enter, present=state.presenting())


def _changed(where: str, made: Callable[..., Any], *what: object) -> None:
    """A person has moved, added or removed something: the setting follows."""
    learning.change(where, lambda setting: made(setting, *what))


_KINDS: dict[str, Callable[[Drawn, Case, str], None]] = {
    "chart": _chart, "table": _table, "latex": _latex, "html": _html, "plane": _plane, "curve": _curve,
    "race": _race, "code": _code,
}  # fmt: skip
