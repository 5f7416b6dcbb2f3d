"""Weight decay and AdamW: the loss differentiated by differences, the published recurrence, and Steps that give the numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp_core import SGD, Adam, AdamW, Decay, Layer, Momentum, Network, Quantity, RMSprop, trace, train
from mlp_core.engine import loss_of

from ..reference import assert_close, autodiff, evaluate_steps
from ..strategies import build, cases

FORMS = {"l2": 2.0, "l2_half": 1.0}
MAKERS = [SGD(0.1), Momentum(0.1, 0.8, True), RMSprop(0.1), Adam(0.1)]


@settings(max_examples=25)
@given(cases(max_depth=3, max_width=3), st.sampled_from(list(FORMS)), st.sampled_from([0.0, 0.125, 2.0]))
def test_the_gradient_is_that_of_the_loss_with_its_penalty(case, form, rate):
    """By an independent autodiff, and by a difference along a random direction, over a batch with the penalty once."""
    network, decay = build(case), Decay(rate, form)
    update = SGD(0.1).step(network, trace(network, case.x, case.y), decay=decay)
    along, slope = 0.0, 0.0
    rng = np.random.default_rng(len(case.x))
    moved = {1: [], -1: []}
    for k, (layer, wanted) in enumerate(zip(update.layers, autodiff(case), strict=True)):
        W = network.layers[k].W
        assert_close(layer.W["g"], wanted["W"] + FORMS[form] * rate * W, f"gradient of W of layer {k + 1}")
        assert "g" not in layer.b and ("b" not in wanted or np.array_equal(layer.b["step"], -0.1 * update.trace.layers[k].db))
        direction = rng.normal(size=W.shape)
        along += float((layer.W["g"] * direction).sum())
        for sign, layers in moved.items():
            layers.append(Layer(W + sign * 1e-6 * direction, network.layers[k].b, network.layers[k].activation))
    losses = {}
    for sign, layers in moved.items():
        there = Network(layers, network.loss, network.reduction)
        losses[sign] = loss_of(there, case.x, case.y) + decay.penalty(there)
    slope = (losses[1] - losses[-1]) / 2e-6
    assert slope == pytest.approx(along, rel=1e-4, abs=1e-5 * max(1, losses[1]))


@pytest.mark.parametrize("optimiser", MAKERS, ids=lambda o: o.name)
def test_decoupled_decay_leaves_the_averages_alone(optimiser):
    network = Network([Layer([[0.5, -0.25], [1.0, 0.75]], [0.25, -0.5], "tanh"), Layer([[1.0, -0.5]], [0.125], "identity")])
    seen = trace(network, [1.0, -2.0], [0.5])
    plain, decayed = optimiser.step(network, seen), optimiser.step(network, seen, decay=Decay(0.3, "decoupled"))
    assert decayed.state.to_json() == plain.state.to_json()
    for layer, one, other in zip(network.layers, plain.network.layers, decayed.network.layers, strict=True):
        assert pytest.approx(one.W - 0.1 * 0.3 * layer.W, rel=1e-14) == other.W
        assert np.array_equal(one.b, other.b), "biases never decay"


@settings(max_examples=15)
@given(cases(max_depth=3, max_width=4), st.integers(0, 2**32 - 1))
def test_adamw_is_the_published_recurrence(case, seed):
    """Algorithm 2 of Loshchilov and Hutter, written out for one array at a time; four steps on changing samples."""
    lr, one, two, eps, rate = 0.05, 0.6, 0.9, 1e-3, 0.2
    rng, network, state = np.random.default_rng(seed), build(case), None
    remembered = {}
    for t in range(1, 5):
        seen = trace(network, rng.normal(size=case.x.shape), case.y)
        update = AdamW(lr, one, two, eps, rate).step(network, seen, state)
        for k, layer in enumerate(network.layers):
            for name in ("W", "b"):
                old = getattr(layer, name)
                if old is None:
                    continue
                g = getattr(seen.layers[k], f"d{name}")
                m, v = remembered.get((k, name), (0.0, 0.0))
                m, v = one * m + (1 - one) * g, two * v + (1 - two) * g**2
                remembered[k, name] = m, v
                new = old - lr * (m / (1 - one**t) / (np.sqrt(v / (1 - two**t)) + eps) + (rate * old if name == "W" else 0))
                assert_close(getattr(update.network.layers[k], name), new, f"{name} of layer {k + 1} in step {t}", 1e-12)
        network, state = update.network, update.state


def test_adamw_agrees_with_pytorch():
    torch = pytest.importorskip("torch")
    W, b, x, y = np.array([[0.5, -0.25]]), np.array([0.125]), np.array([1.0, -2.0]), np.array([0.5])
    model = torch.nn.Linear(2, 1).double()
    model.load_state_dict({"weight": torch.tensor(W), "bias": torch.tensor(b)})
    groups = [{"params": [model.weight]}, {"params": [model.bias], "weight_decay": 0.0}]
    theirs = torch.optim.AdamW(groups, lr=0.1, weight_decay=0.2)
    network, state = Network([Layer(W, b, "identity")]), None
    for _ in range(3):
        theirs.zero_grad()
        ((model(torch.tensor(x)) - torch.tensor(y)) ** 2).sum().backward()
        theirs.step()
        update = AdamW(0.1, weight_decay=0.2).step(network, trace(network, x, y), state)
        network, state = update.network, update.state
    assert pytest.approx(model.weight.detach().numpy(), rel=1e-10) == network.layers[0].W
    assert network.layers[0].b == pytest.approx(model.bias.detach().numpy(), rel=1e-10)


@pytest.mark.parametrize("sequential", [False, True])
@pytest.mark.parametrize("form", [*FORMS, "decoupled"])
@pytest.mark.parametrize("optimiser", MAKERS, ids=lambda o: o.name)
def test_the_steps_of_an_update_with_decay_give_its_numbers(optimiser, form, sequential):
    network = Network([Layer([[0.5, -0.25], [1.0, 0.75]], [0.25, -0.5], "tanh"), Layer([[1.0, -0.5]], None, "identity")])
    update = optimiser.step(network, trace(network, [1.0, -2.0], [0.5]), sequential=sequential, decay=Decay(0.3, form))
    made = {step.target for step in update.steps}
    start = {q: update[q] for step in update.steps for q in step.inputs if q not in made}
    assert Quantity("weight_decay") in start
    for q, number in evaluate_steps(update.steps, start).items():
        assert_close(update[q], number, str(q), 1e-12)


@pytest.mark.parametrize("form", FORMS)
def test_the_steps_of_the_penalty_give_it(form):
    network, decay = Network([Layer([[0.5, -0.25]], [3.0], "tanh"), Layer([[2.0]], None, "identity")]), Decay(0.25, form)
    loss = trace(network, [1.0, -2.0], [0.5]).loss
    known = {Quantity("weight_decay"): decay.rate, Quantity("C"): loss}
    known |= {Quantity("W", k, (1, j + 1)): w for k, layer in enumerate(network.layers, 1) for j, w in enumerate(layer.W[0])}
    made = evaluate_steps(decay.derive(network), known)
    assert made[Quantity("R")] == pytest.approx(decay.penalty(network)) == 0.25 * FORMS[form] / 2 * (0.25 + 0.0625 + 4)
    assert made[Quantity("C_decayed")] == pytest.approx(loss + decay.penalty(network))
    assert Decay(0.25, "decoupled").derive(network) == () and Decay(0.25, "decoupled").penalty(network) == 0


X, Y = np.random.default_rng(0).normal(size=(6, 2)), np.random.default_rng(1).normal(size=(6, 1))


@pytest.mark.parametrize("batch_size", [None, 4])
def test_training_decays_and_its_loss_has_the_penalty_once(batch_size):
    start = Network([Layer([[0.5, -0.25]], [3.0], "tanh"), Layer([[2.0]], [0.0], "identity")])
    same = train(start, X, Y, SGD(0.05), 3, batch_size)
    none = train(start, X, Y, SGD(0.05), 3, batch_size, weight_decay=0.0, decay="l2_half")
    assert np.array_equal(same.loss, none.loss) and not none.penalty.any() and none.validation_loss is None
    run = train(start, X, Y, SGD(0.05), 3, batch_size, weight_decay=0.1, decay="l2", validation=(X[:2], Y[:2]))
    for at, network in ((0, start), (-1, run.network)):
        assert run.penalty[at] == pytest.approx(0.1 * sum((layer.W**2).sum() for layer in network.layers))
        assert run.loss[at] == pytest.approx(loss_of(network, X, Y) + run.penalty[at])
        assert run.validation_loss[at] == pytest.approx(loss_of(network, X[:2], Y[:2]))
    halved = train(start, X, Y, SGD(0.05), 3, batch_size, weight_decay=0.2, decay="l2_half")
    beside = train(start, X, Y, SGD(0.05), 3, batch_size, weight_decay=0.2, decay="decoupled")
    for other in (halved, beside):  # of plain SGD all three are one
        assert pytest.approx(run.network.layers[0].W, rel=1e-12) == other.network.layers[0].W
    assert beside.loss[-1] == pytest.approx(loss_of(beside.network, X, Y))


@pytest.mark.parametrize("wrong", [
    {"weight_decay": -1}, {"weight_decay": float("nan")}, {"decay": "l3"}, {"decay": None}, {"validation": 3},
    {"validation": (X, Y[:2])}, {"schedule": 0.5}, {"weight_decay": 0.1, "optimiser": AdamW(0.1)},
], ids=str)  # fmt: skip
def test_bad_arguments_are_named(wrong):
    network = Network([Layer([[0.5, -0.25]], [3.0], "identity")])
    with pytest.raises(ValueError, match=next(iter(wrong)) if "decay" not in wrong else "decay"):
        train(network, X, Y, **{"optimiser": SGD(0.1), **wrong})
