"""What a person sets in the lesson: the network that learns too much, the masks of another, and how weights decay in a third."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from ...example import WORKED, Example
from ...i18n import mark
from ..setting import Setting, drawn_again, each_of, number, one_of, whole
from ..typed import Typed, addresses, by_address, with_numbers

WIDEST, EPOCHS, EVERY, SETS = 40, 200, 5, 99
RATES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1)
INPUTS, HIDDEN = 2, 3
LARGEST, MOST_DROPPED, MOST_DECAY, STRONGEST = 100.0, 0.9, 1.0, 3.0
FORMS = {"l2_half": "λ/2 |W|²", "l2": "λ |W|²"}
OPTIMISERS = {"Adam": mark("Adam, penalty in the loss"), "AdamW": mark("AdamW, decay beside the step")}
NUMBER = mark("A mask is 1 where a neuron works and 0 where it is dropped; {value} is neither.")
OWN = addresses(
    ("W", 1, (HIDDEN, INPUTS)), ("b", 1, (HIDDEN,)), ("W", 2, (1, HIDDEN)), ("b", 2, (1,)), ("x", 0, (INPUTS,)), ("y", 2, (1,))
)
HELD = tuple(map(str, WORKED.model.given))


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
    own: Typed = ()
    held: Typed = ()
    form: str = "l2_half"
    decay: float = 0.1
    optimiser: str = "Adam"
    strong: float = 1.0

    def __post_init__(self) -> None:
        self.check("neurons", whole, 1, WIDEST)
        self.check("samples draws", whole, 1, SETS)
        self.check("at", whole, 0, EPOCHS)
        self.check("rate", one_of, RATES)
        self.check("form", one_of, tuple(FORMS))
        self.check("optimiser", one_of, tuple(OPTIMISERS))
        self.check("share", number, 0.0, MOST_DROPPED)
        self.check("p", number, 0.1, MOST_DROPPED)
        self.check("decay", number, 0.0, MOST_DECAY)
        self.check("strong", number, 0.0, STRONGEST)
        self.check("working", _working)
        self.check("own", by_address, OWN, LARGEST)
        self.check("held", by_address, HELD, LARGEST)

    @cached_property
    def example(self) -> Example:
        """The worked example with the numbers typed for it."""
        return with_numbers(WORKED, self.held)


def _working(where: str, neurons: Any) -> tuple[int, ...]:
    return tuple(sorted(set(each_of(where, neurons, whole, 1, HIDDEN))))


other_samples, other_masks = drawn_again("samples", SETS), drawn_again("draws", SETS)


def redrawn(setting: Dropout, seed: int) -> Dropout:
    """Other numbers everywhere and another mask of one or two neurons; what no question is about is as it begins."""
    own, held, working = _drawn(seed)
    kept = {name: getattr(setting, name) for name in ("p", "form", "decay", "optimiser")}
    return Dropout(own=own, held=held, working=working, **kept)


@lru_cache(maxsize=64)
def _drawn(seed: int) -> tuple[Typed, Typed, tuple[int, ...]]:
    draw = np.random.default_rng(seed)
    own = tuple((address, float(draw.integers(-9, 10)) / 10 or 0.5) for address in OWN)
    passed = WORKED.with_model(WORKED.model.redrawn(seed)).trace
    held = tuple((str(q), passed[q]) for q in WORKED.model.given)
    working = draw.permutation(HIDDEN)[: draw.integers(1, HIDDEN)] + 1
    return own, held, tuple(working.tolist())
