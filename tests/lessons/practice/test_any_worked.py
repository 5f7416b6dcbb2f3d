"""Exercises about what has no layers: a typed expression, a pass of the perceptron, a network's own graph."""

import pytest

from lessons.misconceptions import CATALOGUE
from lessons.practice.beside import beside
from lessons.practice.exercise import Exercise, Mode
from lessons.practice.grading import grade
from lessons.practice.questions import questions_about
from lessons.practice.series import asked_of, parts, places_of, trail, weights, worth_asking
from lessons.style import Look
from lessons.worked import expression, graph_of_network, of_pass, of_spread
from mlp_core import Layer, Network, perceptron
from mlp_core.initialisation import spread
from mlp_core.steps import Phase

MAKE = {
    "expression": lambda: expression("(x+y)*(x*y)+x", {"x": 2, "y": 3}),
    "perceptron": lambda: of_pass(perceptron([[0, 1], [2, 1]], [1, -1]).steps[0]),
    "first weights": lambda: of_spread(spread("xavier_uniform", 3, 5)),
    "network": lambda: graph_of_network(Network([Layer([[0.5, -0.25]], [0.1], "tanh")]), [1, 2], [1]),
}


@pytest.fixture(params=MAKE)
def worked(request):
    return MAKE[request.param]()


@pytest.fixture
def look(worked, language):
    return Look.of("notes", language, 4, "light", worked.sizes, worked.names)


def test_every_kind_of_exercise_asks_something_and_names_what_it_asks(worked, look):
    every = questions_about(worked)
    for mode in Mode:
        found = asked_of(Exercise(mode=mode), every)
        assert found and set(found) <= set(every), mode
        assert all(title and "0" not in title.split()[0] for title in places_of(Exercise(mode=mode), every, look).values())
    assert len({question.target for question in worth_asking(every)}) == len(worth_asking(every))
    assert {question.step.rule for question in worth_asking(every)} == {question.step.rule for question in every}


def test_parts_are_phases_and_trails_lead_to_what_all_else_is_computed_for(worked):
    every = questions_about(worked)
    for key, members in parts(every).items():
        assert {question.step.phase for question in members} == {Phase(key.split(".")[0])}
    goals = weights(every)
    assert goals
    for address in goals:
        found = trail(every, address, tuple(Phase))
        targets = {question.target for question in found}
        assert str(found[-1].target).replace("_new", "") == address
        assert all(q in targets or q in worked.given for question in found for q in question.step.inputs)


def test_a_slip_stands_beside_what_is_right(worked, look):
    found = [
        shown for step in worked.steps for name in CATALOGUE if (shown := beside(name, step.target, worked, look)) is not None
    ]
    assert found and all(each.wrong != each.right and each.title for each in found)


def test_beside_what_is_right_stands_the_formula_that_the_person_used():
    worked = expression("x*y + x*sin(x) + x", {"x": 2, "y": 3})
    look = Look.of("notes", "en", 4, "light", worked.sizes, worked.names)
    question = next(question for question in questions_about(worked) if str(question.target) == "derivative.1")
    numbers = question.compiled.numbers(question.inputs)[1:]
    paths = [number for slip, number in zip(question.compiled.slips, numbers, strict=True) if slip.name == "one_path"]
    assert len(set(paths)) == len(paths) == 4
    for form, number in enumerate(paths):
        verdict = grade(question, f"{number:.5g}")
        assert "one_path" in verdict.candidates
        chosen = next(each.made[0] for each in verdict.explanations if each.made[0].name == "one_path")
        assert chosen.form == form
        assert look.number(question.target, number) in beside("one_path", question.target, worked, look, form).wrong
