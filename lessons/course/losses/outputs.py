"""What becomes of the weighted sums of an output layer: the outputs, the loss, and its way back to the sums, as a Worked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from mlp_core import Derivation, Layer, Network, Quantity, Trace, derive, trace
from mlp_core.functions import ACTIVATIONS, LOSSES
from mlp_core.steps import Phase, Step

from ...i18n import gettext as _
from ...i18n import mark
from ...worked import Worked
from ...worked.plan import Column, Line, Plan, Spot

LAYER = 1
KEPT = ("activation", "loss", "loss_slope", "slope", "jacobian", "delta", "fused")


def network(n: int, activation: str, loss: str) -> Network:
    """A layer that passes n given sums on as they are to its activation."""
    return Network([Layer(np.eye(n), None, activation)], loss)


def passed(z: Sequence[float], y: Sequence[float], activation: str, loss: str) -> Trace:
    """These sums (n,) through the activation, against the targets (n,)."""
    return trace(network(len(z), activation, loss), z, y)


def outputs(z: Sequence[float], y: Sequence[float], activation: str, loss: str) -> Worked:
    """The Worked of given sums z (n,) and targets y (n,). A delta is multiplied out: for softmax, Jacobian transposed times
    dC/da, also where the loss would give it as a - y."""
    made = passed(z, y, activation, loss)
    steps = derived(len(z), activation, loss)
    key = ("outputs", len(z), activation, loss)
    editable = frozenset(q for q in steps.given if q.kind == "z")
    return Worked(steps, made, _plan(len(z), activation), key, sizes=(len(z), len(z)), editable=editable)


@lru_cache(maxsize=32)
def derived(n: int, activation: str, loss: str) -> Derivation:
    """The Steps of n outputs, their deltas multiplied out."""
    whole = derive(network(n, activation, loss))
    plain = derive(network(n, activation, "squared_error"))  # whose deltas are products of their factors
    kept = [step for step in whole if step.law in KEPT]
    steps = tuple(plain[step.target] if step.law == "fused" else step for step in kept)
    given = (*(Quantity("z", LAYER, (i,)) for i in range(1, n + 1)), *(q for q in whole.given if q.kind == "y"))
    return Derivation(steps, given)


def fused(n: int, activation: str, loss: str, j: int) -> Step:
    """The step a - y of neuron j (from 1), as the engine takes it for a loss and the activation that it wants."""
    return derive(network(n, activation, loss))[Quantity("delta", LAYER, (j,))]


@lru_cache(maxsize=16)
def _plan(n: int, activation: str) -> Plan:
    """The sums, and the outputs; every line carries how an output moves with a sum."""
    every = range(1, n + 1)
    alone = ACTIVATIONS[activation].elementwise
    sums = tuple(_spot("z", i, "preactivation", "delta") for i in every)
    outs = tuple(_spot("a", i, "activation", "dC_da") for i in every)
    lines = tuple(
        Line(f"{j}-{i}", (0, j), (1, i), (Quantity("da_dz", LAYER, (i,) if alone else (i, j)),))
        for j in every for i in every if i == j or not alone
    )  # fmt: skip
    targets = tuple(Spot(f"y.{i}", "input", (y := Quantity("y", LAYER, (i,)),), (y,)) for i in every)
    cost = (Quantity("C"),)
    columns = (Column(mark("Weighted sums"), 0, sums), Column(mark("Output"), 1, outs, activation))
    return Plan(columns, lines, Spot("C", "loss", cost, cost), targets, lambda: _("Output layer"))


def _spot(kind: str, i: int, family: str, back: str) -> Spot:
    forward, backward = (Quantity(each, LAYER, (i,)) for each in (kind, back))
    both = (forward, backward)
    return Spot(str(forward), family, both, (forward,), {Phase.BACKWARD: both})


def wanted(activation: str, cost: str) -> str:
    """The loss of that kind, "squared_error" or "cross_entropy", that goes with an activation."""
    if cost == "squared_error":
        return cost
    return next(loss.name for loss in LOSSES.values() if loss.wants == activation)
