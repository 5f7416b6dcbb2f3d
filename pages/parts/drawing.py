"""What there is to look at and to operate on a screen of a lesson: each kind of drawing, and the dials."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from lessons.course import Case
from lessons.course.lesson import Drawn, Pick, Press, Row, Slide, Tick, Type
from lessons.i18n import gettext as _

from ..drawn.instruments import code as program
from ..drawn.instruments import curve as plot
from ..drawn.instruments import plane
from ..drawn.instruments import race as track
from ..session import learning, state, widgets
from .editor import messages
from .show import curve, table


def drawn(part: Drawn, case: Case) -> None:
    """Draw it, and below it say what could not be done in it."""
    alone(part, case)
    told(part, case)


def alone(part: Drawn, case: Case) -> None:
    """Draw it as its kind is drawn."""
    _KINDS[part.kind](part, case, _key(part, case))


def told(part: Drawn, case: Case) -> None:
    """Say what could not be done in it."""
    messages(_key(part, case))


def _key(part: Drawn, case: Case) -> str:
    return f"drawn.{case.lesson.key}.{case.screen.key}.{part.label}"


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


def _curve(part: Drawn, case: Case, key: str) -> None:
    moved = part.changed.get("move")
    on_move = partial(_changed, key, moved) if moved else None
    plot(part.data(case), key=key, read=widgets.widget, on_move=on_move, present=state.presenting())


def _race(part: Drawn, case: Case, key: str) -> None:
    on = {name: partial(_changed, key, made) for name, made in part.changed.items()}
    track(part.data(case), key=key, read=widgets.widget, on=on, present=state.presenting())


def _code(part: Drawn, case: Case, key: str) -> None:
    program(part.data(case), key=key, read=widgets.widget, on_type=learning.enter, present=state.presenting())


def _changed(where: str, made: Callable[..., Any], *what: object) -> None:
    """A person has moved, added or removed something: the setting follows."""
    learning.change(where, lambda setting: made(setting, *what))


def names(part: Row) -> list[str]:
    """The places at which it is told what could not be done with one of its dials."""
    return [each.label if isinstance(each, Press) else each.field for each in part.parts]


def dials(part: Row, case: Case) -> None:
    """Draw what there is to operate, beside each other."""
    if len(part.parts) == 1:
        _DIALS[type(part.parts[0])](part.parts[0], case)
    else:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for each in part.parts:
                _DIALS[type(each)](each, case)


def _key_of(field: str, case: Case) -> str:
    return widgets.follow(f"{widgets.PAGE}.{case.lesson.key}.{field}", getattr(case.setting, field))


def _slide(part: Slide, case: Case) -> None:
    most = part.most(case.setting) if callable(part.most) else part.most
    if most <= part.least:
        return
    key = _key_of(part.field, case)
    st.slider(
        _(part.label), part.least, most, step=part.step, key=key, on_change=learning.commit, args=(key, part.field), width=260,
    )  # fmt: skip


def _pick(part: Pick, case: Case) -> None:
    key = _key_of(part.field, case)
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
    key = _key_of(part.field, case)
    for problem in state.problems([part.field]):  # what was typed stays, to be mended
        widgets.bind(key, problem.parts.get("typed", getattr(case.setting, part.field)))
    field(_(part.label), key=key, max_chars=part.most, on_change=learning.commit, args=(key, part.field))


def _press(part: Press, case: Case) -> None:
    st.button(
        _(part.label), key=f"press.{case.screen.key}.{part.label}", type="primary" if part.main else "secondary",
        on_click=learning.press, args=(part.label, part.act),
    )  # fmt: skip


_KINDS: dict[str, Callable[[Drawn, Case, str], None]] = {
    "chart": _chart, "table": _table, "latex": _latex, "html": _html, "plane": _plane, "curve": _curve,
    "race": _race, "code": _code,
}  # fmt: skip
_DIALS: dict[type, Callable[[Any, Case], None]] = {Slide: _slide, Pick: _pick, Tick: _tick, Type: _type, Press: _press}
