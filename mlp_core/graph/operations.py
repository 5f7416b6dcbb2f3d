"""What an expression may do: one record an operation, for floats and for SymPy, with its local derivatives.

The derivatives stand here in the form a textbook prints; the tests let SymPy differentiate the formulas and compare.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sympy as sp

from ..functions import add, mul

Floats = Callable[..., float]
Formula = Callable[..., sp.Expr]
_ZERO, _ONE, _TWO = sp.Integer(0), sp.Integer(1), sp.Integer(2)


class Undefined(ArithmeticError):
    """A number that an operation has no value for; ``message`` says why, in English."""

    def __init__(self, *, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, eq=False, kw_only=True)
class Operation:
    """``f(*operands)`` and its local derivatives.

    f and formula: the value, in floats and in SymPy; slopes and slope_formulas: for each operand the derivative by it, of the
    operands and then the value. Floats raise ArithmeticError (Undefined with the reason) where there is no number. symbol: how
    its node is marked where not by its name.
    """

    name: str
    f: Floats
    formula: Formula
    slopes: Sequence[Floats] = ()
    slope_formulas: Sequence[Formula] = ()
    symbol: str = ""

    @property
    def sign(self) -> str:
        """What marks its node: + or exp."""
        return self.symbol or self.name


def total(*terms: sp.Expr) -> sp.Expr:
    """``add`` of terms that are none of them 0: as it makes the sum, in a twentieth of the time."""
    return sp.Add._from_args(terms, is_commutative=True)


def product(*factors: sp.Expr) -> sp.Expr:
    """``mul`` of factors that are none of them 1."""
    return sp.Mul._from_args(factors, is_commutative=True)


def _sum(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    return total(a, b) if a.is_Symbol and b.is_Symbol else add(a, b)


def _times(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    return product(a, b) if a.is_Symbol and b.is_Symbol else mul(a, b)


def power(base: sp.Expr, exponent: sp.Expr | int) -> sp.Expr:
    """A power as it is typed."""
    return sp.Pow(base, exponent, evaluate=False)


def cases(*pairs: tuple[sp.Expr, sp.Expr | bool]) -> sp.Expr:
    """The value of the first case whose condition holds; a case of numbers alone is decided already."""
    left = [pair for pair in pairs if pair[1] is not sp.false]
    return left[0][0] if left[0][1] in (True, sp.true) else sp.Piecewise(*left, evaluate=False)


def compared(relation: type[sp.Rel], one: sp.Expr, other: sp.Expr) -> sp.Expr:
    """A comparison as it is written: not turned round, nor decided where it is one of numbers with letters."""
    return relation(one, other, evaluate=one.is_Number and other.is_Number)


def _difference(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    return total(a, product(sp.Integer(-1), b)) if a.is_Symbol and b.is_Symbol else add(a, _minus(b))


def _minus(a: sp.Expr) -> sp.Expr:
    return -a if a.is_Number else product(sp.Integer(-1), a)


def _quotient(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    return power(b, -1) if a == 1 else mul(a, power(b, -1))


def _power(a: float, b: float) -> float:
    if not a and b < 0:
        raise Undefined(message="0 has no negative power")
    if a < 0 and not b.is_integer():
        raise Undefined(message="a negative number has no power that is not whole")
    return float(a**b)


def _by_base(a: sp.Expr, b: sp.Expr, v: sp.Expr) -> sp.Expr:
    if not b.is_Number:
        return mul(b, power(a, add(b, -_ONE)))
    if b in (0, 1):
        return b
    return mul(b, a if b == 2 else power(a, b - 1))


def _by_exponent(a: float, b: float, v: float) -> float:
    if a <= 0:
        raise Undefined(message="the derivative by an exponent needs a positive base")
    return v * math.log(a)


def _log(a: float) -> float:
    if a <= 0:
        raise Undefined(message="only a positive number has a logarithm")
    return math.log(a)


def _sqrt(a: float) -> float:
    if a < 0:
        raise Undefined(message="a negative number has no square root")
    return math.sqrt(a)


def _sigmoid(a: float) -> float:
    return 1 / (1 + math.exp(-a)) if a > -700 else math.exp(a)


def _sigmoid_slope(a: float, v: float) -> float:
    e = math.exp(-abs(a))
    return e / (1 + e) ** 2


def _sign(a: sp.Expr, v: sp.Expr) -> sp.Expr:
    return cases((_ONE, compared(sp.Gt, a, _ZERO)), (-_ONE, compared(sp.Lt, a, _ZERO)), (_ZERO, True))


def _tanh_slope(a: float, v: float) -> float:
    e = math.exp(-2 * abs(a))
    return 4 * e / (1 + e) ** 2


OPERATIONS: dict[str, Operation] = {
    each.name: each
    for each in (
        Operation(name="number", f=lambda a: a, formula=lambda a: a),
        Operation(
            name="add",
            symbol="+",
            f=lambda a, b: a + b,
            formula=_sum,
            slopes=(lambda a, b, v: 1.0, lambda a, b, v: 1.0),
            slope_formulas=(lambda a, b, v: _ONE, lambda a, b, v: _ONE),
        ),
        Operation(
            name="sub",
            symbol="−",
            f=lambda a, b: a - b,
            formula=_difference,
            slopes=(lambda a, b, v: 1.0, lambda a, b, v: -1.0),
            slope_formulas=(lambda a, b, v: _ONE, lambda a, b, v: -_ONE),
        ),
        Operation(
            name="mul",
            symbol="×",
            f=lambda a, b: a * b,
            formula=_times,
            slopes=(lambda a, b, v: b, lambda a, b, v: a),
            slope_formulas=(lambda a, b, v: b, lambda a, b, v: a),
        ),
        Operation(
            name="div",
            symbol="÷",
            f=lambda a, b: a / b,
            formula=_quotient,
            slopes=(lambda a, b, v: 1 / b, lambda a, b, v: -v / b),
            slope_formulas=(
                lambda a, b, v: power(b, -1),
                lambda a, b, v: mul(*((-a,) if a.is_Number else (-_ONE, a)), power(b, -2)),
            ),
        ),
        Operation(
            name="pow",
            symbol="^",
            f=_power,
            formula=power,
            slopes=(lambda a, b, v: float(b * a ** (b - 1)), _by_exponent),
            slope_formulas=(_by_base, lambda a, b, v: product(v, sp.log(a, evaluate=False))),
        ),
        Operation(
            name="neg",
            symbol="−",
            f=lambda a: -a,
            formula=_minus,
            slopes=(lambda a, v: -1.0,),
            slope_formulas=(lambda a, v: -_ONE,),
        ),
        Operation(
            name="exp",
            f=math.exp,
            formula=lambda a: sp.exp(a, evaluate=False),
            slopes=(lambda a, v: v,),
            slope_formulas=(lambda a, v: v,),
        ),
        Operation(
            name="log",
            f=_log,
            formula=lambda a: sp.log(a, evaluate=False),
            slopes=(lambda a, v: 1 / a,),
            slope_formulas=(lambda a, v: power(a, -1),),
        ),
        Operation(
            name="sqrt",
            symbol="√",
            f=_sqrt,
            formula=lambda a: power(a, sp.S.Half),
            slopes=(lambda a, v: 1 / (2 * v),),
            slope_formulas=(lambda a, v: power(product(_TWO, v), -1),),
        ),
        Operation(
            name="sin",
            f=math.sin,
            formula=lambda a: sp.sin(a, evaluate=False),
            slopes=(lambda a, v: math.cos(a),),
            slope_formulas=(lambda a, v: sp.cos(a, evaluate=False),),
        ),
        Operation(
            name="cos",
            f=math.cos,
            formula=lambda a: sp.cos(a, evaluate=False),
            slopes=(lambda a, v: -math.sin(a),),
            slope_formulas=(lambda a, v: product(-_ONE, sp.sin(a, evaluate=False)),),
        ),
        Operation(
            name="tanh",
            f=math.tanh,
            formula=lambda a: sp.tanh(a, evaluate=False),
            slopes=(_tanh_slope,),
            slope_formulas=(lambda a, v: total(_ONE, product(-_ONE, power(v, 2))),),
        ),
        Operation(
            name="sigmoid",
            symbol="σ",
            f=_sigmoid,
            formula=lambda a: power(total(_ONE, sp.exp(_minus(a), evaluate=False)), -1),
            slopes=(_sigmoid_slope,),
            slope_formulas=(lambda a, v: product(v, total(_ONE, _minus(v))),),
        ),
        Operation(
            name="relu",
            f=lambda a: max(a, 0.0),
            formula=lambda a: cases((a, compared(sp.Gt, a, _ZERO)), (_ZERO, True)),
            slopes=(lambda a, v: float(a > 0),),
            slope_formulas=(lambda a, v: cases((_ONE, compared(sp.Gt, a, _ZERO)), (_ZERO, True)),),
        ),
        Operation(
            name="abs",
            symbol="| |",
            f=abs,
            formula=lambda a: sp.Abs(a, evaluate=False),
            slopes=(lambda a, v: float((a > 0) - (a < 0)),),
            slope_formulas=(_sign,),
        ),
        Operation(
            name="max",
            f=max,
            formula=lambda a, b: cases((a, compared(sp.Ge, a, b)), (b, True)),
            slopes=(lambda a, b, v: float(a >= b), lambda a, b, v: float(b > a)),
            slope_formulas=(
                lambda a, b, v: cases((_ONE, compared(sp.Ge, a, b)), (_ZERO, True)),
                lambda a, b, v: cases((_ZERO, compared(sp.Ge, a, b)), (_ONE, True)),
            ),
        ),
        Operation(
            name="min",
            f=min,
            formula=lambda a, b: cases((a, compared(sp.Le, a, b)), (b, True)),
            slopes=(lambda a, b, v: float(a <= b), lambda a, b, v: float(b < a)),
            slope_formulas=(
                lambda a, b, v: cases((_ONE, compared(sp.Le, a, b)), (_ZERO, True)),
                lambda a, b, v: cases((_ZERO, compared(sp.Le, a, b)), (_ONE, True)),
            ),
        ),
    )
}
INFIX = {"+": ("add", 1), "-": ("sub", 1), "*": ("mul", 2), "/": ("div", 2)}
"""Sign to operation, and how strongly it binds; ** binds more strongly than a minus sign before it."""
FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "abs", "max", "min")
"""What is typed with brackets; max and min take two operands or more."""
SEVERAL = ("max", "min")
