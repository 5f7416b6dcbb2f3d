"""Numbers typed where they stand: into a cell of a table, or in the picture."""

from __future__ import annotations

from lessons.answers import read
from lessons.example import Example, Model
from lessons.example.pasted import WHERE, put
from lessons.i18n import mark
from lessons.problem import Problem
from mlp_core import Quantity

from . import state

STAYS = mark("{cell} stays as it was. {reason}")


def enter(address: str, text: str) -> bool:
    """Put what was typed for a weight, a bias, an input or a target into the example; True when it worked.

    Else a Problem is left at the address, which keeps what was typed among its parts, and the last good number stays.
    What is no address of a number in the example counts as nothing.
    """
    cell = _given(address)
    if cell is None or not isinstance(text, str):
        return False

    def made(example: Example) -> Example:
        try:
            return example.remodelled(Model.with_number, cell, read(text).value)
        except Problem as problem:
            raise Problem(str(cell), STAYS, cell=cell, reason=problem, typed=text) from None

    return state.change(str(cell), made)


def paste(where: str, text: str) -> bool:
    """Put a pasted matrix into one array of the example, or with ``where`` empty where it fits; True when it worked."""
    return state.change(WHERE, lambda example: put(example, where, text))


def problems() -> dict[str, Problem]:
    """What is wrong with the last texts that were typed or pasted, by the address of their place."""
    places = [*map(str, state.example().model.given), WHERE]
    return {place: problem for place in places for problem in state.problems([place])}


def _given(address: str) -> Quantity | None:
    """The number of the example that a person may change by this address."""
    try:
        quantity = Quantity.parse(address)
    except ValueError:
        return None
    return quantity if quantity in state.example().model.given else None
