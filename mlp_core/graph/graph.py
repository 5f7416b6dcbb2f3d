"""A computation graph: the nodes of an expression, and as Steps their values, local derivatives and derivatives.

A name is one node however often it stands there; an operation is a node; a number that was typed belongs to the operation
that takes it. Backward, the derivative of the result by a node is the sum, over all operations that take the node, of that
operation's derivative times its local derivative. Nothing here depends on the numbers given, so Steps are kept by shape.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from html import escape
from math import isfinite

import sympy as sp

from ..kinds import Kind, enter_kind
from ..network import is_number
from ..quantity import Quantity
from ..steps import Derivation, Phase, Step, enter_law
from ..writing.names import Name
from .operations import FUNCTIONS, OPERATIONS, Undefined, product, total
from .parser import NAME, Call, ExpressionError, Number, Parsed, Ref, parse

ENTERED = {
    "variable": Kind(family="input", layered=False, given=True),
    "operation": Kind(family="activation", layered=False),
    "local": Kind(family="preactivation", arity=(2,), layered=False),  # of operation i by its operand k
    "derivative": Kind(family="gradient", layered=False),
}
LAWS = {"operation": Phase.FORWARD, "local": Phase.BACKWARD, "derivative": Phase.BACKWARD}
for _name, _kind in ENTERED.items():
    enter_kind(_name, _kind)
for _name, _phase in LAWS.items():
    enter_law(_name, _phase)

SEED, ONE = "derivative.seed", "derivative.one"
RESULTS, BETWEEN = ("z", "f", "L", "out"), ("q", "u", "v", "t", "node")  # letters: the first that no name begins with
_INDEXED = re.compile(r"([A-Za-z]+)_?([0-9]+)|([A-Za-z]+)_([A-Za-z0-9]+)")
_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η", "theta": "θ", "kappa": "κ", "mu": "μ",
    "nu": "ν", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "psi": "ψ", "omega": "ω",
}  # fmt: skip


@dataclass(frozen=True)
class Term:
    """A name or an operation of an expression.

    quantity: its address, whose index is its number from 1, names first; text: what was typed for it, at character ``place``
    (from 1); operation: what it does, empty for a name; operands: the nodes it takes, and the numbers that were typed.
    """

    quantity: Quantity
    text: str
    place: int
    operation: str
    operands: tuple[Quantity | float, ...]
    name: str


@dataclass(frozen=True)
class Node(Term):
    """A term with its value; grad: the derivative of the result by it, None where no name has a part in it."""

    value: float
    grad: float | None


@dataclass(frozen=True, eq=False)
class Outline:
    """What of a graph its numbers leave as it is; key: the shape, on which the steps depend."""

    text: str
    nodes: tuple[Term, ...]
    steps: Derivation
    key: tuple[object, ...]

    @cached_property
    def names(self) -> Mapping[Quantity, Name]:
        """What is written for each quantity: the letters typed, q for what lies between, z for the result, ∂z/∂x."""
        return _names(self)


@dataclass(frozen=True, eq=False)
class Graph:
    """An expression with its numbers.

    value: of the whole; grad: name to the derivative by it, Python floats, 0 for a name that was given and is not in it;
    nodes: names in order of appearance, then operations in the order in which they are computed; steps: forward one for each
    operation, then backward from the result, the derivative by each node and the local derivatives that lead to it; values:
    the number of everything given and computed; names: what everything is called; key: the shape, on which the steps depend.
    """

    outline: Outline
    values: Mapping[Quantity, float]
    grad: Mapping[str, float]

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes with their numbers."""
        return tuple(
            Node(**vars(each), value=self.values[each.quantity], grad=self.values.get(each.quantity.beside("derivative")))
            for each in self.outline.nodes
        )

    @property
    def text(self) -> str:
        """What was typed."""
        return self.outline.text

    @property
    def steps(self) -> Derivation:
        """Those of its outline."""
        return self.outline.steps

    @property
    def key(self) -> tuple[object, ...]:
        """That of its outline."""
        return self.outline.key

    @property
    def value(self) -> float:
        """The value of the expression."""
        return self.values[self.outline.nodes[-1].quantity]

    @property
    def given(self) -> tuple[Quantity, ...]:
        """The names, by their addresses."""
        return self.steps.given

    @property
    def names(self) -> Mapping[Quantity, Name]:
        """Those of its outline."""
        return self.outline.names

    def _repr_html_(self) -> str:
        head = "<tr><th>node</th><th>expression</th><th>value</th><th>derivative</th></tr>"
        rows = (
            f"<tr><td>{self.names[node.quantity].html()}</td><td><code>{escape(node.text)}</code></td>"
            f"<td>{node.value:.6g}</td><td>{'' if node.grad is None else f'{node.grad:.6g}'}</td></tr>"
            for node in self.nodes
        )
        return f"<table>{head}{''.join(rows)}</table>"


def compute_graph(text: str, values: Mapping[str, float]) -> Graph:
    """The graph of an expression at these values of its names, forward and backward.

    text: names, numbers, + - * / **, brackets, exp log sqrt sin cos tanh sigmoid relu abs max min, up to 200 operations; a
    value may be given a name, as in "h = x*w; z = h*h", of which the last line is the result; signs such as ×, ÷, ^, ² and those
    of a Chinese keyboard are read, too. By convention d|x| and d relu are 0 at 0, and a tie in max or min goes to the first.
    ValueError (an ExpressionError, with the place) for anything else, for a name without a finite number, for a value outside a
    function's domain, for a derivative that is not finite there, and where a number overflows.

    >>> g = compute_graph("(x+y)*w", {"x": 2, "y": 3, "w": 4})
    >>> g.value, g.grad["x"], g.grad["w"]
    (20.0, 4.0, 5.0)
    """
    return graph_of(parse(text), values)


def graph_of(parsed: Parsed, values: Mapping[str, float]) -> Graph:
    """The graph of an expression that has been read; errors as of ``compute_graph``."""
    given = _given(parsed, values)
    shape, outline = _outlined(parsed)
    numbers = [*(given[name] for name in parsed.names)]
    for call in parsed.calls:
        numbers.append(_value(parsed, call, numbers))
    found = {shape.node(n): value for n, value in enumerate(numbers, 1)}
    _backward(parsed, shape, outline.steps, found)
    grad = {name: found.get(_address("derivative", n), 0.0) for n, name in enumerate(parsed.names, 1)}
    return Graph(outline, found, {**dict.fromkeys(given, 0.0), **grad})


@lru_cache(maxsize=64)
def _outlined(parsed: Parsed) -> tuple[_Shape, Outline]:
    shape = _Shape(len(parsed.names), tuple((call.operation, call.operands) for call in parsed.calls))
    nodes = tuple(_term(parsed, shape, n) for n in range(1, shape.count + len(shape.calls) + 1))
    return shape, Outline(parsed.text, nodes, _derive(shape), ("graph", shape))


@dataclass(frozen=True)
class _Shape:
    """What the Steps of an expression depend on: how many names, and the calls with their operands. Nodes are numbered from 1."""

    count: int
    calls: tuple[tuple[str, tuple[Number | Ref, ...]], ...]

    def number(self, ref: Ref) -> int:
        """The number of the node that a reference means."""
        return ref.index + 1 + (0 if ref.is_name else self.count)

    def node(self, number: int) -> Quantity:
        """The address of a node."""
        return _address("variable" if number <= self.count else "operation", number)

    def operands(self, number: int) -> tuple[tuple[int, Ref | Number], ...]:
        """The operands of an operation, each with its position from 1."""
        return tuple(enumerate(self.calls[number - self.count - 1][1], 1))

    @cached_property
    def moving(self) -> frozenset[int]:
        """The nodes in which a name has a part: the others are numbers, by which nothing is differentiated."""
        found = set(range(1, self.count + 1))
        for n, (_operation, operands) in enumerate(self.calls, self.count + 1):
            if any(isinstance(each, Ref) and self.number(each) in found for each in operands):
                found.add(n)
        return frozenset(found)

    @cached_property
    def uses(self) -> Mapping[int, Sequence[tuple[int, int]]]:
        """Of each node by which the result is differentiated, the operations that take it, and as which operand."""
        found: dict[int, list[tuple[int, int]]] = {n: [] for n in sorted(self.moving)}
        for n in (n for n in found if n > self.count):
            for k, operand in self.operands(n):
                if isinstance(operand, Ref) and (taken := self.number(operand)) in self.moving:
                    found[taken].append((n, k))
        return found


@lru_cache(maxsize=4096)
def _address(kind: str, *index: int) -> Quantity:
    return Quantity(kind, 0, index)


@lru_cache(maxsize=64)
def _derive(shape: _Shape) -> Derivation:
    last = shape.count + len(shape.calls)
    taken = {n: (_symbols(shape, n), _nodes(shape, n)) for n in range(shape.count + 1, last + 1)}
    steps = [_forward(shape, n, *taken[n]) for n in taken]
    locals_: dict[int, list[int]] = {}
    for users in shape.uses.values():
        for n, k in users:
            locals_.setdefault(n, []).append(k)
    for n in (n for n in range(last, shape.count, -1) if n in shape.moving):
        steps.append(_adjoint(n, shape.uses[n]))
        steps += [_local(shape, n, k, *taken[n]) for k in sorted(locals_[n])]
    steps += [_adjoint(n, shape.uses[n]) for n in range(1, shape.count + 1)]
    return Derivation(tuple(steps), tuple(shape.node(n) for n in range(1, shape.count + 1)))


def _forward(shape: _Shape, n: int, symbols: list[sp.Expr], nodes: tuple[Quantity, ...]) -> Step:
    operation = shape.calls[n - shape.count - 1][0]
    formula = OPERATIONS[operation].formula(*symbols)
    return Step(shape.node(n), f"operation.{operation}", formula, nodes)


def _local(shape: _Shape, n: int, k: int, symbols: list[sp.Expr], nodes: tuple[Quantity, ...]) -> Step:
    operation = shape.calls[n - shape.count - 1][0]
    formula = OPERATIONS[operation].slope_formulas[k - 1](*symbols, shape.node(n).symbol)
    mentioned = () if formula.is_Number else formula.free_symbols
    inputs = tuple(q for q in (*nodes, shape.node(n)) if q.symbol in mentioned)
    return Step(_address("local", n, k), f"local.{operation}", formula, inputs)


def _adjoint(n: int, uses: Sequence[tuple[int, int]]) -> Step:
    target = _address("derivative", n)
    if not uses:
        return Step(target, SEED, sp.Integer(1), ())
    pairs = [(_address("derivative", user), _address("local", user, k)) for user, k in uses]
    terms = [product(one.symbol, other.symbol) for one, other in pairs]
    formula = total(*terms)
    inputs = tuple(dict.fromkeys(q for pair in pairs for q in pair))
    return Step(target, ONE if len(terms) == 1 else "derivative", formula, inputs)


def _symbols(shape: _Shape, n: int) -> list[sp.Expr]:
    """The operands of an operation in SymPy."""
    operands = (operand for _k, operand in shape.operands(n))
    return [_literal(o.value) if isinstance(o, Number) else shape.node(shape.number(o)).symbol for o in operands]


def _nodes(shape: _Shape, n: int) -> tuple[Quantity, ...]:
    """The nodes that an operation takes, each once."""
    found = {shape.number(operand) for _k, operand in shape.operands(n) if isinstance(operand, Ref)}
    return tuple(shape.node(number) for number in sorted(found))


def _literal(value: float) -> sp.Expr:
    return sp.Integer(int(value)) if value.is_integer() and abs(value) < 1e15 else sp.Float(value)


def _given(parsed: Parsed, values: Mapping[str, float]) -> dict[str, float]:
    """The number of each name; ExpressionError where there is none."""
    if not isinstance(values, Mapping):
        raise ExpressionError(0, message="values give each name its number, as in {example}", example="{'x': 2}")
    for name, value in values.items():
        if not isinstance(name, str) or not NAME.fullmatch(name) or name in FUNCTIONS:
            raise ExpressionError(0, message="{found} cannot be a name", found=repr(name))
        if not is_number(value):
            place = parsed.places[parsed.names.index(name)] + 1 if name in parsed.names else 0
            raise ExpressionError(
                place, message="{found} must be a finite number, not {value}", found=name, value=repr(value)
            )
    for name, start in zip(parsed.names, parsed.places, strict=True):
        if name not in values:
            raise ExpressionError(start + 1, message="{found} has no number", found=name)
    return {name: float(value) for name, value in values.items()}


def _value(parsed: Parsed, call: Call, numbers: list[float]) -> float:
    operands = _floats(parsed, call, numbers)
    try:
        found = OPERATIONS[call.operation].f(*operands)
    except Undefined as reason:
        raise _impossible(parsed, call, message=reason.message) from None
    except ZeroDivisionError:
        raise _impossible(parsed, call, message="this divides by 0") from None
    except OverflowError:
        found = float("inf")
    if not isfinite(found):
        raise _impossible(parsed, call, message="the value is too large for a number")
    return float(found)


def _floats(parsed: Parsed, call: Call, numbers: list[float]) -> list[float]:
    ahead = len(parsed.names)
    return [
        each.value if isinstance(each, Number) else numbers[each.index + (0 if each.is_name else ahead)]
        for each in call.operands
    ]


def _impossible(parsed: Parsed, call: Call, *, message: str) -> ExpressionError:
    return ExpressionError(call.start + 1, message=message, node=parsed.text[call.start : call.stop])


def _backward(parsed: Parsed, shape: _Shape, steps: Derivation, found: dict[Quantity, float]) -> None:
    """Add the derivatives to the values; ExpressionError where one is not finite."""
    numbers = [found[shape.node(n)] for n in range(1, shape.count + len(shape.calls) + 1)]
    for step in steps.steps[len(parsed.calls) :]:
        n = step.target.index[0]
        if step.law == "local":
            found[step.target] = _slope(parsed, parsed.calls[n - shape.count - 1], step, numbers)
            continue
        uses = ((_address("derivative", user), _address("local", user, k)) for user, k in shape.uses[n])
        value = 1.0 if step.rule == SEED else sum(found[one] * found[other] for one, other in uses)
        if not isfinite(value):
            start, stop = _span(parsed, n)
            raise ExpressionError(
                start + 1, message="the derivative by this is too large for a number", node=parsed.text[start:stop]
            )
        found[step.target] = value


def _span(parsed: Parsed, n: int) -> tuple[int, int]:
    """Where in the text a node stands."""
    if n <= len(parsed.names):
        return parsed.places[n - 1], parsed.places[n - 1] + len(parsed.names[n - 1])
    call = parsed.calls[n - len(parsed.names) - 1]
    return call.start, call.stop


def _slope(parsed: Parsed, call: Call, step: Step, numbers: list[float]) -> float:
    """The number of a local derivative: where its formula is one, that, else by the operation's own floats."""
    if step.formula.is_Number:
        return float(step.formula)
    operands = _floats(parsed, call, numbers)
    value = OPERATIONS[call.operation].f(*operands)
    try:
        found = OPERATIONS[call.operation].slopes[step.target.index[1] - 1](*operands, value)
    except Undefined as reason:
        raise _impossible(parsed, call, message=reason.message) from None
    except ZeroDivisionError:
        raise _impossible(parsed, call, message="there is no finite derivative here") from None
    except OverflowError:
        found = float("inf")
    if not isfinite(found):
        raise _impossible(parsed, call, message="the local derivative is too large for a number")
    return float(found)


def _term(parsed: Parsed, shape: _Shape, n: int) -> Term:
    start, stop = _span(parsed, n)
    operation, operands = shape.calls[n - shape.count - 1] if n > shape.count else ("", ())
    taken = tuple(o.value if isinstance(o, Number) else shape.node(shape.number(o)) for o in operands)
    name = parsed.called.get(n - shape.count - 1, "") if operation else parsed.names[n - 1]
    return Term(shape.node(n), parsed.text[start:stop], start + 1, operation, taken, name)


def _names(graph: Outline) -> dict[Quantity, Name]:
    """No two names that were typed look alike; letters of ours are none of them."""
    taken = {_letter(node.name).base for node in graph.nodes if node.name}
    result, between = (
        next((each for each in letters if each not in taken), f"{letters[0]}′") for letters in (RESULTS, BETWEEN)
    )
    unnamed = [node.quantity for node in graph.nodes[:-1] if not node.name]
    found: dict[Quantity, Name] = {}
    for node in graph.nodes:
        if not node.name:
            numbered = str(unnamed.index(node.quantity) + 1) if len(unnamed) > 1 and node is not graph.nodes[-1] else ""
            found[node.quantity] = Name(between if node is not graph.nodes[-1] else result, sub=numbered)
            continue
        name = _letter(node.name)
        while name in found.values():
            name = replace(name, sup=name.sup + "′")
        found[node.quantity] = name
    return found | derivative_names(graph, found)


def derivative_names(graph: Outline, nodes: Mapping[Quantity, Name]) -> dict[Quantity, Name]:
    """The names of the derivatives: of the result, and local ones. Of these, the result's own say by which operand, as those of
    an operation that takes a node twice do: they are not the derivative by way of every path."""
    found: dict[Quantity, Name] = {}
    top = nodes[graph.nodes[-1].quantity]
    operands = {node.quantity.index[0]: node.operands for node in graph.nodes}
    for step in graph.steps:
        n, *k = step.target.index
        own = nodes[graph.nodes[n - 1].quantity]
        if step.law == "derivative":
            found[step.target] = Name(num=top, den=own)
        elif step.law == "local":
            operand = operands[n][k[0] - 1]
            assert isinstance(operand, Quantity)
            den = nodes[operand]
            alone = own == top or operands[n].count(operand) > 1
            found[step.target] = Name(num=own, den=replace(den, sup=f"{den.sup}({k[0]})") if alone else den)
    return found


def _letter(name: str) -> Name:
    """A typed name as it is printed: x1 and x_1 with an index, alpha as a letter."""
    indexed = _INDEXED.fullmatch(name)
    base, sub = (indexed[1] or indexed[3], indexed[2] or indexed[4]) if indexed else (name, "")
    return Name(_GREEK.get(base, base.replace("_", "")), sub=sub)
