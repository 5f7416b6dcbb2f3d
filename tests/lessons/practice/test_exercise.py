"""An exercise: what it may be, to JSON and back, and what each action makes of it and counts."""

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.example import MAX_SEED, WORKED
from lessons.practice.exercise import (
    MAX_COUNT,
    MAX_MINUTES,
    MODES,
    SOURCES,
    Exercise,
    answered,
    exam_started,
    handed_in,
    on_time,
    picked,
    still_open,
    still_unanswered,
)
from lessons.practice.planted import planted
from lessons.practice.progress import Attempt
from lessons.practice.series import asked
from lessons.problem import Problem

from ..strategies import forged

EXERCISES = st.builds(
    Exercise,
    mode=st.sampled_from(list(MODES)),
    source=st.sampled_from(list(SOURCES)),
    seed=st.integers(0, MAX_SEED),
    place=st.sampled_from(["", "update.2.step", "W.2.1.1"]),
    at=st.integers(0, 200),
    hints=st.integers(0, 3),
    typed=st.dictionaries(
        st.sampled_from(["z.1.1", "C", "W_new.2.1.1"]), st.text(min_size=1, max_size=200).filter(str.strip)
    ).map(lambda typed: tuple(typed.items())),
    picked=st.integers(0, 30),
    count=st.integers(1, MAX_COUNT),
    minutes=st.integers(1, MAX_MINUTES),
    started=st.floats(0, 9e10),
    ended=st.booleans(),
)


def series(exercise):
    return asked(exercise, exercise.example(WORKED))


def value(exercise, address):
    """The right answer to a question of the exercise."""
    return repr({str(question.target): question.answer for question in series(exercise)}[address])


# --- what it may be ---


@given(EXERCISES)
def test_json_and_back(exercise):
    assert Exercise.from_json(exercise.to_json()) == exercise
    assert exercise.to_json().isascii()


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", "1", "{}", '{"mode": "next"}', "[" * 100_000, None, b"\xff"], ids=range(10)
)
def test_what_is_no_exercise_is_refused(text):
    with pytest.raises(Problem) as caught:
        Exercise.from_json(text)
    assert caught.value.where == "practice"


WRONG = [
    ("mode", "guess"), ("mode", ["next"]), ("mode", None), ("source", "elsewhere"), ("seed", -1), ("seed", 1.0), ("seed", True),
    ("seed", MAX_SEED + 1), ("place", None), ("place", "a b"), ("place", "x" * 41), ("place", "\uff21"), ("at", -1), ("at", 1.5),
    ("at", 10**9), ("hints", 4), ("hints", True), ("typed", None), ("typed", {}), ("typed", [["z.1.1"]]), ("typed", ["ab"]),
    ("typed", [["z.1.1", 1]]), ("typed", [["lr", "1"]]), ("typed", [["line", "1"]]), ("typed", [["z.1.1", " "]]),
    ("typed", [["z.1.1", "1" * 201]]), ("typed", [["z.1.1", "1"], ["z.1.1", "2"]]), ("typed", [[["z.1.1"], "1"]]),
    ("picked", -1), ("picked", "1"), ("count", 0), ("count", MAX_COUNT + 1), ("count", "10"), ("count", 2.0), ("minutes", 0),
    ("minutes", MAX_MINUTES + 1), ("started", -1), ("started", "0"), ("started", float("nan")), ("started", float("inf")),
    ("started", True), ("started", 10**400), ("ended", 1), ("ended", None),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), WRONG, ids=[f"{field}-{n}" for n, (field, _value) in enumerate(WRONG)])
def test_one_field_that_cannot_be_refuses_the_exercise(field, value):
    text = json.dumps(asdict(Exercise()) | {field: value})
    with pytest.raises(Problem) as caught:
        Exercise.from_json(text)
    assert caught.value.where == "practice" and caught.value.text()


@given(EXERCISES.map(Exercise.to_json).flatmap(forged))
def test_a_forged_exercise_is_refused_or_can_be_asked(text):
    try:
        exercise = Exercise.from_json(text)
    except Problem as problem:
        assert problem.where == "practice"
        return
    assert Exercise.from_json(exercise.to_json()) == exercise
    questions = series(exercise)
    assert questions
    on_time(exercise, questions, 5.0)
    answered(exercise, {"z.1.1": "1"}, questions, 5.0)


# --- answers ---


def test_an_answer_counts_at_once_with_the_hints_taken_and_ends_them():
    start = replace(Exercise(), hints=2)
    after, attempts = answered(start, {"z.1.1": "-0.9"}, series(start))
    assert (after.typed, after.hints) == ((("z.1.1", "-0.9"),), 0)
    assert attempts == (Attempt("z.1.1", "-0.9", "right", (), 2),)


def test_a_wrong_answer_counts_and_keeps_the_hints():
    start = replace(Exercise(), hints=1)
    after, attempts = answered(start, {"z.1.1": "-1.2"}, series(start))
    assert after.hints == 1
    assert attempts == (Attempt("z.1.1", "-1.2", "slip", ("bias_left_out",), 1),)


@pytest.mark.parametrize("text", ["abc", "", "  ", "1/0"])
def test_what_is_no_number_counts_nothing(text):
    assert answered(Exercise(), {"z.1.1": text}, series(Exercise()))[1] == ()


def test_the_same_answer_sent_again_counts_nothing():
    once, _attempts = answered(Exercise(), {"z.1.1": "-1.2"}, series(Exercise()))
    assert answered(once, {"z.1.1": "-1.2"}, series(once)) == (once, ())


def test_on_a_sheet_hints_belong_to_the_first_that_was_open():
    start = Exercise(mode="layer", place="forward.1", hints=3)
    after, attempts = answered(start, {"z.1.1": "-0.9", "z.1.2": "0.3"}, series(start))
    assert [(attempt.target, attempt.hints) for attempt in attempts] == [("z.1.1", 3), ("z.1.2", 0)]
    assert after.hints == 0


STALE = [{}, {"z.9.9": "1"}, {"lr": "1"}, {"line": "1"}, {"": ""}, {"z.1.1": None}, {"z.1.1": 3}, {None: "1"}]


@pytest.mark.parametrize("texts", STALE, ids=map(str, STALE))
@pytest.mark.parametrize("mode", MODES)
def test_what_a_page_no_longer_asks_changes_nothing(mode, texts):
    exercise = Exercise(mode=mode, started=1.0 if mode == "exam" else 0.0).with_typed({"z.1.1": "-0.9"})
    after, attempts = answered(exercise, texts, series(exercise), 2.0)
    assert after.typed == exercise.typed
    assert attempts == ()


def test_too_long_an_answer_gets_a_sentence_and_changes_nothing():
    with pytest.raises(Problem, match="200"):
        answered(Exercise(), {"z.1.1": "1" * 201}, series(Exercise()))


def test_turning_stays_within_the_series_and_takes_the_hints_away():
    assert replace(Exercise(), hints=2).at_question(4, 9) == replace(Exercise(), at=4)
    assert Exercise().at_question(9, 9).at == 8
    assert Exercise().at_question(-3, 9).at == 0


def test_there_are_three_hints():
    exercise = Exercise()
    for taken in (1, 2, 3, 3):
        exercise = exercise.hinted()
        assert exercise.hints == taken


# --- the planted mistake ---


def test_the_line_that_is_wrong_is_found_once():
    start = Exercise(mode="error", seed=5)
    solution = planted(start.seed, series(start))
    other, right = 1 if solution.wrong else 2, solution.wrong + 1
    missed, first = picked(start, other, solution)
    assert (missed.picked, [attempt.kind for attempt in first]) == (other, ["unknown"])
    assert picked(missed, other, solution) == (missed, ())
    found, second = picked(missed, right, solution)
    assert (found.picked, [attempt.kind for attempt in second]) == (right, ["right"])
    assert second[0].target == str(solution.lines[solution.wrong].target)
    assert picked(found, other, solution) == (found, ()), "what is found is found"
    assert found.touched() and not found.begun().touched()


@pytest.mark.parametrize("n", [0, -1, 10**6, None, "1", 1.0, True])
def test_a_line_that_is_not_there_changes_nothing(n):
    start = Exercise(mode="error", seed=5)
    assert picked(start, n, planted(start.seed, series(start))) == (start, ())


def test_there_is_no_line_to_pick_in_another_exercise():
    lines = series(Exercise(mode="error"))
    assert picked(Exercise(), 1, planted(1, lines)) == (Exercise(), ())


# --- the exam ---

EXAM = Exercise(mode="exam", count=2, minutes=1)


def running():
    return exam_started(EXAM, 2, 1, 7, 100.0)


def test_an_exam_begins_once():
    exam = running()
    assert exam.is_running()
    assert exam_started(exam, 5, 5, 8, 120.0) == exam
    assert not exam_started(Exercise(), 2, 1, 7, 100.0).is_running(), "in an exam alone"


@pytest.mark.parametrize(("count", "minutes"), [(0, 1), (51, 1), (1, 0), (1, 181), (1.5, 1), (None, 1), ("2", 1), (2, True)])
def test_an_impossible_exam_does_not_begin(count, minutes):
    with pytest.raises(Problem) as caught:
        exam_started(EXAM, count, minutes, 7, 100.0)
    assert caught.value.where == "practice"


def test_an_exam_counts_at_its_end_alone():
    exam = running()
    first, last = still_unanswered(exam, series(exam))
    halfway, attempts = answered(exam, {first: value(exam, first)}, series(exam), 110.0)
    assert (attempts, halfway.at, halfway.ended) == ((), 1, False)
    over, attempts = answered(halfway, {last: "12345"}, series(exam), 120.0)
    assert over.ended
    assert [(attempt.target, attempt.correct) for attempt in attempts] == [
        (key, key == first) for key in (str(question.target) for question in series(exam))
    ]
    assert handed_in(over, series(exam)) == (over, ()), "once"
    assert on_time(over, series(exam), 10**9) == (over, ())


def test_in_an_exam_nonsense_is_refused_and_an_answer_can_be_changed():
    exam = running()
    first = still_unanswered(exam, series(exam))[0]
    with pytest.raises(Problem):
        answered(exam, {first: "abc"}, series(exam), 110.0)
    exam, _none = answered(exam, {first: "1"}, series(exam), 110.0)
    exam, _none = answered(exam, {first: "2"}, series(exam), 111.0)
    assert dict(exam.typed) == {first: "2"}


def test_an_exam_ends_by_its_time_and_takes_no_answer_after_it():
    exam = running()
    questions = series(exam)
    first = still_unanswered(exam, questions)[0]
    assert exam.time_left(130.0) == 30.0
    assert on_time(exam, questions, 159.0) == (exam, ())
    exam, _none = answered(exam, {first: "123"}, questions, 158.0)
    over, attempts = answered(exam, {first: "2"}, questions, 160.0)
    assert over.ended and dict(over.typed) == {first: "123"} and len(attempts) == 1


def test_the_clock_of_an_exam_runs_on_while_nobody_looks():
    """It began at a moment, so one that was kept by the browser meanwhile is as far as any other."""
    exam = Exercise.from_json(running().to_json())
    assert exam.time_left(150.0) == 10.0
    assert on_time(exam, series(exam), 10**6)[0].ended


def test_an_exam_handed_in_early_counts_what_there_is():
    over, attempts = handed_in(running(), series(EXAM))
    assert over.ended and attempts == ()
    assert handed_in(Exercise(), series(Exercise())) == (Exercise(), ())


def test_still_open_is_what_has_no_right_answer():
    questions = series(Exercise())
    assert still_open(questions, {})[0] == "z.1.1"
