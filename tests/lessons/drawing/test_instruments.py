"""The data of planes and graphs, and what of a browser's messages is taken for something a person did."""

import json
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.drawing import plane as planes
from lessons.drawing import plot as plots
from lessons.drawing.axes import around, axis
from lessons.drawing.plane import line, plane, point, raster
from lessons.palette import colors
from mlp_core.writing.names import Name

COLORS = colors("light")
X, Y = axis(Name("x"), -0.5, 1.5, per=20), axis(Name("y"), -0.5, 1.5, per=20)
POINTS = [point("A", 0, 0, sign=-1), point("B", 1, 1, sign=1), point("F", 1, 0, sign=1, fixed=True)]
LINES = [line("a", [1, 1], -1.5), line("f", [1, 0], -0.5, fixed=True)]
PLANE = plane("Gate", X, Y, points=POINTS, lines=LINES, adds=1, removes=True, colors=COLORS)
GRAPH = plots.graph(Name("y"), log, lambda x: 1 / x, axis(Name("x"), -1, 3))
PLOT = plots.plot("ln", axis(Name("x"), -1, 3), plots.height(Name("y"), [GRAPH]), [GRAPH], at=1.0, colors=COLORS)


def test_data_is_plain_json():
    for data in (PLANE, PLOT, plane("", X, Y, raster=raster(lambda p: p[:, 0] > 0, X, Y), colors=COLORS)):
        assert json.loads(json.dumps(data)) == json.loads(json.dumps(data, default=str))


@pytest.mark.parametrize("low, high", [(-0.5, 1.5), (0, 1e-3), (-3, 3), (0, 1000), (-1.7, 12.3)])
def test_ticks_are_round_and_within(low, high):
    ticks = axis(Name("x"), low, high)["ticks"]
    assert 2 <= len(ticks) <= 7 and all(low <= at <= high and float(text.replace("−", "-")) == at for at, text in ticks)


@given(st.lists(st.floats(-1e4, 1e4), max_size=9))
def test_an_axis_around_values_holds_them(values):
    made = around(Name("x"), values)
    assert all(made["low"] < value < made["high"] for value in values)


@pytest.mark.parametrize(
    "sent, event",
    [
        (["line", "a", [1.04, 0.96, -1.2]], ("line", "a", (1.0, 1.0, -1.2))),
        (["point", "A", [0.51, 1.5]], ("point", "A", (0.5, 1.5))),
        (["add", [0.3, -0.5]], ("add", "", (0.3, -0.5))),
        (["remove", "B"], ("remove", "B", ())),
    ],
)
def test_what_a_person_did_comes_on_the_grid(sent, event):
    assert planes.heard(json.dumps(sent), PLANE) == event


HOSTILE = [
    ["line", "f", [1, 1, -1]], ["line", "z", [1, 1, -1]], ["line", "a", [0, 0, 1]], ["line", "a", [1, 1, -100]],
    ["line", "a", [1, 1]], ["line", "a", [1, True, 0]], ["line", "a", ["1", 1, 0]], ["line", "a", [1e300, 1, 0]],
    ["point", "F", [0, 0]], ["point", "A", [9, 0]], ["point", "A", [0, None]], ["point", ["A"], [0, 0]],
    ["add", [0, 2]], ["add", 3], ["remove", "F"], ["remove", "z"], ["remove"], [], {}, None, "line",
]  # fmt: skip


HOSTILE_TEXTS = ["", "[", "[" * 400, '["add",[NaN,0]]', '["add",[1e999,0]]', "9" * 499]


@pytest.mark.parametrize("sent", [*map(json.dumps, HOSTILE), *HOSTILE_TEXTS])
def test_anything_else_is_nothing(sent):
    assert planes.heard(sent, PLANE) is None
    assert plots.heard(sent, PLOT) is None


def test_what_the_data_does_not_allow_is_nothing():
    still = plane("", X, Y, points=POINTS, colors=COLORS)
    assert planes.heard('["add",[0,0]]', still) is None and planes.heard('["remove","A"]', still) is None
    flat = plane("", X, lines=[line("t", [1], -1)], colors=COLORS)
    assert planes.heard('["line","t",[1,5,-1]]', flat) == ("line", "t", (1.0, 0.0, -1.0))


def test_a_plane_that_cannot_be_drawn_is_refused():
    for given_ in ({"points": [point("A", 5, 0, sign=1)]}, {"points": POINTS[:1] * 2}, {"lines": LINES, "inside": "01"}):
        with pytest.raises(ValueError):
            plane("", X, Y, colors=COLORS, **given_)


def test_the_shaded_region_is_where_all_lines_are_positive_unless_it_is_given():
    assert PLANE["inside"] == "0001"
    assert planes.verdicts(PLANE) == {"A": True, "B": True, "F": False}
    xor = plane("", X, Y, points=POINTS, lines=LINES, inside="0110", colors=COLORS)
    assert planes.verdicts(xor) == {"A": True, "B": False, "F": True}


def test_a_raster_goes_by_rows_from_the_top():
    made = raster(lambda places: np.abs(places - [-0.25, 1.25]).max(1) < 0.25, X, Y, cells=4)
    assert made["rows"] == "8000"


def test_a_graph_has_no_point_where_its_function_has_no_value():
    assert GRAPH["y"][:11] == [None] * 11 and GRAPH["slope"][20] == 1.0
    assert PLOT["at"] == 20
    assert plots.heard('["at",[25]]', PLOT) == ("at", 1.5)
    for sent in ('["at",[5]]', '["at",[41]]', '["at",[-1]]', '["at",[2.5]]', '["at",[true]]', '["second",[25]]', '["x",[25]]'):
        assert plots.heard(sent, PLOT) is None
