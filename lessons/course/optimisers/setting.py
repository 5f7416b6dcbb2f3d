"""What a person sets in the lesson: the surface, where the race begins, who runs and how, and how the learning rate changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, floor
from typing import Any

import numpy as np

from mlp_core import Optimiser, Quantity
from mlp_core.optimisers import schedules
from mlp_core.optimisers.schedules import Schedule

from ...answers import read
from ...example import Example
from ...i18n import mark
from ...problem import Problem
from ...worked.descent import WEIGHTS
from ..setting import BROKEN, Setting, each_of, number, numbers, one_of, text, whole
from .racers import FORMS, known, racers
from .racing import UPDATES, Entry
from .surfaces import NETWORK, SURFACES, Pair, Place, extent, pair_of

LARGEST, FARTHEST, LONGEST = 1e3, 1e3, 40
MEASURED = 200  # updates whose steps are measured
CONSTANT = "constant"
SLOWINGS = {name: form.title for name, form in schedules.SCHEDULES.items()}
SCHEDULES = {CONSTANT: mark("constant"), **SLOWINGS}
SLOWED = "slowed"  # who races with the learning rate that changes, beside the one whose rate stays
Tuned = tuple[str, str, str, float]


@dataclass(frozen=True)
class Race(Setting):
    """surface; starts: of surfaces where a person moved it; tuned: surface, racer, setting, number; out: the racers that do not
    run; form: of momentum; racer, step: whose update is looked at, and which; first, second: weights of the network, by address,
    empty for the usual ones; schedule: how the learning rates of all change; slowing: how that of the one that is ``slowed``
    does; every, factor, rate, epochs: the numbers of both; epoch: in which it is looked at; updates: how many steps are
    measured."""

    surface: str = "ravine"
    starts: tuple[tuple[str, float, float], ...] = ()
    tuned: tuple[Tuned, ...] = ()
    out: tuple[str, ...] = ()
    form: str = "lr_inside"
    racer: str = "SGD"
    step: int = 1
    first: str = ""
    second: str = ""
    schedule: str = CONSTANT
    slowing: str = "step_decay"
    every: int = 15
    factor: float = 0.5
    rate: float = 0.05
    epochs: int = UPDATES
    epoch: int = 20
    slowed: str = "RMSprop"
    updates: int = 0

    def __post_init__(self) -> None:
        self.check("surface", one_of, tuple(SURFACES))
        self.check("form", one_of, tuple(FORMS))
        self.check("schedule", one_of, tuple(SCHEDULES))
        self.check("slowing", one_of, tuple(SLOWINGS))
        self.check("step every epochs", whole, 1, UPDATES)
        self.check("epoch", whole, 0, UPDATES - 1)
        self.check("updates", whole, 0, MEASURED)
        self.check("racer first second slowed", text, LONGEST)
        self.check("factor", number, 0.05, 1)
        self.check("rate", number, 0, 1)
        self.check("starts", each_of, _start)
        self.check("out", each_of, text, LONGEST)
        self.check("tuned", each_of, _tuned)
        if max(map(len, (self.starts, self.out, self.tuned))) > LARGEST:
            raise Problem("out", BROKEN)
        for which, racer in {(which, racer) for which, racer, _name, _value in self.tuned}:
            if racer in racers():
                self.optimiser(which, racer)

    def optimiser(self, surface: str, racer: str) -> Optimiser:
        """A racer's with its settings there; Problem for settings it cannot have."""
        about = racers()[racer]
        own = {name: value for *where, name, value in self.tuned if where == [surface, racer] and name in about.knobs()}
        return about.optimiser(surface, self.form, own)

    def entries(self, surface: str, only: tuple[str, ...] = ()) -> tuple[Entry, ...]:
        """Who runs there, of those only, with the schedule that is set."""
        every = [each for each in racers() if not only or each in only]
        return tuple(Entry(key, self.optimiser(surface, key), self.by(self.schedule)) for key in every if key not in self.out)

    def by(self, schedule: str) -> Schedule | None:
        """A schedule with its numbers; None where the learning rate stays."""
        if schedule == CONSTANT:
            return None
        return Schedule.of(schedule, **{name: getattr(self, name) for name in schedules.SCHEDULES[schedule].numbers})

    def pair(self, surface: str, example: Example) -> Pair:
        """The two weights of a surface; those of the network's are chosen. Problem where it has only one."""
        return pair_of(example, self.first, self.second) if surface == NETWORK else WEIGHTS

    def start(self, surface: str, example: Example) -> Place:
        """Where the race begins there: as it does at first, where the place that was set lies outside the picture."""
        x, y, usual = extent(surface, example, self.pair(surface, example))
        own = next(((u, v) for which, u, v in self.starts if which == surface), usual)
        return own if x[0] <= own[0] <= x[1] and y[0] <= own[1] <= y[1] else usual

    def looked_at(self) -> str:
        """The racer whose update is looked at."""
        return known(self.racer)


def _start(where: str, entry: Any) -> tuple[str, float, float]:
    surface, *place = entry
    x, y = numbers(where, place, 2, -FARTHEST, FARTHEST)
    return one_of(where, surface, tuple(SURFACES)), x, y


def _tuned(where: str, entry: Any) -> Tuned:
    surface, racer, name, value = entry
    return (
        one_of(where, surface, tuple(SURFACES)), text(where, racer, LONGEST), text(where, name, LONGEST),
        number(name, value, 0, LARGEST),
    )  # fmt: skip


# ---- what a person does ---------------------------------------------------------------------------------------------


def started(setting: Race, x: float, y: float, surface: str = "") -> Race:
    """The race begins elsewhere."""
    which = surface or setting.surface
    kept = tuple(each for each in setting.starts if each[0] != which)
    return replace(setting, starts=(*kept, (which, x, y)))


def opened(setting: Race, racer: str, step: float) -> Race:
    """Another update is looked at."""
    return replace(setting, racer=racer, step=int(step))


def runs(setting: Race, racer: str, takes_part: float) -> Race:
    """A racer runs, or no longer does."""
    kept = tuple(each for each in setting.out if each != racer)
    return replace(setting, out=kept if takes_part else (*kept, racer))


def tuned(setting: Race, racer: str, name: str, value: float, surface: str = "") -> Race:
    """A racer has another setting."""
    which = surface or setting.surface
    kept = tuple(each for each in setting.tuned if each[:3] != (which, racer, name))
    return replace(setting, tuned=(*kept, (which, racer, name, value)))


def paired(setting: Race, first: str, second: str) -> Race:
    """The network's surface is over other weights; the race begins where they are."""
    kept = tuple(each for each in setting.starts if each[0] != NETWORK)
    return replace(setting, first=first, second=second, starts=kept)


def anew(setting: Race, _example: Example, surface: str = "") -> Race:
    """The race on this surface as it was at first."""
    which = surface or setting.surface
    return replace(
        setting, starts=tuple(each for each in setting.starts if each[0] != which), out=(), form="lr_inside",
        tuned=tuple(each for each in setting.tuned if each[0] != which),
    )  # fmt: skip


def changes(surface: str = "") -> Mapping[str, Any]:
    """For ``Drawn``: what a person may do with a race, on that surface or on the one that is chosen."""

    def start(setting: Race, x: float, y: float) -> Race:
        return started(setting, x, y, surface)

    def put(setting: Race, racer: str, name: str, value: float) -> Race:
        return tuned(setting, racer, name, value, surface)

    def typed(setting: Race, racer: str, name: str, text: str) -> Race:
        return put(setting, racer, name, read(text).value)

    def place(setting: Race, n: int, text: str, x: float, y: float, low: float, high: float) -> Race:
        value = number("start", read(text).value, low, high)
        return start(setting, value, y) if n == 0 else start(setting, x, value)

    return {"start": start, "place": place, "open": opened, "run": runs, "set": put, "typed": typed, "pair": paired}


def entered(setting: Race, quantity: Quantity, value: float) -> Race:
    """A number typed for a weight in the picture of a step: the race begins there, and its first update is looked at."""
    about = SURFACES[setting.surface]
    if quantity not in WEIGHTS or setting.surface == NETWORK:
        raise Problem("start", BROKEN)
    low, high = (about.x, about.y)[WEIGHTS.index(quantity)]
    number(str(quantity), value, low, high)
    place = next(((x, y) for which, x, y in setting.starts if which == setting.surface), about.start)
    x, y = (value, place[1]) if quantity == WEIGHTS[0] else (place[0], value)
    return replace(started(setting, x, y), step=1)


@lru_cache(maxsize=64)
def redrawn(setting: Race, seed: int) -> Race:
    """Another start, in halves, and one of the first updates; another epoch, and other numbers of the schedules."""
    draw = np.random.default_rng(seed)

    def one(*choices: float) -> float:
        return float(draw.choice(choices))

    about = SURFACES[setting.surface]
    kept = tuple(each for each in setting.starts if each[0] != setting.surface)
    place = (setting.surface, one(*_halves(*about.x)), one(*_halves(*about.y)))
    return replace(
        setting, starts=kept if setting.surface == NETWORK else (*kept, place), step=int(one(1, 2)), epoch=int(one(6, 7, 8, 9)),
        every=int(one(2, 3, 4)), factor=one(0.5, 0.8), rate=one(0.05, 0.1, 0.2), epochs=int(one(20, 30)),
    )  # fmt: skip


def _halves(low: float, high: float) -> Iterator[float]:
    """Multiples of a half within, neither 0 nor 2, where some slope is 0."""
    yield from (k / 2 for k in range(ceil(2 * low), floor(2 * high) + 1) if k not in (-4, 0, 4))
