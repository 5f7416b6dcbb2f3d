"""What a person sets in the lesson."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...i18n import mark
from ..setting import Setting, number, one_of, text, whole

PARTS = ("last", "hidden", "forward", "all")
BELOW = {0.1: "0.1", 0.01: "0.01", 0.001: "0.001", 0.0: mark("never")}
CHANGES = {0.001: "0.001", 0.0001: "0.0001", 0.0: mark("never")}
FLAWS, DROPPED = ("minus", "softmax", "size", "summed"), ("scaled", "bernoulli", "noisy")
FASTEST, LONGEST, MOST, SEEDS = 10.0, 200, 24, 999
POWERS = (1, 14)
LARGEST = 100.0  # of a number typed in a picture


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
    own: tuple[tuple[str, float], ...] = ()
    power: int = 5

    def __post_init__(self) -> None:
        one_of("part", self.part, PARTS)
        object.__setattr__(self, "rate", number("rate", self.rate, 0.1, FASTEST))
        whole("epochs", self.epochs, 1, LONGEST)
        for name, choices in (("loss_below", BELOW), ("change_below", CHANGES)):
            object.__setattr__(self, name, one_of(name, getattr(self, name), tuple(choices)))
        one_of("flaw", self.flaw, FLAWS)
        one_of("dropped", self.dropped, DROPPED)
        whole("size", self.size, 2, MOST)
        whole("seed", self.seed, 1, SEEDS)
        whole("power", self.power, *POWERS)
        whole("numbers", self.numbers, 0, 10**6)
        own = ((text("own", address, 20), number(str(address), value, -LARGEST, LARGEST)) for address, value in self.own)
        object.__setattr__(self, "own", tuple(own))
        for name, least, most in (("step", 0.05, 1.0), ("p", 0.1, 0.8)):
            object.__setattr__(self, name, round(number(name, getattr(self, name), least, most), 2))


def next_seed(setting: Build, _example: object) -> Build:
    """Both runs once more, from other weights and in another order."""
    return replace(setting, seed=setting.seed % SEEDS + 1)
