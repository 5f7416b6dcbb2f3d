"""How a network with batch normalisation or dropout becomes a Worked: a pass in training, or afterwards.

In training samples are not alone: mean and variance are of all of them. So where one sample is worked out, the numbers of the
others that those are made of are given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from mlp_core import Derivation, Network, Quantity, Step, Trace, derive, trace
from mlp_core.steps import Phase, Shape
from mlp_core.unfolding import unfold

from ..i18n import mark
from .mlp import Drawn, label, upto
from .plan import Column, Line, Plan, Spot
from .worked import Unfolding, Worked

UNFOLDS = ("slope", "jacobian", "weight_gradient", "bias_gradient", "paths")


def regular_pass(
    network: Network, x: object, y: object, mode: str = "train", seed: int = 0, masks: dict[int, object] | None = None,
    sample: int = 0,
) -> Worked:  # fmt: skip
    """A pass of ``network``, which has batch normalisation or dropout; arguments and errors as for ``trace``, sample as for
    ``of_regular``."""
    return of_regular(trace(network, x, y, mode, seed, masks), sample)


def of_regular(passed: Trace, sample: int = 0) -> Worked:
    """The Worked of a pass of a network with batch normalisation or dropout; sample: which of a batch is worked out, from 1, or
    0 for all of them. ValueError for another, and for a network with neither."""
    network, batch = passed.network, passed.batch or 0
    if not network.regular:
        raise ValueError("this network has no batch normalisation and no dropout: take of_trace")
    if not 0 <= sample <= batch:
        raise ValueError(f"there is no sample {sample}: the batch holds {batch}, counted from 1")
    shape, training = Shape.of(network), bool(passed.mode and passed.mode.training)
    steps = _steps(derive(network, batch or None, mode="train" if training else "eval"), sample)
    key = ("regular", shape, batch, network.reduction, training, sample)
    plan = _plan(Shape.of(network, frozen=True), batch, sample, steps)
    return Worked(
        steps, passed, plan, key, sizes=network.sizes,
        shared=shape.shared, batch=batch, sample=sample, normalised=_normalised(shape),
        editable=frozenset(q for q in steps.given if q.given), unfold=partial(_unfold, network, training), unfolds=_unfolds,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _normalised(shape: Shape) -> frozenset[int]:
    return frozenset(k for k in upto(len(shape.activations)) if shape.normalises(k))


@lru_cache(maxsize=64)
def _steps(whole: Derivation, sample: int) -> Derivation:
    """Of all steps those of a sample and of what the batch has together; what they need of the others is given."""
    if not sample:
        return whole
    own = tuple(step for step in whole if step.target.sample in (0, sample))
    made = {step.target for step in own}
    start = dict.fromkeys(q for q in whole.given if q.sample in (0, sample))
    start |= dict.fromkeys(q for step in own for q in step.inputs if q not in made)
    return Derivation(own, tuple(start))


@lru_cache(maxsize=64)
def _plan(shape: Shape, batch: int, sample: int, steps: Derivation) -> Plan:
    """The picture shows one sample of a batch: that which is worked out, the first where all are."""
    there = frozenset((*steps.given, *(step.target for step in steps)))
    drawn = _Drawn(shape, False, [sample] if sample or not batch else [*upto(batch)], there)
    columns = [Column(mark("Input"), 0, drawn.inputs())]
    for k in upto(drawn.last):
        neurons, title, activation = upto(shape.sizes[k]), drawn.title(k), shape.activations[k - 1].name
        if shape.normalises(k):
            columns.append(Column(title, k, tuple(drawn.standardised(k, i) for i in neurons)))
            columns.append(Column(mark("Normalised"), k, tuple(drawn.shifted(k, i) for i in neurons), activation))
        else:
            columns.append(Column(title, k, tuple(drawn.plain(k, i) for i in neurons), activation))
    return Plan(tuple(columns), tuple(drawn.between()), drawn.loss(bool(batch)), drawn.targets(), partial(label, shape.sizes))


@dataclass(frozen=True)
class _Drawn(Drawn):
    """What its picture is made of. there: the quantities that it has.

    A neuron with batch normalisation is two spots: up to its normalised number, and from there on; gamma stands on the line
    between them, beta under the second.
    """

    there: frozenset[Quantity]

    def plain(self, k: int, i: int) -> Spot:
        """A neuron without batch normalisation."""
        spot = self.neuron(k, i)
        if not self.shape.drops(k):
            return replace(spot, quantities=tuple(q for q in spot.quantities if q in self.there))
        kinds = ("z", "a", "mask", "a_drop"), ("delta", "dC_da", "mask", "dC_da_drop")
        return self._spot(f"n.{k}.{i}", k, i, *kinds, also=("da_dz",), bias=spot.bias)

    def standardised(self, k: int, i: int) -> Spot:
        """z and what it is normalised to, with the statistics."""
        training = Quantity("mean", k, (i,)) in self.there
        mean, var = ("mean", "var") if training else ("running_mean", "running_var")
        back = ("delta", "dC_dmean" if training else mean, "dC_dvar" if training else var, "dC_dz_hat")
        late = ("running_mean", "running_mean_new", "running_var", "running_var_new") if training else ()
        bias = self.neuron(k, i).bias
        spot = self._spot(f"n.{k}.{i}", k, i, ("z", mean, var, "z_hat"), back, late, bias=bias)
        return replace(spot, family="preactivation")

    def shifted(self, k: int, i: int) -> Spot:
        """What the activation takes and gives, with beta."""
        beta = Quantity("beta", k, (i,))
        bias = Spot(str(beta), beta.family, (beta, beta.beside("dbeta")), (beta,))
        kinds = ("z_bn", "a", "mask", "a_drop"), ("dC_dz_bn", "dC_da", "mask", "dC_da_drop")
        return self._spot(f"u.{k}.{i}", k, i, *kinds, also=("da_dz",), bias=bias)

    def _spot(
        self, id: str, k: int, i: int, forward: Sequence[str], backward: Sequence[str], update: Sequence[str] = (),
        also: Sequence[str] = (), bias: Spot | None = None,
    ) -> Spot:  # fmt: skip
        shown, back, late = (self._of(kinds, k, i, first=True) for kinds in (forward, backward, update))
        every = self._of((*forward, *backward, *update, *also), k, i)
        rows = {Phase.BACKWARD: back} | ({Phase.UPDATE: late} if late else {})
        return Spot(id, "activation", every, shown, rows, bias)

    def _of(self, kinds: Sequence[str], k: int, i: int, first: bool = False) -> tuple[Quantity, ...]:
        """These kinds of a neuron, of every sample or of the first, as far as there are such."""
        n = self.shape.sizes[k]
        jacobian = not self.shape.activations[k - 1].elementwise
        places = [(kind, index) for kind in kinds for index in
                  ([(m, i) for m in upto(n)] if jacobian and kind == "da_dz" else [(i,)])]  # fmt: skip
        samples = self.samples[:1] if first else self.samples
        found = (Quantity(kind, k, index).of_sample(s) for kind, index in places for s in samples)
        return tuple(q for q in dict.fromkeys(found) if q in self.there)

    def between(self) -> Iterator[Line]:
        """The weights, and gamma within each neuron with batch normalisation."""
        enters, leaves = self._columns()
        for line in self.lines():
            k, (j, i) = line.end[0], (line.start[1], line.end[1])
            yield replace(line, start=(leaves[k - 1], j), end=(enters[k], i))
        for k in upto(self.last):
            for i in upto(self.shape.sizes[k]) if self.shape.normalises(k) else ():
                gamma = Quantity("gamma", k, (i,))
                yield Line(str(gamma), (enters[k], i), (leaves[k], i), (gamma, gamma.beside("dgamma")))

    def _columns(self) -> tuple[list[int], list[int]]:
        """At which column a layer is entered and left, by its number."""
        enters, leaves = [0], [0]
        for k in upto(self.last):
            enters.append(leaves[-1] + 1)
            leaves.append(enters[-1] + self.shape.normalises(k))
        return enters, leaves


def _unfolds(step: Step) -> bool:
    return step.phase is Phase.BACKWARD and step.law in UNFOLDS


def _unfold(network: Network, training: bool, step: Step) -> Unfolding | None:
    """As for a network with neither, with what the activation takes in the place of z, and what is passed on in that of a."""
    if not _unfolds(step):
        return None
    k, shape, s = step.target.layer, Shape.of(network), step.target.sample
    of_slope = step.law in ("slope", "jacobian")
    layer = k - 1 if step.target.is_gradient else k
    other = shape.normalises(k) if of_slope else training and layer > 0 and shape.drops(layer)
    old, new = ("z", "z_bn") if of_slope else ("a", "a_drop")
    places = [Quantity(old, layer, (i,), s) for i in upto(shape.sizes[layer])] if other else []
    there = {q.symbol: q.beside(new).symbol for q in places}
    back = {symbol: own for own, symbol in there.items()}
    inputs = tuple(q.beside(old) if q.symbol in back else q for q in step.inputs)
    found = unfold(network, replace(step, formula=step.formula.xreplace(back), inputs=inputs))
    if found is None:
        return None
    function, forms, variable = found
    return function.xreplace(there), [form.xreplace(there) for form in forms], variable.xreplace(there)
