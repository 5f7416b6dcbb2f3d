"""The ordered steps of forward pass, loss and backward pass: each a formula about earlier numbers.

SymPy is asked for local formulas only (affine, activation, loss); the chain rule stays visible as a product of named
factors. Nothing here depends on numbers, so derivations are cached by the shape of the network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import sympy as sp

from .engine import samples
from .functions import ACTIVATIONS, LOSSES, Activation, Loss, add, mul
from .network import Network, NonFinite, expect, is_whole
from .quantity import Quantity
from .writing.latex import write
from .writing.names import NOTES

_ONE = sp.Integer(1)
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

    @property
    def law(self) -> str:
        """The rule without its case."""
        return self.rule.partition(".")[0]

    @property
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
    """All Steps of one sample, in order; ``derivation[target]`` is the step of that quantity."""

    steps: tuple[Step, ...]
    given: tuple[Quantity, ...]

    @cached_property
    def _position(self) -> dict[Quantity, int]:
        return {step.target: i for i, step in enumerate(self.steps)}

    def __getitem__(self, target: Quantity) -> Step:
        return self.steps[self.position(target)]

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
        return tuple(step for step in self.steps if step.phase in phases)

    def evaluate(self, network: Network, x: Any, y: Any, digits: int = 30) -> dict[Quantity, sp.Float]:
        """Every quantity by SymPy alone, from x (n_in,), y (n_out,), W and b: the engine's arithmetic has no part in it.

        Precision grows with |z|, so that a saturated activation keeps the digits that ``log(1 - a)`` needs; NonFinite where
        that would take too many. The factors of a fused delta are left out where they are not finite.
        """
        x, y = samples(network, x, y)
        if x.ndim != 1:
            raise ValueError(f"a derivation is of one sample: x must have shape ({network.sizes[0]},), not {x.shape}")
        if derive(network).given != self.given:
            raise ValueError("this derivation is of a network of another shape")
        if not is_whole(digits) or not 1 <= digits <= MAX_DIGITS:
            raise ValueError(f"digits must be a whole number from 1 to {MAX_DIGITS}, not {str(digits)[:60]!r}")
        values: dict[Quantity, Any] = {q: _given(network, x, y, q) for q in self.given}
        for step in self.steps:
            if step.law == "activation" and step.formula.has(sp.exp, sp.tanh):
                digits = max(digits, 30 + int(abs(values[Quantity("z", *_at(step.target))]) * 0.87))
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


def derive(network: Network) -> Derivation:
    """The Steps of one sample through ``network``: forward, loss and backward, in the order they are computed.

    A network with a step function has no gradient, so its derivation ends with the loss. Frozen parameters keep their
    gradient steps.
    """
    expect(network, Network, "network")
    return _derive(
        network.sizes,
        tuple(ACTIVATIONS[layer.activation] for layer in network.layers),
        tuple(layer.b is not None for layer in network.layers),
        LOSSES[network.loss],
    )


@lru_cache(maxsize=32)
def _derive(
    sizes: tuple[int, ...], activations: tuple[Activation, ...], biases: tuple[bool, ...], loss: Loss
) -> Derivation:
    last = len(activations)
    given = [Quantity("x", 0, (i,)) for i in _upto(sizes[0])]
    steps: list[Step] = []
    for k in _upto(last):
        given += [Quantity("W", k, (i, j)) for i in _upto(sizes[k]) for j in _upto(sizes[k - 1])]
        given += [Quantity("b", k, (i,)) for i in _upto(sizes[k]) if biases[k - 1]]
        steps += _forward(k, sizes, activations[k - 1], biases[k - 1])
    given += [Quantity("y", last, (i,)) for i in _upto(sizes[-1])]
    steps.append(_loss(last, sizes[-1], loss))
    if all(activation.slope for activation in activations):
        for k in range(last, 0, -1):
            steps += _backward(k, sizes, activations[k - 1], biases[k - 1], loss if k == last else None)
    return Derivation(tuple(steps), tuple(given))


def _forward(k: int, sizes: tuple[int, ...], activation: Activation, bias: bool) -> Iterator[Step]:
    before, z = _vector("a" if k > 1 else "x", k - 1, sizes[k - 1]), _vector("z", k, sizes[k])
    for i in _upto(sizes[k]):
        weights = [Quantity("W", k, (i, j)) for j in _upto(sizes[k - 1])]
        offset = [Quantity("b", k, (i,))] if bias else []
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
        yield Step(Quantity("a", k, (i,)), f"activation.{activation.name}", formula, inputs)


def _loss(last: int, n: int, loss: Loss) -> Step:
    a, y = _vector("a", last, n), _vector("y", last, n)
    return Step(Quantity("C"), f"loss.{loss.name}", loss.expr(_symbols(a), _symbols(y)), (*a, *y))


def _backward(
    k: int, sizes: tuple[int, ...], activation: Activation, bias: bool, loss: Loss | None
) -> Iterator[Step]:
    """The backward steps of layer k; ``loss`` is the loss when it is the last layer, else None."""
    n, fused = sizes[k], bool(loss and loss.wants)
    a, y, slope, delta = (_vector(kind, k, n) for kind in ("a", "y", "dC_da", "delta"))
    for i in range(n):
        if loss:
            formula = loss.slope_expr(a[i].symbol, y[i].symbol, n)
            yield _step(slope[i], f"loss_slope.{loss.name}", formula, (a[i], y[i]))
        else:
            ahead = _vector("delta", k + 1, sizes[k + 1])
            weights = [Quantity("W", k + 1, (m, i + 1)) for m in _upto(sizes[k + 1])]
            terms = [mul(d.symbol, w.symbol) for d, w in zip(ahead, weights, strict=True)]
            rule = "paths" if len(terms) > 1 else "paths.one"
            yield Step(slope[i], rule, add(*terms), tuple(q for p in zip(ahead, weights, strict=True) for q in p))
    yield from _slopes(k, n, activation)
    for i in range(n):
        if fused:
            yield Step(delta[i], "fused", add(a[i].symbol, -y[i].symbol), (a[i], y[i]))
        elif activation.elementwise:
            local = Quantity("da_dz", k, (i + 1,))
            yield Step(delta[i], "delta", mul(slope[i].symbol, local.symbol), (slope[i], local))
        else:
            column = [Quantity("da_dz", k, (m, i + 1)) for m in _upto(n)]
            terms = [mul(s.symbol, d.symbol) for s, d in zip(slope, column, strict=True)]
            yield Step(
                delta[i], "delta.jacobian", add(*terms), tuple(q for p in zip(slope, column, strict=True) for q in p)
            )
    before = _vector("a" if k > 1 else "x", k - 1, sizes[k - 1])
    weight_rule = "weight_gradient" if activation.elementwise and not fused else "weight_gradient.fused"
    for i in range(n):
        for j, source in enumerate(before, 1):
            product = mul(delta[i].symbol, source.symbol)
            yield Step(Quantity("dW", k, (i + 1, j)), weight_rule, product, (delta[i], source))
        if bias:
            yield Step(Quantity("db", k, (i + 1,)), "bias_gradient", delta[i].symbol, (delta[i],))


def _slopes(k: int, n: int, record: Activation) -> Iterator[Step]:
    z, a = _vector("z", k, n), _vector("a", k, n)
    for i in range(n):
        for j in (i,) if record.elementwise else range(n):
            index = (i + 1,) if record.elementwise else (i + 1, j + 1)
            formula = record.slope_formula(_symbols(z), _symbols(a), i, j)
            possible = (z[i], a[i], a[j]) if i != j else (z[i], a[i])
            yield _step(
                Quantity("da_dz", k, index),
                f"slope.{record.name}" if record.elementwise else "jacobian",
                formula,
                possible,
            )


def _step(target: Quantity, rule: str, formula: sp.Expr, possible: tuple[Quantity, ...]) -> Step:
    """A Step whose inputs are those of the possible ones that the formula mentions."""
    mentioned = formula.free_symbols
    return Step(target, rule, formula, tuple(q for q in possible if q.symbol in mentioned))


def unfold(network: Network, step: Step) -> tuple[sp.Expr, list[sp.Expr], sp.Symbol] | None:
    """How SymPy gets the local derivative of a backward step: a function, the forms of its derivative, and the variable.

    The activation for a slope, the loss for dC/da, the affine sum for a gradient or a path. SymPy differentiates the
    function, the last form is what the step uses, and SymPy confirms that the two are equal (ArithmeticError when not).
    None for a step that has no local derivative of its own.
    """
    local = _local(network, step)
    if local is None:
        return None
    function, variable, written = local
    derivative = sp.diff(function.doit(), variable)
    if not _equal(derivative, written[0]):
        raise ArithmeticError(f"{step.target}: SymPy gives {derivative}, the step says {written[0]}")
    forms = [derivative]
    for form in written:
        if str(form) != str(forms[-1]):
            forms.append(form)
    return function, forms, variable


def _local(network: Network, step: Step) -> tuple[sp.Expr, sp.Symbol, list[sp.Expr]] | None:
    """The function, the variable, and how the step writes the derivative: first in symbols of the function alone."""
    derivation, k, index = derive(network), step.target.layer, step.target.index
    if step.law == "loss_slope":
        return derivation[Quantity("C")].formula, Quantity("a", k, index).symbol, [step.formula]
    if step.law in ("slope", "jacobian"):
        record, i, j = ACTIVATIONS[network.layers[k - 1].activation], index[0] - 1, index[-1] - 1
        z = _symbols(_vector("z", k, network.sizes[k]))
        in_place = record.slope_formula(z, [record.formula(z, m) for m in range(len(z))], i, j)
        return record.formula(z, i), z[j], [in_place, step.formula]
    if step.law in ("weight_gradient", "bias_gradient"):
        parameter, source = step.target.beside(step.target.parameter), step.inputs[1:]
        return derivation[Quantity("z", k, index[:1])].formula, parameter.symbol, [source[0].symbol if source else _ONE]
    if step.law == "paths":
        weight = step.inputs[1]
        return (
            derivation[Quantity("z", k + 1, weight.index[:1])].formula,
            Quantity("a", k, index).symbol,
            [weight.symbol],
        )
    return None


@lru_cache(maxsize=256)
def _equal(one: sp.Expr, other: sp.Expr) -> bool:
    return bool(sp.simplify((one - other).doit()) == 0)


def _given(network: Network, x: np.ndarray, y: np.ndarray, quantity: Quantity) -> float:
    array = {"x": x, "y": y}.get(quantity.kind)
    if array is None:
        array = getattr(network.layers[quantity.layer - 1], quantity.kind)
    return float(array[tuple(i - 1 for i in quantity.index)])


def _at(quantity: Quantity) -> tuple[int, tuple[int, ...]]:
    return quantity.layer, quantity.index


def _upto(n: int) -> range:
    return range(1, n + 1)


def _vector(kind: str, layer: int, n: int) -> list[Quantity]:
    return [Quantity(kind, layer, (i,)) for i in _upto(n)]


def _symbols(quantities: list[Quantity]) -> list[sp.Symbol]:
    return [q.symbol for q in quantities]
