"""The walk through Steps: picture, step card and ledger, the same on every page of the walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from math import isclose

import streamlit as st

from lessons.drawing.curves import activation_curve, curve_figure
from lessons.drawing.data import Place
from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.i18n import gettext as _
from lessons.style import Look, name_of
from lessons.walk.card import card, formula, goal, remember, unfolding
from lessons.walk.ribbon import ribbon
from lessons.worked import Worked
from mlp_core import Quantity, Step, Trace
from mlp_core.steps import Derivation, Phase

from ..drawn.components import stage
from ..session import browser, numbers, place, state, widgets
from ..session.predicting import switch
from ..session.predicting import waits as is_waiting
from . import predicting
from .folds import folds, unfolded
from .guard import guarded
from .misprint import misprint
from .show import curve
from .slip import slip

BEFORE = {"forward": "", "loss": "forward", "backward": "loss"}
AFTER = {"forward": "loss", "loss": "backward", "backward": "update"}


@dataclass(frozen=True, eq=False)
class Tour:
    """What is walked through.

    key: where its place is kept; worked; steps: of it; before, after: the pages beyond its ends; goal, end: what stands with its
    first and last step, Markdown; enter: takes address and text of a number typed in the picture.
    """

    key: str
    worked: Worked
    steps: tuple[Step, ...]
    enter: Callable[[str, str], object]
    before: str = ""
    after: str = ""
    goal: str = ""
    end: str = ""

    def position(self) -> int:
        """At which step it stands."""
        return place.position(self.key, len(self.steps))


def walk(page: str, between: Callable[[], None] | None = None) -> None:
    """Draw the steps of a page's phase, as a fragment: a step and a changed number redraw nothing else.

    ``between`` draws what belongs above the boxes.
    """
    _screen(page, between)
    if not unfolded():  # then a step has nothing to change in the boxes, and need not draw them
        all_quantities(tour_of(page), given=True)


@st.fragment
def _screen(page: str, between: Callable[[], None] | None) -> None:
    state.begin()
    if state.asked_anew():
        st.rerun()
    guarded(partial(_zones, page, between))


def _zones(page: str, between: Callable[[], None] | None) -> None:
    """Bar, picture with the chain rule, card, and the boxes where a step changes something in them."""
    tour = tour_of(page)
    browser.row(page, walked=partial(key_of, tour))
    slip([tour.steps[tour.position()].target])
    stage_and_card(tour)
    if between is not None:
        between()
    if unfolded():
        all_quantities(tour, given=True)


def tour_of(page: str) -> Tour:
    """The walk of a page: the steps of its phase."""
    worked = state.example().worked
    steps = worked.steps.phase(Phase(page))
    return Tour(page, worked, steps, numbers.enter, BEFORE[page], AFTER[page], goal(page), remember(page))


def stage_and_card(tour: Tour) -> None:
    """Picture with the chain rule, and the card of the step; the card comes first, as it is what a person waits for."""
    look, at = state.look_at(tour.worked), tour.position()
    step = tour.steps[at]
    waits = is_waiting(step.target)
    with st.container(key="walked"):  # a grid of the style sheet, as columns cost three messages
        _controls(tour, at)
        if picked(tour.worked):
            panel(tour.worked, None if tour.key in BEFORE else tour)
        else:
            top = ":small[**" + _("Step {n} of {all}").format(n=at + 1, all=len(tour.steps)) + "**]"
            top += f"\n\n:small[{tour.goal}]" if at == 0 and tour.goal else ""
            end = tour.end if step is tour.steps[-1] else ""
            predicting.card(step, top) if waits else _card(step, tour, look, top, end)
            _ways_to_the_walk(tour.worked, [step.target])
        stage(
            picture(_scene(tour, look)),
            key=f"stage.{tour.key}",
            ribbon=ribbon(step, tour.worked, look, waits),
            chained=any(step.phase is Phase.BACKWARD for step in tour.steps),
            place=_place(tour, at, look, waits),
            on_pick=state.pick,
            on_ask=partial(_ask, tour),
            on_go=partial(_go, tour.key),
            on_type=tour.enter,
            read=widgets.widget,
            present=state.presenting(),
        )


def _scene(tour: Tour, look: Look) -> Scene:
    step = tour.steps[tour.position()]
    return Scene.at(tour.worked, look, step, state.picked(), is_waiting(step.target))


def all_quantities(tour: Tour, given: bool = False) -> None:
    """Every number so far, folded at first; ``given``: above it, all that the network is given."""
    folds(tour.key, lambda: _scene(tour, state.look_at(tour.worked)), partial(_ask, tour), given)


def _place(tour: Tour, at: int, look: Look, waits: bool) -> Place:
    """Where in its steps a page stands, for the slider under the picture and for who listens."""
    target = tour.steps[at].target
    what = look.words(target) if waits else look.spoken(target, tour.worked.value(target))
    return {
        "label": _("Step"), "at": at,
        "names": [f"{n}. {look.name(step.target).text()}" for n, step in enumerate(tour.steps, 1)],
        "spoken": _("Step {n} of {all}: {what}").format(n=at + 1, all=len(tour.steps), what=what), "moves": place.moves(),
    }  # fmt: skip


def _go(page: str, at: str) -> None:
    if at.isdecimal():
        place.go(page, min(int(at[:9]), place.LAST))


def key_of(tour: Tour, what: str) -> None:
    """What a key asks for that the page's own buttons do not know: those of a presenter's remote."""
    match what:
        case "next":
            place.move(tour.key, 1, len(tour.steps), tour.after)
        case "previous":
            place.move(tour.key, -1, len(tour.steps), tour.before)
        case "predict":
            switch()


def _controls(tour: Tour, at: int) -> None:
    """Previous, where we are, Next."""
    turn = partial(place.move, tour.key, count=len(tour.steps))
    st.button(
        "◀ " + _("Previous"), on_click=turn, kwargs={"by": -1, "beyond": tour.before},
        disabled=at == 0 and not tour.before, shortcut="Left", key=f"previous.{tour.key}",
    )  # fmt: skip
    if tour.key in BEFORE:
        _samples()
    st.button(
        _("Next") + " ▶", on_click=turn, kwargs={"by": 1, "beyond": tour.after}, shortcut="Right", type="primary",
        disabled=at == len(tour.steps) - 1 and not tour.after, key=f"next.{tour.key}",
    )  # fmt: skip


def _samples() -> None:
    """Which of several samples is worked out."""
    example = state.example()
    if example.model.several:
        key, named = widgets.follow("page.sample", example.view.sample), _("Sample {n}")
        st.selectbox(
            _("Worked out"), range(1, example.model.several + 1), format_func=lambda n: named.format(n=n), key=key,
            on_change=_show_sample, args=(key,), label_visibility="collapsed", width=150,
        )  # fmt: skip


def _show_sample(key: str) -> None:
    state.commit(key, "sample", lambda example, n: example.with_(sample=n))
    state.anew()


def _card(step: Step, tour: Tour, look: Look, top: str, end: str) -> None:
    """The card of a step, under what stands at its top; ``end`` is what ends the phase."""
    worked = tour.worked
    shown = card(step, worked, look)
    value = _("Value: {value}. Computed with all digits, shown rounded.").format(value=shown.value)
    predicting.said(step)
    # A changed number leaves the first text as it is, and a browser takes its time with a formula; what follows is one piece,
    # since each costs a message. The value once more, as text that can be selected and read aloud.
    st.markdown(f"{top}\n## {shown.question}\n\n$$\n{shown.law}\n$$")
    result = f"$$\n{shown.result}\n$$" if shown.result else ""
    st.markdown("\n\n".join(filter(None, (result, f":small[{value}]", shown.why, shown.term, end))))
    misprint(step, worked)
    if worked.unfolds(step):
        with st.expander(_("How SymPy gets this derivative"), **widgets.fold("open.unfold", False)) as box:
            if box.open:
                st.latex(unfolding(step, worked, look) or "")
    if step.law in ("activation", "slope") and isinstance(worked.values, Trace):
        n = step.target.sample
        passed = worked.values.sample(n - 1) if n else worked.values
        found = activation_curve(passed, step.target.layer, step.target.index[0], n)
        if found is not None:
            with st.expander(_("See the curve"), **widgets.fold("open.curve", False)) as box:
                if box.open:
                    curve(
                        curve_figure(found, look),
                        f"curve.{tour.key}",
                        _("The activation with the point where the neuron stands"),
                    )


def picked(worked: Worked) -> tuple[Quantity, ...]:
    """What is picked: all that an element of the picture stands for, or a setting, which has none."""
    id = state.picked()
    return worked.plan.quantities(id) or tuple(q for q in worked.given if q.family == "setting" and str(q) == id)


def panel(worked: Worked, tour: Tour | None = None, updated: bool = False) -> None:
    """Every step of the picked element, forward and backward, with a way to each and a way out.

    tour: whose steps the ways lead to, those of the walk's pages if None; ``updated`` says that W and b come from an update.
    """
    look, steps, parts = state.look(), worked.steps, picked(worked)
    names = ", ".join(f"${look.symbol(q)}$" for q in parts[:2])
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"## {names}", width="content")
        st.button(_("Close") if updated else _("Back to the steps"), on_click=state.pick, args=("",), key="close.panel")
    shown: list[Quantity] = []
    for quantity in parts:
        targets = [quantity]
        if quantity not in steps:
            if quantity not in worked.given:  # of a phase that this is not about
                continue
            text = f"${look.symbol(quantity)} = {look.number(quantity, worked.values[quantity])}$"
            st.markdown(_said_of(quantity, worked, tour, updated).format(text=text))
            targets = [step.target for step in steps.phase(Phase.FORWARD, Phase.LOSS) if quantity in step.inputs][:1]
        for target in targets:
            if target not in shown:
                shown.append(target)
                st.latex(formula(steps[target], worked, look))
                _way_to(target, steps, tour)
    _ways_to_the_walk(worked, parts)


def _said_of(quantity: Quantity, worked: Worked, tour: Tour | None, updated: bool) -> str:
    """What is said of a number that no step computes, and where it is changed."""
    if updated and quantity.family == "parameter":
        return _("{text} is what the update made of it.")
    if quantity in worked.editable:
        return _("{text} is given: click it in the picture to change it.")
    if quantity.family == "setting" and tour is None:
        return _("{text} is a setting: the sidebar (») has it under “Update”.")
    return _("{text} is given.")


def _way_to(quantity: Quantity, derivation: Derivation, tour: Tour | None) -> None:
    """A button to the step of a quantity: of the tour where it is one of its, else of a page of the walk."""
    step = derivation[quantity]
    if tour is not None and step in tour.steps:
        number = tour.steps.index(step)
        label = "→ " + _("Step {n}").format(n=number + 1)
        st.button(label, key=f"way.{quantity}", type="tertiary", on_click=place.go, args=(tour.key, number))
        return
    number = derivation.phase(step.phase).index(step)
    label = "→ " + _("{page}, step {n}").format(page=name_of(step.phase), n=number + 1)
    if st.button(label, key=f"way.{quantity}", type="tertiary"):
        place.go(step.phase, number)
        place.switch(step.phase)


def _ways_to_the_walk(worked: Worked, quantities: Iterable[Quantity]) -> None:
    """A button to each of those numbers that the walk's pages work out, too, where these are of something else."""
    example = state.example().worked
    for quantity in quantities:
        own = worked.own.get(quantity)
        if own is not None and own in example.steps and _same(example.value(own), worked.value(quantity)):
            _way_to(own, example.steps, None)


def _same(one: float | None, other: float | None) -> bool:
    """Whether two ways to the same number came out there."""
    return one is not None and other is not None and isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def _ask(tour: Tour, id: str) -> None:
    """A chip was picked: go to its step, or open the panel of its element when the step is on another page."""
    steps = tour.worked.steps
    try:
        quantity = Quantity.parse(id)
    except ValueError:  # of no chip
        return
    if quantity in steps and steps[quantity] in tour.steps:
        place.go(tour.key, tour.steps.index(steps[quantity]))
    elif state.picked() != (element := tour.worked.plan.element(quantity) or str(quantity)):
        state.pick(element)
