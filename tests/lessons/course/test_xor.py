"""Lesson 3: weights that solve XOR fold the plane so that one line separates it; the training is the engine's own."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from lessons.course import LESSONS, Case
from lessons.course.xor import drawn, nets
from lessons.course.xor.lesson import best_line, fallen, separable, state_of
from lessons.course.xor.nets import SOLVED, TARGETS, Xor
from lessons.drawing.plane import verdicts
from lessons.example import WORKED
from lessons.problem import Problem
from mlp_core import Quantity, trace, train
from mlp_core.optimisers import Momentum

SOLUTION = Xor(**SOLVED)
LESSON = LESSONS["xor"]


def case(screen, setting):
    return Case(LESSON, LESSON.screen(screen), setting, WORKED)


def test_the_solution_classifies_the_points_folds_two_together_and_is_separable_also_when_it_is_soft():
    assert nets.right(nets.network(SOLUTION)) == 4
    assert all(verdicts(drawn.hidden_plane(case("lines", SOLUTION))).values())
    folded = drawn.folded_plane(case("fold", SOLUTION))
    assert {each["name"] for each in folded["points"]} == {"(0, 0)", "(0, 1), (1, 0)", "", "(1, 1)"}
    assert all(verdicts(folded).values())
    assert separable(drawn.folded(SOLUTION)) and "(0, 1) and (1, 0)" in fallen(SOLUTION)
    for factor in (1, 4, 12):
        soft = nets.passed(nets.network(SOLUTION, "sigmoid", factor)).layers[0].a
        sums = soft.sum(axis=1)  # by this direction, since the solution treats both hidden neurons alike
        assert sums[[1, 2]].min() > sums[[0, 3]].max(), factor


def test_points_that_nothing_folds_are_not_separable_nor_are_those_of_a_linear_layer():
    assert not separable(nets.POINTS) and not separable(drawn.folded(Xor()))
    linear = nets.passed(nets.network(SOLUTION, "identity")).layers[0].a
    np.testing.assert_allclose(linear[0] + linear[3], linear[1] + linear[2])  # the middle of both diagonals: no line parts them
    assert best_line() == 3


def test_what_is_called_separable_is_what_some_line_separates():
    lines = np.array([(v1, v2, c) for v1, v2 in product((-1, 0, 1), repeat=2) for c in (-1.5, -0.5, 0.5, 1.5)])
    for places in [*product(product((0.0, 1.0), repeat=2), repeat=4)][::5]:
        says = np.column_stack([places, np.ones(4)]) @ lines.T > 0
        assert separable(places) == (np.array(TARGETS, dtype=bool) == says.T).all(axis=1).any(), places


@pytest.mark.parametrize("seed", range(1, 9))
def test_planes_table_and_steps_say_what_the_engine_says(seed):
    setting = nets.redrawn(Xor(), seed)
    says = nets.says_one(nets.network(setting), nets.PLACES)
    judged = verdicts(drawn.hidden_plane(case("lines", setting)))
    assert list(judged.values()) == (says == np.array(TARGETS)).tolist()
    assert [row[4] for row in drawn.gates(case("lines", setting))[1]] == [str(int(each)) for each in says]
    assert nets.worked(setting, None).values[Quantity("a", 2, (1,))] == says[setting.place]


@pytest.mark.parametrize("seed", range(1, 5))
def test_linear_layers_multiplied_out_are_the_network(seed):
    setting = nets.redrawn(Xor(), seed)
    places = np.random.default_rng(seed).normal(size=(20, 2))
    w1, w2, b = nets.folded_line(setting)
    z = trace(nets.network(setting, "identity"), places, np.zeros((20, 1))).layers[1].z[:, 0]
    np.testing.assert_allclose(places @ [w1, w2] + b, z, atol=1e-12)


@pytest.mark.parametrize("hidden", nets.HIDDEN)
def test_the_training_on_show_is_that_of_the_engine(hidden):
    first = nets.beginning(hidden, 3).network
    run = train(first, nets.POINTS, [[t] for t in TARGETS], Momentum(lr=nets.RATE, momentum=nets.MOMENTUM), nets.ITERATIONS)
    shown = nets.trained(hidden, 3)
    np.testing.assert_allclose(shown.losses, run.loss)
    for k in (0, 1):
        np.testing.assert_allclose(shown.at(nets.ITERATIONS).layers[k].W, run.network.layers[k].W)
    setting = Xor(hidden=hidden, start=3, at=nets.ITERATIONS)
    lines = drawn.trained_plane(case("trained", setting))["lines"]
    drawn_lines = [(*each["w"], each["c"]) for each in lines]
    np.testing.assert_allclose(drawn_lines, [nets.line_of(run.network.layers[0], i) for i in (0, 1)])


def test_a_start_that_gets_stuck_says_so_and_why():
    ends = {start: nets.right(nets.trained("sigmoid", start).networks[-1]) for start in (1, 2)}
    assert ends == {1: 4, 2: 2}
    good, bad, linear, dead = (
        state_of(case("trained", Xor(hidden=hidden, start=start, at=nets.ITERATIONS)))
        for hidden, start in (("sigmoid", 1), ("sigmoid", 2), ("identity", 1), ("relu", 17))
    )
    assert "stuck" not in good and "4 of 4" in good
    assert "folded onto one place" in bad and "(1, 0), (1, 1)" in bad
    assert "No start helps" in linear and "Hidden neurons 1 and 2" in dead


def test_numbers_typed_in_the_picture_come_into_the_setting_and_others_are_refused():
    setting = nets.entered(Xor(), Quantity("W", 1, (2, 1)), -1.0)
    setting = nets.entered(nets.entered(setting, Quantity("b", 2, (1,)), 3.0), Quantity("x", 0, (1,)), 1.0)
    assert (setting.second, setting.output, setting.point) == ((-1.0, 1.0, -0.5), (1.0, 1.0, 3.0), "11")
    for address, value in (("y.2.1", 1.0), ("x.0.1", 0.5), ("W.1.1.1", 1e9)):
        with pytest.raises(Problem):
            nets.entered(setting, Quantity.parse(address), value)


HOSTILE = {
    "first": [(1, 2), (1, 2, float("nan")), (1, 2, 1e300), "abc", (1, 2, "3"), None],
    "point": ["02", 1, None, ["01"]],
    "hidden": ["step", "softmax", 1],
    "start": [0, 1.5, True, 10**9],
    "at": [-1, 301, "5"],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field in HOSTILE for value in HOSTILE[field]])
def test_a_setting_that_cannot_be_is_refused(field, value):
    with pytest.raises(Problem):
        replace(Xor(), **{field: value})
    with pytest.raises(Problem):
        Xor.of_data(Xor().to_data() | {field: value})


def test_every_corner_of_the_folded_plane_can_be_drawn():
    for first, second in product([(0.0, 0.0, 1.0), (1.0, 0.0, -0.5), (-1.0, -1.0, 0.5)], repeat=2):
        points = drawn.folded_plane(case("fold", Xor(first=first, second=second)))["points"]
        names = ", ".join(each["name"] for each in points)
        assert all(name in names for name in nets.NAMES.values())
