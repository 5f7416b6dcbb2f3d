"""Grading, measured on many networks: no right answer is called wrong, no wrong one right, a slip is told by its name.

Few networks in every run, 400 among the statistics, where right answers are also typed in every way.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.networks import instances
from lessons import Question, grade, i18n, questions
from lessons.answers import read
from lessons.example import PRESETS, WORKED, Example
from lessons.misconceptions import CATALOGUE, Candidate, Made
from lessons.practice.diagnosis import NAMED
from lessons.practice.verdict import Verdict, VerdictKind
from lessons.practice.wording import usual_look
from mlp_core import Layer, Network, NonFinite, Quantity
from mlp_core.optimisers import OPTIMISERS
from mlp_core.writing.numbers import on_screen, shown, significant

from ..strategies import ANY, examples

PARTS, SHAPES, EACH = 4, 25, 4  # 25 shapes a part, 4 networks of each
FEW = 4  # shapes in every run
DIAGNOSED = 0.99
MESSAGES = 0.02  # of the unexplained answers: their messages are read, too


def asked(example: Example = WORKED, optimiser: str = "SGD", **options) -> dict[str, Question]:
    """The questions of an example by the address of their target."""
    found = questions(example.network, example.x, example.y, example.settings.named(optimiser), **options)
    return {str(question.target): question for question in found}


def about(optimiser: str) -> list[Question]:
    """All questions of the worked example with SGD; with another optimiser those about its own numbers."""
    return [each for each in asked(optimiser=optimiser).values() if optimiser == "SGD" or each.step.phase == "update"]


# --- random networks ---


@dataclass(frozen=True)
class Part:
    """A part of the networks: the seed of their numbers, how many shapes, and whether right answers are typed in every way."""

    seed: int
    shapes: int
    every_way: bool


@dataclass
class Measured:
    """What was counted, and every case that was not as it should be, with its question and what was typed."""

    counts: Counter = field(default_factory=Counter)
    faults: dict[str, list[str]] = field(default_factory=dict)

    def note(self, what: str, good: bool, question: Question, text: str, verdict: Verdict) -> None:
        """Count a case, and keep it if it is not good."""
        self.counts[what] += 1
        if not good:
            line = f"{question.target} = {question.answer!r}, typed {text}: {verdict.kind} {verdict.candidates}"
            self.faults.setdefault(what, []).append(line)

    def share(self, what: str) -> float:
        """How many of the cases are good; there must be many."""
        assert self.counts[what] > 300, f"{what}: too few cases to say anything"
        return 1 - len(self.faults.get(what, ())) / self.counts[what]


MANY = [pytest.param(Part(n, SHAPES, True), marks=pytest.mark.statistics, id=f"part {n}") for n in range(PARTS)]


@pytest.fixture(scope="module", params=[pytest.param(Part(PARTS, FEW, False), id="few"), *MANY])
def measured(request) -> Measured:
    """One question of every rule of each network of this part, answered in every way."""
    part: Part = request.param
    rng, found = np.random.default_rng((part.seed, 3)), Measured()
    for _ in range(part.shapes):
        chosen: set[Quantity] = set()
        for instance in instances(rng, EACH):
            every = questions(instance.network, instance.x, instance.y, instance.optimiser, state=instance.state)
            shuffled = (every[i] for i in rng.permutation(len(every)))
            of_rule = {question.step.rule: question.target for question in shuffled}
            chosen = chosen or set(of_rule.values())
            for question in every:
                if question.target in chosen:
                    answer_right(question, found, part.every_way)
                    answer_wrong(question, found)
                    answer_anything(question, rng, found)
            found.counts["networks"] += 1
            found.counts["in mid-course"] += instance.state is not None
    return found


def right_forms(value: float) -> list[str]:
    """A right number as it may be typed: with three significant digits or more, or exactly."""
    texts = [repr(value), *(f"{value:#.{n}g}" for n in range(3, 11)), *(f"{value:.{n}e}" for n in (2, 4, 9))]
    texts += [f"{value:.{n}f}" for n in (4, 6) if abs(value) >= 0.1]
    exact = Fraction(value).limit_denominator(1000)
    if float(exact) == value:
        texts += [f"{exact.numerator}/{exact.denominator}", f"{value:g}"]
    comma = [texts[3].replace(".", ",")]
    return [*texts, *(text for text in comma if not re.fullmatch(r"-?\d{1,3},\d{3}", text)), texts[2].replace("-", "−")]


def answer_right(question: Question, found: Measured, every_way: bool) -> None:
    for text in right_forms(question.answer) if every_way else (repr(question.answer), f"{question.answer:#.3g}"):
        verdict = grade(question, text)
        asks = verdict.kind == "digits" and verdict.confused is not None and text != repr(question.answer)
        found.note("a right answer", verdict.kind == "right" or asks, question, text, verdict)
        found.note("a right answer, taken", verdict.kind == "right", question, text, verdict)


def answer_wrong(question: Question, found: Measured) -> None:
    """Every misconception's value in full, and to six digits where the right one looks different at them."""
    wrong = {name: question.wrong(name) for name in question.misconceptions}
    for name, value in wrong.items():
        text = repr(value)
        told(question, wrong, name, text, max(1e-9 * abs(value), question.tolerance.noise), "in full", found)
        text = f"{value:#.6g}"
        error = read(text).tolerance + question.tolerance.noise
        if all(abs(float(text) - number) > error for number in (question.answer, question.tolerance.from_screen)):
            told(question, wrong, name, text, error, "to six digits", found)


def told(
    question: Question, wrong: dict[str, float], name: str, text: str, error: float, how: str, found: Measured
) -> None:
    verdict, typed = grade(question, text), float(text)
    found.note("a misconception's value", not verdict.correct, question, f"{text} ({name})", verdict)
    alone = [other for other, number in wrong.items() if abs(number - typed) <= error] == [name]
    named = name in (verdict.candidates[:NAMED] if alone else verdict.candidates) or verdict.confused is not None
    found.note(f"{'alone' if alone else 'shared'}, {how}", named, question, f"{text} ({name})", verdict)


def answer_anything(question: Question, rng: np.random.Generator, found: Measured) -> None:
    """Numbers near the right one and far from it, in full: nobody can say how they came about."""
    for relative in 10 ** rng.uniform(-3, 1, 2) * rng.choice([-1, 1], 2):
        away = question.answer * relative
        text = repr(float(question.answer + away if abs(away) > 1e6 * question.tolerance.noise else relative))
        verdict = grade(question, text)
        found.note("any other number", not verdict.correct, question, text, verdict)
        honest = verdict.kind in ("unknown", "size", "close") and verdict.misconception is None and verdict.candidates == ()
        found.note("unexplained", honest, question, text, verdict)
    for lang in i18n.LANGUAGES if rng.random() < MESSAGES else ():
        with i18n.using(lang):
            law = question.hint(1, usual_look(question, lang))
        found.note("no law", law not in verdict.message(lang), question, text, verdict)


def none(measured: Measured, what: str) -> None:
    assert measured.counts[what], what
    assert not measured.faults.get(what), "\n".join(measured.faults[what][:10])


def test_it_is_measured_on_so_many_networks_every_other_one_in_mid_course(measured):
    assert measured.counts["networks"] in (EACH * FEW, EACH * SHAPES)
    assert measured.counts["in mid-course"] * 2 == measured.counts["networks"]
    assert PARTS * SHAPES * EACH == 400


def test_no_right_answer_is_called_wrong(measured):
    none(measured, "a right answer")


def test_no_value_of_a_misconception_is_called_right(measured):
    none(measured, "a misconception's value")


def test_no_other_number_is_called_right(measured):
    none(measured, "any other number")


def test_what_cannot_be_explained_is_not_explained(measured):
    none(measured, "unexplained")


def test_what_cannot_be_explained_leaves_the_law_to_the_hints(measured):
    none(measured, "no law")


def test_a_right_number_of_three_digits_or_more_is_seldom_asked_for_more(measured):
    assert measured.share("a right answer, taken") >= 0.95, "\n".join(measured.faults["a right answer, taken"][:10])


@pytest.mark.parametrize("how", ["in full", "to six digits"])
def test_a_number_that_one_misconception_alone_gives_is_diagnosed_as_it(measured, how):
    share = measured.share(f"alone, {how}")
    assert share >= DIAGNOSED, "\n".join(measured.faults[f"alone, {how}"][:10])


@pytest.mark.parametrize("how", ["in full", "to six digits"])
def test_a_number_that_several_give_is_diagnosed_as_a_set_that_holds_it(measured, how):
    none(measured, f"shared, {how}")


# --- what is told of a slip ---


@pytest.fixture
def english_again():
    yield
    i18n.use("en")


@pytest.mark.parametrize(("optimiser", "lang"), [("SGD", "en"), ("Momentum", "zh"), ("RMSprop", "en"), ("Adam", "zh")])
def test_every_misconception_of_the_worked_example_gets_its_own_message_and_no_other(optimiser, lang, english_again):
    i18n.use(lang)
    for question in about(optimiser):
        look = usual_look(question, lang)
        wrong = {name: question.wrong(name) for name in question.misconceptions}
        for name, value in wrong.items():
            verdict = grade(question, max(repr(value), f"{value:#.10g}", key=len))
            message = verdict.message(lang)
            same = {other for other in wrong if math.isclose(wrong[other], value, rel_tol=1e-9, abs_tol=1e-15)}
            here = {each.made[0].name for each in verdict.explanations if each.here(question.target)}
            where = f"{question.target}, {name}"
            assert verdict.kind == "slip" and here == same, f"{where}: {verdict.candidates}"
            for each in verdict.explanations[:NAMED]:
                place = question.worked.step(each.origin)
                title, said = CATALOGUE[each.made[0].name].told(f"${look.symbol(each.origin)}$", place)
                assert f"**{title}" in message and said in message, f"{where}: {message}"
            assert message.count("**") == 2 * len(verdict.explanations[:NAMED]), f"{where}: {message}"


def test_the_slip_of_the_notes_is_recognised_as_it_is_printed_there():
    """They lose the factor 2, and round on the way: -0.0287 is not even the rounding of what they meant."""
    found = asked()
    for target, printed in {"dW.2.1.1": "-0.0287", "dW.2.1.2": "-0.0572"}.items():
        assert grade(found[target], printed).candidates == ("factor_two_lost",)


def test_where_many_fit_the_likeliest_few_are_told(language):
    question = asked()["dW.2.1.1"]
    made = tuple(Candidate((Made(name, (question.target,)),), 1.0) for name in tuple(CATALOGUE)[: NAMED + 2])
    verdict = Verdict(VerdictKind.SLIP, question, 0.0, made)
    told = [name for name in CATALOGUE if f"**{CATALOGUE[name].title}" in verdict.message(language)]
    assert told == list(CATALOGUE)[:NAMED]


def test_a_slip_computed_in_the_answer_field_is_recognised_where_the_right_answer_is_0():
    """Floats then round at another place, and 0 gives no scale to measure that by."""
    network = Network([Layer([[1.0]], [-3.0], "relu"), Layer([[0.7]], [0.0], "identity")])
    delta = {str(q.target): q for q in questions(network, [1.0], [0.9])}["delta.1.1"]
    typed = ("2*(0-0.9)*0.7", "-18*0.7/10", "0.1*0.7*(-18)")
    assert delta.answer == 0 and len({read(text).value for text in typed}) > 1
    for text in typed:
        assert "slope_left_out" in grade(delta, text).candidates, text


# --- error carried forward ---

@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_an_answer_that_follows_from_an_own_wrong_number_counts_and_is_said_to(optimiser):
    carried = 0
    for question in about(optimiser):
        for q in question.step.inputs:
            if q.given or q.family == "setting":
                continue
            own = {q: 1.7 * question.inputs[q] + 0.1}
            typed = f"{float(question.step.evaluate({**question.inputs, **own})):.8g}"
            verdict, where = grade(question, typed, own), f"{question.target} from {q}"
            assert (verdict.kind, verdict.correct, verdict.own) == ("carried", True, (q,)), where
            assert verdict.misconception is None
            assert not grade(question, typed).correct, f"{where}: right without the own number, too"
            for lang in i18n.LANGUAGES:
                message, exact = verdict.message(lang), on_screen(significant(question.answer, 10))
                assert usual_look(question, lang).symbol(q) in message, message
                assert message.rstrip(".。").endswith(f"= {exact}"), message
            carried += 1
    assert carried > 10


def test_what_was_not_a_persons_own_number_is_not_named_as_one():
    """The other numbers may be those on screen, which differ from the exact ones when few decimals are shown."""
    question = asked(decimals=1)["dC_da.1.1"]
    delta, weight = question.step.inputs
    own = {delta: 0.7, Quantity("z", 1, (1,)): 5.0}
    assert grade(question, "0.35", own).own == (delta,), weight


def test_the_exact_number_is_right_whatever_the_own_ones_are():
    question = asked()["dW.2.1.1"]
    own = dict.fromkeys(question.step.inputs, 3.0)
    assert grade(question, repr(question.answer), own).kind == "right"


def test_an_own_0_does_not_make_the_rest_trivial():
    for question in asked().values():
        for q in question.step.inputs:
            if question.inputs[q]:
                value = float(question.step.evaluate({**question.inputs, q: 0.0}))
                assert not grade(question, repr(value), {q: 0.0}).correct, f"0 for {q} in {question.target}"


def test_an_own_0_that_is_right_is_no_obstacle():
    network = Network([Layer([[1.0], [2.0]], [-3.0, 1.0], "relu"), Layer([[0.7, 0.4]], [0.1], "identity")])
    question = {str(q.target): q for q in questions(network, [1.0], [0.9])}["z.2.1"]
    dead, alive = Quantity("a", 1, (1,)), Quantity("a", 1, (2,))
    assert question.inputs[dead] == 0
    verdict = grade(question, "1.7", {dead: 0.0, alive: 4.0})
    assert (verdict.kind, verdict.own) == ("carried", (alive,))


def test_an_own_number_that_is_right_to_three_digits_is_not_held_against_anybody():
    question = asked()["dW.2.1.1"]
    own = {q: float(f"{question.inputs[q]:.3g}") for q in question.step.inputs}
    value = math.prod(own.values())
    assert not grade(question, repr(value)).correct, "it is not right by itself"
    verdict = grade(question, repr(value), own)
    assert (verdict.kind, verdict.own) == ("right", ())


@pytest.mark.parametrize(
    ("target", "own", "typed", "name"),
    [
        ("da_dz.2.1", {"a.2.1": 0.7}, "1.19", "slope_plus"),
        ("dC_da.2.1", {"a.2.1": 0.7}, "-0.300", "factor_two_lost"),
        ("dC_da.1.1", {"delta.2.1": -0.4}, "-0.400", "upstream_weight_left_out"),
        ("dW.2.1.1", {"delta.2.1": -0.4, "a.1.1": 0.6}, "0.240", "difference_reversed"),
        ("W_new.2.1.1", {"step_W.2.1.1": 0.04}, "0.460", "ascent"),
    ],
)
def test_a_slip_made_on_top_of_an_own_number_is_diagnosed(target, own, typed, name):
    own = {Quantity.parse(address): value for address, value in own.items()}
    question = asked()[target]
    assert name in grade(question, typed, own).candidates
    assert name not in grade(question, typed).candidates, "the own numbers are what explains it"


# --- digits ---


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        *(("0.29", "digits"), ("0.3", "digits"), ("0.289", "right"), ("0.2891", "right"), ("0.28905", "right")),
        *(("0.2890", "close"), ("0.290", "close"), ("0.28", "coarse"), ("0.7", "coarse")),
    ],
)
def test_three_significant_digits_are_enough_and_fewer_are_not(typed, kind, language):
    verdict = grade(asked()["a.1.1"], typed)
    assert verdict.question.answer == pytest.approx(0.289050497, abs=1e-9)
    assert (verdict.kind, verdict.correct, verdict.misconception) == (kind, kind == "right", None)
    assert verdict.final == (kind != "digits")
    assert verdict.value == float(typed)
    assert verdict.message(language)


def test_each_kind_of_verdict_says_something_else(language):
    question = asked()["a.1.1"]
    typed = ("0.29", "0.289", "0.2890", "0.7", "0.77777", "", repr(question.wrong("derivative_instead")))
    assert len({grade(question, text).message(language) for text in typed}) == len(typed)


@pytest.mark.parametrize("typed", ["-0.9", "−0,9", "-9/10", "-9e-1", "0.4-1.5-0.1+0.3"])
def test_an_exact_answer_may_be_short(typed):
    assert grade(asked()["z.1.1"], typed).kind == "right"


SHORT = [(0.1, "0.3"), (2 / 3, "2"), (-100.0, "-300"), (0.0, "0"), (0.0, "0.000")]


@pytest.mark.parametrize(("weight", "typed"), SHORT)
def test_a_short_answer_is_exact_but_for_the_rounding_of_floats(weight, typed):
    question = questions(Network([Layer([[weight]], None, "identity")]), [3.0], [1.0])[0]
    assert grade(question, typed).kind == "right", question.answer


@pytest.mark.parametrize(("name", "optimiser"), list(product(PRESETS, OPTIMISERS))[::5])
def test_an_answer_from_the_numbers_on_screen_is_right(name, optimiser):
    for question in asked(PRESETS[name][1], optimiser).values():
        on_screen = {q: float(shown(q, question.inputs[q], 4)) for q in question.step.inputs}
        value = float(question.step.evaluate(on_screen))
        for text in (repr(value), f"{value:#.4g}", f"{value:#.3g}"):
            verdict = grade(question, text)
            fine = verdict.kind == "right" or (verdict.confused and text != repr(value))
            assert fine, f"{question.target} = {question.answer}, typed {text}: {verdict.kind}"


# --- no number ---


NONSENSE = ["", "   ", "abc", "1/0", "0.5,5.5", "0.1 0.2", "=", "nan", "inf", "1" * 5000, "(" * 150]


@pytest.mark.parametrize("typed", NONSENSE, ids=[repr(text[:9]) for text in NONSENSE])
def test_nonsense_gets_a_sentence_and_no_verdict(typed):
    verdict = grade(asked()["a.1.1"], typed)
    assert (verdict.kind, verdict.correct, verdict.misconception) == ("nonsense", False, None)
    assert (verdict.value, verdict.candidates, verdict.final) == (None, (), False)
    english, chinese = verdict.message("en"), verdict.message("zh")
    assert english.endswith(".") and english != chinese and len(chinese) > 5


# --- any numbers ---


@settings(max_examples=15)
@given(examples(numbers=ANY), st.randoms(use_true_random=False))
def test_grading_stands_the_largest_and_the_smallest_numbers(example, random):
    try:
        found = questions(
            example.network, example.x, example.y, example.optimiser, decimals=example.view.decimals
        )
    except NonFinite:
        assume(False)
    for question in random.sample(found, min(len(found), 8)):
        right = repr(question.answer) if abs(question.answer) > 1e-290 else "0"
        assert grade(question, right).kind == "right", f"{question.target} = {question.answer!r}"
        for name in question.misconceptions:
            verdict = grade(question, repr(question.wrong(name)))
            assert not verdict.correct, f"{question.target} = {question.answer!r}: {name}"
            assert verdict.message("en") and verdict.message("zh")
