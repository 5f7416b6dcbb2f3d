"""What all optimisers share: pure updates that keep every intermediate.

Each optimiser is a list of laws, ``name -> formula``. The same formula runs on NumPy arrays for the numbers and on SymPy
symbols for the Steps, so the two cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import sqrt
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np

from ..engine import LayerTrace, Trace, through
from ..network import DividesByZero, Layer, Network, NonFinite, expect, is_finite, is_whole
from ..steps import Shape, Step, redone
from .decay import FORMS, Decay, Law
from .settings import Setting, setting
from .state import MAX_UPDATES, Slots, State, parameters
from .steps import derive
from .table import LEARNT
from .update import LayerUpdate, Update


@dataclass(frozen=True)
class Optimiser:
    """What all optimisers share. A subclass gives its settings as fields and, by name, what else there is to know of it.

    name: in code and files; title: for people; colors: of its curve, for "light" and "dark"; dash: lengths of dashes and gaps
    of its curve, empty for a solid one; letters: law to letter in formulas, for all laws but the step; slots: those of them
    that it remembers; compared: the switch whose other position stands beside it where optimisers are compared, if any; kin:
    the optimiser whose laws these are, where they are another's.
    """

    lr: float = setting(title="learning rate", letter="η", step=0.01, above=0)

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    colors: ClassVar[Mapping[str, str]] = {"light": "#303846", "dark": "#e6eaf0"}
    dash: ClassVar[str] = ""
    letters: ClassVar[Mapping[str, str]] = {}
    slots: ClassVar[tuple[str, ...]] = ()
    compared: ClassVar[str] = ""
    kin: ClassVar[str] = ""

    def __post_init__(self) -> None:
        for name, about in self.settings().items():
            value = getattr(self, name)
            if about.switch:
                if not isinstance(value, (bool, np.bool_)):
                    raise ValueError(f"{self.name}: {name} is True or False, not {str(value)[:60]!r}")
                continue
            if about.choices:
                if not isinstance(value, str) or value not in about.choices:
                    known = ", ".join(about.choices)
                    raise ValueError(f"{self.name}: {name} is one of {known}, not {str(value)[:60]!r}")
                continue
            object.__setattr__(self, name, about.number(f"{self.name}: {name}", value))

    @classmethod
    def settings(cls) -> dict[str, Setting]:
        """What there is to know of each setting, by its name, in order."""
        return {each.name: each.metadata["setting"] for each in fields(cls) if "setting" in each.metadata}

    @property
    def key(self) -> tuple[type[Optimiser], tuple[bool | str, ...]]:
        """What the Steps depend on: which optimiser, its switches and choices, not the numbers."""
        return type(self), tuple(getattr(self, name) for name, about in self.settings().items() if not about.is_number)

    @property
    def unusual(self) -> tuple[str, ...]:
        """The choices among its settings that are not the default: its laws are others then, and so are their rules."""
        every = {each.name: each.default for each in fields(self)}
        return tuple(getattr(self, n) for n, about in self.settings().items() if about.choices and getattr(self, n) != every[n])

    @property
    def laws(self) -> dict[str, Law]:
        """name -> formula(quantities, sqrt), in the order they are computed; the last one is "step"."""
        raise NotImplementedError

    @property
    def decay(self) -> Decay | None:
        """How weights decay by itself; None for an optimiser that leaves that to the training."""
        return None

    def slowed(self, factor: float) -> Optimiser:
        """The same with its learning rate multiplied, by 0, too, as a schedule does; factor: a finite number from 0 on."""
        optimiser = object.__new__(type(self))
        optimiser.__dict__.update(self.__dict__, lr=self.lr * factor)
        return optimiser

    def laws_of(self, parameter: str, decay: Decay | None = None) -> dict[str, Law]:
        """The laws for "W" or "b" in their order, those of the decay of weights with them."""
        form = FORMS[decay.form] if decay and parameter == "W" else None
        return {**form.before, **self.laws, **form.after} if form else self.laws

    def _decay(self, decay: Decay | None) -> Decay | None:
        """The decay to be used: the given one, or its own; ValueError where there are both."""
        if decay is None:
            return self.decay
        expect(decay, Decay, "decay")
        if self.decay not in (None, decay):
            raise ValueError(f"{self.name} has its own weight_decay: set that one")
        return decay

    def derive(
        self, network: Network, sequential: bool = False, batch: int | None = None, decay: Decay | None = None
    ) -> tuple[Step, ...]:
        """The Steps of one update of ``network``, parameter by parameter; cached by shape. Frozen parameters have none.

        ``sequential``: those of a sequential step, from the last layer to the first; with ``batch`` samples, in which each of
        them goes backward once more. ``decay``: with those of weights that decay.
        """
        expect(network, Network, "network")
        decay = self._decay(decay)
        several = (batch or 0, network.reduction) if sequential else (0, "")
        form = decay.form if decay else ""
        return derive(self.key, Shape.of(network, frozen=True), bool(sequential), *several, form)

    def init(self, network: Network) -> State:
        """The state before the first update: every slot 0."""
        expect(network, Network, "network")
        layers: list[dict[str, Slots]] = []
        for layer in network.layers:
            layers.append({name: {} for name, _ in parameters(layer)})
            for slot in self.slots:
                for name, value in parameters(layer):
                    layers[-1][name][slot] = np.zeros_like(value)
        return State(self.name, 0, tuple(layers))

    @np.errstate(all="ignore")  # what overflows is found and named
    def step(
        self,
        network: Network,
        trace: Trace,
        state: State | None = None,
        sequential: bool = False,
        decay: Decay | None = None,
    ) -> Update:
        """One update of ``network`` by the gradients of ``trace``; ``state`` comes from the update before, None at first.

        ``sequential``: from the last layer to the first, each hidden layer's delta through the weights ahead as they are after
        their update; that is not the gradient, but what some books compute, by choice or by mistake.
        ``decay``: how weights decay.
        Raises ValueError when the trace or the state belong to another network or optimiser, and NonFinite (a ValueError)
        naming the layer when a parameter overflows, or where it would be divided by 0.
        """
        expect(network, Network, "network")
        expect(trace, Trace, "trace")
        if trace.network is not network:
            raise ValueError(
                f"the trace is of another network, of sizes {trace.network.sizes}; trace this one, {network.sizes}"
            )
        if state is None:
            state = self.init(network)
        else:
            self._check(state, network)
        decay = self._decay(decay)
        given = SimpleNamespace(t=state.t + 1, **self.__dict__)
        laws = dict.fromkeys(LEARNT, self.laws)
        if decay:
            given.weight_decay, laws["W"] = decay.rate, self.laws_of("W", decay)
        frozen = tuple(layer.frozen for layer in network.layers) if sequential else ()
        layers, slots, updates = [*network.layers], [*state.layers], dict[int, LayerUpdate]()
        again: list[LayerTrace | None] = [None] * len(layers) if sequential else []
        places = range(len(layers))
        for k in reversed(places) if sequential else places:
            computed = trace.layers[k]
            if sequential and redone(k + 1, frozen):
                ahead = again[k + 1] or trace.layers[k + 1]
                computed = again[k] = through(trace, k + 1, ahead.delta, layers[k + 1].W)
            updates[k], slots[k], new = self._layer(k + 1, layers[k], computed, state.layers[k], given, laws)
            if network.regular and layers[k].batch_norm:
                found = {name: getattr(computed, f"{name}_new") for name in ("running_mean", "running_var")}
                moved = {name: array for name, array in found.items() if array is not None}
                layers[k] = layers[k].updated(new["W"], new.get("b"), {n: new[n] for n in ("gamma", "beta")} | moved)
                continue
            layers[k] = layers[k].updated(new["W"], new.get("b"))
        after = State(self.name, state.t + 1, tuple(slots))
        every = tuple(updates[k] for k in places)
        return Update(self, trace, network.updated(layers), after, every, state, bool(sequential), tuple(again), decay)

    def _layer(
        self,
        k: int,
        layer: Layer,
        computed: LayerTrace,
        before: Mapping[str, Slots],
        given: SimpleNamespace,
        laws: Mapping[str, dict[str, Law]],
    ) -> tuple[LayerUpdate, dict[str, Slots], dict[str, np.ndarray]]:
        """The intermediates of layer k, the slots to keep and the new parameters; ``given`` holds the settings and t."""
        slots = self.slots
        made: dict[str, Slots] = {}
        kept: dict[str, Slots] = {}
        new: dict[str, np.ndarray] = {}
        for name, value in parameters(layer):
            if name in layer.frozen:
                made[name], kept[name], new[name] = {"step": np.zeros_like(value)}, before[name], value
                continue
            given.g = computed.dW if name == "W" else computed.db if name == "b" else getattr(computed, f"d{name}")
            given.w = value
            for slot in slots:
                setattr(given, slot + "_prev", before[name][slot])
            done = made[name] = _apply(laws[name], given)
            new[name] = value + done["step"]
            if "decay" in done:
                new[name] -= done["decay"]
            if not is_finite(new[name]) or not (len(done) == 1 or all(map(is_finite, done.values()))):
                if self.divides_by_zero(done):
                    raise DividesByZero(
                        f"layer {k}: {name}: {self.name} divides by 0 where v is 0, as eps is 0: the gradient is 0 there", k
                    )
                raise NonFinite(f"layer {k}: {name} overflows in update {given.t} of {self.name}", k)
            kept[name] = {slot: done[slot] for slot in slots} if slots else before[name]
        return LayerUpdate(made["W"], made.get("b", {}), made if layer.batch_norm else None), kept, new

    def divides_by_zero(self, done: Slots) -> bool:
        """Whether the laws divide by 0 with these results: what is divided by sqrt(v) + eps, with eps = 0 and v = 0."""
        return getattr(self, "eps", 1) == 0 and any(not done[v].all() for v in ("v", "v_hat") if v in done)

    def _check(self, state: State, network: Network) -> None:
        expect(state, State, "state")
        expect(state.optimiser, str, "the optimiser of a state")
        if state.optimiser != self.name:
            raise ValueError(f"this state was made by {state.optimiser[:60]}, not by {self.name}")
        if not is_whole(state.t) or not 0 <= state.t <= MAX_UPDATES:
            raise ValueError(f"the state's t must be a whole number from 0 to {MAX_UPDATES}, not {str(state.t)[:60]!r}")
        expect(state.layers, tuple, "the layers of a state")
        if len(state.layers) != len(network.layers):
            raise ValueError(f"the state has {len(state.layers)} layers, the network {len(network.layers)}")
        for k, (old, layer) in enumerate(zip(state.layers, network.layers, strict=True), 1):
            expect(old, Mapping, f"layer {k} of the state")
            for name, value in parameters(layer):
                expect(old.get(name), Mapping, f"layer {k}: the state of {name}")
                for slot in self.slots:
                    found = old[name].get(slot)
                    if type(found) is not np.ndarray or found.dtype != value.dtype:
                        raise ValueError(f"layer {k}: {slot} of {name} must be an array of {value.dtype}")
                    if found.shape != value.shape:
                        raise ValueError(
                            f"layer {k}: {slot} of {name} has shape {found.shape}, the parameter {value.shape}"
                        )


def _root(value: Any) -> Any:
    """The square root of an array in its precision, or of a Python float, which leaves that of an array beside it alone."""
    return sqrt(value) if isinstance(value, float) else np.sqrt(value)


def _apply(laws: dict[str, Law], given: SimpleNamespace) -> Slots:
    """Every law on arrays, each result known to the laws after it."""
    made: Slots = {}
    for name, law in laws.items():
        value = law(given, _root)
        value.setflags(write=False)
        setattr(given, name, value)
        made[name] = value
    return made
