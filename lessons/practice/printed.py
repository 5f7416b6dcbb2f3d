"""What a person's own program printed, as answers: arrays by name, as NumPy or PyTorch print them. Nothing of it is run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mlp_core import Quantity

from ..example.pasted import SHAPE, TURNED, rows_of
from ..i18n import mark
from ..problem import Problem
from ..style import exact
from ..worked.arrays import array_of, place_of
from .questions import Question

WHERE, LONGEST = "printed", 6_000
NAME = re.compile(r"^[ \t]*([A-Za-z_]\w{0,20})[ \t]*(?:=|:)", re.MULTILINE)
EMPTY = mark("Nothing was entered. Paste what your program printed, such as {name} = [0.1 -0.2].")
LONG = mark("That is too long: at most {most} characters.")
UNNAMED = mark("“{text}” has no name before it. Each array needs one, as in {name} = [0.1 -0.2]. These are asked: {names}.")
UNKNOWN = mark("{name} is not asked here. These are: {names}.")
FAULT = mark("{name}: {reason}")

Places = dict[tuple[int, ...], Question]
_BLOCKS = re.compile(r"\]\s*\]\s*,?\s*\[\s*\[")  # between the matrices of an array that has three axes


def arrays_of(asked: Iterable[Question]) -> dict[str, Places]:
    """The arrays that hold what is asked, each with the places of the numbers asked, counted from 1."""
    found: dict[str, Places] = {}
    for question in asked:
        found.setdefault(array_of(question.target), {})[place_of(question.target)] = question
    return found


def answers(text: str, asked: Iterable[Question]) -> dict[str, str]:
    """Address and text of every number asked that stands in what was printed; Problem at "printed" for what cannot be read."""
    arrays = arrays_of(asked)
    first = next(iter(arrays), "")
    if not text.strip():
        raise Problem(WHERE, EMPTY, name=first)
    if len(text) > LONGEST:
        raise Problem(WHERE, LONG, most=LONGEST)
    found: dict[str, str] = {}
    for name, body in _named(text, arrays):
        found |= _numbers(name, body, arrays[name])
    return found


def _named(text: str, arrays: Mapping[str, Places]) -> Iterable[tuple[str, str]]:
    """The arrays of a text, each with what stands for it; a text without names is that of the only array asked."""
    names = [*NAME.finditer(text)]
    first = text[: names[0].start() if names else None].strip()
    if first:
        if len(arrays) > 1 or names:
            raise Problem(WHERE, UNNAMED, text=first.splitlines()[0], name=next(iter(arrays)), names=tuple(arrays))
        return [(next(iter(arrays)), text)]
    ends = [*(found.start() for found in names[1:]), len(text)]
    for found in names:
        if found[1] not in arrays:
            raise Problem(WHERE, UNKNOWN, name=found[1], names=tuple(arrays))
    return [(found[1], text[found.end() : end]) for found, end in zip(names, ends, strict=True)]


def _numbers(name: str, body: str, places: Places) -> dict[str, str]:
    """The numbers of an array that are asked."""
    last = _last(name, places)
    shape = _cell(last, last)
    fits = {shape, (shape[1], shape[0])} if 1 in shape else {shape}
    try:
        rows = rows_of(_BLOCKS.sub("], [", body) if len(last) > 2 else body, lambda its: its in fits)
    except Problem as problem:
        raise Problem(WHERE, FAULT, name=name, reason=problem) from None
    its = (len(rows), len(rows[0]))
    if its not in fits:
        parts = {"rows": shape[0], "columns": shape[1], "its_rows": its[0], "its_columns": its[1]}
        raise Problem(WHERE, TURNED if its == (shape[1], shape[0]) else SHAPE, array=name, **parts)
    if its != shape:
        rows = tuple(zip(*rows, strict=True))
    cells = {_cell(place, last): each for place, each in places.items()}
    return {str(each.target): exact(rows[row - 1][column - 1]) for (row, column), each in cells.items()}


def _cell(place: tuple[int, ...], last: tuple[int, ...]) -> tuple[int, int]:
    """Row and column of a place; a vector is a row, and of three axes the matrices stand one below the other."""
    *before, row, column = (1, 1, *place)
    return (before[-1] - 1) * last[-2] + row if len(place) > 2 else row, column


def _last(name: str, places: Places) -> tuple[int, ...]:
    """The last place of the array in the program, of the last sample where each has one of its own."""
    worked = next(iter(places.values())).worked
    every: set[Quantity] = {step.target for step in worked.steps if array_of(step.target) == name}
    last = tuple(max(at) for at in zip(*map(place_of, every), strict=True))
    return (worked.batch, *last[1:]) if next(iter(every)).sample else last
