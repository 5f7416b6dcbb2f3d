"""Start: what this is, the example's network, one button to begin, and other examples to begin with."""

import streamlit as st

from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.example import PRESETS
from lessons.i18n import gettext as _
from mlp_core.steps import Phase
from pages.drawn.components import network_picture
from pages.places import file_of
from pages.session import state, widgets

example, look = state.example(), state.look()
words, drawing = st.columns([2, 3], gap="large", vertical_alignment="center")
with words:
    st.title("Backprop Tutor")
    st.markdown(
        _(
            "Follow one small network through every number: forward, loss, chain rule, update. "
            "Any number can be asked where it comes from, and every weight can be changed."
        )
    )
    if st.button(_("Begin with the forward pass") + " →", type="primary"):
        state.go("forward", 0)
        st.switch_page(file_of("forward"))
    st.caption(_("Arrow keys go from number to number. The sidebar holds everything that can be changed."))
with drawing:
    scene = Scene.of(example.worked, look, Phase.LOSS)
    network_picture(picture(scene), key="picture.start", on_pick=state.visit, read=widgets.widget)
if state.visited():
    st.switch_page(file_of("forward"))
st.markdown("## " + _("Begin with another example"))
with st.container(horizontal=True):
    for name, (title, _example) in PRESETS.items():
        st.button(_(title), on_click=state.load_preset, args=(name,), key=f"preset.{name}")
