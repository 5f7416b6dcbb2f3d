"""Navigation: sets up the session, draws the sidebar, and runs the page that the address names."""

import os

import streamlit as st

from lessons.i18n import gettext as _
from pages.drawn.components import reload_after_restart
from pages.parts import editor
from pages.parts.guard import guarded
from pages.parts.show import closed, flush, style
from pages.places import PLACES, WITH_ROW, file_of
from pages.session import browser, learning, place, state, widgets

ICON = (  # a letter by itself Streamlit takes for an address
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'>"
    "<rect width='32' height='32' rx='7' fill='teal'/>"
    "<text x='16' y='25' font-size='27' font-family='serif' font-style='italic' text-anchor='middle' fill='white'>∂</text></svg>"
)
ABOUT = "Backprop Tutor: backpropagation, every number of it, step by step."
state.begin()
page = st.navigation(
    [
        st.Page(file_of(name), title=_(title), url_path=name, default=name == "start")
        for name, (_folder, title) in PLACES.items()
    ],
    position="hidden",  # the row has links to them: Streamlit's own would be drawn anew with every change
)
st.set_page_config(
    page_title=f"{page.title} · Backprop Tutor",  # by which a tab, an entry of the history and a screen reader know the page
    page_icon=ICON, layout="wide", initial_sidebar_state="collapsed", menu_items={"About": ABOUT},
)  # fmt: skip
if turned := place.turned():
    place.switch(turned)
style()
if os.environ.get("BACKPROP_DEV"):
    reload_after_restart()
here = page.url_path or "start"
shut = state.in_exam() and here != "practice"
lesson = learning.opened_by_address() if here == "learn" else ""
state.enter_lesson(lesson)
if widgets.seen("page", (here, lesson)) not in (None, (here, lesson)):
    state.forget_problems()
state.asked_anew()
if shut:
    browser.row(here)
    closed()
elif here in ("train", "worksheet"):  # they work for seconds, so what stands around it comes first
    guarded(editor.sidebar)
    browser.row(here)
    guarded(page.run)
else:  # after an edit a person looks at the page: it goes out, and the browser draws it, before the sidebar's many messages
    top = None if here in WITH_ROW else st.container()  # there the row is a part of the fragment
    guarded(page.run)
    if top:
        with top:
            browser.row(here)
    if widgets.unfolded(widgets.ASIDE):
        flush()
    if not (state.presenting() or state.in_exam()):
        guarded(editor.sidebar)
