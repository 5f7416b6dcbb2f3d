"""What there is to know of an optimiser's settings, and how a class declares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from typing import Any

from ..network import is_number, is_whole


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What there is to know of a setting, beside its default.

    title: what people call it, in English; letter: how it stands in formulas, an index after an underscore; step: by how much
    a widget changes it; above, at_least, below, at_most, whole: what a value must be, where it says so. A switch is True or
    False and has a title only; ``choices``: of what is one of several names, each with its title.
    """

    title: str
    letter: str = ""
    step: float = 0.0
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    at_most: float | None = None
    whole: bool = False
    switch: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_number(self) -> bool:
        """Whether its value is a number that formulas mention, and neither a switch nor a choice."""
        return not self.switch and not self.choices

    def admits(self, value: float) -> bool:
        """Whether a number lies in the range."""
        return (
            (self.above is None or value > self.above)
            and (self.at_least is None or value >= self.at_least)
            and (self.below is None or value < self.below)
            and (self.at_most is None or value <= self.at_most)
        )

    @property
    def range(self) -> str:
        """The range in words: "above 0", "at least 0 and below 1"."""
        limits = (("above", self.above), ("at least", self.at_least), ("below", self.below), ("at most", self.at_most))
        return " and ".join(f"{word} {limit:g}" for word, limit in limits if limit is not None)

    def number(self, name: str, value: Any) -> float:
        """The value as a float; ValueError, by that name, unless it is a number in the range."""
        if not (is_whole if self.whole else is_number)(value):
            raise ValueError(f"{name} must be a {'whole' if self.whole else 'finite'} number, not {str(value)[:60]}")
        if not self.admits(value):
            raise ValueError(f"{name} must be {self.range}, not {str(value)[:60]}")
        return float(value)


def setting(
    default: float | None = None,
    *,
    title: str,
    letter: str,
    step: float,
    above: float | None = None,
    at_least: float | None = None,
    below: float | None = None,
) -> Any:
    """A field of an optimiser that is a number; without a default it must be given. The rest is as for ``Setting``."""
    about = Setting(title=title, letter=letter, step=step, above=above, at_least=at_least, below=below)
    return field(default=MISSING if default is None else default, metadata={"setting": about})


def switch(default: bool, *, title: str) -> Any:
    """A field of an optimiser that is True or False."""
    return field(default=default, metadata={"setting": Setting(title=title, switch=True)})


def choice(default: str, *, title: str, choices: Mapping[str, str]) -> Any:
    """A field of an optimiser that is one of several names; ``choices``: each with its title."""
    return field(default=default, metadata={"setting": Setting(title=title, choices=choices)})
