"""What a sheet, its key and its answers say, whatever the language of their source."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from typing import ClassVar

import sympy as sp

from mlp_core import Quantity, Step
from mlp_core.writing.names import Name

from ...example import View
from ...i18n import gettext as _
from ...i18n import mark, ngettext, using
from ...style import name_of, notation
from ...worked import Values, Worked
from ..sheet import Line, Sheet
from .digits import Digits, Texts
from .layout import Block, Grid, Rows, blocks, plain_name, role_of, slope_name
from .picture import UNDER, Circle, Edge

PAPERS = (mark("A4"), mark("Letter"))
WIDE = 50  # signs that a fraction may be wide
_TITLES = {
    "sheet": mark("Backpropagation by hand: sheet {n}"),
    "key": mark("Key to sheet {n}"),
    "answers": mark("Answers to sheet {n}"),
}


class Kind(StrEnum):
    """What is set of a sheet: itself for the student, the key with all working, or the answers alone, for marking."""

    SHEET = "sheet"
    KEY = "key"
    ANSWERS = "answers"


@dataclass(frozen=True)
class Style:
    """How sheets are set: notation, language and decimals; the paper; whether a sheet states the laws, and whether each begins
    on an odd page."""

    view: View = field(default_factory=View)
    paper: str = "A4"
    laws: bool = True
    duplex: bool = False


@dataclass(frozen=True)
class Cells:
    """A table as it is set: per row one or two triples of name, middle and value; headed, and headed again on a new page."""

    heading: str
    again: str
    rows: tuple[tuple[tuple[str, str, str], ...], ...]
    key: bool


@dataclass(frozen=True)
class GridCells:
    """A grid as it is set: formulas above it, the head of each column, and rows; what is empty is a blank."""

    heading: str
    again: str
    formulas: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    key: bool


class Form(ABC):
    """Writes sheets about things worked of one shape in one language of sources; formulas are kept, numbers put in anew."""

    slash: ClassVar[str]

    def __init__(self, style: Style, worked: Worked) -> None:
        self.style, self.worked = style, worked
        self.notation = notation(style.view.notation, style.view.language)
        self.digits = Digits.of(style.view.decimals)
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
                self.worked.names.get(quantity) or self.notation.name(
                    quantity, self.worked.sizes, self.worked.shared, bool(self.worked.batch), self.worked.normalised
                )
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
        texts = self.digits.put_in(step, values)
        return self.side(step.formula, {q.symbol: self.factor(text) for q, text in texts.items()}, dot=True)

    def side(self, expr: sp.Expr, names: Mapping[sp.Symbol, str], dot: bool) -> str:
        """One side of an equation. Lines break in a sum, but not in a fraction: one with too long a sum is taken apart."""
        if isinstance(expr, sp.Mul) and len(expr.args) == 2:
            first, second = expr.args
            below = second.is_Pow and second.exp == -1
            total = second.base if below else second
            wide = total.is_Add and len(total.args) * (self.digits.inside + 8) > WIDE
            if wide and (below or first.is_Rational):
                over = self.slash if below else " "
                return f"{self.formula(first, names, dot)}{over}({self.formula(total, names, dot)})"
        return self.formula(expr, names, dot)

    def given_number(self, quantity: Quantity, values: Values) -> str:
        """A number that a sheet gives."""
        return self.number(self.digits.given(quantity, values[quantity]))

    def equation(self, quantity: Quantity, values: Values) -> str:
        """A given number with its name."""
        return f"{self.name(quantity)} = {self.given_number(quantity, values)}"

    def given_equations(self, worked: Worked, steps: Iterable[Step]) -> list[list[str]]:
        """What these steps start from: inputs and targets, the parameters of each layer, settings with what is remembered."""
        inputs = [q for step in steps for q in step.inputs]
        groups = [[self.equation(q, worked.values) for q in group] for group in _given(worked, inputs)]
        return [*groups[:-1], [*groups[-1], *self.memory(worked.values, inputs)]]

    def memory(self, values: Values, inputs: Sequence[Quantity]) -> list[str]:
        """What the optimiser starts from: one equation for each of m and v where it is the same for every parameter."""
        found: list[str] = []
        for slot in sorted({q.slot for q in inputs if q.slot.endswith("_prev")}):
            own = list(dict.fromkeys(q for q in inputs if q.slot == slot))
            if len({values[q] for q in own}) == 1:
                name = replace(self.notation.name(own[0]), of=None)
                found.append(f"{self.spelled(name)} = {self.given_number(own[0], values)}")
            else:
                found += [self.equation(q, values) for q in own]
        return found

    def document(self, pages: Iterable[tuple[Sheet, Kind]]) -> str:
        """A complete source of these, each as the kind beside it, in the language of the style."""
        with using(self.style.view.language):
            return "\n".join([self.head(), *(self.page(one, kind) for one, kind in pages), self.foot()])

    def whole(self, kind: Kind, *sheets: Sheet) -> str:
        """The source of all sheets, of all keys, or of all answers."""
        return self.document((one, kind) for one in sheets)

    def page(self, one: Sheet, kind: Kind = Kind.SHEET, most: int = 10**6) -> str:
        """A sheet, its key or its answers; of its rows not more than ``most``."""
        every = list(blocks(one))
        points = sum(block.points for block in every)
        parts = [self.opening(one, kind, self.remarks(kind, every), points)]
        if kind is Kind.SHEET and one.worked.plan.columns:
            parts.append(self.picture(one))
        if kind is not Kind.ANSWERS:
            steps = (line.step for _phase, lines in one.sections for line in lines)
            parts.append(self.given(self.given_equations(one.worked, steps)))
        for block in every:
            shortened = replace(block, rows=block.rows[:most])
            most -= len(shortened.rows)
            if shortened.rows:
                parts.append(self.block(shortened, one, kind, block.points))
        return "\n".join([*parts, self.closing(one, kind)])

    def block(self, block: Block, one: Sheet, kind: Kind, points: int) -> str:
        """A block under its heading."""
        title = name_of(block.phase)
        heading = f"{title} ({self.points(points)})" if kind is Kind.SHEET and points else title
        again = _("{phase}, continued").format(phase=title)
        if isinstance(block, Grid):
            return self.grid(self.grid_cells(block, one, kind, heading, again))
        if kind is Kind.ANSWERS:
            return self.values(heading, [self.answer(line) for row in block.rows for line in row])
        make = self.key_cell if kind is Kind.KEY else self.sheet_cell
        rows = tuple(tuple(make(line, one.worked.values, len(row) > 1) for line in row) for row in block.rows)
        return self.table(Cells(heading, again, rows, kind is Kind.KEY))

    def sheet_cell(self, line: Line, values: Values, narrow: bool = False) -> tuple[str, str, str]:
        """Quantity, law (or room to write), value (or a blank)."""
        law = self.inline(f"= {self.law(line.step)}") if self.style.laws else ""
        return self.inline(self.name(line.step.target)), law, "" if line.blank else self.value(line)

    def key_cell(self, line: Line, values: Values, narrow: bool = False) -> tuple[str, str, str]:
        """Quantity, full working, value; where it is ``narrow`` a line breaks only before the numbers."""
        sides = [f"= {side}" for side in (self.law(line.step), self.put_in(line.step, values)) if side]
        working = " ".join(self.kept(self.inline(side)) for side in sides) if narrow else self.inline(" ".join(sides))
        return self.inline(self.name(line.step.target)), working, self.value(line)

    def answer(self, line: Line) -> str:
        """Quantity and value."""
        return self.inline(f"{self.name(line.step.target)} = {self.number(self.result(line))}")

    def result(self, line: Line) -> str:
        """The value of a line as plain text."""
        return self.digits.result(line.step.target, line.value)

    def value(self, line: Line) -> str:
        """The value of a line, set."""
        return self.inline(self.number(self.result(line)))

    def grid_cells(self, grid: Grid, one: Sheet, kind: Kind, heading: str, again: str) -> GridCells:
        """An update as it is set: formulas once, a column for the parameter, one for what is known and for each number."""
        values, first = one.worked.values, grid.rows[0]
        formulas = self.grid_formulas(grid, one, kind) if kind is Kind.KEY or self.style.laws else []
        sources = {role_of(q): q for line in first for q in line.step.inputs}
        heads = [sources["old"], *(sources[role] for role in grid.roles), *(line.step.target for line in first)]
        columns = ["", *(self.inline(self.spelled(plain_name(q, self.notation))) for q in heads)]
        rows = []
        for row in grid.rows:
            texts = self.digits.row((line.step for line in row), values)
            rows.append(self.grid_row(grid, row, texts, hidden=kind is Kind.SHEET))
        shown = () if kind is Kind.ANSWERS else tuple(formulas)
        return GridCells(heading, again, shown, tuple(columns), tuple(rows), kind is not Kind.SHEET)

    def grid_row(self, grid: Grid, row: tuple[Line, ...], texts: Texts, hidden: bool) -> tuple[str, ...]:
        """A parameter, what is known, and the numbers; what is left blank is empty where ``hidden``."""
        by_role = {role_of(q): q for q in texts if q not in {line.step.target for line in row}}
        old = by_role["old"]
        known = [("" if hidden and role in grid.blank else texts[by_role[role]]) for role in grid.roles]
        made = ["" if hidden and line.blank else texts[line.step.target] for line in row]
        numbers = [self.inline(self.number(text)) if text else "" for text in (texts[old], *known, *made)]
        return (self.inline(self.name(old)), *numbers)

    def grid_formulas(self, grid: Grid, one: Sheet, kind: Kind) -> list[str]:
        """The laws of an update, once for all parameters; on a key with the numbers that are the same for all."""
        values, first = one.worked.values, grid.rows[0]
        found = []
        gradient = next((q for line in first for q in line.step.inputs if q.is_gradient), None)
        if gradient:
            g, slope = (self.spelled(name(gradient, self.notation)) for name in (plain_name, slope_name))
            found.append(self.inline(f"{g} = {slope}"))
        for line in first:
            names = {q.symbol: self.spelled(plain_name(q, self.notation)) for q in line.step.inputs}
            left = self.spelled(plain_name(line.step.target, self.notation))
            sides = [left, self.side(line.step.formula, names, dot=False)]
            constant = {q.symbol: q for q in line.step.inputs if role_of(q) in grid.constant}
            if constant and kind is Kind.KEY:
                texts = {s: self.factor(self.digits.given(q, values[q])) for s, q in constant.items()}
                sides.append(self.side(line.step.formula, names | texts, dot=True))
            found.append(self.inline(" = ".join(sides)))
        bias = next((q for row in grid.rows for q in row[-1].step.inputs if q.kind == "b"), None)
        if bias and bias not in first[-1].step.inputs:
            name = self.inline(self.spelled(Name(self.notation.name(bias).base)))
            found.append(_("likewise for {name}").format(name=name))
        return found

    def remarks(self, kind: Kind, every: Sequence[Block]) -> list[str]:
        """What is to be known before one begins: how exactly to work, and what counts."""
        answer, inside = self.digits.answer, self.digits.inside
        grids = [block for block in every if isinstance(block, Grid)]
        if kind is Kind.ANSWERS:
            return [_("To {answer} significant digits; an answer counts from three right ones.").format(answer=answer)]
        if kind is Kind.KEY:
            inside_too = _(
                "Answers have {answer} significant digits. Inside a calculation stand {inside} or, where that is too few, "
                "more: whoever computes with what is printed gets what is printed."
            )
            counts = _("An answer counts from three right digits, and one that follows rightly from a wrong one counts as well.")
            return [inside_too.format(answer=answer, inside=inside), counts]
        told = [
            _("Fill in every empty box. Work with at least {inside} significant digits and round only what you write down, "
              "to {answer} significant digits.").format(inside=inside, answer=answer),
        ]  # fmt: skip
        boxes = any(isinstance(block, Rows) and block.points for block in every)
        if any(grid.points for grid in grids):
            told.append(
                _("A box is worth one point, and so is a row of the update; g is carried over from the gradients.")
                if boxes
                else _("A row of the update is worth one point.")
            )
        else:
            told.append(_("A box is worth one point."))
        told.append(_("What follows rightly from a wrong number counts."))
        return told

    def points(self, n: int) -> str:
        """So many points, in words."""
        return ngettext("{n} point", "{n} points", n).format(n=n)

    def title(self, one: Sheet, kind: Kind) -> str:
        """What stands at the top."""
        return _(_TITLES[kind]).format(n=one.number)

    def at_edges(self, edges: list[Edge], one: Sheet) -> list[tuple[float, float, str]]:
        """Where in the picture which weight stands."""
        placed = [(*edge.label, edge.weight) for edge in edges if edge.label and edge.weight]
        return [(x, y, self.given_number(q, one.worked.values)) for x, y, q in placed]

    def at_spot(self, circle: Circle, one: Sheet) -> list[tuple[float, float, str]]:
        """Where at a neuron, input or node which given number stands; its own needs no name."""
        values = one.worked.values
        under = [
            self.given_number(q, values) if q == circle.quantity else self.equation(q, values) for q in circle.under
        ]
        placed = [(circle.x, circle.y + UNDER, text) for text in under]
        return placed + [(circle.x + 1.25, circle.y, self.equation(q, values)) for q in circle.beside]

    # what each language of sources has its own way for

    @abstractmethod
    def spelled(self, name: Name) -> str: ...
    @abstractmethod
    def formula(self, expr: sp.Expr, names: Mapping[sp.Symbol, str], dot: bool) -> str: ...
    @abstractmethod
    def number(self, text: str) -> str: ...
    @abstractmethod
    def factor(self, text: str) -> str: ...
    @abstractmethod
    def inline(self, math: str) -> str: ...
    @abstractmethod
    def kept(self, source: str) -> str: ...
    @abstractmethod
    def head(self) -> str: ...
    @abstractmethod
    def foot(self) -> str: ...
    @abstractmethod
    def opening(self, one: Sheet, kind: Kind, remarks: Sequence[str], points: int) -> str: ...
    @abstractmethod
    def closing(self, one: Sheet, kind: Kind) -> str: ...
    @abstractmethod
    def given(self, groups: list[list[str]]) -> str: ...
    @abstractmethod
    def table(self, cells: Cells) -> str: ...
    @abstractmethod
    def grid(self, cells: GridCells) -> str: ...
    @abstractmethod
    def values(self, heading: str, equations: Sequence[str]) -> str: ...
    @abstractmethod
    def picture(self, one: Sheet) -> str: ...


def labelled(word: str) -> str:
    """A word before what it is about."""
    return _("{word}:").format(word=word)


def _given(worked: Worked, inputs: Sequence[Quantity]) -> list[list[Quantity]]:
    """Inputs and targets, the parameters of each layer, what is needed of other samples, and the settings among ``inputs``."""
    order = {"x": 0, "y": 1, "W": 2, "b": 3}
    every = [q for q in worked.given if q.family not in ("setting", "optimiser")]
    others = [q for q in dict.fromkeys(inputs) if q in every and q.sample not in (0, worked.sample)]
    own = [q for q in every if q.sample in (0, worked.sample)]
    place = {q: (q.layer if q.parameter else 0, order.get(q.kind, len(order)), q.index) for q in own}
    groups = [list(group) for _layer, group in groupby(sorted(place, key=place.__getitem__), lambda q: place[q][0])]
    groups += [[*group] for _key, group in groupby(others, lambda q: q.layer)]
    return [*groups, list(dict.fromkeys(q for q in inputs if q.family == "setting"))]
