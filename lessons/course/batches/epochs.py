"""Training in mini-batches: the runs of the engine, watched update by update, their losses, and which samples each took."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from mlp_core import Network, State, Trace, Update, train
from mlp_core.engine import loss_of
from mlp_core.optimisers import SGD

from ...drawing import charts
from ...example import WORKED
from ...i18n import gettext as _
from ...i18n import ngettext
from ...palette import colors
from ..case import Case
from .samples import COUNT, INPUTS

EPOCHS, STRIPS, COMPARED = 10, 3, (1, 2, 4, COUNT)
LOOKS = (("gradient", "solid"), ("preactivation", "dash"), ("input", "dashdot"), ("loss", "dot"), ("setting", "longdash"))
CELL = "display:inline-block;width:1.55rem;text-align:center"


class Watched(NamedTuple):
    """A training run. losses: on all samples, before the first update and after each; taken: of each update its samples, from 1;
    each: updates of an epoch; ends: the losses at the ends of the epochs."""

    losses: tuple[float, ...]
    taken: tuple[tuple[int, ...], ...]
    each: int
    ends: tuple[float, ...]


@lru_cache(maxsize=1)
def data() -> tuple[np.ndarray, np.ndarray]:
    """The samples of the training: inputs (COUNT, 3) of one decimal, targets (COUNT, 1) by the side of a plane, with noise: some
    lie on the wrong side, so that their gradients pull against those of the others."""
    draw = np.random.default_rng(12)
    x = np.round(draw.uniform(-2, 2, (COUNT, INPUTS)), 1)
    y = x[:, :1] - x[:, 1:2] + draw.normal(0, 0.8, (COUNT, 1)) > 0
    return x, y.astype(float)


@lru_cache(maxsize=64)
def watched(size: int, rate: float, order: int) -> Watched:
    """The run with so many samples an update, from the notes' network; for the same ``order`` the samples come alike."""
    x, y = data()
    places = {row.tobytes(): n for n, row in enumerate(x, 1)}
    losses: list[float] = []
    taken: list[tuple[int, ...]] = []

    class Watching(SGD):
        """Gradient descent that tells what each update took and came to."""

        def step(self, network: Network, trace: Trace, state: State | None = None, *others: Any) -> Update:
            update = super().step(network, trace, state, *others)
            taken.append(tuple(places[row.tobytes()] for row in trace.x))
            losses.append(loss_of(update.network, x, y))
            return update

    run = train(WORKED.network, x, y, Watching(lr=rate), EPOCHS, size, order)
    return Watched((float(run.loss[0]), *losses), tuple(taken), -(-COUNT // size), tuple(run.loss.tolist()))


def curves(case: Case) -> charts.Figure:
    """The losses after every update against the epochs, for several sizes of a batch; the chosen one is thick."""
    setting, palette = case.setting, colors(case.theme)
    sizes = sorted({*COMPARED, setting.size})
    traces = []
    for size, (family, dash) in zip(sizes, LOOKS, strict=False):
        run = watched(size, setting.rate, setting.order)
        own = size == setting.size
        label = ngettext("{n} sample an update", "{n} samples an update", size)
        name = label.format(n=size) if size < COUNT else _("all at once")
        x = np.arange(len(run.losses)) / run.each
        look = ("solid", 3.5) if own else (dash, 1.5)
        traces.append(charts.line(name, x, run.losses, palette[family], *look))
    return charts.figure(
        traces, 300, _("epoch"), _("loss on all samples"), across={"range": [0, EPOCHS]}, up={"rangemode": "tozero"}
    )


def strips(case: Case) -> str:
    """The first epochs, each a strip of the samples in the order they come, those of one update in a frame."""
    setting, color = case.setting, case.look.colors["input"]
    run = watched(setting.size, setting.rate, setting.order)
    rows = []
    for epoch in range(STRIPS):
        updates = run.taken[epoch * run.each : (epoch + 1) * run.each]
        frames = "".join(_frame(each, color) for each in updates)
        rows.append(_strip(_("epoch {n}").format(n=epoch + 1), frames))
    return "".join(rows)


def note_strip(case: Case) -> str:
    """The batches that the notes' code makes with this number as its batch_size, of the first epoch's order."""
    order = [n for each in watched(case.setting.size, case.setting.rate, case.setting.order).taken for n in each][:COUNT]
    frames = "".join(_frame([order[i] for i in range(k, COUNT, case.setting.size)], case.look.colors["loss"])
                     for k in range(case.setting.size))  # fmt: skip
    return _strip(f"batch_size = {case.setting.size}", frames)


def _strip(label: str, frames: str) -> str:
    style = "display:flex;flex-wrap:wrap;align-items:center;gap:.3rem;padding:.15rem 0"
    return f'<div style="{style}"><span style="min-width:5.5rem">{label}</span>{frames}</div>'


def _frame(numbers: Any, color: str) -> str:
    cells = "".join(f'<span style="{CELL}">{n}</span>' for n in numbers)
    return f'<span style="border:2px solid {color};border-radius:6px;font-variant-numeric:tabular-nums">{cells}</span>'


def shake(size: int, rate: float, order: int) -> int:
    """How many updates of a run made the loss on all samples larger."""
    losses = watched(size, rate, order).losses
    return sum(after > before for before, after in pairwise(losses))
