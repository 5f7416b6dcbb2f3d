"""The Steps of what is worked, of one shape, with the slips of each, compiled once for all numbers."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy as sp

from mlp_core import Quantity, Step

from ..worked import Worked
from .catalogue import CATALOGUE, Misconception
from .rule import Place

MAX_FRAMES = 64


class Frame:
    """All Steps of something worked, and the slips of each. Where there are layers: their sizes, activations and loss."""

    def __init__(self, steps: Iterable[Step], sizes: tuple[int, ...] = ()) -> None:
        self.steps = {step.target: step for step in steps}
        self.sizes = sizes
        of_layer = {step.target.layer: _case(step) for step in self.steps.values() if step.law == "activation"}
        self.activations = tuple(of_layer[layer] for layer in sorted(of_layer))
        self.loss = next((_case(step) for step in self.steps.values() if step.law == "loss"), "")
        self._compiled: dict[tuple[Quantity, tuple[Misconception, ...]], Compiled] = {}

    @cached_property
    def quantities(self) -> dict[sp.Symbol, Quantity]:
        """Symbol to address, of everything that a Step computes or takes."""
        return {q.symbol: q for step in self.steps.values() for q in (step.target, *step.inputs)}

    @cached_property
    def _computed(self) -> frozenset[tuple[str, int]]:
        return frozenset((target.kind, target.layer) for target in self.steps)

    def computes(self, kind: str, layer: int) -> bool:
        """Whether there are Steps of that kind in that layer: W_new only with an optimiser, and where nothing is frozen."""
        return (kind, layer) in self._computed

    def compiled(self, target: Quantity) -> Compiled:
        """The right formula of ``target`` and the wrong ones of the catalogue as it is now, ready for numbers."""
        key = target, tuple(CATALOGUE.values())
        if key not in self._compiled:
            self._compiled[key] = Compiled(self, self.steps[target])
        return self._compiled[key]


_FRAMES: dict[Hashable, Frame] = {}


def frame_of(worked: Worked) -> Frame:
    """The frame of something worked, kept for the next of its shape."""
    if worked.key not in _FRAMES:
        if len(_FRAMES) >= MAX_FRAMES:
            _FRAMES.clear()
        _FRAMES[worked.key] = Frame(worked.steps, worked.sizes)
    return _FRAMES[worked.key]


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
        terms = step.formula.args if step.formula.is_Add else ()
        both = [*formulas, *(sp.Abs(term) for term in terms)]  # in one call, as making a function is what takes long
        self._call = sp.lambdify(symbols, both, "numpy", docstring_limit=0)

    def numbers(self, values: Mapping[Quantity, float]) -> list[float]:
        """The right number, then that of each slip; inf or nan where a formula has none."""
        return self._found(values)[: 1 + len(self.slips)]

    def magnitude(self, values: Mapping[Quantity, float]) -> float:
        """How large the terms of the right formula are together: what its rounding errors are measured by."""
        return sum(self._found(values)[1 + len(self.slips) :])

    def _found(self, values: Mapping[Quantity, float]) -> list[float]:
        with np.errstate(all="ignore"):
            return [float(v) for v in self._call(*(np.float64(values[q]) for q in self.inputs))]


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


def _case(step: Step) -> str:
    """Of "activation.sigmoid", sigmoid."""
    return step.rule.partition(".")[2]
