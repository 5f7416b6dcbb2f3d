"""What a student typed as a number, safely read: a tokeniser and a small parser of arithmetic that computes in floats."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from .i18n import mark
from .problem import Problem

MAX_LENGTH, MAX_DEPTH = 200, 40
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "exp": math.exp, "sqrt": math.sqrt, "ln": math.log, "log": math.log, "tanh": math.tanh,
}  # fmt: skip
_WIDTHS = ("<wide>", "<narrow>", "<small>", "<noBreak>")  # what a Chinese keyboard types; ½ and ①, which NFKC knows too, stay
_LOOKALIKES = str.maketrans("−–—‐‑×·⋅∙∗÷∕⁄。≈≃≅～", "-----*****///.===~")
_RAISED = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
_GROUPS = r"[1-9][0-9]{0,2}(?: [0-9]{3})+(?:[.,][0-9]+)?(?![0-9.,])|[0-9]*[.,](?:[0-9]{3} )+[0-9]{1,3}(?![0-9.,])"  # 5 000
_TOKEN = re.compile(
    rf"(?P<n>(?:{_GROUPS}|[0-9.,]*[0-9][0-9.,]*)(?: *[eE][-+]?[0-9]+)?)|(?P<r>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(?P<o>\*\*|[-+*/^()%])"
    r"|(?P<f>[^\W\d_⁰¹²³⁴⁵⁶⁷⁸⁹]+)|\s+|(?P<unknown>.)",
    re.DOTALL,
)
_NUMBER = re.compile(r"([0-9]*)[.,]?([0-9]*)(?:[eE](.*))?")
_THOUSANDS = re.compile(
    r"[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+\.[0-9]*|(?:\.[0-9]{3})+,[0-9]*|(?:,[0-9]{3}){2,}|(?:\.[0-9]{3}){2,})"
)
_TWO_WAYS = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")  # 1,234
_ABOUT = re.compile(r"\s*(?:~|大?约(?:等于|为|是)?|大概是?|about|around|approx(?:imately|\.)?|circa|ca\.)\s*", re.IGNORECASE)
_CALLED = re.compile(r"\s*(?:[^\W\d_]|∂)[\w\s(){}\[\]^,./\\∂]*")  # the name before an equals sign
_POWER_LOST = re.compile(r"[-+]*n\*n[-+]n")  # 1.2*10-3
_POWER_OF_TEN = re.compile(r"\*n(r|\^[-+]?n|\^\([-+]?n\))")  # what follows 1.2 in 1.2*10^-3, in the symbols of Tokens

WHICH_COMMA = mark("“{found}” at place {place} can be {one} or {other}: which? Write it in one of these two ways.")
WHICH_POWER = mark("“{found}” can be {one} or {other}: which? Write it in one of these two ways.")
WHICH_PRODUCT = mark(
    "Before “{found}” at place {place} it is not clear what you divide by: write * and brackets, as in (1/2)*3 or 1/(2*3)."
)
WHICH_VALUE = mark("The two sides of “=” at place {place} are different numbers: which one is your answer?")
UNIT = mark("“{found}” at place {place}: the numbers here have no unit, so write the number alone.")
EMPTY = mark("Nothing was entered. Write a number such as 0.289 or 1.2e-3, or arithmetic such as 0.5-0.1*(-0.0575).")
LONG = mark("Type at most {most} characters, not {n}: a number such as 0.289, or a short piece of arithmetic.")
UNKNOWN = mark(
    "“{found}” at place {place} is no part of a number: write digits, and + - * / ^ with brackets, without units or words."
)
NAME = mark("“{found}” at place {place} is not known: besides numbers there are {names}, as in exp(-1.5) or e^-1.5.")
MARKS = mark(
    "“{found}” at place {place} is not written as a number is: give it one decimal mark, point or comma, as in 1234.5."
)
TWO = mark("“{found}” at place {place} follows without + - * / or ^ before it: give one number, and write products with *.")
MISSING = mark("At place {place} a number is expected, as in 2*(-0.5), but there is “{found}”.")
UNFINISHED = mark("It ends after “{found}” at place {place}, where a number is expected, as in 2*(-0.5).")
NO_BRACKET = mark("After “{found}” at place {place} brackets are needed, as in exp(-1.5).")
OPEN = mark("The bracket at place {place} is never closed: write both, as in 2*(-0.5).")
CLOSED = mark("The closing bracket at place {place} was never opened: write both, as in 2*(-0.5).")
DEEP = mark(
    "At “{found}”, place {place}, more than {most} brackets, signs or powers stand inside each other: write it more simply."
)
ZERO = mark("“{found}” at place {place} divides by 0: write a number, or arithmetic that has a value, such as 1/3.")
UNREAL = mark(
    "“{found}” at place {place} has no real value: roots need at least 0, logarithms more than 0, as in sqrt(2) or ln(0.5)."
)
RANGE = mark(
    "At “{found}”, place {place}, the number is too large or too small to compute with: write one from 1e-300 to 1e300, or 0."
)


@dataclass(frozen=True)
class Answer:
    """A number as it was typed.

    ``value`` is finite. ``tolerance``: half a unit of the last digit given, 0 when exact; inf where the digits not given
    decide whether there is a value at all, as in 1/(0.3-0.25). ``literal``: a single number, perhaps signed or with a power of
    ten, not arithmetic.
    """

    value: float
    tolerance: float
    literal: bool

    @property
    def precise(self) -> bool:
        """Whether it was given to at least three significant digits, or exactly."""
        return self.tolerance <= 0.005 * abs(self.value) * (1 + 1e-12)  # 0.100 has three digits, rounding or not


@dataclass(frozen=True)
class Token:
    """A part of the answer: ``symbol`` is n (number), r (raised digits), f (name) or the operator; ``place`` counts from 1.

    ``half`` is half a unit of a number's last digit; it is ``whole`` without decimal mark and negative power of ten.
    """

    symbol: str
    text: str
    place: int
    value: float = 0.0
    half: float = 0.0
    whole: bool = True

    def problem(self, template: str, **parts: object) -> Problem:
        """What is wrong with this part; what cannot be shown stands there as its code."""
        found = "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in self.text[:20])
        return Problem("answer", template, found=found, place=self.place, **parts)


def read(text: str, exact: Collection[float] = ()) -> Answer:
    """The number that a student typed; ``exact``: the given numbers, which in arithmetic count to all digits.

    In arithmetic whole numbers are exact, too; what half a unit of each other number's last digit changes is added up.
    Raises Problem at "answer", with a sentence that says what stands where, for all that is not one finite real number.
    """
    if len(text) > MAX_LENGTH:
        raise Problem("answer", LONG, most=MAX_LENGTH, n=len(text))
    plain, sides = _answer_part(narrowed(text))
    tokens = _tokens(plain)
    if not tokens:
        raise Problem("answer", EMPTY)
    _ask(tokens)
    answer = _answer(tokens, exact)
    for place, side in sides:
        other = _answer(_tokens(side), exact)
        if abs(other.value - answer.value) > other.tolerance + answer.tolerance + 1e-9 * abs(answer.value):
            raise Problem("answer", WHICH_VALUE, found="=", place=place)
    return answer


def _answer(tokens: Sequence[Token], exact: Collection[float]) -> Answer:
    """The number that the tokens are."""
    value = _Parser(tokens).result()
    bare = [token for token in tokens if token.symbol not in "()"]
    first = next(i for i, token in enumerate(bare) if token.symbol not in "+-")
    share = 0.01 if [token.symbol for token in bare[first + 1 :]] == ["%"] else 1.0
    if bare[first].symbol == "n" and len(bare) == first + (1 if share == 1 else 2):
        return Answer(value, bare[first].half * share, literal=True)
    if tokens[first].symbol == "n":
        number, end = _scientific(tokens, first)
        if end == len(tokens):
            return Answer(math.copysign(number.value, value), number.half, literal=True)
    given, tolerance = {abs(number) for number in exact}, 0.0
    for i, token in enumerate(tokens):
        if token.symbol == "n" and not token.whole and not given & {token.value, _scientific(tokens, i)[0].value}:
            tolerance += max(_change(tokens, i, shift, value) for shift in (token.half, -token.half))
    return Answer(value, tolerance, literal=False)


def _answer_part(text: str) -> tuple[str, list[tuple[int, str]]]:
    """The text after the last equals sign, at its place, without a word for "about"; and the numbers on the other sides."""
    *before, last = text.split("=")
    sides, place = [], 0
    for side in before:
        place += len(side) + 1
        if side.strip() and not _CALLED.fullmatch(side):
            sides.append((place, side))
    match = _ABOUT.match(last)
    return " " * (place + (match.end() if match else 0)) + last[match.end() if match else 0 :], sides


def _ask(tokens: Sequence[Token]) -> None:
    """Raise Problem where two readings are possible."""
    shape = "".join(token.symbol for token in tokens)
    if _POWER_LOST.fullmatch(shape) and tokens[-3].text == "10" and re.fullmatch("[0-9]{1,2}", tokens[-1].text):
        mantissa, sign, power = tokens[-5].text, tokens[-2].text, tokens[-1].text
        one, other = f"{mantissa}*10^{sign.strip('+')}{power}", f"({mantissa}*10){sign}{power}"
        found = f"{mantissa}*10{sign}{power}"
        raise Problem("answer", WHICH_POWER, found=found, place=tokens[-5].place, one=one, other=other)
    decimal_comma = any("," in t.text and not _TWO_WAYS.fullmatch(t.text) and t.text.count(",") == 1 for t in tokens)
    for i, token in enumerate(tokens):
        if _TWO_WAYS.fullmatch(token.text) and not decimal_comma and _scientific(tokens, i)[1] == i + 1:
            raise token.problem(WHICH_COMMA, one=token.text.replace(",", "."), other=token.text.replace(",", ""))


def narrowed(text: str) -> str:
    """The text with plain signs for those of a Chinese keyboard and of typography."""
    if text.isascii():
        return text
    text = text.replace("——", "- ")  # which is what a Chinese keyboard types for a dash
    return "".join(
        unicodedata.normalize("NFKC", c) if unicodedata.decomposition(c).startswith(_WIDTHS) else c for c in text
    ).translate(_LOOKALIKES)


def _tokens(text: str) -> list[Token]:
    """The parts of the text, without the spaces between them."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind, part, place = match.lastgroup, match[0], match.start() + 1
        symbol = {"o": "^" if part == "**" else part}.get(str(kind), str(kind))
        token = Token(symbol, part, place)
        if kind == "unknown":
            raise token.problem(UNKNOWN)
        if kind == "f" and part in "xX" and _is_times(found, text[match.end() :]):
            token = replace(token, symbol="*")
        elif kind == "f" and part.lower() not in (*FUNCTIONS, "e"):
            unit = found and found[-1].symbol == "n" and not text[match.end() :].strip() and part not in "xX"
            raise token.problem(UNIT) if unit else token.problem(NAME, names=(*FUNCTIONS, "e"))
        if kind:
            found.append(_number(token) if kind == "n" else token)
    return found


def _is_times(before: Sequence[Token], after: str) -> bool:
    """Whether an x stands between two factors; 0x is how programs begin a number of another base."""
    return bool(before and before[-1].symbol in "n)%" and before[-1].text != "0" and re.match(r"\s*[0-9.,(+-]", after))


def _number(token: Token) -> Token:
    """The token of a number with what its digits say."""
    text = token.text.replace(" ", "")
    if _THOUSANDS.fullmatch(text):
        mark = text[-1 - len(re.split("[.,]", text)[-1])]
        alone = text.count(mark) > 1  # 1,234,567
        text = re.sub("[.,]", "", text) if alone else re.sub(f"[.,](?=.*[{mark}])", "", text)
    match = _NUMBER.fullmatch(text)
    if not match:
        raise token.problem(MARKS)
    before, after, power = match[1], match[2], int(match[3] or 0)
    value, half = float(f"{before or 0}.{after or 0}e{power}"), float(f"0.5e{power - len(after)}")
    if not math.isfinite(value) or not 0 < half < math.inf or (value == 0 and (before + after).strip("0")):
        raise token.problem(RANGE)
    return replace(token, value=value, half=half, whole=not re.search("[.,]", text) and power >= 0)


def _scientific(tokens: Sequence[Token], i: int) -> tuple[Token, int]:
    """The number at ``i``, taken together with the power of ten written after it if there is one, and where it ends."""
    number, shape = tokens[i], "".join(token.symbol for token in tokens)
    match = _POWER_OF_TEN.match(shape, i + 1)
    if not match or tokens[i + 2].text != "10" or not re.fullmatch(r"[0-9.,]+", number.text):
        return number, i + 1
    power = "".join(token.text for token in tokens[i + 3 : match.end()]).translate(_RAISED).strip("*^()")
    if not re.fullmatch(r"[-+]?[0-9]+", power):
        return number, i + 1
    return _number(replace(number, text=f"{number.text}e{power}")), match.end()


def _change(tokens: Sequence[Token], i: int, shift: float, value: float) -> float:
    """How far the value moves with the number at ``i``; inf where there is none any more."""
    moved = [*tokens[:i], replace(tokens[i], value=tokens[i].value + shift), *tokens[i + 1 :]]
    try:
        return abs(_Parser(moved).result() - value)
    except Problem:
        return math.inf


class _Parser:
    """Recursive descent: a sum of products of signed powers of atoms, which binds as in Python (-2^2 is -4)."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    def result(self) -> float:
        value = self.sum()
        if self.at < len(self.tokens):
            left = self.tokens[self.at]
            raise left.problem(CLOSED if left.symbol == ")" else TWO)
        return value + 0.0  # never -0.0

    def take(self, symbols: str) -> Token | None:
        """The next token when it is one of these, else None."""
        if self.at == len(self.tokens) or self.tokens[self.at].symbol not in symbols:
            return None
        self.at += 1
        return self.tokens[self.at - 1]

    def sum(self) -> float:
        value = self.product()
        while operator := self.take("+-"):
            term = self.product()
            value = _within(operator, value + term if operator.symbol == "+" else value - term)
        return value

    def product(self) -> float:
        value, divided = self.signed(), False
        while operator := self.take("*/") or self.implied(divided):
            divided |= operator.symbol == "/"
            factor = self.power() if operator.symbol == "" else self.signed()
            if operator.symbol == "/" and factor == 0:
                raise operator.problem(ZERO)
            value = _within(operator, value / factor if operator.symbol == "/" else value * factor)
        return value

    def implied(self, divided: bool) -> Token | None:
        """A product sign that was left out, as in 2(0.5-1); Problem after a division, where it can mean two things."""
        if not 0 < self.at < len(self.tokens):
            return None
        before, after = self.tokens[self.at - 1], self.tokens[self.at]
        function = after.symbol == "f" and after.text.lower() != "e"
        if before.symbol not in "nr)%" or not (after.symbol == "(" or function):
            return None
        if divided:
            raise after.problem(WHICH_PRODUCT)
        return replace(after, symbol="")

    def signed(self) -> float:
        self.depth += 1  # every bracket, sign and power passes here
        if self.depth > MAX_DEPTH:
            raise self.tokens[self.at - 1].problem(DEEP, most=MAX_DEPTH)
        sign = self.take("+-")
        value = self.power() if sign is None else self.signed() if sign.symbol == "+" else -self.signed()
        self.depth -= 1
        return value

    def power(self) -> float:
        value = self.atom()
        while raised := self.take("r"):
            value = _power(raised, value, float(raised.text.translate(_RAISED)))
        while self.take("%"):
            value /= 100
        operator = self.take("^")
        return _power(operator, value, self.signed()) if operator else value

    def atom(self) -> float:
        if self.at == len(self.tokens):
            raise self.tokens[-1].problem(UNFINISHED)
        token = self.tokens[self.at]
        self.at += 1
        if token.symbol == "n":
            return token.value
        if token.symbol == "f" and token.text.lower() == "e":
            return math.e
        if token.symbol not in "f(":
            raise token.problem(MISSING)
        bracket = token if token.symbol == "(" else self.take("(")
        if bracket is None:
            raise token.problem(NO_BRACKET)
        value = self.sum()
        if not self.take(")"):
            raise self.tokens[self.at].problem(TWO) if self.at < len(self.tokens) else bracket.problem(OPEN)
        return _call(token, FUNCTIONS[token.text.lower()], value) if token.symbol == "f" else value


def _power(operator: Token, base: float, exponent: float) -> float:
    if base == 0 and exponent < 0:
        raise operator.problem(ZERO)
    return _call(operator, math.pow, base, exponent)


def _call(token: Token, function: Callable[..., float], *numbers: float) -> float:
    try:
        return _within(token, function(*numbers))
    except OverflowError:
        raise token.problem(RANGE) from None
    except ValueError as error:
        if isinstance(error, Problem):
            raise
        raise token.problem(UNREAL) from None


def _within(token: Token, value: float) -> float:
    if not math.isfinite(value):
        raise token.problem(RANGE)
    return value
