"""Gates of two inputs, and what one neuron says in their place: 1 where its weighted sum reaches its threshold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from mlp_core import Layer, Network, Quantity

from ...i18n import mark
from ...problem import Problem
from ...worked import Worked, mlp
from ..setting import Setting, number, one_of, whole

PER = 4
"""Weights and thresholds are multiples of 1/4: their sums are exact, so that a sum that is just the threshold is one."""
HEAVIEST, FARTHEST = 4.0, 6.0  # weights and thresholds
ROWS = tuple(product((0, 1), repeat=2))
NAMES = {f"{p}{q}": f"({p}, {q})" for p, q in ROWS}
FIRST, OWN = ("AND", "OR"), ("NAND", "NOR", "AND NOT")
GATES: dict[str, Callable[[int, int], bool]] = {
    "AND": lambda p, q: bool(p and q),
    "OR": lambda p, q: bool(p or q),
    "NAND": lambda p, q: not (p and q),
    "NOR": lambda p, q: not (p or q),
    "AND NOT": lambda p, q: bool(p and not q),
    "XOR": lambda p, q: p != q,
}
ONE_NEURON_AT_MOST = 3  # rows of XOR
BINARY = mark("The inputs of a gate are 0 or 1, and {value} is neither.")
FIXED = mark("The target belongs to the row: it is what the gate gives there.")


@dataclass(frozen=True)
class Neuron:
    """It gives 1 where w . x >= T."""

    w: tuple[float, ...]
    T: float

    def sum(self, x: Sequence[int]) -> float:
        """The weighted sum."""
        return sum(w * each for w, each in zip(self.w, x, strict=True))

    def fires(self, x: Sequence[int]) -> bool:
        """Whether it gives 1."""
        return self.sum(x) >= self.T

    def right(self, gate: str) -> int:
        """In how many of the four rows it gives what the gate gives."""
        return sum(self.fires(row) == GATES[gate](*row) for row in ROWS)


@dataclass(frozen=True)
class Gates(Setting):
    """gate, own: what is wanted of the neuron w1, w2, T; n1, nT: the neuron of one input; q1, q2, qT: the one that shall be XOR,
    and in how many rows the best of those tried was; row: the inputs that go through step by step."""

    gate: str = "AND"
    own: str = "NAND"
    w1: float = 1.0
    w2: float = 1.0
    T: float = 0.5
    n1: float = 1.0
    nT: float = 0.5
    q1: float = 1.0
    q2: float = 0.0
    qT: float = 0.5
    best: int = 0
    row: str = "01"

    def __post_init__(self) -> None:
        self.check("gate", one_of, FIRST)
        self.check("own", one_of, OWN)
        self.check("row", one_of, tuple(NAMES))
        self.check("w1 w2 n1 q1 q2", _quarters, HEAVIEST)
        self.check("T nT qT", _quarters, FARTHEST)
        self.check("best", whole, 0, ONE_NEURON_AT_MOST)
        object.__setattr__(self, "best", max(self.best, self.xor.right("XOR")))

    @property
    def neuron(self) -> Neuron:
        """Of two inputs."""
        return Neuron((self.w1, self.w2), self.T)

    @property
    def inverter(self) -> Neuron:
        """Of one input."""
        return Neuron((self.n1,), self.nT)

    @property
    def xor(self) -> Neuron:
        """That shall be XOR."""
        return Neuron((self.q1, self.q2), self.qT)

    @property
    def inputs(self) -> tuple[int, int]:
        """Those of the chosen row."""
        return int(self.row[0]), int(self.row[1])


def _quarters(name: str, value: Any, most: float) -> float:
    return round(number(name, value, -most, most) * PER) / PER


FIELDS = {"neuron": ("w1", "w2", "T"), "xor": ("q1", "q2", "qT"), "inverter": ("n1", "", "nT")}
"""The fields of a neuron: both weights and the threshold."""


def moved(setting: Gates, id: str, numbers: tuple[float, float, float]) -> Gates:
    """The line of a neuron has been moved to w1 x1 + w2 x2 + c = 0."""
    w1, w2, c = numbers
    put: dict[str, Any] = {name: value for name, value in zip(FIELDS[id], (w1, w2, -c), strict=True) if name}
    return replace(setting, **put)


def turned(setting: Gates, _example: object, id: str = "neuron") -> Gates:
    """All three numbers with the other sign: it gives 1 on the other side of its line."""
    put: dict[str, Any] = {name: -getattr(setting, name) for name in FIELDS[id] if name}
    return replace(setting, **put)


# ---- step by step ---------------------------------------------------------------------------------------------------


def worked(setting: Gates, _example: object) -> Worked:
    """The chosen row through the neuron, as a network of one: its bias is minus the threshold."""
    layer = Layer([[setting.w1, setting.w2]], [-setting.T], "step")
    return mlp(Network([layer], "half_squared_error"), setting.inputs, [GATES[setting.gate](*setting.inputs)])


def entered(setting: Gates, quantity: Quantity, value: float) -> Gates:
    """A weight, the bias or an input that was typed in the picture; Problem for the target, and for an input that is none."""
    if quantity.kind in ("x", "y"):
        return typed_input(setting, quantity, value)
    name = "T" if quantity.kind == "b" else FIELDS["neuron"][quantity.index[1] - 1]
    return setting.put(name, -value if name == "T" else value)


def typed_input(setting: Gates, quantity: Quantity, value: float) -> Gates:
    """Another row; Problem for the target, and for an input that is neither 0 nor 1."""
    where = str(quantity)
    if quantity.kind != "x":
        raise Problem(where, FIXED)
    if value not in (0, 1):
        raise Problem(where, BINARY, value=value)
    digits = list(setting.row)
    digits[quantity.index[0] - 1] = str(int(value))
    return replace(setting, row="".join(digits))


def redrawn(setting: Gates, seed: int) -> Gates:
    """Weights and threshold from -2 to 2 in steps of a quarter, no weight 0, and another row."""
    draw = np.random.default_rng(seed)
    w1, w2, T = (draw.choice([k for k in range(-8, 9) if k]) / PER for _k in range(3))
    return replace(setting, w1=float(w1), w2=float(w2), T=float(T), row=str(draw.choice([*NAMES])))


CIRCUIT = (Neuron((1.0, 1.0), 0.5), Neuron((-1.0, -1.0), -1.5), Neuron((1.0, 1.0), 1.5))
"""XOR of three neurons: OR, NAND, and the AND of both."""


def circuit(setting: Gates, _example: object) -> Worked:
    """The chosen row through the three neurons of CIRCUIT."""
    one, two, last = CIRCUIT
    layers = [Layer([one.w, two.w], [-one.T, -two.T], "step"), Layer([last.w], [-last.T], "step")]
    return mlp(Network(layers, "half_squared_error"), setting.inputs, [GATES["XOR"](*setting.inputs)])


# ---- all gates ------------------------------------------------------------------------------------------------------

OTHERS: dict[str, Callable[[int, int], bool]] = {
    "XNOR": lambda p, q: p == q,
    "¬x₁ ∧ x₂": lambda p, q: bool(not p and q),
    "x₁ ∨ ¬x₂": lambda p, q: bool(p or not q),
    "¬x₁ ∨ x₂": lambda p, q: bool(not p or q),
    "x₁": lambda p, q: bool(p),
    "x₂": lambda p, q: bool(q),
    "¬x₁": lambda p, q: not p,
    "¬x₂": lambda p, q: not q,
    "0": lambda p, q: False,
    "1": lambda p, q: True,
}
ALL = {tuple(gate(*row) for row in ROWS): name for name, gate in (GATES | OTHERS).items()}
"""What each gate of two inputs is called, by what it gives in the four rows."""


@cache
def one_neuron_each() -> dict[tuple[bool, ...], Neuron | None]:
    """For each of the 16 gates of two inputs, by what it gives in the four rows, a neuron that is it, or None."""
    thresholds = [k + 0.5 for k in range(-3, 3)]  # between the sums: no point lies on the line
    neurons = [Neuron((u, v), T) for u, v in product((0.0, 1.0, -1.0), repeat=2) for T in sorted(thresholds, key=abs)]
    every: dict[tuple[bool, ...], Neuron | None] = dict.fromkeys(product((False, True), repeat=4))
    for neuron in reversed(neurons):
        every[tuple(neuron.fires(row) for row in ROWS)] = neuron
    return every
