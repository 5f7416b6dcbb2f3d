"""Questions: every Step is asked, hints give away a little at a time, and every misconception gives the number it should."""

import math
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.networks import instances
from lessons import Question, content, grade, i18n, questions
from lessons.course.activations.setting import Activations, gone_through, linked
from lessons.course.optimisers.pictures import worked_slowed
from lessons.course.optimisers.setting import Race
from lessons.example import PRESETS, WORKED, Example, Model
from lessons.misconceptions import CATALOGUE, ROUNDED, Misconception, enter, spoils
from lessons.misconceptions import frame as misconceptions
from lessons.practice.questions import questions_about
from lessons.practice.wording import prompt, usual_look
from lessons.style import Look
from lessons.worked import expression, known, mlp, of_pass
from mlp_core import SGD, Adam, Layer, Momentum, Network, Quantity, RMSprop, State, derive, perceptron, trace
from mlp_core.functions import LOSSES
from mlp_core.optimisers import OPTIMISERS

from ..misconceptions.test_catalogue import EVERYTHING, PASSES
from ..misconceptions.test_course_slips import EACH, normed, two_normed
from ..misconceptions.test_dropout_and_decay import ADAMW, DROPPED, HALF, WHOLE


def asked(example: Example = WORKED, optimiser: str = "SGD", **options) -> dict[str, Question]:
    """The questions of an example by the address of their target."""
    found = questions(example.network, example.x, example.y, example.settings.named(optimiser), **options)
    return {str(question.target): question for question in found}


def second(example: Example, optimiser: str) -> dict[str, Question]:
    """The questions about the second update."""
    record = example.settings.named(optimiser)
    update = record.step(example.network, example.trace)
    found = questions(update.network, example.x, example.y, record, state=update.state)
    return {str(question.target): question for question in found}


# --- what is asked ---


@pytest.mark.parametrize(("name", "optimiser"), list(product(PRESETS, OPTIMISERS))[::3])
def test_every_step_is_asked_and_answered_by_the_engine(name, optimiser):
    example = PRESETS[name][1]
    update = example.settings.named(optimiser).step(example.network, example.trace)
    found = questions(example.network, example.x, example.y, example.settings.named(optimiser))
    steps = [*derive(example.network), *update.steps]
    assert [question.target for question in found] == [step.target for step in steps]
    for question, step in zip(found, steps, strict=True):
        assert question.answer == update[step.target]
        assert question.answer == pytest.approx(float(step.evaluate(question.inputs)), rel=1e-12, abs=1e-15)


def test_without_an_optimiser_no_update_is_asked():
    found = questions(WORKED.network, WORKED.x, WORKED.y)
    assert [question.target for question in found] == [step.target for step in derive(WORKED.network)]
    assert "updated_weights" not in {name for question in found for name in question.misconceptions}


def test_a_network_without_gradient_is_asked_forward_alone():
    network = Network([Layer([[0.5, -0.2]], [0.1], "step")])
    found = questions(network, [1.0, 2.0], [1.0])
    assert [str(question.target) for question in found] == ["z.1.1", "a.1.1", "C"]


def test_what_is_frozen_has_gradients_to_compute_but_no_update():
    found = asked(WORKED.with_(scope="output"))
    assert "dW.1.1.1" in found and "W_new.2.1.1" in found
    assert "W_new.1.1.1" not in found


def test_a_saturated_output_leaves_out_the_factors_that_are_not_finite():
    network = Network([Layer([[800.0]], [0.0], "sigmoid")], loss="binary_cross_entropy")
    found = {str(q.target): q.answer for q in questions(network, [1.0], [0.0], SGD(0.1))}
    assert "dC_da.1.1" not in found
    assert (found["delta.1.1"], found["C"]) == (1, 800)


@pytest.mark.parametrize("seed", range(4))
def test_of_random_networks_exactly_what_is_finite_is_asked(seed):
    for instance in instances(np.random.default_rng(seed), 10):
        passed = trace(instance.network, instance.x, instance.y)
        update = instance.optimiser.step(instance.network, passed, instance.state)
        found = questions(instance.network, instance.x, instance.y, instance.optimiser, state=instance.state)
        steps = [*derive(instance.network), *update.steps]
        assert [q.target for q in found] == [s.target for s in steps if known(update, s.target) is not None]
        assert all(math.isfinite(question.answer) for question in found)


def test_the_state_of_the_optimiser_goes_into_the_question():
    first, then = asked(optimiser="Momentum"), second(WORKED, "Momentum")
    assert first["v_W.2.1.1"].inputs[Quantity("v_prev_W", 2, (1, 1))] == 0
    assert then["v_W.2.1.1"].inputs[Quantity("v_prev_W", 2, (1, 1))] == first["v_W.2.1.1"].answer


def test_a_seed_fixes_the_order_and_0_is_that_of_computation():
    in_order = list(asked())
    assert in_order == [str(step.target) for step in (*derive(WORKED.network), *SGD(0.1).derive(WORKED.network))]
    orders = [list(asked(seed=seed)) for seed in (1, 2, 3)]
    assert orders == [list(asked(seed=seed)) for seed in (1, 2, 3)]
    assert all(sorted(order) == sorted(in_order) for order in orders)
    assert len({tuple(order) for order in (in_order, *orders)}) == 4


def test_a_batch_is_refused():
    with pytest.raises(ValueError, match=r"one sample.*shape \(3,\), not \(2, 3\)"):
        questions(WORKED.network, [WORKED.x, WORKED.x], [WORKED.y, WORKED.y])


def test_what_the_engine_refuses_is_refused():
    with pytest.raises(ValueError, match="x"):
        questions(WORKED.network, [1.0, 2.0], WORKED.y)
    with pytest.raises(ValueError, match="made by SGD"):
        questions(WORKED.network, WORKED.x, WORKED.y, Adam(0.1), state=State("SGD", 1, ({}, {})))


def test_formulas_are_kept_by_shape_and_not_without_end(monkeypatch):
    monkeypatch.setattr(misconceptions, "_FRAMES", {})
    monkeypatch.setattr(misconceptions, "MAX_FRAMES", 2)
    first = asked()["dW.1.1.1"]
    assert asked(WORKED.remodelled(Model.redrawn, 7))["dW.1.1.1"].compiled is first.compiled
    for n in range(1, 6):
        assert questions(Network([Layer(np.ones((1, n)), None, "tanh")]), np.ones(n), [1.0])[0].compiled
        assert len(misconceptions._FRAMES) <= 2
    assert asked()["dW.1.1.1"].compiled is not first.compiled
    assert grade(first, repr(first.wrong("difference_reversed") or first.wrong("sign_slip"))).kind == "slip"


# --- how it is asked ---


def test_the_text_names_the_target_and_its_inputs_in_each_language(language):
    for target, question in asked(optimiser="Adam").items():
        text, look = question.text(language), usual_look(question, language)
        assert look.name(question.target).latex() in text, target
        for q, value in question.inputs.items():
            assert q not in question.step.inputs or f"{look.symbol(q)} = {look.number(q, value)}" in text, (target, q)
        assert prompt(question, look, inputs=False) == text.partition("\n")[0], target


# --- hints ---


@pytest.mark.parametrize(("optimiser", "language"), [("RMSprop", "en"), ("Adam", "zh")])
def test_each_hint_gives_away_a_little_more(optimiser, language):
    """The law; the law with the numbers put in; the value. A law that is one symbol has no numbers to put in."""
    with i18n.using(language):
        for target, question in asked(optimiser=optimiser).items():
            assert_hints_lead_on(question, usual_look(question, language), target)


def assert_hints_lead_on(question: Question, look: Look, target: str) -> None:
    hints = [question.hint(rung, look) for rung in (1, 2, 3)]
    numbers = {q: look.factor(q, question.inputs[q]) for q in question.step.inputs}
    value = look.number(question.target, question.answer)
    symbols = [look.symbol(q) for q in question.step.inputs]
    assert all(symbol in hints[0] for symbol in symbols), f"{target}: the law is written in its inputs"
    assert not any(number in hints[0] for number in numbers.values()), f"{target}: the law has no numbers yet"
    if not question.step.formula.is_Symbol:
        assert all(number in hints[1] for number in numbers.values()), f"{target}: now it has"
        assert not any(symbol in hints[1].partition("&=")[2] for symbol in symbols), target
    if value not in numbers.values():
        assert value not in hints[0] and value not in hints[1], f"{target}: the value is the last thing"
    assert value in hints[2], target
    assert len(hints[2].partition("\n\n")[2]) > 10, f"{target}: the reason"
    assert hints[1] != hints[0] or question.step.formula.is_Symbol, target
    assert all(hint.startswith("$$") and hint.count("$$") == 2 for hint in hints), target


@pytest.mark.parametrize("rung", [0, 4, -1])
def test_there_are_three_hints(rung):
    question = asked()["z.1.1"]
    with pytest.raises(ValueError, match=f"not {rung}"):
        question.hint(rung, usual_look(question, "en"))


# --- the catalogue ---

DEMANDED = (
    *("slope_left_out", "slope_at_a", "slope_plus", "factor_two_lost", "factor_two_twice", "difference_reversed"),
    *("ascent", "upstream_weight_left_out", "wrong_neuron", "transposed", "one_path", "updated_weights"),
    *("bias_gradient_zero", "bias_gradient_is_bias", "bias_unchanged", "input_instead_of_activation"),
    *("z_instead_of_a", "lr_twice", "lr_missing", "no_bias_correction", "epsilon_placed", "m_v_swapped"),
    *("momentum_sign", "rounded_early", "neighbour"),
)


def one(activation: str, loss: str, n: int, optimiser: object) -> tuple[Question, ...]:
    """The second update of a network of 2-2-n."""
    hidden = Layer([[0.3, -0.4], [0.6, 0.2]], [0.1, -0.2], "softplus" if activation == "softmax" else activation)
    output = Layer(np.array([[0.7, -0.5], [0.4, 0.9], [-0.3, 0.8]])[:n], [0.2, -0.1, 0.3][:n], activation)
    network, x, y = Network([hidden, output], loss), [1.5, -0.5], np.eye(n)[0]
    update = optimiser.step(network, trace(network, x, y))
    return questions(update.network, x, y, optimiser, state=update.state)


@pytest.fixture(scope="module")
def applying() -> dict[str, Question]:
    """Misconception to a question that it applies to, over every loss and optimiser."""
    found = {}
    makers = (SGD(0.1), Momentum(0.1), RMSprop(0.1), Adam(0.1))
    nets = [(name, "squared_error", 2) for name in ("identity", "sigmoid", "tanh", "relu")]
    nets += [(record.wants or "sigmoid", loss, 3) for loss, record in LOSSES.items() if loss != "squared_error"]
    for n, net in enumerate(nets):
        for question in one(*net, makers[n % 4]):
            found |= {name: question for name in question.misconceptions if name not in found}
    for reduction in ("mean", "sum"):
        network = Network([Layer([[0.7, -0.5], [0.4, 0.9]], [0.2, -0.1], "tanh")], reduction=reduction)
        for question in questions_about(mlp(network, [[1.5, -0.5], [0.3, 0.8]], np.eye(2))):
            found |= {name: question for name in question.misconceptions if name not in found}
    others = [expression(EVERYTHING, {"x": 0.7, "y": 2.3}), *(of_pass(perceptron(**given).steps[0]) for given in PASSES)]
    deep = Network([Layer([[0.7, -0.5], [0.4, 0.9]], [0.2, -0.1], "tanh") for _ in range(2)])
    ahead = Momentum(0.1, nesterov=True, form="lr_outside")
    others += [*EACH.values(), normed("eval"), two_normed(), DROPPED, HALF, WHOLE, ADAMW]
    others += [gone_through(Activations(through=name), None) for name in ("relu", "sigmoid")]
    others.append(linked(Activations(), None))
    others += [worked_slowed(Race(slowing=name, epoch=5, every=4), WORKED) for name in ("step_decay", "inverse_time", "cosine")]
    others.append(mlp(deep, [1.5, -0.5], [1, 0], ahead, ahead.step(deep, trace(deep, [1.5, -0.5], [1, 0])).state, True))
    for question in (question for worked in others for question in questions_about(worked)):
        found |= {name: question for name in question.misconceptions if name not in found}
    return found


def test_every_entry_of_the_catalogue_applies_somewhere(applying):
    dead = CATALOGUE.keys() - applying.keys()
    assert not dead, sorted(dead)
    values = {name: question.wrong(name) for name, question in applying.items()}
    assert not {name: value for name, value in values.items() if value is None or not math.isfinite(value)}


def test_the_slips_that_students_make_are_in_the_catalogue():
    assert not set(DEMANDED) - CATALOGUE.keys()
    assert len(set(DEMANDED)) >= 20


def test_each_is_explained_on_a_page_that_exists_and_is_about_the_step(applying):
    for name, question in applying.items():
        page = CATALOGUE[name].page(question.step)
        assert list((content.FOLDER.parent / "pages").glob(f"*/{page}.py"))
        assert page in (question.step.phase, "start")


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_a_misconception_gives_a_number_exactly_where_it_applies(optimiser):
    own = [each for each in asked(optimiser=optimiser).values() if optimiser == "SGD" or each.step.phase == "update"]
    for question in own:
        applying = question.misconceptions
        assert list(applying) == [name for name in CATALOGUE if name in applying], "in the order of the catalogue"
        for name in CATALOGUE:
            value = question.wrong(name)
            assert (value is not None) == (name in applying), name
            if value is not None:
                assert math.isfinite(value) and not grade(question, repr(value)).correct


def test_an_unknown_misconception_is_refused():
    with pytest.raises(ValueError, match="unknown misconception 'nonexistent'; known: bias_left_out, "):
        asked()["z.1.1"].wrong("nonexistent")


def test_where_a_slip_gives_the_right_number_it_does_not_apply():
    """Without hidden layer the input is the activation; with a bias of 0 nothing is lost by leaving it out."""
    network = Network([Layer([[0.5, 0.5], [0.5, 0.5]], [0.0, 0.3], "sigmoid")])
    found = {str(q.target): q for q in questions(network, [1.0, 2.0], [1.0, 0.0])}
    assert found["z.1.1"].wrong("bias_left_out") is None and found["z.1.2"].wrong("bias_left_out") is not None
    assert found["z.1.1"].wrong("transposed") is None, "a symmetric matrix"
    assert found["z.1.1"].wrong("input_instead_of_activation") is None


def test_rounding_on_the_way_is_no_slip_where_it_changes_nothing():
    found = asked()
    assert found["a.1.1"].wrong(ROUNDED) is None, "-0.9 stays -0.9"
    assert found["dW.2.1.1"].wrong(ROUNDED) == pytest.approx(-0.2 * 0.29), "-0.199... and 0.289... to two decimals"


# --- the wrong numbers, by hand ---


def sigma(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def by_hand(e: Example, factor: float) -> SimpleNamespace:
    """Forward and backward of two layers of sigmoids with squared differences, in plain Python; indices from 0."""
    (V, W), (b, c) = e.model.W, e.model.b
    z1 = [sum(w * x for w, x in zip(row, e.x, strict=True)) + k for row, k in zip(V, b, strict=True)]
    a1 = [sigma(z) for z in z1]
    z2 = [sum(w * a for w, a in zip(row, a1, strict=True)) + k for row, k in zip(W, c, strict=True)]
    a2 = [sigma(z) for z in z2]
    e2 = [factor * (a - y) for a, y in zip(a2, e.y, strict=True)]
    d2 = [e * a * (1 - a) for e, a in zip(e2, a2, strict=True)]
    e1 = [sum(d * row[j] for d, row in zip(d2, W, strict=True)) for j in range(len(a1))]
    d1 = [e * a * (1 - a) for e, a in zip(e1, a1, strict=True)]
    return SimpleNamespace(V=V, W=W, b=b, c=c, x=e.x, y=e.y, z1=z1, a1=a1, z2=z2, a2=a2, e2=e2, d2=d2, e1=e1, d1=d1)


H, T = by_hand(WORKED, 2), by_hand(PRESETS["two_outputs"][1], 1)
z, a, d, g = H.z2[0], H.a2[0], H.d2[0], H.d2[0] * H.a1[0]  # g: dC/dW of the output's first weight
h = H.d1[0] * H.x[2]  # dC/dW from the third input: the only positive gradients are those of x = -1
lr, mu, beta1, beta2, eps = 0.1, 0.9, 0.9, 0.999, 1e-8

BY_HAND = [
    ("SGD", "z.1.1", "bias_left_out", 0.2 * 2 - 0.5 * 3 + 0.1 * -1),
    ("SGD", "z.1.1", "wrong_neuron", -0.3 * 2 + 0.4 * 3 + 0.2 * -1 + 0.3),
    ("SGD", "z.2.1", "input_instead_of_activation", 0.5 * 2 + 0.2 * 3 + 0.1),
    ("SGD", "z.2.1", "z_instead_of_a", 0.5 * -0.9 + 0.2 * 0.3 + 0.1),
    ("SGD", "a.1.1", "exponent_sign", 1 / (1 + math.exp(-0.9))),
    ("SGD", "a.1.1", "derivative_instead", sigma(-0.9) * (1 - sigma(-0.9))),
    ("SGD", "a.2.1", "activation_left_out", z),
    ("SGD", "C", "square_left_out", a - 1),
    ("SGD", "C", "loss_constant", (a - 1) ** 2 / 2),
    ("SGD", "dC_da.2.1", "factor_two_lost", a - 1),
    ("SGD", "dC_da.2.1", "difference_reversed", 2 * (1 - a)),
    ("SGD", "dC_da.2.1", "target_left_out", 2 * a),
    ("SGD", "da_dz.2.1", "slope_at_a", sigma(a) * (1 - sigma(a))),
    ("SGD", "da_dz.2.1", "slope_plus", a * (1 + a)),
    ("SGD", "da_dz.2.1", "factor_dropped", a),
    ("SGD", "delta.2.1", "slope_left_out", 2 * (a - 1)),
    ("SGD", "delta.2.1", "factor_two_twice", 4 * (a - 1) * a * (1 - a)),
    ("SGD", "delta.2.1", "slope_twice", 2 * (a - 1) * (a * (1 - a)) ** 2),
    ("SGD", "dW.2.1.1", "factor_two_lost", (a - 1) * a * (1 - a) * sigma(-0.9)),
    ("SGD", "dW.2.1.1", "last_factor_left_out", d),
    ("SGD", "dW.2.1.1", "own_activation", d * a),
    ("SGD", "dC_da.1.1", "upstream_weight_left_out", d),
    ("SGD", "dC_da.1.1", "wrong_neuron", d * 0.2),
    ("SGD", "dC_da.1.1", "updated_weights", d * (0.5 - lr * g)),
    ("SGD", "delta.1.1", "updated_weights", d * (0.5 - lr * g) * H.a1[0] * (1 - H.a1[0])),
    ("SGD", "dW.1.1.2", "updated_weights", d * (0.5 - lr * g) * H.a1[0] * (1 - H.a1[0]) * 3),
    ("SGD", "dW.1.1.2", "neighbour", H.d1[0] * 2),
    ("SGD", "db.1.1", "bias_gradient_zero", 0.0),
    ("SGD", "db.1.1", "bias_gradient_is_bias", 0.3),
    ("SGD", "W_new.2.1.1", "ascent", 0.5 + lr * g),
    ("SGD", "W_new.2.1.1", "lr_missing", 0.5 - g),
    ("SGD", "W_new.2.1.1", "lr_twice", 0.5 - lr * lr * g),
    ("SGD", "W_new.2.1.1", "old_left_out", -lr * g),
    ("SGD", "b_new.2.1", "bias_unchanged", 0.1),
    ("RMSprop", "v_W.2.1.1", "square_left_out", 0.1 * g),
    ("RMSprop", "step_W.2.1.1", "epsilon_placed", -lr * g / math.sqrt(0.1 * g * g + eps)),
    ("RMSprop", "step_W.2.1.1", "root_left_out", -lr * g / (0.1 * g * g + eps)),
    ("Adam", "m_W.2.1.1", "rates_swapped", beta1 * g),
    ("Adam", "m_W.2.1.1", "betas_swapped", (1 - beta2) * g),
    ("Adam", "m_hat_W.2.1.1", "no_bias_correction", (1 - beta1) * g),
    ("Adam", "step_W.2.1.1", "no_bias_correction", -lr * 0.1 * g / (math.sqrt(0.001 * g * g) + eps)),
    ("Adam", "W_new.2.1.1", "no_bias_correction", 0.5 - lr * 0.1 * g / (math.sqrt(0.001 * g * g) + eps)),
    ("Adam", "step_W.1.1.3", "m_v_swapped", -lr * h * h / (math.sqrt(h) + eps)),
    ("two_outputs", "z.1.1", "transposed", 0.15 * 0.05 + 0.25 * 0.1 + 0.35),
    ("two_outputs", "dC_da.1.1", "transposed", T.d2[0] * 0.4 + T.d2[1] * 0.45),
    ("two_outputs", "dC_da.1.1", "one_path", T.d2[0] * 0.4),
    ("two_outputs", "dC_da.1.2", "updated_weights",
     sum(T.d2[m] * (T.W[m][1] - 0.5 * T.d2[m] * T.a1[1]) for m in (0, 1))),
    ("two_outputs", "C", "one_output", (T.a2[0] - 0.01) ** 2 / 2),
    ("two_outputs", "C", "squared_sum", (T.a2[0] - 0.01 + T.a2[1] - 0.99) ** 2 / 2),
]  # fmt: skip


@pytest.mark.parametrize(("where", "target", "name", "value"), BY_HAND, ids=["-".join(each[:3]) for each in BY_HAND])
def test_the_wrong_number_is_the_one_computed_by_hand(where, target, name, value):
    question = asked(PRESETS[where][1])[target] if where in PRESETS else asked(optimiser=where)[target]
    assert question.wrong(name) == pytest.approx(value, rel=1e-12, abs=1e-300)
    assert name in grade(question, f"{value:.8g}").candidates


@pytest.mark.parametrize(
    ("where", "target", "name", "values"),
    [
        ("worked", "da_dz.2.1", "factor_dropped", [a, 1 - a]),
        ("worked", "dW.1.1.2", "neighbour", [H.d1[0] * 2, H.d1[0] * -1, H.d1[1] * 3]),
        ("worked", "db.2.1", "bias_has_input", [d * H.a1[0], d * H.a1[1]]),
        ("two_outputs", "dC_da.1.1", "one_path", [T.d2[0] * 0.4, T.d2[1] * 0.5]),
        ("two_outputs", "C", "one_output", [(T.a2[0] - 0.01) ** 2 / 2, (T.a2[1] - 0.99) ** 2 / 2]),
    ],
)
def test_a_slip_that_can_be_made_in_several_ways_is_recognised_in_each(where, target, name, values):
    question = asked(PRESETS[where][1])[target]
    assert question.wrong(name) == pytest.approx(values[0], rel=1e-12)
    for value in values:
        assert name in grade(question, f"{value:.8g}").candidates, value


def test_the_wrong_numbers_of_a_second_update_by_hand():
    """Only now is there something that Momentum and Adam remember."""
    V, W = ([[w - lr * k * x for w, x in zip(row, H.x, strict=True)] for row, k in zip(H.V, H.d1, strict=True)],
            [[w - lr * d * k for w, k in zip(H.W[0], H.a1, strict=True)]])  # fmt: skip
    b, c = [k - lr * e for k, e in zip(H.b, H.d1, strict=True)], [0.1 - lr * d]
    after = by_hand(SimpleNamespace(model=SimpleNamespace(W=(V, W), b=(b, c)), x=H.x, y=H.y), 2)
    next_g = after.d2[0] * after.a1[0]
    found = second(WORKED, "Momentum")["v_W.2.1.1"]
    assert found.answer == pytest.approx(mu * -lr * g - lr * next_g, rel=1e-12)
    assert found.wrong("momentum_sign") == pytest.approx(mu * -lr * g + lr * next_g, rel=1e-12)
    assert found.wrong("velocity_forgotten") == pytest.approx(-lr * next_g, rel=1e-12)
    assert found.wrong("momentum_averaged") == pytest.approx(mu * -lr * g - (1 - mu) * lr * next_g, rel=1e-12)


def test_the_wrong_numbers_of_adams_second_step_by_hand():
    found = second(WORKED, "Adam")
    next_g = found["dW.2.1.1"].answer
    m = beta1 * (1 - beta1) * g + (1 - beta1) * next_g
    assert found["m_hat_W.2.1.1"].answer == pytest.approx(m / (1 - beta1**2), rel=1e-12)
    assert found["m_hat_W.2.1.1"].wrong("t_left_out") == pytest.approx(m / (1 - beta1), rel=1e-12)
    assert found["m_hat_W.2.1.1"].wrong("correction_multiplied") == pytest.approx(m * (1 - beta1**2), rel=1e-12)


# --- anything worked ---


def test_what_is_no_network_is_asked_and_graded(expression, language):
    sum_, product, *_adjoints = questions_about(expression)
    assert (sum_.answer, product.answer) == (5, 20)
    assert grade(sum_, "5").kind == grade(product, "4*5").kind == "right"
    assert grade(product, "28", {sum_.target: 7.0}).kind == "carried"
    assert grade(product, "21.5").kind == "unknown"
    assert grade(product, "21.5").message(language)
    assert {*sum_.misconceptions, *product.misconceptions} <= {"neighbour", ROUNDED}
    look = usual_look(product, language)
    assert look.symbol(product.target) in product.text(language)
    assert all(product.hint(rung, look) for rung in (1, 2, 3))


def test_a_misconception_about_another_law_shows_there(expression):
    def added(place):
        """z = s + w"""
        yield sum(place.formula.args)

    enter(Misconception("added", spoils("product")(added), texts={"en": "Added\nYou added for {target}."}))
    try:
        product = questions_about(expression)[1]
        assert product.wrong("added") == 9
        assert (grade(product, "9").candidates, grade(product, "9").page) == (("added",), "forward")
    finally:
        del CATALOGUE["added"]
