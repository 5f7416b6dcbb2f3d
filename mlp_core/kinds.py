"""The kinds of quantities: what each is, and of what. Those of a sample stand here; an optimiser enters its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What a kind of quantity is.

    family: input, parameter, preactivation, activation, loss, gradient, optimiser or setting (it picks the colour, too);
    arity: how many indices it may take; layered: whether it stands in a layer; parameter: "W" or "b" where it is one or
    belongs to one, else empty; slot: which intermediate of an update it is ("m", "m_prev", "step", ...), else empty;
    is_gradient: dW or db; updated: the new value of a parameter; given: known before any step; letter: how books write it
    where that is not its own name, an index after an underscore ("β_1"); again: the kind that it is once more, computed
    through weights that are updated already ("delta" for delta_new), else empty; sampled: whether every sample of a batch has
    its own.
    """

    family: str
    arity: tuple[int, ...] = (1,)
    layered: bool = True
    parameter: str = ""
    slot: str = ""
    is_gradient: bool = False
    updated: bool = False
    given: bool = False
    letter: str = ""
    again: str = ""
    sampled: bool = False


KINDS: dict[str, Kind] = {
    "x": Kind(family="input", sampled=True, given=True),
    "y": Kind(family="input", sampled=True, given=True),
    "W": Kind(family="parameter", arity=(2,), parameter="W", given=True),
    "b": Kind(family="parameter", parameter="b", given=True),
    "z": Kind(family="preactivation", sampled=True),
    "a": Kind(family="activation", sampled=True),
    "C": Kind(family="loss", sampled=True, arity=(0,), layered=False, letter="C_0"),
    "dC_da": Kind(family="gradient", sampled=True),
    "da_dz": Kind(family="gradient", sampled=True, arity=(1, 2)),
    "delta": Kind(family="gradient", sampled=True, letter="δ"),
    "error": Kind(family="gradient", sampled=True, letter="δ"),  # -dC/dz, the error term of books that begin with t - o
    "dW": Kind(family="gradient", sampled=True, arity=(2,), parameter="W", is_gradient=True),
    "db": Kind(family="gradient", sampled=True, parameter="b", is_gradient=True),
    "W_new": Kind(family="parameter", arity=(2,), parameter="W", updated=True),
    "b_new": Kind(family="parameter", parameter="b", updated=True),
    "dC_da_new": Kind(family="gradient", sampled=True, again="dC_da"),
    "delta_new": Kind(family="gradient", sampled=True, again="delta"),
    "error_new": Kind(family="gradient", sampled=True, again="error"),
    "dW_new": Kind(family="gradient", sampled=True, arity=(2,), parameter="W", is_gradient=True, again="dW"),
    "db_new": Kind(family="gradient", sampled=True, parameter="b", is_gradient=True, again="db"),
}


def enter_kind(name: str, kind: Kind) -> None:
    """Add a kind of quantity. ValueError where the name has another meaning already."""
    if KINDS.setdefault(name, kind) != kind:
        raise ValueError(f"{name} is another kind of quantity already")


def enter_slots(letters: Mapping[str, str], parameters: tuple[str, ...] = ("W", "b")) -> None:
    """Add the kinds of an update's intermediates, slot to letter, each for weights and for biases: "m" gives m_W and m_b."""
    for slot, letter in letters.items():
        for parameter in parameters:
            arity = KINDS[parameter].arity
            kind = Kind(family="optimiser", arity=arity, parameter=parameter, slot=slot, letter=letter)
            enter_kind(f"{slot}_{parameter}", kind)


def enter_settings(letters: Mapping[str, str]) -> None:
    """Add the kinds of an optimiser's settings, name to letter: one number each, of no layer."""
    for name, letter in letters.items():
        enter_kind(name, Kind(family="setting", arity=(0,), layered=False, letter=letter))

