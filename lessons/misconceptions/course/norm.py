"""Wrong formulas of batch normalisation: statistics, normalising, its gradients. The docstring of each is the formula."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from mlp_core import Quantity
from mlp_core.functions import add, mul

from ..rule import MOST_TERMS, Place, minus, spoils

HALF = sp.Rational(1, 2)
OVER_SAMPLES = ("gamma_gradient", "beta_gradient")


# Mean and variance


@spoils("batch_mean", "batch_variance")
def samples_less_one(p: Place) -> Iterator[sp.Expr]:
    """mean = sum z / (n - 1), var = sum (z - mean)^2 / (n - 1)"""
    n = sum(q.kind == "z" for q in p.step.inputs)
    if n > 1:
        yield mul(sp.Rational(n, n - 1), p.formula)


@spoils("batch_mean", "batch_variance")
def samples_not_averaged(p: Place) -> Iterator[sp.Expr]:
    """mean = sum z, var = sum (z - mean)^2"""
    yield mul(*p.formula.args[1:])


@spoils("batch_mean")
def neurons_averaged(p: Place) -> Iterator[sp.Expr]:
    """mean = sum z / m over the m neurons of one sample: that with this neuron's number, or another"""
    neurons = range(1, p.size(p.layer) + 1)
    for s in sorted((q.sample for q in p.step.inputs), key=lambda s: s != p.i):
        every = [Quantity("z", p.layer, (m,), s).symbol for m in neurons]
        if len(every) > 1 and all(z in p.frame.quantities for z in every):
            yield mul(sp.Rational(1, len(every)), add(*every))


@spoils("batch_mean", share=0.5)
def one_sign_lost(p: Place) -> Iterator[sp.Expr]:
    """mean = (z_1 + ... - z_s + ... + z_n) / n, one of them with the other sign"""
    every = _taken(p)
    for k, z in enumerate(every[:MOST_TERMS]):
        yield mul(sp.Rational(1, len(every)), add(*every[:k], minus(z), *every[k + 1 :]))


@spoils("batch_variance", "normalise")
def mean_not_subtracted(p: Place) -> Iterator[sp.Expr]:
    """var = sum z^2 / n, z_hat = z / sqrt(var + eps)"""
    [mean] = [q.symbol for q in p.step.inputs if q.kind in ("mean", "running_mean")]
    yield p.formula.xreplace({-mean: sp.Integer(0)})


@spoils("batch_variance")
def deviation_for_variance(p: Place) -> Iterator[sp.Expr]:
    """var = sqrt(sum (z - mean)^2 / n)"""
    yield _power(p.formula, HALF)


# Normalising, scaling and shifting


@spoils("normalise")
def epsilon_left_out(p: Place) -> Iterator[sp.Expr]:
    """z_hat = (z - mean) / sqrt(var)"""
    z, mean, var, _eps = _taken(p)
    yield mul(add(z, -mean), _power(var, -HALF))


@spoils("normalise")
def epsilon_placed(p: Place) -> Iterator[sp.Expr]:
    """z_hat = (z - mean) / (sqrt(var) + eps)"""
    z, mean, var, eps = _taken(p)
    yield mul(add(z, -mean), _power(add(_power(var, HALF), eps), sp.Integer(-1)))


@spoils("normalise", "mean_gradient", "normalise_back.running")
def root_left_out(p: Place) -> Iterator[sp.Expr]:
    """z_hat = (z - mean) / (var + eps)"""
    root = next(part for part in sp.preorder_traversal(p.formula) if part.is_Pow and part.exp == -HALF)
    yield p.formula.xreplace({root: _power(root.base, sp.Integer(-1))})


@spoils("normalise.running")
def batch_statistics_later(p: Place) -> Iterator[sp.Expr]:
    """z_hat = (z - mean of the batch) / sqrt(var of the batch + eps), where the running ones belong"""
    z, _mean, _var, eps = _taken(p)
    every = [q.symbol for q in p.frame.quantities.values() if (q.kind, q.layer, q.index) == ("z", p.layer, (p.i,))]
    if len(every) > 1:
        share = sp.Rational(1, len(every))
        mean = mul(share, add(*every))
        var = mul(share, add(*(_power(add(each, -mean), sp.Integer(2)) for each in every)))
        yield mul(add(z, -mean), _power(add(var, eps), -HALF))


@spoils("normalise")
def running_statistics_early(p: Place) -> Iterator[sp.Expr]:
    """z_hat = (z - running mean) / sqrt(running var + eps), where the batch's own belong"""
    z, mean, _var, eps = _taken(p)
    running = [Quantity(kind, p.layer, (p.i,)).symbol for kind in ("running_mean", "running_var")]
    if mean != running[0] and all(symbol in p.frame.quantities for symbol in running):
        yield mul(add(z, -running[0]), _power(add(running[1], eps), -HALF))


@spoils("scale_and_shift")
def shift_before_scale(p: Place) -> Iterator[sp.Expr]:
    """u = gamma (z_hat + beta)"""
    gamma, hat, beta = _taken(p)
    yield mul(gamma, add(hat, beta))


@spoils("scale_and_shift", "scale_back")
def gamma_left_out(p: Place) -> Iterator[sp.Expr]:
    """u = z_hat + beta, dC/dz_hat = dC/du"""
    gamma = next(q.symbol for q in p.step.inputs if q.kind == "gamma")
    yield p.formula.xreplace({gamma: sp.Integer(1)})


@spoils("scale_and_shift")
def beta_left_out(p: Place) -> Iterator[sp.Expr]:
    """u = gamma z_hat"""
    gamma, hat, _beta = _taken(p)
    yield mul(gamma, hat)


@spoils("scale_and_shift")
def scale_and_shift_exchanged(p: Place) -> Iterator[sp.Expr]:
    """u = beta z_hat + gamma"""
    gamma, hat, beta = _taken(p)
    yield add(mul(beta, hat), gamma)


@spoils("scale_and_shift", "gamma_gradient")
def raw_for_normalised(p: Place) -> Iterator[sp.Expr]:
    """u = gamma z + beta, dC/dgamma = sum dC/du z"""
    pairs = {q.symbol: q.beside("z").symbol for q in p.step.inputs if q.kind == "z_hat"}
    if all(z in p.frame.quantities for z in pairs.values()):
        yield p.formula.xreplace(pairs)


# Going backward


@spoils("gamma_gradient")
def last_factor_left_out(p: Place) -> Iterator[sp.Expr]:
    """dC/dgamma = sum dC/du"""
    yield add(*(q.symbol for q in p.step.inputs if q.kind == "dC_dz_bn"))


@spoils(*OVER_SAMPLES)
def batch_last_sample(p: Place) -> Iterator[sp.Expr]:
    """dC/dgamma = dC/du z_hat of one sample alone: the last, the first or another"""
    first, *others = p.terms()
    if others:
        yield from (others[-1], first, *others[:-1])


@spoils(*OVER_SAMPLES)
def batch_divided_twice(p: Place) -> Iterator[sp.Expr]:
    """dC/dgamma = sum dC/du z_hat / n, where dC/du has the 1/n of the loss"""
    if _mean_of(p) and len(p.terms()) > 1:
        yield mul(sp.Rational(1, len(p.terms())), p.formula)


@spoils(*OVER_SAMPLES)
def batch_mean_taken(p: Place) -> Iterator[sp.Expr]:
    """dC/dgamma = sum dC/du z_hat / n, where the loss is the sum over the samples"""
    if not _mean_of(p) and len(p.terms()) > 1:
        yield mul(sp.Rational(1, len(p.terms())), p.formula)


@spoils("reduced_loss_slope", "reduced_fused")
def batch_mean_forgotten(p: Place) -> Iterator[sp.Expr]:
    """dC/da = that of the sample's own loss, not divided by n"""
    if _mean_of(p):
        yield p.formula * len(p.frame.steps[Quantity("C")].inputs)


@spoils("variance_gradient", "mean_gradient")
def sign_slip(p: Place) -> Iterator[sp.Expr]:
    """dC/dvar = sum dC/dz_hat (z - mean) (var + eps)^(-3/2) / 2, dC/dmean = sum dC/dz_hat / sqrt(var + eps)"""
    yield minus(p.formula) if p.step.law == "mean_gradient" else -p.formula


@spoils("variance_gradient")
def exponent_left_out(p: Place) -> Iterator[sp.Expr]:
    """dC/dvar = sum dC/dz_hat (z - mean) (var + eps)^(-3/2)"""
    yield -2 * p.formula
    yield 2 * p.formula


@spoils("variance_gradient")
def exponent_not_reduced(p: Place) -> Iterator[sp.Expr]:
    """dC/dvar = -sum dC/dz_hat (z - mean) (var + eps)^(-1/2) / 2"""
    *others, root = p.formula.args
    yield mul(*others, _power(root.base, -HALF))


@spoils("normalise_back")
def statistics_held_fixed(p: Place) -> Iterator[sp.Expr]:
    """dC/dz = dC/dz_hat / sqrt(var + eps), without the paths through variance and mean"""
    yield p.terms()[0]


@spoils("normalise_back")
def variance_path_forgotten(p: Place) -> Iterator[sp.Expr]:
    """dC/dz = dC/dz_hat / sqrt(var + eps) + dC/dmean / n"""
    if len(p.terms()) == 3:
        yield add(p.terms()[0], p.terms()[2])


@spoils("normalise_back")
def mean_path_forgotten(p: Place) -> Iterator[sp.Expr]:
    """dC/dz = dC/dz_hat / sqrt(var + eps) + dC/dvar 2 (z - mean) / n"""
    if len(p.terms()) == 3:
        yield add(*p.terms()[:2])


@spoils("normalise_back")
def factor_two_lost(p: Place) -> Iterator[sp.Expr]:
    """dC/dz = ... + dC/dvar (z - mean) / n + ..."""
    if len(p.terms()) == 3:
        straight, by_variance, by_mean = p.terms()
        yield add(straight, mul(HALF, by_variance), by_mean)


@spoils("normalise_back")
def paths_not_shared(p: Place) -> Iterator[sp.Expr]:
    """dC/dz = ... + dC/dvar 2 (z - mean) + dC/dmean, without the 1/n of variance and mean"""
    if len(p.terms()) == 3:
        straight, by_variance, by_mean = p.terms()
        n = sp.Integer(sum((q.kind, q.layer, q.index) == ("dC_dz_hat", p.layer, (p.i,)) for q in p.frame.quantities.values()))
        yield add(straight, mul(n, by_variance), mul(n, by_mean))
        yield add(straight, by_variance, mul(n, by_mean))
        yield add(straight, mul(n, by_variance), by_mean)


# Running statistics


@spoils("running")
def running_old_forgotten(p: Place) -> Iterator[sp.Expr]:
    """running = m mean, or mean: nothing of the old one"""
    own = p.terms()[1]
    yield own
    yield mul(*own.args[1:])


@spoils("running")
def shares_not_one(p: Place) -> Iterator[sp.Expr]:
    """running = running + m mean, or (1 - m) running + mean"""
    kept, own = p.terms()
    yield add(*kept.args[1:], own)
    yield add(kept, mul(*own.args[1:]))


@spoils("running")
def shares_exchanged(p: Place) -> Iterator[sp.Expr]:
    """running = m running + (1 - m) mean"""
    share = p.step.inputs[0].symbol
    kept, own = p.terms()
    yield add(mul(share, *kept.args[1:]), mul(add(sp.Integer(1), -share), *own.args[1:]))


@spoils("running")
def shares_halved(p: Place) -> Iterator[sp.Expr]:
    """running = (running + mean) / 2"""
    kept, own = p.terms()
    yield mul(HALF, add(*kept.args[1:], mul(*own.args[1:])))


@spoils("running.var")
def running_not_corrected(p: Place) -> Iterator[sp.Expr]:
    """running var = (1 - m) running var + m var, without n / (n - 1)"""
    share, _old, var = _taken(p)
    yield add(p.terms()[0], mul(share, var))


@spoils("running.var")
def correction_upside_down(p: Place) -> Iterator[sp.Expr]:
    """running var = (1 - m) running var + m (n - 1) / n var"""
    kept, own = p.terms()
    if len(own.args) == 3:
        share, factor, var = own.args
        yield add(kept, mul(share, 1 / factor, var))


@spoils("running.var")
def running_deviation(p: Place) -> Iterator[sp.Expr]:
    """running var = (1 - m) running var + m sqrt(var), with n / (n - 1) under the root or without"""
    kept, own = p.terms()
    share, _old, var = _taken(p)
    yield add(kept, mul(share, _power(mul(*own.args[1:]), HALF)))
    yield add(kept, mul(share, _power(var, HALF)))


def _taken(p: Place) -> list[sp.Symbol]:
    return [q.symbol for q in p.step.inputs]


def _mean_of(p: Place) -> bool:
    """Whether the loss is the mean of those of several samples."""
    together = p.frame.steps.get(Quantity("C"))
    return together is not None and together.rule == "batch_loss.mean" and len(together.inputs) > 1


def _power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    return sp.Pow(base, exponent, evaluate=False)
