"""Long formulas in lines: how wide LaTeX is when it is set, and where a formula is broken that is wider than its place.

Displayed formulas do not break by themselves. Lines break before a plus or a minus, else before a factor; what is too wide by
itself is opened first: a bracket is broken inside, a fraction becomes a product with one over its number, or a quotient.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

_BRACES = r"\{[^{}]*\}"
for _depth in range(3):
    _BRACES = rf"\{{(?:[^{{}}]|{_BRACES})*\}}"
_COLOR = r"\\textcolor\{#\w+\}"
_TOKEN = re.compile(rf"{_COLOR}{_BRACES}|\\[A-Za-z]+|\\.|\S")  # a name or a number in its colour is one token
_NUMBER = re.compile(r"\{\(?-?[\d.]+\)?\}")
_WIDTHS = (
    dict.fromkeys("0123456789", 0.5)
    | dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 0.82)
    | {"W": 1.09, "M": 1.08, "m": 0.88, "w": 0.75, "X": 0.91, "i": 0.35, "j": 0.47, "l": 0.32, "t": 0.37}
    | {"a": 0.53, "b": 0.43, "e": 0.47, "y": 0.53, "z": 0.52}
    | {"(": 0.39, ")": 0.39, "[": 0.28, "]": 0.28, "/": 0.5, ",": 0.45, ".": 0.28}
    | {r"\partial": 0.59, r"\Delta": 0.84, r"\alpha": 0.65, r"\beta": 0.62, r"\quad": 1.0, r"\,": 0.17, r"\infty": 1.0}
)
_LETTER = 0.58  # of what the table does not have
_SCRIPT = 0.7  # the size of indices and exponents
_BINARY = {"+": 1.23, "-": 1.23, r"\cdot": 0.73, r"\times": 1.23}
_RELATIONS = {"=", "<", ">", r"\leq", r"\geq", r"\neq"}
_SIGN, _RELATION = 0.78, 1.34
_FUNCTIONS = {
    rf"\{name}" for name in ("ln", "log", "exp", "max", "min", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan")
}
_WRAPPERS = {r"\mathbf", r"\mathcal", r"\mathrm", r"\hat", r"\bar", r"\operatorname"}
_SIZED = {r"\bigl": "glue", r"\Bigl": "glue", r"\bigr": "end", r"\Bigr": "end", r"\big": "product"}
_SMALL = 6.0  # ems of a bracket or fraction that is not worth being opened
_INDENT = 1.0


class _Atom(NamedTuple):
    """What no line breaks within, unless it is opened: its source and its width in ems.

    kind: "sum" for a plus or a minus, "product" for a dot, "glue" for what its next one stays with (a sign, a function, an
    opening bracket), "end" for a closing bracket, else empty; inside: what stands in a bracket, or over a fraction's line;
    below: under that line; edges: a bracket's two delimiters; scripts: what is attached to it.
    """

    source: str
    width: float
    kind: str = ""
    inside: tuple[_Atom, ...] = ()
    below: tuple[_Atom, ...] = ()
    edges: tuple[str, str] = ("", "")
    scripts: str = ""


@lru_cache(maxsize=4096)
def width(latex: str) -> float:
    """How wide the formula is in one line, in ems: an estimate that is rarely less than what a browser draws."""
    return _sum(_read(latex))


@lru_cache(maxsize=4096)
def broken(latex: str, room: float) -> tuple[str, ...]:
    """The formula in lines no wider than ``room`` ems, all but the first indented; wider where nothing is left to break at."""
    atoms = _read(latex)
    if _sum(atoms) <= room:
        return (latex,)
    lines: list[list[_Atom]] = [[]]
    wide = 0.0
    for piece in _pieces(atoms, room - _INDENT):
        if lines[-1] and wide + _sum(piece) > room:
            lines.append([])
            wide = _INDENT
        lines[-1] += piece
        wide += _sum(piece)
    return tuple((r"\quad " if i else "") + _source(line) for i, line in enumerate(lines))


def _sum(atoms: Sequence[_Atom]) -> float:
    return sum(atom.width for atom in atoms)


def _source(atoms: Sequence[_Atom]) -> str:
    return " ".join(atom.source for atom in atoms)


# --- where lines may break ---


def _pieces(atoms: list[_Atom], room: float) -> Iterator[list[_Atom]]:
    """The formula in pieces that may begin a line, no wider than the room where that is possible."""
    if _sum(atoms) <= room:
        yield atoms
        return
    parts = _split(atoms, "sum")
    if len(parts) == 1:
        factors, opened = _split(atoms, "product"), _opened(atoms)
        done = len(factors) > 1 and all(_sum(each) <= room for each in factors)
        parts = factors if done or not opened else [opened]
    if parts == [atoms]:
        yield atoms
        return
    for part in parts:
        yield from _pieces(part, room)


def _split(atoms: list[_Atom], kind: str) -> list[list[_Atom]]:
    """Parts that begin at a plus or a minus; or at a dot, or where two factors stand side by side."""
    parts: list[list[_Atom]] = [[]]
    for i, atom in enumerate(atoms):
        beside = kind == "product" and i > 0 and not atom.kind and atoms[i - 1].kind in ("", "end")
        if parts[-1] and (atom.kind == kind or beside):
            parts.append([])
        parts[-1].append(atom)
    return parts


def _opened(atoms: list[_Atom]) -> list[_Atom]:
    """The same with its widest bracket or fraction opened, so that lines may break inside; nothing where there is none."""
    at = max(range(len(atoms)), key=lambda i: atoms[i].width if atoms[i].inside else 0.0)
    if not atoms[at].inside or atoms[at].width < _SMALL:
        return []
    rest = atoms[at + 1 :]
    opened = _open(atoms[at])
    if atoms[at].below and rest and rest[0].kind in ("", "product", "glue"):
        opened = _bracket(opened)
    return [*atoms[:at], *opened, *rest]


def _open(atom: _Atom) -> tuple[_Atom, ...]:
    if not atom.below:
        return _bracket(atom.inside, atom.edges, atom.scripts)
    below = _source(atom.below)
    if below.isdigit():
        return (_Atom(rf"\frac{{1}}{{{below}}}", _sum(atom.below) + 0.24), *_bracket(atom.inside))
    above = _bracket(atom.inside) if any(each.kind == "sum" for each in atom.inside) else atom.inside
    under = atom.below if len(atom.below) == 1 else _bracket(atom.below)
    return (*above, _Atom(r"\big/", 0.6, "product"), *under)


def _bracket(inside: tuple[_Atom, ...], edges: tuple[str, str] = ("(", ")"), scripts: str = "") -> tuple[_Atom, ...]:
    """A bracket of a fixed size, whose two ends may stand on two lines."""
    size = "Big" if any(atom.below for atom in inside) else "big"
    left, right = rf"\{size}l{edges[0]}", rf"\{size}r{edges[1]}{scripts}"
    return (_Atom(left, 0.6, "glue"), *inside, _Atom(right, 1.0 if scripts else 0.6, "end"))


# --- reading LaTeX ---


def _colored(token: str) -> float:
    """The width of what stands in a colour: names come again and again, numbers are read at a glance."""
    inside = token[token.index("}") + 1 :]
    if _NUMBER.fullmatch(inside):
        return sum(_SIGN if letter == "-" else _WIDTHS[letter] for letter in inside[1:-1])
    return width(inside)


def _read(latex: str) -> list[_Atom]:
    return _Reader(latex).until()


class _Reader:
    """Reads LaTeX as this package writes it, atom by atom."""

    def __init__(self, latex: str) -> None:
        self.latex = latex
        self.tokens = list(_TOKEN.finditer(latex))
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1][0]

    def since(self, start: int) -> str:
        """The source from a token on to here."""
        return self.latex[self.tokens[start].start() : self.tokens[self.at - 1].end()]

    def until(self, *ends: str) -> list[_Atom]:
        """Atoms up to one of these tokens, which stays."""
        found: list[_Atom] = []
        while (token := self.peek()) and token not in ends:
            if token in "^_" and found:
                found[-1] = self.scripted(found[-1])
            else:
                found.append(self.atom(leading=not found or found[-1].kind in ("sum", "product", "glue")))
        return found

    def group(self) -> list[_Atom]:
        """What stands in braces, or the one token that stands without."""
        if self.peek() != "{":
            start = self.at
            return [_Atom(self.next(), _WIDTHS.get(self.since(start), _LETTER))]
        self.next()
        found = self.until("}")
        self.next()
        return found

    def scripted(self, atom: _Atom) -> _Atom:
        """The atom with the superscript and subscript that follow it."""
        start, widest = self.at, 0.0
        while self.peek() and self.peek() in "^_":
            self.next()
            widest = max(widest, _sum(self.group()))
        scripts = self.since(start)
        return atom._replace(
            source=atom.source + scripts,
            width=atom.width + _SCRIPT * widest + 0.05,
            scripts=atom.scripts + scripts,
        )

    def atom(self, leading: bool) -> _Atom:
        start, token = self.at, self.next()
        if token.startswith(r"\textcolor{"):
            return _Atom(token, _colored(token))
        if token in _BINARY and leading:
            return _Atom(token, _SIGN, "glue")
        if token in _BINARY:
            return _Atom(token, _BINARY[token], "sum" if token in "+-" else "product")
        if token in _RELATIONS:
            return _Atom(token, _RELATION, "glue")
        if token in _SIZED:
            self.next()
            return _Atom(self.since(start), 0.6, _SIZED[token])
        if token == r"\frac":
            above, below = self.group(), self.group()
            return _Atom(
                self.since(start), max(_sum(above), _sum(below)) + 0.24, inside=tuple(above), below=tuple(below)
            )
        if token in (r"\left", "("):
            return self.bracket(start, token)
        if token == "{":
            self.at = start
            inside = self.group()
            return _Atom(self.since(start), _sum(inside))
        wide = self.plain(token)
        return _Atom(self.since(start), wide, "glue" if token in _FUNCTIONS else "")

    def bracket(self, start: int, token: str) -> _Atom:
        left = self.next() if token == r"\left" else token
        inside = self.until(r"\right" if token == r"\left" else ")")
        if token == r"\left":
            self.next()
        right = self.next() if self.peek() else ")"
        edge = 1.5 if any(atom.below for atom in inside) else 1.2 if re.search(r"[\^]", self.since(start)) else 0.8
        return _Atom(self.since(start), _sum(inside) + edge, inside=tuple(inside), edges=(left, right))

    def plain(self, token: str) -> float:
        """The width of a command with its arguments, or of a letter."""
        if token == r"\textcolor":
            self.group()
            return _sum(self.group())
        if token == r"\text":
            return sum(1.0 if ord(letter) > 0x2E80 else 0.5 for letter in re.sub(r"[{}]", "", self.words()))
        if token == r"\sqrt":
            return _sum(self.group()) + 0.95
        if token in _WRAPPERS:
            return 1.15 * _sum(self.group())
        if token == r"\begin":
            return self.cases()
        if token in _FUNCTIONS:
            return 0.5 * (len(token) - 1) + 0.17
        return _WIDTHS.get(token, _LETTER)

    def words(self) -> str:
        start = self.at
        self.group()
        return self.since(start)

    def cases(self) -> float:
        """The width of an environment: its widest row, or what its cells need side by side."""
        self.group()
        columns: dict[int, float] = {}
        column = 0
        while self.peek() not in (r"\end", ""):
            columns[column] = max(columns.get(column, 0.0), _sum(self.until("&", r"\\", r"\end")))
            if self.peek() in ("&", r"\\"):
                column = column + 1 if self.next() == "&" else 0
        if self.peek():
            self.next()
            self.group()
        return sum(columns.values()) + len(columns) + 0.5
