"""Computation graphs: against autodiff, differences and SymPy, published examples, conventions, and hostile text."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import pytest
import sympy as sp
from autograd import grad
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mlp_core import ExpressionError, Quantity, compute_graph
from mlp_core.graph.operations import FUNCTIONS, OPERATIONS
from mlp_core.graph.parser import MAX_DEPTH, MAX_OPERATIONS, MAX_TEXT
from tests.mlp_core.reference import evaluate_steps

NAMES = ("x", "y", "w1")


@dataclass(frozen=True)
class Typed:
    """An expression as it is typed, and the same as a function that HIPS autograd can differentiate."""

    text: str
    f: Callable[[dict[str, Any]], Any]


# What is typed around operands, each kept within its domain, and the same for autograd.
FORMS: dict[str, Callable] = {
    "-({})": lambda a: -a, "({})**2": lambda a: a**2, "({})**3": lambda a: a**3, "({})**0": lambda a: 0 * a + 1,
    "sin({})": anp.sin, "cos({})": anp.cos, "tanh({})": anp.tanh, "abs({})": anp.abs,
    "sigmoid({})": lambda a: 1 / (1 + anp.exp(-a)), "relu({})": lambda a: anp.where(a > 0, a, 0 * a),
    "2**sin({})": lambda a: 2 ** anp.sin(a), "exp(-abs({}))": lambda a: anp.exp(-anp.abs(a)),
    "sqrt(1 + ({})**2)": lambda a: anp.sqrt(1 + a**2), "log(1.5 + cos({}))": lambda a: anp.log(1.5 + anp.cos(a)),
    "({} + {})": lambda a, b: a + b, "({} - ({}))": lambda a, b: a - b, "({}) * ({})": lambda a, b: a * b,
    "({})/(1 + abs({}))": lambda a, b: a / (1 + anp.abs(b)), "(1.5 + cos({}))**({})": lambda a, b: (1.5 + anp.cos(a)) ** b,
    "max({}, {})": lambda a, b: anp.where(a >= b, a, b), "min({}, {})": lambda a, b: anp.where(a <= b, a, b),
}  # fmt: skip


@st.composite
def expressions(draw: st.DrawFn, depth: int = 4) -> Typed:
    """Any of these forms in one another; a name may come more than once."""
    if not depth or not draw(st.integers(0, 5)):
        leaf = draw(st.sampled_from((*NAMES, *NAMES, "2", "0.5", "1e-1", "-1.5")))
        return Typed(leaf, lambda env: env[leaf] if leaf in env else float(leaf))
    form = draw(st.sampled_from(list(FORMS)))
    parts = [draw(expressions(depth - 1)) for _ in range(form.count("{}"))]
    return Typed(form.format(*(part.text for part in parts)), lambda env: FORMS[form](*(part.f(env) for part in parts)))


def values() -> st.SearchStrategy[dict[str, float]]:
    """Odd multiples of 1/37: no two nodes tie, and no node stands at a corner, but by way of the same name."""
    number = st.integers(-37, 37).map(lambda k: (2 * k + 1) / 37)
    return st.tuples(number, number, number).map(lambda numbers: dict(zip(NAMES, numbers, strict=True)))


def at_a_corner(graph) -> bool:
    """Where autograd shares the slope between both sides, or a difference crosses a corner."""
    value = {node.quantity: node.value for node in graph.nodes}
    for node in graph.nodes:
        operands = [value[o] if isinstance(o, Quantity) else o for o in node.operands]
        if node.operation in ("abs", "relu") and abs(operands[0]) < 1e-3:
            return True
        if node.operation in ("max", "min") and abs(operands[0] - operands[1]) < 1e-3:
            return True
    return False


@settings(max_examples=100)
@given(expressions(), values())
def test_value_and_derivatives_are_those_of_autodiff_and_of_differences(typed, numbers):
    try:
        found = compute_graph(typed.text, numbers)
    except ExpressionError as error:
        assert "too large" in str(error)
        return
    assume(not at_a_corner(found))
    exact = {
        name: grad(lambda x, name=name: typed.f(numbers | {name: x}) + 0.0 * x)(number)
        for name, number in numbers.items()
    }
    assert found.value == pytest.approx(typed.f(numbers), rel=1e-9, abs=1e-9), typed.text
    assert found.grad == pytest.approx(exact, rel=1e-9, abs=1e-9), typed.text
    for name in numbers:
        h = 1e-5
        up, down = (compute_graph(typed.text, numbers | {name: numbers[name] + way * h}).value for way in (1, -1))
        size = max(1.0, abs(found.value), abs(found.grad[name]))
        assert (up - down) / (2 * h) == pytest.approx(found.grad[name], abs=1e-3 * size), f"{typed.text} by {name}"


@given(expressions(), values())
def test_the_steps_alone_give_the_same_numbers(typed, numbers):
    try:
        found = compute_graph(typed.text, numbers)
    except ExpressionError:
        assume(False)
    exact = evaluate_steps(found.steps, {q: found.values[q] for q in found.given})
    assert {q: found.values[q] for q in exact} == pytest.approx(exact, rel=1e-9, abs=1e-9), typed.text
    known = set(found.given)
    for step in found.steps:
        assert set(step.inputs) <= known and step.formula.free_symbols == {q.symbol for q in step.inputs}, step.target
        assert step.target not in known
        known.add(step.target)
    assert known == set(found.values)
    assert found.names.keys() == known and len({name.text() for name in found.names.values()}) == len(known)


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name != "number"])
def test_local_derivatives_are_what_sympy_makes_of_the_formula(name):
    operation = OPERATIONS[name]
    symbols = sp.symbols("a b", real=True)[: len(operation.slopes)]
    formula, places = operation.formula(*symbols), [(0.7, 1.3), (1.9, 0.4), (2.5, 2.25)]
    for k, symbol in enumerate(symbols):
        told = operation.slope_formulas[k](*symbols, formula)
        for place in places:
            numbers = dict(zip(symbols, place, strict=False))
            exact = float(sp.diff(formula, symbol).subs(numbers))
            assert float(told.subs(numbers)) == pytest.approx(exact, rel=1e-12)
            operands = [numbers[each] for each in symbols]
            assert operation.slopes[k](*operands, operation.f(*operands)) == pytest.approx(exact, rel=1e-12)


# --- published examples ---


def test_the_graph_of_the_notes():
    """Note 003, 2.2.2: q = x + y = 5, z = q w = 20; by x and y 4, by w 5."""
    g = compute_graph("(x+y)*w", {"x": 2, "y": 3, "w": 4})
    assert (g.value, g.grad) == (20.0, {"x": 4.0, "y": 4.0, "w": 5.0})
    assert all(type(number) is float for number in (g.value, *g.grad.values()))
    assert [(g.names[node.quantity].text(), node.text, node.value, node.grad) for node in g.nodes] == [
        ("x", "x", 2, 4), ("y", "y", 3, 4), ("w", "w", 4, 5), ("q", "x+y", 5, 4), ("z", "(x+y)*w", 20, 1),
    ]  # fmt: skip
    assert g.given == tuple(node.quantity for node in g.nodes[:3])


def test_karpathys_first_graph():
    """CS231n, backpropagation: f = (x + y) z at -2, 5, -4 is -12, its gradient (-4, -4, 3)."""
    g = compute_graph("(x+y)*z", {"x": -2, "y": 5, "z": -4})
    assert (g.value, g.grad) == (-12.0, {"x": -4.0, "y": -4.0, "z": 3.0})
    assert [g.names[node.quantity].text() for node in g.nodes[-2:]] == ["q", "f"]


def test_karpathys_neuron_with_the_printed_numbers():
    """CS231n: every value and every gradient printed on the circuit of a sigmoid neuron, to two decimals."""
    g = compute_graph("1/(1+exp(-(w0*x0+w1*x1+w2)))", {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3})
    assert [round(node.value, 2) for node in g.nodes[5:]] == [-2.0, 6.0, 4.0, 1.0, -1.0, 0.37, 1.37, 0.73]
    assert [round(node.grad, 2) for node in g.nodes[5:]] == [0.2, 0.2, 0.2, 0.2, -0.2, -0.53, -0.53, 1.0]
    assert {name: round(slope, 2) for name, slope in g.grad.items()} == {
        "w0": -0.2, "x0": 0.39, "w1": -0.39, "x1": -0.59, "w2": 0.2,
    }  # fmt: skip
    whole = compute_graph("sigmoid(w0*x0+w1*x1+w2)", {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3})
    assert whole.grad == pytest.approx(g.grad, rel=1e-12)


# --- conventions ---


def test_a_name_used_twice_is_one_node_whose_paths_add_up():
    g = compute_graph("x*x + sin(x)", {"x": 3})
    assert [node.text for node in g.nodes] == ["x", "x*x", "sin(x)", "x*x + sin(x)"]
    step = g.steps[Quantity("derivative", 0, (1,))]
    assert step.formula.is_Add and len(step.formula.args) == 3
    assert g.grad["x"] == pytest.approx(6 + math.cos(3))


@pytest.mark.parametrize(
    ("text", "numbers", "grad"),
    [
        ("abs(x)", {"x": 0}, {"x": 0}), ("relu(x)", {"x": 0}, {"x": 0}),
        ("max(x, y)", {"x": 1, "y": 1}, {"x": 1, "y": 0}), ("min(x, y)", {"x": 1, "y": 1}, {"x": 1, "y": 0}),
        ("max(x, y, w)", {"x": 1, "y": 2, "w": 2}, {"x": 0, "y": 1, "w": 0}), ("max(x, x)", {"x": 1}, {"x": 1}),
        ("x**0", {"x": 0}, {"x": 0}), ("x**1", {"x": 0}, {"x": 1}), ("x**2", {"x": -3}, {"x": -6}),
        ("x**-1", {"x": -2}, {"x": -0.25}), ("x", {"x": 5}, {"x": 1}), ("2*3", {}, {}), ("7", {}, {}),
        ("x", {"x": 5, "unused": 1}, {"x": 1, "unused": 0}), ("sigmoid(x)", {"x": -800}, {"x": 0}),
        ("x*max(2, 3) + relu(-1) + abs(-2)**2", {"x": 1}, {"x": 3}),
    ],
)  # fmt: skip
def test_conventions_and_corners(text, numbers, grad):
    assert compute_graph(text, numbers).grad == grad


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-2**2", -4), ("2**3**2", 512), ("2**-1", 0.5), ("--x", 3), ("-x**2", -9), ("10-4-3", 3), ("12/2/3", 2),
        ("2+3*x", 11), (" ( x ) \n", 3), (".5e1*x", 15), ("5.-x", 2), ("x-+x", 0), ("min(4, x, 5)", 3),
    ],
)  # fmt: skip
def test_signs_bind_as_in_python(text, value):
    assert compute_graph(text, {"x": 3}).value == value


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("x·y × 2 ÷ 4 − y", "x*y*2/4-y"), ("（ｘ＋ｙ）＊ｘ／２，", ""),
        ("ｍａｘ（ｘ，ｙ、２。５）", "max(x,y,2.5)"), ("x^2^-1", "x**2**-1"),
        ("2*x² − y³", "2*x**2-y**3"), ("-x⁻²", "-x**-2"), ("x¹⁰", "x**10"), ("ｚ＝x＋y", "x+y"), ("【x＋y】*x", "(x+y)*x"),
        ("h = x*y; z = h*h + x", "x*y*(x*y) + x"), ("a = 2\nh = a*x\nz = h/y", "2*x/y"), ("h = x; z = h*y;", "x*y"),
    ],
)  # fmt: skip
def test_signs_are_read_as_people_write_them_and_values_may_have_names(typed, text):
    numbers = {"x": 3, "y": 0.5}
    if not text:
        with pytest.raises(ExpressionError) as found:
            compute_graph(typed, numbers)
        assert found.value.place == len(typed)
        return
    found, plain = compute_graph(typed, numbers), compute_graph(text, numbers)
    assert (found.value, found.grad) == (plain.value, plain.grad)


def test_a_value_that_is_used_twice_under_a_name_is_one_node():
    g = compute_graph("h = x*w; z_1 = h*h + h", {"x": 2, "w": 3})
    assert [g.names[node.quantity].text() for node in g.nodes] == ["x", "w", "h", "q", "z₁"]
    assert (g.value, g.grad) == (42.0, {"x": 39.0, "w": 26.0})


def test_graphs_of_one_shape_share_their_steps():
    one, other = (
        compute_graph("(x+y)*w", {"x": 2, "y": 3, "w": 4}),
        compute_graph("(a + b) * c", {"a": 1, "b": 1, "c": 1}),
    )
    assert one.steps is other.steps and one.key == other.key
    again = compute_graph("(x+y)*w", {"x": 5, "y": 6, "w": 7})
    assert again.names is one.names and again.value == 77 and [node.value for node in again.nodes] == [5, 6, 7, 11, 77]
    assert compute_graph("x+2", {"x": 1}).key != compute_graph("x+3", {"x": 1}).key


def test_a_graph_shows_itself():
    shown = compute_graph("max(x, 2) * x", {"x": 3})._repr_html_()
    assert shown.count("<tr>") == 4 and "max(x, 2)" in shown


# --- refusals ---

HOSTILE = {
    "": 1, "   ": 1, "x +": 4, "x + * y": 5, "(x + y": 1, "x + y)": 6, "x y": 3, "2x": 2, "x(2)": 1, "foo(x)": 1,
    "sin": 1, "sin x": 1, "sin(x, y)": 6, "max(x)": 1, "max(x,)": 7, "max()": 5, "x, y": 2, "x = x": 1, "x == 2": 4, "exp = 2": 1,
    "x**": 4, "1e999": 1,
    "x + é": 5, "ｘ × é": 5, "x²y": 3,
    "x\x00": 2, "__import__('os')": 1,
    "x.real": 2, "lambda: 0": 7, "x[0]": 2, "'x'": 1,
    "x if x else y": 3, "x # y": 3, "x + q": 5, "()": 2, "1_000": 2, "0x1F": 2, "x;y": 1,
    "q=x;y": 1, "q=1;q=2;q": 5, "x=1;;=2": 6, "{x}": 1, "%s": 1, "x" * 21: 1,
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_expression_is_refused_with_its_place(text):
    with pytest.raises(ExpressionError) as found:
        compute_graph(text, {"x": 1, "y": 2, "x" * 21: 1})
    assert found.value.place == HOSTILE[text], found.value
    assert f"character {found.value.place}" in str(found.value)


LONG = {
    "a million signs": "x+" * 500_000 + "x", "a million brackets": "(" * 10**6, "a million digits": "1" * 10**6,
    "nested": "(" * (MAX_DEPTH + 1) + "x" + ")" * (MAX_DEPTH + 1), "functions": "sin(" * 200 + "x" + ")" * 200,
    "powers": "2**" * 200 + "x", "operations": "+".join(["x"] * (MAX_OPERATIONS + 2)), "digits": "9" * (MAX_TEXT - 1),
    "spaces": " " * MAX_TEXT, "signs": "-" * MAX_TEXT, "a huge power": "9**9**9**9", "letters": "x" * MAX_TEXT,
    "not text": 5, "bytes": b"x", "nothing": None,
}  # fmt: skip


@pytest.mark.parametrize("name", LONG)
def test_what_is_too_much_is_refused(name):
    with pytest.raises(ValueError) as found:
        compute_graph(LONG[name], {"x": 1})
    assert len(str(found.value)) < 200


def test_the_largest_that_is_allowed_is_worked_out():
    chain = compute_graph("+".join(["x"] * (MAX_OPERATIONS + 1)), {"x": 0.5})
    assert (chain.value, chain.grad["x"]) == ((MAX_OPERATIONS + 1) / 2, MAX_OPERATIONS + 1)
    deep = "(" * (MAX_DEPTH - 1) + "x" + ")" * (MAX_DEPTH - 1)
    assert compute_graph(deep, {"x": 2}).value == 2


@pytest.mark.parametrize(
    ("text", "numbers", "node", "reason"),
    [
        ("1 + log(x-1)", {"x": 1}, "log(x-1)", "logarithm"), ("log(x)", {"x": -1}, "log(x)", "logarithm"),
        ("y + 1/x", {"x": 0, "y": 1}, "1/x", "divides by 0"), ("sqrt(x)", {"x": -1}, "sqrt(x)", "root"),
        ("2*x**-1", {"x": 0}, "x**-1", "negative power"), ("0**-1", {}, "0**-1", "negative power"),
        ("x**0.5", {"x": -8}, "x**0.5", "not whole"), ("exp(x)", {"x": 710}, "exp(x)", "too large"),
        ("x*x", {"x": 1e200}, "x*x", "too large"), ("x+x", {"x": 1.7e308}, "x+x", "too large"),
        ("x**y", {"x": 10.0, "y": 400}, "x**y", "too large"), ("1/x", {"x": 1e-310}, "1/x", "too large"),
        ("sqrt(x)", {"x": 0}, "sqrt(x)", "no finite derivative"), ("x**0.5", {"x": 0}, "x**0.5", "no finite derivative"),
        ("x**y", {"x": -2, "y": 2}, "x**y", "positive base"), ("(1e200/x)*2", {"x": 1e-60}, "1e200/x", "local derivative"),
        ("(x*1e200)*y*1e200", {"x": 1e-300, "y": 1}, "x", "too large"),
    ],
)  # fmt: skip
def test_a_number_that_there_is_not_names_its_node(text, numbers, node, reason):
    with pytest.raises(ExpressionError, match=reason) as found:
        compute_graph(text, numbers)
    assert found.value.node == node and text.index(node) + 1 == found.value.place


@pytest.mark.parametrize(
    "numbers",
    [
        {}, {"x": None}, {"x": "1"}, {"x": float("nan")}, {"x": float("inf")}, {"x": True}, {"x": 10**400}, {"x": 1j}, None,
        {"x": 1, 3: 4}, {"x": 1, "a b": 2}, {"x": 1, "exp": 2}, {"x": 1, "_y": 2}, "x", 5,
    ],
)  # fmt: skip
def test_names_want_finite_numbers(numbers):
    with pytest.raises(ValueError):
        compute_graph("x+1", numbers)


PIECES = st.sampled_from(
    ["x", "y", "2", ".5", "1e300", "-", "+", "*", "/", "**", "(", ")", "exp(", "log(", "max(", ",", " ", "é", "^"]
)
EXTREME = st.sampled_from([0.0, -0.0, 5e-324, 1e-300, -1e-160, 1.0, -2.0, 700.0, -1e160, 1.7e308])


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=14).map("".join), EXTREME, EXTREME)
def test_of_any_text_and_numbers_comes_a_finite_graph_or_an_error_with_its_place(text, x, y):
    try:
        found = compute_graph(text, {"x": x, "y": y})
    except ExpressionError as error:
        assert 1 <= error.place <= len(text) + 1 and len(str(error)) < 200
        return
    assert all(math.isfinite(value) for value in found.values.values())


def test_every_function_that_is_promised_is_there():
    assert set(FUNCTIONS) == {"exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "max", "min", "abs"}
    assert all(name in OPERATIONS for name in FUNCTIONS)
