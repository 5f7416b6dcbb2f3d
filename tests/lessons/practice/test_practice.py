"""What each kind of practice asks, how own answers carry on, and solutions with one planted mistake."""

from collections import Counter
from itertools import product
from math import isfinite

import pytest

from lessons.example import PRESETS, WORKED
from lessons.misconceptions import CATALOGUE
from lessons.practice.exercise import MAX_COUNT, MODES, SOURCES, Exercise
from lessons.practice.grading import judged
from lessons.practice.planted import PRINTED, planted
from lessons.practice.series import asked, parts, questions_of, trail, weights, worth_asking
from lessons.problem import Problem
from mlp_core import Quantity
from mlp_core.optimisers import OPTIMISERS

KINDS = [(name, optimiser) for name in PRESETS for optimiser in OPTIMISERS]


def example(name, optimiser):
    return PRESETS[name][1].with_(optimiser=optimiser)


def addresses(questions):
    return [str(question.target) for question in questions]


@pytest.mark.parametrize("mode", MODES)
def test_every_exercise_has_questions(mode):
    for kind in KINDS:
        found = addresses(asked(Exercise(mode=mode), example(*kind)))
        assert found, kind
        assert len(found) == len(set(found)), kind


@pytest.mark.parametrize("mode", MODES)
def test_other_conventions_are_asked_too(mode):
    """A shared bias, the error term of target minus output, hidden deltas through updated weights, momentum outside."""
    changed = {"biases": ("shared", "none"), "b": ((0.35,), ()), "error_sign": "minus", "sequential": True, "form": "lr_outside"}
    every = asked(Exercise(mode=mode, everything=True), example("two_outputs", "Momentum").with_(**changed))
    assert every
    assert "delta" not in {question.target.kind for question in every}
    if mode == "next":
        assert {"error", "error_new", "dW_new", "db_new"} <= {question.target.kind for question in every}
    for question in every:
        assert question.compiled.numbers(question.inputs)[0] == pytest.approx(question.answer, rel=1e-9, abs=1e-12)


def test_a_slip_in_an_error_term_is_that_in_a_delta_with_the_other_sign():
    example_ = PRESETS["two_outputs"][1]
    plus, minus = ({str(q.target): q for q in questions_of(example_.with_(error_sign=sign))} for sign in ("plus", "minus"))
    names = ("slope_left_out", "one_path", "upstream_weight_left_out", "transposed", "wrong_neuron", "updated_weights")
    for address in ("1.1", "1.2", "2.1"):
        for name in names[: 1 if address == "2.1" else None]:
            one, other = plus[f"delta.{address}"].wrong(name), minus[f"error.{address}"].wrong(name)
            assert other == pytest.approx(-one, rel=1e-9), (name, address)
    for name in ("own_activation", "upstream_weight_left_out"):
        assert minus["dW.1.1.2"].wrong(name) == pytest.approx(plus["dW.1.1.2"].wrong(name), rel=1e-9)


def test_a_slip_of_a_leaky_relu_has_the_slope_of_the_example():
    leaky = WORKED.with_(activations=("leaky_relu", "sigmoid"), slope=0.25)
    question = next(q for q in questions_of(leaky) if str(q.target) == "a.1.1")
    assert question.wrong("derivative_instead") == 0.25


def test_the_next_number_asks_every_step_in_order():
    chosen = example("worked", "Adam")
    steps = [*chosen.derivation, *chosen.settings.named("Adam").derive(chosen.network)]
    assert addresses(asked(Exercise(everything=True), chosen)) == [str(step.target) for step in steps]


@pytest.mark.parametrize(("name", "optimiser"), KINDS)
def test_what_is_worth_asking_is_of_every_law_that_leads_on_and_no_more_than_two_alike(name, optimiser):
    every = questions_of(example(name, optimiser))
    chosen = worth_asking(every)
    used = {quantity for question in every for quantity in question.step.inputs}
    laws = {q.step.rule for q in every if q.target in used or q.target.is_gradient or q.target.updated or q.target.kind == "C"}
    assert {question.step.rule for question in chosen} == laws
    alike = Counter((q.step.rule, q.target.kind, q.target.layer) for q in chosen)
    assert max(alike.values()) <= 2
    assert len(chosen) <= 60


@pytest.mark.parametrize(("name", "optimiser"), KINDS)
def test_no_question_of_an_exam_says_what_another_asks(name, optimiser):
    for seed in range(20):
        exam = asked(Exercise(mode="exam", seed=seed), example(name, optimiser))
        assert len(exam) == 10, seed
        targets = {question.target for question in exam}
        assert all(targets.isdisjoint(question.step.inputs) for question in exam), seed


@pytest.mark.parametrize(("name", "optimiser"), KINDS)
def test_the_parts_of_layers_hold_every_question_but_the_loss_once(name, optimiser):
    every = questions_of(example(name, optimiser))
    found = [address for members in parts(every).values() for address in addresses(members)]
    assert sorted(found) == sorted(set(addresses(every)) - {"C"})


def test_the_trail_of_a_weight_is_what_its_new_value_is_computed_from():
    every = questions_of(WORKED)
    backward = ["dC_da.2.1", "da_dz.2.1", "delta.2.1", "dC_da.1.2", "da_dz.1.2", "delta.1.2", "dW.1.2.3"]
    assert addresses(trail(every, "W.1.2.3", ("backward", "update"))) == [*backward, "step_W.1.2.3", "W_new.1.2.3"]


@pytest.mark.parametrize(("name", "optimiser"), KINDS)
def test_every_trail_is_exactly_what_its_weight_needs(name, optimiser):
    """Each line but the last is put into a later one, and each takes only what is given or stands above it."""
    every = questions_of(example(name, optimiser))
    targets = {question.target for question in every}
    for weight in weights(every):
        lines = trail(every, weight, ("forward", "loss", "backward", "update"))
        kind, _dot, place = weight.partition(".")
        assert str(lines[-1].target) == f"{kind}_new.{place}"
        above: set[Quantity] = set()
        for n, line in enumerate(lines):
            assert (set(line.step.inputs) & targets) <= above, line.target
            assert line is lines[-1] or any(line.target in later.step.inputs for later in lines[n + 1 :]), line.target
            above.add(line.target)
        shown = trail(every, weight, ("backward", "update"))
        assert shown == tuple(line for line in lines if line.step.phase in ("backward", "update"))


def test_only_weights_that_an_update_changes_can_be_traced():
    assert all(address.split(".")[1] == "2" for address in weights(questions_of(WORKED.with_(scope="output"))))


def test_an_exam_asks_so_many_different_questions_fixed_by_its_seed():
    first, again, other = (addresses(asked(Exercise(mode="exam", seed=seed, count=12), WORKED)) for seed in (4, 4, 5))
    assert first == again != other
    assert len(set(first)) == 12


def test_new_numbers_differ_by_seed_and_keep_the_network():
    one, two = (Exercise(source="random", seed=seed).example(PRESETS["deep"][1]) for seed in (1, 2))
    assert one.model.W != two.model.W
    assert (one.sizes, one.model.activations, one.model.loss) == (two.sizes, two.model.activations, two.model.loss)
    assert one == Exercise(source="random", seed=1).example(PRESETS["deep"][1])


def test_the_worked_example_is_the_notes_whatever_the_current_one():
    found = Exercise(source="worked").example(PRESETS["deep"][1].with_(optimiser="Adam", notation="classic"))
    assert found.model == WORKED.model
    assert (found.settings.optimiser, found.view.notation) == ("Adam", "classic")


def test_own_numbers_carry_on_from_answer_to_answer():
    questions = asked(Exercise(mode="weight"), WORKED)
    typed = {"dC_da.2.1": "-0.8222", "da_dz.2.1": "0.2421", "delta.2.1": "-0.0995", "dW.2.1.1": "-0.0288"}
    found = judged(questions, typed)
    assert [found[key].kind for key in typed] == ["right", "right", "slip", "carried"]
    assert found["delta.2.1"].misconception == "factor_two_lost"
    assert found["dW.2.1.1"].own == (Quantity("delta", 2, (1,)),)


def test_an_own_zero_does_not_make_the_rest_trivial():
    questions = asked(Exercise(mode="weight"), WORKED)
    found = judged(questions, {"delta.2.1": "0", "dW.2.1.1": "0", "step_W.2.1.1": "0"})
    assert not any(verdict.correct for verdict in found.values())


@pytest.mark.parametrize(("name", "optimiser"), KINDS[::3])
def test_just_one_line_of_a_planted_solution_does_not_follow(name, optimiser):
    chosen = example(name, optimiser)
    for seed, source in product(range(1, 6), ("current", "random")):
        exercise = Exercise(mode="error", source=source, seed=seed)
        solution = planted(exercise.seed, asked(exercise, exercise.example(chosen)))
        assert all(map(isfinite, solution.values.values()))
        values = {q: v for line in solution.lines for q, v in line.inputs.items()} | solution.values
        wrong = [
            n
            for n, line in enumerate(solution.lines)
            if float(line.step.evaluate(values)) != pytest.approx(solution.values[line.target], rel=1e-6, abs=1e-13)
        ]
        assert wrong == [solution.wrong], f"seed {seed}"
        line = solution.lines[solution.wrong]
        assert solution.values[line.target] == line.wrong(solution.name), f"seed {seed}"


def test_the_seed_alone_fixes_the_planted_mistake():
    """What was chosen for tracing one weight does not stay for the next mode."""
    found = [asked(Exercise(mode="error", seed=seed, place="W.2.1.1"), WORKED) for seed in range(1, 9)]
    assert found == [asked(Exercise(mode="error", seed=seed), WORKED) for seed in range(1, 9)]
    assert len({lines[-1].target for lines in found}) > 2


def test_the_slips_of_the_notes_turn_up_among_the_planted():
    chosen = WORKED.with_(optimiser="Adam")
    exercises = [Exercise(mode="error", seed=seed) for seed in range(1, 40)]
    names = {planted(exercise.seed, asked(exercise, chosen)).name for exercise in exercises}
    assert names & set(PRINTED)
    assert len(names) > 10
    assert names <= CATALOGUE.keys()


@pytest.mark.parametrize(
    "field",
    [
        {"mode": "guess"},
        {"source": "elsewhere"},
        {"seed": -1},
        {"seed": 1.5},
        {"count": 0},
        {"count": MAX_COUNT + 1},
        {"minutes": 0},
        {"minutes": 10**6},
    ],
)
def test_what_is_no_exercise_is_refused(field):
    with pytest.raises(Problem) as caught:
        Exercise(**field)
    assert caught.value.where == "practice"
    assert caught.value.text()


def test_beginning_again_keeps_the_choice_and_forgets_the_answers():
    old = Exercise(mode="exam", source="random", seed=3, started=5.0, ended=True).with_typed({"C": "1"})
    new = old.begun(seed=4)
    assert (new.mode, new.source, new.seed, new.typed, new.started, new.ended) == ("exam", "random", 4, (), 0.0, False)


def test_an_answer_taken_back_is_gone():
    assert Exercise().with_typed({"C": "1"}).with_typed({"C": " "}).typed == ()


def test_every_mode_and_source_has_a_name():
    assert all(MODES.values())
    assert all(SOURCES.values())
