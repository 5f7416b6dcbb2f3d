"""The app's own elements in the page: network picture, chips, flow chart, page language.

The Python side passes plain data and never layout. Ids are opaque strings, unique within a picture; picking an element
(by mouse, touch, Enter or Space) hands its id to ``on_pick``, every pick once and in order. Where things stand follows
from the structure and the width of the page: a changed value changes its text and moves nothing.

Words used in all data below:

* kind: the family of a quantity, ``"input"``, ``"parameter"``, ``"preactivation"``, ``"activation"``, ``"loss"``,
  ``"gradient"``, ``"optimiser"`` or ``"setting"``: its colour, and in chips its mark;
* state: ``"idle"``, ``"target"`` (ringed), ``"input"`` (lit), ``"unknown"`` (not computed yet) or ``"selected"``;
* value: the number as it is to be read, or ``"?"`` while it is not computed; this module formats no number;
* spoken: the accessible name, values included, in the reader's language.

Everything must be plain JSON (``str``, ``int``, ``float``, ``bool``, ``None``, lists, dicts): Streamlit turns anything
else, a NumPy number for instance, into one long string without a word.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

import streamlit as st

State = Literal["idle", "target", "input", "unknown", "selected"]
Color = str | Mapping[Literal["light", "dark"], str]
"""A hex colour for both themes, or one for each."""


class Symbol(TypedDict):
    """A letter with its indices: ``{"base": "z", "sup": "(1)", "sub": "2"}``."""

    base: str
    sup: NotRequired[str]
    sub: NotRequired[str]
    over: NotRequired[Literal["hat", "bar", "tilde"]]


class Derivative(TypedDict):
    """A partial derivative, set as ∂num/∂den."""

    num: Symbol
    den: Symbol


Name = Symbol | Derivative


class Row(TypedDict):
    """One quantity of a neuron; ``state`` (target or input) says which row of a lit neuron is meant."""

    name: Name
    value: str
    kind: str
    state: NotRequired[Literal["idle", "target", "input"]]


class Bias(TypedDict):
    """The bias drawn under a neuron."""

    id: str
    state: State
    spoken: str
    value: str
    name: Name


class Node(TypedDict):
    """A neuron, an input or the loss: one or two rows. ``title`` heads the column of the loss and is read only there."""

    id: str
    kind: str
    state: State
    spoken: str
    rows: list[Row]
    bias: NotRequired[Bias | None]
    title: NotRequired[str]


class Layer(TypedDict):
    """A column of neurons under its title."""

    title: str
    nodes: list[Node]


Edge = TypedDict(
    "Edge",
    {
        "id": str,
        "from": tuple[int, int] | list[int],
        "to": tuple[int, int] | list[int],
        "value": str,
        "size": float,
        "sign": Literal[-1, 0, 1],
        "state": State,
        "spoken": str,
        "kind": NotRequired[str],
    },
)
"""A weight: ``from`` and ``to`` are (layer from 0, neuron from 1); ``size`` is |w| relative to the largest, 0 to 1.
``kind`` colours it in place of its sign."""


class Picture(TypedDict):
    """A network: layers from left to right, the input first.

    ``loss`` stands in one more column, joined to every output. ``direction`` puts arrow heads on lit edges.
    ``decimals`` is how many the computed values are shown with, so that room is kept for those not known yet (if
    absent: 4, or the most seen so far). ``colors`` maps each kind to a colour; ``"positive"`` and ``"negative"`` colour
    the edges by their sign (if absent: the parameters' colour, and a violet).
    """

    label: str
    layers: list[Layer]
    loss: Node | None
    edges: list[Edge]
    direction: Literal["forward", "backward"] | None
    decimals: NotRequired[int]
    colors: Mapping[str, Color]


class Chip(TypedDict):
    """One quantity: symbol, value and a short note such as "reused · step 9". With an empty id it cannot be picked."""

    id: str
    name: Name
    value: str
    kind: str
    state: State
    spoken: str
    note: NotRequired[str]


class Group(TypedDict):
    """Chips under a title. In a ledger a group folds; in a ribbon it is one term of a sum."""

    title: str
    chips: list[Chip]


class Chips(TypedDict):
    """Groups of chips.

    ``"ledger"``: small chips in foldable groups; the group that holds the target opens by itself.
    ``"ribbon"``: large chips in a line, ``separator`` between the chips of a group, ``between`` ("+" if absent) between
    groups, and ``result`` after an equals sign.
    """

    label: str
    layout: Literal["ledger", "ribbon"]
    groups: list[Group]
    separator: NotRequired[str]
    between: NotRequired[str]
    result: NotRequired[Chip | None]
    colors: Mapping[str, Color]


class Station(TypedDict):
    """A box of the flow chart in a grid cell, row and column from 0."""

    id: str
    text: str
    shape: Literal["box", "decision", "end"]
    state: Literal["idle", "lit"]
    row: int
    col: int


Way = TypedDict("Way", {"from": str, "to": str, "text": str, "state": Literal["idle", "lit"]})
"""An arrow of the flow chart; ``text`` may be empty."""


class Flow(TypedDict):
    """A flow chart. Without ``description`` a screen reader hears the arrows one by one, with the check marks."""

    label: str
    nodes: list[Station]
    edges: list[Way]
    description: NotRequired[str]


_HERE = Path(__file__).parent


def _source(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


_LANGUAGE = """
export default function ({ data, parentElement }) {
  document.documentElement.lang = data.lang;
  const box = parentElement.closest('[data-testid="stElementContainer"]');
  if (box) box.style.position = "absolute";
}
"""

_picture = st.components.v2.component("backprop_picture", js=_source("picture.js"), css=_source("picture.css"))
_chips = st.components.v2.component("backprop_chips", js=_source("chips.js"), css=_source("chips.css"))
_language = st.components.v2.component("backprop_language", js=_LANGUAGE, isolate_styles=False)

OnPick = Callable[[str], None]
Read = Callable[[str], Any]


class _Picks:
    """Hands every pick to ``on_pick`` once, in order.

    Streamlit calls back without arguments, before the script, and keeps only the last of the values that come while a
    script runs. So the browser sends the latest picks together, with their running count and a mark of the view that
    counts; ``seen`` is what had come when the component was drawn, or has been handed on since.
    """

    def __init__(self, key: str, on_pick: OnPick, read: Read) -> None:
        self.key, self.on_pick, self.read = key, on_pick, read
        self.seen = self.sent()

    def sent(self) -> Any:
        """The last message."""
        return (self.read(self.key) or {}).get("picked")

    def __call__(self) -> None:
        seen, self.seen = self.seen, self.sent()
        for id in _since(self.seen, seen):
            self.on_pick(id)


def _since(sent: Any, seen: Any) -> list[str]:
    """The ids in ``sent`` that came after ``seen``; a message that was not made by our own script counts as empty."""
    match sent, seen:
        case {"view": view, "count": int(count), "ids": [*ids]}, {"view": same, "count": int(before)} if view == same:
            fresh = min(len(ids), max(0, count - before))
        case {"count": int(count), "ids": [*ids]}, _:
            fresh = min(len(ids), max(0, count))
        case _:
            return []
    return [id for id in ids[len(ids) - fresh :] if isinstance(id, str)]


def _mount(component: Any, data: Mapping[str, object], key: str, on_pick: OnPick | None, read: Read | None) -> None:
    data = {**data, "pickable": on_pick is not None}
    if on_pick is None:
        component(key=key, data=data)
    elif read is None:
        raise ValueError(f"{key}: on_pick needs read, the function that gives a component's state by its key")
    else:
        component(key=key, data=data, on_picked_change=_Picks(key, on_pick, read))


def network_picture(
    picture: Mapping[str, object], *, key: str, on_pick: OnPick | None = None, read: Read | None = None
) -> None:
    """Draw a network (a :class:`Picture`).

    ``on_pick`` gets the id of each neuron, bias or edge picked, before the script runs; without it nothing can be
    picked. ``read(key)`` returns what Streamlit's session state holds under ``key``. Raises ``ValueError`` if
    ``on_pick`` comes without ``read``.
    """
    _mount(_picture, {"picture": picture}, key, on_pick, read)


def chips(data: Mapping[str, object], *, key: str, on_pick: OnPick | None = None, read: Read | None = None) -> None:
    """Draw a ledger or a ribbon (a :class:`Chips`); ``on_pick`` and ``read`` as in :func:`network_picture`."""
    _mount(_chips, {"chips": data}, key, on_pick, read)


def flowchart(data: Mapping[str, object], *, key: str) -> None:
    """Draw a flow chart (a :class:`Flow`): the training loop and the stop condition that ended the run."""
    _mount(_picture, {"flow": data}, key, None, None)


def page_language(lang: str) -> None:
    """Tell browser and screen reader the language of the page: ``"en"`` or ``"zh"``. Takes no room."""
    _language(key="page_language", data={"lang": {"zh": "zh-CN"}.get(lang, lang)})
