"""What becomes of activations and gradients through the layers of random networks, measured with the engine."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mlp_core import initialise, trace
from mlp_core.functions import ACTIVATIONS, lookup
from mlp_core.network import Network, NonFinite, is_whole

DEEPEST, WIDEST, MOST = 20, 64, 100  # layers; neurons a layer; samples
Arrays = tuple[np.ndarray, ...]


class Passed(NamedTuple):
    """Both passes through a random network, layer by layer; read-only arrays.

    a, slope, dC_da: (samples, width), a sample's own gradients; dW: (width, width), summed over the samples. ``slope``, ``dC_da``
    and ``dW`` are empty where there are none: for the step function, and where numbers overflow. overflow: the layer (from 1) in
    which they do, 0 for none; ``a`` then ends before numbers that are not finite.
    """

    a: Arrays
    slope: Arrays
    dC_da: Arrays
    dW: Arrays
    overflow: int


class Spreads(NamedTuple):
    """A number a layer, each a Python float; empty where ``Passed`` is.

    a: standard deviation of the activations; slope: root mean square, by which gradients through random weights shrink; dC_da,
    dW: mean absolute value, exactly 0 where all are; overflow: as in ``Passed``.
    """

    a: tuple[float, ...]
    slope: tuple[float, ...]
    dC_da: tuple[float, ...]
    dW: tuple[float, ...]
    overflow: int


@lru_cache(maxsize=16)
def passed(
    activation: str, scheme: str, depth: int, width: int = 50, samples: int = 50, seed: int = 0, scale: float | None = None
) -> Passed:
    """Forward and back through ``depth`` layers of ``width`` neurons with that activation, their weights by a scheme.

    Inputs (samples, width) and targets are normal with mean 0 and standard deviation 1, drawn with ``seed`` as the weights are;
    the loss is half the squared error. scale: instead of the scheme's own. ValueError for unknown names, for an activation that
    is not elementwise, and for numbers beyond ``DEEPEST``, ``WIDEST`` and ``MOST``.
    """
    if not lookup(ACTIVATIONS, activation, "activation").elementwise:
        raise ValueError(f"{activation} is not elementwise: it belongs to the last layer")
    for name, value, most in (("depth", depth, DEEPEST), ("width", width, WIDEST), ("samples", samples, MOST)):
        if not is_whole(value) or not 1 <= value <= most:
            raise ValueError(f"{name} must be a whole number from 1 to {most}, not {str(value)[:60]!r}")
    network = initialise((width,) * (depth + 1), activation, scheme, seed, "half_squared_error", "sum", scale)
    x, y = np.random.default_rng((seed, samples)).normal(size=(2, samples, width))
    try:
        layers = trace(network, x, y).layers
    except NonFinite as error:
        return Passed(_forward(network, x), (), (), (), error.layer)
    a = tuple(t.a for t in layers)
    if not network.has_gradient:
        return Passed(a, (), (), (), 0)
    return Passed(a, tuple(t.da_dz for t in layers), tuple(t.dC_da for t in layers), tuple(t.dW for t in layers), 0)


@np.errstate(all="ignore")
def _forward(network: Network, a: np.ndarray) -> Arrays:
    """The activations of the layers before the first whose numbers are not finite."""
    found: list[np.ndarray] = []
    for layer in network.layers:
        a = layer.record.f(a @ layer.W.T)
        if not np.isfinite(a).all():
            break
        a.setflags(write=False)
        found.append(a)
    return tuple(found)


@lru_cache(maxsize=1024)
def spreads(
    activation: str, scheme: str, depth: int, width: int = 50, samples: int = 50, seed: int = 0, scale: float | None = None
) -> Spreads:
    """How large the numbers of ``passed`` are, layer by layer; arguments and errors as there."""
    found = passed(activation, scheme, depth, width, samples, seed, scale)
    dC_da, dW = (tuple(map(_size, arrays)) for arrays in (found.dC_da, found.dW))
    return Spreads(tuple(map(_deviation, found.a)), tuple(map(_root_mean_square, found.slope)), dC_da, dW, found.overflow)


def _size(array: np.ndarray) -> float:
    """The mean absolute value, which finite numbers do not overflow."""
    most = float(np.abs(array).max())
    return most * float(np.abs(array / most).mean()) if most else 0.0


def _root_mean_square(array: np.ndarray) -> float:
    """The same for the root of the mean square."""
    most = float(np.abs(array).max())
    return most * float(np.sqrt(((array / most) ** 2).mean())) if most else 0.0


def _deviation(array: np.ndarray) -> float:
    """The standard deviation, which finite numbers do not overflow; exactly 0 where all are the same."""
    least, most = float(array.min()), float(array.max())
    if least == most:
        return 0.0
    largest = max(-least, most)
    return largest * float((array / largest).std())
