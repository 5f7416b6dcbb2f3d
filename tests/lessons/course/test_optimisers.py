"""Lesson 12: paths that the engine's own updates make, Steps that say the same, races that end honestly."""

import contextlib
import io
import json
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pytest

from lessons.course import LESSONS, Case, Stand
from lessons.course.codes import to_json
from lessons.course.lesson import Drawn
from lessons.course.optimisers import pictures, racing, steadier
from lessons.course.optimisers.racers import racers
from lessons.course.optimisers.setting import CONSTANT, Race, changes, entered
from lessons.course.optimisers.surfaces import NETWORK, SURFACES, OfPasses, extent, field_of, pair_of
from lessons.example import PRESETS, WORKED, read_example
from lessons.exports.lesson import taken
from lessons.i18n import LANGUAGES
from lessons.practice.grading import grade
from lessons.practice.questions import questions_about
from lessons.problem import Problem
from lessons.worked.descent import WEIGHTS, with_numbers
from mlp_core import Quantity, compute_graph, trace
from mlp_core.optimisers import SGD, Optimiser, enter, leave

LESSON = LESSONS["optimisers"]
SLIPS = ["decay_compounded", "epoch_from_one", "floor_left_out", "half_left_out", "decay_subtracted", "factor_alone"]
PAIRS = [("", ""), ("W.1.1.2", "b.1.1"), ("b.1.2", "b.2.1")]


def case(setting, screen="race", example=WORKED):
    return Case(LESSON, LESSON.screen(screen), setting, example)


def entries(surface, schedule=CONSTANT):
    return Race(surface=surface, schedule=schedule).entries(surface)


@pytest.mark.parametrize("addresses", PAIRS, ids=str)
@pytest.mark.parametrize("schedule", [CONSTANT, "cosine"])
def test_a_path_over_a_networks_weights_is_what_the_engine_makes_of_them(addresses, schedule):
    pair, updates = pair_of(WORKED, *addresses), 8
    start = tuple(WORKED.trace[q] for q in pair)
    for entry in entries(NETWORK, schedule):
        path = racing.race(field_of(NETWORK, WORKED, pair), pair, start, (entry,), updates)[entry.key]
        network, state = WORKED.model.network, None
        for t in range(updates):
            passed = trace(network, WORKED.x, WORKED.y)
            assert path.losses[t] == pytest.approx(passed.loss, rel=1e-12), entry.key
            optimiser = entry.optimiser.slowed(entry.schedule(t)) if entry.schedule else entry.optimiser
            update = optimiser.step(network, passed, state)
            state, new = update.state, {q: update[q.beside(f"{q.kind}_new")] for q in pair}
            assert path.w[t + 1] == pytest.approx(tuple(new.values()), rel=1e-10), entry.key
            network = with_numbers(network, new)  # the others are held


@pytest.mark.parametrize("surface", [name for name in SURFACES if name != NETWORK])
def test_the_gradient_of_a_surface_is_that_of_its_expression(surface):
    field, text = field_of(surface, WORKED, WEIGHTS), SURFACES[surface].text
    places = np.random.default_rng(1).uniform(-2, 2, (2, 5))
    for (x, y), loss in zip(places.T.tolist(), field.losses(places), strict=True):
        graph = compute_graph(text, {"w1": x, "w2": y})
        assert field.at((x, y)) == pytest.approx((graph.value, graph.grad["w1"], graph.grad["w2"]), rel=1e-10)
        assert loss == pytest.approx(graph.value)


@pytest.mark.parametrize("name", PRESETS)
def test_a_surface_of_a_network_is_its_loss_by_steps_and_by_passes(name):
    example = PRESETS[name][1]
    pair = pair_of(example, "", "")
    places = np.random.default_rng(2).uniform(-1, 1, (2, 4))
    by_steps, by_passes = field_of(NETWORK, example, pair), OfPasses(example.model, pair)
    for place in places.T.tolist():
        assert by_steps.at(place) == pytest.approx(by_passes.at(place), rel=1e-9)
    assert by_steps.losses(places) == pytest.approx(by_passes.losses(places), rel=1e-9)


def test_least_losses_are_marked_where_the_gradient_is_0():
    for surface, about in SURFACES.items():
        for place in about.minima:
            _loss, *slope = field_of(surface, WORKED, WEIGHTS).at(place)
            assert slope == pytest.approx([0, 0], abs=1e-12), surface


@pytest.mark.parametrize(("surface", "schedule"), [("beale", CONSTANT), ("ravine", "step_decay"), (NETWORK, "cosine")])
def test_every_racers_steps_end_where_its_path_goes_on(surface, schedule):
    for key in racers():
        setting = Race(surface=surface, racer=key, step=4, schedule=schedule, every=2, second="b.2.1")
        about = pictures.worked_step(setting, WORKED)
        pair = setting.pair(surface, WORKED)
        path = pictures.paths_of(setting, WORKED, surface, setting.entries(surface))[key]
        assert [about.value(q) for q in pair] == pytest.approx(path.w[3])
        assert [about.value(q.beside(f"{q.kind}_new")) for q in pair] == pytest.approx(path.w[4])
        assert {step.law for step in about.steps} >= ({"schedule"} if schedule != CONSTANT else {"apply"})
        known = {*about.given, *(step.target for step in about.steps)}
        assert all(q in known for step in about.steps for q in step.inputs)


@pytest.mark.parametrize("screen", [screen.key for screen in LESSON.screens])
def test_a_network_of_one_weight_races_everywhere_but_on_its_own_loss(screen):
    alone = read_example("x = 2\ny = 1\nW1 = 0.5")
    for part in LESSON.screen(screen).every():
        if isinstance(part, Drawn):
            assert part.data(case(Race(), screen, alone))
    with pytest.raises(Problem, match="only one weight"):
        pictures.picture(case(Race(surface=NETWORK), example=alone))
    assert "nobody" in case(Race(surface=NETWORK), example=alone).text("leads")


@pytest.mark.parametrize("surface", ["ravine", NETWORK])
def test_an_update_that_divides_by_zero_is_a_problem(surface):
    """Without epsilon, where a weight has the gradient 0."""
    still = WORKED.remodelled(type(WORKED.model).with_number, Quantity("x", 0, (1,)), 0.0)
    setting = Race(
        surface=surface, racer="RMSprop", tuned=((surface, "RMSprop", "eps", 0.0),), starts=(("ravine", -4.0, 0.0),),
        first="W.1.1.1", second="W.2.1.1",
    )  # fmt: skip
    with pytest.raises(Problem, match="divided by 0"):
        pictures.worked_step(setting, still)


@pytest.mark.parametrize(
    ("key", "surface", "example"),
    [*((key, "ravine", "worked") for key in ("SGD", "Nesterov", "AdamW")), ("SGD", NETWORK, "two_outputs")],
)
def test_every_number_of_a_step_can_be_answered_and_explained(key, surface, example, language):
    """In the network with two outputs one path of two goes through a weight that is held."""
    about = pictures.worked_step(Race(racer=key, step=2, schedule="cosine", surface=surface), PRESETS[example][1])
    for question in questions_about(about):
        assert grade(question, repr(question.answer)).correct, question.target
        assert question.text(language)


def asked(schedule):
    setting = Race(slowing=schedule, epoch=5, every=4, rate=0.1, epochs=15)
    about = pictures.worked_slowed(setting, WORKED)
    return next(each for each in questions_about(about) if each.target == Quantity("lr"))


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_of_a_schedule_is_named(name):
    found = [
        grade(question, f"{question.wrong(name):.4g}")
        for question in map(asked, ("step_decay", "exponential", "inverse_time", "cosine")) if question.wrong(name) is not None
    ]  # fmt: skip
    assert found
    assert all(verdict.misconception == name and verdict.message(lang) for verdict in found for lang in LANGUAGES)


TAKEN = [("steps", {"surface": "beale", "racer": "AdamW"}), ("steps", {"surface": NETWORK}), ("decay", {"slowing": "cosine"})]


@pytest.mark.parametrize(("screen", "given"), TAKEN, ids=str)
def test_a_step_is_taken_along_as_a_notebook_that_runs_and_as_a_sheet(screen, given):
    stand = replace(Stand.of(LESSON), screen=screen, setting=Race(step=3, schedule="cosine", **given))
    text = to_json(LESSON, stand, WORKED, whole=True)
    cells = json.loads(taken("lesson-notebook", text))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, {})  # it checks every number itself
    assert "η = " in printed.getvalue()
    for kind in ("lesson-exercise", "lesson-sheet", "lesson-key"):
        assert taken(kind, text)


def test_whoever_diverges_ends_and_is_said_to():
    setting = Race(tuned=(("ravine", "SGD", "lr", 0.2),))  # more than 2 over the curvature
    path = pictures.paths_of(setting, WORKED, "ravine", setting.entries("ravine"))["SGD"]
    assert path.lost and len(path.w) == len(path.losses) < racing.UPDATES + 1
    drawn = pictures.picture(case(setting))["racers"][0]
    assert drawn["lost"] and all(np.isfinite(drawn["places"])) and all(np.isfinite(drawn["losses"]))
    assert "SGD" in case(setting).text("leads")
    assert pictures.worked_step(replace(setting, step=racing.UPDATES), WORKED).value(WEIGHTS[0]) == path.w[-2][0]


def test_what_a_person_does_changes_the_race_and_the_last_good_state_stays():
    setting, acts = Race(), changes()
    assert acts["start"](setting, 1.0, -1.0).start("ravine", WORKED) == (1.0, -1.0)
    assert [e.key for e in acts["run"](setting, "SGD", 0.0).entries("ravine")] == [key for key in racers() if key != "SGD"]
    assert acts["set"](setting, "Nesterov", "momentum", 0.5).optimiser("ravine", "Nesterov").momentum == 0.5
    for name, value in (("lr", 0.0), ("momentum", 1.0), ("lr", -1.0)):
        with pytest.raises(Problem):
            acts["set"](setting, "Momentum", name, value)
    assert acts["typed"](setting, "SGD", "lr", "1/4").optimiser("ravine", "SGD").lr == 0.25
    assert acts["place"](setting, 1, "−1/2", -4.0, 1.0, -2.0, 2.0).start("ravine", WORKED) == (-4, -0.5)
    with pytest.raises(Problem):
        acts["typed"](setting, "SGD", "lr", "abc")
    for text in ("9", "1/0"):
        with pytest.raises(Problem):
            acts["place"](setting, 0, text, -4.0, 1.0, -5.0, 2.0)
    assert entered(setting, WEIGHTS[1], 0.5).start("ravine", WORKED) == (-4, 0.5)
    for quantity, value in ((WEIGHTS[0], 99.0), (Quantity("lr"), 1.0)):
        with pytest.raises(Problem):
            entered(setting, quantity, value)
    outside = replace(setting, starts=(("ravine", 900.0, 0.0),))
    assert outside.start("ravine", WORKED) == SURFACES["ravine"].start


def test_the_weights_of_another_network_are_taken_where_those_that_were_chosen_are_not_there():
    one, other = pair_of(WORKED, "W.9.1.1", "nonsense")
    assert (str(one), str(other)) == ("W.1.1.1", "W.2.1.1")
    assert len({*pair_of(WORKED, "b.2.1", "b.2.1")}) == 2
    assert all(q.kind == "W" for q in pair_of(PRESETS["two_outputs"][1], "b.1.1", "b.2.1")), "fixed biases never move"
    across, _up, start = extent(NETWORK, WORKED, (one, other))
    assert across[0] < start[0] < across[1]


def test_adams_steps_are_measured_as_the_notes_never_did():
    adam, sgd = steadier.lengths()["Adam"], steadier.lengths()["SGD"]
    parameters = sum(layer.W.size + layer.b.size for layer in WORKED.model.network.layers)
    assert adam[0] == pytest.approx(0.1 * np.sqrt(parameters), rel=1e-5), "each moves by the learning rate"
    assert adam[0] > 10 * sgd[0] and adam[-1] < sgd[-1]
    assert max(b / a for a, b in pairwise(sgd)) < 1, "SGD's shrink from one to the next"
    assert steadier.change("SGD") < steadier.change("Adam")


@dataclass(frozen=True)
class Signs(SGD):
    """Steps of the learning rate by the sign of the gradient."""

    name: ClassVar[str] = "Signs"
    title: ClassVar[str] = "Signs"

    @property
    def laws(self):
        return {"step": lambda q, sqrt: -q.lr * q.g / sqrt(q.g**2)}


def test_a_new_optimiser_races_by_itself():
    enter(Signs)
    try:
        assert issubclass(Signs, Optimiser)
        shown = pictures.picture(case(Race(racer="Signs")))
        assert [racer["id"] for racer in shown["racers"]][-1] == "Signs" and shown["racers"][-1]["runs"]
        about = pictures.worked_step(Race(racer="Signs"), WORKED)
        assert about.value(WEIGHTS[0].beside("step_W")) == pytest.approx(0.2)
    finally:
        leave(Signs)
    assert "Signs" not in [racer["id"] for racer in pictures.picture(case(Race(racer="Signs")))["racers"]]

