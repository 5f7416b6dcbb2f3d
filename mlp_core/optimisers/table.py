"""The optimisers there are, by name. Adding one is one call of ``enter``."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from ..kinds import KINDS, enter_settings, enter_slots

if TYPE_CHECKING:
    from .optimiser import Optimiser

LEARNT = ("W", "b", "gamma", "beta")
OPTIMISERS: dict[str, type[Optimiser]] = {}
enter_settings({"t": "t"})
enter_slots({"step": "Δ"}, LEARNT)


def enter(record: type[Optimiser]) -> None:
    """Add an optimiser: from then on quantities, Steps and menus know it, its settings and its slots.

    ValueError where its name is taken, or one of its settings or slots has another letter or another meaning elsewhere.
    """
    if record.name in OPTIMISERS:
        raise ValueError(f"there is an optimiser {record.name} already")
    if unknown := {each.name for each in fields(record)} - record.settings().keys():
        raise ValueError(f"{record.name}: {', '.join(sorted(unknown))} must be made by setting(...), switch(...) or choice(...)")
    enter_settings({name: about.letter for name, about in record.settings().items() if about.is_number})
    enter_slots(dict(record.letters) | {f"{slot}_prev": record.letters[slot] for slot in record.slots}, LEARNT)
    OPTIMISERS[record.name] = record


def leave(record: type[Optimiser]) -> None:
    """Take away what ``enter`` added, and the kinds of quantities that no other optimiser has."""
    del OPTIMISERS[record.name]
    kinds = _kinds(record).difference(*map(_kinds, OPTIMISERS.values()))
    for kind in kinds:
        del KINDS[kind]


def _kinds(record: type[Optimiser]) -> set[str]:
    """The kinds of quantities that an optimiser enters."""
    slots = {*record.letters, *(f"{slot}_prev" for slot in record.slots)}
    numbers = {name for name, about in record.settings().items() if about.is_number}
    return numbers | {f"{slot}_{parameter}" for slot in slots for parameter in LEARNT}
