"""The numbers of batch normalisation and dropout, forward and backward, on arrays (batch, n) or (n,)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import quantities  # noqa: F401  (enters their kinds)

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, eq=False)
class Mode:
    """How a pass is made. training: whether with the batch's own mean and variance, and with neurons dropped; seed: of what is
    dropped; masks: layer (from 1) to the mask to use there, (batch, n) of 0 and 1, instead of a drawn one."""

    training: bool = False
    seed: int = 0
    masks: Mapping[int, Array] | None = None


def normalised(z: Array, norm: Any, training: bool) -> dict[str, Array]:
    """What normalising z, (batch, n), comes to, by name; the statistics (n,) are the batch's own, or the running ones.

    The variance is the mean of the squares; the running one goes towards batch / (batch - 1) times it, the unbiased estimate.
    Source: Ioffe and Szegedy 2015, algorithms 1 and 2.
    """
    made: dict[str, Array] = {}
    if training:
        made["mean"] = z.mean(axis=0)
        made["var"] = ((z - made["mean"]) ** 2).mean(axis=0)
        share, n = z.dtype.type(norm.momentum), len(z)
        made["running_mean_new"] = (1 - share) * norm.running_mean + share * made["mean"]
        made["running_var_new"] = (1 - share) * norm.running_var + share * made["var"] * n / (n - 1)
    else:
        made["mean"], made["var"] = norm.running_mean, norm.running_var
    made["z_hat"] = (z - made["mean"]) / np.sqrt(made["var"] + z.dtype.type(norm.eps))
    made["z_bn"] = norm.gamma * made["z_hat"] + norm.beta
    return made


def pulled(dC_dz_bn: Array, z: Array, made: Mapping[str, Array], norm: Any, training: bool) -> dict[str, Array]:
    """Backward through the normalisation: every gradient by name, dC/dz among them as "delta".

    In training z moves its own normalised value, the variance and the mean: three paths. Through the mean the variance does not
    move, as deviations from a mean add up to 0.
    """
    z_hat, scale = made["z_hat"], 1 / np.sqrt(made["var"] + z.dtype.type(norm.eps))
    found = {"dC_dz_bn": dC_dz_bn, "dC_dz_hat": dC_dz_bn * norm.gamma}
    products = dC_dz_bn * z_hat
    found["dgamma"] = products.sum(axis=0) if z.ndim == 2 else products
    found["dbeta"] = dC_dz_bn.sum(axis=0) if z.ndim == 2 else dC_dz_bn
    found["delta"] = found["dC_dz_hat"] * scale
    if training:
        away, n = z - made["mean"], len(z)
        found["dC_dvar"] = (found["dC_dz_hat"] * away).sum(axis=0) * scale**3 / -2
        found["dC_dmean"] = found["dC_dz_hat"].sum(axis=0) * -scale
        found["delta"] = found["delta"] + found["dC_dvar"] * 2 * away / n + found["dC_dmean"] / n
    return found


def mask(mode: Mode, k: int, random: np.random.Generator, like: Array, p: float) -> Array:
    """Which outputs of layer k stay: 1 with probability 1 - p, else 0, in the shape and precision of ``like``."""
    drawn: Array = np.asarray(random.random(like.shape) >= p).astype(like.dtype)
    if mode.masks and k in mode.masks:
        drawn = np.asarray(mode.masks[k]).astype(like.dtype)
        if drawn.shape != like.shape or not np.isin(drawn, (0, 1)).all():
            raise ValueError(f"layer {k}: a mask has shape {like.shape} and holds 0 and 1")
    return drawn
