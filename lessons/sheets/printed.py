"""Worksheets on paper: a set of sheets with their keys, as Typst source (and from it a PDF) and as LaTeX source."""

from __future__ import annotations

import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from io import BytesIO
from itertools import groupby, pairwise
from pathlib import Path
from typing import ClassVar

import sympy as sp
from pypdf import PdfWriter

from mlp_core import Quantity, Step
from mlp_core.writing import latex as latex_math
from mlp_core.writing import typst as typst_math
from mlp_core.writing.names import Name

from ..i18n import LANGUAGES, using
from ..i18n import gettext as _
from ..notation import notation
from ..style import name_of
from ..worked import Values
from .worksheet import NONE, Line, Settings, Sheet, sheet, steady

FONTS = Path(__file__).parent / "fonts"
WIDTH, DENSE = 15.0, 12  # of the picture, in cm; beyond so many weights between two layers they stand in the table alone
WIDE = 50  # signs that a fraction may be wide
PITCH, CLOSE = 1.5, 1.3  # cm from neuron to neuron, and where a layer has more than five of them
UNDER = 0.64  # cm from a neuron to the number under it
Report = Callable[[float], None]
Place = tuple[float, float]


# --- the picture, in cm from its top left corner ---


@dataclass(frozen=True)
class Spot:
    """A neuron or input: where it is, its quantity, and what is given there (a bias, an input, a target)."""

    x: float
    y: float
    quantity: Quantity
    given: tuple[Quantity, ...]


@dataclass(frozen=True)
class Edge:
    """A weight: from where to where, and where its number stands (None in a layer of too many)."""

    start: Place
    end: Place
    label: Place | None
    weight: Quantity


def drawing(sizes: tuple[int, ...]) -> tuple[float, list[Spot], list[Edge]]:
    """The height of the picture, its neurons and its weights."""
    height = max(sizes) * (PITCH if max(sizes) <= 5 else CLOSE) + 0.4
    columns = [[(1.2 + k * (WIDTH - 3.0) / (len(sizes) - 1), (i + 0.5) * height / n) for i in range(n)] for k, n in
               enumerate(sizes)]  # fmt: skip
    last, spots, edges = len(sizes) - 1, [], []
    for k, column in enumerate(columns):
        for i, (x, y) in enumerate(column, 1):
            own = Quantity("a" if k else "x", k, (i,))
            beside = [Quantity("y", k, (i,))] if k == last else []
            spots.append(Spot(x, y, own, (Quantity("b", k, (i,)) if k else own, *beside)))
    for k, (before, after) in enumerate(pairwise(columns), 1):
        lines = [(start, end) for end in after for start in before]
        for n, (line, label) in enumerate(zip(lines, _labels(lines, [*before, *after]), strict=True)):
            edges.append(Edge(*line, label, Quantity("W", k, (n // len(before) + 1, n % len(before) + 1))))
    return height, spots, edges


def _labels(lines: list[tuple[Place, Place]], neurons: list[Place]) -> list[Place | None]:
    """Where the number of each line stands on it: apart from all other numbers, and then as far as can be from other lines."""
    if len(lines) > DENSE:
        return [None] * len(lines)
    found: list[Place | None] = []
    for (x, y), (to, end) in lines:

        def room(spot: Place) -> tuple[float, float]:
            numbers = [max(abs(spot[0] - one[0]) / 0.75, abs(spot[1] - one[1]) / 0.32) for one in found if one]
            numbers += [max(abs(spot[0] - a) / 1.1, abs(spot[1] - b - UNDER) / 0.36) for a, b in neurons]
            others = [abs(b + (d - b) * (spot[0] - a) / (c - a) - spot[1]) for (a, b), (c, d) in lines]
            return min([1.0, *numbers]), sorted([*others, 9.0])[1]  # the nearest of all is its own line

        along = [0.27 + 0.02 * n for n in range(24)]
        found.append(max(((x + (to - x) * part, y + (end - y) * part) for part in along), key=room))
    return found


# --- what a sheet says, whatever the language of the source ---


class Form(ABC):
    """Writes a set of worksheets in one language of sources; formulas are kept, numbers put in anew for every sheet."""

    slash: ClassVar[str]

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sizes = settings.sizes
        self.notation = notation(settings.notation, settings.language)
        self._names: dict[Quantity, str] = {}
        self._laws: dict[Quantity, str] = {}

    @cached_property
    def otherwise(self) -> str:
        """The word for the other cases of a formula."""
        return _("otherwise")

    def name(self, quantity: Quantity) -> str:
        """The quantity's name in mathematics."""
        if quantity not in self._names:
            self._names[quantity] = self.spelled(self.notation.name(quantity, self.sizes))
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
            wide = total.is_Add and len(total.args) * (self.settings.decimals + 8) > WIDE
            if wide and (below or first.is_Rational):
                over = self.slash if below else " "
                return f"{self.formula(first, names, dot)}{over}({self.formula(total, names, dot)})"
        return self.formula(expr, names, dot)

    def equation(self, quantity: Quantity, values: Values) -> str:
        """A given number with its name."""
        return f"{self.name(quantity)} = {self.number(quantity, steady(quantity, values[quantity]))}"

    def memory(self, one: Sheet) -> list[str]:
        """What the optimiser starts from, the same for every parameter: one equation for each of m and v."""
        lines = [line for _phase, lines in one.sections for line in lines]
        first = {q.slot: q for line in reversed(lines) for q in line.step.inputs if q.slot.endswith("_prev")}
        names = {slot: replace(self.notation.name(first[slot]), of=None) for slot in sorted(first)}
        return [f"{self.spelled(name)} = {one.values[first[slot]]:g}" for slot, name in names.items()]

    def documents(self, pages: int) -> Iterator[str]:
        """Complete sources, each of so many sheets or keys: all sheets, then all keys."""
        count = self.settings.variants
        wanted = [(number, key) for key in (False, True) for number in range(1, count + 1)]
        for first in range(0, len(wanted), pages):
            with using(self.settings.language):
                body = [self.page(sheet(self.settings, n), key) for n, key in wanted[first : first + pages]]
                document = "\n".join([self.head(), *body, self.foot()])
            yield document

    def whole(self) -> str:
        """The source of all sheets and, after them, of all keys."""
        return next(self.documents(2 * self.settings.variants))

    def page(self, one: Sheet, key: bool, most: int = 10**6) -> str:
        """A sheet, or its key; of its rows not more than ``most``."""
        parts = [self.opening(one, key), self.picture(one)] if not key else [self.opening(one, key)]
        groups = [[self.equation(q, one.values) for q in group] for group in _given(one)]
        parts.append(self.given([*groups[:-1], [*groups[-1], *self.memory(one)]]))
        for phase, lines in one.sections:
            rows = [self.key_row(line, one.values) if key else self.sheet_row(line) for line in lines[:most]]
            most -= len(rows)
            if rows:
                parts.append(self.table(name_of(phase), rows, key))
        return "\n".join([*parts, self.closing()])

    def sheet_row(self, line: Line) -> tuple[str, str, str]:
        """Quantity, law (or room to write), value (or a blank)."""
        law = self.inline(f"= {self.law(line.step)}") if self.settings.laws else ""
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

    def subject(self, one: Sheet) -> str:
        """The network, the loss and the optimiser in one line."""
        example, chosen = one.example, self.settings.optimiser
        names = ", ".join(name_of(activation) for activation in example.model.activations)
        parts = ["-".join(map(str, example.sizes)), names, name_of(example.model.loss)]
        return " · ".join(parts if chosen == NONE else [*parts, chosen])

    def at_edges(self, edges: list[Edge], one: Sheet) -> list[tuple[float, float, str]]:
        """Where in the picture which weight stands."""
        placed = [(*edge.label, edge.weight) for edge in edges if edge.label]
        return [(x, y, self.number(q, steady(q, one.values[q]))) for x, y, q in placed]

    def at_spot(self, spot: Spot, one: Sheet) -> list[tuple[float, float, str]]:
        """Where at a neuron or input which given number stands; that of an input needs no name."""
        return [
            (
                *((spot.x + 1.25, spot.y) if q.kind == "y" else (spot.x, spot.y + UNDER)),
                self.number(q, one.values[q]) if q.kind == "x" else self.equation(q, one.values),
            )
            for q in spot.given
        ]

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
    """What a sheet gives: input and target, the parameters of each layer, and the settings that its update uses."""
    order = {"x": 0, "y": 1, "W": 2, "b": 3}
    place = {q: (order[q.kind] > 1 and q.layer, order[q.kind], q.index) for q in one.example.derivation.given}
    groups = [list(group) for _layer, group in groupby(sorted(place, key=place.__getitem__), lambda q: place[q][0])]
    inputs = [q for _phase, lines in one.sections for line in lines for q in line.step.inputs]
    return [*groups, list(dict.fromkeys(q for q in inputs if q.family == "setting"))]


# --- Typst ---

_TYPST_HEAD = """#set document(title: "{title}", date: none)
#set page(paper: "{paper}", margin: (x: 17mm, top: 15mm, bottom: 17mm))
#set text(font: ("New Computer Modern", "Noto Sans CJK SC"), size: 10pt, lang: "{lang}"{region})
#show math.equation: set text(font: ("New Computer Modern Math", "Noto Sans CJK SC"))
#show math.equation.where(block: false): math.display
#set par(justify: false)
#let at(x, y, body) = context {{
  let size = measure(body)
  place(dx: x * 1cm - size.width / 2, dy: y * 1cm - size.height / 2, body)
}}
#let edge(a, b, c, d) = place(line(start: (a * 1cm, b * 1cm), end: (c * 1cm, d * 1cm), stroke: 0.4pt + luma(120)))
#let spot(x, y, body) = at(x, y, circle(radius: 0.42cm, fill: white, stroke: 0.8pt, align(center + horizon, body)))
#let small(x, y, body) = at(x, y, box(fill: white, inset: (x: 3pt, y: 1pt), text(size: 8pt, body)))
#let rows(room, ..cells) = table(
  columns: (auto, 1fr, 3.4cm), align: (right + horizon, left + horizon, center + horizon), stroke: 0.4pt + luma(150),
  inset: (x: 5pt, y: room), ..cells,
)"""


class Typst(Form):
    """In Typst."""

    slash = " slash "

    def spelled(self, name: Name) -> str:
        return typst_math.name(name)

    def formula(self, expr: sp.Expr, names: Mapping[sp.Symbol, str], dot: bool) -> str:
        return typst_math.write(expr, names, dot, self.otherwise)

    def number(self, quantity: Quantity, value: float, bracketed: bool = False) -> str:
        return (typst_math.factor if bracketed else typst_math.number)(quantity, value, self.settings.decimals)

    def inline(self, math: str) -> str:
        return f"${math}$"

    def head(self) -> str:
        language = LANGUAGES[self.settings.language]
        return _TYPST_HEAD.format(
            title=_("Worksheets"), paper={"A4": "a4", "Letter": "us-letter"}[self.settings.paper],
            lang=language.tag.partition("-")[0], region=f', region: "{language.region}"' if language.region else "",
        )  # fmt: skip

    def foot(self) -> str:
        return ""

    def opening(self, one: Sheet, key: bool) -> str:
        name, seat, code = _("Name"), _("Seat"), _("Code")
        footer = f"{self.title(one, key)} · {one.code} #h(1fr) #context counter(page).display()"
        top = f"#text(size: 14pt, weight: 700)[{self.title(one, key)}] #h(1fr) {code}: {one.code}"
        lines = [f"#set page(footer: text(size: 8pt)[{footer}])", "#counter(page).update(1)", top, "", self.subject(one), ""]
        if not key:
            rule = "#box(width: 1fr, line(length: 100%, stroke: 0.4pt))"
            lines += [f"#v(2mm) {name}: {rule} #h(5mm) {seat}: #box(width: 2.5cm, line(length: 100%, stroke: 0.4pt))"]
        return "\n".join([*lines, ""])

    def closing(self) -> str:
        return "#pagebreak(weak: true)"

    def given(self, groups: list[list[str]]) -> str:
        label = _("Given")
        lines = [" #h(4mm, weak: true) ".join(f"#box[${each}$]" for each in group) for group in groups if group]
        return f"#block(above: 4mm)[\n#set par(leading: 0.95em, spacing: 1.2em)\n{label}: " + "\n\n".join([*lines, "]"])

    def table(self, heading: str, rows: list[tuple[str, str, str]], key: bool) -> str:
        room = "7pt" if key else "9pt"
        cells = "".join(f"  [{name}], [{middle}], [{value}],\n" for name, middle, value in rows)
        above = f"#block(above: 5mm, below: 2.5mm, sticky: true, text(size: 11.5pt, weight: 700)[{heading}])"
        return f"{above}\n#rows({room},\n{cells})"

    def picture(self, one: Sheet) -> str:
        height, spots, edges = drawing(self.sizes)
        lines = [f"#block(width: {WIDTH}cm, height: {height:.2f}cm, above: 4mm, below: 5mm)["]
        lines += ["#edge({:.2f}, {:.2f}, {:.2f}, {:.2f})".format(*edge.start, *edge.end) for edge in edges]
        lines += [f"#small({x:.2f}, {y:.2f})[${text}$]" for x, y, text in self.at_edges(edges, one)]
        for spot in spots:
            lines.append(f"#spot({spot.x:.2f}, {spot.y:.2f})[#text(size: 8pt)[${self.name(spot.quantity)}$]]")
            lines += [f"#small({x:.2f}, {y:.2f})[${text}$]" for x, y, text in self.at_spot(spot, one)]
        return "\n".join([*lines, "]"])


# --- LaTeX ---

_LATEX_HEAD = r"""\documentclass[10pt,{paper}paper]{{{kind}}}
\usepackage[margin=17mm]{{geometry}}
\usepackage{{amsmath,longtable,array,tikz}}
\setlength{{\parindent}}{{0pt}}
\newcolumntype{{M}}{{>{{\raggedright\arraybackslash}}m{{\dimexpr\linewidth-70mm\relax}}}}
\newcolumntype{{V}}{{>{{\centering\arraybackslash}}m{{32mm}}}}
\begin{{document}}"""


class Latex(Form):
    """In LaTeX: the article class with amsmath, longtable and TikZ, for Chinese that of ctex."""

    slash = " / "

    def spelled(self, name: Name) -> str:
        return name.latex()

    def formula(self, expr: sp.Expr, names: Mapping[sp.Symbol, str], dot: bool) -> str:
        return latex_math.write(expr, names, dot, self.otherwise)

    def number(self, quantity: Quantity, value: float, bracketed: bool = False) -> str:
        return (latex_math.factor if bracketed else latex_math.number)(quantity, value, self.settings.decimals)

    def inline(self, math: str) -> str:
        return rf"$\displaystyle {math}$"

    def head(self) -> str:
        return _LATEX_HEAD.format(paper=self.settings.paper.lower(), kind=LANGUAGES[self.settings.language].document)

    def foot(self) -> str:
        return "\\end{document}\n"

    def opening(self, one: Sheet, key: bool) -> str:
        name, seat, code = _("Name"), _("Seat"), _("Code")
        lines = [
            r"\setcounter{page}{1}",
            rf"\textbf{{\Large {self.title(one, key)}}} \hfill {code}: {one.code}",
            "",
            self.subject(one).replace("·", r"$\cdot$"),
            "",
        ]
        if not key:
            lines += [rf"\medskip {name}: \hrulefill\quad {seat}: \rule{{25mm}}{{0.4pt}}", ""]
        return "\n".join(lines)

    def closing(self) -> str:
        return "\\newpage"

    def given(self, groups: list[list[str]]) -> str:
        label = _("Given")
        lines = [r"\quad ".join(rf"\mbox{{${each}$}}" for each in group) for group in groups if group]
        joined = "\\par\n".join(lines)
        return f"\n{{\\raggedright\\lineskip=1mm\\lineskiplimit=1mm {label}: {joined}\\par}}\n"

    def table(self, heading: str, rows: list[tuple[str, str, str]], key: bool) -> str:
        strut = r"\rule[-4mm]{0pt}{9.5mm}" if key else r"\rule[-5.5mm]{0pt}{12.5mm}"
        body = "\n".join(rf"{strut}{name} & {middle} & {value} \\ \hline" for name, middle, value in rows)
        top = rf"\multicolumn{{3}}{{@{{}}l}}{{\textbf{{{heading}}}}} \\[2mm] \hline \endfirsthead \hline \endhead"
        return "\n".join([r"\begin{longtable}{|r|M|V|}", top, body, r"\end{longtable}"])

    def picture(self, one: Sheet) -> str:
        _height, spots, edges = drawing(self.sizes)
        lines = [r"\begin{center}\begin{tikzpicture}[x=1cm,y=-1cm,every node/.style={font=\scriptsize}]"]
        lines += ["\\draw[gray] ({:.2f},{:.2f}) -- ({:.2f},{:.2f});".format(*edge.start, *edge.end) for edge in edges]
        number = r"\node[fill=white,inner sep=1pt] at ({:.2f},{:.2f}) {{${}$}};"
        lines += [number.format(*each) for each in self.at_edges(edges, one)]
        for spot in spots:
            name = self.name(spot.quantity)
            lines.append(
                rf"\node[circle,draw,fill=white,minimum size=8.4mm,inner sep=0pt] at ({spot.x:.2f},{spot.y:.2f}) {{${name}$}};"
            )
            lines += [number.format(*each) for each in self.at_spot(spot, one)]
        return "\n".join([*lines, r"\end{tikzpicture}\end{center}"])


# --- PDF ---

CHUNK, ROWS = 10, 1000  # sheets, and rows, set at a time: the compiler keeps some 0.15 MB a row until it ends
PAGE = 40  # rows that are more than a page holds
_COMPILE = """
import os, sys, typst
os.nice(10)
fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[sys.argv[1]])
made = typst.compile(
    sys.stdin.buffer.read(), font_paths=fonts, ignore_system_fonts=True, format=sys.argv[2], ppi=110, pdf_tags=False
)
sys.stdout.buffer.write(made[0] if isinstance(made, list) else made)
"""


def pdf(settings: Settings, report: Report | None = None) -> bytes:
    """All sheets and keys as one PDF, the same bytes for the same settings; ``report`` hears how much is done, 0 to 1."""
    writer = PdfWriter()
    rows = sum(len(lines) for _phase, lines in settings.sections)
    pages = max(1, min(CHUNK, ROWS // rows))
    chunks = -(-2 * settings.variants // pages)
    for n, source in enumerate(Typst(settings).documents(pages), 1):
        writer.append(BytesIO(_compiled(source, "pdf")), import_outline=False)
        if report:
            report(n / chunks)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def first_page(settings: Settings) -> str:
    """The source of which the first page is that of the first sheet."""
    with using(settings.language):
        form = Typst(settings)
        return "\n".join([form.head(), form.page(sheet(settings, 1), key=False, most=PAGE)])


def compiler(form: str) -> tuple[str, ...]:
    """The command that makes of a source a PDF ("pdf"), or of its first page a picture ("png"); it gives way to all else."""
    return sys.executable, "-c", _COMPILE, str(FONTS), form


def _compiled(source: str, form: str) -> bytes:
    """What Typst makes of a source, in a process of its own, whose memory is free again afterwards."""
    done = subprocess.run(compiler(form), input=source.encode(), capture_output=True)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-500:])
    return done.stdout
