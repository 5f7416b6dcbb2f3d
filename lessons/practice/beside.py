"""A slip beside what is right: the wrong formula of a misconception at a step, with its numbers, and the right one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite

from mlp_core import Quantity, Step

from ..misconceptions import CATALOGUE, frame_of
from ..style import Look
from ..walk.card import aligned, formula, laws, numbers_put_in
from ..worked import Worked


@dataclass(frozen=True)
class Beside:
    """title and message as of the misconception; wrong and right: law, numbers put in and value as aligned LaTeX."""

    title: str
    message: str
    wrong: str
    right: str


def beside(name: str, target: Quantity, worked: Worked, look: Look, form: int = 0) -> Beside | None:
    """The slip of that name at the step of ``target``, in that one of its forms; None where it is not known or cannot be made
    there."""
    if name not in CATALOGUE or target not in worked.steps:
        return None
    frame, step = frame_of(worked), worked.steps[target]
    compiled = frame.compiled(target)
    found = [slip.formula for slip in compiled.slips if slip.name == name]
    if not found:
        return None
    chosen = found[form] if 0 <= form < len(found) else found[0]
    symbols = chosen.free_symbols
    inputs = [q for q in dict.fromkeys((*step.inputs, *frame.quantities.values())) if q.symbol in symbols]
    wrong = replace(step, formula=chosen, inputs=tuple(inputs))
    title, message = CATALOGUE[name].told(f"${look.symbol(target)}$", step)
    return Beside(title, message, _written(wrong, worked, look), formula(step, worked, look))


def _written(step: Step, worked: Worked, look: Look) -> str:
    """A wrong step as it would stand on a card: its formula, the numbers put in, and what comes out."""
    values = {q: worked.value(q) for q in step.inputs}
    sides = [*laws(step, look), numbers_put_in(step, worked, look)]
    if None not in values.values():
        value = float(step.evaluate({q: v for q, v in values.items() if v is not None}))
        sides += [rf"\mathbf{{{look.number(step.target, value)}}}"] if isfinite(value) else []
    return aligned(look.symbol(step.target), [side for side in sides if side])
