"""train: the loss curve, the ways a run ends, seeds and batches."""

import numpy as np
import pytest

from mlp_core import SGD, Adam, Layer, Momentum, Network, RMSprop, Training, trace, train

RNG = np.random.default_rng(7)
X, Y = RNG.normal(size=(12, 3)), RNG.uniform(size=(12, 2))


def network(activation="sigmoid") -> Network:
    rng = np.random.default_rng(1)
    hidden = Layer(rng.normal(size=(4, 3)), np.zeros(4), "tanh")
    return Network([hidden, Layer(rng.normal(size=(2, 4)), np.zeros(2), activation)], loss="squared_error")


def same_weights(one: Network, other: Network) -> bool:
    pairs = zip(one.layers, other.layers, strict=True)
    return all(np.array_equal(a.W, b.W) and np.array_equal(a.b, b.b) for a, b in pairs)


def weights(net: Network) -> np.ndarray:
    return np.concatenate([part.ravel() for layer in net.layers for part in (layer.W, layer.b)])


@pytest.mark.parametrize(
    "optimiser", [SGD(lr=0.1), Momentum(lr=0.1), RMSprop(lr=0.01), Adam(lr=0.01)], ids=lambda o: type(o).__name__
)
def test_full_batch_epochs_are_optimiser_steps(optimiser):
    net, state, losses = network(), None, []
    for _ in range(5):
        t = trace(net, X, Y)
        losses.append(t.loss)
        update = optimiser.step(net, t, state)
        net, state = update.network, update.state
    run = train(network(), X, Y, optimiser, epochs=5)
    assert run.loss == pytest.approx([*losses, trace(net, X, Y).loss], rel=1e-12)
    assert weights(run.network) == pytest.approx(weights(net), rel=1e-12, abs=1e-14)
    assert run.stopped_by == "epochs"


@pytest.mark.parametrize("epochs", [0, 1, 7])
@pytest.mark.parametrize("batch_size", [None, 5])
def test_the_loss_curve_starts_before_the_first_update_on_all_samples(epochs, batch_size):
    run = train(network(), X, Y, SGD(lr=0.1), epochs=epochs, batch_size=batch_size)
    assert len(run.loss) == epochs + 1 and run.stopped_by == "epochs"
    assert run.loss[0] == pytest.approx(trace(network(), X, Y).loss, rel=1e-14)
    assert run.loss[-1] == pytest.approx(trace(run.network, X, Y).loss, rel=1e-14)


def test_training_lowers_the_loss_and_leaves_the_network_alone():
    start = network()
    run = train(start, X, Y, SGD(lr=0.1), epochs=50)
    assert run.loss[-1] < run.loss[0] and same_weights(start, network())


def test_stops_once_the_loss_is_below():
    bound = train(network(), X, Y, SGD(lr=0.1), epochs=20).loss[9]
    run = train(network(), X, Y, SGD(lr=0.1), epochs=20, loss_below=float(np.nextafter(bound, np.inf)))
    assert run.stopped_by == "loss" and len(run.loss) == 10 and run.loss[-1] == bound
    assert np.all(np.asarray(run.loss[:-1]) > bound)


def test_a_loss_below_at_the_start_needs_no_epoch():
    start = network()
    run = train(start, X, Y, SGD(lr=0.1), epochs=20, loss_below=1e6)
    assert run.stopped_by == "loss" and len(run.loss) == 1 and same_weights(run.network, start)


def test_stops_once_the_loss_changes_less():
    full = np.asarray(train(network(), X, Y, SGD(lr=0.1), epochs=60).loss)
    changes = abs(np.diff(full))
    bound = float(np.median(changes))
    first = int(np.argmax(changes < bound)) + 1
    run = train(network(), X, Y, SGD(lr=0.1), epochs=60, change_below=bound)
    assert run.stopped_by == "change" and len(run.loss) == first + 1
    assert abs(run.loss[-1] - run.loss[-2]) < bound <= abs(run.loss[-2] - run.loss[-3])


def test_divergence_is_reported_with_its_epoch_and_without_infinities():
    run = train(network("identity"), 100 * X, Y, SGD(lr=1e3), epochs=500)
    assert run.stopped_by == "diverged" and 1 <= run.epoch < 500
    assert np.all(np.isfinite(run.loss)) and np.all(np.isfinite(weights(run.network)))
    assert run.loss[-1] == trace(run.network, 100 * X, Y).loss, "the last good network goes with the last good loss"
    assert len(run.loss) == run.epoch, "epochs 0 to epoch - 1 have a loss; the update of `epoch` overflowed"
    assert len(train(network("identity"), 100 * X, Y, SGD(lr=1e3), epochs=run.epoch - 1).loss) == run.epoch


def test_minibatches_are_reproducible_by_seed():
    runs = [train(network(), X, Y, SGD(lr=0.1), epochs=3, batch_size=5, seed=seed) for seed in (3, 3, 4)]
    assert np.array_equal(runs[0].loss, runs[1].loss) and same_weights(runs[0].network, runs[1].network)
    assert not np.array_equal(runs[0].loss, runs[2].loss), "another seed must shuffle differently"


def test_the_seed_does_not_touch_numpys_global_generator():
    np.random.seed(5)
    expected = np.random.random()
    np.random.seed(5)
    train(network(), X, Y, SGD(lr=0.1), epochs=2, batch_size=5)
    assert np.random.random() == expected


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_an_epoch_of_minibatches_sees_every_sample_once(reduction):
    """One linear unit without bias on one-hot inputs: sample k alone moves weight k, from 0 to lr * 2 * y_k."""
    x, y, lr = np.eye(7), np.arange(1.0, 8.0)[:, None], 0.125
    start = Network([Layer(np.zeros((1, 7)), None, "identity")], loss="squared_error", reduction=reduction)
    run = train(start, x, y, SGD(lr=lr), epochs=1, batch_size=3, seed=2)
    moved = run.network.layers[0].W[0] / (2 * lr * y[:, 0])
    if reduction == "sum":
        assert moved == pytest.approx(np.ones(7), rel=1e-14)
    else:
        assert sorted(moved) == pytest.approx([1 / 3] * 6 + [1.0], rel=1e-14), "batches of 3, 3 and 1, each a mean"


def test_a_batch_size_of_all_samples_or_more_is_a_full_batch():
    full = train(network(), X, Y, SGD(lr=0.1), epochs=3)
    for size in (12, 100):
        run = train(network(), X, Y, SGD(lr=0.1), epochs=3, batch_size=size)
        assert run.loss == pytest.approx(full.loss, rel=1e-12)


def test_one_dimensional_x_and_y_are_one_sample():
    one, batch = (train(network(), x, y, SGD(lr=0.1), epochs=3) for x, y in ((X[0], Y[0]), (X[:1], Y[:1])))
    assert one.loss == pytest.approx(batch.loss, rel=1e-14)


def test_frozen_layers_stay_while_others_train():
    layers = network().layers
    frozen = Layer(layers[0].W, layers[0].b, "tanh", frozen=("W", "b"))
    run = train(Network([frozen, layers[1]], loss="squared_error"), X, Y, Adam(lr=0.1), epochs=3)
    assert np.array_equal(run.network.layers[0].W, layers[0].W) and run.loss[-1] < run.loss[0]


def test_a_callback_sees_every_epoch_and_stops_the_run():
    seen = []

    def look(epoch, loss):
        seen.append((epoch, loss))
        return epoch == 4

    run = train(network(), X, Y, SGD(lr=0.1), epochs=50, on_epoch=look)
    assert run.stopped_by == "stopped" and len(run.loss) == 5 and run.epoch == 4
    assert [epoch for epoch, _ in seen] == [1, 2, 3, 4] and [loss for _, loss in seen] == list(run.loss[1:])


@pytest.mark.parametrize("batch_size", [None, 5])
def test_a_paused_run_is_the_same_run(batch_size):
    """The generator behind train, advanced by hand: after any epoch it can show where it is, go on, and be stopped."""
    whole = train(network(), X, Y, Adam(lr=0.01), epochs=6, batch_size=batch_size, seed=9)
    training = Training(network(), X, Y, Adam(lr=0.01), epochs=6, batch_size=batch_size, seed=9)
    for epoch in (1, 2, 3):
        assert next(training) == epoch
        assert np.array_equal(training.run().loss, whole.loss[: epoch + 1])
    assert list(training) == [4, 5, 6]
    assert same_weights(training.run().network, whole.network) and training.run().stopped_by == "epochs"


def test_a_stopped_run_stays_stopped():
    training = Training(network(), X, Y, SGD(lr=0.1), epochs=6)
    next(training)
    training.stop()
    assert list(training) == [] and training.run().stopped_by == "stopped" and len(training.run().loss) == 2


def test_a_diverged_run_says_what_overflowed():
    assert "layer" in train(network("identity"), 100 * X, Y, SGD(lr=1e3), epochs=500).message


def test_the_state_of_a_run_continues_it():
    whole = train(network(), X, Y, Adam(lr=0.01), epochs=6)
    half = train(network(), X, Y, Adam(lr=0.01), epochs=3)
    net, state = half.network, half.state
    for _ in range(3):
        update = Adam(lr=0.01).step(net, trace(net, X, Y), state)
        net, state = update.network, update.state
    assert same_weights(net, whole.network)
