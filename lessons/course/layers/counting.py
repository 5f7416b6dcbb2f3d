"""How many multiplications the gradient of a network takes, by backpropagation and without it.

The network has sizes (n_0, ..., n_L), sigmoid in its hidden layers, a linear output and half the squared error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import prod

import sympy as sp

from mlp_core import Step

from ...drawing import charts
from ...i18n import gettext as _
from ...palette import colors

DEEPEST = 10


def multiplications(formula: sp.Expr) -> int:
    """Those that a formula asks for as it stands; a minus sign is none, a square is one."""
    own = 0
    if formula.is_Mul:
        own = len([each for each in formula.args if each != -1]) - 1
    elif formula.is_Pow and formula.exp.is_Integer:
        own = max(0, abs(int(formula.exp)) - 1)
    return own + sum(multiplications(each) for each in formula.args)


def of_steps(steps: Sequence[Step]) -> int:
    """Those of all steps together."""
    return sum(multiplications(step.formula) for step in steps)


def forward(sizes: Sequence[int]) -> int:
    """One for each weight."""
    return sum(before * after for before, after in pairwise(sizes))


def backpropagation(sizes: Sequence[int]) -> int:
    """Backward once: an output's error signal takes one, a hidden neuron's one for each weight ahead of it, one for the slope
    and one for the product of the two, each gradient one."""
    hidden = sum(n * (after + 2) for n, after in pairwise(sizes[1:]))
    return sizes[-1] + hidden + forward(sizes)


def by_paths(sizes: Sequence[int]) -> int:
    """Every gradient for itself, as the sum over all paths from its weight to the outputs: a path multiplies the error at its
    end, the weights and the slopes on it, and what came into the weight; slopes are taken as known."""
    layers = len(sizes) - 1
    total = 0
    for k in range(1, layers + 1):
        paths = prod(sizes[k + 1 :])
        total += sizes[k] * sizes[k - 1] * paths * (1 + 2 * (layers - k))
    return total


def by_differences(sizes: Sequence[int]) -> int:
    """Every weight moved a little up and down, and both times the whole forward pass."""
    return 2 * forward(sizes) * forward(sizes)


def ways() -> dict[str, Callable[[Sequence[int]], int]]:
    """What the ways are called, and how each counts."""
    return {
        _("backpropagation"): backpropagation,
        _("every path for itself"): by_paths,
        _("moving every weight"): by_differences,
    }


def figure(sizes: Sequence[int], theme: str) -> charts.Figure:
    """The three against the depth, the hidden layers as wide as the first one here, on a logarithmic scale; the depth here is
    marked."""
    width, depths = sizes[1] if len(sizes) > 2 else max(sizes), range(1, DEEPEST + 1)
    palette, traces = colors(theme), []
    looks = (("gradient", "solid"), ("preactivation", "dash"), ("loss", "dot"))
    for (name, count), (family, dash) in zip(ways().items(), looks, strict=True):
        y = [count((sizes[0], *[width] * (depth - 1), sizes[-1])) for depth in depths]
        traces.append(charts.line(name, depths, y, palette[family], dash, 3, charts.PLACE, marker={}))
    here = {"type": "line", "x0": len(sizes) - 1, "x1": len(sizes) - 1, "yref": "paper", "y0": 0, "y1": 1,
            "line": {"color": palette["setting"], "dash": "dot"}}  # fmt: skip
    return charts.figure(
        traces, 330, _("layers of weights"), _("multiplications"), up={"type": "log"}, shapes=[here],
        legend={"orientation": "h", "y": 1.12},
    )  # fmt: skip
