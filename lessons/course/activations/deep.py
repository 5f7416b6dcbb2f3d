"""Gradients through the layers of random networks: measured, guessed and drawn."""

from __future__ import annotations

from functools import lru_cache
from math import isfinite, log10, prod
from typing import NamedTuple

import numpy as np

from mlp_core.functions import ACTIVATIONS
from mlp_core.initialisation import SCHEMES

from ...drawing import charts
from ...i18n import gettext as _
from ...palette import BACKGROUND, colors
from ...style import name_of, plain
from ..case import Case
from ..depth import DEEPEST, spreads
from .curves import Table, short, steepest
from .setting import OUTCOMES, Activations

NETWORKS, WIDTH, SAMPLES = 5, 24, 16
SAID = "%{y:.3g}"
OPACITY = {"light": 0.18, "dark": 0.28}
FAR = 100.0  # so many times larger or smaller at layer 1 than at the last: exploded or vanished


class Measured(NamedTuple):
    """Mean |dC/da| of each layer over that of the last, of several random networks: the least, the median and the greatest; 0
    where all are. slopes: the root mean square of the slopes of the layers behind each, multiplied. overflow: the layer in which
    numbers overflow in any of them; then nothing is measured."""

    least: tuple[float, ...]
    median: tuple[float, ...]
    most: tuple[float, ...]
    slopes: tuple[float, ...]
    overflow: int


@lru_cache(maxsize=256)
def measured(activation: str, scheme: str, depth: int, draw: int) -> Measured:
    """Random networks of that depth, drawn with seeds that follow from ``draw``."""
    rows, slopes = [], []
    for seed in range(NETWORKS * draw, NETWORKS * (draw + 1)):
        found = spreads(activation, scheme, depth, WIDTH, SAMPLES, seed)
        if found.overflow:
            return Measured((), (), (), (), found.overflow)
        last = found.dC_da[-1]
        rows.append([each / last if last else 0.0 for each in found.dC_da])
        slopes.append(found.slope)
    table = np.array(rows)
    each = np.median(np.array(slopes), axis=0).tolist()
    return Measured(
        tuple(table.min(axis=0).tolist()), tuple(np.median(table, axis=0).tolist()), tuple(table.max(axis=0).tolist()),
        tuple(prod(each[k:]) for k in range(1, depth + 1)), 0,
    )  # fmt: skip


def bound(activation: str, depth: int) -> tuple[float, ...]:
    """The most that the slopes of the layers behind each can multiply to: the greatest slope, to the power of how many."""
    most = steepest(ACTIVATIONS[activation])
    return tuple(float(most ** (depth - k)) for k in range(1, depth + 1))


def outcome(activation: str, scheme: str, draw: int) -> str:
    """What becomes of the gradient on its way through all layers: one of ``OUTCOMES``."""
    found = measured(activation, scheme, DEEPEST, draw)
    if found.overflow or found.median[0] > FAR:
        return "explode"
    return "vanish" if found.median[0] < 1 / FAR else "stay"


# ---- drawing --------------------------------------------------------------------------------------------------------


def figure(case: Case) -> charts.Figure:
    """The gradient of every layer against that of the last, on a logarithmic scale; nothing measured before it is guessed."""
    setting: Activations = case.setting
    palette, layers = colors(case.theme), list(range(1, setting.depth + 1))
    limit = bound(setting.deep, setting.depth)
    traces = [charts.line(_("most that slopes leave"), layers, limit, palette["loss"], "dash", 2, SAID)]
    note = _("Guess first:<br>then the measured gradients appear here.")
    if setting.guess:
        found = measured(setting.deep, setting.scheme, setting.depth, setting.draw)
        note = _("The numbers overflow in layer {n}.").format(n=found.overflow) if found.overflow else ""
        if not found.overflow:
            edge = palette["gradient"]
            traces += [
                *charts.band(_("all networks"), layers, found.least, found.most, edge, OPACITY[case.theme], SAID),
                charts.line(_("gradient, median"), layers, found.median, edge, width=3.5, hover=SAID),
                charts.line(_("slopes alone"), layers, found.slopes, palette["activation"], "dot", 2, SAID),
            ]
            note = _gone(found)
    low, high = _range(traces)
    across = {"range": [0.8, setting.depth + 0.2], "dtick": 1 if setting.depth <= 10 else 2}
    up = {"type": "log", "exponentformat": "power", "range": [low, high], "dtick": max(1, round((high - low) / 6))}
    told = {"text": note, "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "showarrow": False,
            "bgcolor": BACKGROUND[case.theme], "font": {"size": 15}}  # fmt: skip
    return charts.figure(
        traces, 330, _("layer"), _("gradient, against the last layer"), across=across, up=up,
        annotations=[told] if note else [],
    )  # fmt: skip


def _range(traces: list[charts.Trace]) -> tuple[float, float]:
    """The powers of ten of the axis: those of every number that is drawn, and some room; a logarithm has no place for 0."""
    powers = [log10(each) for trace in traces for each in trace["y"].tolist() if each]
    low, high = min(powers, default=0.0), max(powers, default=0.0)
    room = max(0.05 * (high - low), 0.5)
    return low - room, high + room


def _gone(found: Measured) -> str:
    """What a logarithmic scale cannot show."""
    none = [k for k, each in enumerate(found.median, 1) if not each]
    if not none:
        return ""
    if len(none) == len(found.median):
        return _("Every gradient is exactly 0.")
    return _("In layers 1 to {n} the computer has exactly 0.").format(n=max(none))


def guesses(case: Case) -> Table:
    """What was guessed so far, and what was measured through all layers."""
    setting: Activations = case.setting
    rows = []
    for deep, scheme, said in reversed(setting.guesses):
        found = measured(deep, scheme, DEEPEST, setting.draw)
        right = outcome(deep, scheme, setting.draw)
        sign = "✓" if said == right else "✗"
        rows.append([
            f'<th scope="row">{name_of(deep)}</th>', f'<td style="text-align:left">{_(SCHEMES[scheme].title)}</td>',
            _times(found), f"<td>{sign} {_(OUTCOMES[said])}</td>",
        ])  # fmt: skip
    titles = [_("Activation"), _("First weights"), _("Layer 1 against layer {n}").format(n=DEEPEST), _("Your guess")]
    return titles, rows or [["–"] * len(titles)]


def _times(found: Measured) -> str:
    if found.overflow:
        return "∞"
    return short(found.median[0])


def told(case: Case) -> str:
    """What has become of the gradient, and what slopes and weights have to do with it."""
    setting: Activations = case.setting
    if not setting.guess:
        said = _("What do you expect at layer 1, against layer {n}? A factor of {far} counts.")
        return said.format(n=DEEPEST, far=plain(FAR))
    found = measured(setting.deep, setting.scheme, DEEPEST, setting.draw)
    if found.overflow:
        return _("The numbers grow beyond all that a computer holds, in layer {n}.").format(n=found.overflow)
    first, slopes = found.median[0], found.slopes[0]
    if not first:
        return _("At layer 1 nothing is left of the gradient: the computer has exactly 0.")
    power = 1 / (DEEPEST - 1)
    each, steep = first**power, slopes**power
    assert isfinite(each)
    return _(
        "From layer {n} back to layer 1 the gradient changes by a factor of {all}: {each} a layer. The slopes bring {slope} a "
        "layer, and the weights the rest, {weight}."
    ).format(n=DEEPEST, all=short(first), each=short(each), slope=short(steep), weight=short(each / steep))
