"""A matrix, a column or a list as people have it: out of NumPy, a spreadsheet, MATLAB, LaTeX or a book.

What a text says is not always clear: ``0,5 1,2`` may be two numbers or four. So every way of reading it is tried, and those
count that give numbers in equally long rows; the shape wanted decides between them, or else the person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from ..answers import TWO, narrowed, read
from ..i18n import mark
from ..problem import Problem
from .example import Example
from .model import MAX_SAMPLES, Matrix, Model, Sample

WHERE = "paste"
MAX_LENGTH, MAX_NUMBERS, MAX_CELL, MAX_DEPTH = 20_000, 400, 60, 5  # the largest network has 304 numbers
WRAPPED = 30  # NumPy breaks a row only where it is longer than this

LONG = mark("The text is too long: its length is {n}, and {most} is the most.")
MANY = mark("There are more than {most} numbers in it.")
NOTHING = mark("Nothing was pasted. Paste a matrix or a list, such as [[0.2, -0.5], [1, 2]], or rows of a spreadsheet.")
CELL = mark("Row {row}, number {column}: {reason}")
CELL_LONG = mark("{found} is too long for one number; set numbers apart with spaces, commas or tabs.")
RAGGED = mark("Rows must be equally long: row {row} holds {n}, row 1 holds {first}.")
OPEN = mark("A bracket is opened and never closed: is the end missing?")
CLOSED = mark("A bracket is closed that was never opened: is the beginning missing?")
DEEP = mark("This is more than one matrix. Paste one, or several with their names before them: W1 = ..., b1 = ...")
WAYS = mark("This can be read as {first} or as {second}. Write decimals with a point, and set numbers apart with spaces.")
SHAPE = mark("{array} is {rows} × {columns} here, not {its_rows} × {its_columns}.")
TURNED = mark(
    "{array} is {rows} × {columns} here, not {its_rows} × {its_columns}; transposed it would fit. "
    "A row of W holds the weights into one neuron."
)
LENGTH = mark("{array} holds {n} here; this is {its_rows} × {its_columns}.")
UNNAMED = mark("Where there are several arrays, each needs its name before it: W1 = ..., b1 = ..., x = ..., y = ...")
UNKNOWN = mark("There is no {name} here; there are: {names}.")
TWICE = mark("{name} stands there twice.")
NOWHERE = mark("This is {its_rows} × {its_columns} and fits none of: {names}.")
ANYWHERE = mark("This fits {names}: choose into which it goes.")

SAMPLES = mark("The number of samples is {n}, and {most} is the most.")
UNEQUAL = mark("There are {x} samples in x and {y} in y: give a target for each.")

Shape = tuple[int, int]
Fits = Callable[[Shape], bool]
Cells = Sequence[Sequence[str]]

# Signs that say for certain, as commas and semicolons do not, where a row or a cell ends: in LaTeX and spreadsheets, and the
# comma of a Chinese keyboard, which is no decimal mark.
_ROW, _CELL, _COMMA = "\x1e", "\x1f", "、"
_BRACKETS = str.maketrans("【】〔〕⎡⎢⎣⎤⎥⎦⎛⎜⎝⎞⎟⎠", "[][]            ")
_BRACES = str.maketrans("{}", "[]")
_LATEX = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"\\begin\{array\}\{[^{}]{0,40}\}|\\begin\{[a-zA-Z]{0,9}matrix\*?\}(?:\[\w\])?", "["),
        (r"\\end\{(?:array|[a-zA-Z]{0,9}matrix\*?)\}", "]"),
        (r"\\(?:begin|end)\{[a-z]{1,9}\*?\}|\\left *\.|\\right *\.|\\(?:left|right|[bB]ig[lr]?)(?![a-zA-Z])", " "),
        (r"\\\\(?:\[[\w. ]{0,9}\])?|\\cr(?![a-zA-Z])", _ROW),
        (r"\\[dt]?frac\{([^{}]{1,40})\}\{([^{}]{1,40})\}", r"((\1)/(\2))"),
        (r"\\(?:mathbf|mathrm|boldsymbol|bm|text|vec)\{ ?(\w{1,9}) ?\}", r"\1"),
        (r"\\(?:hline|displaystyle|q?quad)(?![a-zA-Z])|\\[,;:!> ()\[\]]|[$~]", " "),
        (r"\\(?:cdot|times)(?![a-zA-Z])", "*"),
        (r"\{,\}", "."),
        (r"\^ ?(?:\\top|\\intercal|T|\{ ?(?:\\top|\\intercal|T) ?\})(?![a-zA-Z])", "^T"),
        (r"([_^]) ?\{([^{}]{0,20})\}", r"\1(\2)"),
        (r"\\([{}])", r"\1"),
    )
)
_PYTHON = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"\bParameter containing:", ""),
        (r"\b(?:np|numpy|jnp|torch|tf|sp|sympy)\.(?=[A-Za-z])", ""),
        (r"\b(?:float|int|longdouble|double)\d* ?\(([^()]{0,60})\)", r"\1"),
        (
            r",\s*(?:dtype|device|requires_grad|grad_fn|order|copy|ndmin|shape) ?= ?"
            r"(?:<[^<>]{0,60}>|\([\d, ]{0,40}\)|[\w.:'\"]{1,30})",
            "",
        ),
        (r"\b(?:array|asarray|matrix|Matrix|tensor|Tensor|constant|list|tuple|mat|vec) ?(?=[(\[])", ""),
    )
)
_NAME = re.compile(
    r"(?:^|(?<=[\s;,、{\x1e]))[\"']?([A-Za-z]{1,12})[ _^]{0,3}[(\[]{0,2}(\d{0,3})[)\]]{0,2}[\"']? {0,9}(?::=|=|:)(?!=)"
)
_TRANSPOSED = re.compile(r"([\])]) ?(?:\.T|\^ ?\(?T\)?|ᵀ|'|\.transpose\(\)|\.t\(\))$")
_SIGNED = re.compile(r"\S[^\S\n]+[-+]\S")  # "1 -2" is two numbers, "1 - 2" is one
_TWO_NUMBERS = re.compile(r"[\d.,]\s+([\d.,]+)")
_COMMA_OF_A_CELL = re.compile(r"(\d),(\d{3})(?![\d,.])")  # cells are set apart: in one, 1,234 is 1.234
_BETWEEN = f",;{_COMMA}{_ROW}{_CELL}"
_LISTS = f"[{_BETWEEN}]"


class Part(NamedTuple):
    """One array of a text: the name before it (W.1, b.1, x, y, or W and b without layer; anything else as it stands; or
    empty), and the text of it."""

    name: str
    text: str


# --- what a text says ---


def rows_of(text: str, fits: Fits = lambda shape: True) -> Matrix:
    """The one array of a text, row by row; where it can be read in several ways, ``fits`` says which shapes may be meant.

    Where no reading fits, the likeliest is returned. Raises Problem at "paste" for what cannot be read, or fits in two ways.
    """
    [part, *more] = parts_of(text)
    if more:
        raise _problem(DEEP)
    return _rows(part.text, fits)


def parts_of(text: str) -> list[Part]:
    """The arrays of a text, each with the name before it: one at least."""
    if len(text) > MAX_LENGTH:
        raise _problem(LONG, n=len(text), most=MAX_LENGTH)
    plain = _plain(text).strip()
    names = list(_NAME.finditer(plain))
    if not names or plain[: names[0].start()].strip(" \n{["):
        return [Part("", plain)]
    if plain.startswith("{"):  # a dict
        plain = plain.removesuffix("}")
    ends = [*(found.start() for found in names[1:]), len(plain)]
    return [Part(_address(*found.groups()), plain[found.end() : end]) for found, end in zip(names, ends, strict=True)]


def _address(letter: str, number: str) -> str:
    """Where the array of that name belongs, if the name says it."""
    kind = {"w": "W", "b": "b", "x": "x", "y": "y", "t": "y"}.get(letter.lower(), "")
    if kind in ("W", "b") and number:
        return f"{kind}.{int(number)}"
    return kind if kind and not number else letter + number


def _plain(text: str) -> str:
    """The text with one sign for one purpose, and without what says nothing about its numbers."""
    text = text.replace(_ROW, " ").replace(_CELL, " ").replace("，", _COMMA).translate(_BRACKETS)
    text = "\n".join(narrowed(text).splitlines())
    if "\\" in text or "$" in text:
        if "\\\\" in text:
            text = re.sub(r"\n(?! ?\\?\w+[ \\^_{}()\d]{0,12}=)", " ", text)  # a line begins only where a name does
        for pattern, put in _LATEX:
            text = pattern.sub(put, text)
    for pattern, put in _PYTHON:
        text = pattern.sub(put, text)
    return text.replace("&", _CELL).replace("\t", _CELL)


def _rows(text: str, fits: Fits) -> Matrix:
    """The one reading that fits, or where none does the first."""
    text = text.strip(f" \n{_BETWEEN}").translate(_BRACES)
    plain = _TRANSPOSED.sub(r"\1", text)
    faults: list[_Fault] = []
    for tier in _readings(plain):
        found: list[Matrix] = []
        for cells in tier:
            try:
                rows = _numbers(cells)
            except _Fault as fault:
                faults.append(fault)
                continue
            found.append(rows if plain == text else tuple(zip(*rows, strict=True)))
        fitting = {sum(rows, ()): rows for rows in reversed(found) if fits((len(rows), len(rows[0])))}
        if len(fitting) > 1:
            second, first, *_more = fitting.values()
            raise _problem(WAYS, first=_shown(first), second=_shown(second))
        if found:
            return next(iter(fitting.values()), found[0])
    raise max(faults, key=lambda fault: fault.read).problem if faults else _problem(NOTHING)


def _shown(rows: Matrix) -> str:
    return f"{len(rows)} × {len(rows[0])} ({'; '.join(' '.join(f'{value:g}' for value in row) for row in rows)})"


# --- from cells to numbers ---


class _Fault(Exception):
    """Why a way of reading fails, after so many numbers that it could read."""

    def __init__(self, problem: Problem, read: int) -> None:
        self.problem, self.read = problem, read


def _numbers(cells: Cells) -> Matrix:
    """The numbers of cells in equally long rows; _Fault where they are none."""
    rows: list[tuple[float, ...]] = []
    count = 0
    for i, row in enumerate(cells, 1):
        numbers = []
        for j, cell in enumerate(row, 1):
            try:
                numbers.append(_number(cell))
            except Problem as problem:
                raise _Fault(_problem(CELL, row=i, column=j, reason=problem), count) from None
            count += 1
            if count > MAX_NUMBERS:
                raise _Fault(_problem(MANY, most=MAX_NUMBERS), count)
        if len(row) != len(cells[0]):
            raise _Fault(_problem(RAGGED, row=i, n=len(row), first=len(cells[0])), count)
        rows.append(tuple(numbers))
    return tuple(rows)


@lru_cache(maxsize=1024)
def _number(cell: str) -> float:
    if len(cell) > MAX_CELL:
        raise _problem(CELL_LONG, found=cell)
    if two := _TWO_NUMBERS.search(cell):  # where one number is asked for, 5 000 is five thousand
        raise _problem(TWO, found=two[1], place=two.start(1) + 1)
    return read(_COMMA_OF_A_CELL.sub(r"\1.\2", cell)).value


# --- from a text to its cells, in every way ---


def _readings(text: str) -> Iterator[list[Cells]]:
    """The ways of reading the text of one array, the likely ones first; those of a later tier count only where none of an
    earlier one does."""
    _check_brackets(text)
    bracketed = False
    while (inside := _inside(text)) is not None:
        text, bracketed = inside.strip(f" \n{_BETWEEN}"), True
    if not text:
        return
    groups, between = _groups(text)
    if groups:
        if any("[" in group for group in groups):
            raise _problem(DEEP)
        tiers = list(_by_columns([re.sub(rf"[\n{_CELL}]", " ", group) for group in groups], bracketed=True))
        yield from tiers[:1] if re.search(f"[,{_COMMA}]", between) else tiers
    elif _ROW in text:
        yield [[_split(_CELL, row) for row in _split(_ROW, text)]]
    elif _CELL in text:
        yield [[_split(_CELL, row) for row in _lines(r"[\n;]", text)]]
    else:
        yield from _flat(text, bracketed)


def _flat(text: str, bracketed: bool) -> Iterator[list[Cells]]:
    """Readings of a text in which every row might end at a semicolon or at a line's end."""
    lines = _lines("\n", text)
    columns = any(";" in line.rstrip("; ") for line in lines)
    ways: list[list[list[Cells]]] = []
    if not columns or len(lines) == 1:
        ways.append(list(_by_columns(_lines("[\n;]", text), bracketed)))
    if columns:
        ways.append([[[_split(";", line) for line in lines]]])
    if bracketed and len(lines) > 1 and (len(lines[0]) > WRAPPED or all(line.endswith(",") for line in lines[:-1])):
        ways.append(list(_by_columns([" ".join(lines)], bracketed)))
    for k in range(max(map(len, ways))):
        yield [cells for way in ways for cells in (way[k] if k < len(way) else ())]
    if bracketed and len(lines) > 1:
        yield from _by_columns([" ".join(lines)], bracketed)


def _by_columns(rows: list[str], bracketed: bool) -> Iterator[list[Cells]]:
    """Readings of rows by how numbers in them are set apart. In brackets a comma is first taken for what sets apart."""
    rows = [row.strip(f" ,{_COMMA}") for row in rows]
    whole = "\n".join(rows)
    if not re.search(f"[,{_COMMA}]", whole):
        yield [[row.split() for row in rows], *([] if _SIGNED.search(whole) else [[[row] for row in rows]])]
        return
    by_comma = [_split(f"[,{_COMMA}]", row) for row in rows]
    sure: list[Cells] = [] if any(_SIGNED.search(cell) for row in by_comma for cell in row) else [by_comma]
    unsure: list[Cells] = [[re.split(rf"[\s,{_COMMA}]+", row) for row in rows]]
    if not re.search(rf",\s|{_COMMA}", whole.replace("\n", "")):
        unsure.append([row.split() for row in rows])
    elif re.search(r"\d,\d", whole):
        unsure.append([_split(rf",\s+|{_COMMA}", row) for row in rows])
    yield from [sure, unsure] if bracketed else [sure + unsure]


def _split(separator: str, text: str) -> list[str]:
    return [each.strip() for each in re.split(separator, text.strip(f" \n{_CELL}{_ROW};"))]


def _lines(separator: str, text: str) -> list[str]:
    return [each.strip() for each in re.split(separator, text) if each.strip(f" {_CELL}")]


def _check_brackets(text: str) -> None:
    """Raise Problem unless every bracket has its other."""
    open_brackets: list[str] = []
    for sign in text:
        if sign in "[(":
            open_brackets.append(sign)
            if len(open_brackets) > MAX_DEPTH:
                raise _problem(DEEP)
        elif sign in "])" and (not open_brackets or "[(".index(open_brackets.pop()) != "])".index(sign)):
            raise _problem(CLOSED)
    if open_brackets:
        raise _problem(OPEN)


def _inside(text: str) -> str | None:
    """What stands between the brackets that enclose all of it, if any do."""
    return text[1:-1] if text[:1] in ("[", "(") and _end(text, 0) == len(text) else None


def _end(text: str, start: int) -> int:
    """Where the bracket that opens at ``start`` has been closed."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] in "[(") - (text[place] in "])")
        if depth == 0:
            return place + 1
    return len(text)


def _groups(text: str) -> tuple[list[str], str]:
    """The texts of the brackets that it consists of, each a row, and what stands between them; none where there is more."""
    found, between, at = [], "", 0
    while at < len(text):
        end = _end(text, at)
        group = text[at + 1 : end - 1]
        if text[at] not in "[(" or (text[at] == "(" and not re.search(_LISTS, group)):  # (1/3) is a number
            return [], ""
        found.append(group)
        at = end
        while at < len(text) and (text[at].isspace() or text[at] in _BETWEEN):
            between += text[at]
            at += 1
    return found, between


# --- into the example ---


def shapes_of(model: Model) -> dict[str, Shape]:
    """The arrays of a model by their addresses: W.1, b.1, ..., x, y; those that are no matrix as columns."""
    shapes: dict[str, Shape] = {}
    for k, (W, b) in enumerate(zip(model.W, model.b, strict=True), 1):
        shapes |= {f"W.{k}": (len(W), len(W[0]))} | ({f"b.{k}": (len(b), 1)} if b else {})
    return shapes | {"x": (model.sizes[0], 1), "y": (model.sizes[-1], 1)}


def put(example: Example, where: str, text: str) -> Example:
    """The example with what was pasted in one array: W.1, b.1, x or y; with ``where`` empty, in that which the text names,
    or the only one that it fits. A matrix in x or y holds the samples, in its rows, or in its columns where only these are as
    long as they must be; there are as many samples then.

    A text of several arrays with their names sets them all; where it holds all of a network, the layers follow it.
    Raises Problem at "paste", or where the example says that it cannot be.
    """
    parts = parts_of(text)
    if where and where not in shapes_of(example.model):
        raise _problem(UNKNOWN, name=_name(where), names=_names(shapes_of(example.model)))
    if len(parts) == 1 and where:
        parts = [Part(where, parts[0].text)]
    example = _resized(example, parts)
    shapes, given = shapes_of(example.model), dict[str, Matrix]()
    counts = {len(example.model.samples)}  # of samples, which single numbers may be, one for each
    for part in sorted(parts, key=lambda part: (part.name in ("x", "y"), shapes.get(part.name, (0,))[0] == 1)):
        if len(parts) > 1 and not part.name:
            raise _problem(UNNAMED)
        name, rows = _placed(part, shapes, counts, alone=len(parts) == 1)
        if name in given:
            raise _problem(TWICE, name=_name(name))
        given[name] = rows
        counts |= {len(rows)} if name in ("x", "y") else set()
    W, b = ([given.get(f"{kind}.{k}") for k in range(1, len(example.model.W) + 1)] for kind in "Wb")
    return example.with_(
        W=tuple(new or old for new, old in zip(W, example.model.W, strict=True)),
        b=tuple(sum(new, ()) if new else old for new, old in zip(b, example.model.b, strict=True)),
        samples=_samples(example, given),
    )


def _samples(example: Example, given: dict[str, Matrix]) -> tuple[Sample, ...]:
    """The samples with what is given for x and y: one goes to the sample that is shown, several take the place of all."""
    samples, at = list(example.model.samples), example.view.sample - 1
    counts = {len(given[name]) for name in ("x", "y") if name in given}
    count = max(counts, default=1)
    if count > MAX_SAMPLES:
        raise _problem(SAMPLES, n=count, most=MAX_SAMPLES)
    if count > 1:
        if counts != {count}:
            raise _problem(UNEQUAL, x=len(given["x"]), y=len(given["y"]))
        samples = [*samples, *samples[-1:] * count][:count]
    for name in ("x", "y"):
        for place, row in enumerate(given.get(name, ())):
            place = place if count > 1 else at
            samples[place] = replace(samples[place], **{name: row})
    return tuple(samples)


def _placed(part: Part, shapes: dict[str, Shape], counts: set[int], alone: bool) -> tuple[str, Matrix]:
    """The array to which a part belongs, and its numbers in the shape of that; ``counts``: as for ``_of_samples``."""
    if part.name in ("x", "y"):
        return part.name, _of_samples(part, shapes[part.name][0], counts)
    if part.name in shapes:
        return part.name, _fitted(part.name, _rows(part.text, _fitting(shapes[part.name])), shapes[part.name])
    within = {name: shape for name, shape in shapes.items() if name.startswith(f"{part.name}.")}
    if not within and (not alone or "." in part.name):
        raise _problem(UNKNOWN, name=_name(part.name), names=_names(shapes))
    within = within or shapes
    rows = _rows(part.text, lambda shape: any(_fitting(each)(shape) for each in within.values()))
    its = (len(rows), len(rows[0]))
    places = [name for name, shape in within.items() if _fitting(shape)(its)]
    places = places or [name for name, shape in within.items() if shape == its[::-1]][:1]
    if not places:
        raise _problem(NOWHERE, its_rows=its[0], its_columns=its[1], names=_names(within))
    if len(places) > 1:
        raise _problem(ANYWHERE, names=_names(places))
    fitted = _fitted(places[0], rows, shapes[places[0]])
    return places[0], (sum(fitted, ()),) if places[0] in ("x", "y") else fitted


def _of_samples(part: Part, n: int, counts: set[int]) -> Matrix:
    """The numbers of x or y, a row of n for each sample: one row, or a matrix of them, on its side or not. Where n is 1 they are
    several only if there are so many samples otherwise, too: ``counts``."""
    several = (lambda shape: 1 not in shape and n in shape) if n > 1 else (lambda shape: 1 in shape and max(shape) in counts)
    for fits in (_fitting((n, 1)), several):
        rows = _rows(part.text, fits)
        its = (len(rows), len(rows[0]))
        if fits(its):
            return rows if its[1] == n else tuple(zip(*rows, strict=True))
    return (sum(_fitted(part.name, rows, (n, 1)), ()),)


def _resized(example: Example, parts: Sequence[Part]) -> Example:
    """The example with layers for these arrays, where they are all of a network."""
    layers = sum(part.name.startswith("W.") for part in parts)
    names = {"x", "y", *(f"{kind}.{k}" for kind in "Wb" for k in range(1, layers + 1))}
    if not layers or {part.name for part in parts} != names:
        return example
    W = {part.name: _rows(part.text, lambda shape: True) for part in parts if part.name.startswith("W.")}
    sizes = (len(W["W.1"][0]), *(len(W[f"W.{k}"]) for k in range(1, layers + 1)))
    return example if sizes == example.sizes else example.remodelled(Model.resized, sizes)


def _fitting(wanted: Shape) -> Fits:
    """Whether a shape is the one wanted; of a single row or column it does not matter which."""
    return lambda shape: shape == wanted or (1 in wanted and shape == wanted[::-1])


def _fitted(name: str, rows: Matrix, wanted: Shape) -> Matrix:
    """Rows in the shape of an array; Problem where they do not fit."""
    its = (len(rows), len(rows[0]))
    if its == wanted:
        return rows
    if _fitting(wanted)(its):
        return tuple(zip(*rows, strict=True))
    given = {"array": _name(name), "its_rows": its[0], "its_columns": its[1]}
    if not name.startswith("W"):
        raise _problem(LENGTH, n=wanted[0], **given)
    raise _problem(TURNED if its == wanted[::-1] else SHAPE, rows=wanted[0], columns=wanted[1], **given)


def _name(address: str) -> str:
    """How an array is named in a text."""
    return address.replace(".", "")


def _names(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(_name, addresses))


def _problem(template: str, **parts: object) -> Problem:
    return Problem(WHERE, template, **parts)
