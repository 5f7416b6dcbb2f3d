"""A number changed in the sidebar moves every number that depends on it, on every page; all of them are text."""

import re

import pytest
from playwright.sync_api import expect
from pytest import approx

from lessons.example import WORKED, Example
from lessons.picture import ROWS
from mlp_core import SGD, Adam, Momentum, Quantity, RMSprop, Trace, trace
from tests.browser.tutor import HALF_A_DIGIT, Tutor, look, number

WEIGHT, NEW = Quantity("W", 2, (1, 1)), 0.9
EDITED = WORKED.with_number(WEIGHT, NEW)
TYPED = {
    Quantity("W", 1, (1, 2)): -0.75,
    Quantity("b", 1, (2,)): 0.35,
    Quantity("x", 0, (3,)): 1.5,
    Quantity("y", 2, (1,)): 0.25,
}


def close(wanted: object) -> object:
    """Equal to what is wanted, to the four decimals on the screen."""
    return approx(wanted, rel=0, abs=HALF_A_DIGIT)


def everything(example: Example, *phases: str) -> dict[str, float]:
    """Every given number and every target of these phases by its address, from the engine."""
    targets = [step.target for step in example.derivation.phase(*phases)]
    return {str(q): example.trace[q] for q in [*example.derivation.given, *targets]}


def pictured(example: Example, phase: str, values: Trace | None = None) -> dict[str, float]:
    """Every number of the picture where all is computed."""
    values, last = values or example.trace, len(example.W)
    found = {f"n.0.{i}/0": x for i, x in enumerate(example.x, 1)}
    for q in example.derivation.given:
        if q.kind in ("W", "b"):
            found[f"{q}/0"] = values[q]
        if q.kind == "b":
            for place, kind in enumerate(ROWS[phase]):
                found[f"n.{q.layer}.{q.index[0]}/{place}"] = values[Quantity(kind, q.layer, q.index)]
    targets = {f"C/{i}": y for i, y in enumerate(example.y)}
    return found | targets | {f"C/{len(targets)}": values.loss} if phase else found | {f"C/{last}": 0.0}


def name(quantity: Quantity) -> str:
    """How a table's row is headed."""
    return look(EDITED).name(quantity).text().replace("_", "")


def parameters() -> list[Quantity]:
    return [q for q in EDITED.derivation.given if q.kind in ("W", "b")]


@pytest.fixture
def edited(tutor: Tutor) -> Tutor:
    """The worked example at the end of its backward pass, where everything is computed, one weight changed."""
    tutor.open("backward").go_to_step("End")
    tutor.becomes(tutor.ledger, close(everything(WORKED, "forward", "loss", "backward")))
    tutor.enter(WEIGHT, str(NEW))
    return tutor


def test_ledger_picture_and_step_card_follow_an_edit(edited):
    edited.becomes(edited.ledger, close(everything(EDITED, "forward", "loss", "backward")))
    edited.becomes(edited.picture, close(pictured(EDITED, "backward")))
    edited.becomes(lambda: edited.drawn("n.1.1"), close([EDITED.trace[Quantity(k, 1, (1,))] for k in ROWS["backward"]]))
    target = EDITED.derivation.phase("backward")[-1].target
    edited.becomes(edited.results, close([EDITED.trace[target]]))
    expect(edited.main).to_contain_text(look(EDITED).value(target, EDITED.trace[target]))


@pytest.mark.parametrize("quantity", TYPED, ids=str)
def test_every_kind_of_number_can_be_changed(tutor, quantity):
    tutor.open("loss")
    tutor.enter(quantity, str(TYPED[quantity]))
    after = WORKED.with_number(quantity, TYPED[quantity])
    tutor.becomes(tutor.ledger, close(everything(after, "forward", "loss")))
