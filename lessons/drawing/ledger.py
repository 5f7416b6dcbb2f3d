"""The ledger: every quantity so far as chips, in groups."""

from __future__ import annotations

from mlp_core import Quantity
from mlp_core.kinds import KINDS
from mlp_core.steps import Phase

from ..i18n import gettext as _
from ..style import name_of
from .data import Chip, Chips
from .scene import Scene

OF_LOSS = ("y", "C", "weight_decay", "R", "C_decayed")


def ledger(scene: Scene) -> Chips:
    """Every quantity up to the scene's phase; what is not computed yet stands with a question mark."""
    steps, phases = scene.worked.steps, tuple(Phase)[: tuple(Phase).index(scene.phase) + 1]
    shown = [*steps.given, *(step.target for step in steps.phase(*phases))]
    if scene.phase is Phase.FORWARD:
        shown = [q for q in shown if q.kind != "y"]
    if scene.worked.sample:  # of other samples what is needed so far
        needed = {q for step in steps.phase(*phases) for q in step.inputs}
        shown = [q for q in shown if q in needed or not _of_others(scene, q)]
    groups: dict[str, list[Quantity]] = {}
    order = list(KINDS)
    for quantity in sorted(shown, key=lambda q: (_of_others(scene, q), q.kind in OF_LOSS, q.layer, order.index(q.kind))):
        groups.setdefault(_group(scene, quantity), []).append(quantity)
    return {
        "label": _("All quantities so far"),
        "layout": "ledger",
        "groups": [{"title": title, "chips": [_chip(scene, q) for q in members]} for title, members in groups.items()],
        "decimals": scene.look.decimals,
        "colors": dict(scene.look.colors),
    }


def _of_others(scene: Scene, quantity: Quantity) -> int:
    """The sample, other than the one worked out, that a quantity is of; 0 for all else."""
    return quantity.sample if scene.worked.sample not in (0, quantity.sample) else 0


def _group(scene: Scene, quantity: Quantity) -> str:
    """The title under which a quantity stands: another sample, loss, its layer, or where there are no layers its phase."""
    if n := _of_others(scene, quantity):
        return _("Sample {n}").format(n=n)
    if quantity.kind in OF_LOSS:
        return _("Loss")
    if quantity.layer:
        return _("Layer {n}").format(n=quantity.layer)
    steps = scene.worked.steps
    return name_of(steps[quantity].phase) if quantity in steps else _("Input") if scene.worked.sizes else _("Given")


def _chip(scene: Scene, quantity: Quantity) -> Chip:
    chip: Chip = {
        "id": str(quantity),
        "name": scene.look.name(quantity).data(),
        "value": scene.text(quantity),
        "kind": quantity.family,
        "state": scene.state(quantity),
        "spoken": scene.look.spoken(quantity, scene.value(quantity)),
    }
    if quantity in scene.worked.plan.fixed:
        word = _("fixed")
        chip |= {"note": word, "spoken": f"{word}, {chip['spoken']}"}
    return chip
