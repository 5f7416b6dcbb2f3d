"""The engine against independent derivatives; the shapes, dtype, addresses and samples of a trace; saturation."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mlp_core import Layer, Network, Quantity, trace

from .reference import ACTIVATIONS, Case, assert_close, autodiff, autodiff_deltas, forward, loss_of
from .strategies import KINKED, build, cases, distance_to_kinks


def slopes(name: str, z: np.ndarray) -> np.ndarray:
    """da_i/dz_j of one sample, (n, n), by complex steps of the reference activation."""
    moved = z + 1e-30j * np.eye(len(z))
    return np.imag(ACTIVATIONS[name](moved)).T / 1e-30


@settings(max_examples=80)
@given(cases())
def test_every_array_equals_the_reference(case):
    t = trace(build(case), case.x, case.y)
    assert_close(t.loss, loss_of(case.parameters, case), "loss")
    values = forward(case.parameters, case.activations, case.x)
    gradients, deltas = autodiff(case), autodiff_deltas(case)
    for number, layer in enumerate(t.layers):
        where = f"of layer {number + 1}"
        assert_close(layer.z, values[number][0], f"z {where}")
        assert_close(layer.a, values[number][1], f"a {where}")
        assert_close(layer.delta, deltas[number], f"delta {where}")
        assert_close(layer.dW, gradients[number]["W"], f"dW {where}")
        if "b" in gradients[number]:
            assert_close(layer.db, gradients[number]["b"], f"db {where}")
        else:
            assert layer.db is None, f"layer {number + 1} has no bias, so no db"


@settings(max_examples=30)
@given(cases(), st.integers(0, 2**32 - 1))
def test_gradients_equal_central_differences_of_the_engines_own_loss(case, seed):
    """Along a random direction, five-point stencil: truncation h^4, rounding eps/h, both near 1e-12 at h = 1e-3."""
    rng, h = np.random.default_rng(seed), 1e-3
    way = [{name: rng.uniform(-1, 1, v.shape) for name, v in layer.items()} for layer in case.parameters]

    def moved(k):
        pairs = zip(case.parameters, way, strict=True)
        return [{name: v + k * h * d[name] for name, v in layer.items()} for layer, d in pairs]

    assume(kinks_keep_their_side(case, [moved(k) for k in (-2, -1, 1, 2)]))
    losses = {k: trace(build(case, moved(k)), case.x, case.y).loss for k in (-2, -1, 1, 2)}
    difference = (8 * (losses[1] - losses[-1]) - (losses[2] - losses[-2])) / (12 * h)
    t, engine = trace(build(case), case.x, case.y), 0.0
    for layer, d in zip(t.layers, way, strict=True):
        engine += float(np.sum(layer.dW * d["W"])) + (float(np.sum(layer.db * d["b"])) if "b" in d else 0.0)
    allowed = 1e-7 * max(1, abs(difference), t.loss)
    assert abs(engine - difference) <= allowed, f"engine {engine}, difference {difference}"


def kinks_keep_their_side(case: Case, others: list) -> bool:
    sides = [[z > 0 for z, _ in forward(p, case.activations, case.x)] for p in [case.parameters, *others]]
    kinked = [k for k, name in enumerate(case.activations) if name in KINKED]
    return all(np.array_equal(sides[0][k], side[k]) for side in sides[1:] for k in kinked)


@settings(max_examples=30)
@given(cases())
def test_one_sample_is_a_row_of_the_batch(case):
    network = build(case)
    batch = trace(network, case.x, case.y)
    singles = [trace(network, x, y) for x, y in zip(case.x, case.y, strict=True)]
    weight = 1 / len(singles) if case.reduction == "mean" else 1.0
    assert_close(batch.loss, weight * sum(t.loss for t in singles), "the batch loss from the samples' losses")
    for number, layer in enumerate(batch.layers):
        own = [t.layers[number] for t in singles]
        assert_close(layer.z, [t.z for t in own], "z")
        assert_close(layer.a, [t.a for t in own], "a")
        assert_close(layer.delta, [weight * t.delta for t in own], "delta of the reduced loss")
        assert_close(layer.dW, weight * sum(t.dW for t in own), "dW")
        if layer.db is not None:
            assert_close(layer.db, weight * sum(t.db for t in own), "db")
    for k, single in enumerate(singles):
        sample = batch.sample(k)
        assert_close(sample.loss, single.loss, "loss of a sample")
        for row, whole, alone in zip(sample.layers, batch.layers, single.layers, strict=True):
            assert_close(row.delta, whole.delta[k] / weight, "delta of a sample: for mean, batch times the row")
            assert_close(row.dW, alone.dW, "dW of a sample")
            assert row.z.ndim == row.a.ndim == row.delta.ndim == 1, "a sample's arrays are 1-D"


@settings(max_examples=30)
@given(cases())
def test_every_address_gives_the_number_in_the_array(case):
    t, row = trace(build(case), case.x[0], case.y[0]), 0
    values, last = forward(case.parameters, case.activations, case.x), len(case.parameters)
    expected = {Quantity("C"): t.loss}
    expected |= {Quantity("x", 0, (i,)): v for i, v in enumerate(case.x[row], 1)}
    expected |= {Quantity("y", last, (i,)): v for i, v in enumerate(case.y[row], 1)}
    for number, (layer, p) in enumerate(zip(t.layers, case.parameters, strict=True), 1):
        for kind, array in {"z": layer.z, "a": layer.a, "delta": layer.delta, "db": layer.db, "b": p.get("b")}.items():
            if array is not None:
                expected |= {Quantity(kind, number, (j,)): v for j, v in enumerate(array, 1)}
        for j, i in np.ndindex(layer.dW.shape):
            expected[Quantity("dW", number, (j + 1, i + 1))] = layer.dW[j, i]
            expected[Quantity("W", number, (j + 1, i + 1))] = p["W"][j, i]
        jacobian = slopes(case.activations[number - 1], values[number - 1][0][row])
        softmax = case.activations[number - 1] == "softmax"
        for i, j in np.ndindex(jacobian.shape):
            if softmax or i == j:
                expected[Quantity("da_dz", number, (i + 1, j + 1) if softmax else (j + 1,))] = jacobian[i, j]
        if number < last:
            above = case.parameters[number]["W"].T @ t.layers[number].delta
            expected |= {Quantity("dC_da", number, (j,)): v for j, v in enumerate(above, 1)}
    for quantity, value in expected.items():
        number = t[quantity]
        assert type(number) is float, f"{quantity} is a {type(number)}"
        assert_close(number, value, str(quantity))


@settings(max_examples=20)
@given(cases())
def test_dC_da_of_the_output_times_the_slopes_is_delta(case):
    t, last = trace(build(case), case.x[0], case.y[0]), len(case.parameters)
    width = len(case.parameters[-1]["W"])
    dC_da = np.array([t[Quantity("dC_da", last, (j,))] for j in range(1, width + 1)])
    z = forward(case.parameters, case.activations, case.x)[-1][0][0]
    assert_close(dC_da @ slopes(case.activations[-1], z), t.layers[-1].delta, "dC/da times da/dz")


BATCH = Network(
    [Layer(np.ones((3, 2)), np.zeros(3), "tanh"), Layer(np.ones((2, 3)), None, "identity")], loss="squared_error"
)


def test_shapes_of_a_sample_and_of_a_batch():
    for lead in ((), (1,), (5,)):
        t = trace(BATCH, np.ones((*lead, 2)), np.zeros((*lead, 2)))
        for layer, (n_out, n_in), bias in zip(t.layers, [(3, 2), (2, 3)], [True, False], strict=True):
            assert layer.z.shape == layer.a.shape == layer.delta.shape == (*lead, n_out)
            assert layer.dW.shape == (n_out, n_in)
            assert (layer.db.shape == (n_out,)) if bias else (layer.db is None)
        assert type(t.loss) is float


@pytest.mark.parametrize("address", ["x.0.1", "y.2.1", "z.1.2", "a.2.1", "dC_da.1.1", "da_dz.1.1", "delta.2.2"])
def test_a_per_sample_address_of_a_batch_raises(address):
    kind, layer, index = address.split(".")
    x, quantity = np.arange(6.0).reshape(3, 2) / 6, Quantity(kind, int(layer), (int(index),))
    t = trace(BATCH, x, np.zeros((3, 2)))
    with pytest.raises(ValueError, match="sample"):
        t[quantity]
    assert t.sample(1)[quantity] == trace(BATCH, x[1], [0, 0])[quantity]
    assert t[Quantity("dW", 1, (3, 2))] == t.layers[0].dW[2, 1], "a parameter's gradient has an address in a batch too"


@pytest.mark.parametrize("k", [-1, 3])
def test_a_sample_that_is_not_there_raises(k):
    with pytest.raises(ValueError, match=str(k)):
        trace(BATCH, np.ones((3, 2)), np.zeros((3, 2))).sample(k)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_of_the_weights_is_kept(dtype):
    hidden = Layer(np.full((3, 2), 0.5, dtype), np.zeros(3, dtype), "tanh")
    network = Network([hidden, Layer(np.ones((2, 3), dtype), None, "softmax")], loss="cross_entropy")
    for x, y in [([0.1, 0.2], [1, 0]), (np.ones((4, 2)), np.full((4, 2), 0.5))]:
        for layer in trace(network, x, y).layers:
            arrays = {name: getattr(layer, name) for name in ("z", "a", "delta", "dW", "db")}
            assert {name: a.dtype for name, a in arrays.items() if a is not None and a.dtype != dtype} == {}
    assert network.layers[0].W.dtype == network.layers[0].b.dtype == dtype


@settings(max_examples=20)
@given(cases(max_depth=3))
def test_float32_gives_the_same_numbers_to_its_own_precision(case):
    """1e-3 of the largest entry is 1e4 roundings of a float32; inputs are multiples of 1/64, so exact in both."""
    assume(distance_to_kinks(case) > 1e-3)
    single = [{name: v.astype(np.float32) for name, v in layer.items()} for layer in case.parameters]
    low, high = (trace(build(case, p), case.x, case.y) for p in (single, case.parameters))
    for k, (one, other) in enumerate(zip(low.layers, high.layers, strict=True), 1):
        for name in ("z", "a", "delta", "dW"):
            assert_close(getattr(one, name), getattr(other, name), f"{name} of layer {k}", 1e-3)


def test_weights_of_python_numbers_become_float64():
    layer = Layer([[1, 2]], [3], "identity")
    assert layer.W.dtype == layer.b.dtype == np.float64


def test_arrays_are_read_only_copies():
    W, b, x, y = np.ones((2, 2)), np.ones(2), np.ones((3, 2)), np.ones((3, 2))
    network = Network([Layer(W, b, "sigmoid")], loss="squared_error")
    t, corner = trace(network, x, y), Quantity("x", 0, (1,))
    loss, dW, x11 = t.loss, t.layers[0].dW.copy(), t.sample(0)[corner]
    for array in (W, b, x, y):
        array[...] = 7.0
    assert np.array_equal(network.layers[0].W, np.ones((2, 2))), "W is not a copy"
    assert np.array_equal(network.layers[0].b, np.ones(2)), "b is not a copy"
    assert (t.loss, t.sample(0)[corner]) == (loss, x11), "x is not a copy"
    assert np.array_equal(dW, t.layers[0].dW)
    held = {name: getattr(t.layers[0], name) for name in ("z", "a", "delta", "dW", "db")}
    held |= {"W": network.layers[0].W, "b": network.layers[0].b, "delta of a sample": t.sample(1).layers[0].delta}
    for array in held.values():
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0.0


def test_layers_networks_and_traces_compare_by_identity():
    one, other = (Layer([[1.0]], None, "identity") for _ in range(2))
    assert one == one and one != other
    net = Network([one], loss="squared_error")
    assert net == net and net != Network([one], loss="squared_error")
    assert trace(net, [1], [1]) != trace(net, [1], [1])


@pytest.mark.parametrize("z", [800.0, -800.0, 0.5])
@pytest.mark.parametrize("y", [0.0, 1.0, 0.25])
def test_sigmoid_with_binary_cross_entropy_gives_a_minus_y_when_saturated(z, y):
    net = Network([Layer([[1.0]], None, "identity"), Layer([[z]], None, "sigmoid")], loss="binary_cross_entropy")
    t = trace(net, [1.0], [y])
    assert abs(t.layers[1].delta[0] - (t.layers[1].a[0] - y)) <= 2e-16
    assert t.layers[1].dW[0, 0] == t.layers[1].delta[0] and t.layers[0].delta[0] == t.layers[1].delta[0] * z
    expected = np.logaddexp(0, z) - y * z  # -y log a - (1 - y) log(1 - a), with a = 1/(1 + exp(-z))
    assert abs(t.loss - expected) <= 1e-12 * abs(expected)


@pytest.mark.parametrize("z", [[800.0, -800.0, 0.0], [-800.0, 800.0, 799.0], [0.5, -0.25, 1.0]])
@pytest.mark.parametrize("y", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.25, 0.25, 0.5]])
def test_softmax_with_cross_entropy_gives_a_minus_y_when_saturated(z, y):
    net = Network([Layer(np.array(z)[:, None], None, "softmax")], loss="cross_entropy")
    t = trace(net, [1.0], y)
    np.testing.assert_allclose(t.layers[0].delta, t.layers[0].a - y, rtol=0, atol=2e-16)
    expected = max(z) + np.log(np.sum(np.exp(np.array(z) - max(z)))) - np.dot(y, z)
    assert abs(t.loss - expected) <= 1e-12 * abs(expected)


def test_a_softmax_row_of_a_batch_knows_nothing_of_the_other_rows():
    """Samples 1600 apart: scaled by the largest z of the batch instead of its own, a row would come out as 0/0."""
    net = Network([Layer([[1.0], [0.0]], [0.0, 0.5], "softmax")], loss="cross_entropy")
    x, y = np.array([[800.0], [-800.0], [0.25]]), np.array([[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]])
    batch = trace(net, x, y)
    for k in range(3):
        assert np.array_equal(batch.layers[0].a[k], trace(net, x[k], y[k]).layers[0].a)
    assert_close(batch.loss, np.mean([trace(net, x[k], y[k]).loss for k in range(3)]), "loss", 1e-15)


@pytest.mark.parametrize("z", [800.0, -800.0])
@pytest.mark.parametrize("kind", ["dC_da", "da_dz"])
def test_a_factor_of_a_saturated_fused_delta_is_finite_or_refused(z, kind):
    net = Network([Layer([[z]], None, "sigmoid")], loss="binary_cross_entropy")
    try:
        value = trace(net, [1.0], [float(z < 0)])[Quantity(kind, 1, (1,))]
    except ValueError as refusal:
        assert kind in str(refusal) or "saturate" in str(refusal)
    else:
        assert np.isfinite(value)


FAR = {  # name: (a, slope) far below zero at z = -s, and far above it at z = s
    "identity": lambda s: [(-s, 1.0), (s, 1.0)],
    "sigmoid": lambda s: [(0.0, 0.0), (1.0, 0.0)],
    "tanh": lambda s: [(-1.0, 0.0), (1.0, 0.0)],
    "relu": lambda s: [(0.0, 0.0), (s, 1.0)],
    "leaky_relu": lambda s: [(-s / 100, 0.01), (s, 1.0)],
    "softplus": lambda s: [(0.0, 0.0), (s, 1.0)],
}


@pytest.mark.parametrize("name", FAR)
@pytest.mark.parametrize("size", [40.0, 800.0, 1e150])
def test_elementwise_activations_far_from_zero(name, size):
    for z, (a, slope) in zip((-size, size), FAR[name](size), strict=True):
        t = trace(Network([Layer([[z]], None, name)], loss="squared_error"), [1.0], [0.0])
        assert abs(t.layers[0].a[0] - a) <= 1e-15 * max(1, abs(a))
        assert abs(t[Quantity("da_dz", 1, (1,))] - slope) <= 1e-15


def test_tails_keep_their_relative_precision():
    """sigmoid(-40) and softplus(-40) are exp(-40), not 0; the slope of sigmoid at -40 is exp(-40) too."""
    for name in ("sigmoid", "softplus"):
        t = trace(Network([Layer([[-40.0]], None, name)], loss="squared_error"), [1.0], [0.0])
        assert t.layers[0].a[0] == pytest.approx(np.exp(-40), rel=1e-14)
        assert t[Quantity("da_dz", 1, (1,))] == pytest.approx(np.exp(-40), rel=1e-14)


def test_relu_has_slope_zero_at_zero():
    t = trace(Network([Layer([[1.0], [-1.0]], [0.0, 0.0], "relu")], loss="squared_error"), [0.0], [1.0, 1.0])
    assert np.array_equal(t.layers[0].delta, [0.0, 0.0]) and t[Quantity("da_dz", 1, (1,))] == 0.0
