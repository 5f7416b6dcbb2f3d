"""The sidebar: everything that can be changed, each message beside its place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from lessons.example import MAX_DECIMALS, MAX_LAYERS, NO_LAYERS, SCOPES, Example, Model, trainable
from lessons.i18n import LANGUAGES
from lessons.i18n import gettext as _
from lessons.problem import Problem
from lessons.style import name_of
from mlp_core.functions import LOSSES
from mlp_core.optimisers import OPTIMISERS
from mlp_core.writing.names import NOTATIONS

from ..session import state, widgets


def sidebar() -> None:
    """Draw it, as it follows from the example."""
    with st.sidebar:
        _language()
        _show()
        _structure()
        _optimiser()
        _again()


def _language() -> None:
    st.segmented_control(
        "Language / 语言",
        list(LANGUAGES),
        format_func=lambda key: LANGUAGES[key].name,
        key=widgets.bind("lang", state.example().view.language),
        on_change=state.set_language,
        args=("lang",),
        required=True,
    )


def _show() -> None:
    shown = state.example()
    _choice(_("Notation"), "notation", tuple(NOTATIONS), shown.view.notation, lambda key: _(NOTATIONS[key].title))
    key = widgets.follow("edit.decimals", shown.view.decimals)
    st.slider(_("Decimals"), 0, MAX_DECIMALS, key=key, on_change=_commit, args=(key, "decimals"))


def _structure() -> None:
    shown = state.example()
    with st.expander(_("Layers"), **widgets.fold("open.layers", False)) as box:
        if not box.open:
            return
        sizes = shown.sizes
        _whole(_("Number of layers"), "layers", len(sizes) - 1, _relayer)
        for k, size in enumerate(sizes):
            label = _("Inputs") if k == 0 else _("Neurons in layer {n}").format(n=k)
            _whole(label, f"size.{k}", size, partial(_resize, k))
            if k:
                make = partial(_activate, k)
                label = _("Activation of layer {n}").format(n=k)
                _choice(label, f"activation.{k}", trainable(), shown.model.activations[k - 1], name_of, make)
        _choice(
            _("Loss"), "loss", tuple(LOSSES), shown.model.loss, name_of, _with_loss
        )
        messages("network")


def _whole(label: str, field: str, value: int, make: Callable[[Example, Any], Example]) -> None:
    """A cell for a number of layers or neurons. Its limits are the example's, which says so in the person's language."""
    key = widgets.follow(f"edit.{field}", value)
    st.number_input(label, value=None, step=1, key=key, on_change=state.commit, args=(key, "network", make))


def _relayer(example: Example, layers: int) -> Example:
    """Hidden layers are taken away or added (of two neurons) before the output layer, which stays."""
    if not 1 <= layers <= MAX_LAYERS:
        raise Problem("network", NO_LAYERS, most=MAX_LAYERS)
    *hidden, output = example.sizes
    return example.remodelled(Model.resized, (*hidden[:layers], *([2] * (layers - len(hidden))), output))


def _resize(k: int, example: Example, size: int) -> Example:
    sizes = list(example.sizes)
    sizes[k] = size
    return example.remodelled(Model.resized, tuple(sizes))


def _activate(k: int, example: Example, name: str) -> Example:
    return example.remodelled(Model.with_activation, k, name)


def _with_loss(example: Example, loss: str) -> Example:
    return example.remodelled(Model.with_loss, loss)


def _optimiser() -> None:
    with st.expander(_("Update"), **widgets.fold("open.update", False)) as box:
        if not box.open:
            return
        shown = state.example()
        _choice(_("Optimiser"), "optimiser", tuple(OPTIMISERS), shown.settings.optimiser)
        _choice(_("What an update changes"), "scope", SCOPES, shown.settings.scope, name_of)
        settings(shown.settings.optimiser)


def settings(optimiser: str, place: str = "edit") -> None:
    """The settings of one optimiser, as number inputs and switches; ``place`` keeps those of page and sidebar apart."""
    shown, record = state.example(), OPTIMISERS[optimiser]
    for name, about in record.settings().items():
        key = widgets.follow(f"{place}.{name}", shown.settings[name])
        if about.switch:
            st.toggle(_(about.title), key=key, on_change=_commit, args=(key, name))
        else:
            st.number_input(
                _(about.title),
                value=None,
                step=about.step,
                format="%.6g",
                key=key,
                on_change=_commit,
                args=(key, name),
            )
        messages(name)


def _again() -> None:
    st.button(_("Reset"), on_click=state.reset, width="stretch", help=_("Back to the numbers this example began with"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(_("Seed"), value=0, step=1, key="seed", width=110, persist_state="session")
        st.button(_("Random weights"), on_click=_randomise)
    messages("seed")


def _randomise() -> None:
    state.commit("seed", "seed", lambda example, seed: example.remodelled(Model.randomised, seed))


def _choice(
    label: str,
    field: str,
    options: tuple[str, ...],
    value: str,
    shown: Callable[[str], str] = str,
    make: Callable[[Example, Any], Example] | None = None,
) -> None:
    key = widgets.follow(f"edit.{field}", value)
    st.selectbox(label, options, format_func=shown, key=key, on_change=_chose, args=(key, field, options, make))
    messages(field)


def segments(label: str, field: str, options: tuple[str, ...], value: str, shown: Callable[[str], str] = str) -> None:
    """The same choice as in the sidebar, as buttons on a page."""
    key = widgets.follow(f"page.{field}", value)
    st.segmented_control(
        label, options, format_func=shown, key=key, on_change=_chose, args=(key, field, options), required=True
    )


def _commit(key: str, field: str, make: Callable[[Example, Any], Example] | None = None) -> None:
    state.commit(key, field, make or (lambda example, value: example.with_(**{field: value})))


def _chose(
    key: str, field: str, options: tuple[str, ...], make: Callable[[Example, Any], Example] | None = None
) -> None:
    """A choice; what is none of the options is a label from before the last redraw, and counts as nothing."""
    if widgets.said(key) in options:
        _commit(key, field, make)


def messages(*wheres: str) -> None:
    """What could not be used at these places, and why."""
    for problem in state.problems(wheres):
        st.error(problem.text())
