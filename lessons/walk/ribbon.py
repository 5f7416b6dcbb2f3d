"""The chain rule as a ribbon of chips: the factors of one backward Step, and where each comes from."""

from __future__ import annotations

import sympy as sp

from mlp_core import Quantity, Step
from mlp_core.steps import Phase
from mlp_core.writing.names import Name

from ..drawing.data import Chip, Chips
from ..i18n import gettext as _
from ..style import Look, label_of
from ..worked import Worked
from .card import Factor, chain

FEW = 4  # samples of a batch whose chips are named; those of more say whose they are, as they are all the same derivative
BATCH = ("batch_weight_gradient", "batch_bias_gradient", "beta_gradient")
SIGN = Factor(None)  # of an error term that is -dC/dz


def ribbon(step: Step, worked: Worked, look: Look, waits: bool = False) -> Chips | None:
    """The factors of a backward step as chips, sums of products as groups; None where there is nothing to multiply.

    The result is a question mark where its value ``waits``.
    """
    groups = [chain(step, worked)] if chain(step, worked) else []
    if not groups and step.phase is Phase.BACKWARD:
        groups = _products(step)
    if not groups:
        return None
    chips = [[_chip(part, step, worked, look) for part in group] for group in groups]
    value = worked.value(step.target)
    result = _bare_chip(str(step.target), look.name(step.target), "gradient", value, step.target, look)
    result["state"] = "target"
    if waits:
        result |= {"value": "?", "spoken": look.spoken(step.target, None)}
    made: Chips = {
        "label": _("The factors of this step"),
        "layout": "ribbon",
        "groups": [{"title": "", "chips": group} for group in chips],
        "separator": "·",
        "result": result,
        "colors": dict(look.colors),
    }
    share = _share(step)
    return made | {"common": share} if share else made


def _products(step: Step) -> list[list[Factor]]:
    """The factors of each term, where the step is a product of quantities or a sum of such products; else nothing.

    A factor of -1, the other sign of the error term, is a chip, too; a sum of single quantities is one where a bias is shared,
    and of the samples of a batch.
    """
    if step.law == "fused":
        return []
    if step.law in BATCH:
        return [[Factor(q)] for q in step.inputs]
    by_symbol = {q.symbol: Factor(q) for q in step.inputs} | ({sp.Integer(-1): SIGN} if "negative" in step.rule else {})
    terms = step.formula.args if step.formula.is_Add else (step.formula,)
    factors = [term.args if term.is_Mul else (term,) for term in terms if term.is_Mul or "shared" in step.rule]
    if len(factors) < len(terms) or not all(each in by_symbol for term in factors for each in term):
        return []
    return [[by_symbol[each] for each in term] for term in factors]


def _share(step: Step) -> Chip | None:
    """What the sum of the samples' gradients is multiplied by, where a batch takes their mean."""
    n = len(step.inputs)
    if step.law not in BATCH or n == 1 or not step.rule.endswith("mean"):
        return None
    note = _("mean over the samples")
    return {
        "id": "", "name": Name().data(), "value": f"1/{n}", "kind": "setting", "state": "idle", "note": note, "spoken": note,
    }  # fmt: skip


def _chip(part: Factor, step: Step, worked: Worked, look: Look) -> Chip:
    quantity = part.quantity
    if part == SIGN:
        return {
            "id": "", "name": Name().data(), "value": "−1", "kind": "gradient", "state": "idle",
            "note": _("the error term is −∂C/∂z"), "spoken": _("the error term is −∂C/∂z"),
        }  # fmt: skip
    if quantity is None:
        return {
            "id": "", "name": part.name(look).data(), "value": "1", "kind": "gradient", "state": "idle",
            "note": _("always 1"), "spoken": f"{_words(part, look)} = 1",
        }  # fmt: skip
    chip = _bare_chip(str(quantity), part.name(look), quantity.family, worked.value(quantity), quantity, look)
    if step.law in BATCH and len(step.inputs) > FEW:
        return chip | {"name": Name().data(), "note": _("sample {n}").format(n=quantity.sample)}
    chip["note"] = _origin(quantity, step, worked)
    if part.by:
        chip["same"] = look.name(quantity).data()
        chip["spoken"] = f"{_words(part, look)} = {look.words(quantity)} = {chip['value']}"
    return chip


def _words(part: Factor, look: Look) -> str:
    """What a screen reader calls a factor."""
    if part.by:
        return label_of(part.by, part.name(look).letters())
    assert part.quantity is not None
    return look.words(part.quantity)


def _bare_chip(id: str, name: Name, family: str, value: float | None, quantity: Quantity, look: Look) -> Chip:
    text = "∞" if value is None else look.value(quantity, value)
    spoken = f"{look.words(quantity)} = {text}"
    return {"id": id, "name": name.data(), "value": text, "kind": family, "state": "idle", "note": "", "spoken": spoken}


def _origin(quantity: Quantity, step: Step, worked: Worked) -> str:
    """Where a factor comes from: given, the forward pass, new here, or used before (and at which step it was computed)."""
    derivation = worked.steps
    if quantity not in derivation:
        return _("given") if quantity.given else _("from sample {n}").format(n=quantity.sample)
    if derivation[quantity].phase is not Phase.BACKWARD:
        return _("from the forward pass")
    backward = derivation.phase(Phase.BACKWARD)
    here = derivation.position(step.target)
    first = next(s for s in backward if quantity in s.inputs)
    if derivation.position(first.target) == here:
        return _("new")
    return _("reused, from step {n}").format(n=backward.index(derivation[quantity]) + 1)
