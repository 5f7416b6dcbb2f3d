"""Weight decay in its three forms: each a law for NumPy arrays and SymPy symbols alike. Biases never decay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import sympy as sp

from ..functions import add, lookup, mul
from ..kinds import Kind, enter_kind, enter_settings, enter_slots
from ..network import Network, NonFinite, expect, is_number
from ..quantity import Quantity
from ..steps import Phase, Step, enter_law

Law = Callable[[Any, Callable[[Any], Any]], Any]


@dataclass(frozen=True, kw_only=True)
class Form:
    """One form of weight decay.

    title: for people, in English; share: what the squares of all weights are multiplied by in the loss, in units of the rate,
    0 where the loss stays as it is; before: what becomes of the gradient before the optimiser sees it; after: what is taken
    from the weight beside the optimiser's step. Laws as those of an optimiser, with ``q.w`` for the weight itself.
    """

    title: str
    share: sp.Rational
    before: Mapping[str, Law]
    after: Mapping[str, Law]

    @property
    def laws(self) -> dict[str, Law]:
        """All of them."""
        return {**self.before, **self.after}


FORMS: dict[str, Form] = {
    "l2": Form(
        title="in the loss: λ|W|²",
        share=sp.Integer(1),
        before={"g": lambda q, sqrt: q.g + 2 * q.weight_decay * q.w},
        after={},
    ),
    "l2_half": Form(
        title="in the loss: λ/2 |W|²",
        share=sp.Rational(1, 2),
        before={"g": lambda q, sqrt: q.g + q.weight_decay * q.w},
        after={},
    ),
    "decoupled": Form(
        title="beside the step: W − ηλW",
        share=sp.Integer(0),
        before={},
        after={"decay": lambda q, sqrt: q.lr * q.weight_decay * q.w},
    ),
}
enter_settings({"weight_decay": "λ"})
enter_slots({"g": "g", "decay": "D"}, ("W",))
enter_kind("R", Kind(family="loss", arity=(0,), layered=False))
enter_kind("C_decayed", Kind(family="loss", arity=(0,), layered=False, letter="J"))
enter_law("decay", Phase.UPDATE)
enter_law("penalty", Phase.LOSS)
enter_law("penalised", Phase.LOSS)


@dataclass(frozen=True)
class Decay:
    """How weights decay in training.

    rate: lambda, from 0 on; form: a name of ``FORMS``: "l2" adds lambda |W|^2 to the loss and so 2 lambda W to the gradient,
    "l2_half" half of both; "decoupled" takes lr lambda W from the weight beside the optimiser's step, and leaves gradient and
    loss alone. |W|^2 is the sum of the squares of all weights of all layers; over a batch it is added once. ValueError for a
    rate below 0 and an unknown form. Source: Krogh and Hertz 1992; decoupled: Loshchilov and Hutter 2019.
    """

    rate: float
    form: str = "l2"

    def __post_init__(self) -> None:
        lookup(FORMS, self.form, "form of weight decay")
        if not is_number(self.rate) or self.rate < 0:
            raise ValueError(f"weight_decay must be a finite number from 0 on, not {str(self.rate)[:60]}")
        object.__setattr__(self, "rate", float(self.rate))

    def penalty(self, network: Network) -> float:
        """What the loss has in addition: a Python float, 0 where the form is decoupled. NonFinite where it overflows."""
        share = float(FORMS[self.form].share) * self.rate
        if not share:
            return 0.0
        with np.errstate(over="ignore"):
            squares = [float(np.vdot(layer.W, layer.W)) for layer in network.layers]
        for k, square in enumerate(squares, 1):
            if not np.isfinite(share * square):
                raise NonFinite(f"layer {k}: the squares of its weights overflow", k)
        return share * sum(squares)

    def values(self, network: Network, loss: float) -> dict[Quantity, float]:
        """The numbers of what ``derive`` gives, with the rate; loss: C, that of the data. NonFinite where one overflows."""
        found = {Quantity("weight_decay"): self.rate}
        if FORMS[self.form].share:
            penalty = self.penalty(network)
            if not np.isfinite(loss + penalty):
                raise NonFinite("the loss with its penalty overflows", 0)
            found |= {Quantity("R"): penalty, Quantity("C_decayed"): loss + penalty}
        return found

    def derive(self, network: Network) -> tuple[Step, ...]:
        """The Steps of the penalty R and of the loss with it, C + R, for which C is given; none where it is decoupled."""
        expect(network, Network, "network")
        return _derive(self.form, network.sizes)


@lru_cache(maxsize=64)
def _derive(form: str, sizes: tuple[int, ...]) -> tuple[Step, ...]:
    if not (share := FORMS[form].share):
        return ()
    places = [(k, (i, j)) for k, (m, n) in enumerate(pairwise(sizes), 1)
              for i in range(1, n + 1) for j in range(1, m + 1)]  # fmt: skip
    weights = tuple(Quantity("W", k, index) for k, index in places)
    rate, penalty, loss = Quantity("weight_decay"), Quantity("R"), Quantity("C")
    squares = add(*(sp.Pow(w.symbol, 2) for w in weights))
    return (
        Step(penalty, f"penalty.{form}", mul(share * rate.symbol, squares), (rate, *weights)),
        Step(Quantity("C_decayed"), "penalised", add(loss.symbol, penalty.symbol), (loss, penalty)),
    )
