"""Charts of lessons, as plain dicts: to Plotly's own figures, which check and copy every property, they are as 1 to 20."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import plotly.io as pio
from plotly.basedatatypes import BaseFigure

Trace = dict[str, Any]
VALUE, PLACE = "%{y:.4f}", "(%{x}, %{y})"


class Figure(BaseFigure):  # type: ignore[misc]  # Plotly has no types
    """A figure that is written as it is, in the template that new figures have. Whether Plotly knows all of it is a test's to
    find."""

    def __init__(self, data: Sequence[Trace], layout: Mapping[str, Any]) -> None:
        self._traces, self._laid = data, layout

    @property
    def data(self) -> Sequence[Trace]:
        """The traces."""
        return self._traces

    def to_dict(self) -> dict[str, Any]:
        """As Plotly's own: what is drawn."""
        template = {"template": _template(pio.templates.default)}
        return {"data": [_written(each) for each in self._traces], "layout": template | _written(self._laid)}


@lru_cache(maxsize=4)
def _template(name: str) -> Any:
    return pio.templates[name].to_plotly_json()


def _written(value: Any) -> Any:
    """With arrays of numbers as Plotly.js reads them at once: 64-bit floats in base64; NaN is a gap."""
    if isinstance(value, Mapping):
        return {key: _written(each) for key, each in value.items()}
    if not isinstance(value, np.ndarray):
        return value
    if not value.size:
        return []
    numbers = np.ascontiguousarray(value, "<f8")
    shape = {"shape": ", ".join(map(str, numbers.shape))} if numbers.ndim > 1 else {}
    return {"dtype": "f8", "bdata": b64encode(numbers.tobytes()).decode(), **shape}


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
