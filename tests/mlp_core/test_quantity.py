"""A quantity says what it is, and a step in which phase it stands."""

import pytest

from mlp_core import Adam, Layer, Network, Quantity, derive
from mlp_core.kinds import KINDS, Kind, enter_kind
from mlp_core.steps import Phase, Step

SLOTS = ("m_prev", "v_prev", "m", "v", "m_hat", "v_hat", "step")


def of(kind: str) -> Quantity:
    return Quantity(kind, 1 if KINDS[kind].layered and kind != "x" else 0, (1, 2, 3)[: KINDS[kind].arity[0]])


@pytest.mark.parametrize("parameter", ["W", "b"])
def test_what_belongs_to_a_parameter_says_so(parameter):
    own = {name for name in KINDS if of(name).parameter == parameter}
    found = (*SLOTS, *(("g", "decay") if parameter == "W" else ()))
    slots = {f"{slot}_{parameter}" for slot in found}
    assert own == {parameter, f"d{parameter}", f"d{parameter}_new", f"{parameter}_new", *slots}
    assert {name for name in own if of(name).is_gradient} == {f"d{parameter}", f"d{parameter}_new"}
    assert {name for name in own if of(name).updated} == {f"{parameter}_new"}
    assert {of(name).slot for name in own if of(name).slot} == set(found)
    assert all(of(name).beside(parameter) == of(parameter) for name in own)


def test_what_is_given():
    own = {"variable", "point", "label", "weight", "offset"}  # of an expression, and of a perceptron's pass
    own |= {"gamma", "beta", "norm_eps", "norm_momentum", "p", "running_mean", "running_var", "mask"}  # of training
    own |= {"n_in", "n_out", "square_in", "square_error"}  # of first weights
    assert {name for name in KINDS if of(name).given} == {"x", "y", "W", "b"} | own


def test_a_kind_has_one_meaning():
    enter_kind("z", KINDS["z"])
    with pytest.raises(ValueError, match="z is another kind"):
        enter_kind("z", Kind(family="setting"))


def test_every_step_has_its_phase():
    net = Network([Layer([[1, 2], [3, 4]], [1, 2], "softmax")])
    found = [step.phase for step in (*derive(net), *Adam(lr=1).derive(net))]
    assert found == sorted(found, key=list(Phase).index)
    assert set(found) == set(Phase)
    with pytest.raises(ValueError, match="no phase"):
        _ = Step(Quantity("C"), "guess", Quantity("C").symbol, ()).phase
