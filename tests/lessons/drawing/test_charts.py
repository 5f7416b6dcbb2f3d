"""The charts of lessons: what is written is what Plotly itself would draw."""

from base64 import b64decode

import numpy as np
import plotly.graph_objects as go
import plotly.io as pio

from lessons.drawing import charts


def test_a_chart_is_written_as_plotlys_own_figure_with_every_number_of_it():
    traces = [
        charts.line("one", range(3), [1.5, None, -2.0], "#123456", marker={"size": 3}), charts.points("", [0], [1], {}),
        *charts.band("between", np.arange(4), np.zeros(4), np.ones(4), "#123456", 0.2),
    ]  # fmt: skip
    own = charts.figure([*traces, charts.line("empty", [], [], "#123456")], 300, "x", "y", up={"range": [0, 1]})
    read = pio.from_json(pio.to_json(own, validate=False))
    assert read.layout == go.Figure(layout=own.to_dict()["layout"]).layout and read.layout.template == go.Figure().layout.template
    for trace, given in zip(read.data, traces, strict=False):
        for axis in "xy":
            assert np.array_equal(np.frombuffer(_bytes(trace[axis]), "<f8"), np.asarray(given[axis], float), equal_nan=True)
    assert len(read.data) == 5 and not read.data[-1].x


def _bytes(spec: dict[str, str]) -> bytes:
    assert spec["dtype"] == "f8"
    return b64decode(spec["bdata"])
