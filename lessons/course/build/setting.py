"""What a person sets in the lesson."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...i18n import mark
from ..setting import Setting, drawn_again, number, one_of, whole
from ..typed import Typed, addresses, by_address

PARTS = ("last", "hidden", "forward", "all")
BELOW = {0.1: "0.1", 0.01: "0.01", 0.001: "0.001", 0.0: mark("never")}
CHANGES = {0.001: "0.001", 0.0001: "0.0001", 0.0: mark("never")}
FLAWS, DROPPED = ("minus", "softmax", "size", "summed"), ("scaled", "bernoulli", "noisy")
FASTEST, LONGEST, MOST, SEEDS = 10.0, 200, 24, 999
POWERS = (1, 14)
LARGEST = 100.0  # of a number typed in a picture
WIDE, SAMPLES = 2, 3  # of the small network with gaps: neurons of each layer, and samples
OWN = addresses(
    ("x", 0, (SAMPLES, WIDE)), ("W", 1, (WIDE, WIDE)), ("b", 1, (WIDE,)), ("W", 2, (WIDE, WIDE)), ("b", 2, (WIDE,)),
    ("y", 2, (SAMPLES, WIDE)),
)  # fmt: skip


@dataclass(frozen=True)
class Build(Setting):
    """part: of the program, which is to be written; rate, epochs, loss_below, change_below: of the loop; flaw, size, step: of the
    classifier, which flaw it has, its batch size and its learning rate; dropped, p: of that with dropout, its flaw and how
    probable it is that a number is dropped; seed: of both;
    numbers, own: of the small network with gaps, the seed that draws it, and what a person typed, by address; power: of the
    step by which a weight is moved, 10 to the minus that."""

    part: str = "last"
    rate: float = 0.5
    epochs: int = 100
    loss_below: float = 0.01
    change_below: float = 0.0
    flaw: str = "minus"
    size: int = 16
    step: float = 0.5
    dropped: str = "scaled"
    p: float = 0.4
    seed: int = 1
    numbers: int = 1
    own: Typed = ()
    power: int = 5

    def __post_init__(self) -> None:
        self.check("part", one_of, PARTS)
        self.check("rate", number, 0.1, FASTEST)
        self.check("epochs", whole, 1, LONGEST)
        self.check("loss_below", one_of, tuple(BELOW))
        self.check("change_below", one_of, tuple(CHANGES))
        self.check("flaw", one_of, FLAWS)
        self.check("dropped", one_of, DROPPED)
        self.check("size", whole, 2, MOST)
        self.check("seed", whole, 1, SEEDS)
        self.check("power", whole, *POWERS)
        self.check("numbers", whole, 0, 10**6)
        self.check("own", by_address, OWN, LARGEST)
        self.check("step", _hundredths, 0.05, 1.0)
        self.check("p", _hundredths, 0.1, 0.8)


def _hundredths(where: str, value: Any, least: float, most: float) -> float:
    return round(number(where, value, least, most), 2)


next_seed = drawn_again("seed", SEEDS)
