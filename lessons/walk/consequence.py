"""What the last change did: which number, and the loss or another result before, after and the difference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mlp_core import Quantity
from mlp_core.steps import Phase

from ..example import Example
from ..i18n import gettext as _
from ..i18n import ngettext
from ..style import Look
from ..worked import Worked


@dataclass(frozen=True)
class Consequence:
    """``what`` was changed, and the loss, or what else comes out, as ``before → after (difference)``, each as text."""

    what: str
    loss: str


def consequence(before: Example, after: Example, look: Look) -> Consequence | None:
    """What a change of numbers did to the loss; None where the network is another one, or nothing changed."""
    if before.sizes != after.sizes or before.model.loss != after.model.loss:
        return None
    if (before.model.activations, before.model.slope) != (after.model.activations, after.model.slope):
        return Consequence(_("Activation"), _result(before.worked, after.worked, look))
    several = [(each.model.several, each.model.reduction if each.model.several else "") for each in (before, after)]
    if several[0] != several[1]:
        return Consequence(_("Samples"), _result(before.worked, after.worked, look))
    if before.model.given != after.model.given:
        return Consequence(_("Biases"), _result(before.worked, after.worked, look))
    return effect(before.worked, after.worked, look, after.model.given)


def effect(before: Worked, after: Worked, look: Look, given: Iterable[Quantity] = ()) -> Consequence | None:
    """What a change of given numbers did to what comes out; None where something else is worked out, or nothing changed.

    given: those that count, if not all that are: of a batch the numbers of other samples.
    """
    if before.given != after.given:
        return None
    changed = [q for q in given or after.given if before.value(q) != after.value(q)]
    if not changed:
        return None
    if len(changed) == 1:
        [one] = changed
        old, new = (look.value(one, each.values[one]) for each in (before, after))
        what = f"{look.name(one).text()} {old} → {new}"
    else:
        what = ngettext("{n} number changed", "{n} numbers changed", len(changed)).format(n=len(changed))
    return Consequence(what, _result(before, after, look))


def _result(before: Worked, after: Worked, look: Look) -> str:
    """The last number that is computed forward: the loss, where there is one."""
    every = after.steps.phase(Phase.FORWARD, Phase.LOSS)
    if not every:
        return ""
    goal = every[-1].target
    old, new = before.values[goal], after.values[goal]
    values = [look.value(goal, value) for value in (old, new, new - old)]
    signed = values[2] if new < old else f"+{values[2]}"
    return f"{look.name(goal).text()} {values[0]} → {values[1]} ({signed})"
