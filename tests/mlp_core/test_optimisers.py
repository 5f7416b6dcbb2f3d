"""Optimisers against the textbook recurrences, written out here for one array at a time."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp_core import SGD, Adam, Layer, Momentum, Network, Quantity, RMSprop, State, trace

from .reference import assert_close, evaluate_steps
from .strategies import build, cases

LR = 0.05


def sgd(g, old, t):
    return {"step": -LR * g}


def momentum(g, old, t):
    v = 0.8 * old.get("v", 0.0) - LR * g
    return {"v": v, "step": v}


def nesterov(g, old, t):
    v = 0.8 * old.get("v", 0.0) - LR * g
    return {"v": v, "step": 0.8 * v - LR * g}


def rate_outside(share, nesterov):
    """v = 0.8 v + share g, with the learning rate in the step alone."""

    def recurrence(g, old, t):
        v = 0.8 * old.get("v", 0.0) + share * g
        return {"v": v, "step": -LR * (0.8 * v + share * g) if nesterov else -LR * v}

    return recurrence


def rmsprop(g, old, t):
    v = 0.7 * old.get("v", 0.0) + 0.3 * g**2
    return {"v": v, "step": -LR * g / (np.sqrt(v) + 1e-3)}


def adam_uncorrected(g, old, t):
    m, v = 0.6 * old.get("m", 0.0) + 0.4 * g, 0.9 * old.get("v", 0.0) + 0.1 * g**2
    return {"m": m, "v": v, "step": -LR * np.sqrt(1 - 0.9**t) / (1 - 0.6**t) * m / (np.sqrt(v) + 1e-3)}


def adam(bias_correction, eps_inside_root):
    def recurrence(g, old, t):
        m, v = 0.6 * old.get("m", 0.0) + 0.4 * g, 0.9 * old.get("v", 0.0) + 0.1 * g**2
        new, m_used, v_used = {"m": m, "v": v}, m, v
        if bias_correction:
            m_used, v_used = m / (1 - 0.6**t), v / (1 - 0.9**t)
            new |= {"m_hat": m_used, "v_hat": v_used}
        root = np.sqrt(v_used + 1e-3) if eps_inside_root else np.sqrt(v_used) + 1e-3
        return new | {"step": -LR * m_used / root}

    return recurrence


OPTIMISERS = {  # constants far from the defaults, and epsilon large, so that none of them can go unused
    "SGD": (SGD(lr=LR), sgd),
    "momentum": (Momentum(lr=LR, momentum=0.8), momentum),
    "Nesterov": (Momentum(lr=LR, momentum=0.8, nesterov=True), nesterov),
    **{
        f"momentum, {form}, nesterov={ahead}": (
            Momentum(lr=LR, momentum=0.8, nesterov=ahead, form=form),
            rate_outside(share, ahead),
        )
        for form, share in (("lr_outside", 1.0), ("average", 0.2))
        for ahead in (False, True)
    },
    "Adam, eps_uncorrected": (Adam(lr=LR, beta1=0.6, beta2=0.9, eps=1e-3, eps_uncorrected=True), adam_uncorrected),
    "RMSprop": (RMSprop(lr=LR, rho=0.7, eps=1e-3), rmsprop),
    **{
        f"Adam, bias_correction={correct}, eps_inside_root={inside}": (
            Adam(lr=LR, beta1=0.6, beta2=0.9, eps=1e-3, bias_correction=correct, eps_inside_root=inside),
            adam(correct, inside),
        )
        for correct in (True, False)
        for inside in (True, False)
    },
}
every_optimiser = pytest.mark.parametrize("optimiser, recurrence", OPTIMISERS.values(), ids=OPTIMISERS)


def parameters(layer):
    return {"W": layer.W} | ({"b": layer.b} if layer.b is not None else {})


@every_optimiser
@settings(max_examples=15)
@given(case=cases(max_depth=3, max_width=4), seed=st.integers(0, 2**32 - 1))
def test_every_intermediate_of_four_steps(optimiser, recurrence, case, seed):
    rng, network, state = np.random.default_rng(seed), build(case), None
    old = [{name: {} for name in parameters(layer)} for layer in network.layers]
    for t in range(1, 5):
        seen = trace(network, rng.normal(size=case.x.shape), case.y)
        update = optimiser.step(network, seen, state)
        for k, (before, layer) in enumerate(zip(network.layers, seen.layers, strict=True)):
            for name, value in parameters(before).items():
                where = f"of {name} of layer {k + 1} in step {t}"
                old[k][name] = recurrence(getattr(layer, f"d{name}"), old[k][name], t)
                shown = getattr(update.layers[k], name)
                for key, number in old[k][name].items():
                    assert_close(shown[key], number, f"{key} {where}", 1e-12)
                assert np.array_equal(getattr(update.network.layers[k], name), value + shown["step"]), (
                    f"W + step {where}"
                )
        network, state = update.network, update.state


def two_layers(frozen=(), dtype=np.float64) -> Network:
    hidden = Layer(np.array([[0.5, -0.25], [1.0, 0.75]], dtype), np.array([0.25, -0.5], dtype), "tanh", frozen=frozen)
    return Network(
        [hidden, Layer(np.array([[1.0, -0.5]], dtype), np.array([0.125], dtype), "identity")], loss="squared_error"
    )


def run(optimiser, network, steps, state=None):
    for _ in range(steps):
        update = optimiser.step(network, trace(network, [1.0, -2.0], [0.5]), state)
        network, state = update.network, update.state
    return update


@every_optimiser
@pytest.mark.parametrize("name", ["W", "b"])
def test_a_frozen_parameter_keeps_its_gradient_and_its_value(optimiser, recurrence, name):
    network, other = two_layers(frozen=(name,)), {"W": "b", "b": "W"}[name]
    gradient = getattr(trace(network, [1.0, -2.0], [0.5]).layers[0], f"d{name}")
    assert np.all(gradient != 0), "the gradient of a frozen parameter can still be seen"
    update = run(optimiser, network, 3)
    after = update.network.layers[0]
    assert after.frozen == frozenset((name,)) or tuple(after.frozen) == (name,)
    assert np.array_equal(getattr(after, name), getattr(network.layers[0], name)), "a frozen parameter moved"
    assert np.all(getattr(after, other) != getattr(network.layers[0], other)), (
        "a free parameter of the same layer stood still"
    )
    shown = getattr(update.layers[0], name)
    assert list(shown) == ["step"] and not np.any(shown["step"]), "the update of a frozen parameter is nothing"
    moving = {(step.target.kind, step.target.layer) for step in update.steps}
    assert (f"{name}_new", 1) not in moving and (f"{other}_new", 1) in moving and (f"{name}_new", 2) in moving


@every_optimiser
def test_a_step_leaves_its_arguments_alone(optimiser, recurrence):
    network = two_layers()
    first = run(optimiser, network, 1)
    seen = trace(first.network, [1.0, -2.0], [0.5])
    once, again = optimiser.step(first.network, seen, first.state), optimiser.step(first.network, seen, first.state)
    for a, b in zip(once.network.layers, again.network.layers, strict=True):
        assert np.array_equal(a.W, b.W) and np.array_equal(a.b, b.b), (
            "the same step from the same state gave another network"
        )
    assert np.array_equal(network.layers[0].W, two_layers().layers[0].W)


@every_optimiser
def test_float32_stays_float32(optimiser, recurrence):
    update = run(optimiser, two_layers(dtype=np.float32), 2)
    shown = [array for layer in update.layers for name in ("W", "b") for array in getattr(layer, name).values()]
    assert {np.asarray(a).dtype for a in shown} | {layer.W.dtype for layer in update.network.layers} == {
        np.dtype(np.float32)
    }


def outside(quantity: Quantity, optimiser, seen, previous) -> float:
    """A number that the Steps of an update may start from, without asking the update for it."""
    if quantity.kind == "t":
        return 1.0 + (previous.state.t if previous else 0)
    if quantity.family == "setting":
        return getattr(optimiser, quantity.kind)
    slot, _, parameter = quantity.kind.partition("_prev_")
    if parameter:
        entry = tuple(i - 1 for i in quantity.index)
        return float(getattr(previous.layers[quantity.layer - 1], parameter)[slot][entry]) if previous else 0.0
    assert quantity.kind in ("W", "b", "dW", "db"), (
        f"{quantity} is neither given nor a gradient, a setting or an old slot"
    )
    return seen[quantity]


@every_optimiser
def test_the_steps_of_an_update_give_its_numbers(optimiser, recurrence):
    """Two updates, the second from a state: formulas alone, from settings, gradients, old slots, W and b."""
    network, previous = two_layers(), None
    for _ in range(2):
        seen = trace(network, [1.0, -2.0], [0.5])
        update = optimiser.step(network, seen, previous.state if previous else None)
        targets = {step.target for step in update.steps}
        assert len(targets) == len(update.steps), "a target is computed twice"
        needed = {quantity for step in update.steps for quantity in step.inputs} - targets
        for step in update.steps:
            assert step.formula.free_symbols <= {quantity.symbol for quantity in step.inputs}, str(step.target)
        values = evaluate_steps(
            update.steps, {quantity: outside(quantity, optimiser, seen, previous) for quantity in needed}
        )
        for quantity, number in values.items():
            assert_close(update[quantity], number, str(quantity), 1e-12)
        for k, layer in enumerate(update.layers, 1):
            for name in ("W", "b"):
                for key, array in (*getattr(layer, name).items(), ("new", getattr(update.network.layers[k - 1], name))):
                    for index in np.ndindex(array.shape):
                        kind = f"{name}_new" if key == "new" else f"{key}_{name}"
                        address = Quantity(kind, k, tuple(i + 1 for i in index))
                        assert_close(values.pop(address), array[index], f"{address} of the array", 1e-12)
        assert not values, f"steps of nothing: {list(map(str, values))}"
        network, previous = update.network, update


@every_optimiser
def test_symbols_of_an_update_are_shared_with_no_other_quantity(optimiser, recurrence):
    steps = run(optimiser, two_layers(), 2).steps
    quantities = {quantity for step in steps for quantity in (step.target, *step.inputs)}
    assert len({quantity.symbol.name for quantity in quantities}) == len(quantities)
    assert all(quantity.symbol.is_real for quantity in quantities)


@every_optimiser
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_state_goes_to_json_and_back(optimiser, recurrence, dtype):
    """A run interrupted after two updates and continued from the text is the uninterrupted run, bit for bit."""
    halfway, whole = run(optimiser, two_layers(dtype=dtype), 2), run(optimiser, two_layers(dtype=dtype), 5)
    text = halfway.state.to_json()
    assert isinstance(text, str)
    continued = run(optimiser, halfway.network, 3, State.from_json(text, halfway.network))
    assert continued.state.to_json() == whole.state.to_json()
    for one, other in zip(continued.network.layers, whole.network.layers, strict=True):
        assert np.array_equal(one.W, other.W) and np.array_equal(one.b, other.b)


def forged(change) -> str:
    """The JSON of a good Adam state with something changed."""
    data = json.loads(run(Adam(lr=LR), two_layers(), 2).state.to_json())
    changed = change(data)
    return json.dumps(data if changed is None else changed)


FORGED = {
    "not an object": lambda d: [1, 2],
    "no layers": lambda d: {k: v for k, v in d.items() if k != "layers"},
    "a layer missing": lambda d: d["layers"].pop(),
    "layers no list": lambda d: d.update(layers={}),
    "unknown optimiser": lambda d: d.update(optimiser="Adagrad"),
    "optimiser no name": lambda d: d.update(optimiser=["Adam"]),
    "t negative": lambda d: d.update(t=-1),
    "t fractional": lambda d: d.update(t=1.5),
    "m missing": lambda d: d["layers"][0]["W"].pop("m"),
    "a slot too many": lambda d: d["layers"][0]["W"].update(w=d["layers"][0]["W"]["m"]),
    "W missing": lambda d: d["layers"][0].pop("W"),
    "m of the wrong shape": lambda d: d["layers"][0]["W"].update(m=[[0.0, 0.0]]),
    "m ragged": lambda d: d["layers"][0]["W"].update(m=[[0.0, 0.0], [0.0]]),
    "m of text": lambda d: d["layers"][0]["b"].update(m=["0", "0"]),
    "m infinite": lambda d: d["layers"][0]["b"].update(m=[math.inf, 0.0]),
    "v not a number": lambda d: d["layers"][0]["b"].update(v=[math.nan, 0.0]),
}


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED)
def test_a_forged_state_is_refused(change):
    text = (
        forged(change)
        if change is not FORGED["a layer missing"]
        else forged(lambda d: d.update(layers=d["layers"][:1]))
    )
    with pytest.raises(ValueError):
        State.from_json(text, two_layers())


@pytest.mark.parametrize("text", ["", "{", "null", "[" * 100_000])
def test_a_truncated_state_is_refused(text):
    with pytest.raises(ValueError, match="state"):
        State.from_json(text, two_layers())


@pytest.mark.parametrize("field, value", [("t", 10**400), ("v", -1.0)], ids=["t", "v"])
def test_a_forged_state_is_refused_when_read_or_when_used(field, value):
    """An absurd count and a negative average of squares: no crash, and no NaN that comes out."""
    text = forged(lambda d: d.update(t=value) if field == "t" else d["layers"][0]["b"].update(v=[value, value]))
    with pytest.raises(ValueError):
        run(Adam(lr=LR), two_layers(), 1, State.from_json(text, two_layers()))


def test_a_state_of_another_shape_names_the_layer():
    wide = Network(
        [Layer(np.ones((3, 2)), None, "tanh"), Layer(np.ones((1, 3)), None, "identity")], loss="squared_error"
    )
    text = Adam(lr=LR).step(wide, trace(wide, [1, 2], [1])).state.to_json()
    with pytest.raises(ValueError, match="layer 1"):
        State.from_json(text, two_layers())


@every_optimiser
def test_a_state_made_by_another_optimiser_or_network_is_refused(optimiser, recurrence):
    network = two_layers()
    seen = trace(network, [1.0, -2.0], [0.5])
    stranger = RMSprop(lr=LR) if type(optimiser) is not RMSprop else Adam(lr=LR)
    with pytest.raises(ValueError, match=type(stranger).__name__):
        optimiser.step(network, seen, stranger.step(network, seen).state)
    small = Network([Layer([[1.0, 1.0]], None, "identity")], loss="squared_error")
    foreign = optimiser.step(small, trace(small, [1, 2], [1])).state
    with pytest.raises(ValueError, match="layer"):
        optimiser.step(network, seen, foreign)


def test_adams_first_step_is_the_learning_rate_whatever_the_gradient():
    """With bias correction and a tiny epsilon, |m_hat| = sqrt(v_hat) = |g| at t = 1."""
    for scale in (1e-3, 1.0, 1e3):
        network = Network([Layer([[0.5]], None, "identity")], loss="squared_error")
        update = Adam(lr=0.1, eps=1e-30).step(network, trace(network, [scale], [0.0]))
        assert update.layers[0].W["step"][0, 0] == pytest.approx(-0.1, rel=1e-12)


@pytest.mark.parametrize(
    "address", [Quantity("m_W", 3, (1, 1)), Quantity("m_W", 2, (1, 3)), Quantity("rho"), Quantity("v_b", 1, (3,))]
)
def test_an_address_that_an_update_does_not_have_is_refused(address):
    with pytest.raises(ValueError):
        run(Adam(lr=LR), two_layers(), 1)[address]
