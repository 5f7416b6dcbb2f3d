"""The step card: question, law, numbers, value and unfolding of one Step, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sympy as sp

from mlp_core import Quantity, Step
from mlp_core.writing.latex import write
from mlp_core.writing.names import Name

from .. import content
from ..i18n import gettext as _
from ..style import Look
from ..worked import Worked

TERMS_A_LINE = 4
ANY = "any"  # the section of a step whose law has none of its own


@dataclass(frozen=True)
class Card:
    """What the card of a step shows; ``formula`` is one LaTeX block: law, numbers put in, value."""

    question: str
    why: str
    formula: str
    value: str


def card(step: Step, worked: Worked, look: Look) -> Card:
    """The card of one step."""
    text = content.text(worked.texts, section(step, worked.texts), target=f"${look.symbol(step.target)}$")
    question, _newline, why = text.partition("\n")
    value = worked.value(step.target)
    spoken = _("not finite, the output is saturated") if value is None else look.value(step.target, value)
    return Card(question, why, formula(step, worked, look), spoken)


def section(step: Step, texts: str = "walk") -> str:
    """Which section of a room's texts belongs to a step: that of its rule, else that of its law, else the one for any step."""
    known = content.sections(texts, "en")
    return next((key for key in (step.rule, step.law) if key in known), ANY)


def formula(step: Step, worked: Worked, look: Look) -> str:
    """Law, numbers put in and value as one aligned LaTeX block."""
    numbers, value = numbers_put_in(step, worked, look), worked.value(step.target)
    sides = [*laws(step, look, worked), *([numbers] if numbers else [])]
    if value is not None:
        sides.append(rf"\mathbf{{{look.number(step.target, value)}}}")
    return aligned(look.symbol(step.target), sides)


def aligned(left: str, sides: Sequence[str]) -> str:
    """One equation with several right sides below each other, as a LaTeX block."""
    rows = r" \\[3pt] ".join(f"&= {side}" for side in sides)
    return rf"\begin{{aligned}} {left} {rows} \end{{aligned}}"


def laws(step: Step, look: Look, worked: Worked | None = None) -> list[str]:
    """The right side in symbols; with ``worked`` given, for a gradient its chain of factors first."""
    parts = chain(step, worked) if worked else []
    named = [" ".join(look.paint(part.family, part.name(look).latex()) for part in parts)] if parts else []
    return [*named, _written(step.formula, {q.symbol: look.symbol(q) for q in step.inputs}, dot=False)]


def numbers_put_in(step: Step, worked: Worked, look: Look) -> str:
    """The right side with its numbers; empty where there is nothing to put in, or a number is not finite."""
    inputs = {q: worked.value(q) for q in step.inputs}
    if not step.inputs or step.formula.is_Symbol or None in inputs.values():
        return ""
    return _written(step.formula, {q.symbol: look.factor(q, v) for q, v in inputs.items() if v is not None}, dot=True)


def _written(expr: sp.Expr, names: Mapping[sp.Symbol, str], dot: bool) -> str:
    """The formula; a long sum is broken into lines of a few terms."""
    otherwise = _("otherwise")
    if not expr.is_Add or len(expr.args) <= TERMS_A_LINE:
        return write(expr, names, dot, otherwise)
    line = ""
    for i, term in enumerate(expr.args):
        text = write(term, names, dot, otherwise)
        line += (r" \\ &\quad " if i and i % TERMS_A_LINE == 0 else " ") * bool(i)
        line += text if i == 0 or text.startswith("-") else f"+ {text}"
    return line


@dataclass(frozen=True)
class Factor:
    """One factor of a chain: a quantity, or (with ``by``) how z moves with that parameter, whose number is the quantity's.

    ``quantity`` is None where that number is 1 whatever the network (a bias).
    """

    quantity: Quantity | None
    by: Quantity | None = None

    @property
    def family(self) -> str:
        """The family whose colour it has."""
        return "gradient" if self.quantity is None else self.quantity.family

    def name(self, look: Look) -> Name:
        """The quantity's name, or dz/dW."""
        if self.by is None:
            assert self.quantity is not None
            return look.name(self.quantity)
        return Name(num=look.name(Quantity("z", self.by.layer, self.by.index[:1])), den=look.name(self.by))


def chain(step: Step, worked: Worked) -> list[Factor]:
    """dC/dW as dC/da, da/dz, dz/dW (or delta, dz/dW where delta cannot be split); empty for other steps."""
    if step.law not in ("weight_gradient", "bias_gradient"):
        return []
    delta, *source = step.inputs
    split = worked.steps[delta].inputs if worked.steps[delta].rule == "delta" else (delta,)
    parameter = step.target.beside(step.target.parameter)
    return [*map(Factor, split), Factor(source[0] if source else None, parameter)]


def unfolding(step: Step, worked: Worked, look: Look) -> str | None:
    """How SymPy gets the local derivative of this step, as one aligned LaTeX block; None where there is none to show."""
    found = worked.unfold(step)
    if found is None:
        return None
    function, forms, variable = found
    mentioned = function.free_symbols.union(*(form.free_symbols for form in forms))
    everything = (*worked.given, *(other.target for other in worked.steps))
    names = {q.symbol: look.symbol(q) for q in everything if q.symbol in mentioned}
    operator = rf"\frac{{\partial}}{{\partial {names[variable]}}}"
    otherwise = _("otherwise")
    first, *rest = (write(form, names, otherwise=otherwise) for form in forms)
    head = rf"{operator} \left[ {write(function, names, otherwise=otherwise)} \right] &= {first}"
    return r"\begin{aligned} " + r" \\[4pt] ".join([head, *(f"&= {form}" for form in rest)]) + r" \end{aligned}"
