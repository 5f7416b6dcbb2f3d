"""How the learning rate of a run falls, and what is said of it."""

import pytest

from lessons.example import WORKED
from lessons.lab import runs
from lessons.lab.remarks import settings
from lessons.lab.schedules import CONSTANT, NUMBERS, SCHEDULES, schedule_of
from lessons.problem import Problem
from mlp_core import train


def begun(name: str) -> dict[str, float]:
    return {number: begins for number, (_label, begins, _step) in NUMBERS.get(name, {}).items()}


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_run_is_that_of_the_engine_with_the_schedule_and_the_decay_of_the_example(name):
    example = WORKED.with_(decay=0.25, decay_form="decoupled", lr=0.5)
    schedule = schedule_of(name, 60, **begun(name))
    assert (schedule is None) == (name == CONSTANT)
    lanes = runs.begin(example, ["SGD", "AdamW"], 60, schedule=schedule)
    while runs.advance([*lanes.values()], 1.0):
        pass
    chosen = example.settings
    alone = {
        "SGD": train(example.network, example.x, example.y, chosen.named("SGD"), 60, weight_decay=0.25, decay="decoupled",
                     schedule=schedule),
        "AdamW": train(example.network, example.x, example.y, chosen.named("AdamW"), 60, schedule=schedule),
    }  # fmt: skip
    for key, lane in lanes.items():
        assert lane.training.losses == alone[key].loss.tolist(), key
        assert lane.fits(example)
    assert not lanes["SGD"].fits(example.with_(decay=0.1)) and lanes["AdamW"].fits(example.with_(decay=0.1))


def test_what_is_said_of_it_is_the_rate_it_came_to():
    lane = runs.begin(WORKED.with_(lr=0.5), ["SGD"], 60, schedule=schedule_of("step_decay", 60, every=25, factor=0.5))["SGD"]
    assert settings(lane.training).endswith("learning rate 0.5, learning rate in steps, at last 0.5")
    for _epoch in lane.training:
        pass
    assert settings(lane.training).endswith("at last 0.125")


@pytest.mark.parametrize(("name", "numbers"), [
    ("step_decay", {"every": 0, "factor": 0.5}), ("step_decay", {"every": 2.5, "factor": 0.5}),
    ("step_decay", {"every": None, "factor": 0.5}), ("step_decay", {"every": 5, "factor": 2.0}),
    ("step_decay", {"every": float("inf"), "factor": 0.5}), ("exponential", {"rate": -1.0}), ("inverse_time", {"rate": None}),
    ("inverse_time", {"rate": "much"}), ("exponential", {"rate": float("nan")}),
])  # fmt: skip
def test_numbers_that_make_no_schedule_are_refused_beside_the_form(name, numbers):
    with pytest.raises(Problem) as told:
        schedule_of(name, 60, **numbers)
    assert told.value.where == "train"
