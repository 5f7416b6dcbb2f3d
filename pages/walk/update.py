"""Update: what each optimiser makes of the gradients, step by step for one parameter, side by side for all."""

from dataclasses import replace

import streamlit as st

from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.example import SCOPES
from lessons.i18n import gettext as _
from lessons.i18n import ngettext
from lessons.style import name_of
from lessons.walk.card import card, goal, remember
from lessons.walk.updates import (
    gradient_of,
    impossible,
    is_frozen,
    new_of,
    parameters,
    side_by_side,
    steps_of,
    update_of,
)
from lessons.worked import of_update
from mlp_core import NonFinite, Quantity
from mlp_core.optimisers import OPTIMISERS
from mlp_core.steps import Phase
from pages.drawn.components import network_picture
from pages.parts import editor
from pages.parts.misprint import misprint
from pages.parts.show import cell, head, numbers, onward
from pages.parts.slip import slip
from pages.session import place, state, widgets


def _chosen(key: str) -> None:
    if not widgets.stale(key):
        place.choose_parameter(widgets.widget(key), widgets.PAGE)


def choose() -> Quantity:
    """The optimiser, what it updates, and the parameter to look at: by list, or by a click in the picture."""
    example, look = state.example(), state.look()
    everything = parameters(example)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        editor.segments(_("Optimiser"), "optimiser", tuple(OPTIMISERS), example.settings.optimiser)
        editor.segments(_("What an update changes"), "scope", SCOPES, example.settings.scope, name_of)
        key = widgets.follow("page.parameter", str(place.parameter()))
        names = {str(q): look.name(q).text() for q in everything}
        st.selectbox(
            _("Parameter"), list(names), format_func=lambda id: names[id], key=key, on_change=_chosen, args=(key,), width=160
        )  # fmt: skip
        with st.popover(_("Settings of {optimiser}").format(optimiser=example.settings.optimiser)):
            editor.settings(example.settings.optimiser, "page")
    return place.parameter()


def steps(parameter: Quantity) -> None:
    """The picture with the parameter ringed, and its steps from gradient to new value."""
    example, look = state.example(), state.look()
    update = update_of(example)
    worked = of_update(update)
    slip([step.target for step in steps_of(update, parameter)])
    left, right = st.columns(2, gap="medium")
    with left:
        scene = replace(Scene.of(example.worked, look, Phase.BACKWARD), target=parameter)
        network_picture(
            picture(scene),
            key="picture.update",
            on_pick=place.choose_parameter,
            read=widgets.widget,
        )
        if not is_frozen(example, parameter):
            before, after = (look.number(parameter, value) for value in (example.trace[parameter], update[new_of(parameter)]))
            st.latex(rf"{look.symbol(parameter)}:\quad {before} \;\to\; {after}")
        st.caption(_("Click a connection or a bias to see its update."))
    with right:
        if is_frozen(example, parameter):
            text = (
                _("Layer {n} is not updated: only the output layer is. Its gradient is still there.")
                if example.settings.scope != "all" and parameter.layer < len(example.model.W)
                else _("The biases of layer {n} are not updated: this example keeps them fixed. Their gradient is still there.")
            )
            st.info(text.format(n=parameter.layer))
        for number, step in enumerate(steps_of(update, parameter), 1):
            shown = card(step, worked, look)
            with st.container(border=True):
                st.markdown(f"**{number}. {shown.question}**")
                st.latex(shown.formula)
                st.markdown(shown.why)
                misprint(step, worked)


def comparison() -> None:
    """The new value of every parameter by every optimiser."""
    example, look = state.example(), state.look()
    every, chosen = side_by_side(example), update_of(example)
    rows = []
    for q in parameters(example):
        new = [
            _("unchanged") if is_frozen(example, q) else look.cell(new_of(q), each[new_of(q)])
            for each in every.values()
        ]
        old = [look.cell(one, chosen[one]) for one in (q, gradient_of(chosen, q))]
        rows.append([head(look.html(q)), *map(cell, (*old, *new))])
    st.markdown("## " + _("All parameters side by side"))
    titles = [_("Parameter"), _("Old"), _("Gradient"), *every]
    numbers(_("New value of every parameter after one update"), titles, rows, look)
    if Quantity("C_decayed") in example.worked.steps:
        text = _("The gradient is that of ${loss}$ alone, without the penalty. AdamW has a weight decay of its own.")
        st.caption(text.format(loss=look.symbol(Quantity("C"))))
    if example.updates:
        text = ngettext(
            "{optimiser} goes on from its {n} update so far; the others would make their first one here.",
            "{optimiser} goes on from its {n} updates so far; the others would make their first one here.",
            example.updates,
        )
        st.caption(text.format(optimiser=example.settings.optimiser, n=example.updates))


st.markdown(f":small[{goal('update')}]")
try:
    steps(choose())
    comparison()
except NonFinite as error:
    st.error(impossible(error).text())
st.markdown(remember("update"))
onward("evaluate", _("Then: forward again with the new numbers"))
