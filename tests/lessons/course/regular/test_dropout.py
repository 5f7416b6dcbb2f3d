"""Lesson 11: masks forward and backward, what is true on average, what decay leaves, learning by heart and its cure."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from lessons.course import LESSONS, Case
from lessons.course.dropout import decaying, fitting, masks
from lessons.course.dropout.setting import HIDDEN, OPTIMISERS, Dropout, redrawn
from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.example import WORKED
from lessons.problem import Problem
from mlp_core import SGD, Decay, Quantity, trace
from mlp_core.steps import Phase

SETTINGS = [replace(redrawn(Dropout(), seed), p=p) for seed, p in ((1, 0.2), (2, 0.5), (3, 0.9))]


def every_mask():
    return np.array(list(product((0.0, 1.0), repeat=HIDDEN)))


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: f"p={setting.p}")
def test_a_dropped_neuron_has_no_gradient_and_the_others_that_of_differences(setting):
    about, (x, y) = masks.worked(setting, None), masks.sample(setting)
    net = masks.network(setting)
    for step in about.steps:
        q = step.target
        if q.is_gradient:
            where, index = q.layer - 1, tuple(i - 1 for i in q.index)
            ends = []
            for way in (1e-6, -1e-6):
                layers = [*net.layers]
                moved = np.array(getattr(layers[where], q.parameter))
                moved[index] += way
                parts = {"W": layers[where].W, "b": layers[where].b} | {q.parameter: moved}
                layers[where] = layers[where].updated(parts["W"], parts["b"])
                shifted = type(net)(layers, net.loss)
                ends.append(trace(shifted, x, y, "train", masks={1: masks.mask(setting)}).loss)
            assert about.values[q] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-6), q
            neuron = q.index[0] if q.layer == 1 else q.index[-1] if q.kind == "dW" else 0
            if neuron and neuron not in setting.working:
                assert about.values[q] == 0


@pytest.mark.parametrize("working", [(), (1, 3)])
def test_a_click_on_a_neuron_switches_that_one(working):
    own, lesson = Dropout(working=working), LESSONS["dropout"]
    case = Case(lesson, lesson.screen("mask"), own, WORKED)
    nodes = picture(Scene.of(case.worked, case.look, Phase.FORWARD))["layers"][1]["nodes"]
    for i, edit in enumerate((node["edit"] for node in nodes), 1):
        switched = masks.entered(own, Quantity.parse(edit["address"]), float(edit["other"]))
        assert set(switched.working) ^ set(working) == {i}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: f"p={setting.p}")
def test_the_mean_over_all_masks_is_the_output_without_dropout(setting):
    """And with the formula of note 002 it is p / (1 - p) of what the hidden layer contributes."""
    every, (x, y) = every_mask(), masks.sample(setting)
    net, free = masks.network(setting), trace(masks.network(setting), x, y)
    tiled = (np.tile(each, (len(every), 1)) for each in (x, y))
    said = trace(net, *tiled, "train", masks={1: every}).layers[-1].a[:, 0]
    right, noted = (np.prod(np.where(every, stay, 1 - stay), axis=1) @ said for stay in (1 - setting.p, setting.p))
    bias = float(net.layers[1].b[0])
    assert right == pytest.approx(free.layers[-1].a[0], rel=1e-12)
    assert noted - bias == pytest.approx((right - bias) * setting.p / (1 - setting.p), rel=1e-9)
    drawn = masks.outputs(setting)
    spread = 4 * drawn["right"].std() / len(drawn["right"]) ** 0.5
    assert abs(drawn["right"].mean() - right) < spread


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: f"p={setting.p}")
def test_the_code_of_the_notes_moves_weights_into_dropped_neurons_and_loses_the_factor(setting):
    about, noted = masks.worked(setting, None), masks.noted_gradients(setting)
    for q, value in noted.items():
        neuron = q.index[0] if q.layer == 1 else q.index[1]
        if neuron in setting.working:
            assert value == pytest.approx(about.values[q] * (1 - setting.p), rel=1e-12), q
        else:
            assert about.values[q] == 0 and bool(value) == (q.layer == 1), q


def test_a_mask_is_typed_as_0_or_1_and_nothing_else():
    setting, where = Dropout(working=(1, 3)), Quantity("mask", 1, (2,))
    assert masks.entered(setting, where, 1.0).working == (1, 2, 3)
    assert masks.entered(setting, Quantity("mask", 1, (3,)), 0.0).working == (1,)
    with pytest.raises(Problem):
        masks.entered(setting, where, 0.5)
    with pytest.raises(Problem):
        Dropout(working=(0,))


@pytest.mark.parametrize("samples", [1, 2, 4])
def test_the_large_network_learns_by_heart_and_each_remedy_helps(samples):
    def end(**changes):
        fit = fitting.fitted(*fitting.cured(Dropout(samples=samples, **changes)))
        return fit.training[-1], fit.held_out[-1]

    training, held_out = end()
    assert training < 0.01 and held_out > 1.2 * fitting.fitted(*fitting.untreated(Dropout(samples=samples))).held_out.min()
    for remedy in ({"share": 0.3}, {"rate": 0.01}, {"neurons": 4}):
        learnt, other = end(**remedy)
        assert learnt > training and other < held_out, remedy


def test_the_loss_that_the_notes_plot_is_larger_on_average_than_the_loss_without_masks():
    setting = Dropout(p=0.5)
    noted, real = np.array(fitting.noted_losses(setting)), fitting.fitted(Dropout().neurons, 0.5, 0.0, setting.samples).held_out
    assert noted.mean() > real[:: fitting.EVERY].mean()


def test_the_first_layer_is_prepared_for_what_comes_without_a_mask():
    mean, right, noted = masks.first_sums(SETTINGS[0])
    bias = masks.network(SETTINGS[0]).layers[0].b
    np.testing.assert_allclose(mean, right, rtol=1e-12)
    np.testing.assert_allclose(noted - bias, (right - bias) / (1 - SETTINGS[0].p), rtol=1e-12)


def test_in_gradient_descent_it_is_the_same_where_the_decay_stands():
    example = Dropout().example
    one, other = (
        SGD(lr=0.1).step(example.network, example.trace, decay=Decay(0.1, form)).network for form in ("l2_half", "decoupled")
    )
    for a, b in zip(one.layers, other.layers, strict=True):
        np.testing.assert_allclose(a.W, b.W, rtol=1e-12)
        np.testing.assert_allclose(a.b, b.b, rtol=1e-12)


def test_adamw_takes_the_same_share_of_every_weight_and_adam_spares_those_with_large_gradients():
    found, strong = decaying.race(Dropout().strong), Dropout().strong
    share = (1 - decaying.SLOW * strong) ** decaying.STEPS
    assert found["AdamW"] == pytest.approx(share, abs=0.12)
    assert (np.diff(found["Adam"]) > 0.05).all()
    assert found[""] == pytest.approx(1, abs=0.12)


def test_the_first_step_of_adam_does_not_feel_the_penalty():
    steps = [decaying.adam(Dropout(optimiser=name), None).values[Quantity("step_W", 2, (1, 1))] for name in OPTIMISERS]
    assert steps == pytest.approx([0.1, 0.1], rel=1e-5)
