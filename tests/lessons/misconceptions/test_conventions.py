"""The slips of a convention: every form of momentum, and error signals through weights that are updated already."""

from math import isfinite

import pytest

from lessons import grade
from lessons.example import WORKED
from lessons.misconceptions import CATALOGUE
from lessons.practice.questions import Question, questions_about
from lessons.worked import mlp
from mlp_core import Momentum, Quantity

FORMS = ("lr_inside", "lr_outside", "average")


def asked(form: str, nesterov: bool = False, sequential: bool = False) -> dict[str, Question]:
    """The questions about the second update of the worked example, by the address of their target."""
    optimiser = Momentum(0.1, nesterov=nesterov, form=form)
    first = optimiser.step(WORKED.network, WORKED.trace, sequential=sequential)
    found = questions_about(mlp(first.network, WORKED.x, WORKED.y, optimiser, first.state, sequential))
    return {str(question.target): question for question in found}


def numbers(question: Question, *names: str) -> list[float]:
    """The right numbers of the quantities beside the target, or of settings, by their kinds."""
    return [question.exact[Quantity(name) if name in ("momentum", "lr") else question.target.beside(name)] for name in names]


@pytest.mark.parametrize(
    ("form", "slip"),
    [
        ("lr_inside", {"momentum_sign": lambda m, lr, v, g: m * v + lr * g, "velocity_forgotten": lambda m, lr, v, g: -lr * g,
                       "momentum_averaged": lambda m, lr, v, g: m * v - (1 - m) * lr * g}),
        ("lr_outside", {"momentum_sign": lambda m, lr, v, g: m * v - g, "velocity_forgotten": lambda m, lr, v, g: g,
                        "momentum_averaged": lambda m, lr, v, g: m * v + (1 - m) * g,
                        "lr_in_velocity": lambda m, lr, v, g: m * v - lr * g}),
        ("average", {"momentum_sign": lambda m, lr, v, g: m * v - (1 - m) * g,
                     "one_minus_left_out": lambda m, lr, v, g: m * v + g,
                     "rates_swapped": lambda m, lr, v, g: (1 - m) * v + m * g}),
    ],
    ids=FORMS,
)  # fmt: skip
def test_a_slip_in_the_velocity_is_named_in_every_form(form, slip, language):
    question = asked(form)["v_W.2.1.1"]
    taken = numbers(question, "momentum", "lr", "v_prev_W", "dW")
    for name, formula in slip.items():
        found = grade(question, f"{formula(*taken):.5g}")
        assert name in found.candidates, (name, found.candidates)
        assert CATALOGUE[name].told("v", question.step)[0] in found.message(language)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("nesterov", [False, True])
def test_a_slip_in_the_step_is_named_in_every_form(form, nesterov):
    question = asked(form, nesterov)["step_W.2.1.1"]
    found = {"ascent": -question.answer}
    lr, v = numbers(question, "lr", "v_W")
    found |= {"lookahead_left_out": v if form == "lr_inside" else -lr * v} if nesterov else {}
    found |= {} if form == "lr_inside" else {"lr_missing": question.answer / lr}
    for name, number in found.items():
        assert name in grade(question, f"{number:.5g}").candidates, name


def test_what_comes_through_the_old_weights_is_named_where_the_updated_ones_are_asked(language):
    every = asked("lr_inside", sequential=True)
    for late, early in (("dC_da_new", "dC_da"), ("delta_new", "delta")):
        found = grade(every[f"{late}.1.1"], f"{every[f'{early}.1.1'].answer:.6g}")
        assert found.misconception == "old_weights"
        assert CATALOGUE["old_weights"].title in found.message(language)
    kept, lr, v, g = numbers(every["v_W.1.1.1"], "momentum", "lr", "v_prev_W", "dW")
    new = every["W_new.1.1.1"]
    assert "old_weights" in grade(new, f"{new.base + kept * v - lr * g:.6g}").candidates


def test_what_is_done_once_more_has_the_slips_of_the_first_time():
    """Of every slip in the pass there is one with the numbers computed once more, and each is recognised."""
    every = asked("lr_inside", sequential=True)
    for late, early in (("dC_da_new.1.1", "dC_da.1.1"), ("delta_new.1.1", "delta.1.1"), ("dW_new.1.1.1", "dW.1.1.1")):
        known = {slip.name for slip in every[late].compiled.slips}
        assert known >= {slip.name for slip in every[early].compiled.slips} - {"updated_weights"}
        question = every[late]
        for slip, value in zip(question.compiled.slips, question.compiled.numbers(question.inputs)[1:], strict=True):
            if isfinite(value) and not question.tolerance.is_right(float(f"{value:.5g}")):
                assert slip.name in grade(question, f"{value:.5g}").candidates, (late, slip.name)


