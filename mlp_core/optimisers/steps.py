"""The Steps of one update, parameter by parameter."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING

import sympy as sp

from ..quantity import Quantity
from ..steps import Shape, Step, again, redone
from .decay import FORMS, Decay

if TYPE_CHECKING:
    from .optimiser import Optimiser


@lru_cache(maxsize=64)
def derive(
    key: tuple[type[Optimiser], tuple[bool | str, ...]],
    shape: Shape,
    sequential: bool,
    batch: int,
    reduction: str,
    form: str,
) -> tuple[Step, ...]:
    """The Steps of every parameter that is not frozen; of a sequential step with those of the deltas made once more."""
    record, positions = key
    names = [name for name, about in record.settings().items() if not about.is_number]
    optimiser = record(lr=1.0, **dict(zip(names, positions, strict=True)))
    decay = Decay(0, form) if form else None
    steps: list[Step] = []
    layers = range(1, len(shape.activations) + 1)
    for k in reversed(layers) if sequential else layers:
        if sequential:
            steps += again(k, shape, batch, reduction)
        late = "_new" if sequential and redone(k, shape.frozen) else ""
        for parameter, index in _places(shape, k):
            if parameter not in shape.frozen[k - 1]:
                steps += _parameter_steps(optimiser, Quantity(parameter, k, index), f"d{parameter}{late}", decay)
    return tuple(steps)


def _places(shape: Shape, k: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The parameters of layer k, neuron by neuron; a bias that all share comes with the first."""
    for i in range(1, shape.sizes[k] + 1):
        yield from (("W", (i, j)) for j in range(1, shape.sizes[k - 1] + 1))
        if i <= shape.biases[k - 1]:
            yield "b", (i,)
        if shape.normalises(k):
            yield from (("gamma", (i,)), ("beta", (i,)))


def _parameter_steps(optimiser: Optimiser, old: Quantity, gradient: str, decay: Decay | None) -> Iterator[Step]:
    """The Steps of one parameter; ``gradient`` is the kind of its gradient."""
    about, parameter = optimiser.settings(), old.kind
    names = dict.fromkeys((*(name for name in about if about[name].is_number), "t", *(["weight_decay"] if decay else [])))
    known = {name: Quantity(name) for name in names}
    known |= {"g": old.beside(gradient)}
    known |= {f"{slot}_prev": old.beside(f"{slot}_prev_{parameter}") for slot in optimiser.slots}
    known |= {"w": old}
    case = "".join(f"_{value}" for value in optimiser.unusual)
    of_decay = FORMS[decay.form].laws if decay else {}
    for name, law in optimiser.laws_of(parameter, decay).items():
        with sp.evaluate(False):
            formula = law(SimpleNamespace(**{n: q.symbol for n, q in known.items()}), sp.sqrt)
        target = old.beside(f"{name}_{parameter}")
        rule = f"decay.{decay.form}" if decay and name in of_decay else f"{optimiser.kin or optimiser.name}.{name}{case}"
        yield _step(target, rule, formula, known)
        known[name] = target
    step = known["step"]
    terms = [old.symbol, step.symbol, *([-known["decay"].symbol] if "decay" in known else [])]
    inputs = (old, step, *([known["decay"]] if "decay" in known else []))
    rule = "apply.decayed" if "decay" in known else "apply"
    yield Step(old.beside(f"{parameter}_new"), rule, sp.Add(*terms, evaluate=False), inputs)


def _step(target: Quantity, rule: str, formula: sp.Expr, known: dict[str, Quantity]) -> Step:
    mentioned = formula.free_symbols
    return Step(target, rule, formula, tuple(q for q in known.values() if q.symbol in mentioned))
