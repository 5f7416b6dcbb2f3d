"""The step card: question, law, numbers, value and unfolding of one Step, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sympy as sp

from mlp_core import Quantity, Step
from mlp_core.writing.breaking import broken, width
from mlp_core.writing.latex import write
from mlp_core.writing.long import shortened
from mlp_core.writing.names import Name

from .. import content, glossary
from ..i18n import gettext as _
from ..style import Look
from ..worked import Worked

ROOM = (
    21.0  # ems, which a card has on a desk's screen; formulas are set smaller in a narrower one (pages/parts/show.py)
)
RELATION = 1.4  # of an equals sign and the air around it
SEPARATOR = r" \\[3pt] "
ANY = "any"  # the section of a step whose law has none of its own
# The concept that the first number of a kind is an example of.
INTRODUCED = {"z": "weighted_sum", "a": "activation", "delta": "error_signal", "error": "error_term", "dW": "gradient"}


@dataclass(frozen=True)
class Card:
    """What the card of a step shows.

    term: on the first step of a kind what its number is called and what that means; else empty. left, laws, results: the LaTeX of
    the step's number, and of what it is equal to: in symbols, with numbers put in, and as a value.
    """

    question: str
    why: str
    term: str
    left: str
    laws: list[str]
    results: list[str]
    value: str

    @property
    def formula(self) -> str:
        """All in one LaTeX block."""
        return aligned(self.left, [*self.laws, *self.results])

    @property
    def law(self) -> str:
        """The block without numbers, which stays as it is when one is changed."""
        return aligned(self.left, self.laws)

    @property
    def result(self) -> str:
        """The rest of it as a block of its own, its equals signs below those of ``law``; empty where there is none."""
        return aligned(self.left, self.results, hidden=True) if self.results else ""


def card(step: Step, worked: Worked, look: Look) -> Card:
    """The card of one step."""
    text = content.text(*place(step, worked.texts), target=f"${look.symbol(step.target)}$")
    question, _newline, why = text.partition("\n")
    value = worked.value(step.target)
    spoken = _("not finite, the output is saturated") if value is None else look.value(step.target, value)
    sides = laws(step, look, worked), results(step, worked, look)
    return Card(question, why, term(step, worked, look), look.symbol(step.target), *sides, spoken)


def term(step: Step, worked: Worked, look: Look) -> str:
    """What the number of a step is called and what that means, as Markdown, where the walk meets its kind for the first time."""
    kind = step.target.kind
    if kind not in INTRODUCED or worked.texts != "walk":
        return ""
    first = next((each.target for each in worked.steps if each.target.kind == kind), None)
    if first != step.target:
        return ""
    concept = glossary.entry(INTRODUCED[kind])
    said = _("{symbol} is called the **{term}**: {meaning}")
    return said.format(symbol=f"${look.symbol(step.target)}$", term=concept.term, meaning=concept.meaning)


def goal(page: str) -> str:
    """What a page of the walk makes one able to do, as Markdown."""
    return _("**You will be able to** {what}").format(what=content.text("walk", f"goal.{page}"))


def remember(page: str) -> str:
    """What stays of a page of the walk, as Markdown."""
    return _("**Remember:** {what}").format(what=content.text("walk", f"remember.{page}"))


def section(step: Step, texts: str = "walk") -> str:
    """Which section of the texts belongs to a step: that of its rule, else that of its law, else the one for any step."""
    return place(step, texts)[1]


def place(step: Step, texts: str = "walk") -> tuple[str, str]:
    """The room and the section that speak of a step: the Worked's own room, else that of the walk, as for an update."""
    for room in dict.fromkeys((texts, "walk")):
        known = content.sections(room, "en")
        for key in (step.rule, step.law):
            if key in known:
                return room, key
    return texts, ANY


def formula(step: Step, worked: Worked, look: Look) -> str:
    """Law, numbers put in and value as one aligned LaTeX block."""
    return aligned(look.symbol(step.target), [*laws(step, look, worked), *results(step, worked, look)])


def aligned(left: str, sides: Sequence[str], hidden: bool = False) -> str:
    """One equation with several right sides below each other, as a LaTeX block; long ones are broken into lines.

    hidden: only the room of the left side is there, not the side itself.
    """
    room = ROOM - width(left) - RELATION
    first = rf"\hphantom{{{left}}}" if hidden else left
    return block([rf"{first if i == 0 else ''} &= {_lines(side, room)}".strip() for i, side in enumerate(sides)])


def block(rows: Sequence[str]) -> str:
    """Rows of an equation, each with its own alignment."""
    return rf"\begin{{aligned}} {SEPARATOR.join(rows)} \end{{aligned}}"


def _lines(latex: str, room: float) -> str:
    return r" \\ &".join(broken(latex, room))


def laws(step: Step, look: Look, worked: Worked | None = None) -> list[str]:
    """The right side in symbols; with ``worked`` given, for a gradient its chain of factors first."""
    parts = chain(step, worked) if worked else []
    named = [" ".join(look.paint(part.family, part.name(look).latex()) for part in parts)] if parts else []
    return [*named, _written(step, {q.symbol: look.symbol(q) for q in step.inputs})]


def results(step: Step, worked: Worked, look: Look) -> list[str]:
    """The right side with its numbers, and the value; without what is not there, as of a number that is not finite."""
    numbers, value = numbers_put_in(step, worked, look), worked.value(step.target)
    bold = "" if value is None else rf"\mathbf{{{look.number(step.target, value)}}}"
    return [side for side in (numbers, bold) if side]


def numbers_put_in(step: Step, worked: Worked, look: Look) -> str:
    """The right side with its numbers; empty where there is nothing to put in, or a number is not finite."""
    inputs = {q: worked.value(q) for q in step.inputs}
    if not step.inputs or step.formula.is_Symbol or None in inputs.values():
        return ""
    names = {q.symbol: look.factor(q, v) for q, v in inputs.items() if v is not None}
    return _written(step, names, dot=True)


def _written(step: Step, names: Mapping[sp.Symbol, str], dot: bool = False) -> str:
    """The formula of a step, short enough for a card."""
    return write(shortened(step.formula), names, dot, otherwise=_("otherwise"))


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
    """dC/dW as dC/da, da/dz, dz/dW (or delta, dz/dW where delta cannot be split); empty for other steps, for a sum over the
    neurons that share a bias, and where the error term has the other sign."""
    if step.law not in ("weight_gradient", "bias_gradient") or "shared" in step.rule or "negative" in step.rule:
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
    asked = rf"{operator} \left[ {write(function, names, otherwise=otherwise)} \right]"
    found_forms = [rf"&= {_lines(write(form, names, otherwise=otherwise), ROOM - RELATION)}" for form in forms]
    return block([rf"& {_lines(asked, ROOM)}", *found_forms])
