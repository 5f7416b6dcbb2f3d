"""The numbers that a person typed in place of those that a lesson begins with, by the address of what they stand for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np

from mlp_core import Quantity

from ..example import Example, Model
from ..problem import Problem
from .setting import BROKEN, Setting, number

S = TypeVar("S", bound=Setting)
Typed = tuple[tuple[str, float], ...]
"""A field of a setting: address and number, every address once."""


def by_address(where: str, values: Any, known: Collection[str], most: float) -> Typed:
    """A number for some of the addresses that are known, not further from 0 than ``most``; Problem for anything else."""
    found: dict[str, float] = {}
    if not isinstance(values, (tuple, list)):
        raise Problem(where, BROKEN)
    for pair in values:
        match pair:
            case (str() as address, value) if address in known and address not in found:
                found[address] = number(address, value, -most, most)
            case _:
                raise Problem(where, BROKEN)
    return tuple(found.items())


def with_number(setting: S, quantity: Quantity, value: float, field: str = "own") -> S:
    """With another number for the quantity, in that field."""
    return setting.put(field, tuple((dict(getattr(setting, field)) | {str(quantity): value}).items()))


@lru_cache
def addresses(*arrays: tuple[str, int, tuple[int, ...]]) -> tuple[str, ...]:
    """Those of arrays, row by row: kind, layer and shape of each. A matrix of x or y has a sample in every row."""
    found = []
    for kind, layer, shape in arrays:
        for place in np.ndindex(*shape):
            *row, i = (k + 1 for k in place)
            of_sample = row and kind in ("x", "y")
            found.append(str(Quantity(kind, layer, (i,), *row) if of_sample else Quantity(kind, layer, (*row, i))))
    return tuple(found)


def array(numbers: Mapping[str, float], kind: str, layer: int, begun: np.ndarray) -> np.ndarray:
    """An array as it begins, but for the numbers that are there by ``addresses``."""
    places = addresses((kind, layer, begun.shape))
    found = [numbers.get(address, value) for address, value in zip(places, begun.flat, strict=True)]
    return np.array(found, float).reshape(begun.shape)


def with_numbers(example: Example, numbers: Typed) -> Example:
    """An example with these numbers."""
    return example.remodelled(Model.with_numbers, [(Quantity.parse(address), value) for address, value in numbers])
