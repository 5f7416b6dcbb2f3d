"""A gradient without the chain rule: how far quotients of the loss are from it, by the step with which a weight is moved."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from mlp_core import Quantity
from mlp_core.checks import moved
from mlp_core.engine import loss_of
from mlp_core.writing.numbers import on_screen

from ...drawing import charts
from ...example import Example
from ...i18n import gettext as _
from ...palette import colors
from ..case import Case
from . import flaws
from .setting import POWERS

ASKED = Quantity("dW", 1, (1, 1))
Loss = Callable[[float], float]


def one_sided(loss: Loss, w: float, h: float) -> float:
    return (loss(w + h) - loss(w)) / h


def both_sides(loss: Loss, w: float, h: float) -> float:
    return (loss(w + h) - loss(w - h)) / (2 * h)


class Quotients(NamedTuple):
    """For every step from the largest, the one-sided quotient and that of both sides; exact: the gradient."""

    exact: float
    one: tuple[float, ...]
    both: tuple[float, ...]


@lru_cache(maxsize=64)
def quotients(example: Example) -> Quotients:
    """Those of the first weight of the network at the desk, for 10 to the minus 1, 2, ..."""
    network, data = example.network, example.model.data
    w = float(network.layers[0].W[0, 0])

    def loss(value: float) -> float:
        return float(loss_of(moved(network, ASKED, value), *data))

    steps = [10.0**-power for power in range(POWERS[0], POWERS[1] + 1)]
    one, both = (tuple(way(loss, w, h) for h in steps) for way in (one_sided, both_sides))
    return Quotients(example.trace[ASKED], one, both)


def code(case: Case) -> str:
    """Both quotients as code."""
    return flaws.framed([*flaws.source(one_sided), "", *flaws.source(both_sides)], _("Two quotients"))


def curves(case: Case) -> charts.Figure:
    """How far both are from the gradient, by their step; the chosen one is marked."""
    found, palette, at = quotients(case.example), colors(case.theme), case.setting.power - POWERS[0]
    looks = (
        (found.one, _("one side"), "preactivation", "dash", "square"),
        (found.both, _("both sides"), "gradient", "solid", "circle"),
    )
    steps, traces = [10.0**-power for power in range(POWERS[0], POWERS[1] + 1)], []
    for values, name, family, dash, symbol in looks:
        off = [abs(value - found.exact) or None for value in values]
        sizes = [15 if n == at else 6 for n in range(len(off))]
        marker = {"symbol": symbol, "size": sizes}
        traces.append(charts.line(name, steps, off, palette[family], dash, hover="%{y:.1e}", marker=marker))
    power = {"type": "log", "exponentformat": "power", "dtick": 2}
    exact = {found.exact} == {*found.one, *found.both}  # as where the weight leads to a neuron that is dead
    place = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "showarrow": False}
    notes = [{"text": _("Every quotient is the gradient."), **place}] if exact else []
    return charts.figure(
        traces, 300, _("step h"), _("distance from the gradient"), across=power, up=power, annotations=notes
    )


def facts(case: Case) -> dict[str, str]:
    """The quotients at the chosen step, to ten digits."""
    found, at = quotients(case.example), case.setting.power - POWERS[0]
    ways = {"exact": found.exact, "one": found.one[at], "both": found.both[at]}
    return {"h": f"$10^{{-{case.setting.power}}}$", **{name: on_screen(f"{value:.10g}") for name, value in ways.items()}}
