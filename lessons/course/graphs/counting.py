"""How many passes and operations all derivatives of a graph take: backward, forward name by name, and each written out.

An operation is a sign or a function; a factor that is 1 in any case, a minus sign before a term and what the forward pass has
computed are none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import NamedTuple

import sympy as sp

from mlp_core import Quantity, Step

from ...worked import Worked
from ...worked.descent import put

SIGMOID = "operation.sigmoid"
SIGMA = sp.Function(r"\sigma")
ONE = -1  # instead of a count: what is 1, or -1, in any case, and no factor


class Counts(NamedTuple):
    """Operations for the derivatives by all names: backward, forward; apart: for each name, written out for itself."""

    backward: int
    forward: int
    apart: tuple[int, ...]

    @property
    def names(self) -> int:
        """How many there are."""
        return len(self.apart)

    @property
    def written(self) -> int:
        """Operations for all of them, written out."""
        return sum(self.apart)


def of(worked: Worked) -> Counts:
    """All counts of a graph."""
    names = [q.index[0] for q in worked.given]
    forms = {step.target: step.formula for step in worked.steps if step.law == "local"}
    once = sum(operations(formula) for formula in forms.values())
    size = written(worked)
    edges = _edges(worked)

    def alone(_formula: sp.Expr) -> int:
        return 0

    def whole(formula: sp.Expr) -> int:
        return operations(formula) + sum(size[each] for each in _symbols(formula))

    one_by_one = [_onward(name, edges, forms, alone) for name in names]
    apart = tuple(_onward(name, edges, forms, whole)[1] for name in names)
    return Counts(once + _back(worked, forms), once + sum(every for every, _last in one_by_one), apart)


def operations(formula: sp.Expr) -> int:
    """Signs and functions of a formula."""
    if formula.is_Symbol or formula.is_Number:
        return 0
    inner = sum(operations(each) for each in formula.args if isinstance(each, sp.Expr))
    if formula.is_Add:
        return inner + len(formula.args) - 1
    if formula.is_Mul:
        return inner + len([each for each in formula.args if each != -1]) - 1
    if isinstance(formula, sp.Piecewise):
        return 1  # a comparison, which says which of the cases it is
    return inner + 1


def written(worked: Worked) -> Mapping[sp.Symbol, int]:
    """Of every node, the operations of its value written out down to the names."""
    size: dict[sp.Symbol, int] = defaultdict(int)
    for step in _law(worked, "operation"):
        own = 1 if step.rule == SIGMOID else operations(step.formula)
        size[step.target.symbol] = own + sum(size[each] for each in _symbols(step.formula))
    return size


def _symbols(formula: sp.Expr) -> list[sp.Symbol]:
    """As often as they are written; what is compared once."""
    if isinstance(formula, sp.Piecewise):
        return list(formula.free_symbols)
    return [each for each in sp.preorder_traversal(formula) if each.is_Symbol]


def _law(worked: Worked, law: str) -> list[Step]:
    return [step for step in worked.steps if step.law == law]


def _edges(worked: Worked) -> dict[int, list[tuple[int, Quantity]]]:
    """Of each operation, the nodes that it takes with its local derivatives by them, operations in the order of computation."""
    found: dict[int, list[tuple[int, Quantity]]] = defaultdict(list)
    for step in _law(worked, "derivative"):
        for local in (q for q in step.inputs if q.kind == "local"):
            found[local.index[0]].append((step.target.index[0], local))
    return dict(sorted(found.items()))


def _product(one: int, other: int) -> int:
    return other if one == ONE else one if other == ONE else one + other + 1


def _sum(terms: list[int]) -> int:
    return terms[0] if len(terms) == 1 else sum(max(0, each) for each in terms) + len(terms) - 1


def _onward(
    name: int,
    edges: Mapping[int, list[tuple[int, Quantity]]],
    forms: Mapping[Quantity, sp.Expr],
    size: Callable[[sp.Expr], int],
) -> tuple[int, int]:
    """The derivatives of all nodes by one name, from it to the result, each made of those before: the operations of all of them,
    where those before are known, and of the last, where they are written out."""
    known, every = {name: ONE}, 0
    for n, operands in edges.items():
        terms = []
        for m, local in operands:
            if m in known:
                factor = ONE if abs(forms[local]) == 1 else size(forms[local])
                terms.append(_product(factor, known[m]))
                every += factor != ONE and known[m] != ONE
        if terms:
            known[n] = _sum(terms)
            every += len(terms) - 1
    last = max(edges, default=name)
    return every, max(0, known.get(last, 0))


def by_name(worked: Worked, name: Quantity) -> sp.Expr:
    """The derivative by a name as one formula of the names, which may be as long as ``of`` says."""
    value: dict[sp.Symbol, sp.Expr] = {}
    for step in _law(worked, "operation"):
        formula = SIGMA(step.inputs[0].symbol) if step.rule == SIGMOID else step.formula
        value[step.target.symbol] = put(formula, value)
    forms = {step.target: step.formula for step in worked.steps if step.law == "local"}
    known: dict[int, sp.Expr] = {name.index[0]: sp.Integer(1)}
    for n, operands in _edges(worked).items():
        terms = [_times(put(forms[local], value), known[m]) for m, local in operands if m in known]
        if terms:
            known[n] = terms[0] if len(terms) == 1 else sp.Add(*terms, evaluate=False)
    return known.get(max(_edges(worked), default=name.index[0]), sp.Integer(0))


def _times(one: sp.Expr, other: sp.Expr) -> sp.Expr:
    return other if one == 1 else one if other == 1 else sp.Mul(one, other, evaluate=False)


def _back(worked: Worked, forms: Mapping[Quantity, sp.Expr]) -> int:
    """Products and sums of the derivatives, from the result to the names."""
    ones, found = set(), 0
    for step in _law(worked, "derivative"):
        locals_ = [q for q in step.inputs if q.kind == "local"]
        if not locals_:
            ones.add(step.target)
        for local in locals_:
            above = Quantity("derivative", 0, local.index[:1])
            plain = abs(forms[local]) == 1
            found += not plain and above not in ones
            if plain and above in ones and len(locals_) == 1:
                ones.add(step.target)
        found += max(0, len(locals_) - 1)
    return found
