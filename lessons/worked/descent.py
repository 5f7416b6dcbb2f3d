"""A step of an optimiser on a loss of two weights, as a Worked: the gradient there, and the update with all its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import sqrt
from types import SimpleNamespace

import numpy as np
import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair

from mlp_core import Derivation, Graph, Layer, Network, Optimiser, Quantity, State, Step, compute_graph, trace
from mlp_core.optimisers.schedules import Schedule
from mlp_core.steps import Phase
from mlp_core.writing.names import Name, Notation

from ..i18n import language
from ..style import notation
from .graph import of_graph
from .mlp import of_update
from .plan import Line, Plan, Spot
from .worked import Unfolding, Values, Worked

WEIGHTS = (Quantity("W", 1, (1, 1)), Quantity("W", 1, (1, 2)))
"""The two weights of a surface that is no network's."""
_FRAME = Network([Layer([[1.0, 1.0]], None, "identity")], loss="squared_error")  # that has two weights
Slots = Mapping[str, float]


class Mover:
    """An optimiser at one number, a weight ("W") or a bias ("b"), by its own laws.

    after ``move`` its ``numbers`` hold every intermediate by name; what it remembers stays for the next move.
    """

    def __init__(self, optimiser: Optimiser, parameter: str, before: Slots | None = None) -> None:
        self.laws = tuple(optimiser.laws_of(parameter, optimiser.decay).items())
        self.lr, self.slots = optimiser.lr, [(slot, f"{slot}_prev") for slot in optimiser.slots]
        self.known = SimpleNamespace(**vars(optimiser))
        self.numbers = vars(self.known)
        self.numbers |= {prev: (before or {}).get(slot, 0.0) for slot, prev in self.slots}

    def move(self, w: float, g: float, t: int, factor: float = 1.0) -> float:
        """The number w after update t, from 1, by its gradient g; factor: of the learning rate.

        OverflowError or ZeroDivisionError where a law has no number.
        """
        known, numbers = self.known, self.numbers
        numbers["w"], numbers["g"], numbers["t"], numbers["lr"] = w, g, t, self.lr * factor
        for name, law in self.laws:
            numbers[name] = law(known, sqrt)
        for slot, prev in self.slots:
            numbers[prev] = numbers[slot]
        new: float = w + numbers["step"] - numbers.get("decay", 0.0)
        return new

    @property
    def remembered(self) -> dict[str, float]:
        """The slots, for the update that follows."""
        return {slot: self.numbers[slot] for slot, _prev in self.slots}


@dataclass(frozen=True)
class Stage:
    """Where a step begins: the two weights, of each what the update before left, which update it is, from 1."""

    w: tuple[float, float]
    before: tuple[Slots, Slots]
    t: int


def on_surface(
    text: str, names: tuple[str, str], at: Stage, optimiser: Optimiser, schedule: Schedule | None = None
) -> Worked:
    """The step of an optimiser on the surface of an expression of two names, which has a value where both are 1, too; errors as
    of ``compute_graph``.

    schedule: of the learning rate, an update being an epoch.
    """
    graph = compute_graph(text, dict(zip(names, at.w, strict=True)))
    surface = _surface(text, names)
    values = {surface.own.get(q, q): value for q, value in graph.values.items()}
    values |= _of_update(optimiser, at, [values[w.beside("dW")] for w in WEIGHTS], schedule)
    return Worked(
        _together(surface.steps, schedule, optimiser.derive(_FRAME)), values, surface.plan,
        ("descent", graph.key, optimiser.key, schedule and schedule.name), texts="worked", names=surface.letters,
        editable=frozenset(WEIGHTS), unfold=surface.unfold, unfolds=surface.plain.unfolds,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Surface:
    """What all steps on a surface have in common: its graph, its names as weights, its Steps and picture with those."""

    plain: Worked
    own: Mapping[Quantity, Quantity]
    symbols: Mapping[sp.Symbol, sp.Symbol]
    steps: tuple[Step, ...]
    plan: Plan
    letters: Mapping[Quantity, Name]

    def unfold(self, step: Step) -> Unfolding | None:
        """How SymPy gets a local derivative."""
        found = self.plain.unfold(step)
        if found is None:
            return None
        function, forms, variable = found
        return put(function, self.symbols), [put(each, self.symbols) for each in forms], put(variable, self.symbols)


@lru_cache(maxsize=32)
def _surface(text: str, names: tuple[str, str]) -> _Surface:
    graph = compute_graph(text, dict.fromkeys(names, 1.0))
    own = _own(graph, names)
    symbols = {q.symbol: other.symbol for q, other in own.items()}
    plain = of_graph(graph)
    steps = tuple(_renamed(step, own, symbols) for step in graph.steps)
    return _Surface(plain, own, symbols, steps, _plan(plain.plan, own), _Letters(graph, own))


def in_network(
    network: Network,
    x: object,
    y: object,
    chosen: tuple[Quantity, Quantity],
    at: Stage,
    optimiser: Optimiser,
    schedule: Schedule | None = None,
    sample: int = 1,
) -> Worked:
    """The step of an optimiser that moves two weights or biases of a network and holds the others; x, y, sample as in ``mlp``."""
    moved = with_numbers(network, dict(zip(chosen, at.w, strict=True)))
    slowed = optimiser.slowed(schedule(at.t - 1)) if schedule else optimiser
    update = slowed.step(moved, trace(moved, x, y), _state(moved, optimiser, chosen, at))
    about = of_update(update, sample)
    own = [step for step in about.steps.phase(Phase.UPDATE) if step.target.beside(step.target.parameter) in chosen]
    passed = [step for step in about.steps if step.phase is not Phase.UPDATE]
    settings = schedule.values(optimiser.lr, at.t - 1) if schedule else {}
    after = with_numbers(moved, {q: update[q.beside(f"{q.kind}_new")] for q in chosen})
    given = {q for step in passed for q in step.inputs if q in about.given}
    return replace(
        about, steps=_together(passed, schedule, own, [q for q in about.given if q in given]),
        values=_Also(settings, about.values),
        key=(about.key, chosen, schedule and schedule.name), editable=frozenset(), after=lambda: trace(after, x, y),
    )  # fmt: skip


def with_numbers(network: Network, numbers: Mapping[Quantity, float]) -> Network:
    """The network with other numbers for some of its weights and biases."""
    layers = list(network.layers)
    for q, value in numbers.items():
        layer = layers[q.layer - 1]
        changed = np.array(layer.W if q.kind == "W" else layer.b)
        changed[tuple(i - 1 for i in q.index)] = value
        layers[q.layer - 1] = layer.updated(changed, layer.b) if q.kind == "W" else layer.updated(layer.W, changed)
    return network.updated(layers)


def put(formula: sp.Basic, symbols: Mapping[sp.Symbol, sp.Expr]) -> sp.Basic:
    """A formula with others in the place of its symbols, and nothing worked out or put in another order."""
    if not formula.args:
        return symbols.get(formula, formula)
    inner = [put(each, symbols) for each in formula.args]
    return formula.func(*inner) if isinstance(formula, ExprCondPair) else formula.func(*inner, evaluate=False)


def _own(graph: Graph, names: tuple[str, str]) -> dict[Quantity, Quantity]:
    """What the names of an expression are as weights, and the derivatives by them as gradients."""
    by_name = {node.name: node.quantity for node in graph.nodes if node.name in names}
    weights = {by_name[name]: weight for name, weight in zip(names, WEIGHTS, strict=True)}
    return weights | {q.beside("derivative"): weight.beside("dW") for q, weight in weights.items()}


def _renamed(step: Step, own: Mapping[Quantity, Quantity], symbols: Mapping[sp.Symbol, sp.Symbol]) -> Step:
    inputs = tuple(own.get(q, q) for q in step.inputs)
    return Step(own.get(step.target, step.target), step.rule, put(step.formula, symbols), inputs)


def _of_update(
    optimiser: Optimiser, at: Stage, gradients: Sequence[float], schedule: Schedule | None
) -> dict[Quantity, float]:
    """Settings, slots and intermediates of an update, by their addresses."""
    values = {Quantity(name): getattr(optimiser, name) for name, about in optimiser.settings().items() if about.is_number}
    values[Quantity("t")] = float(at.t)
    if schedule:
        values |= schedule.values(optimiser.lr, at.t - 1)
    for q, w, g, before in zip(WEIGHTS, at.w, gradients, at.before, strict=True):
        values |= {q.beside(f"{slot}_prev_W"): before.get(slot, 0.0) for slot in optimiser.slots}
        mover = Mover(optimiser, "W", before)
        values[q.beside("W_new")] = mover.move(w, g, at.t, schedule(at.t - 1) if schedule else 1.0)
        values |= {q.beside(f"{name}_W"): mover.numbers[name] for name, _law in mover.laws}
    return values


def _together(
    passed: Sequence[Step], schedule: Schedule | None, update: Sequence[Step], given: Iterable[Quantity] = WEIGHTS
) -> Derivation:
    """Pass, learning rate and update in one derivation, and what is given for them."""
    steps = (*passed, *([schedule.step] if schedule else []), *update)
    known = {*given, *(step.target for step in steps)}
    more = dict.fromkeys(q for step in steps[len(passed) :] for q in step.inputs if q not in known)
    return Derivation(steps, (*given, *more))


def _state(network: Network, optimiser: Optimiser, chosen: Sequence[Quantity], at: Stage) -> State:
    """What the optimiser remembers of the two weights, and of all others nothing."""
    state = optimiser.init(network)
    for q, before in zip(chosen, at.before, strict=True):
        for slot, array in state.layers[q.layer - 1][q.kind].items():
            array[tuple(i - 1 for i in q.index)] = before.get(slot, 0.0)
    return State(state.optimiser, at.t - 1, state.layers)


@dataclass(frozen=True)
class _Also:
    """Some values, and others where those have none."""

    first: Mapping[Quantity, float]
    others: Values

    def __getitem__(self, quantity: Quantity) -> float:
        return self.first[quantity] if quantity in self.first else self.others[quantity]


def _plan(plan: Plan, own: Mapping[Quantity, Quantity]) -> Plan:
    """The graph with its names as weights, which have new values in the end."""

    def all_of(quantities: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
        return tuple(own.get(q, q) for q in quantities)

    def spot(each: Spot) -> Spot:
        rows = {phase: all_of(shown) for phase, shown in each.rows.items()}
        mine, shown = all_of(each.quantities), all_of(each.shown)
        if mine[0] not in WEIGHTS:
            return replace(each, quantities=mine, shown=shown, rows=rows)
        new = mine[0].beside("W_new")
        rows[Phase.UPDATE] = (*mine, new)
        return replace(each, family="parameter", quantities=(*mine, new), shown=shown, rows=rows)

    def line(each: Line) -> Line:
        return replace(each, quantities=all_of(each.quantities))

    columns = tuple(replace(column, spots=tuple(map(spot, column.spots))) for column in plan.columns)
    return replace(plan, columns=columns, lines=tuple(map(line, plan.lines)))


class _Letters(Mapping[Quantity, Name]):
    """What the numbers of a step on a surface are called: the graph's names, and w with an index, in the language in use."""

    def __init__(self, graph: Graph, own: Mapping[Quantity, Quantity]) -> None:
        self._names = {own.get(q, q): name for q, name in graph.names.items()}

    def __getitem__(self, quantity: Quantity) -> Name:
        if quantity in self._names:
            return self._names[quantity]
        if quantity.parameter != "W" or quantity.layer != 1:
            raise KeyError(quantity)
        return _of_weights(language()).name(quantity, _FRAME.sizes)

    def __iter__(self) -> Iterator[Quantity]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@lru_cache
def _of_weights(spoken: str) -> Notation:
    usual = notation("notes", spoken)
    return replace(usual, key="surface", letters={"W": "w", "C": "L"}, sup="")
