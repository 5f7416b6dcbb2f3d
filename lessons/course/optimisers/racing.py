"""The races: from one start, update by update, the paths of several optimisers at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from math import hypot, isfinite

import numpy as np

from mlp_core import Optimiser
from mlp_core.optimisers.schedules import Schedule

from ...worked.descent import Laws, Stage, applied, laws_for
from .surfaces import Field, Pair, Place

UPDATES = 60
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

    @property
    def lengths(self) -> list[float]:
        """How long each step is."""
        return [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(self.w)]


@lru_cache(maxsize=64)
def race(where: Field, pair: Pair, start: Place, entries: Sequence[Entry], updates: int = UPDATES) -> dict[str, Path]:
    """The path of each entry, by name; pair: which weights, a bias decaying otherwise than a weight."""
    paths = {each.key: Path([start]) for each in entries}
    laws = {each.key: tuple(laws_for(each.optimiser, q.kind) for q in pair) for each in entries}
    running = list(entries)
    for t in range(1, updates + 2):
        places = np.array([paths[each.key].w[-1] for each in running]).T
        if not running:
            break
        losses, slopes = where.slopes(places)
        onward = []
        for each, loss, slope in zip(running, losses.tolist(), slopes.T.tolist(), strict=True):
            path = paths[each.key]
            if not isfinite(loss):
                path.lost = True
                if len(path.w) > 1:
                    path.w.pop()
                continue
            path.losses.append(loss)
            if t <= updates and _updated(path, each, laws[each.key], slope, t):
                onward.append(each)
        running = onward
    return paths


def _updated(path: Path, entry: Entry, laws: Sequence[Laws], slope: Sequence[float], t: int) -> bool:
    """Add the place after update t; False where it has none."""
    optimiser = entry.optimiser.slowed(entry.schedule(t - 1)) if entry.schedule else entry.optimiser
    try:
        one, other = (
            applied(own, optimiser, w, g, before, t)
            for own, w, g, before in zip(laws, path.w[-1], slope, path.slots[-1], strict=True)
        )
    except (OverflowError, ZeroDivisionError):
        path.lost = True
        return False
    place = one["new"], other["new"]
    if not all(isfinite(each) and abs(each) <= FARTHEST for each in place):
        path.lost = True
        return False
    path.w.append(place)
    path.slots.append(({slot: one[slot] for slot in optimiser.slots}, {slot: other[slot] for slot in optimiser.slots}))
    return True
