"""Numbers and formulas in LaTeX (names write themselves, see names.py)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import sympy as sp
from sympy.printing.latex import LatexPrinter

from ..quantity import Quantity
from .long import DOTS
from .numbers import bracketed, shown


def number(quantity: Quantity, value: float, decimals: int = 4) -> str:
    """The number as ``numbers.shown`` gives it."""
    return of_text(shown(quantity, value, decimals))


def factor(quantity: Quantity, value: float, decimals: int = 4) -> str:
    """The same as it stands inside a formula: a negative one, or one in powers of ten, in brackets."""
    return factor_of_text(shown(quantity, value, decimals))


def of_text(text: str) -> str:
    """A number's plain text in LaTeX."""
    mantissa, _, exponent = text.partition("e")
    return rf"{mantissa} \times 10^{{{exponent}}}" if exponent else mantissa


def factor_of_text(text: str) -> str:
    """The same as it stands inside a formula."""
    return f"({of_text(text)})" if bracketed(text) else of_text(text)


class _Printer(LatexPrinter):
    """SymPy's printer, which keeps the order of unevaluated sums and products (``order="none"``)."""

    otherwise = "otherwise"

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:
        rows = [
            f"{self._print(value)} & "
            + (rf"\text{{{self.otherwise}}}" if condition is sp.true else self._print(condition))
            for value, condition in expr.args
        ]
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"


def write(expr: sp.Expr, names: Mapping[sp.Symbol, str], dot: bool = False, otherwise: str = "otherwise") -> str:
    """A formula in LaTeX, its symbols written as ``names`` says, in the order in which it was built.

    ``names`` may hold numbers (see ``factor``) instead of letters: that is the line with the numbers put in, and ``dot``
    then sets a dot between factors. Raises ValueError for a symbol without a name.
    """
    names, symbols = {DOTS: r"\cdots", **names}, expr.free_symbols
    missing = symbols - names.keys()
    if missing:
        raise ValueError(f"no name for {', '.join(map(str, missing))}")
    return _printed(expr, tuple((symbol, name) for symbol, name in names.items() if symbol in symbols), dot, otherwise)


@lru_cache(maxsize=5_000)
def _printed(expr: sp.Expr, names: tuple[tuple[sp.Symbol, str], ...], dot: bool, otherwise: str) -> str:
    style = {"order": "none", "ln_notation": True, "inv_trig_style": "full"}
    printer = _Printer(style | {"mul_symbol": "dot" if dot else None, "symbol_names": dict(names)})
    printer.otherwise = otherwise
    return str(printer.doprint(expr))
