"""How a pass of the perceptron over its samples becomes a Worked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mlp_core import Quantity
from mlp_core.perceptron import Pass
from mlp_core.steps import Phase

from ..i18n import mark, ngettext
from .plan import Column, Line, Plan, Spot
from .worked import Worked


def of_pass(passed: Pass) -> Worked:
    """The Worked of all samples at one moment and, where there is one, the update that follows."""
    return Worked(
        passed.steps, passed.values, _plan(passed), passed.key, texts="worked", names=passed.names,
        editable=frozenset(passed.given),
    )  # fmt: skip


def _plan(passed: Pass) -> Plan:
    """The parameters at the left, then the samples, and beside each what becomes of it, of which the loss is made."""
    labels = [q for q in passed.given if q.kind == "label"]
    samples = tuple(_sample(passed, label) for label in labels)
    scores = tuple(_score(label) for label in labels)
    columns = (
        Column(mark("Parameters"), 0, tuple(_parameters(passed))),
        Column(mark("Samples"), 1, samples),
        Column(mark("Classified"), 2, scores),
    )
    lines = tuple(Line(f"s{i}", (1, i), (2, i)) for i in range(1, len(labels) + 1))
    cost = Quantity("D")
    loss = Spot(str(cost), cost.family, (cost,), (cost,))
    return Plan(columns, lines, loss, label=partial(_label, len(labels)), graph=True)


def _label(samples: int) -> str:
    return ngettext("Perceptron and {n} sample", "Perceptron and {n} samples", samples).format(n=samples)


def _sample(passed: Pass, label: Quantity) -> Spot:
    points = tuple(q for q in passed.given if q.kind == "point" and q.index[0] == label.index[0])
    return Spot(f"s.{label.index[0]}", "input", (*points, label), (*points, label))


def _score(label: Quantity) -> Spot:
    score, side, missed = (label.beside(kind) for kind in ("score", "class", "missed"))
    return Spot(str(score), "activation", (score, side, missed), (score, side, missed))


def _parameters(passed: Pass) -> Iterator[Spot]:
    for q in passed.given:
        if q.family == "setting":
            yield Spot(str(q), q.family, (q,), (q,))
        elif q.family == "parameter":
            new, slope = q.beside(f"{q.kind}_new"), q.beside(f"slope_{q.kind}")
            every = (q, slope, new) if new in passed.steps else (q,)
            yield Spot(str(q), q.family, every, (q,), dict.fromkeys(Phase, every))
