"""Batch normalisation and dropout: gradients by an independent autodiff, Steps that give every number, and running statistics."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlp_core import SGD, Adam, BatchNorm, Layer, Network, Quantity, check_gradients, derive, trace, train
from mlp_core.optimisers import OPTIMISERS

from .. import reference
from ..reference import assert_close, evaluate_steps
from ..strategies import cases

P = 0.25


@st.composite
def regular(draw):
    """A network with batch normalisation or dropout in some layers, a batch of two samples or more, and its data."""
    case = draw(cases(max_depth=3, max_width=3).filter(lambda c: len(c.x) > 1))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    norms = [bool(rng.integers(2)) for _ in case.activations]
    drops = [P * bool(rng.integers(2)) for _ in case.activations[:-1]] + [0.0]
    norms[0] = norms[0] or not any(norms)
    layers, given_parameters = [], []
    for values, name, norm, drop in zip(case.parameters, case.activations, norms, drops, strict=True):
        n = len(values["W"])
        own = {"gamma": rng.normal(size=n), "beta": rng.normal(size=n)} if norm else {}
        stats = {"running_mean": rng.normal(size=n), "running_var": rng.uniform(0.5, 2, n)} if norm else {}
        record = BatchNorm(**own, **stats, eps=0.1, momentum=0.3) if norm else None
        layers.append(Layer(values["W"], values.get("b"), name, batch_norm=record, dropout=drop))
        given_parameters.append({**values, **own})
    return case, Network(layers, case.loss, case.reduction), given_parameters


def loss_by_hand(parameters, case, network, masks, training):
    """The reduced loss from the published formulas, sharing no line with mlp_core."""
    a = case.x
    for k, (values, layer) in enumerate(zip(parameters, network.layers, strict=True)):
        z = anp.dot(a, values["W"].T) + values.get("b", 0.0)
        if "gamma" in values:
            if training:
                mean, var = anp.mean(z, axis=0), anp.var(z, axis=0)
            else:
                mean, var = layer.batch_norm.running_mean, layer.batch_norm.running_var
            z = values["gamma"] * (z - mean) / anp.sqrt(var + 0.1) + values["beta"]
        a = reference.ACTIVATIONS[layer.activation](z)
        if training and layer.dropout:
            a = a * masks[k] / (1 - P)
    each = reference.LOSSES[case.loss](a, case.y)
    return anp.mean(each) if case.reduction == "mean" else anp.sum(each)


def numbers_from(step_list, passed):
    made = {step.target for step in step_list}
    return {q: passed[q] for step in step_list for q in step.inputs if q not in made}


def kinked(network, passed):
    """Whether a ReLU stands so near its kink that rounding decides its side."""
    return any(layer.activation in ("relu", "leaky_relu") and abs(t.before).min() < 1e-6
               for layer, t in zip(network.layers, passed.layers, strict=True))  # fmt: skip


@pytest.mark.parametrize("mode", ["train", "eval"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much])
@given(drawn=regular(), seed=st.integers(0, 1000))
def test_gradients_flow_through_mean_variance_and_mask(mode, drawn, seed):
    case, network, parameters = drawn
    passed = trace(network, case.x, case.y, mode, seed)
    if kinked(network, passed):
        return
    masks = [getattr(t, "mask", None) for t in passed.layers]
    assert all((m is not None) == (mode == "train" and layer.dropout > 0) for m, layer in zip(masks, network.layers, strict=True))
    arguments = case, network, masks, mode == "train"
    assert passed.loss == pytest.approx(float(loss_by_hand(parameters, *arguments)), rel=1e-9)
    for k, (t, wanted) in enumerate(zip(passed.layers, grad(loss_by_hand)(parameters, *arguments), strict=True), 1):
        for name, gradient in wanted.items():
            assert_close(getattr(t, f"d{name}"), gradient, f"d{name} of layer {k}", 1e-9)


@pytest.mark.parametrize("mode", ["train", "eval"])
@settings(max_examples=8, suppress_health_check=[HealthCheck.filter_too_much], deadline=None)
@given(drawn=regular(), seed=st.integers(0, 1000))
def test_the_steps_of_a_batch_give_every_number(mode, drawn, seed):
    case, network, _ = drawn
    passed = trace(network, case.x, case.y, mode, seed)
    if kinked(network, passed):
        return
    steps = derive(network, batch=len(case.x), mode=mode).steps
    assert len({step.target for step in steps}) == len(steps)
    for step in steps:
        assert step.formula.free_symbols <= {q.symbol for q in step.inputs}, str(step.target)
        assert step.phase
    for q, number in evaluate_steps(steps, numbers_from(steps, passed)).items():
        assert_close(passed[q], number, str(q), 1e-9)
    learnt = {q.parameter for step in steps if (q := step.target).is_gradient}
    assert learnt >= {"W", "gamma", "beta"}


HIDDEN = BatchNorm([1.0, -0.5], [0.1, 0.2], momentum=0.3)
NET = Network(
    [Layer([[0.5, -0.25], [1.0, 0.75]], None, "tanh", batch_norm=HIDDEN, dropout=0.5), Layer([[1.0, -0.5]], [0.1], "identity")]
)
X, Y = np.random.default_rng(0).normal(size=(6, 2)), np.random.default_rng(1).normal(size=(6, 1))


def test_a_batch_of_four_by_hand():
    """z = 1, 3, 5, 7: mean 4, variance 5 (not 20/3), with eps = 4 a root of 3; gamma 3, beta 1."""
    layer = Layer([[1.0]], None, "identity", batch_norm=BatchNorm([3.0], [1.0], eps=4.0, momentum=0.5))
    t = trace(Network([layer], "half_squared_error", "sum"), [[1], [3], [5], [7]], [[0]] * 4, "train").layers[0]
    assert (t.mean, t.var) == (4, 5)
    assert t.z_hat.ravel() == pytest.approx([-1, -1 / 3, 1 / 3, 1])
    assert t.z_bn.ravel() == pytest.approx([-2, 0, 2, 4])
    assert (t.dbeta[0], t.dgamma[0]) == pytest.approx((4, 2 + 2 / 3 + 4))
    assert (t.running_mean_new[0], t.running_var_new[0]) == pytest.approx((2, 0.5 + 10 / 3))


def test_eval_takes_running_statistics_and_drops_nothing():
    one = trace(NET, X[0], Y[0])
    assert one.layers[0].mask is None and np.array_equal(one.layers[0].mean, HIDDEN.running_mean)
    assert np.array_equal(trace(NET, X, Y).layers[-1].a[0], one.layers[-1].a)
    check = check_gradients(NET, X, Y)
    assert check.largest < 1e-8 and {row.target.kind for row in check.rows} == {"dW", "db", "dgamma", "dbeta"}
    assert {row.engine for row in check.rows} <= {trace(NET, X, Y)[row.target] for row in check.rows}


def test_masks_are_drawn_by_the_seed_and_keep_the_expectation():
    masks = [trace(NET, X, Y, "train", seed).layers[0].mask for seed in range(400)]
    again = trace(NET, X, Y, "train", 7).layers[0]
    assert np.array_equal(again.mask, masks[7]) and not np.array_equal(masks[7], masks[8])
    assert np.mean(masks) == pytest.approx(0.5, abs=0.03)
    assert np.array_equal(again.a_drop, again.a * again.mask * 2)
    chosen = np.array([[1, 0]] * 6)
    own = trace(NET, X, Y, "train", masks={1: chosen}).layers
    assert np.array_equal(own[0].mask, chosen) and not own[0].dC_da[:, 1].any() and not own[1].dW[0, 1]


@pytest.mark.parametrize("optimiser", [record(lr=0.1) for record in OPTIMISERS.values()], ids=lambda o: o.name)
def test_an_update_moves_gamma_beta_and_the_running_statistics(optimiser):
    passed = trace(NET, X, Y, "train", 3)
    update = optimiser.step(NET, passed)
    steps = (*derive(NET, batch=6, mode="train").steps, *update.steps)
    made = evaluate_steps(steps, {q: update[q] for q in numbers_from(steps, update)})
    for q, number in made.items():
        assert_close(update[q], number, str(q), 1e-9)
    new = update.network.layers[0].batch_norm
    for name in ("gamma", "beta", "running_mean", "running_var"):
        assert made[Quantity(f"{name}_new", 1, (1,))] == pytest.approx(getattr(new, name)[0]) != getattr(HIDDEN, name)[0]
    assert np.array_equal(optimiser.step(NET, trace(NET, X, Y)).network.layers[0].batch_norm.running_var, HIDDEN.running_var)


@pytest.mark.parametrize("batch_size", [None, 3])
def test_training_measures_without_dropout(batch_size):
    run = train(NET, X, Y, Adam(0.05), 30, batch_size, validation=(X, Y))
    assert np.array_equal(run.loss, run.validation_loss) and run.loss[-1] < run.loss[0]
    assert run.loss[-1] == trace(run.network, X, Y).loss
    assert np.array_equal(run.loss, train(NET, X, Y, Adam(0.05), 30, batch_size).loss)


def test_batch_normalisation_agrees_with_pytorch():
    torch = pytest.importorskip("torch")
    norm = torch.nn.BatchNorm1d(2, momentum=0.3).double()
    norm.load_state_dict(norm.state_dict() | {"weight": torch.tensor(HIDDEN.gamma), "bias": torch.tensor(HIDDEN.beta)})
    z = torch.tensor(X @ NET.layers[0].W.T, requires_grad=True)
    loss = (torch.tanh(norm(z)) ** 2).sum()
    loss.backward()
    net = Network([Layer(NET.layers[0].W, None, "tanh", batch_norm=HIDDEN)], reduction="sum")
    t = trace(net, X, np.zeros((6, 2)), "train").layers[0]
    for ours, theirs in ((t.delta, z.grad), (t.dgamma, norm.weight.grad), (t.running_var_new, norm.running_var)):
        assert ours == pytest.approx(theirs.detach().numpy(), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("make", [
    lambda: BatchNorm([1.0], [0.0, 1.0]), lambda: BatchNorm([1.0], [0.0], eps=0), lambda: BatchNorm([1.0], [0.0], momentum=2),
    lambda: Layer([[1.0]], None, "tanh", batch_norm=HIDDEN), lambda: Layer([[1.0]], None, "tanh", dropout=1.0),
    lambda: Layer([[1.0]], None, "tanh", batch_norm="yes"), lambda: Network([Layer([[1.0]], None, "tanh", dropout=0.5)]),
    lambda: trace(NET, X[0], Y[0], "train"), lambda: trace(NET, X[:1], Y[:1], "train"), lambda: trace(NET, X, Y, "test"),
    lambda: trace(NET, X, Y, "train", -1), lambda: trace(NET, X, Y, "train", masks={1: np.ones((2, 2))}),
    lambda: derive(NET, mode="train"), lambda: trace(NET, X, Y, "train").sample(0),
    lambda: trace(NET, X, Y)[Quantity("z_hat", 1, (1,))],
    lambda: SGD(0.1).step(NET, trace(NET, X, Y, "train"), sequential=True),
], ids=range(16))  # fmt: skip
def test_bad_arguments_are_refused(make):
    with pytest.raises(ValueError):
        make()
