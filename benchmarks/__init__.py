"""The measurements behind the project's performance figures: run `python -m benchmarks`, read README.md."""

import importlib
import os
import statistics
import time
from collections.abc import Callable
from types import ModuleType
from typing import NamedTuple

# One thread for both halves of a ratio, set before NumPy comes in: with more, it would depend on the number of cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")


class Skipped(Exception):
    """A benchmark cannot run here; the message says what is missing."""


class Figure(NamedTuple):
    """One measured value, the limit it has to keep, and the absolute times behind it."""

    what: str
    value: float
    limit: float
    unit: str
    behind: str
    at_least: bool = False

    @property
    def passed(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        bound = "at least" if self.at_least else "at most"
        return f"{self.what}: {self.value:.3g} {self.unit}, limit {bound} {self.limit:g} ({self.behind})"


def need(module: str) -> ModuleType:
    """Import an optional module, or skip the benchmark that asked for it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise Skipped(f"{error.name} is not installed") from error


class Pair(NamedTuple):
    """The times of two things measured in turn: one entry a round."""

    first: list[float]
    second: list[float]

    @property
    def ratio(self) -> float:
        """Median over the rounds of first / second: a round's two halves share what else the machine was doing."""
        return statistics.median(a / b for a, b in zip(self.first, self.second, strict=True))

    def medians(self, scale: float) -> tuple[float, float]:
        """The median time of each, times `scale`."""
        return statistics.median(self.first) * scale, statistics.median(self.second) * scale


def interleave(first: Callable[[], object], second: Callable[[], object], rounds: int, calls: int) -> Pair:
    """Seconds a call: `rounds` rounds of `calls` calls of each, after one of warm-up; who begins alternates.

    CPU time, not time of day: a busy machine interrupts the longer half more often than the shorter one.
    """
    both, pair = (first, second), Pair([], [])
    for k in range(rounds + 1):
        for i in (k % 2, 1 - k % 2):
            start = time.process_time()
            for _ in range(calls):
                both[i]()
            if k:
                pair[i].append((time.process_time() - start) / calls)
    return pair
