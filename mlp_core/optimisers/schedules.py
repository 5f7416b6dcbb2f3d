"""Schedules of the learning rate: from the epoch, counted from 0, to what the rate that training began with is multiplied by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from ..functions import lookup, mul
from ..kinds import enter_settings
from ..network import is_whole
from ..quantity import Quantity
from ..steps import Phase, Step, enter_law
from .settings import Setting

Formula = Callable[[Any, Mapping[str, Any], Any], Any]
LONGEST = 10**9
NUMBERS: dict[str, Setting] = {
    "every": Setting(title="s, epochs of a step", letter="s", step=1, at_least=1, at_most=LONGEST, whole=True),
    "factor": Setting(title="d, factor of a step", letter="d", step=0.05, above=0, at_most=1),
    "rate": Setting(title="k, how fast it falls", letter="k", step=0.01, at_least=0),
    "epochs": Setting(title="T, epochs until 0", letter="T", step=1, at_least=1, at_most=LONGEST, whole=True),
}


@dataclass(frozen=True, kw_only=True)
class Form:
    """One way in which a learning rate falls.

    title: for people, in English; numbers: of ``NUMBERS`` those that it takes; factor: the formula, of the epoch and these, with
    NumPy or SymPy for what numbers or symbols need; last: which of them is the epoch from which on the factor stays, empty where
    it goes on.
    """

    title: str
    numbers: tuple[str, ...]
    factor: Formula
    last: str = ""


SCHEDULES: dict[str, Form] = {
    "step_decay": Form(
        title="in steps", numbers=("every", "factor"), factor=lambda e, q, f: q["factor"] ** f.floor(e / q["every"])
    ),
    "exponential": Form(title="exponential", numbers=("rate",), factor=lambda e, q, f: f.exp(-q["rate"] * e)),
    "inverse_time": Form(title="1/t", numbers=("rate",), factor=lambda e, q, f: 1 / (1 + q["rate"] * e)),
    "cosine": Form(
        title="cosine",
        numbers=("epochs",),
        factor=lambda e, q, f: (1 + f.cos(f.pi * e / q["epochs"])) / 2,
        last="epochs",
    ),
}

enter_settings({"lr_start": "η_0", "epoch": "e", **{name: about.letter for name, about in NUMBERS.items()}})
enter_law("schedule", Phase.UPDATE)


@dataclass(frozen=True)
class Schedule:
    """A factor of the learning rate for every epoch: ``schedule(epoch)``, epochs from 0.

    name: of ``SCHEDULES``; settings: its numbers by name. ``Schedule.of("cosine", epochs=100)`` makes one.
    """

    name: str
    settings: tuple[tuple[str, float], ...]

    @classmethod
    def of(cls, name: str, **numbers: Any) -> Schedule:
        """The schedule of that name; ValueError for an unknown one, and for numbers that are not just those it takes."""
        taken = lookup(SCHEDULES, name, "schedule").numbers
        if numbers.keys() != set(taken):
            raise ValueError(f"{name} takes {', '.join(taken)}, not {', '.join(numbers)}")
        return cls(name, tuple((each, NUMBERS[each].number(each, numbers[each])) for each in taken))

    def __call__(self, epoch: int) -> float:
        """The factor of an epoch, a Python float from 0 to 1; ValueError unless the epoch is a whole number from 0 on."""
        if not is_whole(epoch) or epoch < 0:
            raise ValueError(f"an epoch is a whole number from 0 on, not {str(epoch)[:60]!r}")
        return float(SCHEDULES[self.name].factor(self._until(epoch), dict(self.settings), np))

    def _until(self, epoch: int) -> int:
        last = dict(self.settings).get(SCHEDULES[self.name].last)
        return int(epoch) if last is None else min(int(epoch), int(last))

    @property
    def step(self) -> Step:
        """The Step of an epoch's learning rate, from the one at the start, the epoch and the settings."""
        start, epoch = Quantity("lr_start"), Quantity("epoch")
        own = {name: Quantity(name) for name, _ in self.settings}
        with sp.evaluate(False):
            factor = SCHEDULES[self.name].factor(epoch.symbol, {name: q.symbol for name, q in own.items()}, sp)
        return Step(Quantity("lr"), f"schedule.{self.name}", mul(start.symbol, factor), (start, epoch, *own.values()))

    def values(self, lr: float, epoch: int) -> dict[Quantity, float]:
        """The numbers of that Step in an epoch, its target's among them; lr: the learning rate at the start."""
        given = {"lr_start": float(lr), "epoch": float(self._until(epoch)), **dict(self.settings), "lr": lr * self(epoch)}
        return {Quantity(name): value for name, value in given.items()}


def step_decay(every: int, factor: float) -> Schedule:
    """The rate times ``factor``, above 0 and up to 1, after every so many epochs: factor^floor(epoch / every)."""
    return Schedule.of("step_decay", every=every, factor=factor)


def exponential(rate: float) -> Schedule:
    """exp(-rate epoch), with a rate from 0 on."""
    return Schedule.of("exponential", rate=rate)


def inverse_time(rate: float) -> Schedule:
    """1 / (1 + rate epoch), with a rate from 0 on. Source: Robbins and Monro 1951, whose conditions it meets."""
    return Schedule.of("inverse_time", rate=rate)


def cosine(epochs: int) -> Schedule:
    """(1 + cos(pi epoch / epochs)) / 2: from 1 down to 0 in so many epochs, and 0 from then on.

    Source: Loshchilov and Hutter, SGDR, 2017, equation 5, without restarts.
    """
    return Schedule.of("cosine", epochs=epochs)

