"""What the picture of a Worked consists of: columns of spots, lines between them, and what each stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from mlp_core import Quantity
from mlp_core.steps import Phase


@dataclass(frozen=True)
class Spot:
    """A neuron, an input, a node, a bias or the loss.

    id: unique in the picture; family: its colour; quantities: all it stands for, in order of computation; rows: which of them
    it shows in a phase (what is not there falls back to ``shown``); bias: the spot drawn under it; fixed: whether it is a bias
    that no update changes, while it changes the weights beside it; sign: what a node does, such as + or exp.
    """

    id: str
    family: str
    quantities: tuple[Quantity, ...]
    shown: tuple[Quantity, ...]
    rows: Mapping[Phase, tuple[Quantity, ...]] = field(default_factory=dict)
    bias: Spot | None = None
    fixed: bool = False
    sign: str = ""

    def rows_in(self, phase: Phase) -> tuple[Quantity, ...]:
        """The quantities it shows in a phase."""
        return self.rows.get(phase, self.shown)


@dataclass(frozen=True)
class Line:
    """A connection: from and to are (column from 0, spot from 1); quantities: its weight and gradient, or a local derivative,
    or none."""

    id: str
    start: tuple[int, int]
    end: tuple[int, int]
    quantities: tuple[Quantity, ...] = ()

    @cached_property
    def weight(self) -> Quantity | None:
        """The weight, where there is one."""
        return next((q for q in self.quantities if q.family == "parameter"), None)


@dataclass(frozen=True)
class Column:
    """Spots below each other under a title: a message with ``{n}`` for its number, and a name for ``name_of``."""

    title: str
    number: int
    spots: tuple[Spot, ...]
    name: str = ""


@dataclass(frozen=True, eq=False)
class Plan:
    """A picture: columns from left to right, lines, and in one more column the loss, where there is one, and the targets.

    label: says what it is, in the language in use; graph: whether spots stand where their lines are short, lines may pass a
    column, and the picture may be larger than its room.
    """

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    loss: Spot | None = None
    targets: tuple[Spot, ...] = ()
    label: Callable[[], str] = str
    graph: bool = False

    def spots(self) -> Iterator[Spot]:
        """Every spot, biases, the loss and the targets among them."""
        for column in self.columns:
            for spot in column.spots:
                yield spot
                if spot.bias:
                    yield spot.bias
        if self.loss:
            yield self.loss
        yield from self.targets

    @cached_property
    def fixed(self) -> frozenset[Quantity]:
        """The biases that no update changes."""
        return frozenset(q for spot in self.spots() if spot.fixed for q in spot.shown)

    @cached_property
    def _quantities(self) -> dict[str, tuple[Quantity, ...]]:
        spots = {spot.id: spot.quantities for spot in self.spots()}
        return spots | {line.id: line.quantities for line in self.lines}

    @cached_property
    def _elements(self) -> dict[Quantity, str]:
        return {q: id for id, quantities in self._quantities.items() for q in quantities}

    def quantities(self, id: str) -> tuple[Quantity, ...]:
        """What an element stands for; empty for an id that this picture does not have."""
        return self._quantities.get(id, ())

    def element(self, quantity: Quantity) -> str:
        """The id of the element that stands for a quantity, that of its parameter for one of an update; empty if none does."""
        own = self._elements.get(quantity)
        if own is None and quantity.parameter:
            own = self._elements.get(Quantity(quantity.parameter, quantity.layer, quantity.index))
        return own or ""
