"""Who races: every optimiser there is, and Nesterov's form of momentum beside the plain one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlp_core.optimisers import OPTIMISERS, Momentum, Optimiser, Setting

from ...example import Settings
from ...i18n import mark
from .surfaces import SURFACES

NESTEROV = mark("Nesterov")
FORMS = {
    "lr_inside": mark("v = μv − ηg"),
    "lr_outside": mark("v = μv + g"),
    "average": mark("v = μv + (1 − μ)g"),
}
"""Momentum's forms."""
_NESTEROV_COLORS, _NESTEROV_DASH = {"light": "#5b3fa8", "dark": "#bda6ff"}, "5px,3px,1px,3px"


@dataclass(frozen=True)
class Racer:
    """An optimiser under its name; fixed: the switches that make it what it is; colors: for "light" and "dark"."""

    key: str
    record: type[Optimiser]
    fixed: tuple[tuple[str, bool], ...] = ()
    colors: Mapping[str, str] | None = None
    dash: str = ""

    def color(self, theme: str) -> str:
        """Of its path."""
        return (self.colors or self.record.colors)[theme]

    def knobs(self) -> dict[str, Setting]:
        """The settings that are numbers, by name."""
        return {name: about for name, about in self.record.settings().items() if about.is_number}

    def optimiser(self, surface: str, form: str, tuned: Mapping[str, float]) -> Optimiser:
        """It on a surface; form: of momentum; tuned: the numbers that a person set. Problem for one that cannot be."""
        options: dict[str, Any] = {"lr": SURFACES[surface].rate(self.record.name), **dict(self.fixed), **tuned}
        if "form" in self.record.settings():
            options["form"] = form
        try:
            return self.record(**options)
        except ValueError:
            return Settings.of(optimiser=self.record.name, **options).chosen  # which says where and why


def racers() -> dict[str, Racer]:
    """All of them, by name."""
    found: dict[str, Racer] = {}
    for name, record in OPTIMISERS.items():
        found[name] = Racer(name, record, dash=record.dash)
        if record is Momentum:
            found[NESTEROV] = Racer(NESTEROV, record, (("nesterov", True),), _NESTEROV_COLORS, _NESTEROV_DASH)
    return found


def known(key: str) -> str:
    """A racer of that name, else the first there is."""
    every = racers()
    return key if key in every else next(iter(every))
