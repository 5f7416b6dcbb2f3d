"""The slips of typed expressions and of the perceptron: each is recognised by its name where it is made, and further down."""

from math import isfinite

import numpy as np
import pytest

from benchmarks.judging import carried
from lessons import Question, grade
from lessons.misconceptions import CATALOGUE
from lessons.practice.questions import questions_about
from lessons.practice.wording import usual_look
from lessons.worked import expression, of_pass, of_spread, regular_pass
from mlp_core import BatchNorm, Layer, Network, perceptron
from mlp_core.initialisation import SCHEMES, spread

from .test_catalogue import EVERYTHING, PASSES

NOTES = {"x": 2, "y": 3, "w": 4}  # of (x + y) w


def asked(worked) -> dict[str, Question]:
    """The questions by the address of their target."""
    return {str(question.target): question for question in questions_about(worked)}


GRAPHS = [
    # a node used twice, and the chain rule: what is asked is computed by hand beside it
    ("x*y + sin(x)", {"x": 2, "y": 3}, "derivative.1", "3", "one_path"),
    ("x*y + sin(x)", {"x": 2, "y": 3}, "derivative.1", "-0.4161", "one_path"),
    ("x*x", {"x": 3}, "derivative.1", "3", "one_path"),
    ("(x+y)*w", NOTES, "local.5.1", "5", "wrong_operand"),
    ("(x+y)*w", NOTES, "local.4.1", "3", "product_rule_for_sum"),
    ("sin(3*x)", {"x": 0.5}, "derivative.1", "0.07074", "local_left_out"),  # cos 1.5, the inner derivative forgotten
    ("sin(3*x)", {"x": 0.5}, "derivative.1", "3", "upstream_left_out"),
    ("exp(x)*y", {"x": 1, "y": 2}, "local.4.1", "2.718", "wrong_operand"),
    ("x-y*w", NOTES, "local.5.2", "1", "sign_slip"),
    ("-(x*y)", NOTES | {"w": 0}, "local.4.1", "1", "sign_slip"),
    ("x/y", {"x": 2, "y": 3}, "local.3.2", "0.2222", "sign_slip"),
    ("x/y", {"x": 2, "y": 3}, "local.3.2", "-0.6667", "square_left_out"),
    ("x/y", {"x": 2, "y": 3}, "local.3.2", "-0.1111", "numerator_left_out"),
    ("x/y", {"x": 2, "y": 3}, "local.3.1", "-0.2222", "wrong_operand"),
    ("x**3", {"x": 2}, "local.2.1", "24", "exponent_not_reduced"),
    ("x**3", {"x": 2}, "local.2.1", "4", "exponent_left_out"),
    ("x**y", {"x": 2, "y": 3}, "local.3.1", "5.545", "wrong_operand"),
    ("2**x", {"x": 3}, "local.2.2", "12", "power_rule_for_exponential"),
    ("2**x", {"x": 3}, "local.2.2", "8", "log_left_out"),
    ("exp(x)", {"x": 3}, "local.2.1", "22.17", "power_rule_for_exponential"),
    ("log(x)", {"x": 3}, "local.2.1", "1.099", "function_instead"),
    ("log(x)", {"x": 3}, "local.2.1", "0.1448", "log_base_ten"),
    ("sin(x)", {"x": 1}, "local.2.1", "-0.5403", "sign_slip"),
    ("cos(x)", {"x": 1}, "local.2.1", "0.8415", "sign_slip"),
    ("sin(x)", {"x": 1}, "operation.2", "0.01745", "degrees"),
    ("sqrt(x)", {"x": 9}, "local.2.1", "0.3333", "factor_two_lost"),
    ("sigmoid(x)", {"x": 1}, "local.2.1", "0.7311", "factor_dropped"),
    ("tanh(x)", {"x": 1}, "local.2.1", "0.2384", "square_left_out"),
    ("tanh(x)", {"x": 1}, "local.2.1", "0.1816", "wrong_activation"),
    ("(x+y)*w", NOTES, "local.4.1", "0", "taken_for_constant"),
    ("(x+y)*w", NOTES, "local.4.1", "5", "function_instead"),
    ("(x+y)*w", NOTES, "local.4.2", "3", "function_instead"),
    ("relu(x)", {"x": -1}, "local.2.1", "1", "let_through"),
    ("max(x, y)", {"x": 2, "y": 3}, "local.3.1", "1", "let_through"),
    ("max(x, y)", {"x": 2, "y": 3}, "local.3.2", "0", "wrong_way_round"),
    ("abs(x)", {"x": -2}, "local.2.1", "1", "sign_of_size_left_out"),
]


@pytest.mark.parametrize(("text", "values", "target", "typed", "name"), GRAPHS, ids=[f"{g[0]}: {g[2]}={g[3]}" for g in GRAPHS])
def test_a_slip_of_an_expression_is_named(text, values, target, typed, name):
    found = grade(asked(expression(text, values))[target], typed)
    assert (found.kind, name in found.candidates) == ("slip", True), found.candidates


NOTE, BATCH = (of_pass(perceptron(**given).steps[0]) for given in PASSES)
PERCEPTRON = [
    (NOTE, "score.2", "-0.5", "bias_left_out"),
    (NOTE, "class.2", "0", "zero_for_minus_one"),
    (NOTE, "class.1", "1", "side_for_the_line"),
    (NOTE, "missed.1", "0", "line_not_missed"),
    (NOTE, "D", "-2.25", "all_samples"),
    (NOTE, "slope_weight", "0", "line_not_missed"),  # sample 1 has the score 0
    (NOTE, "slope_weight", "2", "sign_slip"),
    (NOTE, "slope_weight", "-2.5", "all_samples"),
    (NOTE, "slope_weight", "-1", "last_factor_left_out"),
    (NOTE, "slope_offset", "-2", "bias_has_input"),
    (NOTE, "weight_new", "0.3", "ascent"),
    (NOTE, "weight_new", "2.5", "lr_missing"),
    (NOTE, "weight_new", "0.5", "weight_unchanged"),
    (NOTE, "offset_new", "-0.8", "bias_has_input"),  # carried on
    (BATCH, "D", "-0.15", "labels_ignored"),
    (BATCH, "slope_weight.1", "-2.5", "all_samples"),
    (BATCH, "slope_weight.1", "-0.5", "labels_ignored"),
]


@pytest.mark.parametrize(("worked", "target", "typed", "name"), PERCEPTRON, ids=[f"{p[1]}={p[2]}" for p in PERCEPTRON])
def test_a_slip_of_the_perceptron_is_named(worked, target, typed, name):
    found = grade(asked(worked)[target], typed)
    assert (found.kind, name in found.candidates) == ("slip", True), found.candidates


INITIAL = [  # of a layer with 3 inputs and 5 neurons, mean squares 1 and 1/4
    ("xavier_uniform", "scale", "1.414", "one_count_for_both"),
    ("xavier_uniform", "scale", "1.095", "one_count_for_both"),
    ("xavier_uniform", "scale", "0.5", "limit_and_deviation"),
    ("xavier_uniform", "scale", "0.75", "variance_for_scale"),
    ("xavier_normal", "scale", "0.25", "variance_for_scale"),
    ("xavier_normal", "scale", "0.866", "limit_and_deviation"),
    ("he_normal", "scale", "0.6325", "counts_exchanged"),
    ("he_normal", "scale", "0.5", "both_counts_for_one"),
    ("he_normal", "scale", "0.5774", "variance_two_lost"),
    ("he_uniform", "scale", "1", "variance_two_lost"),
    ("xavier_uniform", "weight_variance", "0.75", "limit_and_deviation"),
    ("xavier_uniform", "weight_variance", "0.0625", "limit_taken_for_width"),
    ("xavier_normal", "weight_variance", "0.5", "square_left_out"),
    ("xavier_normal", "sum_variance", "1.25", "counts_exchanged"),
    ("xavier_normal", "sum_variance", "0.25", "count_left_out"),
    ("xavier_normal", "sum_variance", "2.25", "deviations_added"),
    ("xavier_normal", "sum_variance", "1.5", "deviation_for_variance"),
    ("xavier_uniform", "signal_variance", "0.1875", "counts_exchanged"),
    ("xavier_uniform", "sum_variance", "2", "one_count_for_both"),  # carried on
]


@pytest.mark.parametrize(("scheme", "target", "typed", "name"), INITIAL, ids=[f"{i[0]}: {i[1]}={i[2]}" for i in INITIAL])
def test_a_slip_of_first_weights_is_named(scheme, target, typed, name):
    found = grade(asked(of_spread(spread(scheme, 3, 5, 1, 0.25)))[target], typed)
    assert (found.kind, name in found.candidates) == ("slip", True), found.candidates


def normed(mode="train", reduction="sum", act="identity", cost="half_squared_error", sample=0, z=(1.0, 3.0, 5.0, 7.0), y=0.0):
    """z = 1, 3, 5, 7: mean 4, variance 5, with eps = 4 a root of 3; gamma 3, beta 1: u = -2, 0, 2, 4, targets 0."""
    norm = BatchNorm([3.0], [1.0], eps=4.0, momentum=0.25, running_mean=[2.0], running_var=[12.0])
    network = Network([Layer([[1.0]], None, act, batch_norm=norm)], cost, reduction)
    return regular_pass(network, [[each] for each in z], [[y]] * 4, mode, sample=sample)


NORM = [
    ({}, "mean.1.1", "16", "samples_not_averaged"),
    ({}, "var.1.1", "6.667", "samples_less_one"),
    ({}, "var.1.1", "21", "mean_not_subtracted"),
    ({}, "var.1.1", "2.236", "deviation_for_variance"),
    ({}, "z_hat.1.1@1", "-0.3333", "root_left_out"),
    ({}, "z_hat.1.1@1", "-1.342", "epsilon_left_out"),
    ({}, "z_hat.1.1@1", "-0.4811", "epsilon_placed"),
    ({}, "z_hat.1.1@3", "1.667", "mean_not_subtracted"),
    ({}, "z_hat.1.1@4", "1.25", "running_statistics_early"),
    ({}, "z_bn.1.1@4", "6", "shift_before_scale"),
    ({}, "z_bn.1.1@4", "2", "gamma_left_out"),
    ({}, "z_bn.1.1@4", "22", "raw_for_normalised"),
    ({}, "z_bn.1.1@3", "3.333", "scale_and_shift_exchanged"),
    ({}, "dgamma.1.1", "36", "raw_for_normalised"),
    ({}, "dgamma.1.1", "4", "last_factor_left_out"),
    ({}, "dgamma.1.1", "1.667", "batch_mean_taken"),
    ({"reduction": "mean"}, "dgamma.1.1", "0.4167", "batch_divided_twice"),
    ({"reduction": "mean"}, "dC_da.1.1@4", "4", "batch_mean_forgotten"),
    ({}, "dC_dz_hat.1.1@4", "4", "gamma_left_out"),
    ({}, "delta.1.1@1", "-2", "statistics_held_fixed"),
    ({}, "delta.1.1@1", "-3", "variance_path_forgotten"),
    ({}, "delta.1.1@1", "-0.3333", "mean_path_forgotten"),
    ({}, "dW.1.1.1@1", "-2", "statistics_held_fixed"),  # carried on
    ({}, "mean.1.1", "5.333", "samples_less_one"),
    ({}, "mean.1.1", "2.5", "sign_slip"),  # of 3
    ({}, "running_mean_new.1.1", "3.5", "shares_exchanged"),
    ({}, "running_mean_new.1.1", "1", "running_old_forgotten"),
    ({}, "running_mean_new.1.1", "4", "running_old_forgotten"),
    ({}, "running_mean_new.1.1", "5.5", "shares_not_one"),
    ({}, "running_mean_new.1.1", "3", "shares_halved"),
    ({}, "running_var_new.1.1", "10.25", "running_not_corrected"),
    ({}, "running_var_new.1.1", "8", "shares_exchanged"),
    ({}, "running_var_new.1.1", "1.667", "running_old_forgotten"),
    ({}, "running_var_new.1.1", "13.67", "shares_not_one"),
    ({}, "running_var_new.1.1", "9.333", "shares_halved"),
    ({}, "running_var_new.1.1", "9.938", "correction_upside_down"),
    ({}, "running_var_new.1.1", "9.645", "deviation_for_variance"),
    ({}, "running_var_new.1.1", "9.559", "deviation_for_variance"),
    ({}, "running_mean_new.1.1", "2.833", "samples_less_one"),  # carried on
    ({"mode": "eval"}, "z_hat.1.1@1", "-1", "batch_statistics_later"),
]


@pytest.mark.parametrize(("how", "target", "typed", "name"), NORM, ids=[f"{n[1]}={n[2]}" for n in NORM])
def test_a_slip_of_batch_normalisation_is_named(how, target, typed, name):
    found = grade(asked(normed(**how))[target], typed)
    assert (found.kind, name in found.candidates) == ("slip", True), (found.kind, found.candidates)


def two_normed():
    """Two neurons: z = 0.81, 0.87, -0.22, 2.29 and -1.03, 2.19, 1.86, -0.27; of the samples in turn both together come to -0.22,
    3.06, 1.64 and 2.02."""
    norm = BatchNorm([1.3, -0.7], [0.2, 0.4], eps=0.3, momentum=0.1, running_mean=[0.4, -0.6], running_var=[1.7, 2.1])
    network = Network([Layer([[0.8, 0.3], [-0.4, 1.1]], None, "tanh", batch_norm=norm)])
    x = [[1.2, -0.5], [0.3, 2.1], [-0.8, 1.4], [2.6, 0.7]]
    return regular_pass(network, x, [[0.3, 0.6]] * 4, sample=1)


AXIS = [("mean.1.1", "-0.11"), ("mean.1.2", "1.53"), ("mean.1.1", "1.01"), ("running_mean_new.1.1", "0.349")]


@pytest.mark.parametrize(("target", "typed"), AXIS)
def test_a_mean_over_the_neurons_of_a_sample_in_the_place_of_that_over_the_samples_is_named(target, typed):
    found = grade(asked(two_normed())[target], typed)
    assert (found.kind, found.misconception) == ("slip", "neurons_averaged"), (found.kind, found.candidates)


EACH = {"expression": expression(EVERYTHING, {"x": 0.73, "y": 2.31}), "note": NOTE, "batch": BATCH}
OTHER = {"z": (1.1, 2.7, 5.3, 6.2), "y": 0.3}
EACH |= {
    "norm": normed(reduction="mean", act="tanh", cost="squared_error", sample=3, **OTHER),
    "norm later": normed("eval", act="sigmoid", sample=2, **OTHER),
}
EACH |= {name: of_spread(spread(name, 3, 7, 0.7, 0.31)) for name in SCHEMES}


@pytest.mark.parametrize("worked", EACH.values(), ids=EACH)
def test_every_slip_is_recognised_where_it_is_made_and_said_in_words(worked, language):
    for question in questions_about(worked):
        numbers = question.compiled.numbers(question.inputs)[1:]
        for slip, value in zip(question.compiled.slips, numbers, strict=True):
            typed = f"{value:.4g}"
            if isfinite(value) and not question.tolerance.is_right(float(typed)):
                found = grade(question, typed)
                assert slip.name in found.candidates, (question.target, slip.name, typed)
                assert CATALOGUE[found.misconception].title in found.message(language)
                assert usual_look(question, language).symbol(question.target)


def test_a_slip_made_earlier_is_recognised_further_down():
    rng, cases, named = np.random.default_rng(0), 0, 0
    for worked in EACH.values():
        for question in questions_about(worked):
            before = [step for step in question.chain.steps[:-1] if step.slips]
            for step in (before[i] for i in rng.permutation(len(before))[:2]):
                n = int(rng.integers(len(step.slips)))
                value = carried(question, step.step.target, n)
                if isfinite(value) and not question.tolerance.is_right(float(f"{value:.4g}")):
                    cases += 1
                    named += step.slips[n].name in grade(question, f"{value:.4g}").candidates
    assert cases > 60 and named >= 0.9 * cases, (named, cases)
