"""What a person sets in the lesson: the samples of a batch, a line of text each, for the 3-2-1 network of the notes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from mlp_core import Quantity

from ...example import MAX_SAMPLES, WORKED, Example, Sample
from ...example.pasted import put, rows_of
from ...i18n import mark
from ...problem import Problem
from ...style import exact
from ...worked import Worked
from ..setting import Setting, drawn_again, number, one_of, text, whole
from ..typed import Typed, by_address, with_number, with_numbers

FIRST = "2 3 -1 | 1\n1 0 1 | 0\n-1 2 0 | 1"
INPUTS = len(WORKED.x)
LONGEST, LARGEST = 600, 1000.0
PARAMETERS = frozenset(str(q) for q in WORKED.model.given if q.family == "parameter")
COUNT = 12  # samples of the training
ORDERS, FASTEST = 999, 4.0
SIDES = {"columns": mark("as columns"), "rows": mark("as rows")}
REDUCTIONS = {"mean": mark("mean"), "sum": mark("sum")}
SHAPE = mark("A line here is a sample of {most} numbers: its {inputs} inputs, then its target. These are {rows} × {columns}.")
ALONE = mark("One sample alone has nothing to be put together with: add another on the first screen.")
FULL = mark("There are {most} samples, and more do not fit here: take one away first.")


@dataclass(frozen=True)
class Batches(Setting):
    """typed: the samples; side: how they stand in a matrix; sample: the one that is worked out, from 1; reduction: of loss and
    gradients; own: weights and biases that a person typed, by address; size, rate, order: of the training, the samples of an
    update, the learning rate, and the seed of the order they come in."""

    typed: str = FIRST
    side: str = "columns"
    sample: int = 1
    reduction: str = "mean"
    own: Typed = ()
    size: int = 4
    rate: float = 1.0
    order: int = 1

    def __post_init__(self) -> None:
        self.check("side", one_of, tuple(SIDES))
        self.check("reduction", one_of, tuple(REDUCTIONS))
        self.check("sample", whole, 1, MAX_SAMPLES)
        self.check("size", whole, 1, COUNT)
        self.check("order", whole, 1, ORDERS)
        self.check("rate", number, 0.1, FASTEST)
        self.check("own", by_address, PARAMETERS, LARGEST)
        samples = _read(text("typed", self.typed, LONGEST))
        object.__setattr__(self, "typed", _written(samples))
        object.__setattr__(self, "sample", min(self.sample, len(samples)))
        _ = self.example

    @cached_property
    def example(self) -> Example:
        """The notes' network with these samples, as it can go to the desk."""
        return with_numbers(_begun(self.typed, self.reduction, self.sample), self.own)

    @property
    def count(self) -> int:
        """How many samples there are."""
        return len(self.example.model.samples)


@lru_cache(maxsize=64)
def _read(typed: str) -> tuple[Sample, ...]:
    """The samples of a text: a line or a column each, inputs and then the target, or arrays x = ... and y = ..."""
    if "=" in typed:
        return put(WORKED, "", typed).model.samples
    wide = INPUTS + 1
    rows = rows_of(typed.replace("|", " "), lambda shape: wide in shape)
    if len(rows[0]) != wide and len(rows) == wide:
        rows = tuple(zip(*rows, strict=True))
    if len(rows[0]) != wide:
        raise Problem("typed", SHAPE, most=wide, inputs=INPUTS, rows=len(rows), columns=len(rows[0]))
    return tuple(Sample(row[:INPUTS], row[INPUTS:]) for row in rows)


@lru_cache(maxsize=64)
def _begun(typed: str, reduction: str, sample: int) -> Example:
    """The notes' network with the samples of a text, of which that one is shown."""
    model = replace(WORKED.model, samples=_read(typed), reduction=reduction)
    return replace(WORKED, model=model, view=replace(WORKED.view, sample=sample))


def _written(samples: tuple[Sample, ...]) -> str:
    return "\n".join(f"{' '.join(map(exact, each.x))} | {' '.join(map(exact, each.y))}" for each in samples)


def worked(setting: Batches, _example: object) -> Worked:
    """The batch, one of its samples worked out."""
    return setting.example.worked


def worked_together(setting: Batches, _example: object) -> Worked:
    """The same; Problem where there is one sample alone."""
    if setting.count == 1:
        raise Problem("typed", ALONE)
    return setting.example.worked


def entered(setting: Batches, quantity: Quantity, value: float) -> Batches:
    """Another input, target, weight or bias."""
    if quantity.family == "parameter":
        return with_number(setting, quantity, value)
    model = setting.example.model.with_number(quantity, number(str(quantity), value, -LARGEST, LARGEST))
    return replace(setting, typed=_written(model.samples))


def redrawn(setting: Batches, seed: int) -> Batches:
    """As many other samples, in a network with other numbers."""
    model = setting.example.model.redrawn(seed)
    own = tuple((str(q), WORKED.with_model(model).trace[q]) for q in model.given if q.family == "parameter")
    return replace(setting, typed=_written(model.samples), own=own)


def added(setting: Batches, _example: object) -> Batches:
    """One more sample of small whole numbers, always the same at that place."""
    if setting.count == MAX_SAMPLES:
        raise Problem("typed", FULL, most=MAX_SAMPLES)
    draw = np.random.default_rng(setting.count)
    x, y = draw.integers(-3, 4, INPUTS).tolist(), draw.integers(2)
    return replace(setting, typed=f"{setting.typed}\n{' '.join(map(str, x))} | {y}")


def removed(setting: Batches, _example: object) -> Batches:
    """Without the last sample; Problem for the only one."""
    return replace(setting, typed=_written(setting.example.model.without_sample(setting.count).samples))


next_order = drawn_again("order", ORDERS)
