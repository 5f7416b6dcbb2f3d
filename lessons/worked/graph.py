"""How a computation graph becomes a Worked: its columns are counted back from the result, so that operations lie next to
those that take them, and only a name that is used several times has lines that pass a column."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial

import sympy as sp

from mlp_core import ExpressionError, Graph, Quantity, Step, compute_graph
from mlp_core.graph import Outline, Term
from mlp_core.graph.operations import FUNCTIONS, OPERATIONS
from mlp_core.graph.parser import parse
from mlp_core.steps import Phase

from ..i18n import mark, ngettext
from ..problem import Problem
from ..style import plain
from .plan import Column, Line, Plan, Spot
from .worked import Unfolding, Worked

WHERE = "expression"
MAX_LABEL = 60


def expression(text: str, values: Mapping[str, float], missing: float | None = None) -> Worked:
    """What a person typed, at these values of its names, or ``missing`` for a name that has none; Problem, with the place, where
    it cannot be worked out."""
    try:
        if missing is not None:
            values = dict.fromkeys(parse(text).names, missing) | dict(values)
        return of_graph(compute_graph(text, values))
    except ExpressionError as error:
        raise _problem(error) from None


def variable(text: str, quantity: Quantity) -> str:
    """The name in an expression that can be read, by the address at which its number is changed; empty where it has none."""
    names = parse(text).names
    known = quantity.kind == "variable" and 1 <= quantity.index[0] <= len(names)
    return names[quantity.index[0] - 1] if known else ""


def _problem(error: ExpressionError) -> Problem:
    reason = Problem(WHERE, error.message, **error.parts)
    if not error.place:
        return reason
    if error.node:
        said = mark("{node}, at character {place}: {reason}.")
        return Problem(WHERE, said, node=error.node, place=error.place, reason=reason)
    return Problem(WHERE, mark("Character {place}: {reason}."), place=error.place, reason=reason)


def of_graph(graph: Graph) -> Worked:
    """The Worked of an expression, forward and backward."""
    outline = graph.outline
    return Worked(
        graph.steps,
        graph.values,
        _plan(outline),
        graph.key,
        texts="worked",
        names=graph.names,
        editable=frozenset(graph.given),
        unfold=partial(_unfold, outline),
        unfolds=partial(_unfolds, outline),
    )


@lru_cache(maxsize=64)
def _plan(graph: Outline) -> Plan:
    columns = _columns(graph)
    spots = {q: (k, i) for k, column in enumerate(columns) for i, q in enumerate(column, 1)}
    lines = [
        Line(f"{operand}-{node.quantity}-{k}", spots[operand], spots[node.quantity], _local(graph, node, k))
        for node in graph.nodes
        for k, operand in enumerate(node.operands, 1)
        if isinstance(operand, Quantity)
    ]
    drawn = (Column("", k, tuple(_spot(graph, q) for q in column)) for k, column in enumerate(columns))
    return Plan(tuple(drawn), tuple(lines), label=partial(_label, graph), graph=True)


def _label(graph: Outline) -> str:
    n, typed = len(graph.nodes), " ".join(graph.text.split())
    if "=" not in typed and "＝" not in typed:
        typed = f"{graph.names[graph.nodes[-1].quantity].text()} = {typed}"
    shown = typed if len(typed) <= MAX_LABEL else f"{typed[:MAX_LABEL]}…"
    return ngettext("Graph of {text}, {n} node", "Graph of {text}, {n} nodes", n).format(text=shown, n=n)


def _local(graph: Outline, node: Term, k: int) -> tuple[Quantity, ...]:
    """The derivative of a node by its operand k; none by a number."""
    slope = Quantity("local", 0, (node.quantity.index[0], k))
    return (slope,) if slope in graph.steps else ()


def _columns(graph: Outline) -> list[list[Quantity]]:
    """The nodes of each column from left to right, each column from top to bottom in the order in which they were typed."""
    away = {graph.nodes[-1].quantity: 0}
    for node in reversed(graph.nodes):
        for operand in node.operands:
            if isinstance(operand, Quantity):
                away[operand] = max(away.get(operand, 0), away[node.quantity] + 1)
    columns: list[list[Quantity]] = [[] for _ in range(max(away.values()) + 1)]
    for node in sorted(graph.nodes, key=lambda node: (node.place, len(node.text))):
        columns[-1 - away[node.quantity]].append(node.quantity)
    return columns


def _spot(graph: Outline, q: Quantity) -> Spot:
    slope = q.beside("derivative")
    both = (q, slope) if slope in graph.steps else (q,)
    rows = {Phase.FORWARD: both, Phase.BACKWARD: both}  # from the first step on, so that nothing moves later
    return Spot(str(q), q.family, both, (q,), rows, sign=_sign(graph.nodes[q.index[0] - 1]))


def _sign(node: Term) -> str:
    """What a node does, with the numbers that were typed at their side: + 1, 2 ×, exp."""
    if not node.operation or node.operation == "number":
        return ""
    sides = [plain(each) if not isinstance(each, Quantity) else "" for each in node.operands]
    sign = OPERATIONS[node.operation].sign
    if len(sides) == 2 and node.operation not in FUNCTIONS:
        return f"{sides[0]} {sign} {sides[1]}".strip()
    return " ".join([sign, *filter(None, sides)])


def _unfolds(graph: Outline, step: Step) -> bool:
    """Not where an operation takes the same node twice, or a number that was typed."""
    if step.law != "local":
        return False
    n, k = step.target.index
    operands = graph.nodes[n - 1].operands
    return isinstance(operands[k - 1], Quantity) and operands.count(operands[k - 1]) == 1


def _unfold(graph: Outline, step: Step) -> Unfolding | None:
    """The operation of a local derivative and what SymPy makes of it; None where it has none."""
    if not _unfolds(graph, step):
        return None
    n, k = step.target.index
    node = graph.nodes[n - 1]
    operand = node.operands[k - 1]
    assert isinstance(operand, Quantity)
    function = graph.steps[node.quantity].formula
    forms = [sp.diff(function, operand.symbol)]
    return function, [*forms, *([step.formula] if str(step.formula) != str(forms[0]) else [])], operand.symbol
