"""The Steps of networks of one shape with the slips of each, compiled once for all numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy as sp

from mlp_core import Network, Optimiser, Quantity, Step, derive

from .catalogue import CATALOGUE
from .rule import Place

MAX_FRAMES = 64


class Frame:
    """All Steps of a network of one shape and of one update of it, and the slips of each."""

    def __init__(self, network: Network, optimiser: Optimiser | None) -> None:
        self.derivation = derive(network)
        self.update = optimiser.derive(network) if optimiser else ()
        self.sizes, self.loss = network.sizes, network.loss
        self.activations = tuple(layer.activation for layer in network.layers)
        self.steps = {step.target: step for step in (*self.derivation, *self.update)}
        self._compiled: dict[tuple[Quantity, tuple[str, ...]], Compiled] = {}

    @cached_property
    def quantities(self) -> dict[sp.Symbol, Quantity]:
        """Symbol to address, of everything there is."""
        every = {q for step in self.steps.values() for q in (step.target, *step.inputs)}
        return {q.symbol: q for q in every.union(self.derivation.given)}

    @cached_property
    def _computed(self) -> frozenset[tuple[str, int]]:
        return frozenset((target.kind, target.layer) for target in self.steps)

    def computes(self, kind: str, layer: int) -> bool:
        """Whether there are Steps of that kind in that layer: W_new only with an optimiser, and where nothing is frozen."""
        return (kind, layer) in self._computed

    def compiled(self, target: Quantity) -> Compiled:
        """The right formula of ``target`` and the wrong ones of the catalogue as it is now, ready for numbers."""
        key = target, tuple(CATALOGUE)
        if key not in self._compiled:
            self._compiled[key] = Compiled(self, self.steps[target])
        return self._compiled[key]


_FRAMES: dict[tuple[object, ...], Frame] = {}


def frame_of(network: Network, optimiser: Optimiser | None = None) -> Frame:
    """The frame of a network's shape, kept for the next network of that shape."""
    layers = tuple((layer.W.shape, layer.b is not None, layer.activation, layer.frozen) for layer in network.layers)
    key = (layers, network.loss, optimiser.key if optimiser else None)
    if key not in _FRAMES:
        if len(_FRAMES) >= MAX_FRAMES:
            _FRAMES.clear()
        _FRAMES[key] = Frame(network, optimiser)
    return _FRAMES[key]


@dataclass(frozen=True)
class Slip:
    """A wrong formula for a target, and of which misconception it is."""

    name: str
    formula: sp.Expr


class Compiled:
    """The right formula of a step (``numbers()[0]``) and its slips, as one function of the numbers put in.

    ValueError where a wrong formula mentions a quantity that the frame does not have.
    """

    def __init__(self, frame: Frame, step: Step) -> None:
        self.step = step
        self.slips = _slips(Place(frame, step))
        formulas = [step.formula, *(slip.formula for slip in self.slips)]
        symbols = sorted(set().union(*(f.free_symbols for f in formulas)), key=str)
        self.inputs = tuple(frame.quantities[symbol] for symbol in symbols)
        self._call = sp.lambdify(symbols, formulas, "numpy", docstring_limit=0)
        terms = step.formula.args if step.formula.is_Add else ()
        self._terms = sp.lambdify(symbols, [sp.Abs(term) for term in terms], "numpy", docstring_limit=0)

    def numbers(self, values: Mapping[Quantity, float]) -> list[float]:
        """The right number, then that of each slip; inf or nan where a formula has none."""
        with np.errstate(all="ignore"):
            return [float(v) for v in self._call(*(np.float64(values[q]) for q in self.inputs))]

    def magnitude(self, values: Mapping[Quantity, float]) -> float:
        """How large the terms of the right formula are together: what its rounding errors are measured by."""
        with np.errstate(all="ignore"):
            return float(sum(self._terms(*(np.float64(values[q]) for q in self.inputs))))


def _slips(place: Place) -> tuple[Slip, ...]:
    """The wrong formulas of a place, in the order of the catalogue."""
    found = []
    for name, misconception in CATALOGUE.items():
        for formula in misconception.formulas(place):
            unknown = formula.free_symbols - place.frame.quantities.keys()
            if unknown:
                names = ", ".join(sorted(map(str, unknown)))
                raise ValueError(f"misconception {name} at {place.step.target}: there is no {names} here")
            if formula != place.formula:
                found.append(Slip(name, formula))
    return tuple(found)
