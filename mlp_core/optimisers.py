"""SGD, Momentum, RMSprop, Adam and AdamW: pure updates that keep every intermediate. Adding one is one call of ``enter``.

Each optimiser is a list of laws, ``name -> formula``. The same formula runs on NumPy arrays for the numbers and on SymPy
symbols for the Steps, so the two cannot drift apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cached_property, lru_cache
from html import escape
from math import sqrt
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import sympy as sp

from .decay import FORMS, Decay, Law
from .engine import LayerTrace, Trace, through
from .kinds import KINDS, enter_settings, enter_slots
from .network import DividesByZero, Layer, Network, NonFinite, expect, is_finite, is_number, is_whole, numbers
from .quantity import Quantity
from .steps import Shape, Step, again, redone

LEARNT = ("W", "b", "gamma", "beta")
MAX_UPDATES = 10**12  # more than anybody makes, and still a number that powers can be taken to
Slots = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class State:
    """What an optimiser remembers: how many updates ``t`` it has made, and per layer and parameter its slots.

    layers[k]["W"]["m"] has the shape of W of layer k+1. To JSON and back: ``to_json`` and ``from_json``.
    """

    optimiser: str
    t: int
    layers: tuple[Mapping[str, Slots], ...]

    def to_json(self) -> str:
        """As JSON text, every number at full precision."""
        try:
            layers = [{p: {s: v.tolist() for s, v in slots.items()} for p, slots in layer.items()} for layer in self.layers]
            return json.dumps({"optimiser": self.optimiser, "t": self.t, "layers": layers})
        except (AttributeError, TypeError):
            raise ValueError("this is not the state of an optimiser") from None

    @classmethod
    def from_json(cls, text: str, network: Network) -> State:
        """The state written by ``to_json``; ValueError unless it is one and its shapes fit ``network``."""
        expect(network, Network, "network")
        try:
            data = json.loads(text)
            name, t, layers = data["optimiser"], data["t"], data["layers"]
            slots = OPTIMISERS[name].slots
            if type(t) is not int or not 0 <= t <= MAX_UPDATES or not isinstance(layers, list):
                raise TypeError
        except (TypeError, KeyError, RecursionError, ValueError):
            raise ValueError("this is not the state of an optimiser") from None
        if len(layers) != len(network.layers):
            raise ValueError(f"the state has {len(layers)} layers, the network {len(network.layers)}")
        return cls(
            name, t, tuple(_read(k, slots, *pair) for k, pair in enumerate(zip(layers, network.layers, strict=True), 1))
        )


def _read(k: int, slots: tuple[str, ...], data: Any, layer: Layer) -> dict[str, Slots]:
    """The slots of one layer from JSON data, their shapes checked."""
    result: dict[str, Slots] = {}
    for name, parameter in _parameters(layer):
        found = data.get(name) if isinstance(data, dict) else None
        if not isinstance(found, dict) or set(found) != set(slots):
            raise ValueError(f"layer {k}: the state of {name} must hold {', '.join(slots) or 'nothing'}")
        result[name] = {slot: numbers(found[slot], f"layer {k}: {slot} of {name}", parameter.dtype) for slot in slots}
        for slot, value in result[name].items():
            if value.shape != parameter.shape:
                raise ValueError(
                    f"layer {k}: {slot} of {name} has shape {value.shape}, the parameter {parameter.shape}"
                )
    return result


def _parameters(layer: Layer) -> list[tuple[str, np.ndarray]]:
    own = [("W", layer.W)] if layer.b is None else [("W", layer.W), ("b", layer.b)]
    norm = layer.batch_norm
    return own if norm is None else [*own, ("gamma", norm.gamma), ("beta", norm.beta)]


@dataclass(frozen=True, eq=False)
class LayerUpdate:
    """The intermediates of one layer by name ("m", "v", "m_hat", "v_hat", "step"), each in the shape of its parameter.

    gamma and beta: those of its batch normalisation, empty where it has none.
    W_new = W + step, less "decay" where weights decay beside it; "g" is the gradient with what the loss has for large weights.
    A frozen parameter has a step of zeros and nothing else; b is empty for a layer without biases.
    """

    W: Slots
    b: Slots
    normalising: Mapping[str, Slots] | None = None

    @property
    def gamma(self) -> Slots:
        return self.normalising["gamma"] if self.normalising else {}

    @property
    def beta(self) -> Slots:
        return self.normalising["beta"] if self.normalising else {}


@dataclass(frozen=True, eq=False)
class Update:
    """One update: the new network, the new state and how every parameter got there.

    sequential: whether it went from the last layer to the first, hidden deltas through weights updated already; again: then,
    per layer, its backward pass through those, None where the trace's own holds; decay: how weights decayed, if they did.
    """

    optimiser: Optimiser
    trace: Trace
    network: Network
    state: State
    layers: tuple[LayerUpdate, ...]
    before: State
    sequential: bool = False
    again: tuple[LayerTrace | None, ...] = ()
    decay: Decay | None = None

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The Steps of the update, parameter by parameter; their inputs are settings, gradients, W, b and earlier targets."""
        return self.optimiser.derive(self.trace.network, self.sequential, self.trace.batch, self.decay)

    def __getitem__(self, quantity: Quantity) -> float:
        """One number of the update, or of the trace it started from, by its address; ValueError when there is none."""
        expect(quantity, Quantity, "an address")
        kind = quantity.kind
        if kind == "t":
            return float(self.state.t)
        if quantity.family == "setting":
            value = getattr(self.optimiser, kind, None)
            if kind == "weight_decay" and self.decay:
                value = self.decay.rate
            if value is None:
                raise ValueError(f"{self.optimiser.name} has no setting {kind}")
            return float(value)
        if quantity.updated:
            layer, parameter = self.network.layers[self._layer(quantity)], quantity.parameter
            return self._entry(getattr(layer if parameter in ("W", "b") else layer.batch_norm, parameter, None), quantity)
        if quantity.again:
            return self._again(quantity)
        if slot := quantity.slot:
            k, parameter = self._layer(quantity), quantity.parameter
            if slot.endswith("_prev"):
                return self._entry(self.before.layers[k].get(parameter, {}).get(slot.removesuffix("_prev")), quantity)
            return self._entry(getattr(self.layers[k], parameter).get(slot), quantity)
        return self.trace[quantity]

    def _again(self, quantity: Quantity) -> float:
        k = self._layer(quantity)
        t = self.again[k] if self.sequential else None
        if t is None or (quantity.sample and quantity.sample > (self.trace.batch or 0)):
            return self._entry(None, quantity)
        if quantity.sample:
            t = self._again_of(t, k, quantity.sample - 1)
        return -self._entry(t.delta, quantity) if quantity.again == "error" else self._entry(getattr(t, quantity.again), quantity)

    def _again_of(self, t: LayerTrace, k: int, row: int) -> LayerTrace:
        """What one sample of a batch has in a layer computed once more, from its own loss; k and row from 0."""
        ahead = self.again[k + 1] or self.trace.layers[k + 1]
        share = self.trace.batch if self.trace.network.reduction == "mean" else 1
        assert share
        return through(self.trace.sample(row), k + 1, ahead.delta[row] * share, self.network.layers[k + 1].W)

    def _layer(self, quantity: Quantity) -> int:
        if quantity.layer > len(self.layers):
            raise ValueError(f"{quantity}: the network has {len(self.layers)} layers")
        return quantity.layer - 1

    @staticmethod
    def _entry(array: np.ndarray | None, quantity: Quantity) -> float:
        position = tuple(i - 1 for i in quantity.index)
        if array is None or any(i >= n for i, n in zip(position, array.shape, strict=True)):
            raise ValueError(f"this update has no {quantity}")
        return float(array[position])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{k}</td><td>{parameter}</td><td>{slot}</td><td><pre>{escape(str(value))}</pre></td></tr>"
            for k, layer in enumerate(self.layers, 1)
            for parameter, slots in (("W", layer.W), ("b", layer.b), ("gamma", layer.gamma), ("beta", layer.beta))
            for slot, value in slots.items()
        )
        head = "<tr><th>layer</th><th>parameter</th><th>what</th><th>value</th></tr>"
        return f"<table><caption>{self.optimiser.name}, update {self.state.t}</caption>{head}{rows}</table>"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What there is to know of a setting, beside its default.

    title: what people call it, in English; letter: how it stands in formulas, an index after an underscore; step: by how much
    a widget changes it; above, at_least, below: what a value must be, where it says so. A switch is True or False and has a
    title only; ``choices``: of what is one of several names, each with its title.
    """

    title: str
    letter: str = ""
    step: float = 0.0
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
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
        )

    @property
    def range(self) -> str:
        """The range in words: "above 0", "at least 0 and below 1"."""
        limits = (("above", self.above), ("at least", self.at_least), ("below", self.below))
        return " and ".join(f"{word} {limit:g}" for word, limit in limits if limit is not None)


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
            if not is_number(value):
                raise ValueError(f"{self.name}: {name} must be a finite number, not {str(value)[:60]}")
            if not about.admits(value):
                raise ValueError(f"{self.name}: {name} must be {about.range}, not {value!r}")
            object.__setattr__(self, name, float(value))

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
        return _derive(self.key, Shape.of(network, frozen=True), bool(sequential), *several, form)

    def init(self, network: Network) -> State:
        """The state before the first update: every slot 0."""
        expect(network, Network, "network")
        layers: list[dict[str, Slots]] = []
        for layer in network.layers:
            layers.append({name: {} for name, _ in _parameters(layer)})
            for slot in self.slots:
                for name, value in _parameters(layer):
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
        for name, value in _parameters(layer):
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
            for name, value in _parameters(layer):
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


@dataclass(frozen=True)
class SGD(Optimiser):
    """W_new = W - lr g. Source: Robbins and Monro 1951; here with the gradient of the batch it is given."""

    name: ClassVar[str] = "SGD"
    title: ClassVar[str] = "SGD"
    colors: ClassVar[Mapping[str, str]] = {"light": "#0059a8", "dark": "#74b9ff"}

    @property
    def laws(self) -> dict[str, Law]:
        return {"step": lambda q, sqrt: -q.lr * q.g}


@dataclass(frozen=True)
class Momentum(Optimiser):
    """v = momentum v_old - lr g; the step is v, or momentum v - lr g with ``nesterov``. Source: Polyak 1964; Sutskever 2013.

    form "lr_outside": v = momentum v_old + g, the step -lr v, or -lr (momentum v + g), as in PyTorch; "average":
    v = momentum v_old + (1 - momentum) g, the step -lr v, or -lr (momentum v + (1 - momentum) g), which is Dozat's form (2016)
    before its corrections.
    """

    momentum: float = setting(0.9, title="momentum", letter="μ", step=0.05, at_least=0, below=1)
    nesterov: bool = switch(False, title="Nesterov form")
    form: str = choice(
        "lr_inside",
        title="form of momentum",
        choices={
            "lr_inside": "learning rate inside: v = μv − ηg, W + v",
            "lr_outside": "learning rate outside: v = μv + g, W − ηv",
            "average": "average: v = μv + (1 − μ)g, W − ηv",
        },
    )

    name: ClassVar[str] = "Momentum"
    title: ClassVar[str] = "Momentum"
    colors: ClassVar[Mapping[str, str]] = {"light": "#b23a00", "dark": "#ff9a6e"}
    dash: ClassVar[str] = "9px,5px"
    letters: ClassVar[Mapping[str, str]] = {"v": "v"}
    slots: ClassVar[tuple[str, ...]] = ("v",)

    @property
    def laws(self) -> dict[str, Law]:
        ahead = self.nesterov
        match self.form:
            case "lr_inside":
                return {
                    "v": lambda q, sqrt: q.momentum * q.v_prev - q.lr * q.g,
                    "step": lambda q, sqrt: q.momentum * q.v - q.lr * q.g if ahead else +q.v,
                }
            case "lr_outside":
                return {
                    "v": lambda q, sqrt: q.momentum * q.v_prev + q.g,
                    "step": lambda q, sqrt: -q.lr * (q.momentum * q.v + q.g if ahead else q.v),
                }
            case _:
                return {
                    "v": lambda q, sqrt: q.momentum * q.v_prev + (1 - q.momentum) * q.g,
                    "step": lambda q, sqrt: -q.lr * (q.momentum * q.v + (1 - q.momentum) * q.g if ahead else q.v),
                }


@dataclass(frozen=True)
class RMSprop(Optimiser):
    """v = rho v_old + (1 - rho) g^2; step = -lr g / (sqrt(v) + eps). Source: Hinton, lecture 6e, 2012.

    With eps = 0, a v that is 0 is a ValueError.
    """

    rho: float = setting(0.9, title="rho (decay)", letter="ρ", step=0.05, at_least=0, below=1)
    eps: float = setting(1e-8, title="epsilon", letter="ε", step=1e-8, at_least=0)

    name: ClassVar[str] = "RMSprop"
    title: ClassVar[str] = "RMSprop"
    colors: ClassVar[Mapping[str, str]] = {"light": "#00664f", "dark": "#4fd1a5"}
    dash: ClassVar[str] = "2px,4px"
    letters: ClassVar[Mapping[str, str]] = {"v": "v"}
    slots: ClassVar[tuple[str, ...]] = ("v",)

    @property
    def laws(self) -> dict[str, Law]:
        return {
            "v": lambda q, sqrt: q.rho * q.v_prev + (1 - q.rho) * q.g**2,
            "step": lambda q, sqrt: -q.lr * q.g / (sqrt(q.v) + q.eps),
        }


@dataclass(frozen=True)
class Adam(Optimiser):
    """Momentum m and squared-gradient average v, each corrected for starting at 0 unless ``bias_correction`` is off.

    step = -lr m_hat / (sqrt(v_hat) + eps), or with eps inside the root. Without the correction there are no hats. With
    ``eps_uncorrected`` eps comes before the correction, which stands in front (and is not there where it is off):
    step = -lr sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + eps). With eps = 0, a v that is 0 is a ValueError.
    Source: Kingma and Ba 2015, algorithm 1 and the end of section 2.
    """

    beta1: float = setting(0.9, title="beta 1", letter="β_1", step=0.01, at_least=0, below=1)
    beta2: float = setting(0.999, title="beta 2", letter="β_2", step=0.001, at_least=0, below=1)
    eps: float = setting(1e-8, title="epsilon", letter="ε", step=1e-8, at_least=0)
    bias_correction: bool = switch(True, title="bias correction")
    eps_inside_root: bool = switch(False, title="epsilon inside the root")
    eps_uncorrected: bool = switch(False, title="epsilon before the correction")

    name: ClassVar[str] = "Adam"
    title: ClassVar[str] = "Adam"
    colors: ClassVar[Mapping[str, str]] = {"light": "#97286f", "dark": "#ee9fcf"}
    dash: ClassVar[str] = "9px,4px,2px,4px"
    letters: ClassVar[Mapping[str, str]] = {"m": "m", "v": "v", "m_hat": "m̂", "v_hat": "v̂"}
    slots: ClassVar[tuple[str, ...]] = ("m", "v")
    compared: ClassVar[str] = "bias_correction"

    @property
    def laws(self) -> dict[str, Law]:
        laws: dict[str, Law] = {
            "m": lambda q, sqrt: q.beta1 * q.m_prev + (1 - q.beta1) * q.g,
            "v": lambda q, sqrt: q.beta2 * q.v_prev + (1 - q.beta2) * q.g**2,
        }
        top, bottom, inside = "m", "v", self.eps_inside_root
        in_front = self.bias_correction and self.eps_uncorrected
        if self.bias_correction and not in_front:
            laws["m_hat"] = lambda q, sqrt: q.m / (1 - q.beta1**q.t)
            laws["v_hat"] = lambda q, sqrt: q.v / (1 - q.beta2**q.t)
            top, bottom = "m_hat", "v_hat"

        def step(q: Any, sqrt: Callable[[Any], Any]) -> Any:
            m, v = getattr(q, top), getattr(q, bottom)
            rate = -q.lr * sqrt(1 - q.beta2**q.t) / (1 - q.beta1**q.t) if in_front else -q.lr
            return rate * m / (sqrt(v + q.eps) if inside else sqrt(v) + q.eps)

        return laws | {"step": step}


@dataclass(frozen=True)
class AdamW(Optimiser):
    """Adam, as published, with weights that decay beside its step and not through its averages.

    W_new = W - lr m_hat / (sqrt(v_hat) + eps) - lr weight_decay W; biases do not decay. Source: Loshchilov and Hutter,
    Decoupled Weight Decay Regularization, 2019, algorithm 2, with lr for what a schedule multiplies there: as PyTorch, and as
    everybody who trains with it, has it.
    """

    beta1: float = setting(0.9, title="beta 1", letter="β_1", step=0.01, at_least=0, below=1)
    beta2: float = setting(0.999, title="beta 2", letter="β_2", step=0.001, at_least=0, below=1)
    eps: float = setting(1e-8, title="epsilon", letter="ε", step=1e-8, at_least=0)
    weight_decay: float = setting(0.01, title="weight decay", letter="λ", step=0.01, at_least=0)

    name: ClassVar[str] = "AdamW"
    title: ClassVar[str] = "AdamW"
    colors: ClassVar[Mapping[str, str]] = {"light": "#8a4b00", "dark": "#f0b35f"}
    dash: ClassVar[str] = "12px,3px,2px,3px,2px,3px"
    letters: ClassVar[Mapping[str, str]] = Adam.letters
    slots: ClassVar[tuple[str, ...]] = Adam.slots
    kin: ClassVar[str] = Adam.name

    @property
    def laws(self) -> dict[str, Law]:
        return Adam(self.lr, self.beta1, self.beta2, self.eps).laws

    @property
    def decay(self) -> Decay:
        return Decay(self.weight_decay, "decoupled")


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


for _record in (SGD, Momentum, RMSprop, Adam, AdamW):
    enter(_record)


@lru_cache(maxsize=64)
def _derive(
    key: tuple[type[Optimiser], tuple[bool | str, ...]],
    shape: Shape,
    sequential: bool,
    batch: int,
    reduction: str,
    form: str,
) -> tuple[Step, ...]:
    """The Steps of every parameter that is not frozen; of a sequential step with those of the deltas made once more."""
    record, positions = key
    names = [name for name, about in record.settings().items() if not about.is_number]
    optimiser = record(lr=1.0, **dict(zip(names, positions, strict=True)))
    decay = Decay(0, form) if form else None
    steps: list[Step] = []
    layers = range(1, len(shape.activations) + 1)
    for k in reversed(layers) if sequential else layers:
        if sequential:
            steps += again(k, shape, batch, reduction)
        late = "_new" if sequential and redone(k, shape.frozen) else ""
        for parameter, index in _places(shape, k):
            if parameter not in shape.frozen[k - 1]:
                steps += _parameter_steps(optimiser, Quantity(parameter, k, index), f"d{parameter}{late}", decay)
    return tuple(steps)


def _places(shape: Shape, k: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The parameters of layer k, neuron by neuron; a bias that all share comes with the first."""
    for i in range(1, shape.sizes[k] + 1):
        yield from (("W", (i, j)) for j in range(1, shape.sizes[k - 1] + 1))
        if i <= shape.biases[k - 1]:
            yield "b", (i,)
        if shape.normalises(k):
            yield from (("gamma", (i,)), ("beta", (i,)))


def _parameter_steps(optimiser: Optimiser, old: Quantity, gradient: str, decay: Decay | None) -> Iterator[Step]:
    """The Steps of one parameter; ``gradient`` is the kind of its gradient."""
    about, parameter = optimiser.settings(), old.kind
    names = dict.fromkeys((*(name for name in about if about[name].is_number), "t", *(["weight_decay"] if decay else [])))
    known = {name: Quantity(name) for name in names}
    known |= {"g": old.beside(gradient)}
    known |= {f"{slot}_prev": old.beside(f"{slot}_prev_{parameter}") for slot in optimiser.slots}
    known |= {"w": old}
    case = "".join(f"_{value}" for value in optimiser.unusual)
    of_decay = {*FORMS[decay.form].before, *FORMS[decay.form].after} if decay else set()
    for name, law in optimiser.laws_of(parameter, decay).items():
        with sp.evaluate(False):
            formula = law(SimpleNamespace(**{n: q.symbol for n, q in known.items()}), sp.sqrt)
        target = old.beside(f"{name}_{parameter}")
        rule = f"decay.{decay.form}" if decay and name in of_decay else f"{optimiser.kin or optimiser.name}.{name}{case}"
        yield _step(target, rule, formula, known)
        known[name] = target
    step = known["step"]
    terms = [old.symbol, step.symbol, *([-known["decay"].symbol] if "decay" in known else [])]
    inputs = (old, step, *([known["decay"]] if "decay" in known else []))
    rule = "apply.decayed" if "decay" in known else "apply"
    yield Step(old.beside(f"{parameter}_new"), rule, sp.Add(*terms, evaluate=False), inputs)


def _step(target: Quantity, rule: str, formula: sp.Expr, known: dict[str, Quantity]) -> Step:
    mentioned = formula.free_symbols
    return Step(target, rule, formula, tuple(q for q in known.values() if q.symbol in mentioned))
