"""What a person sets in the lesson: the batch that is worked by hand, and what is tried with inputs, statistics and networks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mlp_core import Quantity

from ...i18n import mark
from ...problem import Problem
from ..setting import BROKEN, Setting, drawn_again, number, numbers, one_of, whole

LARGEST, LEAST_EPS = 1000.0, 1e-9
SAMPLES = 4
PATHS = {
    "own": mark("its own number"),
    "variance": mark("the variance"),
    "mean": mark("the mean"),
    "all": mark("all three"),
}
DRAWS, MOST_SIZE, DEEPEST = 999, 32, 4
SHAPES = {"skewed": mark("many small, few large"), "groups": mark("two groups"), "normal": mark("normal")}
STARTS = {"small_uniform": mark("small, uniform"), "xavier_uniform": mark("Xavier")}
ACTIVATIONS = {"sigmoid": mark("sigmoid"), "tanh": mark("tanh"), "relu": mark("ReLU")}


@dataclass(frozen=True)
class Norm(Setting):
    """z, y: of four samples, before normalising and as targets; gamma, beta, eps; old_mean, old_var: the running ones, share: of
    a batch in them; alone: a sample after training; path, sample: which path of which sample is followed; mean, spread: of the
    inputs, rate: of their training, as a share of the largest; size, draw: of the batches that running statistics see; shape,
    gamma_of, beta_of: of the numbers that are normalised; start, activation, depth: of the networks that are trained."""

    z: tuple[float, ...] = (-6.0, 0.0, 2.0, 8.0)
    y: tuple[float, ...] = (0.0, 0.0, 1.0, 1.0)
    gamma: float = 2.0
    beta: float = 1.0
    eps: float = 1e-5
    old_mean: float = 0.0
    old_var: float = 1.0
    share: float = 0.1
    alone: float = 5.0
    path: str = "own"
    sample: int = 1
    mean: float = 2.0
    spread: float = 3.0
    rate: float = 0.5
    size: int = 8
    draw: int = 1
    shape: str = "skewed"
    scale: float = 1.0
    shift: float = 0.0
    start: str = "small_uniform"
    activation: str = "sigmoid"
    depth: int = 4

    def __post_init__(self) -> None:
        for name, least, most in BOUNDS:
            self.check(name, number, least, most)
        self.check("z y", numbers, SAMPLES, -LARGEST, LARGEST)
        self.check("path", one_of, tuple(PATHS))
        self.check("shape", one_of, tuple(SHAPES))
        self.check("start", one_of, tuple(STARTS))
        self.check("activation", one_of, tuple(ACTIVATIONS))
        self.check("sample", whole, 1, SAMPLES)
        self.check("draw", whole, 1, DRAWS)
        self.check("depth", whole, 1, DEEPEST)
        self.check("size", whole, 2, MOST_SIZE)


BOUNDS = (
    ("gamma", -LARGEST, LARGEST), ("beta", -LARGEST, LARGEST), ("eps", LEAST_EPS, LARGEST), ("old_mean", -LARGEST, LARGEST),
    ("old_var", 0.0, LARGEST), ("share", 0.0, 1.0), ("alone", -LARGEST, LARGEST), ("mean", -5.0, 5.0), ("spread", 0.5, 5.0),
    ("rate", 0.05, 1.1), ("scale", -3.0, 3.0), ("shift", -3.0, 3.0),
)  # fmt: skip
FIELDS = {
    "gamma": "gamma", "beta": "beta", "norm_eps": "eps", "running_mean": "old_mean", "running_var": "old_var",
    "norm_momentum": "share",
}  # fmt: skip


def entered(setting: Norm, quantity: Quantity, value: float) -> Norm:
    """Another number typed in the picture: a sample, its target, a parameter, a statistic."""
    if quantity.kind in ("z", "y"):
        at, name = quantity.sample - 1, quantity.kind
        if at < 0 and name == "z":
            return replace(setting, alone=value)
        if not 0 <= at < SAMPLES:
            raise Problem(name, BROKEN)
        own = getattr(setting, name)
        return setting.put(name, (*own[:at], value, *own[at + 1 :]))
    if quantity.kind not in FIELDS:
        raise Problem(str(quantity), BROKEN)
    return setting.put(FIELDS[quantity.kind], value)


def redrawn(setting: Norm, seed: int) -> Norm:
    """Other numbers for all that is worked by hand."""
    random = np.random.default_rng((seed, 10))
    centre, far = int(random.integers(-3, 6)), int(random.integers(1, 3))
    near = [(1, 7), (2, 6), (3, 5)][int(random.integers(3))]
    z = [float(centre + sign * each * far) for each in near for sign in (-1, 1)]
    gamma = float(random.choice([-2.0, -1.5, 0.5, 1.5, 3.0]))
    return replace(
        setting, z=tuple(random.permutation(z).tolist()), y=tuple(random.integers(-1, 3, SAMPLES).astype(float).tolist()),
        gamma=gamma, beta=float(random.integers(1, 4)) * (-1) ** int(random.integers(2)), eps=1e-5,
        old_mean=float(random.integers(1, 4)), old_var=float(random.integers(2, 30)), share=float(random.choice([0.1, 0.2, 0.3])),
        alone=float(random.integers(4, 12)),
    )  # fmt: skip


next_draw = drawn_again("draw", DRAWS)
