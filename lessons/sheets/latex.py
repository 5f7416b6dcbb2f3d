"""Sheets in LaTeX, for teachers who change them."""

from __future__ import annotations

import re
from collections.abc import Mapping

import sympy as sp

from mlp_core import Quantity
from mlp_core.writing import latex as math
from mlp_core.writing.names import Name

from ..i18n import LANGUAGES
from ..i18n import gettext as _
from .form import Form
from .picture import drawing
from .sheet import Sheet

_HEAD = r"""\documentclass[10pt,{paper}paper]{{{kind}}}
\usepackage[margin=17mm]{{geometry}}
\usepackage{{amsmath,longtable,array,tikz}}
\setlength{{\parindent}}{{0pt}}
\newcolumntype{{M}}{{>{{\raggedright\arraybackslash}}m{{\dimexpr\linewidth-70mm\relax}}}}
\newcolumntype{{V}}{{>{{\centering\arraybackslash}}m{{32mm}}}}
\begin{{document}}"""


def _escaped(text: str) -> str:
    """Text that means itself."""
    return re.sub(r"[\\^~{}$&#%_]", lambda found: _SIGNS.get(found[0], rf"\{found[0]}"), text)


_SIGNS = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}


class Latex(Form):
    """In LaTeX: the article class with amsmath, longtable and TikZ, for Chinese that of ctex."""

    slash = " / "

    def spelled(self, name: Name) -> str:
        return name.latex()

    def formula(self, expr: sp.Expr, names: Mapping[sp.Symbol, str], dot: bool) -> str:
        return math.write(expr, names, dot, self.otherwise)

    def number(self, quantity: Quantity, value: float, bracketed: bool = False) -> str:
        return (math.factor if bracketed else math.number)(quantity, value, self.style.view.decimals)

    def inline(self, math: str) -> str:
        return rf"$\displaystyle {math}$"

    def head(self) -> str:
        return _HEAD.format(paper=self.style.paper.lower(), kind=LANGUAGES[self.style.view.language].document)

    def foot(self) -> str:
        return "\\end{document}\n"

    def opening(self, one: Sheet, key: bool) -> str:
        name, seat = _("Name"), _("Seat")
        code = rf" \hfill {_('Code')}: {one.code}" if one.code else ""
        lines = [
            r"\setcounter{page}{1}",
            rf"\textbf{{\Large {self.title(one, key)}}}{code}",
            "",
            _escaped(one.subject).replace("·", r"$\cdot$"),
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
        _height, spots, edges = drawing(one.worked.plan)
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
