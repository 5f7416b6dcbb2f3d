"""A set of worksheets: what is on them, for whom and how many; the parts of an example, and what is the sheets' own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

from mlp_core.functions import LEAK, LOSSES

from ..example import MAX_LAYERS, MAX_NEURONS, MAX_SAMPLES, NO_LAYERS, NO_NEURONS, Example, Model, Sample, View
from ..example import Settings as UpdateSettings
from ..example.model import CONVENTIONS, biases_of
from ..i18n import mark
from ..problem import Problem
from ..walk.updates import worked_update
from ..worked import Worked
from .digits import NONE, check_digits, digits_of
from .paper.form import PAPERS, Style
from .parts import Sections, every_kind, sections

MAX_VARIANTS, MAX_SEED, MAX_VALUES = 100, 99_999, 20_000
BROKEN = mark("These are not the settings of a set of worksheets.")


@dataclass(frozen=True)
class Settings:
    """A set of worksheets. Raises Problem for what cannot be worked out.

    sizes: (n_0, ..., n_L); update: the settings of the update, None for sheets without one; blank: the kinds (see PARTS) that
    a student fills in; a sheet ends with the last phase that has one. laws: whether a sheet states them; factors: whether those
    of a delta that is computed without them are on it; duplex: whether every sheet begins on an odd page; biases, slope,
    error_sign and reduction as in ``Model``; samples: how many, of which a sheet works out the first, and what all come to.
    ``Settings().with_(optimiser="Adam", lr=0.5, decimals=3)`` changes what belongs to a part.
    """

    sizes: tuple[int, ...] = (3, 2, 1)
    activations: tuple[str, ...] = ("sigmoid", "sigmoid")
    loss: str = "squared_error"
    update: UpdateSettings | None = field(default_factory=UpdateSettings)
    view: View = field(default_factory=View)
    blank: tuple[str, ...] = field(default_factory=every_kind)
    laws: bool = True
    variants: int = 30
    seed: int = 1
    paper: str = "A4"
    factors: bool = False
    duplex: bool = False
    biases: tuple[str, ...] = ()
    slope: float = LEAK
    error_sign: str = "plus"
    reduction: str = "mean"
    samples: int = 1

    def __post_init__(self) -> None:
        _check_sizes(self.sizes)
        object.__setattr__(self, "view", replace(self.view, sample=1))
        if self.samples == 1:
            object.__setattr__(self, "reduction", "mean")
        for name, most, least, template in (
            ("variants", MAX_VARIANTS, 1, mark("The number of variants goes from 1 to {most}.")),
            ("seed", MAX_SEED, 0, mark("A seed is a whole number from 0 to {most}.")),
            ("samples", MAX_SAMPLES, 1, mark("There are 1 to {most} samples here.")),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise Problem(name, template, most=most)
        if self.paper not in PAPERS:
            raise Problem("paper", mark("{value} is not one of: {choices}."), value=self.paper, choices=PAPERS)
        if not isinstance(self.blank, tuple) or not all(kind in every_kind() for kind in self.blank):
            raise Problem("blank", mark("{value} cannot stand here."), value=str(self.blank)[:20])
        _ = self.pattern
        digits_of("slope", self.slope)
        if self.update:
            check_digits(self.update)
        if not self.sections:
            raise Problem("blank", mark("Nothing is left to fill in: choose at least one kind of value."))
        values = sum(len(steps) for _phase, steps in self.sections) * self.variants
        if values > MAX_VALUES:
            raise Problem(
                "variants",
                mark(
                    "That makes {n} values to set, and {most} is the limit: take fewer variants or a smaller network."
                ),
                n=values,
                most=MAX_VALUES,
            )

    @classmethod
    def of(cls, example: Example, **chosen: Any) -> Settings:
        """Settings for a network like the example's, written and updated as it is; ``chosen`` are those of the sheets."""
        model = example.model
        return cls(
            example.sizes, model.activations, model.loss, example.settings, example.view, samples=len(model.samples),
            **model.conventions, **chosen,
        )  # fmt: skip

    def with_(self, **changes: Any) -> Settings:
        """Settings with these fields changed, whichever part they belong to; optimiser "none" leaves the update out."""
        own = {name: changes.pop(name) for name in _OWN if name in changes}
        view = {name: changes.pop(name) for name in _VIEW if name in changes}
        if view:
            own["view"] = replace(self.view, **view)
        if changes.get("optimiser") == NONE:
            own["update"] = None
        elif changes:
            own["update"] = (self.update or UpdateSettings()).with_(**changes)
        return replace(self, **own)

    @property
    def optimiser(self) -> str:
        """The optimiser of the update, or "none"."""
        return self.update.optimiser if self.update else NONE

    @property
    def conventions(self) -> dict[str, Any]:
        """What of biases, slope, error_sign and reduction is not as usual."""
        return {name: getattr(self, name) for name in CONVENTIONS if getattr(self, name) != getattr(_DEFAULT, name)}

    @property
    def style(self) -> Style:
        """How the sheets are set."""
        return Style(self.view, self.paper, self.laws, self.duplex)

    @cached_property
    def pattern(self) -> Example:
        """An example of this kind with no numbers in it yet."""
        n = self.sizes[-1]
        parted = self.loss in LOSSES and LOSSES[self.loss].parted
        target = (1.0,) + (0.0,) * (n - 1) if parted else (0.0,) * n
        kinds = self.biases or ("own",) * len(self.activations)
        model = Model(
            W=tuple(((0.0,) * before,) * after for before, after in pairwise(self.sizes)),
            b=tuple((0.0,) * biases_of(kind, n) for n, kind in zip(self.sizes[1:], kinds, strict=False)),
            activations=self.activations,
            samples=(Sample((0.0,) * self.sizes[0], target),) * self.samples,
            loss=self.loss,
            biases=self.biases,
            slope=self.slope,
            error_sign=self.error_sign,
            reduction=self.reduction,
        )
        return Example(model, self.update or UpdateSettings(), self.view)

    def worked(self, example: Example) -> Worked:
        """What is worked out on a sheet with the numbers of this example; NonFinite where its update overflows."""
        return worked_update(example) if self.update else example.worked

    @cached_property
    def empty(self) -> Worked:
        """What is worked out on a sheet before it has numbers; an epsilon of 0 would have only zeros to divide there."""
        return self.worked(self.pattern.with_(eps=1.0))

    @cached_property
    def sections(self) -> Sections:
        """Phase and Steps of what is on a sheet: up to the last phase in which something is blank."""
        return sections(self.empty.steps, self.blank, self.factors)

    def to_json(self) -> str:
        """As JSON text, the same for the same settings."""
        return json.dumps(self._data(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def _data(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in _OWN if name not in ("update", "view")}
        changed = {name: value for name, value in plain.items() if value != getattr(_DEFAULT, name)}
        update = self.update.to_data() if self.update else None
        return changed | {"update": update, "view": self.view.to_data()}

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """The settings of ``to_json``; Problem for anything else."""
        try:
            data = json.loads(text)
        except (TypeError, ValueError, RecursionError):
            raise Problem("settings", BROKEN) from None
        if not isinstance(data, Mapping) or not set(_OWN).issuperset(data) or not {"update", "view"} <= data.keys():
            raise Problem("settings", BROKEN)
        update = None if data["update"] is None else UpdateSettings.from_data(data["update"])
        plain = {name: _like(getattr(_DEFAULT, name), data[name]) for name in data if name not in ("update", "view")}
        return cls(update=update, view=View.from_data(data["view"]), **plain)


_OWN = tuple(each.name for each in fields(Settings))
_VIEW = tuple(each.name for each in fields(View))


def _check_sizes(sizes: Any) -> None:
    if not isinstance(sizes, tuple) or not 2 <= len(sizes) <= MAX_LAYERS + 1:
        raise Problem("network", NO_LAYERS, most=MAX_LAYERS)
    if not all(isinstance(n, int) and not isinstance(n, bool) and 1 <= n <= MAX_NEURONS for n in sizes):
        raise Problem("network", NO_NEURONS, most=MAX_NEURONS)


def _like(default: Any, value: Any) -> Any:
    """The value, if it is of the same type as the default; a tuple for a list."""
    if isinstance(default, tuple) and isinstance(value, list):
        return tuple(_like(default[0] if default else "", part) for part in value)
    if type(value) is not type(default):
        raise Problem("settings", BROKEN)
    return value


_DEFAULT = Settings()
