"""Keys of widgets and what they say: what arrives late, or from a widget that is gone, counts as nothing."""

from __future__ import annotations

from typing import Any

import streamlit as st

_GENERATIONS, _FOLDS, _SEEN = "generations", "folds", "seen"
SIDEBAR, PAGE, ANSWER, GUESS = "edit", "page", "answer", "guess"  # groups of widgets: how their keys begin
GROUPS = (SIDEBAR, PAGE, ANSWER)
ASIDE = "open.sidebar"  # the sidebar as a fold: whether it is open


def bind(key: str, value: Any) -> str:
    """Make the widget of that key show ``value``; returns the key.

    In every run, even where nothing changed: a browser that has not drawn the widget yet when the next run comes would
    take the widget's own default, an empty cell, for the person's wish.
    """
    st.session_state[key] = value
    return key


def follow(key: str, value: Any) -> str:
    """``bind`` for a widget whose value the app changes by itself, too; what stands before the dot of its key is its group.

    A click that a browser sends before it has drawn such a change still carries the old values of all widgets. So a change
    by the app makes new widgets of a group, and what the old ones say counts no more. The widget that a person is using is
    never replaced: its own change renews only the other groups.
    """
    return bind(f"{key}~{_generation(key)}", value)


def once(key: str, value: Any) -> str:
    """The key of a widget that begins with ``value`` and then keeps what is typed, until its group is renewed."""
    key = f"{key}~{_generation(key)}"
    st.session_state.setdefault(key, value)
    return key


def stale(key: str) -> bool:
    """Whether this is the key of a widget that has been replaced: what it says arrives late, and counts no more."""
    name, _mark, generation = key.partition("~")
    return generation != "" and generation != str(_generation(name))


def _generation(key: str) -> int:
    return _kept(_GENERATIONS).get(key.partition(".")[0], 0)


def renew(*groups: str) -> None:
    """Replace every widget of these groups."""
    generations = _kept(_GENERATIONS)
    for group in groups:
        generations[group] = generations.get(group, 0) + 1


def said(key: str) -> Any:
    """What the widget of that key says, for its callback; None where it says nothing, is not there, or has been replaced."""
    return None if stale(key) else st.session_state.get(key)


def widget(key: str) -> Any:
    """What the widget or component of that key holds, None while there is none."""
    return st.session_state.get(key)


def fold(key: str, expanded: bool) -> dict[str, Any]:
    """What makes an expander remember on every page whether it is open; ``expanded`` is how it begins."""
    return {"key": bind(key, _kept(_FOLDS).get(key, expanded)), "on_change": _folded, "args": (key,)}


def unfolded(key: str) -> bool:
    """Whether that box is open, where it began closed."""
    return _kept(_FOLDS).get(key) is True


def refold(key: str, open: bool) -> None:
    """Remember that the box of that key was opened or closed."""
    _kept(_FOLDS)[key] = open


def _folded(key: str) -> None:
    refold(key, st.session_state.get(key) is True)


def seen(key: str, value: Any) -> Any:
    """What was given under this key the last time, None the first time."""
    remembered = _kept(_SEEN)
    before, remembered[key] = remembered.get(key), value
    return before


def _kept(name: str) -> dict[str, Any]:
    return st.session_state.setdefault(name, {})
