"""Sheets in Typst, from which the PDF is made."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import sympy as sp

from mlp_core.writing import typst as math
from mlp_core.writing.names import Name

from ...i18n import LANGUAGES
from ...i18n import gettext as _
from ...style import together
from ..sheet import Sheet
from .form import Cells, Form, GridCells, Kind, labelled
from .picture import WIDTH, drawing

_HEAD = """#set document(title: "{title}", date: none)
#set page(paper: "{paper}", margin: (x: 17mm, top: 15mm, bottom: 15mm), header-ascent: 4mm, footer-descent: 5mm)
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
#let rule(width) = box(width: width, line(length: 100%, stroke: 0.4pt))
#let heads = counter("heads")
#let heading-row(columns, first, again) = table.cell(
  colspan: columns, stroke: none, align: left + bottom, inset: (x: 0pt, top: 9pt, bottom: 5pt), {{
    heads.step()
    context if heads.get().first() > 1 {{ again }} else {{ first }}
  }},
)
#let begins() = query(<begin>).map(it => it.location().page()).contains(here().page())
#let title(body) = text(size: 11.5pt, weight: 700, body)
#let rows(room, size, blank, first, again, ..cells) = {{
  heads.update(0)
  set text(size: size, top-edge: "bounds", bottom-edge: "bounds")
  table(
    columns: (auto, 1fr, blank, auto, 1fr, blank), stroke: 0.4pt + luma(150), inset: (x: 5pt, y: room),
    align: (right + horizon, left + horizon, center + horizon, right + horizon, left + horizon, center + horizon),
    table.header(heading-row(6, title(first), title(again))), ..cells,
  )
}}
#let whole(name, middle, value) = (name, table.cell(colspan: 4, align: left + horizon, middle), value)
#let grid-rows(columns, room, size, first, again, formulas, ..cells) = {{
  heads.update(0)
  set text(size: size, top-edge: "bounds", bottom-edge: "bounds")
  let above = title(first) + if formulas != none {{ v(4pt, weak: true) + text(size: 9pt, formulas) + v(2pt) }}
  table(
    columns: (auto, auto) + (1fr,) * (columns - 2), stroke: 0.4pt + luma(150), inset: (x: 2.5pt, y: room),
    align: center + horizon, table.header(heading-row(columns, above, title(again)), ..cells.pos().slice(0, columns)),
    ..cells.pos().slice(columns),
  )
}}
#let values(first, ..cells) = block(breakable: false)[
  #block(above: 5mm, below: 3mm, title(first))
  #set text(size: 9pt, top-edge: "bounds", bottom-edge: "bounds")
  #grid(columns: (1fr,) * 5, row-gutter: 7pt, column-gutter: 6pt, align: left + horizon, ..cells)
]"""


def _escaped(text: str) -> str:
    """Text that means itself."""
    return re.sub(r"[\\#$*_`<>@\[\]=~/\"']", r"\\\g<0>", text)


class Typst(Form):
    """In Typst."""

    slash = " slash "

    def spelled(self, name: Name) -> str:
        return math.name(name)

    def formula(self, expr: sp.Expr, names: Mapping[sp.Symbol, str], dot: bool) -> str:
        return math.write(expr, names, dot, self.otherwise)

    def number(self, text: str) -> str:
        return math.of_text(text)

    def factor(self, text: str) -> str:
        return math.factor_of_text(text)

    def inline(self, math: str) -> str:
        return f"${math}$"

    def kept(self, source: str) -> str:
        return f"#box[{source}]"

    def head(self) -> str:
        language = LANGUAGES[self.style.view.language]
        return _HEAD.format(
            title=_("Worksheets"), paper={"A4": "a4", "Letter": "us-letter"}[self.style.paper],
            lang=language.tag.partition("-")[0], region=f', region: "{language.region}"' if language.region else "",
        )  # fmt: skip

    def foot(self) -> str:
        return ""

    def opening(self, one: Sheet, kind: Kind, remarks: Sequence[str], points: int) -> str:
        title = self.title(one, kind)
        coded = f"{title} · {one.code}" if one.code else title
        n = "#context counter(page).display()"
        footer = f"#set page(footer: text(size: 8pt)[{coded} #h(1fr) {_('Page {n}').format(n=n)}])"
        seat = f" #h(5mm) {labelled(_('Name'))} #rule(5cm)" if kind is Kind.SHEET else ""
        again = f"{_('{title}, continued').format(title=title)} #h(1fr){seat}"
        header = f"#set page(header: context if not begins() {{ text(size: 8pt)[{again}] }})"
        code = f" #h(1fr) {labelled(_('Code'))} {one.code}" if one.code else ""
        top = f"#text(size: 14pt, weight: 700)[{title}]{code}"
        lines = [footer, header, "#metadata(none) <begin>", "#counter(page).update(1)", top, "", _escaped(one.subject), ""]
        if kind is Kind.SHEET:
            fields = [f"{labelled(_('Name'))} #rule(1fr)", f"{labelled(_('Seat'))} #rule(2cm)"]
            fields.append(f"{labelled(_('Points'))} #rule(1.2cm) / {points}")
            lines += ["#v(1mm) " + " #h(4mm) ".join(fields)]
        lines += ["", f"#text(size: 9pt)[{together(*map(_escaped, remarks))}]"]
        return "\n".join([*lines, ""])

    def closing(self, one: Sheet, kind: Kind) -> str:
        to = ', to: "odd"' if self.style.duplex and kind is Kind.SHEET else ""
        return f"#pagebreak(weak: true{to})"

    def given(self, groups: list[list[str]]) -> str:
        label = labelled(_("Given"))
        lines = [" #h(4mm, weak: true) ".join(f"#box[${each}$]" for each in group) for group in groups if group]
        lines = [f"#par(leading: 1.9em, spacing: 2em)[{line}]" if "frac(" in line else line for line in lines]
        return f"#block(above: 4mm)[\n#set par(leading: 0.95em, spacing: 1.2em)\n{label} " + "\n\n".join([*lines, "]"])

    def table(self, cells: Cells) -> str:
        look = "3pt, 8.5pt, 1.8cm" if cells.key else "6.5pt, 10pt, 2.5cm"
        lines = []
        for row in cells.rows:
            flat = ", ".join(f"[{part}]" for triple in row for part in triple)
            lines.append(f"  ..whole({flat})," if len(row) == 1 else f"  {flat},")
        return f"#rows({look}, [{cells.heading}], [{cells.again}],\n" + "\n".join([*lines, ")"])

    def grid(self, cells: GridCells) -> str:
        room, size = ("3pt", "8pt") if cells.key else ("8pt", "9pt")
        formulas = " #h(5mm, weak: true) ".join(f"#box[{each}]" for each in cells.formulas)
        above = f"[{formulas}]" if formulas else "none"
        lines = ["  " + ", ".join(f"[{cell}]" for cell in row) + "," for row in (cells.columns, *cells.rows)]
        texts = f"[{cells.heading}], [{cells.again}], {above}"
        begin = f"#grid-rows({len(cells.columns)}, {room}, {size}, {texts},\n"
        return begin + "\n".join([*lines, ")"])

    def values(self, heading: str, equations: Sequence[str]) -> str:
        return f"#values([{heading}], {', '.join(f'[{each}]' for each in equations)})"

    def picture(self, one: Sheet) -> str:
        height, spots, edges = drawing(one.worked.plan)
        lines = [f"#block(width: {WIDTH}cm, height: {height:.2f}cm, above: 3mm, below: 4mm)["]
        lines += ["#edge({:.2f}, {:.2f}, {:.2f}, {:.2f})".format(*edge.start, *edge.end) for edge in edges]
        lines += [f"#small({x:.2f}, {y:.2f})[${text}$]" for x, y, text in self.at_edges(edges, one)]
        for spot in spots:
            lines.append(f"#spot({spot.x:.2f}, {spot.y:.2f})[#text(size: 8pt)[${self.name(spot.quantity)}$]]")
            lines += [f"#small({x:.2f}, {y:.2f})[${text}$]" for x, y, text in self.at_spot(spot, one)]
        return "\n".join([*lines, "]"])
