"""Where a person is: the step of each walk, the page to turn to, the parameter and the slip looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import NoReturn

import streamlit as st

from lessons.walk.updates import is_frozen, parameters
from mlp_core import Quantity
from pages.places import file_of

from . import state
from .learning import PARAMETER
from .widgets import PAGE, renew

_VISIT, _TURN, _SLIP, _MOVES = "visit", "turn", "slip_on_show", "moves"
_STAYS = ("lang", "present")  # of the address, from page to page
_AFTER_WALKS = {"update": ("backward", "evaluate"), "evaluate": ("update", "")}  # the pages before and after
LAST = 10**6  # a step beyond any walk's end, which `position` brings back to the last


def position(page: str, count: int) -> int:
    """At which step (from 0) the walk of a page stands."""
    return max(0, min(state.desk().step(page), count - 1))


def go(page: str, position: int) -> None:
    """Move the walk of a page to a step, which also closes the panel of a picked element."""
    put(page, position)
    st.session_state[state.PICKED] = ""
    moved()


def put(page: str, position: int) -> None:
    """Let the walk of a page stand at a step, to which no person has gone just now."""
    state.put(state.desk().with_step(page, max(0, min(position, LAST))))


def moves() -> int:
    """How often in this session a person has gone to a step, or had its value revealed."""
    return st.session_state.get(_MOVES, 0)


def moved() -> None:
    """Count one more of these."""
    st.session_state[_MOVES] = moves() + 1


def move(page: str, by: int, count: int, beyond: str) -> None:
    """Move on or back from where the walk stands now, so that quick presses all count; past an end, to the page beyond."""
    there = position(page, count) + by
    if not 0 <= there < count and beyond:
        _begin(beyond, by)
    go(page, max(0, min(there, count - 1)))


def _begin(page: str, by: int) -> None:
    """Turn to a page at its first step, or backwards at its last; on Update a step is a parameter."""
    turn(page)
    state.put(state.desk().with_step(page, 0 if by > 0 else LAST))
    if page == "update":
        choose_parameter(str(_updated()[0 if by > 0 else -1]))


def leading(page: str) -> Callable[[str], None] | None:
    """What takes "next" and "previous" from a presenter's keys on the pages after the walks; None on all others."""
    return partial(_lead, page) if page in _AFTER_WALKS else None


def _lead(page: str, what: str) -> None:
    by = {"next": 1, "previous": -1}.get(what, 0)
    every = parameters(state.example())
    there = every.index(parameter()) + by if page == "update" else -1
    if by and 0 <= there < len(every):
        choose_parameter(str(every[there]))
    elif by and (beyond := _AFTER_WALKS[page][by > 0]):
        _begin(beyond, by)


def turn(page: str) -> None:
    """Go to a page."""
    st.session_state[_TURN] = page
    state.anew()


def turned() -> str:
    """The page that a person has just turned to, or a move went on to; empty if none."""
    return st.session_state.pop(_TURN, "")


def switch(page: str) -> NoReturn:
    """Go to a page at once."""
    st.switch_page(file_of(page), query_params=along())


def along() -> dict[str, str]:
    """What of the address goes along to another page: put there anew, or taken out of it, it would be an entry more in the
    browser's history, and Back would have to be pressed once more. So an open lesson goes along, and the row drops it there."""
    names = (*_STAYS, PARAMETER) if state.lesson() else _STAYS
    return {name: text for name, text in st.query_params.items() if name in names}


def visit(id: str) -> None:
    """Pick an element on a page that has no panel of its own: the page then goes on to one that has."""
    st.session_state[state.PICKED], st.session_state[_VISIT] = id, True


def visited() -> bool:
    """Whether such a pick was made just now."""
    return st.session_state.pop(_VISIT, False)


def parameter() -> Quantity:
    """Which parameter a person looks at; until one is chosen, the first that an update changes."""
    return next((q for q in parameters(state.example()) if str(q) == state.desk().parameter), _updated()[0])


def _updated() -> list[Quantity]:
    example = state.example()
    return [q for q in parameters(example) if not is_frozen(example, q)]


def choose_parameter(id: str | None, group: str = "") -> None:
    """Look at the parameter of this picture element; a neuron stands for its bias, what has no parameter for nothing."""
    address = id.replace("n.", "b.", 1) if id and id.startswith("n.") else id
    if address and address in map(str, parameters(state.example())):
        state.put(replace(state.desk(), parameter=address))
        if group != PAGE:
            renew(PAGE)


def show_slip(name: str, target: Quantity | None, form: int = 0) -> None:
    """Show a misconception, in that one of its forms, at the step of ``target``; without a name, none."""
    st.session_state[_SLIP] = (name, target, form)


def slip_on_show() -> tuple[str, Quantity | None, int]:
    """The misconception on show, the target of its step and its form; an empty name where there is none."""
    return st.session_state.get(_SLIP) or ("", None, 0)
