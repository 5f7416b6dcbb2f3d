"""The functions of the lesson: as typed for the engine, and as SymPy has them, with the derivative that it finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import sympy as sp

X = sp.Symbol("x", real=True)
Float = Callable[[float], float]


@dataclass(frozen=True)
class Function:
    """A function of x. typed: the same for the engine; label: for a person to choose it."""

    expr: sp.Expr
    typed: str
    label: str = ""

    @cached_property
    def derivative(self) -> sp.Expr:
        """As SymPy finds it."""
        return sp.diff(self.expr, X)

    @cached_property
    def f(self) -> Float:
        """Its value at a number; ValueError, ZeroDivisionError or OverflowError where it has none."""
        made: Float = sp.lambdify(X, self.expr, "math")
        return made

    @cached_property
    def slope(self) -> Float:
        """The derivative's value at a number."""
        made: Float = sp.lambdify(X, self.derivative, "math")
        return made

    def law(self) -> str:
        """What the derivative is, in LaTeX."""
        return rf"\frac{{d}}{{dx}} \left({sp.latex(self.expr)}\right) = {sp.latex(self.derivative)}"

    def secant(self, at: float, run: float) -> float:
        """Rise over run."""
        return (self.f(at + run) - self.f(at)) / run


FUNCTIONS = {
    "square": Function(X**2, "x**2", "x²"),
    "cubic": Function(X**3 - 3 * X, "x**3 - 3*x", "x³ − 3x"),
    "sine": Function(sp.sin(X), "sin(x)", "sin x"),
}
LN = Function(sp.log(X), "log(x)")
SIGMOID = Function(1 / (1 + sp.exp(-X)), "sigmoid(x)")


def power(base: float) -> tuple[Float, Float]:
    """base ** x and its derivative, both of x."""
    b = sp.Symbol("b", positive=True)
    f, slope = (sp.lambdify((X, b), each, "math") for each in (b**X, sp.diff(b**X, X)))
    return lambda x: f(x, base), lambda x: slope(x, base)


def ratio(base: float) -> float:
    """Derivative over value of base ** x, the same at every x."""
    f, slope = power(base)
    return slope(0.0) / f(0.0)
