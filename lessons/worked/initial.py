"""How the spread that a scheme gives the weights of a layer becomes a Worked."""

from __future__ import annotations

from functools import partial

from mlp_core import Quantity
from mlp_core.initialisation import (
    N_IN,
    N_OUT,
    SCALE,
    SCHEMES,
    SIGNAL_VARIANCE,
    SQUARE_ERROR,
    SQUARE_IN,
    SUM_VARIANCE,
    WEIGHT_VARIANCE,
    Spread,
)

from ..i18n import gettext as _
from ..i18n import mark
from .plan import Column, Line, Plan, Spot
from .worked import Worked


def of_spread(spread: Spread) -> Worked:
    """The Worked of a layer's first weights: their scale, and the variances that follow from it."""
    key = ("initial", spread.scheme, SCHEMES[spread.scheme])
    return Worked(
        spread.steps, spread.values, _plan(spread), key, texts="worked", names=spread.names,
        editable=frozenset(spread.given),
    )  # fmt: skip


def _plan(spread: Spread) -> Plan:
    """The layer at the left, then its weights, and at the right what becomes of sums and signals."""
    places = ((SQUARE_IN, N_IN, N_OUT, SQUARE_ERROR), (SCALE,), (WEIGHT_VARIANCE,), (SUM_VARIANCE, SIGNAL_VARIANCE))
    titles = (mark("Layer"), mark("Weights"), mark("Their variance"), mark("What follows"))
    columns = (Column(title, n, tuple(map(_spot, column))) for n, (title, column) in enumerate(zip(titles, places, strict=True)))
    at = {q: (n, i) for n, column in enumerate(places) for i, q in enumerate(column, 1)}
    lines = (Line(f"{q}-{step.target}", at[q], at[step.target]) for step in spread.steps for q in step.inputs)
    return Plan(tuple(columns), tuple(lines), label=partial(_label, spread.scheme), graph=True)


def _spot(quantity: Quantity) -> Spot:
    return Spot(str(quantity), quantity.family, (quantity,), (quantity,))


def _label(scheme: str) -> str:
    return _("First weights of a layer: {scheme}").format(scheme=_(SCHEMES[scheme].title))
