"""Lesson 0: slopes that are those of SymPy and of the engine, wheels that mesh, e where it is found, and hostile settings."""

from itertools import pairwise, product
from math import e, hypot, pi

import pytest
import sympy as sp

from lessons.course import LESSONS, Case
from lessons.course.lesson import Drawn
from lessons.course.slopes import gears, pictures
from lessons.course.slopes.functions import FUNCTIONS, LN, SIGMOID, X, power, ratio
from lessons.course.slopes.setting import BOUNDS, Slopes, moved, redrawn
from lessons.drawing.plot import places, slopes
from lessons.example import WORKED
from lessons.problem import Problem
from mlp_core import compute_graph

LESSON = LESSONS["slopes"]
Y = sp.Symbol("y", real=True)
CURVES = {
    "x": (pictures.over_x, X**2 * Y, X), "y": (pictures.over_y, X**2 * Y, Y), "e": (pictures.power_curve, sp.Float(2.5) ** X, X),
    "ln": (pictures.ln_curve, sp.log(X), X), "sigmoid": (pictures.sigmoid_curve, 1 / (1 + sp.exp(-X)), X),
}  # fmt: skip


def case_of(screen="slope", **fields):
    return Case(LESSON, LESSON.screen(screen), Slopes(**fields), WORKED)


@pytest.mark.parametrize("function", [*FUNCTIONS.values(), LN, SIGMOID], ids=lambda each: each.typed)
def test_a_function_is_the_same_to_sympy_and_to_the_engine(function):
    for x in (0.5, 1.0, 2.25):
        graph = compute_graph(function.typed, {"x": x})
        assert function.f(x) == pytest.approx(graph.value, rel=1e-12)
        assert function.slope(x) == pytest.approx(graph.grad["x"], rel=1e-12)
        assert function.secant(x, 1e-6) == pytest.approx(graph.grad["x"], rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("curve, expr, by", CURVES.values(), ids=CURVES)
def test_what_a_curve_shows_is_what_sympy_says(curve, expr, by):
    setting = {"px": -0.75, "py": 1.25, "base": 2.5, "ex": 0.5, "lx": 1.5, "sx": -2.0}
    data = curve(case_of(**setting))
    at = places(data["x"])[data["at"]]
    others = {X: setting["px"], Y: setting["py"]}
    others.pop(by)
    f = expr.subs(others)
    assert data["graphs"][0]["y"][data["at"]] == pytest.approx(float(f.subs(by, at)), rel=1e-12)
    assert slopes(data)[0] == pytest.approx(float(sp.diff(f, by).subs(by, at)), rel=1e-9)
    for graph in data["graphs"][1:]:
        assert graph["y"][data["at"]] == pytest.approx(slopes(data)[0], rel=1e-9)
        assert graph["slope"][data["at"]] == pytest.approx(float(sp.diff(f, by, 2).subs(by, at)), rel=1e-9)


@pytest.mark.parametrize("key", FUNCTIONS)
def test_the_secant_becomes_the_tangent_of_the_curve_that_is_chosen(key):
    data = pictures.slope_curve(case_of(f=key, at=0.5, second=2.0))
    function = FUNCTIONS[key]
    assert slopes(data) == pytest.approx((function.slope(0.5), function.secant(0.5, 1.5)))
    met = pictures.slope_curve(case_of(f=key, at=0.5, second=0.5))
    assert slopes(met) == pytest.approx((function.slope(0.5),) * 2)


def test_e_is_the_base_whose_power_is_its_own_derivative():
    f, slope = power(e)
    assert [slope(x) / f(x) for x in (-2.0, 0.0, 1.5)] == pytest.approx([1.0] * 3)
    assert ratio(2.0) < 1 < ratio(3.0)
    found = {base: case_of("e", base=base).text("found") for base in (2.0, 2.71, 2.72, 3.0)}
    assert [f"{e:.8f}" in text for text in found.values()] == [False, False, True, False]


def test_the_sigmoids_law_is_true():
    assert sp.simplify(SIGMOID.derivative - SIGMOID.expr * (1 - SIGMOID.expr)) == 0


@pytest.mark.parametrize("first, then", [*product((1, 2, 3, 4), repeat=2)])
def test_wheels_turn_as_their_teeth_make_them(first, then):
    setting = Slopes(first=first, then=then, turn=0.35)
    teeth, turned = gears.teeth(setting), gears.turns(setting)
    assert [n * turn for n, turn in zip(teeth, turned, strict=True)] == pytest.approx([teeth[0] * 0.35] * 3)
    assert turned[2] == pytest.approx(first * then * turned[0])


@pytest.mark.parametrize("turn", [0.0, 0.05, 0.3, 1.15])
def test_teeth_meet_gaps(turn):
    """Seen along the line of their centers, a tooth of one wheel is where the next wheel has a gap, at any turn."""
    for first, then in product((1, 2, 3, 4), repeat=2):
        setting = Slopes(first=first, then=then, turn=turn)
        wheels = zip(gears.teeth(setting), gears.angles(setting), strict=True)
        for (n, one), (m, other) in pairwise(wheels):
            ahead, back = n * one / (2 * pi), m * (other - pi) / (2 * pi)
            assert (ahead + back) % 1 == pytest.approx(0.5, abs=1e-6)


def test_a_wheel_has_its_teeth():
    corners = gears.outline((10.0, 20.0), 8, 5.0, 0.3)
    radii = {round(hypot(x - 10, y - 20), 6) for x, y in corners}
    assert len(corners) == 4 * 8 and len(radii) == 2


def test_a_point_that_there_is_none_of_moves_nothing():
    setting = Slopes()
    assert moved(setting, "mark", 1.0, {"at": "at"}) == setting
    assert moved(setting, "at", 1.0, {"at": "px"}).px == 1.0
    with pytest.raises(Problem):
        moved(setting, "at", 99.0, {"at": "px"})


@pytest.mark.parametrize(
    "forged", [{"f": "gone"}, {"first": 5}, {"first": 1.0}, {"lx": 0}, {"base": "e"}, {"at": float("nan")}], ids=str
)
def test_a_setting_that_cannot_be_is_refused(forged):
    with pytest.raises(Problem):
        Slopes.of_data(forged)


@pytest.mark.parametrize("end", [0, 1])
def test_every_screen_can_be_drawn_and_worked_out_at_the_ends_of_what_can_be_set(end):
    for screen in LESSON.screens:
        case = case_of(screen.key, **{field: bounds[end] for field, bounds in BOUNDS.items()})
        assert screen.work is None or case.worked.steps
        assert all(part.data(case) for part in screen.every() if isinstance(part, Drawn))


def test_every_term_of_the_glossary_screen_is_there(language):
    assert len(pictures.words(case_of("words"))[1]) == len(pictures.WORDS)


def test_other_numbers_are_others_and_none_makes_a_question_empty():
    drawn = {redrawn(Slopes(), seed) for seed in range(20)}
    assert len(drawn) == 20
    assert all(each.at and each.px and each.py and each.cw and each.cx + each.cy for each in drawn)
