"""Training runs side by side from the same start, which take turns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from time import perf_counter
from typing import Any

from mlp_core import Optimiser, Training
from mlp_core.optimisers.schedules import Schedule

from ..example import Example
from ..queue import Queue

MAX_ITERATIONS = 10_000
TURNS = Queue(1)


@dataclass(frozen=True, eq=False)
class Lane:
    """A training run, the example it began from, and the lock of all the runs that began with it."""

    example: Example
    training: Training
    lock: Lock

    @property
    def name(self) -> str:
        """Of its optimiser."""
        return self.training.optimiser.name

    def fits(self, example: Example) -> bool:
        """Would a run that begins from ``example`` now be the same run?"""
        one, other = self.example, example
        same = one.model == other.model and all(
            getattr(one.settings, name) == getattr(other.settings, name) for name in ("scope", "sequential")
        )
        own = [each.settings.shrinking(self.name) for each in (one, other)]
        return same and own[0] == own[1] and self.training.optimiser == other.settings.named(self.name)


def begin(
    example: Example,
    optimisers: Iterable[str],
    iterations: int,
    loss_below: float | None = None,
    change_below: float | None = None,
    schedule: Schedule | None = None,
) -> dict[str, Lane]:
    """A run for each optimiser: the example's weights and settings, an empty memory, the three stop conditions, and how the
    learning rate falls.

    Errors as for ``Training``.
    """
    more = {"loss_below": loss_below, "change_below": change_below, "schedule": schedule}
    lock = Lock()
    return {
        name: Lane(
            example,
            training(example, example.settings.named(name), iterations, **more),
            lock,
        )
        for name in optimisers
    }


def training(example: Example, optimiser: Optimiser, iterations: int, **more: Any) -> Training:
    """A run of the example by an optimiser, with its conventions and its weight decay; ``more`` goes to ``Training``."""
    own = example.settings.shrinking(optimiser.name)
    if own:
        more |= {"weight_decay": own.rate, "decay": own.form}
    sequential = example.settings.sequential
    return Training(example.network, *example.model.data, optimiser, iterations, sequential=sequential, **more)


def advance(lanes: Sequence[Lane], seconds: float) -> bool:
    """Let the runs take turns, an iteration each, for about so many seconds; True while one of them is not at its end.

    Everybody who trains in this process takes turns, too, in the order they ask: so whoever does something else competes with
    one of them. Streamlit starts the next script before the one it interrupts has noticed: the lock keeps one of them out of
    the other's iteration.
    """
    with TURNS.ticket() as ticket:
        ticket.wait()
        with lanes[0].lock:
            left = [lane.training for lane in lanes if not lane.training.stopped_by]
            until = perf_counter() + seconds
            while left and perf_counter() < until:
                for training in left:
                    next(training, None)
                if any(training.stopped_by for training in left):
                    left = [training for training in left if not training.stopped_by]
            return bool(left)


def stop(lanes: Sequence[Lane]) -> None:
    """End by hand what has not ended yet, all of it after the same iteration."""
    with lanes[0].lock:
        for lane in lanes:
            lane.training.stop()


def progress(lanes: Sequence[Lane]) -> float:
    """How much is done, 0 to 1; a run that has ended is done."""
    return sum(1.0 if t.stopped_by else t.epoch / t.epochs for t in (lane.training for lane in lanes)) / len(lanes)
