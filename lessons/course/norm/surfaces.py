"""The loss of one linear neuron over its weight and its bias, with inputs as they are and standardised, and descents on it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from mlp_core import SGD, Layer, Network, NonFinite, trace

from ...drawing import charts
from ...i18n import gettext as _
from ...palette import colors
from ..case import Case
from .setting import Norm

COUNT, STEPS, GRID, LEVELS = 24, 25, 31, 9
MOST, GOAL = 20_000, 0.01  # updates that are counted; of the loss above the least that is left
START = (-1.0, 1.0)  # weight and bias, for standardised inputs; for the others that which gives the same outputs


class Bowl(NamedTuple):
    """A loss over weight and bias. x, y: the samples; least: where it is lowest; second: its second derivatives, curved: their
    eigenvalues, the smaller first; largest: the learning rate from which a descent goes away; path: the points of a descent,
    (updates + 1, 2); updates: until GOAL is reached, None where it is not within MOST."""

    x: np.ndarray
    y: np.ndarray
    least: np.ndarray
    second: np.ndarray
    curved: np.ndarray
    largest: float
    path: np.ndarray
    updates: int | None


@lru_cache(maxsize=1)
def data() -> tuple[np.ndarray, np.ndarray]:
    """Inputs (COUNT,) of mean 0 and standard deviation 1, and targets (COUNT,) near a line of them."""
    random = np.random.default_rng(4)
    x = random.normal(size=COUNT)
    x = (x - x.mean()) / x.std()
    return x, 0.9 * x + 0.2 + random.normal(0, 0.25, COUNT)


@lru_cache(maxsize=64)
def bowl(mean: float, spread: float, share: float) -> Bowl:
    """The loss where the inputs have that mean and standard deviation, and the descent with ``share`` of the largest rate."""
    plain, y = data()
    x = mean + spread * plain
    ones = np.column_stack([x, np.ones(COUNT)])
    second = ones.T @ ones / COUNT
    least = np.linalg.solve(second, ones.T @ y / COUNT)
    curved, ways = np.linalg.eigh(second)
    largest = 2 / curved[1]
    start = np.array([START[0] / spread, START[1] - START[0] * mean / spread])
    away = ways.T @ (start - least)
    with np.errstate(all="ignore"):  # beyond the largest rate it overflows
        kept = (1 - share * largest * curved)[None] ** (2 * np.arange(MOST + 1)[:, None])
        left = (kept * (curved * away**2)[None]).sum(axis=1)
    reached = np.flatnonzero(left <= GOAL * left[0])
    path = _descent(x, y, start, share * largest)
    return Bowl(x, y, least, second, curved, float(largest), path, int(reached[0]) if len(reached) else None)


def _descent(x: np.ndarray, y: np.ndarray, start: np.ndarray, rate: float) -> np.ndarray:
    network = Network([Layer([[start[0]]], [start[1]], "identity")], "half_squared_error")
    path = [start]
    for _update in range(STEPS):
        try:
            network = SGD(rate).step(network, trace(network, x[:, None], y[:, None])).network
        except NonFinite:
            break
        layer = network.layers[0]
        assert layer.b is not None
        path.append(np.array([layer.W[0, 0], layer.b[0]]))
    return np.array(path)


def both(setting: Norm) -> tuple[Bowl, Bowl]:
    """With the inputs as they are, and standardised."""
    return bowl(setting.mean, setting.spread, setting.rate), bowl(0.0, 1.0, setting.rate)


def chart(case: Case) -> charts.Figure:
    """Both losses as contours, side by side, each with its descent."""
    palette = colors(case.theme)
    traces: list[dict[str, Any]] = []
    layout: dict[str, Any] = {
        "height": 330, "margin": {"l": 10, "r": 10, "t": 36, "b": 10}, "showlegend": False, "annotations": [],
    }  # fmt: skip
    titles = (_("inputs as they are"), _("standardised inputs"))
    for n, (found, title) in enumerate(zip(both(case.setting), titles, strict=True), 1):
        axis = "" if n == 1 else "2"
        reach = 1.35 * max(abs(found.path[0] - found.least).max(), 0.8)
        across, up = (np.linspace(middle - reach, middle + reach, GRID) for middle in found.least)
        w, b = np.meshgrid(across, up)
        away = np.stack([w - found.least[0], b - found.least[1]], axis=-1)
        root = np.sqrt(np.einsum("...i,ij,...j", away, found.second, away) / 2)  # of the loss above the least: even contours
        traces.append({
            "type": "contour", "x": across.round(4).tolist(), "y": up.round(4).tolist(), "z": root.round(4).tolist(),
            "xaxis": f"x{axis}", "yaxis": f"y{axis}", "showscale": False, "ncontours": LEVELS, "hoverinfo": "skip",
            "colorscale": [[0, palette["preactivation"]], [1, palette["preactivation"]]],
            "contours": {"coloring": "lines"}, "line": {"width": 1},
        })  # fmt: skip
        inside = np.clip(found.path, found.least - 3 * reach, found.least + 3 * reach)
        said, marker = "%{x:.3f}, %{y:.3f}", {"size": 5}
        way = charts.line("", inside[:, 0], inside[:, 1], palette["gradient"], width=2, hover=said, marker=marker)
        traces.append(way | {"xaxis": f"x{axis}", "yaxis": f"y{axis}"})
        left, right = (0, 0.44) if n == 1 else (0.56, 1)
        layout[f"xaxis{axis}"] = {
            "domain": [left, right], "range": [float(across[0]), float(across[-1])], "title": {"text": _("weight")},
            "zeroline": False, "constrain": "domain",
        }  # fmt: skip
        layout[f"yaxis{axis}"] = {
            "range": [float(up[0]), float(up[-1])], "anchor": f"x{axis}", "title": {"text": "" if axis else _("bias")},
            "zeroline": False, "scaleanchor": f"x{axis}", "constrain": "domain", "constraintoward": "top",
        }  # fmt: skip
        layout["annotations"].append({
            "text": title, "x": 0.5, "y": 1.02, "xref": f"x{axis} domain", "yref": f"y{axis} domain", "showarrow": False,
            "yanchor": "bottom",
        })  # fmt: skip
    return charts.Figure(traces, layout)
