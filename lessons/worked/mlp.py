"""How a multilayer perceptron becomes a Worked: the pass of one sample or of a batch, and an update where there is one.

Of a batch one sample is worked out, and what the batch has together of it and of the others: their losses and gradients are
given then, as each of them can be worked out in its place. Or, for sample 0, everything is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial

from mlp_core import Decay, Derivation, Network, Optimiser, Quantity, State, Step, Trace, Update, derive, trace
from mlp_core.steps import Phase, Shape, given
from mlp_core.unfolding import unfold

from ..i18n import gettext as _
from ..i18n import mark
from .plan import Column, Line, Plan, Spot
from .worked import Values, Worked

MAX_SHAPES = 64  # kept
FORWARD = ("z", "a")
LOSS, PENALTY, PENALISED = Quantity("C"), Quantity("R"), Quantity("C_decayed")


def mlp(
    network: Network,
    x: object,
    y: object,
    optimiser: Optimiser | None = None,
    state: State | None = None,
    sequential: bool = False,
    sample: int = 1,
    decay: Decay | None = None,
) -> Worked:
    """One sample through ``network``, x (n_in,) and y (n_out,), or a batch with a row for each; with an optimiser its update,
    too. sample and decay: as for ``of_trace``. Errors as for ``trace``."""
    passed = trace(network, x, y)
    if optimiser:
        return of_update(optimiser.step(network, passed, state, sequential, decay), sample)
    return of_trace(passed, sample, decay)


def of_trace(passed: Trace, sample: int = 1, decay: Decay | None = None) -> Worked:
    """The Worked of a pass; sample: which of a batch is worked out, from 1, or with 0 all of them. ValueError for another.

    decay: how weights decay; where that is a penalty in the loss, its Steps are there, too.
    """
    which = sample if passed.batch else 0
    penalty = decay.derive(passed.network) if decay else ()
    form = (decay.form,) if decay and penalty else ()
    key = ("mlp", Shape.of(passed.network), *_several(passed, which), *form)
    steps = _kept(key, lambda: _with_penalty(_pass(passed, which), penalty)) if penalty else _pass(passed, which)
    return _worked(passed, Penalised.of(passed, decay), steps, key, which)


def of_update(update: Update, sample: int = 1) -> Worked:
    """The Worked of a pass and the update made of it; sample: as for ``of_trace``."""
    passed = update.trace
    which = sample if passed.batch else 0
    shape = Shape.of(passed.network, frozen=True)
    key = ("mlp", shape, update.optimiser.key, update.decay and update.decay.form, update.sequential, *_several(passed, which))
    penalty = update.decay.derive(passed.network) if update.decay else ()
    steps = _kept(key, lambda: _with_update(_with_penalty(_pass(passed, which), penalty), update.steps, which))
    made = _worked(passed, update, steps, key, which, update.sequential)
    return replace(made, after=lambda: Penalised.of(trace(update.network, passed.x, passed.y), update.decay))


@dataclass(frozen=True, eq=False)
class Penalised:
    """The numbers of a pass, with those of the penalty for large weights. NonFinite where that overflows."""

    passed: Trace
    decay: Decay

    @classmethod
    def of(cls, passed: Trace, decay: Decay | None) -> Values:
        """The pass itself where its loss has no penalty."""
        return cls(passed, decay) if decay and decay.derive(passed.network) else passed

    @cached_property
    def _own(self) -> dict[Quantity, float]:
        return self.decay.values(self.passed.network, self.passed.loss)

    def __getitem__(self, quantity: Quantity) -> float:
        return self._own[quantity] if quantity in self._own else self.passed[quantity]


def _pass(passed: Trace, sample: int) -> Derivation:
    return derive(passed.network, passed.batch, sample or None)


def _worked(
    passed: Trace, values: Values, steps: Derivation, key: Hashable, which: int, sequential: bool = False
) -> Worked:
    network, batch = passed.network, passed.batch or 0
    shape = Shape.of(network, frozen=True)
    penalised = PENALISED in steps
    return Worked(
        steps, values, _plan(shape, sequential, batch, which, penalised), key, sizes=network.sizes, shared=shape.shared,
        batch=batch, sample=which, editable=frozenset(given(network, passed.batch)), unfold=partial(unfold, network),
        unfolds=_unfolds,
    )  # fmt: skip


def _unfolds(step: Step) -> bool:
    return step.phase is Phase.BACKWARD and step.law not in ("delta", "fused", "batch_weight_gradient", "batch_bias_gradient")


def _several(passed: Trace, sample: int) -> tuple[int | str, ...]:
    """What the Steps of a batch depend on, beside the shape."""
    return (passed.batch, passed.network.reduction, sample) if passed.batch else ()


_STEPS: dict[Hashable, Derivation] = {}


def _kept(key: Hashable, make: Callable[[], Derivation]) -> Derivation:
    """What is made once: the next network of that shape has the same."""
    if key not in _STEPS:
        if len(_STEPS) >= MAX_SHAPES:
            _STEPS.clear()
        _STEPS[key] = make()
    return _STEPS[key]


def _with_update(derivation: Derivation, update: tuple[Step, ...], sample: int) -> Derivation:
    """Pass and update in one derivation. Of what a sequential update does once more for every sample, that of the sample
    (0: all) and of the batch."""
    own = tuple(step for step in update if not sample or step.target.sample in (0, sample))
    return _more(derivation, (*derivation.steps, *own))


def _with_penalty(derivation: Derivation, penalty: tuple[Step, ...]) -> Derivation:
    """The same with the penalty behind the loss."""
    if not penalty:
        return derivation
    at = derivation.position(LOSS) + 1
    return _more(derivation, (*derivation.steps[:at], *penalty, *derivation.steps[at:]))


def _more(derivation: Derivation, steps: tuple[Step, ...]) -> Derivation:
    """These Steps, with what they need given."""
    known = {*derivation.given, *(step.target for step in steps)}
    more = dict.fromkeys(q for step in steps for q in step.inputs if q not in known)
    return Derivation(steps, (*derivation.given, *more))


@lru_cache(maxsize=64)
def _plan(shape: Shape, sequential: bool = False, batch: int = 0, sample: int = 0, penalised: bool = False) -> Plan:
    """The picture of a network, which shows one sample of a batch: that which is worked out, the first where all are;
    penalised: the loss with its penalty, too."""
    drawn = Drawn(shape, sequential, [sample] if sample or not batch else [*upto(batch)])
    columns = [Column(mark("Input"), 0, drawn.inputs())]
    for k in upto(drawn.last):
        spots = tuple(drawn.neuron(k, i) for i in upto(shape.sizes[k]))
        columns.append(Column(drawn.title(k), k, spots, shape.activations[k - 1].name))
    loss = drawn.loss(bool(batch), penalised)
    return Plan(tuple(columns), tuple(drawn.lines()), loss, drawn.targets(), partial(label, shape.sizes))


def label(sizes: tuple[int, ...]) -> str:
    """What a picture of a network of these sizes is called."""
    return _("Network {sizes}").format(sizes="-".join(map(str, sizes)))


@dataclass(frozen=True)
class Drawn:
    """What the picture of a network is made of; samples: those that an element stands for, the first of which it shows."""

    shape: Shape
    sequential: bool
    samples: Sequence[int]

    def all(self, kind: str, layer: int, *index: int) -> tuple[Quantity, ...]:
        """A quantity of every sample."""
        return tuple(Quantity(kind, layer, index, s) for s in self.samples)

    def first(self, kind: str, layer: int, *index: int) -> tuple[Quantity, ...]:
        """The same of the first alone."""
        return self.all(kind, layer, *index)[:1]

    @property
    def last(self) -> int:
        """The number of layers."""
        return len(self.shape.activations)

    def title(self, k: int) -> str:
        """What the neurons of a layer are called, a message."""
        return mark("Output") if k == self.last else mark("Hidden") if self.last == 2 else mark("Hidden {n}")

    def inputs(self) -> tuple[Spot, ...]:
        """The inputs."""
        every = upto(self.shape.sizes[0])
        return tuple(Spot(f"n.0.{i}", "input", self.all("x", 0, i), self.first("x", 0, i)) for i in every)

    def targets(self) -> tuple[Spot, ...]:
        """The targets."""
        every, k = upto(self.shape.sizes[-1]), self.last
        return tuple(Spot(f"y.{k}.{i}", "input", self.all("y", k, i), self.first("y", k, i)) for i in every)

    def loss(self, batch: bool, penalised: bool = False) -> Spot:
        """The loss of a sample, that of a batch, and that with its penalty."""
        together = (*([LOSS] if batch else []), *([PENALISED] if penalised else []))
        every = (*self.all("C", 0), *together, *([PENALTY] if penalised else []))
        return Spot("C", "loss", every, (*self.first("C", 0), *together))

    def gradient(self, parameter: Quantity) -> tuple[Quantity, ...]:
        """The gradient of every sample, and that of a batch."""
        q = parameter.beside(f"d{parameter.kind}")
        return (*(q.of_sample(s) for s in self.samples), *([q] if self.samples[0] else []))

    def neuron(self, k: int, i: int) -> Spot:
        """A neuron, with its bias."""
        shape, n, delta = self.shape, self.shape.sizes[k], self.shape.delta
        # a softmax's da_i/dz_j belongs to the neuron whose z moves
        slopes = [(i,)] if shape.activations[k - 1].elementwise else [(m, i) for m in upto(n)]
        again = ("dC_da_new", f"{delta}_new") if self.sequential and k < self.last else ()
        places = [*((kind, (i,)) for kind in ("z", "a", "dC_da")), *(("da_dz", index) for index in slopes)]
        places += [(kind, (i,)) for kind in (delta, *again)]
        quantities = tuple(q for kind, index in places for q in self.all(kind, k, *index))
        shown, backward = ((*self.first(one, k, i), *self.first(two, k, i)) for one, two in (FORWARD, ("a", delta)))
        b = shape.bias(k, i) if k not in shape.shared or i == n else None  # what all share stands once, at the layer's foot
        fixed = shape.frozen[k - 1] == ("b",)
        bias = Spot(str(b), b.family, (b, *self.gradient(b)), (b,), fixed=fixed) if b else None
        rows = {Phase.BACKWARD: backward, Phase.UPDATE: backward}
        return Spot(f"n.{k}.{i}", "activation", quantities, shown, rows, bias)

    def lines(self) -> Iterator[Line]:
        """The weights."""
        sizes = self.shape.sizes
        for k in upto(len(sizes) - 1):
            for i in upto(sizes[k]):
                for j in upto(sizes[k - 1]):
                    weight = Quantity("W", k, (i, j))
                    yield Line(str(weight), (k - 1, j), (k, i), (weight, *self.gradient(weight)))


def upto(n: int) -> range:
    return range(1, n + 1)
