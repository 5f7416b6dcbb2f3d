"""One number in mixed radix, written and read digit by digit: what codes and links consist of."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from decimal import Decimal
from math import log2

NAMES = "abcdefghijklmnopqrstuvwxyz0123456789_"
MOST_SIGNS = 64  # of a text
EXACT = 52  # bits of a float after its leading one
_FIGURES, _POWER = 9, 15  # of a short decimal
_EXPONENTS, _HIGH = 2047, 1030  # of doubles; above that of most numbers
_WIDTHS = (
    1,
    2,
    3,
    4,
    5,
    6,
    8,
    10,
    12,
    16,
    24,
    32,
    64,
    256,
    1024,
    2047,
)  # of a digit that says how far below the highest


class Unwritable(ValueError):
    """What the tables of a version have no room for."""


class Writer:
    """Digits that come to one number; ``escapes``: whether what is not in a table may stand as text, or raises Unwritable."""

    def __init__(self, escapes: bool = True) -> None:
        self.escapes = escapes
        self._digits: list[tuple[int, int]] = []

    def digit(self, value: int, radix: int) -> None:
        """One digit below its radix."""
        if not 0 <= value < radix:
            raise Unwritable(f"{value} is no digit below {radix}")
        self._digits.append((int(value), radix))

    def number(self) -> int:
        """All of them; the first digit is the lowest, and a 1 stands above the last."""
        total = 1
        for value, radix in reversed(self._digits):
            total = total * radix + value
        return total

    def whole(self, value: int) -> None:
        """A whole number from 0 below 16**15."""
        length = -(-int(value).bit_length() // 4)
        self.digit(length, 16)
        self.digit(value, 16**length)

    def small(self, value: int, radix: int) -> None:
        """A whole number that is mostly below the radix."""
        self._known(value if value < radix else radix, radix)
        if value >= radix:
            self.whole(value - radix)

    def choice(self, name: str, names: Sequence[str]) -> None:
        """A name, mostly one of the table."""
        self._known(names.index(name) if name in names else len(names), len(names))
        if name not in names:
            self.text(name)

    def _known(self, value: int, radix: int) -> None:
        """A digit below the radix, or the radix itself where an escape follows."""
        self.digit(value, radix + 1 if self.escapes else radix)

    def text(self, text: str) -> None:
        """Up to 64 signs; a name of small letters and digits is short."""
        plain = set(NAMES).issuperset(text)
        signs = [NAMES.index(sign) for sign in text] if plain else list(text.encode())
        self.digit(int(plain), 2)
        self.digit(len(signs), MOST_SIGNS + 1)
        for sign in signs:
            self.digit(sign, len(NAMES) if plain else 256)

    def floats(self, values: Sequence[float], bits: int = EXACT) -> None:
        """So many finite floats: short decimals as digits and a power of ten, others as sign, exponent and ``bits`` bits.

        With the 52 bits of a double all of them are exact; with fewer the long ones are rounded.
        """
        short = [_decimal(value) for value in values]
        long = [None if found else _parts(value, bits) for value, found in zip(values, short, strict=True)]
        negative = [value < 0 or str(value) == "-0.0" for value in values]
        kind = 0 if all(short) else 1 if not any(short) else 2
        self.digit(kind, 3)
        self.digit(int(any(negative)), 2)
        length = max([len(str(found[0])) for found in short if found], default=1)
        least, span = _span([found[1] for found in short if found])
        high = max([found[0] for found in long if found], default=0)
        below = [high - found[0] for found in long if found]
        width = min(_WIDTHS, key=lambda each: log2(each + 1) * sum(1 + one // each for one in below))
        if kind != 1:
            self.digit(length - 1, _FIGURES)
            self.small(-least if least <= 0 else _POWER + least, 6)
            self.small(span - 1, 4)
        if kind != 0:
            self.small(_HIGH - high if high <= _HIGH else high, 48)
            self.digit(_WIDTHS.index(width), len(_WIDTHS))
        for minus, decimal, parts in zip(negative, short, long, strict=True):
            if kind == 2:
                self.digit(int(parts is not None), 2)
            if any(negative):
                self.digit(int(minus), 2)
            if decimal:
                self.digit(decimal[0], 10**length)
                self.digit(decimal[1] - least, span)
            elif parts:
                further, last = divmod(high - parts[0], width)
                for digit in (*[width] * further, last):
                    self.digit(digit, width + 1)
                self.digit(parts[1], 1 << bits)


class Reader:
    """What a Writer wrote, in the same order; ValueError for what none wrote. ``new`` has the names that stood as text."""

    def __init__(self, number: int, escapes: bool = True) -> None:
        self.escapes = escapes
        self.new: list[str] = []
        self._rest = number

    def digit(self, radix: int) -> int:
        """One digit below the radix."""
        self._rest, value = divmod(self._rest, radix)
        if not self._rest:
            raise ValueError("the number ends too early")
        return value

    def end(self) -> None:
        """ValueError unless everything has been read."""
        if self._rest != 1:
            raise ValueError("the number goes on")

    def whole(self) -> int:
        """A whole number from 0."""
        return self.digit(16 ** self.digit(16))

    def small(self, radix: int) -> int:
        """A whole number that is mostly below the radix."""
        value = self._known(radix)
        return value + self.whole() if value == radix else value

    def choice(self, names: Sequence[str]) -> str:
        """A name, mostly one of the table."""
        value = self._known(len(names))
        if value < len(names):
            return names[value]
        self.new.append(self.text())
        return self.new[-1]

    def _known(self, radix: int) -> int:
        return self.digit(radix + 1 if self.escapes else radix)

    def text(self) -> str:
        """Up to 64 signs."""
        plain, length = self.digit(2), self.digit(MOST_SIGNS + 1)
        if plain:
            return "".join(NAMES[self.digit(len(NAMES))] for _ in range(length))
        return bytes(self.digit(256) for _ in range(length)).decode()

    def floats(self, count: int, bits: int = EXACT) -> list[float]:
        """So many floats."""
        kind, signed = self.digit(3), self.digit(2)
        length = least = span = high = width = 1
        if kind != 1:
            length, least, span = self.digit(_FIGURES) + 1, self.small(6), self.small(4) + 1
            least = -least if least <= _POWER else least - _POWER
        if kind != 0:
            high, width = self.small(48), _WIDTHS[self.digit(len(_WIDTHS))]
            high = _HIGH - high if high <= _HIGH else high
        found = []
        for _ in range(count):
            long = self.digit(2) if kind == 2 else kind
            sign = -1.0 if signed and self.digit(2) else 1.0
            if long:
                exponent = high
                while (digit := self.digit(width + 1)) == width:
                    exponent -= width
                found.append(sign * _joined(exponent - digit, self.digit(1 << bits), bits))
            else:
                found.append(sign * float(f"{self.digit(10**length)}e{least + self.digit(span)}"))
        return found


def _decimal(value: float) -> tuple[int, int] | None:
    """The size of a float as digits and a power of ten; None where these are too long."""
    _sign, digits, power = Decimal(repr(abs(float(value)))).normalize().as_tuple()
    assert isinstance(power, int)
    return (int("".join(map(str, digits))), power) if len(digits) <= _FIGURES and abs(power) <= _POWER else None


def _parts(value: float, bits: int) -> tuple[int, int]:
    """The exponent and the leading bits of a float's fraction, rounded."""
    whole = struct.unpack(">Q", struct.pack(">d", abs(value)))[0]
    away = EXACT - bits
    rounded = min((whole + ((1 << away) >> 1)) >> away, (_EXPONENTS << bits) - 1)
    return rounded >> bits, rounded & ((1 << bits) - 1)


def _joined(exponent: int, fraction: int, bits: int) -> float:
    if not 0 <= exponent < _EXPONENTS:
        raise ValueError("no finite float has this exponent")
    value: float = struct.unpack(">d", struct.pack(">Q", (exponent << bits | fraction) << (EXACT - bits)))[0]
    return value


def _span(values: list[int]) -> tuple[int, int]:
    """The least, and how many whole numbers there are from it to the greatest."""
    return (min(values), max(values) - min(values) + 1) if values else (0, 1)
