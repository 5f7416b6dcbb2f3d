"""The catalogue: every rule is at home somewhere and mentions only what is there; a new one is one call."""

from itertools import pairwise

import numpy as np
import pytest

from lessons import grade, i18n, questions
from lessons.example import WORKED
from lessons.misconceptions import (
    CATALOGUE,
    Frame,
    Misconception,
    Place,
    Rule,
    backward,
    enter,
    forward,
    frame,
    frame_of,
    general,
    loss,
    spoils,
    update,
)
from lessons.misconceptions.course import activation, batch, decay, dropout, graph, initial, norm, schedule
from lessons.misconceptions.course import perceptron as perceptrons
from lessons.practice.wording import usual_look
from lessons.worked import expression, of_pass, of_spread
from mlp_core import SGD, Adam, AdamW, BatchNorm, Decay, Layer, Momentum, Network, Quantity, RMSprop, derive, perceptron
from mlp_core.functions import ACTIVATIONS, LOSSES
from mlp_core.initialisation import SCHEMES, spread
from mlp_core.optimisers.schedules import cosine, exponential, inverse_time, step_decay

RULES = {f"{rule.wrong.__module__.rpartition('.')[2]}.{rule.name}": rule for each in CATALOGUE.values() for rule in each.rules}
OPTIMISERS = (
    None, SGD(0.1), Momentum(0.1), Momentum(0.1, nesterov=True), RMSprop(0.1), Adam(0.1), Adam(0.1, bias_correction=False),
    Adam(0.1, eps_inside_root=True), Momentum(0.1, form="lr_outside"), Momentum(0.1, form="average", nesterov=True),
)  # fmt: skip


EVERYTHING = (
    "3*sigmoid(-x)/2 - y/x + max(x, y)**3 + min(x, 2) + relu(y) - cos(sin(y))*log(y) + exp(x*y) + tanh(x) + 2**x + x**y"
    " + abs(x-y) + sqrt(y) - 1/y + 4/(x-3)"
)
PASSES = (
    {"X": [2, -1, 0.5], "labels": [1, -1, -1], "w": 0.5, "c": -1, "lr": 0.1},  # note 003: sample 1 lies on the line
    {"X": [[2, 1], [-1, 0.5], [0.5, 3]], "labels": [1, -1, -1], "w": [0.5, 0.3], "c": -1, "lr": 0.1, "update": "batch"},
)
SLOWER = (step_decay(3, 0.5), exponential(0.1), inverse_time(0.1), cosine(20))


FILES = (forward, loss, backward, activation, batch, update, general, graph, perceptrons, initial, dropout, decay, schedule, norm)


def network(*activations, sizes=(2, 2, 2), cost="squared_error", bias=True, frozen=(), reduction="mean"):
    layers = [
        Layer(np.ones((n, m)), np.zeros(n) if bias else None, activation, frozen=frozen)
        for (m, n), activation in zip(pairwise(sizes), activations, strict=True)
    ]
    return Network(layers, cost, reduction)


def normalised(last, cost, reduction):
    """Both layers with batch normalisation, the first with dropout, too."""
    norm = BatchNorm(np.ones(2), np.zeros(2))
    layers = [Layer(np.ones((2, 2)), np.zeros(2), "tanh", batch_norm=norm, dropout=0.5)]
    return Network([*layers, Layer(np.ones((2, 2)), None, last, batch_norm=norm)], cost, reduction)


def everywhere():
    """A Place of every law in networks of many shapes, with every optimiser and without."""
    slopes = [name for name, record in ACTIVATIONS.items() if record.slope]
    pairs = [*((name, "sigmoid") for name in slopes), *(("sigmoid", name) for name in slopes)]
    free = [cost for cost, record in LOSSES.items() if not record.wants]
    networks = [network(*pair, cost=free[n % len(free)]) for n, pair in enumerate(pairs)]
    for cost, record in LOSSES.items():
        output = record.wants or "sigmoid"
        networks += [network("relu", output, cost=cost), network("tanh", output, cost=cost, bias=False)]
        networks += [network("tanh", output, cost=cost, sizes=(3, 2, 3)), network(output, cost=cost, sizes=(2, 2))]
        networks += [network("tanh", output, cost=cost, frozen=("W", "b"))]
    networks += [network("sigmoid", "step"), network("tanh", "relu", "tanh", "sigmoid", sizes=(2, 1, 2, 1, 1))]
    for n, net in enumerate(networks):
        optimiser = OPTIMISERS[n % len(OPTIMISERS)] if net.layers[-1].activation != "step" else None
        chosen = Frame([*derive(net), *(optimiser.derive(net, sequential=n % 2 == 1) if optimiser else ())], net.sizes)
        yield from (Place(chosen, step) for step in chosen.steps.values())
    for reduction in ("mean", "sum"):
        net = network("tanh", "tanh", reduction=reduction)
        chosen = Frame([*derive(net, batch=2), *SGD(0.1).derive(net, True, 2)], net.sizes)
        yield from (Place(chosen, step) for step in chosen.steps.values())
    passes = (of_pass(perceptron(**given).steps[0]) for given in PASSES)
    for last, cost, reduction in (("tanh", "squared_error", "mean"), ("softmax", "cross_entropy", "mean"),
                                  ("sigmoid", "binary_cross_entropy", "sum")):  # fmt: skip
        net = normalised(last, cost, reduction)
        for mode in ("train", "eval"):
            chosen = Frame(derive(net, batch=3, mode=mode), net.sizes)
            yield from (Place(chosen, step) for step in chosen.steps.values())
    spreads = (of_spread(spread(scheme, 3, 5)) for scheme in SCHEMES)
    net = network("tanh", "tanh")
    for optimiser, form in ((SGD(0.1), "l2"), (SGD(0.1), "l2_half"), (RMSprop(0.1), "l2"), (AdamW(0.1), "decoupled")):
        shrinking = Decay(optimiser.decay.rate if optimiser.decay else 0.1, form)
        chosen = Frame([*derive(net), *shrinking.derive(net), *optimiser.derive(net, decay=shrinking)], net.sizes)
        yield from (Place(chosen, step) for step in chosen.steps.values())
    dropping = Network([Layer(np.ones((2, 2)), np.zeros(2), "tanh", dropout=0.5), *net.layers[1:]], "squared_error")
    chosen = Frame(derive(dropping, mode="train"), dropping.sizes)
    yield from (Place(chosen, step) for step in chosen.steps.values())
    for each in (expression(EVERYTHING, {"x": 0.7, "y": 2.3}), *passes, *spreads):
        chosen = frame_of(each)
        yield from (Place(chosen, step) for step in chosen.steps.values())
    for each in SLOWER:
        yield Place(Frame([each.step]), each.step)


@pytest.fixture(scope="module")
def applied():
    """The rules that gave a wrong formula somewhere."""
    found = set()
    for place in everywhere():
        for misconception in CATALOGUE.values():
            for formula in misconception.formulas(place):
                rule = misconception.rule(place.step)
                unknown = formula.free_symbols - place.frame.quantities.keys()
                assert not unknown, f"{rule.name} at {place.step.target}: {unknown}"
                if formula != place.formula:
                    found.add(rule)
    return found


def test_every_rule_applies_somewhere_and_says_its_formula(applied):
    assert not {name for name, rule in RULES.items() if rule not in applied}
    assert not {name for name, rule in RULES.items() if not rule.formula or "\n" in rule.formula}


def test_no_rule_stands_in_a_file_without_being_in_the_catalogue():
    values = [value for file in FILES for value in vars(file).values()]
    assert {value for value in values if isinstance(value, Rule)} == set(RULES.values())


# --- faults are loud ---


@pytest.mark.parametrize("law", ["afine", "activation.swish", "loss.hinge", "Adam.w", "delta.jacobien", "Nadam"])
def test_a_rule_for_a_law_that_no_step_has_is_refused(law):
    with pytest.raises(ValueError, match=law.rpartition(".")[2]):

        @spoils(law)
        def rule(p):
            """z = 0"""


def test_a_rule_without_its_formula_is_refused():
    with pytest.raises(ValueError, match="docstring"):

        @spoils("affine")
        def rule(p):
            yield p.own("z")


@spoils("affine")
def twice(p: Place):
    """z = 2 (W a + b)"""
    yield 2 * p.formula


@spoils("affine", "loss", page="start")
def foreign(p: Place):
    """z = m_hat of a layer that is not there"""
    yield Quantity("m_hat_b", 9, (1,)).symbol


def test_two_rules_for_one_law_are_refused():
    with pytest.raises(ValueError, match="same law"):
        Misconception("new", twice, foreign)


def test_a_formula_about_something_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setattr(frame, "CATALOGUE", {"new": Misconception("new", foreign)})
    with pytest.raises(ValueError, match=r"misconception new at C: there is no m_hat_b_9_1 here"):
        Frame(derive(WORKED.network), WORKED.sizes).compiled(Quantity("C"))


def test_a_name_that_is_taken_and_one_that_says_nothing_are_refused():
    with pytest.raises(ValueError, match="already"):
        enter(Misconception("ascent", twice))
    with pytest.raises(ValueError, match="nothing is said"):
        enter(Misconception("new", twice))


# --- pages ---


@pytest.mark.parametrize(
    ("optimiser", "target", "name", "page"),
    [
        (SGD(0.1), "C", "square_left_out", "loss"),
        (RMSprop(0.1), "v_W.2.1.1", "square_left_out", "update"),
        (SGD(0.1), "z.2.1", "z_instead_of_a", "forward"),
        (SGD(0.1), "dW.2.1.1", "z_instead_of_a", "backward"),
        (SGD(0.1), "dW.2.1.1", "neighbour", "start"),
        (Adam(0.1), "W_new.2.1.1", "no_bias_correction", "update"),
        (SGD(0.1), "dW.2.1.1", "rounded_early", "backward"),
    ],
)
def test_a_verdict_leads_to_the_page_of_the_step_that_was_spoiled(optimiser, target, name, page):
    found = {str(q.target): q for q in questions(WORKED.network, WORKED.x, WORKED.y, optimiser)}
    verdict = grade(found[target], repr(found[target].wrong(name)))
    assert verdict.misconception == name
    assert verdict.page == page


def test_a_right_answer_leads_nowhere():
    assert grade(questions(WORKED.network, WORKED.x, WORKED.y)[0], "-0.9").page == ""


# --- a new one ---


@pytest.fixture
def new():
    texts = {"en": "Taken twice\nYou have twice {target}.", "zh": "算了两次\n你把 {target} 算了两次。"}
    before = questions(WORKED.network, WORKED.x, WORKED.y)[0]
    assert before.misconceptions, "compiled without it"
    enter(Misconception("twice", twice, texts=texts))
    yield "twice"
    del CATALOGUE["twice"]
    assert "twice" not in questions(WORKED.network, WORKED.x, WORKED.y)[0].misconceptions


def test_a_new_one_is_one_call_and_shows_in_questions_grading_and_texts(new):
    question = questions(WORKED.network, WORKED.x, WORKED.y)[0]
    assert question.wrong(new) == pytest.approx(-1.8)
    verdict = grade(question, "-1.8")
    assert (verdict.candidates, verdict.page) == ((new,), "forward")
    for language, title in {"en": "Taken twice", "zh": "算了两次"}.items():
        with i18n.using(language):
            assert CATALOGUE[new].title == title
        assert title in verdict.message(language)
        assert usual_look(question, language).symbol(question.target) in verdict.message(language)
