"""What a person sets in the lesson: the network that learns too much, the masks of another, and how weights decay in a third."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from mlp_core import Quantity

from ...example import WORKED, Example
from ...i18n import mark
from ...problem import Problem
from ..setting import BROKEN, Setting, number, one_of, whole

WIDEST, EPOCHS, EVERY, SETS = 40, 200, 5, 99
RATES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1)
INPUTS, HIDDEN = 2, 3
LARGEST, MOST_DROPPED, MOST_DECAY, STRONGEST = 100.0, 0.9, 1.0, 3.0
FORMS = {"l2_half": "λ/2 |W|²", "l2": "λ |W|²"}
OPTIMISERS = {"Adam": mark("Adam, penalty in the loss"), "AdamW": mark("AdamW, decay beside the step")}
NUMBER = mark("A mask is 1 where a neuron works and 0 where it is dropped; {value} is neither.")
Own = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Dropout(Setting):
    """neurons, share, rate: hidden neurons, probability of dropping and lambda of the network that learns by heart; samples: the
    seed of its samples; at: the epoch on show. p: probability of dropping a neuron of the network on show; draws: the seed of
    masks that are drawn for it; working: those of
    its hidden neurons that work, from 1; own, held: numbers typed for it, and for the worked example, by address; form, decay:
    of the penalty, its lambda; optimiser: the one whose step is walked through; strong: the lambda of many steps."""

    neurons: int = WIDEST
    share: float = 0.0
    rate: float = 0.0
    samples: int = 4
    at: int = EPOCHS
    p: float = 0.2
    draws: int = 1
    working: tuple[int, ...] = (1, 3)
    own: Own = ()
    held: Own = ()
    form: str = "l2_half"
    decay: float = 0.1
    optimiser: str = "Adam"
    strong: float = 1.0

    def __post_init__(self) -> None:
        whole("neurons", self.neurons, 1, WIDEST)
        whole("samples", self.samples, 1, SETS)
        whole("draws", self.draws, 1, SETS)
        whole("at", self.at, 0, EPOCHS)
        one_of("rate", self.rate, RATES)
        one_of("form", self.form, tuple(FORMS))
        one_of("optimiser", self.optimiser, tuple(OPTIMISERS))
        bounds = {"share": (0.0, MOST_DROPPED), "p": (0.1, MOST_DROPPED), "decay": (0.0, MOST_DECAY), "strong": (0.0, STRONGEST)}
        for name, (least, most) in bounds.items():
            object.__setattr__(self, name, number(name, getattr(self, name), least, most))
        if not isinstance(self.working, tuple | list):
            raise Problem("working", BROKEN)
        object.__setattr__(self, "working", tuple(sorted({whole("working", each, 1, HIDDEN) for each in self.working})))
        for name, known in _known().items():
            object.__setattr__(self, name, tuple(_typed(name, each, known) for each in getattr(self, name)))

    @cached_property
    def example(self) -> Example:
        """The worked example with the numbers typed for it."""
        made = WORKED
        for address, value in self.held:
            made = made.remodelled(type(made.model).with_number, Quantity.parse(address), value)
        return made


@lru_cache(maxsize=1)
def _known() -> dict[str, frozenset[str]]:
    """The addresses of what can be typed, by field."""
    return {"own": frozenset(map(str, _dropped_numbers())), "held": frozenset(map(str, WORKED.model.given))}


def _dropped_numbers() -> tuple[Quantity, ...]:
    """What can be typed for the network with dropout."""
    sizes = {("W", 1): (HIDDEN, INPUTS), ("b", 1): (HIDDEN,), ("W", 2): (1, HIDDEN), ("b", 2): (1,)}
    places = {**sizes, ("x", 0): (INPUTS,), ("y", 2): (1,)}
    return tuple(
        Quantity(kind, layer, tuple(i + 1 for i in index))
        for (kind, layer), shape in places.items()
        for index in np.ndindex(shape)
    )


def _typed(where: str, pair: object, known: frozenset[str]) -> tuple[str, float]:
    match pair:
        case (str() as address, value):
            if address in known:
                return address, number(address, value, -LARGEST, LARGEST)
    raise Problem(where, BROKEN)


def with_own(setting: Dropout, name: str, quantity: Quantity, value: float) -> Dropout:
    """Another number for the network with dropout ("own") or for the worked example ("held")."""
    own = dict(getattr(setting, name)) | {str(quantity.of_sample(0)): value}
    put: dict[str, Any] = {name: tuple(own.items())}
    return replace(setting, **put)


def other_samples(setting: Dropout, _example: object) -> Dropout:
    """Other samples of the same curve."""
    return replace(setting, samples=setting.samples % SETS + 1)


def other_masks(setting: Dropout, _example: object) -> Dropout:
    """Other masks drawn."""
    return replace(setting, draws=setting.draws % SETS + 1)


def redrawn(setting: Dropout, seed: int) -> Dropout:
    """Other numbers everywhere and another mask of one or two neurons; what no question is about is as it begins."""
    own, held, working = _drawn(seed)
    kept = {name: getattr(setting, name) for name in ("p", "form", "decay", "optimiser")}
    return Dropout(own=own, held=held, working=working, **kept)


@lru_cache(maxsize=64)
def _drawn(seed: int) -> tuple[Own, Own, tuple[int, ...]]:
    draw = np.random.default_rng(seed)
    own = tuple((str(q), float(draw.integers(-9, 10)) / 10 or 0.5) for q in _dropped_numbers())
    passed = WORKED.with_model(WORKED.model.redrawn(seed)).trace
    held = tuple((str(q), passed[q]) for q in WORKED.model.given)
    working = draw.permutation(HIDDEN)[: draw.integers(1, HIDDEN)] + 1
    return own, held, tuple(working.tolist())
