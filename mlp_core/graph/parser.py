"""Reading an expression: names, numbers, + - * / **, brackets and functions, as calls of operations in order.

No text is ever executed. It is cut into signs, and these are read by precedence; what is too long or too deep is refused
before anything is made of it. Signs that people write or that a Chinese keyboard gives are read as what they stand for. A name
and an equals sign before an expression give its value that name; several such lines are read one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isinf
from typing import NamedTuple, NoReturn

from .operations import FUNCTIONS, INFIX, SEVERAL

MAX_TEXT, MAX_OPERATIONS, MAX_DEPTH, MAX_NAME = 5_000, 200, 50, 20
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_RAISED, _DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"
_SIGN = re.compile(
    rf"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<name>{NAME.pattern})"
    rf"|(?P<sign>\*\*|[-+*/(),^=;])|(?P<raised>⁻?[{_RAISED}]+))",
    re.ASCII,
)
# One sign for one, so that a place is the same in both: the block of full-width letters, digits and signs, and what else
# is written or typed for a sign.
_PLAIN = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | str.maketrans(
    "×·⋅∙∗✕÷∕−–—‐‑。、【】〔〕\u3000\u00a0\u2009\u202f", "******//-----.,()()    "
)
_QUOTED = 40  # characters of what was typed that a message repeats


class ExpressionError(ValueError):
    """What is wrong with an expression, or with its numbers.

    place: the character, from 1, at which it stands (0 where it is none of the text); message: an English sentence with
    {places} for ``parts``, so that it can be translated; node: what of the text it is about, empty where it cannot be read.
    """

    def __init__(self, place: int, *, message: str, node: str = "", **parts: object) -> None:
        self.place, self.message, self.node = place, message, node[:_QUOTED]
        self.parts = {name: part[:_QUOTED] if isinstance(part, str) else part for name, part in parts.items()}
        said = message.format(**self.parts)
        where = f"{self.node!r}, character {place}" if node else f"character {place}" if place else "expression"
        super().__init__(f"{where}: {said}")


@dataclass(frozen=True)
class Number:
    """A number that was typed: part of the operation that takes it, no node of its own."""

    value: float


@dataclass(frozen=True)
class Ref:
    """The result of a call, counted from 0, or a name."""

    index: int
    is_name: bool = False


Operand = Number | Ref


@dataclass(frozen=True)
class Call:
    """An operation on operands; text[start:stop] is what was typed for it."""

    operation: str
    operands: tuple[Operand, ...]
    start: int
    stop: int


@dataclass(frozen=True, eq=False)
class Parsed:
    """An expression as read: its names in order of appearance, and its calls in the order in which they are computed.

    The last call gives the result; without any the expression is its only name. places: where each name stands first; called:
    the names that were given to calls, by their number from 0.
    """

    text: str
    names: tuple[str, ...]
    places: tuple[int, ...]
    calls: tuple[Call, ...]
    called: Mapping[int, str]


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    stop: int


class _Part(NamedTuple):
    """What has been read of an operand, with the brackets around it."""

    operand: Operand
    start: int
    stop: int


def parse(text: str, limited: bool = True) -> Parsed:
    """The expression; ExpressionError with the place for anything that is none.

    limited: whether a text that is too long, or has too many operations, is refused, as whatever a person typed must be.
    """
    if not isinstance(text, str):
        raise ExpressionError(0, message="an expression is text, not {found}", found=type(text).__name__)
    if limited and len(text) > MAX_TEXT:
        raise ExpressionError(MAX_TEXT + 1, message="the expression is longer than {most} characters", most=MAX_TEXT)
    return _read(text, limited)


@lru_cache(maxsize=64)
def _read(text: str, limited: bool) -> Parsed:
    """The same for the same text, as other numbers for its names change nothing about it."""
    return _Reader(text, MAX_OPERATIONS if limited else len(text)).all()


def _tokens(typed: str) -> Iterator[_Token]:
    text = typed.translate(_PLAIN)
    at, end = 0, len(text.rstrip(" \t\r\n"))
    while at < end:
        found = _SIGN.match(text, at, end)
        if not found:
            at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n"))
            raise ExpressionError(at + 1, message="an expression cannot hold {found}", found=_visible(typed[at]))
        kind = str(found.lastgroup)
        start, at = found.span(kind)
        sign = text[start:at]
        if kind == "raised":
            yield from _power(sign, start, at)
        else:
            yield _Token(kind, "**" if sign == "^" else sign, start, at)
    yield _Token("end", "", end, end)


def _power(raised: str, start: int, stop: int) -> Iterator[_Token]:
    """The signs of a power that stands above the line."""
    yield _Token("sign", "**", start, start)
    if raised[0] == "⁻":
        yield _Token("sign", "-", start, start)
    yield _Token("number", raised.lstrip("⁻").translate(str.maketrans(_RAISED, _DIGITS)), start, stop)


def _visible(sign: str) -> str:
    return sign if sign.isprintable() else sign.encode("unicode_escape").decode()


class _Reader:
    """Reads the signs from left to right."""

    def __init__(self, text: str, most: int) -> None:
        self.text, self.most = text, most
        self.rest = _tokens(text)
        self.tokens: list[_Token] = []  # as far as they have been looked at
        self.at = self.depth = 0
        self.names: dict[str, tuple[int, int]] = {}  # to its number from 0, and its place
        self.calls: list[Call] = []
        self.made: dict[str, Operand] = {}
        self.unused: dict[str, _Token] = {}

    def all(self) -> Parsed:
        """The whole text."""
        while True:
            name, whole = self.line()
            if self.next.kind == "end":
                break
            if name is None:
                raise ExpressionError(
                    whole.start + 1, message="what is worked out before the last line needs a name, as in `h = x*w`"
                )
            self.made[name.text], self.unused[name.text] = whole.operand, name
        for token in self.unused.values():
            raise ExpressionError(token.start + 1, message="{found} is worked out and never used", found=token.text)
        if isinstance(whole.operand, Number):
            self.call("number", whole.start, whole.stop, whole)
        made = self.made | ({name.text: Ref(len(self.calls) - 1)} if name and self.calls else {})
        called = {ref.index: each for each, ref in made.items() if isinstance(ref, Ref) and not ref.is_name}
        places = tuple(place for _number, place in self.names.values())
        return Parsed(self.text, tuple(self.names), places, tuple(self.calls), called)

    def line(self) -> tuple[_Token | None, _Part]:
        """An expression, and the name before it where there is one, up to the next of them."""
        name = None
        if self.named():
            name = self.take()
            self.take()
            if name.text in FUNCTIONS or len(name.text) > MAX_NAME:
                raise ExpressionError(name.start + 1, message="{found} cannot be a name", found=name.text)
        whole = self.expression(1)
        if name and (name.text in self.names or name.text in self.made):
            raise ExpressionError(
                name.start + 1, message="{found} is worked out here, and cannot stand for anything before", found=name.text
            )
        again = self.next.text == ";"
        while self.next.text == ";":
            self.take()
        if self.next.kind != "end" and not again and not self.named():
            self.unexpected()
        return name, whole

    def named(self) -> bool:
        """Whether a name with an equals sign comes next."""
        return self.next.kind == "name" and self.token(self.at + 1).text == "="

    def token(self, at: int) -> _Token:
        """A sign of the text; after its end the end."""
        while len(self.tokens) <= at:
            self.tokens.append(next(self.rest))
        return self.tokens[at]

    @property
    def next(self) -> _Token:
        return self.token(self.at)

    def take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def unexpected(self) -> NoReturn:
        token = self.next
        if token.kind == "end":
            raise ExpressionError(token.start + 1, message="the expression ends too early")
        if token.kind in ("number", "name") or token.text == "(":
            before = self.tokens[self.at - 1]
            if self.at and (before.kind in ("number", "name") or before.text == ")"):
                raise ExpressionError(
                    token.start + 1, message="a sign such as * is missing before {found}", found=token.text
                )
        raise ExpressionError(token.start + 1, message="{found} cannot stand here", found=token.text)

    def call(self, operation: str, start: int, stop: int, *parts: _Part) -> _Part:
        if len(self.calls) == self.most:
            raise ExpressionError(start + 1, message="the expression has more than {most} operations", most=self.most)
        self.calls.append(Call(operation, tuple(part.operand for part in parts), start, stop))
        return _Part(Ref(len(self.calls) - 1), start, stop)

    def expression(self, least: int) -> _Part:
        """Operands and the signs between them that bind at least so strongly."""
        left = self.operand()
        while self.next.text in INFIX and INFIX[self.next.text][1] >= least:
            operation, strength = INFIX[self.take().text]
            right = self.expression(strength + 1)
            left = self.call(operation, left.start, right.stop, left, right)
        return left

    def operand(self) -> _Part:
        """Signs, what they stand before, and its power."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(
                self.next.start + 1, message="brackets and powers are nested more than {most} deep", most=MAX_DEPTH
            )
        start, first, minus = self.next.start, self.at, False
        while self.next.text in ("+", "-"):
            if self.at - first == MAX_DEPTH:
                self.unexpected()
            minus ^= self.take().text == "-"
        found = self.atom()
        if self.next.text == "**":
            self.take()
            exponent = self.operand()
            found = self.call("pow", found.start, exponent.stop, found, exponent)
        if minus and isinstance(found.operand, Number):
            found = _Part(Number(-found.operand.value), start, found.stop)
        elif minus:
            found = self.call("neg", start, found.stop, found)
        self.depth -= 1
        return found

    def atom(self) -> _Part:
        """A number, a name, a function, or something in brackets."""
        token = self.next
        if token.kind == "number":
            self.take()
            value = float(token.text)
            if isinf(value):
                raise ExpressionError(token.start + 1, message="{found} is too large", found=token.text)
            return _Part(Number(value), token.start, token.stop)
        if token.kind == "name":
            return self.name()
        if token.text != "(":
            self.unexpected()
        self.take()
        inside = self.expression(1)
        return _Part(inside.operand, token.start, self.closed(token))

    def name(self) -> _Part:
        token = self.take()
        if token.text in FUNCTIONS:
            return self.function(token)
        if self.next.text == "(":
            raise ExpressionError(token.start + 1, message="there is no function {found}", found=token.text)
        if len(token.text) > MAX_NAME:
            raise ExpressionError(
                token.start + 1,
                message="the name {found} is longer than {most} characters",
                found=token.text,
                most=MAX_NAME,
            )
        if token.text in self.made:
            self.unused.pop(token.text, None)
            return _Part(self.made[token.text], token.start, token.stop)
        number, _place = self.names.setdefault(token.text, (len(self.names), token.start))
        return _Part(Ref(number, is_name=True), token.start, token.stop)

    def function(self, name: _Token) -> _Part:
        """A function with its brackets; of several operands, two at a time."""
        if self.next.text != "(":
            raise ExpressionError(
                name.start + 1, message="{found} is a function, and wants brackets after it", found=name.text
            )
        bracket = self.take()
        first = self.expression(1)
        if name.text not in SEVERAL:
            return self.call(name.text, name.start, self.closed(bracket), first)
        if self.next.text == ")":
            raise ExpressionError(name.start + 1, message="{found} compares two numbers or more", found=name.text)
        others = []
        while self.next.text == ",":
            self.take()
            others.append(self.expression(1))
        stop = self.closed(bracket)
        for other in others[:-1]:
            first = self.call(name.text, name.start, other.stop, first, other)
        return self.call(name.text, name.start, stop, first, others[-1])

    def closed(self, bracket: _Token) -> int:
        """Where the bracket is closed."""
        if self.next.kind == "end":
            raise ExpressionError(bracket.start + 1, message="a bracket is opened here and never closed")
        if self.next.text != ")":
            self.unexpected()
        return self.take().stop
