"""Lesson 10: what is measured is what the engine gives, the three ways come to the derivative, and a batch by hand is right."""

from dataclasses import replace

import numpy as np
import pytest

from lessons.course import LESSONS, Case
from lessons.course.norm import experiment, hand, paths, running, surfaces, training
from lessons.course.norm.setting import Norm, entered, redrawn
from lessons.drawing.ledger import ledger
from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.example import WORKED
from lessons.problem import Problem
from lessons.walk.consequence import effect
from mlp_core import SGD, BatchNorm, Layer, Network, Quantity, initialise, trace
from mlp_core.steps import Phase
from mlp_core.writing.names import NOTATIONS

LESSON = LESSONS["norm"]


def case(screen: str, setting: Norm) -> Case:
    return Case(LESSON, LESSON.screen(screen), setting, WORKED)


def test_the_batch_by_hand_has_the_numbers_that_a_person_gets():
    """z = -6, 0, 2, 8: mean 1, variance 25, so that the root is 5; gamma 2 and beta 1."""
    worked = hand.backward(Norm())
    q = lambda kind, s=0: worked.values[Quantity(kind, 1, (1,), s)]  # noqa: E731
    assert (q("mean"), q("var")) == (1, 25)
    assert [q("z_hat", s) for s in (1, 2, 3, 4)] == pytest.approx([-1.4, -0.2, 0.2, 1.4], rel=1e-6)
    assert [q("z_bn", s) for s in (1, 2, 3, 4)] == pytest.approx([-1.8, 0.6, 1.4, 3.8], rel=1e-6)
    assert (q("dgamma"), q("dbeta"), q("dC_dvar"), q("dC_dmean")) == pytest.approx((1.6, 0.5, -0.064, -0.2), rel=1e-5)
    assert [q("delta", s) for s in (1, 2, 3, 4)] == pytest.approx([-0.006, 0.042, -0.042, 0.006], rel=1e-4)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sample", [1, 3])
def test_the_three_ways_add_up_and_all_samples_to_nothing(seed, sample):
    setting = replace(redrawn(Norm(), seed), sample=sample)
    shown = case("paths", setting)
    worked = shown.worked
    assert sum(paths.contributions(shown).values()) == pytest.approx(worked.values[Quantity("delta", 1, (1,), sample)])
    every = [worked.values[Quantity("delta", 1, (1,), s)] for s in (1, 2, 3, 4)]
    assert sum(every) == pytest.approx(0, abs=1e-12 * max(map(abs, every)) + 1e-15)
    assert {len(paths._edges(path, sample)) for path in ("own", "variance", "mean")} == {2, 9}
    assert paths.drawing(shown) != paths.drawing(case("paths", replace(setting, path="mean")))


def test_a_sample_is_typed_as_its_sum_and_nothing_else_is_taken():
    setting = entered(Norm(), Quantity("z", 1, (1,), 3), 5.0)
    assert setting.z == (-6, 0, 5, 8) and hand.forward(setting).values[Quantity("z", 1, (1,), 3)] == 5
    assert entered(Norm(), Quantity("z", 1, (1,)), 7.0).alone == 7
    for screen in ("forward", "backward", "running", "after"):
        about = case(screen, Norm())
        for q in about.worked.editable:
            assert entered(Norm(), q, 0.5) != Norm(), q
    for wrong in (Quantity("W", 1, (1, 1)), Quantity("x", 0, (1,), 1), Quantity("z", 1, (1,), 5)):
        with pytest.raises(Problem):
            entered(Norm(), wrong, 1.0)


@pytest.mark.parametrize("screen", ["forward", "paths", "backward", "running", "after"])
@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_given_number_has_one_name_wherever_it_is_called(screen, notation):
    """In the picture, in what a change did and in the ledger; and nothing is given that the lesson never speaks of."""
    about = Case(LESSON, LESSON.screen(screen), Norm(), WORKED.with_(notation=notation))
    worked, look = about.worked, about.look
    drawn = picture(Scene.of(worked, look, Phase.UPDATE))
    rows = [row for column in drawn["layers"] for node in column["nodes"] for row in node["rows"] if "edit" in row]
    assert {row["edit"]["address"] for row in rows} <= {str(q) for q in worked.given}
    for row in rows:
        given = Quantity.parse(row["edit"]["address"])
        assert row["name"] == look.name(given).data()
        changed = replace(about, setting=entered(Norm(), given, 0.5)).worked
        assert effect(worked, changed, look).what.startswith(f"{look.name(given).text()} ")
    chips = [chip for group in ledger(Scene.of(worked, look, Phase.UPDATE))["groups"] for chip in group["chips"]]
    assert not {chip["id"].partition(".")[0] for chip in chips} & {"x", "W"}


@pytest.mark.parametrize(("mean", "spread"), [(0.0, 1.0), (2.0, 3.0), (-4.0, 0.5)])
def test_the_bowl_is_that_of_the_engine_and_round_once_standardised(mean, spread):
    found = surfaces.bowl(mean, spread, 0.5)
    assert found.curved[1] / found.curved[0] >= surfaces.bowl(0.0, 1.0, 0.5).curved[1] - 1e-9
    assert surfaces.bowl(0.0, 1.0, 0.5).curved == pytest.approx([1, 1])
    network = Network([Layer([[found.least[0]]], [found.least[1]], "identity")], "half_squared_error")
    passed = trace(network, found.x[:, None], found.y[:, None])
    assert abs(passed.layers[0].dW[0, 0]) + abs(passed.layers[0].db[0]) < 1e-12
    assert surfaces.bowl(mean, spread, 1.1).updates is None, "beyond the largest learning rate it goes away"
    one, other = (surfaces.bowl(*where, 0.5) for where in ((mean, spread), (0.0, 1.0)))
    assert one.path[0, 0] * one.x + one.path[0, 1] == pytest.approx(other.path[0, 0] * other.x + other.path[0, 1])


def test_running_statistics_come_near_the_true_ones_and_the_uncorrected_variance_lies_below():
    many = [running.kept(0.1, 4, draw) for draw in range(1, 60)]
    assert np.mean([each.mean[-1] for each in many]) == pytest.approx(running.TRUE_MEAN, abs=0.1)
    assert np.mean([each.var[-1] for each in many]) == pytest.approx(running.TRUE_VAR, abs=0.3)
    assert np.mean([each.small[-1] for each in many]) == pytest.approx(running.TRUE_VAR * 3 / 4, abs=0.3)


@pytest.mark.parametrize("shape", ["skewed", "groups", "normal"])
def test_normalising_leaves_the_shape_and_gives_mean_and_variance(shape):
    found = running.shaped(shape, 2.0, -1.0)
    before = (found.before - found.before.mean()) / found.before.std()
    assert found.lopsided == pytest.approx((before**3).mean(), rel=1e-3)
    assert (found.after.mean(), found.after.var()) == pytest.approx((-1, 4), rel=1e-4)


@pytest.mark.parametrize("norm", [False, True])
def test_the_networks_of_the_experiment_are_trained_as_the_engine_trains(norm):
    found = experiment.runs("xavier_uniform", "tanh", 2, norm)
    rate, seed = 1, 2
    made = initialise((2, 8, 8, 1), ["tanh", "tanh", "sigmoid"], "xavier_uniform", seed + 1, "binary_cross_entropy").layers
    record = BatchNorm(np.ones(8), np.zeros(8), experiment.EPS) if norm else None
    layers = [Layer(layer.W, layer.b, layer.activation, batch_norm=record) for layer in made[:-1]]
    network, (x, y) = Network([*layers, made[-1]], "binary_cross_entropy"), experiment.data()
    for update in range(6):
        passed = trace(network, x, y, "train")
        assert found.losses[rate, seed, update] == pytest.approx(passed.loss, rel=1e-9)
        if update == 0:
            first, last = (np.abs(passed.layers[k].dW).mean() for k in (0, -1))
            assert found.faded[seed] == pytest.approx(first / last, rel=1e-9)
        network = SGD(experiment.RATES[rate]).step(network, passed).network


def test_what_the_last_question_says_can_be_seen():
    bad = Norm(start="small_uniform", activation="sigmoid", depth=4)
    without, with_ = training.both(bad)
    assert without.updates == experiment.NEVER and with_.updates < experiment.NEVER
    assert (with_.losses[with_.best, :, -1] < 0.2 * with_.losses[with_.best, :, 0]).all(), "every seed"
    assert all((rate[:, -1] > 0.9 * rate[:, 0]).all() for rate in without.losses), "none of the rates"
    without, with_ = training.both(Norm(start="xavier_uniform", activation="tanh", depth=1))
    assert without.updates < with_.updates
