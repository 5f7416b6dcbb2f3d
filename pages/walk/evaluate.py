"""Evaluate: forward again with the new parameters; before, after and difference of every number."""

import streamlit as st

from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.i18n import gettext as _
from lessons.walk.updates import TOO_LONG, changes, update_of
from lessons.worked import of_trace
from mlp_core import NonFinite, Quantity, Trace, Update
from mlp_core.steps import Phase
from pages.drawn.components import network_picture
from pages.parts.show import cell, head, onward, table
from pages.parts.stepper import panel
from pages.session import state, widgets

LOSS = Quantity("C")


def outcome(after: Trace) -> None:
    """The network with its new numbers, the loss before and after, and the way to go on."""
    example, look, worked = state.example(), state.look(), of_trace(after)
    left, right = st.columns(2, gap="medium")
    with left:
        scene = Scene.of(worked, look, Phase.LOSS, state.picked())
        network_picture(picture(scene), key="picture.evaluate", on_pick=state.pick, read=widgets.widget)
        st.caption(_("The network after the update. Click an element to see where its number comes from."))
    before, now = example.trace.loss, after.loss
    with right:
        with st.container(horizontal=True):
            st.metric(_("Loss before"), look.value(LOSS, before))
            st.metric(
                _("Loss after one update by {optimiser}").format(optimiser=example.settings.optimiser), look.value(LOSS, now)
            )
        st.markdown(_verdict(before, now))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(_("Apply and repeat"), type="primary", on_click=state.apply_update)
            st.button(_("Reset"), on_click=state.reset, key="evaluate.reset")
        st.markdown(_("Updates applied so far: {n}").format(n=example.updates))
        for problem in state.problems(["update"]):
            st.error(problem.text())
        if worked.plan.quantities(state.picked()):
            with st.container(border=True):
                panel(worked, updated=True)


def _verdict(before: float, now: float) -> str:
    if now < before:
        return _("The loss has become smaller: this update has worked.")
    if now > before:
        return _("The loss has grown: the step was too long. Try a smaller learning rate.")
    return _("The loss has not moved: every gradient that counts is 0, or the neurons are saturated.")


def differences(update: Update) -> Trace:
    """The table of every number; returns the forward pass after the update."""
    example, look = state.example(), state.look()
    after, rows = changes(example, update)
    with st.container():
        table(
            _("Every number before and after the update"),
            [_("Quantity"), _("Before"), _("After"), _("Difference")],
            [
                [
                    head(look.html(row.quantity)),
                    cell(look.value(row.quantity, row.before)),
                    cell(look.value(row.quantity, row.after)),
                    cell(look.value(LOSS, row.difference), "mark" if row.difference else ""),
                ]
                for row in rows
            ],
        )
    return after


st.markdown("## " + _("Forward again, with the new numbers"))
top, bottom = st.container(), st.container()
try:
    update = update_of(state.example())
    with bottom:
        after = differences(update)
except NonFinite as error:
    st.error(_(TOO_LONG).format(n=error.layer))
else:
    with top:
        outcome(after)
    onward("train", _("Then: many updates in a row"))
