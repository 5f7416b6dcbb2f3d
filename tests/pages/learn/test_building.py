"""Lesson 13 in AppTest: what one's own program printed is checked, kept, and refused with a sentence."""

from dataclasses import replace

from lessons.practice.exercise import Mode
from pages.session import learning, practice, state, widgets

from .. import app
from ..app import callback
from .test_lessons import do, learning_at, stand_of

RIGHT = """dC_da2 = [-0.82220297]
da_dz2 = [0.24209705]
delta2 = [-0.19905292]
dW2 = [[-0.05753635 -0.11434446]]
db2 = [-0.19905292]"""


def send(at, text):
    with callback(at):
        key = next(area.key for area in at.text_area if "printed" in area.key)
    at.text_area(key=key).set_value(text)
    next(button for button in at.button if "printed" in button.key).click()
    return app.run(at)


def test_the_output_of_a_program_is_checked_number_by_number():
    at = send(learning_at("build", "gaps"), RIGHT)
    exercise = stand_of(at, "build").exercise()
    assert exercise.mode is Mode.LAYER and len(exercise.typed) == 6
    assert "gaps" in stand_of(at, "build").done
    at = send(at, RIGHT.replace("[-0.19905292]\ndW2", "[-0.09952646]\ndW2"))
    assert any("factor 2" in text.lower() for text in app.texts(at)), "the slip is named"
    before = stand_of(at, "build")
    at = send(at, "delta2 = nonsense")
    assert at.error and stand_of(at, "build") == before


def test_verdicts_are_of_the_last_paste_and_gone_where_that_could_not_be_read():
    judged = lambda at: any("Your answers" in text for text in app.texts(at))  # noqa: E731
    at = send(learning_at("build", "gaps"), RIGHT)
    assert judged(at) and at.success
    at = send(at, "NameError: name 'dW2' is not defined")
    assert any("NameError" in error.value for error in at.error)
    assert not judged(at) and not at.success, "they were of the paste before"
    at = send(at, RIGHT)
    assert judged(at) and at.success and not at.error
    at = send(at, "gone")
    next(button for button in at.button if button.label == "Check all").click()
    at = app.run(at)
    assert judged(at) and not at.error, "the numbers in the cells are judged when they are sent"


def test_another_part_of_the_program_is_asked_anew():
    at = send(learning_at("build", "gaps"), RIGHT)
    at = do(at, lambda: learning.change("part", lambda setting: type(setting)(part="forward")))
    assert not stand_of(at, "build").exercise().typed
    with callback(at):
        names = {str(question.target) for question in practice.questions(practice.exercise())}
    assert "C" in names and "delta.2.1" not in names


def test_the_cell_to_paste_into_stays_when_a_number_is_typed_or_another_way_is_chosen():
    at = learning_at("build", "gaps")
    [key] = [area.key for area in at.text_area]
    with callback(at):
        learning.enter("W.1.1.1", "0.75")
        assert not state.asked_anew() and not widgets.stale(key)
        practice.practise(lambda exercise: replace(exercise, typed=(("C", "1"),)))
        practice.practise(lambda exercise: exercise.begun(mode=Mode.ERROR))
        assert not widgets.stale(key), "it is not drawn anew, and what it says counts"
    at = send(at, RIGHT)
    assert len(stand_of(at, "build").exercise().typed) == 6
    with callback(at):
        assert widgets.stale(key), "what was checked is gone"


def test_what_a_number_changed_beside_the_program_did_is_told_as_in_a_walk():
    at = learning_at("build", "gaps")
    assert app.told(at)["what"].startswith("Click a number")
    at = do(at, lambda: learning.enter("W.1.1.1", "0.75"))
    assert "→ 0.75" in app.told(at)["what"] and "→" in app.told(at)["loss"]
