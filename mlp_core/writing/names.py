"""What quantities are called: a Name is a symbol with its indices, a Notation gives every quantity its Name.

The table NOTATIONS holds those of four books; a student sees the letters of the notes in hand, nothing else changes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, Protocol
from unicodedata import normalize

from ..kinds import KINDS, Kind

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "ι": "iota",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda",
    "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
_HAT = "\N{COMBINING CIRCUMFLEX ACCENT}"
# Digits and brackets as superscript or subscript letters of Unicode; what has none stays.
_RAISED = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")
_LOWERED = str.maketrans("0123456789()", "₀₁₂₃₄₅₆₇₈₉₍₎")


class Address(Protocol):
    """What a Notation names: a Quantity."""

    @property
    def kind(self) -> str: ...
    @property
    def layer(self) -> int: ...
    @property
    def index(self) -> tuple[int, ...]: ...
    @property
    def sample(self) -> int: ...


@dataclass(frozen=True)
class Name:
    """A symbol with superscript and subscript, or (when ``den`` is set) the partial derivative of ``num`` by ``den``."""

    base: str = ""
    sup: str = ""
    sub: str = ""
    of: Name | None = None
    num: Name | None = None
    den: Name | None = None

    def latex(self) -> str:
        """In LaTeX."""
        if self.num and self.den:
            return rf"\frac{{\partial {self.num.latex()}}}{{\partial {self.den.latex()}}}"
        letters = (rf"\{_GREEK[each]} " if each in _GREEK else each for each in normalize("NFD", self.base))
        base = "".join(letters).replace("ℒ", r"\mathcal{L}")
        base = re.sub(rf"(.){_HAT}", r"\\hat{\1}", base)
        sup = re.sub(r" ?([^\W\d_]{2,}|[^\x00-\x7f]+)", r"\\,\\text{\1}", self.sup)
        sub = self.of.latex() if self.of else self.sub
        return base.strip() + (f"^{{{sup}}}" if sup else "") + (f"_{{{sub}}}" if sub else "")

    def text(self) -> str:
        """In plain text, for where nothing else is possible: W⁽²⁾₁ new."""
        return self._text

    @cached_property
    def _text(self) -> str:
        if self.num and self.den:
            return f"∂{self.num.text()}/∂{self.den.text()}"
        layer, word = self._layer_and_word()
        index, bracket, sample = self.sub.partition("[")
        sub = f"[{self.of.text()}]" if self.of else f"{index.translate(_LOWERED)}{bracket}{sample}"
        return f"{self.base}{layer.translate(_RAISED)}{sub} {word}".strip()

    def letters(self) -> str:
        """Its letters alone, without layer and indices: W new, ∂C/∂W. Who hears them is told the place in words."""
        if self.num and self.den:
            return f"∂{self.num.letters()}/∂{self.den.letters()}"
        word = self._layer_and_word()[1]
        return f"{self.base}[{self.of.letters()}] {word}".strip() if self.of else f"{self.base} {word}".strip()

    def _layer_and_word(self) -> tuple[str, str]:
        """What the superscript says: "(2) new" is of layer (2), and new."""
        layer, _space, word = self.sup.rpartition(" ")
        return ("", word) if word.isalpha() and not layer else (layer, word) if word.isalpha() else (self.sup, "")

    def html(self) -> str:
        """In HTML with sup and sub."""
        if self.num and self.den:
            return f"∂{self.num.html()}/∂{self.den.html()}"
        sup = f"<sup>{self.sup}</sup>" if self.sup else ""
        sub = f"<sub>{self.of.html() if self.of else self.sub}</sub>" if self.of or self.sub else ""
        scripts = f'<span class="scripts">{sup}{sub}</span>' if sup and sub else sup + sub
        return f"<i>{self.base}</i>{scripts}"

    def data(self) -> dict[str, Any]:
        """As plain data for a picture: base, sup and sub, or num and den."""
        if self.num and self.den:
            return {"num": self.num.data(), "den": self.den.data()}
        return {"base": self.base, "sup": self.sup, "sub": self.of.text() if self.of else self.sub}


@dataclass(frozen=True, eq=False, kw_only=True)
class Notation:
    """The letters of one textbook.

    title: what it is called where it is chosen, in English; letters: kind to base letter, over those of ``KINDS``; shift: kind
    to what is added to the layer number (books count layers differently); sup: how a layer number is set; single: whether the
    index of a layer's only neuron is dropped; output: the letter of the last layer's activations where it differs; sample: how
    the number of a batch's sample stands with the other indices; words: for "new" and "old".
    A letter for "delta" is used where the book has one, else delta is written as the derivative it is.
    """

    key: str
    title: str
    letters: Mapping[str, str] = field(default_factory=dict)
    shift: Mapping[str, int] = field(default_factory=dict)
    sup: str = "({})"
    single: bool = False
    output: str = ""
    sample: str = "{index}[{sample}]"
    words: Mapping[str, str] = field(default_factory=lambda: {"new": "new", "old": "old"})

    @lru_cache(maxsize=8192)  # noqa: B019  (there are a handful of notations, and they live as long as the program)
    def name(
        self,
        quantity: Address,
        sizes: tuple[int, ...] | None = None,
        shared: frozenset[int] = frozenset(),
        batch: bool = False,
        normalised: frozenset[int] | None = None,
    ) -> Name:
        """The name of a quantity; ``sizes`` (n_0, ..., n_L) are needed to drop single indices and to find the outputs.

        shared: the layers with one bias for all neurons, which then has no index; batch: whether there are several samples, so
        that a loss without a sample is that of all, and not the C_0 of the first; normalised: where a sample's derivatives are
        those of that loss of all, the layers with batch normalisation, whose activation takes another number than z.
        """
        own = KINDS[quantity.kind].parameter == "b" and quantity.layer in shared
        which = quantity.sample or (_ALL if batch else 0)
        name = self._name(quantity.kind, quantity.layer, () if own else quantity.index, which, sizes)
        return self._shared(name, quantity, sizes, normalised) if normalised is not None and name.den else name

    def _shared(
        self, name: Name, quantity: Address, sizes: tuple[int, ...] | None, normalised: frozenset[int]
    ) -> Name:
        """A derivative where samples are not alone: of the loss of all, by what the activation takes, by a sample's share."""
        assert name.den
        num, den = name.num, name.den
        if quantity.kind == "da_dz" and quantity.layer in normalised:
            den = self._name("z_bn", quantity.layer, quantity.index[-1:], quantity.sample, sizes)
        if quantity.sample and _DERIVATIVES[quantity.kind][0] == "C":
            num = self._name("C", 0, (), _ALL, sizes)
        if quantity.sample and KINDS[quantity.kind].parameter:
            den = replace(den, sub=self.sample.format(index=den.sub, sample=quantity.sample).strip(","))
        return Name(num=num, den=den)

    def _name(self, kind: str, layer: int, index: tuple[int, ...], which: int, sizes: tuple[int, ...] | None) -> Name:
        record = KINDS[kind]
        if record.again:
            return self._again(self._name(record.again, layer, index, which, sizes))
        if record.slot or record.updated:
            return self._of_update(record, self._name(record.parameter, layer, index, which, sizes))
        if kind in _DERIVATIVES and kind not in self.letters:
            top, bottom = _DERIVATIVES[kind]
            upper = (layer, index[:1]) if KINDS[top].layered else (0, ())
            lower = index if record.parameter else index[-1:]
            return Name(num=self._name(top, *upper, which, sizes), den=self._name(bottom, layer, lower, which, sizes))
        kind = "delta" if kind == "error" else kind  # as a letter, also where the delta is written as a derivative
        base, _, own = self.letters.get(kind, record.letter or kind).partition("_")
        if kind == "a" and self.output and sizes and layer == len(sizes) - 1:
            base, kind = self.output, "y"
        bare = not record.layered or kind == "y" or (kind == "x" and kind not in self.shift)
        sup = "" if bare else self.sup.format(layer + self.shift.get(kind, 0))
        shown = index[1:] if self.single and sizes and kind != "x" and index and sizes[layer] == 1 else index
        sub = ("" if which and record.sampled else own) or ",".join(map(str, shown))
        if which > 0 and record.sampled:
            sub = self.sample.format(index=sub, sample=which).strip(",")
        return Name(base, sup, sub)

    def _again(self, name: Name) -> Name:
        """What is computed once more, through updated weights: δ new, or the derivative of a C that is called new."""
        if name.num:
            return replace(name, num=self._again(name.num))
        return replace(name, sup=f"{name.sup} {self.words['new']}".strip())

    def _of_update(self, record: Kind, parameter: Name) -> Name:
        """A parameter after its update, its step, or another intermediate with the parameter as its index."""
        if record.updated:
            return replace(parameter, sup=f"{parameter.sup} {self.words['new']}".strip())
        if record.slot == "step":
            return replace(parameter, base=record.letter + parameter.base)
        return Name(record.letter, self.words["old"] if record.slot.endswith("_prev") else "", of=parameter)


_ALL = -1  # no sample's own
_DERIVATIVES = {"dC_da": ("C", "a"), "da_dz": ("a", "z"), "delta": ("C", "z"), "dW": ("C", "W"), "db": ("C", "b")}

# What batch normalisation and dropout bring to a layer, counted as its z and a are.
_REGULAR = (
    "gamma", "beta", "norm_eps", "norm_momentum", "p", "running_mean", "running_var", "mask", "mean", "var", "z_hat", "z_bn",
    "a_drop",
)  # fmt: skip

NOTATIONS: dict[str, Notation] = {}


def enter_derivative(kind: str, top: str, bottom: str) -> None:
    """Write a kind as the derivative of one kind by another. ValueError where it is another derivative already."""
    if _DERIVATIVES.setdefault(kind, (top, bottom)) != (top, bottom):
        raise ValueError(f"{kind} is another derivative already")


def enter(notation: Notation) -> Notation:
    """Add a notation; ValueError where its key is taken. To take it away, delete it from NOTATIONS."""
    if notation.key in NOTATIONS:
        raise ValueError(f"there is a notation {notation.key} already")
    NOTATIONS[notation.key] = notation
    return notation


NOTES = enter(Notation(key="notes", title="Worked example: z, a, ∂C/∂z", single=True))
enter(
    Notation(
        key="handout",
        title="Exam handout: a before z, δ, E",
        letters={"x": "X", "z": "a", "a": "z", "y": "t", "C": "E", "delta": "δ", "lr": "ι", "z_hat": f"a{_HAT}"},
        shift=dict.fromkeys(("z", "a", "delta", *_REGULAR), 1),
        output="y",
        sample="{sample},{index}",
    )
)
enter(
    Notation(
        key="matrix",
        title="Matrix notes: P, X, ℒ",
        letters={"x": "X", "z": "P", "a": "X", "y": "Y", "C": "ℒ", "lr": "α", "z_hat": f"P{_HAT}"},
        shift={"x": 0},
        sup="{}",
        output="y",
    )
)
enter(
    Notation(
        key="classic",
        title="Classic textbook: z, a, δ, w",
        letters={"W": "w", "C": "C", "delta": "δ"},
        sup="{}",
    )
)
