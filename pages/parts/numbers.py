"""All numbers of the network in tables, and a box into which a matrix can be pasted."""

from __future__ import annotations

import streamlit as st

from lessons.drawing.tables import tables
from lessons.i18n import gettext as _

from ..drawn import components
from ..session import numbers, state, widgets

NUMBERS = "open.numbers"


def numbers_panel() -> None:
    """Draw them in a box that is folded at first; while it is, nothing is made."""
    with st.expander(_("All numbers"), **widgets.fold(NUMBERS, False, state.anew)) as box:
        if box.open:
            components.numbers(
                tables(state.example(), state.look(), numbers.problems()),
                key="numbers",
                on_enter=numbers.enter,
                on_paste=numbers.paste,
                read=widgets.widget,
            )
