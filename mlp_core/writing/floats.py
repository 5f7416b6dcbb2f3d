"""A formula in plain floats: what its Python code gives, without running code."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp
from sympy.core.relational import GreaterThan, LessThan, StrictGreaterThan, StrictLessThan

_FUNCTIONS: dict[str, Callable[..., float]] = {"Abs": abs, "Max": max, "Min": min}
_RELATIONS: dict[type, Callable[[float, float], bool]] = {
    StrictGreaterThan: lambda one, other: one > other,
    GreaterThan: lambda one, other: one >= other,
    StrictLessThan: lambda one, other: one < other,
    LessThan: lambda one, other: one <= other,
}


def evaluated(expr: sp.Basic, numbers: Mapping[sp.Symbol, float]) -> Any:
    """The formula's value, in the order in which it is built, as its printed code computes it.

    Raises ArithmeticError or ValueError where floats have none, KeyError for a symbol without a number.
    """
    if expr.is_Symbol:
        return numbers[expr]
    if expr.is_Number or expr.is_NumberSymbol:  # as pi is
        return int(expr) if expr.is_Integer else float(expr)
    if isinstance(expr, sp.Piecewise):
        return next(evaluated(value, numbers) for value, case in expr.args if _holds(case, numbers))
    if expr.is_Mul:
        return _product(expr, numbers)
    parts = [evaluated(part, numbers) for part in expr.args]
    if expr.is_Add:
        return sum(parts[1:], parts[0])
    if expr.is_Pow:
        base, exponent = parts
        return math.sqrt(base) if exponent == 0.5 else 1 / base if exponent == -1 else base**exponent
    name = type(expr).__name__
    return (_FUNCTIONS.get(name) or getattr(math, name))(*parts)


def _product(expr: sp.Basic, numbers: Mapping[sp.Symbol, float]) -> float:
    """Factors over divisors: a power with a negative exponent is one."""
    above, below = 1.0, 1.0
    for part in expr.args:
        if part.is_Pow and part.exp.is_Rational and part.exp.is_negative:
            below *= evaluated(sp.Pow(part.base, -part.exp, evaluate=False) if part.exp != -1 else part.base, numbers)
        else:
            above *= evaluated(part, numbers)
    return above / below


def _holds(case: sp.Basic, numbers: Mapping[sp.Symbol, float]) -> bool:
    if case in (sp.true, sp.false):
        return bool(case)
    one, other = (evaluated(part, numbers) for part in case.args)
    return _RELATIONS[type(case)](one, other)
