"""Activations and gradients of a deep network with random weights, layer by layer, for the notes' table, too."""

from __future__ import annotations

from math import isfinite

import numpy as np

from mlp_core.functions import ACTIVATIONS
from mlp_core.initialisation import SCHEMES

from ...i18n import gettext as _
from ...i18n import ngettext
from ...style import name_of, together
from ..case import Case
from ..depth import Passed, passed
from .histograms import Row, image, small, spread_of
from .setting import Initial

TABLE_DEPTH, TABLE_WIDTH, NEAR, REACH = 8, 50, 0.9, 3.0  # layers, neurons; outputs beyond are saturated; deviations
GONE, KEPT, MORE = 0.01, 0.2, 5.0  # the first layer's gradients over the last one's: below, from there, and up to there


def chosen(setting: Initial) -> Passed:
    """The network of the screen about depth."""
    return passed(setting.activation, setting.scheme, setting.depth, setting.width, seed=setting.draw)


def limit(factor: int, width: int = TABLE_WIDTH) -> float:
    """The limit that the notes' table gives for a layer as wide as the one before it: this many times Xavier's."""
    return factor * float(SCHEMES["xavier_uniform"].scale(width, width))


def tried(setting: Initial) -> Passed:
    """The network of the screen about the table."""
    scale = limit(setting.factor)
    return passed(setting.trial, "xavier_uniform", TABLE_DEPTH, TABLE_WIDTH, seed=setting.draw, scale=scale)


def activations(case: Case, net: Passed, name: str) -> str:
    """Histograms of the activations, a row a layer."""
    low, high = ACTIVATIONS[name].range
    if not net.a:
        return _overflow(net)
    if not (isfinite(low) and isfinite(high)):
        most = max(float(np.abs(a).mean()) for a in net.a) * REACH or 1.0
        low, high = (-most if low < 0 else 0.0), most
    rows = [Row(str(k), a, spread_of(a)) for k, a in enumerate(net.a, 1)]
    title = _("activations a of {activation}, by layer").format(activation=name_of(name))
    return image(title, rows, low, high, "activation", case.theme, _("spread")) + _overflow(net)


def gradients(case: Case, net: Passed) -> str:
    """Histograms of the gradients that reach each layer."""
    if not net.dC_da:
        return _overflow(net)
    most = max(float(each.std()) for each in net.dC_da) * REACH or 1.0
    rows = [Row(str(k), each, spread_of(each)) for k, each in enumerate(net.dC_da, 1)]
    return image(_("gradients ∂C/∂a, by layer"), rows, -most, most, "gradient", case.theme, _("spread"))


def _overflow(net: Passed) -> str:
    text = _("Layer {n} has numbers too large for a computer.").format(n=net.overflow)
    return f"<p>{text}</p>" if net.overflow else ""


def found(net: Passed) -> str:
    """What became of activations and gradients, in words."""
    if net.overflow:
        return ""
    first, last = (float(net.a[k].std()) for k in (0, -1))
    said = _("Standard deviation of the activations: {first} in the first layer, {last} in the last.").format(
        first=small(first), last=small(last)
    )
    if not net.dC_da:
        return said
    early, late = (float(net.dC_da[k].std()) for k in (0, -1))
    if not early:
        return together(said, _("No gradient arrives at the first layer at all."))
    ratio = early / late if late else 1.0
    if ratio < GONE:
        text = _("Gradients reach the first layer at {share} times their size: they vanish.")
    elif ratio < KEPT:
        text = _("Gradients reach the first layer at {share} times their size: they shrink.")
    elif ratio <= MORE:
        text = _("Gradients reach the first layer at {share} times their size: they are roughly kept.")
    else:
        text = _("Gradients reach the first layer at {share} times their size: they explode.")
    return together(said, text.format(share=small(ratio)))


def saturated(net: Passed) -> str:
    """Of the last layer: how many of its tanh neurons' outputs lie near the ends, in percent."""
    return f"{float((np.abs(net.a[-1]) > NEAR).mean()):.0%}"


def differing(net: Passed) -> str:
    """How far the outputs of a neuron of the last layer lie apart from sample to sample."""
    return small(float(np.sqrt(net.a[-1].var(axis=0).mean())))


def tried_found(case: Case) -> str:
    """What the table's screen shows, in words."""
    setting, net = case.setting, tried(case.setting)
    said = found(net)
    if setting.trial == "tanh":
        text = _("In the last layer {share} of all outputs are saturated: they lie beyond ±{near}.")
        return together(said, text.format(share=saturated(net), near=NEAR))
    text = _("In the last layer a neuron's outputs for different samples differ by only about {far}.")
    return together(said, text.format(far=differing(net)))


def network_of(setting: Initial) -> str:
    """What is drawn, in words."""
    layers = ngettext("{n} layer", "{n} layers", setting.depth).format(n=setting.depth)
    return _("{layers} of {width} neurons").format(layers=layers, width=setting.width)
