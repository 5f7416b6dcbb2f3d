"""Schedules of the learning rate: from the epoch, counted from 0, to what the rate that training began with is multiplied by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from ..functions import mul
from ..kinds import enter_settings
from ..network import is_number, is_whole
from ..quantity import Quantity
from ..steps import Phase, Step, enter_law

Formula = Callable[[Any, Mapping[str, Any], Any], Any]
_FORMULAS: dict[str, Formula] = {
    "step_decay": lambda e, q, f: q["factor"] ** f.floor(e / q["every"]),
    "exponential": lambda e, q, f: f.exp(-q["rate"] * e),
    "inverse_time": lambda e, q, f: 1 / (1 + q["rate"] * e),
    "cosine": lambda e, q, f: (1 + f.cos(f.pi * e / q["epochs"])) / 2,
}
"""The factor of each, from epoch and settings, with NumPy or SymPy for what numbers or symbols need."""
SCHEDULES = tuple(_FORMULAS)

enter_settings({"lr_start": "η_0", "epoch": "e", "every": "s", "factor": "d", "rate": "k", "epochs": "T"})
enter_law("schedule", Phase.UPDATE)


@dataclass(frozen=True)
class Schedule:
    """A factor of the learning rate for every epoch: ``schedule(epoch)``, epochs from 0.

    name: which formula; settings: its numbers by name; last: from this epoch on the factor stays, None where it goes on.
    """

    name: str
    settings: tuple[tuple[str, float], ...]
    last: int | None = None

    def __call__(self, epoch: int) -> float:
        """The factor of an epoch, a Python float from 0 to 1; ValueError unless the epoch is a whole number from 0 on."""
        if not is_whole(epoch) or epoch < 0:
            raise ValueError(f"an epoch is a whole number from 0 on, not {str(epoch)[:60]!r}")
        return float(_FORMULAS[self.name](self._until(epoch), dict(self.settings), np))

    def _until(self, epoch: int) -> int:
        return int(epoch) if self.last is None else min(int(epoch), self.last)

    @property
    def step(self) -> Step:
        """The Step of an epoch's learning rate, from the one at the start, the epoch and the settings."""
        start, epoch = Quantity("lr_start"), Quantity("epoch")
        own = {name: Quantity(name) for name, _ in self.settings}
        with sp.evaluate(False):
            factor = _FORMULAS[self.name](epoch.symbol, {name: q.symbol for name, q in own.items()}, sp)
        return Step(Quantity("lr"), f"schedule.{self.name}", mul(start.symbol, factor), (start, epoch, *own.values()))

    def values(self, lr: float, epoch: int) -> dict[Quantity, float]:
        """The numbers of that Step in an epoch, its target's among them; lr: the learning rate at the start."""
        given = {"lr_start": float(lr), "epoch": float(self._until(epoch)), **dict(self.settings), "lr": lr * self(epoch)}
        return {Quantity(name): value for name, value in given.items()}


def step_decay(every: int, factor: float) -> Schedule:
    """The rate times ``factor``, above 0 and up to 1, after every so many epochs: factor^floor(epoch / every)."""
    return Schedule("step_decay", (("every", _count("every", every)), ("factor", _number("factor", factor, 1.0))))


def exponential(rate: float) -> Schedule:
    """exp(-rate epoch), with a rate from 0 on."""
    return Schedule("exponential", (("rate", _number("rate", rate)),))


def inverse_time(rate: float) -> Schedule:
    """1 / (1 + rate epoch), with a rate from 0 on. Source: Robbins and Monro 1951, whose conditions it meets."""
    return Schedule("inverse_time", (("rate", _number("rate", rate)),))


def cosine(epochs: int) -> Schedule:
    """(1 + cos(pi epoch / epochs)) / 2: from 1 down to 0 in so many epochs, and 0 from then on.

    Source: Loshchilov and Hutter, SGDR, 2017, equation 5, without restarts.
    """
    return Schedule("cosine", (("epochs", _count("epochs", epochs)),), int(epochs))


def _count(name: str, value: Any) -> float:
    if not is_whole(value) or not 1 <= value <= 10**9:
        raise ValueError(f"{name} must be a whole number from 1 on, not {str(value)[:60]!r}")
    return float(value)


def _number(name: str, value: Any, most: float | None = None) -> float:
    if not is_number(value) or not (value >= 0 if most is None else 0 < value <= most):
        limits = "from 0 on" if most is None else f"above 0 and up to {most:g}"
        raise ValueError(f"{name} must be a finite number {limits}, not {str(value)[:60]}")
    return float(value)
