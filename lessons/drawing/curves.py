"""Two small curves: the loss over one output, an activation over its sum, each with the point where the example stands."""

from __future__ import annotations

from math import inf, isfinite
from typing import NamedTuple

import numpy as np

from mlp_core import NonFinite, Quantity, Trace
from mlp_core.functions import LOSSES

from ..style import Look
from .charts import Figure, figure, line, points

POINTS = 201
EDGE = 5.3  # where a logarithm's curve ends, as the logit of the output: 0.005 and 0.995
BEND = 6.0  # the activations bend between minus this and this


class Curve(NamedTuple):
    """A curve, the point on it, and the slope there; x and y carry the names of their quantities."""

    x: np.ndarray
    y: np.ndarray
    at: tuple[float, float]
    slope: float
    x_of: Quantity
    y_of: Quantity


def loss_curve(trace: Trace, output: int, sample: int = 0) -> Curve:
    """The loss as output ``output`` (from 1) moves and the others stay; its slope is dC/da of that output.

    sample: the number of the sample that it is the pass of, 0 where there is no other.
    The other outputs only add what they add now, so the curve is the moved output's own term, shifted to meet the loss.
    """
    network, last = trace.network, trace.layers[-1]
    record, k, n = LOSSES[network.loss], len(network.layers), len(last.a)
    here, target = float(last.a[output - 1]), float(trace.y[output - 1])
    x = _outputs(network.layers[-1].record.range, bool(record.wants), here, target)
    with np.errstate(all="ignore"):
        own = record.term(x, target, n)
        now = float(record.term(np.array([here]), target, n)[0])
    try:
        slope = float(last.dC_da[output - 1])
    except NonFinite:
        slope = inf
    rest = trace.loss - now if np.isfinite(now) else 0.0
    return Curve(x, own + rest, (here, trace.loss), slope, Quantity("a", k, (output,), sample), Quantity("C", sample=sample))


def telling_output(trace: Trace) -> int:
    """The output (from 1) whose curve says most: the loss is steepest there, or else rises highest along it."""

    def says(output: int) -> tuple[float, float]:
        curve = loss_curve(trace, output)
        return abs(curve.slope), float(np.ptp(curve.y))

    return max(range(1, len(trace.layers[-1].a) + 1), key=says)


def _outputs(range: tuple[float, float], logarithmic: bool, here: float, target: float) -> np.ndarray:
    """Where to draw: the range the output can take where it is bounded, always with the point where it stands.

    A logarithm bends most at the ends, so that the points crowd there.
    """
    low, high = range
    if not isfinite(high - low):
        reach = max(1.0, 1.5 * abs(here - target))
        return np.sort(np.append(np.linspace(target - reach, target + reach, POINTS), here))
    share = np.reciprocal(1.0 + np.exp(np.linspace(EDGE, -EDGE, POINTS))) if logarithmic else np.linspace(0.0, 1.0, POINTS)
    inside = np.append(low + (high - low) * share, here if low < here < high else (low + high) / 2)
    return np.unique(inside)


def activation_curve(trace: Trace, layer: int, neuron: int, sample: int = 0) -> Curve | None:
    """The activation of one neuron over its sum; None for softmax, which is no curve of one number.

    sample: as for ``loss_curve``.
    """
    record = trace.network.layers[layer - 1].record
    if not record.elementwise or record.slope is None:
        return None
    t = trace.layers[layer - 1]
    z, a = float(t.z[neuron - 1]), float(t.a[neuron - 1])
    reach = min(max(BEND, 1.2 * abs(z)), 1e307)
    x = np.unique(np.concatenate([np.linspace(-reach, reach, POINTS), np.linspace(-BEND, BEND, POINTS), [0.0]]))
    with np.errstate(all="ignore"):
        y = record.f(x)
        slope = float(record.slope(np.array([z]), np.array([a]))[0])
    return Curve(x, y, (z, a), slope, *(Quantity(kind, layer, (neuron,), sample) for kind in "za"))


def curve_figure(curve: Curve, look: Look) -> Figure:
    """The curve in its family's colour, the tangent dashed, the point marked and labelled."""
    color, accent = look.colors[curve.y_of.family], look.colors["gradient"]
    (x0, y0), reach = curve.at, (curve.x[-1] - curve.x[0]) / 8
    name_x, name_y = look.name(curve.x_of).html(), look.name(curve.y_of).html()
    label = f"{name_x} = {look.value(curve.x_of, x0)}<br>{name_y} = {look.value(curve.y_of, y0)}"
    ends = np.array([x0 - reach, x0 + reach] if np.isfinite(curve.slope) else [])
    traces = [
        line("", curve.x, curve.y, color, width=3, hover="", simplify=False),
        line("", ends, y0 + curve.slope * (ends - x0), accent, "dash", 2, hover=""),
        points("", [x0], [y0], {"color": color, "size": 12}, label),
    ]
    return figure(traces, 300, name_x, name_y)
