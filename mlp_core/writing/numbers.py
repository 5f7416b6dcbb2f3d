"""How numbers are written, as plain text; latex.py and typst.py set the same text as mathematics."""

from __future__ import annotations

from functools import lru_cache
from math import isfinite

from ..quantity import Quantity

MINUS = "\N{MINUS SIGN}"


def plain(value: float, decimals: int, powers: bool = False) -> str:
    """A number to so many decimals; one that would show as 0 though it is not, or is very large, as 1.5e-9, and with ``powers``
    any other."""
    text = f"{value + 0.0:.{decimals}f}"
    if value and (powers or abs(value) >= 1e7 or not float(text)):
        mantissa, exponent = f"{value:.{max(decimals - 1, 1)}e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    return text


def number(value: float, decimals: int = 4, short: bool = False) -> str:
    """``plain`` for a finite number, else ValueError; ``short`` leaves out closing zeros where nothing was rounded away, as
    one writes a given 0.5."""
    value = float(value)
    if not isfinite(value):
        raise ValueError(f"{value} is not a finite number")
    text = plain(value, decimals)
    mantissa, e, exponent = text.partition("e")
    return f"{trimmed(mantissa)}{e}{exponent}" if short and float(text) == value else text


def significant(value: float, digits: int) -> str:
    """A number to so many significant digits, without closing zeros: 0.999, 1e-8."""
    mantissa, e, exponent = f"{value + 0.0:.{digits}g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if e else mantissa


def figures(value: float, digits: int, short: bool = False) -> str:
    """A number to so many significant digits, closing zeros among them: 0.02000, 1.130e-4; 0 is 0. ``short`` leaves closing
    zeros out where nothing was rounded away."""
    if not value:
        return "0"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    powers = not -4 < power < 7
    text = mantissa if powers else f"{value:.{max(digits - 1 - power, 0)}f}"
    if short and float(f"{mantissa}e{power}") == value:
        text = trimmed(text)
    return f"{text}e{power}" if powers else text


def trimmed(text: str) -> str:
    """Decimals without their closing zeros."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(quantity: Quantity, value: float, decimals: int = 4) -> str:
    """The number as the tutor writes it: a setting in full (0.999 is not 1.00), what was given without closing zeros, what
    was computed to all decimals."""
    return _shown(value, decimals, quantity.family == "setting", quantity.given)


@lru_cache(maxsize=20_000)  # of a page's numbers most stay at every step, and each stands there several times
def _shown(value: float, decimals: int, setting: bool, given: bool) -> str:
    return significant(value, 10) if setting else number(value, decimals, short=given)


def bracketed(text: str) -> bool:
    """Whether a number stands in brackets inside a formula: a negative one, or one in powers of ten."""
    return text.startswith("-") or "e" in text


def on_screen(text: str) -> str:
    """A number's text with a true minus sign, for people; without it, programs can read it."""
    return text.replace("-", MINUS)
