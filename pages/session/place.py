"""Where a person is: the step of each walk, the page to turn to, the parameter and the slip looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

import streamlit as st

from mlp_core import Quantity
from pages.places import file_of

from . import state
from .widgets import PAGE, renew

_VISIT, _TURN, _SLIP = "visit", "turn", "slip_on_show"
_STAYS = ("lang", "present")  # of the address, from page to page
LAST = 10**6  # a step beyond any walk's end, which `position` brings back to the last


def position(page: str, count: int) -> int:
    """At which step (from 0) the walk of a page stands."""
    return max(0, min(state.desk().step(page), count - 1))


def go(page: str, position: int) -> None:
    """Move the walk of a page to a step, which also closes the panel of a picked element."""
    state.put(state.desk().with_step(page, max(0, min(position, LAST))))
    st.session_state[state.PICKED] = ""


def move(page: str, by: int, count: int, beyond: str) -> None:
    """Move on or back from where the walk stands now, so that quick presses all count; past an end, to the page beyond."""
    there = position(page, count) + by
    if not 0 <= there < count and beyond:
        turn(beyond)
        state.put(state.desk().with_step(beyond, 0 if by > 0 else LAST))
    go(page, max(0, min(there, count - 1)))


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
    """What of the address goes along to every page: put there anew it would be an entry more in the browser's history, and Back
    would have to be pressed once more."""
    return {name: text for name, text in st.query_params.items() if name in _STAYS}


def visit(id: str) -> None:
    """Pick an element on a page that has no panel of its own: the page then goes on to one that has."""
    st.session_state[state.PICKED], st.session_state[_VISIT] = id, True


def visited() -> bool:
    """Whether such a pick was made just now."""
    return st.session_state.pop(_VISIT, False)


def parameter(choices: list[Quantity], first: int) -> int:
    """Which of these parameters a person looks at; the one at ``first`` until one is chosen."""
    addresses = list(map(str, choices))
    return addresses.index(state.desk().parameter) if state.desk().parameter in addresses else first


def choose_parameter(id: str | None, choices: list[Quantity], group: str = "") -> None:
    """Look at the parameter of this picture element; a neuron stands for its bias, what has no parameter for nothing."""
    address = id.replace("n.", "b.", 1) if id and id.startswith("n.") else id
    if address and address in [str(q) for q in choices]:
        state.put(replace(state.desk(), parameter=address))
        if group != PAGE:
            renew(PAGE)


def show_slip(name: str, target: Quantity | None, form: int = 0) -> None:
    """Show a misconception, in that one of its forms, at the step of ``target``; without a name, none."""
    st.session_state[_SLIP] = (name, target, form)


def slip_on_show() -> tuple[str, Quantity | None, int]:
    """The misconception on show, the target of its step and its form; an empty name where there is none."""
    return st.session_state.get(_SLIP) or ("", None, 0)
