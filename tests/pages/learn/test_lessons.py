"""The course in AppTest: its front page, every screen of every lesson, and what a person does in one."""

import json
from dataclasses import replace
from functools import partial

import pytest

from lessons.course import LESSONS, Stand
from lessons.course.lesson import ENOUGH
from lessons.course.losses.setting import Losses
from lessons.course.perceptron import changes, pictures
from lessons.course.perceptron.setting import TAKEN
from lessons.desk import Desk
from lessons.example import WORKED, Model
from lessons.worked import expression
from mlp_core import Quantity
from pages.parts import drawing
from pages.parts import lesson as drawn
from pages.session import learning, place, practice, state, widgets

from .. import app
from ..app import callback, desk_of, opened, press, run

SCREENS = [(lesson.key, screen.key) for lesson in LESSONS.values() for screen in lesson.screens]
SUM = expression("(x+y)*w", {"x": 2, "y": 3, "w": 4})
X, RESULT = SUM.given[0], SUM.steps.phase("forward")[-1].target


def learning_at(lesson, screen="", **session):
    """A session that begins in a lesson that its address names, at one of its screens."""
    stand = Stand.of(LESSONS[lesson])
    desk = Desk().with_stand(LESSONS[lesson], replace(stand, screen=screen or stand.screen))
    return opened(WORKED, "learn", {"lesson": lesson}, desk=desk, **session)


def do(at, action):
    """What a component would do, and the page drawn after it."""
    with callback(at):
        action()
    return run(at)


def stand_of(at, lesson):
    return dict(desk_of(at).lessons)[lesson]


def test_the_front_page_names_every_lesson_and_how_much_is_done():
    at = do(learning_at("graphs"), lambda: learning.turn("why"))
    at = do(at, lambda: [learning.choose(section, 2) for section in ("why.ask", "why.note")])
    at.query_params.clear()
    texts = " ".join(app.texts(run(at)))
    assert {f"learn.{key}" for key in LESSONS} <= {button.key for button in at.button}
    assert f"done: 1 of {len(LESSONS['graphs'].screens)}" in texts


@pytest.mark.parametrize(("lesson", "screen"), SCREENS)
def test_every_screen_can_be_drawn_with_every_box_open(lesson, screen):
    at = learning_at(lesson, screen, folds=dict.fromkeys((*app.BOXES, "open.take"), True))
    assert app.errors(at) == []
    assert any(title.value for title in at.markdown)


def test_a_lesson_there_is_not_is_the_front_page():
    at = opened(WORKED, "learn", {"lesson": "gone"})
    assert any(button.key == "learn.graphs" for button in at.button)


def test_a_number_is_changed_in_the_picture_taken_back_and_refused():
    at = do(learning_at("graphs"), lambda: learning.enter(str(X), "1/2"))
    assert dict(stand_of(at, "graphs").setting.values)["x"] == 0.5
    at = do(at, state.undo)
    assert dict(stand_of(at, "graphs").setting.values)["x"] == 2
    before = desk_of(at)
    for address, typed in ((str(X), "abc"), (str(X), "1e9"), (str(RESULT), "1"), ("W.1.1.1", "1"), ("gone", "1")):
        at = do(at, lambda address=address, typed=typed: learning.enter(address, typed))
        assert desk_of(at) == before, address


def test_an_expression_of_ones_own_is_worked_out_and_hostile_text_is_a_sentence():
    at = learning_at("graphs", "own")
    at.text_input[0].set_value("exp(u)*v")
    run(at)
    assert stand_of(at, "graphs").setting.typed == "exp(u)*v"
    for hostile in ("__import__('os')", "1/0", "x" * 500, "((((", "log(-1)", "lambda: 0"):
        at.text_input[0].set_value(hostile)
        run(at)
        assert at.error and at.text_input[0].value == hostile
        assert stand_of(at, "graphs").setting.typed == "exp(u)*v"
    at = do(at, lambda: learning.enter(str(X), "2"))
    assert not at.error and at.text_input[0].value == "exp(u)*v"


def test_a_network_too_large_for_a_graph_is_said_once_and_one_that_fits_has_ways_to_the_walk():
    at = opened(WORKED.remodelled(Model.resized, (6, 6, 6, 1)), "learn", {"lesson": "graphs"})
    with callback(at):
        learning.turn("network")
    run(at)
    said = [error.value for error in at.error]
    assert len(said) == 1 and "200" in said[0]
    at = learning_at("graphs", "network")
    with callback(at):
        about = state.worked()
    node = next(q for q, own in about.own.items() if own == Quantity("delta", 1, (1,)))
    number = [step.target for step in about.steps].index(node)
    at = do(at, lambda: place.go("graphs.network", number))
    assert any(button.key == "way.delta.1.1" and "Backward" in button.label for button in at.button)
    at = do(at, lambda: learning.enter("W.1.1.1", "0.75"))
    assert desk_of(at).example.model.W[0][0][0] == 0.75


def test_a_screen_is_done_when_enough_is_answered_rightly():
    at = learning_at("graphs", "forward")
    for n in range(ENOUGH):
        with callback(at):
            case = state.case()
            question = case.questions(case.screen.ask())[n]
        assert "forward" not in stand_of(at, "graphs").done
        cell = next(cell for cell in at.text_input if cell.key.startswith("answer"))
        cell.set_value(repr(question.answer))
        next(button for button in at.button if button.label == "Check").click()
        run(at)
        press(at, "on")
    assert stand_of(at, "graphs").done == ("forward",)
    kept = Desk.from_json(desk_of(at).to_json())
    assert dict(kept.lessons)["graphs"].done == ("forward",)


def test_an_answer_counts_after_a_number_of_the_picture_was_changed():
    """The questions are about other numbers and are not drawn anew, so their cells must be those that are there."""
    at = learning_at("graphs", "twice")
    cell = next(cell for cell in at.text_input if cell.key.startswith("answer"))
    with callback(at):
        case = state.case()
        question = case.questions(case.screen.ask())[0]
        learning.enter(str(X), "1/2")
        assert practice.cell(str(question.target)) == cell.key
    cell.set_value(repr(question.answer))
    next(button for button in at.button if button.label == "Check").click()
    run(at)
    assert dict(stand_of(at, "graphs").exercise().typed)


def test_answers_stay_where_what_is_asked_stays():
    at = learning_at("losses", "minus")
    cell = next(cell for cell in at.text_input if cell.key.startswith("answer"))
    cell.set_value("1")
    next(button for button in at.button if button.label == "Check").click()
    run(at)
    for field, value, stay in (("rate", 0.7, True), ("loss_sign", True, True), ("right", 0, False)):
        put = partial(Losses.put, name=field, value=value)
        at = do(at, partial(learning.change, field, put))
        assert bool(stand_of(at, "losses").exercise().typed) == stay, field


def test_a_slip_is_named_and_looked_at_where_it_was_made():
    at = learning_at("graphs", "twice")
    with callback(at):
        case = state.case()
        questions = case.questions(case.screen.ask())
    asked = next(n for n, question in enumerate(questions) if question.target == Quantity("derivative", 0, (1,)))
    at = do(at, lambda: practice.practise(lambda exercise: exercise.at_question(asked, len(questions))))
    slip = next(name for name in questions[asked].misconceptions if "path" in name or "fan" in name or "sum" in name)
    cell = next(cell for cell in at.text_input if cell.key.startswith("answer"))
    cell.set_value(repr(questions[asked].wrong(slip)))
    next(button for button in at.button if button.label == "Check").click()
    run(at)
    press(at, f"slip.{questions[asked].target}")
    assert any("As you computed it" in text for text in app.texts(at))


@pytest.mark.parametrize("way", ["layer", "error"])
def test_questions_come_all_at_once_or_as_an_error_to_find(way):
    at = learning_at("graphs")
    at.session_state["ask.mode"] = way
    at = do(at, lambda: drawn._way("ask.mode"))
    assert stand_of(at, "graphs").exercise().mode == way


def test_a_step_is_kept_by_screen():
    at = do(learning_at("graphs"), lambda: place.go("graphs.forward", 3))
    assert desk_of(at).step("graphs.forward") == 3
    kept = json.loads(desk_of(at).to_json())
    assert kept["steps"]["graphs.forward"] == 3


def test_a_point_that_cannot_be_put_where_it_was_clicked_is_a_sentence_beside_the_plane():
    at = learning_at("perceptron", "own")
    own = stand_of(at, "perceptron").setting.own
    key = f"drawn.perceptron.own.{pictures.OWN}"
    at = do(at, lambda: drawing._changed(key, changes.point_added, own[0][1:3]))
    assert [error.value for error in at.error] == [TAKEN] and stand_of(at, "perceptron").setting.own == own
    at = do(at, lambda: drawing._changed(key, changes.point_added, (0.0, 0.0)))
    assert not at.error and stand_of(at, "perceptron").setting.own[-1][1:] == (0.0, 0.0, 1)


def test_neurons_are_switched_off_and_on_one_by_one():
    at = learning_at("dropout", "mask")
    pills = next(group for group in at.button_group if ".working" in group.key)
    pills.set_value([1])
    at = run(at)
    assert stand_of(at, "dropout").setting.working == (1,)
    at = do(at, lambda: learning.enter("mask.1.2", "1"))
    assert stand_of(at, "dropout").setting.working == (1, 2)
    pills = next(group for group in at.button_group if ".working" in group.key)
    assert list(pills.value) == [1, 2]
    at = do(at, lambda: learning.enter("mask.1.2", "1/2"))
    assert stand_of(at, "dropout").setting.working == (1, 2) and any("1/2" in text or "0.5" in text for text in app.texts(at))


def test_a_chart_that_stands_apart_is_drawn_anew_only_by_the_numbers_it_is_made_of():
    at = learning_at("norm", "running")
    slider = lambda at: next(each for each in at.slider if ".share" in each.key)  # noqa: E731
    before = slider(at).key
    for address, typed, drawn_anew in (("z.1.1@1", "1/2", False), ("norm_momentum.1", "1/2", True)):
        with callback(at):
            learning.enter(address, typed)
            assert state.asked_anew() == drawn_anew, address
        assert (slider(run(at)).key != before) == drawn_anew, "a slider that is not drawn anew keeps its key"
    assert slider(at).value == 0.5


def test_what_is_typed_for_a_sum_of_the_batch_is_told_and_refused_by_the_name_in_the_picture():
    at = do(learning_at("norm", "forward"), lambda: learning.enter("z.1.1@1", "1/2"))
    assert stand_of(at, "norm").setting.z[0] == 0.5 and app.told(at)["what"].startswith("z⁽¹⁾[1] ")
    at = do(at, lambda: learning.enter("z.1.1@1", "abc"))
    assert app.told(at)["refused"].startswith("z layer 1 neuron 1 of sample 1 stays")
    at.query_params["lang"] = "zh"
    assert app.told(run(at))["refused"].startswith("样本1的z 第 1 层 神经元 1 保持原值")


def test_a_question_about_ones_own_numbers_is_asked_with_those_typed_and_judged_anew_once_it_is_answered():
    at = learning_at("build", "gaps")
    question = lambda at: next(each.value for each in at.markdown if "You have" in each.value)  # noqa: E731
    before = question(at)
    with callback(at):
        learning.enter("W.2.1.1", "0.9")
        assert not state.asked_anew(), "its frame, its buttons and its cell stay"
    assert question(run(at)) != before
    next(cell for cell in at.text_input if cell.key.startswith("answer")).set_value("7")
    next(button for button in at.button if button.label == "Check").click()
    with callback(run(at)):
        learning.enter("W.2.1.1", "0.8")
        assert state.asked_anew()


def test_dials_stand_apart_and_are_drawn_anew_only_by_what_they_show():
    at = learning_at("activations", "dead")
    slider = lambda at: next(each for each in at.slider if ".bias" in each.key)  # noqa: E731
    for address, typed, drawn_anew in (("W.1.1.1", "1/2", False), ("b.1.2", "-1", True)):
        with callback(at):
            learning.enter(address, typed)
            assert state.asked_anew() == drawn_anew, address
    at = run(at)
    assert slider(at).value == -1.0
    slider(at).set_value(1.0)
    at = run(at)
    assert stand_of(at, "activations").setting.bias == 1.0
    assert not at.slider and any("Iteration 0" in text.value for text in at.markdown), "what they change follows, and no more"
    with callback(at):
        key = widgets.follow("page.activations.bias", "far")
        learning.commit(key, "bias")
        assert state.asked_anew() and stand_of(at, "activations").setting.bias == 1.0, "a dial that was refused goes back"
