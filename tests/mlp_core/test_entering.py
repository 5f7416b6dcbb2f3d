"""An activation, a loss, an optimiser and a notation entered at run time go the whole way, and leave nothing behind."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest
import sympy as sp

from mlp_core import (
    Layer,
    Network,
    Optimiser,
    Quantity,
    State,
    check_gradients,
    derive,
    functions,
    optimisers,
    trace,
    train,
)
from mlp_core.functions import ACTIVATIONS, LOSSES, Activation, Loss
from mlp_core.kinds import KINDS
from mlp_core.optimisers import OPTIMISERS, setting, switch
from mlp_core.steps import Phase
from mlp_core.writing import latex, names, python, typst

SOFTSIGN = Activation(
    name="softsign",
    title="softsign",
    latex=r"\mathrm{softsign}",
    f=lambda z: z / (1 + abs(z)),
    slope=lambda z, a: (1 + abs(z)) ** -2,
    expr=lambda z: sp.Piecewise((z / (1 + z), z > 0), (z / (1 - z), True)),
    slope_expr=lambda z, a: sp.Piecewise(((1 - a) ** 2, z > 0), ((1 + a) ** 2, True)),
    lookalike="tanh",
    range=(-1, 1),
)
QUARTIC = Loss(
    name="quartic_error",
    title="quartic error",
    f=lambda z, a, y, d: (d**4).sum(axis=-1),
    slope=lambda z, a, y, d: 4 * d**3,
    term=lambda a, y, n: (a - y) ** 4,
    expr=lambda a, y: sp.Add(*((one - other) ** 4 for one, other in zip(a, y, strict=True))),
    slope_expr=lambda a, y, n: 4 * (a - y) ** 3,
)


@dataclass(frozen=True)
class Damped(Optimiser):
    """u = damping u_old + g^2; step = -lr g / (1 + u)."""

    damping: float = setting(0.5, title="damping", letter="γ_0", step=0.1, at_least=0, below=1)
    halved: bool = switch(False, title="half of it")

    name: ClassVar[str] = "Damped"
    title: ClassVar[str] = "Damped"
    letters: ClassVar[Mapping[str, str]] = {"u": "û"}
    slots: ClassVar[tuple[str, ...]] = ("u",)

    @property
    def laws(self):
        share = 2 if self.halved else 1
        return {
            "u": lambda q, sqrt: q.damping * q.u_prev + q.g**2,
            "step": lambda q, sqrt: -q.lr * q.g / (share * (1 + q.u)),
        }


@pytest.fixture
def entered():
    functions.enter(SOFTSIGN)
    functions.enter(QUARTIC)
    optimisers.enter(Damped)
    yield Network(
        [Layer([[0.5, -0.25], [1.0, 0.75]], [0.1, 0.0], "softsign"), Layer([[1.0, -0.5]], None, "softsign")],
        loss="quartic_error",
    )
    functions.leave(SOFTSIGN)
    functions.leave(QUARTIC)
    optimisers.leave(Damped)


@pytest.mark.parametrize("x", [[1.0, -2.0], [[1.0, -2.0], [0.5, 3.0]]])
def test_a_new_activation_and_loss_have_gradients(entered, x):
    y = np.ones((*np.shape(x)[:-1], 1))
    assert check_gradients(entered, x, y).largest < 1e-9


def test_a_new_optimiser_has_steps_that_give_its_numbers(entered):
    x, y = [1.0, -2.0], [1.0]
    optimiser = Damped(lr=0.1, damping=0.25)
    first = optimiser.step(entered, trace(entered, x, y))
    t = trace(first.network, x, y)
    state = State.from_json(first.state.to_json(), first.network)
    update = optimiser.step(first.network, t, state)
    values = {q: t[q] for q in derive(entered).given}
    for step in (*derive(entered), *update.steps):
        values |= {q: update[q] for q in step.inputs if q not in values}
        values[step.target] = float(step.evaluate(values))
        assert values[step.target] == pytest.approx(update[step.target], rel=1e-12), step.target
    u = Quantity("u_W", 1, (1, 2))
    g = first.trace[Quantity("dW", 1, (1, 2))], t[Quantity("dW", 1, (1, 2))]
    assert update[u] == pytest.approx(0.25 * g[0] ** 2 + g[1] ** 2, rel=1e-12)
    assert (u.parameter, u.slot, u.family) == ("W", "u", "optimiser")
    assert [s.rule for s in update.steps[:3]] == ["Damped.u", "Damped.step", "apply"]
    assert {s.phase for s in update.steps} == {Phase.UPDATE}
    assert optimiser.step(entered, trace(entered, x, y)).layers[0].W["step"][0, 0] == (
        2 * replace(optimiser, halved=True).step(entered, trace(entered, x, y)).layers[0].W["step"][0, 0]
    )
    assert train(entered, x, y, optimiser, epochs=50).loss[-1] < trace(entered, x, y).loss


def test_what_is_new_is_checked_and_written_like_the_rest(entered):
    with pytest.raises(ValueError, match="Damped: damping must be at least 0 and below 1, not 1"):
        Damped(lr=0.1, damping=1)
    with pytest.raises(ValueError, match="Damped: halved is True or False"):
        Damped(lr=0.1, halved="no")
    step = Damped(lr=0.1).derive(entered)[0]
    plain = {q.symbol: names.NOTES.name(q).latex() for q in step.inputs}
    assert latex.write(step.formula, plain) == (
        r"\gamma_{0} \hat{u}^{\,\text{old}}_{W^{(1)}_{1,1}} + \left(\frac{\partial C_{0}}{\partial W^{(1)}_{1,1}}\right)^{2}"
    )
    assert names.NOTES.name(step.target).text() == "û[W⁽¹⁾₁,₁]"
    assert typst.name(names.NOTES.name(Quantity("damping"))) == "γ_(0)"
    assert python.Code().doprint(step.formula) == "damping*u_prev_W_1_1_1 + dW_1_1_1**2"


def test_what_was_entered_is_known_once_and_leaves_nothing(entered):
    for enter, record in ((functions.enter, SOFTSIGN), (functions.enter, QUARTIC), (optimisers.enter, Damped)):
        with pytest.raises(ValueError, match="already"):
            enter(record)
    optimisers.leave(Damped)
    assert not {"damping", "u_W", "u_b", "u_prev_W", "u_prev_b"} & KINDS.keys()
    assert {"lr", "t", "step_W", "v_b"} <= KINDS.keys(), "what others have stays"
    with pytest.raises(ValueError, match="unknown kind"):
        Quantity("damping")
    optimisers.enter(Damped)


def test_afterwards_they_are_unknown():
    assert not {"softsign", "quartic_error", "Damped"} & {*ACTIVATIONS, *LOSSES, *OPTIMISERS}
    with pytest.raises(ValueError, match="softsign"):
        Layer([[1.0]], None, "softsign")
    Network([Layer([[1.0]], None, "sigmoid")])


@dataclass(frozen=True)
class Bare(Optimiser):
    decay: float = 0.5
    name: ClassVar[str] = "Bare"


@dataclass(frozen=True)
class Other(Optimiser):
    momentum: float = setting(0.5, title="momentum", letter="κ", step=0.1)
    name: ClassVar[str] = "Other"


@pytest.mark.parametrize(("record", "why"), [(Bare, "decay must be made by setting"), (Other, "momentum is another kind")])
def test_an_optimiser_that_does_not_say_what_is_needed_is_refused(record, why):
    kinds = dict(KINDS)
    with pytest.raises(ValueError, match=why):
        optimisers.enter(record)
    assert record.name not in OPTIMISERS
    assert kinds == KINDS


def test_a_new_notation_names_everything():
    mine = names.enter(names.Notation(key="mine", title="Mine", letters={"W": "θ", "lr": "γ"}, sup="[{}]"))
    try:
        assert names.NOTATIONS["mine"] is mine
        assert mine.name(Quantity("W", 1, (1, 2))).latex() == r"\theta^{[1]}_{1,2}"
        assert mine.name(Quantity("lr")).latex() == r"\gamma"
        with pytest.raises(ValueError, match="mine already"):
            names.enter(mine)
    finally:
        del names.NOTATIONS["mine"]
