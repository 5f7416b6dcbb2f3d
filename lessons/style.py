"""How things are written for people: names of choices, and the look of quantities and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from mlp_core import Quantity
from mlp_core.writing import latex as math
from mlp_core.writing.names import Name, Notation
from mlp_core.writing.numbers import on_screen, shown

from .i18n import gettext, mark
from .i18n import gettext as _
from .notation import notation
from .palette import colors

_NAMES = {
    "identity": mark("linear"),
    "sigmoid": mark("sigmoid"),
    "tanh": mark("tanh"),
    "relu": mark("ReLU"),
    "leaky_relu": mark("leaky ReLU"),
    "softplus": mark("softplus"),
    "softmax": mark("softmax"),
    "squared_error": mark("squared error"),
    "half_squared_error": mark("half squared error"),
    "mean_squared_error": mark("mean squared error"),
    "binary_cross_entropy": mark("binary cross-entropy"),
    "cross_entropy": mark("cross-entropy"),
    "forward": mark("Forward"),
    "loss": mark("Loss"),
    "backward": mark("Backward"),
    "update": mark("Update"),
    "all": mark("all layers"),
    "output": mark("output layer only"),
    "lr": mark("learning rate"),
    "momentum": mark("momentum"),
    "rho": mark("rho (decay)"),
    "beta1": mark("beta 1"),
    "beta2": mark("beta 2"),
    "eps": mark("epsilon"),
    "nesterov": mark("Nesterov form"),
    "bias_correction": mark("bias correction"),
    "eps_inside_root": mark("epsilon inside the root"),
}


def is_name(key: str) -> bool:
    """Whether ``name_of`` knows a name for it; other text it hands back."""
    return key in _NAMES


def name_of(key: str) -> str:
    """The name in the language in use; a proper name (SGD, Adam) stands for itself."""
    return gettext(_NAMES.get(key, key))


class Values(Protocol):
    """Numbers by their address: a Trace or an Update."""

    def __getitem__(self, quantity: Quantity, /) -> float: ...


@dataclass(frozen=True)
class Look:
    """How things are written: the notation, the decimals, a colour per family, the sizes (n_0, ..., n_L)."""

    notation: Notation
    decimals: int
    colors: Mapping[str, str]
    sizes: tuple[int, ...]

    @classmethod
    def of(cls, key: str, language: str, decimals: int, theme: str, sizes: tuple[int, ...]) -> Look:
        """The look for a notation's key, a language and a theme ("light" or "dark")."""
        return cls(notation(key, language), decimals, colors(theme), sizes)

    def name(self, quantity: Quantity) -> Name:
        """The quantity's name."""
        return self.notation.name(quantity, self.sizes)

    def symbol(self, quantity: Quantity) -> str:
        """The name in LaTeX, in the colour of its family."""
        return self.paint(quantity.family, self.name(quantity).latex())

    def html(self, quantity: Quantity, name: str = "") -> str:
        """The name (or another given for it) in HTML, in the colour of its family."""
        return f'<span style="color: {self.colors[quantity.family]}">{name or self.name(quantity).html()}</span>'

    def paint(self, family: str, latex: str) -> str:
        """LaTeX in the colour of a family."""
        return rf"\textcolor{{{self.colors[family]}}}{{{latex}}}"

    def value(self, quantity: Quantity, value: float) -> str:
        """The number as plain text."""
        return on_screen(shown(quantity, value, self.decimals))

    def number(self, quantity: Quantity, value: float) -> str:
        """The number in LaTeX, standing alone."""
        return self.paint(quantity.family, math.number(quantity, value, self.decimals))

    def factor(self, quantity: Quantity, value: float) -> str:
        """The number in LaTeX as a part of a formula, in brackets where it needs them."""
        return self.paint(quantity.family, math.factor(quantity, value, self.decimals))

    def spoken(self, quantity: Quantity, value: float | None) -> str:
        """Name and value for a screen reader; None stands for a number that is not shown yet."""
        text = _("unknown") if value is None else self.value(quantity, value)
        return f"{self.name(quantity).text()} = {text}"
