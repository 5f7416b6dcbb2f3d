"""What codes and links say by digits instead of names: frozen tables, so that what was printed or sent is read for years.

What is younger than the newest table goes as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .model import MAX_LAYERS, MAX_NEURONS
from .tape import Reader, Unwritable, Writer


@dataclass(frozen=True)
class Tables:
    """Names in the order of their digits; per optimiser its settings with their defaults, and what it remembers."""

    activations: tuple[str, ...]
    losses: tuple[str, ...]
    notations: tuple[str, ...]
    languages: tuple[str, ...]
    scopes: tuple[str, ...]
    optimisers: Mapping[str, Mapping[str, float | bool]]
    slots: Mapping[str, tuple[str, ...]]
    pages: tuple[str, ...]

    @property
    def options(self) -> dict[str, float | bool]:
        """The settings of all optimisers with their defaults."""
        return {name: value for own in self.optimisers.values() for name, value in own.items()}


FIRST = Tables(
    activations=("identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "softmax"),
    losses=("squared_error", "half_squared_error", "mean_squared_error", "binary_cross_entropy", "cross_entropy"),
    notations=("notes", "handout", "matrix", "classic"),
    languages=("en", "zh"),
    scopes=("all", "output"),
    optimisers={
        "SGD": {"lr": 0.1},
        "Momentum": {"lr": 0.1, "momentum": 0.9, "nesterov": False},
        "RMSprop": {"lr": 0.1, "rho": 0.9, "eps": 1e-8},
        "Adam": {
            "lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "bias_correction": True, "eps_inside_root": False,
        },
    },
    slots={"SGD": (), "Momentum": ("v",), "RMSprop": ("v",), "Adam": ("m", "v")},
    pages=(
        "", "start", "forward", "loss", "backward", "update", "evaluate", "train", "practice", "worksheet", "check", "notes",
    ),
)  # fmt: skip
TABLES = (FIRST, FIRST)
"""Per version, never to be changed. In version 0 nothing can stand as text."""

NEWEST = len(TABLES) - 1
MAX_MORE = 32  # settings, or slots, that are younger than the tables


def bounded(count: int, most: int) -> int:
    """The count; ValueError where it is more than can be opened."""
    if count > most:
        raise ValueError(f"{count} is more than {most}")
    return count


def write_shape(tape: Writer, sizes: tuple[int, ...], activations: tuple[str, ...], loss: str, tables: Tables) -> None:
    """The shape of a network; sizes: (n_0, ..., n_L)."""
    tape.small(len(activations) - 1, 4)
    for size in sizes:
        tape.small(size - 1, 8)
    for name in activations:
        tape.choice(name, tables.activations)
    tape.choice(loss, tables.losses)


def read_shape(tape: Reader, tables: Tables) -> tuple[tuple[int, ...], tuple[str, ...], str]:
    """Sizes, activations and loss."""
    layers = bounded(tape.small(4) + 1, MAX_LAYERS)
    sizes = tuple(bounded(tape.small(8) + 1, MAX_NEURONS) for _ in range(layers + 1))
    activations = tuple(tape.choice(tables.activations) for _ in range(layers))
    return sizes, activations, tape.choice(tables.losses)


def write_more(tape: Writer, more: Mapping[str, Any]) -> None:
    """Settings that are younger than the tables: only those that differ from their defaults."""
    if not tape.escapes:
        if more:
            raise Unwritable(f"{', '.join(more)} came later")
        return
    tape.small(len(more), 8)
    for name, value in more.items():
        tape.text(name)
        tape.digit(int(value) if isinstance(value, bool) else 3 if isinstance(value, str) else 2, 4)
        if isinstance(value, str):
            tape.text(value)
        elif not isinstance(value, bool):
            tape.floats([value])


def read_more(tape: Reader) -> dict[str, Any]:
    """Settings that are younger than the tables."""
    more: dict[str, Any] = {}
    for _ in range(bounded(tape.small(8), MAX_MORE) if tape.escapes else 0):
        name = tape.text()
        tape.new.append(name)
        kind = tape.digit(4)
        more[name] = bool(kind) if kind < 2 else tape.text() if kind == 3 else tape.floats(1)[0]
    return more
