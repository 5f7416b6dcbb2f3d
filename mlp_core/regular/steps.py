"""The Steps of batch normalisation and dropout: samples go side by side, layer by layer, through the reduced loss."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import sympy as sp

from ..functions import add, mul
from ..quantity import Quantity
from ..steps import Derivation, Phase, Shape, Step, enter_law, enter_regular, reduced
from . import quantities  # noqa: F401  (enters their kinds)

for _law, _phase in {
    "batch_mean": Phase.FORWARD, "batch_variance": Phase.FORWARD, "normalise": Phase.FORWARD, "scale_and_shift": Phase.FORWARD,
    "dropout": Phase.FORWARD, "running": Phase.UPDATE,
    "reduced_loss_slope": Phase.BACKWARD, "reduced_fused": Phase.BACKWARD, "dropout_back": Phase.BACKWARD,
    "gamma_gradient": Phase.BACKWARD, "beta_gradient": Phase.BACKWARD, "scale_back": Phase.BACKWARD,
    "variance_gradient": Phase.BACKWARD, "mean_gradient": Phase.BACKWARD, "normalise_back": Phase.BACKWARD,
}.items():  # fmt: skip
    enter_law(_law, _phase)

_HALF = sp.Rational(1, 2)


@lru_cache(maxsize=64)
def derived(shape: Shape, batch: int, reduction: str, training: bool) -> Derivation:
    """The Steps of a batch (0: of one sample alone, which cannot train), in training or not."""
    every = _Steps(shape, batch, reduction, training)
    steps = tuple(every.all())
    made = {step.target for step in steps}
    return Derivation(steps, tuple(dict.fromkeys(q for step in steps for q in step.inputs if q not in made)))


enter_regular(derived)


class _Steps:
    def __init__(self, shape: Shape, batch: int, reduction: str, training: bool) -> None:
        if training and batch < 2 and any(norm for norm, _ in shape.regular):
            raise ValueError("training normalises over a batch: say of how many samples, batch=4")
        self.shape, self.batch, self.reduction, self.training = shape, batch, reduction, training
        self.samples = list(range(1, batch + 1)) or [0]
        self.last = len(shape.activations)
        self.whose = "reduced_" if batch else ""  # loss it is from which all goes backward: that of all samples

    def all(self) -> Iterator[Step]:
        layers = range(1, self.last + 1)
        for k in layers:
            yield from self.forward(k)
        yield from (self.loss(s) for s in self.samples)
        if self.batch:
            yield reduced(Quantity("C"), "batch_loss", self.batch, self.reduction)
        if all(activation.slope for activation in self.shape.activations):
            for k in reversed(layers):
                yield from self.backward(k)
        if self.training:
            for k in layers:
                yield from self.running(k) if self.shape.normalises(k) else ()

    def vector(self, kind: str, k: int, s: int) -> list[Quantity]:
        return [Quantity(kind, k, (i,), s) for i in range(1, self.shape.sizes[k] + 1)]

    def outputs(self, k: int, s: int) -> list[Quantity]:
        """What layer k + 1 takes of a sample."""
        dropped = k > 0 and self.training and self.shape.drops(k)
        return self.vector("a_drop" if dropped else "a" if k else "x", k, s)

    def before(self, k: int) -> str:
        """The kind that the activation of layer k takes."""
        return "z_bn" if self.shape.normalises(k) else "z"

    def statistics(self, k: int, i: int) -> tuple[Quantity, Quantity, Quantity]:
        """Mean, variance and eps of neuron i."""
        mean, var = ("mean", "var") if self.training else ("running_mean", "running_var")
        return Quantity(mean, k, (i,)), Quantity(var, k, (i,)), Quantity("norm_eps", k)

    # --- forward ---

    def forward(self, k: int) -> Iterator[Step]:
        shape, record = self.shape, self.shape.activations[k - 1]
        for s in self.samples:
            taken = self.outputs(k - 1, s)
            for z in self.vector("z", k, s):
                weights = [Quantity("W", k, (z.index[0], j)) for j in range(1, len(taken) + 1)]
                bias = shape.bias(k, z.index[0])
                offset = [bias] if bias else []
                terms = [mul(w.symbol, a.symbol) for w, a in zip(weights, taken, strict=True)]
                inputs = [q for pair in zip(weights, taken, strict=True) for q in pair]
                rule = "affine" if bias else "affine.nobias"
                yield Step(z, rule, add(*terms, *(q.symbol for q in offset)), (*inputs, *offset))
        if shape.normalises(k):
            yield from self.normalised(k)
        for s in self.samples:
            all_z = self.vector(self.before(k), k, s)
            symbols = [q.symbol for q in all_z]
            for i, a in enumerate(self.vector("a", k, s)):
                own = (all_z[i],) if record.elementwise else tuple(all_z)
                yield Step(a, f"activation.{record.name}", record.formula(symbols, i), own)
        if self.training and shape.drops(k):
            p = Quantity("p", k)
            for s in self.samples:
                for a, mask in zip(self.vector("a", k, s), self.vector("mask", k, s), strict=True):
                    yield Step(a.beside("a_drop"), "dropout", self.kept(mask, a), (mask, a, p))

    def kept(self, mask: Quantity, value: Quantity) -> sp.Expr:
        """mask value / (1 - p)."""
        p = Quantity("p", mask.layer).symbol
        return mul(mask.symbol, value.symbol, sp.Pow(add(sp.Integer(1), -p), -1, evaluate=False))

    def normalised(self, k: int) -> Iterator[Step]:
        columns = [[self.vector("z", k, s)[i] for s in self.samples] for i in range(self.shape.sizes[k])]
        for i, column in enumerate(columns, 1) if self.training else ():
            mean, var, _ = self.statistics(k, i)
            share, symbols = sp.Rational(1, len(column)), [q.symbol for q in column]
            yield Step(mean, "batch_mean", mul(share, add(*symbols)), tuple(column))
            squares = [sp.Pow(add(z, -mean.symbol), 2, evaluate=False) for z in symbols]
            yield Step(var, "batch_variance", mul(share, add(*squares)), (*column, mean))
        for i, column in enumerate(columns, 1):
            gamma, beta = Quantity("gamma", k, (i,)), Quantity("beta", k, (i,))
            mean, var, eps = self.statistics(k, i)
            for z in column:
                formula = mul(add(z.symbol, -mean.symbol), _power(var, eps, -_HALF))
                rule = "normalise" if self.training else "normalise.running"
                yield Step(z.beside("z_hat"), rule, formula, (z, mean, var, eps))
            for z in column:
                hat = z.beside("z_hat")
                formula = add(mul(gamma.symbol, hat.symbol), beta.symbol)
                yield Step(z.beside("z_bn"), "scale_and_shift", formula, (gamma, hat, beta))

    def loss(self, s: int) -> Step:
        a, y = self.vector("a", self.last, s), self.vector("y", self.last, s)
        formula = self.shape.loss.expr([q.symbol for q in a], [q.symbol for q in y])
        return Step(Quantity("C", sample=s), f"loss.{self.shape.loss.name}", formula, (*a, *y))

    def running(self, k: int) -> Iterator[Step]:
        share, n = Quantity("norm_momentum", k), self.batch
        for i in range(1, self.shape.sizes[k] + 1):
            mean, var, _ = self.statistics(k, i)
            for q, factor in ((mean, sp.Integer(1)), (var, sp.Rational(n, n - 1))):
                old = q.beside(f"running_{q.kind}")
                kept = mul(add(sp.Integer(1), -share.symbol), old.symbol)
                own = mul(share.symbol, q.symbol) if factor == 1 else mul(share.symbol, factor, q.symbol)
                yield Step(old.beside(f"{old.kind}_new"), f"running.{q.kind}", add(kept, own), (share, old, q))

    # --- backward ---

    def backward(self, k: int) -> Iterator[Step]:
        for s in self.samples:
            yield from self.signal(k, s)
        if self.shape.normalises(k):
            yield from self.through_norm(k)
        own = [step for s in self.samples for step in self.gradients(k, s)]
        yield from own
        for q in [step.target for step in own if step.target.sample == 1]:
            law = "batch_weight_gradient" if q.kind == "dW" else "batch_bias_gradient"
            yield reduced(q.of_sample(0), law, self.batch, "sum")

    def share(self, *factors: sp.Expr) -> sp.Expr:
        """A factor of a sample's own loss, as that of the reduced one."""
        mean = self.batch > 1 and self.reduction == "mean"
        return mul(sp.Rational(1, self.batch), *factors) if mean else mul(*factors)

    def signal(self, k: int, s: int) -> Iterator[Step]:
        """From the loss or the layer ahead to what the activation of layer k takes."""
        shape, record, n = self.shape, self.shape.activations[k - 1], self.shape.sizes[k]
        a, slope = self.vector("a", k, s), self.vector("dC_da", k, s)
        target = self.vector("dC_dz_bn" if shape.normalises(k) else "delta", k, s)
        fused = k == self.last and bool(shape.loss.wants)
        if fused:
            for q, out, y in zip(target, a, self.vector("y", k, s), strict=True):
                yield Step(q, f"{self.whose}fused", self.share(add(out.symbol, -y.symbol)), (out, y))
            return
        if k == self.last:
            for q, out, y in zip(slope, a, self.vector("y", k, s), strict=True):
                formula = self.share(shape.loss.slope_expr(out.symbol, y.symbol, n))
                yield Step(q, f"{self.whose}loss_slope.{shape.loss.name}", formula, (out, y))
        else:
            yield from self.from_ahead(k, s, slope)
        yield from self.slopes(k, s)
        for i, q in enumerate(target, 1):
            if record.elementwise:
                local = [Quantity("da_dz", k, (i,), s)]
                pairs = [(slope[i - 1], local[0])]
            else:
                pairs = [(each, Quantity("da_dz", k, (m, i), s)) for m, each in enumerate(slope, 1)]
            formula = add(*(mul(one.symbol, other.symbol) for one, other in pairs))
            case = ".normalised" if shape.normalises(k) else ""
            rule = f"delta{case}" if record.elementwise else "delta.jacobian"
            yield Step(q, rule, formula, tuple(x for p in pairs for x in p))

    def from_ahead(self, k: int, s: int, slope: list[Quantity]) -> Iterator[Step]:
        dropped = self.training and self.shape.drops(k)
        ahead = self.vector("delta", k + 1, s)
        for q in slope:
            weights = [Quantity("W", k + 1, (m, q.index[0])) for m in range(1, len(ahead) + 1)]
            terms = [mul(d.symbol, w.symbol) for d, w in zip(ahead, weights, strict=True)]
            inputs = tuple(x for pair in zip(ahead, weights, strict=True) for x in pair)
            target = q.beside("dC_da_drop") if dropped else q
            yield Step(target, "paths" if len(terms) > 1 else "paths.one", add(*terms), inputs)
        for q in slope if dropped else ():
            mask, through = q.beside("mask"), q.beside("dC_da_drop")
            yield Step(q, "dropout_back", self.kept(mask, through), (mask, through, Quantity("p", k)))

    def slopes(self, k: int, s: int) -> Iterator[Step]:
        record, n = self.shape.activations[k - 1], self.shape.sizes[k]
        z, a = self.vector(self.before(k), k, s), self.vector("a", k, s)
        for i in range(n):
            for j in (i,) if record.elementwise else range(n):
                formula = record.slope_formula([q.symbol for q in z], [q.symbol for q in a], i, j)
                target = Quantity("da_dz", k, (i + 1,) if record.elementwise else (i + 1, j + 1), s)
                inputs = tuple(q for q in dict.fromkeys((z[i], a[i], a[j])) if q.symbol in formula.free_symbols)
                yield Step(target, f"slope.{record.name}" if record.elementwise else "jacobian", formula, inputs)

    def through_norm(self, k: int) -> Iterator[Step]:
        """gamma and beta, and the three paths of z: its own normalised value, the variance, the mean."""
        n = len(self.samples)
        for i in range(1, self.shape.sizes[k] + 1):
            gamma, (mean, var, eps) = Quantity("gamma", k, (i,)), self.statistics(k, i)
            z = [Quantity("z", k, (i,), s) for s in self.samples]
            slope, hat, own = ([q.beside(kind) for q in z] for kind in ("dC_dz_bn", "z_hat", "dC_dz_hat"))
            products = [mul(d.symbol, h.symbol) for d, h in zip(slope, hat, strict=True)]
            pairs = tuple(x for pair in zip(slope, hat, strict=True) for x in pair)
            yield Step(gamma.beside("dgamma"), "gamma_gradient", add(*products), pairs)
            yield Step(gamma.beside("dbeta"), "beta_gradient", add(*(d.symbol for d in slope)), tuple(slope))
            for d, q in zip(slope, own, strict=True):
                yield Step(q, "scale_back", mul(d.symbol, gamma.symbol), (d, gamma))
            dvar, dmean = gamma.beside("dC_dvar"), gamma.beside("dC_dmean")
            if self.training:
                away = [add(q.symbol, -mean.symbol) for q in z]
                total = add(*(mul(d.symbol, far) for d, far in zip(own, away, strict=True)))
                formula = mul(total, -_HALF, _power(var, eps, sp.Rational(-3, 2)))
                yield Step(dvar, "variance_gradient", formula, (*own, *z, mean, var, eps))
                formula = mul(sp.Integer(-1), add(*(d.symbol for d in own)), _power(var, eps, -_HALF))
                yield Step(dmean, "mean_gradient", formula, (*own, var, eps))
            for q, d in zip(z, own, strict=True):
                straight = mul(d.symbol, _power(var, eps, -_HALF))
                if not self.training:
                    yield Step(q.beside("delta"), "normalise_back.running", straight, (d, var, eps))
                    continue
                by_variance = mul(dvar.symbol, sp.Rational(2, n), add(q.symbol, -mean.symbol))
                by_mean = mul(sp.Rational(1, n), dmean.symbol)
                inputs = (d, var, eps, dvar, q, mean, dmean)
                yield Step(q.beside("delta"), "normalise_back", add(straight, by_variance, by_mean), inputs)

    def gradients(self, k: int, s: int) -> Iterator[Step]:
        delta, taken = self.vector("delta", k, s), self.outputs(k - 1, s)
        for i, d in enumerate(delta, 1):
            for j, source in enumerate(taken, 1):
                yield Step(Quantity("dW", k, (i, j), s), "weight_gradient", mul(d.symbol, source.symbol), (d, source))
            if self.shape.biases[k - 1] == len(delta):
                yield Step(Quantity("db", k, (i,), s), "bias_gradient", d.symbol, (d,))
        if k in self.shape.shared:
            terms = add(*(d.symbol for d in delta))
            yield Step(Quantity("db", k, (1,), s), "bias_gradient.shared", terms, tuple(delta))


def _power(var: Quantity, eps: Quantity, exponent: sp.Rational) -> sp.Expr:
    """A power of var + eps."""
    return sp.Pow(add(var.symbol, eps.symbol), exponent, evaluate=False)
