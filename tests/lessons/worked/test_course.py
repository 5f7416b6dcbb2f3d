"""A typed expression and a pass of the perceptron go through every view, in both languages."""

import json
import re
from math import prod

import pytest

from lessons import content
from lessons.drawing.ledger import ledger
from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.example import View
from lessons.exports.notebook import notebook
from lessons.misconceptions import frame_of
from lessons.practice.grading import grade, judged
from lessons.practice.questions import questions_about
from lessons.problem import Problem
from lessons.sheets.paper.form import Kind, Style
from lessons.sheets.paper.latex import Latex
from lessons.sheets.paper.typst import Typst
from lessons.sheets.sheet import Sheet
from lessons.style import Look
from lessons.walk.card import ANY, card, section, unfolding
from lessons.walk.ribbon import ribbon
from lessons.worked import expression, of_pass, of_spread, variable
from mlp_core import Quantity, perceptron
from mlp_core.graph.operations import FUNCTIONS, OPERATIONS
from mlp_core.initialisation import SCHEMES, spread
from mlp_core.steps import Phase

EVERYTHING = (
    "x*x + 3*sigmoid(-x)/2 - y/x + max(x, y)**2 + min(x, 2) + relu(y) - cos(sin(y))*log(y) + exp(x*y) + tanh(x)"
)
EVERYTHING += " + 2**x + x**y + abs(x-y) + sqrt(y) - max(2, 3)"
NOTES = {"X": [2, -1, 0.5], "labels": [1, -1, -1], "w": 0.5, "c": -1, "lr": 0.1}
XOR = {"X": [[0, 0], [0, 1], [1, 0], [1, 1]], "labels": [-1, 1, 1, -1]}
WORKED = {
    "notes": lambda: expression("(x+y)*w", {"x": 2, "y": 3, "w": 4}),
    "everything": lambda: expression(EVERYTHING, {"x": 0.5, "y": 2}),
    "a name": lambda: expression("x", {"x": 2}),
    "a number": lambda: expression("7", {}),
    "before": lambda: of_pass(perceptron(**NOTES).steps[0]),
    "after": lambda: of_pass(perceptron(**NOTES).steps[1]),
    "batch": lambda: of_pass(perceptron(**XOR, update="batch").steps[1]),
    "each": lambda: of_pass(perceptron(**XOR).steps[2]),
    "first weights": lambda: of_spread(spread("he_normal", 3, 5)),
}


@pytest.fixture(params=WORKED)
def worked(request):
    return WORKED[request.param]()


@pytest.fixture
def look(worked, language):
    return Look.of("notes", language, 4, "light", worked.sizes, worked.names)


def test_every_step_has_a_card_a_picture_and_a_ledger(worked, look):
    for at, step in enumerate(worked.steps):
        shown = card(step, worked, look)
        assert shown.question and shown.why and shown.value == look.value(step.target, worked.values[step.target])
        unfolding(step, worked, look)
        strip = ribbon(step, worked, look)
        if strip and step.law == "derivative":
            terms = [
                prod(worked.values[Quantity.parse(chip["id"])] for chip in group["chips"]) for group in strip["groups"]
            ]
            assert sum(terms) == pytest.approx(worked.values[step.target], rel=1e-12)
        scene = Scene.at(worked, look, step)
        known = {chip["id"] for group in ledger(scene)["groups"] for chip in group["chips"] if chip["value"] != "?"}
        assert known == {str(q) for q in (*worked.given, *(each.target for each in worked.steps.steps[: at + 1]))}
        drawn = picture(scene)
        parts = [*(node for layer in drawn["layers"] for node in layer["nodes"]), *drawn["edges"], drawn["loss"] or {}]
        [lit] = [part for part in parts if part.get("state") == "target"]
        assert lit["id"] == worked.plan.element(step.target) and shown.value in lit["spoken"]


def test_no_two_quantities_are_written_alike(worked, look):
    every = [*worked.given, *(step.target for step in worked.steps)]
    for form in ("latex", "text", "html"):
        names = [getattr(look.name(q), form)() for q in every]
        assert len(set(names)) == len(names), [name for name in names if names.count(name) > 1]


def test_every_number_is_asked_hinted_and_judged(worked, look, language):
    every = questions_about(worked)
    assert [question.target for question in every] == [step.target for step in worked.steps]
    for question in every:
        assert question.text(language) and all(question.hint(rung, look) for rung in (1, 2, 3))
        assert not grade(question, repr(question.answer + 123.4)).correct
        assert grade(question, repr(question.answer + 123.4)).message(language)
    typed = {str(question.target): repr(question.answer) for question in every}
    assert {verdict.kind for verdict in judged(every, typed).values()} == {"right"}


def test_numbers_come_out_of_the_formulas_that_are_diagnosed(worked):
    """What a slip is compared with: the compiled formula of every step, and the chain that leads to it."""
    for step in worked.steps:
        compiled = frame_of(worked).compiled(step.target)
        right = compiled.numbers({q: worked.values[q] for q in compiled.inputs})[0]
        assert right == pytest.approx(worked.values[step.target], rel=1e-12, abs=1e-12), step.target
        frame_of(worked).chain(step.target).numbers(worked.values)


def test_a_notebook_recomputes_it(worked, language):
    cells = json.loads(notebook(worked, View(4, "notes", language)))["cells"]
    source = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    names: dict[str, object] = {"print": lambda *args: None}
    exec(compile(source, "notebook", "exec"), names)
    assert source.count("check(") == len(worked.steps) + 1, "one a step, and its definition"
    for step in worked.steps:
        assert names[step.target.symbol.name] == pytest.approx(worked.values[step.target], rel=1e-9, abs=1e-9)


def test_it_has_a_sheet_and_a_key(worked, language):
    style, one = Style(View(4, "notes", language)), Sheet.of(worked, subject="z")
    for writer in (Typst(style, worked), Latex(style, worked)):
        for kind in (Kind.SHEET, Kind.KEY):
            assert writer.whole(kind, one)
    source = Typst(style, worked).whole(Kind.SHEET, one)
    assert source.count("#edge(") == len(worked.plan.lines)


def test_operations_stand_beside_what_takes_them():
    plan = expression("(x+y)*w + x", {"x": 2, "y": 3, "w": 4}).plan
    assert [[str(spot.id) for spot in column.spots] for column in plan.columns] == [
        ["variable.1", "variable.2"], ["operation.4", "variable.3"], ["operation.5"], ["operation.6"],
    ]  # fmt: skip
    lengths = {line.id: line.end[0] - line.start[0] for line in plan.lines}
    assert {id for id, length in lengths.items() if length > 1} == {"variable.1-operation.6-2"}, (
        "a name that is used twice"
    )


def test_a_number_of_an_expression_is_changed_by_its_address():
    text = "h = x1·w; z = h² + x1"
    worked = expression(text, {"x1": 2, "w": 3})
    assert [variable(text, q) for q in worked.given] == ["x1", "w"] and set(worked.given) == worked.editable
    assert variable(text, Quantity.parse("variable.3")) == variable(text, Quantity.parse("x.0.1")) == ""


def test_the_loss_of_a_perceptron_stands_beside_what_it_is_made_of():
    plan = of_pass(perceptron(**NOTES).steps[0]).plan
    assert [[spot.id for spot in column.spots] for column in plan.columns] == [
        ["weight", "offset", "lr"], ["s.1", "s.2", "s.3"], ["score.1", "score.2", "score.3"],
    ]  # fmt: skip
    assert plan.loss is not None and plan.loss.id == "D"


def test_every_law_has_texts_of_its_own(language):
    """And no section is left without one."""
    steps = [step for make in WORKED.values() for step in make().steps]
    steps += [step for scheme in SCHEMES for step in spread(scheme, 2, 3).steps]
    keys = {section(step, "worked") for step in steps}
    assert ANY not in keys
    assert keys | {ANY} | {"local.div", "local.neg", "initial_scale"} == content.sections("worked", language).keys()
    end = "？" if language == "zh" else "?"
    for key in content.sections("worked", language):
        question, _newline, why = content.text("worked", key, target="$z$").partition("\n")
        assert question.endswith(end) and "$z$" in question and why
    for name in OPERATIONS:
        assert name == "number" or f"local.{name}" in content.sections("worked", language)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x + * y", {"en": "Character 5: `*` cannot stand here.", "zh": "第 5 个字符：这里不能有 `*`。"}),
        (
            "1 + log(x-2)",
            {"en": "`log(x-2)`, at character 5: only a positive number", "zh": "`log(x-2)`（第 5 个字符）：只有正数"},
        ),
        (
            "![](//a.b/c.png)",
            {"en": "Character 1: an expression cannot hold `!`.", "zh": "第 1 个字符：表达式中不能有 `!`。"},
        ),
    ],
)
def test_what_cannot_be_worked_out_is_said_in_a_sentence(text, said, language):
    with pytest.raises(Problem) as found:
        expression(text, {"x": 2, "y": 1})
    assert found.value.where == "expression"
    assert found.value.text().startswith(said[language])


def test_every_function_is_in_the_expression_above():
    assert all(re.search(rf"\b{name}\(", EVERYTHING) for name in FUNCTIONS)
    steps = expression(EVERYTHING, {"x": 0.5, "y": 2}).steps
    assert {step.rule for step in steps.phase(Phase.FORWARD)} == {f"operation.{name}" for name in OPERATIONS} - {
        "operation.number"
    }
