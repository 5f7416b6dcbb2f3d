"""Running statistics over many batches of one stream of numbers, and numbers of several shapes before and after normalising."""

from __future__ import annotations

from functools import lru_cache
from math import erf
from typing import Any, NamedTuple

import numpy as np

from mlp_core import BatchNorm
from mlp_core.regular.passes import normalised

from ...drawing import charts
from ...i18n import gettext as _
from ...palette import colors
from ..case import Case
from .setting import Norm

TRUE_MEAN, TRUE_VAR, BATCHES = 3.0, 4.0, 60
MANY, BINS = 400, 26
SAID = "%{y:.3f}"
USUAL = erf(0.5**0.5)  # the share of a normal distribution within one standard deviation of its mean


class Kept(NamedTuple):
    """After every batch the running mean and variance, and the variance as it would be without n / (n - 1); the first before any
    batch. means: of each batch."""

    mean: tuple[float, ...]
    var: tuple[float, ...]
    small: tuple[float, ...]
    means: tuple[float, ...]


@lru_cache(maxsize=64)
def kept(share: float, size: int, draw: int) -> Kept:
    """Of batches of that size, normal with mean TRUE_MEAN and variance TRUE_VAR."""
    random = np.random.default_rng((draw, size))
    norm = BatchNorm([1.0], [0.0], momentum=share)
    small, means, every = [1.0], [], [(0.0, 1.0)]
    for _batch in range(BATCHES):
        z = random.normal(TRUE_MEAN, TRUE_VAR**0.5, (size, 1))
        made = normalised(z, norm, True)
        norm = norm.updated({"running_mean": made["running_mean_new"], "running_var": made["running_var_new"]})
        every.append((float(norm.running_mean[0]), float(norm.running_var[0])))
        small.append((1 - share) * small[-1] + share * float(made["var"][0]))
        means.append(float(made["mean"][0]))
    mean, var = zip(*every, strict=True)
    return Kept(mean, var, tuple(small), tuple(means))


def chart(case: Case) -> charts.Figure:
    """Running mean and variance after every batch, with the true ones."""
    setting: Norm = case.setting
    palette, found = colors(case.theme), kept(setting.share, setting.size, setting.draw)
    lines = [
        (_("running mean"), found.mean, "preactivation", "solid", 2.5),
        (_("running variance"), found.var, "loss", "solid", 2.5),
        (_("the same without n / (n − 1)"), found.small, "loss", "dot", 1.5),
    ]
    traces = [
        charts.line(name, range(BATCHES + 1), ys, palette[family], dash, width, SAID) for name, ys, family, dash, width in lines
    ]
    marker = {"color": palette["preactivation"], "size": 4, "opacity": 0.55}
    traces.append(charts.points(_("mean of each batch"), range(1, BATCHES + 1), found.means, marker, SAID))
    for value, name, family in ((TRUE_MEAN, _("true mean"), "preactivation"), (TRUE_VAR, _("true variance"), "loss")):
        traces.append(charts.line(name, [0, BATCHES], [value, value], palette[family], "dash", 1, SAID))
    highest = max(6.0, max(found.var) * 1.05)
    return charts.figure(traces, 320, _("batch"), across={"range": [0, BATCHES]}, up={"range": [-0.3, highest]})


class Shaped(NamedTuple):
    """Numbers (MANY,) as they are, normalised, and scaled and shifted; lopsided: the mean of the normalised ones' third powers,
    0 for what is as wide to the left as to the right; near: the share of these between -1 and 1."""

    before: np.ndarray
    hat: np.ndarray
    after: np.ndarray
    lopsided: float
    near: float


@lru_cache(maxsize=32)
def shaped(shape: str, scale: float, shift: float) -> Shaped:
    """Numbers of a shape through batch normalisation with that gamma and beta."""
    random = np.random.default_rng(7)
    if shape == "skewed":
        z = random.exponential(2.0, MANY) + 1
    elif shape == "groups":
        z = np.concatenate([random.normal(-2, 0.6, MANY // 2), random.normal(4, 0.6, MANY // 2)])
    else:
        z = random.normal(2, 3, MANY)
    made = normalised(z[:, None], BatchNorm([scale], [shift]), True)
    hat = made["z_hat"].ravel()
    return Shaped(z, hat, made["z_bn"].ravel(), float((hat**3).mean()), float((abs(hat) < 1).mean()))


def histograms(case: Case) -> charts.Figure:
    """The numbers before, normalised, and scaled and shifted; over the second the curve of the standard normal distribution."""
    setting: Norm = case.setting
    palette, found = colors(case.theme), shaped(setting.shape, setting.scale, setting.shift)
    parts = ((found.before, _("before"), "input"), (found.hat, _("normalised"), "preactivation"),
             (found.after, _("scaled, shifted"), "parameter"))  # fmt: skip
    traces: list[dict[str, Any]] = []
    layout: dict[str, Any] = {
        "height": 300, "margin": {"l": 10, "r": 10, "t": 36, "b": 10}, "showlegend": False, "bargap": 0.03, "annotations": [],
    }  # fmt: skip
    for n, (numbers, title, family) in enumerate(parts, 1):
        axis, left = "" if n == 1 else str(n), (n - 1) * 0.345
        low, high = (numbers.min(), numbers.max()) if numbers.max() > numbers.min() else (numbers[0] - 1, numbers[0] + 1)
        count, edges = np.histogram(numbers, BINS, (low, high))
        wide = edges[1] - edges[0]
        traces.append({
            "type": "bar", "x": (edges[:-1] + wide / 2).round(4).tolist(), "y": count.tolist(), "width": float(wide),
            "marker": {"color": palette[family]}, "xaxis": f"x{axis}", "yaxis": f"y{axis}",
            "hovertemplate": "%{y}<extra></extra>",
        })  # fmt: skip
        if n == 2:
            x = np.linspace(-3.5, 3.5, 71)
            curve = MANY * wide * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
            traces.append(charts.line("", x, curve, palette["loss"], "dash", 2, SAID) | {"xaxis": "x2", "yaxis": "y2"})
        layout[f"xaxis{axis}"] = {"domain": [left, left + 0.31]}
        layout[f"yaxis{axis}"] = {"anchor": f"x{axis}", "showticklabels": False, "rangemode": "tozero"}
        layout["annotations"].append({
            "text": title, "x": left + 0.155, "y": 1.02, "xref": "paper", "yref": "paper", "showarrow": False,
            "yanchor": "bottom",
        })  # fmt: skip
    return charts.Figure(traces, layout)
