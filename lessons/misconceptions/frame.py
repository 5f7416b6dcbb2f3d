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
from .chain import Chain
from .numeric import numeric
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
        self._known: tuple[Misconception, ...] = ()
        self._compiled: dict[Quantity, Compiled] = {}
        self._chains: dict[Quantity, Chain] = {}

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
        self._renew()
        if target not in self._compiled:
            self._compiled[target] = Compiled(self, self.steps[target])
        return self._compiled[target]

    def chain(self, target: Quantity) -> Chain:
        """All that leads to ``target``, with every slip that can be made on the way."""
        self._renew()
        if target not in self._chains:
            self._chains[target] = Chain(self, target)
        return self._chains[target]

    def _renew(self) -> None:
        """Forget what was made with another catalogue."""
        known = tuple(CATALOGUE.values())
        if known != self._known:
            self._known, self._compiled, self._chains = known, {}, {}


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
    """A wrong formula for a target, of which misconception, how common, and the how manieth of its formulas here, from 0."""

    name: str
    formula: sp.Expr
    likely: float
    form: int = 0

    @property
    def first(self) -> bool:
        """Whether it is the likeliest of its misconception's formulas here."""
        return not self.form


class Compiled:
    """The right formula of a step (``numbers()[0]``) and its slips, as functions of the numbers put in, those of ``inputs``.

    ValueError where a wrong formula mentions a quantity that the frame does not have.
    """

    def __init__(self, frame: Frame, step: Step) -> None:
        self.step = step
        self.slips = _slips(Place(frame, step))
        formulas = [step.formula, *(slip.formula for slip in self.slips)]
        symbols = sorted(set().union(*(f.free_symbols for f in formulas)), key=str)
        self.inputs = tuple(frame.quantities[symbol] for symbol in symbols)
        places = {symbol: i for i, symbol in enumerate(symbols)}
        self.right, *self.wrong = (numeric(formula, places) for formula in formulas)
        terms = step.formula.args if step.formula.is_Add else ()
        self._terms = [numeric(term, places) for term in terms]

    @cached_property
    def scalings(self) -> dict[int, float]:
        """The slips that only multiply the right number, and by what: they go together with any other. (By 1 is none: such a slip
        shows elsewhere.)"""
        found: dict[int, float] = {}
        random = np.random.default_rng(0)
        tries = [[np.float64(value) for value in random.uniform(0.2, 0.8, len(self.inputs))] for _ in range(3)]
        with np.errstate(all="ignore"):
            for n, wrong in enumerate(self.wrong):
                one, *others = (float(wrong(v) / self.right(v)) for v in tries)
                if np.isfinite(one) and one not in (0, 1) and np.allclose(others, one, rtol=1e-12, atol=0):
                    found[n] = one
        return found

    def numbers(self, values: Mapping[Quantity, float]) -> list[float]:
        """The right number, then that of each slip; inf or nan where a formula has none."""
        v = self._put_in(values)
        with np.errstate(all="ignore"):
            return [float(formula(v)) for formula in (self.right, *self.wrong)]

    def wrong_at(self, slip: int, numbers: list[float]) -> float:
        """What the slip of that number gives, with numbers put in in the order of ``inputs``; plain floats are the quickest."""
        try:
            return float(self.wrong[slip](numbers))
        except (ZeroDivisionError, OverflowError):
            return float(self.wrong[slip]([np.float64(number) for number in numbers]))

    def magnitude(self, values: Mapping[Quantity, float]) -> float:
        """How large the terms of the right formula are together: what its rounding errors are measured by."""
        v = self._put_in(values)
        with np.errstate(all="ignore"):
            return float(sum(abs(term(v)) for term in self._terms))

    def _put_in(self, values: Mapping[Quantity, float]) -> list[np.float64]:
        return [np.float64(values[q]) for q in self.inputs]


def _slips(place: Place) -> tuple[Slip, ...]:
    """The wrong formulas of a place, in the order of the catalogue."""
    found = []
    for name, misconception in CATALOGUE.items():
        rule = misconception.rule(place.step)
        form = 0
        for formula in rule.wrong(place) if rule else ():
            unknown = [symbol for symbol in formula.free_symbols if symbol not in place.frame.quantities]
            if unknown:
                names = ", ".join(sorted(map(str, unknown)))
                raise ValueError(f"misconception {name} at {place.step.target}: there is no {names} here")
            if formula != place.formula:
                assert rule
                found.append(Slip(name, formula, misconception.commonness * rule.share, form))
                form += 1
    return tuple(found)


def _case(step: Step) -> str:
    """Of "activation.sigmoid", sigmoid."""
    return step.rule.partition(".")[2]
