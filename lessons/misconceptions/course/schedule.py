"""Wrong formulas of a learning rate that changes. The docstring of each is the formula, with e the epoch, counted from 0."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from ..rule import Place, spoils


@spoils("schedule.step_decay", "schedule.exponential", "schedule.inverse_time")
def decay_compounded(p: Place) -> Iterator[sp.Expr]:
    """the factor once more in every epoch: eta_0 d^e, eta_0 / (1 + k)^e, eta_0 exp(-k (1 + ... + e))"""
    start, e = p.q("lr_start"), p.q("epoch")
    match p.step.rule.partition(".")[2]:
        case "step_decay":
            yield start * p.q("factor") ** e
        case "inverse_time":
            yield start / (1 + p.q("rate")) ** e
        case "exponential":
            yield start * sp.exp(-p.q("rate") * e * (e + 1) / 2)


@spoils("schedule")
def epoch_from_one(p: Place) -> Iterator[sp.Expr]:
    """e + 1 in the place of e"""
    e = p.q("epoch")
    yield p.formula.xreplace({e: e + 1})


@spoils("schedule.step_decay")
def floor_left_out(p: Place) -> Iterator[sp.Expr]:
    """eta_0 d^(e / s)"""
    yield p.q("lr_start") * p.q("factor") ** (p.q("epoch") / p.q("every"))


@spoils("schedule.cosine")
def half_left_out(p: Place) -> Iterator[sp.Expr]:
    """eta_0 (1 + cos(pi e / T))"""
    yield 2 * p.formula


@spoils("schedule.exponential", "schedule.inverse_time")
def decay_subtracted(p: Place) -> Iterator[sp.Expr]:
    """eta_0 (1 - k e)"""
    yield p.q("lr_start") * (1 - p.q("rate") * p.q("epoch"))


@spoils("schedule")
def factor_alone(p: Place) -> Iterator[sp.Expr]:
    """the factor, without eta_0"""
    yield p.formula / p.q("lr_start")


@spoils("schedule.cosine")
def degrees(p: Place) -> Iterator[sp.Expr]:
    """the angle pi e / T read as degrees"""
    e = p.q("epoch")
    yield p.formula.xreplace({e: sp.pi * e / 180})
