"""One update by every optimiser, side by side, what it changes in the network, and whether it was a good one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from mlp_core import Decay, NonFinite, Quantity, Step, Trace, Update, trace
from mlp_core.network import DividesByZero
from mlp_core.optimisers import OPTIMISERS
from mlp_core.steps import Phase

from ..example import Example
from ..i18n import gettext as _
from ..i18n import mark
from ..problem import Problem
from ..style import Look, name_of, together
from ..worked import Penalised, Worked, of_update

LIVELY, FLAT = 1e-2, 1e-4  # slopes of an activation: of a neuron that learns, and of one that is saturated
GONE = 1e-3  # of its largest gradient is left where a network has stopped learning
MOST_NAMED = 4  # neurons
BY_ZERO = mark("The update divides by 0 in layer {n}: a gradient there is 0, and so is ε. Take an ε above 0.")
TOO_LONG = mark("With the new parameters the numbers overflow in layer {n}: the learning rate is too large.")


def parameters(example: Example) -> list[Quantity]:
    """Every W and b of the example, in the order of its layers."""
    return [q for q in example.derivation.given if q.given and q.parameter]


def update_of(example: Example) -> Update:
    """The update that the chosen optimiser makes next."""
    chosen = example.settings
    return example.optimiser.step(example.network, example.trace, example.state, chosen.sequential, chosen.shrinking())


def worked_update(example: Example) -> Worked:
    """The pass and that update, as the views take them; of several samples the one that is shown is worked out."""
    return of_update(update_of(example), example.view.sample)


def impossible(error: NonFinite) -> Problem:
    """Why an update cannot be made, or its network not be computed with."""
    return Problem("update", BY_ZERO if isinstance(error, DividesByZero) else TOO_LONG, n=error.layer)


def updated(example: Example) -> Example:
    """The example after the chosen optimiser's next update; Problem where its numbers overflow."""
    try:
        update = update_of(example)
    except NonFinite as error:
        raise impossible(error) from None
    return example.updated(update.network, update.state)


def side_by_side(example: Example) -> dict[str, Update]:
    """The next update by each optimiser, then by those that say so with a switch the other way; all but the chosen one
    begin here. One that would divide by 0 is left out."""
    every = [(example.settings.named(name), name) for name in OPTIMISERS]
    for one, name in [*every]:
        if one.compared:
            on, title = getattr(one, one.compared), name_of(one.compared)
            text = _("{optimiser} without {switch}") if on else _("{optimiser} with {switch}")
            every.append((replace(one, **{one.compared: not on}), text.format(optimiser=name, switch=title)))
    chosen, state = example.settings.optimiser, example.state
    network, passed = example.network, example.trace
    sequential = example.settings.sequential
    found = {}
    for one, title in every:
        with suppress(DividesByZero):
            own = example.settings.shrinking(one.name)
            found[title] = one.step(network, passed, state if one.name == chosen else None, sequential, own)
    return found


def steps_of(update: Update, parameter: Quantity) -> list[Step]:
    """The Steps of one parameter; empty when it is frozen. Where its gradient was made once more, with the Steps of that."""
    made = {s.target: s for s in update.steps if s.target.again}
    own = [s for s in update.steps if s.target not in made and s.target.beside(s.target.parameter) == parameter]
    again: list[Step] = []
    open_ = [q for s in own for q in s.inputs if q.again]
    while open_:
        if (step := made[open_.pop()]) not in again:
            again.append(step)
            open_ += [q for q in step.inputs if q.again and q.layer == parameter.layer]
    return [s for s in update.steps if s in again or s in own]


def is_frozen(example: Example, parameter: Quantity) -> bool:
    """Whether no update changes this parameter."""
    return parameter.kind in example.network.layers[parameter.layer - 1].frozen


def gradient_of(update: Update, parameter: Quantity) -> Quantity:
    """The address of the gradient that moved a parameter: its own, or the one made once more through updated weights."""
    again = update.sequential and update.again[parameter.layer - 1] is not None
    return parameter.beside(f"d{parameter.kind}{'_new' if again else ''}")


def new_of(parameter: Quantity) -> Quantity:
    """The address of a parameter after the update."""
    return parameter.beside(f"{parameter.kind}_new")


@dataclass(frozen=True)
class Change:
    """One quantity before and after an update."""

    quantity: Quantity
    before: float
    after: float

    @property
    def difference(self) -> float:
        """After minus before."""
        return self.after - self.before


def changes(example: Example, update: Update) -> tuple[Trace, list[Change]]:
    """The forward pass with the new parameters, and every parameter, z, a and the loss before and after.

    Raises NonFinite when the new parameters no longer give finite numbers.
    """
    after = trace(update.network, *example.model.data)
    numbers = Penalised.of(after, update.decay)
    forward = [step.target for step in example.derivation.phase(Phase.FORWARD, Phase.LOSS)]
    shown = sorted([*parameters(example), *forward], key=lambda q: (q.family == "loss", q.layer, "Wbza".find(q.kind)))
    return after, [Change(q, example.worked.values[q], numbers[q]) for q in shown]


def penalised(passed: Trace, decay: Decay | None) -> float:
    """What is made small: the loss of a pass, with its penalty where there is one."""
    return passed.loss + (decay.penalty(passed.network) if decay else 0.0)


def largest_gradient(trace: Trace) -> float:
    """Of all parameters that an update changes; 0 where it changes none."""
    gradients = [
        float(np.abs(gradient).max())
        for layer, t in zip(trace.network.layers, trace.layers, strict=True)
        for parameter, gradient in (("W", t.dW), ("b", t.db))
        if gradient is not None and parameter not in layer.frozen
    ]
    return max(gradients, default=0.0)


def slopes(trace: Trace) -> dict[Quantity, float]:
    """How steep the activation is where each neuron stands, by the address of its a; of those that can saturate at both ends.

    Of several samples that counts where it is steepest: a neuron that learns from one of them is not saturated.
    """
    found = {}
    for k, (layer, t) in enumerate(zip(trace.network.layers, trace.layers, strict=True), 1):
        record = layer.record
        if record.slope is None or not all(map(isfinite, record.range)):
            continue
        with np.errstate(all="ignore"):
            steep = np.abs(record.slope(t.z, t.a))
        for i, slope in enumerate(steep.reshape(-1, steep.shape[-1]).max(axis=0), 1):
            found[Quantity("a", k, (i,))] = float(slope)
    return found


def saturated(trace: Trace) -> list[Quantity]:
    """The neurons whose activation is flat where they stand, by the address of their a."""
    return [q for q, slope in slopes(trace).items() if slope < FLAT]


def verdict(before: Trace, after: Trace, look: Look, decay: Decay | None = None) -> tuple[bool, str]:
    """Was this a good update, and the sentence that says so; neurons stand in it as formulas. decay: how weights decay."""
    old, new = penalised(before, decay), penalised(after, decay)
    lively = slopes(before)
    driven = [q for q in saturated(after) if lively[q] > LIVELY]
    if driven:
        begin = (
            _("The loss has become smaller, but the step was far too long: it has saturated {neurons}.")
            if new < old
            else _("The loss has grown: the step was far too long and has saturated {neurons}.")
        )
        named = _(", ").join(f"${look.symbol(q)}$" for q in driven[:MOST_NAMED])
        neurons = _("{names} and others").format(names=named) if len(driven) > MOST_NAMED else named
        gone = largest_gradient(after) <= GONE * largest_gradient(before)
        then = (
            _("The activation is flat there, and the gradients are nearly 0 from here on: hardly anything more is learnt.")
            if gone
            else _("The activation is flat there, and hardly any gradient passes through.")
        )
        return False, together(begin.format(neurons=neurons), then, _("Try a smaller learning rate."))
    if new < old:
        return True, _("The loss has become smaller: this update has worked.")
    if new > old:
        return False, _("The loss has grown: the step was too long. Try a smaller learning rate.")
    if saturated(before):
        return False, _("The loss has not moved: neurons are saturated, and the gradients are nearly 0.")
    return False, _("The loss has not moved: every gradient that counts is 0.")
