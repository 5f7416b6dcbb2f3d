"""Lesson 4: numbers drawn are in every domain, counts are those of what is written, curves say what the steps say."""

from dataclasses import replace

import pytest
import sympy as sp

from lessons.course import LESSONS, Case
from lessons.course.graphs import counting, local, ready
from lessons.course.graphs.lesson import adjoints, of_example
from lessons.course.graphs.ready import LOCAL, LONG, NOTES, READY, TWICE, Graphs
from lessons.course.lesson import Drawn
from lessons.drawing.plot import places
from lessons.example import WORKED, Sample
from lessons.practice.grading import grade
from lessons.practice.questions import questions_about
from lessons.problem import Problem
from lessons.worked import Worked, expression
from mlp_core import Quantity

LESSON = LESSONS["graphs"]
TEXTS = [NOTES, TWICE, LONG, *(text for text, _values in READY.values())]
CHAIN = "h = x*w; " + "; ".join(f"{new} = sin({old})*{old}" for old, new in zip("hijklmnop", "ijklmnopq", strict=True))


def of(text: str) -> Worked:
    return expression(text, {}, missing=1.5)


def case_of(screen: str, **changes) -> Case:
    return Case(LESSON, LESSON.screen(screen), replace(Graphs(), **changes), WORKED)


@pytest.mark.parametrize("text", [*TEXTS, "log(x - y)*sqrt(x*y)", "(x - 1)**w"])
def test_numbers_that_are_drawn_can_be_worked_out_whatever_the_seed(text):
    values = set()
    for seed in range(30):
        drawn = ready.redrawn(Graphs(typed=text, local=LOCAL[seed % len(LOCAL)]), seed)
        assert ready.of_operation(drawn, None) and ready.worked(drawn, None)
        values.add(drawn.values)
    assert len(values) > 10


def test_where_no_numbers_can_be_found_those_there_are_stay():
    setting = Graphs(typed="sqrt(x - 1e5)", values=(("x", 2e5),))
    assert ready.redrawn(setting, 1).values == setting.values


def test_every_adjoint_is_asked_and_its_numbers_are_easy_to_type():
    for text in TEXTS:
        about = ready.worked(ready.redrawn(Graphs(typed=text), 1), None)
        names = {q.beside("derivative") for q in about.given}
        assert names <= set(adjoints(about))
        assert all(0.01 <= abs(about.values[q]) <= 1000 for q in adjoints(about) if about.values[q]), text


def test_no_number_of_the_notes_graphs_is_drawn_as_0():
    for seed in range(20):
        for text in (NOTES, TWICE):
            about = ready.worked(ready.redrawn(Graphs(), seed), None, text)
            assert all(about.values[step.target] for step in about.steps), (text, seed)


@pytest.mark.parametrize(
    "text", [NOTES, TWICE, LONG, "sigmoid(w*x + b)", "(x*y + 1)/(x + y)", "x**3 - exp(-x)*x", "tanh(x)*-x"]
)
def test_what_is_counted_as_written_out_is_what_is_written(text):
    about = of(text)
    formulas = [counting.by_name(about, q) for q in about.given]
    assert counting.of(about).apart == tuple(map(counting.operations, formulas))
    for q, formula in zip(about.given, formulas, strict=True):
        numbers = {name.symbol: about.values[name] for name in about.given}
        value = formula.replace(counting.SIGMA, lambda a: 1 / (1 + sp.exp(-a))).subs(numbers).evalf()
        assert float(value) == pytest.approx(about.values[q.beside("derivative")], rel=1e-9)


def test_backward_stays_cheap_where_what_is_written_out_explodes():
    found = counting.of(of(CHAIN))
    forward = sum(counting.operations(step.formula) for step in of(CHAIN).steps if step.law == "operation")
    assert found.backward <= 5 * forward < found.written / 100
    assert all(counts.backward <= counts.forward for counts in map(counting.of, map(of, TEXTS)))


@pytest.mark.parametrize("text", LOCAL)
def test_the_tangent_of_a_curve_has_the_local_derivative_as_its_slope(text, language):
    for by in (1, 2):
        case = case_of("local", local=text, by=by)
        data = local.curve(case)
        i, k = data["at"], local.moving(case.setting)
        assert places(data["x"])[i] == case.setting.pair()[k - 1]
        slope = case.worked.values[Quantity("local", 0, (len(case.worked.given) + 1, k))]
        assert data["graphs"][0]["slope"][i] == pytest.approx(slope, rel=1e-9)
        moved = local.moved(case.setting, "at", 0.5)
        assert moved.pair()[k - 1] == 0.5 and ready.of_operation(moved, None)
        assert replace(moved, local="-a" if text != "-a" else "exp(a)").pair() == ready.PAIR


def test_a_node_of_the_network_is_the_number_of_the_walk_also_of_a_batch():
    model = replace(WORKED.model, samples=(*WORKED.model.samples, Sample((1.0, 0.5, 2.0), (0.0,))))
    batch = WORKED.with_model(model).with_(sample=2)
    for example in (WORKED, batch):
        about = of_example(Graphs(), example)
        found = {
            own.kind: about.values[q] - example.trace[own] for q, own in about.own.items() if own in example.derivation
        }
        assert {kind for kind, gap in found.items() if abs(gap) < 1e-12} >= {"z", "a", "C"}
        assert {about.own[q] for q in about.editable} <= set(example.worked.given)


def test_the_questions_about_the_network_have_numbers_of_their_own():
    case = case_of("network")
    W = next(q for q in case.worked.given if case.worked.own[q].kind == "W")
    moved = replace(case, example=WORKED.remodelled(type(WORKED.model).with_number, case.worked.own[W], 7.0))
    asked = [each.questions(case.screen.ask(), seed) for each, seed in ((case, 1), (moved, 1), (case, 2))]
    found, after, another = ([each.answer for each in questions] for questions in asked)
    assert [each.target for each in asked[0]] == adjoints(case.worked)
    assert found == after != another and moved.worked.values != case.worked.values


def test_a_network_that_is_too_large_is_one_sentence():
    large = WORKED.remodelled(type(WORKED.model).resized, (6, 6, 6, 1))
    with pytest.raises(Problem, match="200"):
        of_example(Graphs(), large)


def test_what_would_be_written_without_end_is_only_counted():
    steps = "; ".join(f"h{n} = sin(h{n - 1})*h{n - 1}" for n in range(1, 90))
    case = case_of("why", typed=steps.replace("h0", "x"), counted="own")
    for part in case.screen.every():
        if isinstance(part, Drawn):
            assert part.data(case)
    assert counting.of(case.worked).written > 10**20


def test_any_adjoint_of_a_network_can_be_answered(language):
    about = of_example(Graphs(), WORKED)
    asked = [each for each in questions_about(about) if each.target in adjoints(about)]
    assert {about.own[each.target].kind for each in asked} >= {"delta", "dW", "db", "dC_da"}
    assert all(grade(each, repr(each.answer)).correct for each in asked)
