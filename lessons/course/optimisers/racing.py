"""The races: from one start, update by update, the path of an optimiser."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite

import numpy as np

from mlp_core import Optimiser
from mlp_core.optimisers.schedules import Schedule

from ...worked.descent import Mover, Stage
from .surfaces import Field, Pair, Place

UPDATES = 50
FARTHEST = 1e6  # whoever is farther away has diverged
Slots = tuple[dict[str, float], dict[str, float]]


@dataclass(frozen=True)
class Entry:
    """Who runs: under which name, which optimiser, and how its learning rate changes."""

    key: str
    optimiser: Optimiser
    schedule: Schedule | None = None


@dataclass(eq=False)
class Path:
    """Where an optimiser was before the first update and after each, with the loss there and what it remembered; lost: whether
    its numbers have grown beyond all bounds, so that it ends there."""

    w: list[Place]
    losses: list[float] = field(default_factory=list)
    slots: list[Slots] = field(default_factory=lambda: [({}, {})])
    lost: bool = False

    def stage(self, t: int) -> Stage:
        """Where update t begins, from 1; the last one there is where it never came to that."""
        t = max(1, min(t, len(self.w) - 1))
        return Stage(self.w[t - 1], self.slots[t - 1], t)


def race(where: Field, pair: Pair, start: Place, entries: Iterable[Entry], updates: int = UPDATES) -> dict[str, Path]:
    """The path of each entry, by name; pair: which weights, as a bias decays otherwise than a weight."""
    kinds = (pair[0].kind, pair[1].kind)
    return {each.key: path(where, kinds, start, each.optimiser, each.schedule, updates) for each in entries}


@lru_cache(maxsize=256)
def path(
    where: Field, kinds: tuple[str, str], start: Place, optimiser: Optimiser, schedule: Schedule | None, updates: int
) -> Path:
    """The path of one; kinds: "W" or "b" each."""
    found = Path([start])
    first, second = (Mover(optimiser, kind) for kind in kinds)
    with np.errstate(all="ignore"):
        for t in range(1, updates + 2):
            place = found.w[-1]
            try:
                loss, g, h = map(float, where.at(place))
                if not isfinite(loss):
                    raise OverflowError
                found.losses.append(loss)
                if t > updates:
                    break
                factor = schedule(t - 1) if schedule else 1.0
                one, other = first.move(place[0], g, t, factor), second.move(place[1], h, t, factor)
                if not (abs(one) <= FARTHEST and abs(other) <= FARTHEST):  # nor where it is no number
                    raise OverflowError
            except (OverflowError, ZeroDivisionError):
                found.lost = True
                break
            found.w.append((one, other))
            found.slots.append((first.remembered, second.remembered))
    del found.w[max(1, len(found.losses)) :]
    return found
