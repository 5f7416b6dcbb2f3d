"""Note 004's sentence measured: how long the steps of gradient descent and of Adam are, from the notes' own start."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise, starmap
from math import sqrt

import numpy as np

from mlp_core import SGD, Adam, Network, Optimiser, Training

from ...drawing import charts
from ...example import WORKED
from ...i18n import gettext as _
from ...palette import colors
from ..case import Case
from .setting import MEASURED, Race

MEASURED_OF: dict[str, Optimiser] = {"SGD": SGD(0.1), "Adam": Adam(0.1)}  # with the notes' learning rate
DASHES = {"SGD": "solid", "Adam": "dash"}


@lru_cache(maxsize=1)
def lengths() -> dict[str, tuple[float, ...]]:
    """The length of each step: of all weights and biases together, as one arrow."""
    found: dict[str, tuple[float, ...]] = {}
    for name, optimiser in MEASURED_OF.items():
        training = Training(WORKED.model.network, *WORKED.model.data, optimiser, MEASURED)
        networks = [training.network, *(training.network for _epoch in training)]
        found[name] = tuple(starmap(_apart, pairwise(networks)))
    return found


def _apart(one: Network, other: Network) -> float:
    """How far two networks are from each other."""
    total = 0.0
    for a, b in zip(one.layers, other.layers, strict=True):
        total += float(np.sum((a.W - b.W) ** 2))
        if a.b is not None and b.b is not None:
            total += float(np.sum((a.b - b.b) ** 2))
    return sqrt(total)


def change(name: str) -> float:
    """How much the length changes from one step to the next, at most: the larger over the smaller."""
    return max(max(a, b) / min(a, b) for a, b in pairwise(lengths()[name]))


def longer(upto: int) -> int:
    """In how many of the first updates Adam's step is the longer one."""
    return sum(adam > sgd for adam, sgd in zip(lengths()["Adam"][:upto], lengths()["SGD"][:upto], strict=True))


def chart(case: Case) -> charts.Figure:
    """The lengths of the steps that are measured so far."""
    setting: Race = case.setting
    palette, families = colors(case.theme), {"SGD": "parameter", "Adam": "gradient"}
    marker: dict[str, object] | None = {} if setting.updates <= 20 else None
    x = range(1, setting.updates + 1)
    traces = [
        charts.line(name, x, own[: len(x)], palette[families[name]], DASHES[name], hover="%{y:.4g}", marker=marker)
        for name, own in lengths().items()
    ]
    every = [each for own in lengths().values() for each in own]
    decades = [float(np.log10(min(every))) - 0.1, float(np.log10(max(every))) + 0.1]
    return charts.figure(
        traces, 320, _("update"), _("length of the step"),
        across={"range": [0, max(10, setting.updates + 1)]}, up={"type": "log", "range": decades, "dtick": 1},
    )  # fmt: skip
