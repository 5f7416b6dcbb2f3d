"""Predict: the value of a step waits for a guess, which is judged as in practice, or for one press."""

from lessons.example import WORKED
from pages.parts import stepper

from . import app
from .app import callback, desk_of, opened, run

SLOPE = WORKED.derivation.phase("backward")[0]  # dC/da of the output
VALUE = f"{WORKED.trace[SLOPE.target]:.4f}"


def predicting(page: str = "backward"):
    """A walk whose values wait."""
    at = opened(WORKED, page)
    with callback(at):
        stepper.key_of(stepper.tour_of(page), "predict")
    return run(at)


def guess(at, text):
    key = next(cell.key for cell in at.text_input if cell.key.startswith("guess"))
    at.text_input(key=key).set_value(text)
    next(button for button in at.button if button.label == "Check").click()
    return run(at)


def said(at):
    return " ".join(message.value for kind in ("success", "error", "warning", "info") for message in at.get(kind))


def hides(at):
    """Whether neither card, picture, chain rule nor ledger says the value."""
    return not any(VALUE.lstrip("-") in text for text in [*app.formulas(at), *app.texts(at)])


def test_a_value_waits_until_it_is_guessed_rightly():
    at = predicting()
    assert hides(at)
    guess(at, f"{WORKED.trace[SLOPE.target] / 2:.4f}")
    assert "Factor 2 lost" in said(at) and hides(at)
    guess(at, VALUE)
    assert "Right" in said(at) and not hides(at)


def test_a_value_waits_until_it_is_revealed_and_again_when_a_number_changes():
    at = predicting()
    next(button for button in at.button if button.label == "Reveal").click()
    assert not hides(run(at))
    app.type_in(at, "y.2.1", "0.9")
    assert any(button.label == "Reveal" for button in at.button)


def test_what_is_no_number_is_said_and_the_value_still_waits():
    at = guess(predicting(), "one")
    assert "at place 1 is not known" in said(at) and hides(at)


def test_the_switch_is_kept_from_page_to_page_and_shows_everything_again():
    at = app.go(predicting(), "loss")
    assert any(button.label == "Reveal" for button in at.button)
    with callback(at):
        stepper.key_of(stepper.tour_of("loss"), "predict")
    assert not any(button.label == "Reveal" for button in run(at).button)
    assert desk_of(at).choice("predict", False) is False
