"""Formulas and numbers as Python code that needs nothing but the math module, and formulas in arrays of NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import getsource

import sympy as sp
from sympy.printing.numpy import NumPyPrinter
from sympy.printing.pycode import PythonCodePrinter

from .numbers import plain

PLAIN = getsource(plain).rstrip()  # the function that writes a number, for code that prints as the tutor does


class Code(PythonCodePrinter):
    """SymPy's printer of Python, in the order in which a formula was built; symbols in ``renamed`` are called as it says."""

    def __init__(self) -> None:
        super().__init__({"order": "none"})
        self.renamed: dict[sp.Symbol, str] = {}

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return self.renamed.get(expr, str(expr.name))

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:
        *cases, (otherwise, _always) = expr.args
        told = "".join(f"{self._print(value)} if {self._print(condition)} else " for value, condition in cases)
        return f"({told}{self._print(otherwise)})"


class Arrays(NumPyPrinter):
    """SymPy's printer of NumPy (as np), in the order in which a formula was built; symbols in ``renamed`` are called so."""

    def __init__(self, renamed: Mapping[sp.Symbol, str] | None = None) -> None:
        super().__init__({"order": "none", "fully_qualified_modules": False})
        self.renamed = renamed or {}

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return self.renamed.get(expr, str(expr.name))

    def _module_format(self, fqn: str, register: bool = True) -> str:
        return "np." + fqn.rpartition(".")[2]

    def _print_Pow(self, expr: sp.Pow, rational: bool = False) -> str:
        return str(self._hprint_Pow(expr, rational=rational, sqrt="numpy.sqrt"))

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:
        *cases, (otherwise, _always) = expr.args
        told = str(self._print(otherwise))
        for value, condition in reversed(cases):
            sides = f"{self._print(condition.lhs)} {condition.rel_op} {self._print(condition.rhs)}"
            told = f"np.where({sides}, {self._print(value)}, {told})"
        return told
