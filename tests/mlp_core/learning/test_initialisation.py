"""Initial weights: the published spreads, formulas that agree with the numbers drawn, and what the schemes were made for."""

import math

import numpy as np
import pytest

from mlp_core import SGD, initialise, trace, train
from mlp_core.initialisation import SCHEMES, SIGNAL_VARIANCE, SUM_VARIANCE, WEIGHT_VARIANCE, spread

PUBLISHED = {  # of a layer with 300 inputs and 100 neurons: limit, standard deviation or value
    "zeros": 0.0, "constant": 0.5, "small_uniform": 0.01, "xavier_uniform": math.sqrt(6 / 400),
    "xavier_normal": math.sqrt(2 / 400), "he_uniform": math.sqrt(6 / 300), "he_normal": math.sqrt(2 / 300),
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEMES)
def test_the_weights_have_the_published_spread_and_the_formula_gives_it(name):
    scheme, network = SCHEMES[name], initialise((300, 100, 50), "tanh", name, seed=3)
    W = network.layers[0].W
    scale = PUBLISHED[name]
    by_name = {symbol: {"n_in": 300, "n_out": 100}[symbol.name] for symbol in scheme.formula.free_symbols}
    assert float(scheme.formula.subs(by_name)) == pytest.approx(scale) == float(scheme.scale(300, 100))
    assert network.sizes == (300, 100, 50) and not any(layer.b.any() for layer in network.layers)
    if scheme.distribution == "constant":
        assert np.all(scale == W)
        return
    assert W.std() == pytest.approx(scheme.spread(300, 100), rel=0.02) and abs(W.mean()) < 4 * W.std() / math.sqrt(W.size)
    if scheme.distribution == "uniform":
        assert 0.99 * scale < abs(W).max() <= scale
    else:
        assert np.mean(abs(W) < scale) == pytest.approx(math.erf(math.sqrt(0.5)), abs=0.01)
    again, other = initialise((300, 100, 50), "tanh", name, seed=3), initialise((300, 100, 50), "tanh", name, seed=4)
    assert np.array_equal(W, again.layers[0].W) and not np.array_equal(W, other.layers[0].W)


@pytest.mark.parametrize("name", ["zeros", "constant"])
def test_twins_stay_twins(name):
    """Hidden neurons that begin alike get the same gradient for ever."""
    x, y = np.random.default_rng(0).normal(size=(8, 3)), np.random.default_rng(1).uniform(size=(8, 1))
    run = train(initialise((3, 4, 1), ("tanh", "sigmoid"), name), x, y, SGD(0.5), 20)
    W = run.network.layers[0].W
    assert np.all(W[0] == W) and (name == "zeros") == (not W.any())


@pytest.mark.parametrize(("activation", "keeps", "loses"), [
    ("relu", "he_normal", "xavier_normal"), ("tanh", "xavier_uniform", "small_uniform"),
])  # fmt: skip
def test_what_a_scheme_was_made_for(activation, keeps, loses):
    """Through ten layers the activations keep their size by one scheme and lose it by the other."""
    x = np.random.default_rng(0).normal(size=(50, 100))
    sizes = {}
    for name in (keeps, loses):
        network = initialise((100,) * 11, activation, name)
        layers = trace(network, x, np.zeros((50, 100))).layers
        sizes[name] = np.sqrt((layers[-1].a**2).mean() / (layers[0].a**2).mean())
    assert sizes[keeps] > 0.25 > 10 * sizes[loses] / (2 if activation == "relu" else 1)


@pytest.mark.parametrize("wrong", [
    ((3,), "tanh"), ((3, 0), "tanh"), ((3, 1.5), "tanh"), (3, "tanh"), ((3, 1), ["tanh", "tanh"]), ((3, 1), None),
    ((3, 1), "than"), ((3, 1), "tanh", "glorot"), ((3, 1), "tanh", "zeros", -1), ((10**5, 10**5), "tanh"),
    ((3, 1), "tanh", "zeros", 0, "cross_entropy"),
], ids=range(11))  # fmt: skip
def test_bad_arguments_are_refused(wrong):
    with pytest.raises(ValueError):
        initialise(*wrong)


@pytest.mark.parametrize("name", SCHEMES)
def test_the_steps_of_a_layer_give_what_is_measured_on_random_draws(name):
    """Sums and signals of a layer with 40 inputs and 25 neurons, over 400 draws of its weights."""
    made = spread(name, 40, 25, 0.7, 0.3)
    for step in made.steps:
        assert float(step.evaluate(made.values)) == pytest.approx(made.values[step.target], rel=1e-12)
    random, scheme = np.random.default_rng(1), SCHEMES[name]
    x, delta = random.normal(size=40), random.normal(size=25)
    x, delta = x * np.sqrt(0.7 / np.mean(x**2)), delta * np.sqrt(0.3 / np.mean(delta**2))
    W = np.array([scheme.draw(random, (25, 40), float(scheme.scale(40, 25))) for _ in range(400)])
    for found, quantity in ((W @ x, SUM_VARIANCE), (delta @ W, SIGNAL_VARIANCE), (W, WEIGHT_VARIANCE)):
        assert found.var(axis=0).mean() == pytest.approx(made.values[quantity], rel=0.05, abs=1e-20)


@pytest.mark.parametrize("wrong", [
    ("glorot", 3, 5), ("zeros", 0, 5), ("zeros", 3, 1.5), ("zeros", 3, 5, -1), ("zeros", 3, 5, 1, float("nan")),
], ids=range(5))  # fmt: skip
def test_a_layer_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError):
        spread(*wrong)
