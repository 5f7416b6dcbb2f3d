"""The example a person works on: one frozen, validated value that goes to JSON and back. Presets are examples, too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from math import inf
from typing import Any

import numpy as np

from mlp_core import Layer, Network, NonFinite, Quantity, State, Trace, derive, trace
from mlp_core.functions import ACTIVATIONS, LOSSES
from mlp_core.optimisers import OPTIMISERS, Optimiser
from mlp_core.steps import Derivation
from mlp_core.writing.names import NOTATIONS

from ..i18n import LANGUAGES, mark
from ..problem import Problem

MAX_LAYERS, MAX_NEURONS, MAX_DECIMALS = 4, 8, 10
LARGEST = 1_000_000
MAX_SEED = 2**31 - 1
CHOICES = {
    "loss": tuple(LOSSES),
    "optimiser": tuple(OPTIMISERS),
    "scope": ("all", "output"),
    "notation": tuple(NOTATIONS),
    "language": tuple(LANGUAGES),
}
TRAINABLE = tuple(name for name, record in ACTIVATIONS.items() if record.slope is not None)

Row = tuple[float, ...]






@dataclass(frozen=True)
class Example:
    """A network with its sample, the settings of the optimisers, how far it has been updated, and how it is shown.

    W: per layer rows (n_out, n_in); b: per layer (n_out,); x: (n_in,); y: (n_out,). ``scope`` is what an update changes:
    "all" layers or the "output" layer alone. ``memory`` is the optimiser's state as JSON text, empty before the first update;
    ``updates`` counts them. Raises Problem for anything that cannot be traced.
    """

    W: tuple[tuple[Row, ...], ...]
    b: tuple[Row, ...]
    x: Row
    y: Row
    activations: tuple[str, ...]
    loss: str = "squared_error"
    optimiser: str = "SGD"
    lr: float = 0.1
    momentum: float = 0.9
    nesterov: bool = False
    rho: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    bias_correction: bool = True
    eps_inside_root: bool = False
    scope: str = "all"
    memory: str = ""
    updates: int = 0
    decimals: int = 4
    notation: str = "notes"
    language: str = "en"

    def __post_init__(self) -> None:
        for field in fields(self):
            _check_type(field.name, str(field.type), getattr(self, field.name))
        if not 0 <= self.decimals <= MAX_DECIMALS:
            raise Problem(
                "decimals", mark("Decimals go from 0 to {most}, not {value}."), most=MAX_DECIMALS, value=self.decimals
            )
        if not 0 <= self.updates <= 10**9:
            raise Problem("updates", mark("{value} is not a number of updates."), value=self.updates)
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise Problem(
                    name,
                    mark("{value} is not one of: {choices}."),
                    value=getattr(self, name),
                    choices=choices,
                )
        self._check_shape()
        for name in OPTIMISERS:
            self.optimiser_named(name)
        self._check_output()
        try:
            _ = self.trace, self.state  # cached: what cannot be computed shows here, with its place
        except Problem:
            raise
        except NonFinite as error:
            raise Problem(
                "network",
                mark("The numbers overflow in layer {layer}: its inputs or weights are too large to compute with."),
                layer=error.layer,
            ) from None
        except ValueError:
            raise Problem("network", mark("These shapes do not make a network.")) from None

    def _check_shape(self) -> None:
        layers = len(self.W)
        if not 1 <= layers <= MAX_LAYERS or not layers == len(self.b) == len(self.activations):
            raise Problem("network", NO_LAYERS, most=MAX_LAYERS)
        if not all(1 <= n <= MAX_NEURONS for n in (len(self.x), *map(len, self.W))):
            raise Problem("network", NO_NEURONS, most=MAX_NEURONS)
        for k, (W, b) in enumerate(zip(self.W, self.b, strict=True), 1):
            n_in = len(self.W[k - 2]) if k > 1 else len(self.x)
            if len(b) != len(W) or any(len(row) != n_in for row in W):
                raise Problem("network", mark("The shapes of layer {layer} do not fit the layer before it."), layer=k)
            if self.activations[k - 1] not in TRAINABLE:
                raise Problem(
                    f"activation.{k}",
                    mark("{value} is not one of: {choices}."),
                    value=self.activations[k - 1],
                    choices=TRAINABLE,
                )
            if self.activations[k - 1] == "softmax" and len(W) == 1:
                raise Problem(
                    f"activation.{k}",
                    mark("A softmax of one neuron always gives 1 and learns nothing; take sigmoid, or more neurons."),
                )
        if len(self.y) != len(self.W[-1]):
            raise Problem("y", mark("There must be as many targets as outputs."))

    def _check_output(self) -> None:
        loss = LOSSES[self.loss]
        if loss.wants and self.activations[-1] != loss.wants:
            raise Problem(
                f"activation.{len(self.W)}",
                mark("The loss {loss} goes with {wants} in the last layer."),
                loss=self.loss,
                wants=loss.wants,
            )
        if not loss.admits(np.array(self.y)):
            raise Problem("y", TARGET_RANGES[self.loss], loss=self.loss)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Neurons per layer, the inputs first."""
        return (len(self.x), *map(len, self.W))

    @cached_property
    def network(self) -> Network:
        """The network; what ``scope`` excludes from updates is frozen."""
        last = len(self.W)
        return Network(
            [
                Layer(W, b, f, ("W", "b") if self.scope == "output" and k < last else ())
                for k, (W, b, f) in enumerate(zip(self.W, self.b, self.activations, strict=True), 1)
            ],
            self.loss,
        )

    @cached_property
    def trace(self) -> Trace:
        """Everything the network computes for this sample."""
        return trace(self.network, self.x, self.y)

    @property
    def derivation(self) -> Derivation:
        """The Steps of this network."""
        return derive(self.network)

    @cached_property
    def state(self) -> State | None:
        """What the chosen optimiser remembers, or None before its first update."""
        if not self.memory:
            return None
        try:
            state = State.from_json(self.memory, self.network)
        except ValueError:
            state = None
        if state is None or state.optimiser != self.optimiser:
            raise Problem("memory", mark("What the optimiser remembers does not fit this network."))
        return state

    def optimiser_named(self, name: str) -> Optimiser:
        """That optimiser with the settings of this example."""
        record = OPTIMISERS[name]
        try:
            return record(**{field.name: getattr(self, field.name) for field in fields(record)})
        except ValueError:
            limits = {"lr": (mark("{name} must be above 0."),), "eps": (mark("{name} must be above 0."),)}
            for field in fields(record):
                value = getattr(self, field.name)
                if field.name in limits and value <= 0:
                    raise Problem(field.name, limits[field.name][0], name=field.name) from None
                if field.name not in limits and not isinstance(value, bool) and not 0 <= value < 1:
                    raise Problem(field.name, mark("{name} must be at least 0 and below 1."), name=field.name) from None
            raise

    def with_(self, **changes: Any) -> Example:
        """The example with these fields changed; a change of what the optimiser works on makes it forget and start again."""
        if changes.keys() & {"W", "b", "activations", "loss", "optimiser"} and "memory" not in changes:
            changes |= {"memory": "", "updates": 0}
        return replace(self, **changes)

    def with_number(self, quantity: Quantity, value: float) -> Example:
        """The example with one x, y, W or b changed."""
        if quantity.kind in ("x", "y"):
            row = list(getattr(self, quantity.kind))
            row[quantity.index[0] - 1] = value
            return self.with_(**{quantity.kind: tuple(row)})
        layers = [[list(row) for row in W] for W in self.W] if quantity.kind == "W" else [list(b) for b in self.b]
        place: Any = layers[quantity.layer - 1]
        for i in quantity.index[:-1]:
            place = place[i - 1]
        place[quantity.index[-1] - 1] = value
        return self.with_(**{quantity.kind: _frozen(layers)})

    def resized(self, sizes: tuple[int, ...]) -> Example:
        """The example with other layer sizes: what still fits is kept, what is new gets small numbers that a seed fixes."""
        if not 2 <= len(sizes) <= MAX_LAYERS + 1:
            raise Problem("network", NO_LAYERS, most=MAX_LAYERS)
        if not all(1 <= n <= MAX_NEURONS for n in sizes):
            raise Problem("network", NO_NEURONS, most=MAX_NEURONS)
        random = np.random.default_rng(len(sizes))
        W, b = [], []
        for k in range(1, len(sizes)):
            new_W, new_b = _small(random, (sizes[k], sizes[k - 1])), _small(random, (sizes[k],))
            if k <= len(self.W) and (k < len(sizes) - 1 or k == len(self.W)):
                old_W, old_b = np.array(self.W[k - 1]), np.array(self.b[k - 1])
                rows, columns = min(sizes[k], old_W.shape[0]), min(sizes[k - 1], old_W.shape[1])
                new_W[:rows, :columns], new_b[:rows] = old_W[:rows, :columns], old_b[:rows]
            W.append(new_W)
            b.append(new_b)
        x = [*self.x, *([1.0] * MAX_NEURONS)][: sizes[0]]
        y = [*self.y, *([0.0] * MAX_NEURONS)][: sizes[-1]]
        hidden = [*self.activations[:-1], *(["sigmoid"] * MAX_LAYERS)][: len(sizes) - 2]
        if self.loss == "cross_entropy" and not LOSSES[self.loss].admits(np.array(y)):
            y = [1.0] + [0.0] * (len(y) - 1)
        return self.with_(
            W=_frozen(W), b=_frozen(b), x=_frozen(x), y=_frozen(y), activations=(*hidden, self.activations[-1])
        )

    def with_loss(self, loss: str) -> Example:
        """The example with another loss; the last activation and the targets follow where the loss allows no other."""
        if loss not in LOSSES:
            raise Problem("loss", mark("{value} is not one of: {choices}."), value=loss, choices=tuple(LOSSES))
        wants, y = LOSSES[loss].wants, np.array(self.y)
        if not LOSSES[loss].admits(y):
            y = np.clip(y, 0, 1) if wants == "sigmoid" else np.eye(len(y))[int(y.argmax())]
        last = wants or self.activations[-1]
        return self.with_(loss=loss, y=_frozen(y.tolist()), activations=(*self.activations[:-1], last))

    def randomised(self, seed: int) -> Example:
        """The example with small random weights and biases of one decimal, fixed by ``seed``."""
        if not 0 <= seed <= MAX_SEED:
            raise Problem("seed", mark("A seed is a whole number from 0 to {most}."), most=MAX_SEED)
        random = np.random.default_rng(seed)
        W = [_small(random, (len(W), len(W[0]))) for W in self.W]
        return self.with_(W=_frozen(W), b=_frozen([_small(random, (len(b),)) for b in self.b]))

    def redrawn(self, seed: int) -> Example:
        """The example with other small numbers everywhere (W, b, x, y), easy to work with by hand and fixed by ``seed``."""
        shown = self.randomised(seed)
        random = np.random.default_rng((seed, 1))  # a stream of its own beside that of the weights
        x = random.integers(1, 4, len(self.x)) * random.choice([-1, 1], len(self.x))
        y = random.integers(0, 2, len(self.y))
        if self.loss == "cross_entropy":
            y = np.eye(len(self.y), dtype=int)[random.integers(len(self.y))]
        return shown.with_(x=_frozen(x.astype(float)), y=_frozen(y.astype(float)))

    def updated(self, network: Network, state: State, updates: int = 1) -> Example:
        """The example that goes on from so many updates; from another optimiser's it takes the parameters alone."""
        own = state.optimiser == self.optimiser
        return self.with_(
            W=_frozen([layer.W for layer in network.layers]),
            b=_frozen([layer.b for layer in network.layers]),
            memory=state.to_json() if own else "",
            updates=self.updates + updates if own else 0,
        )

    def to_json(self) -> str:
        """As JSON text, every number at full precision."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Example:
        """The example of ``to_json``; Problem for anything else."""
        try:
            data = json.loads(text)
        except (TypeError, ValueError, RecursionError):
            raise Problem("file", mark("This is not a saved example: it is no valid JSON.")) from None
        known = {field.name for field in fields(cls)}
        if not isinstance(data, Mapping) or not {"W", "b", "x", "y", "activations"} <= data.keys() <= known:
            raise Problem("file", mark("This is not a saved example: fields are missing or unknown."))
        return cls(**{name: _frozen(value) if isinstance(value, list) else value for name, value in data.items()})


NO_LAYERS = mark("A network here has 1 to {most} layers, each with W, b and an activation.")
NO_NEURONS = mark("A layer here has 1 to {most} neurons.")
TARGET_RANGES = {
    "binary_cross_entropy": mark("With {loss} every target is a number from 0 to 1."),
    "cross_entropy": mark("With {loss} the targets are numbers from 0 on that add up to 1."),
}


def _check_type(name: str, kind: str, value: object) -> None:
    """Is ``value`` of the type that the field declares, and every number in it finite and not too large?"""
    depth = {"W": 3, "b": 2, "x": 1, "y": 1, "activations": 1}.get(name, 0)
    leaves: list[Any] = [value]
    for _level in range(depth):
        if not all(isinstance(leaf, tuple) for leaf in leaves):
            raise Problem(name, mark("{value} cannot stand here."), value=str(value)[:20])
        leaves = [part for leaf in leaves for part in leaf]
    for leaf in leaves:
        if kind == "float" or "Row" in kind:
            _check_number(name, leaf)
        elif type(leaf).__name__ != ("str" if depth else kind):
            raise Problem(name, mark("{value} cannot stand here."), value=str(leaf)[:20])


def _check_number(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -inf < value < inf:
        raise Problem(name, mark("{value} is not a finite number."), value=str(value)[:20])
    if abs(value) > LARGEST:
        text = f"{value:g}" if isinstance(value, float) else str(value)[:20]
        raise Problem(
            name, mark("{value} is too large: numbers here go from -{most} to {most}."), value=text, most=LARGEST
        )


def _frozen(value: Any) -> Any:
    """Nested lists or arrays as nested tuples of Python values."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    return tuple(map(_frozen, value)) if isinstance(value, (list, tuple)) else value


def _small(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers of one decimal from -0.9 to 0.9, none of them 0."""
    return random.integers(1, 10, shape) / 10 * random.choice([-1, 1], shape)


WORKED = Example(
    W=(((0.2, -0.5, 0.1), (-0.3, 0.4, 0.2)), ((0.5, 0.2),)),
    b=((0.3, -0.1), (0.1,)),
    x=(2.0, 3.0, -1.0),
    y=(1.0,),
    activations=("sigmoid", "sigmoid"),
)
PRESETS: dict[str, tuple[str, Example]] = {
    "worked": (mark("3-2-1, the worked example of the notes"), WORKED),
    "two_outputs": (
        mark("2-2-2 with two outputs, as many textbooks compute it"),
        Example(
            W=(((0.15, 0.2), (0.25, 0.3)), ((0.4, 0.45), (0.5, 0.55))),
            b=((0.35, 0.35), (0.6, 0.6)),
            x=(0.05, 0.1),
            y=(0.01, 0.99),
            activations=("sigmoid", "sigmoid"),
            loss="half_squared_error",
            lr=0.5,
        ),
    ),
    "classifier": (
        mark("2-3-3 classifier: ReLU, softmax, cross-entropy"),
        Example(
            W=(((0.6, -0.4), (0.3, 0.8), (-0.5, 0.2)), ((0.7, -0.2, 0.4), (-0.3, 0.5, 0.1), (0.2, 0.6, -0.8))),
            b=((0.1, -0.2, 0.3), (0.0, 0.1, -0.1)),
            x=(1.0, 2.0),
            y=(0.0, 1.0, 0.0),
            activations=("relu", "softmax"),
            loss="cross_entropy",
        ),
    ),
    "deep": (
        mark("2-3-2-1, two hidden layers of tanh"),
        Example(
            W=(((0.5, -0.6), (0.1, 0.4), (-0.3, 0.8)), ((0.7, -0.2, 0.5), (-0.4, 0.3, 0.6)), ((0.9, -0.5),)),
            b=((0.1, 0.0, -0.2), (0.2, -0.1), (0.05,)),
            x=(1.5, -0.5),
            y=(0.8,),
            activations=("tanh", "tanh", "sigmoid"),
            loss="binary_cross_entropy",
        ),
    ),
}
