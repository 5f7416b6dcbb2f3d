"""What of a sheet can be left blank, and how far a sheet goes."""

from __future__ import annotations

from collections.abc import Collection

from mlp_core import Decay, Derivation, Quantity, Step
from mlp_core.optimisers import OPTIMISERS
from mlp_core.optimisers.decay import FORMS
from mlp_core.steps import Phase

from ..i18n import gettext, mark

PARTS: dict[Phase, tuple[str, ...]] = {
    Phase.FORWARD: ("z", "a"),
    Phase.LOSS: ("C",),
    Phase.BACKWARD: ("dC_da", "da_dz", "delta", "dW", "db"),
    Phase.UPDATE: ("m", "v", "m_hat", "v_hat", "step", "new"),
}
"""Phase to the kinds of values in it, each of which can be left blank; those of an update are its slots, and the new values."""

FACTORS = ("dC_da", "da_dz")

_TITLES = {
    "z": mark("weighted sums"), "a": mark("activations"), "C": mark("loss"), "dC_da": mark("slopes of the loss"),
    "da_dz": mark("slopes of the activations"), "delta": mark("error signals"), "dW": mark("weight gradients"),
    "db": mark("bias gradients"), "g": mark("gradients with the penalty"), "m": mark("averages m"),
    "v": mark("averages or velocities v"),
    "m_hat": mark("corrected m"), "v_hat": mark("corrected v"), "step": mark("steps"), "decay": mark("decay of weights"),
    "new": mark("new parameters"),
}  # fmt: skip


def title_of(kind: str) -> str:
    """What a kind is called where it is chosen, in the language in use; a slot without a name of its own by its letter."""
    letters = {slot: letter for record in OPTIMISERS.values() for slot, letter in record.letters.items()}
    return gettext(_TITLES[kind]) if kind in _TITLES else letters.get(kind, kind)


def kinds_of(optimiser: str, decay: Decay | None = None) -> tuple[str, ...]:
    """What can be left blank on a sheet with an update by this optimiser, in the order in which it is worked out; decay: how
    weights decay beside it."""
    record = OPTIMISERS[optimiser](lr=1.0)
    laws = record.laws_of("W", record.decay or decay)
    before = [kind for phase, kinds in PARTS.items() if phase is not Phase.UPDATE for kind in kinds]
    return (*before, *laws, "new")


def every_kind() -> tuple[str, ...]:
    """What can be left blank with some optimiser."""
    known = [kind for kinds in PARTS.values() for kind in kinds]
    slots = [slot for record in OPTIMISERS.values() for slot in record.letters]
    slots += [law for form in FORMS.values() for law in form.laws]
    return tuple(dict.fromkeys([*known, *slots, *(kind for optimiser in OPTIMISERS for kind in kinds_of(optimiser))]))


def part(quantity: Quantity) -> str:
    """Under which of the kinds a quantity can be left blank."""
    kind = quantity.again or quantity.kind
    same = {"error": "delta", "R": "C", "C_decayed": "C"}
    return "new" if quantity.updated else quantity.slot or same.get(kind, kind)


Sections = tuple[tuple[Phase, tuple[Step, ...]], ...]


def sections(steps: Derivation, blank: Collection[str] | None, factors: bool = False) -> Sections:
    """Phase and Steps of what is on a sheet: up to the last phase in which something is blank (None: everything).

    The factors of a delta that no step goes on from, since it is computed without them, are there only with ``factors``.
    """
    used = {q for step in steps for q in step.inputs}
    left_out = () if factors else [step for step in steps if step.target.kind in FACTORS and step.target not in used]
    found = [(phase, tuple(step for step in steps.phase(phase) if step not in left_out)) for phase in Phase]
    found = [(phase, own) for phase, own in found if own]
    while blank is not None and found and not any(part(step.target) in blank for step in found[-1][1]):
        found.pop()
    return tuple(found)
