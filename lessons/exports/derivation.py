"""A whole derivation as a LaTeX document: every Step with its law, the numbers put in and its value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from mlp_core import NonFinite, Step
from mlp_core.steps import Phase
from mlp_core.writing.breaking import broken, width
from mlp_core.writing.names import Name

from .. import content
from ..example import Example
from ..i18n import LANGUAGES, using
from ..i18n import gettext as _
from ..sheets import Latex, Style
from ..style import name_of
from ..walk.card import place
from ..walk.updates import worked_update
from ..worked import Worked
from .notebook import text

ROOM = 38.0  # ems of a line
_HEAD = r"""\documentclass[11pt,a4paper]{{{kind}}}
\usepackage[margin=22mm]{{geometry}}
\usepackage{{amsmath}}
\allowdisplaybreaks
\setlength{{\parindent}}{{0pt}}
\begin{{document}}"""
_FORMULA = r"(?:[A-Za-z0-9]?[−∂α-ωΑ-Ω₀-₉ᵗ/]+[A-Za-z0-9]?)+"  # in words, as in −∂C/∂z; LaTeX has these letters in formulas alone
_LETTERS = {"−": "-", "∂": r"\partial ", "ᵗ": "^{t}", **{chr(0x2080 + n): f"_{{{n}}}" for n in range(10)}}
_SIGNS = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
_MARKUP = ((r"\*\*(.+?)\*\*", r"\\textbf{\1}"), (r"\*(.+?)\*", r"\\emph{\1}"), (r"`(.+?)`", r"\\texttt{\1}"))


def derivation(example: Example) -> str:
    """The document of an example and of its next update; where that overflows it ends before it."""
    with using(example.view.language):
        try:
            worked = worked_update(example)
        except NonFinite:
            worked = example.worked
        return "\n".join(_Document(example, worked).lines()) + "\n"


class _Document:
    """Its lines."""

    def __init__(self, example: Example, worked: Worked) -> None:
        self.example, self.worked = example, worked
        self.form = Latex(Style(example.view), worked)
        self.told: set[str] = set()

    def lines(self) -> Iterator[str]:
        language = LANGUAGES[self.example.view.language]
        yield _HEAD.format(kind=language.document)
        sizes = "-".join(map(str, self.example.sizes))
        digits = self.form.digits
        title, _newline, about = text(
            "derivation", sizes=sizes, optimiser=self.example.settings.optimiser, answer=digits.answer, inside=digits.inside
        ).partition("\n")
        yield rf"\section*{{{of_markdown(title)}}}"
        yield of_markdown(about)
        yield rf"\subsection*{{{_('Given')}}}"
        yield from self.given()
        for phase in Phase:
            for layer, steps in groupby(self.worked.steps.phase(phase), lambda step: step.target.layer):
                title = f"{name_of(phase)}: {text('layer', layer=layer)}" if layer else name_of(phase)
                yield rf"\subsection*{{{of_markdown(title)}}}"
                for step in steps:
                    yield from self.step(step)
        yield r"\end{document}"

    def given(self) -> Iterator[str]:
        """Every number that no step computes, a line each for the sample, the parameters of a layer, and the settings."""
        for group in self.form.given_equations(self.worked, self.worked.steps):
            joined = r"\quad ".join(rf"\mbox{{${each}$}}" for each in group)
            yield rf"{{\raggedright {joined}\par}}"

    def step(self, step: Step) -> Iterator[str]:
        """The question, the reason where its law comes for the first time, and the equation in up to three lines."""
        room, key = place(step, self.worked.texts)
        left = self.form.name(step.target)
        question, _newline, why = content.text(room, key, target=f"${left}$").partition("\n")
        yield ""
        yield rf"\medskip \textit{{{of_markdown(question)}}}"
        if key not in self.told:
            self.told.add(key)
            yield of_markdown(why)
        sides = [self.form.law(step), *self.numbers(step)]
        narrow = ROOM - width(left) - 2
        rows = [rf"{left if n == 0 else ''} &= " + r" \\ & ".join(broken(side, narrow)) for n, side in enumerate(sides)]
        yield r"\begin{align*}"
        yield " \\\\\n".join(rows)
        yield r"\end{align*}"
        if len(sides) == 1:
            yield of_markdown(text("not_finite"))

    def numbers(self, step: Step) -> list[str]:
        """The right side with its numbers, and the value; nothing where one of them is not finite."""
        worked = self.worked
        if worked.value(step.target) is None or any(worked.value(q) is None for q in step.inputs):
            return []
        value = self.form.number(self.form.digits.result(step.target, worked.values[step.target]))
        return [side for side in (self.form.put_in(step, worked.values), rf"\mathbf{{{value}}}") if side]


def of_markdown(markdown: str) -> str:
    """The little Markdown of our texts in LaTeX; formulas between dollars stay."""
    parts = re.split(r"(\$[^$]+\$)", markdown)
    return "".join(part if n % 2 else _of_words(part) for n, part in enumerate(parts))


def _of_words(words: str) -> str:
    escaped = re.sub(rf"{_FORMULA}|[\\^~{{}}$&#%_]", lambda found: _sign(found[0]), words)
    for pattern, latex in _MARKUP:
        escaped = re.sub(pattern, latex, escaped)
    return escaped


def _sign(found: str) -> str:
    """A sign that LaTeX takes for its own, or a formula in words."""
    if not found.isascii():
        return f"${''.join(_LETTERS.get(each) or f'{Name(each).latex()} ' for each in found).strip()}$"
    return found if "/" in found else _SIGNS.get(found, rf"\{found}")
