"""The sidebar: everything that can be changed, each message beside its place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from lessons.example import (
    BIASES,
    ERROR_SIGNS,
    MAX_DECIMALS,
    MAX_LAYERS,
    MAX_SAMPLES,
    NO_LAYERS,
    REDUCTIONS,
    SCOPES,
    Example,
    Model,
    trainable,
)  # fmt: skip
from lessons.i18n import LANGUAGES, mark
from lessons.i18n import gettext as _
from lessons.problem import Problem
from lessons.style import name_of
from mlp_core.functions import LOSSES
from mlp_core.optimisers import OPTIMISERS, Adam, AdamW, Momentum
from mlp_core.optimisers.decay import FORMS
from mlp_core.writing.names import NOTATIONS

from ..session import state, widgets


def sidebar() -> None:
    """Draw it, as it follows from the example. While it is closed only what keeps the button there that opens it, since
    everything in the page costs the browser time at every change."""
    with st.sidebar:
        if not widgets.unfolded(widgets.ASIDE):
            st.empty()
            return
        _language()
        _show()
        _structure()
        _samples()
        _conventions()
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


def _samples() -> None:
    """How many samples there are, which is worked out, and what becomes of all of them."""
    with st.expander(_("Samples"), **widgets.fold("open.samples", False)) as box:
        if not box.open:
            return
        model, chosen = state.example().model, state.example().view.sample
        count, several = len(model.samples), bool(model.several)
        if several:
            numbers, named = tuple(map(str, range(1, count + 1))), _("Sample {n}")
            _choice(_("Worked out"), "sample", numbers, str(chosen), lambda n: named.format(n=n), _show_sample)
            names = {name: _(text) for name, text in REDUCTIONS.items()}
            _choice(_("Loss of all samples"), "reduction", tuple(names), model.reduction, names.__getitem__)
            st.caption(_("With the sum every gradient grows with the number of samples, with the mean it does not."))
        with st.container(horizontal=True):  # one below the other where they are too long to stand side by side
            st.button(_("Add one"), key="more.samples", on_click=_change_samples, args=(_with_one_more,),
                      disabled=count == MAX_SAMPLES)  # fmt: skip
            st.button(_("Remove this one"), key="fewer.samples", on_click=_change_samples, args=(_without,),
                      disabled=not several)  # fmt: skip
        st.caption(_("A new sample is like the last one: change its numbers in the picture, or paste a matrix of all samples."))
        messages("samples")


def _change_samples(make: Callable[[Example], Example]) -> None:
    state.change("samples", make)


def _show_sample(example: Example, number: str) -> Example:
    return example.with_(sample=int(number))


def _with_one_more(example: Example) -> Example:
    made = example.remodelled(Model.with_one_more)
    return made.with_(sample=len(made.model.samples))


def _without(example: Example) -> Example:
    return example.remodelled(Model.without_sample, example.view.sample)


def _conventions() -> None:
    """What books do differently, each with a sentence of what it changes."""
    with st.expander(_("Conventions"), **widgets.fold("open.conventions", False)) as box:
        if not box.open:
            return
        shown = state.example()
        model, settings = shown.model, shown.settings
        if model.loss in _SQUARES:
            squares = {name: _(text) for name, text in _SQUARES.items()}
            label = _("Constant of the squared error")
            _choice(label, "loss", tuple(squares), model.loss, squares.__getitem__, _with_loss, "conventions")
            st.caption(_("A half in front or a mean over the outputs scales every gradient, and with it every step."))
        _biases(model)
        st.caption(_("Without biases z is W a alone; what is not updated keeps its gradient; the gradient of one bias for "
                     "a layer is the sum of its neurons'."))  # fmt: skip
        _choice(_("What an update changes"), "scope", SCOPES, settings.scope, name_of, place="conventions")
        st.caption(_("Many exercises update the output layer alone; the other gradients are still shown."))
        signs = {name: _(text) for name, text in ERROR_SIGNS.items()}
        _choice(_("Sign of the error term δ"), "error_sign", tuple(signs), model.error_sign, signs.__getitem__)
        st.caption(_("With target − output the weights grow by η δ a; gradients and new weights are the same."))
        _switch(_("Hidden error signals from updated weights"), "sequential", settings.sequential)
        st.caption(
            _("The convention of some books, by mistake or choice: layer by layer from the last, each error signal through the "
              "weights ahead as they are after their update. What moves the hidden layers is then not the gradient.")
        )  # fmt: skip
        about = Momentum.settings()["form"]
        forms = {name: _(text) for name, text in about.choices.items()}
        _choice(_(about.title), "form", tuple(forms), settings["form"], forms.__getitem__, place="conventions")
        st.caption(_("Where the learning rate stands, and whether v is a sum or an average of the gradients."))
        for name, text in _ADAM.items():
            about = Adam.settings()[name]
            _switch(_(about.title), name, settings[name])
            st.caption(_(text))
        if "leaky_relu" in model.activations:
            key = widgets.follow("edit.conventions.slope", model.slope)
            st.number_input(
                _("Slope of leaky ReLU below 0"), value=None, step=0.01, format="%.6g", key=key, on_change=_commit,
                args=(key, "slope"),
            )  # fmt: skip
            st.caption(_("What is left of a negative z: 0.01 in most books, 0.1 or 0.2 in others."))
            messages("slope")


_SQUARES = {
    "squared_error": mark("1: Σ (a − y)²"), "half_squared_error": mark("½: ½ Σ (a − y)²"),
    "mean_squared_error": mark("1/n: the mean of (a − y)²"),
}  # fmt: skip
_ADAM = {
    "bias_correction": mark("Without it the averages begin near 0: the first steps are other ones."),
    "eps_inside_root": mark("The step is divided by √(v + ε), not by √v + ε."),
    "eps_uncorrected": mark("ε is added before the correction, which then stands in front: η √(1 − β₂ᵗ) / (1 − β₁ᵗ)."),
}


def _biases(model: Model) -> None:
    """The kind of biases, of all layers at once or of each."""
    kinds = [model.biased(k) for k in range(1, len(model.W) + 1)]
    names = {kind: _(text) for kind, text in BIASES.items()}
    every = kinds[0] if len(set(kinds)) == 1 else None
    key = widgets.follow("edit.biases", every)
    st.selectbox(
        _("Biases"), tuple(BIASES), index=None, format_func=names.__getitem__, key=key, on_change=_chose,
        args=(key, "biases", tuple(BIASES), partial(_with_biases, 0)), placeholder=_("not the same in every layer"),
    )  # fmt: skip
    for k, kind in enumerate(kinds, 1) if len(kinds) > 1 else ():
        label = _("Biases of layer {n}").format(n=k)
        _choice(label, f"biases.{k}", tuple(BIASES), kind, names.__getitem__, partial(_with_biases, k))
    messages("biases")


def _with_biases(layer: int, example: Example, kind: str) -> Example:
    return example.remodelled(Model.with_biases, kind, layer)


def _switch(label: str, field: str, value: bool) -> None:
    key = widgets.follow(f"edit.conventions.{field}", value)
    st.toggle(label, key=key, on_change=_commit, args=(key, field))


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
        elif titles := about.choices:
            names = {one: _(text) for one, text in titles.items()}
            args = (key, name, tuple(names))
            st.selectbox(_(about.title), args[2], format_func=names.__getitem__, key=key, on_change=_chose, args=args)
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
    if "weight_decay" not in record.settings():
        decay(place)


def decay(place: str) -> None:
    """How weights decay beside the optimiser; its form and what that does only where they do."""
    chosen, about = state.example().settings, AdamW.settings()["weight_decay"]
    key = widgets.follow(f"{place}.decay", chosen.decay)
    st.number_input(
        _(about.title), value=None, step=about.step, format="%.6g", key=key, on_change=_commit, args=(key, "decay"),
        help=_("λ: how strongly every update draws the weights towards 0; 0 leaves it out. Biases do not decay."),
    )  # fmt: skip
    messages("decay")
    if chosen.decay:
        forms = {name: _(form.title) for name, form in FORMS.items()}
        key = widgets.follow(f"{place}.decay_form", chosen.decay_form)
        args = (key, "decay_form", tuple(forms))
        st.selectbox(_("form of weight decay"), args[2], format_func=forms.__getitem__, key=key, on_change=_chose, args=args)


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
    place: str = "",
) -> None:
    key = widgets.follow(".".join(filter(None, ("edit", place, field))), value)
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
