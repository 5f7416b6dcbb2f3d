"""How formulas, names and numbers are written: nothing shares a name, order is kept, no digit is lost or made up."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from mlp_core import Adam, Layer, Network, Quantity, derive, trace
from mlp_core.writing.latex import write
from mlp_core.writing.long import MOST_TERMS, shortened
from mlp_core.writing.names import NOTES
from mlp_core.writing.numbers import number


def everything_in(network: Network, x, y) -> set[Quantity]:
    steps = [*derive(network).steps, *Adam(lr=0.1).step(network, trace(network, x, y)).steps]
    return {quantity for step in steps for quantity in (step.target, *step.inputs)}


@pytest.mark.parametrize("sized", [False, True])
@pytest.mark.parametrize("form", ["latex", "text", "html"])
def test_no_two_quantities_of_a_network_are_written_alike(form, sized):
    """Eleven neurons, so that 1, 11 and 11, 1 meet; a layer of one neuron, whose index may be dropped."""
    layers = [Layer(np.full((11, 11), 0.1), np.zeros(11), "softmax"), Layer(np.ones((1, 11)), [0.0], "sigmoid")]
    network = Network([*layers, Layer([[1.0]], [0.0], "tanh")], loss="squared_error")
    sizes, seen = network.sizes if sized else None, {}
    for quantity in everything_in(network, np.ones(11), [1]):
        name = getattr(NOTES.name(quantity, sizes), form)()
        assert name not in seen, f"{quantity} and {seen[name]} are both written {name}"
        seen[name] = quantity


def test_formulas_keep_the_order_of_the_textbook():
    steps = derive(Network([Layer([[1.0, 2.0]], [3.0], "sigmoid")], loss="squared_error"))
    z = next(step for step in steps.steps if step.target.kind == "z")
    names = {Quantity("b", 1, (1,)).symbol: "b"}
    names |= {Quantity("x", 0, (i,)).symbol: f"x{i}" for i in (1, 2)}
    names |= {Quantity("W", 1, (1, i)).symbol: f"w{i}" for i in (1, 2)}
    assert write(z.formula, names) == "w1 x1 + w2 x2 + b"


def test_of_a_long_sum_the_first_terms_and_the_last_are_written():
    x = sp.symbols(f"x1:{MOST_TERMS + 2}")
    names = {each: str(each) for each in x}
    whole, long = (sp.Mul(2, sp.Add(*terms, evaluate=False), evaluate=False) for terms in (x[:-1], x))
    assert shortened(whole) is whole
    assert write(shortened(long), names) == rf"2 \left(x1 + x2 + x3 + \cdots + {x[-1]}\right)"


def test_a_symbol_without_a_name_is_refused():
    with pytest.raises(ValueError, match="z_1_1"):
        write(sp.exp(Quantity("z", 1, (1,)).symbol), {})


@given(st.floats(-1e300, 1e300), st.integers(1, 12))
def test_a_written_number_is_the_number_rounded(value, decimals):
    """Right to the shown decimals, or to as many digits in powers of ten; 0 only for what is 0."""
    read = float(number(value, decimals))
    digits = max(decimals, 2)  # of the mantissa
    assert abs(read - value) <= 0.5000001 * max(10.0**-decimals, 10.0 ** (1 - digits) * abs(value))
    assert (read == 0) == (value == 0)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_not_written(value):
    with pytest.raises(ValueError, match="finite"):
        number(value)
