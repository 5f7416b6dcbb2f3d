"""The one thing the views take: steps with their numbers, and how they are drawn and named."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import sympy as sp

from mlp_core import Derivation, NonFinite, Quantity, Step
from mlp_core.writing.names import Name

from .plan import Plan

Unfolding = tuple[sp.Expr, list[sp.Expr], sp.Symbol]


class Values(Protocol):
    """Numbers by their address: a Trace, an Update or a dict."""

    def __getitem__(self, quantity: Quantity, /) -> float: ...


def known(values: Values, quantity: Quantity) -> float | None:
    """The value, or None where a factor of a fused delta is not finite."""
    try:
        return values[quantity]
    except NonFinite:
        return None


@dataclass(frozen=True, eq=False)
class Worked:
    """Steps in order, the numbers of everything given and computed, and how it is drawn.

    key: what the steps depend on, equal for two of the same shape; texts: the room whose texts ask and explain; names: how
    quantities are called that no notation has a letter for; sizes: neurons per layer, where there are layers; shared: the
    layers (from 1) whose neurons share one bias; batch: how many samples there are, 0 for one alone; sample: which of them is
    worked out, 0 for all; normalised: where the derivatives of a sample are those of the loss of all, the layers with batch
    normalisation; editable: what of the given a person may change; own: the quantity of a network that one of a graph stands
    for, by which it is changed; unfold: how SymPy gets the local derivative of a step: a function, the forms of its derivative
    and the variable; unfolds: whether a step has one, which costs nothing to ask; after: what the steps before the update give
    with the new parameters, None where nothing is updated (NonFinite where it overflows).
    """

    steps: Derivation
    values: Values
    plan: Plan
    key: Hashable
    texts: str = "walk"
    names: Mapping[Quantity, Name] = field(default_factory=dict)
    sizes: tuple[int, ...] = ()
    shared: frozenset[int] = frozenset()
    editable: frozenset[Quantity] = frozenset()
    own: Mapping[Quantity, Quantity] = field(default_factory=dict)
    batch: int = 0
    sample: int = 0
    normalised: frozenset[int] | None = None
    unfold: Callable[[Step], Unfolding | None] = lambda step: None
    unfolds: Callable[[Step], bool] = lambda step: False
    after: Callable[[], Values] | None = None
    _read: dict[Quantity, float | None] = field(default_factory=dict, init=False, repr=False)

    @property
    def given(self) -> tuple[Quantity, ...]:
        """What no step computes: samples, parameters, settings."""
        return self.steps.given

    def value(self, quantity: Quantity) -> float | None:
        """The number; None where it is not finite, as a factor of a fused delta may be."""
        try:
            return self._read[quantity]
        except KeyError:
            found = self._read[quantity] = known(self.values, quantity)
            return found

    def step(self, target: Quantity) -> Step:
        """The step that computes a quantity; ValueError when there is none."""
        return self.steps[target]

    def with_values(self, values: Values) -> Worked:
        """The same steps with other numbers."""
        return replace(self, values=values)
