"""Lesson 7: curves, Jacobian and error signals that are those of SymPy and of the engine, and a sign that is really lost."""

import json
from dataclasses import replace
from math import log

import numpy as np
import pytest
import sympy as sp

from lessons import grade
from lessons.course import LESSONS, Case
from lessons.course.losses import curves, setting, shares, signs
from lessons.course.losses.heat import mixed, shade
from lessons.course.losses.setting import CLASSES, COSTS, EDGE, OUTPUTS, RIGHT, SQUARES, Losses, redrawn
from lessons.drawing.plot import places, slopes
from lessons.example import WORKED
from lessons.exports.notebook import notebook
from lessons.palette import BACKGROUND, FAMILIES, contrast
from lessons.practice.questions import questions_about
from lessons.problem import Problem
from lessons.worked import mlp
from mlp_core import Layer, Network, Quantity, derive, train
from mlp_core.optimisers import SGD

LESSON = LESSONS["losses"]
SETTINGS = [Losses(), Losses(right=0), *(redrawn(Losses(), seed) for seed in range(3))]
NAMES = ["first", "divided", "drawn 0", "drawn 1", "drawn 2"]
EVERY = range(1, CLASSES + 1)


def case(given: Losses, screen: str) -> Case:
    return Case(LESSON, LESSON.screen(screen), given, WORKED)


def q(kind: str, *index: int) -> Quantity:
    return Quantity(kind, 1, index)


# --- the curves ---


@pytest.mark.parametrize("form", SQUARES)
@pytest.mark.parametrize("count", [1, 3])
def test_the_point_on_the_squared_error_is_where_the_steps_have_it(form, count):
    given = Losses(form=form, count=count)
    data, about = curves.squared(case(given, "squares")), setting.squares(given, None)
    assert data["graphs"][0]["y"][data["at"]] == pytest.approx(about.values[Quantity("C")])
    assert slopes(data)[0] == pytest.approx(about.values[q("dC_da", 1)])


def test_the_three_forms_have_their_least_loss_at_the_same_output():
    data = curves.squared(case(Losses(), "squares"))
    least = {min(range(len(graph["y"])), key=lambda i, graph=graph: graph["y"][i]) for graph in data["graphs"]}
    assert {places(data["x"])[i] for i in least} == {Losses().goals[0]}


@pytest.mark.parametrize("share", [EDGE, 0.05, 0.4, 1 - EDGE])
@pytest.mark.parametrize("target", [0, 1])
def test_the_losses_of_one_output_are_those_of_their_formulas(share, target):
    given = Losses(share=share, target=target)
    square, entropy = (draw(case(given, "wrong")) for draw in (curves.judged_squared, curves.judged_entropy))
    binary, categorical = (graph["y"][entropy["at"]] for graph in entropy["graphs"])
    assert square["graphs"][0]["y"][square["at"]] == pytest.approx((share - target) ** 2)
    assert slopes(square)[0] == pytest.approx(2 * (share - target))
    assert binary == pytest.approx(-log(share if target else 1 - share))
    assert slopes(entropy)[0] == pytest.approx(-1 / share if target else 1 / (1 - share))
    assert categorical == pytest.approx(-log(share) if target else 0.0)


def test_only_the_slope_of_the_squared_error_dies_where_the_sigmoid_is_flat():
    _heads, (square, entropy) = curves.judged_table(case(Losses(share=EDGE, target=1), "wrong"))
    left = [float(row[-1].replace("−", "-")) for row in (square, entropy)]
    assert abs(left[0]) < 0.05 and left[1] == pytest.approx(EDGE - 1)


# --- softmax ---


@pytest.mark.parametrize("given", SETTINGS, ids=NAMES)
def test_the_jacobian_is_that_of_sympy_and_its_rows_and_columns_add_up_to_0(given):
    z = sp.symbols("z1:4", real=True)
    softmax = sp.Matrix([sp.exp(each) / sum(map(sp.exp, z)) for each in z])
    exact = np.array(softmax.jacobian(z).subs(dict(zip(z, given.z, strict=True))).evalf(), dtype=float)
    found = shares.jacobian(setting.classes(given, None))
    assert found == pytest.approx(exact)
    assert found.sum(axis=0) == pytest.approx(0, abs=1e-12) and found.sum(axis=1) == pytest.approx(0, abs=1e-12)
    assert np.abs(found - np.diag(np.diagonal(found))).max() > 1e-3


def test_every_cell_of_the_map_says_its_name_its_formula_and_its_number():
    about = case(Losses(), "shares")
    shown = shares.jacobian_map(about)
    assert shown.count('tabindex="0"') == CLASSES**2
    for i in EVERY:
        for j in EVERY:
            a, b = (about.look.value(q("a", k), about.worked.values[q("a", k)]) for k in (i, j))
            cell = about.look.value(q("da_dz", i, j), about.worked.values[q("da_dz", i, j)])
            assert f">{cell}<span" in shown and f"<b>{cell}</b>" in shown and a in shown and b in shown


@pytest.mark.parametrize("theme", BACKGROUND)
def test_a_number_can_be_read_on_every_colour_of_the_map(theme):
    ink = FAMILIES["loss"][theme]
    assert shade(0.0, 1.0, theme) == BACKGROUND[theme] == mixed("#123456", BACKGROUND[theme], 0)
    for value in (-9.0, -1.0, -0.5, 0.5, 1.0, 9.0):
        assert contrast(ink, shade(value, 1.0, theme)) >= 4.5
    for family in ("preactivation", "activation", "gradient"):
        assert contrast(FAMILIES[family][theme], BACKGROUND[theme]) >= 4.5


@pytest.mark.parametrize("given", SETTINGS, ids=NAMES)
def test_jacobian_transposed_times_the_losss_slopes_is_output_minus_target(given):
    about = setting.classes(given, None)
    slope = np.array([about.values[q("dC_da", i)] for i in EVERY])
    fused = [about.values[q("a", j)] - about.values[q("y", j)] for j in EVERY]
    assert shares.jacobian(about).T @ slope == pytest.approx(fused)
    assert [float(about.step(q("delta", j)).evaluate(about.values)) for j in EVERY] == pytest.approx(fused)


def test_the_lines_in_letters_equal_each_other_and_end_at_the_engines_own():
    about = setting.classes(Losses(), None)
    first, *lines = shares.reduced()
    put_in = {about.step(target).target.symbol: about.step(target).formula for target in about.step(q("delta", 1)).inputs}
    ys = [q("y", i).symbol for i in EVERY]
    for line in (first.xreplace(put_in), *lines):
        assert sp.simplify((line - lines[-1]).subs(ys[0], 1 - ys[1] - ys[2])) == 0
    net = Network([Layer(np.eye(3), None, "softmax")], "cross_entropy")
    assert lines[-1] == derive(net)[q("delta", 1)].formula


def test_the_walk_through_softmax_is_a_notebook_that_runs(capsys):
    about = setting.classes(Losses(), None)
    cells = json.loads(notebook(about, WORKED.view, "Softmax"))["cells"]
    known: dict = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), known)
    assert known["delta1"] == pytest.approx([about.values[q("delta", j)] for j in EVERY])


# --- the two errors of note 002 ---


@pytest.mark.parametrize("rate", [0.1, 0.2, 2.0])
def test_with_its_sign_the_program_is_the_engines_training_and_without_it_its_opposite(rate):
    x, y = signs.data()
    right, lost = signs.trained(rate, True), signs.trained(rate, False)
    assert right.losses == pytest.approx(train(signs.first(), x, y, SGD(lr=rate), signs.UPDATES).loss.tolist())
    assert right.losses[-1] < right.losses[0] < lost.losses[-1]
    assert all(after > before for before, after in zip(lost.losses, lost.losses[1:], strict=False))
    assert right.hits[-1] > len(x) / CLASSES > lost.hits[-1]


def test_the_slope_without_its_minus_gives_the_opposite_of_every_error_signal():
    about = setting.classes(Losses(right=0), None)
    lost = [about.values[q("y", i)] / about.values[q("a", i)] for i in EVERY]
    assert shares.jacobian(about).T @ lost == pytest.approx([-about.values[q("delta", j)] for j in EVERY])


@pytest.mark.parametrize("given", SETTINGS, ids=NAMES)
@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("cost", COSTS)
def test_the_elementwise_rule_holds_for_sigmoid_and_fails_for_softmax(given, output, cost):
    about = setting.compared(chosen := replace(given, output=output, cost=cost), None)
    right = [about.values[q("delta", j)] for j in EVERY]
    assert shares.measured(chosen) == pytest.approx(right, abs=1e-6)
    assert (shares.elementwise(about) == pytest.approx(right)) == (output == "sigmoid")
    marks = [row[3] for row in shares.rule_table(case(chosen, "rule"))[1]]
    assert all("✓" in text for text in marks) if output == "sigmoid" else any("✗" in text for text in marks)


# --- slips ---

A = np.exp([2.0, 0.5, -1.0]) / np.exp([2.0, 0.5, -1.0]).sum()  # the shares of the first setting, where class 2 is right
SLIPS = [
    ("a.1.1", 2 / 1.5, "exponentials_left_out"),
    ("a.1.2", np.exp(0.5), "not_normalised"),
    ("C", np.log(A[1]), "minus_lost"),
    ("C", -np.log(1 - A[1]), "log_of_the_wrong_term"),
    ("C", -np.log(A[1]) - np.log(1 - A[0]) - np.log(1 - A[2]), "binary_for_categorical"),
    ("dC_da.1.2", 1 / A[1], "minus_lost"),
    ("dC_da.1.1", 1 / (1 - A[0]), "binary_for_categorical"),
    ("dC_da.1.1", -1 / A[0], "target_left_out"),
    ("da_dz.1.1.2", 0.0, "softmax_elementwise"),
    ("delta.1.1", 0.0, "softmax_elementwise"),
]


@pytest.mark.parametrize(("target", "value", "name"), SLIPS, ids=[f"{slip[0]}-{slip[2]}" for slip in SLIPS])
def test_a_slip_of_softmax_and_cross_entropy_is_named(target, value, name):
    found = {str(each.target): each for each in questions_about(setting.classes(Losses(), None))}
    assert name in grade(found[target], f"{value:.5g}").candidates


def test_a_slip_of_the_binary_cross_entropy_and_of_the_mean_is_named():
    net = Network([Layer([[1.0], [-0.5]], [0.3, 0.2], "sigmoid")], "binary_cross_entropy")
    about = {str(each.target): each for each in questions_about(mlp(net, [0.7], [1, 0]))}
    a = [about[f"a.1.{i}"].answer for i in (1, 2)]
    assert "second_term_left_out" in grade(about["C"], f"{-log(a[0]):.6g}").candidates
    assert "second_term_left_out" in grade(about["dC_da.1.2"], "0").candidates
    assert "log_of_the_wrong_term" in grade(about["C"], f"{-log(1 - a[0]) - log(a[1]):.6g}").candidates
    mean = {str(each.target): each for each in questions_about(setting.squares(Losses(form="mean_squared_error"), None))}
    assert "mean_left_out" in grade(mean["dC_da.1.1"], f"{3 * mean['dC_da.1.1'].answer:.6g}").candidates


# --- what a person sets ---


def test_points_sums_and_numbers_are_moved_and_typed():
    given = Losses()
    assert setting.moved(given, "at", 0.7).outs == (0.7, *given.outs[1:]) and setting.moved(given, "mark", 9.0) == given
    assert setting.judged_at(given, "at", 0.0).share == EDGE and setting.judged_at(given, "at", 0.3).share == 0.3
    assert setting.entered_share(given, q("z", 1), 0.0).share == 0.5
    assert setting.entered(given, q("z", 2), -1.5).z == (2.0, -1.5, -1.0)
    assert setting.entered_classifier(given, Quantity("W", 2, (1, 3)), 0.25).classifier.model.W[1][0][2] == 0.25
    for enter in (setting.entered, setting.entered_share, setting.entered_classifier):
        with pytest.raises(Problem):
            enter(given, q("y", 1), 1.0)
    with pytest.raises(Problem):
        setting.entered(given, q("z", 1), 99.0)


@pytest.mark.parametrize("right", RIGHT)
@pytest.mark.parametrize("end", [-5.0, 5.0])
def test_every_screen_can_be_drawn_at_the_ends_of_what_can_be_set(right, end):
    given = Losses(z1=end, z2=-end, z3=end, right=right, share=EDGE, count=1, output="sigmoid", cost="cross_entropy", rate=2.0)
    for screen in LESSON.screens:
        about = case(given, screen.key)
        assert about.worked.steps
        assert all(part.data(about) for part in screen.every() if hasattr(part, "data"))


HOSTILE = [
    {"form": "cubic"}, {"count": 0}, {"count": 5}, {"count": 1.0}, {"outs": (1.0,)}, {"outs": "abcd"}, {"goals": (1, 2, 3, None)},
    {"share": 0}, {"share": 1}, {"share": float("nan")}, {"target": 2}, {"target": "1"}, {"z1": 6}, {"z2": "x"}, {"z3": True},
    {"right": 4}, {"right": -1}, {"loss_sign": 2}, {"slope_sign": "yes"}, {"rate": 0}, {"output": "tanh"}, {"cost": "hinge"},
    {"own": (("y.2.1", 1.0),)}, {"own": (("W.9.9.9", 1.0),)}, {"own": ((None, 1.0),)}, {"own": (("W.1.1.1", 1e9),)},
]  # fmt: skip


@pytest.mark.parametrize("given", HOSTILE, ids=lambda given: repr(given)[:40])
def test_what_cannot_be_is_a_problem(given):
    with pytest.raises(Problem):
        Losses.of_data(Losses().to_data() | given)
