"""A part of the page that cannot be drawn takes no other with it."""

import logging
from collections.abc import Callable

import streamlit as st

from lessons.i18n import gettext as _

from ..session import state

LOG = logging.getLogger(__name__)


def guarded(draw: Callable[[], None]) -> None:
    """Draw a part of the page; where that fails, say so and offer a way out."""
    try:
        draw()
    except Exception:
        # What another run has overtaken ends with the first thing it draws: its failure, of two runs on one session, is none.
        st.error(_("This part of the page could not be drawn. Undo the last change, or begin afresh."))
        st.button(_("Begin afresh"), on_click=state.afresh, key=f"afresh.{getattr(draw, '__name__', '')}")
        LOG.exception("A part of the page could not be drawn")
