"""A classifier trained with the minus sign of its cross-entropy and without it: the same program, run both ways."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mlp_core import Layer, Network, trace

from ...drawing import charts
from ...i18n import gettext as _
from ...palette import colors
from ..case import Case
from .setting import CLASSES

EACH, UPDATES = 8, 30
CENTERS = ((-1.0, 0.0), (1.0, 0.5), (0.2, -1.2))


class Run(NamedTuple):
    """A training. losses: the mean cross-entropy before the first update and after each; hits: samples that come out right, at
    the same times."""

    losses: tuple[float, ...]
    hits: tuple[int, ...]


@lru_cache(maxsize=1)
def data() -> tuple[np.ndarray, np.ndarray]:
    """The samples: inputs (24, 2) around a center for each class, targets (24, 3)."""
    draw = np.random.default_rng(2)
    x = np.concatenate([draw.normal(center, 0.6, (EACH, 2)) for center in CENTERS])
    return np.round(x, 1), np.repeat(np.eye(CLASSES), EACH, axis=0)


def first() -> Network:
    """The classifier before its training: one layer of softmax, its weights 0, so that all shares are the same."""
    return Network([Layer(np.zeros((CLASSES, 2)), np.zeros(CLASSES), "softmax")], "cross_entropy")


@lru_cache(maxsize=32)
def trained(rate: float, minus: bool) -> Run:
    """Gradient descent on all samples at once, with the slope -Y/y of the loss or, without its minus, Y/y: every gradient has
    that factor once, so that it is the right one or its opposite."""
    x, y = data()
    net, sign = first(), 1.0 if minus else -1.0
    losses, hits = [], []
    for _update in range(UPDATES + 1):
        passed = trace(net, x, y)
        layer, back = net.layers[0], passed.layers[0]
        assert layer.b is not None and back.db is not None
        losses.append(passed.loss)
        hits.append(int((back.a.argmax(axis=1) == y.argmax(axis=1)).sum()))
        W, b = layer.W - rate * sign * back.dW, layer.b - rate * sign * back.db
        net = Network([Layer(W, b, "softmax")], "cross_entropy")
    return Run(tuple(losses), tuple(hits))


def printed(losses: tuple[float, ...], minus: bool) -> list[float]:
    """What a program prints as its loss, with the minus sign in it or without."""
    return [loss if minus else -loss for loss in losses]


def curves(case: Case) -> charts.Figure:
    """What the program prints, the cross-entropy that it has in truth, and that of the program with both minus signs."""
    setting, palette = case.setting, colors(case.theme)
    run, right = trained(setting.rate, setting.slope_sign), trained(setting.rate, True)
    lines = (
        (_("what it prints"), printed(run.losses, setting.loss_sign), "gradient", "solid", 3.5),
        (_("its cross-entropy"), printed(run.losses, True), "loss", "dash", 2),
        (_("with both minus signs"), printed(right.losses, True), "input", "dot", 2),
    )
    traces = [charts.line(name, range(len(y)), y, palette[family], dash, width) for name, y, family, dash, width in lines]
    return charts.figure(traces, 330, _("update"), _("mean over the samples"), hovermode="x unified")
