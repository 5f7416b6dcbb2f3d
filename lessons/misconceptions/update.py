"""Wrong formulas of an update: averages, steps, new parameters. The docstring of each is the formula."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from .rule import Place, minus, spoils

STEPS = ("SGD", "RMSprop.step", "Adam.step")  # where the learning rate comes in
AVERAGES = ("RMSprop.v", "Adam.v", "Adam.m", "Momentum.v")  # the last in one of its forms
CORRECTED = ("Adam.m_hat", "Adam.v_hat")


@spoils(*STEPS, "Momentum.step")
def ascent(p: Place) -> Iterator[sp.Expr]:
    """step = +lr g"""
    yield minus(p.formula)


@spoils("apply")
def ascent_applied(p: Place) -> Iterator[sp.Expr]:
    """W_new = W - step"""
    yield _applied(p, -p.update("step"))


@spoils("Momentum.v")
def momentum_sign(p: Place) -> Iterator[sp.Expr]:
    """v = mu v_prev + lr g, or -mu v_prev - lr g; and so in every form"""
    kept, pushed = _velocity(p)
    yield kept - pushed
    yield pushed - kept


@spoils("Momentum.v")
def velocity_forgotten(p: Place) -> Iterator[sp.Expr]:
    """v = -lr g; and so in every form"""
    _kept, pushed = _velocity(p)
    yield pushed


@spoils("Momentum.v")
def momentum_averaged(p: Place) -> Iterator[sp.Expr]:
    """v = mu v_prev - (1 - mu) lr g, where it is no average"""
    kept, pushed = _velocity(p)
    if not _averages(p):
        yield kept + (1 - p.update("momentum")) * pushed


@spoils("Momentum.v")
def lr_in_velocity(p: Place) -> Iterator[sp.Expr]:
    """v = mu v_prev - lr g, or + lr g, where the learning rate comes in with the step"""
    kept, pushed = _velocity(p)
    if not pushed.has(p.update("lr")):
        yield kept - p.update("lr") * pushed
        yield kept + p.update("lr") * pushed


@spoils("Momentum.step")
def lookahead_left_out(p: Place) -> Iterator[sp.Expr]:
    """step = v, or -lr v, where Nesterov's form looks ahead"""
    if p.update("g") in p.formula.free_symbols:
        outside = p.step.rule != "Momentum.step"
        yield -p.update("lr") * p.update("v") if outside else p.update("v")


@spoils(*STEPS, "Momentum.v", "Momentum.step")
def lr_missing(p: Place) -> Iterator[sp.Expr]:
    """step = -g"""
    yield p.formula.xreplace({p.update("lr"): sp.Integer(1)})


@spoils("apply")
def lr_missing_applied(p: Place) -> Iterator[sp.Expr]:
    """W_new = W + step / lr"""
    step = p.before().formula
    if step.is_Mul and step.has(p.update("lr")):
        yield _applied(p, p.update("step") / p.update("lr"))


@spoils(*STEPS, "Momentum.v")
def lr_twice(p: Place) -> Iterator[sp.Expr]:
    """step = -lr^2 g"""
    yield p.formula.xreplace({p.update("lr"): p.update("lr") ** 2})


@spoils("Momentum.step", "apply")
def lr_twice_applied(p: Place) -> Iterator[sp.Expr]:
    """W_new = W + lr step"""
    yield p.formula.xreplace({q.symbol: p.update("lr") * q.symbol for q in p.step.inputs if q.slot and q.slot != "decay"})


@spoils("RMSprop.v", "Adam.v")
def square_left_out(p: Place) -> Iterator[sp.Expr]:
    """v = rho v_prev + (1 - rho) g"""
    yield p.formula.xreplace({p.update("g") ** 2: p.update("g")})


@spoils(*AVERAGES)
def rates_swapped(p: Place) -> Iterator[sp.Expr]:
    """v = (1 - rho) v_prev + rho g^2"""
    rate = _rate(p)
    if _averages(p):
        yield p.formula.xreplace({rate: 1 - rate}).doit()


@spoils(*AVERAGES)
def one_minus_left_out(p: Place) -> Iterator[sp.Expr]:
    """v = rho v_prev + g^2"""
    kept, fresh = p.terms()
    if _averages(p):
        yield kept + fresh / (1 - _rate(p))


@spoils("Adam.m", "Adam.v", *CORRECTED)
def betas_swapped(p: Place) -> Iterator[sp.Expr]:
    """m = beta2 m_prev + (1 - beta2) g, v = beta1 v_prev + (1 - beta1) g^2"""
    one, two = p.update("beta1"), p.update("beta2")
    yield p.formula.xreplace({one: two, two: one})


@spoils("Adam.m", "Adam.v", *CORRECTED)
def m_v_swapped(p: Place) -> Iterator[sp.Expr]:
    """m = v, v = m"""
    yield p.update(p.step.target.slot.translate(str.maketrans("mv", "vm")))


@spoils("Adam.step")
def m_v_swapped_in_step(p: Place) -> Iterator[sp.Expr]:
    """step = -lr v / (sqrt(m) + eps)"""
    m, v = _moments(p)
    yield p.formula.xreplace({m: v, v: m})


@spoils(*CORRECTED)
def no_bias_correction(p: Place) -> Iterator[sp.Expr]:
    """m_hat = m, v_hat = v"""
    yield _uncorrected(p)


@spoils("Adam.step")
def no_bias_correction_in_step(p: Place) -> Iterator[sp.Expr]:
    """step = -lr m / (sqrt(v) + eps)"""
    m, v = _moments(p)
    yield p.formula.xreplace({m: p.update("m"), v: p.update("v")})


@spoils("apply")
def no_bias_correction_applied(p: Place) -> Iterator[sp.Expr]:
    """W_new = W - lr m / (sqrt(v) + eps)"""
    before = p.before()
    if any(q.slot == "m_hat" for q in before.step.inputs):
        for step in no_bias_correction_in_step.wrong(before):
            yield _applied(p, step)


@spoils(*CORRECTED)
def correction_multiplied(p: Place) -> Iterator[sp.Expr]:
    """m_hat = m (1 - beta1^t)"""
    yield _uncorrected(p) ** 2 / p.formula


@spoils(*CORRECTED)
def t_left_out(p: Place) -> Iterator[sp.Expr]:
    """m_hat = m / (1 - beta1)"""
    yield p.formula.xreplace({p.update("t"): sp.Integer(1)})


@spoils("RMSprop.step", "Adam.step")
def epsilon_placed(p: Place) -> Iterator[sp.Expr]:
    """step = -lr m / sqrt(v + eps), or beside the root where it belongs inside"""
    m, v = _moments(p)
    eps = p.update("eps")
    inside = sp.sqrt(v + eps) if not p.formula.has(sp.sqrt(v + eps)) else sp.sqrt(v) + eps
    yield -p.update("lr") * m / inside


@spoils("RMSprop.step", "Adam.step")
def root_left_out(p: Place) -> Iterator[sp.Expr]:
    """step = -lr m / (v + eps)"""
    m, v = _moments(p)
    yield -p.update("lr") * m / (v + p.update("eps"))


@spoils("RMSprop.step", "Adam.step")
def division_left_out(p: Place) -> Iterator[sp.Expr]:
    """step = -lr m"""
    yield sp.fraction(p.formula)[0]


@spoils("apply")
def division_left_out_applied(p: Place) -> Iterator[sp.Expr]:
    """W_new = W - lr m"""
    above, below = sp.fraction(p.before().formula)
    if below.free_symbols:
        yield _applied(p, above)


@spoils("apply")
def bias_unchanged(p: Place) -> Iterator[sp.Expr]:
    """b_new = b"""
    if p.step.target.parameter == "b":
        yield p.update("old")


@spoils("apply")
def weight_unchanged(p: Place) -> Iterator[sp.Expr]:
    """W_new = W"""
    if p.step.target.parameter == "W":
        yield p.update("old")


@spoils("apply")
def old_left_out(p: Place) -> Iterator[sp.Expr]:
    """W_new = step"""
    yield p.formula.xreplace({p.update("old"): sp.Integer(0)}).doit()


def _applied(p: Place, step: sp.Expr) -> sp.Expr:
    """The new parameter with another step."""
    return p.formula.xreplace({p.update("step"): step})


def _rate(p: Place) -> sp.Symbol:
    rates = {"RMSprop.v": "rho", "Adam.m": "beta1", "Adam.v": "beta2", "Momentum.v": "momentum"}
    return p.update(next(rate for law, rate in rates.items() if law in p.laws))


def _averages(p: Place) -> bool:
    """Whether old and new have shares that add up to 1: not so the velocity in most of its forms."""
    return bool(p.formula.has(1 - _rate(p)))


def _velocity(p: Place) -> tuple[sp.Expr, sp.Expr]:
    """What is kept of the old velocity, and the push that is added."""
    kept = p.update("momentum") * p.update("v_prev")
    return kept, p.formula.xreplace({p.update("v_prev"): sp.Integer(0)}).doit()


def _moments(p: Place) -> tuple[sp.Symbol, sp.Symbol]:
    """What stands above and below in the step of RMSprop or Adam."""
    if p.update("g") in p.formula.free_symbols:
        return p.update("g"), p.update("v")
    hats = any(q.slot == "m_hat" for q in p.step.inputs)
    return (p.update("m_hat"), p.update("v_hat")) if hats else (p.update("m"), p.update("v"))


def _uncorrected(p: Place) -> sp.Symbol:
    """m of m_hat, v of v_hat."""
    return p.update(p.step.target.slot.removesuffix("_hat"))
