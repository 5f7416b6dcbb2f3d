"""The language of a test, and what is added at run time: every test leaves English, and nothing else, behind it."""

import pytest
import sympy as sp

from lessons import i18n
from lessons.example import WORKED
from lessons.worked import Column, Line, Plan, Spot, Worked
from mlp_core import Derivation, Quantity, Step, functions, optimisers
from mlp_core.functions import ACTIVATIONS, LOSSES, mul
from mlp_core.kinds import KINDS, Kind
from mlp_core.optimisers import OPTIMISERS
from mlp_core.steps import PHASES, Phase
from mlp_core.writing import names
from mlp_core.writing.names import Name
from tests.mlp_core.test_entering import SOFTSIGN, Damped


@pytest.fixture(params=i18n.LANGUAGES)
def language(request):
    """Runs the test in each language; its key is the fixture's value."""
    i18n.use(request.param)
    yield request.param
    i18n.use("en")


@pytest.fixture
def tomorrow():
    """An activation, an optimiser, a notation and a language that are in no table."""
    functions.enter(SOFTSIGN)
    optimisers.enter(Damped)
    names.enter(names.Notation(key="mine", title="Mine", letters={"W": "θ"}))
    i18n.enter("xx", (i18n.CATALOGUES / "zh.po").read_text("utf-8"))
    yield WORKED.with_(
        activations=("softsign", "sigmoid"),
        optimiser="Damped",
        notation="mine",
        language="xx",
        gamma=0.125,
        halved=True,
    )
    functions.leave(SOFTSIGN)
    optimisers.leave(Damped)
    del names.NOTATIONS["mine"], i18n.LANGUAGES["xx"]


@pytest.fixture
def turned(monkeypatch):
    """Another default, and every table in another order."""
    monkeypatch.setattr("lessons.example.settings.LEARNING_RATE", 0.25)
    for table in (ACTIVATIONS, LOSSES, OPTIMISERS, names.NOTATIONS, i18n.LANGUAGES):
        records = dict(reversed(table.items()))
        for key in records:  # in this order, so that they come back in the first
            monkeypatch.delitem(table, key)
        for key, record in records.items():
            monkeypatch.setitem(table, key, record)


@pytest.fixture
def expression(monkeypatch):
    """z = (x + y) w and its derivatives, as nodes with names of their own; no network."""
    for law, phase in (("sum", Phase.FORWARD), ("product", Phase.FORWARD), ("pull", Phase.BACKWARD)):
        monkeypatch.setitem(PHASES, law, phase)
    for kind, family in (("leaf", "input"), ("node", "activation"), ("adjoint", "gradient")):
        monkeypatch.setitem(KINDS, kind, Kind(family=family, layered=False, given=kind == "leaf"))
    x, y, w = (Quantity("leaf", 0, (i,)) for i in (1, 2, 3))
    s, z = Quantity("node", 0, (1,)), Quantity("node", 0, (2,))
    dx, dy, dw, ds, dz = (Quantity("adjoint", 0, (i,)) for i in (1, 2, 3, 4, 5))
    steps = (
        Step(s, "sum", x.symbol + y.symbol, (x, y)),
        Step(z, "product", mul(s.symbol, w.symbol), (s, w)),
        Step(dz, "pull.end", sp.Integer(1), ()),
        Step(ds, "pull.product", mul(dz.symbol, w.symbol), (dz, w)),
        Step(dw, "pull.product", mul(dz.symbol, s.symbol), (dz, s)),
        Step(dx, "pull.sum", ds.symbol, (ds,)),
        Step(dy, "pull.sum", ds.symbol, (ds,)),
    )
    letters = {x: "x", y: "y", w: "w", s: "s", z: "z"}
    named = {q: Name(letter) for q, letter in letters.items()}
    pairs = ((dx, x), (dy, y), (dw, w), (ds, s), (dz, z))
    named |= {q: Name(num=named[z], den=named[node]) for q, node in pairs}
    values = {x: 2.0, y: 3.0, w: 4.0, s: 5.0, z: 20.0, dz: 1.0, ds: 4.0, dw: 5.0, dx: 4.0, dy: 4.0}
    gradient = {node: q for q, node in pairs}
    spots = {q: Spot(letter, q.family, (q, gradient[q]), (q,)) for q, letter in letters.items()}
    columns = [
        Column("Input", 0, (spots[x], spots[y], spots[w])),
        Column("", 1, (spots[s],)),
        Column("", 2, (spots[z],)),
    ]
    ends = (((0, 1), (1, 1)), ((0, 2), (1, 1)), ((1, 1), (2, 1)), ((0, 3), (2, 1)))
    plan = Plan(tuple(columns), tuple(Line(f"l{k}", *each) for k, each in enumerate(ends)))
    return Worked(Derivation(steps, (x, y, w)), values, plan, ("(x+y)*w",), names=named)
