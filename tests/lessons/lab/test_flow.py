"""The training loop in words: runs side by side against mlp_core's own train, every way to end, and the flow chart."""

import json
import re
from dataclasses import fields
from itertools import pairwise
from threading import Barrier, Thread
from time import sleep

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons import i18n
from lessons.drawing import flowchart
from lessons.example import PRESETS, WORKED, Example
from lessons.lab import remarks, runs
from lessons.style import Look
from lessons.walk.updates import update_of
from mlp_core import NonFinite, Quantity, Run, Training, trace, train
from mlp_core.optimisers import OPTIMISERS

from ..strategies import ANY, examples

EVERY = tuple(OPTIMISERS)
LINEAR = WORKED.with_(activations=("identity", "identity"))
WILD = LINEAR.with_(lr=100.0)


def look(example: Example) -> Look:
    return Look.of(example.view.notation, example.view.language, example.view.decimals, "light", example.sizes)


def ran(example: Example, name: str, iterations: int = 100, **limits: float) -> runs.Lane:
    """One run, to its end."""
    lane = runs.begin(example, [name], iterations, **limits)[name]
    while runs.advance([lane], 10):
        pass
    return lane


def alone(example: Example, name: str, iterations: int, **limits: float) -> Run:
    """The same run by mlp_core's own loop."""
    return train(example.network, example.x, example.y, example.settings.named(name), iterations, **limits)


# --- runs side by side ---


@pytest.mark.parametrize("scope", ["all", "output"])
def test_runs_side_by_side_are_the_runs_alone(scope):
    example = WORKED.with_(scope=scope, momentum=0.5, lr=0.3)
    lanes = runs.begin(example, EVERY, 50)
    while runs.advance(list(lanes.values()), 10):
        pass
    for name, lane in lanes.items():
        assert lane.name == name and lane.example is example
        assert np.array_equal(lane.training.losses, alone(example, name, 50).loss), name


def test_every_run_begins_without_memory():
    update = update_of(WORKED.with_(optimiser="Adam"))
    later = WORKED.with_(optimiser="Adam").updated(update.network, update.state)
    assert np.array_equal(ran(later, "Adam", 5).training.losses, alone(later.with_(memory=""), "Adam", 5).loss)


def test_the_runs_take_turns_and_say_whether_something_is_left():
    lanes = list(runs.begin(WORKED, EVERY, 10_000).values())
    assert runs.progress(lanes) == 0
    assert runs.advance(lanes, 0.02)
    (reached,) = {lane.training.epoch for lane in lanes}
    assert 0 < reached < 10_000 and runs.progress(lanes) == pytest.approx(reached / 10_000)
    assert runs.advance(lanes, 0) and {lane.training.epoch for lane in lanes} == {reached}, "no time, no iteration"
    short = list(runs.begin(WORKED, EVERY, 3).values())
    assert not runs.advance(short, 10) and runs.progress(short) == 1


def test_a_run_that_ends_early_does_not_hold_up_the_others():
    lanes = runs.begin(WILD, ["SGD", "Adam"], 60)
    assert not runs.advance(list(lanes.values()), 10)
    assert lanes["SGD"].training.stopped_by == "diverged" and lanes["Adam"].training.stopped_by == "epochs"


def test_two_scripts_at_once_do_not_spoil_a_curve():
    """Streamlit starts the next script while the interrupted one still iterates."""
    lanes = list(runs.begin(WORKED, ["Momentum", "Adam"], 600).values())

    def script() -> None:
        while runs.advance(lanes, 0.003):
            pass

    threads = [Thread(target=script) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for lane in lanes:
        assert np.array_equal(lane.training.losses, alone(WORKED, lane.name, 600).loss), lane.name


def test_stop_from_another_script_ends_all_runs_after_the_same_iteration():
    lanes = list(runs.begin(WORKED, EVERY, 10_000).values())
    script = Thread(target=runs.advance, args=(lanes, 0.05))
    script.start()
    runs.stop(lanes)
    script.join()
    (reached,) = {len(lane.training.losses) - 1 for lane in lanes}
    assert reached < 10_000 and {lane.training.stopped_by for lane in lanes} == {"stopped"}
    assert not runs.advance(lanes, 0.01) and {lane.training.epoch for lane in lanes} == {reached}


def test_stop_leaves_alone_what_has_ended():
    lane = ran(WORKED, "SGD", 2)
    runs.stop([lane])
    assert lane.training.stopped_by == "epochs"


CHANGES = {
    "W": ((0.2, -0.5, 0.1), (-0.3, 0.4, 0.3)), "b": ((0.3, -0.1), (0.2,)), "x": (2.0, 3.0, 0.0), "y": (0.5,),
    "activations": ("tanh", "sigmoid"), "loss": "half_squared_error", "lr": 0.2, "scope": "output",
}  # fmt: skip


@pytest.mark.parametrize("field", CHANGES)
def test_a_run_belongs_to_the_numbers_it_began_with(field):
    value = (CHANGES["W"], ((0.5, 0.2),)) if field == "W" else CHANGES[field]
    assert not runs.begin(WORKED, ["SGD"], 1)["SGD"].fits(WORKED.with_(**{field: value}))


def test_how_an_example_is_shown_and_its_own_optimiser_do_not_count():
    lane = runs.begin(WORKED, ["SGD"], 1)["SGD"]
    assert lane.fits(WORKED.with_(decimals=8, notation="classic", language="zh", optimiser="Adam", beta1=0.8))


def other(value: float | bool | str) -> float | bool | str:
    return "average" if isinstance(value, str) else not value if isinstance(value, bool) else value / 2


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_run_belongs_to_the_settings_of_its_own_optimiser(name):
    lane = runs.begin(WORKED, [name], 1)[name]
    for field in fields(OPTIMISERS[name]):
        old = WORKED.settings[field.name]
        changed = WORKED.with_(**{field.name: other(old)})
        assert not lane.fits(changed), field.name


# --- what ended a run ---

BY = {
    "epochs": lambda: ran(WORKED, "SGD", 7),
    "loss": lambda: ran(WORKED, "SGD", 500, loss_below=0.05),
    "change": lambda: ran(WORKED, "SGD", 500, change_below=1e-3),
    "diverged": lambda: ran(WILD, "SGD"),
    "stopped": lambda: stopped(),
}


def stopped() -> runs.Lane:
    lane = runs.begin(WORKED, ["SGD"], 10_000)["SGD"]
    runs.advance([lane], 0.01)
    runs.stop([lane])
    return lane


@pytest.mark.parametrize("way", BY)
def test_every_way_to_end_has_its_words_and_its_number(way, language):
    training = BY[way]().training
    assert training.stopped_by == way
    number = {"loss": "0.05", "change": "0.001"}.get(way, str(training.epoch))
    assert number in flowchart.ended(training) and "{" not in flowchart.ended(training)


def test_the_words_differ():
    words = {re.sub(r"[\d.]+", "", flowchart.ended(make().training)) for make in BY.values()}
    assert len(words) == len(BY)


@pytest.mark.parametrize("name", ["SGD", "Momentum"])
@pytest.mark.parametrize("lr", [1.0, 100.0, 1e6])
def test_the_layer_that_overflowed(name, lr):
    training = ran(LINEAR.with_(lr=lr), name).training
    assert training.stopped_by == "diverged"
    assert f"layer {training.layer}:" in training.message


def test_a_run_that_has_not_diverged_has_no_such_layer():
    assert ran(WORKED, "SGD", 3).training.layer == 0


@pytest.mark.parametrize(("name", "lr"), [("SGD", 100.0), ("Momentum", 100.0), ("SGD", 1.0)])
def test_the_learning_rate_to_try_is_the_largest_tenth_that_works(name, lr):
    example = LINEAR.with_(lr=lr)
    found = remarks.trial(example, name, 60)
    run = alone(example.with_(lr=found.lr), name, found.iterations)
    assert run.stopped_by == "epochs" and run.loss[-1] == found.loss < run.loss[0]
    larger = alone(example.with_(lr=found.lr * 10), name, found.iterations)
    assert larger.stopped_by == "diverged" or larger.loss[-1] >= larger.loss[0]


def test_a_learning_rate_that_only_overflows_later_is_no_advice():
    """A tenth of 100 does not overflow within 60 iterations, but its loss is astronomic."""
    example = WORKED.with_(activations=("tanh", "identity"), lr=100.0)
    tenth = alone(example.with_(lr=10.0), "SGD", 60)
    assert tenth.stopped_by == "epochs" and tenth.loss[-1] > 1e9
    assert remarks.trial(example, "SGD", 60).lr < 10


def test_where_no_learning_rate_helps_that_is_said():
    example = LINEAR.with_(x=(1e6, 3.0, -1.0), lr=1000.0)
    assert remarks.trial(example, "SGD", 50) is None
    assert "millionth" in remarks.divergence([ran(example, "SGD")], look(example))


def test_divergence_is_explained_with_its_iteration_layer_and_cure():
    lanes = [ran(WILD, name) for name in ("SGD", "Momentum", "Adam")]
    text = remarks.divergence(lanes, look(WILD))
    for lane in lanes[:2]:
        t = lane.training
        last = look(WILD).value(Quantity("C"), t.losses[-1])
        assert f"{lane.name} diverged in iteration {t.epoch}**, in layer {t.layer}. " in text
        assert f"before that was {last}. With a learning rate of {remarks.trial(WILD, lane.name, t.epochs).lr:g} " in text
    assert "Adam" not in text and text.count("the learning rate 100 is too large") == 1


def test_without_divergence_there_is_nothing_to_explain():
    assert remarks.divergence([ran(WORKED, "SGD", 3)], look(WORKED)) == ""


# --- runs that did not diverge and did not learn either ---


def test_a_saturated_network_is_named_as_such():
    """A target in the middle, a learning rate a thousand times too large: the sigmoid sits at 1 and nothing flows back."""
    example = WORKED.with_(lr=100.0, y=(0.5,))
    lane = ran(example, "Momentum", 200)
    first, last = (look(example).value(Quantity("C"), lane.training.losses[i]) for i in (0, -1))
    text = remarks.remark(lane, look(example))
    assert f"ends higher than it began: {last} instead of {first}" in text
    assert "still 0.5 away" in text and "slope is 0" in text


def test_standing_still_below_the_start_is_said_too():
    example = WORKED.with_(lr=100.0, y=(0.1,))
    lane = ran(example, "RMSprop", 200)
    assert lane.training.losses[-1] < lane.training.losses[0]
    now = trace(lane.training.network, example.x, example.y)
    steepest = max(float(abs(gradient).max()) for layer in now.layers for gradient in (layer.dW, layer.db))
    text = remarks.remark(lane, look(example))
    assert (
        "stands still at 0.0100" in text
        and f"still 0.1 away from its target, but the largest gradient is {steepest:.1e}" in text
    )


def test_steps_that_overshoot_without_an_end():
    assert "smaller learning rate" in remarks.remark(ran(WILD, "Adam"), look(WILD))


def test_steps_too_small_to_show():
    text = remarks.remark(ran(WORKED.with_(lr=1e-300), "SGD", 5), look(WORKED))
    assert "has not moved from 0.1690" in text and "larger learning rate" in text


def test_nothing_left_to_learn():
    solved = LINEAR.with_(y=tuple(LINEAR.trace.layers[-1].a.tolist()))
    text = remarks.remark(ran(solved, "SGD", 5), look(solved))
    assert "has not moved from 0" in text and "nothing left to learn" in text


def test_only_what_is_updated_counts_as_a_gradient():
    """With a large W of a saturated output the frozen layer still has a gradient; nothing that may move has one."""
    example = WORKED.with_(W=(WORKED.model.W[0], ((70.0, 3.0),)), y=(0.5,))
    texts = {
        scope: remarks.remark(ran(example.with_(scope=scope), "SGD", 5), look(example)) for scope in ("output", "all")
    }
    assert "slope is 0" in texts["output"] and "slope is 0" not in texts["all"]


def test_a_run_that_arrived_or_still_moves_is_left_alone():
    arrived, moving = ran(LINEAR, "SGD", 1000), ran(WORKED.with_(y=(2.0,)), "RMSprop", 1000)
    assert arrived.training.losses[-1] == arrived.training.losses[-2] < 1e-30
    assert 0 < moving.training.losses[-2] - moving.training.losses[-1] < 1e-12
    assert remarks.remark(arrived, look(LINEAR)) == remarks.remark(moving, look(WORKED)) == ""


@pytest.mark.parametrize("preset", ["worked", "classifier"])
def test_a_run_that_is_at_its_target_by_saturation_is_not_called_a_success(preset):
    example = PRESETS[preset][1].with_(lr=1000.0)
    text = remarks.remark(ran(example, "SGD"), look(example))
    assert "saturated" in text and "too large a step" in text and "at its target" in text


def test_a_loss_below_the_limit_from_the_start():
    assert "from the start" in remarks.remark(ran(WORKED, "SGD", 5, loss_below=1.0), look(WORKED))


@pytest.mark.thorough
@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("preset", PRESETS)
def test_the_presets_learn_and_nothing_is_remarked(preset, name):
    """Among them a cross-entropy whose least possible loss is far above 0: that it ends there is no fault."""
    example = PRESETS[preset][1]
    lane = ran(example, name, 300)
    assert lane.training.losses[-1] < lane.training.losses[0]
    assert remarks.remark(lane, look(example)) == ""


def test_a_diverged_run_is_explained_in_one_place_only():
    assert remarks.remark(ran(WILD, "SGD"), look(WILD)) == ""


@settings(max_examples=30)
@given(examples() | examples(numbers=ANY), st.sampled_from(EVERY), st.integers(1, 12))
def test_any_run_of_any_example_can_be_put_into_words(example, name, iterations):
    i18n.use(example.view.language)
    try:
        lane = ran(example, name, iterations)
        texts = [flowchart.ended(lane.training), remarks.settings(lane.training)]
        texts += [remarks.remark(lane, look(example)), remarks.divergence([lane], look(example))]
        assert bool(texts[-1]) == (lane.training.stopped_by == "diverged")
        assert not re.search(r"\{|nan|inf\b", " ".join(texts))
        assert sum(node["state"] == "lit" for node in flowchart.flow(lane.training)["nodes"]) == 1
    finally:
        i18n.use("en")


def test_a_run_that_divides_by_zero_is_not_told_to_take_a_smaller_learning_rate():
    dead = WORKED.with_(activations=("relu", "relu"), b=((-90.0,) * 2, (-90.0,)), eps=0.0)
    lanes = runs.begin(dead, ["Adam"], 5)
    runs.advance([*lanes.values()], 1.0)
    said = remarks.divergence(lanes.values(), Look.of("notes", "en", 4, "light", dead.sizes))
    assert said.startswith("**Adam stopped in iteration 1.** The update divides by 0 in layer 1")
    assert "learning rate" not in said


def test_settings_in_one_line():
    adam = runs.begin(WORKED.with_(lr=0.25), ["Adam"], 5)["Adam"]
    assert remarks.settings(adam.training) == (
        "Adam: learning rate 0.25, beta 1 0.9, beta 2 0.999, epsilon 1e−8, bias correction: yes, epsilon inside the root: no, "
        "epsilon before the correction: no"
    )
    momentum = runs.begin(WORKED.with_(form="average", decay=0.5), ["Momentum"], 5)["Momentum"]
    assert remarks.settings(momentum.training) == (
        "Momentum: learning rate 0.1, momentum 0.9, Nesterov form: no, average: v = μv + (1 − μ)g, W − ηv, weight decay 0.5, "
        "in the loss: λ/2 |W|²"
    )


# --- the flow chart ---


def lit(chart: dict, what: str) -> list[dict]:
    return [each for each in chart[what] if each["state"] == "lit"]


def test_nothing_is_lit_before_a_run_or_while_it_runs():
    running = runs.begin(WORKED, ["SGD"], 5)["SGD"].training
    next(running)
    for chart in (flowchart.flow(), flowchart.flow(running)):
        assert not lit(chart, "nodes") and not lit(chart, "edges")


@pytest.mark.parametrize("way", BY)
def test_the_way_that_ended_the_run_is_lit_and_named(way, language):
    training = BY[way]().training
    chart = flowchart.flow(training)
    (node,), (edge,) = lit(chart, "nodes"), lit(chart, "edges")
    assert node["id"] == edge["to"] == f"end.{way}" and edge["from"] == f"ask.{way}"
    assert node["text"].lower() == flowchart.ended(training).lower() and node["shape"] == "end"


def test_the_chart_is_sound():
    chart = flowchart.flow(ran(WORKED, "SGD", 4, loss_below=0.01).training)
    nodes = {node["id"]: node for node in chart["nodes"]}
    assert len(nodes) == len(chart["nodes"]) == len({(node["row"], node["col"]) for node in chart["nodes"]})
    assert all(edge[end] in nodes for edge in chart["edges"] for end in ("from", "to"))
    assert json.loads(json.dumps(chart)) == chart, "plain JSON"
    for id, node in nodes.items():
        ways_out = [edge for edge in chart["edges"] if edge["from"] == id]
        assert len(ways_out) == {"decision": 2, "box": 1}.get(node["shape"], 1 if id == "start" else 0), id
        assert sorted(edge["text"] for edge in ways_out) == (
            ["no", "yes"] if len(ways_out) == 2 else [""] * len(ways_out)
        )


def test_the_questions_carry_the_limits_of_the_run():
    texts = " ".join(node["text"] for node in flowchart.flow(ran(WORKED, "SGD", 12, loss_below=0.02).training)["nodes"])
    assert "Loss below 0.02?" in texts and "All 12 iterations done?" in texts and "Change below a limit?" in texts


def around(chart: dict) -> list[str]:
    """The boxes that one passes until the forward pass comes again, taking the way on at every question."""
    on = {edge["from"]: edge["to"] for edge in chart["edges"] if not edge["to"].startswith("end.")}
    path = ["start"]
    while path.count("forward") < 2:
        path.append(on[path[-1]])
    return path


def test_the_loop_of_the_chart_is_the_loop_of_the_engine():
    """One round by hand, with the questions where the chart has them, gives the losses and the end that Training gives."""
    path = around(flowchart.flow())
    assert path[0] == "start" and path[-1] == "forward" and len(path) == len(set(path)) + 1
    for limits in ({}, {"loss_below": 0.05}, {"change_below": 2e-3}, {"loss_below": 1.0}):
        assert walked(path, WORKED, 30, **limits) == outcome(alone(WORKED, "SGD", 30, **limits))
    assert walked(path, WILD, 30) == outcome(alone(WILD, "SGD", 30))


def outcome(run: Run) -> tuple[list[float], str]:
    return run.loss.tolist(), run.stopped_by


def walked(path: list[str], example: Example, iterations: int, **limits: float) -> tuple[list[float], str]:
    """Do what the boxes say, in their order."""
    network, state, losses = example.network, None, []
    optimiser = example.settings.named("SGD")
    held = {
        "diverged": lambda: now is None,
        "loss": lambda: losses[-1] < limits.get("loss_below", -1),
        "change": lambda: len(losses) > 1 and abs(losses[-1] - losses[-2]) < limits.get("change_below", -1),
        "epochs": lambda: len(losses) > iterations,
        "stopped": lambda: False,
    }
    while True:
        for box, after in pairwise(path[1:]):
            if box == "loss":
                try:
                    now = trace(network, example.x, example.y)
                    losses.append(now.loss)
                except NonFinite:
                    now = None
            elif box.startswith("ask.") and held[box[4:]]():
                return losses, box[4:]
            elif box == "update":
                assert after == "forward"
                update = optimiser.step(network, now, state)
                network, state = update.network, update.state


def test_everybody_who_trains_takes_turns_and_one_computes_at_a_time(monkeypatch):
    everyone = [list(runs.begin(WORKED, ["SGD", "Adam"], 200).values()) for _ in range(4)]
    inside, most = [], []
    step = Training.__next__

    def counted(training):
        inside.append(training)
        most.append(len(inside))
        sleep(0)  # lets another thread in, if one could come
        try:
            return step(training)
        finally:
            inside.remove(training)

    monkeypatch.setattr(Training, "__next__", counted)
    ready = Barrier(len(everyone))

    def train(number):
        ready.wait()
        while runs.advance(everyone[number], 0.002):
            pass

    threads = [Thread(target=train, args=(number,)) for number in range(len(everyone))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(most) == {1}
    assert all(lane.training.stopped_by == "epochs" for lanes in everyone for lane in lanes)


def test_stop_does_not_wait_for_the_turns_of_others():
    lanes = list(runs.begin(WORKED, ["SGD"], 100).values())
    with runs.TURNS.ticket():
        thread = Thread(target=runs.advance, args=(lanes, 0.01))
        thread.start()
        runs.stop(lanes)  # would hang here if the one who waits held the lock
    thread.join()
    assert lanes[0].training.stopped_by == "stopped"
