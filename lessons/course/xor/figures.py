"""The lesson's charts, formulas and tables: activations over the plane, the loss, two layers multiplied out, slopes."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlp_core import Quantity, trace
from mlp_core.functions import ACTIVATIONS, Activation
from mlp_core.writing.numbers import significant

from ...drawing import charts
from ...i18n import gettext as _
from ...palette import BACKGROUND, colors
from ...style import name_of
from ..case import Case
from . import nets
from .drawn import HIGH, LOW, look
from .nets import POINTS, TARGETS

CELLS, NEAR = 33, 1e-9
X1, X2 = "x<sub>1</sub>", "x<sub>2</sub>"
SLOPED = ("sigmoid", "tanh", "relu", "identity", "step")


def activations(case: Case, layer: int, i: int) -> charts.Figure:
    """The activation of a neuron over the plane, all weights of the network multiplied, and the line on which it is 1/2."""
    net = nets.network(case.setting, "sigmoid", case.setting.steep)
    ends = np.linspace(LOW, HIGH, CELLS)
    places = np.array([(u, v) for v in ends for u in ends])
    a = trace(net, places, np.zeros((len(places), 1))).layers[layer - 1].a[:, i - 1].reshape(CELLS, CELLS).round(4)
    palette, paper = colors(case.theme), BACKGROUND[case.theme]
    name = look(case).name(Quantity("a", layer, (i,))).text()
    shaded = {
        "type": "heatmap", "x": ends, "y": ends, "z": a, "zmin": 0, "zmax": 1, "opacity": 0.75, "zsmooth": "best",
        "colorscale": [[0, paper], [1, palette["parameter"]]], "colorbar": {"thickness": 10, "tickvals": [0, 0.5, 1]},
        "hovertemplate": f"{name} = %{{z:.3f}}<extra></extra>",
    }  # fmt: skip
    half = {
        "type": "contour", "x": ends, "y": ends, "z": a, "contours": {"start": 0.5, "end": 0.5, "coloring": "none"},
        "line": {"color": palette["loss"], "width": 2.5}, "showscale": False, "hoverinfo": "skip",
    }  # fmt: skip
    ticks = {"tickvals": [0, 1], "range": [LOW, HIGH], "zeroline": False, "showgrid": False, "fixedrange": True}
    return charts.figure(
        [shaded, half, _points(palette, case.theme)], 300, X1, X2,
        across={"constrain": "domain", **ticks}, up={"scaleanchor": "x", **ticks}, showlegend=False,
        margin={"l": 10, "r": 10, "t": 34, "b": 10}, title={"text": name, "x": 0.45, "y": 0.97},
    )  # fmt: skip


def _points(palette: dict[str, str], theme: str) -> dict[str, Any]:
    rim = [palette["parameter" if target else "activation"] for target in TARGETS]
    fill = [color if target else BACKGROUND[theme] for color, target in zip(rim, TARGETS, strict=True)]
    symbols = ["circle" if target else "square" for target in TARGETS]
    marker = {"symbol": symbols, "size": 13, "color": fill, "line": {"width": 3, "color": rim}}
    x, y = zip(*POINTS, strict=True)
    return charts.points("", x, y, marker, hover="")


def loss(case: Case) -> charts.Figure:
    """The loss of the training over the iterations; the one on show is marked."""
    setting, palette = case.setting, colors(case.theme)
    losses = nets.trained(setting.hidden, setting.start).losses
    curve = charts.line("", range(len(losses)), losses, palette["loss"], hover="%{y:.5g}")
    here = charts.line("", [setting.at] * 2, [0, max(losses)], palette["setting"], "dot", 2, hover="")
    return charts.figure(
        [curve, here], 150, _("iteration"), _("loss"), across={"range": [0, nets.ITERATIONS]}, up={"rangemode": "tozero"}
    )


def product(case: Case) -> str:
    """Two layers without an activation, multiplied out into one, with the numbers."""
    setting = case.setting
    v, c, (w1, w2, d) = setting.output[:2], setting.output[2], nets.folded_line(setting)

    def paint(text: str) -> str:
        return look(case).paint("parameter", text)

    a = look(case).paint("activation", "a")
    first, bias = (paint(_matrix([row[part] for row in (setting.first, setting.second)])) for part in (slice(2), slice(2, 3)))
    x = look(case).paint("input", r"\begin{pmatrix} x_1 \\ x_2 \end{pmatrix}")
    rows = (
        rf"{a} &= {first} {x} + {bias}",
        rf"z &= {paint(_matrix([v]))} {a} + {paint(_signed(c))}",
        rf"&= {paint(_matrix([[w1, w2]]))} {x} + {paint(_signed(d))}",
    )
    return r"\begin{aligned} " + r" \\ ".join(rows) + r" \end{aligned}"


def _matrix(rows: Any) -> str:
    return r"\begin{pmatrix} " + r" \\ ".join(" & ".join(map(_number, row)) for row in rows) + r" \end{pmatrix}"


def _number(value: float) -> str:
    return significant(round(value, 10), 4)


def _signed(value: float) -> str:
    return f"({_number(value)})" if value < 0 else _number(value)


def slopes(case: Case) -> tuple[list[str], list[list[str]]]:
    """Of some activations the slope left of 0, at 0, right of 0, and the largest there is."""
    rows = []
    for key in SLOPED:
        left, at, right, most = _slopes(ACTIVATIONS[key])
        middle = _("none") if at is None else significant(at, 2)
        if at is not None and left != right:
            middle = _("none, taken as {value}").format(value=middle)
        cells = (significant(left, 2), middle, significant(right, 2), significant(most, 2))
        rows.append([f'<th scope="row">{name_of(key)}</th>', *cells])
    return [_("Activation"), _("left of 0"), _("at 0"), _("right of 0"), _("largest slope")], rows


def _slopes(record: Activation) -> tuple[float, float | None, float, float]:
    """The slopes close to 0 and at it, and the largest; a step has none at its jump, and 0 everywhere else."""
    if record.slope is None:
        return 0.0, None, 0.0, 0.0
    z = np.append(np.linspace(-20, 20, 4001), [-NEAR, NEAR])
    found = record.slope(z, record.f(z)).round(6)
    return float(found[-2]), float(found[2000]), float(found[-1]), float(found.max())
