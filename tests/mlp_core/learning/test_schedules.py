"""Schedules: published values, Steps that give them, and training that uses them."""

import math

import numpy as np
import pytest

from mlp_core import (
    SGD,
    Adam,
    AdamW,
    Layer,
    Network,
    Quantity,
    cosine,
    exponential,
    inverse_time,
    step_decay,
    trace,
    train,
)

from ..reference import evaluate_steps

EVERY = {
    "step_decay": (step_decay(3, 0.5), [1, 1, 1, 0.5, 0.5, 0.5, 0.25]),
    "exponential": (exponential(0.1), [math.exp(-0.1 * e) for e in range(7)]),
    "inverse_time": (inverse_time(0.5), [1, 2 / 3, 1 / 2, 2 / 5, 1 / 3, 2 / 7, 1 / 4]),
    "cosine": (cosine(4), [1, (2 + math.sqrt(2)) / 4, 0.5, (2 - math.sqrt(2)) / 4, 0, 0, 0]),
}
X, Y = np.random.default_rng(0).normal(size=(6, 2)), np.random.default_rng(1).normal(size=(6, 1))
START = Network([Layer([[0.5, -0.25]], [0.25], "tanh")])


@pytest.mark.parametrize("name", EVERY)
def test_the_factor_of_every_epoch_and_its_step(name):
    schedule, wanted = EVERY[name]
    assert [schedule(epoch) for epoch in range(7)] == pytest.approx(wanted, abs=1e-15)
    for epoch in range(7):
        values = schedule.values(0.2, epoch)
        start = {q: value for q, value in values.items() if q.kind != "lr"}
        assert set(schedule.step.inputs) == set(start)
        made = evaluate_steps([schedule.step], start)[Quantity("lr")]
        assert made == pytest.approx(values[Quantity("lr")], abs=1e-15) == pytest.approx(0.2 * wanted[epoch], abs=1e-15)


@pytest.mark.parametrize("batch_size", [None, 4])
@pytest.mark.parametrize("optimiser", [SGD, Adam, AdamW])
def test_training_takes_the_rate_of_each_epoch(optimiser, batch_size):
    schedule = EVERY["cosine"][0]
    run = train(START, X, Y, optimiser(0.1), 6, batch_size, schedule=schedule)
    assert run.loss[4] == run.loss[5] == run.loss[6], "the rate is 0 from the fifth epoch on"
    if batch_size is None:
        network, state = START, None
        for epoch in range(4):
            update = optimiser(0.1 * schedule(epoch)).step(network, trace(network, X, Y), state)
            network, state = update.network, update.state
        assert np.array_equal(run.network.layers[0].W, network.layers[0].W)
    assert np.array_equal(
        train(START, X, Y, optimiser(0.1), 3, batch_size, schedule=lambda epoch: 1).loss,
        train(START, X, Y, optimiser(0.1), 3, batch_size).loss,
    )


@pytest.mark.parametrize("make", [
    lambda: step_decay(0, 0.5), lambda: step_decay(2.5, 0.5), lambda: step_decay(2, 0), lambda: step_decay(2, 1.5),
    lambda: exponential(-1), lambda: inverse_time(float("inf")), lambda: cosine(0), lambda: cosine(True), lambda: cosine(3)(-1),
    lambda: train(START, X, Y, SGD(0.1), 2, schedule=lambda epoch: -1),
    lambda: train(START, X, Y, SGD(0.1), 2, schedule=lambda epoch: None),
], ids=range(11))  # fmt: skip
def test_bad_arguments_are_refused(make):
    with pytest.raises(ValueError):
        make()
