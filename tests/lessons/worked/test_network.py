"""A network's own graph has the numbers of its trace, in the network's own letters; one that is too large says how large."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.problem import Problem
from lessons.style import Look
from lessons.worked import graph_of_network
from mlp_core import Layer, Network, Quantity, trace
from mlp_core.functions import Activation, enter, leave
from mlp_core.steps import Phase
from mlp_core.writing.names import NOTATIONS
from tests.mlp_core.strategies import build, cases


@settings(max_examples=60)
@given(cases(max_depth=3, max_width=4, max_batch=1), st.sampled_from(list(NOTATIONS)))
def test_every_node_that_is_a_quantity_of_the_network_has_its_number_and_its_name(case, key):
    network, x, y = build(case), case.x[0], case.y[0]
    passed, notation = trace(network, x, y), NOTATIONS[key]
    try:
        found = graph_of_network(network, x, y, notation)
    except Problem as problem:
        assert problem.parts["needed"] > 200
        return
    shared = frozenset(k for k, layer in enumerate(network.layers, 1) if layer.b is not None and layer.b.size < layer.n_out)
    for q, own in found.own.items():
        assert found.values[q] == pytest.approx(passed[own], rel=1e-12, abs=1e-12), own
        assert found.names[q] == notation.name(own, network.sizes, shared)
    meant = set(found.own.values())
    for k, layer in enumerate(network.layers, 1):
        assert {Quantity("dW", k, (i + 1, j + 1)) for i in range(layer.n_out) for j in range(layer.n_in)} <= meant
        assert {Quantity("z", k, (i + 1,)) for i in range(layer.n_out)} <= meant
    assert {Quantity("C"), *(q for q in found.own.values() if q.given)} <= meant and set(found.given) <= set(found.own)
    assert len({name.text() for name in found.names.values()}) == len(found.names) == len(found.values)


def network(*sizes: int) -> Network:
    rng = np.random.default_rng(1)
    layers = [Layer(rng.normal(size=(n, m)), rng.normal(size=n), "sigmoid") for m, n in pairwise(sizes)]
    return Network(layers)


def test_a_network_that_is_too_large_says_how_many_nodes_it_needs(language):
    with pytest.raises(Problem) as found:
        graph_of_network(network(8, 8, 8), np.ones(8), np.ones(8))
    weights, neurons = 2 * 64, 16
    given = weights + neurons + 8 + 8
    assert found.value.parts["needed"] == given + weights + neurons * 8 + neurons + 3 * 8 - 1
    assert str(found.value.parts["needed"]) in found.value.text()


def test_a_number_of_the_network_is_changed_by_the_networks_own_address():
    worked = graph_of_network(network(3, 2, 1), [1, 2, 3], [1])
    data = picture(Scene.of(worked, Look.of("notes", "en", 4, "light", (), worked.names), Phase.FORWARD))
    nodes = [node for layer in data["layers"] for node in layer["nodes"]]
    assert {node["edit"]["address"] for node in nodes if "edit" in node} == {str(worked.own[q]) for q in worked.given}
    assert data["label"] == f"Graph of network 3-2-1, {len(nodes)} nodes"


def test_an_activation_that_is_entered_is_written_by_its_formula():
    record = Activation(
        name="bent", title="bent", latex="", f=lambda z: z + z**2, slope=lambda z, a: 1 + 2 * z, expr=lambda z: z + z**2,
        slope_expr=lambda z, a: 1 + 2 * z,
    )  # fmt: skip
    enter(record)
    try:
        bent = Network([Layer([[0.5, -0.25]], [0.1], "bent")])
        found, passed = graph_of_network(bent, [1, 2], [1]), trace(bent, [1, 2], [1])
        assert all(found.values[q] == pytest.approx(passed[own], rel=1e-12) for q, own in found.own.items())
    finally:
        leave(record)
