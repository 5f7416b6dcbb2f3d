"""How numbers are written: to a number of decimals, in plain text or in LaTeX."""

from __future__ import annotations

from math import isfinite

from ..quantity import Quantity


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
    return number(value, decimals, latex, short=quantity.given)


def factor(quantity: Quantity, value: float, decimals: int = 4) -> str:
    """The same in LaTeX as it stands inside a formula: a negative one, or one in powers of ten, in brackets."""
    text = shown(quantity, value, decimals)
    return f"({text})" if value < 0 or "times" in text else text
