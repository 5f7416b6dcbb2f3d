"""The Typst counterpart of latex.py: names, numbers and formulas as Typst sets them, terms and factors in the same order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

import sympy as sp
from sympy.core.relational import Relational
from sympy.functions.elementary.trigonometric import InverseTrigonometricFunction
from sympy.printing.printer import Printer

from ..quantity import Quantity
from .names import Name
from .numbers import bracketed, shown, significant

_OPERATORS = {"sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan"}  # Typst knows them by name
_LETTERS = {"ℒ": "cal(L)", "ε": "epsilon.alt"}


def name(of: Name) -> str:
    """A name in Typst maths, without the dollar signs."""
    if of.num and of.den:
        return f"frac(partial {name(of.num)}, partial {name(of.den)})"
    sup = re.sub(r" ?([^\W\d_]{2,}|[^\x00-\x7f]+)", r' "\1"', of.sup).strip()
    sub = name(of.of) if of.of else of.sub
    return _base(of.base) + (f"^({sup})" if sup else "") + (f"_({sub})" if sub else "")


def _base(letters: str) -> str:
    """Letters one by one (Typst takes two in a row for a word); a combining circumflex becomes a hat."""
    letters = unicodedata.normalize("NFD", letters)
    spaced = " ".join(_LETTERS.get(each, each) for each in letters if not unicodedata.combining(each))
    return f"hat({spaced})" if "\N{COMBINING CIRCUMFLEX ACCENT}" in letters else spaced


def number(quantity: Quantity, value: float, decimals: int = 4) -> str:
    """The number as ``numbers.shown`` gives it, in Typst maths."""
    return of_text(shown(quantity, value, decimals))


def factor(quantity: Quantity, value: float, decimals: int = 4) -> str:
    """The same as it stands inside a formula: a negative one, or one in powers of ten, in brackets."""
    return factor_of_text(shown(quantity, value, decimals))


def of_text(text: str) -> str:
    """A number's plain text in Typst maths."""
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa} times 10^({exponent})" if exponent else mantissa


def factor_of_text(text: str) -> str:
    """The same as it stands inside a formula."""
    return f"({of_text(text)})" if bracketed(text) else of_text(text)


def write(expr: sp.Expr, names: Mapping[sp.Symbol, str], dot: bool = False, otherwise: str = "otherwise") -> str:
    """A formula in Typst maths; everything else as in ``latex.write``. Raises ValueError for what it has no rule for, too."""
    missing = expr.free_symbols - names.keys()
    if missing:
        raise ValueError(f"no name for {', '.join(map(str, missing))}")
    return _Printer(names, " dot " if dot else " ", otherwise).doprint(expr)


class _Printer(Printer):
    """One method a kind of expression; arguments are taken in the order in which they were built."""

    def __init__(self, names: Mapping[sp.Symbol, str], times: str, otherwise: str) -> None:
        super().__init__()
        self.names, self.times, self.otherwise = names, times, otherwise

    def doprint(self, expr: sp.Expr) -> str:
        return str(self._print(expr))

    def emptyPrinter(self, expr: object) -> str:
        raise ValueError(f"no rule to write {type(expr).__name__} in Typst")

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return self.names[expr]

    def _print_Integer(self, expr: sp.Integer) -> str:
        return str(expr.p)

    def _print_Rational(self, expr: sp.Rational) -> str:
        return ("-" if expr.p < 0 else "") + f"frac({abs(expr.p)}, {expr.q})"

    def _print_Float(self, expr: sp.Float) -> str:
        return of_text(significant(float(expr), 15))

    def _print_Pi(self, _expr: sp.NumberSymbol) -> str:
        return "pi"

    def _print_floor(self, expr: sp.floor) -> str:
        return f"floor({self.doprint(expr.args[0])})"

    def _print_Add(self, expr: sp.Add) -> str:
        first, *rest = map(self.doprint, expr.args)
        return first + "".join(f" - {term[1:].lstrip()}" if term[0] == "-" else f" + {term}" for term in rest)

    def _print_Mul(self, expr: sp.Mul) -> str:
        first, *rest = expr.args
        sign = "-" if first.is_Number and first.is_negative else ""
        args = [-first, *rest] if sign else [first, *rest]
        top: list[sp.Expr] = []
        bottom: list[sp.Expr] = []
        for arg in args:
            if arg.is_Rational:
                top += [sp.Integer(arg.p)] * (arg.p != 1)
                bottom += [sp.Integer(arg.q)] * (arg.q != 1)
            elif arg.is_Pow and arg.exp.is_Number and arg.exp.is_negative:
                bottom.append(arg.base if arg.exp == -1 else sp.Pow(arg.base, -arg.exp, evaluate=False))
            else:
                top.append(arg)
        if bottom:
            return f"{sign}frac({self._product(top, True)}, {self._product(bottom, True)})"
        return sign + self._product(top, not sign)

    def _product(self, factors: list[sp.Expr], alone: bool) -> str:
        """The factors side by side, in brackets what is a sum or begins with a minus; not what stands ``alone``, or first."""
        if len(factors) < 2 and alone:
            return self.doprint(factors[0]) if factors else "1"
        texts = [f"({self.doprint(each)})" if each.is_Add else self.doprint(each) for each in factors]
        return self.times.join([texts[0], *(f"({text})" if text[0] == "-" else text for text in texts[1:])])

    def _print_Pow(self, expr: sp.Pow) -> str:
        if expr.exp == -1:
            return f"frac(1, {self.doprint(expr.base)})"
        if expr.exp == sp.S.Half:
            return f"sqrt({self.doprint(expr.base)})"
        base = self.doprint(expr.base)
        bracketed = not (expr.base.is_Symbol or expr.base.is_Integer) or ("^" in base and not base.startswith("("))
        return f"{f'({base})' if bracketed else base}^({self.doprint(expr.exp)})"

    def _print_exp(self, expr: sp.exp) -> str:
        return f"e^({self.doprint(expr.args[0])})"

    def _print_log(self, expr: sp.log) -> str:
        return f"ln({self.doprint(expr.args[0])})"

    def _print_Abs(self, expr: sp.Abs) -> str:
        return f"abs({self.doprint(expr.args[0])})"

    def _print_Function(self, expr: sp.Function) -> str:
        name = type(expr).__name__
        name = f"arc{name[1:]}" if isinstance(expr, InverseTrigonometricFunction) else name
        operator = name if name in _OPERATORS else f'op("{name}")'
        return f"{operator}({', '.join(map(self.doprint, expr.args))})"

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:
        rows = [
            f"{self.doprint(value)} & " + (f'"{self.otherwise}"' if condition is sp.true else self.doprint(condition))
            for value, condition in expr.args
        ]
        return f"cases({', '.join(rows)})"

    def _print_Relational(self, expr: Relational) -> str:
        return f"{self.doprint(expr.lhs)} {expr.rel_op} {self.doprint(expr.rhs)}"
