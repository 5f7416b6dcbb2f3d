"""Evaluate: forward again with the new parameters; what it made of the loss first, then every number before and after."""

import streamlit as st

from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.example import SCOPES
from lessons.i18n import gettext as _
from lessons.style import name_of
from lessons.walk.card import goal, remember
from lessons.walk.updates import Change, changes, impossible, penalised, update_of, verdict
from lessons.worked import of_trace
from mlp_core import NonFinite, Quantity, Trace
from mlp_core.steps import Phase
from pages.drawn.components import network_picture
from pages.parts import editor
from pages.parts.show import cell, head, numbers, onward
from pages.parts.stepper import panel
from pages.session import state, widgets

LOSS = Quantity("C")


def outcome(after: Trace) -> None:
    """The loss before and after, and their difference."""
    example, look = state.example(), state.look()
    before, now = (penalised(passed, example.settings.shrinking()) for passed in (example.trace, after))
    with st.container(horizontal=True, gap="medium"):
        for label, value in (
            (_("Loss before"), before),
            (_("Loss after one update by {optimiser}").format(optimiser=example.settings.optimiser), now),
            (_("Difference"), now - before),
        ):
            st.metric(label, look.value(LOSS, value), width="content")
    whole = Quantity("C_decayed")
    if whole in example.worked.steps:
        st.caption(_("This is ${loss}$, the loss with its penalty.").format(loss=look.symbol(whole)))

def choices() -> None:
    """What the update is, to be changed here, and the way to go on."""
    example = state.example()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        editor.segments(_("What an update changes"), "scope", SCOPES, example.settings.scope, name_of)
        with st.popover(_("Settings of {optimiser}").format(optimiser=example.settings.optimiser)):
            editor.settings(example.settings.optimiser, "page")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(_("Apply and repeat"), type="primary", on_click=state.apply_update)
        st.button(_("Reset"), on_click=state.reset, key="evaluate.reset")
        st.markdown(_("Updates applied so far: {n}").format(n=example.updates), width="content")
    editor.messages("update")


def network(after: Trace) -> None:
    """The network with its new numbers; beside it what that means, what can be done, and where a picked number comes from."""
    worked = of_trace(after, decay=state.example().settings.shrinking())
    left, right = st.columns(2, gap="medium")
    with left:
        scene = Scene.of(worked, state.look(), Phase.LOSS, state.picked())
        network_picture(picture(scene), key="picture.evaluate", on_pick=state.pick, read=widgets.widget)
        st.caption(_("The network after the update. Click an element to see where its number comes from."))
    with right:
        example = state.example()
        good, text = verdict(example.trace, after, state.look(), example.settings.shrinking())
        (st.success if good else st.warning)(text)
        choices()
        if worked.plan.quantities(state.picked()):
            with st.container(border=True):
                panel(worked, updated=True)


def differences(rows: list[Change]) -> None:
    """The table of every number."""
    look = state.look()
    numbers(
        _("Every number before and after the update"),
        [_("Quantity"), _("Before"), _("After"), _("Difference")],
        [
            [
                head(look.html(row.quantity)),
                cell(look.cell(row.quantity, row.before)),
                cell(look.cell(row.quantity, row.after)),
                cell(look.cell(LOSS, row.difference), "mark" if row.difference else ""),
            ]
            for row in rows
        ],
        look,
    )


st.markdown("## " + _("Forward again, with the new numbers") + f"\n\n:small[{goal('evaluate')}]")
try:
    after, rows = changes(state.example(), update_of(state.example()))
except NonFinite as error:
    st.error(impossible(error).text())
    choices()
else:
    outcome(after)
    network(after)
    differences(rows)
    st.markdown(remember("evaluate"))
    onward("train", _("Then: many updates in a row"))
