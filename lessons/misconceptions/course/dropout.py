"""Wrong formulas of dropout, forward and backward: the mask, and what makes up for it. The docstring of each is the formula."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from mlp_core.functions import mul

from ..rule import Place, spoils

LAWS = ("dropout", "dropout_back")


@spoils(*LAWS)
def scale_left_out(p: Place) -> Iterator[sp.Expr]:
    """h = r a, dC/da = r dC/dh"""
    mask, value, _share = _parts(p)
    yield mul(mask, value)


@spoils(*LAWS)
def scale_twice(p: Place) -> Iterator[sp.Expr]:
    """h = r a / (1 - p)^2"""
    mask, value, share = _parts(p)
    yield mul(mask, value, (1 - share) ** -2)


@spoils(*LAWS)
def scale_by_dropped(p: Place) -> Iterator[sp.Expr]:
    """h = r a / p"""
    mask, value, share = _parts(p)
    yield mul(mask, value, 1 / share)


@spoils(*LAWS)
def scale_multiplied(p: Place) -> Iterator[sp.Expr]:
    """h = r a (1 - p)"""
    mask, value, share = _parts(p)
    yield mul(mask, value, 1 - share)


@spoils("dropout")
def mask_ignored(p: Place) -> Iterator[sp.Expr]:
    """h = a / (1 - p), or a"""
    _mask, value, share = _parts(p)
    yield mul(value, 1 / (1 - share))
    yield value


@spoils("dropout_back")
def mask_not_backwards(p: Place) -> Iterator[sp.Expr]:
    """dC/da = dC/dh / (1 - p), or dC/dh"""
    _mask, value, share = _parts(p)
    yield mul(value, 1 / (1 - share))
    yield value


@spoils(*LAWS)
def mask_reversed(p: Place) -> Iterator[sp.Expr]:
    """h = (1 - r) a / (1 - p): a mask of 1 taken for dropped"""
    mask, value, share = _parts(p)
    yield mul(1 - mask, value, 1 / (1 - share))


def _parts(p: Place) -> tuple[sp.Symbol, sp.Symbol, sp.Symbol]:
    """The mask, what it is put on, and the probability of dropping."""
    mask, value, share = (q.symbol for q in p.step.inputs)
    return mask, value, share
