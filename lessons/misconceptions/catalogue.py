"""The catalogue of misconceptions: each a wrong formula for the same target, for every law it spoils."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import sympy as sp

from mlp_core import Step
from mlp_core.steps import Phase

from .. import content, i18n
from . import backward, forward, general, loss, update
from .rule import Place, Rule

ROUNDED = "rounded_early"  # the one without a formula of its own: the right one, with numbers rounded on the way


@dataclass(frozen=True, eq=False, init=False)
class Misconception:
    """A misconception: its name, and a rule for each law (or case of one) that it spoils; for one law there is one rule.

    texts: what is said of it, a title and a message, by language; where empty, the section of its name in texts/.
    """

    name: str
    rules: tuple[Rule, ...]
    texts: Mapping[str, str] = field(default_factory=dict)

    def __init__(self, name: str, *rules: Rule, texts: Mapping[str, str] | None = None) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "rules", rules)
        object.__setattr__(self, "texts", dict(texts or {}))
        laws = [law for rule in rules for law in rule.laws]
        if len(set(laws)) < len(laws):
            raise ValueError(f"{name}: two rules for the same law")

    def rule(self, step: Step) -> Rule | None:
        """The rule for a step: that of its case, else that of its law."""
        by_law = {law: rule for rule in self.rules for law in rule.laws}
        return by_law.get(step.rule) or by_law.get(step.law)

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

    def told(self, target: str) -> tuple[str, str]:
        """Title and message in the language in use, ``target`` put in."""
        text = self.texts.get(i18n.language()) or self.texts.get("en")
        filled = text.format(target=target) if text else content.text("misconceptions", self.name, target=target)
        title, _newline, message = filled.partition("\n")
        return title, message.strip()

    @property
    def title(self) -> str:
        """Its name as it stands in a list, in the language in use."""
        return self.told("")[0]


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
    Misconception("bias_left_out", forward.bias_left_out),
    Misconception("transposed", forward.transposed, backward.transposed),
    Misconception("wrong_neuron", forward.wrong_neuron, backward.wrong_neuron),
    Misconception("input_instead_of_activation", forward.input_instead_of_activation),
    Misconception("z_instead_of_a", forward.z_instead_of_a),
    Misconception("sign_slip", forward.sign_slip, backward.sign_slip),
    Misconception("activation_left_out", forward.activation_left_out),
    Misconception("exponent_sign", forward.exponent_sign),
    Misconception("wrong_activation", forward.wrong_activation, backward.wrong_activation),
    Misconception("derivative_instead", forward.derivative_instead),
    Misconception("not_normalised", forward.not_normalised),
    # the loss
    Misconception("square_left_out", loss.square_left_out, backward.square_left_out, update.square_left_out),
    Misconception("loss_constant", loss.loss_constant),
    Misconception("minus_lost", loss.minus_lost),
    Misconception("log_base_ten", loss.log_base_ten),
    Misconception("one_output", loss.one_output),
    Misconception("squared_sum", loss.squared_sum),
    # the slope of the loss
    Misconception("factor_two_lost", backward.factor_two_lost, backward.factor_two_lost_on_the_way),
    Misconception("factor_two_twice", backward.factor_two_twice, backward.factor_two_twice_on_the_way),
    Misconception("factor_two_added", backward.factor_two_added),
    Misconception("difference_reversed", backward.difference_reversed, backward.difference_reversed_on_the_way),
    Misconception("mean_left_out", backward.mean_left_out),
    Misconception("not_differentiated", backward.not_differentiated),
    Misconception("fused_too_early", backward.fused_too_early),
    Misconception("slope_in_fused", backward.slope_in_fused),
    Misconception("target_left_out", backward.target_left_out),
    # the slope of the activation
    Misconception("slope_at_a", backward.slope_at_a, backward.slope_at_a_on_the_way),
    Misconception("slope_plus", backward.slope_plus),
    Misconception("factor_dropped", backward.factor_dropped),
    Misconception(
        "slope_left_out",
        backward.slope_is_one,
        backward.slope_left_out,
        backward.slope_left_out_ahead,
        backward.slope_left_out_on_the_way,
    ),
    Misconception("softmax_elementwise", backward.softmax_elementwise, backward.softmax_elementwise_on_the_way),
    Misconception("jacobian_case", backward.jacobian_case),
    # the chain rule
    Misconception("slope_twice", backward.slope_twice),
    Misconception("factors_added", backward.factors_added),
    Misconception("upstream_weight_left_out", backward.upstream_weight_left_out),
    Misconception("one_path", backward.one_path),
    Misconception("updated_weights", backward.updated_weights),
    Misconception("activation_instead_of_weight", backward.activation_instead_of_weight),
    Misconception("own_activation", backward.own_activation),
    Misconception("last_factor_left_out", backward.last_factor_left_out),
    Misconception("weight_instead_of_activation", backward.weight_instead_of_activation),
    Misconception("bias_gradient_zero", backward.bias_gradient_zero),
    Misconception("bias_gradient_is_bias", backward.bias_gradient_is_bias),
    Misconception("bias_has_input", backward.bias_has_input),
    # the update
    Misconception("ascent", update.ascent, update.ascent_applied),
    Misconception("momentum_sign", update.momentum_sign),
    Misconception("velocity_forgotten", update.velocity_forgotten),
    Misconception("momentum_averaged", update.momentum_averaged),
    Misconception("lr_missing", update.lr_missing, update.lr_missing_applied),
    Misconception("lr_twice", update.lr_twice, update.lr_twice_applied),
    Misconception("rates_swapped", update.rates_swapped),
    Misconception("one_minus_left_out", update.one_minus_left_out),
    Misconception("betas_swapped", update.betas_swapped),
    Misconception("m_v_swapped", update.m_v_swapped, update.m_v_swapped_in_step),
    Misconception(
        "no_bias_correction",
        update.no_bias_correction,
        update.no_bias_correction_in_step,
        update.no_bias_correction_applied,
    ),
    Misconception("correction_multiplied", update.correction_multiplied),
    Misconception("t_left_out", update.t_left_out),
    Misconception("epsilon_placed", update.epsilon_placed),
    Misconception("root_left_out", update.root_left_out),
    Misconception("division_left_out", update.division_left_out, update.division_left_out_applied),
    Misconception("bias_unchanged", update.bias_unchanged),
    Misconception("weight_unchanged", update.weight_unchanged),
    Misconception("old_left_out", update.old_left_out),
    # anything
    Misconception("neighbour", general.neighbour),
    Misconception(ROUNDED),
):
    enter(_each)
