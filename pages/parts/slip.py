"""A slip looked at in the walk: above the step where it was made, wrong and right side by side."""

from collections.abc import Collection

import streamlit as st

from lessons.example import Example
from lessons.i18n import gettext as _
from lessons.practice.beside import beside
from lessons.style import Look
from lessons.walk.updates import worked_update
from lessons.worked import Worked
from mlp_core import NonFinite, Quantity
from mlp_core.steps import Phase

from ..session import place, state


def slip(targets: Collection[Quantity]) -> None:
    """The slip that a person came to look at, where one of these is computed by its step; else nothing."""
    name, target, form = place.slip_on_show()
    if target is not None and target in targets:
        show(name, target, _worked(state.example()), state.look(), form)


def show(name: str, target: Quantity, worked: Worked, look: Look, form: int) -> None:
    """A misconception at a step beside what is right, and a way to close it; nothing where it cannot be made there."""
    shown = beside(name, target, worked, look, form)
    if shown is None:
        return
    with st.container(border=True, key="slip"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{shown.title}**", width="content")
            st.button(_("Close"), key="slip.close", on_click=place.show_slip, args=("", None))
        for column, mark, heading, latex in zip(
            st.columns(2), "✗✓", (_("As you computed it"), _("As it is")), (shown.wrong, shown.right), strict=True
        ):
            with column:
                st.markdown(f"{mark} {heading}\n\n$$\n{latex}\n$$")
        st.markdown(shown.message)


def here(name: str, target: Quantity, form: int, worked: Worked, look: Look, key: str) -> None:
    """In a lesson: a button that shows the slip right where the answer was judged."""
    if place.slip_on_show() == (name, target, form):
        show(name, target, worked, look, form)
    elif beside(name, target, worked, look) is not None:
        label = _("Look at it, wrong and right side by side") + " ▾"
        st.button(label, key=key, type="tertiary", on_click=place.show_slip, args=(name, target, form))


def _worked(example: Example) -> Worked:
    """The pass and the update made of it, where there is one."""
    try:
        return worked_update(example)
    except NonFinite:
        return example.worked


def way_to(name: str, target: Quantity, form: int, key: str) -> bool:
    """A button to the step where a slip was made, in that one of its forms; False where the example has no such step."""
    example = state.example()
    if beside(name, target, _worked(example), state.look()) is None:
        return False
    if target in example.derivation:
        steps = example.derivation.phase(example.derivation[target].phase)
        page, number = steps[0].phase, [step.target for step in steps].index(target)
    else:
        page, number = Phase.UPDATE, None
    if st.button(_("Look at it, wrong and right side by side") + " →", key=key, type="tertiary"):
        place.show_slip(name, target, form)
        if number is None:
            place.choose_parameter(str(target.beside(target.parameter)))
        else:
            place.go(page, number)
        place.switch(page)
    return True
