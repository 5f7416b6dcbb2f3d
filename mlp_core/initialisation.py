"""How networks begin: one table of schemes, each a formula for NumPy numbers and SymPy symbols alike, and the Steps that say what
a scheme does to the spread of what goes through a layer.

Source of those: He, Zhang, Ren and Sun (2015), equations 7 to 14, and Glorot and Bengio (2010), equations 5 to 12: where weights
are independent of each other and of the inputs, and have mean 0, the variance of a sum of n products is n times that of a weight
times the mean square of an input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import sympy as sp

from .functions import lookup, mul
from .kinds import Kind, enter_kind
from .network import Layer, Network, is_number, is_whole
from .quantity import Quantity
from .steps import Derivation, Phase, Step, enter_law
from .writing.names import Name

Draw = Callable[[np.random.Generator, tuple[int, int], float], np.ndarray]


def _uniform(random: np.random.Generator, shape: tuple[int, int], limit: float) -> np.ndarray:
    return random.uniform(-limit, limit, shape)


def _normal(random: np.random.Generator, shape: tuple[int, int], spread: float) -> np.ndarray:
    return random.normal(0.0, spread, shape)


def _same(random: np.random.Generator, shape: tuple[int, int], value: float) -> np.ndarray:
    return np.full(shape, value)


def _root(square: Any) -> sp.Expr:
    """The square root, as it is written: SymPy would take it apart."""
    return sp.Pow(square, sp.Rational(1, 2), evaluate=False)


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
        scale=lambda m, n: _root(sp.Integer(6) / (m + n)),
        draw=_uniform,
        distribution="uniform",
        source=f"{_GLOROT}, equation 16",
    ),
    "xavier_normal": Scheme(
        title="Xavier, normal",
        scale=lambda m, n: _root(sp.Integer(2) / (m + n)),
        draw=_normal,
        distribution="normal",
        source=f"{_GLOROT}, equation 12",
    ),
    "he_uniform": Scheme(
        title="He, uniform",
        scale=lambda m, n: _root(sp.Integer(6) / m),
        draw=_uniform,
        distribution="uniform",
        source=f"{_HE}, equation 10, as a uniform distribution of that variance",
    ),
    "he_normal": Scheme(
        title="He, normal",
        scale=lambda m, n: _root(sp.Integer(2) / m),
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
    chosen = lookup(SCHEMES, scheme, "scheme")
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


# ---- what a scheme does to a layer ----------------------------------------------------------------------------------

ENTERED = {
    "n_in": Kind(family="input", arity=(0,), layered=False, given=True),
    "n_out": Kind(family="input", arity=(0,), layered=False, given=True),
    "square_in": Kind(family="input", arity=(0,), layered=False, given=True),
    "square_error": Kind(family="gradient", arity=(0,), layered=False, given=True),
    "scale": Kind(family="parameter", arity=(0,), layered=False),
    "weight_variance": Kind(family="parameter", arity=(0,), layered=False),
    "sum_variance": Kind(family="preactivation", arity=(0,), layered=False),
    "signal_variance": Kind(family="gradient", arity=(0,), layered=False),
}
LAWS = {
    "initial_scale": Phase.FORWARD,
    "initial_variance": Phase.FORWARD,
    "initial_sum": Phase.FORWARD,
    "initial_signal": Phase.BACKWARD,
}
for _name, _kind in ENTERED.items():
    enter_kind(_name, _kind)
for _name, _phase in LAWS.items():
    enter_law(_name, _phase)
N_IN, N_OUT, SQUARE_IN, SQUARE_ERROR, SCALE, WEIGHT_VARIANCE, SUM_VARIANCE, SIGNAL_VARIANCE = map(Quantity, ENTERED)
LETTERS = {"uniform": Name("r"), "normal": Name("σ", sub="W"), "constant": Name("c")}
NAMES = {
    SQUARE_IN: Name("q", sub="a"),
    SQUARE_ERROR: Name("q", of=Name("δ")),
    WEIGHT_VARIANCE: Name("σ", sup="2", sub="W"),
    SUM_VARIANCE: Name("σ", sup="2", sub="z"),
    SIGNAL_VARIANCE: Name("σ", sup="2", sub="g"),
}


@dataclass(frozen=True, eq=False)
class Spread:
    """What a scheme makes of one layer: Steps with their numbers.

    The scale of its weights, their variance, that of the weighted sums z, and that of dC/da of what comes in. names: of what no
    notation has a letter for.
    """

    scheme: str
    steps: Derivation
    values: Mapping[Quantity, float]
    names: Mapping[Quantity, Name]

    @property
    def given(self) -> tuple[Quantity, ...]:
        """The numbers of inputs and neurons, and the mean squares of inputs and error signals."""
        return self.steps.given


def spread(scheme: str, n_in: int, n_out: int, square_in: float = 1.0, square_error: float = 1.0) -> Spread:
    """What a scheme of ``SCHEMES`` makes of a layer with ``n_in`` inputs and ``n_out`` neurons.

    square_in, square_error: mean squares of the inputs and of the error signals of its neurons. ValueError for an unknown scheme,
    counts that are no whole numbers from 1 on, and squares that are no finite numbers from 0 on.
    """
    chosen = lookup(SCHEMES, scheme, "scheme")
    for name, count in (("n_in", n_in), ("n_out", n_out)):
        if not is_whole(count) or count < 1:
            raise ValueError(f"{name} must be a whole number from 1 on, not {str(count)[:60]!r}")
    for name, square in (("square_in", square_in), ("square_error", square_error)):
        if not is_number(square) or square < 0:
            raise ValueError(f"{name} must be a finite number from 0 on, not {str(square)[:60]!r}")
    scale, variance = float(chosen.scale(int(n_in), int(n_out))), chosen.spread(int(n_in), int(n_out)) ** 2
    values = {
        N_IN: float(n_in), N_OUT: float(n_out), SQUARE_IN: float(square_in), SQUARE_ERROR: float(square_error), SCALE: scale,
        WEIGHT_VARIANCE: variance, SUM_VARIANCE: n_in * variance * square_in,
        SIGNAL_VARIANCE: n_out * variance * square_error,
    }  # fmt: skip
    return Spread(scheme, _steps(scheme, chosen), values, NAMES | {SCALE: LETTERS[chosen.distribution]})


@lru_cache(maxsize=64)
def _steps(name: str, scheme: Scheme) -> Derivation:
    scale, square = sp.S(scheme.scale(N_IN.symbol, N_OUT.symbol)), sp.Pow(SCALE.symbol, 2)
    third = mul(square, sp.Pow(3, -1, evaluate=False))
    variance = {"uniform": third, "normal": square, "constant": sp.Integer(0)}[scheme.distribution]
    steps = (
        Step(SCALE, f"initial_scale.{name}", scale, tuple(q for q in (N_IN, N_OUT) if q.symbol in scale.free_symbols)),
        Step(WEIGHT_VARIANCE, f"initial_variance.{scheme.distribution}", variance, (SCALE,) if variance else ()),
        _through(SUM_VARIANCE, "initial_sum", N_IN, SQUARE_IN),
        _through(SIGNAL_VARIANCE, "initial_signal", N_OUT, SQUARE_ERROR),
    )
    return Derivation(steps, (N_IN, N_OUT, SQUARE_IN, SQUARE_ERROR))


def _through(target: Quantity, law: str, count: Quantity, square: Quantity) -> Step:
    inputs = (count, WEIGHT_VARIANCE, square)
    return Step(target, law, mul(*(q.symbol for q in inputs)), inputs)
