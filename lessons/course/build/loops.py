"""The example trained in a loop, by plain gradient descent on all its samples: what the program of that screen does, by the
engine."""

from __future__ import annotations

from functools import lru_cache

from mlp_core import NonFinite, train
from mlp_core.optimisers import SGD
from mlp_core.training import Run

from ...drawing import charts
from ...drawing.program import Loop
from ...example import Example
from ...i18n import gettext as _
from ...i18n import mark
from ...palette import colors
from ...walk.updates import impossible
from ...worked import Worked, of_update
from ..case import Case
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


def run(setting: Build, example: Example, sequential: bool = False) -> Run:
    """The whole of it; sequential: the gradients of a layer through the weights ahead after their update."""
    return _run(example, setting.rate, setting.epochs, setting.loss_below, setting.change_below, sequential)


@lru_cache(maxsize=32)
def _run(example: Example, rate: float, epochs: int, loss: float, change: float, sequential: bool) -> Run:
    return train(
        example.network, *example.model.data, SGD(lr=rate), epochs, loss_below=loss, change_below=change, sequential=sequential
    )


def curves(case: Case) -> charts.Figure:
    """The loss after every epoch: as the program computes it, and with every layer updated before the gradients of the next."""
    palette, traces = colors(case.theme), []
    looks = (
        (False, _("all gradients first, then the updates"), "gradient", "solid"),
        (True, _("each layer updated right away"), "preactivation", "dot"),
    )
    for sequential, label, family, dash in looks:
        losses = run(case.setting, case.example, sequential).loss
        traces.append(charts.line(label, range(len(losses)), losses, palette[family], dash, 3, "%{y:.6f}"))
    return charts.figure(traces, 260, _("epoch"), _("loss"), up={"rangemode": "tozero"})
