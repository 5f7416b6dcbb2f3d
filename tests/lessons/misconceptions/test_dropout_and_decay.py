"""The slips of dropout and of weight decay: each is recognised by its name where it is made, and further down."""

from math import isfinite

import pytest

from lessons import Question, grade
from lessons.example import WORKED
from lessons.misconceptions import CATALOGUE
from lessons.practice.questions import questions_about
from lessons.worked import mlp, regular_pass
from mlp_core import SGD, Adam, AdamW, Decay, Layer, Network, Quantity

HIDDEN = Layer([[0.5, -0.7], [0.8, 0.3], [-0.4, 0.9]], [0.2, -0.1, 0.3], "tanh", dropout=0.2)
NETWORK = Network([HIDDEN, Layer([[0.6, -0.9, 0.7]], [0.1], "identity")], "half_squared_error")
DROPPED = regular_pass(NETWORK, [1.5, -0.8], [0.4], masks={1: [1, 0, 1]})


def decaying(optimiser, form=None):
    """The worked example and an update with decay."""
    return mlp(WORKED.network, WORKED.x, WORKED.y, optimiser, decay=Decay(0.1, form) if form else None)


HALF, WHOLE, ADAMW = decaying(SGD(0.1), "l2_half"), decaying(SGD(0.1), "l2"), decaying(AdamW(0.1, weight_decay=0.1))
ADAM = decaying(Adam(0.1), "l2_half")
BESIDE = decaying(SGD(0.5), "decoupled")


def asked(worked) -> dict[str, Question]:
    """The questions by the address of their target."""
    return {str(question.target): question for question in questions_about(worked)}


def at(worked, address: str) -> float:
    return worked.values[Quantity.parse(address)]


A, SECOND, BACK, DROPPED_BACK = (at(DROPPED, q) for q in ("a.1.1", "a.1.2", "dC_da_drop.1.1", "dC_da_drop.1.2"))
DATA = at(HALF, "dW.2.1.1")
CASES = [
    (DROPPED, "a_drop.1.1", A, "scale_left_out"),
    (DROPPED, "a_drop.1.1", A / 0.8**2, "scale_twice"),
    (DROPPED, "a_drop.1.1", A / 0.2, "scale_by_dropped"),
    (DROPPED, "a_drop.1.1", A * 0.8, "scale_multiplied"),
    (DROPPED, "a_drop.1.2", SECOND, "mask_ignored"),
    (DROPPED, "a_drop.1.2", SECOND / 0.8, "mask_ignored"),
    (DROPPED, "a_drop.1.1", 0, "mask_reversed"),
    (DROPPED, "dC_da.1.2", DROPPED_BACK, "mask_not_backwards"),
    (DROPPED, "dC_da.1.2", DROPPED_BACK / 0.8, "mask_not_backwards"),
    (DROPPED, "dC_da.1.1", BACK / 0.2, "scale_by_dropped"),
    (DROPPED, "dC_da.1.1", BACK * 0.8, "scale_multiplied"),
    (DROPPED, "delta.1.2", DROPPED_BACK * at(DROPPED, "da_dz.1.2"), "mask_not_backwards"),  # carried on
    (DROPPED, "dW.1.2.1", DROPPED_BACK * at(DROPPED, "da_dz.1.2") * 1.5 / 0.8, "mask_not_backwards"),
    (HALF, "R", 0.088, "decay_half_lost"),  # the squares of all weights add up to 0.88, the weights themselves to 0.8
    (WHOLE, "R", 0.044, "decay_two_lost"),
    (HALF, "R", 0.04, "penalty_square_left_out"),
    (HALF, "R", 0.032, "penalty_square_left_out"),
    (HALF, "R", 0.05 * (0.88 + 0.11), "decay_of_biases"),
    (HALF, "R", 0.05 * 0.29, "penalty_of_last_layer"),
    (HALF, "C_decayed", at(HALF, "C") - 0.044, "decay_sign"),
    (HALF, "C_decayed", at(HALF, "C"), "decay_forgotten"),
    (HALF, "g_W.2.1.1", DATA - 0.05, "decay_sign"),
    (HALF, "g_W.2.1.1", DATA, "decay_forgotten"),
    (HALF, "g_W.2.1.1", DATA + 0.1, "decay_half_lost"),
    (WHOLE, "g_W.2.1.1", DATA + 0.05, "decay_two_lost"),
    (HALF, "g_W.2.1.1", DATA + 0.05 * 0.25, "decay_not_differentiated"),
    (HALF, "step_b.2.1", -0.1 * (at(HALF, "db.2.1") + 0.01), "decay_of_biases"),
    (WHOLE, "step_b.2.1", -0.1 * (at(HALF, "db.2.1") + 0.02), "decay_of_biases"),
    (ADAMW, "decay_W.2.1.1", 0.05, "decay_without_rate"),
    (ADAMW, "W_new.2.1.1", 0.605, "decay_sign"),
    (ADAMW, "W_new.2.1.1", 0.55, "decay_without_rate"),  # carried on
    (ADAMW, "m_W.2.1.1", 0.1 * (DATA + 0.05), "decay_in_moments"),
    (BESIDE, "b_new.2.1", 0.1 - 0.5 * at(BESIDE, "db.2.1") - 0.5 * 0.1 * 0.1, "decay_of_biases"),
    (ADAM, "m_W.2.1.1", 0.1 * DATA, "decay_forgotten"),  # carried on
    (ADAM, "m_W.2.1.1", at(ADAM, "g_W.2.1.1"), "one_minus_left_out"),
]


@pytest.mark.parametrize(("worked", "target", "typed", "name"), CASES, ids=[f"{c[1]}: {c[3]} {n}" for n, c in enumerate(CASES)])
def test_a_slip_is_named(worked, target, typed, name):
    found = grade(asked(worked)[target], f"{typed:.5g}")
    assert (found.kind, name in found.candidates) == ("slip", True), (found.kind, found.candidates)


@pytest.mark.parametrize("worked", [DROPPED, HALF, WHOLE, ADAMW, ADAM], ids=["dropout", "half", "whole", "AdamW", "Adam"])
def test_every_slip_of_them_is_recognised_where_it_is_made_and_said_in_words(worked, language):
    names = [*CATALOGUE]
    own = {*names[names.index("scale_left_out") : names.index("scale_twice") + 1],
           *names[names.index("decay_two_lost") : names.index("decay_in_moments") + 1]}  # fmt: skip
    for question in questions_about(worked):
        numbers = question.compiled.numbers(question.inputs)[1:]
        for slip, value in zip(question.compiled.slips, numbers, strict=True):
            typed = f"{value:.5g}"
            if slip.name in own and isfinite(value) and not question.tolerance.is_right(float(typed)):
                found = grade(question, typed)
                if found.kind != "digits":
                    assert slip.name in found.candidates, (question.target, slip.name, typed)
                    assert CATALOGUE[found.misconception].title in found.message(language)
