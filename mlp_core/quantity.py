"""The address of a number: one key for array entry, symbol, picture element, question and test."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from operator import index

import sympy as sp

from .kinds import KINDS, Kind
from .writing.names import NOTES


@dataclass(frozen=True)
class Quantity:
    """The address of one number: ``Quantity("dW", 2, (1, 3))`` is dC/dW of layer 2, to neuron 1 from neuron 3.

    Layers and indices count from 1; the input ``x`` is layer 0; ``C`` and the settings of an optimiser have neither.
    ``sample``: which of a batch, from 1; 0 for that of the only one, and for what a batch has together (its loss, its
    gradients). ``str`` gives a dotted address, "z.1.2@3" for that of sample 3, which ``parse`` reads back. Raises ValueError
    for an unknown kind, a wrong index, or a sample where the samples of a batch have no number of their own.
    """

    kind: str
    layer: int = 0
    index: tuple[int, ...] = ()
    sample: int = 0
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        kind = KINDS.get(self.kind) if isinstance(self.kind, str) else None
        if kind is None:
            raise ValueError(f"unknown kind of quantity {self.kind!r}; known: {', '.join(KINDS)}")
        try:
            if any(isinstance(i, bool) for i in (self.layer, *self.index, self.sample)):
                raise TypeError
            layer, numbers, sample = index(self.layer), tuple(map(index, self.index)), index(self.sample)
        except TypeError:
            raise ValueError(
                f"{self.kind}: layer, indices and sample are whole numbers, not {self.layer!r}, {self.index!r}, {self.sample!r}"
            ) from None
        if layer < 1 if kind.layered and self.kind != "x" else layer != 0:
            raise ValueError(f"{self.kind} cannot stand in layer {layer}")
        if len(numbers) not in kind.arity or any(i < 1 for i in numbers):
            raise ValueError(f"{self.kind} takes {' or '.join(map(str, kind.arity))} indices from 1, not {numbers}")
        if sample < 0 or (sample and not kind.sampled):
            raise ValueError(f"there is no {self.kind} of sample {sample}")
        object.__setattr__(self, "layer", layer)
        object.__setattr__(self, "index", numbers)
        object.__setattr__(self, "sample", sample)
        object.__setattr__(self, "_hash", hash((self.kind, layer, numbers, sample)))

    def __hash__(self) -> int:
        return self._hash  # a picture looks up a thousand of them

    def __reduce__(self) -> tuple[type[Quantity], tuple[object, ...]]:
        return Quantity, (self.kind, self.layer, self.index, self.sample)  # the hash of a text is another in another process

    def __str__(self) -> str:
        return self._dotted + (f"@{self.sample}" if self.sample else "")

    @property
    def _dotted(self) -> str:
        return ".".join(map(str, (self.kind, *((self.layer,) if KINDS[self.kind].layered else ()), *self.index)))

    @classmethod
    def parse(cls, address: str) -> Quantity:
        """The quantity of a dotted address such as ``dW.2.1.3`` or ``z.1.2@3``; ValueError for anything else."""
        if not isinstance(address, str):
            raise ValueError(f"the address of a quantity is text, not {address!r}")
        dotted, *sample = address.split("@")
        kind, *numbers = dotted.split(".")
        if (
            kind not in KINDS
            or len(numbers) > 3
            or len(sample) > 1
            or sample == ["0"]
            or not all(n.isascii() and n.isdigit() and len(n) < 5 for n in (*numbers, *sample))
        ):
            raise ValueError(f"{address[:40]!r} is not the address of a quantity")
        layer, *index = map(int, numbers) if KINDS[kind].layered and numbers else (0, *map(int, numbers))
        return cls(kind, layer, tuple(index), *map(int, sample))

    @property
    def _kind(self) -> Kind:
        return KINDS[self.kind]

    @property
    def family(self) -> str:
        """input, parameter, preactivation, activation, loss, gradient, optimiser or setting."""
        return self._kind.family

    @property
    def parameter(self) -> str:
        """The parameter it is or belongs to (as its gradient, a slot, its new value), "W" or "b"; else empty."""
        return self._kind.parameter

    @property
    def slot(self) -> str:
        """Which intermediate of an update it is: "m", "v", "m_prev", "v_prev", "m_hat", "v_hat", "step"; else empty."""
        return self._kind.slot

    @property
    def is_gradient(self) -> bool:
        """Whether it is dC/dW or dC/db."""
        return self._kind.is_gradient

    @property
    def updated(self) -> bool:
        """Whether it is a parameter after its update."""
        return self._kind.updated

    @property
    def again(self) -> str:
        """The kind that it is once more, through weights that are updated already; empty for all else."""
        return self._kind.again

    @property
    def given(self) -> bool:
        """Whether it is known before any step: x, y, W or b."""
        return self._kind.given

    def beside(self, kind: str) -> Quantity:
        """The quantity of another kind with the same layer and index: the weight of a gradient, its new value, its delta.

        Of the same sample, where the samples have one each.
        """
        return Quantity(kind, self.layer, self.index, self.sample if KINDS[kind].sampled else 0)

    def of_sample(self, sample: int) -> Quantity:
        """The same of another sample, of a batch as a whole with 0; itself where the samples share it, as a weight."""
        return Quantity(self.kind, self.layer, self.index, sample) if self._kind.sampled else self

    @cached_property
    def symbol(self) -> sp.Symbol:
        """The real SymPy symbol of this address; different quantities never share one."""
        sample = f"_s{self.sample}" if self.sample else ""
        return sp.Symbol(self._dotted.replace(".", "_") + sample, real=True)

    def _repr_latex_(self) -> str:
        return f"${NOTES.name(self).latex()}$"
