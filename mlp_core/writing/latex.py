"""How quantities and formulas are written: names in a notation, formulas in LaTeX, numbers to a number of decimals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter

from ..quantity import Quantity

_GREEK = {
    "δ": r"\delta", "Δ": r"\Delta", "η": r"\eta", "ι": r"\iota", "α": r"\alpha", "ε": r"\epsilon", "β": r"\beta",
    "ρ": r"\rho", "μ": r"\mu", "ℒ": r"\mathcal{L}", "m̂": r"\hat{m}", "v̂": r"\hat{v}",
}  # fmt: skip


@dataclass(frozen=True)
class Name:
    """A symbol with superscript and subscript, or (when ``den`` is set) the partial derivative of ``num`` by ``den``."""

    base: str = ""
    sup: str = ""
    sub: str = ""
    of: Name | None = None
    num: Name | None = None
    den: Name | None = None

    def latex(self) -> str:
        """In LaTeX."""
        if self.num and self.den:
            return rf"\frac{{\partial {self.num.latex()}}}{{\partial {self.den.latex()}}}"
        base = self.base
        for letter, command in _GREEK.items():
            base = base.replace(letter, command + " ")
        sup = re.sub(r" ?([^\W\d_]{2,}|[^\x00-\x7f]+)", r"\\,\\text{\1}", self.sup)
        sub = self.of.latex() if self.of else self.sub
        return base.strip() + (f"^{{{sup}}}" if sup else "") + (f"_{{{sub}}}" if sub else "")

    def text(self) -> str:
        """In plain text, for labels and screen readers: W(2)1."""
        if self.num and self.den:
            return f"∂{self.num.text()}/∂{self.den.text()}"
        sup = f" {self.sup}" if self.sup.isalpha() else self.sup
        if self.of:
            return f"{self.base}{sup}[{self.of.text()}]"
        return self.base + sup + ("_" if self.sub and not sup.endswith(")") else "") + self.sub

    def html(self) -> str:
        """In HTML with sup and sub."""
        if self.num and self.den:
            return f"∂{self.num.html()}/∂{self.den.html()}"
        sub = self.of.html() if self.of else self.sub
        return self.base + (f"<sup>{self.sup}</sup>" if self.sup else "") + (f"<sub>{sub}</sub>" if sub else "")

    def data(self) -> dict[str, Any]:
        """As plain data for a picture: base, sup and sub, or num and den."""
        if self.num and self.den:
            return {"num": self.num.data(), "den": self.den.data()}
        return {"base": self.base, "sup": self.sup, "sub": self.of.text() if self.of else self.sub}


@dataclass(frozen=True, eq=False)
class Notation:
    """The letters of one textbook.

    letters: kind to base letter, over those of ``_LETTERS``; shift: kind to what is added to the layer number (books count
    layers differently); sup: how a layer number is set; single: whether the index of a layer's only neuron is dropped;
    output: the letter of the last layer's activations where it differs; words: for "new" and "old".
    A letter for "delta" is used where the book has one, else delta is written as the derivative it is.
    """

    key: str
    letters: Mapping[str, str] = field(default_factory=dict)
    shift: Mapping[str, int] = field(default_factory=dict)
    sup: str = "({})"
    single: bool = False
    output: str = ""
    words: Mapping[str, str] = field(default_factory=lambda: {"new": "new", "old": "old"})

    @lru_cache(maxsize=8192)  # noqa: B019  (there are a handful of notations, and they live as long as the program)
    def name(self, quantity: Quantity, sizes: tuple[int, ...] | None = None) -> Name:
        """The name of a quantity; ``sizes`` (n_0, ..., n_L) are needed to drop single indices and to find the outputs."""
        kind, at = quantity.kind, (quantity.layer, quantity.index)
        if kind in ("dC_da", "dW", "db") or (kind == "delta" and "delta" not in self.letters):
            by = {"dC_da": "a", "dW": "W", "db": "b", "delta": "z"}[kind]
            return Name(num=self.name(Quantity("C"), sizes), den=self.name(Quantity(by, *at), sizes))
        if kind == "da_dz":
            layer, index = at
            top, bottom = Quantity("a", layer, index[:1]), Quantity("z", layer, index[-1:])
            return Name(num=self.name(top, sizes), den=self.name(bottom, sizes))
        if kind in ("W_new", "b_new"):
            plain = self.name(Quantity(kind[0], *at), sizes)
            return Name(plain.base, f"{plain.sup} {self.words['new']}".strip(), plain.sub)
        if kind[-2:] in ("_W", "_b"):
            return self._slot(kind[:-2], self.name(Quantity(kind[-1], *at), sizes))
        return self._plain(quantity, sizes)

    def _slot(self, slot: str, parameter: Name) -> Name:
        if slot == "step":
            return Name("Δ" + parameter.base, parameter.sup, parameter.sub)
        base = {"m": "m", "v": "v", "m_prev": "m", "v_prev": "v", "m_hat": "m̂", "v_hat": "v̂"}[slot]
        return Name(base, self.words["old"] if slot.endswith("prev") else "", of=parameter)

    def _plain(self, quantity: Quantity, sizes: tuple[int, ...] | None) -> Name:
        kind, layer, index = quantity.kind, quantity.layer, quantity.index
        base, _, own = self.letters.get(kind, _LETTERS.get(kind, kind)).partition("_")
        if kind == "a" and self.output and sizes and layer == len(sizes) - 1:
            base, kind = self.output, "y"
        bare = kind in ("C", "y") or quantity.family == "setting" or (kind == "x" and kind not in self.shift)
        sup = "" if bare else self.sup.format(layer + self.shift.get(kind, 0))
        shown = index[1:] if self.single and sizes and kind != "x" and index and sizes[layer] == 1 else index
        return Name(base, sup, own or ",".join(map(str, shown)))


_LETTERS = {
    "C": "C_0", "lr": "η", "momentum": "μ", "rho": "ρ", "beta1": "β_1", "beta2": "β_2", "eps": "ε", "t": "t", "delta": "δ",
}  # fmt: skip

NOTES = Notation("notes", single=True)


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

    ``names`` may hold numbers (see ``number``) instead of letters: that is the line with the numbers put in, and ``dot``
    then sets a dot between factors. Raises ValueError for a symbol without a name.
    """
    missing = expr.free_symbols - names.keys()
    if missing:
        raise ValueError(f"no name for {', '.join(map(str, missing))}")
    printer = _Printer(
        {"order": "none", "mul_symbol": "dot" if dot else None, "symbol_names": dict(names), "ln_notation": True}
    )
    printer.otherwise = otherwise
    return printer.doprint(expr)


def number(value: float, decimals: int = 4, latex: bool = True, short: bool = False) -> str:
    """A number to so many decimals; one that would show as 0 though it is not, or is very large, in powers of ten.

    ``short`` leaves out closing zeros where nothing was rounded away, as one writes a given 0.5.
    """
    value = float(value)
    if not isfinite(value):
        raise ValueError(f"{value} is not a finite number")
    plain = f"{value:.{decimals}f}"
    if value == 0 or (abs(value) < 1e7 and float(plain) != 0):
        plain = plain.removeprefix("-") if value == 0 else plain
        return _trimmed(plain) if short and float(plain) == value else plain
    mantissa, exponent = f"{value:.{max(decimals - 1, 1)}e}".split("e")
    if short and float(f"{mantissa}e{exponent}") == value:
        mantissa = _trimmed(mantissa)
    return _power(mantissa, exponent, latex)


def _power(mantissa: str, exponent: str, latex: bool) -> str:
    if not exponent:
        return mantissa
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if latex else f"{mantissa}e{int(exponent)}"


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(quantity: Quantity, value: float, decimals: int = 4, latex: bool = True) -> str:
    """The number as the tutor writes it: a setting in full (0.999 is not 1.00), what was given without closing zeros, what
    was computed to all decimals."""
    if quantity.family == "setting":
        mantissa, _, exponent = f"{value + 0.0:.10g}".partition("e")
        return _power(mantissa, exponent, latex)
    return number(value, decimals, latex, short=quantity.kind in GIVEN)


def factor(quantity: Quantity, value: float, decimals: int = 4) -> str:
    """The same in LaTeX as it stands inside a formula: a negative one, or one in powers of ten, in brackets."""
    text = shown(quantity, value, decimals)
    return f"({text})" if value < 0 or "times" in text else text


GIVEN = {"x", "y", "W", "b"}
