"""What a misconception is written in: a Place is where a question stands, a Rule the wrong formula that is used there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import sympy as sp

from mlp_core import Quantity, Step
from mlp_core.functions import ACTIVATIONS, LOSSES, Activation, add, mul
from mlp_core.graph.operations import OPERATIONS
from mlp_core.initialisation import SCHEMES
from mlp_core.kinds import KINDS
from mlp_core.optimisers import OPTIMISERS
from mlp_core.optimisers.decay import FORMS
from mlp_core.optimisers.schedules import SCHEDULES
from mlp_core.steps import PHASES

if TYPE_CHECKING:
    from .frame import Frame

MOST_TERMS = 12  # of a sum, one of which may have the other sign


@dataclass(frozen=True)
class Place:
    """Where a question stands: the step asked, in its frame. Layers and indices are checked where a formula is compiled."""

    frame: Frame
    step: Step

    @property
    def laws(self) -> tuple[str, ...]:
        """The names of its law, as ``laws_of`` has them."""
        return laws_of(self.step)

    @property
    def formula(self) -> sp.Expr:
        """The right formula."""
        return self.step.formula

    @property
    def layer(self) -> int:
        """The layer of the target."""
        return self.step.target.layer

    @property
    def sample(self) -> int:
        """The sample of the target; 0 where there is one alone, and for what a batch has together."""
        return self.step.target.sample

    @property
    def i(self) -> int:
        """The first index of the target: its neuron."""
        return self.step.target.index[0]

    @property
    def j(self) -> int:
        """The last index of the target: for a weight, the neuron before it."""
        return self.step.target.index[-1]

    @property
    def last(self) -> int:
        """The number of layers."""
        return len(self.frame.activations)

    @property
    def loss(self) -> str:
        """The name of the network's loss."""
        return self.frame.loss

    @property
    def activation(self) -> str:
        """The name of the layer's activation."""
        return self.frame.activations[self.layer - 1]

    @property
    def record(self) -> Activation:
        """The record of the layer's activation; the slope of a leaky ReLU is that which the layer's own steps have."""
        record, step = ACTIVATIONS[self.activation], self.frame.steps.get(Quantity("da_dz", self.layer, (1,), self.sample))
        return record.sloped(float(step.formula.args[-1][0])) if record.sloped and step else record

    @property
    def lookalike(self) -> Activation | None:
        """The activation that is taken for the layer's by mistake."""
        return ACTIVATIONS.get(ACTIVATIONS[self.activation].lookalike)

    def size(self, layer: int) -> int:
        """How many neurons a layer has."""
        return self.frame.sizes[layer]

    def others(self) -> Iterator[int]:
        """The other neurons of the layer."""
        return (m for m in range(1, self.size(self.layer) + 1) if m != self.i)

    def q(self, kind: str, layer: int = 0, *index: int) -> sp.Expr:
        """The symbol of a quantity; where the error term goes backward instead of the delta, minus that.

        What an error term is made of has the other sign, too, so that a rule for a delta is one for an error term. In a step
        that is done once more, through updated weights, it is what was computed once more, so that a rule is one for it, too.
        Of a batch it is the quantity of the target's own sample. z is what the activation takes, which batch normalisation has
        made of it.
        """
        kind = "z_bn" if kind == "z" and self.normalises(layer) else kind
        made = self.step.target.kind in ("error", "error_new")
        if kind == "delta" and self.frame.computes("error", layer):
            symbol = Quantity(self._late("error", layer), layer, index, self.sample).symbol
            return symbol if made else minus(symbol)
        symbol = Quantity(self._late(kind, layer), layer, index).of_sample(self.sample).symbol
        return minus(symbol) if made and kind == "dC_da" else symbol

    def _late(self, kind: str, layer: int) -> str:
        """The kind that stands for this one in that layer: another only in a step that is done once more."""
        late = kind in ("dC_da", "delta", "error") or (kind == "W" and layer > self.layer)
        known = late and bool(self.step.target.again) and self.frame.computes(f"{kind}_new", layer)
        return f"{kind}_new" if known else kind

    def normalises(self, layer: int) -> bool:
        """Whether a layer has batch normalisation."""
        return self.frame.computes("z_bn", layer)

    def drops(self, layer: int) -> bool:
        """Whether outputs of a layer are dropped in this pass."""
        return self.frame.computes("a_drop", layer)

    def own(self, kind: str) -> sp.Expr:
        """The symbol of another quantity of the target's neuron."""
        return self.q(kind, self.layer, self.i)

    def passed_on(self, layer: int, j: int) -> sp.Symbol:
        """What neuron j of a layer passes on; layer 0 is the input."""
        return self.q("a_drop" if self.drops(layer) else "a" if layer else "x", layer, j)

    def swapped(self, old: str, new: Callable[[Quantity], sp.Expr | None]) -> Iterator[sp.Expr]:
        """The right formula with each input of kind ``old`` replaced; nothing where one has no replacement."""
        kinds = {"z": ("z", "z_bn"), "a": ("a", "a_drop")}.get(old, (old,))
        pairs = {q.symbol: new(q) for q in self.step.inputs if (q.again or q.kind) in kinds}
        if pairs and None not in pairs.values():
            yield self.formula.xreplace(pairs)

    def terms(self) -> list[sp.Expr]:
        """The terms of the right formula, one or more."""
        return list(self.formula.args) if self.formula.is_Add else [self.formula]

    def neighbours(self) -> Iterator[Quantity]:
        """Targets of the same kind and layer whose address differs from this one's in one index."""
        target = self.step.target
        alike = (q for q in self.frame.steps if (q.kind, q.layer, q.sample) == (target.kind, target.layer, target.sample))
        for other in alike:
            if sum(one != two for one, two in zip(other.index, target.index, strict=True)) == 1:
                yield other

    def paths(self, weight: Callable[[int], sp.Expr], error: str = "delta") -> list[sp.Expr]:
        """The paths through the layer ahead: for each neuron m of it, its delta times ``weight(m)``; none from the last layer,
        and none where there is no such error."""
        ahead = self.layer + 1
        there = ahead <= self.last and (error == "delta" or self.frame.computes(error, ahead))
        neurons = range(1, self.size(ahead) + 1) if there else ()
        return [mul(self.q(error, ahead, m), weight(m)) for m in neurons]

    def weights_from(self, neuron: int, kind: str = "W") -> Callable[[int], sp.Symbol]:
        """The weights from a neuron of this layer to neuron m of the layer ahead."""
        return lambda m: self.q(kind, self.layer + 1, m, neuron)

    def slope(self, z: sp.Expr) -> sp.Expr:
        """f' of this layer as a function of z alone."""
        record = self.record
        return record.slope_formula([z], [record.expr(z)], 0, 0)

    def update(self, name: str) -> sp.Symbol:
        """A quantity of this parameter's update: g, old (W or b), a slot such as m or m_prev, or a setting such as lr; g with
        what a penalty adds, where the step takes that."""
        if name in KINDS and KINDS[name].family == "setting":
            return self.q(name)
        target = self.step.target
        if name == "g" and any(q.slot == "g" for q in self.step.inputs):
            return target.beside(f"g_{target.parameter}").symbol
        late = any(q.is_gradient and q.again for q in self.step.inputs)
        gradient = f"d{target.parameter}{'_new' if late else ''}"
        kind = {"g": gradient, "old": target.parameter}.get(name, f"{name}_{target.parameter}")
        return target.beside(kind).symbol

    def before(self) -> Place:
        """Where the step that a new parameter is made with was computed."""
        target = self.step.target
        return Place(self.frame, self.frame.steps[target.beside(f"step_{target.parameter}")])


Wrong = Callable[[Place], Iterator[sp.Expr]]


@dataclass(frozen=True)
class Rule:
    """A wrong formula, for every step by one of ``laws`` (or of their cases); it yields nothing where it does not apply.

    formula: the wrong formula in a line; page: where the matter is explained, empty for the page of the step's phase; share:
    how often the misconception is made in this way, compared with its commonest one.
    """

    name: str
    formula: str
    laws: tuple[str, ...]
    wrong: Wrong
    page: str = ""
    share: float = 1.0


def spoils(*laws: str, page: str = "", share: float = 1.0) -> Callable[[Wrong], Rule]:
    """Make a function that yields wrong formulas, the likeliest first, a Rule; its docstring is the formula in a line.

    ValueError for a law that no Step can have, and for a rule without its formula.
    """

    def made(wrong: Wrong) -> Rule:
        name, formula = getattr(wrong, "__name__", "rule"), (wrong.__doc__ or "").strip()
        if not formula or not laws:
            raise ValueError(f"{name}: a rule has a law that it spoils and a docstring that is the wrong formula")
        for law in laws:
            _check(name, law)
        return Rule(name, formula, laws, wrong, page, share)

    return made


def _check(name: str, rule: str) -> None:
    law, dot, case = rule.partition(".")
    cases: dict[str, object] = dict.fromkeys((*PHASES, "apply"), ())
    cases |= {"affine": ["nobias"], "paths": ["one"], "delta": ["jacobian", "normalised"], "weight_gradient": ["fused"]}
    cases |= dict.fromkeys(("activation", "slope"), ACTIVATIONS) | dict.fromkeys(("loss", "loss_slope"), LOSSES)
    cases |= dict.fromkeys(("operation", "local"), OPERATIONS) | {"derivative": ["one", "seed"]}
    cases |= {"apply": ["decayed"], "decay": FORMS, "penalty": FORMS}
    cases |= {"schedule": SCHEDULES}
    cases |= {"perceptron_loss": ["none"], "perceptron_slope": ["weight", "offset"]}
    cases |= dict.fromkeys(("normalise", "normalise_back"), ("running",)) | {"running": ["mean", "var"]}
    cases |= {"initial_scale": SCHEMES, "initial_variance": ["uniform", "normal", "constant"]}
    cases |= {name: ["mean", "sum"] for name in PHASES if name.startswith("batch_")}
    cases |= {optimiser: record(lr=1.0).laws for optimiser, record in OPTIMISERS.items()}
    if law not in cases:
        raise ValueError(f"{name}: no Step is by the law {law!r}; known: {', '.join(cases)}")
    if dot and case not in cases[law]:  # type: ignore[operator]
        raise ValueError(f"{name}: the law {law} has no case {case!r}")


def laws_of(step: Step) -> tuple[str, ...]:
    """By which names a rule is found for a step, the closest first: its case, what of an update it computes, its law.

    A step that is done once more has those of the first time, too, and one through the loss of all samples those of one alone.
    """
    law, dot, case = step.rule.partition(".")
    first = law.removesuffix("_again").removeprefix("reduced_")
    return (step.rule, law, first + dot + case, first) if first != law else (step.rule, f"{law}.{step.target.slot}", law)


def minus(formula: sp.Expr) -> sp.Expr:
    """The formula with its sign reversed."""
    first, *others = formula.args if formula.is_Mul else (formula,)
    if first == -1:
        return mul(*others)
    if first.is_Mul and first.args[0] == -1:
        return mul(*first.args[1:], *others)
    return mul(sp.Integer(-1), formula)


def one_reversed(p: Place) -> Iterator[sp.Expr]:
    """The right formula with one of its terms reversed, for every one; of a long sum, of its first ones."""
    terms = p.terms()
    for n, term in enumerate(terms[:MOST_TERMS]):
        yield add(*terms[:n], minus(term), *terms[n + 1 :])


def exchanged(p: Place) -> Iterator[sp.Expr]:
    """The right formula with two of its weights in each other's place, for every two."""
    weights = [q.symbol for q in p.step.inputs if q.kind in ("W", "W_new")]
    for one, other in combinations(weights, 2):
        yield p.formula.xreplace({one: other, other: one})
