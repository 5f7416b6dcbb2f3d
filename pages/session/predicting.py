"""Predict: whether the value of a step waits for a guess, and what has been guessed and revealed."""

from __future__ import annotations

import streamlit as st

from mlp_core import Quantity

from . import place, state
from .widgets import GUESS, once, renew, said

_SWITCH, _REVEALED, _GUESSED = "predict", "revealed", "guessed"


def is_on() -> bool:
    """Whether values wait."""
    return state.desk().choice(_SWITCH, False) is True


def switch() -> None:
    """Let values wait, or show them again."""
    state.put(state.desk().with_choice(_SWITCH, not is_on()))
    for name in (_REVEALED, _GUESSED):
        st.session_state[name] = None


def waits(target: Quantity) -> bool:
    """Whether the value of this step is still hidden. A changed number hides it again."""
    return is_on() and _about(target) not in (st.session_state.get(_REVEALED) or ())


def _about(target: Quantity) -> tuple[Quantity, float | None]:
    return target, state.worked().value(target)


def reveal(target: Quantity) -> None:
    """Show the value of this step."""
    st.session_state[_REVEALED] = {*(st.session_state.get(_REVEALED) or ()), _about(target)}
    place.moved()


def cell(target: Quantity) -> str:
    """The key of the cell for a guess, empty for each new step."""
    if (st.session_state.get(_GUESSED) or ("", ""))[0] != _about(target):
        renew(GUESS)
        st.session_state[_GUESSED] = _about(target), ""
    return once(GUESS, "")


def guess(target: Quantity, key: str) -> None:
    """Take what the cell of that key says."""
    text = said(key)
    if isinstance(text, str) and text.strip():
        st.session_state[_GUESSED] = _about(target), text


def guessed(target: Quantity) -> str:
    """What was guessed for this step, or empty."""
    about, text = st.session_state.get(_GUESSED) or (None, "")
    return str(text) if about and about == _about(target) else ""
