"""A quantity says what it is, and a step in which phase it stands."""

import ast
from pathlib import Path

import pytest

import mlp_core
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


def test_modules_of_the_core_import_one_way():
    root = Path(mlp_core.__file__).parent
    needs = {}
    for path in root.rglob("*.py"):
        here = ("mlp_core", *path.relative_to(root).with_suffix("").parts)
        found = needs.setdefault(".".join(here).removesuffix(".__init__"), set())
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = [*here[: -node.level], *(node.module or "").split(".")]
                found |= {".".join(filter(None, [*base, *extra])) for extra in ([], *([a.name] for a in node.names))}
    needs = {name: {other for other in found if other in needs and other != "mlp_core"} for name, found in needs.items()}
    while free := [name for name, found in needs.items() if not found]:
        for name in free:
            del needs[name]
        needs = {name: found.difference(free) for name, found in needs.items()}
    assert not needs, f"these import each other: {sorted(needs)}"
