"""The network a person works on and the samples it learns from: one frozen, validated value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from math import inf
from typing import Any

import numpy as np

from mlp_core import Layer, Network, NonFinite, Quantity, Trace, trace
from mlp_core.functions import ACTIVATIONS, LEAK, LOSSES
from mlp_core.steps import given

from ..i18n import mark
from ..problem import Message, Problem

MAX_LAYERS, MAX_NEURONS, MAX_SAMPLES = 4, 8, 8
LARGEST = 1_000_000
MAX_SEED = 2**31 - 1

NO_LAYERS = mark("A network here has 1 to {most} layers, each with W, b and an activation.")
NO_NEURONS = mark("A layer here has 1 to {most} neurons.")
NOT_ONE_OF = mark("{value} is not one of: {choices}.")
CANNOT_STAND = mark("{value} cannot stand here.")
TARGETS = mark("With {loss} the targets are {range}, not {value}.")

BIASES = {
    "own": mark("one for each neuron"), "none": mark("none"), "fixed": mark("not updated"), "shared": mark("one for the layer"),
}  # fmt: skip
ERROR_SIGNS = {"plus": mark("∂C/∂z, from a − y"), "minus": mark("−∂C/∂z, from y − a")}
REDUCTIONS = {"mean": mark("mean over the samples"), "sum": mark("sum over the samples")}

# Fields of a model that files and links leave out where they are as usual.
CONVENTIONS = ("biases", "slope", "error_sign", "reduction")

Row = tuple[float, ...]
Matrix = tuple[Row, ...]


def trainable() -> tuple[str, ...]:
    """The activations that a layer here may have: those with a slope."""
    return tuple(name for name, record in ACTIVATIONS.items() if record.slope is not None)


@dataclass(frozen=True)
class Sample:
    """One input with its target. x: (n_in,); y: (n_out,)."""

    x: Row
    y: Row

    def __post_init__(self) -> None:
        for name in ("x", "y"):
            check_numbers(name, getattr(self, name), depth=1)


@dataclass(frozen=True)
class Model:
    """A network and its samples, with the conventions of the book it is from.

    W: per layer rows (n_out, n_in); b: per layer (n_out,), or what its ``biases`` say; activations: a name per layer; loss: a
    name; samples: one or more. biases: a name of ``BIASES`` per layer, none at all where every neuron has its own: a layer of
    "none" has () for b, one that is "shared" a single number, one that is "fixed" has those of its neurons, which no update
    changes. slope: of leaky ReLUs below 0; error_sign: a name of ``ERROR_SIGNS``; reduction: of ``REDUCTIONS``, what the loss of
    several samples is. Raises Problem for anything that cannot be traced.
    """

    W: tuple[Matrix, ...]
    b: tuple[Row, ...]
    activations: tuple[str, ...]
    samples: tuple[Sample, ...]
    loss: str = "squared_error"
    biases: tuple[str, ...] = ()
    slope: float = LEAK
    error_sign: str = "plus"
    reduction: str = "mean"

    def __post_init__(self) -> None:
        check_numbers("W", self.W, depth=3)
        check_numbers("b", self.b, depth=2)
        check_number("slope", self.slope)
        if not 0 <= self.slope < 1:
            raise Problem("slope", mark("The slope must be at least 0 and below 1, not {value}."), value=self.slope)
        check_choice("error_sign", self.error_sign, tuple(ERROR_SIGNS))
        check_choice("reduction", self.reduction, tuple(REDUCTIONS))
        if not isinstance(self.biases, tuple):
            raise Problem("biases", CANNOT_STAND, value=str(self.biases)[:20])
        for kind in self.biases:
            check_choice("biases", kind, tuple(BIASES))
        if set(self.biases) == {"own"}:
            object.__setattr__(self, "biases", ())
        if not isinstance(self.activations, tuple) or not all(isinstance(name, str) for name in self.activations):
            raise Problem("activations", CANNOT_STAND, value=str(self.activations)[:20])
        if not isinstance(self.samples, tuple) or not all(isinstance(each, Sample) for each in self.samples):
            raise Problem("samples", CANNOT_STAND, value=str(self.samples)[:20])
        if not 1 <= len(self.samples) <= MAX_SAMPLES:
            raise Problem("samples", mark("There are 1 to {most} samples here."), most=MAX_SAMPLES)
        check_choice("loss", self.loss, tuple(LOSSES))
        self._check_shape()
        self._check_output()
        try:
            _ = self.trace  # cached: what cannot be computed shows here, with its place
        except NonFinite as error:
            raise Problem(
                "network",
                mark("The numbers overflow in layer {layer}: its inputs or weights are too large to compute with."),
                layer=error.layer,
            ) from None
        except ValueError:
            raise Problem("network", mark("These shapes do not make a network.")) from None

    def _check_shape(self) -> None:
        layers, n_in = len(self.W), len(self.samples[0].x)
        if not 1 <= layers <= MAX_LAYERS or not layers == len(self.b) == len(self.activations):
            raise Problem("network", NO_LAYERS, most=MAX_LAYERS)
        if not all(1 <= n <= MAX_NEURONS for n in (n_in, *map(len, self.W))):
            raise Problem("network", NO_NEURONS, most=MAX_NEURONS)
        if self.biases and len(self.biases) != layers:
            raise Problem("biases", mark("There must be as many kinds of biases as layers."))
        for k, (W, b) in enumerate(zip(self.W, self.b, strict=True), 1):
            if len(b) != biases_of(self.biased(k), len(W)) or any(len(row) != n_in for row in W):
                raise Problem("network", mark("The shapes of layer {layer} do not fit the layer before it."), layer=k)
            n_in = len(W)
            check_choice(f"activation.{k}", self.activations[k - 1], trainable())
            if not ACTIVATIONS[self.activations[k - 1]].elementwise and len(W) == 1:
                raise Problem(
                    f"activation.{k}",
                    mark("A softmax of one neuron always gives 1 and learns nothing; take sigmoid, or more neurons."),
                )
        if any(len(each.y) != n_in for each in self.samples):
            raise Problem("y", mark("There must be as many targets as outputs."))
        if any(len(each.x) != len(self.samples[0].x) for each in self.samples):
            raise Problem("x", mark("Every sample must have as many inputs."))

    def _check_output(self) -> None:
        loss = LOSSES[self.loss]
        if loss.wants and self.activations[-1] != loss.wants:
            raise Problem(
                f"activation.{len(self.W)}",
                mark("The loss {loss} goes with {wants} in the last layer."),
                loss=self.loss,
                wants=loss.wants,
            )
        for each in self.samples:
            if not loss.admits(np.array(each.y)):
                value = ", ".join(f"{number:g}" for number in each.y)
                raise Problem("y", TARGETS, loss=self.loss, range=Message(loss.range), value=value)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Neurons per layer, the inputs first."""
        return (len(self.samples[0].x), *map(len, self.W))

    @cached_property
    def network(self) -> Network:
        """The network, nothing in it frozen."""
        return self.network_frozen_below(0)

    def network_frozen_below(self, layer: int) -> Network:
        """The network with W and b of the layers before ``layer`` (from 1) kept from updates."""
        parts = enumerate(zip(self.W, self.b, self.activations, strict=True), 1)
        layers = [Layer(W, b or None, f, self._frozen(k, layer), self._slope(f)) for k, (W, b, f) in parts]
        return Network(layers, self.loss, self.reduction, error_sign=-1 if self.error_sign == "minus" else 1)

    def _frozen(self, k: int, below: int) -> tuple[str, ...]:
        return ("W", "b") if k < below else ("b",) if self.biased(k) == "fixed" else ()

    def _slope(self, activation: str) -> float:
        return self.slope if ACTIVATIONS[activation].sloped else LEAK

    def biased(self, layer: int) -> str:
        """Which biases a layer (from 1) has, a name of ``BIASES``."""
        return self.biases[layer - 1] if self.biases else "own"

    @property
    def shared(self) -> frozenset[int]:
        """The layers (from 1) whose neurons share one bias."""
        return frozenset(k for k, W in enumerate(self.W, 1) if self.biased(k) == "shared" and len(W) > 1)

    def with_biases(self, kind: str, layer: int = 0) -> Model:
        """The model with biases of that kind in one layer (from 1), or in all: what still fits is kept, new ones are 0."""
        check_choice("biases", kind, tuple(BIASES))
        kinds = [kind if layer in (0, k) else self.biased(k) for k in range(1, len(self.W) + 1)]
        b = [_fitted(old, biases_of(name, len(W))) for old, W, name in zip(self.b, self.W, kinds, strict=True)]
        return replace(self, b=tuple(b), biases=tuple(kinds))

    @property
    def several(self) -> int:
        """How many samples there are, 0 for one alone: then nothing is said of a batch."""
        return len(self.samples) if len(self.samples) > 1 else 0

    @property
    def data(self) -> tuple[Any, Any]:
        """Inputs and targets as ``trace`` takes them: x (n_in,) and y (n_out,), of several samples a row each."""
        if not self.several:
            return self.samples[0].x, self.samples[0].y
        return tuple(each.x for each in self.samples), tuple(each.y for each in self.samples)

    @cached_property
    def trace(self) -> Trace:
        """Everything the network computes, for the one sample or for the batch."""
        return trace(self.network, *self.data)

    @property
    def given(self) -> tuple[Quantity, ...]:
        """Every number that a person may change: of all samples, and the parameters."""
        return given(self.network, self.several or None)

    def with_number(self, quantity: Quantity, value: float) -> Model:
        """The model with one x, y (of the sample that it names, else of the first), W or b changed."""
        return self.with_numbers([(quantity, value)])

    def with_numbers(self, numbers: Iterable[tuple[Quantity, float]]) -> Model:
        """The model with several of them changed, and checked once."""
        places: dict[str, Any] = {
            "W": [[list(row) for row in W] for W in self.W], "b": [list(b) for b in self.b],
            "x": [list(each.x) for each in self.samples], "y": [list(each.y) for each in self.samples],
        }  # fmt: skip
        for quantity, value in numbers:
            of_sample = quantity.kind in ("x", "y")
            place = places[quantity.kind][max(quantity.sample, 1) - 1 if of_sample else quantity.layer - 1]
            for i in quantity.index[:-1]:
                place = place[i - 1]
            place[quantity.index[-1] - 1] = value
        rows = zip(self.samples, places["x"], places["y"], strict=True)
        samples = tuple(replace(each, x=tuple(x), y=tuple(y)) for each, x, y in rows)
        return replace(self, W=frozen(places["W"]), b=frozen(places["b"]), samples=samples)

    def with_sample(self, number: int, sample: Sample) -> Model:
        """The model with another sample in the place of that number, from 1; one more where the number is one more."""
        return replace(self, samples=(*self.samples[: number - 1], sample, *self.samples[number:]))

    def with_one_more(self) -> Model:
        """The model with one more sample, like the last one, to be changed. Problem where there are as many as there can be."""
        return self.with_sample(len(self.samples) + 1, self.samples[-1])

    def without_sample(self, number: int) -> Model:
        """The model without the sample of that number, from 1. Problem for the last one there is."""
        return replace(self, samples=(*self.samples[: number - 1], *self.samples[number:]))

    def with_parameters_of(self, network: Network) -> Model:
        """The model with W and b of a network of the same shape."""
        layers = network.layers
        b = [() if layer.b is None else layer.b for layer in layers]
        return replace(self, W=frozen([layer.W for layer in layers]), b=frozen(b))

    def with_loss(self, loss: str) -> Model:
        """The model with another loss; the last activation follows where the loss allows no other."""
        check_choice("loss", loss, tuple(LOSSES))
        record = LOSSES[loss]
        last = record.wants or self.activations[-1]
        return replace(self, loss=loss, activations=(*self.activations[:-1], last))

    def with_activation(self, layer: int, name: str) -> Model:
        """The model with another activation of one layer (from 1)."""
        names = list(self.activations)
        names[layer - 1] = name
        return replace(self, activations=tuple(names))

    def resized(self, sizes: tuple[int, ...]) -> Model:
        """The model with other layer sizes: what still fits is kept, what is new gets small numbers that a seed fixes."""
        if not 2 <= len(sizes) <= MAX_LAYERS + 1:
            raise Problem("network", NO_LAYERS, most=MAX_LAYERS)
        if not all(1 <= n <= MAX_NEURONS for n in sizes):
            raise Problem("network", NO_NEURONS, most=MAX_NEURONS)
        random = np.random.default_rng(len(sizes))
        W, b, kinds = [], [], []
        for k in range(1, len(sizes)):
            kinds.append(self.biased(k) if k <= len(self.W) else self.biased(1) if len(set(self.biases)) == 1 else "own")
            new_W, new_b = _small(random, (sizes[k], sizes[k - 1])), _small(random, (sizes[k],))
            new_b = new_b[: biases_of(kinds[-1], sizes[k])]
            if k <= len(self.W) and (k < len(sizes) - 1 or k == len(self.W)):
                old_W, old_b = np.array(self.W[k - 1]), np.array(self.b[k - 1])
                rows, columns = min(sizes[k], old_W.shape[0]), min(sizes[k - 1], old_W.shape[1])
                new_W[:rows, :columns] = old_W[:rows, :columns]
                kept = min(len(new_b), len(old_b))
                new_b[:kept] = old_b[:kept]
            W.append(new_W)
            b.append(new_b)
        samples = []
        for each in self.samples:
            x = (*each.x, *((1.0,) * MAX_NEURONS))[: sizes[0]]
            y = (*each.y, *((0.0,) * MAX_NEURONS))[: sizes[-1]]
            if not LOSSES[self.loss].admits(np.array(y)):  # the right class is gone: the first one takes its place
                y = (1.0, *((0.0,) * (sizes[-1] - 1)))
            samples.append(Sample(x, y))
        hidden = (*self.activations[:-1], *(("sigmoid",) * MAX_LAYERS))[: len(sizes) - 2]
        activations = (*hidden, self.activations[-1])
        return replace(
            self, W=frozen(W), b=frozen(b), samples=tuple(samples), activations=activations, biases=tuple(kinds)
        )

    def randomised(self, seed: int) -> Model:
        """The model with small random weights and biases of one decimal, fixed by ``seed``."""
        check_seed(seed)
        random = np.random.default_rng(seed)
        W = [_small(random, (len(W), len(W[0]))) for W in self.W]
        return replace(self, W=frozen(W), b=frozen([_small(random, (len(b),)) for b in self.b]))

    def redrawn(self, seed: int) -> Model:
        """The model with other small numbers everywhere (W, b, x, y), easy to work with by hand and fixed by ``seed``."""
        shown = self.randomised(seed)
        random = np.random.default_rng((seed, 1))  # a stream of its own beside that of the weights
        n_in, n_out = self.sizes[0], self.sizes[-1]
        samples = []
        for _each in self.samples:
            x = random.integers(1, 4, n_in) * random.choice([-1, 1], n_in)
            y = random.integers(0, 2, n_out)
            if LOSSES[self.loss].parted:
                y = np.eye(n_out, dtype=int)[random.integers(n_out)]
            samples.append(Sample(frozen(x.astype(float)), frozen(y.astype(float))))
        return replace(shown, samples=tuple(samples))

    def to_data(self) -> dict[str, Any]:
        """As plain data for JSON."""
        samples = [{"x": list(each.x), "y": list(each.y)} for each in self.samples]
        data = {"W": self.W, "b": self.b, "activations": self.activations, "loss": self.loss, "samples": samples}
        return data | self.conventions

    @property
    def conventions(self) -> dict[str, Any]:
        """What of biases, slope, error_sign and reduction is not as usual."""
        every = {f.name: f.default for f in fields(self) if f.name in CONVENTIONS}
        return {name: getattr(self, name) for name, usual in every.items() if getattr(self, name) != usual}

    @classmethod
    def from_data(cls, data: Any) -> Model:
        """The model of ``to_data``; Problem for anything else."""
        needed, known = {"W", "b", "activations", "loss", "samples"}, {f.name for f in fields(cls)}
        if not isinstance(data, Mapping) or not needed <= data.keys() <= known or not isinstance(data["samples"], list):
            raise Problem("file", BROKEN)
        if not all(isinstance(each, Mapping) and each.keys() == {"x", "y"} for each in data["samples"]):
            raise Problem("file", BROKEN)
        samples = tuple(Sample(frozen(each["x"]), frozen(each["y"])) for each in data["samples"])
        return cls(**{name: frozen(data[name]) for name in data if name != "samples"}, samples=samples)


def biases_of(kind: str, neurons: int) -> int:
    """How many biases a layer of that kind has."""
    return {"none": 0, "shared": 1}.get(kind, neurons)


def _fitted(old: Row, count: int) -> Row:
    """So many of the old numbers; a single one goes to all, what was not there is 0."""
    return (old * count if len(old) == 1 else (*old, *(0.0,) * count))[:count]


BROKEN = mark("This is not a saved example: fields are missing or unknown.")


def check_choice(where: str, value: object, choices: tuple[str, ...]) -> None:
    """Raise Problem at ``where`` unless the value is one of the choices."""
    if not isinstance(value, str) or value not in choices:
        raise Problem(where, NOT_ONE_OF, value=str(value)[:40], choices=choices)


def check_seed(seed: object) -> None:
    """Raise Problem at "seed" unless it is one."""
    if type(seed) is not int or not 0 <= seed <= MAX_SEED:
        raise Problem("seed", mark("A seed is a whole number from 0 to {most}."), most=MAX_SEED)


def check_numbers(name: str, value: object, depth: int) -> None:
    """Raise Problem at ``name`` unless it is tuples in tuples of that depth, every number finite and not too large."""
    leaves: list[Any] = [value]
    for _level in range(depth):
        if not all(isinstance(leaf, tuple) for leaf in leaves):
            raise Problem(name, CANNOT_STAND, value=str(value)[:20])
        leaves = [part for leaf in leaves for part in leaf]
    for leaf in leaves:
        check_number(name, leaf)


def check_number(name: str, value: object) -> None:
    """Raise Problem at ``name`` unless it is a finite number that is not too large."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -inf < value < inf:
        raise Problem(name, mark("{value} is not a finite number."), value=str(value)[:20])
    if abs(value) > LARGEST:
        text = f"{value:g}" if isinstance(value, float) else str(value)[:20]
        if abs(float(text)) <= LARGEST:  # rounded, it would be one that can be used
            text = repr(float(value)).removesuffix(".0")
        raise Problem(
            name, mark("{value} is too large: numbers here go from -{most} to {most}."), value=text, most=LARGEST
        )


def frozen(value: Any) -> Any:
    """Nested lists or arrays as nested tuples of Python values."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    return tuple(map(frozen, value)) if isinstance(value, (list, tuple)) else value


def _small(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers of one decimal from -0.9 to 0.9, none of them 0."""
    drawn: np.ndarray = random.integers(1, 10, shape) / 10 * random.choice([-1, 1], shape)
    return drawn
