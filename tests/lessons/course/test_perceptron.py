"""Lesson 2: the figures of the notes at each step, the bound, what repeats itself, and a person's points and lines."""

import csv
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons import notes
from lessons.course import LESSONS, Case
from lessons.course.lesson import Choose
from lessons.course.perceptron import changes, pictures, runs
from lessons.course.perceptron.lesson import first, later
from lessons.course.perceptron.setting import CORNERS, EDGE, FULL, HAND, LABEL, MOST, TAKEN, UMBRELLA, XOR, Perceptrons
from lessons.drawing.plane import verdicts
from lessons.example import WORKED
from lessons.notes.errors import ERRORS
from lessons.problem import Problem
from lessons.worked import of_pass
from mlp_core import Quantity

BEGIN = Perceptrons()
FIGURES = {
    row["id"]: float(row["printed"])
    for row in csv.DictReader((Path(notes.__file__).parent / "figures.csv").read_text("utf-8").splitlines())
    if row["id"].startswith("perc_")
}
HALVES = st.integers(-8, 8).map(lambda k: k / 2)
POINTS = st.lists(
    st.tuples(HALVES, HALVES, st.sampled_from((1, -1))), min_size=1, max_size=7, unique_by=lambda p: p[:2]
)


def case(setting, key="own"):
    return Case(LESSONS["perceptron"], LESSONS["perceptron"].screen(key), setting, WORKED)


def own(points):
    return replace(BEGIN, own=tuple((n, *point) for n, point in enumerate(points, 1)))


def test_the_steps_give_every_figure_of_the_notes():
    before, after = (of_pass(each).values for each in BEGIN.first().steps)
    score = [Quantity("score", 0, (i,)) for i in (1, 2, 3)]
    found = {
        f"perc_z{i}_{name}": values[score[i - 1]]
        for i, (name, values) in product((1, 2, 3), (("before", before), ("after", after)))
    }
    found |= {f"perc_f{i}_after": max(0.0, after[score[i - 1]]) for i in (1, 2, 3)}
    found |= {"perc_w": before[Quantity("weight_new")], "perc_c": before[Quantity("offset_new")]}
    assert FIGURES.keys() == found.keys()
    assert found == pytest.approx(FIGURES, abs=1e-12)


def test_the_notes_sample_on_the_border_is_missed_moves_the_border_and_adds_nothing_to_the_loss():
    values = first(BEGIN, None).values
    assert [values[Quantity("missed", 0, (i,))] for i in (1, 2, 3)] == [1, 0, 0]
    assert (values[Quantity("D")], values[Quantity("slope_weight")], values[Quantity("slope_offset")]) == (0, -2, -1)


@given(POINTS, st.sampled_from(("each", "batch")))
def test_a_run_ends_within_the_bound_exactly_where_a_line_separates_the_points(points, update):
    made = replace(own(points), update=update).own_run()
    if made.converged:
        assert runs.separable(tuple(points)) and runs.repeat(made) is None
        assert len(made.moved) <= runs.bound(made).most
        assert str(runs.bound(made).most) in runs.told_bound(made)
    elif runs.repeat(made):
        assert not runs.separable(tuple(points)) and runs.told_bound(made) == ""
    assert runs.told_own(made).startswith("No straight line") == (not runs.separable(tuple(points)))


@pytest.mark.parametrize(
    "points, line",
    [
        ([(0, 0, 1)], True),
        ([(0, 0, 1), (1, 1, -1), (2, 2, 1)], False),
        ([(0, 0, 1), (1, 1, 1), (2, 2, -1)], True),
        ([(0, 0, 1), (2, 0, 1), (1, 0, -1)], False),
        ([(0, 0, 1), (2, 0, 1), (1, 0.5, -1)], True),
        ([(0, 0, 1), (4, 0, 1), (0, 4, 1), (1, 1, -1)], False),
        ([(0, 0, 1), (1, 0, -1), (2, 0, 1), (0.5, 1, -1)], False),
        ([(*corner, y) for corner, y in zip(CORNERS, XOR, strict=True)], False),
        ([(*corner, y) for corner, y in zip(CORNERS, UMBRELLA, strict=True)], True),
    ],
)
def test_whether_a_line_separates_points_is_known_of_points_on_one_line_too(points, line):
    assert runs.separable(tuple(points)) == line


def test_the_update_of_the_notes_is_that_of_a_batch_and_only_their_example_hides_it():
    each, batch = (replace(BEGIN, update=update) for update in ("each", "batch"))
    assert (each.first().history[1].w, each.first().history[1].c) == (batch.first().history[1].w, batch.first().history[1].c)
    one, together = each.several(), batch.several()
    assert (one.history[1].w, one.history[1].c) != (together.history[1].w, together.history[1].c)
    wrong = [n - 1 for n in together.history[0].misclassified]
    assert len(wrong) > 1 and together.history[1].w == BEGIN.begin[0] + BEGIN.rate * sum(
        BEGIN.labels[n] * BEGIN.x[n] for n in wrong
    )
    asked = {part.section: part.right for part in LESSONS["perceptron"].screen("updates").every() if isinstance(part, Choose)}
    [error] = [error for error in ERRORS if error.key == "stochastic"]
    assert asked["updates.stochastic"] == 3 and error.places[0] == ("perceptron", "updates")


QUARTERS = st.integers(-int(4 * HAND), int(4 * HAND)).map(lambda k: k / 4)


@settings(max_examples=30)
@given(st.tuples(QUARTERS, QUARTERS, QUARTERS), st.sampled_from(("each", "batch")))
def test_xor_comes_back_to_where_it_was_from_wherever_it_begins(start, update):
    made = replace(BEGIN, start=start, update=update).xor()
    j, k = runs.repeat(made)
    again = [(*moment.w, moment.c) for moment in made.history]
    assert again[j : len(again) - (k - j)] == again[k:], "and goes on as it did then"
    assert runs.last(made) < len(made.history) and str(k) in runs.told(made)


def test_xor_from_zero_is_back_after_four_updates_and_all_together_they_cancel():
    assert runs.repeat(BEGIN.xor()) == (0, 4)
    assert runs.repeat(replace(BEGIN, update="batch").xor()) == (0, 1)


def test_what_xor_asks_for_contradicts_itself():
    above, below = (sp.Add(*(z for z, y in zip(pictures.scores(), XOR, strict=True) if y == side)) for side in (1, -1))
    assert sp.expand(above - below) == 0, "one sum is above 0, the other below"


@given(st.tuples(QUARTERS, QUARTERS, QUARTERS))
def test_the_umbrella_is_learnt_from_any_place_of_the_sliders(hand):
    learnt = changes.learnt(BEGIN.with_hand(*hand), None)
    assert pictures.right_rows(learnt) == len(CORNERS)


@pytest.mark.parametrize("update", ["each", "batch"])
def test_pictures_mark_as_wrong_what_is_misclassified_at_every_update(update):
    setting = replace(BEGIN, update=update, start=(1.0, -0.5, 0.25))
    for draw, field, made in (
        (pictures.several, "at", setting.several()),
        (pictures.own, "own_at", setting.own_run()),
        (pictures.xor, "xor_at", setting.xor()),
    ):
        for k in range(runs.last(made) + 1):
            marked = verdicts(draw(case(replace(setting, **{field: k}))))
            assert {int(id) for id, right in marked.items() if not right} == set(made.history[k].misclassified), (
                field,
                k,
            )


def test_the_table_shows_the_update_on_show_among_those_around_it():
    made = BEGIN.own_run()
    for at in range(runs.last(made) + 1):
        rows = pictures.history(made, at)[1]
        assert len(rows) == min(pictures.ROWS, runs.last(made) + 1)
        assert [row[0] for row in rows if "▸" in row[0]] == [f'<th scope="row">▸ {at}</th>']


def test_points_are_put_moved_and_taken_away():
    setting = changes.point_added(replace(BEGIN, own=(), adds=-1), (1.0, 2.0))
    setting = changes.point_added(replace(setting, adds=1), (-1.0, 0.0))
    assert setting.own == ((1, 1.0, 2.0, -1), (2, -1.0, 0.0, 1))
    assert setting.own_at == len(setting.own_run().moved), "the line that is found is on show"
    moved = changes.point_moved(setting, "2", (0.5, 0.5))
    assert moved.own[1] == (2, 0.5, 0.5, 1) and changes.point_moved(setting, "9", (0.0, 0.0)).own == setting.own
    assert changes.point_removed(moved, "1").own == moved.own[1:]
    empty = changes.point_removed(changes.point_removed(moved, "1"), "2")
    assert empty.own_run() is None and empty.own_at == 0 and pictures.own(case(empty))["points"] == []
    assert pictures.history(None, 0)[1]
    with pytest.raises(Problem, match=TAKEN):
        changes.point_added(setting, (1.0, 2.0))
    full = own([(x / 2, y / 2, 1) for x, y in product(range(5), range(4))])
    assert len(full.own) == MOST
    with pytest.raises(Problem) as found:
        changes.point_added(full, (-1.0, -1.0))
    assert found.value.template == FULL


@pytest.mark.parametrize("update", ["each", "batch"])
def test_a_sample_comes_right_and_goes_wrong_again(update):
    missed = [1 in wrong for _w, _c, wrong in Perceptrons(update=update).several().history]
    assert missed.index(False) < len(missed) - 1 - missed[::-1].index(True)


def test_a_number_typed_at_an_update_begins_there():
    at = replace(BEGIN, at=3)
    w, c = at.several().history[3].w[0], at.several().history[3].c
    assert changes.entered_later(at, Quantity("weight"), 2.0).begin == (2.0, c)
    assert changes.entered_later(at, Quantity("offset"), 2.0).begin == (w, 2.0)
    assert changes.entered_later(at, Quantity("lr"), 0.5).rate == 0.5
    assert changes.entered_later(at, Quantity("point", 0, (2,)), 0.25).x == (2.0, 0.25, 0.5)
    flipped = changes.entered(at, Quantity("label", 0, (3,)), 1.0)
    assert flipped.labels == (1, -1, 1) and flipped.at == 0
    assert changes.entered(at, Quantity("lr"), 0.2).lr == 0.2
    with pytest.raises(Problem, match=LABEL):
        changes.entered(at, Quantity("label", 0, (1,)), 0.5)


@pytest.mark.parametrize("seed", range(20))
def test_other_numbers_have_something_to_learn(seed):
    drawn = changes.redrawn(BEGIN, seed)
    assert first(drawn, None).steps[Quantity("weight_new")] and later(drawn, None).steps[Quantity("weight_new")]


def test_the_perceptrons_gradient_does_not_fade_and_the_sigmoids_does():
    z = np.array(sorted(pictures.by_sigmoid()))
    a = 1 / (1 + np.exp(-z))
    assert [pictures.by_sigmoid()[each] for each in z] == pytest.approx(2 * (a - 1) * a * (1 - a), rel=1e-9)
    assert {pictures.by_perceptron(each) for each in z if each <= 0} == {-1.0}
    assert {pictures.by_perceptron(each) for each in z if each > 0} == {0.0}


HOSTILE = {
    "x": ((1.0, 2.0), (1.0, 2.0, "3"), (1.0, 2.0, float("nan")), (1e9, 0.0, 0.0), None, "123"),
    "labels": ((1, -1), (1, -1, 0), (1, -1, True), ("1", 1, 1), None),
    "w": (float("inf"), 1e9, "1", None, True),
    "lr": (0, -1.0, 1e9, None),
    "update": ("all", None, 1),
    "begin": ((1.0,), (1.0, 1e9), None),
    "rate": (0, 2.0, "x"),
    "at": (-1, 0.5, 10**7, None),
    "own": (
        ((1, 0.0, 0.0, 2),), ((1, EDGE + 1, 0.0, 1),), ((0, 0.0, 0.0, 1),), ((1, 0.0, 0.0, 1),) * 2, ((1, 0.0),), (1,), None,
        ((1, 0.0, 0.0, 1), (2, 0.0, 0.0, -1)), tuple((n, n / 10, 0.0, 1) for n in range(1, MOST + 2)),
    ),
    "adds": (0, "1", None),
    "start": ((0.0, 0.0), (0.0, 0.0, HAND + 1), None),
    "w1": (HAND + 1, None),
    "z": (-9, 5, "0", float("nan")),
}  # fmt: skip


@pytest.mark.parametrize("field", HOSTILE)
def test_a_hostile_setting_is_a_problem(field):
    for value in HOSTILE[field]:
        with pytest.raises(Problem):
            Perceptrons.of_data({field: value})
            pytest.fail(f"{value!r} was taken")
