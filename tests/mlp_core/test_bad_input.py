"""Bad input raises a ValueError that names what is wrong and where; whatever is finite never comes out as NaN."""

import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlp_core import SGD, Adam, Layer, Momentum, Network, Quantity, RMSprop, check_gradients, trace, train

from .reference import ACTIVATIONS
from .strategies import OUTPUTS, REDUCTIONS

nan, inf, huge = float("nan"), float("inf"), 10**400  # huge: an int beyond every double


def layers(*sizes, output="sigmoid"):
    names = ["tanh"] * (len(sizes) - 2) + [output]
    return [Layer(np.full((n, m), 0.1), np.zeros(n), name) for m, n, name in zip(sizes, sizes[1:], names, strict=False)]


def net(*sizes, output="sigmoid", loss="squared_error"):
    return Network(layers(*sizes, output=output), loss=loss)


def refused(call, *said):
    """The call raises ValueError, and the message says each of `said` (a pair of alternatives counts once)."""
    with pytest.raises(ValueError) as info:
        call()
    for words in said:
        words, message = (words,) if isinstance(words, str) else words, str(info.value)
        assert any(word.lower() in message.lower() for word in words), f"{message!r} does not say {words}"


LAYERS = {
    "W of one dimension": (lambda: Layer([0.1, 0.2], None, "tanh"), "W", "(2,)"),
    "W of three dimensions": (lambda: Layer(np.zeros((1, 2, 3)), None, "tanh"), "W", "(1, 2, 3)"),
    "no neuron": (lambda: Layer(np.zeros((0, 2)), None, "tanh"), "W", "(0, 2)"),
    "no input": (lambda: Layer(np.zeros((2, 0)), None, "tanh"), "W", "(2, 0)"),
    "ragged W": (lambda: Layer([[1, 2], [3]], None, "tanh"), "W"),
    "W of text": (lambda: Layer([["a"]], None, "tanh"), "W"),
    "W of numbers as text": (lambda: Layer([["1"]], None, "tanh"), "W"),
    "complex W": (lambda: Layer([[1j]], None, "tanh"), "W"),
    "no W": (lambda: Layer(None, None, "tanh"), "W"),
    "an empty cell": (lambda: Layer([[1.0, None]], None, "tanh"), "W"),
    "NaN in W": (lambda: Layer([[1.0, 2.0], [nan, 0.0]], None, "tanh"), "W", "nan"),
    "inf in b": (lambda: Layer([[1.0]], [inf], "tanh"), "b", "inf"),
    "b too long": (lambda: Layer([[1.0, 2.0]], [1.0, 2.0], "tanh"), "b", "(1, 2)", "(2,)"),
    "b of two dimensions": (lambda: Layer([[1.0], [2.0]], [[1.0, 2.0]], "tanh"), "b", "(1, 2)"),
    "unknown activation": (lambda: Layer([[1.0]], None, "Sigmoid"), "activation", "Sigmoid"),
    "activation of no name": (lambda: Layer([[1.0]], None, None), "activation", "None"),
    "activation of a list": (lambda: Layer([[1.0]], None, ["tanh"]), "activation", "tanh"),
    "unknown frozen": (lambda: Layer([[1.0]], None, "tanh", frozen=("w",)), "frozen", "w"),
    "frozen is None": (lambda: Layer([[1.0]], None, "tanh", frozen=None), "frozen", "None"),
    "int too large for a double": (lambda: Layer([[huge]], None, "tanh"), "W"),
}
NETWORKS = {
    "empty": (lambda: Network([], loss="squared_error"), ("at least one layer", "empty")),
    "no layers": (lambda: Network(None, loss="squared_error"), "layers"),
    "not a layer": (lambda: Network([*layers(2, 1), "tanh"], loss="squared_error"), "layer 2"),
    "widths that do not meet": (
        lambda: Network(layers(2, 3) + layers(4, 1), loss="squared_error"),
        "layer 2",
        "(3, 2)",
        "(1, 4)",
    ),
    "unknown loss": (lambda: net(2, 1, loss="mse"), "loss", "mse"),
    "unknown reduction": (lambda: Network(layers(2, 1), loss="squared_error", reduction="max"), "reduction", "max"),
    "binary cross-entropy without sigmoid": (
        lambda: net(2, 2, 1, output="tanh", loss="binary_cross_entropy"),
        "sigmoid",
        "tanh",
        "2",
    ),
    "cross-entropy without softmax": (lambda: net(2, 2, output="sigmoid", loss="cross_entropy"), "softmax", "sigmoid"),
}
BINARY, CLASSES = net(2, 2, loss="binary_cross_entropy"), net(2, 2, output="softmax", loss="cross_entropy")
SAMPLES = {
    "x too short": (lambda: trace(net(3, 1), [1, 2], [1]), "x", "(2,)", "3"),
    "x batch too wide": (lambda: trace(net(3, 1), np.ones((4, 5)), np.ones((4, 1))), "x", "(4, 5)", "3"),
    "x of three dimensions": (lambda: trace(net(3, 1), np.ones((1, 1, 3)), [1]), "x", "(1, 1, 3)"),
    "x a single number": (lambda: trace(net(1, 1), 1.0, [1]), "x", "()"),
    "empty batch": (lambda: trace(net(3, 1), np.ones((0, 3)), np.ones((0, 1))), ("x", "batch"), ("(0, 3)", "empty")),
    "y too long": (lambda: trace(net(3, 1), [1, 2, 3], [1, 2]), "y", "(2,)", "(1,)"),
    "y of another batch": (lambda: trace(net(3, 1), np.ones((4, 3)), np.ones((5, 1))), "y", "(5, 1)", "(4, 1)"),
    "y 1-D for a batch": (lambda: trace(net(3, 1), np.ones((4, 3)), np.ones(4)), "y", "(4,)", "(4, 1)"),
    "y 2-D for one sample": (lambda: trace(net(3, 1), [1, 2, 3], [[1]]), "y", "(1, 1)", "(1,)"),
    "NaN in x": (lambda: trace(net(3, 1), [1, nan, 3], [1]), "x", "nan"),
    "inf in y": (lambda: trace(net(3, 1), [1, 2, 3], [-inf]), "y", "inf"),
    "text in x": (lambda: trace(net(3, 1), [1, "2", 3], [1]), "x"),
    "target below 0": (lambda: trace(BINARY, [1, 2], [0.5, -0.01]), "y", "binary_cross_entropy", "0 to 1", "-0.01"),
    "target above 1": (lambda: trace(BINARY, [1, 2], [1.01, 0.5]), "y", "binary_cross_entropy", "0 to 1", "1.01"),
    "negative class probability": (lambda: trace(CLASSES, [1, 2], [1.5, -0.5]), "y", "cross_entropy"),
    "class probabilities of sum 2": (lambda: trace(CLASSES, [1, 2], [1, 1]), "y", "cross_entropy", "1"),
    "class probabilities of sum 0": (
        lambda: trace(CLASSES, np.ones((2, 2)), [[1, 0], [0, 0]]),
        "y",
        "cross_entropy",
        "1",
    ),
    "train: y of another batch": (
        lambda: train(net(3, 1), np.ones((4, 3)), np.ones((5, 1)), SGD(lr=0.1)),
        "y",
        "(5, 1)",
        "(4, 1)",
    ),
    "train: NaN in X": (lambda: train(net(1, 1), [[nan]], [[1]], SGD(lr=0.1)), "x", "nan"),
    "check_gradients: x too short": (lambda: check_gradients(net(3, 1), [1, 2], [1]), "x", "(2,)", "3"),
}
SETTINGS = {
    f"{optimiser.__name__}({name}={'10**400' if value == huge else repr(value)})": (
        lambda o=optimiser, n=name, v=value: o(**{"lr": 0.1, n: v}),
        name,
    )
    for optimiser, names in {
        SGD: {"lr": (0, -0.1, nan, inf, None, "0.1", True, huge)},
        Momentum: {"lr": (0, nan), "momentum": (-0.1, 1, 1.5, nan)},
        RMSprop: {"lr": (-1, inf), "rho": (-0.1, 1, nan), "eps": (-1e-8, nan, inf)},
        Adam: {"lr": (0, inf), "beta1": (-0.1, 1, nan), "beta2": (1, 2, nan), "eps": (-1e-8, nan, inf)},
    }.items()
    for name, values in names.items()
    for value in values
}


def training(**settings):
    return lambda: train(net(1, 1), [[1.0]], [[1.0]], SGD(lr=0.1), **settings)


TRAINING = {
    f"train({name}={value!r})": (training(**{name: value}), name)
    for name, values in {"epochs": (-1, 1.5, None), "batch_size": (0, -1, 2.5), "seed": (-1, 0.5),
                         "loss_below": (nan,), "change_below": (nan, -1.0)}.items()
    for value in values
}  # fmt: skip
ONE = trace(net(2, 3, 1), [1, 2], [1])
ADDRESSES = {
    "unknown kind": (lambda: Quantity("w", 1, (1, 1)), "w"),
    "weight of layer 0": (lambda: Quantity("W", 0, (1, 1)), "W", "0"),
    "index from 0": (lambda: Quantity("z", 1, (0,)), "z", "0"),
    "one index for a weight": (lambda: Quantity("W", 1, (1,)), "W", "1"),
    "two indices for z": (lambda: Quantity("z", 1, (1, 1)), "z"),
    "index as text": (lambda: Quantity("z", 1, ("1",)), "z"),
    "index as bool": (lambda: Quantity("z", 1, (True,)), "z"),
    "negative layer": (lambda: Quantity("z", -1, (1,)), "z", "-1"),
    "C of a layer": (lambda: Quantity("C", 1), "C", "1"),
    "C of a negative layer": (lambda: Quantity("C", -1), "C", "-1"),
    "x of a negative layer": (lambda: Quantity("x", -1, (1,)), "x", "-1"),
    "a bare index": (lambda: Quantity("z", 1, 1), "z", "1"),
    "kind of a list": (lambda: Quantity(["z"], 1, (1,)), "z"),
    "no such layer": (lambda: ONE[Quantity("z", 3, (1,))], "layer", "2"),
    "no such unit": (lambda: ONE[Quantity("z", 1, (4,))], "z", "3"),
    "no such weight": (lambda: ONE[Quantity("dW", 2, (1, 4))], "dW", "(1, 3)"),
    "target of a hidden layer": (lambda: ONE[Quantity("y", 1, (1,))], "y", "last"),
    "Jacobian of an elementwise layer": (lambda: ONE[Quantity("da_dz", 1, (1, 2))], "da_dz"),
    "diagonal of a softmax": (lambda: trace(CLASSES, [1, 2], [1, 0])[Quantity("da_dz", 1, (1,))], "da_dz"),
    "bias that is not there": (
        lambda: trace(Network([Layer([[1.0]], None, "tanh")], loss="squared_error"), [1], [1])[Quantity("b", 1, (1,))],
        "b",
        "layer 1",
    ),
}  # fmt: skip
CLASSES_OF_BAD_INPUT = LAYERS | NETWORKS | SAMPLES | SETTINGS | TRAINING | ADDRESSES


@pytest.mark.parametrize(
    ("call", "said"), [(c, s) for c, *s in CLASSES_OF_BAD_INPUT.values()], ids=CLASSES_OF_BAD_INPUT
)
def test_is_refused_with_what_and_where(call, said):
    refused(call, *said)


def test_overflow_on_the_way_names_the_layer():
    big = Layer([[1e200]], None, "identity")
    refused(lambda: trace(Network([big, big], loss="squared_error"), [1.0], [1.0]), "layer 2", ("overflow", "large"))
    refused(lambda: trace(Network([Layer([[1e308, 1e308]], None, "tanh")]), [1, 1], [0]), "layer 1")


def test_finite_numbers_whose_sum_overflows_are_not_refused():
    """The largest doubles side by side: each is fine, and so is every result."""
    network = Network([Layer([[1e308], [1e308]], None, "sigmoid")], loss="squared_error")
    t = trace(network, [1.0], [0.0, 0.0])
    assert t.layers[0].z.tolist() == [1e308, 1e308] and t.loss == 2.0 and not t.layers[0].dW.any()


def test_overflow_of_the_loss_and_of_a_gradient_is_refused():
    big = Layer([[1e200]], None, "identity")
    refused(lambda: trace(Network([big], loss="squared_error"), [1.0], [0.0]), "loss")
    # z = 1 and 1e150, C = 1e300, dC/da of layer 1 = 2e300 and its dW = 2e300 * 1e200
    steep = Network([Layer([[1e-200]], None, "identity"), Layer([[1e150]], None, "identity")], loss="squared_error")
    refused(lambda: trace(steep, [1e200], [0.0]).layers[0].dW, "layer 1", ("overflow", "large"))


def test_the_step_function_runs_forward_and_has_no_gradient():
    net = Network([Layer([[1.0, 1.0]], [-1.5], "step")], loss="squared_error")
    t = trace(net, [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [0], [0], [1]])
    assert np.array_equal(t.layers[0].a[:, 0], [0, 0, 0, 1]) and t.loss == 0.0
    refused(lambda: t.layers[0].dW, "gradient", "step")
    refused(lambda: SGD(lr=0.1).step(net, t), "gradient", "step")
    refused(lambda: train(net, [[1.0, 1.0]], [[1.0]], SGD(lr=0.1)), "gradient", "step")
    refused(lambda: check_gradients(net, [1, 1], [1]), "gradient", "step")


@pytest.mark.parametrize("optimiser", [SGD(lr=0.1), Adam(lr=0.1)], ids=["SGD", "Adam"])
def test_a_trace_of_another_network_is_refused(optimiser):
    other = trace(net(2, 2, 1), [1, 2], [1])
    refused(lambda: optimiser.step(net(2, 3, 1), other), ("trace", "shape", "layer 1"))


def test_a_trace_without_the_networks_biases_is_refused():
    with_bias, without = Layer([[1.0]], [0.0], "tanh"), Layer([[1.0]], None, "tanh")
    other = trace(Network([without], loss="squared_error"), [1.0], [0.0])
    refused(lambda: SGD(lr=0.1).step(Network([with_bias], loss="squared_error"), other), "trace")


@pytest.mark.parametrize("bad", ["x", "y"])
def test_a_number_beyond_float32_is_refused_without_a_warning(bad):
    network = Network([Layer(np.ones((1, 1), np.float32), None, "tanh")], loss="squared_error")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        refused(lambda: trace(network, [1e300 if bad == "x" else 0.0], [1e300 if bad == "y" else 0.0]), bad)


def test_an_update_that_overflows_is_refused():
    huge = Network([Layer([[1e150]], None, "identity")], loss="squared_error")
    refused(lambda: SGD(lr=1e300).step(huge, trace(huge, [1.0], [0.0])), "layer 1")


def test_squares_of_large_gradients_are_refused_by_adam():
    huge = Network([Layer([[1e150]], None, "identity")], loss="squared_error")
    t = trace(huge, [1e4], [0.0])
    assert t.layers[0].dW[0, 0] == pytest.approx(2e158)
    for optimiser in (Adam(lr=0.1), RMSprop(lr=0.1)):
        refused(lambda optimiser=optimiser: optimiser.step(huge, t), "layer 1")


anything = st.floats(allow_nan=False, allow_infinity=False)
extreme = st.sampled_from(
    [0.0, -0.0, 5e-324, 1e-308, 1e-160, 1e-10, 1.0, -1.0, 700.0, -750.0, 1e10, 1e154, -1e155, 1e308, -1.7e308]
)


@st.composite
def wild_networks(draw):
    """Networks, inputs and targets of any finite doubles or singles; some have outliers among ordinary numbers."""
    dtype = np.dtype(draw(st.sampled_from([np.float64, np.float32])))
    limit = float(np.finfo(dtype).max)
    wild = st.one_of(extreme, anything)
    tame, mixed = st.integers(-8, 8).map(float), st.one_of(st.just(0.5), st.just(-2.0), wild)
    elements = draw(st.sampled_from([wild, tame, mixed]))

    def values(*shape):
        drawn = draw(arrays(np.float64, shape, elements=elements, fill=st.nothing()))
        return np.clip(drawn, -limit, limit).astype(dtype)

    depth, loss = draw(st.integers(1, 3)), draw(st.sampled_from(list(OUTPUTS)))
    hidden = [draw(st.sampled_from(list(ACTIVATIONS))) for _ in range(depth - 1)]
    names = [*hidden, draw(st.sampled_from(OUTPUTS[loss]))]
    sizes = [draw(st.integers(1, 3)), *(draw(st.integers(1, 3)) + (name == "softmax") for name in names)]
    shapes = zip(sizes[1:], sizes, names, strict=False)
    layers = [Layer(values(n, m), values(n) if draw(st.booleans()) else None, name) for n, m, name in shapes]
    network, batch = Network(layers, loss, draw(st.sampled_from(REDUCTIONS))), draw(st.integers(1, 3))
    targets = {"binary_cross_entropy": np.ones((batch, sizes[-1])), "cross_entropy": np.eye(sizes[-1])[[0] * batch]}
    y = targets[loss] if loss in targets else values(batch, sizes[-1])
    return SimpleNamespace(network=network, x=values(batch, sizes[0]), y=y)


def all_numbers(t):
    yield np.array(t.loss)
    for layer in t.layers:
        yield from (a for a in (layer.z, layer.a, layer.delta, layer.dW, layer.db) if a is not None)


@settings(max_examples=120)
@given(wild_networks())
def test_any_finite_numbers_give_finite_results_or_a_refusal(wild):
    """NumPy raises on the way instead of warning: what is expected to overflow must be expected by the engine."""
    with warnings.catch_warnings(), np.errstate(all="warn"):
        warnings.simplefilter("error")
        try:
            t = trace(wild.network, wild.x, wild.y)
            numbers = list(all_numbers(t))
        except ValueError as refusal:
            assert "layer" in str(refusal), f"the refusal names no layer: {refusal}"
            return
        assert all(np.all(np.isfinite(array)) for array in numbers), "not finite, and not refused"
        for optimiser in (SGD(lr=0.1), Momentum(lr=0.1, nesterov=True), RMSprop(lr=0.1), Adam(lr=0.1)):
            try:
                update = optimiser.step(wild.network, t)
            except ValueError as refusal:
                assert "layer" in str(refusal), f"the refusal names no layer: {refusal}"
                continue
            for layer in update.layers:
                for shown in (layer.W, layer.b):
                    assert all(np.all(np.isfinite(number)) for number in (shown or {}).values())


@settings(max_examples=40)
@given(wild_networks())
@example(SimpleNamespace(network=net(1, 1, output="identity"), x=np.array([[1e10]]), y=np.array([[1.0]])))
def test_training_on_any_finite_numbers_ends_in_finite_numbers_or_a_refusal(wild):
    with warnings.catch_warnings(), np.errstate(all="warn"):
        warnings.simplefilter("error")
        try:
            result = train(wild.network, wild.x, wild.y, SGD(lr=1.0), epochs=4)
        except ValueError:
            return
    assert np.all(np.isfinite(result.loss)) and result.stopped_by in {"epochs", "diverged"}
    assert all(np.all(np.isfinite(layer.W)) for layer in result.network.layers)
