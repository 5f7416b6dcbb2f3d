"""A formula as a function of numbers or of arrays: no code is made, so that a formula met for the first time costs little."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import add, mul, truediv
from typing import Any, Protocol

import numpy as np
import sympy as sp


class Numbers(Protocol):
    """Numbers by place."""

    def __getitem__(self, place: int, /) -> Any: ...


Function = Callable[[Numbers], Any]
_FUNCTIONS: dict[type, Callable[..., Any]] = {
    sp.exp: np.exp, sp.log: np.log, sp.tanh: np.tanh, sp.Abs: np.abs, sp.cosh: np.cosh, sp.sinh: np.sinh, sp.sqrt: np.sqrt,
    sp.sin: np.sin, sp.cos: np.cos,
    sp.StrictGreaterThan: np.greater, sp.GreaterThan: np.greater_equal, sp.StrictLessThan: np.less, sp.LessThan: np.less_equal,
}  # fmt: skip


def numeric(formula: sp.Expr, places: Mapping[sp.Symbol, int]) -> Function:
    """The formula as a function of one sequence, in which the number of each symbol stands at its place.

    Numbers are floats of NumPy or arrays of one shape; where a formula has no value it gives inf or nan.
    """
    if formula.is_Symbol:
        place = places[formula]
        return lambda v: v[place]
    if formula.is_number:
        constant = float(formula)
        return lambda v: constant
    if formula.is_Add:
        return _folded(add, [numeric(arg, places) for arg in formula.args])
    if formula.is_Mul:
        return _product(formula, places)
    if formula.is_Pow:
        return _power(formula, places)
    if isinstance(formula, sp.Piecewise):
        return _cases(formula, places)
    inner = [numeric(arg, places) for arg in formula.args]
    outer = _FUNCTIONS.get(formula.func) or _made(formula.func, len(inner))
    if len(inner) == 1:
        only = inner[0]
        return lambda v: outer(only(v))
    return lambda v: outer(*(part(v) for part in inner))


def _folded(operation: Callable[[Any, Any], Any], parts: list[Function]) -> Function:
    first, *others = parts
    if len(others) == 1:
        other = others[0]
        return lambda v: operation(first(v), other(v))

    def folded(v: Numbers) -> Any:
        found = first(v)
        for part in others:
            found = operation(found, part(v))
        return found

    return folded


def _product(formula: sp.Expr, places: Mapping[sp.Symbol, int]) -> Function:
    """A product with its denominators divided by, as a person does; a whole one is inf or nan where they are 0."""
    if len(formula.args) == 2 and all(arg.is_Symbol for arg in formula.args):  # as most terms are
        one, other = (places[arg] for arg in formula.args)
        return lambda v: v[one] * v[other]
    above = [arg for arg in formula.args if not _is_denominator(arg)]
    below = [sp.Pow(arg.base, -arg.exp, evaluate=False) if arg.exp != -1 else arg.base
             for arg in formula.args if _is_denominator(arg)]  # fmt: skip
    top = _folded(mul, [numeric(arg, places) for arg in above]) if len(above) > 1 else (
        numeric(above[0], places) if above else (lambda v: np.float64(1)))  # fmt: skip
    if not below:
        return top
    bottom = _folded(mul, [numeric(arg, places) for arg in below]) if len(below) > 1 else numeric(below[0], places)
    return lambda v: truediv(top(v), bottom(v))


def _is_denominator(part: sp.Expr) -> bool:
    return bool(part.is_Pow and part.exp.is_number and part.exp < 0)


def _power(formula: sp.Expr, places: Mapping[sp.Symbol, int]) -> Function:
    base = numeric(formula.base, places)
    if formula.exp == -1:
        return lambda v: 1 / base(v)
    if formula.exp == 2:
        return lambda v: (each := base(v)) * each
    if formula.exp == sp.Rational(1, 2):
        return lambda v: np.sqrt(base(v))
    exponent = numeric(formula.exp, places)
    return lambda v: np.power(base(v), exponent(v))


def _cases(formula: sp.Piecewise, places: Mapping[sp.Symbol, int]) -> Function:
    """The value of the first case whose condition holds."""
    *cases, (last, _always) = formula.args
    found = numeric(last, places)
    for value, condition in reversed(cases):
        found = _case(numeric(value, places), numeric(condition, places), found)
    return found


def _case(value: Function, condition: Function, otherwise: Function) -> Function:
    def chosen(v: Numbers) -> Any:
        found: Any = np.where(condition(v), value(v), otherwise(v))
        return found[()]

    return chosen


def _made(function: Any, arity: int) -> Callable[..., Any]:
    """A function that is not in the table, as SymPy translates it."""
    dummies = sp.symbols(f"v:{arity}", real=True)
    made: Callable[..., Any] = sp.lambdify(dummies, function(*dummies), "numpy")
    return made
