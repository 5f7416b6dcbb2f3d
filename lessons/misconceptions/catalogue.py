"""The catalogue of misconceptions: each a wrong formula for the same target, written down once, for every law it spoils.

A rule yields the formulas that a person with that misconception would use, the likeliest first. They depend on the shape
of the network alone, so a Frame keeps them, compiled, for all networks of that shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy as sp

from mlp_core import Network, Optimiser, Quantity, Step, derive
from mlp_core.functions import ACTIVATIONS, add, mul
from mlp_core.kinds import KINDS

ROUNDED = "rounded_early"  # the one without a formula of its own: the right one, with numbers rounded on the way
LOOKALIKES = {
    "identity": "sigmoid", "sigmoid": "tanh", "tanh": "sigmoid", "relu": "leaky_relu", "leaky_relu": "relu",
    "softplus": "relu", "softmax": "sigmoid",
}  # fmt: skip
"""The activation that is taken by mistake."""
MAX_FRAMES = 64


class Frame:
    """All Steps of a network of one shape and of one update of it, and the slips of each."""

    def __init__(self, network: Network, optimiser: Optimiser | None) -> None:
        self.derivation = derive(network)
        self.update = optimiser.derive(network) if optimiser else ()
        self.sizes, self.loss = network.sizes, network.loss
        self.activations = tuple(layer.activation for layer in network.layers)
        self.steps = {step.target: step for step in (*self.derivation, *self.update)}
        self._compiled: dict[Quantity, Compiled] = {}

    @cached_property
    def quantities(self) -> dict[sp.Symbol, Quantity]:
        """Symbol to address, of everything there is."""
        every = {q for step in self.steps.values() for q in (step.target, *step.inputs)}
        return {q.symbol: q for q in every.union(self.derivation.given)}

    def compiled(self, target: Quantity) -> Compiled:
        """The right formula of ``target`` and the wrong ones, ready for numbers."""
        if target not in self._compiled:
            self._compiled[target] = Compiled(self, self.steps[target])
        return self._compiled[target]


_FRAMES: dict[tuple, Frame] = {}


def frame_of(network: Network, optimiser: Optimiser | None = None) -> Frame:
    """The frame of a network's shape, kept for the next network of that shape."""
    layers = tuple((layer.W.shape, layer.b is not None, layer.activation, layer.frozen) for layer in network.layers)
    key = (layers, network.loss, optimiser.key if optimiser else None)
    if key not in _FRAMES:
        if len(_FRAMES) >= MAX_FRAMES:
            _FRAMES.clear()
        _FRAMES[key] = Frame(network, optimiser)
    return _FRAMES[key]


@dataclass(frozen=True)
class Place:
    """Where a question stands: the step asked, in its frame. What the rules below are written in."""

    frame: Frame
    step: Step

    @property
    def formula(self) -> sp.Expr:
        """The right formula."""
        return self.step.formula

    @property
    def layer(self) -> int:
        """The layer of the target."""
        return self.step.target.layer

    @property
    def i(self) -> int:
        """The first index of the target: its neuron."""
        return self.step.target.index[0]

    @property
    def j(self) -> int:
        """The last index of the target: for a weight, the neuron before it."""
        return self.step.target.index[-1]

    @property
    def last(self) -> int:
        """The number of layers."""
        return len(self.frame.activations)

    @property
    def rule(self) -> str:
        """The name of the layer's activation."""
        return self.frame.activations[self.layer - 1]

    def size(self, layer: int) -> int:
        """How many neurons a layer has."""
        return self.frame.sizes[layer]

    def q(self, kind: str, layer: int = 0, *index: int) -> sp.Symbol:
        """The symbol of a quantity; layers and indices are checked where the formula is compiled."""
        return Quantity(kind, layer, index).symbol

    def a(self, layer: int, j: int) -> sp.Symbol:
        """What neuron j of a layer passes on; layer 0 is the input."""
        return self.q("a" if layer else "x", layer, j)

    def swapped(self, old: str, new: Callable[[Quantity], sp.Expr | None]) -> Iterator[sp.Expr]:
        """The right formula with each input of kind ``old`` replaced; nothing where one has no replacement."""
        pairs = {q.symbol: new(q) for q in self.step.inputs if q.kind == old}
        if pairs and None not in pairs.values():
            yield self.formula.xreplace(pairs)

    def terms(self) -> list[sp.Expr]:
        """The terms of the right formula, one or more."""
        return list(self.formula.args) if self.formula.is_Add else [self.formula]

    def neighbours(self, target: Quantity) -> Iterator[Quantity]:
        """Targets of the same kind and layer whose address differs in one index."""
        for other in self.frame.steps:
            if (other.kind, other.layer) == (target.kind, target.layer):
                differing = [one != two for one, two in zip(other.index, target.index, strict=True)]
                if sum(differing) == 1:
                    yield other

    def upstream(self, weight: Callable[[int], sp.Expr], error: str = "delta") -> list[sp.Expr]:
        """The terms of the paths through the layer after this one: delta times ``weight(m)`` for each neuron m of it."""
        ahead = self.layer + 1
        return [mul(self.q(error, ahead, m), weight(m)) for m in range(1, self.size(ahead) + 1)]

    def slope(self, *of: sp.Expr) -> sp.Expr:
        """f' of this layer as a function of z alone, at ``of``, which stands for z."""
        record, z = ACTIVATIONS[self.rule], list(of)
        return record.slope_formula(z, [record.expr(each) for each in z], 0, 0)

    def update(self, name: str) -> sp.Symbol:
        """A quantity of this parameter's update: g, a slot such as m or m_prev, or a setting such as lr."""
        target = self.step.target
        if name in KINDS and KINDS[name].family == "setting":
            return self.q(name)
        kind = {"g": f"d{target.parameter}", "old": target.parameter}.get(name, f"{name}_{target.parameter}")
        return target.beside(kind).symbol


Wrong = Callable[[Place], Iterator[sp.Expr]]


@dataclass(frozen=True)
class Misconception:
    """A misconception: its name, the page that explains the matter, and the laws (or cases of them) it spoils."""

    name: str
    page: str
    wrong: dict[str, Wrong]

    def formulas(self, place: Place) -> Iterator[sp.Expr]:
        """The formulas it gives at this place, the likeliest first; none where it does not apply."""
        rule = self.wrong.get(place.step.rule) or self.wrong.get(place.step.law)
        if rule is not None:
            yield from rule(place)


CATALOGUE: dict[str, Misconception] = {}


def spoils(name: str, page: str, *laws: str) -> Callable[[Wrong], Wrong]:
    """Enter a rule in the catalogue: the misconception of this name, explained on this page, spoils these laws."""

    def enter(rule: Wrong) -> Wrong:
        CATALOGUE.setdefault(name, Misconception(name, page, {})).wrong.update(dict.fromkeys(laws, rule))
        return rule

    return enter


@dataclass(frozen=True)
class Slip:
    """A wrong formula for a target, and of which misconception it is."""

    name: str
    formula: sp.Expr


class Compiled:
    """The right formula of a step (``numbers()[0]``) and its slips, as one function of the numbers put in."""

    def __init__(self, frame: Frame, step: Step) -> None:
        self.step = step
        place, known = Place(frame, step), frame.quantities
        found = [
            Slip(name, formula)
            for name, each in CATALOGUE.items()
            for formula in each.formulas(place)
            if formula.free_symbols <= known.keys()
        ]
        self.slips = tuple(slip for slip in found if slip.formula != step.formula)
        formulas = [step.formula, *(slip.formula for slip in self.slips)]
        symbols = sorted(set().union(*(f.free_symbols for f in formulas)), key=str)
        self.inputs = tuple(known[symbol] for symbol in symbols)
        self._call = sp.lambdify(symbols, formulas, "numpy", docstring_limit=0)
        terms = step.formula.args if step.formula.is_Add else ()
        self._terms = sp.lambdify(symbols, [sp.Abs(term) for term in terms], "numpy", docstring_limit=0)

    def numbers(self, values: Mapping[Quantity, float]) -> list[float]:
        """The right number, then that of each slip; inf or nan where a formula has none."""
        with np.errstate(all="ignore"):
            return [float(v) for v in self._call(*(np.float64(values[q]) for q in self.inputs))]

    def magnitude(self, values: Mapping[Quantity, float]) -> float:
        """How large the terms of the right formula are together: what its rounding errors are measured by."""
        with np.errstate(all="ignore"):
            return float(sum(self._terms(*(np.float64(values[q]) for q in self.inputs))))


def _others(n: int, i: int) -> Iterator[int]:
    return (m for m in range(1, n + 1) if m != i)


def _minus(formula: sp.Expr) -> sp.Expr:
    return mul(sp.Integer(-1), formula)


# Forward


@spoils("bias_left_out", "forward", "affine")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.step.inputs[-1].kind == "b":
        yield add(*p.formula.args[:-1])


@spoils("transposed", "forward", "affine")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.size(p.layer) == p.size(p.layer - 1) > 1:
        yield from p.swapped("W", lambda w: p.q("W", w.layer, *reversed(w.index)))


@spoils("wrong_neuron", "forward", "affine")
def _(p: Place) -> Iterator[sp.Expr]:
    for other in _others(p.size(p.layer), p.i):
        yield p.formula.xreplace({w.symbol: p.q("W", w.layer, other, w.index[1]) for w in p.step.inputs if w.kind == "W"})


@spoils("input_instead_of_activation", "forward", "affine", "weight_gradient")
def _(p: Place) -> Iterator[sp.Expr]:
    yield from p.swapped("a", lambda a: p.q("x", 0, *a.index) if a.index[0] <= p.size(0) else None)


@spoils("z_instead_of_a", "forward", "affine", "loss", "loss_slope", "fused", "slope", "jacobian", "weight_gradient")
def _(p: Place) -> Iterator[sp.Expr]:
    yield from p.swapped("a", lambda a: p.q("z", a.layer, *a.index))


@spoils("sign_slip", "forward", "affine", "paths", "delta.jacobian")
def _(p: Place) -> Iterator[sp.Expr]:
    terms = p.terms()
    for n, term in enumerate(terms):
        yield add(*terms[:n], _minus(term), *terms[n + 1 :])


@spoils("activation_left_out", "forward", "activation")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.q("z", p.layer, p.i)


@spoils("exponent_sign", "forward", "activation.sigmoid", "activation.softplus", "activation.softmax")
def _(p: Place) -> Iterator[sp.Expr]:
    yield from p.swapped("z", lambda z: -z.symbol)


@spoils("wrong_activation", "forward", "activation")
def _(p: Place) -> Iterator[sp.Expr]:
    yield ACTIVATIONS[LOOKALIKES[p.rule]].expr(p.q("z", p.layer, p.i))


@spoils("wrong_activation", "backward", "slope")
def _(p: Place) -> Iterator[sp.Expr]:
    record = ACTIVATIONS[LOOKALIKES[p.rule]]
    if p.rule != "identity" and record.slope_expr:
        yield record.slope_expr(p.q("z", p.layer, p.i), p.q("a", p.layer, p.i))


@spoils("derivative_instead", "forward", "activation")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.rule not in ("identity", "softmax"):
        yield p.slope(p.q("z", p.layer, p.i))


@spoils("not_normalised", "forward", "activation.softmax")
def _(p: Place) -> Iterator[sp.Expr]:
    yield sp.exp(p.q("z", p.layer, p.i))


# Loss


@spoils("square_left_out", "loss", "loss.squared_error", "loss.half_squared_error", "loss.mean_squared_error")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.formula.replace(lambda e: e.is_Pow and e.exp == 2, lambda e: e.base)


@spoils("loss_constant", "loss", "loss.squared_error", "loss.half_squared_error", "loss.mean_squared_error")
def _(p: Place) -> Iterator[sp.Expr]:
    n, half = p.size(p.last), sp.Rational(1, 2)
    for factor in {
        "squared_error": [half, sp.Rational(1, n)],
        "half_squared_error": [sp.Integer(2), sp.Rational(2, n)],
        "mean_squared_error": [sp.Integer(n), sp.Rational(n, 2)],
    }[p.frame.loss]:
        if factor != 1:
            yield mul(factor, p.formula)


@spoils("minus_lost", "loss", "loss.binary_cross_entropy", "loss.cross_entropy")
def _(p: Place) -> Iterator[sp.Expr]:
    yield _minus(p.formula)


@spoils("log_base_ten", "loss", "loss.binary_cross_entropy", "loss.cross_entropy")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.formula / sp.log(10)
    yield p.formula / sp.log(2)


@spoils("one_output", "loss", "loss")
def _(p: Place) -> Iterator[sp.Expr]:
    n = p.size(p.last)
    for i in range(1, n + 1) if n > 1 else ():
        yield p.formula.xreplace({term: sp.Integer(0) for term in _parts(p.formula) if _misses(term, p, i)})


@spoils("squared_sum", "loss", "loss.squared_error", "loss.half_squared_error", "loss.mean_squared_error")
def _(p: Place) -> Iterator[sp.Expr]:
    squares = _parts(p.formula)
    if len(squares) > 1:
        whole = next(e for e in sp.preorder_traversal(p.formula) if e.is_Add and e.args[0] == squares[0])
        yield p.formula.xreplace({whole: sp.Pow(add(*(square.base for square in squares)), 2)})


def _parts(formula: sp.Expr) -> list[sp.Expr]:
    """The terms of a loss, one an output, without the constant before their sum."""
    if formula.is_Mul and any(arg.is_Add for arg in formula.args) and formula.args[0].is_Rational:
        formula = next(arg for arg in formula.args if arg.is_Add)
    return list(formula.args) if formula.is_Add else [formula]


def _misses(term: sp.Expr, p: Place, i: int) -> bool:
    return p.q("a", p.last, i) not in term.free_symbols


# Backward: the loss's slope


@spoils("factor_two_lost", "backward", "loss_slope.squared_error", "loss_slope.mean_squared_error")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.formula / 2


@spoils("factor_two_lost", "backward", "delta", "weight_gradient", "bias_gradient")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.layer == p.last and p.frame.loss in ("squared_error", "mean_squared_error"):
        yield p.formula / 2


@spoils("factor_two_twice", "backward", "loss_slope.squared_error", "loss_slope.mean_squared_error")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.formula * 2


@spoils("factor_two_twice", "backward", "delta", "weight_gradient", "bias_gradient")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.layer == p.last and p.frame.loss in ("squared_error", "mean_squared_error"):
        yield p.formula * 2


@spoils("factor_two_added", "backward", "loss_slope.half_squared_error", "fused")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.formula * 2


@spoils("difference_reversed", "backward", "loss_slope", "fused")
def _(p: Place) -> Iterator[sp.Expr]:
    yield _minus(p.formula)


@spoils("difference_reversed", "backward", "delta", "delta.jacobian", "weight_gradient", "bias_gradient")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.layer == p.last:
        yield _minus(p.formula)


@spoils("mean_left_out", "backward", "loss_slope.mean_squared_error")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.size(p.last) > 1:
        yield p.formula * p.size(p.last)


@spoils("not_differentiated", "backward", "loss_slope")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.q("C")


@spoils("fused_too_early", "backward", "loss_slope.binary_cross_entropy", "loss_slope.cross_entropy")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.q("a", p.layer, p.i) - p.q("y", p.layer, p.i)


@spoils("slope_in_fused", "backward", "fused")
def _(p: Place) -> Iterator[sp.Expr]:
    a = p.q("a", p.layer, p.i)
    yield mul(p.formula, a, 1 - a)


@spoils("target_left_out", "backward", "fused", "loss_slope.squared_error", "loss_slope.half_squared_error")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.formula.xreplace({p.q("y", p.layer, p.i): sp.Integer(0)})


# Backward: the activation's slope


@spoils("slope_at_a", "backward", "slope")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.slope(p.q("a", p.layer, p.i))


@spoils("slope_at_a", "backward", "delta")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.step.rule == "delta":
        yield mul(p.q("dC_da", p.layer, p.i), p.slope(p.q("a", p.layer, p.i)))


@spoils("slope_plus", "backward", "slope.sigmoid", "slope.tanh", "jacobian")
def _(p: Place) -> Iterator[sp.Expr]:
    a = p.q("a", p.layer, p.i)
    if p.rule == "softmax" and p.i != p.j:
        yield _minus(p.formula)
    else:
        yield 1 + a**2 if p.rule == "tanh" else a * (1 + a)


@spoils("square_left_out", "backward", "slope.tanh")
def _(p: Place) -> Iterator[sp.Expr]:
    yield 1 - p.q("a", p.layer, p.i)


@spoils("factor_dropped", "backward", "slope.sigmoid")
def _(p: Place) -> Iterator[sp.Expr]:
    a = p.q("a", p.layer, p.i)
    yield a
    yield 1 - a


@spoils("slope_left_out", "backward", "slope")
def _(p: Place) -> Iterator[sp.Expr]:
    yield sp.Integer(1)


@spoils("softmax_elementwise", "backward", "jacobian")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.i != p.j:
        yield sp.Integer(0)
        yield mul(p.q("a", p.layer, p.i), 1 - p.q("a", p.layer, p.i))


@spoils("softmax_elementwise", "backward", "delta.jacobian")
def _(p: Place) -> Iterator[sp.Expr]:
    yield mul(p.q("dC_da", p.layer, p.i), p.q("da_dz", p.layer, p.i, p.i))


@spoils("jacobian_case", "backward", "jacobian")
def _(p: Place) -> Iterator[sp.Expr]:
    i, j = p.q("a", p.layer, p.i), p.q("a", p.layer, p.j)
    yield -i * i if p.i == p.j else i * (1 - j)


# Backward: chain rule


@spoils("slope_left_out", "backward", "delta", "delta.jacobian")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.q("dC_da", p.layer, p.i)


@spoils("slope_left_out", "backward", "paths")
def _(p: Place) -> Iterator[sp.Expr]:
    yield add(*p.upstream(_weights_from(p, p.i), "dC_da"))


@spoils("slope_left_out", "backward", "weight_gradient", "bias_gradient")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.step.rule != "weight_gradient.fused":
        yield from p.swapped("delta", lambda d: p.q("dC_da", d.layer, *d.index))


@spoils("slope_twice", "backward", "delta")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.step.rule == "delta":
        yield mul(p.formula, p.q("da_dz", p.layer, p.i))


@spoils("factors_added", "backward", "delta", "weight_gradient")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.formula.is_Mul:
        yield add(*p.formula.args)


@spoils("upstream_weight_left_out", "backward", "paths", "delta", "weight_gradient", "bias_gradient")
def _(p: Place) -> Iterator[sp.Expr]:
    yield from _spoiled_paths(p, p.upstream(lambda m: sp.Integer(1)) if p.layer < p.last else [])


@spoils("one_path", "backward", "paths", "delta")
def _(p: Place) -> Iterator[sp.Expr]:
    terms = p.upstream(_weights_from(p, p.i)) if p.layer < p.last else []
    for term in terms if len(terms) > 1 else ():
        yield from _spoiled_paths(p, [term])


@spoils("updated_weights", "backward", "paths", "delta", "weight_gradient", "bias_gradient")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.layer < p.last:
        yield from _spoiled_paths(p, p.upstream(lambda m: p.q("W_new", p.layer + 1, m, p.i)))


@spoils("transposed", "backward", "paths", "delta")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.layer < p.last and p.size(p.layer) == p.size(p.layer + 1) > 1:
        yield from _spoiled_paths(p, p.upstream(lambda m: p.q("W", p.layer + 1, p.i, m)))


@spoils("wrong_neuron", "backward", "paths", "delta")
def _(p: Place) -> Iterator[sp.Expr]:
    for other in _others(p.size(p.layer), p.i) if p.layer < p.last else ():
        yield from _spoiled_paths(p, p.upstream(_weights_from(p, other)))


def _weights_from(p: Place, neuron: int) -> Callable[[int], sp.Expr]:
    return lambda m: p.q("W", p.layer + 1, m, neuron)


@spoils("activation_instead_of_weight", "backward", "paths")
def _(p: Place) -> Iterator[sp.Expr]:
    yield add(*p.upstream(lambda m: p.q("a", p.layer, p.i)))


def _spoiled_paths(p: Place, terms: list[sp.Expr]) -> Iterator[sp.Expr]:
    """What becomes of the target when dC/da of its hidden neuron is the sum of ``terms``."""
    if not terms:
        return
    slope, i = add(*terms), p.i
    if p.step.law == "paths":
        yield slope
    elif p.rule != "softmax":
        delta = mul(slope, p.q("da_dz", p.layer, i))
        yield delta if p.step.law in ("delta", "bias_gradient") else mul(delta, p.a(p.layer - 1, p.j))


@spoils("own_activation", "backward", "weight_gradient")
def _(p: Place) -> Iterator[sp.Expr]:
    yield mul(p.q("delta", p.layer, p.i), p.q("a", p.layer, p.i))


@spoils("last_factor_left_out", "backward", "weight_gradient")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.q("delta", p.layer, p.i)


@spoils("weight_instead_of_activation", "backward", "weight_gradient")
def _(p: Place) -> Iterator[sp.Expr]:
    yield mul(p.q("delta", p.layer, p.i), p.q("W", p.layer, p.i, p.j))


@spoils("bias_gradient_zero", "backward", "bias_gradient")
def _(p: Place) -> Iterator[sp.Expr]:
    yield sp.Integer(0)


@spoils("bias_gradient_is_bias", "backward", "bias_gradient")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.q("b", p.layer, p.i)
    yield mul(p.formula, p.q("b", p.layer, p.i))


@spoils("bias_has_input", "backward", "bias_gradient")
def _(p: Place) -> Iterator[sp.Expr]:
    for j in range(1, p.size(p.layer - 1) + 1):
        yield mul(p.formula, p.a(p.layer - 1, j))


@spoils("sign_slip", "backward", "delta", "weight_gradient", "bias_gradient")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.layer < p.last:
        yield _minus(p.formula)


# Update


@spoils("ascent", "update", "SGD", "RMSprop.step", "Adam.step", "Momentum.step")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.step.target.slot == "step":
        yield _minus(p.formula)


@spoils("ascent", "update", "apply")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.update("old") - p.update("step")


@spoils("momentum_sign", "update", "Momentum.v")
def _(p: Place) -> Iterator[sp.Expr]:
    kept, moved = p.update("momentum") * p.update("v_prev"), p.update("lr") * p.update("g")
    yield kept + moved
    yield -kept - moved


@spoils("velocity_forgotten", "update", "Momentum.v")
def _(p: Place) -> Iterator[sp.Expr]:
    yield -p.update("lr") * p.update("g")


@spoils("momentum_averaged", "update", "Momentum.v")
def _(p: Place) -> Iterator[sp.Expr]:
    mu = p.update("momentum")
    yield mu * p.update("v_prev") - (1 - mu) * p.update("lr") * p.update("g")


@spoils("lr_missing", "update", "SGD", "RMSprop.step", "Adam.step", "Momentum.v")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.formula.xreplace({p.update("lr"): sp.Integer(1)})


@spoils("lr_missing", "update", "apply")
def _(p: Place) -> Iterator[sp.Expr]:
    if _optimiser(p) != "Momentum":
        yield p.update("old") + p.update("step") / p.update("lr")


@spoils("lr_twice", "update", "SGD", "RMSprop.step", "Adam.step", "Momentum.v")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.formula.xreplace({p.update("lr"): p.update("lr") ** 2})


@spoils("lr_twice", "update", "Momentum.step", "apply")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.formula.xreplace({q.symbol: p.update("lr") * q.symbol for q in p.step.inputs if q.family == "optimiser"})


@spoils("square_left_out", "update", "RMSprop.v", "Adam.v")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.formula.xreplace({p.update("g") ** 2: p.update("g")})


@spoils("rates_swapped", "update", "RMSprop.v", "Adam.v", "Adam.m")
def _(p: Place) -> Iterator[sp.Expr]:
    rate = _rate(p)
    yield p.formula.xreplace({rate: 1 - rate}).doit()


@spoils("one_minus_left_out", "update", "RMSprop.v", "Adam.v", "Adam.m")
def _(p: Place) -> Iterator[sp.Expr]:
    kept, fresh = p.terms()
    yield kept + fresh / (1 - _rate(p))


@spoils("betas_swapped", "update", "Adam.m", "Adam.v", "Adam.m_hat", "Adam.v_hat")
def _(p: Place) -> Iterator[sp.Expr]:
    one, two = p.update("beta1"), p.update("beta2")
    yield p.formula.xreplace({one: two, two: one})


@spoils("m_v_swapped", "update", "Adam.m", "Adam.v", "Adam.m_hat", "Adam.v_hat")
def _(p: Place) -> Iterator[sp.Expr]:
    slot = p.step.rule.removeprefix("Adam.")
    yield p.update(slot.translate(str.maketrans("mv", "vm")))


@spoils("m_v_swapped", "update", "Adam.step")
def _(p: Place) -> Iterator[sp.Expr]:
    m, v = _moments(p)
    yield p.formula.xreplace({m: v, v: m})


@spoils("no_bias_correction", "update", "Adam.m_hat", "Adam.v_hat")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.update(p.step.rule[len("Adam.")])


@spoils("no_bias_correction", "update", "Adam.step")
def _(p: Place) -> Iterator[sp.Expr]:
    m, v = _moments(p)
    yield p.formula.xreplace({m: p.update("m"), v: p.update("v")})


@spoils("no_bias_correction", "update", "apply")
def _(p: Place) -> Iterator[sp.Expr]:
    if _optimiser(p) == "Adam":
        made = p.frame.steps[_step_of(p)]
        m, v = _moments(Place(p.frame, made))
        if m != p.update("m"):
            yield p.update("old") + made.formula.xreplace({m: p.update("m"), v: p.update("v")})


@spoils("correction_multiplied", "update", "Adam.m_hat", "Adam.v_hat")
def _(p: Place) -> Iterator[sp.Expr]:
    moment = p.update(p.step.rule[len("Adam.")])
    yield moment**2 / p.formula


@spoils("t_left_out", "update", "Adam.m_hat", "Adam.v_hat")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.formula.xreplace({p.update("t"): sp.Integer(1)})


@spoils("epsilon_placed", "update", "RMSprop.step", "Adam.step")
def _(p: Place) -> Iterator[sp.Expr]:
    m, v = _moments(p)
    eps = p.update("eps")
    inside = sp.sqrt(v + eps) if not p.formula.has(sp.sqrt(v + eps)) else sp.sqrt(v) + eps
    yield -p.update("lr") * m / inside


@spoils("root_left_out", "update", "RMSprop.step", "Adam.step")
def _(p: Place) -> Iterator[sp.Expr]:
    m, v = _moments(p)
    yield -p.update("lr") * m / (v + p.update("eps"))


@spoils("division_left_out", "update", "RMSprop.step", "Adam.step")
def _(p: Place) -> Iterator[sp.Expr]:
    yield -p.update("lr") * _moments(p)[0]


@spoils("division_left_out", "update", "apply")
def _(p: Place) -> Iterator[sp.Expr]:
    if _optimiser(p) in ("RMSprop", "Adam"):
        yield p.update("old") - p.update("lr") * _moments(Place(p.frame, p.frame.steps[_step_of(p)]))[0]


@spoils("bias_unchanged", "update", "apply")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.step.target.parameter == "b":
        yield p.update("old")


@spoils("weight_unchanged", "update", "apply")
def _(p: Place) -> Iterator[sp.Expr]:
    if p.step.target.parameter == "W":
        yield p.update("old")


@spoils("old_left_out", "update", "apply")
def _(p: Place) -> Iterator[sp.Expr]:
    yield p.update("step")


@spoils("neighbour", "start", "affine", "activation", "slope", "delta", "fused", "weight_gradient", "bias_gradient",
        "loss_slope", "SGD", "Momentum", "RMSprop", "Adam", "apply")  # fmt: skip
def _(p: Place) -> Iterator[sp.Expr]:
    for other in p.neighbours(p.step.target):
        yield other.symbol


def _step_of(p: Place) -> Quantity:
    return p.step.target.beside(f"step_{p.step.target.parameter}")


def _optimiser(p: Place) -> str:
    """The optimiser whose step is applied at this place."""
    return p.frame.steps[_step_of(p)].law


def _rate(p: Place) -> sp.Symbol:
    return p.update({"RMSprop.v": "rho", "Adam.m": "beta1", "Adam.v": "beta2"}[p.step.rule])


def _moments(p: Place) -> tuple[sp.Symbol, sp.Symbol]:
    """What stands above and below in the step of RMSprop or Adam."""
    if p.step.law == "RMSprop":
        return p.update("g"), p.update("v")
    hats = any(q.slot == "m_hat" for q in p.step.inputs)
    return (p.update("m_hat"), p.update("v_hat")) if hats else (p.update("m"), p.update("v"))


CATALOGUE[ROUNDED] = Misconception(ROUNDED, "forward", {})
