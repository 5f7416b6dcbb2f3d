"""How a multilayer perceptron becomes a Worked: one sample's pass, and an update where an optimiser is given."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import lru_cache, partial

from mlp_core import Derivation, Network, Optimiser, Quantity, State, Step, Trace, Update, derive, trace
from mlp_core.steps import Phase, Shape
from mlp_core.unfolding import unfold

from ..i18n import gettext as _
from ..i18n import mark
from .plan import Column, Line, Plan, Spot
from .worked import Worked

MAX_SHAPES = 64  # kept
FORWARD = ("z", "a")


def mlp(
    network: Network,
    x: object,
    y: object,
    optimiser: Optimiser | None = None,
    state: State | None = None,
    sequential: bool = False,
) -> Worked:
    """One sample through ``network``, x (n_in,) and y (n_out,); with an optimiser its update, too. Errors as for ``trace``."""
    passed = trace(network, x, y)
    return of_update(optimiser.step(network, passed, state, sequential)) if optimiser else of_trace(passed)


def of_trace(passed: Trace) -> Worked:
    """The Worked of one sample's pass."""
    network = passed.network
    shape, steps = Shape.of(network), derive(network)
    return Worked(
        steps, passed, _plan(Shape.of(network, frozen=True)), ("mlp", shape), sizes=network.sizes, shared=shape.shared,
        editable=frozenset(steps.given), unfold=partial(unfold, network), unfolds=_unfolds,
    )  # fmt: skip


def of_update(update: Update) -> Worked:
    """The Worked of one sample's pass and the update made of it."""
    network = update.trace.network
    shape = Shape.of(network, frozen=True)
    key = ("mlp", shape, update.optimiser.key, update.sequential)
    once = derive(network)
    steps = _with_update(key, once, update.steps)
    after = partial(trace, update.network, update.trace.x, update.trace.y)
    return Worked(
        steps, update, _plan(shape, update.sequential), key, sizes=network.sizes, shared=shape.shared,
        editable=frozenset(once.given), unfold=partial(unfold, network), unfolds=_unfolds, after=after,
    )  # fmt: skip


def _unfolds(step: Step) -> bool:
    return step.phase is Phase.BACKWARD and step.law not in ("delta", "fused")


_STEPS: dict[Hashable, Derivation] = {}


def _with_update(key: Hashable, derivation: Derivation, update: tuple[Step, ...]) -> Derivation:
    """Pass and update in one derivation, kept by ``key``: the next network of that shape has the same."""
    if key not in _STEPS:
        if len(_STEPS) >= MAX_SHAPES:
            _STEPS.clear()
        known = {*derivation.given, *(step.target for step in (*derivation, *update))}
        more = dict.fromkeys(q for step in update for q in step.inputs if q not in known)
        _STEPS[key] = Derivation((*derivation.steps, *update), (*derivation.given, *more))
    return _STEPS[key]


@lru_cache(maxsize=64)
def _plan(shape: Shape, sequential: bool = False) -> Plan:
    sizes, activations, last = shape.sizes, shape.activations, len(shape.activations)
    inputs = [Quantity("x", 0, (i,)) for i in _upto(sizes[0])]
    columns = [Column(mark("Input"), 0, tuple(Spot(f"n.0.{q.index[0]}", "input", (q,), (q,)) for q in inputs))]
    for k in _upto(last):
        title = mark("Output") if k == last else mark("Hidden") if last == 2 else mark("Hidden {n}")
        spots = tuple(_neuron(k, i, shape, sequential) for i in _upto(sizes[k]))
        columns.append(Column(title, k, spots, activations[k - 1].name))
    cost = Quantity("C")
    targets = tuple(Spot(str(y), "input", (y,), (y,)) for y in (Quantity("y", last, (i,)) for i in _upto(sizes[-1])))
    loss = Spot("C", "loss", (cost,), (cost,))
    return Plan(tuple(columns), tuple(_lines(sizes)), loss, targets, partial(_label, sizes))


def _label(sizes: tuple[int, ...]) -> str:
    return _("Network {sizes}").format(sizes="-".join(map(str, sizes)))


def _neuron(k: int, i: int, shape: Shape, sequential: bool) -> Spot:
    n, delta = shape.sizes[k], shape.delta
    # a softmax's da_i/dz_j belongs to the neuron whose z moves
    slopes = [(i,)] if shape.activations[k - 1].elementwise else [(m, i) for m in _upto(n)]
    again = ("dC_da_new", f"{delta}_new") if sequential and k < len(shape.activations) else ()
    quantities = (
        *(Quantity(kind, k, (i,)) for kind in ("z", "a", "dC_da")),
        *(Quantity("da_dz", k, index) for index in slopes),
        *(Quantity(kind, k, (i,)) for kind in (delta, *again)),
    )
    shown, backward = (tuple(Quantity(kind, k, (i,)) for kind in pair) for pair in (FORWARD, ("a", delta)))
    b = shape.bias(k, i) if k not in shape.shared or i == n else None  # what all share stands once, at the layer's foot
    fixed = shape.frozen[k - 1] == ("b",)
    bias = Spot(str(b), b.family, (b, b.beside("db")), (b,), fixed=fixed) if b else None
    rows = {Phase.BACKWARD: backward, Phase.UPDATE: backward}
    return Spot(f"n.{k}.{i}", "activation", quantities, shown, rows, bias)


def _lines(sizes: tuple[int, ...]) -> Iterator[Line]:
    for k in _upto(len(sizes) - 1):
        for i in _upto(sizes[k]):
            for j in _upto(sizes[k - 1]):
                pair = (Quantity("W", k, (i, j)), Quantity("dW", k, (i, j)))
                yield Line(str(pair[0]), (k - 1, j), (k, i), pair)


def _upto(n: int) -> range:
    return range(1, n + 1)
