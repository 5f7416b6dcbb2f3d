"""The walk through Steps: picture, step card and ledger, the same on every page of the walk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from lessons.drawing.curves import activation_curve, curve_figure
from lessons.drawing.data import Place
from lessons.drawing.ledger import ledger
from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.i18n import gettext as _
from lessons.style import Look, name_of
from lessons.walk.card import card, formula, goal, remember, unfolding
from lessons.walk.ribbon import ribbon
from lessons.worked import Worked
from mlp_core import Quantity, Step
from mlp_core.steps import Derivation, Phase
from pages.places import file_of

from ..drawn.components import chips, stage
from ..session import browser, numbers, place, state, widgets
from ..session.predicting import switch
from ..session.predicting import waits as is_waiting
from . import predicting
from .guard import guarded
from .misprint import misprint
from .numbers import numbers_panel
from .show import curve
from .slip import slip

BEFORE = {"forward": "", "loss": "forward", "backward": "loss"}
AFTER = {"forward": "loss", "loss": "backward", "backward": "update"}


def walk(page: str, between: Callable[[], None] | None = None) -> None:
    """Draw the steps of a page's phase, as a fragment: a step and a changed number redraw nothing else.

    ``between`` draws what belongs above the ledger.
    """
    _screen(page, between)


@st.fragment
def _screen(page: str, between: Callable[[], None] | None) -> None:
    state.begin()
    if state.asked_anew():
        st.rerun()
    turned = place.turned()
    if turned:
        st.switch_page(file_of(turned))
    guarded(partial(_zones, page, between))


def _zones(page: str, between: Callable[[], None] | None) -> None:
    """Bar, picture with the chain rule, card, and ledger; the card comes before the picture, as it is what a person waits for."""
    example, look, derivation = state.example(), state.look(), state.example().derivation
    steps = derivation.phase(Phase(page))
    at = place.position(page, len(steps))
    step = steps[at]
    waits = is_waiting(step.target)
    scene = Scene.at(example.worked, look, step, state.picked(), waits)
    browser.row(page, walked=partial(_key, page, len(steps)))
    slip([step.target])
    left, right = st.columns([13, 10] if state.presenting() else [11, 9], gap="medium")
    with right:
        _controls(page, steps, at)
        if example.worked.plan.quantities(state.picked()):
            panel(example.worked)
        else:
            top = ":small[**" + _("Step {n} of {all}").format(n=at + 1, all=len(steps)) + "**]"
            top += f"\n\n:small[{goal(page)}]" if at == 0 else ""
            end = remember(page) if step is steps[-1] else ""
            predicting.card(step, top) if waits else _card(step, page, top, end)
    with left:
        stage(
            picture(scene),
            key=f"stage.{page}",
            ribbon=ribbon(step, example.worked, look, waits),
            place=_place(page, steps, at, look),
            on_pick=state.pick,
            on_ask=partial(_ask, page),
            on_go=partial(_go, page),
            on_type=numbers.enter,
            read=widgets.widget,
            present=state.presenting(),
        )
    if between is not None:
        between()
    numbers_panel()
    with st.expander(_("All quantities so far"), **widgets.fold("open.ledger", False)) as box:
        if box.open:
            chips(ledger(scene), key=f"ledger.{page}", on_pick=partial(_ask, page), read=widgets.widget)


def _place(page: str, steps: tuple[Step, ...], at: int, look: Look) -> Place:
    """Where in its steps a page stands, for the slider under the picture."""
    names = [look.name(step.target).text() for step in steps]
    return {"label": _("Step"), "at": at, "names": [f"{n}. {name}" for n, name in enumerate(names, 1)]}


def _go(page: str, at: str) -> None:
    if at.isdecimal():
        place.go(page, min(int(at[:9]), place.LAST))


def _key(page: str, count: int, what: str) -> None:
    """What a key asks for that the page's own buttons do not know: those of a presenter's remote."""
    match what:
        case "next":
            place.move(page, 1, count, AFTER[page])
        case "previous":
            place.move(page, -1, count, BEFORE[page])
        case "predict":
            switch()


def _controls(page: str, steps: tuple[Step, ...], at: int) -> None:
    """Previous, where we are, Next."""
    turn = partial(place.move, page, count=len(steps))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.button(
            "◀ " + _("Previous"), on_click=turn, kwargs={"by": -1, "beyond": BEFORE[page]},
            disabled=at == 0 and not BEFORE[page], shortcut="Left", key=f"previous.{page}",
        )  # fmt: skip
        st.button(
            _("Next") + " ▶", on_click=turn, kwargs={"by": 1, "beyond": AFTER[page]}, shortcut="Right", type="primary",
            key=f"next.{page}",
        )  # fmt: skip


def _card(step: Step, page: str, top: str, end: str) -> None:
    """The card of a step, under what stands at its top; ``end`` is what ends the phase."""
    example, look = state.example(), state.look()
    shown = card(step, example.worked, look)
    value = _("Value: {value}. Computed with all digits, shown rounded.").format(value=shown.value)
    predicting.said(step)
    # In one piece, since each costs a message; the value once more, as text that can be selected and read aloud.
    parts = (f"{top}\n## {shown.question}", f"$$\n{shown.formula}\n$$", shown.why, shown.term, f":small[{value}]", end)
    st.markdown("\n\n".join(filter(None, parts)))
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
            given = _("{text} is given: click it in the picture to change it.")
            st.markdown((_("{text} is what the update made of it.") if made else given).format(text=text))
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
        place.go(step.phase, number)
        st.switch_page(file_of(step.phase))


def _ask(page: str, id: str) -> None:
    """A chip was picked: go to its step, or open the panel of its element when the step is on another page."""
    derivation = state.example().derivation
    try:
        quantity = Quantity.parse(id)
    except ValueError:  # of no chip
        return
    if quantity in derivation and derivation[quantity].phase == page:
        place.go(page, derivation.phase(Phase(page)).index(derivation[quantity]))
    elif state.picked() != (element := state.example().worked.plan.element(quantity)):
        state.pick(element)
