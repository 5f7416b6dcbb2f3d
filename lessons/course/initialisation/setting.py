"""What a person sets in the lesson: how weights begin, in a network of two hidden neurons, in one layer, and in many layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mlp_core import Quantity
from mlp_core.functions import ACTIVATIONS
from mlp_core.initialisation import N_IN, N_OUT, SCHEMES, SQUARE_ERROR, SQUARE_IN, spread

from ...i18n import mark
from ...problem import Problem
from ...worked import Worked, of_spread
from ..setting import BROKEN, Setting, drawn_again, number, one_of, whole
from ..typed import Typed, by_address, with_number

ITERATIONS, EVERY, FARTHEST, DRAWS = 200, 5, 2.0, 999
MOST, TERMS, LARGEST = 1000, 100, 1e4  # inputs and neurons of one layer; products of a sum; a mean square
DEEPEST, NARROWEST, WIDEST, STRIDE = 12, 10, 60, 10  # layers of a deep network, neurons of each
TWINS = ("tanh", "sigmoid")
TABLE = ("sigmoid", "relu", "tanh")  # activations of the notes' table
DEEP = tuple(key for key, record in ACTIVATIONS.items() if record.elementwise and record.slope)
ONE_LAYER = {N_IN: "n_in", N_OUT: "n_out", SQUARE_IN: "q_in", SQUARE_ERROR: "q_out"}


class _Titles(Mapping[str, str]):
    """Scheme to what it is called, of those there are when it is asked."""

    def __getitem__(self, key: str) -> str:
        return SCHEMES[key].title

    def __iter__(self) -> Any:
        return iter(SCHEMES)

    def __len__(self) -> int:
        return len(SCHEMES)


TITLES = _Titles()


@dataclass(frozen=True)
class Initial(Setting):
    """start, apart, own: what each weight of the small network begins with, how far it may lie from that, and what a person typed
    instead, by address; twins: its hidden activation; at: the iteration on show; scheme, n_in, n_out, q_in, q_out: of one layer,
    with the mean squares of its inputs and error signals; terms: how many products are added up; activation, depth, width: of a
    deep network; draw: the seed; trial, factor: an activation, and by what the table's limit for it is multiplied; trained: the
    activation that the notes' code is tried with."""

    start: float = 0.5
    apart: float = 0.0
    own: Typed = ()
    twins: str = "tanh"
    at: int = ITERATIONS
    scheme: str = "xavier_uniform"
    n_in: int = 3
    n_out: int = 5
    q_in: float = 1.0
    q_out: float = 1.0
    terms: int = 16
    activation: str = "tanh"
    depth: int = 6
    width: int = 50
    draw: int = 1
    trial: str = "tanh"
    factor: int = 4
    trained: str = "tanh"

    def __post_init__(self) -> None:
        for name, least, most in BOUNDS:
            self.check(name, number, least, most)
        for name, low, high in COUNTS:
            self.check(name, whole, low, high)
        self.check("twins trial", one_of, TWINS)
        self.check("factor", one_of, (1, 4))
        self.check("scheme", one_of, tuple(SCHEMES))
        self.check("activation", one_of, DEEP)
        self.check("trained", one_of, TABLE)
        self.check("own", by_address, WEIGHTS, FARTHEST)
        if self.at % EVERY or self.width % STRIDE:
            raise Problem("at", BROKEN)


WEIGHTS = ("W.1.1.1", "W.1.2.1", "W.2.1.1", "W.2.1.2")
BOUNDS = (("start", -FARTHEST, FARTHEST), ("apart", 0.0, 0.5), ("q_in", 0.0, LARGEST), ("q_out", 0.0, LARGEST))
COUNTS = (
    ("at", 0, ITERATIONS), ("n_in", 1, MOST), ("n_out", 1, MOST), ("terms", 1, TERMS), ("depth", 2, DEEPEST),
    ("width", NARROWEST, WIDEST), ("draw", 1, DRAWS),
)  # fmt: skip
FIXED = mark("Here only weights are typed: they are what begins alike.")


def again(setting: Initial, _example: object) -> Initial:
    """Every weight at the start once more."""
    return replace(setting, own=(), apart=0.0)


drawn_anew = drawn_again("draw", DRAWS)


def typed(setting: Initial, quantity: Quantity, value: float) -> Initial:
    """A weight of the small network that was typed in the picture; Problem for anything else."""
    if str(quantity) not in WEIGHTS:
        raise Problem(str(quantity), FIXED)
    return with_number(setting, quantity, value)


def one_layer(setting: Initial, _example: object) -> Worked:
    """What the scheme makes of the layer."""
    return of_spread(spread(setting.scheme, setting.n_in, setting.n_out, setting.q_in, setting.q_out))


def entered(setting: Initial, quantity: Quantity, value: float) -> Initial:
    """A number of the layer that was typed in the picture: a count is a whole one."""
    name = ONE_LAYER[quantity]
    counted = name in ("n_in", "n_out") and float(value).is_integer()
    return setting.put(name, int(value) if counted else value)


def redrawn(setting: Initial, seed: int) -> Initial:
    """Another scheme that asks for the counts, other counts, which differ, and mean squares in quarters."""
    draw = np.random.default_rng(seed)
    asking = [key for key, scheme in SCHEMES.items() if scheme.formula.free_symbols]
    n_in, n_out = draw.choice(np.arange(2, 61), 2, replace=False).tolist()
    q_in, q_out = (draw.integers(1, 9, 2) / 4).tolist()
    return replace(setting, scheme=str(draw.choice(asking)), n_in=n_in, n_out=n_out, q_in=q_in, q_out=q_out)
