"""Whatever is put in the place of a network, an array, a name or a state: it works, or ValueError says what is wrong."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from mlp_core import (
    SGD,
    Adam,
    Layer,
    Momentum,
    Network,
    Quantity,
    RMSprop,
    State,
    check_gradients,
    derive,
    trace,
    train,
)

NET = Network([Layer([[0.5, -0.25], [1.0, 0.75]], [0.1, 0.0], "tanh"), Layer([[1.0, -0.5]], [0.5], "sigmoid")])
X, Y = [1.0, 2.0], [0.5]
BATCH = [X, X, X], [Y, Y, Y]
TRACE = trace(NET, X, Y)
UPDATE = Adam(lr=0.1).step(NET, TRACE)
ODD = {
    "None": None, "text": "SGD", "no text": "", "bytes": b"W", "dict": {"W": 1}, "list": [], "nested": [[[]]],
    "ragged": [[1], [1, 2]],
    "complex": 1j, "complexes": np.array([1j, 2]), "True": True, "truths": np.array([True, False]), "nan": float("nan"),
    "huge": 10**400, "scalar": np.array(0.1), "objects": np.array([1, "2"], dtype=object),
    "digits": np.array(["1", "2"], dtype=object),
    "strings": np.array(["1", "2"]), "masked": np.ma.array([1.0, 2.0], mask=[True, False]), "the mask": np.ma.masked,
    "fraction": Fraction(1, 3), "dates": np.array(["2020-01-01"], dtype="M8[D]"),
    "records": np.zeros(2, dtype=[("a", float)]),
    "function": len, "type": SGD, "module": np, "set": {1, 2}, "iterator": iter([1, 2]), "object": object(),
    "empty": np.zeros((0, 2)),
    "negative": -1, "float": 0.5, "network": NET, "trace": TRACE, "optimiser": SGD(lr=0.1), "address": Quantity("C"),
}  # fmt: skip
PLACES: dict[str, Callable] = {
    "W": lambda v: Layer(v, None, "tanh"),
    "b": lambda v: Layer([[1.0], [2.0]], v, "tanh"),
    "activation": lambda v: Layer([[1.0]], None, v),
    "frozen": lambda v: Layer([[1.0]], None, "tanh", v),
    "layers": Network,
    "a layer": lambda v: Network([v]),
    "loss": lambda v: Network(NET.layers, v),
    "reduction": lambda v: Network(NET.layers, reduction=v),
    "trace network": lambda v: trace(v, X, Y),
    "x": lambda v: trace(NET, v, Y),
    "y": lambda v: trace(NET, X, v),
    "trace address": lambda v: TRACE[v],
    "sample": lambda v: trace(NET, *BATCH).sample(v),
    "only sample": lambda v: TRACE.sample(v),
    "kind": lambda v: Quantity(v, 1, (1,)),
    "layer": lambda v: Quantity("z", v, (1,)),
    "index": lambda v: Quantity("z", 1, v),
    "indices": lambda v: Quantity("z", 1, (v,)),
    "parse": Quantity.parse,
    "derive": derive,
    "step of": lambda v: derive(NET)[v],
    "evaluate network": lambda v: derive(NET).evaluate(v, X, Y),
    "evaluate x": lambda v: derive(NET).evaluate(NET, v, Y),
    "digits": lambda v: derive(NET).evaluate(NET, X, Y, v),
    "lr": SGD,
    "momentum": lambda v: Momentum(0.1, v),
    "nesterov": lambda v: Momentum(0.1, nesterov=v),
    "eps": lambda v: RMSprop(0.1, eps=v),
    "step network": lambda v: SGD(lr=0.1).step(v, TRACE),
    "step trace": lambda v: SGD(lr=0.1).step(NET, v),
    "step state": lambda v: SGD(lr=0.1).step(NET, TRACE, v),
    "init": lambda v: Adam(lr=0.1).init(v),
    "optimiser derive": lambda v: Adam(lr=0.1).derive(v),
    "update address": lambda v: UPDATE[v],
    "train network": lambda v: train(v, X, Y, SGD(lr=0.1), epochs=1),
    "X": lambda v: train(NET, v, Y, SGD(lr=0.1), epochs=1),
    "optimiser": lambda v: train(NET, X, Y, v, epochs=1),
    "epochs": lambda v: train(NET, X, Y, SGD(lr=0.1), v, loss_below=100.0),
    "batch size": lambda v: train(NET, X, Y, SGD(lr=0.1), 1, v),
    "seed": lambda v: train(NET, X, Y, SGD(lr=0.1), 1, None, v),
    "loss_below": lambda v: train(NET, X, Y, SGD(lr=0.1), 1, loss_below=v),
    "on_epoch": lambda v: train(NET, X, Y, SGD(lr=0.1), 1, on_epoch=v if not callable(v) else None),
    "check network": lambda v: check_gradients(v, X, Y),
    "check y": lambda v: check_gradients(NET, X, v),
    "state text": lambda v: State.from_json(v, NET),
    "state network": lambda v: State.from_json(UPDATE.state.to_json(), v),
}


@pytest.mark.parametrize("place", PLACES)
def test_it_works_or_says_what_is_wrong(place):
    for odd, value in ODD.items():
        try:
            PLACES[place](value)
        except ValueError as refusal:
            assert len(str(refusal)) > 10, odd
        except Exception as error:
            raise AssertionError(f"{odd}: {error!r}") from error


def states(value: object):
    """A right state with one part replaced, at every depth."""
    right = UPDATE.state
    yield replace(right, optimiser=value)
    yield replace(right, t=value)
    yield replace(right, layers=value)
    yield replace(right, layers=(value, value))
    first = right.layers[0]
    for layer in ({**first, "W": value}, {"W": first["W"]}, {**first, "W": {**first["W"], "m": value}}, {"b": {"m": value}}):
        yield replace(right, layers=(layer, right.layers[1]))
    yield State(value, value, value)


@pytest.mark.parametrize("odd", ODD)
def test_a_state_made_by_hand_is_checked_to_its_last_part(odd):
    for state in states(ODD[odd]):
        with pytest.raises(ValueError):
            Adam(lr=0.1).step(NET, TRACE, state)
        with suppress(ValueError):
            json.loads(state.to_json())


def test_a_state_of_another_type_of_number_is_refused():
    wrong = {p: {s: v.astype(np.float32) for s, v in slots.items()} for p, slots in UPDATE.state.layers[0].items()}
    with pytest.raises(ValueError, match="m of W must be an array of float64"):
        Adam(lr=0.1).step(NET, TRACE, replace(UPDATE.state, layers=(wrong, UPDATE.state.layers[1])))


NAMED = {
    "optimiser must be of type Optimiser, not str": lambda: train(NET, X, Y, "SGD"),
    "layers must be a list of Layer": lambda: Network(np.array(0.1)),
    "address of a quantity is text, not None": lambda: Quantity.parse(None),
    "x has masked entries": lambda: trace(NET, np.ma.array(X, mask=[False, True]), Y),
    "W has masked entries": lambda: Layer(np.ma.array([[1.0]], mask=[[True]]), None, "tanh"),
    "state must be of type State, not dict": lambda: SGD(lr=0.1).step(NET, TRACE, {}),
    "another shape": lambda: derive(Network([Layer([[1.0]], None, "tanh")])).evaluate(NET, X, Y),
    "of one sample": lambda: derive(NET).evaluate(NET, *BATCH),
    "z.1.1 needs the number of W.1.1.1": lambda: derive(NET).steps[0].evaluate({}),
}


@pytest.mark.parametrize("text", NAMED)
def test_the_refusal_names_what(text):
    with pytest.raises(ValueError, match=text):
        NAMED[text]()


def test_a_masked_array_without_masked_entries_is_an_array():
    assert trace(NET, np.ma.array(X, mask=[False, False]), Y).loss == TRACE.loss
