"""Start: what this is, the example's network, one button to begin, and other examples to begin with, or one's own, pasted."""

import streamlit as st

from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.example import PRESETS, preset_of, read_example
from lessons.example.reading import SAMPLE, WHERE
from lessons.i18n import gettext as _
from lessons.i18n import mark
from lessons.problem import Problem
from mlp_core.steps import Phase
from pages.drawn.components import network_picture
from pages.parts import editor
from pages.session import place, state, widgets

PRESET, PASTED = "start.preset", "pasted"


def _chosen() -> None:
    state.load_preset(widgets.said(PRESET) or "")


def _pasted(key: str) -> None:
    text = widgets.said(key)
    if text is not None and state.bring(WHERE, lambda: read_example(text, state.example().view), as_shown=True):
        widgets.renew(PASTED)


def paste() -> None:
    """A box for an example of one's own, as a book or a program prints it."""
    key = widgets.once(f"{PASTED}.text", "")
    with st.form("start.paste", border=False):
        st.text_area(
            _("Or paste an example of your own: a line for each thing that is given, W with a row for each neuron"),
            key=key,
            height=168,
            placeholder=SAMPLE,
        )
        st.form_submit_button(_("Work it through"), on_click=_pasted, args=(key,))
    editor.messages(WHERE)


example, look = state.example(), state.look()
if missing := st.query_params.get("missing"):
    st.info(Problem("address", mark("There is no page {value}: this is where everything starts."), value=missing).text())
words, drawing = st.columns([2, 3], gap="large")
with words:
    st.title("Backprop Tutor")
    st.markdown(
        _(
            "Follow one small network through every number: forward, loss, chain rule, update. "
            "Any number can be asked where it comes from, and every weight can be changed."
        )
    )
    if st.button(_("Begin with the forward pass") + " →", type="primary"):
        place.go("forward", 0)
        place.switch("forward")
    st.caption(
        _("Arrow keys go from number to number. A click on a number in the picture changes it; "
          "the sidebar (») holds the settings.")
    )  # fmt: skip
    st.radio(  # none is chosen where the example is one of one's own
        _("Begin with another example"), PRESETS, format_func=lambda name: _(PRESETS[name][0]), index=None,
        key=widgets.bind(PRESET, preset_of(example)), on_change=_chosen,
    )  # fmt: skip
with drawing:
    scene = Scene.of(example.worked, look, Phase.LOSS)
    network_picture(picture(scene), key="picture.start", on_pick=place.visit, read=widgets.widget)
    paste()
if place.visited():
    place.switch("forward")
