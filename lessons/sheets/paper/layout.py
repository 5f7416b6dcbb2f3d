"""What stands where on a sheet: rows of one line or of two short ones, and an update as a grid with a row a parameter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import sympy as sp

from mlp_core import Quantity, Step
from mlp_core.steps import Phase
from mlp_core.writing.names import Name, Notation

from ..parts import part
from ..sheet import Line, Sheet

SHORT = 2  # inputs of a step that leaves room for another beside it
Row = tuple[Line, ...]


@dataclass(frozen=True)
class Rows:
    """Lines below each other, two short ones side by side."""

    phase: Phase
    rows: tuple[Row, ...]

    @property
    def points(self) -> int:
        """One for every blank."""
        return sum(line.blank for row in self.rows for line in row)


@dataclass(frozen=True)
class Grid:
    """An update by the same laws for every parameter: a row holds the lines of one.

    roles: what the columns between a parameter and its lines hold, which is given or known from before ("g", "m_prev");
    blank: those of them that are left blank; constant: the roles that are the same number in every row, with a quantity each.
    """

    phase: Phase
    rows: tuple[Row, ...]
    roles: tuple[str, ...]
    blank: frozenset[str]
    constant: dict[str, Quantity]

    @property
    def points(self) -> int:
        """One for every row with a blank."""
        return sum(any(line.blank for line in row) for row in self.rows)


Block = Rows | Grid


def blocks(sheet: Sheet) -> Iterator[Block]:
    """The sheet's sections, each as rows or as a grid."""
    asked = {line.step.target for _phase, lines in sheet.sections for line in lines if line.blank}
    for phase, lines in sheet.sections:
        for _again, group in groupby(lines, lambda line: bool(line.step.target.again)):
            own = tuple(group)
            grid = _grid(phase, own, sheet, asked) if phase is Phase.UPDATE else None
            yield grid or Rows(phase, tuple(_rows(own)))


def _rows(lines: tuple[Line, ...]) -> Iterator[Row]:
    """Two short lines of one layer and kind side by side, and two that are alone of theirs; gradients are of one kind."""
    waiting: Row = ()
    before: tuple[object, ...] = ()
    for key, group in groupby(lines, _alike):
        own = tuple(group)
        if waiting and (len(own) > 1 or key[:2] != before[:2]):
            yield waiting
            waiting = ()
        for line in own:
            if len(line.step.inputs) > SHORT:
                if waiting:
                    yield waiting
                yield (line,)
                waiting = ()
            elif waiting:
                yield (*waiting, line)
                waiting = ()
            else:
                waiting = (line,)
        if waiting and len(own) > 1:
            yield waiting
            waiting = ()
        before = key
    if waiting:
        yield waiting


def _alike(line: Line) -> tuple[object, ...]:
    target = line.step.target
    return target.layer, target.is_gradient, "" if target.is_gradient else target.kind


def _grid(phase: Phase, lines: tuple[Line, ...], sheet: Sheet, asked: set[Quantity]) -> Grid | None:
    """The grid of an update, None where its parameters are not all updated by the same laws."""
    if not all(line.step.target.parameter and line.step.target.slot != "g" for line in lines):
        return None
    rows = [tuple(group) for _key, group in groupby(lines, lambda line: parameter_of(line.step.target))]
    laws = {tuple((part(line.step.target), str(in_roles(line.step))) for line in row) for row in rows}
    if len(laws) != 1 or not all(row[-1].step.target.updated for row in rows):
        return None
    values = sheet.worked.values
    found: dict[str, list[Quantity]] = {}
    for row in rows:
        for q in dict.fromkeys(q for line in row for q in line.step.inputs):
            found.setdefault(role_of(q), []).append(q)
    made = {part(line.step.target) for line in rows[0]}
    outer = {role: quantities for role, quantities in found.items() if role not in made and role != "old"}
    known = {role: qs[0] for role, qs in outer.items() if role != "g" and len({values[q] for q in qs}) == 1}
    roles = tuple(sorted((role for role in outer if role not in known), key=lambda role: (role == "g", role)))
    blank = frozenset({"g"} if set(found.get("g", ())) & asked else ())
    return Grid(phase, tuple(rows), roles, blank, known)


def parameter_of(quantity: Quantity) -> Quantity:
    """The parameter that a quantity of an update belongs to."""
    return quantity.beside(quantity.parameter)


def role_of(quantity: Quantity) -> str:
    """What a quantity is in an update, whichever parameter it belongs to."""
    if quantity.is_gradient:
        return "g"
    return "old" if quantity.given else part(quantity)


def in_roles(step: Step) -> sp.Expr:
    """The formula of a step of an update with roles for symbols."""
    return step.formula.xreplace({q.symbol: sp.Symbol(role_of(q), real=True) for q in step.inputs})


def plain_name(quantity: Quantity, notation: Notation) -> Name:
    """The name in an update of any parameter: without layer and indices."""
    if quantity.is_gradient:
        return Name("g")
    if not quantity.parameter:
        return notation.name(quantity)
    name = notation.name(quantity)
    if name.of:
        return replace(name, of=None)
    return Name(name.base, notation.words["new"] if quantity.updated else "")


def slope_name(quantity: Quantity, notation: Notation) -> Name:
    """What g stands for: a gradient without layer and indices."""
    name = notation.name(quantity)
    return Name(num=name.num, den=Name(name.den.base)) if name.den else Name(name.base)
