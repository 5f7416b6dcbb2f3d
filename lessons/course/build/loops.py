"""The example trained in a loop, by plain gradient descent on all its samples: what the program of that screen does."""

from __future__ import annotations

from functools import lru_cache

from mlp_core import NonFinite
from mlp_core.optimisers import SGD

from ...drawing import charts
from ...drawing.program import Loop
from ...example import Example
from ...i18n import gettext as _
from ...i18n import mark
from ...palette import colors
from ...walk.updates import impossible
from ...worked import Worked, of_update
from ..case import Case
from .descents import Descent, descents
from .setting import Build

STOPS = {
    "epochs": mark("all epochs are over"), "loss": mark("the loss is small enough"), "change": mark("the loss hardly changes"),
    "diverged": mark("the numbers overflow"),
}  # fmt: skip


def loop_of(setting: Build) -> Loop:
    """The loop that a setting asks for."""
    return Loop(setting.epochs, setting.loss_below, setting.change_below)


def worked(setting: Build, example: Example) -> Worked:
    """The first round of it; Problem where that overflows."""
    try:
        return of_update(SGD(lr=setting.rate).step(example.network, example.trace), example.view.sample)
    except NonFinite as error:
        raise impossible(error) from None


def runs(setting: Build, example: Example) -> tuple[Descent, Descent]:
    """The whole of it, and beside it that with every layer updated before the gradients of the next."""
    return _runs(example, setting.rate, loop_of(setting))


@lru_cache(maxsize=32)
def _runs(example: Example, rate: float, loop: Loop) -> tuple[Descent, Descent]:
    return descents(example.network, *example.model.data, rate, loop)


def curves(case: Case) -> charts.Figure:
    """The loss after every epoch: as the program computes it, and with every layer updated before the gradients of the next."""
    palette, traces = colors(case.theme), []
    looks = (
        (_("all gradients first, then the updates"), "gradient", "solid"),
        (_("each layer updated right away"), "preactivation", "dot"),
    )
    for (label, family, dash), (losses, *_end) in zip(looks, runs(case.setting, case.example), strict=True):
        traces.append(charts.line(label, range(len(losses)), losses, palette[family], dash, 3, "%{y:.6f}"))
    return charts.figure(traces, 260, _("epoch"), _("loss"), up={"rangemode": "tozero"})
