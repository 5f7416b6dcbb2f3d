"""The catalogue of misconceptions: each a wrong formula for the same target, for every law it spoils."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import sympy as sp

from mlp_core import Step
from mlp_core.functions import ACTIVATIONS
from mlp_core.steps import Phase

from .. import content, i18n
from ..style import name_of, together
from . import backward, forward, general, loss, update
from .course import activation, batch, decay, dropout, graph, initial, norm, perceptron, schedule
from .rule import Place, Rule, laws_of

ROUNDED = "rounded_early"  # the one without a formula of its own: the right one, with numbers rounded on the way


@dataclass(frozen=True, eq=False, init=False)
class Misconception:
    """A misconception: its name, and a rule for each law (or case of one) that it spoils; for one law there is one rule.

    commonness: how often it is made where it can be, from 0 to 1 for the commonest; texts: what is said of it, a title and a
    message, by language; where empty, the section of its name in texts/.
    """

    name: str
    rules: tuple[Rule, ...]
    commonness: float = 0.2
    texts: Mapping[str, str] = field(default_factory=dict)

    def __init__(self, name: str, *rules: Rule, commonness: float = 0.2, texts: Mapping[str, str] | None = None) -> None:
        if not 0 < commonness <= 1:
            raise ValueError(f"{name}: commonness lies above 0 and is at most 1, not {commonness!r}")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "rules", rules)
        object.__setattr__(self, "commonness", float(commonness))
        object.__setattr__(self, "texts", dict(texts or {}))
        laws = [law for rule in rules for law in rule.laws]
        if len(set(laws)) < len(laws):
            raise ValueError(f"{name}: two rules for the same law")

    def rule(self, step: Step) -> Rule | None:
        """The rule for a step: that of its case, else that of its law."""
        return next((self._by_law[law] for law in laws_of(step) if law in self._by_law), None)

    @cached_property
    def _by_law(self) -> dict[str, Rule]:
        return {law: rule for rule in self.rules for law in rule.laws}

    def formulas(self, place: Place) -> Iterator[sp.Expr]:
        """The formulas it gives at this place, the likeliest first; none where it does not apply."""
        rule = self.rule(place.step)
        if rule:
            yield from rule.wrong(place)

    def page(self, step: Step) -> str:
        """The page that explains the matter where it spoils this step: that of the rule, else that of the step's phase."""
        rule = self.rule(step)
        return rule.page if rule and rule.page else step.phase

    def page_of(self, phase: Phase) -> str:
        """``page`` of a step of which no more than the phase is known."""
        return next((rule.page for rule in self.rules if rule.page), phase)

    def told(self, target: str, step: Step | None = None) -> tuple[str, str]:
        """Title and message in the language in use, ``target`` put in; of the law of ``step`` where it is said in its own way."""
        title, *message = self._lines(target, step)
        return title, together(*message) if message else ""

    def remedy(self, target: str, step: Step | None = None) -> str:
        """What to do instead, whoever made the slip; empty where only the slip is described."""
        return self._lines(target, step)[-1] if len(self._lines(target, step)) > 2 else ""

    @property
    def title(self) -> str:
        """Its name as it stands in a list, in the language in use."""
        return self._lines("", None)[0]

    def _lines(self, target: str, step: Step | None) -> list[str]:
        """The title, what was done, and what to do instead."""
        own = self.texts.get(i18n.language()) or self.texts.get("en")
        text = own or content.section("misconceptions", self._key(step))
        return text.format(target=target, **_activations(step)).split("\n")

    def _key(self, step: Step | None) -> str:
        """The section about a step: that of its rule, else that of its law, else the one about all."""
        keys = [f"{self.name}.{law}" for law in laws_of(step)] if step else []
        return next((key for key in keys if key in content.sections("misconceptions", "en")), self.name)


def _activations(step: Step | None) -> dict[str, str]:
    """What the activation of a step is called, and the one that is taken for it."""
    record = ACTIVATIONS.get(step.rule.partition(".")[2]) if step else None
    return {"this": name_of(record.name), "other": name_of(record.lookalike)} if record else {"this": "", "other": ""}


CATALOGUE: dict[str, Misconception] = {}


def enter(misconception: Misconception) -> None:
    """Add a misconception at the end of the catalogue; ValueError for a name that is taken, or without its texts."""
    name = misconception.name
    if name in CATALOGUE:
        raise ValueError(f"there is a misconception {name} already")
    if not misconception.texts and name not in content.sections("misconceptions", "en"):
        raise ValueError(f"{name}: nothing is said of it, neither by itself nor in texts/")
    CATALOGUE[name] = misconception


for _each in (
    # Where one number fits several, the first is named first. So the order is that of the way through the network, since
    # a slip is made where its law stands, not further on; of one law, what is left out (the commonest slip) goes
    # before what is put in its place; last comes what fits any number, and says least about it.
    #
    # z and a
    Misconception("bias_left_out", forward.bias_left_out, perceptron.bias_left_out, commonness=0.5),
    Misconception(
        "transposed",
        forward.transposed,
        backward.transposed,
        backward.gradient_transposed,
        batch.transposed,
        commonness=0.3,
    ),
    Misconception("wrong_neuron", forward.wrong_neuron, backward.wrong_neuron, commonness=0.3),
    Misconception(
        "weights_swapped",
        forward.weights_swapped,
        backward.weights_swapped,
        perceptron.weights_swapped,
        commonness=0.3,
    ),
    Misconception("input_instead_of_activation", forward.input_instead_of_activation, commonness=0.15),
    Misconception("z_instead_of_a", forward.z_instead_of_a, commonness=0.3),
    Misconception(
        "sign_slip",
        forward.sign_slip,
        loss.sign_slip,
        backward.sign_slip,
        graph.sign_slip,
        perceptron.sign_slip,
        norm.sign_slip,
        norm.one_sign_lost,
        commonness=0.7,
    ),
    Misconception("operands_exchanged", graph.operands_exchanged, commonness=0.3),
    Misconception("degrees", graph.degrees, schedule.degrees, commonness=0.4),
    Misconception("other_extreme", graph.other_extreme, commonness=0.2),
    Misconception("activation_left_out", forward.activation_left_out, commonness=0.4),
    Misconception("exponent_sign", forward.exponent_sign, graph.exponent_sign, commonness=0.4),
    Misconception(
        "wrong_activation", forward.wrong_activation, backward.wrong_activation, graph.wrong_activation, commonness=0.2,
    ),
    Misconception("derivative_instead", forward.derivative_instead, commonness=0.1),
    Misconception("not_normalised", forward.not_normalised, commonness=0.2),
    Misconception("exponentials_left_out", forward.exponentials_left_out, commonness=0.3),
    # the class of a perceptron
    Misconception("zero_for_minus_one", perceptron.zero_for_minus_one, commonness=0.5),
    Misconception("side_for_the_line", perceptron.side_for_the_line, commonness=0.4),
    Misconception("score_instead_of_class", perceptron.score_instead_of_class, commonness=0.2),
    Misconception("line_not_missed", perceptron.line_not_missed, commonness=0.6),
    Misconception("hits_counted", perceptron.hits_counted, commonness=0.2),
    # the loss
    Misconception(
        "square_left_out",
        loss.square_left_out,
        backward.square_left_out,
        update.square_left_out,
        graph.square_left_out,
        graph.square_of_tanh_left_out,
        initial.square_left_out,
        commonness=0.4,
    ),
    Misconception("loss_constant", loss.loss_constant, commonness=0.5),
    Misconception("minus_lost", loss.minus_lost, loss.minus_lost_in_slope, commonness=0.7),
    Misconception("log_base_ten", loss.log_base_ten, graph.log_base_ten, commonness=0.3),
    Misconception("log_of_the_wrong_term", loss.log_of_the_wrong_term, commonness=0.3),
    Misconception(
        "binary_for_categorical", loss.binary_for_categorical, loss.binary_for_categorical_slope, commonness=0.2
    ),
    Misconception(
        "second_term_left_out", loss.second_term_left_out, loss.second_term_left_out_of_slope, commonness=0.3,
    ),
    Misconception("one_output", loss.one_output, commonness=0.2),
    Misconception("squared_sum", loss.squared_sum, commonness=0.1),
    Misconception("labels_ignored", perceptron.labels_ignored, commonness=0.4),
    Misconception("all_samples", perceptron.all_samples, commonness=0.5),
    # the slope of the loss
    Misconception(
        "factor_two_lost",
        backward.factor_two_lost,
        backward.factor_two_lost_on_the_way,
        graph.factor_two_lost,
        norm.factor_two_lost,
        commonness=1,
    ),
    Misconception(
        "factor_two_twice", backward.factor_two_twice, backward.factor_two_twice_on_the_way, commonness=0.3,
    ),
    Misconception("factor_two_added", backward.factor_two_added, commonness=0.5),
    Misconception(
        "difference_reversed",
        backward.difference_reversed,
        backward.difference_reversed_on_the_way,
        commonness=0.9,
    ),
    Misconception("mean_left_out", backward.mean_left_out, commonness=0.4),
    Misconception("not_differentiated", backward.not_differentiated, commonness=0.1),
    Misconception("fused_too_early", backward.fused_too_early, commonness=0.3),
    Misconception("slope_in_fused", backward.slope_in_fused, commonness=0.4),
    Misconception("target_left_out", backward.target_left_out, backward.target_left_out_of_quotient, commonness=0.1),
    # the slope of the activation
    Misconception("slope_at_a", backward.slope_at_a, backward.slope_at_a_on_the_way, commonness=0.4),
    Misconception("slope_plus", backward.slope_plus, graph.slope_plus, commonness=0.2),
    Misconception("factor_dropped", backward.factor_dropped, graph.factor_dropped, commonness=0.2),
    Misconception("corner_has_slope", activation.corner_has_slope, commonness=0.6),
    Misconception("greatest_slope", activation.greatest_slope, commonness=0.3),
    Misconception(
        "slope_left_out",
        backward.slope_is_one,
        backward.slope_left_out,
        backward.slope_left_out_ahead,
        backward.slope_left_out_on_the_way,
        commonness=1,
    ),
    Misconception(
        "softmax_elementwise",
        backward.softmax_elementwise,
        backward.softmax_elementwise_on_the_way,
        commonness=0.4,
    ),
    Misconception("jacobian_case", backward.jacobian_case, commonness=0.2),
    # the local derivative of an operation
    Misconception("function_instead", activation.function_instead, graph.function_instead, commonness=0.2),
    Misconception("operand_instead_of_value", graph.operand_instead_of_value, commonness=0.3),
    Misconception("wrong_operand", graph.wrong_operand, commonness=0.6),
    Misconception("taken_for_constant", graph.taken_for_constant, commonness=0.3),
    Misconception("product_rule_for_sum", graph.product_rule_for_sum, commonness=0.4),
    Misconception("numerator_left_out", graph.numerator_left_out, commonness=0.3),
    Misconception("exponent_not_reduced", graph.exponent_not_reduced, norm.exponent_not_reduced, commonness=0.5),
    Misconception("exponent_left_out", graph.exponent_left_out, norm.exponent_left_out, commonness=0.4),
    Misconception("power_rule_for_exponential", graph.power_rule_for_exponential, commonness=0.4),
    Misconception("log_left_out", graph.log_left_out, commonness=0.3),
    Misconception("let_through", graph.let_through, commonness=0.5),
    Misconception("wrong_way_round", graph.wrong_way_round, commonness=0.3),
    Misconception("sign_of_size_left_out", graph.sign_of_size_left_out, commonness=0.5),
    # the chain rule
    Misconception("slope_twice", backward.slope_twice, commonness=0.2),
    Misconception("factors_added", backward.factors_added, graph.factors_added, commonness=0.1),
    Misconception("local_left_out", graph.local_left_out, commonness=0.7),
    Misconception("upstream_left_out", graph.upstream_left_out, commonness=0.7),
    Misconception("slopes_between", activation.slopes_between, commonness=0.4),
    Misconception("upstream_weight_left_out", backward.upstream_weight_left_out, commonness=0.4),
    Misconception("one_path", backward.one_path, graph.one_path, commonness=0.4),
    Misconception("updated_weights", backward.updated_weights, commonness=0.4),
    Misconception("old_weights", backward.old_weights, commonness=0.6),
    Misconception("activation_instead_of_weight", backward.activation_instead_of_weight, commonness=0.2),
    Misconception("own_activation", backward.own_activation, commonness=0.3),
    Misconception(
        "last_factor_left_out",
        backward.last_factor_left_out,
        perceptron.last_factor_left_out,
        norm.last_factor_left_out,
        commonness=0.4,
    ),
    Misconception("weight_instead_of_activation", backward.weight_instead_of_activation, commonness=0.3),
    Misconception("bias_gradient_zero", backward.bias_gradient_zero, perceptron.bias_gradient_zero, commonness=0.2),
    Misconception("bias_gradient_is_bias", backward.bias_gradient_is_bias, commonness=0.1),
    Misconception("bias_has_input", backward.bias_has_input, perceptron.bias_has_input, commonness=0.3),
    # a batch
    Misconception("batch_mean_forgotten", batch.batch_mean_forgotten, norm.batch_mean_forgotten, commonness=0.7),
    Misconception("batch_mean_taken", batch.batch_mean_taken, norm.batch_mean_taken, commonness=0.4),
    Misconception("batch_divided_twice", batch.batch_divided_twice, norm.batch_divided_twice, commonness=0.3),
    Misconception("batch_last_sample", batch.batch_last_sample, norm.batch_last_sample, commonness=0.3),
    Misconception("batch_row_sum", batch.batch_row_sum, commonness=0.4),
    Misconception("axis_left_out", batch.axis_left_out, commonness=0.4),
    Misconception("mean_of_entries", batch.mean_of_entries, commonness=0.3),
    # the first weights of a layer
    Misconception("one_count_for_both", initial.one_count_for_both, commonness=0.7),
    Misconception("counts_exchanged", initial.counts_exchanged, initial.counts_exchanged_in_sum, commonness=0.6),
    Misconception("both_counts_for_one", initial.both_counts_for_one, commonness=0.4),
    Misconception(
        "limit_and_deviation", initial.limit_and_deviation, initial.limit_taken_for_deviation, commonness=0.7,
    ),
    Misconception("variance_for_scale", initial.variance_for_scale, commonness=0.6),
    Misconception("variance_two_lost", initial.variance_two_lost, commonness=0.6),
    Misconception("limit_taken_for_width", initial.limit_taken_for_width, commonness=0.2),
    Misconception("count_left_out", initial.count_left_out, commonness=0.4),
    Misconception("deviations_added", initial.deviations_added, commonness=0.3),
    Misconception(
        "deviation_for_variance", initial.deviation_for_variance, norm.deviation_for_variance, norm.running_deviation,
        commonness=0.3,
    ),
    # batch normalisation
    Misconception("samples_less_one", norm.samples_less_one, commonness=0.6),
    Misconception("samples_not_averaged", norm.samples_not_averaged, commonness=0.3),
    Misconception("neurons_averaged", norm.neurons_averaged, commonness=0.5),
    Misconception("mean_not_subtracted", norm.mean_not_subtracted, commonness=0.3),
    Misconception("epsilon_left_out", norm.epsilon_left_out, commonness=0.4),
    Misconception("batch_statistics_later", norm.batch_statistics_later, commonness=0.6),
    Misconception("running_statistics_early", norm.running_statistics_early, commonness=0.3),
    Misconception("shift_before_scale", norm.shift_before_scale, commonness=0.3),
    Misconception("gamma_left_out", norm.gamma_left_out, commonness=0.4),
    Misconception("beta_left_out", norm.beta_left_out, commonness=0.4),
    Misconception("scale_and_shift_exchanged", norm.scale_and_shift_exchanged, commonness=0.2),
    Misconception("raw_for_normalised", norm.raw_for_normalised, commonness=0.4),
    Misconception("statistics_held_fixed", norm.statistics_held_fixed, commonness=0.8),
    Misconception("variance_path_forgotten", norm.variance_path_forgotten, commonness=0.6),
    Misconception("mean_path_forgotten", norm.mean_path_forgotten, commonness=0.6),
    Misconception("paths_not_shared", norm.paths_not_shared, commonness=0.3),
    Misconception("running_old_forgotten", norm.running_old_forgotten, commonness=0.3),
    Misconception("shares_not_one", norm.shares_not_one, commonness=0.4),
    Misconception("shares_exchanged", norm.shares_exchanged, commonness=0.5),
    Misconception("shares_halved", norm.shares_halved, commonness=0.2),
    Misconception("running_not_corrected", norm.running_not_corrected, commonness=0.6),
    Misconception("correction_upside_down", norm.correction_upside_down, commonness=0.2),
    # dropout
    Misconception("scale_left_out", dropout.scale_left_out, commonness=0.6),
    Misconception("mask_ignored", dropout.mask_ignored, commonness=0.3),
    Misconception("mask_not_backwards", dropout.mask_not_backwards, commonness=0.6),
    Misconception("scale_by_dropped", dropout.scale_by_dropped, commonness=0.5),
    Misconception("mask_reversed", dropout.mask_reversed, commonness=0.4),
    Misconception("scale_multiplied", dropout.scale_multiplied, commonness=0.3),
    Misconception("scale_twice", dropout.scale_twice, commonness=0.2),
    # the learning rate of an epoch
    Misconception("factor_alone", schedule.factor_alone, commonness=0.4),
    Misconception("epoch_from_one", schedule.epoch_from_one, commonness=0.6),
    Misconception("decay_compounded", schedule.decay_compounded, commonness=0.5),
    Misconception("floor_left_out", schedule.floor_left_out, commonness=0.5),
    Misconception("decay_subtracted", schedule.decay_subtracted, commonness=0.3),
    Misconception("half_left_out", schedule.half_left_out, commonness=0.4),
    # the update
    Misconception("ascent", update.ascent, update.ascent_applied, perceptron.ascent, commonness=0.9),
    Misconception("lr_in_velocity", update.lr_in_velocity, commonness=0.2),
    Misconception("lookahead_left_out", update.lookahead_left_out, commonness=0.3),
    Misconception("momentum_sign", update.momentum_sign, commonness=0.4),
    Misconception("velocity_forgotten", update.velocity_forgotten, commonness=0.3),
    Misconception("momentum_averaged", update.momentum_averaged, commonness=0.1),
    Misconception("lr_missing", update.lr_missing, update.lr_missing_applied, perceptron.lr_missing, commonness=0.6),
    Misconception("lr_twice", update.lr_twice, update.lr_twice_applied, commonness=0.2),
    Misconception("rates_swapped", update.rates_swapped, commonness=0.2),
    Misconception("one_minus_left_out", update.one_minus_left_out, commonness=0.2),
    Misconception("betas_swapped", update.betas_swapped, commonness=0.1),
    Misconception("m_v_swapped", update.m_v_swapped, update.m_v_swapped_in_step, commonness=0.1),
    Misconception(
        "no_bias_correction",
        update.no_bias_correction,
        update.no_bias_correction_in_step,
        update.no_bias_correction_applied,
        commonness=0.6,
    ),
    Misconception("correction_multiplied", update.correction_multiplied, commonness=0.1),
    Misconception("t_left_out", update.t_left_out, commonness=0.2),
    Misconception("epsilon_placed", update.epsilon_placed, norm.epsilon_placed, commonness=0.1),
    Misconception("root_left_out", update.root_left_out, norm.root_left_out, commonness=0.3),
    Misconception("division_left_out", update.division_left_out, update.division_left_out_applied, commonness=0.4),
    Misconception("bias_unchanged", update.bias_unchanged, perceptron.bias_unchanged, commonness=0.7),
    Misconception("weight_unchanged", update.weight_unchanged, perceptron.weight_unchanged, commonness=0.7),
    Misconception("old_left_out", update.old_left_out, perceptron.old_left_out, commonness=0.3),
    # weight decay
    Misconception("decay_two_lost", decay.decay_two_lost, commonness=0.7),
    Misconception("decay_half_lost", decay.decay_half_lost, commonness=0.6),
    Misconception("decay_sign", decay.decay_sign, decay.decay_sign_applied, commonness=0.5),
    Misconception("decay_forgotten", decay.decay_forgotten, decay.decay_forgotten_applied, commonness=0.5),
    Misconception("decay_not_differentiated", decay.decay_not_differentiated, commonness=0.3),
    Misconception("penalty_square_left_out", decay.penalty_square_left_out, commonness=0.3),
    Misconception(
        "decay_of_biases",
        decay.decay_of_biases,
        decay.decay_of_biases_stepped,
        decay.decay_of_biases_applied,
        commonness=0.5,
    ),
    Misconception("penalty_of_last_layer", decay.penalty_of_last_layer, commonness=0.3),
    Misconception("decay_without_rate", decay.decay_without_rate, commonness=0.5),
    Misconception("decay_in_moments", decay.decay_in_moments, commonness=0.5),
    # anything
    Misconception("neighbour", general.neighbour, commonness=0.3),
    Misconception(ROUNDED, commonness=0.3),
):
    enter(_each)
