"""A network's pass over one sample as a computation graph: every product, sum and function is a node.

The network is written as lines of an expression (``h = x*w; z = h*h``), which are read like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any, NamedTuple

import sympy as sp
from sympy.printing.str import StrPrinter

from mlp_core import ExpressionError, Network, Quantity, trace
from mlp_core.functions import ACTIVATIONS, LOSSES, activation_of
from mlp_core.graph import Outline, derivative_names, graph_of, parse
from mlp_core.writing.names import NOTES, Name, Notation

from ..i18n import mark, ngettext
from ..problem import Problem
from .graph import of_graph
from .plan import Plan
from .worked import Worked

WHERE = "network"
MAX_NODES = 200
SLOPES = {"W": "dW", "b": "db", "z": "delta", "a": "dC_da"}
# Functions that are a node of their own, or that SymPy writes with cases; any other is written by its formula.
TYPED = {
    "identity": "{z}", "sigmoid": "sigmoid({z})", "tanh": "tanh({z})", "relu": "relu({z})", "leaky_relu": "max({slope}*{z}, {z})",
}  # fmt: skip


def graph_of_network(network: Network, x: object, y: object, notation: Notation = NOTES) -> Worked:
    """The Worked of one sample's pass and its derivatives as a graph, in the letters of a notation.

    x (n_in,), y (n_out,). ``own`` says which quantity of the network a node, or the derivative by it, stands for. Problem for a
    network that needs more than 200 nodes (it says how many) or that cannot be written so; else errors as for ``trace``.
    """
    passed = trace(network, x, y)
    written = _written(_Frame.of(network))
    try:
        graph = graph_of(written.parsed, {name: passed[q] for name, q in written.own.items() if q.given})
    except ExpressionError as error:
        raise Problem(WHERE, error.message, **error.parts) from None
    made = of_graph(graph)
    return replace(made, **_own(written, graph.outline, made.plan, notation))


class _Frame(NamedTuple):
    """What the lines of a network depend on: of each layer its activation with its slope, and how many biases it has."""

    sizes: tuple[int, ...]
    activations: tuple[tuple[str, float], ...]
    biases: tuple[int, ...]
    loss: str

    @classmethod
    def of(cls, network: Network) -> _Frame:
        activations = tuple((layer.activation, layer.slope) for layer in network.layers)
        return cls(network.sizes, activations, tuple(layer.biases for layer in network.layers), network.loss)

    @property
    def shared(self) -> frozenset[int]:
        """The layers whose neurons share one bias."""
        return frozenset(k for k, count in enumerate(self.biases, 1) if count == 1 < self.sizes[k])


@lru_cache(maxsize=64)
def _own(written: _Lines, outline: Outline, plan: Plan, notation: Notation) -> dict[str, Any]:
    """What the Worked of a network's graph has of its own beside that of any graph."""
    own = {node.quantity: written.own[node.name] for node in outline.nodes if node.name in written.own}
    own |= {node.beside("derivative"): replace(q, kind=SLOPES[q.kind]) for node, q in own.items() if q.kind in SLOPES}
    label = partial(_label, written.frame.sizes, len(outline.nodes))
    return {"own": own, "names": _names(outline, written, own, notation), "plan": replace(plan, label=label)}


def _label(sizes: tuple[int, ...], n: int) -> str:
    said = ngettext("Graph of network {sizes}, {n} node", "Graph of network {sizes}, {n} nodes", n)
    return said.format(sizes="-".join(map(str, sizes)), n=n)


def _names(
    graph: Outline, written: _Lines, own: Mapping[Quantity, Quantity], notation: Notation
) -> dict[Quantity, Name]:
    """The network's own names, and for what lies between those of any graph."""
    known = {q: notation.name(meant, written.frame.sizes, written.frame.shared) for q, meant in own.items()}
    between = {node.quantity: written.between[node.name] for node in graph.nodes if node.name in written.between}
    nodes = {node.quantity: graph.names[node.quantity] for node in graph.nodes} | between | known
    return nodes | derivative_names(graph, nodes) | known


class _Lines:
    """A network as lines of an expression; own: the quantity that a name stands for; between: what else is used twice; parsed:
    the lines, read. Problem for too many nodes."""

    def __init__(self, frame: _Frame) -> None:
        self.frame = frame
        self.own: dict[str, Quantity] = {}
        self.between: dict[str, Name] = {}
        self.parsed = parse("; ".join(self._all()), limited=False)
        if (needed := len(self.parsed.names) + len(self.parsed.calls)) > MAX_NODES:
            said = mark("Its graph would need {needed} nodes; up to {most} are drawn.")
            raise Problem(WHERE, said, needed=needed, most=MAX_NODES)

    def name(self, kind: str, layer: int, *index: int) -> str:
        """What is written for a quantity."""
        name = "_".join(map(str, (f"{kind}{layer}" if layer else kind, *index)))
        self.own[name] = Quantity(kind, layer, index)
        return name

    def _all(self) -> Iterator[str]:
        frame = self.frame
        before = [self.name("x", 0, j) for j in _upto(frame.sizes[0])]
        for k, (activation, slope) in enumerate(frame.activations, 1):
            z = []
            for i in _upto(frame.sizes[k]):
                terms = [f"{self.name('W', k, i, j)}*{a}" for j, a in enumerate(before, 1)]
                terms += [self.name("b", k, 1 if k in frame.shared else i)] if frame.biases[k - 1] else []
                z.append(self.name("z", k, i))
                yield f"{z[-1]} = {' + '.join(terms)}"
            before = z
            if activation != "identity":
                yield from self._shares(k, z) if not ACTIVATIONS[activation].elementwise else ()
                before = [self.name("a", k, i) for i in _upto(len(z))]
                yield from (f"{a} = {self._activation(activation, slope, k, i, z)}" for i, a in enumerate(before, 1))
        last = len(frame.activations)
        y = [self.name("y", last, i) for i in _upto(len(before))]
        loss = LOSSES[frame.loss].expr(_symbols(before), _symbols(y))
        yield f"{self.name('C', 0)} = {_WRITER.doprint(loss)}"

    def _shares(self, k: int, z: list[str]) -> Iterator[str]:
        """The powers of a softmax and their sum, of which every share is made."""
        powers = [f"e{k}_{i}" for i in _upto(len(z))]
        self.between |= {name: Name("e", sup=f"({k})", sub=str(i)) for i, name in enumerate(powers, 1)}
        yield from (f"{power} = exp({each})" for power, each in zip(powers, z, strict=True))
        if len(z) > 1:
            self.between[f"s{k}"] = Name("s", sup=f"({k})")
            yield f"s{k} = {' + '.join(powers)}"

    def _activation(self, activation: str, slope: float, k: int, i: int, z: list[str]) -> str:
        if activation in TYPED:
            return TYPED[activation].format(z=z[i - 1], slope=repr(slope))
        if not ACTIVATIONS[activation].elementwise:
            return f"e{k}_{i}/{f's{k}' if len(z) > 1 else f'e{k}_{i}'}"
        formula = activation_of(activation, slope).formula(_symbols(z), i - 1)
        if formula.has(sp.Piecewise):
            raise Problem(WHERE, mark("{activation} cannot be written as a graph."), activation=activation)
        return str(_WRITER.doprint(formula))


_written = lru_cache(maxsize=64)(_Lines)


def _symbols(names: list[str]) -> list[sp.Symbol]:
    return [sp.Symbol(name, real=True) for name in names]


class _Writer(StrPrinter):  # type: ignore[misc]
    """SymPy's formulas as they are typed, a fraction of whole numbers as one number."""

    def _print_Rational(self, number: sp.Rational) -> str:
        return repr(float(number))

    _print_Half = _print_Rational


_WRITER = _Writer({"order": "none"})


def _upto(n: int) -> range:
    return range(1, n + 1)
