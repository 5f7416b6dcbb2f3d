"""Sums that are too long to be written out: the first terms, dots, the last one."""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from ..functions import add

MOST_TERMS, FIRST = 16, 3
DOTS = sp.Symbol("…")


@lru_cache(maxsize=5_000)
def is_long(expr: sp.Expr) -> bool:
    """Whether some sum of it has more terms than are written out, as the squares of all weights of a large network."""
    return any(len(total.args) > MOST_TERMS for total in expr.atoms(sp.Add))


def shortened(expr: sp.Expr) -> sp.Expr:
    """The same, with ``DOTS`` for what such sums have between their first terms and the last."""
    if not is_long(expr):
        return expr
    with sp.evaluate(False):
        short = {
            total: add(*total.args[:FIRST], DOTS, total.args[-1])
            for total in expr.atoms(sp.Add)
            if len(total.args) > MOST_TERMS
        }
        return expr.xreplace(short)
