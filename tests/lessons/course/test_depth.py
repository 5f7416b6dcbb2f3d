"""Random networks of many layers: the engine's own numbers, their spreads, and what is not finite."""

import numpy as np
import pytest

from lessons.course.depth import passed, spreads
from mlp_core import functions, initialise, trace
from mlp_core.functions import ACTIVATIONS, Activation
from mlp_core.initialisation import SCHEMES


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("activation", [name for name, each in ACTIVATIONS.items() if each.elementwise])
def test_every_number_is_finite_and_zero_is_told_as_zero(activation: str, scheme: str) -> None:
    found, sizes = passed(activation, scheme, 6, 8, 5), spreads(activation, scheme, 6, 8, 5)
    assert len(found.a) == len(sizes.a) == 6 and found.overflow == 0
    assert len(found.dC_da) == len(found.dW) == (6 if ACTIVATIONS[activation].slope else 0)
    assert sizes.slope == pytest.approx([np.sqrt((each**2).mean()) for each in found.slope], rel=1e-12)
    for arrays, measured in ((found.dC_da, sizes.dC_da), (found.dW, sizes.dW)):
        assert measured == pytest.approx([np.abs(each).mean() for each in arrays], rel=1e-12)
    assert sizes.a == pytest.approx([each.std() for each in found.a], rel=1e-9, abs=1e-300)
    if scheme == "zeros" and activation not in ("step",):
        assert sizes.dC_da[:-1] == (0,) * 5, "weights of 0 let no gradient through"


def test_a_sample_alone_gives_the_same_gradients() -> None:
    found = passed("tanh", "xavier_normal", 4, 7, 3, seed=2)
    network = initialise((7,) * 5, "tanh", "xavier_normal", 2, "half_squared_error")
    x, y = np.random.default_rng((2, 3)).normal(size=(2, 3, 7))
    alone = trace(network, x[1], y[1])
    for k, layer in enumerate(alone.layers):
        assert np.allclose(found.dC_da[k][1], layer.dC_da, rtol=1e-12)


def test_the_scale_of_a_constant_counts() -> None:
    small, large = (spreads("identity", "constant", 3, 10, 5, scale=scale).dC_da for scale in (0.01, 0.1))
    assert small[0] < large[0]
    assert spreads("identity", "constant", 3, 10, 5, scale=0.5) == spreads("identity", "constant", 3, 10, 5)


def test_an_overflow_is_told_with_its_layer_and_leaves_what_came_before_it() -> None:
    cube = Activation(
        name="cube", title="cube", latex="c", f=lambda z: z**3, slope=lambda z, a: 3 * z**2, expr=lambda z: z**3,
        slope_expr=lambda z, a: 3 * z**2,
    )  # fmt: skip
    functions.enter(cube)
    try:
        sizes = spreads("cube", "constant", 20, 10, 5)
        assert 1 < sizes.overflow < 20 and 1 <= len(sizes.a) <= sizes.overflow
        assert np.isfinite(sizes.a).all()
        assert sizes.dC_da == sizes.dW == sizes.slope == ()
    finally:
        functions.leave(cube)


@pytest.mark.parametrize("wrong", [
    {"depth": 21}, {"depth": 0}, {"width": 65}, {"samples": 0}, {"seed": -1}, {"activation": "softmax"}, {"scheme": "none"},
    {"scale": float("nan")}, {"scale": -1.0},
])  # fmt: skip
def test_what_cannot_be_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError):
        passed(**({"activation": "tanh", "scheme": "he_normal", "depth": 3} | wrong))
