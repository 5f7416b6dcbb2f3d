"""What books do differently: shared biases, the error term's sign, a leaky slope, eps = 0, deltas through updated weights."""

import numpy as np
import pytest
from autograd import grad
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp_core import SGD, Adam, Layer, Momentum, Network, Quantity, RMSprop, check_gradients, derive, trace, train

from ..reference import ACTIVATIONS, assert_close, evaluate_steps, given_numbers
from ..strategies import build, cases

OPTIMISERS = [
    SGD(0.1),
    *(Momentum(0.1, 0.8, ahead, form) for ahead in (False, True) for form in ("lr_inside", "lr_outside", "average")),
    RMSprop(0.1, 0.7, 1e-3),
    *(Adam(0.1, 0.6, 0.9, 1e-3, eps_inside_root=inside, eps_uncorrected=True) for inside in (False, True)),
]


def with_layers(network, sign=1, frozen=()):
    """The network with another sign of its error term and, from the first on, layers in which something is frozen."""
    kept = (*frozen, *((),) * len(network.layers))
    layers = [Layer(v.W, v.b, v.activation, f, v.slope) for v, f in zip(network.layers, kept, strict=False)]
    return Network(layers, network.loss, network.reduction, sign)


# --- biases ---


def test_one_bias_that_a_layer_shares():
    net = Network([Layer([[0.15, 0.2], [0.25, 0.3]], [0.35], "sigmoid"), Layer([[0.4, 0.45], [0.5, 0.55]], [0.6], "sigmoid")])
    t = trace(net, [0.05, 0.1], [0.01, 0.99])
    shared = Quantity("b", 1, (1,))
    assert [shared in derive(net)[Quantity("z", 1, (i,))].inputs for i in (1, 2)] == [True, True]
    assert t.layers[0].db.shape == (1,) and t.layers[0].db[0] == pytest.approx(t.layers[0].delta.sum(), rel=1e-15)
    assert [q for q in derive(net).given if q.kind == "b"] == [shared, Quantity("b", 2, (1,))]
    assert check_gradients(net, [0.05, 0.1], [0.01, 0.99]).largest < 1e-9
    with pytest.raises(ValueError, match="outside"):
        t[Quantity("b", 1, (2,))]
    after = SGD(0.5).step(net, t).network.layers[0].b
    assert after == pytest.approx([0.35 - 0.5 * t.layers[0].delta.sum()], rel=1e-15)


def test_fixed_biases_reach_the_loss_that_a_well_known_worked_example_prints():
    """2-2-2, sigmoid, half squared error, learning rate 0.5, biases not updated: 0.298371109, then 0.291027774."""
    rows = ([[0.15, 0.2], [0.25, 0.3]], [[0.4, 0.45], [0.5, 0.55]])
    layers = [Layer(W, [b], "sigmoid", frozen=("b",)) for W, b in zip(rows, (0.35, 0.6), strict=True)]
    run = train(Network(layers, "half_squared_error"), [0.05, 0.1], [0.01, 0.99], SGD(0.5), epochs=1)
    assert [f"{loss:.9f}" for loss in run.loss] == ["0.298371109", "0.291027774"]


# --- the error term ---


@settings(max_examples=30)
@given(cases(max_depth=3, max_width=4))
def test_with_the_other_sign_the_steps_give_the_same_gradients(case):
    network = with_layers(build(case), sign=-1)
    t = trace(network, case.x[0], case.y[0])
    values = evaluate_steps(derive(network).steps, given_numbers(case))
    assert not any(q.kind == "delta" for q in values)
    for quantity, number in values.items():
        assert_close(t[quantity], number, str(quantity))
        if quantity.kind == "error":
            assert number == pytest.approx(-t[quantity.beside("delta")], rel=1e-12, abs=1e-15)
    for k, layer in enumerate(t.layers, 1):
        for i, j in np.ndindex(layer.dW.shape):
            assert layer.dW[i, j] == pytest.approx(values[Quantity("dW", k, (i + 1, j + 1))], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("wrong", [0, 2, 0.5, "minus", True, None])
def test_the_sign_of_the_error_term_is_one_or_minus_one(wrong):
    with pytest.raises(ValueError, match="error_sign"):
        Network([Layer([[1.0]], None, "tanh")], error_sign=wrong)


# --- leaky ReLU ---


@settings(max_examples=20)
@given(st.floats(0, 0.99), st.integers(0, 2**32 - 1))
def test_a_leaky_slope(slope, seed):
    rng = np.random.default_rng(seed)
    layers = [
        Layer(rng.normal(size=(3, 2)), rng.normal(size=3), "leaky_relu", slope=slope),
        Layer(rng.normal(size=(1, 3)), [rng.normal()], "leaky_relu", slope=slope / 2),
    ]
    net, x, y = Network(layers), rng.normal(size=2), [0.5]
    t, a = trace(net, x, y), x
    for layer, found, leak in zip(layers, t.layers, (slope, slope / 2), strict=True):
        z = layer.W @ a + layer.b
        a = np.where(z > 0, z, leak * z)
        assert_close(found.a, a, "a")
        assert_close(found.da_dz, np.where(z > 0, 1.0, leak), "slope")
    by_sympy = derive(net).evaluate(net, x, y)
    assert all(float(number) == pytest.approx(t[q], rel=1e-9, abs=1e-12) for q, number in by_sympy.items())
    moved = SGD(0.1).step(net, t).network
    assert [layer.slope for layer in moved.layers] == [slope, slope / 2]


@pytest.mark.parametrize("wrong", [-0.1, 1, np.nan, "0.1", True])
def test_a_slope_that_is_none(wrong):
    with pytest.raises(ValueError, match="slope"):
        Layer([[1.0]], None, "leaky_relu", slope=wrong)


def test_only_leaky_relu_has_a_slope_to_set():
    with pytest.raises(ValueError, match="sigmoid has no slope"):
        Layer([[1.0]], None, "sigmoid", slope=0.2)


# --- optimisers ---


@pytest.mark.parametrize("optimiser", [Adam(0.1, eps=0), Adam(0.1, eps=0, eps_uncorrected=True), RMSprop(0.1, eps=0)])
def test_eps_may_be_zero_and_nothing_is_divided_by_zero(optimiser):
    net = Network([Layer([[1.0], [-1.0]], [0.5, 0.5], "relu"), Layer([[0.5, 2.0]], None, "identity")])
    alive = trace(Network([Layer([[1.0], [2.0]], None, "tanh")]), [0.5], [0.0, 1.0])
    assert np.isfinite(optimiser.step(alive.network, alive).network.layers[0].W).all()
    with pytest.raises(ValueError, match=r"layer 1: W: .* divides by 0 .*eps is 0: the gradient is 0"):
        optimiser.step(net, trace(net, [2.0], [0.0]))


def test_the_form_of_momentum_is_one_of_three():
    with pytest.raises(ValueError, match="form is one of lr_inside, lr_outside, average, not 'inside'"):
        Momentum(0.1, form="inside")


# --- hidden deltas through updated weights ---

FROZEN = st.lists(st.sampled_from([(), (), ("W",), ("b",), ("W", "b")]), max_size=2)


@settings(max_examples=40)
@given(cases(max_depth=3, max_width=3, max_batch=2), st.sampled_from(OPTIMISERS), FROZEN, st.sampled_from([1, -1]))
def test_a_sequential_step_and_its_steps(case, optimiser, frozen, sign):
    """Twice, so that there is a memory: arrays against autograd of what a layer sends ahead, Steps by SymPy."""
    network, state = with_layers(build(case), sign, frozen), None
    for _ in range(2):
        t = trace(network, case.x[0], case.y[0])
        update = optimiser.step(network, t, state, sequential=True)
        assert_sequential(update)
        before, (network, state) = state, (update.network, update.state)
    steps = (*derive(update.trace.network), *update.steps)
    computed = {step.target for step in steps}
    given = {q: update[q] for step in steps for q in step.inputs if q not in computed}
    assert before is not None and given
    for quantity, number in evaluate_steps(steps, given).items():
        assert_close(update[quantity], number, str(quantity))
    for step in update.steps:
        assert step.phase == "update"


def assert_sequential(update):
    t, old = update.trace, update.trace.network.layers
    delta, plain = t.layers[-1].delta, update.optimiser.step(t.network, t, update.before)
    for k in range(len(old) - 1, 0, -1):
        layer, before = old[k - 1], t.layers[k - 2].a if k > 1 else t.x
        W_ahead = update.network.layers[k].W

        def sent(z, layer=layer, W_ahead=W_ahead, delta=delta):
            return (delta * (W_ahead @ ACTIVATIONS[layer.activation](z))).sum()

        delta = grad(sent)(t.layers[k - 1].z)
        if update.again[k - 1] is not None:
            assert_close(update.again[k - 1].dW, np.outer(delta, before), f"dW of layer {k}")
        else:
            assert_close(t.layers[k - 1].delta, delta, f"nothing ahead of layer {k} has changed, nor has its delta")
            assert np.array_equal(update.layers[k - 1].W["step"], plain.layers[k - 1].W["step"])
    assert np.array_equal(update.network.layers[-1].W, plain.network.layers[-1].W)


def test_the_second_well_known_way_to_compute_2_2_2():
    """SGD, a layer at a time: the hidden weights see the output weights as they are after their update."""
    W1, W2, b = np.array([[0.15, 0.2], [0.25, 0.3]]), np.array([[0.4, 0.45], [0.5, 0.55]]), (0.35, 0.6)
    x, y = np.array([0.05, 0.1]), np.array([0.01, 0.99])
    net = Network([Layer(W1, [b[0]], "sigmoid"), Layer(W2, [b[1]], "sigmoid")], "half_squared_error")
    update = SGD(0.5).step(net, trace(net, x, y), sequential=True)
    h = 1 / (1 + np.exp(-W1 @ x - b[0]))
    o = 1 / (1 + np.exp(-W2 @ h - b[1]))
    out = (o - y) * o * (1 - o)
    new = W2 - 0.5 * np.outer(out, h)
    hidden = new.T @ out * h * (1 - h)
    assert_close(update.network.layers[1].W, new, "W2")
    assert_close(update.network.layers[0].W, W1 - 0.5 * np.outer(hidden, x), "W1")
    assert_close(update.network.layers[0].b, [b[0] - 0.5 * hidden.sum()], "b1")
    assert update[Quantity("delta_new", 1, (2,))] == pytest.approx(hidden[1], rel=1e-12)
    for address in (Quantity("delta_new", 2, (1,)), Quantity("dW_new", 1, (1, 3)), Quantity("error_new", 3, (1,))):
        with pytest.raises(ValueError):
            update[address]
