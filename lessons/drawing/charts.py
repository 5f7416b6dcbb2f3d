"""Charts of lessons, as plain dicts: Plotly's ``add_...`` and ``update_...`` take five times as long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from plotly.graph_objects import Figure as Figure

Trace = dict[str, Any]
VALUE, PLACE = "%{y:.4f}", "(%{x}, %{y})"


def line(
    name: str, x: Any, y: Any, color: str, dash: str = "solid", width: float = 2.5, hover: str = VALUE, *,
    marker: Mapping[str, Any] | None = None, **pen: Any,
) -> Trace:  # fmt: skip
    """A line through x, y (n,), None where it has a gap. Without a name it is not in the legend.

    hover: what is said where it is pointed at, nothing if empty; marker: what its points look like, if they are drawn, too;
    pen: what else Plotly is told of the line.
    """
    trace = _trace("lines", name, x, y, hover) | {"line": {"color": color, "dash": dash, "width": width, **pen}}
    return trace if marker is None else trace | {"mode": "lines+markers", "marker": marker}


def points(name: str, x: Any, y: Any, marker: Mapping[str, Any], hover: str = VALUE) -> Trace:
    """Markers at x, y (n,); the rest as for ``line``."""
    return _trace("markers", name, x, y, hover) | {"marker": marker}


def _trace(mode: str, name: str, x: Any, y: Any, hover: str) -> Trace:
    """The numbers as arrays, which Plotly takes without a look at each."""
    said = {"hovertemplate": hover} if hover else {"hoverinfo": "skip"}
    trace = {"type": "scatter", "mode": mode, "name": name, "x": np.asarray(x), "y": np.asarray(y, float), **said}
    return trace if name else trace | {"showlegend": False}


def band(name: str, x: Any, low: Any, high: Any, color: str, opacity: float, hover: str = "") -> list[Trace]:
    """What lies between two lines, shaded."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    fill = {"fill": "tonexty", "fillcolor": f"rgba({red},{green},{blue},{opacity})"}
    return [line("", x, low, color, "solid", 0.5, hover), line(name, x, high, color, "solid", 0.5, hover) | fill]


def figure(
    traces: Sequence[Trace], height: int, x: str = "", y: str = "", *,
    across: Mapping[str, Any] | None = None, up: Mapping[str, Any] | None = None, **more: Any,
) -> Figure:  # fmt: skip
    """The traces in a chart so many pixels high, what they are called in a row above.

    x, y: titles of the axes; across, up: what else Plotly is told of these, and more: of the layout.
    """
    layout = {
        "height": height, "margin": {"l": 10, "r": 10, "t": 10, "b": 10},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        "xaxis": {"title": {"text": x}, **(across or {})}, "yaxis": {"title": {"text": y}, **(up or {})},
    }  # fmt: skip
    return Figure(list(traces), layout | more)
