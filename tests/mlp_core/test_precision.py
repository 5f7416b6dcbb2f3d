"""The engine against mpmath with 50 digits beyond what saturation eats: every number of a trace to a relative 1e-11."""

import mpmath as mp
import numpy as np
import pytest

from mlp_core import Layer, Network, Quantity, trace
from mlp_core.functions import ACTIVATIONS, LOSSES

TRAINABLE = [name for name, record in ACTIVATIONS.items() if record.slope]
ELEMENTWISE = {  # z -> (a, da/dz)
    "identity": lambda z: (z, mp.mpf(1)),
    "sigmoid": lambda z: (1 / (1 + mp.exp(-z)), mp.exp(-z) / (1 + mp.exp(-z)) ** 2),
    "tanh": lambda z: (mp.tanh(z), 1 - mp.tanh(z) ** 2),
    "relu": lambda z: (max(z, mp.mpf(0)), mp.mpf(z > 0)),
    "leaky_relu": lambda z: (z if z > 0 else z * mp.mpf(LEAK), mp.mpf(1) if z > 0 else mp.mpf(LEAK)),
    "softplus": lambda z: (mp.log(1 + mp.exp(z)), 1 / (1 + mp.exp(-z))),
}
LEAK = 0.01
COST = {  # a, y of one output, n outputs -> (its part of C, dC/da)
    "squared_error": lambda a, y, n: ((a - y) ** 2, 2 * (a - y)),
    "half_squared_error": lambda a, y, n: ((a - y) ** 2 / 2, a - y),
    "mean_squared_error": lambda a, y, n: ((a - y) ** 2 / n, 2 * (a - y) / n),
    "binary_cross_entropy": lambda a, y, n: (-y * mp.log(a) - (1 - y) * mp.log(1 - a), (1 - y) / (1 - a) - y / a),
    "cross_entropy": lambda a, y, n: (-y * mp.log(a) if y else mp.mpf(0), -y / a),
}


def exact(net: Network, x: list[float], y: list[float]) -> dict[Quantity, tuple[mp.mpf, mp.mpf]]:
    """Every number of a trace, and the sum of the sizes of the terms it is made of."""
    found: dict[Quantity, tuple[mp.mpf, mp.mpf]] = {}

    def note(kind: str, k: int, index: tuple[int, ...], value: mp.mpf, size: mp.mpf | None = None) -> mp.mpf:
        found[Quantity(kind, k, tuple(i + 1 for i in index))] = (value, abs(value) if size is None else size)
        return value

    a, outs, slopes = [mp.mpf(v) for v in x], [], []
    outs.append(a)
    for k, layer in enumerate(net.layers, 1):
        W, b = layer.W.tolist(), [0.0] * layer.n_out if layer.b is None else layer.b.tolist()
        terms = [[*(mp.mpf(w) * v for w, v in zip(row, a, strict=True)), mp.mpf(c)] for row, c in zip(W, b, strict=True)]
        z = [note("z", k, (i,), mp.fsum(row), mp.fsum(map(abs, row))) for i, row in enumerate(terms)]
        if layer.activation == "softmax":
            e = [mp.exp(v - max(z)) for v in z]
            a = [v / mp.fsum(e) for v in e]
            slope = [[a[i] * ((i == j) - a[j]) for j in range(len(z))] for i in range(len(z))]
        else:
            a, each = map(list, zip(*map(ELEMENTWISE[layer.activation], z), strict=True))
            slope = [[each[i] if i == j else mp.mpf(0) for j in range(len(z))] for i in range(len(z))]
        for i, v in enumerate(a):
            note("a", k, (i,), v)
        outs.append(a)
        slopes.append(slope)
    last, n = len(net.layers), len(a)
    parts, dC = zip(*(COST[net.loss](v, mp.mpf(t), n) for v, t in zip(a, y, strict=True)), strict=True)
    found[Quantity("C")] = (mp.fsum(parts), mp.fsum(parts))
    size = [abs(v) for v in dC]
    for k in range(last, 0, -1):
        layer, m = net.layers[k - 1], range(net.layers[k - 1].n_out)
        delta = [mp.fsum(dC[i] * slopes[k - 1][i][j] for i in m) for j in m]
        sizes = [mp.fsum(size[i] * abs(slopes[k - 1][i][j]) for i in m) for j in m]
        for j in m:
            if not (k == last and LOSSES[net.loss].wants):
                note("dC_da", k, (j,), dC[j], size[j])
            else:  # the fused delta does not go through its factors
                sizes[j] = abs(delta[j])
            note("delta", k, (j,), delta[j], sizes[j])
            for i, before in enumerate(outs[k - 1]):
                note("dW", k, (j, i), delta[j] * before, sizes[j] * abs(before))
            if layer.b is not None:
                note("db", k, (j,), delta[j], sizes[j])
        columns = range(layer.n_in)
        dC = [mp.fsum(delta[j] * mp.mpf(layer.W[j, i]) for j in m) for i in columns]
        size = [mp.fsum(sizes[j] * abs(mp.mpf(layer.W[j, i])) for j in m) for i in columns]
    return found


def assert_exact(net: Network, x: list[float], y: list[float]) -> int:
    """Every number to a relative 1e-11 but those that cancel by nature; how many were compared."""
    t, compared = trace(net, x, y), 0
    largest = max(float(abs(layer.z).max()) for layer in t.layers)
    if largest > 700:  # exp underflows beyond
        return 0
    with mp.workdps(50 + int(0.9 * largest)):
        for quantity, (value, size) in exact(net, x, y).items():
            if not value or (abs(value) > 1e-290 and size < 1000 * abs(value)):
                compared += 1
                assert abs(t[quantity] - value) <= 1e-11 * abs(value), f"{quantity}: {t[quantity]!r}, exactly {value}"
    return compared


@pytest.mark.parametrize("logit", [-700.0, -37.0, 0.0, 0.5, 30.0, 37.0, 700.0])
@pytest.mark.parametrize("y", [0.0, 1.0, 0.25])
@pytest.mark.parametrize(("activation", "loss"), [
    ("sigmoid", "binary_cross_entropy"), ("sigmoid", "squared_error"), ("tanh", "half_squared_error"),
])  # fmt: skip
def test_one_output_far_in_saturation(logit, y, activation, loss):
    net = Network([Layer([[1.0]], None, activation)], loss=loss)
    assert assert_exact(net, [logit], [y])


def test_what_a_minus_y_loses():
    net = Network([Layer([[1.0]], None, "sigmoid")], loss="binary_cross_entropy")
    assert trace(net, [30.0], [1.0])[Quantity("delta", 1, (1,))] == pytest.approx(-9.357622968839299e-14, rel=1e-14)


@pytest.mark.parametrize("logit", [-700.0, -37.0, 0.5, 30.0, 37.0, 700.0])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("target", [0, 1])
def test_a_softmax_far_in_saturation(logit, loss, target):
    if LOSSES[loss].wants == "sigmoid":
        return
    net = Network([Layer([[1.0], [0.0], [-0.25]], [0.0, 0.5, 0.0], "softmax")], loss=loss)
    assert assert_exact(net, [logit], np.eye(3)[target].tolist())


@pytest.mark.parametrize("scale", [1, 10, 50])
@pytest.mark.parametrize("loss", LOSSES)
def test_random_networks(loss, scale):
    """``scale`` is about the size of z: 50 is far in saturation."""
    compared = 0
    for seed in range(15):
        rng = np.random.default_rng((seed, scale))
        sizes = rng.integers(2, 5, rng.integers(2, 4))
        names = [*rng.choice(TRAINABLE, len(sizes) - 2).tolist(), LOSSES[loss].wants or str(rng.choice(TRAINABLE))]
        layers = [
            Layer(scale * rng.normal(size=(n, m)), rng.normal(size=n) if rng.random() < 0.8 else None, name)
            for m, n, name in zip(sizes[:-1], sizes[1:], names, strict=True)
        ]
        y = np.eye(sizes[-1])[rng.integers(sizes[-1])] if rng.random() < 0.7 else rng.dirichlet(np.ones(sizes[-1]))
        compared += assert_exact(Network(layers, loss=loss), rng.normal(size=sizes[0]).tolist(), y.tolist())
    assert compared > 100
