"""Weight decay at the desk: the loss with its penalty, the update, and what files, links and pasted lines say of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.example import WORKED, Example, Model, read_example
from lessons.example.codes import pack, unpack
from lessons.practice.exercise import Exercise
from lessons.practice.series import asked
from lessons.problem import Problem
from lessons.sheets.sheet import Sheet
from lessons.walk.card import card
from lessons.walk.updates import changes, side_by_side, steps_of, update_of, verdict, worked_update
from mlp_core import Quantity
from mlp_core.optimisers.decay import FORMS

from ..strategies import examples
from .test_card import look_of

SHARE = {"l2": 1.0, "l2_half": 0.5, "decoupled": 0.0}
J = Quantity("C_decayed")


@settings(max_examples=25)
@given(examples(largest=3), st.sampled_from(list(FORMS)))
def test_the_loss_that_is_made_small_is_that_of_the_data_with_the_squares_of_all_weights(example, form):
    example = example.with_(optimiser="SGD", decay=0.25, decay_form=form)
    squares = sum(float((np.array(W) ** 2).sum()) for W in example.model.W)
    worked = example.worked
    assert (J in worked.steps) == (form != "decoupled")
    if form != "decoupled":
        assert worked.values[J] == pytest.approx(example.trace.loss + SHARE[form] * 0.25 * squares)
        assert_right(worked, worked.steps.phase("loss"))


def assert_right(worked, steps):
    for step in steps:
        assert float(step.evaluate(worked.values)) == pytest.approx(worked.values[step.target], rel=1e-9, abs=1e-12), step.rule


@pytest.mark.parametrize("form", FORMS)
def test_every_step_of_an_update_with_decay_gives_its_number_and_the_new_weight_is_as_by_hand(form):
    example = WORKED.with_(lr=0.5, decay=0.25, decay_form=form)
    worked, W = worked_update(example), Quantity("W", 2, (1, 2))
    new, gradient = 0.2 * (1 - 0.5 * 0.25 * (2 if form == "l2" else 1)), example.trace[Quantity("dW", 2, (1, 2))]
    assert worked.values[W.beside("W_new")] == pytest.approx(new - 0.5 * gradient)
    assert [step.law for step in steps_of(update_of(example), W)] == (
        ["SGD", "decay", "apply"] if form == "decoupled" else ["decay", "SGD", "apply"]
    )
    assert_right(worked, worked.steps)
    assert worked.after()[J if form != "decoupled" else Quantity("C")] == changes(example, update_of(example))[1][-1].after


@pytest.mark.parametrize(("sizes", "whole"), [((4, 2, 4), True), ((8, 8, 8, 8, 8), False)])
def test_a_penalty_on_many_weights_fits_on_a_card_and_is_given_where_others_are_asked(sizes, whole):
    example, R = WORKED.remodelled(Model.resized, sizes).with_(decay=0.25), Quantity("R")
    step, look = example.worked.step(R), look_of(example)
    formula = card(step, example.worked, look).formula
    assert formula.count("^{2}") == 2 * (len(step.inputs) - 1 if whole else 4) and (r"\cdots" in formula) != whole
    assert look.symbol(step.inputs[-1]) in formula and look.number(R, example.worked.values[R]) in formula
    assert (R in {question.target for question in asked(Exercise(), example)}) == whole
    lines = {line.step.target: line for _phase, every in Sheet.of(example.worked).sections for line in every}
    assert lines[R].blank == whole and lines[J].blank


def test_an_optimiser_with_a_decay_of_its_own_takes_no_other():
    example = WORKED.with_(optimiser="AdamW", decay=0.5)
    assert example.settings.shrinking() is None and J not in example.worked.steps
    every = side_by_side(example)
    assert every["AdamW"].decay.rate == example.settings["weight_decay"] and every["SGD"].decay.rate == 0.5


def test_an_update_is_good_that_makes_the_penalty_smaller_by_more_than_the_loss_grows():
    example = WORKED.with_(y=(WORKED.trace.layers[-1].a[0] + 1e-3,), decay=0.25)
    after, _rows = changes(example, update_of(example))
    assert after.loss > example.trace.loss
    assert verdict(example.trace, after, look_of(example), example.settings.shrinking())[0]
    assert not verdict(example.trace, after, look_of(example))[0]


@settings(max_examples=20)
@given(examples(largest=3))
def test_files_and_links_keep_it_and_say_nothing_of_what_is_usual(example):
    assert Example.from_json(example.to_json()) == example
    assert unpack(pack(example)).example.settings == example.settings
    assert "decay" not in example.with_(decay=0.0, decay_form="l2_half").to_json().replace("weight_decay", "")


@pytest.mark.parametrize(("wrong", "where"), [
    ({"decay": -0.1}, "decay"), ({"decay": True}, "decay"), ({"decay": float("nan")}, "decay"), ({"decay": "much"}, "decay"),
    ({"decay_form": "l3"}, "decay_form"), ({"decay_form": 2}, "decay_form"),
])  # fmt: skip
def test_what_can_be_no_decay_is_said_at_its_place(wrong, where):
    with pytest.raises(Problem) as told:
        WORKED.with_(**wrong)
    assert told.value.where == where and "{" not in told.value.text()


GIVEN = "x = 0.05 0.10\nW1 = [[.15, .20]]\ny = 0.5\n"


@pytest.mark.parametrize(("lines", "settings_"), [
    ("lr = 0.5\nweight_decay = 0.01", {"lr": 0.5, "decay": 0.01}),
    ("λ = 0.1\ndecay form = l2", {"decay": 0.1, "decay_form": "l2"}),
    ("optimiser = Adam\nL2: 0.1\ndecay_form = decoupled", {"optimiser": "Adam", "decay": 0.1, "decay_form": "decoupled"}),
    ("optimiser = AdamW\nweight decay = 0.1", {"optimiser": "AdamW", "weight_decay": 0.1}),
])  # fmt: skip
def test_a_pasted_line_says_how_weights_decay(lines, settings_):
    assert read_example(GIVEN + lines).settings == WORKED.settings.with_(**settings_)


def test_a_form_beside_an_optimiser_that_has_its_own_is_refused_in_its_line():
    with pytest.raises(Problem, match="Line 5"):
        read_example(GIVEN + "optimiser = AdamW\ndecay_form = l2")
