"""The ordered steps of forward pass, loss and backward pass: each a formula about earlier numbers.

SymPy is asked for local formulas only (affine, activation, loss); the chain rule stays visible as a product of named
factors. Nothing here depends on numbers, so derivations are cached by the shape of the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import sympy as sp

from .engine import samples
from .functions import LOSSES, Activation, Loss, add, mul
from .network import Network, NonFinite, expect, is_whole
from .quantity import Quantity
from .writing.latex import write
from .writing.names import NOTES

MAX_DIGITS = 5_000  # reached near |z| = 5,700; a hundred times that takes SymPy minutes


class Phase(StrEnum):
    """The parts of one round of learning, in order."""

    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    UPDATE = "update"


PHASES: dict[str, Phase] = {
    "affine": Phase.FORWARD,
    "activation": Phase.FORWARD,
    "loss": Phase.LOSS,
    "loss_slope": Phase.BACKWARD,
    "paths": Phase.BACKWARD,
    "slope": Phase.BACKWARD,
    "jacobian": Phase.BACKWARD,
    "delta": Phase.BACKWARD,
    "fused": Phase.BACKWARD,
    "weight_gradient": Phase.BACKWARD,
    "bias_gradient": Phase.BACKWARD,
    "batch_loss": Phase.LOSS,  # of all samples of a batch
    "batch_weight_gradient": Phase.BACKWARD,
    "batch_bias_gradient": Phase.BACKWARD,
    "paths_again": Phase.UPDATE,  # through weights that are updated already
    "delta_again": Phase.UPDATE,
    "weight_gradient_again": Phase.UPDATE,
    "bias_gradient_again": Phase.UPDATE,
    "batch_weight_gradient_again": Phase.UPDATE,
    "batch_bias_gradient_again": Phase.UPDATE,
}


def enter_law(name: str, phase: Phase) -> None:
    """Add a law: Steps by it belong to that phase. ValueError where the name is taken. To take it away, delete it from PHASES."""
    if name in PHASES:
        raise ValueError(f"there is a law {name} already")
    PHASES[name] = phase


@dataclass(frozen=True)
class Step:
    """``target`` = ``formula``, by the law ``rule``; ``formula`` mentions only the symbols of ``inputs``.

    A rule is a law, with a dot and a case where there are several ("activation.sigmoid", "paths.one"). Each input is given
    (x, y, W, b, a setting) or the target of an earlier step.
    """

    target: Quantity
    rule: str
    formula: sp.Expr
    inputs: tuple[Quantity, ...]

    @cached_property
    def law(self) -> str:
        """The rule without its case."""
        return self.rule.partition(".")[0]

    @cached_property
    def phase(self) -> Phase:
        """Where in a round it belongs, by its law; what computes a slot or a new parameter is part of the update.

        ValueError for a law that ``PHASES`` does not know.
        """
        if self.target.slot or self.target.updated:
            return Phase.UPDATE
        if self.law not in PHASES:
            raise ValueError(f"{self.law} is a law of no phase; known: {', '.join(PHASES)}")
        return PHASES[self.law]

    def evaluate(self, values: Mapping[Quantity, Any], digits: int = 15) -> sp.Float:
        """The formula with ``values`` put in for the inputs, evaluated by SymPy to so many digits."""
        try:
            numbers = {q.symbol: sp.Float(values[q], digits) for q in self.inputs}
        except KeyError as missing:
            raise ValueError(f"{self.target} needs the number of {missing.args[0]}") from None
        return sp.Float(self.formula.xreplace(numbers).evalf(digits), digits)

    def _repr_latex_(self) -> str:
        names = {q.symbol: NOTES.name(q).latex() for q in self.inputs}
        return f"${NOTES.name(self.target).latex()} = {write(self.formula, names)}$"


@dataclass(frozen=True, eq=False)
class Derivation:
    """All Steps of one sample, or of a batch, in order; ``derivation[target]`` is the step of that quantity."""

    steps: tuple[Step, ...]
    given: tuple[Quantity, ...]

    @cached_property
    def _position(self) -> dict[Quantity, int]:
        return {step.target: i for i, step in enumerate(self.steps)}

    def __getitem__(self, target: Quantity) -> Step:
        return self.steps[self.position(target)]

    @cached_property
    def targets(self) -> frozenset[Quantity]:
        """What they compute."""
        return frozenset(self._position)

    def __contains__(self, target: object) -> bool:
        return isinstance(target, Quantity) and target in self._position

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def position(self, target: Quantity) -> int:
        """Where the step of ``target`` stands, from 0; ValueError when there is none."""
        if not isinstance(target, Quantity) or target not in self._position:
            raise ValueError(f"no step computes {target}")
        return self._position[target]

    def phase(self, *phases: Phase) -> tuple[Step, ...]:
        """The steps of these phases: forward, loss, backward."""
        if phases not in self._phases:
            self._phases[phases] = tuple(step for step in self.steps if step.phase in phases)
        return self._phases[phases]

    @cached_property
    def _phases(self) -> dict[tuple[Phase, ...], tuple[Step, ...]]:
        return {}

    def evaluate(self, network: Network, x: Any, y: Any, digits: int = 30) -> dict[Quantity, sp.Float]:
        """Every quantity by SymPy alone, from x, y, W and b: the engine's arithmetic has no part in it.

        x: (n_in,), y: (n_out,); for the Steps of a batch (batch, n_in) and (batch, n_out).
        Precision grows with |z|, so that a saturated activation keeps the digits that ``log(1 - a)`` needs; NonFinite where
        that would take too many. The factors of a fused delta are left out where they are not finite.
        """
        x, y = samples(network, x, y)
        batch, n_in = max(q.sample for q in self.given), network.sizes[0]
        if x.shape != ((batch, n_in) if batch else (n_in,)):
            many, wanted = (f"a batch of {batch}", (batch, n_in)) if batch else ("one sample", (n_in,))
            raise ValueError(f"a derivation is of {many}: x must have shape {wanted}, not {x.shape}")
        if derive(network, batch or None).given != self.given:
            raise ValueError("this derivation is of a network of another shape")
        if not is_whole(digits) or not 1 <= digits <= MAX_DIGITS:
            raise ValueError(f"digits must be a whole number from 1 to {MAX_DIGITS}, not {str(digits)[:60]!r}")
        values: dict[Quantity, Any] = {q: _given(network, x, y, q) for q in self.given}
        for step in self.steps:
            if step.law == "activation" and step.formula.has(sp.exp, sp.tanh):
                taken = step.target.beside("z_bn" if network.regular else "z")
                digits = max(digits, 30 + int(abs(values[taken if taken in values else step.target.beside("z")]) * 0.87))
                if digits > MAX_DIGITS:
                    layer = step.target.layer
                    raise NonFinite(f"layer {layer}: so far in saturation, SymPy would need {digits} digits", layer)
            try:
                values[step.target] = step.evaluate(values, digits)
            except (TypeError, ValueError):  # zoo or nan, or built on one: a factor of a fused delta
                if step.target.kind not in ("dC_da", "da_dz"):
                    raise
        return values

    def _repr_latex_(self) -> str:
        lines = " \\\\ ".join(step._repr_latex_().strip("$").replace("=", "&=", 1) for step in self.steps)
        return f"$$\\begin{{aligned}} {lines} \\end{{aligned}}$$"


@dataclass(frozen=True)
class Shape:
    """What the Steps of a network depend on.

    sizes: (n_0, ..., n_L); activations: records; biases: how many each layer has (one a neuron, 1 that all share, or 0);
    loss; error_sign: as for ``Network``; frozen: what no update changes, per layer; regular: where some layer has batch
    normalisation or dropout, which of the two each has.
    """

    sizes: tuple[int, ...]
    activations: tuple[Activation, ...]
    biases: tuple[int, ...]
    loss: Loss
    error_sign: int
    frozen: tuple[tuple[str, ...], ...] = ()
    regular: tuple[tuple[bool, bool], ...] = ()

    def normalises(self, k: int) -> bool:
        """Whether layer k has batch normalisation."""
        return bool(self.regular) and self.regular[k - 1][0]

    def drops(self, k: int) -> bool:
        """Whether layer k has dropout."""
        return bool(self.regular) and self.regular[k - 1][1]

    @classmethod
    def of(cls, network: Network, frozen: bool = False) -> Shape:
        """The shape of a network; ``frozen``: with what no update changes, on which the Steps of a pass do not depend."""
        layers = network.layers
        return cls(
            network.sizes,
            tuple(layer.record for layer in layers),
            tuple(layer.biases for layer in layers),
            LOSSES[network.loss],
            network.error_sign,
            tuple(layer.frozen for layer in layers) if frozen else (),
            tuple((layer.batch_norm is not None, layer.dropout > 0) for layer in layers) if network.regular else (),
        )

    def bias(self, k: int, i: int) -> Quantity | None:
        """The bias of neuron i of layer k: its own, the one that all share, or None."""
        count = self.biases[k - 1]
        return Quantity("b", k, (i if count == self.sizes[k] else 1,)) if count else None

    @property
    def shared(self) -> frozenset[int]:
        """The layers whose neurons share one bias."""
        counts = enumerate(zip(self.biases, self.sizes[1:], strict=True), 1)
        return frozenset(k for k, (biases, neurons) in counts if biases == 1 < neurons)

    @property
    def delta(self) -> str:
        """The kind that goes backward: "delta", or "error" where its sign is the other one."""
        return "delta" if self.error_sign == 1 else "error"

    def signed(self, *factors: sp.Expr) -> sp.Expr:
        """A product with the sign that turns a delta into the error term, or back."""
        return mul(*factors) if self.error_sign == 1 else mul(sp.Integer(-1), *factors)

    def case(self, law: str, case: str = "") -> str:
        """The rule of a law in which the error term stands, the other sign said by its case."""
        case = "_".join(filter(None, (case, "" if self.error_sign == 1 else "negative")))
        return f"{law}.{case}" if case else law


_REGULAR: list[Callable[[Shape, int, str, bool], Derivation]] = []


def enter_regular(derived: Callable[[Shape, int, str, bool], Derivation]) -> None:
    """Say who derives networks with batch normalisation or dropout: from shape, batch, reduction, and whether in training."""
    _REGULAR.append(derived)


def derive(network: Network, batch: int | None = None, sample: int | None = None, mode: str = "eval") -> Derivation:
    """The Steps of one sample through ``network``: forward, loss and backward, in the order they are computed.

    batch: those of so many samples, ``Quantity(..., sample=1)`` and on: each sample's forward pass, their losses and what they
    come to together, each sample's backward pass from its own loss, and dW and db of the batch: the mean or the sum of the
    samples' own, as the network reduces. sample: of a batch the Steps of that sample alone, from 1, and of what the batch has
    together, for which the losses and gradients of the other samples are given. A network with a step function has no gradient,
    so its derivation ends with the loss. Frozen parameters keep their gradient steps. ValueError unless a batch holds at least
    one sample, and that one.
    mode: as for ``trace``; with batch normalisation or dropout the Steps go through the reduced loss, and samples are not alone.
    """
    expect(network, Network, "network")
    if mode not in ("eval", "train"):
        raise ValueError(f"mode is train or eval, not {str(mode)[:60]!r}")
    if network.regular:
        if batch is not None and (not is_whole(batch) or batch < 1):
            raise ValueError(f"a batch has one sample or more, not {str(batch)[:60]!r}")
        if sample is not None:
            raise ValueError("with batch normalisation or dropout a sample of a batch has no Steps of its own")
        return _REGULAR[-1](Shape.of(network), int(batch or 0), network.reduction, mode == "train")
    if batch is None:
        return of_sample(Shape.of(network), 0)
    if not is_whole(batch) or batch < 1:
        raise ValueError(f"a batch has one sample or more, not {str(batch)[:60]!r}")
    if sample is not None and (not is_whole(sample) or not 1 <= sample <= batch):
        raise ValueError(f"there is no sample {str(sample)[:60]!r}: the batch holds {batch}, counted from 1")
    return _of_batch(Shape.of(network), int(batch), network.reduction, int(sample or 0))


def given(network: Network, batch: int | None = None) -> tuple[Quantity, ...]:
    """What the Steps of ``derive`` start from: the samples, one or a batch, and the parameters."""
    expect(network, Network, "network")
    return derive(network, batch).given if network.regular else _starts(Shape.of(network), batch or 0)


@lru_cache(maxsize=64)
def _starts(shape: Shape, batch: int) -> tuple[Quantity, ...]:
    return tuple(dict.fromkeys(q for s in (_upto(batch) if batch else [0]) for q in _given_of(shape, s)))


def _given_of(shape: Shape, s: int) -> Iterator[Quantity]:
    """What sample ``s`` starts from."""
    sizes, last = shape.sizes, len(shape.activations)
    yield from _vector("x", 0, sizes[0], s)
    for k in _upto(last):
        yield from (Quantity("W", k, (i, j)) for i in _upto(sizes[k]) for j in _upto(sizes[k - 1]))
        yield from (Quantity("b", k, (i,)) for i in _upto(shape.biases[k - 1]))
    yield from _vector("y", last, sizes[-1], s)


@lru_cache(maxsize=128)
def of_sample(shape: Shape, s: int) -> Derivation:
    """The Steps of sample ``s`` of a batch; 0: of one alone."""
    last = len(shape.activations)
    steps = [step for k in _upto(last) for step in _forward(k, shape, s)]
    steps.append(_loss(last, shape.sizes[-1], shape.loss, s))
    if all(activation.slope for activation in shape.activations):
        for k in range(last, 0, -1):
            steps += _backward(k, shape, s)
    return Derivation(tuple(steps), tuple(_given_of(shape, s)))


@lru_cache(maxsize=64)
def _of_batch(shape: Shape, batch: int, reduction: str, sample: int) -> Derivation:
    """The Steps of a batch; sample: that of which alone, 0 for all."""
    every = [of_sample(shape, s) for s in ([sample] if sample else _upto(batch))]
    own = {phase: [step for each in every for step in each.phase(phase)] for phase in Phase}
    cost = reduced(Quantity("C"), "batch_loss", batch, reduction)
    gradients = [step.target for step in every[0] if step.target.is_gradient]
    together = [reduced(q.of_sample(0), _REDUCED[q.kind], batch, reduction) for q in gradients]
    steps = (*own[Phase.FORWARD], *own[Phase.LOSS], cost, *own[Phase.BACKWARD], *together)
    starts = dict.fromkeys(q for each in every for q in each.given)
    others = [q for step in (cost, *together) for q in step.inputs if sample and q.sample != sample]
    return Derivation(steps, (*starts, *others))


_REDUCED = {
    "dW": "batch_weight_gradient", "db": "batch_bias_gradient",
    "dW_new": "batch_weight_gradient_again", "db_new": "batch_bias_gradient_again",
}  # fmt: skip


def reduced(target: Quantity, law: str, batch: int, reduction: str) -> Step:
    """What a batch has together: the mean or the sum of what its samples have."""
    own = tuple(target.of_sample(s) for s in _upto(batch))
    total = add(*_symbols(list(own)))
    formula = mul(sp.Rational(1, batch), total) if reduction == "mean" and batch > 1 else total
    return Step(target, f"{law}.{reduction}", formula, own)


def _forward(k: int, shape: Shape, s: int) -> Iterator[Step]:
    sizes, activation = shape.sizes, shape.activations[k - 1]
    before, z = _vector("a" if k > 1 else "x", k - 1, sizes[k - 1], s), _vector("z", k, sizes[k], s)
    for i in _upto(sizes[k]):
        weights = [Quantity("W", k, (i, j)) for j in _upto(sizes[k - 1])]
        bias = shape.bias(k, i)
        offset = [bias] if bias else []
        products = [mul(w.symbol, a.symbol) for w, a in zip(weights, before, strict=True)]
        inputs = tuple(q for pair in zip(weights, before, strict=True) for q in pair)
        yield Step(
            z[i - 1],
            "affine" if bias else "affine.nobias",
            add(*products, *(b.symbol for b in offset)),
            (*inputs, *offset),
        )
    for i in _upto(sizes[k]):
        inputs = (z[i - 1],) if activation.elementwise else tuple(z)
        formula = activation.formula(_symbols(z), i - 1)
        yield Step(Quantity("a", k, (i,), s), f"activation.{activation.name}", formula, inputs)


def _loss(last: int, n: int, loss: Loss, s: int) -> Step:
    a, y = _vector("a", last, n, s), _vector("y", last, n, s)
    return Step(Quantity("C", sample=s), f"loss.{loss.name}", loss.expr(_symbols(a), _symbols(y)), (*a, *y))


def _backward(k: int, shape: Shape, s: int) -> Iterator[Step]:
    """The backward steps of layer k."""
    n, activation, loss = shape.sizes[k], shape.activations[k - 1], shape.loss
    slope, delta = _vector("dC_da", k, n, s), _vector(shape.delta, k, n, s)
    fused = False
    if k == len(shape.activations):
        a, y, fused = _vector("a", k, n, s), _vector("y", k, n, s), bool(loss.wants)
        for i in range(n):
            formula = loss.slope_expr(a[i].symbol, y[i].symbol, n)
            yield _step(slope[i], f"loss_slope.{loss.name}", formula, (a[i], y[i]))
    else:
        yield from _paths(k, shape, slope, _vector(shape.delta, k + 1, shape.sizes[k + 1], s), "W", "paths")
    yield from _slopes(k, n, activation, s)
    if fused:
        for i in range(n):
            one, other = (a[i], y[i]) if shape.error_sign == 1 else (y[i], a[i])
            yield Step(delta[i], shape.case("fused"), add(one.symbol, -other.symbol), (one, other))
    else:
        yield from _deltas(k, shape, slope, delta, "delta")
    case = "" if activation.elementwise and not fused else "fused"
    yield from _gradients(k, shape, delta, ("dW", "db"), ("weight_gradient", "bias_gradient"), case)


def _paths(k: int, shape: Shape, slope: list[Quantity], ahead: list[Quantity], weight: str, law: str) -> Iterator[Step]:
    """dC/da of a hidden layer from the deltas of the layer ahead, each times a weight of that kind."""
    for i, target in enumerate(slope, 1):
        weights = [Quantity(weight, k + 1, (m, i)) for m in _upto(shape.sizes[k + 1])]
        terms = [shape.signed(d.symbol, w.symbol) for d, w in zip(ahead, weights, strict=True)]
        rule = shape.case(law, "" if len(terms) > 1 else "one")
        yield Step(target, rule, add(*terms), tuple(q for p in zip(ahead, weights, strict=True) for q in p))


def _deltas(k: int, shape: Shape, slope: list[Quantity], delta: list[Quantity], law: str) -> Iterator[Step]:
    """delta from dC/da and the slopes of the layer's activation."""
    n, s = len(delta), delta[0].sample
    for i in range(n):
        if shape.activations[k - 1].elementwise:
            local = Quantity("da_dz", k, (i + 1,), s)
            yield Step(delta[i], shape.case(law), shape.signed(slope[i].symbol, local.symbol), (slope[i], local))
        else:
            column = [Quantity("da_dz", k, (m, i + 1), s) for m in _upto(n)]
            terms = [shape.signed(each.symbol, d.symbol) for each, d in zip(slope, column, strict=True)]
            inputs = tuple(q for p in zip(slope, column, strict=True) for q in p)
            yield Step(delta[i], shape.case(law, "jacobian"), add(*terms), inputs)


def _gradients(
    k: int, shape: Shape, delta: list[Quantity], kinds: tuple[str, str], laws: tuple[str, str], case: str = ""
) -> Iterator[Step]:
    """dW and db of a layer from its deltas; of a bias that all share, from their sum."""
    s = delta[0].sample
    before = _vector("a" if k > 1 else "x", k - 1, shape.sizes[k - 1], s)
    for i, d in enumerate(delta, 1):
        for j, source in enumerate(before, 1):
            product = shape.signed(d.symbol, source.symbol)
            yield Step(Quantity(kinds[0], k, (i, j), s), shape.case(laws[0], case), product, (d, source))
        if shape.biases[k - 1] == len(delta):
            yield Step(Quantity(kinds[1], k, (i,), s), shape.case(laws[1]), shape.signed(d.symbol), (d,))
    if shape.biases[k - 1] == 1 < len(delta):
        terms = [shape.signed(d.symbol) for d in delta]
        yield Step(Quantity(kinds[1], k, (1,), s), shape.case(laws[1], "shared"), add(*terms), tuple(delta))


def again(k: int, shape: Shape, batch: int = 0, reduction: str = "") -> Iterator[Step]:
    """The backward steps of layer k once more, through weights ahead that are updated already: kinds that end in _new.

    Of one sample, or of each of a batch and then of the batch. None where no weight ahead has changed, so that the steps of
    the pass still hold; ``shape`` has what is frozen.
    """
    if not redone(k, shape.frozen):
        return
    own = [step for s in (_upto(batch) if batch else [0]) for step in _again(k, shape, s)]
    yield from own
    for q in [step.target for step in own if step.target.sample == 1 and step.target.is_gradient]:
        yield reduced(q.of_sample(0), _REDUCED[q.kind], batch, reduction)


def _again(k: int, shape: Shape, s: int) -> Iterator[Step]:
    n, ahead = shape.sizes[k], shape.delta + ("_new" if redone(k + 1, shape.frozen) else "")
    slope, delta = _vector("dC_da_new", k, n, s), _vector(f"{shape.delta}_new", k, n, s)
    weight = "W" if "W" in shape.frozen[k] else "W_new"
    yield from _paths(k, shape, slope, _vector(ahead, k + 1, shape.sizes[k + 1], s), weight, "paths_again")
    yield from _deltas(k, shape, slope, delta, "delta_again")
    laws = ("weight_gradient_again", "bias_gradient_again")
    yield from _gradients(k, shape, delta, ("dW_new", "db_new"), laws)


def redone(k: int, frozen: tuple[tuple[str, ...], ...]) -> bool:
    """Whether a weight ahead of layer k is updated, so that its delta through updated weights is another one."""
    return any("W" not in each for each in frozen[k:])


def _slopes(k: int, n: int, record: Activation, s: int) -> Iterator[Step]:
    z, a = _vector("z", k, n, s), _vector("a", k, n, s)
    for i in range(n):
        for j in (i,) if record.elementwise else range(n):
            index = (i + 1,) if record.elementwise else (i + 1, j + 1)
            formula = record.slope_formula(_symbols(z), _symbols(a), i, j)
            possible = (z[i], a[i], a[j]) if i != j else (z[i], a[i])
            yield _step(
                Quantity("da_dz", k, index, s),
                f"slope.{record.name}" if record.elementwise else "jacobian",
                formula,
                possible,
            )


def _step(target: Quantity, rule: str, formula: sp.Expr, possible: tuple[Quantity, ...]) -> Step:
    """A Step whose inputs are those of the possible ones that the formula mentions."""
    mentioned = formula.free_symbols
    return Step(target, rule, formula, tuple(q for q in possible if q.symbol in mentioned))


def _given(network: Network, x: np.ndarray, y: np.ndarray, quantity: Quantity) -> float:
    array = {"x": x, "y": y}.get(quantity.kind)
    if array is None:
        layer, kind = network.layers[quantity.layer - 1], quantity.kind
        if layer.batch_norm and kind == "norm_eps":
            return layer.batch_norm.eps
        array = getattr(layer if kind in ("W", "b") else layer.batch_norm, kind)
    row = (quantity.sample - 1,) if quantity.sample else ()
    return float(array[(*row, *(i - 1 for i in quantity.index))])


def _upto(n: int) -> range:
    return range(1, n + 1)


def _vector(kind: str, layer: int, n: int, s: int) -> list[Quantity]:
    return [Quantity(kind, layer, (i,), s) for i in _upto(n)]


def _symbols(quantities: list[Quantity]) -> list[sp.Symbol]:
    return [q.symbol for q in quantities]
