"""The example a person works on: model, settings and view in one frozen, validated value that goes to JSON and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from mlp_core import Network, State, Trace, trace
from mlp_core.optimisers import Optimiser
from mlp_core.steps import Derivation

from ..i18n import mark
from ..problem import Problem
from ..worked import Worked, of_trace
from .model import BROKEN, Model, Row, Sample, frozen
from .settings import Settings, View

VERSION = 1  # of the file
MAX_UPDATES = 10**9


@dataclass(frozen=True)
class Example:
    """A model, how it is updated, how it is shown, and how far it has been updated.

    memory: the optimiser's state as JSON text, empty before the first update; updates: how many it has made.
    ``Example.of(W=..., b=..., x=..., y=..., activations=..., lr=..., decimals=...)`` makes one of the fields of all parts.
    """

    model: Model
    settings: Settings = field(default_factory=Settings)
    view: View = field(default_factory=View)
    memory: str = ""
    updates: int = 0

    def __post_init__(self) -> None:
        if type(self.updates) is not int or not 0 <= self.updates <= MAX_UPDATES:
            raise Problem("updates", mark("{value} is not a number of updates."), value=str(self.updates)[:20])
        if self.view.sample > len(self.model.samples):
            object.__setattr__(self, "view", replace(self.view, sample=len(self.model.samples)))
        _ = self.state

    @classmethod
    def of(cls, *, x: Row, y: Row, **given: Any) -> Example:
        """The example of these fields, whichever part they belong to; x: (n_in,), y: (n_out,)."""
        own = {name: given.pop(name) for name in _NAMES[Model] if name in given}
        first = cls(Model(samples=(Sample(x, y),), **own))
        return first.with_(**given) if given else first

    @property
    def x(self) -> Row:
        """The input of the sample that is shown."""
        return self.model.samples[self.view.sample - 1].x

    @property
    def y(self) -> Row:
        """The target of the sample that is shown."""
        return self.model.samples[self.view.sample - 1].y

    @property
    def lr(self) -> float:
        """The learning rate."""
        return float(self.settings["lr"])

    @property
    def sizes(self) -> tuple[int, ...]:
        """Neurons per layer, the inputs first."""
        return self.model.sizes

    @cached_property
    def network(self) -> Network:
        """The network; what the scope excludes from updates is frozen."""
        if self.settings.scope == "all":
            return self.model.network
        return self.model.network_frozen_below(len(self.model.W))

    @cached_property
    def trace(self) -> Trace:
        """Everything the network computes, for the one sample or for the batch."""
        return self.model.trace if self.settings.scope == "all" else trace(self.network, *self.model.data)

    @property
    def shown(self) -> Trace:
        """The pass of the sample that is shown."""
        return self.trace.sample(self.view.sample - 1)

    @cached_property
    def worked(self) -> Worked:
        """The pass, as the views take it: of several samples the one that is shown, and what the batch has together."""
        return of_trace(self.trace, self.view.sample, self.settings.shrinking())

    @property
    def derivation(self) -> Derivation:
        """The Steps of that."""
        return self.worked.steps

    @property
    def optimiser(self) -> Optimiser:
        """The chosen optimiser, with its settings."""
        return self.settings.chosen

    @cached_property
    def state(self) -> State | None:
        """What the chosen optimiser remembers, or None before its first update."""
        if self.memory == "":
            return None
        try:
            state = State.from_json(self.memory, self.model.network)
        except ValueError:
            state = None
        if state is None or state.optimiser != self.settings.optimiser:
            raise Problem("memory", mark("What the optimiser remembers does not fit this network."))
        return state

    def with_model(self, model: Model) -> Example:
        """The example with another model. An optimiser whose parameters are no longer those it left begins again."""
        names = ("W", "b", "activations", "loss", "biases", "slope", "reduction")
        kept = all(getattr(self.model, name) == getattr(model, name) for name in names)
        return replace(self, model=model) if kept else replace(self, model=model, memory="", updates=0)

    def with_(self, **changes: Any) -> Example:
        """The example with these fields changed, whichever part they belong to; a changed optimiser begins again."""
        sample = {name: changes.pop(name) for name in ("x", "y") if name in changes}
        if sample:
            at, samples = self.view.sample, self.model.samples
            changes["samples"] = (*samples[: at - 1], replace(samples[at - 1], **sample), *samples[at:])
        parts = {part: {name: changes.pop(name) for name in names if name in changes} for part, names in _NAMES.items()}
        beside = {name: changes.pop(name) for name in ("memory", "updates") if name in changes}
        made = self
        if parts[Model]:
            model = replace(self.model, **parts[Model])
            made = replace(made, model=model, **beside) if "memory" in beside else made.with_model(model)
        settings = made.settings.with_(**changes)
        own, other = settings.chosen, made.settings.chosen
        begins = (own.name, own.unusual) != (other.name, other.unusual) and "memory" not in beside
        fresh: dict[str, Any] = {"memory": "", "updates": 0} if begins else {}
        view = replace(made.view, **parts[View]) if parts[View] else made.view
        return replace(made, settings=settings, view=view, **(fresh | beside))

    def remodelled(self, how: Callable[..., Model], *given: Any) -> Example:
        """The example with the model that ``how(model, *given)`` makes, as in ``remodelled(Model.resized, (3, 3, 1))``."""
        return self.with_model(how(self.model, *given))

    def updated(self, network: Network, state: State, updates: int = 1) -> Example:
        """The example that goes on from so many updates; from another optimiser's it takes the parameters alone."""
        model, own = self.model.with_parameters_of(network), state.optimiser == self.settings.optimiser
        if not own:
            return replace(self, model=model, memory="", updates=0)
        return replace(self, model=model, memory=state.to_json(), updates=self.updates + updates)

    def to_json(self) -> str:
        """As JSON text, every number at full precision."""
        return self._json

    @cached_property
    def _json(self) -> str:
        parts = {name: getattr(self, name).to_data() for name in ("model", "settings", "view")}
        return json.dumps(
            {"version": VERSION, **parts, "memory": self.memory, "updates": self.updates}, ensure_ascii=False
        )

    @classmethod
    def from_json(cls, text: str) -> Example:
        """The example of ``to_json``; Problem for anything else."""
        try:
            data = json.loads(text)
        except (TypeError, ValueError, RecursionError):
            raise Problem("file", mark("This is not a saved example: it is no valid JSON.")) from None
        if not isinstance(data, Mapping):
            raise Problem("file", BROKEN)
        if type(data.get("version")) is int and data["version"] > VERSION:
            raise Problem("file", mark("This example was saved by a newer version of the tutor than this one."))
        if data.keys() != {"version", "model", "settings", "view", "memory", "updates"} or data["version"] != VERSION:
            raise Problem("file", BROKEN)
        return cls(
            Model.from_data(data["model"]),
            Settings.from_data(data["settings"]),
            View.from_data(data["view"]),
            frozen(data["memory"]),
            data["updates"],
        )


_NAMES: dict[type, tuple[str, ...]] = {part: tuple(f.name for f in fields(part)) for part in (Model, View)}
