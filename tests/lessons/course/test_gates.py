"""Lesson 1: gates as Python has them, neurons that are them, and XOR, which no neuron is."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import sympy as sp

from lessons.course import LESSONS, Case
from lessons.course.gates import neurons, pictures
from lessons.course.gates.neurons import GATES, NAMES, ROWS, Gates
from lessons.drawing.plane import verdicts
from lessons.example import WORKED
from lessons.problem import Problem
from mlp_core import Quantity
from mlp_core.steps import Phase

LESSON = LESSONS["gates"]
OUTPUT = Quantity("a", 1, (1,))
RIGHT = {
    "AND": ((1, 1), 2), "OR": ((1, 1), 1), "NAND": ((-1, -1), -1.5), "NOR": ((-1, -1), 0), "AND NOT": ((1, -1), 1),
}  # fmt: skip


def case_of(setting, screen="gates"):
    return Case(LESSON, LESSON.screen(screen), setting, WORKED)


@pytest.mark.parametrize(
    "gate, truth",
    {"AND": "p & q", "OR": "p | q", "NAND": "~(p & q)", "NOR": "~(p | q)", "AND NOT": "p & ~q", "XOR": "p ^ q"}.items(),
)
def test_gates_are_those_of_logic(gate, truth):
    p, q = sp.symbols("p q")
    expected = sp.parsing.sympy_parser.parse_expr(truth, {"p": p, "q": q})
    for row in ROWS:
        assert GATES[gate](*row) == bool(expected.subs({p: bool(row[0]), q: bool(row[1])})), row


@pytest.mark.parametrize("gate", RIGHT)
def test_plane_table_and_steps_say_the_same_of_a_gate(gate):
    w, right = RIGHT[gate]
    first = gate in neurons.FIRST
    drawn = pictures.first_plane if first else pictures.own_plane
    table = pictures.first_table if first else pictures.own_table
    for T in (right, right + 0.5, right - 2.25):
        setting = Gates(w1=w[0], w2=w[1], T=T, **{"gate" if first else "own": gate})
        case = case_of(setting)
        marks = ["✓" in row[-1] for row in table(case)[1]]
        assert [*verdicts(drawn(case)).values()] == marks
        for key, row, marked in zip(NAMES, ROWS, marks, strict=True):
            said = neurons.worked(replace(setting, row=key), None).values[OUTPUT]
            assert (said == GATES[gate](*row)) == marked, row
        assert all(marks) or right != T


def test_not_is_right_just_where_the_answer_says_so():
    for w, T in product(np.arange(-4, 4.25, 0.25).tolist(), np.arange(-6, 6.25, 0.25).tolist()):
        setting = Gates(n1=w, nT=T)
        marks = ["✓" in row[-1] for row in pictures.not_table(case_of(setting))[1]]
        assert all(marks) == (w < T <= 0)
        assert [*verdicts(pictures.not_line(case_of(setting))).values()] == marks


def test_no_neuron_on_a_grid_gets_more_than_three_rows_of_xor_right():
    grid = np.arange(-4, 4.25, 0.25)
    w1, w2, T = np.meshgrid(grid, grid, np.arange(-6, 6.25, 0.25))
    right = sum((w1 * p + w2 * q >= T) == GATES["XOR"](p, q) for p, q in ROWS)
    assert right.max() == neurons.ONE_NEURON_AT_MOST


def test_fourteen_of_the_sixteen_gates_are_a_neuron():
    found = neurons.one_neuron_each()
    xor = tuple(GATES["XOR"](*row) for row in ROWS)
    assert {gate for gate, neuron in found.items() if neuron is None} == {xor, tuple(not each for each in xor)}
    assert all(neuron is None or tuple(map(neuron.fires, ROWS)) == gate for gate, neuron in found.items())
    assert len(found) == 16 and found.keys() == neurons.ALL.keys()


def test_three_neurons_are_xor():
    for key, row in zip(NAMES, ROWS, strict=True):
        values = neurons.circuit(Gates(row=key), None).values
        assert values[Quantity("a", 2, (1,))] == GATES["XOR"](*row)
        assert [values[Quantity("a", 1, (k,))] for k in (1, 2)] == [GATES["OR"](*row), GATES["NAND"](*row)]


def test_the_best_try_at_xor_is_kept():
    setting = neurons.moved(Gates(), "xor", (1.0, 1.0, -0.5))
    assert setting.best == 3
    worse = neurons.moved(setting, "xor", (-1.0, -1.0, -0.5))
    assert (worse.xor.right("XOR"), worse.best) == (2, 3)
    assert "3" in case_of(worse, "xor").text("best")


def test_no_row_of_the_inequalities_is_right_where_xor_is_wrong():
    for w1, w2, T in product((-1.0, 0.25, 2.0), repeat=3):
        case = case_of(Gates(q1=w1, q2=w2, qT=T), "why")
        for one, other in zip(pictures.inequalities(case)[1], pictures.xor_table(case)[1], strict=True):
            assert one[-1] == other[-1]


def test_the_other_side_is_the_opposite_of_a_gate_whose_sums_miss_the_threshold():
    setting = Gates(T=1.5)
    assert setting.neuron.right("AND") == 4 == neurons.turned(setting, None).neuron.right("NAND")


@pytest.mark.parametrize(
    "forged",
    [{"gate": "XOR"}, {"own": "AND"}, {"w1": 1e9}, {"T": float("nan")}, {"w2": "1"}, {"best": 4}, {"row": "02"}],
    ids=str,
)
def test_a_setting_that_cannot_be_is_refused(forged):
    with pytest.raises(Problem):
        Gates.of_data(forged)


def test_what_is_typed_in_the_picture_goes_into_the_neuron():
    setting = Gates()
    for screen in map(LESSON.screen, ("row", "circuit")):
        for given in screen.work(setting, None).given:
            if given.kind in ("x", "y"):
                with pytest.raises(Problem):
                    screen.enter(setting, given, 0.5)
    assert neurons.entered(setting, Quantity("x", 0, (1,)), 1).row == "11"
    assert neurons.entered(setting, Quantity("b", 1, (1,)), -2).T == 2
    assert neurons.entered(setting, Quantity("W", 1, (1, 2)), -0.75).w2 == -0.75
    with pytest.raises(Problem):
        neurons.typed_input(setting, Quantity("W", 1, (1, 1)), 1.0)


def test_drawn_numbers_are_on_the_grid_and_asked_of_every_step():
    for seed in range(5):
        about = neurons.worked(neurons.redrawn(Gates(), seed), None)
        assert [4 * about.values[step.target] % 1 for step in about.steps.phase(Phase.FORWARD)] == [0, 0]
