"""A Worked that is no network: z = (x + y) w and its derivatives, as nodes with names of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import sympy as sp

from lessons.worked import Column, Line, Plan, Spot, Worked
from mlp_core import Derivation, Quantity, Step
from mlp_core.functions import mul
from mlp_core.kinds import KINDS, Kind, enter_kind
from mlp_core.steps import PHASES, Phase, enter_law
from mlp_core.writing.names import Name

LAWS = {"sum": Phase.FORWARD, "product": Phase.FORWARD, "pull": Phase.BACKWARD}
FAMILIES = {"leaf": "input", "node": "activation", "adjoint": "gradient"}


@contextmanager
def graph() -> Iterator[Worked]:
    """The graph at x = 2, y = 3, w = 4; its laws and kinds are known as long as it is open."""
    with ExitStack() as undo:
        for law, phase in LAWS.items():
            enter_law(law, phase)
            undo.callback(PHASES.pop, law)
        for kind, family in FAMILIES.items():
            enter_kind(kind, Kind(family=family, layered=False, given=kind == "leaf"))
            undo.callback(KINDS.pop, kind)
        yield _worked()


def _worked() -> Worked:
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
    gradient = {x: dx, y: dy, w: dw, s: ds, z: dz}
    named |= {q: Name(num=named[z], den=named[node]) for node, q in gradient.items()}
    values = {x: 2.0, y: 3.0, w: 4.0, s: 5.0, z: 20.0, dz: 1.0, ds: 4.0, dw: 5.0, dx: 4.0, dy: 4.0}
    spots = {q: Spot(letter, q.family, (q, gradient[q]), (q,)) for q, letter in letters.items()}
    columns = (
        Column("Input", 0, (spots[x], spots[y], spots[w])),
        Column("", 1, (spots[s],)),
        Column("", 2, (spots[z],)),
    )
    ends = (((0, 1), (1, 1)), ((0, 2), (1, 1)), ((1, 1), (2, 1)), ((0, 3), (2, 1)))
    plan = Plan(columns, tuple(Line(f"l{k}", *each) for k, each in enumerate(ends)))
    return Worked(Derivation(steps, (x, y, w)), values, plan, ("(x+y)*w",), names=named)
