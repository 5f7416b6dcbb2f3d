"""Typst says what LaTeX says: every formula compiles, and its symbols and numbers stand in the same order."""

import re
from collections.abc import Iterable
from functools import cache
from itertools import product

import pytest
import sympy as sp
import typst
from hypothesis import given
from hypothesis import strategies as st

from mlp_core import Adam, Layer, Momentum, Network, Quantity, Step, compute_graph, derive, trace
from mlp_core.functions import ACTIVATIONS, LOSSES
from mlp_core.optimisers import OPTIMISERS
from mlp_core.optimisers.schedules import cosine, exponential, inverse_time, step_decay
from mlp_core.writing.latex import factor as latex_factor
from mlp_core.writing.latex import write as latex_write
from mlp_core.writing.names import NOTATIONS
from mlp_core.writing.typst import factor, name, number, write

TRAINABLE = [key for key, record in ACTIVATIONS.items() if record.slope]
OPTIMISER_FORMS = [
    *(record(lr=0.1) for record in OPTIMISERS.values()),
    Momentum(lr=0.1, nesterov=True),
    Adam(lr=0.1, bias_correction=False),
    Adam(lr=0.1, eps_inside_root=True),
]


def networks() -> list[Network]:
    """Every activation in a hidden layer and in the output, with every loss it goes with; two outputs and three."""
    found = []
    for (hidden, output), loss, n in product(zip(TRAINABLE, reversed(TRAINABLE), strict=True), LOSSES, (2, 3)):
        last = LOSSES[loss].wants or output
        layers = [Layer([[0.5], [-0.25]], [0.1, 0.2], hidden), Layer([[0.5, -1.0]] * n, [0.0] * n, last)]
        found.append(Network(layers, loss=loss))
    return found


@cache
def formulas() -> dict[str, Step]:
    """One Step for each formula there is, whichever quantities it is about, by its rule and a number."""
    network = Network([Layer([[0.5, 1.0]], [0.1], "sigmoid")], loss="squared_error")
    t = trace(network, [1, 2], [1])
    steps = [step for each in networks() for step in derive(each).steps]
    steps += [step for optimiser in OPTIMISER_FORMS for step in optimiser.step(network, t).steps]
    steps += [schedule.step for schedule in (step_decay(3, 0.5), exponential(0.1), inverse_time(0.1), cosine(9))]
    steps += compute_graph("0.1*x**2 + 2.5e-7*x", {"x": 1}).steps  # numbers with decimals
    unique = {(step.rule, re.sub(r"\d+", "", sp.srepr(step.formula))): step for step in steps}
    return {f"{step.rule}-{k}": step for k, step in enumerate(unique.values())}


def compiled(maths: list[str]) -> bytes:
    return typst.compile("\n\n".join(f"${each}$" for each in maths).encode(), ignore_system_fonts=True, format="pdf")


def everything_in(steps: Iterable[Step]) -> list[Quantity]:
    return sorted({q for step in steps for q in (step.target, *step.inputs)}, key=str)


def test_there_is_a_formula_of_every_rule():
    rules = {step.rule for step in formulas().values()}
    assert {f"activation.{key}" for key in TRAINABLE} | {f"loss.{key}" for key in LOSSES} <= rules
    assert {f"{record.kin or name}.step" for name, record in OPTIMISERS.items()} <= rules


@pytest.mark.parametrize("key", NOTATIONS)
def test_every_name_and_formula_compiles_in_every_notation(key):
    names = {q.symbol: name(NOTATIONS[key].name(q)) for q in everything_in(formulas().values())}
    maths = [*names.values(), *(write(step.formula, names) for step in formulas().values())]
    assert compiled(maths).startswith(b"%PDF")


@pytest.mark.parametrize("key", NOTATIONS)
def test_no_two_quantities_are_written_alike(key):
    network = Network([Layer([[0.5] * 11] * 11, [0.1] * 11, "softmax")], loss="squared_error")
    update = Adam(lr=0.1).step(network, trace(network, [1] * 11, [1] * 11))
    quantities = everything_in([*derive(network), *update.steps])
    assert len({name(NOTATIONS[key].name(q)) for q in quantities}) == len(quantities)


@pytest.mark.parametrize("dot", [False, True])
def test_symbols_numbers_and_signs_stand_in_the_order_of_the_screen(dot):
    tokens = r"Q\d+|\d+|[+<>-]|ln|tanh|sqrt|e\^|otherwise"
    for rule, step in formulas().items():
        names = {q.symbol: f"Q{k}" for k, q in enumerate(step.inputs)}
        screen = re.findall(tokens, latex_write(step.formula, names, dot))
        assert re.findall(tokens, write(step.formula, names, dot)) == screen, rule
        assert len(screen) >= max(1, len(step.inputs)), rule


def test_the_line_with_numbers_put_in_compiles_and_keeps_every_number():
    """Negative ones, ones in powers of ten, and 0 among them."""
    values, lines = [-0.0575, 3.2e-9, 0.0, 0.5, -2.0, 1.25e8, 0.75], []
    for rule, step in formulas().items():
        put_in = {q.symbol: factor(q, values[k % len(values)]) for k, q in enumerate(step.inputs)}
        lines.append(line := write(step.formula, put_in, dot=True))
        assert not [text for text in put_in.values() if text not in line], rule
        assert "--" not in line.replace(" ", ""), rule
        assert not re.search(r"[+] *-", line), rule
    assert compiled(lines).startswith(b"%PDF")


def test_a_squared_name_with_an_index_above_is_set_in_brackets():
    q = Quantity("a", 1, (1,))
    assert write(q.symbol**2, {q.symbol: name(NOTATIONS["notes"].name(q))}) == "(a^((1))_(1))^(2)"


@given(st.floats(-1e12, 1e12), st.integers(0, 10))
def test_a_number_reads_as_the_number_on_the_screen(value, decimals):
    q = Quantity("z", 1, (1,))
    screen = latex_factor(q, value, decimals)
    assert re.findall(r"[-\d.]+", factor(q, value, decimals)) == re.findall(r"[-\d.]+", screen)
    assert factor(q, value, decimals).startswith("(") == screen.startswith("(")
    assert "e" not in number(q, value, decimals).replace("times", "")


def test_what_has_no_name_or_no_rule_is_refused():
    z = Quantity("z", 1, (1,)).symbol
    with pytest.raises(ValueError, match="z_1_1"):
        write(sp.exp(z), {})
    with pytest.raises(ValueError, match="no rule to write Integral"):
        write(sp.Integral(z), {z: "z"})
