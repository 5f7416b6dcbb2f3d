"""The public face: the documented names, their defaults, docstrings and notebook views; check_gradients."""

import dataclasses
import inspect

import numpy as np
import pytest
import sympy as sp

import mlp_core
from mlp_core import (
    SGD,
    Adam,
    AdamW,
    Layer,
    Momentum,
    Network,
    Quantity,
    RMSprop,
    check_gradients,
    derive,
    trace,
    train,
)
from mlp_core.functions import ACTIVATIONS

PUBLIC = ("Layer", "Network", "trace", "derive", "train", "Quantity", "SGD", "Momentum", "RMSprop", "Adam")
PUBLIC += ("check_gradients", "compute_graph", "perceptron")


def network() -> Network:
    hidden = Layer([[0.2, -0.5, 0.1], [-0.3, 0.4, 0.2]], [0.3, -0.1], "sigmoid")
    return Network([hidden, Layer([[0.5, 0.2]], [0.1], "sigmoid", frozen=())], loss="squared_error")


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_are_documented(name):
    thing = getattr(mlp_core, name)
    assert inspect.getdoc(thing), f"{name} has no docstring"
    assert inspect.getdoc(thing) != inspect.getdoc(dict), f"{name} has only an inherited docstring"


@pytest.mark.parametrize(
    "function, defaults",
    [
        (Adam, {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "bias_correction": True, "eps_inside_root": False}),
        (Momentum, {"momentum": 0.9, "nesterov": False}),
        (RMSprop, {"rho": 0.9, "eps": 1e-8}),
        (AdamW, {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01}),
        (train, {"batch_size": None, "seed": 0, "loss_below": None, "change_below": None}),
        (Network, {"reduction": "mean"}),
        (Layer, {"frozen": ()}),
    ],
)
def test_documented_defaults(function, defaults):
    parameters = inspect.signature(function).parameters
    shown = {name: parameters[name].default for name in defaults}
    assert {k: tuple(v) if isinstance(v, frozenset) else v for k, v in shown.items()} == defaults


def test_every_result_shows_itself_in_a_notebook():
    net, x, y = network(), [2, 3, -1], [1]
    t, d = trace(net, x, y), derive(network())
    update = Adam(lr=0.1).step(net, t)
    results = [net, t, d, d.steps[0], update, train(net, x, y, SGD(lr=0.1), epochs=2), check_gradients(net, x, y)]
    for result in [*results, Quantity("W", 1, (1, 2))]:
        views = [getattr(result, name)() for name in ("_repr_html_", "_repr_latex_") if hasattr(result, name)]
        assert any(views), f"{type(result).__name__} does not show itself"
        assert all("object at 0x" not in view for view in views if view)


def test_traces_of_a_batch_of_a_saturated_output_and_of_a_step_function_show_themselves():
    shown = {"batch": trace(network(), np.ones((4, 3)), np.ones((4, 1)))}
    for name, activation, loss in (("saturated", "sigmoid", "binary_cross_entropy"), ("step", "step", "squared_error")):
        shown[name] = trace(Network([Layer([[800.0]], None, activation)], loss=loss), [1.0], [0.0])
    for name, t in shown.items():
        assert t._repr_html_(), name


def test_the_documented_example():
    net = network()
    t = trace(net, x=[2, 3, -1], y=[1])
    assert type(t.loss) is float and type(t[Quantity("dW", 2, (1, 1))]) is float
    d = derive(net)
    assert d.steps[0].target.symbol == Quantity("z", 1, (1,)).symbol and isinstance(d.steps[0].formula, sp.Expr)
    u = Adam(lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8, bias_correction=True, eps_inside_root=False).step(net, t)
    u = Adam(lr=0.1).step(u.network, trace(u.network, [2, 3, -1], [1]), u.state)
    assert {"m", "v", "m_hat", "v_hat", "step"} <= set(u.layers[1].W)
    limits = {"loss_below": None, "change_below": None}
    run = train(net, [[2, 3, -1]], [[1]], SGD(lr=0.1), epochs=100, batch_size=None, seed=0, **limits)
    assert np.shape(run.loss) == (101,) and run.stopped_by == "epochs" and run.network is not net


def test_leaky_relu_has_slope_a_hundredth():
    t = trace(Network([Layer([[1.0]], None, "leaky_relu")], loss="squared_error"), [-3.0], [0.0])
    assert t.layers[0].a[0] == pytest.approx(-0.03, rel=1e-15) and t[Quantity("da_dz", 1, (1,))] == 0.01


def test_check_gradients_agrees():
    """Three ways, every parameter of a batch and of a sample, softmax through its Jacobian and a fused delta."""
    hidden = Layer([[0.5, -1.0], [0.25, 0.75]], [0.1, -0.2], "softmax")
    for output, loss in (("softmax", "squared_error"), ("sigmoid", "binary_cross_entropy")):
        net = Network([hidden, Layer([[1.0, 2.0], [-1.0, 0.5]], None, output)], loss=loss)
        for x, y in (([0.5, -1.5], [0.25, 0.75]), (np.eye(2), np.eye(2))):
            check, t = check_gradients(net, x, y), trace(net, x, y)
            assert check.largest < 1e-9, f"{output}, {loss}"
            assert {row.target: row.engine for row in check.rows} == {row.target: t[row.target] for row in check.rows}
            assert len(check.rows) == 4 + 2 + 4, "one row for every parameter"
            assert all(row.disagreement <= check.largest for row in check.rows)


@pytest.mark.parametrize(
    "wrong",
    [lambda z, a: 0.5 * a * (1 - a), lambda z, a: a, lambda z, a: -a * (1 - a)],
    ids=["half of it", "without 1 - a", "of the other sign"],
)
def test_check_gradients_notices_a_wrong_slope(monkeypatch, wrong):
    x, y, record = [2, 3, -1], [1], ACTIVATIONS["sigmoid"]
    right = check_gradients(network(), x, y)
    monkeypatch.setitem(ACTIVATIONS, "sigmoid", dataclasses.replace(record, slope=wrong))
    check = check_gradients(network(), x, y)
    assert right.largest < 1e-9 and check.largest > 1e-2, "the engine is wrong, and the check does not say so"
    for row in check.rows:
        assert abs(row.sympy - row.difference) < 1e-9, "SymPy and differences do not lean on the engine's slope"


@pytest.mark.parametrize("z", [-800.0, -40.0, 40.0, 800.0])
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_check_gradients_agrees_at_a_saturated_output(z, y):
    """log(1 - a) at a = 1 - exp(-800) needs 350 digits: SymPy must be given them."""
    net = Network([Layer([[0.5]], [0.0], "tanh"), Layer([[z]], [z], "sigmoid")], loss="binary_cross_entropy")
    check = check_gradients(net, [1.5], [y])
    assert check.largest < 1e-6, str(check.rows)


def test_check_gradients_notices_a_wrong_forward_pass(monkeypatch):
    wrong = dataclasses.replace(ACTIVATIONS["sigmoid"], f=lambda z: 0.9 / (1 + np.exp(-z)))
    monkeypatch.setitem(ACTIVATIONS, "sigmoid", wrong)
    check = check_gradients(network(), [2, 3, -1], [1])
    assert max(abs(row.sympy - row.difference) for row in check.rows) > 1e-3


def test_layers_and_networks_are_frozen():
    net = network()
    for thing, name in ((net.layers[0], "activation"), (net, "loss"), (net.layers[0], "W")):
        with pytest.raises(AttributeError):
            setattr(thing, name, getattr(thing, name))
