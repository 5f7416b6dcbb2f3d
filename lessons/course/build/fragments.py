"""Three lines of a batch's program with a gap, and what may stand there: the right fragment, and slips written in NumPy.

The network is a small one of its own, as wide as it is deep, so that a product the wrong way round has a number, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from mlp_core import Layer, Network, Quantity, trace
from mlp_core.optimisers import SGD
from mlp_core.writing.numbers import on_screen, shown

from ...drawing.program import program
from ...worked import Worked, of_update
from ..case import Case
from ..typed import Typed, array
from .setting import SAMPLES, WIDE, Build

RATE = 0.5
Array = Any  # of NumPy
Arrays = Mapping[str, Array]


@dataclass(frozen=True)
class Fragment:
    """What may stand in a gap, and what it gives. slip: the misconception that it is, empty for the right one."""

    code: str
    made: Callable[[Arrays], Array]
    slip: str = ""


GAPS: dict[str, tuple[Fragment, ...]] = {
    "dW2": (
        Fragment("a1.T @ delta2 / 3", lambda m: m["a1"].T @ m["delta2"] / 3, "transposed"),
        Fragment("delta2.T @ a1 / 3", lambda m: m["delta2"].T @ m["a1"] / 3),
        Fragment("delta2.T @ a1", lambda m: m["delta2"].T @ m["a1"], "batch_mean_forgotten"),
    ),
    "db2": (
        Fragment("delta2.sum() / 3", lambda m: m["delta2"].sum() / 3, "axis_left_out"),
        Fragment("delta2.sum(axis=1) / 3", lambda m: m["delta2"].sum(axis=1) / 3, "batch_row_sum"),
        Fragment("delta2.sum(axis=0) / 3", lambda m: m["delta2"].sum(axis=0) / 3),
    ),
    "dC_da1": (
        Fragment("delta2 @ W2", lambda m: m["delta2"] @ m["W2"]),
        Fragment("delta2 @ W_new2", lambda m: m["delta2"] @ m["W_new2"], "updated_weights"),
        Fragment("delta2 @ W2.T", lambda m: m["delta2"] @ m["W2"].T, "transposed"),
    ),
}


@lru_cache(maxsize=64)
def _drawn(seed: int) -> dict[tuple[str, int], Array]:
    """The numbers of the network and its samples, by kind and layer."""
    draw = np.random.default_rng((13, seed))

    def numbers(shape: tuple[int, ...], largest: int, unit: float) -> Array:
        made = draw.integers(1, largest + 1, shape) * draw.choice([-1, 1], shape) * unit
        return made.round(1)

    found = {}
    for k in (1, 2):
        found["W", k], found["b", k] = numbers((WIDE, WIDE), 9, 0.1), numbers((WIDE,), 5, 0.1)
    return found | {("x", 0): numbers((SAMPLES, WIDE), 3, 1.0), ("y", 2): draw.integers(0, 2, (SAMPLES, WIDE))}


def network(seed: int, own: Typed) -> tuple[Network, Array, Array]:
    """The network with its samples, as the seed draws them, but for the numbers that a person typed."""
    typed = dict(own)
    found = {place: array(typed, *place, begun) for place, begun in _drawn(seed).items()}
    layers = [Layer(found["W", k], found["b", k], "sigmoid") for k in (1, 2)]
    return Network(layers, "squared_error"), found["x", 0], found["y", 2]


def worked(setting: Build, _example: object) -> Worked:
    """Every sample of the batch, and an update; Problem where it overflows."""
    made, x, y = network(setting.numbers, setting.own)
    return of_update(SGD(lr=RATE).step(made, trace(made, x, y)), 0)


def redrawn(setting: Build, seed: int) -> Build:
    """Other numbers in the same network."""
    return replace(setting, numbers=seed, own=())


def arrays(about: Worked) -> Arrays:
    """The arrays that the fragments take."""
    update: Any = about.values
    one, two = update.trace.layers
    delta = SAMPLES * two.delta  # of each sample's own loss
    return {"a1": one.a, "delta2": delta, "W2": update.trace.network.layers[1].W, "W_new2": update.network.layers[1].W}


def asked(about: Worked) -> list[Quantity]:
    """The numbers of the three lines: of the error signals those of the first sample."""
    lines = {each.array: each for each in program(about)}
    targets = [step.target for array in GAPS for step in lines[array].steps]
    return [q for q in targets if q.sample <= 1 and not (q.is_gradient and q.sample)]


def facts(case: Case) -> Mapping[str, str]:
    """Every fragment with what it gives, by the array it is for and its number."""
    assert case.worked is not None
    known = arrays(case.worked)
    return {
        f"{array}_{n}": f"`{fragment.code}` → {_written(fragment.made(known), case.look.decimals)}"
        for array, fragments in GAPS.items()
        for n, fragment in enumerate(fragments, 1)
    }


def _written(numbers: Array, decimals: int) -> str:
    """An array as it is printed, with the decimals on screen."""
    if numbers.ndim:
        return f"[{' '.join(_written(each, decimals) for each in numbers)}]"
    return on_screen(shown(Quantity("C"), float(numbers), decimals))
