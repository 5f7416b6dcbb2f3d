"""Lesson 6: matrices that NumPy multiplies alike, gradients that are those of the samples put together, updates counted."""

from dataclasses import replace

import numpy as np
import pytest

from lessons.course import LESSONS, Case
from lessons.course.batches import epochs, matrices, samples
from lessons.course.batches.samples import COUNT, Batches, added, entered, redrawn, removed, worked
from lessons.example import MAX_SAMPLES, WORKED
from lessons.problem import Problem
from mlp_core import Quantity, train
from mlp_core.optimisers import SGD

LESSON = LESSONS["batches"]
TWO, EIGHT = "2 3 -1 | 1\n1 0 1 | 0", "\n".join(f"{k} {-k} 1 | {k % 2}" for k in range(1, 9))
SETTINGS = [Batches(), Batches(typed=TWO, side="rows"), redrawn(Batches(typed=EIGHT, reduction="sum"), 4)]


def case(setting: Batches, screen: str = "matrix") -> Case:
    return Case(LESSON, LESSON.screen(screen), setting, WORKED)


@pytest.mark.parametrize("setting", SETTINGS, ids=repr)
def test_the_same_numbers_come_out_with_samples_as_columns_and_as_rows(setting):
    net = setting.example.network
    rows, columns = (case(replace(setting, side=side)) for side in ("rows", "columns"))
    for k in (1, 2):
        for one in (rows, columns):
            z, left, right, b = (matrix.values for matrix in matrices.product(one, k))
            assert z == pytest.approx(left @ right + b)
        (z, left, *_more), (turned, w, *_more) = matrices.product(rows, k), matrices.product(columns, k)
        assert (z.values == turned.values.T).all() and (w.values == net.layers[k - 1].W).all()
        assert z.samples == left.samples == 0 and turned.samples == 1
        a = matrices.of_samples(columns, "a", k).values
        assert a == pytest.approx(1 / (1 + np.exp(-turned.values)))


@pytest.mark.parametrize("setting", SETTINGS, ids=repr)
def test_gradients_of_the_batch_are_the_mean_or_the_sum_of_the_samples_own(setting):
    about, reduce = worked(setting, None), {"mean": np.mean, "sum": np.sum}[setting.reduction]
    alone = [worked(replace(setting, typed=line), None) for line in setting.typed.splitlines()]
    for step in about.steps:
        if step.law.startswith("batch_"):
            own = [each.values[step.target] for each in alone]
            assert about.values[step.target] == pytest.approx(reduce(own)), step.target
    found = matrices.deltas(setting).sum(axis=0)
    whole = replace(setting, reduction="sum").example.trace
    assert found == pytest.approx(whole.layers[0].db), "the sum over the samples is the bias gradient"


@pytest.mark.parametrize(("typed", "said"), [(TWO, "right shape"), (EIGHT, "8 in all")])
def test_the_sum_over_the_neurons_is_wrong_in_numbers_or_in_shape_as_is_said(typed, said):
    setting = Batches(typed=typed)
    wrong, right = (matrices.deltas(setting).sum(axis=axis) for axis in (1, 0))
    assert wrong.shape != right.shape or not np.allclose(wrong, right)
    assert (wrong.shape == right.shape) == (said == "right shape")
    assert said in matrices.wrong_said(case(setting, "bias"))


@pytest.mark.parametrize("typed", [TWO, EIGHT], ids=["two", "eight"])
def test_the_codes_gradients_are_as_many_times_too_large_as_there_are_samples(typed):
    _titles, rows = matrices.code_and_loss(case(Batches(typed=typed), "code"))
    assert {row[-1] for row in rows} == {str(len(typed.splitlines()))}


@pytest.mark.parametrize("size", [1, 4, 5, COUNT])
def test_an_epoch_has_as_many_updates_as_are_counted_and_takes_every_sample_once(size):
    run = epochs.watched(size, 1.0, 2)
    assert len(run.taken) == run.each * epochs.EPOCHS == len(run.losses) - 1
    x, y = epochs.data()
    told = train(WORKED.network, x, y, SGD(lr=1.0), epochs.EPOCHS, size, 2)
    assert [run.losses[k * run.each] for k in range(epochs.EPOCHS + 1)] == pytest.approx(told.loss.tolist())
    for k in range(epochs.EPOCHS):
        took = [n for each in run.taken[k * run.each : (k + 1) * run.each] for n in each]
        assert sorted(took) == [*range(1, COUNT + 1)]
    assert max(map(len, run.taken)) == size


def test_the_notes_code_makes_as_many_batches_as_its_batch_size_says():
    for size in (1, 3, 5):
        assert epochs.note_strip(case(Batches(size=size), "epochs")).count("border:2px") == size


@pytest.mark.parametrize("rate", [0.1, 1.0, 2.5, samples.FASTEST])
def test_only_with_all_samples_at_once_does_every_update_make_the_loss_smaller(rate):
    falls = {size: bool((np.diff(epochs.watched(size, rate, 1).losses) < 0).all()) for size in (1, 2, 4, COUNT)}
    assert falls == {1: False, 2: False, 4: False, COUNT: True}


def test_samples_are_typed_in_rows_in_columns_and_as_arrays_and_come_and_go():
    lines = Batches(typed=TWO)
    assert Batches(typed="2 1\n3 0\n-1 1\n1 0") == Batches(typed="[[2, 3, -1, 1], [1, 0, 1, 0]]") == lines
    assert Batches(typed="x = [[2, 3, -1], [1, 0, 1]]\ny = [[1], [0]]") == lines
    more = lines
    for count in range(3, MAX_SAMPLES + 1):
        more = added(more, None)
        assert more.count == count and more.typed.startswith(lines.typed)
    with pytest.raises(Problem, match="take one away"):
        added(more, None)
    assert removed(replace(more, sample=MAX_SAMPLES), None).sample == MAX_SAMPLES - 1
    with pytest.raises(Problem):
        removed(Batches(typed="1 2 3 4"), None)
    with pytest.raises(Problem, match="One sample alone"):
        samples.worked_together(Batches(typed="1 2 3 4"), None)


def test_a_number_typed_in_the_picture_is_that_of_the_sample_or_of_the_network():
    setting = Batches(sample=2)
    assert entered(setting, Quantity("x", 0, (1,), 2), 7.5).typed.splitlines()[1] == "7.5 0 1 | 0"
    moved = entered(setting, Quantity("W", 1, (2, 3)), 0.25)
    assert moved.example.model.W[0][1][2] == 0.25 and moved.typed == setting.typed


HOSTILE = [
    {"typed": ""}, {"typed": "1 2 3"}, {"typed": "a b c | d"}, {"typed": "1 2 3 4\n" * 9}, {"typed": "1e9 2 3 | 1"},
    {"typed": "1 2 3 | 1\n" * 200}, {"typed": 7}, {"side": "both"}, {"sample": 0}, {"sample": 9}, {"sample": True}, {"size": 0},
    {"size": COUNT + 1}, {"rate": float("nan")}, {"rate": 9}, {"order": 0}, {"own": (("W.9.9.9", 1.0),)},
    {"own": (("x.0.1", 1.0),)}, {"own": (("W.1.1.1", 1e9),)}, {"own": ((None, 1.0),)}, {"reduction": "most"},
]  # fmt: skip


@pytest.mark.parametrize("given", HOSTILE, ids=lambda given: repr(given)[:40])
def test_what_cannot_be_is_a_problem(given):
    with pytest.raises(Problem):
        Batches.of_data(Batches().to_data() | given)
