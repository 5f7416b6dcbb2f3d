"""The numbers of every variant of a set: the same whoever draws them, fit to work with by hand, and no two variants alike."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from mlp_core import NonFinite, Trace

from ..example import Example, Model
from ..i18n import mark
from ..problem import Problem
from .settings import MAX_SEED, MAX_VARIANTS, Settings

ATTEMPT = (MAX_SEED + 1) * MAX_VARIANTS  # so far apart are the seeds of two attempts at one variant
ATTEMPTS = 200
NEAR = 1e-6


def instance(settings: Settings, number: int) -> Example:
    """The example of variant ``number`` (from 1), the same whatever the number of variants. Raises Problem beyond the last."""
    if not 1 <= number <= MAX_VARIANTS:
        raise Problem("variants", mark("The number of variants goes from 1 to {most}."), most=MAX_VARIANTS)
    return _instances(settings.pattern, settings.seed, -(-number // 10) * 10)[number - 1]


@lru_cache(maxsize=64)
def _instances(pattern: Example, seed: int, count: int) -> tuple[Example, ...]:
    """The first ``count`` variants of a seed, no two alike: what does not suit, or was there already, is drawn again."""
    found: dict[tuple[object, ...], Example] = {}
    for variant in range(count):
        for attempt in range(ATTEMPTS):
            drawn = pattern.remodelled(Model.redrawn, seed * MAX_VARIANTS + variant + attempt * ATTEMPT)
            key = (drawn.model.W, drawn.model.b, drawn.model.samples)
            if key not in found and suits(drawn):
                found[key] = drawn
                break
        else:
            raise Problem(
                "network",
                mark("No sheet with numbers to work out by hand came of this network; take fewer neurons or layers."),
            )
    return tuple(found.values())


def suits(example: Example) -> bool:
    """Whether these numbers make a sheet: every value is finite, the gradient reaches the first layer, and nothing is decided
    by the last bit of a sum that cancels (a ReLU at 0, an output equal to its target)."""
    whole = example.trace
    try:
        if not all(np.isfinite(example.worked.values[step.target]) for step in example.derivation):
            return False
        samples = [whole.sample(n) for n in range(len(example.model.samples))]
    except NonFinite:
        return False
    return all(map(_steady, samples)) and bool(whole.layers[0].dW.any())


def _steady(t: Trace) -> bool:
    """Whether no sum of one sample comes to 0, or nearly."""
    sums = [layer.z for layer in t.layers] + [t.layers[-1].a - t.y] + _passed_back(t)
    return min(float(np.abs(each).min()) for each in sums if each.size) > NEAR


def _passed_back(t: Trace) -> list[np.ndarray]:
    """Of each hidden layer the dC/da that are sums of something."""
    pairs = [(layer.delta, weights.W) for layer, weights in zip(t.layers[1:], t.network.layers[1:], strict=True)]
    return [(delta @ W)[np.abs(delta) @ np.abs(W) > 0] / (np.abs(delta).max() or 1) for delta, W in pairs]
