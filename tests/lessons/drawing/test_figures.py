"""The loss curves: which points are drawn, and that figure and sketch draw those and nothing else."""

import re
import xml.etree.ElementTree as ET
from urllib.parse import unquote

import numpy as np
import plotly.io
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.drawing import losses as figures
from lessons.drawing.losses import HEIGHT, POINTS, WIDTH, Losses, losses, losses_figure, sketch, thin
from lessons.example import WORKED
from lessons.palette import BACKGROUND, contrast
from lessons.style import Look
from mlp_core.optimisers import OPTIMISERS

LOOK = Look.of("notes", "en", 4, "light", WORKED.sizes)
FALLING = {"SGD": [1.0, 0.5, 0.25, 0.125], "Adam": [1.0, 0.1, 0.01]}
SPIKE = {"SGD": [1.0, 2.0, 1e9], "RMSprop": [1.0, 0.5, 0.25]}


def axis(number: float) -> float:
    """The same number as Plotly writes it."""
    return pytest.approx(number, rel=1e-12)


# --- thinning ---


def test_a_short_curve_is_drawn_point_by_point():
    assert thin([np.zeros(POINTS), np.zeros(3)]).tolist() == list(range(POINTS))


@settings(max_examples=30)
@given(st.lists(st.integers(1, 10_001), min_size=1, max_size=4), st.integers(0, 2**32 - 1))
def test_ends_and_extremes_survive_and_the_rest_is_few(lengths, seed):
    random = np.random.default_rng(seed)
    curves = [random.exponential(size=n) for n in lengths]
    kept = thin(curves)
    assert len(kept) <= POINTS and np.all(np.diff(kept) > 0) and kept[-1] < max(lengths)
    for curve in curves:
        assert {0, len(curve) - 1, int(curve.argmin()), int(curve.argmax())} <= set(kept.tolist())


def test_a_thinned_curve_looks_like_the_curve():
    """Nowhere between two kept points does a smooth loss leave their straight line by more than a pixel of the chart."""
    x = np.arange(10_001)
    y = np.exp(-x / 40) + 0.1 / (1 + x / 500)
    kept = thin([y])
    assert np.abs(np.interp(x, kept, y[kept]) - y).max() < (y.max() - y.min()) / HEIGHT


def test_a_single_spike_is_never_lost():
    y = np.ones(10_001)
    y[7_777] = 50
    assert losses({"SGD": y}).lines[0].y.max() == 50


# --- the data ---


def test_each_run_keeps_its_own_length_and_name():
    data = losses(FALLING, diverged=["SGD"], limit=0.2)
    assert [(line.name, line.diverged) for line in data.lines] == [("SGD", True), ("Adam", False)]
    for line in data.lines:
        assert line.x.tolist() == list(range(len(FALLING[line.name]))) and line.y.tolist() == FALLING[line.name]
    assert (data.limit, data.top, data.hidden, data.log) == (0.2, None, 0, False)


def test_a_logarithmic_scale_leaves_out_zeros_and_counts_them_all():
    y = np.linspace(1, 0, 5_001)
    y[4_000:] = 0
    data = losses({"SGD": y, "Adam": [1.0, 0.0]}, log=True)
    assert data.hidden == 1_001 + 1 and data.top is None
    drawn = data.lines[0]
    assert np.array_equal(np.isnan(drawn.y), drawn.x >= 4_000) and np.nanmin(drawn.y) > 0
    assert losses({"SGD": y}).hidden == 0, "a linear scale has a place for 0"


def test_a_logarithmic_scale_that_would_be_empty_is_linear():
    for values in ([0.5, 0.0, 0.0], [0.5, 1.5e-323, 1.5e-323], [0.0, 0.0], [0.5]):
        data = losses({"SGD": values}, log=True)
        assert (data.log, data.hidden) == (False, 0) and np.isfinite(data.lines[0].y).all(), values
        assert losses_figure(data, LOOK, "light").layout.yaxis.type == "linear"
    assert losses({"SGD": [0.5, 0.0], "Adam": [0.5, 0.4]}, log=True).log


def test_a_linear_scale_ends_where_a_curve_shoots_up():
    data = losses(SPIKE, diverged=["SGD"])
    assert data.top == figures.HEADROOM * 1.0 and data.lines[0].y[-1] == 1e9, "cut by the axis, not in the data"
    assert losses(SPIKE, log=True).top is None and losses(FALLING).top is None


@pytest.mark.parametrize("limit", [None, 0.0])
def test_no_limit_no_line(limit):
    figure = losses_figure(losses(FALLING, limit=limit), LOOK, "light")
    assert [trace.name for trace in figure.data] == ["SGD", "Adam"]


# --- the figure ---


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_figure_draws_the_data(theme):
    figure = losses_figure(losses(FALLING, limit=0.2), LOOK, theme)
    *lines, limit = figure.data
    for line in lines:
        assert list(line.x) == list(range(len(FALLING[line.name]))) and list(line.y) == axis(FALLING[line.name])
        assert line.line.color == OPTIMISERS[line.name].colors[theme] and line.line.simplify is False
    assert set(limit.y) == {0.2} and limit.x[-1] == 3 and "0.2" in limit.name


def test_colour_is_never_alone():
    figure = losses_figure(losses({name: [1.0, 0.5] for name in OPTIMISERS}), LOOK, "light")
    assert len({line.line.dash for line in figure.data}) == len({line.line.color for line in figure.data}) == len(OPTIMISERS)
    assert all(contrast(each.colors[theme], BACKGROUND[theme]) >= 4.5 for each in OPTIMISERS.values() for theme in BACKGROUND)


@pytest.mark.parametrize(("log", "kind"), [(False, "linear"), (True, "log")])
def test_the_scale_is_the_chosen_one(log, kind):
    figure = losses_figure(losses(FALLING, log=log), LOOK, "light")
    assert figure.layout.yaxis.type == kind


def test_a_diverged_run_ends_in_a_cross_within_the_frame():
    for log, height in ((False, figures.HEADROOM), (True, 1e9)):
        figure = losses_figure(losses(SPIKE, diverged=["SGD"], log=log), LOOK, "light")
        (cross,) = (trace for trace in figure.data if trace.mode == "markers")
        assert (cross.marker.symbol, list(cross.x), list(cross.y)) == ("x", [2], [height])
        assert "diverged" in figure.data[0].name and figure.data[-1].name == "RMSprop"
    figure = losses_figure(losses(SPIKE, diverged=["SGD"]), LOOK, "light")
    assert tuple(figure.layout.yaxis.range) == (0, figures.HEADROOM)


def test_the_axes_are_named_in_the_language_and_notation(language):
    look = Look.of("handout", language, 4, "light", WORKED.sizes)
    layout = losses_figure(losses(FALLING), look, "light").layout
    assert "E" in layout.yaxis.title.text and layout.xaxis.title.text


def test_few_iterations_have_no_ticks_between_them():
    assert losses_figure(losses(FALLING), LOOK, "light").layout.xaxis.dtick == 1
    assert losses_figure(losses({"SGD": np.ones(500)}), LOOK, "light").layout.xaxis.dtick is None


@pytest.mark.parametrize("values", [[0.5], [0.0], [0.0, 0.0], [1e308, 1e308], [5e-324, 0.0]])
@pytest.mark.parametrize("log", [False, True])
def test_the_strangest_runs_can_be_drawn(values, log):
    data = losses({"SGD": values}, diverged=["SGD"], log=log)
    assert "Infinity" not in plotly.io.to_json(losses_figure(data, LOOK, "light"))
    points(data)


# --- the sketch of a run that goes on ---


def points(data: Losses) -> list[list[tuple[float, float]]]:
    """The corners of every curve of the sketch, all of them inside its frame."""
    address = re.search(r'src="data:image/svg\+xml,([^"]*)"', sketch(data, LOOK, "light"))[1]
    lines = ET.fromstring(unquote(address)).iter("{http://www.w3.org/2000/svg}polyline")
    found = [[tuple(map(float, pair.split(","))) for pair in line.get("points").split()] for line in lines]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for line in found for x, y in line)
    return found


@pytest.mark.parametrize("log", [False, True])
def test_the_sketch_has_every_point_of_the_data(log):
    data = losses(FALLING, log=log)
    sgd, adam = points(data)
    assert len(sgd) == 4 and len(adam) == 3
    assert sgd[0] == adam[0] == (0, 0) and sgd[-1][0] == WIDTH, (
        "the highest loss is at the top, the last iteration at the right"
    )
    assert [y for _, y in sgd] == sorted(y for _, y in sgd), "a falling loss falls"
    if log:
        assert np.allclose(np.diff([y for _, y in sgd]), sgd[1][1], atol=0.2), "halving is a straight line"


def test_the_sketch_cuts_where_the_chart_cuts():
    sgd, rmsprop = points(losses(SPIKE))
    assert sgd[-1][1] == 0 and rmsprop[0][1] == HEIGHT * (1 - 1 / figures.HEADROOM)


def test_the_sketch_leaves_out_what_the_scale_leaves_out():
    assert [len(line) for line in points(losses({"SGD": [1.0, 0.0, 0.5], "Adam": [0.0, 0.0]}, log=True))] == [2, 0]
