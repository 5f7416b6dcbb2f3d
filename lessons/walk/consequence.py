"""What the last change did: which number, and the loss before, after and the difference."""

from __future__ import annotations

from dataclasses import dataclass

from mlp_core import Quantity

from ..example import Example
from ..i18n import gettext as _
from ..i18n import ngettext
from ..style import Look

LOSS = Quantity("C")


@dataclass(frozen=True)
class Consequence:
    """``what`` was changed, and the loss as ``before → after (difference)``, each as text."""

    what: str
    loss: str


def consequence(before: Example, after: Example, look: Look) -> Consequence | None:
    """What a change of numbers did to the loss; None where the network is another one, or nothing changed."""
    if before.sizes != after.sizes or before.model.loss != after.model.loss:
        return None
    same = before.derivation.given == after.derivation.given
    changed = [q for q in after.derivation.given if before.trace[q] != after.trace[q]] if same else []
    activations = (before.model.activations, before.model.slope) != (after.model.activations, after.model.slope)
    if not changed and not activations and same:
        return None
    old, new = before.trace.loss, after.trace.loss
    values = [look.value(LOSS, value) for value in (old, new, new - old)]
    signed = values[2] if new < old else f"+{values[2]}"
    loss = f"{look.name(LOSS).text()} {values[0]} → {values[1]} ({signed})"
    what = _("Activation") if activations else _what(changed, before, after, look) if same else _("Biases")
    return Consequence(what, loss)


def _what(changed: list[Quantity], before: Example, after: Example, look: Look) -> str:
    if len(changed) == 1:
        [one] = changed
        return f"{look.name(one).text()} {look.value(one, before.trace[one])} → {look.value(one, after.trace[one])}"
    return ngettext("{n} number changed", "{n} numbers changed", len(changed)).format(n=len(changed))
