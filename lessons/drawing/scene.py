"""What a picture or a ledger shows: a Worked at one of its steps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from mlp_core import Quantity, Step
from mlp_core.steps import Phase

from ..style import Look
from ..worked import Worked
from .data import State


@dataclass(frozen=True)
class Scene:
    """The Worked, which of its quantities are known so far, and what is lit.

    revealed: the targets computed so far (what is given is always known); target and inputs: of the step on show; picked: the
    id of an element that a person picked, or empty.
    """

    worked: Worked
    look: Look
    phase: Phase
    revealed: frozenset[Quantity]
    target: Quantity | None = None
    inputs: tuple[Quantity, ...] = ()
    picked: str = ""

    @classmethod
    def at(cls, worked: Worked, look: Look, step: Step, picked: str = "", waits: bool = False) -> Scene:
        """The scene of one step: everything up to it is known, itself too unless its value waits."""
        done = worked.steps.steps[: worked.steps.position(step.target) + (not waits)]
        return cls(worked, look, step.phase, frozenset(s.target for s in done), step.target, step.inputs, picked)

    @classmethod
    def of(cls, worked: Worked, look: Look, phase: Phase, picked: str = "") -> Scene:
        """The scene with everything up to a phase known, and nothing lit."""
        phases = tuple(Phase)[: tuple(Phase).index(phase) + 1]
        return cls(worked, look, phase, frozenset(s.target for s in worked.steps.phase(*phases)), picked=picked)

    @cached_property
    def _lit(self) -> frozenset[Quantity]:
        return frozenset(self.inputs)

    @cached_property
    def lit(self) -> frozenset[str]:
        """The elements that stand for an input of the step on show."""
        return frozenset(self.worked.plan.element(q) for q in self.inputs)

    @cached_property
    def _hidden(self) -> frozenset[Quantity]:
        return self.worked.steps.targets - self.revealed

    def known(self, quantity: Quantity) -> bool:
        """Whether its number may be shown."""
        return quantity not in self._hidden

    def value(self, quantity: Quantity) -> float | None:
        """The number, or None while it is not known."""
        return self.worked.value(quantity) if self.known(quantity) else None

    def text(self, quantity: Quantity) -> str:
        """The number as text, a question mark while it is not known, ∞ where it is not finite."""
        value = self.value(quantity)
        if value is not None:
            return self.look.value(quantity, value)
        return "∞" if quantity in self.revealed else "?"

    def state(self, quantity: Quantity) -> State:
        """target, input, unknown or idle, for a single quantity."""
        if quantity == self.target:
            return "target"
        if quantity in self._lit:
            return "input"
        return "idle" if self.known(quantity) else "unknown"
