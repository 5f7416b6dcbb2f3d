"""One update by every optimiser, side by side, and what it changes in the network."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mlp_core import NonFinite, Quantity, Step, Trace, Update, trace
from mlp_core.optimisers import OPTIMISERS
from mlp_core.steps import Phase

from ..example import Example
from ..i18n import gettext as _
from ..i18n import mark
from ..problem import Problem
from ..style import name_of

TOO_LONG = mark("With the new parameters the numbers overflow in layer {n}: the learning rate is too large.")


def parameters(example: Example) -> list[Quantity]:
    """Every W and b of the example, in the order of its layers."""
    return [q for q in example.derivation.given if q.parameter]


def update_of(example: Example) -> Update:
    """The update that the chosen optimiser makes next."""
    return example.optimiser.step(example.network, example.trace, example.state)


def updated(example: Example) -> Example:
    """The example after the chosen optimiser's next update; Problem where its numbers overflow."""
    try:
        update = update_of(example)
    except NonFinite as error:
        raise Problem("update", TOO_LONG, n=error.layer) from None
    return example.updated(update.network, update.state)


def side_by_side(example: Example) -> dict[str, Update]:
    """The next update by each optimiser, then by those that say so with a switch the other way; all but the chosen one
    begin here."""
    every = [(example.settings.named(name), name) for name in OPTIMISERS]
    for one, name in [*every]:
        if one.compared:
            on, title = getattr(one, one.compared), name_of(one.compared)
            text = _("{optimiser} without {switch}") if on else _("{optimiser} with {switch}")
            every.append((replace(one, **{one.compared: not on}), text.format(optimiser=name, switch=title)))
    chosen, state = example.settings.optimiser, example.state
    network, passed = example.network, example.trace
    return {title: one.step(network, passed, state if one.name == chosen else None) for one, title in every}


def steps_of(update: Update, parameter: Quantity) -> list[Step]:
    """The Steps of one parameter; empty when it is frozen."""
    return [s for s in update.steps if s.target.beside(s.target.parameter) == parameter]


def is_frozen(example: Example, parameter: Quantity) -> bool:
    """Whether no update changes this parameter."""
    return parameter.kind in example.network.layers[parameter.layer - 1].frozen


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
    after = trace(update.network, example.x, example.y)
    forward = [step.target for step in example.derivation.phase(Phase.FORWARD, Phase.LOSS)]
    shown = sorted([*parameters(example), *forward], key=lambda q: (q.kind == "C", q.layer, "Wbza".find(q.kind)))
    return after, [Change(q, example.trace[q], after[q]) for q in shown]
