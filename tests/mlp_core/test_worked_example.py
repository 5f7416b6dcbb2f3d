"""The 3-2-1 example of the notes, to every digit of its exact run."""

import numpy as np
import pytest

from mlp_core import SGD, Adam, Layer, Network, Quantity, derive, trace

from .reference import evaluate_steps

X, Y = [2, 3, -1], [1]
EXACT = {  # nine decimals, computed outside this project in double precision
    "z": [[-0.9, 0.3], [0.359413752]],
    "a": [[0.289050497, 0.574442517], [0.588898513]],
    "delta": [[-0.020452718, -0.009732028], [-0.199052918]],
    "dW": [[[-0.040905436, -0.061358154, 0.020452718], [-0.019464056, -0.029196084, 0.009732028]],
           [[-0.057536345, -0.114344459]]],
    "db": [[-0.020452718, -0.009732028], [-0.199052918]],
}  # fmt: skip


def network(hidden_frozen: bool = False) -> Network:
    frozen = ("W", "b") if hidden_frozen else ()
    hidden = Layer([[0.2, -0.5, 0.1], [-0.3, 0.4, 0.2]], [0.3, -0.1], "sigmoid", frozen)
    return Network([hidden, Layer([[0.5, 0.2]], [0.1], "sigmoid")], loss="squared_error")


def nine(expected):
    return pytest.approx(np.array(expected), abs=5.1e-10, rel=0)


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("layer", [1, 2])
def test_every_array(name, layer):
    assert getattr(trace(network(), X, Y).layers[layer - 1], name) == nine(EXACT[name][layer - 1])


def test_loss_and_the_factors_of_the_output_delta():
    t = trace(network(), X, Y)
    assert t.loss == t[Quantity("C")] == nine(0.169004433)
    assert t[Quantity("dC_da", 2, (1,))] == nine(-0.822202975)
    assert t[Quantity("da_dz", 2, (1,))] == nine(0.242097054)
    assert t[Quantity("dW", 2, (1, 1))] == nine(-0.057536345)


def test_the_formulas_give_the_same_run():
    net, last = network(), 2
    numbers = {Quantity("x", 0, (i,)): v for i, v in enumerate(X, 1)} | {Quantity("y", last, (1,)): Y[0]}
    for number, layer in enumerate(net.layers, 1):
        numbers |= {Quantity("b", number, (j,)): v for j, v in enumerate(layer.b, 1)}
        numbers |= {Quantity("W", number, (j + 1, i + 1)): v for (j, i), v in np.ndenumerate(layer.W)}
    values = evaluate_steps(derive(net).steps, numbers)
    assert values[Quantity("C")] == nine(0.169004433)
    assert values[Quantity("dW", 1, (2, 3))] == nine(0.009732028)
    assert values[Quantity("db", 2, (1,))] == nine(-0.199052918)


@pytest.mark.parametrize(
    "optimiser, hidden_frozen, W2, b2, a2, loss",
    [
        (SGD(lr=0.1), True, (0.505753635, 0.211434446), 0.119905292, 0.595692909, 0.163464224),
        (SGD(lr=0.1), False, (0.505753635, 0.211434446), 0.119905292, 0.596646950, 0.162693683),
        (Adam(lr=0.1), True, (0.599999983, 0.299999991), 0.199999995, 0.633152026, 0.134577436),
        (Adam(lr=0.1, bias_correction=False), True, (0.816226028, 0.516226891), 0.416227264, 0.720853759, 0.077922624),
    ],
    ids=["SGD on the output layer", "SGD on all layers", "Adam", "Adam without bias correction"],
)
def test_one_update_and_the_second_forward_pass(optimiser, hidden_frozen, W2, b2, a2, loss):
    first = network(hidden_frozen)
    update = optimiser.step(first, trace(first, X, Y))
    weights, biases = update.network.layers[1].W, update.network.layers[1].b
    assert weights == nine([W2])
    assert biases == nine([b2])
    assert np.array_equal(update.network.layers[0].W, first.layers[0].W) == hidden_frozen
    again = trace(update.network, X, Y)
    assert again.layers[1].a[0] == nine(a2) and again.loss == nine(loss)


def test_the_published_form_of_adam_has_epsilon_outside_the_root():
    """b after the first step, 0.199999994976, tells the two apart: with epsilon inside the root it is 8e-9 lower."""
    first = network(hidden_frozen=True)
    forms = [Adam(lr=0.1, eps_inside_root=inside) for inside in (False, True)]
    outside, inside = (adam.step(first, trace(first, X, Y)).network.layers[1].b[0] for adam in forms)
    assert outside == pytest.approx(0.199999994976, abs=1e-12)
    g = 0.199052918392  # m_hat and the root of v_hat after one step
    assert inside == pytest.approx(0.1 + 0.1 * g / np.sqrt(g**2 + 1e-8), abs=1e-12)
