"""What a person sets in the lesson, and what each of its screens works out of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp, log

import numpy as np

from mlp_core import Quantity

from ...example import PRESETS, Example, Model
from ...i18n import mark
from ...problem import Problem
from ...worked import Worked
from ..setting import Setting, number, numbers, one_of, whole
from ..typed import Typed, by_address, with_number, with_numbers
from .outputs import outputs, wanted

CLASSES, MOST_OUTPUTS = 3, 4
REACH, LARGEST, FASTEST = 5.0, 100.0, 2.0
PER = 100  # steps of an output that is a probability, to 1
EDGE = 1 / PER
SQUARES = {
    "squared_error": mark("sum"), "half_squared_error": mark("half the sum"), "mean_squared_error": mark("mean of the outputs"),
}  # fmt: skip
TARGETS = {0: "0", 1: "1"}
RIGHT = {1: "1", 2: "2", 3: "3", 0: mark("divided")}
DIVIDED = (0.5, 0.3, 0.2)
OUTPUTS = {"softmax": "softmax", "sigmoid": mark("sigmoid")}
COSTS = {"squared_error": mark("squared error"), "cross_entropy": mark("cross-entropy")}
CLASSIFIER = PRESETS["classifier"][1]
TYPED = tuple(q for q in CLASSIFIER.model.given if q.kind != "y")
ADDRESSES = frozenset(map(str, TYPED))
FIXED = mark("The targets are chosen above the picture.")


@dataclass(frozen=True)
class Losses(Setting):
    """form: of the squared error; count: how many outputs it has, outs and goals: theirs and their targets; share: an output to
    be judged, target: what it should be; z1, z2, z3: the weighted sums of a softmax; right: its right class, from 1, or with 0
    several, each in part; loss_sign, slope_sign: whether loss and slope have their minus sign; rate: the learning rate; output,
    cost: of the elementwise rule; own: numbers of the classifier that a person typed, by address."""

    form: str = "squared_error"
    count: int = 3
    outs: tuple[float, ...] = (0.2, 0.6, -0.4, 1.1)
    goals: tuple[float, ...] = (1.0, 0.0, 0.0, 1.0)
    share: float = 0.05
    target: int = 1
    z1: float = 2.0
    z2: float = 0.5
    z3: float = -1.0
    right: int = 2
    loss_sign: bool = False
    slope_sign: bool = False
    rate: float = 0.2
    output: str = "softmax"
    cost: str = "squared_error"
    own: Typed = ()

    def __post_init__(self) -> None:
        self.check("form", one_of, tuple(SQUARES))
        self.check("count", whole, 1, MOST_OUTPUTS)
        self.check("outs goals", numbers, MOST_OUTPUTS, -LARGEST, LARGEST)
        self.check("share", number, EDGE, 1 - EDGE)
        self.check("target", one_of, tuple(TARGETS))
        self.check("z1 z2 z3", number, -REACH, REACH)
        self.check("right", one_of, tuple(RIGHT))
        self.check("loss_sign slope_sign", one_of, (True, False))
        self.check("rate", number, 0.1, FASTEST)
        self.check("output", one_of, tuple(OUTPUTS))
        self.check("cost", one_of, tuple(COSTS))
        self.check("own", by_address, ADDRESSES, LARGEST)
        _ = self.classifier

    @property
    def z(self) -> tuple[float, ...]:
        """The weighted sums, (3,)."""
        return self.z1, self.z2, self.z3

    @property
    def y(self) -> tuple[float, ...]:
        """The targets of the classes, (3,)."""
        return tuple(float(k == self.right) for k in range(1, CLASSES + 1)) if self.right else DIVIDED

    @property
    def classifier(self) -> Example:
        """The classifier with a hidden layer, as it can go to the desk."""
        return _classifier(self.own)


@lru_cache(maxsize=256)
def _classifier(own: Typed) -> Example:
    return with_numbers(CLASSIFIER, own)


@lru_cache(maxsize=256)
def _others(seed: int) -> Typed:
    """Other numbers for the classifier."""
    trace = CLASSIFIER.remodelled(Model.redrawn, seed).trace
    return tuple((str(q), trace[q]) for q in TYPED)


# ---- what is worked out ---------------------------------------------------------------------------------------------


def squares(setting: Losses, _example: object) -> Worked:
    """Linear outputs and their squared error."""
    return outputs(setting.outs[: setting.count], setting.goals[: setting.count], "identity", setting.form)


def judged(setting: Losses, _example: object) -> Worked:
    """One output of a sigmoid and its binary cross-entropy."""
    return outputs([logit(setting.share)], [float(setting.target)], "sigmoid", "binary_cross_entropy")


def logit(share: float) -> float:
    """The weighted sum at which a sigmoid gives that."""
    return log(share / (1 - share))


def classes(setting: Losses, _example: object) -> Worked:
    """Softmax and cross-entropy, their factors multiplied out."""
    return outputs(setting.z, setting.y, "softmax", "cross_entropy")


def compared(setting: Losses, _example: object) -> Worked:
    """The outputs and the loss that the elementwise rule is tried on."""
    return outputs(setting.z, setting.y, setting.output, wanted(setting.output, setting.cost))


def classifier(setting: Losses, _example: object) -> Worked:
    """The classifier with a hidden layer."""
    return setting.classifier.worked


# ---- how it changes -------------------------------------------------------------------------------------------------


def entered(setting: Losses, quantity: Quantity, value: float) -> Losses:
    """Another weighted sum; Problem for a target."""
    if quantity.kind == "y":
        raise Problem(str(quantity), FIXED)
    return setting.put(f"z{quantity.index[0]}", value)


def entered_output(setting: Losses, quantity: Quantity, value: float) -> Losses:
    """Another output of the squared error, or another target."""
    name = "goals" if quantity.kind == "y" else "outs"
    every = list(getattr(setting, name))
    every[quantity.index[0] - 1] = value
    return setting.put(name, tuple(every))


def entered_share(setting: Losses, quantity: Quantity, value: float) -> Losses:
    """Another weighted sum of the output to be judged; Problem for its target."""
    if quantity.kind == "y":
        raise Problem(str(quantity), FIXED)
    return judged_at(setting, "at", 1 / (1 + exp(-number(str(quantity), value, -LARGEST, LARGEST))))


def entered_classifier(setting: Losses, quantity: Quantity, value: float) -> Losses:
    """Another weight, bias or input of the classifier; Problem for a target."""
    if quantity.kind == "y":
        raise Problem(str(quantity), ONE_CLASS)
    return with_number(setting, quantity, value)


ONE_CLASS = mark("The targets of a classifier add up to 1, so that none is changed alone.")


def moved(setting: Losses, name: str, x: float) -> Losses:
    """The first output of the squared error was moved."""
    return replace(setting, outs=(x, *setting.outs[1:])) if name == "at" else setting


def judged_at(setting: Losses, name: str, x: float) -> Losses:
    """The output to be judged was moved."""
    return replace(setting, share=min(max(x, EDGE), 1 - EDGE)) if name == "at" else setting


def redrawn(setting: Losses, seed: int) -> Losses:
    """Other numbers: outputs, targets and sums in tenths, another right class."""
    draw = np.random.default_rng(seed)

    def tenths(low: int, high: int, count: int) -> tuple[float, ...]:
        return tuple((draw.integers(low, high + 1, count) / 10).tolist())

    z1, z2, z3 = tenths(-20, 20, CLASSES)
    return replace(
        setting, outs=tenths(-15, 15, MOST_OUTPUTS), goals=tenths(-10, 10, MOST_OUTPUTS),
        share=float(draw.integers(5, 96)) / PER, target=int(draw.integers(2)), z1=z1, z2=z2, z3=z3,
        right=int(draw.integers(1, CLASSES + 1)) if setting.right else 0, own=_others(seed),
    )  # fmt: skip
