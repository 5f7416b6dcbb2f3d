"""What the components of ``pages/drawn`` draw, as typed data: network picture, chips (ledger and ribbon), flow chart.

It is plain data and never layout. Ids are opaque strings, unique within a picture. Where things stand follows from the
structure and the width of the page: a changed value changes its text and moves nothing.

Words used in all data below:

* kind: the family of a quantity, ``"input"``, ``"parameter"``, ``"preactivation"``, ``"activation"``, ``"loss"``,
  ``"gradient"``, ``"optimiser"`` or ``"setting"``: its colour, and in chips its mark;
* state: ``"idle"``, ``"target"`` (ringed), ``"input"`` (lit), ``"unknown"`` (not computed yet) or ``"selected"``;
* value: the number as it is to be read, or ``"?"`` while it is not computed; the components format no number;
* spoken: the accessible name, values included, in the reader's language;
* colors: a hex colour for each kind.

Everything must be plain JSON (``str``, ``int``, ``float``, ``bool``, ``None``, lists, dicts): Streamlit turns anything
else, a NumPy number for instance, into one long string without a word.
"""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict

State = Literal["idle", "target", "input", "unknown", "selected"]
Sign = Literal[-1, 0, 1]

Name = Mapping[str, Any]
"""A quantity's name as ``Name.data`` writes it: ``{"base": "z", "sup": "(1)", "sub": "2"}``, or for a partial derivative
``{"num": ..., "den": ...}`` of two such names."""


class Edit(TypedDict):
    """What a person can change: the address it is sent by, and the exact number as text; ``other``: what a click makes of it,
    where it can be one of two."""

    address: str
    text: str
    other: NotRequired[str]


class Row(TypedDict):
    """One quantity of a neuron; ``state`` (target or input) says which row of a lit neuron is meant."""

    name: Name
    value: str
    kind: str
    state: NotRequired[State]
    edit: NotRequired[Edit]


class Bias(TypedDict):
    """The bias drawn under a neuron; ``kind`` colours it in place of the parameters' colour."""

    id: str
    state: State
    spoken: str
    value: str
    name: Name
    kind: NotRequired[str]
    edit: NotRequired[Edit]


class Node(TypedDict):
    """A neuron, an input, the loss, or a node with the ``sign`` of what it does: a few rows, each with what can be changed
    there, and ``edit`` the first of it. ``title`` heads the column of the loss and is read only there; ``off``: whether it is a
    neuron that dropout has switched off."""

    id: str
    kind: str
    state: State
    spoken: str
    rows: list[Row]
    bias: NotRequired[Bias]
    title: NotRequired[str]
    sign: NotRequired[str]
    edit: NotRequired[Edit]
    off: NotRequired[bool]


class Layer(TypedDict):
    """A column of neurons under its title."""

    title: str
    nodes: list[Node]


Edge = TypedDict(
    "Edge",
    {
        "id": str,
        "from": list[int],
        "to": list[int],
        "value": str,
        "size": float,
        "sign": Sign,
        "state": State,
        "spoken": str,
        "kind": NotRequired[str],
        "plain": NotRequired[bool],
        "edit": NotRequired[Edit],
    },
)
"""A weight: ``from`` and ``to`` are [layer from 0, neuron from 1]; ``size`` is |w| relative to the largest, 0 to 1.
``kind`` colours it in place of its sign; a ``plain`` line has no weight. What is not ``spoken`` cannot be picked."""


class Picture(TypedDict):
    """A network: layers from left to right, the input first; or a ``graph``, whose lines may pass layers.

    ``loss`` stands in one more column, joined to every output; the targets below it. ``direction`` puts arrow heads on lit edges.
    ``decimals`` is how many the computed values are shown with, so that room is kept for those not known yet (if
    absent: 4, or the most seen so far). ``words``: larger, smaller, fit, on the buttons of a picture larger than its room.
    """

    label: str
    graph: bool
    layers: list[Layer]
    loss: Node | None
    targets: list[Node]
    edges: list[Edge]
    direction: Literal["forward", "backward"] | None
    decimals: NotRequired[int]
    words: Mapping[str, str]
    colors: Mapping[str, str]


class Place(TypedDict):
    """Where a walk stands: ``at`` counts from 0 in the names of its steps; ``spoken`` is said when ``moves`` has grown, how often
    a person has gone to a step, or had its value revealed."""

    label: str
    at: int
    names: list[str]
    spoken: str
    moves: int


class Chip(TypedDict):
    """One quantity: symbol, value and a short note such as "reused, from step 9". With an empty id it cannot be picked.

    ``same``: the name of what it equals, set before the note.
    """

    id: str
    name: Name
    value: str
    kind: str
    state: State
    spoken: str
    note: NotRequired[str]
    same: NotRequired[Name]


class Group(TypedDict):
    """Chips under a title. In a ledger a group folds; in a ribbon it is one term of a sum."""

    title: str
    chips: list[Chip]


class Chips(TypedDict):
    """Groups of chips.

    ``"ledger"``: small chips in foldable groups, in columns with room for numbers of ``decimals``; the group that holds the
    target opens by itself.
    ``"ribbon"``: large chips in a line, ``separator`` between the chips of a group, a plus sign between groups, ``common`` in
    front of all of them, in brackets then, and ``result`` after an equals sign.
    """

    label: str
    layout: Literal["ledger", "ribbon"]
    groups: list[Group]
    decimals: NotRequired[int]
    separator: NotRequired[str]
    common: NotRequired[Chip]
    result: NotRequired[Chip]
    colors: Mapping[str, str]


Shape = Literal["box", "decision", "end"]


class Station(TypedDict):
    """A box of the flow chart in a grid cell, row and column from 0."""

    id: str
    text: str
    shape: Shape
    state: Literal["idle", "lit"]
    row: int
    col: int


Way = TypedDict("Way", {"from": str, "to": str, "text": str, "state": Literal["idle", "lit"]})
"""An arrow of the flow chart; ``text`` may be empty."""


class Flow(TypedDict):
    """A flow chart; a screen reader hears its arrows one by one, with the check marks."""

    label: str
    nodes: list[Station]
    edges: list[Way]


class Cell(TypedDict):
    """A number to be changed: ``text`` is it exactly; ``typed`` is what could not be used, and ``problem`` says why."""

    address: str
    text: str
    label: str
    typed: NotRequired[str]
    problem: NotRequired[str]


class Head(TypedDict):
    """What heads a row, a column or an array of a table; ``kind`` colours it."""

    name: Name
    kind: str


class Columns(TypedDict):
    """The columns of an array in a table: as many as there are ``heads``, or a single one without."""

    head: Head
    heads: list[Head]


class Line(TypedDict):
    """A row of a table: what its numbers belong to, and the cells of all arrays."""

    head: Head
    cells: list[Cell]


class Table(TypedDict):
    """Arrays side by side that have their rows in common, under a title."""

    title: str
    arrays: list[Columns]
    rows: list[Line]


class Choice(TypedDict):
    """One of a list: ``value`` is sent, ``text`` is read."""

    value: str
    text: str


class Paste(TypedDict):
    """The box for pasting: ``into`` which array, and what was wrong with the last text, or empty."""

    into: list[Choice]
    problem: str


class Numbers(TypedDict):
    """Every number that a network is given, in tables. ``words``: title, into, hint, put, done."""

    tables: list[Table]
    paste: Paste
    words: Mapping[str, str]
    colors: Mapping[str, str]


class Fold(TypedDict):
    """A box that is folded at first, and what is in it; None while it is folded."""

    title: str
    held: Numbers | Chips | None
