"""What an optimiser remembers from one update to the next."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..network import Layer, Network, expect, numbers
from .table import OPTIMISERS

MAX_UPDATES = 10**12  # more than anybody makes, and still a number that powers can be taken to
Slots = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class State:
    """What an optimiser remembers: how many updates ``t`` it has made, and per layer and parameter its slots.

    layers[k]["W"]["m"] has the shape of W of layer k+1. To JSON and back: ``to_json`` and ``from_json``.
    """

    optimiser: str
    t: int
    layers: tuple[Mapping[str, Slots], ...]

    def to_json(self) -> str:
        """As JSON text, every number at full precision."""
        try:
            layers = [{p: {s: v.tolist() for s, v in slots.items()} for p, slots in layer.items()} for layer in self.layers]
            return json.dumps({"optimiser": self.optimiser, "t": self.t, "layers": layers})
        except (AttributeError, TypeError):
            raise ValueError("this is not the state of an optimiser") from None

    @classmethod
    def from_json(cls, text: str, network: Network) -> State:
        """The state written by ``to_json``; ValueError unless it is one and its shapes fit ``network``."""
        expect(network, Network, "network")
        try:
            data = json.loads(text)
            name, t, layers = data["optimiser"], data["t"], data["layers"]
            slots = OPTIMISERS[name].slots
            if type(t) is not int or not 0 <= t <= MAX_UPDATES or not isinstance(layers, list):
                raise TypeError
        except (TypeError, KeyError, RecursionError, ValueError):
            raise ValueError("this is not the state of an optimiser") from None
        if len(layers) != len(network.layers):
            raise ValueError(f"the state has {len(layers)} layers, the network {len(network.layers)}")
        return cls(
            name, t, tuple(_read(k, slots, *pair) for k, pair in enumerate(zip(layers, network.layers, strict=True), 1))
        )


def _read(k: int, slots: tuple[str, ...], data: Any, layer: Layer) -> dict[str, Slots]:
    """The slots of one layer from JSON data, their shapes checked."""
    result: dict[str, Slots] = {}
    for name, parameter in parameters(layer):
        found = data.get(name) if isinstance(data, dict) else None
        if not isinstance(found, dict) or set(found) != set(slots):
            raise ValueError(f"layer {k}: the state of {name} must hold {', '.join(slots) or 'nothing'}")
        result[name] = {slot: numbers(found[slot], f"layer {k}: {slot} of {name}", parameter.dtype) for slot in slots}
        for slot, value in result[name].items():
            if value.shape != parameter.shape:
                raise ValueError(
                    f"layer {k}: {slot} of {name} has shape {value.shape}, the parameter {parameter.shape}"
                )
    return result


def parameters(layer: Layer) -> list[tuple[str, np.ndarray]]:
    own = [("W", layer.W)] if layer.b is None else [("W", layer.W), ("b", layer.b)]
    norm = layer.batch_norm
    return own if norm is None else [*own, ("gamma", norm.gamma), ("beta", norm.beta)]
