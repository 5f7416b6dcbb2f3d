"""The walk through Steps: picture, step card and ledger, the same on every page of the walk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from lessons.drawing.curves import activation_curve, curve_figure
from lessons.drawing.ledger import ledger
from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.i18n import gettext as _
from lessons.style import name_of
from lessons.walk.card import card, formula, unfolding
from lessons.walk.ribbon import ribbon
from lessons.worked import Worked
from mlp_core import Quantity, Step
from mlp_core.steps import Derivation, Phase
from pages.places import file_of

from ..drawn.components import chips, network_picture
from ..session import state, widgets
from .misprint import misprint
from .show import curve

BEFORE = {"forward": "", "loss": "forward", "backward": "loss"}
AFTER = {"forward": "loss", "loss": "backward", "backward": "update"}


def walk(page: str, between: Callable[[], None] | None = None) -> None:
    """Draw the three zones for the steps of a page's phase; ``between`` draws what belongs above the ledger."""
    turned = state.turned()
    if turned:
        st.switch_page(file_of(turned))
    example, look, derivation = state.example(), state.look(), state.example().derivation
    steps = derivation.phase(Phase(page))
    at = state.position(page, len(steps))
    step = steps[at]
    scene = Scene.at(example.worked, look, step, state.picked())
    left, right = st.columns([11, 9], gap="medium")
    with left:
        network_picture(picture(scene), key=f"picture.{page}", on_pick=state.pick, read=widgets.widget)
    with right, st.container(border=True):
        _controls(page, steps, at)
        if example.worked.plan.quantities(state.picked()):
            panel(example.worked)
        else:
            _card(step, page)
    factors = ribbon(step, example.worked, look)
    if factors:
        chips(factors, key=f"ribbon.{page}", on_pick=partial(_ask, page), read=widgets.widget)
    if between is not None:
        between()
    chips(ledger(scene), key=f"ledger.{page}", on_pick=partial(_ask, page), read=widgets.widget)


def _controls(page: str, steps: tuple[Step, ...], at: int) -> None:
    """Previous, where we are, Next; below them a slider and a list to jump with."""
    turn = partial(state.move, page, count=len(steps))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.button(
            "◀ " + _("Previous"), on_click=turn, kwargs={"by": -1, "beyond": BEFORE[page]},
            disabled=at == 0 and not BEFORE[page], shortcut="Left", key=f"previous.{page}",
        )  # fmt: skip
        st.markdown("**" + _("Step {n} of {all}").format(n=at + 1, all=len(steps)) + "**", width="content")
        st.button(
            _("Next") + " ▶", on_click=turn, kwargs={"by": 1, "beyond": AFTER[page]}, shortcut="Right", type="primary",
            key=f"next.{page}",
        )  # fmt: skip
    if len(steps) == 1:
        return
    look = state.look()
    names = [f"{i}. {look.name(step.target).text()}" for i, step in enumerate(steps, 1)]
    slider, jump = widgets.follow(f"slider.{page}", at + 1), widgets.follow(f"jump.{page}", at)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.slider(
            _("Step"), 1, len(steps), key=slider, on_change=_slid, args=(page, slider), label_visibility="collapsed"
        )  # fmt: skip
        st.selectbox(
            _("Jump to"), range(len(steps)), format_func=lambda i: names[i], key=jump, on_change=_jumped,
            args=(page, jump), label_visibility="collapsed", width=170,
        )  # fmt: skip


def _slid(page: str, key: str) -> None:
    at = widgets.said(key)
    if isinstance(at, int):
        state.go(page, at - 1, widgets.SLIDER)


def _jumped(page: str, key: str) -> None:
    at = widgets.said(key)
    if isinstance(at, int):  # a label that the list no longer has comes as plain text
        state.go(page, at, widgets.JUMP)


def _card(step: Step, page: str) -> None:
    example, look = state.example(), state.look()
    shown = card(step, example.worked, look)
    st.markdown(f"## {shown.question}")
    st.latex(shown.formula)
    value = _("Value: {value}. Computed with all digits, shown rounded.").format(value=shown.value)
    st.markdown(f"{shown.why}\n\n:small[{value}]")  # the value once more, as text that can be selected and read aloud
    misprint(step, example.worked)
    if step.phase is Phase.BACKWARD and step.law not in ("delta", "fused"):
        with st.expander(_("How SymPy gets this derivative"), **widgets.fold("open.unfold", False)) as box:
            if box.open:
                st.latex(unfolding(step, example.worked, look) or "")
    if step.law in ("activation", "slope"):
        found = activation_curve(example.trace, step.target.layer, step.target.index[0])
        if found is not None:
            with st.expander(_("See the curve"), **widgets.fold("open.curve", False)) as box:
                if box.open:
                    curve(
                        curve_figure(found, look),
                        f"curve.{page}",
                        _("The activation with the point where the neuron stands"),
                    )


def panel(worked: Worked, updated: bool = False) -> None:
    """Every step of the picked element, forward and backward, with a way to each and a way out.

    ``updated`` says that W and b come from an update.
    """
    example, look, id = state.example(), state.look(), state.picked()
    derivation = example.derivation
    parts = worked.plan.quantities(id)
    names = ", ".join(f"${look.symbol(q)}$" for q in parts[:2])
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"## {names}", width="content")
        st.button(_("Close") if updated else _("Back to the steps"), on_click=state.pick, args=("",), key="close.panel")
    shown: list[Quantity] = []
    for quantity in parts:
        targets = [quantity]
        if quantity not in derivation:
            text = f"${look.symbol(quantity)} = {look.number(quantity, worked.values[quantity])}$"
            made = updated and quantity.family == "parameter"
            told = (
                _("{text} is what the update made of it.") if made else _("{text} is given: change it in the sidebar.")
            )
            st.markdown(told.format(text=text))
            targets = [step.target for step in derivation.phase(Phase.FORWARD, Phase.LOSS) if quantity in step.inputs][:1]
        for target in targets:
            if target not in shown:
                shown.append(target)
                st.latex(formula(derivation[target], worked, look))
                _way_to(target, derivation)


def _way_to(quantity: Quantity, derivation: Derivation) -> None:
    step = derivation[quantity]
    number = derivation.phase(step.phase).index(step)
    label = "→ " + _("{page}, step {n}").format(page=name_of(step.phase), n=number + 1)
    if st.button(label, key=f"way.{quantity}", type="tertiary"):
        state.go(step.phase, number)
        st.switch_page(file_of(step.phase))


def _ask(page: str, id: str) -> None:
    """A chip was picked: go to its step, or open the panel of its element when the step is on another page."""
    quantity, derivation = Quantity.parse(id), state.example().derivation
    if quantity in derivation and derivation[quantity].phase == page:
        state.go(page, derivation.phase(Phase(page)).index(derivation[quantity]))
    elif state.picked() != (element := state.example().worked.plan.element(quantity)):
        state.pick(element)
