"""A network's pass over one sample as a computation graph: every product, sum and function is a node.

The network is written as lines of an expression (``h = x*w; z = h*h``), which are read like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

import sympy as sp
from sympy.printing.str import StrPrinter

from mlp_core import ExpressionError, Graph, Layer, Network, Quantity, trace
from mlp_core.functions import ACTIVATIONS, LOSSES, activation_of
from mlp_core.graph import derivative_names, graph_of, parse
from mlp_core.writing.names import NOTES, Name, Notation

from ..i18n import mark, ngettext
from ..problem import Problem
from .graph import of_graph
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
    written = _Lines(network)
    parsed = parse("; ".join(written.lines), limited=False)
    if (needed := len(parsed.names) + len(parsed.calls)) > MAX_NODES:
        raise Problem(WHERE, mark("Its graph would need {needed} nodes; up to {most} are drawn."), needed=needed, most=MAX_NODES)
    try:
        graph = graph_of(parsed, {name: passed[q] for name, q in written.own.items() if q.given})
    except ExpressionError as error:
        raise Problem(WHERE, error.message, **error.parts) from None
    own = {node.quantity: written.own[node.name] for node in graph.nodes if node.name in written.own}
    plain = of_graph(graph)
    slopes = {node.beside("derivative"): replace(q, kind=SLOPES[q.kind]) for node, q in own.items() if q.kind in SLOPES}
    return replace(
        plain, own=own | slopes, names=_names(graph, written, own | slopes, network, notation),
        plan=replace(plain.plan, label=partial(_label, network.sizes, len(graph.nodes))),
    )  # fmt: skip


def _label(sizes: tuple[int, ...], n: int) -> str:
    said = ngettext("Graph of network {sizes}, {n} node", "Graph of network {sizes}, {n} nodes", n)
    return said.format(sizes="-".join(map(str, sizes)), n=n)


def _names(
    graph: Graph, written: _Lines, own: Mapping[Quantity, Quantity], network: Network, notation: Notation
) -> dict[Quantity, Name]:
    """The network's own names, and for what lies between those of any graph."""
    shared = frozenset(k for k, layer in enumerate(network.layers, 1) if _shared(layer))
    known = {q: notation.name(meant, network.sizes, shared) for q, meant in own.items()}
    between = {node.quantity: written.between[node.name] for node in graph.nodes if node.name in written.between}
    nodes = {node.quantity: graph.names[node.quantity] for node in graph.nodes} | between | known
    return nodes | derivative_names(graph, nodes) | known


def _shared(layer: Layer) -> bool:
    return layer.b is not None and layer.b.size == 1 and layer.n_out > 1


class _Lines:
    """A network as lines of an expression; own: the quantity that a name stands for; between: what else is used twice."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.own: dict[str, Quantity] = {}
        self.between: dict[str, Name] = {}
        self.lines = list(self._all())

    def name(self, kind: str, layer: int, *index: int) -> str:
        """What is written for a quantity."""
        name = "_".join(map(str, (f"{kind}{layer}" if layer else kind, *index)))
        self.own[name] = Quantity(kind, layer, index)
        return name

    def _all(self) -> Iterator[str]:
        before = [self.name("x", 0, j) for j in _upto(self.network.sizes[0])]
        for k, layer in enumerate(self.network.layers, 1):
            z = []
            for i in _upto(layer.n_out):
                terms = [f"{self.name('W', k, i, j)}*{a}" for j, a in enumerate(before, 1)]
                terms += [] if layer.b is None else [self.name("b", k, 1 if _shared(layer) else i)]
                z.append(self.name("z", k, i))
                yield f"{z[-1]} = {' + '.join(terms)}"
            before = z
            if layer.activation != "identity":
                yield from self._shares(k, z) if not ACTIVATIONS[layer.activation].elementwise else ()
                before = [self.name("a", k, i) for i in _upto(layer.n_out)]
                yield from (f"{a} = {self._activation(layer, k, i, z)}" for i, a in enumerate(before, 1))
        last = len(self.network.layers)
        y = [self.name("y", last, i) for i in _upto(len(before))]
        loss = LOSSES[self.network.loss].expr(_symbols(before), _symbols(y))
        yield f"{self.name('C', 0)} = {_WRITER.doprint(loss)}"

    def _shares(self, k: int, z: list[str]) -> Iterator[str]:
        """The powers of a softmax and their sum, of which every share is made."""
        powers = [f"e{k}_{i}" for i in _upto(len(z))]
        self.between |= {name: Name("e", sup=f"({k})", sub=str(i)) for i, name in enumerate(powers, 1)}
        yield from (f"{power} = exp({each})" for power, each in zip(powers, z, strict=True))
        if len(z) > 1:
            self.between[f"s{k}"] = Name("s", sup=f"({k})")
            yield f"s{k} = {' + '.join(powers)}"

    def _activation(self, layer: Layer, k: int, i: int, z: list[str]) -> str:
        if layer.activation in TYPED:
            return TYPED[layer.activation].format(z=z[i - 1], slope=repr(layer.slope))
        if not ACTIVATIONS[layer.activation].elementwise:
            return f"e{k}_{i}/{f's{k}' if len(z) > 1 else f'e{k}_{i}'}"
        formula = activation_of(layer.activation, layer.slope).formula(_symbols(z), i - 1)
        if formula.has(sp.Piecewise):
            raise Problem(WHERE, mark("{activation} cannot be written as a graph."), activation=layer.activation)
        return str(_WRITER.doprint(formula))


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
