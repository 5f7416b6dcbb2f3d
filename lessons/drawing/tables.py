"""Every number that a network is given, in tables to be changed: the input, W and b of each layer, the target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from mlp_core import Quantity
from mlp_core.writing.names import Name

from ..example import Example
from ..example.pasted import WHERE, shapes_of
from ..i18n import gettext as _
from ..i18n import mark
from ..problem import Problem
from ..style import Look, exact
from .data import Cell, Choice, Columns, Head, Line, Numbers, Table


def tables(example: Example, look: Look, problems: Mapping[str, Problem]) -> Numbers:
    """The numbers of an example as their component wants them; ``problems``: of the last texts typed, by address."""
    model, pasted = example.model, problems.get(WHERE)
    layers = range(1, len(model.W) + 1)
    inputs = [Quantity("x", 0, (i,)) for i in range(1, model.sizes[0] + 1)]
    targets = [Quantity("y", len(layers), (i,)) for i in range(1, model.sizes[-1] + 1)]
    into: list[Choice] = [{"value": "", "text": _("where it fits")}]
    into += [{"value": where, "text": _array(look, _first(where, len(layers))).text()} for where in shapes_of(model)]
    return {
        "tables": [
            _list(_("Input"), inputs, example, look, problems),
            *(table for k in layers for table in _layer(k, example, look, problems)),
            _list(_("Target"), targets, example, look, problems),
        ],
        "paste": {"into": into, "problem": pasted.plain() if pasted else ""},
        "words": {
            "title": _("Paste a matrix or a list"),
            "hint": _("From NumPy, a spreadsheet, MATLAB, LaTeX or a book; several with their names: W1 = ..., b1 = ..."),
            "into": _("Into"),
            "put": _("Put in"),
            "done": _("The numbers stand in the tables above."),
        },
        "colors": dict(look.colors),
    }


TITLES = {
    "own": mark("Layer {n}"), "none": mark("Layer {n}, without biases"), "fixed": mark("Layer {n}, its biases not updated"),
    "shared": mark("Layer {n}"),
}  # fmt: skip


def _layer(k: int, example: Example, look: Look, problems: Mapping[str, Problem]) -> Iterator[Table]:
    """Weights and bias of a layer: a row for each neuron, a column for each of its inputs; a bias that all share by itself."""
    kind = example.model.biased(k)
    each = kind in ("own", "fixed")
    rows, columns = range(1, example.sizes[k] + 1), range(1, example.sizes[k - 1] + 1)
    weights, bias = Quantity("W", k, (1, 1)), Quantity("b", k, (1,))
    before = [Quantity("a", k - 1, (j,)) if k > 1 else Quantity("x", 0, (j,)) for j in columns]
    cells = [[Quantity("W", k, (i, j)) for j in columns] + [Quantity("b", k, (i,))] * each for i in rows]
    yield {
        "title": _(TITLES[kind]).format(n=k),
        "arrays": [_columns(look, weights, before)] + [_columns(look, bias, ())] * each,
        "rows": [
            _line(Quantity("a", k, (i,)), row, example, look, problems) for i, row in zip(rows, cells, strict=True)
        ],
    }
    if kind == "shared":
        yield _list(_("Layer {n}, its one bias").format(n=k), [bias], example, look, problems)


def _list(
    title: str, quantities: list[Quantity], example: Example, look: Look, problems: Mapping[str, Problem]
) -> Table:
    """Numbers below each other; of several samples a column for each."""
    samples = range(1, example.model.several + 1) if quantities[0].kind in ("x", "y") else ()
    arrays = _columns(look, quantities[0], ())
    arrays["heads"] = [{"name": Name(f"[{s}]").data(), "kind": quantities[0].family} for s in samples]
    rows = [[q.of_sample(s) for s in samples] or [q] for q in quantities]
    return {
        "title": title,
        "arrays": [arrays],
        "rows": [_line(q, row, example, look, problems) for q, row in zip(quantities, rows, strict=True)],
    }


def _columns(look: Look, first: Quantity, heads: Iterable[Quantity]) -> Columns:
    array: Head = {"name": _array(look, first).data(), "kind": first.family}
    return {"head": array, "heads": [_head(look, each) for each in heads]}


def _line(
    head: Quantity, cells: Iterable[Quantity], example: Example, look: Look, problems: Mapping[str, Problem]
) -> Line:
    return {
        "head": _head(look, head),
        "cells": [_cell(look, q, example.trace[q], problems.get(str(q))) for q in cells],
    }


def _head(look: Look, quantity: Quantity) -> Head:
    return {"name": look.name(quantity).data(), "kind": quantity.family}


def _cell(look: Look, quantity: Quantity, value: float, problem: Problem | None) -> Cell:
    cell: Cell = {"address": str(quantity), "text": exact(value), "label": look.words(quantity)}
    if problem:
        cell |= {"typed": str(problem.parts.get("typed", "")), "problem": problem.plain()}
    return cell


def _first(where: str, layers: int) -> Quantity:
    """The first number of an array by its address: W.1, b.1, x or y."""
    kind, _dot, layer = where.partition(".")
    return Quantity(kind, int(layer or (layers if kind == "y" else 0)), (1, 1) if kind == "W" else (1,))


def _array(look: Look, first: Quantity) -> Name:
    """What all of an array is called, by the name of its first number."""
    return replace(look.name(first), sub="")
