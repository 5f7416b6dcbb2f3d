"""Judging as a good teacher does: what is seen may be typed, slips are recognised wherever they come out, chance is no slip.

The cases are those of the notes and of other published examples, and those on which earlier versions failed.
"""

import math

import numpy as np
import pytest

from benchmarks.judging import carried, measure
from benchmarks.networks import instances
from lessons import Question, grade, i18n, questions
from lessons.answers import read
from lessons.example import PRESETS, WORKED, Example
from lessons.misconceptions import CATALOGUE, frame_of
from lessons.practice.questions import questions_about
from lessons.practice.verdict import Verdict
from lessons.practice.wording import usual_look
from mlp_core import Adam, Layer, Network, Optimiser, Quantity
from mlp_core.writing.numbers import on_screen, shown


def asked(example: Example = WORKED, optimiser: Optimiser | str = "SGD", **options) -> dict[str, Question]:
    """The questions of an example by the address of their target."""
    chosen = example.settings.named(optimiser) if isinstance(optimiser, str) else optimiser
    return {str(q.target): q for q in questions(example.network, example.x, example.y, chosen, **options)}


def verdict(target: str, typed: str, example: Example = WORKED, optimiser: Optimiser | str = "SGD", **options) -> Verdict:
    return grade(asked(example, optimiser, **options)[target], typed)


def origins(found: Verdict) -> list[tuple[str, str]]:
    """Each slip of the likeliest explanation, with its place."""
    return [(made.name, str(made.origin)) for made in found.explanations[0].made]


# --- what is on screen is right ---


@pytest.mark.parametrize("decimals", [2, 4, 6])
def test_every_number_that_is_shown_is_right_when_it_is_typed_as_shown(decimals):
    rng, seen = np.random.default_rng(decimals), set()
    for _shape in range(3):
        for one in instances(rng, 2):
            every = questions(one.network, one.x, one.y, one.optimiser, state=one.state, decimals=decimals)
            for question in every:
                text = shown(question.target, question.answer, decimals)
                for typed in {text, on_screen(text)}:
                    assert grade(question, typed).kind == "right", f"{question.target} = {question.answer!r}, typed {typed}"
                seen.add(question.step.rule)
    assert len(seen) > 20, "steps of every kind"


def test_what_is_shown_is_right_with_adam_in_the_middle_of_its_course():
    update = Adam(0.1).step(WORKED.network, WORKED.trace)
    for question in questions(update.network, WORKED.x, WORKED.y, Adam(0.1), state=update.state):
        assert grade(question, shown(question.target, question.answer)).kind == "right", question.target


# --- digits ---

RIGHT = [
    ("worked", "Adam", "step_W.2.1.1", "0.1"),
    ("worked", "Adam", "step_W.2.1.1", "0.10"),
    ("worked", "SGD", "step_W.2.1.1", "0.0058"),
    ("worked", "SGD", "b_new.2.1", "0.12"),
    ("worked", "SGD", "b_new.2.1", "0.1199"),
    ("worked", "SGD", "a.1.1", "0.289"),
    ("worked", "SGD", "dC_da.2.1", "-0.822"),
    ("two_outputs", "SGD", "W_new.1.1.1", "0.1498"),
    ("two_outputs", "SGD", "W_new.1.1.1", "0.14978"),
]


@pytest.mark.parametrize(("name", "optimiser", "target", "typed"), RIGHT)
def test_closing_zeros_need_not_be_typed(name, optimiser, target, typed):
    assert verdict(target, typed, PRESETS[name][1], optimiser).kind == "right"


@pytest.mark.parametrize(
    ("target", "typed", "name"),
    [("W_new.2.1.2", "0.201", "lr_twice"), ("step_W.2.1.1", "-0.00575", "ascent"), ("z.1.1", "-1.2", "bias_left_out")],
)
def test_a_slip_is_recognised_at_three_digits_closing_zeros_typed_or_not(target, typed, name):
    assert name in verdict(target, typed).candidates


TOO_FEW = [("dC_da.2.1", "-0.82"), ("a.2.1", "0.59"), ("a.1.1", "0.3"), ("delta.2.1", "-0.2"), ("dW.2.1.1", "-0.058")]


@pytest.mark.parametrize(("target", "typed"), TOO_FEW)
def test_a_number_rounded_to_too_few_digits_is_no_slip_but_is_asked_for_more(target, typed, language):
    found = verdict(target, typed)
    assert (found.kind, found.correct, found.final, found.candidates) == ("digits", False, False, ())
    answer = read(typed)
    assert on_screen(f"{answer.value - answer.tolerance:g}") in found.message(language), "it says what it could be as well"


@pytest.mark.parametrize(
    ("typed", "kind", "name"), [("0.150", "digits", ("weight_unchanged", "ascent")), ("0.1502", "slip", ("ascent",)),
                                ("0.1500", "slip", ("weight_unchanged",))],
)  # fmt: skip
def test_what_the_digits_do_not_tell_from_a_likely_slip_is_asked_for_more_with_its_name(typed, kind, name, language):
    """The 2-2-2 network of a textbook: the new weight is 0.14978, the old one 0.15, and the wrong way leads to 0.15022."""
    found = verdict("W_new.1.1.1", typed, PRESETS["two_outputs"][1])
    assert found.kind == kind
    told = [found.confused.made[0].name] if found.confused else list(found.candidates[:1])
    assert set(told) <= set(name)
    assert CATALOGUE[told[0]].title in found.message(language)


WRONG = [("dW.2.1.1", "0"), ("delta.2.1", "0"), ("delta.2.1", "0.000"), ("a.2.1", "1"), ("z.1.1", "0")]


@pytest.mark.parametrize(("target", "typed"), WRONG)
def test_what_is_wrong_is_neither_right_nor_praised(target, typed):
    found = verdict(target, typed)
    assert found.final and not found.correct
    assert "right formula" not in found.message("en") and "Good" not in found.message("en")


def test_a_one_is_not_an_eight_tenths():
    network = Network([Layer([[0.4]], [0.0], "identity"), Layer([[1.0]], [0.0], "identity")])
    question = {str(q.target): q for q in questions(network, [1.0], [0.0])}["dC_da.2.1"]
    assert question.answer == 0.8
    assert grade(question, "1").final and not grade(question, "1").correct


def test_a_small_number_may_be_asked_for_more_where_it_is_0_on_screen():
    network = Network([Layer([[1e-3]], [0.0], "identity")])
    question = {str(q.target): q for q in questions(network, [1e-3], [0.0])}["a.1.1"]
    assert grade(question, "0.0000").kind == "digits"
    assert grade(question, "0").final and not grade(question, "0").correct
    assert grade(question, "1e-6").kind == "right"


# --- slips that people made in public, at the number where they printed it ---

UNCORRECTED = Adam(0.1, bias_correction=False)
PUBLIC = [
    ("SGD", "dW.2.1.1", "-0.0287", [("factor_two_lost", "dW.2.1.1")]),
    ("SGD", "dW.2.1.2", "-0.0572", [("factor_two_lost", "dW.2.1.2")]),
    ("SGD", "W_new.2.1.1", "0.50287", [("factor_two_lost", "dW.2.1.1")]),
    ("SGD", "W_new.2.1.2", "0.20572", [("factor_two_lost", "dW.2.1.2")]),
    (UNCORRECTED, "m_W.2.1.1", "-0.00287", [("factor_two_lost", "dW.2.1.1")]),
    (UNCORRECTED, "m_W.2.1.2", "-0.00572", [("factor_two_lost", "dW.2.1.2")]),
    (UNCORRECTED, "v_W.2.1.1", "8.24e-7", [("factor_two_lost", "dW.2.1.1")]),
    (UNCORRECTED, "v_W.2.1.2", "3.27e-6", [("factor_two_lost", "dW.2.1.2")]),
    (UNCORRECTED, "W_new.2.1.2", "0.2006", [("factor_two_lost", "dW.2.1.2"), ("division_left_out", "W_new.2.1.2")]),
    ("SGD", "C", "0.411", [("square_left_out", "C")]),
    ("SGD", "C", "-0.411", [("square_left_out", "C")]),
    ("SGD", "C", "-0.169", [("sign_slip", "C")]),
    ("SGD", "z.2.1", "0.445", [("weights_swapped", "z.2.1")]),
    ("SGD", "dC_da.2.1", "0.411", [("factor_two_lost", "dC_da.2.1"), ("difference_reversed", "dC_da.2.1")]),
    ("SGD", "dW.2.1.1", "0.02877", [("difference_reversed", "dW.2.1.1"), ("factor_two_lost", "dW.2.1.1")]),
    ("SGD", "dW.2.1.1", "-0.1188", [("slope_left_out", "dW.2.1.1"), ("factor_two_lost", "dW.2.1.1")]),
    ("SGD", "delta.2.1", "0.8222", [("slope_left_out", "delta.2.1"), ("difference_reversed", "delta.2.1")]),
]  # fmt: skip


@pytest.mark.parametrize(("optimiser", "target", "typed", "made"), PUBLIC, ids=[f"{each[1]}={each[2]}" for each in PUBLIC])
def test_published_slips_are_named_with_the_place_where_they_were_made(optimiser, target, typed, made):
    found = verdict(target, typed, optimiser=optimiser)
    assert found.kind == "slip", found.message("en")
    assert sorted(origins(found)) == sorted(made)
    assert found.misconception in dict(made) and str(found.origin) in dict(made).values()


def test_the_gradient_of_another_weight_is_recognised_in_the_new_weight():
    found = verdict("W_new.2.1.1", "0.5114")
    assert "neighbour" in found.candidates


# --- slips travel ---

TRAVELLING = [
    ("step_W.1.1.2", "updated_weights", "dC_da.1.1"), ("W_new.1.1.2", "updated_weights", "dC_da.1.1"),
    ("step_W.1.2.1", "slope_left_out", "delta.2.1"), ("W_new.1.1.1", "slope_at_a", "da_dz.2.1"),
    ("W_new.2.1.1", "last_factor_left_out", "dW.2.1.1"), ("W_new.1.1.2", "weight_instead_of_activation", "dW.1.1.2"),
    ("C", "bias_left_out", "z.2.1"), ("dW.1.1.1", "exponent_sign", "a.2.1"), ("delta.1.2", "factor_two_lost", "dC_da.2.1"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "name", "origin"), TRAVELLING, ids=["-".join(each) for each in TRAVELLING])
def test_a_slip_carried_on_rightly_is_recognised_further_down(target, name, origin, language):
    question = asked()[target]
    place = Quantity.parse(origin)
    slip = next(n for n, one in enumerate(frame_of(question.worked).compiled(place).slips) if one.name == name)
    found = grade(question, f"{carried(question, place, slip):.5g}")
    assert name in found.candidates
    told = next(each for each in found.explanations if each.made[0].name == name)
    assert told.origin != question.target
    message, look = found.message(language), usual_look(question, language)
    assert CATALOGUE[name].title in message and look.symbol(told.origin) in message, "it says what, and where"


def test_what_the_person_has_got_right_already_says_where_the_slip_was_made():
    question, typed = asked()["W_new.1.1.1"], "0.2169"
    right = {Quantity.parse(q): question.worked.value(Quantity.parse(q)) for q in ("dC_da.2.1", "da_dz.2.1", "delta.2.1")}
    assert str(grade(question, typed).origin) == "delta.2.1"
    assert str(grade(question, typed, right).origin) == "dC_da.1.1", "the slope is missing on the way from there"


def test_the_link_leads_to_where_the_slip_was_made():
    found = verdict("W_new.1.1.1", "0.2169")
    assert (found.misconception, str(found.origin), found.page) == ("slope_left_out", "delta.2.1", "backward")


def test_a_slip_made_alike_in_a_whole_layer_is_recognised():
    """Both deltas of the last layer lack the slope, as somebody has them who does not know of it."""
    question = asked(PRESETS["two_outputs"][1])["dW.1.1.1"]
    step, values = question.worked.step, dict.fromkeys((), 0.0)
    for i in (1, 2):
        values[Quantity("delta", 2, (i,))] = question.worked.value(Quantity("dC_da", 2, (i,)))
    for address in ("dC_da.1.1", "delta.1.1", "dW.1.1.1"):
        target = Quantity.parse(address)
        inputs = {q: values.get(q, question.worked.value(q)) for q in step(target).inputs}
        values[target] = float(step(target).evaluate(inputs))
    found = grade(question, f"{values[question.target]:.4g}")
    assert found.misconception == "slope_left_out"
    assert [str(q) for q in found.explanations[0].made[0].places] == ["delta.2.1", "delta.2.2"]


def test_any_worked_is_judged(expression):
    """z = (x + y) w has no misconceptions of its own, and is none the worse for it."""
    for question in questions_about(expression):
        assert grade(question, repr(question.answer)).kind == "right"
        assert not grade(question, "123.4").correct
        assert grade(question, "123.4").message("en")


# --- size ---


@pytest.mark.parametrize(
    ("target", "typed", "size"),
    [
        ("delta.1.1", "-0.0203", "near"), ("z.2.1", "3.594", "ten"), ("z.2.1", "0.03594", "tenth"), ("z.2.1", "0.7188", "twice"),
        ("a.2.1", "0.2944", "half"), ("z.2.1", "-0.1797", "half, other sign"), ("W_new.2.1.1", "0.4971", "half, other sign"),
    ],
)  # fmt: skip
def test_where_no_slip_is_known_the_size_is_told(target, typed, size, language):
    found = verdict(target, typed)
    assert (found.kind, found.size) == ("close" if size == "near" else "size", size)
    assert found.message(language)


def test_what_is_not_recognised_leaves_the_law_to_the_hints(language):
    question = asked()["dC_da.1.1"]
    found = grade(question, "0.7777")
    with i18n.using(language):
        law = question.hint(1, usual_look(question, language))
    assert found.kind == "unknown" and law not in found.message(language)
    assert all(usual_look(question, language).symbol(q) in found.message(language) for q in question.step.inputs)


# --- this network, this formula ---


@pytest.mark.parametrize(("activation", "others"), [("sigmoid", ("tanh", "oftmax")), ("tanh", ("igma", "oftmax"))])
def test_a_message_is_about_the_network_at_hand(activation, others, language):
    network = Network([Layer([[0.5, -0.3]], [0.2], activation)])
    question = {str(q.target): q for q in questions(network, [1.0, 2.0], [0.3])}["da_dz.1.1"]
    message = grade(question, f"{question.wrong('slope_plus'):.6g}").message(language)
    assert activation in message.lower().replace(r"\sigma", "sigmoid")
    assert not [word for word in others if word in message], message


def test_the_activation_that_was_taken_is_named(language):
    question = asked()["a.1.1"]
    message = grade(question, f"{math.tanh(-0.9):.6g}").message(language)
    assert "tanh" in message and "igmoid" in message


# --- measured ---


def assert_measured(shapes: int, seed: int) -> None:
    found = measure(shapes, seed)
    examples = "\n".join(found.lines.get("a slip made earlier: not named", [])[:10])
    assert found.share("a slip made earlier") >= 0.90, examples
    assert found.share("a slip made where it is asked") >= 0.99, found.lines["a slip made where it is asked: not named"]
    assert found.share("a random number of 4 digits") <= 0.03, found.lines["a random number of 4 digits: named"][:10]
    assert found.share("a random number of 3 digits") <= 0.10, found.lines["a random number of 3 digits: named"][:10]
    kind = "an old number with a random step"
    cases = max(found.cases[kind], 1)
    assert found.share(kind) <= 0.10 + 0.5 / math.sqrt(cases), found.lines[f"{kind}: named"][:10]


def test_slips_are_recognised_and_chance_is_not_taken_for_one_on_a_few_networks():
    assert_measured(4, seed=1)


@pytest.mark.statistics
def test_slips_are_recognised_and_chance_is_not_taken_for_one_on_300_networks():
    assert_measured(75, seed=9)
