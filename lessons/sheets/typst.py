"""Sheets in Typst, from which the PDF is made."""

from __future__ import annotations

import re
from collections.abc import Mapping

import sympy as sp

from mlp_core import Quantity
from mlp_core.writing import typst as math
from mlp_core.writing.names import Name

from ..i18n import LANGUAGES
from ..i18n import gettext as _
from .form import Form
from .picture import WIDTH, drawing
from .sheet import Sheet

_HEAD = """#set document(title: "{title}", date: none)
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

    def number(self, quantity: Quantity, value: float, bracketed: bool = False) -> str:
        return (math.factor if bracketed else math.number)(quantity, value, self.style.view.decimals)

    def inline(self, math: str) -> str:
        return f"${math}$"

    def head(self) -> str:
        language = LANGUAGES[self.style.view.language]
        return _HEAD.format(
            title=_("Worksheets"), paper={"A4": "a4", "Letter": "us-letter"}[self.style.paper],
            lang=language.tag.partition("-")[0], region=f', region: "{language.region}"' if language.region else "",
        )  # fmt: skip

    def foot(self) -> str:
        return ""

    def opening(self, one: Sheet, key: bool) -> str:
        name, seat, title = _("Name"), _("Seat"), self.title(one, key)
        footer = f"{title} · {one.code}" if one.code else title
        footer = f"#set page(footer: text(size: 8pt)[{footer} #h(1fr) #context counter(page).display()])"
        code = f" #h(1fr) {_('Code')}: {one.code}" if one.code else ""
        top = f"#text(size: 14pt, weight: 700)[{title}]{code}"
        lines = [footer, "#counter(page).update(1)", top, "", _escaped(one.subject), ""]
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
        height, spots, edges = drawing(one.worked.plan)
        lines = [f"#block(width: {WIDTH}cm, height: {height:.2f}cm, above: 4mm, below: 5mm)["]
        lines += ["#edge({:.2f}, {:.2f}, {:.2f}, {:.2f})".format(*edge.start, *edge.end) for edge in edges]
        lines += [f"#small({x:.2f}, {y:.2f})[${text}$]" for x, y, text in self.at_edges(edges, one)]
        for spot in spots:
            lines.append(f"#spot({spot.x:.2f}, {spot.y:.2f})[#text(size: 8pt)[${self.name(spot.quantity)}$]]")
            lines += [f"#small({x:.2f}, {y:.2f})[${text}$]" for x, y, text in self.at_spot(spot, one)]
        return "\n".join([*lines, "]"])
