"""How networks begin: one table of schemes, each a formula for NumPy numbers and SymPy symbols alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import sympy as sp

from .functions import lookup
from .network import Layer, Network, is_number, is_whole

Draw = Callable[[np.random.Generator, tuple[int, int], float], np.ndarray]


def _uniform(random: np.random.Generator, shape: tuple[int, int], limit: float) -> np.ndarray:
    return random.uniform(-limit, limit, shape)


def _normal(random: np.random.Generator, shape: tuple[int, int], spread: float) -> np.ndarray:
    return random.normal(0.0, spread, shape)


def _same(random: np.random.Generator, shape: tuple[int, int], value: float) -> np.ndarray:
    return np.full(shape, value)


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """How the weights of a layer begin; biases begin at 0.

    title: for people, in English; scale: of a layer with n_in inputs and n_out neurons, given as numbers or symbols; draw: the
    weights of that scale, (n_out, n_in): the scale is the limit of a "uniform" distribution around 0, the standard deviation of
    a "normal" one, and the "constant" itself; distribution: which of the three; source: where it was published.
    """

    title: str
    scale: Callable[[Any, Any], Any]
    draw: Draw
    distribution: str
    source: str = ""

    @property
    def formula(self) -> sp.Expr:
        """The scale in the symbols n_in and n_out."""
        n_in, n_out = sp.symbols("n_in n_out", positive=True)
        formula: sp.Expr = self.scale(n_in, n_out)
        return formula

    def spread(self, n_in: int, n_out: int) -> float:
        """The standard deviation of a weight, a Python float."""
        scale = float(self.scale(n_in, n_out))
        return {"uniform": scale / float(np.sqrt(3)), "normal": scale, "constant": 0.0}[self.distribution]


_GLOROT = "Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010"
_HE = "He, Zhang, Ren and Sun, Delving deep into rectifiers, 2015"
SCHEMES: dict[str, Scheme] = {
    "zeros": Scheme(title="all 0", scale=lambda m, n: sp.Integer(0), draw=_same, distribution="constant"),
    "constant": Scheme(title="all the same", scale=lambda m, n: sp.Rational(1, 2), draw=_same, distribution="constant"),
    "small_uniform": Scheme(
        title="small, uniform", scale=lambda m, n: sp.Rational(1, 100), draw=_uniform, distribution="uniform"
    ),
    "xavier_uniform": Scheme(
        title="Xavier, uniform",
        scale=lambda m, n: sp.sqrt(sp.Integer(6) / (m + n)),
        draw=_uniform,
        distribution="uniform",
        source=f"{_GLOROT}, equation 16",
    ),
    "xavier_normal": Scheme(
        title="Xavier, normal",
        scale=lambda m, n: sp.sqrt(sp.Integer(2) / (m + n)),
        draw=_normal,
        distribution="normal",
        source=f"{_GLOROT}, equation 12",
    ),
    "he_uniform": Scheme(
        title="He, uniform",
        scale=lambda m, n: sp.sqrt(sp.Integer(6) / m),
        draw=_uniform,
        distribution="uniform",
        source=f"{_HE}, equation 10, as a uniform distribution of that variance",
    ),
    "he_normal": Scheme(
        title="He, normal",
        scale=lambda m, n: sp.sqrt(sp.Integer(2) / m),
        draw=_normal,
        distribution="normal",
        source=f"{_HE}, equation 10",
    ),
}
MAX_WEIGHTS = 10**8


def initialise(
    sizes: Sequence[int],
    activations: str | Sequence[str],
    scheme: str = "xavier_uniform",
    seed: int = 0,
    loss: str = "squared_error",
    reduction: str = "mean",
    scale: float | None = None,
) -> Network:
    """A network whose weights begin by that scheme, drawn with ``seed``, and whose biases begin at 0.

    sizes: (n_0, ..., n_L), the inputs first; activations: one name a layer, or one for all; scheme: a name of ``SCHEMES``;
    scale: of all layers, instead of the scheme's own.
    ValueError for sizes that are no whole numbers from 1 on, for too few or many activations, for unknown names, and for a scale
    that is no finite number, or below 0 where it is a spread.
    """
    chosen = lookup(SCHEMES, scheme, "scheme")  # type: ignore[type-var]
    try:
        sizes = tuple(sizes)
    except TypeError:
        raise ValueError(f"sizes must be a list of whole numbers, not {str(sizes)[:60]!r}") from None
    if len(sizes) < 2 or not all(is_whole(n) and n >= 1 for n in sizes):
        raise ValueError(f"sizes must be two or more whole numbers from 1 on, not {str(sizes)[:60]}")
    shapes = [(int(n), int(m)) for m, n in pairwise(sizes)]
    if sum(m * n for n, m in shapes) > MAX_WEIGHTS:
        raise ValueError(f"a network has at most {MAX_WEIGHTS} weights here")
    names = (activations,) * len(shapes) if isinstance(activations, str) else activations
    if not isinstance(names, (list, tuple)) or len(names) != len(shapes):
        raise ValueError(f"activations must be one name for each of {len(shapes)} layers, not {str(activations)[:60]!r}")
    if not is_whole(seed) or seed < 0:
        raise ValueError(f"seed must be a whole number from 0 on, not {str(seed)[:60]!r}")
    if scale is not None and (not is_number(scale) or (scale < 0 and chosen.distribution != "constant")):
        raise ValueError(f"scale must be a finite number, of a spread from 0 on, not {str(scale)[:60]!r}")
    random = np.random.default_rng(int(seed))
    layers = [
        Layer(chosen.draw(random, (n, m), float(chosen.scale(m, n) if scale is None else scale)), np.zeros(n), name)
        for (n, m), name in zip(shapes, names, strict=True)
    ]
    return Network(layers, loss, reduction)
