"""The engine against PyTorch, against its bare matrix products, and the derivation of a network's Steps."""

import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context

import numpy as np

from benchmarks import Figure, interleave, need
from mlp_core import SGD, Layer, Network, Quantity, trace

WORKED_X, WORKED_Y = [2.0, 3.0, -1.0], [1.0]


def worked_example(w: float = 0.2) -> Network:
    """The 3-2-1 network of the notes, with `w` for its first weight."""
    hidden = Layer([[w, -0.5, 0.1], [-0.3, 0.4, 0.2]], [0.3, -0.1], "sigmoid")
    return Network([hidden, Layer([[0.5, 0.2]], [0.1], "sigmoid")], loss="squared_error")


def random_network(sizes: list[int], activations: list[str], loss: str, dtype: type = float) -> Network:
    """A network of these layer sizes, its weights normal with variance 2 / n_in."""
    rng = np.random.default_rng(0)
    layers = [Layer((rng.standard_normal((n, m)) * np.sqrt(2 / m)).astype(dtype), np.zeros(n, dtype), activation)
              for m, n, activation in zip(sizes[:-1], sizes[1:], activations, strict=True)]
    return Network(layers, loss=loss)


def sgd_step(rounds: int = 81, calls: int = 50) -> list[Figure]:
    """One SGD step on the worked example, everything validated and kept, against PyTorch eager in float64."""
    torch = need("torch")
    torch.set_num_threads(1)
    net, sgd = worked_example(), SGD(lr=0.1)
    inputs, target = np.array(WORKED_X), np.array(WORKED_Y)
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Sigmoid(), torch.nn.Linear(2, 1), torch.nn.Sigmoid())
    model.double().load_state_dict({f"{2 * k}.{name}": torch.tensor(np.array(value))
                                    for k, layer in enumerate(net.layers)
                                    for name, value in (("weight", layer.W), ("bias", layer.b))})
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    x, y = torch.tensor(inputs), torch.tensor(target)

    def eager() -> float:
        optimiser.zero_grad()
        loss = ((model(x) - y) ** 2).sum()
        loss.backward()
        optimiser.step()
        return loss.item()

    def traced() -> float:
        nonlocal net
        t = trace(net, inputs, target)
        net = sgd.step(net, t).network
        return t.loss

    pair = interleave(eager, traced, rounds, calls)
    np.testing.assert_allclose(net.layers[0].W, model[0].weight.detach(), rtol=1e-9)
    slow, fast = pair.medians(1e6)
    return [Figure("PyTorch eager / one traced SGD step, 3-2-1", pair.ratio, 4, "times",
                   f"{slow:.0f} us / {fast:.1f} us, {rounds} rounds of {calls}", at_least=True)]


def large_step(rounds: int = 41) -> list[Figure]:
    """One SGD step on 784-512-512-10, batch 256, float32, against the matrix products that it cannot avoid."""
    net = random_network([784, 512, 512, 10], ["relu", "relu", "softmax"], "cross_entropy", np.float32)
    rng, sgd = np.random.default_rng(1), SGD(lr=0.1)
    x = rng.random((256, 784), dtype=np.float32)
    y = np.eye(10, dtype=np.float32)[rng.integers(10, size=256)]
    (w1, w2, w3), layers = (layer.W for layer in net.layers), trace(net, x, y).layers
    (a1, a2), (d1, d2, d3) = (layer.a for layer in layers[:2]), (layer.delta for layer in layers)

    def products() -> tuple[np.ndarray, ...]:
        return x @ w1.T, a1 @ w2.T, a2 @ w3.T, d3.T @ a2, d3 @ w3, d2.T @ a1, d2 @ w2, d1.T @ x

    def traced() -> None:
        nonlocal net  # each step goes on from the last, as in training
        net = sgd.step(net, trace(net, x, y)).network

    pair = interleave(traced, products, rounds, 1)
    if any(array.dtype != np.float32 for array in (a1, a2, d1, d2, d3, net.layers[0].W)):
        raise TypeError("the engine left float32")
    whole, bare = pair.medians(1e3)
    return [Figure("one traced SGD step / its 8 matrix products, 784-512-512-10", pair.ratio, 1.6, "times",
                   f"{whole:.2f} ms / {bare:.2f} ms, {rounds} rounds")]


def cold_derivation(output: str, loss: str) -> tuple[float, float, int]:
    """Seconds of `derive` on 4-8-8-3 and of as many bare SymPy products and derivatives, and how many Steps it has."""
    import sympy

    from mlp_core import derive

    net = random_network([4, 8, 8, 3], ["sigmoid", "sigmoid", output], loss)
    start = time.perf_counter()
    formulas = [step.formula for step in derive(net).steps]
    middle = time.perf_counter()
    for k in range(len(formulas)):
        w, a = sympy.symbols(f"w{k} a{k}", real=True)
        (w * a).diff(w)
    return middle - start, time.perf_counter() - middle, len(formulas)


def derive(rounds: int = 5) -> list[Figure]:
    """`derive` of a 4-8-8-3 network, every round in a fresh process with nothing cached."""
    figures = []
    for output, loss in ("sigmoid", "squared_error"), ("softmax", "squared_error"), ("softmax", "cross_entropy"):
        with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as pool:
            cold, bare, steps = zip(*pool.map(cold_derivation, [output] * rounds, [loss] * rounds), strict=True)
        times = statistics.median(c / b for c, b in zip(cold, bare, strict=True))
        behind = f"{steps[0]} Steps, {times:.1f} times as many bare SymPy derivatives, {rounds} processes"
        figures.append(Figure(f"derive, 4-8-8-3, {output}, {loss}", statistics.median(cold), 0.25, "s", behind))
    return figures


GRAPHS = {
    "products": "+".join(f"sin(x{i}*w{i})" for i in range(40)),
    "one chain": "*".join(["sigmoid(x0/3)"] * 66),
    "one name": "+".join(["x0"] * 200),
    "a million brackets": "(" * 10**6,
    "brackets": "(" * 5000,
    "a chain too long": "+".join(["x0"] * 2000),
}


def cold_graph(name: str) -> tuple[float, int]:
    """CPU seconds of `compute_graph` in a process that has worked out one other expression, and its Steps; none of a refusal."""
    from mlp_core import ExpressionError, compute_graph

    values = {f"{letter}{i}": 0.1 * i for letter in "xw" for i in range(40)}
    compute_graph("exp(sin(x0*w0)) + sigmoid(w0)", values)
    start, steps = time.process_time(), 0
    with suppress(ExpressionError):
        steps = len(compute_graph(GRAPHS[name], values).steps)
    return time.process_time() - start, steps


def graphs(rounds: int = 5) -> list[Figure]:
    """Steps, values and derivatives of expressions of 200 nodes, and refusals, every round in a fresh process."""
    figures = []
    for name in GRAPHS:
        with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as pool:
            seconds, steps = zip(*pool.map(cold_graph, [name] * rounds), strict=True)
        behind = f"{steps[0]} Steps, {rounds} processes"
        figures.append(Figure(f"compute_graph, {name}", statistics.median(seconds) * 1e3, 50, "ms", behind))
    return figures


def loss_answer(w: float) -> float:
    """The loss of the worked example with that first weight."""
    return trace(worked_example(w), WORKED_X, WORKED_Y).loss


def weight_answer(w: float) -> float:
    """dC/da of the output of the worked example when its first weight is `w`."""
    return trace(worked_example(w), WORKED_X, WORKED_Y)[Quantity("dC_da", 2, (1,))]
