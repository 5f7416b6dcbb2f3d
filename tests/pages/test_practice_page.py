"""The practice page as a student uses it: answers, slips, hints, sheets, the planted mistake, the exam, the progress."""

import re
from unittest.mock import patch

import pytest

from lessons import i18n
from lessons.content import text as content_text
from lessons.example import PRESETS, WORKED, Model
from lessons.exports import of_posted
from lessons.misconceptions import CATALOGUE
from lessons.practice.exercise import MODES, Exercise
from lessons.practice.planted import planted
from lessons.practice.progress import Progress
from lessons.practice.series import asked
from mlp_core import Quantity
from pages.parts import asking
from pages.session import browser

from .app import (
    callback,
    component,
    desk_of,
    enter,
    errors,
    example_of,
    exercise_of,
    go,
    opened,
    press,
    put_exercise,
    run,
    table,
    texts,
    translated_strings,
    type_in,
    widget,
)


def begun(mode="next", example=None, **choices):
    """The page with an exercise of that mode."""
    at = opened(example, "practice")
    put_exercise(at, Exercise(mode=mode, **choices))
    return run(at)


def answer(at, address, typed):
    """Type an answer and send it with the form's button."""
    widget(at, "text_input", f"answer.{address}").set_value(typed)
    return submit(at)


def submit(at):
    [button] = [part for part in at.button if "FormSubmitter" in (part.key or "")]
    button.click()
    return run(at)


def boxes(at):
    """The verdicts on the page."""
    return [part.value for kind in ("success", "error", "warning") for part in at.get(kind)]


def attempts(at):
    return at.session_state["progress"].attempts


def test_a_right_answer_gives_the_exact_value_and_shows_it_in_the_picture():
    at = answer(begun(), "z.1.1", "-0.9")
    assert len(boxes(at)) == 1
    assert "−0.9" in boxes(at)[0]
    assert [attempt.kind for attempt in attempts(at)] == ["right"]
    node = component(at, "picture.practice")["layers"][1]["nodes"][0]
    assert node["rows"][0]["value"] == "−0.9000"


def test_before_the_answer_the_picture_does_not_give_it_away():
    node = component(begun(), "picture.practice")["layers"][1]["nodes"][0]
    assert node["rows"][0]["value"] == "?"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_slip_is_named_with_a_link_to_the_page_that_explains_it(language):
    at = answer(begun(example=WORKED.with_(language=language)), "z.1.1", "-1.2")
    with i18n.using(language):
        title = content_text("misconceptions", "bias_left_out", target="").partition("\n")[0]
    assert [title in box for box in boxes(at)] == [True]
    assert attempts(at)[0].slips == ("bias_left_out",)
    assert any(part.proto.page for part in at.get("page_link"))


@pytest.mark.parametrize(
    ("typed", "says"),
    [("abc", "abc"), ("-0.9 or so", "or"), ("1/0", "divides by 0"), ("-1", "three significant digits")],
)
def test_nonsense_and_too_few_digits_are_answered_and_not_counted(typed, says):
    address = "z.1.1" if typed != "-1" else "dC_da.2.1"
    at = begun()
    if typed == "-1":
        put_exercise(at, Exercise(at=7))
        run(at)
        typed = "-0.8"
    assert any(says in box for box in boxes(answer(at, address, typed)))
    assert attempts(at) == ()


def test_three_hints_lead_from_the_law_to_the_value():
    at = begun()
    before = len(at.main.markdown)
    shown = [len(press(at, "hint").main.markdown) for _rung in range(3)]
    assert [count - before for count in shown] == [1, 2, 3]
    assert any("0.9000" in part.value for part in at.main.markdown)
    assert not [part for part in at.button if part.key == "hint"]
    answer(at, "z.1.1", "-0.9")
    assert attempts(at)[0].hints == 3


def test_next_goes_to_the_next_number_and_takes_the_hints_away():
    at = press(press(begun(), "hint"), "on")
    assert exercise_of(at).at == 1
    assert exercise_of(at).hints == 0
    assert widget(at, "text_input", "answer.z.1.2")


def test_a_sheet_carries_an_own_wrong_number_on():
    at = begun("weight", place="W.2.1.1")
    for address, typed in (("dC_da.2.1", "-0.8222"), ("da_dz.2.1", "0.2421"), ("delta.2.1", "-0.0995")):
        widget(at, "text_input", f"answer.{address}").set_value(typed)
    widget(at, "text_input", "answer.dW.2.1.1").set_value("-0.0288")
    submit(at)
    assert [row[2] for row in table(at, 4)][:4] == ["✓", "✓", "✗", "✓"]
    assert any("your own earlier" in box for box in boxes(at))
    assert [attempt.kind for attempt in attempts(at)] == ["right", "right", "slip", "carried"]


def test_hints_are_about_one_number_and_end_with_it():
    at = begun("layer", place="forward.1")
    for _rung in range(3):
        press(at, "hint")
    widget(at, "text_input", "answer.z.1.1").set_value("-0.9")
    widget(at, "text_input", "answer.z.1.2").set_value("0.3")
    submit(at)
    assert [(attempt.target, attempt.hints) for attempt in attempts(at)] == [("z.1.1", 3), ("z.1.2", 0)]
    assert widget(at, "button", "hint").label == "Hint: the law"


def test_a_sheet_is_as_it_was_left_after_a_look_at_another_page():
    at = begun("layer", place="forward.1")
    widget(at, "text_input", "answer.z.1.1").set_value("-0.9")
    submit(at)
    go(go(at, "forward"), "practice")
    widget(at, "text_input", "answer.z.1.2").set_value("0.3")
    submit(at)
    assert dict(exercise_of(at).typed) == {"z.1.1": "-0.9", "z.1.2": "0.3"}
    assert len(attempts(at)) == 2


def test_a_sheet_sent_twice_counts_once():
    at = begun("layer", place="forward.1")
    widget(at, "text_input", "answer.z.1.1").set_value("-0.9")
    submit(at)
    submit(at)
    assert len(attempts(at)) == 1


def test_all_of_a_layer_right():
    at = begun("layer", place="forward.1")
    for question in asked(exercise_of(at), WORKED):
        widget(at, "text_input", f"answer.{question.target}").set_value(f"{question.answer:.4f}")
    submit(at)
    assert "All right." in boxes(at)


def test_finding_the_planted_mistake():
    at = begun("error", seed=5)
    exercise = exercise_of(at)
    solution = planted(exercise.seed, asked(exercise, WORKED))
    other = 1 if solution.wrong else 2
    press(at, f"line.{other}")
    assert any("does follow" in box for box in boxes(at))
    press(at, f"line.{solution.wrong + 1}")
    assert any(box.startswith("Found") and CATALOGUE[solution.name].title in box for box in boxes(at))
    assert [attempt.kind for attempt in attempts(at)] == ["unknown", "right"]
    assert widget(at, "button", f"line.{other}").disabled, "what is found is found"


def test_an_exam_from_start_to_result():
    at = begun("exam", count=3)
    enter(at, "number_input", "exam.count", 3)
    submit(at)
    for question in asked(exercise_of(at), WORKED):
        assert not [box for box in boxes(at) if "Right" in box], "no verdict before the end"
        answer(at, question.target, f"{question.answer:.6g}")
    assert any("3 of 3 right" in text for text in texts(at))
    assert [attempt.kind for attempt in attempts(at)] == ["right"] * 3
    run(at)
    assert len(attempts(at)) == 3, "the result counts once"


def test_an_exam_ends_when_its_time_is_over():
    with patch.object(asking.time, "time", return_value=1000.0):
        at = submit(begun("exam"))
        assert any("Time left: 10:00" in text for text in texts(at))
    with patch.object(asking.time, "time", return_value=1599.0):
        assert any("Time left: 0:01" in text for text in texts(run(at)))
    with patch.object(asking.time, "time", return_value=1601.0):
        assert any("0 of 10 right" in text for text in texts(run(at)))


def test_an_exam_handed_in_early():
    at = press(submit(begun("exam")), "hand.in")
    assert any("0 of 10 right" in text for text in texts(at))
    assert "0 of 10 right" in of_posted(component(at, "exam.save")["body"])


def test_what_was_entered_in_an_exam_is_still_there_and_can_be_changed():
    at = submit(begun("exam"))
    first = asked(exercise_of(at), WORKED)[0].target
    press(answer(at, first, "0.5*0.3*2"), "back")
    assert any("`0.5*0.3*2`" in caption.value for caption in at.main.caption), "its signs are no Markdown"
    submit(at)
    assert dict(exercise_of(at).typed) == {str(first): "0.5*0.3*2"}
    answer(press(at, "back"), first, "0.7")
    assert dict(exercise_of(at).typed) == {str(first): "0.7"}


def test_nonsense_in_an_exam_gets_a_sentence_and_is_no_answer():
    at = submit(begun("exam"))
    first = asked(exercise_of(at), WORKED)[0].target
    answer(at, first, "abc")
    assert ["abc" in error for error in errors(at)] == [True]
    assert exercise_of(at).typed == ()
    assert exercise_of(at).at == 0
    answer(at, first, "0.5")
    assert exercise_of(at).at == 1 and not any("abc" in error for error in errors(at))


def test_an_exam_is_closed_while_it_runs():
    """No other page, no settings, nothing that changes the example or leads out; and what it shows tells no answer."""
    at = begun("exam")
    widget(at, "number_input", "exam.seed").set_value(7)  # of these questions no number on screen is that of another by chance
    submit(at)
    assert not at.sidebar.children and not [b for b in at.main.get("button_group") if "Exam" in b.options]
    assert set(component(at, "row")["can"].values()) == {False}
    questions = asked(exercise_of(at), WORKED)
    for question in questions:
        for other in questions:
            value = f"{abs(other.answer):.4f}"
            assert not any(value in text for text in texts(at)), f"{question.target} tells {other.target}"
        press(at, "on") if not widget(at, "button", "on").disabled else None
    for page in ("start", "forward", "backward", "notes", "check", "worksheet"):
        closed = go(at, page)
        assert [title.value for title in closed.title] == ["An exam is running"], page
        assert not [t for t in texts(closed) if f"{WORKED.trace.loss:.4f}" in t], page
    with callback(at):
        browser._opened(WORKED.with_(optimiser="Adam").to_json())
        browser._pressed(None, "undo")
    assert example_of(at) == WORKED
    press(go(at, "practice"), "hand.in")
    assert [title.value for title in go(at, "forward").title] != ["An exam is running"]


def test_everybody_draws_an_exam_of_their_own_and_a_seed_given_is_kept():
    drawn = {exercise_of(submit(begun("exam"))).seed for _person in range(3)}
    assert len(drawn) == 3
    at = begun("exam")
    widget(at, "number_input", "exam.seed").set_value(4711)
    assert exercise_of(submit(at)).seed == 4711


def test_an_exam_of_a_small_network_ends_with_its_last_question():
    small = WORKED.remodelled(Model.resized, (1, 1))
    at = submit(begun("exam", small, count=50))
    for question in asked(exercise_of(at), small):
        answer(at, question.target, f"{question.answer:.6g}")
    count = len(asked(exercise_of(at), small))
    assert 1 < count < 12 and any(f"{count} of {count} right" in text for text in texts(at))


def test_an_impossible_exam_gets_a_message_and_does_not_start():
    at = begun("exam")
    for field, values in {"count": (0, 51, 10), "minutes": (0, 181)}.items():
        for value in values:
            widget(at, "number_input", f"exam.{field}").set_value(value)
            if (field, value) != ("count", 10):
                submit(at)
                assert len(errors(at)) == 1, (field, value)
                assert not exercise_of(at).started, (field, value)


def test_an_impossible_seed_gets_a_message():
    at = enter(begun(source="random"), "number_input", "practice.seed", -1)
    assert errors(at) == ["A seed is a whole number from 0 to 2147483647."]
    assert exercise_of(at).seed == 1


def test_changed_numbers_begin_the_exercise_again():
    at = answer(begun(), "z.1.1", "-0.9")
    type_in(at, "W.1.1.1", "0.9")
    assert exercise_of(at).typed == ()
    assert boxes(at) == []


def test_other_decimals_do_not():
    at = answer(begun(), "z.1.1", "-0.9")
    enter(at, "slider", "edit.decimals", 6)
    assert dict(exercise_of(at).typed) == {"z.1.1": "-0.9"}


def test_progress_is_shown_saved_and_restored():
    at = answer(begun(), "z.1.1", "-1.2")
    saved = at.session_state["progress"].to_json()
    assert any("1 × Bias left out" in text for text in texts(at))
    asked = component(at, "progress.save")
    assert (asked["address"], asked["file_name"]) == ("make/progress?lang=en", "backprop-progress.json")
    assert asked["body"] == saved
    other = opened(page="practice")
    other.session_state["progress"] = Progress.from_json(saved)
    assert any("1 × Bias left out" in text for text in texts(run(other)))


@pytest.mark.parametrize("mode", MODES)
def test_a_chinese_exercise_is_chinese(mode):
    at = begun(mode, PRESETS["deep"][1].with_(language="zh", optimiser="Adam"))
    assert english(at) == []
    if mode == "error":
        for n in range(1, 4):
            press(at, f"line.{n}")
            assert english(at) == []
        return
    if mode == "exam":
        submit(at)
    else:
        for _rung in range(3):
            press(at, "hint")
    for typed in ("12.345", "0.1", "abc", "1/0"):
        at.main.text_input[0].set_value(typed)
        assert english(submit(at)) == []
    assert english(press(at, "hand.in") if mode == "exam" else at) == []


def english(at):
    """What on the page is left in English: a text that the catalogue translates, or words in a row."""
    translated = translated_strings()
    seen = [*texts(at), *boxes(at), *(str(part.label) for kind in ("text_input",) for part in at.get(kind))]
    bare = {text: re.sub(r"\$[^$]*\$|\\\w+|<[^>]*>", " ", text) for text in seen}
    return [text for text in seen if text in translated or re.search(r"\b[A-Za-z]{4,} [a-z]{2,}\b", bare[text])]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_slip_is_looked_at_where_it_was_made_wrong_and_right_side_by_side(language):
    at = answer(begun(example=WORKED.with_(language=language)), "z.1.1", "-1.2")
    way = next(button for button in at.button if button.key == "slip.z.1.1")
    way.click()
    run(at)
    assert desk_of(at).step("forward") == 0
    wrong, right = [part.value for part in at.markdown if part.value.startswith(("✗", "✓"))]
    assert "-1.2" in wrong and "-0.9" in right and "b^" not in wrong
    assert english(at) == [] if language == "zh" else True
    press(at, "slip.close")
    assert not [button for button in at.button if button.key == "slip.close"]


def test_the_page_survives_a_visit_elsewhere():
    at = answer(begun(), "z.1.1", "-0.9")
    go(go(at, "forward"), "practice")
    assert dict(exercise_of(at).typed) == {"z.1.1": "-0.9"}
    assert Quantity("z", 1, (1,)) == asked(exercise_of(at), WORKED)[0].target


# --- what is stale or foreign ---

FOREIGN = {"at": 9999, "picked": 99, "place": "W.9.9.9", "typed": (("z.9.9", "1"), ("m_hat_W.3.1.1", "abc"), ("C", "1/0"))}


@pytest.mark.parametrize("mode", MODES)
def test_an_exercise_about_another_network_can_be_shown_and_answered(mode):
    """As one that the browser kept, while the numbers changed."""
    at = begun(mode, **FOREIGN, count=3, started=asking.time.time() if mode == "exam" else 0.0)
    assert not at.exception
    if mode == "error":
        press(at, "line.1")
        assert exercise_of(at).picked == 1
    else:
        at.main.text_input[0].set_value("0.5")
        submit(at)


@pytest.mark.parametrize("said", [None, "", "W.9.9.9", "Layer 1", 3, ["W.2.1.1"], {}], ids=repr)
def test_a_label_that_the_list_no_longer_has_moves_nothing(said):
    with patch.object(asking.widgets, "said", return_value=said), patch.object(asking.practice, "practise") as practise:
        asking._placed("practice.place", ("W.2.1.1", "W.2.1.2"))
    assert not practise.called


@pytest.mark.parametrize("said", [None, 3, ["1"]], ids=repr)
@pytest.mark.parametrize("mode", MODES)
def test_a_cell_that_says_no_text_changes_nothing(mode, said):
    exercise = Exercise(mode=mode, started=asking.time.time() if mode == "exam" else 0.0)
    after = []
    with (
        patch.object(asking.widgets, "said", return_value=said),
        patch.object(asking.practice, "cell", return_value="answer.z.1.1"),
        patch.object(asking.state, "example", return_value=WORKED),
        patch.object(asking.practice, "practise", lambda make: after.append(make(exercise))),
        patch.object(asking.practice, "record") as record,
    ):
        asking._send(["z.1.1", "z.9.9", "gone"])
    assert [each.typed for each in after] == [()]
    assert not record.called


@pytest.mark.parametrize(("key", "value"), [("practice.mode", "guess"), ("practice.source", "elsewhere")])
def test_a_choice_that_is_none_changes_nothing(key, value):
    at = begun()
    before = exercise_of(at)
    at.session_state[key] = value
    run(at)
    assert exercise_of(at) == before
    assert errors(at) == []
