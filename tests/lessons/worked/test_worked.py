"""What is no network goes through every view: card, ribbon, ledger, picture, questions and grading."""

from math import prod

import pytest

from lessons.drawing.ledger import ledger
from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.practice.grading import judged
from lessons.practice.questions import questions_about
from lessons.style import Look
from lessons.walk.card import card, unfolding
from lessons.walk.ribbon import ribbon
from mlp_core import Quantity, Step
from mlp_core.kinds import KINDS
from mlp_core.steps import PHASES, Phase, enter_law

from .graph import FAMILIES, LAWS, graph


@pytest.fixture
def look(expression, language):
    return Look.of("notes", language, 4, "light", expression.sizes, expression.names)


def test_every_step_has_a_card_with_its_own_names(expression, look):
    for step in expression.steps:
        shown = card(step, expression, look)
        assert shown.question and shown.why
        assert shown.value == look.value(step.target, expression.values[step.target])
        assert look.symbol(step.target) in shown.formula
        assert unfolding(step, expression, look) is None
    product = card(expression.steps.steps[1], expression, look).formula
    assert look.symbol(Quantity("leaf", 0, (3,))) in product and "5" in product and "20" in product


def test_the_chips_of_a_ribbon_multiply_to_its_result(expression, look):
    strips = {step.rule: ribbon(step, expression, look) for step in expression.steps}
    assert [rule for rule, strip in strips.items() if strip] == ["pull.product"]
    for step in expression.steps.phase(Phase.BACKWARD):
        strip = ribbon(step, expression, look)
        if strip:
            factors = [float(chip["value"]) for group in strip["groups"] for chip in group["chips"]]
            assert prod(factors) == float(strip["result"]["value"]) == expression.values[step.target]


def test_the_ledger_holds_what_is_known_so_far(expression, look):
    for at, step in enumerate(expression.steps):
        chips = [chip for group in ledger(Scene.at(expression, look, step))["groups"] for chip in group["chips"]]
        known = {chip["id"] for chip in chips if chip["value"] != "?"}
        assert known == {str(q) for q in expression.given} | {str(each.target) for each in expression.steps.steps[: at + 1]}
        assert {chip["id"]: chip["state"] for chip in chips}[str(step.target)] == "target"
    whole = ledger(Scene.of(expression, look, Phase.BACKWARD))
    assert {Quantity.parse(chip["id"]) for group in whole["groups"] for chip in group["chips"]} == set(expression.values)


def test_the_picture_is_its_own_plan_with_lines_that_carry_no_weight(expression, look):
    drawn = picture(Scene.of(expression, look, Phase.FORWARD))
    assert [[node["id"] for node in layer["nodes"]] for layer in drawn["layers"]] == [["x", "y", "w"], ["s"], ["z"]]
    assert [(edge["from"], edge["to"]) for edge in drawn["edges"]] == [
        ([0, 1], [1, 1]), ([0, 2], [1, 1]), ([1, 1], [2, 1]), ([0, 3], [2, 1]),
    ]  # fmt: skip
    assert {(edge["value"], edge["spoken"], edge["state"]) for edge in drawn["edges"]} == {("", "", "idle")}
    assert drawn["loss"] is None and drawn["targets"] == []
    assert not [node for layer in drawn["layers"] for node in layer["nodes"] if "edit" in node], "only a network is edited"
    lit = picture(Scene.at(expression, look, expression.steps.steps[1]))
    states = {node["id"]: node["state"] for layer in lit["layers"] for node in layer["nodes"]}
    assert states == {"x": "idle", "y": "idle", "w": "input", "s": "input", "z": "target"}


def test_every_number_is_asked_hinted_and_graded(expression, look, language):
    every = questions_about(expression)
    assert [question.target for question in every] == [step.target for step in expression.steps]
    for question in every:
        assert question.text(language) and all(question.hint(rung, look) for rung in (1, 2, 3))
    typed = {str(question.target): repr(question.answer) for question in every}
    assert {verdict.kind for verdict in judged(every, typed).values()} == {"right"}
    slipped = judged(every, typed | {str(every[0].target): "6.50", str(every[1].target): "26.0"})
    assert [verdict.kind for verdict in list(slipped.values())[:2]] == ["unknown", "carried"]
    assert slipped[str(every[1].target)].message(language)


def test_its_laws_and_kinds_are_entered_once_and_leave_nothing():
    with graph() as worked:
        assert {step.phase for step in worked.steps} == {Phase.FORWARD, Phase.BACKWARD}
        with pytest.raises(ValueError, match="already"):
            enter_law("sum", Phase.LOSS)
    assert not LAWS.keys() & PHASES.keys() and not FAMILIES.keys() & KINDS.keys()
    with pytest.raises(ValueError, match="a law of no phase"):
        _ = Step(Quantity("C"), "sum", Quantity("C").symbol, ()).phase
