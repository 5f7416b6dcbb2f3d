"""Sheets in LaTeX, for teachers who change them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import sympy as sp

from mlp_core.writing import latex as math
from mlp_core.writing.names import Name

from ...i18n import LANGUAGES
from ...i18n import gettext as _
from ...style import together
from ..sheet import Sheet
from .form import Cells, Form, GridCells, Kind, labelled
from .picture import drawing

_HEAD = r"""\documentclass[10pt,{paper}paper]{{{kind}}}
\usepackage[margin=17mm,top=20mm,headsep=4mm]{{geometry}}
\usepackage{{amsmath,longtable,array,tikz,fancyhdr}}
\setlength{{\parindent}}{{0pt}}
\pagestyle{{fancy}}
\fancyhf{{}}
\renewcommand{{\headrulewidth}}{{0pt}}
\setlength{{\headheight}}{{14pt}}
\setlength{{\tabcolsep}}{{1.5mm}}
\newcolumntype{{N}}{{>{{\raggedleft\arraybackslash}}m{{13mm}}}}
\newcolumntype{{V}}{{>{{\centering\arraybackslash}}m{{22mm}}}}
\newlength{{\halfwidth}}
\setlength{{\halfwidth}}{{\dimexpr0.5\textwidth-44mm-4\arrayrulewidth\relax}}
\newlength{{\fullwidth}}
\setlength{{\fullwidth}}{{\dimexpr\textwidth-44mm-4\arrayrulewidth\relax}}
\newcolumntype{{M}}{{>{{\raggedright\arraybackslash}}m{{\halfwidth}}}}
\newcolumntype{{L}}{{>{{\raggedright\arraybackslash}}m{{\fullwidth}}}}
\begin{{document}}"""


def _escaped(text: str) -> str:
    """Text that means itself."""
    return re.sub(r"[\\^~{}$&#%_]", lambda found: _SIGNS.get(found[0], rf"\{found[0]}"), text)


_SIGNS = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}


class Latex(Form):
    """In LaTeX: the article class with amsmath, longtable, fancyhdr and TikZ, for Chinese that of ctex."""

    slash = " / "

    def spelled(self, name: Name) -> str:
        return name.latex()

    def formula(self, expr: sp.Expr, names: Mapping[sp.Symbol, str], dot: bool) -> str:
        return math.write(expr, names, dot, self.otherwise)

    def number(self, text: str) -> str:
        return math.of_text(text)

    def factor(self, text: str) -> str:
        return math.factor_of_text(text)

    def inline(self, math: str) -> str:
        return rf"$\displaystyle {math}$"

    def kept(self, source: str) -> str:
        return rf"\mbox{{{source}}}"

    def head(self) -> str:
        return _HEAD.format(paper=self.style.paper.lower(), kind=LANGUAGES[self.style.view.language].document)

    def foot(self) -> str:
        return "\\end{document}\n"

    def opening(self, one: Sheet, kind: Kind, remarks: Sequence[str], points: int) -> str:
        title = self.title(one, kind)
        coded = rf"{title} $\cdot$ {one.code}" if one.code else title
        code = rf" \hfill {labelled(_('Code'))} {one.code}" if one.code else ""
        again = _("{title}, continued").format(title=title)
        name = rf"\hfill {labelled(_('Name'))} \rule{{50mm}}{{0.4pt}}" if kind is Kind.SHEET else ""
        page = _("Page {n}").format(n=r"\thepage")
        lines = [
            r"\setcounter{page}{1}",
            rf"\fancyhead[L]{{\ifnum\value{{page}}>1 \footnotesize {again}{name}\fi}}",
            rf"\fancyfoot[L]{{\footnotesize {coded}}}\fancyfoot[R]{{\footnotesize {page}}}",
            rf"\textbf{{\Large {title}}}{code}",
            "",
            _escaped(one.subject).replace("·", r"$\cdot$"),
            "",
        ]
        if kind is Kind.SHEET:
            fields = [rf"{labelled(_('Name'))} \hrulefill", rf"{labelled(_('Seat'))} \rule{{20mm}}{{0.4pt}}"]
            fields.append(rf"{labelled(_('Points'))} \rule{{12mm}}{{0.4pt}} / {points}")
            lines += [r"\medskip " + r"\quad ".join(fields), ""]
        return "\n".join([*lines, rf"{{\small {_escaped(together(*remarks))}\par}}", ""])

    def closing(self, one: Sheet, kind: Kind) -> str:
        blank = r"\newpage\ifodd\value{page}\else\thispagestyle{empty}\mbox{}\newpage\fi"
        return blank if self.style.duplex and kind is Kind.SHEET else r"\newpage"

    def given(self, groups: list[list[str]]) -> str:
        label = labelled(_("Given"))
        lines = [r"\quad ".join(rf"\mbox{{${each}$}}" for each in group) for group in groups if group]
        joined = "\\par\n".join(lines)
        return f"\n{{\\raggedright\\lineskip=1mm\\lineskiplimit=1mm {label} {joined}\\par}}\n"

    def table(self, cells: Cells) -> str:
        strut = r"\rule[-3.5mm]{0pt}{8.5mm}" if cells.key else r"\rule[-4.5mm]{0pt}{11mm}"
        body = []
        for row in cells.rows:
            triples = [(name, middle, value) for name, middle, value in row]
            (name, middle, value), *second = triples
            if second:
                flat = " & ".join(part for triple in triples for part in triple)
            else:
                flat = rf"{name} & \multicolumn{{4}}{{L|}}{{{middle}}} & {value}"
            body.append(rf"{strut}{flat} \\ \hline")
        head = rf"{_titled(6, cells.heading)} \endfirsthead {_titled(6, cells.again)} \endhead"
        return "\n".join([r"\begin{longtable}{|N|M|V|N|M|V|}", head, *body, r"\end{longtable}"])

    def grid(self, cells: GridCells) -> str:
        count = len(cells.columns)
        strut = r"\rule[-2.5mm]{0pt}{7mm}" if cells.key else r"\rule[-4mm]{0pt}{10mm}"
        width = rf"\dimexpr(\textwidth-26mm)/{count - 2}-2\tabcolsep-\arrayrulewidth\relax"
        columns = rf"|c|c|*{{{count - 2}}}{{>{{\centering\arraybackslash}}m{{{width}}}|}}"
        formulas = r"\quad ".join(rf"\mbox{{{each}}}" for each in cells.formulas)
        names = " & ".join(cells.columns) + r" \\ \hline"
        first = rf"{_titled(count, cells.heading)} {names} \endfirsthead"
        again = rf"{_titled(count, cells.again)} {names} \endhead"
        body = [strut + " & ".join(row) + r" \\ \hline" for row in cells.rows]
        above = [rf"{{\raggedright\lineskip=1mm\lineskiplimit=1mm {formulas}\par}}"] if formulas else []
        table = [rf"\begin{{longtable}}{{{columns}}}", first, again, *body, r"\end{longtable}"]
        return "\n".join([r"{\footnotesize", *above, *table, "}"])

    def values(self, heading: str, equations: Sequence[str]) -> str:
        cells = r"\quad ".join(rf"\mbox{{{each}}}" for each in equations)
        return f"\n\\medskip\\textbf{{{heading}}}\\par\n{{\\raggedright\\lineskip=1mm\\lineskiplimit=1mm {cells}\\par}}\n"

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


def _titled(columns: int, title: str) -> str:
    """The row of a table that says what it is."""
    return rf"\multicolumn{{{columns}}}{{@{{}}l}}{{\textbf{{{title}}}}} \\[1mm] \hline"
