"""The step card: question, law, numbers, value, ribbon and unfolding of one Step, as text and plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sympy as sp

from mlp_core import Derivation, Network, NonFinite, Quantity, Step, derive
from mlp_core.steps import Phase, unfold
from mlp_core.writing.latex import write
from mlp_core.writing.names import Name

from .. import content
from ..drawing.data import Chip, Chips
from ..i18n import gettext as _
from ..style import Look, Values

TERMS_A_LINE = 4






@dataclass(frozen=True)
class Card:
    """What the card of a step shows; ``formula`` is one LaTeX block: law, numbers put in, value."""

    question: str
    why: str
    formula: str
    value: str


def card(step: Step, derivation: Derivation | None, values: Values, look: Look) -> Card:
    """The card of one step, its numbers from ``values``; ``derivation`` is where a gradient's chain is looked up."""
    text = content.text("walk", section(step), target=f"${look.symbol(step.target)}$")
    question, _newline, why = text.partition("\n")
    value = known(values, step.target)
    spoken = _("not finite, the output is saturated") if value is None else look.value(step.target, value)
    return Card(question, why, formula(step, derivation, values, look), spoken)


def section(step: Step) -> str:
    """Which section of the lesson's text belongs to a step: that of its rule, else that of its law."""
    return step.rule if step.rule in content.sections("walk", "en") else step.law


def known(values: Values, quantity: Quantity) -> float | None:
    """The value, or None where a factor of a fused delta is not finite."""
    try:
        return values[quantity]
    except NonFinite:
        return None


def formula(step: Step, derivation: Derivation | None, values: Values, look: Look) -> str:
    """Law, numbers put in and value as one aligned LaTeX block."""
    numbers, value = numbers_put_in(step, values, look), known(values, step.target)
    sides = [*laws(step, derivation, look), *([numbers] if numbers else [])]
    if value is not None:
        sides.append(rf"\mathbf{{{look.number(step.target, value)}}}")
    return aligned(look.symbol(step.target), sides)


def aligned(left: str, sides: Sequence[str]) -> str:
    """One equation with several right sides below each other, as a LaTeX block."""
    rows = r" \\[3pt] ".join(f"&= {side}" for side in sides)
    return rf"\begin{{aligned}} {left} {rows} \end{{aligned}}"


def laws(step: Step, derivation: Derivation | None, look: Look) -> list[str]:
    """The right side in symbols; for a gradient its chain of factors first."""
    parts = chain(step, derivation) if derivation else []
    named = [" ".join(look.paint(part.family, part.name(look).latex()) for part in parts)] if parts else []
    return [*named, _written(step.formula, {q.symbol: look.symbol(q) for q in step.inputs}, dot=False)]


def numbers_put_in(step: Step, values: Values, look: Look) -> str:
    """The right side with its numbers; empty where there is nothing to put in, or a number is not finite."""
    inputs = {q: known(values, q) for q in step.inputs}
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


def chain(step: Step, derivation: Derivation) -> list[Factor]:
    """dC/dW as dC/da, da/dz, dz/dW (or delta, dz/dW where delta cannot be split); empty for other steps."""
    if step.law not in ("weight_gradient", "bias_gradient"):
        return []
    delta, *source = step.inputs
    split = derivation[delta].inputs if derivation[delta].rule == "delta" else (delta,)
    parameter = step.target.beside(step.target.parameter)
    return [*map(Factor, split), Factor(source[0] if source else None, parameter)]


def ribbon(step: Step, derivation: Derivation, values: Values, look: Look) -> Chips | None:
    """The factors of a backward step as chips, sums of products as groups; None where there is nothing to multiply."""
    groups = [chain(step, derivation)] if chain(step, derivation) else []
    if step.law in ("delta", "paths"):
        pairs = zip(step.inputs[::2], step.inputs[1::2], strict=True)
        groups = [[Factor(one), Factor(other)] for one, other in pairs]
    if not groups:
        return None
    chips = [[_chip(part, step, derivation, values, look) for part in group] for group in groups]
    value = known(values, step.target)
    result = _bare_chip(str(step.target), look.name(step.target), "gradient", value, step.target, look)
    result["state"] = "target"
    return {
        "label": _("The factors of this step"),
        "layout": "ribbon",
        "groups": [{"title": "", "chips": group} for group in chips],
        "separator": "·",
        "result": result,
        "colors": dict(look.colors),
    }


def _chip(part: Factor, step: Step, derivation: Derivation, values: Values, look: Look) -> Chip:
    quantity = part.quantity
    if quantity is None:
        return {
            "id": "", "name": part.name(look).data(), "value": "1", "kind": "gradient", "state": "idle",
            "note": _("always 1"), "spoken": f"{part.name(look).text()} = 1",
        }  # fmt: skip
    chip = _bare_chip(str(quantity), part.name(look), quantity.family, known(values, quantity), quantity, look)
    source = f"= {look.name(quantity).text()} · " if part.by else ""
    chip["note"] = source + _origin(quantity, step, derivation)
    return chip


def _bare_chip(id: str, name: Name, family: str, value: float | None, quantity: Quantity, look: Look) -> Chip:
    text = "∞" if value is None else look.value(quantity, value)
    spoken = f"{name.text()} = {text}"
    return {"id": id, "name": name.data(), "value": text, "kind": family, "state": "idle", "note": "", "spoken": spoken}


def _origin(quantity: Quantity, step: Step, derivation: Derivation) -> str:
    """Where a factor comes from: given, the forward pass, new here, or used before (and at which step it was computed)."""
    if quantity not in derivation:
        return _("given")
    if derivation[quantity].phase is not Phase.BACKWARD:
        return _("from the forward pass")
    backward = derivation.phase(Phase.BACKWARD)
    here = derivation.position(step.target)
    first = next(s for s in backward if quantity in s.inputs)
    if derivation.position(first.target) == here:
        return _("new")
    return _("reused, from step {n}").format(n=backward.index(derivation[quantity]) + 1)


def unfolding(step: Step, network: Network, look: Look) -> str | None:
    """How SymPy gets the local derivative of this step, as one aligned LaTeX block; None where there is none to show."""
    found = unfold(network, step)
    if found is None:
        return None
    function, forms, variable = found
    derivation = derive(network)
    mentioned = function.free_symbols.union(*(form.free_symbols for form in forms))
    everything = (*derivation.given, *(other.target for other in derivation))
    names = {q.symbol: look.symbol(q) for q in everything if q.symbol in mentioned}
    operator = rf"\frac{{\partial}}{{\partial {names[variable]}}}"
    otherwise = _("otherwise")
    first, *rest = (write(form, names, otherwise=otherwise) for form in forms)
    head = rf"{operator} \left[ {write(function, names, otherwise=otherwise)} \right] &= {first}"
    return r"\begin{aligned} " + r" \\[4pt] ".join([head, *(f"&= {form}" for form in rest)]) + r" \end{aligned}"
