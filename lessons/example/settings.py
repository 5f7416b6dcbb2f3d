"""How the network is updated, and how everything is shown: two frozen, validated values beside the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, replace
from typing import Any

from mlp_core import Decay
from mlp_core.optimisers import OPTIMISERS, Optimiser
from mlp_core.optimisers.decay import FORMS
from mlp_core.writing.names import NOTATIONS

from ..i18n import LANGUAGES, mark
from ..problem import Problem
from .model import BROKEN, CANNOT_STAND, MAX_SAMPLES, check_choice, check_number

MAX_DECIMALS = 10
SCOPES = ("all", "output")
DECAY_FORM = "l2_half"
LEARNING_RATE = 0.1
NOT_LEAST = mark("{name} must be at least {least}.")
NOT_ABOVE = mark("{name} must be above {above}.")
OUTSIDE = mark("{name} must be at least {least} and below {below}.")

Option = float | bool | str


def options() -> dict[str, Field[Any]]:
    """The settings that some optimiser has, by name."""
    return {field.name: field for record in OPTIMISERS.values() for field in fields(record)}


def default_of(field: Field[Any]) -> Option:
    return LEARNING_RATE if field.default is MISSING else field.default


@dataclass(frozen=True)
class Settings:
    """The chosen optimiser, what an update changes ("all" layers or the "output" layer alone), and every optimiser's settings.

    sequential: whether an update goes from the last layer to the first, hidden deltas through weights updated already.
    decay and decay_form: the rate, lambda, and the form of weight decay, for the optimisers that have none of their own.
    ``changed`` holds, sorted by name, the settings that differ from their defaults; ``settings["lr"]`` is any of them.
    ``Settings.of(optimiser="Adam", lr=0.05)`` makes one. Raises Problem at the setting that cannot be used.
    """

    optimiser: str = "SGD"
    scope: str = "all"
    changed: tuple[tuple[str, Option], ...] = ()
    sequential: bool = False
    decay: float = 0.0
    decay_form: str = DECAY_FORM

    def __post_init__(self) -> None:
        check_choice("optimiser", self.optimiser, tuple(OPTIMISERS))
        check_choice("scope", self.scope, SCOPES)
        if not isinstance(self.sequential, bool):
            raise Problem("sequential", CANNOT_STAND, value=str(self.sequential)[:20])
        check_number("decay", self.decay)
        if self.decay < 0:
            raise Problem("decay", NOT_LEAST, name="decay", least=0)
        object.__setattr__(self, "decay", float(self.decay))
        check_choice("decay_form", self.decay_form, tuple(FORMS))
        known = options()
        for name, value in self.changed:
            if name not in known:
                raise Problem("file", BROKEN)
            about = known[name].metadata["setting"]
            if about.choices:
                check_choice(name, value, tuple(about.choices))
            elif about.switch:
                if not isinstance(value, bool):
                    raise Problem(name, CANNOT_STAND, value=str(value)[:20])
            else:
                check_number(name, value)
        kept = {name: value for name, value in self.changed if value != default_of(known[name])}
        object.__setattr__(self, "changed", tuple(sorted(kept.items())))
        for name in OPTIMISERS:
            self.named(name)

    @classmethod
    def of(
        cls,
        optimiser: str = "SGD",
        scope: str = "all",
        sequential: bool = False,
        decay: float = 0.0,
        decay_form: str = DECAY_FORM,
        **changed: Any,
    ) -> Settings:
        """Settings by name."""
        return cls(optimiser, scope, tuple(changed.items()), sequential, decay, decay_form)

    def __getitem__(self, name: str) -> Any:
        known = options()
        if name not in known:
            raise KeyError(name)
        return dict(self.changed).get(name, default_of(known[name]))

    def named(self, optimiser: str) -> Optimiser:
        """That optimiser with these settings; Problem at the setting it refuses."""
        record = OPTIMISERS[optimiser]
        values = {field.name: self[field.name] for field in fields(record)}
        try:
            return record(**values)
        except ValueError:
            for name, about in record.settings().items():
                if about.is_number and not about.admits(values[name]):
                    limits = {"above": about.above, "least": about.at_least, "below": about.below}
                    template = NOT_ABOVE if about.above is not None else NOT_LEAST if about.below is None else OUTSIDE
                    raise Problem(name, template, name=name, **limits) from None
            raise

    @property
    def chosen(self) -> Optimiser:
        """The chosen optimiser."""
        return self.named(self.optimiser)

    def shrinking(self, optimiser: str = "") -> Decay | None:
        """How weights decay beside that optimiser, or the chosen one; None where they do not, or it has a decay of its own."""
        own = self.named(optimiser or self.optimiser).decay
        return Decay(self.decay, self.decay_form) if self.decay and not own else None

    @property
    def younger(self) -> dict[str, Any]:
        """The fields that came later, where they are not as usual: what files and links leave out else."""
        usual = {"sequential": False, "decay": 0.0, "decay_form": DECAY_FORM}
        return {name: getattr(self, name) for name, value in usual.items() if getattr(self, name) != value}

    def with_(self, **changes: Any) -> Settings:
        """Settings with these fields and options changed."""
        own = {name: changes.pop(name) for name in _OWN if name in changes}
        return replace(self, **own, changed=tuple((dict(self.changed) | changes).items()))

    def to_data(self) -> dict[str, Any]:
        """As plain data for JSON."""
        return {"optimiser": self.optimiser, "scope": self.scope, **self.younger, **dict(self.changed)}

    @classmethod
    def from_data(cls, data: Any) -> Settings:
        """The settings of ``to_data``; Problem for anything else."""
        if not isinstance(data, Mapping) or not all(isinstance(name, str) for name in data):
            raise Problem("file", BROKEN)
        return cls.of(**data)


_OWN = tuple(each.name for each in fields(Settings) if each.name != "changed")


@dataclass(frozen=True)
class View:
    """How an example is shown: decimals, a notation's key, a language, and of several samples which is worked out, from 1."""

    decimals: int = 4
    notation: str = "notes"
    language: str = "en"
    sample: int = 1

    def __post_init__(self) -> None:
        if type(self.decimals) is not int:
            raise Problem("decimals", CANNOT_STAND, value=str(self.decimals)[:20])
        if not 0 <= self.decimals <= MAX_DECIMALS:
            raise Problem(
                "decimals", mark("Decimals go from 0 to {most}, not {value}."), most=MAX_DECIMALS, value=self.decimals
            )
        check_choice("notation", self.notation, tuple(NOTATIONS))
        check_choice("language", self.language, tuple(LANGUAGES))
        if type(self.sample) is not int or not 1 <= self.sample <= MAX_SAMPLES:
            raise Problem("sample", mark("Samples go from 1 to {most}."), most=MAX_SAMPLES)

    def to_data(self) -> dict[str, Any]:
        """As plain data for JSON."""
        sample = {"sample": self.sample} if self.sample > 1 else {}
        return {"decimals": self.decimals, "notation": self.notation, "language": self.language, **sample}

    @classmethod
    def from_data(cls, data: Any) -> View:
        """The view of ``to_data``; Problem for anything else."""
        if not isinstance(data, Mapping) or data.keys() - {"sample"} != {"decimals", "notation", "language"}:
            raise Problem("file", BROKEN)
        return cls(**data)
