"""What a sheet says, whatever the language of its source."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import ClassVar

import sympy as sp

from mlp_core import Quantity, Step
from mlp_core.writing.names import Name

from ..example import View
from ..i18n import gettext as _
from ..i18n import mark, using
from ..style import name_of, notation
from ..worked import Values, Worked
from .picture import UNDER, Circle, Edge
from .sheet import Line, Sheet, steady

PAPERS = (mark("A4"), mark("Letter"))
WIDE = 50  # signs that a fraction may be wide


@dataclass(frozen=True)
class Style:
    """How sheets are set: notation, language and decimals; the paper; whether a sheet states the laws."""

    view: View = field(default_factory=View)
    paper: str = "A4"
    laws: bool = True


class Form(ABC):
    """Writes sheets about things worked of one shape in one language of sources; formulas are kept, numbers put in anew."""

    slash: ClassVar[str]

    def __init__(self, style: Style, worked: Worked) -> None:
        self.style, self.worked = style, worked
        self.notation = notation(style.view.notation, style.view.language)
        self._names: dict[Quantity, str] = {}
        self._laws: dict[Quantity, str] = {}

    @cached_property
    def otherwise(self) -> str:
        """The word for the other cases of a formula."""
        return _("otherwise")

    def name(self, quantity: Quantity) -> str:
        """The quantity's name in mathematics."""
        if quantity not in self._names:
            self._names[quantity] = self.spelled(
                self.worked.names.get(quantity) or self.notation.name(quantity, self.worked.sizes)
            )
        return self._names[quantity]

    def law(self, step: Step) -> str:
        """The right side of a step in symbols."""
        if step.target not in self._laws:
            names = {q.symbol: self.name(q) for q in step.inputs}
            self._laws[step.target] = self.side(step.formula, names, dot=False)
        return self._laws[step.target]

    def put_in(self, step: Step, values: Values) -> str:
        """The right side with its numbers; empty where there is nothing to put in."""
        if not step.inputs or step.formula.is_Symbol:
            return ""
        numbers = {q.symbol: self.number(q, steady(q, values[q]), bracketed=True) for q in step.inputs}
        return self.side(step.formula, numbers, dot=True)

    def side(self, expr: sp.Expr, names: Mapping[sp.Symbol, str], dot: bool) -> str:
        """One side of an equation. Lines break in a sum, but not in a fraction: one with too long a sum is taken apart."""
        if isinstance(expr, sp.Mul) and len(expr.args) == 2:
            first, second = expr.args
            below = second.is_Pow and second.exp == -1
            total = second.base if below else second
            wide = total.is_Add and len(total.args) * (self.style.view.decimals + 8) > WIDE
            if wide and (below or first.is_Rational):
                over = self.slash if below else " "
                return f"{self.formula(first, names, dot)}{over}({self.formula(total, names, dot)})"
        return self.formula(expr, names, dot)

    def equation(self, quantity: Quantity, values: Values) -> str:
        """A given number with its name."""
        return f"{self.name(quantity)} = {self.number(quantity, steady(quantity, values[quantity]))}"

    def memory(self, one: Sheet) -> list[str]:
        """What the optimiser starts from: one equation for each of m and v where it is the same for every parameter."""
        values = one.worked.values
        inputs = [q for _phase, lines in one.sections for line in lines for q in line.step.inputs]
        found: list[str] = []
        for slot in sorted({q.slot for q in inputs if q.slot.endswith("_prev")}):
            own = list(dict.fromkeys(q for q in inputs if q.slot == slot))
            if len({values[q] for q in own}) == 1:
                name = replace(self.notation.name(own[0]), of=None)
                found.append(f"{self.spelled(name)} = {values[own[0]]:g}")
            else:
                found += [self.equation(q, values) for q in own]
        return found

    def document(self, pages: Iterable[tuple[Sheet, bool]]) -> str:
        """A complete source of these sheets, or (where True stands beside one) of their keys, in the language of the style."""
        with using(self.style.view.language):
            return "\n".join([self.head(), *(self.page(one, key) for one, key in pages), self.foot()])

    def whole(self, *sheets: Sheet) -> str:
        """The source of all sheets and, after them, of all keys."""
        return self.document((one, key) for key in (False, True) for one in sheets)

    def page(self, one: Sheet, key: bool, most: int = 10**6) -> str:
        """A sheet, or its key; of its rows not more than ``most``."""
        parts = [self.opening(one, key)]
        if not key and one.worked.plan.columns:
            parts.append(self.picture(one))
        groups = [[self.equation(q, one.worked.values) for q in group] for group in _given(one)]
        parts.append(self.given([*groups[:-1], [*groups[-1], *self.memory(one)]]))
        for phase, lines in one.sections:
            rows = [self.key_row(line, one.worked.values) if key else self.sheet_row(line) for line in lines[:most]]
            most -= len(rows)
            if rows:
                parts.append(self.table(name_of(phase), rows, key))
        return "\n".join([*parts, self.closing()])

    def sheet_row(self, line: Line) -> tuple[str, str, str]:
        """Quantity, law (or room to write), value (or a blank)."""
        law = self.inline(f"= {self.law(line.step)}") if self.style.laws else ""
        value = "" if line.blank else self.inline(self.number(line.step.target, line.value))
        return self.inline(self.name(line.step.target)), law, value

    def key_row(self, line: Line, values: Values) -> tuple[str, str, str]:
        """Quantity, full working, value."""
        sides = [self.law(line.step), self.put_in(line.step, values)]
        working = self.inline("= " + " = ".join(side for side in sides if side))
        return self.inline(self.name(line.step.target)), working, self.inline(self.number(line.step.target, line.value))

    def title(self, one: Sheet, key: bool) -> str:
        """What stands at the top."""
        template = _("Key to sheet {n}") if key else _("Backpropagation by hand: sheet {n}")
        return template.format(n=one.number)

    def at_edges(self, edges: list[Edge], one: Sheet) -> list[tuple[float, float, str]]:
        """Where in the picture which weight stands."""
        placed = [(*edge.label, edge.weight) for edge in edges if edge.label and edge.weight]
        return [(x, y, self.number(q, steady(q, one.worked.values[q]))) for x, y, q in placed]

    def at_spot(self, circle: Circle, one: Sheet) -> list[tuple[float, float, str]]:
        """Where at a neuron, input or node which given number stands; its own needs no name."""
        values = one.worked.values
        under = [self.number(q, values[q]) if q == circle.quantity else self.equation(q, values) for q in circle.under]
        placed = [(circle.x, circle.y + UNDER, text) for text in under]
        return placed + [(circle.x + 1.25, circle.y, self.equation(q, values)) for q in circle.beside]

    # what each language of sources has its own way for

    @abstractmethod
    def spelled(self, name: Name) -> str: ...
    @abstractmethod
    def formula(self, expr: sp.Expr, names: Mapping[sp.Symbol, str], dot: bool) -> str: ...
    @abstractmethod
    def number(self, quantity: Quantity, value: float, bracketed: bool = False) -> str: ...
    @abstractmethod
    def inline(self, math: str) -> str: ...
    @abstractmethod
    def head(self) -> str: ...
    @abstractmethod
    def foot(self) -> str: ...
    @abstractmethod
    def opening(self, one: Sheet, key: bool) -> str: ...
    @abstractmethod
    def closing(self) -> str: ...
    @abstractmethod
    def given(self, groups: list[list[str]]) -> str: ...
    @abstractmethod
    def table(self, heading: str, rows: list[tuple[str, str, str]], key: bool) -> str: ...
    @abstractmethod
    def picture(self, one: Sheet) -> str: ...


def _given(one: Sheet) -> list[list[Quantity]]:
    """What a sheet gives: inputs and targets, the parameters of each layer, and the settings that its update uses."""
    order = {"x": 0, "y": 1, "W": 2, "b": 3}
    own = [q for q in one.worked.given if q.family not in ("setting", "optimiser")]
    place = {q: (q.layer if q.parameter else 0, order.get(q.kind, len(order)), q.index) for q in own}
    groups = [list(group) for _layer, group in groupby(sorted(place, key=place.__getitem__), lambda q: place[q][0])]
    inputs = [q for _phase, lines in one.sections for line in lines for q in line.step.inputs]
    return [*groups, list(dict.fromkeys(q for q in inputs if q.family == "setting"))]
