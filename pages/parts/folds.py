"""The boxes below a walk, folded at first: all numbers of the network in tables, every quantity so far."""

from __future__ import annotations

from collections.abc import Callable

from lessons.drawing.data import Fold
from lessons.drawing.ledger import ledger
from lessons.drawing.scene import Scene
from lessons.drawing.tables import tables
from lessons.i18n import gettext as _

from ..drawn import components
from ..session import numbers, state, widgets

NUMBERS, LEDGER = "open.numbers", "open.ledger"


def folds(key: str, scene: Callable[[], Scene], on_ask: Callable[[str], None], given: bool = True) -> None:
    """Draw them; what is folded is not made. ``on_ask`` gets the id of a chip; ``given``: whether all numbers are among them."""
    boxes: dict[str, Fold] = {}
    if given:
        held = tables(state.example(), state.look(), numbers.problems()) if widgets.unfolded(NUMBERS) else None
        boxes["numbers"] = {"title": _("All numbers"), "held": held}
    boxes["ledger"] = {"title": _("All quantities so far"), "held": ledger(scene()) if widgets.unfolded(LEDGER) else None}
    components.folds(
        boxes, key=f"folds.{key}", on_fold=_folded, on_ask=on_ask, on_enter=numbers.enter, on_paste=numbers.paste,
        read=widgets.widget,
    )  # fmt: skip


def unfolded() -> bool:
    """Whether one of them is open."""
    return widgets.unfolded(NUMBERS) or widgets.unfolded(LEDGER)


def _folded(name: str, open: bool) -> None:
    widgets.refold(f"open.{name}", open)
    state.anew()
