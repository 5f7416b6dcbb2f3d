"""One update, with every intermediate by its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from ..engine import LayerTrace, Trace, through
from ..network import Network, expect
from ..quantity import Quantity
from ..steps import Step
from .decay import Decay
from .state import Slots, State

if TYPE_CHECKING:
    from .optimiser import Optimiser


@dataclass(frozen=True, eq=False)
class LayerUpdate:
    """The intermediates of one layer by name ("m", "v", "m_hat", "v_hat", "step"), each in the shape of its parameter.

    gamma and beta: those of its batch normalisation, empty where it has none.
    W_new = W + step, less "decay" where weights decay beside it; "g" is the gradient with what the loss has for large weights.
    A frozen parameter has a step of zeros and nothing else; b is empty for a layer without biases.
    """

    W: Slots
    b: Slots
    normalising: Mapping[str, Slots] | None = None

    @property
    def gamma(self) -> Slots:
        return self.normalising["gamma"] if self.normalising else {}

    @property
    def beta(self) -> Slots:
        return self.normalising["beta"] if self.normalising else {}


@dataclass(frozen=True, eq=False)
class Update:
    """One update: the new network, the new state and how every parameter got there.

    sequential: whether it went from the last layer to the first, hidden deltas through weights updated already; again: then,
    per layer, its backward pass through those, None where the trace's own holds; decay: how weights decayed, if they did.
    """

    optimiser: Optimiser
    trace: Trace
    network: Network
    state: State
    layers: tuple[LayerUpdate, ...]
    before: State
    sequential: bool = False
    again: tuple[LayerTrace | None, ...] = ()
    decay: Decay | None = None

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The Steps of the update, parameter by parameter; their inputs are settings, gradients, W, b and earlier targets."""
        return self.optimiser.derive(self.trace.network, self.sequential, self.trace.batch, self.decay)

    def __getitem__(self, quantity: Quantity) -> float:
        """One number of the update, or of the trace it started from, by its address; ValueError when there is none."""
        expect(quantity, Quantity, "an address")
        kind = quantity.kind
        if kind == "t":
            return float(self.state.t)
        if quantity.family == "setting":
            value = getattr(self.optimiser, kind, None)
            if kind == "weight_decay" and self.decay:
                value = self.decay.rate
            if value is None:
                raise ValueError(f"{self.optimiser.name} has no setting {kind}")
            return float(value)
        if self.decay and quantity.kind in ("R", "C_decayed"):
            found = self.decay.values(self.trace.network, self.trace.loss)
            if quantity not in found:
                raise ValueError(f"where weights decay beside the step the loss has no {quantity}")
            return found[quantity]
        if quantity.updated:
            layer, parameter = self.network.layers[self._layer(quantity)], quantity.parameter
            return self._entry(getattr(layer if parameter in ("W", "b") else layer.batch_norm, parameter, None), quantity)
        if quantity.again:
            return self._again(quantity)
        if slot := quantity.slot:
            k, parameter = self._layer(quantity), quantity.parameter
            if slot.endswith("_prev"):
                return self._entry(self.before.layers[k].get(parameter, {}).get(slot.removesuffix("_prev")), quantity)
            return self._entry(getattr(self.layers[k], parameter).get(slot), quantity)
        return self.trace[quantity]

    def _again(self, quantity: Quantity) -> float:
        k = self._layer(quantity)
        t = self.again[k] if self.sequential else None
        if t is None or (quantity.sample and quantity.sample > (self.trace.batch or 0)):
            return self._entry(None, quantity)
        if quantity.sample:
            t = self._again_of(t, k, quantity.sample - 1)
        return -self._entry(t.delta, quantity) if quantity.again == "error" else self._entry(getattr(t, quantity.again), quantity)

    def _again_of(self, t: LayerTrace, k: int, row: int) -> LayerTrace:
        """What one sample of a batch has in a layer computed once more, from its own loss; k and row from 0."""
        ahead = self.again[k + 1] or self.trace.layers[k + 1]
        share = self.trace.batch if self.trace.network.reduction == "mean" else 1
        assert share
        return through(self.trace.sample(row), k + 1, ahead.delta[row] * share, self.network.layers[k + 1].W)

    def _layer(self, quantity: Quantity) -> int:
        if quantity.layer > len(self.layers):
            raise ValueError(f"{quantity}: the network has {len(self.layers)} layers")
        return quantity.layer - 1

    @staticmethod
    def _entry(array: np.ndarray | None, quantity: Quantity) -> float:
        position = tuple(i - 1 for i in quantity.index)
        if array is None or any(i >= n for i, n in zip(position, array.shape, strict=True)):
            raise ValueError(f"this update has no {quantity}")
        return float(array[position])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{k}</td><td>{parameter}</td><td>{slot}</td><td><pre>{escape(str(value))}</pre></td></tr>"
            for k, layer in enumerate(self.layers, 1)
            for parameter, slots in (("W", layer.W), ("b", layer.b), ("gamma", layer.gamma), ("beta", layer.beta))
            for slot, value in slots.items()
        )
        head = "<tr><th>layer</th><th>parameter</th><th>what</th><th>value</th></tr>"
        return f"<table><caption>{self.optimiser.name}, update {self.state.t}</caption>{head}{rows}</table>"
